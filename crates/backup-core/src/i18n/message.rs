//! A sentence as data: the id of a message and its arguments. It can be shown in any language.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use fluent::FluentValue;
use serde::{Deserialize, Serialize};

use super::Language;

/// A sentence for people, stored as the id of a message and its arguments.
///
/// [`Display`](fmt::Display) returns it in English, and [`text`](Self::text) in any language. A
/// text of an embedder is converted by `From<String>`, and is the same in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    id: Cow<'static, str>,
    arguments: Vec<(Cow<'static, str>, Argument)>,
    /// A more specific English text, such as the one in an archive. It replaces the English
    /// message.
    english: Option<String>,
}

/// An argument of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Argument {
    /// A number. The message groups its digits, and may use it to choose between singular and
    /// plural.
    Number(u64),
    /// A name or a text that is the same in every language.
    Text(String),
    /// A part of the sentence that is itself a message.
    Message(Message),
}

/// The id of a text that is not in the message files. Its only argument is the text.
const OWN: &str = "";

/// Creates a message from its id and arguments. They are checked when this crate is compiled:
/// `message!("csv-no-header", line = 3u64)`.
macro_rules! message {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        let _ = || $crate::i18n::fl!($crate::i18n::Language::English, $id $(, $name = "")*);
        $crate::i18n::Message::new($id, vec![$((stringify!($name), $value.into())),*])
    }};
}
pub(crate) use message;

impl Message {
    pub(crate) fn new(id: &'static str, arguments: Vec<(&'static str, Argument)>) -> Self {
        let arguments = arguments.into_iter().map(|(name, value)| (name.into(), value));
        Self { id: id.into(), arguments: arguments.collect(), english: None }
    }

    /// The message of an enum variant. Its id is `prefix` and the name of the variant in JSON.
    pub(crate) fn of_variant(prefix: &str, variant: &impl Serialize) -> Self {
        let value = serde_json::to_value(variant).expect("a variant has a JSON form");
        // A variant with fields is an object with one key.
        let name = value.as_object().and_then(|map| map.keys().next()).map(String::as_str);
        let name = name.or(value.as_str()).expect("a variant has a name");
        Self { id: format!("{prefix}{name}").into(), arguments: Vec::new(), english: None }
    }

    /// Adds an argument.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name.into(), value.into()));
        self
    }

    /// Sets a more specific English text, such as the one in an archive.
    pub(crate) fn with_english(self, english: &str) -> Self {
        Self { english: Some(english.to_owned()), ..self }
    }

    /// Whether one of its arguments is this name.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.arguments.iter().any(|(_, argument)| match argument {
            Argument::Text(text) => text == name,
            Argument::Message(message) => message.names(name),
            Argument::Number(_) => false,
        })
    }

    /// Whether the message files contain it.
    pub(crate) fn exists(&self) -> bool {
        Language::English.loader().has(&self.id)
    }

    /// The sentence, in a language.
    pub fn text(&self, language: Language) -> String {
        if let (Language::English, Some(english)) = (language, &self.english) {
            return english.clone();
        }
        if self.id == OWN {
            return self.arguments.iter().map(|(_, text)| text.text(language)).collect();
        }
        debug_assert!(self.exists(), "there is no message {}", self.id);
        let values = self.arguments.iter();
        let values = values.map(|(name, value)| (name.as_ref(), value.fluent(language)));
        language.loader().get_args_concrete(&self.id, values.collect::<HashMap<_, _>>())
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::new(OWN, vec![("text", text.into())])
    }
}

impl From<&String> for Message {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Argument {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Message(message) => message.text(language),
        }
    }

    fn fluent(&self, language: Language) -> FluentValue<'static> {
        match self {
            Self::Number(number) => FluentValue::from(*number),
            _ => FluentValue::from(self.text(language)),
        }
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_sentence_in_each_language_and_an_own_text_the_same_in_all() {
        let records = message!("count-records", count = 1234u64);
        assert_eq!(records.to_string(), "1,234 records");
        assert_eq!(records.text(Language::Chinese), "1,234 条记录");
        let own = Message::from("it {broke}");
        assert_eq!(own.text(Language::Chinese), "it {broke}");
        let json = serde_json::to_string(&records).expect("it has a JSON form");
        assert_eq!(serde_json::from_str::<Message>(&json).expect("it is read back"), records);
    }
}
