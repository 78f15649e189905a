//! Header fields as they stand in mails, delivery reports and quoted letters:
//! `Name: value`, folded lines joined. Kind to what is broken: a line that is
//! no field is skipped, and what comes after still counts.

/// The most fields read of one block.
const FIELDS_MAX: usize = 256;
/// The longest value kept, in bytes.
const VALUE_BYTES_MAX: usize = 4096;

/// The fields of one block, in order; names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a block up to its first empty line.
    pub fn read(block: &str) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in block.lines() {
            if line.trim().is_empty() {
                if fields.is_empty() {
                    continue;
                }
                break;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    append(value, line.trim());
                }
            } else if let Some((name, value)) = field(line)
                && fields.len() < FIELDS_MAX
            {
                let mut kept = String::new();
                append(&mut kept, value);
                fields.push((name, kept));
            }
        }
        Self(fields)
    }

    /// The blocks of `text`, separated by empty lines.
    pub fn blocks(text: &str) -> Vec<Self> {
        /// More recipients than one letter of ours has.
        const BLOCKS_MAX: usize = 64;
        let mut blocks = Vec::new();
        let mut block = String::new();
        for line in text.lines().chain([""]) {
            if line.trim().is_empty() {
                let fields = Self::read(&block);
                if !fields.0.is_empty() && blocks.len() < BLOCKS_MAX {
                    blocks.push(fields);
                }
                block.clear();
            } else {
                block.push_str(line);
                block.push('\n');
            }
        }
        blocks
    }

    /// The first value of `name` (in lower case).
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut known = self.0.iter().filter(|(known, _)| known == name);
        known.next().map(|(_, value)| value.as_str())
    }

    /// All values of `name` (in lower case).
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether there is a field `name` (in lower case).
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn field(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end();
    // RFC 5322 section 2.2: printable ASCII but the colon; no spaces.
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    is_name.then(|| (name.to_ascii_lowercase(), value.trim()))
}

fn append(value: &mut String, more: &str) {
    let room = VALUE_BYTES_MAX.saturating_sub(value.len() + 1);
    if room == 0 {
        return;
    }
    if !value.is_empty() {
        value.push(' ');
    }
    value.push_str(&more[..more.floor_char_boundary(room)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_the_broken_skipped() {
        let fields = Fields::read(
            "\r\nFrom x Mon\r\nAction : failed\r\nDiagnostic-Code: smtp;\r\n\t550 no\r\n 5.1.1\r\nno field\r\nStatus: 5.1.1\r\n\r\nlater: no\r\n",
        );
        assert_eq!(fields.value("action"), Some("failed"));
        assert_eq!(fields.value("diagnostic-code"), Some("smtp; 550 no 5.1.1"));
        assert_eq!(fields.value("status"), Some("5.1.1"));
        assert!(!fields.has("later"));
    }

    #[test]
    fn what_is_endless_is_cut() {
        let long = format!("A: {}\n {}\n", "қ".repeat(9_999), "x".repeat(9_999));
        assert!(Fields::read(&long).value("a").expect("kept").len() <= VALUE_BYTES_MAX);
        let many = "A: b\n".repeat(FIELDS_MAX * 2);
        assert_eq!(Fields::read(&many).iter().count(), FIELDS_MAX);
        assert_eq!(Fields::blocks(&"A: b\n\n".repeat(999)).len(), 64);
    }
}
