//! Whether a person writes that they want to leave.
//!
//! Only their own words count (`own_words`), not what they quote: every letter of
//! ours holds the word. A wish must be plain, a sentence that says this and
//! nothing else; whatever is hedged, asked or denied is left for a person. Kazakh
//! is compared as it is typed without its own letters, as many do.

use super::mail::Mail;
use super::own_words::{own_words, without_prefixes};

/// A wish is short; a letter that merely begins so is for a person to read.
const OWN_CHARS_MAX: usize = 400;

/// How a wish begins, in [`plain`] words. The rest of its clause may only be
/// [`RESTS`], so that "отпишите, когда начало" (write back when) is none.
const WISHES: &[&str] = &[
    "unsubscribe",
    "remove me",
    "take me off",
    "stop sending",
    "opt out",
    "отписаться",
    "отписать",
    "отписываюсь",
    "отпишите меня",
    "отпишите нас",
    "отпишите мой",
    "отпишите наш",
    "отпишите этот",
    "отпишите от",
    "отмените подписку",
    "отменить подписку",
    "отменяю подписку",
    "отмена подписки",
    "отказ от",
    "отказываюсь от",
    "отказаться от",
    "прекратите присылать",
    "прекратите слать",
    "прекратите рассылку",
    "перестаньте присылать",
    "перестаньте слать",
    "не присылайте",
    "не шлите",
    "не хочу получать",
    "не хочу больше получать",
    "не желаю получать",
    "уберите меня из",
    "уберите из",
    "удалите меня из",
    "удалите мой",
    "удалите из",
    "исключите меня из",
    "исключите из",
    "снимите с",
    "снимите меня с",
    "отписка от",
    "жазылудан бас тарт",
    "жазылымнан бас тарт",
    "жазылымнан шығ",
    "жазылымды тоқтат",
    "жазылымды жой",
    "жазылымнан алып таста",
    "жазылудан шығ",
    "тізімнен шығар",
    "тізімнен алып таста",
    "тізімнен өшір",
    "таратылымнан шығ",
    "таратудан шығ",
    "таратылымнан бас тарт",
    "хат жіберме",
    "хат жіберуді тоқтат",
    "хаттарды тоқтат",
    "jazylymnan shyg",
    "jazylymnan bas tart",
    "tizimnen shygar",
];

/// The same, but only where nothing follows in the whole sentence.
const LONE_WISHES: &[&str] = &["отпишите", "отписка", "stop", "стоп"];

/// What may stand before a wish, and around it.
const RESTS: &str = "\
    пожалуйста плиз прошу просьба хочу хотел хотела хотелось бы вас спасибо срочно просто \
    я мы меня нас мне нам please kindly thanks thank you i want would like to me us мені \
    бізді маған бізге өтінемін өтініш рахмет енді бұдан былай әрі қайта қарай сізден \
    сіздің сіздерді мен біз maǵan meni ótinemin от из с на по и больше уже всех все эту \
    этой этот эти этого это ваш ваша ваше ваши вашу вашей ваших вашего мой моего мою наш \
    нашу свой адрес адреса ящик почту почты почта email e mail список списка списков \
    рассылка рассылки рассылку рассылке рассылок подписка подписки подписку подписок \
    дайджест дайджеста дайджесты дайджестов новости новостей письма писем письмо форумов \
    жаршы базы from this the your all my our mailing mailings list lists newsletter \
    newsletters emails mails letters digest address off of out now any more осы бұл барлық \
    тізімі тізімінен пошта поштама поштамды мекенжайыма мекенжайымды мекенжайды хат хатты \
    хаттарды хабарлама дайджесттен жаңалықтар жаңалықтардан керек емес";

/// Greetings: clauses that only begin a letter.
const GREETINGS: &str = "\
    здравствуйте здравствуй добрый доброе доброго день утро вечер дня утра времени суток \
    привет уважаемые уважаемая уважаемый коллеги редакция hello hi dear team sir madam all \
    good morning afternoon day сәлеметсіз сәлеметсіздер бе сәлем қайырлы күн таң кеш \
    құрметті әріптестер ассалаумағалейкүм жаршы";

/// Words that say that it is no wish.
const REFUSALS: &[&str] = &[
    "не хочу отпис",
    "не хотим отпис",
    "не надо отпис",
    "не нужно отпис",
    "не собираюсь отпис",
    "не отписывайте",
    "отписываться не хо",
    "отписываться не буд",
    "отписываться не собир",
    "отписываться не надо",
    "передумал",
    "шучу",
    "don't unsub",
    "dont unsub",
    "do not unsub",
    "don't want to unsub",
    "do not want to unsub",
    "don't remove",
    "do not remove",
    "шыққым келмейді",
    "шықпаймын",
    "шығармаңыз",
    "шығармай",
    "тоқтатпаңыз",
    "бас тартпаймын",
    "бас тартқым келмейді",
];

