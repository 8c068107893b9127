//! Members of an archive without a manifest, as they stand in it.

use std::collections::HashSet;

use super::output::{OpenFiles, Output};
use super::paths::Paths;
use crate::archive::{Found, Head, Members};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::outcome::{Check, CheckKind};
use crate::report::Report;

/// The folder of what nothing proves any more.
const UNPROVEN: &str = "unproven";

/// Writes members below `unproven`; of one that is not whole, what there is of its beginning.
pub(super) struct Loose {
    paths: Paths,
    files_open: OpenFiles,
    /// Of these alone, by their paths in the archive, what is not all there; of all, if there is nothing
    /// else that says what is whole.
    hurt: Option<HashSet<String>>,
    open: Option<Member>,
    /// Whether what comes now has a checksum that was found right.
    checked: bool,
    whole: u64,
    /// Members of which there is something.
    partly: Vec<Finding>,
    given_up: u64,
    /// The folders of tables of which there is something, and how many files there are so.
    tables: HashSet<String>,
    files: u64,
}

impl Loose {
    pub(super) fn new(paths: Paths, hurt: Option<HashSet<String>>) -> Self {
        Self {
            paths,
            files_open: OpenFiles::default(),
            hurt,
            open: None,
            checked: true,
            whole: 0,
            partly: Vec::new(),
            given_up: 0,
            tables: HashSet::new(),
            files: 0,
        }
    }

    /// Of how many tables, and of how many files, there is something.
    pub(super) fn holds(&self) -> (usize, u64) {
        (self.tables.len(), self.files)
    }

    fn count(&mut self, name: &str) {
        if let Some(part) = name.strip_prefix("data/tables/") {
            self.tables.insert(part.split('/').next().unwrap_or(part).to_owned());
        } else if name.starts_with("data/files/") {
            self.files += 1;
        }
    }

    /// Says what is not whole, and how many members are; gives whether there is anything.
    pub(super) fn finish(self, report: &mut Report) -> (Paths, bool) {
        let anything = self.whole > 0 || !self.partly.is_empty();
        report.findings.extend(self.partly);
        if self.hurt.is_some() {
            // The manifest has said the rest.
            return (self.paths, anything);
        }
        if self.given_up > 0 {
            let message =
                format!("members that are not whole and were left out: {}", self.given_up);
            report.findings.push(Finding::failure(Code::Member, message));
        }
        report.checks.push(Check { kind: CheckKind::LooseMembers, count: self.whole });
        (self.paths, anything)
    }

    /// Keeps what there is of a member, under a name that says that this is not all, or that nothing
    /// says that it is right.
    fn keep(&mut self, member: Member, whole: bool) -> Result<()> {
        self.count(&member.name);
        let word = if whole { "unchecked" } else { "incomplete" };
        let (path, _) = self.paths.claim(UNPROVEN, &marked(&member.name, word));
        let (kept, unit) = member.kept();
        let what = if whole { "is there to its end" } else { "has only its beginning left" };
        let of_them = match member.checked.map(|checked| kept - checked.min(kept)) {
            None | Some(0) => String::new(),
            Some(some) if some == kept => ", which no checksum could check".into(),
            Some(some) => format!(", of which no checksum could check the last {some}"),
        };
        let message = format!("{} {what}: {kept} {unit}{of_them}", member.name);
        self.partly.push(Finding::failure(Code::Member, message).path(member.name));
        let bytes = member.lines.filter(|_| !whole).map_or(member.bytes, |lines| lines.end);
        member.output.close_at(bytes, &path)
    }
}

impl Members for Loose {
    fn begin(&mut self, head: Head) -> Result<()> {
        let below_top = head.path.split_once('/').map_or(head.path.as_str(), |(_, path)| path);
        let name = below_top.to_owned();
        if self.hurt.as_ref().is_some_and(|hurt| !hurt.contains(&name)) {
            return Ok(());
        }
        let output = self.files_open.create(&self.paths.claim(UNPROVEN, &name).0)?;
        let lines = name.starts_with("data/tables/").then(Lines::default);
        let checked = (!self.checked).then_some(0);
        self.open = Some(Member { name, output, bytes: 0, lines, checked });
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(member) = &mut self.open else { return Ok(()) };
        member.bytes += bytes.len() as u64;
        if let Some(lines) = &mut member.lines {
            lines.feed(bytes);
        }
        member.output.put(bytes)
    }

    fn end(&mut self) -> Result<()> {
        let Some(member) = self.open.take() else { return Ok(()) };
        if !self.checked {
            return self.keep(member, true);
        }
        if self.hurt.is_some() {
            // All of it is there, and it does not prove: it was changed before it was sealed.
            return member.output.remove();
        }
        self.whole += 1;
        self.count(&member.name);
        member.output.close().map(drop)
    }
}

impl Found for Loose {
    fn unchecked(&mut self) {
        self.checked = false;
        if let Some(member) = &mut self.open {
            member.checked = Some(member.kept().0);
        }
    }

    fn give_up(&mut self) -> Result<()> {
        let Some(member) = self.open.take() else { return Ok(()) };
        if member.kept().0 > 0 {
            return self.keep(member, false);
        }
        self.given_up += 1;
        member.output.remove()
    }

    fn lost(&mut self) {
        self.checked = true;
    }
}

/// A member that has begun.
struct Member {
    /// Its path in the archive.
    name: String,
    output: Output,
    bytes: u64,
    /// Of a part of a table.
    lines: Option<Lines>,
    /// How much of it came before what no checksum could check, if that came.
    checked: Option<u64>,
}

impl Member {
    /// How much of it can be kept, and of what.
    fn kept(&self) -> (u64, &'static str) {
        match &self.lines {
            // The first line is the header.
            Some(lines) => (lines.count.saturating_sub(1), "records"),
            None => (self.bytes, "bytes"),
        }
    }
}

/// Where the whole records of canonical CSV end.
#[derive(Default)]
struct Lines {
    quoted: bool,
    position: u64,
    /// Behind the last whole one.
    end: u64,
    count: u64,
}

impl Lines {
    fn feed(&mut self, bytes: &[u8]) {
        for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
            if bytes[at] == b'"' {
                // Two in a row, which mean one, leave it as it was.
                self.quoted = !self.quoted;
            } else if !self.quoted {
                self.count += 1;
                self.end = self.position + at as u64 + 1;
            }
        }
        self.position += bytes.len() as u64;
    }
}

/// `NAME.WORD.EXTENSION`.
pub(super) fn marked(name: &str, word: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => format!("{stem}.{word}.{extension}"),
        _ => format!("{name}.{word}"),
    }
}
