//! The full cycle of dumps: found by their content, exported, restored, proven.
#![cfg(feature = "sqlite")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use backup_core::archive::{AskPassphrase, Identity, KeyPair, Recipient};
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    ExportOptions, Report, RestoreTestOptions, Verdict, dry_run, export, restore_test,
};

use super::{mysql, postgres, sqlite};

const BODY: &str = "CREATE TABLE accounts (id integer NOT NULL, name text, PRIMARY KEY (id));
INSERT INTO accounts VALUES (1,'Ann'),(2,'客户');
CREATE TABLE deals (id integer PRIMARY KEY, account integer, FOREIGN KEY (account) REFERENCES accounts (id));
INSERT INTO deals VALUES (1,2),(2,NULL);";

/// The reports of a dry run, an export and a restore-test of a folder.
fn cycle(folder: &Path) -> [Report; 3] {
    let find = || discover(&[folder.to_path_buf()], &DiscoverOptions::default()).expect("found");
    let preview = dry_run(find(), &()).expect("it is read");
    let keys = KeyPair::generate();
    let recipient: Recipient = keys.recipient().parse().expect("a recipient");
    let out = tempfile::tempdir().expect("a temporary folder");
    let archive = out.path().join("crm.tar.zst.age");
    let options = ExportOptions::default();
    let exported = export(find(), &[recipient], &archive, &options, &()).expect("exported");
    let file = keys.identity_file(std::time::SystemTime::UNIX_EPOCH);
    let no_passphrase: AskPassphrase = Arc::new(|_| None);
    let identities =
        Identity::parse_file(file.as_bytes(), "key", &no_passphrase).expect("an identity");
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    let options = RestoreTestOptions::default();
    let tested =
        restore_test(&archive, &identities, &mut scratch, options, &()).expect("it is tested");
    [preview, exported, tested]
}

fn folder(name: &str, content: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(name), content).expect("a file");
    folder
}

#[test]
fn dumps_are_found_by_their_content_and_proven() {
    let gzip = |text: String| {
        use std::io::Write as _;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).expect("written");
        gzip.finish().expect("written")
    };
    let zstd = |text: String| zstd::encode_all(text.as_bytes(), 1).expect("written");
    for (name, content) in [
        ("crm.sql", postgres(BODY).into_bytes()),
        ("crm.dump", mysql(BODY).into_bytes()),
        ("crm", sqlite(BODY).into_bytes()),
        ("crm.sql.gz", gzip(mysql(BODY))),
        ("crm.sql.zst", zstd(postgres(BODY))),
        ("crm.bak", sqlite(BODY).into_bytes()),
    ] {
        let [preview, exported, tested] = cycle(folder(name, &content).path());
        for report in [&preview, &exported, &tested] {
            let tables = report.contents().tables.iter();
            let tables: Vec<_> = tables.map(|table| (table.name.as_str(), table.rows)).collect();
            assert_eq!(tables, [("accounts", 2), ("deals", 2)], "{name}");
            assert!(report.skipped().is_empty(), "{name}: {:?}", report.skipped());
            let reference = &report.results().references[0];
            assert_eq!((reference.orphans, reference.resolved), (0, 1), "{name}");
        }
        assert_eq!(exported.verdict(), Some(Verdict::Proven), "{name}");
        assert_eq!(tested.verdict(), Some(Verdict::Proven), "{name}");
    }
}

#[test]
fn a_table_that_cannot_be_read_and_a_cut_dump_are_unverified_in_every_report() {
    let unread = postgres(&format!("{BODY}\nDELETE FROM deals;\n"));
    let cut = mysql(BODY);
    let cut = &cut[..cut.find("-- Dump completed").expect("an end mark")];
    for (dump, words, gap) in [(unread.as_str(), "deals", false), (cut, "end mark", true)] {
        for report in cycle(folder("crm.sql", dump.as_bytes()).path()) {
            let [skipped] = &report.skipped()[..] else { panic!("{:?}", report.skipped()) };
            assert!(skipped.contains(words), "{skipped}");
            assert_eq!(report.findings().iter().any(|finding| finding.gap), gap);
            if let Some(verdict) = report.verdict() {
                assert_eq!(verdict, Verdict::Unverified);
            }
        }
    }
}

#[test]
fn definitions_without_records_are_no_tables() {
    let dump = mysql("CREATE TABLE `t` (`a` int);\n");
    let [preview, ..] = cycle(folder("schema.sql", dump.as_bytes()).path());
    assert!(preview.contents().tables.is_empty());
    assert_eq!(preview.contents().files.len(), 2, "the definitions, and the file");
}

#[test]
fn a_dump_in_a_zip_file_is_read() {
    let dump = postgres(BODY);
    let zip = crate::books::zip::zip(&[("dump.sql", dump.as_bytes())]);
    let [preview, _, tested] = cycle(folder("odoo.zip", &zip).path());
    assert_eq!(preview.contents().tables.len(), 2);
    assert_eq!(tested.verdict(), Some(Verdict::Proven));
}
