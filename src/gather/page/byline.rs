//! Who wrote an article, as its page shows it.

mod near;

use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;

use super::markup::{Page, text_of};
use super::opening::line;

/// Where pages mark the author, the surest first.
const MARKS: [&str; 7] = [
    "[itemprop=\"author\"] [itemprop=\"name\"]",
    "[itemprop=\"author\"]",
    "[rel=\"author\"]",
    "[class*=\"author-name\"],[class*=\"author__name\"],[class*=\"author_name\"]",
    "a[href*=\"/author/\"]",
    "a[href*=\"/authors/\"]",
    "a[href*=\"/avtor/\"]",
];
/// What programs write where nobody gave a name.
const NOBODY: [&str; 10] = [
    "super user",
    "superuser",
    "admin",
    "administrator",
    "админ",
    "администратор",
    "root",
    "user",
    "webmaster",
    "editor",
];
/// A longer text is no author's name …
const NAME_CHARS_MAX: usize = 80;
/// … and one of more words is none where only a label says that it is one.
const NAME_WORDS_MAX: usize = 5;
/// The most authors taken from one page.
pub const AUTHORS_MAX: usize = 20;
/// The most elements looked at that are marked alike.
const MARKED_MAX: usize = 20;
/// The most texts of a page looked at.
const TEXTS_MAX: usize = 20_000;
/// A longer text is no byline.
const BYLINE_BYTES_MAX: usize = 240;
/// So many lines may follow a signature: who took the pictures.
const AFTER_SIGNATURE_MAX: usize = 2;

/// "Автор: Имя Фамилия", in the house's languages; the name may stand beside it.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:авторы|автор|авторлары|авторлар|avtorlar|avtor|author|мәтін авторы|автор текста|мақала авторы|материал подготовил[аи]?|подготовил[аи]?|беседовал[аи]?|дайындаған|әзірлеген|сұхбаттасқан|текст|мәтін|фото и текст|текст и фото)\s*[:：]\s*(.*)$")
        .expect("the pattern is tested")
});

/// A name as papers sign texts with it: the surname in capitals, before it the given
/// name or its initials ("Айгүл САДЫҚ", "Ә. Б. СҰЛТАН").
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\p{Lu}\p{Ll}+|\p{Lu}\p{Ll}?\.(?:\s?\p{Lu}\p{Ll}?\.)?)\s?\p{Lu}{4,}(?:-\p{Lu}{2,})?$|^(?:\p{Lu}\p{Ll}?\.(?:\s?\p{Lu}\p{Ll}?\.)?)\s?\p{Lu}{2,3}$")
        .expect("the pattern is tested")
});

/// Whether a name is a program's and not a person's.
pub fn is_nobody(name: &str) -> bool {
    NOBODY.contains(&name.trim().to_lowercase().as_str())
}

/// The authors the page shows.
pub fn authors(page: &Page, title: Option<&str>) -> Vec<String> {
    let sure = marked(page).or_else(|| labelled(page));
    match (sure, title) {
        (Some(name), _) => vec![name],
        (None, Some(title)) => near::authors(page, title),
        (None, None) => Vec::new(),
    }
}

/// Who signed a text at its end; behind the names may stand what they are and where.
pub fn signed(text: &str) -> Vec<String> {
    let mut lines = text.lines().rev().map(str::trim);
    let last = lines
        .by_ref()
        .filter(|line| !line.is_empty())
        .take(AFTER_SIGNATURE_MAX + 1)
        .find(|line| !is_credit(line));
    let Some(last) = last.filter(|line| line.len() <= BYLINE_BYTES_MAX) else {
        return Vec::new();
    };
    // Of a text that is nothing else it is the text.
    if lines.all(str::is_empty) {
        return Vec::new();
    }
    let parts = last.trim_end_matches(['.', '!']).split(',').map(str::trim);
    parts
        .take_while(|part| SIGNED.is_match(part))
        .map(str::to_owned)
        .collect()
}

/// Whether a line tells of the pictures.
fn is_credit(line: &str) -> bool {
    let line = line.trim_start_matches(['(', '«']).to_lowercase();
    ["сурет", "фото", "коллаж", "көрнекі", "photo"]
        .iter()
        .any(|word| line.starts_with(word))
}

fn marked(page: &Page) -> Option<String> {
    MARKS.iter().find_map(|mark| {
        let found = page.tree.select(mark);
        let mut names = found.nodes().iter().take(MARKED_MAX).filter_map(name_of);
        let first = names.next()?;
        // Links to several authors stand beside the article.
        let is_link = mark.starts_with("a[");
        (!is_link || names.all(|other| other == first)).then_some(first)
    })
}

fn name_of(node: &NodeRef<'_>) -> Option<String> {
    let text = text_of(node);
    let name = LABEL
        .captures(&text)
        .and_then(|found| found.get(1))
        .map_or(text.as_str(), |rest| rest.as_str());
    let is_name = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !is_nobody(name);
    is_name.then(|| name.to_owned())
}

fn labelled(page: &Page) -> Option<String> {
    let body = page.tree.body()?;
    let mut texts = body
        .descendants_it()
        .filter(NodeRef::is_text)
        .take(TEXTS_MAX);
    texts.find_map(|text| {
        let words = text.text();
        if words.len() > BYLINE_BYTES_MAX {
            return None;
        }
        let words = line(&words)?;
        // The day may stand before it: "14:02 | Автор: Имя Фамилия".
        let mut parts = words.split(['|', '·', '•']);
        let labelled = parts.find_map(|part| LABEL.captures(part.trim()))?;
        let rest = labelled.get(1)?.as_str();
        if rest.is_empty() && parts.next().is_some() {
            return None;
        }
        if rest.is_empty() {
            let after = text.next_element_sibling().or_else(|| {
                let own = text.parent()?;
                (text_of(&own) == words).then(|| own.next_element_sibling())?
            });
            return name(&text_of(&after?));
        }
        name(rest)
    })
}

