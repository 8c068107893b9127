//! Reads a whole dump without storing anything: which tables it has, where the records of each are,
//! and whether each of them can be read.

use std::collections::HashMap;

use super::ddl::{self, Definition};
use super::dialect::Dialect;
use super::errors::{refused, unreadable};
use super::layout::Layout;
use super::statements::{Reader, Statement};
use super::table::{DumpColumn, DumpReference, DumpTable, Extent, TableName};
use super::tokens::{Kind, Tok};
use crate::error::{ErrorKind, Result};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::record::Record;
use crate::source::sql_types::SqlType;

/// The most tables of a dump, and bytes of its definitions.
const MAX_TABLES: usize = 100_000;
const MAX_SCHEMA_BYTES: usize = 64 << 20;

/// The number of records between two reports of progress.
pub(super) const BETWEEN_QUESTIONS: u64 = 4096;

/// What a dump contains.
#[derive(Default)]
pub(super) struct Catalog {
    /// In the order of their first records.
    pub(super) tables: Vec<DumpTable>,
    places: HashMap<(Option<String>, String), usize>,
    /// The statements that are not records.
    pub(super) schema: Vec<u8>,
    /// What is missing in the dump as a whole.
    pub(super) missing: Vec<Message>,
    /// Notes on things that are not tables.
    pub(super) ledger: Vec<LedgerEntry>,
    is_in_transaction: bool,
    has_large_objects: bool,
}

