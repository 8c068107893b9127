//! Rules for single cells: ids that a spreadsheet program has changed, lists of ids that are full,
//! files within cells, links that die, records that are not live.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::tables::SurveyedTable;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::profile::{Encoding, Pattern, Profile};
use crate::record::{Cell, Record};
use crate::report::{Undecided, UndecidedReason};

/// The fewest digits before the point of a number that a spreadsheet program writes with an
/// exponent by itself.
const EXPONENT: u32 = 11;
/// The most digits of such a number that may still be an id.
const MOST_EXPONENT: u32 = 30;

/// Fewer cells than one in this many may be texts that only look like rounded ids, unless the column
/// has long ids.
const FEW: u64 = 20;
/// The fewest digits of a long id: a spreadsheet program keeps no more.
const LONG_ID: usize = 15;

/// What was found in the cells of one column: how often, and the first record.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    cells: u64,
    first: u64,
}

impl Count {
    fn add(&mut self, record: u64) {
        if self.cells == 0 {
            self.first = record;
        }
        self.cells += 1;
    }
}

/// What is looked for in a column because the profile says so.
#[derive(Debug, Clone, Default)]
struct Wanted {
    /// How it contains files, and the column with their names.
    embedded: Option<(Encoding, Option<usize>)>,
    /// Whether no cell may be empty, as the first record says.
    required: bool,
}

/// A column that marks records as live or not, as the profile says.
struct Mark {
    column: usize,
    live: Vec<String>,
    dead: Vec<String>,
}

/// One column of the table that is read.
#[derive(Default)]
struct Column {
    wanted: Wanted,
    /// The number of cells with at least two characters.
    filled: u64,
    /// The number of cells among them that have digits only, and of long ids among these.
    numbers: u64,
    long_ids: u64,
    exponents: Count,
    tabs: Count,
    links: Count,
    full: Count,
    undecodable: Count,
    empty: Count,
    not_live: Count,
}

/// Counts in the cells of the tables, one after the other.
#[derive(Default)]
pub(super) struct Cells {
    table: String,
    labels: Vec<String>,
    columns: Vec<Column>,
    marks: Vec<Mark>,
    ids_per_cell: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) undecided: Vec<Undecided>,
}

impl Cells {
    pub(super) fn begin(&mut self, table: &SurveyedTable) {
        self.end();
        let profile = table.profile.as_deref();
        table.name.clone_into(&mut self.table);
        table.labels.clone_into(&mut self.labels);
        self.ids_per_cell =
            profile.and_then(|it| it.limits.ids_per_cell).unwrap_or_default() as usize;
        let position = |pattern: &Pattern| table.labels.iter().position(|it| pattern.matches(it));
        let embedded = profile.into_iter().flat_map(|profile| &profile.embedded);
        let embedded: Vec<_> = embedded
            .filter(|rule| table.is_named(&rule.table))
            .map(|rule| (rule, rule.name_column.as_ref().and_then(position)))
            .collect();
        let wanted = |label: &String| {
            let mut rules = embedded.iter();
            let rule = rules.find(|(rule, _)| rule.column.matches(label));
            let embedded = rule.map(|(rule, names)| (rule.encoding, *names));
            Column { wanted: Wanted { embedded, required: false }, ..Column::default() }
        };
        self.columns = table.labels.iter().map(wanted).collect();
        self.marks = (0..table.labels.len()).filter_map(|at| Mark::of(table, at)).collect();
    }

    /// Whether a record of the current table is live in the CRM.
    pub(super) fn is_live(&self, record: &Record) -> bool {
        !self.marks.iter().any(|mark| mark.is_dead(record))
    }

