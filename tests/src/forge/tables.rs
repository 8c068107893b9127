//! Forged tables: text that is not canonical, and counts and digests of other cells.

use serde_json::{Value, json};

use super::List;
use super::draft::find;
use super::table::Cell;

const STRAY: &str = "a byte is not allowed here in the canonical form";
const NEEDLESS: &str = "a cell has quotes that the canonical form does not have";
const MISSING: &str = "a cell lacks the quotes of the canonical form";
const TOKEN: &str = "a token is not a canonical number, blob or raw text";
const CELLS: &str = "more or fewer cells";
const UNFINISHED: &str = "the part ends within a record";
const HEADER: &str = "the header line is not that of the table";
const UTF8: &str = "text is not UTF-8";

pub(super) fn text(list: &mut List) {
    type Edit = (&'static str, &'static str, usize, &'static [u8], &'static [u8], &'static str);
    let of_text: [Edit; 24] = [
        ("crlf", "lines that end with CR LF", 1, b"lines\"\n", b"lines\"\r\n", STRAY),
        ("cr", "a CR outside quotes", 1, "Ærø".as_bytes(), b"\r", STRAY),
        ("quotes", "needless quotes", 1, b"0003", b"\"0003\"", NEEDLESS),
        ("stray-quote", "a quote within a cell", 1, b"0003", b"00\"03", STRAY),
        ("after-quote", "something after a closing quote", 1, b"lines\"", b"lines\"x", STRAY),
        ("open-quote", "quotes that are never closed", 1, b"lines\"\n", b"lines\n", UNFINISHED),
        ("lone-quote", "a quote that is not doubled", 0, b"\"\"hi", b"\"hi", NEEDLESS),
        ("no-line-feed", "no line feed at the end", 1, b"lines\"\n", b"lines\"", UNFINISHED),
        ("more-cells", "a record of a cell more", 1, b"lines\"", b"lines\",", CELLS),
        ("fewer-cells", "a record of a cell less", 1, b"0003,", b"", CELLS),
        ("empty-line", "an empty line", 1, b"0003", b"\n0003", CELLS),
        ("empty-line-last", "an empty line at the end", 1, b"lines\"\n", b"lines\"\n\n", CELLS),
        ("bom", "a byte order mark", 0, b"id,name", b"\xef\xbb\xbfid,name", HEADER),
        ("header-crlf", "a header line that ends with CR LF", 0, b"note\n", b"note\r\n", HEADER),
        ("header-quoted", "a needless quote in the header", 0, b"id,", b"\"id\",", HEADER),
        ("header-label", "another label in the header", 0, b"note\n", b"nota\n", HEADER),
        ("header-missing", "no header line", 0, b"id,name,note\n", b"", HEADER),
        ("header-of-part-2", "another header line in part 2", 1, b"note\n", b"nota\n", HEADER),
        ("header-of-part-2-missing", "no header line in part 2", 1, b"id,name,note\n", b"", HEADER),
        (
            "header-cut",
            "a part that ends within its header",
            1,
            "te\n0003,Ærø,\"two\nlines\"\n".as_bytes(),
            b"",
            HEADER,
        ),
        ("not-utf-8", "text that is not UTF-8", 1, "Æ".as_bytes(), b"\xc3", UTF8),
        ("surrogate", "half a character", 1, "Æ".as_bytes(), b"\xed\xa0\x80", UTF8),
        (
            "overlong",
            "a character in more bytes than it needs",
            1,
            "Æ".as_bytes(),
            b"\xc0\xaf",
            UTF8,
        ),
        ("utf-16", "text in UTF-16", 1, b"0003", b"0\x000\x003\x00\xff\xfe", UTF8),
    ];
    for (name, what, part, from, to, mentions) in of_text {
        list.found_on_reading(&format!("text-{name}"), "canonical", what, move |draft| {
            draft.tables[0].edit(part, from, to);
        })
        .mentions(mentions)
        .table("accounts")
        .path(
            [
                "data/tables/0001-accounts/part-00000001.csv",
                "data/tables/0001-accounts/part-00000002.csv",
            ][part],
        );
    }
    type Token = (&'static str, &'static [u8], &'static [u8], &'static str);
    let of_any: [Token; 40] = [
        ("plus", b"-42", b"+42", TOKEN),
        ("zero-first", b"-42", b"-042", TOKEN),
        ("minus-zero", b"-42", b"-0", TOKEN),
        ("minus", b"-42", b"-", TOKEN),
        ("space-before", b"-42", b" -42", TOKEN),
        ("space-after", b"-42", b"-42 ", TOKEN),
        ("underscore", b"-42", b"-4_2", TOKEN),
        ("hexadecimal", b"-42", b"0x2a", TOKEN),
        ("beyond-64-bits", b"-42", b"9223372036854775808", TOKEN),
        ("word", b"-42", b"NULL", TOKEN),
        ("true", b"-42", b"true", TOKEN),
        ("arabic-digits", b"-42", "٤٢".as_bytes(), TOKEN),
        ("real-zeros", b"0.5", b"0.50", TOKEN),
        ("real-no-zero", b"0.5", b".5", TOKEN),
        ("real-no-digits", b"0.5", b"5.", TOKEN),
        ("real-exponent", b"0.5", b"5e-1", TOKEN),
        ("real-plus", b"0.5", b"+0.5", TOKEN),
        ("real-digits", b"0.5", b"0.50000000000000000001", TOKEN),
        ("real-comma", b"0.5", b"0;5", TOKEN),
        ("real-capital", b"1e+21", b"1E+21", TOKEN),
        ("real-no-sign", b"1e+21", b"1e21", TOKEN),
        ("real-written-out", b"1e+21", b"1000000000000000000000", TOKEN),
        ("real-beyond", b"1e+21", b"1e+999", TOKEN),
        ("infinity-short", b"1e+21", b"inf", TOKEN),
        ("infinity-plus", b"1e+21", b"+Infinity", TOKEN),
        ("infinity-lower", b"1e+21", b"infinity", TOKEN),
        ("nan-minus", b"1e+21", b"-NaN", TOKEN),
        ("nan-lower", b"1e+21", b"nan", TOKEN),
        ("blob-upper-case", b"\\xdead", b"\\xDEAD", TOKEN),
        ("blob-half", b"\\xdead", b"\\xdea", TOKEN),
        ("blob-capital", b"\\xdead", b"\\Xdead", TOKEN),
        ("blob-digits", b"\\xdead", b"\\xdeax", TOKEN),
        ("raw-utf-8", b"\tff", b"\t41", TOKEN),
        ("raw-empty", b"\tff", b"\t", TOKEN),
        ("raw-upper-case", b"\tff", b"\tFF", TOKEN),
        ("raw-half", b"\tff", b"\tf", TOKEN),
        ("unquoted", b"\"Ada\"", b"Ada", TOKEN),
        ("crlf", b"0.5,\n", b"0.5,\r\n", TOKEN),
        ("cells", b"0.5,\n", b"0.5\n", CELLS),
        ("not-utf-8", b"\"Ada\"", b"\"Ad\xff\"", UTF8),
    ];
    for (name, from, to, mentions) in of_any {
        let what = format!("{:?} in a column of any kind", String::from_utf8_lossy(to));
        list.found_on_reading(&format!("any-{name}"), "canonical", &what, move |draft| {
            draft.tables[1].edit(0, from, to);
        })
        .mentions(mentions)
        .table("contacts");
    }
    list.found_on_reading(
        "text-end-of-data",
        "canonical",
        "\\. alone, and not in quotes",
        |draft| {
            draft.tables[0].labels.truncate(1);
            draft.tables[0].parts = vec![vec![vec![Cell::Text("\\.")], vec![Cell::Text("x")]]];
            draft.tables[0].edit(0, b"\"\\.\"", b"\\.");
        },
    )
    .mentions(MISSING);
    list.good("text-of-one-column", "a table of one column, with all that is odd there", |draft| {
        draft.tables[0].labels.truncate(1);
        let cells = [Cell::Text("\\."), Cell::Null, Cell::Text(""), Cell::Text("\"")];
        draft.tables[0].parts = vec![cells.map(|cell| vec![cell]).into()];
    });
}

pub(super) fn counts(list: &mut List) {
    let other = super::draft::sha256(b"another");
    let hash = json!(format!("sha256:{other}"));
    let resource: [(&str, &str, &str, Value, &str); 2] = [
        ("digest", "/hash", "table-digest", hash, "the table does not have the expected digest"),
        (
            "length",
            "/bytes",
            "table-digest",
            json!(1),
            "the table does not have the expected length",
        ),
    ];
    for (name, at, code, value, mentions) in resource {
        list.found_on_reading(
            &format!("table-{name}"),
            code,
            "a table of another digest or length",
            move |draft| {
                draft.tables[0].origin = (None, None);
                draft.manifest(move |manifest| {
                    *manifest["resources"][0].pointer_mut(at).expect(at) = value;
                });
            },
        )
        .mentions(mentions)
        .table("accounts");
    }
    list.found_on_reading(
        "table-rows-moved",
        "table-rows",
        "a record counted in another part",
        |draft| {
            draft.manifest(|manifest| {
                let parts = &mut manifest["resources"][0]["backup"]["parts"];
                parts[0]["rows"] = 1.into();
                parts[1]["rows"] = 2.into();
            });
        },
    )
    .mentions("does not have the expected number of records")
    .path("data/tables/0001-accounts/part-00000001.csv");
    list.found_on_reading(
        "table-rows-more",
        "table-rows",
        "a part of more records than it has",
        |draft| {
            draft.manifest(|manifest| {
                let backup = &mut manifest["resources"][0]["backup"];
                backup["parts"][1]["rows"] = (1u64 << 50).into();
                backup["rows"] = ((1u64 << 50) + 2).into();
            });
        },
    )
    .mentions("does not have the expected number of records");
    for count in ["nulls", "integers", "reals", "texts", "blobs", "bytes", "longest"] {
        for (name, table) in [("text", 0), ("any", 1)] {
            let what = format!("one more is said of a column's {count}");
            list.found_on_reading(
                &format!("count-{count}-{name}"),
                "table-counts",
                &what,
                move |draft| {
                    draft.manifest(move |manifest| {
                        let column = &mut manifest["resources"][table]["backup"]["columns"][1];
                        column[count] = (column[count].as_u64().expect("a number") + 1).into();
                    });
                },
            )
            .mentions("the kinds of cells in column \"name\" are not the expected ones")
            .table(["accounts", "contacts"][table]);
        }
    }
    list.found_on_reading(
        "kind-lies-text",
        "table-digest",
        "a column of text that is said to be any",
        |draft| {
            draft.manifest(|manifest| {
                manifest["resources"][0]["schema"]["fields"][0]["type"] = "any".into();
            });
        },
    )
    .verb("expect", "failed canonical")
    .mentions(TOKEN)
    .table("accounts");
    list.found_on_reading(
        "kind-lies-any",
        "canonical",
        "a column of any kind that is said to be text",
        |draft| {
            draft.manifest(|manifest| {
                manifest["resources"][1]["schema"]["fields"][1]["type"] = "string".into();
            });
        },
    )
    .mentions(NEEDLESS)
    .table("contacts");
    list.found_on_reading(
        "kind-lies-integers",
        "table-counts",
        "integers that are said to be text",
        |draft| {
            draft.manifest(|manifest| {
                manifest["resources"][1]["schema"]["fields"][0]["type"] = "string".into();
            });
        },
    )
    .mentions("the kinds of cells in column \"id\" are not the expected ones")
    .table("contacts");
    for (name, member) in [
        ("part-changed", "data/tables/0001-accounts/part-00000001.csv"),
        ("any-part-changed", "data/tables/0002-contacts/part-00000001.csv"),
    ] {
        let (from, to) =
            if name == "part-changed" { (b"0001", b"0009") } else { (b"\"Ada", b"\"Eda") };
        list.found_on_reading(
            name,
            "member-digest",
            "a part of other bytes than its digest is of",
            move |draft| {
                draft.members(move |members| {
                    let part = find(members, member);
                    part.content = super::table::replaced(&part.content, from, to);
                });
            },
        )
        .mentions("was changed")
        .path(member);
    }
    list.found_on_reading(
        "file-changed",
        "file-digest",
        "a file of other bytes than its digest is of",
        |draft| {
            draft.members(|members| find(members, "data/files/report.pdf").content[0] = b'X');
        },
    )
    .path("data/files/report.pdf");
    list.good("table-of-no-records", "a table of no records", |draft| {
        draft.tables[1].parts = vec![vec![]];
    });
    list.good("no-tables", "an archive of files alone", |draft| {
        draft.tables.clear();
    })
    // The manifest calls its only source a database, but the file is not one.
    .verb("database", "failed contents");
    list.good("nothing-in-it", "an archive of nothing", |draft| {
        draft.tables.clear();
        draft.files.clear();
    });
}
