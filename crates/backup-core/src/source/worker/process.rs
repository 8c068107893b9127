//! Settings for starting a worker process.

use std::process::Command;
use std::sync::Arc;

/// Settings for starting a process that reads one workbook.
///
/// The process gets one additional argument, a
/// [`WorkbookRequest`](super::super::workbook::WorkbookRequest), and the workbook as standard
/// input. It must limit its own memory to
/// [`WorkbookRequest::memory_bytes`](super::super::workbook::WorkbookRequest::memory_bytes), and
/// then serve the request.
#[derive(Clone)]
pub struct ReaderProcess {
    pub(super) command: Arc<dyn Fn() -> Command + Send + Sync>,
    memory_bytes: u64,
}

impl ReaderProcess {
    /// Processes that `command` creates, with a memory limit in bytes.
    pub fn new(memory_bytes: u64, command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self { command: Arc::new(command), memory_bytes }
    }

    /// The memory limit of the process, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }
}

impl std::fmt::Debug for ReaderProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReaderProcess").field("memory_bytes", &self.memory_bytes).finish()
    }
}
