//! What a restored database and the sources as they are now were compared with, a line each.

use std::fmt::{Display, Write as _};

use backup_core::render::{Label, clean, count};
use backup_core::{Reconciled, Report, TotalReport};

use super::layout::columns;
use super::text::heading;
use super::{Style, Tone};

/// Each table, against the same in the sources as they are now.
pub(super) fn against(text: &mut String, report: &Report, style: Style) {
    if report.against.is_empty() {
        return;
    }
    heading(text, Label::Against.text(style.language), style);
    let rows = report.against.iter().map(|seen| {
        vec![format!("  {}", clean(&seen.table)), clean(&seen.to_string()).into_owned()]
    });
    for line in columns(&rows.collect::<Vec<_>>(), style.width) {
        let _ = writeln!(text, "{line}");
    }
}

/// Each total that was expected.
pub(super) fn totals(text: &mut String, report: &Report, style: Style) {
    if report.totals.is_empty() {
        return;
    }
    heading(text, Label::Totals.text(style.language), style);
    for TotalReport { table, rows, column, sum, not_numbers, .. } in &report.totals {
        let table = clean(table);
        if let Some(Reconciled { expected, actual }) = rows {
            let rows = Reconciled { expected: count(*expected), actual: actual.map(count) };
            one_total(text, &format!("{table}, records"), &rows, style);
        }
        if let (Some(column), Some(sum)) = (column, sum) {
            let odd = match not_numbers {
                0 => String::new(),
                odd => format!(" ({} not a number)", count(*odd)),
            };
            one_total(text, &format!("{table}, sum of {}{odd}", clean(column)), sum, style);
        }
    }
}

fn one_total<T: Display + PartialEq>(
    text: &mut String,
    what: &str,
    total: &Reconciled<T>,
    style: Style,
) {
    let Reconciled { expected, actual } = total;
    let mark = match total.agrees() {
        true => style.paint(Tone::Good, "✓"),
        false => style.paint(Tone::Bad, "✗"),
    };
    let _ = match actual {
        Some(actual) if total.agrees() => {
            writeln!(text, "  {mark} {what}: CRM's figure = source = archive = restored: {actual}")
        }
        Some(actual) => writeln!(
            text,
            "  {mark} {what}: CRM's figure {expected}, source = archive = restored: {actual}"
        ),
        None => writeln!(text, "  {mark} {what}: CRM's figure {expected}, and nothing to compare"),
    };
}
