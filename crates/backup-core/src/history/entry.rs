//! One line of a history.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::occasion::Occasion;
use super::time;
use crate::archive::WriterOptions;
use crate::command::{Command, Step};
use crate::i18n::{Message, message};
use crate::record::Digest;
use crate::report::{Report, RunOutcome};

/// The version of a line that this crate writes, and the only one it reads.
pub(super) const VERSION: u32 = 1;

/// The longest line that is read or written.
pub(super) const MAX_LINE_BYTES: usize = 64 * 1024;

/// The text before a line's own digest, which covers everything before this text.
const BEFORE_DIGEST: &str = ",\"digest\":\"";

/// The digest of the previous line, in the first line.
pub(super) const NOTHING_BEFORE: Digest = Digest::ZEROS;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// An archive was made.
    Export,
    /// An archive was restored into a scratch database: a drill.
    RestoreTest,
}

impl What {
    /// What a report is of, if a history has lines for it.
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
/// Like an archive, it names no recipients: only the key that opened the archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The version of the line's form.
    pub version: u32,
    /// What was done.
    pub what: What,
    /// When it was done, in whole seconds.
    #[serde(with = "time")]
    pub when: SystemTime,
    /// The archive's file name.
    pub archive: String,
    /// The archive's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_id: Option<Digest>,
    /// What the archive holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<Digest>,
    /// How it ended.
    pub verdict: RunOutcome,
    /// How long each step took, in seconds: `export`, `read-back`, `restore`, `prove`.
    #[serde(default)]
    pub seconds: BTreeMap<String, f64>,
    /// How many records the archive holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// How long the archive's file is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_bytes: Option<u64>,
    /// The program that wrote the line, and its version.
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
    /// The ticket it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The SHA-256 of the line before, without its line feed; zeros in the first line.
    pub previous: Digest,
}

impl Entry {
    /// The line of a run; without a report if it ended with an error.
    pub(super) fn new(
        what: What,
        archive: &Path,
        outcome: RunOutcome,
        report: Option<&Report>,
        occasion: &Occasion,
    ) -> Self {
        let seconds =
            |(step, took): &(Step, Duration)| (step.to_string(), took.as_millis() as f64 / 1e3);
        let timings = report.into_iter().flat_map(|report| &report.run.timings);
        let info = report.map(|report| &report.archive);
        Self {
            version: VERSION,
            what,
            when: occasion.now.unwrap_or_else(SystemTime::now),
            archive: file_name(archive),
            archive_id: info.and_then(|info| info.id),
            content_id: info.and_then(|info| info.content_id),
            verdict: outcome,
            seconds: timings.map(seconds).collect(),
            records: report.and_then(Report::records),
            sealed_bytes: info.and_then(|info| info.bytes),
            tool: WriterOptions::default().tool,
            opened_by: info.and_then(|info| info.opened_by.clone()),
            operator: occasion.operator.clone(),
            reviewer: occasion.reviewer.clone(),
            ticket: occasion.ticket.clone(),
            previous: NOTHING_BEFORE,
        }
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

    /// Reads a line, or returns what is wrong with it.
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

/// What a history calls an archive.
pub(super) fn file_name(archive: &Path) -> String {
    archive.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
