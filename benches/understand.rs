//! Texts of about 200 words a second on one core, part by part and everything
//! together; the memory of all compiled-in data once it is loaded; and what one
//! more article costs to place among stories when few and when many are stored:
//! `cargo bench --bench understand`.
//!
//! `JARSHY_BENCH_STORIES` sets how many is many (100,000; filling a million takes
//! a while).

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a bench prints what it measured, and stops where it cannot"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::model::article::{Article, ArticleId};
use jarshy::model::delivery::Holder;
use jarshy::model::reading::Reading;
use jarshy::model::source::{Place, Source, SourceId};
use jarshy::model::story::{Signature, StoryId};
use jarshy::store::{Likened, Store, Visit, VisitedArticle};
use jarshy::text::stem::stem_in;
use jarshy::text::tokens::tokens;
use jarshy::understand::same_story::{self, Shelf};
use jarshy::understand::{self, Hints, dates, place};

/// How long each row is measured.
const ROW: Duration = Duration::from_secs(2);
/// About how many words a text has.
const WORDS: usize = 200;
const FEW: usize = 10_000;
const MANY: usize = 100_000;
/// Articles stored at a time.
const BATCH: usize = 1_000;
/// Articles placed to see what one costs.
const PLACED: usize = 300;
/// Bands of a generated article, of which the last is one of [`POPULAR`] that
/// every article's is one of: the names and places of the day.
const BANDS: u64 = 16;
const POPULAR: u64 = 20;

fn main() {
    let before = resident_kib();
    let texts = texts();
    let with_texts = resident_kib();
    for text in &texts {
        black_box(read(text));
    }
    let loaded = resident_kib();
    println!(
        "memory of all data, loaded: {:.1} MB (texts: {:.1} MB)",
        (loaded - with_texts) as f64 / 1024.0,
        (with_texts - before) as f64 / 1024.0
    );
    parts(&texts);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let many = std::env::var("JARSHY_BENCH_STORIES").ok();
    let many = many.and_then(|many| many.parse().ok()).unwrap_or(MANY);
    for stored in [FEW, many] {
        shelf(stored);
        runtime.block_on(stories(stored));
    }
}

/// Resident memory, in KiB; Linux only, elsewhere 0.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The labelled texts of one language end to end, cut to [`WORDS`] words each.
fn texts() -> Vec<Article> {
    let mut by_language: BTreeMap<String, String> = BTreeMap::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/articles");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    for file in files {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |key: &str| row[key].as_str().unwrap_or_default();
            let language = row["expect"]["language"].as_str().unwrap_or("kk");
            let all = by_language.entry(language.to_owned()).or_default();
            for piece in [field("title"), ". ", field("text"), "\n"] {
                all.push_str(piece);
            }
        }
    }
    by_language
        .values()
        .flat_map(|all| {
            let words: Vec<&str> = all.split(' ').collect();
            words
                .chunks_exact(WORDS)
                .map(|words| words.join(" "))
                .collect::<Vec<_>>()
        })
        .enumerate()
        .map(|(number, text)| article(number, &text))
        .collect()
}

fn article(number: usize, text: &str) -> Article {
    let source = SourceId::from_stored("bench");
    let (title, body) = text.split_once(". ").unwrap_or((text, text));
    Article {
        id: ArticleId::derived(&source, &number.to_string()),
        source,
        revision: 1,
        link: None,
        title: title.to_owned(),
        authors: Vec::new(),
        summary_html: String::new(),
        content_html: String::new(),
        text: body.to_owned(),
        published: Some(morning()),
        updated: None,
        first_seen: morning(),
        image: None,
        categories: Vec::new(),
        declared_language: None,
        declared_event: None,
        content_hash: number.to_string(),
    }
}

fn morning() -> DateTime<Utc> {
    "2026-11-23T06:00:00Z".parse().unwrap()
}

fn read(article: &Article) -> (Reading, Signature) {
    let zone = chrono_tz::Asia::Almaty;
    let read = understand::read_to_compare(article, &Hints::default(), zone, morning());
    let signature = read.likeness.signature(article, &read.reading);
    (read.reading, signature)
}

