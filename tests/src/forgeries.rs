//! Forgeries of a proof, as programs that do not compile. The first program compiles and shows what is
//! allowed, so that the others fail for their forgery alone.
//!
//! ```
//! use backup_core::history::{Occasion, What, record_error};
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
//!     record_error(What::RestoreTest, archive, outcome, history, &Occasion::default(), &()).unwrap();
//! }
//! ```
//!
//! The proof of another report:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(bad: &mut Report, good: Report) {
//!     bad.proof = good.proof;
//! }
//! ```
//!
//! A copy of a proof:
//!
//! ```compile_fail
//! use backup_core::{Proof, Report};
//! fn forge(good: &Report) -> Option<Proof> {
//!     good.proof().cloned()
//! }
//! ```
//!
//! A proof made by hand:
//!
//! ```compile_fail
//! use backup_core::{Extent, Proof};
//! fn forge() -> Proof {
//!     Proof { extent: Extent::Restored, archive_id: None, content_id: None, when: std::time::SystemTime::now() }
//! }
//! ```
//!
//! Findings that are removed:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(bad: &mut Report) {
//!     bad.findings.clear();
//! }
//! ```
//!
//! Skipped checks that are removed:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(unverified: &mut Report) {
//!     unverified.skipped.clear();
//! }
//! ```
//!
//! The archive of another report:
//!
//! ```compile_fail
//! use backup_core::Report;
//! fn forge(bad: &mut Report, good: &Report) {
//!     *bad.archive() = good.archive().clone();
//! }
//! ```
//!
//! A whole report that is copied:
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
//! A line of history without a report that says `proven`:
//!
//! ```compile_fail
//! use backup_core::history::{Occasion, What, record_error};
//! use backup_core::RunOutcome;
//! fn forge() {
//!     let (archive, history) = ("a.age".as_ref(), "h.jsonl".as_ref());
//!     record_error(What::RestoreTest, archive, RunOutcome::Proven, history, &Occasion::default(), &()).unwrap();
//! }
//! ```
