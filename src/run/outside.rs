//! The outside files that stages read: which there are, and what they hold.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::plan::FileDigest;
use crate::stages::SourceFile;

/// The files that match the patterns, in the order of the patterns, each pattern's sorted by name, with their digests.
///
/// # Errors
/// A pattern that matches nothing; a file that cannot be read.
pub fn find(step: &str, patterns: &[String]) -> Result<Vec<SourceFile>> {
    let mut found: Vec<SourceFile> = Vec::new();
    for pattern in patterns {
        let mut matches = Vec::new();
        let is_pattern = pattern.contains(['*', '?', '[']);
        if !is_pattern || Path::new(pattern).exists() {
            matches.push(Path::new(pattern).to_owned());
        } else {
            let paths = glob::glob(pattern).map_err(|e| {
                Problem::new(&codes::BAD_VALUE, format!("stage `{step}`: `{pattern}` is not a pattern: {e}")).boxed()
            })?;
            for path in paths {
                matches.push(path.map_err(|e| io_problem("look at", e.path(), e.error()))?);
            }
        }
        if matches.is_empty() {
            return Problem::new(&codes::NO_INPUT_FILES, format!("stage `{step}`: `{pattern}` matches no file"))
                .help(advice())
                .err();
        }
        for path in matches {
            if found.iter().all(|f| f.path != path) {
                found.push(digest(step, &path)?);
            }
        }
    }
    Ok(found)
}

/// As the fingerprint sees them.
pub fn digests(files: &[SourceFile]) -> Vec<FileDigest> {
    files.iter().map(|f| FileDigest { path: f.path.display().to_string(), digest: f.digest.clone() }).collect()
}

fn digest(step: &str, path: &Path) -> Result<SourceFile> {
    let trouble = |error: std::io::Error| {
        let mut problem = io_problem("read", path, &error).within(&format!("stage `{step}`"));
        if error.kind() == std::io::ErrorKind::NotFound {
            problem.code = &codes::NO_INPUT_FILES;
            problem.help = Some(advice());
        }
        Box::new(problem)
    };
    // Opening a pipe waits for who writes to it, so it is asked first what there is.
    let data = std::fs::metadata(path).map_err(trouble)?;
    if data.is_dir() {
        return Problem::new(&codes::NO_INPUT_FILES, format!("stage `{step}`: {} is a folder", path.display()))
            .help("name the files in it, for instance with `*.csv`".to_owned())
            .err();
    }
    if !data.is_file() {
        let kind = special(data.file_type());
        return Problem::new(
            &codes::NO_INPUT_FILES,
            format!("stage `{step}`: {} is {kind} and no file", path.display()),
        )
        .help("files are read more than once; write what comes from there into a file first, and name that".to_owned())
        .err();
    }
    let mut file = File::open(path).map_err(trouble)?;
    let data = file.metadata().map_err(trouble)?;
    let modified = data.modified().ok();
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(trouble)?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hasher.update_rayon(&buffer[..read]);
    }
    Ok(SourceFile { path: path.to_owned(), bytes, modified, digest: hasher.finalize().to_hex().to_string() })
}

/// What a path is that is neither a file nor a folder.
fn special(kind: std::fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        } else if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        } else if kind.is_socket() {
            return "a socket";
        }
    }
    let _ = kind;
    "something else"
}

fn advice() -> String {
    "paths start at the folder in which patron is called; check the path and whether the file was delivered".to_owned()
}
