//! Findings as sentences.

use std::fmt;

use super::{Finding, Location};
use crate::i18n::{Language, fl};

/// A finding and its location as one sentence.
pub fn sentence(finding: &Finding, language: Language) -> String {
    let what = finding.message.text(language);
    match place(finding, language) {
        place if place.is_empty() => what,
        place => fl!(language, "error-at", place = place, what = what),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(self, Language::English))
    }
}

/// The location of a finding: its table, part, path, record and byte. Names that are in its message
/// are omitted.
pub fn place(finding: &Finding, language: Language) -> String {
    let unnamed = |name: &String| !finding.message.names(name);
    let mut location = Location::from(finding);
    location.table = location.table.filter(unnamed);
    location.path = location.path.filter(unnamed);
    location.part = location.part.filter(|part| unnamed(&part.to_string()));
    location.text(language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;
    use crate::i18n::message;

    #[test]
    fn a_finding_is_a_sentence_in_each_language() {
        let finding = Finding::failure(Code::TableRows, message!("total-rows"))
            .table("合同")
            .path("data/x.csv")
            .at(1234, 5);
        for (language, expected) in [
            (Language::English, "table 合同, data/x.csv, record 1234, byte 5: "),
            (Language::Chinese, "表 合同，文件 data/x.csv，第 1234 条记录，第 5 字节（从 0 起）："),
        ] {
            let expected = format!("{expected}{}", message!("total-rows").text(language));
            assert_eq!(sentence(&finding, language), expected);
        }
        assert_eq!(finding.to_string(), sentence(&finding, Language::English));
    }
}
