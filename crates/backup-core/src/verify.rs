//! Verify: checks every byte, digest, count and layer of an archive, or only its encrypted bytes.
//! Inspect: reads only the manifest.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::archive::{Identity, MAX_SIDECAR_BYTES, Reader, Survey, Visitor};
use crate::command::{Command, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::{Monitor, Phase, checkpoint};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::{Digest, Sha256Writer};
use crate::report::{Extent, Report, describe};
use crate::sidecars::Sidecars;
use crate::uninterrupted::uninterrupted;

/// Options of [`verify`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The number of threads that decompress. By default, the number of cores. At most a few are
    /// used.
    pub threads: usize,
    /// The expected content id. Any other content id is a failure.
    pub expect_id: Option<Digest>,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads, expect_id: None }
    }
}

impl VerifyOptions {
    /// Sets the number of threads that decompress.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets the expected content id.
    pub fn expect_id(mut self, id: Digest) -> Self {
        self.expect_id = Some(id);
        self
    }
}

/// Reads all of an archive and checks it.
///
/// # Errors
///
/// If the archive cannot be checked: the file does not exist, no key fits, or a read fails. A fault
/// of the archive itself is a finding in the report.
pub fn verify(
    archive: &Path,
    identities: &[Identity],
    options: &VerifyOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let input = Input::open(archive)?;
    let mut report = verify_input(input, identities, options, monitor)?;
    compare_with_sidecar(archive, &mut report);
    Ok(report)
}

/// [Verifies](verify) an archive in any reader that can seek: in memory, in an object store, behind
/// a cache. Reports and errors name it `name`. A `.sha256` file is not compared.
///
/// `reader` is used by one thread at a time, and read mostly in order.
///
/// # Errors
///
/// As [`verify`].
pub fn verify_reader<R: Read + Seek + Send>(
    reader: R,
    name: &str,
    identities: &[Identity],
    options: &VerifyOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    verify_input(Input::new(reader, name), identities, options, monitor)
}

/// [Verifies](verify) an archive in a stream, such as a pipe. The stream is read once, from its
/// beginning to its end. Archives are checked from their end, so the encrypted bytes are kept until
/// then: up to 64 MiB in memory, more in a temporary file without a name.
///
/// # Errors
///
/// As [`verify`], and [`ErrorKind::Io`] if the bytes cannot be kept.
pub fn verify_stream(
    stream: &mut dyn Read,
    name: &str,
    identities: &[Identity],
    options: &VerifyOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    const IN_MEMORY: usize = 64 << 20;
    let mut kept = tempfile::spooled_tempfile(IN_MEMORY);
    monitor.phase(Phase::Verifying, None);
    let mut buffer = vec![0; 1 << 20];
    loop {
        checkpoint(monitor)?;
        let read = uninterrupted(|| stream.read(&mut buffer));
        let count = read.map_err(|error| Error::reading(name, error))?;
        if count == 0 {
            break;
        }
        let written = std::io::Write::write_all(&mut kept, &buffer[..count]);
        written.map_err(|error| Error::writing_to(std::env::temp_dir(), error))?;
    }
    verify_input(Input::new(kept, name), identities, options, monitor)
}

fn verify_input<R: Read + Seek + Send>(
    archive: Input<R>,
    identities: &[Identity],
    options: &VerifyOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let mut report = Report::new(Command::Verify);
    let started = Instant::now();
    let passed =
        examine(archive, identities, options, Phase::Verifying, monitor, &mut (), &mut report)?;
    report.run.timings.push((Step::Verify, started.elapsed()));
    if passed.is_some() {
        report.prove(Extent::Archive);
        report.note_empty_data();
    }
    Ok(report)
}

/// The maximum size of an archive that [`verify`] reads a second time, to compare it with its
/// `.sha256` file: the first time, its bytes are not read in order. Use [`verify_sealed`] for
/// larger archives. A proof does not need the checksum.
const READ_AGAIN_BYTES: u64 = 16 << 20;

