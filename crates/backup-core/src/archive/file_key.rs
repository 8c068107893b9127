//! The file key of an archive, copied while age wraps or unwraps it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use age::secrecy::ExposeSecret;
use age_core::format::{FILE_KEY_BYTES, FileKey as AgeFileKey, Stanza};

use super::age_header::stanza_bytes;
use super::keys::{Identity, Recipient};

/// The file key of one archive. It is kept in memory, so that export can read back what it wrote,
/// and a reader can continue after damage.
///
/// It opens only this archive. It is wiped when it is dropped.
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
        // age checks the MAC of the header with this key. So the key of another archive is refused.
        Some(Ok(self.clone().0))
    }
}

/// The file key that age wrapped, and the total length of the recipients' stanzas in the header, in
/// bytes.
pub(super) type Wrapped = RefCell<(Option<FileKey>, usize)>;

/// A recipient that copies the file key while age wraps it.
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

/// Several identities as one. It keeps the file key and the name of the first identity that unwraps
/// it.
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
