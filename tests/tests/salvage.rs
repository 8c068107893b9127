//! A salvage restores the intact members of a damaged archive, even after the damage, and names the
//! rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::record::{Column, Record, Table};
use backup_core::{
    Report, RestoreOptions, Severity, Verdict, VerifyOptions, restore_folder, verify,
};
use crm_backup_tests::layers::{AgeKey, ENCRYPTED_CHUNK, packed, payload_start, with_table};
use crm_backup_tests::noise::noise;
use crm_backup_tests::{Keys, files_below, write_archive};

use crate::sample::{CHUNK, Sample, Span};

/// The members that failures name.
fn named_members(report: &Report) -> BTreeSet<String> {
    let failures = report.findings().iter().filter(|finding| finding.severity == Severity::Failure);
    failures.filter_map(|finding| finding.path.clone()).collect()
}

/// The content of the note in the folder.
const NOTE: &str = "SALVAGE.txt";

/// Compares the restored files; returns the note in the folder, if there is one.
fn assert_same(
    what: &str,
    restored: &BTreeMap<String, Vec<u8>>,
    expected: &BTreeMap<String, Vec<u8>>,
) -> Option<String> {
    let names = |all: &BTreeMap<String, Vec<u8>>| {
        all.keys().filter(|name| *name != NOTE).cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(restored), names(expected), "{what}: the restored files differ");
    for (name, bytes) in expected {
        assert!(restored[name] == *bytes, "{what}: {name} has other bytes");
    }
    restored.get(NOTE).map(|note| String::from_utf8(note.clone()).expect("it is text"))
}

/// Fails unless the note lists all failures, and exactly the intact members.
fn assert_reported(what: &str, note: &str, report: &Report, restored: &BTreeMap<String, Vec<u8>>) {
    for finding in report.findings() {
        let is_reported =
            finding.severity != Severity::Failure || note.contains(&finding.message.to_string());
        assert!(is_reported, "{what}: the note does not say that {}:\n{note}", finding.message);
    }
    let (_, whole) = note.split_once("Whole:\n").unwrap_or((note, ""));
    let listed: BTreeSet<_> = whole.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    let incomplete = |name: &String| name.contains(".incomplete.");
    let whole: BTreeSet<_> =
        restored.keys().filter(|name| !incomplete(name)).map(String::as_str).collect();
    assert_eq!(listed, whole, "{what}: the note lists other files as intact");
}

#[test]
fn one_damaged_chunk_does_not_prevent_salvaging_the_rest() {
    let sample = Sample::new();
    let start = payload_start(&sample.encrypted);
    // From the manifest on, nothing can be proven if a chunk is missing.
    let all = sample.parts().into_iter().chain(sample.files());
    let manifest = all.map(|(_, _, (_, to))| to).max().expect("there are members");
    let tail = sample.chunks_of((manifest + 512, sample.tar.len() as u64));
    let tail = tail.into_iter().next().expect("the manifest has a position");
    assert!(tail > 8, "{tail} chunks are too few");
    let (mut past_damage, mut beginnings) = (0, 0);
    for chunk in 0..tail {
        let mut bytes = sample.encrypted.clone();
        bytes[start + chunk as usize * ENCRYPTED_CHUNK + 99] ^= 1;
        let what = format!("chunk {chunk} is damaged");
        let (report, restored) = sample.salvage(&bytes, RestoreOptions::default());
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}, but it is not reported");
        let damaged = |span: Span| sample.chunks_of(span).contains(&chunk);
        let (expected, missing) = sample.expected(&damaged);
        let (unproven, restored): (BTreeMap<_, _>, BTreeMap<_, _>) =
            restored.into_iter().partition(|(name, _)| name.starts_with("unproven/"));
        let tar = stock(&sample, chunk as usize);
        let recovered = assert_no_less(&what, &unproven, &report, &sample, &tar, &damaged);
        assert_eq!(recovered.0 + recovered.1, unproven.len() as u64, "{what}: more is restored");
        beginnings += recovered.0;
        let note = assert_same(&what, &restored, &expected);
        let note = note.unwrap_or_else(|| panic!("{what}, but the note does not say it"));
        assert_reported(&what, &note, &report, &expected);
        assert_eq!(
            named_members(&report),
            missing,
            "{what}: other members are reported as missing"
        );
        let all = sample.parts().into_iter().chain(sample.files());
        let beyond = |span| sample.chunks_of(span).into_iter().all(|other| other > chunk);
        past_damage += all.filter(|(_, _, span)| beyond(*span)).count();

        let archive = sample.write(&bytes);
        let options = VerifyOptions::default();
        let verified = verify(&archive, &sample.keys.identities, &options, &()).expect("it opens");
        assert_eq!(verified.verdict(), Some(Verdict::Failed), "{what}, but it is not reported");
        assert_eq!(named_members(&verified), missing, "{what}: verify names other members");
        let whole: u64 = verified.results().checks.iter().map(|check| check.count).sum();
        let all = sample.parts().len() + sample.files().len();
        assert_eq!(whole as usize, all - missing.len(), "{what}: intact members are not listed");
    }
    crm_backup_tests::tried!(
        "salvage: {tail} chunks damaged, {past_damage} members beyond the damage, {beginnings} begun"
    );
    assert!(beginnings > 8, "no member had a readable beginning");
    assert!(past_damage > 8, "nothing after the damage could be restored");
}

