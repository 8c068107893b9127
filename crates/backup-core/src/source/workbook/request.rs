//! A workbook that a worker process is asked to read.

use std::fs::File;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::options::WorkbookOptions;
use super::reading;
use crate::error::Result;
use crate::source::worker::{self, ReaderProcess};

/// A workbook to read: the last argument of a [`ReaderProcess`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkbookRequest {
    name: String,
    options: WorkbookOptions,
    memory_bytes: u64,
}

impl WorkbookRequest {
    pub(super) fn new(name: &str, options: &WorkbookOptions, process: &ReaderProcess) -> Self {
        let (name, options) = (name.to_owned(), options.clone());
        Self { name, options, memory_bytes: process.memory_bytes() }
    }

    /// The last argument of the process.
    pub(super) fn to_argument(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The request that an argument holds; `None` if it holds none.
    pub fn parse(argument: &str) -> Option<Self> {
        serde_json::from_str(argument).ok()
    }

    /// How many bytes of memory this process may take. The program sets this limit itself, before
    /// [`serve`](Self::serve), as only it knows how: `setrlimit` with `RLIMIT_AS` on Linux.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Reads the workbook from `input`, and sends its content on `output` to the parent process.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the parent is gone. An error in the workbook is
    /// sent on `output`.
    pub fn serve(&self, input: File, output: impl Write) -> Result<()> {
        worker::run(output, |sink| reading::read(input, &self.name, &self.options, sink))
    }
}
