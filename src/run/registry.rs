//! The registry of models: `models/<pipeline>/<stage>/` holds one folder per version and `aliases.json`, which says which
//! of them scores. Versions are put in place by one rename and never change; the aliases switch in one rename.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::store::{entries, flush_folder, replace_file};
use crate::diagnostics::{Problem, Result, codes, did_you_mean, io_problem};
use crate::stages::{CHALLENGER, Champion, SECTIONS, Stored, open_private};

const ALIASES: &str = "aliases.json";

/// Which versions of a stage's model have a part to play.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aliases {
    /// Grows with every switch, so that a run can tell whether someone else switched after it began.
    pub serial: u64,
    /// The version that scores.
    pub champion: Option<String>,
    /// The version that was trained last and did not win.
    pub challenger: Option<String>,
    /// The champion before this one.
    pub previous: Option<String>,
    /// The as-of date of the version that was trained last.
    pub trained: Option<String>,
    /// The version that was trained last, whether it won or not.
    #[serde(default)]
    pub latest: Option<String>,
    /// Whether a person put the champion in force and no run has scored with it since.
    #[serde(default)]
    pub by_hand: bool,
}

/// A stage's models.
#[derive(Debug, Clone)]
pub struct Registry {
    /// `models/<pipeline>/<stage>`.
    pub folder: PathBuf,
}

impl Registry {
    /// Of a stage of a pipeline whose models are in `models`.
    pub fn of(models: &Path, stage: &str) -> Registry {
        Registry { folder: models.join(stage) }
    }

    /// The stages that have models.
    pub fn all(models: &Path) -> Result<Vec<(String, Registry)>> {
        let folders = entries(models)?.into_iter().filter(|path| path.join(ALIASES).exists());
        Ok(folders.map(|folder| (name_of(&folder), Registry { folder })).collect())
    }

    /// The aliases; all empty before the first version.
    pub fn aliases(&self) -> Result<Aliases> {
        let path = self.folder.join(ALIASES);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Aliases::default()),
            Err(error) => return Err(io_problem("read", &path, &error)),
        };
        serde_json::from_str(&text)
            .map_err(|e| Problem::new(&codes::BAD_MODEL, format!("{} is damaged: {e}", path.display())).boxed())
    }

    /// The version that scores, with its folder.
    pub fn champion(&self) -> Result<Option<Champion>> {
        let aliases = self.aliases()?;
        let Some(version) = aliases.champion else { return Ok(None) };
        let folder = self.folder.join(&version);
        if !folder.is_dir() {
            return Problem::new(&codes::BAD_MODEL, format!("the version in force, {}, is gone", folder.display()))
                .help(format!(
                    "bring it back, put another version in force with `patron models promote`, or remove {} to begin anew",
                    self.folder.join(ALIASES).display()
                ))
                .err();
        }
        let latest = aliases.latest.map(|version| self.folder.join(version)).filter(|folder| folder.is_dir());
        let Aliases { trained, serial, by_hand, .. } = aliases;
        Ok(Some(Champion { version, folder, latest, trained, serial, by_hand }))
    }

    /// Names of all versions.
    pub fn versions(&self) -> Result<Vec<String>> {
        let folders = entries(&self.folder)?.into_iter().filter(|path| path.is_dir());
        Ok(folders.map(|path| name_of(&path)).filter(|name| !name.starts_with('.')).collect())
    }

    /// The folder of a version, by name or alias.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn version(&self, name: &str) -> Result<PathBuf> {
        let aliases = self.aliases()?;
        let of_alias = match name {
            "champion" => aliases.champion,
            "challenger" => aliases.challenger,
            "previous" => aliases.previous,
            _ => None,
        };
        let name = of_alias.as_deref().unwrap_or(name);
        let versions = self.versions()?;
        // Only what stands in the folder is a version: a path to elsewhere is none.
        if versions.iter().any(|version| version == name) {
            return Ok(self.folder.join(name));
        }
        let near =
            did_you_mean(name, versions.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("there are {}", versions.join(", ")));
        Problem::new(&codes::BAD_CALL, format!("{} has no version `{name}`", self.folder.display())).help(help).err()
    }

    /// Makes a version the champion; gives the one that was.
    pub fn promote(&self, name: &str) -> Result<Option<String>> {
        let version = name_of(&self.version(name)?);
        let mut aliases = self.aliases()?;
        let before = aliases.champion.take();
        if before.as_ref() != Some(&version) {
            aliases.previous.clone_from(&before);
            aliases.by_hand = true;
        }
        if aliases.challenger.as_ref() == Some(&version) {
            aliases.challenger = None;
        }
        aliases.champion = Some(version);
        self.write(aliases)?;
        Ok(before)
    }

    /// Puts the model that an artifact holds under its version, where it changes nothing yet.
    pub fn place(&self, artifact: &Stored) -> Result<()> {
        if artifact.record.kept.is_some() && !artifact.record.challenger {
            return Ok(());
        }
        let version = artifact.record.own_version();
        let place = self.folder.join(version);
        if place.exists() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(|e| io_problem("create", &self.folder, &e))?;
        let aside = self.folder.join(format!(".aside-{version}"));
        if aside.exists() {
            fs::remove_dir_all(&aside).map_err(|e| io_problem("clear", &aside, &e))?;
        }
        fs::create_dir(&aside).map_err(|e| io_problem("create", &aside, &e))?;
        for name in artifact.record.files.keys().filter(|name| *name != SECTIONS) {
            // A model that lost lies beside the champion under a prefix; in the registry it has its plain names.
            let plain = name.strip_prefix(CHALLENGER);
            if plain.is_some() == artifact.record.challenger {
                copy_private(&artifact.file(name)?, &aside.join(plain.unwrap_or(name)))?;
            }
        }
        flush_folder(&aside)?;
        fs::rename(&aside, &place).map_err(|e| io_problem("put in place", &place, &e))?;
        flush_folder(&self.folder)
    }

    /// Switches the aliases to what an artifact decided, unless someone switched them since the artifact was made or they
    /// already are so. Done after `latest` has switched, and again by the next run if this one was killed before.
    pub fn settle(&self, artifact: &Stored) -> Result<()> {
        let mut aliases = self.aliases()?;
        let record = &artifact.record;
        let own = record.own_version();
        if aliases.champion.is_some() && aliases.serial != record.serial {
            return Ok(());
        }
        match (&record.kept, record.challenger) {
            (Some(_), false) if !aliases.by_hand => return Ok(()),
            // Time until the next training counts from the run that first scored with what a person put in force.
            (Some(_), false) => {
                aliases.by_hand = false;
                aliases.trained = record.as_of.clone().or(aliases.trained);
                return self.write(aliases);
            }
            (Some(_), true) => aliases.challenger = Some(own.to_owned()),
            (None, _) => {
                if aliases.champion.as_deref() != Some(own) {
                    aliases.previous = aliases.champion.take();
                }
                aliases.champion = Some(own.to_owned());
                aliases.challenger = None;
            }
        }
        aliases.by_hand = false;
        aliases.trained.clone_from(&record.as_of);
        aliases.latest = Some(own.to_owned());
        self.place(artifact)?;
        self.write(aliases)
    }

    fn write(&self, mut aliases: Aliases) -> Result<()> {
        aliases.serial += 1;
        let text = serde_json::to_string_pretty(&aliases).expect("aliases are plain data");
        replace_file(&self.folder.join(ALIASES), text.as_bytes())
    }
}

