//! Forged frames, seek tables and encrypted bytes.

use super::List;
use super::draft::Draft;
use super::zst::{self, DESCRIPTOR, MAGIC, block, blocks, checksum, skippable, windowed};
use crate::layers::{AgeKey, Frame, payload_start, unpacked};

/// Changes the first frame, which holds the tables; the seek table stays.
fn first(draft: &mut Draft, change: impl FnOnce(&[u8]) -> Frame + 'static) {
    draft.frames(move |frames| {
        let plain = unpacked(&frames[0]);
        frames[0] = (change(&plain).0, plain.len() as u32);
    });
}

/// A frame with another descriptor and the bytes that follow it up to the blocks.
fn headed(plain: &[u8], descriptor: u8, rest: &[u8]) -> Frame {
    let bytes = [&MAGIC[..], &[descriptor], rest, &blocks(plain), &checksum(plain)].concat();
    (bytes, plain.len() as u32)
}

fn size(plain: &[u8]) -> [u8; 4] {
    (plain.len() as u32).to_le_bytes()
}

const NOT_A_FRAME: &str = "is not a zstd frame with a checksum";
const NOT_AS_LONG: &str = "does not have the length in the seek table";
const UNPACKS_NOT: &str = "cannot be decompressed, or its checksum is wrong";

