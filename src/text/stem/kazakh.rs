//! Kazakh stems: every way a word can be read as root and endings, by the tables
//! of `endings.tsv`, and the cheapest of them. Vowel harmony and what may stand
//! before an ending are held to; a root known from `roots.txt` is worth most.

mod tables;

use std::borrow::Cow;

use tables::{Ending, TABLES, Tables, classes, is_vowel, side};

/// What each letter taken off is worth.
const LETTER_TAKEN: f32 = -0.78;
/// What a root from the list is worth.
const ROOT_KNOWN: f32 = -4.9;
/// … and one of two letters a little less.
const ROOT_KNOWN_SHORT: f32 = 0.6;
/// What it is worth that the whole word is in the list.
const WORD_KNOWN: f32 = -3.4;
/// An unknown root of two letters is hardly one.
const ROOT_SHORT: f32 = 4.0;
/// A root without a vowel is none.
const ROOT_VOWELLESS: f32 = 9.0;
/// Readings of one word that are weighed; no real word has as many.
const READINGS_MAX: usize = 4_000;

/// The stem of a folded word in Cyrillic letters.
pub(super) fn stem(word: &str) -> Cow<'_, str> {
    let tables = &*TABLES;
    let mut readings = Readings {
        tables,
        word,
        prefixes: prefixes(word),
        roots: Vec::new(),
        best: None,
        weighed: 0,
    };
    let letters = readings.prefixes.len() - 1;
    readings
        .roots
        .resize(letters * ROOT_KINDS + ROOT_KINDS, None);
    if letters > 2 && tables.is_name(word) {
        readings.weigh(WORD_KNOWN, Root::part(word.len()));
    }
    readings.take_off(letters, tables.end, 0.0, false);
    match readings.best {
        Some((_, root)) => root.of(word),
        None => Cow::Borrowed(word),
    }
}

/// What is known of the first letters of a word.
#[derive(Clone, Copy)]
struct Prefix {
    bytes: usize,
    last: char,
    classes: u8,
    /// Whether the last vowel that has a side is a back one; и takes either.
    back: Option<bool>,
}

/// Of every length, from none to the whole word.
fn prefixes(word: &str) -> Vec<Prefix> {
    let mut prefixes = Vec::with_capacity(word.len() / 2 + 2);
    let mut prefix = Prefix {
        bytes: 0,
        last: '\0',
        classes: 0,
        back: None,
    };
    prefixes.push(prefix);
    for letter in word.chars() {
        prefix.bytes += letter.len_utf8();
        prefix.last = letter;
        prefix.classes = classes(letter);
        prefix.back = match letter {
            'и' => None,
            other => side(other).or(prefix.back),
        };
        prefixes.push(prefix);
    }
    prefixes
}

/// Ways what is left of a word can be read as a root.
const ROOT_KINDS: usize = 4;

/// A stem: the first bytes of a word, and up to two letters in place of the rest.
#[derive(Clone, Copy)]
struct Root {
    bytes: usize,
    instead: [Option<char>; 2],
}

impl Root {
    const fn part(bytes: usize) -> Self {
        Self {
            bytes,
            instead: [None, None],
        }
    }

    const fn ending_in(bytes: usize, letter: char) -> Self {
        Self {
            bytes,
            instead: [Some(letter), None],
        }
    }

    fn of(self, word: &str) -> Cow<'_, str> {
        let part = &word[..self.bytes];
        if self.instead[0].is_none() {
            return Cow::Borrowed(part);
        }
        let mut stem = String::with_capacity(self.bytes + 4);
        stem.push_str(part);
        stem.extend(self.instead.into_iter().flatten());
        Cow::Owned(stem)
    }
}

/// A root as it was found, and what believing it costs.
#[derive(Clone, Copy)]
struct Rooted {
    root: Root,
    has_vowel: bool,
    cost: f32,
}

struct Readings<'a> {
    tables: &'static Tables,
    word: &'a str,
    prefixes: Vec<Prefix>,
    /// By length and kind, where it was asked for.
    roots: Vec<Option<Rooted>>,
    best: Option<(f32, Root)>,
    weighed: usize,
}

