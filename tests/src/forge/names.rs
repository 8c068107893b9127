//! Names that would lead a restore out of its folder, or make one file replace another.

use super::List;
use super::draft::FileDraft;

pub(super) fn names(list: &mut List) {
    let paths: [(&str, &str, String); 26] = [
        ("parents", "a path out of the folder", "../../../../crm-backup-forged".into()),
        ("parent-within", "a path out of the folder again", "a/../../../crm-backup-forged".into()),
        ("absolute", "an absolute path", "/crm-backup-forged".into()),
        ("absolute-of-slashes", "many slashes first", "////crm-backup-forged".into()),
        ("drive", "a path with a drive", "C:\\crm-backup-forged".into()),
        ("drive-relative", "a path relative to a drive", "C:crm-backup-forged".into()),
        ("unc", "a path on another host", "\\\\host\\share\\crm-backup-forged".into()),
        ("backslashes", "a path out of the folder on Windows", "..\\..\\crm-backup-forged".into()),
        ("stream", "a stream of another file", "report.pdf:crm-backup-forged".into()),
        ("device", "a device of Windows", "CON".into()),
        ("device-extension", "a device of Windows with an extension", "a/nul.txt".into()),
        ("device-of-linux", "a device of Linux", "/dev/full".into()),
        ("nul", "a path with a NUL", "crm-backup\0forged".into()),
        ("line-feed", "a path with a line feed", "crm-backup\nforged".into()),
        ("escape", "a path with escapes of a terminal", "\u{1b}]0;forged\u{7}".into()),
        ("right-to-left", "a path that is shown backwards", "fdp.\u{202e}exe".into()),
        ("empty", "a path of nothing", String::new()),
        ("dot", "a path of a dot", ".".into()),
        ("slash", "a path that is a folder", "a/".into()),
        ("spaces", "a path of spaces and dots", " . /.. /...".into()),
        ("long-name", "a name of 10,000 bytes", "x".repeat(10_000)),
        ("deep", "a path of 5,000 folders", "x/".repeat(5_000) + "x"),
        ("long", "a path of two megabytes", "name/".repeat(400_000) + "x"),
        ("partial", "a name like that of a draft", ".crm-backup-forged.partial".into()),
        ("wide", "a name of many bytes a character", "\u{1f600}".repeat(200)),
        ("tables", "a path like that of a table", "../tables/accounts.csv".into()),
    ];
    for (name, what, path) in paths {
        list.good(&format!("file-called-{name}"), what, move |draft| {
            draft.files[0].path = path;
        });
    }
    for (name, first, second) in [
        ("case", "Report.pdf", "rEPORT.PDF"),
        ("folder", "a", "a/b"),
        ("dots", "a.", "a.."),
        ("replaced", "a:b", "a*b"),
        ("composed", "\u{e9}", "e\u{301}"),
    ] {
        let what = "two files that a system may take for one";
        list.good(&format!("files-collide-{name}"), what, move |draft| {
            draft.files[0].path = first.into();
            draft.files.push(FileDraft {
                path: second.into(),
                member: "data/files/second".into(),
                bytes: b"the second".into(),
                role: "attachment",
            });
        });
    }
    let titles: [(&str, &str, String); 14] = [
        ("parents", "a table that leads out", "../../../crm-backup-forged".into()),
        ("absolute", "a table with an absolute path", "/crm-backup-forged".into()),
        ("nul", "a table with a NUL in its name", "crm-backup\0forged".into()),
        ("empty", "a table without a name", String::new()),
        ("dot-dot", "a table called ..", "..".into()),
        ("quotes", "a table with quotes", "a\"; DROP TABLE contacts; --".into()),
        ("brackets", "a table with brackets", "a]; ATTACH 'crm-backup-forged' AS b; --".into()),
        ("sqlite", "a table called as SQLite's own", "sqlite_master".into()),
        ("sequence", "a table called as SQLite's counters", "sqlite_sequence".into()),
        ("scratch", "a table called as the program's own", "backup: tables".into()),
        ("contacts", "a table called as another, in another case", "CONTACTS".into()),
        ("pragma", "a table called as a function of SQLite", "pragma_table_info".into()),
        ("long", "a table with a name of two megabytes", "n".repeat(2 << 20)),
        ("escape", "a table with escapes of a terminal", "\u{1b}[2J".into()),
    ];
    for (name, what, title) in titles {
        list.good(&format!("table-called-{name}"), what, move |draft| {
            draft.tables[0].title = title;
        });
    }
    let labels: [(&str, &str); 6] = [
        ("quotes", "a\"); DROP TABLE contacts; --"),
        ("rowid", "rowid"),
        ("case", "ID"),
        ("nul", "a\0b"),
        ("formula", "=cmd|' /C calc'!A0"),
        ("generated", "x AS (load_extension('crm-backup-forged'))"),
    ];
    for (name, label) in labels {
        list.good(&format!("column-called-{name}"), "a column of an odd name", move |draft| {
            draft.tables[0].labels[1].0 = label.into();
        });
    }
    list.good("source-called-parents", "a source that leads out", |draft| {
        draft.manifest(|manifest| {
            manifest["resources"][0]["backup"]["source"] = "../../crm-backup-forged".into();
            manifest["backup"]["sources"][0]["name"] = "../../crm-backup-forged".into();
        });
    });
    list.good("source-called-absolute", "a source with an absolute path", |draft| {
        draft.manifest(|manifest| {
            manifest["resources"][0]["backup"]["source"] = "/crm-backup-forged".into();
            manifest["backup"]["sources"][0]["name"] = "/crm-backup-forged".into();
        });
    });
    list.good("source-called-as-a-file", "a source that is called as a file is", |draft| {
        draft.manifest(|manifest| {
            manifest["resources"][0]["backup"]["source"] = "report.pdf".into();
            manifest["backup"]["sources"][0]["name"] = "report.pdf".into();
        });
    });
}
