//! `jarshy stage understand --explain`: a reading and the reasons for it, for
//! people or as JSON.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::documents::no_address;
use super::{STAGE_ZONE, article_of, reading_json};
use crate::cli::json_line;
use crate::digest::importance::{Importance, Scale};
use crate::model::article::Article;
use crate::model::feed::Entry;
use crate::model::source::Republish;
use crate::model::story::StoryId;
use crate::understand::{self, Explanation, Hints, Note};

/// Answers one line with its explanation: an object, or some lines for people.
pub(super) fn line(line: &str, as_json: bool, now: DateTime<Utc>) -> Result<String, String> {
    let asked = json_line::read(line)?;
    let (id, article) = article_of(asked, now)?;
    let told = understand::explain(&article, &Hints::default(), STAGE_ZONE, now);
    let weight = importance_parts(&article, &told);
    Ok(if as_json {
        explained_json(&id, &told, &weight).to_string()
    } else {
        for_people(&id, &told, &weight)
    })
}

type Parts = [(&'static str, i64); 6];

/// Of the article alone, on the day it came out: what other outlets add to a
/// story is not known here.
fn importance_parts(article: &Article, told: &Explanation) -> Parts {
    let dated = article.dated();
    let mut article = article.clone();
    // A text given without its address is not the desk's for that.
    article.link.get_or_insert_with(no_address);
    let entry = Entry {
        story: StoryId::from_stored("stage"),
        article,
        reading: told.reading.clone(),
        outlet: String::new(),
        republish: Republish::Excerpt,
        also_told_by: Vec::new(),
        added: dated,
        changed: dated,
    };
    let scale = Scale {
        newest: dated,
        today: dated.with_timezone(&STAGE_ZONE).date_naive(),
        regions: &[],
    };
    Importance::of(&entry, &scale).parts()
}

fn rounded(number: f32) -> f64 {
    (f64::from(number) * 100.0).round() / 100.0
}

fn notes_json(notes: &[Note]) -> Vec<Value> {
    notes
        .iter()
        .map(|note| json!({"why": note.why, "weight": rounded(note.weight)}))
        .collect()
}

fn dates_json(told: &Explanation) -> Vec<Value> {
    told.dates
        .iter()
        .map(|one| {
            json!({
                "words": one.words, "start": one.start.to_string(),
                "end": one.end.map(|end| end.to_string()), "sentence": one.sentence,
                "weight": rounded(one.weight), "notes": notes_json(&one.notes),
                "refused": one.refused, "chosen": one.chosen,
            })
        })
        .collect()
}

fn places_json(told: &Explanation) -> Vec<Value> {
    told.places
        .iter()
        .map(|one| {
            json!({
                "words": one.words, "name": one.name, "region": one.region, "kind": one.kind,
                "weight": one.weight.map(rounded), "notes": notes_json(&one.notes),
            })
        })
        .collect()
}

fn explained_json(id: &Value, told: &Explanation, importance: &Parts) -> Value {
    let lead = told
        .language_lead
        .map(|(lead, next)| json!({"lead": rounded(lead), "over": next.tag()}));
    let mentions: Vec<Value> = told
        .mentions
        .iter()
        .map(|one| {
            json!({
                "words": one.words, "sentence": one.sentence, "held": one.held,
                "scene": one.scene, "coming": rounded(one.coming), "over": rounded(one.over),
            })
        })
        .collect();
    let dates = dates_json(told);
    let places = places_json(told);
    let topics: Vec<Value> = told
        .topics
        .iter()
        .map(|one| {
            json!({
                "topic": one.topic.word(), "confidence": rounded(one.confidence.get()),
                "words": one.words,
            })
        })
        .collect();
    let regions: Vec<Value> = told
        .reading
        .regions
        .iter()
        .map(|(region, sure)| json!({"region": region.code(), "confidence": rounded(sure.get())}))
        .collect();
    let pieces: Vec<Value> = told
        .pieces
        .iter()
        .map(|one| {
            json!({
                "text": one.text, "score": rounded(one.score), "unfit": one.unfit,
                "chosen": one.chosen,
            })
        })
        .collect();
    let parts: Vec<Value> = importance
        .iter()
        .map(|(why, points)| json!({"why": why, "points": points}))
        .collect();
    json!({
        "id": id, "reading": reading_json(id, &told.reading),
        "language": {"by_letters": lead, "by_outlet": told.language_by_outlet},
        "kind": {"why": told.kind_why, "mentions": mentions},
        "dates": dates, "places": places, "place": told.place_why, "regions": regions,
        "topics": topics, "excerpt": {"text": told.reading.excerpt, "pieces": pieces},
        "importance": {
            "points": importance.iter().map(|(_, points)| points).sum::<i64>(), "parts": parts,
        },
    })
}

/// Paragraphs of lines, one for each label.
fn for_people(id: &Value, told: &Explanation, importance: &Parts) -> String {
    let mut text = format!(
        "== {}\n",
        id.as_str().map_or_else(|| id.to_string(), str::to_owned)
    );
    write_labels(&mut text, told);
    write_dates(&mut text, told);
    write_event(&mut text, told);
    write_places(&mut text, told);
    for topic in &told.topics {
        put(
            &mut text,
            &format!(
                "topic {}, {:.2}: {}",
                topic.topic.word(),
                topic.confidence.get(),
                topic.words.join(", ")
            ),
        );
    }
    let points: i64 = importance.iter().map(|(_, points)| points).sum();
    let parts: Vec<String> = importance
        .iter()
        .filter(|(_, points)| *points != 0)
        .map(|(why, points)| format!("{points:+} {why}"))
        .collect();
    put(
        &mut text,
        &format!("importance {points}: {}", parts.join(", ")),
    );
    put(&mut text, "excerpt:");
    for piece in &told.pieces {
        let mark = if piece.chosen { '*' } else { ' ' };
        let why = piece
            .unfit
            .map_or_else(|| format!("{:.1}", piece.score), str::to_owned);
        put(&mut text, &format!("  {mark} [{why}] {}", piece.text));
    }
    text
}

fn put(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn write_labels(text: &mut String, told: &Explanation) {
    let reading = &told.reading;
    let sure = reading.language_confidence.get();
    let by = match told.language_lead {
        _ if told.language_by_outlet => "the outlet's own language".to_owned(),
        Some((lead, next)) => format!("its letters lead {} by {lead:.1}", next.tag()),
        None => "by its script".to_owned(),
    };
    put(
        text,
        &format!("language {}, {sure:.2}: {by}", reading.language.tag()),
    );
    put(
        text,
        &format!(
            "kind {}, {:.2}: {}",
            reading.kind.word(),
            reading.kind_confidence.get(),
            told.kind_why
        ),
    );
    for one in &told.mentions {
        let scene = if one.scene { ", only the scene" } else { "" };
        put(
            text,
            &format!(
                "  «{}» {}{scene}: to come {:.1}, over {:.1}: {}",
                one.words, one.held, one.coming, one.over, one.sentence
            ),
        );
    }
}

fn write_dates(text: &mut String, told: &Explanation) {
    if !told.dates.is_empty() {
        put(text, "dates:");
    }
    for one in &told.dates {
        let mark = if one.chosen { '*' } else { ' ' };
        let end = one.end.map_or(String::new(), |end| format!("/{end}"));
        let why = one.refused.map_or_else(
            || format!("{:.1} = {}", one.weight, summed(&one.notes)),
            str::to_owned,
        );
        put(
            text,
            &format!("  {mark} «{}» {}{end}: {why}", one.words, one.start),
        );
    }
}

fn summed(notes: &[Note]) -> String {
    let parts: Vec<String> = notes
        .iter()
        .map(|note| format!("{:+.1} {}", note.weight, note.why))
        .collect();
    parts.join(", ")
}

fn write_event(text: &mut String, told: &Explanation) {
    for (what, claim) in told
        .reading
        .event
        .iter()
        .map(|claim| ("event", claim))
        .chain(
            told.reading
                .more_events
                .iter()
                .map(|claim| ("further event", claim)),
        )
    {
        let sure = claim.confidence.get();
        put(
            text,
            &format!("{what} {}, {} ({sure:.2}):", claim.name, claim.start),
        );
        for (field, words) in &claim.words {
            put(text, &format!("    {}: «{words}»", field.word()));
        }
    }
}

fn write_places(text: &mut String, told: &Explanation) {
    if !told.place_why.is_empty() {
        put(text, &format!("place: {}", told.place_why));
    }
    for one in &told.places {
        let mut line = format!("    «{}» {}", one.words, one.kind);
        // Writing to a string cannot fail.
        let _ = write!(line, " {}", one.region.as_deref().unwrap_or("abroad"));
        if let Some(weight) = one.weight {
            let _ = write!(line, ": {weight:.0} = {}", summed(&one.notes));
        }
        put(text, &line);
    }
    for (region, sure) in &told.reading.regions {
        put(
            text,
            &format!("region {}, {:.2}", region.code(), sure.get()),
        );
    }
}
