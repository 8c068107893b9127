//! How an archive is written.

use std::thread;
use std::time::SystemTime;

use crate::model::TOOL;

/// How an archive is written.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WriterOptions {
    /// zstd's level; 3 by default.
    pub level: i32,
    /// How many threads compress; as many as there are cores by default.
    pub threads: usize,
    /// The bytes of plaintext at which a part closes, 64 MiB by default. Its compressed frames wait in
    /// memory until then.
    pub part_bytes: u64,
    /// The program that the bag names as its writer.
    pub tool: String,
    /// When the archive was begun; now by default.
    pub created: Option<SystemTime>,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            level: 3,
            threads: thread::available_parallelism().map_or(1, usize::from),
            part_bytes: 64 * 1024 * 1024,
            tool: TOOL.into(),
            created: None,
        }
    }
}

impl WriterOptions {
    /// Sets zstd's level.
    pub fn level(mut self, level: i32) -> Self {
        self.level = level;
        self
    }

    /// Sets how many threads compress.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets at how many bytes of plaintext a part closes.
    pub fn part_bytes(mut self, bytes: u64) -> Self {
        self.part_bytes = bytes.max(1);
        self
    }

    /// Sets when the archive was begun.
    pub fn created(mut self, created: SystemTime) -> Self {
        self.created = Some(created);
        self
    }
}
