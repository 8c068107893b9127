//! The answer about completeness: beside the verdict, and in sections of its own.

use super::document::{Banner, Content, Detail, Item, Line, Mark, Rows, Section, Span};
use super::findings::items;
use crate::i18n::{Language, fl};
use crate::report::{Completeness, ProfileReport, Report, Undecided};

/// The maximum number of names that a terminal shows with an undecided point.
const FIRST_NAMES: usize = 5;

/// Adds the answer to the banner with the verdict.
pub(super) fn beside(mut banner: Banner, report: &Report, language: Language) -> Banner {
    let (Some(answer), Some(scope)) = (report.completeness(), report.scope()) else {
        return banner;
    };
    let (anchor, text) = match answer {
        // Gaps that are failures are listed with the other failures.
        Completeness::Gaps => {
            ("findings", fl!(language, "complete-gaps", count = report.gaps().count()))
        }
        Completeness::Unknown => {
            ("undecided", fl!(language, "complete-unknown", count = scope.undecided.len()))
        }
        Completeness::Complete => ("profile", fl!(language, "complete-complete")),
    };
    banner.completeness = Some((answer, banner.blocks.len()));
    banner.with(Detail::Brief, Content::Lead(Span::link(anchor, text).into()))
}

/// What no rule could decide.
pub(super) fn undecided(report: &Report, language: Language) -> Option<Section> {
    let undecided = &report.scope()?.undecided;
    let section = Section::new("undecided", fl!(language, "undecided"), Detail::Brief);
    let item = |one: &Undecided| {
        let mut text = vec![Span::sentence(&one.message.text(language))];
        let (first, rest) = one.names.split_at(one.names.len().min(FIRST_NAMES));
        if !first.is_empty() {
            text.push(fl!(language, "colon").into());
            text.extend(names(first, language).0);
        }
        if !rest.is_empty() {
            let more = fl!(language, "and-more", count = rest.len());
            text.extend([fl!(language, "comma").into(), more.into()]);
            text.push(Span::aside(names(rest, language)));
        }
        Item { text: Line(text), values: Vec::new() }
    };
    (!undecided.is_empty())
        .then(|| section.with(Detail::Brief, items(Mark::Skipped, undecided, item)))
}

/// Names with commas between them. Each is shortened separately, so that no name is left out.
fn names(names: &[String], language: Language) -> Line {
    let mut spans = Vec::new();
    for name in names {
        if !spans.is_empty() {
            spans.push(fl!(language, "comma-of-names").into());
        }
        spans.push(Span::name(name));
    }
    Line(spans)
}

/// The profile, and what it was recognised by.
pub(super) fn profile(report: &Report, language: Language) -> Option<Section> {
    let scope = report.scope()?;
    let section = Section::new("profile", fl!(language, "profile"), Detail::Full);
    let Some(profile) = &scope.profile else {
        return Some(section.paragraph(Detail::Page, fl!(language, "profile-none")));
    };
    let ProfileReport { name, title, given, recognised_by, assumed } = profile;
    let line = Line::from([Span::name(title), format!("  ({name})").into()]);
    let mut facts = vec![(fl!(language, "profile-crm"), line)];
    let by = recognised_by.iter().map(|by| format!("{}: {} ({})", by.pattern, by.first, by.count));
    let by: Vec<String> = match given {
        true => std::iter::once(fl!(language, "profile-given")).chain(by).collect(),
        false => by.collect(),
    };
    facts.push((fl!(language, "profile-by"), names(&by, language)));
    let mut assumptions = Vec::new();
    if !assumed.is_empty() {
        assumptions.push((fl!(language, "profile-assumes"), names(assumed, language)));
    }
    Some(section.facts(Detail::Full, facts).facts(Detail::Page, assumptions))
}

/// The tables whose parts are several tables of the archive.
pub(super) fn joined(report: &Report, language: Language) -> Section {
    let title = fl!(language, "joined-title");
    Section::new("joined", &title, Detail::Full).table(
        Rows::new(title, report.results.joined.iter())
            .text(fl!(language, "table"), |one| Span::name(&one.name))
            .number(fl!(language, "records"), |one| one.rows)
            .number(fl!(language, "joined-parts"), |one| one.parts.len() as u64)
            .text(fl!(language, "joined-of"), |one| names(&one.parts, language))
            .page_only(),
    )
}
