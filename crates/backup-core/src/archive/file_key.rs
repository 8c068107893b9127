//! The key of an archive's payload, kept as age wraps or unwraps it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use age::secrecy::ExposeSecret;
use age_core::format::{FILE_KEY_BYTES, FileKey as AgeFileKey, Stanza};

use super::age_header::stanza_bytes;
use super::keys::{Identity, Recipient};

/// The key of one archive's payload, kept in memory so that export can read back what it wrote, and
/// a reader can continue after damage.
///
/// It opens this one archive and nothing else. It is wiped when dropped.
pub(crate) struct FileKey(AgeFileKey);

impl FileKey {
    fn copy_of(key: &AgeFileKey) -> Self {
        Self(AgeFileKey::init_with_mut(|copy: &mut [u8; FILE_KEY_BYTES]| {
            copy.copy_from_slice(key.expose_secret());
        }))
    }
}

impl Clone for FileKey {
    fn clone(&self) -> Self {
        Self::copy_of(&self.0)
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(…)")
    }
}

type Unwrapped = Option<Result<AgeFileKey, age::DecryptError>>;

impl age::Identity for FileKey {
    fn unwrap_stanza(&self, _: &Stanza) -> Unwrapped {
        // age checks the header's MAC with the key, so a key of another archive is refused there.
        Some(Ok(self.clone().0))
    }
}

/// The file key that age wrapped for recipients, and the bytes that their stanzas take in the header.
pub(super) type Wrapped = RefCell<(Option<FileKey>, usize)>;

/// A recipient that keeps what age wraps for it.
pub(super) struct Keeping<'a> {
    pub(super) recipient: &'a Recipient,
    pub(super) wrapped: &'a Wrapped,
}

impl age::Recipient for Keeping<'_> {
    fn wrap_file_key(
        &self,
        key: &AgeFileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), age::EncryptError> {
        let (stanzas, labels) = self.recipient.0.wrap_file_key(key)?;
        let (kept, bytes) = &mut *self.wrapped.borrow_mut();
        *kept = Some(FileKey::copy_of(key));
        *bytes += stanzas.iter().map(stanza_bytes).sum::<usize>();
        Ok((stanzas, labels))
    }
}

/// Identities as one, which keeps the file key and the name of the first that unwraps it.
pub(super) struct Candidates<'a> {
    pub(super) identities: &'a [Identity],
    pub(super) opened: RefCell<Option<(FileKey, &'a str)>>,
}

impl Candidates<'_> {
    fn first(&self, unwrap: impl Fn(&dyn age::Identity) -> Unwrapped) -> Unwrapped {
        self.identities.iter().find_map(|identity| {
            let unwrapped = unwrap(&*identity.key)?;
            if let Ok(key) = &unwrapped {
                self.opened.replace(Some((FileKey::copy_of(key), identity.public_name())));
            }
            Some(unwrapped)
        })
    }
}

impl age::Identity for Candidates<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Unwrapped {
        self.first(|identity| identity.unwrap_stanza(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Unwrapped {
        self.first(|identity| identity.unwrap_stanzas(stanzas))
    }
}
