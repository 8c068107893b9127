//! Rules for completeness that a profile states.

use std::fs;

use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Code, CompletenessOptions, ExpectedTotals, ExportOptions, Finding, Profile, Report,
    UndecidedReason, dry_run_with,
};

/// The dry run of a folder with these files.
fn dry_run(files: &[(&str, &str)], options: &ExportOptions) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    dry_run_with(found.expect("it is found"), options, &()).expect("it is read")
}

fn with_profile(profile: Profile) -> ExportOptions {
    ExportOptions::default().completeness(CompletenessOptions::default().profile(profile))
}

/// The dry run with a built-in profile.
fn of(profile: &str, files: &[(&str, &str)]) -> Report {
    let profile = Profile::built_in().iter().find(|it| it.name() == profile);
    dry_run(files, &with_profile(profile.expect("it is built in").clone()))
}

/// The options for a profile with these rules.
fn own(rules: &str) -> ExportOptions {
    let head = "profile = 1\nname = \"shop\"\ntitle = \"Shop\"\nsource = \"Its manual\"\n";
    with_profile(Profile::parse(&format!("{head}{rules}")).expect("it is a profile"))
}

/// The sentences of the findings with this code, and whether they are gaps.
fn found(report: &Report, code: Code) -> Vec<(String, bool)> {
    let found = report.findings().iter().filter(|finding| finding.code == code);
    found.map(|it: &Finding| (it.message.to_string(), it.gap)).collect()
}

#[track_caller]
fn assert_only(report: &Report, code: Code, gap: bool, words: &[&str]) {
    let found = found(report, code);
    let [(message, is_gap)] = &found[..] else { panic!("{code:?}: {:#?}", report.findings()) };
    assert_eq!(*is_gap, gap, "{message}");
    for word in words {
        assert!(message.contains(word), "{word} is not in: {message}");
    }
}

#[track_caller]
fn assert_none(report: &Report, code: Code) {
    assert!(found(report, code).is_empty(), "{:#?}", report.findings());
}

/// A CSV file with a column and so many records.
fn records(count: usize) -> String {
    std::iter::once("id\n".to_owned()).chain((1..=count).map(|at| format!("{at}\n"))).collect()
}

#[test]
fn a_part_that_is_not_full_is_a_gap_if_another_one_follows() {
    let options = own("[[parts]]\npattern = \"{table}-{number}.csv\"\nrows = 5\n");
    let [full, cut, last] = [5, 4, 2].map(records);
    let of = |parts: [(&str, &str); 3]| dry_run(&parts, &options);
    let names = ["deals-1.csv", "deals-2.csv", "deals-3.csv"];
    let report = of([(names[0], &full), (names[1], &full), (names[2], &last)]);
    assert_none(&report, Code::Limit);
    let parts = [(names[0], &*full), (names[1], &*cut), (names[2], &*last)];
    assert_only(&of(parts), Code::Limit, true, &["deals-2.csv has 4 records", "after 5"]);
    let totals = ExpectedTotals::parse(b"table,rows\ndeals,11\n").expect("it is a list");
    assert_none(&dry_run(&parts, &options.clone().expected(totals)), Code::Limit);
    let report = of([(names[0], &full), (names[1], &full), (names[2], &full)]);
    assert_only(&report, Code::Limit, true, &["exactly 5 records"]);
    // A part that is missing is named, and not that the one before it is full.
    let report = dry_run(&[(names[0], &full), (names[2], &last)], &options);
    assert_none(&report, Code::Limit);
    assert_only(&report, Code::MissingPart, true, &["deals-2.csv"]);
}

#[test]
fn limits_that_a_profile_states_replace_the_general_ones() {
    let options = own("[limits]\nrows = [7]\n");
    assert_none(&dry_run(&[("deals.csv", &records(2_000))], &options), Code::Limit);
    assert_only(&dry_run(&[("deals.csv", &records(7))], &options), Code::Limit, true, &[]);
}

