use super::*;

#[test]
fn a_page_of_signs_is_read_once() {
    // Were each read to the end, this would not end today.
    for sign in ["<", "</", "<!--", "-"] {
        let html = format!("<!--{}", sign.repeat(1 << 20));
        assert!(cut(&html[..]).0.len() <= html.len());
        assert!(cut(&html["<!--".len()..]).0.len() <= html.len());
    }
}

#[test]
fn signs_that_begin_nothing_are_counted() {
    for (sign, count) in [("<", STRAY_SIGNS_MAX), ("<![CDATA[", STRAY_SIGNS_MAX)] {
        assert!(!is_a_tower(&sign.repeat(count / 2)), "{sign}");
        let many = sign.repeat(count * 3);
        assert!(is_a_tower(&many), "{sign}");
        let (kept, left_out) = cut(&many);
        assert_eq!(left_out, count * 2, "{sign}");
        assert!(!is_a_tower(&kept), "{sign}");
    }
}

#[test]
fn ordinary_markup_is_no_tower() {
    let card = "<div class='card'><span>a<p>b<b>c</b></div><li>d<i>e</i><br><!-- <div> -->";
    let script = "<script>for(i=0;i<n;i++)document.write('<div><div>')</script>";
    let quoted = "<a title=\"<div> > <div>\" href = 'x'>f</a>";
    let drawing = "<svg viewBox='0 0 1 1'><g><path d='M0'/><path d=\"M0\" /></g></svg><br><td>";
    let all = [card, script, quoted, drawing].map(|part| part.repeat(300));
    assert!(!is_a_tower(&all.concat()));
}

#[test]
fn towers_are_seen_however_they_are_hidden() {
    let floors = [
        "<div>",
        "<b><div></b>",
        "<div></x>",
        "<span><div></span>",
        "<b id=1>",
        "<!--><div>-->",
        "<x><div></x>",
        "<form><div></form>",
        "<div><table></div></table>",
        "<b><table></b></table>",
        "<div><select></div></select>",
        "<div><select><script></div></script></select>",
        "<svg><g a=/>",
        "<svg><foreignObject><div></svg>",
        "<div><title></titlex></div></title>",
        "<svg><style><g></style>",
        "<math><input><tr>",
        "<div a=\">\"><!-- --!></x><p>",
    ];
    for floor in floors {
        assert!(is_a_tower(&floor.repeat(1000)), "{floor}");
    }
    let wide = (0..1000)
        .map(|n| format!(" a{n}=1"))
        .collect::<Vec<_>>()
        .concat();
    assert!(is_a_tower(&format!("<img{wide}>")));
}

#[test]
fn four_times_the_markup_is_four_times_the_work() {
    for floor in ["<b><div></b>", "<div></div>", "<i><p></i></p>"] {
        let (few, many) = (
            measure(&floor.repeat(5_000)),
            measure(&floor.repeat(20_000)),
        );
        assert_eq!(few.0, many.0);
        assert!(many.1 <= few.1 * 4 + 4, "{few:?} {many:?}");
    }
    // The parser gets no tower at all: what comes out is text.
    let tower = "<b><div></b>x".repeat(10_000);
    assert_eq!(
        crate::gather::clean::sanitise(&tower, None)
            .matches('x')
            .count(),
        10_000
    );
    assert!(!crate::gather::clean::sanitise(&tower, None).contains('<'));
}

#[test]
fn ordinary_pages_are_not_touched() {
    let card = "<div class='card'><span>a<p>b<b>c</div><li>d<i>e</i><!-- <div> -->";
    let script = "<script>for(i=0;i<n;i++)document.write('<div><div>')</script>";
    let quoted = "<a title=\"<div> > <div>\" href = 'x'>f</a>";
    let page = format!(
        "<html>{}{}{}",
        card.repeat(30),
        script.repeat(300),
        quoted.repeat(300)
    );
    let (kept, left_out) = cut(&page);
    assert_eq!(left_out, 0);
    assert!(matches!(kept, Cow::Borrowed(_)));
}

