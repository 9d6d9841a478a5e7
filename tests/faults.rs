//! System calls that fail: whatever the system refuses, a run says which file, leaves whole lists, and the next one is right.
//!
//! A run of the real binary is traced once; then calls on files of its folders are drawn and made to fail, one a run, by
//! strace's fault injection. `PATRON_FAULT_SEED` draws other calls, `PATRON_FAULTS` says how many.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use crate::program::{Gave, contents, run, run_into};
use crate::small_shop;

const CALLS: &str = "openat,read,write,pwrite64,copy_file_range,fsync,fdatasync,rename,renameat2,link,linkat,symlink,mkdir,\
                     rmdir,unlink,unlinkat,ftruncate,chmod,fchmod,flock,getdents64,readlink,statx";
const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EACCES"];
const USUAL_SAMPLES: usize = 18;

/// Whether calls can be made to fail here; says why not.
fn can_inject() -> bool {
    let tried = Command::new("strace").args(["-o", "/dev/null", "-e", "trace=openat", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            println!("skipped: strace may not trace here: {}", String::from_utf8_lossy(&output.stderr).trim());
            false
        }
        Err(error) => {
            println!("skipped: strace is not installed: {error}");
            false
        }
    }
}

/// A shop whose orders have grown since its last run.
struct Shop {
    folder: tempfile::TempDir,
    pipeline: PathBuf,
    old: BTreeMap<String, Vec<u8>>,
    new: BTreeMap<String, Vec<u8>>,
}

/// One call of a traced run on a file of its folders: its name, and which of its thread's calls of this name it is.
#[derive(Debug, Clone)]
struct Call {
    name: String,
    number: usize,
    text: String,
}

impl Shop {
    fn new() -> Shop {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = small_shop::write(folder.path(), 18);
        let shop = Shop { folder, pipeline, old: BTreeMap::new(), new: BTreeMap::new() };
        let ran = |into: &Path| {
            let gave = run_into(&shop.pipeline, into, &["--quiet", "--threads", "1"]);
            assert_eq!((gave.code, gave.err.as_str()), (0, ""));
            contents(&into.join("out/lists"))
        };
        let old = ran(&shop.folder.path().join("state"));
        std::fs::write(shop.folder.path().join("orders.csv"), small_shop::lines(20)).expect("written");
        let new = ran(&shop.fresh("after"));
        assert_ne!(old, new);
        Shop { old, new, ..shop }
    }

    /// A folder as the last run left it.
    fn fresh(&self, name: &str) -> PathBuf {
        let to = self.folder.path().join(name);
        let from = self.folder.path().join("state");
        let copied = Command::new("cp").arg("-a").arg(from).arg(&to).status().expect("cp starts");
        assert!(copied.success());
        to
    }

    /// A run under strace, and what strace wrote.
    fn traced(&self, into: &Path, more: &[&str]) -> (Gave, String) {
        let log = into.with_extension("log");
        let mut command = Command::new("strace");
        command.args(["-f", "-y", "-s", "16", "-o"]).arg(&log).args(more).arg(env!("CARGO_BIN_EXE_patron"));
        command.arg("run").arg(&self.pipeline).args(["--quiet", "--threads", "1", "--out"]).arg(into.join("out"));
        let gave = run(command.arg("--models").arg(into.join("models")));
        (gave, String::from_utf8_lossy(&std::fs::read(&log).expect("a log")).into_owned())
    }

