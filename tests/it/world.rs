//! A small world for the program to live in: a folder of its own, a web server
//! whose documents the test decides, a mail server that keeps what it is given.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Condvar, Mutex};

use jarshy::cli::house;
use jarshy::clock::Clock;
use jarshy::daemon::Newsroom;

/// The program under test.
pub const JARSHY: &str = env!("CARGO_BIN_EXE_jarshy");

/// A folder with config and catalogue, and the environment that points to it.
pub struct World {
    pub folder: tempfile::TempDir,
    pub environment: HashMap<String, String>,
}

impl World {
    /// An empty catalogue but for the published feeds that ship, and the store at `url`,
    /// or in the folder.
    pub fn new(store_url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let place = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(place("feeds/sources")).expect("folder");
        std::fs::create_dir_all(place("feeds/published")).expect("folder");
        std::fs::create_dir_all(place("feeds/desk")).expect("folder");
        for file in std::fs::read_dir(root.join("feeds/published")).expect("shipped feeds") {
            let path = file.expect("entry").path();
            let name = path.file_name().expect("name");
            std::fs::copy(&path, place("feeds/published").join(name)).expect("copied");
        }
        std::fs::copy(root.join("config/jarshy.toml"), place("jarshy.toml")).expect("copied");
        let url = store_url.unwrap_or_else(|| format!("sqlite://{}", place("jarshy.db").display()));
        let mut world = Self {
            folder,
            environment: HashMap::new(),
        };
        world.set("JARSHY__STORE__URL", &url);
        let feeds = world.path("feeds").display().to_string();
        world.set("JARSHY__CATALOG__DIR", &feeds);
        let outbox = world.path("outbox").display().to_string();
        world.set("JARSHY__MAIL__OUTBOX", &outbox);
        world.set("JARSHY__MAIL__FROM", "digest@house.example");
        world.set("JARSHY__SERVE__URL", "https://house.example");
        world.set("JARSHY__GATHER__PAUSE_MS", "0");
        world.set("JARSHY__GATHER__ALLOW_PRIVATE", "[\"127.0.0.1/32\"]");
        world
    }

    /// The house this folder describes, in this process, with a clock of ours.
    pub async fn newsroom(&self, clock: &Clock) -> Arc<Newsroom> {
        // Err: another test of this process installed it already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let config = jarshy::config::load(&self.path("jarshy.toml"), self.environment.clone());
        let opened = house::open_with(&config.expect("a right config")).await;
        let mut newsroom = opened.unwrap_or_else(|_| panic!("the house does not open"));
        let inside = Arc::get_mut(&mut newsroom).expect("nobody else has it yet");
        inside.clock = clock.clone();
        newsroom
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn set(&mut self, key: &str, value: &str) {
        self.environment.insert(key.to_owned(), value.to_owned());
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    /// The program with this world's environment, ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(JARSHY);
        command
            .current_dir(self.folder.path())
            .env_clear()
            .envs(&self.environment)
            .args(["--config", "jarshy.toml"])
            .args(arguments);
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments)
            .output()
            .expect("the program starts")
    }

    /// Runs it, expects success, and gives its standard output.
    pub fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "jarshy {arguments:?}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

/// One document of the web server.
#[derive(Clone)]
pub struct Page {
    pub body: String,
    pub media_type: &'static str,
    pub etag: String,
}

/// A web server that answers conditionally and keeps what it was asked.
pub struct WebServer {
    pub address: SocketAddr,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    log: Arc<Mutex<Vec<String>>>,
}

impl WebServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let address = listener.local_addr().expect("address");
        let pages: Arc<Mutex<HashMap<String, Page>>> = Arc::default();
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let (shown, kept) = (Arc::clone(&pages), Arc::clone(&log));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shown, kept) = (Arc::clone(&shown), Arc::clone(&kept));
                // A broken connection is the client's affair.
                std::thread::spawn(move || answer(stream, &shown, &kept).ok());
            }
        });
        Self {
            address,
            pages,
            log,
        }
    }

    pub fn serve(&self, path: &str, page: Page) {
        self.pages
            .lock()
            .expect("pages")
            .insert(path.to_owned(), page);
    }

    /// `status path` of every request so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().expect("log").clone()
    }
}

