//! Names that would break a line, change the direction of text, or mean a device: the files beside
//! an archive, and the names of restored files.

use std::fs;
use std::path::Path;
use std::process::Command;

use backup_core::archive::WriterOptions;
use backup_core::{RestoreOptions, Sidecars, Verdict, restore_folder, verify_sealed};
use crm_backup_tests::{Keys, export_to, files_below, write_archive};

const NAMES: [&str; 4] =
    ["line\nbreak.tar.zst.age", "carriage\rreturn.age", "back\\slash.age", "\\\r\n.age"];

fn exported(folder: &Path, name: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    let shape = crm_fixtures::shape("attachments");
    export_to(&path, &[shape.path], &Keys::generate(), WriterOptions::default());
    path
}

#[test]
#[cfg(unix)]
fn a_checksum_is_one_line_for_any_archive_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in NAMES {
        let path = exported(folder.path(), name);
        let sidecars = Sidecars::of(&path);
        let line = fs::read_to_string(&sidecars.checksum).expect("it is there");
        assert_eq!(line.matches(['\n', '\r']).count(), 1, "{name:?}: it is not one line: {line:?}");
        assert!(line.starts_with('\\') && line.ends_with('\n'), "{name:?}: {line:?}");
        let report = verify_sealed(&path, &()).expect("it is checked");
        assert_eq!(report.verdict(), Some(Verdict::Intact), "{name:?}: {:?}", report.findings());
        let readme = fs::read_to_string(&sidecars.readme).expect("it is there");
        assert!(!readme.contains('\r'), "{name:?}: a name breaks a line:\n{readme}");
        let shape = readme.lines().count();
        let plain = exported(folder.path(), &format!("plain-{}.age", name.len()));
        let plain = fs::read_to_string(Sidecars::of(&plain).readme).expect("it is there");
        assert_eq!(shape, plain.lines().count(), "{name:?}: a name breaks a line:\n{readme}");
    }
}

#[test]
#[cfg(unix)]
fn sha256sum_reads_the_checksum_of_an_archive_whose_name_breaks_lines() {
    if Command::new("sha256sum").arg("--version").output().is_err() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Not every version supports carriage returns.
    for name in ["line\nbreak.tar.zst.age", "back\\slash.age"] {
        let checksum = Sidecars::of(&exported(folder.path(), name)).checksum;
        let mut command = Command::new("sha256sum");
        let checked =
            command.arg("--check").arg("--strict").arg(checksum).current_dir(folder.path());
        let checked = checked.output().expect("sha256sum runs");
        assert!(checked.status.success(), "{name:?}: {checked:?}");
    }
}

#[test]
fn restored_names_are_valid_on_every_system() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let keys = Keys::generate();
    let path = folder.path().join("a.tar.zst.age");
    let pairs = [
        ("COM¹", "_COM¹"),
        ("com².txt", "_com².txt"),
        ("LPT³.csv", "_LPT³.csv"),
        ("CONIN$", "_CONIN$"),
        ("conout$.log", "_conout$.log"),
        ("NUL .txt", "_NUL .txt"),
        ("Clock$", "_Clock$"),
        ("fdp.\u{202e}exe", "fdp._exe"),
        ("\u{2066}a\u{2069}", "_a_"),
        ("mark\u{200e}\u{200f}\u{61c}", "mark___"),
        ("line\u{2028}two\u{2029}", "line_two_"),
        ("zero\u{200b}width\u{feff}\u{2060}", "zero_width__"),
        ("soft\u{ad}hyphen", "soft_hyphen"),
        ("می\u{200c}خواهم.pdf", "می\u{200c}خواهم.pdf"),
        ("COM10", "COM10"),
        ("合同.pdf", "合同.pdf"),
    ];
    let files: Vec<_> = pairs.iter().map(|(name, _)| ((*name).to_owned(), Vec::new())).collect();
    fs::write(&path, write_archive(&keys, WriterOptions::default(), &[], &files).1)
        .expect("it is written");
    let output = folder.path().join("out");
    restore_folder(&path, &keys.identities, &output, &RestoreOptions::default(), &())
        .expect("it is restored");
    let below = output.join("files");
    let mut names: Vec<_> = files_below(&below)
        .into_iter()
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut expected: Vec<_> = pairs.iter().map(|(_, safe)| (*safe).to_owned()).collect();
    expected.sort();
    assert_eq!(names, expected);
    // The end of a long name is not something that Windows drops.
    let long = format!("{}. .{}", "n".repeat(253), "x".repeat(40));
    let encrypted = write_archive(&keys, WriterOptions::default(), &[], &[(long, Vec::new())]).1;
    fs::write(&path, encrypted).expect("it is written");
    let output = folder.path().join("long");
    restore_folder(&path, &keys.identities, &output, &RestoreOptions::default(), &())
        .expect("it is restored");
    assert!(output.join("files").join("n".repeat(253)).is_file(), "{:?}", files_below(&output));
}
