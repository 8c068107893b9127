//! Opens files that may be pipes, as in `-i <(pass show key)`. A pipe without a writer would block
//! the command forever: so it reports what it waits for, can be interrupted, and gives up after a
//! while.

use std::io::{self, Read};
use std::path::Path;

use crate::session::Session;

/// Opens a file, or a pipe that is waited for.
pub(crate) fn open<'s>(
    path: &Path,
    session: &'s mut Session<'_>,
) -> io::Result<Box<dyn Read + 's>> {
    #[cfg(unix)]
    return unix::open(path, session);
    #[cfg(not(unix))]
    {
        let _ = session;
        Ok(Box::new(std::fs::File::open(path)?))
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Read};
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::path::Path;
    use std::thread;
    use std::time::{Duration, Instant};

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    use crate::i18n::fl;
    use crate::session::Session;

    /// The time after which a notice says what the command waits for.
    const ANNOUNCE_AFTER: Duration = Duration::from_secs(1);
    /// The time between two checks for an interrupt.
    const POLL_INTERVAL_MS: u16 = 50;

    pub(super) fn open<'s>(
        path: &Path,
        session: &'s mut Session<'_>,
    ) -> io::Result<Box<dyn Read + 's>> {
        // Opening a pipe waits for its other end otherwise. It makes no difference to a file.
        let nonblocking = nix::libc::O_NONBLOCK;
        let file = File::options().read(true).custom_flags(nonblocking).open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_file() || metadata.is_dir() {
            return Ok(Box::new(file));
        }
        Ok(Box::new(Waiting {
            file,
            name: path.display().to_string(),
            session,
            is_announced: false,
        }))
    }

    /// A pipe or a device.
    struct Waiting<'s, 'c> {
        file: File,
        name: String,
        session: &'s mut Session<'c>,
        is_announced: bool,
    }

    impl Read for Waiting<'_, '_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let started = Instant::now();
            loop {
                self.wait(started)?;
                match self.file.read(buffer) {
                    // `poll` always reports a file that does not support polling as ready.
                    Err(error) if is_passing(&error) && !self.is_too_late(started) => {
                        thread::sleep(Duration::from_millis(POLL_INTERVAL_MS.into()));
                    }
                    read => return read,
                }
            }
        }
    }

    /// Whether the next attempt may succeed.
    fn is_passing(error: &io::Error) -> bool {
        matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
    }

    impl Waiting<'_, '_> {
        fn is_too_late(&self, started: Instant) -> bool {
            started.elapsed() >= self.session.context.patience
        }

        /// Waits until there is something to read, or the end.
        fn wait(&mut self, started: Instant) -> io::Result<()> {
            let patience = self.session.context.patience;
            loop {
                let mut polled = [PollFd::new(self.file.as_fd(), PollFlags::POLLIN)];
                match poll(&mut polled, PollTimeout::from(POLL_INTERVAL_MS)) {
                    Ok(0) | Err(Errno::EINTR) => {}
                    Ok(_) => return Ok(()),
                    Err(error) => return Err(error.into()),
                }
                if self.session.was_interrupted() {
                    return Err(io::Error::other("interrupted"));
                }
                let waited = started.elapsed();
                if self.is_too_late(started) {
                    let seconds = patience.as_secs();
                    let language = self.session.language();
                    let why = fl!(language, "pipe-silent", seconds = seconds);
                    return Err(io::Error::new(io::ErrorKind::TimedOut, why));
                }
                if waited >= ANNOUNCE_AFTER && !self.is_announced {
                    self.is_announced = true;
                    let (name, language) = (&self.name, self.session.language());
                    let waiting = fl!(language, "notice-pipe", path = name);
                    self.session.note(&backup_core::render::clean(&waiting));
                }
            }
        }
    }
}
