//! The ZIP file around the parts of xlsx, xlsb and ods.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::super::input::{Input, Shared};
use super::super::protected;
use super::damaged;
use super::xml::{Xml, attribute};
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

/// A ZIP file whose members are all unpacked once: none is damaged, and together they are not larger
/// than was allowed. The small ones are at the beginning, a large one where it is first read, and
/// the others at the end.
pub(super) struct Package {
    zip: ZipArchive<Input>,
    /// By their names in lower case with forward slashes.
    members: HashMap<String, Member>,
    room: Room,
}

struct Member {
    index: usize,
    /// How many bytes came out of it; `None` until it is read to its end.
    bytes: Option<u64>,
}

/// How many bytes may be unpacked still.
struct Room {
    most: u64,
    rest: Option<u64>,
}

impl Room {
    fn take(&mut self, bytes: u64) -> io::Result<()> {
        self.rest = self.rest.and_then(|rest| rest.checked_sub(bytes));
        self.rest.map(drop).ok_or_else(|| io::Error::other("it unpacks to more than is allowed"))
    }

    fn too_large(&self) -> Error {
        Error::limit(format!(
            "the workbook unpacks to more than {} bytes, which is more than may be read of one",
            self.most
        ))
    }
}

/// A member, as it is unpacked.
pub(super) type Part<'a> = BufReader<Unpacking<'a>>;

/// A member that is unpacked, perhaps for the first time.
pub(super) struct Unpacking<'a> {
    file: ZipFile<'a, Input>,
    member: &'a mut Member,
    room: &'a mut Room,
    bytes: u64,
}

impl Read for Unpacking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if self.member.bytes.is_none() {
            self.room.take(read as u64)?;
            self.bytes += read as u64;
            // Its checksum was right.
            if read == 0 && !buffer.is_empty() {
                self.member.bytes = Some(self.bytes);
            }
        }
        Ok(read)
    }
}

/// How much of a member is unpacked at a time.
const BUFFER_BYTES: usize = 64 * 1024;
/// Up to how many bytes in the ZIP file a member is small.
const SMALL: u64 = 64 * 1024;

/// One line of a `.rels` part, with the target as a member's name.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of the relationship's type: `worksheet`.
    pub(super) kind: String,
    pub(super) target: String,
}

impl Package {
    pub(super) fn open(file: &Shared, max_plain: u64, monitor: &dyn Monitor) -> Result<Self> {
        let zip = ZipArchive::new(file.again()).map_err(refuse)?;
        let room = Room { most: max_plain, rest: Some(max_plain) };
        let mut package = Self { zip, members: HashMap::new(), room };
        for index in 0..package.zip.len() {
            let member = package.zip.by_index_raw(index).map_err(refuse)?;
            let name = normal(&member.name().map_err(refuse)?);
            let is_small = member.compressed_size() <= SMALL;
            drop(member);
            let mut member = Member { index, bytes: None };
            if is_small {
                package.unpack(&mut member, monitor)?;
            }
            // One that another of its name hides is not found any more.
            if let Some(mut hidden) = package.members.insert(name, member) {
                package.unpack(&mut hidden, monitor)?;
            }
        }
        Ok(package)
    }

    /// The same, where it was all unpacked before.
    pub(super) fn open_again(file: &Shared) -> Result<Self> {
        let zip = ZipArchive::new(file.again()).map_err(refuse)?;
        let mut members = HashMap::new();
        for (index, name) in zip.file_names().enumerate() {
            members.insert(normal(&name.map_err(refuse)?), Member { index, bytes: Some(0) });
        }
        Ok(Self { zip, members, room: Room { most: 0, rest: Some(0) } })
    }

