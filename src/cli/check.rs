//! `jarshy check`: everything the operator wrote, before anything runs on it.

use std::path::Path;

use super::house::{self, Furnishing, any_error};
use super::output::{Failure, complain_all, say};
use super::town;
use crate::catalog::Catalogue;
use crate::config::Config;
use crate::gather::desk;
use crate::gather::web::WebOptions;
use crate::model::complaint::{Complaint, Position};
use crate::model::count::counted;
use crate::model::draft::Draft;
use crate::model::source::Place;

/// Checks config, catalogue, desk texts, templates and words. Warnings are printed and
/// forgiven; an error makes the call fail with status 2.
pub async fn check(path: &Path, json: bool) -> Result<(), Failure> {
    let config = house::load_config(path)?;
    let mut furnishing = Furnishing::read(&config);
    furnishing.prove_templates();
    let mut complaints = config.warnings.clone();
    complaints.append(&mut furnishing.complaints);
    house::post_room(&config)?;
    house::check_store(&config)?;
    let web = house::web_options(&config)?;
    complaints.extend(never_asked(&config, &furnishing.catalogue, &web));
    house::subscribe_options(&config)?;
    house::signer(&config)?;
    house::bounce_options(&config)?;
    house::check_maildir(&config)?;
    complaints.extend(desk_texts(&config, &furnishing.catalogue).await);
    let wrong = any_error(&complaints);
    complain_all(&complaints);
    let (sources, feeds, digests) = (
        furnishing.catalogue.sources.len(),
        furnishing.catalogue.feeds.len(),
        furnishing.digests.len(),
    );
    if wrong {
        return Err(Failure::Call(vec![format!(
            "check: {}, see above",
            counted(complaints.len(), "complaint")
        )]));
    }
    if json {
        let value = serde_json::json!({
            "sources": sources, "feeds": feeds, "digests": digests, "warnings": complaints.len(),
        });
        return say(&value.to_string());
    }
    say(&format!(
        "all is well: {}, {}, {}; templates and words complete in three languages",
        counted(sources, "source"),
        counted(feeds, "feed"),
        counted(digests, "digest")
    ))
}

/// Sources whose address leads into a private network, or to no web server.
fn never_asked(config: &Config, catalogue: &Catalogue, web: &WebOptions) -> Vec<Complaint> {
    let folder = config.catalog_dir.join("sources").display().to_string();
    let asked = catalogue.sources.iter().filter(|source| source.enabled);
    asked
        .filter_map(|source| {
            let why = web.refusal(source.place.url()?)?;
            let message = format!("is never asked: {why}");
            Some(Complaint::error(&folder, message).about(format!("{}.url", source.id)))
        })
        .collect()
}

/// What is wrong in the desk's texts, each with file and line. A folder that is
/// not there is said by the catalogue already.
async fn desk_texts(config: &Config, catalogue: &Catalogue) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in catalogue.sources.iter().filter(|source| source.enabled) {
        if let Place::Desk(folder) = &source.place
            && folder.is_dir()
        {
            let harvest = desk::read_folder(folder, config.zone).await.harvest;
            complaints.extend(harvest.complaints);
            let towns = harvest
                .drafts
                .iter()
                .filter_map(|draft| town_of(folder, draft));
            complaints.extend(towns);
        }
    }
    complaints
}

/// What is wrong with the town a text's front matter names.
fn town_of(folder: &Path, draft: &Draft) -> Option<Complaint> {
    let event = draft.declared_event.as_ref()?;
    let why = town::wrong(event.city.as_deref()?, event.region, "`region`")?;
    let name = draft.id.as_deref()?;
    let mut files = ["md", "markdown", "txt"]
        .iter()
        .map(|ending| folder.join(format!("{name}.{ending}")));
    let file = files.find(|file| file.is_file());
    let file = file.unwrap_or_else(|| folder.join(name));
    let complaint = Complaint::error(file.display().to_string(), why).about("city");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let line = text.lines().position(|line| line.contains("city"));
    Some(match line {
        Some(at) => complaint.at(Position {
            line: at + 1,
            column: 1,
        }),
        None => complaint,
    })
}
