//! An operator's own text, in Markdown, becomes a letter in the house's layout.
//!
//! The file begins with its subject: `subject: …`, or one for each tongue
//! (`subject.kk: …`), between lines of three hyphens; `language: kk` says what
//! the text is written in. Deliberately absent: images and HTML, which letters
//! of the house do without.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::LetterSite;
use super::compose::{HTML_MAX_BYTES, POSTAL_MAX_CHARS};
use super::outside::{outside, tame};
use super::subject::SUBJECT_MAX_CHARS;
use super::wrap::wrap;
use crate::model::digest::{Letter, LetterId, Purpose, slot};
use crate::model::language::{Language, Tongue, Trilingual};
use crate::model::mailing::MailingId;
use crate::template::letter::{MailingBlock, MailingLetter};
use crate::template::{TemplateError, Templates, Writing};

/// What stands before and after the subject.
const FENCE: &str = "---";
/// The longest text a mailing may be, in bytes.
pub const TEXT_MAX_BYTES: usize = 64 * 1024;
/// The line mail readers show beside the subject.
const PREHEADER_MAX_CHARS: usize = 140;
/// Markup inside a block is written here; a template styles the blocks.
const LINK_STYLE: &str = "color:#0b5c94;text-decoration:underline;";

/// A text ready to be sent.
#[derive(Debug, Clone)]
pub struct Mailing {
    pub id: MailingId,
    pub subject: Trilingual,
    language: Option<Language>,
    blocks: Vec<MailingBlock>,
}

/// Why a text cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum BadMailing {
    #[error("it is longer than {TEXT_MAX_BYTES} bytes")]
    TooLong,
    #[error(
        "it does not begin with its subject; expected `---`, `subject: …` (or subject.kk, subject.ru, subject.en), `---`"
    )]
    NoFrontMatter,
    #[error(
        "line {line}: `{key}` is unknown; expected subject, subject.kk, subject.ru, subject.en or language"
    )]
    UnknownKey { line: usize, key: String },
    #[error("line {line}: `{tag}` is no language known here")]
    UnknownLanguage { line: usize, tag: String },
    #[error("there is no subject in {0}; give `subject` for all tongues, or one for each")]
    NoSubject(Tongue),
    #[error("the subject in {0} is longer than {SUBJECT_MAX_CHARS} characters")]
    LongSubject(Tongue),
    #[error("line {line}: {what} cannot be in a letter of the house")]
    NotTaken { line: usize, what: &'static str },
    #[error("there is no text after the subject")]
    Empty,
    #[error(
        "the letter is longer than mail readers show; see that it is under {HTML_MAX_BYTES} bytes"
    )]
    LongLetter,
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// Reads a mailing's file.
pub fn read(text: &str) -> Result<Mailing, BadMailing> {
    if text.len() > TEXT_MAX_BYTES {
        return Err(BadMailing::TooLong);
    }
    let text = tame(&text.replace("\r\n", "\n"));
    let text = text.trim_start_matches('\u{feff}');
    let head = text.strip_prefix(FENCE).and_then(|t| t.strip_prefix('\n'));
    let (head, body) = head
        .and_then(|rest| rest.split_once("\n---\n"))
        .ok_or(BadMailing::NoFrontMatter)?;
    let mut subject = [const { String::new() }; 3];
    let mut language = None;
    for (number, line) in head.lines().enumerate() {
        let line_number = number + 2;
        let Some((key, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                continue;
            }
            return Err(unknown_key(line_number, line));
        };
        let value = value.trim().trim_matches('"');
        let line_of = outside(value, usize::MAX);
        match key.trim() {
            "subject" => fill_empty(&mut subject, &line_of),
            "subject.kk" => subject[0] = line_of,
            "subject.ru" => subject[1] = line_of,
            "subject.en" => subject[2] = line_of,
            "language" => {
                let read = value.parse().map_err(|_| BadMailing::UnknownLanguage {
                    line: line_number,
                    tag: value.to_owned(),
                })?;
                language = Some(read);
            }
            key => return Err(unknown_key(line_number, key)),
        }
    }
    for (tongue, subject) in Tongue::ALL.into_iter().zip(&subject) {
        if subject.is_empty() {
            return Err(BadMailing::NoSubject(tongue));
        }
        if subject.chars().count() > SUBJECT_MAX_CHARS {
            return Err(BadMailing::LongSubject(tongue));
        }
    }
    let first_line = head.lines().count() + 3;
    let blocks = blocks(body, first_line)?;
    if blocks.is_empty() {
        return Err(BadMailing::Empty);
    }
    let [kk, ru, en] = subject;
    Ok(Mailing {
        id: MailingId::derived(text),
        subject: Trilingual { kk, ru, en },
        language,
        blocks,
    })
}

/// The mailing for readers of one tongue. The text is the operator's; around it
/// stand the house's words.
pub fn mailing_letter(
    templates: &Templates,
    mailing: &Mailing,
    tongue: Tongue,
    site: &LetterSite,
) -> Result<Letter, BadMailing> {
    let writing = Writing::from(tongue);
    let texts: Vec<&str> = mailing.blocks.iter().map(|b| b.text.as_str()).collect();
    let context = MailingLetter {
        subject: mailing.subject.get(tongue).to_owned(),
        preheader: outside(&texts.join(" "), PREHEADER_MAX_CHARS),
        lang: mailing.language.map(Language::tag),
        site_name: site.name.clone(),
        site_postal: outside(&site.postal, POSTAL_MAX_CHARS),
        site_url: site.url.clone(),
        unsubscribe_url: slot::UNSUBSCRIBE_URL,
        preferences_url: slot::PREFERENCES_URL,
        blocks: mailing.blocks.clone(),
    };
    let html = templates.render("letter/mailing.html", writing, &context)?;
    if html.len() > HTML_MAX_BYTES {
        return Err(BadMailing::LongLetter);
    }
    let text = wrap(&templates.render("letter/mailing.txt", writing, &context)?);
    Ok(Letter {
        id: LetterId::of_mailing(&mailing.id, tongue),
        purpose: Purpose::Digest,
        tongue,
        script: writing.script,
        subject: context.subject,
        text,
        html,
    })
}

