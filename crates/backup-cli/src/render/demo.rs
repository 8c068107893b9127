//! The end of the demonstration.

use std::fmt::Write as _;

use backup_core::Verdict;
use backup_core::render::{Noun, clean, count};

use super::text::word;
use super::{Style, Tone};
use crate::commands::Demonstration;

pub(super) fn text(demo: &Demonstration, style: Style) -> String {
    let language = style.language;
    let mut text = String::from("\n");
    for name in &demo.differences {
        let name = clean(name);
        let said = language
            .of(format!("{name} did not come back as it was"), format!("{name}：恢复后与原来不同"));
        let _ = writeln!(text, "  {} {said}", style.paint(Tone::Bad, "✗"));
    }
    let ending = match demo.verdict {
        Verdict::Proven => language.of(
            format!(
                "{} came back byte for byte, and every record through a database.",
                Noun::File.some(demo.compared, language)
            ),
            format!("{} 个文件逐字节还原，全部记录经由数据库恢复。", count(demo.compared)),
        ),
        _ => language.of(
            "The demonstration did not come to its end as it should.".into(),
            "演示未能正常完成。".into(),
        ),
    };
    let _ = writeln!(text, "{ending}\n\n{}", word(demo.verdict, style));
    text
}
