//! The result of detecting an encoding.

use super::encoding::{Charset, Coding};
use super::examined::Examined;
use super::text::TextReader;
use crate::error::Error;
use crate::i18n::{Message, message};
use crate::source::MAX_RECORD_BYTES;

/// A detected encoding.
#[derive(Debug)]
pub(super) struct Detected {
    pub(super) charset: Charset,
    /// If it is a guess: the reason, and the other encodings that are possible.
    pub(super) doubt: Option<Message>,
    pub(super) others: Vec<String>,
    /// The encodings that are almost as likely.
    pub(super) near: Vec<String>,
    /// The line of a text that is in UTF-8 nevertheless.
    pub(super) line_in_utf8: Option<u64>,
    /// Whether this is the encoding of the beginning, and the rest is not known.
    pub(super) is_of_beginning: bool,
}

impl Detected {
    pub(super) fn certain(charset: Charset) -> Self {
        let (others, near) = (Vec::new(), Vec::new());
        let (line_in_utf8, is_of_beginning) = (None, false);
        Self { charset, doubt: None, others, near, line_in_utf8, is_of_beginning }
    }

    /// A guess with its reason, and the other encodings in which the text is valid.
    pub(super) fn guess(coding: Coding, why: Message, others: Vec<String>) -> Self {
        let doubt = match others.is_empty() {
            true => why,
            false => message!("csv-guess-others", why = why, others = others.join(", ")),
        };
        let charset = Charset { coding, bom: false };
        Self { doubt: Some(doubt), others, ..Self::certain(charset) }
    }

    /// The note that it is not clear, and the other possible encodings; `None` if it is clear.
    pub(super) fn unclear(&self, source: &str) -> Option<(Message, Vec<String>)> {
        let (encoding, near) = (self.charset.name(), self.near.clone());
        let utf8 = || vec!["utf-8".to_owned()];
        let is_beginning = self.is_of_beginning && !self.charset.is_utf8();
        Some(match self.line_in_utf8 {
            Some(line) => {
                let line = line.to_string();
                let message = message!(
                    "csv-mixed-encodings",
                    source = source,
                    encoding = encoding,
                    line = line
                );
                (message, utf8())
            }
            None if !near.is_empty() => (unclear(source, &encoding, &near.join(", ")), near),
            None if is_beginning => {
                let message =
                    message!("csv-beginning-encoding", source = source, encoding = encoding);
                (message, self.others.clone())
            }
            None => return None,
        })
    }
}

/// An encoding of another file in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usual {
    pub(super) coding: Coding,
    /// Whether it is given or clear. Otherwise, it is the likeliest one of a file that is refused.
    pub(super) is_clear: bool,
}

/// The note that other encodings are almost as likely.
pub(super) fn unclear(source: &str, encoding: &str, others: &str) -> Message {
    message!("csv-unclear-encoding", source = source, encoding = encoding, others = others)
}

/// The error about the first byte that cannot be decoded. It is searched for before the records are
/// read, because otherwise the export would have to start again.
pub(super) fn undecodable(coding: Coding, file: Examined<'_>) -> Error {
    let find = || {
        let charset = Charset { coding, bom: false };
        TextReader::new(file.open()?, charset, MAX_RECORD_BYTES)?.find_undecodable()
    };
    find().err().unwrap_or_else(|| file.changed())
}
