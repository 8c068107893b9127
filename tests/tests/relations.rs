//! Keys and references of a restored database: each kind of fault is noted with record numbers
//! only, and is never a failure of the backup.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use backup_core::archive::WriterOptions;
use backup_core::check::{KeyReport, ReferenceReport, Schema};
use backup_core::model::Provenance;
use backup_core::record::{Column, Record, Table};
use backup_core::scratch::SqliteScratch;
use backup_core::{Code, Report, RestoreTestOptions, Severity, Verdict, restore_test};
use crm_backup_tests::{Keys, Rows, awkward, export_to, write_archive};

/// Tables of text, as a CSV file gives them: labels first; an empty cell is null.
fn rows(name: &str, lines: &[&str]) -> Rows {
    let split = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
    let table = Table::new(name, split(lines[0]).into_iter().map(Column::text));
    let record = |line: &&str| {
        let cells: Vec<String> = split(line);
        let cells: Vec<_> =
            cells.iter().map(|cell| Some(cell.as_str()).filter(|cell| !cell.is_empty())).collect();
        awkward::texts(&cells)
    };
    (table, lines[1..].iter().map(record).collect())
}

fn test_at(archive: &Path, keys: &Keys, options: RestoreTestOptions) -> Report {
    let mut scratch = SqliteScratch::in_memory().expect("a scratch database");
    restore_test(archive, &keys.identities, &mut scratch, options, &()).expect("it is tested")
}

fn test_with(tables: &[Rows], options: RestoreTestOptions) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (keys, archive) = (Keys::generate(), folder.path().join("crm.tar.zst.age"));
    let (_, encrypted) = write_archive(&keys, WriterOptions::default().threads(1), tables, &[]);
    fs::write(&archive, encrypted).expect("the archive is written");
    test_at(&archive, &keys, options)
}

fn test(tables: &[Rows]) -> Report {
    test_with(tables, RestoreTestOptions::default())
}

fn reference<'a>(report: &'a Report, table: &str, column: &str) -> &'a ReferenceReport {
    let found =
        report.results().references.iter().find(|it| it.table == table && it.columns == [column]);
    found.unwrap_or_else(|| {
        panic!("no reference {table}.{column} in {:?}", report.results().references)
    })
}

fn key<'a>(report: &'a Report, table: &str) -> &'a KeyReport {
    let found = report.results().keys.iter().find(|key| key.table == table);
    found.unwrap_or_else(|| panic!("no key of {table} in {:?}", report.results().keys))
}

/// The only finding, which must be a note with this code; the archive stays proven.
fn remark(report: &Report, code: Code) -> String {
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.findings());
    let [finding] = report.findings() else { panic!("not one finding: {:?}", report.findings()) };
    assert_eq!((finding.code, finding.severity), (code, Severity::Remark), "{finding:?}");
    finding.message.to_string()
}

const ACCOUNTS: [&str; 5] = [
    "Id|Name",
    "001AB00000000001|One",
    "001AB00000000002|Two",
    "001AB00000000003|Three",
    "001AB00000000004|Four",
];
const CONTACTS: [&str; 5] = [
    "Id|AccountId|Phone",
    "003AB00000000001|001AB00000000001|13800000001",
    "003AB00000000002|001AB00000000001|13800000002",
    "003AB00000000003||13800000003",
    "003AB00000000004|001AB00000000004|13800000004",
];

fn with(lines: &[&'static str], at: usize, line: &'static str) -> Vec<&'static str> {
    let mut lines = lines.to_vec();
    lines[at] = line;
    lines
}

#[test]
fn valid_keys_and_references_are_counted() {
    let report = test(&[rows("Account", &ACCOUNTS), rows("Contact", &CONTACTS)]);
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    assert!(report.findings().is_empty(), "nothing is wrong: {:?}", report.findings());
    let accounts = key(&report, "Account");
    assert_eq!((accounts.known, accounts.records), (Provenance::Inferred, 4));
    assert_eq!((accounts.missing, accounts.repeated), (0, 0));
    let found = reference(&report, "Contact", "AccountId");
    assert_eq!(
        (&found.targets[..], found.known),
        (&["Account".to_owned()][..], Provenance::Inferred)
    );
    assert_eq!((found.null, found.values, found.resolved, found.orphans), (1, 3, 3, 0));
    assert_eq!(
        report.results().references.len(),
        1,
        "a false reference: {:?}",
        report.results().references
    );
}

