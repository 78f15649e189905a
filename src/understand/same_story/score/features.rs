//! What two texts share and what they tell apart, as numbers.

use chrono::TimeDelta;

use super::super::facts::{Kind, Stage};
use super::worth;

/// Kinds compared by what all that is shared is worth.
const WEIGHED: [Kind; 9] = [
    Kind::Name,
    Kind::Number,
    Kind::Count,
    Kind::Term,
    Kind::Town,
    Kind::Place,
    Kind::Day,
    Kind::Hour,
    Kind::Quoted,
];
/// Kinds that prove nothing where they are shared, being told by much else, and
/// something where both tell of them and nothing alike.
const TOLD: [Kind; 4] = [
    Kind::EventDay,
    Kind::EventCity,
    Kind::EventRegion,
    Kind::Subject,
];
/// What is measured, in the order it is: of words first, …
pub(super) const FEATURES: [&str; 44] = [
    "words shared",
    "words part",
    "words rare",
    "words told",
    // … of the kinds that are weighed (what is shared, its part, nothing shared where
    // both tell of it), …
    "name shared",
    "name part",
    "name apart",
    "number shared",
    "number part",
    "number apart",
    "count shared",
    "count part",
    "count apart",
    "term shared",
    "term part",
    "term apart",
    "town shared",
    "town part",
    "town apart",
    "place shared",
    "place part",
    "place apart",
    "day shared",
    "day part",
    "day apart",
    "hour shared",
    "hour part",
    "hour apart",
    "quoted shared",
    "quoted part",
    "quoted apart",
    "name not shared",
    "number not shared",
    // … of the others, …
    "event day apart",
    "event city apart",
    "event region apart",
    "subject apart",
    // … of what became of the event, …
    "both off",
    "one off",
    "to come and was",
    "one has stage",
    "one corrects",
    // … and of time.
    "days",
    "within a day",
];

/// Shared words beyond this prove no more.
const WORDS_MAX: f64 = 30.0;
/// Shorter texts are taken to tell so much in words: few words prove little.
const WORDS_MIN: f64 = 4.0;
const WORDS_MIN_OF_PART: f64 = 8.0;
/// A word worth more than this is rare; rare ones count up to so many.
const RARE: f64 = 0.75;
const RARE_MAX: f64 = 12.0;
/// Shared facts of one kind beyond this prove no more.
const FACTS_MAX: f64 = 6.0;
const FACTS_MIN: f64 = 0.7;
/// Facts that are not shared, up to so many.
const NOT_SHARED_MAX: usize = 10;
const DAYS_MAX: f64 = 5.0;
/// "Within a day", in days: outlets have their evenings and mornings.
const DAY: f64 = 1.2;

/// What one text tells, added up once for all it is compared with.
pub(in super::super) struct Told<'a> {
    tokens: &'a [i64],
    facts: Tally,
    words: f64,
}

/// How many facts of each kind, and what they are worth.
#[derive(Default)]
struct Tally {
    count: [usize; Kind::COUNT],
    worth: [f64; Kind::COUNT],
}

impl Tally {
    fn add(&mut self, fact: i64) {
        let kind = usize::from(Kind::of(fact));
        self.count[kind] += 1;
        self.worth[kind] += worth(fact);
    }

    const fn has(&self, kind: Kind) -> bool {
        self.count[kind as usize] > 0
    }
}

impl<'a> Told<'a> {
    pub(in super::super) fn of(tokens: &'a [i64]) -> Self {
        let (facts, words) = split(tokens);
        let mut tally = Tally::default();
        for fact in facts {
            tally.add(*fact);
        }
        Self {
            tokens,
            facts: tally,
            words: words.iter().map(|word| worth(*word)).sum(),
        }
    }

    fn stages(&self) -> Vec<Stage> {
        let (facts, _) = split(self.tokens);
        facts.iter().copied().filter_map(Stage::of).collect()
    }
}

/// Facts, then words.
fn split(tokens: &[i64]) -> (&[i64], &[i64]) {
    tokens.split_at(tokens.partition_point(|token| *token < 0))
}

/// What a pair is measured by.
pub(super) struct Features {
    /// Both are in one language.
    pub(super) within: bool,
    pub(super) values: [f64; FEATURES.len()],
}

/// Measures two texts told so far `apart`.
pub(super) fn features(one: &Told, other: &Told, apart: TimeDelta) -> Features {
    let mut shared = Tally::default();
    let (mut words, mut rare) = (0.0, 0.0);
    for token in in_both(one.tokens, other.tokens) {
        if token < 0 {
            shared.add(token);
        } else {
            let worth = worth(token);
            words += worth;
            rare += (worth - RARE).max(0.0) / (1.0 - RARE);
        }
    }
    let within = shared.has(Kind::Language)
        || !one.facts.has(Kind::Language) && !other.facts.has(Kind::Language);
    let mut sheet = Sheet {
        values: [0.0; FEATURES.len()],
        at: 0,
    };
    if within {
        let least = one.words.min(other.words);
        sheet.put(words.min(WORDS_MAX) / 10.0);
        sheet.put(words / least.max(WORDS_MIN_OF_PART));
        sheet.put(rare.min(RARE_MAX).sqrt());
        sheet.put(least.max(WORDS_MIN).ln());
    } else {
        sheet.at += 4;
    }
    sheet.put_facts(one, other, &shared, within);
    sheet.put_stages(&one.stages(), &other.stages());
    sheet.put_time(apart);
    debug_assert_eq!(sheet.at, FEATURES.len(), "each is measured");
    Features {
        within,
        values: sheet.values,
    }
}

