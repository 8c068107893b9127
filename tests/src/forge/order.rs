//! Members that are missing, doubled, out of place or not named, and the ends of a tar.

use super::List;
use super::draft::{Draft, find};
use super::tar::{Member, at, block, sum};

const REPORT: &str = "data/files/report.pdf";
const OF: &str = "member";

fn report(draft: &mut Draft, change: impl FnOnce(&mut Member) + 'static) {
    draft.member(REPORT, change);
}

pub(super) fn order(list: &mut List) {
    list.found_on_reading("member-twice", OF, "a member that occurs twice", |draft| {
        draft.payload(|members| {
            let again = find(members, REPORT).clone();
            members.push(again);
        });
        draft.lines(|lines| *lines = once(lines, REPORT));
    })
    .mentions("occurs twice");
    list.found_on_reading("tag-file-twice", OF, "a tag file that occurs twice", |draft| {
        draft.payload(|members| {
            let again = find(members, "README.txt").clone();
            members.push(again);
        });
        draft.tags(|tags| *tags = once(tags, "README.txt"));
    })
    .mentions("occurs twice");
    list.found_on_reading(
        "member-outside-the-bag",
        OF,
        "a member under another top folder",
        |draft| {
            draft.payload(|members| members.insert(2, Member::new("other", "x", b"stray".into())));
            draft.tags(|tags| *tags = without(tags, "  x\n"));
        },
    )
    .mentions("is not in a manifest");
    list.found_on_reading(
        "member-in-no-manifest",
        OF,
        "a member that no manifest names",
        |draft| {
            draft.payload(|members| {
                members.insert(2, Member::new("crm", "data/files/stray", b"stray".into()));
            });
            draft.lines(|lines| *lines = without(lines, "  data/files/stray\n"));
        },
    )
    .mentions("is not in a manifest");
    list.found_on_reading(
        "tag-file-in-no-manifest",
        OF,
        "a tag file that no manifest names",
        |draft| {
            draft
                .payload(|members| members.insert(2, Member::new("crm", "fetch.txt", b"x".into())));
            draft.tags(|tags| *tags = without(tags, "  fetch.txt\n"));
        },
    )
    .mentions("is not in a manifest");
    for (name, path) in [
        ("part-missing", "data/tables/0001-accounts/part-00000002.csv"),
        ("file-missing", "data/schema/crm.sqlite.schema.sql"),
    ] {
        list.found_on_reading(
            name,
            OF,
            "a member that both manifests name, and that is not there",
            move |draft| {
                let digest = draft.digest_of(path);
                draft.payload(move |members| members.retain(|member| member.path != path));
                draft.lines(move |lines| lines.push_str(&format!("{digest}  {path}\n")));
            },
        )
        .mentions("comes before members that must precede it");
    }
    list.found_on_reading(
        "readme-missing",
        OF,
        "a tag file that is named and not there",
        |draft| {
            let digest = draft.digest_of("README.txt");
            draft.payload(|members| members.retain(|member| member.path != "README.txt"));
            draft.tags(move |tags| tags.push_str(&format!("{digest}  README.txt\n")));
        },
    )
    .mentions("comes before members that must precede it");
    list.found_on_reading(
        "parts-out-of-order",
        OF,
        "the second part of a table before the first",
        |draft| {
            draft.payload(|members| members.swap(2, 3));
        },
    )
    .mentions("comes before an earlier part");
    list.good("tables-alternate", "a part of one table between those of another", |draft| {
        draft.payload(|members| members.swap(3, 4));
    });
    list.good("files-first", "files first, then the tag files and the tables", |draft| {
        draft.payload(|members| members.rotate_left(5));
    });
    list.found_on_reading("contents-too-soon", OF, "contents.jsonl before a file", |draft| {
        draft.members(|members| {
            let contents = members.iter().position(|member| member.path == "data/contents.jsonl");
            let contents = contents.expect("it is there");
            members.swap(contents - 1, contents);
        });
    })
    .mentions("comes before members that must precede it");
    list.found_on_reading(
        "offset-of-a-part",
        OF,
        "a part at another byte than the manifest says",
        |draft| {
            draft.manifest(|manifest| {
                let offset = &mut manifest["resources"][0]["backup"]["parts"][1]["offset"];
                *offset = (offset.as_u64().expect("a number") + 512).into();
            });
        },
    )
    .mentions("does not have the offset or the length");
    list.found_on_reading(
        "offset-of-a-file",
        OF,
        "a file at another byte than the manifest says",
        |draft| {
            draft.manifest(|manifest| manifest["backup"]["files"][0]["offset"] = u64::MAX.into());
        },
    )
    .mentions("does not have the offset or the length");
    list.found_on_reading(
        "bytes-of-a-part",
        OF,
        "a part of another length than the manifest says",
        |draft| {
            draft.manifest(|manifest| {
                manifest["resources"][0]["backup"]["parts"][1]["bytes"] = (1u64 << 50).into();
            });
        },
    )
    .mentions("does not have the offset or the length");
    list.found_on_reading(
        "bytes-of-a-file",
        OF,
        "a file of another length than the manifest says",
        |draft| {
            draft.manifest(|manifest| manifest["backup"]["files"][0]["bytes"] = 1.into());
        },
    )
    .mentions("does not have the offset or the length");
    tail(list);
    ends(list);
}

