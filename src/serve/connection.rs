//! Connections: the accept loop, with what axum's own leaves unbounded, how
//! many there may be, in all and of one client, and how long each is waited for.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
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

use super::patience::Patient;
use crate::model::clients::{Clients, Place};

/// Connections open at once; the next wait to be accepted.
const CONNECTIONS_MAX: usize = 4096;
/// Those of one client, an IPv4 address or an IPv6 /64, behind which a whole office
/// or provider may stand. The next are closed at once.
const CONNECTIONS_OF_ONE_MAX: usize = 256;
/// How long a request's header may take, and how long an idle connection is kept.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the other side may take nothing of its answer.
const STALL_TIMEOUT: Duration = Duration::from_mins(1);
/// How often an idle HTTP/2 connection is asked whether anybody is there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// The pause after the system refused a connection (too many open files).
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

type MakeService = IntoMakeServiceWithConnectInfo<Router, SocketAddr>;

/// What a connection may take.
pub(super) struct Bounds {
    pub(super) header_timeout: Duration,
    pub(super) of_one_max: usize,
    /// Who may have as many connections as there are.
    pub(super) free: Box<dyn Fn(IpAddr) -> bool + Send>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            header_timeout: HEADER_TIMEOUT,
            of_one_max: CONNECTIONS_OF_ONE_MAX,
            free: Box::new(|_| false),
        }
    }
}

/// Accepts until `stop` resolves, then lets requests under way finish.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let mut make = router.into_make_service_with_connect_info::<SocketAddr>();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let clients = Clients::new(bounds.of_one_max);
    let server = server(bounds.header_timeout);
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
                let client = Some(peer.ip()).filter(|ip| !(bounds.free)(*ip));
                let Some(place) = clients.enter(client) else {
                    tracing::debug!("a client had too many connections; one was closed");
                    continue;
                };
                // Answers are written whole: waiting to fill a packet only delays them.
                stream.set_nodelay(true).ok();
                let stream = Patient::new(stream, bounds.header_timeout, STALL_TIMEOUT);
                let held = (permit, place);
                serve_one(&server, &mut make, &graceful, stream, peer, held).await;
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
    stream: Patient<TcpStream>,
    peer: SocketAddr,
    held: (OwnedSemaphorePermit, Place),
) {
    let Ok(service): Result<_, Infallible> = make.call(peer).await;
    let connection = server
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Peers that hang up midway or speak no HTTP are no news.
        connection.await.ok();
        drop(held);
    });
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpSocket;
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    use super::*;

    /// Serves at an address of this machine until the sender is used or dropped.
    async fn open(bounds: Bounds) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let router = Router::new().route("/", get(|| async { "here" }));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(accept(listener, router, bounds, async {
            stopped.await.ok();
        }));
        (address, stop, serving)
    }

    /// What comes back for `sent`, read until the server hangs up.
    async fn answer_to(sent: &str, header_timeout: Duration) -> String {
        let bounds = Bounds {
            header_timeout,
            ..Bounds::default()
        };
        let (address, stop, serving) = open(bounds).await;
        let mut stream = TcpStream::connect(address).await.expect("accepted");
        stream.write_all(sent.as_bytes()).await.expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        stop.send(()).expect("still serving");
        serving.await.expect("ends when told");
        answer
    }

    #[tokio::test]
    async fn a_header_that_never_ends_or_begins_is_hung_up_on() {
        for begun in ["GET / HTTP/1.1\r\nX-Slow: ", "", "PRI * HT"] {
            let answer = answer_to(begun, Duration::from_millis(50)).await;
            assert!(!answer.contains("here"), "{begun}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_whole_request_is_answered() {
        let answer = answer_to(REQUEST, HEADER_TIMEOUT).await;
        assert!(answer.ends_with("here"), "{answer}");
    }

    const REQUEST: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    /// What is answered to a request from an address of this machine.
    async fn asked_from(own: &str, address: SocketAddr) -> String {
        let socket = TcpSocket::new_v4().expect("a socket");
        let own = format!("{own}:0").parse().expect("an address");
        socket.bind(own).expect("an address of this machine");
        let mut stream = socket.connect(address).await.expect("accepted");
        // Whoever is not let in may be hung up on before this is written.
        stream.write_all(REQUEST.as_bytes()).await.ok();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok();
        answer
    }

    #[tokio::test]
    async fn one_client_cannot_take_all_connections_and_a_proxy_is_no_client() {
        let proxy: IpAddr = "127.0.0.9".parse().expect("an address");
        let (address, _stop, _serving) = open(Bounds {
            of_one_max: 2,
            free: Box::new(move |peer| peer == proxy),
            ..Bounds::default()
        })
        .await;
        let idle = async |own: &str| {
            let socket = TcpSocket::new_v4().expect("a socket");
            let own = format!("{own}:0").parse().expect("an address");
            socket.bind(own).expect("an address of this machine");
            let mut stream = socket.connect(address).await.expect("accepted");
            // Answered once, so that it is surely counted before the next.
            let kept = REQUEST.replace("Connection: close\r\n", "");
            stream.write_all(kept.as_bytes()).await.expect("written");
            let mut status = [0; 12];
            stream.read_exact(&mut status).await.expect("an answer");
            stream
        };
        let held = [idle("127.0.0.2").await, idle("127.0.0.2").await];
        assert_eq!(asked_from("127.0.0.2", address).await, "");
        assert!(asked_from("127.0.0.3", address).await.ends_with("here"));
        let through = [idle("127.0.0.9").await, idle("127.0.0.9").await];
        assert!(asked_from("127.0.0.9", address).await.ends_with("here"));
        drop((held, through));
    }
}
