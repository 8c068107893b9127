//! The ZIP file of a package: its members, what it states about itself, and the data parts of each
//! table.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use super::errors::{refused, unreadable};
use super::model::{MODEL, ModelTable};
use super::xml::{Node, tree};
use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::record::{Digest, Sha256Writer};
use crate::source::entry::EntryKind;
use crate::source::location::FileLocation;
use crate::source::shared::{Content, SharedFile};
use crate::source::zip::{Budget, Directory, Member};

/// The file with checksums and counts.
const ORIGIN: &str = "Origin.xml";
/// The file that lists the data parts.
const LIST: &str = "_rels/.rels";
/// The folder of the data parts.
const DATA: &str = "Data/";

/// An open package.
pub(super) struct Package {
    zip: SharedFile,
    /// The members by their decoded names; the reason for those that cannot be opened.
    members: BTreeMap<String, Result<Arc<Member>, Message>>,
    /// The number of bytes of the file that belong to no member.
    pub(super) unlisted_bytes: u64,
}

/// What a package states about itself.
pub(super) struct Origin {
    /// The number of records of all tables, if it is stated.
    pub(super) records: Option<u64>,
    /// Whether it states that it contains records.
    pub(super) has_data: bool,
    /// The program that wrote it.
    pub(super) version: Option<String>,
}

/// The data of a table.
#[derive(Default)]
pub(super) struct TableData {
    /// The names of the parts, in order.
    pub(super) parts: Vec<String>,
    /// The names of listed parts that are missing.
    pub(super) missing: Vec<String>,
    /// The number of parts that are not listed.
    pub(super) unlisted: u64,
    /// Whether its parts are listed as those of another table.
    pub(super) is_contradictory: bool,
}

/// The data parts of a package.
pub(super) struct Parts {
    /// In the order of the tables.
    pub(super) tables: Vec<TableData>,
    /// The names of tables with data that the model does not have.
    pub(super) unknown: BTreeSet<String>,
    /// Whether the package has a list of its parts.
    pub(super) has_list: bool,
}

impl Package {
    pub(super) fn open(zip: SharedFile, budget: &mut Budget) -> Result<Self> {
        let directory = Directory::read(zip.again(), Some(zip.again()), budget, None)?;
        let mut members = BTreeMap::new();
        for entry in directory.entries {
            let member = match entry.kind {
                EntryKind::File(FileLocation::Member(member)) => Ok(member),
                EntryKind::Closed(why) => Err(why),
                _ => continue,
            };
            let name = percent_decoded(&entry.name);
            if members.insert(name.clone(), member).is_some() {
                return Err(unreadable(message!("bacpac-member-twice", name = name)));
            }
        }
        Ok(Self { zip, members, unlisted_bytes: directory.unlisted_bytes })
    }

    /// The number of bytes of a member, as the directory states it; 0 if there is none.
    pub(super) fn bytes(&self, name: &str) -> u64 {
        match self.members.get(name) {
            Some(Ok(member)) => member.bytes,
            _ => 0,
        }
    }

    /// A reader of a member.
    pub(super) fn content(&self, name: &str) -> Result<Content> {
        match self.members.get(name) {
            Some(Ok(member)) => Ok(member.open(self.zip.again())),
            Some(Err(why)) => {
                Err(refused(message!("bacpac-closed-member", name = name, why = why.clone())))
            }
            None => Err(unreadable(message!("bacpac-no-member", name = name))),
        }
    }

    /// Reads what the package states about itself, and compares the digest of the model.
    pub(super) fn origin(&self) -> Result<Origin> {
        let root = tree(self.content(ORIGIN)?, ORIGIN)?;
        let mut checksums = Vec::new();
        root.collect("Checksum", &mut checksums);
        let of_model = |node: &&Node| {
            node.attribute("Uri").is_some_and(|uri| uri.trim_start_matches('/') == MODEL)
        };
        let stated = checksums.into_iter().find(of_model).map(|node| node.text.trim());
        let stated = stated.ok_or_else(|| unreadable(message!("bacpac-no-checksum")))?;
        let mut hash = Sha256Writer::new(io::sink());
        io::copy(&mut self.content(MODEL)?, &mut hash).map_err(|error| Error::read(error, None))?;
        let (digest, _, _): (Digest, _, _) = hash.finish();
        if !digest.to_string().eq_ignore_ascii_case(stated) {
            return Err(unreadable(message!("bacpac-other-model")));
        }
        let text = |name: &str| {
            let mut found = Vec::new();
            root.collect(name, &mut found);
            found.first().map(|node| node.text.trim().to_owned())
        };
        let records = text("TableRowCountTotalTag").map(|total| total.parse()).transpose();
        let records =
            records.map_err(|_| unreadable(message!("bacpac-unexpected", what = ORIGIN)))?;
        let has_data = text("ContainsExportedData").is_none_or(|has| has != "false");
        Ok(Origin { records, has_data, version: text("ProductVersion") })
    }

