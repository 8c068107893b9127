//! Small pictures, drawn within the page. Each says in words what it shows.

use std::fmt::Write as _;

use super::Drill;
use super::markup::Html;
use crate::render::{Label, Language, ending, time};
use crate::report::RunOutcome;

/// The mark of how a run ended: each has a form of its own, so that nobody needs its colour.
pub(super) fn mark(html: &mut Html, how: RunOutcome) {
    let shape = match how {
        RunOutcome::Proven => {
            r#"<circle cx="12" cy="12" r="10.5"/><path d="M7 12.5l3.5 3.5L17 9"/>"#
        }
        RunOutcome::Intact => {
            r#"<rect x="2" y="2" width="20" height="20" rx="2"/><path d="M7 9.5h10M7 14.5h10"/>"#
        }
        RunOutcome::Unverified => {
            r#"<path d="M12 2L22.5 21.5h-21z"/><path d="M12 9v6M12 17.8v.4"/>"#
        }
        RunOutcome::Failed => {
            r#"<path d="M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z"/><path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>"#
        }
        RunOutcome::Error => r#"<circle cx="12" cy="12" r="10.5"/><path d="M7 12h10"/>"#,
    };
    html.raw(r#"<svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">"#);
    html.raw(shape);
    html.raw("</svg>");
}

/// A bar for a part of a whole. The number stands beside it, so it is silent.
pub(super) fn bar(html: &mut Html, part: f64, whole: f64) {
    let width = if whole > 0.0 { (part / whole * 200.0).clamp(1.0, 200.0) } else { 1.0 };
    html.raw(r#"<svg class="bar" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">"#);
    html.raw(&format!(r#"<rect width="{width:.1}" height="10"/></svg>"#));
}

/// How long each restore took, the last to the right; those that did not prove anything are hollow.
pub(super) fn drills(html: &mut Html, drills: &[Drill], language: Language) {
    let seconds = |drill: &Drill| drill.took.unwrap_or_default().as_secs_f64();
    let longest = drills.iter().filter_map(|drill| drill.took).max().unwrap_or_default();
    let step = 600.0 / drills.len().max(1) as f64;
    let width = (step * 0.7).min(40.0);
    let mut bars = String::new();
    for (index, drill) in drills.iter().enumerate() {
        let share = if longest.is_zero() { 0.0 } else { seconds(drill) / longest.as_secs_f64() };
        let height = (share * 90.0).clamp(2.0, 90.0);
        let x = step * index as f64 + (step - width) / 2.0;
        let kind = if drill.ending == RunOutcome::Proven { "good" } else { "hollow" };
        let y = 95.0 - height;
        let _ = write!(
            bars,
            r#"<rect class="{kind}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#
        );
    }
    html.element("figure", |html| {
        html.raw(r#"<svg class="drills" viewBox="0 0 600 100" role="img">"#);
        html.element("title", |html| {
            html.text(Label::History.text(language));
            for drill in drills {
                let took = drill.took.map_or_else(|| "–".into(), time);
                html.text(&format!("; {}: {took}, {}", drill.when, ending(drill.ending, language)));
            }
        });
        html.raw(&bars);
        html.raw(r#"<path d="M0 95.5h600"/></svg>"#);
        let tallest = Label::TallestBar.text(language);
        html.holding("figcaption class=\"note\"", &format!("{tallest} {}", time(longest)));
    });
}
