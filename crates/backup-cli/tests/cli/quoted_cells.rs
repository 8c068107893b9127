//! No error, finding, note or report quotes a cell: whatever is wrong with a source or an archive,
//! a marker in its cells appears on neither stream.

use std::fs;

use crm_backup_tests::layers::{AgeKey, frames, packed, unpacked, with_table};
use crm_backup_tests::zipped::{ZipMember, zip};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::marked;
use crate::workspace::{RunResult, Workspace};

/// As long as the word `attachment`, which it replaces once.
const MARKER: &str = "Qz7wKd3xVb";

/// What was checked.
#[derive(Default)]
struct Leaks {
    runs: usize,
    complaints: usize,
}

impl Leaks {
    fn at(&mut self, result: &RunResult) {
        for (stream, text) in
            [("standard output", &result.stdout), ("standard error", &result.stderr)]
        {
            assert!(
                !text.contains(MARKER),
                "{} quotes a cell on {stream}:\n{text}",
                result.command
            );
        }
        self.runs += 1;
        self.complaints += usize::from(result.exit != 0);
    }

    /// Runs a command in each output form.
    fn run(&mut self, workspace: &Workspace, args: &[&str]) {
        for form in [&[][..], &["--json"], &["-q"]] {
            self.at(&workspace.run(&[args, form].concat()));
        }
        if ["export", "verify", "restore-test"].contains(&args[0]) && !args.contains(&"--dry-run") {
            self.page(workspace, args);
        }
    }

    /// The HTML report reveals no more than the other forms.
    fn page(&mut self, workspace: &Workspace, args: &[&str]) {
        let result = workspace.run(&[args, &["--report", "page.html"]].concat());
        let page = workspace.read("page.html");
        let quotes = page.windows(MARKER.len()).any(|text| text == MARKER.as_bytes());
        assert!(!quotes, "{} quotes a cell in its HTML report", result.command);
        fs::remove_file(workspace.path("page.html")).expect("it is there");
        self.at(&result);
    }

    /// Runs every command on a source and on the archive made from it.
    fn source(&mut self, workspace: &Workspace, path: &str, options: &[&str]) {
        self.run(workspace, &[&["export", path, "--dry-run"], options].concat());
        let archive = ["a.age", "-i", "key.txt"];
        let export = ["export", path, "-o", "a.age", "-r", &workspace.public, "--force"];
        self.run(workspace, &[&export[..], options].concat());
        if !workspace.path("a.age").exists() {
            return;
        }
        self.run(workspace, &[&["inspect"], &archive[..]].concat());
        self.run(
            workspace,
            &[&["restore-test"], &archive[..], &["--against", path], options].concat(),
        );
        for more in [&["-o", "back"][..], &["-o", "back", "--originals"], &["-o", "back.sqlite"]] {
            self.at(&workspace.run(&[&["restore"], &archive[..], more].concat()));
            let _ = fs::remove_dir_all(workspace.path("back"));
            let _ = fs::remove_file(workspace.path("back.sqlite"));
        }
        fs::remove_file(workspace.path("a.age")).expect("it is there");
    }
}

