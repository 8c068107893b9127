//! The speed of each layer: how many megabytes of plaintext it processes in a second.
//!
//! A custom harness: each layer runs far longer than the resolution of the clock, and the best of
//! three runs counts.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use backup_core::archive::{AskPassphrase, Identity, KeyPair};
use backup_core::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use backup_core::record::{
    Column, DecodeError, Decoder, Digest, Encoder, Kind, Record, Sha256Writer, Table,
};
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::source::csv::{CsvOptions, CsvSource};
use backup_core::source::workbook::{WorkbookOptions, WorkbookSource};
use backup_core::source::{FileHead, Sink, Source, TableSummary};
use backup_core::{Finding, Monitor, internals};

use crate::{Result, alone};

const RUNS: usize = 3;

/// Measures every layer with this much CSV.
pub(crate) fn run(megabytes: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let csv = folder.path().join("csv");
    let paths = crm_fixtures::write_large_csv(&csv, 1, megabytes * 1_000_000)?;
    let activities = paths.last().ok_or("the generator wrote nothing")?;
    let text = fs::read(activities)?;
    println!("{:<44} {:>8}  of what", "layer, on one thread", "MB/s");

    codec(&text)?;
    hashing(&text)?;
    sources(activities, &text)?;
    frames(&text)?;
    encryption(&text)?;
    tars(&text)?;
    databases(&text)?;
    workbooks(folder.path(), megabytes)
}

/// Runs something three times, and prints the bytes per second of the fastest run.
fn measure(what: &str, of: &str, bytes: usize, mut run: impl FnMut() -> Result<()>) -> Result<()> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let started = Instant::now();
        run()?;
        best = best.min(started.elapsed().as_secs_f64());
    }
    println!("{what:<44} {:>8.0}  {of}", bytes as f64 / 1e6 / best);
    Ok(())
}

/// The table of a canonical CSV, with all columns of that kind, and the position of its first
/// record.
fn table_of(text: &[u8], kind: Kind) -> Result<(Table, usize)> {
    let end = text.iter().position(|byte| *byte == b'\n').ok_or("there is no header")?;
    let header = std::str::from_utf8(&text[..end])?;
    let columns = header.split(',').map(|label| Column { label: label.to_owned(), kind });
    Ok((Table::new("activities", columns), end + 1))
}

fn each_record(
    table: &Table,
    records: &[u8],
    mut each: impl FnMut(&Record) -> backup_core::Result<()>,
) -> Result<()> {
    let mut decoder = Decoder::new(table.kinds());
    for chunk in records.chunks(alone::FRAME_BYTES) {
        decoder.feed(chunk, |record| each(record).map_err(Stop::Taker))?;
    }
    Ok(decoder.finish()?)
}