/// Words that bind a wish to something, or may: for a person to read.
const CONDITIONS: &[&str] = &[
    "не отпис",
    "нет отпис",
    "отписаться не",
    "отписать не",
    "если ",
    "только ",
    "кроме ",
    "вместо ",
    "реже",
    "временно",
    "пока ",
    "на время",
    "другой адрес",
    "новый адрес",
    "присылайте на",
    "not unsub",
    "never unsub",
    "don't stop",
    "do not stop",
    "unless ",
    "until ",
    "except ",
    "instead",
    "only ",
    "if ",
    "егер ",
    "тек ",
    "ғана",
    "орнына",
    "басқа мекенжай",
    "жаңа мекенжай",
    "уақытша",
];

/// Whether the subject or the person's own words are a wish to leave.
pub fn asks_to_leave(mail: &Mail) -> bool {
    let own = own_words(&mail.text);
    let hedged = |text: &str| has(text, REFUSALS) || has(text, CONDITIONS);
    if own.chars().count() > OWN_CHARS_MAX || hedged(&own) {
        return false;
    }
    // The subject of an answer is mostly ours.
    let subject = without_prefixes(&mail.subject);
    (is_wish(subject, true) && !hedged(subject)) || begins_with_wish(&own)
}

/// Whether mail to somebody's own address to leave by says that it is no wish.
/// The address itself is one, so nothing less plain counts.
pub fn takes_back(mail: &Mail) -> bool {
    has(&own_words(&mail.text), REFUSALS) || has(&mail.subject, REFUSALS)
}

/// Lower case, `ё` as `е`, and Kazakh letters as those who lack them type them.
fn plain(text: &str) -> String {
    let lower = super::phrases::folded(text);
    let plain = lower.chars().map(|c| match c {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        'ǵ' => 'g',
        'ó' => 'o',
        other => other,
    });
    plain.collect()
}

/// Whether one of `phrases` begins at a word of `text`.
fn has(text: &str, phrases: &[&str]) -> bool {
    // A word at the very end counts as one, too.
    let text = format!("{} ", plain(text));
    phrases.iter().any(|phrase| {
        let phrase = plain_phrase(phrase);
        let mut found = text.match_indices(&phrase);
        found.any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
    })
}

/// [`plain`], with a space at the end kept.
fn plain_phrase(phrase: &str) -> String {
    let space = if phrase.ends_with(' ') { " " } else { "" };
    plain(phrase) + space
}

/// Whether the first sentence that is no greeting is a wish, or its first clause.
fn begins_with_wish(own: &str) -> bool {
    const SENTENCE_ENDS: &[char] = &['.', '!', '?', '\n', ';'];
    let greets = |text: &&str| words(text).all(|word| is_among(GREETINGS, &word));
    let mut sentences = own.split_inclusive(SENTENCE_ENDS).skip_while(greets);
    sentences.next().is_some_and(|sentence| {
        let mut clauses = sentence.split_inclusive([',', '—', '–']).skip_while(greets);
        is_wish(sentence, true)
            || (!sentence.contains('?') && clauses.next().is_some_and(|one| is_wish(one, false)))
    })
}

/// Whether a clause is a wish and nothing else; `whole`: nothing follows it.
/// A question is none.
fn is_wish(clause: &str, whole: bool) -> bool {
    if clause.contains('?') || clause.chars().count() > OWN_CHARS_MAX {
        return false;
    }
    let words: Vec<String> = words(clause).collect();
    let is_rest = |word: &String| word.contains('@') || is_among(RESTS, word);
    let greeting = words
        .iter()
        .take_while(|word| is_among(GREETINGS, word))
        .count();
    let lone = LONE_WISHES.iter().filter(|_| whole);
    WISHES.iter().chain(lone).any(|wish| {
        let wish = plain(wish);
        let wish: Vec<&str> = wish.split(' ').collect();
        (greeting..words.len()).any(|at| {
            begins_with(&words[at..], &wish)
                && words[greeting..at].iter().all(is_rest)
                && words[at + wish.len()..].iter().all(is_rest)
        })
    })
}

/// Whether `word` is one of `known`, which stand between spaces.
fn is_among(known: &str, word: &str) -> bool {
    known.split(' ').any(|known| plain(known) == word)
}

/// The last word of a Kazakh wish is a stem: endings say how politely.
fn begins_with(words: &[String], wish: &[&str]) -> bool {
    const STEMS: &[&str] = &[
        "тарт",
        "шыг",
        "токтат",
        "жой",
        "шыгар",
        "таста",
        "ошир",
        "жиберме",
        "shyg",
        "tart",
        "shygar",
    ];
    words.len() >= wish.len()
        && wish
            .iter()
            .zip(words)
            .enumerate()
            .all(|(at, (part, word))| {
                let is_stem = at + 1 == wish.len() && STEMS.contains(part);
                word == part || (is_stem && word.starts_with(part))
            })
}

fn words(clause: &str) -> impl Iterator<Item = String> {
    plain(clause)
        .split(|c: char| c.is_whitespace() || "!.,;:?\"'«»<>()—–-…*_".contains(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}
