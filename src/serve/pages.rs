//! The front page, the list of feeds, and the frame of every page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::model::event::Event;
use crate::model::feed::{Entry, Filter, PublishedFeed};
use crate::model::language::{Language, Tongue};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::subscriber::SubscriberId;
use crate::model::token::{TokenPurpose, sign, stamp};
use crate::model::topic::Topic;
use crate::template::page::{
    AlsoLink, Answer, Choice, DigestForm, EventCard, FeedCard, Feeds, Home, Layout, StoryCard,
};
use crate::template::{TemplateError, Writing};
use crate::text::city;

use super::House;
use super::front;
use super::trouble::Trouble;
use super::voice::{Voice, own_name};

/// Stories on the front page.
const STORIES_SHOWN: u32 = 30;
/// Coming events on the front page.
const EVENTS_SHOWN: u32 = 12;

/// What a reader typed into the form, to be mended.
pub(super) struct Mistyped {
    pub(super) address: String,
    /// Which message says why: `form.address_<wrong>`.
    pub(super) wrong: &'static str,
}

/// `/`
pub(super) async fn home(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    home_page(&house, &voice, None).await
}

/// The front page, perhaps with a form to be mended.
pub(super) async fn home_page(
    house: &House,
    voice: &Voice,
    mistyped: Option<Mistyped>,
) -> Result<Response, Trouble> {
    let catalogue = house.catalogue();
    let about_forums = about_forums();
    let events = house
        .store
        .calendar(&about_forums, house.today(), EVENTS_SHOWN)
        .await?;
    let entries = front::stories(house, &about_forums, STORIES_SHOWN).await?;
    let featured: Vec<FeedCard> = catalogue
        .feeds
        .iter()
        .filter(|feed| feed.featured)
        .map(|feed| feed_card(feed, voice))
        .collect();
    let context = Home {
        query: voice.query.clone(),
        lang: voice.lang().map(str::to_owned),
        events: events
            .iter()
            .map(|event| {
                let first = event.articles.first();
                let told = entries
                    .iter()
                    .find(|entry| Some(&entry.article.id) == first)
                    .map(|entry| entry.reading.shown_language());
                event_card(event, voice, told)
            })
            .collect(),
        stories: entries
            .iter()
            .map(|entry| story_card(house, entry, voice))
            .collect(),
        calendar: featured.iter().find_map(|feed| feed.ics.clone()),
        form: form(house, voice, mistyped),
        feeds: featured,
    };
    let title = house
        .templates()
        .message(voice.writing(), "home.title", &[])?;
    let frame = Frame {
        title: &title,
        is_private: false,
    };
    Ok(page(house, voice, &frame, "page/home.html", &context)?)
}

/// What the house is about.
pub(super) fn about_forums() -> Filter {
    Filter {
        kinds: vec![Kind::Announcement, Kind::ForumArticle],
        ..Filter::default()
    }
}

/// `/feeds`
pub(super) async fn feeds(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    let catalogue = house.catalogue();
    let cards = |featured: bool| {
        catalogue
            .feeds
            .iter()
            .filter(|feed| feed.featured == featured)
            .map(|feed| feed_card(feed, &voice))
            .collect()
    };
    let context = Feeds {
        featured: cards(true),
        others: cards(false),
    };
    let title = house
        .templates()
        .message(voice.writing(), "feeds.title", &[])?;
    let frame = Frame {
        title: &title,
        is_private: false,
    };
    Ok(page(&house, &voice, &frame, "page/feeds.html", &context)?)
}

/// A page with one thing to say, and perhaps one button: `(action, token)`.
pub(super) fn answer_page(
    house: &House,
    voice: &Voice,
    what: &'static str,
    button: Option<(&str, &str)>,
) -> Result<Response, Trouble> {
    let context = Answer {
        query: voice.query.clone(),
        what,
        action: button.map(|(action, _)| action.to_owned()),
        token: button.map_or_else(String::new, |(_, token)| token.to_owned()),
        preferences: None,
    };
    answer(house, voice, &context)
}

/// The page for `reader`, who just confirmed: it leads to the reader's own page.
///
/// The link is made as those in letters are, and seen by whoever opened one. It
/// stands in no cache, and following it tells nobody (`no-store`, `no-referrer`).
pub(super) fn welcome_page(
    house: &House,
    voice: &Voice,
    what: &'static str,
    reader: &SubscriberId,
) -> Result<Response, Trouble> {
    let token = sign(&house.secret, TokenPurpose::Preferences, reader, None);
    let lang = voice.query.replace('?', "&");
    let context = Answer {
        query: voice.query.clone(),
        what,
        action: None,
        token: String::new(),
        preferences: Some(format!("/preferences?token={token}{lang}")),
    };
    answer(house, voice, &context)
}

fn answer(house: &House, voice: &Voice, context: &Answer) -> Result<Response, Trouble> {
    let what = context.what;
    let title = format!("answer.{what}.title");
    let title = house.templates().message(voice.writing(), &title, &[])?;
    let frame = Frame {
        title: &title,
        is_private: true,
    };
    Ok(page(house, voice, &frame, "page/answer.html", context)?)
}

/// What the frame of a page must know.
pub(super) struct Frame<'a> {
    pub(super) title: &'a str,
    /// Not for search engines, nor for caches.
    pub(super) is_private: bool,
}

