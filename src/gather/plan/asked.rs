//! What a feed asks of those who come again: `ttl`, `skipHours`, `skipDays`,
//! `sy:updatePeriod`; and where it says it has moved.
//!
//! Looked for in the head of the document only, up to its first entry, and
//! without repair: a feed too broken for it says nothing here, and is read all
//! the same elsewhere.

use chrono::Weekday;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::model::pace::AskedPace;

/// The most of a document looked through.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// The most pieces of markup looked at.
const HEAD_EVENTS_MAX: usize = 2_000;
const MINUTES_OF_DAY: u32 = 24 * 60;

/// What the head of a feed says of coming again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskedHead {
    pub pace: AskedPace,
    /// `itunes:new-feed-url`: shown to people, never followed by itself.
    pub new_address: Option<String>,
}

/// Reads it out of a document.
pub fn asked_by(document: &[u8]) -> AskedHead {
    // All names looked for are ASCII: whatever the encoding makes of the rest.
    let text = String::from_utf8_lossy(&document[..document.len().min(HEAD_BYTES_MAX)]);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut head = AskedHead::default();
    let mut name = String::new();
    let mut said = String::new();
    let mut period_minutes = None;
    let mut frequency = 1;
    for _ in 0..HEAD_EVENTS_MAX {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                name = start.local_name().as_ref().to_ascii_lowercase();
                said.clear();
                if matches!(name.as_str(), "item" | "entry") {
                    break;
                }
            }
            Ok(Event::Text(text)) => said.push_str(text.trim()),
            Ok(Event::CData(text)) => said.push_str(text.trim()),
            Ok(Event::End(_)) => {
                match name.as_str() {
                    "updateperiod" => period_minutes = minutes_of_period(&said),
                    "updatefrequency" => frequency = said.parse().unwrap_or(1).max(1),
                    _ => take(&mut head, &name, &said),
                }
                name.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    head.pace.update_minutes = period_minutes.map(|minutes| (minutes / frequency).max(1));
    // Who skips everything meant something else.
    if head.pace.skip_hours.len() >= 24 {
        head.pace.skip_hours.clear();
    }
    if head.pace.skip_days.len() >= 7 {
        head.pace.skip_days.clear();
    }
    head
}

fn take(head: &mut AskedHead, name: &str, said: &str) {
    match name {
        "ttl" => head.pace.ttl_minutes = said.parse().ok().filter(|minutes| *minutes > 0),
        "new-feed-url" => head.new_address = Some(said.to_owned()).filter(|url| !url.is_empty()),
        "hour" => {
            // RSS 0.91 counted to 24.
            let hour = said.parse::<u8>().ok().filter(|hour| *hour <= 24);
            if let Some(hour) = hour.map(|hour| hour % 24)
                && !head.pace.skip_hours.contains(&hour)
            {
                head.pace.skip_hours.push(hour);
            }
        }
        "day" => {
            if let Ok(day) = said.parse::<Weekday>()
                && !head.pace.skip_days.contains(&day)
            {
                head.pace.skip_days.push(day);
            }
        }
        _ => {}
    }
}

fn minutes_of_period(word: &str) -> Option<u32> {
    Some(match word.to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => MINUTES_OF_DAY,
        "weekly" => 7 * MINUTES_OF_DAY,
        "monthly" => 30 * MINUTES_OF_DAY,
        "yearly" => 365 * MINUTES_OF_DAY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(head: &str) -> AskedPace {
        let document = format!(
            "<?xml version='1.0'?><rss><channel><title>Жаңалық</title>{head}\
             <item><ttl>1</ttl></item></channel></rss>"
        );
        asked_by(document.as_bytes()).pace
    }

    #[test]
    fn the_head_is_read_and_entries_are_not() {
        let nothing = AskedPace::default();
        let ttl = |minutes| AskedPace {
            ttl_minutes: Some(minutes),
            ..AskedPace::default()
        };
        let update = |minutes| AskedPace {
            update_minutes: Some(minutes),
            ..AskedPace::default()
        };
        let cases = [
            ("", nothing.clone()),
            ("<ttl> 60 </ttl>", ttl(60)),
            ("<TTL>60</TTL>", ttl(60)),
            ("<ttl>0</ttl>", nothing.clone()),
            ("<ttl>soon</ttl>", nothing.clone()),
            (
                "<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>",
                update(60),
            ),
            (
                "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
                update(360),
            ),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
                update(60),
            ),
            ("<sy:updatePeriod>often</sy:updatePeriod>", nothing.clone()),
            (
                "<sy:updateFrequency>2</sy:updateFrequency>",
                nothing.clone(),
            ),
            (
                "<skipHours><hour>24</hour><hour>3</hour><hour>3</hour><hour>99</hour></skipHours>\
                 <skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>",
                AskedPace {
                    skip_hours: vec![0, 3],
                    skip_days: vec![Weekday::Sun, Weekday::Sat],
                    ..AskedPace::default()
                },
            ),
        ];
        for (head, expected) in cases {
            assert_eq!(pace(head), expected, "{head}");
        }
        let all: String = (0..24)
            .flat_map(|hour| ["<hour>".to_owned(), hour.to_string(), "</hour>".to_owned()])
            .collect();
        assert_eq!(pace(&format!("<skipHours>{all}</skipHours>")), nothing);
    }

    #[test]
    fn a_new_address_is_told() {
        let head = asked_by(
            b"<rss><channel><itunes:new-feed-url>https://b.kz/rss</itunes:new-feed-url></channel></rss>",
        );
        assert_eq!(head.new_address.as_deref(), Some("https://b.kz/rss"));
    }

    #[test]
    fn what_is_no_feed_asks_nothing() {
        for document in [
            b"".as_slice(),
            b"{\"version\": 1}",
            b"<rss><channel><ttl>6",
            b"\xff\xfe<\0r\0s\0s\0>\0",
            b"<<<<ttl>5</ttl>",
        ] {
            assert_eq!(asked_by(document), AskedHead::default());
        }
    }
}
