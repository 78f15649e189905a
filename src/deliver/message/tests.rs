//! What leaves the house is read back here, header by header and part by part.

use std::sync::Arc;

use super::*;
use crate::model::delivery::DeliveryId;
use crate::model::digest::{DigestId, Letter, LetterId, slot};
use crate::model::language::Tongue;
use crate::model::subscriber::{LetterScript, SubscriberId};

const UNSUBSCRIBE: &str = "https://jarshy.example/unsubscribe?token=u.abc.0.def&x=1";
const PREFERENCES: &str = "https://jarshy.example/preferences?token=p.abc.0.def";

fn address(text: &str) -> EmailAddress {
    text.parse().expect("address")
}

fn sender() -> Sender {
    Sender {
        from: address("digest@jarshy.example"),
        name: "Жаршы".into(),
        domain: "jarshy.example".into(),
        site_url: "https://jarshy.example".into(),
        list_id: "digest.jarshy.example".into(),
        agent: None,
        reply_to: None,
    }
}

fn links() -> PersonalLinks {
    PersonalLinks {
        unsubscribe: UNSUBSCRIBE.into(),
        unsubscribe_by_mail: None,
        preferences: PREFERENCES.into(),
        confirm: None,
        bounces: None,
    }
}

fn delivery(purpose: Purpose, subject: &str, text: &str, html: &str) -> ClaimedDelivery {
    let until = "2026-11-23T02:00:00Z".parse().expect("time");
    let digest = DigestId::derived(&"daily".parse().expect("name"), until);
    let subscriber = SubscriberId::derived(&address("aigul@example.kz"));
    ClaimedDelivery {
        id: DeliveryId::derived(digest.as_str(), &subscriber),
        subscriber,
        address: address("aigul@example.kz"),
        letter: Arc::new(Letter {
            id: LetterId::from_stored("letter1"),
            purpose,
            tongue: Tongue::Kazakh,
            script: LetterScript::default(),
            subject: subject.into(),
            text: text.into(),
            html: html.into(),
        }),
        attempts: 0,
        queued_at: "2026-11-23T02:00:05.750Z".parse().expect("time"),
        doubtful: false,
    }
}

fn digest_letter() -> ClaimedDelivery {
    delivery(
        Purpose::Digest,
        "Бүгінгі форумдар: өңірлік цифрлық форум",
        &format!(
            "Ертең форум өтеді.\n.\n..\nЖазылымды тоқтату: {}\n",
            slot::UNSUBSCRIBE_URL
        ),
        &format!(
            "<p>Форум</p><a href=\"{}\">Тоқтату</a>",
            slot::UNSUBSCRIBE_URL
        ),
    )
}

fn built(delivery: &ClaimedDelivery) -> String {
    let message = build(delivery, &sender(), &links()).expect("a message");
    check_wire_form(&message.bytes);
    String::from_utf8(message.bytes).expect("ASCII")
}

/// RFC 5322 section 2.1.1 and RFC 5321 section 2.3.8.
fn check_wire_form(bytes: &[u8]) {
    assert!(bytes.is_ascii(), "beyond ASCII");
    assert!(bytes.ends_with(b"\r\n"), "no line end at the end");
    let text = std::str::from_utf8(bytes).expect("ASCII");
    for line in text.split("\r\n") {
        assert!(line.len() <= 998, "a line of {} bytes", line.len());
        assert!(
            !line.contains(['\r', '\n', '\0']),
            "a bare CR or LF: {line:?}"
        );
    }
}

/// The unfolded headers of a message or part.
fn headers(message: &str) -> Vec<(String, String)> {
    let (head, _) = message.split_once("\r\n\r\n").expect("a body");
    head.replace("\r\n ", " ")
        .replace("\r\n\t", " ")
        .split("\r\n")
        .map(|line| {
            let (name, value) = line.split_once(':').expect("a header");
            (name.to_owned(), value.trim().to_owned())
        })
        .collect()
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = headers.iter().filter(|(key, _)| key == name);
    let value = found.next().map(|(_, value)| value.as_str());
    assert!(found.next().is_none(), "{name} twice");
    value
}

/// The decoded bodies, in order.
fn bodies(message: &str) -> Vec<String> {
    let outer = headers(message);
    let kind = header(&outer, "Content-Type").expect("a type");
    assert!(kind.starts_with("multipart/alternative"), "{kind}");
    let (_, boundary) = kind.split_once("boundary=\"").expect("a boundary");
    let delimiter = format!("--{}", boundary.trim_end_matches('"'));
    let (_, body) = message.split_once("\r\n\r\n").expect("a body");
    let parts: Vec<&str> = body.split(&delimiter).collect();
    assert_eq!(parts.last().map(|end| end.trim()), Some("--"));
    parts[1..parts.len() - 1]
        .iter()
        .map(|part| {
            let part = part.trim_start_matches("\r\n");
            let head = headers(part);
            let (_, body) = part.split_once("\r\n\r\n").expect("a part");
            decode(header(&head, "Content-Transfer-Encoding"), body)
        })
        .collect()
}

