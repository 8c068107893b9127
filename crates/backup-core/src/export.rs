//! Export: reads the sources, writes the encrypted archive, reads it back, and gives it its final
//! name.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::archive::{Finished, Reader, Recipient, Writer, WriterOptions};
use crate::check::expect::{Counted, ExpectedTotals, TotalsCounter};
use crate::command::{Command, Step};
use crate::completeness::{CompletenessOptions, Survey};
use crate::error::{Error, ErrorKind, Result};
use crate::files::{Draft, NameLock, folder_of, publishing, sync_folder};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::{Monitor, Phase};
use crate::observer::Observer;
use crate::outcome::{Check, SkippedCheck};
use crate::plan::Plan;
use crate::report::{
    ArchiveInfo, Extent, Report, describe, incomplete, opaque, remarks, unclear, without_text,
};
use crate::sidecars::{ProtectedPaths, RemovedSidecars, Sidecars, draft_sidecars};
use crate::source::Discovered;
use crate::source::ingest::Ingest;

/// Options of [`export`] and [`export_to`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExportOptions {
    /// Options of the archive's writer.
    pub writer: WriterOptions,
    /// Whether an existing archive, with its sidecars, may be replaced; `false` by default.
    pub replace: bool,
    /// Files that are never replaced, such as key files. The sources are always among them.
    pub keep: Vec<PathBuf>,
    /// The name of the top folder in an archive that [`export_to`] writes; `backup` by default.
    pub name: String,
    /// Whether the archive is read back from disk and verified before it gets its final name;
    /// `true` by default.
    pub read_back: bool,
    /// Whether the export is complete: references, and the profile of the CRM.
    pub completeness: CompletenessOptions,
    /// Totals of the CRM that are compared with the sources, if they are given.
    pub expected: Option<ExpectedTotals>,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self {
            writer: WriterOptions::default(),
            replace: false,
            keep: Vec::new(),
            name: "backup".into(),
            read_back: true,
            completeness: CompletenessOptions::default(),
            expected: None,
        }
    }
}

impl ExportOptions {
    /// Sets the options of the archive's writer.
    pub fn writer(mut self, options: WriterOptions) -> Self {
        self.writer = options;
        self
    }

    /// Sets whether an existing archive may be replaced.
    pub fn replace(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }

    /// Adds a file that is never replaced.
    pub fn keep(mut self, path: impl Into<PathBuf>) -> Self {
        self.keep.push(path.into());
        self
    }

    /// Sets the name of the top folder in an archive that [`export_to`] writes.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets whether the archive is read back; without it the verdict is never `proven`.
    pub fn read_back(mut self, read_back: bool) -> Self {
        self.read_back = read_back;
        self
    }

    /// Sets how the completeness of the export is checked.
    pub fn completeness(mut self, options: CompletenessOptions) -> Self {
        self.completeness = options;
        self
    }

    /// Sets the totals that the sources must have. A total that differs is a failure of the report;
    /// the archive is published nevertheless, because it holds what the sources hold.
    pub fn expected(mut self, totals: ExpectedTotals) -> Self {
        self.expected = Some(totals);
        self
    }

    fn counter(&self) -> Option<TotalsCounter<'_>> {
        self.expected.as_ref().map(TotalsCounter::new)
    }
}

