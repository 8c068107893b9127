//! The types of a restored database.

use backup_core::archive::{Writer, WriterOptions};
use backup_core::model::Origin;
use backup_core::record::{Cell, Column, Record, Table};
use backup_core::{Report, RestoreOptions, restore_server};
use crm_backup_tests::Keys;

use super::every_type::every_type;
use super::{CRM, Database};

/// Restores an archive into a new database beside this one.
fn restored(database: &Database, path: &std::path::Path, keys: &Keys) -> (Database, Report) {
    let name = format!("{}_typed", database.name);
    let address = format!("{}/{name}", database.server).parse().expect("an address");
    let report = restore_server(path, &keys.identities, &address, &RestoreOptions::default(), &());
    let restored = Database { server: database.server.clone(), name };
    (restored, report.expect("a report"))
}

/// The type of each column that is not computed, with the name of its table.
fn types(database: &Database) -> Vec<(String, String, String)> {
    let query = "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind = 'r' AND a.attnum > 0 AND a.attgenerated = '' AND NOT a.attisdropped
        AND c.relnamespace IN ('public'::regnamespace, to_regnamespace('sales')) ORDER BY 1, 2";
    let rows = database.client().query(query, &[]).expect("the types");
    let text = |name: String| name.trim_start_matches("sales.").to_owned();
    let mut types: Vec<_> =
        rows.iter().map(|row| (text(row.get(0)), row.get(1), row.get(2))).collect();
    types.sort();
    types
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_restored_database_has_the_types_of_the_source() {
    // Of these there is no exact equal on every server.
    const OTHERS: [&str; 10] = [
        "money",
        "\"char\"",
        "jsonpath",
        "tstzrange",
        "mood",
        "mood[]",
        "positive",
        "pair",
        "regclass",
        "xid8",
    ];
    let database = Database::new(&(every_type() + CRM));
    let archive = database.archive();
    let (restored, report) = restored(&database, &archive.path(), &archive.keys);
    let expected = types(&database).into_iter().map(|(table, column, declared)| {
        let is_other = OTHERS.contains(&declared.as_str());
        (table, column, if is_other { "text".to_owned() } else { declared })
    });
    let expected: Vec<_> = expected.collect();
    let found: Vec<_> = types(&restored).into_iter().filter(|it| it.0 != "o.dd.t \"x\"").collect();
    assert_eq!(found, expected);
    let notes: Vec<_> = report.findings().iter().map(|it| it.message.to_string()).collect();
    assert!(notes[0].starts_with("10 columns of every_type have general types"), "{notes:?}");
    assert_eq!(restored.archive().digests(), archive.digests(), "the records are the same");
    let moments = |database: &Database| -> String {
        let sql =
            "SELECT string_agg(extract(epoch FROM c21)::text, ' ' ORDER BY id) FROM every_type";
        database.client().query_one(sql, &[]).expect("an answer").get(0)
    };
    assert!(moments(&database).contains("Infinity"), "{}", moments(&database));
    assert_eq!(moments(&restored), moments(&database), "the moments are the same");
}

/// A declared type, the values of a column, and the type that it gets.
type Case<'a> = (&'a str, &'a [Cell<'a>], &'a str);