    /// Assigns the data parts to the tables of the model.
    pub(super) fn parts(&self, model: &[ModelTable]) -> Result<Parts> {
        let has_list = self.members.contains_key(LIST);
        let list = if has_list { list(&tree(self.content(LIST)?, LIST)?) } else { HashMap::new() };
        let tables = model.iter().map(|_| TableData::default()).collect();
        let mut parts = Parts { tables, unknown: BTreeSet::new(), has_list };
        let owners = Owners::new(model);
        let held = self.members.keys().filter(|name| name.starts_with(DATA));
        let names: BTreeSet<&String> = held.chain(list.keys()).collect();
        for name in names {
            let listed = list.get(name);
            let named = listed.and_then(Listed::name);
            let by_list = named.as_ref().and_then(|named| owners.by_name.get(named)).copied();
            let folder = name.strip_prefix(DATA).and_then(|path| path.split_once('/'));
            let folder = folder.map_or(name.as_str(), |(folder, _)| folder);
            let by_folder = owners.by_folder.get(folder).copied().flatten();
            let owner = match (by_list, by_folder) {
                (Some(one), Some(other)) if one != other => {
                    parts.tables[one].is_contradictory = true;
                    other
                }
                (Some(owner), _) => owner,
                (None, Some(owner)) => owner,
                (None, None) => {
                    parts.unknown.insert(folder.to_owned());
                    continue;
                }
            };
            let data = &mut parts.tables[owner];
            data.is_contradictory |= named.is_some() && by_list != Some(owner);
            if !self.members.contains_key(name) {
                data.missing.push(name.clone());
                continue;
            }
            data.unlisted += u64::from(has_list && listed.is_none());
            data.parts.push(name.clone());
        }
        for data in &mut parts.tables {
            data.parts.sort_by_cached_key(|name| (numbers(name), name.clone()));
        }
        Ok(parts)
    }
}

/// The tables of a model by name.
struct Owners {
    by_name: HashMap<(String, String), usize>,
    /// By the name of the folder of their parts; `None` if two have the same.
    by_folder: HashMap<String, Option<usize>>,
}

impl Owners {
    fn new(model: &[ModelTable]) -> Self {
        let (mut by_name, mut by_folder) = (HashMap::new(), HashMap::new());
        for (at, table) in model.iter().enumerate() {
            by_name.insert((table.schema.clone(), table.own_name.clone()), at);
            by_folder.entry(table.name()).and_modify(|owner| *owner = None).or_insert(Some(at));
        }
        Self { by_name, by_folder }
    }
}

/// The schema and the table of a listed part, as far as they are stated.
#[derive(Default)]
struct Listed {
    schema: Option<String>,
    table: Option<String>,
}

impl Listed {
    fn name(&self) -> Option<(String, String)> {
        Some((self.schema.clone()?, self.table.clone()?))
    }
}

/// The listed parts by their decoded names. Two relationships of each state its schema and its
/// table.
fn list(root: &Node) -> HashMap<String, Listed> {
    let mut list: HashMap<String, Listed> = HashMap::new();
    for relation in root.named("Relationship") {
        let Some(target) = relation.attribute("Target") else { continue };
        let name = percent_decoded(target.trim_start_matches('/'));
        let kind = relation.attribute("Type").unwrap_or_default();
        let (schema, table) = (kind.strip_prefix("schema="), kind.strip_prefix("table="));
        if schema.is_none() && table.is_none() && !name.starts_with(DATA) {
            continue;
        }
        let listed = list.entry(name).or_default();
        listed.schema = schema.map(str::to_owned).or(listed.schema.take());
        listed.table = table.map(str::to_owned).or(listed.table.take());
    }
    list
}

/// The numbers in the name of a part, such as `TableData-000-00000.BCP`.
fn numbers(name: &str) -> Vec<u64> {
    let own = name.rsplit('/').next().unwrap_or_default();
    let digits = own.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    digits.map(|digits| digits.parse().unwrap_or(u64::MAX)).collect()
}

/// Decodes `%20` and the like. A name that is not Unicode then is returned unchanged.
fn percent_decoded(name: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), name.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}
