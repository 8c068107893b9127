//! Compares the decoder with a reference decoder, which follows the grammar cell by cell.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::record::quoting::needs_quotes;
use crate::record::{Column, Encoder, Table};

/// The kind and the bytes of each cell of a record.
type Seen = Vec<(CellTag, Vec<u8>)>;

fn seen_of(record: &Record) -> Seen {
    let bytes = |start: usize, end: usize| record.bytes[start..end].to_vec();
    record.cells.iter().map(|cell| (cell.tag, bytes(cell.start, cell.end))).collect()
}

/// Decodes the record at the start of `bytes` cell by cell. Returns its length, or `None` if
/// `bytes` ends before the record does. Errors contain the position in the record.
fn decode_cell_by_cell(
    kinds: &[Kind],
    bytes: &[u8],
    record: &mut Record,
) -> Result<Option<usize>, Stop> {
    record.clear();
    let alone = kinds.len() == 1;
    let mut at = 0;
    for (index, kind) in kinds.iter().enumerate() {
        let start = at;
        let after = match (bytes.get(at), kind) {
            (None, _) => return Ok(None),
            (Some(b'"'), _) => match end_of_quoted(&bytes[at..]) {
                None => return Ok(None),
                Some(used) => {
                    let inner = &bytes[at + 1..at + used - 1];
                    if *kind == Kind::Text && !needs_quotes(inner, alone) {
                        return Err((start, Problem::NeedlessQuotes));
                    }
                    let text = std::str::from_utf8(inner).map(|text| text.replace("\"\"", "\""));
                    match text {
                        Ok(text) => record.push_text(&text),
                        Err(_) => record.push_utf8(&unescaped(inner)),
                    }
                    at + used
                }
            },
            (Some(_), Kind::Text) => {
                let special = |byte: &u8| b",\"\r\n".contains(byte);
                match bytes[at..].iter().position(special) {
                    Some(used) if matches!(bytes[at + used], b',' | b'\n') => {
                        match &bytes[at..at + used] {
                            [] => record.push_null(),
                            b"\\." if alone => return Err((start, Problem::MissingQuotes)),
                            token => record.push_utf8(token),
                        }
                        at + used
                    }
                    // A quote or a CR is an error only if the cell has an end.
                    Some(used) => match memchr::memchr2(b',', b'\n', &bytes[at + used..]) {
                        None => return Ok(None),
                        Some(_) => return Err((start, Problem::Stray)),
                    },
                    None => return Ok(None),
                }
            }
            (Some(_), Kind::Any) => match memchr::memchr2(b',', b'\n', &bytes[at..]) {
                None => return Ok(None),
                Some(0) => {
                    record.push_null();
                    at
                }
                Some(used) => {
                    any_token(&bytes[at..at + used], record).map_err(|problem| (start, problem))?;
                    at + used
                }
            },
        };
        let last = index + 1 == kinds.len();
        match bytes.get(after) {
            None => return Ok(None),
            Some(b',') if !last => {}
            Some(b'\n') if last => {}
            Some(b',' | b'\n') => return Err((after, Problem::Cells)),
            Some(_) => return Err((after, Problem::Stray)),
        }
        at = after + 1;
    }
    Ok(Some(at))
}

/// The length of a quoted cell; `None` if it does not end within `bytes`.
fn end_of_quoted(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let quote = at + memchr::memchr(b'"', &bytes[at..])?;
        if *bytes.get(quote + 1)? != b'"' {
            return Some(quote + 1);
        }
        at = quote + 2;
    }
}

fn unescaped(inner: &[u8]) -> Vec<u8> {
    let (mut out, mut bytes) = (Vec::new(), inner.iter());
    while let Some(byte) = bytes.next() {
        out.push(*byte);
        if *byte == b'"' {
            bytes.next();
        }
    }
    out
}

/// The records that a decoder returns, and its error.
type Outcome = (Vec<Seen>, Result<(), DecodeError>);

/// All records of a text, decoded by the grammar.
fn expected(kinds: &[Kind], text: &[u8]) -> Outcome {
    let (mut seen, mut at, mut record) = (Vec::new(), 0, Record::new());
    let error = |seen: &Vec<Seen>, byte: usize, problem| {
        Err(DecodeError { record: seen.len() as u64 + 1, byte: byte as u64, problem })
    };
    while at < text.len() {
        match decode_cell_by_cell(kinds, &text[at..], &mut record) {
            Ok(Some(used)) if std::str::from_utf8(&text[at..at + used]).is_ok() => {
                seen.push(seen_of(&record));
                at += used;
            }
            Ok(Some(_)) => {
                let ended = error(&seen, at, Problem::Utf8);
                return (seen, ended);
            }
            Ok(None) => {
                let ended = error(&seen, at, Problem::Unfinished);
                return (seen, ended);
            }
            Err((within, problem)) => {
                let ended = error(&seen, at + within, problem);
                return (seen, ended);
            }
        }
    }
    (seen, Ok(()))
}

