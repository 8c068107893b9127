//! The test vectors of the age format that apply to a reader of archives. It decrypts what must
//! decrypt, returns authentic bytes only, and refuses the rest.
//!
//! `tests/age/README.md` names their origin. Two groups do not apply to a reader of archives:
//! armored ones, because an archive is never text and all of them are refused as such, whatever
//! they expect; and `TAKEN_BY_THE_CRATE`.

use std::fs;
use std::io::Read;
use std::path::Path;

use backup_core::archive::Identity;
use backup_core::internals::decrypt;
use backup_core::record::Digest;
use backup_core::{Code, ErrorKind, Result};
use crm_backup_tests::{names_in, no_passphrase};
use flate2::read::ZlibDecoder;

/// What the age crate accepts although the format no longer allows it: stanzas without the last
/// line of their body, as early versions of age wrote them. The MAC of the header covers the
/// original bytes.
const TAKEN_BY_THE_CRATE: [&str; 2] = ["stanza_missing_body", "stanza_missing_final_line"];

struct Vector {
    name: String,
    expect: String,
    /// Of everything that is decrypted, complete or not.
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
                    assert_eq!(value, "zlib", "{name}: its compression is unknown");
                    let mut unpacked = Vec::new();
                    let mut decoder = ZlibDecoder::new(vector.encrypted.as_slice());
                    decoder.read_to_end(&mut unpacked).expect("it unpacks");
                    vector.encrypted = unpacked;
                }
                "file key" | "comment" => {}
                _ => panic!("{name}: {key} is unknown"),
            }
        }
        vector
    }

    /// The outcome in the words of the vectors, or in words for what they do not cover.
    fn outcome(&self, plain: &[u8], read: &Result<()>) -> String {
        let kind = match read {
            Ok(()) => return "success".into(),
            Err(error) => error.kind(),
        };
        let refused = match kind {
            ErrorKind::NoKeyFits { .. } | ErrorKind::WrongPassphrase => return "no match".into(),
            // A file with another beginning is not an archive, whether its header is damaged or
            // missing.
            ErrorKind::NotAnArchive { .. } => return "header failure".into(),
            ErrorKind::WorkFactor { found: 23, most: 19 } => return "header failure".into(),
            ErrorKind::Refused(finding) => finding,
            _ => return format!("{kind:?}"),
        };
        assert!(matches!(refused.code, Code::Seal | Code::CutShort), "{}: {refused:?}", self.name);
        // The failures of a header are not distinguished further, because that would not help a
        // user.
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
        let mut plain = Vec::new();
        let read = decrypt(&vector.encrypted, &vector.identities, &mut plain);
        if vector.armored {
            armored += 1;
            let refused = read.is_err_and(|e| matches!(e.kind(), ErrorKind::NotAnArchive { .. }));
            assert!(refused && plain.is_empty(), "{name}: text is accepted as an archive");
            continue;
        }
        read_in += 1;
        if TAKEN_BY_THE_CRATE.contains(&name.as_str()) {
            assert_eq!(vector.expect, "header failure", "{name}: it expects something else");
            assert!(read.is_ok(), "{name} is now refused: remove it from the list: {read:?}");
            continue;
        }
        let outcome = vector.outcome(&plain, &read);
        if outcome != vector.expect {
            wrong.push(format!("{name}: {outcome}, and not {}: {read:?}", vector.expect));
        }
        match vector.payload {
            Some(payload) if payload == Digest::of(&plain) => {}
            None if plain.is_empty() => {}
            _ => wrong.push(format!("{name}: other bytes are returned, {} of them", plain.len())),
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((read_in, armored), (92, 31), "vectors are missing, or more than are known");
}
