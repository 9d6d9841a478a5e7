//! Sequential patterns beside other miners: reading, mining and writing, each row in a process of its own.
//!
//! ```sh
//! python benches/peers/sequences.py --out peers.jsonl           # rusket, prefixspan, Seq2Pat, SPMF where they are there
//! cargo bench --bench sequences -- --peers peers.jsonl          # prints the table with ratios
//! ```
//! CPU seconds of the whole process (user and system) are the number to compare on a machine that does other work too.
//! Data: `../shared/data/spmf_sequences`; the counts are those of `reference/mining.md`.

use std::collections::BTreeMap;
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use patron::mining::sequences::{
    ReadSequences, SequenceFormat, SequenceSettings, read_sequences, sequence_kinds, write_sequences,
};
use patron::mining::{Run, Style, Support};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Data, least count, kind, patterns.
const ROWS: [(&str, u64, &str, u64); 10] = [
    ("SIGN", 110, "all", 27_213),
    ("SIGN", 110, "closed", 27_189),
    ("SIGN", 110, "maximal", 8_774),
    ("SIGN", 73, "all", 110_417),
    ("SIGN", 73, "closed", 109_743),
    ("LEVIATHAN", 117, "all", 33_387),
    ("LEVIATHAN", 117, "closed", 32_655),
    ("LEVIATHAN", 117, "maximal", 17_124),
    ("LEVIATHAN", 58, "all", 173_930),
    ("LEVIATHAN", 58, "closed", 166_774),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| arguments.iter().skip_while(|given| *given != name).nth(1).cloned();
    if let Some(at) = arguments.iter().position(|given| given == "--row") {
        return row(&arguments[at + 1..]);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/spmf_sequences");
    let scratch = std::env::temp_dir().join(format!("sequences-bench-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).expect("the temporary folder can be written");
    let repeats: usize = option("--repeats").map_or(3, |given| given.parse().expect("--repeats takes a number"));
    let peers = option("--peers").map(|path| read_peers(&path)).unwrap_or_default();
    println!(
        "data       count kind      threads patterns  cpu s  peak MB  ratios of CPU seconds (and memory) to peers"
    );
    for (data, count, kind, patterns) in ROWS {
        let Some(plain) = unpacked(&folder, data, &scratch) else {
            println!("skipped: {data} is not in {}", folder.display());
            continue;
        };
        for threads in [1, 2] {
            let mut best: Option<(f64, f64, u64)> = None;
            for _ in 0..repeats {
                let call = [plain.display().to_string(), count.to_string(), kind.to_owned(), threads.to_string()];
                let out = scratch.join("patterns.txt").display().to_string();
                let before = cpu_of_children();
                let done =
                    Command::new(&arguments[0]).arg("--row").args(call).arg(out).output().expect("this program runs");
                let cpu = cpu_of_children() - before;
                let said = String::from_utf8_lossy(&done.stdout).into_owned();
                let numbers: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
                let [found, kilobytes] = numbers[..] else { panic!("the row said {said:?}") };
                if best.is_none_or(|(least, ..)| cpu < least) {
                    best = Some((cpu, kilobytes as f64 / 1e3, found));
                }
            }
            let (cpu, megabytes, found) = best.expect("at least one repeat");
            assert_eq!(found, patterns, "{data} {count} {kind}");
            let beside = peers.get(&format!("{data} {count} {kind}")).into_iter().flatten();
            let ratios: Vec<String> = beside
                .map(|(name, peer_cpu, peer_mb)| format!("{name} {:.1}x ({:.1}x)", peer_cpu / cpu, peer_mb / megabytes))
                .collect();
            println!(
                "{data:10} {count:5} {kind:9} {threads:7} {found:8} {cpu:6.2} {megabytes:8.1}  {}",
                ratios.join(", ")
            );
        }
    }
    let _ = std::fs::remove_dir_all(&scratch);
}

/// One row: reads, mines, writes; says how many patterns and its peak memory in kilobytes.
fn row(arguments: &[String]) {
    let [file, count, kind, threads, out] = arguments else { panic!("--row FILE COUNT KIND THREADS OUT") };
    let text = std::fs::read(file).expect("the data can be read");
    let format = ReadSequences { format: SequenceFormat::Steps, ..ReadSequences::default() };
    let read = read_sequences(&text, &format).expect("the data are plain steps");
    drop(text);
    let kind = sequence_kinds().iter().find(|row| row.name == kind).expect("a known kind").kind;
    let count = Support::Count(count.parse().expect("a count"));
    let settings = SequenceSettings { kind, support: count, ..SequenceSettings::default() };
    let run = Run::threads(threads.parse().expect("a number of threads"));
    let mut out = BufWriter::new(std::fs::File::create(out).expect("the output can be written"));
    let outcome =
        write_sequences(&read.sequences, &read.items, &settings, Style::Spmf, &run, &mut out).expect("it runs");
    println!("{} {}", outcome.patterns, peak_kilobytes());
}

fn unpacked(folder: &Path, data: &str, scratch: &Path) -> Option<PathBuf> {
    let plain = scratch.join(format!("{data}.txt"));
    if !plain.exists() {
        let packed = std::fs::read(folder.join(format!("{data}.txt.gz"))).ok()?;
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut text).ok()?;
        std::fs::write(&plain, text).ok()?;
    }
    Some(plain)
}

/// Lines of `{"peer":…,"row":"SIGN 110 all","cpu":…,"mb":…}`: per row the peers with their least CPU seconds.
fn read_peers(path: &str) -> BTreeMap<String, Vec<(String, f64, f64)>> {
    let text = std::fs::read_to_string(path).expect("the peers' file can be read");
    let mut rows: BTreeMap<String, BTreeMap<String, (f64, f64)>> = BTreeMap::new();
    for line in text.lines() {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let (Some(peer), Some(row)) = (value["peer"].as_str(), value["row"].as_str()) else { continue };
        let (Some(cpu), Some(mb)) = (value["cpu"].as_f64(), value["mb"].as_f64()) else { continue };
        let best = rows.entry(row.to_owned()).or_default().entry(peer.to_owned()).or_insert((cpu, mb));
        if cpu < best.0 {
            *best = (cpu, mb);
        }
    }
    let flat =
        |peers: BTreeMap<String, (f64, f64)>| peers.into_iter().map(|(name, (cpu, mb))| (name, cpu, mb)).collect();
    rows.into_iter().map(|(row, peers)| (row, flat(peers))).collect()
}

/// User and system seconds of all finished children.
fn cpu_of_children() -> f64 {
    // SAFETY: getrusage fills the whole structure it is given.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn peak_kilobytes() -> u64 {
    // SAFETY: as above.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    usage.ru_maxrss as u64
}
