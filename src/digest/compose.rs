//! A choice becomes a letter: subject, text and HTML in the profile's tongue.
//!
//! What others wrote (titles, excerpts, names) is put on one line, shortened
//! and kept from looking like the house's own slots before a template sees it;
//! escaping is the template engine's. Deliberately absent: headers, addresses
//! and personal links, which `deliver` adds to each copy.

use super::LetterSite;
use super::choose::Choice;
use super::items::{corrections_of, events_of, silent_of, stories_of};
use super::outside::outside;
use super::subject::{Counts, preheader, subject};
use super::wrap::wrap;
use crate::model::digest::{DigestId, DigestPlan, Letter, LetterId, Purpose, slot};
use crate::model::id::derive;
use crate::model::subscriber::{Grouping, Profile, ProfileKey};
use crate::template::letter::{ConfirmationLetter, DigestLetter, LetterEvent};
use crate::template::{TemplateError, Templates, Writing};

/// Gmail shows no more of a letter's HTML than 102 kB; the rest is behind a
/// link, and with it the way to unsubscribe. The personal links come on top.
pub const HTML_MAX_BYTES: usize = 96 * 1024;
/// The longest postal address in a footer.
pub(super) const POSTAL_MAX_CHARS: usize = 200;
/// The feed that is a calendar of everything to come.
const CALENDAR_PATH: &str = "/feeds/announcements.ics";

/// The letter of `digest` for everyone with `profile`; `None`: there is
/// nothing to tell, and no letter goes out (unless the plan wants one).
///
/// Stories that would make the letter longer than [`HTML_MAX_BYTES`] are
/// counted as left over, the last first.
///
/// # Errors
/// A template or message that cannot be rendered.
pub fn digest_letter(
    templates: &Templates,
    plan: &DigestPlan,
    profile: &Profile,
    key: &ProfileKey,
    digest: &DigestId,
    choice: &Choice,
    site: &LetterSite,
) -> Result<Option<Letter>, TemplateError> {
    if choice.is_empty() && !plan.send_empty {
        return Ok(None);
    }
    let writing = Writing::from(profile);
    let mut context = context(templates, plan, profile, choice, site)?;
    let html = loop {
        let counts = Counts {
            events: context.events_ahead,
            stories: context.stories.len(),
        };
        context.subject = subject(templates, choice, profile, &context.title, counts)?;
        let html = templates.render("letter/digest.html", writing, &context)?;
        if html.len() <= HTML_MAX_BYTES || !shorten(&mut context) {
            break html;
        }
    };
    let text = templates.render("letter/digest.txt", writing, &context)?;
    Ok(Some(Letter {
        id: LetterId::of_digest(digest, key),
        purpose: Purpose::Digest,
        tongue: profile.tongue,
        script: profile.script,
        subject: context.subject,
        text: wrap(&text),
        html,
    }))
}

/// The letter that asks a person to confirm what was asked in their name: a
/// subscription, or, where it `moves`, that letters come to this address from
/// now on.
///
/// # Errors
/// A template or message that cannot be rendered.
pub fn confirmation_letter(
    templates: &Templates,
    writing: impl Into<Writing>,
    moves: bool,
    site: &LetterSite,
) -> Result<Letter, TemplateError> {
    let writing = writing.into();
    let subject = if moves {
        "letter.move.subject"
    } else {
        "letter.confirm.subject"
    };
    let context = ConfirmationLetter {
        subject: templates.message(writing, subject, &[])?,
        moves,
        site_name: writing.spell(&site.name),
        site_url: site.url.clone(),
        confirm_url: slot::CONFIRM_URL,
    };
    let html = templates.render("letter/confirmation.html", writing, &context)?;
    let text = wrap(&templates.render("letter/confirmation.txt", writing, &context)?);
    let body_hash = derive(&[&context.subject, &text, &html]);
    Ok(Letter {
        id: LetterId::of_confirmation(writing.tongue, &body_hash),
        purpose: Purpose::Confirmation,
        tongue: writing.tongue,
        script: writing.script,
        subject: context.subject,
        text,
        html,
    })
}

/// All a digest's templates are told, but for the subject.
fn context(
    templates: &Templates,
    plan: &DigestPlan,
    profile: &Profile,
    choice: &Choice,
    site: &LetterSite,
) -> Result<DigestLetter, TemplateError> {
    let writing = Writing::from(profile);
    let (silent, silent_left) = silent_of(choice, site, writing);
    let events = events_of(choice, site, writing);
    let events_ahead = ahead(&events);
    Ok(DigestLetter {
        subject: String::new(),
        preheader: preheader(choice, profile),
        title: writing.spell(plan.title.get(profile.tongue)),
        site_name: writing.spell(&site.name),
        site_postal: outside(&site.postal, POSTAL_MAX_CHARS),
        site_url: site.url.clone(),
        calendar_url: format!("{}{CALENDAR_PATH}", site.url),
        unsubscribe_url: slot::UNSUBSCRIBE_URL,
        preferences_url: slot::PREFERENCES_URL,
        today: choice.today.to_string(),
        events_off: events.len() - events_ahead,
        events_ahead,
        events,
        events_left: choice.events_left,
        is_grouped: profile.grouping != Grouping::Importance,
        stories: stories_of(templates, choice, profile, site)?,
        stories_left: choice.stories_left,
        corrections: corrections_of(templates, choice, site, writing)?,
        corrections_left: choice.corrections_left,
        silent,
        silent_left,
    })
}

/// How many will take place.
fn ahead(events: &[LetterEvent]) -> usize {
    let ahead = events.iter().filter(|event| event.ics_url.is_some());
    ahead.count()
}

/// Takes a quarter of the stories out, at least one, then of the events, then
/// of the corrections; false: nothing is left to take.
fn shorten(context: &mut DigestLetter) -> bool {
    if let Some(taken) = take_quarter(&mut context.stories) {
        context.stories_left += taken;
    } else if let Some(taken) = take_quarter(&mut context.events) {
        context.events_left += taken;
        context.events_ahead = ahead(&context.events);
        context.events_off = context.events.len() - context.events_ahead;
    } else if let Some(taken) = take_quarter(&mut context.corrections) {
        context.corrections_left += taken;
    } else {
        return false;
    }
    true
}

/// How many of the last were taken; one is always left.
fn take_quarter<T>(items: &mut Vec<T>) -> Option<usize> {
    let taken = items.len().div_ceil(4);
    (items.len() > 1).then(|| {
        items.truncate(items.len() - taken);
        taken
    })
}

#[cfg(test)]
mod tests;