/// The members that must be found without a manifest, with their bytes.
fn found_in_order(sample: &Sample, lost: &dyn Fn(u64) -> bool) -> BTreeMap<String, Vec<u8>> {
    let all = sample.parts().into_iter().chain(sample.files());
    let whole = all.filter(|(_, _, span)| {
        // The last block of a part is padded, and complete only with the padding.
        let (from, to) = *span;
        !sample.chunks_of((from, to.next_multiple_of(512))).into_iter().any(lost)
    });
    let found = whole
        .map(|(_, member, span)| (format!("unproven/{member}"), sample.content(span).to_vec()));
    found.collect()
}

fn assert_found(
    what: &str,
    restored: &BTreeMap<String, Vec<u8>>,
    sample: &Sample,
    lost: &dyn Fn(u64) -> bool,
) {
    let expected = found_in_order(sample, lost);
    for (name, bytes) in &expected {
        assert!(restored.get(name) == Some(bytes), "{what}: {name} is not restored");
    }
    let all = sample.parts().into_iter().chain(sample.files());
    let true_bytes: BTreeMap<_, _> = all
        .map(|(_, member, span)| (format!("unproven/{member}"), sample.content(span).to_vec()))
        .collect();
    for (name, bytes) in restored {
        if let Some(truth) = true_bytes.get(name) {
            assert!(bytes == truth, "{what}: {name} has other bytes");
        }
    }
}

#[test]
fn salvage_recovers_members_of_a_truncated_archive() {
    let sample = Sample::new();
    let start = payload_start(&sample.encrypted);
    let chunks = sample.chunks();
    for whole_chunks in 0..chunks {
        let length = start + whole_chunks * ENCRYPTED_CHUNK + 1_000;
        let cut = &sample.encrypted[..length.min(sample.encrypted.len() - 1)];
        let what = format!("{whole_chunks} chunks are left");
        let (report, restored) = sample.salvage(cut, RestoreOptions::default());
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}, but it is not reported");
        assert!(!report.skipped().is_empty(), "{what}: the missing proof is not reported");
        assert_found(&what, &restored, &sample, &|chunk| chunk >= whole_chunks as u64);
        let outside = restored.keys().filter(|name| !name.starts_with("unproven/"));
        let outside: Vec<_> = outside.filter(|name| *name != NOTE).collect();
        assert_eq!(outside, [""; 0], "{what}: unverified files are listed as verified");
        if let Some(note) = restored.get(NOTE) {
            let note = String::from_utf8(note.clone()).expect("it is text");
            assert_reported(&what, &note, &report, &BTreeMap::new());
            assert!(note.contains("tail -n +2"), "{what}: the note does not say how to join parts");
        } else {
            assert!(restored.is_empty(), "{what}: the note does not say that nothing is proven");
        }
    }
    assert!(chunks > 8, "{chunks} chunks are too few");
    crm_backup_tests::tried!("salvage without an end: {chunks} lengths");
}

