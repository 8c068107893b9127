//! Patterns of paths, of labels, and of names of tables.

use crate::i18n::{Message, message};
use crate::suggestions::suggestions;

/// The maximum length of a pattern in bytes. It bounds the time and memory of a match.
const MAX_BYTES: usize = 256;

/// The named placeholders.
const PLACEHOLDERS: [&str; 6] = ["table", "number", "label", "value", "date", "id"];

/// What a pattern is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A whole text: a label, the name of a table or of a host.
    Text,
    /// The last components of a path, whose separator is `/`. Members of a ZIP file are below it.
    /// A pattern that begins with `/` is compared with the whole path, with or without a `/` before
    /// it.
    Path,
}

/// Literal text with `*` (any text, even none) and placeholders (any text of their kind, not
/// empty). Letters of ASCII match in both cases. In a path, neither contains a `/`.
///
/// If a text matches in several ways, each placeholder takes as little as possible, the first one
/// before the second.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    text: String,
    scope: Scope,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Any,
    Placeholder(&'static str),
}

impl Part {
    fn allows(&self, c: char, scope: Scope) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Placeholder("number") => c.is_ascii_digit(),
            Self::Placeholder("date") => c.is_ascii_digit() || c == '-' || c == '_',
            Self::Placeholder("id") => c.is_ascii_alphanumeric(),
            Self::Any | Self::Placeholder(_) => scope == Scope::Text || c != '/',
        }
    }

    fn may_be_empty(&self) -> bool {
        *self == Self::Any
    }
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    ///
    /// A sentence if it is longer than [`MAX_BYTES`], is not well-formed, or can never match.
    pub(crate) fn parse(text: &str, scope: Scope) -> Result<Self, Message> {
        if text.len() > MAX_BYTES {
            return Err(message!("profile-pattern-long", most = MAX_BYTES));
        }
        if text.is_empty() {
            return Err(message!("profile-pattern-empty"));
        }
        let mut parts = Vec::new();
        let mut rest = in_scope(text, scope);
        while let Some(at) = rest.find(['*', '{', '}']) {
            let (literal, special) = rest.split_at(at);
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let part = if let Some(after) = special.strip_prefix('*') {
                rest = after;
                Part::Any
            } else {
                let name = special.strip_prefix('{').and_then(|inner| inner.split_once('}'));
                let (name, after) =
                    name.ok_or_else(|| message!("profile-pattern-brace", pattern = text))?;
                rest = after;
                placeholder(name, text)?
            };
            if parts.contains(&part) && (part != Part::Any || parts.last() == Some(&part)) {
                return Err(message!("profile-pattern-twice", pattern = text));
            }
            parts.push(part);
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        if scope == Scope::Path && (text.ends_with('/') || text.contains("//")) {
            return Err(message!("profile-pattern-slash", pattern = text));
        }
        if scope == Scope::Path && text.split('/').any(|component| [".", ".."].contains(&component))
        {
            return Err(message!("profile-pattern-dots", pattern = text));
        }
        Ok(Self { text: text.to_owned(), scope, parts })
    }

    /// The pattern as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it has this placeholder.
    pub(crate) fn has(&self, placeholder: &str) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Placeholder(name) if *name == placeholder))
    }

    /// Whether a text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.captures(text).is_some()
    }

    /// Matches a text. The time is proportional to the lengths of the pattern and the text,
    /// multiplied.
    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        let text = in_scope(text, self.scope);
        if let Some(Part::Literal(end)) = self.parts.last()
            && !text.len().checked_sub(end.len()).is_some_and(|at| begins(text, at, end))
        {
            return None;
        }
        // Whether the parts from the first index on match the text from the second on.
        let fits = self.fits(text);
        let start = self.starts(text).find(|start| fits[0][*start])?;
        let (mut at, mut values) = (start, Vec::new());
        for (part, rest_fits) in self.parts.iter().zip(&fits[1..]) {
            let begin = at;
            at = match part {
                Part::Literal(literal) => begin + literal.len(),
                part => {
                    let first = begin + usize::from(!part.may_be_empty());
                    first + rest_fits[first..].iter().position(|fits| *fits)?
                }
            };
            if let Part::Placeholder(name) = part {
                values.push((*name, &text[begin..at]));
            }
        }
        Some(Captures { values })
    }

    /// The positions in a text at which a match may begin.
    fn starts<'t>(&self, text: &'t str) -> impl Iterator<Item = usize> + use<'t> {
        let is_whole = self.scope == Scope::Text || self.text.starts_with('/');
        let slashes = text.match_indices('/').map(|(at, _)| at + 1);
        std::iter::once(0).chain(slashes.filter(move |_| !is_whole))
    }

    fn fits(&self, text: &str) -> Vec<Vec<bool>> {
        let mut last = vec![false; text.len() + 1];
        last[text.len()] = true;
        let mut fits = vec![last];
        for part in self.parts.iter().rev() {
            let rest = &fits[fits.len() - 1];
            let mut here = vec![false; text.len() + 1];
            // Whether this part may go on at a position.
            let mut goes_on = rest[text.len()];
            here[text.len()] = goes_on && part.may_be_empty();
            for (at, c) in text.char_indices().rev() {
                if let Part::Literal(literal) = part {
                    let end = at + literal.len();
                    here[at] = begins(text, at, literal) && rest[end];
                    continue;
                }
                let takes = part.allows(c, self.scope) && goes_on;
                goes_on = takes || rest[at];
                here[at] = takes || part.may_be_empty() && rest[at];
            }
            fits.push(here);
        }
        fits.reverse();
        fits
    }

    /// The pattern with values in the place of placeholders. Placeholders without a value, and `*`,
    /// stay.
    #[cfg(test)]
    pub(crate) fn fill(&self, values: &[(&str, &str)]) -> String {
        let value = |part: &Part| match part {
            Part::Literal(text) => text.clone(),
            Part::Any => "*".to_owned(),
            Part::Placeholder(name) => match values.iter().find(|(known, _)| known == name) {
                Some((_, value)) => (*value).to_owned(),
                None => format!("{{{name}}}"),
            },
        };
        self.parts.iter().map(value).collect()
    }
}

