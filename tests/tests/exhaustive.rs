//! Every possible damage instead of a sample: each bit of small archives flipped in each layer,
//! each truncation, and each frame and each encrypted chunk lost, doubled or moved. None of them is
//! proven or restored, or takes much memory.

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::record::{Column, Record, Table};
use backup_core::{
    ErrorKind, Report, RestoreOptions, RestoreTestOptions, Result, Verdict, VerifyOptions,
    restore_folder, restore_test, verify,
};
use crm_backup_tests::counting::Counting;
use crm_backup_tests::layers::{
    AgeKey, ENCRYPTED_CHUNK, Frame, frames, packed, payload_start, unpacked, with_table,
};
use crm_backup_tests::memory::InMemory;
use crm_backup_tests::noise::{noise, noisy};
use crm_backup_tests::own_process::{Share, shared};
use crm_backup_tests::{Bytes, Keys, Rows, awkward, names_in, tried, write_archive};
use tempfile::TempDir;

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// The memory limit for verifying, testing or restoring a small archive: some frames of 2 MiB pass
/// through the threads, whatever the archive claims. Memory is counted for a whole process, so each
/// process tries one case after the other.
const MEMORY_BOUND: usize = 64 << 20;

/// The folder of the tests: in memory where the system offers it, because they write much.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

fn record(id: i64, name: &str) -> Record {
    let mut record = Record::new();
    record.push_integer(id);
    record.push_text(name);
    record.push_real(0.5);
    record.push_null();
    record
}

fn contacts(rows: i64) -> Rows {
    let columns = ["id", "name", "value", "note"].map(Column::any);
    (Table::new("contacts", columns), (1..=rows).map(|id| record(id, "Ada")).collect())
}

/// Small archives of every shape.
fn shapes() -> [(&'static str, u64, Vec<Rows>, Vec<Bytes>); 4] {
    let empty = awkward::table("accounts", ["id", "name"]);
    let file = |name: &str| (name.to_owned(), name.as_bytes().to_vec());
    [
        ("one table", 64 << 20, vec![contacts(3)], vec![]),
        ("many parts", 1, vec![contacts(4)], vec![]),
        ("files", 64 << 20, vec![], vec![file("a.pdf"), file("b.pdf"), ("c".into(), vec![])]),
        ("empty tables", 64 << 20, vec![(empty, vec![]), contacts(0)], vec![]),
    ]
}

/// An archive, and the key to decrypt and encrypt it.
struct Sample {
    shape: String,
    keys: Keys,
    key: AgeKey,
    encrypted: Vec<u8>,
    archive_id: backup_core::record::Digest,
}

impl Sample {
    fn of(shape: &str, part_bytes: u64, tables: &[Rows], files: &[Bytes]) -> Self {
        let keys = Keys::generate();
        let options = WriterOptions::default().level(19).part_bytes(part_bytes);
        let (finished, encrypted) = write_archive(&keys, options, tables, files);
        let key = AgeKey::of(&keys.identity_file);
        Self { shape: shape.into(), keys, key, encrypted, archive_id: finished.archive_id }
    }

    fn all() -> Vec<Self> {
        let of = |(shape, part, tables, files): (_, _, Vec<_>, Vec<_>)| {
            Self::of(shape, part, &tables, &files)
        };
        shapes().map(of).into()
    }

    /// Stores it for the processes that try cases: each must try the same archive.
    fn save(&self, folder: &Path) {
        let folder = folder.join(&self.shape);
        let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes);
        fs::create_dir(&folder)
            .and_then(|()| write("sealed", &self.encrypted))
            .and_then(|()| write("recipient", self.keys.recipient.as_bytes()))
            .and_then(|()| write("identity", self.keys.identity_file.as_bytes()))
            .and_then(|()| write("id", self.archive_id.to_string().as_bytes()))
            .expect("the archive is kept");
    }

    fn load(folder: &Path, shape: &str) -> Self {
        let read = |name: &str| fs::read(folder.join(shape).join(name)).expect("it was kept");
        let text = |name: &str| String::from_utf8(read(name)).expect("it is text");
        let keys = Keys::from_files(&text("recipient"), &text("identity"));
        let (key, encrypted) = (AgeKey::of(&keys.identity_file), read("sealed"));
        let archive_id = text("id").parse().expect("it is a digest");
        Self { shape: shape.into(), keys, key, encrypted, archive_id }
    }

    fn compressed(&self) -> Vec<u8> {
        self.key.decrypt(&self.encrypted)
    }

    fn tar(&self) -> Vec<u8> {
        frames(&self.compressed()).iter().flat_map(unpacked).collect()
    }

    /// An archive of another tar, with frames cut at the same places as in `whole`.
    fn with_tar(&self, frames: &[Frame], whole: &[u8], tar: &[u8]) -> Vec<u8> {
        let mut at = 0;
        let cut = frames.iter().map(|frame| {
            let range = at..at + frame.1 as usize;
            at = range.end;
            let is_the_same = whole[range.clone()] == tar[range.clone()];
            if is_the_same { frame.clone() } else { packed(&tar[range]) }
        });
        self.key.encrypt(&with_table(&cut.collect::<Vec<_>>()))
    }
}

