//! `jarshy sources add`: what a site gives, and the entry for the catalogue.

use std::path::Path;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use url::Url;

use super::AddArgs;
use super::explore::{Explored, Outcome, Tried, explore};
use super::shelf::Shelf;
use crate::catalog::write;
use crate::cli::house;
use crate::cli::output::{Failure, complain, day, say, time};
use crate::clock::Clock;
use crate::gather::discover::{self, Gives, How, Kind};
use crate::gather::web::Web;
use crate::model::count::counted;
use crate::model::feed::is_name;
use crate::model::language::Language;
use crate::model::source::{Source, SourceId};

/// The most failures told one by one; the others are counted.
const FAILURES_SHOWN_MAX: usize = 8;
/// What feeds are called that say only what they are, in lower case.
const NO_NAMES: [&str; 10] = [
    "новости",
    "лента",
    "лента новостей",
    "главная",
    "жаңалықтар",
    "басты бет",
    "барлық жаңалықтар",
    "все новости",
    "news",
    "rss",
];
/// The longest name written.
const NAME_CHARS_MAX: usize = 100;

/// Looks around, shows what was found, and prints or writes the best's entry.
pub async fn add(config: &Path, args: &AddArgs, json: bool) -> Result<(), Failure> {
    let url = discover::given(&args.url).map_err(|why| Failure::call(format!("error: {why}")))?;
    let (shelf, config) = Shelf::open(config, args.write.as_deref())?;
    prove_id(args, &shelf)?;
    let web = Web::new(house::web_options(&config)?).map_err(Failure::work)?;
    let now = Clock::System.now();
    let explored = look_around(args, &web, &url, now.with_timezone(&config.zone)).await?;
    let best = best(&explored, args)?;
    let named = rival(&explored, &url, best).filter(|_| args.pick.is_none());
    let source = best.map(|tried| source(args, &explored, tried, &shelf));
    let known = source
        .as_ref()
        .and_then(|source| shelf.register.reads(&source.place));
    let entry = match (&source, best) {
        (Some(source), Some(tried)) => write::entry(source, &comment(tried, now, config.zone)),
        _ => String::new(),
    };
    // Whoever named a page of its own may have meant it: then nothing is written
    // before it is said which.
    let written = match (&source, known) {
        (Some(_), None) if named.is_none() => shelf.put(std::slice::from_ref(&entry))?,
        _ => None,
    };
    if json {
        let value = json!({
            "candidates": explored.tried.iter().map(as_json).collect::<Vec<_>>(),
            "hubs": explored.hubs, "notes": explored.notes, "requests": explored.requests,
            "pick": named.map(|(number, _)| number),
            "id": source.as_ref().map(|source| source.id.as_str()), "toml": entry,
            "known_as": known.map(SourceId::as_str),
            "written": written.map(|file| file.display().to_string()),
        });
        say(&value.to_string())?;
    } else {
        show(&explored, config.zone)?;
        if source.is_some() {
            say(&format!("\n{}", entry.trim_end()))?;
        }
        if let Some((number, tried)) = named {
            let own = self::source(args, &explored, tried, &shelf);
            let own = write::entry(&own, &comment(tried, now, config.zone));
            say(&format!(
                "\n# Or the page itself, as you named it: --pick {number}"
            ))?;
            say(own.trim_end())?;
        }
    }
    if let Some(known) = known {
        return Err(Failure::work(format!(
            "the catalogue reads this address already, as `{known}`; nothing was written"
        )));
    }
    if let (Some((number, _)), Some(_)) = (named, &args.write) {
        return Err(Failure::call(format!(
            "error: {url} can be read itself, and something else gives more; nothing was written. \
             Say which you mean: --pick 1, or --pick {number} for the page itself"
        )));
    }
    if source.is_none() {
        return Err(Failure::work(nothing_found(&url, &explored, args.language)));
    }
    if let Some(file) = written {
        complain(&format!("written to {}", file.display()));
    }
    Ok(())
}

/// The id asked for can be one, and is free.
fn prove_id(args: &AddArgs, shelf: &Shelf) -> Result<(), Failure> {
    let Some(id) = &args.id else {
        return Ok(());
    };
    if !is_name(id) {
        return Err(Failure::call(format!(
            "error: --id: `{id}` cannot be an id; expected 1 to 64 of a-z, 0-9 and -"
        )));
    }
    if shelf.register.has_id(id) {
        return Err(Failure::call(format!(
            "error: --id: `{id}` is the name of another source; choose one that is free"
        )));
    }
    Ok(())
}

