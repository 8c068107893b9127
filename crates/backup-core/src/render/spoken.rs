//! A test that whatever this crate says of its work by a fixed word has its Chinese: checks, steps
//! and codes of the ledger are words and no types, so the compiler cannot tell.

use std::fs;
use std::path::Path;

use super::{Language, alike, check, checked, step};
use crate::archive::package::LedgerEntry;
use crate::report::Check;

fn sources(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the crate's source is listed") {
        let path = entry.expect("it is listed").path();
        if path.is_dir() && !path.ends_with("render") {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("source is text");
            // Tests make up words of their own.
            let (code, _) = text.split_once("#[cfg(test)]\nmod tests").unwrap_or((&text, ""));
            all.push(code.to_owned());
        }
    }
}

fn source() -> Vec<String> {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all
}

/// The literals that follow these words.
fn after<'a>(text: &'a str, words: &str) -> Vec<&'a str> {
    let ends = |piece: &'a str| piece.split_once('"').map(|(literal, _)| literal);
    text.split(words).skip(1).filter_map(ends).collect()
}

fn leaked(word: &str) -> &'static str {
    word.to_owned().leak()
}

#[test]
fn every_check_and_step_has_its_chinese() {
    let (mut checks, mut steps) = (Vec::new(), Vec::new());
    for text in source() {
        for words in ["Check { what: \"", "let what = \""] {
            checks.extend(after(&text, words).into_iter().map(leaked));
        }
        if let Some((_, list)) = text.split_once("seen.checks = [") {
            let (list, _) = list.split_once(']').expect("a list has an end");
            checks.extend(after(list, "(\"").into_iter().map(leaked));
        }
        steps.extend(after(&text, "timings.push((\"").into_iter().map(leaked));
    }
    assert!(checks.len() >= 15 && steps.len() >= 5, "the source is read: {checks:?} {steps:?}");
    for what in checks {
        assert_ne!(check(what, Language::Chinese), what, "the check {what:?} has no Chinese");
        let one = checked(&Check { what, count: 1 }, Language::English);
        let is_one = what.starts_with("content id");
        assert!(one != what || is_one, "of one, it is said that one is several: {what:?}");
    }
    for what in steps {
        assert_ne!(step(what, Language::Chinese), what, "the step {what:?} has no Chinese");
    }
}

#[test]
fn every_code_of_the_ledger_has_its_chinese() {
    let mut codes = Vec::new();
    for text in source() {
        codes.extend(after(&text, "LedgerEntry::new(\"").into_iter().map(leaked));
        codes.extend(after(&text, "pass_over(\"").into_iter().map(leaked));
        if text.contains("LedgerEntry::new(") || text.contains("left_out(") {
            let literals = text.split('"').skip(1).step_by(2).map(leaked);
            let is_code = |word: &&str| {
                let plain = |c: char| c.is_ascii_lowercase() || c == '-';
                word.contains('-') && !word.starts_with('-') && word.chars().all(plain)
            };
            codes.extend(literals.filter(is_code));
        }
    }
    assert!(codes.len() >= 30, "the source is read: {codes:?}");
    // A remark is a finding, whose code has its Chinese.
    codes.retain(|code| *code != "unmatched");
    for code in codes {
        let entry = LedgerEntry::new(code, "in English");
        let known = alike([&entry])[0].what(Language::Chinese).is_some();
        assert!(known, "the ledger's code {code:?} has no Chinese");
    }
}
