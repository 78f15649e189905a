//! `jarshy publish`: every document as a file, for a static host.

use std::io::Write;
use std::path::Path;

use chrono::NaiveDate;

use super::house;
use super::output::{Failure, say};
use crate::daemon::Newsroom;
use crate::model::count::counted;
use crate::model::feed::{CALENDAR_EVENTS_MAX, Edition, PublishedFeed};
use crate::model::language::Tongue;
use crate::publish::{self, Document, Format, Site, opml};

/// Writes `feeds/NAME.{rss,atom,json,ics}` and `feeds.opml` into `dir`. Each
/// file appears whole or not at all; one that is already right is left alone.
pub async fn publish(config: &Path, dir: &Path) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    let site = Site {
        url: newsroom.site_url.clone(),
        name: newsroom.house_name.clone(),
        zone: newsroom.zone,
    };
    let feeds = &newsroom.catalogue().feeds;
    let (mut written, mut kept) = (0, 0);
    for feed in feeds {
        let edition = edition(&newsroom, feed).await?;
        for format in Format::ALL {
            if format == Format::Calendar && !feed.calendar {
                continue;
            }
            let name = format!("feeds/{}.{}", feed.name, format.extension());
            let document = publish::write(format, feed, &edition, &site);
            *if write(dir, &name, &document)? {
                &mut written
            } else {
                &mut kept
            } += 1;
        }
    }
    let list = opml::write(feeds, &site, Tongue::default());
    *if write(dir, "feeds.opml", &list)? {
        &mut written
    } else {
        &mut kept
    } += 1;
    say(&format!(
        "{}: {} written, {kept} unchanged",
        dir.display(),
        counted(written, "file")
    ))
}

async fn edition(newsroom: &Newsroom, feed: &PublishedFeed) -> Result<Edition, Failure> {
    let limit = u32::try_from(feed.items_max).unwrap_or(u32::MAX);
    let entries = newsroom
        .store
        .edition(&feed.filter, limit)
        .await
        .map_err(Failure::work)?;
    let events = if feed.calendar {
        newsroom
            .store
            .calendar(&feed.filter, NaiveDate::MIN, CALENDAR_EVENTS_MAX)
            .await
            .map_err(Failure::work)?
    } else {
        Vec::new()
    };
    Ok(Edition { entries, events })
}

/// Whether the file had to be written.
fn write(dir: &Path, name: &str, document: &Document) -> Result<bool, Failure> {
    let path = dir.join(name);
    let failed = |error: std::io::Error| Failure::work(format!("{}: {error}", path.display()));
    if std::fs::read(&path).is_ok_and(|old| old == document.bytes) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(dir);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let unfinished = path.with_extension("unfinished");
    let mut file = std::fs::File::create(&unfinished).map_err(failed)?;
    file.write_all(&document.bytes).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&unfinished, &path).map_err(failed)?;
    Ok(true)
}
