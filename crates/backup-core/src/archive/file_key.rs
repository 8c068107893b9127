//! The key of an archive's payload, kept as age wraps or unwraps it.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use age::secrecy::ExposeSecret;
use age_core::format::{FILE_KEY_BYTES, FileKey as AgeFileKey, Stanza};

use super::age_header::stanza_bytes;

/// The key of one archive's payload, kept in memory so that export can read back what it wrote, and
/// a reader can continue after damage.
///
/// It opens this one archive and nothing else. It is wiped when dropped.
pub(crate) struct FileKey(AgeFileKey);

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(…)")
    }
}

impl age::Identity for FileKey {
    fn unwrap_stanza(&self, _: &Stanza) -> Unwrapped {
        // age checks the header's MAC with the key, so a key of another archive is refused there.
        Some(Ok(copy_key(&self.0)))
    }
}

fn copy_key(key: &AgeFileKey) -> AgeFileKey {
    AgeFileKey::init_with_mut(|copy: &mut [u8; FILE_KEY_BYTES]| {
        copy.copy_from_slice(key.expose_secret());
    })
}

/// What was observed while age wrapped or unwrapped a file key.
#[derive(Default)]
pub(super) struct Observed {
    pub(super) key: Option<FileKey>,
    /// The name of the identity that unwrapped it.
    pub(super) opened_by: Option<String>,
    /// The bytes that the stanzas of all recipients take in the header.
    pub(super) stanza_bytes: usize,
}

/// A recipient or an identity whose work is observed.
pub(super) struct Observing<'a, T: ?Sized> {
    pub(super) inner: &'a T,
    pub(super) name: Option<&'a str>,
    pub(super) observed: &'a RefCell<Observed>,
}

impl age::Recipient for Observing<'_, dyn age::Recipient + Send + Sync> {
    fn wrap_file_key(
        &self,
        key: &AgeFileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), age::EncryptError> {
        let wrapped = self.inner.wrap_file_key(key)?;
        let mut observed = self.observed.borrow_mut();
        observed.key = Some(FileKey(copy_key(key)));
        observed.stanza_bytes += wrapped.0.iter().map(stanza_bytes).sum::<usize>();
        Ok(wrapped)
    }
}

type Unwrapped = Option<Result<AgeFileKey, age::DecryptError>>;

impl Observing<'_, dyn age::Identity + '_> {
    fn observe(&self, unwrapped: Unwrapped) -> Unwrapped {
        if let Some(Ok(key)) = &unwrapped {
            let mut observed = self.observed.borrow_mut();
            observed.key = Some(FileKey(copy_key(key)));
            observed.opened_by = self.name.map(str::to_owned);
        }
        unwrapped
    }
}

impl age::Identity for Observing<'_, dyn age::Identity + '_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Unwrapped {
        self.observe(self.inner.unwrap_stanza(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Unwrapped {
        self.observe(self.inner.unwrap_stanzas(stanzas))
    }
}