#[test]
fn a_repeated_key_is_reported() {
    let accounts = with(&ACCOUNTS, 3, "001AB00000000001|Three");
    let report = test(&[rows("Account", &accounts), rows("Contact", &CONTACTS)]);
    let note_text = remark(&report, Code::Key);
    assert!(note_text.contains("repeated: in 1 of 4 records, first in record 3"), "{note_text}");
    assert!(!note_text.contains("001AB"), "a key's value is printed: {note_text}");
    assert_eq!(key(&report, "Account").first_repeated, Some(3));
}

#[test]
fn a_missing_key_is_reported() {
    let accounts = with(&ACCOUNTS, 2, "|Two");
    let report = test(&[rows("Account", &accounts), rows("Contact", &CONTACTS)]);
    let note_text = remark(&report, Code::Key);
    assert!(note_text.contains("stands for null) in 1 of 4 records"), "{note_text}");
}

#[test]
fn an_orphan_is_reported_with_its_record_and_is_not_a_failure() {
    let mut contacts = with(&CONTACTS, 2, "003AB00000000002|001AB00000000009|13800000002");
    contacts.extend([
        "003AB00000000005|001AB00000000002|13800000005",
        "003AB00000000006|001AB00000000003|13800000006",
    ]);
    let report = test(&[rows("Account", &ACCOUNTS), rows("Contact", &contacts)]);
    let note_text = remark(&report, Code::Reference);
    assert!(
        note_text.contains("1 of 5 values") && note_text.ends_with("first records: 2"),
        "{note_text}"
    );
    assert!(!note_text.contains("001AB"), "a key's value is printed: {note_text}");
    let found = reference(&report, "Contact", "AccountId");
    assert_eq!((found.resolved, found.orphans, &found.orphan_records[..]), (4, 1, &[2][..]));
}

#[test]
fn a_null_value_is_not_an_orphan() {
    let contacts = with(&CONTACTS, 2, "003AB00000000002|000000000000000AAA|13800000002");
    let report = test(&[rows("Account", &ACCOUNTS), rows("Contact", &contacts)]);
    assert!(report.findings().is_empty(), "{:?}", report.findings());
    let found = reference(&report, "Contact", "AccountId");
    assert_eq!((found.null, found.null_by_sentinel, found.resolved), (1, 1, 2));
}

#[test]
fn several_ids_in_a_cell_and_several_tables_are_understood() {
    let notes = [
        "Id|ParentId|ContactIds",
        "00NAB00000000001|001AB00000000001|003AB00000000001;003AB00000000002",
        "00NAB00000000002|003AB00000000001|003AB00000000003; 003AB00000000004;",
        "00NAB00000000003|003AB00000000002|003AB00000000001",
        "00NAB00000000004|001AB00000000004|",
    ];
    let tables = [rows("Account", &ACCOUNTS), rows("Contact", &CONTACTS), rows("Note", &notes)];
    let report = test(&tables);
    assert!(report.findings().is_empty(), "{:?}", report.findings());
    let parents = reference(&report, "Note", "ParentId");
    assert_eq!(parents.targets, ["Account", "Contact"], "of both tables");
    assert_eq!((parents.values, parents.resolved), (4, 4));
    let contacts = reference(&report, "Note", "ContactIds");
    assert_eq!(contacts.targets, ["Contact"]);
    assert_eq!((contacts.null, contacts.values, contacts.resolved), (1, 5, 5));
}

#[test]
fn small_numbers_are_references_only_if_the_column_name_says_so() {
    let stock = ["Id|Name", "1|Pump", "2|Boom", "3|Seal", "4|Hose"];
    let lines = ["Id|ProductId|Quantity", "1|2|1", "2|2|2", "3|4|3", "4|1|4"];
    let report = test(&[rows("Products", &stock), rows("Lines", &lines)]);
    let found = reference(&report, "Lines", "ProductId");
    assert_eq!((&found.targets[..], found.resolved), (&["Products".to_owned()][..], 4));
    assert_eq!(
        report.results().references.len(),
        1,
        "quantities are not ids: {:?}",
        report.results().references
    );
}

#[test]
fn relations_are_not_checked_if_switched_off() {
    let contacts = with(&CONTACTS, 2, "003AB00000000001|001AB00000000009|13800000002");
    let tables = [rows("Account", &ACCOUNTS), rows("Contact", &contacts)];
    let report = test_with(&tables, RestoreTestOptions::default().look_for_keys(false));
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    assert!(
        report.results().keys.is_empty()
            && report.results().references.is_empty()
            && report.findings().is_empty()
    );
    let is_reported =
        report.results().checks.iter().any(|check| check.kind == backup_core::CheckKind::Keys);
    assert!(!is_reported, "a check that did not run is reported: {:?}", report.results().checks);
}

