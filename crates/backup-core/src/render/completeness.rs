//! The answer about completeness: beside the verdict, and in sections of its own.

use super::document::{Banner, Content, Detail, Item, Line, Mark, Rows, Section, Span};
use super::findings::items;
use crate::i18n::{Language, fl};
use crate::report::{Completeness, FolderProfile, ProfileReport, Report, Undecided};

/// The maximum number of names that a terminal shows with an undecided point.
const FIRST_NAMES: usize = 20;

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
    let (mut facts, mut assumptions) = (Vec::new(), Vec::new());
    add_profile(profile, None, &mut facts, &mut assumptions, language);
    for FolderProfile { folder, profile } in &scope.of_folders {
        add_profile(profile, Some(folder), &mut facts, &mut assumptions, language);
    }
    Some(section.facts(Detail::Full, facts).facts(Detail::Page, assumptions))
}

/// Facts about a profile, which is that of a folder or of everything else.
fn add_profile(
    profile: &ProfileReport,
    folder: Option<&String>,
    facts: &mut Vec<(String, Line)>,
    assumptions: &mut Vec<(String, Line)>,
    language: Language,
) {
    let ProfileReport { name, title, given, recognised_by, assumed } = profile;
    let mut line = vec![Span::name(title), format!("  ({name})").into()];
    if let Some(folder) = folder {
        line.push(fl!(language, "profile-folder").into());
        line.push(Span::name(folder));
    }
    facts.push((fl!(language, "profile-crm"), Line(line)));
    let by = recognised_by.iter().map(|by| format!("{}: {} ({})", by.pattern, by.first, by.count));
    let by: Vec<String> = match given {
        true => std::iter::once(fl!(language, "profile-given")).chain(by).collect(),
        false => by.collect(),
    };
    facts.push((fl!(language, "profile-by"), names(&by, language)));
    if !assumed.is_empty() {
        assumptions.push((fl!(language, "profile-assumes"), names(assumed, language)));
    }
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