pub(super) fn frames(list: &mut List) {
    list.good("whole", "nothing is forged: it is the archive that the others were", |_| {});
    let wrong = "frame";
    list.found_on_reading(
        "frame-checksum",
        wrong,
        "a frame whose checksum is of other bytes",
        |draft| {
            first(draft, |plain| {
                let (mut frame, size) = zst::frame(plain);
                *frame.last_mut().expect("it has bytes") ^= 1;
                (frame, size)
            });
        },
    )
    .mentions(UNPACKS_NOT);
    list.found_on_reading("frame-without-checksum", wrong, "a frame without a checksum", |draft| {
        first(draft, |plain| {
            let head = [&MAGIC[..], &[DESCRIPTOR & !0b100], &size(plain)].concat();
            ([head, blocks(plain)].concat(), plain.len() as u32)
        });
    })
    .mentions(NOT_A_FRAME);
    list.found_on_reading(
        "frame-without-size",
        wrong,
        "a frame that does not say its size",
        |draft| {
            first(draft, |plain| headed(plain, 0b100, &[10 << 3]));
        },
    )
    .mentions(NOT_AS_LONG);
    for (name, delta) in [("less", -1i64), ("more", 1), ("terabytes", 1 << 42)] {
        let what = format!("a frame that claims another size than it has: {delta:+} bytes");
        list.found_on_reading(&format!("frame-size-{name}"), wrong, &what, move |draft| {
            first(draft, move |plain| {
                let claimed = (plain.len() as i64 + delta).to_le_bytes();
                headed(plain, 0b1110_0100, &claimed)
            });
        })
        .mentions(NOT_AS_LONG);
    }
    list.found_on_reading(
        "frame-bomb",
        wrong,
        "a frame that holds a gigabyte more than it claims",
        |draft| {
            first(draft, |plain| {
                let more = [&block(false, 1, 128 << 10)[..], b"0"].concat().repeat(8 << 10);
                let head = [&MAGIC[..], &[DESCRIPTOR], &size(plain), &more].concat();
                ([head, blocks(plain), checksum(plain).into()].concat(), plain.len() as u32)
            });
        },
    )
    .mentions(UNPACKS_NOT);
    list.found_on_reading(
        "frame-short",
        wrong,
        "a frame that holds a byte less than it claims",
        |draft| {
            first(draft, |plain| {
                let (_, less) = plain.split_last().expect("it has bytes");
                headed(less, DESCRIPTOR, &size(plain))
            });
        },
    )
    .mentions(UNPACKS_NOT);
    for (name, window) in [("9-mib", 13 << 3 | 1), ("2-gib", 21 << 3), ("3-tib", 0xff)] {
        let what = format!("a frame with a window of more than eight megabytes ({window:#x})");
        list.found_on_reading(&format!("frame-window-{name}"), wrong, &what, move |draft| {
            first(draft, move |plain| windowed(plain, window));
        })
        .mentions("a window that");
    }
    list.good("frame-window-8-mib", "a frame with a window of eight megabytes", |draft| {
        first(draft, |plain| windowed(plain, 13 << 3));
    });
    for (name, flags, id) in [("needed", 3, &[7u8, 0, 0, 0][..]), ("of-no-number", 1, &[0])] {
        let what = "a frame that uses a dictionary";
        list.found_on_reading(&format!("frame-dictionary-{name}"), wrong, what, move |draft| {
            first(draft, move |plain| {
                headed(plain, DESCRIPTOR | flags, &[id, &size(plain)[..]].concat())
            });
        })
        .mentions("a dictionary");
    }
    list.found_on_reading(
        "frame-reserved-bit",
        wrong,
        "a frame whose reserved bit is set",
        |draft| {
            first(draft, |plain| headed(plain, DESCRIPTOR | 0b1000, &size(plain)));
        },
    )
    .mentions(NOT_AS_LONG);
    list.found_on_reading("frame-reserved-block", wrong, "a block of the reserved kind", |draft| {
        first(draft, |plain| {
            let head = [&MAGIC[..], &[DESCRIPTOR], &size(plain), &block(false, 3, 4)].concat();
            ([head, blocks(plain), checksum(plain).into()].concat(), plain.len() as u32)
        });
    })
    .mentions(NOT_AS_LONG);
    list.found_on_reading("frame-cut", wrong, "a frame that ends within a block", |draft| {
        first(draft, |plain| {
            let (frame, size) = zst::frame(plain);
            (frame[..frame.len() - 9].to_vec(), size)
        });
    })
    .mentions(NOT_AS_LONG);
    for (name, magic) in [("legacy", 0xFD2F_B527_u32), ("none", 0x0102_0304)] {
        list.found_on_reading(
            &format!("frame-magic-{name}"),
            wrong,
            "a frame of another format",
            move |draft| {
                first(draft, move |plain| {
                    let (frame, size) = zst::frame(plain);
                    ([&magic.to_le_bytes()[..], &frame[4..]].concat(), size)
                });
            },
        )
        .mentions(NOT_A_FRAME);
    }
    list.found_on_reading(
        "frame-with-another",
        wrong,
        "two frames where the seek table has one",
        |draft| {
            first(draft, |plain| {
                let (one, other) = plain.split_at(1024);
                ([zst::frame(one).0, zst::frame(other).0].concat(), plain.len() as u32)
            });
        },
    )
    .mentions(NOT_AS_LONG);
    list.found_on_reading(
        "frame-with-padding",
        wrong,
        "a skippable frame in the entry of another",
        |draft| {
            first(draft, |plain| {
                let frame = zst::frame(plain).0;
                ([frame, skippable(0x184D_2A50, b"padding").0].concat(), plain.len() as u32)
            });
        },
    )
    .mentions(NOT_AS_LONG);
    list.found_on_reading(
        "frame-empty",
        wrong,
        "a frame of nothing, where padding may stand",
        |draft| {
            let nothing = [&MAGIC[..], &[DESCRIPTOR], &[0; 4], &block(true, 0, 0)].concat();
            let empty = ([nothing, checksum(&[]).into()].concat(), 0);
            draft.frames(move |frames| frames.insert(1, empty));
        },
    )
    .mentions("has no plaintext and is not a skippable frame");
    list.found_on_reading(
        "padding-length",
        wrong,
        "padding that claims more than there is",
        |draft| {
            let mut padding = skippable(0x184D_2A50, b"padding");
            padding.0[4] += 1;
            draft.frames(move |frames| frames.insert(1, padding));
        },
    )
    .mentions("has no plaintext and is not a skippable frame");
    list.found_on_reading(
        "padding-seek-table",
        wrong,
        "a second seek table, as padding",
        |draft| {
            let padding = skippable(0x184D_2A5E, &[0, 0, 0, 0, 0, 0xb1, 0xea, 0x92, 0x8f]);
            draft.frames(move |frames| frames.insert(1, padding));
        },
    )
    .mentions("has no plaintext and is not a skippable frame");
    for (name, at) in [("first", 0), ("between", 1), ("last", 3)] {
        list.good(&format!("padding-{name}"), "padding with something in it", move |draft| {
            let content = zst::frame(b"a frame that counts for nothing").0;
            draft.frames(move |frames| frames.insert(at, skippable(0x184D_2A53, &content)));
        });
    }
    list.good("frames-of-a-block", "a frame for every block of the tar", |draft| {
        draft.tar(|tar| {
            let last = *tar.cuts.last().expect("it is cut");
            tar.cuts = (512..last).step_by(512).chain([last]).collect();
        });
    });
    list.good("frames-by-hand", "frames that are not compressed", |draft| {
        draft.frames(|frames| {
            frames.iter_mut().for_each(|frame| *frame = zst::frame(&unpacked(frame)));
        });
    });
}

