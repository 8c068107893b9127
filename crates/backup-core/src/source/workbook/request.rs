//! The request to a worker process to read a workbook.

use std::fs::File;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::options::WorkbookOptions;
use super::reading;
use crate::error::Result;
use crate::source::worker::{self, ReaderProcess};

/// A request to read a workbook. It is the last argument of a [`ReaderProcess`].
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

    /// The request as the last argument of the process.
    pub(super) fn to_argument(&self) -> String {
        serde_json::to_string(self).expect("a request has a JSON form")
    }

    /// Parses an argument. Returns `None` if it is not a request.
    pub fn parse(argument: &str) -> Option<Self> {
        serde_json::from_str(argument).ok()
    }

    /// The maximum memory of the worker process, in bytes. The program must set this limit itself
    /// before it calls [`serve`](Self::serve), for example with `setrlimit` and `RLIMIT_AS` on
    /// Linux.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Reads the workbook from `input`, and sends its content to the parent process on `output`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the parent process has ended. Errors of the
    /// workbook are sent on `output`.
    pub fn serve(&self, input: File, output: impl Write) -> Result<()> {
        worker::run(output, |sink| reading::read(input, &self.name, &self.options, sink))
    }
}
