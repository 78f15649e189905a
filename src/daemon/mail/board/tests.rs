//! Who gets which letter, in what order, when.

use std::sync::Arc;

use super::*;
use crate::model::digest::{Letter, LetterId, Purpose};
use crate::model::language::Tongue;
use crate::model::subscriber::{EmailAddress, LetterScript, SubscriberId};

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_800_000_000_000 + millis).expect("in range")
}

fn letter(number: usize, domain: &str) -> ClaimedDelivery {
    let address: EmailAddress = format!("r{number}@{domain}").parse().expect("address");
    let subscriber = SubscriberId::derived(&address);
    ClaimedDelivery {
        id: DeliveryId::derived("digest", &subscriber),
        subscriber,
        address,
        letter: Arc::new(Letter {
            id: LetterId::from_stored("letter"),
            purpose: Purpose::Digest,
            tongue: Tongue::Kazakh,
            script: LetterScript::default(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
        }),
        attempts: 0,
        queued_at: at(0),
        doubtful: false,
    }
}

fn letters(count: usize, domain: &str) -> Vec<ClaimedDelivery> {
    (0..count).map(|number| letter(number, domain)).collect()
}

fn seat(weight: u32, connections: usize) -> Seat {
    Seat {
        weight,
        connections,
        per_minute: None,
    }
}

/// A board whose workers all wait, and whose relays have taken a connection.
fn board(seats: &[Seat], limits: DomainLimits) -> Board {
    let mut board = Board::new(seats.to_vec(), limits);
    board.begin();
    for (relay, seat) in seats.iter().enumerate() {
        for number in 0..seat.connections {
            board.idle(Worker { relay, number });
        }
        board.well(Worker { relay, number: 0 });
    }
    board
}

fn limit(connections: Option<usize>, per_minute: Option<u32>) -> DomainLimits {
    DomainLimits {
        usual: DomainLimit {
            connections,
            per_minute,
        },
        ..DomainLimits::default()
    }
}

/// Hands out all that may go now.
fn all(board: &mut Board, now: DateTime<Utc>) -> Vec<(Worker, ClaimedDelivery)> {
    std::iter::from_fn(|| board.hand_out(now)).collect()
}

#[test]
fn a_domain_at_its_limit_is_stepped_over() {
    let mut board = board(&[seat(1, 4)], limit(Some(1), None));
    let mut offered = letters(3, "slow.example");
    offered.extend(letters(2, "quick.example"));
    assert!(board.offer(offered, at(0)).is_empty());
    let given = all(&mut board, at(0));
    let domains: Vec<&str> = given.iter().map(|(_, l)| l.address.domain()).collect();
    assert_eq!(domains, ["slow.example", "quick.example"]);
    let (worker, _) = given[0];
    board.done(worker, "slow.example");
    board.idle(worker);
    let next = all(&mut board, at(0));
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].1.address.domain(), "slow.example");
}

#[test]
fn what_a_domain_cannot_take_soon_is_put_back_one_behind_the_other() {
    let mut board = board(&[seat(1, 4)], limit(None, Some(60)));
    let put_back = board.offer(letters(30, "slow.example"), at(0));
    let mut turns: Vec<i64> = put_back
        .iter()
        .map(|(_, turn)| (*turn - at(0)).num_seconds())
        .collect();
    assert_eq!(turns.len(), 9, "twenty seconds hold 21");
    let whole = turns.clone();
    turns.dedup();
    assert_eq!(turns, whole, "no two at once");
    assert!(
        turns.is_sorted() && turns[0] > HOLD.num_seconds(),
        "{turns:?}"
    );
    // The first may go, the second a second later.
    assert_eq!(all(&mut board, at(0)).len(), 1);
    let next = board.next_turn(at(0)).expect("a turn");
    assert!((1..=1_000).contains(&(next - at(0)).num_milliseconds()));
    assert_eq!(all(&mut board, at(1_000)).len(), 1);
}

#[test]
fn one_worker_finds_out_whether_a_relay_lives() {
    let mut board = Board::new(vec![seat(1, 3)], DomainLimits::default());
    board.begin();
    let workers: Vec<Worker> = (0..3).map(|number| Worker { relay: 0, number }).collect();
    for worker in workers {
        board.idle(worker);
    }
    board.offer(letters(5, "a.example"), at(0));
    let first = all(&mut board, at(0));
    assert_eq!(first.len(), 1);
    board.done(first[0].0, "a.example");
    board.well(first[0].0);
    board.idle(first[0].0);
    assert_eq!(all(&mut board, at(0)).len(), 3);
}

#[test]
fn letters_of_a_relay_at_fault_go_to_another_and_wait_where_there_is_none() {
    let mut board = board(&[seat(3, 1), seat(1, 1)], DomainLimits::default());
    board.offer(letters(8, "a.example"), at(0));
    let given = all(&mut board, at(0));
    assert_eq!(given.len(), 2);
    for (worker, letter) in given {
        board.done(worker, letter.address.domain());
        if worker.relay == 0 {
            board.fault(worker, at(0), "421 down");
            board.give_back(letter, at(0));
        }
        board.idle(worker);
    }
    assert_eq!(board.stuck(at(0)), None);
    let mut through_the_other = 0;
    while let Some((worker, letter)) = board.hand_out(at(0)) {
        assert_eq!(worker.relay, 1);
        through_the_other += 1;
        board.done(worker, letter.address.domain());
        board.idle(worker);
    }
    assert_eq!(through_the_other, 7);
    assert!(board.is_done());

    board.offer(letters(2, "a.example"), at(0));
    let other = Worker {
        relay: 1,
        number: 0,
    };
    board.fault(other, at(0), "refused");
    assert_eq!(board.stuck(at(0)).as_deref(), Some("421 down; refused"));
    assert!(board.hand_out(at(0)).is_none());
    assert_eq!((board.room(at(0)), board.drain()), (0, 2));
    assert_eq!(board.stuck(at(30_000)), None, "rested");
}

#[test]
fn a_paced_relay_holds_little_and_goes_evenly() {
    let paced = Seat {
        per_minute: Some(60),
        ..seat(1, 4)
    };
    let mut board = board(&[paced], DomainLimits::default());
    assert_eq!(board.room(at(0)), 20);
    board.offer(letters(20, "a.example"), at(0));
    assert_eq!(board.room(at(0)), 0);
    let mut sent = 0;
    for second in 0..10 {
        for (worker, letter) in all(&mut board, at(second * 1_000)) {
            sent += 1;
            board.done(worker, letter.address.domain());
            board.idle(worker);
        }
    }
    assert!((10..=11).contains(&sent), "{sent}");
}

#[test]
fn weights_are_kept_and_an_occupied_worker_gets_nothing() {
    let mut board = board(&[seat(3, 16), seat(1, 16)], DomainLimits::default());
    board.offer(letters(16, "a.example"), at(0));
    let mut shares = [0, 0];
    for (worker, _) in all(&mut board, at(0)) {
        shares[worker.relay] += 1;
    }
    assert_eq!(shares, [12, 4]);
    for number in 0..16 {
        board.occupied(Worker { relay: 0, number });
        board.occupied(Worker { relay: 1, number });
    }
    board.offer(letters(4, "a.example"), at(0));
    assert!(board.hand_out(at(0)).is_none());
}
