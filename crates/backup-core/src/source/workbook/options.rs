//! Options for reading a workbook.

use serde::{Deserialize, Serialize};

use crate::source::MAX_RECORD_BYTES;
use crate::source::worker::ReaderProcess;

/// Options for reading a workbook.
///
/// For a malicious or damaged file, the library may allocate any amount of memory, and the process
/// is then aborted. [`WorkbookOptions::max_plain_bytes`] refuses the simplest of these files.
/// [`WorkbookOptions::process`] protects against all of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WorkbookOptions {
    /// The header row of every sheet, counted from 1 as in spreadsheets; 0 if there is none. By
    /// default, the first row that is not empty.
    pub header_row: Option<u64>,
    /// The maximum unpacked size of all members together, in bytes. It is checked by unpacking
    /// them. 4 GiB by default.
    pub max_plain_bytes: u64,
    /// The maximum length of a record in bytes. [`MAX_RECORD_BYTES`] by default. The labels of a
    /// sheet may have at most 4 MiB.
    pub max_record_bytes: u64,
    /// The process that reads workbooks, with a memory limit. By default, the current process reads
    /// them.
    #[serde(skip)]
    pub process: Option<ReaderProcess>,
}

impl Default for WorkbookOptions {
    fn default() -> Self {
        Self {
            header_row: None,
            max_plain_bytes: 4 << 30,
            max_record_bytes: MAX_RECORD_BYTES,
            process: None,
        }
    }
}

impl WorkbookOptions {
    /// Sets the header row, counted from 1; 0 if there is none.
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = Some(row);
        self
    }

    /// Sets the maximum unpacked size of a workbook, in bytes.
    pub fn max_plain_bytes(mut self, bytes: u64) -> Self {
        self.max_plain_bytes = bytes;
        self
    }

    /// Sets the maximum length of a record, in bytes.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    /// Sets the process that reads workbooks.
    pub fn process(mut self, process: ReaderProcess) -> Self {
        self.process = Some(process);
        self
    }
}
