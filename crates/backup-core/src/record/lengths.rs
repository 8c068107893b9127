//! What of a record is enough to count its cells: a check that looks at nothing else need not make
//! a copy of each of them.

use super::decode::{Cells, any_token};
use super::{Problem, Record, Slot};

/// The kinds and lengths of a record's cells.
#[derive(Debug, Default)]
pub(crate) struct Lengths {
    cells: Vec<(Slot, usize)>,
    /// Holds one cell at a time: of those that have to be decoded to be checked.
    one: Record,
}

impl Lengths {
    /// The cells, in order: of text and blobs, how many bytes they have.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Slot, usize)> {
        self.cells.iter().copied()
    }
}

impl Cells for Lengths {
    fn clear(&mut self) {
        self.cells.clear();
    }

    fn null(&mut self) {
        self.cells.push((Slot::Null, 0));
    }

    fn text(&mut self, text: &[u8]) {
        self.cells.push((Slot::Text, text.len()));
    }

    fn quoted(&mut self, inner: &[u8], doubled: usize) {
        self.cells.push((Slot::Text, inner.len() - doubled));
    }

    fn token(&mut self, token: &[u8]) -> Result<(), Problem> {
        self.one.clear();
        any_token(token, &mut self.one)?;
        self.cells.extend(&self.one.cells);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{DecodeError, Decoder, Kind, Slot};

    /// The kind and length of each cell, record after record, and how it ended.
    type Outcome = (Vec<(Slot, usize)>, Result<(), DecodeError>);

    fn of_records(kinds: &[Kind], text: &[u8], chunk: usize) -> Outcome {
        let (mut decoder, mut cells) = (Decoder::new(kinds.to_vec()), Vec::new());
        let mut feed = || {
            for chunk in text.chunks(chunk) {
                decoder.feed(chunk, |record| {
                    let mut start = 0;
                    cells.extend(record.cells.iter().map(|(slot, end)| {
                        let length = end - std::mem::replace(&mut start, *end);
                        (*slot, length)
                    }));
                    Ok::<_, DecodeError>(())
                })?;
            }
            decoder.finish()
        };
        let ended = feed();
        (cells, ended)
    }

    fn of_lengths(kinds: &[Kind], text: &[u8], chunk: usize) -> Outcome {
        let (mut decoder, mut cells) = (Decoder::new(kinds.to_vec()), Vec::new());
        let mut feed = || {
            for chunk in text.chunks(chunk) {
                decoder.feed_lengths(chunk, |lengths| cells.extend(lengths.iter()))?;
            }
            decoder.finish()
        };
        let ended = feed();
        (cells, ended)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_not_made_is_looked_at_as_strictly(
            kinds in prop::collection::vec(prop::sample::select(vec![Kind::Text, Kind::Any]), 1..4),
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    &b","[..], b"\n", b"\"", b"\"\"", b"\r", b"a", b"nine bytes", b"\\.", b"\\x00",
                    b"\tff", b"0", b"-1.5", "\u{4e2d}".as_bytes(), b"\xff", b"\"a,b\"", b"\"\"\"\"",
                ]),
                0..24,
            ),
            chunk in 1usize..40,
        ) {
            let text = pieces.concat();
            let expected = of_records(&kinds, &text, chunk);
            prop_assert_eq!(of_lengths(&kinds, &text, chunk), expected);
        }
    }
}
