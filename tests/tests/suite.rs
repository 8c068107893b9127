//! One program of most tests, because linking and generating code for many takes longer than running
//! them. What measures the whole process is a program of its own.

#[path = "against/main.rs"]
mod against;
mod age_vectors;
mod bag;
#[path = "../../crates/backup-core/tests/books/mod.rs"]
mod books;
mod codecs;
mod completeness;
mod completeness_answer;
mod completeness_profiles;
mod completeness_rules;
mod content;
mod csv_foreign;
mod damage;
mod databases;
mod differential;
mod differential_bacpac;
mod differential_sqlite;
mod differential_workbook;
mod documents;
#[path = "embedder/main.rs"]
mod embedder;
mod expect;
mod file_content;
mod foreign_names;
mod full_cycle;
mod golden;
mod history;
mod imports;
mod joined;
mod keys;
mod limits;
#[path = "mariadb/main.rs"]
mod mariadb;
mod metrics;
mod odd_names;
#[path = "../../crates/backup-core/tests/packages/mod.rs"]
mod packages;
#[path = "postgresql/main.rs"]
mod postgresql;
mod properties;
mod races;
mod recall;
#[path = "../../crates/backup-core/tests/recording/mod.rs"]
mod recording;
mod regressions;
mod relations;
mod salvage;
mod sample;
mod shrink;
mod stock;
mod table_names;
mod zip;

#[test]
fn no_file_of_tests_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = include_str!("suite.rs").to_owned();
    let listed =
        listed + &std::fs::read_to_string(folder.join("Cargo.toml")).expect("the manifest");
    for entry in std::fs::read_dir(folder.join("tests")).expect("the tests") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        let known = [format!("mod {module};"), format!("name = \"{module}\"")];
        let is_data = module == "data";
        let is_known = is_data || known.iter().any(|line| listed.contains(line));
        assert!(is_known, "{name} is not part of the tests");
    }
}
