//! Reads a whole archive in order, and checks every byte.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, Read, Seek, Write as _};

use super::bag;
use super::contents::Contents;
use super::encryption::write_error;
use super::member::{Head, TarReader};
use super::reader::{Reader, changed_file};
use super::table::TableReading;
use super::tail::Tail;
use super::visitor::Visitor;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{FileReport, TableReport};
use crate::monitor::{Monitor, checkpoint};
use crate::outcome::{Check, CheckKind};
use crate::record::{Digest, Record, Sha256Writer};

/// What a pass has read and found.
#[derive(Debug, Default)]
pub(crate) struct PassResult {
    pub(crate) findings: Vec<Finding>,
    pub(crate) tables: Vec<TableReport>,
    pub(crate) files: Vec<FileReport>,
    pub(crate) checks: Vec<Check>,
}

impl<R: Read + Seek + Send> Reader<R> {
    /// Reads the archive once, and checks all of it.
    pub(crate) fn pass(
        &mut self,
        visitor: &mut dyn Visitor,
        threads: usize,
        monitor: &dyn Monitor,
    ) -> Result<PassResult> {
        let (content_id, archive_id) = (self.content_id(), self.archive_id());
        let Self { frames, tail, .. } = self;
        let tail = &*tail;
        let Tail { top, payload, tags, manifest, .. } = tail;
        let mut expected = HashMap::new();
        for (table, resource) in manifest.resources.iter().enumerate() {
            for part in 0..resource.path.len() {
                let head = tail.part(table, part);
                expected.insert(head.path.clone(), Expected::Part(head, table, part));
            }
        }
        for file in 0..manifest.backup.files.len() {
            let head = tail.file(file);
            expected.insert(head.path.clone(), Expected::File(head, file));
        }
        for (path, digest) in tags.iter().chain(payload.iter()) {
            expected.entry(format!("{top}/{path}")).or_insert(Expected::Whole(*digest));
        }
        let tag_manifest = format!("{top}/{}", bag::TAG_MANIFEST);
        expected.insert(tag_manifest, Expected::Whole(archive_id));
        let total = frames.frames() as u64;
        visitor.begin(manifest)?;
        let mut pass = Pass {
            tail,
            expected,
            reading: BTreeMap::new(),
            visitor,
            monitor,
            contents: Contents::new(),
            members: 0,
            seen: PassResult::default(),
        };
        let mut advance = |bytes| {
            monitor.advance(bytes);
            checkpoint(monitor)
        };
        frames.read_all(threads, &mut advance, |input| pass.read(TarReader::new(input, 0)))?;
        pass.finish(content_id, total)
    }
}

/// The number of members after `contents.jsonl`: the manifest and three tag files.
const AFTER_CONTENTS: usize = 4;

enum Expected {
    /// A part of a table: its header, the index of the table, and the index of the part.
    Part(Head, usize, usize),
    /// A file: its header, and its index in the manifest.
    File(Head, usize),
    /// Any other member: its digest.
    Whole(Digest),
}

type Tar<'i> = TarReader<&'i mut dyn BufRead>;

struct Pass<'a> {
    tail: &'a Tail,
    /// The members that were not read yet.
    expected: HashMap<String, Expected>,
    reading: BTreeMap<usize, TableReading<'a>>,
    visitor: &'a mut dyn Visitor,
    monitor: &'a dyn Monitor,
    contents: Contents,
    members: u64,
    seen: PassResult,
}

fn misplaced(head: &Head, why: Message) -> Error {
    Finding::failure(Code::Member, message!("archive-member", why = why)).path(&head.path).into()
}

