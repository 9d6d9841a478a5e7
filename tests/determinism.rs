//! Same input, same bytes: at 1 and 2 threads, run again, with the future changed.

use crate::program::{artifacts, contents, run_into};
use crate::small_shop;

#[test]
fn one_and_two_threads_give_the_same_bytes() {
    let data = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(data.path(), 20);
    let runs: Vec<_> = ["1", "2"]
        .iter()
        .map(|threads| {
            let folder = tempfile::tempdir().expect("a folder");
            let gave = run_into(&pipeline, folder.path(), &["--quiet", "--threads", threads]);
            assert_eq!(gave.code, 0, "{}", gave.err);
            (artifacts(folder.path()), contents(&folder.path().join("out/lists")))
        })
        .collect();
    assert!(runs[0].0.len() > 20);
    assert_eq!(runs[0].0, runs[1].0);
    assert_eq!(runs[0].1, runs[1].1);
}

#[test]
fn a_second_run_reuses_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 20);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let (first, lists) = (artifacts(folder.path()), contents(&folder.path().join("out/lists")));
    let gave = run_into(&pipeline, folder.path(), &[]);
    assert!(gave.err.contains("0 made"), "{}", gave.err);
    assert_eq!((artifacts(folder.path()), contents(&folder.path().join("out/lists"))), (first, lists));
}

#[test]
fn a_new_nightly_file_does_not_make_old_ones_be_parsed_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet", "--select", "lines"]).code, 0);
    let parts = || contents(&folder.path().join("out/store/parts"));
    let before = parts();
    let header = "order,customer,time,item,description,quantity,unit_price\n";
    let night = format!("{header}9900,c01,2025-07-01 10:00:00,TEA1,Tea,1,3.50\n");
    std::fs::write(folder.path().join("orders-2.csv"), night).expect("written");
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet", "--select", "lines"]).code, 0);
    let after = parts();
    assert!(before.iter().all(|(name, content)| after.get(name) == Some(content)));
    assert!(after.len() > before.len());
}

#[test]
fn the_future_changes_no_feature() {
    let table = |change: &dyn Fn(String) -> String| {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = small_shop::write(folder.path(), 20);
        std::fs::write(folder.path().join("orders.csv"), change(small_shop::lines(20))).expect("written");
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-03-01", "--select", "features"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let digests = artifacts(folder.path());
        digests.into_iter().filter(|(name, _)| name.starts_with("features/")).collect::<Vec<_>>()
    };
    let as_it_was = table(&|lines| lines);
    assert_eq!(as_it_was.len(), 3, "now, the snapshots, and what the report shows");
    let more = table(&|lines| {
        lines + "9901,c01,2025-03-01 00:00:00,TEA1,Tea,99,3.50\nC9902,c02,2025-06-01 09:00:00,CUP2,Cup,-1,7.25\n"
    });
    assert_eq!(as_it_was, more, "added after the as-of date");
    let fewer =
        table(&|lines| lines.lines().filter(|l| !l.contains(",2025-04-")).fold(String::new(), |all, l| all + l + "\n"));
    assert_eq!(as_it_was, fewer, "taken out after the as-of date");
    let past = table(&|lines| lines + "9903,c01,2025-02-27 10:00:00,TEA1,Tea,99,3.50\n");
    assert_ne!(as_it_was, past, "the test would not notice anything");
}
