//! What a folder or a ZIP file holds.

use super::location::FileLocation;
use crate::i18n::Message;

/// Something that a folder or a ZIP file holds.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its path in there, with `/` between folders.
    pub(super) name: String,
    pub(super) kind: EntryKind,
}

#[derive(Debug)]
pub(super) enum EntryKind {
    File(FileLocation),
    EmptyFolder,
    Link,
    /// A device, pipe or socket.
    Special,
    /// A file that cannot be opened, and why.
    Closed(Message),
}