/// Those in both of two sorted lists without repeats.
fn in_both<'a>(one: &'a [i64], other: &'a [i64]) -> impl Iterator<Item = i64> + 'a {
    let mut rest = other;
    one.iter().copied().filter(move |token| {
        let skipped = rest.iter().take_while(|known| *known < token).count();
        rest = &rest[skipped..];
        rest.first() == Some(token)
    })
}

/// Filled in the order of [`FEATURES`].
struct Sheet {
    values: [f64; FEATURES.len()],
    at: usize,
}

impl Sheet {
    fn put(&mut self, value: f64) {
        self.values[self.at] = value;
        self.at += 1;
    }

    fn put_if(&mut self, is_so: bool) {
        self.put(f64::from(u8::from(is_so)));
    }

    fn put_facts(&mut self, one: &Told, other: &Told, shared: &Tally, within: bool) {
        let (one, other) = (&one.facts, &other.facts);
        for kind in WEIGHED {
            // Words are comparable within one language only.
            if !within && kind == Kind::Quoted {
                self.at += 3;
                continue;
            }
            let at = kind as usize;
            let worth = shared.worth[at];
            let both = one.has(kind) && other.has(kind);
            let least = one.worth[at].min(other.worth[at]).max(FACTS_MIN);
            self.put(worth.min(FACTS_MAX).sqrt());
            self.put(if both { worth / least.sqrt() } else { 0.0 });
            self.put_if(both && !shared.has(kind));
        }
        for kind in [Kind::Name, Kind::Number] {
            let at = kind as usize;
            let least = one.count[at].min(other.count[at]);
            let left = least.saturating_sub(shared.count[at]).min(NOT_SHARED_MAX);
            #[expect(clippy::cast_precision_loss, reason = "ten at most")]
            self.put(left as f64 / 5.0);
        }
        for kind in TOLD {
            self.put_if(one.has(kind) && other.has(kind) && !shared.has(kind));
        }
    }

    fn put_stages(&mut self, one: &[Stage], other: &[Stage]) {
        let tells = |stages: &[Stage], stage| stages.contains(&stage);
        let off = |stages| tells(stages, Stage::Cancelled) || tells(stages, Stage::Postponed);
        let becomes = |stages: &[Stage]| stages.iter().any(|stage| *stage != Stage::Correction);
        self.put_if(off(one) && off(other));
        self.put_if(off(one) != off(other));
        self.put_if(
            tells(one, Stage::ToCome) && tells(other, Stage::Was)
                || tells(one, Stage::Was) && tells(other, Stage::ToCome),
        );
        self.put_if(becomes(one) != becomes(other));
        self.put_if(tells(one, Stage::Correction) != tells(other, Stage::Correction));
    }

    fn put_time(&mut self, apart: TimeDelta) {
        #[expect(clippy::cast_precision_loss, reason = "days in seconds")]
        let days = apart.num_seconds().abs() as f64 / 86_400.0;
        self.put(days.min(DAYS_MAX));
        self.put_if(days < DAY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_both_is_found() {
        let both = |one: &[i64], other: &[i64]| in_both(one, other).collect::<Vec<_>>();
        assert_eq!(both(&[1, 3, 5, 9], &[0, 3, 4, 9, 10]), [3, 9]);
        assert_eq!(both(&[-5, 1], &[]), [0; 0]);
        assert_eq!(both(&[], &[1]), [0; 0]);
    }

    #[test]
    fn each_feature_is_where_its_name_is() {
        let measured = |one: &[i64], other: &[i64], apart| {
            let features = features(&Told::of(one), &Told::of(other), apart);
            let named = FEATURES.iter().zip(features.values);
            named
                .filter(|(_, value)| *value > 0.0)
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
        };
        let far = TimeDelta::days(2);
        let fact = super::super::super::facts::fact;
        let (town, other_town) = (fact(Kind::Town, "Astana"), fact(Kind::Town, "Almaty"));
        assert_eq!(
            measured(&[town], &[town], far)[1..],
            ["town shared", "town part", "days"]
        );
        assert_eq!(
            measured(&[town], &[other_town], far)[1..],
            ["town apart", "days"]
        );
        let was = fact(Kind::Stage, "forum-article");
        let to_come = fact(Kind::Stage, "announcement");
        assert_eq!(
            measured(&[was], &[to_come], TimeDelta::zero())[1..],
            ["to come and was", "within a day"]
        );
    }
}
