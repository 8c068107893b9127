//! Writes `SALVAGE.txt`, which explains a salvaged folder to people who find it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::output::Files;
use super::paths::Paths;
use crate::error::Result;
use crate::finding::{Code, Finding, Severity, is_cut_short, sentence};
use crate::i18n::Language;
use crate::report::Report;
use crate::seen::clean;

const NAME: &str = "SALVAGE.txt";

const CUT_SHORT: &str = "The end of the archive is missing.\n";

const UNREADABLE: &str = "A part of the archive cannot be read.\n";

/// Instructions to join parts to a table, for an archive whose manifest is lost.
const JOINING: &str = "\
The manifest of the archive is lost too. So it is not known what else the archive contained, and nothing
proves what is here: use it only if there is no other copy. The members of the archive are below
unproven/data, under the paths that they had: tables in data/tables, attachments in data/files.

A table is the folder data/tables/NUMBER-NAME with its parts, in order. Each part begins with the
same header line. To join them, in that folder:

  head -n 1 part-00000001.csv > ../joined.csv
  for part in part-*.csv; do tail -n +2 \"$part\"; done >> ../joined.csv

A number that is missing among the parts is a part that is lost; whether more parts followed the last
one is unknown. NAME.incomplete.csv is the beginning of a part, whole records only;
NAME.unchecked.csv is a whole part, but the checksum of the data that was compressed with it is gone.
All others are whole, and passed the checksums that are left.
";

const LACKING: &str = "\
Tables that lack parts are named NAME.incomplete.csv: each of their records is as it was encrypted, but
others are missing, before, between or after them. Of damaged parts and files, the readable beginning
is below unproven/data, if there is any, as NAME.incomplete; or as NAME.unchecked, if all of it could be
read but its checksum is gone. Nothing proves these.
";

/// Writes a list of what is missing and what is complete into the folder.
pub(super) fn write(paths: &mut Paths, whole: Option<&[PathBuf]>, report: &Report) -> Result<()> {
    let text = text(paths, whole, report);
    let output = Files::default().create(&paths.claim("", NAME).path)?;
    output.put(text.as_bytes())?;
    output.close().map(drop)
}

fn text(paths: &Paths, whole: Option<&[PathBuf]>, report: &Report) -> String {
    let mut text = String::from(
        "This folder was restored from a damaged archive. It does not contain everything that the archive contained.\n\n",
    );
    let archive = report.archive.name.as_deref().map(Path::new).and_then(Path::file_name);
    let archive = archive.map(|name| name.to_string_lossy().into_owned());
    let content_id = report.archive.content_id.map(|id| id.to_string());
    for (what, value) in
        [("Archive", &archive), ("Made", &report.archive.created), ("Content id", &content_id)]
    {
        if let Some(value) = value {
            let _ = writeln!(text, "{what:<10}  {}", clean(value));
        }
    }
    let is_failure = |finding: &&Finding| finding.severity == Severity::Failure;
    list(&mut text, "Failures", report.findings.iter().filter(is_failure));
    let is_incomplete = |finding: &&Finding| {
        finding.severity == Severity::Remark && finding.code == Code::TableRows
    };
    list(&mut text, "Incomplete", report.findings.iter().filter(is_incomplete));
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
        let name = |path: &PathBuf| {
            let names = paths.relative(path).iter().map(|name| name.to_string_lossy());
            names.collect::<Vec<_>>().join("/")
        };
        let mut names: Vec<_> = whole.iter().map(name).collect();
        names.sort_unstable();
        text.push_str("\nWhole:\n");
        for name in names {
            let _ = writeln!(text, "  {}", clean(&name));
        }
    }
    text
}

fn list<'a>(text: &mut String, heading: &str, findings: impl Iterator<Item = &'a Finding>) {
    for (number, finding) in findings.enumerate() {
        if number == 0 {
            let _ = writeln!(text, "\n{heading}:");
        }
        let _ = writeln!(text, "  - {}", clean(&sentence(finding, Language::English)));
    }
}
