//! Amazon's notification service, which carries what SES tells: envelopes
//! signed with a certificate that has to be fetched.
//!
//! Believed is what names the configured topic and is signed by a certificate
//! of the host that belongs to the topic's region; nothing else is fetched, or
//! only so often. A subscription is confirmed for that topic alone.

use std::sync::Arc;

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::{AHEAD_MAX, Event, Refused, SIGNED_WITHIN, ses, text};

/// Certificates kept; Amazon uses one at a time in each region.
const CERTIFICATES_MAX: usize = 4;
/// Certificates fetched in [`FETCH_WINDOW`]: made-up names must not make us ask
/// Amazon for each.
const FETCHES_MAX: u32 = 20;
const FETCH_WINDOW: TimeDelta = TimeDelta::minutes(10);

/// The way out, for the little that serving must ask of others. What stands
/// behind it bounds size and time, and follows no redirect.
pub trait Outlet: Send + Sync {
    /// Fetches a document; an error in words.
    fn fetch<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<Vec<u8>, String>>;
}

/// What is needed to believe Amazon.
#[derive(Default)]
pub(in crate::serve) struct Sns {
    outlet: Option<Arc<dyn Outlet>>,
    certificates: Mutex<Certificates>,
}

#[derive(Default)]
struct Certificates {
    kept: Vec<(Url, Certificate)>,
    /// Since when fetches are counted, and how many there were.
    fetched: Option<(DateTime<Utc>, u32)>,
}