/// Without a scheme https was meant, but an old site may have none.
async fn look_around(
    args: &AddArgs,
    web: &Web,
    url: &Url,
    now: DateTime<Tz>,
) -> Result<Explored, Failure> {
    let why = match explore(web, url, now).await {
        Ok(explored) => return Ok(explored),
        Err(why) => why,
    };
    let mut plain = url.clone();
    if args.url.contains("://") || plain.set_scheme("http").is_err() {
        return Err(Failure::work(why));
    }
    let explored = explore(web, &plain, now).await;
    explored.map_err(|_| Failure::work(why))
}

/// What can be read, the best first.
fn giving(explored: &Explored) -> impl Iterator<Item = &Tried> {
    let gives = |tried: &&Tried| matches!(tried.outcome, Outcome::Gives { .. });
    explored.tried.iter().filter(gives)
}

/// Why no entry is shown: nothing can be read, or nothing in the language asked for.
fn nothing_found(url: &Url, explored: &Explored, wanted: Option<Language>) -> String {
    let mut found: Vec<&str> = giving(explored)
        .map(|tried| match &tried.outcome {
            Outcome::Gives { language, .. } => language.map_or("?", Language::subtag),
            Outcome::Not(_) => "?",
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    match wanted.filter(|_| !found.is_empty()) {
        Some(wanted) => format!(
            "nothing at {url} is in {}; found: {}",
            wanted.subtag(),
            found.join(", ")
        ),
        None => format!("nothing was found at {url} that could be read"),
    }
}

/// The one picked, else the best of the language asked for, or of all.
fn best<'e>(explored: &'e Explored, args: &AddArgs) -> Result<Option<&'e Tried>, Failure> {
    let mut given = giving(explored);
    if let Some(number) = args.pick {
        let picked = number.checked_sub(1).and_then(|index| given.nth(index));
        return picked.map(Some).ok_or_else(|| {
            let shown = giving(explored).count();
            Failure::call(format!(
                "error: --pick: there is no {number}; {shown} were found"
            ))
        });
    }
    Ok(given.find(|tried| match &tried.outcome {
        Outcome::Gives {
            language: found, ..
        } => args
            .language
            .is_none_or(|wanted| found.is_some_and(|found| found.subtag() == wanted.subtag())),
        Outcome::Not(_) => false,
    }))
}

/// The page at the address given, with its number, where it can be read and is not
/// what is `best`. Of a home page one wants what gives most; whoever names another
/// page may want that one.
fn rival<'e>(
    explored: &'e Explored,
    url: &Url,
    best: Option<&Tried>,
) -> Option<(usize, &'e Tried)> {
    let is_home = matches!(url.path(), "" | "/") && url.query().is_none();
    let named = giving(explored)
        .enumerate()
        .find(|(_, tried)| matches!(tried.candidate.how, How::Block | How::Given));
    named
        .map(|(index, tried)| (index + 1, tried))
        .filter(|(_, tried)| !is_home && best.is_some_and(|best| !std::ptr::eq(best, *tried)))
}

fn source(args: &AddArgs, explored: &Explored, tried: &Tried, shelf: &Shelf) -> Source {
    let candidate = &tried.candidate;
    let (title, language) = match &tried.outcome {
        Outcome::Gives {
            gives, language, ..
        } => (gives.title.clone(), *language),
        Outcome::Not(_) => (None, None),
    };
    let host = candidate.url.host_str().unwrap_or_default();
    let name = named(explored, candidate.kind, title)
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| host.to_owned());
    let home = explored.page.clone().filter(|page| {
        discover::key(page) != discover::key(&candidate.url) && page.host_str() != Some(host)
    });
    let hint = language.map(Language::subtag);
    let id = match &args.id {
        Some(id) => SourceId::from_stored(id.as_str()),
        None => shelf.register.free_id(&wish_of(&candidate.url), hint),
    };
    let name: String = name.chars().take(NAME_CHARS_MAX).collect();
    Source {
        home,
        language,
        region: args.region,
        ..Source::new(id, name, candidate.place())
    }
}

/// What the outlet is called, where the page asked or what was found says it.
fn named(explored: &Explored, kind: Kind, title: Option<String>) -> Option<String> {
    match kind {
        Kind::Telegram => title,
        // A home page says how its outlet is called; any other page what it is itself.
        Kind::Feed if !is_home_asked(explored) => title.or_else(|| explored.name.clone()),
        // The page's title says more than the name: "… — Home".
        Kind::Feed if is_within(title.as_deref(), explored.name.as_deref()) => title,
        _ => explored.name.clone().or(title),
    }
}

