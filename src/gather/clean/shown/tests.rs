use crate::gather::clean::{plain_text, sanitise};

use super::*;

#[track_caller]
fn gives(html: &str, expected: &str) {
    let base = url::Url::parse("https://akmola.example/news/").unwrap();
    assert_eq!(sanitise(html, Some(&base)), expected, "{html}");
}

#[test]
fn a_picture_that_waits_for_a_script_is_shown() {
    let shown = "<img src=\"https://akmola.example/a.jpg\" alt=\"Есіл\">";
    for html in [
        "<img data-src=\"/a.jpg\" alt=\"Есіл\">",
        "<img src=\"data:image/gif;base64,R0lGOD\" data-src=\"/a.jpg\" alt=\"Есіл\">",
        "<IMG SRC='/img/lazy_placeholder.gif' DATA-LAZY-SRC='/a.jpg' ALT='Есіл'/>",
        "<img class=\"lazyload\" src=\"/a-20x15.jpg\" data-original=\"/a.jpg\" alt=\"Есіл\">",
        "<img srcset=\"/a-300.jpg 300w, /a.jpg 1200w\" alt=\"Есіл\">",
        "<img src=\"about:blank\" data-srcset=\"/a.jpg 2x, /b.jpg\" alt=\"Есіл\">",
        "<img src=# data-src=\"{{ url }}\" data-original=\"/a.jpg\" alt=\"Есіл\">",
        "<noscript><img src=\"/a.jpg\" alt=\"Есіл\"></noscript>",
        "<amp-img src=\"/a.jpg\" alt=\"Есіл\" layout=\"responsive\"></amp-img>",
        "<picture><source srcset=\"/a.webp\"><img data-src=\"/a.jpg\" alt=\"Есіл\"></picture>",
    ] {
        gives(html, shown);
    }
}

#[test]
fn a_picture_told_twice_is_shown_once() {
    let shown = "<p><img src=\"https://akmola.example/a.jpg\"></p>";
    gives(
        "<p><img data-src=\"/a.jpg\" src=\"data:,\"><noscript><img src=\"/a.jpg\"></noscript></p>",
        shown,
    );
    gives(
        "<p><noscript><img src=\"/a.jpg?w=640\"></noscript><img data-src=\"/a.jpg\"></p>",
        "<p><img src=\"https://akmola.example/a.jpg?w=640\"></p>",
    );
    gives(
        "<p><img src=\"/a.jpg\"><noscript><img src=\"/a.jpg\"></noscript></p>",
        shown,
    );
    // Twice by the author is twice.
    gives(
        "<img src=\"/a.jpg\"><img src=\"/a.jpg\">",
        "<img src=\"https://akmola.example/a.jpg\"><img src=\"https://akmola.example/a.jpg\">",
    );
}

#[test]
fn a_picture_that_is_shown_stays_as_it_is() {
    for html in [
        "<img src=\"/a.jpg\" data-src=\"/b.jpg\">",
        "<img src=\"/a.jpg\" srcset=\"/b.jpg 2x\" width=\"1\">",
        "<IMG src=\"/a.jpg\" data-src=\"data:,\">",
    ] {
        assert!(matches!(shown(html), Cow::Borrowed(_)), "{html}");
    }
}

#[test]
fn what_counts_readers_is_left_out() {
    for pixel in [
        "<img src=\"https://feeds.feedburner.com/~r/akmola/~4/x\" height=\"1\" width=\"1\">",
        "<img src=\"https://mc.yandex.ru/watch/1\" style=\"position:absolute; left:-9999px;\">",
        "<noscript><div><img src=\"https://mc.yandex.ru/watch/1\"></div></noscript>",
        "<img src=\"//www.facebook.com/tr?id=1\">",
        "<img src=\"/open.gif\" style=\"WIDTH: 1px; height:0\">",
        "<img src=\"http://c.zero.kz/z.png?u=1\" width=88 height=31>",
    ] {
        gives(&format!("<p>Есіл{pixel} тасыды</p>"), "<p>Есіл тасыды</p>");
    }
    gives(
        "<img src=\"/line.gif\" height=\"1\" width=\"600\">",
        "<img src=\"https://akmola.example/line.gif\" height=\"1\" width=\"600\">",
    );
}

#[test]
fn films_and_recordings_can_be_played() {
    gives(
        "<video autoplay poster=\"/p.jpg\" onplay=\"x()\"><source src=\"/f.mp4\" type=\"video/mp4\">\
         <source src=\"/f.webm\"><p>Обновите браузер</p></video>после",
        "<video controls=\"\" src=\"https://akmola.example/f.mp4\" poster=\"https://akmola.example/p.jpg\"></video>после",
    );
    gives(
        "<audio src=\"r.mp3\">Сіздің браузеріңіз ескі</audio>",
        "<audio controls=\"\" src=\"https://akmola.example/news/r.mp3\"></audio>",
    );
    gives(
        "<video src=\"javascript:x()\" poster=\"javascript:x()\">a</video>b",
        "<video>a</video>b",
    );
    gives(
        "<video src=\"/f.mp4\" poster=\"javascript:x()\">a</video>b",
        "<video controls=\"\" src=\"https://akmola.example/f.mp4\"></video>b",
    );
}

