//! Forged tag files: `bagit.txt`, `bag-info.txt` and the two manifests of the bag.

use super::List;
use super::draft::{Draft, find, sha256};
use super::tar::Member;

const OF: &str = "bag";

/// Replaces some text of `bag-info.txt`.
fn info(draft: &mut Draft, from: &'static str, to: &'static str) {
    draft.info(move |text| {
        assert!(text.contains(from), "{from} is there");
        *text = text.replacen(from, to, 1);
    });
}

/// Replaces the value of a label.
fn set_label(draft: &mut Draft, label: &'static str, value: &'static str) {
    draft.info(move |text| {
        let line = text.lines().find(|line| line.starts_with(label)).expect("the label is there");
        *text = text.replacen(line, &format!("{label}: {value}"), 1);
    });
}

pub(super) fn bag(list: &mut List) {
    bag_info(list);
    versions(list);
    manifests(list);
    offsets(list);
}

fn bag_info(list: &mut List) {
    for (name, value, words) in [
        ("bytes", "1.10", "does not match the payload"),
        ("files", "", "does not match the payload"),
        ("negative", "-1.10", "is not a number"),
        ("plus", "+1.10", "is not a number"),
        ("beyond", "99999999999999999999999.1", "is not a number"),
        ("empty", ".", "is not a number"),
        ("no-point", "17", "the form BYTES.FILES"),
        ("two-points", "1.1.1", "is not a number"),
    ] {
        list.refused_on_open(
            &format!("oxum-{name}"),
            OF,
            "a Payload-Oxum that is not so",
            move |draft| match name {
                "files" => draft.info(|text| *text = text.replacen(".8\n", ".9\n", 1)),
                _ => set_label(draft, "Payload-Oxum", value),
            },
        )
        .mentions(words)
        .path("bag-info.txt");
    }
    for label in ["Payload-Oxum", "Bagging-Date", "Bag-Software-Agent", "Manifest-Offset"] {
        let lower = label.to_lowercase();
        list.refused_on_open(
            &format!("bag-info-without-{lower}"),
            OF,
            "a label is missing",
            move |draft| {
                draft.info(move |text| *text = text.replacen(label, &format!("X-{label}"), 1));
            },
        )
        .mentions(&format!("does not contain {label}"));
        list.refused_on_open(
            &format!("bag-info-twice-{lower}"),
            OF,
            "a label stands twice",
            move |draft| {
                draft.info(move |text| text.push_str(&format!("{label}: 1\n")));
            },
        )
        .mentions(&format!("contains {label} twice"));
    }
    list.refused_on_open(
        "bag-info-twice-in-another-case",
        OF,
        "a label twice, in another case",
        |draft| {
            draft.info(|text| text.push_str("backup-format: 2\n"));
        },
    )
    .mentions("contains backup-format twice");
    list.refused_on_open(
        "bag-info-no-label",
        OF,
        "a line that is no label and no value",
        |draft| {
            draft.info(|text| text.push_str("a line\n"));
        },
    )
    .mentions("a line without a label");
    list.refused_on_open("bag-info-folded", OF, "a value that goes on in the next line", |draft| {
        info(draft, "forge\n", "forge\n  and so on\n");
    })
    .mentions("a line without a label");
    list.refused_on_open(
        "bag-info-changed",
        OF,
        "bag-info.txt is not the one of the tag manifest",
        |draft| {
            draft.members(|members| {
                let info = find(members, "bag-info.txt");
                let text = String::from_utf8(info.content.clone()).expect("it is text");
                info.content = text.replace("2026", "2027").into_bytes();
            });
        },
    )
    .mentions("bag-info.txt does not have the expected digest");
    list.refused_on_open("bag-info-not-utf-8", OF, "bag-info.txt is not UTF-8", |draft| {
        draft.members(|members| find(members, "bag-info.txt").content[0] = 0xff);
    })
    .mentions("is not UTF-8");
    list.good("bag-info-more", "other labels in bag-info.txt", |draft| {
        draft.info(|text| text.push_str("External-Description: a forgery\nBagging-Dates: 1\n"));
    });
    list.refused_on_open("bag-info-twice", "manifest", "two files named bag-info.txt", |draft| {
        draft.members(|members| {
            let again = find(members, "bag-info.txt").clone();
            members.insert(members.len() - 2, again);
        });
    })
    .mentions("is not at the offset in bag-info.txt");
}

