//! A pool of worker threads. The results are returned in order: each job has a ticket.

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::error::{Error, Result};
use crate::threads;

/// A fixed number of threads that do the same work. They end when the pool is dropped.
///
/// At most as many jobs wait as there are threads; then [`Pool::submit`] blocks. So the number of
/// threads and the size of a job bound the memory.
pub(crate) struct Pool<I, O>(Sender<Job<I, O>>);

type Job<I, O> = (I, Sender<Result<O>>);

/// The result of a job. It may not be available yet.
pub(crate) struct Ticket<O> {
    result: Receiver<Result<O>>,
    arrived: Option<O>,
}

impl<O> Ticket<O> {
    /// Waits for the result. Returns an error if the worker panicked.
    pub(crate) fn wait(mut self) -> Result<O> {
        self.receive()
    }

    /// Waits for the result, which a later [`wait`](Self::wait) returns.
    pub(crate) fn peek(&mut self) -> Result<&O> {
        let arrived = self.receive()?;
        Ok(self.arrived.insert(arrived))
    }

    fn receive(&mut self) -> Result<O> {
        match self.arrived.take() {
            Some(arrived) => Ok(arrived),
            None => self.result.recv().unwrap_or_else(|_| Err(Error::panicked("worker"))),
        }
    }
}

impl<I: Send + 'static, O: Send + 'static> Pool<I, O> {
    /// Starts `threads` threads, or as many as the system allows, but at least one. `make` creates
    /// the worker of each thread.
    pub(crate) fn new<W>(threads: usize, mut make: impl FnMut() -> Result<W>) -> Result<Self>
    where
        W: FnMut(I) -> Result<O> + Send + 'static,
    {
        let threads = threads.max(1);
        let (jobs, queue) = bounded::<Job<I, O>>(threads);
        for number in 0..threads {
            let started = threads::spawn((make()?, queue.clone()), |(mut work, queue)| {
                for (input, reply) in queue {
                    // If the run was cancelled, the receiver is gone.
                    let _ = reply.send(work(input));
                }
            });
            match started {
                Ok(_) => {}
                Err(refused) if number == 0 => return Err(refused.into()),
                // Fewer threads do the same work, but more slowly.
                Err(_) => break,
            }
        }
        Ok(Self(jobs))
    }

    /// Submits a job. Blocks while all threads are busy and as many jobs wait.
    pub(crate) fn submit(&self, input: I) -> Result<Ticket<O>> {
        let (reply, result) = bounded(1);
        self.0.send((input, reply)).map_err(|_| Error::panicked("worker"))?;
        Ok(Ticket { result, arrived: None })
    }
}

/// Buffers for reuse. There are never more buffers than were in use at the same time.
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

    /// Returns an empty buffer with the given capacity.
    pub(crate) fn take(&self, capacity: usize) -> Vec<u8> {
        let mut buffer = self.take.try_recv().unwrap_or_default();
        buffer.reserve_exact(capacity);
        buffer
    }

    /// Returns a buffer to the pool.
    pub(crate) fn give(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        // `self` holds the receiver, so this cannot fail.
        let _ = self.give.send(buffer);
    }
}
