//! Forged tar members: their headers, their paths and their pax headers.

use super::List;
use super::draft::Draft;
use super::tar::{Member, at, pax as pax_header, record};

const REPORT: &str = "data/files/report.pdf";
const OF: &str = "member";

fn report(draft: &mut Draft, change: impl FnOnce(&mut Member) + 'static) {
    draft.member(REPORT, change);
}

pub(super) fn headers(list: &mut List) {
    let kinds: [(&str, u8); 15] = [
        ("hard-link", b'1'),
        ("symbolic-link", b'2'),
        ("character-device", b'3'),
        ("block-device", b'4'),
        ("folder", b'5'),
        ("fifo", b'6'),
        ("contiguous", b'7'),
        ("global-pax", b'g'),
        ("sparse", b'S'),
        ("gnu-long-name", b'L'),
        ("gnu-long-link", b'K'),
        ("gnu-multi-volume", b'M'),
        ("gnu-directory", b'D'),
        ("solaris-pax", b'X'),
        ("old", 0),
    ];
    for (name, kind) in kinds {
        let what = format!("a member of type {:?}", char::from(kind));
        list.found_on_reading(&format!("tar-type-{name}"), OF, &what, move |draft| {
            report(draft, move |member| member.field(at::KIND, &[kind]));
        })
        .mentions("not a regular file");
    }
    list.found_on_reading(
        "tar-symbolic-link-out",
        OF,
        "a symbolic link out of the folder",
        |draft| {
            report(draft, |member| {
                member.field(at::KIND, b"2");
                member.field(at::LINK, b"../../../etc/passwd");
            });
        },
    )
    .mentions("not a regular file");
    list.found_on_reading(
        "tar-global-pax-before",
        OF,
        "a global pax header before a member",
        |draft| {
            report(draft, |member| {
                member.head.splice(..0, pax_header(b'g', &record("path", "crm/data/other")));
            });
        },
    )
    .mentions("not a regular file");
    type Field = (&'static str, &'static str, usize, &'static [u8], &'static str);
    let fields: [Field; 16] = [
        ("link-name", "a file with a link name", at::LINK, b"x", "with a link name"),
        ("prefix", "a path in two fields", at::PREFIX, b"x", "split over two fields"),
        ("magic-gnu", "the magic of GNU", at::MAGIC, b"ustar  \0", "not a ustar header"),
        ("magic-none", "no magic at all", at::MAGIC, &[0; 8], "not a ustar header"),
        ("version", "another version", at::MAGIC + 6, b"01", "not a ustar header"),
        ("size-base-256", "a size that is no octal number", at::SIZE, &[0x80], "not an octal"),
        ("size-negative", "a negative size", at::SIZE, &[0xff; 12], "not an octal"),
        ("size-minus", "a size with a minus", at::SIZE, b"-0000000001\0", "not an octal"),
        ("size-spaces", "a size with spaces", at::SIZE, b"         21\0", "not an octal"),
        ("size-short", "a size that ends with a space", at::SIZE + 11, b" ", "not an octal"),
        ("size-digit", "a size with an eight in it", at::SIZE + 10, b"8", "not an octal"),
        (
            "size-less",
            "a size of a byte less",
            at::SIZE,
            b"00000000020\0",
            "does not have the offset or the length",
        ),
        (
            "size-more",
            "a size of a byte more",
            at::SIZE,
            b"00000000022\0",
            "does not have the offset or the length",
        ),
        (
            "size-eight-gigabytes",
            "the largest size",
            at::SIZE,
            b"77777777777\0",
            "does not have the offset",
        ),
        ("name-after-nul", "something after a name's NUL", at::NAME + 30, b"x", "after its end"),
        ("header-padding", "something in a header's padding", at::PAD, b"x", "padding that is"),
    ];
    for (name, what, from, bytes, mentions) in fields {
        list.found_on_reading(&format!("tar-{name}"), OF, what, move |draft| {
            report(draft, move |member| member.field(from, bytes));
        })
        .mentions(mentions);
    }
    list.good("tar-owners-and-times", "owners, modes and times of no sense", |draft| {
        report(draft, |member| {
            member.field(100, &[0xff; 24]);
            member.field(136, &[0xff; 12]);
            member.field(265, &[0xff; 80]);
        });
    });
    type Sum = (&'static str, &'static str, fn(&mut [u8]));
    let sums: [Sum; 4] = [
        ("wrong", "a checksum of another header", |sum| sum[5] ^= 1),
        ("blank", "a checksum of blanks", |sum| sum.fill(b' ')),
        ("zero", "a checksum of NULs", |sum| sum.fill(0)),
        ("form", "a checksum that is not octal", |sum| sum[0] = b'x'),
    ];
    for (name, what, change) in sums {
        list.found_on_reading(&format!("tar-checksum-{name}"), OF, what, move |draft| {
            report(draft, move |member| change(&mut member.head[at::SUM..at::SUM + 8]));
        })
        .mentions("checksum is wrong");
    }
    list.good("tar-checksum-of-seven", "a checksum of seven digits", |draft| {
        report(draft, |member| {
            let sum: u32 = member.head[..at::SUM]
                .iter()
                .chain(&member.head[at::KIND..])
                .map(|byte| u32::from(*byte))
                .sum();
            let digits = format!("{:07o}\0", sum + 8 * 32);
            member.head[at::SUM..at::SUM + 8].copy_from_slice(digits.as_bytes());
        });
    });
    list.found_on_reading("tar-padding", OF, "padding after a member that is not zero", |draft| {
        report(draft, |member| *member.padding.last_mut().expect("it is padded") = 1);
    })
    .mentions("padding that is not zero");
}

