//! Damaged workbooks of every format: bytes flipped, cut, doubled and dropped, at many places. Each
//! is read or refused with an error; nothing panics, hangs or exhausts memory.
#![cfg(feature = "workbook")]

use std::fs;

use crate::books::zip::{members, zip};
use crate::books::{Book, Cell, Fixture, Sheet, formula, n, t, xls};
use crate::recording::Recorder;
use backup_core::ErrorKind;
use backup_core::source::Source;

fn book() -> Book {
    let rows = vec![
        vec![t("名称"), t("b"), t("c"), t("d")],
        vec![t("三一"), n(1.5), Cell::Bool(true), Cell::Rich(vec!["a", "b"])],
        vec![Cell::Date(44_197.5, "2021-01-01T12:00:00"), formula(t("x")), formula(n(2.0)), t("")],
        vec![Cell::Blank, n(-3.0), t("last"), formula(Cell::Bool(false))],
    ];
    let mut sheet = Sheet::of("数据", rows);
    sheet.merged = vec![[1, 2, 0, 1]];
    let second = Sheet::of("second", vec![vec![t("a")], vec![n(1.0)]]);
    Book { sheets: vec![sheet, second], is_1904: false }
}

/// The ways to damage bytes at a place.
type Damage = fn(&mut Vec<u8>, usize);

const DAMAGES: [(&str, Damage); 6] = [
    ("one bit", |bytes, at| bytes[at] ^= 1 << (at % 8)),
    ("a whole byte", |bytes, at| bytes[at] = !bytes[at]),
    ("the highest number", |bytes, at| {
        let end = bytes.len().min(at + 4);
        bytes[at..end].fill(0xff);
    }),
    ("cut", |bytes, at| bytes.truncate(at)),
    ("dropped", |bytes, at| drop(bytes.drain(at..bytes.len().min(at + 3)))),
    ("doubled", |bytes, at| {
        let more = bytes[at..bytes.len().min(at + 16)].to_vec();
        bytes.splice(at..at, more);
    }),
];

/// Reads a workbook that may be damaged: a result and a source error are both right.
#[track_caller]
fn check_damage(fixture: &Fixture, bytes: &[u8], what: &str) {
    fs::write(&fixture.path, bytes).expect("writes");
    let Err(error) = fixture.source().read(&mut Recorder::default()) else { return };
    let is_reported = matches!(
        error.kind(),
        ErrorKind::Source { .. }
            | ErrorKind::Misread(_)
            | ErrorKind::Limit { .. }
            | ErrorKind::Record { .. }
    );
    assert!(is_reported, "{what}: damage must be a source error, and not {error:?}");
}

/// Damages each member, and packs it again with the right checksum.
fn damage_members(format: &str) {
    let parts = members(&book().write(format));
    assert!(!parts.is_empty(), "{format}: the fixture has members");
    let fixture = Fixture::bytes(&format!("book.{format}"), b"");
    for (index, (name, content)) in parts.iter().enumerate() {
        for (what, damage) in DAMAGES {
            for at in (0..content.len()).step_by(content.len() / 60 + 1) {
                let mut content = content.clone();
                damage(&mut content, at);
                let parts: Vec<_> = parts
                    .iter()
                    .enumerate()
                    .map(|(n, (name, old))| {
                        (name.as_str(), if n == index { &content[..] } else { &old[..] })
                    })
                    .collect();
                check_damage(&fixture, &zip(&parts), &format!("{format}, {name}, {what} at {at}"));
            }
        }
    }
}

#[test]
fn damaged_xlsx_is_reported_without_a_crash() {
    damage_members("xlsx");
}

#[test]
fn damaged_xlsb_is_reported_without_a_crash() {
    damage_members("xlsb");
}

#[test]
fn damaged_ods_is_reported_without_a_crash() {
    damage_members("ods");
}

#[test]
fn damaged_containers_are_reported_without_a_crash() {
    for format in ["xlsx", "xlsb", "ods"] {
        let whole = book().write(format);
        let fixture = Fixture::bytes(&format!("book.{format}"), b"");
        for (what, damage) in DAMAGES {
            for at in (0..whole.len()).step_by(whole.len() / 100 + 1) {
                let mut bytes = whole.clone();
                damage(&mut bytes, at);
                check_damage(&fixture, &bytes, &format!("{format}, {what} at {at}"));
            }
        }
    }
}

#[test]
fn damaged_xls_is_reported_without_a_crash() {
    for (version, whole) in [(8, xls::write(&book())), (5, biff5())] {
        let fixture = Fixture::bytes("book.xls", b"");
        // Header, table of sectors and directory; then the records.
        let places = (0..1536).chain((1536..whole.len()).step_by(7));
        for at in places.filter(|at| whole[*at] != 0 || at.is_multiple_of(32)) {
            for (what, damage) in DAMAGES {
                let mut bytes = whole.clone();
                damage(&mut bytes, at);
                check_damage(&fixture, &bytes, &format!("BIFF{version}, {what} at {at}"));
            }
        }
    }
}

fn biff5() -> Vec<u8> {
    let rows = vec![vec![t("name"), t("b")], vec![t("caf\u{e9}"), n(1.5)], vec![formula(n(2.0))]];
    xls::write_biff5(&Book::of(Sheet::of("s", rows)))
}
