//! robots.txt (RFC 9309), read as Google's parser reads it: the file is made by
//! people, and what that parser forgives has become what people write.
//!
//! Deliberately absent: fetching and keeping (`web`), sitemaps named in it, and
//! regular expressions: each rule is matched in one pass over the address.

/// The most bytes of a file that are read (RFC 9309 section 2.5); a line cut by
/// the limit is left out, since half a rule may forbid more than the whole one.
pub const ROBOTS_BYTES_MAX: usize = 500 * 1024;
/// The most bytes of one line that are read: eight times the longest address
/// browsers take.
const LINE_BYTES_MAX: usize = 2083 * 8 - 1;
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Beginnings of keys as people write them; the first that fits decides.
const KEYS: [(&str, Key); 13] = [
    ("user-agent", Key::UserAgent),
    ("useragent", Key::UserAgent),
    ("user agent", Key::UserAgent),
    ("allow", Key::Allow),
    ("disallow", Key::Disallow),
    ("dissallow", Key::Disallow),
    ("dissalow", Key::Disallow),
    ("disalow", Key::Disallow),
    ("diasllow", Key::Disallow),
    ("disallaw", Key::Disallow),
    ("crawl-delay", Key::Delay),
    ("crawldelay", Key::Delay),
    ("crawl delay", Key::Delay),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    UserAgent,
    Allow,
    Disallow,
    Delay,
}

/// What a robots.txt says to one agent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Robots {
    rules: Vec<Rule>,
    delay_seconds: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// ASCII only; `*` is any run of characters, `$` at the end is the end.
    pattern: String,
}

impl Robots {
    /// Reads what the file says to `agent`, a product token such as `Jarshy`;
    /// a version after a slash is not looked at.
    pub fn read(file: &[u8], agent: &str) -> Self {
        let mut reader = Reader::new(agent);
        for line in lines(within_limit(file)) {
            reader.line(line);
        }
        reader.finish()
    }

    /// Whether the agent may ask `url`: the longest matching rule decides, and of
    /// equal ones the one that allows (RFC 9309 section 2.2.2). `url` is matched
    /// as written: percent-encode it first.
    pub fn allows(&self, url: &str) -> bool {
        let path = folded(&path_and_query(url));
        if path == "/robots.txt" {
            return true;
        }
        let longest = |allows: bool| {
            let matching = self
                .rules
                .iter()
                .filter(|rule| rule.allows == allows && matches(&path, &rule.pattern));
            matching.map(|rule| rule.pattern.len()).max().unwrap_or(0)
        };
        longest(false) <= longest(true)
    }

    /// What keeping it takes, about.
    pub fn size_bytes(&self) -> usize {
        let rule_bytes = |rule: &Rule| size_of::<Rule>() + rule.pattern.capacity();
        self.rules.iter().map(rule_bytes).sum()
    }

    /// `Crawl-delay`: seconds between requests. No standard, but widely meant.
    pub const fn delay_seconds(&self) -> Option<f64> {
        self.delay_seconds
    }
}

/// What was said to the agent by name, or to everybody.
#[derive(Default)]
struct Group {
    rules: Vec<Rule>,
    delay_seconds: Option<f64>,
}

/// Whom the lines being read are for.
#[derive(Default, Clone, Copy)]
struct Addressed {
    by_name: bool,
    as_everybody: bool,
    /// Something was said to them: the next `User-agent` begins a new group.
    closed: bool,
}

impl Addressed {
    fn hear(&mut self, by_name: bool, as_everybody: bool) {
        if self.closed {
            *self = Self::default();
        }
        self.by_name |= by_name;
        self.as_everybody |= as_everybody;
    }
}

struct Reader<'a> {
    agent: &'a str,
    /// For rules: only rules close a group.
    rules_for: Addressed,
    /// For delays: a delay closes it too, so that the next agent's is its own.
    delay_for: Addressed,
    named_once: bool,
    named: Group,
    everybody: Group,
}

impl<'a> Reader<'a> {
    fn new(agent: &'a str) -> Self {
        Self {
            agent: agent.split('/').next().unwrap_or(agent),
            rules_for: Addressed::default(),
            delay_for: Addressed::default(),
            named_once: false,
            named: Group::default(),
            everybody: Group::default(),
        }
    }

    fn line(&mut self, line: &[u8]) {
        let Some((key, value)) = key_and_value(line) else {
            return;
        };
        match key {
            Key::UserAgent => self.user_agent(value),
            Key::Allow => self.rule(true, value),
            Key::Disallow => self.rule(false, value),
            Key::Delay => self.delay(value),
        }
    }

    fn user_agent(&mut self, value: &[u8]) {
        let everybody =
            value.first() == Some(&b'*') && value.get(1).is_none_or(u8::is_ascii_whitespace);
        let token_bytes = value
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
            .count();
        let is_agent = |token: &[u8]| token.eq_ignore_ascii_case(self.agent.as_bytes());
        // Tokens have no digits (section 2.2.1); some crawlers' names have.
        let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'/';
        let mut words = value.split(ends);
        let named =
            !everybody && (is_agent(&value[..token_bytes]) || words.next().is_some_and(is_agent));
        self.named_once |= named;
        self.rules_for.hear(named, everybody);
        self.delay_for.hear(named, everybody);
    }

    fn rule(&mut self, allows: bool, value: &[u8]) {
        self.rules_for.closed = true;
        self.delay_for.closed = true;
        let group = match self.rules_for {
            Addressed { by_name: true, .. } => &mut self.named,
            Addressed {
                as_everybody: true, ..
            } => &mut self.everybody,
            _ => return,
        };
        let (value, end) = match value.strip_suffix(b"$") {
            Some(value) => (value, "$"),
            None => (value, ""),
        };
        let pattern = escaped(value) + end;
        // An allowed `/news/index.html` allows `/news/` too: it is the same page.
        if allows
            && let Some(slash) = pattern.rfind('/')
            && pattern[slash..].starts_with("/index.htm")
        {
            let folder = format!("{}$", &pattern[..=slash]);
            group.rules.push(Rule {
                allows,
                pattern: folder,
            });
        }
        group.rules.push(Rule { allows, pattern });
    }

