//! Errors for workbooks that cannot be read.

use std::fmt;
use std::io;

use crate::error::{Error, ErrorKind, Operation};
use crate::i18n::{Message, message};

/// A hint: save the workbook again with another program.
pub(super) fn save_again() -> Message {
    message!("hint-workbook-save-again")
}

/// A hint: save the workbook as xlsx.
pub(super) fn save_as_xlsx() -> Message {
    message!("hint-workbook-save-as-xlsx")
}

/// A hint: delete cells that are far away from the others.
pub(super) fn delete_stray_cells() -> Message {
    message!("hint-workbook-stray-cells")
}

/// The workbook is damaged, or has a form that no known program writes.
pub(super) fn damaged(why: Message) -> Error {
    Error::source(message!("workbook-damaged", why = why), save_again())
}

pub(super) fn ends_early() -> Error {
    damaged(message!("damage-ends-early"))
}

/// The library cannot read the workbook. Its messages may quote a cell, so only the names of its
/// errors are used, such as `Xml: IllFormed`.
pub(super) fn unreadable(error: &dyn fmt::Debug) -> Error {
    let debug = format!("{error:?}");
    let is_name = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let names: Vec<&str> = debug.split(['(', ')', ' ']).take_while(is_name).collect();
    Error::source(message!("workbook-damaged", why = names.join(": ")), save_again())
}

/// A part of the workbook cannot be unpacked. If a reader of this crate passed on an [`Error`],
/// that error is returned.
pub(super) fn unreadable_part(error: io::Error) -> Error {
    error.downcast().unwrap_or_else(|error| {
        Error::source(message!("workbook-damaged", why = error.to_string()), save_again())
    })
}

/// An I/O error of the file itself.
pub(super) fn unreadable_file(source: io::Error) -> Error {
    Error::new(ErrorKind::Io { doing: Operation::ReadWorkbook, path: None, source })
}

pub(super) fn protected() -> Error {
    Error::source(message!("workbook-protected"), message!("hint-workbook-protected"))
}
