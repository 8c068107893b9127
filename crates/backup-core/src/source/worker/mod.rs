//! Reads a source in a worker process, whose memory is limited and whose abort is an error like any other.
//!
//! The library that reads workbooks asks for so much memory on some files that the process is
//! aborted, which nothing within that process can catch. So a program may start a worker that reads its
//! workbooks: the worker gets the open file as its standard input, and sends tables, records in
//! canonical form and findings on its standard output.
//!
//! Both ends are the same program, so the form of the messages may change with it.

mod child;
mod messages;
mod parent;
mod process;

pub(super) use self::child::run;
pub(super) use self::parent::read_in_worker;
pub use self::process::ReaderProcess;
