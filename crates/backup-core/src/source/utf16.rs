//! Converts UTF-16 to UTF-8 without loss.

/// A converter that gets the text in pieces.
///
/// An unpaired surrogate becomes the three bytes that UTF-8 would have for it. So nothing is lost,
/// and no reader mistakes the result for valid UTF-8.
#[derive(Debug, Default)]
pub(super) struct Utf16Decoder {
    /// The first half of a pair whose second half is not known yet.
    high: Option<u16>,
    has_unpaired: bool,
}

impl Utf16Decoder {
    /// Appends the next units to `text`.
    pub(super) fn push(&mut self, units: impl Iterator<Item = u16>, text: &mut Vec<u8>) {
        for unit in units {
            match (self.high.take(), unit) {
                (Some(high), 0xdc00..=0xdfff) => {
                    let (high, low) = (u32::from(high - 0xd800), u32::from(unit - 0xdc00));
                    push_scalar(0x1_0000 + (high << 10 | low), text);
                }
                (high, unit) => {
                    self.unpaired(high, text);
                    match unit {
                        0..=0x7f => text.push(unit as u8),
                        0xd800..=0xdbff => self.high = Some(unit),
                        0xdc00..=0xdfff => self.unpaired(Some(unit), text),
                        _ => push_scalar(unit.into(), text),
                    }
                }
            }
        }
    }

    /// Ends the text. Returns whether it had unpaired surrogates.
    pub(super) fn finish(mut self, text: &mut Vec<u8>) -> bool {
        let high = self.high.take();
        self.unpaired(high, text);
        self.has_unpaired
    }

    fn unpaired(&mut self, unit: Option<u16>, text: &mut Vec<u8>) {
        let Some(unit) = unit else { return };
        self.has_unpaired = true;
        let low_six = |bits: u16| 0x80 | (bits & 0x3f) as u8;
        text.extend([0xe0 | (unit >> 12) as u8, low_six(unit >> 6), low_six(unit)]);
    }
}

fn push_scalar(scalar: u32, text: &mut Vec<u8>) {
    let character = char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}
