//! The messages for users. Each language has one Fluent file in `i18n/`.
//!
//! Message ids and argument names are checked when this crate is compiled; ids of enum variants are
//! checked by a test. The language is always an argument; this module does not read the
//! environment.

mod message;

use std::borrow::Cow;
use std::sync::OnceLock;

use fluent::FluentValue;
use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::{I18nAssets, LanguageLoader};

pub use self::message::Message;
pub(crate) use self::message::message;

/// A language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The tag of the language in HTML, and the name of its folder of messages.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The messages of this crate in this language.
    pub(crate) fn loader(self) -> &'static FluentLanguageLoader {
        const LANGUAGES: usize = Language::ALL.len();
        static LOADERS: [OnceLock<FluentLanguageLoader>; LANGUAGES] =
            [const { OnceLock::new() }; LANGUAGES];
        LOADERS[self as usize].get_or_init(|| FILES.load("backup-core", self))
    }
}

/// The text of a message in a language: `fl!(language, "records", count = 2u64)`.
macro_rules! fl {
    ($language:expr, $id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        i18n_embed_fl::fl!($language.loader(), $id $(, $name = $value)*)
    };
}
pub(crate) use fl;

/// The message files of this crate, by their paths.
const FILES: MessageFiles = MessageFiles(&[
    ("en/backup-core.ftl", include_str!("../../i18n/en/backup-core.ftl")),
    ("zh-CN/backup-core.ftl", include_str!("../../i18n/zh-CN/backup-core.ftl")),
]);

/// Message files that are part of the program: `TAG/DOMAIN.ftl`, and their text.
#[derive(Debug, Clone, Copy)]
pub struct MessageFiles(pub &'static [(&'static str, &'static str)]);

impl I18nAssets for MessageFiles {
    fn get_files(&self, path: &str) -> Vec<Cow<'_, [u8]>> {
        let found = self.0.iter().filter(|(name, _)| *name == path);
        found.map(|(_, text)| text.as_bytes().into()).collect()
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(self.0.iter().map(|(name, _)| (*name).to_owned()))
    }
}

impl MessageFiles {
    /// The messages of a crate in a language.
    pub fn load(self, domain: &str, language: Language) -> FluentLanguageLoader {
        let tag = |language: Language| language.tag().parse().expect("the tag is well-formed");
        let loader = FluentLanguageLoader::new(domain, tag(Language::English));
        loader.load_languages(&self, &[tag(language)]).expect("the messages are in the program");
        // Many terminals show the marks that Fluent puts around arguments as odd signs.
        loader.set_use_isolating(false);
        loader.with_bundles_mut(|bundle| bundle.set_formatter(Some(grouped)));
        loader
    }
}

/// Formats a whole number in groups of three digits: `1,234,567`.
fn grouped<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 && number.value >= 0.0 => {
            Some(count(number.value as u64))
        }
        _ => None,
    }
}

/// Formats a number in groups of three digits: `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The messages of a file: their ids and the arguments of each.
    fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut id = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                assert!(!messages.contains_key(name), "{name} is there twice");
                id = name.to_owned();
            }
            let arguments = line.split('$').skip(1).map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
                rest[..end.unwrap_or(rest.len())].to_owned()
            });
            messages.entry(id.clone()).or_default().extend(arguments);
        }
        messages.remove("");
        messages
    }

    #[test]
    fn every_language_has_the_same_messages_with_the_same_arguments() {
        let texts = Language::ALL.map(|language| {
            let file = format!("{}/backup-core.ftl", language.tag());
            let files = FILES.get_files(&file);
            let text = String::from_utf8(files[0].to_vec()).expect("a message file is UTF-8");
            let parsed = fluent::FluentResource::try_new(text.clone());
            assert!(parsed.is_ok(), "{file}: {:?}", parsed.err().map(|(_, errors)| errors));
            messages(&text)
        });
        assert!(texts[0].len() > 100, "the messages are read");
        for (language, text) in Language::ALL.iter().zip(&texts) {
            for (id, arguments) in &texts[0] {
                assert_eq!(text.get(id), Some(arguments), "{id} in {language:?}");
            }
            assert_eq!(text.len(), texts[0].len(), "{language:?} has additional messages");
        }
    }

    /// The names of the variants of an enum, as in JSON.
    fn variants(source: &str, name: &str) -> Vec<String> {
        let (_, body) = source.split_once(&format!("pub enum {name} {{\n")).expect("it is there");
        let (body, _) = body.split_once("\n}\n").expect("it ends");
        let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
        let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
        let kebab = |name: &str| {
            let mut kebab = String::new();
            for c in name.chars().take_while(char::is_ascii_alphanumeric) {
                if c.is_ascii_uppercase() && !kebab.is_empty() {
                    kebab.push('-');
                }
                kebab.push(c.to_ascii_lowercase());
            }
            kebab
        };
        names.map(kebab).collect()
    }

    /// The codes of remarks, which are findings and have a text of their own.
    const REMARKS: [&str; 26] = [
        "misread",
        "unmatched",
        "remark",
        "guessed-encoding",
        "unclear-encoding",
        "guessed-delimiter",
        "guessed-header",
        "missing-header",
        "second-table",
        "padded-lines",
        "blank-records",
        "quoted-lines",
        "spaced-quotes",
        "damaged-log",
        "escaped-quotes",
        "repeated-header",
        "totals-record",
        "end-mark",
        "cut-line-end",
        "long-numbers",
        "shortened-numbers",
        "lost-characters",
        "secret-key",
        "opaque",
        "unlisted-parts",
        "other",
    ];

    #[test]
    fn every_variant_that_people_read_has_a_message() {
        let (error, outcome) = (include_str!("../error.rs"), include_str!("../outcome.rs"));
        let (command, report) = (include_str!("../command.rs"), include_str!("../report.rs"));
        let manifest = include_str!("../model/manifest.rs");
        for (source, name, prefix) in [
            (outcome, "CheckKind", "check-"),
            (error, "Operation", "operation-"),
            (command, "Step", "step-"),
            (command, "Command", "title-"),
            (command, "Command", "no-verdict-"),
            (report, "RunOutcome", "verdict-"),
            (include_str!("../model/run.rs"), "Limited", "limit-"),
            (manifest, "Provenance", "basis-"),
            (manifest, "Provenance", "key-"),
            (manifest, "RecoveryMethod", "recovery-"),
            (manifest, "Role", "role-"),
            (include_str!("../ledger_code.rs"), "LedgerCode", "ledger-"),
        ] {
            let names = variants(source, name);
            assert!(!names.is_empty(), "{name} has no variants");
            for variant in names.iter().filter(|variant| !REMARKS.contains(&variant.as_str())) {
                let id = format!("{prefix}{}", variant.replace("unparsed", "unread"));
                assert!(Language::English.loader().has(&id), "{name} has no message {id}");
            }
        }
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(fl!(Language::English, "count-records", count = 1u64), "1 record");
        assert_eq!(fl!(Language::English, "count-records", count = 1234u64), "1,234 records");
        assert_eq!(fl!(Language::Chinese, "count-records", count = 1234u64), "1,234 条记录");
    }
}
