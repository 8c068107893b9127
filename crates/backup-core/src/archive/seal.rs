//! The outermost layer: age v1. Who may read it, and every 64 KiB authenticated.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use age::secrecy::SecretString;
use zeroize::Zeroizing;

use super::age_header::{FIRST_LINE, Headed, MOST_HEADER_BYTES, MOST_STANZA_BYTES, TooLong};
use super::file_key::{FileKey, Kept, Remembering};
use super::secret::Secret;
use super::ssh;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::uninterrupted::uninterrupted;

/// How much plaintext age seals in one chunk; the last one may hold less.
pub(super) const CHUNK_BYTES: u64 = 64 * 1024;

/// Who an archive is sealed to.
pub struct Recipient(pub(super) Box<dyn age::Recipient + Send + Sync>);

/// What opens an archive.
pub struct Identity {
    pub(super) key: Box<dyn age::Identity + Send + Sync>,
    pub(super) public_name: String,
}

/// The work factor of the passphrases that archives are sealed with: the one of the age command, which
/// takes 256 MiB of memory and about a second.
const WORK_FACTOR: u8 = 18;

/// The highest work factor of a passphrase that is tried unless another is set: it takes 512 MiB of
/// memory.
pub const MAX_WORK_FACTOR: u8 = 19;

/// Asks a person for the passphrase of the key that is named; `None` if nobody answers.
pub type AskPassphrase = Arc<dyn Fn(&str) -> Option<Secret> + Send + Sync>;

pub(super) fn key_error(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Key { why: why.into().into() })
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recipient(…)")
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl std::str::FromStr for Recipient {
    type Err = Error;

    /// Reads `age1…`, `ssh-ed25519 …` or `ssh-rsa …`.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.starts_with("ssh-") {
            return ssh::recipient(text);
        }
        if text.to_ascii_lowercase().starts_with("age-secret-key-") {
            return Err(key_error(
                "a secret key was given as a recipient; a recipient is the public key, age1…",
            ));
        }
        match text.parse::<age::x25519::Recipient>() {
            Ok(recipient) => Ok(Self(Box::new(recipient))),
            // What does not look like a public key may be a secret in the wrong place.
            Err(_) if text.starts_with("age1") => {
                Err(key_error(format!("“{text}” is not a recipient")))
            }
            Err(_) => Err(key_error("what is given as a recipient is no public key")),
        }
    }
}

fn too_much_work(found: u8, most: u8) -> Error {
    Error::new(ErrorKind::WorkFactor { found, most })
}

/// The secret as age takes it; of exactly its length, as a longer block would be given back with a
/// copy in it.
fn age_secret(secret: &Secret) -> SecretString {
    SecretString::from(&**secret)
}

impl Recipient {
    /// Everybody who knows this passphrase. It has to be the only recipient of an archive.
    pub fn passphrase(passphrase: Secret) -> Self {
        let mut recipient = age::scrypt::Recipient::new(age_secret(&passphrase));
        // By itself it takes what lasts a second here, which may be more than a reader elsewhere allows.
        recipient.set_work_factor(WORK_FACTOR);
        Self(Box::new(recipient))
    }

    /// Reads a recipients file as age does: one a line, `#` begins a comment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if a line is not a recipient, or there is none.
    pub fn parse_file(text: &str) -> Result<Vec<Self>> {
        let lines = text.lines().map(str::trim);
        let recipients: Result<Vec<_>> = lines
            .enumerate()
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(number, line)| {
                line.parse().map_err(|_| {
                    key_error(format!(
                        "line {} of the recipients file is not a recipient",
                        number + 1
                    ))
                })
            })
            .collect();
        match recipients? {
            none if none.is_empty() => Err(key_error("the recipients file names no recipient")),
            some => Ok(some),
        }
    }
}

impl From<age::x25519::Recipient> for Recipient {
    fn from(recipient: age::x25519::Recipient) -> Self {
        Self(Box::new(recipient))
    }
}

impl From<age::x25519::Identity> for Identity {
    fn from(identity: age::x25519::Identity) -> Self {
        let public_name = identity.to_public().to_string();
        Self { key: Box::new(identity), public_name }
    }
}

impl Identity {
    /// A passphrase, of a work factor of at most [`MAX_WORK_FACTOR`].
    pub fn passphrase(passphrase: Secret) -> Self {
        Self::passphrase_with_max_work_factor(passphrase, MAX_WORK_FACTOR)
    }

