//! The fixed words of a report. A label cannot be declared without its Chinese.

use super::Language;
use super::units::count;

macro_rules! labels {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        /// A heading or a name of a value in a report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Label {
            $(#[doc = $english] $name,)*
        }

        impl Label {
            /// Every label.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The label in a language.
            pub fn text(self, language: Language) -> &'static str {
                match self {
                    $(Self::$name => language.of($english, $chinese),)*
                }
            }
        }
    };
}

labels! {
    // What a report is of.
    ExportReport: "Report of an export", "导出报告";
    VerifyReport: "Report of a verification", "校验报告";
    RestoreTestReport: "Report of a restore-test", "恢复测试报告";
    OtherReport: "Report on an archive", "归档报告";
    AllArchives: "All archives", "全部归档";
    Verdict: "Verdict", "结论";
    NoVerdict: "no verdict (error)", "没有结论（error）";
    Why: "Why", "原因";
    NothingKnown: "Whether this archive restores is not known from this run. Do not take this page for a proof.", "本次运行未能得知该归档能否恢复。不能将本页当作证明。";
    Contents: "What is on this page", "本页内容";

    // What identifies an archive.
    Identity: "Which archive this is", "归档信息";
    Archive: "Archive", "归档文件";
    Size: "Size", "大小";
    Sealed: "Sealed", "封存时间";
    ContentId: "Content id", "内容标识";
    ArchiveId: "Archive id", "归档标识";
    ContentIdMeans: "SHA-256 of what the archive holds; compare it with the one in your records", "归档内容的 SHA-256；请与您留存的记录核对";
    ExpectedId: "Expected content id", "预期的内容标识";
    IdMet: "looked at: it is this one", "已核对：一致";
    IdNotMet: "looked at: it is another one", "已核对：不一致";
    NotCompared: "not looked at", "未核对";
    OpenedBy: "Opened with", "解开所用的公钥";
    Asked: "How it was run", "运行方式";
    Command: "Command", "命令";
    Checked: "Checked", "检查时间";
    Tool: "Checked with", "检查工具";
    Platform: "Checked on", "运行平台";
    Operator: "Run by", "操作人";
    Reviewer: "Reviewed by", "复核人";
    Ticket: "Ticket", "工单";
    Limits: "Limits that it was held to", "须满足的限制";
    LimitAge: "age of the archive", "归档的存在时间";
    LimitRestoreTime: "time that the restore takes", "恢复所用的时间";
    AtMost: "At most", "上限";
    Measured: "Measured", "实测";
    Holds: "Holds", "是否满足";
    NotKnown: "not known", "无法得知";
    Written: "Written", "已写出";
    Swept: "Removed, as runs that were stopped had left it behind", "已清除（先前中断的运行所遗留）";
    Took: "Took", "耗时";

    // What was looked at.
    LookedAt: "What was looked at", "已检查的内容";
    CheckedHeading: "Checked", "已检查";
    What: "What", "检查项";
    HowMany: "How many", "数量";
    NotLookedAt: "Not looked at", "未能检查";
    SaysNothingOf: "What this says nothing about", "本结论未涉及的方面";
    NotLookedAtPage: "What was not looked at, and why", "未检查的内容及原因";
    AskedNotLookedAt: "Asked for, and could not be looked at", "要求检查但未能检查";
    Beyond: "Not part of this check", "不属于本次检查范围";
    NothingLeftOut: "Everything that was asked for was looked at.", "要求检查的内容均已检查。";
    MayHaveStopped: "Something is wrong, and the check may have stopped there: what comes after it was then not looked at.", "已发现问题，检查可能就此中止：其后的内容则未检查。";
    NothingChecked: "No check came to its end.", "没有任何检查得以完成。";

    // What an archive holds.
    Tables: "Tables", "表";
    Name: "Name", "名称";
    Records: "Records", "记录数";
    Columns: "Columns", "列数";
    Digest: "Digest", "摘要";
    Sha256: "SHA-256", "SHA-256";
    TableDigestMeans: "The SHA-256 is that of the table's CSV text: its header line once, then every record.", "SHA-256 取自该表的 CSV 文本：标题行一次，其后为全部记录。";
    AsManifestSays: "This is what the archive's own manifest says. Not all of it was confirmed.", "以下为归档自身清单所述，并未全部得到核实。";
    Keys: "Keys", "主键";
    Key: "Key", "主键";
    References: "References", "引用关系";
    Reference: "Column", "列";
    RelationsMean: "Looked up in the restored database. What is repeated, missing or refers to nothing was so in the source: the content id proves that the backup has changed nothing.", "以下在恢复出的数据库中逐一查得。重复、缺失或无所指的情况在数据源中即已存在：内容标识证明备份未作任何改动。";
    KnownHow: "Basis", "依据";
    KnownDeclared: "declared", "数据库声明";
    KnownGiven: "given", "用户指定";
    KnownInferred: "inferred", "推断";
    Repeated: "Repeated", "重复";
    Missing: "Missing", "缺失";
    RefersTo: "Refers to", "指向";
    Ids: "Ids", "标识数";
    Resolved: "Found", "已找到";
    Orphans: "Orphans", "悬空";
    Nulls: "Null", "空值";
    NotExported: "(not in the archive)", "（不在归档中）";
    Totals: "Expected totals", "合计核对";
    TotalsMean: "What the CRM's own screens say, against what the restored database holds.", "CRM 界面所示数字与恢复出的数据库的对照。";
    OfWhat: "Of what", "合计项";
    RecordsTotal: "records", "记录数";
    CrmSays: "CRM's figure", "CRM 所示";
    Restored: "Source = archive = restored", "数据源 = 归档 = 恢复结果";
    Agrees: "Agrees", "是否相符";
    NotNumbers: "Cells that are no numbers", "非数字单元格";
    Against: "Against the source as it is now", "与数据源当前状态比对";
    Equal: "Equal", "一致";
    Added: "Added", "新增";
    Removed: "Removed", "删除";
    Changed: "Changed", "修改";
    ByKey: "By key", "按主键";
    Yes: "yes", "是";
    No: "no", "否";
    Files: "Files", "文件";
    Path: "Path", "路径";
    Role: "Why it is there", "收录原因";
    RoleAttachment: "attachment", "附件";
    RoleOriginal: "original", "原始文件";
    RoleUnread: "unread", "未能读成表";
    RoleSchema: "schema", "数据库定义";
    Sources: "Sources", "数据源";
    ReadAs: "Read as", "读取方式";
    Return: "How it comes back byte for byte", "如何逐字节还原";
    ByRecipe: "rebuilt from its table; the export has proven that this works", "由表重建（导出时已证实可行）";
    KeptWhole: "kept whole beside its tables", "与表一并整体保存";
    WithinAnother: "within another file that is kept whole", "随所在文件整体保存";
    NotAtAll: "not at all", "无法逐字节还原";
    None: "None.", "无。";

    // What differs.
    Ledger: "Ledger: left out, or kept in another form", "差异台账：未收录或以其他形式保存";
    LedgerMeans: "What the sources held and the archive does not, or holds in another form.", "数据源中有而归档中没有，或以其他形式保存的内容。";
    LedgerEmpty: "Nothing: the archive holds all that the sources held, in the same form.", "无：归档按原样保存了数据源中的全部内容。";
    Matter: "What", "内容";
    Where: "Where", "位置";
    Times: "Times", "次数";
    SeeInspect: "see inspect", "详见 inspect";

    // What was found.
    Findings: "Findings", "发现事项";
    Wrong: "Wrong", "问题";
    WorthKnowing: "Worth knowing", "值得注意";
    Expected: "expected", "应为";
    Actual: "actual", "实为";
    Original: "original message", "英文原文";
    SaidAtExport: "Said at the export", "导出时的说明";
    NoFindings: "None: nothing wrong was seen in what was looked at.", "无：在已检查的内容中未发现问题。";

    // How long it took.
    Timings: "How long it took", "耗时";
    Step: "Step", "步骤";
    Time: "Time", "时长";
    Compared: "Beside the longest", "与最长步骤相比";
    History: "Restore-tests so far", "历次恢复测试";
    When: "When", "时间";
    RestoreTook: "Restored in", "恢复用时";
    TallestBar: "How long each restore took. Hollow bars were not proven. The tallest is", "历次恢复所用的时间；空心表示未证实。最高的一条为";

    // How to repeat it.
    ByHand: "How to repeat this by hand", "如何手工复核";
    ByHandMeans: "The archive is made of published standards only. These commands need age, zstd, tar and sha256sum, and not the program that made this report. Run them in the folder that the archive is in; key.txt is the key file.", "归档仅由公开标准构成。以下命令只需 age、zstd、tar 和 sha256sum，不需要生成本报告的程序。请在归档所在的文件夹中运行；key.txt 为密钥文件。";
    HandSum: "Check that the sealed file is the one that was written (with the .sha256 file that was written beside it):", "核对封存文件是否就是当初写出的文件（使用随归档写出的 .sha256 文件）：";
    HandOpen: "Open it into a new folder (with a passphrase, leave out -i key.txt):", "解开到新文件夹（若以口令封存，请去掉 -i key.txt）：";
    HandBag: "Check every file that came out:", "核对解出的每个文件：";
    HandIds: "The first sum has to be the content id above, the second the archive id:", "第一个校验和应等于上文的内容标识，第二个应等于归档标识：";
    HandTable: "A table's digest, in its folder below data/tables (named after the table; where it is not, the list of tables above gives it, as does \"path\" in data/datapackage.json):", "某个表的摘要（在 data/tables 下该表的文件夹中运行；文件夹以表名命名，否则见上文表的列表，或 data/datapackage.json 中的 \"path\"）：";
    HandRestoreTest: "With this program, a restore-test:", "使用本程序执行恢复测试：";
    HandAgain: "With this program, the same checks again, in the folder that it was run in (the history, and the names and the ticket of that run, are left out: give your own):", "使用本程序重新执行同样的检查（请在当时运行的文件夹中执行；历史记录、人员姓名和工单已略去，请另行填写）：";
    Footer: "This page is a copy for people. It names record numbers only, and holds no contents of cells and no keys. It loads nothing and runs nothing.", "本页供人阅读。页面只给出记录编号，不含任何单元格内容或密钥，也不加载或运行任何外部内容。";
    Hint: "What to try", "建议";
    OneMore: "more is not shown here; the report as JSON (--json) has all of them", "项未在此列出；完整内容见 JSON 报告（--json）";
    AndMore: "more are not shown here; the report as JSON (--json) has all of them", "项未在此列出；完整内容见 JSON 报告（--json）";

    // A history, as the command line shows it.
    HistoryFile: "History", "历史记录";
    LastLine: "Last line", "末行摘要";
    Holding: "Holds", "内容";
    Drills: "Drills", "恢复测试";
    RestoreTime: "Restore", "恢复耗时";
    WithoutDrill: "Time without a proven drill", "没有已证实的恢复测试的时间";
    LongestGap: "longest", "最长";
    UntilNow: "until now", "至今";
    NeverProven: "always: no drill was proven yet", "一直如此：尚无已证实的恢复测试";
    RestoreTimes: "Time to restore, of proven drills", "已证实的恢复测试的恢复耗时";
    Least: "least", "最短";
    Median: "median", "中位数";
    Last: "last", "最近一次";
    KeysUsed: "Which key opened what", "哪个密钥解开了哪个归档";
    Opened: "Times", "次数";
    First: "First", "首次";
    Latest: "Last", "末次";
    BeforeBroken: "This is what stands before the line that is wrong.", "以上为出错的那一行之前的内容。";

    // The command line's own.
    KeepContentId: "Keep the content id with your records:", "请将内容标识与您的记录一起保存：";
    NowProve: "Now prove that it restores:", "接下来请证明它可以恢复：";
    PublicKey: "Public key", "公钥";
    ReportWritten: "Report", "报告";
    UniqueKeys: "unique, and nowhere missing", "唯一且无缺失";
    NothingToCompare: "nothing to compare with", "没有可比对的内容";
    AllAgree: "CRM's figure = source = archive = restored", "CRM 所示 = 数据源 = 归档 = 恢复结果";
    RestoredIs: "source = archive = restored", "数据源 = 归档 = 恢复结果";
    NothingWritten: "Nothing was written: this is what an export would hold.", "未写出任何内容：以上为导出将包含的内容。";
    TableFolder: "Folder", "文件夹";
}

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Noun {
    /// A table.
    Table,
    /// A record.
    Record,
    /// A key.
    Key,
    /// A reference.
    Reference,
    /// A file.
    File,
    /// A member of a ZIP file.
    Member,
    /// An entry of a list.
    Entry,
    /// A finding that is wrong.
    Problem,
    /// A place in a source.
    Place,
    /// A remark.
    Remark,
    /// An archive.
    Archive,
    /// A line of a history.
    Line,
    /// An export.
    Export,
    /// A restore-test.
    Drill,
    /// A day.
    Day,
    /// A table that something is wrong with.
    TableConcerned,
    /// Something that was asked for and not looked at.
    Unlooked,
    /// A restore-test of a history that is not shown.
    EarlierDrill,
    /// A remark on the source's own data.
    DataRemark,
    /// A remark on something else.
    OtherRemark,
    /// A file that was exported.
    SourceFile,
}

