//! What makes two articles one text whatever little they say: one title at one
//! address, or one title an outlet gave at one moment (a rubric's feed beside the main
//! one, entries under new ids and addresses).

use crate::model::article::Article;
use crate::text::normalise::fold;

use super::super::identity::{canonical, is_of_site};
use super::facts::{Kind, fact};

/// One for the address, one for the moment, where the article has them.
pub(super) fn copies(article: &Article) -> Vec<i64> {
    let title = fold(&article.title);
    if title.is_empty() {
        return Vec::new();
    }
    let address = article.link.as_ref().filter(|link| !is_of_site(link));
    let address = address.map(canonical);
    let moment = article
        .published
        .map(|at| format!("{} {at}", article.source));
    let of = |what: String| fact(Kind::Copy, &format!("{title}\n{what}"));
    address.into_iter().chain(moment).map(of).collect()
}

/// Whether two texts share one of them.
pub(super) fn is_copy(one: &[i64], other: &[i64]) -> bool {
    let mut copies = one.iter().filter(|fact| is_one(**fact));
    copies.any(|fact| other.binary_search(fact).is_ok())
}

const fn is_one(fact: i64) -> bool {
    fact < 0 && Kind::of(fact) == Kind::Copy as u8
}