/// Renders a body into the layout.
pub(super) fn page<C: Serialize>(
    house: &House,
    voice: &Voice,
    frame: &Frame<'_>,
    template: &str,
    context: &C,
) -> Result<Response, TemplateError> {
    let templates = house.templates();
    let layout = Layout {
        title: frame.title.to_owned(),
        site_name: voice.spell(&house.options.name),
        query: voice.query.clone(),
        switch: voice.switch(),
        feeds: house
            .catalogue()
            .feeds
            .iter()
            .filter(|feed| feed.featured)
            .map(|feed| feed_card(feed, voice))
            .collect(),
        is_private: frame.is_private,
        shows_outbox: voice.sees_outbox,
        body: templates.render(template, voice.writing(), context)?,
    };
    let html = templates.render("page/layout.html", voice.writing(), &layout)?;
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    let cache = if frame.is_private {
        "no-store"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(voice.writing().tag()),
    );
    Ok(response)
}

/// One event as pages show it; named in the language of the text that told of it,
/// where that is known.
pub(super) fn event_card(event: &Event, voice: &Voice, told_in: Option<Language>) -> EventCard {
    let counted_from = event.date_counted_from.map(|day| day.to_string());
    EventCard {
        name: voice.quote_named(&event.name, told_in),
        start: event.start.to_string(),
        end: event.end.map(|day| day.to_string()),
        time: event.time.map(|time| time.format("%H:%M").to_string()),
        place: place(event, voice.tongue).map(|place| voice.spell(&place)),
        href: event
            .articles
            .first()
            .map(|article| format!("/article/{article}{}", voice.query)),
        status: event.standing(),
        counted_words: counted_from
            .is_some()
            .then(|| voice.quote_name(&event.date_words)),
        counted_from,
    }
}

/// The day of a moment in the house's zone, as templates take it.
pub(super) fn day(house: &House, time: DateTime<Utc>) -> String {
    time.with_timezone(&house.options.zone)
        .date_naive()
        .to_string()
}

/// A language a page may name.
pub(super) fn known(language: Language) -> Option<&'static str> {
    (language != Language::Undetermined).then(|| language.tag())
}

/// One story as pages show it.
pub(super) fn story_card(house: &House, entry: &Entry, voice: &Voice) -> StoryCard {
    let reading = &entry.reading;
    let own_page = || format!("/article/{}{}", entry.article.id, voice.query);
    let language = reading.shown_language();
    let (title, lang) = voice.quote(&entry.article.title, language);
    StoryCard {
        title,
        href: entry
            .article
            .link
            .as_ref()
            .map_or_else(own_page, ToString::to_string),
        lang,
        outlet: voice.outlet(&entry.outlet, &house.options.name),
        date: day(house, entry.article.dated()),
        excerpt: voice.quote(&reading.excerpt, language).0,
        kind: reading
            .shown_kind()
            .filter(|kind| *kind != Kind::Other)
            .map(Kind::word),
        regions: reading
            .regions
            .iter()
            .filter(|(_, sure)| sure.is_enough())
            .map(|(region, _)| voice.spell(region.name(voice.tongue)))
            .collect(),
        topics: reading.shown_topics().map(Topic::word).collect(),
        also: entry
            .also_told_by
            .iter()
            .filter_map(|told| {
                // What is told elsewhere is in the script it is told in there.
                Some(AlsoLink {
                    outlet: voice.outlet(&told.outlet, &house.options.name),
                    href: told.link.clone()?,
                    title: voice.quote(&told.title, told.language).0,
                    lang: known(told.language),
                })
            })
            .collect(),
    }
}

fn feed_card(feed: &PublishedFeed, voice: &Voice) -> FeedCard {
    let (name, tongue) = (&feed.name, voice.tongue);
    FeedCard {
        name: name.to_string(),
        title: voice.spell(feed.title.get(tongue)),
        description: voice.spell(feed.description.get(tongue)),
        rss: format!("/feeds/{name}.rss"),
        atom: format!("/feeds/{name}.atom"),
        json: format!("/feeds/{name}.json"),
        ics: feed.calendar.then(|| format!("/feeds/{name}.ics")),
    }
}

fn form(house: &House, voice: &Voice, mistyped: Option<Mistyped>) -> DigestForm {
    let tongue = voice.tongue;
    let feeds = &house.catalogue().feeds;
    DigestForm {
        tongues: Writing::ALL
            .into_iter()
            .map(|choice| Choice {
                value: choice.tag().to_owned(),
                name: choice.spell(own_name(choice.tongue)),
                is_chosen: choice == voice.writing(),
            })
            .collect(),
        feeds: feeds
            .iter()
            .filter(|feed| feed.featured)
            .map(|feed| Choice {
                value: feed.name.to_string(),
                name: voice.spell(feed.title.get(tongue)),
                is_chosen: false,
            })
            .collect(),
        regions: Region::all()
            .map(|region| Choice {
                value: region.code(),
                name: voice.spell(region.name(tongue)),
                is_chosen: false,
            })
            .collect(),
        shown: stamp(&house.secret, house.clock.now()),
        address_wrong: mistyped.as_ref().map(|typed| typed.wrong),
        address: mistyped.map_or_else(String::new, |typed| typed.address),
    }
}

/// Venue, city and region; once where they are the same.
fn place(event: &Event, tongue: Tongue) -> Option<String> {
    let region = event.region.map(|region| region.name(tongue).to_owned());
    let venue = event.details.venue.clone();
    let is_city_itself = event
        .region
        .is_some_and(|region| Some(region.name(Tongue::English)) == event.city.as_deref());
    let town = match (&event.city, region) {
        (Some(city), Some(region)) if !is_city_itself => {
            Some(format!("{}, {region}", city::name(city, tongue)))
        }
        (_, Some(region)) => Some(region),
        (city, None) => city
            .as_deref()
            .map(|city| city::name(city, tongue).to_owned()),
    };
    let places: Vec<String> = venue.into_iter().chain(town).collect();
    (!places.is_empty()).then(|| places.join(", "))
}
