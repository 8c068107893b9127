//! Which sources are read as tables, and which turn out not to be tables.
//!
//! A source that cannot be read as a table is stored as a file. Parts of it may have been written before
//! the error; then everything begins again with that source as a file, which is much simpler than removing
//! what was written. Before that the remaining sources are read too, so that this happens only once.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::monitor::{Monitor, Phase};
use crate::outcome::SkippedCheck;
use crate::report::Report;
use crate::source::ingest::{Ingest, Notes, Store, Tally};
use crate::source::{Discovered, Placeholder, Source};

/// The sources, and what is known of them.
pub(crate) struct Plan {
    sources: Vec<Box<dyn Source + Send>>,
    ledger: Vec<LedgerEntry>,
    /// The sources that are carried as files instead.
    unread: Vec<Unread>,
    /// What was found wrong with how sources were read.
    misread: Vec<Finding>,
    /// Patterns that were given and match nothing.
    unmatched: Vec<String>,
    /// Whether what cannot be read at all is a problem among others, and ends nothing.
    all_problems: bool,
    /// The phase that the monitor receives.
    phase: Phase,
}

/// A source that cannot be read as what it should be.
struct Unread {
    name: String,
    /// What keeps it from being read.
    error: Arc<Error>,
    /// Whether it is stored as a file.
    carried: bool,
}

impl Unread {
    fn skipped(&self) -> SkippedCheck {
        let (source, error) = (self.name.clone(), self.error.clone());
        SkippedCheck::Unread { source, error, carried: self.carried }
    }
}

impl Plan {
    pub(crate) fn new(found: Discovered) -> Self {
        Self {
            sources: found.sources,
            ledger: found.ledger,
            unread: Vec::new(),
            misread: Vec::new(),
            unmatched: found.unmatched,
            all_problems: false,
            phase: Phase::Exporting,
        }
    }

    /// A plan that finds every problem.
    pub(crate) fn of_all_problems(found: Discovered) -> Self {
        Self { all_problems: true, ..Self::new(found) }
    }

    /// A plan of what is read to be compared.
    pub(crate) fn to_compare(found: Discovered) -> Self {
        Self { phase: Phase::Comparing, ..Self::new(found) }
    }

    /// Reads all sources into `ingest`. `None` if one could not be read as a table and parts of
    /// it may be there already: it is stored as a file from now on, and everything has to begin again.
    pub(crate) fn read<S: Store>(
        &mut self,
        mut ingest: Ingest<'_, S>,
        monitor: &dyn Monitor,
    ) -> Result<Option<(S, Notes)>> {
        let total = self.sources.iter().map(|source| source.bytes()).sum();
        monitor.phase(self.phase, total);
        ingest.notes.ledger.extend_from_slice(&self.ledger);
        ingest.notes.remarks.extend(self.misread.iter().map(remark));
        for pattern in &self.unmatched {
            let message = message!("pattern-without-match", pattern = pattern).to_string();
            ingest.notes.remarks.push(LedgerEntry::new(LedgerCode::Unmatched, message));
        }
        let mut index = 0;
        while let Some(source) = self.sources.get_mut(index) {
            let before = ingest.received();
            let Err(error) = source.read(&mut ingest) else {
                ingest.end_source(source.name());
                index += 1;
                continue;
            };
            let (ledger, misread) = (self.ledger.len(), self.misread.len());
            self.carry_as_file(index, error)?;
            if ingest.received() != before {
                self.find_other_unreadable(index + 1, monitor)?;
                return Ok(None);
            }
            ingest.notes.ledger.extend_from_slice(&self.ledger[ledger..]);
            ingest.notes.remarks.extend(self.misread[misread..].iter().map(remark));
        }
        Ok(Some((ingest.store, ingest.notes)))
    }

    /// Reads all sources, and stores nothing.
    pub(crate) fn tally(&mut self, monitor: &dyn Monitor) -> Result<(Tally, Notes)> {
        loop {
            if let Some(all) = self.read(Ingest::new(Tally::default(), monitor), monitor)? {
                return Ok(all);
            }
        }
    }

    /// Finds out which of the other sources cannot be read as tables.
    fn find_other_unreadable(&mut self, first: usize, monitor: &dyn Monitor) -> Result<()> {
        let mut index = first;
        while let Some(source) = self.sources.get_mut(index) {
            // What cannot be stored as a file cannot be read twice either, such as a stream.
            if source.as_file().is_some()
                && let Err(error) = source.read(&mut Ingest::new(Tally::default(), monitor))
            {
                self.carry_as_file(index, error)?;
            } else {
                index += 1;
            }
        }
        Ok(())
    }

    /// Puts a file in the place of a source, or gives back the error if there is nothing to carry
    /// or the error is not the source's.
    fn carry_as_file(&mut self, index: usize, error: Error) -> Result<()> {
        let source = &self.sources[index];
        let is_the_sources = matches!(
            error.kind(),
            ErrorKind::Source { .. }
                | ErrorKind::Misread(_)
                | ErrorKind::Record { .. }
                | ErrorKind::Limit { .. }
        );
        let file = source.as_file().filter(|_| is_the_sources);
        let name = source.name().to_owned();
        let error = error.in_source(&name);
        if let ErrorKind::Misread(finding) = error.kind() {
            self.misread.push(finding.clone().path(&name));
        }
        let carried = file.is_some();
        self.sources[index] = match file {
            Some(file) => file,
            None if self.all_problems && is_a_problem(&error) => {
                Box::new(Placeholder::nothing(&name))
            }
            None => return Err(error),
        };
        let unread = Unread { name: name.clone(), error: error.into(), carried };
        let entry = LedgerEntry::new(LedgerCode::Unread, unread.skipped().to_string());
        let entry = entry.source(&name);
        match self.unread.iter_mut().find(|known| known.name == name) {
            None => self.unread.push(unread),
            // It cannot be stored as a file either.
            Some(known) if !carried => *known = unread,
            // A member that cannot be unpacked is in the archive with its ZIP file.
            Some(_) => return Ok(()),
        }
        self.ledger.push(entry);
        Ok(())
    }

    /// The sources that were not read as what they should be, and what kept them from it.
    pub(crate) fn unread(&self) -> impl Iterator<Item = (&str, &Arc<Error>)> {
        self.unread.iter().map(|unread| (unread.name.as_str(), &unread.error))
    }

    /// The same as skipped checks.
    pub(crate) fn skipped_checks(&self) -> impl Iterator<Item = SkippedCheck> {
        self.unread.iter().map(Unread::skipped)
    }

    /// Replaces the notes on misread sources by the findings themselves, which have expected and actual values.
    pub(crate) fn report_misread(&self, report: &mut Report) {
        report.findings.retain(|finding| finding.code != Code::Misread);
        report.findings.extend(self.misread.iter().cloned());
    }
}

/// Whether an error is about one source: not about the options, nor a reason to try again or to stop.
fn is_a_problem(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::Cancelled | ErrorKind::SourceChanged | ErrorKind::Option { .. }
    )
}

fn remark(finding: &Finding) -> LedgerEntry {
    LedgerEntry {
        source: finding.path.clone(),
        table: finding.table.clone(),
        ..LedgerEntry::new(LedgerCode::Misread, finding.message.to_string())
    }
}
