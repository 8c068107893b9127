//! Refuses SSH keys in a build without the feature `ssh`.

use super::keys::{AskPassphrase, Identity, Recipient, key_error};
use crate::error::Result;
use crate::i18n::message;

pub(super) fn recipient(_: &str) -> Result<Recipient> {
    Err(key_error(message!("key-no-ssh")))
}

pub(super) fn identity(_: &[u8], _: &str, _: &AskPassphrase) -> Result<Identity> {
    Err(key_error(message!("key-no-ssh")))
}
