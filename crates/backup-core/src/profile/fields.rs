//! How the fields of a profile are read that are more than a word, a number or a pattern.

use std::collections::BTreeMap;

use super::pattern::Pattern;
use super::section::{FromNode, Node, OfPath, Positive, Section, list, need, option, some_words};
use super::{Attachments, ContentDigest, Encoding, Matching, UnknownFact, VERSION};
use crate::error::Result;
use crate::i18n::message;

/// One of several words.
fn choice<T: Copy>(node: Node<'_>, words: &[(&'static str, T)]) -> Result<T> {
    let given = String::from_node(node)?;
    let found = words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
    let known = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| node.error(message!("profile-choice", value = given, known = known)))
}

impl FromNode for Matching {
    fn from_node(node: Node<'_>) -> Result<Self> {
        choice(node, &[("name", Self::Name), ("code", Self::Code), ("sha1", Self::Sha1)])
    }
}

impl FromNode for UnknownFact {
    fn from_node(node: Node<'_>) -> Result<Self> {
        let words = [("attachments", Self::Attachments), ("references", Self::References)];
        choice(node, &words)
    }
}

impl FromNode for ContentDigest {
    fn from_node(node: Node<'_>) -> Result<Self> {
        choice(node, &[("sha1", Self::Sha1)])
    }
}

impl FromNode for Encoding {
    fn from_node(node: Node<'_>) -> Result<Self> {
        choice(node, &[("base64", Self::Base64)])
    }
}

pub(super) fn version(section: &Section<'_>, key: &str) -> Result<u64> {
    let version: u64 = need(section, key)?;
    match section.node(key) {
        Some(node) if version != VERSION => {
            Err(node.error(message!("profile-version", found = version, known = VERSION)))
        }
        _ => Ok(version),
    }
}

pub(super) fn paths(section: &Section<'_>, key: &str) -> Result<Vec<Pattern>> {
    Ok(list::<OfPath>(section, key)?.into_iter().map(|path| path.0).collect())
}

pub(super) fn path(section: &Section<'_>, key: &str) -> Result<Option<Pattern>> {
    Ok(option::<OfPath>(section, key)?.map(|path| path.0))
}

/// A pattern of a path that has this placeholder.
pub(super) fn path_with(
    section: &Section<'_>,
    key: &str,
    placeholder: &str,
) -> Result<Option<Pattern>> {
    let pattern = path(section, key)?;
    match (section.node(key), &pattern) {
        (Some(node), Some(pattern)) if !pattern.has(placeholder) => Err(node.error(message!(
            "profile-pattern-needs",
            pattern = pattern.as_str(),
            name = placeholder
        ))),
        _ => Ok(pattern),
    }
}

pub(super) fn numbered(section: &Section<'_>, key: &str) -> Result<Pattern> {
    let missing = || section.error(message!("profile-missing", key = key));
    path_with(section, key, "number")?.ok_or_else(missing)
}

/// Refuses a table that does not have exactly one of two keys.
fn either(section: &Section<'_>, keys: [&str; 2]) -> Result<()> {
    match section.has(keys[0]) != section.has(keys[1]) {
        true => Ok(()),
        false => Err(section.error(message!("profile-either", first = keys[0], second = keys[1]))),
    }
}

pub(super) fn attached_file(section: &Section<'_>, key: &str) -> Result<Option<Pattern>> {
    either(section, [key, "through"])?;
    path_with(section, key, "value")
}

pub(super) fn live(section: &Section<'_>, key: &str) -> Result<Vec<String>> {
    either(section, [key, "dead"])?;
    some_words(section, key)
}

/// The digest of the content, for a rule that has a file.
pub(super) fn content(section: &Section<'_>, key: &str) -> Result<Option<ContentDigest>> {
    match section.has(key) && !section.has("file") {
        true => Err(section.error(message!("profile-missing", key = "file"))),
        false => option(section, key),
    }
}

pub(super) fn dead(section: &Section<'_>, key: &str) -> Result<Vec<String>> {
    either(section, ["live", key])?;
    some_words(section, key)
}

pub(super) fn contains(section: &Section<'_>, key: &str) -> Result<Vec<String>> {
    need::<Vec<String>>(section, key)?;
    some_words(section, key)
}

pub(super) fn length(section: &Section<'_>, key: &str) -> Result<u64> {
    Ok(need::<Positive>(section, key)?.0)
}

pub(super) fn prefix_tables(section: &Section<'_>, key: &str) -> Result<BTreeMap<String, String>> {
    let (length, tables) = (length(section, "length")?, need::<BTreeMap<_, _>>(section, key)?);
    let wrong = |prefix: &&String| prefix.chars().count() as u64 != length;
    match (section.node(key), tables.keys().find(wrong)) {
        (Some(node), Some(prefix)) => {
            Err(node.error(message!("profile-prefix", prefix = prefix, length = length)))
        }
        _ => Ok(tables),
    }
}

/// The rules for attachments. Those that lead through a table end at a rule with a file.
pub(super) fn attachments(section: &Section<'_>, key: &str) -> Result<Vec<Attachments>> {
    let rules: Vec<Attachments> = list(section, key)?;
    for (index, rule) in rules.iter().enumerate() {
        let error = |why| match section.node(key) {
            Some(node) => node.item(index).error(why),
            None => section.error(why),
        };
        let (mut next, mut hops) = (rule.through.as_ref(), 0);
        while let Some(table) = next {
            if hops == rules.len() {
                return Err(error(message!("profile-through-loop", table = table)));
            }
            let target = rules.iter().find(|rule| rule.table.matches(table));
            let target =
                target.ok_or_else(|| error(message!("profile-through-none", table = table)))?;
            (next, hops) = (target.through.as_ref(), hops + 1);
        }
    }
    Ok(rules)
}