fn decode(encoding: Option<&str>, body: &str) -> String {
    match encoding {
        Some("7bit") => body.to_owned(),
        Some("quoted-printable") => {
            let joined = body.replace("=\r\n", "");
            let mut bytes = Vec::new();
            let mut rest = joined.bytes();
            while let Some(byte) = rest.next() {
                if byte == b'=' {
                    let digits = [rest.next().expect("digit"), rest.next().expect("digit")];
                    let hex = std::str::from_utf8(&digits).expect("hex");
                    bytes.push(u8::from_str_radix(hex, 16).expect("hex"));
                } else {
                    bytes.push(byte);
                }
            }
            String::from_utf8(bytes).expect("UTF-8")
        }
        Some("base64") => {
            const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
            for value in body.chars().filter_map(|c| DIGITS.find(c)) {
                bits = bits << 6 | u32::try_from(value).expect("six bits");
                count += 6;
                if count >= 8 {
                    count -= 8;
                    bytes.push(u8::try_from(bits >> count & 255).expect("a byte"));
                }
            }
            String::from_utf8(bytes).expect("UTF-8")
        }
        other => panic!("encoding {other:?}"),
    }
}

#[test]
fn a_digest_bears_the_headers_of_list_mail() {
    let delivery = digest_letter();
    let message = built(&delivery);
    let headers = headers(&message);
    let id = format!("<{}@jarshy.example>", delivery.id);
    let expected = [
        ("To", "aigul@example.kz"),
        ("Date", "Mon, 23 Nov 2026 02:00:05 +0000"),
        ("Message-ID", id.as_str()),
        ("MIME-Version", "1.0"),
        ("List-Unsubscribe", &format!("<{UNSUBSCRIBE}>")),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", "<digest.jarshy.example>"),
        ("List-Archive", "<https://jarshy.example/>"),
        ("List-Help", &format!("<{PREFERENCES}>")),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("Content-Language", "kk"),
        ("Feedback-ID", "letter1:kk:digest:jarshy"),
    ];
    for (name, value) in expected {
        assert_eq!(header(&headers, name), Some(value), "{name}");
    }
    let from = header(&headers, "From").expect("From");
    assert!(
        from.starts_with("=?utf-8?") && from.ends_with("<digest@jarshy.example>"),
        "{from}"
    );
    assert!(
        header(&headers, "Subject")
            .expect("Subject")
            .starts_with("=?utf-8?")
    );
}

#[test]
fn who_else_sends_and_where_answers_and_bounces_go() {
    let plain = build(&digest_letter(), &sender(), &links()).expect("a message");
    assert_eq!(plain.from, sender().from, "bounces go to the sender");
    let plain = String::from_utf8(plain.bytes).expect("ASCII");
    for absent in ["Sender", "Reply-To"] {
        assert_eq!(header(&headers(&plain), absent), None);
    }
    let sender = Sender {
        agent: Some(address("robot@jarshy.example")),
        reply_to: Some(address("desk@jarshy.example")),
        ..sender()
    };
    let links = PersonalLinks {
        unsubscribe_by_mail: Some(address("leave+{a}%&abc@jarshy.example")),
        bounces: Some(address("bounces+abc@lists.jarshy.example")),
        ..links()
    };
    let message = build(&digest_letter(), &sender, &links).expect("a message");
    check_wire_form(&message.bytes);
    assert_eq!(message.from, address("bounces+abc@lists.jarshy.example"));
    let message = String::from_utf8(message.bytes).expect("ASCII");
    let headers = headers(&message);
    let unsubscribe = format!(
        "<{UNSUBSCRIBE}>, <mailto:leave+%7Ba%7D%25%26abc@jarshy.example?subject=unsubscribe>"
    );
    let expected = [
        ("Sender", "robot@jarshy.example"),
        ("Reply-To", "desk@jarshy.example"),
        ("List-Unsubscribe", unsubscribe.as_str()),
    ];
    for (name, value) in expected {
        assert_eq!(header(&headers, name), Some(value), "{name}");
    }
    let same = Sender {
        agent: Some(sender.from.clone()),
        ..sender
    };
    let message = build(&digest_letter(), &same, &links).expect("a message");
    assert!(!String::from_utf8_lossy(&message.bytes).contains("\r\nSender:"));
}

