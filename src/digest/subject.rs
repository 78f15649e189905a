//! The subject, which says what is inside, and the line mail readers show
//! beside it.

use super::choose::{Choice, distance};
use super::importance::{Importance, Scale};
use super::items::{event_language, title_of};
use super::outside::cut;
use crate::model::event::Event;
use crate::model::feed::Entry;
use crate::model::subscriber::Profile;
use crate::template::{TemplateError, Templates, Writing};
use crate::text::wording;

/// The longest subject: desks show some ninety characters, telephones forty,
/// and RFC 5322 section 2.1.1 asks for lines of 78.
pub const SUBJECT_MAX_CHARS: usize = 78;
/// However long the house's own words are, a name keeps so much.
const NAME_MIN_CHARS: usize = 20;
/// Mail readers show some hundred characters beside the subject.
const PREHEADER_MAX_CHARS: usize = 140;

/// How many events that will take place and how many stories the letter holds.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    pub events: usize,
    pub stories: usize,
}

/// What a subject is about.
#[derive(Clone, Copy)]
enum Lead<'a> {
    Event(&'a Event),
    Story(&'a Entry),
    Unlikely(&'a Event),
    Correction,
    Nothing,
}

/// The next event that will take place, else the most important story, else
/// what became of an event; and how much more there is.
pub fn subject(
    templates: &Templates,
    choice: &Choice,
    profile: &Profile,
    title: &str,
    counts: Counts,
) -> Result<String, TemplateError> {
    let writing = Writing::from(profile);
    let say = |key: &str, values: &[(&str, &str)]| templates.message(writing, key, values);
    // Said twice: once to see how much room the house's words leave.
    let fit = |key: &str, name: &str, values: &[(&str, &str)]| {
        let with = |name: &str| say(key, &[values, &[("name", name), ("title", name)]].concat());
        let room = SUBJECT_MAX_CHARS.saturating_sub(with("")?.chars().count());
        with(&cut(name, room.max(NAME_MIN_CHARS)))
    };
    match lead(choice, profile) {
        Lead::Event(event) => {
            let day = writing.spell(&wording::day_month(event.start, writing.tongue));
            let (key, n) = match (counts.stories, counts.events) {
                (0, 0 | 1) => ("letter.subject.event", 0),
                (0, events) => ("letter.subject.event_and_events", events - 1),
                (stories, _) => ("letter.subject.event_and", stories),
            };
            let name = title_of(&event.name, event_language(event, choice), writing);
            fit(key, &name, &[("day", &day), ("n", &n.to_string())])
        }
        Lead::Story(entry) => {
            let language = entry.reading.shown_language();
            let name = title_of(&entry.article.title, language, writing);
            match counts.stories.saturating_sub(1) {
                0 => Ok(cut(&name, SUBJECT_MAX_CHARS)),
                n => fit("letter.subject.story_and", &name, &[("n", &n.to_string())]),
            }
        }
        Lead::Unlikely(event) => {
            let name = title_of(&event.name, event_language(event, choice), writing);
            let status = say(&format!("status.{}", event.standing()), &[])?;
            fit("letter.subject.unlikely", &name, &[("status", &status)])
        }
        Lead::Correction => fit("letter.subject.corrections", title, &[]),
        Lead::Nothing => fit("letter.subject.nothing", title, &[]),
    }
}

/// What else is inside: the names the subject does not say.
pub fn preheader(choice: &Choice, profile: &Profile) -> String {
    let writing = Writing::from(profile);
    let lead = lead(choice, profile);
    let events = choice
        .events
        .iter()
        .filter(|event| event.is_likely())
        .filter(|event| !matches!(lead, Lead::Event(told) if told.id == event.id))
        .map(|event| title_of(&event.name, event_language(event, choice), writing));
    let stories = choice
        .stories
        .iter()
        .filter(|entry| !matches!(lead, Lead::Story(told) if told.story == entry.story))
        .map(|entry| {
            let language = entry.reading.shown_language();
            title_of(&entry.article.title, language, writing)
        });
    let mut names: Vec<String> = Vec::new();
    for name in events.chain(stories) {
        // The story that announces an event often bears its name.
        if !names.contains(&name) {
            names.push(name);
        }
    }
    cut(&names.join(" · "), PREHEADER_MAX_CHARS)
}

fn lead<'a>(choice: &'a Choice, profile: &Profile) -> Lead<'a> {
    let mut likely = choice.events.iter().filter(|event| event.is_likely());
    if let Some(first) = likely.clone().next() {
        // Of one day's events the reader's tongue goes first.
        let foreign = |event: &&Event| distance(event_language(event, choice), profile);
        let of_day = likely.by_ref().filter(|event| event.start == first.start);
        return Lead::Event(of_day.min_by_key(foreign).unwrap_or(first));
    }
    if let Some(first) = most_important(choice, profile) {
        // Of one kind too: a subject nobody can read says nothing.
        let kind = first.reading.shown_kind();
        let foreign = |entry: &&Entry| distance(entry.reading.shown_language(), profile);
        let own = choice
            .stories
            .iter()
            .filter(|entry| entry.reading.shown_kind() == kind)
            .find(|entry| foreign(entry) == 0);
        return Lead::Story(own.unwrap_or(first));
    }
    match choice.events.first() {
        Some(event) => Lead::Unlikely(event),
        None if choice.corrections.is_empty() => Lead::Nothing,
        None => Lead::Correction,
    }
}

/// The first, unless the stories stand by region.
fn most_important<'a>(choice: &'a Choice, profile: &Profile) -> Option<&'a Entry> {
    let newest = choice
        .stories
        .iter()
        .map(|entry| entry.article.dated())
        .max()?;
    let scale = Scale {
        newest,
        today: choice.today,
        regions: &profile.regions,
    };
    // The first of equals: `max_by_key` would take the last.
    choice
        .stories
        .iter()
        .rev()
        .max_by_key(|entry| Importance::of(entry, &scale).total())
}
