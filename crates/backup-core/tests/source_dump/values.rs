//! The cells that values of each type become.

use super::{mysql, postgres, read_dump, sqlite};
use crate::recording::{Owned, real, text};

fn blob(bytes: &[u8]) -> Owned {
    Owned::Blob(bytes.to_vec())
}

/// The cells of the only table.
fn cells(dump: impl AsRef<[u8]>) -> Vec<Vec<Owned>> {
    let mut recorder = read_dump(dump);
    assert_eq!(recorder.tables.len(), 1, "{:?}", recorder.ledger);
    recorder.tables.remove(0).rows
}

#[test]
fn types_of_postgresql_are_the_same_from_copy_and_insert() {
    // A type, how COPY and INSERT write a value, and its cell.
    let cases: Vec<(&str, &str, &str, Owned)> = vec![
        ("smallint", "-32768", "-32768", Owned::Integer(-32768)),
        ("bigint", "9223372036854775807", "9223372036854775807", Owned::Integer(i64::MAX)),
        ("oid", "4294967295", "4294967295", Owned::Integer(4_294_967_295)),
        ("boolean", "t", "true", Owned::Integer(1)),
        ("boolean NOT NULL", "f", "false", Owned::Integer(0)),
        ("real", "0.1", "0.1", real(0.1)),
        ("double precision", "1e-308", "1e-308", real(1e-308)),
        ("double precision", "-0", "-0", real(-0.0)),
        ("double precision", "Infinity", "'Infinity'", real(f64::INFINITY)),
        ("double precision", "NaN", "'NaN'", real(f64::NAN)),
        ("numeric(12,2)", "10.50", "10.50", text("10.50")),
        ("numeric", "NaN", "'NaN'", text("NaN")),
        ("numeric", "-Infinity", "'-Infinity'", text("-Infinity")),
        ("text", "a\\tb\\nc\\\\d 'q'", "'a\tb\nc\\d ''q'''", text("a\tb\nc\\d 'q'")),
        ("text", "\\\\N", "'\\N'", text("\\N")),
        ("text", "\\\\.", "'\\.'", text("\\.")),
        ("text", "", "''", text("")),
        ("text", "x", "E'\\x78'", text("x")),
        (
            "text",
            "\\b\\f\\r\\v\\101\\x41",
            "E'\\b\\f\\r\u{b}\\101\\u0041'",
            text("\u{8}\u{c}\r\u{b}AA"),
        ),
        ("character varying(20)", "客户😀", "'客户😀'", text("客户😀")),
        ("character(5)", "ab   ", "'ab   '", text("ab   ")),
        ("bytea", "\\\\x00ff5c", "'\\x00ff5c'", blob(&[0, 255, b'\\'])),
        ("bytea", "\\\\x", "'\\x'", blob(&[])),
        ("bytea", "\\\\000a\\\\\\\\\\\\377", "'\\000a\\\\\\377'", blob(b"\0a\\\xff")),
        ("timestamp(3) with time zone", "infinity", "'infinity'", text("infinity")),
        ("date", "0044-03-15 BC", "'0044-03-15 BC'", text("0044-03-15 BC")),
        ("integer[]", "{1,NULL}", "'{1,NULL}'", text("{1,NULL}")),
        ("bytea[]", "{\"\\\\\\\\x00\"}", "'{\"\\\\x00\"}'", text("{\"\\\\x00\"}")),
        ("public.mood", "ok", "'ok'", text("ok")),
        ("bit(5)", "10101", "B'10101'", text("10101")),
        ("jsonb", "{\"a\": [1]}", "'{\"a\": [1]}'", text("{\"a\": [1]}")),
        ("\"char\"", "x", "'x'", text("x")),
        ("text DEFAULT ';'::text", "\\N", "NULL", Owned::Null),
    ];
    for (kind, copied, inserted, cell) in cases {
        let table = format!("CREATE TABLE public.t (\n    c {kind}\n);\n");
        let copy = format!("{table}COPY public.t (c) FROM stdin;\n{copied}\n\\.\n");
        let insert = format!("{table}INSERT INTO public.t VALUES ({inserted});\n");
        for dump in [copy, insert] {
            assert_eq!(cells(postgres(&dump)), [[cell.clone()]], "{dump}");
        }
    }
}

