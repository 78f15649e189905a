//! Leave to go: the envelope may run ahead of it, the letter may not.

use tokio::sync::oneshot;

use super::server::{Server, Twist};
use super::{courier_to, is_sent, manners, message, soon};
use crate::deliver::courier::Leave;

/// Waits until the server has heard `verb`.
async fn heard(server: &Server, verb: &str) {
    soon(async {
        while server.said(verb).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_envelope_goes_ahead_and_the_letter_waits_for_the_word() {
    for manner in manners() {
        let server = Server::start_with(manner, |_, _, _| None).await;
        let mut connection = courier_to(&server).connect();
        let (word, awaited) = oneshot::channel();
        let (letter, mut leave) = (message(0), Leave::Awaited(awaited));
        let delivering = connection.deliver_when(&letter, &mut leave);
        let meanwhile = async {
            heard(&server, "DATA").await;
            assert!(server.said("LETTER").is_empty());
            word.send(true).expect("it is waited for");
        };
        let (attempt, ()) = soon(Box::pin(async { tokio::join!(delivering, meanwhile) })).await;
        assert!(is_sent(&attempt.expect("it had leave")));
        assert_eq!(server.said("LETTER").len(), 1);
    }
}

#[tokio::test]
async fn a_letter_without_leave_stays_and_costs_one_connection() {
    for (manner, word) in manners()
        .into_iter()
        .flat_map(|manner| [(manner.clone(), Some(false)), (manner, None)])
    {
        let server = Server::start_with(manner, |_, _, _| None).await;
        let mut connection = courier_to(&server).connect();
        let (say, awaited) = oneshot::channel();
        // Dropped without a word is a refusal too.
        word.map(|word| say.send(word));
        let mut leave = Leave::Awaited(awaited);
        let stayed = soon(connection.deliver_when(&message(0), &mut leave)).await;
        assert_eq!(stayed, None);
        assert!(is_sent(&soon(connection.deliver(&message(1))).await));
        assert_eq!(server.connections_of("LETTER"), [1]);
    }
}

#[tokio::test]
async fn what_is_said_to_the_envelope_counts_only_with_leave() {
    for (manner, word) in manners()
        .into_iter()
        .flat_map(|manner| [(manner.clone(), true), (manner, false)])
    {
        let server = Server::start_with(manner, |_, line, before| {
            (line.starts_with("RCPT") && before == 0)
                .then_some(Twist::Say("550 5.1.1 no such user"))
        })
        .await;
        let mut connection = courier_to(&server).connect();
        let (say, awaited) = oneshot::channel();
        let mut leave = Leave::Awaited(awaited);
        let letter = message(0);
        let delivering = connection.deliver_when(&letter, &mut leave);
        let meanwhile = async {
            heard(&server, "RCPT").await;
            say.send(word).expect("it is waited for");
        };
        let (attempt, ()) = soon(Box::pin(async { tokio::join!(delivering, meanwhile) })).await;
        assert_eq!(attempt.is_some(), word, "{attempt:?}");
        assert!(is_sent(&soon(connection.deliver(&message(1))).await));
        assert_eq!(server.connections_of("CONNECT"), [0]);
    }
}