/// The name that begins a text, up to what parts it from the next.
fn name(text: &str) -> Option<String> {
    let end = text.find(['|', '·', '•', ';', '(', '.', '\u{1f441}']);
    let name = match end {
        // "А. Б. Серік" has dots of its own.
        Some(at) if !text[at..].starts_with('.') || text[..at].chars().count() > 2 => &text[..at],
        _ => text,
    };
    let name = name.trim().trim_end_matches(',');
    let is_name = name.starts_with(char::is_uppercase)
        && name.chars().count() <= NAME_CHARS_MAX
        && name.split_whitespace().count() <= NAME_WORDS_MAX
        && !name.bytes().any(|byte| byte.is_ascii_digit())
        && !is_nobody(name);
    is_name.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::gather::page::tests::read_as_article;

    #[test]
    fn the_author_a_page_shows_is_found() {
        let cases = [
            ("<p>Автор: Ольга Корниенко</p>", Some("Ольга Корниенко")),
            (
                "<div>Авторы: Асель Сейткали, Марат Ким | 14 просмотров</div>",
                Some("Асель Сейткали, Марат Ким"),
            ),
            (
                "<div><b>Автор:</b> <span>Ерлан Оспанов</span></div>",
                Some("Ерлан Оспанов"),
            ),
            ("<div>Avtor: Gulnar Serik</div>", Some("Gulnar Serik")),
            (
                "<p>Материал подготовила: Ольга Корниенко</p>",
                Some("Ольга Корниенко"),
            ),
            ("<p>Дайындаған: Асхат ОМАР</p>", Some("Асхат ОМАР")),
            ("<p>Текст: чтение вслух для всех желающих</p>", None),
            ("<div>Автор: А. Б. Серік</div>", Some("А. Б. Серік")),
            (
                "<p class=\"wp-block-post-author-name\">Айгүл Нұр</p>",
                Some("Айгүл Нұр"),
            ),
            ("<a href=\"/authors/5\">Болат Иса</a>", Some("Болат Иса")),
            (
                "<a href=\"/authors/5\">Болат Иса</a><a href=\"/authors/6\">Ерлан Оспанов</a>",
                None,
            ),
            ("<div>Автор: admin</div>", None),
            (
                "<div>10 ноября 2021, 14:02 | Автор: Марат Ахметов</div>",
                Some("Марат Ахметов"),
            ),
            (
                "<div>14:02 · Автор: <b>Марат Ахметов</b></div>",
                Some("Марат Ахметов"),
            ),
            ("<div>Автор: | 14:02 <b>Марат Ахметов</b></div>", None),
            (
                "<p>Автор: все права на эти материалы принадлежат редакции газеты и её авторам</p>",
                None,
            ),
            ("<p>Авторы 12 книг</p>", None),
        ];
        for (shown, expected) in cases {
            let html = format!(
                "<html><head><title>Форум</title><meta name=author content=\"Super User\"></head><body><h1>Форум</h1>{shown}\
                 <p>Хлебоприёмные предприятия завершили заготовку, зерно сушили круглые сутки, и потерь удалось избежать.</p></body></html>"
            );
            let authors = read_as_article(&html).authors;
            let name = authors.first().and_then(|author| author.name.as_deref());
            assert_eq!(name, expected, "{shown}");
        }
    }
    #[test]
    fn a_paper_s_authors_are_all_told() {
        let metas = "<meta name=citation_author content=\"Elena Kowalska\"><meta name=citation_author content=\"\">\
             <meta name=citation_author_institution content=\"Gdansk Univ\"><meta name=citation_author content=\"Henrik Dahl\">";
        let html = format!("<html><head>{metas}</head><body><h1>Mussel growth</h1></body></html>");
        let authors = read_as_article(&html).authors.into_iter();
        let names: Vec<String> = authors.filter_map(|author| author.name).collect();
        assert_eq!(names, ["Elena Kowalska", "Henrik Dahl"]);
    }

    /// The habit of Kazakhstan's papers; three capitals may be an office's.
    #[test]
    fn who_signed_a_text_wrote_it() {
        let cases: [(&str, &[&str]); 13] = [
            ("Мәтін.\nАйгүл САДЫҚ", &["Айгүл САДЫҚ"]),
            ("Мәтін.\nАйгүл САДЫҚ,\n", &["Айгүл САДЫҚ"]),
            (
                "Мәтін.\n\nҚанат ТОҚАЙ, «Қала үні», Қостанай облысы\nСуреттерді түсірген автор\n",
                &["Қанат ТОҚАЙ"],
            ),
            (
                "Текст.\nОльга КИМИНА, Марат ЕСЕН.",
                &["Ольга КИМИНА", "Марат ЕСЕН"],
            ),
            ("Текст.\nО. КИМ", &["О. КИМ"]),
            ("Текст.\nӘ.СҰЛТАН", &["Ә.СҰЛТАН"]),
            (
                "Текст.\nА. Б. СЕРІК-ОСПАН\n(Фото автора)",
                &["А. Б. СЕРІК-ОСПАН"],
            ),
            ("Айгүл САДЫҚ", &[]),
            ("Мәтін.\nАйгүл Садық", &[]),
            ("Мәтін.\nБұл туралы ҚР АШМ хабарлады", &[]),
            ("Мәтін.\nАЛМАТЫ", &[]),
            ("Мәтін.\nЖаңа АЭС", &[]),
            ("Суреттер\nФото: А. Ким", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(super::signed(text), expected, "{text}");
        }
    }
}
