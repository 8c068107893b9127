//! Values of a TOML text, and the errors with their lines.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::pattern::{Pattern, Scope};
use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::input;
use crate::suggestions::suggestions;

/// The error for a place in a text.
fn error_at(text: &str, byte: usize, why: Message) -> Error {
    let before = &text.as_bytes()[..byte.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    input::refuse(why, message!("hint-profile")).at_line(line)
}

/// A value, and where it is.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    text: &'a str,
    key: &'a str,
    value: &'a Spanned<DeValue<'a>>,
}

impl Node<'_> {
    /// The item of a list; the list itself if there is none.
    pub(super) fn item(self, index: usize) -> Self {
        let value = self.value.get_ref().get(index).unwrap_or(self.value);
        Self { value, ..self }
    }

    pub(super) fn error(&self, why: Message) -> Error {
        error_at(self.text, self.value.span().start, why)
    }

    /// The error for a value of another type. `wanted` is a type in the message.
    fn mistyped(&self, wanted: &'static str) -> Error {
        self.error(message!("profile-type", key = self.key, wanted = wanted))
    }
}

/// A type of values.
pub(super) trait FromNode: Sized {
    fn from_node(node: Node<'_>) -> Result<Self>;
}

impl FromNode for String {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let text = node.value.get_ref().as_str().map(str::to_owned);
        text.ok_or_else(|| node.mistyped("text"))
    }
}

impl FromNode for bool {
    fn from_node(node: Node<'_>) -> Result<Self> {
        node.value.get_ref().as_bool().ok_or_else(|| node.mistyped("boolean"))
    }
}

impl FromNode for u64 {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let digits = node.value.get_ref().as_integer();
        let number = digits.and_then(|it| Self::from_str_radix(it.as_str(), it.radix()).ok());
        number.ok_or_else(|| node.mistyped("number"))
    }
}

/// A whole number above 0.
pub(super) struct Positive(pub(super) u64);

impl FromNode for Positive {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let number = u64::from_node(node).ok().filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| node.mistyped("positive"))
    }
}

/// A text that is not empty.
struct Word(String);

impl FromNode for Word {
    fn from_node(node: Node<'_>) -> Result<Self> {
        match String::from_node(node)? {
            word if word.is_empty() => {
                Err(node.error(message!("profile-word-empty", key = node.key)))
            }
            word => Ok(Self(word)),
        }
    }
}

/// A share, from 0 to 1.
impl FromNode for f64 {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let digits = match node.value.get_ref() {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) => number.as_str(),
            _ => "",
        };
        let share = digits.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| node.mistyped("share"))
    }
}

impl FromNode for char {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let mut text = node.value.get_ref().as_str().unwrap_or_default().chars();
        text.next().filter(|_| text.next().is_none()).ok_or_else(|| node.mistyped("character"))
    }
}

impl FromNode for Pattern {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let text = String::from_node(node)?;
        Self::parse(&text, Scope::Text).map_err(|why| node.error(why))
    }
}

/// A pattern of a path.
pub(super) struct OfPath(pub(super) Pattern);

impl FromNode for OfPath {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let text = String::from_node(node)?;
        Pattern::parse(&text, Scope::Path).map(Self).map_err(|why| node.error(why))
    }
}

impl<T: FromNode> FromNode for Vec<T> {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let items = node.value.get_ref().as_array().ok_or_else(|| node.mistyped("list"))?;
        items.iter().map(|value| T::from_node(Node { value, ..node })).collect()
    }
}

impl FromNode for BTreeMap<String, String> {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let table = node.value.get_ref().as_table().ok_or_else(|| node.mistyped("table"))?;
        let entries = table.iter().map(|(key, value)| {
            let text = String::from_node(Node { key: key.get_ref(), value, ..node })?;
            Ok((key.get_ref().to_string(), text))
        });
        entries.collect()
    }
}

/// A table of the text, all of whose keys are known.
pub(super) struct Section<'a> {
    text: &'a str,
    start: usize,
    table: &'a DeTable<'a>,
}

