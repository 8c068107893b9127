//! A wrong profile gives one sentence, with the line.

use super::*;
use crate::i18n::Language;

/// The first lines of a profile.
const HEAD: &str = "profile = 1\nname = \"a\"\ntitle = \"A\"\nsource = \"B\"\n";

/// Checks the English sentence and the line, which counts from the first line after [`HEAD`].
#[track_caller]
fn assert_refused(rest: &str, line: u64, sentence: &str) {
    assert_text_refused(&format!("{HEAD}{rest}"), line + 4, sentence);
}

#[track_caller]
fn assert_text_refused(text: &str, line: u64, sentence: &str) {
    let error = Profile::parse(text).expect_err("the profile is wrong");
    assert_eq!(error.location().line, Some(line), "{text}\n{error}");
    let crate::ErrorKind::Input { why, hint } = error.kind() else { panic!("{error}") };
    assert_eq!(why.text(Language::English), sentence);
    for message in [why, hint] {
        assert_ne!(message.text(Language::Chinese), message.text(Language::English));
    }
}

#[test]
fn keys_and_types() {
    assert_refused(
        "\n[[parts]]\npatern = \"a\"\n",
        3,
        "the profile has an unknown key patern; the most similar known keys are pattern, gapless, \
         first, rows",
    );
    assert_refused(
        "atachments = []\n",
        1,
        "the profile has an unknown key atachments; the most similar known keys are attachments, \
         sheets, name, orphans, parts",
    );
    assert_refused("[[keys]]\ntables = \"a\"\n", 1, "the key column is missing");
    assert_text_refused("profile = 1\ntitle = \"A\"\n", 1, "the key name is missing");
    assert_text_refused(
        "profile = 2\nname = \"a\"\n",
        1,
        "the profile has version 2, but this program reads version 1",
    );
    let mistyped = |value: &str| format!("[limits]\nids_per_cell = {value}\n");
    let number = "the value of ids_per_cell is not a whole number of at least 1";
    for value in ["0", "-1", "1.0", "\"1\"", "99999999999999999999", "[1]"] {
        assert_refused(&mistyped(value), 2, number);
    }
    assert_refused("orphans = 2.4\n", 1, "the value of orphans is not a number from 0 to 1");
    assert_refused("[[keys]]\ncolumn = 1\n", 2, "the value of column is not a text in quotes");
    assert_refused("keys = 1\n", 1, "the value of keys is not a list");
    assert_refused("limits = 1\n", 1, "the value of limits is not a table");
    assert_refused(
        "[limits]\nrows = [\n  1,\n  \"a\",\n]\n",
        4,
        "the value of rows is not a whole number of at least 1",
    );
    for wrong in ["[limits]\nrows = [0]\n", "[[parts]]\nrows = 0\npattern = \"{number}\"\n"] {
        assert_refused(wrong, 2, "the value of rows is not a whole number of at least 1");
    }
    assert_refused(
        "[[parts]]\npattern = \"{number}\"\nfirst = -1\n",
        3,
        "the value of first is not a whole number of at least 0",
    );
    assert_refused(
        "[prefixes]\nlength = 0\ntables = { \"\" = \"a\" }\n",
        2,
        "the value of length is not a whole number of at least 1",
    );
    assert_refused(
        "[[keys]]\ncolumn = \"a\"\nrepeated = 1\n",
        3,
        "the value of repeated is not true or false",
    );
    assert_refused(
        "[[lookups]]\ncolumn = \"a\"\nseparator = \"; \"\n",
        3,
        "the value of separator is not a single character in quotes",
    );
    assert_refused(
        "[[embedded]]\ntable = \"a\"\ncolumn = \"b\"\nencoding = \"hex\"\n",
        4,
        "the value hex is not one of: base64",
    );
    let rule = "[[attachments]]\ntable = \"a\"\ncolumn = \"b\"\n";
    assert_refused(
        &format!("{rule}file = \"{{value}}\"\ncontent = \"md5\"\n"),
        5,
        "the value md5 is not one of: sha1",
    );
    assert_refused(
        &format!("{rule}through = \"c\"\ncontent = \"sha1\"\n"),
        1,
        "the key file is missing",
    );
}

#[test]
fn text_that_is_not_toml() {
    let error = Profile::parse(&format!("{HEAD}[[keys\n")).expect_err("it is not TOML");
    assert_eq!(error.location().line, Some(5));
    assert!(error.to_string().contains("the profile is not TOML: "), "{error}");
    assert_eq!(Profile::parse("a = 1\na = 2\n").unwrap_err().location().line, Some(2));
    let deep = "a = ".to_owned() + &"[".repeat(100_000);
    assert!(Profile::parse(&deep).is_err());
}

