//! The stock `sqlite3` shell reads the same from a restored database as from the source, and PostgreSQL
//! writes a table of text as exactly the bytes of its digest.
//!
//! These tests need external tools; `tests/run` runs the ones that are possible.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use backup_core::archive::WriterOptions;
use backup_core::record::Cell;
use backup_core::{RestoreOptions, Verdict, restore_database};
use crm_backup_tests::stock::{bash, run};
use crm_backup_tests::{Keys, Rows, awkward, export_to, write_archive};

/// Queries the stock shell.
#[track_caller]
fn ask(database: &Path, sql: &str) -> String {
    let mut command = Command::new("sqlite3");
    command.args(["-batch", "-bail", "-readonly", "-init", "/dev/null"]).arg(database).arg(sql);
    run(&mut command).expect(sql).out
}

/// Exports one fixture, restores it to a database, and returns that database's path.
fn restored(folder: &Path, shape: &str) -> PathBuf {
    let keys = Keys::generate();
    let archive = folder.join("crm.tar.zst.age");
    let shape = crm_fixtures::shape(shape);
    export_to(&archive, &[shape.path], &keys, WriterOptions::default());
    let output = folder.join("back.sqlite");
    let options = RestoreOptions::default();
    let report = restore_database(&archive, &keys.identities, &output, &options, &())
        .expect("it is restored");
    assert_ne!(report.verdict(), Some(Verdict::Failed), "restore reports {:?}", report.findings());
    output
}

#[test]
#[ignore = "compares with the stock sqlite3 shell; tests/run runs it"]
fn sqlite3_reads_the_same_records_from_the_restored_database() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = crm_fixtures::shape("sqlite").path;
    let restored_path = restored(folder.path(), "sqlite");
    assert_eq!(ask(&restored_path, "PRAGMA integrity_check"), "ok\n", "the database is sound");
    let dump = |database: &Path| {
        // Objects may have been created in another order.
        let mut lines: Vec<String> = ask(database, ".dump").lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert!(dump(&restored_path) == dump(&source), "the dumps differ");
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let names = ask(&source, tables);
    assert_eq!(ask(&restored_path, tables), names, "the restored database has other tables");
    for table in names.lines() {
        let columns = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
        let columns_before = ask(&source, &columns);
        assert_eq!(ask(&restored_path, &columns), columns_before, "{table} has other columns");
        let count = format!("SELECT count(*) FROM \"{table}\"");
        assert_eq!(ask(&restored_path, &count), ask(&source, &count), "{table} has other records");
        for column in columns_before.lines() {
            let kinds = format!(
                "SELECT typeof(\"{column}\"), count(*), sum(length(CAST(\"{column}\" AS BLOB))) \
                 FROM \"{table}\" GROUP BY 1 ORDER BY 1"
            );
            let (before, after) = (ask(&source, &kinds), ask(&restored_path, &kinds));
            assert_eq!(after, before, "{table}.{column} has other kinds of cells");
        }
        let quoted: Vec<_> =
            columns_before.lines().map(|column| format!("quote(\"{column}\")")).collect();
        let cells = format!("SELECT {} FROM \"{table}\" ORDER BY 1, 2, 3", quoted.join(","));
        assert!(ask(&restored_path, &cells) == ask(&source, &cells), "{table} has other cells");
    }
}

#[test]
#[ignore = "compares with the stock sqlite3 shell; tests/run runs it"]
fn sqlite3_reads_the_database_made_from_csv_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let restored_path = restored(folder.path(), "csv-utf8");
    for table in crm_fixtures::Crm::committed().tables() {
        let sql = format!("SELECT count(*), count(DISTINCT id) FROM \"{}\"", table.name);
        let rows = table.rows.len();
        assert_eq!(
            ask(&restored_path, &sql),
            format!("{rows}|{rows}\n"),
            "{} has its keys",
            table.name
        );
    }
    let kinds = "SELECT typeof(note), count(*) FROM accounts GROUP BY 1 ORDER BY 1";
    let kinds = ask(&restored_path, kinds);
    assert!(
        kinds.starts_with("null|") && kinds.contains("\ntext|"),
        "nulls and texts are distinguished"
    );
}

