//! When a window closes: `cron` expressions read over wall time in the house zone.
//!
//! The `cron` crate alone refuses five fields, counts Sunday as 1, skips the
//! day of a spring gap, fires twice in a fold, and can return instants in the
//! past (0.17.0, measured 2026-11). So the schedule runs over wall time dressed
//! as UTC, and each hit is mapped to the zone: a gap to the moment after it, a
//! fold to its first pass, always strictly later than asked.

use std::str::FromStr;

use chrono::offset::LocalResult;
use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use cron::Schedule;

use crate::model::count::counted;

/// The widest clock change looked across.
const ZONE_CHANGE_MAX: TimeDelta = TimeDelta::hours(3);
/// Hits tried before the timetable counts as never firing again.
const HITS_TRIED_MAX: usize = 10_000;

/// A cron expression as POSIX users write it: minute, hour, day of month,
/// month, day of week (0 or 7 is Sunday), or six fields with seconds first.
/// Where both days are restricted either one suffices (POSIX `crontab`).
#[derive(Debug, Clone)]
pub struct Timetable {
    schedules: Vec<Schedule>,
}

/// Why an expression is no timetable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTimetable {
    #[error(
        "`{expression}` has {fields}; expected five (minute hour day-of-month month day-of-week), e.g. \"0 8 * * *\"", fields = counted(*.found, "field")
    )]
    Fields { expression: String, found: usize },
    #[error("`{expression}` never comes: no year has such a day")]
    Never { expression: String },
    #[error("`{expression}`: {field}: `{value}` {why}")]
    Field {
        expression: String,
        field: &'static str,
        value: String,
        why: String,
    },
    #[error(
        "`{expression}` cannot be read; each field is *, a number, a list such as 1,15, a range such as 1-5, or a step such as */2"
    )]
    Unreadable { expression: String },
}

impl Timetable {
    /// The first moment strictly after `after`, or `None` when there is none
    /// before the end of the calendar.
    pub fn next(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let wall = after.with_timezone(&zone).naive_local() - ZONE_CHANGE_MAX;
        self.schedules
            .iter()
            .filter_map(|schedule| {
                schedule
                    .after(&wall.and_utc())
                    .take(HITS_TRIED_MAX)
                    .filter_map(|hit| to_zone(hit.naive_utc(), zone))
                    .find(|moment| *moment > after)
            })
            .min()
    }
}

impl FromStr for Timetable {
    type Err = BadTimetable;

    fn from_str(expression: &str) -> Result<Self, BadTimetable> {
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let (seconds, rest) = match fields.len() {
            5 => ("0", &fields[..]),
            6 => (fields[0], &fields[1..]),
            found => {
                return Err(BadTimetable::Fields {
                    expression: expression.to_owned(),
                    found,
                });
            }
        };
        let [minute, hour, day, month, weekday] = rest else {
            return Err(BadTimetable::Fields {
                expression: expression.to_owned(),
                found: rest.len(),
            });
        };
        let written = [seconds, *minute, *hour, *day, *month, *weekday];
        for (field, value) in FIELDS.iter().zip(written) {
            field
                .check(value)
                .map_err(|(part, why)| BadTimetable::Field {
                    expression: expression.to_owned(),
                    field: field.name,
                    value: part.to_owned(),
                    why,
                })?;
        }
        let weekday = name_weekdays(weekday);
        let either = |day: &str, weekday: &str| {
            let all = format!("{seconds} {minute} {hour} {day} {month} {weekday}");
            Schedule::from_str(&all).map_err(|_| BadTimetable::Unreadable {
                expression: expression.to_owned(),
            })
        };
        let free = |field: &str| field.starts_with('*') || field.starts_with('?');
        let schedules = if free(day) || free(&weekday) {
            vec![either(day, &weekday)?]
        } else {
            vec![either(day, "*")?, either("*", &weekday)?]
        };
        // Any eight years hold every day there is, 29 February included.
        let comes = |schedule: &Schedule| schedule.after(&DateTime::UNIX_EPOCH).next().is_some();
        if !schedules.iter().any(comes) {
            return Err(BadTimetable::Never {
                expression: expression.to_owned(),
            });
        }
        Ok(Self { schedules })
    }
}

