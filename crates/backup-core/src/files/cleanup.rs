//! The end of a process that does not wait until its runs have ended.

use super::{guard, lock};

/// Removes the drafts and private folders of all runs in this process, which is about to end: from now
/// on no thread can create another or publish one.
///
/// It is for a process that will not wait until its runs have ended by themselves, as they do
/// soon after their [`Monitor`](crate::Monitor) said to stop.
pub fn cleanup_all() {
    let held = guard::remove_all();
    lock::remove_held();
    std::mem::forget(held);
}
