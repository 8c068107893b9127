//! The tar: it has the same members in chunks of any size.

use backup_core::fuzzing::members;

use super::{Input, Seed, samples, tar};

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let mode = input.byte();
    let lengths = input.array();
    let fixed;
    let tar = if mode & 1 == 0 {
        input.0
    } else {
        fixed = tar::with_checksums(input.0);
        &fixed
    };
    let (whole, judged) = members([tar]);
    let (cut, judged_cut) = members(Input::cut(tar, lengths));
    assert!(whole == cut, "the members depend on the chunks");
    assert_eq!(why(&judged), why(&judged_cut), "the result depends on the chunks");
    for member in &whole {
        let leaves = member.path.split('/').any(|name| matches!(name, "" | "." | ".."));
        assert!(!leaves && !member.path.contains(['\0', '\\']), "a path that may leave its folder");
    }
}

/// The error without its position, which is only as exact as the chunks are.
fn why(judged: &backup_core::Result<()>) -> Option<String> {
    let error = judged.as_ref().err()?;
    Some(error.to_string().replace(|c: char| c.is_ascii_digit(), ""))
}

pub(super) fn seeds() -> Vec<Seed> {
    let seeds = samples::all().flat_map(|(name, sample)| {
        [0, 1].map(|mode| {
            (format!("{name}-{mode}"), [&[mode, 255, 99, 0], &sample.tar()[..]].concat())
        })
    });
    seeds.chain([("pax".into(), [&[1, 255, 255, 255], &pax()[..]].concat())]).collect()
}

/// A tar with a path that needs a pax header, and the end.
fn pax() -> Vec<u8> {
    let (_, sample) = samples::all().next().expect("there are samples");
    let whole = sample.tar();
    let mut header = whole[..512].to_vec();
    let mut tar = Vec::new();
    header[156] = b'x';
    let path = "long/".repeat(40) + "name";
    let record = format!(" path={path}\n");
    let record = format!("{}{record}", record.len() + 3);
    tar::push(&header, format!("{record}9 size=3\n").as_bytes(), &mut tar);
    header[156] = b'0';
    tar::push(&header, b"abc", &mut tar);
    tar.extend([0; 1024]);
    tar
}
