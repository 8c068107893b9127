//! The protocol of a connection runs while its results are waited for, on the thread that waits.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, Error as ServerError, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long the end of a connection may take. In the middle of a `COPY`, the rest of the rows would be
/// read first.
const GOODBYE: Duration = Duration::from_secs(1);

/// Sends and receives the messages of a connection.
pub(super) struct Link {
    runtime: Runtime,
    /// `None` after the connection has ended.
    protocol: Option<Protocol>,
}

type Protocol = Pin<Box<dyn Future<Output = Result<(), ServerError>> + Send>>;

/// What [`Link::wait`] needs, on the current thread only.
pub(super) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_io().enable_time().build()
}

impl Link {
    pub(super) fn open(
        runtime: Runtime,
        config: &Config,
        tls: Option<&MakeRustlsConnect>,
    ) -> Result<(Client, Self), ServerError> {
        let connected = runtime.block_on(async {
            Ok(match tls {
                None => {
                    let (client, connection) = config.connect(NoTls).await?;
                    (client, Box::pin(connection) as Protocol)
                }
                Some(tls) => {
                    let (client, connection) = config.connect(tls.clone()).await?;
                    (client, Box::pin(connection) as Protocol)
                }
            })
        });
        let (client, protocol) = connected?;
        Ok((client, Self { runtime, protocol: Some(protocol) }))
    }

    /// Waits for a result of the connection.
    pub(super) fn wait<T>(
        &mut self,
        result: impl Future<Output = Result<T, ServerError>>,
    ) -> Result<T, ServerError> {
        let mut result = pin!(result);
        let protocol = &mut self.protocol;
        self.runtime.block_on(poll_fn(|context| {
            if let Some(running) = protocol
                && let Poll::Ready(ended) = running.as_mut().poll(context)
            {
                *protocol = None;
                if let Err(error) = ended {
                    // The server may have said why, before it went away.
                    return Poll::Ready(match result.as_mut().poll(context) {
                        Poll::Ready(Ok(value)) => Ok(value),
                        Poll::Ready(Err(reason)) if reason.as_db_error().is_some() => Err(reason),
                        _ => Err(error),
                    });
                }
            }
            result.as_mut().poll(context)
        }))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Ends after the last message, because the client was dropped before. The server learns of
        // the end in any case when the socket is closed.
        if let Some(protocol) = self.protocol.take() {
            let _ = self.runtime.block_on(async { tokio::time::timeout(GOODBYE, protocol).await });
        }
    }
}
