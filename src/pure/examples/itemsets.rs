//! The miner of itemsets without the engine around it, for timing beside other programs of its kind:
//!
//! ```sh
//! cargo build --release -p patron-pure --example itemsets
//! python benches/peers/mining.py --data DIR --ours "target/release/examples/itemsets {file} {support} {kind} {threads}" --count= --write={out}
//! ```
//!
//! Reads FILE, mines at SUPPORT with THREADS, prints how many there are, and writes them where OUT is named.

use std::error::Error;
use std::fs::File;

use patron_pure::mining::{
    ItemsetSettings, ReadSettings, Run, Style, Support, count_itemsets, itemset_kinds, read_baskets, write_itemsets,
};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let (file, support, kind, threads, out) = match &given[..] {
        [file, support, kind, threads] => (file, support, kind, threads, None),
        [file, support, kind, threads, out] => (file, support, kind, threads, Some(out)),
        _ => return Err("itemsets FILE SUPPORT KIND THREADS [OUT]".into()),
    };
    let kind =
        itemset_kinds().iter().find(|row| row.name == kind).ok_or("KIND is all, closed, maximal or generators")?;
    let settings = ItemsetSettings::new(kind.kind, Support::parse(support)?);
    let run = Run::threads(threads.parse()?);
    let read = read_baskets(&std::fs::read(file)?, &ReadSettings::default())?;
    let outcome = match out {
        None => count_itemsets(read.baskets, &settings, &run)?,
        Some(out) => write_itemsets(read.baskets, &read.names, &settings, Style::Fimi, &run, &mut File::create(out)?)?,
    };
    println!("{}", outcome.itemsets);
    Ok(())
}