#[test]
fn relations_declared_by_a_database_are_checked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("crm.db");
    let database = rusqlite::Connection::open(&source).expect("a database");
    database
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             CREATE TABLE region(code TEXT, part INTEGER, name TEXT, PRIMARY KEY (code, part));
             CREATE TABLE place(id INTEGER PRIMARY KEY, code TEXT, part INTEGER, owner INTEGER,
                 FOREIGN KEY (code, part) REFERENCES region(code, part));
             CREATE TABLE visit(id INTEGER PRIMARY KEY, place INTEGER REFERENCES place);
             INSERT INTO region VALUES ('cn', 1, 'a'), ('cn', 2, 'b'), ('de', 1, 'c');
             INSERT INTO place VALUES (10, 'cn', 2, 1), (11, 'de', 2, 1), (12, 'de', NULL, 2);
             INSERT INTO visit VALUES (1, 10), (2, 12), (3, NULL), (4, 99);",
        )
        .expect("the tables are made");
    drop(database);
    let (keys, archive) = (Keys::generate(), folder.path().join("crm.tar.zst.age"));
    export_to(&archive, &[source], &keys, WriterOptions::default().threads(1));
    let report = test_at(&archive, &keys, RestoreTestOptions::default());
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.findings());
    let regions = key(&report, "region");
    assert_eq!(
        (&regions.columns[..], regions.known),
        (&["code".to_owned(), "part".to_owned()][..], Provenance::Declared)
    );
    let places =
        report.results().references.iter().find(|it| it.table == "place").expect("it is declared");
    assert_eq!((places.known, places.columns.len()), (Provenance::Declared, 2));
    assert_eq!((places.null, places.resolved, &places.orphan_records[..]), (1, 1, &[2][..]));
    let visits = reference(&report, "visit", "place");
    assert_eq!((visits.null, visits.resolved, &visits.orphan_records[..]), (1, 2, &[4][..]));
    assert_eq!(report.results().references.len(), 2, "{:?}", report.results().references);
    assert_eq!(report.findings().len(), 2, "one orphan each: {:?}", report.findings());
}

fn schema(text: &str) -> RestoreTestOptions {
    RestoreTestOptions::default().schema(Schema::parse(text).expect("it is a schema"))
}

#[test]
fn relations_given_by_the_user_are_checked() {
    let owners = ["no|who", "7|x", "8|y"];
    let cars = ["plate|owner|seller", "A|7|1", "B|n/a|", "A|9|2"];
    let report = test_with(
        &[rows("Owners", &owners), rows("Cars", &cars)],
        schema(
            r#"{"resources": [
                {"name": "owners", "title": "Owners", "schema": {"fields": [], "primaryKey": "no"}},
                {"name": "cars", "title": "Cars", "schema": {"fields": [], "primaryKey": ["plate"],
                    "missingValues": ["", "n/a"], "foreignKeys": [
                    {"fields": "owner", "reference": {"resource": "owners", "fields": "no"}},
                    {"fields": ["seller"], "reference": {"resource": "sellers", "fields": ["id"]}}
                ]}}
            ]}"#,
        ),
    );
    // A requested relation that cannot be looked up is reported as not checked.
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", report.findings());
    let why = "a reference of table Cars to table sellers: the archive has no such table";
    assert_eq!(report.skipped(), [why]);
    let looked_up = report
        .results()
        .checks
        .iter()
        .find(|check| check.kind == backup_core::CheckKind::References);
    assert_eq!(looked_up.map(|check| check.count), Some(1), "one of two was looked up");
    let cars = key(&report, "Cars");
    assert_eq!((cars.known, cars.repeated, cars.first_repeated), (Provenance::Given, 1, Some(3)));
    let owners = reference(&report, "Cars", "owner");
    assert_eq!((owners.known, owners.null_by_sentinel), (Provenance::Given, 1));
    assert_eq!((owners.resolved, &owners.orphan_records[..]), (1, &[3][..]));
    let sellers = reference(&report, "Cars", "seller");
    assert!(!sellers.target_exported && !sellers.looked_up, "there is no table of sellers");
    let count_of = |code| report.findings().iter().filter(|finding| finding.code == code).count();
    assert_eq!((count_of(Code::Key), count_of(Code::Reference)), (1, 2), "{:?}", report.findings());
}

