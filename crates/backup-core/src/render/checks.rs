//! What was looked at, how long each step took, and why something was not looked at.

use super::{Label, Language};
use crate::archive::package::Known;
use crate::report::Check;

/// The check that a comparison with the sources makes.
pub(super) const AGAINST: &str = "tables and files equal in the source as it is now";

/// The check that an archive is the one that was expected.
pub(super) const ID_EXPECTED: &str = "content id that was expected";

/// What was looked at.
pub fn check(what: &'static str, language: Language) -> &'static str {
    language.of(what, check_in_chinese(what).unwrap_or(what))
}

/// What was looked at, of one or of several: `1 record read`, `2 records read`.
pub fn checked(check: &Check, language: Language) -> &'static str {
    let one = (check.count == 1).then(|| of_one(check.what)).flatten();
    language.of(one, alone_in_chinese(check.what)).unwrap_or(self::check(check.what, language))
}

/// How a key or reference is known.
pub fn known(known: Known, language: Language) -> &'static str {
    let label = match known {
        Known::Declared => Label::KnownDeclared,
        Known::Given => Label::KnownGiven,
        Known::Inferred => Label::KnownInferred,
    };
    label.text(language)
}

/// A step that took time.
pub fn step(step: &'static str, language: Language) -> &'static str {
    language.of(step, step_in_chinese(step).unwrap_or(step))
}

/// Why something was not looked at. A sentence that has no Chinese stays as it is: better said in
/// English than not at all.
pub fn reason(why: &str, language: Language) -> String {
    language.of(None, reason_in_chinese(why)).unwrap_or_else(|| why.to_owned())
}

fn check_in_chinese(what: &str) -> Option<&'static str> {
    Some(match what {
        "sealed bytes hashed" => "封存字节已计算校验和",
        "zstd frames unpacked and checksummed" => "zstd 压缩帧已解压并核对校验和",
        "members compared with the bag's manifests" => "归档成员已与清单比对",
        "tables decoded strictly, counted and hashed" => "表已严格解码、计数并计算摘要",
        "records read" => "记录已读取",
        "files hashed" => "文件已计算摘要",
        ID_EXPECTED => "内容标识与预期一致",
        "content id rebuilt" => "内容标识已重新计算",
        "source files rebuilt by their recipes and hashed" => "源文件已按配方重建并核对摘要",
        "source files written byte for byte" => "源文件已逐字节写出",
        "records read back from the database and compared" => "记录已从数据库读回并比对",
        "files compared" => "文件已比对",
        "limits held" => "项限制得到满足",
        "lines of the history that follow one another" => "行历史记录前后相连",
        "content id rebuilt from the database alone" => "内容标识已仅凭数据库重新计算",
        "parts of tables that are whole" => "表的分段经核对完好",
        "files that are whole" => "文件经核对完好",
        "members taken out to their end, without the list of them" => {
            "成员已取出至其结尾（归档的清单已缺失）"
        }
        "totals that are the CRM's own figures" => "合计与 CRM 界面所示一致",
        "keys looked at" => "主键已检查",
        "references looked at" => "引用关系已检查",
        "ids in references looked up" => "引用中的标识已逐一查找",
        "values looked at by the type that the schema gives" => "值已按所给模式的类型检查",
        AGAINST => "表和文件与数据源当前状态一致",
        _ => return None,
    })
}

/// What was looked at, where it is one. Whatever is one by its nature stays as it is.
fn of_one(what: &str) -> Option<&'static str> {
    Some(match what {
        "sealed bytes hashed" => "sealed byte hashed",
        "zstd frames unpacked and checksummed" => "zstd frame unpacked and checksummed",
        "members compared with the bag's manifests" => "member compared with the bag's manifests",
        "tables decoded strictly, counted and hashed" => {
            "table decoded strictly, counted and hashed"
        }
        "records read" => "record read",
        "files hashed" => "file hashed",
        "source files rebuilt by their recipes and hashed" => {
            "source file rebuilt by its recipe and hashed"
        }
        "source files written byte for byte" => "source file written byte for byte",
        "records read back from the database and compared" => {
            "record read back from the database and compared"
        }
        "files compared" => "file compared",
        "limits held" => "limit held",
        "lines of the history that follow one another" => "line of the history, the only one",
        "parts of tables that are whole" => "part of a table that is whole",
        "files that are whole" => "file that is whole",
        "members taken out to their end, without the list of them" => {
            "member taken out to its end, without the list of them"
        }
        "values looked at by the type that the schema gives" => {
            "value looked at by the type that the schema gives"
        }
        "totals that are the CRM's own figures" => "total that is the CRM's own figure",
        "keys looked at" => "key looked at",
        "references looked at" => "reference looked at",
        "ids in references looked up" => "id in references looked up",
        AGAINST => "table or file equal in the source as it is now",
        _ => return None,
    })
}

