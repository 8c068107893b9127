//! Work on many ids, on several threads.

use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::{Error, Result};

/// How many ids take far longer to sort than a thread takes to start.
const WORTH_THREADS: usize = 65_536;

/// Does the same work to each of these, which hold so many ids together: on as many threads as there are
/// cores, if it is many. Gives what came of them, in the same order.
pub(super) fn side_by_side<T: Send, R: Send>(
    tasks: Vec<T>,
    ids: usize,
    work: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    if tasks.len() < 2 || ids < WORTH_THREADS {
        return tasks.into_iter().map(work).collect();
    }
    let threads = thread::available_parallelism().map_or(1, usize::from).min(tasks.len());
    let queue = Mutex::new(tasks.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let some = || -> Result<Vec<(usize, R)>> {
        std::iter::from_fn(next).map(|(at, task)| Ok((at, work(task)?))).collect()
    };
    let done = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(Error::panicked("looking at keys")))
        });
        joined.collect::<Result<Vec<_>>>()
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
        for ids in [0, WORTH_THREADS] {
            let squares = side_by_side((0..1_000_u64).collect(), ids, |task| Ok(task * task));
            let expected: Vec<u64> = (0..1_000).map(|task| task * task).collect();
            assert_eq!(squares.expect("nothing fails"), expected, "{ids} ids");
            let failed = side_by_side((0..1_000_u64).collect(), ids, |task| match task {
                777 => Err(Error::panicked("the test's task")),
                _ => Ok(()),
            });
            assert!(failed.is_err(), "{ids} ids: the error of one of the tasks is lost");
        }
    }
}
