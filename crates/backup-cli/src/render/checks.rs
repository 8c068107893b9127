//! What a restored database and the sources as they are now were compared with, a line each.

use std::fmt::{Display, Write as _};

use backup_core::render::{Label, clean, count};
use backup_core::{Reconciled, Report, TotalReport};

use super::layout::Flush::Left;
use super::layout::{columns, paragraph};
use super::report::heading;
use super::{Style, Tone};
use crate::i18n::fl;

/// Each table, against the same in the sources as they are now.
pub(super) fn against(text: &mut String, report: &Report, style: Style) {
    if report.against.is_empty() {
        return;
    }
    heading(text, Label::Against.text(style.language), style);
    let rows = report.against.iter().map(|seen| {
        let said = seen.text(style.language);
        vec![format!("  {}", clean(&seen.table)), clean(&said).into_owned()]
    });
    for line in columns(&rows.collect::<Vec<_>>(), &[Left, Left], style.width) {
        let _ = writeln!(text, "{line}");
    }
}

/// Each total that was expected.
pub(super) fn totals(text: &mut String, report: &Report, style: Style) {
    if report.totals.is_empty() {
        return;
    }
    let language = style.language;
    heading(text, Label::Totals.text(language), style);
    for TotalReport { table, rows, column, sum, not_numbers, .. } in &report.totals {
        let table = clean(table);
        if let Some(Reconciled { expected, actual }) = rows {
            let rows = Reconciled { expected: count(*expected), actual: actual.map(count) };
            let records = Label::RecordsTotal.text(language);
            let what = format!("{table}{}{records}", Label::Comma.text(language));
            one_total(text, &what, &rows, style);
        }
        if let (Some(column), Some(sum)) = (column, sum) {
            let column = clean(column);
            let (table, column) = (&*table, &*column);
            let what = match *not_numbers {
                0 => fl!(language, "sum-of", table = table, column = column),
                cells => {
                    fl!(language, "sum-of-some", table = table, column = column, cells = cells)
                }
            };
            one_total(text, &what, sum, style);
        }
    }
}

fn one_total<T: Display + PartialEq>(
    text: &mut String,
    what: &str,
    total: &Reconciled<T>,
    style: Style,
) {
    let language = style.language;
    let Reconciled { expected, actual } = total;
    let mark = match total.agrees() {
        true => style.paint(Tone::Good, "✓"),
        false => style.paint(Tone::Bad, "✗"),
    };
    let colon = Label::Colon.text(language);
    let says = Label::CrmSays.text(language);
    let comma = Label::Comma.text(language);
    let said = match actual {
        Some(actual) if total.agrees() => {
            format!("{}{colon}{actual}", Label::AllAgree.text(language))
        }
        Some(actual) => {
            let restored = Label::RestoredIs.text(language);
            format!("{says} {expected}{comma}{restored}{colon}{actual}")
        }
        None => {
            let nothing = Label::NothingToCompare.text(language);
            format!("{says} {expected}{comma}{nothing}")
        }
    };
    let line = paragraph(&format!("{what}{colon}{said}"), 4, style.width);
    let _ = writeln!(text, "  {mark} {line}");
}