#[test]
fn a_confirmation_is_no_list_mail() {
    let slot = slot::CONFIRM_URL;
    let delivery = delivery(Purpose::Confirmation, "Confirm", slot, slot);
    let confirm = Some("https://jarshy.example/confirm?token=c&d".to_owned());
    let links = PersonalLinks { confirm, ..links() };
    let message = build(&delivery, &sender(), &links).expect("a message");
    let message = String::from_utf8(message.bytes).expect("ASCII");
    let headers = headers(&message);
    for name in [
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "List-Id",
        "Precedence",
    ] {
        assert_eq!(header(&headers, name), None);
    }
    let bodies = bodies(&message);
    assert_eq!(bodies[0].trim(), "https://jarshy.example/confirm?token=c&d");
    assert_eq!(
        bodies[1].trim(),
        "https://jarshy.example/confirm?token=c&amp;d"
    );
}

#[test]
fn links_are_in_place_and_texts_survive() {
    let bodies = bodies(&built(&digest_letter()));
    let [text, html] = bodies.as_slice() else {
        panic!("{bodies:?}");
    };
    assert_eq!(
        text.trim_end(),
        format!("Ертең форум өтеді.\r\n.\r\n..\r\nЖазылымды тоқтату: {UNSUBSCRIBE}")
    );
    let escaped = UNSUBSCRIBE.replace('&', "&amp;");
    assert_eq!(
        html.trim_end(),
        format!("<p>Форум</p><a href=\"{escaped}\">Тоқтату</a>")
    );
}

#[test]
fn slots_escaped_by_the_template_engine_are_filled() {
    let slot = slot::UNSUBSCRIBE_URL.replace('/', "&#x2f;");
    let bodies = bodies(&built(&delivery(Purpose::Digest, "s", "t", &slot)));
    assert_eq!(bodies[1].trim(), UNSUBSCRIBE.replace('&', "&amp;"));
}

#[test]
fn the_page_of_preferences_is_linked_where_the_letter_wants_it() {
    let slot = slot::PREFERENCES_URL;
    let bodies = bodies(&built(&delivery(Purpose::Digest, "s", slot, slot)));
    assert_eq!([bodies[0].trim(), bodies[1].trim()], [PREFERENCES; 2]);
}

#[test]
fn equal_deliveries_have_equal_bytes_and_different_ones_differ() {
    let one = digest_letter();
    let mut again = digest_letter();
    again.attempts = 3;
    again.doubtful = true;
    assert_eq!(built(&one), built(&again));
    let mut other = digest_letter();
    other.id = DeliveryId::from_stored("other");
    assert_ne!(built(&one), built(&other));
}

#[test]
fn nothing_breaks_out_of_a_header() {
    let names = [
        "x\r\nBcc: all@example.kz",
        "x\n\nbody",
        "x\u{2028}Bcc: a@example.kz\0\u{b}",
        "\"<evil@example.kz>, \"",
        "Ж\r\n Bcc: all@example.kz",
        &"ұ".repeat(5000),
        &"a".repeat(5000),
        "",
    ];
    let plain: Vec<String> = headers(&built(&digest_letter()))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for text in names {
        let sender = Sender {
            name: text.to_owned(),
            ..sender()
        };
        let delivery = delivery(Purpose::Digest, text, "text", "<p>html</p>");
        let message = build(&delivery, &sender, &links()).expect("a message");
        check_wire_form(&message.bytes);
        let message = String::from_utf8(message.bytes).expect("ASCII");
        let found: Vec<String> = headers(&message)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(found, plain, "{text:?}");
        let all = headers(&message);
        let from = header(&all, "From").expect("From");
        assert!(
            from.ends_with("digest@jarshy.example>") || from == "digest@jarshy.example",
            "{from}"
        );
    }
}

#[test]
fn a_publisher_cannot_write_an_encoded_word() {
    let message = built(&delivery(Purpose::Digest, "=?utf-8?q?=0ABcc?=", "t", "h"));
    let headers = headers(&message);
    let subject = header(&headers, "Subject").expect("Subject");
    assert!(!subject.contains("=?utf-8?q?=0ABcc?="), "{subject}");
}

#[test]
fn awkward_bodies_keep_to_the_wire_form() {
    let bodies_in = [
        String::new(),
        "a".repeat(20_000),
        "ң".repeat(20_000),
        "\r\r\n\n\r".into(),
        "nul\0 bell\u{7} end".into(),
        ".\r\n.\r\n".repeat(400),
        "From me\n--=_x\n".into(),
        " trailing \t\n".repeat(10),
    ];
    for body in bodies_in {
        let parts = bodies(&built(&delivery(Purpose::Digest, "s", &body, &body)));
        let expected: String = body
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace(['\0', '\u{7}'], "");
        let found = parts[0].replace("\r\n", "\n");
        assert_eq!(found.trim_end(), expected.trim_end());
    }
}

