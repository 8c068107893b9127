//! How a workbook is read.

use serde::{Deserialize, Serialize};

use crate::source::MAX_RECORD_BYTES;
use crate::source::worker::ReaderProcess;

/// How a workbook is read.
///
/// The library that reads workbooks may ask for any amount of memory on a file that is made or
/// damaged to that end, and the process is then aborted. [`WorkbookOptions::max_plain_bytes`] refuses
/// the plainest of these files; [`WorkbookOptions::process`] survives all of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WorkbookOptions {
    /// The row that the header is in, in every sheet, counted from 1 as spreadsheets do; 0 if
    /// there is none. By default the first row that holds anything.
    pub header_row: Option<u64>,
    /// How many bytes the members of a workbook may unpack to, all together; checked by
    /// unpacking them. 4 GiB by default.
    pub max_plain_bytes: u64,
    /// How many bytes one record may take. [`MAX_RECORD_BYTES`] by default; the labels of a sheet have
    /// 4 MiB at most.
    pub max_record_bytes: u64,
    /// The process that reads workbooks, with a limit to its memory. This one by default.
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
    /// Sets the row that the header is in, counted from 1; 0 if there is none.
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = Some(row);
        self
    }

    /// Sets how many bytes a workbook may unpack to.
    pub fn max_plain_bytes(mut self, bytes: u64) -> Self {
        self.max_plain_bytes = bytes;
        self
    }

    /// Sets how many bytes one record may take.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    /// Has workbooks read by another process.
    pub fn process(mut self, process: ReaderProcess) -> Self {
        self.process = Some(process);
        self
    }
}
