//! `export`: reads sources, encrypts, reads back, publishes.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::render::Language;
use backup_core::source::Discovered;
use backup_core::{
    Command, Draft, Error, ErrorKind, ExpectedTotals, ExportOptions, Monitor as _, Notice, Report,
    Run, Verdict, dry_run_with, export, export_to,
};

use super::keeping::Keeping;
use super::shared::{Databases, OwnFiles, completeness, find_sources, profile_file, read_list};
use crate::cli::ExportArgs;
use crate::exit::{self, Failure};
use crate::hints;
use crate::i18n::{fl, text};
use crate::keys;
use crate::outcome::{Outcome, ReportView};
use crate::session::Session;

pub(crate) fn run(args: &ExportArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    let output = match &args.output {
        Some(output) if !args.dry_run => output,
        _ => {
            if args.keep.history.is_some() || args.keep.metrics.is_some() {
                return Err(Failure::usage(text!("dry-run-kept"), text!("dry-run-kept-hint")));
            }
            return preview(args, session);
        }
    };
    if is_stdout(output) {
        return stream(args, session);
    }
    session.archive = Some(output.clone());
    if output.is_dir() {
        let path = output.display().to_string();
        let message = text!("is-a-folder", path = path.as_str());
        return Err(Failure::usage(message, text!("is-a-folder-hint")));
    }
    let mut keeping =
        Keeping::new(Command::Export, &args.keep, std::slice::from_ref(output), session)?;
    keeping.allow_shrink(args.shrink_limit, args.allow_shrink);
    keeping.note_missing_folder(session);
    keeping.check_history(output)?;
    let exported = encrypt(args, output, session);
    match keeping.keep(output, exported) {
        Ok(report) => {
            let exit = requested_exit(args, &report);
            let next = Some(next_step(args, output, &report, session.language()));
            let also = keeping.finish();
            Ok(Outcome::Report(Box::new(ReportView {
                exit,
                next,
                also,
                requires_complete: args.complete.require_complete,
                ..ReportView::new(report)
            })))
        }
        Err(failure) => Err(keeping.beside(failure)),
    }
}

/// Reads the sources without writing an archive; writes the list of totals to fill in.
fn preview(args: &ExportArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    let options = options(args, session)?;
    let found = sources(args, session)?;
    let draft = args.totals.as_deref().map(|path| totals_draft(path, args)).transpose()?;
    let monitor = session.watch.clone();
    let report = dry_run_with(found, &options, &*monitor)?;
    let mut next: Vec<String> = hints::of_notes(&report, session.language()).into_iter().collect();
    if let Some((draft, path)) = draft.zip(args.totals.as_deref()) {
        let mut handle = draft.handle()?;
        let written = handle.write_all(&ExpectedTotals::template(&report));
        written.map_err(|error| Error::writing(path, error))?;
        draft.close_handle(handle)?;
        draft.sync()?;
        for unsupported in draft.publish()? {
            monitor.notice(&Notice::Unsupported(&unsupported));
        }
        let path = path.display().to_string();
        next.push(fl!(session.language(), "next-totals", path = path));
    }
    let next = (!next.is_empty()).then(|| next.join("\n"));
    let requires_complete = args.complete.require_complete;
    let view = ReportView { dry_run: true, next, requires_complete, ..ReportView::new(report) };
    Ok(Outcome::Report(Box::new(view)))
}

/// The draft of the list of totals. An existing file is replaced only with `--force`, and a source
/// never.
fn totals_draft(path: &Path, args: &ExportArgs) -> Result<Draft, Failure> {
    let canonical = |path: &Path| path.canonicalize().ok();
    let own = canonical(path);
    let is_source = own.is_some() && args.sources.iter().any(|source| canonical(source) == own);
    if is_source || path == Path::new("-") || path.is_dir() {
        let path = path.display().to_string();
        let message = text!("totals-name", path = path.as_str());
        return Err(Failure::usage(message, text!("totals-name-hint")));
    }
    Ok(Draft::create(path, args.force)?)
}

fn encrypt(args: &ExportArgs, output: &Path, session: &mut Session<'_>) -> Result<Report, Failure> {
    let about = session.about(output);
    let failed = |error| read_back_failed(about(of_source(args, error)));
    let recipients = keys::recipients(&args.encryption, session)?;
    let options = options(args, session)?;
    let found = sources(args, session)?;
    let watch = session.watch.clone();
    export(found, &recipients, output, &options, &*watch).map_err(failed)
}