#[derive(Debug)]
enum Stop {
    Text(DecodeError),
    Taker(backup_core::Error),
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Text(error)
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(error) => error.fmt(f),
            Self::Taker(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Stop {}

fn codec(text: &[u8]) -> Result<()> {
    let (table, start) = table_of(text, Kind::Text)?;
    let records = &text[start..];
    measure("codec: decode, `text` columns", "canonical CSV", records.len(), || {
        each_record(&table, records, |record| {
            black_box(record);
            Ok(())
        })
    })?;
    let some = first_records(&table, records, 100_000)?;
    encode("codec: encode, `text` columns", &table, &some)?;
    let (table, _) = table_of(text, Kind::Any)?;
    encode("codec: encode, `any` columns", &table, &some)?;
    let mut any = Vec::new();
    let encoder = Encoder::new(&table);
    some.iter().try_for_each(|record| encoder.record(record, &mut any))?;
    measure("codec: decode, `any` columns", "canonical CSV", any.len(), || {
        each_record(&table, &any, |record| {
            black_box(record);
            Ok(())
        })
    })
}

fn first_records(table: &Table, records: &[u8], most: usize) -> Result<Vec<Record>> {
    let mut some = Vec::new();
    each_record(table, records, |record| {
        if some.len() < most {
            some.push(record.clone());
        }
        Ok(())
    })?;
    Ok(some)
}

fn encode(what: &str, table: &Table, records: &[Record]) -> Result<()> {
    let encoder = Encoder::new(table);
    let mut out = Vec::new();
    records.iter().try_for_each(|record| encoder.record(record, &mut out))?;
    measure(what, "canonical CSV", out.len(), || {
        out.clear();
        records.iter().try_for_each(|record| encoder.record(record, &mut out))?;
        black_box(&out);
        Ok(())
    })
}

fn hashing(text: &[u8]) -> Result<()> {
    measure("SHA-256", "bytes", text.len(), || {
        let mut hash = Sha256Writer::new(std::io::sink());
        for chunk in text.chunks(alone::FRAME_BYTES) {
            std::io::Write::write_all(&mut hash, chunk)?;
        }
        black_box(hash.finish().0);
        Ok(())
    })
}

fn sources(path: &Path, text: &[u8]) -> Result<()> {
    // The file is canonical, so its digest is that of the table; without the digest there is no
    // recipe.
    let (digest, bytes) = (Digest::of(text), text.len() as u64);
    measure("source: CSV, with its recipe proven", "the file", text.len(), || {
        let mut sink = Nowhere { rows: 0, digest, bytes };
        Ok(CsvSource::new(path, "activities.csv", CsvOptions::default()).read(&mut sink)?)
    })
}

fn frames(text: &[u8]) -> Result<()> {
    let packed = internals::compress(text, 1, 3)?;
    let ratio = text.len() as f64 / packed.len() as f64;
    println!("  (this CSV is {ratio:.2} times as long as its frames at level 3)");
    measure("frames: zstd level 3", "plaintext", text.len(), || {
        black_box(internals::compress(text, 1, 3)?);
        Ok(())
    })?;
    let pieces: Vec<_> = text.chunks(alone::FRAME_BYTES).map(<[u8]>::to_vec).collect();
    measure("  zstd alone, level 3", "plaintext", text.len(), || {
        black_box(alone::compress(&pieces, 3, 1)?);
        Ok(())
    })?;
    measure("frames: decompress", "plaintext", text.len(), || {
        Ok(internals::decompress(&packed, 1, &mut std::io::sink())?)
    })
}

fn encryption(text: &[u8]) -> Result<()> {
    let key = KeyPair::generate();
    let recipients = [key.recipient().parse()?];
    let no_passphrase: AskPassphrase = Arc::new(|_| None);
    let file = key.identity_file(std::time::SystemTime::UNIX_EPOCH);
    let identities = Identity::parse_file(file.as_bytes(), "key", &no_passphrase)?;
    let encrypted = internals::encrypt(text, &recipients)?;
    measure("encrypt", "bytes, compressed in an archive", text.len(), || {
        black_box(internals::encrypt(text, &recipients)?);
        Ok(())
    })?;
    measure("decrypt", "bytes, compressed in an archive", text.len(), || {
        Ok(internals::decrypt(&encrypted, &identities, &mut std::io::sink())?)
    })
}

fn tars(text: &[u8]) -> Result<()> {
    for (what, bytes) in
        [("tar: parse members of 1 kB", 1_000), ("tar: parse one member", text.len())]
    {
        let tar = internals::tar(text.len() / bytes, bytes);
        measure(what, "tar", tar.len(), || {
            internals::untar(&tar[..], |_, bytes| {
                black_box(bytes);
            })?;
            Ok(())
        })?;
    }
    Ok(())
}

fn databases(text: &[u8]) -> Result<()> {
    let (table, start) = table_of(text, Kind::Text)?;
    let records = &text[start..];
    let mut loaded = None;
    measure("scratch: decode, and load into SQLite", "canonical CSV", records.len(), || {
        let mut scratch = SqliteScratch::in_memory()?;
        scratch.create_table(0, &table)?;
        each_record(&table, records, |record| scratch.insert(0, record))?;
        scratch.loaded()?;
        loaded = Some(scratch);
        Ok(())
    })?;
    let mut scratch = loaded.ok_or("nothing was loaded")?;
    measure("scratch: read back from SQLite", "canonical CSV", records.len(), || {
        black_box(scratch.read(0, &mut |record| {
            black_box(record);
            Ok(())
        })?);
        Ok(())
    })
}

fn workbooks(folder: &Path, megabytes: u64) -> Result<()> {
    let path: PathBuf = folder.join("crm.xlsx");
    crm_fixtures::write_large_workbook(&path, 1, megabytes * 1_000)
        .map_err(|error| error.to_string())?;
    let mut sheets = Vec::new();
    File::open(&path)?.read_to_end(&mut sheets)?;
    measure("workbook: source", "the file", sheets.len(), || {
        let mut sink = Nowhere { rows: 0, digest: Digest::of(b""), bytes: 0 };
        Ok(WorkbookSource::new(&path, "crm.xlsx", WorkbookOptions::default()).read(&mut sink)?)
    })?;
    measure("  calamine alone", "the file", sheets.len(), || {
        let mut book: calamine::Xlsx<BufReader<File>> = calamine::open_workbook(&path)?;
        black_box(alone::read_cells(&mut book)?);
        Ok(())
    })
}

/// Drops what a source emits, and reports the known facts about its table.
struct Nowhere {
    rows: u64,
    digest: Digest,
    bytes: u64,
}

impl Sink for Nowhere {
    fn begin_table(&mut self, _: &Table, _: Origin) -> backup_core::Result<()> {
        Ok(())
    }

    fn record(&mut self, record: &Record) -> backup_core::Result<()> {
        black_box(record);
        self.rows += 1;
        Ok(())
    }

    fn end_table(&mut self, _: Option<&[ColumnCounts]>) -> backup_core::Result<TableSummary> {
        let Self { rows, digest, bytes } = *self;
        Ok(TableSummary::new("", rows, digest, bytes))
    }

    fn file(&mut self, _: &FileHead, content: &mut dyn Read) -> backup_core::Result<Digest> {
        let mut hash = Sha256Writer::new(std::io::sink());
        let copied = std::io::copy(content, &mut hash);
        copied.map_err(|error| backup_core::Error::record(error.to_string()))?;
        Ok(hash.finish().0)
    }

    fn ledger(&mut self, _: LedgerEntry) {}

    fn finding(&mut self, _: Finding) {}

    fn source(&mut self, _: SourceMetadata) {}

    fn monitor(&self) -> &dyn Monitor {
        &()
    }
}
