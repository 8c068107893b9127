//! The tar: it has the same members in chunks of any size.

use std::io::{self, BufRead, Read};

use backup_core::internals::{Member, untar};

use super::{Input, Seed, samples, tar};

/// Bytes that come in chunks.
struct Chunks<'a, I>(&'a [u8], I);

impl<'a, I: Iterator<Item = &'a [u8]>> BufRead for Chunks<'a, I> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.0.is_empty() {
            let Some(next) = self.1.next() else { break };
            self.0 = next;
        }
        Ok(self.0)
    }

    fn consume(&mut self, count: usize) {
        self.0 = &self.0[count..];
    }
}

impl<'a, I: Iterator<Item = &'a [u8]>> Read for Chunks<'a, I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

/// The members of a tar that comes in these chunks, with their content, up to the first error.
fn members<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<(Member, Vec<u8>)>, backup_core::Result<()>) {
    let mut members: Vec<(Member, Vec<u8>)> = Vec::new();
    let result = untar(Chunks(&[], chunks.into_iter()), |member, piece| {
        match members.last_mut().filter(|(last, _)| last.offset == member.offset) {
            Some((_, content)) => content.extend_from_slice(piece),
            None => members.push((member.clone(), piece.to_vec())),
        }
        let (_, content) = members.last().expect("it was just added");
        let is_whole = content.len() as u64 == member.bytes;
        assert!(is_whole || !piece.is_empty(), "a member of another length");
    });
    (members, result)
}

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
    for (member, _) in &whole {
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
