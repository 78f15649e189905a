use crate::gather::page::tests::read_as_article;

const TEXT: &str = "<p>The money, if it comes, would be spent on a new roof for the fish market and on \
    smaller improvements nearby, and the plan calls for new jobs.</p>";

fn authors(article: &str) -> Vec<String> {
    let html = format!(
        "<html><head><title>A plain headline</title></head><body><article class=post>{article}</article></body></html>"
    );
    let authors = read_as_article(&html).authors.into_iter();
    authors.filter_map(|author| author.name).collect()
}

fn check(cases: &[(&str, &[&str])]) {
    for (byline, expected) in cases {
        let article = format!("<h1>A plain headline</h1>{byline}{TEXT}");
        assert_eq!(authors(&article), *expected, "{byline}");
    }
}

#[test]
fn the_line_under_the_title_says_who_wrote_it() {
    check(&[
        ("<p>By Samuel Pike</p>", &["Samuel Pike"]),
        (
            "<p class=byline>By <a>Samuel Pike</a></p>",
            &["Samuel Pike"],
        ),
        (
            "<font>By Samuel Pike<br>April 12, 1999</font>",
            &["Samuel Pike"],
        ),
        ("<p>By Samuel Pike | August 11, 2020</p>", &["Samuel Pike"]),
        ("<p>By Samuel Pike, political editor</p>", &["Samuel Pike"]),
        ("<p>By Samuel Pike on May 3, 2020</p>", &["Samuel Pike"]),
        (
            "<p>Posted by <span>Tom W.</span> on May 3, 2020</p>",
            &["Tom W."],
        ),
        (
            "<p>By <a>Samuel Pike</a> and <a>Elena Kowalska</a></p>",
            &["Samuel Pike", "Elena Kowalska"],
        ),
        (
            "<p>By Samuel Pike, Ruth Feldman and Elena Kowalska</p>",
            &["Samuel Pike", "Ruth Feldman", "Elena Kowalska"],
        ),
        ("<p>By Tom and Anna Smith</p>", &["Tom and Anna Smith"]),
        (
            "<p><span>By</span> <b>Samuel Pike</b></p>",
            &["Samuel Pike"],
        ),
        (
            "<p class=autor>Von Ursula von der Leyen</p>",
            &["Ursula von der Leyen"],
        ),
        (
            "<div class=su-signature>Par Yann Le Goff</div>",
            &["Yann Le Goff"],
        ),
        ("<p>Por Julián Ortega</p>", &["Julián Ortega"]),
    ]);
}

#[test]
fn an_element_called_the_author_s_says_it_without_a_word() {
    check(&[
        ("<p class=author>Julián Ortega</p>", &["Julián Ortega"]),
        (
            "<div class=authorName><a>Марат Ахметов</a></div>",
            &["Марат Ахметов"],
        ),
        (
            "<div class=topic-authors><span class=topic-authors__name>Марат Ахметов</span> <i>(редактор)</i></div>",
            &["Марат Ахметов"],
        ),
        ("<span class=author>Тимур</span>", &["Тимур"]),
        (
            "<span class=byline> by <span class=\"author vcard\"><a>Annie Prowse</a></span></span>",
            &["Annie Prowse"],
        ),
        (
            "<h2>A lead that says in one line what the article is about, as leads do everywhere, and then some more of the same.</h2><p>By Samuel Pike</p>",
            &["Samuel Pike"],
        ),
        (
            "<div><p>Text of one line.</p><p>by <a class=\"p-author h-card\">Bo</a> on <time>2024-05-17</time></p></div>",
            &["Bo"],
        ),
        (
            "<ul class=byline><li>Louise Keller</li><li>17 October 2019</li></ul>",
            &["Louise Keller"],
        ),
        ("<p>Words by Samuel Pike</p>", &["Samuel Pike"]),
        ("<p>By A. B. Serik</p>", &["A. B. Serik"]),
    ]);
}

#[test]
fn what_only_looks_like_a_byline_names_nobody() {
    let cases = [
        "<p>By October the contractors had left.</p>",
        "<p>By Samuel Pike’s own account nobody read it.</p>",
        "<p>By <b>Samuel Pike</b> had gone.</p>",
        "<p>By Samuel Pike <a>had said</a> it all.</p>",
        "<p>By Samuel Pike, 34, who has lived beside the quarry for years, it was said.</p>",
        "<p>By Friday</p>",
        "<p>By Invitation</p>",
        "<p>By The Numbers</p>",
        "<p>By land and sea</p>",
        "<p>Von Berlin nach Hamburg</p>",
        "<p>Von Weltall</p>",
        "<figure><img src=a.jpg><figcaption>By Getty Images</figcaption></figure>",
        "<aside><p>By Samuel Pike</p></aside>",
        "<nav><a class=author>Samuel Pike</a></nav>",
        "<div class=author>Автор</div>",
        "<div class=author>About the author</div>",
        "<div class=author>View All Posts</div>",
        "<div class=author>Daily Lantern, July 23, 2014</div>",
        "<div class=author>by saltydog » Sun Jun 17, 2012</div>",
        "<div class=byline>8 ноября 2026</div>",
        "<div class=byline>Экономика</div>",
        "<div class=comments><p class=author>Samuel Pike</p></div>",
        "<p>By admin</p>",
    ];
    for shown in cases {
        let article = format!("<h1>A plain headline</h1>{shown}{TEXT}");
        assert_eq!(authors(&article), [""; 0], "{shown}");
    }
}

#[test]
fn behind_the_text_only_the_entry_s_own_program_names_its_author() {
    let byline = "<span class=\"post-author vcard\">Posted by <span>Tom W.</span></span>";
    let cases: [(String, &[&str]); 5] = [
        (
            format!("<div class=post-footer>{byline}</div>"),
            &["Tom W."],
        ),
        ("<p>By Samuel Pike</p>".to_owned(), &[]),
        ("<p class=author>Samuel Pike</p>".to_owned(), &[]),
        (format!("<div><h3>Another article</h3>{byline}</div>"), &[]),
        (format!("<div class=post>{byline}</div>"), &[]),
    ];
    for (shown, expected) in cases {
        let article = format!("<h1>A plain headline</h1>{}{shown}", TEXT.repeat(6));
        assert_eq!(authors(&article), expected, "{shown}");
    }
}
