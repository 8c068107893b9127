//! One program of all tests, because linking and generating code for many takes longer than running
//! them.

mod books;
mod codec;
mod csv_case;
mod csv_detection;
mod csv_encodings;
mod csv_guesses;
mod csv_records;
mod csv_traces;
#[cfg(feature = "sqlite")]
mod database;
#[cfg(feature = "sqlite")]
mod databases;
mod moving_sources;
#[cfg(feature = "bacpac")]
mod packages;
mod recording;
mod restore_sqlite;
mod restore_sqlite_any;
mod restore_sqlite_odd;
mod scratch;
mod source_bacpac;
mod source_bacpac_damage;
mod source_bacpac_export;
mod source_csv;
#[path = "source_dump/main.rs"]
mod source_dump;
mod source_folder;
mod source_sqlite;
mod source_workbook;
mod source_workbook_binary;
mod source_workbook_cells;
mod source_workbook_cross_check;
mod source_workbook_damage;
mod source_workbook_export;
mod source_workbook_ods;
mod source_workbook_plain;
mod source_workbook_random;
mod source_workbook_values;
mod sqlite_awkward;
mod sqlite_copies;
mod swapped_sources;
mod table_naming;

#[test]
fn no_file_of_tests_is_forgotten() {
    let listed = include_str!("suite.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).expect("the tests") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        let known = module == "suite" || listed.contains(&format!("mod {module};"));
        assert!(known, "{name} is not part of the tests");
    }
}
