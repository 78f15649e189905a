//! `[[feed]]` entries: what is published.
//!
//! Keys: `name`, `title`, `description` (both `{ kk, ru, en }`), `tongue`,
//! `kinds`, `languages`, `regions`, `topics`, `sources`, `items`, `calendar`, `featured`,
//! `for_each`. With `for_each = "region"` one entry makes a feed for each region
//! of Kazakhstan, holding that region only: `{region}` in `name` is its slug,
//! `{region_name}` in `title` and `description` its name in that tongue. With
//! `for_each = "topic"` the same for each topic, by `{topic}` and `{topic_name}`.

use crate::model::complaint::Position;
use crate::model::feed::{FeedName, Filter, PublishedFeed};
use crate::model::language::{Language, Tongue, Trilingual};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::source::SourceId;
use crate::model::topic::Topic;

use super::entry::{Entry, did_you_mean};

/// Entries in one document, where a feed says nothing.
const ITEMS_DEFAULT: usize = 50;
/// The most entries one document may be asked to hold.
const ITEMS_MAX: usize = 500;

/// Over what an entry is multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Regions,
    Topics,
}

impl Over {
    const ALL: [Self; 2] = [Self::Regions, Self::Topics];

    const fn word(self) -> &'static str {
        match self {
            Self::Regions => "region",
            Self::Topics => "topic",
        }
    }

    /// The key that each of its feeds fills in itself.
    const fn key(self) -> &'static str {
        match self {
            Self::Regions => "regions",
            Self::Topics => "topics",
        }
    }

    /// Stands for the word in `name`.
    const fn slug(self) -> &'static str {
        match self {
            Self::Regions => "{region}",
            Self::Topics => "{topic}",
        }
    }

    /// Stands for the name in `title` and `description`.
    const fn name(self) -> &'static str {
        match self {
            Self::Regions => "{region_name}",
            Self::Topics => "{topic_name}",
        }
    }

    fn each(self) -> Vec<One> {
        match self {
            Self::Regions => Region::all().map(One::Region).collect(),
            Self::Topics => Topic::ALL.into_iter().map(One::Topic).collect(),
        }
    }
}

/// What one feed of a multiplied entry holds.
#[derive(Debug, Clone, Copy)]
enum One {
    Region(Region),
    Topic(Topic),
}

impl One {
    fn slug(self) -> &'static str {
        match self {
            Self::Region(region) => region.slug(),
            Self::Topic(topic) => topic.word(),
        }
    }

    fn name(self, tongue: Tongue) -> &'static str {
        match self {
            Self::Region(region) => region.name(tongue),
            Self::Topic(topic) => topic.name(tongue),
        }
    }

    fn narrow(self, filter: &mut Filter) {
        match self {
            Self::Region(region) => filter.regions.push(region),
            Self::Topic(topic) => filter.topics.push(topic),
        }
    }
}

/// The feeds an entry describes, each with the places of the sources it names.
/// What is wrong is complained of, and the caller leaves the entry out.
pub(super) fn feeds(entry: &Entry<'_>) -> Vec<(PublishedFeed, Vec<Position>)> {
    let name = entry.required_text("name", "the name in the feed's address, such as all-forums");
    let for_each = for_each(entry);
    let title = required_words(entry, "title");
    let description = required_words(entry, "description");
    let tongue = entry.parsed::<Tongue>("tongue").unwrap_or_default();
    let items_max = entry.number("items", ITEMS_DEFAULT, 1..=ITEMS_MAX);
    let calendar = entry.flag("calendar", false);
    let featured = entry.flag("featured", true);
    let (filter, places) = filter(entry);
    let (Some(name), Some(title), Some(description)) = (name, title, description) else {
        return Vec::new();
    };
    if for_each.is_none() && entry.has("for_each") {
        // By what it is to be multiplied is complained of already.
        return Vec::new();
    }
    check_placeholders(
        entry,
        for_each,
        name,
        [("title", &title), ("description", &description)],
    );
    let one = |name: &str, of: Option<(Over, One)>| {
        let name = entry.read("name", name, |name| {
            name.parse::<FeedName>().map_err(|error| error.to_string())
        })?;
        let mut filter = filter.clone();
        if let Some((_, one)) = of {
            one.narrow(&mut filter);
        }
        let feed = PublishedFeed {
            name,
            title: filled(&title, of),
            description: filled(&description, of),
            tongue,
            filter,
            items_max,
            calendar,
            featured,
        };
        Some((feed, places.clone()))
    };
    match for_each {
        Some(over) => over
            .each()
            .into_iter()
            // One bad name says it for all of them.
            .map_while(|each| one(&name.replace(over.slug(), each.slug()), Some((over, each))))
            .collect(),
        None => one(name, None).into_iter().collect(),
    }
}

