//! The ZIP file around the parts of xlsx, xlsb and ods.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::super::protected;
use super::damaged;
use super::xml::{Xml, attribute};
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};
use crate::source::shared::SharedFile;
use crate::uninterrupted::uninterrupted;

/// A ZIP file whose members were all unpacked once: none is damaged, and together they are not larger
/// than was allowed.
pub(super) struct Package {
    zip: ZipArchive<BufReader<SharedFile>>,
    /// The number and the length of each, by their names in lower case with forward slashes.
    members: HashMap<String, (usize, u64)>,
}

/// A member, as it is unpacked.
pub(super) type Part<'a> = BufReader<ZipFile<'a, BufReader<SharedFile>>>;

/// How much of a member is unpacked at a time.
const BUFFER_BYTES: usize = 64 * 1024;

/// One line of a `.rels` part, with the target as a member's name.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of the relationship's type: `worksheet`.
    pub(super) kind: String,
    pub(super) target: String,
}

impl Package {
    pub(super) fn open(file: &SharedFile, max_plain: u64, monitor: &dyn Monitor) -> Result<Self> {
        let mut package = Self::open_again(file)?;
        let (mut buffer, mut rest) = (vec![0; BUFFER_BYTES], max_plain);
        for index in 0..package.zip.len() {
            let mut member = package.zip.by_index(index).map_err(refuse)?;
            let (name, before) = (normal(&member.name().map_err(refuse)?), rest);
            loop {
                checkpoint(monitor)?;
                // Its checksum is checked at its end.
                let read = uninterrupted(|| member.read(&mut buffer)).map_err(damaged)?;
                if read == 0 {
                    break;
                }
                rest = rest.checked_sub(read as u64).ok_or_else(|| too_large(max_plain))?;
            }
            // One that another of its name hides is not found any more.
            package.members.insert(name, (index, before - rest));
        }
        Ok(package)
    }

    /// The same, where it was all unpacked before.
    pub(super) fn open_again(file: &SharedFile) -> Result<Self> {
        let zip = ZipArchive::new(BufReader::new(file.again())).map_err(refuse)?;
        let mut members = HashMap::new();
        for (index, name) in zip.file_names().enumerate() {
            members.insert(normal(&name.map_err(refuse)?), (index, 0));
        }
        Ok(Self { zip, members })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(&normal(name))
    }

    /// How long a member is; 0 if there is none.
    pub(super) fn bytes(&self, name: &str) -> u64 {
        self.members.get(&normal(name)).map_or(0, |(_, bytes)| *bytes)
    }

    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_>> {
        let Some((index, _)) = self.members.get(&normal(name)) else {
            return Err(damaged(format_args!("it has no part {name}")));
        };
        let member = self.zip.by_index(*index).map_err(refuse)?;
        Ok(BufReader::with_capacity(BUFFER_BYTES, member))
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

fn too_large(most: u64) -> Error {
    Error::limit(format!(
        "the workbook unpacks to more than {most} bytes, which is more than may be read of one"
    ))
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
