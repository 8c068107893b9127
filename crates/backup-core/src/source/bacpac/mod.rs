//! `.bacpac` files: exports of SQL Server and Azure SQL.
//!
//! A package is a ZIP file with the definitions (`model.xml`), checksums and counts (`Origin.xml`),
//! a list of the data parts (`_rels/.rels`), and the records of each table in one or more data
//! parts. The file itself is stored too.
//!
//! Data parts have neither separators nor checksums of their own. So every table is first read
//! without storing anything. A table that is not exactly as SQL Server writes it is left out and
//! named, and the others are stored.

mod errors;
mod input;
mod model;
mod package;
mod rows;
mod text;
mod types;
mod xml;

use std::path::PathBuf;

use serde_json::json;

use self::errors::refused;
use self::input::Input;
use self::model::{Column as ModelColumn, MODEL, ModelTable};
use self::package::{Origin as PackageOrigin, Package, Parts, TableData};
use self::rows::RowReader;
use super::location::FileLocation;
use super::shared::SharedFile;
use super::stable_file::{Spread, StableFile};
use super::zip::{Budget, ZipLimits};
use super::{FileSource, MAX_RECORD_BYTES, Sink, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding, Location};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin, Role, SourceMetadata};
use crate::record::{Column, Record, Table};

/// The number of records between two reports of progress and checks for cancellation.
const BETWEEN_QUESTIONS: u64 = 4096;

/// A `.bacpac` file.
///
/// Every table of the model is read, with its declared keys and references. Its name is
/// `schema.table`.
#[derive(Debug, Clone)]
pub struct BacpacSource {
    location: FileLocation,
    name: String,
    limits: ZipLimits,
    max_record_bytes: u64,
}

impl BacpacSource {
    /// The package at `path`. Its name in the archive is `name`.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self::at(FileLocation::named(path), name)
    }

    /// A file, or a member of a ZIP file.
    pub(super) fn at(location: FileLocation, name: impl Into<String>) -> Self {
        let (limits, max_record_bytes) = (ZipLimits::default(), MAX_RECORD_BYTES);
        Self { location, name: name.into(), limits, max_record_bytes }
    }

    /// Sets the limits for the package as a ZIP file.
    pub fn limits(mut self, limits: ZipLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the maximum length of a record in bytes, [`MAX_RECORD_BYTES`] by default.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let file = StableFile::at(&self.location)?;
        let sha256 = file.digest(sink.monitor())?;
        let mut budget = Budget::new(self.limits, &self.location, &self.name)?;
        let zip = SharedFile::new(file.file()?);
        let zip = zip.map_err(|error| Error::reading(file.path(), error))?;
        let package = Package::open(zip, &mut budget)?;
        let origin = package.origin()?;
        let mut model = model::read(package.content(MODEL)?)?;
        if !origin.has_data {
            // Definitions without records: a .dacpac.
            model.clear();
            let message = message!("bacpac-without-data").to_string();
            let entry = LedgerEntry::new(LedgerCode::EmptyDatabase, message);
            sink.ledger(entry.source(&self.name));
        } else if model.is_empty() {
            sink.ledger(LedgerEntry::of(LedgerCode::EmptyDatabase).source(&self.name));
        }
        let tables = model.len();
        self.read_tables(&package, &origin, model, &file, sink)?;
        if package.unlisted_bytes > 0 {
            let entry = LedgerEntry::of(LedgerCode::UnlistedBytes).source(&self.name);
            sink.ledger(entry.count(package.unlisted_bytes));
        }
        let original = file.store(&self.name, Role::Original, sha256, sink)?;
        let details = [
            ("tables", json!(tables)),
            ("records", json!(origin.records)),
            ("written_by", json!(origin.version)),
        ];
        sink.source(SourceMetadata {
            name: self.name.clone(),
            kind: "bacpac".into(),
            bytes: Some(file.bytes),
            sha256: Some(sha256),
            modified: file.modified(),
            original,
            details: details.map(|(key, value)| (key.to_owned(), value)).into_iter().collect(),
        });
        Ok(())
    }

    fn read_tables(
        &self,
        package: &Package,
        origin: &PackageOrigin,
        model: Vec<ModelTable>,
        file: &StableFile,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let Parts { tables: data, unknown, has_list } = package.parts(&model)?;
        let parts = data.iter().flat_map(|data| &data.parts);
        let bytes: u64 = parts.map(|part| package.bytes(part)).sum();
        // All bytes are read twice.
        let mut spread = Spread::new(file.bytes, bytes.saturating_mul(2));
        let mut readable = Vec::new();
        let (mut total, mut is_complete) = (0u64, true);
        for (mut table, data) in model.into_iter().zip(data) {
            let name = table.name();
            let columns = std::mem::replace(&mut table.columns, Ok(Vec::new()));
            let columns = columns.and_then(|columns| self.check(columns, &data, package));
            let checked = columns.and_then(|columns| {
                let reading = Reading { package, data: &data, columns: &columns };
                let rows = reading.read(self.max_record_bytes, &mut spread, sink, None)?;
                Ok((columns, rows))
            });
            match checked {
                Ok((columns, rows)) => {
                    total += rows;
                    is_complete &= data.missing.is_empty();
                    readable.push((table, data, columns, rows));
                }
                Err(error) => {
                    is_complete = false;
                    self.refuse(&name, error, sink)?;
                }
            }
        }
        for name in &unknown {
            is_complete = false;
            self.refuse(name, refused(message!("bacpac-unknown-table")), sink)?;
        }
        if !has_list {
            self.incomplete(None, message!("bacpac-no-list"), sink);
        }
        let differs = |stated: &u64| if is_complete { *stated != total } else { *stated < total };
        if let Some(stated) = origin.records.filter(differs).filter(|_| origin.has_data) {
            self.incomplete(None, message!("bacpac-total", stated = stated, held = total), sink);
        }
        for (table, data, columns, rows) in readable {
            let name = table.name();
            let stored = self.store(table, &data, &columns, package, &mut spread, sink);
            if stored.map_err(|error| error.in_table(name))? != rows {
                return Err(Error::new(ErrorKind::SourceChanged));
            }
        }
        spread.finish(sink.monitor());
        Ok(())
    }

    /// Checks what is known of a table before its parts are read.
    fn check(
        &self,
        columns: Vec<ModelColumn>,
        data: &TableData,
        package: &Package,
    ) -> Result<Vec<ModelColumn>> {
        if data.is_contradictory {
            return Err(refused(message!("bacpac-contradictory-list")));
        }
        data.parts.iter().try_for_each(|part| package.content(part).map(drop))?;
        Ok(columns)
    }

    /// Stores a table. Returns the number of its records.
    fn store(
        &self,
        table: ModelTable,
        data: &TableData,
        columns: &[ModelColumn],
        package: &Package,
        spread: &mut Spread,
        sink: &mut dyn Sink,
    ) -> Result<u64> {
        let name = table.name();
        let origin = Origin {
            source: Some(self.name.clone()),
            sheet: Some(name.clone()),
            types: columns.iter().map(|column| column.declared.clone()).collect(),
            keys: table.keys,
            references: table.references,
        };
        let labels = columns.iter().map(|column| Column::any(column.name.as_str()));
        sink.begin_table(&Table::new(name.as_str(), labels), origin)?;
        let reading = Reading { package, data, columns };
        let mut unpaired = 0;
        let rows = reading.read(self.max_record_bytes, spread, sink, Some(&mut unpaired))?;
        let stored = sink.end_table(None)?.name;
        let mut note = |entry: LedgerEntry| sink.ledger(entry.source(&self.name).table(&stored));
        if unpaired > 0 {
            note(LedgerEntry::of(LedgerCode::LoneSurrogate).count(unpaired));
        }
        if table.computed > 0 {
            note(LedgerEntry::of(LedgerCode::ComputedColumn).count(table.computed));
        }
        for column in columns {
            let Some(kind) = &column.encoded else { continue };
            let message = message!("bacpac-encoded", column = &*column.name, kind = &**kind);
            note(LedgerEntry::new(LedgerCode::EncodedColumn, message.to_string()));
        }
        if data.unlisted > 0 {
            let message = message!("bacpac-unlisted-parts", count = data.unlisted);
            let remark = Finding::remark(Code::Source, message).path(&self.name).table(&stored);
            sink.finding(remark.noted(LedgerCode::UnlistedParts, data.unlisted));
        }
        if !data.missing.is_empty() {
            let (count, first) = (data.missing.len() as u64, data.missing[0].as_str());
            let message = message!("bacpac-missing-parts", count = count, first = first);
            self.incomplete(Some(&stored), message, sink);
        }
        Ok(rows)
    }

    /// Notes a table that cannot be read. Returns the error if it is not about the table.
    fn refuse(&self, table: &str, error: Error, sink: &mut dyn Sink) -> Result<()> {
        if !matches!(error.kind(), ErrorKind::Source { .. } | ErrorKind::Limit { .. }) {
            return Err(error);
        }
        let place = Location { source: None, table: None, ..error.location().clone() };
        let message = error.at(place).to_string();
        let entry = LedgerEntry::new(LedgerCode::UnreadTable, message);
        sink.ledger(entry.source(&self.name).table(table));
        Ok(())
    }

    /// Notes that records of the package are missing.
    fn incomplete(&self, table: Option<&str>, message: Message, sink: &mut dyn Sink) {
        let entry = LedgerEntry::new(LedgerCode::MissingRecords, message.to_string());
        let entry = entry.source(&self.name);
        sink.ledger(match table {
            Some(table) => entry.table(table),
            None => entry,
        });
    }
}