#[test]
fn given_relations_of_missing_tables_are_not_reported_as_checked() {
    for (text, why) in [
        (
            r#"{"resources": [{"name": "cars", "schema": {"primaryKey": "no"}}]}"#,
            "table cars of the schema: the archive has no such table",
        ),
        (
            r#"{"resources": [{"name": "Account", "schema": {"primaryKey": "no"}}]}"#,
            "a key of table Account: the table has no column no",
        ),
        (
            r#"{"resources": [{"name": "Account", "schema": {"primaryKey": ["Id", "no", "Name"]}}]}"#,
            "a key of table Account: the table has no column no",
        ),
        (
            r#"{"resources": [{"name": "Account", "schema": {"foreignKeys": [
                {"fields": ["Id", "boss"],
                 "reference": {"resource": "", "fields": ["Id", "Name"]}}]}}]}"#,
            "a reference of table Account: the table has no column boss",
        ),
        (
            r#"{"resources": [{"name": "Account", "schema": {"foreignKeys": [
                {"fields": ["Id", "Name"],
                 "reference": {"resource": "", "fields": ["Id", "no"]}}]}}]}"#,
            "a reference of table Account to table Account: the target has no column no",
        ),
        (
            r#"{"resources": [{"name": "Account", "schema": {"foreignKeys": [
                {"fields": "boss", "reference": {"resource": "", "fields": "Id"}}]}}]}"#,
            "a reference of table Account: the table has no column boss",
        ),
        (
            r#"{"resources": [{"name": "Account", "schema": {"foreignKeys": [
                {"fields": "Name", "reference": {"resource": "", "fields": "no"}}]}}]}"#,
            "a reference of table Account to table Account: the target has no column no",
        ),
    ] {
        let report = test_with(&[rows("Account", &ACCOUNTS)], schema(text));
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{why}");
        assert_eq!(report.skipped(), [why]);
    }
    for (text, why) in [
        ("{\"tables\": []}", "not a Frictionless data package"),
        (
            r#"{"resources": [{"name": "a"}, {"name": "b", "title": "a"}]}"#,
            "contains table a twice",
        ),
        (
            r#"{"resources": [{"name": "a", "schema": {"foreignKeys": [
                {"fields": ["x", "y"], "reference": {"resource": "b", "fields": "id"}}]}}]}"#,
            "has 2 columns, but its target has 1",
        ),
    ] {
        let error = Schema::parse(text).expect_err("it is invalid");
        assert!(error.to_string().contains(why), "{error}");
    }
}

/// The report for a schema with these fields of a table of deals.
fn with_fields(fields: &str) -> Report {
    let deals = [
        "id|amount|closed|won|note",
        "1|12.50|2024-02-29|true|a",
        "2|1,5|2024-02-30|yes|",
        "3|-|n/a|false|b",
        "3||2024-01-01|true|n/a",
    ];
    let text = format!(
        r#"{{"resources": [{{"name": "deals", "schema": {{
            "missingValues": ["", "n/a"], "fields": [{fields}]}}}}]}}"#
    );
    test_with(&[rows("deals", &deals)], schema(&text))
}

#[test]
fn a_schema_that_is_too_long_or_not_text_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("datapackage.json");
    for (bytes, why) in [
        (vec![b' '; (16 << 20) + 1], "the schema is longer than 16 MiB"),
        (b"{\"resources\": [\xff]}".to_vec(), "the schema is not UTF-8"),
    ] {
        std::fs::write(&path, bytes).expect("writes");
        let error = Schema::read(&path).expect_err(why);
        assert_eq!(error.kind().to_string(), why);
        assert!(error.to_string().contains("datapackage.json"), "it names the file: {error}");
    }
    for nothing in [
        r#"{"resources": []}"#,
        r#"{"resources": [{"name": "deals"}, {"name": "leads", "schema": {"fields": []}}]}"#,
    ] {
        std::fs::write(&path, nothing).expect("writes");
        let error = Schema::read(&path).expect_err("it has no checks");
        assert_eq!(error.kind().to_string(), "the schema contains nothing to check");
    }
}

#[test]
fn unchecked_types_and_constraints_of_a_schema_are_named() {
    for (fields, words) in [
        (
            r#"{"name": "closed", "type": "date", "format": "%d.%m.%Y"}"#,
            "format %d.%m.%Y, type date",
        ),
        (
            r#"{"name": "note", "type": "geopoint", "constraints": {"maxLength": 3}}"#,
            "maxLength, type geopoint",
        ),
        (
            r#"{"name": "id", "type": "integer"}, {"name": "won", "type": "integer",
                "constraints": {"required": true, "unique": false}}"#,
            "required, type integer",
        ),
        (
            r#"{"name": "won", "constraints": {"unique": true}, "categories": ["a"]}"#,
            "categories, unique",
        ),
    ] {
        let report = with_fields(fields);
        let why =
            format!("requirements of the schema for table deals that are not checked: {words}");
        assert_eq!(report.skipped(), [why]);
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{fields}");
    }
    let report =
        with_fields(r#"{"name": "note", "type": "string", "format": "default"}, {"name": "id"}"#);
    assert!(
        report.skipped_checks().is_empty(),
        "any text is allowed: {:?}",
        report.skipped_checks()
    );
    let report = with_fields(r#"{"name": "id"}, {"name": "nobody"}"#);
    let why = "columns of the schema for table deals: the table has no column nobody";
    assert_eq!(report.skipped(), [why]);
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "a missing column");
    let text = r#"{"resources": [{"name": "Account", "schema": {"uniqueKeys": [["Id"]],
        "missingValues": [{"value": "-", "label": "none"}], "foreignKeys": [
        {"fields": "Name", "reference": {"fields": "Name"}}]}}]}"#;
    let report = test_with(&[rows("Account", &ACCOUNTS)], schema(text));
    let why = "requirements of the schema for table Account that are not checked: uniqueKeys";
    assert_eq!(report.skipped(), [why]);
    assert_eq!(
        reference(&report, "Account", "Name").resolved,
        4,
        "a reference to the table itself"
    );
}

