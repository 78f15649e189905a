//! Asking a source's place: its folder, or its server in the way the plan says.
//!
//! Deliberately absent: whether to ask (`gather::plan`), and what the answer
//! comes to (`gather::found`).

use url::Url;

use crate::gather::desk;
use crate::gather::found::{self, Found};
use crate::gather::plan::asks_robots;
use crate::gather::web::{Request, Seen};
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
    let (answer, seen) = newsroom.web.fetch_closely(&request, page_at).await;
    let now = newsroom.clock.now().with_timezone(&newsroom.zone);
    let bytes = answer.bytes();
    if is_light(bytes) {
        return (found::read(source, state, answer, now), seen);
    }
    let (source, state) = (source.clone(), state.clone());
    let read = aside(bytes, move || found::read(&source, &state, answer, now));
    (read.await, seen)
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
