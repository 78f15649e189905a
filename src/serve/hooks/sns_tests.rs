//! Amazon's envelopes: a certificate made here, the way out played, and the
//! site asked over real HTTP.

use std::collections::HashMap;
use std::sync::Mutex as Shared;

use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rcgen::{CertificateParams, PKCS_RSA_SHA256};

use std::path::Path as FilePath;

use super::sns::signed_text;
use super::tests::{Site, address, events, shown};
use super::*;
use crate::model::bounce::HookSecrets;
use crate::store::Suppressed;
use aws_lc_rs::rand::SystemRandom;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::json;
use url::Url;

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:jarshy";
const CERTIFICATE: &str =
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-one.pem";
const SUBSCRIBE: &str =
    "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";

/// Amazon, as far as it is asked.
#[derive(Default)]
struct Amazon {
    documents: Shared<HashMap<String, Vec<u8>>>,
    asked: Shared<Vec<String>>,
}

impl Amazon {
    fn put(&self, url: &str, document: &[u8]) {
        let mut documents = self.documents.lock().expect("documents");
        documents.insert(url.to_owned(), document.to_vec());
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("log"))
    }
}

impl Outlet for Amazon {
    fn fetch<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<Vec<u8>, String>> {
        self.asked.lock().expect("log").push(url.to_string());
        let found = self.documents.lock().expect("documents");
        let found = found
            .get(url.as_str())
            .cloned()
            .ok_or("not there".to_owned());
        async move { found }.boxed()
    }
}

struct Signer {
    key: RsaKeyPair,
    pem: String,
}

impl Signer {
    /// Signs in these years.
    fn new(from: i32, to: i32) -> Self {
        let key = rcgen::KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key");
        let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
        parameters.not_before = rcgen::date_time_ymd(from, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(to, 1, 1);
        let pem = parameters.self_signed(&key).expect("a certificate").pem();
        let key = RsaKeyPair::from_pkcs8(&key.serialize_der()).expect("a key");
        Self { key, pem }
    }

    fn sign(&self, mut envelope: Value) -> Value {
        let kind = text(&envelope, "/Type").expect("a type");
        let signed = signed_text(&envelope, &kind).expect("fields");
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &random,
                signed.as_bytes(),
                &mut signature,
            )
            .expect("signed");
        envelope["Signature"] = STANDARD.encode(signature).into();
        envelope
    }
}

fn envelope(message: &Value) -> Value {
    json!({
        "Type": "Notification", "MessageId": "m", "TopicArn": TOPIC,
        "Message": message.to_string(), "Timestamp": "2026-11-23T05:59:00.000Z",
        "SignatureVersion": "2", "SigningCertURL": CERTIFICATE,
    })
}

fn subscription() -> Value {
    let mut envelope = envelope(&json!({}));
    envelope["Type"] = "SubscriptionConfirmation".into();
    envelope["Token"] = "t".into();
    envelope["SubscribeURL"] = SUBSCRIBE.into();
    envelope
}

async fn site(amazon: &Arc<Amazon>) -> Site {
    let hooks = HookSecrets {
        ses: Some(TOPIC.to_owned()),
        ..HookSecrets::default()
    };
    let outlet: Arc<dyn Outlet> = Arc::<Amazon>::clone(amazon);
    Site::open_with(hooks, Some(outlet)).await
}

async fn post(site: &Site, envelope: &Value) -> u16 {
    site.post("ses", envelope.to_string().into_bytes(), &[])
        .await
}

#[test]
fn every_event_of_the_fixture_is_what_it_is() {
    for (event, expected) in events("ses") {
        let found = ses::read(&event.to_string());
        assert_eq!(shown(&found), expected, "{event}");
    }
    assert_eq!(
        ses::read("Successfully validated SNS topic"),
        Ok(Vec::new())
    );
    let (event, _) = events("ses").swap_remove(0);
    let read = ses::read(&event.to_string()).expect("an event");
    let hint = read[0].report("ses").expect("an address").hint;
    let hint = hint.expect("a Message-ID");
    assert_eq!(hint.as_str(), "01234567");
}

#[tokio::test]
async fn both_versions_of_the_signature_count_and_nothing_else() {
    let amazon = Arc::<Amazon>::default();
    let site = site(&amazon).await;
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bounce/hooks");
    let pem = std::fs::read(folder.join("sns-version-1.pem")).expect("a certificate");
    amazon.put(CERTIFICATE, &pem);
    let old = std::fs::read(folder.join("sns-version-1.json")).expect("an envelope");
    let old: Value = serde_json::from_slice(&old).expect("JSON");
    let mut forged = old.clone();
    forged["Subject"] = "another".into();
    assert_eq!(post(&site, &forged).await, 403);
    assert!(site.suppressed().await.is_empty());
    assert_eq!(post(&site, &old).await, 200);
    assert_eq!(site.suppressed().await, [Suppressed::Address(address(1))]);
    assert_eq!(amazon.asked(), [CERTIFICATE], "asked for once, and kept");

    let issuer = Signer::new(2026, 2027);
    let other = CERTIFICATE.replace("one", "two");
    amazon.put(&other, issuer.pem.as_bytes());
    let (complaint, _) = events("ses").swap_remove(9);
    let mut plain = envelope(&complaint);
    plain["SigningCertURL"] = other.as_str().into();
    let signed = issuer.sign(plain);
    for (field, value) in [
        ("Message", "{}".into()),
        ("MessageId", "other".into()),
        ("Timestamp", "2026-11-23T05:58:00.000Z".into()),
        ("SignatureVersion", "1".into()),
        ("SignatureVersion", "3".into()),
        ("Signature", "????".into()),
        ("Signature", Value::Null),
        ("Type", "SubscriptionConfirmation".into()),
        ("Subject", json!(["x"])),
        ("SigningCertURL", CERTIFICATE.into()),
    ] {
        let mut forged = signed.clone();
        forged[field] = value;
        assert_eq!(post(&site, &forged).await, 403, "{field}");
    }
    assert_eq!(site.suppressed().await.len(), 1);
    assert_eq!(post(&site, &signed).await, 200);
    assert!(
        site.suppressed()
            .await
            .contains(&Suppressed::Address(address(6)))
    );
}

