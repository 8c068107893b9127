//! Sources that are not files.

use std::path::Path;

use backup_core::archive::KeyPair;
use backup_core::model::{ColumnCounts, Origin, SourceMetadata};
use backup_core::record::{Column, Digest, Record, Table};
use backup_core::source::{Discovered, Sink, Source};
use backup_core::{Error, ExportOptions, Report, Severity, Verdict, dry_run, export};

/// A CRM that is read through its API, with or without a description of itself.
struct Api {
    metadata: Option<SourceMetadata>,
}

impl Source for Api {
    fn name(&self) -> &str {
        "crm"
    }

    fn bytes(&self) -> Option<u64> {
        None
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let origin = Origin::new("crm");
        sink.begin_table(&Table::new("accounts", ["id", "name"].map(Column::any)), origin)?;
        let mut record = Record::new();
        for (id, name) in [(1, "Ng & Sons"), (2, "Acme")] {
            record.clear();
            record.push_integer(id);
            record.push_text(name);
            sink.record(&record)?;
        }
        sink.end_table(None)?;
        if let Some(metadata) = self.metadata.clone() {
            sink.source(metadata);
        }
        Ok(())
    }
}

fn exported(folder: &Path, metadata: Option<SourceMetadata>) -> Report {
    let mut found = Discovered::default();
    found.sources.push(Box::new(Api { metadata }));
    let recipient = KeyPair::generate().recipient().parse().expect("a recipient");
    let archive = folder.join("crm.tar.zst.age");
    let options = ExportOptions::default().replace(true);
    export(found, &[recipient], &archive, &options, &()).expect("it is exported")
}

#[test]
fn an_api_describes_itself_with_and_without_a_digest() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let report = exported(folder.path(), Some(SourceMetadata::api("crm")));
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    assert!(report.findings().is_empty(), "{:?}", report.findings());
    assert_eq!(
        (report.contents().sources[0].kind.as_str(), report.contents().sources[0].bytes),
        ("api", None)
    );

    let received = b"[{\"id\":1},{\"id\":2}]";
    let metadata = SourceMetadata::api("crm").digest(Digest::of(received), received.len() as u64);
    let report = exported(folder.path(), Some(metadata));
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    assert_eq!(report.contents().sources[0].sha256, Some(Digest::of(received)));
    assert_eq!(report.contents().sources[0].bytes, Some(received.len() as u64));
}

#[test]
fn a_source_that_does_not_describe_itself_is_noted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let report = exported(folder.path(), None);
    let [finding] = report.findings() else { panic!("{:?}", report.findings()) };
    assert_eq!(finding.severity, Severity::Remark);
    assert_eq!(finding.path.as_deref(), Some("crm"));
    assert!(finding.message.to_string().contains("tables without a description"), "{finding:?}");
}

/// A source with one column of nulls, which counts this many columns.
struct Counted(usize);

impl Source for Counted {
    fn name(&self) -> &str {
        "crm"
    }

    fn bytes(&self) -> Option<u64> {
        None
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        sink.begin_table(&Table::new("t", [Column::any("a")]), Origin::new("crm"))?;
        let mut record = Record::new();
        record.push_null();
        sink.record(&record)?;
        let mut counts = ColumnCounts::default();
        counts.nulls = 1;
        sink.end_table(Some(&vec![counts; self.0])).map(drop)
    }
}

#[test]
fn a_source_that_counts_other_columns_than_it_sends_is_an_error() {
    for (columns, is_right) in [(0, false), (1, true), (2, false)] {
        let mut found = Discovered::default();
        found.sources.push(Box::new(Counted(columns)));
        let result = dry_run(found, &()).map(|report| report.skipped().len());
        assert_eq!(matches!(result, Ok(0)), is_right, "{columns} columns: {result:?}");
    }
}
