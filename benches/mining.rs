//! How fast itemsets are read, mined and written, on the FIMI sets of `../shared/data`.
//!
//! Prints one row for each data set, support and kind: milliseconds for reading, then for mining at one and at two threads
//! when counting only, and at two threads when writing every line. `benches/peers/mining.py` sets the whole command beside
//! other programs.

use patron::mining::{
    ItemsetSettings, ReadSettings, Run, Style, Support, count_itemsets, itemset_kinds, read_baskets, write_itemsets,
};
use std::io::Read;
use std::path::Path;
use std::time::Instant;

const SETS: [(&str, [u64; 2]); 4] =
    [("retail", [88, 9]), ("T10I4D100K", [100, 10]), ("mushroom", [813, 406]), ("chess", [1600, 1278])];

fn main() {
    println!(
        "{:<12}{:>8} {:<10}{:>12}{:>9}{:>10}{:>10}{:>10}",
        "data", "support", "kind", "itemsets", "read ms", "1 thread", "2 threads", "written"
    );
    for (name, supports) in SETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/fimi/{name}.dat.gz"));
        let Ok(packed) = std::fs::read(&path) else {
            println!("skipped: {} is not there", path.display());
            continue;
        };
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("the file is whole");
        let (read, reading) = best(|| read_baskets(&bytes, &ReadSettings::default()).expect("the file is in order"));
        for support in supports {
            for row in itemset_kinds().iter().take(3) {
                let settings = ItemsetSettings::new(row.kind, Support::Count(support));
                let count =
                    |threads| count_itemsets(&read.baskets, &settings, &Run::threads(threads)).expect("fine settings");
                let (outcome, one) = best(|| count(1));
                let (_, two) = best(|| count(2));
                let (_, written) = best(|| {
                    let mut sink = std::io::sink();
                    let run = Run::threads(2);
                    write_itemsets(&read.baskets, &read.names, &settings, Style::Fimi, &run, &mut sink)
                        .expect("a sink takes all")
                });
                println!(
                    "{name:<12}{support:>8} {:<10}{:>12}{reading:>9.1}{one:>10.1}{two:>10.1}{written:>10.1}",
                    row.name, outcome.itemsets
                );
            }
        }
    }
}

/// What `work` gives, and the shortest of three times in milliseconds.
fn best<T>(work: impl Fn() -> T) -> (T, f64) {
    let timed = || {
        let start = Instant::now();
        let result = work();
        (result, start.elapsed().as_secs_f64() * 1e3)
    };
    (0..2).fold(timed(), |best, _| {
        let next = timed();
        if next.1 < best.1 { next } else { best }
    })
}