impl Pass<'_> {
    fn read(&mut self, mut tar: Tar<'_>) -> Result<()> {
        while let Some(head) = tar.next()? {
            self.members += 1;
            match self.expected.remove(&head.path) {
                None => return Err(misplaced(&head, message!("member-unnamed"))),
                Some(Expected::Part(expected, ..) | Expected::File(expected, _))
                    if head != expected =>
                {
                    return Err(misplaced(&head, message!("member-elsewhere")));
                }
                Some(Expected::Part(_, table, part)) => {
                    self.part(&mut tar, &head, table, part)?;
                }
                Some(Expected::File(_, index)) => self.file(&mut tar, &head, index)?,
                Some(Expected::Whole(digest)) => self.whole(&mut tar, &head, digest)?,
            }
        }
        Ok(())
    }

    fn part(&mut self, tar: &mut Tar<'_>, head: &Head, index: usize, part: usize) -> Result<()> {
        let (resource, table) = self.tail.table(index);
        if part == 0 {
            self.monitor.working_on(&table.name);
            self.visitor.begin_table(index, table, resource)?;
            self.reading.insert(index, TableReading::new(resource, table));
        }
        let reading = self.reading.get_mut(&index).filter(|reading| reading.next_part() == part);
        let Some(reading) = reading else {
            return Err(misplaced(head, message!("member-earlier-part")));
        };
        reading.begin_part();
        let each = &mut |record: &Record| self.visitor.record(index, record);
        tar.content(head, &mut |bytes| reading.content(bytes, each))?;
        reading.end_part();
        self.seen.findings.append(&mut reading.findings);
        if reading.is_complete() { self.end_table(index) } else { Ok(()) }
    }

    fn end_table(&mut self, index: usize) -> Result<()> {
        let Some(reading) = self.reading.remove(&index) else { return Ok(()) };
        let (resource, table) = self.tail.table(index);
        let (result, findings) = reading.finish();
        self.seen.findings.extend(findings);
        self.contents.table(table, result.rows, result.digest);
        self.seen.tables.push(TableReport {
            name: table.name.clone(),
            rows: result.rows,
            digest: result.digest,
            columns: table.columns.len() as u64,
            bytes: result.bytes,
            parts: resource.path.len() as u64,
            source: resource.backup.origin.source.clone(),
            sheet: resource.backup.origin.sheet.clone(),
            folder: TableReport::folder_of(&resource.path),
            nulls: Vec::new(),
        });
        self.visitor.end_table(index)
    }

    fn file(&mut self, tar: &mut Tar<'_>, head: &Head, index: usize) -> Result<()> {
        let file = &self.tail.manifest.backup.files[index];
        self.monitor.working_on(&file.path);
        self.visitor.begin_file(index, file)?;
        let digest = hash_content(tar, head, &mut |bytes| self.visitor.content(bytes))?;
        if digest != file.sha256 {
            self.seen.findings.push(changed_file(file, digest));
        }
        self.contents.file(&file.path, file.bytes, digest);
        self.seen.files.push(FileReport { sha256: digest, ..FileReport::from(file) });
        self.visitor.end_file(digest)
    }

    fn whole(&mut self, tar: &mut Tar<'_>, head: &Head, expected: Digest) -> Result<()> {
        let contents = head.path.ends_with("/data/contents.jsonl");
        if contents && self.expected.len() != AFTER_CONTENTS {
            return Err(misplaced(head, message!("member-too-early")));
        }
        let digest = hash_content(tar, head, &mut |_| Ok(()))?;
        if digest != expected {
            let finding = Finding::failure(Code::MemberDigest, message!("archive-member-changed"));
            let finding = finding.path(&head.path);
            self.seen.findings.push(finding.expected(expected, digest));
        }
        Ok(())
    }

    fn finish(mut self, content_id: Digest, frames: u64) -> Result<PassResult> {
        if let Some(path) = self.expected.keys().min() {
            let message = message!("archive-members-missing", count = self.expected.len());
            return Err(Finding::failure(Code::Member, message).path(path).into());
        }
        let rebuilt = self.contents.into_id();
        if rebuilt != content_id {
            let finding = Finding::failure(Code::Contents, message!("archive-contents-rebuilt"));
            self.seen.findings.push(finding.expected(content_id, rebuilt));
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
        .map(|(kind, count)| Check { kind, count })
        .into();
        Ok(self.seen)
    }
}

/// Hashes the content of a member, and passes it to `each`.
fn hash_content(
    tar: &mut Tar<'_>,
    head: &Head,
    each: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<Digest> {
    let mut hash = Sha256Writer::new(io::sink());
    tar.content(head, &mut |bytes| {
        hash.write_all(bytes).map_err(write_error)?;
        each(bytes)
    })?;
    Ok(hash.finish().0)
}
