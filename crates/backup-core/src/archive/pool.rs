//! Worker threads whose results are taken in order: each job has a ticket.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::error::{Error, Result};
use crate::threads;

type Job<I, O> = (I, Sender<O>);

/// A fixed number of threads that do the same work.
///
/// At most as many jobs wait as there are threads; [`Pool::submit`] blocks beyond that, so memory
/// is bounded by the number of threads and the size of a job.
pub(crate) struct Pool<I, O> {
    jobs: Option<Sender<Job<I, O>>>,
    workers: Vec<JoinHandle<()>>,
}

/// A result that may not be there yet.
pub(crate) struct Ticket<O> {
    result: Receiver<O>,
    here: Option<O>,
}

impl<O> Ticket<O> {
    /// Waits for the result, and keeps it; an error if its worker panicked.
    pub(crate) fn wait(&mut self) -> Result<&O> {
        if self.here.is_none() {
            self.here = Some(self.result.recv().map_err(|_| Error::panicked("worker"))?);
        }
        self.here.as_ref().ok_or_else(|| Error::panicked("worker"))
    }

    /// Waits for the result; an error if its worker panicked.
    pub(crate) fn redeem(mut self) -> Result<O> {
        self.wait()?;
        self.here.ok_or_else(|| Error::panicked("worker"))
    }
}

impl<I: Send + 'static, O: Send + 'static> Pool<I, O> {
    /// Starts `threads` threads, or as many of them as the system allows; `make` gives each its own
    /// worker.
    pub(crate) fn new<W>(threads: usize, mut make: impl FnMut() -> Result<W>) -> Result<Self>
    where
        W: FnMut(I) -> O + Send + 'static,
    {
        let threads = threads.max(1);
        let (jobs, queue) = bounded::<Job<I, O>>(threads);
        let mut workers = Vec::with_capacity(threads);
        for _ in 0..threads {
            let started = threads::spawn((make()?, queue.clone()), |(mut work, queue)| {
                for (input, reply) in queue {
                    // No one waits for the result once a run was cancelled.
                    let _ = reply.send(work(input));
                }
            });
            match started {
                Ok(worker) => workers.push(worker),
                Err(refused) if workers.is_empty() => return Err(refused.into()),
                // Fewer threads do the same work more slowly.
                Err(_) => break,
            }
        }
        Ok(Self { jobs: Some(jobs), workers })
    }

    /// How many jobs can be submitted before the first of them must be done.
    pub(crate) fn depth(&self) -> usize {
        2 * self.workers.len()
    }

    /// Submits a job; blocks while all threads are busy and as many jobs wait.
    pub(crate) fn submit(&self, input: I) -> Result<Ticket<O>> {
        let (reply, result) = bounded(1);
        let jobs = self.jobs.as_ref().expect("jobs are taken until the pool is dropped");
        jobs.send((input, reply)).map_err(|_| Error::panicked("worker"))?;
        Ok(Ticket { result, here: None })
    }
}

impl<I, O> Drop for Pool<I, O> {
    fn drop(&mut self) {
        self.jobs = None;
        for worker in self.workers.drain(..) {
            // A panic has already shown as a ticket without a result.
            let _ = worker.join();
        }
    }
}

/// Buffers that are reused. There are never more than were in use at once.
#[derive(Clone)]
pub(crate) struct Buffers {
    give: Sender<Vec<u8>>,
    take: Receiver<Vec<u8>>,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        let (give, take) = unbounded();
        Self { give, take }
    }

    /// An empty buffer with room for so many bytes.
    pub(crate) fn take(&self, capacity: usize) -> Vec<u8> {
        let mut buffer = self.take.try_recv().unwrap_or_default();
        buffer.reserve_exact(capacity);
        buffer
    }

    /// Gives a buffer back.
    pub(crate) fn give(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        // The other end is held here, so this cannot fail.
        let _ = self.give.send(buffer);
    }
}