#[test]
fn a_link_may_stand_anywhere_in_any_text() {
    let slot = slot::UNSUBSCRIBE_URL;
    for filler in ["ң", "a", "=", " ", "a ", "ң\n", ".\n", "Ж a= \t\n"] {
        for count in (0..130).chain([1000]) {
            let before = filler.repeat(count);
            let body = format!("{before}{slot}{before}|{slot}\n");
            let parts = bodies(&built(&delivery(Purpose::Digest, "s", &body, &body)));
            let expected = body.replace('\n', "\r\n").replace(slot, UNSUBSCRIBE);
            assert_eq!(
                parts[0].trim_end(),
                expected.trim_end(),
                "{filler:?} × {count}"
            );
            let expected = expected.replace('&', "&amp;");
            assert_eq!(
                parts[1].trim_end(),
                expected.trim_end(),
                "{filler:?} × {count}"
            );
        }
    }
}

#[test]
fn encoded_lines_keep_to_their_length() {
    for body in [
        "= ".repeat(500),
        "ң".repeat(500),
        "a".repeat(500),
        "a \n".repeat(9),
    ] {
        let message = built(&delivery(Purpose::Digest, "s", &body, &body));
        let (_, encoded) = message.split_once("\r\n\r\n").expect("a body");
        for line in encoded.split("\r\n") {
            assert!(line.len() <= 76, "{line}");
            assert!(!line.ends_with([' ', '\t']), "{line:?}");
        }
    }
}

type Spoil = Box<dyn Fn(&mut Sender, &mut PersonalLinks)>;

#[test]
fn what_cannot_be_sent_is_named() {
    let cases: [(&str, Spoil); 7] = [
        (
            "Message-ID domain",
            Box::new(|s, _| s.domain = "a>\r\nBcc: b".into()),
        ),
        ("List-Id", Box::new(|s, _| s.list_id = String::new())),
        ("site", Box::new(|s, _| s.site_url = "jarshy".into())),
        (
            "unsubscribe",
            Box::new(|_, l| l.unsubscribe = "javascript:alert(1)".into()),
        ),
        (
            "unsubscribe",
            Box::new(|_, l| l.unsubscribe = format!("https://a/{}", "x".repeat(900))),
        ),
        ("preferences", Box::new(|_, l| l.preferences.clear())),
        ("confirm", Box::new(|_, l| l.confirm = Some("x".into()))),
    ];
    for (word, spoil) in cases {
        let (mut sender, mut links) = (sender(), links());
        spoil(&mut sender, &mut links);
        let why = build(&digest_letter(), &sender, &links)
            .expect_err(word)
            .to_string();
        assert!(why.contains(word) && !why.contains('\n'), "{word}: {why}");
    }
    let unfilled = delivery(Purpose::Digest, "s", slot::CONFIRM_URL, "h");
    let why = build(&unfilled, &sender(), &links()).expect_err("no link");
    assert!(matches!(why, MessageError::NoConfirmLink), "{why}");
}

#[test]
fn times_beyond_the_header_do_not_panic() {
    for time in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let mut delivery = digest_letter();
        delivery.queued_at = time;
        built(&delivery);
    }
}

#[test]
fn debug_tells_neither_address_nor_token() {
    let message = build(&digest_letter(), &sender(), &links()).expect("a message");
    let shown = format!("{message:?} {:?}", links());
    assert!(
        !shown.contains("aigul") && !shown.contains("token"),
        "{shown}"
    );
}

#[test]
fn the_sender_is_spelled_as_the_letter_is() {
    for (script, expected) in [
        (LetterScript::Cyrillic, "Жаршы"),
        (LetterScript::Latin, "Jarşy"),
    ] {
        let letter = Letter {
            tongue: Tongue::Kazakh,
            script,
            ..delivery(Purpose::Digest, "a", "b", "c")
                .letter
                .as_ref()
                .clone()
        };
        let mail = originators(&sender(), &letter)
            .expect("a sender")
            .to("a@b.kz".parse().expect("address"))
            .body(String::new())
            .expect("a message");
        let from = mail.headers().get::<lettre::message::header::From>();
        let all = lettre::message::Mailboxes::from(from.expect("a sender"));
        let names: Vec<Option<String>> = all.iter().map(|one| one.name.clone()).collect();
        assert_eq!(names, [Some(expected.to_owned())]);
    }
}
