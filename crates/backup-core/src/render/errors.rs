//! Errors for people: what kept us from looking, and what to try. The English is the error's own; the
//! Chinese is made of its kind, which names no file and no line: the English one does.

use std::io;

use super::Language;
use super::checks::parts;
use crate::error::{Error, ErrorKind, is_out_of_processes, is_starting};
use crate::finding::{Code, Finding};

/// What happened, in one sentence. In Chinese it is said by its kind alone.
pub fn error(error: &Error, language: Language) -> String {
    match (language, error.kind()) {
        (Language::English, _) => error.to_string(),
        (_, ErrorKind::Source { why, .. } | ErrorKind::Option { why, .. }) => {
            given(why).unwrap_or_else(|| of_kind(error.kind()).to_owned())
        }
        (_, ErrorKind::WorkFactor { found, most }) => {
            format!("口令的工作因子为 {found}，超过所允许的 {most}，所需内存过大")
        }
        (_, kind) => of_kind(kind).to_owned(),
    }
}

/// What is told of a list of totals and of a schema, with `*` for names and numbers, which the Chinese
/// has as `{}`; and what to try.
const GIVEN: &[(&str, &str)] = &[
    ("a list of expected totals has at most 1 MiB", "合计清单最多 1 MiB"),
    ("a list of expected totals is UTF-8, and this is not", "合计清单应为 UTF-8 编码，此文件不是"),
    ("a list of expected totals has at most 10,000 lines", "合计清单最多 10,000 行"),
    ("there is no expected total in this list", "清单中没有任何合计"),
    ("quotes are not closed here", "合计清单中有引号没有闭合"),
    (
        "the header has another column than table, rows, column, sum",
        "表头中有 table、rows、column、sum 以外的列，或有重复的列",
    ),
    ("the header is not that of a list of expected totals", "表头不是合计清单的表头"),
    ("this line has more cells than the header", "合计清单中有一行的单元格多于表头"),
    ("this line names no table", "合计清单中有一行没有表名"),
    ("the number of records on this line is no whole number", "合计清单中有一行的记录数不是整数"),
    ("the sum on this line is no plain decimal number", "合计清单中有一行的合计不是普通的十进制数"),
    (
        "this line has a column without a sum, or a sum without a column",
        "合计清单中有一行有列而无合计，或有合计而无列",
    ),
    ("this line expects nothing of its table", "合计清单中有一行既无记录数也无合计"),
    (
        "The header is table,rows or table,rows,column,sum; numbers are plain, as 1234.50.",
        "表头为 table,rows 或 table,rows,column,sum；数字不加分隔符，如 1234.50。",
    ),
    (
        "the schema is no Frictionless data package (line *, column *)",
        "所给模式不是 Frictionless 数据包（第 {} 行，第 {} 列）",
    ),
    (
        "the schema says nothing of any table",
        "所给模式未说明任何表：没有字段、主键，也没有引用关系",
    ),
    ("the schema has table * twice", "所给模式中表 {} 出现了两次"),
    (
        "a reference of table * to table * has * columns here and * there",
        "所给模式中，表 {} 对表 {} 的引用关系两边列数不同（{} 和 {}）",
    ),
    (
        "It needs \"resources\", each with a \"name\" and a \"schema\" that stands there itself.",
        "须有 \"resources\"，其中每一项都有 \"name\" 和直接写在其中的 \"schema\"。",
    ),
    ("Mend the data package; nothing was looked at yet.", "请修正该数据包；尚未作任何检查。"),
];

fn given(english: &str) -> Option<String> {
    GIVEN.iter().find_map(|(pattern, chinese)| {
        let parts = parts(pattern, english)?.into_iter();
        Some(parts.fold((*chinese).to_owned(), |said, part| said.replacen("{}", part, 1)))
    })
}

/// What to try. What is told with a source's own trouble is in English in every language.
pub fn hint(error: &Error, language: Language) -> Option<String> {
    match language {
        Language::English => error.hint(),
        Language::Chinese => {
            let english = error.hint()?;
            let chinese = match error.kind() {
                ErrorKind::WorkFactor { found, .. } => Some(format!(
                    "如确知其来自可信的人，且本机内存足够，请加上 --max-work-factor {found}。"
                )),
                kind => hint_in_chinese(kind).map(str::to_owned),
            };
            Some(chinese.or_else(|| given(&english)).unwrap_or(english))
        }
    }
}

