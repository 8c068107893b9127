//! Shared by the tests with database servers: archives of sources, and what happens to a database
//! while a command works with it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use backup_core::archive::Reader;
use backup_core::model::ColumnCounts;
use backup_core::record::{Digest, Record, Table};
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::server::ServerAddress;
use backup_core::source::{DiscoverOptions, Discovered, Source, discover};
use backup_core::{
    Code, ExportOptions, Monitor, Phase, Report, RestoreTestOptions, Result, Verdict, export,
    restore_test,
};
use tempfile::TempDir;

use crate::Keys;
use crate::cells::{Cells, Owned};

/// An archive in a folder of its own.
pub struct Archive {
    folder: TempDir,
    /// The keys that open it.
    pub keys: Keys,
    /// The report of the export.
    pub report: Report,
}

impl Archive {
    /// Exports a source.
    pub fn of(source: impl Source + Send + 'static) -> Self {
        let mut found = Discovered::default();
        found.sources.push(Box::new(source));
        Self::of_found(found)
    }

    /// Exports a file.
    pub fn of_file(path: &Path) -> Self {
        let found = discover(&[path.to_path_buf()], &DiscoverOptions::default());
        Self::of_found(found.expect("a source"))
    }

    /// Exports a source on a server, and a folder beside it.
    pub fn beside(source: impl Source + Send + 'static, folder: &Path) -> Self {
        let options = DiscoverOptions::default().folder_names(true);
        let mut found = discover(&[folder.to_path_buf()], &options).expect("a folder");
        found.sources.push(Box::new(source));
        Self::of_found(found)
    }

    fn of_found(found: Discovered) -> Self {
        let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
        let path = folder.path().join("a.age");
        let options = ExportOptions::default();
        let report = export(found, &keys.recipients, &path, &options, &()).expect("an archive");
        Self { folder, keys, report }
    }

    /// The path of the archive.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("a.age")
    }

    /// The name, the digest and the number of records of each table, in the order of the names.
    pub fn digests(&self) -> Vec<(String, String, u64)> {
        let tables = self.report.contents().tables.iter();
        let mut digests: Vec<_> = tables
            .map(|table| (table.name.clone(), table.digest.to_string(), table.rows))
            .collect();
        digests.sort();
        digests
    }

    /// The profile that the export recognised, and the gaps among its attachments.
    pub fn attachments(&self) -> (Option<String>, Vec<String>) {
        let profile = self.report.scope().and_then(|scope| scope.profile.as_ref());
        let gaps = self.report.gaps().filter(|gap| gap.code == Code::Attachment);
        let gaps = gaps.map(|gap| gap.message.to_string()).collect();
        (profile.map(|profile| profile.name.clone()), gaps)
    }

    /// The name of each table and the types that its source declares, in the order of the names.
    pub fn types(&self) -> Vec<(String, Vec<String>)> {
        let file = File::open(self.path()).expect("the archive");
        let reader = Reader::open(file, &self.keys.identities).expect("it opens");
        let tables = reader.manifest().resources.iter();
        let mut types: Vec<_> =
            tables.map(|it| (it.title.clone(), it.backup.origin.types.clone())).collect();
        types.sort();
        types
    }

    /// Tests a restore.
    pub fn test(&self, scratch: &mut dyn Scratch, monitor: &dyn Monitor) -> Result<Report> {
        let options = RestoreTestOptions::default();
        restore_test(&self.path(), &self.keys.identities, scratch, options, monitor)
    }

    /// Proves the archive in SQLite and in another database, and removes the latter.
    pub fn prove(&self, server: &mut dyn Scratch) {
        let mut sqlite = SqliteScratch::temporary().expect("a database");
        for scratch in [&mut sqlite as &mut dyn Scratch, server] {
            let report = self.test(scratch, &()).expect("a report");
            let findings = report.findings();
            assert_eq!(report.verdict(), Some(Verdict::Proven), "{findings:?}");
            assert_eq!(report.archive().content_id, self.report.archive().content_id);
            scratch.remove().expect("it is removed");
        }
    }
}

/// Connects with every `sslmode` to a server that accepts only encrypted connections, as a user of
/// whom it asks that. `tests/run` gives the server a certificate.
///
/// # Panics
///
/// If a connection is made that should not be, or the other way round.
pub fn connect_with_every_sslmode<T>(address: &str, connect: impl Fn(ServerAddress) -> Result<T>) {
    let folder =
        std::env::var("CRM_BACKUP_TEST_CERTIFICATES").expect("tests/run makes certificates");
    let verified =
        |authority: &str| format!("?sslmode=verify-full&sslrootcert={folder}/{authority}");
    for (parameters, is_accepted) in [
        // The server is on this machine.
        (String::new(), false),
        ("?sslmode=disable".into(), false),
        ("?sslmode=prefer".into(), true),
        ("?sslmode=require".into(), true),
        (verified("authority.pem"), true),
        (verified("other.pem"), false),
        ("?sslmode=verify-full".into(), false),
    ] {
        let address = format!("{address}{parameters}").parse().expect("an address");
        let refused = connect(address).err();
        assert_eq!(refused.is_none(), is_accepted, "{parameters}: {refused:?}");
        let hint = refused.and_then(|error| error.hint());
        assert!(hint.is_none_or(|hint| hint.contains("sslmode")), "{parameters}: another cause");
    }
}

/// Calls a function once while an operation reads or loads records.
pub struct Once<F> {
    phase: Phase,
    is_phase: AtomicBool,
    is_done: AtomicBool,
    then: F,
}

impl<F: Fn() + Send + Sync> Once<F> {
    /// Calls `then` during this phase.
    pub fn during(phase: Phase, then: F) -> Self {
        Self { phase, is_phase: false.into(), is_done: false.into(), then }
    }

    /// Whether the function was called.
    pub fn is_done(&self) -> bool {
        self.is_done.load(Ordering::SeqCst)
    }
}

impl<F: Fn() + Send + Sync> Monitor for Once<F> {
    fn phase(&self, phase: Phase, _: Option<u64>) {
        self.is_phase.store(phase == self.phase, Ordering::SeqCst);
    }

    fn advance(&self, bytes: u64) {
        let now = self.is_phase.load(Ordering::SeqCst) && bytes > 0;
        if now && !self.is_done.swap(true, Ordering::SeqCst) {
            (self.then)();
        }
    }
}

/// The sum of a column of whole numbers.
pub fn sum(table: &Cells, label: &str) -> i64 {
    let column = table.labels.iter().position(|it| it == label).expect("it has the column");
    let value = |row: &Vec<Owned>| match row[column] {
        Owned::Integer(value) => value,
        ref other => panic!("{other:?}"),
    };
    table.rows.iter().map(value).sum()
}

/// A scratch database that is changed between loading and reading back.
pub struct Changed<'a> {
    /// The database.
    pub inner: &'a mut dyn Scratch,
    /// What changes it.
    pub change: &'a dyn Fn(),
}

impl Scratch for Changed<'_> {
    fn expect(&mut self, counts: &[ColumnCounts]) {
        self.inner.expect(counts);
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.inner.create_table(index, table)
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        self.inner.insert(table, record)
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.inner.add_file(path, bytes, sha256)
    }

    fn loaded(&mut self) -> Result<()> {
        self.inner.loaded()?;
        (self.change)();
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        self.inner.tables()
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        self.inner.files()
    }

    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        self.inner.read(table, each)
    }
}
