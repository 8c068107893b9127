//! Stock `age`, `zstd`, `tar` and `sha256sum` are enough to open every archive.
//!
//! These tests need external tools; `tests/run` runs the ones that are possible.

use std::fs;
use std::path::Path;
use std::process::Command;

use backup_core::archive::WriterOptions;
use backup_core::{Profile, Sidecars};
use crm_backup_tests::stock::{self, Unpacked, from_venv, run};
use crm_backup_tests::{Keys, awkward, export_to, names_in, write_archive};

#[test]
#[ignore = "compares with stock age; tests/run runs it"]
fn stock_age_zstd_tar_read_every_fixture() {
    let keys = Keys::generate();
    for shape in crm_fixtures::shapes() {
        for part_bytes in [64 << 20, 700] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("crm.tar.zst.age");
            let options = WriterOptions::default().part_bytes(part_bytes);
            let report = export_to(&path, std::slice::from_ref(&shape.path), &keys, options);
            let encrypted = fs::read(&path).expect("the archive is there");
            let unpacked = Unpacked::open(&encrypted, &keys);
            unpacked.check_sums(shape.name);
            ids_are_sums(&unpacked, report.archive().content_id, report.archive().id, shape.name);
            let output = run(Command::new("sha256sum")
                .args(["--strict", "-c", "crm.tar.zst.age.sha256"])
                .current_dir(folder.path()));
            output.expect_no_warnings(&format!("{}: the sidecar", shape.name));
        }
    }
}

fn ids_are_sums<T: ToString>(
    unpacked: &Unpacked,
    content: Option<T>,
    archive: Option<T>,
    what: &str,
) {
    let id = |id: Option<T>| id.map(|id| id.to_string());
    let sum = |member: &str| Some(unpacked.sum(member));
    assert_eq!(
        sum("data/contents.jsonl"),
        id(content),
        "{what}: the content id is a different sum"
    );
    assert_eq!(
        sum("tagmanifest-sha256.txt"),
        id(archive),
        "{what}: the archive id is a different sum"
    );
}

#[test]
#[ignore = "compares with stock age; tests/run runs it"]
fn stock_age_zstd_tar_read_unusual_archives() {
    let keys = Keys::generate();
    for part_bytes in [64 << 20, 300, 1] {
        let options = WriterOptions::default().part_bytes(part_bytes);
        let (finished, encrypted) =
            write_archive(&keys, options, &awkward::tables(), &awkward::files());
        let what = format!("parts of {part_bytes} bytes");
        let unpacked = Unpacked::open(&encrypted, &keys);
        unpacked.check_sums(&what);
        ids_are_sums(&unpacked, Some(finished.content_id), Some(finished.archive_id), &what);
        for file in &finished.manifest.backup.files {
            let (_, bytes) = awkward::files()
                .into_iter()
                .find(|(path, _)| *path == file.path)
                .expect("every file is among the inputs");
            let unpacked = fs::read(unpacked.bag.join(&file.member)).expect("it is unpacked");
            assert!(unpacked == bytes, "{what}: {:?} has other bytes", file.path);
        }
        joined_parts_are_the_table(&unpacked, &what);
    }
}

/// As the README in the bag describes: the header line once, then every part without its header
/// line.
fn joined_parts_are_the_table(unpacked: &Unpacked, what: &str) {
    let package = unpacked.package();
    for resource in package["resources"].as_array().expect("there are tables") {
        let (name, hash) = (&resource["name"], &resource["hash"]);
        let folder = unpacked.bag.join("data/tables").join(name.as_str().expect("a name"));
        let script = r#"{ head -n 1 part-00000001.csv
            for p in part-*.csv; do tail -n +2 "$p"; done; } | sha256sum"#;
        let output =
            stock::bash(script, &folder, &[]).expect_no_warnings("head and tail join the parts");
        let sum = output.out.split(' ').next().unwrap_or_default();
        assert_eq!(
            *hash,
            format!("sha256:{sum}"),
            "{what}: the digest of {name} does not match its joined parts"
        );
    }
}

