//! `[mail.bounces]` and `[hooks]`: what comes back.

use super::given;
use super::raw::{RawBounces, RawHooks};
use crate::model::bounce::{HookSecrets, SoftPolicy};

/// How many soft bounces, and how many days until one counts half, at the most.
pub const SOFT_MAX: u32 = 365;

pub(super) fn check(raw: &RawBounces, note: &mut impl FnMut(&str, String)) -> SoftPolicy {
    for (key, value) in [
        ("mail.bounces.soft_limit", raw.soft_limit),
        ("mail.bounces.half_life_days", raw.half_life_days),
    ] {
        if !(1..=SOFT_MAX).contains(&value) {
            note(key, format!("{value}: expected 1 to {SOFT_MAX}"));
        }
    }
    SoftPolicy {
        limit: f64::from(raw.soft_limit),
        half_life_days: f64::from(raw.half_life_days),
    }
}

pub(super) fn hook_secrets(raw: &RawHooks) -> HookSecrets {
    HookSecrets {
        mailgun: given(&raw.mailgun),
        postmark: given(&raw.postmark),
        sendgrid: given(&raw.sendgrid),
    }
}