#[test]
fn a_cell_with_as_many_ids_as_the_crm_exports_is_a_gap() {
    let cell = |ids: usize| (1..=ids).map(|id| (9_000 + id).to_string()).collect::<Vec<_>>();
    let companies = |ids| {
        let ids = cell(ids).join(";");
        format!("Record ID,Associated Contact IDs\n1,9001\n2,{ids}\n")
    };
    let report = of("hubspot", &[("companies.csv", &companies(1_000))]);
    let words = ["a cell of column Associated Contact IDs", "exactly 1", "in record 2"];
    assert_only(&report, Code::Limit, true, &words);
    assert_none(&of("hubspot", &[("companies.csv", &companies(999))]), Code::Limit);
}

#[test]
fn empty_cells_that_the_first_record_calls_required_are_reported() {
    let text =
        "唯一性ID（必填）,名称（必填）,备注\n此项必填,此项必填,文本字段类型\na1,甲,\na2,,x\n";
    let report = of("fxiaoke", &[("客户.csv", text)]);
    let layout = found(&report, Code::Layout);
    let required: Vec<_> = layout.iter().filter(|it| it.0.contains("calls required")).collect();
    let [(message, gap)] = required[..] else { panic!("{layout:?}") };
    assert!(message.contains("名称（必填）") && message.ends_with("record 3"), "{message}");
    assert!(!gap);
}

#[test]
fn files_that_no_record_names_are_a_gap_unless_they_are_normal() {
    let rule = "[[attachments]]\ntable = \"documents\"\ncolumn = \"No\"\n\
                file = \"documents/{value}.pdf\"\n";
    let files = [
        ("documents.csv", "No,Name\n1,a\n"),
        ("documents/1.pdf", "%PDF-1.4 1"),
        ("documents/2.pdf", "%PDF-1.4 2"),
        ("documents/3.pdf", "%PDF-1.4 3"),
    ];
    let report = dry_run(&files, &own(rule));
    assert_only(&report, Code::Attachment, true, &["2 files such as documents/{value}.pdf"]);
    let normal = format!("{rule}spare_files = true\n");
    assert_none(&dry_run(&files, &own(&normal)), Code::Attachment);
}

#[test]
fn deleted_records_need_no_file_and_may_have_one() {
    let notes = "id,name,filename,parent_type,parent_id,deleted\n\
                 n1,a,a.pdf,Accounts,,0\nn2,b,b.pdf,Accounts,,1\nn3,c,c.pdf,Accounts,,0\n";
    let [one, two] = [("upload/n1", "%PDF-1.4 1"), ("upload/n3", "%PDF-1.4 3")];
    assert_none(&of("suitecrm", &[("notes.csv", notes), one, two]), Code::Attachment);
    let report = of("suitecrm", &[("notes.csv", notes), one]);
    let words = ["of 2 files", "1 is missing", "first records: 3"];
    assert_only(&report, Code::Attachment, true, &words);
    let rules = "[[attachments]]\ntable = \"notes\"\ncolumn = \"id\"\nfile = \"upload/{value}\"\n\
                 [[not_live]]\ncolumn = \"deleted\"\ndead = [\"1\"]\n";
    let deleted = ("upload/n2", "%PDF-1.4 2");
    let report = dry_run(&[("notes.csv", notes), one, deleted, two], &own(rules));
    assert_none(&report, Code::Attachment);
}

#[test]
fn labels_and_names_in_the_api_are_in_the_report() {
    let fields = "Module,Label,Api Name\nContacts,Full Name,Full_Name\n";
    let report = of("zoho", &[("Metadata/Fields_001.csv", fields)]);
    let scope = serde_json::to_value(report.scope()).expect("it is JSON");
    let name =
        serde_json::json!({ "table": "Contacts", "label": "Full Name", "name": "Full_Name" });
    assert_eq!(scope["api_names"], serde_json::json!([name]));
}

#[test]
fn users_without_a_table_are_not_decided_and_no_gap() {
    let leads: String = (1..=30).map(|at| format!("{at},n,{}\n", at % 3 + 1)).collect();
    let report = of("odoo", &[("crm_lead.csv", &format!("id,name,user_id\n{leads}"))]);
    let undecided = &report.scope().expect("completeness was asked").undecided;
    let users: Vec<_> =
        undecided.iter().filter(|it| it.reason == UndecidedReason::NoUsers).collect();
    let [users] = users[..] else { panic!("{undecided:#?}") };
    assert_eq!(users.names, ["crm_lead: user_id"]);
    assert!(found(&report, Code::Reference).iter().all(|(_, gap)| !gap));
}

