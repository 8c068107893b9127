//! A sentence for people, in the languages that it has.

use backup_core::render::Language;

/// A sentence that cannot be written down without its Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Both(pub(crate) &'static str, pub(crate) &'static str);

impl Both {
    /// The sentence in a language.
    pub(crate) fn text(self, language: Language) -> &'static str {
        language.of(self.0, self.1)
    }
}

/// A sentence in English, which programs get in every language, and in Chinese if it has that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) english: String,
    pub(crate) chinese: Option<String>,
}

impl Said {
    pub(crate) fn both(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { english: english.into(), chinese: Some(chinese.into()) }
    }

    /// The sentence in a language: better in English than not at all.
    pub(crate) fn text(&self, language: Language) -> &str {
        language.of(&self.english, self.chinese.as_ref().unwrap_or(&self.english))
    }

    /// Puts a name before the sentence, unless it has it.
    pub(crate) fn about(self, name: &str) -> Self {
        let with = |text: String, colon: &str| match text.contains(name) {
            true => text,
            false => format!("{name}{colon}{text}"),
        };
        Self {
            english: with(self.english, ": "),
            chinese: self.chinese.map(|chinese| with(chinese, "：")),
        }
    }

    /// Puts before the sentence what it is the reason of.
    pub(crate) fn after(self, what: Both) -> Self {
        Self {
            english: format!("{}: {}", what.0, self.english),
            chinese: self.chinese.map(|chinese| format!("{}：{chinese}", what.1)),
        }
    }

    /// This, and another beside it.
    pub(crate) fn joined(self, also: &Self) -> Self {
        let chinese = self.chinese.zip(also.chinese.as_ref());
        Self {
            english: format!("{}; and {}", self.english, also.english),
            chinese: chinese.map(|(this, also)| format!("{this}；另外，{also}")),
        }
    }

    /// Adds to the sentence itself.
    pub(crate) fn but(self, more: Both) -> Self {
        Self {
            english: self.english + more.0,
            chinese: self
                .chinese
                .map(|chinese| format!("{}{}", chinese.trim_end_matches('。'), more.1)),
        }
    }

    /// Adds another sentence behind it.
    pub(crate) fn and(self, next: Both) -> Self {
        Self {
            english: format!("{} {}", self.english, next.0).trim_start().to_owned(),
            chinese: self.chinese.map(|chinese| format!("{chinese}{}", next.1)),
        }
    }
}

impl From<Both> for Said {
    fn from(both: Both) -> Self {
        Self::both(both.0, both.1)
    }
}

impl From<&str> for Said {
    fn from(english: &str) -> Self {
        english.to_owned().into()
    }
}

impl From<String> for Said {
    fn from(english: String) -> Self {
        Self { english, chinese: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_said_once_in_each_language() {
        let said = Said::both("a.age: it is damaged", "已损坏").about("a.age");
        assert_eq!(said.text(Language::English), "a.age: it is damaged");
        assert_eq!(said.text(Language::Chinese), "a.age：已损坏");
        assert_eq!(Said::from("only so").text(Language::Chinese), "only so", "it is lost");
    }
}
