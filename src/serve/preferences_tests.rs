//! The personal page over real HTTP.

use chrono::TimeDelta;

use super::super::preferences_form::in_vain;
use super::*;
use crate::model::language::Tongue;
use crate::model::schedule::Rhythm;
use crate::model::subscriber::{Grouping, LetterScript, Profile, SubscriberId, SubscriberStatus};
use crate::model::token::{TokenPurpose, sign, stamp};
use crate::model::topic::Topic;
use crate::store::Import;

/// A site with one confirmed reader, and the reader's page.
async fn reader(tongue: Tongue) -> (Site, SubscriberId, String) {
    let site = Site::open().await;
    let address = "aigul@example.kz".parse().expect("address");
    let id = SubscriberId::derived(&address);
    let profile = Profile {
        tongue,
        ..Profile::default()
    };
    let import = Import::new(address, SubscriberStatus::Confirmed, Some(profile));
    let imported = site.store.import(vec![import], site.clock.now(), false);
    imported.await.expect("imported");
    let token = sign(&site.secret, TokenPurpose::Preferences, &id, None);
    (site, id, format!("/preferences?token={token}"))
}

impl Site {
    async fn person(&self, id: &SubscriberId) -> crate::model::subscriber::Subscriber {
        let found = self.store.subscriber(id).await.expect("read");
        found.expect("there")
    }
}

#[tokio::test]
async fn wishes_are_shown_saved_and_told() {
    let (site, id, page) = reader(Tongue::Kazakh).await;
    for (lang, word) in [
        ("kk", "Жазылым баптаулары"),
        ("ru", "Настройки подписки"),
        ("en", "Your subscription"),
    ] {
        let shown = site.get(&format!("{page}&lang={lang}"), &[]).await;
        assert_eq!(shown.status(), 200);
        assert_eq!(shown.headers()["cache-control"], "no-store");
        assert_eq!(shown.headers()["referrer-policy"], "no-referrer");
        let html = shown.text().await.expect("text");
        assert!(html.contains(word) && html.contains("aigul@example.kz"));
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains(&format!("&amp;lang={lang}\"")), "{html}");
    }
    let form = "do=save&tongue=kk&script=Latn&rhythm=weekly-fri&hour=18&zone=Europe%2FBerlin\
        &pause=2026-12-24&grouping=topic&feed=all-forums&feed=none&kind=announcement\
        &language=kk-Latn&region=KZ-71&topic=youth&topic=media&topic=weather";
    let foreign = [("sec-fetch-site", "cross-site")];
    assert_eq!(site.post(&page, form, &foreign).await.status(), 403);
    assert_eq!(site.person(&id).await.profile, Profile::default());
    let saved = site.post(&format!("{page}&lang=en"), form, &[]).await;
    assert_eq!(saved.status(), 200);
    let html = saved.text().await.expect("text");
    let pause = "Letters are paused. They come again on Thursday, 24 December 2026";
    for what in ["Saved:", "Script", pause, "Time zone", "Topics"] {
        assert!(html.contains(&format!("{what}</")), "{what}: {html}");
    }
    assert!(!html.contains("<li>Language of the letter</li>"), "{html}");
    assert!(html.contains("value=\"2026-12-24\""), "{html}");
    let person = site.person(&id).await;
    let profile = &person.profile;
    assert_eq!(profile.script, LetterScript::Latin);
    assert_eq!(
        profile.schedule.rhythm,
        Rhythm::Weekly(chrono::Weekday::Fri)
    );
    assert_eq!(profile.schedule.hour, Some(18));
    assert_eq!(profile.schedule.zone, Some(chrono_tz::Europe::Berlin));
    assert_eq!(profile.feeds, vec![feed().name]);
    assert_eq!(profile.topics, [Topic::Media, Topic::Youth]);
    assert_eq!(profile.grouping, Grouping::Topic);
    for (word, is_chosen) in [("media", true), ("youth", true), ("sport", false)] {
        let tick = if is_chosen { " checked" } else { "" };
        let boxed = format!("name=\"topic\" value=\"{word}\"{tick}>");
        assert!(html.contains(&boxed), "{boxed}: {html}");
    }
    let data = site.get(&page.replace('?', "/data?"), &[]).await;
    let data: serde_json::Value =
        serde_json::from_str(&data.text().await.expect("text")).expect("JSON");
    assert_eq!(data["topics"], serde_json::json!(["media", "youth"]));
    assert_eq!(data["grouping"], "topic");
    let pause = person.paused_until.map(|until| until.to_rfc3339());
    assert_eq!(pause.as_deref(), Some("2026-12-23T23:00:00+00:00"));
    let same = site.post(&format!("{page}&lang=en"), form, &[]).await;
    let html = same.text().await.expect("text");
    assert!(html.contains("Nothing has changed"), "{html}");
    assert!(!html.contains("Saved:"), "{html}");
    let again = "do=save&pause=&feed=all-forums&kind=announcement&language=kk-Latn\
        &region=KZ-71&topic=youth&topic=media";
    let again = site.post(&format!("{page}&lang=en"), again, &[]).await;
    let html = again.text().await.expect("text");
    assert!(html.contains("<li>Letters come again</li>"), "{html}");
}

