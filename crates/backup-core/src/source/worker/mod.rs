//! Reads a source in a worker process. Its memory is limited, and its abort is an ordinary error.
//!
//! For some files, the library that reads workbooks allocates so much memory that the process is
//! aborted. Nothing within the process can prevent this. So a program can start a worker process
//! that reads its workbooks. The worker gets the open file as standard input, and sends tables,
//! records in canonical form and findings on standard output.
//!
//! Both processes run the same program, so the messages may change with any version.

mod child;
mod messages;
mod parent;
mod process;

pub(super) use self::child::run;
pub(super) use self::parent::read_in_worker;
pub use self::process::ReaderProcess;
