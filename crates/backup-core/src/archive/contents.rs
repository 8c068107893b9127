//! `data/contents.jsonl`: the tables and files of an archive. It does not depend on how and when
//! the archive was created.
//!
//! It has one line for each table and each file, in the form of RFC 8785. The lines are sorted
//! bytewise. The SHA-256 of the file is the content id.

use serde_json::{Value, json};

use crate::record::{Digest, Table};

/// Collects the lines of `contents.jsonl`. Their order does not matter.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    lines: Vec<Vec<u8>>,
}

impl Contents {
    /// Contents without tables and files.
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
