//! `export`: reads sources, encrypts, reads back, publishes.

use std::path::Path;

use backup_core::archive::WriterOptions;
use backup_core::render::Language;
use backup_core::{Command, ExportOptions, Report, Run, Verdict, dry_run, export};

use super::keeping::Keeping;
use super::shared::find_sources;
use crate::cli::ExportArgs;
use crate::exit::{self, Failure};
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
            let found = find_sources(&args.sources, &args.stdin_name, &args.reading, session)?;
            let report = dry_run(found, &*session.watch.clone())?;
            return Ok(Outcome::Report(Box::new(ReportView {
                dry_run: true,
                ..ReportView::new(report)
            })));
        }
    };
    session.archive = Some(output.clone());
    if output.as_os_str() == "-" {
        return Err(Failure::usage(text!("export-to-stdout"), text!("export-to-stdout-hint")));
    }
    if output.is_dir() {
        let path = output.display().to_string();
        let message = text!("is-a-folder", path = path.as_str());
        return Err(Failure::usage(message, text!("is-a-folder-hint")));
    }
    let mut keeping =
        Keeping::new(Command::Export, &args.keep, std::slice::from_ref(output), session)?;
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
                ..ReportView::new(report)
            })))
        }
        Err(failure) => Err(keeping.beside(failure)),
    }
}

fn encrypt(args: &ExportArgs, output: &Path, session: &mut Session<'_>) -> Result<Report, Failure> {
    let about = session.about(output);
    let failed = |error| read_back_failed(about(Failure::from(error)));
    let recipients = keys::recipients(&args.encryption, session)?;
    let found = find_sources(&args.sources, &args.stdin_name, &args.reading, session)?;
    let watch = session.watch.clone();
    export(found, &recipients, output, &options(args, session), &*watch).map_err(failed)
}

/// Sets the hint if the read-back found a failure. The archive was then not published, so there is
/// no other copy to use.
fn read_back_failed(failure: Failure) -> Failure {
    if failure.finding.is_none() {
        return failure;
    }
    Failure { hint: Some(text!("read-back-hint")), ..failure }
}

fn options(args: &ExportArgs, session: &Session<'_>) -> ExportOptions {
    let mut writer = WriterOptions::default().level(args.level).part_bytes(args.part_size);
    if let Some(threads) = session.settings.threads {
        writer = writer.threads(threads.into());
    }
    let options = ExportOptions::default().writer(writer).replace(args.force);
    let others = [
        &args.encryption.passphrase.file,
        &args.report.file,
        &args.keep.history,
        &args.keep.metrics,
    ];
    let kept = args.encryption.recipient_files.iter().chain(others.into_iter().flatten());
    kept.fold(options, |options, path| options.keep(path)).read_back(!args.no_read_back)
}

/// With `--no-read-back` the verdict is `unverified`, but the exit code is 0, because the user
/// requested it.
fn requested_exit(args: &ExportArgs, report: &Report) -> Option<u8> {
    let sole_reason = args.no_read_back
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
    format!("{id}{prove}\n  {}", Run::new(command).command_line())
}
