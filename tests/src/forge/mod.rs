//! Archives forged by someone who knows the public key: each has exactly one fault.
//!
//! A vector is a file: a head of `key: value` lines that describe the forgery and the expected result, an
//! empty line, and the archive. `forge-vectors` writes them all; the suite `forged` reads them, and refuses
//! one that is not listed here. Frames that are not forged come from zstd: a new release of it may compress
//! differently, and then the vectors are written again in the same commit.

mod bag;
mod definitions;
pub mod draft;
mod frames;
mod manifest;
mod members;
mod names;
mod order;
mod sources;
pub mod table;
mod tables;
pub mod tar;
pub mod zst;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use self::draft::{Draft, whole};
use self::table::{Cell, TableDraft};
use crate::layers::AgeKey;

/// The commands that can be run on an archive.
pub const VERBS: [&str; 7] =
    ["inspect", "verify", "restore-test", "restore", "originals", "database", "salvage"];

/// A forged archive, and the expected result.
pub struct Vector {
    /// The name of its file, without `.vector`.
    pub name: String,
    /// The lines of its head.
    pub head: BTreeMap<&'static str, String>,
    make: Box<dyn FnOnce() -> Body>,
}

enum Body {
    /// The plaintext that age encrypts.
    Plain(Vec<u8>),
    /// The encrypted bytes, changed.
    Encrypted(Vec<u8>),
}

/// All vectors.
#[derive(Default)]
pub struct List(Vec<Vector>);

impl List {
    /// Every vector.
    pub fn all() -> Vec<Vector> {
        let mut list = Self::default();
        for add in [
            frames::frames,
            frames::table,
            frames::encrypted,
            members::headers,
            members::paths,
            members::pax,
            order::order,
            bag::bag,
            manifest::package,
            manifest::resources,
            sources::files,
            tables::text,
            tables::counts,
            names::names,
            definitions::definitions,
        ] {
            add(&mut list);
        }
        list.0.sort_by(|one, other| one.name.cmp(&other.name));
        list.0
    }

    fn add(
        &mut self,
        name: &str,
        what: &str,
        expect: String,
        make: impl FnOnce() -> Body + 'static,
    ) -> &mut Vector {
        let head = BTreeMap::from([("what", what.to_owned()), ("expect", expect)]);
        self.0.push(Vector { name: name.into(), head, make: Box::new(make) });
        self.0.last_mut().expect("it was just added")
    }

    /// One that is refused when it is opened, because its end shows the fault.
    pub fn refused_on_open(
        &mut self,
        name: &str,
        code: &str,
        what: &str,
        change: impl FnOnce(&mut Draft) + 'static,
    ) -> &mut Vector {
        self.found_on_reading(name, code, what, change).verb("inspect", &format!("failed {code}"))
    }

    /// One that opens, and whose fault is found when all of it is read.
    pub fn found_on_reading(
        &mut self,
        name: &str,
        code: &str,
        what: &str,
        change: impl FnOnce(&mut Draft) + 'static,
    ) -> &mut Vector {
        self.add(name, what, format!("failed {code}"), || Body::Plain(changed(change)))
            .verb("inspect", "good")
    }

    /// One that is unusual but valid.
    pub fn good(
        &mut self,
        name: &str,
        what: &str,
        change: impl FnOnce(&mut Draft) + 'static,
    ) -> &mut Vector {
        self.add(name, what, "good".into(), || Body::Plain(changed(change)))
    }

    /// One whose encrypted bytes are changed.
    pub fn encrypted(
        &mut self,
        name: &str,
        expect: &str,
        what: &str,
        change: impl FnOnce(&AgeKey, Vec<u8>) -> Vec<u8> + 'static,
    ) -> &mut Vector {
        self.add(name, what, expect.into(), || {
            Body::Encrypted(change(&key_pair(), key_pair().encrypt(&whole().build())))
        })
    }
}

