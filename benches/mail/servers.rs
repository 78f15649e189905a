//! What stands at the other end: Postfix's smtp-sink, and a long way to it.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Read at one time on the long way.
const PIECE_BYTES: usize = 64 * 1024;

/// A mail server that takes everything; ends with this value.
pub struct Sink {
    child: Child,
    pub port: u16,
}

impl Sink {
    pub fn start() -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut command = postfix("smtp-sink");
        let user = Command::new("id").arg("-u").output().ok()?;
        if user.stdout.trim_ascii() == b"0" {
            // It refuses to work as root.
            command.args(["-u", "nobody"]);
        }
        let mut child = command
            .arg(format!("127.0.0.1:{port}"))
            .arg("1000")
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return None;
            }
            std::thread::yield_now();
        }
        Some(Self { child, port })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Debian installs it where only root looks.
pub fn postfix(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("PATH", "/usr/sbin:/usr/bin:/bin");
    command
}

/// A port that leads to `port`, `one_way` later in each direction, as wide as
/// you like. On a thread of its own, for as long as the program runs.
pub fn far_from(port: u16, one_way: Duration) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("tokio's way");
    let near = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a thread");
        runtime.block_on(lead(
            listener,
            SocketAddr::from(([127, 0, 0, 1], port)),
            one_way,
        ));
    });
    near
}

async fn lead(listener: TcpListener, to: SocketAddr, one_way: Duration) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(async move {
            let server = tokio::net::TcpStream::connect(to).await.expect("the sink");
            for socket in [&client, &server] {
                socket.set_nodelay(true).expect("a socket");
            }
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::join!(
                carry(from_client, to_server, one_way),
                carry(from_server, to_client, one_way)
            );
        });
    }
}

/// What comes in goes out so much later, however much is on its way.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, one_way: Duration) {
    let (travelling, mut arrived) = mpsc::unbounded_channel();
    let set_out = async move {
        let mut piece = vec![0; PIECE_BYTES];
        while let Ok(length @ 1..) = from.read(&mut piece).await {
            let sent = travelling.send((Instant::now() + one_way, piece[..length].to_vec()));
            if sent.is_err() {
                break;
            }
        }
    };
    let arrive = async move {
        while let Some((at, piece)) = arrived.recv().await {
            sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(set_out, arrive);
}