    /// What was found in the package, if nothing is wrong with the members that were not read.
    pub(super) fn finish<T>(mut self, found: Result<T>, monitor: &dyn Monitor) -> Result<T> {
        if self.room.rest.is_none() {
            return Err(self.room.too_large());
        }
        let found = found?;
        for mut member in std::mem::take(&mut self.members).into_values() {
            self.unpack(&mut member, monitor)?;
        }
        Ok(found)
    }

    /// Unpacks what was not read yet and is in no such folder.
    pub(super) fn unpack_beside(&mut self, folder: &str, monitor: &dyn Monitor) -> Result<()> {
        let folder = normal(folder);
        let mut members = std::mem::take(&mut self.members);
        let mut others = members.iter_mut().filter(|(name, _)| !name.starts_with(&folder));
        let unpacked = others.try_for_each(|(_, member)| self.unpack(member, monitor));
        drop(others);
        self.members = members;
        unpacked
    }

    /// Unpacks a member to nowhere, unless that was done.
    fn unpack(&mut self, member: &mut Member, monitor: &dyn Monitor) -> Result<()> {
        let Self { zip, room, .. } = self;
        let mut part = unpacking(zip, member, room)?;
        let mut buffer = vec![0; BUFFER_BYTES];
        while part.member.bytes.is_none() {
            checkpoint(monitor)?;
            match part.read(&mut buffer) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) if part.room.rest.is_none() => return Err(part.room.too_large()),
                Err(error) => return Err(damaged(error)),
            }
        }
        Ok(())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(&normal(name))
    }

    /// How long a member is that was read to its end; 0 if there is none.
    pub(super) fn bytes(&self, name: &str) -> u64 {
        self.members.get(&normal(name)).and_then(|member| member.bytes).unwrap_or(0)
    }

    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_>> {
        let Self { zip, members, room } = self;
        let Some(member) = members.get_mut(&normal(name)) else {
            return Err(damaged(format_args!("it has no part {name}")));
        };
        Ok(BufReader::with_capacity(BUFFER_BYTES, unpacking(zip, member, room)?))
    }

    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<Part<'_>>> {
        Ok(Xml::new(self.part(name)?))
    }

    /// What a part says it is related to; the package itself is the part without a name.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let path = join(folder, &format!("_rels/{name}.rels"));
        let mut relations = Vec::new();
        if !self.has(&path) {
            return Ok(relations);
        }
        let mut xml = self.xml(&path)?;
        while let Some(event) = xml.next()? {
            let Some(element) = event.start("Relationship") else { continue };
            let said = |name| Ok::<_, Error>(attribute(element, name)?.unwrap_or_default());
            let (id, kind, target) = (said("Id")?, said("Type")?, said("Target")?);
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            relations.push(Relation { id: id.into_owned(), kind, target: join(folder, &target) });
        }
        Ok(relations)
    }
}

/// A member's name, seen from a folder.
fn join(folder: &str, target: &str) -> String {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// As office programs compare names of members.
pub(super) fn normal(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

fn unpacking<'a>(
    zip: &'a mut ZipArchive<Input>,
    member: &'a mut Member,
    room: &'a mut Room,
) -> Result<Unpacking<'a>> {
    let file = zip.by_index(member.index).map_err(refuse)?;
    Ok(Unpacking { file, member, room, bytes: 0 })
}

fn refuse(error: ZipError) -> Error {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => protected(),
        error => damaged(error),
    }
}

/// Fails where one thing in a file is larger than any program writes it.
pub(super) struct Bounded<R> {
    inner: R,
    rest: usize,
}

impl<R> Bounded<R> {
    const MOST: usize = 64 * 1024 * 1024;

    pub(super) fn new(inner: R) -> Self {
        Self { inner, rest: Self::MOST }
    }

    /// Another thing begins.
    pub(super) fn fresh(&mut self) {
        self.rest = Self::MOST;
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.rest == 0 {
            return Err(io::Error::other("one of its texts is larger than a workbook can have"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.rest = self.rest.saturating_sub(bytes);
        self.inner.consume(bytes);
    }
}