/// Copies a file that only its owner may read, and flushes it.
pub fn copy_private(from: &Path, to: &Path) -> Result<()> {
    let mut source = fs::File::open(from).map_err(|e| io_problem("read", from, &e))?;
    let mut target = open_private(to).map_err(|e| io_problem("create", to, &e))?;
    std::io::copy(&mut source, &mut target).and_then(|_| target.sync_all()).map_err(|e| io_problem("write", to, &e))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::stages::Artifact;
    use crate::tables::TableFile;

    fn artifact(folder: &Path, version: &str, change: impl FnOnce(&mut Artifact)) -> Stored {
        let folder = folder.join(version);
        fs::create_dir_all(&folder).expect("made");
        let mut files = BTreeMap::new();
        for name in ["model.bin", "challenger-model.bin"] {
            fs::write(folder.join(name), format!("{version} {name}")).expect("written");
            let file = TableFile { file: name.to_owned(), rows: 0, bytes: 0, digest: String::new() };
            files.insert(name.to_owned(), file);
        }
        let mut record = Artifact { fingerprint: format!("{version:0<12}"), files, ..Artifact::default() };
        record.as_of = Some("2024-01-01".to_owned());
        change(&mut record);
        Stored { folder, record: Arc::new(record) }
    }

    #[test]
    fn a_champion_stays_until_another_wins_or_a_person_switches() {
        let folder = tempfile::tempdir().expect("a folder");
        let registry = Registry::of(folder.path(), "churn");
        let settle = |stored: &Stored| registry.settle(stored).expect("settled");
        let aliases = || registry.aliases().expect("read");
        let first = artifact(folder.path(), "a", |_| ());
        settle(&first);
        assert_eq!(aliases().champion.as_deref(), Some("a00000000000"));
        // Settling twice, as after a kill, changes nothing: the serial has moved on.
        settle(&first);
        assert_eq!(aliases().serial, 1);

        let lost = artifact(folder.path(), "b", |record| {
            record.kept = Some("a00000000000".to_owned());
            record.challenger = true;
            record.serial = 1;
        });
        settle(&lost);
        assert_eq!(aliases().champion.as_deref(), Some("a00000000000"));
        assert_eq!(aliases().challenger.as_deref(), Some("b00000000000"));
        let content = fs::read_to_string(registry.version("challenger").expect("there").join("model.bin"));
        assert_eq!(content.expect("read"), "b challenger-model.bin");

        assert_eq!(registry.promote("challenger").expect("switched").as_deref(), Some("a00000000000"));
        assert_eq!(aliases().previous.as_deref(), Some("a00000000000"));
        // A run that began before the switch by hand does not undo it.
        settle(&artifact(folder.path(), "c", |record| record.serial = 2));
        assert_eq!(aliases().champion.as_deref(), Some("b00000000000"));
        registry.promote("previous").expect("switched back");
        assert_eq!((aliases().champion.as_deref(), aliases().by_hand), (Some("a00000000000"), true));
        let serial = aliases().serial;
        settle(&artifact(folder.path(), "d", |record| {
            record.kept = Some("a00000000000".to_owned());
            record.as_of = Some("2024-02-01".to_owned());
            record.serial = serial;
        }));
        assert_eq!((aliases().trained.as_deref(), aliases().by_hand), (Some("2024-02-01"), false));
        for name in ["nobody", "", ".", "..", "../a"] {
            assert!(registry.promote(name).is_err(), "`{name}` is no version");
        }
        let champion = registry.champion().expect("read").expect("there is one");
        assert!(champion.latest.expect("trained last").ends_with("b00000000000"));
        fs::remove_dir_all(champion.folder).expect("removed");
        let problem = registry.champion().expect_err("its folder is gone");
        assert!(problem.code == &codes::BAD_MODEL && problem.to_string().contains("a00000000000"), "{problem}");
    }
}