fn without(lines: &str, end: &str) -> String {
    lines.split_inclusive('\n').filter(|line| !line.ends_with(end)).collect()
}

fn once(lines: &str, path: &str) -> String {
    let line = lines.split_inclusive('\n').find(|line| line.contains(path)).expect("it is named");
    lines.replacen(line, "", 1)
}

fn tail(list: &mut List) {
    let where_it_is = "is not at the offset in bag-info.txt";
    type Order = (&'static str, &'static str, fn(&mut Vec<Member>));
    let orders: [Order; 4] = [
        ("manifest-after-the-bag", "the manifest after manifest-sha256.txt", |members| {
            let last = members.len() - 1;
            members.swap(last - 3, last - 2);
        }),
        ("tag-manifest-first", "the tag manifest before the manifest of the bag", |members| {
            let last = members.len() - 1;
            members.swap(last - 2, last - 1);
        }),
        ("member-in-the-tail", "a member among the tag files at the end", |members| {
            let last = members.len() - 1;
            members.insert(last - 1, Member::new("crm", "stray", b"stray".into()));
        }),
        ("tag-manifest-missing", "an archive without tagmanifest-sha256.txt", |members| {
            members.remove(members.len() - 2);
        }),
    ];
    for (name, what, change) in orders {
        list.refused_on_open(name, "manifest", what, move |draft| draft.members(change))
            .mentions(where_it_is);
    }
    list.refused_on_open("tail-member-twice", OF, "the manifest twice at the end", |draft| {
        draft.members(|members| {
            let again = find(members, "data/datapackage.json").clone();
            members.insert(members.len() - 2, again);
        });
    })
    .mentions("occurs twice");
    list.refused_on_open("tail-size-lies", OF, "a tag manifest that claims to go on", |draft| {
        draft.members(|members| {
            let tags = find(members, "tagmanifest-sha256.txt");
            let size = format!("{:011o}\0", tags.content.len() + 100_000);
            tags.field(at::SIZE, size.as_bytes());
        });
    })
    .mentions("ends within a member");
    list.refused_on_open("bag-info-not-last", OF, "another member after bag-info.txt", |draft| {
        draft.members(|members| members.push(Member::new("crm", "last.txt", b"last".into())));
    })
    .mentions("does not end with bag-info.txt");
    list.refused_on_open(
        "bag-info-not-alone",
        OF,
        "another member in the frame of bag-info.txt",
        |draft| {
            draft.tar(|tar| tar.cuts.truncate(1));
        },
    )
    .mentions("does not end with bag-info.txt");
    list.refused_on_open("bag-info-cut", OF, "bag-info.txt in two frames", |draft| {
        draft.tar(|tar| tar.cuts.push(tar.bytes.len() - 1024));
    })
    .mentions("does not end with bag-info.txt");
}

fn ends(list: &mut List) {
    type End = (&'static str, &'static str, &'static str, fn(&mut Vec<u8>));
    let ends: [End; 6] = [
        ("missing", "a tar without its end", "ends before its end marker", |tar| {
            tar.truncate(tar.len() - 1024);
        }),
        ("half", "a tar that ends with one block of zeros", "ends before its end marker", |tar| {
            tar.truncate(tar.len() - 512);
        }),
        ("within-a-block", "a tar that ends within a block", "ends before its end marker", |tar| {
            tar.truncate(tar.len() - 1);
        }),
        ("more-zeros", "a third block of zeros", "bytes after the end", |tar| {
            tar.extend([0; 512]);
        }),
        ("one-byte", "a byte after the end", "bytes after the end", |tar| tar.push(1)),
        ("another-member", "a member after the end", "bytes after the end", |tar| {
            tar.extend(block(b"crm/data/after", 0, b'0'));
            tar.extend([0; 1024]);
        }),
    ];
    for (name, what, mentions, change) in ends {
        list.refused_on_open(&format!("tar-end-{name}"), OF, what, move |draft| {
            draft.tar(move |tar| change(&mut tar.bytes));
        })
        .mentions(mentions);
    }
    list.found_on_reading("tar-zero-block", OF, "a block of zeros between members", |draft| {
        report(draft, |member| member.padding.extend([0; 512]));
    })
    .mentions("a single zero block");
    list.found_on_reading("tar-zero-blocks", OF, "the end of the tar before its end", |draft| {
        report(draft, |member| member.padding.extend([0; 1024]));
    })
    .mentions("bytes after the end");
    list.found_on_reading("tar-garbage", OF, "a block of anything between members", |draft| {
        report(draft, |member| member.padding.extend([0x55; 512]));
    })
    .mentions("not a ustar header");
    list.found_on_reading(
        "tar-header-of-zeros",
        OF,
        "a header of zeros with a checksum",
        |draft| {
            report(draft, |member| {
                member.head.fill(0);
                sum(&mut member.head);
            });
        },
    )
    .mentions("not a ustar header");
}
