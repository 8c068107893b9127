//! The language of the output.

use std::ffi::OsString;

use backup_core::render::Language;
use clap::ValueEnum;

use crate::context::Variables;

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    En,
    Zh,
}

/// The requested language; otherwise that of the environment's messages, in the usual order of the
/// variables.
pub(crate) fn language(requested: Option<Lang>, variable: &Variables) -> Language {
    match requested {
        Some(Lang::En) => return Language::English,
        Some(Lang::Zh) => return Language::Chinese,
        None => {}
    }
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
    let locale = set.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    match locale.split(['_', '.', '-', '@']).next() {
        Some("zh") => Language::Chinese,
        _ => Language::English,
    }
}

/// The language of help and of errors in arguments, which are shown before the arguments are read.
pub(crate) fn before_parsing(args: &[OsString], variable: &Variables) -> Language {
    let args: Vec<_> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let after = args.windows(2).rev().find(|pair| pair[0] == "--lang").map(|pair| pair[1]);
    let attached = args.iter().rev().find_map(|arg| arg.strip_prefix("--lang="));
    language(after.or(attached).and_then(|name| Lang::from_str(name, true).ok()), variable)
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
