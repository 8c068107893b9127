//! A ZIP of stored files.

pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut central) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let (offset, length) = (out.len() as u32, content.len() as u32);
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32(content).to_le_bytes());
        common.extend([length.to_le_bytes(), length.to_le_bytes()].concat());
        common.extend((name.len() as u32).to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(*content);
        central.extend(b"PK\x01\x02\x14\x00");
        central.extend(&common);
        central.extend([0; 10]);
        central.extend(offset.to_le_bytes());
        central.extend(name.as_bytes());
    }
    let (at, count) = (out.len() as u32, files.len() as u16);
    out.extend(&central);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((central.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// The members of a ZIP that `zip` has written.
pub fn members(mut bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut members = Vec::new();
    while bytes.starts_with(b"PK\x03\x04") {
        let number = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize
        };
        let (length, name) = (number(18), number(26) & 0xffff);
        let content = 30 + name;
        let text = String::from_utf8(bytes[30..content].to_vec()).expect("a name");
        members.push((text, bytes[content..content + length].to_vec()));
        bytes = &bytes[content + length..];
    }
    members
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// The workbook with one of its members replaced, renamed or removed.
pub fn with(bytes: &[u8], change: impl Fn(&str, &[u8]) -> Option<(String, Vec<u8>)>) -> Vec<u8> {
    let members = members(bytes);
    let changed: Vec<_> =
        members.iter().filter_map(|(name, content)| change(name, content)).collect();
    let parts: Vec<_> =
        changed.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    zip(&parts)
}

/// The workbook with a text in a member replaced.
pub fn replaced(bytes: &[u8], member: &str, old: &str, new: &str) -> Vec<u8> {
    with(bytes, |name, content| {
        let content = match name == member {
            true => {
                let text = String::from_utf8(content.to_vec()).expect("a part is text");
                assert!(text.contains(old), "{member} contains {old}");
                text.replace(old, new).into_bytes()
            }
            false => content.to_vec(),
        };
        Some((name.to_owned(), content))
    })
}
