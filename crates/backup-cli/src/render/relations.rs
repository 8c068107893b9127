//! The keys and references that were looked at in a restored database.

use std::fmt::Write as _;

use backup_core::Report;
use backup_core::check::{KeyReport, ReferenceReport};
use backup_core::model::Provenance;
use backup_core::render::{self, Label, Noun, clean, count};

use super::layout::Flush::{Left, Right};
use super::layout::paragraph;
use super::report::{SHOWN, and_more, heading, table};
use super::{Style, Tone};
use crate::i18n::fl;

/// How many keys there are and how they are known, and each that is not unique and present.
pub(super) fn keys(text: &mut String, report: &Report, style: Style) {
    if report.keys.is_empty() {
        return;
    }
    let language = style.language;
    heading(text, &Noun::Key.some(report.keys.len() as u64, language), style);
    let known = [Provenance::Declared, Provenance::Given, Provenance::Inferred]
        .into_iter()
        .filter_map(|known| {
            let many = report.keys.iter().filter(|key| key.known == known).count();
            let word = render::known(known, language);
            (many > 0).then(|| fl!(language, "keys-known", count = many, how = word))
        });
    let known = known.collect::<Vec<_>>().join(Label::Comma.text(language));
    let broken: Vec<_> = report.keys.iter().filter(|key| !holds(key)).collect();
    let sound = report.keys.len() - broken.len();
    let unique = Label::UniqueKeys.text(language);
    let line = match broken.len() {
        0 => fl!(language, "keys-all-unique", known = known, unique = unique),
        _ => fl!(language, "keys-some-unique", known = known, count = sound, unique = unique),
    };
    let _ = writeln!(text, "  {}", paragraph(&line, 2, style.width));
    for key in broken.iter().take(SHOWN) {
        let _ = writeln!(text, "  {} {}", style.paint(Tone::Faint, "·"), of_broken(key, style));
    }
    and_more(text, broken.len(), style);
}

fn holds(key: &KeyReport) -> bool {
    key.repeated + key.missing == 0
}

fn of_broken(key: &KeyReport, style: Style) -> String {
    let language = style.language;
    let repeated = (key.repeated > 0).then(|| fl!(language, "keys-repeated", count = key.repeated));
    let missing = (key.missing > 0).then(|| fl!(language, "keys-missing", count = key.missing));
    let what = repeated.into_iter().chain(missing);
    let said = [render::known(key.known, language).to_owned()].into_iter().chain(what);
    let said = said.collect::<Vec<_>>().join(Label::Comma.text(language));
    let name = clean(&format!("{}.{}", key.table, key.columns.join("+"))).into_owned();
    paragraph(&format!("{name}{}{said}", Label::Colon.text(language)), 4, style.width)
}

/// The references, and what became of their ids.
pub(super) fn references(text: &mut String, report: &Report, style: Style) {
    if report.references.is_empty() {
        return;
    }
    let title = Noun::Reference.some(report.references.len() as u64, style.language);
    heading(text, &title, style);
    let labels = [
        Label::Reference,
        Label::RefersTo,
        Label::Resolved,
        Label::Orphans,
        Label::Nulls,
        Label::KnownHow,
    ];
    let rows = report.references.iter().take(SHOWN).map(|reference| row(reference, style));
    table(text, &labels, &[Left, Left, Right, Right, Right, Left], rows, style);
    and_more(text, report.references.len(), style);
}

fn row(reference: &ReferenceReport, style: Style) -> Vec<String> {
    let column = format!("{}.{}", reference.table, reference.columns.join("+"));
    let targets = match reference.target_exported {
        true => reference.targets.join(", "),
        false => {
            let not_here = Label::NotExported.text(style.language);
            format!("{} {not_here}", reference.targets.join(", "))
        }
    };
    vec![
        clean(&column).into_owned(),
        clean(&targets).into_owned(),
        if reference.looked_up { count(reference.resolved) } else { "–".into() },
        // Where nothing was looked up, nobody knows.
        if reference.looked_up { count(reference.orphans) } else { "–".into() },
        count(reference.null + reference.null_by_sentinel),
        render::known(reference.known, style.language).to_owned(),
    ]
}