#[tokio::test]
async fn nothing_is_asked_for_strangers_and_old_certificates_are_not_believed() {
    let amazon = Arc::<Amazon>::default();
    let site = site(&amazon).await;
    let issuer = Signer::new(2026, 2027);
    let signed_with = |field: &str, value: &str| {
        let mut one = envelope(&json!({"notificationType": "Delivery"}));
        one[field] = value.into();
        issuer.sign(one)
    };
    for (field, value) in [
        ("TopicArn", "arn:aws:sns:eu-central-1:123456789012:other"),
        ("Timestamp", "2026-11-21T05:59:00.000Z"),
        ("Timestamp", "2026-11-24T05:59:00.000Z"),
        (
            "SigningCertURL",
            "http://sns.eu-central-1.amazonaws.com/a.pem",
        ),
        (
            "SigningCertURL",
            "https://sns.eu-west-1.amazonaws.com/a.pem",
        ),
        (
            "SigningCertURL",
            "https://sns.eu-central-1.amazonaws.com.evil.example/a.pem",
        ),
        (
            "SigningCertURL",
            "https://evil.example/sns.eu-central-1.amazonaws.com/a.pem",
        ),
        (
            "SigningCertURL",
            "https://u@sns.eu-central-1.amazonaws.com/a.pem",
        ),
        (
            "SigningCertURL",
            "https://sns.eu-central-1.amazonaws.com:8443/a.pem",
        ),
        (
            "SigningCertURL",
            "https://sns.eu-central-1.amazonaws.com/a.txt",
        ),
        (
            "SigningCertURL",
            "https://sns.eu-central-1.amazonaws.com/a?b=.pem",
        ),
        (
            "SigningCertURL",
            "https://sns.eu-central-1.amazonaws.com.cn/a.pem",
        ),
    ] {
        assert_eq!(
            post(&site, &signed_with(field, value)).await,
            403,
            "{value}"
        );
    }
    assert_eq!(site.post("ses", b"{}".to_vec(), &[]).await, 403);
    assert!(amazon.asked().is_empty());
}

#[tokio::test]
async fn a_certificate_is_fetched_once_and_believed_in_its_years() {
    let amazon = Arc::<Amazon>::default();
    let site = site(&amazon).await;
    let issuer = Signer::new(2026, 2027);
    let signed_with = |field: &str, value: &str| {
        let mut one = envelope(&json!({"notificationType": "Delivery"}));
        one[field] = value.into();
        issuer.sign(one)
    };
    // Amazon cannot be reached: SNS shall come again.
    let signed = signed_with("Subject", "x");
    assert_eq!(post(&site, &signed).await, 503);
    amazon.put(
        CERTIFICATE,
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    assert_eq!(post(&site, &signed).await, 403);
    amazon.put(CERTIFICATE, issuer.pem.as_bytes());
    assert_eq!(post(&site, &signed).await, 200);
    for (name, from, to) in [("past", 2020, 2025), ("future", 2027, 2030)] {
        let issuer = Signer::new(from, to);
        let url = CERTIFICATE.replace("one", name);
        amazon.put(&url, issuer.pem.as_bytes());
        let mut one = envelope(&json!({"notificationType": "Delivery"}));
        one["SigningCertURL"] = url.into();
        assert_eq!(post(&site, &issuer.sign(one)).await, 403, "{name}");
    }
    // Made-up names: so many are asked for, and no more.
    amazon.asked();
    for n in 0..40 {
        let url = CERTIFICATE.replace("one", &n.to_string());
        post(&site, &signed_with("SigningCertURL", &url)).await;
    }
    assert_eq!(amazon.asked().len(), 15, "five were asked for before");
    assert_eq!(post(&site, &signed).await, 200, "what is kept is used");
}

#[tokio::test]
async fn a_subscription_is_confirmed_where_amazon_asks_and_nowhere_else() {
    let amazon = Arc::<Amazon>::default();
    let site = site(&amazon).await;
    let issuer = Signer::new(2026, 2027);
    amazon.put(CERTIFICATE, issuer.pem.as_bytes());
    for url in [
        "https://evil.example/?Action=ConfirmSubscription",
        "https://sns.eu-central-1.amazonaws.com/?Action=DeleteTopic",
        "http://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription",
    ] {
        let mut asked = subscription();
        asked["SubscribeURL"] = url.into();
        assert_eq!(post(&site, &issuer.sign(asked)).await, 400, "{url}");
    }
    assert_eq!(amazon.asked(), [CERTIFICATE]);
    let signed = issuer.sign(subscription());
    assert_eq!(
        post(&site, &signed).await,
        503,
        "not confirmed: it comes again"
    );
    amazon.put(SUBSCRIBE, b"<ConfirmSubscriptionResponse/>");
    amazon.asked();
    assert_eq!(post(&site, &signed).await, 200);
    assert_eq!(amazon.asked(), [SUBSCRIBE]);
    // The end of a subscription is told, and not undone.
    let mut ended = subscription();
    ended["Type"] = "UnsubscribeConfirmation".into();
    assert_eq!(post(&site, &issuer.sign(ended)).await, 200);
    assert!(amazon.asked().is_empty());
}
