//! Workbooks of each format: any bytes, or any bytes as one part of an otherwise valid workbook, so that
//! they reach the readers of its XML and records, and the cross-check.

use backup_core::record::Digest;
use backup_core::source::workbook::{WorkbookOptions, WorkbookSource};
use backup_core::source::{Discovered, Source};
use backup_core::{ErrorKind, Report, dry_run};

use super::archive::with_file;
use super::{Input, Seed};
use crate::books::compound::compound;
use crate::books::zip::{members, zip};
use crate::books::{Book, Cell, Sheet, formula, n, t, xls};

const PACKAGES: [&str; 3] = ["xlsx", "xlsb", "ods"];

/// A workbook with every kind of cell.
fn book() -> Book {
    let labels = ["text", "number", "other"].map(t).to_vec();
    let rows = vec![
        labels,
        vec![t("Ng, Ltd"), n(0.5), Cell::Bool(true)],
        vec![t("合同 & <co>"), n(42.0), Cell::Error("#DIV/0!")],
        vec![Cell::Rich(vec!["a", "b"]), formula(n(7.0)), Cell::Uncomputed],
        vec![Cell::Blank, n(-1e300), Cell::Date(45_000.5, "2023-03-15T12:00:00")],
        vec![formula(t("f")), n(1.0), Cell::Duration(1.5, "PT36H")],
    ];
    let second = Sheet {
        is_hidden: true,
        merged: vec![[0, 1, 0, 1]],
        ..Sheet::of("two", vec![vec![t("x")], vec![n(2.0)]])
    };
    Book { sheets: vec![Sheet::of("数据", rows), second], is_1904: false }
}

/// A small workbook of this format.
pub(super) fn small(format: &str) -> Vec<u8> {
    book().write(format)
}

/// Reads everything from a source; it is archived, or at least its bytes are.
pub(super) fn read_all(source: Box<dyn Source + Send>, bytes: &[u8]) {
    let name = source.name().to_owned();
    let found = Discovered { sources: vec![source], ..Discovered::default() };
    match dry_run(found, &()) {
        Ok(report) => is_archived(&report, &name, bytes),
        Err(error) => {
            let expected = matches!(error.kind(), ErrorKind::Source { .. });
            assert!(expected, "{name}: it ends with {error:?}");
        }
    }
}

/// The file's bytes are among the archived files.
pub(super) fn is_archived(report: &Report, name: &str, bytes: &[u8]) {
    let digest = Digest::of(bytes);
    let whole =
        report.contents().files.iter().any(|file| file.path == name && file.sha256 == digest);
    assert!(whole, "{name}: its bytes are not archived: {:?}", report.skipped());
}

fn read(name: &str, bytes: &[u8], header_row: u8) {
    let mut options = WorkbookOptions::default().max_plain_bytes(16 << 20);
    if header_row != 0 {
        options = options.header_row(u64::from(header_row) - 1);
    }
    with_file(name, bytes, |path| {
        read_all(Box::new(WorkbookSource::new(path, name, options)), bytes);
    });
}

pub(super) fn run_package(bytes: &[u8]) {
    let mut input = Input(bytes);
    let format = PACKAGES[usize::from(input.byte()) % PACKAGES.len()];
    let (part, header_row) = (usize::from(input.byte()), input.byte());
    let name = format!("book.{format}");
    if part == 0 {
        return read(&name, input.0, header_row);
    }
    let mut parts = members(&small(format));
    let replaced = (part - 1) % parts.len();
    parts[replaced].1 = input.0.to_vec();
    let parts: Vec<_> = parts.iter().map(|(name, content)| (&**name, &**content)).collect();
    read(&name, &zip(&parts), header_row);
}

pub(super) fn package_seeds() -> Vec<Seed> {
    let fixture = std::fs::read(crm_fixtures::shape("workbook").path).expect("the fixture is read");
    let mut seeds = vec![("fixture".to_owned(), [&[0, 0, 0], &fixture[..]].concat())];
    for (number, format) in (0..).zip(PACKAGES) {
        let whole = small(format);
        seeds.push((format!("{format}-whole"), [&[number, 0, 0], &whole[..]].concat()));
        for (part, (_, content)) in (1..).zip(members(&whole)) {
            let seed = [&[number, part, 0], &content[..]].concat();
            seeds.push((format!("{format}-part-{part}"), seed));
        }
    }
    seeds
}

pub(super) fn run_xls(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (mode, header_row) = (input.byte(), input.byte());
    let file = match mode % 3 {
        0 => input.0.to_vec(),
        1 => compound(&[("Workbook", input.0)]),
        _ => compound(&[("Book", input.0)]),
    };
    read("book.xls", &file, header_row);
}

pub(super) fn xls_seeds() -> Vec<Seed> {
    let biff5 = Book::of(Sheet::of("Data", vec![vec![t("a"), t("b")], vec![n(1.0), t("x")]]));
    [
        ("whole", 0, small("xls")),
        ("whole-5", 0, xls::write_biff5(&biff5)),
        ("stream", 1, xls::stream(&book(), xls::Version::Biff8)),
        ("stream-5", 2, xls::stream(&biff5, xls::Version::Biff5)),
    ]
    .map(|(name, mode, bytes)| (name.to_owned(), [&[mode, 0], &bytes[..]].concat()))
    .into()
}