impl Readings<'_> {
    fn weigh(&mut self, cost: f32, root: Root) {
        let better = self.best.is_none_or(|(best, known)| {
            let stem = |root: Root| root.of(self.word);
            cost.total_cmp(&best)
                .then_with(|| stem(root).cmp(&stem(known)))
                .is_lt()
        });
        if better {
            self.best = Some((cost, root));
        }
    }

    /// Reads the first `left` letters in `state`; what was taken off before softens
    /// the root or not.
    fn take_off(&mut self, left: usize, state: usize, cost: f32, softened: bool) {
        self.weighed += 1;
        if self.weighed > READINGS_MAX || left == 0 {
            return;
        }
        self.take_as_root(left, state, cost, softened);
        let tables = self.tables;
        let prefix = self.prefixes[left];
        for ending in tables.endings(state, prefix.last) {
            if ending.letters == 0 {
                self.take_off(left, ending.to, cost + ending.cost, softened);
                continue;
            }
            if ending.letters >= left || !self.word[..prefix.bytes].ends_with(ending.form) {
                continue;
            }
            let rest = left - ending.letters;
            if may_stand_before(&self.prefixes[rest], rest, ending) {
                let letters = f32::from(u8::try_from(ending.letters).unwrap_or(9));
                let cost = cost + ending.cost + LETTER_TAKEN * letters;
                self.take_off(rest, ending.to, cost, ending.softens);
            }
        }
    }

    fn take_as_root(&mut self, left: usize, state: usize, cost: f32, softened: bool) {
        let tables = self.tables;
        let kind = if state == tables.name {
            usize::from(softened)
        } else if state == tables.verb {
            2
        } else if state == tables.verb_i {
            3
        } else {
            return;
        };
        let at = left * ROOT_KINDS + kind;
        let rooted = self.roots[at].unwrap_or_else(|| self.rooted(left, kind));
        self.roots[at] = Some(rooted);
        let mut cost = cost;
        if !rooted.has_vowel {
            cost += ROOT_VOWELLESS;
        }
        self.weigh(cost + rooted.cost, rooted.root);
    }

    fn rooted(&self, left: usize, kind: usize) -> Rooted {
        let (root, known) = match kind {
            0 | 1 => self.name_root(left, kind == 1),
            2 => self.verb_root(left),
            _ => {
                let known = self.is_verb_less_vowel(left);
                (Root::part(self.prefixes[left].bytes), known)
            }
        };
        let stem = root.of(self.word);
        let cost = match (known, stem.chars().count()) {
            (true, 0..=2) => ROOT_KNOWN + ROOT_KNOWN_SHORT,
            (true, _) => ROOT_KNOWN,
            (false, 0..=2) => ROOT_SHORT,
            (false, _) => 0.0,
        };
        Rooted {
            root,
            has_vowel: stem.contains(is_vowel),
            cost,
        }
    }

    fn left(&self, letters: usize) -> &str {
        &self.word[..self.prefixes[letters].bytes]
    }

    fn is_verb(&self, root: Root) -> bool {
        self.tables.verbs.contains(&*root.of(self.word))
    }

    /// Whether it is a verb that has lost its last ы or і.
    fn is_verb_less_vowel(&self, left: usize) -> bool {
        self.tables.verbs_cut.contains(self.left(left))
    }

    /// `кітаб` as `кітап`, `жаңалығ` as `жаңалық`, `бөліг` as `бөлік`.
    fn hardened(&self, left: usize) -> Option<Root> {
        let hard = match self.prefixes[left].last {
            'ғ' => 'қ',
            'г' => 'к',
            'б' => 'п',
            _ => return None,
        };
        let before = left.checked_sub(1)?;
        Some(Root::ending_in(self.prefixes[before].bytes, hard))
    }

    /// The root as the list has it, and whether it has it.
    fn name_root(&self, left: usize, softened: bool) -> (Root, bool) {
        let known = |root: Root| self.tables.is_name(&root.of(self.word));
        let Prefix { bytes, last, .. } = self.prefixes[left];
        let whole = Root::part(bytes);
        if known(whole) {
            return (whole, true);
        }
        if softened && let Some(hard) = self.hardened(left) {
            if known(hard) {
                return (hard, true);
            }
            if last != 'б' && left > 2 {
                return (hard, false);
            }
        }
        // журналист: журналистер.
        if last == 'с'
            && let longer = Root::ending_in(bytes, 'т')
            && known(longer)
        {
            return (longer, true);
        }
        match self.with_vowel(left) {
            Some(longer) if known(longer) => (longer, true),
            _ => (whole, false),
        }
    }

    /// The same for verbs; a root's last ы or і, lost in many forms, is left off.
    fn verb_root(&self, left: usize) -> (Root, bool) {
        let whole = Root::part(self.prefixes[left].bytes);
        let short = || Root::part(self.left(left).trim_end_matches(['ы', 'і']).len());
        if self.is_verb(whole) {
            return (short(), true);
        }
        if let Some(hard) = self.hardened(left).filter(|hard| self.is_verb(*hard)) {
            return (hard, true);
        }
        // тап: тауып.
        if left > 2 && self.prefixes[left].last == 'у' {
            let lips = Root::ending_in(self.prefixes[left - 1].bytes, 'п');
            if self.is_verb(lips) {
                return (lips, true);
            }
        }
        if self.is_verb_less_vowel(left) {
            return (whole, true);
        }
        (if left > 3 { short() } else { whole }, false)
    }

    /// `халқ` as `халық`, `ерн` as `ерін`: the vowel that falls before an ending.
    fn with_vowel(&self, left: usize) -> Option<Root> {
        let before = left.checked_sub(1).filter(|before| *before > 1)?;
        let (last, start) = (self.prefixes[left], self.prefixes[before]);
        if is_vowel(last.last) || is_vowel(start.last) {
            return None;
        }
        let vowel = if last.back == Some(false) { 'і' } else { 'ы' };
        Some(Root {
            bytes: start.bytes,
            instead: [Some(vowel), Some(last.last)],
        })
    }
}

/// Whether the first `letters` of a word can bear the ending: by their last sound
/// and their vowels.
fn may_stand_before(rest: &Prefix, letters: usize, ending: &Ending) -> bool {
    // Verbs may be of one letter before an ending (де-ді, же-ді have two); names not.
    if letters == 0 || letters == 1 && !ending.of_verb {
        return false;
    }
    let fits = ending.before == 0 || ending.before & rest.classes != 0;
    fits && match (rest.back, ending.harmony) {
        (Some(back), Some(ending_back)) => {
            back == ending_back || (back && matches!(rest.last, 'й' | 'ь'))
        }
        _ => true,
    }
}
