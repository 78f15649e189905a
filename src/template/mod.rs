//! The only door to the template engine: what a person reads is rendered here.
//!
//! Templates and messages are compiled in, and an operator's folder overrides
//! them file by file (messages: word by word, so that an older folder still
//! knows every newer word). Contexts are typed structs with sample values
//! ([`page`], [`letter`]); [`Templates::check`] renders every template with its
//! sample in three tongues.
//!
//! In a template: `t("section.key", name=value)` is a message (plural by `n`);
//! `"2026-12-05"|date`, `start|date_range(end)`, `"10:30"|time` are wordings of
//! ISO values in the template's tongue (`|date(today)` leaves out the year of
//! today); `tongue` is its tag. What is undefined
//! is an error, never an empty string. Names ending in `.html` are escaped.
//!
//! Deliberately absent: `include` and `extends` (a page is a body in a layout),
//! reading files while rendering, and the clock.

mod check;
pub mod letter;
pub mod messages;
pub mod page;
pub mod preferences;
pub mod search;
mod wordings;
mod writing;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use crate::model::complaint::{Complaint, Position};
use crate::model::language::Tongue;

use messages::Messages;
pub use writing::Writing;

/// The largest template or message file, in bytes.
pub const FILE_MAX_BYTES: u64 = 256 * 1024;
/// Instructions one rendering may take: the front page needs some ten
/// thousand, an endless loop stops after a fraction of a second.
const FUEL: u64 = 3_000_000;
/// Levels within each other of one rendering; an included file counts as ten. What
/// includes itself stops long before the stack ends.
const DEPTH_MAX: usize = 100;

/// Why a text could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("no template is called `{0}`")]
    UnknownTemplate(String),
    #[error("templates/{template}:{line}: {why}")]
    Render {
        template: String,
        line: usize,
        why: String,
    },
    #[error("templates/messages/{tongue}.toml: {key}: {why}")]
    Message {
        tongue: Tongue,
        key: String,
        why: String,
    },
}

/// A template with the context that proves it.
pub struct Sample {
    /// The template's name, e.g. `page/home.html`.
    pub template: &'static str,
    context: Value,
}

impl Sample {
    /// A sample of what `template` is rendered with.
    pub fn new<C: Serialize>(template: &'static str, context: &C) -> Self {
        Self {
            template,
            context: Value::from(Serde(context)),
        }
    }
}

/// One template as it is used: whose text, and where it stands.
struct Source {
    text: String,
    place: String,
}

/// Every template and message, ready to render.
pub struct Templates {
    sources: BTreeMap<String, Source>,
    speakers: Vec<Speaker>,
}

/// The engine of one tongue in one script.
struct Speaker {
    writing: Writing,
    messages: Arc<Messages>,
    environment: Environment<'static>,
}

impl Templates {
    /// The compiled-in templates, overridden by those in `dir`.
    ///
    /// # Errors
    /// A complaint for each file that cannot be read or parsed and each file
    /// that overrides nothing.
    pub fn load(dir: Option<&Path>) -> Result<Self, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let mut sources = shipped_sources();
        let mut catalogues: Vec<Messages> = Tongue::ALL
            .into_iter()
            .filter_map(|tongue| {
                Messages::shipped(tongue)
                    .map_err(|found| complaints.extend(found))
                    .ok()
            })
            .collect();
        if let Some(dir) = dir {
            override_sources(dir, &mut sources, &mut complaints);
            for messages in &mut catalogues {
                let path = dir
                    .join("messages")
                    .join(format!("{}.toml", messages.tongue()));
                match read_file(&path) {
                    Ok(Some(text)) => complaints.extend(
                        messages
                            .overlay(&text, &path.display().to_string())
                            .err()
                            .unwrap_or_default(),
                    ),
                    Ok(None) => {}
                    Err(complaint) => complaints.push(complaint),
                }
            }
        }
        let mut speakers = Vec::new();
        for writing in Writing::ALL {
            let own = catalogues
                .iter()
                .find(|messages| messages.tongue() == writing.tongue);
            let Some(messages) = own.map(|messages| messages.spelled(writing)) else {
                continue;
            };
            match Speaker::new(writing, Arc::new(messages), &sources) {
                Ok(speaker) => speakers.push(speaker),
                Err(found) => complaints.extend(found),
            }
        }
        // Each tongue's engine tells the same mistake.
        complaints.sort_by_key(ToString::to_string);
        complaints.dedup();
        if complaints.is_empty() {
            Ok(Self { sources, speakers })
        } else {
            Err(complaints)
        }
    }

    /// Renders a template in one tongue and script.
    pub fn render<C: Serialize>(
        &self,
        template: &str,
        writing: impl Into<Writing>,
        context: &C,
    ) -> Result<String, TemplateError> {
        self.render_value(template, writing.into(), Value::from(Serde(context)))
    }

    /// One message, its placeholders filled; `n` chooses the plural form.
    pub fn message(
        &self,
        writing: impl Into<Writing>,
        key: &str,
        values: &[(&str, &str)],
    ) -> Result<String, TemplateError> {
        let writing = writing.into();
        let lookup = |name: &str| {
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        self.speaker(writing)
            .messages
            .say(key, &lookup)
            .map_err(|why| TemplateError::Message {
                tongue: writing.tongue,
                key: key.to_owned(),
                why,
            })
    }

    /// Renders every template with its sample in three tongues and compares the
    /// words of the three; empty when all is well.
    pub fn check(&self) -> Vec<Complaint> {
        check::check(self)
    }

    fn render_value(
        &self,
        template: &str,
        writing: Writing,
        context: Value,
    ) -> Result<String, TemplateError> {
        if !self.sources.contains_key(template) {
            return Err(TemplateError::UnknownTemplate(template.to_owned()));
        }
        self.speaker(writing)
            .environment
            .get_template(template)
            .and_then(|found| found.render(context))
            .map_err(|error| {
                let cause = innermost(&error);
                TemplateError::Render {
                    template: cause.name().unwrap_or(template).to_owned(),
                    line: cause.line().unwrap_or(1),
                    why: reason(cause),
                }
            })
    }

    fn speaker(&self, writing: Writing) -> &Speaker {
        self.speakers
            .iter()
            .find(|speaker| speaker.writing.tag() == writing.tag())
            .expect("load makes a speaker for every writing")
    }
}

