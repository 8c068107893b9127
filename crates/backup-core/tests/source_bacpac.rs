//! `.bacpac` files as sources: every type with and without nulls, keys and references, and what is
//! noted or refused by name.
#![cfg(feature = "bacpac")]

use crate::packages::Framing::{self, Counted, Eight, Fixed, Four, Raw, Two};
use crate::packages::{Column, Fixture, Package, column, orders, table, utf16, write};
use crate::recording::{Owned, Recorder, read, real, refusal, text};
use backup_core::model::{Provenance, RecoveryMethod, SourceMetadata};

/// A type, its bytes, and the cell that they become.
struct Case {
    column: Column,
    value: Vec<u8>,
    cell: Owned,
}

fn case(type_name: &str, framing: Framing, value: impl AsRef<[u8]>, cell: Owned) -> Case {
    Case { column: column("c", type_name, framing), value: value.as_ref().to_vec(), cell }
}

impl Case {
    fn with(mut self, property: &'static str, value: impl ToString) -> Self {
        self.column = self.column.with(property, value);
        self
    }
}

/// A `decimal` with this precision and scale.
fn decimal(precision: u8, scale: u8, sign: u8, magnitude: u128) -> Vec<u8> {
    [&[precision, scale, sign][..], &magnitude.to_le_bytes()].concat()
}

fn blob(bytes: &[u8]) -> Owned {
    Owned::Blob(bytes.to_vec())
}

fn numbers() -> Vec<Case> {
    let of_decimal = |precision: u8, scale: u8, value: Vec<u8>, expected: &str| {
        let case = case("decimal", Counted, value, text(expected));
        case.with("Precision", precision).with("Scale", scale)
    };
    let most = 10u128.pow(38) - 1;
    vec![
        case("tinyint", Raw, [255], Owned::Integer(255)),
        case("smallint", Raw, (-32_768i16).to_le_bytes(), Owned::Integer(-32_768)),
        case("int", Raw, i32::MIN.to_le_bytes(), Owned::Integer(i32::MIN.into())),
        case("bigint", Raw, i64::MAX.to_le_bytes(), Owned::Integer(i64::MAX)),
        case("bit", Counted, [1], Owned::Integer(1)),
        case("bit", Counted, [0], Owned::Integer(0)),
        case("real", Raw, 0.1f32.to_le_bytes(), real(0.1)),
        case("real", Raw, f32::MAX.to_le_bytes(), real(3.4028235e38)),
        case("float", Raw, 0.1f64.to_le_bytes(), real(0.1)),
        case("float", Raw, (-0.0f64).to_le_bytes(), real(-0.0)),
        case("float", Raw, 1.5f32.to_le_bytes(), real(1.5)).with("Precision", 24),
        of_decimal(4, 2, decimal(4, 2, 1, 5), "0.05"),
        of_decimal(4, 2, decimal(4, 2, 0, 1234), "-12.34"),
        of_decimal(4, 4, decimal(4, 4, 0, 1), "-0.0001"),
        of_decimal(38, 0, decimal(38, 0, 0, most), "-99999999999999999999999999999999999999"),
        of_decimal(38, 38, decimal(38, 38, 1, 1), "0.00000000000000000000000000000000000001"),
        case("numeric", Counted, decimal(18, 0, 1, 42), text("42")),
        case("money", Raw, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], text("-0.0001")),
        case("money", Raw, [1, 0, 0, 0, 0, 0, 0, 0], text("429496.7296")),
        case("money", Raw, [0, 0, 0, 0x80, 0, 0, 0, 0], text("-922337203685477.5808")),
        case("smallmoney", Raw, i32::MIN.to_le_bytes(), text("-214748.3648")),
    ]
}

