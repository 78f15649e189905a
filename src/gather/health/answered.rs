//! What an answer is for a source's health, before anything of it is read.

use crate::gather::web::Answer;
use crate::model::health::Answered;

/// What an answer is, before its body is read.
pub fn answered(answer: &Answer) -> Answered {
    match answer {
        Answer::Body { .. } => Answered::Read,
        Answer::NotModified { .. } => Answered::Unchanged,
        Answer::Gone => Answered::Gone,
        Answer::TooEarly { .. } => Answered::Later,
        Answer::BrokeOff { .. } => Answered::BrokeOff,
        Answer::Failed { .. } if answer.is_led_on() => Answered::LedOn,
        Answer::Failed { status, .. } => match status {
            Some(401 | 403 | 407 | 451) => Answered::Blocked,
            Some(404) => Answered::Missing,
            Some(_) => Answered::Refused,
            None if answer.is_forbidden() => Answered::Blocked,
            None if answer.is_time_out() => Answered::TimedOut,
            None if answer.is_too_large() => Answered::TooLarge,
            None if answer.is_refused_by_us() => Answered::NotAsked,
            None => Answered::Nothing,
        },
    }
}