/// One of several threads that try cases, and its folder.
struct Trier<'a> {
    sample: &'a Sample,
    /// Whether refused archives are restored as well.
    restore: bool,
    folder: TempDir,
    path: PathBuf,
    /// Determined once, because querying the number of cores takes longer than many a case.
    options: VerifyOptions,
    testing: RestoreTestOptions,
    restoring: RestoreOptions,
}

impl<'a> Trier<'a> {
    fn new(sample: &'a Sample, restore: bool) -> Self {
        let folder = folder();
        let path = folder.path().join("a.tar.zst.age");
        let options = VerifyOptions::default().threads(1);
        let testing = RestoreTestOptions::from(&options);
        let restoring = RestoreOptions::default().verify(options.clone());
        Self { sample, restore, folder, path, options, testing, restoring }
    }

    /// Verifies, tests and optionally restores it; returns the reports that are proven.
    fn proven(&self, bytes: &[u8], what: &dyn Fn() -> String) -> Vec<Report> {
        fs::write(&self.path, bytes).expect("it is written");
        let (identities, options) = (&self.sample.keys.identities, &self.options);
        let output = self.folder.path().join("out");
        let mut scratch = InMemory::default();
        let verified = verify(&self.path, identities, options, &());
        let testing = self.testing.clone();
        let tested = restore_test(&self.path, identities, &mut scratch, testing, &());
        let results = [verified, tested].into_iter();
        let mut proven: Vec<_> =
            results.filter_map(|one| self.assert_not_proven(one, what)).collect();
        if self.restore || !proven.is_empty() {
            let restored = restore_folder(&self.path, identities, &output, &self.restoring, &());
            proven.extend(self.assert_not_proven(restored, what));
        }
        let left = names_in(self.folder.path());
        if proven.is_empty() {
            assert_eq!(left, ["a.tar.zst.age"], "{}: something is restored", what());
        } else {
            assert_eq!(proven.len(), 3, "{}: the results differ", what());
            fs::remove_dir_all(&output).expect("the restored files are removed");
        }
        proven
    }

    /// The report, if the archive was found good.
    fn assert_not_proven(
        &self,
        results: Result<Report>,
        what: &dyn Fn() -> String,
    ) -> Option<Report> {
        match results {
            Ok(report) if report.has_failure() => {
                assert_eq!(report.verdict(), Some(Verdict::Failed), "{}", what());
                assert!(report.proof().is_none(), "{}: a failed archive has a proof", what());
                assert!(report.run().written.is_empty(), "{}: something is restored", what());
                None
            }
            Ok(report) => Some(report),
            Err(error) => {
                let expected = matches!(
                    error.kind(),
                    ErrorKind::NotAnArchive { .. }
                        | ErrorKind::NoKeyFits { .. }
                        | ErrorKind::Key { .. }
                        | ErrorKind::Refused(_)
                );
                assert!(expected, "{}: it ends with {error:?}", what());
                None
            }
        }
    }
}

/// The kind of damage, and whether refused archives are restored as well, which takes the most
/// time.
type CaseName<'a> = (&'a str, bool);

