//! Findings as sentences. The English one is the finding's own message; others are made of its code and
//! its data.

use std::fmt;

use super::Finding;
use crate::i18n::{Language, Message, count, fl};

/// A finding as one sentence, with where it stands. The English is the finding's own message.
pub fn sentence(finding: &Finding, language: Language) -> String {
    let is_english_only = language != Language::English && finding.message.is_own();
    let what = match is_english_only {
        true => {
            let general = Message::of_variant("finding-", &finding.code).text(language);
            fl!(language, "finding-sentence", what = general)
        }
        false => finding.message.text(language),
    };
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

/// Where a finding stands: its table, part, path, record and byte, but for what its message says already.
pub fn place(finding: &Finding, language: Language) -> String {
    // In English, a sentence that is not in the message files may name the place.
    let own = match (language, finding.message.is_own()) {
        (Language::English, true) => finding.message.to_string(),
        _ => String::new(),
    };
    let unsaid = |name: &&String| !finding.message.names(name) && !own.contains(*name);
    let table = finding.table.as_ref().filter(unsaid);
    let path = finding.path.as_ref().filter(unsaid);
    // English numbers of records and bytes are those of other tools, without separators.
    let number = |number: Option<u64>| match language {
        Language::English => number.map(|number| number.to_string()),
        _ => number.map(count),
    };
    let place = [
        table.map(|table| fl!(language, "at-table", table = table)),
        number(finding.part.filter(|part| !finding.message.names(&part.to_string())))
            .map(|part| fl!(language, "at-part", part = part)),
        path.map(|path| fl!(language, "at-path", path = path)),
        number(finding.record).map(|record| fl!(language, "at-record", record = record)),
        number(finding.byte).map(|byte| fl!(language, "at-byte", byte = byte)),
    ];
    place.into_iter().flatten().collect::<Vec<_>>().join(&fl!(language, "comma"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;

    #[test]
    fn a_finding_is_a_sentence_in_each_language() {
        let finding = Finding::failure(Code::Canonical, "the text is not canonical")
            .table("合同")
            .path("data/x.csv")
            .at(1234, 5);
        assert_eq!(
            sentence(&finding, Language::English),
            "table 合同, data/x.csv, record 1234, byte 5: the text is not canonical"
        );
        assert_eq!(
            sentence(&finding, Language::Chinese),
            "表 合同，文件 data/x.csv，第 1,234 条记录，第 5 字节（从 0 起）：表的文本不符合规范形式。"
        );
    }
}
