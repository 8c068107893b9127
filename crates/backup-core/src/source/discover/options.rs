//! How files and folders are read.

use super::kind::names;
use crate::source::csv::CsvOptions;
#[cfg(feature = "workbook")]
use crate::source::workbook::WorkbookOptions;
use crate::source::{MAX_RECORD_BYTES, ZipLimits};

/// How named files and folders are read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DiscoverOptions {
    /// Names that are carried as files, whose contents are not read; `*` and `?` as in a shell,
    /// compared with the whole name and with its last part.
    pub as_file: Vec<String>,
    /// How CSV files are read.
    pub csv: CsvOptions,
    /// How workbooks are read.
    #[cfg(feature = "workbook")]
    pub workbook: WorkbookOptions,
    /// How files of some names are read instead; the last rule that matches decides. Names match as in
    /// [`DiscoverOptions::as_file`].
    pub rules: Vec<(String, ReadingRule)>,
    /// How much a ZIP file may hold.
    pub zip: ZipLimits,
    /// How many bytes one record of a database may take; those of CSV files and workbooks are bounded by
    /// their own options. [`DiscoverOptions::max_record_bytes`](Self::max_record_bytes()) sets all.
    pub max_record_bytes: u64,
}

impl Default for DiscoverOptions {
    fn default() -> Self {
        Self {
            as_file: Vec::new(),
            csv: CsvOptions::default(),
            #[cfg(feature = "workbook")]
            workbook: WorkbookOptions::default(),
            rules: Vec::new(),
            zip: ZipLimits::default(),
            max_record_bytes: MAX_RECORD_BYTES,
        }
    }
}

/// How some files are read, where that is not to be found out.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReadingRule {
    /// The encoding of CSV files, by a name that [`CsvOptions::encoding`] may have.
    pub encoding: Option<String>,
    /// What stands between the cells of CSV files: one ASCII character.
    pub delimiter: Option<u8>,
    /// The line or row that the header stands on, counted from 1; 0 if there is none.
    pub header_row: Option<u64>,
}

impl ReadingRule {
    /// Sets the encoding of CSV files.
    pub fn encoding(mut self, name: impl Into<String>) -> Self {
        self.encoding = Some(name.into());
        self
    }

    /// Sets the delimiter of CSV files.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Sets the line or row that the header stands on.
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = Some(row);
        self
    }
}

impl DiscoverOptions {
    /// Adds a name that is stored as a file.
    pub fn as_file(mut self, pattern: impl Into<String>) -> Self {
        self.as_file.push(pattern.into());
        self
    }

    /// Sets how CSV files are read.
    pub fn csv(mut self, options: CsvOptions) -> Self {
        self.csv = options;
        self
    }

    /// Sets how workbooks are read.
    #[cfg(feature = "workbook")]
    pub fn workbook(mut self, options: WorkbookOptions) -> Self {
        self.workbook = options;
        self
    }

    /// Adds a rule for files of this name.
    pub fn rule(mut self, pattern: impl Into<String>, rule: ReadingRule) -> Self {
        self.rules.push((pattern.into(), rule));
        self
    }

    /// How a CSV file of this name is read.
    pub fn csv_for(&self, name: &str) -> CsvOptions {
        let mut options = self.csv.clone();
        for rule in self.rules_for(name) {
            options.encoding = rule.encoding.clone().or(options.encoding);
            options.delimiter = rule.delimiter.or(options.delimiter);
            options.header_row = rule.header_row.or(options.header_row);
        }
        options
    }

    /// How a workbook of this name is read.
    #[cfg(feature = "workbook")]
    pub fn workbook_for(&self, name: &str) -> WorkbookOptions {
        let mut options = self.workbook.clone();
        for rule in self.rules_for(name) {
            options.header_row = rule.header_row.or(options.header_row);
        }
        options
    }

    fn rules_for(&self, name: &str) -> impl Iterator<Item = &ReadingRule> {
        let matching = move |(pattern, _): &&(String, ReadingRule)| names(pattern, name);
        self.rules.iter().filter(matching).map(|(_, rule)| rule)
    }

    /// Sets how many bytes one record of any source may take. A source with a longer one is carried as a
    /// file, so this bounds the memory that a source can be made to take.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self.csv.max_record_bytes = bytes;
        #[cfg(feature = "workbook")]
        {
            self.workbook.max_record_bytes = bytes;
        }
        self
    }

    /// Sets how much a ZIP file may hold.
    pub fn zip(mut self, limits: ZipLimits) -> Self {
        self.zip = limits;
        self
    }
}
