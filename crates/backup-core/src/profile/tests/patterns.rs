//! What patterns match, and how long it takes.

use proptest::prelude::*;

use super::super::pattern::Scope;
use super::*;

fn of_path(text: &str) -> Pattern {
    Pattern::parse(text, Scope::Path).expect("it is a pattern")
}

fn of_text(text: &str) -> Pattern {
    Pattern::parse(text, Scope::Text).expect("it is a pattern")
}

#[track_caller]
fn assert_captures(pattern: &Pattern, text: &str, expected: &[(&str, &str)]) {
    let captures = pattern.captures(text).unwrap_or_else(|| panic!("{text} does not match"));
    let found = expected.iter().map(|(name, _)| (*name, captures.get(name).unwrap_or_default()));
    assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn a_placeholder_takes_as_little_as_possible() {
    let parts = of_path("{table}_{number}.csv");
    assert_captures(&parts, "A_C_001.csv", &[("table", "A_C"), ("number", "001")]);
    assert_captures(
        &parts,
        "Data_001.zip/Data/客户_021.CSV",
        &[("table", "客户"), ("number", "021")],
    );
    let view = of_path("{table}_{date}.csv");
    assert_captures(
        &view,
        "My_Deals_2026_03_17.csv",
        &[("table", "My_Deals"), ("date", "2026_03_17")],
    );
    let code = of_path("Attachments/{value}_*");
    assert_captures(&code, "Attachments_001.zip/Attachments/42_a_b.pdf", &[("value", "42")]);
    assert_captures(
        &of_text("{table}{number}"),
        "Contacts12",
        &[("table", "Contacts"), ("number", "12")],
    );
    let volume = of_path("WE_{id}_{number}.zip");
    assert_eq!(volume.captures("WE_00D5gEAA_12.ZIP").and_then(|found| found.number()), Some(12));
}

#[test]
fn a_pattern_of_a_path_begins_at_a_component() {
    let upload = of_path("upload/{id}");
    for path in ["upload/1a", "data/upload/1a", "crm.zip/upload/1a", "/srv/upload/1a"] {
        assert!(upload.matches(path), "{path}");
    }
    for path in ["myupload/1a", "upload/1a/2b", "upload/", "upload/1-a", "upload"] {
        assert!(!upload.matches(path), "{path}");
    }
    let whole = of_path("/upload/*");
    assert!(whole.matches("upload/1") && whole.matches("/upload/") && !whole.matches("a/upload/1"));
}

#[test]
fn a_pattern_of_a_text_is_compared_with_the_whole_text() {
    let lookup = of_text("{label}.ID");
    assert_captures(&lookup, "Lead/Contact.id", &[("label", "Lead/Contact")]);
    assert!(!lookup.matches(".id") && !lookup.matches("a.id "));
    assert!(of_text("*").matches("") && of_text("{label}_唯一性ID").matches("客户名称_唯一性id"));
    assert!(!of_text("{label}é").matches("aÉ"), "only letters of ASCII match in both cases");
}

#[test]
fn values_fill_the_placeholders_they_belong_to() {
    let parts = of_path("/Data/{table}_{number}.csv");
    assert_eq!(parts.fill(&[("table", "Deals"), ("number", "002")]), "Data/Deals_002.csv");
    assert_eq!(of_path("A/{value}_*").fill(&[]), "A/{value}_*");
}

#[test]
fn a_number_above_64_bits_is_none() {
    let pattern = of_text("a{number}");
    let long = format!("a{}", "9".repeat(30));
    assert_eq!(pattern.captures(&long).map(|found| found.number()), Some(None));
}

/// The longest pattern that has many ways to match, and a long text that does not.
#[test]
fn the_work_is_bounded_for_foreign_patterns_and_texts() {
    let pattern = of_text(&("*a".repeat(127) + "b"));
    assert!(!pattern.matches(&("a".repeat(60_000) + "cb")));
    assert!(pattern.matches(&("a".repeat(60_000) + "b")));
}

/// A second matcher, which tries every way.
fn matches_slowly(pattern: &str, text: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return text.is_empty() };
    let numbers = pattern.strip_prefix("{number}");
    if let Some(rest) = pattern.strip_prefix('*').or(numbers) {
        let least = usize::from(numbers.is_some());
        let mut ends = (least..=text.len()).filter(|end| text.is_char_boundary(*end));
        return ends.any(|end| {
            let allowed =
                numbers.is_none() || text[..end].bytes().all(|byte| byte.is_ascii_digit());
            allowed && matches_slowly(rest, &text[end..])
        });
    }
    let rest = text.chars().next().filter(|c| c.eq_ignore_ascii_case(&first));
    rest.is_some_and(|c| matches_slowly(&pattern[first.len_utf8()..], &text[c.len_utf8()..]))
}

proptest! {
    #[test]
    fn a_second_matcher_agrees(
        pattern in "[aé1]{0,2}[*]?[aB1]{0,2}([{]number[}])?[1a]{0,2}[*]?[é1]{0,1}",
        text in "[abé12]{0,10}",
    ) {
        if let Ok(parsed) = Pattern::parse(&pattern, Scope::Text) {
            prop_assert_eq!(parsed.matches(&text), matches_slowly(&pattern, &text));
        }
    }

    #[test]
    fn no_pattern_and_no_text_makes_it_panic(pattern in ".{0,40}", text in ".{0,40}") {
        for scope in [Scope::Text, Scope::Path] {
            if let Ok(parsed) = Pattern::parse(&pattern, scope) {
                parsed.captures(&text);
                parsed.captures(&parsed.fill(&[("number", "1")]));
            }
        }
    }
}
