//! The canonical codec: whatever decodes is what the encoder writes, in chunks of any size.

use backup_core::record::{Column, DecodeError, Decoder, Encoder, Kind, Problem, Record, Table};

use super::{Input, Seed};
use crate::awkward;

/// Columns by the bits of a byte.
fn table(shape: u8) -> Table {
    let columns = (0..shape & 7).map(|column| match shape >> (3 + column % 5) & 1 {
        0 => Column::text(format!("c{column}")),
        _ => Column::any(format!("c{column}")),
    });
    let columns: Vec<_> = columns.collect();
    Table::new("t", if columns.is_empty() { vec![Column::any("c")] } else { columns })
}

fn decode<'a>(
    kinds: &[Kind],
    chunks: impl Iterator<Item = &'a [u8]>,
) -> (Vec<Record>, Result<(), DecodeError>) {
    let (mut decoder, mut records) = (Decoder::new(kinds.to_vec()), Vec::new());
    let fed = chunks.map(|chunk| {
        decoder.feed(chunk, |record| {
            records.push(record.clone());
            Ok::<_, DecodeError>(())
        })
    });
    let fed: Result<(), _> = { fed.collect() };
    let result = fed.and_then(|()| decoder.finish());
    (records, result)
}

fn encode(table: &Table, records: &[Record]) -> Vec<u8> {
    let (encoder, mut text) = (Encoder::new(table), Vec::new());
    for record in records {
        encoder.record(record, &mut text).expect("decoded records can be encoded");
    }
    text
}

/// Cells of every kind that the columns allow, made of the bytes.
fn record(table: &Table, input: &mut Input<'_>) -> Record {
    let mut record = Record::new();
    for kind in table.kinds() {
        let what = input.byte() % if kind == Kind::Text { 2 } else { 6 };
        match what {
            0 => record.push_null(),
            1 => {
                let length = usize::from(input.byte());
                record.push_text(&String::from_utf8_lossy(input.bytes(length)));
            }
            2 => record.push_integer(i64::from_le_bytes(input.array())),
            3 => record.push_real(f64::from_le_bytes(input.array())),
            4 => {
                let length = usize::from(input.byte());
                record.push_text_bytes(input.bytes(length));
            }
            _ => {
                let length = usize::from(input.byte());
                record.push_blob(input.bytes(length));
            }
        }
    }
    record
}

fn text_is_canonical_or_refused(table: &Table, lengths: [u8; 3], text: &[u8]) {
    let kinds = table.kinds();
    let whole = decode(&kinds, std::iter::once(text));
    let cut = decode(&kinds, Input::cut(text, lengths));
    assert_eq!(encode(table, &whole.0), encode(table, &cut.0), "the records depend on the chunks");
    assert_eq!(whole.1.is_ok(), cut.1.is_ok(), "the result depends on the chunks");
    if let (Err(whole), Err(cut)) = (&whole.1, &cut.1)
        // A record that never ends may be judged by its beginning.
        && [whole, cut].iter().all(|error| error.problem != Problem::Unfinished)
    {
        assert_eq!(whole, cut, "the result depends on the chunks");
    }
    let again = encode(table, &whole.0);
    assert!(text.starts_with(&again), "decoded records are encoded differently");
    if whole.1.is_ok() {
        assert_eq!(again.len(), text.len(), "a part of the text is in no record");
    }
}

fn records_round_trip(table: &Table, mut input: Input<'_>) {
    let mut records = Vec::new();
    while !input.is_empty() {
        records.push(record(table, &mut input));
    }
    let text = encode(table, &records);
    let (decoded, result) = decode(&table.kinds(), std::iter::once(&text[..]));
    result.expect("what the encoder writes is canonical");
    assert_eq!(decoded.len(), records.len(), "the records differ");
    for (record, decoded) in records.iter().zip(&decoded) {
        // To the archive, everything that is not a number is the same NaN.
        let same = record.iter().zip(decoded.iter()).all(|(cell, decoded)| {
            let (cell, decoded) = (format!("{cell:?}"), format!("{decoded:?}"));
            cell == decoded
        });
        assert!(same && record.len() == decoded.len(), "{record:?} is decoded as {decoded:?}");
    }
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let mode = input.byte();
    let table = table(input.byte());
    if mode & 1 == 0 {
        let lengths = input.array();
        text_is_canonical_or_refused(&table, lengths, input.0);
    } else {
        records_round_trip(&table, input);
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (number, (table, records)) in awkward::tables().into_iter().enumerate() {
        let text = encode(&table, &records[..records.len().min(40)]);
        let columns = table.columns.len().min(7) as u8;
        let any = table.kinds().first() == Some(&Kind::Any);
        let shape = columns | if any { 0xf8 } else { 0 };
        let text = &text[..text.len().min(4096)];
        seeds.push((format!("awkward-{number}"), [&[0, shape, 6, 200, 0], text].concat()));
    }
    for shape in crm_fixtures::shapes() {
        for path in crate::files_below(&shape.path) {
            if path.extension().is_some_and(|end| end == "csv") {
                let text = std::fs::read(&path).expect("a fixture is read");
                let columns = text.iter().take_while(|byte| **byte != b'\n');
                let columns = 1 + columns.filter(|byte| **byte == b',').count() as u8;
                let text = &text[..text.len().min(2048)];
                let name = format!("fixture-{}", seeds.len());
                seeds.push((name, [&[0, columns.min(7), 50, 3, 9], text].concat()));
            }
        }
    }
    let cells: Vec<u8> = (0..=255).chain(0..=255).collect();
    seeds.extend((0..16).map(|shape| {
        (format!("cells-{shape}"), [&[1, shape * 16 + shape % 7 + 1], &cells[..]].concat())
    }));
    seeds
}
