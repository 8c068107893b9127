//! The result of detecting an encoding.

use super::encoding::{Charset, Coding};
use super::text::TextReader;
use crate::error::Error;
use crate::i18n::{Message, message};
use crate::source::MAX_RECORD_BYTES;
use crate::source::stable_file::StableFile;

/// A detected encoding.
#[derive(Debug)]
pub(super) struct Detected {
    pub(super) charset: Charset,
    /// If it is a guess: the reason, and the other encodings that are possible.
    pub(super) doubt: Option<Message>,
    pub(super) others: Vec<String>,
    /// The encodings that are almost as likely.
    pub(super) near: Vec<String>,
}

impl Detected {
    pub(super) fn certain(charset: Charset) -> Self {
        Self { charset, doubt: None, others: Vec::new(), near: Vec::new() }
    }

    /// A guess with its reason, and the other encodings in which the text is valid.
    pub(super) fn guess(coding: Coding, why: Message, others: Vec<String>) -> Self {
        let doubt = match others.is_empty() {
            true => why,
            false => message!("csv-guess-others", why = why, others = others.join(", ")),
        };
        let charset = Charset { coding, bom: false };
        Self { charset, doubt: Some(doubt), others, near: Vec::new() }
    }
}

/// The error about the first byte that cannot be decoded. It is searched for before the records are
/// read, because otherwise the export would have to start again.
pub(super) fn undecodable(coding: Coding, file: &StableFile) -> Error {
    let find = || {
        let charset = Charset { coding, bom: false };
        TextReader::new(file.open()?, charset, MAX_RECORD_BYTES)?.find_undecodable()
    };
    find().err().unwrap_or_else(|| file.changed())
}
