//! Cleaning up before a process ends without waiting for its runs.

use super::{guard, lock};

/// Removes the drafts and private folders of all runs in this process, which is about to end: from now
/// on no thread can create another or publish one.
///
/// It is for a process that does not wait for its runs, which end soon after their
/// [`Monitor`](crate::Monitor) tells them to stop.
pub fn cleanup_all() {
    let held = guard::remove_all();
    lock::remove_held();
    std::mem::forget(held);
}
