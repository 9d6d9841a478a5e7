//! Whose folder it is: patron writes and removes only in folders that are empty, marked as its own, or known by their
//! contents.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::layout::{self, MARK, is_hex};
use crate::diagnostics::{Problem, Result, codes};
use crate::disk::{entries, name_of, replace_file};

/// What a folder of patron's is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `--out`.
    Output,
    /// `--models`.
    Models,
}

impl Purpose {
    fn option(self) -> &'static str {
        match self {
            Purpose::Output => "--out",
            Purpose::Models => "--models",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Purpose::Output => "what patron's runs leave; patron writes and removes files here",
            Purpose::Models => "models of patron; patron writes files here",
        }
    }
}

/// The file that marks a folder.
#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(default)]
struct Mark {
    holds: String,
    pipeline: String,
}

/// Refuses a folder that holds what is not patron's. Changes nothing.
///
/// # Errors
/// `foreign-folder`.
pub fn refuse_foreign(folder: &Path, purpose: Purpose) -> Result<()> {
    let option = purpose.option();
    let refused = |message: String, help: String| Problem::new(&codes::FOREIGN_FOLDER, message).help(help).err();
    let Ok(data) = fs::metadata(folder) else { return Ok(()) };
    if !data.is_dir() {
        let help = format!("give {option} a folder that is empty or not there yet");
        return refused(format!("{option} {} is not a folder", folder.display()), help);
    }
    if fs::symlink_metadata(folder.join(MARK)).is_ok() {
        return Ok(());
    }
    let known = match purpose {
        Purpose::Output => layout::is_known(folder)?,
        Purpose::Models => holds_models(folder)?,
    };
    if known {
        return Ok(());
    }
    refused(
        format!("{option} {} holds files that are not patron's; nothing was written", folder.display()),
        format!(
            "give {option} a folder that is empty or not there yet; if it was patron's, mark it: touch '{}'",
            folder.join(MARK).display()
        ),
    )
}

/// Marks a folder as patron's. Gives the pipeline that it belonged to when that was another.
pub fn mark(folder: &Path, purpose: Purpose, pipeline: &str) -> Result<Option<String>> {
    let path = folder.join(MARK);
    let mark = Mark { holds: purpose.words().to_owned(), pipeline: pipeline.to_owned() };
    let before: Mark =
        fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    if before != mark {
        let text = serde_json::to_string_pretty(&mark).expect("a mark is plain data") + "\n";
        replace_file(&path, text.as_bytes())?;
    }
    Ok((!before.pipeline.is_empty() && before.pipeline != pipeline).then_some(before.pipeline))
}

/// Whether a folder without a mark holds models of an earlier version, or nothing.
fn holds_models(folder: &Path) -> Result<bool> {
    let mut stages = entries(folder)?;
    stages.retain(|path| !layout::is_nobodys(&name_of(path)));
    let is_stage = |stage: &std::path::PathBuf| {
        stage.is_dir() && entries(stage).is_ok_and(|found| found.iter().any(|version| is_hex(&name_of(version), 12)))
    };
    Ok(stages.is_empty() || stages.iter().any(is_stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_others_are_refused_and_ours_are_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        let refused = |path: &str| refuse_foreign(&at(path), Purpose::Output).is_err();
        for path in
            ["empty", "foreign/store", "foreign/spill", "experiments/runs/one", "killed", "old/runs/20261130T021500Z"]
        {
            fs::create_dir_all(at(path)).expect("made");
        }
        for path in ["killed/.lock", "old/.lock", "file", "foreign/store/mine.csv"] {
            fs::write(at(path), "x").expect("written");
        }
        assert!(!refused("absent") && !refused("empty") && !refused("killed") && !refused("old"));
        assert!(refused("foreign") && refused("experiments") && refused("file"));
        let problem = refuse_foreign(&at("foreign"), Purpose::Output).expect_err("not ours").to_string();
        assert!(problem.contains("--out") && problem.contains(".patron"), "{problem}");
        assert_eq!(mark(&at("foreign"), Purpose::Output, "shop").expect("marked"), None);
        assert!(!refused("foreign"));
        assert_eq!(mark(&at("foreign"), Purpose::Output, "stall").expect("marked"), Some("shop".to_owned()));
    }

    #[test]
    fn models_of_an_earlier_version_are_known() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("churn/0123456789ab")).expect("made");
        refuse_foreign(folder.path(), Purpose::Models).expect("models of ours");
        let other = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(other.path().join("photos/2026")).expect("made");
        assert!(refuse_foreign(other.path(), Purpose::Models).is_err());
    }
}