#[test]
fn keys_beyond_the_limit_are_reported_as_unchecked() {
    let references: Vec<String> = (0..300)
        .map(|number| {
            format!(
                r#"{{"fields": "Name", "reference": {{"resource": "t{number}", "fields": "id"}}}}"#
            )
        })
        .collect();
    let text = format!(
        r#"{{"resources": [{{"name": "Account", "schema": {{"foreignKeys": [{}]}}}}]}}"#,
        references.join(",")
    );
    let report = test_with(&[rows("Account", &ACCOUNTS)], schema(&text));
    let why = "44 more keys and references of table Account: it has more than are checked";
    assert!(report.skipped().iter().any(|it| it == why), "{:?}", report.skipped());
}

#[test]
fn unique_numbers_of_records_are_inferred_as_keys() {
    let customers = ["客户编号|客户名称", "C001|甲", "C002|乙", "C003|丙", "C004|丁"];
    let orders = ["订单编号|客户编号", "D001|C001", "D002|C001", "D003|C004", "D004|C002"];
    let report = test(&[rows("客户数据", &customers), rows("订单数据", &orders)]);
    assert_eq!(key(&report, "客户数据").columns, ["客户编号"]);
    assert_eq!(key(&report, "订单数据").columns, ["订单编号"]);
    let found = reference(&report, "订单数据", "客户编号");
    assert_eq!((&found.targets[..], found.resolved), (&["客户数据".to_owned()][..], 4));
    assert_eq!(report.results().references.len(), 1, "{:?}", report.results().references);

    // Without a hint in the table's name, its first column is the key, or it has none.
    let report = test(&[rows("Sheet1", &orders)]);
    assert_eq!(key(&report, "Sheet1").columns, ["订单编号"]);
    let turned = ["客户编号|订单编号", "C001|D001", "C001|D002", "C004|D003", "C002|D004"];
    let report = test(&[rows("Sheet1", &turned)]);
    assert!(
        report.results().keys.is_empty(),
        "a repeated value is not a key: {:?}",
        report.results().keys
    );
    assert!(report.findings().is_empty(), "{:?}", report.findings());
}

#[test]
fn a_reference_may_use_either_of_two_keys() {
    let accounts = ["Id|AccountId|Name", "A1000000001|A1000000001|x", "A1000000002|A1000000002|y"];
    let contacts = ["Id|AccountId", "B1|A1000000001", "B2|A1000000002", "B3|A1000000002"];
    let report = test(&[rows("Accounts", &accounts), rows("Contacts", &contacts)]);
    let found = reference(&report, "Contacts", "AccountId");
    assert_eq!((&found.targets[..], found.resolved), (&["Accounts".to_owned()][..], 3));
}

/// A database made by these statements.
fn database(path: &Path, statements: &str) {
    let database = rusqlite::Connection::open(path).expect("a database");
    let statements = format!("PRAGMA foreign_keys = OFF; {statements}");
    database.execute_batch(&statements).expect("the tables are made");
}

fn test_databases(databases: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let made = databases.iter().map(|(name, statements)| {
        let path = folder.path().join(name);
        database(&path, statements);
        path
    });
    let sources: Vec<_> = made.collect();
    let (keys, archive) = (Keys::generate(), folder.path().join("crm.tar.zst.age"));
    export_to(&archive, &sources, &keys, WriterOptions::default().threads(1));
    test_at(&archive, &keys, RestoreTestOptions::default())
}