impl Speaker {
    fn new(
        writing: Writing,
        messages: Arc<Messages>,
        sources: &BTreeMap<String, Source>,
    ) -> Result<Self, Vec<Complaint>> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEPTH_MAX);
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .expect("the usual delimiters differ from each other"),
        );
        environment.add_global("tongue", writing.tag());
        wordings::add(&mut environment, writing);
        let said = Arc::clone(&messages);
        environment.add_function("t", move |key: &str, values: Kwargs| {
            translate(&said, key, &values)
        });
        let mut complaints = Vec::new();
        for (name, source) in sources {
            let added = environment.add_template_owned(name.clone(), source.text.clone());
            if let Err(error) = added {
                complaints.push(
                    Complaint::error(&source.place, reason(&error)).at(Position {
                        line: error.line().unwrap_or(1),
                        column: 1,
                    }),
                );
            }
        }
        if complaints.is_empty() {
            Ok(Self {
                writing,
                messages,
                environment,
            })
        } else {
            Err(complaints)
        }
    }
}

/// `t` in templates. A value no placeholder takes is an error: it is a typo.
fn translate(messages: &Messages, key: &str, values: &Kwargs) -> Result<String, Error> {
    let lookup = |name: &str| {
        values
            .get::<Value>(name)
            .ok()
            .filter(|value| !value.is_none() && !value.is_undefined())
            .map(|value| value.to_string())
    };
    let said = messages
        .say(key, &lookup)
        .map_err(|why| Error::new(ErrorKind::InvalidOperation, format!("{key}: {why}")))?;
    values.assert_all_used()?;
    Ok(said)
}

fn shipped_sources() -> BTreeMap<String, Source> {
    page::TEMPLATES
        .iter()
        .chain(letter::TEMPLATES)
        .map(|(name, text)| {
            let source = Source {
                text: (*text).to_owned(),
                place: format!("templates/{name}"),
            };
            ((*name).to_owned(), source)
        })
        .collect()
}

fn override_sources(
    dir: &Path,
    sources: &mut BTreeMap<String, Source>,
    complaints: &mut Vec<Complaint>,
) {
    if !dir.is_dir() {
        complaints.push(Complaint::error(
            dir.display().to_string(),
            "no such folder of templates",
        ));
        return;
    }
    for (name, source) in sources.iter_mut() {
        let path = dir.join(name);
        match read_file(&path) {
            Ok(Some(text)) => {
                source.text = text;
                source.place = path.display().to_string();
            }
            Ok(None) => {}
            Err(complaint) => complaints.push(complaint),
        }
    }
    for folder in ["page", "letter"] {
        complaints.extend(strangers(&dir.join(folder), folder, sources));
    }
}

/// Template files that override nothing: most likely a misspelt name.
fn strangers(folder: &Path, prefix: &str, sources: &BTreeMap<String, Source>) -> Vec<Complaint> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in files.flatten() {
        let path = file.path();
        let is_template = path
            .extension()
            .is_some_and(|kind| kind == "html" || kind == "txt");
        let name = format!("{prefix}/{}", file.file_name().to_string_lossy());
        if is_template && !sources.contains_key(&name) {
            let nearest = sources
                .keys()
                .min_by_key(|known| strsim::levenshtein(known, &name))
                .map_or("", String::as_str);
            let why = format!("no template is called `{name}`; did you mean `{nearest}`?");
            found.push(Complaint::error(path.display().to_string(), why));
        }
    }
    found
}

/// A file's text; `None` where there is no such file.
fn read_file(path: &Path) -> Result<Option<String>, Complaint> {
    let place = path.display().to_string();
    let size = match std::fs::metadata(path) {
        Ok(about) => about.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Complaint::error(place, format!("cannot be read: {error}"))),
    };
    if size > FILE_MAX_BYTES {
        let why = format!("{size} bytes; expected at most {FILE_MAX_BYTES}");
        return Err(Complaint::error(place, why));
    }
    std::fs::read_to_string(path)
        .map(Some)
        .map_err(|error| Complaint::error(place, format!("cannot be read: {error}")))
}

/// The mistake itself: an error met in an included or inherited file comes wrapped
/// in one of each file that asked for it.
fn innermost(error: &Error) -> &Error {
    let mut cause = error;
    while let Some(inner) = std::error::Error::source(cause).and_then(|it| it.downcast_ref()) {
        cause = inner;
    }
    cause
}

/// What the engine says, without the place, which stands elsewhere.
fn reason(error: &Error) -> String {
    let detail = error.detail().map(|said| format!(": {said}"));
    format!("{}{}", error.kind(), detail.unwrap_or_default())
}

#[cfg(test)]
mod tests;
