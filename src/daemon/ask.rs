//! Asking a source's place: its folder, or its server in the way the plan says.
//!
//! Deliberately absent: whether to ask (`gather::plan`), and what the answer
//! comes to (`gather::found`).

use url::Url;

use crate::gather::desk;
use crate::gather::document::Document;
use crate::gather::found::{self, Found};
use crate::gather::plan::asks_robots;
use crate::gather::sitemap;
use crate::gather::web::{Answer, Request, Seen};
use crate::model::source::{Place, Source, SourceState, Validators};

use super::Newsroom;
use super::aside::{aside, is_light};

/// Asks the place and reads its answer; with what was said and heard, nothing of
/// a desk.
pub(super) async fn ask(
    newsroom: &Newsroom,
    source: &Source,
    state: &SourceState,
    url: Option<Url>,
    validators: Validators,
) -> (Found, Seen) {
    let url = match (&source.place, url) {
        (Place::Desk(folder), _) => {
            let read = desk::read_folder(folder, newsroom.zone).await;
            return (Found::on_desk(read.harvest), Seen::default());
        }
        (_, Some(url)) => url,
        (_, None) => return (Found::nothing("no address".to_owned()), Seen::default()),
    };
    let request = Request {
        url,
        validators,
        headers: headers(source),
    };
    let page_at = asks_robots(&source.place).then(|| newsroom.clock.now());
    let (answer, mut seen) = newsroom.web.fetch_closely(&request, page_at).await;
    let now = newsroom.clock.now().with_timezone(&newsroom.zone);
    let answer = match follow(newsroom, source, answer, &mut seen).await {
        Followed::Alone(answer) => answer,
        Followed::Index(index, children) => {
            let now = newsroom.clock.now().with_timezone(&newsroom.zone);
            let bytes = children.iter().map(|(_, answer)| answer.bytes()).sum();
            let state = state.clone();
            let read = aside(bytes, move || {
                found::index::read(&state, index, children, now)
            });
            return (read.await, seen);
        }
    };
    let bytes = answer.bytes();
    if is_light(bytes) {
        return (found::read(source, state, answer, now), seen);
    }
    let (source, state) = (source.clone(), state.clone());
    let read = aside(bytes, move || found::read(&source, &state, answer, now));
    (read.await, seen)
}

/// What an answer leads to.
enum Followed {
    Alone(Answer),
    /// A sitemap index, and the children of it that were asked.
    Index(Answer, Vec<(Url, Answer)>),
}

/// Asks for the newest children of a sitemap index, one after the other. One that
/// asks to come later speaks for all.
async fn follow(newsroom: &Newsroom, source: &Source, answer: Answer, seen: &mut Seen) -> Followed {
    let (
        Place::Sitemap(_),
        Answer::Body {
            bytes,
            content_type,
            final_url,
            ..
        },
    ) = (&source.place, &answer)
    else {
        return Followed::Alone(answer);
    };
    let children = sitemap::newest_children(&Document {
        bytes,
        content_type: content_type.as_deref(),
        url: Some(final_url),
        received: newsroom.clock.now().with_timezone(&newsroom.zone),
    });
    if children.is_empty() {
        return Followed::Alone(answer);
    }
    let mut answers = Vec::with_capacity(children.len());
    for url in children {
        let request = Request {
            url,
            validators: Validators::default(),
            headers: headers(source),
        };
        let (child, heard) = newsroom.web.fetch_closely(&request, None).await;
        seen.add(heard);
        if let Answer::TooEarly { .. } = child {
            return Followed::Alone(child);
        }
        answers.push((request.url, child));
    }
    Followed::Index(answer, answers)
}

fn headers(source: &Source) -> Vec<(String, String)> {
    let header = |name: &str, value: &Option<String>| Some((name.to_owned(), value.clone()?));
    [
        header("Accept-Language", &source.accept_language),
        header("User-Agent", &source.user_agent),
    ]
    .into_iter()
    .flatten()
    .collect()
}