#[test]
fn references_stay_within_their_database() {
    const TABLES: &str = "CREATE TABLE accounts(id INTEGER PRIMARY KEY);
        CREATE TABLE contacts(id INTEGER PRIMARY KEY, account INTEGER REFERENCES Accounts(id));";
    let one =
        format!("{TABLES} INSERT INTO accounts VALUES (1); INSERT INTO contacts VALUES (1, 1);");
    let two =
        format!("{TABLES} INSERT INTO accounts VALUES (2); INSERT INTO contacts VALUES (1, 2);");
    let report = test_databases(&[("a.db", &one), ("b.db", &two)]);
    assert!(
        report.findings().is_empty(),
        "each is resolved in its own database: {:?}",
        report.findings()
    );
    let targets: Vec<_> =
        report.results().references.iter().map(|it| it.targets[0].as_str()).collect();
    assert_eq!(targets, ["accounts", "accounts (b.db)"]);
}

#[test]
fn every_byte_of_a_blob_counts() {
    let report = test_databases(&[(
        "blobs.db",
        "CREATE TABLE part(id BLOB PRIMARY KEY);
         CREATE TABLE use(id INTEGER PRIMARY KEY, part BLOB REFERENCES part);
         INSERT INTO part VALUES (x'08'), (x'09'), (x'20'), (x'0a41');
         INSERT INTO use VALUES (1, x'09'), (2, x'41'), (3, x'20');",
    )]);
    assert_eq!(key(&report, "part").repeated, 0, "blobs that differ in white space are not equal");
    let uses = reference(&report, "use", "part");
    assert_eq!((uses.resolved, &uses.orphan_records[..]), (2, &[2][..]));
}

#[test]
fn an_impossible_declaration_of_a_database_is_a_note() {
    let report = test_databases(&[(
        "odd.db",
        "CREATE TABLE accounts(id INTEGER);
         CREATE TABLE contacts(id INTEGER PRIMARY KEY, account INTEGER REFERENCES accounts,
             region INTEGER REFERENCES regions(id));
         INSERT INTO accounts VALUES (1); INSERT INTO contacts VALUES (1, 1, 7);",
    )]);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());
    let note_texts: Vec<_> =
        report.findings().iter().map(|finding| finding.message.to_string()).collect();
    assert_eq!(note_texts.len(), 2, "{note_texts:?}");
    assert!(
        note_texts.iter().any(|it| it.contains("accounts, which has no such key")),
        "{note_texts:?}"
    );
    assert!(
        note_texts.iter().any(|it| it.contains("regions, which is not in the archive")),
        "{note_texts:?}"
    );
    let checked = report
        .results()
        .checks
        .iter()
        .find(|check| check.kind == backup_core::CheckKind::References);
    assert_eq!(checked.map(|check| check.count), Some(0), "nothing was looked up");
}

#[test]
fn a_table_that_lost_most_of_its_records_is_still_checked() {
    let ids: Vec<String> = (0..40).map(|number| format!("001AB{number:011}")).collect();
    let accounts = (Table::new("Account", [Column::text("Id")]), Vec::new());
    let contacts = Table::new("Contact", ["Id", "AccountId"].map(Column::text));
    let contact = |(number, id): (usize, &String)| {
        awkward::texts(&[Some(&format!("003AB{number:011}")), Some(id)])
    };
    let contacts: Rows = (contacts, ids.iter().enumerate().map(contact).collect());
    for kept in [40, 20, 1] {
        let mut accounts: Rows = accounts.clone();
        accounts.1.extend(ids[..kept].iter().map(|id| awkward::texts(&[Some(id)])));
        let report = test(&[accounts, contacts.clone()]);
        let found = reference(&report, "Contact", "AccountId");
        assert_eq!((found.resolved, found.orphans), (kept as u64, 40 - kept as u64), "of {kept}");
        assert_eq!(report.findings().len(), usize::from(kept < 40), "{:?}", report.findings());
    }
}

/// A table of one column.
fn column(table: &str, label: &str, cells: impl IntoIterator<Item = String>) -> Rows {
    let records = cells.into_iter().map(|cell| awkward::texts(&[Some(&cell)]));
    (Table::new(table, [Column::text(label)]), records.collect())
}

fn account(number: u32) -> String {
    format!("001AB{number:011}")
}

#[test]
fn a_column_whose_first_cells_are_old_numbers_is_still_a_reference() {
    let old = || (1..=40).map(|number: u32| number.to_string());
    let accounts = column("alpha", "id", old().chain((0..1_000).map(account)));
    // The last three do not exist.
    let log = column("log", "owner", old().chain((3..1_003).map(account)));
    let report = test(&[accounts, log]);
    let found = reference(&report, "log", "owner");
    assert_eq!(found.targets, ["alpha"]);
    assert_eq!((found.values, found.resolved, found.orphans), (1_040, 1_037, 3));
    assert_eq!(found.orphan_records, [1_038, 1_039, 1_040]);
}

