//! The Markdown that newsrooms write: paragraphs, headings, lists, quotations,
//! links, emphasis. Everything else is text and escaped.

use crate::gather::clean::push_escaped;

/// How far the end of an emphasis or link is looked for, in bytes.
const SPAN_BYTES_MAX: usize = 2048;

/// HTML of plain text: an empty line parts paragraphs; where there is none,
/// every line is one.
pub(super) fn of_plain(text: &str) -> String {
    let parted = text.trim().lines().any(|line| line.trim().is_empty());
    let mut html = String::with_capacity(text.len() + text.len() / 16);
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || !parted {
            close(&mut html, &mut open);
        }
        if line.is_empty() {
            continue;
        }
        html.push_str(if open { "<br>" } else { "<p>" });
        push_escaped(&mut html, line);
        open = true;
    }
    close(&mut html, &mut open);
    html
}

/// HTML of Markdown.
pub(super) fn of_markdown(text: &str) -> String {
    let mut writer = Writer {
        html: String::with_capacity(text.len() + text.len() / 8),
        block: Block::None,
        paragraph: String::new(),
    };
    for line in text.lines() {
        writer.line(line.trim_end());
    }
    writer.close();
    writer.html
}

fn close(html: &mut String, open: &mut bool) {
    if std::mem::take(open) {
        html.push_str("</p>");
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Paragraph,
    Quote,
    Bullets,
    Numbers,
}

struct Writer {
    html: String,
    block: Block,
    /// The lines of the open paragraph or list item.
    paragraph: String,
}

impl Writer {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        if text.is_empty() {
            if !matches!(self.block, Block::Bullets | Block::Numbers) {
                self.close();
            }
            return;
        }
        let level = text.bytes().take_while(|byte| *byte == b'#').count();
        if (1..=6).contains(&level) && text[level..].starts_with(' ') {
            self.close();
            let mark = ["1", "2", "3", "4", "5", "6"][level - 1];
            self.html.push_str(&["<h", mark, ">"].concat());
            inline(
                &mut self.html,
                text[level..].trim().trim_end_matches('#').trim_end(),
            );
            self.html.push_str(&["</h", mark, ">"].concat());
        } else if text.len() >= 3
            && ["-", "*", "_"]
                .iter()
                .any(|mark| text.replace(mark, "").trim().is_empty())
        {
            self.close();
            self.html.push_str("<hr>");
        } else if let Some(item) = bullet(text) {
            self.item(Block::Bullets, item);
        } else if let Some(item) = numbered(text) {
            self.item(Block::Numbers, item);
        } else if let Some(quoted) = text.strip_prefix('>') {
            self.enter(Block::Quote);
            self.append(quoted.trim());
        } else {
            let continues =
                line.starts_with(' ') && matches!(self.block, Block::Bullets | Block::Numbers);
            if !continues && self.block != Block::Paragraph {
                self.enter(Block::Paragraph);
            }
            self.append(text);
        }
    }

    fn item(&mut self, block: Block, text: &str) {
        self.enter(block);
        self.flush();
        self.append(text);
    }

    fn enter(&mut self, block: Block) {
        if self.block == block {
            return;
        }
        self.close();
        self.block = block;
        self.html.push_str(match block {
            Block::None => "",
            Block::Paragraph => "<p>",
            Block::Quote => "<blockquote>",
            Block::Bullets => "<ul>",
            Block::Numbers => "<ol>",
        });
    }

    fn append(&mut self, text: &str) {
        if !self.paragraph.is_empty() {
            self.paragraph.push(' ');
        }
        self.paragraph.push_str(text);
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        if text.is_empty() {
            return;
        }
        let in_list = matches!(self.block, Block::Bullets | Block::Numbers);
        if in_list {
            self.html.push_str("<li>");
        }
        inline(&mut self.html, &text);
        if in_list {
            self.html.push_str("</li>");
        }
    }

    fn close(&mut self) {
        self.flush();
        self.html.push_str(match self.block {
            Block::None => "",
            Block::Paragraph => "</p>",
            Block::Quote => "</blockquote>",
            Block::Bullets => "</ul>",
            Block::Numbers => "</ol>",
        });
        self.block = Block::None;
    }
}

fn bullet(text: &str) -> Option<&str> {
    ["- ", "* ", "+ ", "• "]
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
        .map(str::trim)
}

fn numbered(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    // Four digits are a year that begins a sentence.
    if !(1..=3).contains(&digits) {
        return None;
    }
    let rest = &text[digits..];
    rest.strip_prefix(". ")
        .or_else(|| rest.strip_prefix(") "))
        .map(str::trim)
}