fn times() -> Vec<Case> {
    let digits = |kind, digits: u8, value: &[u8], expected| {
        case(kind, Raw, value, text(expected)).with("Scale", digits)
    };
    let datetime = |days: i32, ticks: u32| [days.to_le_bytes(), ticks.to_le_bytes()].concat();
    // 2003-02-01 11:22:33.1234567, and the same at +04:55.
    let moment = [0x07, 0xb9, 0xf6, 0x59, 0x5f, 0x6e, 0x28, 0x0b];
    let moment_utc = [0x07, 0x0f, 0xf1, 0x23, 0x36, 0x6e, 0x28, 0x0b, 0x27, 0x01];
    vec![
        case("date", Raw, [0, 0, 0], text("0001-01-01")),
        case("date", Raw, [0xda, 0xb9, 0x37], text("9999-12-31")),
        case("date", Raw, [0x42, 0x24, 0x0b], text("2000-02-29")),
        case("datetime", Raw, datetime(-53_690, 0), text("1753-01-01T00:00:00.000")),
        case("datetime", Raw, datetime(2_958_463, 25_919_999), text("9999-12-31T23:59:59.997")),
        case("datetime", Raw, datetime(0, 1), text("1900-01-01T00:00:00.003")),
        case("datetime", Raw, datetime(0, 2), text("1900-01-01T00:00:00.007")),
        case("smalldatetime", Raw, [0x13, 0x93, 0xab, 0x02], text("2003-02-01T11:23:00")),
        digits("time", 7, &moment[..5], "11:22:33.1234567"),
        digits("time", 0, &[0x80, 0xe2, 0xe3, 0x59, 0x5f], "11:22:33"),
        digits("datetime2", 7, &moment, "2003-02-01T11:22:33.1234567"),
        digits("datetime2", 3, &[0, 0, 0, 0, 0, 0, 0, 0], "0001-01-01T00:00:00.000"),
        case("datetime2", Raw, moment, text("2003-02-01T11:22:33.1234567")),
        digits("datetimeoffset", 7, &moment_utc, "2003-02-01T11:22:33.1234567+04:55"),
        digits(
            "datetimeoffset",
            0,
            &[0, 0, 0, 0, 0, 1, 0, 0, 0xc4, 0xff],
            "0001-01-01T23:00:00-01:00",
        ),
    ]
}

fn texts_and_bytes() -> Vec<Case> {
    let long = "x".repeat(100_000) + "客";
    let guid = *b"\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff";
    vec![
        case("char", Fixed, utf16("ab "), text("ab ")).with("Length", 3),
        case("char", Fixed, utf16("a"), text("a")),
        case("nchar", Two, utf16("客户 "), text("客户 ")).with("Length", 3),
        case("varchar", Two, utf16("é"), text("é")).with("Length", 10),
        case("varchar", Two, [], text("")).with("Length", 10),
        case("nvarchar", Two, utf16("😀\0\r\n"), text("😀\0\r\n")).with("Length", 4000),
        case("sys].[sysname", Two, utf16("sa"), text("sa")),
        case("varchar", Eight, utf16(&long), text(&long)).with("IsMax", "True"),
        case("nvarchar", Eight, [], text("")).with("IsMax", "True"),
        case("xml", Eight, utf16("<a/>"), text("<a/>")),
        case("text", Four, utf16("t"), text("t")),
        case("ntext", Four, utf16("n"), text("n")),
        case("uniqueidentifier", Counted, guid, text("00112233-4455-6677-8899-AABBCCDDEEFF")),
        case("binary", Two, [0, 255], blob(&[0, 255])).with("Length", 2),
        case("varbinary", Two, [], blob(&[])).with("Length", 10),
        case("varbinary", Eight, [7; 70_000], blob(&[7; 70_000])).with("IsMax", "True"),
        case("image", Four, [1], blob(&[1])),
        case("rowversion", Two, [1, 2, 3, 4, 5, 6, 7, 8], blob(&[1, 2, 3, 4, 5, 6, 7, 8])),
        case("timestamp", Two, [0; 8], blob(&[0; 8])),
        case("hierarchyid", Eight, [0x58], blob(&[0x58])),
        case("geography", Eight, [1, 2], blob(&[1, 2])),
        case("geometry", Eight, [], blob(&[])),
        case("sql_variant", Four, [3], blob(&[3])),
    ]
}

