//! One address asked while looking around: what came, or why not and who is there.

use chrono::DateTime;
use chrono_tz::Tz;
use url::Url;

use crate::gather::health;
use crate::gather::web::{Answer, Request, Seen, Web};
use crate::model::health::Answered as Said;
use crate::model::source::Validators;

/// What an address answered.
pub struct Answered {
    pub bytes: Vec<u8>,
    pub content_type: Option<String>,
    pub url: Url,
    pub moved: Option<Url>,
    pub seen: Seen,
}

/// Who is at an address that gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Nobody answered, or asks to be left alone now.
    Nobody,
    /// Somebody, who has it not, or asks not to read pages.
    Somebody,
    /// Somebody who does not let us in: guessing would be knocking on every window.
    Refuses,
}

/// Asks once. Of an error: why, and who is there.
pub async fn ask(
    web: &Web,
    url: &Url,
    as_page: bool,
    now: DateTime<Tz>,
) -> Result<Answered, (String, Who)> {
    let request = Request {
        url: url.clone(),
        validators: Validators::default(),
        headers: Vec::new(),
    };
    let page_at = as_page.then(|| now.to_utc());
    let (answer, seen) = web.fetch_closely(&request, page_at).await;
    let who = match health::answered(&answer) {
        _ if answer.is_forbidden() => Who::Somebody,
        _ if seen.hops.is_empty() => Who::Nobody,
        Said::Gone | Said::Blocked | Said::NotAsked | Said::LedOn | Said::TimedOut => Who::Refuses,
        // Who asks to come later may answer the same about the whole site.
        Said::Later => Who::Nobody,
        _ => Who::Somebody,
    };
    let why = answer.why_nothing(now);
    let why = why.unwrap_or_default();
    match answer {
        Answer::Body {
            bytes,
            content_type,
            final_url,
            permanent_redirect,
            ..
        }
        | Answer::BrokeOff {
            bytes,
            content_type,
            final_url,
            permanent_redirect,
            ..
        } => Ok(Answered {
            bytes,
            content_type,
            url: final_url,
            moved: permanent_redirect,
            seen,
        }),
        Answer::TooEarly { .. }
        | Answer::Failed { .. }
        | Answer::Gone
        | Answer::NotModified { .. } => Err((why, who)),
    }
}
