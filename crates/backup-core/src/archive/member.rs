//! The third layer: tar in the POSIX.1-2001 (pax) format, with regular files only.

use std::collections::HashSet;
use std::io::BufRead;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};

/// The size of a tar block.
pub(crate) const BLOCK: usize = 512;

/// The end marker of a tar: two blocks of zeros.
pub(crate) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// The maximum length of a member's path, in bytes.
pub(crate) const MAX_PATH_BYTES: usize = 4096;

/// The maximum length of a path in a ustar header, in bytes.
const NAME_BYTES: usize = 100;

/// The maximum length of the records in a pax header, in bytes.
const MAX_PAX_BYTES: u64 = 16 * 1024;

/// The largest size in a ustar header: eleven octal digits.
const MAX_OCTAL: u64 = 0o777_7777_7777;

/// The number of bytes that fill the last block of a member with this size.
pub(crate) fn padding(bytes: u64) -> usize {
    (bytes.wrapping_neg() % BLOCK as u64) as usize
}

/// Appends the header of a regular file. If the path or the size does not fit into ustar, a pax
/// header precedes it.
pub(crate) fn push_header(path: &str, bytes: u64, modified: u64, out: &mut Vec<u8>) {
    let mut records = Vec::new();
    if path.len() > NAME_BYTES {
        push_pax_record("path", path, &mut records);
    }
    if bytes > MAX_OCTAL {
        push_pax_record("size", &bytes.to_string(), &mut records);
    }
    if !records.is_empty() {
        push_block("PaxHeaders/member", records.len() as u64, modified, b'x', out);
        out.extend_from_slice(&records);
        out.resize(out.len() + padding(records.len() as u64), 0);
    }
    push_block(path, bytes, modified, b'0', out);
}

fn push_block(path: &str, bytes: u64, modified: u64, kind: u8, out: &mut Vec<u8>) {
    let mut header = tar::Header::new_ustar();
    let name = &path.as_bytes()[..path.len().min(NAME_BYTES)];
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    // A size that does not fit is in the pax record, which takes precedence.
    header.set_size(bytes.min(MAX_OCTAL));
    header.set_mtime(modified.min(MAX_OCTAL));
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_cksum();
    out.extend_from_slice(header.as_bytes());
}

/// Appends `LENGTH key=value\n`, where LENGTH is the length of the whole record.
fn push_pax_record(key: &str, value: &str, out: &mut Vec<u8>) {
    let rest = key.len() + value.len() + 3;
    let length = (1..=5)
        .map(|digits| rest + digits)
        .find(|length| length.to_string().len() + rest == *length)
        .expect("paths are bounded, so five digits are enough");
    out.extend_from_slice(format!("{length} {key}={value}\n").as_bytes());
}

/// A member's path, size, and the offset of its header in the tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) offset: u64,
}

/// Reads the members of a tar in order, and refuses what the format does not allow.
pub(crate) struct TarReader<R> {
    inner: R,
    /// The offset of the next byte in the tar.
    offset: u64,
    /// The number of padding bytes after the previous member.
    padding: usize,
    seen: HashSet<String>,
}

impl<R: BufRead> TarReader<R> {
    /// Creates a reader. `inner` begins with the header at `offset`.
    pub(crate) fn new(inner: R, offset: u64) -> Self {
        Self { inner, offset, padding: 0, seen: HashSet::new() }
    }

