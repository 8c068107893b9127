//! The ZIP file around the parts of xlsx, xlsb and ods.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::super::errors::{damaged, protected, save_again, unreadable_part};
use super::member::{Member, Part};
use super::xml::{Xml, attribute, start};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::monitor::{Monitor, checkpoint};
use crate::source::shared::SharedFile;

/// How much of a member is unpacked at a time.
const BUFFER_BYTES: usize = 64 * 1024;

/// A ZIP file whose members together may not unpack to more than was allowed. Each is unpacked once by
/// the cross check before the library reads it, and its checksum is checked at its end.
pub(super) struct Package {
    zip: ZipArchive<BufReader<SharedFile>>,
    /// The number of each by its name in lower case with forward slashes.
    members: HashMap<String, usize>,
    unpacked: HashSet<usize>,
    max_plain: u64,
    /// How many more bytes members may unpack to.
    room: u64,
}

impl Package {
    pub(super) fn open(file: &SharedFile, max_plain: u64) -> Result<Self> {
        let zip = ZipArchive::new(BufReader::new(file.again())).map_err(refuse)?;
        let mut members = HashMap::new();
        for (index, name) in zip.file_names().enumerate() {
            // Of several members of one name, the last is found, as by the library.
            members.insert(normal(&name.map_err(refuse)?), index);
        }
        Ok(Self { zip, members, unpacked: HashSet::new(), max_plain, room: max_plain })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(&normal(name))
    }

    /// How many bytes were unpacked so far.
    pub(super) fn bytes(&self) -> u64 {
        self.max_plain - self.room
    }

    fn member(&mut self, index: usize) -> Result<Member<'_>> {
        self.unpacked.insert(index);
        let file = self.zip.by_index(index).map_err(refuse)?;
        Ok(Member { file, room: &mut self.room, max_plain: self.max_plain, most: u64::MAX })
    }

    pub(super) fn part(&mut self, name: &str) -> Result<Part<'_>> {
        let index = self.members.get(&normal(name)).copied();
        let index = index.ok_or_else(|| damaged(message!("damage-no-part", name = name)))?;
        Ok(BufReader::with_capacity(BUFFER_BYTES, self.member(index)?))
    }

    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<'_>> {
        Ok(Xml::new(self.part(name)?))
    }

    /// Unpacks all members that were not yet, except the parts that are to be read later.
    pub(super) fn unpack_others(
        &mut self,
        later: &[Option<String>],
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let later = later.iter().flatten().filter_map(|part| self.members.get(&normal(part)));
        let later: HashSet<usize> = later.copied().collect();
        let mut buffer = vec![0; BUFFER_BYTES];
        for index in 0..self.zip.len() {
            if self.unpacked.contains(&index) || later.contains(&index) {
                continue;
            }
            let mut member = self.member(index)?;
            while member.read(&mut buffer).map_err(unreadable_part)? > 0 {
                checkpoint(monitor)?;
            }
        }
        Ok(())
    }

    /// The relations of a part: the id, the last word of the type (`worksheet`), and the name of the other
    /// part. The package itself is the part without a name.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<(String, String, String)>> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let path = join(folder, &format!("_rels/{name}.rels"));
        let mut relations = Vec::new();
        if !self.has(&path) {
            return Ok(relations);
        }
        let mut xml = self.xml(&path)?;
        while let Some(event) = xml.next()? {
            let Some(element) = start(&event, "Relationship") else { continue };
            let value = |name| Ok::<_, Error>(attribute(element, name)?.unwrap_or_default());
            let (id, kind, target) = (value("Id")?, value("Type")?, value("Target")?);
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            relations.push((id.into_owned(), kind, join(folder, &target)));
        }
        Ok(relations)
    }

    /// The parts of the sheets that have these ids in a workbook; `None` for what is no worksheet.
    pub(super) fn sheet_parts(
        &mut self,
        workbook: &str,
        ids: &[String],
    ) -> Result<Vec<Option<String>>> {
        let mut relations = HashMap::new();
        for (id, kind, target) in self.relations(workbook)? {
            relations.entry(id).or_insert((kind, target));
        }
        let mut named = HashSet::new();
        let part = |id| {
            let (kind, target): &(String, String) =
                relations.get(id).ok_or_else(|| damaged(message!("damage-sheet-without-part")))?;
            let part = (kind == "worksheet").then(|| target.clone());
            // Many sheets of one part would take unlimited time.
            if part.as_ref().is_some_and(|part| !named.insert(normal(part))) {
                return Err(damaged(message!("damage-sheets-of-one-part")));
            }
            Ok(part)
        };
        ids.iter().map(part).collect()
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
fn normal(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

fn refuse(error: ZipError) -> Error {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => protected(),
        ZipError::Io(error) => unreadable_part(error),
        error => Error::source(message!("workbook-damaged", why = error.to_string()), save_again()),
    }
}