    /// Marks the columns of the current table whose cells must not be empty.
    pub(super) fn require(&mut self, is_required: impl Fn(usize) -> bool) {
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.wanted.required = is_required(at);
        }
    }

    pub(super) fn record(&mut self, number: u64, record: &Record, profile: Option<&Profile>) {
        for mark in self.marks.iter().filter(|mark| mark.is_dead(record)) {
            self.columns[mark.column].not_live.add(number);
        }
        let has_links = profile.is_some_and(|profile| !profile.links.is_empty());
        for (cell, column) in record.iter().zip(&mut self.columns) {
            let text = match cell {
                Cell::Text(text) => text.as_bytes(),
                Cell::Null => &[],
                _ => continue,
            };
            if text.is_empty() && column.wanted.required {
                column.empty.add(number);
            }
            if let Some((encoding, name)) = column.wanted.embedded {
                let is_named = || {
                    let name = name.and_then(|name| record.get(name));
                    name.is_some_and(|name| match name {
                        Cell::Null => false,
                        Cell::Text(text) => !text.as_bytes().trim_ascii().is_empty(),
                        _ => true,
                    })
                };
                let is_wrong = if text.is_empty() { is_named() } else { !encoding.decodes(text) };
                if is_wrong {
                    column.undecodable.add(number);
                }
            }
            let [first, .., last] = text else { continue };
            column.filled += 1;
            if *last == b'\t' {
                column.tabs.add(number);
            }
            if first.is_ascii_digit() {
                let id = text.trim_ascii_end();
                if has_exponent(text) {
                    column.exponents.add(number);
                } else if id.iter().all(u8::is_ascii_digit) {
                    column.numbers += 1;
                    column.long_ids += u64::from(id.len() >= LONG_ID);
                }
            }
            if has_links
                && memchr::memchr(b'/', text).is_some()
                && let (Some(profile), Ok(text)) = (profile, std::str::from_utf8(text))
                && has_link(text, profile)
            {
                column.links.add(number);
            }
            let most = self.ids_per_cell;
            if most > 0 && text.len() > 2 * most {
                let parts = text.split(|byte| *byte == b';');
                if parts.filter(|part| !part.trim_ascii().is_empty()).count() == most {
                    column.full.add(number);
                }
            }
        }
    }

    /// Ends the current table, and adds what was found.
    pub(super) fn end(&mut self) {
        let (table, limit) = (std::mem::take(&mut self.table), self.ids_per_cell as u64);
        for (label, column) in self.labels.drain(..).zip(self.columns.drain(..)) {
            let remark = |code, count: Count, message| {
                let finding = Finding::remark(code, message).table(&table);
                (count.cells > 0).then_some(finding)
            };
            let gap = |code, count, message| remark(code, count, message).map(Finding::gap);
            macro_rules! of {
                ($id:literal, $count:expr $(, $name:ident = $value:expr)*) => {
                    message!(
                        $id,
                        column = &*label,
                        count = $count.cells,
                        first = $count.first.to_string()
                        $(, $name = $value)*
                    )
                };
            }
            let Column {
                filled,
                numbers,
                long_ids,
                exponents,
                tabs,
                full,
                undecodable,
                empty,
                not_live,
                links,
                ..
            } = column;
            // A few texts may be such numbers; in a column of ids there are many, or the others are
            // ids.
            let others = filled - exponents.cells;
            let rounded = if exponents.cells * FEW >= filled || 2 * long_ids >= others {
                gap(Code::Ids, exponents, of!("ids-rounded", exponents))
            } else if 2 * numbers >= others {
                remark(Code::Ids, exponents, of!("ids-perhaps-rounded", exponents))
            } else {
                None
            };
            let found = [
                rounded,
                remark(Code::Ids, tabs, of!("ids-with-tab", tabs)),
                gap(Code::Limit, full, of!("cell-at-limit", full, limit = limit)),
                gap(Code::Attachment, undecodable, of!("embedded-undecodable", undecodable)),
                remark(Code::Layout, empty, of!("required-empty", empty)),
                remark(Code::Layout, not_live, of!("records-not-live", not_live)),
                remark(Code::Links, links, of!("links-die", links)),
            ];
            self.findings.extend(found.into_iter().flatten());
            if links.cells > 0 {
                let why = message!("undecided-links", column = &*label, table = &*table);
                let undecided = Undecided::new(UndecidedReason::Links, why);
                self.undecided.push(undecided.names([table.clone()]));
            }
        }
    }
}

impl Mark {
    fn of(table: &SurveyedTable, column: usize) -> Option<Self> {
        let profile = table.profile.as_ref()?;
        let rule = profile.not_live.iter().find(|rule| {
            rule.column.matches(&table.labels[column])
                && rule.tables.as_ref().is_none_or(|tables| table.is_named(tables))
        })?;
        Some(Self { column, live: rule.live.clone(), dead: rule.dead.clone() })
    }

