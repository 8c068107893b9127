//! Reads a whole archive once, front to back, and checks every byte of it.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek, Write as _};

use super::bag;
use super::contents::Contents;
use super::member::{Head, MemberParser, Members};
use super::reader::{Reader, changed_file};
use super::table::TableReading;
use super::tail::Tail;
use super::visitor::Visitor;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::model::{FileMetadata, FileReport, Resource, TableReport};
use crate::monitor::{Monitor, checkpoint};
use crate::outcome::{Check, CheckKind};
use crate::record::{Digest, Record, Sha256Writer, Table};

/// What a pass saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) findings: Vec<Finding>,
    pub(crate) tables: Vec<TableReport>,
    pub(crate) files: Vec<FileReport>,
    pub(crate) checks: Vec<Check>,
}

impl<R: Read + Seek + Send> Reader<R> {
    /// Reads everything once and checks all of it.
    pub(crate) fn pass(
        &mut self,
        visitor: &mut dyn Visitor,
        threads: usize,
        monitor: &dyn Monitor,
    ) -> Result<Seen> {
        let (content_id, archive_id) = (self.content_id(), self.archive_id());
        let Self { frames, tail, .. } = self;
        let Tail { top, payload, tags, manifest, tables, .. } = tail;
        let mut expected = HashMap::new();
        for (index, resource) in manifest.resources.iter().enumerate() {
            for (part, path) in resource.path.iter().enumerate() {
                expected.insert(format!("{top}/data/{path}"), Expected::Part(index, part));
            }
        }
        for (index, file) in manifest.backup.files.iter().enumerate() {
            expected.insert(format!("{top}/{}", file.member), Expected::File(index));
        }
        for (path, digest) in tags.iter().chain(payload.iter()) {
            expected.entry(format!("{top}/{path}")).or_insert(Expected::Whole(*digest));
        }
        let tag_manifest = format!("{top}/{}", bag::TAG_MANIFEST);
        expected.insert(tag_manifest, Expected::Whole(archive_id));
        let total = frames.frames() as u64;
        visitor.begin(manifest)?;
        let mut walk = Walk {
            resources: &manifest.resources,
            tables,
            files: &manifest.backup.files,
            expected,
            reading: BTreeMap::new(),
            current: None,
            visitor,
            monitor,
            contents: Contents::new(),
            members: 0,
            seen: Seen::default(),
        };
        let mut parser = MemberParser::new();
        frames.for_each(threads, |plain, read| {
            checkpoint(monitor)?;
            monitor.advance(read);
            parser.feed(plain, &mut walk)
        })?;
        parser.finish()?;
        walk.finish(content_id, total)
    }
}

/// The manifest and three tag files.
const AFTER_CONTENTS: usize = 4;

#[derive(Clone, Copy)]
enum Expected {
    Part(usize, usize),
    File(usize),
    Whole(Digest),
}

enum Current {
    Part(usize),
    File(usize, Sha256Writer<std::io::Sink>),
    Whole(String, Digest, Sha256Writer<std::io::Sink>),
}

struct Walk<'a> {
    resources: &'a [Resource],
    tables: &'a [Table],
    files: &'a [FileMetadata],
    /// Members that have not come yet.
    expected: HashMap<String, Expected>,
    reading: BTreeMap<usize, TableReading<'a>>,
    current: Option<Current>,
    visitor: &'a mut dyn Visitor,
    monitor: &'a dyn Monitor,
    contents: Contents,
    members: u64,
    seen: Seen,
}

impl Members for Walk<'_> {
    fn begin(&mut self, head: Head) -> Result<()> {
        self.members += 1;
        let Some(expected) = self.expected.remove(&head.path) else {
            return Err(misplaced(&head, "is named by no manifest"));
        };
        self.current = Some(match expected {
            Expected::Part(table, part) => {
                self.begin_part(&head, table, part)?;
                Current::Part(table)
            }
            Expected::File(index) => {
                let file = &self.files[index];
                if (head.offset, head.bytes) != (file.offset, file.bytes) {
                    return Err(misplaced(&head, "is not where or as long as the manifest says"));
                }
                self.monitor.working_on(&file.path);
                self.visitor.begin_file(index, file)?;
                Current::File(index, Sha256Writer::new(std::io::sink()))
            }
            Expected::Whole(digest) => {
                let contents = head.path.ends_with("/data/contents.jsonl");
                if contents && self.expected.len() != AFTER_CONTENTS {
                    return Err(misplaced(
                        &head,
                        "comes before other members that belong before it",
                    ));
                }
                Current::Whole(head.path, digest, Sha256Writer::new(std::io::sink()))
            }
        });
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.current {
            Some(Current::Part(index)) => {
                let index = *index;
                let reading = self.reading.get_mut(&index).ok_or_else(out_of_order)?;
                let visitor = &mut *self.visitor;
                let each = &mut |record: &Record| visitor.record(index, record);
                reading.content(bytes, &mut self.seen.findings, each)
            }
            Some(Current::File(_, hash)) => {
                hash.write_all(bytes).map_err(super::seal::write_error)?;
                self.visitor.content(bytes)
            }
            Some(Current::Whole(_, _, hash)) => {
                hash.write_all(bytes).map_err(super::seal::write_error)
            }
            None => Err(out_of_order()),
        }
    }

    fn end(&mut self) -> Result<()> {
        match self.current.take().ok_or_else(out_of_order)? {
            Current::Part(index) => self.end_part(index),
            Current::File(index, hash) => self.end_file(index, hash.finish().0),
            Current::Whole(path, expected, hash) => {
                let digest = hash.finish().0;
                if digest != expected {
                    self.seen.findings.push(
                        Finding::failure(Code::MemberDigest, format!("{path} was changed"))
                            .path(path)
                            .expected(expected, digest),
                    );
                }
                Ok(())
            }
        }
    }
}