fn parts(texts: &[Article]) {
    let readings: Vec<Reading> = texts.iter().map(|text| read(text).0).collect();
    let laid_out: Vec<_> = texts.iter().map(|text| tokens(&text.text)).collect();
    let day = morning().date_naive();
    let row = |name: &str, work: &mut dyn FnMut(usize)| {
        let begun = Instant::now();
        let mut done = 0_usize;
        while begun.elapsed() < ROW {
            work(done % texts.len());
            done += 1;
        }
        let each = begun.elapsed().as_secs_f64() / done as f64;
        println!(
            "{name:<12} {:>9.0} texts a second {:>9.1} µs each",
            each.recip(),
            each * 1e6
        );
    };
    row("tokens", &mut |at| {
        black_box(tokens(&texts[at].text));
    });
    row("language", &mut |at| {
        black_box(understand::language_of(&texts[at].text));
    });
    row("stems", &mut |at| {
        for token in laid_out[at].iter().filter(|token| token.is_word()) {
            black_box(stem_in(&token.folded, readings[at].language));
        }
    });
    row("dates", &mut |at| {
        black_box(dates::spans(&laid_out[at], day));
    });
    row("places", &mut |at| {
        black_box(place::mentions(&laid_out[at]));
    });
    row("topics", &mut |at| {
        black_box(understand::topics_of(&texts[at]));
    });
    row("likeness", &mut |at| {
        black_box(same_story::signature(&texts[at], &readings[at]));
    });
    row("everything", &mut |at| {
        black_box(read(&texts[at]));
    });
}

/// A signature of its own but for a popular band.
fn signature(number: usize) -> Signature {
    let number = number as u64;
    let spread = |at: u64| (number * BANDS + at).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut tokens: Vec<i64> = (0..60).map(|at| (spread(at) >> 1).cast_signed()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    let popular = std::iter::once((number % POPULAR).cast_signed());
    Signature {
        bands: (1..BANDS)
            .map(|at| spread(at).cast_signed())
            .chain(popular)
            .collect(),
        tokens,
    }
}

/// The stored articles are spread over the last days that count.
fn dated(number: usize, stored: usize) -> DateTime<Utc> {
    let share = (stored - number) as f64 / stored as f64;
    morning() - TimeDelta::seconds((share * 86_400.0 * 3.9) as i64)
}

fn shelf(stored: usize) {
    let mut shelf = Shelf::default();
    for number in 0..stored {
        let id = ArticleId::from_stored(number.to_string());
        let story = StoryId::derived(&id);
        shelf.put(id, story, &signature(number), dated(number, stored));
    }
    let begun = Instant::now();
    for number in stored..stored + PLACED {
        let signature = signature(number);
        let id = ArticleId::from_stored(number.to_string());
        let candidates: Vec<_> = shelf.candidates(&signature).collect();
        let story = same_story::join(&id, morning(), &signature, &candidates);
        shelf.put(id, story, &signature, morning());
    }
    report("in memory", stored, begun.elapsed());
}

fn report(what: &str, stored: usize, took: Duration) {
    let each = took.as_secs_f64() / PLACED as f64 * 1e6;
    println!("one more among {stored:>9} stories, {what:<10} {each:>9.1} µs");
}

async fn stories(stored: usize) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/jarshy.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    let source = source();
    store
        .sync_sources(std::slice::from_ref(&source), morning())
        .await
        .unwrap();
    let reading = read(&article(0, "Форум. Ертең форум өтеді.")).0;
    let visited = |number: usize| {
        let mut article = article(number, "Форум. Ертең форум өтеді.");
        article.published = Some(dated(number, stored));
        VisitedArticle {
            story: StoryId::derived(&article.id),
            article,
            reading: reading.clone(),
            signature: signature(number),
            events: Vec::new(),
            left: Vec::new(),
        }
    };
    let holder = Holder("bench".to_owned());
    for first in (0..stored).step_by(BATCH) {
        let lease = TimeDelta::minutes(5);
        let state = store
            .claim_source(&source.id, morning(), &holder, lease)
            .await;
        let mut state = state.unwrap().unwrap();
        state.last_visit = Some(morning());
        let articles = (first..(first + BATCH).min(stored)).map(visited).collect();
        store
            .record_visit(
                Visit {
                    state,
                    articles,
                    full_texts: Vec::new(),
                },
                &holder,
            )
            .await
            .unwrap();
    }
    let since = morning() - TimeDelta::days(4);
    let begun = Instant::now();
    for number in stored..stored + PLACED {
        let signature = signature(number);
        let likened = Likened {
            bands: &signature.bands,
            since,
        };
        let candidates = store.story_candidates(&[likened]).await.unwrap().remove(0);
        let id = ArticleId::from_stored(number.to_string());
        black_box(same_story::join(&id, morning(), &signature, &candidates));
    }
    report("in SQLite", stored, begun.elapsed());
}

fn source() -> Source {
    let place = Place::Feed("https://outlet.example/feed".parse().unwrap());
    Source::new(SourceId::from_stored("bench"), "Bench", place)
}
