//! Persons out of one line: `a@b.kz (Name)`, `Name <a@b.kz>`, `Name (a@b.kz)`.

use crate::model::draft::Person;

/// The longest line read as a person.
const PERSON_BYTES_MAX: usize = 1024;

/// The person a line names; `None` if it names nobody.
pub(super) fn from_line(line: &str) -> Option<Person> {
    let line = line.trim();
    if line.is_empty() || line.len() > PERSON_BYTES_MAX {
        return None;
    }
    let mut words = line
        .split(|c: char| c.is_whitespace() || "<>()[],;\"".contains(c))
        .map(|word| word.trim_start_matches("mailto:"))
        .map(|word| word.split('?').next().unwrap_or_default());
    let email = if line.contains('@') {
        words.find(|word| is_email(word))
    } else {
        None
    };
    let name = match email {
        Some(email) => {
            let without = line
                .replace("mailto:", "")
                .split_whitespace()
                .map(|word| without_address(word, email))
                .collect::<Vec<_>>()
                .join(" ")
                .replace("()", "")
                .replace("<>", "")
                .replace("[]", "");
            let name = without
                .trim()
                .trim_matches([',', ';', '"', ' ', '-', '–', '—', ':', '|', '/']);
            let name = name
                .strip_prefix('(')
                .and_then(|name| name.strip_suffix(')'))
                .unwrap_or(name);
            name.trim().to_owned()
        }
        None => line.to_owned(),
    };
    Some(Person {
        name: Some(name).filter(|name| !name.is_empty()),
        email: email.map(str::to_owned),
        url: None,
    })
}

/// `word` without the address and what an address is told with (`?subject=…`).
fn without_address(word: &str, email: &str) -> String {
    let Some((before, after)) = word.split_once(email) else {
        return word.to_owned();
    };
    let after = if after.starts_with('?') {
        let end = after.find([')', '>', ']']).unwrap_or(after.len());
        &after[end..]
    } else {
        after
    };
    format!("{before}{after}")
}

fn is_email(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let cases = [
            ("a@b.kz (Әсел Нұр)", Some("Әсел Нұр"), Some("a@b.kz")),
            ("Әсел <a@b.kz>", Some("Әсел"), Some("a@b.kz")),
            ("Әсел (a@b.kz)", Some("Әсел"), Some("a@b.kz")),
            ("a@b.kz", None, Some("a@b.kz")),
            ("Әсел (редактор)", Some("Әсел (редактор)"), None),
            ("mailto:a@b.kz", None, Some("a@b.kz")),
            ("@handle", Some("@handle"), None),
        ];
        for (line, name, email) in cases {
            let person = from_line(line).unwrap();
            assert_eq!(
                (person.name.as_deref(), person.email.as_deref()),
                (name, email)
            );
        }
        assert_eq!(from_line("  "), None);
    }
}
