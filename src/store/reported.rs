//! Whom a report is about: the reader its proof names, and the letter.

use sqlx::FromRow;

use super::error::StoreError;
use super::moves::reader_now;
use super::rows::list;
use super::session::{Session, values};
use crate::model::bounce::{Proof, Report, ReportKind};
use crate::model::delivery::DeliveryId;
use crate::model::subscriber::{EmailAddress, SubscriberId};

/// Whom a report is about.
pub(super) struct Reader {
    pub id: SubscriberId,
    pub address: EmailAddress,
    pub occasion: Option<String>,
}

/// Finds the reader the proof names, and the letter. A delivery's id is derived
/// from its occasion and its reader: who knows some readers it may have gone to
/// finds it by trying, and no index of all deliveries is needed.
pub(super) async fn reader(
    session: &mut Session,
    report: &Report,
) -> Result<Option<Reader>, StoreError> {
    let candidates = match &report.proof {
        Proof::None => return Ok(None),
        Proof::Delivery(_) => report.named.clone(),
        Proof::Subscriber(id) => vec![id.clone()],
        Proof::Address(address) => vec![SubscriberId::derived(address)],
    };
    let is_wanted = |id: &DeliveryId| match &report.proof {
        Proof::Delivery(delivery) => id == delivery,
        _ => report.hint.as_ref().is_some_and(|mark| mark.is_of(id)),
    };
    let occasions = occasions(session).await?;
    if let (ReportKind::Unsubscribe, Proof::Subscriber(old)) = (&report.kind, &report.proof) {
        // Only who wants to leave is followed to a new address: what the old one
        // bounced says nothing of it.
        let new = reader_now(session, old).await?;
        let occasion = occasions
            .iter()
            .find(|occasion| is_wanted(&DeliveryId::derived(occasion, old)));
        if new != *old {
            let person = known(session, &[new]).await?;
            let person = person.first();
            return person
                .map(|person| person.reader(occasion.cloned()))
                .transpose();
        }
    }
    let known = known(session, &candidates).await?;
    for person in &known {
        let confirmation = format!("confirm:{}", person.requested_at);
        let occasion = occasions
            .iter()
            .chain([&confirmation])
            .find(|occasion| is_wanted(&DeliveryId::derived(occasion, &person.id())));
        if occasion.is_some() {
            return person.reader(occasion.cloned()).map(Some);
        }
    }
    match &report.proof {
        Proof::Delivery(delivery) => searched(session, &occasions, delivery).await,
        _ => known.first().map(|person| person.reader(None)).transpose(),
    }
}

/// Goes through the newest deliveries for one that a report proves without
/// naming anybody, as it happens when an address is forwarded.
async fn searched(
    session: &mut Session,
    occasions: &[String],
    wanted: &DeliveryId,
) -> Result<Option<Reader>, StoreError> {
    /// Seconds of work; such reports are rare, and only a reader can cause one.
    const SEARCHED_MAX: usize = 500_000;
    const PAGE: i64 = 5_000;
    let mut searched = 0;
    for occasion in occasions {
        let mut after = String::new();
        while searched < SEARCHED_MAX {
            let page: Vec<(String,)> = session
                .fetch(
                    "SELECT subscriber_id FROM deliveries
                     WHERE occasion = $1 AND subscriber_id > $2 ORDER BY subscriber_id LIMIT $3",
                    values![occasion.as_str(), after, PAGE],
                )
                .await?;
            searched += page.len();
            for (id,) in &page {
                let id = SubscriberId::from_stored(id.as_str());
                if DeliveryId::derived(occasion, &id) == *wanted {
                    let people = known(session, &[id]).await?;
                    let person = people.first();
                    return person
                        .map(|person| person.reader(Some(occasion.clone())))
                        .transpose();
                }
            }
            match page.into_iter().next_back() {
                Some((last,)) => after = last,
                None => break,
            }
        }
    }
    Ok(None)
}

#[derive(FromRow)]
struct Person {
    id: String,
    address: String,
    requested_at: i64,
}

impl Person {
    fn id(&self) -> SubscriberId {
        SubscriberId::from_stored(self.id.as_str())
    }

    fn reader(&self, occasion: Option<String>) -> Result<Reader, StoreError> {
        Ok(Reader {
            id: self.id(),
            // Addresses do not reach logs, not even broken ones.
            address: self
                .address
                .parse()
                .map_err(|_| StoreError::corrupt("subscribers.address", "…"))?,
            occasion,
        })
    }
}

/// Those of `ids` that are subscribers.
async fn known(session: &mut Session, ids: &[SubscriberId]) -> Result<Vec<Person>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    session
        .fetch(
            "SELECT id, address, requested_at FROM subscribers
             WHERE id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![list(ids.iter().map(SubscriberId::as_str))],
        )
        .await
}

/// What letters were sent for, the newest first, confirmations left out: each
/// is found by one look at the index, however many copies it has.
pub(super) async fn occasions(session: &mut Session) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = session.fetch(OCCASIONS, values![OCCASIONS_MAX]).await?;
    Ok(rows.into_iter().map(|(occasion,)| occasion).collect())
}

/// Some years of daily digests.
const OCCASIONS_MAX: i64 = 1_000;

/// Walks from one to the next greater. The jump ends behind every
/// `confirm:<milliseconds>`, in any collation.
const OCCASIONS: &str = "WITH RECURSIVE found (occasion) AS (
       SELECT MIN(occasion) FROM deliveries
       UNION
       SELECT (SELECT MIN(d.occasion) FROM deliveries AS d
         WHERE d.occasion > CASE WHEN found.occasion LIKE 'confirm:%'
           THEN 'confirm:9999999999999999' ELSE found.occasion END)
       FROM found WHERE found.occasion IS NOT NULL)
     SELECT occasion FROM found
     WHERE occasion IS NOT NULL AND occasion NOT LIKE 'confirm:%'
     ORDER BY (SELECT d.queued_at FROM deliveries AS d
       WHERE d.occasion = found.occasion LIMIT 1) DESC LIMIT $1";