fn changed(change: impl FnOnce(&mut Draft)) -> Vec<u8> {
    let mut draft = whole();
    change(&mut draft);
    draft.build()
}

impl Vector {
    fn set(&mut self, key: &'static str, value: &str) -> &mut Self {
        self.head.insert(key, value.into());
        self
    }

    /// Words that the finding's message must contain.
    pub fn mentions(&mut self, words: &str) -> &mut Self {
        self.set("says", words)
    }

    /// The member that the finding must name.
    pub fn path(&mut self, path: &str) -> &mut Self {
        self.set("path", path)
    }

    /// The table that the finding must name.
    pub fn table(&mut self, table: &str) -> &mut Self {
        self.set("table", table)
    }

    /// The limit of its memory in megabytes.
    pub fn memory(&mut self, megabytes: usize) -> &mut Self {
        self.set("memory", &megabytes.to_string())
    }

    /// The only commands that are run: a slow vector is not run with all of them.
    pub fn verbs(&mut self, verbs: &str) -> &mut Self {
        self.set("verbs", verbs)
    }

    /// The different result of one command.
    pub fn verb(&mut self, verb: &'static str, outcome: &str) -> &mut Self {
        self.set(verb, outcome)
    }

    /// Its head, as in the file.
    pub fn head(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.head {
            writeln!(text, "{key}: {value}").expect("a String takes every write");
        }
        text
    }

    /// The plaintext below its head; nothing if the encrypted bytes are forged.
    pub fn plain(self) -> Option<Vec<u8>> {
        match (self.make)() {
            Body::Plain(plain) => Some(plain),
            Body::Encrypted(_) => None,
        }
    }

    /// The file.
    pub fn file(self) -> Vec<u8> {
        let head = self.head();
        let encrypted = match (self.make)() {
            Body::Plain(plain) => key_pair().encrypt(&plain),
            Body::Encrypted(encrypted) => encrypted,
        };
        [head.as_bytes(), b"\n", &encrypted].concat()
    }
}

/// An archive, before encryption, of this many tables of two parts each. All first parts come before all
/// second parts.
pub fn interleaved(tables: usize) -> Vec<u8> {
    let table = |number: usize| TableDraft {
        slug: format!("{:04}-t{number}", number + 1),
        title: format!("t{number}"),
        kind: "any",
        labels: vec![("id".into(), None)],
        parts: vec![vec![vec![Cell::Integer(1)]], vec![vec![Cell::Integer(2)]]],
        edits: Vec::new(),
        origin: (None, None),
    };
    changed(|draft| {
        draft.files.clear();
        draft.tables = (0..tables).map(table).collect();
        draft.payload(|members| {
            members.sort_by_key(|member| member.path.ends_with("part-00000002.csv"));
        });
    })
}

/// The folder of the vectors.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The key that decrypts all of them; it is public.
pub fn key() -> String {
    fs::read_to_string(folder().join("key.txt")).expect("the key of the vectors is there")
}

fn key_pair() -> AgeKey {
    AgeKey::of(&key())
}

/// A vector that was read from its file.
pub struct StoredVector {
    /// Its head.
    pub head: BTreeMap<String, String>,
    /// Its head, as in the file.
    pub text: String,
    /// The archive.
    pub encrypted: Vec<u8>,
}

impl StoredVector {
    /// Splits a file.
    pub fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").expect("the head ends");
        let text = String::from_utf8(bytes[..=end].to_vec()).expect("the head is text");
        let line = |line: &str| {
            let (key, value) = line.split_once(": ").expect("a line is a key and a value");
            (key.to_owned(), value.to_owned())
        };
        let head = text.lines().map(line).collect();
        Self { head, text, encrypted: bytes[end + 2..].to_vec() }
    }

    /// The plaintext of its archive.
    pub fn plain(&self) -> Vec<u8> {
        key_pair().decrypt(&self.encrypted)
    }
}