#[tokio::test]
async fn a_wrong_field_is_marked_and_the_others_are_given_back() {
    let (site, id, page) = reader(Tongue::Kazakh).await;
    let before = site.person(&id).await;
    for (wrong, field, value) in [
        ("pause=2036-01-01", "pause", "value=\"2036-01-01\""),
        ("pause=2020-05-05", "pause", "value=\"2020-05-05\""),
        ("pause=2026-11-23", "pause", "value=\"2026-11-23\""),
        ("pause=%22%3Cb", "pause", "value=\"&quot;&lt;b\""),
        ("hour=24&pause=2026-12-24", "hour", "value=\"2026-12-24\""),
        ("zone=Mars&hour=7", "zone", "value=\"7\" selected"),
    ] {
        let form = format!("do=save&{wrong}&rhythm=weekly-fri&region=KZ-71&topic=media");
        let refused = site.post(&format!("{page}&lang=en"), &form, &[]).await;
        assert_eq!(refused.status(), 422, "{wrong}");
        let html = refused.text().await.expect("text");
        for said in [
            "Nothing has been saved yet",
            &format!("id=\"wrong-{field}\""),
            &format!("aria-invalid=\"true\" aria-describedby=\"wrong-{field}\""),
            value,
            "value=\"weekly-fri\" selected",
            "name=\"region\" value=\"KZ-71\" checked",
            "name=\"topic\" value=\"media\" checked",
        ] {
            assert!(html.contains(said), "{wrong}: {said}: {html}");
        }
        assert_eq!(html.matches("aria-invalid").count(), 1, "{wrong}");
        assert!(!html.contains("Saved:"), "{html}");
    }
    assert_eq!(site.person(&id).await, before, "nothing of it was kept");
}

#[tokio::test]
async fn looking_changes_nothing_and_only_the_own_link_opens() {
    let (site, id, page) = reader(Tongue::Russian).await;
    let before = site.person(&id).await;
    for query in ["", "&do=leave", "&do=erase&sure=yes", "&do=save&tongue=en"] {
        assert_eq!(site.get(&format!("{page}{query}"), &[]).await.status(), 200);
        let data = page.replace('?', "/data?");
        assert_eq!(site.get(&format!("{data}{query}"), &[]).await.status(), 200);
    }
    assert_eq!(site.person(&id).await, before);
    let unsubscribe = sign(&site.secret, TokenPurpose::Unsubscribe, &id, None);
    let confirm = sign(&site.secret, TokenPurpose::Confirm, &id, None);
    let altered = page.replace("token=p.", "token=p.0");
    for link in [
        "/preferences".to_owned(),
        format!("/preferences?token={unsubscribe}"),
        format!("/preferences?token={confirm}"),
        altered,
    ] {
        assert_eq!(site.get(&link, &[]).await.status(), 400, "{link}");
        assert_eq!(site.post(&link, "do=leave", &[]).await.status(), 400);
        let data = link.replace("preferences", "preferences/data");
        assert_eq!(site.get(&data, &[]).await.status(), 400, "{data}");
    }
    assert_eq!(site.person(&id).await, before);
}

