//! The ledger for people: entries that say the same of several places, together.

use super::Language;
use super::units::count;
use crate::archive::package::LedgerEntry;

/// Entries of a ledger that say the same of several places.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Alike {
    /// The first entry, with the counts of all of them.
    pub entry: LedgerEntry,
    /// The tables or sources that it is about.
    pub places: Vec<String>,
}

/// Puts together the entries that say the same of several places.
pub fn alike<'a>(ledger: impl IntoIterator<Item = &'a LedgerEntry>) -> Vec<Alike> {
    let mut index = std::collections::HashMap::new();
    let mut groups: Vec<Alike> = Vec::new();
    for entry in ledger {
        let place = entry.table.clone().or_else(|| entry.source.clone());
        let at = *index.entry((&entry.code, &entry.message)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(same) => {
                same.entry.count = same.entry.count.saturating_add(entry.count);
                same.places.extend(place);
            }
            None => {
                let places = place.into_iter().collect();
                groups.push(Alike { entry: entry.clone(), places });
            }
        }
    }
    groups
}

impl Alike {
    /// What the entries say, without where; in Chinese only if their code is known.
    pub fn what(&self, language: Language) -> Option<&str> {
        match language {
            Language::English => Some(&self.entry.message),
            Language::Chinese => chinese(&self.entry.code),
        }
    }

    /// All of it in one line.
    pub fn line(&self, language: Language) -> String {
        let place = self.place(language);
        let place = if place.is_empty() { place } else { place + language.of(": ", "：") };
        let times = match self.entry.count {
            0 | 1 => String::new(),
            many => {
                language.of(format!(" ({} times)", count(many)), format!("（共 {}）", count(many)))
            }
        };
        // Whatever has no Chinese is said in English rather than not at all.
        let what = self.what(language).unwrap_or(&self.entry.message);
        format!("{place}{what}{times}")
    }

    /// The places, but for what the English sentence names already.
    pub fn place(&self, language: Language) -> String {
        // Only these sentences name the place; another may hold the same word and mean none.
        let names = self.entry.code == "unread" || self.entry.code.starts_with("renamed-");
        let says = |name: &String| {
            language == Language::English && names && self.entry.message.contains(name)
        };
        let unsaid: Vec<&str> =
            self.places.iter().filter(|name| !says(name)).map(String::as_str).collect();
        match unsaid.as_slice() {
            [first, .., last] if unsaid.len() > 4 => {
                let all = language.of(
                    format!("({} in all)", unsaid.len()),
                    format!("（共 {} 处）", unsaid.len()),
                );
                format!("{first}, … {last} {all}")
            }
            several => several.join(language.of(", ", "、")),
        }
    }
}

/// What a code of this program says, in Chinese. An embedder's own sources have codes of their own.
fn chinese(code: &str) -> Option<&'static str> {
    Some(match code {
        "unread" => "未能按应有的形式读取",
        "renamed-table" => "已有同名的表，因此本表改用其他名称",
        "renamed-file" => "已有同名的文件，因此本文件改用其他名称",
        "empty-folder" => "空文件夹不予保留",
        "link" => "符号链接不予跟随",
        "special-file" => "设备、管道或套接字不予读取",
        "lock-file" => "Excel 等程序留下的锁定文件不予收录",
        "within-zip" => "该成员只保留在 ZIP 文件中",
        "renamed-source" => "已有同名的数据源，因此本数据源名称前加上其文件夹名",
        "renamed-member" => "已有同名的成员，因此本成员改用其他名称",
        "hidden-sheet" => "该工作表在工作簿中隐藏，仍作为表收录",
        "wal-index" => "SQLite 的日志索引文件不予收录",
        "member-names" => "ZIP 成员的名称不是 UTF-8 且未注明编码，已按推断的编码读取",
        "unlisted-bytes" => "不属于任何成员的字节只保留在 ZIP 文件中",
        "rows-above-header" => "标题行以上的内容不在表中，只保留在原始文件中",
        "padded-header" => "标题行短于最长的记录：已补充无标签的列",
        "blank-lines" => "记录之间的空行不予保留",
        "padded-records" => "短于最长记录的记录已用空值补齐",
        "empty-file" => "文件为空：其中没有表",
        "kept-whole" => "文件无法由其表重建，因此整体保存",
        "original-lost" => "该数据流无法逐字节重建",
        "date-as-text" => "日期、时间和时长以 ISO 8601 文本保存，精确到毫秒",
        "unreadable-date" => "格式为日期但超出工作簿日历范围的数字按数字保存",
        "boolean-as-text" => "布尔值保存为 true 和 false",
        "error-as-text" => "错误值保存为其文本",
        "formula-as-value" => "公式保存为工作簿最后一次计算的值",
        "formula-without-value" => "文件中没有计算值的公式保存为空值",
        "merged-cells" => "合并单元格保存为首个单元格的值，其余为空值",
        "outer-spaces" => "文件未要求保留的文本首尾空格不予保留，与电子表格的显示一致",
        "not-a-worksheet" => "非工作表（如图表）只保留在工作簿中",
        "empty-sheet" => "没有任何值的工作表只保留在工作簿中",
        "internal-table" => "SQLite 的内部表不作为表收录",
        "virtual-table" => "虚拟表只保留在数据库文件及其背后的表中",
        "no-order" => "表中没有可确定记录顺序的内容；按 SQLite 的存放顺序读取",
        "generated-column" => "本 SQLite 无法计算的生成列未收录",
        "lone-surrogate" => "不是有效 UTF-16 的文本以通用 UTF-8 的字节保存",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_called_as_a_word_of_the_sentence_is_said() {
        let hidden = LedgerEntry::new("hidden-sheet", "this sheet is hidden").table("hidden");
        assert_eq!(alike([&hidden])[0].place(Language::English), "hidden", "it has no name");
        let message = "another table is called a; this one is called a (2)";
        let renamed = LedgerEntry::new("renamed-table", message).table("a (2)");
        assert_eq!(alike([&renamed])[0].line(Language::English), message, "it is named twice");
    }

    #[test]
    fn what_is_alike_is_said_once() {
        let entry = |table: &str| LedgerEntry::new("merged-cells", "merged").table(table).count(2);
        let ledger = [entry("a"), entry("b"), LedgerEntry::new("own", "of an embedder")];
        let said =
            |language| alike(&ledger).iter().map(|one| one.line(language)).collect::<Vec<_>>();
        assert_eq!(said(Language::English), ["a, b: merged (4 times)", "of an embedder"]);
        let chinese = said(Language::Chinese);
        assert_eq!(chinese[0], "a、b：合并单元格保存为首个单元格的值，其余为空值（共 4）");
        assert_eq!(chinese[1], "of an embedder", "what has no Chinese is not left out");
    }
}