/// The footer of a seek table: the number of frames it claims, and its descriptor.
fn footer(compressed: &mut [u8], frames: u32, descriptor: u8) {
    let at = compressed.len() - 9;
    compressed[at..at + 4].copy_from_slice(&frames.to_le_bytes());
    compressed[at + 4] = descriptor;
}

/// Changes an entry: the compressed size, and the decompressed one.
fn entry(compressed: &mut [u8], number: usize, change: impl Fn(u32, u32) -> (u32, u32)) {
    let at = compressed.len() - 9 - 8 * (3 - number);
    let word = |at: usize| u32::from_le_bytes(compressed[at..at + 4].try_into().expect("four"));
    let (packed, plain) = change(word(at), word(at + 4));
    compressed[at..at + 4].copy_from_slice(&packed.to_le_bytes());
    compressed[at + 4..at + 8].copy_from_slice(&plain.to_le_bytes());
}

pub(super) fn table(list: &mut List) {
    let wrong = "frame";
    for (name, frames, mentions) in [
        ("2-27", 1u32 << 27, "a form that the format does not allow"),
        ("2-32", u32::MAX, "a form that the format does not allow"),
        ("2-22-and-one", (1 << 22) + 1, "a form that the format does not allow"),
        ("2-22", 1 << 22, "claims too many frames"),
        ("one-more", 4, "does not begin at the offset that follows from its number of frames"),
        ("one-less", 2, "does not begin at the offset that follows from its number of frames"),
        ("none", 0, "does not begin at the offset that follows from its number of frames"),
    ] {
        let what = format!("a seek table of three frames that claims {frames}");
        list.refused_on_open(&format!("seek-table-claims-{name}"), wrong, &what, move |draft| {
            draft.compressed(move |bytes| footer(bytes, frames, 0));
        })
        .mentions(mentions);
    }
    for (name, descriptor) in [("checksums", 0x80), ("reserved", 0x04)] {
        list.refused_on_open(
            &format!("seek-table-{name}"),
            wrong,
            "another descriptor",
            move |draft| {
                draft.compressed(move |bytes| footer(bytes, 3, descriptor));
            },
        )
        .mentions("a form that the format does not allow");
    }
    list.refused_on_open("seek-table-missing", wrong, "frames without a seek table", |draft| {
        draft.compressed(|bytes| bytes.truncate(bytes.len() - 8 - 3 * 8 - 9));
    })
    .mentions("is missing");
    list.refused_on_open(
        "seek-table-alone",
        "member",
        "a seek table of no frames, and none",
        |draft| {
            draft.frames(Vec::clear);
        },
    )
    .mentions("ends before its end marker");
    list.refused_on_open("nothing", wrong, "nothing at all is sealed", |draft| {
        draft.compressed(Vec::clear);
    })
    .mentions("is missing");
    list.refused_on_open(
        "seek-table-magic",
        wrong,
        "a seek table in a frame of another kind",
        |draft| {
            draft.compressed(|bytes| {
                let at = bytes.len() - 9 - 24 - 8;
                bytes[at] ^= 1;
            });
        },
    )
    .mentions("does not begin at the offset that follows from its number of frames");
    list.refused_on_open(
        "seek-table-length",
        wrong,
        "a seek table that claims another length",
        |draft| {
            draft.compressed(|bytes| {
                let at = bytes.len() - 9 - 24 - 4;
                bytes[at] += 8;
            });
        },
    )
    .mentions("does not begin at the offset that follows from its number of frames");
    list.refused_on_open("seek-table-twice", wrong, "two seek tables", |draft| {
        draft.compressed(|bytes| {
            let table = bytes[bytes.len() - 9 - 24 - 8..].to_vec();
            bytes.extend(table);
        });
    })
    .mentions("does not cover all the frames");
    list.refused_on_open(
        "bytes-after-the-seek-table",
        wrong,
        "a byte after the seek table",
        |draft| {
            draft.compressed(|bytes| bytes.push(0));
        },
    )
    .mentions("is missing");
    list.refused_on_open(
        "bytes-before-the-seek-table",
        wrong,
        "bytes that no entry covers",
        |draft| {
            draft.compressed(|bytes| {
                let at = bytes.len() - 9 - 24 - 8;
                bytes.splice(at..at, skippable(0x184D_2A50, b"not in the table").0);
            });
        },
    )
    .mentions("does not cover all the frames");
    type Entry = fn(u32, u32) -> (u32, u32);
    let entries: [(&str, &str, Entry); 4] = [
        ("plain-bytes", "an entry of more than two megabytes", |packed, _| (packed, (2 << 20) + 1)),
        ("packed-bytes", "an entry longer than any frame", |_, plain| (3 << 20, plain)),
        ("packed-gigabytes", "an entry of four gigabytes", |_, plain| (u32::MAX, plain)),
        ("plain-gigabytes", "an entry that unpacks to four gigabytes", |packed, _| {
            (packed, u32::MAX)
        }),
    ];
    for (name, what, change) in entries {
        list.refused_on_open(&format!("seek-table-{name}"), wrong, what, move |draft| {
            draft.compressed(move |bytes| entry(bytes, 0, change));
        })
        .mentions("contains a frame that is larger than the format allows");
    }
    list.refused_on_open(
        "seek-table-sum",
        wrong,
        "an entry of a byte less than the frame has",
        |draft| {
            draft.compressed(|bytes| entry(bytes, 0, |packed, plain| (packed - 1, plain)));
        },
    )
    .mentions("does not cover all the frames");
    list.refused_on_open(
        "seek-table-nothing",
        wrong,
        "an entry of no bytes, for nothing",
        |draft| {
            draft.frames(|frames| frames.insert(1, (Vec::new(), 0)));
        },
    )
    .mentions("contains a frame that is too short");
    list.refused_on_open(
        "seek-table-entries-swapped",
        wrong,
        "the entries of two frames swapped",
        |draft| {
            draft.compressed(|bytes| {
                let at = bytes.len() - 9 - 24;
                bytes[at..at + 16].rotate_left(8);
            });
        },
    )
    .mentions(NOT_A_FRAME);
    list.refused_on_open(
        "seek-table-boundary",
        wrong,
        "two entries that meet at another byte",
        |draft| {
            draft.compressed(|bytes| {
                entry(bytes, 1, |packed, plain| (packed - 1, plain));
                entry(bytes, 2, |packed, plain| (packed + 1, plain));
            });
        },
    )
    .mentions(NOT_A_FRAME);
    list.refused_on_open(
        "seek-table-plain-bytes-more",
        "member",
        "a frame of more than it has",
        |draft| {
            draft.compressed(|bytes| entry(bytes, 0, |packed, plain| (packed, plain + 512)));
        },
    )
    .mentions("malformed");
    list.refused_on_open(
        "frame-of-three-megabytes",
        wrong,
        "a frame larger than frames may be",
        |draft| {
            draft.frames(|frames| frames.insert(1, zst::frame(&vec![0; 3 << 20])));
        },
    )
    .mentions("contains a frame that is larger than the format allows");
}