/// A text or pattern without the `/` at the beginning of a path.
fn in_scope(text: &str, scope: Scope) -> &str {
    text.strip_prefix('/').filter(|_| scope == Scope::Path).unwrap_or(text)
}

/// Whether `literal` stands at a byte of a text.
fn begins(text: &str, at: usize, literal: &str) -> bool {
    let here = text.as_bytes().get(at..at + literal.len());
    here.is_some_and(|here| here.eq_ignore_ascii_case(literal.as_bytes()))
}

fn placeholder(name: &str, pattern: &str) -> Result<Part, Message> {
    let known = PLACEHOLDERS.iter().find(|known| **known == name);
    known.map(|name| Part::Placeholder(name)).ok_or_else(|| {
        let (near, _) = suggestions(name, PLACEHOLDERS);
        message!("profile-pattern-placeholder", pattern = pattern, name = name, near = near)
    })
}

/// What the placeholders of a pattern stand for in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Captures<'t> {
    values: Vec<(&'static str, &'t str)>,
}

impl<'t> Captures<'t> {
    /// The text of a placeholder; `None` if the pattern does not have it.
    pub(crate) fn get(&self, placeholder: &str) -> Option<&'t str> {
        self.values.iter().find(|(name, _)| *name == placeholder).map(|(_, text)| *text)
    }

    /// The value of `{number}`; `None` if the pattern does not have it, or if it is above
    /// [`u64::MAX`].
    pub(crate) fn number(&self) -> Option<u64> {
        self.get("number")?.parse().ok()
    }
}
