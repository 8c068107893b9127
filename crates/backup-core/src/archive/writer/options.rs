//! Options of the archive writer.

use std::thread;
use std::time::SystemTime;

use crate::model::TOOL;

/// Options of the archive writer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WriterOptions {
    /// The compression level of zstd; 3 by default.
    pub level: i32,
    /// The number of threads that compress. By default, the number of cores.
    pub threads: usize,
    /// The length of plaintext at which a part is closed, in bytes; 64 MiB by default. The
    /// compressed frames of a part wait in memory until it is closed. If they take 24 MiB, it is
    /// closed earlier.
    pub part_bytes: u64,
    /// The program that the bag names as its creator.
    pub tool: String,
    /// When the archive was created; now by default.
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
    /// Sets the compression level of zstd.
    pub fn level(mut self, level: i32) -> Self {
        self.level = level;
        self
    }

    /// Sets the number of threads that compress.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets the length of plaintext at which a part is closed, in bytes.
    pub fn part_bytes(mut self, bytes: u64) -> Self {
        self.part_bytes = bytes.max(1);
        self
    }

    /// Sets when the archive was created.
    pub fn created(mut self, created: SystemTime) -> Self {
        self.created = Some(created);
        self
    }
}
