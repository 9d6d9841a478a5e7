//! Publishing: after all is done and no check held, the lists switch in one rename.
//!
//! The lists of a run lie in one folder that is named by what is in it and never changes. Each manifest says which folder
//! that is, so that who reads the manifest first and then the files in that folder never sees two states at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::layout::{LATEST, LISTS, PUBLISHED, RUNS};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::disk::{
    ASIDE, copy, entries, flush_folder, make_folder, make_folders, move_away, name_of, put_in_place, remove,
    text_digest, write_new,
};
use crate::stage::{SECTIONS, Stored};
use crate::stages::MANIFEST;

/// Digits of the digest that names a folder of lists.
const DIGITS: usize = 16;

/// Lists that are ready to be published.
#[derive(Debug)]
pub struct Prepared {
    /// Their folder, below `published/`.
    pub folder: String,
    /// What was found damaged.
    pub note: Option<String>,
}

/// Puts the lists of `artifacts` in a folder of their own, with the published lists that none of them made when
/// `keep_others`: copied aside, compared with their digests, flushed. Nobody sees them yet.
pub fn prepare_lists(out: &Path, artifacts: &[Stored], keep_others: bool) -> Result<Prepared> {
    let all = out.join(PUBLISHED);
    make_folders(&all)?;
    let aside = all.join(format!("{ASIDE}lists"));
    remove(&aside)?;
    make_folder(&aside)?;
    let mut digests = BTreeMap::new();
    for artifact in artifacts {
        if let Some(list) = &artifact.record.list {
            make_folder(&aside.join(list))?;
            for (name, file) in artifact.record.files.iter().filter(|(name, _)| *name != SECTIONS) {
                let from = artifact.file(name)?;
                let digest = copy(&from, &aside.join(list).join(name))?;
                if digest != file.digest {
                    return Problem::new(&codes::BROKEN_STORE, format!("{} was changed just now", from.display()))
                        .help("run again: it is made again".to_owned())
                        .err();
                }
                digests.insert(format!("{list}/{name}"), digest);
            }
        }
    }
    if keep_others {
        keep(&out.join(LISTS), &aside, &mut digests)?;
    }
    let name = text_digest(format!("{digests:?}").as_bytes())[..DIGITS].to_owned();
    for list in entries(&aside)? {
        let manifest = list.join(MANIFEST);
        if let Ok(text) = fs::read_to_string(&manifest) {
            remove(&manifest)?;
            let folder = format!("{PUBLISHED}/{name}/{}", name_of(&list));
            write_new(&manifest, with_folder(&text, &folder).as_bytes())?;
        }
        flush_folder(&list)?;
    }
    flush_folder(&aside)?;

    let mut note = None;
    let place = all.join(&name);
    if place.exists() && same(&aside, &place)? {
        remove(&aside)?;
    } else {
        if place.exists() {
            let place = place.display();
            note = Some(format!("the lists in {place} had been changed after they were published, and are put right"));
        }
        put_in_place(&aside, &place)?;
    }
    flush_folder(&all)?;
    Ok(Prepared { folder: name, note })
}

/// Publishes: the links to the lists, if there are any, and to the run switch, each in one rename. When the second fails,
/// the first goes back, so that a run that fails leaves the old lists. Tells what was in the way.
pub fn switch(out: &Path, lists: Option<&str>, run: &str) -> Result<Vec<String>> {
    let link = out.join(LISTS);
    let before = fs::read_link(&link).ok();
    let mut notes = Vec::new();
    if let Some(folder) = lists {
        notes.extend(switch_link(&link, &Path::new(PUBLISHED).join(folder))?);
    }
    match switch_link(&out.join(LATEST), &Path::new(RUNS).join(run)) {
        Ok(note) => notes.extend(note),
        Err(problem) => {
            if let (Some(before), Some(_)) = (before, lists) {
                switch_link(&link, &before)?;
            }
            return Err(problem);
        }
    }
    Ok(notes)
}

