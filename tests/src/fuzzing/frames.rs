//! The compressed layer: a seek table and frames, arbitrary or built from the fuzzer's bytes.

use backup_core::internals::{decompress, decompress_in_order};

use super::{Input, Seed, samples};
use crate::layers::{self, Frame};

/// The most plaintext of a frame.
const FRAME_BYTES: usize = 2 << 20;

/// Frames of each kind, valid and invalid, as the bytes select.
fn built(mut input: Input<'_>) -> Vec<u8> {
    let (mut built, mut wrong_entry) = (Vec::new(), None);
    while !input.is_empty() && built.len() < 64 {
        let frame: Frame = match input.byte() % 6 {
            0 | 1 => layers::packed(input.sized()),
            2 => {
                let size = u32::from_le_bytes(input.array());
                (input.sized().to_vec(), size)
            }
            3 => {
                let content = input.sized();
                let mut frame = 0x184D_2A50_u32.to_le_bytes().to_vec();
                frame[0] |= input.byte() & 15;
                frame.extend((content.len() as u32).to_le_bytes());
                frame.extend(content);
                (frame, u32::from(input.byte() & 1))
            }
            4 => {
                // A whole frame with one byte changed.
                let (mut frame, plain) = layers::packed(input.sized());
                let at = usize::from(u16::from_le_bytes(input.array())) % frame.len();
                frame[at] ^= input.byte();
                (frame, plain)
            }
            _ => {
                wrong_entry = Some((input.byte(), u32::from_le_bytes(input.array())));
                continue;
            }
        };
        built.push(frame);
    }
    let mut compressed = layers::with_table(&built);
    if let Some((back, value)) = wrong_entry {
        let at = compressed.len().saturating_sub(usize::from(back) + 4);
        compressed[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    compressed
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let made;
    let compressed = match input.byte() & 1 {
        0 => input.0,
        _ => {
            made = built(input);
            &made
        }
    };
    let mut unpacked = Vec::new();
    match (decompress(compressed, 2, &mut unpacked), decompress_in_order(compressed)) {
        (Ok(()), Ok(read)) => {
            assert!(unpacked == read, "frames unpack to something else when they are read through");
            assert!(
                unpacked.len() <= compressed.len() / 8 * FRAME_BYTES,
                "more is unpacked than the frames can hold"
            );
        }
        (Ok(()), Err(error)) => panic!("frames that unpack cannot be read through: {error}"),
        // Padding is skipped when it is read through.
        (Err(_), _) => {}
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, sample) in samples::all() {
        let compressed = layers::with_table(&sample.frames);
        seeds.push((name.to_string(), [&[0], &compressed[..]].concat()));
    }
    let three = [layers::packed(b"one"), layers::packed(&[7; 3000]), layers::packed(b"")];
    seeds.push(("three".into(), [&[0], &layers::with_table(&three)[..]].concat()));
    seeds.push(("none".into(), [&[0], &layers::with_table(&[])[..]].concat()));
    let ops: &[u8] = b"\x01\0\x05\0first\x03\x04\0skip\x02\0\x04\x06\0second\x01\x09\0\0\0\x02\x03\
        \0\0\0\x04\0data\x05\x0c\x40\0\0\0";
    seeds.push(("built".into(), ops.to_vec()));
    seeds
}
