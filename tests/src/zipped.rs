//! ZIP files made byte by byte, including ones that no ordinary program makes.

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// A member, with the fields of its headers.
#[derive(Debug, Clone)]
pub struct ZipMember {
    /// Its name, in any encoding.
    pub name: Vec<u8>,
    /// The general purpose flags: bit 0 means encrypted, bit 11 a UTF-8 name.
    pub flags: u16,
    /// 0 is stored, 8 deflated, 9 deflated with a window of 64 KiB.
    pub method: u16,
    /// The bytes stored in the ZIP file.
    pub packed: Vec<u8>,
    /// The stated uncompressed size.
    pub bytes: u32,
    /// The stated CRC-32.
    pub crc32: u32,
    /// The mode of a Unix file, or 0.
    pub mode: u32,
    /// Further fields of the directory, such as a time.
    pub extra: Vec<u8>,
    /// The stated position of its header, if it is not the real one.
    pub offset: Option<u32>,
}

impl ZipMember {
    /// Deflated.
    pub fn deflated(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("memory takes bytes");
        let packed = encoder.finish().expect("memory takes bytes");
        Self { method: 8, packed, ..Self::stored(name, content) }
    }

    /// Stored.
    pub fn stored(name: &str, content: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(content);
        Self {
            name: name.as_bytes().to_vec(),
            flags: 1 << 11,
            method: 0,
            packed: content.to_vec(),
            bytes: content.len() as u32,
            crc32: crc.sum(),
            mode: 0,
            extra: Vec::new(),
            offset: None,
        }
    }

    /// Deflated with the large window, in one block that is not compressed.
    pub fn deflated64(name: &str, content: &[u8]) -> Self {
        let length = u16::try_from(content.len()).expect("one block holds 64 KiB");
        let mut packed = vec![1];
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(content);
        Self { method: 9, packed, ..Self::stored(name, content) }
    }

    /// With a name of these bytes, without a stated encoding.
    pub fn named(self, name: &[u8]) -> Self {
        Self { name: name.to_vec(), flags: 0, ..self }
    }

    /// Last changed at this second since 1970, UTC.
    pub fn modified(mut self, second: i32) -> Self {
        self.extra.extend(0x5455_u16.to_le_bytes());
        self.extra.extend(5_u16.to_le_bytes());
        self.extra.push(1);
        self.extra.extend(second.to_le_bytes());
        self
    }

    /// With the permissions of a Unix file, as a symbolic link has them.
    pub fn mode(self, mode: u32) -> Self {
        Self { mode, ..self }
    }

    /// The fields of both headers: version, flags, method, time, checksum, sizes, length of the
    /// name.
    fn head(&self) -> Vec<u8> {
        let mut head = Vec::new();
        // 2026-03-17 10:20:30, local time.
        let (time, date) = (10 << 11 | 20 << 5 | 15, (2026 - 1980) << 9 | 3 << 5 | 17);
        for field in [20, self.flags, self.method, time, date] {
            head.extend(u16::to_le_bytes(field));
        }
        for field in [self.crc32, self.packed.len() as u32, self.bytes] {
            head.extend(field.to_le_bytes());
        }
        head.extend((self.name.len() as u16).to_le_bytes());
        head
    }
}

/// A ZIP file of these members.
pub fn zip(members: &[ZipMember]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let offset = member.offset.unwrap_or(bytes.len() as u32);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(member.head());
        bytes.extend([0, 0]);
        bytes.extend(&member.name);
        bytes.extend(&member.packed);

        directory.extend(b"PK\x01\x02");
        directory.extend([20, if member.mode == 0 { 0 } else { 3 }]);
        directory.extend(member.head());
        directory.extend((member.extra.len() as u16).to_le_bytes());
        directory.extend([0; 6]);
        directory.extend((member.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&member.name);
        directory.extend(&member.extra);
    }
    let (count, begins) = (members.len() as u16, bytes.len() as u32);
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(begins.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
