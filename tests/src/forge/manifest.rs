//! Forged manifests: the text of `datapackage.json`, and its resources.

use serde_json::{Value, json};

use super::List;
use super::draft::{Draft, Stretch};
use super::table::replaced;

pub(super) const OF: &str = "manifest";

/// Sets a value in the manifest, at a JSON pointer.
pub(super) fn put(draft: &mut Draft, at: &'static str, value: Value) {
    draft.manifest(move |manifest| *manifest.pointer_mut(at).expect(at) = value);
}

/// Replaces some of the manifest's text.
fn text(draft: &mut Draft, from: &'static str, to: impl AsRef<[u8]> + 'static) {
    draft.package(move |text| *text = replaced(text, from.as_bytes(), to.as_ref()));
}

pub(super) const READ: &str = "cannot be read";

pub(super) fn package(list: &mut List) {
    type Text = (&'static str, &'static str, &'static str, &'static [u8]);
    let texts: [Text; 13] = [
        ("not-json", "a manifest that is not JSON", "{\"backup\"", b"<backup"),
        ("trailing", "something after the manifest", "{\"backup\"", b"{}{\"backup\""),
        ("comma", "a comma too many", "{\"backup\"", b"{,\"backup\""),
        ("not-utf-8", "a name that is not UTF-8", "report.pdf", b"report\xff.pdf"),
        ("lone-surrogate", "half a character", "report.pdf", b"\\ud800.pdf"),
        ("control", "a control character in a text", "report.pdf", b"report\x01.pdf"),
        ("comment", "a comment", "{\"backup\"", b"/* */{\"backup\""),
        ("bom", "a byte order mark", "{\"backup\"", b"\xef\xbb\xbf{\"backup\""),
        ("list", "a list instead of an object", "{\"backup\"", b"[{\"backup\""),
        ("duplicate", "a member twice", "{\"backup\"", b"{\"profile\":\"x\",\"backup\""),
        ("duplicate-rows", "the rows of a table twice", "\"rows\":3", b"\"rows\":4,\"rows\":3"),
        ("duplicate-source", "a source twice", "\"sheet\"", b"\"sheet\":\"x\",\"sheet\""),
        ("duplicate-detail", "a detail twice", "\"rowids\"", b"\"rowids\":1,\"rowids\""),
    ];
    for (name, what, from, to) in texts {
        list.refused_on_open(&format!("package-{name}"), OF, what, move |draft| {
            text(draft, from, to)
        })
        .mentions(READ);
    }
    list.refused_on_open("package-utf-16", OF, "a manifest in UTF-16", |draft| {
        draft.package(|text| *text = text.iter().flat_map(|byte| [*byte, 0]).collect());
    })
    .mentions(READ);
    list.refused_on_open("package-empty", OF, "an empty manifest", |draft| {
        draft.package(Vec::clear)
    })
    .mentions(READ);
    list.refused_on_open("package-cut", OF, "a manifest that ends too soon", |draft| {
        draft.package(|text| text.truncate(text.len() - 1));
    })
    .mentions(READ);
    for at in ["/backup", "/resources", "/backup/files", "/backup/sources", "/backup/ledger"] {
        for (name, value) in [("null", json!(null)), ("text", json!("x")), ("number", json!(1))] {
            let called = format!("package-{}-{name}", at.rsplit('/').next().expect("a name"));
            list.refused_on_open(&called, OF, "a member of another type", move |draft| {
                put(draft, at, value)
            })
            .mentions(READ);
        }
    }
    deep(list);
    long(list);
    list.good("package-more", "members that nobody has named, with anything in them", |draft| {
        draft.manifest(|manifest| {
            let odd = json!({"a": [1, {"b": null}], "schema": "x"});
            manifest["odd"] = odd.clone();
            manifest["backup"]["odd"] = odd.clone();
            manifest["resources"][0]["odd"] = odd.clone();
            manifest["resources"][0]["backup"]["odd"] = odd.clone();
            manifest["backup"]["files"][0]["odd"] = odd.clone();
            manifest["backup"]["sources"][0]["odd"] = odd;
        });
    });
    list.good("package-spaces", "a manifest with white space in it", |draft| {
        text(draft, "{\"backup\"", b" \t\r\n{ \"backup\" ");
    });
}