/// The data of a table, and how it is read.
struct Reading<'a> {
    package: &'a Package,
    data: &'a TableData,
    columns: &'a [ModelColumn],
}

impl Reading<'_> {
    /// Reads all records of the table, and passes them to the sink if `unpaired` is given, to which
    /// the number of texts that are not valid UTF-16 is added. Returns the number of records.
    fn read(
        &self,
        max_record_bytes: u64,
        spread: &mut Spread,
        sink: &mut dyn Sink,
        mut unpaired: Option<&mut u64>,
    ) -> Result<u64> {
        let mut rows = RowReader::new(self.columns, max_record_bytes);
        let (mut record, mut number) = (Record::new(), 0);
        for part in &self.data.parts {
            let mut input = Input::new(self.package.content(part)?);
            let mut reported = 0;
            loop {
                let next = rows.next(&mut input, &mut record);
                let is_record = next.map_err(|error| error.in_path(part).at_record(number + 1))?;
                if !is_record || number.is_multiple_of(BETWEEN_QUESTIONS) {
                    spread.seen(input.at() - reported, sink.monitor())?;
                    reported = input.at();
                }
                if !is_record {
                    break;
                }
                number += 1;
                if unpaired.is_some() {
                    sink.record(&record).map_err(|error| error.at_record(number))?;
                }
            }
        }
        if let Some(unpaired) = &mut unpaired {
            **unpaired += rows.unpaired;
        }
        Ok(number)
    }
}

impl Source for BacpacSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        StableFile::bytes_of(&self.location)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.read_all(sink).map_err(|error| error.in_source(self.name.as_str()))
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        Some(Box::new(FileSource::at(self.location.clone(), &self.name, Role::Unparsed)))
    }
}
