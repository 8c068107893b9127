//! The archive: a tar in seekable zstd in age, holding a BagIt bag that is a data package.
//!
//! A module a layer, each with one writer and one reader; `FORMAT.md` describes what they write.

mod bag;
pub mod contents;
mod frame;
mod member;
mod names;
pub mod package;
mod pass;
mod pool;
pub mod publish;
mod reader;
mod seal;
mod table;
mod tail;
pub(crate) mod text;
mod writer;

pub(crate) use names::top_folder;
pub use pass::Visitor;
pub use reader::Reader;
pub use seal::{AskPassphrase, Identity, KeyPair, Recipient};
pub use writer::{Finished, TableWriter, Writer, WriterOptions};
pub(crate) use writer::{check_table, read_failed};
