//! Outcomes as one JSON document. The library defines the form of a report; this module adds the
//! other fields.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use backup_core::render::{Language, clean};
use backup_core::{Command, SCHEMA, Verdict};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::exit::Failure;
use crate::i18n::fl;
use crate::outcome::{Demonstration, Examined, HistoryView, NewKey, Outcome, worst_verdict};

/// The lists that every document has.
const LISTS: [&str; 4] = ["findings", "tables", "files", "ledger"];

/// The fields that come first, for people.
const FIRST: [&str; 8] =
    ["schema", "command", "verdict", "completeness", "error", "archive", "content_id", "findings"];

/// A document as it is printed.
pub(crate) fn text(document: &Value) -> String {
    let text = serde_json::to_string_pretty(&Ordered(document));
    harmless(&text.expect("a document's keys are strings")) + "\n"
}

/// The same document, harmless to a terminal: JSON does not escape some control characters, and
/// characters that change the direction of text. They occur within strings only.
fn harmless(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        for c in line.chars() {
            match c.is_ascii_graphic()
                || c == ' '
                || matches!(clean(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_))
            {
                true => escaped.push(c),
                false => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }),
            }
        }
        escaped.push_str(end);
    }
    escaped
}

/// A document with its fields in order.
struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(fields) = self.0 else { return self.0.serialize(serializer) };
        let first = FIRST.iter().filter_map(|name| fields.get_key_value(*name));
        let rest = fields.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()));
        serializer.collect_map(first.chain(rest))
    }
}

/// The document of an outcome.
pub(crate) fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Report(view) => {
            let mut document = value(&view.report);
            if view.dry_run {
                document["dry_run"] = true.into();
            }
            with_failure(document, view.also.as_ref())
        }
        Outcome::Archives { command, examined, also, .. } => {
            let document = match examined.as_slice() {
                [only] => one(*command, only),
                several => archives(*command, several),
            };
            with_failure(document, also.as_ref())
        }
        Outcome::History(view) => history(view),
        Outcome::Key(key) => new_key(key),
        Outcome::Text(_) => Value::Null,
        Outcome::Demo(demo) => demonstration(demo),
    }
}

fn value(what: &impl Serialize) -> Value {
    serde_json::to_value(what).expect("it has nothing that JSON lacks")
}

fn empty(command: Option<&str>, verdict: Option<Verdict>) -> Value {
    let mut document = json!({
        "schema": SCHEMA,
        "command": command,
        "verdict": verdict,
        "archive": null,
        "content_id": null,
    });
    for list in LISTS {
        document[list] = json!([]);
    }
    document
}

/// The document of a command without a report.
pub(crate) fn failure(command: Option<&str>, archive: Option<&Path>, failure: &Failure) -> Value {
    // Without a check there is no verdict.
    let verdict = failure.finding.as_ref().map(|_| Verdict::Failed);
    let mut document = empty(command, verdict);
    if let Some(archive) = archive {
        document["archive"] = archive.display().to_string().into();
    }
    if let Some(finding) = &failure.finding {
        document["findings"] = json!([finding]);
    }
    with_failure(document, Some(failure))
}

/// Adds an error to a document, unless it has one.
fn with_failure(mut document: Value, failure: Option<&Failure>) -> Value {
    if let Some(failure) = failure.filter(|_| document.get("error").is_none()) {
        let hint = failure.hint.as_ref().map(|hint| hint.text(Language::English));
        let message = failure.message.text(Language::English);
        document["error"] = json!({ "message": message, "hint": hint, "exit": failure.exit });
    }
    document
}

fn history(view: &HistoryView) -> Value {
    let broken = view.history.broken();
    let mut document = empty(Some("history"), broken.map(|_| Verdict::Failed));
    document["findings"] = value(&broken.as_slice());
    document["history"] = view.file.display().to_string().into();
    document["head"] = view.history.head().to_string().into();
    document["summary"] = value(&view.summary);
    document["lines"] = value(&view.history.entries());
    document
}

fn one(command: Command, examined: &Examined) -> Value {
    match &examined.result {
        Ok(report) => value(report),
        Err(error) => failure(Some(command.as_str()), Some(&examined.archive), error),
    }
}

/// Several archives: the document of each, and their lists in one.
fn archives(command: Command, examined: &[Examined]) -> Value {
    let documents: Vec<Value> = examined.iter().map(|examined| one(command, examined)).collect();
    let mut document = empty(Some(command.as_str()), worst_verdict(examined));
    for list in LISTS {
        document[list] = documents.iter().flat_map(|one| with_archive(one, list)).collect();
    }
    document["archives"] = documents.into();
    document
}

/// The entries of a list, each with its archive.
fn with_archive(document: &Value, list: &str) -> Vec<Value> {
    let entries = document[list].as_array().cloned().unwrap_or_default();
    let marked = |entry: Value| {
        let mut marked: Map<String, Value> = entry.as_object().cloned().unwrap_or_default();
        marked.insert("archive".into(), document["archive"].clone());
        Value::Object(marked)
    };
    entries.into_iter().map(marked).collect()
}

fn new_key(key: &NewKey) -> Value {
    let mut document = empty(Some("keygen"), None);
    document["public_key"] = key.public.clone().into();
    document["written"] = key.file.iter().map(|file| file.display().to_string()).collect();
    document
}

fn demonstration(demo: &Demonstration) -> Value {
    let mut document = empty(Some("demo"), Some(demo.verdict));
    if let Some(tested) = demo.steps.iter().find(|step| step["command"] == "restore-test") {
        for field in LISTS.into_iter().chain(["content_id"]) {
            document[field] = tested[field].clone();
        }
    }
    document["files_compared"] = demo.compared.into();
    let other = |name: &String| fl!(Language::English, "demo-differs", name = name);
    document["differences"] = demo.differences.iter().map(other).collect();
    document["steps"] = demo.steps.clone().into();
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_in_names_are_escaped_in_json() {
        let document = json!({ "name": "a\u{9b}31m\u{7f}\u{202e}b\u{2028}合同" });
        let printed = text(&document);
        assert_eq!(printed, "{\n  \"name\": \"a\\u009b31m\\u007f\\u202eb\\u2028合同\"\n}\n");
        assert_eq!(serde_json::from_str::<Value>(&printed).expect("it is JSON"), document);
    }
}