/// What begins with the word that it is counted by, where its number stands elsewhere.
fn alone_in_chinese(what: &str) -> Option<&'static str> {
    match what {
        "limits held" => Some("限制得到满足"),
        "lines of the history that follow one another" => Some("历史记录各行前后相连"),
        _ => None,
    }
}

fn step_in_chinese(step: &str) -> Option<&'static str> {
    Some(match step {
        "export" => "导出",
        "read-back" => "读回",
        "verify" => "校验",
        "restore" => "恢复",
        "prove" => "读回比对",
        "compare" => "与数据源比对",
        "totals" => "合计核对",
        "keys-and-references" => "主键与引用检查",
        _ => return None,
    })
}

/// What is told as not looked at, with `*` for names and details, which the Chinese has as `{}`.
const REASONS: &[(&str, &str)] = &[
    ("the archive was not read back from disk", "归档写出后未从磁盘读回"),
    ("the archive itself has failed", "归档本身未通过检查"),
    ("the age of the archive, which is not known", "归档的创建时间未知，无法判断是否超过期限"),
    ("the time that a restore takes: the archive was not restored", "归档未恢复，因此恢复时间未知"),
    (
        "nothing could be given back of what is left: 0 tables, 0 files",
        "残存部分中没有任何内容可以取出：0 张表，0 个文件",
    ),
    (
        "nothing says which table a part is of, so those of others are there too",
        "无从得知各分段属于哪张表，因此其他表的分段也在其中",
    ),
    (
        "what was restored is in the folder unproven (tables: *, files: *): the archive's end is gone, \
         so nothing says what else there was",
        "取出的内容在文件夹 unproven 中（表：{}，文件：{}）：归档的结尾已缺失，无从得知原来还有什么",
    ),
    (
        "what was restored is in the folder unproven (tables: *, files: *): the list of what the archive \
         held cannot be read, so nothing says what else there was",
        "取出的内容在文件夹 unproven 中（表：{}，文件：{}）：归档的内容清单无法读取，无从得知原来还有什么",
    ),
    (
        "* could not be read as a table when it was exported; its bytes are here",
        "{}：导出时未能读成表；其原始字节已收录",
    ),
    (
        "*: *; it is in the archive byte for byte, and not as a table. *",
        "{}：未能读成表，已作为普通文件逐字节收录。英文详情：{}. {}.",
    ),
    ("*: *; an export would end here. *", "{}：导出会在此中止。英文详情：{}. {}."),
    ("there is no * to compare with", "{}：用于比对的文件不存在"),
    ("* does not begin with a SHA-256", "{}：开头不是 SHA-256 校验和"),
    ("* is longer than any .sha256 file", "{}：比任何 .sha256 文件都长"),
    (
        "the totals of table *: several tables have that name; say which, as in *",
        "表 {} 的合计未核对：有多张表使用该名称；请指明是哪一张，例如 {}",
    ),
    (
        "the .sha256 file beside the archive was not compared: *",
        "归档旁的 .sha256 文件未能比对：{}",
    ),
    ("*, as it is now, cannot be read and compared: *", "{}：其当前状态无法读取，因此未比对：{}"),
    (
        "table *, as it is now: several of that name cannot be told apart; name the same sources, in the \
         order of the export",
        "表 {} 未比对：同名者有多个，无法区分；请按导出时的顺序给出相同的数据源",
    ),
    (
        "file *, as it is now: several of that name cannot be told apart; name the same sources, in the \
         order of the export",
        "文件 {} 未比对：同名者有多个，无法区分；请按导出时的顺序给出相同的数据源",
    ),
    ("the records of table *: it has other columns now", "表 {} 的记录未比对：其列现已不同"),
    ("the sources as they are now: *", "未与数据源当前状态比对：{}"),
    ("the expected totals: *", "合计未能核对：{}"),
    ("keys and references: *", "主键与引用关系未能检查：{}"),
    (
        "keys and references, and what the schema says: *",
        "主键与引用关系以及所给模式的内容未能检查：{}",
    ),
    (
        "some keys of * tables: all tables together have too many",
        "{} 张表的部分主键未检查：所有表的主键合计过多",
    ),
    (
        "* more keys and references of table *: it has too many",
        "另有 {} 项主键和引用关系未检查（表 {}）：数目过多",
    ),
    ("what the schema says of table *: it has no column *", "所给模式中表 {} 的列 {} 不在该表中"),
    (
        "not looked at, of what the schema says of table *: *",
        "所给模式对表 {} 的下列要求未检查：{}",
    ),
    ("the schema's table *: the archive has none", "所给模式中的表 {} 不在归档中"),
    ("a key of table *: it has no column *", "表 {} 的主键未检查：没有列 {}"),
    ("a reference of table *: it has no column *", "表 {} 的引用关系未检查：没有列 {}"),
    (
        "a reference of table * to table *: it has no such columns (*)",
        "表 {} 对表 {} 的引用关系未检查：后者没有列 {}",
    ),
    (
        "a reference of table * to table *: the archive has none",
        "表 {} 对表 {} 的引用关系未检查：后者不在归档中",
    ),
    (
        "a reference of table * to table *: it has too many keys",
        "表 {} 对表 {} 的引用关系未检查：后者的主键过多",
    ),
    ("* cannot be restored byte for byte: *", "{} 无法逐字节还原：{}"),
    ("* was not rebuilt", "{}：未重建"),
    ("the history was not written: *", "历史记录未能写入：{}"),
    // What a schema says, and of which columns.
    ("* (column *), *", "{}（列 {}），{}"),
    ("* (columns *), *", "{}（列 {}），{}"),
    ("* (column *)", "{}（列 {}）"),
    ("* (columns *)", "{}（列 {}）"),
    ("unknown type *", "未知类型 {}"),
];

