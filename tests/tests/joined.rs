//! Parts of one table are restored as one table.

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::{Report, RestoreOptions, restore_database, restore_folder};
use crm_backup_tests::{Keys, export_to, names_in};
use rusqlite::Connection;

struct Case {
    folder: tempfile::TempDir,
    keys: Keys,
}

impl Case {
    /// An archive of these files.
    fn new(files: &[(&str, &str)]) -> Self {
        let case = Self { folder: tempfile::tempdir().expect("a folder"), keys: Keys::generate() };
        for (path, text) in files {
            let path = case.path("then").join(path);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        export_to(&case.archive(), &[case.path("then")], &case.keys, WriterOptions::default());
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn archive(&self) -> PathBuf {
        self.path("a.tar.zst.age")
    }

    fn restored(&self, options: &RestoreOptions) -> (Report, PathBuf) {
        let output = tempfile::tempdir_in(self.folder.path()).expect("a folder").keep();
        let (archive, identities) = (self.archive(), &self.keys.identities);
        let report = restore_folder(&archive, identities, &output, options, &());
        (report.expect("it is restored"), output.join("tables"))
    }
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("a table")
}

const PARTS: [(&str, &str); 4] = [
    ("deals_001.csv", "id,n\n1,a\n2,b\n"),
    ("deals_002.csv", "id,n\n3,c\n"),
    ("deals_003.csv", "id,title\n4,d\n"),
    ("people.csv", "id\n9\n"),
];

#[test]
fn parts_are_one_file() {
    let case = Case::new(&PARTS);
    let (report, tables) = case.restored(&RestoreOptions::default());
    assert_eq!(names_in(&tables), ["deals.csv", "deals_003.csv", "people.csv"]);
    assert_eq!(read(&tables, "deals.csv"), "id,n\n1,a\n2,b\n3,c\n");
    let [joined] = &report.results().joined[..] else { panic!("one table has parts") };
    assert_eq!((&*joined.name, joined.rows, joined.parts.len()), ("deals", 3, 2));
}

#[test]
fn a_table_of_several_parts_is_restored_by_its_name_and_a_part_by_its_own() {
    let case = Case::new(&PARTS);
    let (_, tables) = case.restored(&RestoreOptions::default().table("deals"));
    assert_eq!(names_in(&tables), ["deals.csv"]);
    let (_, tables) = case.restored(&RestoreOptions::default().table("deals_002"));
    assert_eq!(names_in(&tables), ["deals_002.csv"]);
    assert_eq!(read(&tables, "deals_002.csv"), "id,n\n3,c\n");
}

#[test]
fn parts_are_not_joined_if_another_table_has_the_name() {
    let case = Case::new(&[PARTS[0], PARTS[1], ("deals.csv", "id\n1\n")]);
    let (_, tables) = case.restored(&RestoreOptions::default());
    assert_eq!(names_in(&tables), ["deals.csv", "deals_001.csv", "deals_002.csv"]);
}

#[test]
fn source_files_come_back_as_they_were() {
    let case = Case::new(&PARTS);
    let (_, tables) = case.restored(&RestoreOptions::default().originals(true));
    let folder = tables.parent().expect("the output");
    for (path, text) in PARTS {
        assert_eq!(fs::read_to_string(folder.join(path)).expect("a file"), text);
    }
}

#[test]
fn parts_are_a_view_in_a_database() {
    let case = Case::new(&PARTS);
    let output = case.path("crm.sqlite");
    let (archive, identities) = (case.archive(), &case.keys.identities);
    restore_database(&archive, identities, &output, &RestoreOptions::default(), &())
        .expect("it is restored");
    let database = Connection::open(&output).expect("it opens");
    let all = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).expect("it is SQL");
        let rows = statement.query_map([], |row| row.get(0)).expect("it runs");
        rows.map(|row| row.expect("a text")).collect()
    };
    assert_eq!(all("SELECT n FROM deals"), ["a", "b", "c"]);
    let names = all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    assert_eq!(names, ["deals_001", "deals_002", "deals_003", "people"]);
}

#[test]
fn a_view_may_join_more_parts_than_sqlite_joins_at_once() {
    let parts: Vec<_> =
        (1..=600).map(|it| (format!("d_{it:03}.csv"), format!("n\n{it}\n"))).collect();
    let parts: Vec<_> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let case = Case::new(&parts);
    let output = case.path("crm.sqlite");
    let (archive, identities) = (case.archive(), &case.keys.identities);
    restore_database(&archive, identities, &output, &RestoreOptions::default(), &())
        .expect("it is restored");
    let database = Connection::open(&output).expect("it opens");
    let counted =
        database.query_row("SELECT count(*), max(CAST(n AS INTEGER)) FROM d", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
    assert_eq!(counted.expect("the view works"), (600, 600));
}
