//! Workbooks for tests, written by hand: one model of a sheet, and a small writer for each format.
//! A test can use the same behaviour in each format, and a file with exactly one fault.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

pub mod compound;
pub mod ods;
pub mod xls;
pub mod xlsb;
pub mod xlsx;
pub mod zip;

use std::fs;
use std::path::PathBuf;

use backup_core::Error;
use backup_core::source::Source;
use backup_core::source::workbook::{WorkbookOptions, WorkbookSource};
use tempfile::TempDir;

use crate::recording::{Owned, Recorder, read, real, text};

/// The content of a cell. Dates have their serial number and the text that the archive holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Formatting only.
    Blank,
    Text(String),
    /// Text of separately formatted pieces, with a phonetic guide where there is one.
    Rich(Vec<&'static str>),
    Number(f64),
    Bool(bool),
    Error(&'static str),
    Date(f64, &'static str),
    Duration(f64, &'static str),
    Formula(Box<Cell>),
    /// A formula that was never computed.
    Uncomputed,
}

pub fn t(text: &str) -> Cell {
    Cell::Text(text.into())
}

pub fn n(number: f64) -> Cell {
    Cell::Number(number)
}

pub fn formula(value: Cell) -> Cell {
    Cell::Formula(Box::new(value))
}

impl Cell {
    /// As the archive holds it.
    pub fn archived(&self) -> Owned {
        match self {
            Self::Blank | Self::Uncomputed => Owned::Null,
            Self::Text(string) => text(string),
            Self::Rich(pieces) => text(&pieces.concat()),
            Self::Number(value) => archived_number(*value),
            Self::Bool(value) => text(if *value { "true" } else { "false" }),
            Self::Error(string) | Self::Date(_, string) | Self::Duration(_, string) => text(string),
            Self::Formula(value) => value.archived(),
        }
    }
}

fn archived_number(value: f64) -> Owned {
    let is_whole = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
    if is_whole && value.to_bits() != (-0.0f64).to_bits() {
        Owned::Integer(value as i64)
    } else {
        real(value)
    }
}

#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub name: String,
    pub is_hidden: bool,
    /// Row and column, counted from 0, in any order.
    pub cells: Vec<(u32, u32, Cell)>,
    /// First row, last row, first column, last column.
    pub merged: Vec<[u32; 4]>,
}

impl Sheet {
    /// A sheet whose rows begin at A1.
    pub fn of(name: &str, rows: Vec<Vec<Cell>>) -> Self {
        let cells = (0..).zip(rows).flat_map(|(row, cells)| {
            (0..).zip(cells).map(move |(column, cell)| (row, column, cell))
        });
        Self { name: name.into(), cells: cells.collect(), ..Self::default() }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Book {
    pub sheets: Vec<Sheet>,
    pub is_1904: bool,
}

impl Book {
    pub fn of(sheet: Sheet) -> Self {
        Self { sheets: vec![sheet], is_1904: false }
    }

    pub fn write(&self, format: &str) -> Vec<u8> {
        match format {
            "xlsx" => xlsx::write(self),
            "xlsb" => xlsb::write(self),
            "xls" => xls::write(self),
            "ods" => ods::write(self),
            other => panic!("no writer for {other}"),
        }
    }
}

pub const FORMATS: [&str; 4] = ["xlsx", "xlsb", "xls", "ods"];

/// A workbook in a file.
pub struct Fixture {
    _folder: TempDir,
    pub path: PathBuf,
}

pub const NAME: &str = "客户.xlsx";

impl Fixture {
    pub fn bytes(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the fixture");
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("the fixture is written");
        Self { _folder: folder, path }
    }

    pub fn book(book: &Book, format: &str) -> Self {
        Self::bytes(&format!("book.{format}"), &book.write(format))
    }

    /// A workbook of one sheet, 数据, with this XML.
    pub fn raw(rows: &str, date1904: bool) -> Self {
        Self::bytes("raw.xlsx", &xlsx::raw(rows, date1904))
    }

    pub fn source(&self) -> WorkbookSource {
        self.source_with(WorkbookOptions::default())
    }

    pub fn source_with(&self, options: WorkbookOptions) -> WorkbookSource {
        WorkbookSource::new(&self.path, NAME, options)
    }

    pub fn read(&self) -> Recorder {
        self.read_with(WorkbookOptions::default())
    }

    pub fn read_with(&self, options: WorkbookOptions) -> Recorder {
        let before = fs::read(&self.path).expect("reads");
        let recorder = read(&mut self.source_with(options));
        assert_eq!(fs::read(&self.path).expect("reads"), before, "reading changed the source");
        assert_eq!(recorder.file(NAME), before, "the workbook is archived as it is");
        recorder
    }

    /// Why it cannot be read.
    pub fn error(&self) -> Error {
        let mut recorder = Recorder::default();
        let read = self.source().read(&mut recorder);
        read.expect_err("the workbook must not be read as tables")
    }
}

/// The first cell of each record of a table.
pub fn first_column(recorder: &Recorder, table: &str) -> Vec<Owned> {
    recorder.table(table).rows.iter().map(|row| row[0].clone()).collect()
}

/// The codes for faults of the library.
pub const FAULTS: [&str; 5] =
    ["corrected-text", "corrected-number", "corrected-date", "corrected-error", "exact-digits"];

/// The ledger counts so many of these faults, and none of the others.
#[track_caller]
pub fn check_faults(recorder: &Recorder, table: &str, faults: &[(&str, u64)]) {
    for code in FAULTS {
        let expected = faults.iter().find(|(name, _)| *name == code).map_or(0, |(_, count)| *count);
        assert_eq!(recorder.ledger_count(code, table), expected, "ledger: {code}");
    }
}
