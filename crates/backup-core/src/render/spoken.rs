//! A test that whatever this crate says of its work by a fixed word has its Chinese: checks, steps,
//! codes of the ledger and reasons are words and no types, so the compiler cannot tell.

use std::fs;
use std::path::Path;

use super::{Language, alike, check, checked, reason, step};
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

/// What is said with a name or a detail in it, with `x` for each of these.
fn filled(literal: &str) -> String {
    let joined: Vec<&str> = literal.split("\\\n").map(str::trim_start).collect();
    let mut filled = String::new();
    for piece in joined.concat().split_inclusive(['{', '}']) {
        match piece.strip_suffix('}') {
            Some(_) => filled.push('x'),
            None => filled.push_str(piece.trim_end_matches('{')),
        }
    }
    filled
}

/// What stands before the parenthesis that closes a call; those in literals come in pairs.
fn arguments(rest: &str) -> &str {
    let mut open = 1;
    let closes = |c: char| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open == 0
    };
    rest.split(closes).next().unwrap_or(rest)
}

#[test]
fn every_reason_why_something_was_not_looked_at_has_its_chinese() {
    let mut reasons = Vec::new();
    for text in source() {
        for call in ["not_looked_at.push(", "unable.push("] {
            for statement in text.split(call).skip(1) {
                let sentences = arguments(statement).split('"').skip(1).step_by(2).map(filled);
                // A word is no sentence.
                reasons.extend(sentences.filter(|sentence| sentence.trim().contains(' ')));
            }
        }
        if text.contains("not_looked_at.push(why") {
            for words in ["let why = \"", "let why = format!(\""] {
                reasons.extend(after(&text, words).into_iter().map(filled));
            }
        }
    }
    // What keeps a file from being hashed is an error.
    reasons.retain(|why| why != "it is a folder");
    assert!(reasons.len() >= 12, "the source is read: {reasons:?}");
    for why in reasons {
        let chinese = reason(&why, Language::Chinese);
        assert_ne!(chinese, why, "the reason has no Chinese");
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