/// Many feeds write HTML in the manner of XML; to HTML all that follows would be
/// inside, and unseen.
#[test]
fn what_is_never_closed_hides_nothing() {
    let film = "<video controls=\"\" src=\"https://akmola.example/f.mp4\"></video>";
    let player = "<a href=\"https://www.youtube.com/watch?v=aB\" rel=\"noopener noreferrer nofollow\">▶ YouTube</a>";
    for (html, expected) in [
        ("<video src=\"/f.mp4\" />", film),
        ("<video src=\"/f.mp4\">", film),
        (
            "<video src=\"/f.mp4\" /><video src=\"/f.mp4\"></video>",
            &format!("{film}{film}"),
        ),
        ("<video />", ""),
        (
            "<iframe src=\"https://www.youtube.com/embed/aB\" />",
            player,
        ),
        ("<iframe src=\"https://www.youtube.com/embed/aB\">", player),
        (
            "<iframe src=\"https://www.youtube.com/embed/aB\" /></iframe>",
            player,
        ),
        ("<iframe src=\"https://ads.example/\" />", ""),
        ("<iframe>", ""),
    ] {
        let (before, after) = ("<p>Бұрын</p>", "<p>Кейін</p><p>Соңы</p>");
        let expected = format!("{before}{expected}{after}");
        gives(&format!("{before}{html}{after}"), &expected);
    }
}

#[test]
fn a_player_in_a_frame_becomes_a_link() {
    let cases = [
        (
            "https://www.youtube.com/embed/aB-_9?rel=0",
            "YouTube",
            "https://www.youtube.com/watch?v=aB-_9",
        ),
        (
            "//www.youtube-nocookie.com/embed/aB",
            "YouTube",
            "https://www.youtube.com/watch?v=aB",
        ),
        (
            "https://player.vimeo.com/video/12",
            "Vimeo",
            "https://vimeo.com/12",
        ),
        (
            "https://rutube.ru/play/embed/ab12/",
            "RUTUBE",
            "https://rutube.ru/video/ab12/",
        ),
        (
            "https://vk.com/video_ext.php?oid=-1&amp;id=2&amp;hash=x",
            "VK",
            "https://vk.com/video-1_2",
        ),
        (
            "https://t.me/akmola/7?embed=1",
            "Telegram",
            "https://t.me/akmola/7",
        ),
        (
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fvideos%2F1",
            "Facebook",
            "https://www.facebook.com/a/videos/1",
        ),
        (
            "https://yandex.kz/map-widget/v1/?um=a&amp;z=9",
            "Yandex Maps",
            "https://yandex.kz/map-widget/v1/?um=a&amp;z=9",
        ),
    ];
    for (frame, player, address) in cases {
        gives(
            &format!("<p>a</p><iframe width=1 src=\"{frame}\">x</iframe><p>b</p>"),
            &format!(
                "<p>a</p><a href=\"{address}\" rel=\"noopener noreferrer nofollow\">▶ {player}</a><p>b</p>"
            ),
        );
    }
    for frame in [
        "https://elsewhere.example/embed/1",
        "https://youtube.com.elsewhere.example/embed/1",
        "https://youtube.com@elsewhere.example/embed/1",
        "https://www.youtube.com/embed/a%22onload",
        "https://www.facebook.com/plugins/video.php?href=javascript:x()",
        "javascript:x()//www.youtube.com/embed/a",
        "",
    ] {
        gives(&format!("a<iframe src=\"{frame}\">x</iframe>b"), "ab");
    }
}

#[test]
fn what_is_no_markup_is_not_read() {
    for html in [
        "<!-- <noscript> --><p>a</p><!-- <img src=/a.jpg></noscript> -->",
        "<script>w('<noscript>')</script><p>a</p><script>w('<img src=/a></noscript>')</script>",
        "<style><video src=\"/a.mp4\"></style><p>a</p>",
    ] {
        gives(html, "<p>a</p>");
    }
}

/// Each tag is looked at once, whatever is not closed.
#[test]
fn nothing_unclosed_is_read_again_and_again() {
    let start = std::hint::black_box("<video src=a><audio><iframe src=b x='");
    for html in [
        "<video src=a>".repeat(100_000),
        "<video>".repeat(100_000) + "</video>",
        "<iframe src=a />".repeat(100_000),
        "<iframe src=a>".repeat(100_000),
        "<img a='".repeat(100_000),
        "<noscript>".repeat(100_000),
        start.repeat(50_000),
    ] {
        plain_text(&shown(&html));
    }
}

#[test]
fn the_words_of_formulas_stay() {
    for (formula, words) in [
        ("<math><mi>x</mi><mo>&lt;</mo><mn>2</mn></math>", "x&lt;2"),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math >", "1 2"),
        (
            "<math><semantics><mi>x</mi><annotation encoding=\"application/x-tex\">x_1</annotation></semantics></math>",
            "x",
        ),
        (
            "<math><mtext>a<img src=x onerror=x()></mtext><style>b</style></math>",
            "a",
        ),
        ("<math><<mi>script>x</math>", "&lt;script&gt;x"),
        ("<math/>", ""),
    ] {
        gives(&format!("<p>{formula}</p>"), &format!("<p>{words}</p>"));
    }
    // The same follows in another shape.
    gives(
        "<span class=\"katex-mathml\"><math><mi>x</mi></math></span><span>x</span>",
        "<span></span><span>x</span>",
    );
    let long = format!("<math>{}</math>", "<mi>x</mi>".repeat(10_000));
    gives(&format!("a{long}"), "a");
    let rows = "<math>".repeat(100_000);
    plain_text(&shown(&(rows + "</a>")));
}
