//! One run of one command: its context, its settings for output, and how it ends.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use backup_core::archive::{AskPassphrase, Secret};
use backup_core::render::{Detail, Language, clean, no_records, sentence};
use backup_core::{Command, LedgerCode, Report};

use crate::cli::{Color, GlobalArgs};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::i18n::{Text, fl, text};
use crate::locale;
use crate::outcome::{NewKey, Outcome, not_written};
use crate::progress::Watch;
use crate::render::{Style, json, text};

/// One run of one command.
pub(crate) struct Session<'c> {
    pub(crate) context: &'c mut Context,
    pub(crate) settings: GlobalArgs,
    pub(crate) watch: Arc<Watch>,
    /// The archive that the command is about, if there is one.
    pub(crate) archive: Option<PathBuf>,
    /// A folder that is removed from printed paths: that of the demonstration.
    pub(crate) within: Option<String>,
    /// The command's name.
    command: &'static str,
    /// The reader that has taken standard input, if there is one.
    stdin_taken: Option<Text>,
    /// Whether the archive is written to standard output. The report then goes to standard error.
    archive_on_stdout: bool,
}

impl<'c> Session<'c> {
    pub(crate) fn new(
        settings: &GlobalArgs,
        command: &'static str,
        context: &'c mut Context,
    ) -> Self {
        let visible = context.stderr_terminal && !settings.quiet && !settings.json;
        let language = locale::language(settings.lang, &context.variable);
        let notify = (!settings.quiet).then(|| context.notify.clone());
        let (cancel, also) = (context.cancel.clone(), context.monitor.clone());
        let watch = Watch::new(cancel, also, visible, notify, language);
        let (settings, watch) = (settings.clone(), Arc::new(watch));
        Self {
            context,
            settings,
            watch,
            archive: None,
            within: None,
            command,
            stdin_taken: None,
            archive_on_stdout: false,
        }
    }

    /// The style of results.
    pub(crate) fn style(&self) -> Style {
        self.style_on(self.results_on_terminal())
    }

    fn results_on_terminal(&self) -> bool {
        match self.archive_on_stdout {
            true => self.context.stderr_terminal,
            false => self.context.stdout_terminal,
        }
    }

    /// Takes standard output for the archive. With `--json`, standard error then contains the
    /// document and nothing else.
    pub(crate) fn take_stdout(&mut self) -> Box<dyn Write + Send> {
        self.archive_on_stdout = true;
        if self.settings.json {
            let (cancel, also) = (self.context.cancel.clone(), self.context.monitor.clone());
            self.watch = Arc::new(Watch::new(cancel, also, false, None, self.language()));
        }
        std::mem::replace(&mut self.context.stdout, Box::new(std::io::sink()))
    }

