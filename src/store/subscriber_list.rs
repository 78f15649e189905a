//! Subscribers as the operator looks through them: page by page, those who match,
//! and the tags they bear.

use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::profiles::PROFILE_COLUMNS;
use super::rows::json;
use super::session::values;
use super::subscribers::{SUBSCRIBER_COLUMNS, SubscriberRow};
use crate::model::subscriber::{Subscriber, SubscriberId, SubscriberStatus, Tag};

/// Whom a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Part of the address, in any case.
    pub address: Option<String>,
    pub tag: Option<Tag>,
    pub status: Option<SubscriberStatus>,
}

impl Store {
    /// A page of all subscribers, by id, those after `after`.
    pub async fn subscribers(
        &self,
        after: Option<SubscriberId>,
        limit: u32,
    ) -> Result<Vec<Subscriber>, StoreError> {
        self.search_subscribers(&Search::default(), after, limit)
            .await
    }

    /// A page of those who match, by id, those after `after`.
    pub async fn search_subscribers(
        &self,
        search: &Search,
        after: Option<SubscriberId>,
        limit: u32,
    ) -> Result<Vec<Subscriber>, StoreError> {
        let mut session = self.pools.read("listing subscribers");
        let after = after.map_or_else(String::new, |id| id.as_str().to_owned());
        let address = search.address.as_deref().map(pattern);
        let tag = search.tag.as_ref().map(|tag| format!("%{}%", quoted(tag)));
        let rows: Vec<SubscriberRow> = session
            .fetch(
                format!(
                    "SELECT {SUBSCRIBER_COLUMNS}, {PROFILE_COLUMNS} FROM subscribers u
                     JOIN profiles p ON p.key = u.profile_key
                     WHERE u.id > $1
                       AND (CAST($3 AS TEXT) IS NULL OR LOWER(u.address) LIKE $3 ESCAPE '!')
                       AND (CAST($4 AS TEXT) IS NULL OR u.tags LIKE $4 ESCAPE '!')
                       AND (CAST($5 AS TEXT) IS NULL OR u.status = $5)
                     ORDER BY u.id LIMIT $2"
                ),
                values![
                    after,
                    i64::from(limit),
                    address,
                    tag,
                    search.status.map(|status| status.word().to_owned())
                ],
            )
            .await?;
        rows.into_iter().map(SubscriberRow::read).collect()
    }

    /// Puts `tags` in the place of the ones they bore.
    pub async fn set_tags(&self, people: &[(SubscriberId, Vec<Tag>)]) -> Result<u64, StoreError> {
        let mut session = self
            .pools
            .write("tagging subscribers", Durability::Full)
            .await?;
        let rows: Vec<TagsRow> = people
            .iter()
            .map(|(id, tags)| TagsRow {
                id: id.as_str(),
                tags: tags_json(tags),
            })
            .collect();
        let tagged = session
            .execute(
                "UPDATE subscribers SET tags = item.value ->> 'tags'
                 FROM {rows} AS item WHERE subscribers.id = item.value ->> 'id'",
                values![json(&rows)],
            )
            .await?;
        session.commit().await?;
        Ok(tagged)
    }
}

#[derive(Serialize)]
struct TagsRow<'a> {
    id: &'a str,
    tags: String,
}

/// Tags as `subscribers.tags` holds them.
pub(super) fn tags_json(tags: &[Tag]) -> String {
    json(&tags.iter().map(Tag::as_str).collect::<Vec<_>>())
}

/// A tag as it stands in [`tags_json`], for `LIKE … ESCAPE '!'`.
fn quoted(tag: &Tag) -> String {
    format!("\"{}\"", escaped(tag.as_str()))
}

fn pattern(part: &str) -> String {
    format!("%{}%", escaped(&part.to_lowercase()))
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_")
}
