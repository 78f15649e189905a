//! The text part as a letter is typed: lines that fit an old screen, what
//! belongs to a point hung under it.

/// RFC 3676 section 4.2 asks for 78 at most; two are left for being quoted.
pub const LINE_MAX_CHARS: usize = 76;

/// Wraps lines longer than [`LINE_MAX_CHARS`] between words; a word, and so an
/// address, is never broken. Of several empty lines one is kept.
pub fn wrap(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / 32);
    let mut was_empty = true;
    for line in text.lines() {
        // The mark before a signature ends in a space (RFC 3676 section 4.3).
        let line = if line == "-- " { line } else { line.trim_end() };
        if line.is_empty() && was_empty {
            continue;
        }
        was_empty = line.is_empty();
        if line.chars().count() <= LINE_MAX_CHARS {
            wrapped.push_str(line);
        } else {
            wrap_line(line, &mut wrapped);
        }
        wrapped.push('\n');
    }
    wrapped.truncate(wrapped.trim_end().len());
    wrapped
}

fn wrap_line(line: &str, wrapped: &mut String) {
    let body = line.trim_start();
    let indent = &line[..line.len() - body.len()];
    let is_point = body.starts_with("* ") || body.starts_with("- ");
    let hang = if is_point { "  " } else { "" };
    wrapped.push_str(indent);
    let mut width = indent.chars().count();
    let mut is_first = true;
    for word in body.split(' ') {
        let length = word.chars().count();
        if is_first {
            is_first = false;
        } else if width + 1 + length > LINE_MAX_CHARS {
            wrapped.push('\n');
            wrapped.push_str(indent);
            wrapped.push_str(hang);
            width = indent.chars().count() + hang.len();
        } else {
            wrapped.push(' ');
            width += 1;
        }
        wrapped.push_str(word);
        width += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_hang_under_their_point_and_addresses_stay_whole() {
        let words = "сөз ".repeat(30);
        let link = format!("https://example.kz/{}", "a".repeat(90));
        let text =
            format!("\n\n* {words}\n  {words}\n  {link}\n\n\n\n{words}{link}\n\n-- \nend\n\n");
        let wrapped = wrap(&text);
        let lines: Vec<&str> = wrapped.lines().collect();
        assert!(lines[0].starts_with("* сөз") && lines[1].starts_with("  сөз"));
        assert!(lines.contains(&format!("  {link}").as_str()));
        assert!(lines.contains(&link.as_str()));
        assert!(lines.contains(&"-- "));
        assert!(!wrapped.contains("\n\n\n") && wrapped.ends_with("\nend"));
        for line in lines {
            assert!(
                line.chars().count() <= LINE_MAX_CHARS || line.ends_with(&link),
                "{line}"
            );
        }
    }
}