fn is_within(name: Option<&str>, title: Option<&str>) -> bool {
    let (Some(name), Some(title)) = (name.map(str::trim), title) else {
        return false;
    };
    let name = name.to_lowercase();
    let is_name = !name.is_empty() && !NO_NAMES.contains(&name.as_str());
    is_name && title.to_lowercase().contains(&name)
}

fn is_home_asked(explored: &Explored) -> bool {
    let mut pages = explored.page.iter();
    pages.all(|page| matches!(page.path(), "" | "/") && page.query().is_none())
}

/// What a source of this address may be called: `kazpravda` for
/// `www.kazpravda.kz`, `name-telegram` for a channel.
pub fn wish_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    if host == "t.me" {
        let name = url
            .path_segments()
            .and_then(|mut segments| segments.next_back());
        return format!("{}-telegram", name.unwrap_or_default());
    }
    let bare = host.strip_prefix("www.").unwrap_or(host);
    let is_name = bare.contains(|c: char| c.is_ascii_alphabetic());
    match bare.rsplit_once('.') {
        Some((name, _)) if is_name => name.to_owned(),
        _ => bare.to_owned(),
    }
}

/// Its days are those of `zone`, as everywhere in the house.
fn comment(tried: &Tried, now: DateTime<Utc>, zone: Tz) -> String {
    let on = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let day = on(now);
    let found = tried.candidate.how.words();
    match &tried.outcome {
        Outcome::Gives { gives, .. } => {
            let newest = gives
                .newest
                .map_or_else(String::new, |newest| format!(", newest of {}", on(newest)));
            let entries = counted(gives.sample.entries, "entry");
            let link = match &tried.candidate.rules {
                Some(rules) if rules.link.is_none() => {
                    "\nSay where an article is: link = \"https://…/{id}\" in the rules."
                }
                _ => "",
            };
            format!("Found on {day} ({found}): {entries}{newest}.{link}")
        }
        Outcome::Not(_) => format!("Found on {day} ({found})."),
    }
}

/// The table of what was found, and what was not.
fn show(explored: &Explored, zone: Tz) -> Result<(), Failure> {
    say(" no  kind      lang  entries  newest            dated  whole  address")?;
    let mut failures = Vec::new();
    let mut number = 0;
    for tried in &explored.tried {
        let candidate = &tried.candidate;
        match &tried.outcome {
            Outcome::Gives {
                gives, language, ..
            } => {
                number += 1;
                let row = row(tried, gives, *language, zone);
                say(&format!("{number:>3}  {row}"))?;
            }
            Outcome::Not(why) => failures.push(format!(
                "{}: {why} ({})",
                candidate.url,
                candidate.how.words()
            )),
        }
    }
    for failure in failures.iter().take(FAILURES_SHOWN_MAX) {
        say(&format!("  no: {failure}"))?;
    }
    if failures.len() > FAILURES_SHOWN_MAX {
        say(&format!(
            "  no: {} more",
            failures.len() - FAILURES_SHOWN_MAX
        ))?;
    }
    for hub in &explored.hubs {
        say(&format!("  WebSub hub: {hub}"))?;
    }
    for note in &explored.notes {
        say(&format!("  note: {note}"))?;
    }
    Ok(())
}

fn row(tried: &Tried, gives: &Gives, language: Option<Language>, zone: Tz) -> String {
    let percent = |share: Option<u32>| share.map_or_else(String::new, |share| format!("{share} %"));
    format!(
        "{:<9} {:<5} {:>7}  {:<16}  {:>5}  {:>5}  {} ({})",
        tried.candidate.place().kind(),
        language.map_or("?", Language::subtag),
        gives.sample.entries,
        gives
            .newest
            .map_or_else(String::new, |newest| day(newest, zone)),
        percent(gives.sample.dated_percent()),
        percent(gives.sample.whole_percent()),
        tried.candidate.url,
        tried.candidate.how.words(),
    )
}

fn as_json(tried: &Tried) -> Value {
    let candidate = &tried.candidate;
    let kind = candidate.place().kind();
    let (url, how) = (candidate.url.as_str(), candidate.how.words());
    match &tried.outcome {
        Outcome::Gives {
            gives,
            language,
            score,
        } => json!({
            "url": url, "kind": kind, "how": how, "score": score, "format": gives.format,
            "title": gives.title, "entries": gives.sample.entries, "newest": time(gives.newest),
            "with_date_percent": gives.sample.dated_percent(),
            "with_text_percent": gives.sample.whole_percent(),
            "language": language.map(Language::subtag), "says_language": gives.language,
        }),
        Outcome::Not(why) => json!({"url": url, "kind": kind, "how": how, "score": 0, "why": why}),
    }
}

#[cfg(test)]
#[path = "add_tests.rs"]
mod tests;
