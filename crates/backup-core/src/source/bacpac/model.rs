//! Reads `model.xml`: the tables, their columns, keys and references.

use std::collections::{HashMap, HashSet};

use super::errors::{refused, unreadable};
use super::types::{ColumnType, Declared};
use super::xml::{Node, for_each};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::{Key, Provenance, Reference};
use crate::record::MAX_COLUMNS;
use crate::source::shared::Content;

/// The name of the file with the definitions.
pub(super) const MODEL: &str = "model.xml";

/// The maximum memory for the tables of a model, in bytes.
const MOST_BYTES: usize = 128 << 20;
/// The memory for a name in addition to its text, in bytes.
const NAME_BYTES: usize = 128;

/// A column whose values are in the data parts.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: ColumnType,
    /// The type as it is written in SQL.
    pub(super) declared: String,
    pub(super) is_nullable: bool,
    /// The name of the type, if the bytes of its values mean nothing without SQL Server.
    pub(super) encoded: Option<String>,
}

/// A table of the model.
#[derive(Debug)]
pub(super) struct ModelTable {
    pub(super) schema: String,
    pub(super) own_name: String,
    /// The columns, in the order of their values; an error if they cannot be read.
    pub(super) columns: Result<Vec<Column>>,
    /// The number of computed columns. Their values are not in the data parts.
    pub(super) computed: u64,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
}

impl ModelTable {
    /// The name with the schema, as in the paths of the data parts.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.schema, self.own_name)
    }

    fn has_columns(&self, columns: &[String]) -> bool {
        let Ok(own) = &self.columns else { return false };
        columns.iter().all(|column| own.iter().any(|own| own.name == *column))
    }
}

/// Reads the tables of a model, in its order.
pub(super) fn read(content: Content) -> Result<Vec<ModelTable>> {
    let mut raw = Raw::default();
    let is_wanted = |node: &Node| {
        node.name == "Element" && node.attribute("Type").is_some_and(|kind| WANTED.contains(&kind))
    };
    for_each(content, MODEL, 2, is_wanted, |node| raw.add(&node))?;
    raw.finish()
}

const TABLE: &str = "SqlTable";
const ALIAS: &str = "SqlUserDefinedDataType";
const PRIMARY_KEY: &str = "SqlPrimaryKeyConstraint";
const UNIQUE: &str = "SqlUniqueConstraint";
const FOREIGN_KEY: &str = "SqlForeignKeyConstraint";
const WANTED: [&str; 5] = [TABLE, ALIAS, PRIMARY_KEY, UNIQUE, FOREIGN_KEY];

/// The parts of a qualified name.
type Name = Vec<String>;

/// A column before the alias types are known.
struct RawColumn {
    name: String,
    is_nullable: bool,
    /// The name of the type, and what is declared in addition.
    type_name: Name,
    declared: Declared,
}

struct RawTable {
    name: Name,
    columns: Result<Vec<RawColumn>>,
    computed: u64,
}

/// A key, or a reference with its target.
struct RawKey {
    is_primary: bool,
    table: Name,
    columns: Vec<Name>,
    target: Option<(Name, Vec<Name>)>,
}

/// The definitions in the order of the model.
#[derive(Default)]
struct Raw {
    tables: Vec<RawTable>,
    aliases: HashMap<Name, (Name, Declared)>,
    keys: Vec<RawKey>,
    bytes: usize,
}

impl Raw {
    fn add(&mut self, node: &Node) -> Result<()> {
        let kind = node.attribute("Type").unwrap_or_default();
        match kind {
            TABLE => {
                let name = self.name(node.attribute("Name"))?;
                let mut computed = 0;
                let columns = self.columns(node, &name, &mut computed)?;
                self.tables.push(RawTable { name, columns, computed });
            }
            ALIAS => {
                let name = self.name(node.attribute("Name"))?;
                let base = self.reference(node, "Type")?;
                self.aliases.insert(name, (base, declared(node)?));
            }
            PRIMARY_KEY | UNIQUE => {
                let table = self.reference(node, "DefiningTable")?;
                let columns = self.references(node, "ColumnSpecifications")?;
                let is_primary = kind == PRIMARY_KEY;
                self.keys.push(RawKey { is_primary, table, columns, target: None });
            }
            _ => {
                let table = self.reference(node, "DefiningTable")?;
                let columns = self.references(node, "Columns")?;
                let target = self.reference(node, "ForeignTable")?;
                let target = Some((target, self.references(node, "ForeignColumns")?));
                self.keys.push(RawKey { is_primary: false, table, columns, target });
            }
        }
        Ok(())
    }

