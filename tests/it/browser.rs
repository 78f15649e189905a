//! Chromium as a person uses it who sees nothing and has no mouse: what is
//! pressed, typed and read is found by the names the accessibility tree gives,
//! and everything is done by the keyboard.
//!
//! Speaks the DevTools protocol over a pipe (`--remote-debugging-pipe`: file
//! descriptors 3 and 4, JSON ended by NUL). Scripts are switched off: the pages
//! have none. Deliberately absent: running code in a page, and the
//! mouse: under load a page may move under it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long any one thing may take, on a slow machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// Roles a form's controls have.
const CONTROLS: [&str; 8] = [
    "textbox",
    "combobox",
    "checkbox",
    "radio",
    "button",
    "Date",
    "spinbutton",
    "searchbox",
];
const FLAGS: [&str; 15] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",
    "--window-size=1000,900",
    "--remote-debugging-pipe",
    // What is pressed before a page was first painted would be thrown away.
    "--allow-pre-commit-input",
    "--disable-features=PaintHolding",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
];

/// One window with one page; the program ends with it.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    output: Receiver<Value>,
    session: Option<String>,
    last_call: u64,
    /// What happened while an answer was waited for.
    events: Vec<Value>,
    /// What the console said was wrong.
    complaints: Vec<String>,
    downloads: tempfile::TempDir,
    _profile: tempfile::TempDir,
}

/// What a page shows of one thing.
struct Node {
    role: String,
    name: String,
    value: String,
    id: Value,
}