#[test]
fn a_copy_of_a_table_does_not_hide_orphans_of_another_one() {
    let id = |number: u32| format!("003AB{number:011}");
    // 45 of 100 ids are of accounts, which are there twice; 5 are of contacts.
    let tables = [
        column("accounts", "id", (0..45).map(account)),
        column("copy", "id", (0..45).map(account)),
        column("contacts", "id", (0..5).map(id)),
        column("visits", "contact_id", (0..45).map(account).chain((0..55).map(id))),
    ];
    let report = test(&tables);
    let found = reference(&report, "visits", "contact_id");
    assert_eq!(found.targets, ["contacts"]);
    assert_eq!((found.values, found.resolved, found.orphans), (100, 5, 95));
    assert_eq!(found.orphan_records, [1, 2, 3, 4, 5]);
}

#[test]
fn tables_that_share_few_ids_with_a_column_do_not_count() {
    let lead = |number: u32| format!("00QAB{number:011}");
    let both = || (0..1_000).flat_map(|number| [account(number), lead(number)]);
    let mut tables = vec![
        column("accounts", "id", (0..1_000).map(account)),
        column("leads", "id", (0..1_000).map(lead)),
        column("calls", "who", both()),
        column("pair", "id", (10..12).map(account)),
    ];
    tables.extend((0..70).map(|number| column(&format!("t{number}x"), "id", [lead(number)])));
    let report = test(&tables);
    let found = reference(&report, "calls", "who");
    assert_eq!(found.targets, ["accounts", "leads"]);
    assert_eq!((found.values, found.resolved), (2_000, 2_000));
}

#[test]
fn a_cell_with_too_many_parts_is_not_a_list_of_ids() {
    let notes = Table::new("Note", ["Id", "Text"].map(Column::text));
    let long = "1,".repeat(50_000);
    let note = |number: u32| awkward::texts(&[Some(&number.to_string()), Some(&long)]);
    let report = test(&[(notes, (1..=40).map(note).collect())]);
    assert!(report.results().references.is_empty(), "{:?}", report.results().references);
}

/// A CRM of 20 tables with their real references.
mod crm {
    use super::*;

    /// The tables, each with its share of all records.
    const TABLES: [&str; 20] = [
        "users",
        "accounts",
        "contacts",
        "leads",
        "opportunities",
        "products",
        "price_books",
        "price_book_entries",
        "quotes",
        "quote_lines",
        "orders",
        "order_lines",
        "contracts",
        "cases",
        "case_comments",
        "campaigns",
        "campaign_members",
        "tasks",
        "events",
        "notes",
    ];
    /// Tables whose keys count from 1.
    const NUMBERED: [&str; 2] = ["products", "price_books"];

    /// Table, column, and the tables that it refers to.
    pub(super) const REFERENCES: [(&str, &str, &[&str]); 32] = [
        ("accounts", "parent_account_id", &["accounts"]),
        ("accounts", "owner_id", &["users"]),
        ("contacts", "account_id", &["accounts"]),
        ("contacts", "owner_id", &["users"]),
        ("contacts", "reports_to", &["contacts"]),
        ("leads", "owner_id", &["users"]),
        ("leads", "converted_account_id", &["accounts"]),
        ("opportunities", "account_id", &["accounts"]),
        ("opportunities", "primary_contact", &["contacts"]),
        ("opportunities", "owner_id", &["users"]),
        ("price_book_entries", "product_id", &["products"]),
        ("price_book_entries", "price_book_id", &["price_books"]),
        ("quotes", "opportunity_id", &["opportunities"]),
        ("quote_lines", "quote_id", &["quotes"]),
        ("quote_lines", "product_id", &["products"]),
        ("orders", "account_id", &["accounts"]),
        ("orders", "quote_id", &["quotes"]),
        ("order_lines", "order_id", &["orders"]),
        ("order_lines", "product_id", &["products"]),
        ("contracts", "account_id", &["accounts"]),
        ("cases", "account_id", &["accounts"]),
        ("cases", "contact_id", &["contacts"]),
        ("case_comments", "case_id", &["cases"]),
        ("case_comments", "author", &["users"]),
        ("campaign_members", "campaign_id", &["campaigns"]),
        ("campaign_members", "member_id", &["contacts", "leads"]),
        ("campaigns", "account_ids", &["accounts"]),
        ("tasks", "who_id", &["contacts", "leads"]),
        ("tasks", "what_id", &["accounts", "opportunities"]),
        ("events", "who_id", &["contacts", "leads"]),
        ("events", "organizer", &["users"]),
        ("notes", "parent_id", &["accounts", "opportunities", "cases"]),
    ];