    /// The offset of the next byte in the tar.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads the header of the next member. Its [`content`](Self::content) must be read next.
    /// Returns `None` at the end marker; nothing may follow it.
    pub(crate) fn next(&mut self) -> Result<Option<Head>> {
        self.skip_padding()?;
        let offset = self.offset;
        let mut pax: Option<Pax> = None;
        loop {
            let start = self.offset;
            let bad = |why| bad(start, why);
            let mut block = [0; BLOCK];
            self.read_exact(&mut block)?;
            if block == [0; BLOCK] {
                return match pax {
                    Some(_) => Err(bad(message!("tar-stray-pax"))),
                    None => self.end().map(|()| None),
                };
            }
            let (path, size, kind) = parse_block(&block).map_err(bad)?;
            if kind == b'x' {
                if pax.is_some() {
                    return Err(bad(message!("tar-two-pax")));
                }
                if size > MAX_PAX_BYTES {
                    return Err(bad(message!("tar-long-pax")));
                }
                let mut records = vec![0; size as usize];
                self.read_exact(&mut records)?;
                pax = Some(parse_pax(&records).map_err(bad)?);
                self.padding = padding(size);
                self.skip_padding()?;
                continue;
            }
            let (path, bytes) = match pax {
                Some(pax) => with_pax(pax, path, size).map_err(bad)?,
                None => (path, size),
            };
            let path = String::from_utf8(path).map_err(|_| bad(message!("tar-path-encoding")))?;
            check_path(&path).map_err(bad)?;
            if !self.seen.insert(path.clone()) {
                return Err(bad(message!("tar-twice")));
            }
            return Ok(Some(Head { path, bytes, offset }));
        }
    }

    /// Passes the content of the member that [`next`](Self::next) returned to `each`, in pieces.
    pub(crate) fn content(
        &mut self,
        head: &Head,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut left = head.bytes;
        while left > 0 {
            let offset = self.offset;
            let piece = self.fill()?;
            if piece.is_empty() {
                return Err(bad(offset, message!("tar-no-end")));
            }
            let count = (piece.len() as u64).min(left) as usize;
            each(&piece[..count])?;
            self.inner.consume(count);
            self.offset += count as u64;
            left -= count as u64;
        }
        self.padding = padding(head.bytes);
        Ok(())
    }

    /// Reads the second block of the end marker, and checks that nothing follows.
    fn end(&mut self) -> Result<()> {
        let offset = self.offset;
        let mut block = [0; BLOCK];
        self.read_exact(&mut block)?;
        if block != [0; BLOCK] {
            return Err(bad(offset, message!("tar-single-zero")));
        }
        if self.fill()?.is_empty() {
            Ok(())
        } else {
            Err(bad(self.offset, message!("tar-after-end")))
        }
    }

    fn skip_padding(&mut self) -> Result<()> {
        let offset = self.offset;
        let mut block = [0; BLOCK];
        let padding = &mut block[..std::mem::take(&mut self.padding)];
        self.read_exact(padding)?;
        if is_zero(padding) { Ok(()) } else { Err(bad(offset, message!("tar-padding"))) }
    }

    fn fill(&mut self) -> Result<&[u8]> {
        let offset = self.offset;
        self.inner.fill_buf().map_err(|error| read_failed(error, offset))
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.inner.read_exact(buffer).map_err(|error| read_failed(error, self.offset))?;
        self.offset += buffer.len() as u64;
        Ok(())
    }
}

/// Converts a read error. Errors of this crate come from the layers below, and are returned
/// unchanged. Any other error means that the tar ended too early.
fn read_failed(error: std::io::Error, offset: u64) -> Error {
    error.downcast().unwrap_or_else(|_| bad(offset, message!("tar-no-end")))
}

/// The path and the size in a pax header.
type Pax = (Option<Vec<u8>>, Option<u64>);

/// The path and the size of a member. A pax header may contain only what does not fit into the
/// ustar header. `name` and `size` are those of the ustar header.
fn with_pax(pax: Pax, name: Vec<u8>, size: u64) -> Result<(Vec<u8>, u64), Message> {
    let path = match pax.0 {
        None if pax.1.is_none() => return Err(message!("tar-needless-pax")),
        Some(path) if path.len() <= NAME_BYTES => return Err(message!("tar-needless-path")),
        Some(path) if path[..NAME_BYTES] != name => return Err(message!("tar-other-path")),
        path => path.unwrap_or(name),
    };
    match pax.1 {
        Some(bytes) if bytes <= MAX_OCTAL => Err(message!("tar-needless-size")),
        Some(_) if size != MAX_OCTAL => Err(message!("tar-two-sizes")),
        bytes => Ok((path, bytes.unwrap_or(size))),
    }
}

