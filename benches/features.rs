//! Features of 10 million order lines in memory: time and memory, as one JSON line.
//!
//! Beside it, `peers/features.py` computes the core of the same features by SQL in DuckDB, from the same lines:
//!
//! ```sh
//! cargo bench --bench features -- --lines 10000000 --csv lines.csv      # writes what it computes from, then measures
//! python benches/peers/features.py lines.csv --threads 2
//! ```
//! CPU seconds are the number to compare on a machine that does other work too.

use std::io::Write;
use std::time::Instant;

use patron::features::{FeatureSettings, FeatureTable, ORDER_FEATURES, compute};
use patron::numeric::calendar::{DAY, civil_of_day, day_of_civil};
use patron::numeric::random::stream;
use patron::orders::{AsOf, Lines, Orders, Returns};
use rand::RngExt;

/// Share of customers, orders and items that make 10 million lines of 494,015 customers.
const LINES_PER_CUSTOMER: f64 = 10_000_000.0 / 494_015.0;

fn main() {
    let option = |name: &str| std::env::args().skip_while(|given| given != name).nth(1);
    let count: usize = option("--lines").map_or(1_000_000, |given| given.parse().expect("--lines takes a number"));
    let lines = generate(count);
    if let Some(path) = option("--csv") {
        write_csv(&lines, &path);
    }
    let customers = (count as f64 / LINES_PER_CUSTOMER) as usize + 1;
    let as_of = day_of_civil(2026, 1, 1) * DAY;
    let generated = peak_bytes();

    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let orders = Orders::new(customers, lines, Returns::default()).expect("generated columns fit");
    let (sorted_wall, sorted_cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let table =
        compute(AsOf::new(&orders, as_of), &FeatureSettings::default(), &|_| {}).expect("the defaults make sense");
    let (all_wall, all_cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        "{{\"lines\": {count}, \"customers\": {}, \"features\": {}, \"sort_wall_s\": {sorted_wall:.3}, \
         \"sort_cpu_s\": {sorted_cpu:.3}, \"features_wall_s\": {:.3}, \"features_cpu_s\": {:.3}, \"wall_s\": {all_wall:.3}, \
         \"cpu_s\": {all_cpu:.3}, \"input_peak_mb\": {}, \"peak_mb\": {}, \"lines_per_cpu_s\": {:.0}, \"core\": [{}]}}",
        table.customers.len(),
        ORDER_FEATURES.len(),
        all_wall - sorted_wall,
        all_cpu - sorted_cpu,
        generated >> 20,
        peak_bytes() >> 20,
        count as f64 / all_cpu,
        core_sums(&table).join(", "),
    );
}

/// Sums of the features that the peer computes too, missing values left out: the two must agree.
fn core_sums(table: &FeatureTable) -> Vec<String> {
    const CORE: [&str; 16] = [
        "recency_days",
        "tenure_days",
        "orders_lifetime",
        "money_lifetime",
        "orders_30d",
        "orders_60d",
        "orders_90d",
        "orders_180d",
        "orders_365d",
        "money_90d",
        "money_365d",
        "gap_days_mean",
        "gap_days_sd",
        "distinct_items_observed",
        "basket_lines_mean",
        "basket_items_mean",
    ];
    let sum = |name: &&str| {
        let values = table.column(name).expect("a feature's name");
        format!("{:.4e}", values.iter().filter(|value| !value.is_nan()).sum::<f64>())
    };
    CORE.iter().map(sum).collect()
}

/// Lines of two years, by time as a shop records them: some customers buy much more than others, items follow popularity.
fn generate(count: usize) -> Lines {
    let mut rng = stream(7, "features bench");
    let customers = (count as f64 / LINES_PER_CUSTOMER) as usize + 1;
    let begin = day_of_civil(2024, 1, 1) * DAY;
    let span = day_of_civil(2026, 1, 1) * DAY - begin;
    let mut lines = Lines::default();
    let mut order = 0;
    while lines.order.len() < count {
        let skew: f64 = rng.random();
        let customer = (skew * skew * customers as f64) as u32;
        let time = begin + (lines.order.len() as i128 * i128::from(span) / count as i128) as i64;
        let size = rng.random_range(1..=5usize).min(count - lines.order.len());
        for _ in 0..size {
            let popularity: f64 = rng.random();
            let quantity = rng.random_range(1..=4);
            lines.customer.push(customer);
            lines.order.push(order);
            lines.item.push((popularity * popularity * popularity * 20_000.0) as u32);
            lines.time.push(time);
            lines.quantity.push(quantity * 1_000);
            lines.amount.push(quantity * rng.random_range(5_000..500_000));
        }
        order += 1;
    }
    lines
}

fn write_csv(lines: &Lines, path: &str) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("the file can be written"));
    writeln!(file, "customer,order_id,item,ts,quantity,amount").expect("the file can be written");
    for row in 0..lines.order.len() {
        let time = lines.time[row];
        let (year, month, day) = civil_of_day(time.div_euclid(DAY));
        let second = time.rem_euclid(DAY);
        writeln!(
            file,
            "{},{},{},{year}-{month:02}-{day:02} {:02}:{:02}:{:02},{},{}.{:04}",
            lines.customer[row],
            lines.order[row],
            lines.item[row],
            second / 3_600,
            second / 60 % 60,
            second % 60,
            lines.quantity[row] / 1_000,
            lines.amount[row] / 10_000,
            lines.amount[row] % 10_000,
        )
        .expect("the file can be written");
    }
}

fn usage() -> libc::rusage {
    let mut usage = std::mem::MaybeUninit::uninit();
    // SAFETY: getrusage fills the struct it is given, and cannot fail for the calling process.
    unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    }
}

fn cpu_seconds() -> f64 {
    let usage = usage();
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Most memory this process has held so far (kilobytes on Linux).
fn peak_bytes() -> u64 {
    usage().ru_maxrss as u64 * 1024
}