    /// The calls of an undisturbed run on files of its folders.
    fn calls(&self) -> Vec<Call> {
        let into = self.fresh("traced");
        let (gave, log) = self.traced(&into, &["-e", &format!("trace={CALLS}")]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let mut numbers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut calls = Vec::new();
        let place = into.display().to_string();
        for line in log.lines() {
            let Some((thread, rest)) = line.split_once(' ') else { continue };
            let Some((name, _)) = rest.trim_start().split_once('(') else { continue };
            let number = numbers.entry((thread, name)).or_default();
            *number += 1;
            if line.contains(&place) && CALLS.split(',').any(|known| known == name) {
                calls.push(Call { name: name.to_owned(), number: *number, text: line.to_owned() });
            }
        }
        calls
    }

    /// Whether the call of a run failed, and what is wrong with that run; without a fault all was as it must be.
    fn fault(&self, n: usize, call: &Call, error: &str) -> (bool, Option<String>) {
        let into = self.fresh(&format!("sample-{n}"));
        let inject = format!("inject={}:error={error}:when={}", call.name, call.number);
        let (gave, log) = self.traced(&into, &["-e", &format!("trace={}", call.name), "-e", &inject]);
        let place = into.display().to_string();
        let injected: Vec<&str> = log.lines().filter(|line| line.contains("(INJECTED)")).collect();
        // Threads count by themselves: another one may have met its own, on a library or on the system's files.
        if injected.is_empty() || injected.iter().any(|line| !line.contains(&place)) {
            return (false, None);
        }
        let mut faults = Vec::new();
        let lists = contents(&into.join("out/lists"));
        match (gave.code, lists == self.old, lists == self.new) {
            (1, true, _) | (0 | 4, _, true) => {}
            (code, true, _) => faults.push(format!("the lists are the old ones, the exit code is {code}")),
            (code, _, true) => faults.push(format!("the lists are the new ones, the exit code is {code}")),
            _ => faults.push("the lists are neither the old ones nor the new ones".to_owned()),
        }
        if gave.code != 0 && !injected.iter().any(|line| names_place(&gave.err, line, &place)) {
            faults.push("no file is named".to_owned());
        }
        let next = run_into(&self.pipeline, &into, &["--quiet"]);
        if next.code != 0 {
            faults.push(format!("the next run gave {}: {}", next.code, next.err));
        } else if contents(&into.join("out/lists")) != self.new {
            faults.push("the next run gave other lists".to_owned());
        }
        std::fs::remove_dir_all(&into).expect("removed");
        let told =
            || format!("{} {error}: {}\n  {}\n  {}", call.name, faults.join("; "), injected.join("\n  "), gave.err);
        (true, (!faults.is_empty()).then(told))
    }
}

/// Whether a message names the file of a call, or a folder that it is in.
fn names_place(message: &str, line: &str, place: &str) -> bool {
    let mut paths = line.split(['"', '<', '>']).filter_map(|part| part.strip_prefix(place));
    let names = |path: &str| {
        let plain = path.replace(".aside-removed-", "").replace(".aside-", "");
        // The output folder itself is named by every path in it.
        let mut names = plain.split('/').filter(|name| !["", "out"].contains(name)).peekable();
        names.peek().is_none() || names.any(|name| message.contains(name))
    };
    message.contains(place) && paths.any(names)
}

#[test]
fn calls_that_fail_leave_whole_lists_and_are_told() {
    if !can_inject() {
        return;
    }
    let number = |name: &str, usual: usize| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let mut random = ChaCha8Rng::seed_from_u64(number("PATRON_FAULT_SEED", 20) as u64);
    let shop = Shop::new();
    let calls = shop.calls();
    let names: std::collections::BTreeSet<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    assert!(names.len() >= 8, "{names:?}");
    // The switch of the lists and of the run, always; of the rest, every kind of call as often as any other.
    let switches = calls.iter().filter(|call| call.name == "rename" && call.text.contains(".aside-l"));
    let mut samples: Vec<(Call, &str)> = switches.map(|call| (call.clone(), "EIO")).collect();
    assert!(samples.len() >= 2, "{samples:?}");
    let names: Vec<&str> = names.into_iter().collect();
    for _ in 0..number("PATRON_FAULTS", USUAL_SAMPLES) {
        let name = *names.choose(&mut random).expect("there are some");
        let of_name: Vec<&Call> = calls.iter().filter(|call| call.name == name).collect();
        let call = *of_name.choose(&mut random).expect("there are some");
        samples.push((call.clone(), *ERRORS.choose(&mut random).expect("there are some")));
    }
    let tried: Vec<(bool, Option<String>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|worker| {
                let (shop, samples) = (&shop, &samples);
                scope.spawn(move || {
                    let own = samples.iter().enumerate().filter(|(n, _)| n % 2 == worker);
                    own.map(|(n, (call, error))| shop.fault(n, call, error)).collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    // Whatever happened in none of them would be right.
    let failed = tried.iter().filter(|(failed, _)| *failed).count();
    assert!(failed * 2 >= samples.len(), "only {failed} of {} calls failed", samples.len());
    let faults: Vec<String> = tried.into_iter().filter_map(|(_, fault)| fault).collect();
    assert!(faults.is_empty(), "{} of {} samples:\n{}", faults.len(), samples.len(), faults.join("\n"));
}
