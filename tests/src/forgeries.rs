//! Forgeries of a proof, as programs that must not compile. The first program compiles and shows
//! what is allowed, so that the others fail only because of their forgery.
//!
//! ```
//! use backup_core::history::{Occasion, RunKind, record_error};
//! use backup_core::{ErrorOutcome, Extent, Report, SkippedCheck, Verdict};
//! fn read(report: &mut Report) -> Option<Extent> {
//!     let _ = (report.archive().clone(), report.findings(), report.skipped_checks());
//!     report.skip(SkippedCheck::ReadBack);
//!     report.proof().map(|proof| proof.extent())
//! }
//! fn exit_code(verdict: Verdict) -> u8 {
//!     match verdict {
//!         Verdict::Proven | Verdict::Intact => 0,
//!         Verdict::Failed => 3,
//!         _ => 4,
//!     }
//! }
//! fn record(outcome: ErrorOutcome) {
//!     let (archive, history) = ("a.age".as_ref(), "h.jsonl".as_ref());
//!     record_error(RunKind::RestoreTest, archive, outcome, history, &Occasion::default(), &()).unwrap();
//! }
//! ```
//!
//! Taking the proof of another report:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(bad: &mut Report, good: Report) {
//!     bad.proof = good.proof;
//! }
//! ```
//!
//! Copying a proof:
//!
//! ```compile_fail
//! use backup_core::{Proof, Report};
//! fn forge(good: &Report) -> Option<Proof> {
//!     good.proof().cloned()
//! }
//! ```
//!
//! Creating a proof:
//!
//! ```compile_fail
//! use backup_core::{Extent, Proof};
//! fn forge() -> Proof {
//!     Proof { extent: Extent::Restored, archive_id: None, content_id: None, when: std::time::SystemTime::now() }
//! }
//! ```
//!
//! Removing findings:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(bad: &mut Report) {
//!     bad.findings.clear();
//! }
//! ```
//!
//! Removing skipped checks:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(unverified: &mut Report) {
//!     unverified.skipped.clear();
//! }
//! ```
//!
//! Taking the archive of another report:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(bad: &mut Report, good: &Report) {
//!     *bad.archive() = good.archive().clone();
//! }
//! ```
//!
//! Copying a whole report:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(good: &Report) -> Report {
//!     good.clone()
//! }
//! ```
//!
//! A match that would break with a new verdict:
//!
//! ```compile_fail
//! use backup_core::Verdict;
//! fn exit_code(verdict: Verdict) -> u8 {
//!     match verdict {
//!         Verdict::Proven | Verdict::Intact => 0,
//!         Verdict::Failed => 3,
//!         Verdict::Unverified => 4,
//!     }
//! }
//! ```
//!
//! A line of history that reads `proven`, without a report:
//!
//! ```compile_fail
//! use backup_core::history::{Occasion, RunKind, record_error};
//! use backup_core::RunOutcome;
//! fn forge() {
//!     let (archive, history) = ("a.age".as_ref(), "h.jsonl".as_ref());
//!     record_error(RunKind::RestoreTest, archive, RunOutcome::Proven, history, &Occasion::default(), &()).unwrap();
//! }
//! ```
