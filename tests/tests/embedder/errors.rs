//! An embedder's errors keep their cause.

use std::error::Error as _;
use std::fmt;
use std::io;

use backup_core::archive::{KeyPair, Writer, WriterOptions};
use backup_core::record::{Column, Table};
use backup_core::render::Language;
use backup_core::source::{Discovered, Sink, Source};
use backup_core::{Error, ErrorKind};

/// The error type of the embedding program.
#[derive(Debug)]
struct ApiError {
    status: u16,
    cause: io::Error,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API answered {}", self.status)
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

fn api_error(kind: io::ErrorKind) -> ApiError {
    ApiError { status: 503, cause: kind.into() }
}

/// A source that fails while it is read.
struct Failing(Option<Error>);

impl Source for Failing {
    fn name(&self) -> &str {
        "crm"
    }

    fn bytes(&self) -> Option<u64> {
        None
    }

    fn read(&mut self, _: &mut dyn Sink) -> backup_core::Result<()> {
        self.0.take().map_or(Ok(()), Err)
    }
}

#[test]
fn an_error_of_a_custom_source_ends_the_export_and_keeps_its_cause() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let archive = folder.path().join("crm.tar.zst.age");
    let mut found = Discovered::default();
    found.sources.push(Box::new(Failing(Some(Error::other(api_error(io::ErrorKind::TimedOut))))));
    let recipient = KeyPair::generate().recipient().parse().expect("a recipient");
    let error = backup_core::export(found, &[recipient], &archive, &Default::default(), &())
        .expect_err("the source fails");
    let cause = error.source().expect("the cause is kept");
    assert_eq!(cause.downcast_ref::<ApiError>().expect("it is the same").status, 503);
    assert_eq!(error.location().source.as_deref(), Some("crm"));
    let text = error.text_with_causes(Language::English);
    assert!(text.contains("the API answered 503"), "{text}");
    assert_eq!(text.matches("503").count(), 1, "{text}");
    assert!(!archive.exists());
}

#[test]
fn records_can_be_pushed_from_an_iterator_with_its_own_error_type() {
    let recipient = KeyPair::generate().recipient().parse().expect("a recipient");
    let mut writer =
        Writer::create(Vec::new(), "crm", &[recipient], WriterOptions::default()).expect("begun");
    let columns = ["id", "name"].map(Column::any);
    let mut accounts = writer.table(Table::new("accounts", columns)).expect("a table");
    let pages = [Ok((1, "Ng & Sons")), Ok((2, "Acme")), Err(api_error(io::ErrorKind::TimedOut))];
    let error = accounts.rows(pages).expect_err("the last page fails");
    assert!(matches!(error.kind(), ErrorKind::Other { .. }), "{error:?}");
    assert!(error.source().is_some_and(|cause| cause.is::<ApiError>()));
    accounts.rows([(3, "Contoso")].map(Ok::<_, Error>)).expect("errors of the library fit as well");
    assert_eq!(accounts.finish().expect("it is written").rows, 3);
}

#[test]
fn an_error_of_the_library_passes_through_unchanged() {
    let error = Error::new(ErrorKind::SourceChanged).in_source("crm.csv");
    let error = Error::other(error);
    assert!(matches!(error.kind(), ErrorKind::SourceChanged));
    assert_eq!(error.location().source.as_deref(), Some("crm.csv"));
}

#[test]
fn errors_that_a_retry_may_solve_are_transient() {
    use io::ErrorKind::*;
    let reading = |kind: io::ErrorKind| Error::reading("crm.csv", kind.into());
    for kind in [Interrupted, WouldBlock, TimedOut, ResourceBusy, OutOfMemory, ConnectionReset] {
        assert!(reading(kind).is_transient(), "{kind:?}");
        assert!(Error::other(api_error(kind)).is_transient(), "{kind:?} as a cause");
    }
    for kind in [NotFound, PermissionDenied, StorageFull, InvalidData] {
        assert!(!reading(kind).is_transient(), "{kind:?}");
        assert!(!Error::other(api_error(kind)).is_transient(), "{kind:?} as a cause");
    }
    assert!(Error::new(ErrorKind::SourceChanged).is_transient());
    let waited = std::time::Duration::from_secs(1);
    assert!(Error::new(ErrorKind::Locked { path: "a.age".into(), waited }).is_transient());
    #[cfg(target_os = "linux")]
    assert!(Error::reading("crm.csv", io::Error::from_raw_os_error(24)).is_transient(), "EMFILE");
    assert!(!Error::new(ErrorKind::Cancelled).is_transient());
    assert!(!Error::source("it is not a CSV file", "Export it again.").is_transient());
}