/// Over what the entry is a template, if it is one.
fn for_each(entry: &Entry<'_>) -> Option<Over> {
    let word = entry.text("for_each")?;
    let Some(over) = Over::ALL.into_iter().find(|over| over.word() == word) else {
        let message = format!("`{word}` is unknown; expected \"region\" or \"topic\"");
        entry.error_at("for_each", message);
        return None;
    };
    let (word, key) = (over.word(), over.key());
    if entry.has(key) {
        let message =
            format!("each feed of `for_each = \"{word}\"` holds its own {word}; take `{key}` out");
        entry.error_at(key, message);
    }
    Some(over)
}

/// A name without its placeholder would be given many times; a placeholder
/// without its template would be published as it stands.
fn check_placeholders(
    entry: &Entry<'_>,
    for_each: Option<Over>,
    name: &str,
    words: [(&'static str, &Trilingual); 2],
) {
    if let Some(over) = for_each.filter(|over| !name.contains(over.slug())) {
        let (word, slug) = (over.word(), over.slug());
        let message =
            format!("with `for_each = \"{word}\"` expected {slug} in the name, e.g. {word}-{slug}");
        entry.error_at("name", message);
    }
    let taken = for_each.map_or("", Over::name);
    for (key, words) in words {
        for tongue in Tongue::ALL {
            let words = words.get(tongue);
            let rest = if taken.is_empty() {
                words.to_owned()
            } else {
                words.replace(taken, "")
            };
            if rest.contains(['{', '}']) {
                let holds = Over::ALL
                    .map(|over| format!("{} with `for_each = \"{}\"`", over.name(), over.word()));
                let message = format!("in `{tongue}`: braces hold {} only", holds.join(", or "));
                entry.error_at(key, message);
            }
        }
    }
}

fn filled(words: &Trilingual, of: Option<(Over, One)>) -> Trilingual {
    let fill = |tongue: Tongue| match of {
        Some((over, one)) => words.get(tongue).replace(over.name(), one.name(tongue)),
        None => words.get(tongue).to_owned(),
    };
    Trilingual {
        kk: fill(Tongue::Kazakh),
        ru: fill(Tongue::Russian),
        en: fill(Tongue::English),
    }
}

/// A text in all three tongues.
fn required_words(entry: &Entry<'_>, key: &'static str) -> Option<Trilingual> {
    let expected = "{ kk = \"…\", ru = \"…\", en = \"…\" }";
    if !entry.has(key) {
        entry.error_at(key, format!("is missing; expected {expected}"));
    }
    entry.table(key, |words| {
        let word = |tongue| {
            words
                .required_text(tongue, "the text in all three tongues")
                .map(str::to_owned)
        };
        let (kk, ru, en) = (word("kk"), word("ru"), word("en"));
        Some(Trilingual {
            kk: kk?,
            ru: ru?,
            en: en?,
        })
    })?
}

fn filter(entry: &Entry<'_>) -> (Filter, Vec<Position>) {
    let kinds = entry.list("kinds", |word| {
        Kind::from_word(word).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::word).join(", ");
            format!("`{word}` is no kind; expected one of {known}")
        })
    });
    let languages = entry.list("languages", |tag| {
        tag.parse::<Language>().map_err(|error| error.to_string())
    });
    let regions = entry.list("regions", |code| {
        code.parse::<Region>().map_err(|error| error.to_string())
    });
    let topics = entry.list("topics", |word| {
        word.parse::<Topic>().map_err(|error| {
            let known = Topic::ALL.into_iter().map(Topic::word);
            format!("{error}{}", did_you_mean(word, known))
        })
    });
    // Whether such a source exists shows only when all files are read.
    let sources = entry.list("sources", |id| Ok(SourceId::from_stored(id)));
    let places = sources.iter().map(|(_, at)| entry.position(*at)).collect();
    let filter = Filter {
        kinds: values(kinds),
        languages: values(languages),
        regions: values(regions),
        topics: values(topics),
        sources: values(sources),
    };
    (filter, places)
}

fn values<T>(located: Vec<(T, usize)>) -> Vec<T> {
    located.into_iter().map(|(value, _)| value).collect()
}