    /// A passphrase, of a work factor of at most `most`.
    ///
    /// The header of an archive says how much work its passphrase takes, before anything shows who
    /// wrote it. A work factor of N takes 2^N KiB of memory, and time in proportion.
    pub fn passphrase_with_max_work_factor(passphrase: Secret, most: u8) -> Self {
        let key = Box::new(Passphrase::new(&passphrase, most));
        Self { key, public_name: "passphrase".into() }
    }

    /// What it may be called where everybody can read it: its public key, `age1…`; the type and
    /// fingerprint of an SSH key; or `passphrase`.
    pub fn public_name(&self) -> &str {
        &self.public_name
    }

    /// Reads an identity file that is not sealed with a passphrase: age's own, or an SSH private key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if it holds no identity that can be used, or is sealed with a passphrase.
    pub fn parse(bytes: &[u8]) -> Result<Vec<Self>> {
        let no_passphrase: AskPassphrase = Arc::new(|_| None);
        Self::parse_file(bytes, "the identity file", &no_passphrase)
    }

    /// Reads an identity file: age's own, one that is itself sealed with a passphrase, or an SSH
    /// private key. `name` is what a prompt calls it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] if it holds no identity that can be used.
    pub fn parse_file(bytes: &[u8], name: &str, ask: &AskPassphrase) -> Result<Vec<Self>> {
        Self::parse_file_with_max_work_factor(bytes, name, ask, MAX_WORK_FACTOR)
    }

    /// As [`Identity::parse_file`]; the passphrase that a file is sealed with may have a work factor
    /// of at most `most`, as in [`Identity::passphrase_with_max_work_factor`].
    ///
    /// # Errors
    ///
    /// As [`Identity::parse_file`].
    pub fn parse_file_with_max_work_factor(
        bytes: &[u8],
        name: &str,
        ask: &AskPassphrase,
        most: u8,
    ) -> Result<Vec<Self>> {
        let callbacks = Callbacks(ask.clone());
        if bytes.starts_with(b"age-encryption.org/v1") {
            return sealed_identities(bytes, name, callbacks, most);
        }
        if bytes.starts_with(b"-----BEGIN ") {
            return ssh::identity(bytes, name, callbacks).map(|identity| vec![identity]);
        }
        plain_identities(bytes, name)
    }
}

fn plain_identities(bytes: &[u8], name: &str) -> Result<Vec<Identity>> {
    let none = || key_error(format!("{name} holds no age identity and no SSH private key"));
    let text = std::str::from_utf8(bytes).map_err(|_| none())?;
    let mut identities = Vec::new();
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // The line is not repeated: it may be a secret with a typing error.
        let identity = line.parse::<age::x25519::Identity>().map_err(|_| {
            key_error(format!("line {} of {name} is not an age identity", number + 1))
        })?;
        identities.push(Identity::from(identity));
    }
    if identities.is_empty() { Err(none()) } else { Ok(identities) }
}

fn sealed_identities(
    bytes: &[u8],
    name: &str,
    callbacks: Callbacks,
    most: u8,
) -> Result<Vec<Identity>> {
    let passphrase = (callbacks.0)(&format!("passphrase of {name}")).ok_or_else(|| {
        key_error(format!("{name} is sealed with a passphrase, and none was given"))
    })?;
    let refused = |error: age::DecryptError| match error {
        age::DecryptError::ExcessiveWork { required, target } => {
            too_much_work(required, target).in_source(name)
        }
        age::DecryptError::Io(error) if TooLong::is_in(&error) => {
            key_error(format!("{name} is damaged: {error}"))
        }
        _ => key_error(format!("the passphrase does not open {name}")),
    };
    let identity = Identity::passphrase_with_max_work_factor(passphrase, most);
    // What is sealed is shorter than its file, so the buffer never has to grow. An identity file is
    // a few lines; a bound keeps a forged one small.
    let room = bytes.len().min(1 << 20);
    let mut plain = Zeroizing::new(Vec::with_capacity(room));
    Headed::read(bytes)
        .map_err(age::DecryptError::Io)
        .and_then(age::Decryptor::new_buffered)
        .and_then(|decryptor| decryptor.decrypt(std::iter::once(&*identity.key as _)))
        .map_err(refused)?
        .take(room as u64)
        .read_to_end(&mut plain)
        .map_err(|_| key_error(format!("{name} is damaged")))?;
    plain_identities(&plain, name)
}

/// A passphrase, and the highest work factor that it is tried with.
struct Passphrase {
    inner: age::scrypt::Identity,
    most: u8,
}

impl Passphrase {
    fn new(passphrase: &Secret, most: u8) -> Self {
        let mut inner = age::scrypt::Identity::new(age_secret(passphrase));
        inner.set_max_work_factor(most);
        Self { inner, most }
    }
}

