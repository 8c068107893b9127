//! Tables that are refused by name while the others are read, and dumps that are not complete.

use super::{Fixture, ledger, mysql, postgres, read_dump, sqlite};
use crate::recording::{read, text};

const TABLES: &str = "CREATE TABLE t (a integer, b text);\nCREATE TABLE u (a integer);\n";
const OTHER: &str = "INSERT INTO u VALUES (7);\n";

/// Reads a dump in which only the table `t` cannot be read, and returns why.
fn why(dump: impl AsRef<[u8]>) -> String {
    let recorder = read_dump(dump);
    let names: Vec<_> = recorder.tables.iter().map(|table| table.name.as_str()).collect();
    let unread = ledger(&recorder, "unread-table");
    assert_eq!((names, unread.len()), (vec!["u"], 1), "{unread:?}");
    assert_eq!(recorder.table("u").rows.len(), 1);
    assert_eq!(unread[0].0, "t");
    unread[0].1.to_owned()
}

#[test]
fn records_that_do_not_fit_their_table_are_refused_by_name() {
    for (statements, words) in [
        ("COPY t (a, b) FROM stdin;\n1\tx\n2\n\\.\n", "record 2"),
        ("COPY t (a, b) FROM stdin;\n1\tx\ty\n\\.\n", "more than 2 values"),
        ("COPY t (a, b) FROM stdin;\n1\tx\\\n\\.\n", "backslash"),
        ("COPY t (a, b) FROM stdin;\n1\tx\\Ny\n\\.\n", "backslash"),
        ("COPY t (a, b) FROM stdin;\nx\ty\n\\.\n", "its type"),
        ("COPY t (a, c) FROM stdin;\n1\ty\n\\.\n", "column c"),
        ("COPY t (a, a) FROM stdin;\n1\t2\n\\.\n", "same name"),
        ("COPY t (a, b) FROM stdin WITH (FORMAT csv);\n1,y\n\\.\n", "form"),
        ("COPY t FROM '/data/t.csv';\n", "form"),
        ("INSERT INTO t VALUES (1);\n", "1 values instead of 2"),
        ("INSERT INTO t VALUES (1,'x'),(2,now());\n", "expression"),
        ("INSERT INTO t VALUES (1,'x'||'y');\n", "expression"),
        ("INSERT INTO t VALUES (1,'x'::text);\n", "expression"),
        ("INSERT INTO t VALUES (1,DEFAULT);\n", "expression"),
        ("INSERT INTO t VALUES (1.5,'x');\n", "its type"),
        ("INSERT INTO t SELECT 1, ';' FROM u;\n", "form"),
        ("INSERT INTO t DEFAULT VALUES;\n", "form"),
        ("INSERT INTO t VALUES (1,'x') ON CONFLICT (a) DO UPDATE SET b = 'y';\n", "form"),
        ("INSERT INTO t VALUES (1,'x') RETURNING a;\n", "form"),
        ("INSERT INTO t VALUES (1,'x');\nUPDATE t SET b = 'y';\n", "UPDATE"),
        ("INSERT INTO t VALUES (1,'x');\nDELETE FROM public.t;\n", "DELETE"),
        ("INSERT INTO t VALUES (1,'x');\nTRUNCATE TABLE ONLY t;\n", "TRUNCATE"),
        ("INSERT INTO t VALUES (1,'x');\nDROP TABLE t;\n", "DROP TABLE"),
        ("INSERT INTO t VALUES (1,'x');\nALTER TABLE t ADD COLUMN c int;\n", "columns"),
        ("INSERT INTO t VALUES (1,'x');\nALTER TABLE t RENAME b TO c;\n", "columns"),
        ("INSERT INTO t VALUES (1,'x');\nCREATE TABLE t (a integer);\n", "twice"),
    ] {
        let why = why(postgres(&format!("{TABLES}{statements}{OTHER}")));
        assert!(why.contains(words), "{statements}: {why}");
    }
}

#[test]
fn other_forms_of_each_database_are_refused_by_name() {
    for (statements, words) in [
        ("/*!50000 INSERT INTO t VALUES (1,'x') */;\n", "form"),
        ("INSERT INTO t VALUES (1,'x') ON DUPLICATE KEY UPDATE a = 2;\n", "form"),
        ("INSERT INTO t SET a = 1;\n", "form"),
        ("LOAD DATA INFILE 'x' INTO TABLE t;\n", "LOAD"),
        ("INSERT INTO t VALUES (1,0xff);\n", "its type"),
        ("INSERT INTO t VALUES (1,'x' 'y');\n", "expression"),
    ] {
        let why = why(mysql(&format!("{TABLES}{statements}{OTHER}")));
        assert!(why.contains(words), "{statements}: {why}");
    }
    for (statements, words) in [
        ("INSERT INTO t VALUES(1,random());\n", "expression"),
        ("INSERT INTO t VALUES(1,replace('x','',char(10)));\n", "expression"),
        ("INSERT INTO t VALUES(1,\"x\");\n", "expression"),
    ] {
        let why = why(sqlite(&format!("{TABLES}{statements}{OTHER}")));
        assert!(why.contains(words), "{statements}: {why}");
    }
}

