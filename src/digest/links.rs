//! Story links that are counted: each goes through the house's own address,
//! which is the same in all letters of a digest. Deliberately absent: personal
//! links, calendars and the house's own pages of feeds, which nobody counts.

use url::Url;

use super::choose::Choice;
use super::items::{ALSO_MAX, article_page};
use super::since::Correction;
use crate::model::digest::DigestId;
use crate::model::feed::Entry;
use crate::model::link::{DigestLink, LinkShort};

/// Where counted links stand under the public address.
pub const GO_PATH: &str = "/go/";

/// Sends the story links of `choice` through `site_url` (without a slash at its
/// end), and says where each leads.
pub fn count_links(choice: &mut Choice, digest: &DigestId, site_url: &str) -> Vec<DigestLink> {
    let mut counted = Counted {
        digest,
        site_url,
        links: Vec::new(),
    };
    for entry in &mut choice.stories {
        counted.entry(entry);
    }
    for correction in &mut choice.corrections {
        if let Correction::Article { entry, .. } = correction {
            counted.entry(entry);
        }
    }
    let beside = u32::try_from(counted.links.len()).unwrap_or(u32::MAX);
    for link in &mut counted.links {
        link.beside = beside;
    }
    counted.links
}

struct Counted<'a> {
    digest: &'a DigestId,
    site_url: &'a str,
    links: Vec<DigestLink>,
}

impl Counted<'_> {
    fn entry(&mut self, entry: &mut Entry) {
        let own_page = || article_page(&entry.article.id, self.site_url);
        let link = entry.article.link.as_ref();
        let url = link.map_or_else(own_page, ToString::to_string);
        if let Some(short) = self.through_house(&url) {
            entry.article.link = Some(short);
        }
        for told in entry.also_told_by.iter_mut().take(ALSO_MAX) {
            let short = told.link.as_deref().and_then(|url| self.through_house(url));
            if let Some(short) = short {
                told.link = Some(short.into());
            }
        }
    }

    /// `None`: it is no web address, and stays as it is.
    fn through_house(&mut self, url: &str) -> Option<Url> {
        let url = Url::parse(url).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let short = LinkShort::derived(self.digest, url.as_str());
        let through = format!("{}{GO_PATH}{}", self.site_url, short.as_str());
        let through = Url::parse(&through).ok()?;
        if !self.links.iter().any(|known| known.short == short) {
            self.links.push(DigestLink {
                short,
                url: url.into(),
                beside: 0,
            });
        }
        Some(through)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::samples::entry;
    use crate::model::feed::AlsoTold;
    use crate::model::language::Language;
    use crate::model::reading::Kind;

    fn told(link: &str) -> AlsoTold {
        AlsoTold {
            outlet: "Outlet".to_owned(),
            title: "Title".to_owned(),
            link: Some(link.to_owned()),
            language: Language::Russian,
        }
    }

    #[test]
    fn every_story_link_goes_through_the_house_and_is_known_there() {
        let digest = DigestId::from_stored("digest");
        let mut own = entry("own", Kind::ForumArticle, "2026-11-23T01:00:00Z");
        own.article.link = None;
        let mut other = entry("other", Kind::ForumArticle, "2026-11-23T02:00:00Z");
        other.article.link = Url::parse("https://outlet.example/a?b=1").ok();
        other.also_told_by = vec![
            told("https://outlet.example/a?b=1"),
            told("https://second.example/ә"),
            told("javascript:alert(1)"),
        ];
        let mut choice = Choice {
            stories: vec![own, other],
            ..Choice::default()
        };
        let links = count_links(&mut choice, &digest, "https://house.example");
        let leads: Vec<&str> = links.iter().map(|link| link.url.as_str()).collect();
        let page = format!(
            "https://house.example/article/{}",
            choice.stories[0].article.id.in_letter()
        );
        let second = "https://second.example/%D3%99";
        assert_eq!(
            leads,
            [page.as_str(), "https://outlet.example/a?b=1", second]
        );
        assert!(links.iter().all(|link| link.beside == 3));
        for (entry, link) in choice.stories.iter().zip(&links) {
            let shown = entry.article.link.as_ref().expect("a link").as_str();
            let expected = format!("https://house.example/go/{}", link.short.as_str());
            assert_eq!(shown, expected);
        }
        let also = &choice.stories[1].also_told_by;
        assert_eq!(also[2].link.as_deref(), Some("javascript:alert(1)"));
        let again = LinkShort::derived(&digest, "https://outlet.example/a?b=1");
        assert_eq!(again, links[1].short, "the same for every reader");
        let other = LinkShort::derived(&DigestId::from_stored("next"), leads[1]);
        assert_ne!(other, again, "each digest is counted by itself");
    }
}