impl age::Identity for Passphrase {
    fn unwrap_stanza(
        &self,
        stanza: &age_core::format::Stanza,
    ) -> Option<std::result::Result<age_core::format::FileKey, age::DecryptError>> {
        let unwrapped = self.inner.unwrap_stanza(stanza)?;
        Some(unwrapped.map_err(|error| match error {
            // By itself it says what lasts a second here, and not what the limit is.
            age::DecryptError::ExcessiveWork { required, .. } => {
                age::DecryptError::ExcessiveWork { required, target: self.most }
            }
            error => error,
        }))
    }
}

#[derive(Clone)]
pub(super) struct Callbacks(AskPassphrase);

impl age::Callbacks for Callbacks {
    fn display_message(&self, _: &str) {}

    fn confirm(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn request_public_string(&self, _: &str) -> Option<String> {
        None
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        (self.0)(description).as_ref().map(age_secret)
    }
}

/// What an archive that no reader would open is refused with.
fn too_many(recipients: usize) -> Error {
    Error::limit(format!(
        "{recipients} recipients do not fit into an archive's header, which has at most {} KiB: there \
         is room for about 660 keys age1…, 590 of ssh-ed25519, or 90 of ssh-rsa with 4096 bits; seal \
         the archive for fewer, and give those the key that opens it",
        MOST_HEADER_BYTES / 1024
    ))
}

/// Encrypts what is written.
pub(crate) struct SealWriter<W: Write>(age::stream::StreamWriter<W>);

impl<W: Write> SealWriter<W> {
    /// Writes the header for these recipients.
    pub(crate) fn create(recipients: &[Recipient], inner: W) -> Result<(Self, FileKey)> {
        let kept = Kept::default();
        let remembering: Vec<_> = recipients
            .iter()
            .map(|recipient| Remembering { inner: &*recipient.0, name: None, kept: &kept })
            .collect();
        let encryptor = age::Encryptor::with_recipients(remembering.iter().map(|r| r as _))
            .map_err(|error| match error {
                age::EncryptError::MissingRecipients => key_error("no recipient was given"),
                age::EncryptError::MixedRecipientAndPassphrase => {
                    key_error("a passphrase has to be the only recipient")
                }
                _ => key_error("the recipients cannot be used together"),
            })?;
        if kept.stanza_bytes() > MOST_STANZA_BYTES {
            return Err(too_many(recipients.len()));
        }
        let writer = encryptor.wrap_output(inner).map_err(write_error)?;
        Ok((Self(writer), kept.into_key().0))
    }