/// What `age -d | zstd -d | tar x` restores before it fails, emulated without tar.
fn stock(sample: &Sample, whole_chunks: usize) -> Vec<u8> {
    let compressed = AgeKey::of(&sample.keys.identity_file).decrypt(&sample.encrypted);
    let cut = &compressed[..(whole_chunks * CHUNK as usize).min(compressed.len())];
    let mut decoder = zstd::stream::read::Decoder::new(cut).expect("a decoder");
    let (mut tar, mut buffer) = (Vec::new(), vec![0; 1000]);
    while let Ok(count) = std::io::Read::read(&mut decoder, &mut buffer)
        && count > 0
    {
        tar.extend_from_slice(&buffer[..count]);
    }
    tar
}

/// `NAME.WORD.EXTENSION`
fn marker_name(member: &str, word: &str) -> String {
    let (stem, extension) = member.rsplit_once('.').expect("members have extensions");
    format!("unproven/{stem}.{word}.{extension}")
}

/// Fails unless at least as much of these members is restored as tar would. Returns how many
/// beginnings there are, and how many have no checksum.
fn assert_no_less(
    what: &str,
    restored: &BTreeMap<String, Vec<u8>>,
    report: &Report,
    sample: &Sample,
    tar: &[u8],
    of: &dyn Fn(Span) -> bool,
) -> (u64, u64) {
    let (mut beginnings, mut unchecked) = (0, 0);
    let tables = sample.parts().into_iter().map(|part| (true, part));
    let all = tables.chain(sample.files().into_iter().map(|file| (false, file)));
    for (table, (_, member, span)) in all.filter(|(_, (_, _, span))| of(*span)) {
        let [incomplete, whole_unchecked] =
            ["incomplete", "unchecked"].map(|word| restored.get(&marker_name(&member, word)));
        let there = (tar.len() as u64).saturating_sub(span.0 + 512) as usize;
        let content = sample.content(span);
        let named_members = named_members(report).contains(&member);
        if there >= content.len() {
            let whole = restored.get(&format!("unproven/{member}"));
            let recovered = whole.or(whole_unchecked);
            assert!(
                recovered.is_some_and(|recovered| recovered == content),
                "{what}: {member} is missing"
            );
            assert_eq!(named_members, whole.is_none(), "{what}: it is not reported for {member}");
            unchecked += u64::from(whole.is_none());
            continue;
        }
        // None of these records has a line break in a cell.
        let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
        let end = content[..there].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let expected = if table { &content[..end] } else { &content[..there] };
        let nothing = if table { lines(expected) < 2 } else { expected.is_empty() };
        match incomplete {
            recovered if nothing => assert!(recovered.is_none(), "{what}: {member} exists"),
            Some(recovered) => {
                assert!(recovered == expected, "{what}: {member} has another beginning");
                assert!(named_members, "{what}: {member} is not reported as incomplete");
                beginnings += 1;
            }
            None => panic!("{what}: the beginning of {member} is missing"),
        }
    }
    (beginnings, unchecked)
}

#[test]
fn salvage_recovers_no_less_than_stock_tools() {
    let sample = Sample::new();
    let start = payload_start(&sample.encrypted);
    let (mut beginnings, mut unchecked) = (0, 0);
    for whole_chunks in 1..sample.chunks() {
        let length = start + whole_chunks * ENCRYPTED_CHUNK + 1_000;
        let cut = &sample.encrypted[..length.min(sample.encrypted.len() - 1)];
        let what = format!("{whole_chunks} chunks are left");
        let (report, restored) = sample.salvage(cut, RestoreOptions::default());
        let tar = stock(&sample, whole_chunks);
        let recovered = assert_no_less(&what, &restored, &report, &sample, &tar, &|_| true);
        beginnings += recovered.0;
        unchecked += recovered.1;
    }
    assert!(beginnings > 8 && unchecked > 2, "{beginnings} beginnings, {unchecked} unchecked");
    crm_backup_tests::tried!("salvage: {beginnings} beginnings, {unchecked} unchecked members");
}

