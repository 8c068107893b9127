//! The messages of the command line: one Fluent file for each language, in `i18n/`. The library's
//! messages are in the library.

use std::fmt;
use std::sync::OnceLock;

use backup_core::internals::MessageFiles;
use backup_core::render::Language;
use i18n_embed::fluent::FluentLanguageLoader;

/// A message in a language, with its arguments: `fl!(language, "and-more", more = more)`.
macro_rules! fl {
    ($language:expr, $id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        i18n_embed_fl::fl!($crate::i18n::loader($language), $id $(, $name = $value)*)
    };
}
pub(crate) use fl;

/// The messages in a language.
pub(crate) fn loader(language: Language) -> &'static FluentLanguageLoader {
    static LOADERS: [OnceLock<FluentLanguageLoader>; LANGUAGES] =
        [const { OnceLock::new() }; LANGUAGES];
    LOADERS[index(language)].get_or_init(|| FILES.load("backup-cli", language))
}

const LANGUAGES: usize = Language::ALL.len();

/// The position of a language among all languages.
fn index(language: Language) -> usize {
    Language::ALL.iter().position(|one| *one == language).unwrap_or_default()
}

/// The message files of this crate.
const FILES: MessageFiles = MessageFiles(&[
    ("en/backup-cli.ftl", include_str!("../i18n/en/backup-cli.ftl")),
    ("zh-CN/backup-cli.ftl", include_str!("../i18n/zh-CN/backup-cli.ftl")),
]);

/// A message in every language. JSON uses the English one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text([String; LANGUAGES]);

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
        Self(Language::ALL.map(message))
    }

    /// The message in a language.
    pub(crate) fn text(&self, language: Language) -> &str {
        &self.0[index(language)]
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

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(Language::English))
    }
}

/// Why the value of an option is refused.
impl std::error::Error for Text {}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::of(|_| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use i18n_embed::I18nAssets as _;

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
