//! What a file was when its digest was taken.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file as it was when its digest was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// As the pattern gave it.
    pub path: PathBuf,
    /// Bytes.
    pub bytes: u64,
    /// When it was last changed, as the system tells.
    pub modified: Option<SystemTime>,
}

impl Snapshot {
    /// Of the file at a path as it is now.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(path: &Path) -> std::io::Result<Snapshot> {
        let data = std::fs::metadata(path)?;
        Ok(Snapshot { path: path.to_owned(), bytes: data.len(), modified: data.modified().ok() })
    }

    /// How the file is no longer as it was when its digest was taken. A file that was touched but has the same content is
    /// the same.
    pub(super) fn change(&self, digest: &str) -> Option<String> {
        match std::fs::metadata(&self.path) {
            Ok(data) if data.len() != self.bytes => Some(format!("{} bytes became {}", self.bytes, data.len())),
            Ok(data) if data.modified().ok() == self.modified => None,
            Ok(_) => match crate::disk::digest(&self.path) {
                Ok((_, now)) if now == digest => None,
                Ok(_) => Some("its content is another".to_owned()),
                Err(error) => Some(error.to_string()),
            },
            Err(error) => Some(error.to_string()),
        }
    }
}
