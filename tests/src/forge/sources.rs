//! Forged files, sources and recipes of a manifest, and a `contents.jsonl` that contradicts it.

use serde_json::{Value, json};

use super::List;
use super::draft::Draft;
use super::manifest::{OF, READ, put};
use super::table::replaced;

pub(super) fn files(list: &mut List) {
    list.refused_on_open(
        "file-digest",
        OF,
        "a file with another digest than the bag has",
        |draft| {
            put(draft, "/backup/files/0/sha256", super::draft::sha256(b"x").into());
        },
    )
    .mentions("contradicts manifest-sha256.txt");
    list.refused_on_open("file-digest-form", OF, "a digest that is none", |draft| {
        put(draft, "/backup/files/0/sha256", "0".repeat(63).into());
    })
    .mentions(READ);
    list.refused_on_open("file-twice", OF, "two files of one path", |draft| {
        draft.files[1].path = "report.pdf".into();
    })
    .mentions("contains a file twice");
    list.refused_on_open("file-member-twice", OF, "two files of one member", |draft| {
        draft.manifest(|manifest| {
            let mut again = manifest["backup"]["files"][0].clone();
            again["path"] = "another".into();
            manifest["backup"]["files"].as_array_mut().expect("a list").push(again);
        });
    })
    .mentions("contains a member twice");
    list.refused_on_open("file-left-out", OF, "a file that the manifest leaves out", |draft| {
        draft.manifest(|manifest| {
            manifest["backup"]["files"].as_array_mut().expect("a list").remove(0);
        });
    })
    .mentions("does not contain data/files/report.pdf");
    for (name, member) in [
        ("elsewhere", "data/report.pdf"),
        ("tables", "data/tables/0001-accounts/report.pdf"),
        ("schema", "data/schema/report.pdf"),
        ("contents", "data/contents.jsonl"),
        ("tag-file", "README.txt"),
    ] {
        list.refused_on_open(
            &format!("file-in-{name}"),
            OF,
            "a file where none belongs",
            move |draft| {
                draft.manifest(move |manifest| {
                    manifest["backup"]["files"][0]["member"] = member.into()
                });
            },
        )
        .mentions("in a wrong folder");
    }
    list.refused_on_open("schema-in-files", OF, "definitions where files belong", |draft| {
        draft.files[2].member = "data/files/crm.sqlite.schema.sql".into();
    })
    .mentions("in a wrong folder");
    list.refused_on_open("file-role", OF, "a file of a role that there is not", |draft| {
        draft.files[0].role = "executable";
    })
    .mentions(READ);
    for (name, within) in [("nowhere", "no.zip"), ("itself", "report.pdf")] {
        list.refused_on_open(
            &format!("file-within-{name}"),
            OF,
            "a file in a file that is not there",
            move |draft| {
                draft.manifest(move |manifest| {
                    manifest["backup"]["files"][0]["within"] = within.into();
                });
            },
        )
        .mentions("refers to a ZIP file");
    }
    sources(list);
    contents(list);
}

fn sources(list: &mut List) {
    let mentions = "a recovery method";
    let accounts = "/backup/sources/0/original";
    for (name, at, value) in [
        ("kept-nowhere", accounts, json!({"kept": "no.csv"})),
        ("kept-otherwise", accounts, json!({"kept": "report.pdf"})),
        ("within-nowhere", accounts, json!({"within": "no.zip"})),
        ("recipe-of-no-table", "/backup/sources/0/name", json!("other.csv")),
        ("recipe-of-two-tables", "/resources/1/backup/source", json!("accounts.csv")),
        ("digest", "/backup/sources/1/sha256", json!(super::draft::sha256(b"x"))),
        ("length", "/backup/sources/1/bytes", json!(1)),
    ] {
        list.refused_on_open(
            &format!("source-{name}"),
            OF,
            "a source that does not come back",
            move |draft| {
                put(draft, at, value);
            },
        )
        .mentions(mentions);
    }
    list.refused_on_open(
        "source-kept-as-schema",
        OF,
        "a source that comes back as definitions",
        |draft| {
            draft.files[1].role = "schema";
            draft.files[1].member = "data/schema/crm.sqlite".into();
            draft.manifest(|manifest| {
                let file = manifest["backup"]["files"][1].clone();
                let source = json!({
                    "name": "crm.sqlite", "kind": "sqlite", "bytes": file["bytes"],
                    "sha256": file["sha256"], "original": {"kept": "crm.sqlite"},
                });
                manifest["backup"]["sources"].as_array_mut().expect("a list").push(source);
            });
        },
    )
    .mentions(mentions);
    list.refused_on_open("source-twice", OF, "two sources of one name", |draft| {
        put(draft, "/backup/sources/1/name", "accounts.csv".into());
    })
    .mentions("contains a source twice");
    list.refused_on_open(
        "source-of-two-ways",
        OF,
        "a source that comes back in two ways",
        |draft| {
            put(draft, accounts, json!({"kept": "report.pdf", "lost": "why"}));
        },
    )
    .mentions(READ);
    list.good("source-lost", "a source that is said to be lost", |draft| {
        put(draft, accounts, json!({"lost": "nobody knows"}));
    })
    .verb("originals", "unverified");
    recipes(list);
}

