//! The names of places as data, and the forms they take. `places.tsv` has towns,
//! regions and the abroad, `districts.tsv` districts and their centres.

use std::sync::LazyLock;

use crate::model::region::Region;
use crate::text::lookup::{Set, Table};
use crate::text::normalise::{fold, plain_letter};

use super::super::endings::is_name_ending;
use super::PlaceKind;
use super::declension::{adjective, forms};
use super::latin::{Latin, Written};

pub const PLACES: &str = include_str!("places.tsv");
pub const DISTRICTS: &str = include_str!("districts.tsv");
/// The longest ending a Kazakh name bears, in characters.
const ENDING_CHARS_MAX: usize = 9;
/// Stems are looked up by this many first letters.
const STEM_KEY_CHARS: usize = 4;
/// Names are told from other words by this many first letters.
const HEAD_CHARS: usize = 4;

pub static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);

/// How easily the name is taken for another word or for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    None,
    Some,
    Much,
}

/// A place as the tables have it.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Common English spelling; regions have none of their own.
    pub city: Option<&'static str>,
    pub region: Option<Region>,
    pub kind: PlaceKind,
    pub doubt: Doubt,
}

/// A district, and its region where only one has a district of that name.
#[derive(Debug, Clone, Copy)]
pub struct District {
    pub name: &'static str,
    pub region: Option<Region>,
}

/// Where the word for "district" stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    Before,
    After,
    Either,
}

#[derive(Debug, Default)]
pub struct Gazetteer {
    /// Whole forms, words joined by a space.
    whole: Table<String, Place>,
    /// Kazakh names, which take any ending.
    kazakh: Table<String, Place>,
    /// Beginnings of words.
    stems: Table<String, Vec<(Vec<String>, Place)>>,
    districts: Table<String, (District, Beside)>,
    /// The regions of districts that share a name.
    shared: Table<&'static str, Vec<Region>>,
    heads: Heads,
    latin: Latin,
}

/// How names begin: most words of a text begin none, and are looked at no further.
#[derive(Debug, Default)]
struct Heads {
    /// The first [`HEAD_CHARS`] of longer names.
    long: Set<String>,
    /// Names that are no longer, which longer words may begin with.
    short: Set<String>,
    /// First words shorter than that.
    words: Set<String>,
}

impl Heads {
    fn add(&mut self, form: &str) {
        let head = first_chars(form, HEAD_CHARS);
        if head.len() < form.len() {
            self.long.insert(head.to_owned());
        } else {
            self.short.insert(form.to_owned());
        }
        // A word of one letter begins no name: it is an initial.
        if let Some((word, _)) = head
            .split_once(' ')
            .filter(|(word, _)| word.chars().nth(1).is_some())
        {
            self.words.insert(word.to_owned());
        }
    }

    fn may_begin(&self, word: &str) -> bool {
        let head = first_chars(word, HEAD_CHARS);
        self.long.contains(head)
            || self.words.contains(word)
            || (1..=HEAD_CHARS).any(|chars| self.short.contains(first_chars(word, chars)))
    }
}

impl Gazetteer {
    /// Whether any name begins as `word` does.
    pub fn may_begin(&self, word: &str, written: Written) -> bool {
        self.heads.may_begin(word) || (written != Written::Cyrillic && self.latin.may_begin(word))
    }