fn of_kind(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Io { doing, .. } if is_starting(doing) => "无法启动线程或进程",
        ErrorKind::Io { source, .. } => match source.kind() {
            io::ErrorKind::NotFound => "找不到文件或文件夹",
            io::ErrorKind::PermissionDenied => "没有读写的权限",
            io::ErrorKind::StorageFull => "磁盘空间不足",
            _ => "操作系统拒绝了对文件或文件夹的操作",
        },
        ErrorKind::NoKeyFits { passphrase: true } => "给出的密钥不能解开本归档：它是以口令封存的",
        ErrorKind::NoKeyFits { passphrase: false } => {
            "给出的密钥都不能解开本归档：它是为其他密钥封存的"
        }
        ErrorKind::WrongPassphrase => "口令不能解开本归档",
        ErrorKind::NotAnArchive { .. } => "这不是归档文件",
        ErrorKind::Key { .. } => "密钥或口令无法使用",
        ErrorKind::WorkFactor { .. } => "口令所需的内存超过所允许的限度",
        ErrorKind::Refused(_) => "归档已解开，但其内容不符合要求",
        ErrorKind::Source { .. } => "文件无法按要求读取",
        ErrorKind::Misread(_) => "读取程序给出的内容与文件本身不符",
        ErrorKind::Option { .. } => "选项的值无法使用",
        ErrorKind::Moved => "数据源在读取过程中发生了变化",
        ErrorKind::Record { .. } => "记录与其所在的表不符",
        ErrorKind::Exists { .. } => "同名文件已存在，不予覆盖",
        ErrorKind::Locked { .. } => "另一个运行正在写入该文件，等待超时",
        ErrorKind::NotFlushed { .. } => "文件或文件夹已完整写出，但其名称可能尚未写入磁盘",
        ErrorKind::NotReplaceable { .. } => "该位置已有其他文件，不予覆盖",
        ErrorKind::AfterPublishing { .. } => "归档完好，但其后的步骤失败",
        ErrorKind::Limit { .. } => "超出格式或设置所允许的限度",
        ErrorKind::NotThere { .. } => "归档中没有所要的表或文件",
        ErrorKind::Scratch { .. } => "数据库拒绝了操作",
        ErrorKind::Cancelled => "已中断",
        ErrorKind::Panicked { .. } => "本程序自身的缺陷",
    }
}

fn hint_in_chinese(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::Io { doing, source, .. } if is_out_of_processes(doing, source) => {
            "请允许同时运行更多进程（`ulimit -u`），结束其他进程，或使用 --threads 1。"
        }
        ErrorKind::Io { source, .. } => of_io(source)?,
        ErrorKind::NoKeyFits { passphrase: true } => "请用 -p 输入其口令，注意大小写。",
        ErrorKind::NoKeyFits { passphrase: false } => {
            "请用 -i 给出封存本归档时所用密钥的身份文件。"
        }
        ErrorKind::WrongPassphrase => {
            "请重试：注意大小写、键盘布局和首尾空格；--passphrase-file 取文件的第一行。"
        }
        ErrorKind::NotAnArchive { .. } => {
            "归档文件名形如 NAME.tar.zst.age；请确认这就是所要的文件，且以二进制方式复制。"
        }
        ErrorKind::Key { .. } => {
            "公钥形如 age1… 或 ssh-ed25519 …；`crm-backup keygen` 可生成密钥。"
        }
        ErrorKind::Refused(finding) => of_refused(finding),
        ErrorKind::Misread(_) => {
            "请用 Excel 或 LibreOffice 打开并另存为 xlsx；在此之前可作为普通文件收录。"
        }
        ErrorKind::Moved => "请在没有程序写入时重新导出。",
        ErrorKind::Exists { .. } => "请换用其他名称，或用 --force 覆盖。",
        ErrorKind::Locked { .. } => "请在另一个运行结束后重试。",
        ErrorKind::NotFlushed { .. } => "磁盘可能有故障：请在重启后检查文件是否存在。",
        ErrorKind::NotReplaceable { .. } => "请换用其他名称。",
        ErrorKind::AfterPublishing { .. } => {
            "归档可照常使用；用 --force 重新导出即可补齐随附的文件。"
        }
        ErrorKind::Scratch { .. } => "请腾出一些空间，或用 -o 写到其他磁盘。",
        // What to try comes with what happened, or is said above, or there is nothing to try.
        ErrorKind::Source { .. }
        | ErrorKind::Option { .. }
        | ErrorKind::NotThere { .. }
        | ErrorKind::WorkFactor { .. }
        | ErrorKind::Record { .. }
        | ErrorKind::Limit { .. }
        | ErrorKind::Cancelled
        | ErrorKind::Panicked { .. } => return None,
    })
}

