//! The language of the output.

use std::ffi::OsString;

use backup_core::render::Language;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::context::Variables;

/// The parser of `--lang`, which takes the first part of a language's tag: `zh` for `zh-CN`.
pub(crate) fn parser() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(code))
        .map(|code| of_code(&code).unwrap_or_default())
}

fn code(language: Language) -> &'static str {
    language.tag().split('-').next().unwrap_or_default()
}

fn of_code(text: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| code(*language) == text)
}

/// The language of `--lang`, or that of the environment, with the usual precedence of its
/// variables.
pub(crate) fn language(option: Option<Language>, variable: &Variables) -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
    let locale = || set.into_iter().find(|value| !value.is_empty());
    let of_locale =
        || locale().and_then(|locale| of_code(locale.split(['_', '.', '-', '@']).next()?));
    option.or_else(of_locale).unwrap_or_default()
}

/// The language of help and of errors in arguments, which are shown before the arguments are
/// parsed.
pub(crate) fn before_parsing(args: &[OsString], variable: &Variables) -> Language {
    let args: Vec<_> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let after = args.windows(2).rev().find(|pair| pair[0] == "--lang").map(|pair| pair[1]);
    let attached = args.iter().rev().find_map(|arg| arg.strip_prefix("--lang="));
    language(after.or(attached).and_then(of_code), variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let of = |pairs: &'static [(&str, &str)]| {
            let find = |name: &str| pairs.iter().find(|(known, _)| *known == name);
            let variable: Variables =
                Box::new(move |name| find(name).map(|(_, value)| (*value).to_owned()));
            language(None, &variable)
        };
        assert_eq!(of(&[]), Language::English, "nothing is set");
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese, "LANG");
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "zh")]), Language::Chinese, "LC_ALL is empty");
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "zh_CN")]), Language::English, "LC_ALL is C");
        assert_eq!(of(&[("LC_MESSAGES", "de_DE"), ("LANG", "zh_CN")]), Language::English);
        assert_eq!(of(&[("LANG", "zha_CN")]), Language::English, "another language than Chinese");
    }
}
