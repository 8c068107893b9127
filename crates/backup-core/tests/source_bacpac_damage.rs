//! Damaged `.bacpac` files. Nothing panics, and no other records are read in silence: damage is
//! named, or changes nothing.
#![cfg(feature = "bacpac")]

use crate::packages::{Fixture, orders, write};
use crate::recording::{Owned, Recorder};
use backup_core::ErrorKind;
use backup_core::source::Source;

type Rows = Vec<(String, Vec<Vec<Owned>>)>;

fn rows(recorder: &Recorder) -> Rows {
    recorder.tables.iter().map(|table| (table.name.clone(), table.rows.clone())).collect()
}

/// What was read from a damaged package, and whether the damage is named: for the whole package, or
/// for tables.
struct Outcome {
    rows: Rows,
    named: Vec<String>,
    is_named: bool,
}

#[track_caller]
fn outcome(fixture: &Fixture, bytes: &[u8], what: &str) -> Outcome {
    fixture.replace(bytes);
    let mut recorder = Recorder::default();
    if let Err(error) = fixture.source().read(&mut recorder) {
        let is_reported =
            matches!(error.kind(), ErrorKind::Source { .. } | ErrorKind::Limit { .. });
        assert!(is_reported, "{what}: damage must be a source error, and not {error:?}");
        assert!(recorder.tables.is_empty(), "{what}: no table was begun before the error");
        return Outcome { rows: Vec::new(), named: Vec::new(), is_named: true };
    }
    let is_loss = |code: &str| ["unread-table", "missing-records"].contains(&code);
    let entries = recorder.ledger.iter().filter(|entry| is_loss(&entry.code.to_string()));
    let entries: Vec<_> = entries.collect();
    let named = entries.iter().filter_map(|entry| entry.table.clone()).collect();
    let is_named = !entries.is_empty() || !recorder.findings.is_empty();
    Outcome { rows: rows(&recorder), named, is_named }
}

/// Fails unless every table that is not named was read as before, and something is named if tables
/// differ.
#[track_caller]
fn check(outcome: &Outcome, whole: &Rows, what: &str) {
    let differs = outcome.rows != *whole;
    assert!(!differs || outcome.is_named, "{what}: other records were read in silence");
    for (name, rows) in &outcome.rows {
        let is_same = whole.iter().any(|(own, own_rows)| own == name && own_rows == rows);
        assert!(is_same || outcome.named.contains(name), "{what}: {name} differs and is not named");
    }
}

fn whole(fixture: &Fixture) -> Rows {
    let mut recorder = Recorder::default();
    fixture.source().read(&mut recorder).expect("it is whole");
    rows(&recorder)
}

/// Flips every `step`-th bit of the file.
fn flip_the_file(step: usize) {
    let bytes = orders().write();
    let fixture = Fixture::new(&bytes);
    let expected = whole(&fixture);
    for bit in (0..bytes.len() * 8).step_by(step) {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let what = format!("bit {bit}");
        check(&outcome(&fixture, &damaged, &what), &expected, &what);
    }
}

#[test]
fn flipped_bits_of_the_file_are_named_or_harmless() {
    flip_the_file(23);
}

#[test]
#[ignore = "takes minutes: tests/run --exhaustive runs it"]
fn exhaustive_every_flipped_bit_of_a_bacpac_is_named_or_harmless() {
    flip_the_file(1);
}

/// Flips every `step`-th bit of each member, and packs it again with the right CRC-32.
fn flip_members(step: usize) {
    let members = orders().members();
    let fixture = Fixture::new(&write(&members));
    let expected = whole(&fixture);
    for (index, (name, content)) in members.iter().enumerate() {
        for bit in (0..content.len() * 8).step_by(step) {
            let mut damaged = members.clone();
            damaged[index].1[bit / 8] ^= 1 << (bit % 8);
            let what = format!("{name}, bit {bit}");
            let outcome = outcome(&fixture, &write(&damaged), &what);
            if name.starts_with("Data/") {
                check_part(&outcome, &expected, &what);
            } else {
                check(&outcome, &expected, &what);
            }
        }
    }
}

/// Nothing can tell that a value in a part is another one of its type. But the number of records
/// is stated.
#[track_caller]
fn check_part(outcome: &Outcome, whole: &Rows, what: &str) {
    let count = |rows: &Rows| rows.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    let is_same = count(&outcome.rows) == count(whole);
    assert!(is_same || outcome.is_named, "{what}: records were lost or added in silence");
    let others = outcome.rows.iter().filter(|(name, _)| {
        let folder = name.replace(' ', "%20");
        !what.contains(&folder)
    });
    for other in others {
        assert!(whole.contains(other), "{what}: {} differs", other.0);
    }
}

#[test]
fn flipped_bits_of_members_are_named_or_change_only_a_value() {
    flip_members(5);
}

#[test]
#[ignore = "takes minutes: tests/run --exhaustive runs it"]
fn exhaustive_every_flipped_bit_of_the_members_is_named_or_changes_only_a_value() {
    flip_members(1);
}

#[test]
fn cut_and_doubled_members_are_named() {
    let members = orders().members();
    let fixture = Fixture::new(&write(&members));
    let expected = whole(&fixture);
    for (index, (name, content)) in members.iter().enumerate() {
        let is_part = name.starts_with("Data/");
        for at in (0..content.len()).step_by(if is_part { 1 } else { 7 }) {
            let doubled = [&content[..], &content[at..]].concat();
            for (how, content) in [("cut", content[..at].to_vec()), ("doubled", doubled)] {
                let mut damaged = members.clone();
                damaged[index].1 = content;
                let what = format!("{name}, {how} at {at}");
                let outcome = outcome(&fixture, &write(&damaged), &what);
                if is_part {
                    check_part(&outcome, &expected, &what);
                } else {
                    check(&outcome, &expected, &what);
                }
            }
        }
    }
}