pub(super) fn encrypted(list: &mut List) {
    type Change = fn(&AgeKey, Vec<u8>) -> Vec<u8>;
    let vectors: [(&str, &str, &str, Change); 9] = [
        ("age-bytes-after", "failed cut-short", "a byte after age's last chunk", |_, bytes| {
            [bytes, vec![0]].concat()
        }),
        ("age-chunk-after", "failed cut-short", "a chunk after age's last chunk", |_, bytes| {
            let chunk = bytes[payload_start(&bytes)..].to_vec();
            [bytes, chunk].concat()
        }),
        ("age-cut", "failed cut-short", "the last chunk is cut short", |_, bytes| {
            bytes[..bytes.len() - 1].to_vec()
        }),
        ("age-no-chunk", "failed cut-short", "a header and no chunk", |_, bytes| {
            bytes[..payload_start(&bytes)].to_vec()
        }),
        ("age-version", "error not-an-archive", "a later version of age", |_, bytes| {
            let line = b"age-encryption.org/v1";
            [b"age-encryption.org/v2", &bytes[line.len()..]].concat()
        }),
        ("age-other-key", "error no-key-fits", "it is sealed for another key", |_, _| {
            AgeKey::generate().encrypt(b"somebody else's")
        }),
        ("age-passphrase", "error no-key-fits", "a passphrase of endless work", |_, _| {
            let scrypt = "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 63\n";
            let body = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
            let mac = "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
            format!("age-encryption.org/v1\n{scrypt}{body}{mac}0123456789abcdef").into_bytes()
        }),
        ("not-sealed", "error not-an-archive", "the frames are not sealed", |seal, bytes| {
            seal.decrypt(&bytes)
        }),
        ("empty", "error not-an-archive", "a file of no bytes", |_, _| Vec::new()),
    ];
    for (name, expect, what, change) in vectors {
        list.encrypted(name, expect, what, change).verb("inspect", expect);
    }
}