#[tokio::test]
async fn an_address_moves_once_the_new_one_confirms() {
    let (site, id, page) = reader(Tongue::Russian).await;
    let form = "do=move&address=new%40example.kz";
    let asked = site.post(&page, form, &[("accept-language", "en")]).await;
    let known = "do=move&address=aigul%40example.kz";
    let itself = site.post(&page, known, &[("accept-language", "en")]).await;
    let told = asked.text().await.expect("text");
    assert_eq!(Some(&told), itself.text().await.ok().as_ref());
    assert!(told.contains("not changed yet"), "{told}");
    assert!(!told.contains("Saved:"), "nothing is saved before: {told}");
    let new = SubscriberId::derived(&"new@example.kz".parse().expect("address"));
    assert_eq!(site.person(&id).await.status, SubscriberStatus::Confirmed);
    assert_eq!(site.person(&new).await.status, SubscriberStatus::Pending);
    for wrong in [
        "nobody",
        "postmaster%40example.kz",
        "%22a+b%22%40example.kz",
    ] {
        let form = format!("do=move&address={wrong}");
        let refused = site.post(&page, &form, &[]).await;
        assert_eq!(refused.status(), 422, "{wrong}");
        let html = refused.text().await.expect("text");
        assert_eq!(html.matches("aria-invalid").count(), 1, "{wrong}: {html}");
    }
    let until = site.clock.now() + TimeDelta::days(3);
    let token = sign(&site.secret, TokenPurpose::Confirm, &new, Some(until));
    let link = format!("/confirm?lang=en&token={token}");
    let form = format!("token={token}");
    for (question, done) in [
        ("Change the address?", "Your address is changed"),
        ("You are subscribed", "You are subscribed"),
    ] {
        let asked = site.get(&link, &[]).await.text().await.expect("text");
        assert!(asked.contains(question), "{asked}");
        let answer = site.post("/confirm?lang=en", &form, &[]).await;
        let answer = answer.text().await.expect("text");
        assert!(answer.contains(done), "{answer}");
    }
    let moved = site.person(&new).await;
    assert_eq!(moved.status, SubscriberStatus::Confirmed);
    assert_eq!(moved.profile.tongue, Tongue::Russian);
    let old = site.store.subscriber(&id).await.expect("the store answers");
    assert_eq!(old, None, "nothing of the old address is kept");
    // Letters to the old address lead to whoever reads at the new one.
    for link in [page.clone(), page.replace('?', "/data?")] {
        let shown = site.get(&link, &[]).await.text().await.expect("text");
        assert!(shown.contains("new@example.kz"), "{link}: {shown}");
    }
    let token = sign(&site.secret, TokenPurpose::Unsubscribe, &id, None);
    let link = format!("/unsubscribe?token={token}");
    let left = site.post(&link, "List-Unsubscribe=One-Click", &[]).await;
    assert_eq!(left.status(), 200);
    let left = site.person(&new).await;
    assert_eq!(left.status, SubscriberStatus::Unsubscribed);
    for word in ["Your data is erased", "There is no such subscription"] {
        let page = format!("{page}&lang=en");
        let erased = site.post(&page, "do=erase&sure=yes", &[]).await;
        let html = erased.text().await.expect("text");
        assert!(html.contains(word), "{word}: {html}");
        assert_eq!(site.store.subscriber(&new).await.expect("read"), None);
    }
}

