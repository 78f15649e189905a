//! A reader's own way through the pages, in a real browser without scripts:
//! from the form on the front page to having everything erased. And a link
//! scanner's: it opens every link of every letter and page, and changes nothing.

use std::collections::BTreeSet;

use crate::browser::Browser;
use crate::site::{Running, header, wait_for};

const AIGUL: &str = "aigul@reader.example";
const MOVED: &str = "aigul@new.example";

/// A letter's texts, decoded.
struct Letter {
    to: String,
    subject: String,
    headers: String,
    text: String,
    html: String,
}

impl Letter {
    fn read(raw: &str) -> Self {
        let letter = mail_parser::MessageParser::default()
            .parse(raw)
            .expect("a mail");
        let to = letter
            .to()
            .and_then(|to| to.first())
            .and_then(|to| to.address());
        let (head, _) = raw.split_once("\r\n\r\n").expect("a head");
        Self {
            to: to.unwrap_or_default().to_owned(),
            subject: letter.subject().unwrap_or_default().to_owned(),
            headers: head.replace("\r\n ", " ").replace("\r\n\t", " "),
            text: letter.body_text(0).expect("text").into_owned(),
            html: letter.body_html(0).expect("HTML").into_owned(),
        }
    }

    /// The first link to `page`, as a reader of plain text clicks it.
    fn link(&self, page: &str) -> String {
        let found = links(&self.text)
            .into_iter()
            .find(|link| link.contains(page));
        found.unwrap_or_else(|| panic!("no link to {page} in {}", self.text))
    }
}

/// Waits for the letter to `address` that holds a link to `page`.
fn letter(running: &Running, address: &str, page: &str) -> Letter {
    let mut found = None;
    wait_for(&format!("a letter to {address}"), || {
        let letters = running.letters();
        let mut letters = letters.iter().map(|raw| Letter::read(raw));
        found = letters.find(|letter| letter.to == address && letter.text.contains(page));
        found.is_some()
    });
    found.expect("waited for")
}

/// Every web address in a text or markup.
fn links(text: &str) -> BTreeSet<String> {
    let text = text.replace("&amp;", "&").replace("&#x2f;", "/");
    let mut links = BTreeSet::new();
    for (at, _) in text.match_indices("http") {
        let ends = |c: char| c.is_whitespace() || "\"'<>()".contains(c);
        let link = text[at..].split(ends).next().unwrap_or_default();
        if link.starts_with("http://") || link.starts_with("https://") {
            links.insert(link.to_owned());
        }
    }
    for rest in text.split("href=\"/").skip(1) {
        let path = rest.split('"').next().unwrap_or_default();
        links.insert(format!("/{path}"));
    }
    links
}

/// What every page of the house keeps to.
fn check_page(browser: &mut Browser, what: &str) {
    let html = browser.html();
    assert!(html.contains("<html lang=\"en\""), "{what}: {html}");
    assert!(!html.contains("<script"), "{what}: {html}");
    let unnamed = browser.unnamed_controls();
    assert!(unnamed.is_empty(), "{what}: {unnamed:?} without a name");
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{what}: {complaints:?}");
}

fn says(browser: &mut Browser, words: &str) {
    let text = browser.text();
    assert!(text.contains(words), "`{words}` is not in: {text}");
    check_page(browser, words);
}

fn listed(running: &Running) -> String {
    running.world.must(&["subscribers", "list"])
}

