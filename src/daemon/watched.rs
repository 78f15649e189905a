//! What a visit has to do with hubs: it finds them, sees whether they keep their
//! promise, and lets the next visit wait where they do.

use chrono::{DateTime, Utc};
use url::Url;

use crate::gather::plan;
use crate::gather::websub::{self, Offer, Polled};
use crate::model::push::{Aim, Subscription};
use crate::model::source::{Place, Source, SourceState};
use crate::store::StoreError;

use super::Newsroom;

/// Whether a source's hub may push to us, and to where.
pub(super) fn base_for<'a>(newsroom: &'a Newsroom, source: &Source) -> Option<&'a Url> {
    let may = source.enabled && source.push && matches!(source.place, Place::Feed(_));
    newsroom.push.base.as_ref().filter(|_| may)
}

/// A source's subscriptions while it is visited; of one that is not to be pushed
/// nothing is looked up.
pub(super) struct Watched<'a> {
    newsroom: &'a Newsroom,
    source: &'a Source,
    base: Option<&'a Url>,
    known: Vec<Subscription>,
}

impl<'a> Watched<'a> {
    /// What is known before the visit.
    pub(super) async fn of(newsroom: &'a Newsroom, source: &'a Source) -> Result<Self, StoreError> {
        let base = base_for(newsroom, source);
        let known = match base {
            Some(_) => Box::pin(newsroom.store.pushes_of(&source.id)).await?,
            None => Vec::new(),
        };
        Ok(Self {
            newsroom,
            source,
            base,
            known,
        })
    }

    /// Notes what the visit showed of hubs: before the visit is recorded, since
    /// after a crash it is made again. Gives the state with the next visit later,
    /// where the hub is relied on.
    pub(super) async fn settle(
        mut self,
        offer: Option<&Offer>,
        polled: Polled<'_>,
        state: SourceState,
        now: DateTime<Utc>,
    ) -> Result<SourceState, StoreError> {
        self.weigh(polled, now).await?;
        if let (Some(offer), Some(base)) = (offer, self.base) {
            Box::pin(self.follow(offer, base, now)).await?;
        }
        let relied_on = self.known.iter().any(|push| push.is_trusted(now));
        Ok(if relied_on {
            plan::relying_on_hub(self.source, state, now, &self.newsroom.plan)
        } else {
            state
        })
    }

    async fn weigh(&mut self, polled: Polled<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        for push in &mut self.known {
            let Some(trust) = websub::after_poll(push, polled, now) else {
                continue;
            };
            if push.proven > 0 && trust.proven == 0 {
                tracing::info!(source.id = %push.source, "its hub did not push what is new; it is asked as often as usual");
            }
            let how = (trust.proven, trust.whole_only);
            let store = &self.newsroom.store;
            Box::pin(store.trust_push(&push.id, how, trust.ask_before)).await?;
            (push.proven, push.whole_only) = how;
        }
        Ok(())
    }

    /// Subscribes where the document says, and ends what it says no more.
    async fn follow(
        &mut self,
        offer: &Offer,
        base: &Url,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let change = websub::change(&self.known, offer, base, now);
        let random = self.newsroom.push.random;
        let wanted = match change.subscribe {
            None => None,
            Some(hub_and_topic) => {
                // Without randomness there is no address nobody can guess: the
                // next changed document is another occasion.
                let (Some(random), Some(secret)) = (random(), random()) else {
                    return Ok(());
                };
                let id = self.source.id.clone();
                Some(Subscription::wanted(
                    id,
                    hub_and_topic,
                    base,
                    &random,
                    &secret,
                    now,
                ))
            }
        };
        if wanted.is_none() && change.end.is_empty() {
            return Ok(());
        }
        let store = &self.newsroom.store;
        store
            .change_pushes(wanted.as_ref(), &change.end, now)
            .await?;
        for push in &mut self.known {
            if change.end.contains(&push.id) {
                push.aim = Aim::Unsubscribe;
            }
        }
        Ok(())
    }
}
