//! A claimed delivery becomes a message ready to be carried: personal links
//! and addresses filled in, signed where the house has keys.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::deliver::message::{self, Bodies, Message, PersonalLinks};
use crate::model::delivery::{Attempt, ClaimedDelivery, Reason};
use crate::model::digest::{Letter, LetterId, Purpose};
use crate::model::token::{self, CONFIRM_LINK_LIFE, TokenPurpose};
use crate::model::verp;

use super::Newsroom;

/// Encoded letters kept for their next copies, in bytes.
const KEPT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Letters as encoded for earlier copies; the oldest make room.
#[derive(Debug, Default)]
pub struct EncodedLetters(Mutex<VecDeque<(LetterId, Arc<Bodies>)>>);

impl EncodedLetters {
    fn of(&self, letter: &Letter) -> Arc<Bodies> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().iter().find(|(id, _)| *id == letter.id).cloned();
        if let Some((_, bodies)) = known {
            return bodies;
        }
        // Not under the lock: others need not wait, and may do the same twice.
        let bodies = Arc::new(Bodies::of(letter));
        let mut kept = lock();
        kept.push_back((letter.id.clone(), Arc::clone(&bodies)));
        let mut size: usize = kept.iter().map(|(_, bodies)| bodies.size()).sum();
        while size > KEPT_BYTES_MAX {
            let Some((_, oldest)) = kept.pop_front() else {
                break;
            };
            size -= oldest.size();
        }
        bodies
    }
}

/// Builds and signs the copy, or says what the attempt comes to without one:
/// never, where no message can be made of it; later, where only the signature
/// failed. Signing goes on a thread of its own beside those that serve.
pub async fn prepare(newsroom: &Newsroom, delivery: &ClaimedDelivery) -> Result<Message, Attempt> {
    let links = links(newsroom, delivery);
    let bodies = newsroom.encoded.of(&delivery.letter);
    let message =
        message::build_with(&bodies, delivery, &newsroom.sender, &links).map_err(|error| {
            let why = error.to_string();
            let reason = Reason::Unbuilt;
            Attempt::Refused { reason, why }
        })?;
    let Some(signer) = newsroom.signer.clone() else {
        return Ok(message);
    };
    let queued_at = delivery.queued_at;
    let signing = tokio::task::spawn_blocking(move || signer.sign(message, queued_at));
    let why = match signing.await {
        Ok(Ok(message)) => return Ok(message),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic.to_string(),
    };
    Err(Attempt::Deferred {
        reason: Reason::Other,
        why,
    })
}

/// The links and addresses that only this copy bears.
fn links(newsroom: &Newsroom, delivery: &ClaimedDelivery) -> PersonalLinks {
    let subscriber = &delivery.subscriber;
    let secret = &newsroom.secret;
    let link = |page: &str, token: String| {
        let tongue = delivery.letter.tag();
        format!(
            "{}/{page}?token={token}&lang={tongue}",
            newsroom.site_base()
        )
    };
    let confirm = (delivery.letter.purpose == Purpose::Confirmation).then(|| {
        let until = delivery.queued_at + CONFIRM_LINK_LIFE;
        let purpose = TokenPurpose::Confirm;
        let token = token::sign(secret, purpose, subscriber, Some(until));
        link("confirm", token)
    });
    // What leads out of this letter says that it was this one.
    let lasting = |page: &str, purpose| {
        let token = token::sign_in_letter(secret, purpose, subscriber, &delivery.id);
        link(page, token)
    };
    let routes = &newsroom.mail_routes;
    let by_mail = match (&routes.unsubscribe_mailto, &routes.bounce_domain) {
        (Some(address), _) => Some(address.clone()),
        (None, Some(domain)) => Some(verp::unsubscribe_address(
            &newsroom.secret,
            subscriber,
            &delivery.id,
            domain,
        )),
        (None, None) => None,
    };
    let bounces = routes.bounce_domain.as_deref();
    PersonalLinks {
        unsubscribe: lasting("unsubscribe", TokenPurpose::Unsubscribe),
        unsubscribe_by_mail: by_mail,
        preferences: lasting("preferences", TokenPurpose::Preferences),
        confirm,
        bounces: bounces.map(|domain| verp::address(&newsroom.secret, &delivery.id, domain)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::language::Tongue;
    use crate::model::subscriber::LetterScript;

    fn letter(name: &str, bytes: usize) -> Letter {
        Letter {
            id: LetterId::from_stored(name),
            purpose: Purpose::Digest,
            tongue: Tongue::English,
            script: LetterScript::default(),
            subject: String::new(),
            text: "a".repeat(bytes),
            html: String::new(),
        }
    }

    #[test]
    fn letters_are_encoded_once_while_there_is_room() {
        let encoded = EncodedLetters::default();
        let first = encoded.of(&letter("first", 100));
        assert!(Arc::ptr_eq(&first, &encoded.of(&letter("first", 100))));
        for name in ["second", "third", "fourth"] {
            encoded.of(&letter(name, KEPT_BYTES_MAX / 3));
        }
        assert!(!Arc::ptr_eq(&first, &encoded.of(&letter("first", 100))));
        let whole = encoded.of(&letter("whole", KEPT_BYTES_MAX + 1));
        assert!(whole.size() > KEPT_BYTES_MAX);
        let kept = encoded.0.lock().expect("lock");
        let size: usize = kept.iter().map(|(_, bodies)| bodies.size()).sum();
        assert!(size <= KEPT_BYTES_MAX);
    }
}
