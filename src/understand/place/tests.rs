use super::gazetteer::{DISTRICTS, PLACES, rows};
use super::*;
use crate::text::tokens::tokens;

fn shown(text: &str) -> String {
    mentions(&tokens(text))
        .into_iter()
        .map(|mention| {
            let region = mention.region.map_or("-".to_owned(), Region::code);
            let located = if mention.located { " located" } else { "" };
            format!("{} {region}{located}", mention.city.unwrap_or("-"))
        })
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn places_are_found_in_every_form() {
    let cases = [
        ("Форум Астанада өтеді", "Astana KZ-71 located"),
        ("форум пройдет в Астане", "Astana KZ-71 located"),
        ("a forum in Almaty", "Almaty KZ-75 located"),
        ("Алматы облысында форум", "- KZ-19 located"),
        ("в Алматинской области", "- KZ-19 located"),
        ("Нұр-Сұлтан қаласында", "Astana KZ-71 located"),
        ("в Усть-Каменогорске", "Oskemen KZ-63 located"),
        ("Западно-Казахстанской области", "- KZ-27"),
        ("West Kazakhstan Region hosts", "- KZ-27"),
        ("Оралда форум", "Oral KZ-27 located"),
        ("Орал оның досы", ""),
        ("в Ташкенте", "Tashkent - located"),
        ("Абай Құнанбайұлы", ""),
        ("Абай облысында", "- KZ-10 located"),
        ("область Абай", "- KZ-10"),
        ("Балқаш көлі", ""),
        ("Зайсан ауданында", "- KZ-63 located"),
        ("в Зайсанском районе", "- KZ-63 located"),
        ("Түркістан көшесі", ""),
        ("улица Ташкент", ""),
        ("Алтай Көлгінов келді", ""),
        ("Семипалатинскіге барды", ""),
        ("в Семипалатинске", "Semey KZ-10 located"),
        ("в Целинограде", "Astana KZ-71 located"),
        ("Үшаралда жиын", "Usharal KZ-33 located"),
        (
            "бүгін Орал мен Ақсай қалаларында",
            "Oral KZ-27, Aqsay KZ-27 located",
        ),
        ("«Астана» клубы", ""),
        ("Тереңкөл ауданы", "- KZ-55"),
        ("Жақсы адам", ""),
        ("Атырау өңірінде", "- KZ-23 located"),
        ("район имени Габита Мусрепова", "- KZ-59"),
        ("Т. Рысқұлов ауданы", "- KZ-31"),
        ("в районе Алтай", "- KZ-63 located"),
        ("Алматинской и Жамбылской областей", "- KZ-19, - KZ-31"),
        ("Карагандинский университет", "Karagandy KZ-35"),
        ("в таразском областном театре", "Taraz KZ-31 located"),
        ("выпускница Карагандинского университета", ""),
        ("карагандинские журналисты", ""),
        (
            "Ақмола, Атырау, Павлодар облыстарында",
            "- KZ-11, - KZ-23, - KZ-55 located",
        ),
        (
            "Оралда, Өскеменде және Абай облысында",
            "Oral KZ-27 located, Oskemen KZ-63 located, - KZ-10 located",
        ),
        ("Lake Balkhash", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn every_region_has_a_name_and_every_row_its_columns() {
    for region in Region::all() {
        let code = region.code();
        assert!(PLACES.lines().any(|line| line.contains(&code)), "{code}");
    }
    for line in rows(PLACES) {
        assert_eq!(line.split('\t').count(), 6, "{line}");
    }
    for line in rows(DISTRICTS) {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), 5, "{line}");
        for code in columns[1].split('|') {
            assert!(code.parse::<Region>().is_ok(), "{line}");
        }
        assert!(
            columns[4] == "-" || columns[4].split(';').count() == 4,
            "{line}"
        );
    }
}

/// Places of television news, where they are at hand: what was reached must not
/// be lost.
#[test]
fn the_developing_data_is_read_as_well_as_before() {
    let Ok(data) = std::fs::read_to_string("../shared/kk/places.dev.jsonl") else {
        return;
    };
    let (mut labels, mut exact, mut regions) = (0_u32, 0_u32, 0_u32);
    for line in data.lines() {
        let label: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = label["text"].as_str().expect("text");
        let tokens = tokens(text);
        let found = mentions(&tokens).into_iter().find(|mention| {
            let words = text.get(tokens[mention.first].start..tokens[mention.after - 1].end);
            words == label["span"].as_str()
        });
        labels += 1;
        exact += u32::from(found.is_some());
        let region = found.and_then(|mention| mention.region).map(Region::code);
        regions += u32::from(region.as_deref() == label["region"].as_str());
    }
    assert!(exact * 100 >= labels * 95, "{exact} of {labels}");
    assert!(regions * 100 >= labels * 94, "{regions} of {labels}");
}

#[test]
fn latin_spellings_are_one_name() {
    let cases = [
        ("a forum in Konaev", "Konayev KZ-19 located"),
        ("a forum in Qonaev", "Konayev KZ-19 located"),
        ("a forum in Qostanai", "Kostanay KZ-39 located"),
        ("Forum Oskemende", "Oskemen KZ-63 located"),
        ("Forum Qulsaryda", "Kulsary KZ-23 located"),
        ("Forum Qostanayda", "Kostanay KZ-39 located"),
        ("Forum Kokshetauda", "Kokshetau KZ-11 located"),
        ("Forum Türkistanda", "Turkistan KZ-61 located"),
        ("Forum Rıdderde", "Ridder KZ-63 located"),
        ("Forum Balkhashta", "Balqash KZ-35 located"),
        ("flights from Saranda", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
    // As texts known to be Kazakh are compared, by the spelling each is in.
    let kazakh = [
        ("Erteñ Oskemende forum ótedi, qalada jıyn bolady", "Oskemen"),
        ("Erteñ Qulsaryda forum ötedi", "Kulsary"),
        ("Erteñ Qostanayda forum ötedi", "Kostanay"),
        ("Erteñ Kokshetauda ülken forum ötedi", "Kokshetau"),
        ("Erteñ Türkistanda ülken forum ötedı", "Turkistan"),
        ("Erteñ Rıdderde ülken forum ötedı", "Ridder"),
        ("Erteñ Rıdderde ülken forum ötedi", "Ridder"),
    ];
    for (text, city) in kazakh {
        let tokens = crate::understand::dates::tokens_to_read(text);
        let found: Vec<_> = mentions(&tokens)
            .into_iter()
            .map(|found| (found.city, found.located))
            .collect();
        assert_eq!(found, [(Some(city), true)], "{text}");
    }
}
