//! What the report of a returned letter is known by: its sender, its subject, the
//! words that the server still tries, and the line after which the letter stands.

use super::phrases::folded;

const DELAY: &[&str] = &[
    "you do not need to resend",
    "do not need to resend your message",
    "this is a warning message only",
    "warning message only",
    "delivery attempts will continue",
    "will keep trying",
    "will continue to try",
    "will be retried",
    "will try again",
    "not yet been delivered",
    "has not been delivered yet",
    "delivery is delayed",
    "delivery has been delayed",
    "message delayed",
    "delivery delayed",
    "delivery status notification (delay)",
    "message still undelivered",
    "повторная отправка не требуется",
    "попытки доставки продолжатся",
    "попытки будут продолжены",
    "доставка задерживается",
    "доставка отложена",
    "сообщение задержано",
    "жеткізу кешіктірілді",
    "жеткізу әрекеті жалғасады",
    "қайта жіберудің қажеті жоқ",
];

const FAILURE_SUBJECTS: &[&str] = &[
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "failure notice",
    "failed mail",
    "mail delivery failed",
    "mail delivery problem",
    "mail system error",
    "mail not delivered",
    "returned mail",
    "returned to sender",
    "delivery report",
    "could not be delivered",
    "non-delivery",
    "nondeliver",
    "delivery notification",
    "недоставленное",
    "недоставленн",
    "не доставлено",
    "не удается доставить",
    "не удалось доставить",
    "невозможно доставить",
    "ошибка доставки",
    "возврат письма",
    "уведомление о доставке",
    "отчет о доставке",
    "жеткізілмеді",
    "жеткізілмеген",
    "жеткізу қатесі",
    "хат қайтарылды",
];

const DAEMONS: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "mdaemon@",
    "postmaster@",
    "postmaster ",
    "mail delivery subsystem",
    "mail delivery system",
    "mail delivery service",
    "microsoft outlook <",
    "microsoftexchange",
    "postmaster\"",
    "maildelivery@",
    "mail-delivery@",
];

/// Lines after which the returned letter stands.
const RETURNED_LETTER: &[&str] = &[
    "--- below this line is a copy of the message",
    "--- below the next line is a copy of the message",
    "this is a copy of the message, including all the headers",
    "this is a copy of your message, including all the headers",
    "this is a copy of the message's headers",
    "----- original message -----",
    "-----original message-----",
    "----- message header follows -----",
    "----- unsent message follows",
    "--- original message follows",
    "--- the message cannot be delivered",
    "original message headers:",
    "message headers follow",
    "the header of the original message is following",
    "исходные заголовки сообщения",
    "заголовки исходного сообщения",
    "исходные заголовки:",
    "----- исходное сообщение -----",
    "копия вашего письма",
    "копия исходного письма",
    "бастапқы хаттың тақырыптары",
    "хаттың көшірмесі ---",
];

/// Whether a text says that the server still tries.
pub fn is_delay(text: &str) -> bool {
    let folded = folded(text);
    DELAY.iter().any(|phrase| folded.contains(phrase))
}

/// Whether a folded subject is that of a returned letter.
pub fn is_failure_subject(folded: &str) -> bool {
    FAILURE_SUBJECTS
        .iter()
        .any(|phrase| folded.contains(phrase))
}

/// Whether a sender, in lower case, is a mail system.
pub fn is_daemon(sender: &str) -> bool {
    DAEMONS.iter().any(|name| sender.contains(name))
}

/// Where the returned letter begins in a report of one text.
pub fn begins_at(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let folded = folded(line);
        if RETURNED_LETTER.iter().any(|mark| folded.contains(mark)) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_folded_themselves() {
        let all = [DELAY, FAILURE_SUBJECTS, RETURNED_LETTER];
        for phrase in all.into_iter().flatten() {
            assert_eq!(folded(phrase), *phrase);
        }
    }
}
