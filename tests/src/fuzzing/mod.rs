//! The fuzz targets: for each, a function over bytes that panics if a promise is broken, and the seeds that
//! fuzzing begins with.
//!
//! `fuzz/` runs them under libFuzzer. A test runs each over its seeds and over every input that was ever
//! found to break it, without any other tool.

mod archive;
mod codec;
mod csv;
mod frames;
mod input;
mod manifest;
mod members;
mod panics;
mod samples;
mod sqlite;
mod tar;
mod workbook;
mod zip;

use input::Input;

/// A name, and the bytes of a seed.
pub type Seed = (String, Vec<u8>);

/// A fuzz target.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Takes any bytes; panics if a promise is broken.
    pub run: fn(&[u8]),
    /// The seeds.
    pub seeds: fn() -> Vec<Seed>,
    /// How much memory one run may take, whatever its input.
    pub memory_bytes: usize,
    /// How much more for each byte of its input, which may be kept in a decoded form.
    pub memory_a_byte: usize,
    /// The greatest length of an input: enough to reach the limits of the code.
    pub input_bytes: usize,
}

impl Target {
    /// How much memory a run over this many bytes may take.
    pub fn memory_for(&self, input_bytes: usize) -> usize {
        self.memory_bytes + self.memory_a_byte * input_bytes
    }
}

/// Some frames of 2 MiB pass through the threads, whatever an archive claims.
const LAYER_BYTES: usize = 64 << 20;

/// The memory limit of the library that reads workbooks. The real limit is higher, because real workbooks
/// need it; here a low one makes the refusal fast.
const WORKBOOK_BYTES: usize = 256 << 20;

/// Every target.
pub const TARGETS: [Target; 10] = [
    // Every record is kept, and each may be a byte of text.
    Target {
        name: "codec",
        run: codec::run,
        seeds: codec::seeds,
        memory_bytes: LAYER_BYTES,
        memory_a_byte: 512,
        input_bytes: 1 << 20,
    },
    // A frame has at most 2 MiB of plaintext, and little more if that does not compress.
    Target {
        name: "frames",
        run: frames::run,
        seeds: frames::seeds,
        memory_bytes: LAYER_BYTES,
        memory_a_byte: 16,
        input_bytes: 5 << 19,
    },
    // A path has at most 4 KiB, a pax header 16 KiB.
    Target {
        name: "members",
        run: members::run,
        seeds: members::seeds,
        memory_bytes: LAYER_BYTES,
        memory_a_byte: 16,
        input_bytes: 1 << 20,
    },
    // A manifest has at most 1,048,576 objects, the shortest of which is `{},`.
    Target {
        name: "manifest",
        run: manifest::run,
        seeds: manifest::seeds,
        memory_bytes: LAYER_BYTES,
        memory_a_byte: 256,
        input_bytes: 4 << 20,
    },
    // The same as for frames.
    Target {
        name: "archive",
        run: archive::run,
        seeds: archive::seeds,
        memory_bytes: LAYER_BYTES,
        memory_a_byte: 16,
        input_bytes: 5 << 19,
    },
    // At most a few megabytes are read to detect the encoding. Every record is kept.
    Target {
        name: "csv",
        run: csv::run,
        seeds: csv::seeds,
        memory_bytes: LAYER_BYTES,
        memory_a_byte: 96,
        input_bytes: 16 << 20,
    },
    // The parts of a workbook may have 16 MiB here.
    Target {
        name: "workbook",
        run: workbook::run_package,
        seeds: workbook::package_seeds,
        memory_bytes: WORKBOOK_BYTES,
        memory_a_byte: 16,
        input_bytes: 17 << 20,
    },
    Target {
        name: "workbook_xls",
        run: workbook::run_xls,
        seeds: workbook::xls_seeds,
        memory_bytes: WORKBOOK_BYTES,
        memory_a_byte: 16,
        input_bytes: 17 << 20,
    },
    // Pages have at most 64 KiB; a log changes many.
    Target {
        name: "sqlite",
        run: sqlite::run,
        seeds: sqlite::seeds,
        memory_bytes: LAYER_BYTES,
        memory_a_byte: 16,
        input_bytes: 4 << 20,
    },
    // All members may have 8 MiB here.
    Target {
        name: "zip",
        run: zip::run,
        seeds: zip::seeds,
        memory_bytes: WORKBOOK_BYTES,
        memory_a_byte: 16,
        input_bytes: 9 << 20,
    },
];

/// The target of this name.
pub fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).expect("a target of this name")
}

/// Runs a target over these bytes.
pub fn run(target: &Target, bytes: &[u8]) {
    panics::catch_panics(|| (target.run)(bytes));
}