#[test]
#[ignore = "compares with stock tar; tests/run runs it"]
fn stock_tar_lists_the_members_in_order() {
    let keys = Keys::generate();
    let tables = [
        (awkward::table("Größe & Co", ["a"]), vec![awkward::texts(&[Some("1")]); 3]),
        (awkward::table("leer", ["a"]), vec![]),
    ];
    let files = [("合同 1.pdf".to_owned(), b"1".to_vec()), ("notes/a.csv".into(), b"2".to_vec())];
    let options = WriterOptions::default().part_bytes(5);
    let (_, encrypted) = write_archive(&keys, options, &tables, &files);
    let unpacked = Unpacked::open(&encrypted, &keys);
    let script = r#"age -d -i key.txt crm.tar.zst.age | zstd -d > crm.tar; tar tf crm.tar"#;
    let listed = stock::bash(script, unpacked.folder(), &[]).expect_no_warnings("tar tf");
    assert_eq!(
        listed.out.lines().collect::<Vec<_>>(),
        [
            "crm/bagit.txt",
            "crm/README.txt",
            "crm/data/tables/0001-gr-e-co/part-00000001.csv",
            "crm/data/tables/0001-gr-e-co/part-00000002.csv",
            "crm/data/tables/0002-leer/part-00000001.csv",
            "crm/data/files/0001-1.pdf",
            "crm/data/files/notes/a.csv",
            "crm/data/contents.jsonl",
            "crm/data/datapackage.json",
            "crm/manifest-sha256.txt",
            "crm/tagmanifest-sha256.txt",
            "crm/bag-info.txt",
        ],
        "tar lists different members or another order"
    );
    let script = "tar tvf crm.tar | cut -d ' ' -f 1 | sort -u";
    let modes = stock::bash(script, unpacked.folder(), &[]).expect_no_warnings("tar tvf");
    assert_eq!(modes.out, "-rw-r--r--\n", "members are plain files that anyone may read");
    let size = fs::metadata(unpacked.folder().join("crm.tar")).expect("it is there").len();
    assert_eq!(size % 512, 0, "a tar is made of blocks");
}

/// Someone with only the file, the key and the text beside it copies the commands from the text.
#[test]
#[ignore = "compares with stock age; tests/run runs it"]
fn stock_age_decrypts_with_the_commands_of_the_sidecar() {
    let keys = Keys::generate();
    for name in
        ["crm-2026-11.tar.zst.age", "客户 & Söhne's \"CRM\" $1.tar.zst.age", "-x.age", "plain"]
    {
        let folder = tempfile::tempdir().expect("a temporary folder");
        keys.write_identity(folder.path());
        let path = folder.path().join(name);
        let source = crm_fixtures::shape("csv-utf8").path;
        let report = export_to(&path, &[source], &keys, WriterOptions::default());
        let readme = fs::read_to_string(Sidecars::of(&path).readme).expect("there is a sidecar");
        let commands: Vec<_> =
            readme.lines().filter_map(|line| line.strip_prefix("       ")).collect();
        assert_eq!(commands.len(), 5, "{name}: the text beside it has different commands");
        let output = stock::bash(&commands.join("\n"), folder.path(), &[])
            .expect_no_warnings(&format!("{name}: {commands:#?}"));
        let id = report.archive().content_id.expect("an export has a content id").to_string();
        let last = output.out.lines().last().unwrap_or_default();
        assert!(last.starts_with(&id), "{name}: the last line is not the content id: {last}");
        assert!(readme.contains(&id), "{name}: the text does not contain the content id");
    }
}

/// Python's `tomllib` reads the profiles, and its `jsonschema` finds no fault in them.
#[test]
#[ignore = "compares with Python's jsonschema; tests/run runs it"]
fn jsonschema_accepts_the_built_in_profiles_and_the_documented_example() {
    let script = "\
import json, pathlib, tomllib
from jsonschema import Draft202012Validator
schema = json.loads(pathlib.Path('schema/profile-1.schema.json').read_text())
Draft202012Validator.check_schema(schema)
texts = [path.read_text() for path in pathlib.Path('crates/backup-core/profiles').iterdir()]
texts.append(pathlib.Path('docs/profiles.md').read_text().split('```toml')[1].split('```')[0])
for text in texts:
    Draft202012Validator(schema).validate(tomllib.loads(text))
print(len(texts))
";
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = run(from_venv("python").args(["-c", script]).current_dir(root));
    assert_eq!(output.out.trim(), (Profile::built_in().len() + 1).to_string());
}

#[test]
#[ignore = "compares with stock sha256sum; tests/run runs it"]
fn stock_sha256sum_of_a_canonical_file_is_its_table_digest() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shape = crm_fixtures::shape("csv-utf8");
    for (name, part_bytes) in [("whole", 64 << 20), ("parts", 2_000)] {
        let path = folder.path().join(format!("{name}.tar.zst.age"));
        let options = WriterOptions::default().part_bytes(part_bytes);
        let report = export_to(&path, std::slice::from_ref(&shape.path), &keys, options);
        assert_eq!(
            report.contents().tables.len(),
            names_in(&shape.path).len(),
            "one file for each table"
        );
        for table in &report.contents().tables {
            let file = shape.path.join(table.source.as_ref().expect("a file is the source"));
            assert_eq!(
                table.digest.to_string(),
                stock::sum(&file),
                "{name}: the digest of {} is not the sum of its canonical file",
                table.name
            );
        }
    }
}

#[test]
#[ignore = "compares with stock sha256sum; tests/run runs it"]
fn stock_sha256sum_of_a_hand_written_table_is_its_digest() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("hand.csv");
    fs::write(&file, "a,\"b,c\"\n,\"\"\n\"x\ny\",\"\"\"\"\n 1,NULL\n").expect("it is written");
    let path = folder.path().join("hand.tar.zst.age");
    let report = export_to(&path, std::slice::from_ref(&file), &keys, WriterOptions::default());
    assert_eq!(
        report.contents().tables[0].digest.to_string(),
        stock::sum(&file),
        "the file is canonical"
    );
    assert!(Path::new(&path).exists());
}
