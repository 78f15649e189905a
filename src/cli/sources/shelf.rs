//! What the catalogue and the file to write to hold already, and putting new
//! entries there.

use std::path::{Path, PathBuf};

use crate::catalog;
use crate::catalog::write::{self, Register};
use crate::cli::house;
use crate::cli::output::{Failure, complain};
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

    /// Whether the file is one the catalogue reads.
    fn is_read(&self, file: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        let is_toml = file.extension().is_some_and(|ending| ending == "toml");
        is_toml
            && file.parent().is_some_and(|folder| {
                real(folder).is_some() && real(folder) == real(&self.root.join("sources"))
            })
    }

    /// Adds `entries` to the file, where one was named.
    pub fn put(&self, entries: &[String]) -> Result<Option<&Path>, Failure> {
        let Some(file) = self.file.as_deref().filter(|_| !entries.is_empty()) else {
            return Ok(None);
        };
        write::append(file, entries, &self.root).map_err(Failure::work)?;
        if !self.is_read(file) {
            complain(&format!(
                "note: the catalogue reads {}/*.toml, not {}",
                self.root.join("sources").display(),
                file.display()
            ));
        }
        Ok(Some(file))
    }
}