    /// Columns with values that look like ids but are not references.
    const DECOYS: [&str; 6] =
        ["quantity", "phone", "tax_number", "tracking_no", "closed_on", "position"];

    struct Random(u64);

    impl Random {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most.max(1)
        }
    }

    fn id(table: &str, number: u64) -> String {
        if NUMBERED.contains(&table) {
            return (number + 1).to_string();
        }
        let prefix = TABLES.iter().position(|name| *name == table).expect("it is a table");
        format!("{prefix:03}5g{:013}", number * 37 + 11)
    }

    /// This many records in all, with some dangling references.
    pub(super) fn tables(records: u64) -> Vec<Rows> {
        let each = records / TABLES.len() as u64;
        let mut random = Random(7);
        TABLES
            .iter()
            .map(|table| {
                let references: Vec<_> = REFERENCES.iter().filter(|(of, ..)| of == table).collect();
                let mut labels = vec!["id"];
                labels.extend(references.iter().map(|(_, column, _)| *column));
                labels.extend(DECOYS);
                let columns = labels.iter().map(|label| Column::text(*label));
                let rows = (0..each).map(|number| {
                    let mut record = Record::new();
                    record.push_text(&id(table, number));
                    for (_, column, targets) in &references {
                        let target = targets[random.below(targets.len() as u64) as usize];
                        match random.below(20) {
                            0 => record.push_null(),
                            // A reference to a deleted record.
                            1 if number % 5 == 0 => record.push_text(&id(target, each + number)),
                            _ if column.ends_with("_ids") => {
                                let ids = [random.below(each), random.below(each)];
                                record.push_text(&ids.map(|number| id(target, number)).join(";"));
                            }
                            _ => record.push_text(&id(target, random.below(each))),
                        }
                    }
                    record.push_text(&(random.below(40) + 1).to_string());
                    record.push_text(&format!("138{:08}", random.below(100_000_000)));
                    record.push_text(&format!("91310000MA{:08}", random.below(100_000_000)));
                    record.push_text(&format!("SF{:013}", random.below(10_000_000_000)));
                    record.push_text(&format!(
                        "2024-{:02}-{:02}",
                        random.below(12) + 1,
                        random.below(28) + 1
                    ));
                    record.push_text(&(number + 1).to_string());
                    record
                });
                (Table::new(*table, columns), rows.collect())
            })
            .collect()
    }
}

fn all_true_references_are_inferred_and_no_others(records: u64) {
    let report = test(&crm::tables(records));
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    let found: BTreeSet<_> = report
        .results()
        .references
        .iter()
        .map(|it| (it.table.clone(), it.columns.join("+"), it.targets.join("|")))
        .collect();
    let expected: BTreeSet<_> = crm::REFERENCES
        .iter()
        .map(|(table, column, targets)| {
            ((*table).to_owned(), (*column).to_owned(), targets.join("|"))
        })
        .collect();
    let (lost, invented): (Vec<_>, Vec<_>) =
        (expected.difference(&found).collect(), found.difference(&expected).collect());
    assert!(lost.is_empty() && invented.is_empty(), "missed {lost:?}, false {invented:?}");
    assert_eq!(
        report.results().keys.len(),
        20,
        "each table has a key: {:?}",
        report.results().keys
    );
}

#[test]
fn every_true_reference_of_twenty_tables_is_inferred_and_no_false_one() {
    all_true_references_are_inferred_and_no_others(1_000);
}

#[test]
#[ignore = "a million records take a while: tests/run runs it"]
fn exhaustive_every_true_reference_among_a_million_records_is_inferred_and_no_false_one() {
    all_true_references_are_inferred_and_no_others(1_000_000);
}

#[test]
fn the_references_of_the_fixture_crm_are_inferred() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (keys, archive) = (Keys::generate(), folder.path().join("crm.tar.zst.age"));
    let source = crm_fixtures::shape("csv-utf8").path;
    export_to(&archive, &[source], &keys, WriterOptions::default().threads(1));
    let report = test_at(&archive, &keys, RestoreTestOptions::default());
    let found: BTreeSet<_> = report
        .results()
        .references
        .iter()
        .map(|it| (it.table.as_str(), it.columns[0].as_str(), it.targets.join("|")))
        .collect();
    let expected = [
        ("accounts", "parent_account_id", "accounts"),
        ("activities", "account_id", "accounts"),
        ("activities", "opportunity_id", "opportunities"),
        ("contacts", "account_id", "accounts"),
        ("opportunities", "account_id", "accounts"),
        ("opportunities", "contact_id", "contacts"),
    ];
    let expected: BTreeSet<_> =
        expected.into_iter().map(|(table, column, to)| (table, column, to.to_owned())).collect();
    assert_eq!(found, expected);
}
