//! Every two-byte character of the encodings of CSV files, decoded by Python and by this program.
//! The sequences that differ are listed with the reason, and there are no others.
//!
//! These tests need external tools; `tests/run` runs the ones that are possible.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::RangeInclusive;
use std::process::Command;

use backup_core::source::csv::{CsvOptions, CsvSource};
use crm_backup_tests::cells::{Owned, Pushed};
use crm_backup_tests::stock::run_with_input;

/// An encoding, and Python's name for the closest one.
struct Codec {
    ours: &'static str,
    python: &'static str,
    /// The first bytes of two-byte characters, or of one-byte characters where there are no second
    /// bytes.
    leads: &'static [RangeInclusive<u8>],
    trails: &'static [RangeInclusive<u8>],
    /// The sequences that are decoded differently, and why.
    differs: &'static [(&'static [RangeInclusive<u16>], &'static str)],
    /// How many sequences this program decodes and Python does not, and why.
    python_lacks: (usize, &'static str),
}

const DOUBLE: &[RangeInclusive<u8>] = &[0x40..=0x7e, 0x80..=0xfe];

/// Python's tables are those of the standard of 2000.
const GB18030: &[(&[RangeInclusive<u16>], &str)] = &[
    (
        &[0xa3a0..=0xa3a0],
        "a space of full width, as GBK's users have it; a private character in the standard",
    ),
    (&[0xa8bc..=0xa8bc], "U+1E3F since the edition of 2005, a private character before"),
    (
        &[
            0xa6d9..=0xa6df,
            0xa6ec..=0xa6ed,
            0xa6f3..=0xa6f3,
            0xfe59..=0xfe59,
            0xfe61..=0xfe61,
            0xfe66..=0xfe67,
            0xfe6d..=0xfe6d,
            0xfe7e..=0xfe7e,
            0xfe90..=0xfe90,
            0xfea0..=0xfea0,
        ],
        "characters of their own since the edition of 2022, private ones before",
    ),
];

const CODECS: &[Codec] = &[
    Codec {
        ours: "gb18030",
        python: "gb18030",
        leads: &[0x81..=0xfe],
        trails: DOUBLE,
        differs: GB18030,
        python_lacks: (0, ""),
    },
    // Text labelled GBK may hold more: the WHATWG decodes both alike.
    Codec {
        ours: "gbk",
        python: "gb18030",
        leads: &[0x81..=0xfe],
        trails: DOUBLE,
        differs: GB18030,
        python_lacks: (0, ""),
    },
    Codec {
        ours: "big5",
        python: "big5hkscs",
        leads: &[0x81..=0xfe],
        trails: &[0x40..=0x7e, 0xa1..=0xfe],
        differs: &[(
            &[
                0xa145..=0xa145,
                0xa14e..=0xa14e,
                0xa1c2..=0xa1c2,
                0xa1e3..=0xa1e3,
                0xa1f2..=0xa1f3,
                0xa241..=0xa242,
                0xa244..=0xa244,
                0xa246..=0xa247,
            ],
            "signs that look alike, of which Windows and the WHATWG choose the other one",
        )],
        python_lacks: (192, "characters of Windows' code page and of HKSCS since 2008"),
    },
    Codec {
        ours: "shift_jis",
        python: "cp932",
        leads: &[0x81..=0x9f, 0xe0..=0xfc],
        trails: &[0x40..=0x7e, 0x80..=0xfc],
        differs: &[],
        python_lacks: (0, ""),
    },
    Codec {
        ours: "euc-kr",
        python: "cp949",
        leads: &[0x81..=0xfe],
        trails: &[0x41..=0x5a, 0x61..=0x7a, 0x81..=0xfe],
        differs: &[],
        python_lacks: (0, ""),
    },
    Codec {
        ours: "windows-1252",
        python: "cp1252",
        leads: &[0x80..=0xff],
        trails: &[],
        differs: &[],
        python_lacks: (5, "bytes that are undefined, of which browsers make Latin-1's controls"),
    },
];

impl Codec {
    fn sequences(&self) -> Vec<Vec<u8>> {
        let leads = self.leads.iter().cloned().flatten();
        let trails: Vec<u8> = self.trails.iter().cloned().flatten().collect();
        let of = |lead| match trails.is_empty() {
            true => vec![vec![lead]],
            false => trails.iter().map(|trail| vec![lead, *trail]).collect(),
        };
        leads.flat_map(of).collect()
    }

    /// What Python decodes; `None` where it refuses.
    fn theirs(&self, sequences: &[Vec<u8>]) -> Vec<Option<String>> {
        const SCRIPT: &str = "
import json, sys
def decode(hex):
    try: return bytes.fromhex(hex).decode(sys.argv[1])
    except UnicodeError: return None
json.dump([decode(line) for line in sys.stdin.read().split()], sys.stdout)
";
        let lines: Vec<String> = sequences
            .iter()
            .map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        let mut command = Command::new("python3");
        command.args(["-I", "-c", SCRIPT, self.python]);
        let output = run_with_input(&mut command, lines.join("\n").as_bytes()).expect("Python");
        serde_json::from_str(&output.out).expect("it prints JSON")
    }

    /// What this program decodes in a CSV file with that cell; `None` where it refuses.
    fn ours(&self, sequence: &[u8]) -> Option<String> {
        let file = [b"a\n", sequence, b"\n"].concat();
        let options = CsvOptions::default().encoding(self.ours).delimiter(b',');
        let mut source = CsvSource::from_reader(Box::new(Cursor::new(file)), "t.csv", options);
        let pushed = Pushed::from(&mut source).ok()?;
        match &pushed.tables[0].rows[0][0] {
            Owned::Text(bytes) => Some(String::from_utf8(bytes.clone()).expect("it is decoded")),
            other => panic!("{sequence:02x?} is read as {other:?}"),
        }
    }
}

#[test]
#[ignore = "compares with Python's codecs; tests/run runs it"]
fn python_decodes_the_same_characters() {
    for codec in CODECS {
        let sequences = codec.sequences();
        let theirs = codec.theirs(&sequences);
        let (mut differ, mut lacking) = (BTreeSet::new(), 0);
        for (sequence, theirs) in sequences.iter().zip(theirs) {
            match (codec.ours(sequence), theirs) {
                (ours, theirs) if ours == theirs => {}
                (Some(_), None) => lacking += 1,
                _ => {
                    let number = |number, byte: &u8| number << 8 | u16::from(*byte);
                    differ.insert(sequence.iter().fold(0, number));
                }
            }
        }
        let listed: BTreeSet<u16> =
            codec.differs.iter().flat_map(|(ranges, _)| ranges.iter().cloned().flatten()).collect();
        let show = |set: Vec<&u16>| set.iter().map(|one| format!("{one:04x}")).collect::<Vec<_>>();
        assert_eq!(
            show(differ.difference(&listed).collect()),
            [""; 0],
            "{}: decoded differently by Python, and not listed",
            codec.ours
        );
        assert_eq!(
            show(listed.difference(&differ).collect()),
            [""; 0],
            "{}: listed, but decoded alike: {:?}",
            codec.ours,
            codec.differs
        );
        let (expected, why) = codec.python_lacks;
        assert_eq!(lacking, expected, "{}: Python refuses a different number ({why})", codec.ours);
    }
}
