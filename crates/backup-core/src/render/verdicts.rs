//! What a verdict says, in a word, in a line, and to a person who is no engineer.

use super::{Label, Language, Noun};
use crate::command::Command;
use crate::finding::{Code, Finding, Severity, is_cut_short};
use crate::outcome::{Check, CheckKind};
use crate::report::{Extent, Report, RunOutcome, Verdict};

/// The verdict's word; in Chinese with the English one, which programs and documents use.
pub fn word(verdict: Verdict, language: Language) -> &'static str {
    match verdict {
        Verdict::Proven => language.of("proven", "已证实（proven）"),
        Verdict::Intact => language.of("intact", "封存完好（intact）"),
        Verdict::Unverified => language.of("unverified", "未能证实（unverified）"),
        Verdict::Failed => language.of("failed", "未通过（failed）"),
    }
}

/// What a verdict's line says beside the word where an archive is all right and holds no record: a proof
/// of nothing looks like any other. `None` if it holds some, or if something is wrong.
pub fn no_records(report: &Report, language: Language) -> Option<String> {
    let is_right = matches!(report.verdict(), Some(Verdict::Proven | Verdict::Unverified));
    if !is_right || !report.is_without_records() {
        return None;
    }
    let none = language.of("no records", "没有任何记录");
    Some(match report.files.len() as u64 {
        0 => none.to_owned(),
        files => {
            format!("{none}{}{}", language.of(", ", "，"), Noun::File.some(files, language))
        }
    })
}

/// How a run ended: its verdict's word, or that there is none.
pub fn ending(ending: RunOutcome, language: Language) -> &'static str {
    word(
        match ending {
            RunOutcome::Proven => Verdict::Proven,
            RunOutcome::Intact => Verdict::Intact,
            RunOutcome::Unverified => Verdict::Unverified,
            RunOutcome::Failed => Verdict::Failed,
            RunOutcome::Error => return Label::NoVerdict.text(language),
        },
        language,
    )
}

/// What a report's verdict means, in one line.
pub fn meaning(report: &Report, verdict: Verdict, language: Language) -> &'static str {
    let restore = report.command == Command::Restore;
    match (verdict, report.proof.as_ref().map(|proof| proof.extent())) {
        // Without its list nothing says what it is.
        (Verdict::Failed, _)
            if restore
                && !report.written.is_empty()
                && report.content_id.is_none()
                && !is_cut_short(&report.findings) =>
        {
            language.of(
                "Something in the archive cannot be read, and with it the list of what it held: what could still be read is in the folder unproven, and nothing proves it. SALVAGE.txt beside that folder says how to use it.",
                "归档中有无法读取的部分，其内容清单也因此无法读取：尚可读取的内容在文件夹 unproven 中，且无从证实。该文件夹旁的 SALVAGE.txt 说明如何使用。",
            )
        }
        (Verdict::Failed, _)
            if restore && !report.written.is_empty() && report.content_id.is_none() =>
        {
            language.of(
                "The archive's end is gone, and with it the list of what it held: what can still be read is in the folder unproven, and nothing proves it. SALVAGE.txt beside that folder says how to use it.",
                "归档的结尾及其内容清单已缺失：尚可读取的内容在文件夹 unproven 中，且无从证实。该文件夹旁的 SALVAGE.txt 说明如何使用。",
            )
        }
        (Verdict::Failed, _) if restore && !report.written.is_empty() => language.of(
            "The archive is damaged: what is still whole was restored. The findings, and SALVAGE.txt in the folder, say what is missing.",
            "归档已损坏：仍然完好的部分已恢复，缺失部分见发现事项及文件夹中的 SALVAGE.txt。",
        ),
        (Verdict::Failed, _) if restore && only_another(report) => {
            language.of(
                "The archive is not the one that was asked for; nothing was restored.",
                "这不是所要求的归档；未恢复任何内容。",
            )
        }
        (Verdict::Failed, _) if restore => language.of(
            "The archive is not what was sealed; nothing was restored.",
            "归档与封存时不一致；未恢复任何内容。",
        ),
        (Verdict::Failed, _) => language.of(
            "Something is wrong; the findings say what.",
            "存在问题；具体见发现事项。",
        ),
        (Verdict::Unverified, _) => language.of(
            "Nothing wrong was seen, but not everything was looked at.",
            "未发现问题，但并非所有内容都已检查。",
        ),
        (Verdict::Intact, _) => language.of(
            "The sealed bytes are the ones that were written; nobody looked inside.",
            "封存的字节与写出时一致；未查看其中内容。",
        ),
        (Verdict::Proven, Some(Extent::Restored)) => language.of(
            "Loaded into a database and read back: every cell and file is as it was sealed.",
            "已载入数据库并重新读出：每个单元格和文件都与封存时一致。",
        ),
        (Verdict::Proven, _) if report.command == Command::Export => language.of(
            "Read back from the disk: every byte, digest and count is as it was sealed.",
            "已从磁盘重新读出：每个字节、摘要和计数都与封存时一致。",
        ),
        (Verdict::Proven, _) => language.of(
            "Every byte, digest and count is as it was sealed.",
            "每个字节、摘要和计数都与封存时一致。",
        ),
    }
}

