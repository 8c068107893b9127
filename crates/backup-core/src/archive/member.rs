//! The third layer: tar, in the POSIX.1-2001 (pax) form, regular files only.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};

/// The size of a tar block.
pub(crate) const BLOCK: usize = 512;

/// The zero bytes that end a tar.
pub(crate) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// The longest path of a member.
pub(crate) const MAX_PATH_BYTES: usize = 4096;

/// The longest path that a header holds.
const NAME_BYTES: usize = 100;

/// The most bytes of a pax header's records.
const MAX_PAX_BYTES: u64 = 16 * 1024;

/// The largest size that a ustar header holds: eleven octal digits.
const MAX_OCTAL: u64 = 0o777_7777_7777;

/// How many bytes follow a member of this size to fill its last block.
pub(crate) fn padding(bytes: u64) -> usize {
    (bytes.wrapping_neg() % BLOCK as u64) as usize
}

/// Appends the header of a regular file, with a pax header before it where ustar has no room.
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
    // A size that does not fit stands in the pax record, which counts.
    header.set_size(bytes.min(MAX_OCTAL));
    header.set_mtime(modified.min(MAX_OCTAL));
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_cksum();
    out.extend_from_slice(header.as_bytes());
}

/// Appends `LENGTH key=value\n`, where LENGTH counts itself too.
fn push_pax_record(key: &str, value: &str, out: &mut Vec<u8>) {
    let rest = key.len() + value.len() + 3;
    let length = (1..=5)
        .map(|digits| rest + digits)
        .find(|length| length.to_string().len() + rest == *length)
        .expect("paths are bounded, so five digits are enough");
    out.extend_from_slice(format!("{length} {key}={value}\n").as_bytes());
}

/// A member's path, size, and where its header stands in the tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) offset: u64,
}

/// What a tar is made of, as it goes by.
pub(crate) trait Members {
    fn begin(&mut self, head: Head) -> Result<()>;
    fn content(&mut self, bytes: &[u8]) -> Result<()>;
    fn end(&mut self) -> Result<()>;
}

#[derive(Debug)]
enum State {
    /// A header block, or the first zero block of the end.
    Header,
    /// Records of a pax header, so many bytes of them and of their padding.
    Pax(u64, usize),
    /// Content of a member, and its padding.
    Content(u64, usize),
    Padding(usize),
    /// The second zero block of the end.
    SecondZero,
    /// After the end: nothing may follow.
    Ended,
}

/// Takes a tar apart as it goes by in chunks, strictly.
#[derive(Debug)]
pub(crate) struct MemberParser {
    state: State,
    /// A block or pax records that are not complete.
    held: Vec<u8>,
    offset: u64,
    /// Where the header of the member began, its pax header included.
    head_offset: Option<u64>,
    pax: Pax,
    seen: HashSet<String>,
}

#[derive(Debug, Default)]
struct Pax {
    path: Option<String>,
    size: Option<u64>,
}

impl Pax {
    /// The path and the size, of which a pax header says only what ustar has no room for; what the
    /// header itself says is as much of it as there is room for.
    fn with(self, name: Vec<u8>, size: u64) -> Result<(Vec<u8>, u64), &'static str> {
        if self.path.is_none() && self.size.is_none() {
            return Err("a pax header that there is no need of");
        }
        let path = match self.path.map(String::into_bytes) {
            Some(path) if path.len() <= NAME_BYTES => {
                return Err("a pax path that there is no need of");
            }
            Some(path) if path[..NAME_BYTES] != name => {
                return Err("a member that has another path than its name begins");
            }
            Some(path) => path,
            None => name,
        };
        match self.size {
            Some(bytes) if bytes <= MAX_OCTAL => Err("a pax size that there is no need of"),
            Some(_) if size != MAX_OCTAL => Err("a member of two sizes"),
            bytes => Ok((path, bytes.unwrap_or(size))),
        }
    }
}

fn bad(offset: u64, why: &str) -> Error {
    Finding::failure(Code::Member, format!("the tar is malformed at byte {offset}: {why}")).into()
}

impl MemberParser {
    /// A parser of a whole tar.
    pub(crate) fn new() -> Self {
        Self::starting_at(0)
    }

    /// A parser of a tar from a header on.
    pub(crate) fn starting_at(offset: u64) -> Self {
        Self {
            state: State::Header,
            held: Vec::new(),
            offset,
            head_offset: None,
            pax: Pax::default(),
            seen: HashSet::new(),
        }
    }