fn answer(
    mut stream: TcpStream,
    pages: &Mutex<HashMap<String, Page>>,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let path = request
        .split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    let mut validator = String::new();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header == "\r\n" {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("if-none-match:") {
            value.trim().clone_into(&mut validator);
        }
    }
    let page = pages.lock().expect("pages").get(&path).cloned();
    let (status, head, body) = match page {
        Some(page) if page.etag == validator => (
            "304 Not Modified",
            format!("etag: {}\r\n", page.etag),
            String::new(),
        ),
        Some(page) => (
            "200 OK",
            format!(
                "content-type: {}\r\netag: {}\r\n",
                page.media_type, page.etag
            ),
            page.body,
        ),
        None => ("404 Not Found", String::new(), String::new()),
    };
    log.lock()
        .expect("log")
        .push(format!("{} {path}", &status[..3]));
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{head}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A letter as the mail server took it.
#[derive(Debug, Clone)]
pub struct Received {
    /// The envelope sender.
    pub from: String,
    pub to: String,
    pub data: String,
}

impl Received {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self
            .data
            .split("\r\n\r\n")
            .next()?
            .replace("\r\n ", " ")
            .replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_ascii_lowercase());
        head.lines()
            .find(|line| line.to_ascii_lowercase().starts_with(&prefix))
            .map(|line| line[prefix.len()..].trim().to_owned())
    }
}

/// What a mail server took, and a bell that rings at each letter.
#[derive(Default)]
struct Taken {
    letters: Mutex<Vec<Received>>,
    another: Condvar,
}

/// A mail server that takes everything, but for recipients named otherwise.
pub struct MailServer {
    pub address: SocketAddr,
    received: Arc<Taken>,
    refused: Arc<Mutex<HashMap<String, String>>>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let address = listener.local_addr().expect("address");
        let received: Arc<Taken> = Arc::default();
        let refused: Arc<Mutex<HashMap<String, String>>> = Arc::default();
        let (kept, refusing) = (Arc::clone(&received), Arc::clone(&refused));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, refusing) = (Arc::clone(&kept), Arc::clone(&refusing));
                // A killed client breaks its connection; that is what is tested.
                std::thread::spawn(move || talk(stream, &kept, &refusing).ok());
            }
        });
        Self {
            address,
            received,
            refused,
        }
    }

    /// Answers RCPT for `address` with `reply`.
    pub fn refuse(&self, address: &str, reply: &str) {
        self.refused
            .lock()
            .expect("refused")
            .insert(address.to_owned(), reply.to_owned());
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.letters.lock().expect("received").clone()
    }

    /// Waits until so many letters were taken; gives up where none comes any more.
    pub fn wait_for(&self, count: usize) -> usize {
        let patience = std::time::Duration::from_mins(1);
        let letters = self.received.letters.lock().expect("received");
        let (letters, _) = self
            .received
            .another
            .wait_timeout_while(letters, patience, |letters| letters.len() < count)
            .expect("received");
        letters.len()
    }
}

fn talk(
    mut stream: TcpStream,
    received: &Taken,
    refused: &Mutex<HashMap<String, String>>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    stream.write_all(b"220 house.example ESMTP\r\n")?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let reply = if verb.starts_with("EHLO") {
            "250-house.example\r\n250-PIPELINING\r\n250 8BITMIME".to_owned()
        } else if verb.starts_with("MAIL") {
            line.split(['<', '>'])
                .nth(1)
                .unwrap_or_default()
                .clone_into(&mut from);
            "250 ok".to_owned()
        } else if verb.starts_with("RCPT") {
            let asked = line.split(['<', '>']).nth(1).unwrap_or_default();
            let reply = refused.lock().expect("refused").get(asked).cloned();
            if reply.is_none() {
                asked.clone_into(&mut to);
            }
            reply.unwrap_or_else(|| "250 ok".to_owned())
        } else if verb == "DATA" && to.is_empty() {
            "503 no recipients".to_owned()
        } else if verb == "DATA" {
            stream.write_all(b"354 go on\r\n")?;
            let mut data = String::new();
            while !data.ends_with("\r\n.\r\n") {
                if reader.by_ref().read_line(&mut data)? == 0 {
                    return Ok(());
                }
            }
            received.letters.lock().expect("received").push(Received {
                from: std::mem::take(&mut from),
                to: std::mem::take(&mut to),
                data,
            });
            received.another.notify_all();
            "250 taken".to_owned()
        } else if verb == "QUIT" {
            stream.write_all(b"221 bye\r\n")?;
            return Ok(());
        } else {
            "250 ok".to_owned()
        };
        stream.write_all(format!("{reply}\r\n").as_bytes())?;
    }
}
