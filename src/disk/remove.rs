//! Looking into folders, and removing what is in them so that a kill never leaves half of it under its own name.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Result, io_problem};

/// What the names of half-made and half-removed things begin with; the next run removes them.
pub const ASIDE: &str = ".aside-";

/// The entries of a folder, sorted by name; none when it is not there.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = match fs::read_dir(folder) {
        Ok(read) => read,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_problem("read", folder, &error)),
    };
    let mut paths = read
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(|e| io_problem("read", folder, &e))?;
    paths.sort();
    Ok(paths)
}

/// The last part of a path, as text.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Removes a file, a link or a folder with all in it. A folder is renamed aside first: who is killed while removing it leaves
/// a name that the next run sweeps, and nothing that looks whole and is not.
pub fn remove(path: &Path) -> Result<()> {
    let trouble = |e: &std::io::Error| io_problem("remove", path, e);
    let data = match fs::symlink_metadata(path) {
        Ok(data) => data,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(trouble(&error)),
    };
    if !data.is_dir() {
        return fs::remove_file(path).map_err(|e| trouble(&e));
    }
    let name = name_of(path);
    if name.starts_with(ASIDE) {
        return fs::remove_dir_all(path).map_err(|e| trouble(&e));
    }
    let aside = path.with_file_name(format!("{ASIDE}removed-{name}"));
    remove(&aside)?;
    fs::rename(path, &aside).map_err(|e| trouble(&e))?;
    fs::remove_dir_all(&aside).map_err(|e| trouble(&e))
}

/// Puts a finished folder in its place. What is there makes room by a rename and goes last, so that a kill in between leaves
/// one of the two, and a failure the old one.
pub fn put_in_place(from: &Path, place: &Path) -> Result<()> {
    let trouble = |e: &std::io::Error| io_problem("put in place", place, e);
    let old = place.with_file_name(format!("{ASIDE}removed-{}", name_of(place)));
    remove(&old)?;
    let is_there = fs::symlink_metadata(place).is_ok();
    if is_there {
        fs::rename(place, &old).map_err(|e| trouble(&e))?;
    }
    if let Err(error) = fs::rename(from, place) {
        if is_there {
            let _ = fs::rename(&old, place);
        }
        return Err(trouble(&error));
    }
    // The next run sweeps what cannot be removed now.
    let _ = remove(&old);
    Ok(())
}

/// Moves what is not patron's out of the way, under a name beside its own; gives that.
pub fn move_away(path: &Path) -> Result<PathBuf> {
    let name = name_of(path);
    let beside = |n: u32| path.with_file_name(format!("{name}-moved-{n}"));
    let free = (1..).map(beside).find(|free| fs::symlink_metadata(free).is_err()).expect("numbers do not end");
    fs::rename(path, &free).map_err(|e| io_problem("move", path, &e))?;
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_the_place_of_another_or_leaves_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (new, place) = (folder.path().join(".aside-new"), folder.path().join("place"));
        for content in ["one", "two"] {
            fs::create_dir(&new).expect("made");
            fs::write(new.join("file"), content).expect("written");
            put_in_place(&new, &place).expect("put");
            assert_eq!(fs::read_to_string(place.join("file")).expect("read"), content);
        }
        assert!(put_in_place(&new, &place).is_err(), "there is nothing to put");
        assert_eq!(fs::read_to_string(place.join("file")).expect("read"), "two");
        assert_eq!(entries(folder.path()).expect("read"), [place]);
    }
}
