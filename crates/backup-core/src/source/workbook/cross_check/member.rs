//! A member of the ZIP file that is being unpacked, with limits for its unpacked size.

use std::io::{self, BufReader, Read};

use zip::read::ZipFile;

use super::super::errors::damaged;
use super::super::input::Input;
use crate::error::Error;
use crate::i18n::message;

pub(super) type Part<'a> = BufReader<Member<'a>>;

pub(super) struct Member<'a> {
    pub(super) file: ZipFile<'a, BufReader<Input>>,
    /// The number of bytes that were read.
    pub(super) bytes: u64,
    /// The number of bytes that the member unpacked to whenever it was read.
    pub(super) unpacked: &'a mut u64,
    /// The number of bytes that all members may still unpack to.
    pub(super) room: &'a mut u64,
    /// The initial value of `room`.
    pub(super) max_plain: u64,
    /// The number of bytes that may be read before the reader resets this. No program writes such
    /// long records.
    pub(super) most: u64,
}

impl Read for Member<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes += read as u64;
        let new = self.bytes.saturating_sub(*self.unpacked);
        *self.unpacked += new;
        *self.room = self.room.checked_sub(new).ok_or_else(|| {
            let most = self.max_plain.to_string();
            io::Error::other(Error::limit(message!("workbook-too-large", most = most)))
        })?;
        let most = self.most.checked_sub(read as u64);
        self.most =
            most.ok_or_else(|| io::Error::other(damaged(message!("damage-large-record"))))?;
        Ok(read)
    }
}
