//! Machines that answer: vacations, challenges, tickets. By their headers
//! (RFC 3834 and its many forerunners), and by their subjects.

use super::mail::Mail;
use super::phrases;

const SUBJECTS: &[&str] = &[
    "out of office",
    "out of the office",
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponder",
    "vacation",
    "on leave",
    "away from",
    "i am away",
    "we received your",
    "we have received your",
    "thank you for contacting",
    "ticket created",
    "please confirm your message",
    "confirm your email to",
    "message awaiting your confirmation",
    "verify your message",
    "challenge",
    "read:",
    "автоответ",
    "автоматический ответ",
    "отсутствую",
    "в отпуске",
    "вне офиса",
    "отпуск",
    "ваше обращение",
    "подтвердите отправку",
    "подтверждение отправки",
    "прочтено:",
    "автоматты жауап",
    "автожауап",
    "демалыста",
    "кеңседе жоқпын",
    "өтінішіңіз қабылданды",
];

/// Whether a mail says of itself that a machine wrote it.
pub fn is_automatic(mail: &Mail) -> bool {
    let head = &mail.head;
    let says = |name: &str, words: &[&str]| {
        head.values(name).any(|value| {
            let value = value.to_ascii_lowercase();
            words
                .iter()
                .any(|word| value.trim_start().starts_with(word))
        })
    };
    let marked = [
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-auto-reply-from",
        "x-mail-autoreply",
        "x-vacation",
    ]
    .iter()
    .any(|name| head.has(name));
    marked
        || says("auto-submitted", &["auto-"])
        || says(
            "precedence",
            &["auto_reply", "auto-reply", "bulk", "junk", "list"],
        )
        || says(
            "x-auto-response-suppress",
            &["all", "oof", "autoreply", "dr,"],
        )
        || is_automatic_by_words(mail)
}

/// Whether a mail says of itself that it answers another by a machine.
pub fn is_answer(mail: &Mail) -> bool {
    let answers = |value: &str| {
        value
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("auto-replied")
    };
    mail.head.values("auto-submitted").any(answers) || is_automatic_by_words(mail)
}

/// Microsoft's junk mail reports come without RFC 5965: the letter attached,
/// and a subject.
pub fn is_spam_complaint(mail: &Mail) -> bool {
    let from = mail.head.value("from").unwrap_or_default();
    from.to_ascii_lowercase().contains("staff@hotmail.com")
        && phrases::folded(&mail.subject).starts_with("complaint about message from")
}

/// By the subject alone.
pub fn is_automatic_by_words(mail: &Mail) -> bool {
    let subject = phrases::folded(&mail.subject);
    SUBJECTS.iter().any(|phrase| subject.contains(phrase))
}
