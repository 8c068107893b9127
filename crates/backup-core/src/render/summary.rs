//! The summary of several archives.

use super::document::{Banner, Detail, Document, Line, Part, Rows, Section, Span, listed};
use super::verdicts::outcome_word;
use crate::i18n::fl;
use crate::report::RunOutcome;

/// Outcomes, the worst first. A failure is certain, even if other checks were skipped.
const WORST_FIRST: [RunOutcome; 5] = [
    RunOutcome::Failed,
    RunOutcome::Error,
    RunOutcome::Unverified,
    RunOutcome::Intact,
    RunOutcome::Proven,
];

/// The anchor of an archive in a page about several.
pub(super) fn anchor(index: usize) -> String {
    format!("archive-{}", index + 1)
}

impl Document {
    /// The summary of all archives, if there are several.
    pub fn summary(&self) -> Option<Part> {
        let language = self.language;
        let with =
            |outcome| self.parts.iter().filter(move |one| one.banner.outcome == Some(outcome));
        let counts = WORST_FIRST.map(|outcome| (outcome, with(outcome).count()));
        let counts = || counts.into_iter().filter(|(_, count)| *count > 0);
        let tally = counts().map(|(outcome, count)| {
            fl!(language, "tally", count = count, verdict = outcome_word(outcome, language))
        });
        let tally = listed(tally, language);
        let lead = fl!(language, "archives-tally", count = self.parts.len(), tally = tally);
        let outcome = counts().map(|(outcome, _)| outcome).next();
        let parts: Vec<_> = self.parts.iter().enumerate().collect();
        let title = fl!(language, "all-archives");
        let mut rows = Rows::new(&title, &parts)
            .text(fl!(language, "archive"), |(index, part)| {
                Span::link(anchor(*index), part.name.clone())
            })
            .text(fl!(language, "verdict"), |(_, part)| {
                let Banner { outcome, beside, .. } = &part.banner;
                let beside = beside.as_ref();
                let beside = beside.map(|text| format!("{}{text}", fl!(language, "comma")));
                let outcome: Span = outcome.map(Span::Outcome).into();
                Line::from([outcome, beside.unwrap_or_default().into()])
            });
        if self.parts.iter().any(|part| part.banner.completeness.is_some()) {
            rows = rows.text(fl!(language, "completeness"), |(_, part)| {
                let answer = part.banner.completeness.map(|(answer, _)| answer.to_string());
                let word = |answer: String| fl!(language, "completeness-answer", answer = answer);
                answer.map(word).unwrap_or_default()
            });
        }
        let rows = rows.digest(fl!(language, "content-id"), |(_, part)| part.content_id.clone());
        let section = Section::new("archives", title, Detail::Brief).table(rows);
        let banner = Banner { outcome, ..Banner::default() }.lead(lead);
        (parts.len() > 1).then(|| Part::new(banner, vec![section]))
    }

    /// The line below the title: the archive or the number of archives, and the time of the run.
    pub(super) fn about(&self) -> Line {
        let what = match self.parts.as_slice() {
            [only] => only.name.clone(),
            several => fl!(self.language, "count-archive", count = several.len()).into(),
        };
        [what, " · ".to_owned().into(), self.made.clone()].into()
    }
}