/// The number of records that a package states.
fn stated(source: &SourceMetadata) -> serde_json::Value {
    let details: serde_json::Value = serde_json::from_str(&source.details()).expect("JSON");
    details["records"].clone()
}

/// The cells of table `t`.
fn rows(recorder: &Recorder) -> &[Vec<Owned>] {
    &recorder.table("dbo.t").rows
}

#[test]
fn every_type_is_read_exactly_with_and_without_nulls() {
    for Case { column, value, cell } in [numbers(), times(), texts_and_bytes()].concat_cases() {
        let what = format!("{} {:?}", column.type_name, column.properties);
        let value = Some(value.as_slice());
        let one = table("t", vec![column.clone()]).row(&[value]).row(&[value]);
        let fixture = Fixture::new(&Package::of(vec![one], 2).write());
        let recorder = read(&mut fixture.source());
        assert_eq!(
            recorder.ledger_count("unread-table", "dbo.t"),
            0,
            "{what}: {:?}",
            recorder.ledger
        );
        assert_eq!(rows(&recorder), [[cell.clone()], [cell.clone()]], "{what}");

        let other = table("t", vec![column.nullable()]).row(&[None]).row(&[value]).row(&[None]);
        fixture.replace(&Package::of(vec![other], 3).write());
        let recorder = read(&mut fixture.source());
        assert_eq!(rows(&recorder), [[Owned::Null], [cell], [Owned::Null]], "{what} with nulls");
    }
}

trait Concat {
    fn concat_cases(self) -> Vec<Case>;
}

impl Concat for [Vec<Case>; 3] {
    fn concat_cases(self) -> Vec<Case> {
        self.into_iter().flatten().collect()
    }
}

#[test]
fn the_bytes_of_types_of_sql_server_are_noted_once_a_column() {
    let columns = ["hierarchyid", "geography"].map(|kind| column(kind, kind, Eight).nullable());
    let one = table("t", columns.to_vec()).row(&[None, None]).row(&[Some(&[1]), None]);
    let recorder = read(&mut Fixture::new(&Package::of(vec![one], 2).write()).source());
    assert_eq!(recorder.ledger_count("encoded-column", "dbo.t"), 2);
}

#[test]
fn a_long_value_in_pieces_is_joined() {
    let mut one = table("t", vec![column("c", "nvarchar", Eight).with("IsMax", "True")]);
    let pieces: [&[u8]; 5] = [
        &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[3, 0, 0, 0],
        b"a\0b",
        &[1, 0, 0, 0, 0],
        &[0; 4],
    ];
    one.parts.push((0, pieces.concat()));
    let recorder = read(&mut Fixture::new(&Package::of(vec![one], 1).write()).source());
    assert_eq!(rows(&recorder), [[text("ab")]]);
}

#[test]
fn unpaired_surrogates_are_kept_and_counted() {
    let value = [0x61, 0, 0x3d, 0xd8, 0x62, 0];
    let one = table("t", vec![column("c", "nvarchar", Two).with("Length", 9)]).row(&[Some(&value)]);
    let recorder = read(&mut Fixture::new(&Package::of(vec![one], 1).write()).source());
    assert_eq!(rows(&recorder), [[Owned::Text(b"a\xed\xa0\xbdb".to_vec())]]);
    assert_eq!(recorder.ledger_count("lone-surrogate", "dbo.t"), 1);
}