/// Tries a share of the cases; `make` returns the bytes of a case. Returns how many were proven;
/// these must equal the original archive.
fn try_all(
    share: Share,
    sample: &Sample,
    (what, restore): CaseName<'_>,
    cases: usize,
    make: &dyn Fn(usize) -> Vec<u8>,
) -> usize {
    let mut proven = 0;
    let trier = Trier::new(sample, restore);
    for case in share.of(cases) {
        let named = || format!("{}: {what}, case {case}", sample.shape);
        for report in trier.proven(&make(case), &named) {
            let same = report.archive().id == Some(sample.archive_id);
            assert!(same, "{}: another archive is proven", named());
            proven += 1;
        }
    }
    assert!(cases > 0, "{}: {what}: nothing was tried", sample.shape);
    // The undamaged archive is proven by all of them, so that the refusals are due to the damage.
    let whole = || format!("{}: {what}, undone", sample.shape);
    assert_eq!(trier.proven(&sample.encrypted, &whole).len(), 3, "{}", whole());
    tried!("{}: {what}: {} of {cases} cases tried", sample.shape, share.count(cases));
    let peak = MEMORY.peak();
    assert!(peak < MEMORY_BOUND, "{what}: {peak} bytes of memory were taken");
    proven / 3
}

/// Has processes try their shares of the cases of these archives; `test` is the calling test.
fn exhaust(test: &str, samples: fn() -> Vec<Sample>, work: impl FnOnce(Share, Vec<Sample>)) {
    let prepare = |folder: &Path| samples().iter().for_each(|sample| sample.save(folder));
    shared(test, prepare, |share, folder| {
        let shapes = names_in(folder);
        work(share, shapes.iter().map(|shape| Sample::load(folder, shape)).collect());
    });
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

#[test]
#[ignore = "tens of thousands of cases; tests/run runs it"]
fn exhaustive_every_bit_of_the_encrypted_bytes() {
    exhaust("exhaustive_every_bit_of_the_encrypted_bytes", Sample::all, |share, samples| {
        for sample in samples {
            let bits = sample.encrypted.len() * 8;
            let make = |bit| flipped(&sample.encrypted, bit);
            let proven = try_all(
                share,
                &sample,
                ("a bit of the encrypted bytes flipped", true),
                bits,
                &make,
            );
            assert_eq!(proven, 0, "{}: changed bytes are proven", sample.shape);
        }
    });
}

#[test]
#[ignore = "thousands of cases; tests/run runs it"]
fn exhaustive_every_truncation_and_every_appended_byte() {
    exhaust(
        "exhaustive_every_truncation_and_every_appended_byte",
        Sample::all,
        |share, samples| {
            for sample in samples {
                let encrypted = &sample.encrypted;
                let cut = |length: usize| encrypted[..length].to_vec();
                let proven = try_all(share, &sample, ("cut short", true), encrypted.len(), &cut);
                assert_eq!(proven, 0, "{}: a truncated archive is proven", sample.shape);
                let more = |byte: usize| [encrypted.as_slice(), &[byte as u8]].concat();
                let proven = try_all(share, &sample, ("a byte appended", true), 256, &more);
                assert_eq!(proven, 0, "{}: an archive with more bytes is proven", sample.shape);
                let much =
                    |pages: usize| [encrypted.as_slice(), &vec![0; 4096 * (pages + 1)]].concat();
                let proven = try_all(share, &sample, ("zeros appended", true), 20, &much);
                assert_eq!(proven, 0, "{}: an archive with more bytes is proven", sample.shape);
            }
        },
    );
}

/// Authentic bytes come from someone who has the public key, or from a defect of this program, so
/// the layers below the encryption are checked as if there were no encryption.
#[test]
#[ignore = "tens of thousands of cases; tests/run runs it"]
fn exhaustive_every_bit_of_the_compressed_bytes() {
    exhaust("exhaustive_every_bit_of_the_compressed_bytes", Sample::all, |share, samples| {
        for sample in samples {
            let compressed = sample.compressed();
            let make = |bit| sample.key.encrypt(&flipped(&compressed, bit));
            let bits = compressed.len() * 8;
            let proven = try_all(
                share,
                &sample,
                ("a bit of the compressed bytes flipped", true),
                bits,
                &make,
            );
            // zstd has bits without a meaning; then the archive is the same, which was checked.
            let most = frames(&compressed).len() * 64;
            assert!(proven <= most, "{}: {proven} flipped bits are not detected", sample.shape);
            tried!("{}: {proven} of them have no meaning in zstd", sample.shape);
        }
    });
}

#[test]
#[ignore = "a hundred thousand cases; tests/run runs it"]
fn exhaustive_every_bit_of_the_tar() {
    exhaust("exhaustive_every_bit_of_the_tar", Sample::all, |share, samples| {
        for sample in samples {
            let (cut, tar) = (frames(&sample.compressed()), sample.tar());
            let make = |bit| sample.with_tar(&cut, &tar, &flipped(&tar, bit));
            let proven =
                try_all(share, &sample, ("a bit of the tar flipped", false), tar.len() * 8, &make);
            assert_eq!(proven, 0, "{}: a changed tar is proven", sample.shape);
        }
    });
}

/// Changes to the order of pieces: each of them removed, doubled, or moved after the next.
fn disturbed(pieces: usize) -> Vec<Vec<usize>> {
    let all = || (0..pieces).collect::<Vec<_>>();
    let without = (0..pieces).map(|gone| all().into_iter().filter(|n| *n != gone).collect());
    let twice = (0..pieces).map(|twice| {
        let mut order = all();
        order.insert(twice, twice);
        order
    });
    let swapped = (1..pieces).map(|second| {
        let mut order = all();
        order.swap(second - 1, second);
        order
    });
    let last_twice = std::iter::once(all().into_iter().chain(pieces.checked_sub(1)).collect());
    without.chain(twice).chain(swapped).chain(last_twice).collect()
}

/// An archive of many encrypted chunks and several parts of each table, and files.
fn many_chunks() -> Sample {
    let tables = [noisy("accounts", 1, 50), contacts(3), noisy("deals", 2, 40)];
    let files = [("a.bin".to_owned(), noise(150_000, 3)), ("b.bin".to_owned(), noise(100, 4))];
    Sample::of("many chunks", 60_000, &tables, &files)
}

/// An archive of several frames, some with several members, some with a piece of one.
fn many_frames() -> Sample {
    let tables = [noisy("accounts", 1, 800), contacts(3)];
    Sample::of("many frames", 5_000_000, &tables, &[("a.bin".to_owned(), noise(150_000, 3))])
}

#[test]
#[ignore = "hundreds of cases; tests/run runs it"]
fn exhaustive_every_moved_chunk_and_frame() {
    let samples = || vec![many_chunks(), many_frames()];
    exhaust("exhaustive_every_moved_chunk_and_frame", samples, |share, samples| {
        let [sample, many_frames] = &samples[..] else { panic!("there are two archives") };
        let start = payload_start(&sample.encrypted);
        let (header, payload) = sample.encrypted.split_at(start);
        let chunks: Vec<&[u8]> = payload.chunks(ENCRYPTED_CHUNK).collect();
        assert!(chunks.len() > 5, "{} encrypted chunks are too few", chunks.len());
        let orders = disturbed(chunks.len());
        let make = |case: usize| {
            let order: &[usize] = &orders[case];
            let pieces = order.iter().map(|chunk| chunks[*chunk]);
            std::iter::once(header).chain(pieces).collect::<Vec<_>>().concat()
        };
        let proven =
            try_all(share, sample, ("an encrypted chunk out of place", true), orders.len(), &make);
        assert_eq!(proven, 0, "encrypted chunks that are out of place are proven");

        let sample = many_frames;
        let compressed = sample.compressed();
        let cut = frames(&compressed);
        assert!(cut.len() > 4, "{} frames are too few", cut.len());
        let orders = disturbed(cut.len());
        let make = |case: usize| {
            let order: Vec<Frame> = orders[case].iter().map(|frame| cut[*frame].clone()).collect();
            sample.key.encrypt(&with_table(&order))
        };
        let proven = try_all(
            share,
            sample,
            ("a frame and its entry out of place", true),
            orders.len(),
            &make,
        );
        assert_eq!(proven, 0, "frames that are out of place are proven");

        let frames_bytes: usize = cut.iter().map(|(bytes, _)| bytes.len()).sum();
        let table = &compressed[frames_bytes..];
        let make = |case: usize| {
            let frames = orders[case].iter().map(|frame| cut[*frame].0.as_slice());
            sample.key.encrypt(&frames.chain([table]).collect::<Vec<_>>().concat())
        };
        let proven =
            try_all(share, sample, ("a frame alone out of place", true), orders.len(), &make);
        assert_eq!(proven, 0, "frames that the seek table does not describe are proven");
    });
}
