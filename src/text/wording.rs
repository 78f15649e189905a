//! How dates, times and counted things are worded in the house's three tongues.
//!
//! Written out by hand: three tongues need three small tables, not a locale
//! library. Deliberately absent: zones (callers hand in local dates) and
//! relative words such as "tomorrow", which age badly in feeds and letters.

use chrono::{Datelike, NaiveDate, NaiveTime};

use crate::model::language::Tongue;

/// Months as they stand after a day: nominative in Kazakh, genitive in Russian.
const MONTHS: [[&str; 12]; 3] = [
    [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

/// Days of the week from Monday.
const WEEKDAYS: [[&str; 7]; 3] = [
    [
        "дүйсенбі",
        "сейсенбі",
        "сәрсенбі",
        "бейсенбі",
        "жұма",
        "сенбі",
        "жексенбі",
    ],
    [
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "суббота",
        "воскресенье",
    ],
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
];

/// The row of a tongue in the tables above.
const fn row(tongue: Tongue) -> usize {
    match tongue {
        Tongue::Kazakh => 0,
        Tongue::Russian => 1,
        Tongue::English => 2,
    }
}

/// A day with its weekday: `2017 жылғы 6 қазан, жұма`, `6 октября 2017 года,
/// пятница`, `Friday, 6 October 2017`.
pub fn date(day: NaiveDate, tongue: Tongue) -> String {
    with_weekday(day, &day_month_year(day, tongue), tongue)
}

/// The same without the year where it is the year of `today`: `6 қазан, жұма`.
pub fn near_date(day: NaiveDate, today: NaiveDate, tongue: Tongue) -> String {
    if day.year() == today.year() {
        with_weekday(day, &day_month(day, tongue), tongue)
    } else {
        date(day, tongue)
    }
}

/// A day and its month, where there is little room (a letter's subject): `6 қазан`.
pub fn day_month(day: NaiveDate, tongue: Tongue) -> String {
    let month = MONTHS[row(tongue)][day.month0() as usize];
    format!("{} {month}", day.day())
}

/// Days from the first to the last, naming month and year once where they are
/// the same: `2017 жылғы 6–8 қазан`, `30 сентября – 2 октября 2017 года`. One
/// day is worded as by [`date`]; an end before the start is not told.
pub fn date_range(start: NaiveDate, end: Option<NaiveDate>, tongue: Tongue) -> String {
    let Some(end) = end.filter(|end| *end > start) else {
        return date(start, tongue);
    };
    if start.year() == end.year() {
        of_year(&days(start, end, tongue), start.year(), tongue)
    } else if tongue == Tongue::Russian {
        // The word for year stands once, after the last.
        let first = format!("{} {}", day_month(start, tongue), start.year());
        format!("{first} – {}", day_month_year(end, tongue))
    } else {
        let worded = [start, end].map(|day| day_month_year(day, tongue));
        worded.join(" – ")
    }
}

/// The same without the year where it is the year of `today`: `6–8 қазан`.
pub fn near_date_range(
    start: NaiveDate,
    end: Option<NaiveDate>,
    today: NaiveDate,
    tongue: Tongue,
) -> String {
    match end.filter(|end| *end > start) {
        None => near_date(start, today, tongue),
        Some(end) if start.year() == today.year() && end.year() == today.year() => {
            days(start, end, tongue)
        }
        end => date_range(start, end, tongue),
    }
}

/// Days without weekday and year, for comparing two in one sentence: `6 қазан`,
/// `6–8 қазан`.
pub fn plain_range(start: NaiveDate, end: Option<NaiveDate>, tongue: Tongue) -> String {
    match end.filter(|end| *end > start) {
        Some(end) => days(start, end, tongue),
        None => day_month(start, tongue),
    }
}

/// A time of day, `10:30`: twenty-four hours in all three tongues, as
/// announcements in Kazakhstan write it.
pub fn time(time: NaiveTime, _tongue: Tongue) -> String {
    time.format("%H:%M").to_string()
}

/// The CLDR plural category of a whole number: `one`, `few`, `many` or `other`.
/// Kazakh nouns keep the singular after a numeral, so its `other` is worded as
/// its `one`; the category still exists for phrases without the numeral.
pub const fn plural_category(tongue: Tongue, n: u64) -> &'static str {
    match tongue {
        Tongue::Kazakh | Tongue::English => {
            if n == 1 {
                "one"
            } else {
                "other"
            }
        }
        Tongue::Russian => match (n % 10, n % 100) {
            (1, tens) if tens != 11 => "one",
            (2..=4, tens) if !(tens >= 12 && tens <= 14) => "few",
            _ => "many",
        },
    }
}

fn day_month_year(day: NaiveDate, tongue: Tongue) -> String {
    of_year(&day_month(day, tongue), day.year(), tongue)
}

/// Days of one year, as a sentence has them.
fn of_year(days: &str, year: i32, tongue: Tongue) -> String {
    match tongue {
        Tongue::Kazakh => format!("{year} жылғы {days}"),
        Tongue::Russian => format!("{days} {year} года"),
        Tongue::English => format!("{days} {year}"),
    }
}

fn with_weekday(day: NaiveDate, worded: &str, tongue: Tongue) -> String {
    let weekday = WEEKDAYS[row(tongue)][day.weekday().num_days_from_monday() as usize];
    match tongue {
        Tongue::English => format!("{weekday}, {worded}"),
        Tongue::Kazakh | Tongue::Russian => format!("{worded}, {weekday}"),
    }
}

/// `6–8 қазан`, `30 қыркүйек – 2 қазан`.
fn days(start: NaiveDate, end: NaiveDate, tongue: Tongue) -> String {
    let last = day_month(end, tongue);
    if start.month() == end.month() {
        format!("{}–{last}", start.day())
    } else {
        format!("{} – {last}", day_month(start, tongue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn dates_are_worded_in_three_tongues() {
        let cases = [
            (
                "2017-10-06",
                None,
                [
                    "2017 жылғы 6 қазан, жұма",
                    "6 октября 2017 года, пятница",
                    "Friday, 6 October 2017",
                ],
            ),
            (
                "2017-10-06",
                Some("2017-10-08"),
                [
                    "2017 жылғы 6–8 қазан",
                    "6–8 октября 2017 года",
                    "6–8 October 2017",
                ],
            ),
            (
                "2017-09-30",
                Some("2017-10-02"),
                [
                    "2017 жылғы 30 қыркүйек – 2 қазан",
                    "30 сентября – 2 октября 2017 года",
                    "30 September – 2 October 2017",
                ],
            ),
            (
                "2017-12-31",
                Some("2018-01-01"),
                [
                    "2017 жылғы 31 желтоқсан – 2018 жылғы 1 қаңтар",
                    "31 декабря 2017 – 1 января 2018 года",
                    "31 December 2017 – 1 January 2018",
                ],
            ),
            (
                "2017-10-08",
                Some("2017-10-06"),
                [
                    "2017 жылғы 8 қазан, жексенбі",
                    "8 октября 2017 года, воскресенье",
                    "Sunday, 8 October 2017",
                ],
            ),
        ];
        for (start, end, expected) in cases {
            for (tongue, words) in Tongue::ALL.into_iter().zip(expected) {
                assert_eq!(date_range(day(start), end.map(day), tongue), words);
            }
        }
    }

    /// Twelve days: every month and every weekday.
    const DAYS: &str = "\
2017-01-02 | 2017 жылғы 2 қаңтар, дүйсенбі | 2 января 2017 года, понедельник | Monday, 2 January 2017
2017-02-07 | 2017 жылғы 7 ақпан, сейсенбі | 7 февраля 2017 года, вторник | Tuesday, 7 February 2017
2017-03-01 | 2017 жылғы 1 наурыз, сәрсенбі | 1 марта 2017 года, среда | Wednesday, 1 March 2017
2017-04-20 | 2017 жылғы 20 сәуір, бейсенбі | 20 апреля 2017 года, четверг | Thursday, 20 April 2017
2017-05-05 | 2017 жылғы 5 мамыр, жұма | 5 мая 2017 года, пятница | Friday, 5 May 2017
2017-06-10 | 2017 жылғы 10 маусым, сенбі | 10 июня 2017 года, суббота | Saturday, 10 June 2017
2017-07-30 | 2017 жылғы 30 шілде, жексенбі | 30 июля 2017 года, воскресенье | Sunday, 30 July 2017
2017-08-14 | 2017 жылғы 14 тамыз, дүйсенбі | 14 августа 2017 года, понедельник | Monday, 14 August 2017
2017-09-05 | 2017 жылғы 5 қыркүйек, сейсенбі | 5 сентября 2017 года, вторник | Tuesday, 5 September 2017
2017-10-06 | 2017 жылғы 6 қазан, жұма | 6 октября 2017 года, пятница | Friday, 6 October 2017
2017-11-30 | 2017 жылғы 30 қараша, бейсенбі | 30 ноября 2017 года, четверг | Thursday, 30 November 2017
2017-12-31 | 2017 жылғы 31 желтоқсан, жексенбі | 31 декабря 2017 года, воскресенье | Sunday, 31 December 2017";

    #[test]
    fn every_month_and_weekday_is_worded() {
        for line in DAYS.lines() {
            let columns: Vec<&str> = line.split(" | ").collect();
            assert_eq!(columns.len(), 4, "{line}");
            for (tongue, words) in Tongue::ALL.into_iter().zip(&columns[1..]) {
                assert_eq!(date(day(columns[0]), tongue), *words);
            }
        }
        assert_eq!(day_month(day("2017-10-06"), Tongue::Russian), "6 октября");
    }

    #[test]
    fn the_year_of_today_is_not_told() {
        let today = day("2026-12-28");
        let cases = [
            (
                "2026-12-29",
                None,
                "29 желтоқсан, сейсенбі",
                "29 декабря, вторник",
            ),
            (
                "2026-12-29",
                Some("2026-12-30"),
                "29–30 желтоқсан",
                "29–30 декабря",
            ),
            (
                "2026-12-30",
                Some("2027-01-02"),
                "2026 жылғы 30 желтоқсан – 2027 жылғы 2 қаңтар",
                "30 декабря 2026 – 2 января 2027 года",
            ),
            (
                "2027-01-05",
                None,
                "2027 жылғы 5 қаңтар, сейсенбі",
                "5 января 2027 года, вторник",
            ),
        ];
        for (start, end, kazakh, russian) in cases {
            let worded = |tongue| near_date_range(day(start), end.map(day), today, tongue);
            assert_eq!(worded(Tongue::Kazakh), kazakh);
            assert_eq!(worded(Tongue::Russian), russian);
        }
        assert_eq!(
            near_date(day("2026-11-24"), today, Tongue::English),
            "Tuesday, 24 November"
        );
    }

    #[test]
    fn times_have_two_digits() {
        let early = NaiveTime::from_hms_opt(9, 5, 59).expect("a time");
        for tongue in Tongue::ALL {
            assert_eq!(time(early, tongue), "09:05");
        }
    }

    #[test]
    fn plurals_follow_cldr() {
        let cases = [
            (0, "other", "many", "other"),
            (1, "one", "one", "one"),
            (2, "other", "few", "other"),
            (4, "other", "few", "other"),
            (5, "other", "many", "other"),
            (11, "other", "many", "other"),
            (14, "other", "many", "other"),
            (21, "other", "one", "other"),
            (22, "other", "few", "other"),
            (111, "other", "many", "other"),
            (112, "other", "many", "other"),
            (u64::MAX, "other", "many", "other"),
        ];
        for (n, kazakh, russian, english) in cases {
            assert_eq!(plural_category(Tongue::Kazakh, n), kazakh, "kk {n}");
            assert_eq!(plural_category(Tongue::Russian, n), russian, "ru {n}");
            assert_eq!(plural_category(Tongue::English, n), english, "en {n}");
        }
    }
}
