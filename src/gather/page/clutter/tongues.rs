//! The other language's text of a page that holds both and shows one.

use dom_query::NodeRef;

use super::judged::Judged;
use super::{PROSE_MIN, is_hidden};

/// A shorter text is a label.
const SENTENCE_LETTERS_MIN: usize = 30;
/// Letters of Kazakh that Russian lacks.
const KAZAKH: [char; 9] = ['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і'];
/// In a Kazakh text one letter in so many is such, at least; in a Russian one some
/// names may be.
const KAZAKH_ONE_IN: usize = 25;
/// What tabs are called, and what that one is which is shown.
const TABS: [&str; 2] = ["tab-pane", "tabs__content"];
const SHOWN: [&str; 4] = ["active", "show", "current", "selected"];

/// How a text is written, as far as letters tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Kazakh,
    Cyrillic,
    Latin,
}

impl Judged<'_> {
    /// What is hidden and written in another tongue than the text that is shown.
    pub(super) fn in_another_tongue(&self) -> Vec<usize> {
        let mut unseen = vec![false; self.nodes.len()];
        let mut hidden = Vec::new();
        let mut shown = String::new();
        for at in 1..self.nodes.len() {
            let (node, above) = (self.nodes[at], self.above[at]);
            unseen[at] = unseen[above];
            if unseen[at] {
                continue;
            }
            // Sentences alone: menus are in the language of the site.
            let (letters, linked) = (self.weights[at].letters, self.weights[at].linked);
            if node.is_text() && letters >= SENTENCE_LETTERS_MIN && linked == 0 {
                shown.push_str(&node.text());
            } else if self.weights[at].prose >= PROSE_MIN
                && (is_hidden(&node) || is_closed_tab(&node))
            {
                unseen[at] = true;
                hidden.push(at);
            }
        }
        if hidden.is_empty() {
            return hidden;
        }
        let Some(tongue) = tongue(&shown) else {
            return Vec::new();
        };
        let is_other = |at: &usize| {
            !self.weights[*at].keeps
                && self::tongue(&self.nodes[*at].text()).is_some_and(|other| other != tongue)
        };
        hidden.into_iter().filter(is_other).collect()
    }
}

fn is_closed_tab(node: &NodeRef<'_>) -> bool {
    let names = |node: &NodeRef<'_>, words: &[&str]| {
        let names = node.class();
        names.is_some_and(|names| names.split_whitespace().any(|name| words.contains(&name)))
    };
    let is_open = |node: &NodeRef<'_>| names(node, &TABS) && names(node, &SHOWN);
    names(node, &TABS)
        && !names(node, &SHOWN)
        && node
            .parent()
            .is_some_and(|all| all.element_children().iter().any(is_open))
}

/// `None`: too little to tell.
fn tongue(text: &str) -> Option<Tongue> {
    let (mut latin, mut cyrillic, mut kazakh) = (0, 0, 0);
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => latin += 1,
            '\u{400}'..='\u{4ff}' => {
                cyrillic += 1;
                kazakh += usize::from(KAZAKH.contains(&letter));
            }
            _ => {}
        }
    }
    if latin + cyrillic < PROSE_MIN {
        return None;
    }
    Some(if latin > cyrillic {
        Tongue::Latin
    } else if kazakh * KAZAKH_ONE_IN >= cyrillic {
        Tongue::Kazakh
    } else {
        Tongue::Cyrillic
    })
}
