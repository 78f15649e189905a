//! WebSub with a hub of our own: the whole program, its site included, on a clock
//! that moves when told.

mod hub;
mod life;
mod trouble;

use std::net::TcpListener;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use jarshy::clock::Clock;
use jarshy::daemon::gather::{Which, gather};
use jarshy::daemon::{Newsroom, push};
use jarshy::model::article::ArticleId;
use jarshy::model::bounce::{HookSecrets, SoftPolicy};
use jarshy::model::push::Subscription;
use jarshy::model::source::{SourceId, SourceState};
use jarshy::serve::{Catalogue, House as Site, ServeOptions, SubscribeOptions};
use reqwest::StatusCode;
use sha2::Sha256;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::world::World;
use hub::{Form, Hub};

/// The house with its site, and an outlet whose feed has a hub.
struct House {
    world: World,
    hub: Hub,
    listener: TcpListener,
    serving: JoinHandle<()>,
    newsroom: Arc<Newsroom>,
    clock: Clock,
    client: reqwest::Client,
}

impl House {
    /// The feed holds one old entry.
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut World)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        listener.set_nonblocking(true).expect("not blocking");
        let address = listener.local_addr().expect("address");
        let mut world = World::new(None);
        world.set("JARSHY__SERVE__URL", &format!("http://{address}"));
        change(&mut world);
        let hub = Hub::start();
        let clock = Clock::fixed(Clock::System.now() + TimeDelta::minutes(1));
        list(&world, &hub, "");
        hub.feed(
            &["/hub"],
            &feed(&[("old", clock.now() - TimeDelta::days(1))]),
        );
        let newsroom = world.newsroom(&clock).await;
        let serving = serve(&newsroom, &listener);
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build();
        Self {
            world,
            hub,
            listener,
            serving,
            newsroom,
            clock,
            client: client.expect("a client"),
        }
    }

    /// One whose hub has confirmed.
    async fn subscribed() -> Self {
        let house = Self::open().await;
        house.visit().await;
        house.round().await;
        house.confirm().await;
        house
    }

    /// The program ends and is started again, its catalogue with these lines more.
    async fn restart(self, more: &str) -> Self {
        let Self {
            world,
            hub,
            listener,
            serving,
            newsroom,
            clock,
            client,
        } = self;
        serving.abort();
        drop(newsroom);
        list(&world, &hub, more);
        let newsroom = world.newsroom(&clock).await;
        let serving = serve(&newsroom, &listener);
        Self {
            world,
            hub,
            listener,
            serving,
            newsroom,
            clock,
            client,
        }
    }

    /// Asks hubs and reads what they pushed.
    async fn round(&self) {
        let (_keep, stop) = watch::channel(false);
        let done = push::round(&self.newsroom, &stop).await;
        done.expect("the store works");
    }

    /// Waits until the outlet is due and visits it; how long that was.
    async fn visit(&self) -> TimeDelta {
        let before = self.clock.now();
        let due = self.state().await.next_visit;
        self.clock.advance((due - before).max(TimeDelta::zero()));
        let (_keep, stop) = watch::channel(false);
        let visited = gather(&self.newsroom, Which::Due, &stop, |_| {}).await;
        assert_eq!(visited.expect("the store works"), 1);
        self.clock.now() - before
    }

    /// The hub asks back what it was asked last, as it should; the form.
    async fn confirm(&self) -> Form {
        let form = self.only_form();
        let (status, said) = self.ask_back(&form, "").await;
        assert_eq!((status, said.as_str()), (StatusCode::OK, "чёлендж"));
        form
    }

    /// What the hub was told of the one subscription.
    async fn told(&self) -> Form {
        let push = self.only_push().await;
        Form::from([
            ("hub.callback".to_owned(), push.callback.to_string()),
            ("hub.secret".to_owned(), push.secret.as_str().to_owned()),
        ])
    }

    fn only_form(&self) -> Form {
        let mut forms = self.hub.forms();
        assert_eq!(forms.len(), 1, "{forms:?}");
        forms.remove(0)
    }

    /// The hub's question, with its mode and topic unless `other` says others.
    async fn ask_back(&self, form: &Form, other: &str) -> (StatusCode, String) {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for key in ["hub.mode", "hub.topic"] {
            if !other.contains(key) {
                query.append_pair(key, &form[key]);
            }
        }
        query.append_pair("hub.challenge", "чёлендж");
        let url = format!("{}?{}&{other}", form["hub.callback"], query.finish());
        let answer = self.client.get(url).send().await.expect("an answer");
        let status = answer.status();
        (status, answer.text().await.expect("a text"))
    }

    /// Pushes, signed with the key the hub was given.
    async fn push(&self, form: &Form, body: &str) -> StatusCode {
        let key = form["hub.secret"].as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
        mac.update(body.as_bytes());
        let digest = jarshy::model::id::hex(&mac.finalize().into_bytes());
        let signature = format!("sha256={digest}");
        self.push_signed(form, body, Some(&signature)).await
    }

    async fn push_signed(&self, form: &Form, body: &str, signature: Option<&str>) -> StatusCode {
        let mut request = self
            .client
            .post(&form["hub.callback"])
            .header("Content-Type", "application/rss+xml")
            .body(body.to_owned());
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature", signature);
        }
        request.send().await.expect("an answer").status()
    }

    async fn pushes(&self) -> Vec<Subscription> {
        self.newsroom.store.pushes().await.expect("the store works")
    }

    async fn only_push(&self) -> Subscription {
        let mut pushes = self.pushes().await;
        assert_eq!(pushes.len(), 1, "{pushes:?}");
        pushes.remove(0)
    }

    async fn state(&self) -> SourceState {
        let id = SourceId::from_stored("outlet");
        let state = self.newsroom.store.source_state(&id).await;
        state.expect("the store works").expect("registered")
    }

    async fn knows(&self, entry: &str) -> bool {
        let id = ArticleId::derived(&SourceId::from_stored("outlet"), &format!("id {entry}"));
        let found = self.newsroom.store.article(&id).await;
        found.expect("the store works").is_some()
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

fn list(world: &World, hub: &Hub, more: &str) {
    let url = hub.url("/feed");
    world.write(
        "feeds/sources/test.toml",
        &format!(
            "[[source]]\nid = \"outlet\"\nname = \"Өңір\"\nkind = \"feed\"\nurl = \"{url}\"\n\
             every = \"30m\"\n{more}\n"
        ),
    );
}

fn serve(newsroom: &Newsroom, listener: &TcpListener) -> JoinHandle<()> {
    let options = ServeOptions {
        url: newsroom.site_url.clone(),
        name: "Жаршы".to_owned(),
        zone: newsroom.zone,
        outbox: None,
        subscribe: SubscribeOptions::default(),
        hooks: HookSecrets::default(),
        soft_policy: SoftPolicy::default(),
        link_counts: false,
        pushed: Arc::clone(&newsroom.push.wanted),
    };
    let site = Site::new(
        newsroom.store.clone(),
        newsroom.secret.clone(),
        newsroom.clock.clone(),
        options,
        Arc::default(),
        newsroom.templates(),
        Catalogue::default(),
    );
    let listener = listener.try_clone().expect("the same port");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    tokio::spawn(jarshy::serve::run(
        listener,
        Arc::new(site),
        std::future::pending(),
    ))
}

/// RSS with these entries.
fn feed(entries: &[(&str, DateTime<Utc>)]) -> String {
    let item = |(entry, published): &(&str, DateTime<Utc>)| {
        format!(
            "<item><guid>{entry}</guid><title>Форум {entry}</title>\
             <link>https://outlet.example/{entry}</link><pubDate>{}</pubDate></item>",
            published.to_rfc2822()
        )
    };
    let items = entries.iter().map(item).collect::<String>();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Өңір</title>{items}</channel></rss>"
    )
}
