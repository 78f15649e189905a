use super::*;

const PUBLISHED: &str = "2017-09-25";

pub(super) fn shown(text: &str, published: &str) -> String {
    let published: NaiveDate = published.parse().expect("date");
    let tokens = tokens_to_read(text);
    spans(&tokens, published)
        .into_iter()
        .map(|span| {
            let words = &text[tokens[span.first].start..tokens[span.after - 1].end];
            let value = span.value.iso().unwrap_or_else(|| "-".to_owned());
            format!("{words} = {} {value}", span.value.kind())
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(shown(text, PUBLISHED), *expected, "{text}");
    }
}

#[test]
fn kazakh_is_read() {
    check(&[
        ("бес желтоқсанда өтеді", "бес желтоқсанда = day 2017-12-05"),
        (
            "екі мың он жетінші жылы",
            "екі мың он жетінші жылы = year 2017",
        ),
        (
            "5–7 желтоқсан аралығында",
            "5–7 желтоқсан аралығында = range 2017-12-05/2017-12-07",
        ),
        (
            "наурыздың бесі мен он төрті аралығында",
            "наурыздың бесі мен он төрті аралығында = range 2018-03-05/2018-03-14",
        ),
        (
            "27-нші қыркүйек пен 4-інші қазан аралығында",
            "27-нші қыркүйек пен 4-інші қазан аралығында = range 2017-09-27/2017-10-04",
        ),
        (
            "5 қазаннан 7 қазанға дейін",
            "5 қазаннан 7 қазанға дейін = range 2017-10-05/2017-10-07",
        ),
        (
            "осы жылғы 6 қазанда сағат 10:00-де",
            "осы жылғы 6 қазанда = day 2017-10-06; 10:00-де = time T10:00",
        ),
        (
            "ертең түстен кейін",
            "ертең = day 2017-09-26; түстен кейін = time -",
        ),
        ("келесі сейсенбіде", "келесі сейсенбіде = day 2017-10-03"),
        (
            "бірінші шілдеге дейін",
            "бірінші шілдеге дейін = day 2017-07-01",
        ),
        (
            "28 маусымда 18.30",
            "28 маусымда = day 2017-06-28; 18.30 = time T18:30",
        ),
    ]);
}

#[test]
fn kazakh_periods_are_read() {
    check(&[
        (
            "2017-де, екі мың он жетіде, кейінгі жылдары",
            "2017-де = year 2017; екі мың он жетіде = year 2017; кейінгі жылдары = vague -",
        ),
        (
            "былтыр қазан айында",
            "былтыр = year 2016; қазан = month 2016-10",
        ),
        (
            "өткен жылдың қазанында",
            "өткен жылдың қазанында = month 2016-10",
        ),
        (
            "екі мың жиырмасыншы жылдың мамыр айында",
            "екі мың жиырмасыншы жылдың мамыр айында = month 2020-05",
        ),
        (
            "тоқсаныншы жылдардың басында",
            "тоқсаныншы жылдардың басында = decade 199",
        ),
        (
            "таңғы тоғыздан кешкі сегізге дейін",
            "таңғы тоғыздан кешкі сегізге дейін = time T09:00/T20:00",
        ),
        (
            "сағат он сегіз нөл-нөлде",
            "он сегіз нөл-нөлде = time T18:00",
        ),
        (
            "осы аптада, келесі айда",
            "осы аптада = week 2017-W39; келесі айда = month 2017-10",
        ),
        (
            "қазанның 6-сынан 8-іне дейін",
            "қазанның 6-сынан 8-іне дейін = range 2017-10-06/2017-10-08",
        ),
        (
            "келесі аптаның сейсенбісінде",
            "келесі аптаның сейсенбісінде = day 2017-10-03",
        ),
        (
            "Қазан қаласында 6 қазан, 2017 адам",
            "6 қазан = day 2017-10-06",
        ),
        ("төртінші тоқсанда", "төртінші тоқсанда = quarter 2017-36"),
        (
            "ертең бүгін-ертең бүгінде жыл сайын",
            "ертең = day 2017-09-26; бүгін-ертең = vague -; бүгінде = vague -; жыл сайын = repeated -",
        ),
        ("6 qazan kúni Astanada ótedi", "6 qazan = day 2017-10-06"),
    ]);
}

#[test]
fn russian_is_read() {
    check(&[
        (
            "Он год работал, он 6 октября приехал",
            "6 октября = day 2017-10-06",
        ),
        (
            "утром 5 октября, к 9 утра, в три часа дня",
            "утром = time -; 5 октября = day 2017-10-05; 9 утра = time T09:00; три часа дня = time T15:00",
        ),
        ("в 18 часов 30 минут", "18 часов 30 минут = time T18:30"),
        (
            "В 2 раза больше, в 10 странах, 1,5 млн, счет 3:2, 25 процентов",
            "",
        ),
        (
            "с 26 по 28 сентября",
            "с 26 по 28 сентября = range 2017-09-26/2017-09-28",
        ),
    ]);
}

#[test]
fn russian_ranges_and_years_are_read() {
    check(&[
        (
            "с 26 сентября по 2 октября",
            "с 26 сентября по 2 октября = range 2017-09-26/2017-10-02",
        ),
        ("в ближайшую пятницу", "ближайшую пятницу = day 2017-09-29"),
        ("в октябре", "октябре = month 2017-10"),
        (
            "завтра, 26 сентября",
            "завтра = day 2017-09-26; 26 сентября = day 2017-09-26",
        ),
        (
            "двадцать шестого сентября",
            "двадцать шестого сентября = day 2017-09-26",
        ),
        (
            "5 мая две тысячи шестнадцатого года",
            "5 мая две тысячи шестнадцатого года = day 2016-05-05",
        ),
        (
            "В прошлом году, в 2016–2017 годах",
            "прошлом году = year 2016; 2016–2017 годах = range 2016/2017",
        ),
        (
            "в понедельник, 2 октября, в 10.00",
            "понедельник = day 2017-10-02; 2 октября = day 2017-10-02; 10.00 = time T10:00",
        ),
        ("с 9:00 до 18:00", "с 9:00 до 18:00 = time T09:00/T18:00"),
        ("в 7 часов вечера", "7 часов вечера = time T19:00"),
        (
            "в первом квартале 2018 года",
            "первом квартале 2018 года = quarter 2018-33",
        ),
        (
            "в сентябре прошлого года",
            "сентябре прошлого года = month 2016-09",
        ),
        (
            "15 октября текущего года",
            "15 октября текущего года = day 2017-10-15",
        ),
        ("6 октября 1500 человек", "6 октября = day 2017-10-06"),
        (
            "с 28 декабря 2015 года по 3 января",
            "с 28 декабря 2015 года по 3 января = range 2015-12-28/2016-01-03",
        ),
        (
            "с 28 декабря по 3 января 2016 года",
            "с 28 декабря по 3 января 2016 года = range 2015-12-28/2016-01-03",
        ),
        ("в 2015-м, у Марты", "2015-м = year 2015"),
        (
            "в XX веке, в 90-е годы",
            "XX веке = century 19; 90-е годы = decade 199",
        ),
    ]);
}

#[test]
fn english_is_read() {
    check(&[
        (
            "in Sept. 2017 at noon, midnight",
            "Sept. 2017 = month 2017-09; noon = time T12:00; midnight = time T00:00",
        ),
        (
            "from 9 a.m. to 6 p.m. on Oct 6-8",
            "from 9 a.m. to 6 p.m. = time T09:00/T18:00; Oct 6-8 = range 2017-10-06/2017-10-08",
        ),
        (
            "this Thursday at 3 p.m.",
            "this Thursday = day 2017-09-28; 3 p.m. = time T15:00",
        ),
        (
            "October 6–8, 2017",
            "October 6–8, 2017 = range 2017-10-06/2017-10-08",
        ),
        (
            "on the sixth of October",
            "sixth of October = day 2017-10-06",
        ),
        (
            "the twenty-first of October",
            "twenty-first of October = day 2017-10-21",
        ),
        ("in May 2018 he may come", "May 2018 = month 2018-05"),
        (
            "the day after tomorrow",
            "the day after tomorrow = day 2017-09-27",
        ),
        (
            "in 2015, last week, the 1990s",
            "2015 = year 2015; last week = week 2017-W38; 1990s = decade 199",
        ),
        (
            "2017-10-06 or 06.10.2017",
            "2017-10-06 = day 2017-10-06; 06.10.2017 = day 2017-10-06",
        ),
    ]);
}

#[test]
fn lengths_and_ages_are_no_dates() {
    check(&[
        (
            "соңғы 5 жылда, екі-үш ай бұрын",
            "соңғы 5 жылда = duration P5Y; екі-үш ай бұрын = duration -",
        ),
        (
            "бір жарым жыл ішінде, 1, 5 жыл",
            "бір жарым жыл ішінде = duration P1.5Y; 1, 5 жыл = duration P1.5Y",
        ),
        (
            "18 жаста, 25 пен 52 жас аралығында",
            "18 жаста = age P18Y; 25 пен 52 жас аралығында = age -",
        ),
        ("2000 жыл бұрын", "2000 жыл бұрын = duration P2000Y"),
        ("30 жылдығына орай", "30 жылдығына = duration P30Y"),
        (
            "Ему 25 лет, 3 года назад",
            "25 лет = duration P25Y; 3 года назад = duration P3Y",
        ),
        (
            "the 25-year-old, a 3-day event",
            "25-year-old = age P25Y; 3-day = duration P3D",
        ),
        (
            "үш сағат елу минут",
            "үш сағат елу минут = duration PT3H50M",
        ),
        ("екі жылқысы, көз жұмады, қаңтарылып тұр", ""),
        ("«Жекпе-жек» төртінші маусымындағы сайыс", ""),
    ]);
}

#[test]
fn the_tense_tells_which_year_and_weekday() {
    assert_eq!(
        shown("5 мамырда форум өтті", "2017-10-20"),
        "5 мамырда = day 2017-05-05"
    );
    assert_eq!(
        shown("5 мамырда форум өтеді", "2017-10-20"),
        "5 мамырда = day 2018-05-05"
    );
    assert_eq!(
        shown("в пятницу форум пройдет", PUBLISHED),
        "пятницу = day 2017-09-29"
    );
    assert_eq!(
        shown("в пятницу форум прошел", PUBLISHED),
        "пятницу = day 2017-09-22"
    );
}

/// Durations, days and months of television news, where they are at hand: what
/// was reached must not be lost.
#[test]
fn the_developing_data_is_read_as_well_as_before() {
    let Ok(data) = std::fs::read_to_string("../shared/kk/dates.dev.jsonl") else {
        return;
    };
    let published: NaiveDate = "2020-06-15".parse().expect("date");
    let (mut labels, mut exact) = (0_u32, 0_u32);
    for line in data.lines() {
        let label: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = label["text"].as_str().expect("text");
        let tokens = tokens_to_read(text);
        let wanted = label["span"].as_str().expect("span");
        labels += 1;
        exact += u32::from(spans(&tokens, published).iter().any(|span| {
            text.get(tokens[span.first].start..tokens[span.after - 1].end) == Some(wanted)
        }));
    }
    assert!(exact * 100 >= labels * 90, "{exact} of {labels}");
}

#[test]
fn nothing_is_too_odd() {
    let long = "2017 жылғы 6 қазан мен 7 қазан, 8 ".repeat(2_000);
    for text in [
        "",
        "-",
        "6",
        "осы",
        "с",
        "екі мың",
        "жыл",
        "9999999999 жыл",
        "соңғы",
        &long,
    ] {
        for published in ["0001-01-01", "2017-09-25", "9999-12-31"] {
            shown(text, published);
        }
    }
}
