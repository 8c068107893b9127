//! The key of an archive's payload, seen as age wraps or unwraps it.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use age::secrecy::ExposeSecret;
use age_core::format::{FILE_KEY_BYTES, FileKey as AgeFileKey, Stanza};

use super::age_header::stanza_bytes;

/// The key of one archive's payload, kept in memory so that export can read back what it wrote, and
/// a reader begin again past what is damaged.
///
/// It opens this one archive and nothing else. It is wiped when dropped.
pub(crate) struct FileKey(AgeFileKey);

impl age::Identity for FileKey {
    fn unwrap_stanza(&self, _: &Stanza) -> Option<Result<AgeFileKey, age::DecryptError>> {
        // age checks the header's MAC with the key, so a key of another archive is refused there.
        Some(Ok(copy_key(&self.0)))
    }
}

fn copy_key(key: &AgeFileKey) -> AgeFileKey {
    AgeFileKey::init_with_mut(|copy: &mut [u8; FILE_KEY_BYTES]| {
        copy.copy_from_slice(key.expose_secret());
    })
}

/// Where a file key that goes by is kept, with the name of what it came from.
#[derive(Default)]
pub(super) struct Kept {
    key: Mutex<Option<(FileKey, Option<String>)>>,
    /// What the stanzas take in the header that it was wrapped in.
    stanza_bytes: AtomicUsize,
}

impl Kept {
    fn keep(&self, key: &AgeFileKey, name: Option<&str>) {
        *self.key.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) =
            Some((FileKey(copy_key(key)), name.map(str::to_owned)));
    }

    /// How many bytes the stanzas of all recipients take that wrapped it.
    pub(super) fn stanza_bytes(&self) -> usize {
        self.stanza_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn into_key(self) -> (FileKey, Option<String>) {
        let key = self.key.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        key.expect("age wraps the key for every recipient, and opens nothing without it")
    }
}

/// Delegates to a recipient or an identity, and remembers the key that it wraps or unwraps.
pub(super) struct Remembering<'a, T: ?Sized> {
    pub(super) inner: &'a T,
    pub(super) name: Option<&'a str>,
    pub(super) kept: &'a Kept,
}

impl age::Recipient for Remembering<'_, dyn age::Recipient + Send + Sync> {
    fn wrap_file_key(
        &self,
        key: &AgeFileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), age::EncryptError> {
        self.kept.keep(key, self.name);
        let wrapped = self.inner.wrap_file_key(key)?;
        let bytes = wrapped.0.iter().map(stanza_bytes).sum();
        self.kept.stanza_bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(wrapped)
    }
}

type Unwrapped = Option<Result<AgeFileKey, age::DecryptError>>;

impl Remembering<'_, dyn age::Identity + '_> {
    fn remember(&self, unwrapped: Unwrapped) -> Unwrapped {
        if let Some(Ok(key)) = &unwrapped {
            self.kept.keep(key, self.name);
        }
        unwrapped
    }
}

impl age::Identity for Remembering<'_, dyn age::Identity + '_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Unwrapped {
        self.remember(self.inner.unwrap_stanza(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Unwrapped {
        self.remember(self.inner.unwrap_stanzas(stanzas))
    }
}