fn out_of_order() -> Error {
    Error::panicked("member")
}

fn misplaced(head: &Head, why: &str) -> Error {
    Finding::failure(Code::Member, format!("member {} {why}", head.path)).path(&head.path).into()
}

impl<'a> Walk<'a> {
    fn begin_part(&mut self, head: &Head, index: usize, part: usize) -> Result<()> {
        let resource = &self.resources[index];
        let facts = &resource.backup.parts[part];
        if (head.offset, head.bytes) != (facts.offset, facts.bytes) {
            return Err(misplaced(head, "is not where or as long as the manifest says"));
        }
        if part == 0 {
            let table = &self.tables[index];
            self.monitor.working_on(&table.name);
            self.visitor.begin_table(index, table, resource)?;
            self.reading.insert(index, TableReading::new(resource, table.clone()));
        }
        match self.reading.get_mut(&index) {
            Some(reading) if reading.next_part() == part => {
                reading.begin_part();
                Ok(())
            }
            _ => Err(misplaced(head, "comes before an earlier part of its table")),
        }
    }

    fn end_part(&mut self, index: usize) -> Result<()> {
        let reading = self.reading.get_mut(&index).ok_or_else(out_of_order)?;
        reading.end_part(&mut self.seen.findings);
        if !reading.is_complete() {
            return Ok(());
        }
        let reading = self.reading.remove(&index).ok_or_else(out_of_order)?;
        let (resource, table) = (&self.resources[index], &self.tables[index]);
        let result = reading.finish(&mut self.seen.findings);
        self.contents.table(table, result.rows, result.digest);
        self.seen.tables.push(TableReport {
            name: table.name.clone(),
            rows: result.rows,
            digest: result.digest,
            columns: table.columns.len() as u64,
            bytes: result.bytes,
            parts: resource.path.len() as u64,
            source: resource.backup.origin.source.clone(),
            folder: TableReport::folder_of(&resource.path),
        });
        self.visitor.end_table(index)
    }

    fn end_file(&mut self, index: usize, digest: Digest) -> Result<()> {
        let file = &self.files[index];
        if digest != file.sha256 {
            self.seen.findings.push(changed_file(file, digest));
        }
        self.contents.file(&file.path, file.bytes, digest);
        self.seen.files.push(FileReport { sha256: digest, ..FileReport::from(file) });
        self.visitor.end_file(digest)
    }

    fn finish(mut self, content_id: Digest, frames: u64) -> Result<Seen> {
        if let Some(path) = self.expected.keys().min() {
            return Err(Finding::failure(
                Code::Member,
                format!(
                    "{} of the members that the manifests name are missing",
                    self.expected.len()
                ),
            )
            .path(path)
            .into());
        }
        let rebuilt = self.contents.into_id();
        if rebuilt != content_id {
            self.seen.findings.push(
                Finding::failure(
                    Code::Contents,
                    "the contents rebuilt from the tables and files are not the ones that were sealed",
                )
                .expected(content_id, rebuilt),
            );
        }
        let rows = self.seen.tables.iter().map(|table| table.rows).sum();
        self.seen.checks = [
            (CheckKind::Frames, frames),
            (CheckKind::Members, self.members),
            (CheckKind::Tables, self.seen.tables.len() as u64),
            (CheckKind::Records, rows),
            (CheckKind::Files, self.seen.files.len() as u64),
            (CheckKind::ContentId, 1),
        ]
        .into_iter()
        .map(|(kind, count)| Check { kind, count })
        .collect();
        Ok(self.seen)
    }
}
