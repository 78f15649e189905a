//! Which language letters follow each other in: tables of up to four letters,
//! one for each of the two scripts that several languages share.
//!
//! A word's likelihood in each language is the product over its letters; what it
//! says for a language is its share of the sum, never less than [`SHARE_MIN`], so
//! that no name among other words decides alone. A word of `words.tsv` adds a little.

use std::sync::LazyLock;

use crate::model::language::Language;
use crate::text::lookup::Table as Lookup;

const COMMON: &str = include_str!("words.tsv");

/// One step of the tables, in natural logarithms.
const STEP: f32 = 0.4;
/// The most steps a table has.
const STEPS_MAX: u8 = b'z' - b'a';
/// What letters cost that a table doesn't know.
const UNKNOWN: [u8; LANGUAGES_MAX] = [STEPS_MAX; LANGUAGES_MAX];
/// Longest group of letters in a table.
const GROUP_MAX: usize = 4;
/// Letters of one word that are looked at.
const WORD_LETTERS_MAX: usize = 64;
/// Languages of one table: a line has a letter for each.
const LANGUAGES_MAX: usize = 24;
/// The least share any language keeps in a word.
const SHARE_MIN: f32 = 0.001;
/// How much sooner a word of this house's sources is in one of its languages.
const HOUSE_LEAD: f32 = 2.5;
/// The same for Kazakh in Latin letters, which few write.
const LATIN_KAZAKH_LEAD: f32 = 1.3;

/// The same for a language whose table comes from lists of words, not from texts.
const LISTED_LEAD: f32 = -0.5;

/// What a word that is seen on every page of a language adds for it.
const COMMON_WORD: f32 = 2.0;

/// The letters of languages in Cyrillic script.
pub static CYRILLIC: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("cyrillic.tsv")));
/// The letters of languages in Latin script.
pub static LATIN: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("latin.tsv")));

/// A table: what each group of letters costs in each language.
pub struct Table {
    languages: Vec<Language>,
    /// What each language begins with.
    leads: Vec<f32>,
    /// In steps, for each language.
    groups: Lookup<u64, [u8; LANGUAGES_MAX]>,
    /// Common words, with the columns they speak for.
    common: Lookup<&'static str, Vec<usize>>,
}

/// The best language, and by how much it leads over the next other one
/// (natural logarithm of the odds).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    pub language: Language,
    pub lead: f32,
    /// The one it leads.
    pub next: Language,
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let head = lines.next().unwrap_or_default();
        let languages: Vec<Language> = head.split_whitespace().map(column).collect();
        let leads = head.split_whitespace().map(lead_of).collect();
        let groups = lines
            .filter_map(|line| line.split_once('\t'))
            .map(|(group, costs)| (group.chars().fold(0, with), steps_of(costs)))
            .collect();
        Self {
            languages,
            leads,
            groups,
            common: common(head),
        }
    }

    /// Whether there is room for all its languages.
    #[cfg(test)]
    pub fn is_sound(&self) -> bool {
        self.languages.len() <= LANGUAGES_MAX
    }

    /// What `words` (each with its weight) are in. `None` without words.
    pub fn verdict<'a>(&self, words: impl Iterator<Item = (&'a str, f32)>) -> Option<Verdict> {
        let mut totals = self.leads.clone();
        let mut seen = false;
        for (word, weight) in words {
            seen = true;
            for (total, share) in totals.iter_mut().zip(self.shares(word)) {
                *total += weight * share;
            }
            for column in self.common.get(word).into_iter().flatten() {
                totals[*column] += COMMON_WORD;
            }
        }
        let best = |but: Option<Language>| {
            let all = totals.iter().zip(&self.languages);
            all.filter(|(_, language)| Some(**language) != but)
                .max_by(|a, b| a.0.total_cmp(b.0))
        };
        let (total, language) = best(None).filter(|_| seen)?;
        let next = best(Some(*language));
        Some(Verdict {
            language: *language,
            lead: total - next.map_or(0.0, |(next, _)| *next),
            next: next.map_or(Language::Undetermined, |(_, next)| *next),
        })
    }

    /// The logarithm of each language's share in one word.
    fn shares(&self, word: &str) -> [f32; LANGUAGES_MAX] {
        let languages = self.languages.len().min(LANGUAGES_MAX);
        let mut costs = [0_u16; LANGUAGES_MAX];
        let mut last = [0_u64; GROUP_MAX];
        for letter in word.chars().take(WORD_LETTERS_MAX) {
            // `last[n]` holds the last n + 1 letters, or 0 at the word's beginning.
            for size in (1..GROUP_MAX).rev() {
                last[size] = match last[size - 1] {
                    0 => 0,
                    before => with(before, letter),
                };
            }
            last[0] = with(0, letter);
            let mut known = last.iter().rev().filter(|group| **group != 0);
            let found = known.find_map(|group| self.groups.get(group));
            for (cost, step) in costs.iter_mut().zip(found.unwrap_or(&UNKNOWN)) {
                *cost += u16::from(*step);
            }
        }
        let cheapest = costs.iter().copied().min().unwrap_or(0);
        let likely_of = &*LIKELY;
        let mut shares = [0.0; LANGUAGES_MAX];
        for (likely, cost) in shares[..languages].iter_mut().zip(&costs) {
            *likely = likely_of[usize::from(cost - cheapest)];
        }
        let sum: f32 = shares[..languages].iter().sum();
        for likely in &mut shares[..languages] {
            let share = *likely / sum;
            *likely = if share > SHARE_MIN {
                share.ln()
            } else {
                SHARE_MIN.ln()
            };
        }
        shares
    }
}

