//! Kazakh endings and roots as data, and the letters they are told by.
//!
//! An ending is looked up by its last letter: a word has few that fit, and each
//! is asked many times over.

use std::sync::LazyLock;

use crate::text::lookup::{Set, Table};

const ENDINGS: &str = include_str!("../endings.tsv");
const ROOTS: &str = include_str!("../roots.txt");
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

/// Letters an ending may end with, numbered from the first Cyrillic one on; others
/// share 0.
const LETTERS: usize = 256;

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

pub(super) struct Ending {
    pub(super) to: usize,
    /// Classes of what may stand before, as [`classes`] has them; 0: anything.
    pub(super) before: u8,
    pub(super) cost: f32,
    pub(super) form: &'static str,
    pub(super) letters: usize,
    /// The side of its first vowel that has one; `None` also where it need not fit.
    pub(super) harmony: Option<bool>,
    /// The word before it is heard softer.
    pub(super) softens: bool,
    /// What it is taken off may be a verb's root.
    pub(super) of_verb: bool,
}

#[derive(Default)]
pub(super) struct Tables {
    /// By state: all that may be taken off.
    endings: Vec<Vec<Ending>>,
    /// By state and last letter: those that end with it or are empty, in order.
    by_letter: Vec<Vec<u16>>,
    pub(super) end: usize,
    pub(super) name: usize,
    pub(super) verb: usize,
    pub(super) verb_i: usize,
    pub(super) verbs: Set<&'static str>,
    /// Those that end in ы or і, without it.
    pub(super) verbs_cut: Set<&'static str>,
    names: Set<&'static str>,
}

impl Tables {
    fn read() -> Self {
        let mut states: Table<&'static str, usize> = Table::default();
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
            let cost = cost.parse().unwrap_or(0.0);
            endings[from].extend(
                forms
                    .into_iter()
                    .map(|form| Ending::of(to, before, cost, form)),
            );
        }
        let mut tables = Self {
            end: number("end", &mut endings),
            name: number("plural", &mut endings),
            verb: number("verb", &mut endings),
            verb_i: number("verb-i", &mut endings),
            ..Self::default()
        };
        let of_verb: Vec<bool> = endings
            .iter()
            .map(|next| {
                let mut next = next.iter();
                next.any(|next| next.to == tables.verb || next.to == tables.verb_i)
            })
            .collect();
        for ending in endings.iter_mut().flatten() {
            ending.of_verb = of_verb[ending.to];
        }
        tables.by_letter = endings.iter().flat_map(|all| by_letter(all)).collect();
        tables.endings = endings;
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
        let cut = |verb: &&'static str| verb.strip_suffix(['ы', 'і']);
        tables.verbs_cut = tables.verbs.iter().filter_map(cut).collect();
        tables
    }

    /// A name of the list, or one made of it.
    pub(super) fn is_name(&self, root: &str) -> bool {
        self.names.contains(root)
            || root.ends_with(['к', 'і', 'ы', 'қ', 'з', 'а', 'р'])
                && DERIVING.iter().any(|ending| {
                    root.strip_suffix(ending)
                        .is_some_and(|base| base.chars().count() > 2 && self.names.contains(base))
                })
    }

    /// What may be taken off in `state` of a word whose last letter is `last`; not all
    /// of it ends so.
    pub(super) fn endings(&self, state: usize, last: char) -> impl Iterator<Item = &Ending> {
        let all = &self.endings[state];
        let by_letter = &self.by_letter[state * LETTERS + number_of(last)];
        by_letter.iter().map(|at| &all[usize::from(*at)])
    }
}

impl Ending {
    fn of(to: usize, before: &str, cost: f32, form: &'static str) -> Self {
        let class = |class: char| 1 << CLASSES.iter().position(|own| *own == class).unwrap_or(7);
        Self {
            to,
            before: before.trim_matches('-').chars().map(class).sum(),
            cost,
            form,
            letters: form.chars().count(),
            harmony: (!UNHARMONIC.contains(&form))
                .then(|| form.chars().find_map(side))
                .flatten(),
            softens: SOFTENING.contains(&form),
            of_verb: false,
        }
    }
}

fn by_letter(endings: &[Ending]) -> Vec<Vec<u16>> {
    let fits = |letter: usize, ending: &Ending| {
        ending
            .form
            .chars()
            .next_back()
            .is_none_or(|last| number_of(last) == letter)
    };
    let of = |letter: usize| {
        (0..)
            .zip(endings)
            .filter(|(_, ending)| fits(letter, ending))
            .map(|(at, _)| at)
            .collect()
    };
    (0..LETTERS).map(of).collect()
}

/// Which of the lists by letter is a letter's.
fn number_of(letter: char) -> usize {
    let number = u32::from(letter).wrapping_sub(0x400) as usize;
    if number < LETTERS { number } else { 0 }
}

/// Classes of letters an ending may ask for.
const CLASSES: [char; 8] = ['v', 'c', 's', 'd', 'n', 'm', 'z', 'l'];

/// The classes of a letter, a bit each in the order of [`CLASSES`].
pub(super) fn classes(letter: char) -> u8 {
    let vowel = is_vowel(letter);
    let voiceless = matches!(
        letter,
        'п' | 'ф' | 'к' | 'қ' | 'т' | 'с' | 'ш' | 'щ' | 'ч' | 'ц' | 'х' | 'һ'
    );
    let nasal = matches!(letter, 'м' | 'н' | 'ң');
    [
        vowel,
        !vowel || matches!(letter, 'у' | 'ю'),
        voiceless || matches!(letter, 'б' | 'в' | 'г' | 'д'),
        vowel || !voiceless,
        nasal,
        nasal,
        matches!(letter, 'з' | 'ж' | 'б' | 'в' | 'г' | 'д'),
        matches!(letter, 'р' | 'й' | 'у' | 'и'),
    ]
    .into_iter()
    .rev()
    .fold(0, |bits, is| bits << 1 | u8::from(is))
}

pub(super) const fn is_vowel(letter: char) -> bool {
    matches!(
        letter,
        'а' | 'ә' | 'е' | 'ё' | 'и' | 'о' | 'ө' | 'у' | 'ұ' | 'ү' | 'ы' | 'і' | 'э' | 'ю' | 'я'
    )
}

/// Whether a vowel is a back one; `None` for what has no side.
pub(super) const fn side(letter: char) -> Option<bool> {
    match letter {
        'а' | 'о' | 'ұ' | 'ы' | 'я' | 'ё' => Some(true),
        'ә' | 'ө' | 'ү' | 'і' | 'е' | 'э' => Some(false),
        _ => None,
    }
}
