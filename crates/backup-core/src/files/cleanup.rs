//! Cleans up before a process ends without waiting for its runs.

use super::{guard, lock};

/// Removes the drafts and private folders of all runs in this process. The process must end
/// afterwards: no thread can create or publish a draft any more.
///
/// Use this in a process that does not wait for its runs to end after their
/// [`Monitor`](crate::Monitor) has cancelled them.
pub fn cleanup_all() {
    let held = guard::remove_all();
    lock::remove_held();
    std::mem::forget(held);
}
