//! What to try where a report does not end well.

use backup_core::{Code, Finding, Report, Severity};

use crate::commands::UNRECORDED;
use crate::said::Both;

/// What to try where the lines of a history do not follow from each other.
pub(crate) const BROKEN_HISTORY: Both = Both(
    "Compare it with a copy of it. Nothing is added to it as it is: mend it from the copy, or move it \
     aside and begin another.",
    "请与其副本比较。在修复之前不会再添加任何内容：请据副本修复，或将其移到别处并另起一份。",
);

/// Where something is wrong; `salvaged` if whatever is still whole was asked for.
pub(crate) fn failed(report: &Report, salvaged: bool) -> Both {
    let wrong = |finding: &&Finding| finding.severity == Severity::Failure;
    let failures = || report.findings.iter().filter(wrong);
    if let Some(hint) = failures().next().and_then(beside_the_archive) {
        return hint;
    }
    let about_the_data = |finding: &Finding| matches!(finding.code, Code::Against | Code::Total);
    let was_proving = report.timings.iter().any(|(step, _)| *step == "prove");
    if failures().any(|finding| finding.code == Code::ContentId) {
        Both(
            "This is not the archive that you expect; look for the one with that content id.",
            "这不是预期的归档；请查找具有该内容标识的归档。",
        )
    } else if report.command == "restore" && !report.written.is_empty() {
        Both(
            "Look for another copy of this archive for what is missing.",
            "请查找本归档的其他副本，以取得缺失的内容。",
        )
    } else if salvaged {
        Both(
            "Look for another copy of this archive: nothing is whole of what is left of this one.",
            "请查找本归档的其他副本：这一份残存的部分中没有任何完好的内容。",
        )
    } else if failures().all(|finding| finding.code == Code::Total) && only_names_differ(report) {
        Both(
            "The archive is sound. Mend the names in the list of totals; if a name is right, the CRM's \
             export left that out: export again while the CRM is there.",
            "归档本身没有问题。请修正合计清单中的名称；如名称无误，则 CRM 的导出缺少该项：请趁 CRM \
             仍在时重新导出。",
        )
    } else if failures().all(about_the_data) {
        Both(
            "The archive is sound; what it holds is not what was asked for. Find out why, and export \
             again while the CRM is there.",
            "归档本身没有问题，但其内容不符合要求。请查明原因，并趁 CRM 仍在时重新导出。",
        )
    } else if report.proof.is_none() && report.command == "restore-test" && was_proving {
        Both(
            "The archive itself may be sound: verify it, then test again; keep the CRM until it is \
             proven.",
            "归档本身可能没有问题：请先校验，再重新测试；在证实之前请保留 CRM。",
        )
    } else {
        damaged(report)
    }
}

fn damaged(report: &Report) -> Both {
    if report.findings.iter().any(|finding| finding.code == Code::CutShort) {
        Both(
            "Compare its length with that of another copy, and copy it anew; `verify --sealed` \
             compares it with its .sha256 file. `restore --salvage` gives back what is still whole of \
             this one.",
            "请将其长度与其他副本比较并重新复制；`verify --sealed` 可将其与 .sha256 文件比对。\
             `restore --salvage` 可取出其中仍然完好的内容。",
        )
    } else if report.content_id.is_some() {
        Both(
            "Fetch another copy of this archive; its .sha256 file tells whether a copy is as it was \
             written. `restore --salvage` gives back what is still whole of this one, and `restore \
             --table NAME` a table that is.",
            "请另取本归档的副本；其 .sha256 文件可判断副本是否与写出时一致。`restore --salvage` \
             可取出其中仍然完好的内容，`restore --table NAME` 可取出某一张完好的表。",
        )
    } else {
        Both(
            "Fetch another copy of this archive; its .sha256 file tells whether a copy is as it was \
             written. `restore --salvage` gives back what is still whole of this one.",
            "请另取本归档的副本；其 .sha256 文件可判断副本是否与写出时一致。`restore --salvage` \
             可取出其中仍然完好的内容。",
        )
    }
}

/// Whether each total that does not agree is of a table or a column that is not there.
fn only_names_differ(report: &Report) -> bool {
    report.totals.iter().all(|total| {
        let rows = total.rows.as_ref().is_none_or(|rows| rows.agrees() || rows.actual.is_none());
        let sum = total.sum.as_ref().is_none_or(|sum| sum.agrees() || sum.actual.is_none());
        rows && sum
    })
}

/// What to try where nothing is wrong with the archive itself.
fn beside_the_archive(finding: &Finding) -> Option<Both> {
    Some(match finding.code {
        Code::Age => Both(
            "Export anew and test that archive, or look for the one that was meant.",
            "请重新导出并测试新的归档，或查找原本所指的归档。",
        ),
        Code::RestoreTime => Both(
            "It restores, but not in time: test it on a machine like the one that it would be restored \
             on.",
            "可以恢复，但超过了时限：请在与实际恢复时相当的机器上测试。",
        ),
        // It says of which archive it is, or which line it is about.
        Code::History if finding.path.is_none() => Both(
            "Look for the archive that was exported under this name, and ask who put this one there.",
            "请查找以此文件名导出的归档，并查明是谁放置了现在这一份。",
        ),
        Code::History => BROKEN_HISTORY,
        _ => return None,
    })
}

/// Where something could not be looked at.
pub(crate) fn unverified(report: &Report) -> Both {
    let unrecorded = report.proof.is_some()
        && report.not_looked_at.iter().all(|why| why.starts_with(UNRECORDED));
    match report.command {
        "export" if unrecorded => Both(
            "The archive is whole and stays. Check the history's name, its folder, who may write there, \
             and the room on its disk.",
            "归档完好并予保留。请检查历史记录的名称、所在文件夹、写入权限和磁盘空间。",
        ),
        _ if unrecorded => Both(
            "Nothing is wrong with the archive. Check the history's name, its folder, who may write \
             there, and the room on its disk; then run it again.",
            "归档没有问题。请检查历史记录的名称、所在文件夹、写入权限和磁盘空间，然后重新运行。",
        ),
        "export" if report.proof.is_none() && report.archive.is_some() => {
            Both("Verify the archive before you rely on it.", "在依赖本归档之前，请先校验。")
        }
        "export" => Both(
            "Mend the source and export again, or say --as-file NAME if it need not be read as a \
             table. All else was read.",
            "请修复数据源并重新导出；如不必读成表，请用 --as-file NAME 指明。其余内容均已读取。",
        ),
        "verify" if report.content_id.is_none() => {
            Both("Verify it with the key (-i) instead.", "请改用密钥（-i）校验。")
        }
        "restore" => Both("All else was restored.", "其余内容均已恢复。"),
        _ => Both(
            "All else was looked at, and nothing is wrong with it.",
            "其余内容均已检查，未发现问题。",
        ),
    }
}