/// Adds a note if the `.sha256` file beside a small archive has another digest.
fn compare_with_sidecar(archive: &Path, report: &mut Report) {
    if report.archive.bytes.is_none_or(|bytes| bytes > READ_AGAIN_BYTES) {
        return;
    }
    // This check was not requested, so a missing or unreadable checksum file is not a problem.
    if !Sidecars::of(archive).checksum.is_file() {
        return;
    }
    let expected = match digest_beside(archive) {
        Ok(Ok(expected)) => Ok(expected),
        Ok(Err(_)) => return,
        Err(error) if is_forbidden(&error) => return,
        Err(error) => Err(error),
    };
    match expected.and_then(|expected| Ok((expected, hash_file(archive, &())?))) {
        Ok((expected, actual)) if expected == actual => {}
        Ok((expected, actual)) => {
            let message = message!("sidecar-differs");
            let remark = Finding::remark(Code::SealedDigest, message);
            report.findings.push(remark.expected(expected, actual));
        }
        // Other read errors are always reported.
        Err(error) => {
            report.skipped.push(SkippedCheck::Prevented {
                kind: CheckKind::SealedBytes,
                error: Some(error.into()),
            });
        }
    }
}

fn is_forbidden(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io { source, .. }
        if source.kind() == std::io::ErrorKind::PermissionDenied)
}

/// The digest in the `.sha256` file beside an archive, or why it cannot be compared.
fn digest_beside(archive: &Path) -> Result<std::result::Result<Digest, SkippedCheck>> {
    let checksum = Sidecars::of(archive).checksum;
    let path = checksum.display().to_string();
    let skipped = |why| Ok(Err(SkippedCheck::part(CheckKind::SealedBytes, why)));
    if checksum.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return skipped(message!("skipped-checksum-no-file", path = path));
    }
    let mut line = Vec::new();
    let read = File::open(&checksum)
        .and_then(|file| file.take(MAX_SIDECAR_BYTES + 1).read_to_end(&mut line));
    match read {
        Ok(_) if line.len() as u64 > MAX_SIDECAR_BYTES => {
            return skipped(message!("skipped-checksum-too-long", path = path));
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return skipped(message!("skipped-no-checksum", path = path));
        }
        Err(error) => return Err(Error::reading(checksum, error)),
    }
    let line = String::from_utf8_lossy(&line);
    // A line whose name is escaped begins with a backslash.
    let line = line.strip_prefix('\\').unwrap_or(&line);
    let digest = line.split_whitespace().next().and_then(|hex| hex.parse().ok());
    match digest {
        Some(digest) => Ok(Ok(digest)),
        None => skipped(message!("skipped-checksum-no-digest", path = path)),
    }
}

/// Opens an archive and reads all of it. Returns the reader if there is no failure; failures are
/// added to the report.
pub(crate) fn examine<R: Read + Seek + Send>(
    archive: Input<R>,
    identities: &[Identity],
    options: &VerifyOptions,
    phase: Phase,
    monitor: &dyn Monitor,
    visitor: &mut dyn Visitor,
    report: &mut Report,
) -> Result<Option<Reader<R>>> {
    let path = archive.path.clone();
    let Some(mut reader) = begin(archive, identities, options, phase, monitor, report)? else {
        return Ok(None);
    };
    if !check_all(&path, &mut reader, options, monitor, visitor, report)? {
        survey(&mut reader, monitor, report)?;
    }
    Ok((!report.has_failure()).then_some(reader))
}

/// Checks each part and each file of an archive separately. Reports the damage, and how many are
/// intact.
pub(crate) fn survey<R: Read + Seek>(
    reader: &mut Reader<R>,
    monitor: &dyn Monitor,
    report: &mut Report,
) -> Result<Survey> {
    let survey = reader.survey(monitor)?;
    report.findings.extend(survey.findings().cloned());
    let (parts, files) = survey.whole();
    report.results.checks.extend([
        Check { kind: CheckKind::WholeParts, count: parts },
        Check { kind: CheckKind::WholeFiles, count: files },
    ]);
    Ok(survey)
}