/// Copies the published lists that are not in `aside` yet.
fn keep(lists: &Path, aside: &Path, digests: &mut BTreeMap<String, String>) -> Result<()> {
    for old in entries(lists)? {
        let list = name_of(&old);
        let to = aside.join(&list);
        if !old.is_dir() || to.exists() {
            continue;
        }
        make_folder(&to)?;
        for path in entries(&old)?.into_iter().filter(|path| path.is_file()) {
            let name = name_of(&path);
            let digest = if name == MANIFEST {
                let text = fs::read_to_string(&path).map_err(|e| io_problem("read", &path, &e))?;
                let text = without_folder(&text);
                write_new(&to.join(&name), text.as_bytes())?;
                text_digest(text.as_bytes())
            } else {
                copy(&path, &to.join(&name))?
            };
            digests.insert(format!("{list}/{name}"), digest);
        }
    }
    Ok(())
}

const FOLDER: &str = "{\n  \"folder\": ";

/// A manifest that says where its files lie, seen from the output folder.
fn with_folder(manifest: &str, folder: &str) -> String {
    let folder = serde_json::to_string(folder).expect("a text");
    let rest = manifest.strip_prefix('{').unwrap_or(manifest);
    format!("{FOLDER}{folder},{rest}")
}

/// The manifest as the stage made it.
fn without_folder(manifest: &str) -> String {
    match manifest.strip_prefix(FOLDER).and_then(|rest| rest.split_once(",\n")) {
        Some((_, rest)) => format!("{{\n{rest}"),
        None => manifest.to_owned(),
    }
}

/// Whether two folders hold the same folders and files.
fn same(one: &Path, other: &Path) -> Result<bool> {
    let (ones, others) = (entries(one)?, entries(other)?);
    if ones.len() != others.len() {
        return Ok(false);
    }
    for (one, other) in ones.iter().zip(&others) {
        let equal = name_of(one) == name_of(other)
            && one.is_dir() == other.is_dir()
            && if one.is_dir() { same(one, other)? } else { same_bytes(one, other) };
        if !equal {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What cannot be read is not the same.
fn same_bytes(one: &Path, other: &Path) -> bool {
    let digests = [one, other].map(|path| crate::disk::digest(path).ok());
    digests[0].is_some() && digests[0] == digests[1]
}

/// Points a link at a folder below its own, in one rename. What is in its place and no link is moved out of the way, and
/// told.
fn switch_link(link: &Path, target: &Path) -> Result<Option<String>> {
    if fs::read_link(link).is_ok_and(|now| now == target) {
        return Ok(None);
    }
    let parent = link.parent().expect("links are made below the output folder");
    let name = name_of(link);
    let mut note = None;
    if fs::symlink_metadata(link).is_ok_and(|data| !data.is_symlink()) {
        let moved = move_away(link)?;
        note = Some(format!("{} was not patron's link; it is now {}", link.display(), moved.display()));
    }
    let aside = parent.join(format!("{ASIDE}{name}"));
    remove(&aside)?;
    make_link(target, &aside).map_err(|e| io_problem("create", &aside, &e))?;
    fs::rename(&aside, link).map_err(|e| io_problem("switch", link, &e))?;
    flush_folder(parent)?;
    Ok(note)
}

#[cfg(unix)]
fn make_link(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn make_link(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(target, link)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_switches_and_never_dangles() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("lists");
        for name in ["one", "two"] {
            fs::create_dir(folder.path().join(name)).expect("made");
            assert_eq!(switch_link(&link, Path::new(name)).expect("switched"), None);
            assert_eq!(fs::read_link(&link).expect("a link"), Path::new(name));
        }
    }

    #[test]
    fn a_folder_in_the_place_of_a_link_is_kept_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("lists");
        for n in 1..3 {
            fs::create_dir(&link).expect("made");
            fs::write(link.join("mine.txt"), "mine").expect("written");
            let note = switch_link(&link, Path::new("one")).expect("switched").expect("told");
            assert!(note.contains(&format!("lists-moved-{n}")), "{note}");
            assert!(folder.path().join(format!("lists-moved-{n}/mine.txt")).exists());
            fs::remove_file(&link).expect("a link");
        }
    }

    #[test]
    fn a_manifest_takes_its_folder_and_gives_it_back() {
        let manifest = "{\n  \"schema_version\": 1,\n  \"list\": \"best\"\n}\n";
        let placed = with_folder(manifest, "published/0011223344556677/best");
        let read: serde_json::Value = serde_json::from_str(&placed).expect("JSON");
        assert_eq!(read["folder"], "published/0011223344556677/best");
        assert_eq!(read["schema_version"], 1);
        assert_eq!(without_folder(&placed), manifest);
        assert_eq!(without_folder(manifest), manifest);
    }
}
