//! A mail server that follows a script, on a real socket.

use std::future::pending;
use std::sync::{Arc, Mutex};

use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpListener, UnixListener};
use tokio_rustls::TlsAcceptor;

/// What the server does instead of its usual answer.
pub(crate) enum Twist {
    Say(&'static str),
    /// Says these very bytes, and hangs up.
    Break(String),
    Close,
    Silence,
    /// The usual answer; then forgets what was said before it was asked for.
    Forget,
    /// The usual answer; then reads byte by byte.
    ReadSlowly,
}

/// What was said to the server: `(connection, line)`. A letter is one line,
/// `LETTER` and its text without the doubled dots; `TAKEN RECIPIENT` stands where
/// the server took responsibility, whether the client heard of it or not.
type Log = Arc<Mutex<Vec<(usize, String)>>>;

/// Called with connection number, line, and how often that line's verb was
/// heard before, on any connection. The greeting is asked for as `CONNECT`, the
/// end of a letter as `. RECIPIENT`.
type Script = dyn Fn(usize, &str, usize) -> Option<Twist> + Send + Sync;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What the server offers.
#[derive(Clone, Default)]
pub(crate) struct Manner {
    /// Lines of the answer to EHLO.
    pub(crate) offers: Vec<&'static str>,
    /// For STARTTLS.
    pub(crate) tls: Option<TlsAcceptor>,
    /// TLS from the first byte.
    pub(crate) implicit: bool,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    log: Log,
}

struct Talk {
    socket: BufReader<Box<dyn Stream>>,
    connection: usize,
    manner: Manner,
    script: Arc<Script>,
    log: Log,
    sender: bool,
    /// Empty: none was accepted.
    recipient: String,
    slowly: bool,
}

impl Server {
    /// One that can do nothing but sign people in.
    pub(crate) async fn start(
        script: impl Fn(usize, &str, usize) -> Option<Twist> + Send + Sync + 'static,
    ) -> Self {
        let manner = Manner {
            offers: vec!["8BITMIME", "AUTH PLAIN LOGIN"],
            ..Manner::default()
        };
        Self::start_with(manner, script).await
    }

    pub(crate) async fn start_with(
        manner: Manner,
        script: impl Fn(usize, &str, usize) -> Option<Twist> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("address").port();
        let log = Log::default();
        let (script, heard): (Arc<Script>, Log) = (Arc::new(script), Arc::clone(&log));
        tokio::spawn(async move {
            for connection in 0.. {
                let (socket, _) = listener.accept().await.expect("a connection");
                socket.set_nodelay(true).expect("a socket");
                let talk = Talk::begin(socket, connection, &manner, &script, &heard);
                tokio::spawn(talk.run());
            }
        });
        Self { port, log }
    }

    /// The same on a Unix socket; there is no port.
    pub(crate) fn on_socket(
        path: &std::path::Path,
        script: impl Fn(usize, &str, usize) -> Option<Twist> + Send + Sync + 'static,
    ) -> Self {
        let listener = UnixListener::bind(path).expect("a socket");
        let log = Log::default();
        let (script, heard): (Arc<Script>, Log) = (Arc::new(script), Arc::clone(&log));
        tokio::spawn(async move {
            for connection in 0.. {
                let (socket, _) = listener.accept().await.expect("a connection");
                let manner = Manner::default();
                let talk = Talk::begin(socket, connection, &manner, &script, &heard);
                tokio::spawn(talk.run());
            }
        });
        Self { port: 0, log }
    }

    pub(crate) fn said(&self, verb: &str) -> Vec<(usize, String)> {
        let log = self.log.lock().expect("log");
        log.iter()
            .filter(|(_, line)| line.starts_with(verb))
            .cloned()
            .collect()
    }

    pub(crate) fn connections_of(&self, verb: &str) -> Vec<usize> {
        self.said(verb)
            .into_iter()
            .map(|(connection, _)| connection)
            .collect()
    }
}

impl Talk {
    fn begin(
        socket: impl Stream + 'static,
        connection: usize,
        manner: &Manner,
        script: &Arc<Script>,
        log: &Log,
    ) -> Self {
        Self {
            socket: BufReader::new(Box::new(socket)),
            connection,
            manner: manner.clone(),
            script: Arc::clone(script),
            log: Arc::clone(log),
            sender: false,
            recipient: String::new(),
            slowly: false,
        }
    }