    fn style_on(&self, terminal: bool) -> Style {
        let color = match self.settings.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !self.context.no_color,
        };
        let language = self.language();
        Style { color, width: self.context.width.filter(|_| terminal), language }
    }

    /// The requested language, or that of the environment.
    pub(crate) fn language(&self) -> Language {
        locale::language(self.settings.lang, &self.context.variable)
    }

    /// Prints a result. A closed pipe is not an error, because its reader has read enough.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.watch.clear();
        // A copy of a new key would not be wiped.
        let text = self.shortened(text);
        if self.archive_on_stdout {
            let _ = self.context.stderr.write_all(text.as_bytes());
            return Ok(());
        }
        let stdout = &mut self.context.stdout;
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                let name = fl!(self.language(), "standard-output");
                let error = backup_core::Error::writing_to(name, error);
                Err(Failure { hint: Some(text!("stdout-hint")), ..error.into() })
            }
            _ => Ok(()),
        }
    }

    fn shortened<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.within {
            Some(folder) => text.replace(folder.as_str(), "").into(),
            None => text.into(),
        }
    }

    /// Prints a note on standard error, unless the command is to be quiet.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.settings.quiet {
            self.print_stderr(text);
        }
    }

    /// Prints on standard error, which may be closed.
    fn print_stderr(&mut self, text: &str) {
        if self.archive_on_stdout && self.settings.json {
            return;
        }
        self.watch.clear();
        let text = self.shortened(text);
        let _ = writeln!(self.context.stderr, "{text}");
    }

    /// Sets the archive that the command is about; the result adds its name to failures.
    pub(crate) fn about(&mut self, archive: &Path) -> impl Fn(Failure) -> Failure + use<> {
        self.archive = Some(archive.to_path_buf());
        let name = archive.display().to_string();
        move |failure| failure.about(&name)
    }

    /// Prints an error and its hint.
    pub(crate) fn report_failure(&mut self, failure: &Failure) {
        let style = self.style_on(self.context.stderr_terminal);
        self.print_stderr(text::failure(failure, style).trim_end());
    }

    /// Standard input, which can be taken once.
    pub(crate) fn take_stdin(&mut self, what: &Text) -> Result<Box<dyn Read + Send>, Failure> {
        if let Some(stdin) = self.context.stdin.take() {
            self.stdin_taken = Some(what.clone());
            return Ok(stdin);
        }
        let other = self.stdin_taken.as_ref().unwrap_or(what);
        let message = Text::of(|language| {
            let (first, second) = (other.text(language), what.text(language));
            fl!(language, "stdin-twice", first = first, second = second)
        });
        Err(Failure::usage(message, text!("stdin-twice-hint")))
    }

    /// Asks for a passphrase, with the progress bar out of the way.
    pub(crate) fn ask(&self, what: &str) -> Option<Secret> {
        self.watch.aside(|| (self.context.ask)(what))
    }

    /// Asks for the passphrase of one key once. age would ask for each recipient of an archive,
    /// because it cannot tell which of them the key belongs to.
    pub(crate) fn ask_once(&self) -> AskPassphrase {
        let (watch, ask) = (self.watch.clone(), self.context.ask.clone());
        let answer: OnceLock<Option<Secret>> = OnceLock::new();
        Arc::new(move |what| {
            // age puts invisible direction marks around names. Some terminals show them as boxes.
            let what = what.replace(['\u{2068}', '\u{2069}'], "");
            answer.get_or_init(|| watch.aside(|| ask(&what))).clone()
        })
    }

    /// Returns `failure`; after an interrupt, the failure of an interrupted run instead. A prompt
    /// without an answer may mean that there is no terminal, or that the user interrupted it.
    pub(crate) fn or_interrupted(&self, failure: Failure) -> Failure {
        if self.was_interrupted() { Failure::interrupted() } else { failure }
    }

    /// Whether the command was interrupted.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.context.cancel.load(Ordering::SeqCst)
    }

    /// Prints the outcome, and returns the exit code.
    pub(crate) fn conclude(&mut self, outcome: Result<Outcome, Failure>) -> u8 {
        let (exit, printed) = match &outcome {
            Ok(outcome) => (outcome.exit(), self.show(outcome, Detail::Full)),
            Err(failure) => (failure.exit, self.show_failure(failure)),
        };
        match printed {
            Ok(()) => exit,
            Err(failure) => {
                // What the command did is done, and its result holds.
                let failure = match &outcome {
                    Ok(done) if done.is_more_than_text() => {
                        not_written(&text!("output-not-written"), failure)
                    }
                    _ => failure,
                };
                self.report_failure(&failure);
                exit::worst([exit, failure.exit])
            }
        }
    }

    /// Reports whether the page was written, and returns the exit code of both.
    pub(crate) fn conclude_page(
        &mut self,
        exit: u8,
        written: Result<Option<PathBuf>, Failure>,
    ) -> u8 {
        match written {
            Ok(page) => {
                if let Some(page) = page {
                    let path = page.display().to_string();
                    self.note(&fl!(self.language(), "report-written", path = clean(&path)));
                }
                exit
            }
            Err(failure) => {
                let failure = not_written(&text!("page-not-written"), failure);
                self.report_failure(&failure);
                exit::worst([exit, failure.exit])
            }
        }
    }

    /// Prints the warnings that `--quiet` does not hide: an export contains a secret key, a key
    /// file or a file of the backup itself was left out, a restored file has another name, or an
    /// archive holds no records. The last is omitted for an archive that failed, and for one that
    /// was made only of files that are not tables, unless it was restored into a database.
    fn warn_when_quiet(&mut self, outcome: &Outcome) {
        let language = self.language();
        let reports = outcome.reports();
        let exports = reports.iter().filter(|report| report.command() == Command::Export);
        let notes = exports.clone().flat_map(|report| report.findings());
        let notes = notes.filter(|finding| finding.is_secret_key_note());
        let restores = reports.iter().filter(|report| report.command() == Command::Restore);
        let names = restores.flat_map(|report| report.findings());
        let names = names.filter(|finding| finding.is_renamed_note());
        let keys = exports.clone().flat_map(|report| &report.contents().ledger);
        let keys = keys.filter(|entry| entry.code == LedgerCode::KeyFile).map(|entry| {
            let name = entry.source.clone().unwrap_or_default();
            let text = entry.code.text(language).unwrap_or_default();
            fl!(language, "about", name = name, text = text)
        });
        let own = exports.flat_map(|report| &report.contents().ledger);
        let own = own.filter(|entry| entry.code == LedgerCode::OwnFile).count();
        let own = (own > 0).then(|| fl!(language, "own-files-left-out", count = own));
        let findings = notes.chain(names).map(|finding| sentence(finding, language));
        let findings = findings.chain(keys).chain(own);
        // A restored database never holds files.
        let is_database = |report: &Report| {
            report.command() == Command::Restore
                && report.run().written.iter().any(|it| it.is_file())
        };
        let empty = reports.iter().filter(|report| !report.has_only_files() || is_database(report));
        let empty = empty.filter_map(|report| {
            let none = no_records(report, language)?;
            Some(match &report.archive().name {
                Some(archive) => fl!(language, "about", name = archive.as_str(), text = none),
                None => none,
            })
        });
        for warning in findings.chain(empty).collect::<Vec<_>>() {
            self.warn(&warning);
        }
    }

    /// Prints a warning, even if the command is to be quiet.
    pub(crate) fn warn(&mut self, text: &str) {
        let language = self.language();
        let (warning, gap) = (fl!(language, "warning"), fl!(language, "gap"));
        self.print_stderr(&format!("{warning}{gap}{}", clean(text)));
    }

    fn show_failure(&mut self, failure: &Failure) -> Result<(), Failure> {
        self.report_failure(failure);
        if !self.settings.json {
            return Ok(());
        }
        let document = json::failure(Some(self.command), self.archive.as_deref(), failure);
        self.print(&json::text(&document))
    }

    /// Prints an outcome as text or JSON.
    pub(crate) fn show(&mut self, outcome: &Outcome, detail: Detail) -> Result<(), Failure> {
        if let Outcome::Key(NewKey { identity: Some(identity), .. }) = outcome {
            // Printed directly, because composed text leaves copies in memory.
            return self.print(identity);
        }
        if let Outcome::Text(text) = outcome {
            return self.print(text);
        }
        let text = if self.settings.json {
            json::text(&json::outcome(outcome))
        } else if self.settings.quiet {
            text::quiet(outcome, self.style())
        } else {
            text::outcome(outcome, self.style(), detail)
        };
        let printed = self.print(&text);
        if self.settings.quiet && !self.settings.json {
            self.warn_when_quiet(outcome);
        }
        let is_text = !self.settings.json && !self.settings.quiet;
        let read = is_text && self.results_on_terminal() && self.context.stderr_terminal;
        for mut complaint in outcome.complaints() {
            // A terminal shows the report just above.
            if let Some(above) = complaint.above.take_if(|_| read) {
                complaint.message = *above;
            }
            self.report_failure(&complaint);
        }
        printed
    }
}
