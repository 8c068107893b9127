//! The outermost layer: age v1. It limits who can read an archive, and authenticates each chunk of
//! 64 KiB.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::iter;
use std::sync::{Arc, Mutex, PoisonError};

use super::age_header::{FIRST_LINE, HeaderFirst, MOST_HEADER_BYTES, MOST_STANZA_BYTES};
use super::file_key::{Candidates, FileKey, Keeping, Wrapped};
use super::keys::{Identity, Recipient, key_error};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::uninterrupted::uninterrupted;

/// The length of the plaintext in an age chunk, in bytes. The last chunk may be shorter.
pub(super) const CHUNK_BYTES: u64 = 64 * 1024;

/// Encrypts what is written. `finish` writes the last chunk.
pub(crate) type EncryptedWriter<W> = age::stream::StreamWriter<W>;

/// Writes the header for these recipients. Returns the writer of the payload, and the file key.
pub(crate) fn encrypt<W: Write>(
    recipients: &[Recipient],
    inner: W,
) -> Result<(EncryptedWriter<W>, FileKey)> {
    let wrapped = &Wrapped::default();
    let keeping: Vec<_> =
        recipients.iter().map(|recipient| Keeping { recipient, wrapped }).collect();
    let encryptor = age::Encryptor::with_recipients(keeping.iter().map(|recipient| recipient as _));
    let encryptor = encryptor.map_err(|error| {
        key_error(match error {
            age::EncryptError::MissingRecipients => message!("key-no-recipient"),
            age::EncryptError::MixedRecipientAndPassphrase => message!("key-passphrase-alone"),
            _ => message!("key-not-together"),
        })
    })?;
    let (key, stanza_bytes) = wrapped.take();
    if stanza_bytes > MOST_STANZA_BYTES {
        // No reader would accept the header.
        let kib = MOST_HEADER_BYTES / 1024;
        let count = recipients.len();
        return Err(Error::limit(message!("archive-recipients", count = count, kib = kib)));
    }
    let writer = encryptor.wrap_output(inner).map_err(write_error)?;
    Ok((writer, key.expect("age wraps the key for every recipient")))
}

pub(crate) fn write_error(source: io::Error) -> Error {
    Error::new(ErrorKind::Io { doing: Operation::WriteArchive, path: None, source })
}

/// Decrypts an archive, from any position.
///
/// After a chunk has failed, age's reader cannot be used any more; [`EncryptedReader::renew`]
/// creates a new one.
pub(crate) struct EncryptedReader<R: Read> {
    stream: age::stream::StreamReader<AgeInput<R>>,
    file: SharedFile<R>,
    key: FileKey,
    opened_by: Option<String>,
}

impl<R: Read + Seek> EncryptedReader<R> {
    /// Opens an archive with the first identity that fits.
    pub(crate) fn open(inner: R, identities: &[Identity]) -> Result<Self> {
        let file = SharedFile::new(inner);
        let decryptor = read_header(&file)?;
        let passphrase = decryptor.is_scrypt();
        let candidates = Candidates { identities, opened: RefCell::default() };
        let stream = decryptor.decrypt(iter::once(&candidates as _)).map_err(|error| {
            let most = identities.iter().map(|identity| identity.max_work_factor).max();
            let error = open_error(error, passphrase, most.unwrap_or_default());
            let unanswered = |one: &Identity| one.unanswered.lock().ok()?.clone();
            match (error.kind(), identities.iter().find_map(unanswered)) {
                (ErrorKind::NoKeyFits { .. }, Some(name)) => {
                    Error::new(ErrorKind::LockedKey { name })
                }
                _ => error,
            }
        })?;
        let opened = candidates.opened.into_inner();
        let (key, name) = opened.expect("age opens nothing without the key");
        Ok(Self { stream, file, key, opened_by: Some(name.to_owned()) })
    }

    /// Opens an archive with the key that was kept in memory after writing it.
    pub(crate) fn open_with_key(inner: R, key: &FileKey) -> Result<Self> {
        Self::with_key(SharedFile::new(inner), key)
    }

    fn with_key(file: SharedFile<R>, key: &FileKey) -> Result<Self> {
        let stream = read_header(&file)?.decrypt(iter::once(key as _));
        let stream = stream.map_err(|error| open_error(error, false, 0))?;
        Ok(Self { stream, file, key: key.clone(), opened_by: None })
    }

    /// The [`Identity::public_name`] of the identity that opened the archive; `None` for a key that
    /// was kept in memory.
    pub(crate) fn opened_by(&self) -> Option<&str> {
        self.opened_by.as_deref()
    }

    /// Creates a new reader at the start of the file.
    pub(crate) fn renew(&mut self) -> Result<()> {
        self.file.rewind().map_err(open_io_error)?;
        self.stream = Self::with_key(self.file.clone(), &self.key)?.stream;
        Ok(())
    }
}

type AgeInput<R> = HeaderFirst<BufReader<SharedFile<R>>>;

