//! Where programs that make sites have their feeds, for sites that don't say.

use url::Url;

use super::{Candidate, How, Kind, key};

/// The most paths tried at one site.
const PATHS_MAX: usize = 24;
/// First path segments that name a language version.
const LANGUAGES: [&str; 6] = ["kk", "kz", "kaz", "qaz", "ru", "en"];
/// What the makers ship with, by a word their pages are known by.
const MADE_BY: [(&str, &[&str]); 5] = [
    (
        "wordpress",
        &["/feed/", "/?feed=rss2", "/kk/feed/", "/ru/feed/"],
    ),
    (
        "bitrix",
        &["/rss/", "/news/rss/", "/rss.php", "/ru/rss/", "/kz/rss/"],
    ),
    ("drupal", &["/rss.xml", "/kk/rss.xml", "/ru/rss.xml"]),
    (
        "joomla",
        &["/?format=feed&type=rss", "/index.php?format=feed&type=rss"],
    ),
    ("next", &["/rss.xml", "/feed.xml", "/api/rss"]),
];
/// Everywhere else, the most frequent first.
const USUAL: [&str; 22] = [
    "/rss",
    "/feed",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/rss/all",
    "/news/rss",
    "/ru/rss",
    "/kk/rss",
    "/kz/rss",
    "/rss/news",
    "/rss/index.xml",
    "/rss/rus.xml",
    "/rss/kaz.xml",
    "/index.xml",
    "/news.rss",
    "/?feed=rss2",
    "/feed/rss",
    "/feed.json",
    "/news/feed",
    "/rss.php",
    "/export/rss.xml",
];
/// In the folder of a language version.
const IN_VERSION: [&str; 4] = ["rss", "feed", "rss.xml", "news/rss"];

/// The addresses to try at `base`'s site: those of its language version and of
/// its maker first. At most a named number.
pub fn common_paths(base: &Url, made_by: Option<&str>) -> Vec<Candidate> {
    let version = base
        .path_segments()
        .and_then(|mut segments| segments.next())
        .filter(|first| LANGUAGES.contains(first))
        .unwrap_or_default();
    let of_version = IN_VERSION
        .iter()
        .filter(|_| !version.is_empty())
        .map(|path| format!("/{version}/{path}"));
    let of_maker = MADE_BY
        .iter()
        .filter(|(maker, _)| made_by.is_some_and(|said| said.contains(maker)))
        .flat_map(|(_, paths)| paths.iter().map(|path| (*path).to_owned()));
    let usual = USUAL.iter().map(|path| (*path).to_owned());
    let mut keys = std::collections::HashSet::new();
    of_version
        .chain(of_maker)
        .chain(usual)
        .filter_map(|path| base.join(&path).ok())
        .filter(|url| keys.insert(key(url)))
        .take(PATHS_MAX)
        .map(|url| Candidate::new(url, Kind::Feed, How::CommonPath))
        .collect()
}

/// The two places a sitemap is looked for that nobody named.
pub fn usual_sitemaps(base: &Url) -> Vec<Candidate> {
    ["/news-sitemap.xml", "/sitemap.xml"]
        .iter()
        .filter_map(|path| base.join(path).ok())
        .map(|url| Candidate::new(url, Kind::Sitemap, How::CommonPath))
        .collect()
}
