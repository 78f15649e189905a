//! Webhooks: what each event comes to, and over real HTTP what is refused.

use std::path::Path as FilePath;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::http::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::*;
use crate::clock::Clock;
use crate::model::bounce::{HookSecrets, SoftPolicy};
use crate::model::id::hex;
use crate::model::subscriber::SubscriberStatus;
use crate::model::token::{SECRET_BYTES, Secret};
use crate::serve::{Catalogue, ServeOptions, SubscribeOptions};
use crate::store::{Import, Store, Suppressed};
use crate::template::Templates;

const NOW: &str = "2026-11-23T06:00:00Z";
const KEY: &str = "key-of-the-test";
const LOGIN: &str = "hook:пароль";

pub(super) fn now() -> DateTime<Utc> {
    NOW.parse().expect("time")
}

/// The events of a fixture, each with what it comes to.
pub(super) fn events(provider: &str) -> Vec<(Value, String)> {
    let file = format!("tests/fixtures/bounce/hooks/{provider}.json");
    let text = std::fs::read(FilePath::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("it");
    let cases: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
    let cases = cases.into_iter();
    cases
        .map(|case| {
            let expected = super::text(&case, "/expected").expect("expected");
            (case["event"].clone(), expected)
        })
        .collect()
}

pub(super) fn shown(read: &Result<Vec<Event>, Refused>) -> String {
    match read.as_deref() {
        Err(_) => "refused".to_owned(),
        Ok([]) => "ignored".to_owned(),
        Ok([event]) => match &event.kind {
            ReportKind::Bounce { severity, code, .. } => {
                let words = ["bounce", severity.word(), code.as_deref().unwrap_or("")];
                words.join(" ").trim_end().to_owned()
            }
            other => other.word().to_owned(),
        },
        Ok(many) => format!("{} events", many.len()),
    }
}

/// Signed as Mailgun does, so many seconds from now.
fn mailgun_post(event: &Value, key: &str, seconds: i64) -> Vec<u8> {
    let timestamp = (now().timestamp() + seconds).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length");
    mac.update(timestamp.as_bytes());
    mac.update(b"token");
    let signature = hex(&mac.finalize().into_bytes());
    json!({
        "signature": {"timestamp": timestamp, "token": "token", "signature": signature},
        "event-data": event,
    })
    .to_string()
    .into_bytes()
}

fn headers(fields: &[(&'static str, String)]) -> HeaderMap {
    let fields = fields.iter();
    fields
        .map(|(name, value)| {
            let value = HeaderValue::from_str(value).expect("a value");
            (HeaderName::from_static(name), value)
        })
        .collect()
}

fn basic(login: &str) -> [(&'static str, String); 1] {
    [("authorization", format!("Basic {}", STANDARD.encode(login)))]
}

struct SendGrid(EcdsaKeyPair);

impl SendGrid {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"))
    }

    /// As SendGrid's settings page shows it.
    fn key(&self) -> String {
        let key = self.0.public_key().as_der().expect("a public key");
        STANDARD.encode(key.as_ref())
    }

    fn sign(&self, body: &[u8], seconds: i64) -> [(&'static str, String); 2] {
        let timestamp = (now().timestamp() + seconds).to_string();
        let signed = [timestamp.as_bytes(), body].concat();
        let signature = self.0.sign(&SystemRandom::new(), &signed).expect("signed");
        [
            (
                "x-twilio-email-event-webhook-signature",
                STANDARD.encode(signature.as_ref()),
            ),
            ("x-twilio-email-event-webhook-timestamp", timestamp),
        ]
    }
}

#[test]
fn every_event_of_the_fixtures_is_what_it_is() {
    let sender = SendGrid::new();
    for (event, expected) in events("mailgun") {
        let found = mailgun::read(KEY, &mailgun_post(&event, KEY, 0), now());
        assert_eq!(shown(&found), expected, "{event}");
    }
    for (event, expected) in events("postmark") {
        let body = event.to_string();
        let found = postmark::read(LOGIN, &headers(&basic(LOGIN)), body.as_bytes());
        assert_eq!(shown(&found), expected, "{event}");
    }
    for (event, expected) in events("sendgrid") {
        let body = json!([event]).to_string().into_bytes();
        let fields = headers(&sender.sign(&body, 0));
        let found = sendgrid::read(&sender.key(), &fields, &body, now());
        assert_eq!(shown(&found), expected, "{event}");
    }
}

#[test]
fn an_event_hints_at_its_letter() {
    let (event, _) = events("sendgrid").swap_remove(0);
    let report = super::sendgrid::read(
        "",
        &HeaderMap::new(),
        json!([event]).to_string().as_bytes(),
        now(),
    );
    assert_eq!(report, Err(Refused::Signature));
    let (event, _) = events("mailgun").swap_remove(0);
    let read = mailgun::read(KEY, &mailgun_post(&event, KEY, 0), now()).expect("signed");
    let report = read[0].report("mailgun").expect("an address");
    let hint = report.hint.expect("a Message-ID");
    assert_eq!(hint.as_str(), "01234567");
    assert!(matches!(report.proof, Proof::Address(_)));
}

/// A site that takes webhooks, with ten subscribers.
pub(super) struct Site {
    base: String,
    store: Store,
    house: Arc<House>,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn open(hooks: HookSecrets) -> Self {
        Self::open_with(hooks, None).await
    }

    pub(super) async fn open_with(hooks: HookSecrets, outlet: Option<Arc<dyn Outlet>>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = Store::open(&url).await.expect("a store");
        let people = (0..10)
            .map(|n| Import::new(address(n), SubscriberStatus::Confirmed, None))
            .collect();
        store.import(people, now(), false).await.expect("imported");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("address"));
        let house = House::new(
            store.clone(),
            Secret::new([3; SECRET_BYTES]),
            Clock::fixed(now()),
            ServeOptions {
                url: base.parse().expect("url"),
                name: "Жаршы".to_owned(),
                zone: chrono_tz::Asia::Almaty,
                outbox: None,
                subscribe: SubscribeOptions::default(),
                hooks,
                soft_policy: SoftPolicy::default(),
                pushed: Arc::default(),
                link_counts: false,
            },
            Arc::new(Notify::new()),
            Arc::new(Templates::load(None).unwrap_or_else(|found| panic!("{found:?}"))),
            Catalogue::default(),
        );
        let house = match outlet {
            Some(outlet) => house.with_outlet(outlet),
            None => house,
        };
        let house = Arc::new(house);
        let serving = crate::serve::run(listener, Arc::clone(&house), std::future::pending());
        tokio::spawn(serving);
        Self {
            base,
            store,
            house,
            client: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            _folder: folder,
        }
    }

    pub(super) async fn post(
        &self,
        provider: &str,
        body: Vec<u8>,
        fields: &[(&'static str, String)],
    ) -> u16 {
        let mut request = self
            .client
            .post(format!("{}/hooks/{provider}", self.base))
            .body(body);
        for (name, value) in fields {
            request = request.header(*name, value);
        }
        request.send().await.expect("an answer").status().as_u16()
    }

    pub(super) async fn suppressed(&self) -> Vec<Suppressed> {
        let listed = self.store.suppressions(None, 99).await.expect("listed");
        listed.into_iter().map(|one| one.who).collect()
    }
}

pub(super) fn address(n: usize) -> EmailAddress {
    format!("p{n}@example.kz").parse().expect("address")
}

#[tokio::test]
async fn what_is_signed_counts_once_and_nothing_else_does() {
    let sender = SendGrid::new();
    let site = Site::open(HookSecrets {
        mailgun: Some(KEY.to_owned()),
        postmark: Some(LOGIN.to_owned()),
        sendgrid: Some(sender.key()),
        ses: None,
    })
    .await;
    let (hard, _) = events("mailgun").swap_remove(0);
    let day = 26 * 3_600;
    for (post, status) in [
        (mailgun_post(&hard, "another key", 0), 403),
        (mailgun_post(&hard, KEY, -day), 403),
        (mailgun_post(&hard, KEY, day), 403),
        (b"{}".to_vec(), 403),
        (b"\xff".to_vec(), 403),
        (mailgun_post(&json!({"event": "complained"}), KEY, 0), 400),
        (vec![b' '; BODY_MAX_BYTES + 1], 413),
    ] {
        assert_eq!(site.post("mailgun", post, &[]).await, status);
    }
    // The first of five is in the log by itself, the others with the next count.
    let later = now() + TimeDelta::minutes(1);
    let due = site.house.refusals.lock().expect("refusals").due(later);
    assert_eq!(due, [(What::Webhook("mailgun"), 4)]);
    assert!(site.suppressed().await.is_empty());
    let post = mailgun_post(&hard, KEY, -3_600);
    assert_eq!(site.post("mailgun", post.clone(), &[]).await, 200);
    let first = Suppressed::Address(address(1));
    assert_eq!(site.suppressed().await, std::slice::from_ref(&first));
    // The same again, by a retry or a replay, does not undo the operator's word.
    assert!(site.store.lift_suppression(&first).await.expect("lifted"));
    assert_eq!(site.post("mailgun", post, &[]).await, 200);
    assert!(site.suppressed().await.is_empty());

    let all: Vec<Value> = events("sendgrid").into_iter().map(|(one, _)| one).collect();
    let body = json!(all).to_string().into_bytes();
    let signed = sender.sign(&body, 0);
    let other = [body.as_slice(), b" "].concat();
    assert_eq!(site.post("sendgrid", other, &signed).await, 403);
    assert_eq!(site.post("sendgrid", body.clone(), &[]).await, 403);
    let old = sender.sign(&body, -day);
    assert_eq!(site.post("sendgrid", body.clone(), &old).await, 403);
    assert!(site.suppressed().await.is_empty());
    assert_eq!(site.post("sendgrid", body, &signed).await, 200);
    // Two hard bounces and two complaints, all of different people.
    assert_eq!(site.suppressed().await.len(), 4);

    let (hard, _) = events("postmark").swap_remove(1);
    let body = hard.to_string().into_bytes();
    for login in ["", "hook", "hook:парол", "hook:пароль2"] {
        let status = site.post("postmark", body.clone(), &basic(login)).await;
        assert_eq!(status, 403, "{login}");
    }
    assert_eq!(site.post("postmark", body, &basic(LOGIN)).await, 200);
    let second = Suppressed::Address(address(2));
    assert!(site.suppressed().await.contains(&second));
}

#[tokio::test]
async fn a_hook_without_a_secret_is_not_there() {
    let site = Site::open(HookSecrets::default()).await;
    let (hard, _) = events("mailgun").swap_remove(0);
    let post = mailgun_post(&hard, "", 0);
    for provider in ["mailgun", "postmark", "sendgrid", "ses", "..%2f"] {
        assert_eq!(site.post(provider, post.clone(), &[]).await, 404);
    }
    let got = site.client.get(format!("{}/hooks/mailgun", site.base));
    assert_eq!(got.send().await.expect("an answer").status().as_u16(), 405);
}