#[test]
fn tables_have_their_keys_references_and_parts_in_order() {
    let bytes = orders().write();
    let recorder = read(&mut Fixture::new(&bytes).source());
    let names: Vec<_> = recorder.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["dbo.Customers", "dbo.Order Lines", "dbo.Empty"], "as in the model");
    let customers = recorder.table("dbo.Customers");
    assert_eq!(customers.labels(), ["Id", "Name", "Balance", "Note"]);
    let expected = [
        [Owned::Integer(1), text("Ann"), text("1.50"), Owned::Null],
        [Owned::Integer(2), text("三一 😀"), Owned::Null, text("a\nb")],
    ];
    assert_eq!(customers.rows, expected, "the records of both parts");
    let lines = recorder.table("dbo.Order Lines");
    assert_eq!(lines.labels(), ["OrderId", "Line", "CustomerId", "Follows", "FollowsLine"]);
    assert_eq!(recorder.ledger_count("computed-column", "dbo.Order Lines"), 1);
    assert_eq!(
        customers.origin.types,
        ["int", "nvarchar(50)", "decimal(9,2)", "nvarchar(max)"],
        "the types are those of the model"
    );
    let origin = &lines.origin;
    assert_eq!(origin.keys[0].columns, ["OrderId", "Line"]);
    assert_eq!(origin.keys[0].known, Provenance::Declared);
    let [customer, follows] = &origin.references[..] else { panic!("{:?}", origin.references) };
    assert_eq!(
        (customer.table.as_str(), &*customer.target),
        ("dbo.Customers", &["Id".to_owned()][..])
    );
    assert_eq!(follows.columns, ["Follows", "FollowsLine"]);
    assert_eq!(follows.target, ["OrderId", "Line"]);
    assert!(recorder.table("dbo.Empty").rows.is_empty(), "a table without records is a table");

    assert_eq!(recorder.file("crm.bacpac"), bytes, "the file is stored too");
    let source = &recorder.sources[0];
    assert_eq!(source.kind, "bacpac");
    assert_eq!(source.original, RecoveryMethod::Kept("crm.bacpac".into()));
    assert_eq!(stated(source), 4);
}

#[test]
fn an_alias_has_its_length_and_the_nulls_of_its_column() {
    let mut code = column("Code", "x", Two).nullable();
    code.type_name = "[dbo].[Code]".into();
    let one = table("t", vec![code]).row(&[None]).row(&[Some(&utf16("ab"))]);
    let mut package = Package::of(vec![one], 2);
    package.aliases.push(("[dbo].[Code]".into(), "[nvarchar]".into(), 2));
    let recorder = read(&mut Fixture::new(&package.write()).source());
    assert_eq!(rows(&recorder), [[Owned::Null], [text("ab")]]);
}

#[test]
fn names_with_any_characters_are_found() {
    let mut one = table("a]b.c/客 &户", vec![column("x]", "tinyint", Raw)]).row(&[Some(&[1])]);
    one.schema = "销 售".into();
    let mut package = Package::of(vec![one.key(&["x]"])], 1);
    // The writer quotes names in attributes only where they are referred to.
    package.tables[0].name = package.tables[0].name.replace('&', "+");
    let recorder = read(&mut Fixture::new(&package.write()).source());
    let found = recorder.table("销 售.a]b.c/客 +户");
    assert_eq!(found.labels(), ["x]"]);
    assert_eq!(found.origin.keys[0].columns, ["x]"]);
}

/// The reasons why table `t` is not read. The other table must be.
#[track_caller]
fn refused(package: &Package, what: &str) -> String {
    let mut package = package.clone();
    package.tables.push(table("other", vec![column("c", "tinyint", Raw)]).row(&[Some(&[7])]));
    let recorder = read(&mut Fixture::new(&package.write()).source());
    assert!(recorder.tables.iter().all(|table| table.name != "dbo.t"), "{what} is not read");
    assert_eq!(
        recorder.table("dbo.other").rows,
        [[Owned::Integer(7)]],
        "{what}: the other is read"
    );
    let entries = recorder.ledger.iter().filter(|entry| entry.code == "unread-table".into());
    let [entry] = &entries.collect::<Vec<_>>()[..] else { panic!("{what}: {:?}", recorder.ledger) };
    assert_eq!(entry.table.as_deref(), Some("dbo.t"), "{what} is named");
    entry.message.clone()
}

