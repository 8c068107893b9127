//! The ZIP file that contains the parts of xlsx, xlsb and ods.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read as _};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::super::errors::{damaged, protected, save_again, unreadable_part};
use super::super::input::Input;
use super::member::{Member, Part};
use super::xml::{Xml, attribute, start};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::monitor::{Monitor, checkpoint};

/// The number of bytes of a member that are unpacked at a time.
const BUFFER_BYTES: usize = 64 * 1024;

/// A ZIP file with a limit for the unpacked size of all members together. The cross-check unpacks
/// each member once before the library reads it, and verifies its checksum.
pub(super) struct Package {
    input: Input,
    zip: ZipArchive<BufReader<Input>>,
    /// The index of each member, by its name in lower case with forward slashes.
    members: HashMap<String, usize>,
    /// The number of bytes that each member unpacked to. A member may be read several times.
    unpacked: HashMap<usize, u64>,
    max_plain: u64,
    /// The number of bytes that members may still unpack to.
    room: u64,
}

impl Package {
    pub(super) fn open(input: Input, max_plain: u64) -> Result<Self> {
        let zip = ZipArchive::new(BufReader::new(input.again())).map_err(refuse)?;
        let mut members = HashMap::new();
        for (index, name) in zip.file_names().enumerate() {
            // If several members have the same name, the last one is used, as in the library.
            members.insert(normal(&name.map_err(refuse)?), index);
        }
        Ok(Self { input, zip, members, unpacked: HashMap::new(), max_plain, room: max_plain })
    }

    /// A reader of the ZIP file.
    pub(super) fn input(&self) -> Input {
        self.input.again()
    }

    /// A member as it is stored in the ZIP file.
    pub(super) fn packed(&mut self, name: &str) -> Result<ZipFile<'_, BufReader<Input>>> {
        let index = self.index(name)?;
        self.zip.by_index_raw(index).map_err(refuse)
    }

    /// The first bytes of a member.
    pub(super) fn begins(&mut self, name: &str) -> Result<Vec<u8>> {
        let (index, mut begins) = (self.index(name)?, Vec::new());
        self.member(index)?.take(4).read_to_end(&mut begins).map_err(unreadable_part)?;
        Ok(begins)
    }

    /// The names of all members, as they are in the ZIP file.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        let names = self.zip.file_names().map(|name| name.map(|name| name.into_owned()));
        names.collect::<Result<_, ZipError>>().map_err(refuse)
    }

    /// Counts all members as not unpacked yet.
    pub(super) fn forget(&mut self) {
        self.unpacked.clear();
        self.room = self.max_plain;
    }

    fn index(&self, name: &str) -> Result<usize> {
        let index = self.members.get(&normal(name)).copied();
        index.ok_or_else(|| damaged(message!("damage-no-part", name = name)))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(&normal(name))
    }

    /// The number of bytes that were unpacked so far.
    pub(super) fn bytes(&self) -> u64 {
        self.max_plain - self.room
    }

    fn member(&mut self, index: usize) -> Result<Member<'_>> {
        let unpacked = self.unpacked.entry(index).or_default();
        let file = self.zip.by_index(index).map_err(refuse)?;
        let (room, max_plain) = (&mut self.room, self.max_plain);
        Ok(Member { file, bytes: 0, unpacked, room, max_plain, most: u64::MAX })
    }

    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_>> {
        let index = self.index(name)?;
        Ok(BufReader::with_capacity(BUFFER_BYTES, self.member(index)?))
    }

    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<'_>> {
        Ok(Xml::new(self.part(name)?))
    }

    /// Unpacks all members that were not unpacked yet, except parts that will be read later.
    pub(super) fn unpack_others(&mut self, later: &[&str], monitor: &dyn Monitor) -> Result<()> {
        let later = later.iter().filter_map(|part| self.members.get(&normal(part)));
        let later: HashSet<usize> = later.copied().collect();
        let mut buffer = vec![0; BUFFER_BYTES];
        for index in 0..self.zip.len() {
            if self.unpacked.contains_key(&index) || later.contains(&index) {
                continue;
            }
            let mut member = self.member(index)?;
            while member.read(&mut buffer).map_err(unreadable_part)? > 0 {
                checkpoint(monitor)?;
            }
        }
        Ok(())
    }

    /// The relations of a part. The package itself is the part with an empty name.
    pub(super) fn relations(&mut self, part: &str) -> Result<Relations> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let path = join(folder, &format!("_rels/{name}.rels"));
        let mut relations = Relations::default();
        if !self.has(&path) {
            return Ok(relations);
        }
        let mut xml = self.xml(&path)?;
        while let Some(event) = xml.next()? {
            let Some(element) = start(&event, "Relationship") else { continue };
            let value = |name| Ok::<_, Error>(attribute(element, name)?.unwrap_or_default());
            let (id, kind, target) = (value("Id")?, value("Type")?, value("Target")?);
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let part = join(folder, &target);
            let is_direct = match target.strip_prefix('/') {
                Some(target) => target == part,
                None => format!("{folder}/{target}").trim_start_matches('/') == part,
            };
            relations.by_id.entry(id.into_owned()).or_insert(relations.all.len());
            relations.all.push(Relation { kind, part, is_direct });
        }
        Ok(relations)
    }
}

/// Refuses sheets that share a part. Reading many of them would take unlimited time.
pub(super) fn check_parts<'a>(mut parts: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut named = HashSet::new();
    match parts.all(|part| named.insert(normal(part))) {
        true => Ok(()),
        false => Err(damaged(message!("damage-sheets-of-one-part"))),
    }
}

/// The relations of a part to others.
#[derive(Debug, Default)]
pub(super) struct Relations {
    all: Vec<Relation>,
    /// The index of the first relation with each id.
    by_id: HashMap<String, usize>,
}

impl Relations {
    /// The first relation of this kind.
    pub(super) fn of_kind(&self, kind: &str) -> Option<&Relation> {
        self.all.iter().find(|relation| relation.kind == kind)
    }

    /// The relation to a sheet, by its id. A sheet without an id may have none.
    pub(super) fn of_sheet(&self, id: &str) -> Result<Option<&Relation>> {
        let index = self.by_id.get(id);
        if index.is_none() && !id.is_empty() {
            return Err(damaged(message!("damage-sheet-without-part")));
        }
        Ok(index.map(|index| &self.all[*index]))
    }
}

/// A relation of a part to another one.
#[derive(Debug)]
pub(super) struct Relation {
    /// The last word of the type, such as `worksheet`.
    pub(super) kind: String,
    /// The name of the part.
    pub(super) part: String,
    /// Whether the path to the part is written without detours such as `../`.
    pub(super) is_direct: bool,
}

impl Relation {
    /// The part of a worksheet; `None` for a sheet of another kind.
    pub(super) fn worksheet(&self) -> Option<String> {
        (self.kind == "worksheet").then(|| self.part.clone())
    }
}

/// Resolves a member name relative to a folder.
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

/// Normalizes a member name as office programs do.
pub(super) fn normal(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

pub(super) fn refuse(error: ZipError) -> Error {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => protected(),
        ZipError::Io(error) => unreadable_part(error),
        error => Error::source(message!("workbook-damaged", why = error.to_string()), save_again()),
    }
}