/// Something new to write about, and the window closed.
fn next_digest(running: &Running, name: &str) {
    let text = format!(
        "Ертең Алматыда {name} форумы өтеді\n\nЕртең Алматы қаласында {name} форумы өтеді. Форумға барлық облыстан журналистер қатысады.\n"
    );
    running
        .world
        .write(&format!("feeds/desk/{name}.txt"), &text);
    running.world.must(&["gather", "desk"]);
    running.world.must(&["digest", "close"]);
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a reader's way is read from top to bottom"
)]
fn a_reader_finds_the_own_way_without_scripts() {
    let running = Running::start();
    let mut browser = Browser::start();
    let today = jarshy::clock::Clock::System.now().date_naive();

    // Subscribing: the form on the front page.
    browser.open(&format!("{}/?lang=en", running.base()));
    says(&mut browser, "Get the digest");
    browser.fill("E-mail address", AIGUL);
    browser.choose("Language of the letter", "English");
    browser.press("Subscribe");
    says(&mut browser, "Check your mail");
    assert_eq!(listed(&running).trim(), format!("{AIGUL} pending en"));

    // Confirming: the letter's link shows a button, and the button does it.
    let confirmation = letter(&running, AIGUL, "/confirm?");
    assert_eq!(
        confirmation.subject,
        "Please confirm your subscription to the digest"
    );
    browser.open(&confirmation.link("/confirm?"));
    says(&mut browser, "Confirm the subscription?");
    browser.press("Yes, confirm");
    says(&mut browser, "You are subscribed");
    assert_eq!(listed(&running).trim(), format!("{AIGUL} confirmed en"));

    // The own page, by the link in a letter: wishes.
    running.world.must(&["digest", "close"]);
    let preferences = letter(&running, AIGUL, "/preferences?").link("/preferences?");
    browser.open(&preferences);
    says(&mut browser, AIGUL);
    browser.choose("How often", "Once a week, on Friday");
    browser.choose("At which hour", "18:00");
    browser.choose("Order of the stories", "By region");
    browser.tick("Announcements");
    browser.tick("Astana");
    browser.press("Save");
    for saved in [
        "Saved:",
        "How often",
        "Hour",
        "Order of the stories",
        "Regions",
    ] {
        says(&mut browser, saved);
    }
    assert_eq!(browser.value("How often"), "Once a week, on Friday");

    // A pause until a day, and going on before it.
    let pause = "Pause letters until (empty: no pause)";
    let until = today + chrono::TimeDelta::days(20);
    browser.fill_day(pause, Some(until));
    browser.press("Save");
    says(
        &mut browser,
        "Saved: Letters are paused. They come again on",
    );
    assert_eq!(browser.value(pause), until.to_string());
    browser.fill_day(pause, None);
    browser.press("Save");
    says(&mut browser, "Saved: Letters come again");
    assert_eq!(browser.value(pause), "");
    browser.choose("How often", "Every day");
    browser.choose("At which hour", "When the house sends");
    browser.tick("Announcements");
    browser.tick("Astana");
    browser.press("Save");

    // Another address: confirmed there, and links of earlier letters lead to
    // it.
    browser.fill("New address", MOVED);
    browser.press("Send the confirmation letter");
    says(
        &mut browser,
        "Your request is taken, but the address is not changed yet.",
    );
    let confirmation = letter(&running, MOVED, "/confirm?");
    assert!(listed(&running).contains(&format!("{AIGUL} confirmed en")));
    browser.open(&confirmation.link("/confirm?"));
    says(&mut browser, "Change the address?");
    browser.press("Yes, change it");
    says(&mut browser, "Your address is changed");
    assert_eq!(listed(&running).trim(), format!("{MOVED} confirmed en"));
    browser.open(&preferences);
    says(&mut browser, MOVED);

    // The next letter comes to the new one; all data as a file.
    next_digest(&running, "аймақтық");
    let second = letter(&running, MOVED, "/preferences?");
    browser.open(&second.link("/preferences?"));
    let data = browser.download("Download the file (JSON)");
    let data: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(data["address"], MOVED);
    assert_eq!(data["letters"].as_array().map(Vec::len), Some(1), "{data}");

    // Erased: nothing is left, and the old link says so.
    browser.tick("Yes, erase everything");
    browser.press("Erase my data");
    says(&mut browser, "Your data is erased");
    assert_eq!(listed(&running), "");
    browser.open(&second.link("/unsubscribe?"));
    browser.press("Unsubscribe");
    says(&mut browser, "There is no such subscription");
    assert_eq!(browser.cookies(), 0);
}

#[test]
fn leaving_takes_one_press_and_is_counted_with_the_letter() {
    let running = Running::start();
    let people = "address,status,language\nbolat@reader.example,confirmed,en\ndana@reader.example,confirmed,en\nserik@reader.example,confirmed,en\n";
    running.world.write("people.csv", people);
    running
        .world
        .must(&["subscribers", "import", "people.csv", "--confirmed"]);
    running.world.must(&["digest", "close"]);

    // The page with one button.
    let mut browser = Browser::start();
    let bolat = letter(&running, "bolat@reader.example", "/unsubscribe?");
    browser.open(&bolat.link("/unsubscribe?"));
    says(&mut browser, "Unsubscribe from the digest?");
    assert!(listed(&running).contains("bolat@reader.example confirmed"));
    browser.press("Unsubscribe");
    says(&mut browser, "You are unsubscribed");
    assert!(listed(&running).contains("bolat@reader.example unsubscribed"));

    // The mailbox provider's own button (RFC 8058).
    let dana = letter(&running, "dana@reader.example", "/unsubscribe?");
    let header = dana.headers.lines();
    let header = header
        .filter(|line| line.starts_with("List-Unsubscribe:"))
        .collect::<String>();
    let one_click = links(&header).into_iter().next().expect("a link");
    let path = one_click.strip_prefix(&running.base()).expect("our own");
    let answer = running.post(path, "List-Unsubscribe=One-Click");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(listed(&running).contains("dana@reader.example unsubscribed"));

    let status = ["mail", "status", "--digest", "daily", "--json"];
    let status: serde_json::Value =
        serde_json::from_str(&running.world.must(&status)).expect("JSON");
    assert_eq!(status["counts"]["sent"], 3, "{status}");
    assert_eq!(status["returned"]["unsubscribed"], 2, "{status}");
    let there = &status["domains"]["reader.example"]["returned"]["unsubscribed"];
    assert_eq!(*there, 2, "{status}");
}