#[test]
fn types_of_mysql_are_the_same_with_and_without_hexadecimal_bytes() {
    let cases: Vec<(&str, &[&str], Owned)> = vec![
        ("tinyint(1)", &["1", "true"], Owned::Integer(1)),
        ("bigint(20) unsigned", &["9223372036854775807"], Owned::Integer(i64::MAX)),
        ("bigint unsigned", &["18446744073709551615"], text("18446744073709551615")),
        ("int(8) unsigned zerofill", &["00000042"], Owned::Integer(42)),
        ("float", &["0.1"], real(0.1)),
        ("double", &["-1.5e+300", "'-1.5e300'"], real(-1.5e300)),
        ("decimal(20,5)", &["-0.50000", "'-0.50000'"], text("-0.50000")),
        ("bit(1)", &["'\u{1}'", "0x01", "b'1'", "_binary '\u{1}'"], Owned::Integer(1)),
        ("bit(9)", &["'\\0\u{1}'", "0x0001", "b'000000001'"], Owned::Integer(1)),
        ("bit(64)", &["0xFFFFFFFFFFFFFFFF"], text("18446744073709551615")),
        ("binary(3)", &["'a\\0\\0'", "0x610000", "_binary 'a\\0\\0'", "x'610000'"], blob(b"a\0\0")),
        ("blob", &["'\\0\\\\\\'\\\"\\n\\r\\Z'", "0x005C27220A0D1A"], blob(b"\0\\'\"\n\r\x1a")),
        ("longblob", &["''"], blob(b"")),
        ("point", &["0x0001"], blob(&[0, 1])),
        (
            "varchar(50)",
            &["'a''b\\'c'", "\"a'b'c\"", "_utf8mb4'a\\'b''c'", "N'a\\'b''c'"],
            text("a'b'c"),
        ),
        ("varchar(50)", &["'100\\% \\_ \\q'"], text("100\\% \\_ q")),
        ("text", &["'客户 😀 -- /* */ ; # )'"], text("客户 😀 -- /* */ ; # )")),
        ("date", &["'0000-00-00'"], text("0000-00-00")),
        ("year(4)", &["0000"], text("0000")),
        ("enum('a','b,''c)')", &["'b,''c)'"], text("b,'c)")),
        ("json", &["'{\\\"a\\\": 1}'"], text("{\"a\": 1}")),
        ("text", &["NULL"], Owned::Null),
    ];
    for (kind, literals, cell) in cases {
        for literal in literals {
            let dump = format!(
                "CREATE TABLE `t` (\n  `c` {kind} DEFAULT NULL COMMENT 'x, y'\n) ENGINE=InnoDB;\n\
                 INSERT INTO `t` VALUES ({literal});\n"
            );
            assert_eq!(cells(mysql(&dump)), [[cell.clone()]], "{dump}");
        }
    }
}

#[test]
fn values_of_sqlite_have_their_own_types() {
    let cases: Vec<(&str, Owned)> = vec![
        ("-9223372036854775808", Owned::Integer(i64::MIN)),
        ("0.10000000000000000555", real(0.1)),
        ("4.9406564584124654428e-324", real(5e-324)),
        ("1.0", real(1.0)),
        ("-1e999", real(f64::NEG_INFINITY)),
        ("X'00ff'", blob(&[0, 255])),
        ("'it''s \\n'", text("it's \\n")),
        ("replace('a\\nb','\\n',char(10))", text("a\nb")),
        (
            "replace(replace('\\012a\\r\\012\\n','\\r',char(13)),'\\012',char(10))",
            text("\na\r\n\\n"),
        ),
        ("unistr('a\\u000ab\\\\')", text("a\nb\\")),
        ("NULL", Owned::Null),
    ];
    for (literal, cell) in cases {
        let dump = format!("CREATE TABLE t(c INTEGER);\nINSERT INTO t VALUES({literal});");
        assert_eq!(cells(sqlite(&dump)), [[cell]], "{dump}");
    }
}

#[test]
fn text_is_decoded_from_the_character_set_of_the_dump() {
    let head = b"-- MySQL dump 10.13\n/*!40101 SET NAMES gbk */;\nCREATE TABLE `t` (`c` text);\n";
    // The second byte of the first character is a backslash.
    let (gbk, _, _) = encoding_rs::GBK.encode("誠\\\\客户\\'");
    let insert = [&b"INSERT INTO `t` VALUES ('"[..], &gbk, b"');\n-- Dump completed\n"].concat();
    assert!(gbk.starts_with(b"\xd5\x5c"), "{gbk:?}");
    assert_eq!(cells([head, &insert[..]].concat()), [[text("誠\\客户'")]]);

    let head = postgres("CREATE TABLE t (c text);\nCOPY t (c) FROM stdin;\n@\n\\.\n");
    for (name, bytes, expected) in [
        ("LATIN1", &b"\xe9\x80"[..], "é\u{80}"),
        ("WIN1252", b"\x80", "€"),
        ("GBK", b"\xd5\x5c", "誠"),
        ("SQL_ASCII", "é".as_bytes(), "é"),
    ] {
        let (before, after) = head.split_once('@').expect("a place");
        let before = before.replace("'UTF8'", &format!("'{name}'"));
        let dump = [before.as_bytes(), bytes, after.as_bytes()].concat();
        assert_eq!(cells(dump), [[text(expected)]], "{name}");
    }
    let raw = mysql("CREATE TABLE `t` (`c` text);\nINSERT INTO `t` VALUES ('<>');\n");
    let (before, after) = raw.split_once("<>").expect("a place");
    let rows = cells([before.as_bytes(), b"a\xff", after.as_bytes()].concat());
    assert_eq!(rows, [[Owned::Text(b"a\xff".to_vec())]], "invalid text is kept as it is");
}
