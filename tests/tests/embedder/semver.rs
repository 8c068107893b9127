//! What a later version may add without breaking a program.

use std::path::Path;
use std::time::SystemTime;

use backup_core::archive::{Identity, Recipient, Writer};
use backup_core::{
    Code, Command, Error, ErrorKind, Finding, Message, Monitor, Report, Severity, SkippedCheck,
    Verdict,
};

#[test]
fn reports_errors_and_keys_go_to_other_threads() {
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
fn a_program_has_to_expect_new_variants() {
    // Without the last arm of each this does not compile.
    fn exit_code(verdict: Verdict) -> u8 {
        match verdict {
            Verdict::Proven | Verdict::Intact => 0,
            Verdict::Failed => 3,
            Verdict::Unverified => 4,
            _ => 4,
        }
    }
    fn is_about_a_key(kind: &ErrorKind) -> bool {
        matches!(kind, ErrorKind::NoKeyFits { .. } | ErrorKind::WrongPassphrase)
    }
    assert_eq!(exit_code(Verdict::Failed), 3);
    assert!(is_about_a_key(&ErrorKind::NoKeyFits { passphrase: false }));
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