#[test]
fn a_table_that_is_not_as_sql_server_writes_it_is_refused_by_name_and_the_others_are_read() {
    let one = |column: Column, bytes: &[u8]| {
        let mut table = table("t", vec![column]);
        table.parts.push((0, bytes.to_vec()));
        Package::of(vec![table], 2)
    };
    let of = |kind: &str, framing| column("c", kind, framing);
    let guid = of("uniqueidentifier", Counted);
    let number = of("decimal", Counted).with("Precision", 4).with("Scale", 2);
    let numbered = |value: Vec<u8>| [&[19][..], &value].concat();
    let text = of("nvarchar", Two).with("Length", 2);
    let max = of("varbinary", Eight).with("IsMax", "True");
    let cases: [(&str, Column, &[u8]); 26] = [
        ("an unknown type", of("vector", Four), &[]),
        ("a left-over byte", of("int", Raw), &[1, 0, 0, 0, 9]),
        ("an open record", of("int", Raw), &[1, 0, 0]),
        ("a wrong width", of("int", Raw).nullable(), &[5, 1, 0, 0, 0, 0]),
        ("a null where there are none", guid, &[0xff]),
        ("a bit of 2", of("bit", Counted), &[1, 2]),
        ("another scale", number.clone(), &numbered(decimal(4, 1, 1, 5))),
        ("a number beyond its precision", number.clone(), &numbered(decimal(4, 2, 1, 10_000))),
        ("a sign of 2", number, &numbered(decimal(4, 2, 2, 5))),
        ("no number", of("float", Raw), &f64::NAN.to_le_bytes()),
        ("infinity", of("real", Raw), &f32::INFINITY.to_le_bytes()),
        ("a day beyond the calendar", of("date", Raw), &[0xdb, 0xb9, 0x37]),
        ("a datetime before 1753", of("datetime", Raw), &[0x45, 0x2e, 0xff, 0xff, 0, 0, 0, 0]),
        ("a tick beyond the day", of("datetime", Raw), &[0, 0, 0, 0, 0, 0x82, 0x8b, 1]),
        ("a minute beyond the day", of("smalldatetime", Raw), &[0, 0, 0xa0, 5]),
        ("a time beyond the day", of("time", Raw), &[0, 0xc0, 0x69, 0x2a, 0xc9]),
        ("more digits than the type has", of("time", Raw).with("Scale", 6), &[1, 0, 0, 0, 0]),
        ("an offset of 15 hours", of("datetimeoffset", Raw), &[0, 0, 0, 0, 0, 9, 0, 0, 0x84, 3]),
        (
            "a moment before the calendar",
            of("datetimeoffset", Raw),
            &[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
        ),
        ("a text beyond its length", text.clone(), &[6, 0, 97, 0, 97, 0, 97, 0]),
        ("half a character", text.clone(), &[3, 0, 97, 0, 97]),
        ("a length that lies", text, &[4, 0, 97, 0]),
        ("fewer characters than nchar has", of("nchar", Two).with("Length", 2), &[2, 0, 97, 0]),
        ("a length beyond SQL Server's", max.clone(), &[0, 0, 0, 0, 0, 1, 0, 0]),
        (
            "an open piece",
            max.clone(),
            &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 9, 0, 0, 0, 1],
        ),
        (
            "pieces without an end",
            max,
            &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 1],
        ),
    ];
    for (what, column, bytes) in cases {
        refused(&one(column, bytes), what);
    }
}

#[test]
fn a_refusal_names_part_record_column_and_byte() {
    let columns = vec![column("a", "tinyint", Raw), column("b", "bit", Counted)];
    let mut one = table("t", columns).row(&[Some(&[1]), Some(&[1])]).row(&[Some(&[1]), Some(&[1])]);
    one.parts[0].1[5] = 2;
    let why = refused(&Package::of(vec![one], 3), "a bit of 2");
    let expected = "Data/dbo.t/TableData-000-00000.BCP, record 2, column 2, byte 4: a value is not one of its type";
    assert_eq!(why, expected);
}