#[test]
fn errors_about_broken_csv_files_quote_no_cells() {
    let workspace = Workspace::new();
    let mut leaks = Leaks::default();
    let m = MARKER;
    let utf8: &[(&str, Vec<u8>, &[&str])] = &[
        ("quote.csv", format!("id,name\n1,\"{m}\"x\n").into(), &[]),
        ("orphan.csv", format!("id,name\n1,\"{m}\n2,{m}\n").into(), &[]),
        ("inner.csv", format!("id,name\n1,{m}\"{m}\n").into(), &[]),
        ("bytes.csv", [format!("id,name\n1,{m}").as_bytes(), b"\xff\xfe\n"].concat(), &[]),
        ("bytes8.csv", [m.as_bytes(), b",b\n1,\xff\n"].concat(), &["--encoding", "utf-8"]),
        (
            "mark.csv",
            [b"\xef\xbb\xbfid,name\n1,", m.as_bytes(), b"\n"].concat(),
            &["--encoding", "gbk"],
        ),
        ("ragged.csv", format!("id,name\n1,{m},{m}\n2\n").into(), &[]),
        ("padded.csv", format!("id,name\n{m}\n2,{m}\n").into(), &["--ragged", "pad"]),
        ("nul.csv", format!("id,name\n1,{m}\0{m}\n").into(), &[]),
        ("short.csv", format!("id,name\n1,{m}\n").into(), &["--header-row", "9"]),
        ("above.csv", format!("{m}\n{m} too\nid,name\n1,{m}\n").into(), &["--header-row", "3"]),
        ("none.csv", format!("{m}\n").into(), &["--header-row", "0"]),
        ("cut.csv", marked::utf16(&format!("id,name\n1,{m}\n"))[..31].to_vec(), &[]),
        ("alone.csv", [&marked::utf16(&format!("id\n{m}"))[..], b"\x00\xd8"].concat(), &[]),
        ("tabs.csv", format!("id\tname\n1\t{m},\n2\n").into(), &["--delimiter", ","]),
        ("ends.csv", format!("id,name\r\n1,{m}\n2,{m}\r3,{m}").into(), &[]),
    ];
    for (name, content, options) in utf8 {
        workspace.write(name, content);
        leaks.source(&workspace, name, options);
    }
    workspace.write("a/t.csv", format!("id,name\n1,{m}\n"));
    workspace.write("b/t.csv", format!("id,name\n1,{m}x\n2,{m}\n"));
    workspace.export("x.age", &["a"]).expect_exit(0);
    let against = ["restore-test", "x.age", "-i", "key.txt", "--against", "b"];
    leaks.run(&workspace, &against);
    leaks.run(&workspace, &[&against[..], &["--require-equal"]].concat());
    workspace.write("b/t.csv", format!("{m},name\n1,{m}x\n2,{m}\n"));
    leaks.run(&workspace, &against);
    workspace.write("totals.csv", "table,column,sum\nt,name,1\n");
    leaks.run(&workspace, &["restore-test", "x.age", "-i", "key.txt", "--expect", "totals.csv"]);
    workspace.write("totals.csv", format!("table,column,sum\nt,name,{m}\n"));
    leaks.run(&workspace, &["restore-test", "x.age", "-i", "key.txt", "--expect", "totals.csv"]);
    crm_backup_tests::tried!(
        "runs over CSV files: {}, with an error: {}",
        leaks.runs,
        leaks.complaints
    );
    assert!(leaks.complaints > 40, "too few runs failed");
}

