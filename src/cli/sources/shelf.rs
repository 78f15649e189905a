//! What the catalogue and the file to write to hold already, and putting new
//! entries there.

use std::path::{Path, PathBuf};

use crate::catalog::write::{self, Register};
use crate::catalog::{self};
use crate::cli::house;
use crate::cli::output::Failure;
use crate::config::Config;

/// The catalogue as far as new entries need it.
pub struct Shelf {
    pub register: Register,
    root: PathBuf,
    file: Option<PathBuf>,
}

impl Shelf {
    /// Reads the catalogue `config` names, and `file`.
    pub fn open(config: &Path, file: Option<&Path>) -> Result<(Self, Config), Failure> {
        let config = house::load_config(config)?;
        let root = config.catalog_dir.clone();
        let (catalogue, _) = catalog::read(&root);
        let mut register = Register::of(&catalogue.sources);
        if let Some(file) = file {
            for source in write::sources_in(file, &root).map_err(Failure::call)? {
                register.enter(&source);
            }
        }
        let shelf = Self {
            register,
            root,
            file: file.map(Path::to_owned),
        };
        Ok((shelf, config))
    }

    /// Adds `entries` to the file, where one was named.
    pub fn put(&self, entries: &[String]) -> Result<Option<&Path>, Failure> {
        let Some(file) = self.file.as_deref().filter(|_| !entries.is_empty()) else {
            return Ok(None);
        };
        write::append(file, entries, &self.root).map_err(Failure::work)?;
        Ok(Some(file))
    }
}
