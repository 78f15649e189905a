//! `jarshy correct export`: corrected articles as cases for `stage evaluate`.

use std::path::Path;

use chrono::SecondsFormat;

use crate::cli::cases::{Case, Expect, ExpectedEvent};
use crate::cli::output::{Failure, say};
use crate::daemon::Newsroom;
use crate::model::article::{Article, ArticleId};
use crate::model::correction::Correction;
use crate::model::count::counted;
use crate::model::reading::EventClaim;

/// Corrected articles as cases; of an article that is only told apart from
/// others or together with them, the other one too.
pub(super) async fn export(newsroom: &Newsroom, file: &Path) -> Result<(), Failure> {
    let store = &newsroom.store;
    let corrections = store.corrections().await.map_err(Failure::work)?;
    let mut lines = Vec::new();
    let mut written: Vec<ArticleId> = corrections
        .iter()
        .map(|correction| correction.article.clone())
        .collect();
    for correction in &corrections {
        let Some((article, _)) = store
            .article(&correction.article)
            .await
            .map_err(Failure::work)?
        else {
            continue;
        };
        let mut expect = expect(correction);
        let other = correction
            .story
            .as_ref()
            .and_then(|word| word.other.clone());
        if let Some(other) = other {
            let tells = store.story_of(&other).await.map_err(Failure::work)?;
            let known = store.article(&other).await.map_err(Failure::work)?;
            if let (Some(tells), Some((told, _)), false) = (tells, known, written.contains(&other))
            {
                written.push(other);
                let expect = Expect {
                    story: Some(tells.as_str().to_owned()),
                    ..Expect::default()
                };
                lines.push(line(told, expect)?);
            }
        } else if correction.story.is_some() {
            // A pair needs two.
            expect.story = None;
        }
        // Who else was said to tell the same as this one must find its key.
        if expect.story.is_none() && is_other(&corrections, &article.id) {
            let tells = store.story_of(&article.id).await.map_err(Failure::work)?;
            expect.story = tells.map(|tells| tells.as_str().to_owned());
        }
        lines.push(line(article, expect)?);
    }
    let count = lines.len();
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    if file.as_os_str() == "-" {
        return say(text.trim_end());
    }
    std::fs::write(file, text)
        .map_err(|error| Failure::work(format!("{}: {error}", file.display())))?;
    say(&format!("{}: {}", file.display(), counted(count, "case")))
}

fn is_other(corrections: &[Correction], id: &ArticleId) -> bool {
    corrections.iter().any(|correction| {
        let story = correction.story.as_ref();
        story.and_then(|word| word.other.as_ref()) == Some(id)
    })
}

fn line(article: Article, expect: Expect) -> Result<String, Failure> {
    let published = article.dated().to_rfc3339_opts(SecondsFormat::Secs, true);
    let case = Case {
        id: article.id.as_str().to_owned(),
        title: article.title,
        text: article.text,
        published,
        url: article.link.map(String::from),
        expect,
    };
    serde_json::to_string(&case).map_err(Failure::work)
}

fn expect(correction: &Correction) -> Expect {
    let event = correction.event.as_ref();
    Expect {
        kind: correction.kind,
        event: event.map(|event| event.as_ref().map(expected)),
        regions: correction.region.map(|region| vec![region]),
        story: correction
            .story
            .as_ref()
            .map(|word| word.story.as_str().to_owned()),
        ..Expect::default()
    }
}

pub(super) fn expected(event: &EventClaim) -> ExpectedEvent {
    ExpectedEvent {
        name: Some(event.name.clone()),
        start: Some(event.start),
        end: Some(event.end),
        time: Some(event.time),
        city: Some(event.city.clone()),
        region: Some(event.region),
        venue: None,
        organiser: None,
        status: Some(event.status),
        url: None,
    }
}
