//! Who holds an event, and in which languages.

use super::super::lexicon::section;
use super::Scene;
use super::kazakh_name::kazakh_left;
use super::venue::Said;
use crate::model::language::Language;
use crate::text::tokens::Token;

/// A longer name is a sentence by mistake.
const NAME_TOKENS_MAX: usize = 12;
/// How far from "languages" a language is named, in tokens.
const LANGUAGE_TOKENS: usize = 9;
/// Kazakh endings of what is done.
const ACCUSATIVES: [&str; 6] = ["ны", "ні", "ды", "ді", "ты", "ті"];
const GENITIVES: [&str; 6] = ["ның", "нің", "дың", "дің", "тың", "тің"];
const GENITIVE_CHARS: usize = 3;
/// How the languages begin.
const LANGUAGES: [(&str, Language); 9] = [
    ("қазақ", Language::KazakhCyrillic),
    ("орыс", Language::Russian),
    ("ағылшын", Language::English),
    ("казахск", Language::KazakhCyrillic),
    ("русск", Language::Russian),
    ("английск", Language::English),
    ("kazakh", Language::KazakhCyrillic),
    ("russian", Language::Russian),
    ("english", Language::English),
];

impl Scene<'_> {
    /// Who holds it: named by a label anywhere, else in the event's sentence.
    pub(super) fn organiser(&self, sentence: usize) -> Option<Said> {
        let labelled = (0..self.told.sentences.len())
            .find_map(|index| self.labelled_organiser(self.told.sentences[index].tokens.clone()));
        labelled.or_else(|| {
            let near = [sentence, sentence + 1, sentence.saturating_sub(1)];
            near.into_iter()
                .filter_map(|index| self.told.sentences.get(index))
                .find_map(|sentence| self.holder(sentence.tokens.clone()))
        })
    }

    /// "Ұйымдастырушы: …", "Организатор — …", "organised by …".
    fn labelled_organiser(&self, within: std::ops::Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let at = within
            .clone()
            .find(|at| section("organiser-label").means(&tokens[*at]))?;
        let mark = (at + 1..within.end.min(at + 5)).find(|next| {
            let token = &tokens[*next];
            let verb = matches!(
                token.folded.as_str(),
                "выступает" | "выступил" | "выступила" | "стал" | "стала"
            );
            token.is_mark(':') || (token.is_dash() && token.spaced) || verb
        })?;
        let first = mark + 1;
        let after = (first..within.end.min(first + NAME_TOKENS_MAX))
            .find(|at| ends_name(&tokens[*at], tokens.get(*at + 1)))
            .unwrap_or_else(|| within.end.min(first + NAME_TOKENS_MAX));
        self.said(first, after)
    }

    /// "… министрлігі … форумын өткізеді", "Клуб … проведёт", "organised by …".
    fn holder(&self, within: std::ops::Range<usize>) -> Option<Said> {
        let words = self.told.tokens.get(within.clone())?;
        if self.is_kazakh() {
            if let Some(holder) = self.kazakh_arranger(&within) {
                return Some(holder);
            }
            return section("kk-organises")
                .any(words)
                .then(|| self.kazakh_holder(within))?;
        }
        if self.told.language == Language::Russian {
            return self.russian_holder(within);
        }
        let at = words.windows(2).position(|pair| {
            matches!(
                pair[0].folded.as_str(),
                "organized" | "organised" | "hosted" | "convened"
            ) && pair[1].folded == "by"
        })?;
        let mut first = within.start + at + 2;
        if self
            .told
            .tokens
            .get(first)
            .is_some_and(|token| token.folded == "the")
        {
            first += 1;
        }
        let after = (first..within.end.min(first + NAME_TOKENS_MAX))
            .find(|at| {
                let token = &self.told.tokens[*at];
                let small = matches!(token.folded.as_str(), "of" | "and" | "for" | "the");
                !(token.is_word() && (token.capital || small))
            })
            .unwrap_or_else(|| within.end.min(first + NAME_TOKENS_MAX));
        self.said(first, after)
    }

    /// "… әкімдігінің ұйымдастыруымен": whose doing it is, without the genitive.
    fn kazakh_arranger(&self, within: &std::ops::Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let by = within
            .clone()
            .find(|at| tokens[*at].folded == "ұйымдастыруымен")?;
        let last = by.checked_sub(1).filter(|last| *last >= within.start)?;
        let owner = tokens[last].folded.as_str();
        if !GENITIVES.iter().any(|ending| owner.ends_with(ending)) {
            return None;
        }
        let blocked = |at: usize| {
            self.dates
                .iter()
                .any(|dated| (dated.first..dated.after).contains(&at))
        };
        let mut first = kazakh_left(self.told, last, within, &blocked, &self.places);
        while first < last && !tokens[first].capital {
            first += 1;
        }
        let mut said = self.said(first, by)?;
        let kept = said.name.chars().count().saturating_sub(GENITIVE_CHARS);
        said.name = said.name.chars().take(kept).collect();
        (first < last).then_some(said)
    }

    fn kazakh_holder(&self, within: std::ops::Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let at = within
            .clone()
            .find(|at| section("kk-organiser").means(&tokens[*at]))?;
        // "министрлігі ұйымдастырған", not "министрлігі хабарлады".
        let told = tokens.get(at + 1).is_some_and(|next| {
            section("past").means(next) && !section("kk-organises").means(next)
        });
        let low = within.start.max(at.saturating_sub(NAME_TOKENS_MAX));
        let mut first = at;
        while first > low {
            let token = &tokens[first - 1];
            let dated = self
                .dates
                .iter()
                .any(|dated| (dated.first..dated.after).contains(&(first - 1)));
            let located = self
                .places
                .iter()
                .any(|place| place.located && (place.first..place.after).contains(&(first - 1)));
            let quote = token.is_mark('«') || token.is_mark('»') || token.is_mark('"');
            let stop = section("kk-name-stop").means(token)
                && !matches!(token.folded.as_str(), "және" | "мен" | "бен" | "пен");
            // "Іс-шараны … басқармасы ұйымдастырады": what is held, not who holds it.
            let object = !token.capital
                && token.folded.chars().count() > 5
                && ACCUSATIVES
                    .iter()
                    .any(|ending| token.folded.ends_with(ending));
            if dated || located || stop || object || !(token.is_word() || quote || token.is_dash())
            {
                break;
            }
            first -= 1;
        }
        // A sentence's own words before the name are in small letters.
        while first < at && !tokens[first].capital && !tokens[first].is_mark('«') {
            first += 1;
        }
        (!told && at > first).then(|| self.said(first, at + 1))?
    }

    fn russian_holder(&self, within: std::ops::Range<usize>) -> Option<Said> {
        let tokens = &self.told.tokens;
        let verb = within
            .clone()
            .find(|at| section("ru-organises").means(&tokens[*at]))?;
        let first = (within.start..verb).find(|at| section("ru-organiser").means(&tokens[*at]))?;
        let after = (first + 1..verb)
            .find(|at| {
                let dated = self
                    .dates
                    .iter()
                    .any(|dated| (dated.first..dated.after).contains(at));
                dated
                    || tokens[*at].is_mark(',')
                    || matches!(tokens[*at].folded.as_str(), "в" | "с" | "на" | "во")
            })
            .unwrap_or(verb);
        (after - first > 1).then(|| self.said(first, after))?
    }

    fn said(&self, first: usize, after: usize) -> Option<Said> {
        if after <= first || after - first > NAME_TOKENS_MAX {
            return None;
        }
        let words = self.told.original(first, after).trim().to_owned();
        let mut letters = words.chars();
        let name = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())?;
        let name = name.trim_end_matches(['.', ',', ';', ':']).to_owned();
        Some(Said { name, words })
    }

    /// The languages it is held in, and the sentence that says so.
    pub(super) fn languages(&self) -> Option<(Vec<Language>, usize)> {
        (0..self.told.sentences.len()).find_map(|index| {
            let words = self.told.words(index);
            let at = words
                .iter()
                .position(|word| section("language-words").means(word))?;
            let of_event = self.forums.iter().any(|forum| forum.sentence == index)
                || section("generic-event").any(words)
                || words.get(at + 1).is_some_and(|next| next.is_mark(':'))
                || section("working-language").any(words);
            let low = at.saturating_sub(LANGUAGE_TOKENS);
            let high = (at + LANGUAGE_TOKENS).min(words.len());
            let mut found: Vec<Language> = Vec::new();
            for word in &words[low..high] {
                let named = LANGUAGES
                    .iter()
                    .find(|(beginning, _)| word.folded.starts_with(beginning));
                if let Some((_, language)) = named
                    && !found.contains(language)
                {
                    found.push(*language);
                }
            }
            // One language may be the forum's subject; several are how it speaks.
            let working = section("working-language").any(words);
            (of_event && (found.len() > 1 || working && !found.is_empty()))
                .then_some((found, index))
        })
    }
}

fn ends_name(token: &Token, next: Option<&Token>) -> bool {
    let sentence_end = token.is_mark('.') && next.is_none_or(|next| next.spaced);
    sentence_end || token.is_mark(',') || token.is_mark(';') || token.is_mark('(')
}