fn deep(list: &mut List) {
    for (name, open, close) in [("lists", "[", "]"), ("objects", "{\"a\":", "}")] {
        for (place, at) in [
            ("unknown", "{\"backup\""),
            ("table", "\"rows\":3"),
            ("details", "\"rowids\""),
            ("files", "\"member\""),
        ] {
            let called = format!("deep-{name}-{place}");
            list.refused_on_open(&called, OF, "a manifest nested 10,000 deep", move |draft| {
                let nested = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
                text(
                    draft,
                    at,
                    match at.strip_prefix('{') {
                        Some(rest) => format!("{{\"odd\":{nested},{rest}"),
                        None => format!("\"odd\":{nested},{at}"),
                    },
                );
            })
            .mentions("128 levels deep or deeper");
        }
    }
    for (levels, good) in [(126, true), (127, false)] {
        let what = format!("a manifest of {} levels", levels + 1);
        let change = move |draft: &mut Draft| {
            let nested = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            text(draft, "{\"backup\"", format!("{{\"odd\":{nested},\"backup\""));
        };
        let called = format!("levels-{}", levels + 1);
        match good {
            true => drop(list.good(&called, &what, change)),
            false => {
                list.refused_on_open(&called, OF, &what, change)
                    .mentions("128 levels deep or deeper");
            }
        }
    }
}

/// Manifests so long that they are refused before they are read, and ones just below that limit.
fn long(list: &mut List) {
    type Long = (&'static str, &'static str, &'static str, Stretch, &'static str, usize);
    let stretches: [Long; 5] = [
        (
            "gigabyte",
            "a manifest of a gigabyte of blanks",
            "@",
            Stretch { pattern: b" ", frames: 512 },
            "is larger than the format allows",
            64,
        ),
        (
            "blanks",
            "a manifest of 254 megabytes of blanks, cut short",
            "<@",
            Stretch { pattern: b" ", frames: 127 },
            READ,
            320,
        ),
        (
            "lists",
            "a manifest that opens 266 million lists",
            "@",
            Stretch { pattern: b"[", frames: 127 },
            "128 levels deep or deeper",
            320,
        ),
        (
            "values",
            "a manifest of 66 million numbers",
            "[@0]",
            Stretch { pattern: b"0, \n", frames: 127 },
            "more values than",
            320,
        ),
        (
            "objects",
            "a manifest of 33 million objects",
            "[@0]",
            Stretch { pattern: b"{\"\":0} ,", frames: 127 },
            "more objects than",
            320,
        ),
    ];
    for (name, what, place, stretch, mentions, memory) in stretches {
        list.refused_on_open(&format!("package-of-{name}"), OF, what, move |draft| {
            draft.stretch = Some(stretch);
            draft.package(move |text| {
                let odd = format!("\"rowids\":{place},\"odd\":");
                *text = replaced(text, b"\"rowids\":", odd.as_bytes());
            });
        })
        .mentions(mentions)
        .memory(memory)
        .verbs("inspect verify");
    }
    list.refused_on_open(
        "package-of-text",
        OF,
        "a text of 254 megabytes where a number belongs",
        |draft| {
            draft.stretch = Some(Stretch { pattern: b"x", frames: 127 });
            text(draft, "\"rows\":3", "\"rows\":\"@\"");
        },
    )
    .mentions(READ)
    .memory(1100)
    .verbs("inspect verify");
    let most: [(&str, &str, Stretch, usize); 2] = [
        (
            "most-values",
            "nearly as many numbers as there may be",
            Stretch { pattern: b"0, \n", frames: 15 },
            640,
        ),
        (
            "most-objects",
            "nearly as many objects as there may be",
            Stretch { pattern: b"{\"\":0} ,", frames: 3 },
            1200,
        ),
    ];
    for (name, what, stretch, memory) in most {
        list.good(&format!("package-of-{name}"), what, move |draft| {
            draft.stretch = Some(stretch);
            text(draft, "\"rowids\":", "\"odd\":[@0],\"rowids\":");
        })
        .memory(memory)
        .verbs("inspect verify");
    }
}