    /// `None`: the connection ended.
    async fn run(mut self) -> Option<()> {
        if self.manner.implicit {
            self = self.encrypted().await?;
        }
        let mut line = "CONNECT".to_owned();
        loop {
            let twist = (self.script)(self.connection, &line, self.heard(&line));
            let usual = self.usual(&line);
            let answer = match &twist {
                Some(Twist::Close) => {
                    self.taken(&line, "250");
                    return None;
                }
                Some(Twist::Break(words)) => {
                    self.taken(&line, "250");
                    self.socket.write_all(words.as_bytes()).await.ok()?;
                    return self.socket.flush().await.ok();
                }
                Some(Twist::Silence) => pending().await,
                Some(Twist::Say(answer)) => (*answer).to_owned(),
                None | Some(Twist::Forget | Twist::ReadSlowly) => usual,
            };
            if let Some(to) = line
                .strip_prefix("RCPT TO:")
                .filter(|_| answer.starts_with("250"))
            {
                to.trim_matches(['<', '>']).clone_into(&mut self.recipient);
            } else if line == "RSET" || line.starts_with("MAIL") {
                self.sender = line != "RSET" && answer.starts_with("250");
                self.recipient.clear();
            }
            if matches!(twist, Some(Twist::ReadSlowly)) {
                self.slowly = true;
            }
            self.taken(&line, &answer);
            let words = format!("{answer}\r\n");
            self.socket.write_all(words.as_bytes()).await.ok()?;
            self.socket.flush().await.ok()?;
            if matches!(twist, Some(Twist::Forget)) {
                let said = self.socket.buffer().len();
                self.socket.consume(said);
            }
            if line == "STARTTLS" && answer.starts_with("220") {
                self = self.encrypted().await?;
            }
            if line == "DATA" && answer.starts_with("354") {
                self.letter().await?;
                line = format!(". {}", self.recipient);
                continue;
            }
            line = self.line().await?;
            line.truncate(line.trim_end().len());
        }
    }

    /// Writes `line` into the log; how often its verb was there before.
    fn heard(&self, line: &str) -> usize {
        let verb = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        let mut log = self.log.lock().expect("log");
        let same = log.iter().filter(|(_, said)| verb(said) == verb(line));
        let before = same.count();
        log.push((self.connection, line.to_owned()));
        before
    }

    fn taken(&self, line: &str, answer: &str) {
        if line.starts_with(". ") && answer.starts_with("250") {
            self.note(format!("TAKEN {}", self.recipient));
        }
    }

    fn note(&self, line: String) {
        self.log.lock().expect("log").push((self.connection, line));
    }

    fn usual(&self, line: &str) -> String {
        match line.split(' ').next().unwrap_or_default() {
            "CONNECT" => "220 post.example ESMTP".to_owned(),
            "EHLO" | "LHLO" => {
                let mut lines = vec!["post.example"];
                lines.extend(&self.manner.offers);
                let last = lines.pop().unwrap_or_default();
                let mut answer = String::new();
                for line in lines {
                    answer += &["250-", line, "\r\n"].concat();
                }
                answer + "250 " + last
            }
            "AUTH" => "235 welcome".to_owned(),
            "RCPT" if !self.sender => "503 5.5.1 no sender".to_owned(),
            "DATA" | "." if self.recipient.is_empty() => "503 5.5.1 no recipients".to_owned(),
            "DATA" => "354 go on".to_owned(),
            "QUIT" => "221 bye".to_owned(),
            "STARTTLS" => "220 go on".to_owned(),
            _ => "250 2.0.0 fine".to_owned(),
        }
    }

    async fn encrypted(self) -> Option<Self> {
        let acceptor = self.manner.tls.clone()?;
        let tls = acceptor.accept(self.socket.into_inner()).await.ok()?;
        Some(Self {
            socket: BufReader::new(Box::new(tls)),
            ..self
        })
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        if self.slowly {
            tokio::task::yield_now().await;
        }
        while !line.ends_with(b"\n") {
            if self.slowly {
                line.push(self.socket.read_u8().await.ok()?);
            } else {
                let read = self.socket.read_until(b'\n', &mut line).await.ok()?;
                (read > 0).then_some(())?;
            }
        }
        String::from_utf8(line).ok()
    }

    async fn letter(&mut self) -> Option<()> {
        let mut letter = String::new();
        loop {
            let line = self.line().await?;
            if line == ".\r\n" {
                break;
            }
            letter.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        self.note(format!("LETTER {letter}"));
        Some(())
    }
}
