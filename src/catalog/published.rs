//! `[[feed]]` entries: what is published.
//!
//! Keys: `name`, `title`, `description` (both `{ kk, ru, en }`), `tongue`,
//! `kinds`, `languages`, `regions`, `topics`, `sources`, `items`, `calendar`, `featured`,
//! `for_each`. With `for_each = "region"` one entry makes a feed for each region
//! of Kazakhstan, holding that region only: `{region}` in `name` is its slug,
//! `{region_name}` in `title` and `description` its name in that tongue.

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
const REGION_SLUG: &str = "{region}";
const REGION_NAME: &str = "{region_name}";

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
    check_placeholders(
        entry,
        for_each,
        name,
        [("title", &title), ("description", &description)],
    );
    let one = |name: &str, region: Option<Region>| {
        let name = entry.read("name", name, |name| {
            name.parse::<FeedName>().map_err(|error| error.to_string())
        })?;
        let mut filter = filter.clone();
        filter.regions.extend(region);
        let feed = PublishedFeed {
            name,
            title: filled(&title, region),
            description: filled(&description, region),
            tongue,
            filter,
            items_max,
            calendar,
            featured,
        };
        Some((feed, places.clone()))
    };
    if for_each {
        Region::all()
            // One bad name says it for all twenty.
            .map_while(|region| one(&name.replace(REGION_SLUG, region.slug()), Some(region)))
            .collect()
    } else {
        one(name, None).into_iter().collect()
    }
}

/// Whether the entry is a template over the regions, or tries to be one.
fn for_each(entry: &Entry<'_>) -> bool {
    match entry.text("for_each") {
        None => false,
        Some("region") => {
            if entry.has("regions") {
                entry.error_at(
                    "regions",
                    "each feed of `for_each = \"region\"` holds its own region; take `regions` out",
                );
            }
            true
        }
        Some(other) => {
            entry.error_at(
                "for_each",
                format!("`{other}` is unknown; expected \"region\""),
            );
            true
        }
    }
}

/// A name without its placeholder would be given twenty times; a placeholder
/// without its template would be published as it stands.
fn check_placeholders(
    entry: &Entry<'_>,
    for_each: bool,
    name: &str,
    words: [(&'static str, &Trilingual); 2],
) {
    if for_each && !name.contains(REGION_SLUG) {
        entry.error_at(
            "name",
            "with `for_each = \"region\"` expected {region} in the name, e.g. region-{region}",
        );
    }
    for (key, words) in words {
        for tongue in Tongue::ALL {
            let rest = words.get(tongue).replace(REGION_NAME, "");
            let unfilled = rest.contains('{') || rest.contains('}');
            let unwanted = !for_each && words.get(tongue).contains(REGION_NAME);
            if unfilled || unwanted {
                let message = format!(
                    "in `{tongue}`: braces hold {REGION_NAME} only, and only with `for_each = \"region\"`"
                );
                entry.error_at(key, message);
            }
        }
    }
}

fn filled(words: &Trilingual, region: Option<Region>) -> Trilingual {
    let fill = |tongue: Tongue| {
        let name = region.map_or("", |region| region.name(tongue));
        words.get(tongue).replace(REGION_NAME, name)
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
