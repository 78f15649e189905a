//! `jarshy sources export`: the catalogue's sources as an OPML list.

use std::path::Path;

use crate::catalog;
use crate::cli::house;
use crate::cli::output::{Failure, complain, say};
use crate::gather::opml;

/// Prints those that are switched on and have an address. What is wrong in the
/// catalogue is told of beside it.
pub fn export(config: &Path) -> Result<(), Failure> {
    let config = house::load_config(config)?;
    let (catalogue, complaints) = catalog::read(&config.catalog_dir);
    for complaint in &complaints {
        complain(&complaint.to_string());
    }
    let on = catalogue.sources.iter().filter(|source| source.enabled);
    say(opml::write(&config.house_name, on).trim_end())
}
