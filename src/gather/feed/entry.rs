//! One entry while it is being read: what was said so far, and how much each
//! saying counts, since feeds say a title or a summary in several vocabularies.

use chrono::{DateTime, Utc};

use crate::gather::clean;
use crate::gather::document::ENTRY_TEXT_BYTES_MAX;
use crate::model::draft::{Category, Draft, Enclosure};

use super::link;
use super::value::cut;

/// The most labels, persons or files kept of one entry.
pub(super) const LIST_MAX: usize = 200;

/// How much a saying counts; a better one replaces a lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Weight {
    /// Nothing said yet.
    #[default]
    None,
    /// Longer than another of its kind, where there is nothing better.
    Spare,
    /// Of a side vocabulary, about something near.
    Aside,
    /// Of a side vocabulary.
    Other,
    /// The format's own.
    Own,
}

/// A value and how much it counts.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    pub(super) value: Option<String>,
    weight: Weight,
}

impl Weighed {
    /// Takes `value` if it counts more than what is there; gives what is not kept.
    pub(super) fn offer(&mut self, weight: Weight, value: Option<String>) -> Option<String> {
        if weight > self.weight && value.is_some() {
            self.weight = weight;
            std::mem::replace(&mut self.value, value)
        } else {
            value
        }
    }

    /// Whether nothing of this weight was said yet.
    pub(super) fn wants(&self, weight: Weight) -> bool {
        weight > self.weight
    }

    /// Bytes of the value.
    pub(super) fn len(&self) -> usize {
        self.value.as_ref().map_or(0, String::len)
    }
}

/// One entry while it is being read.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) draft: Draft,
    pub(super) title: Weighed,
    pub(super) link: Weighed,
    pub(super) summary: Weighed,
    pub(super) content: Weighed,
    pub(super) language: Weighed,
    pub(super) rights: Weighed,
    pub(super) published: Option<DateTime<Utc>>,
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) dublin_date: Option<DateTime<Utc>>,
    /// Used where there is no enclosure of the format's own.
    pub(super) media: Vec<Enclosure>,
    pub(super) publisher: Option<crate::model::draft::Person>,
    /// What was said in elements nobody here knows: about something else, but for
    /// want of the entry's own about it.
    pub(super) near: Option<Box<Self>>,
}

impl Entry {
    /// Whether it can be found again: it has an id or a link.
    pub(super) fn is_findable(&self) -> bool {
        self.draft.id.is_some()
            || self.link.value.is_some()
            || self.near.as_ref().is_some_and(|near| near.is_findable())
    }

    /// Takes a summary. Where one of two is not kept but is the longer, it is the
    /// content as long as there is no other: no letter of it is lost.
    pub(super) fn summarise(&mut self, weight: Weight, summary: Option<String>) {
        // What was said of something near is no loss.
        let was_near = self.summary.wants(Weight::Other);
        let left = self.summary.offer(weight, summary);
        if !was_near
            && left
                .as_ref()
                .is_some_and(|left| left.len() > self.summary.len())
        {
            self.content.offer(Weight::Spare, left);
        }
    }

    /// Whether anything at all was said.
    pub(super) fn is_empty(&self) -> bool {
        !self.is_findable()
            && self.title.value.is_none()
            && self.summary.value.is_none()
            && self.content.value.is_none()
            && self.language.value.is_none()
            && self.rights.value.is_none()
            && self.media.is_empty()
            && self.publisher.is_none()
            && !self.is_dated()
            && self.draft == Draft::default()
            && self.near.as_ref().is_none_or(|near| near.is_empty())
    }

