//! Players in frames: whose they are and where what they play is on its own
//! (`players.tsv`).

use std::sync::LazyLock;

use url::Url;

/// A path ends in it where whatever follows is of no matter.
const WHATEVER: &str = "…";

struct Player {
    hosts: Vec<&'static str>,
    path: Vec<&'static str>,
    name: &'static str,
    place: &'static str,
}

static PLAYERS: LazyLock<Vec<Player>> = LazyLock::new(|| {
    let lines = include_str!("players.tsv").lines();
    let rows = lines.filter(|line| !line.starts_with('#'));
    let player = |row: &'static str| {
        let mut columns = row.split('\t');
        Some(Player {
            hosts: columns.next()?.split(' ').collect(),
            path: parts(columns.next()?),
            name: columns.next()?,
            place: columns.next()?,
        })
    };
    rows.filter_map(player).collect()
});

/// What a player in a frame of that address plays: the player's name, and where a
/// reader finds it. `None`: not a player that is known.
pub(super) fn played(frame: &str) -> Option<(&'static str, String)> {
    let absolute = if frame.starts_with("//") {
        format!("https:{frame}")
    } else {
        frame.to_owned()
    };
    let url = web(&absolute)?;
    let mut players = PLAYERS.iter();
    players.find_map(|player| Some((player.name, player.plays(&url)?)))
}

impl Player {
    fn plays(&self, frame: &Url) -> Option<String> {
        if !self.is_host(frame) {
            return None;
        }
        let named = self.fits(frame.path())?;
        let mut place = String::new();
        let mut rest = self.place;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            place.push_str(before);
            rest = after;
            if name == "frame" {
                place.push_str(frame.as_str());
                continue;
            }
            let in_path = named.iter().find(|(known, _)| *known == name);
            let key = name.trim_start_matches('@');
            let mut query = frame.query_pairs();
            let mut asked = || query.find(|(known, _)| known == key);
            let value = match in_path {
                Some((_, part)) => (*part).to_owned(),
                None => asked()?.1.into_owned(),
            };
            if name.starts_with('@') {
                let shown = web(&value).filter(|url| self.is_host(url))?;
                place.push_str(shown.as_str());
            } else if is_id(&value) {
                place.push_str(&value);
            } else {
                return None;
            }
        }
        place.push_str(rest);
        Some(place)
    }

    fn is_host(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        self.hosts.contains(&host.trim_start_matches("www."))
    }

    /// The named parts of a path that is built as the player's.
    fn fits<'a>(&self, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let told = parts(path);
        let mut named = Vec::new();
        for (at, wanted) in self.path.iter().enumerate() {
            if *wanted == WHATEVER {
                return Some(named);
            }
            let part = *told.get(at)?;
            let name = wanted
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'));
            match name {
                Some(name) => named.push((name, part)),
                None if part == *wanted => {}
                None => return None,
            }
        }
        (told.len() == self.path.len()).then_some(named)
    }
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// An address of the web that hides nobody's name in it.
fn web(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    (is_web && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// What stands in addresses without being written otherwise.
fn is_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !id.is_empty() && id.chars().all(plain)
}