/// What a certificate says, as far as it matters.
#[derive(Clone)]
struct Certificate {
    /// `SubjectPublicKeyInfo`.
    key: Vec<u8>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Sns {
    pub(in crate::serve) fn with(outlet: Arc<dyn Outlet>) -> Self {
        Self {
            outlet: Some(outlet),
            certificates: Mutex::default(),
        }
    }

    /// Reads a post for `topic`.
    pub(super) async fn read(
        &self,
        topic: &str,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refused> {
        let envelope: Value = serde_json::from_slice(body).map_err(|_| Refused::Signature)?;
        let host = host(topic).ok_or(Refused::Signature)?;
        if text(&envelope, "/TopicArn").as_deref() != Some(topic) || !is_timely(&envelope, now) {
            return Err(Refused::Signature);
        }
        let kind = text(&envelope, "/Type").unwrap_or_default();
        let signed = signed_text(&envelope, &kind).ok_or(Refused::Signature)?;
        let url = text(&envelope, "/SigningCertURL").and_then(|url| amazons(&url, &host));
        let url = url
            .filter(|url| url.path().strip_suffix(".pem").is_some() && url.query().is_none())
            .ok_or(Refused::Signature)?;
        let certificate = self.certificate(&url, now).await?;
        if now < certificate.from || now > certificate.to {
            return Err(Refused::Signature);
        }
        verify(&envelope, &signed, &certificate.key)?;
        match kind.as_str() {
            "Notification" => {
                let message = text(&envelope, "/Message").ok_or(Refused::Shape)?;
                ses::read(&message)
            }
            "SubscriptionConfirmation" => {
                let url = text(&envelope, "/SubscribeURL").and_then(|url| amazons(&url, &host));
                self.confirm(&url.ok_or(Refused::Shape)?).await?;
                Ok(Vec::new())
            }
            _ => {
                tracing::warn!("Amazon SNS says that it stops telling of bounces and complaints");
                Ok(Vec::new())
            }
        }
    }

    async fn confirm(&self, url: &Url) -> Result<(), Refused> {
        let mut pairs = url.query_pairs();
        if !pairs.any(|(name, value)| name == "Action" && value == "ConfirmSubscription") {
            return Err(Refused::Shape);
        }
        self.fetch(url).await?;
        tracing::info!("the subscription to the topic of hooks.ses is confirmed");
        Ok(())
    }

    async fn certificate(&self, url: &Url, now: DateTime<Utc>) -> Result<Certificate, Refused> {
        // Held while fetching: of many posts with a new one, the first fetches it.
        let mut certificates = self.certificates.lock().await;
        if let Some((_, certificate)) = certificates.kept.iter().find(|(of, _)| of == url) {
            return Ok(certificate.clone());
        }
        let (since, count) = certificates
            .fetched
            .filter(|(since, _)| now - *since < FETCH_WINDOW)
            .unwrap_or((now, 0));
        if count >= FETCHES_MAX {
            return Err(Refused::NotNow);
        }
        certificates.fetched = Some((since, count + 1));
        let bytes = self.fetch(url).await?;
        let certificate = Certificate::read(&bytes).ok_or_else(|| {
            tracing::warn!("what Amazon SNS signs with is no certificate");
            Refused::Signature
        })?;
        if certificates.kept.len() >= CERTIFICATES_MAX {
            certificates.kept.remove(0);
        }
        certificates.kept.push((url.clone(), certificate.clone()));
        Ok(certificate)
    }

    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, Refused> {
        let outlet = self.outlet.as_ref().ok_or(Refused::NotNow)?;
        outlet.fetch(url).await.map_err(|why| {
            let host = url.host_str().unwrap_or_default();
            tracing::warn!(host, why, "Amazon SNS could not be asked");
            Refused::NotNow
        })
    }
}

impl Certificate {
    /// Reads the first certificate of a PEM file.
    fn read(pem: &[u8]) -> Option<Self> {
        let (_, pem) = x509_parser::pem::parse_x509_pem(pem).ok()?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&pem.contents).ok()?;
        let validity = certificate.validity();
        Some(Self {
            key: certificate.public_key().raw.to_vec(),
            from: DateTime::from_timestamp(validity.not_before.timestamp(), 0)?,
            to: DateTime::from_timestamp(validity.not_after.timestamp(), 0)?,
        })
    }
}

/// The host of a topic's region, from `arn:aws:sns:REGION:ACCOUNT:TOPIC`.
fn host(topic: &str) -> Option<String> {
    let mut parts = topic.split(':');
    let (partition, region) = (parts.nth(1)?, parts.nth(1)?);
    let ending = if partition == "aws-cn" { ".cn" } else { "" };
    Some(format!("sns.{region}.amazonaws.com{ending}"))
}

/// A URL at `host`, over https and on its usual port.
fn amazons(url: &str, host: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let is_one = url.scheme() == "https"
        && url.host_str() == Some(host)
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    is_one.then_some(url)
}

/// The text under the signature: fields in the order of the alphabet, names and
/// values each on a line.
pub(super) fn signed_text(envelope: &Value, kind: &str) -> Option<String> {
    let fields: &[&str] = match kind {
        "Notification" => &[
            "Message",
            "MessageId",
            "Subject",
            "Timestamp",
            "TopicArn",
            "Type",
        ],
        "SubscriptionConfirmation" | "UnsubscribeConfirmation" => &[
            "Message",
            "MessageId",
            "SubscribeURL",
            "Timestamp",
            "Token",
            "TopicArn",
            "Type",
        ],
        _ => return None,
    };
    let mut signed = String::new();
    for field in fields {
        match envelope.get(field) {
            Some(Value::String(value)) => {
                signed.push_str(field);
                signed.push('\n');
                signed.push_str(value);
                signed.push('\n');
            }
            None | Some(Value::Null) if *field == "Subject" => {}
            _ => return None,
        }
    }
    Some(signed)
}

fn verify(envelope: &Value, signed: &str, key: &[u8]) -> Result<(), Refused> {
    let algorithm = match text(envelope, "/SignatureVersion").as_deref() {
        Some("1") => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Some("2") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Refused::Signature),
    };
    let signature = text(envelope, "/Signature").and_then(|text| STANDARD.decode(text).ok());
    UnparsedPublicKey::new(algorithm, key)
        .verify(signed.as_bytes(), &signature.ok_or(Refused::Signature)?)
        .map_err(|_| Refused::Signature)
}

fn is_timely(envelope: &Value, now: DateTime<Utc>) -> bool {
    let signed = text(envelope, "/Timestamp").and_then(|text| text.parse::<DateTime<Utc>>().ok());
    signed.is_some_and(|signed| signed >= now - SIGNED_WITHIN && signed <= now + AHEAD_MAX)
}
