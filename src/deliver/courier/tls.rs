//! The sockets a conversation goes over: TCP, a Unix socket, TLS over TCP.
//!
//! lettre's own way to `smtps` opens the socket itself and leaves Nagle's
//! algorithm on: 43 ms a letter (lettre 0.11.23; mended after it by its #1159).
//! Its way to STARTTLS keeps what was read before the handshake, so that words
//! put in front of it in the clear would count as the server's. So the TLS
//! stream is made by lettre over our socket, and everything above is ours.

#![expect(
    deprecated,
    reason = "the only public way to lettre's TLS over an existing socket"
)]

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::io::{AsyncRead as _, AsyncWrite as _};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{AsyncNetworkStream, AsyncTokioStream, TlsParameters};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;

/// Whatever a conversation goes over.
pub(super) type Line = Box<dyn AsyncTokioStream>;

/// A TLS session, as tokio reads and writes.
#[derive(Debug)]
pub(super) struct Tls(AsyncNetworkStream);

impl Tls {
    /// Shakes hands and checks the certificate.
    pub(super) async fn begin(line: Line, parameters: TlsParameters) -> Result<Self, Error> {
        let mut stream = AsyncNetworkStream::use_existing_tokio1(line);
        stream.upgrade_tls(parameters).await?;
        Ok(Self(stream))
    }
}

impl AsyncTokioStream for Tls {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}

impl AsyncRead for Tls {
    fn poll_read(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let free = buffer.initialize_unfilled();
        Pin::new(&mut self.0)
            .poll_read(ctx, free)
            .map_ok(|count| buffer.advance(count))
    }
}

impl AsyncWrite for Tls {
    fn poll_write(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(ctx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(ctx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(ctx)
    }
}

/// A Unix socket: LMTP to a server on this machine.
#[derive(Debug)]
pub(super) struct Local(pub(super) UnixStream);

impl AsyncTokioStream for Local {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::Error::other("a Unix socket has no internet address"))
    }
}

impl AsyncRead for Local {
    fn poll_read(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(ctx, buffer)
    }
}

impl AsyncWrite for Local {
    fn poll_write(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(ctx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(ctx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(ctx)
    }
}
