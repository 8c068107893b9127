//! Tar members made by hand, field by field.

/// A member of a tar, in its pieces.
#[derive(Clone)]
pub struct Member {
    /// Its name in the manifests, below the top folder.
    pub path: String,
    /// Its header, with the pax header before it if it has one.
    pub head: Vec<u8>,
    /// Its bytes.
    pub content: Vec<u8>,
    /// The padding of its last block.
    pub padding: Vec<u8>,
}

impl Member {
    /// A valid member.
    pub fn new(top: &str, path: &str, content: Vec<u8>) -> Self {
        let head = head(&format!("{top}/{path}"), content.len() as u64);
        let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
        Self { path: path.into(), head, content, padding }
    }

    /// How many bytes of the tar it takes.
    pub fn len(&self) -> usize {
        self.head.len() + self.content.len() + self.padding.len()
    }

    /// Whether it takes none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes a field of the header (not of a pax header), and corrects its checksum.
    pub fn field(&mut self, at: usize, bytes: &[u8]) {
        let start = self.head.len() - 512;
        let block = &mut self.head[start..];
        block[at..at + bytes.len()].copy_from_slice(bytes);
        sum(block);
    }

    /// Puts a pax header with these records before the header.
    pub fn pax(&mut self, records: &[u8]) {
        self.head.splice(..0, pax(b'x', records));
    }
}

/// The positions of the fields of a header.
pub mod at {
    /// The first hundred bytes of the path.
    pub const NAME: usize = 0;
    /// The size, octal.
    pub const SIZE: usize = 124;
    /// The checksum.
    pub const SUM: usize = 148;
    /// The type of the member.
    pub const KIND: usize = 156;
    /// The target of a link.
    pub const LINK: usize = 157;
    /// The magic, and the version after it.
    pub const MAGIC: usize = 257;
    /// The prefix of a long path.
    pub const PREFIX: usize = 345;
    /// The padding of the block.
    pub const PAD: usize = 500;
}

fn head(path: &str, size: u64) -> Vec<u8> {
    let mut head = Vec::new();
    if path.len() > 100 {
        head.extend(pax(b'x', &record("path", path)));
    }
    head.extend(block(path.as_bytes(), size, b'0'));
    head
}

/// A header block.
pub fn block(path: &[u8], size: u64, kind: u8) -> Vec<u8> {
    let mut block = vec![0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(at::NAME, &path[..path.len().min(100)]);
    put(100, b"0000644\x000000000\x000000000\0");
    put(at::SIZE, format!("{:011o}\0{:011o}\0", size.min(0o777_7777_7777), 0).as_bytes());
    put(at::KIND, &[kind]);
    put(at::MAGIC, b"ustar\x0000");
    sum(&mut block);
    block
}

/// Corrects a header's checksum.
pub fn sum(block: &mut [u8]) {
    block[at::SUM..at::SUM + 8].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[at::SUM..at::SUM + 8].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A pax header, or a global one.
pub fn pax(kind: u8, records: &[u8]) -> Vec<u8> {
    let mut pax = block(b"PaxHeaders/member", records.len() as u64, kind);
    pax.extend_from_slice(records);
    pax.resize(pax.len().next_multiple_of(512), 0);
    pax
}

/// A pax record: its length, which counts itself, its keyword and its value.
pub fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let fits = |digits: &usize| (rest + digits).to_string().len() == *digits;
    let digits = (1..=9).find(fits).expect("no record is that long");
    format!("{} {key}={value}\n", rest + digits).into_bytes()
}
