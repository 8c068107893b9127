//! The archive: a tar in seekable zstd in age, holding a BagIt bag that is a data package.
//!
//! A module a layer, each with one writer and one reader; `FORMAT.md` describes what they write.

mod age_header;
mod bag;
pub mod contents;
mod file_key;
#[cfg(feature = "ssh")]
mod fingerprint;
mod frame;
mod keypair;
mod member;
mod names;
mod parts;
mod pass;
mod pool;
mod reader;
mod salvage;
mod scan;
mod seal;
mod sealer;
mod secret;
#[cfg(feature = "ssh")]
mod ssh;
#[cfg(not(feature = "ssh"))]
#[path = "no_ssh.rs"]
mod ssh;
mod table;
mod tail;
pub(crate) mod text;
mod visitor;
mod writer;

#[cfg(feature = "fuzzing")]
pub(crate) use frame::{FrameReader, unwrap_io};
pub use keypair::KeyPair;
#[cfg(feature = "fuzzing")]
pub(crate) use member::MemberParser;
pub(crate) use member::{Head, Members};
pub(crate) use names::{TakenPaths, beside, is_device, top_folder};
pub(crate) use parts::check_table;
pub use reader::Reader;
pub(crate) use salvage::Survey;
pub(crate) use scan::{Found, scan};
pub(crate) use seal::SealReader;
#[cfg(feature = "fuzzing")]
pub(crate) use seal::read_error;
pub use seal::{AskPassphrase, Identity, MAX_WORK_FACTOR, Recipient};
pub use secret::Secret;
pub use visitor::Visitor;
pub(crate) use writer::read_failed;
pub use writer::{Finished, TableWriter, Writer, WriterOptions};

/// The layers one at a time, for the benchmarks.
#[cfg(feature = "bench")]
pub(crate) mod layers {
    pub(crate) use super::frame::{Compressors, FRAME_BYTES, FrameReader, FrameWriter, unwrap_io};
    pub(crate) use super::member::{END, Head, MemberParser, Members, padding, push_header};
    pub(crate) use super::seal::{SealReader, SealWriter, write_error};
}