fn reason_in_chinese(why: &str) -> Option<String> {
    REASONS.iter().find_map(|(pattern, chinese)| {
        let mut said = (*chinese).to_owned();
        for part in parts(pattern, why)? {
            let part = reason_in_chinese(part).unwrap_or_else(|| part.trim().to_owned());
            said = said.replacen("{}", part.trim_end_matches(['.', '。']), 1);
        }
        // What ends in English has its end.
        Some(if said.ends_with('.') { said } else { said + "。" })
    })
}

/// What stands in a text where the pattern has `*`, if it is of that pattern.
pub(super) fn parts<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut words = pattern.split('*');
    let mut rest = text.strip_prefix(words.next()?)?;
    let mut parts = Vec::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let is_last = words.peek().is_none();
        let at = if is_last { rest.len().checked_sub(word.len())? } else { rest.find(word)? };
        if !rest.get(at..)?.starts_with(word) {
            return None;
        }
        parts.push(&rest[..at]);
        rest = &rest[at + word.len()..];
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_keep_their_names() {
        let why = "a.xlsx could not be read as a table when it was exported; its bytes are here";
        assert_eq!(reason(why, Language::English), why);
        assert_eq!(reason(why, Language::Chinese), "a.xlsx：导出时未能读成表；其原始字节已收录。");
        let both = "the expected totals: the archive itself has failed";
        assert_eq!(reason(both, Language::Chinese), "合计未能核对：归档本身未通过检查。");
        let named = "a reference of table a to table b: it has no such columns (c, d)";
        let chinese = "表 a 对表 b 的引用关系未检查：后者没有列 c, d。";
        assert_eq!(reason(named, Language::Chinese), chinese);
        let unread = "a.xlsx: it is damaged; it is in the archive byte for byte, and not as a table. \
                      Save it again.";
        let chinese =
            "a.xlsx：未能读成表，已作为普通文件逐字节收录。英文详情：it is damaged. Save it again.";
        assert_eq!(reason(unread, Language::Chinese), chinese);
        let words = "not looked at, of what the schema says of table a: maxLength (column b), pattern \
                     (columns c, d), unknown type nummer (column e)";
        let chinese = "所给模式对表 a 的下列要求未检查：maxLength（列 b），pattern（列 c, d），未知类型 nummer（列 e）。";
        assert_eq!(reason(words, Language::Chinese), chinese);
        let other = "something that nobody has translated";
        assert_eq!(reason(other, Language::Chinese), other, "a reason was lost");
    }
}