#[test]
fn towers_are_cut_and_their_text_stays() {
    let numbered = |make: fn(usize) -> String| (0..5_000).map(make).collect::<Vec<_>>().concat();
    let many = numbered(|n| format!("<b id={n}>x"));
    let wide = numbered(|n| format!(" a{n}=1"));
    let cases = [
        "<div>".repeat(100_000) + "text",
        "<b><div></b>".repeat(100_000) + "text",
        "<div></x>".repeat(100_000) + "text",
        "<span><div></span>".repeat(100_000) + "text",
        many + &"<p>y".repeat(10_000) + "text",
        format!("<img{wide}>text"),
        format!("</p{wide}>text"),
    ];
    for case in cases {
        let (kept, left_out) = cut(&case);
        assert!(left_out > 0, "{}", &case[..40]);
        let tree = dom_query::Document::from(kept.as_ref());
        assert!(tree.text().ends_with("text"), "{}", &case[..40]);
        let deepest = tree.root().descendants_it().fold(0, |deepest, node| {
            deepest.max(node.ancestors_it(None).count())
        });
        assert!(deepest < DOCUMENT_DEPTH_MAX * 2, "{deepest}");
    }
}

#[test]
fn any_ending_is_an_ending() {
    for broken in [
        "<",
        "</",
        "<!--",
        "<!-->",
        "<!--->",
        "<!----",
        "<a",
        "<a b='",
        "<script>",
        "<title>x</",
        "<қ>",
        "</a",
        "<a b=\"қ",
        "<a =",
    ] {
        assert!(!is_a_tower(broken), "{broken}");
        assert_eq!(cut(broken).1, 0, "{broken}");
    }
}

/// What writing a tree out costs html5ever: of each text and each attribute its signs
/// by its length, up to a `<` or `>` that stands in it. And the most attributes of an
/// element.
fn writing(html: &str) -> (usize, usize) {
    let tree = dom_query::Document::from(html);
    let cost = |text: &str| {
        let signs = |part: &str| {
            let signs = part.bytes().filter(|byte| matches!(byte, b'&' | 0xC2));
            signs.count()
        };
        let parts = text.split(['<', '>']);
        parts.map(|part| signs(part) * part.len()).sum::<usize>()
    };
    let (mut work, mut attributes) = (0, 0);
    for node in tree.root().descendants_it() {
        if node.is_text() {
            work += cost(&node.text());
        }
        let own = node.attrs();
        work += own.iter().map(|own| cost(&own.value)).sum::<usize>();
        attributes = attributes.max(own.len());
    }
    (work, attributes)
}

/// Each puts something between two signs, and most of it is not there for the parser.
const BETWEEN: [&str; 44] = [
    "",
    " ",
    "a",
    "#",
    "#x",
    "amp",
    "amp;",
    "lt",
    "nbsp;",
    "notit",
    "laquo;x",
    "CounterClockwiseContourIntegral",
    "«",
    "\u{a0}",
    "x</b>",
    "</p>",
    "<html>",
    "<body>",
    "<td>",
    "<tr>",
    "<head>",
    "<frame>",
    "<col>",
    "<form>",
    "<br>",
    "<p>",
    "<b>",
    "<i></i>",
    "<!--&-->",
    "<x-y>",
    "</x-y>",
    "<option>",
    "<optgroup>",
    "<hr>",
    "<svg>",
    "</svg>",
    "<option><p>",
    "<caption>",
    "<nobr>",
    "<button>",
    "<!DOCTYPE html>",
    "<?x>",
    "< ",
    "</>",
];
/// Where the signs stand.
const AROUND: [(&str, &str); 13] = [
    ("<p>", ""),
    ("<table>", ""),
    ("<table><tr><td>", ""),
    ("<select>", "</select>"),
    ("<title>", "</title>"),
    ("<textarea>", ""),
    ("<xmp>", "</xmp>"),
    ("<noframes>", ""),
    ("<svg><style>", ""),
    ("<math><mi>", ""),
    ("<template>", ""),
    ("<img title='", "'>"),
    ("<plaintext>", ""),
];