#[test]
fn columns_of_an_unknown_kind_refuse_their_table() {
    let one = table("t", vec![column("c", "tinyint", Raw)]).row(&[Some(&[1])]);
    for (old, new) in [
        ("SqlSimpleColumn", "SqlOtherColumn"),
        (
            r#"Name="[dbo].[t].[c]">"#,
            r#"Name="[dbo].[t].[c]"><Property Name="IsColumnSet" Value="True" />"#,
        ),
        (
            r#"Name="[dbo].[t].[c]">"#,
            r#"Name="[dbo].[t].[c]"><Relationship Name="EncryptionKey" />"#,
        ),
    ] {
        let members = changed(&Package::of(vec![one.clone()], 1), |model| model.replace(old, new));
        let recorder = read(&mut Fixture::new(&write(&members)).source());
        assert!(recorder.tables.is_empty(), "{new}");
        assert_eq!(recorder.ledger_count("unread-table", "dbo.t"), 1, "{new}");
    }
}

/// The members of a package whose model was changed, with the right checksum.
fn changed(package: &Package, change: impl Fn(String) -> String) -> Vec<(String, Vec<u8>)> {
    let mut members = package.members();
    let model = change(String::from_utf8(members[0].1.clone()).expect("XML is text"));
    let digest = |bytes: &[u8]| backup_core::record::Digest::of(bytes).to_string().to_uppercase();
    let (old, new) = (digest(&members[0].1), digest(model.as_bytes()));
    members[0].1 = model.into_bytes();
    let (_, origin) = members.last_mut().expect("there are members");
    *origin = String::from_utf8(origin.clone()).expect("text").replace(&old, &new).into_bytes();
    members
}

#[test]
fn a_model_that_was_changed_is_refused() {
    let mut members = orders().members();
    let model = String::from_utf8(members[0].1.clone()).expect("XML is text");
    members[0].1 = model.replace("Customers", "Custom3rs").into_bytes();
    let why = refusal(&mut Fixture::new(&write(&members)).source());
    assert!(why.contains("model.xml was changed after the export"), "{why}");
}

#[test]
fn xml_that_could_take_any_memory_is_refused() {
    let package = orders();
    let deep = "<a>".repeat(200) + &"</a>".repeat(200);
    for (what, more) in
        [("levels", deep.as_str()), ("entity", "<Element Type=\"SqlTable\">&lol;</Element>")]
    {
        let more = more.to_owned();
        let members =
            changed(&package, |model| model.replace("<Model>", &format!("<Model>{more}")));
        let why = refusal(&mut Fixture::new(&write(&members)).source());
        assert!(why.contains(what), "{what}: {why}");
    }
    let bomb = "<!DOCTYPE a [<!ENTITY lol \"lol\">]><DataSchemaModel ";
    let members = changed(&package, |model| model.replace("<DataSchemaModel ", bomb));
    let why = refusal(&mut Fixture::new(&write(&members)).source());
    assert!(why.contains("document type"), "{why}");
}

#[test]
fn missing_and_unlisted_parts_name_their_table() {
    let mut members = orders().members();
    let missing = members.remove(2).0;
    assert_eq!(missing, "Data/dbo.Customers/TableData-003-00000.BCP");
    let recorder = read(&mut Fixture::new(&write(&members)).source());
    assert_eq!(recorder.ledger_count("missing-records", "dbo.Customers"), 1);
    let entry = recorder.ledger.iter().find(|entry| entry.code == "missing-records".into());
    assert!(entry.is_some_and(|entry| entry.message.contains(&missing)), "{entry:?}");
    assert_eq!(recorder.table("dbo.Customers").rows.len(), 1, "the other part is read");

    let mut members = orders().members();
    members.push(("Data/dbo.Empty/TableData-000-00000.BCP".into(), vec![1, 0, 0, 0]));
    let recorder = read(&mut Fixture::new(&write(&members)).source());
    assert_eq!(recorder.table("dbo.Empty").rows, [[Owned::Integer(1)]], "it is read");
    let [note] = &recorder.findings[..] else { panic!("{:?}", recorder.findings) };
    assert_eq!(note.table.as_deref(), Some("dbo.Empty"), "it is noted");
    let total = recorder.ledger.iter().find(|entry| entry.code == "missing-records".into());
    let total = total.map(|entry| (entry.table.as_deref(), entry.message.as_str()));
    let expected = "the export states 4 records, and its tables hold 5";
    assert_eq!(total, Some((None, expected)), "the total is compared");
}

