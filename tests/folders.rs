//! Which folders patron takes, whatever they are called, and what readers of the lists see while a run publishes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::program::{Gave, contents, patron, query, run, run_into};
use crate::small_shop;

fn into(pipeline: &Path, out: &Path, models: &Path) -> Gave {
    run(patron().arg("run").arg(pipeline).arg("--quiet").arg("--out").arg(out).arg("--models").arg(models))
}

#[test]
fn folders_of_others_are_refused_and_left_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(&folder.path().join("data"), 20);
    let at = |name: &str| folder.path().join(name);
    let foreign =
        ["shop/store/orders.csv", "shop/spill/datafusion-notes", "home/letter.txt", "photos/churn/2026.jpg", "file"];
    for path in foreign {
        fs::create_dir_all(at(path).parent().expect("a folder")).expect("made");
        fs::write(at(path), "mine").expect("written");
    }
    let before = contents(folder.path());
    for (out, models, named) in
        [("shop", "m", "--out"), ("home", "m", "--out"), ("file", "m", "--out"), ("o", "photos", "--models")]
    {
        let gave = into(&pipeline, &at(out), &at(models));
        assert!(
            gave.code == 2 && gave.err.contains("foreign-folder") && gave.err.contains(named),
            "{out}: {}",
            gave.err
        );
        assert_eq!(contents(folder.path()), before, "{out}");
    }
    let gave = into(&pipeline, &at("same"), &at("same"));
    assert!(gave.code == 2 && gave.err.contains("a folder each"), "{}", gave.err);

    // Who says that it is patron's is believed; what others have there stays.
    fs::write(at("shop/.patron"), "").expect("marked");
    for force in [false, true] {
        let mut command = patron();
        command.arg("run").arg(&pipeline).arg("--quiet").arg("--out").arg(at("shop")).arg("--models").arg(at("m"));
        let gave = run(command.args(force.then_some("--force")));
        assert_eq!(gave.code, 0, "{}", gave.err);
        assert_eq!(fs::read(at("shop/store/orders.csv")).expect("still there"), b"mine");
    }
}

#[test]
fn a_folder_that_another_pipeline_used_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 20);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let text = fs::read_to_string(&pipeline).expect("read").replace("name = \"small\"", "name = \"stall\"");
    fs::write(&pipeline, text).expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 0 && gave.err.contains("belonged to the pipeline `small`"), "{}", gave.err);
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert!(gave.code == 0 && gave.err.is_empty(), "{}", gave.err);
}

#[test]
fn names_that_lead_elsewhere_cannot_name_a_pipeline() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 20);
    let text = fs::read_to_string(&pipeline).expect("read");
    for name in ["..", ".", "/abs", "a/b", "../up", "a\\\\b", "two\\nlines", "", " ", "shop ", ".hidden"] {
        fs::write(&pipeline, text.replace("name = \"small\"", &format!("name = \"{name}\""))).expect("written");
        for command in ["check", "run"] {
            let gave = run(patron().current_dir(folder.path()).arg(command).arg(&pipeline));
            assert!(gave.code == 2 && gave.err.contains("bad-name"), "`{name}`, {command}: {} {}", gave.code, gave.err);
        }
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 2, "nothing was made: {left:?}");
}

#[test]
fn folders_may_be_called_anything() {
    for name in ["a[1]", "what?", "all*", "two\nlines", "two words", "100%", "{x}", "ünï", "a#1", "-dash", "~"] {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join(name);
        let pipeline = small_shop::write(&folder.path().join("data"), 20);
        let lines = small_shop::lines(20);
        fs::create_dir(&place).expect("made");
        fs::write(place.join("orders-1.csv"), lines).expect("written");
        let text = fs::read_to_string(&pipeline).expect("read");
        let data = format!("{:?}", format!("{}/orders*.csv", place.display()));
        let text = text.replace(&format!("\"{}/orders*.csv\"", folder.path().join("data").display()), &data);
        fs::write(&pipeline, text).expect("written");
        for _ in 0..2 {
            let gave = run_into(&pipeline, &place, &["--quiet"]);
            assert_eq!(gave.code, 0, "{name:?}: {}", gave.err);
        }
        assert!(place.join("out/lists/best/_SUCCESS").exists(), "{name:?}");
        let answer = query(&pipeline, &place, "SELECT count(*) AS n FROM lines", "csv");
        assert!(String::from_utf8_lossy(&answer).trim().len() > 3, "{name:?}");
    }
}

/// A reader that looks up the folder first: by the manifest, or by resolving the link.
fn read_once(out: &Path, by_manifest: bool) -> Result<String, String> {
    let json = |path: &Path| -> Result<Value, String> {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_json::from_str(&text).map_err(|e| e.to_string())
    };
    let list = out.join("lists/best");
    let folder: PathBuf = if by_manifest {
        out.join(json(&list.join("manifest.json"))?["folder"].as_str().ok_or("no folder")?)
    } else {
        fs::canonicalize(&list).map_err(|e| e.to_string())?
    };
    let manifest = json(&folder.join("manifest.json"))?;
    let deliveries = manifest["deliveries"].as_array().ok_or("no deliveries")?;
    for delivery in deliveries.iter().chain([&manifest["control"]]) {
        for file in delivery["files"].as_array().ok_or("no files")? {
            let bytes = fs::read(folder.join(file["name"].as_str().ok_or("no name")?)).map_err(|e| e.to_string())?;
            let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            if file["sha256"].as_str() != Some(&digest) {
                return Err(format!("a mix: {}", file["name"]));
            }
        }
    }
    Ok(manifest["folder"].as_str().ok_or("no folder")?.to_owned())
}

#[test]
fn readers_never_see_two_states_of_a_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 18);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let ended = AtomicBool::new(false);
    let out = folder.path().join("out");
    let (states, reads) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut states = std::collections::BTreeSet::new();
            let mut reads = 0;
            while !ended.load(Ordering::Relaxed) {
                states.insert(read_once(&out, reads % 2 == 0).unwrap_or_else(|what| panic!("read {reads}: {what}")));
                reads += 1;
            }
            (states, reads)
        });
        for night in 0..24 {
            small_shop::write(folder.path(), 18 + night % 2);
            // 4: a new model did not win, and the lists were published.
            let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
            assert!([0, 4].contains(&gave.code), "{}", gave.err);
        }
        ended.store(true, Ordering::Relaxed);
        reader.join().expect("the reader saw whole lists only")
    });
    assert!(states.len() >= 2 && reads > 200, "{} states in {reads} reads", states.len());
}

#[test]
fn a_plan_over_a_folder_that_cannot_be_read_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 20);
    let out = folder.path().join("out");
    fs::create_dir(&out).expect("made");
    fs::write(out.join(".patron"), "").expect("written");
    fs::write(out.join("runs"), "somebody's").expect("written");
    for call in [&["plan"][..], &["run", "--dry-run"]] {
        let gave = run(patron().args(call).arg(&pipeline).arg("--out").arg(&out));
        assert!(
            gave.code == 1 && gave.err.contains("runs") && gave.out.is_empty(),
            "{call:?}: {} {}",
            gave.out,
            gave.err
        );
    }
}
