//! The answer about completeness: beside the verdict, and in sections of its own.

use super::document::{Banner, Content, Detail, Item, Line, Mark, Rows, Section, Span, listed};
use super::findings::items;
use crate::i18n::{Language, fl};
use crate::report::{Completeness, ProfileReport, Report, Undecided};

/// Adds the answer to the banner with the verdict.
pub(super) fn beside(banner: Banner, report: &Report, language: Language) -> Banner {
    let (Some(answer), Some(scope)) = (report.completeness(), report.scope()) else {
        return banner;
    };
    let (anchor, text) = match answer {
        Completeness::Gaps => {
            ("gaps", fl!(language, "complete-gaps", count = report.gaps().count()))
        }
        Completeness::Unknown => {
            ("undecided", fl!(language, "complete-unknown", count = scope.undecided.len()))
        }
        Completeness::Complete => ("profile", fl!(language, "complete-complete")),
    };
    banner.with(Detail::Brief, Content::Lead(Span::link(anchor, text).into()))
}

/// What no rule could decide.
pub(super) fn undecided(report: &Report, language: Language) -> Option<Section> {
    let undecided = &report.scope()?.undecided;
    let section = Section::new("undecided", fl!(language, "undecided"), Detail::Brief);
    let item = |one: &Undecided| {
        let text = one.message.text(language);
        let text = match one.names.is_empty() {
            true => text,
            false => format!("{text}{}{}", fl!(language, "colon"), names(one, language)),
        };
        Item { text: Span::sentence(&text).into(), values: Vec::new() }
    };
    (!undecided.is_empty())
        .then(|| section.with(Detail::Brief, items(Mark::Skipped, undecided, item)))
}

fn names(undecided: &Undecided, language: Language) -> String {
    listed(undecided.names.iter().cloned(), language)
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
    let by = Span::name(&listed(by, language)).into();
    facts.push((fl!(language, "profile-by"), by));
    let mut assumptions = Vec::new();
    if !assumed.is_empty() {
        let assumed = Span::name(&listed(assumed.iter().cloned(), language)).into();
        assumptions.push((fl!(language, "profile-assumes"), assumed));
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
            .text(fl!(language, "joined-of"), |one| {
                Span::name(&listed(one.parts.iter().cloned(), language))
            })
            .page_only(),
    )
}