fn recipes(list: &mut List) {
    let recipe = |key: &'static str, value: Value| {
        move |draft: &mut Draft| {
            draft.manifest(move |manifest| {
                manifest["backup"]["sources"][0]["original"]["recipe"][key] = value;
            });
        }
    };
    let lies: [(&str, &str, Value); 14] = [
        ("bom", "bom", json!(true)),
        ("encoding", "encoding", json!("utf-16le")),
        ("utf-32", "encoding", json!("utf-32be")),
        ("latin", "encoding", json!("iso-8859-1")),
        ("delimiter", "delimiter", json!(";")),
        ("delimiter-of-a-quote", "delimiter", json!("\"")),
        ("delimiter-of-a-line", "delimiter", json!("\n")),
        ("delimiter-beyond-ascii", "delimiter", json!("\u{1f600}")),
        ("newline", "newline", json!("\r\n")),
        ("quotes", "quotes", json!("all")),
        ("header-quotes", "header_quotes", json!("all")),
        ("final-newline", "final_newline", json!(false)),
        ("headless", "headless", json!(true)),
        ("preamble", "preamble", json!("x".repeat(100_000))),
    ];
    for (name, key, value) in lies {
        list.good(
            &format!("recipe-{name}"),
            "a recipe that does not give the source: a reader that restores sees it",
            recipe(key, value),
        )
        .verb("restore-test", "failed file-digest")
        .verb("originals", "failed file-digest")
        .verb("path", "accounts.csv");
    }
    for (name, value) in [("unknown", "klingon"), ("empty", ""), ("nul", "utf-8\0")] {
        list.good(
            &format!("recipe-encoding-{name}"),
            "a recipe of an encoding that there is not: a reader that restores sees it",
            recipe("encoding", json!(value)),
        )
        .verb("restore-test", "failed file-digest")
        .verb("originals", "failed file-digest")
        .verb("path", "accounts.csv");
    }
    list.refused_on_open(
        "recipe-newline-odd",
        OF,
        "a recipe of line ends that are none",
        recipe("newline", json!("end")),
    )
    .mentions("a recovery method");
    for (name, key, value) in [
        ("delimiter-of-two", "delimiter", json!("||")),
        ("delimiter-of-none", "delimiter", json!("")),
        ("quotes-odd", "quotes", json!("some")),
        ("encoding-number", "encoding", json!(8)),
    ] {
        list.refused_on_open(
            &format!("recipe-{name}"),
            OF,
            "a recipe of no sense",
            recipe(key, value),
        )
        .mentions(READ);
    }
    list.good("recipe-of-other-cells", "a recipe of cells that no text file can hold", |draft| {
        draft.tables[0].origin.0 = None;
        draft.tables[1].origin = (Some("accounts.csv"), None);
    })
    .verb("restore-test", "failed file-digest")
    .verb("originals", "failed file-digest")
    .verb("path", "accounts.csv");
}

fn contents(list: &mut List) {
    type Change = (&'static str, &'static str, fn(&mut Vec<u8>));
    let changes: [Change; 8] = [
        ("empty", "contents.jsonl holds nothing", Vec::clear),
        ("order", "the lines of contents.jsonl in another order", |text| {
            let text_of = String::from_utf8(text.clone()).expect("it is text");
            *text = text_of.split_inclusive('\n').rev().collect::<String>().into_bytes();
        }),
        ("rows", "contents.jsonl says more rows", |text| {
            *text = replaced(text, b"\"rows\":3", b"\"rows\":4");
        }),
        ("kind", "contents.jsonl says another kind", |text| {
            *text = replaced(text, b"\"text\"", b"\"Text\"");
        }),
        ("label", "contents.jsonl says another label", |text| {
            *text = replaced(text, b"\"note\"", b"\"nota\"");
        }),
        ("name", "contents.jsonl says another table", |text| {
            *text = replaced(text, b"\"accounts\"", b"\"Accounts\"");
        }),
        ("path", "contents.jsonl says another file", |text| {
            *text = replaced(text, b"report.pdf", b"Report.pdf");
        }),
        ("space", "contents.jsonl is not in canonical form", |text| {
            *text = replaced(text, b"\"rows\":3", b"\"rows\": 3");
        }),
    ];
    for (name, what, change) in changes {
        let code = if ["empty", "space"].contains(&name) { "bag" } else { "contents" };
        list.refused_on_open(&format!("contents-{name}"), code, what, move |draft| {
            draft.contents(change)
        });
    }
    list.found_on_reading(
        "contents-changed",
        "member-digest",
        "contents.jsonl is not what it says",
        |draft| {
            draft.members(|members| {
                super::draft::find(members, "data/contents.jsonl").content[0] = b'X';
            });
        },
    )
    .path("crm/data/contents.jsonl");
}
