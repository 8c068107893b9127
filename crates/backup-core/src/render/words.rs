//! The headings and labels of a report, and the things that are counted in it.

use std::sync::LazyLock;

use super::Language;
use crate::i18n::fl;

macro_rules! labels {
    ($($name:ident: $id:literal;)*) => {
        /// A heading or a name of a value in a report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Label {
            $(#[doc = $id] $name,)*
        }

        impl Label {
            /// Every label.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The label in a language.
            pub fn text(self, language: Language) -> &'static str {
                static TEXTS: LazyLock<[Vec<String>; 2]> =
                    LazyLock::new(|| Language::ALL.map(|one| vec![$(fl!(one, $id)),*]));
                &TEXTS[language as usize][self as usize]
            }
        }
    };
}

labels! {
    // Marks between words.
    Colon: "label-colon";
    ColonAlone: "label-colon-alone";
    Comma: "label-comma";
    NameComma: "label-name-comma";
    Space: "label-space";

    // What a report is of.
    ExportReport: "label-export-report";
    VerifyReport: "label-verify-report";
    RestoreTestReport: "label-restore-test-report";
    OtherReport: "label-other-report";
    AllArchives: "label-all-archives";
    Verdict: "label-verdict";
    NoVerdict: "label-no-verdict";
    Why: "label-why";
    NothingKnown: "label-nothing-known";
    Contents: "label-contents";

    // What identifies an archive.
    Identity: "label-identity";
    Archive: "label-archive";
    Size: "label-size";
    Sealed: "label-sealed";
    ContentId: "label-content-id";
    ArchiveId: "label-archive-id";
    ContentIdMeans: "label-content-id-means";
    ExpectedId: "label-expected-id";
    IdMet: "label-id-met";
    IdNotMet: "label-id-not-met";
    NotCompared: "label-not-compared";
    OpenedBy: "label-opened-by";
    Asked: "label-asked";
    Command: "label-command";
    Checked: "label-checked";
    Tool: "label-tool";
    Platform: "label-platform";
    Operator: "label-operator";
    Reviewer: "label-reviewer";
    Ticket: "label-ticket";
    Limits: "label-limits";
    LimitAge: "label-limit-age";
    LimitRestoreTime: "label-limit-restore-time";
    AtMost: "label-at-most";
    Measured: "label-measured";
    Holds: "label-holds";
    NotKnown: "label-not-known";
    Written: "label-written";
    Swept: "label-swept";
    Took: "label-took";

    // What was looked at.
    LookedAt: "label-looked-at";
    CheckedHeading: "label-checked-heading";
    What: "label-what";
    HowMany: "label-how-many";
    NotLookedAt: "label-not-looked-at";
    SaysNothingOf: "label-says-nothing-of";
    NotLookedAtPage: "label-not-looked-at-page";
    AskedNotLookedAt: "label-asked-not-looked-at";
    Beyond: "label-beyond";
    NothingLeftOut: "label-nothing-left-out";
    MayHaveStopped: "label-may-have-stopped";
    NothingChecked: "label-nothing-checked";

    // What an archive holds.
    Tables: "label-tables";
    Name: "label-name";
    Records: "label-records";
    Columns: "label-columns";
    Digest: "label-digest";
    Sha256: "label-sha256";
    TableDigestMeans: "label-table-digest-means";
    AsManifestSays: "label-as-manifest-says";
    Keys: "label-keys";
    Key: "label-key";
    References: "label-references";
    Reference: "label-reference";
    RelationsMean: "label-relations-mean";
    KnownHow: "label-known-how";
    KnownDeclared: "label-known-declared";
    KnownGiven: "label-known-given";
    KnownInferred: "label-known-inferred";
    Repeated: "label-repeated";
    Missing: "label-missing";
    RefersTo: "label-refers-to";
    Ids: "label-ids";
    Resolved: "label-resolved";
    Orphans: "label-orphans";
    Nulls: "label-nulls";
    NotExported: "label-not-exported";
    Totals: "label-totals";
    TotalsMean: "label-totals-mean";
    OfWhat: "label-of-what";
    RecordsTotal: "label-records-total";
    CrmSays: "label-crm-says";
    Restored: "label-restored";
    Agrees: "label-agrees";
    NotNumbers: "label-not-numbers";
    Against: "label-against";
    Equal: "label-equal";
    Added: "label-added";
    Removed: "label-removed";
    Changed: "label-changed";
    ByKey: "label-by-key";
    Yes: "label-yes";
    No: "label-no";
    Files: "label-files";
    Path: "label-path";
    Role: "label-role";
    RoleAttachment: "label-role-attachment";
    RoleOriginal: "label-role-original";
    RoleUnread: "label-role-unread";
    RoleSchema: "label-role-schema";
    Sources: "label-sources";
    ReadAs: "label-read-as";
    Return: "label-return";
    ByRecipe: "label-by-recipe";
    KeptWhole: "label-kept-whole";
    WithinAnother: "label-within-another";
    NotAtAll: "label-not-at-all";
    None: "label-none";

    // What differs.
    Ledger: "label-ledger";
    LedgerMeans: "label-ledger-means";
    LedgerEmpty: "label-ledger-empty";
    Matter: "label-matter";
    Where: "label-where";
    Times: "label-times";
    SeeInspect: "label-see-inspect";

    // What was found.
    Findings: "label-findings";
    Wrong: "label-wrong";
    WorthKnowing: "label-worth-knowing";
    Expected: "label-expected";
    Actual: "label-actual";
    Original: "label-original";
    SaidAtExport: "label-said-at-export";
    NoFindings: "label-no-findings";

    // How long it took.
    Timings: "label-timings";
    Step: "label-step";
    Time: "label-time";
    Compared: "label-compared";
    History: "label-history";
    When: "label-when";
    RestoreTook: "label-restore-took";
    TallestBar: "label-tallest-bar";

    // How to repeat it.
    ByHand: "label-by-hand";
    ByHandMeans: "label-by-hand-means";
    HandSum: "label-hand-sum";
    HandOpen: "label-hand-open";
    HandBag: "label-hand-bag";
    HandIds: "label-hand-ids";
    HandTable: "label-hand-table";
    HandRestoreTest: "label-hand-restore-test";
    HandAgain: "label-hand-again";
    Footer: "label-footer";
    Hint: "label-hint";
    OneMore: "label-one-more";
    AndMore: "label-and-more";

    // A history, as the command line shows it.
    HistoryFile: "label-history-file";
    LastLine: "label-last-line";
    Holding: "label-holding";
    Drills: "label-drills";
    RestoreTime: "label-restore-time";
    WithoutDrill: "label-without-drill";
    LongestGap: "label-longest-gap";
    UntilNow: "label-until-now";
    NeverProven: "label-never-proven";
    RestoreTimes: "label-restore-times";
    Least: "label-least";
    Median: "label-median";
    Last: "label-last";
    KeysUsed: "label-keys-used";
    Opened: "label-opened";
    First: "label-first";
    Latest: "label-latest";
    BeforeBroken: "label-before-broken";

    // The command line's own.
    KeepContentId: "label-keep-content-id";
    NowProve: "label-now-prove";
    PublicKey: "label-public-key";
    ReportWritten: "label-report-written";
    UniqueKeys: "label-unique-keys";
    NothingToCompare: "label-nothing-to-compare";
    AllAgree: "label-all-agree";
    RestoredIs: "label-restored-is";
    NothingWritten: "label-nothing-written";
    TableFolder: "label-table-folder";
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
        match self {
            Self::Table => fl!(language, "count-table", count = number),
            Self::Record => fl!(language, "count-records", count = number),
            Self::Key => fl!(language, "count-key", count = number),
            Self::Reference => fl!(language, "count-reference", count = number),
            Self::File => fl!(language, "count-file", count = number),
            Self::Member => fl!(language, "count-member", count = number),
            Self::Entry => fl!(language, "count-entry", count = number),
            Self::Problem => fl!(language, "count-problem", count = number),
            Self::Remark => fl!(language, "count-remark", count = number),
            Self::Place => fl!(language, "count-place", count = number),
            Self::Archive => fl!(language, "count-archive", count = number),
            Self::Line => fl!(language, "count-line", count = number),
            Self::Export => fl!(language, "count-export", count = number),
            Self::Drill => fl!(language, "count-drill", count = number),
            Self::Day => fl!(language, "count-day", count = number),
            Self::TableConcerned => fl!(language, "count-table-concerned", count = number),
            Self::Unlooked => fl!(language, "count-unlooked", count = number),
            Self::EarlierDrill => fl!(language, "count-earlier-drill", count = number),
            Self::DataRemark => fl!(language, "count-data-remark", count = number),
            Self::OtherRemark => fl!(language, "count-other-remark", count = number),
            Self::SourceFile => fl!(language, "count-source-file", count = number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_in_each_language() {
        assert_eq!(Noun::File.some(1, Language::English), "1 file");
        assert_eq!(Noun::Record.some(1234, Language::English), "1,234 records");
        assert_eq!(Noun::Table.some(3, Language::Chinese), "3 张表");
    }
}
