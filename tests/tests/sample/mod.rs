//! An archive of several encrypted chunks and frames, to be damaged, and what must be restored of
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use backup_core::archive::WriterOptions;
use backup_core::model::Manifest;
use backup_core::record::{Column, Record, Table};
use backup_core::{Report, RestoreOptions, restore_folder};
use crm_backup_tests::layers::{AgeKey, ENCRYPTED_CHUNK, Frame, frames, payload_start, unpacked};
use crm_backup_tests::noise::{noise, noisy};
use crm_backup_tests::{Keys, files_below, write_archive};
use tempfile::TempDir;

/// An archive, and everything about it that the tests need.
pub(crate) struct Sample {
    pub(crate) keys: Keys,
    pub(crate) encrypted: Vec<u8>,
    pub(crate) manifest: Manifest,
    pub(crate) frames: Vec<Frame>,
    pub(crate) tar: Vec<u8>,
    pub(crate) folder: TempDir,
}

/// The position of a member in the tar, from its header to the end of its content.
pub(crate) type Span = (u64, u64);

pub(crate) const CHUNK: u64 = 64 * 1024;

pub(crate) fn contacts() -> (Table, Vec<Record>) {
    let record = |id: i64| {
        let mut record = Record::new();
        record.push_integer(id);
        record.push_text("Ada");
        record
    };
    (Table::new("contacts", ["id", "name"].map(Column::any)), (1..=300).map(record).collect())
}

impl Sample {
    pub(crate) fn new() -> Self {
        let keys = Keys::generate();
        let tables = [noisy("accounts", 1, 300), contacts(), noisy("deals", 2, 300)];
        let files = [("a.bin".to_owned(), noise(150_000, 3)), ("b.bin".to_owned(), noise(9, 4))];
        let options = WriterOptions::default().level(1).part_bytes(900_000);
        let (finished, encrypted) = write_archive(&keys, options, &tables, &files);
        let compressed = AgeKey::of(&keys.identity_file).decrypt(&encrypted);
        let frames = frames(&compressed);
        let tar = frames.iter().flat_map(unpacked).collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { keys, encrypted, manifest: finished.manifest, frames, tar, folder }
    }

    pub(crate) fn chunks(&self) -> usize {
        (self.encrypted.len() - payload_start(&self.encrypted)).div_ceil(ENCRYPTED_CHUNK)
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("a.tar.zst.age");
        fs::write(&path, bytes).expect("it is written");
        path
    }

    /// Restores the intact members; returns the report, and every file below the folder with its
    /// bytes.
    pub(crate) fn salvage(
        &self,
        bytes: &[u8],
        options: RestoreOptions,
    ) -> (Report, BTreeMap<String, Vec<u8>>) {
        let (archive, out) = (self.write(bytes), self.folder.path().join("out"));
        let report =
            restore_folder(&archive, &self.keys.identities, &out, &options.salvage(true), &())
                .unwrap_or_else(|error| panic!("damage is an error: {error}"));
        if !out.exists() {
            return (report, BTreeMap::new());
        }
        let restored = files_below(&out).into_iter().map(|path| {
            let name = path.strip_prefix(&out).expect("it is below").display().to_string();
            (name, fs::read(path).expect("it is read"))
        });
        let restored = restored.collect();
        fs::remove_dir_all(out).expect("it is removed");
        (report, restored)
    }

    /// The encrypted chunks that must be intact for these bytes of the tar.
    pub(crate) fn chunks_of(&self, (from, to): Span) -> BTreeSet<u64> {
        let (mut plain, mut compressed) = (0, 0);
        let mut chunks = BTreeSet::new();
        for (bytes, unpacked) in &self.frames {
            let (start, end) = (plain, plain + u64::from(*unpacked));
            let packed = compressed..compressed + bytes.len() as u64;
            if start < to && end > from {
                chunks.extend(packed.start / CHUNK..=(packed.end - 1) / CHUNK);
            }
            (plain, compressed) = (end, packed.end);
        }
        chunks
    }

    /// Parts, by table and member, with their content after the header line.
    pub(crate) fn parts(&self) -> Vec<(&str, String, Span)> {
        let parts = self.manifest.resources.iter().flat_map(|resource| {
            resource.path.iter().zip(&resource.backup.parts).map(|(path, part)| {
                let span = (part.offset, part.offset + 512 + part.bytes);
                (resource.title.as_str(), format!("data/{path}"), span)
            })
        });
        parts.collect()
    }

    pub(crate) fn files(&self) -> Vec<(&str, String, Span)> {
        let files = self.manifest.backup.files.iter().map(|file| {
            (file.path.as_str(), file.member.clone(), (file.offset, file.offset + 512 + file.bytes))
        });
        files.collect()
    }

    pub(crate) fn content(&self, (from, to): Span) -> &[u8] {
        &self.tar[from as usize + 512..to as usize]
    }

    /// The content of a table's file, from its intact parts.
    pub(crate) fn csv(&self, table: &str, damaged: &dyn Fn(Span) -> bool) -> Option<Vec<u8>> {
        let parts = self.parts();
        let whole = parts.iter().filter(|(name, _, span)| *name == table && !damaged(*span));
        let mut csv = Vec::new();
        for (_, _, span) in whole {
            let content = self.content(*span);
            let header = content.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
            csv.extend_from_slice(&content[if csv.is_empty() { 0 } else { header }..]);
        }
        (!csv.is_empty()).then_some(csv)
    }

    /// The files to be restored by name if these spans are damaged, and the missing members.
    pub(crate) fn expected(
        &self,
        damaged: &dyn Fn(Span) -> bool,
    ) -> (BTreeMap<String, Vec<u8>>, BTreeSet<String>) {
        let mut restored = BTreeMap::new();
        for resource in &self.manifest.resources {
            let all = self
                .parts()
                .into_iter()
                .all(|(name, _, span)| name != resource.title || !damaged(span));
            if let Some(csv) = self.csv(&resource.title, damaged) {
                let word = if all { "" } else { ".incomplete" };
                restored.insert(format!("tables/{}{word}.csv", resource.title), csv);
            }
        }
        for (path, _, span) in self.files().into_iter().filter(|(_, _, span)| !damaged(*span)) {
            restored.insert(format!("files/{path}"), self.content(span).to_vec());
        }
        let all = self.parts().into_iter().chain(self.files());
        let missing = all.filter(|(_, _, span)| damaged(*span)).map(|(_, member, _)| member);
        (restored, missing.collect())
    }
}
