//! Restore tests of data with exactly one fault: one check reports it, with its verdict, finding
//! and exit code. Data without a fault gives no finding.

use std::time::{Duration, SystemTime};

use backup_cli::{Capture, Context};
use serde_json::Value;

use crate::in_process::run_in_process;
use crate::workspace::Workspace;

const SCHEMA: &str = r#"{"resources": [
    {"name": "accounts", "schema": {"fields": [], "primaryKey": "id"}},
    {"name": "contacts", "schema": {"fields": [], "primaryKey": "id",
        "foreignKeys": [{"fields": "account_id", "reference": {"resource": "accounts", "fields": "id"}}]}}
]}"#;

/// Twenty accounts.
fn accounts() -> String {
    let rows = (1..=20).map(|id| format!("{id},Company {id},{id}.25\n"));
    format!("id,name,revenue\n{}", rows.collect::<String>())
}

/// Twenty contacts, one of each account.
fn contacts() -> String {
    let rows = (1..=20).map(|id| format!("{},Person {id},{id}\n", 100 + id));
    format!("id,name,account_id\n{}", rows.collect::<String>())
}

/// What is exported, and what changes before the restore test.
struct Scenario {
    name: &'static str,
    accounts: String,
    contacts: String,
    then: fn(&Workspace),
    /// How many days later the restore test runs.
    days: u64,
    more: &'static [&'static str],
    /// The verdict, the code and severity of the one finding, and the exit code.
    ends: (&'static str, Option<(&'static str, &'static str)>, u8),
}

impl Scenario {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            accounts: accounts(),
            contacts: contacts(),
            then: |_| (),
            days: 30,
            more: &[],
            ends: ("proven", None, 0),
        }
    }

    /// Runs the scenario: exports, applies the fault, and runs a restore test with every check.
    fn check(&self) {
        let workspace = Workspace::new();
        workspace.write("crm/accounts.csv", &self.accounts);
        workspace.write("crm/contacts.csv", &self.contacts);
        workspace.write("schema.json", SCHEMA);
        workspace.write("totals.csv", "table,rows,column,sum\naccounts,20,revenue,215.00\n");
        workspace.export("a.age", &["crm", "--history", "h.jsonl"]).expect_exit(0);
        (self.then)(&workspace);
        let command =
            ["restore-test", "@a.age", "-i", "@key.txt", "--json", "--schema", "@schema.json"];
        let compared = ["--against", "@crm", "--expect", "@totals.csv", "--history", "@h.jsonl"];
        let limits = ["--max-restore-time", "1h", "--max-age", "90d"];
        let (stdout, stderr) = (Capture::default(), Capture::default());
        let mut context = Context {
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            now: Some(SystemTime::now() + Duration::from_secs(self.days * 24 * 60 * 60)),
            ..Context::detached()
        };
        let (verdict, finding, exit) = self.ends;
        let args = [&command[..], &compared, &limits, self.more].concat();
        let ended = run_in_process(&workspace, &mut context, &args);
        assert_eq!(ended, exit, "{}: exit code\n{}", self.name, stderr.text());
        let document: Value = serde_json::from_str(&stdout.text()).expect("it is one document");
        assert_eq!(document["verdict"], verdict, "{}: verdict", self.name);
        let found = document["findings"].as_array().expect("a list of findings");
        let found: Vec<_> = found.iter().map(|one| (&one["code"], &one["severity"])).collect();
        let expected: Vec<_> = finding.into_iter().collect();
        assert_eq!(found.len(), expected.len(), "{}: {found:?}", self.name);
        for ((code, severity), expected) in found.into_iter().zip(expected) {
            let reported = (code.as_str(), severity.as_str());
            assert_eq!(reported, (Some(expected.0), Some(expected.1)), "{}: finding", self.name);
        }
    }
}

#[test]
fn each_fault_is_reported_by_exactly_one_check() {
    let remark = |code| ("proven", Some((code, "remark")), 0);
    let failure = |code| ("failed", Some((code, "failure")), 3);
    for scenario in [
        Scenario::of("no fault"),
        Scenario {
            // The sum and the number of records stay as the CRM shows them.
            accounts: accounts().replace("\n20,Company", "\n19,Company"),
            contacts: contacts().replace(",20\n", ",18\n"),
            ends: remark("key"),
            ..Scenario::of("a repeated key")
        },
        Scenario {
            contacts: contacts().replace(",20\n", ",77\n"),
            ends: remark("reference"),
            ..Scenario::of("an orphan")
        },
        Scenario {
            then: |workspace| {
                workspace
                    .write("crm/accounts.csv", accounts().replace("Company 7,", "Company 7b,"));
            },
            ends: remark("against"),
            ..Scenario::of("a changed cell")
        },
        Scenario {
            then: |workspace| {
                workspace.write("crm/accounts.csv", accounts().replace("7,Company 7,7.25\n", ""));
            },
            ends: remark("against"),
            ..Scenario::of("a missing record")
        },
        Scenario {
            then: |workspace| {
                workspace.write("crm/accounts.csv", accounts().replace("7,Company 7,7.25\n", ""));
            },
            more: &["--require-equal"],
            ends: failure("against"),
            ..Scenario::of("a missing record with --require-equal")
        },
        Scenario {
            then: |workspace| {
                workspace
                    .write("totals.csv", "table,rows,column,sum\naccounts,20,revenue,215.01\n");
            },
            ends: failure("total"),
            ..Scenario::of("a wrong total")
        },
        Scenario { days: 91, ends: failure("age"), ..Scenario::of("an old archive") },
        Scenario {
            then: |workspace| {
                // Another archive with the same data.
                workspace.export("b.age", &["crm", "--part-size", "1"]).expect_exit(0);
                workspace.write("a.age", workspace.read("b.age"));
                workspace.write("a.age.sha256", workspace.read("b.age.sha256"));
            },
            ends: failure("history"),
            ..Scenario::of("a swapped archive")
        },
        Scenario {
            then: |workspace| {
                let history = String::from_utf8(workspace.read("h.jsonl")).expect("it is text");
                workspace
                    .run(&["restore-test", "a.age", "-i", "key.txt", "--history", "h.jsonl"])
                    .expect_exit(0);
                let drilled = String::from_utf8(workspace.read("h.jsonl")).expect("it is text");
                let edited = history.replacen("\"export\"", "\"exporT\"", 1);
                assert_ne!(edited, history, "a word is changed");
                workspace.write("h.jsonl", drilled.replacen(&history, &edited, 1));
            },
            ends: failure("history"),
            ..Scenario::of("an edited line of the history")
        },
    ] {
        scenario.check();
    }
}
