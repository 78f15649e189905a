//! Rounds: whoever moves, pauses or comes while windows close is told
//! everything once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::deliveries::{address, claim, name};
use super::{Ground, at, on_both};
use crate::model::digest::{Digest, DigestId, Letter, LetterId, Purpose, Window};
use crate::model::language::Tongue;
use crate::model::schedule::{Rhythm, Round, Schedule};
use crate::model::subscriber::{LetterScript, Profile, SubscriberId, SubscriberStatus};
use crate::store::{Changed, Closed, Closing, ClosingGroup, Group, Store};

on_both!(
    a_move_between_rounds_loses_and_repeats_nothing,
    a_pause_holds_back_and_is_made_up_for,
    whoever_was_not_looked_at_waits_for_the_next,
    rounds_are_listed_once_somebody_reads_in_them,
    windows_join_for_everybody_whatever_moves_meanwhile,
);

fn weekdays() -> Profile {
    Profile {
        schedule: Schedule {
            rhythm: Rhythm::Weekdays,
            ..Schedule::default()
        },
        ..Profile::default()
    }
}

fn round_of(profile: &Profile) -> Round {
    Round::of(profile.schedule)
}

fn id(n: usize) -> SubscriberId {
    SubscriberId::derived(&address(n))
}

async fn people(store: &Store, profiles: &[Profile]) {
    let list = profiles.iter().cloned().enumerate();
    let list = list.map(|(n, profile)| (address(n), profile)).collect();
    store
        .import_subscribers(list, SubscriberStatus::Confirmed, at(0))
        .await
        .unwrap();
}

async fn groups(store: &Store, round: &Round, now: DateTime<Utc>) -> (DateTime<Utc>, Vec<Group>) {
    let watermark = store.round_watermark(&name(), round).await.unwrap();
    let after = watermark.expect("the round is open");
    let found = store.groups(&name(), round, after, now).await.unwrap();
    (after, found)
}

/// A window whose letters say what they tell: `after..until`.
fn closing(round: Round, after: DateTime<Utc>, until: i64, groups: Vec<Group>) -> Closing {
    let until = at(until);
    let id = DigestId::of_round(&name(), &round, until);
    let start = at(0).timestamp_millis();
    let told = |group: &Group| {
        let from = group.after.timestamp_millis() - start;
        format!("{from}..{}", until.timestamp_millis() - start)
    };
    let groups = groups.into_iter().filter(|group| group.after < until);
    let groups = groups.map(|group| ClosingGroup {
        letter: Some(Letter {
            id: LetterId::of_window(&id, &group.key, group.after),
            purpose: Purpose::Digest,
            tongue: Tongue::Kazakh,
            script: LetterScript::default(),
            subject: String::new(),
            text: told(&group),
            html: String::new(),
        }),
        profile: group.key,
        after: group.after,
    });
    Closing {
        groups: groups.collect(),
        digest: Digest {
            id,
            name: name(),
            window: Window { after, until },
            stories: Vec::new(),
            events: Vec::new(),
        },
        round,
        links: Vec::new(),
    }
}

async fn close(store: &Store, round: &Round, until: i64, now: DateTime<Utc>) -> Closed {
    store.seal(at(until)).await.unwrap();
    let (after, groups) = groups(store, round, now).await;
    let closing = closing(*round, after, until, groups);
    store.close_round(&closing, now).await.unwrap()
}

/// What each reader was told, in order.
async fn told(store: &Store) -> BTreeMap<String, Vec<(i64, i64)>> {
    let mut told: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    loop {
        let claimed = claim(store, at(1_000_000), "reader").await;
        if claimed.is_empty() {
            break;
        }
        for delivery in claimed {
            let (after, until) = delivery.letter.text.split_once("..").unwrap();
            let window = (after.parse().unwrap(), until.parse().unwrap());
            let address = delivery.address.as_str().to_owned();
            told.entry(address).or_default().push(window);
        }
    }
    for windows in told.values_mut() {
        windows.sort_unstable();
    }
    told
}

async fn a_move_between_rounds_loses_and_repeats_nothing(ground: Ground) {
    let store = &ground.store;
    people(store, &[Profile::default(), weekdays(), weekdays()]).await;
    let (own, other) = (Round::default(), round_of(&weekdays()));
    store.set_first_watermark(&name(), at(0)).await.unwrap();
    store.open_round(&name(), &other, at(0)).await.unwrap();
    assert_eq!(
        close(store, &own, 100, at(100)).await,
        Closed::Now { deliveries: 1 }
    );
    // One goes ahead of the round joined, one falls behind it.
    let to_other = store.set_preferences(&id(0), weekdays(), None).await;
    assert_eq!(to_other.unwrap(), Changed::Now);
    let to_own = store
        .set_preferences(&id(1), Profile::default(), None)
        .await;
    assert_eq!(to_own.unwrap(), Changed::Now);
    close(store, &other, 50, at(120)).await;
    close(store, &own, 200, at(200)).await;
    close(store, &other, 300, at(300)).await;
    let (_, left) = groups(store, &other, at(300)).await;
    assert_eq!(left.len(), 1, "all are covered alike again: {left:?}");
    assert_eq!(left[0].people, 2);
    let told = told(store).await;
    assert_eq!(told[address(0).as_str()], [(0, 100), (100, 300)]);
    assert_eq!(told[address(1).as_str()], [(0, 200)]);
    assert_eq!(told[address(2).as_str()], [(0, 50), (50, 300)]);
}

