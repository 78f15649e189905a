//! Kazakh stems: every way a word can be read as root and endings, by the tables
//! of `endings.tsv`, and the cheapest of them. Vowel harmony and what may stand
//! before an ending are held to; a root known from `roots.txt` is worth most.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const ENDINGS: &str = include_str!("endings.tsv");
const ROOTS: &str = include_str!("roots.txt");

const VOWELS: &str = "аәеёиоөуұүыіэюя";
const BACK: &str = "аоұыяё";
const FRONT: &str = "әөүіеэ";
const VOICELESS: &str = "пфкқтсшщчцхһ";
/// Endings that do not follow the word's vowels.
const UNHARMONIC: [&str; 6] = ["мен", "бен", "пен", "менен", "бенен", "пенен"];
/// Endings before which қ, к and п of the root are heard as ғ, г and б.
const SOFTENING: [&str; 8] = ["ы", "і", "ым", "ім", "ың", "ің", "ымыз", "іміз"];

/// Endings that make a new word of a known one: өңір, өңірлік; қызмет, қызметші.
const DERIVING: [&str; 16] = [
    "лық",
    "лік",
    "дық",
    "дік",
    "тық",
    "тік",
    "шы",
    "ші",
    "сыз",
    "сіз",
    "шылық",
    "шілік",
    "сыздық",
    "сіздік",
    "хана",
    "гер",
];

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

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

struct Ending {
    to: usize,
    /// Classes of what may stand before; empty: anything.
    before: &'static str,
    cost: f32,
    form: &'static str,
}

struct Tables {
    /// By state: what may be taken off.
    endings: Vec<Vec<Ending>>,
    end: usize,
    name: usize,
    verb: usize,
    verb_i: usize,
    verbs: HashSet<&'static str>,
    names: HashSet<&'static str>,
}

impl Tables {
    fn read() -> Self {
        let mut states: HashMap<&'static str, usize> = HashMap::new();
        let mut endings: Vec<Vec<Ending>> = Vec::new();
        let mut number = |name: &'static str, endings: &mut Vec<Vec<Ending>>| {
            *states.entry(name).or_insert_with(|| {
                endings.push(Vec::new());
                endings.len() - 1
            })
        };
        for line in ENDINGS.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let [from, to, before, cost, forms @ ..] = columns.as_slice() else {
                continue;
            };
            let (from, to) = (number(from, &mut endings), number(to, &mut endings));
            let forms = forms
                .first()
                .map_or(vec![""], |forms| forms.split(' ').collect());
            for form in forms {
                endings[from].push(Ending {
                    to,
                    before: before.trim_matches('-'),
                    cost: cost.parse().unwrap_or(0.0),
                    form,
                });
            }
        }
        let mut tables = Self {
            end: number("end", &mut endings),
            name: number("plural", &mut endings),
            verb: number("verb", &mut endings),
            verb_i: number("verb-i", &mut endings),
            endings,
            verbs: HashSet::new(),
            names: HashSet::new(),
        };
        let mut of_verbs = false;
        for line in ROOTS.lines().filter(|line| !line.starts_with('#')) {
            if let Some(section) = line.strip_prefix('[') {
                of_verbs = section.starts_with("verb");
            } else if of_verbs {
                tables.verbs.extend(line.split_whitespace());
            } else {
                tables.names.extend(line.split_whitespace());
            }
        }
        tables
    }
}

impl Tables {
    /// A name of the list, or one made of it.
    fn is_name(&self, root: &str) -> bool {
        self.names.contains(root)
            || DERIVING.iter().any(|ending| {
                root.strip_suffix(ending)
                    .is_some_and(|base| base.chars().count() > 2 && self.names.contains(base))
            })
    }
}

/// The stem of a folded word in Cyrillic letters.
pub(super) fn stem(word: &str) -> String {
    let tables = &*TABLES;
    let mut readings = Readings {
        tables,
        best: None,
        weighed: 0,
    };
    if tables.is_name(word) && word.chars().count() > 2 {
        readings.weigh(WORD_KNOWN, word.to_owned());
    }
    readings.take_off(word, tables.end, 0.0, "");
    readings
        .best
        .map_or_else(|| word.to_owned(), |(_, stem)| stem)
}

struct Readings {
    tables: &'static Tables,
    best: Option<(f32, String)>,
    weighed: usize,
}

impl Readings {
    fn weigh(&mut self, cost: f32, stem: String) {
        let better = self
            .best
            .as_ref()
            .is_none_or(|(best, known)| cost.total_cmp(best).then_with(|| stem.cmp(known)).is_lt());
        if better {
            self.best = Some((cost, stem));
        }
    }

    /// Reads what is `left` in `state`; `last` was taken off before.
    fn take_off(&mut self, left: &str, state: usize, cost: f32, last: &str) {
        self.weighed += 1;
        if self.weighed > READINGS_MAX || left.is_empty() {
            return;
        }
        self.take_as_root(left, state, cost, last);
        for ending in &self.tables.endings[state] {
            if ending.form.is_empty() {
                self.take_off(left, ending.to, cost + ending.cost, last);
                continue;
            }
            let Some(rest) = left.strip_suffix(ending.form) else {
                continue;
            };
            if may_stand_before(rest, ending) {
                let letters = f32::from(u8::try_from(ending.form.chars().count()).unwrap_or(9));
                let cost = cost + ending.cost + LETTER_TAKEN * letters;
                self.take_off(rest, ending.to, cost, ending.form);
            }
        }
    }