/// What may stand in a field.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    /// The first three letters of the words that stand for numbers.
    names: &'static [&'static str],
}

const FIELDS: [Field; 6] = [
    Field::of_numbers("second", 0, 59),
    Field::of_numbers("minute", 0, 59),
    Field::of_numbers("hour", 0, 23),
    Field::of_numbers("day of the month", 1, 31),
    Field {
        name: "month",
        least: 1,
        most: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        name: "day of the week",
        least: 0,
        most: 7,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];
/// Letters that name a month or a weekday.
const NAME_LETTERS: usize = 3;

impl Field {
    const fn of_numbers(name: &'static str, least: u32, most: u32) -> Self {
        Self {
            name,
            least,
            most,
            names: &[],
        }
    }

    /// The part that cannot stand here, and why.
    fn check<'a>(&self, value: &'a str) -> Result<(), (&'a str, String)> {
        for part in value.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (part, None),
            };
            if let Some(step) = step
                && !step.parse::<u32>().is_ok_and(|step| step > 0)
            {
                return Err((part, "has no step; expected one such as */2".to_owned()));
            }
            if matches!(range, "*" | "?") {
                continue;
            }
            let ends: Vec<&str> = range.split('-').collect();
            if let Some(wrong) = ends.iter().find(|end| !self.admits(end)) {
                return Err((wrong, format!("does not fit; expected {}", self.expected())));
            }
            // The week begins with Sunday or ends with it.
            if let [Ok(from), Ok(to)] = ends
                .iter()
                .map(|end| end.parse::<u32>())
                .collect::<Vec<_>>()[..]
                && from > to
                && !(self.most == 7 && to == 0)
            {
                return Err((range, "runs backwards".to_owned()));
            }
        }
        Ok(())
    }

    fn admits(&self, word: &str) -> bool {
        match word.parse::<u32>() {
            Ok(number) => (self.least..=self.most).contains(&number),
            Err(_) => word.get(..NAME_LETTERS).is_some_and(|start| {
                let start = start.to_ascii_lowercase();
                self.names.contains(&start.as_str())
            }),
        }
    }

    fn expected(&self) -> String {
        let numbers = format!("{} to {}", self.least, self.most);
        match (self.names, self.most) {
            ([], _) => format!("{numbers}, or *"),
            (_, 7) => format!("{numbers} (Sunday is 0 or 7), a name such as MON, or *"),
            _ => format!("{numbers}, a name such as JAN, or *"),
        }
    }
}

/// Numbers of weekdays to names, because the crate counts from Sunday = 1.
fn name_weekdays(field: &str) -> String {
    const NAMES: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let name = |part: &str| {
        let number = part.parse::<usize>().ok();
        number
            .and_then(|number| NAMES.get(number))
            .map_or(part, |name| name)
            .to_owned()
    };
    let ranges = field.split(',').map(|range| {
        let (range, step) = match range.split_once('/') {
            Some((range, step)) => (range, format!("/{step}")),
            None => (range, String::new()),
        };
        let ends: Vec<String> = range.split('-').map(name).collect();
        // The crate's week begins on Sunday: MON-SUN would run backwards in it.
        match ends.as_slice() {
            [from, to] if to == "SUN" && from != "SUN" && step.is_empty() => {
                format!("{from}-SAT,SUN")
            }
            ends => format!("{}{step}", ends.join("-")),
        }
    });
    ranges.collect::<Vec<_>>().join(",")
}

