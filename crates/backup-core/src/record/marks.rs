//! Records of text columns, taken along their commas, quotes and line ends, which are found 64
//! bytes at a time. Searching each cell for its end takes about half as long again.
//!
//! What is canonical, [`decode_record`](super::decode::decode_record) says. This takes records
//! that it would take, as it would, and nothing else: whatever is rare, wrong, or near the end of
//! the bytes is left to it. So are `any` columns, where most of the time goes into numbers.

use super::decode::{Cells, end_of_quoted};
use super::{Kind, MAX_CELL_BYTES, encode};

/// How many columns a table has, where all of them are of text; at least two, as a lone column has
/// a rule of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextColumns(usize);

impl TextColumns {
    pub(super) fn of(kinds: &[Kind]) -> Option<Self> {
        let all_text = kinds.iter().all(|kind| *kind == Kind::Text);
        (all_text && kinds.len() > 1).then_some(Self(kinds.len()))
    }

    /// Decodes the record at the start of `bytes`, and gives how many bytes it takes. It may leave
    /// one that is followed by less than a block; what `cells` holds then means nothing.
    pub(super) fn record<T: Cells>(self, bytes: &[u8], cells: &mut T) -> Option<usize> {
        cells.clear();
        let mut marks = Marks::from(bytes, 0);
        let mut start = 0;
        for column in 1..=self.0 {
            let mut end = marks.next()?;
            if end > start {
                cells.text(&bytes[start..end]);
            } else if bytes[end] == b'"' {
                let (used, doubled) = end_of_quoted(&bytes[start..])?;
                end = start + used;
                let inner = &bytes[start + 1..end - 1];
                if !encode::needs_quotes(inner, false) {
                    return None;
                }
                cells.quoted(inner, doubled);
                marks.pass(bytes, end);
            } else {
                cells.null();
            }
            let is_last = column == self.0;
            if bytes[end] != if is_last { b'\n' } else { b',' } {
                return None;
            }
            start = end + 1;
        }
        // Then none of its cells is longer either.
        (start <= MAX_CELL_BYTES).then_some(start)
    }
}

/// How many bytes are looked at together: as many as a word has bits.
const BLOCK: usize = u64::BITS as usize;

/// Where the commas, quotes, CRs and LFs are, in order, as far as blocks are whole.
struct Marks<'a> {
    blocks: std::slice::Iter<'a, [u8; BLOCK]>,
    /// Where the block behind the current one begins.
    next_block: usize,
    /// A bit for each mark in the current block that is still to come.
    bits: u64,
}

impl<'a> Marks<'a> {
    /// Those of `bytes` that are at `start` or behind it.
    fn from(bytes: &'a [u8], start: usize) -> Self {
        let (blocks, _) = bytes[start..].as_chunks();
        Self { blocks: blocks.iter(), next_block: start, bits: 0 }
    }

    /// Leaves out those up to `end`, which is behind the last that was given.
    fn pass(&mut self, bytes: &'a [u8], end: usize) {
        match self.next_block.checked_sub(end + 1) {
            Some(left @ 1..) => self.bits &= u64::MAX << (BLOCK - left),
            _ => *self = Self::from(bytes, end + 1),
        }
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            self.bits = marks_of(self.blocks.next()?);
            self.next_block += BLOCK;
        }
        let within = self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(self.next_block - BLOCK + within)
    }
}

