//! `--report`: the HTML page that a command writes in addition to its output.
//!
//! The draft is created before the work begins, so that a page that cannot be written is reported
//! then and not hours later. The page is written for every outcome, even if a restore-test could
//! not begin: otherwise the page of an earlier run would remain, and could be taken for the result.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use backup_core::history::History;
use backup_core::render::Document;
use backup_core::{Draft, Error, Monitor, Notice, Run};

use crate::cli::Command;
use crate::exit::Failure;
use crate::i18n::text;
use crate::outcome::Outcome;
use crate::session::Session;

/// A page that is to be written.
pub(crate) struct Page {
    draft: Draft,
    target: PathBuf,
    command: backup_core::Command,
    archives: Vec<PathBuf>,
    history: Option<PathBuf>,
    run: Run,
}

impl Page {
    /// Begins the page, if the command is to write one.
    pub(crate) fn begin(
        command: &Command,
        run: Run,
        monitor: &dyn Monitor,
    ) -> Result<Option<Self>, Failure> {
        let Some(target) = command.page() else { return Ok(None) };
        let archives = command.archives();
        if target.as_os_str() == "-" || target.is_dir() || archives.contains(&target) {
            let path = target.display().to_string();
            let message = text!("page-name", path = path.as_str());
            return Err(Failure::usage(message, text!("page-name-hint")));
        }
        refuse_another(&target)?;
        Draft::sweep(&target, monitor);
        let draft = Draft::create(&target, true)?;
        let (command, history) = (command.report(), command.history());
        Ok(Some(Self { draft, target, command, archives, history, run }))
    }

    /// Writes the result of the command; returns the page's path. An interrupted run leaves no
    /// page.
    pub(crate) fn write(
        self,
        outcome: &Result<Outcome, Failure>,
        session: &Session<'_>,
    ) -> Result<Option<PathBuf>, Failure> {
        if session.was_interrupted() {
            return Ok(None);
        }
        let html = self.html(outcome, session);
        let failed = |error| Error::writing(&self.target, error);
        let mut handle = self.draft.handle()?;
        handle.write_all(html.as_bytes()).map_err(failed)?;
        self.draft.close_handle(handle)?;
        self.draft.sync()?;
        // Another file may have been created there meanwhile, such as the archive.
        refuse_another(&self.target)?;
        for unsupported in self.draft.publish()? {
            session.watch.notice(&Notice::Unsupported(&unsupported));
        }
        Ok(Some(self.target))
    }

    fn html(&self, outcome: &Result<Outcome, Failure>, session: &Session<'_>) -> String {
        let language = session.language();
        let made = jiff::Timestamp::now().to_string();
        let run = Some(&self.run);
        let empty = || Document::new(self.command, &made, language);
        let document = match outcome {
            Ok(outcome) => outcome.document(&made, run, language).unwrap_or_else(empty),
            Err(failure) => self
                .archives
                .iter()
                .fold(empty(), |document, archive| failure.add_to(document, archive, run)),
        };
        // The report says what is wrong with a history that cannot be read.
        let history = self.history.as_ref().map(|path| History::read(path, &*session.watch));
        match history {
            Some(Ok(history)) => document.with_history(history.entries()).html(),
            _ => document.html(),
        }
    }
}

/// Refuses to replace an existing file, unless it is a page or empty.
fn refuse_another(target: &Path) -> Result<(), Failure> {
    let refused = || {
        let path = target.display().to_string();
        Failure::error(text!("page-another", path = path.as_str()), text!("page-another-hint"))
    };
    let metadata = match target.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::reading(target, error).into()),
    };
    if !metadata.is_file() {
        return Err(refused());
    }
    let mut begins = Vec::new();
    let most = Document::PAGE_BEGINS.len() as u64;
    File::open(target)
        .and_then(|file| file.take(most).read_to_end(&mut begins))
        .map_err(|error| Error::reading(target, error))?;
    let is_page = begins.is_empty() || begins == Document::PAGE_BEGINS.as_bytes();
    if is_page { Ok(()) } else { Err(refused()) }
}
