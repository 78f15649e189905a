//! Letters that were written to a folder because no mail server is set. Shown
//! to this machine only: they hold addresses and tokens.

use std::net::SocketAddr;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{ConnectInfo, Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use url::{Host, Url};

use crate::template::page::{LetterPage, Outbox, OutboxRow};

use super::House;
use super::eml::{self, Eml};
use super::pages::{Frame, page};
use super::trouble::Trouble;
use super::voice::Voice;

/// Letters on the list, newest first.
const LETTERS_SHOWN: usize = 100;
/// Files of the folder that are looked at.
const FILES_MAX: usize = 20_000;
/// The largest letter shown.
const LETTER_MAX_BYTES: u64 = 4 * 1024 * 1024;
/// A letter's own markup, without scripts, forms or anything from elsewhere.
const LETTER_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
/// Letters' links open beside the frame: our own pages allow nobody to frame them.
const NEW_PAGE: &str = "<base target=\"_blank\">";
/// Proxies add these: whoever comes through one is not this machine.
const PROXY_HEADERS: [&str; 10] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "cf-connecting-ip",
    "true-client-ip",
    "via",
    "x-forwarded-server",
];

/// Who is at the other end of the connection.
pub(super) type Peer = ConnectInfo<SocketAddr>;

/// `/outbox`
pub(super) async fn list(
    State(house): State<Arc<House>>,
    voice: Voice,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let folder = folder(&house, peer.as_deref(), &headers)?.to_owned();
    let (letters, more) = in_background(move || rows(&folder)).await?;
    let context = Outbox {
        query: voice.query.clone(),
        letters,
        more,
    };
    let title = house
        .templates()
        .message(voice.writing(), "outbox.title", &[])?;
    let frame = Frame {
        title: &title,
        is_private: true,
    };
    Ok(page(&house, &voice, &frame, "page/outbox.html", &context)?)
}

/// `/outbox/{file}`, and its HTML part alone with `?part=html`.
pub(super) async fn letter(
    State(house): State<Arc<House>>,
    Path(file): Path<String>,
    voice: Voice,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let folder = folder(&house, peer.as_deref(), &headers)?;
    if !is_letter_name(&file) {
        return Err(Trouble::NOT_FOUND);
    }
    let path = folder.join(&file);
    let found = in_background(move || read(&path)).await?;
    let found = found.ok_or(Trouble::NOT_FOUND)?;
    if voice.parameter("part") == Some("html") {
        return found
            .html
            .map(|html| html_part(&html))
            .ok_or(Trouble::NOT_FOUND);
    }
    let title = found.header("Subject").unwrap_or_default().to_owned();
    let context = LetterPage {
        query: voice.query.clone(),
        html_href: found
            .html
            .is_some()
            .then(|| format!("/outbox/{file}?part=html")),
        headers: found.headers,
        text: found.text,
    };
    let frame = Frame {
        title: &title,
        is_private: true,
    };
    Ok(page(&house, &voice, &frame, "page/letter.html", &context)?)
}

/// Whether this reader sits at this machine and there is an outbox to read.
pub(super) fn may_read_outbox(house: &House, peer: Option<&Peer>, headers: &HeaderMap) -> bool {
    folder(house, peer, headers).is_ok()
}

fn folder<'a>(
    house: &'a House,
    peer: Option<&Peer>,
    headers: &HeaderMap,
) -> Result<&'a FilePath, Trouble> {
    let is_here = is_loopback_host(&house.options.url)
        && peer.is_some_and(|ConnectInfo(address)| address.ip().to_canonical().is_loopback())
        && !PROXY_HEADERS.iter().any(|name| headers.contains_key(*name))
        && names_this_machine(headers);
    house
        .options
        .outbox
        .as_deref()
        .filter(|_| is_here)
        .ok_or(Trouble::NOT_FOUND)
}

/// A foreign name that resolves to 127.0.0.1 (DNS rebinding) is not this machine.
fn names_this_machine(headers: &HeaderMap) -> bool {
    headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| Url::parse(&format!("http://{host}/")).ok())
        .is_some_and(|url| is_loopback_host(&url))
}

/// A house with a public address has no outbox on the web at all: behind a
/// proxy on the same machine everybody would look like this machine.
pub fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_letter_name(file: &str) -> bool {
    file.strip_suffix(".eml").is_some_and(|stem| {
        !stem.is_empty()
            && !stem.starts_with('.')
            && stem
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.@".contains(&b))
    })
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Trouble> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "the outbox could not be read");
            Err(Trouble::BROKEN)
        }
        Err(error) => {
            tracing::error!(%error, "reading the outbox stopped");
            Err(Trouble::BROKEN)
        }
    }
}

/// The newest letters, and how many more there are.
fn rows(folder: &FilePath) -> std::io::Result<(Vec<OutboxRow>, usize)> {
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((Vec::new(), 0));
        }
        Err(error) => return Err(error),
    };
    let mut named: Vec<(SystemTime, String)> = files
        .flatten()
        .take(FILES_MAX)
        .filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            let time = file.metadata().ok()?.modified().ok()?;
            is_letter_name(&name).then_some((time, name))
        })
        .collect();
    named.sort_by(|a, b| b.cmp(a));
    let more = named.len().saturating_sub(LETTERS_SHOWN);
    let shown = named.into_iter().take(LETTERS_SHOWN);
    let rows = shown
        .filter_map(|(_, file)| {
            let letter = read(&folder.join(&file)).ok()??;
            let header = |name| letter.header(name).unwrap_or_default().to_owned();
            Some(OutboxRow {
                subject: header("Subject"),
                to: header("To"),
                file,
            })
        })
        .collect();
    Ok((rows, more))
}

fn read(path: &FilePath) -> std::io::Result<Option<Eml>> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_file() && about.len() <= LETTER_MAX_BYTES => {
            std::fs::read(path).map(|bytes| Some(eml::read(&bytes)))
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn html_part(html: &str) -> Response {
    let html = html.replacen("<head>", &format!("<head>{NEW_PAGE}"), 1);
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(LETTER_POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