    /// The columns of a table. The inner error is about this table only.
    fn columns(
        &mut self,
        table: &Node,
        name: &Name,
        computed: &mut u64,
    ) -> Result<Result<Vec<RawColumn>>> {
        let mut columns = Vec::new();
        for entry in relationship(table, "Columns") {
            let Some(node) = entry.named("Element").next() else {
                return Err(unexpected("Columns"));
            };
            match node.attribute("Type").unwrap_or_default() {
                "SqlComputedColumn" => *computed += 1,
                "SqlSimpleColumn" => {
                    let own = self.name(node.attribute("Name"))?;
                    let own = own.strip_prefix(name.as_slice());
                    let Some([own]) = own else { return Err(unexpected("Name")) };
                    match self.column(node, own.clone())? {
                        Ok(column) => columns.push(column),
                        Err(error) => return Ok(Err(error)),
                    }
                }
                kind => return Ok(Err(refused(message!("bacpac-unknown-column", kind = kind)))),
            }
        }
        Ok(Ok(columns))
    }

    fn column(&mut self, node: &Node, name: String) -> Result<Result<RawColumn>> {
        let unknown = |kind: &str| Ok(Err(refused(message!("bacpac-unknown-column", kind = kind))));
        if is_set(node, "IsColumnSet")? == Some(true) {
            return unknown("COLUMN_SET");
        }
        let mut related = node.named("Relationship").filter_map(|it| it.attribute("Name"));
        if related.any(|name| name.contains("Encrypt")) {
            return unknown("ENCRYPTED");
        }
        let mut entries = relationship(node, "TypeSpecifier");
        let Some(specifier) = entries.next().and_then(|entry| entry.named("Element").next()) else {
            return Err(unexpected("TypeSpecifier"));
        };
        Ok(Ok(RawColumn {
            name,
            is_nullable: is_set(node, "IsNullable")?.unwrap_or(true),
            type_name: self.reference(specifier, "Type")?,
            declared: declared(specifier)?,
        }))
    }

    /// The only name that a relationship refers to.
    fn reference(&mut self, node: &Node, relation: &str) -> Result<Name> {
        let mut names = self.references(node, relation)?;
        match (names.pop(), names.is_empty()) {
            (Some(name), true) => Ok(name),
            _ => Err(unexpected(relation)),
        }
    }

    /// The names that a relationship refers to, in order.
    fn references(&mut self, node: &Node, relation: &str) -> Result<Vec<Name>> {
        let mut found = Vec::new();
        for entry in relationship(node, relation) {
            entry.collect("References", &mut found);
        }
        found.into_iter().map(|reference| self.name(reference.attribute("Name"))).collect()
    }

    fn name(&mut self, name: Option<&str>) -> Result<Name> {
        let name = name.ok_or_else(|| unexpected("Name"))?;
        self.bytes += name.len() + NAME_BYTES;
        if self.bytes > MOST_BYTES {
            return Err(unreadable(message!("bacpac-large-model")));
        }
        split(name).ok_or_else(|| unexpected("Name"))
    }

    fn finish(self) -> Result<Vec<ModelTable>> {
        let (mut tables, mut positions) = (Vec::new(), HashMap::new());
        for table in self.tables {
            let [schema, own_name] = table.name.as_slice() else { return Err(unexpected(TABLE)) };
            if positions.insert(table.name.clone(), tables.len()).is_some() {
                return Err(unreadable(message!("bacpac-table-twice", table = own_name)));
            }
            let columns = table.columns.and_then(|columns| resolve(columns, &self.aliases));
            tables.push(ModelTable {
                schema: schema.clone(),
                own_name: own_name.clone(),
                columns,
                computed: table.computed,
                keys: Vec::new(),
                references: Vec::new(),
            });
        }
        let (primary, others): (Vec<_>, Vec<_>) =
            self.keys.into_iter().partition(|key| key.is_primary);
        for RawKey { table, columns, target, .. } in primary.into_iter().chain(others) {
            // Keys of views and of table types are not about these tables.
            let Some(at) = positions.get(&table) else { continue };
            let Some(columns) = below(&table, columns) else { return Err(unexpected("Columns")) };
            // A computed column has no values to look up.
            if columns.is_empty() || !tables[*at].has_columns(&columns) {
                continue;
            }
            let known = Provenance::Declared;
            let Some((target, names)) = target else {
                tables[*at].keys.push(Key { columns, known });
                continue;
            };
            let Some(names) = below(&target, names) else { return Err(unexpected("Columns")) };
            if names.len() != columns.len() {
                return Err(unexpected("ForeignColumns"));
            }
            let table = target.join(".");
            let reference = Reference { columns, table, target: names, known };
            tables[*at].references.push(reference);
        }
        Ok(tables)
    }
}

