//! The documents describe the format: its keys, and an example.

use serde_json::Value;

use super::*;
use crate::profile::section::FromSection;

const DOCUMENT: &str = include_str!("../../../../../docs/profiles.md");
const SCHEMA: &str = include_str!("../../../../../schema/profile-1.schema.json");

/// The keys of each section; the first is the profile itself.
const SECTIONS: [(&str, &[&str]); 18] = [
    ("", Profile::KEYS),
    ("recognise", Recognise::KEYS),
    ("parts", Parts::KEYS),
    ("volumes", Volumes::KEYS),
    ("limits", Limits::KEYS),
    ("header", Header::KEYS),
    ("metadata", Metadata::KEYS),
    ("sheets", Sheets::KEYS),
    ("labels", Labels::KEYS),
    ("keys", Key::KEYS),
    ("lookups", Lookup::KEYS),
    ("prefixes", Prefixes::KEYS),
    ("nulls", Nulls::KEYS),
    ("not_live", NotLive::KEYS),
    ("attachments", Attachments::KEYS),
    ("embedded", Embedded::KEYS),
    ("links", Link::KEYS),
    ("unknown", Unknown::KEYS),
];

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

#[test]
fn the_schema_has_exactly_the_keys_of_the_parser() {
    let schema = schema();
    for (name, keys) in SECTIONS {
        let section = if name.is_empty() { &schema } else { &schema["$defs"][name] };
        let listed = section["properties"].as_object().expect("the schema has the section");
        assert_eq!(listed.keys().collect::<Vec<_>>(), sorted(keys), "{name}");
        assert_eq!(section["additionalProperties"], false, "{name}");
    }
    let definitions = schema["$defs"].as_object().expect("there are definitions");
    let sections = definitions.values().filter(|one| one.get("properties").is_some());
    assert_eq!(sections.count(), SECTIONS.len() - 1);
}

/// The order of keys in a [`Value`].
fn sorted<'a>(keys: &[&'a str]) -> Vec<&'a str> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys
}

#[test]
fn the_document_describes_every_key_and_every_built_in_profile() {
    let described = |name: &str| DOCUMENT.contains(&format!("`{name}`"));
    let is_section = |key: &&str| SECTIONS.iter().any(|(name, _)| name == key);
    for key in SECTIONS.iter().flat_map(|(_, keys)| *keys).filter(|key| !is_section(key)) {
        assert!(described(key), "{key} is not described");
    }
    for (name, _) in &SECTIONS[1..] {
        let heads = [format!("`[{name}]`"), format!("`[[{name}]]`"), format!("`{name}`")];
        assert!(heads.iter().any(|head| DOCUMENT.contains(head)), "{name} is not described");
    }
    for profile in Profile::built_in() {
        let row = format!("| `{}` | {} |", profile.name, profile.title);
        assert!(DOCUMENT.contains(&row), "there is no row {row}");
    }
}

#[test]
fn the_example_of_the_document_is_a_profile() {
    let (_, example) = DOCUMENT.split_once("```toml\n").expect("there is an example");
    let (example, _) = example.split_once("```").expect("the example ends");
    let profile = Profile::parse(example).expect("the example is a profile");
    assert_eq!((profile.name(), profile.title()), ("shop", "Our shop"));
    let file = profile.attachments[0].file.as_ref().expect("the rule names a file");
    assert!(file.matches("shop-export-2026-05-01.zip/documents/4711.docx"));
    let parts = profile.parts[0].pattern.captures("orders-12.csv").expect("it is a part");
    assert_eq!((parts.get("table"), parts.number()), (Some("orders"), Some(12)));
    assert_eq!((profile.parts[0].first, profile.parts[0].gapless), (1, true));
}