/// A bit for each byte, the lowest for the first: whether it is a comma, a quote, CR or LF.
///
/// Written so that a compiler makes both loops into a hundred instructions without a branch; and
/// kept out of the walk from mark to mark, which then is small enough to stay in registers.
#[inline(never)]
fn marks_of(block: &[u8; BLOCK]) -> u64 {
    let mut bits = [0; BLOCK];
    for (index, (bit, byte)) in bits.iter_mut().zip(block).enumerate() {
        let is_mark = (*byte == b',') | (*byte == b'"') | (*byte == b'\n') | (*byte == b'\r');
        *bit = if is_mark { 1 << (index % 8) } else { 0_u8 };
    }
    // Each eight bytes are made into one, their sum, which the multiplication leaves in the highest
    // byte. Nothing is carried, as no two of them have the same bit.
    let mut marks = [0; BLOCK / 8];
    for (mark, word) in marks.iter_mut().zip(bits.as_chunks().0) {
        *mark = (u64::from_le_bytes(*word).wrapping_mul(0x0101_0101_0101_0101) >> 56) as u8;
    }
    u64::from_le_bytes(marks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::super::decode::{Cells, decode_record};
    use super::super::{
        Column, DecodeError, Decoder, Encoder, Kind, Lengths, Record, Slot, Table,
        canonical_records,
    };
    use super::{BLOCK, TextColumns, marks_of};

    #[test]
    fn each_byte_is_told_from_every_other_wherever_it_stands() {
        for filler in [b'a', b',', b'\n', b'-', 0, 0x80, 0xff] {
            for byte in 0..=u8::MAX {
                for at in 0..BLOCK {
                    let mut block = [filler; BLOCK];
                    block[at] = byte;
                    let expected = block.iter().rev().fold(0, |bits, byte| {
                        bits << 1 | u64::from(matches!(byte, b',' | b'"' | b'\r' | b'\n'))
                    });
                    assert_eq!(marks_of(&block), expected, "{byte:#x} at {at} among {filler:#x}");
                }
            }
        }
    }

    /// What became of the cells of a record.
    type Seen = (Vec<u8>, Vec<(Slot, usize)>);

    fn of_record(record: &Record) -> Seen {
        (record.bytes.clone(), record.cells.clone())
    }

    fn of_lengths(lengths: &Lengths) -> Seen {
        (Vec::new(), lengths.iter().collect())
    }

    /// At the start of `bytes`, a record that one way takes the other takes too, as the same; only
    /// near the end of the bytes one of the ways may leave it.
    fn both_ways_agree<T: Cells + Default>(kinds: &[Kind], bytes: &[u8], seen: fn(&T) -> Seen) {
        let Some(columns) = TextColumns::of(kinds) else { return };
        let (mut by_marks, mut by_cells) = (T::default(), T::default());
        let used = columns.record(bytes, &mut by_marks);
        let expected = decode_record(kinds, bytes, &mut by_cells).ok().flatten();
        let text = String::from_utf8_lossy(bytes);
        if used.is_none() {
            let is_far = expected.is_some_and(|expected| bytes.len() - expected >= BLOCK);
            assert!(!is_far, "a canonical record is not taken: {text:?}");
        } else {
            assert_eq!(used, expected, "another record is taken: {text:?}");
            assert_eq!(seen(&by_marks), seen(&by_cells), "other cells are taken: {text:?}");
        }
    }

    #[test]
    fn every_short_record_is_taken_or_left_as_its_cells_are() {
        const SYMBOLS: &[u8; 5] = b",\"\n\ra";
        for length in 0..7 {
            for number in 0..SYMBOLS.len().pow(length) {
                let digit = |place| number / SYMBOLS.len().pow(place) % SYMBOLS.len();
                let start: Vec<u8> = (0..length).map(|place| SYMBOLS[digit(place)]).collect();
                for behind in [b'a', b',', b'"', b'\n'] {
                    let text = [&start[..], &[behind; BLOCK]].concat();
                    for columns in 2..4 {
                        both_ways_agree(&vec![Kind::Text; columns], &text, of_record);
                        both_ways_agree(&vec![Kind::Text; columns], &text, of_lengths);
                    }
                }
            }
        }
    }

    /// Canonical text of a table that has these kinds, with some records of text and nulls.
    fn text_of(kinds: &[Kind], rows: &[Vec<Option<String>>]) -> Vec<u8> {
        let columns = kinds.iter().map(|kind| Column { label: String::new(), kind: *kind });
        let encoder = Encoder::new(&Table::new("t", columns));
        let (mut record, mut text) = (Record::new(), Vec::new());
        for row in rows {
            record.clear();
            for (_, cell) in kinds.iter().zip(row) {
                match cell {
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

    /// Some places of a text, how many bytes there make way, and for which.
    fn edits() -> impl Strategy<Value = Vec<(Index, usize, Vec<u8>)>> {
        let byte = prop::sample::select(b",,\"\"\n\r\\.a\xff".to_vec());
        let bytes = prop::collection::vec(byte, 0..3);
        prop::collection::vec((any::<Index>(), 0_usize..3, bytes), 0..4)
    }

    fn edit(text: &mut Vec<u8>, edits: &[(Index, usize, Vec<u8>)]) {
        for (at, gone, bytes) in edits {
            let at = at.index(text.len() + 1);
            let end = text.len().min(at + gone);
            text.splice(at..end, bytes.iter().copied());
        }
    }

    /// The text in pieces of these sizes, again and again.
    fn cut<'a>(mut text: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
        sizes.iter().cycle().map_while(move |size| {
            let (piece, rest) = text.split_at(text.len().min(*size));
            text = rest;
            (!piece.is_empty()).then_some(piece)
        })
    }

    /// What a decoder gives, and how it ends.
    type Outcome = (Vec<Seen>, u64, Result<(), DecodeError>);

    fn records_of<'a>(mut decoder: Decoder, mut pieces: impl Iterator<Item = &'a [u8]>) -> Outcome {
        let mut seen = Vec::new();
        let mut take = |record: &Record| {
            seen.push(of_record(record));
            Ok::<_, DecodeError>(())
        };
        let fed = pieces.try_for_each(|piece| decoder.feed(piece, &mut take));
        (seen, decoder.records(), fed.and_then(|()| decoder.finish()))
    }

    fn lengths_of<'a>(mut decoder: Decoder, mut pieces: impl Iterator<Item = &'a [u8]>) -> Outcome {
        let mut seen = Vec::new();
        let mut take = |lengths: &Lengths| seen.push(of_lengths(lengths));
        let fed = pieces.try_for_each(|piece| decoder.feed_lengths(piece, &mut take));
        (seen, decoder.records(), fed.and_then(|()| decoder.finish()))
    }

    /// What [`canonical_records`] has to come to.
    fn canonical_by_cells(kinds: &[Kind], text: &str, enough: usize) -> (usize, Vec<Seen>) {
        let (mut lengths, mut seen, mut at) = (Lengths::default(), Vec::new(), 0);
        while at < enough {
            let decoded = decode_record(kinds, &text.as_bytes()[at..], &mut lengths);
            let Ok(Some(used)) = decoded else { break };
            seen.push(of_lengths(&lengths));
            at += used;
        }
        (at, seen)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        /// Records, counts and errors are those that looking at each cell gives, wherever the text
        /// is wrong and however it is cut.
        #[test]
        fn what_is_taken_by_its_marks_is_what_its_cells_say(
            kinds in prop::collection::vec(
                prop_oneof![9 => Just(Kind::Text), 1 => Just(Kind::Any)], 1..=MOST_COLUMNS,
            ),
            rows in rows(),
            edits in edits(),
            sizes in prop::collection::vec(1_usize..400, 1..4),
            enough in 0_usize..2_000,
        ) {
            let mut text = text_of(&kinds, &rows);
            edit(&mut text, &edits);
            let by_marks = || Decoder::new(kinds.clone());
            let by_cells = || Decoder::cell_by_cell(kinds.clone());
            for sizes in [&sizes[..], &[usize::MAX]] {
                prop_assert_eq!(
                    records_of(by_marks(), cut(&text, sizes)),
                    records_of(by_cells(), cut(&text, sizes))
                );
                prop_assert_eq!(
                    lengths_of(by_marks(), cut(&text, sizes)),
                    lengths_of(by_cells(), cut(&text, sizes))
                );
            }
            for start in 0..text.len() {
                both_ways_agree(&kinds, &text[start..], of_record);
            }
            if let Ok(text) = str::from_utf8(&text) {
                let mut seen = Vec::new();
                let each = |lengths: &Lengths| seen.push(of_lengths(lengths));
                let used = canonical_records(&kinds, text, enough, &mut Lengths::default(), each);
                prop_assert_eq!((used, seen), canonical_by_cells(&kinds, text, enough));
            }
        }
    }
}