/// Whether nothing is wrong but that it is not the archive that was asked for.
fn only_another(report: &Report) -> bool {
    let mut failures = report.findings.iter().filter(|it| it.severity == Severity::Failure);
    failures.all(|finding| finding.code == Code::ContentId)
}

/// What follows from a report's verdict, for a person who is no engineer.
pub(super) fn explained(report: &Report, verdict: Verdict, language: Language) -> &'static str {
    let another = report.findings.iter().any(|finding| finding.code == Code::ContentId);
    match (verdict, report.proof.as_ref().map(|proof| proof.extent())) {
        (Verdict::Proven, Some(Extent::Restored)) => language.of(
            "This archive has been restored once, completely, into a database that was thrown away afterwards. What came out of that database was compared with what was sealed, and nothing differed. The key that was used opens it.",
            "本归档已被完整恢复过一次：全部内容载入一个临时数据库（用后即弃），再从中读出并与封存时的内容逐一比对，没有任何差异。所用密钥能够打开本归档。",
        ),
        (Verdict::Proven, _) if report.command == Command::Export => language.of(
            "The archive was written, read back from the disk as a whole, opened and checked before it got its name. It was not yet restored into a database: a restore-test does that, with the key as it is kept.",
            "归档写出后，先从磁盘完整读回、解开并检查，然后才获得正式文件名。尚未恢复到数据库中：这由恢复测试完成，届时应使用实际保管的密钥。",
        ),
        (Verdict::Proven, _) => language.of(
            "The archive was opened and read completely, and agrees with every checksum and count that was taken when it was sealed. It was not restored into a database: a restore-test does that.",
            "归档已被解开并完整读取，与封存时记录的所有校验和及计数一致。未恢复到数据库中：这由恢复测试完成。",
        ),
        (Verdict::Intact, _) => language.of(
            "The file is, byte for byte, the one that its .sha256 file was made of. No key was used, so it was not opened: this says nothing about what is inside, or whether anybody can open it.",
            "该文件与生成其 .sha256 文件时逐字节一致。本次检查未使用密钥，也未打开归档：因此不说明其中内容如何，也不说明是否有人能够打开。",
        ),
        (Verdict::Unverified, _) => language.of(
            "This is neither a pass nor a failure. Do not take it for a proof: part of what was asked for could not be checked, and is listed below with the reason.",
            "这既不是通过，也不是未通过，不能当作证明：部分要求检查的内容未能检查，原因列于下文。",
        ),
        (Verdict::Failed, _) if another => language.of(
            "This is not the archive that was expected: it holds something else. Look for the one with the expected content id.",
            "这不是预期的归档：其内容不同。请查找内容标识与预期一致的归档。",
        ),
        (Verdict::Failed, _) if is_sound(report) => language.of(
            "The archive itself was looked at and is as it was sealed. What was asked of it beyond that does not hold: the problems below say what. Find out why before you rely on it.",
            "归档本身已检查，与封存时一致；但对其提出的其他要求未能满足，详见下列问题。请先查明原因，再决定是否依赖本归档。",
        ),
        (Verdict::Failed, _) => language.of(
            "Do not rely on this archive until what is listed here is explained. Keep the source if it still exists, and look for another copy of the archive.",
            "在下列问题得到解释之前，请勿依赖本归档。如数据源仍在，请予保留，并查找本归档的其他副本。",
        ),
    }
}

