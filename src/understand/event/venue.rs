//! The house or hall an event is in: after a label, in a case of place, or a
//! hotel's own name.

use std::ops::Range;

use super::super::lexicon::section;
use super::Scene;
use super::held::{Held, held};
use super::houses::HOUSES;
use super::kazakh_name::kazakh_left;
use super::name;
use crate::model::language::Language;
use crate::text::tokens::Token;

/// A longer name is a sentence by mistake.
const NAME_TOKENS_MAX: usize = 10;
/// Sentences after the event's that may name its house.
const SENTENCES_AFTER: usize = 3;
/// Something named in a text, and the words it was made of.
pub(super) struct Said {
    pub name: String,
    pub words: String,
}

/// A dot after so few letters ends no line.
const ABBREVIATION_CHARS: usize = 3;

fn is_street(token: &Token) -> bool {
    let street = [
        "ул",
        "улица",
        "пр",
        "просп",
        "проспект",
        "мкр",
        "микрорайон",
        "көш",
        "көшесі",
        "street",
        "даңғылы",
        "даңғ",
        "avenue",
    ];
    street.contains(&token.folded.as_str())
}

impl Scene<'_> {
    /// The venue named by a label, else beside the event's day.
    pub(super) fn venue(&self, sentence: usize) -> Option<Said> {
        let count = self.told.sentences.len();
        let all = || (0..count).map(|index| self.told.sentences[index].tokens.clone());
        let labelled = all().find_map(|within| self.labelled_venue(within));
        let near = (sentence..count.min(sentence + 1 + SENTENCES_AFTER))
            .filter(|index| *index == sentence || self.tells_of_event(*index));
        let later = sentence + 1 + SENTENCES_AFTER;
        let later = (later..count.min(later + SENTENCES_AFTER)).filter(|at| self.is_of_event(*at));
        let near = near.chain(later);
        labelled.or_else(|| {
            near.map(|index| self.told.sentences[index].tokens.clone())
                .find_map(|within| self.house(within))
        })
    }

    /// "Шара «…» орталығында өтеді": the event is what the sentence begins with.
    fn is_of_event(&self, index: usize) -> bool {
        let words = self.told.words(index);
        let forum = self.forums.iter().any(|forum| forum.sentence == index);
        let begins = words
            .first()
            .is_some_and(|first| section("generic-event").means(first));
        (begins || forum) && held(words, 0) == Held::ToCome
    }

    fn tells_of_event(&self, index: usize) -> bool {
        let words = self.told.words(index);
        let forum = self.forums.iter().any(|forum| forum.sentence == index);
        forum || section("generic-event").any(words) || section("begins").any(words)
    }

    /// "Орны: …", "Место проведения — …", "Venue: …".
    fn labelled_venue(&self, within: Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let at = within.clone().find(|at| {
            let count = section("venue-label").at(&tokens[..within.end], *at);
            count > 0
                && tokens
                    .get(at + count)
                    .is_some_and(|next| next.is_mark(':') || next.is_dash() && next.spaced)
        })?;
        let count = section("venue-label").at(&tokens[..within.end], at);
        let mut first = at + count + 1;
        // The town is told elsewhere.
        while let Some(place) = self.places.iter().find(|place| {
            place.first <= first + 2 && place.first >= first && place.after < within.end
        }) {
            let comma = (place.after..within.end.min(place.after + 3))
                .find(|at| tokens[*at].is_mark(','))?;
            first = comma + 1;
        }
        let mut after = self.end_of_line_part(first, within.end);
        // The house comes after its street and number.
        let is_address = |first: usize, after: usize| {
            let part = tokens.get(first..after).unwrap_or_default();
            let begins = part.first().is_some_and(|token| token.number().is_some());
            begins || part.iter().any(is_street)
        };
        while after < within.end && is_address(first, after) {
            first = after + 1;
            after = self.end_of_line_part(first, within.end);
        }
        self.named(first, after)
    }

    /// Where the part of a labelled line ends that begins at `first`.
    fn end_of_line_part(&self, first: usize, end: usize) -> usize {
        let tokens = &self.told.tokens;
        let stops = |at: &usize| {
            let token = &tokens[*at];
            let short = tokens[at - 1].folded.chars().count() <= ABBREVIATION_CHARS;
            let stop = token.is_mark('.') && !(short && *at < end - 1);
            token.is_mark(',')
                || token.is_mark(';')
                || token.is_mark('(')
                || stop && tokens.get(at + 1).is_none_or(|next| next.spaced)
        };
        (first..end).find(stops).unwrap_or(end)
    }

    fn house(&self, within: Range<usize>) -> Option<Said> {
        let branded = || self.branded(within.clone());
        match self.told.language {
            Language::KazakhCyrillic | Language::KazakhLatin => {
                self.kazakh_house(within.clone()).or_else(branded)
            }
            Language::Russian => self
                .russian_house(within.clone())
                .or_else(branded)
                .or_else(|| self.beside_town(within.clone())),
            _ => branded().or_else(|| self.english_house(within.clone())),
        }
    }

    fn is_dated(&self, at: usize) -> bool {
        self.dates
            .iter()
            .any(|dated| (dated.first..dated.after).contains(&at))
    }

    /// "Қазмедиа орталығында": the name up to the house, without its case.
    fn kazakh_house(&self, within: Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        // What the case takes behind the house: "үйі|нде", "үйі|ндегі", "музей|де".
        let cases = [("kk-venue", 3), ("kk-venue-of", 5), ("kk-venue-bare", 2)];
        let (at, case) = within.clone().find_map(|at| {
            let found = cases
                .iter()
                .find(|(kind, _)| section(kind).means(&tokens[at]));
            found.map(|(_, case)| (at, *case))
        })?;
        let blocked = |index: usize| self.is_dated(index);
        let mut first = kazakh_left(self.told, at, &within, &blocked, &self.places);
        // "Форум Достық үйінде өтеді": what is held there is no part of the name.
        let is_held = |index: usize| {
            self.forums.iter().any(|forum| forum.at == index)
                || index == within.start && section("generic-event").means(&tokens[index])
        };
        if let Some(subject) = (first..at).rev().find(|index| is_held(*index)) {
            first = subject + 1;
        }
        if case == 2 {
            // Bare of a possessive, only a name makes it one house: a person's, a public one.
            let is_own = |index: &usize| {
                let token = &tokens[*index];
                let named = token.capital && (*index > within.start || *index + 1 < at);
                named || section("kk-venue-public").means(token)
            };
            first = (first..at).find(is_own)?;
        }
        if first == at {
            return None;
        }
        let before = self.told.original(first, at);
        let house = self.told.original(at, at + 1);
        let cut: String = house
            .chars()
            .take(house.chars().count().saturating_sub(case))
            .collect();
        let gap = if tokens[at].spaced { " " } else { "" };
        Some(Said {
            name: name::capitalised(format!("{before}{gap}{cut}").trim()),
            words: self.told.original(first, at + 1).to_owned(),
        })
    }

    /// "в Национальной академической библиотеке", "в Доме дружбы".
    fn russian_house(&self, within: Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let (at, (_, house, feminine)) = within.clone().find_map(|at| {
            let house = HOUSES
                .iter()
                .find(|(form, _, _)| tokens[at].folded == *form)?;
            Some((at, *house))
        })?;
        let mut first = at;
        while first > within.start && at - first < NAME_TOKENS_MAX {
            let token = &tokens[first - 1];
            let joined = token.is_dash() && !token.spaced || tokens[first].is_dash();
            let adjective = ["ом", "ем", "ой", "ей"]
                .iter()
                .any(|ending| token.folded.ends_with(ending));
            if !(joined || token.is_word() && adjective && token.folded.chars().count() > 4) {
                break;
            }
            first -= 1;
        }
        let lead = first
            .checked_sub(1)
            .map(|before| tokens[before].folded.as_str());
        if !matches!(lead, Some("в" | "во" | "на")) {
            return None;
        }
        let mut name = String::new();
        for token in &tokens[first..at] {
            let put = nominative(&self.told.text[token.start..token.end], feminine);
            if token.spaced && !name.is_empty() {
                name.push(' ');
            }
            name.push_str(&put);
        }
        if tokens[at].spaced && !name.is_empty() {
            name.push(' ');
        }
        let capital = tokens[at].capital;
        name.push_str(&if capital {
            name::capitalised(house)
        } else {
            house.to_owned()
        });
        let after = self.russian_tail(at + 1, within.end);
        if after > at + 1 {
            name.push_str(if tokens[at + 1].spaced { " " } else { "" });
            name.push_str(self.told.original(at + 1, after));
        }
        let own = capital || after > at + 1 || tokens[first..at].iter().any(|token| token.capital);
        own.then(|| Said {
            name: name::capitalised(&name),
            words: self.told.original(first, after).to_owned(),
        })
    }

    /// "В г. Туркестан, конгресс-центр «…», начало в 10.00", "в Кызылорде (Дом дружбы, …)":
    /// a house of its own name right behind its town.
    fn beside_town(&self, within: Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let begins = |at: usize| {
            let mark = &tokens[at];
            let town = self.places.iter().any(|place| place.after == at);
            town && (mark.is_mark(',') || mark.is_mark('(')) && at + 1 < within.end
        };
        within.clone().filter(|at| begins(*at)).find_map(|mark| {
            let first = mark + 1;
            let after = self.end_of_line_part(first, within.end);
            let after = (first..after)
                .find(|at| tokens[*at].is_mark(')'))
                .unwrap_or(after);
            let is_house = |at: &usize| {
                let house = tokens[*at].folded.as_str();
                HOUSES.iter().any(|(_, name, _)| *name == house)
            };
            // At most two adjectives before the house, and behind it what it is called.
            let at = (first..after.min(first + 4)).find(is_house)?;
            let named = tokens[at].capital && at + 1 < after
                || name::quote_after(tokens, at + 1, after) == Some(after)
                || tokens
                    .get(at + 1)
                    .is_some_and(|next| next.folded == "имени");
            let plain = tokens[first..after]
                .iter()
                .all(|token| token.number().is_none() && !section("future-held").means(token));
            (named && plain).then(|| self.named(first, after))?
        })
    }

    /// A quoted name, genitives, "имени …" after a house.
    fn russian_tail(&self, begin: usize, high: usize) -> usize {
        let tokens = &self.told.tokens;
        let mut after = begin;
        if let Some(quoted) = name::quote_after(tokens, after, high) {
            return quoted;
        }
        while after < high && after - begin < 4 {
            let token = &tokens[after];
            let placed = self
                .places
                .iter()
                .any(|place| (place.first..place.after).contains(&after));
            let named = matches!(token.folded.as_str(), "имени" | "им");
            let genitive = token.is_word()
                && !matches!(
                    token.folded.as_str(),
                    "города" | "состоится" | "пройдет" | "столицы"
                )
                && !section("future-held").means(token)
                && !section("past-held").means(token)
                && ["ы", "и", "а", "я", "ого", "их", "ой", "ов"]
                    .iter()
                    .any(|ending| token.folded.ends_with(ending))
                && token.folded.chars().count() > 3;
            let of_person = after > begin && token.is_dash() && !token.spaced
                || after > begin && tokens[after - 1].is_dash();
            if placed || self.is_dated(after) || !(named || genitive || of_person) {
                break;
            }
            after += 1;
        }
        after
    }

    /// "Rixos President Astana", "Hilton Astana".
    fn branded(&self, within: Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let at = within
            .clone()
            .find(|at| section("venue-brand").means(&tokens[*at]))?;
        let mut first = at;
        while first > within.start
            && tokens[first - 1].is_word()
            && tokens[first - 1].capital
            && tokens[first - 1].folded.is_ascii()
            && !section("en-name-stop").means(&tokens[first - 1])
        {
            first -= 1;
        }
        let after = (at + 1..within.end.min(at + NAME_TOKENS_MAX))
            .find(|at| {
                let token = &tokens[*at];
                !(token.is_word() && token.capital && token.folded.is_ascii()
                    || token.is_dash() && !token.spaced)
            })
            .unwrap_or(within.end.min(at + NAME_TOKENS_MAX));
        self.named(first, after)
    }

    /// "at the Congress Center".
    fn english_house(&self, within: Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let at = within
            .clone()
            .rev()
            .find(|at| tokens[*at].capital && section("en-venue").means(&tokens[*at]))?;
        let mut first = at;
        while first > within.start && at - first < NAME_TOKENS_MAX {
            let token = &tokens[first - 1];
            let small = matches!(token.folded.as_str(), "of" | "and");
            let owner = token.folded.ends_with("'s") || token.folded.ends_with("’s");
            if !(token.is_word() && (token.capital || small)) || owner || self.is_dated(first - 1) {
                break;
            }
            first -= 1;
        }
        let lead = first
            .checked_sub(1)
            .map(|before| tokens[before].folded.as_str());
        let host = tokens.get(at + 1).is_some_and(|next| next.folded == "will");
        let owned = lead.is_some_and(|lead| lead.ends_with('s') && lead.contains(['\'', '’']));
        let placed = matches!(lead, Some("at" | "in" | "the")) || owned || host;
        // "the House of Friendship": what follows is the name.
        let of = tokens.get(at + 1).is_some_and(|next| next.folded == "of");
        let owners = |index: &usize| tokens[*index].is_word() && tokens[*index].capital;
        let after = (at + 2..within.end).find(|index| !owners(index));
        let after = after.unwrap_or(within.end);
        let is_dated = (at..after).any(|index| self.is_dated(index));
        if placed && of && after > at + 2 && !is_dated {
            return self.named(first, after);
        }
        (placed && at > first).then(|| self.named(first, at + 1))?
    }

    fn named(&self, first: usize, after: usize) -> Option<Said> {
        if after <= first || after - first > NAME_TOKENS_MAX {
            return None;
        }
        let words = self.told.original(first, after).trim().to_owned();
        let name = words.trim_end_matches(['.', ',', ';']).trim().to_owned();
        (!name.is_empty()).then_some(Said { name, words })
    }
}

/// A Russian adjective in the case of place, in the nominative.
fn nominative(word: &str, feminine: bool) -> String {
    let cut =
        |ending: &str, put: &str| word.strip_suffix(ending).map(|stem| format!("{stem}{put}"));
    let soft = |stem: &str| stem.ends_with(['к', 'г', 'х', 'ш', 'щ', 'ч', 'ж']);
    let made = if feminine {
        cut("ой", "ая").or_else(|| cut("ей", "яя"))
    } else {
        word.strip_suffix("ом")
            .map(|stem| format!("{stem}{}", if soft(stem) { "ий" } else { "ый" }))
            .or_else(|| cut("ем", "ий"))
    };
    made.unwrap_or_else(|| word.to_owned())
}
