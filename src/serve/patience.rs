//! How long a connection is waited for where HTTP itself does not say: until it is
//! known which HTTP is spoken, and while the other side takes nothing.
//!
//! Half-open connections cost memory for as long as they are kept. Deliberately
//! absent: how long a request's header may take (hyper's), and how long an answer.

use std::future::Future as _;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What HTTP/2 begins with (RFC 9113 section 3.4). While what came could still
/// become this, hyper waits for the rest and counts no time.
const HTTP2_BEGINS: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection that is given up when it keeps the house waiting.
pub(super) struct Patient<S> {
    stream: S,
    opening: Option<Opening>,
    stall: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

/// The beginning of a connection, until it is known which HTTP is spoken.
struct Opening {
    seen: usize,
    until: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    /// Waits for `opening` until it is known which HTTP is spoken, and for `stall`
    /// while the other side takes nothing of what it is sent.
    pub(super) fn new(stream: S, opening: Duration, stall: Duration) -> Self {
        Self {
            stream,
            opening: Some(Opening {
                seen: 0,
                until: Box::pin(sleep(opening)),
            }),
            stall,
            stalled: None,
        }
    }

    fn taken<T>(&mut self, cx: &mut Context<'_>, taken: Poll<Result<T>>) -> Poll<Result<T>> {
        if taken.is_ready() {
            self.stalled = None;
            return taken;
        }
        let stall = self.stall;
        let until = self.stalled.get_or_insert_with(|| Box::pin(sleep(stall)));
        ready!(until.as_mut().poll(cx));
        Poll::Ready(Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let Some(opening) = &mut this.opening else {
            return read;
        };
        if read.is_pending() {
            ready!(opening.until.as_mut().poll(cx));
            return Poll::Ready(Err(Error::from(ErrorKind::TimedOut)));
        }
        let came = &buffer.filled()[before..];
        let rest = &HTTP2_BEGINS[opening.seen..];
        opening.seen += came.len();
        if came.len() >= rest.len() || !rest.starts_with(came) {
            this.opening = None;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.taken(cx, written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.taken(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.taken(cx, shut)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.taken(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const OPENING: Duration = Duration::from_secs(15);
    const STALL: Duration = Duration::from_mins(1);

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_say_which_http_is_not_waited_for() {
        for (said, is_known) in [
            ("", false),
            ("P", false),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", false),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", true),
            ("G", true),
            ("POST", true),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore", true),
        ] {
            let (mut theirs, ours) = duplex(64);
            let mut ours = Patient::new(ours, OPENING, STALL);
            // In two parts, as a network may bring it.
            let (first, then) = said.as_bytes().split_at(said.len() / 2);
            let reading = async {
                let mut came = Vec::new();
                ours.read_to_end(&mut came).await.map(|_| came)
            };
            let saying = async {
                theirs.write_all(first).await.expect("written");
                sleep(Duration::from_secs(1)).await;
                theirs.write_all(then).await.expect("written");
                sleep(OPENING * 2).await;
                theirs.shutdown().await.expect("shut");
            };
            let (came, ()) = tokio::join!(reading, saying);
            match came {
                Ok(came) => assert!(is_known && came == said.as_bytes(), "{said}"),
                Err(error) => {
                    assert!(!is_known, "{said}: {error}");
                    assert_eq!(error.kind(), ErrorKind::TimedOut, "{said}");
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_nothing_is_not_waited_for_and_the_slow_are() {
        let (theirs, ours) = duplex(16);
        let mut ours = Patient::new(ours, OPENING, STALL);
        let written = ours.write_all(&[0; 100]).await;
        assert_eq!(
            written.expect_err("nobody reads").kind(),
            ErrorKind::TimedOut
        );
        drop(theirs);
        let (mut theirs, ours) = duplex(16);
        let mut ours = Patient::new(ours, OPENING, STALL);
        let writing = async { ours.write_all(&[0; 100]).await };
        let reading = async {
            let mut piece = [0; 10];
            for _ in 0..10 {
                sleep(STALL * 9 / 10).await;
                theirs.read_exact(&mut piece).await.expect("read");
            }
        };
        let (written, ()) = tokio::join!(writing, reading);
        written.expect("slowly, but taken");
    }
}
