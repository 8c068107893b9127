//! The archive: age, which contains seekable zstd, which contains a tar, which contains a BagIt bag
//! that is a data package.
//!
//! Each layer is a module with one writer and one reader. `FORMAT.md` describes the format.

mod age_header;
mod bag;
pub mod contents;
mod encryption;
mod file_key;
mod frame;
mod key_files;
mod keys;
mod member;
mod names;
mod output;
mod parts;
mod pass;
mod pool;
mod reader;
mod salvage;
mod scan;
mod sidecar_form;
#[cfg_attr(not(feature = "ssh"), path = "no_ssh.rs")]
mod ssh;
mod table;
mod tail;
pub(crate) mod text;
mod visitor;
mod writer;

pub(crate) use encryption::EncryptedReader;
pub use keys::{AskPassphrase, Identity, KeyPair, MAX_WORK_FACTOR, Recipient, Secret};
pub(crate) use member::Head;
pub(crate) use names::{TakenPaths, beside, is_device, top_folder};
pub(crate) use parts::check_table;
pub use reader::Reader;
pub(crate) use salvage::Survey;
pub(crate) use scan::{ScanVisitor, scan};
pub(crate) use sidecar_form::{
    MAX_SIDECAR_BYTES, README, is_age, is_checksum, is_readme, sidecar_names,
};
pub(crate) use visitor::Visitor;
pub(crate) use writer::read_failed;
pub use writer::{Finished, TableWriter, Writer, WriterOptions};

/// Single layers, for [`internals`](crate::internals).
pub(crate) mod layers {
    pub(crate) use super::encryption::{EncryptedReader, encrypt, read_error, write_error};
    pub(crate) use super::frame::{Compressors, FRAME_BYTES, FrameReader, FrameWriter};
    pub(crate) use super::member::{END, TarReader, padding, push_header};
}
