//! Findings as sentences. The English one is the finding's own; the Chinese one is made of its code.

use super::Language;
use super::units::count;
use crate::finding::{Code, Finding};

/// A finding as one sentence, with where it stands.
pub fn sentence(finding: &Finding, language: Language) -> String {
    match language {
        Language::English => match place(finding, language).as_str() {
            "" => finding.message.clone(),
            place => format!("{place}: {}", finding.message),
        },
        Language::Chinese => match place(finding, language).as_str() {
            "" => format!("{}。", chinese(finding.code)),
            place => format!("{place}：{}。", chinese(finding.code)),
        },
    }
}

/// Where a finding stands: its table, path, record and byte, but for what its message says already.
pub fn place(finding: &Finding, language: Language) -> String {
    // Only the English sentence is the message, and may name the place.
    let unsaid = |name: &&String| language != Language::English || !finding.message.contains(*name);
    let mut place = Vec::new();
    if let Some(table) = finding.table.as_ref().filter(unsaid) {
        place.push(language.of(format!("table {table}"), format!("表 {table}")));
    }
    if let Some(path) = finding.path.as_ref().filter(unsaid) {
        place.push(language.of(path.clone(), format!("文件 {path}")));
    }
    if let Some(record) = finding.record {
        let chinese = format!("第 {} 条记录", count(record));
        place.push(language.of(format!("record {record}"), chinese));
    }
    if let Some(byte) = finding.byte {
        let chinese = format!("第 {} 字节（从 0 起）", count(byte));
        place.push(language.of(format!("byte {byte}"), chinese));
    }
    place.join(language.of(", ", "，"))
}

/// What a code says, in Chinese.
fn chinese(code: Code) -> &'static str {
    match code {
        Code::CutShort => "文件被截断，或其结尾不是封存时的结尾",
        Code::Seal => "加密层未通过认证：封存的字节已被改动或损坏",
        Code::Frame => "压缩帧或帧索引不符合格式",
        Code::Member => "归档成员（tar）缺失、错位或不符合格式",
        Code::Bag => "BagIt 标签文件不符合格式",
        Code::Manifest => "清单 datapackage.json 不符合格式",
        Code::Version => "格式版本不是本程序能够读取的版本",
        Code::MemberDigest => "成员的内容与封存时不一致",
        Code::Canonical => "表的文本不符合规范形式",
        Code::TableRows => "表的记录数与封存时不一致，或该表缺失",
        Code::TableDigest => "表的内容（摘要或长度）与封存时不一致",
        Code::TableCounts => "某列的单元格类型、空值数或长度与封存时不一致",
        Code::FileDigest => "文件的内容与封存时不一致",
        Code::Contents => "归档的实际内容与内容清单 contents.jsonl 不一致",
        Code::ContentId => "内容标识不是预期的标识：这是另一个归档",
        Code::SealedDigest => "封存文件的字节与 .sha256 文件记录的不一致",
        Code::Against => "数据源的当前状态与归档有差异",
        Code::Source => "关于数据源自身数据的说明",
        Code::Misread => "读取程序给出的内容与文件本身不符，已作为普通文件收录",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