    fn delay(&mut self, value: &[u8]) {
        self.delay_for.closed = true;
        let Some(seconds) = seconds(value) else {
            return;
        };
        for (addressed, group) in [
            (self.delay_for.by_name, &mut self.named),
            (self.delay_for.as_everybody, &mut self.everybody),
        ] {
            if addressed {
                let before = group.delay_seconds.unwrap_or(0.0);
                group.delay_seconds = Some(seconds.max(before));
            }
        }
    }

    fn finish(self) -> Robots {
        let Group {
            rules,
            delay_seconds,
        } = if self.named_once {
            self.named
        } else {
            self.everybody
        };
        Robots {
            rules,
            delay_seconds,
        }
    }
}

fn within_limit(file: &[u8]) -> &[u8] {
    if file.len() <= ROBOTS_BYTES_MAX {
        return file;
    }
    let read = &file[..ROBOTS_BYTES_MAX];
    let last_end = read.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
    &read[..last_end.unwrap_or(0)]
}

/// Lines end in LF, CR or both. A byte order mark, also a broken one, is no text.
fn lines(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mark = file.iter().zip(BOM).take_while(|(a, b)| a == b).count();
    file[mark..]
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .map(|line| &line[..line.len().min(LINE_BYTES_MAX)])
}

/// `key: value # comment`; the colon may be forgotten where there are two words.
fn key_and_value(line: &[u8]) -> Option<(Key, &[u8])> {
    let end = line.iter().position(|byte| matches!(byte, b'#' | 0));
    let line = line[..end.unwrap_or(line.len())].trim_ascii();
    let (key, value) = if let Some(colon) = line.iter().position(|byte| *byte == b':') {
        (&line[..colon], &line[colon + 1..])
    } else {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let blank = line.iter().position(is_blank)?;
        let value = line[blank..].trim_ascii();
        if value.iter().any(is_blank) {
            return None;
        }
        (&line[..blank], value)
    };
    let key = key.trim_ascii();
    let (_, key) = KEYS.iter().find(|(name, _)| {
        key.get(..name.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(name.as_bytes()))
    })?;
    Some((*key, value.trim_ascii()))
}

/// A rule as addresses are written: blanks and bytes beyond ASCII percent-encoded,
/// hex digits in upper case, a `$` that is no end encoded too. What was encoded
/// stays so: `%62` is not `b` here.
fn escaped(value: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut pattern = String::with_capacity(value.len());
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match (*byte, tail) {
            (b'%', [a, b, after @ ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                pattern.push('%');
                pattern.push(char::from(a.to_ascii_uppercase()));
                pattern.push(char::from(b.to_ascii_uppercase()));
                rest = after;
            }
            (b' ' | b'$' | 0x80.., _) => {
                pattern.push('%');
                pattern.push(char::from(HEX[usize::from(byte >> 4)]));
                pattern.push(char::from(HEX[usize::from(byte & 15)]));
            }
            _ => pattern.push(char::from(*byte)),
        }
    }
    pattern
}

/// An address as rules are kept: hex digits in upper case, and the signs that mean
/// something in a rule encoded, as rules name them (RFC 9309 section 2.2.3).
fn folded(path: &str) -> String {
    let mut folded = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(['%', '*', '$']) {
        folded.push_str(&rest[..at]);
        let sign = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match sign {
            b'*' => folded.push_str("%2A"),
            b'$' => folded.push_str("%24"),
            _ => {
                folded.push('%');
                let is_hex = |digits: &&str| digits.bytes().all(|b| b.is_ascii_hexdigit());
                if let Some(digits) = rest.get(..2).filter(is_hex) {
                    folded.push_str(&digits.to_ascii_uppercase());
                    rest = &rest[2..];
                }
            }
        }
    }
    folded.push_str(rest);
    folded
}

fn seconds(value: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(value).ok()?;
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds: f64 = text.parse().ok().filter(|_| plain)?;
    seconds.is_finite().then_some(seconds)
}

/// The part of an address that rules speak of; `/` where it has none. Written so
/// that also what is no URL has one.
fn path_and_query(url: &str) -> String {
    let from = if url.starts_with("//") { 2 } else { 0 };
    let find = |what: &[char], from: usize| url[from..].find(what).map(|at| at + from);
    let early = find(&['/', '?', ';'], from);
    let scheme = url[from..].find("://").map(|at| at + from);
    let host = match (scheme, early) {
        (Some(scheme), Some(early)) if early < scheme => from,
        (Some(scheme), _) => scheme + 3,
        (None, _) => from,
    };
    let Some(start) = find(&['/', '?', ';'], host) else {
        return "/".to_owned();
    };
    let end = find(&['#'], from).unwrap_or(url.len());
    if end < start {
        return "/".to_owned();
    }
    let path = &url[start..end];
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}

/// Each piece between stars is looked for once, from where the last one ended:
/// taking the first place is never wrong.
fn matches(path: &str, pattern: &str) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let Some((first, more)) = pattern.split_once('*') else {
        return path
            .strip_prefix(pattern)
            .is_some_and(|rest| !to_the_end || rest.is_empty());
    };
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = more.rsplit_once('*').unwrap_or(("", more));
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    if to_the_end {
        rest.ends_with(last)
    } else {
        rest.contains(last)
    }
}

#[cfg(test)]
mod tests;