/// A line break in a cell is not the end of its record, and a doubled quote is not the end of its
/// cell.
#[test]
fn a_truncated_table_ends_with_a_whole_record() {
    let keys = Keys::generate();
    let record = |n: u64| {
        let hex: String = noise(2_000, n * 977).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut record = Record::new();
        record.push_text(&format!("{hex}\n\"{hex}\",\n"));
        record
    };
    let records: Vec<_> = (0..200).map(record).collect();
    let table = (Table::new("notes", [Column::text("note")]), records);
    let options = WriterOptions::default().level(1);
    let (_, encrypted) = write_archive(&keys, options, &[table], &[]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let archive = folder.path().join("a.tar.zst.age");
    let mut recovered = 0;
    for chunks in 2..(encrypted.len() - payload_start(&encrypted)) / ENCRYPTED_CHUNK {
        let cut = payload_start(&encrypted) + chunks * ENCRYPTED_CHUNK;
        fs::write(&archive, &encrypted[..cut]).expect("it is written");
        let out = folder.path().join(format!("out-{chunks}"));
        let options = RestoreOptions::default().salvage(true);
        let report = restore_folder(&archive, &keys.identities, &out, &options, &());
        report.expect("damage is not an error");
        let is_csv = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "csv");
        let Some(path) = files_below(&out).into_iter().find(is_csv) else { continue };
        let text = fs::read_to_string(path).expect("it is text");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let whole = reader.records().filter(|record| {
            let record = record.as_ref().expect("it is CSV");
            record[0].ends_with("\",\n") && record[0].len() == 8_005
        });
        let (whole, all) =
            (whole.count(), csv::Reader::from_reader(text.as_bytes()).records().count());
        assert_eq!(whole, all, "{chunks} chunks are left: a record is cut");
        recovered += whole;
    }
    assert!(recovered > 100, "only {recovered} records were restored");
}

#[test]
fn salvage_recovers_both_sides_of_a_gap_in_a_truncated_archive() {
    let sample = Sample::new();
    let start = payload_start(&sample.encrypted);
    let last = sample.chunks() - 1;
    for damaged in 0..last {
        let mut bytes = sample.encrypted.clone();
        bytes[start + damaged * ENCRYPTED_CHUNK + 5] ^= 1;
        bytes[start + last * ENCRYPTED_CHUNK + 5] ^= 1;
        let what = format!("chunks {damaged} and {last} are damaged");
        let (report, restored) = sample.salvage(&bytes, RestoreOptions::default());
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}, but it is not reported");
        let lost = [damaged as u64, last as u64];
        assert_found(&what, &restored, &sample, &|chunk| lost.contains(&chunk));
    }
    crm_backup_tests::tried!("salvage without an end and with a gap: {last} gaps");
}

/// Authentic bytes that do not match their digest were changed by someone with the key.
#[test]
fn salvage_never_writes_an_unverified_part() {
    let sample = Sample::new();
    let key = AgeKey::of(&sample.keys.identity_file);
    let (table, member, span) = sample.parts().swap_remove(1);
    let mut tar = sample.tar.clone();
    tar[span.1 as usize - 2] ^= 1;
    let mut at = 0;
    let anew = sample.frames.iter().map(|(_, plain)| {
        at += *plain as usize;
        packed(&tar[at - *plain as usize..at])
    });
    let bytes = key.encrypt(&with_table(&anew.collect::<Vec<_>>()));
    let (report, restored) = sample.salvage(&bytes, RestoreOptions::default());
    assert_eq!(named_members(&report), BTreeSet::from([member]), "another part is missing");
    let (expected, _) = sample.expected(&|other| other == span);
    let _ = assert_same(&format!("a part of {table} is forged"), &restored, &expected);

    let only = RestoreOptions::default().table("contacts");
    let (_, restored) = sample.salvage(&bytes, only);
    assert_eq!(
        restored.keys().collect::<Vec<_>>(),
        [NOTE, "tables/contacts.csv"],
        "only the requested members"
    );
}

