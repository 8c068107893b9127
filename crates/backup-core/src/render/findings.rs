//! Findings as sentences. The English one is the finding's own; the Chinese one is made of its code.

use super::Language;
use super::units::count;
use crate::finding::{Code, Detail, Finding};
use crate::nearest::Nearest;

/// A finding as one sentence, with where it stands.
pub fn sentence(finding: &Finding, language: Language) -> String {
    match language {
        Language::English => match place(finding, language).as_str() {
            "" => finding.message.clone(),
            place => format!("{place}: {}", finding.message),
        },
        Language::Chinese => match place(finding, language).as_str() {
            "" => format!("{}。", chinese(finding)),
            place => format!("{place}：{}。", chinese(finding)),
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

/// What a finding says, in Chinese. A code always says it in general.
fn chinese(finding: &Finding) -> String {
    let said = finding.detail.map_or_else(|| of_code(finding.code).to_owned(), of_detail);
    match &finding.instead {
        None => said,
        Some(Nearest { shown, .. }) if shown.is_empty() => format!("{said}（归档中没有任何表）"),
        Some(Nearest { wanted, shown, others }) => {
            // Where the finding stands says the table's name.
            let of_table = finding.detail == Some(Detail::NoSuchTable);
            let wanted = if of_table { String::new() } else { format!("“{wanted}”") };
            let others =
                if *others > 0 { format!("，另有 {others} 个") } else { String::new() };
            format!("{said}{wanted}；现有的名称：{}{others}", shown.join("、"))
        }
    }
}

/// What a detail says, in Chinese.
fn of_detail(detail: Detail) -> String {
    let cells = |number: u64, what: &str| format!("{} 个单元格的{what}", count(number));
    let said = match detail {
        Detail::FromTheFuture => "归档的创建时间在未来，或本机时钟有误",
        Detail::AnotherOfThisName => "历史记录中此文件名对应的是另一个归档",
        Detail::LaterExport => "历史记录中此文件名有更晚的导出",
        Detail::UnderAnotherName => "历史记录中此归档使用另一个文件名",
        Detail::UnknownToHistory => "历史记录中没有此归档的导出",
        Detail::NoSuchTable => "归档中没有这个名称的表",
        Detail::NoSuchColumn => "表中没有这个名称的列",
        Detail::OtherNumber => "记录数与 CRM 界面所示不符",
        Detail::OtherSum => "某列之和与 CRM 界面所示不符",
        Detail::NoNumbers => "有单元格不是普通的十进制数，未计入合计",
        Detail::KeyRepeated => "主键在数据源中就有重复的值",
        Detail::KeyMissing => "主键在数据源中就有缺失（空值）",
        Detail::TargetNotExported => "引用所指的表不在归档中",
        Detail::NotLookedUp => "引用所指的表没有这样的主键，因此未作查找",
        Detail::Orphans => "引用指向不存在的记录（数据源中即如此）",
        Detail::Gone => "数据源中已不再有此项",
        Detail::New => "数据源中新增了此项",
        Detail::Changed => "此项在数据源中已有变化",
        Detail::GuessedEncoding => "编码系推断得出，也可能是其他编码；可用 --encoding 指定",
        Detail::LongNumbers(number) => {
            let what = "整数超出工作簿能精确保存的范围，其末尾数字可能在导出之前已丢失";
            return cells(number, what);
        }
        Detail::ShortenedNumbers(number) => {
            let what = "文本像是被电子表格缩写的长数字（如 1.23E+17），其数字在导出之前已丢失";
            return cells(number, what);
        }
        Detail::LostCharacters(number) => {
            let what = "文本含有无法读取的字符（U+FFFD），这些字符在导出之前已丢失，或本非 Unicode";
            return cells(number, what);
        }
        Detail::SecretKey => "文件中有私钥：能打开归档的人都会得到它；请将其移到别处后重新导出",
        Detail::BrokenAt(line) => {
            let line = count(line);
            return format!("历史记录第 {line} 行已被改动、错位或不完整，或其前有缺行");
        }
        Detail::NoFolderSync => {
            "该文件夹的目录项无法强制写入磁盘；若随后断电，请检查新文件是否存在"
        }
        Detail::NoLocks => "该文件夹中的文件无法加锁；请勿让两个运行同时写入同一名称",
        Detail::NoExclusiveRename => "该文件系统不支持不覆盖的改名；改名之前已确认没有同名文件",
        Detail::NoRecords => "表中没有任何记录；如 CRM 中有，请重新导出",
        Detail::NoTable => "其中没有任何内容，因此没有表；如 CRM 中有，请重新导出",
        Detail::Runs { triggers, views, virtual_tables } => {
            let counts = [(triggers, "个触发器"), (views, "个视图"), (virtual_tables, "张虚拟表")];
            let some = counts.into_iter().filter(|(number, _)| *number > 0);
            let some: Vec<_> =
                some.map(|(number, what)| format!("{} {what}", count(number))).collect();
            return format!(
                "此数据库与其数据源一样有{}：使用时 SQLite 会运行它们，其作用未经检查；请以 PRAGMA \
                 trusted_schema=OFF 打开，并在改动之前查看 sqlite_schema",
                some.join("、")
            );
        }
        Detail::Rescued { kept, of } => {
            let (kept, of) = (count(kept), count(of));
            return format!("已取出该表 {of} 条记录中的 {kept} 条，其余缺失");
        }
    };
    said.to_owned()
}

/// What a code says, in Chinese.
fn of_code(code: Code) -> &'static str {
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
        Code::Age => "归档的创建时间超过了允许的期限",
        Code::RestoreTime => "恢复所用的时间超过了允许的时间",
        Code::History => "历史记录已被改动、缺行、错位或不完整",
        Code::Source => "关于数据源自身数据的说明",
        Code::Total => "合计与 CRM 界面所示不符",
        Code::Key => "主键在数据源中就有重复或缺失",
        Code::Reference => "引用指向不存在的记录，或所指的表不在归档中（数据源中即如此）",
        Code::Value => "某列有值不符合所给模式（类型、必填或唯一），数据源中即如此",
        Code::FileSystem => "所写入的文件系统缺少某项功能",
        Code::Misread => "读取程序给出的内容与文件本身不符，已作为普通文件收录",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            said(Some(Nearest::of("amuont", names))),
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
