//! So many of a thing, in the English that the program speaks to its operator.
//! Readers are told in their own tongues, by the messages.

/// `1 letter`, `2 letters`, `2 entries`.
pub fn counted(count: impl TryInto<u64>, thing: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    match (count, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{count} {stem}ies"),
        _ => format!("{count} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        for (count, thing, expected) in [
            (0, "letter", "0 letters"),
            (1, "letter", "1 letter"),
            (2, "letter", "2 letters"),
            (0, "entry", "0 entries"),
            (1, "entry", "1 entry"),
            (21, "entry", "21 entries"),
            (3, "day", "3 days"),
        ] {
            assert_eq!(counted(count, thing), expected);
        }
    }
}
