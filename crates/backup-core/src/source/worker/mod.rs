//! Reading a source in another process, whose memory is bounded and whose death is survived.
//!
//! The library that reads workbooks asks for so much memory on some files that the process is
//! aborted, which nothing within that process can catch. So a program may have its workbooks read
//! by a process of its own making: that one gets the open file as its standard input, and what
//! it finds comes back on its standard output: tables, records in canonical form, remarks.
//!
//! Nothing here is kept anywhere: both ends are the same program.

mod child;
mod message;
mod parent;

use std::fs::File;
use std::process::Command;
use std::sync::Arc;

pub(super) use self::child::run;
pub(super) use self::parent::read_in_worker;

/// How to start a process that reads one workbook.
///
/// It is started with one more argument, a [`WorkbookRequest`](super::workbook::WorkbookRequest), and
/// the workbook as its standard input. It has to limit its own memory to
/// [`WorkbookRequest::memory_bytes`](super::workbook::WorkbookRequest::memory_bytes), and then serve
/// the request.
#[derive(Clone)]
pub struct ReaderProcess {
    command: Arc<dyn Fn() -> Command + Send + Sync>,
    memory_bytes: u64,
}

impl ReaderProcess {
    /// What `command` starts may take so many bytes of memory.
    pub fn new(memory_bytes: u64, command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self { command: Arc::new(command), memory_bytes }
    }

    /// How much memory it may take.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// The command that reads `input` as the request says.
    fn command(&self, input: File, request: &str) -> Command {
        let mut command = (self.command)();
        command.arg(request).stdin(input);
        command
    }
}

impl std::fmt::Debug for ReaderProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReaderProcess").field("memory_bytes", &self.memory_bytes).finish()
    }
}