impl Noun {
    /// `1 file`, `2 files`, `2 个文件`
    pub fn some(self, number: u64, language: Language) -> String {
        let (one, many, chinese) = match self {
            Self::Table => ("table", "tables", "张表"),
            Self::Record => ("record", "records", "条记录"),
            Self::Key => ("key", "keys", "个主键"),
            Self::Reference => ("reference", "references", "个引用关系"),
            Self::File => ("file", "files", "个文件"),
            Self::Member => ("member", "members", "个成员"),
            Self::Entry => ("entry", "entries", "项"),
            Self::Problem => ("thing is wrong", "things are wrong", "项问题"),
            Self::Remark => ("remark", "remarks", "条说明"),
            Self::Place => ("place", "places", "处"),
            Self::Archive => ("archive", "archives", "个归档"),
            Self::Line => ("line", "lines", "行"),
            Self::Export => ("export", "exports", "次导出"),
            Self::Drill => ("drill", "drills", "次恢复测试"),
            Self::Day => ("day", "days", "天"),
            Self::TableConcerned => ("table is concerned", "tables are concerned", "张表有问题"),
            Self::Unlooked => (
                "thing that was asked for was not looked at",
                "things that were asked for were not looked at",
                "项要求检查的内容未能检查",
            ),
            Self::EarlierDrill => (
                "earlier one is not shown here; the history has it",
                "earlier ones are not shown here; the history has all of them",
                "次更早的测试未在此列出；完整内容见历史记录",
            ),
            Self::DataRemark => ("remark on the data", "remarks on the data", "条关于数据的说明"),
            Self::OtherRemark => {
                ("remark on the archive", "remarks on the archive", "条关于归档的说明")
            }
            Self::SourceFile => ("source file", "source files", "个源文件"),
        };
        let english = if number == 1 { one } else { many };
        format!("{} {}", count(number), language.of(english, chinese))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_its_chinese() {
        for label in Label::ALL.iter().filter(|label| **label != Label::Sha256) {
            let [english, chinese] = Language::ALL.map(|language| label.text(language));
            assert!(!english.is_empty(), "{label:?} has no English");
            let han = chinese.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(han, "{label:?} has no Chinese: {chinese:?}");
        }
    }

    #[test]
    fn things_are_counted_in_each_language() {
        assert_eq!(Noun::File.some(1, Language::English), "1 file");
        assert_eq!(Noun::Record.some(1234, Language::English), "1,234 records");
        assert_eq!(Noun::Table.some(3, Language::Chinese), "3 张表");
    }
}
