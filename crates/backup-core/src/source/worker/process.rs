//! How a worker process is started.

use std::process::Command;
use std::sync::Arc;

/// How to start a process that reads one workbook.
///
/// It is started with one more argument, a [`WorkbookRequest`](super::super::workbook::WorkbookRequest), and
/// the workbook as its standard input. It has to limit its own memory to
/// [`WorkbookRequest::memory_bytes`](super::super::workbook::WorkbookRequest::memory_bytes), and then serve
/// the request.
#[derive(Clone)]
pub struct ReaderProcess {
    pub(super) command: Arc<dyn Fn() -> Command + Send + Sync>,
    memory_bytes: u64,
}

impl ReaderProcess {
    /// Processes that `command` starts, which may take so many bytes of memory.
    pub fn new(memory_bytes: u64, command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self { command: Arc::new(command), memory_bytes }
    }

    /// How many bytes of memory the process may take.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }
}

impl std::fmt::Debug for ReaderProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReaderProcess").field("memory_bytes", &self.memory_bytes).finish()
    }
}