/// Reads the sources, encrypts them for `recipients`, verifies the file on the disk, and publishes
/// it as `output`, with its [`Sidecars`].
///
/// A source that cannot be read as a table is stored as a file, and the report is then
/// `unverified`.
///
/// # Errors
///
/// [`ErrorKind::Exists`] and [`ErrorKind::NotReplaceable`] if a file exists that must not be
/// replaced; [`ErrorKind::Locked`] if another run writes to this name; [`ErrorKind::SourceChanged`]
/// if a source changed while it was read; [`ErrorKind::Refused`] if the read-back found a failure;
/// and any error of reading the sources or writing the archive. After an error, no new file has the
/// final name. [`ErrorKind::AfterPublishing`] is the exception: the verified archive then has its
/// name.
pub fn export(
    found: Discovered,
    recipients: &[Recipient],
    output: &Path,
    options: &ExportOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let sidecars = Sidecars::of(output);
    // The lock is held until the last sidecar has its final name. Otherwise another run could mix
    // its files with these.
    let lock = NameLock::acquire(output, monitor)?;
    let kept = ProtectedPaths::new(&found.paths, &options.keep);
    kept.check(output, &sidecars, options.replace)?;
    let started = Instant::now();
    let mut report = Report::new(Command::Export);
    report.unsupported(lock.unsupported().cloned());
    report.sweep([output, &sidecars.checksum, &sidecars.readme], monitor);
    let mut survey = survey(&found, options);
    let mut plan = Plan::new(found);
    let mut totals = options.counter();
    let (draft, finished) = loop {
        let mut observers = (&mut survey, &mut totals);
        match attempt(&mut plan, recipients, output, options, &mut observers, monitor)? {
            Some(written) => break written,
            None => observers.restart(),
        }
    };
    draft.sync()?;
    report.archive = info_of(&finished);
    report.archive.name = Some(output.display().to_string());
    report.run.timings.push((Step::Export, started.elapsed()));
    if options.read_back {
        let reading = Instant::now();
        report.results.checks = read_back(&draft, &finished, options, monitor)?;
        report.run.timings.push((Step::ReadBack, reading.elapsed()));
        report.prove(Extent::Archive);
    }
    fit(&mut survey, &mut plan, monitor)?;
    // Looking up references takes time. If it is cancelled, no archive must have its name.
    let totals = totals.map(|totals| (totals, survey.counted()));
    report_finished(&mut report, &finished, &plan, totals);
    survey.finish(&finished.manifest.backup.remarks, monitor, &mut report)?;
    let beside = draft_sidecars(output, &sidecars, &finished, options.replace)?;
    let publishing = publishing();
    // Three files cannot be renamed in one step, and the process may be killed between any two
    // steps. The sidecars of one archive must never be beside another, because an intact archive
    // would then seem to be changed. So the old sidecars are removed first, and the new ones are
    // published last: at worst an archive has no sidecars. All bytes are on the disk already, so
    // this takes little time.
    kept.check(output, &sidecars, options.replace)?;
    let before = if options.replace { sidecars.remove()? } else { RemovedSidecars::default() };
    match draft.rename() {
        Ok(unsupported) => report.unsupported(unsupported),
        Err(error) => {
            before.put_back();
            return Err(error);
        }
    }
    publish_sidecars(output, beside, &mut report).map_err(|error| {
        let (path, source) = (output.to_path_buf(), Box::new(error));
        Error::new(ErrorKind::AfterPublishing { path, source })
    })?;
    drop((publishing, lock));

    report.run.written =
        [output, &*sidecars.checksum, &sidecars.readme].map(Path::to_path_buf).into();
    Ok(report)
}

/// Reads the sources, encrypts them for `recipients`, and writes the archive to `writer`, such as
/// an object store, a socket or a buffer.
///
/// A writer cannot be rewound, so the sources are read twice. The first time finds those that
/// cannot be read as tables; they are stored as files. A stream is read once; if it cannot be read
/// as a table, that is an error. The archive is not read back, so the report is `unverified` and
/// lists the read-back as skipped.
///
/// # Errors
///
/// As [`export`]. After an error, the output is incomplete and every reader refuses it.
pub fn export_to<W: Write + Send + 'static>(
    found: Discovered,
    recipients: &[Recipient],
    writer: W,
    options: &ExportOptions,
    monitor: &dyn Monitor,
) -> Result<(Report, W)> {
    let started = Instant::now();
    let mut report = Report::new(Command::Export);
    let survey = survey(&found, options);
    let mut plan = Plan::new(found);
    plan.find_unreadable(monitor)?;
    let writer = Writer::create(writer, &options.name, recipients, options.writer.clone())?;
    let mut observers = (survey, options.counter());
    let read = plan.read(Ingest::new(writer, monitor).observed(&mut observers), monitor)?;
    // Every source was readable the first time, so one that is not has changed.
    let (mut writer, notes) = read.ok_or_else(|| Error::new(ErrorKind::SourceChanged))?;
    notes.write(&mut writer);
    let (finished, writer) = writer.finish()?;
    report.archive = info_of(&finished);
    report.run.timings.push((Step::Export, started.elapsed()));
    let (mut survey, totals) = observers;
    fit(&mut survey, &mut plan, monitor)?;
    let totals = totals.map(|totals| (totals, survey.counted()));
    report_finished(&mut report, &finished, &plan, totals);
    survey.finish(&finished.manifest.backup.remarks, monitor, &mut report)?;
    Ok((report, writer))
}

fn info_of(finished: &Finished) -> ArchiveInfo {
    ArchiveInfo {
        bytes: Some(finished.sealed_bytes),
        id: Some(finished.archive_id),
        content_id: Some(finished.content_id),
        ..ArchiveInfo::default()
    }
}

