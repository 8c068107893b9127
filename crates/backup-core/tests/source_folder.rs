//! Folders as sources: skipped entries are noted, and similar names stay distinct.

use std::fs;
use std::path::Path;

use crate::recording::Recorder;
use backup_core::source::{DiscoverOptions, FileSource, Source, discover};
use backup_core::{ErrorKind, Report, dry_run};

fn refusal(source: &mut dyn Source) -> String {
    source.read(&mut Recorder::default()).expect_err("it cannot be read").to_string()
}

fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is below")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn read(folders: &[&Path]) -> Report {
    let folders: Vec<_> = folders.iter().map(|folder| folder.to_path_buf()).collect();
    let found = discover(&folders, &DiscoverOptions::default()).expect("something is found");
    dry_run(found, &()).expect("it is read")
}

fn ledger(report: &Report) -> Vec<(&str, &str)> {
    report
        .contents()
        .ledger
        .iter()
        .map(|entry| (&*entry.code.to_string().leak(), entry.source.as_deref().unwrap_or_default()))
        .collect()
}

#[test]
fn skipped_entries_are_noted() {
    let folder = folder_of(&[
        ("a.csv", "a\n1\n"),
        ("~$accounts.xlsx", "\u{4}lock"),
        ("below/~$contacts.xlsx", "\u{4}lock"),
        ("below/~tilde.csv", "a\n2\n"),
        (".hidden.csv", "a\n3\n"),
    ]);
    fs::create_dir(folder.path().join("below/nothing")).expect("a folder");
    let report = read(&[folder.path()]);
    let tables: Vec<_> = report.contents().tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, [".hidden", "a", "~tilde"], "files that are not lock files are read");
    let expected = [
        ("empty-folder", "below/nothing"),
        ("lock-file", "below/~$contacts.xlsx"),
        ("lock-file", "~$accounts.xlsx"),
    ];
    assert_eq!(ledger(&report), expected, "the ledger");
    assert!(
        report.contents().files.is_empty(),
        "a lock file is not archived: {:?}",
        report.contents().files
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_if_they_are_named() {
    use std::os::unix::fs::symlink;
    let outside = folder_of(&[("secret.csv", "a\n9\n"), ("more/x.csv", "a\n8\n")]);
    let folder = folder_of(&[("a.csv", "a\n1\n")]);
    symlink(outside.path().join("secret.csv"), folder.path().join("to a file.csv")).expect("links");
    symlink(outside.path().join("more"), folder.path().join("to a folder")).expect("links");
    symlink(folder.path(), folder.path().join("to itself")).expect("links");
    symlink("nowhere", folder.path().join("to nothing")).expect("links");
    let report = read(&[folder.path()]);
    let expected =
        ["to a file.csv", "to a folder", "to itself", "to nothing"].map(|name| ("link", name));
    assert_eq!(ledger(&report), expected, "every link is noted");
    assert_eq!(
        report.contents().tables.len(),
        1,
        "none is followed: {:?}",
        report.contents().tables
    );
    let named = read(&[&folder.path().join("to a file.csv"), &folder.path().join("to a folder")]);
    assert_eq!(named.contents().tables.len(), 2, "a link named by the user is followed");
    assert_eq!(named.contents().ledger, [], "and nothing is skipped");
}

#[cfg(unix)]
#[test]
fn pipes_and_sockets_do_not_block_the_export() {
    let folder = folder_of(&[("a.csv", "a\n1\n")]);
    let _socket =
        std::os::unix::net::UnixListener::bind(folder.path().join("s")).expect("a socket");
    assert_eq!(ledger(&read(&[folder.path()])), [("special-file", "s")], "the ledger");
}

/// Both can exist only where the file system distinguishes them.
#[cfg(target_os = "linux")]
#[test]
fn similar_names_stay_distinct() {
    let names =
        ["Accounts", "accounts", "ACCOUNTS", "é", "e\u{301}", "ﬁ", "fi", "ß", "ss", "a", "a "];
    let files: Vec<_> = names.iter().map(|name| format!("{name}.csv")).collect();
    let files: Vec<_> = files.iter().map(|name| (name.as_str(), "a\n1\n")).collect();
    let folder = folder_of(&files);
    let report = read(&[folder.path()]);
    let mut found: Vec<_> =
        report.contents().tables.iter().map(|table| table.name.as_str()).collect();
    let mut expected = names.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "each table keeps its name");
    assert_eq!(report.contents().ledger, [], "none is renamed");
}

#[test]
fn colliding_names_are_made_unique_and_noted() {
    let one = folder_of(&[("x/t.csv", "a\n1\n"), ("y/t.csv", "a\n2\n"), ("t.csv", "a\n3\n")]);
    let two = folder_of(&[("t.csv", "a\n4\n")]);
    let report = read(&[one.path(), two.path(), two.path()]);
    let second = two.path().file_name().and_then(|name| name.to_str()).expect("a name");
    let sources: Vec<_> =
        report.contents().sources.iter().map(|source| source.name.clone()).collect();
    let expected =
        ["t.csv", "x/t.csv", "y/t.csv", &format!("{second}/t.csv"), &format!("{second}-2/t.csv")];
    assert_eq!(sources, expected, "the sources' names");
    let mut tables: Vec<_> =
        report.contents().tables.iter().map(|table| table.name.clone()).collect();
    assert_eq!(tables[..2], ["t", "t (x/t.csv)"], "the tables' names");
    tables.dedup();
    assert_eq!(tables.len(), 5, "table names must be unique: {tables:?}");
    let renamed = report
        .contents()
        .ledger
        .iter()
        .filter(|entry| entry.code == "renamed-table".into())
        .count();
    assert_eq!(renamed, 4, "each is reported: {:?}", report.contents().ledger);
}