fn versions(list: &mut List) {
    for (name, version) in [("2", "2"), ("0", "0"), ("01", "01"), ("1.0", "1.0"), ("empty", "")] {
        let what = format!("format version {version:?} in bag-info.txt");
        list.refused_on_open(&format!("version-{name}"), "version", &what, move |draft| {
            set_label(draft, "Backup-Format", version);
        })
        .path("bag-info.txt")
        .mentions("this program reads only version 1");
    }
    list.refused_on_open("version-missing", OF, "no format version in bag-info.txt", |draft| {
        info(draft, "Backup-Format", "Format");
    })
    .mentions("does not contain Backup-Format");
    list.refused_on_open("version-twice", OF, "two format versions in bag-info.txt", |draft| {
        draft.info(|text| text.push_str("Backup-Format: 1\n"));
    })
    .mentions("contains Backup-Format twice");
    for version in [0u64, 2, u64::from(u32::MAX)] {
        let what = format!("format version {version} in the manifest");
        list.refused_on_open(
            &format!("version-of-manifest-{version}"),
            "version",
            &what,
            move |draft| {
                draft.manifest(move |manifest| manifest["backup"]["format"] = version.into());
            },
        )
        .mentions("the manifest has format version");
    }
    for (name, value) in [("text", "\"1\""), ("negative", "-1"), ("real", "1.0"), ("null", "null")]
    {
        let what = format!("format version {value} in the manifest");
        list.refused_on_open(
            &format!("version-of-manifest-{name}"),
            "manifest",
            &what,
            move |draft| {
                let value = serde_json::from_str(value).expect("it is JSON");
                draft.manifest(move |manifest| manifest["backup"]["format"] = value);
            },
        )
        .mentions("cannot be read");
    }
    list.refused_on_open(
        "version-of-manifest-missing",
        "manifest",
        "no version in the manifest",
        |draft| {
            draft.manifest(|manifest| {
                manifest["backup"].as_object_mut().expect("an object").remove("format");
            });
        },
    )
    .mentions("cannot be read");
    for (name, text) in [
        ("0.97", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"),
        ("utf-16", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n"),
        ("crlf", "BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n"),
        ("empty", ""),
    ] {
        list.refused_on_open(&format!("bagit-txt-{name}"), OF, "another bagit.txt", move |draft| {
            draft.payload(move |members| members[0] = Member::new("crm", "bagit.txt", text.into()));
        })
        .mentions("bagit.txt does not have the expected digest");
    }
    list.found_on_reading("readme-changed", "member-digest", "README.txt is another", |draft| {
        draft.members(|members| find(members, "README.txt").content[0] = b'X');
    })
    .path("crm/README.txt");
    list.found_on_reading(
        "bagit-txt-changed",
        "member-digest",
        "bagit.txt is not what it says",
        |draft| {
            draft.members(|members| find(members, "bagit.txt").content[0] = b'X');
        },
    )
    .path("crm/bagit.txt");
}

fn manifests(list: &mut List) {
    type Text = (&'static str, &'static str, &'static str, fn(&mut String));
    let malformed = "a line that is not a digest, two spaces and a path";
    let texts: [Text; 9] = [
        ("one-space", "a line with one space", malformed, |text| {
            *text = text.replacen("  ", " ", 1);
        }),
        ("star", "a line with a star", malformed, |text| *text = text.replacen("  ", " *", 1)),
        ("upper-case", "a digest in capitals", malformed, |text| {
            let digest = text[..64].to_uppercase();
            text.replace_range(..64, &digest);
        }),
        ("short-digest", "a digest that is too short", malformed, |text| {
            text.remove(0);
        }),
        ("empty-line", "an empty line", malformed, |text| text.push('\n')),
        ("no-line-feed", "no line feed at its end", "does not end with a line feed", |text| {
            text.pop();
        }),
        ("crlf", "lines that end with CR LF", "", |text| *text = text.replace('\n', "\r\n")),
        ("twice", "a member twice", "lists a member twice", |text| {
            let line = text.lines().next().expect("a line").to_owned();
            text.push_str(&format!("{line}\n"));
        }),
        ("empty", "nothing", "", String::clear),
    ];
    for (name, what, words, change) in texts {
        let (of_bag, of_tags) = match name {
            "crlf" | "empty" => ("manifest", "bag"),
            _ => (OF, OF),
        };
        let what = |file: &str| format!("{file} has {what}");
        let vector = list.refused_on_open(
            &format!("manifest-{name}"),
            of_bag,
            &what("manifest-sha256.txt"),
            move |draft| draft.lines(change),
        );
        if !words.is_empty() {
            vector.mentions(words);
        }
        let vector = list.refused_on_open(
            &format!("tag-manifest-{name}"),
            of_tags,
            &what("tagmanifest-sha256.txt"),
            move |draft| draft.tags(change),
        );
        if !words.is_empty() {
            vector.mentions(words);
        }
    }
    list.refused_on_open("tag-manifest-more", OF, "the tag manifest names another file", |draft| {
        draft.tags(|tags| tags.push_str(&format!("{}  fetch.txt\n", sha256(b""))));
    })
    .mentions("does not list exactly the tag files");
    list.refused_on_open(
        "tag-manifest-payload",
        OF,
        "the tag manifest names a member of data",
        |draft| {
            draft.tags(|tags| tags.push_str(&format!("{}  data/x\n", sha256(b""))));
        },
    )
    .mentions("does not list exactly the tag files");
    for path in ["README.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt"] {
        let name = format!("tag-manifest-without-{}", path.trim_end_matches(".txt").to_lowercase());
        list.refused_on_open(
            &name,
            OF,
            "the tag manifest does not name a tag file",
            move |draft| {
                draft.tags(move |tags| *tags = without(tags, path));
            },
        )
        .mentions("does not list exactly the tag files");
    }
    list.refused_on_open("manifest-changed", OF, "manifest-sha256.txt is another", |draft| {
        draft.tags(|tags| {
            let at = tags.find("  manifest-sha256.txt").expect("it is named") - 64;
            tags.replace_range(at..at + 64, &sha256(b"another"));
        });
    })
    .mentions("manifest-sha256.txt does not have the expected digest");
    list.refused_on_open(
        "package-changed",
        "manifest",
        "the manifest has another digest",
        |draft| {
            draft.lines(|lines| {
                let at = lines.find("  data/datapackage.json").expect("it is named") - 64;
                lines.replace_range(at..at + 64, &sha256(b"another"));
            });
        },
    )
    .mentions("does not have the digest in manifest-sha256.txt");
    list.refused_on_open(
        "manifest-more",
        "manifest",
        "a member that the package does not name",
        |draft| {
            draft.payload(|members| {
                members.push(Member::new("crm", "data/files/stray.txt", b"stray".into()));
            });
        },
    )
    .mentions("does not contain data/files/stray.txt");
    list.refused_on_open(
        "manifest-outside-of-data",
        "manifest",
        "a payload member outside data",
        |draft| {
            draft.lines(|lines| lines.push_str(&format!("{}  README.txt\n", sha256(b"x"))));
        },
    )
    .mentions("does not contain README.txt");
    for path in ["data/contents.jsonl", "data/datapackage.json", "data/files/report.pdf"] {
        let name = path.rsplit('/').next().expect("a name");
        let code = if name == "contents.jsonl" { "bag" } else { "manifest" };
        list.refused_on_open(
            &format!("manifest-without-{name}"),
            code,
            "a member is not named",
            move |draft| {
                draft.lines(move |lines| *lines = without(lines, path));
            },
        );
    }
}

fn without(lines: &str, path: &str) -> String {
    lines.split_inclusive('\n').filter(|line| !line.ends_with(&format!("  {path}\n"))).collect()
}

fn offsets(list: &mut List) {
    for (name, value, words) in [
        ("negative", "-1", "is not a number"),
        ("plus", "+1024", "is not a number"),
        ("hexadecimal", "0x400", "is not a number"),
        ("empty", "", "is not a number"),
        ("beyond-64-bits", "99999999999999999999", "is not a number"),
    ] {
        list.refused_on_open(
            &format!("offset-{name}"),
            OF,
            "a Manifest-Offset of no sense",
            move |draft| {
                set_label(draft, "Manifest-Offset", value);
            },
        )
        .mentions(words);
    }
    for (name, value) in [("most", "18446744073709551615"), ("exabyte", "1152921504606846976")] {
        list.refused_on_open(
            &format!("offset-{name}"),
            "manifest",
            "a Manifest-Offset past all",
            move |draft| {
                set_label(draft, "Manifest-Offset", value);
            },
        )
        .mentions("is not at the offset in bag-info.txt");
    }
    list.refused_on_open(
        "offset-zero",
        "manifest",
        "a Manifest-Offset of another member",
        |draft| {
            set_label(draft, "Manifest-Offset", "0");
        },
    )
    .mentions("is not at the offset in bag-info.txt");
    list.refused_on_open("offset-within", "member", "a Manifest-Offset within a member", |draft| {
        set_label(draft, "Manifest-Offset", "513");
    })
    .mentions("malformed");
}