fn read_header<R: Read + Seek>(file: &SharedFile<R>) -> Result<age::Decryptor<AgeInput<R>>> {
    let mut inner = BufReader::with_capacity(64 * 1024, file.clone());
    let begin = inner.fill_buf().map_err(open_io_error)?;
    if !begin.starts_with(FIRST_LINE) {
        return Err(Error::new(ErrorKind::NotAnArchive { why: other_kind_of_file(begin) }));
    }
    let inner = HeaderFirst::read(inner).map_err(open_io_error)?;
    age::Decryptor::new_buffered(inner).map_err(|error| open_error(error, false, 0))
}

/// The kind of a file that is not an archive, according to its first bytes.
fn other_kind_of_file(begin: &[u8]) -> Message {
    match begin {
        [] => message!("not-archive-empty"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => message!("not-archive-zstd"),
        [b'P', b'K', 3, 4, ..] => message!("not-archive-zip"),
        [0x1f, 0x8b, ..] => message!("not-archive-gzip"),
        _ if begin.starts_with(b"SQLite format 3\0") => message!("not-archive-sqlite"),
        _ if begin.starts_with(b"age-encryption.org/v1\r\n") => message!("not-archive-text-mode"),
        _ if is_like_first_line(begin) => message!("not-archive-damaged"),
        _ if begin.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----") => {
            message!("not-archive-armor")
        }
        _ => message!("not-archive"),
    }
}

/// Whether most bytes of the first line are those of age. A version that is not known looks like a
/// flipped bit.
fn is_like_first_line(begin: &[u8]) -> bool {
    let same = begin.iter().zip(FIRST_LINE).filter(|(one, other)| one == other).count();
    same * 3 > FIRST_LINE.len() * 2
}

fn open_io_error(error: io::Error) -> Error {
    read_error(error, 0)
}

fn open_error(error: age::DecryptError, passphrase: bool, max_work_factor: u8) -> Error {
    use age::DecryptError as E;
    match error {
        // In an archive with a passphrase, only a wrong passphrase fails with this error.
        E::DecryptionFailed if passphrase => Error::new(ErrorKind::WrongPassphrase),
        E::NoMatchingKeys | E::DecryptionFailed | E::KeyDecryptionFailed => {
            Error::new(ErrorKind::NoKeyFits { passphrase })
        }
        // The error of age contains the work factor that takes one second on this machine, not the
        // limit that was set.
        E::ExcessiveWork { required, .. } => {
            Error::new(ErrorKind::WorkFactor { found: required, most: max_work_factor })
        }
        E::InvalidMac => Finding::failure(Code::Seal, message!("archive-header")).into(),
        // The file begins like version 1, so an unknown format is a malformed header.
        E::InvalidHeader | E::UnknownFormat => {
            Finding::failure(Code::Seal, message!("archive-header-damaged")).into()
        }
        E::Io(error) => open_io_error(error),
        _ => key_error(message!("key-kind")),
    }
}

/// Converts a read error. An I/O error of the file is returned unchanged. A truncated file, and
/// bytes that do not authenticate, become findings.
pub(crate) fn read_error(error: io::Error, plain_offset: u64) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(error) => return error,
        Err(error) => error,
    };
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Finding::failure(Code::CutShort, message!("archive-cut-short"))
        }
        _ => {
            let chunk = (plain_offset / CHUNK_BYTES + 1).to_string();
            Finding::failure(Code::Seal, message!("archive-chunk", chunk = chunk))
        }
    }
    .into()
}

/// As [`read_error`], for the end of the archive. The end is authenticated first, so a truncated
/// file fails here.
pub(crate) fn end_error(error: io::Error) -> Error {
    match read_error(error, 0).into_kind() {
        ErrorKind::Refused(_) => Finding::failure(Code::CutShort, message!("archive-end")).into(),
        kind => Error::new(kind),
    }
}

impl<R: Read> Read for EncryptedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl<R: Read + Seek> Seek for EncryptedReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

/// The file of an archive. Clones share the position, so only the newest one may be used.
///
/// I/O errors of the file become errors of this crate, to distinguish them from errors of age.
/// Calls that a signal interrupts are repeated, because not every layer above repeats them.
struct SharedFile<R>(Arc<Mutex<R>>);

impl<R> SharedFile<R> {
    fn new(file: R) -> Self {
        Self(Arc::new(Mutex::new(file)))
    }

    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    fn call<T>(&self, mut call: impl FnMut(&mut R) -> io::Result<T>) -> io::Result<T> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uninterrupted(|| call(&mut file)).map_err(|source| {
            let kind = source.kind();
            let error = ErrorKind::Io { doing: Operation::ReadArchive, path: None, source };
            io::Error::new(kind, Error::new(error))
        })
    }
}

impl<R: Read> Read for SharedFile<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.call(|file| file.read(buffer))
    }
}

impl<R: Seek> Seek for SharedFile<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.call(|file| file.seek(to))
    }
}
