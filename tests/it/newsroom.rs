//! A newsroom in one hand, for tests and benches that need no config file.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};
use jarshy::catalog::Catalogue;
use jarshy::clock::Clock;
use jarshy::daemon::bounces::BounceOptions;
use jarshy::daemon::letter::EncodedLetters;
use jarshy::daemon::mail::PostRoom;
use jarshy::daemon::placing::PlacingTurn;
use jarshy::daemon::push::PushOptions;
use jarshy::daemon::{MailRoutes, Newsroom, Replaceable};
use jarshy::deliver::message::Sender;
use jarshy::gather::plan::PlanOptions;
use jarshy::gather::web::{Web, WebOptions};
use jarshy::model::delivery::Holder;
use jarshy::model::subscriber::EmailAddress;
use jarshy::model::token::Secret;
use jarshy::store::Store;
use jarshy::template::Templates;

/// A newsroom whose clock stands at `now` until it is told to go.
pub fn newsroom(
    store: Store,
    catalogue: Catalogue,
    post: PostRoom,
    now: DateTime<Utc>,
) -> Newsroom {
    let from: EmailAddress = "digest@house.example".parse().expect("address");
    Newsroom {
        store,
        clock: Clock::fixed(now),
        web: Web::new(WebOptions::default()).expect("a web"),
        post,
        plan: PlanOptions::default(),
        gather_parallel: 1,
        push: PushOptions::default(),
        zone: chrono_tz::Asia::Almaty,
        bounces: BounceOptions::default(),
        mail_routes: MailRoutes::default(),
        encoded: EncodedLetters::default(),
        placing: PlacingTurn::default(),
        signer: None,
        holder: Holder("test".to_owned()),
        secret: Secret::new([7; 32]),
        sender: Sender {
            agent: None,
            reply_to: None,
            domain: from.domain().to_owned(),
            from,
            name: "Жаршы".to_owned(),
            site_url: "https://house.example".to_owned(),
            list_id: "digest.house.example".to_owned(),
        },
        site_url: "https://house.example".parse().expect("URL"),
        house_name: "Жаршы".to_owned(),
        house_postal: String::new(),
        replaceable: RwLock::new(Replaceable {
            catalogue: Arc::new(catalogue),
            templates: Arc::new(Templates::load(None).expect("templates")),
            digests: Arc::new(Vec::new()),
        }),
    }
}