    fn take_as_root(&mut self, left: &str, state: usize, cost: f32, last: &str) {
        let (stem, known) = if state == self.tables.name {
            self.name_root(left, SOFTENING.contains(&last))
        } else if state == self.tables.verb {
            self.verb_root(left)
        } else if state == self.tables.verb_i {
            let known = ["ы", "і"]
                .iter()
                .any(|vowel| self.is_verb(&format!("{left}{vowel}")));
            (left.to_owned(), known)
        } else {
            return;
        };
        let length = stem.chars().count();
        let mut cost = cost;
        if !stem.contains(is_vowel) {
            cost += ROOT_VOWELLESS;
        }
        cost += match (known, length) {
            (true, 0..=2) => ROOT_KNOWN + ROOT_KNOWN_SHORT,
            (true, _) => ROOT_KNOWN,
            (false, 0..=2) => ROOT_SHORT,
            (false, _) => 0.0,
        };
        self.weigh(cost, stem);
    }

    fn is_verb(&self, root: &str) -> bool {
        self.tables.verbs.contains(root)
    }

    /// The root as the list has it, and whether it has it.
    fn name_root(&self, left: &str, softened: bool) -> (String, bool) {
        let known = |root: &str| self.tables.is_name(root);
        if known(left) {
            return (left.to_owned(), true);
        }
        if softened && let Some(hard) = hardened(left) {
            if known(&hard) {
                return (hard, true);
            }
            if !left.ends_with('б') && left.chars().count() > 2 {
                return (hard, false);
            }
        }
        // журналист: журналистер.
        if left.ends_with('с')
            && let whole = format!("{left}т")
            && known(&whole)
        {
            return (whole, true);
        }
        match with_vowel(left) {
            Some(whole) if known(&whole) => (whole, true),
            _ => (left.to_owned(), false),
        }
    }

    /// The same for verbs; a root's last ы or і, lost in many forms, is left off.
    fn verb_root(&self, left: &str) -> (String, bool) {
        let short = || left.trim_end_matches(['ы', 'і']).to_owned();
        if self.is_verb(left) {
            return (short(), true);
        }
        if let Some(hard) = hardened(left).filter(|hard| self.is_verb(hard)) {
            return (hard, true);
        }
        // тап: тауып.
        if let Some(lips) = left.strip_suffix('у').map(|start| format!("{start}п"))
            && lips.chars().count() > 2
            && self.is_verb(&lips)
        {
            return (lips, true);
        }
        if ["ы", "і"]
            .iter()
            .any(|vowel| self.is_verb(&format!("{left}{vowel}")))
        {
            return (left.to_owned(), true);
        }
        if left.chars().count() > 3 {
            return (short(), false);
        }
        (left.to_owned(), false)
    }
}

/// Whether `rest` can bear the ending: by its last sound and its vowels.
fn may_stand_before(rest: &str, ending: &Ending) -> bool {
    let Some(last) = rest.chars().next_back() else {
        return false;
    };
    if rest.chars().nth(1).is_none() && !ending_of_verb(ending) {
        return false;
    }
    let fits = ending.before.is_empty() || ending.before.chars().any(|class| is_of(last, class));
    fits && (UNHARMONIC.contains(&ending.form)
        || match (harmony_end(rest), harmony_start(ending.form)) {
            (Some(back), Some(ending_back)) => {
                back == ending_back || (back && matches!(last, 'й' | 'ь'))
            }
            _ => true,
        })
}

/// Verbs may be of one letter before an ending (де-ді, же-ді have two); names not.
fn ending_of_verb(ending: &Ending) -> bool {
    let tables = &*TABLES;
    tables.endings[ending.to]
        .iter()
        .any(|next| next.to == tables.verb || next.to == tables.verb_i)
}

fn is_of(letter: char, class: char) -> bool {
    let voiceless = VOICELESS.contains(letter);
    match class {
        'v' => is_vowel(letter),
        'c' => !is_vowel(letter) || matches!(letter, 'у' | 'ю'),
        's' => voiceless || "бвгд".contains(letter),
        'd' => is_vowel(letter) || !voiceless,
        'n' | 'm' => "мнң".contains(letter),
        'z' => "зжбвгд".contains(letter),
        'l' => "рйуи".contains(letter),
        _ => false,
    }
}

fn is_vowel(letter: char) -> bool {
    VOWELS.contains(letter)
}

/// Whether the last vowel that has a side is a back one; и takes either.
fn harmony_end(text: &str) -> Option<bool> {
    text.chars()
        .rev()
        .find_map(|letter| match letter {
            'и' => Some(None),
            other => side(other).map(Some),
        })
        .flatten()
}

fn harmony_start(text: &str) -> Option<bool> {
    text.chars().find_map(side)
}

fn side(letter: char) -> Option<bool> {
    if BACK.contains(letter) {
        Some(true)
    } else {
        FRONT.contains(letter).then_some(false)
    }
}

/// `кітаб` as `кітап`, `жаңалығ` as `жаңалық`, `бөліг` as `бөлік`.
fn hardened(left: &str) -> Option<String> {
    let (at, last) = left.char_indices().next_back()?;
    let hard = match last {
        'ғ' => 'қ',
        'г' => 'к',
        'б' => 'п',
        _ => return None,
    };
    Some(format!("{}{hard}", &left[..at]))
}

/// `халқ` as `халық`, `ерн` as `ерін`: the vowel that falls before an ending.
fn with_vowel(left: &str) -> Option<String> {
    let mut letters = left.chars().rev();
    let (last, before) = (letters.next()?, letters.next()?);
    letters.next()?;
    if is_vowel(last) || is_vowel(before) {
        return None;
    }
    let vowel = if harmony_end(left) == Some(false) {
        'і'
    } else {
        'ы'
    };
    let start = left.strip_suffix(last)?;
    Some(format!("{start}{vowel}{last}"))
}