    /// Reads on.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], members: &mut dyn Members) -> Result<()> {
        while !bytes.is_empty() {
            let used = match self.state {
                State::Header | State::SecondZero => self.block(bytes, members)?,
                State::Pax(left, padding) => self.pax_bytes(bytes, left, padding)?,
                State::Content(left, padding) => {
                    let used = (bytes.len() as u64).min(left) as usize;
                    members.content(&bytes[..used])?;
                    let left = left - used as u64;
                    self.state = State::Content(left, padding);
                    if left == 0 {
                        members.end()?;
                        self.state = after_content(padding);
                    }
                    used
                }
                State::Padding(left) => {
                    let used = bytes.len().min(left);
                    if bytes[..used].iter().any(|byte| *byte != 0) {
                        return Err(bad(self.offset, "padding that is not zero"));
                    }
                    self.state = after_content(left - used);
                    used
                }
                State::Ended => return Err(bad(self.offset, "bytes after the end")),
            };
            self.offset += used as u64;
            bytes = &bytes[used..];
        }
        Ok(())
    }

    /// Whether a member's header has been read and its content comes next.
    pub(crate) fn in_content(&self) -> bool {
        matches!(self.state, State::Content(..))
    }

    /// Whether a member has ended, or none has begun.
    pub(crate) fn between_members(&self) -> bool {
        matches!(self.state, State::Header) && self.held.is_empty() && self.head_offset.is_none()
    }

    /// Ends the tar.
    pub(crate) fn finish(&self) -> Result<()> {
        match self.state {
            State::Ended => Ok(()),
            _ => Err(bad(self.offset, "it ends before its end marker")),
        }
    }

    fn block(&mut self, bytes: &[u8], members: &mut dyn Members) -> Result<usize> {
        let used = bytes.len().min(BLOCK - self.held.len());
        self.held.extend_from_slice(&bytes[..used]);
        if self.held.len() < BLOCK {
            return Ok(used);
        }
        let start = self.offset + used as u64 - BLOCK as u64;
        let block: [u8; BLOCK] =
            std::mem::take(&mut self.held).try_into().expect("a block is complete");
        let zero = block == [0; BLOCK];
        match (&self.state, zero) {
            (State::SecondZero, true) => self.state = State::Ended,
            (State::SecondZero, false) => return Err(bad(start, "a single zero block")),
            (_, true) if self.head_offset.is_some() => {
                return Err(bad(start, "a pax header that belongs to no member"));
            }
            (_, true) => self.state = State::SecondZero,
            (_, false) => self.header(&block, start, members)?,
        }
        Ok(used)
    }

    fn header(&mut self, block: &[u8; BLOCK], start: u64, members: &mut dyn Members) -> Result<()> {
        let (path, size, kind) = parse_block(block).map_err(|why| bad(start, why))?;
        if kind == b'x' {
            if self.head_offset.is_some() {
                return Err(bad(start, "two pax headers in a row"));
            }
            if size > MAX_PAX_BYTES {
                return Err(bad(start, "a pax header that is too long"));
            }
            self.head_offset = Some(start);
            self.state = State::Pax(size, padding(size));
            return Ok(());
        }
        let pax = std::mem::take(&mut self.pax);
        let (offset, path, bytes) = match self.head_offset.take() {
            Some(offset) => {
                let (path, bytes) = pax.with(path, size).map_err(|why| bad(start, why))?;
                (offset, path, bytes)
            }
            None => (start, path, size),
        };
        let path = String::from_utf8(path).map_err(|_| bad(start, "a path that is not UTF-8"))?;
        check_path(&path).map_err(|why| bad(start, why))?;
        if !self.seen.insert(path.clone()) {
            return Err(bad(start, "a member that occurs twice"));
        }
        members.begin(Head { path, bytes, offset })?;
        self.state = State::Content(bytes, padding(bytes));
        if bytes == 0 {
            members.end()?;
            self.state = State::Header;
        }
        Ok(())
    }

    fn pax_bytes(&mut self, bytes: &[u8], left: u64, padding: usize) -> Result<usize> {
        let used = (bytes.len() as u64).min(left) as usize;
        self.held.extend_from_slice(&bytes[..used]);
        let left = left - used as u64;
        self.state = State::Pax(left, padding);
        if left == 0 {
            let records = std::mem::take(&mut self.held);
            self.pax = parse_pax(&records).map_err(|why| bad(self.offset, why))?;
            self.state = after_content(padding);
        }
        Ok(used)
    }
}