fn decoded<'a>(kinds: &[Kind], mut pieces: impl Iterator<Item = &'a [u8]>) -> Outcome {
    let (mut decoder, mut seen) = (Decoder::new(kinds.to_vec()), Vec::new());
    let mut take = |record: &Record| {
        seen.push(seen_of(record));
        Ok::<_, DecodeError>(())
    };
    let fed = pieces.try_for_each(|piece| decoder.feed(piece, &mut take));
    let ended = fed.and_then(|()| decoder.finish());
    assert_eq!(decoder.records(), seen.len() as u64, "another number of records");
    (seen, ended)
}

/// Checks that the decoder returns the same records and the same error if it gets the text at once.
fn assert_decoded_as_expected(kinds: &[Kind], text: &[u8]) {
    let shown = String::from_utf8_lossy(text);
    assert_eq!(decoded(kinds, [text].into_iter()), expected(kinds, text), "{kinds:?} {shown:?}");
}

#[test]
fn short_texts_are_decoded_like_the_reference() {
    const SYMBOLS: &[u8; 6] = b",\"\n\ra1";
    for length in 0..6 {
        for number in 0..SYMBOLS.len().pow(length) {
            let digit = |place| number / SYMBOLS.len().pow(place) % SYMBOLS.len();
            let start: Vec<u8> = (0..length).map(|place| SYMBOLS[digit(place)]).collect();
            for behind in [&b""[..], b"\n", b"a\n", b",\"\n", &[b'a'; 64], &[b'"'; 65]] {
                let text = [&start, behind].concat();
                for columns in 1..4 {
                    assert_decoded_as_expected(&vec![Kind::Text; columns], &text);
                    assert_decoded_as_expected(&vec![Kind::Any; columns], &text);
                }
                assert_decoded_as_expected(&[Kind::Any, Kind::Text], &text);
            }
        }
    }
}

/// Canonical text of a table with these kinds. Its records contain text and nulls.
fn text_of(kinds: &[Kind], rows: &[Vec<Option<String>>]) -> Vec<u8> {
    let columns = kinds.iter().map(|kind| Column { label: String::new(), kind: *kind });
    let encoder = Encoder::new(&Table::new("t", columns));
    let (mut record, mut text) = (Record::new(), Vec::new());
    for row in rows {
        record.clear();
        for (kind, cell) in kinds.iter().zip(row) {
            match cell {
                Some(cell) if *kind == Kind::Any && cell.len() == 1 => {
                    record.push_integer(-i64::from(cell.as_bytes()[0]));
                }
                Some(cell) => record.push_text(cell),
                None => record.push_null(),
            }
        }
        encoder.record(&record, &mut text).expect("the table holds these cells");
    }
    text
}

const MOST_COLUMNS: usize = 5;

fn rows() -> impl Strategy<Value = Vec<Vec<Option<String>>>> {
    let piece = prop::sample::select(vec![
        "a",
        "nine bytes",
        "中文",
        "\\.",
        "forty bytes of text, among them a comma.",
        ",",
        "\"",
        "\n",
        "\r\n",
        "seventy bytes of text, but without anything that would have to be quoted",
    ]);
    let cell = prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat());
    let row = prop::collection::vec(prop::option::weighted(0.9, cell), MOST_COLUMNS);
    prop::collection::vec(row, 0..12)
}

/// Edits of a text: a position, the number of bytes to replace, and the new bytes.
fn edits() -> impl Strategy<Value = Vec<(Index, usize, Vec<u8>)>> {
    let byte = prop::sample::select(b",,\"\"\n\r\\.a0-\xff".to_vec());
    let bytes = prop::collection::vec(byte, 0..3);
    prop::collection::vec((any::<Index>(), 0_usize..3, bytes), 0..4)
}

/// Cuts the text into pieces of these sizes, repeated.
fn cut<'a>(mut text: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    sizes.iter().cycle().map_while(move |size| {
        let (piece, rest) = text.split_at(text.len().min(*size));
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Wherever the text is wrong, the records and the error are those of the reference decoder. If
    /// the text is cut into chunks, the records before the first error are the same.
    #[test]
    fn edited_texts_are_decoded_like_the_reference(
        kinds in prop::collection::vec(
            prop::sample::select(vec![Kind::Text, Kind::Text, Kind::Any]), 1..=MOST_COLUMNS,
        ),
        rows in rows(),
        edits in edits(),
        sizes in prop::collection::vec(1_usize..400, 1..4),
    ) {
        let mut text = text_of(&kinds, &rows);
        for (at, gone, bytes) in &edits {
            let at = at.index(text.len() + 1);
            let end = text.len().min(at + gone);
            text.splice(at..end, bytes.iter().copied());
        }
        assert_decoded_as_expected(&kinds, &text);
        let (whole, in_pieces) = (expected(&kinds, &text), decoded(&kinds, cut(&text, &sizes)));
        prop_assert_eq!(whole.1.is_ok(), in_pieces.1.is_ok());
        prop_assert_eq!(whole.0, in_pieces.0);
    }
}