#[test]
fn an_empty_folder_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    let error = found.expect_err("there is nothing to back up");
    assert!(matches!(error.kind(), ErrorKind::Source { .. }), "{error}");
    let found = discover(&[folder.path().join("nowhere")], &DiscoverOptions::default());
    let error = found.expect_err("there is no such file");
    assert!(matches!(error.kind(), ErrorKind::Io { .. }), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_unicode_is_decoded_and_its_bytes_are_kept() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = folder_of(&[("a.csv", "a\n1\n")]);
    let name = std::ffi::OsStr::from_bytes(b"\xbf\xcd\xbb\xa7.csv");
    fs::write(folder.path().join(name), "a\n1\n").expect("a file");
    let report = read(&[folder.path()]);
    let tables: Vec<_> = report.contents().tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, ["a", "客户"]);
    let [entry] = &report.contents().ledger[..] else { panic!("{:?}", report.contents().ledger) };
    assert_eq!(
        (&*entry.code.to_string(), entry.source.as_deref()),
        ("decoded-name", Some("客户.csv"))
    );
    assert_eq!(entry.name_bytes.as_deref(), Some("bfcdbba72e637376"));
}

/// A file that disappears after discovery is an error, and not an empty file.
#[test]
fn a_missing_file_is_an_error() {
    let folder = folder_of(&[("a.csv", "a\n1\n"), ("b.pdf", "%PDF")]);
    for name in ["a.csv", "b.pdf"] {
        let paths = [folder.path().to_path_buf()];
        let mut found = discover(&paths, &DiscoverOptions::default()).expect("they are found");
        let bytes = fs::read(folder.path().join(name)).expect("reads");
        fs::remove_file(folder.path().join(name)).expect("is removed");
        let source = found.sources.iter_mut().find(|source| source.name() == name);
        let refused = refusal(source.expect("it was found").as_mut());
        assert!(refused.contains("cannot read") && refused.contains(name), "{name}: {refused}");
        fs::write(folder.path().join(name), bytes).expect("is put back");
    }
    let missing =
        FileSource::new(folder.path().join("c"), "c", backup_core::model::Role::Attachment);
    assert_eq!(missing.bytes(), None, "its length is unknown");
}

/// Excel's lock files are small. A file that is larger, or not of Excel's format, is data.
#[test]
fn data_named_like_a_lock_file_is_archived() {
    let long = "id\n1\n".repeat(200);
    let folder = folder_of(&[("~$open.xlsx", "somebody"), ("~$data.csv", &long)]);
    let report = read(&[folder.path()]);
    assert_eq!(ledger(&report), [("lock-file", "~$open.xlsx")], "the skipped files");
    assert_eq!(report.contents().tables.len(), 1, "the archived files");
}

/// The lock file of another person may not be open to this one.
#[cfg(target_os = "linux")]
#[test]
fn a_lock_file_that_cannot_be_opened_is_passed_over() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder_of(&[("~$open.xlsx", "somebody"), ("a.csv", "id\n1\n")]);
    let paths = [folder.path().to_path_buf()];
    let lock = folder.path().join("~$open.xlsx");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("its mode");
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o0)).expect("its mode");
    // Root may open everything, so a thread reads as somebody else.
    let reading = std::thread::spawn(move || {
        nix::unistd::setfsuid(65534.into());
        fs::read(&lock).expect_err("it cannot be opened");
        discover(&paths, &DiscoverOptions::default()).expect("something is found")
    });
    let found = reading.join().expect("it does not panic");
    let names: Vec<_> = found.sources.iter().map(|source| source.name()).collect();
    assert_eq!(names, ["a.csv"], "what is read");
    let codes: Vec<_> = found.ledger.iter().map(|entry| entry.code.to_string()).collect();
    assert_eq!(codes, ["lock-file"], "what is passed over");
}

#[test]
fn a_pattern_that_matches_no_file_is_reported() {
    let folder = folder_of(&[("a.csv", "id\n1\n")]);
    let rule = backup_core::source::ReadingRule::default().header_row(1);
    let options = DiscoverOptions::default()
        .as_file("b*")
        .as_file("c*")
        .rule("a.csv", rule.clone())
        .rule("*", rule.clone())
        .rule("x*", rule);
    let found = discover(&[folder.path().to_path_buf()], &options).expect("it is found");
    let report = dry_run(found, &()).expect("it is read");
    let notes: Vec<_> =
        report.findings().iter().map(|finding| finding.message.to_string()).collect();
    let expected =
        ["b*", "c*", "x*"].map(|pattern| format!("the pattern {pattern} matches nothing"));
    assert_eq!(notes, expected);
}

/// The database of a CRM names its files with the folder that they are in.
#[test]
fn names_begin_with_the_name_of_the_folder_if_that_is_wanted() {
    let folder = folder_of(&[("upload/1a", "x"), ("upload/below/2b", "y")]);
    let found = |options: &DiscoverOptions| {
        let found = discover(&[folder.path().join("upload/")], options).expect("it is found");
        let files = dry_run(found, &()).expect("it is read").contents().files.clone();
        files.into_iter().map(|file| file.path).collect::<Vec<_>>()
    };
    assert_eq!(found(&DiscoverOptions::default()), ["1a", "below/2b"]);
    let options = DiscoverOptions::default().folder_names(true);
    assert_eq!(found(&options), ["upload/1a", "upload/below/2b"]);
}
