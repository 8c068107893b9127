//! What a process that reads a workbook is asked to do.

use std::fmt;
use std::fs::File;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::{ReaderProcess, WorkbookOptions, reading};
use crate::error::Result;
use crate::source::worker;

/// A workbook to read: what a [`ReaderProcess`] gets as its last argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkbookRequest {
    name: String,
    header_row: Option<u64>,
    max_plain_bytes: u64,
    max_record_bytes: u64,
    memory_bytes: u64,
}

impl WorkbookRequest {
    pub(super) fn new(name: &str, options: &WorkbookOptions, process: &ReaderProcess) -> Self {
        Self {
            name: name.to_owned(),
            header_row: options.header_row,
            max_plain_bytes: options.max_plain_bytes,
            max_record_bytes: options.max_record_bytes,
            memory_bytes: process.memory_bytes(),
        }
    }

    /// The request in an argument; `None` if it is none.
    pub fn parse(argument: &str) -> Option<Self> {
        serde_json::from_str(argument).ok()
    }

    /// How much memory this process may take. To see to that, before [`serve`](Self::serve), is left to
    /// the program, as only it knows how: `setrlimit` with `RLIMIT_AS` on Linux.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Reads the workbook from `input`, and says on `output` what is in it, to the process that asked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if nobody listens any more. What is wrong with the
    /// workbook is said on `output`.
    pub fn serve(&self, input: File, output: impl Write) -> Result<()> {
        let mut options = WorkbookOptions::default()
            .max_plain_bytes(self.max_plain_bytes)
            .max_record_bytes(self.max_record_bytes);
        options.header_row = self.header_row;
        worker::run(output, |sink| reading::read(input, &self.name, &options, sink))
    }
}

impl fmt::Display for WorkbookRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