fn bad(offset: u64, why: Message) -> Error {
    Finding::failure(Code::Member, message!("archive-tar", why = why)).at_byte(offset).into()
}

/// Refuses paths that could leave the folder into which an archive is unpacked.
fn check_path(path: &str) -> Result<(), Message> {
    if path.len() > MAX_PATH_BYTES {
        return Err(message!("tar-long-path"));
    }
    if path.contains(['\0', '\\', '\r', '\n']) {
        return Err(message!("tar-path-byte"));
    }
    if path.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return Err(message!("tar-path-form"));
    }
    Ok(())
}

/// Whether a block is a valid header: of a member, or a pax header.
pub(super) fn is_header(block: &[u8; BLOCK]) -> bool {
    parse_block(block).is_ok()
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// Parses the path, the size and the type in a header.
fn parse_block(block: &[u8; BLOCK]) -> Result<(Vec<u8>, u64, u8), Message> {
    let header = tar::Header::from_byte_slice(block);
    let ustar = header.as_ustar().ok_or_else(|| message!("tar-no-ustar"))?;
    if ustar.magic != *b"ustar\0" || ustar.version != *b"00" {
        return Err(message!("tar-no-ustar"));
    }
    let sum: u64 = block[..148].iter().chain(&block[156..]).map(|byte| u64::from(*byte)).sum();
    // Most programs write a space after the NUL byte.
    let checksum = ustar.cksum.strip_suffix(b" ").unwrap_or(&ustar.cksum);
    if octal(checksum) != Some(sum + 8 * u64::from(b' ')) {
        return Err(message!("tar-checksum"));
    }
    let kind = ustar.typeflag[0];
    if !matches!(kind, b'0' | b'x') {
        return Err(message!("tar-kind"));
    }
    if !is_zero(&ustar.linkname) {
        return Err(message!("tar-link"));
    }
    let size = octal(&ustar.size).ok_or_else(|| message!("tar-octal"))?;
    if !is_zero(&ustar.prefix) {
        return Err(message!("tar-split-path"));
    }
    let (name, rest) = ustar.name.split_at(memchr::memchr(0, &ustar.name).unwrap_or(NAME_BYTES));
    if !is_zero(rest) {
        return Err(message!("tar-name-end"));
    }
    if !is_zero(&ustar.pad) {
        return Err(message!("tar-header-padding"));
    }
    Ok((name.to_vec(), size, kind))
}

/// Parses octal digits that fill the field up to a NUL in its last byte.
fn octal(field: &[u8]) -> Option<u64> {
    let (end, digits) = field.split_last()?;
    let all_digits = digits.iter().all(|byte| matches!(byte, b'0'..=b'7'));
    (*end == 0 && all_digits)
        .then(|| digits.iter().fold(0, |value, digit| value << 3 | u64::from(digit - b'0')))
}

fn parse_pax(mut records: &[u8]) -> Result<Pax, Message> {
    let (mut path, mut size) = (None, None);
    while !records.is_empty() {
        let (key, value, length) =
            parse_pax_record(records).ok_or_else(|| message!("tar-pax-record"))?;
        match key {
            "path" if path.is_none() => path = Some(value.as_bytes().to_vec()),
            "size" if size.is_none() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                size = Some(value.parse().map_err(|_| message!("tar-pax-record"))?);
            }
            _ => return Err(message!("tar-pax-key")),
        }
        records = &records[length..];
    }
    Ok((path, size))
}

/// The key, the value and the length of the first record: `LENGTH key=value\n`.
fn parse_pax_record(records: &[u8]) -> Option<(&str, &str, usize)> {
    let space = memchr::memchr(b' ', records)?;
    let digits = std::str::from_utf8(&records[..space]).ok()?;
    let length: usize = digits.parse().ok().filter(|_| !digits.starts_with(['+', '0']))?;
    let record = records.get(space + 1..length)?.strip_suffix(b"\n")?;
    let (key, value) = std::str::from_utf8(record).ok()?.split_once('=')?;
    Some((key, value, length))
}