impl Catalog {
    /// Reads the dump to its end. `progress` receives offsets.
    pub(super) fn read(
        reader: &mut Reader,
        progress: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<Self> {
        let mut catalog = Self::default();
        loop {
            progress(reader.at())?;
            match reader.next()? {
                Statement::Eof => break,
                Statement::Other(tokens) => {
                    if let Some(tokens) = tokens {
                        catalog.statement(&tokens, reader)?;
                    }
                    if let Some(text) = reader.lexer.input.recorded() {
                        catalog.keep(&text)?;
                    }
                }
                Statement::Refused(name, why) => match name {
                    Some(name) => {
                        let at = catalog.place_or_new(name, None, reader)?;
                        catalog.tables[at].refuse(refused(why));
                    }
                    None => catalog.lacks(why),
                },
                Statement::Insert(name, columns) => {
                    catalog.records(name, columns.as_deref(), false, reader, progress)?;
                }
                Statement::Copy(name, columns) => {
                    catalog.records(name, columns.as_deref(), true, reader, progress)?;
                }
            }
        }
        catalog.finish(reader);
        Ok(catalog)
    }

    /// Notes what is missing, once.
    fn lacks(&mut self, why: Message) {
        if !self.missing.contains(&why) {
            self.missing.push(why);
        }
    }

    /// Keeps the text of a statement.
    fn keep(&mut self, text: &[u8]) -> Result<()> {
        if self.has_large_objects && memchr::memmem::find(text, b"lowrite").is_some() {
            return Ok(());
        }
        if self.schema.len() + text.len() > MAX_SCHEMA_BYTES {
            return Err(unreadable(message!("dump-large-schema")));
        }
        self.schema.extend_from_slice(text.trim_ascii());
        self.schema.push(b'\n');
        Ok(())
    }

    fn key(name: &TableName, reader: &Reader) -> (Option<String>, String) {
        let own = match reader.lexer.session.dialect {
            Dialect::Sqlite => name.name.to_ascii_lowercase(),
            _ => name.name.clone(),
        };
        (name.database.clone(), own)
    }

    pub(super) fn place(&self, name: &TableName, reader: &Reader) -> Option<usize> {
        self.places.get(&Self::key(name, reader)).copied()
    }

    fn add(&mut self, table: DumpTable, reader: &Reader) -> Result<usize> {
        if self.tables.len() == MAX_TABLES {
            return Err(unreadable(message!("dump-many-tables", most = MAX_TABLES as u64)));
        }
        self.places.insert(Self::key(&table.name, reader), self.tables.len());
        self.tables.push(table);
        Ok(self.tables.len() - 1)
    }

    /// The table of this name. If there is no definition, its columns are those of the statement.
    fn place_or_new(
        &mut self,
        name: TableName,
        columns: Option<&[String]>,
        reader: &Reader,
    ) -> Result<usize> {
        if let Some(at) = self.place(&name, reader) {
            return Ok(at);
        }
        let kind = match reader.lexer.session.dialect {
            Dialect::Sqlite => SqlType::Own,
            _ => SqlType::Unknown,
        };
        let column = |name: &String| DumpColumn {
            name: name.clone(),
            kind,
            declared: String::new(),
            is_generated: false,
        };
        let named = columns.unwrap_or_default().iter().map(column).collect();
        let mut table = DumpTable::new(name, named, reader.lexer.session.dialect, reader.start);
        table.is_undefined = true;
        if columns.is_none() && !table.is_internal {
            table.refuse(refused(message!("dump-undefined")));
        }
        table.check_columns();
        self.add(table, reader)
    }

    /// Reads the records of a statement.
    fn records(
        &mut self,
        name: TableName,
        listed: Option<&[String]>,
        is_copy: bool,
        reader: &mut Reader,
        progress: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<()> {
        let (start, session) = (reader.start, reader.lexer.session.clone());
        let at = self.place_or_new(name, listed, reader)?;
        let table = &mut self.tables[at];
        if table.is_internal {
            return Ok(());
        }
        if table.problem.is_none()
            && let Err(error) = count(table, listed, is_copy, reader, progress)
        {
            if reader.lexer.input.has_failed || !matches!(error.kind(), ErrorKind::Source { .. }) {
                return Err(error);
            }
            table.refuse(error);
        }
        table.is_cut |= reader.lexer.is_cut;
        let end = reader.at();
        table.extent.get_or_insert(Extent { start, end, session }).end = end;
        Ok(())
    }

    /// Looks at a statement that inserts no records.
    fn statement(&mut self, tokens: &[Tok], reader: &Reader) -> Result<()> {
        let mut cursor = reader.cursor(tokens);
        let dialect = reader.lexer.session.dialect;
        let Some(first) = cursor.next() else { return Ok(()) };
        match first.lower().as_str() {
            "create" => {
                if let Some(definition) = ddl::create_table(cursor, dialect) {
                    self.define(definition, reader)?;
                }
            }
            "alter" if cursor.take("table") => {
                if let Some(definition) = ddl::alter_table(cursor, dialect) {
                    self.alter(definition, reader);
                }
            }
            "drop" if cursor.take("table") => {
                cursor.take_all(&["if", "exists"]);
                for mut name in cursor.parts() {
                    self.drop_table(name.full_name(), reader);
                }
            }
            "begin" => self.is_in_transaction = true,
            "start" => self.is_in_transaction |= cursor.take("transaction"),
            "commit" | "end" => self.is_in_transaction = false,
            "rollback" => {
                self.is_in_transaction = false;
                self.lacks(message!("dump-rolled-back"));
            }
            "insert" => self.virtual_table(tokens),
            "select" => {
                let is_large = |tok: &Tok| tok.is_word("lo_create") || tok.is_word("lowrite");
                self.has_large_objects |= tokens.iter().any(is_large);
            }
            "source" => self.lacks(message!("dump-other-file")),
            "update" | "delete" | "truncate" | "merge" | "load" | "with" | "rename" | "call" => {
                self.changed(tokens, reader);
            }
            _ => {}
        }
        Ok(())
    }

    fn define(&mut self, definition: Definition, reader: &Reader) -> Result<()> {
        let name = reader.table_name(definition.name);
        if let Some(at) = self.place(&name, reader) {
            let table = &mut self.tables[at];
            table.refuse(refused(match table.is_undefined {
                true => message!("dump-defined-late"),
                false => message!("dump-defined-twice"),
            }));
            return Ok(());
        }
        let mut table =
            DumpTable::new(name, Vec::new(), reader.lexer.session.dialect, reader.start);
        for parent in definition.parents {
            match self.place(&reader.table_name(parent), reader) {
                Some(at) => table.columns.extend(self.tables[at].columns.iter().cloned()),
                None => table.refuse(refused(message!("dump-table-form"))),
            }
        }
        for column in definition.columns {
            let known = table.columns.iter().position(|it| it.name == column.name);
            match known.filter(|_| !table.columns.is_empty()) {
                Some(at) if table.columns[at].kind == column.kind => {
                    table.refuse(refused(message!("dump-column-twice")));
                }
                _ => table.columns.push(column),
            }
        }
        table.is_partitioned = definition.is_partitioned;
        table.keys = definition.keys;
        let references = definition.references.into_iter().map(|it| DumpReference {
            columns: it.columns,
            table: reader.table_name(it.table),
            target: it.target,
        });
        table.references = references.collect();
        if let Some(problem) = definition.problem {
            table.refuse(refused(problem));
        }
        table.check_columns();
        self.add(table, reader).map(drop)
    }

    fn alter(&mut self, definition: Definition, reader: &Reader) {
        let name = reader.table_name(definition.name);
        let Some(at) = self.place(&name, reader) else { return };
        let table = &mut self.tables[at];
        table.keys.extend(definition.keys);
        table.references.extend(definition.references.into_iter().map(|it| DumpReference {
            columns: it.columns,
            table: reader.table_name(it.table),
            target: it.target,
        }));
        if let Some(problem) = definition.problem {
            table.refuse(refused(problem));
        }
    }

    /// A table that is dropped before it has records, such as one that stands for a view.
    fn drop_table(&mut self, name: Option<Vec<String>>, reader: &Reader) {
        let Some(name) = name.map(|parts| reader.table_name(parts)) else { return };
        let Some(at) = self.place(&name, reader) else { return };
        let table = &mut self.tables[at];
        if table.extent.is_some() || table.problem.is_some() {
            table.refuse(refused(message!("dump-changed-records", statement = "DROP TABLE")));
            return;
        }
        table.is_dropped = true;
        self.places.remove(&Self::key(&name, reader));
    }

    /// A statement that changes records. All known tables that it names are not read.
    fn changed(&mut self, tokens: &[Tok], reader: &Reader) {
        let statement = tokens[0].lower().to_ascii_uppercase();
        for at in 1..tokens.len() {
            if tokens[at].kind == Kind::Symbol || tokens[at - 1].is(b'.') {
                continue;
            }
            let name = reader.cursor(&tokens[at..]).full_name();
            let place = name.and_then(|parts| self.place(&reader.table_name(parts), reader));
            if let Some(at) = place {
                let why = message!("dump-changed-records", statement = &statement);
                self.tables[at].refuse(refused(why));
            }
        }
    }

    /// A virtual table of SQLite, which is inserted into the schema.
    fn virtual_table(&mut self, tokens: &[Tok]) {
        let mut texts = tokens.iter().filter(|tok| tok.kind == Kind::Text);
        if let (Some(kind), Some(name)) = (texts.next(), texts.next())
            && kind.text == b"table"
        {
            let name = String::from_utf8_lossy(&name.text).into_owned();
            self.ledger.push(LedgerEntry::of(LedgerCode::VirtualTable).table(name));
        }
    }

    fn finish(&mut self, reader: &Reader) {
        if reader.lexer.is_cut || reader.lexer.marks.open > 0 || self.is_in_transaction {
            self.lacks(message!("dump-cut"));
        }
        if self.has_large_objects {
            let message = message!("dump-large-objects").to_string();
            let entry = LedgerEntry::new(LedgerCode::UnreadTable, message);
            self.ledger.push(entry.table("pg_largeobject"));
        }
        let internal = self.tables.iter().filter(|table| table.is_internal);
        let entry =
            |table: &DumpTable| LedgerEntry::of(LedgerCode::InternalTable).table(&table.name.name);
        self.ledger.extend(internal.map(entry).collect::<Vec<_>>());
        self.tables.retain(|table| {
            let is_definition = table.is_partitioned && table.extent.is_none();
            !(table.is_internal || table.is_dropped || is_definition)
        });
        self.tables.sort_by_key(|table| {
            table.extent.as_ref().map_or(table.defined, |extent| extent.start)
        });
        self.places.clear();
        for (at, table) in self.tables.iter().enumerate() {
            self.places.insert(Self::key(&table.name, reader), at);
        }
        self.link(reader);
    }

    /// Gives the names in keys and references the letters of the definitions. SQLite allows others.
    fn link(&mut self, reader: &Reader) {
        let label = |table: &DumpTable, name: &String| {
            table.place(name).map(|at| table.columns[at].name.clone())
        };
        let labels = |table: &DumpTable, names: &[String]| -> Option<Vec<String>> {
            names.iter().map(|name| label(table, name)).collect()
        };
        for at in 0..self.tables.len() {
            let table = &self.tables[at];
            let keys = table.keys.iter().filter_map(|key| labels(table, key)).collect();
            let references = table.references.iter().filter_map(|reference| {
                let columns = labels(table, &reference.columns).filter(|it| !it.is_empty())?;
                let target = self.place(&reference.table, reader).map(|at| &self.tables[at]);
                let names = target.and_then(|table| labels(table, &reference.target));
                Some(DumpReference {
                    columns,
                    table: target.map_or(&reference.table, |table| &table.name).clone(),
                    target: names.unwrap_or_else(|| reference.target.clone()),
                })
            });
            let references = references.collect();
            (self.tables[at].keys, self.tables[at].references) = (keys, references);
        }
    }

    /// Whether any table has records, or may have some.
    pub(super) fn has_records(&self) -> bool {
        self.tables.iter().any(|table| table.extent.is_some() || table.problem.is_some())
    }

    /// Whether tables are in several databases, so that their names need the database.
    fn has_databases(&self) -> bool {
        let mut names = self.tables.iter().map(|table| &table.name.database);
        let first = names.next();
        names.any(|name| Some(name) != first)
    }

    /// The names of all tables, and of a function that gives the name of any.
    pub(super) fn naming(&self) -> impl Fn(&TableName) -> String + use<> {
        let has_databases = self.has_databases();
        move |name: &TableName| match &name.database {
            Some(database) if has_databases => format!("{database}.{}", name.name),
            _ => name.name.clone(),
        }
    }
}

/// Reads the records of a statement, and counts them.
fn count(
    table: &mut DumpTable,
    listed: Option<&[String]>,
    is_copy: bool,
    reader: &mut Reader,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    let layout = layout(table, listed, is_copy, reader, &vec![true; table.columns.len()])?;
    let mut record = Record::new();
    reader.gives_generated = false;
    while next(reader, is_copy, &layout, &mut record)
        .map_err(|error| error.at_record(table.rows + 1))?
    {
        table.rows += 1;
        if table.rows.is_multiple_of(BETWEEN_QUESTIONS) {
            progress(reader.at())?;
        }
    }
    table.gives_generated |= reader.gives_generated;
    let omits_only_generated = listed.is_none() || {
        let names = listed.unwrap_or_default();
        let mut columns = table.columns.iter().filter(|column| !column.is_generated);
        columns.all(|column| names.iter().any(|name| name.eq_ignore_ascii_case(&column.name)))
    };
    table.omits_columns |= layout.omits() && !omits_only_generated;
    Ok(())
}

/// The layout of a statement.
pub(super) fn layout(
    table: &DumpTable,
    listed: Option<&[String]>,
    is_copy: bool,
    reader: &Reader,
    stored: &[bool],
) -> Result<Layout> {
    // SQLite never accepts values for generated columns, nor does COPY.
    let omits_generated = is_copy || reader.lexer.session.dialect == Dialect::Sqlite;
    Layout::new(table, listed, omits_generated, stored)
}

/// Reads the next record of a statement.
pub(super) fn next(
    reader: &mut Reader,
    is_copy: bool,
    layout: &Layout,
    record: &mut Record,
) -> Result<bool> {
    match is_copy {
        true => reader.line(layout, record),
        false => reader.tuple(layout, record),
    }
}
