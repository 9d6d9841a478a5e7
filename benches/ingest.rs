//! Ingest side by side: CSV of order lines decoded, typed, checked, bad rows set aside, written to Parquet; beside it the bare
//! CSV → Parquet of DuckDB and Polars on the same file, and DuckDB setting bad rows aside.
//!
//! `cargo bench --bench ingest -- [LINES] [--file PATH]` (default 10,000,000 lines of 494,015 customers, about 570 MB; a file
//! that is there is used again). Peers run where `PATRON_PYTHON` names a Python with `duckdb` and `polars`. All use two
//! threads; runs are interleaved, five of each, medians are printed. CPU seconds are the number to compare on a machine that
//! does other work too.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use patron::numeric::random::stream;
use patron::sources::plan::plan;
use patron::sources::profile::profile;
use patron::sources::read::convert;
use patron::sources::settings::ReadSettings;
use rand::RngExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 5;
const THREADS: usize = 2;
const CUSTOMERS: u32 = 494_015;
/// One row in so many is bad in the second file.
const BAD: u32 = 200;

/// What one run took.
#[derive(Clone, Copy)]
struct Taken {
    wall: f64,
    cpu: f64,
    peak_mb: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let lines: u32 = arguments.first().and_then(|word| word.parse().ok()).unwrap_or(10_000_000);
    let option = |name: &str| arguments.iter().skip_while(|word| *word != name).nth(1);
    // This program starts itself for each run, so that the peak of one is not that of another.
    if let Some(source) = option("--one") {
        return one(Path::new(source));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let given = option("--file").map(PathBuf::from);
    let clean = given.unwrap_or_else(|| folder.path().join("lines.csv"));
    let dirty = clean.with_extension("bad.csv");
    for (path, bad) in [(&clean, false), (&dirty, true)] {
        if !path.exists() {
            generate(path, lines, bad).expect("room on the disk");
        }
    }
    let megabytes = std::fs::metadata(&clean).expect("the file was made").len() / 1_000_000;
    println!("{lines} lines, {megabytes} MB, {THREADS} threads, medians of {RUNS} interleaved runs");

    let python = std::env::var("PATRON_PYTHON").ok();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/ingest.py");
    let own = std::env::current_exe().expect("this program").display().to_string();
    let mut rows: Vec<(&str, Vec<String>)> = vec![
        ("patron", vec![own.clone(), "--one".into(), clean.display().to_string()]),
        ("patron, bad rows set aside", vec![own, "--one".into(), dirty.display().to_string()]),
    ];
    if let Some(python) = &python {
        let peer = |engine: &str, path: &Path| {
            vec![python.clone(), script.to_owned(), engine.to_owned(), path.display().to_string(), THREADS.to_string()]
        };
        rows.push(("DuckDB", peer("duckdb", &clean)));
        rows.push(("DuckDB, bad rows set aside", peer("duckdb-rejects", &dirty)));
        rows.push(("Polars", peer("polars", &clean)));
    } else {
        println!("skipped: the peers; set PATRON_PYTHON to a Python with duckdb and polars");
    }
    let mut taken: Vec<Vec<Taken>> = vec![Vec::new(); rows.len()];
    for _ in 0..RUNS {
        for ((_, command), taken) in rows.iter().zip(&mut taken) {
            taken.extend(run(command));
        }
    }
    let median = |runs: &[Taken], figure: fn(&Taken) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let base = (median(&taken[0], |run| run.wall), median(&taken[0], |run| run.cpu));
    println!("{:28} {:>8} {:>8} {:>8} {:>10} {:>10}", "", "wall s", "CPU s", "peak MB", "wall ratio", "CPU ratio");
    for ((name, _), runs) in rows.iter().zip(&taken) {
        let (wall, cpu, peak) =
            (median(runs, |run| run.wall), median(runs, |run| run.cpu), median(runs, |run| run.peak_mb as f64));
        println!("{name:28} {wall:8.2} {cpu:8.2} {peak:8.0} {:10.2} {:10.2}", wall / base.0, cpu / base.1);
    }
}

/// One ingest in this process; the peak of its memory is its last line of output.
fn one(source: &Path) {
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build_global().expect("the first use of the pool");
    let settings: ReadSettings = serde_json::from_value(serde_json::json!({
        "types": {"customer_id": "text", "order_id": "integer", "ts": "timestamp", "sku": "text", "qty": "integer", "price": "number"},
        "date_formats": ["%Y-%m-%d %H:%M:%S"]
    }))
    .expect("settings");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (rows, rejects) = (folder.path().join("rows.parquet"), folder.path().join("rejects.parquet"));
    let profile = profile(source, "lines.csv", &settings, false, &|_| {}).expect("a readable file");
    let plan = plan(std::slice::from_ref(&profile), &settings).expect("a plan");
    let report = convert(source, &profile, &plan, 0, &settings, &rows, &rejects, &|_| {}).expect("a conversion");
    let bytes = std::fs::metadata(&rows).expect("the rows").len();
    println!("{} rows, {} set aside, {} MB of Parquet", report.rows, report.rejected, bytes / 1_000_000);
    println!("{}", usage(libc::RUSAGE_SELF).ru_maxrss / 1024);
}

/// Runs a command that prints its peak of memory in MB last; none where it fails.
fn run(command: &[String]) -> Option<Taken> {
    let (began, cpu) = (Instant::now(), children_cpu());
    let output = Command::new(&command[0]).args(&command[1..]).output().ok()?;
    let (wall, cpu) = (began.elapsed().as_secs_f64(), children_cpu() - cpu);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let peak_mb = text.lines().last().and_then(|line| line.trim().parse().ok());
    if peak_mb.is_none() {
        eprintln!("failed: {}: {}", command.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Some(Taken { wall, cpu, peak_mb: peak_mb? })
}

fn generate(path: &Path, lines: u32, bad: bool) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let mut random = stream(7, "ingest bench");
    writeln!(out, "customer_id,order_id,ts,sku,qty,price")?;
    let (mut order, mut left, mut customer) = (10_000_000_u32, 0, 0);
    let mut time = 1_577_836_800_i64;
    for _ in 0..lines {
        if left == 0 {
            order += 1;
            left = random.random_range(1..=8);
            customer = random.random_range(0..CUSTOMERS);
            time += random.random_range(0..60);
        }
        left -= 1;
        let at = jiff::Timestamp::from_second(time)
            .expect("a time of this century")
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string();
        let (sku, quantity) = (random.random_range(0..30_000), random.random_range(1..=12));
        let (whole, cents) = (random.random_range(1..=200), random.random_range(0..100));
        match if bad { random.random_range(0..4 * BAD) } else { u32::MAX } {
            0 => {
                writeln!(out, "C{customer:07},{order},2020-13-01 00:00:00,SKU-{sku:05},{quantity},{whole}.{cents:02}")?
            }
            1 => writeln!(out, "C{customer:07},{order},broken")?,
            2 => writeln!(out, "C{customer:07},{order},{at},SKU-{sku:05},many,{whole}.{cents:02}")?,
            3 => writeln!(out, "C{customer:07},{order},{at},SKU-{sku:05},{quantity},{whole}.{cents:02},more")?,
            _ => writeln!(out, "C{customer:07},{order},{at},SKU-{sku:05},{quantity},{whole}.{cents:02}")?,
        }
    }
    out.flush()
}

/// User and system seconds of the processes that have been started and have ended.
fn children_cpu() -> f64 {
    let usage = usage(libc::RUSAGE_CHILDREN);
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn usage(whose: i32) -> libc::rusage {
    // SAFETY: getrusage fills the struct that it is given; zeros are a valid one.
    unsafe {
        let mut usage = std::mem::zeroed();
        libc::getrusage(whose, &mut usage);
        usage
    }
}
