//! One line of a history.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::exported::{ExportedTable, Shrunk, tables_of};
use super::occasion::Occasion;
use super::time;
use crate::archive::WriterOptions;
use crate::command::{Command, Step};
use crate::i18n::{Message, message};
use crate::record::Digest;
use crate::report::{Report, RunOutcome};

/// The version of lines that this crate writes. It reads no other.
pub(super) const VERSION: u32 = 1;

/// The maximum length of a line.
pub(super) const MAX_LINE_BYTES: usize = 64 * 1024;

/// The text before the digest of a line. The digest covers everything before this text.
const BEFORE_DIGEST: &str = ",\"digest\":\"";

/// The value of `previous` in the first line.
pub(super) const NOTHING_BEFORE: Digest = Digest::ZEROS;

/// The kind of run in a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RunKind {
    /// An archive was created.
    Export,
    /// An archive was restored into a scratch database: a drill.
    RestoreTest,
}

impl RunKind {
    /// The kind of a report's run; `None` if a history does not record its command.
    pub(super) fn of(report: &Report) -> Option<Self> {
        match report.command {
            Command::Export => Some(Self::Export),
            Command::RestoreTest => Some(Self::RestoreTest),
            _ => None,
        }
    }
}

/// A line of a history.
///
/// Like an archive, it contains no recipients. It contains only the public name of the key that
/// opened the archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The format version of the line.
    pub version: u32,
    /// The kind of run.
    pub what: RunKind,
    /// The time of the run, in whole seconds.
    #[serde(with = "time")]
    pub when: SystemTime,
    /// The archive's file name.
    pub archive: String,
    /// Of an export: the folder of the archive, as an absolute path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The archive id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_id: Option<Digest>,
    /// The content id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<Digest>,
    /// How the run ended.
    pub verdict: RunOutcome,
    /// The time that each step took, in seconds, by the name of the step: `export`, `read-back`,
    /// `restore`, `prove` and others.
    #[serde(default)]
    pub seconds: BTreeMap<String, f64>,
    /// The number of records in the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// Of an export: the tables, by their names, the parts of a table as one; `None` if they would
    /// make the line too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<BTreeMap<String, ExportedTable>>,
    /// Of an export: the number of files in the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Of an export: whether it was much smaller than the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shrunk: Option<Shrunk>,
    /// The length of the archive, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_bytes: Option<u64>,
    /// The name and version of the program that wrote the line.
    pub tool: String,
    /// The public name of the key that opened the archive; see
    /// [`Identity::public_name`](crate::archive::Identity::public_name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    /// Who ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Who reviewed the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    /// The ticket of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The SHA-256 of the line before, without its line feed. Zeros in the first line.
    pub previous: Digest,
}

impl Entry {
    /// The entry of a run. `report` is `None` if the run ended with an error.
    pub(super) fn new(
        what: RunKind,
        archive: &Path,
        outcome: RunOutcome,
        report: Option<&Report>,
        occasion: &Occasion,
    ) -> Self {
        let seconds =
            |(step, took): &(Step, Duration)| (step.to_string(), took.as_millis() as f64 / 1e3);
        let timings = report.into_iter().flat_map(|report| &report.run.timings);
        let exported = report.filter(|_| what == RunKind::Export);
        let info = report.map(|report| &report.archive);
        Self {
            version: VERSION,
            what,
            when: occasion.now.unwrap_or_else(SystemTime::now),
            archive: file_name(archive),
            folder: folder(archive).filter(|_| what == RunKind::Export),
            archive_id: info.and_then(|info| info.id),
            content_id: info.and_then(|info| info.content_id),
            verdict: outcome,
            seconds: timings.map(seconds).collect(),
            records: report.and_then(Report::records),
            tables: exported.map(tables_of),
            files: exported.map(|report| report.contents.files.len() as u64),
            shrunk: None,
            sealed_bytes: info.and_then(|info| info.bytes),
            tool: WriterOptions::default().tool,
            opened_by: info.and_then(|info| info.opened_by.clone()),
            operator: occasion.operator.clone(),
            reviewer: occasion.reviewer.clone(),
            ticket: occasion.ticket.clone(),
            previous: NOTHING_BEFORE,
        }
    }

    /// Makes the line short enough: removes the nulls of the tables, or else the tables. Returns
    /// whether the tables were removed.
    pub(super) fn shorten(&mut self) -> bool {
        let is_too_long = |entry: &Self| entry.to_line().len() >= MAX_LINE_BYTES;
        if is_too_long(self) {
            for table in self.tables.iter_mut().flat_map(BTreeMap::values_mut) {
                *table = ExportedTable { records: table.records, ..ExportedTable::default() };
            }
        }
        is_too_long(self) && self.tables.take().is_some()
    }

    /// The line, without its line feed.
    pub(super) fn to_line(&self) -> String {
        let mut line = serde_json::to_string(self).expect("its keys are strings");
        let end = line.pop();
        debug_assert_eq!(end, Some('}'), "an entry is an object");
        let digest = Digest::of(line.as_bytes());
        line.push_str(&format!("{BEFORE_DIGEST}{digest}\"}}"));
        line
    }

    /// Parses a line, or returns why it is invalid.
    pub(super) fn of_line(line: &[u8]) -> Result<Self, Message> {
        let no_line = || message!("history-line-foreign");
        let text = std::str::from_utf8(line).map_err(|_| no_line())?;
        let (before, digest) = text.rsplit_once(BEFORE_DIGEST).ok_or_else(no_line)?;
        let digest: Digest = digest
            .strip_suffix("\"}")
            .and_then(|digest| digest.parse().ok())
            .ok_or_else(no_line)?;
        if digest != Digest::of(before.as_bytes()) {
            return Err(message!("history-line-changed"));
        }
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let known: Versioned = serde_json::from_str(text).map_err(|_| no_line())?;
        if known.version != VERSION {
            let (version, known) = (known.version.to_string(), VERSION.to_string());
            return Err(message!("history-line-version", version = version, known = known));
        }
        serde_json::from_str(text).map_err(|_| no_line())
    }
}

/// The name of an archive in a history.
pub(super) fn file_name(archive: &Path) -> String {
    archive.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folder of an archive, as an absolute path without links; `None` if it does not exist.
pub(super) fn folder(archive: &Path) -> Option<String> {
    archive.file_name()?;
    let above = archive.parent()?;
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    Some(std::fs::canonicalize(above).ok()?.to_string_lossy().into_owned())
}
