//! An outlet and its hub on one port: a feed that names the hub, and a hub that
//! keeps what it is asked and answers as told. What a hub does of its own accord
//! (asking back, pushing) the tests do.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a hub was asked.
pub type Form = HashMap<String, String>;

#[derive(Default)]
struct Said {
    /// Headers and body of each document.
    documents: HashMap<String, (String, String)>,
    /// Status and further headers of the hub's answers.
    answer: String,
    /// Elsewhere than `/hub`, where the hub also answers.
    second: Option<String>,
    forms: Vec<Form>,
    gets: Vec<String>,
}

pub struct Hub {
    pub address: SocketAddr,
    said: Arc<Mutex<Said>>,
}

impl Hub {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let hub = Self {
            address: listener.local_addr().expect("address"),
            said: Arc::default(),
        };
        hub.answers("202 Accepted");
        let said = Arc::clone(&hub.said);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A guest that hangs up early is its own affair.
                answer(stream, &said).ok();
            }
        });
        hub
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The feed from now on, naming these hubs.
    pub fn feed(&self, hubs: &[&str], body: &str) {
        let links = hubs.iter().map(|hub| {
            let hub = self.url(hub);
            format!("Link: <{hub}>; rel=\"hub\"\r\n")
        });
        let own = format!("Link: <{}>; rel=self\r\n", self.url("/feed"));
        let headers = links.collect::<String>() + &own;
        let mut said = self.said.lock().expect("said");
        said.documents
            .insert("/feed".to_owned(), (headers, body.to_owned()));
    }

    /// What the hub answers from now on.
    pub fn answers(&self, head: &str) {
        head.clone_into(&mut self.said.lock().expect("said").answer);
    }

    /// Posts to this path are taken, whatever the others are answered.
    pub fn takes(&self, path: &str) {
        self.said.lock().expect("said").second = Some(path.to_owned());
    }

    /// What the hub was asked since the last time.
    pub fn forms(&self) -> Vec<Form> {
        std::mem::take(&mut self.said.lock().expect("said").forms)
    }

    /// How often the feed was asked since the last time.
    pub fn gets(&self) -> usize {
        std::mem::take(&mut self.said.lock().expect("said").gets).len()
    }
}

fn answer(mut stream: TcpStream, said: &Mutex<Said>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header == "\r\n" {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut said = said.lock().expect("said");
    let (head, text) = if first.starts_with("POST") {
        let pairs = url::form_urlencoded::parse(&body).into_owned();
        let mut form: Form = pairs.collect();
        form.insert("path".to_owned(), path.clone());
        said.forms.push(form);
        if said.second.as_deref() == Some(path.as_str()) {
            ("202 Accepted\r\n".to_owned(), String::new())
        } else {
            let text = "the hub's own words".to_owned();
            (
                format!("{}\r\nContent-Type: text/plain\r\n", said.answer),
                text,
            )
        }
    } else {
        said.gets.push(path.clone());
        match said.documents.get(&path) {
            Some((headers, body)) => (
                format!("200 OK\r\nContent-Type: application/rss+xml\r\n{headers}"),
                body.clone(),
            ),
            None => ("404 Not Found\r\n".to_owned(), String::new()),
        }
    };
    drop(said);
    write!(
        stream,
        "HTTP/1.1 {head}Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
}