#[test]
fn salvage_restores_an_intact_archive_fully() {
    let sample = Sample::new();
    let (report, restored) = sample.salvage(&sample.encrypted, RestoreOptions::default());
    assert!(!report.has_failure(), "it has findings: {:?}", report.findings());
    let note = assert_same("nothing is damaged", &restored, &sample.expected(&|_| false).0);
    assert_eq!(note, None, "there is a note on missing files");
}

#[test]
fn a_missing_table_is_an_error_and_a_fully_damaged_table_leaves_no_file() {
    let sample = Sample::new();
    let out = sample.folder.path().join("out");
    let archive = sample.write(&sample.encrypted);
    let names = ["contacts", "nosuch"];
    for (count, known) in [(1, false), (2, true)] {
        let options = RestoreOptions::default().salvage(true);
        let requested = names.iter().skip(usize::from(!known)).take(count);
        let options = requested.fold(options, |options, name| options.table(*name));
        let restored = restore_folder(&archive, &sample.keys.identities, &out, &options, &());
        let error = restored.expect_err("a missing table is restored");
        assert!(error.to_string().contains("nosuch"), "the error does not name it: {error}");
        assert!(!out.exists(), "something is restored");
    }
    let (_, _, span) = *sample.parts().iter().find(|part| part.0 == "contacts").expect("a part");
    let mut bytes = sample.encrypted.clone();
    let chunk = sample.chunks_of(span).first().copied().expect("it is in a chunk") as usize;
    bytes[payload_start(&sample.encrypted) + chunk * ENCRYPTED_CHUNK + 7] ^= 1;
    let (report, restored) = sample.salvage(&bytes, RestoreOptions::default().table("contacts"));
    assert_eq!(report.verdict(), Some(Verdict::Failed), "it is not reported");
    let nothing = report.run().written.is_empty() && restored.is_empty();
    assert!(nothing, "a folder was created: {:?}", restored.keys());
}

#[test]
fn an_archive_with_an_unexpected_id_is_not_restored() {
    let sample = Sample::new();
    let other = backup_core::record::Digest::of(b"another");
    let options = RestoreOptions::default().verify(VerifyOptions::default().expect_id(other));
    for options in [options.clone(), options.table("contacts")] {
        let (report, restored) = sample.salvage(&sample.encrypted, options.clone());
        assert_eq!(report.verdict(), Some(Verdict::Failed), "salvage does not report it");
        assert!(restored.is_empty(), "salvage restores it");
        let (archive, out) = (sample.write(&sample.encrypted), sample.folder.path().join("out"));
        let report = restore_folder(&archive, &sample.keys.identities, &out, &options, &());
        let report = report.expect("it is checked");
        assert_eq!(report.verdict(), Some(Verdict::Failed), "it is not reported");
        assert!(!out.exists(), "it is restored");
    }
}

/// If the header cannot be decrypted, nothing can be restored.
#[test]
fn an_archive_without_its_header_cannot_be_salvaged() {
    let sample = Sample::new();
    let mut bytes = sample.encrypted.clone();
    // Changes a letter of the header's MAC to another letter.
    let letter = &mut bytes[payload_start(&sample.encrypted) - 20];
    *letter = if *letter == b'A' { b'B' } else { b'A' };
    let (report, restored) = sample.salvage(&bytes, RestoreOptions::default());
    assert_eq!(report.verdict(), Some(Verdict::Failed), "it is not reported");
    assert_eq!(restored.len(), 0, "something is restored");
    let left = fs::read_dir(sample.folder.path()).expect("the folder").count();
    assert_eq!(left, 1, "something is left beside {:?}", Path::new("a.tar.zst.age"));
}