    /// Writes the last chunk.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

pub(crate) fn write_error(source: io::Error) -> Error {
    Error::new(ErrorKind::Io { doing: crate::Operation::WriteArchive, path: None, source })
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Decrypts what is read, from anywhere in the file.
///
/// Once a chunk has failed, age's reader is of no more use: [`SealReader::renew`] begins again.
pub(crate) struct SealReader<R: Read> {
    stream: age::stream::StreamReader<Headed<BufReader<Watched<R>>>>,
    key: FileKey,
    opened_by: Option<String>,
}

impl<R: Read + Seek> SealReader<R> {
    /// Opens with the first identity that fits.
    pub(crate) fn open(inner: R, identities: &[Identity]) -> Result<Self> {
        let mut named = identities.iter().map(|it| (Some(it.public_name()), &*it.key as _));
        Self::open_with(inner, &mut named)
    }

    /// Opens with the key that was remembered while the archive was written.
    pub(crate) fn open_with_key(inner: R, key: &FileKey) -> Result<Self> {
        Self::open_with(inner, &mut std::iter::once((None, key as _)))
    }

    /// The [`Identity::public_name`] of what opened it; `None` for a key that was kept.
    pub(crate) fn opened_by(&self) -> Option<&str> {
        self.opened_by.as_deref()
    }

    fn open_with<'a>(
        inner: R,
        identities: &mut dyn Iterator<Item = (Option<&'a str>, &'a dyn age::Identity)>,
    ) -> Result<Self> {
        let mut inner = BufReader::with_capacity(64 * 1024, Watched(inner));
        let begins = inner.fill_buf().map_err(open_io_error)?;
        if begins.is_empty() {
            return Err(Error::new(ErrorKind::NotAnArchive { why: "the file is empty".into() }));
        }
        if !begins.starts_with(FIRST_LINE) {
            return Err(Error::new(ErrorKind::NotAnArchive { why: begins_as(begins).into() }));
        }
        let inner = Headed::read(inner).map_err(open_io_error)?;
        let decryptor =
            age::Decryptor::new_buffered(inner).map_err(|error| open_error(error, false))?;
        let passphrase = decryptor.is_scrypt();
        let kept = Kept::default();
        let remembering: Vec<_> =
            identities.map(|(name, inner)| Remembering { inner, name, kept: &kept }).collect();
        let stream = decryptor
            .decrypt(remembering.iter().map(|identity| identity as _))
            .map_err(|error| open_error(error, passphrase))?;
        drop(remembering);
        let (key, opened_by) = kept.into_key();
        Ok(Self { stream, key, opened_by })
    }

    /// Begins again with another handle to the same file.
    pub(crate) fn renew(&mut self, inner: R) -> Result<()> {
        *self = Self::open_with_key(inner, &self.key)?;
        Ok(())
    }
}

/// Says what else a file may be, judged by how it begins.
fn begins_as(bytes: &[u8]) -> String {
    let what = match bytes {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "a zstd file that is not sealed",
        [b'P', b'K', 3, 4, ..] => "a ZIP file or an Excel workbook",
        [0x1f, 0x8b, ..] => "a gzip file",
        _ if bytes.starts_with(b"SQLite format 3\0") => "a SQLite database",
        _ if bytes.starts_with(b"age-encryption.org/")
            && !bytes.starts_with(b"age-encryption.org/v1") =>
        {
            "an age file of a version that this program does not know"
        }
        _ if bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----") => {
            "an age file in text armor; take it off with `age --decrypt` and seal it again"
        }
        _ => return "it does not begin as an age file does".into(),
    };
    format!("it is {what}")
}

fn open_io_error(error: io::Error) -> Error {
    read_error(error, 0)
}

fn open_error(error: age::DecryptError, passphrase: bool) -> Error {
    use age::DecryptError as E;
    match error {
        // Only a passphrase that was tried can fail so.
        E::DecryptionFailed if passphrase => Error::new(ErrorKind::WrongPassphrase),
        E::NoMatchingKeys | E::DecryptionFailed | E::KeyDecryptionFailed => {
            Error::new(ErrorKind::NoKeyFits { passphrase })
        }
        E::ExcessiveWork { required, target } => too_much_work(required, target),
        // It begins as version 1 does, so what age does not know is a header that is none of it.
        E::InvalidMac | E::InvalidHeader | E::UnknownFormat => {
            Finding::failure(Code::Seal, "the age header was changed after it was written").into()
        }
        E::Io(error) if TooLong::is_in(&error) => {
            let message = format!("{error}: it is damaged, or forged to take memory and time");
            Finding::failure(Code::Seal, message).into()
        }
        E::Io(error) => open_io_error(error),
        _ => key_error("the archive cannot be opened with this sort of key"),
    }
}

/// Tells a disk that cannot be read (an error) from bytes that do not authenticate (a finding).
pub(crate) fn read_error(error: io::Error, plain_offset: u64) -> Error {
    if error.get_ref().is_some_and(|inner| inner.is::<DiskError>()) {
        let source = match error.into_inner().map(|inner| inner.downcast::<DiskError>()) {
            Some(Ok(disk)) => disk.0,
            _ => io::Error::other("the disk could not be read"),
        };
        return Error::new(ErrorKind::Io {
            doing: crate::Operation::ReadArchive,
            path: None,
            source,
        });
    }
    let chunk = plain_offset / CHUNK_BYTES + 1;
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Finding::failure(
            Code::CutShort,
            "the archive is cut short: it ends before its last sealed chunk",
        ),
        _ => Finding::failure(
            Code::Seal,
            format!("sealed chunk {chunk} does not authenticate: its bytes were changed"),
        ),
    }
    .into()
}

/// As [`read_error`], for the archive's end: it is authenticated first, and a file that was cut
/// short shows there.
pub(crate) fn end_error(error: io::Error) -> Error {
    match read_error(error, 0).into_kind() {
        ErrorKind::Refused(_) => Finding::failure(
            Code::CutShort,
            "the archive is cut short, has bytes after its end, or its end was changed: its last \
             sealed chunk does not authenticate",
        )
        .into(),
        kind => Error::new(kind),
    }
}

impl<R: Read> Read for SealReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl<R: Read + Seek> Seek for SealReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

/// Marks the errors of the file itself, so that they are told from age's. A call that a signal
/// interrupts is made again: not everything above does so.
struct Watched<R>(R);

#[derive(Debug)]
struct DiskError(io::Error);

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for DiskError {}

fn mark(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), DiskError(error))
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| self.0.read(buffer)).map_err(mark)
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        uninterrupted(|| self.0.seek(to)).map_err(mark)
    }
}
