//! ZIP files. Their directory is read before anything is unpacked, and each member becomes a
//! separate source.
//!
//! The ZIP file itself is stored too. So it can be restored byte for byte, and members that cannot
//! be read are not lost. Members are unpacked in memory while they are read. For readers that seek,
//! they are unpacked into an unnamed temporary file.

mod directory;
mod limits;
mod member;
mod names;
mod problem;

use std::sync::Arc;

pub(super) use self::directory::Directory;
pub(super) use self::limits::Budget;
pub use self::limits::ZipLimits;
pub(super) use self::member::Member;

/// A sidecar of a database in a ZIP file: the suffix of its name, and the member.
pub(super) type Beside = (&'static str, Arc<Member>);
