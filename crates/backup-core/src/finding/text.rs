//! Findings as sentences. The English one is the finding's own message; others are made of its code and
//! its data.

use std::fmt;

use super::{Detail, Finding};
use crate::i18n::{Language, Message, count, fl};
use crate::suggestions::Suggestions;

/// A finding as one sentence, with where it stands. The English is the finding's own message.
pub fn sentence(finding: &Finding, language: Language) -> String {
    let is_english_only = language != Language::English && finding.message.is_own();
    let what = match is_english_only {
        true => fl!(language, "finding-sentence", what = general(finding, language)),
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

/// Where a finding stands: its table, path, record and byte, but for what its message says already.
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
        path.map(|path| fl!(language, "at-path", path = path)),
        number(finding.record).map(|record| fl!(language, "at-record", record = record)),
        number(finding.byte).map(|byte| fl!(language, "at-byte", byte = byte)),
    ];
    place.into_iter().flatten().collect::<Vec<_>>().join(&fl!(language, "comma"))
}

/// What a finding says without its own words. A code always says it in general.
fn general(finding: &Finding, language: Language) -> String {
    let what = match finding.detail {
        Some(detail) => Message::of_variant("detail-", &detail),
        None => Message::of_variant("finding-", &finding.code),
    }
    .text(language);
    match &finding.instead {
        None => what,
        Some(Suggestions { shown, .. }) if shown.is_empty() => {
            fl!(language, "finding-no-tables", what = what)
        }
        Some(Suggestions { wanted, shown, others }) => {
            // Where the finding stands says the table's name.
            let of_table = finding.detail == Some(Detail::NoSuchTable);
            let wanted = if of_table { String::new() } else { format!("“{wanted}”") };
            let names = shown.join(&fl!(language, "comma-of-names"));
            let (what, others) = (what + &wanted, *others as u64);
            fl!(language, "finding-instead", what = what, names = names, others = others)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;

    #[test]
    fn findings_of_one_code_are_told_apart() {
        let remark = Finding::remark(Code::Source, "whatever the sentence is");
        let said = sentence(&remark.detail(Detail::LostCharacters(1200)), Language::Chinese);
        assert!(said.starts_with("1,200 个单元格的文本含有无法读取的字符"), "{said}");
        let said = sentence(&Finding::remark(Code::Source, "of another sort"), Language::Chinese);
        assert_eq!(said, "关于数据源自身数据的说明。");
    }

    #[test]
    fn what_a_manifest_keeps_of_a_detail_is_the_detail() {
        for detail in [
            Detail::GuessedEncoding,
            Detail::LongNumbers(1),
            Detail::ShortenedNumbers(2),
            Detail::LostCharacters(3),
            Detail::SecretKey,
        ] {
            let (code, count) = detail.code().expect("it is about a source's own data");
            assert_eq!(Detail::of(&code, count), Some(detail));
        }
        assert_eq!(Detail::of(&"remark".into(), 1), None);
    }

    #[test]
    fn what_there_is_instead_is_said_in_each_language() {
        let names = ["amount", "b", "c", "d", "e", "f"];
        let remark = Finding::failure(Code::Total, "no column").table("deals");
        let lacks = remark.detail(Detail::NoSuchColumn);
        let said = |instead| sentence(&lacks.clone().instead(instead), Language::Chinese);
        assert_eq!(
            said(Some(Suggestions::of("amuont", names))),
            "表 deals：表中没有这个名称的列“amuont”；现有的名称：amount、b、c、d、e，另有 1 个。"
        );
        assert_eq!(said(None), "表 deals：表中没有这个名称的列。");
    }

    #[test]
    fn a_repeated_key_is_no_missing_one() {
        let said = |detail: Detail| {
            sentence(&Finding::remark(Code::Key, "a key").detail(detail), Language::Chinese)
        };
        let (repeated, missing) = (said(Detail::KeyRepeated), said(Detail::KeyMissing));
        assert!(repeated.contains("重复") && !repeated.contains("缺失"), "{repeated}");
        assert!(missing.contains("缺失") && !missing.contains("重复"), "{missing}");
    }

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