#[test]
fn what_is_written_out_costs_its_length_and_not_its_square() {
    for (number, (before, after)) in AROUND.into_iter().enumerate() {
        // All of them in a paragraph, some elsewhere.
        let step = if number == 0 { 1 } else { 9 };
        for between in BETWEEN.into_iter().step_by(step) {
            let html = format!(
                "{before}{}{after}<p>end",
                format!("&{between}").repeat(5_000)
            );
            let kept = cut(&html).0;
            let bound = kept.len() * (signs::SIGNS_MAX + 1) * 2;
            let (work, attributes) = writing(&kept);
            assert!(
                work <= bound,
                "{before}&{between}{after}: {work} of {bound}"
            );
            assert!(attributes <= ATTRIBUTES_MAX, "{before}&{between}{after}");
            if !is_a_tower(&html) {
                assert!(writing(&html).0 <= bound, "{before}&{between}{after}");
            }
        }
    }
}

#[test]
fn a_text_of_many_signs_stays_whole() {
    for sign in ["& ", "&amp;", "«а» ", "&nbsp;x"] {
        let text = sign.repeat(20_000);
        let html = format!("<p>{text}<a href='https://a.example/'>b</a>");
        let (kept, left_out) = cut(&html);
        assert_eq!(left_out, 0, "{sign}");
        let tree = |html: &str| dom_query::Document::from(html).text().to_string();
        assert_eq!(tree(&kept), tree(&html), "{sign}");
        assert!(kept.contains("<a href"), "{sign}");
        let clean = crate::gather::clean::sanitise(&html, None);
        let shown = |html: &str| crate::gather::clean::plain_text(html);
        assert_eq!(shown(&clean), shown(&html), "{sign}");
    }
    // A paragraph of its own for each is no matter.
    let ordinary = "<p>а & б «в»".repeat(20_000);
    assert!(!is_a_tower(&ordinary));
    assert_eq!(cut(&ordinary).0, ordinary);
}

#[test]
fn what_is_said_of_the_root_again_and_again_is_left_out() {
    for root in ["html", "body"] {
        let numbered = |count: usize| -> String {
            let tags = (0..count).map(|number| format!("<{root} a{number}=1>x"));
            tags.collect()
        };
        assert!(!is_a_tower(&numbered(ROOTS_MAX)));
        for html in [
            numbered(5_000),
            format!("<{root}>x").repeat(5_000),
            format!("<{root} {}>{}", "a".repeat(9), numbered(ROOTS_MAX)),
        ] {
            assert!(is_a_tower(&html), "{}", &html[..40]);
            let (kept, left_out) = cut(&html);
            assert!(left_out > 0 && !is_a_tower(&kept), "{}", &html[..40]);
            let letters = |html: &str| html.matches(">x").count();
            assert!(writing(&kept).1 <= ATTRIBUTES_MAX);
            let text = dom_query::Document::from(kept.as_ref()).text();
            assert_eq!(text.matches('x').count(), letters(&html), "{}", &html[..40]);
        }
    }
}

/// The parser puts what stands in a table outside its cells before the table, one by
/// one.
#[test]
fn tables_full_of_what_is_in_no_cell_are_towers() {
    for (start, floor) in [
        ("<table>", "<p>x"),
        ("<table>", "<br>"),
        ("<table><tr><td>a</td>", "<i>x</i>"),
        ("<table><tr><td>a</table><table>", "<li>x"),
        ("", "<table>x</table>"),
        ("", "<table><p></table>"),
        ("<table><tr><td>", "<table>x</table>"),
    ] {
        let html = format!("{start}{}", floor.repeat(3 * FOSTERED_MAX));
        assert!(is_a_tower(&html), "{start}{floor}");
        let (kept, left_out) = cut(&html);
        assert!(left_out >= FOSTERED_MAX, "{start}{floor}: {left_out}");
        assert_eq!(kept.matches('x').count(), html.matches('x').count());
    }
    for table in [
        "<table><tr><td><p>a<p>b<td><b>c</b></table>",
        "<table>\n<caption><p>a</caption>\n<tbody>\n<tr>\n<th><br>a</th>\n</tr></tbody></table>\n",
        "<table><tr><td><table><tr><td><p>a</table><p>b</table>",
    ] {
        assert!(!is_a_tower(&table.repeat(2 * FOSTERED_MAX)), "{table}");
    }
}
