//! The forms a Russian place name takes, by its last letters.

/// All case forms of a name written in compared form; a name that bears no
/// case ("Алматы", "Баку") is its only form.
pub fn forms(name: &str) -> Vec<String> {
    let with = |stem: &str, endings: &[&str]| -> Vec<String> {
        endings
            .iter()
            .map(|ending| format!("{stem}{ending}"))
            .collect()
    };
    if let Some(stem) = name.strip_suffix("ое") {
        return with(stem, &["ое", "ого", "ому", "ым", "ом"]);
    }
    if let Some(stem) = name.strip_suffix('а') {
        let hard = !stem.ends_with(['г', 'к', 'х', 'ж', 'ш', 'щ', 'ч']);
        return with(stem, &["а", if hard { "ы" } else { "и" }, "е", "у", "ой"]);
    }
    if let Some(stem) = name.strip_suffix("ия") {
        return with(stem, &["ия", "ии", "ию", "ией"]);
    }
    if let Some(stem) = name.strip_suffix('ь') {
        return with(stem, &["ь", "и", "ью", "ю", "е", "я"]);
    }
    if let Some(stem) = name.strip_suffix('й') {
        return with(stem, &["й", "я", "ю", "ем", "е"]);
    }
    if let Some(stem) = name.strip_suffix('я') {
        return with(stem, &["я", "и", "е", "ю", "ей"]);
    }
    if name.ends_with(['о', 'у', 'ы', 'и', 'е', 'э', 'ю']) || name.is_ascii() {
        return vec![name.to_owned()];
    }
    with(name, &["", "а", "у", "ом", "е"])
}

/// All case forms of the adjective whose stem ends in "ск" ("зайсанск").
pub fn adjective(stem: &str) -> Vec<String> {
    ["ий", "ого", "ому", "им", "ом"]
        .iter()
        .map(|ending| format!("{stem}{ending}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decline() {
        let cases = [
            ("караганда", "караганде"),
            ("атбасар", "атбасаре"),
            ("аксай", "аксае"),
            ("арысь", "арыси"),
            ("глубокое", "глубоком"),
            ("россия", "россии"),
            ("мамлютка", "мамлютки"),
            ("алматы", "алматы"),
        ];
        for (name, form) in cases {
            assert!(forms(name).iter().any(|made| made == form), "{form}");
        }
        assert_eq!(forms("баку"), ["баку"]);
        assert!(adjective("зайсанск").contains(&"зайсанском".to_owned()));
    }
}
