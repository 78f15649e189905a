//! The running house: pages, subscribing by hand, feeds asked as feed readers
//! ask, signals, and the page in a real browser.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::World;

/// How long the program may take to say its first words, on a slow machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A house that runs until it is dropped.
pub struct Running {
    child: Child,
    address: SocketAddr,
    pub world: World,
}

impl Running {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With settings of its own.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        let address = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("port");
        let mut world = World::new(None);
        world.set("JARSHY__SERVE__LISTEN", &address.to_string());
        world.set("JARSHY__SERVE__URL", &format!("http://{address}"));
        for (key, value) in settings {
            world.set(key, value);
        }
        world.write(
            "feeds/sources/desk.toml",
            "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nrepublish = \"full\"\nevery = \"1m\"\n",
        );
        world.write("feeds/desk/forum.txt", "Ертең Астанада өңірлік медиа форум өтеді\n\nЕртең Астана қаласында өңірлік БАҚ форумы өтеді. Форумға барлық облыстан журналистер қатысады.\n");
        // Gathered before, so that the first page already shows it.
        world.must(&["gather"]);
        let child = unkilled(&world.command(&["run"]), &world)
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let running = Self {
            child,
            address,
            world,
        };
        wait_for("the page", || {
            running.get("/health").starts_with("HTTP/1.1 200")
        });
        running
    }

    fn exchange(&self, request: &str) -> String {
        let mut answer = String::new();
        if let Ok(mut stream) = TcpStream::connect(self.address) {
            stream.write_all(request.as_bytes()).expect("sent");
            stream.read_to_string(&mut answer).ok();
        }
        answer
    }

    pub fn get_with(&self, path: &str, headers: &str) -> String {
        let host = self.address;
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
        ))
    }

    /// Where the house stands, without a slash at the end.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Asks by another method than GET and POST.
    pub fn ask(&self, method: &str, path: &str) -> String {
        let host = self.address;
        self.exchange(&format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ))
    }

    pub fn get(&self, path: &str) -> String {
        self.get_with(path, "")
    }

    pub fn post(&self, path: &str, body: &str) -> String {
        let host = self.address;
        self.exchange(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
        assert!(status.expect("kill starts").success());
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(&mut self) {
        self.signal("-TERM");
        let status = self.child.wait().expect("ended");
        assert!(status.success(), "{status}");
    }

    /// The letters written so far.
    pub fn letters(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.world.path("outbox")) else {
            return Vec::new();
        };
        folder
            .flatten()
            .filter(|file| {
                file.path()
                    .extension()
                    .is_some_and(|ending| ending == "eml")
            })
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The same through a shell, so that a file that may not grow is an error to the
/// program, as a full disk is, and not its end.
fn unkilled(run: &Command, world: &World) -> Command {
    let mut shell = Command::new("sh");
    shell
        .current_dir(world.path(""))
        .env_clear()
        .envs(
            run.get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        )
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(run.get_program())
        .args(run.get_args());
    shell
}

/// Asks again and again until `true`, or fails the test.
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what} did not come");
        std::thread::yield_now();
    }
}

/// The value after `name:` in an HTTP head.
pub fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The first token for `page` in a letter, its soft line breaks taken out.
fn token(letter: &str, page: &str) -> Option<String> {
    let letter = letter.replace("=\r\n", "").replace("=3D", "=");
    let rest = letter.split(&format!("/{page}?token=")).nth(1)?;
    Some(
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '.')
            .collect(),
    )
}

