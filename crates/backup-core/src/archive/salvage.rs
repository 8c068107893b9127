//! Determines the intact parts and files of a damaged archive whose manifest can be read.

use std::io::{Read, Seek};

use super::reader::{Reader, read_part, with_checkpoints};
use super::table::TableReading;
use super::visitor::Visitor;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::{Monitor, checkpoint};
use crate::record::Record;

/// The damage to each part and each file of an archive.
#[derive(Debug)]
pub(crate) struct Survey {
    /// The damage of each part, by table and part in the order of the manifest; `None` if the part
    /// is intact.
    pub(crate) parts: Vec<Vec<Option<Finding>>>,
    /// The damage of each file, in the order of the manifest; `None` if the file is intact.
    pub(crate) files: Vec<Option<Finding>>,
}

impl Survey {
    /// All damage, in the order of the manifest.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.parts.iter().flatten().chain(&self.files).flatten()
    }

    /// The number of intact parts, and the number of intact files.
    pub(crate) fn whole(&self) -> (u64, u64) {
        let whole = |all: &mut dyn Iterator<Item = &Option<Finding>>| {
            all.filter(|finding| finding.is_none()).count() as u64
        };
        (whole(&mut self.parts.iter().flatten()), whole(&mut self.files.iter()))
    }

    /// Whether every part of the table is intact.
    pub(crate) fn has_all_of(&self, table: usize) -> bool {
        self.parts[table].iter().all(Option::is_none)
    }
}

impl<R: Read + Seek> Reader<R> {
    /// Reads every part and every file separately.
    ///
    /// # Errors
    ///
    /// If the monitor cancels the run, or the file cannot be read.
    pub(crate) fn survey(&mut self, monitor: &dyn Monitor) -> Result<Survey> {
        // An earlier error may have made the reader unusable.
        self.frames.inner_mut().renew()?;
        let mut survey = Survey { parts: Vec::new(), files: Vec::new() };
        for table in 0..self.tail.tables.len() {
            monitor.working_on(&self.tail.tables[table].name);
            let mut findings = Vec::new();
            let mut first_record = 1;
            for part in 0..self.tail.manifest.resources[table].backup.parts.len() {
                let read = self.give_part(table, part, &mut |_| Ok(()), monitor);
                let finding = self.renew_after_error(read)?;
                findings
                    .push(finding.map(|found| self.damaged_part(table, part, first_record, found)));
                first_record += self.tail.manifest.resources[table].backup.parts[part].rows;
            }
            survey.parts.push(findings);
        }
        for file in 0..self.tail.manifest.backup.files.len() {
            let read = self.read_file(file, &mut |_| checkpoint(monitor));
            let finding = self.renew_after_error(read)?;
            survey.files.push(finding.map(|finding| self.damaged_file(file, finding)));
        }
        Ok(survey)
    }

    /// Passes the intact parts and files to a visitor. If `complete` is set, tables with a damaged
    /// part are left out. If `tables` is not empty, only the tables with these names are passed,
    /// and no files.
    pub(crate) fn give_whole(
        &mut self,
        survey: &Survey,
        tables: &[String],
        complete: bool,
        visitor: &mut dyn Visitor,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        visitor.begin(&self.tail.manifest)?;
        for (index, parts) in survey.parts.iter().enumerate() {
            let whole: Vec<_> = (0..parts.len()).filter(|part| parts[*part].is_none()).collect();
            let enough = if complete { whole.len() == parts.len() } else { !whole.is_empty() };
            let table = &self.tail.tables[index];
            if !enough || !(tables.is_empty() || tables.contains(&table.name)) {
                continue;
            }
            monitor.working_on(&table.name);
            visitor.begin_table(index, table, &self.tail.manifest.resources[index])?;
            for part in whole {
                self.give_part(index, part, &mut |record| visitor.record(index, record), monitor)?;
            }
            visitor.end_table(index)?;
        }
        for (index, damage) in survey.files.iter().enumerate() {
            if damage.is_some() || !tables.is_empty() {
                continue;
            }
            let file = self.tail.manifest.backup.files[index].clone();
            monitor.working_on(&file.path);
            visitor.begin_file(index, &file)?;
            self.read_file(index, &mut |bytes| {
                checkpoint(monitor)?;
                visitor.content(bytes)
            })?;
            visitor.end_file(file.sha256)?;
        }
        Ok(())
    }

    /// Reads one part. Returns an error if it is damaged.
    fn give_part(
        &mut self,
        table: usize,
        part: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        checkpoint(monitor)?;
        let resource = &self.tail.manifest.resources[table];
        let mut reading = TableReading::at_part(resource, &self.tail.tables[table], part);
        let mut each = with_checkpoints(monitor, each);
        read_part(&mut self.frames, &self.tail, table, &mut reading, &mut each)?;
        reading.findings.into_iter().next().map_or(Ok(()), |finding| Err(finding.into()))
    }

    /// Converts the error of a member to a finding, and opens the reader again.
    fn renew_after_error(&mut self, read: Result<()>) -> Result<Option<Finding>> {
        let Err(error) = read else { return Ok(None) };
        let finding = unreadable(error)?;
        self.frames.inner_mut().renew()?;
        Ok(Some(finding))
    }

    fn damaged_part(&self, table: usize, part: usize, first: u64, finding: Finding) -> Finding {
        let resource = &self.tail.manifest.resources[table];
        let parts = &resource.backup.parts;
        let (number, all) = ((part + 1).to_string(), parts.len().to_string());
        let last = first + parts[part].rows - parts[part].rows.min(1);
        let message = match parts[part].rows {
            0 => message!("part-not-whole", part = number, parts = all, why = finding.message),
            _ => message!(
                "part-not-whole-records",
                part = number,
                parts = all,
                first = first.to_string(),
                last = last.to_string(),
                why = finding.message
            ),
        };
        let path = format!("data/{}", resource.path[part]);
        let records = (parts[part].rows > 0).then_some([first, last]);
        let finding = Finding { message, records, ..finding }.table(&resource.title).path(path);
        finding.part(part as u64 + 1)
    }

    fn damaged_file(&self, index: usize, finding: Finding) -> Finding {
        let file = &self.tail.manifest.backup.files[index];
        let message = message!("file-not-whole", file = &file.path, why = finding.message);
        Finding { message, ..finding }.path(&file.member)
    }
}

/// The finding for a member that cannot be read. Errors that do not concern the archive are
/// returned.
pub(super) fn unreadable(error: Error) -> Result<Finding> {
    match error.into_kind() {
        ErrorKind::Refused(finding) => Ok(finding),
        ErrorKind::Io { source, doing: Operation::ReadArchive, .. } => {
            let message = message!("archive-disk", why = source.to_string());
            Ok(Finding::failure(Code::Seal, message))
        }
        kind => Err(Error::new(kind)),
    }
}