    /// Fills what nothing was said of with what was said near it.
    fn fill(&mut self, near: Self) {
        // Two that speak of a third would bear its id, and be one.
        if !self.is_findable() {
            self.draft.id = near.draft.id;
            self.draft.id_is_permalink = near.draft.id_is_permalink;
        }
        if link_of_id(&self.draft).is_none() {
            self.link.offer(Weight::Spare, near.link.value);
        }
        self.title.offer(Weight::Spare, near.title.value);
        self.language.offer(Weight::Spare, near.language.value);
        self.rights.offer(Weight::Spare, near.rights.value);
        if self.summary.value.is_none() && self.content.value.is_none() {
            self.summary = near.summary;
            self.content = near.content;
        }
        if !self.is_dated() {
            self.published = near.published;
            self.created = near.created;
            self.dublin_date = near.dublin_date;
            self.draft.updated = near.draft.updated;
        }
        let draft = &mut self.draft;
        if draft.authors.is_empty() && self.publisher.is_none() {
            draft.authors = near.draft.authors;
            self.publisher = near.publisher;
        }
        if draft.contributors.is_empty() {
            draft.contributors = near.draft.contributors;
        }
        if draft.categories.is_empty() {
            draft.categories = near.draft.categories;
        }
        if draft.enclosures.is_empty() && self.media.is_empty() {
            draft.enclosures = near.draft.enclosures;
            self.media = near.media;
        }
        draft.comments = draft.comments.take().or(near.draft.comments);
        draft.source = draft.source.take().or(near.draft.source);
    }

    fn is_dated(&self) -> bool {
        let published = self.published.or(self.created).or(self.dublin_date);
        published.or(self.draft.updated).is_some()
    }

    /// The draft, every gap filled from the next best saying. `is_rss`: the
    /// date of Dublin Core is then the publication's.
    pub(super) fn finish(mut self, is_rss: bool) -> Draft {
        if let Some(near) = self.near.take() {
            self.fill(*near);
        }
        let mut draft = self.draft;
        draft.title = self.title.value;
        draft.summary_html = self.summary.value;
        draft.content_html = self.content.value;
        draft.language = self.language.value;
        draft.rights = self.rights.value;
        draft.link = self.link.value.or_else(|| link_of_id(&draft));
        draft.updated = draft.updated.or(self.dublin_date);
        draft.published = self
            .published
            .or(self.created)
            .or(self.dublin_date.filter(|_| is_rss));
        if draft.enclosures.is_empty() {
            draft.enclosures = self.media;
        }
        if draft.authors.is_empty() {
            draft.authors.extend(self.publisher);
        }
        draft.text = text_of(&draft);
        draft
    }
}

/// Appends a label unless it is empty, known, or one too many.
pub(super) fn add_category(categories: &mut Vec<Category>, category: Category) {
    let nameless = category.term.is_empty() && category.label.is_none();
    if !nameless && categories.len() < LIST_MAX && !categories.contains(&category) {
        categories.push(category);
    }
}

/// The content, or else the summary, as text.
pub(super) fn text_of(draft: &Draft) -> String {
    let html = draft.content_html.as_ref().or(draft.summary_html.as_ref());
    let text = html.map(|html| clean::plain_text(html)).unwrap_or_default();
    if text.len() <= ENTRY_TEXT_BYTES_MAX {
        text
    } else {
        cut(&text, ENTRY_TEXT_BYTES_MAX).to_owned()
    }
}

/// A permalink id is the link where there is no other (RSS 2.0, `guid`).
fn link_of_id(draft: &Draft) -> Option<String> {
    let id = draft.id.as_deref()?;
    let web = id.starts_with("http://") || id.starts_with("https://");
    let said = draft.id_is_permalink;
    (said != Some(false)
        && (web || said == Some(true) && link::has_scheme(id) && id.contains("://")))
    .then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightier_saying_stays() {
        let mut title = Weighed::default();
        title.offer(Weight::Other, Some("a".into()));
        title.offer(Weight::Own, Some("b".into()));
        title.offer(Weight::Own, Some("c".into()));
        title.offer(Weight::Aside, Some("d".into()));
        assert_eq!(title.value.as_deref(), Some("b"));
    }

    #[test]
    fn a_permalink_is_a_link() {
        let draft = |id: &str, permalink| Draft {
            id: Some(id.to_owned()),
            id_is_permalink: permalink,
            ..Draft::default()
        };
        assert!(link_of_id(&draft("https://a.kz/1", Some(true))).is_some());
        assert!(link_of_id(&draft("https://a.kz/1", Some(false))).is_none());
        assert!(link_of_id(&draft("1234", None)).is_none());
    }
}
