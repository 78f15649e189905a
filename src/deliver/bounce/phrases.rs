//! What the words of mail systems say about a mailbox, in English, Russian and
//! Kazakh. All are looked for in [`folded`] text: lower case, single spaces, `ё`
//! as `е`.
//!
//! Deliberately absent: whether a mail is a report at all (`returned_letter`).

use crate::model::bounce::Severity;

/// About us, not about the reader: looked for before [`GONE`], because "sender
/// address rejected: domain not found" is no missing mailbox.
const SENDER_REFUSED: &[&str] = &[
    "sender address rejected",
    "sender rejected",
    "sender denied",
    "sender verify failed",
    "sender verification failed",
    "invalid sender",
    "адрес отправителя отклонен",
    "отправитель отклонен",
    "жіберуші мекенжайы қабылданбады",
];

const FULL: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "mail box full",
    "inbox is full",
    "mailbox has exceeded",
    "mailbox size limit",
    "mailbox quota",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded quota",
    "exceeded storage",
    "exceeds the quota",
    "out of storage",
    "insufficient storage",
    "insufficient system storage",
    "not enough space",
    "disk quota",
    "quota violation",
    "ящик переполнен",
    "ящик заполнен",
    "превышена квота",
    "превысил квоту",
    "квота превышена",
    "недостаточно места",
    "нет свободного места",
    "жәшігі толы",
    "жәшік толы",
    "жәшігі толып",
    "орын жеткіліксіз",
    "квота асып",
];

const GONE: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown recipient",
    "unknown local part",
    "unknown address",
    "recipient unknown",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such account",
    "no such address",
    "no such local user",
    "no mailbox here by that name",
    "no mailbox by that name",
    "no such person",
    "user not found",
    "recipient not found",
    "recipientnotfound",
    "mailbox not found",
    "address not found",
    "account not found",
    "wasn't found at",
    "couldn't be found",
    "could not be found",
    "does not exist",
    "doesn't exist",
    "doesn't have a",
    "is not a valid mailbox",
    "invalid mailbox",
    "invalid recipient",
    "mailbox unavailable",
    "mailbox is disabled",
    "mailbox disabled",
    "mailbox is inactive",
    "user is disabled",
    "account is disabled",
    "account has been disabled",
    "account disabled",
    "account that you tried to reach is disabled",
    "account is inactive",
    "not listed in domino directory",
    "recipient name is not recognized",
    "invalid email recipient",
    "illegal alias",
    "recipient address rejected: access denied",
    "unrouteable address",
    "unrouteable mail domain",
    "unable to find host",
    "couldn't find any host named",
    "couldn't find any host by that name",
    "domain not found",
    "host not found",
    "host or domain name not found",
    "name or service not known",
    "no such domain",
    "no such host",
    "all relevant mx records point to non-existent hosts",
    "does not accept mail (nullmx)",
    "null mx",
    "пользователь не найден",
    "пользователя не существует",
    "пользователь не существует",
    "получатель не найден",
    "получатель не существует",
    "нет такого пользователя",
    "нет такого получателя",
    "нет такого ящика",
    "нет такого адреса",
    "ящика не существует",
    "ящик не существует",
    "ящик не найден",
    "ящик отключен",
    "ящик заблокирован",
    "ящик удален",
    "адрес не найден",
    "адрес не существует",
    "адреса не существует",
    "несуществующий адрес",
    "неизвестный пользователь",
    "неизвестный получатель",
    "домен не найден",
    "домен не существует",
    "не удалось найти этот адрес",
    "адрес электронной почты не найден",
    "мұндай пайдаланушы жоқ",
    "пайдаланушы табылмады",
    "алушы табылмады",
    "мұндай мекенжай жоқ",
    "мекенжай табылмады",
    "пошта жәшігі жоқ",
    "жәшік табылмады",
    "жәшігі жабылған",
    "жәшігі табылмады",
    "домен табылмады",
];

const REFUSED: &[&str] = &[
    "spam",
    "blacklist",
    "blocklist",
    "black list",
    "block list",
    "blocked",
    "dnsbl",
    "spamhaus",
    "reputation",
    "policy",
    "dmarc",
    "dkim",
    "spf check",
    "spf fail",
    "unauthenticated",
    "relay access denied",
    "relaying denied",
    "relay not permitted",
    "content rejected",
    "message rejected",
    "rejected by the recipient",
    "message too large",
    "message size exceeds",
    "message too big",
    "virus",
    "спам",
    "черный список",
    "черном списке",
    "заблокировано",
    "политик",
    "слишком большое письмо",
    "қара тізім",
    "бұғатталды",
    "саясат",
];

const PASSING: &[&str] = &[
    "temporarily",
    "temporary failure",
    "try again later",
    "timed out",
    "connection refused",
    "connection was refused",
    "too many hops",
    "mail loop",
    "loops back to myself",
    "hop count exceeded",
    "delivery time expired",
    "message expired",
    "retry timeout exceeded",
    "retry time not reached",
    "has been in the queue too long",
    "in the queue too long",
    "rate limit",
    "greylist",
    "graylist",
    "временно",
    "попробуйте позже",
    "превышено время ожидания",
    "истекло время",
    "уақытша",
    "кейінірек қайталап",
    "мерзімі өтті",
];

/// What words say about the mailbox; nothing where none are known.
pub fn of(folded: &str) -> Option<Severity> {
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| folded.contains(phrase));
    if has(SENDER_REFUSED) {
        return Some(Severity::Blocked);
    }
    if has(FULL) {
        return Some(Severity::Soft);
    }
    if has(GONE) {
        return Some(Severity::Hard);
    }
    if has(REFUSED) {
        return Some(Severity::Blocked);
    }
    has(PASSING).then_some(Severity::Soft)
}

/// Lower case, single spaces, `ё` as `е`, typographic apostrophes plain.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        for c in word.chars().flat_map(char::to_lowercase) {
            folded.push(match c {
                'ё' => 'е',
                '’' => '\'',
                other => other,
            });
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_folded_themselves() {
        let all = [SENDER_REFUSED, FULL, GONE, REFUSED, PASSING];
        for phrase in all.into_iter().flatten() {
            assert_eq!(folded(phrase), *phrase);
        }
    }

    #[test]
    fn words_are_found_across_lines_and_case() {
        assert_eq!(of(&folded("No\r\n such  USER here")), Some(Severity::Hard));
        assert_eq!(of(&folded("Почтовый ящик удалён")), Some(Severity::Hard));
        assert_eq!(
            of(&folded("Sender address rejected: Domain not found")),
            Some(Severity::Blocked)
        );
        assert_eq!(of(&folded("Жәшік толы")), Some(Severity::Soft));
        assert_eq!(of("good morning"), None);
    }
}
