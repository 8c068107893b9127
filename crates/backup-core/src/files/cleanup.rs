//! Cleans up before a process ends without waiting for its runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{guard, lock};

/// Removes the drafts, private folders and scratch databases of all runs in this process. The
/// process must end afterwards: no thread can create or publish a draft any more.
///
/// Use this in a process that does not wait for its runs to end after their
/// [`Monitor`](crate::Monitor) has cancelled them.
pub fn cleanup_all() {
    let held = guard::remove_all();
    lock::remove_held();
    let others = std::mem::take(&mut *OTHERS.lock().unwrap_or_else(PoisonError::into_inner));
    others.into_iter().for_each(|(_, remove)| remove());
    std::mem::forget(held);
}

type Remove = Box<dyn FnOnce() + Send>;

/// What else has to be removed, by the number of its [`AtEnd`].
static OTHERS: Mutex<Vec<(u64, Remove)>> = Mutex::new(Vec::new());

/// While this value exists, [`cleanup_all`] calls its function.
#[cfg_attr(not(any(feature = "mysql", feature = "postgres")), allow(dead_code))]
pub(crate) struct AtEnd(u64);

#[cfg_attr(not(any(feature = "mysql", feature = "postgres")), allow(dead_code))]
impl AtEnd {
    pub(crate) fn new(remove: impl FnOnce() + Send + 'static) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut others = OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
        others.push((number, Box::new(remove)));
        Self(number)
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        let mut others = OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
        others.retain(|(number, _)| *number != self.0);
    }
}
