//! The section on how to repeat a check with standard tools.

use super::document::{Content, Detail, Section, shown};
use crate::command::Command;
use crate::i18n::{Language, fl};
use crate::model::file_argument;
use crate::report::Report;

/// The commands for the archive of a report.
pub(super) fn section(report: &Report, language: Language) -> Option<Section> {
    let archive = report.archive.name.as_ref()?;
    let file = std::path::Path::new(archive).file_name().unwrap_or_default().to_string_lossy();
    let (name, sum) = (file_argument(&file), file_argument(&format!("{file}.sha256")));
    let open = format!(
        "mkdir opened\nage -d -i key.txt {name} | zstd -d | tar x -C opened --strip-components=1"
    );
    let mut steps = vec![
        (fl!(language, "by-hand-sum"), format!("sha256sum -c {sum}")),
        (fl!(language, "by-hand-open"), open),
        (fl!(language, "by-hand-bag"), "cd opened\nsha256sum -c manifest-sha256.txt".to_owned()),
    ];
    if report.archive.content_id.is_some() && report.archive.id.is_some() {
        let ids = "sha256sum data/contents.jsonl\nsha256sum tagmanifest-sha256.txt";
        steps.push((fl!(language, "by-hand-ids"), ids.to_owned()));
    }
    if !report.contents.tables.is_empty() {
        let table = "{ head -n 1 part-00000001.csv; for part in part-*.csv; do tail -n +2 \"$part\"; \
                     done; } | sha256sum";
        steps.push((fl!(language, "by-hand-table"), table.to_owned()));
    }
    let whole = report.run.request.as_ref().filter(|_| report.command == Command::RestoreTest);
    steps.push(match whole {
        Some(run) => {
            (fl!(language, "by-hand-again"), run.repetition().command_lines().join("\n    "))
        }
        None => {
            let test = format!("crm-backup restore-test {name} -i key.txt");
            (fl!(language, "by-hand-restore-test"), test)
        }
    });
    let section = Section::new("by-hand", fl!(language, "by-hand"), Detail::Page);
    let steps =
        steps.into_iter().map(|(what, command)| (what, command.split('\n').map(shown).collect()));
    Some(
        section
            .note(fl!(language, "by-hand-means"))
            .with(Detail::Page, Content::Steps(steps.collect())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_quoted_as_one_visible_argument() {
        assert_eq!(file_argument("crm.tar.zst.age"), "crm.tar.zst.age");
        assert_eq!(file_argument("it's; rm -rf.age"), r"'it'\''s; rm -rf.age'");
        assert_eq!(file_argument("-x\n\u{202e}'.age"), r"./$'-x\x0a\u202e\'.age'");
    }
}