/// The moment a wall clock in `zone` shows `wall`.
fn to_zone(wall: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let moment = match zone.from_local_datetime(&wall) {
        LocalResult::Single(moment) => moment.with_timezone(&Utc),
        LocalResult::Ambiguous(first, _) => first.with_timezone(&Utc),
        LocalResult::None => {
            let before = zone
                .from_local_datetime(&(wall - ZONE_CHANGE_MAX))
                .earliest()?;
            let offset = before.offset().fix().local_minus_utc();
            (wall - TimeDelta::seconds(i64::from(offset))).and_utc()
        }
    };
    Some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(expression: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
        let timetable: Timetable = expression.parse().expect("timetable");
        let mut at: DateTime<Utc> = after.parse().expect("time");
        let mut found = Vec::new();
        for _ in 0..count {
            at = timetable.next(at, zone).expect("another");
            found.push(at.with_timezone(&zone).format("%m-%d %H:%M %z").to_string());
        }
        found
    }

    #[test]
    fn wall_time_holds_across_clock_changes() {
        use chrono_tz::America::New_York;
        use chrono_tz::Asia::Almaty;
        // The gap: 02:30 does not exist on 8 March 2026; the moment after it does.
        assert_eq!(
            hits("30 2 * * *", New_York, "2026-03-07T08:00:00Z", 2),
            ["03-08 03:30 -0400", "03-09 02:30 -0400"]
        );
        // The fold: 01:30 happens twice on 1 November 2026, the digest once.
        assert_eq!(
            hits("30 1 * * *", New_York, "2026-10-31T12:00:00Z", 2),
            ["11-01 01:30 -0400", "11-02 01:30 -0500"]
        );
        // Kazakhstan moved to UTC+5 on 2024-03-01: 23:30 happened twice.
        assert_eq!(
            hits("30 23 * * *", Almaty, "2024-02-28T18:00:00Z", 2),
            ["02-29 23:30 +0600", "03-01 23:30 +0500"]
        );
        assert_eq!(
            hits("0 8 * * *", Almaty, "2026-11-23T03:00:00Z", 1),
            ["11-24 08:00 +0500"]
        );
    }

    #[test]
    fn days_are_posix() {
        use chrono_tz::UTC;
        let friday = "2026-11-20T12:00:00Z";
        assert_eq!(hits("0 8 * * 0", UTC, friday, 1), ["11-22 08:00 +0000"]);
        assert_eq!(hits("0 8 * * 7", UTC, friday, 1), ["11-22 08:00 +0000"]);
        assert_eq!(hits("0 8 * * 1-5", UTC, friday, 1), ["11-23 08:00 +0000"]);
        assert_eq!(
            hits("0 8 * * 6-7", UTC, friday, 2),
            ["11-21 08:00 +0000", "11-22 08:00 +0000"]
        );
        assert_eq!(
            hits("0 8 1 * MON", UTC, friday, 3),
            [
                "11-23 08:00 +0000",
                "11-30 08:00 +0000",
                "12-01 08:00 +0000"
            ]
        );
        assert_eq!(hits("15 0 8 * * *", UTC, friday, 1), ["11-21 08:00 +0000"]);
    }

    #[test]
    fn refusals_say_what_was_expected() {
        let refusal = |expression: &str| {
            expression
                .parse::<Timetable>()
                .expect_err("refused")
                .to_string()
        };
        assert!(refusal("0 8 * *").contains("4 fields"));
        let cases = [
            (
                "0 25 * * *",
                "`0 25 * * *`: hour: `25` does not fit; expected 0 to 23, or *",
            ),
            (
                "60 8 * * *",
                "minute: `60` does not fit; expected 0 to 59, or *",
            ),
            (
                "0 8 0 * *",
                "day of the month: `0` does not fit; expected 1 to 31, or *",
            ),
            (
                "0 8 * 13 *",
                "month: `13` does not fit; expected 1 to 12, a name such as JAN, or *",
            ),
            (
                "0 8 * * 8",
                "day of the week: `8` does not fit; expected 0 to 7 (Sunday is 0 or 7)",
            ),
            ("0 8 * * Montag,x", "`x` does not fit"),
            ("0 20-8 * * *", "hour: `20-8` runs backwards"),
            ("0 */0 * * *", "hour: `*/0` has no step"),
            ("0 8 * * -", "day of the week: `` does not fit"),
            (
                "0 8-9-10 * * *",
                "`0 8-9-10 * * *` cannot be read; each field is",
            ),
        ];
        for (expression, expected) in cases {
            let said = refusal(expression);
            assert!(said.contains(expected), "{expression}: {said}");
            assert!(!said.contains('\n'), "{expression}: {said}");
        }
        for fine in [
            "0 8 * JAN-mar sun",
            "*/5 8,20 1-15/2 * 1-5",
            "0 8 ? * 5-0",
            "0 8 * * 5-7",
        ] {
            assert!(fine.parse::<Timetable>().is_ok(), "{fine}");
        }
        assert!(refusal("0 8 30 2 *").contains("never comes"));
    }
}
