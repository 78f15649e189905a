//! The hour an event begins, said near its date: `сағат 10:00-де`, `в 10.00`,
//! `в 15 часов`, `at 3 p.m.`.

use chrono::NaiveTime;

use super::super::dates::first_hours;
use crate::text::tokens::Token;

/// When an event begins on its day and, where that is told, when it ends.
pub type Hours = (NaiveTime, Option<NaiveTime>);

/// The first time in `tokens`, of a range both ends.
pub fn first_time(tokens: &[Token]) -> Option<Hours> {
    first_hours(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    #[test]
    fn times_are_read_as_people_write_them() {
        let cases = [
            ("сағат 10:00-де", Some((10, 0))),
            ("сағат 18.30-да", Some((18, 30))),
            ("сағат 15-те", Some((15, 0))),
            ("түстен кейін сағат 3-те", Some((15, 0))),
            ("в 10.00", Some((10, 0))),
            ("в 15 часов", Some((15, 0))),
            ("в 7 часов вечера", Some((19, 0))),
            ("с 9:30 до 18:00", Some((9, 30))),
            ("at 10 a.m.", Some((10, 0))),
            ("at 3:30 p.m.", Some((15, 30))),
            ("12 am", Some((0, 0))),
            ("06.10.2017", None),
            ("1.50 теңге", None),
            ("25:70", None),
            ("в 10 странах", None),
        ];
        for (text, expected) in cases {
            let expected =
                expected.and_then(|(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0));
            let found = first_time(&tokens(text)).map(|(from, _)| from);
            assert_eq!(found, expected, "{text}");
        }
        let (_, end) = first_time(&tokens("с 9:30 до 18:00")).expect("hours");
        assert_eq!(end, NaiveTime::from_hms_opt(18, 0, 0));
    }
}
