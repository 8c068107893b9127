//! CSV files, in any encoding and with any options: what is read can be archived, and a recipe
//! makes the same bytes again.

use std::io::{Cursor, Read};

use backup_core::internals::rebuilt;
use backup_core::model::{ColumnCounts, LedgerEntry, Origin, RecoveryMethod, SourceMetadata};
use backup_core::record::{Digest, Encoder, Record, Table};
use backup_core::source::csv::{CsvOptions, CsvSource, Ragged};
use backup_core::source::{FileHead, Sink, Source, TableSummary};
use backup_core::{ErrorKind, Finding, Monitor, Result};

use super::archive::with_file;
use super::{Input, Seed};

const ENCODINGS: [&str; 24] = [
    "utf-8",
    "gb18030",
    "gbk",
    "big5",
    "shift_jis",
    "euc-jp",
    "iso-2022-jp",
    "euc-kr",
    "utf-16le",
    "utf-16be",
    "utf-16",
    "utf-32",
    "utf-32le",
    "utf-32be",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1251",
    "koi8-r",
    "macintosh",
    "x-user-defined",
    "replacement",
    "iso-8859-8-i",
    "no such encoding",
];

/// Keeps what a source emits.
#[derive(Default)]
struct Keeping {
    table: Option<(Table, Vec<Record>)>,
    files: Vec<Vec<u8>>,
    sources: Vec<SourceMetadata>,
}

impl Sink for Keeping {
    fn begin_table(&mut self, table: &Table, _: Origin) -> Result<()> {
        assert!(self.table.is_none(), "a CSV file is more than one table");
        self.table = Some((table.clone(), Vec::new()));
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        self.table.as_mut().expect("a table was begun").1.push(record.clone());
        Ok(())
    }

    fn end_table(&mut self, _: Option<&[ColumnCounts]>) -> Result<TableSummary> {
        let (table, records) = self.table.as_ref().expect("a table was begun");
        let (encoder, mut text) = (Encoder::new(table), Vec::new());
        for record in records {
            encoder.record(record, &mut text)?;
        }
        let rows = records.len() as u64;
        Ok(TableSummary::new(&table.name, rows, Digest::of(&text), text.len() as u64))
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).expect("a file can be read");
        assert_eq!(bytes.len() as u64, file.bytes, "a file of another length");
        self.files.push(bytes);
        Ok(Digest::of(self.files.last().expect("it was just added")))
    }

    fn ledger(&mut self, _: LedgerEntry) {}

    fn finding(&mut self, _: Finding) {}

    fn source(&mut self, facts: SourceMetadata) {
        self.sources.push(facts);
    }

    fn monitor(&self) -> &dyn Monitor {
        &()
    }
}

impl Keeping {
    /// Checks that nothing of the file is lost.
    fn has_all_of(&self, file: &[u8]) {
        let [source] = &self.sources[..] else {
            assert!(
                file.is_empty() && self.files == [b""],
                "a file that was read is not described"
            );
            return;
        };
        assert_eq!(source.sha256, Some(Digest::of(file)), "the digest is of other bytes");
        match &source.original {
            RecoveryMethod::Recipe(recipe) => {
                let (table, records) = self.table.as_ref().expect("a recipe is of a table");
                let again = rebuilt(recipe, table, records).expect("a recipe can be followed");
                assert!(again == file, "{recipe:?} makes other bytes than were read");
            }
            RecoveryMethod::Kept(_) => assert!(self.files == [file], "other bytes are kept"),
            RecoveryMethod::Lost(_) => assert_eq!(source.kind, "stdin", "a file is lost"),
            other => panic!("a file of its own is restored by {other:?}"),
        }
    }
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (encoding, flags, delimiter) = (input.byte(), input.byte(), input.byte());
    let mut options = CsvOptions::default();
    if let Some(name) = usize::from(encoding).checked_sub(1).and_then(|n| ENCODINGS.get(n)) {
        options = options.encoding(*name);
    }
    if delimiter != 0 {
        options = options.delimiter(delimiter);
    }
    if flags & 1 != 0 {
        options = options.ragged(Ragged::Pad);
    }
    if flags & 2 != 0 {
        options = options.header_row(u64::from(flags >> 3));
    }
    let file = input.0;
    let mut sink = Keeping::default();
    let read = if flags & 4 != 0 {
        let stream = Box::new(Cursor::new(file.to_vec()));
        CsvSource::from_reader(stream, "a.csv", options).read(&mut sink)
    } else {
        with_file("a.csv", file, |path| CsvSource::new(path, "a.csv", options).read(&mut sink))
    };
    match read {
        Ok(()) => sink.has_all_of(file),
        Err(error) => {
            let expected = matches!(
                error.kind(),
                ErrorKind::Source { .. } | ErrorKind::Option { .. } | ErrorKind::Record { .. }
            );
            assert!(expected, "it ends with {error:?}");
        }
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for shape in crm_fixtures::shapes() {
        for path in crate::files_below(&shape.path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let Some(name) = name.strip_suffix(".csv") else { continue };
            let text = std::fs::read(&path).expect("a fixture is read");
            let lines = text.split_inclusive(|byte| *byte == b'\n').take(12);
            let text = lines.collect::<Vec<_>>().concat();
            seeds.push((format!("{}-{name}", seeds.len()), [&[0, 0, 0], &text[..]].concat()));
        }
    }
    let samples: [&[u8]; 12] = [
        b"a,b\n1,2\n",
        b"a;b\r\n\"1\";\"2\"\r\n",
        b"sep=;\na;b\n1;2",
        b"a\tb\r1\t\"x\ty\"\r",
        b"title\n\na,b\n1,2\n",
        b"a|b\n1|\"two\nlines\"\n",
        b"a,b\n1\n1,2,3\n",
        b"\xff\xfea\0,\0b\0\n\x001\0,\x002\0\n\0",
        b"\xfe\xff\0a\0,\0b\0\n\x001\0,\x002\0\n",
        b"\xff\xfe\0\0a\0\0\0\n\0\0\x001\0\0\0\n\0\0\0",
        b"name\n\xc4\xe3\xba\xc3\n\xca\xc0\xbd\xe7\n",
        b"a\n\x1b$B$\"\x1b(B\n",
    ];
    for (number, text) in samples.into_iter().enumerate() {
        for flags in [0, 1, 4, 2, 2 | 3 << 3] {
            seeds.push((format!("small-{number}-{flags}"), [&[0, flags, 0], text].concat()));
        }
    }
    for encoding in 1..=ENCODINGS.len() as u8 {
        let text = b"name,city\n\"\xa4\xa2\",\xb0\xa1\n\xe4\xbd\xa0,x\n";
        seeds.push((format!("encoding-{encoding}"), [&[encoding, 0, b','], &text[..]].concat()));
    }
    seeds
}
