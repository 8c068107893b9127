//! The messages of the command line: one Fluent file for each language, in `i18n/`. The library's
//! messages are in the library.

use std::borrow::Cow;
use std::sync::LazyLock;

use backup_core::render::{Language, count};
use fluent::FluentValue;
use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::{I18nAssets, LanguageLoader};

/// A message in a language, with its arguments: `fl!(language, "see-json", count = more)`.
macro_rules! fl {
    ($language:expr, $id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        i18n_embed_fl::fl!($crate::i18n::loader($language), $id $(, $name = $value)*)
    };
}
pub(crate) use fl;

/// The messages in a language.
pub(crate) fn loader(language: Language) -> &'static FluentLanguageLoader {
    static ENGLISH: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(Language::English));
    static CHINESE: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(Language::Chinese));
    match language {
        Language::Chinese => &CHINESE,
        _ => &ENGLISH,
    }
}

/// The message files, which are part of the program.
struct Files;

impl I18nAssets for Files {
    fn get_files(&self, path: &str) -> Vec<Cow<'_, [u8]>> {
        let text = match path {
            "en/backup-cli.ftl" => include_str!("../i18n/en/backup-cli.ftl"),
            "zh-CN/backup-cli.ftl" => include_str!("../i18n/zh-CN/backup-cli.ftl"),
            _ => return Vec::new(),
        };
        vec![text.as_bytes().into()]
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(Language::ALL.map(|one| format!("{}/backup-cli.ftl", one.tag())).into_iter())
    }
}

fn load(language: Language) -> FluentLanguageLoader {
    let tag = |language: Language| language.tag().parse().expect("the tag is well-formed");
    let loader = FluentLanguageLoader::new("backup-cli", tag(Language::English));
    loader.load_languages(&Files, &[tag(language)]).expect("the messages are in the program");
    // Many terminals show the marks that Fluent puts around arguments as odd signs.
    loader.set_use_isolating(false);
    loader.with_bundles_mut(|bundle| bundle.set_formatter(Some(grouped)));
    loader
}

/// A whole number in groups of three digits.
fn grouped<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(count(number.value as u64)),
        _ => None,
    }
}

/// A message in every language. JSON uses the English one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) english: String,
    chinese: String,
}

/// A message in every language, with its arguments: `text!("is-a-folder", path = path)`.
macro_rules! text {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::i18n::Text::of(|language| $crate::i18n::fl!(language, $id $(, $name = $value)*))
    };
}
pub(crate) use text;

impl Text {
    /// The texts of `message` in each language.
    pub(crate) fn of(message: impl Fn(Language) -> String) -> Self {
        Self { english: message(Language::English), chinese: message(Language::Chinese) }
    }

    /// The message in a language.
    pub(crate) fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            _ => &self.english,
        }
    }

    /// Puts a name before the message, unless the message contains it.
    pub(crate) fn about(self, name: &str) -> Self {
        Self::of(|language| match self.text(language) {
            text if text.contains(name) => text.to_owned(),
            text => fl!(language, "about", name = name, text = text),
        })
    }

    /// Appends another message.
    pub(crate) fn and(self, next: &Self) -> Self {
        Self::of(|language| {
            fl!(language, "sentences", first = self.text(language), next = next.text(language))
        })
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::of(|_| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The messages of a file: their ids, each with the arguments that it takes.
    fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut id = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                assert!(!messages.contains_key(name), "{name} occurs twice");
                id = name.to_owned();
            }
            let arguments = line.split('$').skip(1).map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
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
            let file = format!("{}/backup-cli.ftl", language.tag());
            let files = Files.get_files(&file);
            let text = String::from_utf8(files[0].to_vec()).expect("a message file is UTF-8");
            let parsed = fluent::FluentResource::try_new(text.clone());
            assert!(parsed.is_ok(), "{file}: {:?}", parsed.err().map(|(_, errors)| errors));
            messages(&text)
        });
        assert!(texts[0].len() > 100, "the messages are read");
        for (id, arguments) in &texts[0] {
            assert_eq!(texts[1].get(id), Some(arguments), "{id} in Chinese");
        }
        assert_eq!(texts[0].len(), texts[1].len(), "Chinese has additional messages");
    }

    #[test]
    fn a_file_name_is_printed_once_in_each_language() {
        let damaged = |language: Language| match language {
            Language::Chinese => "已损坏".to_owned(),
            _ => "a.age: it is damaged".to_owned(),
        };
        let text = Text::of(damaged).about("a.age");
        assert_eq!(text.text(Language::English), "a.age: it is damaged");
        assert_eq!(text.text(Language::Chinese), "a.age：已损坏");
    }
}