/// The tables that PostgreSQL supports: without NUL, and with at most 1,600 columns.
fn for_postgres() -> Vec<Rows> {
    let fits = |cell: Cell<'_>| match cell {
        Cell::Null => true,
        Cell::Text(text) => text.to_str().is_some_and(|text| !text.contains('\0')),
        _ => false,
    };
    let tables = awkward::tables().into_iter().map(|(table, mut records)| {
        records.retain(|record| record.iter().all(fits));
        (table, records)
    });
    tables
        .filter(|(table, _)| table.columns.len() < 1_600)
        .filter(|(table, _)| table.kinds().iter().all(|kind| kind.as_str() == "text"))
        .collect()
}

#[test]
#[ignore = "compares with a stock PostgreSQL server; tests/run runs it"]
fn postgres_copy_writes_the_digested_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tables = for_postgres();
    let keys = Keys::generate();
    let (finished, _) = write_archive(&keys, WriterOptions::default(), &tables, &[]);
    let mut sql = String::from("SET client_min_messages = warning;\n");
    for (number, (resource, (_, records))) in
        finished.manifest.resources.iter().zip(&tables).enumerate()
    {
        let labels = resource.schema.fields.iter().map(|field| identifier(&field.name));
        let columns: Vec<_> = labels.map(|label| format!("{label} text")).collect();
        sql += &format!("CREATE TABLE t{number} ({});\n", columns.join(","));
        for record in records {
            let cells: Vec<_> = record.iter().map(literal).collect();
            sql += &format!("INSERT INTO t{number} VALUES ({});\n", cells.join(","));
        }
        sql += &format!(
            "\\copy (SELECT * FROM t{number}) TO 't{number}.csv' WITH (FORMAT csv, HEADER)\n"
        );
    }
    fs::write(folder.path().join("load.sql"), sql).expect("it is written");
    postgres(folder.path(), "load.sql");
    for (number, resource) in finished.manifest.resources.iter().enumerate() {
        let file = folder.path().join(format!("t{number}.csv"));
        let sum = crm_backup_tests::stock::sum(&file);
        let what = format!("PostgreSQL writes table {:?} in other bytes", resource.title);
        assert_eq!(resource.hash, format!("sha256:{sum}"), "{what}");
    }
}

fn identifier(label: &str) -> String {
    format!("\"{}\"", label.replace('"', "\"\""))
}

fn literal(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => {
            format!("'{}'", text.to_str().expect("it is UTF-8").replace('\'', "''"))
        }
        _ => "NULL".into(),
    }
}

/// Runs an SQL file in a separate server that uses the folder and no network. PostgreSQL does not run as
/// root, so root runs it as `postgres`.
fn postgres(folder: &Path, file: &str) {
    let script = r#"
        for bin in /usr/lib/postgresql/*/bin /usr/sbin /sbin; do PATH="$PATH:$bin"; done
        as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env PATH="$PATH" "$@"; else "$@"; fi; }
        [ "$(id -u)" != 0 ] || chown -R postgres .
        as initdb -D db -U tester -A trust -E UTF8 --locale=C.UTF-8 >log 2>&1 || { cat log; exit 1; }
        as pg_ctl -D db -w -l server.log -o "-k '$PWD' -c listen_addresses='' -F" start >log 2>&1 \
            || { cat log server.log; exit 1; }
        trap 'as pg_ctl -D db -m immediate stop >/dev/null 2>&1' EXIT
        as psql -X -q -v ON_ERROR_STOP=1 -h "$PWD" -U tester -d postgres -f "$1"
    "#;
    bash(script, folder, &[Path::new(file)]).expect("PostgreSQL");
}