fn of_io(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            "请检查名称和所在的文件夹。"
        }
        io::ErrorKind::PermissionDenied => "请检查谁有权在那里读写，或改用有权限的用户运行。",
        io::ErrorKind::ReadOnlyFilesystem => "请换到可以写入的文件夹。",
        io::ErrorKind::StorageFull => "请腾出一些空间，或用 -o 写到其他磁盘。",
        io::ErrorKind::FileTooLarge => {
            "请允许更大的文件（`ulimit -f unlimited`），或写到支持大文件的磁盘。"
        }
        _ => return None,
    })
}

fn of_refused(finding: &Finding) -> &'static str {
    match finding.code {
        Code::CutShort => {
            "请将其长度与其他副本比较并重新复制；`verify --sealed` 可将其与 .sha256 文件比对。\
             `restore --salvage` 可取出其中仍然完好的内容。"
        }
        Code::History => "请将历史记录与其副本比较：据副本修复，或将其移到别处并另起一份。",
        _ => {
            "请另取本归档的副本；其 .sha256 文件可判断副本自写出后是否有变化。\
             `restore --salvage` 可取出其中仍然完好的内容。"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_system_refuses_has_the_same_hints_in_each_language() {
        use io::ErrorKind::*;
        let kinds = [
            NotFound,
            NotADirectory,
            IsADirectory,
            PermissionDenied,
            ReadOnlyFilesystem,
            StorageFull,
            FileTooLarge,
            TimedOut,
        ];
        for kind in kinds {
            let error = Error::io("read", "x", kind.into());
            let english = hint(&error, Language::English);
            let chinese = hint(&error, Language::Chinese);
            assert_eq!(english.is_some(), chinese.is_some(), "{kind:?} has one hint only");
            assert!(english.is_none() || english != chinese, "{kind:?} has no Chinese");
        }
    }

    #[test]
    fn what_is_told_of_totals_and_of_schemas_has_its_chinese() {
        let totals = include_str!("../check/expect.rs").split("odd(\"").skip(1);
        let whys: Vec<&str> = totals.filter_map(|rest| rest.split('"').next()).collect();
        assert!(whys.len() >= 12, "the source is read: {whys:?}");
        for why in whys {
            assert!(given(why).is_some(), "{why} has no Chinese");
        }
        for text in [
            "{}",
            r#"{"resources": []}"#,
            r#"{"resources": [{"name": "a"}, {"name": "b", "title": "a"}]}"#,
            r#"{"resources": [{"name": "a", "schema": {"foreignKeys": [
                {"fields": ["x", "y"], "reference": {"resource": "b", "fields": "id"}}]}}]}"#,
        ] {
            let error = crate::check::Schema::parse(text).expect_err("it cannot be meant");
            let said = super::error(&error, Language::Chinese);
            assert!(said.starts_with("所给模式"), "{said}");
            assert_ne!(hint(&error, Language::Chinese), error.hint(), "the hint is English");
        }
        let error = crate::ExpectedTotals::parse(b"a,b\n").expect_err("it is no such list");
        assert_ne!(hint(&error, Language::Chinese), error.hint(), "the hint is English");
    }

    #[test]
    fn what_comes_with_a_source_is_not_lost() {
        let error = Error::source("it cannot be read", "Export it again.");
        assert_eq!(hint(&error, Language::Chinese).as_deref(), Some("Export it again."));
        assert_eq!(super::error(&error, Language::Chinese), "文件无法按要求读取");
    }
}
