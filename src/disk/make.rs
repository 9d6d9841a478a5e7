//! Files and folders that only their owner can read, whatever the umask.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use super::remove::{ASIDE, entries, move_away, remove};
use crate::diagnostics::{Result, io_problem};

#[cfg(unix)]
const FILE_MODE: u32 = 0o600;
#[cfg(unix)]
const FOLDER_MODE: u32 = 0o700;

/// Takes all rights of others from whatever this process creates, libraries included.
pub fn own_umask() {
    #[cfg(unix)]
    // SAFETY: the call sets a number of this process and touches no memory.
    unsafe {
        libc::umask(0o077)
    };
}

/// A new file, open for writing.
///
/// # Errors
/// The system's; also when there is one of this name.
pub fn new_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    let file = options.open(path)?;
    // A umask can take rights of the owner too.
    #[cfg(unix)]
    if mode_of(&file.metadata()?) != FILE_MODE {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(FILE_MODE))?;
    }
    Ok(file)
}

/// Writes a new file and flushes it to the disk.
pub fn write_new(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = new_file(path).map_err(|e| io_problem("create", path, &e))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|e| io_problem("write", path, &e))
}

/// Replaces a small file as a whole; a folder of that name, which is somebody else's, is moved beside it.
pub fn replace_file(path: &Path, content: &[u8]) -> Result<()> {
    let parent = path.parent().expect("files of ours are in a folder");
    let aside = parent.join(format!("{ASIDE}{}", super::name_of(path)));
    if fs::symlink_metadata(&aside).is_ok() {
        remove(&aside)?;
    }
    write_new(&aside, content)?;
    if fs::symlink_metadata(path).is_ok_and(|data| data.is_dir()) {
        move_away(path)?;
    }
    fs::rename(&aside, path).map_err(|e| io_problem("put in place", path, &e))?;
    flush_folder(parent)
}

/// Copies a file and flushes it; gives the BLAKE3 of what was copied, hex.
pub fn copy(from: &Path, to: &Path) -> Result<String> {
    let mut source = File::open(from).map_err(|e| io_problem("read", from, &e))?;
    let mut target = new_file(to).map_err(|e| io_problem("create", to, &e))?;
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = source.read(&mut piece).map_err(|e| io_problem("read", from, &e))?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
        target.write_all(&piece[..read]).map_err(|e| io_problem("write", to, &e))?;
    }
    target.sync_all().map_err(|e| io_problem("write", to, &e))?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// A new folder.
pub fn make_folder(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    let made = builder.create(path);
    #[cfg(unix)]
    let made = made.and_then(|()| {
        if mode_of(&fs::metadata(path)?) == FOLDER_MODE {
            return Ok(());
        }
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(FOLDER_MODE))
    });
    made.map_err(|e| io_problem("create", path, &e))
}

/// A folder with those it lies in, unless it is there; what is made outlives a power cut.
pub fn make_folders(path: &Path) -> Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folders(parent)?;
    }
    match make_folder(path) {
        // Another process may have made it just now.
        Err(_) if path.is_dir() => Ok(()),
        Err(problem) => Err(problem),
        Ok(()) => flush_folder(parent.unwrap_or(Path::new("."))),
    }
}

/// Flushes a folder's entries to the disk, so that a rename in it outlives a power cut.
pub fn flush_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io_problem("flush", folder, &e))
}

/// Takes the rights of others from a file or folder; counts it when they still have some. A link is left alone.
pub fn tighten(path: &Path) -> u64 {
    #[cfg(unix)]
    {
        let loose = |path: &Path| {
            let data = fs::symlink_metadata(path).ok().filter(|data| !data.is_symlink())?;
            Some(mode_of(&data)).filter(|mode| mode & 0o077 != 0)
        };
        let Some(mode) = loose(path) else { return 0 };
        // On a disk without rights, or where another owns it, it stays as it is and is told.
        let _ = fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode & 0o700));
        u64::from(loose(path).is_some())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        0
    }
}

/// The same with all that is below it.
pub fn tighten_all(path: &Path) -> Result<u64> {
    let mut left = tighten(path);
    if fs::symlink_metadata(path).is_ok_and(|data| data.is_dir()) {
        for entry in entries(path)? {
            left += tighten_all(&entry)?;
        }
    }
    Ok(left)
}

#[cfg(unix)]
fn mode_of(data: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&data.permissions()) & 0o777
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_and_what_is_tightened_is_the_owners_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let mode = |name: &str| mode_of(&fs::symlink_metadata(at(name)).expect("there"));
        make_folders(&at("a/b/c")).expect("made");
        replace_file(&at("a/b/c/one"), b"one").expect("written");
        copy(&at("a/b/c/one"), &at("a/b/two")).expect("copied");
        for (name, expected) in [("a", 0o700), ("a/b/c", 0o700), ("a/b/c/one", 0o600), ("a/b/two", 0o600)] {
            assert_eq!(mode(name), expected, "{name}");
        }
        for (name, loose) in [("a/b", 0o755), ("a/b/two", 0o644)] {
            fs::set_permissions(at(name), std::os::unix::fs::PermissionsExt::from_mode(loose)).expect("changed");
        }
        std::os::unix::fs::symlink("/etc/passwd", at("a/link")).expect("a link");
        assert_eq!(tighten_all(&at("a")).expect("tightened"), 0);
        assert_eq!((mode("a/b"), mode("a/b/two")), (0o700, 0o600));
    }

    #[test]
    fn a_folder_in_the_place_of_a_file_makes_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("run.json");
        make_folders(&path.join("below")).expect("made");
        replace_file(&path, b"{}").expect("replaced");
        assert_eq!(fs::read(&path).expect("a file"), b"{}");
        let moved = folder.path().join("run.json-moved-1");
        assert!(moved.join("below").is_dir());
        assert_eq!(entries(folder.path()).expect("read"), vec![path, moved]);
    }
}
