//! Shared by the tests of the full cycle: keys, archives made from files or record by record,
//! tables that break tools, cells and their differences, and the stock tools.

#![deny(missing_docs)]

pub mod awkward;
#[path = "../../crates/backup-core/tests/books/mod.rs"]
mod books;
pub mod cells;
pub mod counting;
pub mod difference;
pub mod drill;
pub mod forge;
pub mod forgeries;
pub mod fuzzing;
pub mod layers;
pub mod memory;
pub mod noise;
pub mod own_process;
#[path = "../../crates/backup-core/tests/recording/mod.rs"]
mod recording;
pub mod samples;
pub mod schema;
pub mod servers;
pub mod stock;
pub mod watching;
pub mod zipped;

/// Prints how many cases a test tried. The test harness hides what a passing test prints, so this
/// writes past it.
#[macro_export]
macro_rules! tried {
    ($($what:tt)*) => {{
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("{}\n", format_args!($($what)*)),
        );
    }};
}

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backup_core::archive::WriterOptions;
use backup_core::archive::{AskPassphrase, Finished, Identity, KeyPair, Recipient, Secret, Writer};
use backup_core::model::Role;
use backup_core::record::{Record, Table};
use backup_core::source::{DiscoverOptions, FileHead, discover};
use backup_core::{ExportOptions, Finding, Report, Severity, export};

/// A key pair in each form that a test may need.
pub struct Keys {
    /// The public key, `age1…`.
    pub recipient: String,
    /// The identity file's text.
    pub identity_file: String,
    /// The recipients of an archive.
    pub recipients: Vec<Recipient>,
    /// The identities that decrypt it.
    pub identities: Vec<Identity>,
}

impl Keys {
    /// A new key pair made by this project.
    pub fn generate() -> Self {
        let pair = KeyPair::generate();
        Self::from_files(&pair.recipient(), &pair.identity_file(std::time::SystemTime::UNIX_EPOCH))
    }

    /// A key pair made by another tool: the public key, and the identity file's text.
    pub fn from_files(recipient: &str, identity_file: &str) -> Self {
        Self {
            recipient: recipient.into(),
            identity_file: identity_file.into(),
            recipients: vec![recipient.parse().expect("the public key is a recipient")],
            identities: Identity::parse_file(identity_file.as_bytes(), "key", &no_passphrase())
                .expect("the identity file is read"),
        }
    }

    /// Writes the identity file into the folder.
    pub fn write_identity(&self, folder: &Path) -> PathBuf {
        let path = folder.join("key.txt");
        fs::write(&path, &self.identity_file).expect("the identity file is written");
        path
    }
}

/// Answers no passphrase prompt.
pub fn no_passphrase() -> AskPassphrase {
    Arc::new(|_| None)
}

/// Answers every passphrase prompt with this.
pub fn with_passphrase(passphrase: &str) -> AskPassphrase {
    let passphrase = Secret::from(passphrase);
    Arc::new(move |_| Some(passphrase.clone()))
}

/// Exports files or folders to `path`.
pub fn export_to(path: &Path, sources: &[PathBuf], keys: &Keys, options: WriterOptions) -> Report {
    let found = discover(sources, &DiscoverOptions::default()).expect("the sources are found");
    let options = ExportOptions::default().writer(options);
    export(found, &keys.recipients, path, &options, &()).expect("the export succeeds")
}

/// The findings that are failures of the backup, without notes about the data.
pub fn failures(report: &Report) -> Vec<&Finding> {
    report.findings().iter().filter(|finding| finding.severity == Severity::Failure).collect()
}

/// A table and its records.
pub type Rows = (Table, Vec<Record>);

/// A file's path and its bytes.
pub type Bytes = (String, Vec<u8>);

/// Writes an archive record by record, through the push interface.
pub fn write_archive(
    keys: &Keys,
    options: WriterOptions,
    tables: &[Rows],
    files: &[Bytes],
) -> (Finished, Vec<u8>) {
    let mut writer = Writer::create(Vec::new(), "crm.tar.zst.age", &keys.recipients, options)
        .expect("the archive begins");
    for (table, records) in tables {
        let mut open = writer.table(table.clone()).expect("the table begins");
        for record in records {
            open.record(record).expect("the record is written");
        }
        open.finish().expect("the table ends");
    }
    for (path, bytes) in files {
        let head = FileHead::new(path, bytes.len() as u64, Role::Attachment);
        writer.file(&head, &mut bytes.as_slice()).expect("the file is written");
    }
    writer.finish().expect("the archive ends")
}

/// Every file below a folder, or the file itself.
pub fn files_below(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_path_buf()];
    }
    let entries = fs::read_dir(path).expect("it is a folder");
    entries.flat_map(|entry| files_below(&entry.expect("it is listed").path())).collect()
}

/// The names in a folder, in order.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.expect("it is listed").file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}
