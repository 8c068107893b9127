//! Small archives of every shape, encrypted for a public key pair: the seeds of the layers are parts of
//! them, and they are the only archives that may ever be proven.

use std::fs::{self, File};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use backup_core::archive::WriterOptions;
use backup_core::record::{Column, Digest, Table};

use crate::layers::{self, AgeKey, Frame};
use crate::{Keys, awkward, export_to, write_archive};

/// A key for fuzzing only: anyone who reads this can decrypt.
const IDENTITY: &str = "AGE-SECRET-KEY-1XMHT2W6JX8DPZ77RQ9JZKKQQV4WKLD8TPHQNRHUDU97JNLETDCRSU54FVC";
const RECIPIENT: &str = "age1775078zryzf023px438qvstzcgq5qjvp04va2z6sw4u3ktgjgvlscfpafw";

/// The key.
pub(super) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys::from_files(RECIPIENT, IDENTITY))
}

/// The same key, to decrypt and to encrypt.
pub(super) fn key() -> &'static AgeKey {
    static KEY: OnceLock<AgeKey> = OnceLock::new();
    KEY.get_or_init(|| AgeKey::of(IDENTITY))
}

/// An archive.
pub(super) struct Sample {
    pub(super) encrypted: Vec<u8>,
    pub(super) frames: Vec<Frame>,
    pub(super) archive_id: Digest,
}

impl Sample {
    fn of(encrypted: Vec<u8>) -> Self {
        let frames = layers::frames(&key().decrypt(&encrypted));
        let tar: Vec<u8> = frames.iter().flat_map(layers::unpacked).collect();
        let tags = super::tar::find(&tar, "/tagmanifest-sha256.txt").expect("every bag has one");
        let archive_id = Digest::of(super::tar::content(&tar, tags));
        Self { encrypted, frames, archive_id }
    }

    /// The tar in it.
    pub(super) fn tar(&self) -> Vec<u8> {
        self.frames.iter().flat_map(layers::unpacked).collect()
    }
}

/// The archives and their names.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Sample)> {
    static SAMPLES: OnceLock<Vec<(&str, Sample)>> = OnceLock::new();
    SAMPLES.get_or_init(make).iter().map(|(name, sample)| (*name, sample))
}

fn options() -> WriterOptions {
    WriterOptions::default().threads(1).created(SystemTime::UNIX_EPOCH + Duration::from_secs(1))
}

fn make() -> Vec<(&'static str, Sample)> {
    let contacts = awkward::table("contacts", ["id", "name"]);
    let records = ["Ada", "Bo", "合同"].map(|name| awkward::texts(&[Some("1"), Some(name)]));
    let any = Table::new("kinds", ["a", "b"].map(Column::any));
    let mut kinds = backup_core::record::Record::new();
    kinds.push_real(0.5);
    kinds.push_blob(&[0, 255]);
    let tables = [(contacts, records.to_vec()), (any, vec![kinds])];
    let files = [("a.pdf".to_owned(), b"attached".to_vec()), ("empty".to_owned(), vec![])];
    let (_, plain) = write_archive(keys(), options(), &tables, &files);
    let (_, parts) = write_archive(keys(), options().part_bytes(1), &tables, &[]);
    let (_, empty) = write_archive(keys(), options(), &[], &[]);
    [("plain", plain), ("parts", parts), ("empty", empty), ("sources", sources())]
        .map(|(name, encrypted)| (name, Sample::of(encrypted)))
        .into()
}

/// An archive of a source of each kind, one for each way to be restored.
fn sources() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let below = folder.path().join("in");
    fs::create_dir(&below).expect("a folder");
    let put = |name: &str, bytes: &[u8]| {
        let path = below.join(name);
        fs::write(&path, bytes).expect("a source is written");
        path
    };
    let ragged = put("kept.csv", b"a,b\r\n1,2\n\"3\",4");
    let recipe = put("recipe.csv", b"\xef\xbb\xbfa;b\r\n\"1\";\"x;\"\"y\"\r\n");
    let zip = crate::zipped::zip(&[crate::zipped::ZipMember::deflated("in.csv", b"a,b\n1,2\n")]);
    let zip = put("in.zip", &zip);
    let book = put("book.xlsx", &super::workbook::small("xlsx"));
    let database = below.join("crm.sqlite");
    super::sqlite::small(&database);
    let paths = [ragged, recipe, zip, book, database];
    for path in &paths {
        set_time(path);
    }
    let archive = folder.path().join("crm.tar.zst.age");
    export_to(&archive, &paths, keys(), options());
    fs::read(archive).expect("the archive is read")
}

/// The fixed time makes the archive reproducible.
fn set_time(path: &Path) {
    let file = File::options().append(true).open(path).expect("a source is opened");
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(2)).expect("a time is set");
}
