//! ZIP files: what they hold is found before anything is unpacked, and each member becomes a source
//! of its own.
//!
//! A ZIP file itself is carried whole, so it comes back byte for byte, and a member that cannot be read
//! is not lost. Members are unpacked as they are read, into memory; those that a reader has to
//! go back and forth in, into a file without a name.

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

/// What is appended to a database's name for a file beside it in a ZIP file, and that file.
pub(super) type Beside = (&'static str, Arc<Member>);
