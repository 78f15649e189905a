//! Mail servers hand reports in, and each is recorded before it is taken.

use std::sync::Arc;

use super::{Newsroom, bounces};
use crate::deliver::bounce::intake::{Receiver, Taken};
use crate::model::bounce::ReportKind;
use crate::model::subscriber::EmailAddress;
use crate::model::verp;

/// Addresses at the bounce domain that name nobody: for reports whose sender
/// was told an address once, such as a provider's complaints.
const PLAIN_LOCAL_PARTS: &[&str] = &["bounces", "unsubscribe", "complaints", "abuse"];

/// Where what is handed in goes.
pub struct Desk(pub Arc<Newsroom>);

impl Receiver for Desk {
    fn knows(&self, address: &str) -> bool {
        let Ok(address) = address.parse::<EmailAddress>() else {
            return false;
        };
        let routes = &self.0.mail_routes;
        let text = address.as_str();
        if routes
            .unsubscribe_mailto
            .as_ref()
            .is_some_and(|ours| ours.as_str().eq_ignore_ascii_case(text))
        {
            return true;
        }
        if routes.bounce_domain.as_deref() != Some(address.domain()) {
            return false;
        }
        let local = text.rsplit_once('@').map_or("", |(local, _)| local);
        let secret = &self.0.secret;
        PLAIN_LOCAL_PARTS
            .iter()
            .any(|plain| plain.eq_ignore_ascii_case(local))
            || verp::read(secret, text).is_some()
            || verp::read_unsubscribe(secret, text).is_some()
    }

    async fn take(&self, mail: Vec<u8>) -> Taken {
        match bounces::take(&self.0, &mail).await {
            // Taken here it would be lost; its writer hears that it was not.
            Ok((report, _)) if matches!(report.kind, ReportKind::Unknown) => Taken::ForAPerson,
            Ok(_) => Taken::Recorded,
            Err(error) => {
                tracing::error!(%error, "a report could not be recorded; it stays with the mail server");
                Taken::NotNow
            }
        }
    }
}