#[test]
fn a_table_that_is_not_defined_is_read_by_its_listed_columns_or_refused() {
    let recorder = read_dump(postgres("COPY public.t (id, v) FROM stdin;\n1\t0.50\n\\.\n"));
    let table = recorder.table("t");
    assert_eq!(table.labels(), ["id", "v"]);
    assert_eq!(table.rows, [[text("1"), text("0.50")]]);
    assert_eq!(recorder.ledger_count("undefined-table", "t"), 1);

    let dump =
        mysql("CREATE TABLE u (a int);\nINSERT INTO t VALUES (1,2);\nINSERT INTO u VALUES (7);\n");
    assert!(why(dump).contains("definition"));
}

#[test]
fn text_in_an_unknown_character_set_is_refused_by_name() {
    let dump = format!("SET NAMES swe7;\n{TABLES}INSERT INTO t VALUES (1,'é');\n{OTHER}");
    assert!(why(mysql(&dump)).contains("swe7"));
    let dump = mysql(&format!("SET NAMES gbk;\n{TABLES}INSERT INTO t VALUES (1,'<>');\n{OTHER}"));
    let (before, after) = dump.split_once("<>").expect("a place");
    let dump = [before.as_bytes(), b"\x80\x81", after.as_bytes()].concat();
    assert!(why(dump).contains("GBK"));
}

#[test]
fn a_record_over_the_limit_is_refused_by_name() {
    let long = "y".repeat(300);
    for record in [
        format!("INSERT INTO t VALUES (1,'{long}');\n"),
        format!("INSERT INTO t VALUES (1,$q${long}$q$);\n"),
        format!("INSERT INTO t VALUES ({long},'x');\n"),
        format!("COPY t (a, b) FROM stdin;\n1\t{long}\n\\.\n"),
    ] {
        let fixture = Fixture::new(postgres(&format!("{TABLES}{record}{OTHER}")));
        let recorder = read(&mut fixture.source().max_record_bytes(200));
        assert_eq!(recorder.tables.len(), 1, "{record}");
        assert_eq!(recorder.table("u").rows.len(), 1, "the tokens after it are right");
        assert!(ledger(&recorder, "unread-table")[0].1.contains("limit"), "{record}");
    }
}

#[test]
fn a_dump_that_was_cut_is_noted() {
    let missing = |dump: String| {
        let recorder = read_dump(dump);
        let missing = ledger(&recorder, "missing-records");
        missing.iter().map(|(table, _)| (*table).to_owned()).collect::<Vec<_>>()
    };
    let body = format!("{TABLES}{OTHER}");
    for whole in [postgres(&body), mysql(&body), sqlite(&body)] {
        assert!(missing(whole.clone()).is_empty());
        let end = whole.trim_end().rfind(['\n', 'C']).expect("an end");
        let mark = ["-- PostgreSQL database dump complete", "-- Dump completed", "COMMIT;"];
        let at = mark.iter().find_map(|mark| whole.find(mark)).unwrap_or(end);
        assert_eq!(missing(whole[..at].to_owned()), [""], "{whole}");
        let within = whole.find("(7)").expect("a record") + 2;
        assert_eq!(missing(whole[..within].to_owned()), ["", "u"], "{whole}");
    }
    let rolled_back = sqlite(&body).replace("COMMIT;", "ROLLBACK; -- due to errors");
    assert_eq!(missing(rolled_back), [""]);
    let copied = postgres("CREATE TABLE t (a integer);\nCOPY t (a) FROM stdin;\n1\n2\n");
    let cut = &copied[..copied.find("\n2\n").expect("a line") + 2];
    let recorder = read_dump(cut);
    assert_eq!(recorder.table("t").rows.len(), 1, "a line without its end may be cut");
    assert_eq!(ledger(&recorder, "missing-records").len(), 2);
}

#[test]
fn large_objects_and_other_files_are_noted() {
    let recorder = read_dump(postgres(&format!(
        "{TABLES}{OTHER}BEGIN;\nSELECT pg_catalog.lo_open('16472', 131072);\n\
         SELECT pg_catalog.lowrite(0, '\\x68656c6c6f');\nSELECT pg_catalog.lo_close(0);\nCOMMIT;\n\
         \\i other.sql\n"
    )));
    assert_eq!(ledger(&recorder, "unread-table")[0].0, "pg_largeobject");
    assert_eq!(ledger(&recorder, "missing-records").len(), 1);
}

#[test]
fn sql_of_an_unknown_database_is_refused() {
    let error = crate::recording::refusal(
        &mut Fixture::new("CREATE TABLE [dbo].[t]([a] [int]);\n").source(),
    );
    assert!(error.contains("not known"), "{error}");
}
