//! What a later version may add without breaking a program; `crm_backup_tests::forgeries` has a match that
//! does not compile.

use std::path::Path;
use std::time::SystemTime;

use backup_core::archive::{Identity, Recipient, Writer};
use backup_core::{
    Code, Command, Error, Finding, Message, Monitor, Report, Severity, SkippedCheck,
};

#[test]
fn reports_errors_and_keys_can_be_sent_to_other_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Report>();
    is_send_and_sync::<Finding>();
    is_send_and_sync::<SkippedCheck>();
    is_send_and_sync::<Message>();
    is_send_and_sync::<Error>();
    is_send_and_sync::<Identity>();
    is_send_and_sync::<Recipient>();
    is_send_and_sync::<Box<dyn Monitor>>();
    fn is_send<T: Send>() {}
    is_send::<Writer<std::fs::File>>();
}

#[test]
fn paths_times_and_codes_are_typed() {
    fn typed(report: &Report) -> (Command, Option<&Path>, Option<SystemTime>) {
        let written = report.run().written.first().map(|path| path.as_path());
        (report.command(), written, report.proof().map(|proof| proof.when()))
    }
    let _ = typed;
    let finding = Finding::failure(Code::Age, "too old");
    assert_eq!((finding.code, finding.severity), (Code::Age, Severity::Failure));
}
