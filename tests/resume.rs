//! Killed runs, two runs at once, full disks.

use std::process::Stdio;
use std::time::Duration;

use crate::program::{contents, patron, run, run_into};
use crate::small_shop;

/// The lists of an undisturbed run.
fn undisturbed(pipeline: &std::path::Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let gave = run_into(pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    contents(&folder.path().join("out/lists"))
}

#[test]
fn killed_at_many_moments_the_next_run_gives_the_same_bytes() {
    let data = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(data.path(), 20);
    let expected = undisturbed(&pipeline);
    for wait in [5, 20, 45, 80, 120, 170, 230, 300, 400, 550] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = patron();
        command.arg("run").arg(&pipeline).args(["--quiet", "--out"]).arg(folder.path().join("out"));
        command.arg("--models").arg(folder.path().join("models")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().expect("killed");
        child.wait().expect("ended");
        let lists = folder.path().join("out/lists");
        if lists.exists() {
            assert_eq!(contents(&lists), expected, "killed after {wait} ms: lists must be whole or absent");
        }
        let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
        assert_eq!(gave.code, 0, "killed after {wait} ms: {}", gave.err);
        assert_eq!(contents(&lists), expected, "killed after {wait} ms");
        let left = contents(&folder.path().join("out/store"));
        assert!(left.keys().all(|name| !name.contains(".aside-")), "half-made artifacts are swept");
    }
}

#[test]
fn a_second_run_at_the_same_time_is_turned_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 20);
    let out = folder.path().join("out");
    std::fs::create_dir_all(&out).expect("a folder");
    let lock = std::fs::File::create(out.join(".lock")).expect("a file");
    lock.lock().expect("free");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 11 && gave.err.contains("locked"), "{} {}", gave.code, gave.err);
    drop(lock);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_the_last_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 20);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let before = contents(&folder.path().join("out/lists"));
    // A limit on the size of files stands in for a full disk: writing past it fails in the same way.
    for kilobytes in [1, 4, 8, 16] {
        let mut command = std::process::Command::new("bash");
        let call = format!(
            "ulimit -f {kilobytes}; exec '{}' run '{}' --quiet --force --out '{}' --models '{}'",
            env!("CARGO_BIN_EXE_patron"),
            pipeline.display(),
            folder.path().join("out").display(),
            folder.path().join("models").display()
        );
        let gave = run(command.args(["-c", &call]));
        assert!(gave.code == 1 && gave.err.contains("disk-full"), "{kilobytes} kB: {} {}", gave.code, gave.err);
        assert_eq!(contents(&folder.path().join("out/lists")), before, "{kilobytes} kB");
    }
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    assert_eq!(contents(&folder.path().join("out/lists")), before);
}
