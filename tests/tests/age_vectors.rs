//! The test vectors of the age format, as far as they concern a reader of archives: the seal opens
//! what it has to open, gives out what is authentic and no byte more, and refuses the rest.
//!
//! `tests/age/README.md` says where they are from. Two sorts of them do not concern a reader of archives:
//! those in armor, as an archive is never text and all of them are refused as no archive, whatever they
//! expect; and `TAKEN_BY_THE_CRATE`.

use std::fs;
use std::io::Read;
use std::path::Path;

use backup_core::archive::Identity;
use backup_core::fuzzing::unsealed;
use backup_core::record::Digest;
use backup_core::{Code, ErrorKind, Result};
use crm_backup_tests::{names_in, no_passphrase};
use flate2::read::ZlibDecoder;

/// What the age crate takes though the format no longer allows it: stanzas without the last line of
/// their body, as early versions of age wrote them. The header's MAC is of the bytes as they stand.
const TAKEN_BY_THE_CRATE: [&str; 2] = ["stanza_missing_body", "stanza_missing_final_line"];

struct Vector {
    name: String,
    expect: String,
    /// Of all that is decrypted, be it all there is or not.
    payload: Option<Digest>,
    identities: Vec<Identity>,
    armored: bool,
    encrypted: Vec<u8>,
}

impl Vector {
    fn parse(name: &str, bytes: &[u8]) -> Self {
        let end = bytes.windows(2).position(|two| two == b"\n\n").expect("a head ends");
        let head = std::str::from_utf8(&bytes[..end]).expect("a head is text");
        let mut vector = Self {
            name: name.to_owned(),
            expect: String::new(),
            payload: None,
            identities: Vec::new(),
            armored: false,
            encrypted: bytes[end + 2..].to_vec(),
        };
        for line in head.lines() {
            let (key, value) = line.split_once(": ").expect("a line of a head");
            match key {
                "expect" => vector.expect = value.to_owned(),
                "payload" => vector.payload = Some(value.parse().expect("it is a digest")),
                "identity" => {
                    let parsed =
                        Identity::parse_file(value.as_bytes(), "identity", &no_passphrase());
                    vector.identities.extend(parsed.expect("it is an identity"));
                }
                "passphrase" => vector.identities.push(Identity::passphrase(value.into())),
                "armored" => vector.armored = value == "yes",
                "compressed" => {
                    assert_eq!(value, "zlib", "{name}: it is compressed otherwise");
                    let mut unpacked = Vec::new();
                    let mut decoder = ZlibDecoder::new(vector.encrypted.as_slice());
                    decoder.read_to_end(&mut unpacked).expect("it unpacks");
                    vector.encrypted = unpacked;
                }
                "file key" | "comment" => {}
                _ => panic!("{name}: nobody knows what {key} is"),
            }
        }
        vector
    }

    /// What came of it, in the words of the vectors; or what they have no word for.
    fn outcome(&self, plain: &[u8], read: &Result<()>) -> String {
        let kind = match read {
            Ok(()) => return "success".into(),
            Err(error) => error.kind(),
        };
        let refused = match kind {
            ErrorKind::NoKeyFits { .. } | ErrorKind::WrongPassphrase => return "no match".into(),
            // What begins otherwise is no archive, be its header damaged or no header.
            ErrorKind::NotAnArchive { .. } => return "header failure".into(),
            ErrorKind::WorkFactor { found: 23, most: 19 } => return "header failure".into(),
            ErrorKind::Refused(finding) => finding,
            _ => return format!("{kind:?}"),
        };
        assert!(matches!(refused.code, Code::Seal | Code::CutShort), "{}: {refused:?}", self.name);
        // The header's own failures are distinguished by nothing that a person could use.
        match refused.message.to_string().contains("header") {
            true if self.expect == "HMAC failure" => "HMAC failure".into(),
            true => "header failure".into(),
            false if plain.is_empty() && self.payload.is_none() => "header failure".into(),
            false => "payload failure".into(),
        }
    }
}

#[test]
fn age_test_vectors_give_the_expected_results() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("age");
    let (mut wrong, mut read_in, mut armored) = (Vec::new(), 0, 0);
    for name in names_in(&folder).into_iter().filter(|name| name != "README.md") {
        let vector = Vector::parse(&name, &fs::read(folder.join(&name)).expect("it is read"));
        let (plain, read) = unsealed(&vector.encrypted, &vector.identities);
        if vector.armored {
            armored += 1;
            let refused = read.is_err_and(|e| matches!(e.kind(), ErrorKind::NotAnArchive { .. }));
            assert!(refused && plain.is_empty(), "{name}: text is taken for an archive");
            continue;
        }
        read_in += 1;
        if TAKEN_BY_THE_CRATE.contains(&name.as_str()) {
            assert_eq!(vector.expect, "header failure", "{name}: it expects something else");
            assert!(read.is_ok(), "{name} is refused by now: take it off the list: {read:?}");
            continue;
        }
        let outcome = vector.outcome(&plain, &read);
        if outcome != vector.expect {
            wrong.push(format!("{name}: {outcome}, and not {}: {read:?}", vector.expect));
        }
        match vector.payload {
            Some(payload) if payload == Digest::of(&plain) => {}
            None if plain.is_empty() => {}
            _ => wrong.push(format!("{name}: other bytes are given out, {} of them", plain.len())),
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((read_in, armored), (92, 31), "vectors are missing, or more than are known");
}