/// A workbook whose only sheet has these contents.
fn sheet(data: &str) -> Vec<u8> {
    let part = |name: &str, text: &str| ZipMember::deflated(name, text.as_bytes());
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let relationship = |name: &str, kind: &str, target: &str| {
        let text = format!(
            "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" \
             Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
        );
        part(name, &text)
    };
    zip(&[
        part("[Content_Types].xml", &format!("<Types xmlns=\"{package}/content-types\"/>")),
        relationship("_rels/.rels", "officeDocument", "xl/workbook.xml"),
        part(
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>\
             <sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        relationship("xl/_rels/workbook.xml.rels", "worksheet", "worksheets/sheet1.xml"),
        part(
            "xl/worksheets/sheet1.xml",
            &format!(
                "<worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>id</v></c>\
             </row><row r=\"2\">{data}</row></sheetData></worksheet>"
            ),
        ),
    ])
}

#[test]
fn errors_about_broken_workbooks_quote_no_cells() {
    let workspace = Workspace::new();
    let mut leaks = Leaks::default();
    let m = MARKER;
    let cells = [
        format!("<c r=\"A2\" t=\"str\"><v>{m}</v></c>"),
        format!("<c r=\"A2\" t=\"e\"><v>{m}</v></c>"),
        format!("<c r=\"A2\" t=\"e\"><v>#{m}!</v></c>"),
        format!("<c r=\"A2\" t=\"{m}\"><v>1</v></c>"),
        format!("<c r=\"A2\"><v>{m}</v></c>"),
        format!("<c r=\"A2\" t=\"n\"><v>1e{m}</v></c>"),
        format!("<c r=\"A2\" t=\"s\"><v>{m}</v></c>"),
        format!("<c r=\"A2\" t=\"b\"><v>{m}</v></c>"),
        format!("<c r=\"A2\" t=\"d\"><v>{m}</v></c>"),
        format!("<c r=\"A2\" t=\"str\"><v>{m}</{m}></c>"),
        format!("<c r=\"A2\" t=\"str\"><v>&{m};</v></c>"),
        format!("<c r=\"A2\" t=\"str\"><v>&#{m};</v></c>"),
        format!("<c r=\"A2\" t=\"inlineStr\"><is><t>{m}<{m}</t></is></c>"),
        format!("<c r=\"{m}\" t=\"str\"><v>1</v></c>"),
        format!("<c r=\"A2\" t=\"str\" {m}=><v>{m}</v></c>"),
        format!("<c r=\"A2\" t=\"str\"><f>{m}(</f><v>{m}</v></c><c r=\"A2\"><v>1</v></c>"),
    ];
    for cell in &cells {
        workspace.write("book.xlsx", sheet(cell));
        leaks.source(&workspace, "book.xlsx", &[]);
    }
    let whole = marked::workbook(&format!("{m}{m}{m}"));
    for cut in [whole.len() / 2, whole.len() - 30] {
        workspace.write("book.xlsx", &whole[..cut]);
        leaks.source(&workspace, "book.xlsx", &[]);
    }
    crm_backup_tests::tried!(
        "runs over workbooks: {}, with an error: {}",
        leaks.runs,
        leaks.complaints
    );
    assert!(leaks.complaints > 40, "too few runs failed");
}

#[test]
fn errors_about_unusual_databases_quote_no_cells() {
    let workspace = Workspace::new();
    let mut leaks = Leaks::default();
    let m = MARKER;
    // Created without the computed column, because SQLite would refuse the record with it.
    let computed = |records: &str, column: &str| {
        format!(
            "CREATE TABLE t (a, p); INSERT INTO t VALUES {records}; PRAGMA writable_schema=1;
             UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a, p, g AS ({column}))';"
        )
    };
    let made = [
        computed(&format!("('{{}}', '{m}')"), "json_extract(a, p)"),
        computed(&format!("('{m}', 1)"), "json_extract(a, ''$.x'')"),
        computed(&format!("(1, '$.{m}['), (2, '{m}')"), "json_insert(''{}'', p, 1)"),
        computed(&format!("('[]', '{m}')"), "json_array_insert(a, p, 1)"),
        format!("CREATE TABLE t (a CHECK (a < 'A')); PRAGMA ignore_check_constraints=1;
                 INSERT INTO t VALUES ('{m}');"),
        format!("CREATE TABLE t (a, b); INSERT INTO t VALUES ('{m}', '{m}'), ('{m}', '{m}');
                 PRAGMA writable_schema=1; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a UNIQUE, b)';"),
        format!("CREATE TABLE t (a NOT NULL, b); INSERT INTO t VALUES ('{m}', '{m}');
                 PRAGMA writable_schema=1;
                 UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a NOT NULL, b NOT NULL, c NOT NULL)';"),
        format!("CREATE TABLE t (a); INSERT INTO t VALUES (CAST(x'ff{}' AS TEXT));",
            m.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()),
        format!("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1); PRAGMA writable_schema=1;
                 UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a)'; PRAGMA writable_schema=RESET;
                 INSERT INTO t VALUES ('{m}'); PRAGMA writable_schema=1;
                 UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a INTEGER) STRICT';"),
        format!("PRAGMA foreign_keys=OFF; CREATE TABLE p (k PRIMARY KEY); CREATE TABLE t (a REFERENCES p(k));
                 INSERT INTO t VALUES ('{m}');"),
        format!("CREATE TABLE t (a, p); INSERT INTO t VALUES ('{{}}', '$'), ('{{}}', '$');
                 CREATE INDEX i ON t (json_extract(a, p)); PRAGMA writable_schema=1;
                 DELETE FROM sqlite_schema WHERE name = 'i'; PRAGMA writable_schema=RESET;
                 UPDATE t SET p = '{m}'; PRAGMA writable_schema=1;
                 INSERT INTO sqlite_schema VALUES
                   ('index', 'i', 't', 3, 'CREATE INDEX i ON t (json_extract(a, p))');"),
    ];
    for sql in &made {
        let path = workspace.path("crm.sqlite");
        let _ = fs::remove_file(&path);
        let connection = Connection::open(&path).expect("the database opens");
        connection.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        drop(connection);
        leaks.source(&workspace, "crm.sqlite", &[]);
    }
    let mut cut = workspace.read("crm.sqlite");
    cut.truncate(6000);
    workspace.write("crm.sqlite", cut);
    leaks.source(&workspace, "crm.sqlite", &[]);
    crm_backup_tests::tried!(
        "runs over databases: {}, with an error: {}",
        leaks.runs,
        leaks.complaints
    );
    assert!(leaks.runs > 100, "too few runs");
}

/// An archive changed by someone who can encrypt it again; the contents keep their length.
fn forged(workspace: &Workspace, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let key = AgeKey::of(&String::from_utf8_lossy(&workspace.read("key.txt")));
    let old = frames(&key.decrypt(&workspace.read("crm.age")));
    let mut plain: Vec<u8> = old.iter().flat_map(unpacked).collect();
    let before = plain.len();
    change(&mut plain);
    assert_eq!(plain.len(), before, "a forgery has a different length");
    let mut rest = plain.as_slice();
    let new: Vec<_> = old
        .iter()
        .map(|(_, bytes)| {
            let (frame, after) = rest.split_at(*bytes as usize);
            rest = after;
            packed(frame)
        })
        .collect();
    key.encrypt(&with_table(&new))
}

/// Replaces `from` by `to`, which has the same length; the first occurrence, or all.
fn replaced(plain: &mut [u8], from: &[u8], to: &[u8], all: bool) {
    assert_eq!(from.len(), to.len(), "a forgery has a different length");
    let places: Vec<usize> = memchr::memmem::find_iter(plain, from).collect();
    assert!(!places.is_empty(), "{:?} is not in the archive", String::from_utf8_lossy(from));
    for at in if all { &places[..] } else { &places[..1] } {
        plain[*at..at + to.len()].copy_from_slice(to);
    }
}

/// The bytes of a member.
fn member<'p>(plain: &'p [u8], path: &str) -> &'p [u8] {
    let name = memchr::memmem::find_iter(plain, path.as_bytes());
    let at = name.filter(|at| plain[at + path.len()] == 0).find_map(|at| {
        let header = at / 512 * 512;
        let size = std::str::from_utf8(&plain[header + 124..header + 135]).ok()?;
        let size = usize::from_str_radix(size.trim_matches(['\0', ' ']), 8).ok()?;
        Some(header + 512..header + 512 + size)
    });
    &plain[at.unwrap_or_else(|| panic!("{path} is not a member"))]
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Changes the manifest, and every digest of it.
fn change_manifest(plain: &mut [u8], from: &str, to: &str) {
    let digests = |plain: &[u8]| {
        ["data/datapackage.json", "/manifest-sha256.txt"].map(|path| hex(member(plain, path)))
    };
    let [package, manifest] = digests(plain);
    replaced(plain, from.as_bytes(), to.as_bytes(), true);
    let [new_package, _] = digests(plain);
    replaced(plain, package.as_bytes(), new_package.as_bytes(), true);
    let [_, new_manifest] = digests(plain);
    replaced(plain, manifest.as_bytes(), new_manifest.as_bytes(), true);
}

#[test]
fn errors_about_invalid_archives_quote_no_cells() {
    let workspace = Workspace::new();
    let m = MARKER;
    workspace.write("src/t.csv", format!("id,name\n1,{m}\n2,\"{m},\"\n"));
    workspace.write("src/notes.txt", m.repeat(20));
    workspace.export("crm.age", &["src"]).expect_exit(0);
    let whole = workspace.read("crm.age");
    let broken = format!("{}\"", &m[..9]);
    let long = format!("{m}{}", "0".repeat(54));
    let digest =
        workspace.run(&["inspect", "crm.age", "-i", "key.txt", "--json"]).expect_exit(0).json();
    let digest = digest["files"][0]["sha256"].as_str().expect("a digest").to_owned();
    let digest = digest.trim_start_matches("sha256:");
    let mut archives: Vec<Vec<u8>> = vec![
        // A cell that the canonical form does not allow, and one beside the marker.
        forged(&workspace, |plain| replaced(plain, m.as_bytes(), broken.as_bytes(), false)),
        forged(&workspace, |plain| replaced(plain, b"\n1,Q", b"\n\"1Q", false)),
        forged(&workspace, |plain| {
            replaced(plain, format!("\"{m},\"").as_bytes(), format!(" {m}, ").as_bytes(), false)
        }),
        // Values of the wrong kind, which parsers tend to quote.
        forged(&workspace, |plain| change_manifest(plain, "\"attachment\"", &format!("\"{m}\""))),
        forged(&workspace, |plain| change_manifest(plain, digest, &long)),
        forged(&workspace, |plain| change_manifest(plain, "\"resources\"", &format!("\"{m}"))),
    ];
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        archives.push(damaged);
    }
    archives.push(whole[..whole.len() * 3 / 4].to_vec());
    let mut leaks = Leaks::default();
    for archive in &archives {
        workspace.write("wrong.age", archive);
        let of = ["wrong.age", "-i", "key.txt"];
        for command in ["verify", "inspect", "restore-test"] {
            leaks.run(&workspace, &[&[command], &of[..]].concat());
        }
        for more in [
            &["-o", "b"][..],
            &["-o", "b", "--originals"],
            &["-o", "b.db"],
            &["-o", "b", "--salvage"],
        ] {
            leaks.at(&workspace.run(&[&["restore"], &of[..], more].concat()));
            let _ = fs::remove_dir_all(workspace.path("b"));
            let _ = fs::remove_file(workspace.path("b.db"));
        }
    }
    crm_backup_tests::tried!(
        "runs over archives: {}, with an error: {}",
        leaks.runs,
        leaks.complaints
    );
    assert!(leaks.complaints > 100, "too few runs failed");
}
