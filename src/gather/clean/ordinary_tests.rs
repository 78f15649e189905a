use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::by_tree;
use super::*;

fn base() -> Url {
    Url::parse("https://jarshy.example/news/").unwrap()
}

/// Pieces of markup, ordinary and not, and what is between them.
const PIECES: [&str; 64] = [
    "<p>",
    "</p>",
    "<a href=\"https://a.example/?a=1&amp;b=ә\" target='_blank'>",
    "</a>",
    "<a href='/x y' rel=\"me\" lang=\"kk\" hreflang=ru>",
    "<a>",
    "<br>",
    "<br/>",
    "<br />",
    "<img src=\"/i.png\" alt='\"Форум\"' class=\"x\" />",
    "<img src=\"data:image/png,x\" width=\"1\" width=\"2\">",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<strong class='y'>",
    "</strong>",
    "<em>",
    "</em>",
    "<ul>",
    "</ul>",
    "<ol start=\"3\" title=\"&lt;&nbsp;&#8212;\">",
    "</ol>",
    "<li>",
    "</li>",
    "<div id=\"d\">",
    "</div>",
    "<span style=\"x\">",
    "<span dir=\"rtl\">",
    "<span dir='RTL' dir=\"ltr\">",
    "</span>",
    "<h2>",
    "</h2>",
    "<h3>",
    "</h3>",
    "<hr>",
    "<hr align=\"left\"/>",
    "<blockquote cite=\"javascript:x()\">",
    "</blockquote>",
    "<figure>",
    "</figure>",
    "<code>",
    "</code>",
    "<article>",
    "</article>",
    "<table>",
    "<script>",
    "<a href=\"jav&Tab;ascript:x()\">",
    "<a href=\"javascript:x()\">",
    "<P>",
    "<!-- x -->",
    "<svg>",
    " 1 < 2 > 1 ",
    "&amp;&laquo;қ&raquo;",
    "&nbsp;\u{a0}\u{85}",
    "&quot; \" '",
    "&#8212;",
    "&#147;",
    "&copy",
    "&x;",
    "өңір форумы\n",
    "\t \n",
    "x",
    "<img title=\"a>b\" src='http://[x'>",
];

/// Whether it is told apart or not, what comes out is the same.
fn check(html: &str) {
    for base in [None, Some(base())] {
        if let Some(clean) = clean(html, base.as_ref()) {
            assert_eq!(clean, by_tree(html, base.as_ref()), "{html}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn it_is_what_the_tree_gives(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12)) {
        check(&pieces.concat());
    }

    /// Opened and closed in order, so that most is ordinary.
    #[test]
    fn it_is_what_the_tree_gives_of_nested_elements(
        steps in prop::collection::vec((0..ELEMENTS.len(), any::<bool>(), 0..PIECES.len()), 0..16),
    ) {
        let mut html = String::new();
        let mut open = Vec::new();
        for (at, close, piece) in steps {
            let element = &ELEMENTS[at];
            write!(html, "<{} title=\"т\">", element.name).expect("a string");
            if !PIECES[piece].starts_with('<') {
                html.push_str(PIECES[piece]);
            }
            if element.sort.has_content() {
                open.push(element.name);
            }
            if close && let Some(name) = open.pop() {
                write!(html, "</{name}>").expect("a string");
            }
        }
        for name in open.iter().rev() {
            write!(html, "</{name}>").expect("a string");
        }
        check(&html);
    }
}

#[test]
fn every_attribute_is_kept_or_dropped_as_the_tree_does() {
    const NAMES: [&str; 26] = [
        "href", "src", "hreflang", "align", "alt", "height", "width", "size", "start", "cite",
        "lang", "title", "dir", "class", "id", "style", "rel", "onclick", "srcset", "datetime",
        "span", "type", "name", "char", "ping", "data-x",
    ];
    const VALUES: [&str; 9] = [
        "https://a.example/x",
        "HTTP://A.example",
        "mailto:a@b.kz",
        "javascript:alert(1)",
        "/x",
        "",
        " //y ",
        "http://[",
        "data:text/html,x",
    ];
    for element in &ELEMENTS {
        for (name, value) in NAMES
            .iter()
            .flat_map(|name| VALUES.map(|value| (name, value)))
        {
            let inner = format!(
                "<{0} {name}=\"{value}\" {name}='{value}' x=\"y\">",
                element.name
            );
            let tag = format!("<{} {name}=\"{value}\">", element.name);
            for tag in [inner, tag] {
                let end = if element.sort.has_content() {
                    format!("x</{}>", element.name)
                } else {
                    String::new()
                };
                let html = if element.sort == Sort::ListItem {
                    format!("<ul>{tag}{end}</ul>")
                } else {
                    format!("{tag}{end}")
                };
                check(&html);
            }
        }
    }
}

#[test]
fn an_outlets_article_is_ordinary() {
    let html = "<p>Форум <strong>ертең</strong> өтеді.<br />\n<a href=\"/a?b=1&amp;c=2\" target=\"_blank\">Толығырақ</a></p>\n\
        <figure class=\"wp\"><img src=\"https://a.kz/i.jpg\" alt=\"&laquo;Форум&raquo;\" loading=\"lazy\"/><figcaption>Сурет</figcaption></figure>\
        <ul><li>Астана&nbsp;— 5 желтоқсан</li><li><p>Алматы &amp; Шымкент</p></li></ul><blockquote><p>«Иә»</p></blockquote>";
    assert!(clean(html, Some(&base())).is_some());
    check(html);
    for odd in [
        "<p>a<p>b",
        "<b><p>x</b></p>",
        "<script>x</script>",
        "a < b",
        "<!--x-->",
        "a\rb",
        "\u{feff}<p>x</p>",
        "<p onclick=x()>y</p>",
    ] {
        assert_eq!(clean(odd, None), None, "{odd}");
    }
}
