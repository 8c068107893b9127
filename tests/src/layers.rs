//! Removes the layers of an archive and adds them again, using only the crates of the standards, so that
//! tests can damage each layer.

use std::io::{Read, Write};

const SEEK_TABLE_MAGIC: u32 = 0x184D_2A5E;
const FOOTER_MAGIC: u32 = 0x8F92_EAB1;

/// A key pair of age, which encrypts and decrypts.
pub struct AgeKey(age::x25519::Identity);

impl AgeKey {
    /// A new pair.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The pair in the text of an identity file.
    pub fn of(identity_file: &str) -> Self {
        let secret = identity_file.lines().find(|line| line.starts_with("AGE-SECRET-KEY-"));
        Self(secret.expect("a secret key").parse().expect("it is an identity"))
    }

    /// Decrypts an age file.
    pub fn decrypt(&self, encrypted: &[u8]) -> Vec<u8> {
        let decryptor = age::Decryptor::new(encrypted).expect("it is an age file");
        let identities = std::iter::once(&self.0 as &dyn age::Identity);
        let mut plain = Vec::new();
        let mut reader = decryptor.decrypt(identities).expect("the key fits");
        reader.read_to_end(&mut plain).expect("every chunk authenticates");
        plain
    }

    /// Encrypts these bytes to the same key.
    pub fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let recipient = self.0.to_public();
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).expect("a recipient");
        let mut encrypted = Vec::new();
        let mut writer = encryptor.wrap_output(&mut encrypted).expect("memory takes it");
        writer.write_all(plain).expect("memory takes it");
        writer.finish().expect("memory takes it");
        encrypted
    }
}

/// The end of the age header and the nonce, where the first encrypted chunk begins.
pub fn payload_start(encrypted: &[u8]) -> usize {
    let mac = encrypted.windows(5).position(|bytes| bytes == b"\n--- ").expect("a header ends so");
    let line = encrypted[mac + 1..].iter().position(|byte| *byte == b'\n').expect("a line ends");
    mac + 1 + line + 1 + 16
}

/// The length of an encrypted chunk with its tag; the last one may be shorter.
pub const ENCRYPTED_CHUNK: usize = 64 * 1024 + 16;

/// A compressed frame, and its uncompressed length.
pub type Frame = (Vec<u8>, u32);

/// The frames, as the seek table lists them.
pub fn frames(compressed: &[u8]) -> Vec<Frame> {
    let footer = compressed.len() - 9;
    let number = |at: usize| {
        u32::from_le_bytes(compressed[at..at + 4].try_into().expect("there are four bytes"))
    };
    let count = number(footer) as usize;
    let mut at = 0;
    let entries = (0..count).map(|index| {
        let entry = footer - 8 * (count - index);
        let bytes = number(entry) as usize;
        at += bytes;
        (compressed[at - bytes..at].to_vec(), number(entry + 4))
    });
    entries.collect()
}

/// Frames, and the seek table that describes them.
pub fn with_table(frames: &[Frame]) -> Vec<u8> {
    let mut out: Vec<u8> = frames.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
    let mut push = |number: u32| out.extend_from_slice(&number.to_le_bytes());
    push(SEEK_TABLE_MAGIC);
    push(frames.len() as u32 * 8 + 9);
    for (bytes, plain) in frames {
        push(bytes.len() as u32);
        push(*plain);
    }
    push(frames.len() as u32);
    out.push(0);
    out.extend_from_slice(&FOOTER_MAGIC.to_le_bytes());
    out
}

/// What a frame unpacks to.
pub fn unpacked(frame: &Frame) -> Vec<u8> {
    zstd::bulk::decompress(&frame.0, frame.1 as usize).expect("it unpacks")
}

/// A frame of these bytes.
pub fn packed(plain: &[u8]) -> Frame {
    let mut compressor = zstd::bulk::Compressor::new(1).expect("a compressor");
    let checksum = zstd::zstd_safe::CParameter::ChecksumFlag(true);
    compressor.set_parameter(checksum).expect("frames have checksums");
    (compressor.compress(plain).expect("it is compressed"), plain.len() as u32)
}