    /// The place these folded words name, and the Kazakh ending they bear.
    pub fn look_up<'a>(&self, words: &'a str, written: Written) -> Option<(Place, &'a str)> {
        if let Some(place) = self.whole.get(words) {
            return Some((*place, ""));
        }
        self.kazakh(words)
            .or_else(|| self.by_stem(words))
            .or_else(|| self.latin.look_up(words, written))
    }

    /// The district, and on which side its word must stand.
    pub fn district(&self, words: &str) -> Option<(District, Beside)> {
        self.districts.get(words).copied()
    }

    /// The regions that have a district of that name, where it is several.
    pub fn regions_of(&self, district: &str) -> &[Region] {
        self.shared.get(district).map_or(&[], Vec::as_slice)
    }

    fn kazakh<'a>(&self, words: &'a str) -> Option<(Place, &'a str)> {
        let bare = std::iter::once(words.len());
        let ends = words.char_indices().rev().map(|(at, _)| at);
        bare.chain(ends).take(ENDING_CHARS_MAX).find_map(|at| {
            let (name, ending) = words.split_at(at);
            let place = self.kazakh.get(name)?;
            is_name_ending(ending).then_some((*place, ending))
        })
    }

    fn by_stem(&self, words: &str) -> Option<(Place, &'static str)> {
        let key = first_chars(words, STEM_KEY_CHARS);
        self.stems.get(key)?.iter().find_map(|(stems, place)| {
            let mut told = words.split(' ');
            let fits = stems.iter().all(|stem| {
                told.next()
                    .is_some_and(|word| match stem.strip_suffix('~') {
                        Some(beginning) => word.starts_with(beginning),
                        None => word == stem,
                    })
            });
            (fits && told.next().is_none()).then_some((*place, ""))
        })
    }

    fn read() -> Self {
        let mut gazetteer = Self::default();
        for line in rows(PLACES) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let [name, region, kind, kazakh, russian, english] = columns.as_slice() else {
                continue;
            };
            let place = place(name, region, kind);
            gazetteer.add_kazakh(kazakh, place);
            gazetteer.add_russian(russian, place);
            for form in named(english) {
                gazetteer.add_english(form, place);
            }
        }
        for line in rows(DISTRICTS) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let [name, regions, kazakh, russian, centre] = columns.as_slice() else {
                continue;
            };
            gazetteer.add_district(name, regions, kazakh, russian);
            let centre: Vec<&'static str> = centre.split(';').collect();
            if let [name, kazakh, russian, kind] = centre.as_slice() {
                let region = regions.split('|').next().unwrap_or_default();
                let place = place(name, region, kind);
                gazetteer.add_kazakh(kazakh, place);
                gazetteer.add_russian(russian, place);
                gazetteer.add_english(name, place);
            }
        }
        gazetteer
    }

    fn add_district(
        &mut self,
        name: &'static str,
        regions: &str,
        kazakh: &'static str,
        russian: &'static str,
    ) {
        let codes = regions.split('|');
        if codes.clone().count() > 1 {
            let all = codes.filter_map(|code| code.parse().ok()).collect();
            self.shared.insert(name, all);
        }
        let mut all = regions.split('|').map(|code| code.parse().ok());
        let region = match (all.next().flatten(), all.next()) {
            (only, None) => only,
            _ => None,
        };
        let district = District { name, region };
        let mut add = |form: &str, beside: Beside| {
            let form = fold(form).replace('-', " ");
            self.heads.add(&form);
            let (_, stands) = self.districts.entry(form).or_insert((district, beside));
            if *stands != beside {
                *stands = Beside::Either;
            }
        };
        for form in named(kazakh) {
            add(form, Beside::After);
        }
        for form in named(russian) {
            match (form.strip_prefix('='), form.strip_suffix('~')) {
                (Some(form), _) => add(form, Beside::Before),
                (_, Some(stem)) => {
                    for form in adjective(stem) {
                        add(&form, Beside::After);
                    }
                }
                _ => {}
            }
        }
        add(name.trim_end_matches(" District"), Beside::After);
    }

    fn add_english(&mut self, name: &str, place: Place) {
        let form = fold(name).replace('-', " ");
        self.add_whole(&form, place);
        if place.kind != PlaceKind::Region {
            self.latin.add(&form, place);
        }
    }

    fn add_kazakh(&mut self, names: &'static str, place: Place) {
        for name in named(names) {
            let form = fold(name).replace('-', " ");
            if form.contains('~') {
                self.add_stem(&form, place);
            } else {
                if place.kind != PlaceKind::Region {
                    self.latin.add(&form, place);
                }
                // "Лисаковскіде", and what people write who have no Kazakh keys.
                let eased = form.ends_with("ск").then(|| format!("{form}і"));
                let plain: String = form.chars().map(plain_letter).collect();
                for form in eased.into_iter().chain([plain, form]) {
                    self.heads.add(&form);
                    self.kazakh.entry(form).or_insert(place);
                }
            }
        }
    }

    fn add_russian(&mut self, names: &'static str, place: Place) {
        for name in named(names) {
            let form = fold(name.trim_start_matches('=')).replace('-', " ");
            if form.contains('~') {
                self.add_stem(&form, place);
            } else if name.starts_with('=') {
                self.add_whole(&form, place);
            } else {
                for form in forms(&form) {
                    self.add_whole(&form, place);
                }
            }
        }
    }

    fn add_whole(&mut self, form: &str, place: Place) {
        self.heads.add(form);
        self.whole.entry(form.to_owned()).or_insert(place);
    }

    fn add_stem(&mut self, form: &str, place: Place) {
        self.heads.add(form);
        let key = first_chars(form, STEM_KEY_CHARS).to_owned();
        let words = form.split(' ').map(str::to_owned).collect();
        self.stems.entry(key).or_default().push((words, place));
    }
}

/// The rows of a table, comments left out.
pub fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

fn named(forms: &'static str) -> impl Iterator<Item = &'static str> {
    forms.split('|').filter(|form| *form != "-")
}

fn first_chars(word: &str, count: usize) -> &str {
    let end = word.char_indices().nth(count);
    end.map_or(word, |(end, _)| &word[..end])
}

fn place(name: &'static str, region: &str, kind: &str) -> Place {
    let doubt = match kind.len() - kind.trim_end_matches('?').len() {
        0 => Doubt::None,
        1 => Doubt::Some,
        _ => Doubt::Much,
    };
    Place {
        city: (name != "-").then_some(name),
        region: region.parse().ok(),
        kind: match kind.trim_end_matches('?') {
            "city" => PlaceKind::City,
            "village" => PlaceKind::Village,
            "region" => PlaceKind::Region,
            _ => PlaceKind::Abroad,
        },
        doubt,
    }
}
