//! The registry of models: `models/<pipeline>/<stage>/` holds one folder per version and `aliases.json`, which says which
//! of them scores. Versions are put in place by one rename and never change; the aliases switch in one rename.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::clock::now;
use super::layout::{MARK, is_hex};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::disk::{
    ASIDE, Seal, check_seal, copy, entries, flush_folder, make_folder, make_folders, name_of, put_in_place, remove,
    replace_file, sealed, write_new,
};
use crate::stage::{CHALLENGER, Champion, SECTIONS, Stored};
use crate::tables::TableFile;

const ALIASES: &str = "aliases.json";
/// The file of digests in a version's folder.
const DIGESTS: &str = "digests.json";

/// What a version's files were when it was put in place.
#[derive(Serialize, Deserialize)]
struct Digests {
    files: Vec<TableFile>,
}

/// Which versions of a stage's model have a part to play.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
    pub latest: Option<String>,
    /// Whether a person put the champion in force and no run has scored with it since.
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

    /// The folders that patron made in a folder of models, its mark included.
    pub fn folders(models: &Path) -> Result<Vec<PathBuf>> {
        let all = Registry::all(models)?.into_iter().map(|(_, registry)| registry.folder);
        Ok(all.chain([models.join(MARK)]).collect())
    }

    /// The stages that have models.
    pub fn all(models: &Path) -> Result<Vec<(String, Registry)>> {
        let mut all = Vec::new();
        for folder in entries(models)?.into_iter().filter(|path| path.is_dir()) {
            let registry = Registry { folder };
            if registry.folder.join(ALIASES).exists() || registry.has_models()? {
                all.push((name_of(&registry.folder), registry));
            }
        }
        Ok(all)
    }

    /// The aliases; all empty before the first version.
    ///
    /// # Errors
    /// `bad-model` when they are damaged, or gone although there are versions.
    pub fn aliases(&self) -> Result<Aliases> {
        self.read_aliases()?.map_err(|fault| self.undecided(&fault, None))
    }

    /// The aliases, or why they cannot be read.
    fn read_aliases(&self) -> Result<std::result::Result<Aliases, String>> {
        let path = self.folder.join(ALIASES);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let lost = self.has_models()?;
                return Ok(if lost { Err(format!("{} is gone", path.display())) } else { Ok(Aliases::default()) });
            }
            Err(error) => return Ok(Err(format!("{} cannot be read: {error}", path.display()))),
        };
        if check_seal(&text) == Seal::Broken {
            return Ok(Err(format!("{} was changed after it was written", path.display())));
        }
        Ok(serde_json::from_str(&text).map_err(|e| format!("{} is damaged: {e}", path.display())))
    }

    /// That a person has to say which version scores. `scored` is the one that the last good run scored with.
    fn undecided(&self, fault: &str, scored: Option<&str>) -> Box<Problem> {
        let versions = self.versions().unwrap_or_default();
        let whole: Vec<&String> = versions.iter().filter(|version| self.fault(version).is_none()).collect();
        let named = scored.filter(|scored| whole.iter().any(|version| version == scored));
        let stage = name_of(&self.folder);
        let help = match (named, whole.last()) {
            (Some(version), _) => format!(
                "activate the model with which the last good run scored:                  `patron models promote PIPELINE {stage}/{version}`"
            ),
            (None, Some(version)) => format!(
                "say which of the models scores ({}): `patron models promote PIPELINE {stage}/{version}`",
                whole.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", ")
            ),
            (None, None) => format!(
                "bring the models back from a copy, or train a new one: `mv '{0}' '{0}-damaged'` and run again",
                self.folder.display()
            ),
        };
        Problem::new(&codes::BAD_MODEL, format!("which model of `{stage}` is active is not known: {fault}"))
            .help(help)
            .boxed()
    }

    /// The version that scores, with its folder.
    ///
    /// # Errors
    /// `bad-model` when it is gone or damaged.
    pub fn champion(&self) -> Result<Option<Champion>> {
        let aliases = self.aliases()?;
        let Some(version) = aliases.champion else { return Ok(None) };
        if let Some(fault) = self.fault(&version) {
            return Err(self.undecided(&fault, None));
        }
        let folder = self.folder.join(&version);
        let latest = aliases.latest.filter(|version| self.fault(version).is_none());
        let latest = latest.map(|version| self.folder.join(version));
        let Aliases { trained, serial, by_hand, .. } = aliases;
        Ok(Some(Champion { version, folder, latest, trained, serial, by_hand }))
    }

    /// Makes sure that the model in force can be read, and brings it back from the artifacts of good runs where it cannot.
    /// `of_last` is the artifact of the last good run, `of_version` finds one that hands on a version. Tells what it did.
    ///
    /// # Errors
    /// `bad-model` when a person has to decide.
    pub fn restore(
        &self,
        of_last: Option<&Stored>,
        of_version: impl Fn(&str) -> Option<Stored>,
    ) -> Result<Option<String>> {
        let mut half_made = entries(&self.folder)?;
        half_made.retain(|path| name_of(path).starts_with(ASIDE));
        half_made.iter().try_for_each(|path| remove(path))?;
        let scored = of_last.map(|stored| stored.record.version());
        let aliases = self.read_aliases()?.map_err(|fault| self.undecided(&fault, scored))?;
        match (&aliases.champion, of_last) {
            (Some(version), _) => {
                let Some(fault) = self.fault(version) else { return Ok(None) };
                let Some(stored) = of_version(version) else { return Err(self.undecided(&fault, None)) };
                self.put(version, &stored, false)?;
                Ok(Some(format!("the active model, {version}, was damaged ({fault}) and is restored from the store")))
            }
            (None, Some(stored)) if !self.has_models()? => {
                let version = stored.record.version().to_owned();
                self.put(&version, stored, false)?;
                let serial = stored.record.serial + 1;
                let (trained, latest) = (stored.record.as_of.clone(), Some(version.clone()));
                self.write(Aliases { serial, champion: Some(version.clone()), trained, latest, ..Aliases::default() })?;
                let place = self.folder.display();
                Ok(Some(format!("{place} was empty: the model of the last good run, {version}, is active again")))
            }
            (None, _) => Ok(None),
        }
    }

    /// What is wrong with a version's files, as far as it was told at their making what they are.
    fn fault(&self, version: &str) -> Option<String> {
        let folder = self.folder.join(version);
        // A version is the name of a folder here, and nothing that leads elsewhere.
        let is_name = !version.is_empty() && !version.starts_with('.') && !version.contains(['/', '\\']);
        if !is_name || !folder.is_dir() {
            return Some(format!("{} is gone", folder.display()));
        }
        let path = folder.join(DIGESTS);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            // It was put in place by an earlier version.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => return Some(format!("{} cannot be read: {error}", path.display())),
        };
        let whole = check_seal(&text) == Seal::Whole;
        match serde_json::from_str::<Digests>(&text) {
            Ok(digests) if whole => digests.files.iter().find_map(|file| file.fault(&folder)),
            _ => Some(format!("{} was changed after it was written", path.display())),
        }
    }

    /// Whether any version was ever put in place here.
    fn has_models(&self) -> Result<bool> {
        Ok(entries(&self.folder)?.iter().any(|path| is_hex(&name_of(path), 12)))
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
        let of_alias = match name {
            "champion" => self.aliases()?.champion,
            "challenger" => self.aliases()?.challenger,
            "previous" => self.aliases()?.previous,
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
        if let Some(fault) = self.fault(&version) {
            return Problem::new(&codes::BAD_MODEL, fault)
                .help("choose another version, or bring its files back from a copy".to_owned())
                .err();
        }
        // Where the aliases are lost, this is what mends them; a serial as large as no count of switches keeps runs that
        // began before from undoing it.
        let began = now()?.as_second().unsigned_abs();
        let lost = |_| Aliases { serial: began, ..Aliases::default() };
        let mut aliases = self.read_aliases()?.unwrap_or_else(lost);
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
        if self.fault(version).is_none() {
            return Ok(());
        }
        make_folders(&self.folder)?;
        if !self.folder.join(ALIASES).exists() && !self.has_models()? {
            // From now on there are aliases: when they are gone later, somebody took them away.
            self.store(&Aliases::default())?;
        }
        self.put(version, artifact, artifact.record.challenger)
    }

    /// Writes the files of a model, as an artifact holds them, into the folder of a version.
    fn put(&self, version: &str, artifact: &Stored, challenger: bool) -> Result<()> {
        make_folders(&self.folder)?;
        let (place, aside) = (self.folder.join(version), self.folder.join(format!("{ASIDE}{version}")));
        remove(&aside)?;
        make_folder(&aside)?;
        let mut files = Vec::new();
        for (name, file) in artifact.record.files.iter().filter(|(name, _)| *name != SECTIONS) {
            // A model that lost lies beside the champion under a prefix; in the registry it has its plain names.
            let plain = name.strip_prefix(CHALLENGER);
            if plain.is_some() == challenger {
                let plain = plain.unwrap_or(name).to_owned();
                copy(&artifact.file(name)?, &aside.join(&plain))?;
                files.push(TableFile { file: plain, ..file.clone() });
            }
        }
        let text = serde_json::to_string_pretty(&Digests { files }).expect("digests are plain data");
        write_new(&aside.join(DIGESTS), sealed(&text).as_bytes())?;
        flush_folder(&aside)?;
        put_in_place(&aside, &place)?;
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
        self.store(&aliases)
    }

    fn store(&self, aliases: &Aliases) -> Result<()> {
        let text = serde_json::to_string_pretty(aliases).expect("aliases are plain data");
        replace_file(&self.folder.join(ALIASES), sealed(&text).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::stage::Artifact;
    use crate::tables::TableFile;

    fn artifact(folder: &Path, version: &str, change: impl FnOnce(&mut Artifact)) -> Stored {
        let folder = folder.join(version);
        fs::create_dir_all(&folder).expect("made");
        let mut files = BTreeMap::new();
        for name in ["model.bin", "challenger-model.bin"] {
            fs::write(folder.join(name), format!("{version} {name}")).expect("written");
            let file = TableFile::of(&folder.join(name), 0).expect("read");
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