/// The columns with their types.
fn resolve(
    columns: Vec<RawColumn>,
    aliases: &HashMap<Name, (Name, Declared)>,
) -> Result<Vec<Column>> {
    if columns.is_empty() || columns.len() > MAX_COLUMNS {
        return Err(refused(message!("bacpac-number-of-columns", count = columns.len() as u64)));
    }
    let mut names = HashSet::new();
    let mut resolved = Vec::new();
    for (number, RawColumn { name, is_nullable, type_name, declared }) in (1..).zip(columns) {
        if !names.insert(name.clone()) {
            return Err(refused(message!("bacpac-column-twice")).at_column(number));
        }
        // An alias has the lengths, and the column states whether there are nulls.
        let (base, declared) = aliases.get(&type_name).cloned().unwrap_or((type_name, declared));
        let declared = Declared { name: base_name(&base), ..declared };
        let kind = declared.resolve().map_err(|why| refused(why).at_column(number))?;
        let type_name = declared.to_string();
        let encoded = declared.is_encoded().then_some(declared.name);
        resolved.push(Column { name, kind, declared: type_name, is_nullable, encoded });
    }
    Ok(resolved)
}

/// The name of a built-in type, in lower case and without the schema `sys`.
fn base_name(name: &Name) -> String {
    match name.as_slice() {
        [name] => name.to_ascii_lowercase(),
        [schema, name] if schema == "sys" => name.to_ascii_lowercase(),
        _ => name.join("."),
    }
}

/// The own names of columns of this table.
fn below(table: &Name, columns: Vec<Name>) -> Option<Vec<String>> {
    let own = |column: Name| match column.strip_prefix(table.as_slice()) {
        Some([own]) => Some(own.clone()),
        _ => None,
    };
    columns.into_iter().map(own).collect()
}

/// The entries of a relationship.
fn relationship<'a>(node: &'a Node, name: &'a str) -> impl Iterator<Item = &'a Node> {
    let relations = node.named("Relationship");
    let relations = relations.filter(move |relation| relation.attribute("Name") == Some(name));
    relations.flat_map(|relation| relation.named("Entry"))
}

/// The value of a property.
fn property<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    let mut properties = node.named("Property");
    properties.find(|property| property.attribute("Name") == Some(name))?.attribute("Value")
}

fn is_set(node: &Node, name: &str) -> Result<Option<bool>> {
    match property(node, name) {
        None => Ok(None),
        Some("True") => Ok(Some(true)),
        Some("False") => Ok(Some(false)),
        Some(_) => Err(unexpected(name)),
    }
}

/// The properties of a type, without its name.
fn declared(node: &Node) -> Result<Declared> {
    let number = |name: &str| {
        let number = property(node, name).map(str::parse).transpose();
        number.map_err(|_| unexpected(name))
    };
    Ok(Declared {
        name: String::new(),
        length: number("Length")?,
        precision: number("Precision")?,
        scale: number("Scale")?,
        is_max: is_set(node, "IsMax")? == Some(true),
    })
}

/// The parts of a name such as `[dbo].[a]]b]`, which stands for `dbo` and `a]b`.
fn split(name: &str) -> Option<Name> {
    let (mut parts, mut rest) = (Vec::new(), name);
    loop {
        rest = rest.strip_prefix('[')?;
        let mut part = String::new();
        loop {
            let (before, after) = rest.split_once(']')?;
            part.push_str(before);
            rest = after;
            match rest.strip_prefix(']') {
                Some(after) => {
                    part.push(']');
                    rest = after;
                }
                None => break,
            }
        }
        parts.push(part);
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None => return rest.is_empty().then_some(parts),
        }
    }
}

fn unexpected(what: &str) -> Error {
    unreadable(message!("bacpac-unexpected", what = what))
}
