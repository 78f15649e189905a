//! A server that behaves as told: each path has answers, given one after the
//! other; the last is given for ever.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    headers: String,
}

impl Asked {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Plain,
    /// Says nothing more, and stays until the other side hangs up.
    Silence,
}

#[derive(Debug, Clone)]
pub struct Reply {
    bytes: Vec<u8>,
    end: End,
    /// Given instead where the request is conditional.
    not_modified: Option<String>,
}

impl Reply {
    /// `head` is the status and further headers.
    pub fn new(head: &str, body: &[u8]) -> Self {
        let mut bytes = format!(
            "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        Self {
            bytes,
            end: End::Plain,
            not_modified: None,
        }
    }

    /// A feed with these entries, and further headers.
    pub fn feed(headers: &str, entries: &[&str]) -> Self {
        Self::new(
            &format!("200 OK\r\nContent-Type: application/rss+xml{headers}"),
            feed("", entries).as_bytes(),
        )
    }

    /// 304 with these headers where the request is conditional.
    pub fn or_not_modified(mut self, headers: &str) -> Self {
        self.not_modified = Some(headers.to_owned());
        self
    }

    /// Half of it, and then nothing for ever.
    pub fn dripping(mut self) -> Self {
        self.bytes.truncate(self.bytes.len() - 20);
        self.end = End::Silence;
        self
    }

    /// All but so many bytes, and then the end of the connection.
    pub fn cut_by(mut self, bytes: usize) -> Self {
        self.bytes.truncate(self.bytes.len() - bytes);
        self
    }
}

/// RSS with these entries, and further elements in its head.
pub fn feed(head: &str, entries: &[&str]) -> String {
    let item = |entry: &&str| {
        format!(
            "<item><guid>{entry}</guid><title>Форум {entry}</title>\
             <link>https://outlet.example/{entry}</link></item>"
        )
    };
    let items = entries.iter().map(item).collect::<Vec<_>>().concat();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Өңір</title>{head}{items}</channel></rss>"
    )
}

type Answers = Arc<Mutex<HashMap<String, VecDeque<Reply>>>>;

pub struct Server {
    pub address: SocketAddr,
    answers: Answers,
    log: Arc<Mutex<Vec<Asked>>>,
    busiest: Arc<AtomicUsize>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let server = Self {
            address: listener.local_addr().expect("address"),
            answers: Arc::default(),
            log: Arc::default(),
            busiest: Arc::default(),
        };
        let (answers, log) = (Arc::clone(&server.answers), Arc::clone(&server.log));
        let (busiest, busy) = (Arc::clone(&server.busiest), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, log) = (Arc::clone(&answers), Arc::clone(&log));
                let (busiest, busy) = (Arc::clone(&busiest), Arc::clone(&busy));
                std::thread::spawn(move || {
                    let now = busy.fetch_add(1, Ordering::SeqCst) + 1;
                    busiest.fetch_max(now, Ordering::SeqCst);
                    // A guest that hangs up early is what some rows are about.
                    answer(stream, &answers, &log, &busy).ok();
                });
            }
        });
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What `path` answers from now on, one after the other.
    pub fn play(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let replies = replies.into_iter().collect();
        let mut answers = self.answers.lock().expect("answers");
        answers.insert(path.to_owned(), replies);
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.log.lock().expect("log"))
    }

    /// The paths asked since the last time.
    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    /// The most requests at one time so far.
    pub fn busiest(&self) -> usize {
        self.busiest.load(Ordering::SeqCst)
    }
}

fn answer(
    mut stream: TcpStream,
    answers: &Answers,
    log: &Mutex<Vec<Asked>>,
    busy: &AtomicUsize,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
        if reader.read_line(&mut headers)? == 0 {
            break;
        }
    }
    let asked = Asked { path, headers };
    let reply = {
        let mut answers = answers.lock().expect("answers");
        match answers.get_mut(&asked.path) {
            Some(replies) if replies.len() > 1 => replies.pop_front(),
            Some(replies) => replies.front().cloned(),
            None => None,
        }
    };
    let reply = reply.unwrap_or_else(|| Reply::new("404 Not Found", b""));
    let is_conditional =
        asked.header("if-none-match").is_some() || asked.header("if-modified-since").is_some();
    log.lock().expect("log").push(asked);
    busy.fetch_sub(1, Ordering::SeqCst);
    match reply.not_modified {
        Some(headers) if is_conditional => {
            let head = format!("HTTP/1.1 304 Not Modified{headers}\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes())?;
        }
        _ => stream.write_all(&reply.bytes)?,
    }
    if reply.end == End::Silence {
        // Ends when the other side does.
        reader.fill_buf()?;
    }
    Ok(())
}
