//! A mail server that follows a script, on a real socket.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does instead of its usual answer.
pub(super) enum Twist {
    Say(&'static str),
    Close,
    Silence,
}

/// What was said to the server: `(connection, line)`; a letter is one line, unstuffed.
type Log = Arc<Mutex<Vec<(usize, String)>>>;

/// Called with connection number, line, and how often that line's verb was
/// heard before, on any connection. The greeting is asked for as `CONNECT`, the
/// end of a letter as `.`.
type Script = dyn Fn(usize, &str, usize) -> Option<Twist> + Send + Sync;

pub(super) struct Server {
    pub(super) port: u16,
    log: Log,
}

impl Server {
    pub(super) async fn start(
        script: impl Fn(usize, &str, usize) -> Option<Twist> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("address").port();
        let log = Log::default();
        let (script, heard): (Arc<Script>, Log) = (Arc::new(script), Arc::clone(&log));
        tokio::spawn(async move {
            for connection in 0.. {
                let (socket, _) = listener.accept().await.expect("a connection");
                tokio::spawn(converse(
                    socket,
                    connection,
                    Arc::clone(&script),
                    Arc::clone(&heard),
                ));
            }
        });
        Self { port, log }
    }

    pub(super) fn said(&self, verb: &str) -> Vec<(usize, String)> {
        let log = self.log.lock().expect("log");
        log.iter()
            .filter(|(_, line)| line.starts_with(verb))
            .cloned()
            .collect()
    }

    pub(super) fn connections_of(&self, verb: &str) -> Vec<usize> {
        self.said(verb)
            .into_iter()
            .map(|(connection, _)| connection)
            .collect()
    }
}

async fn converse(
    socket: TcpStream,
    connection: usize,
    script: Arc<Script>,
    log: Log,
) -> Option<()> {
    let mut socket = BufReader::new(socket);
    let mut line = "CONNECT".to_owned();
    loop {
        let verb = line.split(' ').next().unwrap_or_default().to_owned();
        let before = {
            let mut log = log.lock().expect("log");
            let before = log
                .iter()
                .filter(|(_, said)| said.split(' ').next() == Some(&verb))
                .count();
            log.push((connection, line.clone()));
            before
        };
        let answer = match script(connection, &line, before) {
            Some(Twist::Close) => return None,
            Some(Twist::Silence) => std::future::pending().await,
            Some(Twist::Say(answer)) => answer,
            None => match verb.as_str() {
                "CONNECT" => "220 post.example ESMTP",
                "EHLO" => "250-post.example\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
                "AUTH" => "235 welcome",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 2.0.0 fine",
            },
        };
        socket
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
        if verb == "DATA" && answer.starts_with("354") {
            let letter = letter(&mut socket).await?;
            log.lock()
                .expect("log")
                .push((connection, format!("LETTER {letter}")));
            ".".clone_into(&mut line);
            continue;
        }
        line.clear();
        socket
            .read_line(&mut line)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        line.truncate(line.trim_end().len());
    }
}

async fn letter(socket: &mut BufReader<TcpStream>) -> Option<String> {
    let mut letter = String::new();
    loop {
        let start = letter.len();
        socket
            .read_line(&mut letter)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        if &letter[start..] == ".\r\n" {
            letter.truncate(start);
            return Some(letter);
        }
        if letter[start..].starts_with('.') {
            letter.remove(start);
        }
    }
}