#[test]
fn a_reader_subscribes_confirms_gets_a_letter_and_leaves() {
    let running = Running::start();
    let answer = running.post("/subscribe", "address=aigul%40reader.example&tongue=kk");
    assert!(
        answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 303"),
        "{answer}"
    );
    wait_for("the confirmation letter", || running.letters().len() == 1);
    let confirm = token(&running.letters()[0], "confirm").expect("a link to confirm");

    // A link scanner opens every link: nothing changes.
    assert!(
        running
            .get(&format!("/confirm?token={confirm}"))
            .starts_with("HTTP/1.1 200")
    );
    let listed = || running.world.must(&["subscribers", "list"]);
    assert_eq!(listed().trim(), "aigul@reader.example pending kk");
    running.post("/confirm", &format!("token={confirm}"));
    assert_eq!(listed().trim(), "aigul@reader.example confirmed kk");

    running.world.must(&["digest", "close"]);
    wait_for("the digest", || running.letters().len() == 2);
    let digest = running
        .letters()
        .into_iter()
        .find(|letter| letter.contains("List-Unsubscribe:"))
        .expect("the digest");
    let unsubscribe = token(&digest, "unsubscribe").expect("a link to leave");
    assert!(
        running
            .get(&format!("/unsubscribe?token={unsubscribe}"))
            .starts_with("HTTP/1.1 200")
    );
    assert_eq!(listed().trim(), "aigul@reader.example confirmed kk");
    // RFC 8058: the mailbox provider's own button.
    let answer = running.post(
        &format!("/unsubscribe?token={unsubscribe}"),
        "List-Unsubscribe=One-Click",
    );
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(listed().trim(), "aigul@reader.example unsubscribed kk");
}

#[test]
fn feeds_are_served_as_feed_readers_ask() {
    let running = Running::start();
    for (format, media_type) in [
        ("rss", "application/rss+xml"),
        ("atom", "application/atom+xml"),
        ("json", "application/feed+json"),
        ("ics", "text/calendar"),
    ] {
        let path = format!("/feeds/announcements.{format}");
        let answer = running.get(&path);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        assert!(
            header(&answer, "content-type")
                .expect("type")
                .starts_with(media_type),
            "{answer}"
        );
        let etag = header(&answer, "etag").expect("an ETag");
        assert!(etag.starts_with('"'), "strong: {etag}");
        assert!(header(&answer, "cache-control").is_some());
        let again = running.get_with(&path, &format!("If-None-Match: {etag}\r\n"));
        assert!(again.starts_with("HTTP/1.1 304"), "{again}");
        let modified = header(&answer, "last-modified").expect("Last-Modified");
        let again = running.get_with(&path, &format!("If-Modified-Since: {modified}\r\n"));
        assert!(again.starts_with("HTTP/1.1 304"), "{again}");
    }
    assert!(
        running
            .get("/feeds/nothing.rss")
            .starts_with("HTTP/1.1 404")
    );
}

#[test]
fn signals_reload_and_stop() {
    let mut running = Running::start();
    // A broken catalogue is refused, the old one stays.
    running
        .world
        .write("feeds/published/broken.toml", "[[feed]\n");
    running.signal("-HUP");
    assert!(
        running
            .get("/feeds/announcements.rss")
            .starts_with("HTTP/1.1 200")
    );
    running.world.write(
        "feeds/published/broken.toml",
        "[[feed]]\nname = \"mended\"\ntitle = { kk = \"а\", ru = \"б\", en = \"c\" }\ndescription = { kk = \"а\", ru = \"б\", en = \"c\" }\n",
    );
    wait_for("the new feed", || {
        running.signal("-HUP");
        running.get("/feeds/mended.rss").starts_with("HTTP/1.1 200")
    });
    running.stop();
}

#[test]
fn the_page_reads_well_in_a_browser_in_three_languages() {
    let running = Running::start();
    for (language, words) in [("kk", "форум"), ("ru", "форум"), ("en", "forum")] {
        let profile = tempfile::tempdir().expect("folder");
        let output = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--window-size=360,800", "--dump-dom"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("http://{}/?lang={language}", running.address))
            .stderr(Stdio::null())
            .output()
            .expect("chromium is installed by tests/run");
        let dom = String::from_utf8_lossy(&output.stdout);
        assert!(dom.contains(&format!("<html lang=\"{language}\"")), "{dom}");
        assert!(dom.to_lowercase().contains(words), "{dom}");
        assert!(
            dom.contains("өңірлік"),
            "the desk's announcement is on the page: {dom}"
        );
    }
}
