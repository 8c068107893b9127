//! ZIP files: any bytes, or members made of the bytes.

use backup_core::source::{DiscoverOptions, ZipLimits, discover};
use backup_core::{ErrorKind, dry_run};

use super::archive::with_file;
use super::workbook::{is_archived, small};
use super::{Input, Seed};
use crate::zipped::{ZipMember, zip};

fn member(input: &mut Input<'_>) -> ZipMember {
    let how = input.byte();
    let length = usize::from(input.byte());
    let name = input.bytes(length);
    let content = input.sized();
    let mut member = match how & 3 {
        0 => ZipMember::stored("", content),
        1 => ZipMember::deflated("", content),
        2 if content.len() < 1 << 16 => ZipMember::deflated64("", content),
        // Arbitrary packed bytes, with sizes that may be wrong.
        _ => {
            let plain = u32::from_le_bytes(input.array());
            ZipMember { method: 8, bytes: plain, ..ZipMember::stored("", content) }
        }
    };
    member.name = name.to_vec();
    if how & 4 != 0 {
        member.flags = u16::from_le_bytes(input.array());
    }
    if how & 8 != 0 {
        member.mode = u32::from(u16::from_le_bytes(input.array()));
    }
    if how & 16 != 0 {
        let length = usize::from(input.byte());
        member.extra = input.bytes(length).to_vec();
    }
    if how & 32 != 0 {
        member.offset = Some(u32::from_le_bytes(input.array()));
    }
    member
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let made;
    let file = if input.byte() & 1 == 0 {
        input.0
    } else {
        let mut members = Vec::new();
        while !input.is_empty() && members.len() < 40 {
            members.push(member(&mut input));
        }
        made = zip(&members);
        &made
    };
    let limits = ZipLimits::default().plain_bytes(8 << 20);
    with_file("a.zip", file, |path| {
        let options = DiscoverOptions::default().zip(limits);
        let result =
            discover(&[path.to_path_buf()], &options).and_then(|found| dry_run(found, &()));
        match result {
            Ok(report) => is_archived(&report, "a.zip", file),
            Err(error) => {
                let expected = matches!(error.kind(), ErrorKind::Source { .. });
                assert!(expected, "it ends with {error:?}");
            }
        }
    });
}

pub(super) fn seeds() -> Vec<Seed> {
    let fixture = std::fs::read(crm_fixtures::shape("zip").path).expect("the fixture is read");
    let inner = zip(&[ZipMember::deflated("deep/b.csv", b"a,b\n1,2\n")]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = folder.path().join("a.sqlite");
    super::sqlite::small(&database);
    let database = std::fs::read(database).expect("the database is read");
    let members = [
        ZipMember::deflated("a.csv", b"id,name\n1,Ada\n").modified(1_700_000_000),
        ZipMember::stored("客户/b.csv", "编号\n1\n".as_bytes()),
        ZipMember::stored("", b"a;b\n1;2\n").named(b"\xbf\xcd\xbb\xa7.csv"),
        ZipMember::deflated64("c.bin", b"bytes"),
        ZipMember::stored("folder/", b""),
        ZipMember::deflated("link", b"a.csv").mode(0o120_777),
        ZipMember::deflated("inner.zip", &inner),
        ZipMember::deflated("a.sqlite", &database),
        ZipMember::deflated("book.xlsx", &small("xlsx")),
        ZipMember::deflated("../up.csv", b"a\n1\n"),
    ];
    let mut seeds = vec![("fixture".to_owned(), [&[0], &fixture[..]].concat())];
    seeds.push(("all".into(), [&[0], &zip(&members)[..]].concat()));
    for (number, member) in members.iter().enumerate() {
        let one = zip(std::slice::from_ref(member));
        seeds.push((format!("one-{number}"), [&[0], &one[..]].concat()));
    }
    let built = b"\x01\x01\x05a.csv\x08\0a,b\n1,2\n\x00\x05b.csv\x04\0a\n1\n\x02\x01c\x01\0x\
        \x05\x04\xbf\xcd.c\x02\0a\n\0\0\x0b\x01d\x04\0\x4b\x4c\x4a\0\x03\0\0\0\xff\xa1";
    seeds.push(("built".into(), built.to_vec()));
    seeds
}
