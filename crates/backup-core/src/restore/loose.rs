//! Writes the members that a scan of a damaged archive finds into the folder `unproven`.

use std::collections::HashSet;

use super::output::{Files, Output};
use super::paths::{Paths, marked};
use crate::archive::{Head, ScanVisitor};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::outcome::{Check, CheckKind};
use crate::report::Report;

/// The folder for data that no digest proves.
const UNPROVEN: &str = "unproven";

/// Writes members into `unproven`. If a member is truncated, its beginning is written.
pub(super) struct ScannedMembers {
    paths: Paths,
    outputs: Files,
    /// The paths in the archive of the members to write: those that are damaged according to the
    /// manifest. If there is no manifest, this is `None` and all members are written.
    damaged: Option<HashSet<String>>,
    open: Option<Member>,
    whole: u64,
    /// Findings about members that were written in part, or without a checksum.
    partly: Vec<Finding>,
    omitted: u64,
    /// The folders of the tables, and the number of files, of which anything was written.
    tables: HashSet<String>,
    files: u64,
}

impl ScannedMembers {
    pub(super) fn new(paths: Paths, damaged: Option<HashSet<String>>) -> Self {
        let (outputs, tables) = (Files::default(), HashSet::new());
        let (partly, open) = (Vec::new(), None);
        Self { paths, outputs, damaged, open, whole: 0, partly, omitted: 0, tables, files: 0 }
    }

    /// The numbers of tables and of files of which anything was written.
    pub(super) fn holds(&self) -> (u64, u64) {
        (self.tables.len() as u64, self.files)
    }

    fn count(&mut self, name: &str) {
        if let Some(part) = name.strip_prefix("data/tables/") {
            self.tables.insert(part.split('/').next().unwrap_or(part).to_owned());
        } else if name.starts_with("data/files/") {
            self.files += 1;
        }
    }

    /// Adds the findings, and the number of complete members. Returns whether anything was written.
    pub(super) fn finish(self, report: &mut Report) -> (Paths, bool) {
        let anything = self.whole > 0 || !self.partly.is_empty();
        report.findings.extend(self.partly);
        // If there is a manifest, the survey has already reported the damaged members.
        if self.damaged.is_none() {
            if self.omitted > 0 {
                let message = message!("members-left-out", count = self.omitted);
                report.findings.push(Finding::failure(Code::Member, message));
            }
            report.results.checks.push(Check { kind: CheckKind::LooseMembers, count: self.whole });
        }
        (self.paths, anything)
    }

    /// Keeps a member. Its file name is marked as incomplete or unchecked.
    fn keep(&mut self, member: Member, whole: bool) -> Result<()> {
        self.count(&member.name);
        let word = if whole { "unchecked" } else { "incomplete" };
        let path = self.paths.claim(UNPROVEN, &marked(&member.name, word)).path;
        let kept = member.kept();
        let unchecked = member.checked.map_or(0, |checked| kept - checked.min(kept));
        let what = match member.lines.is_some() {
            true => message!("count-records", count = kept),
            false => message!("count-bytes", count = kept),
        };
        let what = match unchecked {
            0 => what,
            _ if unchecked == kept => message!("kept-unchecked", kept = what),
            _ => message!("kept-partly-unchecked", kept = what, count = unchecked),
        };
        let message = match whole {
            true => message!("member-to-its-end", kept = what),
            false => message!("member-beginning", kept = what),
        };
        self.partly.push(Finding::failure(Code::Member, message).path(member.name));
        let bytes = member.lines.filter(|_| !whole).map_or(member.bytes, |lines| lines.end);
        member.output.close_at(bytes, &path)
    }
}

impl ScanVisitor for ScannedMembers {
    fn begin(&mut self, head: Head, is_checked: bool) -> Result<()> {
        let below_top = head.path.split_once('/').map_or(head.path.as_str(), |(_, path)| path);
        let name = below_top.to_owned();
        if self.damaged.as_ref().is_some_and(|damaged| !damaged.contains(&name)) {
            return Ok(());
        }
        let output = self.outputs.create(&self.paths.claim(UNPROVEN, &name).path)?;
        let lines = name.starts_with("data/tables/").then(Lines::default);
        let checked = (!is_checked).then_some(0);
        self.open = Some(Member { name, output, bytes: 0, lines, checked });
        Ok(())
    }

    fn content(&mut self, bytes: &[u8], is_checked: bool) -> Result<()> {
        let Some(member) = &mut self.open else { return Ok(()) };
        if !is_checked && member.checked.is_none() {
            member.checked = Some(member.kept());
        }
        member.bytes += bytes.len() as u64;
        if let Some(lines) = &mut member.lines {
            lines.feed(bytes);
        }
        member.output.put(bytes)
    }

    fn end(&mut self, is_whole: bool) -> Result<()> {
        let Some(member) = self.open.take() else { return Ok(()) };
        if is_whole && member.checked.is_some() || !is_whole && member.kept() > 0 {
            return self.keep(member, is_whole);
        }
        // A complete member with its checksums is kept only if there is no manifest. Otherwise it
        // differs from the manifest although its checksums are correct: it was changed before it
        // was encrypted.
        if is_whole && self.damaged.is_none() {
            self.whole += 1;
            self.count(&member.name);
            return member.output.close().map(drop);
        }
        self.omitted += u64::from(!is_whole);
        member.output.remove()
    }
}

/// The member that is being read.
struct Member {
    /// Its path in the archive.
    name: String,
    output: Output,
    bytes: u64,
    /// Only for a part of a table.
    lines: Option<Lines>,
    /// How much of it is covered by checksums, in the unit of [`Member::kept`]; `None` if all is.
    checked: Option<u64>,
}

impl Member {
    /// The number of bytes that can be kept; for a table, the number of records.
    fn kept(&self) -> u64 {
        // The first line is the header.
        self.lines.as_ref().map_or(self.bytes, |lines| lines.count.saturating_sub(1))
    }
}

/// Finds the ends of complete records in canonical CSV.
#[derive(Default)]
struct Lines {
    quoted: bool,
    position: u64,
    /// The position after the last complete record.
    end: u64,
    count: u64,
}

impl Lines {
    fn feed(&mut self, bytes: &[u8]) {
        for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
            if bytes[at] == b'"' {
                // Two quotes in a row are an escaped quote, and change the state twice.
                self.quoted = !self.quoted;
            } else if !self.quoted {
                self.count += 1;
                self.end = self.position + at as u64 + 1;
            }
        }
        self.position += bytes.len() as u64;
    }
}
