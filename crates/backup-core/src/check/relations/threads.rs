//! Work on many ids, on several threads.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use crate::error::{Error, Result};
use crate::threads::spawn_scoped;

/// How many ids take far longer to sort than a thread takes to start.
const WORTH_THREADS: usize = 65_536;

/// Each goes through runs in a file with some megabytes of memory.
const MOST_THREADS: usize = 4;

/// Does the same work to each of these, which hold so many ids together: on so many threads, but a few
/// at most, if it is many ids. Gives what came of them, in the same order.
pub(super) fn side_by_side<T: Send, R: Send>(
    tasks: Vec<T>,
    ids: usize,
    threads: usize,
    work: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let threads = threads.min(MOST_THREADS).min(tasks.len());
    if threads < 2 || ids < WORTH_THREADS {
        return tasks.into_iter().map(work).collect();
    }
    let queue = Mutex::new(tasks.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let some = || -> Result<Vec<(usize, R)>> {
        std::iter::from_fn(next).map(|(at, task)| Ok((at, work(task)?))).collect()
    };
    let done = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..threads).filter_map(|_| spawn_scoped(scope, some, |some| some()).ok()).collect();
        if threads.is_empty() {
            return Ok(vec![some()?]);
        }
        // All of them are waited for, whatever came of the first.
        let joined: Vec<_> = threads.into_iter().map(ScopedJoinHandle::join).collect();
        joined
            .into_iter()
            .map(|end| end.unwrap_or_else(|_| Err(Error::panicked("looking at keys"))))
            .collect::<Result<Vec<_>>>()
    });
    let mut done: Vec<_> = done?.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_side_by_side_comes_in_the_order_of_the_tasks() {
        for (ids, threads) in [(0, 2), (WORTH_THREADS, 1), (WORTH_THREADS, 2), (WORTH_THREADS, 64)]
        {
            let tasks = || (0..1_000_u64).collect();
            let squares = side_by_side(tasks(), ids, threads, |task| Ok(task * task));
            let expected: Vec<u64> = (0..1_000).map(|task| task * task).collect();
            assert_eq!(squares.expect("nothing fails"), expected, "{ids} ids, {threads} threads");
            let failed = side_by_side(tasks(), ids, threads, |task| match task {
                777 => Err(Error::panicked("the test's task")),
                _ => Ok(()),
            });
            assert!(failed.is_err(), "{ids} ids, {threads} threads: an error is lost");
        }
    }
}