#[test]
fn a_file_that_cannot_be_read_as_text() {
    let path = Path::new("own.toml");
    let error = Profile::read_from(&b"\xff"[..], path).unwrap_err();
    assert_eq!(error.to_string(), "own.toml: the profile is not UTF-8");
    let error = Profile::read_from(std::io::repeat(b'#'), path).unwrap_err();
    assert_eq!(error.to_string(), "own.toml: the profile is longer than 1 MiB");
    let error = Profile::read_from(format!("{HEAD}\nx = 1\n").as_bytes(), path).unwrap_err();
    assert!(error.to_string().starts_with("own.toml, line 6: the profile has an unknown key x"));
}

#[test]
fn patterns_that_never_match() {
    let refused = |pattern: &str, sentence: &str| {
        assert_refused(&format!("[[parts]]\npattern = \"{pattern}\"\n"), 2, sentence);
    };
    refused("", "an empty pattern never matches");
    refused(&"a".repeat(257), "the pattern is longer than 256 bytes");
    refused("a{number", "the pattern a{number has a brace without its counterpart");
    refused("a}{number}", "the pattern a}{number} has a brace without its counterpart");
    refused(
        "{tabel}_{number}",
        "the pattern {tabel}_{number} has the unknown placeholder tabel; the most similar known \
         ones are label, table, date, number, value",
    );
    let twice = "has the same placeholder twice, or two * in a row";
    refused("{number}{number}", &format!("the pattern {{number}}{{number}} {twice}"));
    refused("**{number}", &format!("the pattern **{{number}} {twice}"));
    let slash = "never matches a path: it ends with / or contains //";
    refused("{number}/", &format!("the pattern {{number}}/ {slash}"));
    refused("a//{number}", &format!("the pattern a//{{number}} {slash}"));
    for pattern in ["../{number}", "a/./{number}", "{number}/..", "/./{number}"] {
        let dots = "never matches a path: it has a component . or ..";
        refused(pattern, &format!("the pattern {pattern} {dots}"));
    }
    assert!(Profile::parse(&format!("{HEAD}other_files = [\"...\", \".a\"]\n")).is_ok());
    let needs = |pattern: &str, name: &str| {
        format!("the pattern {pattern} must contain the placeholder {name} in braces")
    };
    refused("{table}.csv", &needs("{table}.csv", "number"));
    assert_refused(
        "[[attachments]]\ntable = \"a\"\ncolumn = \"b\"\nfile = \"c/*\"\n",
        4,
        &needs("c/*", "value"),
    );
    assert_refused(
        "[recognise]\nheaders = [\n  [\"a\"],\n  [\"b\", \"\"],\n]\n",
        4,
        "an empty pattern never matches",
    );
}

#[test]
fn keys_that_exclude_each_other() {
    let either = "exactly one of the keys live and dead must be given";
    assert_refused("\n[[not_live]]\ncolumn = \"a\"\n", 2, either);
    assert_refused("[[not_live]]\ncolumn = \"a\"\nlive = []\ndead = []\n", 1, either);
    for key in ["live", "dead"] {
        let rule = |list| format!("[[not_live]]\ncolumn = \"a\"\n{key} = {list}\n");
        assert_refused(&rule("[]"), 3, &format!("the list {key} has no items"));
        assert_refused(&rule("[\"\"]"), 3, &format!("the list {key} has an empty text"));
    }
    assert_refused(
        "[[attachments]]\ntable = \"a\"\ncolumn = \"b\"\n",
        1,
        "exactly one of the keys file and through must be given",
    );
    assert_refused(
        "[prefixes]\nlength = 3\ntables = { \"01\" = \"a\" }\n",
        3,
        "the prefix 01 does not have the length 3",
    );
}

#[test]
fn rules_for_attachments_that_lead_nowhere() {
    let rule = |table: &str, last: &str| {
        format!("[[attachments]]\ntable = \"{table}\"\ncolumn = \"id\"\n{last}\n")
    };
    let through = |table, next| rule(table, &format!("through = \"{next}\""));
    assert_refused(
        &(rule("a", "file = \"{value}\"") + &through("b", "c")),
        5,
        "no rule for attachments has the table c, which this rule names with through",
    );
    let looped = "this rule for attachments leads in a loop through table";
    assert_refused(&through("a", "a"), 1, &format!("{looped} a, and never to a file"));
    assert_refused(
        &(rule("x", "file = \"{value}\"") + &through("b", "c") + &through("c", "b")),
        5,
        &format!("{looped} b, and never to a file"),
    );
    let two_hops = through("a", "B") + &through("b", "c") + &rule("c", "file = \"{value}\"");
    assert!(Profile::parse(&format!("{HEAD}{two_hops}")).is_ok());
}

#[test]
fn texts_that_any_record_contains() {
    for (list, problem) in [("[]", "no items"), ("[\"a\", \"\"]", "an empty text")] {
        assert_refused(
            &format!("[header]\nmetadata = {{ contains = {list} }}\n"),
            2,
            &format!("the list contains has {problem}"),
        );
    }
    assert_refused("[header]\nmetadata = {}\n", 2, "the key contains is missing");
    assert_refused("[header]\ntotals = [\"\"]\n", 2, "the list totals has an empty text");
}