fn at_path(draft: &mut Draft, path: &str) {
    draft.files[0].member = path.into();
}

pub(super) fn paths(list: &mut List) {
    let dotted = "absolute, or contains an empty name, . or ..";
    let odd = "a path with a forbidden byte";
    let paths: [(&str, &str, &str, &str); 9] = [
        ("parent", "a path with .. in it", "data/files/../report.pdf", dotted),
        ("parents", "a path out of the folder", "data/files/../../../../report.pdf", dotted),
        ("dot", "a path with . in it", "data/files/./report.pdf", dotted),
        ("empty", "a path with nothing between slashes", "data/files//report.pdf", dotted),
        ("slash", "a path that ends with a slash", "data/files/report.pdf/", dotted),
        ("backslash", "a path with backslashes", "data/files/..\\..\\report.pdf", odd),
        ("cr", "a path with a CR", "data/files/report\r.pdf", odd),
        ("lf", "a path with an LF, of which no line of the bag can tell", "data/files/a\nb", ""),
        ("too-long", "a path of 4,097 bytes", "", "too long"),
    ];
    for (name, what, path, mentions) in paths {
        let vector = match name {
            "too-long" => list.found_on_reading("path-too-long", OF, what, |draft| {
                at_path(draft, &long_path(4097 - "crm/".len()));
            }),
            "lf" => list
                .refused_on_open("path-lf", "bag", what, |draft| at_path(draft, "data/files/a\nb")),
            _ => list.found_on_reading(&format!("path-{name}"), OF, what, move |draft| {
                at_path(draft, path)
            }),
        };
        if !mentions.is_empty() {
            vector.mentions(mentions);
        }
    }
    list.good("path-of-4096-bytes", "the longest path that there may be", |draft| {
        at_path(draft, &long_path(4096 - "crm/".len()));
    });
    for (name, top, mentions) in [
        ("parent", "..", "absolute, or"),
        ("dot", ".", "absolute, or"),
        ("absolute", "", "absolute, or"),
        ("nested", "crm/inner", "does not end with bag-info.txt"),
        ("elsewhere", "/crm-backup-forged", "absolute, or"),
    ] {
        list.refused_on_open(
            &format!("top-{name}"),
            OF,
            "a top folder that is none",
            move |draft| {
                draft.top = top.into();
            },
        )
        .mentions(mentions);
    }
    list.good("top-odd", "a top folder with an odd name", |draft| {
        draft.top = "-rf ~ \u{1b}[31m".into()
    });
    list.found_on_reading("path-not-utf-8", OF, "a path that is not UTF-8", |draft| {
        report(draft, |member| member.field(at::NAME + 10, &[0xff]));
    })
    .mentions("not UTF-8");
    list.found_on_reading("path-of-nothing", OF, "a member without a name", |draft| {
        report(draft, |member| member.field(at::NAME, &[0; 100]));
    })
    .mentions("absolute, or");
}

/// A path of this many bytes below `data/files`.
fn long_path(bytes: usize) -> String {
    let mut path = String::from("data/files/");
    while path.len() + 201 < bytes {
        path.push_str(&"x".repeat(199));
        path.push('/');
    }
    let rest = bytes - path.len();
    path + &"y".repeat(rest)
}

