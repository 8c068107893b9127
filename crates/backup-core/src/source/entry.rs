//! An entry of a folder or a ZIP file.

use super::location::FileLocation;
use crate::i18n::Message;

/// An entry of a folder or a ZIP file.
#[derive(Debug)]
pub(super) struct Entry {
    /// The path in the folder or ZIP file, with `/` between folders.
    pub(super) name: String,
    pub(super) kind: EntryKind,
    /// The bytes of the path, if they are not Unicode.
    pub(super) raw_name: Option<Vec<u8>>,
}

#[derive(Debug)]
pub(super) enum EntryKind {
    File(FileLocation),
    EmptyFolder,
    Link,
    /// A device, pipe or socket.
    Special,
    /// A file that cannot be opened, with the reason.
    Closed(Message),
}
