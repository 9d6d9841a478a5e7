//! Where tests find real data: beside the project, never in it.

use std::path::{Path, PathBuf};

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file or folder of what is shared beside the project; where it is missing, says that the test is skipped.
pub fn shared(path: &str) -> Option<PathBuf> {
    let place = project().join("../shared").join(path);
    if place.exists() {
        return Some(place);
    }
    println!("skipped: ../shared/{path} is not there");
    None
}