pub(super) fn resources(list: &mut List) {
    let form = "a form that the format does not allow";
    for (name, value) in [
        ("profile", "data-resource"),
        ("scheme", "http"),
        ("format", "tsv"),
        ("mediatype", "text/plain"),
        ("encoding", "latin1"),
    ] {
        list.refused_on_open(
            &format!("form-{name}"),
            OF,
            "another form of a table",
            move |draft| {
                draft.manifest(move |manifest| manifest["resources"][0][name] = value.into());
            },
        )
        .mentions(form);
    }
    for (name, value) in [
        ("delimiter", json!(";")),
        ("lineTerminator", json!("\r\n")),
        ("quoteChar", json!("'")),
        ("doubleQuote", json!(false)),
        ("skipInitialSpace", json!(true)),
        ("header", json!(false)),
        ("skipBlankRows", json!(false)),
    ] {
        list.refused_on_open(&format!("dialect-{name}"), OF, "another dialect", move |draft| {
            draft.manifest(move |manifest| manifest["resources"][1]["dialect"][name] = value);
        })
        .mentions(form);
    }
    let more = [
        ("dialect-comment-char", "/resources/0/dialect", "commentChar", json!("0")),
        ("dialect-null-sequence", "/resources/0/dialect", "nullSequence", json!("0001")),
        ("schema-primary-key", "/resources/0/schema", "primaryKey", json!(["note"])),
        ("schema-foreign-keys", "/resources/0/schema", "foreignKeys", json!([])),
        (
            "field-constraints",
            "/resources/0/schema/fields/1",
            "constraints",
            json!({"unique": true}),
        ),
        ("field-format", "/resources/0/schema/fields/1", "format", json!("email")),
    ];
    for (name, at, key, value) in more {
        list.refused_on_open(
            name,
            OF,
            "a word of Frictionless that archives do not use",
            move |draft| {
                draft.manifest(move |manifest| {
                    manifest.pointer_mut(at).expect(at)[key] = value;
                });
            },
        )
        .mentions("unknown field");
    }
    list.refused_on_open("missing-values", OF, "another text that stands for null", |draft| {
        put(draft, "/resources/0/schema/missingValues", json!(["", "0001"]));
    })
    .mentions(form);
    let parts = "parts that the format does not allow";
    type Change = (&'static str, &'static str, &'static str, fn(&mut Value));
    let changes: [Change; 22] = [
        ("slug-upper-case", "a name that is no slug", parts, |table| rename(table, "Accounts")),
        ("slug-parent", "a name that leads out", parts, |table| rename(table, "..")),
        ("slug-empty", "an empty name", parts, |table| rename(table, "")),
        ("slug-folder", "a name with a folder", parts, |table| rename(table, "a/b")),
        ("path-count", "fewer paths than parts", parts, |table| {
            table["path"].as_array_mut().expect("a list").pop();
        }),
        ("path-parent", "a path that leads out", parts, |table| {
            table["path"][0] = "../tables/0001-accounts/part-00000001.csv".into();
        }),
        ("path-url", "a path on another host", parts, |table| {
            table["path"][0] = "https://example.org/part-00000001.csv".into();
        }),
        ("path-order", "the paths in another order", parts, |table| {
            table["path"].as_array_mut().expect("a list").reverse();
        }),
        ("path-twice", "the first part twice", parts, |table| {
            table["path"][1] = table["path"][0].clone();
        }),
        ("path-alone", "a path that is no list", READ, |table| table["path"] = "x".into()),
        ("no-parts", "a table of no parts", parts, |table| {
            table["path"] = json!([]);
            table["backup"]["parts"] = json!([]);
            table["backup"]["rows"] = 0.into();
        }),
        ("part-of-no-rows", "a part of no records among others", parts, |table| {
            table["backup"]["parts"][1]["rows"] = 0.into();
            table["backup"]["rows"] = 2.into();
        }),
        (
            "rows",
            "another number of rows than the parts have",
            "counts that contradict each other",
            |table| {
                table["backup"]["rows"] = 4.into();
            },
        ),
        (
            "rows-beyond",
            "more rows than 64 bits can count",
            "counts that contradict each other",
            |table| {
                table["backup"]["parts"][0]["rows"] = u64::MAX.into();
            },
        ),
        ("columns", "fewer counts than columns", "counts that contradict each other", |table| {
            table["backup"]["columns"].as_array_mut().expect("a list").pop();
        }),
        ("hash-md5", "a hash of another sort", "a hash that is not a SHA-256 digest", |table| {
            table["hash"] = "md5:d41d8cd98f00b204e9800998ecf8427e".into();
        }),
        ("hash-upper-case", "a hash in capitals", "a hash that is not a SHA-256 digest", |table| {
            let hash = table["hash"].as_str().expect("a text").to_uppercase();
            table["hash"] = hash.replace("SHA256", "sha256").into();
        }),
        (
            "hash-bare",
            "a hash that does not say its sort",
            "a hash that is not a SHA-256 digest",
            |table| {
                table["hash"] =
                    table["hash"].as_str().expect("a text").replace("sha256:", "").into();
            },
        ),
        ("type", "a column of another type", "a type that the format does not allow", |table| {
            table["schema"]["fields"][0]["type"] = "integer".into();
        }),
        ("no-columns", "a table of no columns", "a table must have at least one column", |table| {
            table["schema"]["fields"] = json!([]);
            table["backup"]["columns"] = json!([]);
        }),
        ("many-columns", "a table of 16,385 columns", "the most is 16384", |table| {
            let field = |n: usize| json!({"name": format!("c{n}"), "type": "string"});
            table["schema"]["fields"] = (0..16_385).map(field).collect();
        }),
        ("part-negative", "a part of a negative length", READ, |table| {
            table["backup"]["parts"][0]["bytes"] = (-1).into();
        }),
    ];
    for (name, what, mentions, change) in changes {
        list.refused_on_open(&format!("table-{name}"), OF, what, move |draft| {
            draft.manifest(move |manifest| change(&mut manifest["resources"][0]));
        })
        .mentions(mentions);
    }
    labels(list);
    members(list);
}

fn rename(table: &mut Value, name: &str) {
    table["path"] = json!([1, 2].map(|n| format!("tables/{name}/part-{n:08}.csv")));
    table["name"] = name.into();
}

fn labels(list: &mut List) {
    let mentions = "a label that was not derived from the label in the source";
    let labels: [(&str, &str, Option<&str>); 12] = [
        ("empty", "", None),
        ("padded", " name", None),
        ("line-feed", "na\nme", None),
        ("cr", "na\rme", None),
        ("bom", "\u{feff}name", None),
        ("no-break-space", "name\u{a0}", None),
        ("twice", "id", None),
        ("of-nothing", "name", Some("")),
        ("of-blanks", "nom", Some(" name ")),
        ("of-another", "name", Some("note")),
        ("numbered", "id_3", Some("id")),
        ("changed", "name", Some("surname")),
    ];
    for (name, label, title) in labels {
        let what = format!("a label {label:?} for {:?}", title.unwrap_or(label));
        list.refused_on_open(&format!("label-{name}"), OF, &what, move |draft| {
            draft.tables[0].labels[1] = (label.into(), title.map(Into::into));
        })
        .mentions(mentions);
    }
    list.refused_on_open(
        "label-too-long",
        OF,
        "a header line of more than 65,536 bytes",
        |draft| {
            draft.tables[0].labels[1] = ("x".repeat(65_536), None);
        },
    )
    .mentions(mentions);
    list.good("labels-made", "labels that are made, as the source's are not safe", |draft| {
        let made = [("column_1", ""), ("name", " name\n"), ("name_2", "name")];
        draft.tables[0].labels = made.map(|(label, own)| (label.into(), Some(own.into()))).into();
        draft.tables[0].labels[2] = ("name_2".into(), Some("name\u{feff}".into()));
        draft.tables[0].origin = (None, None);
    });
    list.good("labels-numbered", "a header line that would be too long", |draft| {
        let long = |n: usize| (format!("column_{n}"), Some("x".repeat(30_000 + n)));
        draft.tables[0].labels = (1..=3).map(long).collect();
        draft.tables[0].origin = (None, None);
    });
}

fn members(list: &mut List) {
    let mentions = "contradicts manifest-sha256.txt";
    list.refused_on_open(
        "part-digest",
        OF,
        "a part with another digest than the bag has",
        |draft| {
            put(draft, "/resources/0/backup/parts/1/sha256", super::draft::sha256(b"x").into());
        },
    )
    .mentions(mentions);
    list.refused_on_open("part-named-and-not-there", OF, "a part more than there are", |draft| {
        draft.manifest(|manifest| {
            let table = &mut manifest["resources"][0];
            let part = table["backup"]["parts"][1].clone();
            table["backup"]["parts"].as_array_mut().expect("a list").push(part);
            let path = "tables/0001-accounts/part-00000003.csv";
            table["path"].as_array_mut().expect("a list").push(path.into());
            table["backup"]["rows"] = 4.into();
        });
    })
    .mentions(mentions);
    list.refused_on_open("table-twice", OF, "a table twice", |draft| {
        draft.manifest(|manifest| {
            let mut again = manifest["resources"][0].clone();
            again["title"] = "another".into();
            manifest["resources"].as_array_mut().expect("a list").push(again);
        });
    })
    .mentions("contains a member twice");
    list.refused_on_open("title-twice", OF, "two tables of the same name", |draft| {
        put(draft, "/resources/1/title", "accounts".into());
    })
    .mentions("contains a table twice");
    list.refused_on_open("table-left-out", OF, "a table that the manifest leaves out", |draft| {
        draft.manifest(|manifest| drop(manifest["resources"].as_array_mut().map(Vec::pop)));
    })
    .mentions("does not contain data/tables/0002-contacts/part-00000001.csv");
}