#[test]
fn files_that_records_name_through_other_records_are_looked_up() {
    let documents = ("documents.csv", "id,document_name,document_revision_id\nd1,a,r1\nd2,b,r2\n");
    let header = "id,document_id,filename\n";
    let [one, two] = ["r1,d1,a.pdf\n", "r2,d2,b.pdf\n"];
    let both = format!("{header}{one}{two}");
    let [first, second] = [("upload/r1", "%PDF-1.4 1"), ("upload/r2", "%PDF-1.4 2")];
    let report = of("suitecrm", &[documents, ("document_revisions.csv", &both), first, second]);
    assert_none(&report, Code::Attachment);
    assert_none(&report, Code::Reference);
    let report = of("suitecrm", &[documents, ("document_revisions.csv", &both), first]);
    assert_only(&report, Code::Attachment, true, &["1 is missing", "first records: 2"]);
    // The record between them is missing.
    let revisions = format!("{header}{one}");
    let report = of("suitecrm", &[documents, ("document_revisions.csv", &revisions), first]);
    assert_only(&report, Code::Reference, true, &["document_revision_id"]);
}

#[test]
fn links_count_only_with_the_host_and_the_whole_path() {
    let links = |path: &str| {
        let text = format!("唯一性ID,附件\na1,https://www.fxiaoke.com/{path}?path=N_1\n");
        of("fxiaoke", &[("客户.csv", &text)])
    };
    assert_only(&links("FSC/EM/File/GetByPath"), Code::Links, false, &["附件"]);
    for other in ["x/FSC/EM/File/GetByPath", "FSC/EM/File/x/GetByPath", "FSC/EM/File", ""] {
        assert_none(&links(other), Code::Links);
    }
}

#[test]
fn rows_of_changes_repeat_keys_and_deletions_are_counted() {
    let header = "Id,SinkCreatedOn,SinkModifiedOn,IsDelete,name\n";
    let row = |id: usize, deleted: &str| format!("{id},2026-01-01,2026-01-01,{deleted},n\n");
    let rows = [row(1, "False"), row(1, "False"), row(2, ""), row(1, "True")].concat();
    let report = of("dynamics", &[("account.csv", &format!("{header}{rows}"))]);
    assert_none(&report, Code::Key);
    assert_only(&report, Code::Layout, false, &["a record is deleted", "first record 4"]);
}

#[test]
fn a_note_with_an_empty_name_has_no_file() {
    let text = |name: &str| {
        let header = "annotationid,subject,filename,documentbody";
        format!("{header}\n\"1\",\"a\",\"a.txt\",\"YQ==\"\n\"2\",\"b\",\"{name}\",\"\"\n")
    };
    assert_none(&of("dynamics", &[("annotation.csv", &text(""))]), Code::Attachment);
    let report = of("dynamics", &[("annotation.csv", &text("b.txt"))]);
    assert_only(&report, Code::Attachment, true, &["documentbody", "record 2"]);
}

#[test]
fn a_first_record_that_describes_the_columns_is_in_the_report() {
    let record = "\"文本字段类型,此项必填\n示例\",\"查找关联字段类型\n关联对象主属性\"";
    let table = format!("唯一性ID（必填）,客户名称\n{record}\n66a1000000000001,甲公司\n");
    let report = of("fxiaoke", &[("联系人.csv", &table)]);
    let scope = serde_json::to_value(report.scope()).expect("it is JSON");
    let column = |label: &str, of_type: &str, lookup: bool, required: bool| {
        serde_json::json!({
            "table": "联系人", "label": label, "type": of_type,
            "lookup": lookup, "required": required,
        })
    };
    let columns = [
        column("唯一性ID（必填）", "文本字段类型", false, true),
        column("客户名称", "查找关联字段类型", true, false),
    ];
    assert_eq!(scope["described_columns"], serde_json::json!(columns));
}