/// How the source, as it is now, stands to the archive, if they were compared.
pub(super) fn moved(report: &Report, language: Language) -> Option<String> {
    let differs = |finding: &&Finding| finding.code == Code::Against;
    let places = report.findings.iter().filter(differs).count() as u64;
    if places > 0 {
        let places = Noun::Place.some(places, language);
        return Some(language.of(
            format!("The source, as it is now, differs from the archive in {places}."),
            format!("数据源的当前状态与归档有 {places}差异。"),
        ));
    }
    let compared = |check: &Check| check.kind == CheckKind::Sources && check.count > 0;
    report.checks.iter().any(compared).then(|| {
        let equal = match report.not_looked_at.is_empty() {
            true => language.of(
                "The source, as it is now, is equal to the archive.",
                "数据源的当前状态与归档一致。",
            ),
            false => language.of(
                "What was compared of the source, as it is now, is equal to the archive.",
                "数据源当前状态中已比对的部分与归档一致。",
            ),
        };
        equal.to_owned()
    })
}

/// Whether what is wrong is not the archive: it was looked at as a whole, and is what was sealed.
pub(super) fn is_sound(report: &Report) -> bool {
    let about_the_archive = |finding: &Finding| {
        finding.severity == Severity::Failure
            && !matches!(
                finding.code,
                Code::ContentId
                    | Code::Total
                    | Code::Against
                    | Code::Age
                    | Code::RestoreTime
                    | Code::History
            )
    };
    report.proof.is_some() && !report.findings.iter().any(about_the_archive)
}

/// What is said of a run that ended in an error.
pub(super) fn not_carried_out(command: Command, language: Language) -> &'static str {
    match command {
        Command::Export => language.of(
            "The export could not be carried out, so there is no verdict.",
            "导出未能完成，因此没有结论。",
        ),
        Command::RestoreTest => language.of(
            "The test could not be carried out, so there is no verdict.",
            "测试未能进行，因此没有结论。",
        ),
        _ => language.of(
            "The check could not be carried out, so there is no verdict.",
            "检查未能进行，因此没有结论。",
        ),
    }
}

/// What a check of this extent does not say, whatever its verdict.
pub(super) fn beyond(report: &Report, language: Language) -> Vec<&'static str> {
    let mut beyond = Vec::new();
    let compared = report.checks.iter().any(|check| check.kind == CheckKind::Sources);
    // Without a key nothing is opened; with one, what keeps an archive from being opened is a finding.
    let not_opened = report.content_id.is_none();
    let sealed_only =
        not_opened && report.findings.iter().all(|finding| finding.code == Code::SealedDigest);
    if sealed_only {
        beyond.push(
            language
                .of("What is inside: the archive was not opened.", "归档内部的内容：未打开归档。"),
        );
    } else if report.command != Command::RestoreTest {
        beyond.push(language.of(
            "Whether it can be loaded into a database: a restore-test looks at that.",
            "能否载入数据库：由恢复测试检查。",
        ));
    }
    if report.command == Command::Export {
        beyond.push(language.of(
            "Whether the keys that it is sealed for are still in somebody's hands: this needs a restore-test with the key as it is kept.",
            "封存所用的密钥是否仍有人持有：需用实际保管的密钥做恢复测试。",
        ));
    } else if !not_opened && !compared {
        beyond.push(language.of(
            "The CRM as it is now: the archive was compared with itself, as it was sealed, and not with the source.",
            "CRM 的当前状态：归档是与其封存时的记录比对，而未与数据源比对。",
        ));
    }
    if report.totals.is_empty() {
        beyond.push(language.of(
            "Whether the CRM gave out all that it holds: compare the numbers of records with the CRM's own.",
            "CRM 是否导出了其全部数据：请将记录数与 CRM 自身的统计核对。",
        ));
    }
    beyond.push(language.of(
        "Who made the archive: whoever has the public key can make one. The content id in your own records tells.",
        "归档由谁制作：持有公钥者均可制作归档。应以您自己留存的内容标识为准。",
    ));
    beyond
}
