//! `SALVAGE.txt`: what somebody who finds a rescued folder has to know.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::output::OpenFiles;
use super::paths::Paths;
use crate::error::Result;
use crate::finding::{Detail, Severity, is_cut_short};
use crate::report::Report;
use crate::seen::is_harmful;

const NAME: &str = "SALVAGE.txt";

const CUT_SHORT: &str = "The end of the archive is gone.\n";

const UNREADABLE: &str = "Something in the archive cannot be read.\n";

/// How parts become a table again, where nothing is left that says it.
const JOINING: &str = "\
With it the list of what it held is lost. So nothing says what else there was, and nothing proves
what is here: use it only if there is no other copy. Below unproven/data the members of the archive
stand as they stood in it: tables in data/tables, attachments in data/files.

A table is the folder data/tables/NUMBER-NAME with its parts, in order. Each part begins with the
same header line. To join them, in that folder:

  head -n 1 part-00000001.csv > ../joined.csv
  for part in part-*.csv; do tail -n +2 \"$part\"; done >> ../joined.csv

A number that is missing among the parts is a part that is lost; whether more came after the last
one nothing says. NAME.incomplete.csv is the beginning of a part, whole records only;
NAME.unchecked.csv came to its end, but the checksum of what was compressed together with it is gone.
All others came to their end, and were checked so far.
";

const LACKING: &str = "\
Tables that lack parts are named NAME.incomplete.csv: each of their records is as it was sealed, but
others are missing, before, between or behind them. Of parts and files that are not whole, the
readable beginning is below unproven/data, if there is any, as NAME.incomplete; or as NAME.unchecked
what came to its end in what no checksum can check any more. Nothing proves these.
";

/// Says in the folder what is missing in it and what is whole.
pub(super) fn write(paths: &mut Paths, whole: Option<&[PathBuf]>, report: &Report) -> Result<()> {
    let text = text(paths.root(), whole, report);
    let mut output = OpenFiles::default().create(&paths.claim("", NAME).0)?;
    output.put(text.as_bytes())?;
    output.close().map(drop)
}

fn text(root: &Path, whole: Option<&[PathBuf]>, report: &Report) -> String {
    let mut text = String::from(
        "This folder was rescued from a damaged archive. It is not all that there was.\n\n",
    );
    let archive = report.archive.as_deref().map(Path::new).and_then(Path::file_name);
    let archive = archive.map(|name| name.to_string_lossy().into_owned());
    let content_id = report.content_id.map(|id| id.to_string());
    for (what, value) in
        [("Archive", &archive), ("Made", &report.created), ("Content id", &content_id)]
    {
        if let Some(value) = value {
            let _ = writeln!(text, "{what:<10}  {}", one_line(value));
        }
    }
    text.push_str("\nWrong:\n");
    let failures = report.findings.iter().filter(|one| one.severity == Severity::Failure);
    for finding in failures {
        let _ = writeln!(text, "  - {}", one_line(&finding.message.to_string()));
    }
    let rescued = report.findings.iter();
    let rescued: Vec<_> = rescued.filter(|one| one.detail.is_some_and(is_rescued)).collect();
    if !rescued.is_empty() {
        text.push_str("\nIncomplete:\n");
    }
    for finding in rescued {
        let _ = writeln!(text, "  - {}", one_line(&finding.message.to_string()));
    }
    text.push('\n');
    text.push_str(match whole {
        Some(_) => LACKING,
        None if is_cut_short(&report.findings) => CUT_SHORT,
        None => UNREADABLE,
    });
    if whole.is_none() {
        text.push_str(JOINING);
    }
    text.push_str("\nLook for another copy of the archive for what is missing.\n");
    if let Some(whole) = whole {
        let mut names: Vec<_> = whole.iter().map(|path| below(root, path)).collect();
        names.sort_unstable();
        text.push_str("\nWhole:\n");
        for name in names {
            let _ = writeln!(text, "  {}", one_line(&name));
        }
    }
    text
}

fn is_rescued(detail: Detail) -> bool {
    matches!(detail, Detail::Rescued { .. })
}

fn below(root: &Path, path: &Path) -> String {
    let names = path.strip_prefix(root).unwrap_or(path).iter();
    names.map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Names are what an archive says, which may be anything.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_harmful(c) { '\u{fffd}' } else { c }).collect()
}