/// Emphasis, code and links of one block.
fn inline(html: &mut String, text: &str) {
    let mut rest = text;
    let mut before = ' ';
    while let Some(at) = rest.find(['*', '_', '`', '[', '\\', 'h']) {
        push_escaped(html, &rest[..at]);
        before = rest[..at].chars().next_back().unwrap_or(before);
        rest = &rest[at..];
        let taken = span(html, rest, before);
        if taken == 0 {
            push_escaped(html, &rest[..1]);
            before = char::from(rest.as_bytes()[0]);
            rest = &rest[1..];
        } else {
            before = rest[..taken].chars().next_back().unwrap_or(before);
            rest = &rest[taken..];
        }
    }
    push_escaped(html, rest);
}

/// Writes the span that `rest` begins with; gives its bytes, 0 if there is none.
fn span(html: &mut String, rest: &str, before: char) -> usize {
    let mut end = rest.len().min(SPAN_BYTES_MAX);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let window = &rest[..end];
    if let Some(escaped) = window.strip_prefix('\\') {
        let mark = escaped.chars().next().filter(char::is_ascii_punctuation);
        return mark.map_or(0, |mark| {
            push_escaped(html, mark.encode_utf8(&mut [0; 4]));
            2
        });
    }
    for (mark, element) in [
        ("**", "strong"),
        ("__", "strong"),
        ("*", "em"),
        ("_", "em"),
        ("`", "code"),
    ] {
        let Some(inside) = window.strip_prefix(mark) else {
            continue;
        };
        let opens = inside.starts_with(|c: char| !c.is_whitespace())
            && !(mark.starts_with('_') && before.is_alphanumeric());
        let Some(length) = inside.find(mark).filter(|length| opens && *length > 0) else {
            continue;
        };
        if inside[..length].ends_with(char::is_whitespace) {
            continue;
        }
        html.push_str(&["<", element, ">"].concat());
        push_escaped(html, &inside[..length]);
        html.push_str(&["</", element, ">"].concat());
        return length + 2 * mark.len();
    }
    if window.starts_with('[') {
        return titled_link(html, window);
    }
    if !before.is_alphanumeric()
        && (window.starts_with("https://") || window.starts_with("http://"))
    {
        let length = window
            .find(|c: char| c.is_whitespace() || "<>\"«»".contains(c))
            .unwrap_or(window.len());
        let address = window[..length].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        anchor(html, address, address);
        return address.len();
    }
    0
}

fn titled_link(html: &mut String, window: &str) -> usize {
    let Some(middle) = window.find("](") else {
        return 0;
    };
    let Some(length) = window[middle + 2..].find(')') else {
        return 0;
    };
    let text = &window[1..middle];
    let address = window[middle + 2..middle + 2 + length].trim();
    let address = address.split_whitespace().next().unwrap_or_default();
    if text.is_empty() || address.is_empty() || text.contains('[') {
        return 0;
    }
    anchor(html, address, text);
    middle + 3 + length
}

fn anchor(html: &mut String, address: &str, text: &str) {
    html.push_str("<a href=\"");
    push_escaped(html, address);
    html.push_str("\">");
    push_escaped(html, text);
    html.push_str("</a>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown() {
        let cases = [
            (
                "# Форум\n\nБір **екі** *үш*\nтөрт",
                "<h1>Форум</h1><p>Бір <strong>екі</strong> <em>үш</em> төрт</p>",
            ),
            (
                "- a\n- b\n\n1. c\n2) d",
                "<ul><li>a</li><li>b</li></ul><ol><li>c</li><li>d</li></ol>",
            ),
            (
                "[сайт](https://a.kz/?a=1&b=2)",
                "<p><a href=\"https://a.kz/?a=1&amp;b=2\">сайт</a></p>",
            ),
            (
                "See https://a.kz/x.",
                "<p>See <a href=\"https://a.kz/x\">https://a.kz/x</a>.</p>",
            ),
            (
                "<script>x</script> snake_case_name 2*3*4",
                "<p>&lt;script&gt;x&lt;/script&gt; snake_case_name 2<em>3</em>4</p>",
            ),
            ("> quoted\n> on", "<blockquote>quoted on</blockquote>"),
            ("a\n\n---\n\n\\*b*", "<p>a</p><hr><p>*b*</p>"),
            ("2026. Жыл", "<p>2026. Жыл</p>"),
        ];
        for (text, html) in cases {
            assert_eq!(of_markdown(text), html, "{text}");
        }
        let tower = "*a [b](".repeat(20_000);
        assert!(of_markdown(&tower).len() < tower.len() * 6);
    }

    #[test]
    fn plain_lines() {
        assert_eq!(of_plain("a\nb"), "<p>a</p><p>b</p>");
        assert_eq!(of_plain("a\nb\n\nc <"), "<p>a<br>b</p><p>c &lt;</p>");
    }
}
