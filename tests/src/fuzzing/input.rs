//! The bytes of a fuzzer, taken one after the other; after their end there are zeros.

/// The remaining bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte.
    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// This many bytes, or the rest.
    pub(super) fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        bytes
    }

    /// As many bytes as the next two bytes state.
    pub(super) fn sized(&mut self) -> &'a [u8] {
        let count = usize::from(u16::from_le_bytes(self.array()));
        self.bytes(count)
    }

    /// Exactly this many bytes.
    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// Whether there are no more.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes in chunks, whose lengths these few bytes state in turn.
    pub(super) fn cut(bytes: &'a [u8], lengths: [u8; 3]) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = Input(bytes);
        let mut lengths = lengths.into_iter().cycle();
        std::iter::from_fn(move || {
            let length = usize::from(lengths.next().unwrap_or(0)) + 1;
            (!rest.is_empty()).then(|| rest.bytes(length))
        })
    }
}
