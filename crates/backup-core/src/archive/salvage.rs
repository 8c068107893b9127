//! What is still whole of an archive that is damaged: each part and each file by itself, past
//! whatever is hurt.

use std::io::{self, Read, Seek, Write as _};

use super::reader::{Reader, changed_file, read_member};
use super::seal::write_error;
use super::table::TableReading;
use super::visitor::Visitor;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Record, Sha256Writer};

/// What was found of each part and each file of an archive.
#[derive(Debug)]
pub(crate) struct Survey {
    /// By table and part, as in the manifest: what is wrong with it, if it is not whole.
    pub(crate) parts: Vec<Vec<Option<Finding>>>,
    /// By file, as in the manifest.
    pub(crate) files: Vec<Option<Finding>>,
}

impl Survey {
    /// What is wrong, in the order of the manifest.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.parts.iter().flatten().chain(&self.files).flatten()
    }

    /// How many parts are whole, and how many files.
    pub(crate) fn whole(&self) -> (u64, u64) {
        let whole = |all: &mut dyn Iterator<Item = &Option<Finding>>| {
            all.filter(|finding| finding.is_none()).count() as u64
        };
        (whole(&mut self.parts.iter().flatten()), whole(&mut self.files.iter()))
    }

    /// Whether every part of the table is whole.
    pub(crate) fn has_all_of(&self, table: usize) -> bool {
        self.parts[table].iter().all(Option::is_none)
    }
}

/// Opens the archive's file once more.
pub(crate) type Reopen<'a, R> = &'a dyn Fn() -> Result<R>;

impl<R: Read + Seek> Reader<R> {
    /// Reads every part and every file by itself.
    ///
    /// # Errors
    ///
    /// If the monitor says to stop, or the file cannot be opened any more.
    pub(crate) fn survey(
        &mut self,
        reopen: Reopen<'_, R>,
        monitor: &dyn Monitor,
    ) -> Result<Survey> {
        // Whatever was read before may have failed.
        self.frames.inner_mut().renew(reopen()?)?;
        let mut survey = Survey { parts: Vec::new(), files: Vec::new() };
        for table in 0..self.tail.tables.len() {
            let name = self.tail.tables[table].name.clone();
            monitor.working_on(&name);
            let parts = self.tail.manifest.resources[table].backup.parts.len();
            let mut before = 0u64;
            let looked = (0..parts).map(|part| {
                let rows = self.tail.manifest.resources[table].backup.parts[part].rows;
                let until = before + rows;
                let before = std::mem::replace(&mut before, until);
                let read = self.read_part(table, part, &mut |_| Ok(()), monitor);
                let finding = self.or_renewed(read, reopen)?;
                Ok(finding.map(|finding| self.hurt_part(table, part, before, finding)))
            });
            survey.parts.push(looked.collect::<Result<_>>()?);
        }
        for file in 0..self.tail.manifest.backup.files.len() {
            let read = self.read_file(file, &mut |_| Ok(()), monitor);
            let finding = self.or_renewed(read, reopen)?;
            survey.files.push(finding.map(|finding| self.hurt_file(file, finding)));
        }
        Ok(survey)
    }

    /// Gives what a survey found whole to a visitor: of tables, those parts that are, or with
    /// `complete` those tables only of which all parts are. `wanted` says which tables.
    pub(crate) fn give_whole(
        &mut self,
        survey: &Survey,
        wanted: impl Fn(&str) -> bool,
        complete: bool,
        visitor: &mut dyn Visitor,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        visitor.begin(&self.tail.manifest)?;
        for (index, parts) in survey.parts.iter().enumerate() {
            let whole: Vec<_> = (0..parts.len()).filter(|part| parts[*part].is_none()).collect();
            let enough = if complete { whole.len() == parts.len() } else { !whole.is_empty() };
            let table = self.tail.tables[index].clone();
            if !enough || !wanted(&table.name) {
                continue;
            }
            monitor.working_on(&table.name);
            visitor.begin_table(index, &table, &self.tail.manifest.resources[index])?;
            for part in whole {
                let each = &mut |record: &Record| visitor.record(index, record);
                refuse(self.read_part(index, part, each, monitor)?)?;
            }
            visitor.end_table(index)?;
        }
        for (index, hurt) in survey.files.iter().enumerate() {
            if hurt.is_none() && wanted("") {
                self.give_file(index, visitor, monitor)?;
            }
        }
        Ok(())
    }

