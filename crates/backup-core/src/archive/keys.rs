//! Recipients, for which archives are encrypted; identities, which open archives; and secrets in
//! memory.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use age::secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::i18n::Message;

/// The work factor for encrypting with a passphrase. It is that of the age command, and takes 256
/// MiB of memory and about a second.
const WORK_FACTOR: u8 = 18;

/// The highest work factor of a passphrase that is tried by default. It takes 512 MiB of memory.
pub const MAX_WORK_FACTOR: u8 = 19;

/// Asks the user for the passphrase of the named key. Returns `None` if there is no answer.
pub type AskPassphrase = Arc<dyn Fn(&str) -> Option<Secret> + Send + Sync>;

/// A public key or a passphrase for which archives are encrypted.
pub struct Recipient(pub(super) Box<dyn age::Recipient + Send + Sync>);

/// A private key or a passphrase that opens archives.
pub struct Identity {
    pub(super) key: Box<dyn age::Identity + Send + Sync>,
    pub(super) public_name: String,
    /// The highest work factor that is tried; 0 if this is not a passphrase.
    pub(super) max_work_factor: u8,
    /// The name of this key, after its passphrase was asked for and not given.
    pub(super) unanswered: Arc<Mutex<Option<String>>>,
}

pub(super) fn key_error(why: Message) -> Error {
    Error::new(ErrorKind::Key { why })
}

/// Converts a secret for age. The block has exactly the length of the secret: growing it would
/// leave a copy in freed memory.
pub(super) fn age_secret(secret: &Secret) -> SecretString {
    SecretString::from(&**secret)
}

impl Recipient {
    /// A passphrase. It must be the only recipient of an archive.
    pub fn passphrase(passphrase: Secret) -> Self {
        let mut recipient = age::scrypt::Recipient::new(age_secret(&passphrase));
        // By default, age chooses a work factor that takes a second on this machine. Another
        // machine may not allow it.
        recipient.set_work_factor(WORK_FACTOR);
        Self(Box::new(recipient))
    }
}

impl Identity {
    pub(super) fn x25519(identity: age::x25519::Identity) -> Self {
        let public_name = identity.to_public().to_string();
        Self {
            key: Box::new(identity),
            public_name,
            max_work_factor: 0,
            unanswered: Arc::default(),
        }
    }

    /// A passphrase with a work factor of at most [`MAX_WORK_FACTOR`].
    pub fn passphrase(passphrase: Secret) -> Self {
        Self::passphrase_with_max_work_factor(passphrase, MAX_WORK_FACTOR)
    }

    /// A passphrase with a work factor of at most `most`.
    ///
    /// The header of an archive contains the work factor. It is used before the header is
    /// authenticated. A work factor of N takes 2^N KiB of memory, and time in proportion.
    pub fn passphrase_with_max_work_factor(passphrase: Secret, most: u8) -> Self {
        let mut key = age::scrypt::Identity::new(age_secret(&passphrase));
        key.set_max_work_factor(most);
        Self {
            key: Box::new(key),
            public_name: "passphrase".into(),
            max_work_factor: most,
            unanswered: Arc::default(),
        }
    }

    /// The name of this identity in reports: its public key, `age1…`; the type and fingerprint of
    /// an SSH key; or `passphrase`.
    pub fn public_name(&self) -> &str {
        &self.public_name
    }
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

/// A new X25519 key pair.
pub struct KeyPair(age::x25519::Identity);

impl KeyPair {
    /// Creates a key pair from the random numbers of the operating system.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The public key as text, `age1…`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The public key, as a recipient.
    pub fn to_recipient(&self) -> Recipient {
        Recipient(Box::new(self.0.to_public()))
    }

    /// The secret key, as an identity.
    pub fn identity(&self) -> Identity {
        Identity::x25519(self.0.clone())
    }

    /// The identity file, in the format of `age-keygen`. Its first line contains the time of
    /// creation, in whole seconds. A time that cannot be represented is written as 1970.
    pub fn identity_file(&self, created: SystemTime) -> Secret {
        let seconds = jiff::Timestamp::try_from(created).map_or(0, jiff::Timestamp::as_second);
        let created = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        let secret = self.0.to_string();
        let secret = secret.expose_secret();
        let head = format!("# created: {created}\n# public key: {}\n", self.recipient());
        // Allocated once, so that no copy of the secret remains in memory.
        [&head, secret, "\n"].concat().into()
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({})", self.recipient())
    }
}

/// A passphrase, or the text of an identity file. It is wiped from memory when it is dropped, and
/// never printed.
///
/// It never grows, because growing would leave copies in memory.
///
/// ```
/// use backup_core::archive::Secret;
///
/// let secret = Secret::from("correct horse");
/// assert_eq!(secret.len(), 13);
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl From<String> for Secret {
    /// Takes ownership of the text, so that there is no second copy.
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    /// Copies the text. The caller has to wipe the original.
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