/// Opens an archive and checks its tail; returns `None`, with a finding, if that is damaged.
pub(crate) fn begin<R: Read + Seek>(
    mut archive: Input<R>,
    identities: &[Identity],
    options: &VerifyOptions,
    phase: Phase,
    monitor: &dyn Monitor,
    report: &mut Report,
) -> Result<Option<Reader<R>>> {
    let bytes = archive.describe(report)?;
    report.archive.expected_id = options.expect_id;
    monitor.phase(phase, Some(bytes));
    let Some(reader) = refused(archive.decrypt(identities), report)? else { return Ok(None) };
    report.archive.opened_by = reader.opened_by().map(str::to_owned);
    report.archive.id = Some(reader.archive_id());
    report.archive.content_id = Some(reader.content_id());
    describe(report, reader.manifest());
    compare_id(options, &reader, report);
    Ok(Some(reader))
}

/// Adds a failure if the content id is not the expected one.
fn compare_id<R: Read + Seek>(options: &VerifyOptions, reader: &Reader<R>, report: &mut Report) {
    let Some(expected) = options.expect_id else { return };
    if expected != reader.content_id() {
        let message = message!("other-content-id");
        let finding = Finding::failure(Code::ContentId, message);
        report.findings.push(finding.expected(expected, reader.content_id()));
    }
}

/// Reads all of an archive that was opened and reports what it finds. Returns `false` if the pass
/// had to stop before the end.
pub(crate) fn check_all<R: Read + Seek + Send>(
    archive: &Path,
    reader: &mut Reader<R>,
    options: &VerifyOptions,
    monitor: &dyn Monitor,
    visitor: &mut dyn Visitor,
    report: &mut Report,
) -> Result<bool> {
    let passed = reader.pass(visitor, options.threads, monitor);
    let Some(seen) = refused(in_file(passed, archive), report)? else { return Ok(false) };
    report.findings.extend(seen.findings);
    report.contents.tables = seen.tables;
    report.contents.files = seen.files;
    report.results.checks.extend(seen.checks);
    // The id is now computed from the contents, not only read from the manifest.
    let is_expected = report.archive.expected_id.is_some()
        && report.archive.expected_id == report.archive.content_id;
    if is_expected && !report.has_failure() {
        report.results.checks.push(Check { kind: CheckKind::ExpectedId, count: 1 });
    }
    Ok(true)
}

/// Opens an archive, and reads its manifest.
pub(crate) fn open(archive: &Path, identities: &[Identity]) -> Result<Reader<File>> {
    Input::open(archive)?.decrypt(identities)
}

/// The reader of an archive, and its path in reports and errors.
pub(crate) struct Input<R> {
    pub(crate) file: R,
    path: PathBuf,
}

impl Input<File> {
    /// Opens an archive's file, if it is a regular file: opening a pipe can block forever, and a
    /// pipe cannot be read from its end.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::opening(path, error);
        regular(path, &path.metadata().map_err(failed)?)?;
        Ok(Self::new(File::open(path).map_err(failed)?, path))
    }
}

impl<R: Read + Seek> Input<R> {
    pub(crate) fn new(file: R, path: impl Into<PathBuf>) -> Self {
        Self { file, path: path.into() }
    }

    /// Adds the path and the length to the report. Returns the length in bytes.
    fn describe(&mut self, report: &mut Report) -> Result<u64> {
        let failed = |error| Error::reading(&self.path, error);
        let bytes = uninterrupted(|| self.file.seek(SeekFrom::End(0))).map_err(failed)?;
        uninterrupted(|| self.file.rewind()).map_err(failed)?;
        report.archive.name = Some(self.path.display().to_string());
        report.archive.bytes = Some(bytes);
        Ok(bytes)
    }

    fn decrypt(self, identities: &[Identity]) -> Result<Reader<R>> {
        in_file(Reader::open(self.file, identities), &self.path)
    }
}

