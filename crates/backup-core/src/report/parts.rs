//! The parts of a report.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

use crate::command::Step;
use crate::model::{
    AgainstReport, FileReport, JoinedReport, KeyReport, LedgerEntry, LimitReport, ReferenceReport,
    Run, ScratchServer, SourceMetadata, TableReport, TotalReport,
};
use crate::outcome::Check;
use crate::record::Digest;

/// The archive of a report.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct ArchiveInfo {
    /// The path of the archive, as the caller gave it.
    #[serde(rename = "archive")]
    pub name: Option<String>,
    /// The length of the archive in bytes.
    #[serde(rename = "archive_bytes")]
    pub bytes: Option<u64>,
    /// The archive id: the SHA-256 of `tagmanifest-sha256.txt`.
    #[serde(rename = "archive_id")]
    pub id: Option<Digest>,
    /// When the archive was created: RFC 3339, UTC.
    pub created: Option<String>,
    /// The [`public_name`](crate::archive::Identity::public_name) of the identity that opened the
    /// archive.
    pub opened_by: Option<String>,
    /// The content id: the SHA-256 of `contents.jsonl`.
    pub content_id: Option<Digest>,
    /// The expected content id, if one was given.
    pub expected_id: Option<Digest>,
}

impl ArchiveInfo {
    /// When the archive was created, if this is known and valid.
    pub fn created_at(&self) -> Option<SystemTime> {
        self.created.as_ref()?.parse::<jiff::Timestamp>().ok().map(Into::into)
    }
}

/// The contents of an archive.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Contents {
    /// The tables.
    pub tables: Vec<TableReport>,
    /// The files.
    pub files: Vec<FileReport>,
    /// The sources that were read for the archive.
    pub sources: Vec<SourceMetadata>,
    /// What a source contained and the archive does not contain, or contains in another form.
    pub ledger: Vec<LedgerEntry>,
    /// The number of notes of the export that are not repeated in this report.
    #[serde(rename = "remarks_at_export")]
    pub notes_at_export: u64,
}

/// The results of checks, except findings.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct CheckResults {
    /// What was checked, and how often. Failures are in the findings; see [`Check::count`].
    pub checks: Vec<Check>,
    /// The keys that were checked.
    pub keys: Vec<KeyReport>,
    /// The references that were checked.
    pub references: Vec<ReferenceReport>,
    /// The tables whose parts are several tables of the archive.
    pub joined: Vec<JoinedReport>,
    /// The limits of age and time.
    pub limits: Vec<LimitReport>,
    /// The tables, compared with the current sources.
    pub against: Vec<AgainstReport>,
    /// The expected totals.
    pub totals: Vec<TotalReport>,
}

/// How a run was requested, and what it did.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct RunInfo {
    /// How the run was requested, if the caller set it.
    #[serde(rename = "run")]
    pub request: Option<Run>,
    /// How long each step took.
    #[serde(rename = "timings_seconds", serialize_with = "seconds")]
    pub timings: Vec<(Step, Duration)>,
    /// The files and folders that were written, in order.
    #[serde(serialize_with = "paths")]
    pub written: Vec<PathBuf>,
    /// The server of the scratch database; `None` if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scratch: Option<ScratchServer>,
    /// The drafts of killed runs that were removed.
    #[serde(rename = "swept", serialize_with = "paths")]
    pub removed: Vec<PathBuf>,
}

fn seconds<S: Serializer>(timings: &[(Step, Duration)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(timings.iter().map(|(step, took)| (step, took.as_secs_f64())))
}

fn paths<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(paths.iter().map(|path| path.display().to_string()))
}