#[tokio::test]
async fn all_data_comes_as_a_file_and_goes_when_asked() {
    let (site, id, page) = reader(Tongue::Kazakh).await;
    let data = site.get(&page.replace('?', "/data?"), &[]).await;
    assert_eq!(data.headers()["content-type"], "application/json");
    assert_eq!(data.headers()["cache-control"], "no-store");
    let disposition = &data.headers()["content-disposition"];
    assert!(
        disposition
            .to_str()
            .expect("text")
            .starts_with("attachment")
    );
    let text = data.text().await.expect("text");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["address"], "aigul@example.kz");
    assert_eq!(value["rhythm"], "daily");
    assert!(value["letters"].as_array().is_some_and(Vec::is_empty));
    assert_eq!(site.post(&page, "do=erase", &[]).await.status(), 422);
    let left = site.post(&page, "do=leave", &[]).await;
    assert_eq!(left.status(), 200);
    assert_eq!(
        site.person(&id).await.status,
        SubscriberStatus::Unsubscribed
    );
    let erased = site.post(&page, "do=erase&sure=yes", &[]).await;
    assert_eq!(erased.status(), 200);
    assert_eq!(site.store.subscriber(&id).await.expect("read"), None);
    // The link still opens, and finds nobody.
    assert_eq!(site.get(&page, &[]).await.status(), 200);
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let site = Site::open().await;
    let shown = stamp(&site.secret, site.clock.now());
    let ask = async |n: usize, shown: &str| {
        let form = format!("address=p{n}%40example.kz&shown={shown}");
        site.post("/subscribe", &form, &[]).await
    };
    // Without having been shown the form: twelve at five each.
    for n in 0..12 {
        assert_eq!(ask(n, "").await.status(), 200, "{n}");
    }
    let refused = ask(12, "").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "3600");
    let id = SubscriberId::derived(&"p12@example.kz".parse().expect("address"));
    assert_eq!(site.store.subscriber(&id).await.expect("read"), None);
    site.clock.advance(TimeDelta::hours(1));
    for n in 20..80 {
        assert_eq!(ask(n, &shown).await.status(), 200, "a person: {n}");
    }
    assert_eq!(ask(80, &shown).await.status(), 429);
    let quick = stamp(&site.secret, site.clock.now());
    site.clock.advance(TimeDelta::hours(1));
    assert_eq!(ask(81, &quick).await.status(), 200);
    let role = "address=no-reply%40example.kz";
    let refused = site
        .post("/subscribe", role, &[("accept-language", "en")])
        .await;
    assert_eq!(refused.status(), 422);
    let html = refused.text().await.expect("text");
    assert!(html.contains("belongs to a service"), "{html}");
}

#[test]
fn wishes_that_can_bring_nothing_are_told() {
    let named = |name: &str, kinds: &[Kind], languages: &[Language]| {
        let mut feed = feed();
        feed.name = name.parse().expect("a name");
        feed.filter.kinds = kinds.to_vec();
        feed.filter.languages = languages.to_vec();
        feed
    };
    let feeds = [
        named("kazakh", &[], &[Language::KazakhCyrillic]),
        named("russian", &[], &[Language::Russian]),
        named("reports", &[Kind::ForumArticle], &[]),
    ];
    let told = |chosen: &[&str], languages: &[Language], kinds: &[Kind], rhythm: Rhythm| {
        let mut profile = Profile {
            feeds: chosen
                .iter()
                .map(|name| name.parse().expect("a name"))
                .collect(),
            languages: languages.to_vec(),
            kinds: kinds.to_vec(),
            ..Profile::default()
        };
        profile.schedule.rhythm = rhythm;
        in_vain(&profile, &feeds)
    };
    let (daily, at_once) = (Rhythm::Daily, Rhythm::AtOnce);
    let (russian, report) = ([Language::Russian], [Kind::ForumArticle]);
    assert_eq!(told(&["kazakh"], &russian, &[], daily), Some("no_story"));
    assert_eq!(told(&["kazakh", "russian"], &russian, &[], daily), None);
    assert_eq!(told(&[], &russian, &report, daily), None);
    assert_eq!(
        told(&["reports"], &[], &[Kind::Announcement], daily),
        Some("no_story")
    );
    assert_eq!(told(&["reports"], &[], &[], at_once), Some("no_story"));
    assert_eq!(told(&[], &[], &report, at_once), Some("at_once"));
    assert_eq!(told(&[], &[], &Kind::ALL, at_once), None);
}

#[tokio::test]
async fn wishes_that_can_bring_nothing_are_not_saved() {
    let (site, id, page) = reader(Tongue::Kazakh).await;
    let before = site.person(&id).await;
    let form = "do=save&rhythm=at-once&kind=forum-article";
    let refused = site.post(&page, form, &[]).await;
    assert_eq!(refused.status(), 422);
    let html = refused.text().await.expect("text");
    assert!(html.contains("id=\"wrong-at_once\""), "{html}");
    assert_eq!(site.person(&id).await, before, "nothing of it was kept");
}
