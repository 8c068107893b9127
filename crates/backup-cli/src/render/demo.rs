//! The end of the demonstration.

use std::fmt::Write as _;

use backup_core::Verdict;
use backup_core::render::clean;

use super::text::word;
use super::{Style, Tone};
use crate::i18n::fl;
use crate::outcome::Demonstration;

pub(super) fn text(demo: &Demonstration, style: Style) -> String {
    let language = style.language;
    let mut text = String::from("\n");
    for name in &demo.differences {
        let name = clean(name);
        let said = fl!(language, "demo-differs", name = name);
        let _ = writeln!(text, "  {} {said}", style.paint(Tone::Bad, "✗"));
    }
    let ending = match demo.verdict {
        Verdict::Proven => fl!(language, "demo-proven", files = demo.compared),
        _ => fl!(language, "demo-failed"),
    };
    let _ = writeln!(text, "{ending}\n\n{}", word(demo.verdict, style));
    text
}