fn unknown_key(line: usize, key: &str) -> BadMailing {
    BadMailing::UnknownKey {
        line,
        key: outside(key, 40),
    }
}

fn fill_empty(subjects: &mut [String; 3], subject: &str) {
    for empty in subjects.iter_mut().filter(|one| one.is_empty()) {
        subject.clone_into(empty);
    }
}

/// The blocks of a Markdown text that begins at `first_line` of its file.
fn blocks(body: &str, first_line: usize) -> Result<Vec<MailingBlock>, BadMailing> {
    let mut writer = BlockWriter::default();
    for (event, range) in Parser::new_ext(body, Options::empty()).into_offset_iter() {
        if let Err(what) = writer.take(event) {
            let before = body.get(..range.start).unwrap_or_default();
            return Err(BadMailing::NotTaken {
                line: first_line + before.matches('\n').count(),
                what,
            });
        }
    }
    writer.end_block();
    Ok(writer.done)
}

/// Turns Markdown's nested events into a flat list of blocks.
#[derive(Default)]
struct BlockWriter {
    done: Vec<MailingBlock>,
    html: String,
    text: String,
    links: Vec<String>,
    /// What is being written, where it is no paragraph.
    heading: bool,
    code: bool,
    /// How many quotes are open.
    quotes: usize,
    /// For each open list, the number of its next item.
    lists: Vec<Option<u64>>,
    mark: String,
    /// The open link: where it leads, and where its words begin in `text`.
    link: Option<(String, usize)>,
}

impl BlockWriter {
    fn take(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Start(tag) => return self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.write(&text),
            Event::Code(text) => {
                self.html.push_str("<code>");
                self.write(&text);
                self.html.push_str("</code>");
            }
            Event::SoftBreak => self.write(" "),
            Event::HardBreak => {
                self.html.push_str("<br>");
                self.text.push('\n');
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let is_comment = html.trim_start().starts_with("<!--");
                return if is_comment { Ok(()) } else { Err("HTML") };
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), &'static str> {
        match tag {
            Tag::Heading { .. } => {
                self.end_block();
                self.heading = true;
            }
            Tag::Paragraph => self.end_block(),
            Tag::BlockQuote(_) => {
                self.end_block();
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.end_block();
                self.code = true;
            }
            Tag::List(number) => {
                self.end_block();
                self.lists.push(number);
            }
            Tag::Item => {
                self.end_block();
                self.mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}.");
                        *number += 1;
                        mark
                    }
                    _ => "•".to_owned(),
                };
            }
            Tag::Emphasis => self.html.push_str("<em>"),
            Tag::Strong => self.html.push_str("<strong>"),
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => return self.start_link(link_type, &dest_url),
            Tag::Image { .. } => return Err("an image"),
            _ => {}
        }
        Ok(())
    }

    fn start_link(&mut self, kind: LinkType, to: &str) -> Result<(), &'static str> {
        let link = match kind {
            LinkType::Email => format!("mailto:{to}"),
            _ => to.to_owned(),
        };
        let is_safe = ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| link.starts_with(scheme));
        if !is_safe {
            return Err("a link that is no https://, http:// or mailto: address");
        }
        self.html.push_str("<a class=\"link\" href=\"");
        escape(&link, &mut self.html);
        self.html.push_str("\" style=\"");
        self.html.push_str(LINK_STYLE);
        self.html.push_str("\">");
        self.link = Some((link, self.text.len()));
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock => {
                self.end_block();
            }
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
            }
            TagEnd::Emphasis => self.html.push_str("</em>"),
            TagEnd::Strong => self.html.push_str("</strong>"),
            TagEnd::Link => {
                self.html.push_str("</a>");
                if let Some((link, from)) = self.link.take() {
                    let shown = self.text.get(from..).unwrap_or_default();
                    let bare = link.strip_prefix("mailto:").unwrap_or(&link);
                    if shown != bare {
                        self.links.push(link);
                    }
                }
            }
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        escape(text, &mut self.html);
        self.text.push_str(text);
    }

    /// Keeps what was written as a block of its own.
    fn end_block(&mut self) {
        let html = std::mem::take(&mut self.html);
        let text = std::mem::take(&mut self.text);
        let (is_heading, is_code) = (
            std::mem::take(&mut self.heading),
            std::mem::take(&mut self.code),
        );
        let links = std::mem::take(&mut self.links);
        if text.trim().is_empty() {
            return;
        }
        let kind = match (is_heading, is_code, self.quotes, self.lists.is_empty()) {
            (true, ..) => "heading",
            (_, true, ..) => "code",
            (_, _, 1.., _) => "quote",
            (_, _, _, false) => "item",
            _ => "paragraph",
        };
        let is_item = |kind| kind == "item";
        let follows_item = self.done.last().is_some_and(|last| is_item(last.kind));
        self.done.push(MailingBlock {
            kind,
            is_apart: !(is_item(kind) && follows_item),
            html,
            text: text
                .trim_end()
                .replace('\n', if is_code { "\n    " } else { "\n" }),
            mark: std::mem::take(&mut self.mark),
            links,
        });
    }
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests;
