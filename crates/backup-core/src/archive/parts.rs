//! A table that is being written. It is cut into parts, and each part into frames.

use super::frame::{Compressors, PendingFrame};
use super::text::TableText;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::{Dialect, Field, Origin, Part, Resource, Schema, TableFacts};
use crate::record::{Digest, MAX_COLUMNS, Table, TableDigest, safe_labels};

/// A table that is being written.
pub(super) struct OpenTable {
    pub(super) text: TableText,
    pub(super) origin: Origin,
    pub(super) slug: String,
    pub(super) header: Vec<u8>,
    pub(super) digest: TableDigest,
    /// Text of the current part that is not in a frame yet.
    pub(super) plain: Vec<u8>,
    /// The number of bytes in `plain` that are hashed.
    pub(super) hashed: usize,
    /// Frames of the current part.
    pub(super) frames: Vec<PendingFrame>,
    /// The number of these frames whose length `waiting_bytes` includes.
    counted: usize,
    /// The compressed bytes of the frames that are counted.
    pub(super) waiting_bytes: usize,
    pub(super) part_bytes: u64,
    pub(super) part_first_row: u64,
    pub(super) parts: Vec<Part>,
}

impl OpenTable {
    /// Begins a table whose members are named after `slug`.
    pub(super) fn new(table: Table, origin: Origin, slug: String) -> Self {
        let text = TableText::new(table);
        let header = text.header();
        Self {
            text,
            origin,
            slug,
            digest: TableDigest::new(&header),
            plain: header.clone(),
            hashed: header.len(),
            part_bytes: header.len() as u64,
            header,
            frames: Vec::new(),
            counted: 0,
            waiting_bytes: 0,
            part_first_row: 0,
            parts: Vec::new(),
        }
    }

    pub(super) fn hash(&mut self) {
        self.digest.records(&self.plain[self.hashed..]);
        self.hashed = self.plain.len();
    }

    /// Compresses the full frames.
    pub(super) fn compress_full_frames(&mut self, compressors: &Compressors) -> Result<()> {
        self.hash();
        self.frames.extend(compressors.submit_full(&mut self.plain)?);
        self.hashed = self.plain.len();
        // Adds the length of every frame except the last `depth`, which may still be in the pool,
        // and waits for a frame that is not ready. If only ready frames were counted, the place
        // where a part ends would depend on the timing of threads.
        while self.counted + compressors.depth < self.frames.len() {
            self.waiting_bytes += self.frames[self.counted].peek()?.compressed.len();
            self.counted += 1;
        }
        Ok(())
    }

    pub(super) fn begin_part(&mut self) {
        (self.counted, self.waiting_bytes) = (0, 0);
        self.plain.clear();
        self.plain.extend_from_slice(&self.header);
        self.hashed = self.header.len();
        self.part_bytes = self.header.len() as u64;
        self.part_first_row = self.text.rows;
        self.digest.begin_part(&self.header);
    }
}

/// Refuses a table that the format cannot store.
pub(crate) fn check_table(table: &Table) -> Result<()> {
    let columns = table.columns.len();
    let refused = match columns {
        0 => Error::record(message!("table-no-columns")),
        1..=MAX_COLUMNS => return Ok(()),
        _ => {
            let most = MAX_COLUMNS.to_string();
            Error::limit(message!("table-columns", columns = columns.to_string(), most = most))
        }
    };
    Err(refused.in_table(&table.name))
}

/// The path of a table's part. Parts are counted from 1.
pub(crate) fn part_path(slug: &str, number: usize) -> String {
    format!("data/tables/{slug}/part-{number:08}.csv")
}

/// The resource of a table in the manifest. `slug` is the name of the resource.
pub(super) fn resource(
    table: &Table,
    slug: String,
    facts: TableFacts,
    digest: Digest,
    bytes: u64,
) -> Resource {
    let labels = safe_labels(table.columns.iter().map(|column| column.label.as_str()));
    let fields = table.columns.iter().zip(&labels);
    let relative = |number| part_path(&slug, number)["data/".len()..].to_owned();
    Resource {
        title: table.name.clone(),
        path: (1..=facts.parts.len()).map(relative).collect(),
        profile: "tabular-data-resource".into(),
        scheme: "file".into(),
        format: "csv".into(),
        mediatype: "text/csv".into(),
        encoding: "utf-8".into(),
        hash: format!("sha256:{digest}"),
        bytes,
        dialect: Dialect::default(),
        schema: Schema {
            fields: fields.map(|(column, safe)| Field::new(column, safe)).collect(),
            missing_values: vec![String::new()],
        },
        backup: facts,
        name: slug,
    }
}