/// Writes the archive to standard output. It cannot be read back there, so it is unverified, and
/// the report says so on standard error.
fn stream(args: &ExportArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    if session.context.stdout_terminal {
        return Err(Failure::usage(text!("stream-terminal"), text!("stream-terminal-hint")));
    }
    let stdout = session.take_stdout();
    if args.keep.history.is_some() || args.keep.metrics.is_some() {
        return Err(Failure::usage(text!("stream-kept"), text!("stream-kept-hint")));
    }
    let recipients = keys::recipients(&args.encryption, session)?;
    let options = options(args, session)?;
    let found = sources(args, session)?;
    let watch = session.watch.clone();
    let exported = export_to(found, &recipients, stdout, &options, &*watch);
    let (report, mut stdout) = exported.map_err(|error| of_source(args, error))?;
    let name = fl!(session.language(), "standard-output");
    stdout.flush().map_err(|error| Error::writing_to(name, error))?;
    let exit = requested_exit(args, &report);
    let next = Some(next_step(args, Path::new("ARCHIVE"), &report, session.language()));
    let requires_complete = args.complete.require_complete;
    let view = ReportView { exit, next, requires_complete, ..ReportView::new(report) };
    Ok(Outcome::Report(Box::new(view)))
}

/// Whether `-o` names standard output.
fn is_stdout(output: &Path) -> bool {
    output == Path::new("-") || output == Path::new("/dev/stdout")
}

/// Finds the sources, without the files of this run.
fn sources(args: &ExportArgs, session: &mut Session<'_>) -> Result<Discovered, Failure> {
    let output = args.output.iter().filter(|path| !is_stdout(path));
    let archives: Vec<_> = output.cloned().collect();
    let own = OwnFiles { archives: &archives, others: other_files(args).collect() };
    let databases = Databases { tables: &args.tables, args: &args.server };
    find_sources(&args.sources, &args.stdin_name, &args.reading, &databases, &own, session)
}

/// The files of this run, besides the archive.
fn other_files(args: &ExportArgs) -> impl Iterator<Item = &PathBuf> {
    let others = [
        &args.encryption.passphrase.file,
        &args.server.password_file,
        &args.report.file,
        &args.keep.history,
        &args.keep.metrics,
        &args.totals,
        &args.expect,
    ];
    let others = others.into_iter().flatten().chain(profile_file(&args.complete));
    args.encryption.recipient_files.iter().chain(others)
}

/// The failure of an export. Standard input cannot be stored as a file instead.
fn of_source(args: &ExportArgs, error: Error) -> Failure {
    let is_stream = matches!(error.kind(), ErrorKind::Source { .. })
        && args.sources.iter().any(|source| source.as_os_str() == "-")
        && error.location().source.as_deref() == Some(&args.stdin_name);
    let failure = Failure::from(error);
    match is_stream {
        true => Failure { hint: Some(text!("hint-stream-source")), ..failure },
        false => failure,
    }
}

/// Sets the hint if the read-back found a failure. The archive was then not published, so there is
/// no other copy to use.
fn read_back_failed(failure: Failure) -> Failure {
    if failure.finding.is_none() {
        return failure;
    }
    Failure { hint: Some(text!("read-back-hint")), ..failure }
}

fn options(args: &ExportArgs, session: &mut Session<'_>) -> Result<ExportOptions, Failure> {
    let completeness = completeness(&args.complete, args.no_keys, session)?;
    let mut writer = WriterOptions::default().level(args.level).part_bytes(args.part_size);
    if let Some(threads) = session.settings.threads {
        writer = writer.threads(threads.into());
    }
    let options = ExportOptions::default().writer(writer).replace(args.force);
    let options = other_files(args).fold(options, |options, path| options.keep(path));
    let options = options.read_back(!args.no_read_back).completeness(completeness);
    Ok(match &args.expect {
        Some(path) => {
            let totals = read_list(path, session, |list| ExpectedTotals::read_from(list, path))?;
            options.expected(totals)
        }
        None => options,
    })
}

/// With `--no-read-back` and with `-o -` the verdict is `unverified`, but the exit code is 0,
/// because the user requested it.
fn requested_exit(args: &ExportArgs, report: &Report) -> Option<u8> {
    let is_stream = args.output.as_deref().is_some_and(is_stdout);
    let sole_reason = (args.no_read_back || is_stream)
        && report.verdict() == Some(Verdict::Unverified)
        && report.skipped_checks().len() == 1;
    sole_reason.then_some(exit::DONE)
}

fn next_step(args: &ExportArgs, output: &Path, report: &Report, language: Language) -> String {
    let passphrase = &args.encryption.passphrase;
    let mut command = vec!["restore-test".to_owned(), output.display().to_string()];
    if let Some(file) = &passphrase.file {
        command.extend(["--passphrase-file".into(), file.display().to_string()]);
    } else if let Some(name) = &passphrase.variable {
        command.extend(["--passphrase-env".into(), name.clone()]);
    } else if passphrase.prompt {
        command.push("-p".into());
    } else {
        command.extend(["-i".into(), "KEY".into()]);
    }
    let keep = fl!(language, "next-keep-id");
    let id = report.archive().content_id.map(|id| format!("{keep}\n  {id}\n")).unwrap_or_default();
    let prove = fl!(language, "next-prove");
    let notes = hints::of_notes(report, language).map(|notes| notes + "\n").unwrap_or_default();
    format!("{notes}{id}{prove}\n  {}", Run::new(command).command_line())
}
