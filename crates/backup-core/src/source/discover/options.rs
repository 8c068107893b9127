//! Options for reading files and folders.

use std::path::PathBuf;

use super::kind::names;
use crate::source::csv::{CsvOptions, Delimiter};
#[cfg(feature = "workbook")]
use crate::source::workbook::WorkbookOptions;
use crate::source::{MAX_RECORD_BYTES, ZipLimits};

/// Options for reading files and folders.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DiscoverOptions {
    /// Patterns for names of files that are stored without being parsed. `*` and `?` have the same
    /// meaning as in a shell. A pattern must match the whole name or its last part.
    pub as_file: Vec<String>,
    /// Options for CSV files.
    pub csv: CsvOptions,
    /// Options for workbooks.
    #[cfg(feature = "workbook")]
    pub workbook: WorkbookOptions,
    /// Options for files with certain names. If several rules match, the last one decides. Patterns
    /// are the same as in [`DiscoverOptions::as_file`].
    pub rules: Vec<(String, ReadingRule)>,
    /// Limits for ZIP files.
    pub zip: ZipLimits,
    /// The encoding of the names in ZIP files that do not declare one, such as `gbk`, `cp437` or
    /// `shift_jis`; see [`is_name_encoding`](crate::source::is_name_encoding). If it is `None`, it
    /// is detected for each ZIP file.
    pub zip_names: Option<String>,
    /// The maximum length of a database record, in bytes. CSV files and workbooks have this limit
    /// in their own options. The function [`max_record_bytes`](Self::max_record_bytes()) sets all
    /// of them.
    pub max_record_bytes: u64,
    /// Whether the names of files in a folder begin with the name of the folder. `false` by default.
    pub folder_names: bool,
    /// Archives of the backup. If one lies in a source folder, it, older archives whose names
    /// differ only in numbers, and the files beside them are left out and listed in the ledger.
    pub archives: Vec<PathBuf>,
    /// Other files of the run, such as key files and histories. They are left out of folders too.
    pub own_files: Vec<PathBuf>,
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
            zip_names: None,
            max_record_bytes: MAX_RECORD_BYTES,
            folder_names: false,
            archives: Vec::new(),
            own_files: Vec::new(),
        }
    }
}

/// Options for certain files. What is not set is detected.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReadingRule {
    /// The encoding of CSV files; see [`CsvOptions::encoding`].
    pub encoding: Option<String>,
    /// The delimiter of CSV files; see [`CsvOptions::delimiter`].
    pub delimiter: Option<Delimiter>,
    /// The character before a quote in CSV files; see [`CsvOptions::escape`].
    pub escape: Option<u8>,
    /// The line or row of the header, counted from 1; 0 if there is none.
    pub header_row: Option<u64>,
}

impl ReadingRule {
    /// Sets the encoding of CSV files.
    pub fn encoding(mut self, name: impl Into<String>) -> Self {
        self.encoding = Some(name.into());
        self
    }

    /// Sets the delimiter of CSV files.
    pub fn delimiter(mut self, delimiter: impl Into<Delimiter>) -> Self {
        self.delimiter = Some(delimiter.into());
        self
    }

    /// Sets the character before a quote within a quoted cell of CSV files.
    pub fn escape(mut self, escape: u8) -> Self {
        self.escape = Some(escape);
        self
    }

    /// Sets the line or row of the header.
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = Some(row);
        self
    }
}

impl DiscoverOptions {
    /// Adds a pattern for files that are stored without being parsed.
    pub fn as_file(mut self, pattern: impl Into<String>) -> Self {
        self.as_file.push(pattern.into());
        self
    }

    /// Sets the options for CSV files.
    pub fn csv(mut self, options: CsvOptions) -> Self {
        self.csv = options;
        self
    }

    /// Sets the options for workbooks.
    #[cfg(feature = "workbook")]
    pub fn workbook(mut self, options: WorkbookOptions) -> Self {
        self.workbook = options;
        self
    }

    /// Adds a rule for files whose names match a pattern.
    pub fn rule(mut self, pattern: impl Into<String>, rule: ReadingRule) -> Self {
        self.rules.push((pattern.into(), rule));
        self
    }

    /// The options for a CSV file with this name.
    pub fn csv_for(&self, name: &str) -> CsvOptions {
        let mut options = self.csv.clone();
        for rule in self.rules_for(name) {
            options.encoding = rule.encoding.clone().or(options.encoding);
            options.delimiter = rule.delimiter.or(options.delimiter);
            options.escape = rule.escape.or(options.escape);
            options.header_row = rule.header_row.or(options.header_row);
        }
        options
    }

    /// The options for a workbook with this name.
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

    /// Sets the maximum length of a record of any source, in bytes. A source with a longer record
    /// is stored as a file. So this limits the memory for a source.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self.csv.max_record_bytes = bytes;
        #[cfg(feature = "workbook")]
        {
            self.workbook.max_record_bytes = bytes;
        }
        self
    }

    /// Sets whether the names of files in a folder begin with the name of the folder.
    pub fn folder_names(mut self, folder_names: bool) -> Self {
        self.folder_names = folder_names;
        self
    }

    /// Adds an archive of the backup, which is left out of source folders; see
    /// [`DiscoverOptions::archives`].
    pub fn archive(mut self, path: impl Into<PathBuf>) -> Self {
        self.archives.push(path.into());
        self
    }

    /// Adds another file of the run, which is left out of source folders.
    pub fn own_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.own_files.push(path.into());
        self
    }

    /// Sets the limits for ZIP files.
    pub fn zip(mut self, limits: ZipLimits) -> Self {
        self.zip = limits;
        self
    }

    /// Sets the encoding of the names in ZIP files that do not declare one.
    pub fn zip_names(mut self, encoding: impl Into<String>) -> Self {
        self.zip_names = Some(encoding.into());
        self
    }
}