#[test]
fn data_of_a_table_that_the_model_lacks_is_named() {
    let mut members = orders().members();
    members.push(("Data/dbo.Gone/TableData-000-00000.BCP".into(), vec![1]));
    let recorder = read(&mut Fixture::new(&write(&members)).source());
    assert_eq!(recorder.ledger_count("unread-table", "dbo.Gone"), 1);
    assert_eq!(recorder.tables.len(), 3, "the others are read");
}

#[test]
fn a_part_that_is_listed_as_that_of_another_table_refuses_both() {
    let mut members = orders().members();
    let at = members.iter().position(|(name, _)| name == "_rels/.rels").expect("a list");
    let list = String::from_utf8(members[at].1.clone()).expect("text");
    members[at].1 = list.replacen("table=Customers", "table=Empty", 1).into_bytes();
    let recorder = read(&mut Fixture::new(&write(&members)).source());
    for table in ["dbo.Customers", "dbo.Empty"] {
        assert_eq!(recorder.ledger_count("unread-table", table), 1, "{table}");
    }
    assert_eq!(recorder.tables.len(), 1, "the third is read");
}

#[test]
fn packages_without_a_total_or_a_list_are_read_and_those_without_checksum_are_not() {
    let mut package = orders();
    package.total = None;
    let recorder = read(&mut Fixture::new(&package.write()).source());
    assert_eq!(recorder.ledger_count("missing-records", "dbo.Customers"), 0);
    assert!(stated(&recorder.sources[0]).is_null(), "no number is stated");

    let without = |name: &str| {
        let members = orders().members().into_iter().filter(|(own, _)| own != name);
        Fixture::new(&write(&members.collect::<Vec<_>>()))
    };
    let recorder = read(&mut without("_rels/.rels").source());
    assert_eq!(recorder.tables.len(), 3);
    let entry = recorder.ledger.iter().find(|entry| entry.code == "missing-records".into());
    assert!(entry.is_some_and(|entry| entry.message.contains("_rels/.rels")), "{entry:?}");
    for name in ["model.xml", "Origin.xml"] {
        let why = refusal(&mut without(name).source());
        assert!(why.contains(&format!("does not contain {name}")), "{why}");
    }
}

#[test]
fn two_members_of_one_name_are_refused() {
    let mut members = orders().members();
    members.push(members[1].clone());
    let why = refusal(&mut Fixture::new(&write(&members)).source());
    assert!(why.contains("twice"), "{why}");
}

#[test]
fn a_package_of_definitions_only_has_no_tables() {
    let mut members = orders().members();
    let (_, origin) = members.last_mut().expect("there are members");
    let text = String::from_utf8(origin.clone()).expect("text");
    *origin = text.replace(">true<", ">false<").into_bytes();
    members.retain(|(name, _)| !name.starts_with("Data/") && name != "_rels/.rels");
    let recorder = read(&mut Fixture::new(&write(&members)).source());
    assert!(recorder.tables.is_empty());
    assert!(recorder.ledger.iter().any(|entry| entry.code == "empty-database".into()));
}

#[test]
fn a_record_beyond_the_limit_refuses_its_table() {
    let one = table("t", vec![column("c", "varbinary", Eight).with("IsMax", "True")]);
    let one = one.row(&[Some(&[0; 5000])]);
    let fixture = Fixture::new(&Package::of(vec![one], 1).write());
    let recorder = read(&mut fixture.source().max_record_bytes(4999));
    assert_eq!(recorder.ledger_count("unread-table", "dbo.t"), 1);
    let recorder = read(&mut fixture.source().max_record_bytes(5000));
    assert_eq!(recorder.table("dbo.t").rows.len(), 1);
}