fn regular(archive: &Path, metadata: &Metadata) -> Result<()> {
    let why = match metadata {
        regular if regular.is_file() => return Ok(()),
        folder if folder.is_dir() => message!("not-an-archive-folder"),
        _ => message!("not-an-archive-pipe"),
    };
    let error = Error::new(ErrorKind::NotAnArchive { why });
    Err(error.in_source(archive.display().to_string()))
}

fn in_file<T>(result: Result<T>, archive: &Path) -> Result<T> {
    result.map_err(|error| match error.kind() {
        ErrorKind::Io { path: None, doing, .. } if !doing.is_starting() => {
            match error.into_kind() {
                ErrorKind::Io { source, .. } => Error::reading(archive, source),
                kind => Error::new(kind),
            }
        }
        ErrorKind::NoKeyFits { .. }
        | ErrorKind::WrongPassphrase
        | ErrorKind::WorkFactor { .. }
        | ErrorKind::NotAnArchive { .. } => error.in_source(archive.display().to_string()),
        _ => error,
    })
}

/// Turns [`ErrorKind::Refused`] into a finding: the check ran and failed.
pub(crate) fn refused<T>(result: Result<T>, report: &mut Report) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::Refused(_)) => {
            if let ErrorKind::Refused(finding) = error.into_kind() {
                report.findings.push(finding);
            }
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Compares the encrypted bytes of an archive with the `.sha256` file beside it; needs no key.
///
/// # Errors
///
/// [`ErrorKind::Io`] if either cannot be read. Without a `.sha256` file the report is
/// `unverified`.
pub fn verify_sealed(archive: &Path, monitor: &dyn Monitor) -> Result<Report> {
    let mut report = Report::new(Command::Verify);
    let bytes = Input::open(archive)?.describe(&mut report)?;
    let expected = match digest_beside(archive)? {
        Ok(expected) => expected,
        Err(why) => {
            report.skipped.push(why);
            return Ok(report);
        }
    };
    monitor.phase(Phase::Verifying, Some(bytes));
    let started = Instant::now();
    let actual = hash_file(archive, monitor)?;
    report.run.timings.push((Step::Verify, started.elapsed()));
    if actual == expected {
        report.results.checks.push(Check { kind: CheckKind::SealedBytes, count: bytes });
        report.prove(Extent::Sealed);
    } else {
        report.findings.push(
            Finding::failure(Code::SealedDigest, message!("sealed-bytes-differ"))
                .expected(expected, actual),
        );
    }
    Ok(report)
}

fn hash_file(path: &Path, monitor: &dyn Monitor) -> Result<Digest> {
    let failed = |error| Error::reading(path, error);
    let mut file = File::open(path).map_err(failed)?;
    let mut hash = Sha256Writer::new(std::io::sink());
    let mut buffer = vec![0; 1 << 20];
    loop {
        checkpoint(monitor)?;
        let count = uninterrupted(|| file.read(&mut buffer)).map_err(failed)?;
        if count == 0 {
            return Ok(hash.finish().0);
        }
        std::io::Write::write_all(&mut hash, &buffer[..count]).map_err(failed)?;
        monitor.advance(count as u64);
    }
}

/// Reports what an archive's manifest lists. Reads only the tail, so there is no verdict.
///
/// # Errors
///
/// As [`verify`]; and [`ErrorKind::Refused`] if the tail is damaged.
pub fn inspect(archive: &Path, identities: &[Identity]) -> Result<Report> {
    let mut report = Report::new(Command::Inspect);
    let mut input = Input::open(archive)?;
    input.describe(&mut report)?;
    let reader = input.decrypt(identities)?;
    report.archive.opened_by = reader.opened_by().map(str::to_owned);
    report.archive.id = Some(reader.archive_id());
    report.archive.content_id = Some(reader.content_id());
    describe(&mut report, reader.manifest());
    report.note_empty_data();
    Ok(report)
}
