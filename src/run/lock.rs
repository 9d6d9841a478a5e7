//! One run at a time in an output folder. The lock is the system's own, so it dies with its process.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use super::layout::LOCK;
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::disk::make_folders;

/// Longer than anybody holds the lock who only looks at it.
const LOOKING: Duration = Duration::from_millis(50);

/// Holds the output folder while it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of an output folder, which is made if need be.
    ///
    /// # Errors
    /// `locked` when another process holds it.
    pub fn take(out: &Path) -> Result<Lock> {
        make_folders(out)?;
        let path = out.join(LOCK);
        // An empty folder in its place is of no use to anyone.
        let _ = std::fs::remove_dir(&path);
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(|e| {
            let problem = *io_problem("open", &path, &e);
            let help = path
                .is_dir()
                .then(|| format!("it is a folder, and must make room: mv '{0}' '{0}-moved'", path.display()));
            problem.help(help).boxed()
        })?;
        let taken = match file.try_lock() {
            // It may be only somebody who looks whether a run is under way.
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(LOOKING);
                file.try_lock()
            }
            other => other,
        };
        match taken {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let owner = std::fs::read_to_string(&path).unwrap_or_default();
                let owner = owner.trim();
                let who = if owner.is_empty() { String::new() } else { format!(" (process {owner})") };
                return Problem::new(&codes::LOCKED, format!("another run{who} is under way in {}", out.display()))
                    .help("wait for it to end, or give this run another --out".to_owned())
                    .err();
            }
            Err(TryLockError::Error(error)) => return Err(io_problem("lock", &path, &error)),
        }
        // The owner's number is only for people; the lock itself is the system's.
        let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        Ok(Lock { _file: file })
    }

    /// Whether a run is under way in an output folder.
    pub fn is_held(out: &Path) -> bool {
        let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        File::open(out.join(LOCK)).is_ok_and(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_is_told_and_the_lock_ends_with_its_holder() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Lock::take(folder.path()).expect("free");
        let second = Lock::take(folder.path()).expect_err("held");
        assert_eq!(second.code.word, "locked");
        assert!(Lock::is_held(folder.path()));
        drop(first);
        assert!(!Lock::is_held(folder.path()) && !Lock::is_held(&folder.path().join("nothing")));
        Lock::take(folder.path()).expect("free again");
    }
}
