//! Wrong pipelines: every problem at once, each with its place and what to do, as the golden files beside them say.
//! `UPDATE=1 cargo test --release problems` writes them anew.

use crate::program::{call, root};

#[test]
fn wrong_pipelines_say_what_their_golden_files_say() {
    let folder = root().join("tests/problems");
    let mut seen = 0;
    let mut paths: Vec<_> =
        std::fs::read_dir(&folder).expect("problems").map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        let name = path.file_name().expect("a name").to_string_lossy();
        let gave = call(&["check", &format!("tests/problems/{name}")]);
        assert_eq!(gave.code, 2, "{name}: {}{}", gave.out, gave.err);
        let golden = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&golden, &gave.err).expect("written");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(gave.err, expected, "{name}");
        seen += 1;
    }
    assert!(seen >= 6, "{seen}");
}