#[test]
fn a_scanner_that_opens_every_link_changes_nothing() {
    /// More than the site of this test has.
    const PAGES_MAX: usize = 400;
    let running = Running::start();
    running.world.write(
        "people.csv",
        "address,status,language\nbolat@reader.example,confirmed,kk\n",
    );
    running
        .world
        .must(&["subscribers", "import", "people.csv", "--confirmed"]);
    running.world.must(&["digest", "close"]);
    running.post("/subscribe", "address=aigul%40reader.example&tongue=ru");
    let letters = [
        letter(&running, "bolat@reader.example", "/preferences?"),
        letter(&running, AIGUL, "/confirm?"),
    ];
    let data = letters[0]
        .link("/preferences?")
        .replace("/preferences?", "/preferences/data?");
    let state = || {
        let exported = running.world.must(&["subscribers", "export"]);
        let listed = running.world.must(&["subscribers", "list", "--json"]);
        let kept_off = running.world.must(&["suppressions", "list"]);
        let answer = running.get(data.strip_prefix(&running.base()).expect("our own"));
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        [exported, listed, kept_off, body.to_owned()]
    };
    let before = state();
    assert!(before[3].contains("bolat@reader.example"), "{}", before[3]);

    let mut waiting: Vec<String> = Vec::new();
    for letter in &letters {
        for part in [&letter.headers, &letter.text, &letter.html] {
            waiting.extend(links(part));
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(link) = waiting.pop() {
        let path = link.strip_prefix(&running.base()).unwrap_or(&link);
        let path = path.split('#').next().unwrap_or_default();
        if !path.starts_with('/') || !seen.insert(path.to_owned()) {
            continue;
        }
        assert!(seen.len() < PAGES_MAX, "{seen:?}");
        let head = running.ask("HEAD", path);
        let page = running.get(path);
        assert!(head.starts_with("HTTP/1.1 200"), "HEAD {path}: {head}");
        assert!(page.starts_with("HTTP/1.1 200"), "GET {path}: {page}");
        waiting.extend(links(&page));
    }
    for with_token in [
        "/confirm?token=c.",
        "/unsubscribe?token=u.",
        "/preferences?token=p.",
        "/preferences/data?token=p.",
    ] {
        let met = seen.iter().any(|path| path.starts_with(with_token));
        assert!(met, "{with_token} was not met: {seen:?}");
    }
    assert_eq!(state(), before);
}

#[test]
fn links_are_counted_where_the_operator_wants_it_and_nothing_else_is() {
    const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0\r\n";
    let mut running = Running::start_with(&[
        ("JARSHY__SERVE__URL", "https://house.example"),
        ("JARSHY__MAIL__LINK_COUNTS", "true"),
    ]);
    let people = "address,status,language\nbolat@reader.example,confirmed,kk\ndana@reader.example,confirmed,kk\n";
    running.world.write("people.csv", people);
    let import = ["subscribers", "import", "people.csv", "--confirmed"];
    running.world.must(&import);
    running.world.must(&["digest", "close"]);
    let counted = |address: &str| -> BTreeSet<String> {
        let letter = letter(&running, address, "/go/");
        let both = links(&letter.text).into_iter().chain(links(&letter.html));
        both.filter(|link| link.contains("/go/")).collect()
    };
    let (bolat, dana) = (
        counted("bolat@reader.example"),
        counted("dana@reader.example"),
    );
    assert_eq!(bolat, dana, "the same for every reader");
    assert_eq!(bolat.len(), 1, "{bolat:?}");
    let link = bolat.first().expect("one link");
    let path = link
        .strip_prefix("https://house.example")
        .expect("the house's");
    let answers = [
        running.get_with(path, BROWSER),
        running.get_with(path, &format!("{BROWSER}Sec-Purpose: prefetch\r\n")),
        running.get(path),
        running.ask("HEAD", path),
    ];
    for answer in &answers {
        assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
        let to = header(answer, "location").expect("a place");
        assert!(to.starts_with("https://house.example/article/"), "{answer}");
        assert_eq!(header(answer, "referrer-policy"), Some("no-referrer"));
        assert_eq!(header(answer, "cache-control"), Some("no-store"));
        assert_eq!(header(answer, "set-cookie"), None);
    }
    // What waits to be counted is, when the house closes.
    running.stop();
    let status = ["mail", "status", "--digest", "daily", "--json"];
    let status: serde_json::Value =
        serde_json::from_str(&running.world.must(&status)).expect("JSON");
    let counted = &status["links"][0];
    assert_eq!(counted["opened"], 1, "{status}");
    let told = running.world.must(&["mail", "status", "--digest", "daily"]);
    assert!(
        told.contains("  opened 1 time: https://house.example/article/"),
        "{told}"
    );
}