async fn a_pause_holds_back_and_is_made_up_for(ground: Ground) {
    let store = &ground.store;
    people(store, &[Profile::default(), Profile::default()]).await;
    let own = Round::default();
    store.set_first_watermark(&name(), at(0)).await.unwrap();
    close(store, &own, 100, at(100)).await;
    let pause = store
        .set_preferences(&id(0), Profile::default(), Some(at(350)))
        .await;
    pause.unwrap();
    for until in [200, 300] {
        let closed = close(store, &own, until, at(until)).await;
        assert_eq!(closed, Closed::Now { deliveries: 1 });
    }
    let closed = close(store, &own, 400, at(400)).await;
    assert_eq!(closed, Closed::Now { deliveries: 2 });
    let told = told(store).await;
    assert_eq!(told[address(0).as_str()], [(0, 100), (100, 400)]);
    assert_eq!(told[address(1).as_str()].len(), 4);
}

async fn whoever_was_not_looked_at_waits_for_the_next(ground: Ground) {
    let store = &ground.store;
    let english = Profile {
        tongue: Tongue::English,
        ..Profile::default()
    };
    people(store, &[Profile::default(), Profile::default()]).await;
    let own = Round::default();
    store.set_first_watermark(&name(), at(0)).await.unwrap();
    store.seal(at(100)).await.unwrap();
    let (after, seen) = groups(store, &own, at(100)).await;
    // While letters are written, one changes to a tongue nobody had.
    let changed = store.set_preferences(&id(0), english, None).await;
    changed.unwrap();
    let closing = closing(own, after, 100, seen);
    let closed = store.close_round(&closing, at(100)).await.unwrap();
    assert_eq!(closed, Closed::Now { deliveries: 1 });
    close(store, &own, 200, at(200)).await;
    let told = told(store).await;
    assert_eq!(told[address(0).as_str()], [(0, 200)]);
    assert_eq!(told[address(1).as_str()], [(0, 100), (100, 200)]);
}

async fn rounds_are_listed_once_somebody_reads_in_them(ground: Ground) {
    let store = &ground.store;
    let other = round_of(&weekdays());
    store.set_first_watermark(&name(), at(5)).await.unwrap();
    let pending = vec![(address(0), weekdays())];
    store
        .import_subscribers(pending, SubscriberStatus::Pending, at(0))
        .await
        .unwrap();
    let own = (Round::default(), Some(at(5)));
    assert_eq!(store.rounds(&name()).await.unwrap(), [own]);
    store.confirm(&id(0), at(1)).await.unwrap();
    let found = store.rounds(&name()).await.unwrap();
    assert_eq!(found, [own, (other, None)]);
    store.open_round(&name(), &other, at(7)).await.unwrap();
    store.open_round(&name(), &other, at(8)).await.unwrap();
    let found = store.rounds(&name()).await.unwrap();
    assert_eq!(found, [own, (other, Some(at(7)))]);
    // Everybody leaves: the round keeps time all the same.
    store.unsubscribe(&id(0), at(9)).await.unwrap();
    close(store, &other, 100, at(100)).await;
    let reached = store.round_watermark(&name(), &other).await.unwrap();
    assert_eq!(reached, Some(at(100)));
}

/// Two processes close two rounds while a third moves and pauses people; when
/// all is quiet, the windows of each reader join from the first to the last.
async fn windows_join_for_everybody_whatever_moves_meanwhile(ground: Ground) {
    const PEOPLE: usize = 12;
    const LAST: i64 = 4_000;
    let store = &ground.store;
    let profiles: Vec<Profile> = (0..PEOPLE)
        .map(|n| {
            if n % 2 == 0 {
                Profile::default()
            } else {
                weekdays()
            }
        })
        .collect();
    people(store, &profiles).await;
    let rounds = [Round::default(), round_of(&weekdays())];
    for round in &rounds {
        store.open_round(&name(), round, at(0)).await.unwrap();
    }
    let mut tasks = Vec::new();
    for (round, step) in rounds.into_iter().zip([70, 110]) {
        let store = ground.another().await;
        tasks.push(tokio::spawn(async move {
            for until in (step..LAST).step_by(usize::try_from(step).unwrap()) {
                close(&store, &round, until, at(until)).await;
            }
        }));
    }
    let mover = ground.another().await;
    tasks.push(tokio::spawn(async move {
        for turn in 0..120_usize {
            let profile = if turn % 3 == 0 {
                Profile::default()
            } else {
                weekdays()
            };
            let pause = (turn % 5 == 0).then(|| at(LAST - 1));
            let person = id(turn * 7 % PEOPLE);
            mover
                .set_preferences(&person, profile, pause)
                .await
                .unwrap();
        }
    }));
    for task in tasks {
        task.await.unwrap();
    }
    for round in &rounds {
        close(store, round, LAST, at(LAST)).await;
    }
    let told = told(store).await;
    assert_eq!(told.len(), PEOPLE);
    for (who, windows) in told {
        let mut reached = 0;
        for (after, until) in &windows {
            assert_eq!(*after, reached, "{who}: {windows:?}");
            reached = *until;
        }
        assert_eq!(reached, LAST, "{who}: {windows:?}");
    }
}
