//! SSH keys, in a build without the feature `ssh`: they are refused.

use super::seal::{Callbacks, Identity, Recipient, key_error};
use crate::error::Result;

pub(super) fn recipient(_: &str) -> Result<Recipient> {
    Err(key_error("SSH keys cannot be used: this program was built without them"))
}

pub(super) fn identity(_: &[u8], _: &str, _: Callbacks) -> Result<Identity> {
    Err(key_error("SSH keys cannot be used: this program was built without them"))
}