fn after_content(padding: usize) -> State {
    if padding == 0 { State::Header } else { State::Padding(padding) }
}

/// Refuses every path that could leave the folder that an archive is unpacked in.
fn check_path(path: &str) -> Result<(), &'static str> {
    if path.len() > MAX_PATH_BYTES {
        return Err("a path that is too long");
    }
    if path.contains(['\0', '\\', '\r', '\n']) {
        return Err("a path with a byte that paths of archives do not have");
    }
    if path.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return Err("a path that is absolute, or has an empty or a dotted name in it");
    }
    Ok(())
}

/// Whether this is the header of a member, or of what belongs to one.
pub(super) fn is_header(block: &[u8; BLOCK]) -> bool {
    parse_block(block).is_ok()
}

type Block = (Vec<u8>, u64, u8);

fn parse_block(block: &[u8; BLOCK]) -> Result<Block, &'static str> {
    let header = tar::Header::from_byte_slice(block);
    let ustar = header.as_ustar().ok_or("not a ustar header")?;
    if ustar.magic != *b"ustar\0" || ustar.version != *b"00" {
        return Err("not a ustar header");
    }
    let sum: u64 = block[..148].iter().chain(&block[156..]).map(|byte| u64::from(*byte)).sum();
    if checksum(&ustar.cksum) != Some(sum + 8 * u64::from(b' ')) {
        return Err("a header whose checksum is wrong");
    }
    let kind = ustar.typeflag[0];
    if !matches!(kind, b'0' | b'x') {
        return Err("a member that is not a regular file");
    }
    if ustar.linkname.iter().any(|byte| *byte != 0) {
        return Err("a regular file with a link name");
    }
    let size = octal(&ustar.size).ok_or("a size that is not an octal number")?;
    if ustar.prefix.iter().any(|byte| *byte != 0) {
        return Err("a path that is split over two fields");
    }
    let name = until_nul(&ustar.name);
    if ustar.name[name.len()..].iter().any(|byte| *byte != 0) {
        return Err("a name with something after its end");
    }
    if ustar.pad.iter().any(|byte| *byte != 0) {
        return Err("a header with padding that is not zero");
    }
    Ok((name.to_vec(), size, kind))
}

fn until_nul(field: &[u8]) -> &[u8] {
    &field[..memchr::memchr(0, field).unwrap_or(field.len())]
}

/// Octal digits that fill the field, up to a NUL in its last byte.
fn octal(field: &[u8]) -> Option<u64> {
    let (end, digits) = field.split_last()?;
    let all_digits = digits.iter().all(|byte| matches!(byte, b'0'..=b'7'));
    (*end == 0 && all_digits)
        .then(|| digits.iter().fold(0, |value, digit| value << 3 | u64::from(digit - b'0')))
}

/// A checksum, in the same form, or as most programs write it: with a space after the NUL.
fn checksum(field: &[u8; 8]) -> Option<u64> {
    octal(field.strip_suffix(b" ").unwrap_or(field))
}

fn parse_pax(mut records: &[u8]) -> Result<Pax, &'static str> {
    const MALFORMED: &str = "a malformed pax record";
    let mut pax = Pax::default();
    while !records.is_empty() {
        let space = memchr::memchr(b' ', records).ok_or(MALFORMED)?;
        let digits = std::str::from_utf8(&records[..space]).map_err(|_| MALFORMED)?;
        if digits.starts_with(['+', '0']) {
            return Err(MALFORMED);
        }
        let length: usize = digits.parse().map_err(|_| MALFORMED)?;
        if length <= space + 1 || length > records.len() || records[length - 1] != b'\n' {
            return Err(MALFORMED);
        }
        let record = std::str::from_utf8(&records[space + 1..length - 1]).map_err(|_| MALFORMED)?;
        let (key, value) = record.split_once('=').ok_or(MALFORMED)?;
        match key {
            "path" if pax.path.is_none() => pax.path = Some(value.to_owned()),
            "size" if pax.size.is_none() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                pax.size = Some(value.parse().map_err(|_| MALFORMED)?);
            }
            _ => return Err("a pax record that archives do not have"),
        }
        records = &records[length..];
    }
    Ok(pax)
}
