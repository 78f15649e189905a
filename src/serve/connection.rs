//! Connections: the accept loop, with what axum's own leaves unbounded, how
//! many there may be and how long a request's header may take.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_service::Service;

/// Connections open at once; the next wait to be accepted.
const CONNECTIONS_MAX: usize = 4096;
/// How long a request's header may take, and how long an idle connection is kept.
pub(super) const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// How often an idle HTTP/2 connection is asked whether anybody is there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// The pause after the system refused a connection (too many open files).
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

type MakeService = IntoMakeServiceWithConnectInfo<Router, SocketAddr>;

/// Accepts until `stop` resolves, then lets requests under way finish.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    header_timeout: Duration,
    stop: impl Future<Output = ()>,
) {
    let mut make = router.into_make_service_with_connect_info::<SocketAddr>();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let server = server(header_timeout);
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            biased;
            () = &mut stop => break,
            next = next => next,
        };
        let permit = permit.expect("the semaphore is never closed");
        match accepted {
            Ok((stream, peer)) => {
                serve_one(&server, &mut make, &graceful, stream, peer, permit).await;
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REFUSED_PAUSE).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

fn server(header_timeout: Duration) -> Builder<TokioExecutor> {
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY);
    server
}

async fn serve_one(
    server: &Builder<TokioExecutor>,
    make: &mut MakeService,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
) {
    // Answers are written whole: waiting to fill a packet only delays them.
    stream.set_nodelay(true).ok();
    let Ok(service): Result<_, Infallible> = make.call(peer).await;
    let connection = server
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Peers that hang up midway or speak no HTTP are no news.
        connection.await.ok();
        drop(permit);
    });
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// What comes back for `sent`, read until the server hangs up.
    async fn answer_to(sent: &str, header_timeout: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let router = Router::new().route("/", get(|| async { "here" }));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(accept(listener, router, header_timeout, async {
            stopped.await.ok();
        }));
        let mut stream = TcpStream::connect(address).await.expect("accepted");
        stream.write_all(sent.as_bytes()).await.expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        stop.send(()).expect("still serving");
        serving.await.expect("ends when told");
        answer
    }

    #[tokio::test]
    async fn a_header_that_never_ends_is_hung_up_on() {
        let answer = answer_to("GET / HTTP/1.1\r\nX-Slow: ", Duration::from_millis(50)).await;
        assert!(!answer.contains("here"), "{answer}");
    }

    #[tokio::test]
    async fn a_whole_request_is_answered() {
        let whole = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let answer = answer_to(whole, HEADER_TIMEOUT).await;
        assert!(answer.ends_with("here"), "{answer}");
    }
}
