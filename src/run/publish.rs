//! Publishing: after all is done and no check held, the lists switch in one rename.

use std::fs;
use std::path::{Path, PathBuf};

use super::registry::copy_private;
use super::store::{entries, flush_folder};
use crate::diagnostics::{Result, io_problem};
use crate::stages::Stored;

/// The link to the published lists.
pub const LISTS: &str = "lists";
/// The link to the last good run.
pub const LATEST: &str = "latest";

const PUBLISHED: &str = "published";
const KEPT: usize = 2;

/// Puts out the lists of `artifacts`, keeping published lists that this run did not make when `keep_others`.
///
/// All lists of a run appear together: they are copied aside, flushed, and the link `lists` is renamed over the old one.
pub fn publish_lists(out: &Path, run: &str, artifacts: &[Stored], keep_others: bool) -> Result<()> {
    let made: Vec<(&str, &Stored)> =
        artifacts.iter().filter_map(|a| a.record.list.as_deref().map(|list| (list, a))).collect();
    if made.is_empty() && keep_others {
        return Ok(());
    }
    let all = out.join(PUBLISHED);
    let folder = all.join(run);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| io_problem("clear", &folder, &e))?;
    }
    fs::create_dir_all(&folder).map_err(|e| io_problem("create", &folder, &e))?;
    for (list, artifact) in &made {
        let place = folder.join(list);
        fs::create_dir_all(&place).map_err(|e| io_problem("create", &place, &e))?;
        let mut names: Vec<&String> = artifact.record.files.keys().filter(|name| is_list_file(name)).collect();
        names.sort_by_key(|name| (name.starts_with('_'), name.as_str()));
        for name in names {
            copy_private(&artifact.file(name)?, &place.join(name))?;
        }
        flush_folder(&place)?;
    }
    let current = out.join(LISTS);
    if keep_others {
        for old in entries(&current)? {
            let name = old.file_name().unwrap_or_default();
            if old.is_dir() && !folder.join(name).exists() {
                copy_folder(&old, &folder.join(name))?;
            }
        }
    }
    flush_folder(&folder)?;
    flush_folder(&all)?;
    switch_link(&current, &Path::new(PUBLISHED).join(run))?;
    forget_old(&all, run)
}

/// Points a link at a folder below its own, in one rename.
pub fn switch_link(link: &Path, target: &Path) -> Result<()> {
    if fs::read_link(link).is_ok_and(|now| now == target) {
        return Ok(());
    }
    let parent = link.parent().expect("links are made below the output folder");
    let name = link.file_name().expect("links have names").to_string_lossy();
    let aside = parent.join(format!(".aside-{name}"));
    if fs::symlink_metadata(&aside).is_ok() {
        fs::remove_file(&aside).map_err(|e| io_problem("clear", &aside, &e))?;
    }
    make_link(target, &aside).map_err(|e| io_problem("create", &aside, &e))?;
    fs::rename(&aside, link).map_err(|e| io_problem("switch", link, &e))?;
    flush_folder(parent)
}

#[cfg(unix)]
fn make_link(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn make_link(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(target, link)
}

fn is_list_file(name: &str) -> bool {
    name != crate::stages::SECTIONS
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to).map_err(|e| io_problem("create", to, &e))?;
    for path in entries(from)? {
        copy_private(&path, &to.join(path.file_name().expect("entries have names")))?;
    }
    flush_folder(to)
}

fn forget_old(all: &Path, current: &str) -> Result<()> {
    let mut old: Vec<PathBuf> = entries(all)?;
    old.retain(|path| path.file_name().is_some_and(|name| name != current));
    let surplus = (old.len() + 1).saturating_sub(KEPT);
    for path in &old[..surplus] {
        fs::remove_dir_all(path).map_err(|e| io_problem("remove", path, &e))?;
    }
    Ok(())
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
            switch_link(&link, Path::new(name)).expect("switched");
            assert_eq!(fs::read_link(&link).expect("a link"), Path::new(name));
        }
    }
}