/// A type of tables, which lists its keys.
pub(super) trait FromSection: Sized {
    const KEYS: &'static [&'static str];

    fn from_section(section: &Section<'_>) -> Result<Self>;

    /// Reads the table after a check of its keys.
    fn checked(section: &Section<'_>) -> Result<Self> {
        let unknown =
            section.table.keys().find(|key| !Self::KEYS.contains(&key.get_ref().as_ref()));
        if let Some(key) = unknown {
            let (near, _) = suggestions(key.get_ref(), Self::KEYS.iter().copied());
            let why = message!("profile-key", key = key.get_ref().as_ref(), near = near);
            return Err(error_at(section.text, key.span().start, why));
        }
        Self::from_section(section)
    }

    /// Reads a table in a value.
    fn from_table(node: Node<'_>) -> Result<Self> {
        let table = node.value.get_ref().as_table().ok_or_else(|| node.mistyped("table"))?;
        Self::checked(&Section { text: node.text, start: node.value.span().start, table })
    }

    /// Reads a whole text.
    fn from_text(text: &str) -> Result<Self> {
        let root = DeTable::parse(text).map_err(|error| {
            let byte = error.span().map_or(0, |span| span.start);
            error_at(text, byte, message!("profile-toml", why = error.message()))
        })?;
        Self::checked(&Section { text, start: 0, table: root.get_ref() })
    }
}

impl Section<'_> {
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of a key.
    pub(super) fn node<'a>(&'a self, key: &'a str) -> Option<Node<'a>> {
        Some(Node { text: self.text, key, value: self.table.get(key)? })
    }

    /// An error for the table as a whole.
    pub(super) fn error(&self, why: Message) -> Error {
        error_at(self.text, self.start, why)
    }
}

/// The value of a key, if it is there.
pub(super) fn option<T: FromNode>(section: &Section<'_>, key: &str) -> Result<Option<T>> {
    section.node(key).map(T::from_node).transpose()
}

/// The value of a key that must be there.
pub(super) fn need<T: FromNode>(section: &Section<'_>, key: &str) -> Result<T> {
    let missing = || section.error(message!("profile-missing", key = key));
    option(section, key)?.ok_or_else(missing)
}

/// The items of a key; none if it is not there.
pub(super) fn list<T: FromNode>(section: &Section<'_>, key: &str) -> Result<Vec<T>> {
    Ok(option(section, key)?.unwrap_or_default())
}

/// The number of a key above 0, if the key is there.
pub(super) fn positive(section: &Section<'_>, key: &str) -> Result<Option<u64>> {
    Ok(option::<Positive>(section, key)?.map(|number| number.0))
}

/// The numbers of a key, all above 0; none if the key is not there.
pub(super) fn positives(section: &Section<'_>, key: &str) -> Result<Vec<u64>> {
    Ok(list::<Positive>(section, key)?.into_iter().map(|number| number.0).collect())
}

/// The texts of a key, none of which is empty; no texts if the key is not there.
pub(super) fn words(section: &Section<'_>, key: &str) -> Result<Vec<String>> {
    Ok(list::<Word>(section, key)?.into_iter().map(|word| word.0).collect())
}

/// As [`words`], but a key that is there must have some.
pub(super) fn some_words(section: &Section<'_>, key: &str) -> Result<Vec<String>> {
    let words = words(section, key)?;
    match section.node(key) {
        Some(node) if words.is_empty() => {
            Err(node.error(message!("profile-list-empty", key = key)))
        }
        _ => Ok(words),
    }
}

/// The value of a key, or this one.
pub(super) fn or<T: FromNode>(other: T) -> impl FnOnce(&Section<'_>, &str) -> Result<T> {
    |section, key| Ok(option(section, key)?.unwrap_or(other))
}

/// The table of a key, or an empty one.
pub(super) fn table<T: FromSection>(section: &Section<'_>, key: &str) -> Result<T> {
    match section.node(key) {
        Some(node) => T::from_table(node),
        None => T::from_section(&Section { table: &DeTable::new(), ..*section }),
    }
}

/// Defines a type of tables: each field with how its key is read.
macro_rules! sections {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$about:meta])* $field:ident $(as $key:literal)?: $type:ty = $how:expr,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis struct $name { $($(#[$about])* pub(crate) $field: $type,)* }

        impl $crate::profile::section::FromSection for $name {
            const KEYS: &'static [&'static str] =
                &[$($crate::profile::section::key!($field $($key)?),)*];

            fn from_section(
                section: &$crate::profile::section::Section<'_>,
            ) -> $crate::error::Result<Self> {
                Ok(Self {
                    $($field: $how(section, $crate::profile::section::key!($field $($key)?))?,)*
                })
            }
        }

        impl $crate::profile::section::FromNode for $name {
            fn from_node(
                node: $crate::profile::section::Node<'_>,
            ) -> $crate::error::Result<Self> {
                <Self as $crate::profile::section::FromSection>::from_table(node)
            }
        }
    )*};
}
pub(super) use sections;

/// The key of a field.
macro_rules! key {
    ($field:ident $key:literal) => {
        $key
    };
    ($field:ident) => {
        stringify!($field)
    };
}
pub(super) use key;
