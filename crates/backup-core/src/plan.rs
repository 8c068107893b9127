//! Decides which sources are read as tables, and which are stored as files.
//!
//! A source that cannot be read as a table is stored as a file. Parts of it may have been written
//! before the error. Then the export starts again with that source as a file, which is much simpler
//! than removing what was written. Before that, the remaining sources are read too, so that the
//! export starts again only once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::monitor::{Monitor, Phase};
use crate::observer::Observer;
use crate::outcome::SkippedCheck;
use crate::report::Report;
use crate::source::ingest::{Ingest, Notes, Store, Tally};
use crate::source::{Discovered, Placeholder, Source};

/// The sources, and what is known about them.
pub(crate) struct Plan {
    sources: Vec<Box<dyn Source + Send>>,
    ledger: Vec<LedgerEntry>,
    /// The sources that could not be read as tables.
    unread: Vec<Unread>,
    /// The positions in `unread`, by the name of the source.
    unread_positions: HashMap<String, usize>,
    /// Findings about sources whose reader returned other cells than the file contains.
    misread: Vec<Finding>,
    /// Patterns that match no source.
    unmatched: Vec<String>,
    /// Whether the run continues after a source that can neither be read nor stored as a file.
    all_problems: bool,
    /// The phase that the monitor receives.
    phase: Phase,
}

/// A source that could not be read as a table.
struct Unread {
    name: String,
    /// Why it could not be read.
    error: Arc<Error>,
    /// Whether it is stored as a file.
    is_stored: bool,
}

impl Unread {
    fn skipped(&self) -> SkippedCheck {
        let (source, error) = (self.name.clone(), self.error.clone());
        SkippedCheck::Unread { source, error, is_stored: self.is_stored }
    }
}

impl Plan {
    pub(crate) fn new(found: Discovered) -> Self {
        Self {
            sources: found.sources,
            ledger: found.ledger,
            unread: Vec::new(),
            unread_positions: HashMap::new(),
            misread: Vec::new(),
            unmatched: found.unmatched,
            all_problems: false,
            phase: Phase::Exporting,
        }
    }

    /// A plan that reports every problem, instead of stopping at the first.
    pub(crate) fn for_dry_run(found: Discovered) -> Self {
        Self { all_problems: true, ..Self::new(found) }
    }

    /// A plan that reads the sources to compare them with an archive.
    pub(crate) fn to_compare(found: Discovered) -> Self {
        Self { phase: Phase::Comparing, ..Self::new(found) }
    }

    /// Reads all sources into `ingest`. Returns `None` if a source could not be read as a table
    /// after a part of it was stored. The plan then stores this source as a file, and the caller
    /// has to start again.
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
            self.replace_by_file(index, error)?;
            if ingest.received() != before {
                self.find_other_unreadable(index + 1, monitor)?;
                return Ok(None);
            }
            ingest.notes.ledger.extend_from_slice(&self.ledger[ledger..]);
            ingest.notes.remarks.extend(self.misread[misread..].iter().map(remark));
        }
        Ok(Some((ingest.store, ingest.notes)))
    }

    /// Reads all sources without storing anything.
    pub(crate) fn tally(
        &mut self,
        observer: &mut dyn Observer,
        monitor: &dyn Monitor,
    ) -> Result<(Tally, Notes)> {
        loop {
            let ingest = Ingest::new(Tally::default(), monitor).observed(observer);
            if let Some(all) = self.read(ingest, monitor)? {
                return Ok(all);
            }
            observer.restart();
        }
    }

    /// Finds the sources that cannot be read as tables, for an output that cannot be written again.
    /// A stream is read once, by the export itself.
    pub(crate) fn find_unreadable(&mut self, monitor: &dyn Monitor) -> Result<()> {
        match self.has_stream() {
            true => self.find_other_unreadable(0, monitor),
            false => self.tally(&mut (), monitor).map(drop),
        }
    }

    /// Whether a source can be read once only.
    pub(crate) fn has_stream(&self) -> bool {
        let mut sources = self.sources.iter();
        sources.any(|source| source.bytes().is_none() && source.as_file().is_none())
    }

    /// Finds the other sources that cannot be read as tables.
    fn find_other_unreadable(&mut self, first: usize, monitor: &dyn Monitor) -> Result<()> {
        let mut index = first;
        while let Some(source) = self.sources.get_mut(index) {
            // A source that cannot be stored as a file, such as a stream, cannot be read twice
            // either.
            if source.as_file().is_some()
                && let Err(error) = source.read(&mut Ingest::new(Tally::default(), monitor))
            {
                self.replace_by_file(index, error)?;
            } else {
                index += 1;
            }
        }
        Ok(())
    }

    /// Replaces a source with its file. Returns the error if there is no file, or if the source did
    /// not cause the error. With `all_problems`, a placeholder replaces such a source instead.
    fn replace_by_file(&mut self, index: usize, error: Error) -> Result<()> {
        let source = &self.sources[index];
        let is_source_error = matches!(
            error.kind(),
            ErrorKind::Source { .. }
                | ErrorKind::Misread(_)
                | ErrorKind::Record { .. }
                | ErrorKind::Limit { .. }
        );
        let file = source.as_file().filter(|_| is_source_error);
        let name = source.name().to_owned();
        let error = error.in_source(&name);
        if let ErrorKind::Misread(finding) = error.kind() {
            self.misread.push(finding.clone().path(&name));
        }
        let is_stored = file.is_some();
        self.sources[index] = match file {
            Some(file) => file,
            None if self.all_problems && is_about_one_source(&error) => {
                Box::new(Placeholder::nothing(&name))
            }
            None => return Err(error),
        };
        let unread = Unread { name: name.clone(), error: error.into(), is_stored };
        let entry = LedgerEntry::new(LedgerCode::Unread, unread.skipped().to_string());
        let entry = entry.source(&name);
        match self.unread_positions.entry(name) {
            Entry::Vacant(place) => {
                place.insert(self.unread.len());
                self.unread.push(unread);
            }
            // The source cannot be stored as a file either, so the new error replaces the old one.
            Entry::Occupied(known) if !is_stored => self.unread[*known.get()] = unread,
            // The file is a ZIP member that could not be unpacked either. It is stored within its
            // ZIP file, and the first error stays.
            Entry::Occupied(_) => return Ok(()),
        }
        self.ledger.push(entry);
        Ok(())
    }

    /// The sources that could not be read as tables, with their errors.
    pub(crate) fn unread(&self) -> impl Iterator<Item = (&str, &Arc<Error>)> {
        self.unread.iter().map(|unread| (unread.name.as_str(), &unread.error))
    }

    /// The sources that could not be read as tables, as skipped checks.
    pub(crate) fn skipped_checks(&self) -> impl Iterator<Item = SkippedCheck> {
        self.unread.iter().map(Unread::skipped)
    }

    /// Replaces the notes on misread sources with the findings themselves, which have expected and
    /// actual values.
    pub(crate) fn report_misread(&self, report: &mut Report) {
        report.findings.retain(|finding| finding.code != Code::Misread);
        report.findings.extend(self.misread.iter().cloned());
    }
}

/// Whether an error is about one source, so that a dry run can continue with the others. Errors of
/// options, changed sources and cancellation are not.
fn is_about_one_source(error: &Error) -> bool {
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
