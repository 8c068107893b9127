//! `data/contents.jsonl`: the tables and files of an archive, independent of how and when it was made.
//!
//! One line for each table and each file, in RFC 8785 form, sorted by their bytes. The SHA-256 of the
//! file is the content id.

use serde_json::{Value, json};

use crate::record::{Digest, Table};

/// Collects the lines of `contents.jsonl`, in any order.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    lines: Vec<Vec<u8>>,
}

impl Contents {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a table.
    pub fn table(&mut self, table: &Table, rows: u64, digest: Digest) {
        let columns = table.columns.iter().map(|column| (&column.label, column.kind.as_str()));
        self.push(&json!({
            "columns": columns.collect::<Vec<_>>(),
            "csv": format!("sha256:{digest}"),
            "name": table.name,
            "rows": rows,
        }));
    }

    /// Adds a file.
    pub fn file(&mut self, path: &str, bytes: u64, sha256: Digest) {
        self.push(&json!({ "bytes": bytes, "path": path, "sha256": sha256 }));
    }

    fn push(&mut self, line: &Value) {
        let mut text = serde_json_canonicalizer::to_vec(line)
            .expect("strings and whole numbers always have a canonical form");
        text.push(b'\n');
        self.lines.push(text);
    }

    /// The bytes of `contents.jsonl`.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.lines.sort_unstable();
        self.lines.concat()
    }

    /// The content id: the SHA-256 of `contents.jsonl`.
    pub fn into_id(self) -> Digest {
        Digest::of(&self.into_bytes())
    }
}