/// Adds the parts of the report that [`export`] and [`export_to`] have in common.
fn report_finished(
    report: &mut Report,
    finished: &Finished,
    plan: &Plan,
    totals: Option<(TotalsCounter<'_>, Counted)>,
) {
    report.skipped.extend(plan.skipped_checks());
    report.skipped.extend(incomplete(&finished.manifest.backup.ledger));
    let has_tables = !finished.manifest.resources.is_empty();
    report.skipped.extend(opaque(has_tables, &finished.manifest.backup.remarks));
    report.skipped.extend(unclear(&finished.manifest.backup.remarks));
    // The sources come first, because they can be put right only before the CRM is switched off.
    if report.proof().is_none() {
        report.skipped.push(SkippedCheck::ReadBack);
    }
    describe(report, &finished.manifest);
    plan.report_misread(report);
    report.note_empty_data();
    if let Some((totals, counted)) = totals {
        totals.finish(&counted, report);
    }
}

/// Reads the sources and reports what an export would contain; writes nothing.
///
/// # Errors
///
/// As [`export`], except errors of writing.
pub fn dry_run(found: Discovered, monitor: &dyn Monitor) -> Result<Report> {
    dry_run_with(found, &ExportOptions::default(), monitor)
}

/// As [`dry_run`], with the expected totals and the profile of these options. The other options
/// have no effect.
///
/// # Errors
///
/// As [`dry_run`].
pub fn dry_run_with(
    found: Discovered,
    options: &ExportOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let mut report = Report::new(Command::Export);
    let survey = survey(&found, options);
    let mut plan = Plan::for_dry_run(found);
    let mut observers = (survey, options.counter());
    let (tally, notes) = plan.tally(&mut observers, monitor)?;
    let (mut survey, totals) = observers;
    fit(&mut survey, &mut plan, monitor)?;
    report.archive.content_id = Some(tally.content_id());
    report.findings = remarks(&notes.remarks, &notes.sources);
    plan.report_misread(&mut report);
    report.skipped = plan.skipped_checks().collect();
    report.skipped.extend(incomplete(&notes.ledger));
    report.skipped.extend(opaque(!tally.tables.is_empty(), &notes.remarks));
    report.skipped.extend(unclear(&notes.remarks));
    report.contents.tables = tally.tables;
    report.contents.files = tally.files;
    report.contents.sources = notes.sources;
    without_text(&mut report.contents.sources);
    report.contents.ledger = notes.ledger;
    report.note_empty_data();
    if let Some(totals) = totals {
        totals.finish(&survey.counted(), &mut report);
    }
    survey.finish(&notes.remarks, monitor, &mut report)?;
    Ok(report)
}

fn survey(found: &Discovered, options: &ExportOptions) -> Survey {
    let names = found.sources.iter().map(|source| source.name().to_owned());
    Survey::of_sources(names.collect(), &options.completeness)
}

/// Reads the sources once more if the tables that were read last show the CRM.
fn fit(survey: &mut Survey, plan: &mut Plan, monitor: &dyn Monitor) -> Result<()> {
    match survey.fit(!plan.has_stream()) {
        true => plan.tally(survey, monitor).map(drop),
        false => Ok(()),
    }
}

type Written = (Draft, Finished);

fn attempt(
    plan: &mut Plan,
    recipients: &[Recipient],
    output: &Path,
    options: &ExportOptions,
    observer: &mut dyn Observer,
    monitor: &dyn Monitor,
) -> Result<Option<Written>> {
    let draft = Draft::create(output, options.replace)?;
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let named = |error: Error| error_with_path(error, output);
    let writer = Writer::create(draft.handle()?, &name, recipients, options.writer.clone());
    let writer = writer.map_err(named)?;
    let ingest = Ingest::new(writer, monitor).observed(observer);
    let read = plan.read(ingest, monitor).map_err(named)?;
    let Some((mut writer, notes)) = read else { return Ok(None) };
    notes.write(&mut writer);
    let (finished, handle) = writer.finish().map_err(named)?;
    draft.close_handle(handle)?;
    Ok(Some((draft, finished)))
}

/// Flushes the archive's name to the disk, and publishes the sidecars.
fn publish_sidecars(output: &Path, beside: [Draft; 2], report: &mut Report) -> Result<()> {
    report.unsupported(sync_folder(folder_of(output))?);
    for draft in beside {
        report.unsupported(draft.publish_locked()?);
    }
    Ok(())
}

/// Adds the archive's path to a write error. The layers of the archive do not know the path.
fn error_with_path(error: Error, output: &Path) -> Error {
    if !matches!(
        error.kind(),
        ErrorKind::Io { doing: crate::Operation::WriteArchive, path: None, .. }
    ) {
        return error;
    }
    match error.into_kind() {
        ErrorKind::Io { source, .. } => Error::writing(output, source),
        kind => Error::new(kind),
    }
}

/// Reads the whole archive back from disk and verifies it. The file key is still in memory.
fn read_back(
    draft: &Draft,
    finished: &Finished,
    options: &ExportOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<Check>> {
    monitor.phase(Phase::ReadingBack, Some(finished.sealed_bytes));
    let file = File::open(draft.path()).map_err(|error| Error::reading(draft.path(), error))?;
    let mut reader = Reader::open_with_key(file, &finished.key)?;
    let seen = reader.pass(&mut (), options.writer.threads, monitor)?;
    if let Some(finding) = seen.findings.into_iter().next() {
        return Err(finding.into());
    }
    if reader.archive_id() != finished.archive_id || reader.content_id() != finished.content_id {
        return Err(Finding::failure(Code::Contents, message!("read-back-differs")).into());
    }
    Ok(seen.checks)
}