/// Adds a table with a column for each case.
fn add_table(writer: &mut Writer<Vec<u8>>, name: &str, cases: &[Case<'_>]) {
    let columns = (0..cases.len()).map(|at| Column::any(format!("v{at:03}")));
    let origin = Origin::new("crm").types(cases.iter().map(|case| case.0));
    let mut open = writer.table_from(Table::new(name, columns), origin).expect("it begins");
    for row in 0..2 {
        let mut record = Record::new();
        cases.iter().for_each(|case| record.push(*case.1.get(row).unwrap_or(&Cell::Null)));
        open.record(&record).expect("it is written");
    }
    open.finish().expect("it ends");
}

#[test]
#[ignore = "needs PostgreSQL; run tests/run"]
fn postgresql_a_declared_type_is_used_if_every_value_stays_the_same() {
    use Cell::{Integer, Null, Real};
    let text = |text: &'static str| Cell::Text(text.into());
    let cases: &[Case<'_>] = &[
        ("smallint", &[Integer(7)], "smallint"),
        ("smallint", &[Integer(70_000)], "bigint"),
        ("int(6) unsigned zerofill", &[Integer(4_294_967_295)], "bigint"),
        ("tinyint(1)", &[Integer(1)], "smallint"),
        ("bit", &[Integer(1), Integer(0)], "boolean"),
        ("boolean", &[Integer(2)], "bigint"),
        ("bit(7)", &[Integer(97)], "bigint"),
        ("real", &[Real(0.1)], "real"),
        ("real", &[Real(0.123456789)], "double precision"),
        ("integer", &[text("x")], "text"),
        ("decimal(10,2)", &[text("1.50"), text("-0.05")], "numeric(10,2)"),
        ("decimal(10,1)", &[text("1.25")], "text"),
        ("decimal(10,2) unsigned", &[text("1.50")], "numeric(10,2)"),
        ("numeric(5000,2)", &[text("1.50")], "text"),
        ("money", &[text("1.5000")], "numeric(19,4)"),
        ("nvarchar(3)", &[text("客户 ")], "character varying(3)"),
        ("varchar(2)", &[text("abc")], "text"),
        ("char(5)", &[text("ab   "), text("abcde")], "character(5)"),
        ("char(5)", &[text("ab"), text("abcde")], "character varying(5)"),
        ("date", &[text("2024-02-29"), Null], "date"),
        ("date", &[text("0000-00-00")], "text"),
        ("datetime", &[text("2024-01-01 23:59:59")], "timestamp without time zone"),
        ("datetime(3)", &[text("2024-01-01 00:00:00.120")], "timestamp(3) without time zone"),
        ("datetime", &[text("2024-01-01T10:00:00.123")], "timestamp without time zone"),
        ("datetime2(7)", &[text("2024-01-01T10:00:00.1234560")], "timestamp(6) without time zone"),
        ("datetime2(7)", &[text("2024-01-01T10:00:00.1234567")], "text"),
        ("smalldatetime", &[text("2024-01-01T10:01:00")], "timestamp(0) without time zone"),
        ("datetime", &[text("2024-01-01T10:00:00+08:00")], "text"),
        ("datetime", &[text("2024-01-01")], "text"),
        ("datetimeoffset(7)", &[text("2024-01-01T10:00:00.0000000+08:00")], "text"),
        (
            "timestamp with time zone",
            &[text("2024-01-01 10:00:00.5+05:30")],
            "timestamp with time zone",
        ),
        ("timestamp with time zone", &[text("2024-01-01 10:00:00")], "text"),
        ("timestamp(0) with time zone", &[text("2024-01-01 10:00:00.5+00")], "text"),
        ("time(7)", &[text("10:00:00.1230000")], "time(6) without time zone"),
        ("time", &[text("838:59:59")], "text"),
        ("year", &[text("2024")], "smallint"),
        ("uniqueidentifier", &[text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")], "uuid"),
        ("uuid", &[text("a0eebc999c0b4ef8bb6d6bb9bd380a11")], "text"),
        ("enum", &[text("a")], "text"),
        ("json", &[text("{")], "text"),
        ("rowversion", &[Cell::Blob(&[0, 0, 0, 0, 0, 0, 7, 209])], "bytea"),
        ("integer[]", &[text("{1,NULL}")], "integer[]"),
        ("integer); DROP TABLE t0_0; --", &[Integer(1)], "bigint"),
        ("integer; DROP TABLE t0_0", &[Integer(1)], "bigint"),
        ("integer", &[], "integer"),
        ("nvarchar(50)", &[], "character varying(50)"),
        ("bit(5)", &[], "bit(5)"),
        ("bit", &[], "boolean"),
        ("float", &[], "double precision"),
        ("numeric(5000,2)", &[], "text"),
        ("ntext", &[], "text"),
        ("image", &[], "bytea"),
        ("rowversion", &[], "bytea"),
        ("hierarchyid", &[], "text"),
    ];
    // Here the server refuses no value, and looks at all columns at once.
    let changed: &[Case<'_>] = &[
        ("smallint", &[Integer(7)], "smallint"),
        ("decimal(10,1)", &[text("1.25")], "text"),
        ("date", &[text("2024-02-29")], "date"),
        ("varchar(2)", &[text("abc")], "text"),
        ("boolean", &[Integer(2)], "bigint"),
        ("char(5)", &[text("ab")], "character varying(5)"),
        ("numeric(4,2)", &[Null, text("1.50")], "numeric(4,2)"),
    ];
    // It becomes several tables.
    let wide: Vec<Case<'_>> = (0..700)
        .map(|at| match at % 2 {
            0 => ("smallint", &[Integer(7)] as &[_], "smallint"),
            _ => ("smallint", &[Integer(70_000)] as &[_], "bigint"),
        })
        .collect();
    let database = Database::new("");
    let (folder, keys) = (tempfile::tempdir().expect("a folder"), Keys::generate());
    let path = folder.path().join("a.age");
    let options = WriterOptions::default();
    let mut writer =
        Writer::create(Vec::new(), "crm", &keys.recipients, options).expect("it begins");
    add_table(&mut writer, "cases", cases);
    add_table(&mut writer, "changed", changed);
    add_table(&mut writer, "wide", &wide);
    let (_, bytes) = writer.finish().expect("it ends");
    std::fs::write(&path, bytes).expect("the archive");
    let (restored, _) = restored(&database, &path, &keys);
    let found = types(&restored);
    for (name, cases) in [("cases", cases), ("changed", changed), ("wide", &wide)] {
        let of_table = found.iter().filter(|(table, column, _)| {
            (table == name || table.starts_with(&format!("{name} ("))) && column != "n"
        });
        let mut of_table: Vec<_> = of_table.map(|(_, column, found)| (column, found)).collect();
        of_table.sort();
        assert_eq!(of_table.len(), cases.len(), "{name}");
        for ((declared, values, expected), (_, found)) in cases.iter().zip(of_table) {
            assert_eq!(found, expected, "{name}: {declared} with {values:?}");
        }
    }
}