impl Browser {
    /// Opens an empty page.
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("folder");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg("exec chromium \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null")
            .arg("chromium")
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("LANGUAGE", "en_US")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts; chromium is installed by tests/run");
        let input = child.stdin.take().expect("piped");
        let output = listen(child.stdout.take().expect("piped"));
        let mut browser = Self {
            child,
            input,
            output,
            session: None,
            last_call: 0,
            events: Vec::new(),
            complaints: Vec::new(),
            downloads: tempfile::tempdir().expect("folder"),
            _profile: profile,
        };
        browser.settle_in();
        browser
    }

    fn settle_in(&mut self) {
        let downloads = self.downloads.path().display().to_string();
        self.call(
            "Browser.setDownloadBehavior",
            json!({"behavior": "allow", "downloadPath": downloads, "eventsEnabled": true}),
        );
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = self.call("Target.attachToTarget", attach);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "DOM", "Log", "Runtime", "Accessibility"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
        let focused = json!({"enabled": true});
        self.call("Emulation.setFocusEmulationEnabled", focused);
        let off = json!({"value": true});
        self.call("Emulation.setScriptExecutionDisabled", off);
    }

    /// Goes to `url`, as by the address bar.
    pub fn open(&mut self, url: &str) {
        self.events.clear();
        let answer = self.call("Page.navigate", json!({"url": url}));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        self.wait_for("Page.loadEventFired");
    }

    /// Presses a button or follows a link, and waits for the page it leads to.
    pub fn press(&mut self, name: &str) {
        self.events.clear();
        self.focus(&["button", "link"], name);
        self.enter();
        self.wait_for("Page.loadEventFired");
    }

    /// Ticks a box, or takes the tick away.
    pub fn tick(&mut self, name: &str) {
        self.focus(&["checkbox"], name);
        self.type_key(" ", "Space", 32);
    }

    /// Follows a link to a file; its content.
    pub fn download(&mut self, name: &str) -> String {
        self.events.clear();
        self.focus(&["link"], name);
        self.enter();
        let begun = self.wait_for("Browser.downloadWillBegin");
        let file = begun["suggestedFilename"].as_str().expect("a name");
        let path = self
            .downloads
            .path()
            .join(Path::new(file).file_name().expect("a name"));
        while self.wait_for("Browser.downloadProgress")["state"] != "completed" {}
        std::fs::read_to_string(path).expect("the file")
    }

    /// Types into a field.
    pub fn fill(&mut self, name: &str, text: &str) {
        self.focus(&["textbox"], name);
        self.call("Input.insertText", json!({"text": text}));
        let shown = self.find(&["textbox"], name).value;
        assert_eq!(shown, text, "{name}");
    }

    /// Chooses from a list, by the keyboard.
    pub fn choose(&mut self, name: &str, option: &str) {
        const OPTIONS_MAX: usize = 80;
        self.focus(&["combobox"], name);
        self.key("Home", 36);
        for _ in 0..OPTIONS_MAX {
            if self.find(&["combobox"], name).value == option {
                return;
            }
            self.key("ArrowDown", 40);
        }
        panic!("`{name}` has no choice `{option}`");
    }

    /// Types a day into a field of dates, month first; `None` empties it.
    pub fn fill_day(&mut self, name: &str, day: Option<chrono::NaiveDate>) {
        self.focus(&["Date"], name);
        match day {
            Some(day) => {
                for digit in day.format("%m%d%Y").to_string().chars() {
                    let code = u32::from(digit);
                    self.type_key(&digit.to_string(), &format!("Digit{digit}"), code);
                }
            }
            None => {
                for _ in 0..3 {
                    self.key("Backspace", 8);
                    self.key("ArrowRight", 39);
                }
            }
        }
    }

    /// Every text the page says, in its order.
    pub fn text(&mut self) -> String {
        let texts = self.nodes().into_iter();
        let texts = texts.filter(|node| node.role == "StaticText");
        texts.map(|node| node.name).collect::<Vec<_>>().join(" ")
    }

    /// What a field or list holds.
    pub fn value(&mut self, name: &str) -> String {
        self.find(&["textbox", "combobox", "Date"], name).value
    }

    /// The page's markup.
    pub fn html(&mut self) -> String {
        let document = self.call("DOM.getDocument", json!({"depth": 0}));
        let whole = json!({"nodeId": document["root"]["nodeId"]});
        let html = self.call("DOM.getOuterHTML", whole);
        html["outerHTML"].as_str().expect("markup").to_owned()
    }

    /// Controls of forms nobody could name: what a screen reader would call
    /// "edit, blank".
    pub fn unnamed_controls(&mut self) -> Vec<String> {
        let nodes = self.nodes().into_iter();
        nodes
            .filter(|node| CONTROLS.contains(&node.role.as_str()))
            .filter(|node| node.name.trim().is_empty())
            .map(|node| node.role)
            .collect()
    }

    /// What went wrong in the console since the beginning.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// How many cookies the house has set.
    pub fn cookies(&mut self) -> usize {
        let cookies = self.call("Storage.getCookies", json!({}));
        cookies["cookies"].as_array().map_or(0, Vec::len)
    }

    fn focus(&mut self, roles: &[&str], name: &str) {
        let id = self.find(roles, name).id;
        self.call("DOM.focus", json!({"backendNodeId": id}));
    }

    fn enter(&mut self) {
        self.type_key("\r", "Enter", 13);
    }

    /// A key that types a character.
    fn type_key(&mut self, text: &str, name: &str, code: u32) {
        let key = if name == "Enter" { name } else { text };
        let mut press = json!({
            "type": "keyDown", "key": key, "code": name, "text": text,
            "windowsVirtualKeyCode": code,
        });
        self.call("Input.dispatchKeyEvent", press.clone());
        press["type"] = "keyUp".into();
        press["text"] = "".into();
        self.call("Input.dispatchKeyEvent", press);
    }

    fn key(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            self.call(
                "Input.dispatchKeyEvent",
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}),
            );
        }
    }

    fn find(&mut self, roles: &[&str], name: &str) -> Node {
        let mut nodes = self.nodes();
        let wanted = |node: &Node| roles.contains(&node.role.as_str()) && node.name == name;
        let Some(at) = nodes.iter().position(wanted) else {
            let seen: Vec<String> = nodes
                .iter()
                .filter(|node| !node.name.is_empty())
                .map(|node| format!("{} `{}`", node.role, node.name))
                .collect();
            panic!("no {roles:?} is named `{name}` among:\n{}", seen.join("\n"));
        };
        nodes.swap_remove(at)
    }

    fn nodes(&mut self) -> Vec<Node> {
        let tree = self.call("Accessibility.getFullAXTree", json!({}));
        let text = |node: &Value, key: &str| -> String {
            node[key]["value"].as_str().unwrap_or_default().to_owned()
        };
        tree["nodes"]
            .as_array()
            .expect("nodes")
            .iter()
            .filter(|node| node["ignored"] != true)
            .map(|node| Node {
                role: text(node, "role"),
                name: text(node, "name"),
                value: text(node, "value"),
                id: node["backendDOMNodeId"].clone(),
            })
            .collect()
    }

    /// Calls a method and waits for its answer.
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_call += 1;
        let id = self.last_call;
        let mut message = json!({"id": id, "method": method});
        message["params"] = parameters;
        if let Some(session) = &self.session
            && !method.starts_with("Browser.")
            && !method.starts_with("Storage.")
        {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).expect("chromium listens");
        loop {
            let mut message = self.next(method);
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
            self.keep(message);
        }
    }

    /// Waits until something happens, or has happened since `events` was cleared.
    fn wait_for(&mut self, event: &str) -> Value {
        loop {
            let known = self.events.iter().position(|one| one["method"] == event);
            if let Some(at) = known {
                return self.events.remove(at)["params"].take();
            }
            let message = self.next(event);
            self.keep(message);
        }
    }

    fn next(&mut self, what: &str) -> Value {
        self.output
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|why| panic!("chromium did not answer {what}: {why}"))
    }

    fn keep(&mut self, message: Value) {
        let parameters = &message["params"];
        match message["method"].as_str() {
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                self.complaints.push(parameters["entry"].to_string());
            }
            Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled") => {
                self.complaints.push(parameters.to_string());
            }
            Some(_) => self.events.push(message),
            None => {}
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Messages as they come, each ended by NUL.
fn listen(output: ChildStdout) -> Receiver<Value> {
    let (told, received) = channel();
    std::thread::spawn(move || {
        for message in BufReader::new(output).split(0).map_while(Result::ok) {
            let message = serde_json::from_slice(&message).expect("JSON");
            if told.send(message).is_err() {
                break;
            }
        }
    });
    received
}