/// How likely a word is in a language that costs so many steps more than the best.
static LIKELY: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let steps = WORD_LETTERS_MAX * usize::from(STEPS_MAX) + 1;
    (0..=u8::MAX)
        .flat_map(|high| (0..=u8::MAX).map(move |low| u16::from_be_bytes([high, low])))
        .take(steps)
        .map(|steps| (-STEP * f32::from(steps)).exp())
        .collect()
});

/// The costs of a line in steps, `a` for none; what it does not name costs most.
fn steps_of(costs: &str) -> [u8; LANGUAGES_MAX] {
    let mut steps = UNKNOWN;
    for (step, cost) in steps.iter_mut().zip(costs.bytes()) {
        *step = cost.saturating_sub(b'a').min(STEPS_MAX);
    }
    steps
}

/// A group of letters as one number; all letters are of the first plane.
fn with(group: u64, letter: char) -> u64 {
    (group << 16) | (u64::from(letter) & 0xffff)
}

fn common(head: &str) -> Lookup<&'static str, Vec<usize>> {
    let mut common: Lookup<_, Vec<usize>> = Lookup::default();
    let lines = COMMON.lines().filter(|line| !line.starts_with('#'));
    for (name, words) in lines.filter_map(|line| line.split_once('\t')) {
        if let Some(column) = head.split_whitespace().position(|other| other == name) {
            for word in words.split(' ') {
                common.entry(word).or_default().push(column);
            }
        }
    }
    common
}

fn column(name: &str) -> Language {
    match name {
        "kk" => Language::KazakhCyrillic,
        "kk-2021" | "kk-2018" | "kk-chat" => Language::KazakhLatin,
        "ru" => Language::Russian,
        "en" => Language::English,
        _ => Language::Undetermined,
    }
}

/// Before a word is read. The neighbours counted from word lists alone believe
/// too much in the words of these lists.
fn lead_of(name: &str) -> f32 {
    match name {
        "kk" | "ru" | "en" => HOUSE_LEAD,
        "kk-2021" | "kk-2018" | "kk-chat" => LATIN_KAZAKH_LEAD,
        "ky" | "tt" | "tg" | "uz" | "ba" | "cv" | "sah" | "tk" => LISTED_LEAD,
        _ => 0.0,
    }
}