pub(super) fn pax(list: &mut List) {
    const MALFORMED: &str = "a malformed pax record";
    const NOT_HERE: &str = "a pax record that the format does not allow";
    let path = record("path", &format!("crm/{REPORT}"));
    let cases: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        (
            "needless-path",
            "a pax path that the header has room for",
            path.clone(),
            "an unnecessary pax",
        ),
        (
            "needless-size",
            "a pax size that the header has room for",
            record("size", "17"),
            "an unnecessary pax",
        ),
        ("empty", "a pax header of no records", Vec::new(), "an unnecessary pax"),
        ("mtime", "a time in a pax record", record("mtime", "1.5"), NOT_HERE),
        ("link", "a link in a pax record", record("linkpath", "/etc/passwd"), NOT_HERE),
        ("attribute", "an attribute in a pax record", record("SCHILY.xattr.user.x", "y"), NOT_HERE),
        ("sparse", "a sparse file in pax records", record("GNU.sparse.major", "1"), NOT_HERE),
        ("charset", "another character set", record("hdrcharset", "BINARY"), NOT_HERE),
        ("path-twice", "two paths in one pax header", [path.clone(), path].concat(), NOT_HERE),
        ("size-negative", "a negative size", record("size", "-17"), NOT_HERE),
        ("size-plus", "a size with a plus", record("size", "+17"), NOT_HERE),
        ("size-fraction", "a size that is no whole number", record("size", "17.0"), NOT_HERE),
        ("size-empty", "a size of no digits", record("size", ""), MALFORMED),
        ("size-beyond", "a size of more than 64 bits", record("size", &"9".repeat(30)), MALFORMED),
        ("length-zero", "a record of no length", b"0 path=x\n".to_vec(), MALFORMED),
        ("length-less", "a record that ends too soon", b"9 path=xyz\n".to_vec(), MALFORMED),
        ("length-more", "a record longer than its header", b"99 path=x\n".to_vec(), MALFORMED),
        ("length-plus", "a length with a plus", b"+11 path=x\n".to_vec(), MALFORMED),
        ("length-zeros", "a length that begins with zero", b"011 path=x\n".to_vec(), MALFORMED),
        (
            "length-beyond",
            "a length of more than 64 bits",
            [&b"9".repeat(30)[..], b" path=x\n"].concat(),
            MALFORMED,
        ),
        ("no-space", "a record without a space", b"10path=x\n".to_vec(), MALFORMED),
        ("no-equals", "a record without a value", b"9 path.x\n".to_vec(), MALFORMED),
        ("no-line-feed", "a record without a line feed", b"10 path=x.".to_vec(), MALFORMED),
        ("not-utf-8", "a path that is not UTF-8", b"10 path=\xff\n".to_vec(), MALFORMED),
        ("too-long", "a pax header of more than 16 KiB", vec![b'x'; 16 * 1024 + 1], "too long"),
        (
            "nul",
            "a path with a NUL",
            record("path", &format!("crm/{}\0x", "d".repeat(120))),
            "forbidden byte",
        ),
        (
            "parent",
            "a pax path out of the folder",
            record("path", &format!("crm/../{}", "d".repeat(120))),
            "absolute, or",
        ),
        (
            "absolute",
            "an absolute pax path",
            record("path", &format!("/{}", "d".repeat(120))),
            "absolute, or",
        ),
        (
            "other-name",
            "a pax path that begins otherwise than the name",
            record("path", &format!("crm/{}", "d".repeat(120))),
            "another path than its name",
        ),
        (
            "name-of-2-mb",
            "a name of two megabytes",
            record("path", &format!("crm/{}", "d".repeat(2 << 20))),
            "too long",
        ),
        (
            "size-lies",
            "a size of an exabyte",
            record("size", "1152921504606846976"),
            "two different sizes",
        ),
        (
            "size-most",
            "the largest size of all",
            record("size", "18446744073709551615"),
            "two different sizes",
        ),
    ];
    for (name, what, records, mentions) in cases {
        let named = ["nul", "parent", "absolute"].contains(&name);
        list.found_on_reading(&format!("pax-{name}"), OF, what, move |draft| {
            report(draft, move |member| {
                if named {
                    let value = records.splitn(2, |byte| *byte == b'=').last().expect("a value");
                    let value: Vec<u8> = value[..100].to_vec();
                    member.field(at::NAME, &value);
                }
                member.pax(&records);
            });
        })
        .mentions(mentions);
    }
    list.found_on_reading(
        "pax-size-and-field",
        OF,
        "a size of an exabyte in both places",
        |draft| {
            report(draft, |member| {
                member.field(at::SIZE, b"77777777777\0");
                member.pax(&record("size", "1152921504606846976"));
            });
        },
    )
    .mentions("does not have the offset or the length");
    list.found_on_reading("pax-twice", OF, "two pax headers in a row", |draft| {
        draft.files[0].member = format!("data/files/{}", "d".repeat(120));
        draft.payload(|members| {
            let member = members.iter_mut().find(|member| member.path.contains("ddd"));
            let member = member.expect("it is there");
            let first = member.head[..1024].to_vec();
            member.head.splice(..0, first);
        });
    })
    .mentions("two pax headers in a row");
    list.refused_on_open("pax-at-the-end", OF, "a pax header that belongs to no member", |draft| {
        draft.members(|members| {
            let end = members.last_mut().expect("there are members");
            end.padding.extend(pax_header(b'x', &record("path", &"d".repeat(120))));
        });
    })
    .mentions("belongs to no member");
    list.found_on_reading("pax-padding", OF, "padding of a pax header that is not zero", |draft| {
        draft.files[0].member = format!("data/files/{}", "d".repeat(120));
        draft.payload(|members| {
            let member = members.iter_mut().find(|member| member.path.contains("ddd"));
            member.expect("it is there").head[1023] = 1;
        });
    })
    .mentions("padding that is not zero");
    list.good("pax-path", "a path of more than a hundred bytes", |draft| {
        draft.files[0].member = format!("data/files/{}", "d".repeat(120));
    });
}