    fn give_file(
        &mut self,
        index: usize,
        visitor: &mut dyn Visitor,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let file = self.tail.manifest.backup.files[index].clone();
        monitor.working_on(&file.path);
        visitor.begin_file(index, &file)?;
        refuse(self.read_file(index, &mut |bytes| visitor.content(bytes), monitor)?)?;
        visitor.end_file(file.sha256)
    }

    /// Reads one part; gives what is wrong with it.
    fn read_part(
        &mut self,
        table: usize,
        part: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
        monitor: &dyn Monitor,
    ) -> Result<Option<Finding>> {
        let resource = &self.tail.manifest.resources[table];
        let mut reading = TableReading::at_part(resource, self.tail.tables[table].clone(), part);
        checkpoint(monitor)?;
        let mut records = 0u64;
        let mut watched = |record: &Record| {
            records += 1;
            if records.is_multiple_of(1024) {
                checkpoint(monitor)?;
            }
            each(record)
        };
        let mut findings = Vec::new();
        reading.begin_part();
        read_member(&mut self.frames, &self.tail.part(table, part), &mut |bytes| {
            reading.content(bytes, &mut findings, &mut watched)
        })?;
        reading.end_part(&mut findings);
        Ok(findings.into_iter().next())
    }

    /// Reads one file; gives what is wrong with it.
    fn read_file(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
        monitor: &dyn Monitor,
    ) -> Result<Option<Finding>> {
        let mut hash = Sha256Writer::new(io::sink());
        read_member(&mut self.frames, &self.tail.file(index), &mut |bytes| {
            checkpoint(monitor)?;
            hash.write_all(bytes).map_err(write_error)?;
            each(bytes)
        })?;
        let file = &self.tail.manifest.backup.files[index];
        let digest = hash.finish().0;
        Ok((digest != file.sha256).then(|| changed_file(file, digest)))
    }

    /// What was found, or what kept the bytes from being read; then the reader begins again.
    fn or_renewed(
        &mut self,
        read: Result<Option<Finding>>,
        reopen: Reopen<'_, R>,
    ) -> Result<Option<Finding>> {
        let finding = match read {
            Ok(finding) => return Ok(finding),
            Err(error) => unreadable(error)?,
        };
        self.frames.inner_mut().renew(reopen()?)?;
        Ok(Some(finding))
    }

    /// So many records of the table come before the part.
    fn hurt_part(&self, table: usize, part: usize, before: u64, finding: Finding) -> Finding {
        let resource = &self.tail.manifest.resources[table];
        let parts = &resource.backup.parts;
        let records = match parts[part].rows {
            0 => String::new(),
            rows => format!(" (records {} to {})", before + 1, before + rows),
        };
        let message = format!(
            "part {} of {} of table {}{records} is not whole: {}",
            part + 1,
            parts.len(),
            resource.title,
            finding.message
        );
        let path = format!("data/{}", resource.path[part]);
        Finding { message: message.into(), ..finding }.table(&resource.title).path(path)
    }

    fn hurt_file(&self, index: usize, finding: Finding) -> Finding {
        let file = &self.tail.manifest.backup.files[index];
        let message = format!("file {} is not whole: {}", file.path, finding.message);
        Finding { message: message.into(), ..finding }.path(&file.member)
    }
}

/// What keeps a part from being read, as a finding; an error if it has nothing to do with it.
pub(super) fn unreadable(error: Error) -> Result<Finding> {
    let disk = matches!(error.kind(), ErrorKind::Io { doing: crate::Operation::ReadArchive, .. });
    match error.into_kind() {
        ErrorKind::Refused(finding) => Ok(finding),
        ErrorKind::Io { source, .. } if disk => {
            Ok(Finding::failure(Code::Seal, format!("the disk cannot be read: {source}")))
        }
        kind => Err(Error::new(kind)),
    }
}

fn refuse(finding: Option<Finding>) -> Result<()> {
    finding.map_or(Ok(()), |finding| Err(finding.into()))
}
