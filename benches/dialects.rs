//! How well the dialect of wild CSV files is told: patron beside DuckDB's sniffer and clevercsv.
//!
//! `cargo bench --bench dialects` reads `../shared/data/csv_torture`: csv-spectrum (11 files with their rows), the files of the W3C
//! CSVW tests with annotated dialects, and the polluted files of Pollock (G. Vitagliano et al., PVLDB 16(8), 2023) with theirs and a
//! clean version each. Peers run where `PATRON_PYTHON` names a Python with `duckdb` and `clevercsv`.
//!
//! For each corpus and tool: files whose delimiter is right, whose quote is right too, whose rows are all read (as many as the clean
//! version has), and rows read or set aside with a reason, which only patron does: nothing is lost in silence there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use patron::sources::dialect::Delimiter;
use patron::sources::plan::plan;
use patron::sources::profile::profile;
use patron::sources::read::convert;
use patron::sources::settings::ReadSettings;

/// A file, and what is known of it.
struct Case {
    path: PathBuf,
    delimiter: Option<String>,
    quote: Option<String>,
    rows: Option<u64>,
}

/// What a tool makes of a file.
#[derive(Default)]
struct Told {
    delimiter: Option<String>,
    quote: Option<String>,
    rows: Option<u64>,
    set_aside: u64,
}

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/csv_torture");
    if !data.exists() {
        println!("skipped: {} is not there", data.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for archive in ["pollock_polluted_files.tar.zst", "w3c_csvw.tar.zst"] {
        let unpacked = Command::new("tar")
            .args(["--use-compress-program", "zstd -d --long=27", "-xf"])
            .arg(data.join(archive))
            .arg("-C")
            .arg(folder.path())
            .status();
        if !unpacked.is_ok_and(|status| status.success()) {
            println!("skipped: {archive} cannot be unpacked; tar and zstd are needed");
        }
    }
    let corpora = [
        ("csv-spectrum", spectrum(&data.join("csv_spectrum"))),
        ("W3C CSVW", csvw(folder.path())),
        ("Pollock", pollock(&folder.path().join("polluted_files"))),
    ];
    println!(
        "{:<14}{:<11}{:>7}{:>11}{:>8}{:>11}{:>14}",
        "corpus", "tool", "files", "delimiter", "quote", "all rows", "rows or told"
    );
    for (corpus, cases) in &corpora {
        let own: Vec<Told> = cases.iter().map(|case| patron(&case.path, folder.path())).collect();
        score(corpus, "patron", cases, &own);
        for tool in ["duckdb", "clevercsv"] {
            match peer(tool, cases) {
                Ok(told) => score(corpus, tool, cases, &told),
                Err(why) => println!("{corpus:<14}{tool:<11}{why}"),
            }
        }
    }
}

fn score(corpus: &str, tool: &str, cases: &[Case], told: &[Told]) {
    let share = |fits: &dyn Fn(&Case, &Told) -> Option<bool>| {
        let judged: Vec<bool> = cases.iter().zip(told).filter_map(|(case, told)| fits(case, told)).collect();
        match judged.len() {
            0 => "-".to_owned(),
            count => format!("{:.1} %", 100.0 * judged.iter().filter(|fits| **fits).count() as f64 / count as f64),
        }
    };
    let delimiter =
        share(&|case, told| Some(case.delimiter.as_ref()? == told.delimiter.as_ref().unwrap_or(&String::new())));
    let quote = share(&|case, told| Some(case.quote.as_ref()? == told.quote.as_ref().unwrap_or(&String::new())));
    let rows = share(&|case, told| Some(told.rows == Some(case.rows?)));
    let or_told = match tool {
        "patron" => {
            share(&|case, told| Some(told.rows.is_none_or(|rows| rows + told.set_aside >= case.rows.unwrap_or(0))))
        }
        _ => "-".to_owned(),
    };
    println!("{corpus:<14}{tool:<11}{:>7}{delimiter:>11}{quote:>8}{rows:>11}{or_told:>14}", cases.len());
}

/// What patron makes of a file without any setting; a file that it refuses with an error has no rows.
fn patron(path: &Path, folder: &Path) -> Told {
    let settings = ReadSettings::default();
    let mut told = Told::default();
    let Ok(found) = profile(path, "file", &settings, false, &|_| {}) else { return told };
    if let Some(dialect) = found.tables[0].dialect {
        told.delimiter = Some(match dialect.delimiter {
            Delimiter::Byte(byte) => char::from(byte).to_string(),
            Delimiter::Blanks => " ".to_owned(),
        });
        told.quote = Some(dialect.quote.map(|byte| char::from(byte).to_string()).unwrap_or_default());
    }
    let report = plan(std::slice::from_ref(&found), &settings).and_then(|plan| {
        let (rows, rejects) = (folder.join("rows.parquet"), folder.join("rejects.parquet"));
        // Files are made new, and never over others: those of the file before have to go.
        let _ = (fs::remove_file(&rows), fs::remove_file(&rejects));
        convert(path, &found, &plan, 0, &settings, &rows, &rejects, &|_| {})
    });
    if let Ok(report) = report {
        told.rows = Some(report.rows);
        told.set_aside = report.rejected;
    }
    told
}

/// What a peer makes of the files: one line each of delimiter, quote and rows, parted by U+001F.
fn peer(tool: &str, cases: &[Case]) -> Result<Vec<Told>, String> {
    let python = std::env::var("PATRON_PYTHON").map_err(|_| "not compared: PATRON_PYTHON is not set".to_owned())?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/dialects.py");
    let list = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let paths: String = cases.iter().map(|case| format!("{}\n", case.path.display())).collect();
    fs::write(list.path(), paths).map_err(|error| error.to_string())?;
    let output =
        Command::new(python).arg(script).arg(tool).arg(list.path()).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!(
            "not compared: its Python package cannot be imported ({})",
            String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default()
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text
        .lines()
        .map(|line| {
            let mut fields = line.split('\u{1f}');
            let mut next = || fields.next().map(|field| field.replace("\\t", "\t"));
            let (delimiter, quote) = (next(), next());
            Told { delimiter, quote, rows: next().and_then(|rows| rows.parse().ok()), set_aside: 0 }
        })
        .collect())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default();
    all.sort();
    all
}

fn spectrum(folder: &Path) -> Vec<Case> {
    let case = |path: PathBuf| {
        let json = folder.join("json").join(path.file_name()?).with_extension("json");
        let rows: serde_json::Value = serde_json::from_str(&fs::read_to_string(json).ok()?).ok()?;
        Some(Case {
            path,
            delimiter: Some(",".into()),
            quote: Some("\"".into()),
            rows: Some(rows.as_array()?.len() as u64),
        })
    };
    files(&folder.join("csvs")).into_iter().filter_map(case).collect()
}

fn csvw(folder: &Path) -> Vec<Case> {
    let annotations = fs::read_to_string(folder.join("W3C-CSVW-Dialect_annotations.txt")).unwrap_or_default();
    let mark = |word: &str| match word {
        "comma" => ",",
        "semicolon" => ";",
        "tab" => "\t",
        "space" => " ",
        "doublequote" => "\"",
        _ => "",
    };
    let case = |line: &str| {
        let fields: Vec<&str> = line.split('|').collect();
        let path = folder.join("W3C-CSVW").join(fields[0]);
        path.exists().then(|| Case {
            path,
            delimiter: Some(mark(fields[2]).into()),
            quote: Some(mark(fields[3]).into()),
            rows: None,
        })
    };
    annotations.lines().skip(2).filter_map(case).collect()
}

fn pollock(folder: &Path) -> Vec<Case> {
    let case = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let known = fs::read_to_string(folder.join("parameters").join(format!("{name}_parameters.json"))).ok()?;
        let known: BTreeMap<String, serde_json::Value> = serde_json::from_str(&known).ok()?;
        let text = |key: &str| Some(known.get(key)?.as_str()?.to_owned());
        let clean = fs::read(folder.join("clean").join(&name)).ok()?;
        let delimiter = text("delimiter").filter(|delimiter| delimiter.len() == 1)?;
        Some(Case {
            path,
            delimiter: Some(delimiter),
            quote: text("quotechar"),
            rows: Some(records(&clean).saturating_sub(1)),
        })
    };
    files(&folder.join("csv")).into_iter().filter_map(case).collect()
}

/// Records of a well-formed file: lines that end outside of quotes and hold something.
fn records(text: &[u8]) -> u64 {
    let (mut quoted, mut filled, mut count) = (false, false, 0);
    for byte in text.iter().chain(b"\n") {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                count += u64::from(filled);
                filled = false;
                continue;
            }
            _ => {}
        }
        filled |= !byte.is_ascii_whitespace();
    }
    count
}