    /// Whether it says that a record is not live. An empty cell says nothing.
    fn is_dead(&self, record: &Record) -> bool {
        let number;
        let text = match record.get(self.column) {
            Some(Cell::Text(text)) => text.as_bytes().trim_ascii(),
            Some(Cell::Integer(value)) => {
                number = value.to_string();
                number.as_bytes()
            }
            Some(Cell::Real(value)) => {
                number = value.to_string();
                number.as_bytes()
            }
            Some(Cell::Null | Cell::Blob(_)) | None => return false,
        };
        let is = |value: &String| text.eq_ignore_ascii_case(value.as_bytes());
        let is_live =
            if self.live.is_empty() { !self.dead.iter().any(is) } else { self.live.iter().any(is) };
        !text.is_empty() && !is_live
    }
}

impl Encoding {
    /// Whether the text is a file in this encoding, in which white space may stand.
    fn decodes(self, text: &[u8]) -> bool {
        let Self::Base64 = self;
        let compact: Vec<u8> =
            text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        STANDARD.decode(compact).is_ok()
    }
}

/// Whether the text is a large number with an exponent, as in `1.23E+17`.
fn has_exponent(text: &[u8]) -> bool {
    let Some(at) = text.iter().rposition(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (number, exponent) = (&text[..at], text[at + 1..].trim_ascii_end());
    let digits = exponent.strip_prefix(b"+").unwrap_or_default();
    let exponent = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u32>().ok());
    let of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    number.iter().all(of_number)
        && exponent.is_some_and(|it| (EXPONENT..=MOST_EXPONENT).contains(&it))
}

/// Whether a text contains a link that the profile names.
fn has_link(text: &str, profile: &Profile) -> bool {
    let is_of_link =
        |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '<' | '>' | '(' | ')');
    let mut words = text.split(|c| !is_of_link(c)).filter(|word| word.contains('/'));
    words.any(|word| {
        let word = word.split_once("://").map_or(word, |(_, rest)| rest);
        let (host, rest) = word.split_at(word.find('/').unwrap_or(word.len()));
        let path = rest.split(['?', '#']).next().unwrap_or(rest);
        profile.links.iter().any(|link| {
            (link.host.matches(host) || host.is_empty() && link.path.is_some())
                && link.path.as_ref().is_none_or(|pattern| pattern.matches(path))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;
    use crate::profile::Chosen;
    use crate::record::{Column as TableColumn, Table};

    #[test]
    fn large_numbers_with_exponents_are_found_and_others_are_not() {
        for rounded in ["1.23E+17", "3.50102E+11", "1E+18", "1,23E+17"] {
            assert!(has_exponent(rounded.as_bytes()), "{rounded}");
        }
        for other in ["1.5E+3", "1.23E-17", "12E17", "E+17", "x1E+17", "1.2E+300", "7E"] {
            let is_first_digit = other.as_bytes()[0].is_ascii_digit();
            assert!(!is_first_digit || !has_exponent(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn records_that_are_deleted_are_counted_whatever_the_length_of_the_mark() {
        let espocrm = Profile::built_in().iter().find(|it| it.name() == "espocrm");
        let table = Table::new("contact", ["id", "deleted"].map(TableColumn::text));
        let profile = espocrm.map(Chosen::BuiltIn);
        let mut cells = Cells::default();
        cells.begin(&SurveyedTable::new(&table, &Origin::default(), profile, None));
        for (number, deleted) in [(1, "0"), (2, "1"), (3, "1")] {
            let mut record = Record::new();
            record.push(Cell::Text("a1".into()));
            record.push(Cell::Text(deleted.into()));
            assert_eq!(cells.is_live(&record), deleted == "0");
            cells.record(number, &record, espocrm);
        }
        cells.end();
        let [finding] = &cells.findings[..] else { panic!("{:?}", cells.findings) };
        let message = finding.message.to_string();
        assert!(message.contains("2 records") && message.ends_with("record 2"), "{message}");
    }

    #[test]
    fn links_are_found_by_host_and_path() {
        let profiles = Profile::built_in();
        let of = |name: &str| profiles.iter().find(|it| it.name() == name).expect("it is built in");
        let link = "www.fxiaoke.com/FSC/EM/File/GetByPath?path=N_202601_02_ab";
        assert!(has_link(&format!("合同: https://{link}, …"), of("fxiaoke")));
        assert!(has_link(link, of("fxiaoke")));
        assert!(!has_link("https://example.com/FSC/EM/File/x", of("fxiaoke")));
        assert!(!has_link("1/2", of("fxiaoke")));
        assert!(has_link("<img src=\"/servlet/servlet.ImageServer?id=015\">", of("salesforce")));
        assert!(has_link("https://a.file.force.com/x", of("salesforce")));
    }
}
