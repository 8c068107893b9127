//! What several archives came to.

use super::document::{
    Banner, Column, Content, Detail, Document, Line, Part, Section, Span, Table, archive_anchor,
    listed,
};
use super::verdicts::outcome_word;
use crate::i18n::fl;
use crate::report::RunOutcome;

/// The worst first: a failure is certain, whatever else could not be checked.
const WORST_FIRST: [RunOutcome; 5] = [
    RunOutcome::Failed,
    RunOutcome::Error,
    RunOutcome::Unverified,
    RunOutcome::Intact,
    RunOutcome::Proven,
];

impl Document {
    /// What all archives came to, if there are several.
    pub fn summary(&self) -> Option<Part> {
        let language = self.language;
        if self.parts.len() < 2 {
            return None;
        }
        let outcomes = || self.parts.iter().filter_map(Part::outcome);
        let counts = WORST_FIRST
            .map(|one| (one, outcomes().filter(|outcome| *outcome == one).count()))
            .into_iter()
            .filter(|(_, count)| *count > 0);
        let tally = counts.clone().map(|(outcome, count)| {
            let verdict = outcome_word(outcome, language);
            fl!(language, "tally", count = count, verdict = verdict)
        });
        let tally = listed(tally, language);
        let lead = fl!(language, "archives-tally", count = self.parts.len(), tally = tally);
        let banner = Banner {
            outcome: counts.map(|(outcome, _)| outcome).next(),
            beside: None,
            lead: Span::Text(lead).into(),
            blocks: Vec::new(),
        };
        let rows = self.parts.iter().enumerate().map(|(index, part)| {
            let mut verdict: Line = part.outcome().map(Span::Outcome).into_iter().collect();
            let beside = part.banner.as_ref().and_then(|banner| banner.beside.as_ref());
            verdict.extend(
                beside.map(|beside| Span::Text(format!("{}{beside}", fl!(language, "comma")))),
            );
            let name = Span::link(archive_anchor(index), part.name.clone());
            let id = part.content_id.clone().unwrap_or_else(Span::unknown);
            vec![name.into(), verdict, id.into()]
        });
        let columns = [
            Column::text(fl!(language, "archive")),
            Column::text(fl!(language, "verdict")),
            Column::digest(fl!(language, "content-id")),
        ];
        let title = fl!(language, "all-archives");
        let table = Content::Table(Table::new(&title, columns, rows));
        let section = Section::new("archives", title, Detail::Brief).with(table);
        Some(Part::new(Some(banner), vec![section]))
    }

    /// What stands below the title: the archive, or how many there are, and when it was made.
    pub(super) fn about(&self) -> Line {
        let what = match self.parts.as_slice() {
            [only] => only.name.clone(),
            several => Span::Text(fl!(self.language, "count-archive", count = several.len())),
        };
        vec![what, Span::text(" · "), self.made.clone()]
    }
}
