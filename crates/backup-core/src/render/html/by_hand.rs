//! How to repeat a check with stock tools.

use super::markup::Html;
use crate::command::Command;
use crate::model::quoted;
use crate::render::{Label, Language};
use crate::report::Report;

/// The commands, for the archive of a report.
pub(super) fn commands(html: &mut Html, report: &Report, archive: &str, language: Language) {
    let file = std::path::Path::new(archive).file_name().unwrap_or_default().to_string_lossy();
    let (name, sum) = (argument(&file), argument(&format!("{file}.sha256")));
    let open = format!(
        "mkdir opened\nage -d -i key.txt {name} | zstd -d | tar x -C opened --strip-components=1"
    );
    let mut steps = vec![
        (Label::HandSum, format!("sha256sum -c {sum}")),
        (Label::HandOpen, open),
        (Label::HandBag, "cd opened\nsha256sum -c manifest-sha256.txt".to_owned()),
    ];
    if report.content_id.is_some() && report.archive_id.is_some() {
        let ids = "sha256sum data/contents.jsonl\nsha256sum tagmanifest-sha256.txt";
        steps.push((Label::HandIds, ids.to_owned()));
    }
    if !report.tables.is_empty() {
        let table = "{ head -n 1 part-00000001.csv; for part in part-*.csv; do tail -n +2 \"$part\"; \
                     done; } | sha256sum";
        steps.push((Label::HandTable, table.to_owned()));
    }
    let whole = report.run.as_ref().filter(|_| report.command == Command::RestoreTest);
    steps.push(match whole {
        Some(run) => (Label::HandAgain, run.again().command_lines().join("\n    ")),
        None => (Label::HandRestoreTest, format!("crm-backup restore-test {name} -i key.txt")),
    });
    html.holding("p", Label::ByHandMeans.text(language));
    html.element("ol class=\"steps\"", |html| {
        for (label, command) in &steps {
            html.element("li", |html| {
                html.holding("p", label.text(language));
                html.element("pre", |html| {
                    // Lines are broken here and nowhere else: a name has no line breaks left.
                    for (index, line) in command.split('\n').enumerate() {
                        html.raw(if index > 0 { "\n" } else { "" });
                        html.holding("code", line);
                    }
                });
            });
        }
    });
}

/// A file's name as a shell takes it for one file, and no flag.
fn argument(name: &str) -> String {
    let here = if name.starts_with('-') { "./" } else { "" };
    format!("{here}{}", quoted(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_argument_that_can_be_seen() {
        assert_eq!(argument("crm.tar.zst.age"), "crm.tar.zst.age");
        assert_eq!(argument("it's; rm -rf.age"), r"'it'\''s; rm -rf.age'");
        assert_eq!(argument("-x\n\u{202e}'.age"), r"./$'-x\x0a\u202e\'.age'");
    }
}
