//! Workbooks are read by a separate process. If it cannot read one, or is killed, only that file
//! fails.

use std::io::Write as _;

use crm_backup_tests::zipped::{ZipMember, zip};

#[path = "../../../backup-core/tests/books/compound.rs"]
#[allow(dead_code, unreachable_pub, reason = "it has more than is needed here")]
mod compound;

use crate::workspace::Workspace;

/// A workbook of one sheet with these shared strings.
fn workbook(sheet: &str, cells: &str, strings: impl Iterator<Item = String>) -> Vec<u8> {
    const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = format!(
        r#"{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let relations = format!(
        r#"{HEAD}<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
    );
    let root = format!(
        r#"{HEAD}<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let types = format!(
        r#"{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#
    );
    let sheet =
        format!(r#"{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>"#);
    let mut shared = format!(r#"{HEAD}<sst xmlns="{MAIN}">"#).into_bytes();
    for string in strings {
        write!(shared, "<si><t>{string}</t></si>").expect("memory takes bytes");
    }
    shared.extend(b"</sst>");
    zip(&[
        ZipMember::deflated("[Content_Types].xml", types.as_bytes()),
        ZipMember::deflated("_rels/.rels", root.as_bytes()),
        ZipMember::deflated("xl/workbook.xml", book.as_bytes()),
        ZipMember::deflated("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ZipMember::deflated("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ZipMember::deflated("xl/sharedStrings.xml", &shared),
    ])
}

fn good(number: u32) -> Vec<u8> {
    let cells = format!(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>{number}</v></c></row>"#
    );
    workbook(&format!("t{number}"), &cells, std::iter::once("Id".to_owned()))
}

/// Small as a file, and about 400 MB of text in memory.
pub(crate) fn memory_hungry() -> Vec<u8> {
    let cells = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#;
    workbook("hungry", cells, (0..4000).map(|_| "A".repeat(100_000)))
}

#[test]
fn three_bad_workbooks_do_not_stop_twenty_good_ones() {
    let workspace = Workspace::new();
    for number in 1..=20 {
        workspace.write(&format!("crm/good-{number:02}.xlsx"), good(number));
    }
    workspace.write("crm/damaged.xlsx", &good(21)[..300]);
    workspace.write("crm/protected.xlsx", compound::compound(&[("EncryptedPackage", b"secret")]));
    workspace.write("crm/hungry.xlsx", memory_hungry());

    let expected = [
        ("crm/damaged.xlsx", "damaged"),
        ("crm/hungry.xlsx", "more memory than its limit of 256 MiB"),
        ("crm/protected.xlsx", "protected with a password"),
    ];
    let export = ["export", "crm", "-o", "crm.age", "-r", &workspace.public, "--json"];
    let document = workspace
        .run(&[&export[..], &["--workbook-memory", "256MiB"]].concat())
        .expect_exit(4)
        .json();
    assert_eq!(document["verdict"], "unverified");
    let tables = document["tables"].as_array().expect("a list");
    assert_eq!(tables.len(), 20, "the good ones are tables");
    assert!(tables.iter().all(|table| table["rows"] == 1), "with one record each");
    let unread = document["not_looked_at"].as_array().expect("a list");
    assert_eq!(unread.len(), 3, "exactly the bad ones are named: {unread:?}");
    for ((name, words), why) in expected.iter().zip(unread) {
        let (why, name) = (why.as_str().expect("words"), name.trim_start_matches("crm/"));
        assert!(why.contains(words) && why.contains(name), "{name}: {why}");
        let file =
            document["files"].as_array().expect("a list").iter().find(|file| file["path"] == name);
        let role = &file.unwrap_or_else(|| panic!("{name} is not archived"))["role"];
        assert_eq!(role, "unread", "{name} is archived as a file");
    }

    let document = workspace
        .run(&["restore-test", "crm.age", "-i", "key.txt", "--json"])
        .expect_exit(4)
        .json();
    assert_eq!(document["verdict"], "unverified");
    let unread = document["not_looked_at"].as_array().expect("a list");
    assert_eq!(unread.len(), 3, "everything else is proven: {unread:?}");
    for (name, _) in expected {
        let name = name.trim_start_matches("crm/");
        assert!(
            unread.iter().any(|why| why.as_str().is_some_and(|why| why.contains(name))),
            "{name}"
        );
    }
    workspace
        .run(&["restore", "crm.age", "-i", "key.txt", "-o", "back", "--originals"])
        .expect_exit(0);
    for (name, _) in expected {
        let back = name.replace("crm/", "back/");
        assert!(workspace.read(&back) == workspace.read(name), "{name} is restored byte for byte");
    }
}

#[test]
fn a_large_workbook_is_read_with_enough_memory() {
    let workspace = Workspace::new();
    workspace.write("crm/hungry.xlsx", memory_hungry());
    let result =
        workspace.run(&["export", "crm", "--dry-run", "--workbook-memory", "3GiB"]).expect_exit(0);
    assert!(result.stdout.contains("hungry"), "{}", result.stdout);
}

/// A separate process and this process read the same.
#[test]
fn every_way_to_read_a_workbook_gives_the_same_result() {
    let workspace = Workspace::new();
    let workbook = crate::workspace::fixture("workbook");
    let document =
        workspace.run(&["export", &workbook, "--dry-run", "--json"]).expect_exit(0).json();
    let found = backup_core::source::discover(&[workbook.into()], &Default::default());
    let here = backup_core::dry_run(found.expect("it is found"), &()).expect("it is read");
    let id = here.archive().content_id.map(|id| id.to_string());
    assert_eq!(document["content_id"].as_str(), id.as_deref(), "the content");
    assert_eq!(
        document["ledger"],
        serde_json::to_value(&here.contents().ledger).expect("JSON"),
        "the ledger"
    );
    let findings = serde_json::to_value(here.findings()).expect("JSON");
    assert_eq!(document["findings"], findings, "the findings");
}
