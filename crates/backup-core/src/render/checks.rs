//! What was looked at, how long each step took, and why something was not looked at.

use super::{Label, Language};
use crate::archive::package::Known;

/// The check that a comparison with the sources makes.
pub(super) const AGAINST: &str = "tables and files equal in the source as it is now";

/// What was looked at.
pub fn check(what: &'static str, language: Language) -> &'static str {
    language.of(what, check_in_chinese(what).unwrap_or(what))
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
        "content id rebuilt" => "内容标识已重新计算",
        "source files rebuilt by their recipes and hashed" => "源文件已按配方重建并核对摘要",
        "source files written byte for byte" => "源文件已逐字节写出",
        "records read back from the database and compared" => "记录已从数据库读回并比对",
        "files compared" => "文件已比对",
        "limits held" => "项限制得到满足",
        "lines of the history that follow one another" => "行历史记录前后相连",
        "content id rebuilt from the database alone" => "内容标识已仅凭数据库重新计算",
        "definitions read back from the database and compared" => "数据库定义已读回并比对",
        "tables whose rowids were read back and compared" => "表的行号（rowid）已读回并比对",
        "parts of tables that are whole" => "表的分段经核对完好",
        "files that are whole" => "文件经核对完好",
        "members taken without a manifest" => "成员在没有清单的情况下取出",
        "totals that are the CRM's own figures" => "合计与 CRM 界面所示一致",
        "keys looked at" => "主键已检查",
        "references looked at" => "引用关系已检查",
        "ids in references looked up" => "引用中的标识已逐一查找",
        "values looked at by the type that the schema gives" => "值已按所给模式的类型检查",
        AGAINST => "表和文件与数据源当前状态一致",
        _ => return None,
    })
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

fn reason_in_chinese(why: &str) -> Option<String> {
    if why == "the archive was not read back from disk" {
        return Some("归档写出后未从磁盘读回".into());
    }
    let known: [(&str, &str, &str); 6] = [
        (
            "",
            " could not be read as a table when it was exported; its bytes are here",
            "导出时未能读成表；其原始字节已收录",
        ),
        ("there is no ", " to compare with", "用于比对的文件不存在"),
        ("", " does not begin with a SHA-256", "开头不是 SHA-256 校验和"),
        ("", " is longer than any .sha256 file", "比任何 .sha256 文件都长"),
        ("", ", as it is now, cannot be read and compared", "其当前状态无法读取，因此未比对"),
        ("", " was not rebuilt", "未重建"),
    ];
    known.iter().find_map(|(before, after, chinese)| {
        let name = why.strip_prefix(before)?.strip_suffix(after)?;
        Some(format!("{name}：{chinese}。"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_keep_their_names() {
        let why = "a.xlsx could not be read as a table when it was exported; its bytes are here";
        assert_eq!(reason(why, Language::English), why);
        assert_eq!(reason(why, Language::Chinese), "a.xlsx：导出时未能读成表；其原始字节已收录。");
        let other = "something that nobody has translated";
        assert_eq!(reason(other, Language::Chinese), other, "a reason was lost");
    }
}
