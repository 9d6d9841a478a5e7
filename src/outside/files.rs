//! Files by name or pattern.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Content, Gives, KINDS, Looking, Snapshot, Source, SourceKind};
use crate::diagnostics::{Problem, Result, codes, io_problem};

/// The row of the table of kinds of sources.
pub(super) static KIND: SourceKind = SourceKind {
    name: "files",
    prefix: "",
    gives: Gives::Bytes,
    meaning: "A file, or all files that match a pattern, sorted by name",
    example: "data/orders-*.csv.gz",
    fault,
    find,
};

/// The address of a server is no path: better said at once than as a file that is not there.
fn fault(pattern: &str) -> Option<String> {
    let (scheme, _) = pattern.split_once("://")?;
    let is_scheme =
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme.then(|| {
        let known: Vec<String> = KINDS.iter().map(|kind| format!("`{}`", kind.example)).collect();
        format!("nothing reads `{scheme}://` addresses; sources are written like {}", known.join(" or "))
    })
}

/// The files that match a pattern, sorted by name and the numbers in it, with their digests.
fn find(looking: &Looking, pattern: &str) -> Result<Vec<Source>> {
    let step = looking.step;
    let mut matches = Vec::new();
    let is_pattern = pattern.contains(['*', '?', '[']);
    if !is_pattern || Path::new(pattern).exists() {
        matches.push(Path::new(pattern).to_owned());
    } else {
        let paths = glob::glob(&folders_as_written(pattern)).map_err(|e| {
            Problem::new(&codes::BAD_VALUE, format!("stage `{step}`: `{pattern}` is not a pattern: {e}")).boxed()
        })?;
        for path in paths {
            matches.push(path.map_err(|e| io_problem("look at", e.path(), e.error()))?);
        }
        matches.sort_by_cached_key(|path| by_number(&path.to_string_lossy()));
    }
    if matches.is_empty() {
        return Problem::new(&codes::NO_INPUT_FILES, format!("stage `{step}`: `{pattern}` matches no file"))
            .help(advice())
            .err();
    }
    let mut digested = looking.digested.borrow_mut();
    let mut once = |path: &PathBuf| -> Result<Source> {
        if let Some(known) = digested.get(path) {
            return Ok(known.clone());
        }
        let source = digest(step, path)?;
        digested.insert(path.clone(), source.clone());
        Ok(source)
    };
    matches.iter().map(&mut once).collect()
}

/// A path as it is sorted: numbers in it by their size, so that `orders-10.csv` follows `orders-9.csv`, and the path itself.
fn by_number(path: &str) -> (String, String) {
    let mut key = String::with_capacity(path.len() + 8);
    let mut rest = path;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let digits = &rest[start..];
        let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
        let number = digits[..end].trim_start_matches('0');
        key.push_str(&rest[..start]);
        // A number with more digits is greater.
        key.push_str(&format!("{:04}{number}", number.len()));
        rest = &digits[end..];
    }
    key.push_str(rest);
    (key, path.to_owned())
}

/// The pattern with those of its folders that are there as they are written taken by their names: `shop [old]/*.csv` looks
/// into a folder called `shop [old]`, if there is one.
fn folders_as_written(pattern: &str) -> String {
    let folders = pattern.rmatch_indices('/').map(|(at, _)| &pattern[..at]).filter(|folder| !folder.is_empty());
    for folder in folders {
        if Path::new(folder).is_dir() {
            return glob::Pattern::escape(folder) + &pattern[folder.len()..];
        }
    }
    pattern.to_owned()
}

fn digest(step: &str, path: &Path) -> Result<Source> {
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
    Ok(Source {
        name: path.display().to_string(),
        digest: hasher.finalize().to_hex().to_string(),
        content: Content::File(Snapshot { path: path.to_owned(), bytes, modified }),
        unread: BTreeMap::new(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_sorted_by_size() {
        let mut names = ["o-10.csv", "o-9.csv", "o-2.csv", "o-09.csv", "o.csv", "o-2025-02.csv", "o-2025-01-31.csv"];
        names.sort_by_cached_key(|name| by_number(name));
        assert_eq!(names, ["o-2.csv", "o-09.csv", "o-9.csv", "o-10.csv", "o-2025-01-31.csv", "o-2025-02.csv", "o.csv"]);
    }

    fn look(pattern: &str) -> Vec<Source> {
        find(&looking(), pattern).expect("files")
    }

    fn looking() -> Looking<'static> {
        Looking {
            step: "lines",
            night: None,
            last_good: &|_, _| unreachable!("no run is asked for"),
            ledger: &|_| unreachable!("no ledger is asked for"),
            digested: Default::default(),
        }
    }

    #[test]
    fn a_file_of_two_patterns_is_read_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("orders-1.csv");
        std::fs::write(&path, "order\n1\n").expect("written");
        let looking = looking();
        let first = find(&looking, &path.display().to_string()).expect("a file");
        // What is there now has another digest, so whoever read it would say so.
        std::fs::write(&path, "order\n1\n2\n").expect("written");
        let again = find(&looking, &folder.path().join("orders-*.csv").display().to_string()).expect("a file");
        assert_eq!(first[0].digest, again[0].digest);
        assert_ne!(look(&path.display().to_string())[0].digest, first[0].digest);
        assert_eq!(again[0].change().as_deref(), Some("8 bytes became 10"), "the change is seen at the end");
    }

    #[test]
    fn folders_with_the_signs_of_patterns_in_their_names_are_taken_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["shop [old]", "what?", "a*b", "two\nlines"] {
            let place = folder.path().join(name);
            std::fs::create_dir(&place).expect("made");
            for day in ["orders-1.csv", "orders-2.csv", "notes.txt"] {
                std::fs::write(place.join(day), day).expect("written");
            }
            let pattern = place.join("orders-*.csv").display().to_string();
            let found = look(&pattern);
            let names: Vec<_> =
                found.iter().map(|source| Path::new(&source.name).file_name().expect("a name")).collect();
            assert_eq!(names, ["orders-1.csv", "orders-2.csv"], "{name}");
        }
        let everywhere = folder.path().join("*/orders-1.csv").display().to_string();
        assert_eq!(look(&everywhere).len(), 4, "one in each folder");
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("orders.csv");
        std::fs::write(&path, "order\n1\n").expect("written");
        let found = digest("lines", &path).expect("a file");
        assert_eq!(found.change(), None);
        std::fs::write(&path, "order\n1\n2\n").expect("written");
        assert_eq!(found.change().as_deref(), Some("8 bytes became 10"));
        std::fs::write(&path, "order\n1\n").expect("written");
        assert_eq!(found.change(), None, "touched, not changed");
    }
}
