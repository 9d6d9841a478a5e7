//! Models of value on many customers in memory: time and memory, as one JSON line.
//!
//! Customers are drawn from BG/NBD with the published parameters of CDNOW, over 39 weeks of days. Beside it, `peers/value.py` fits the
//! same customers with lifetimes:
//!
//! ```sh
//! cargo bench --bench value -- --customers 1000000 --csv customers.csv    # writes what it fits, then measures
//! python benches/peers/value.py customers.csv
//! cargo bench --bench value -- --customers 1000000 --lines lines.csv     # order lines of the same customers, for a pipeline
//! ```
//! CPU seconds are the number to compare on a machine that does other work too.

use std::io::Write;
use std::time::Instant;

use patron::numeric::calendar::{DAY, day_of_civil};
use patron::numeric::math::{cos, exp, ln, pow};
use patron::numeric::random::stream;
use patron::value::{Ahead, Dropout, Geometric, History, Money, Pareto, Record, forecast};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Days that are observed.
const DAYS: f64 = 273.0;

fn main() {
    let option = |name: &str| std::env::args().skip_while(|given| given != name).nth(1);
    let count: usize =
        option("--customers").map_or(100_000, |given| given.parse().expect("--customers takes a number"));
    let purchases = draw(count);
    if let Some(path) = option("--lines") {
        write_lines(&purchases, &path);
        return;
    }
    let histories: Vec<History> = purchases.iter().map(|days| history(days)).collect();
    if let Some(path) = option("--csv") {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
        writeln!(file, "frequency,recency,T").expect("written");
        for History { repeats, recency, age } in &histories {
            writeln!(file, "{repeats},{recency},{age}").expect("written");
        }
    }
    drop(purchases);
    let drawn = peak_bytes();
    let (bg, bg_wall, bg_cpu) = timed(|| Geometric::fit(&histories, Dropout::AfterRepeat).expect("converges"));
    let (pareto, pareto_wall, pareto_cpu) = timed(|| Pareto::fit(&histories).expect("converges"));
    let records: Vec<Record> = histories.iter().map(|&history| history.into()).collect();
    let ahead = Ahead {
        horizons: [30.0, 90.0, 365.0].map(|days| days / 7.0).to_vec(),
        main: 1,
        discount: ln(1.15) / 52.0,
        share: 0.9,
        waits: (0..24).map(|at| exp(f64::from(at) * 0.3)).collect(),
    };
    let (all, ahead_wall, ahead_cpu) = timed(|| forecast(&bg, &records, Money::Unknown, &ahead));
    println!(
        "{{\"customers\": {count}, \"bg_wall_s\": {bg_wall:.3}, \"bg_cpu_s\": {bg_cpu:.3}, \"bg\": [{:.5}, {:.4}, {:.5}, {:.5}], \
         \"bg_log_likelihood\": {:.3}, \"pareto_wall_s\": {pareto_wall:.3}, \"pareto_cpu_s\": {pareto_cpu:.3}, \
         \"pareto\": [{:.5}, {:.4}, {:.5}, {:.4}], \"pareto_log_likelihood\": {:.3}, \"forecast_wall_s\": {ahead_wall:.3}, \
         \"forecast_cpu_s\": {ahead_cpu:.3}, \"expected_90d\": {:.1}, \"input_peak_mb\": {}, \"peak_mb\": {}}}",
        bg.r,
        bg.alpha,
        bg.a,
        bg.b,
        bg.log_likelihood,
        pareto.r,
        pareto.alpha,
        pareto.s,
        pareto.beta,
        pareto.log_likelihood,
        all.expected[1].iter().sum::<f64>(),
        drawn >> 20,
        peak_bytes() >> 20,
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let made = work();
    (made, wall.elapsed().as_secs_f64(), cpu_seconds() - cpu)
}

/// Days of purchase of each customer, counted from the first day of the quarter in which all come.
fn draw(count: usize) -> Vec<Vec<u16>> {
    let mut random = stream(7, "value bench");
    (0..count)
        .map(|_| {
            let first = random.random::<f64>() * 84.0;
            let rate = gamma(&mut random, 0.243) / (4.414 * 7.0);
            let (stay, leave) = (gamma(&mut random, 2.426), gamma(&mut random, 0.793));
            let chance = leave / (leave + stay);
            let (mut now, mut days) = (first, vec![first as u16]);
            loop {
                now -= ln(1.0 - random.random::<f64>()) / rate;
                if now >= DAYS || now.is_nan() {
                    break;
                }
                let day = now as u16;
                if days[days.len() - 1] != day {
                    days.push(day);
                }
                if random.random::<f64>() < chance {
                    break;
                }
            }
            days
        })
        .collect()
}

/// In weeks, at the end of the last day.
fn history(days: &[u16]) -> History {
    let (first, last) = (f64::from(days[0]), f64::from(days[days.len() - 1]));
    History { repeats: days.len() as u32 - 1, recency: (last - first) / 7.0, age: (DAYS - first) / 7.0 }
}

/// G. Marsaglia, W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000.
fn gamma(random: &mut ChaCha8Rng, shape: f64) -> f64 {
    let boost = if shape < 1.0 { pow(1.0 - random.random::<f64>(), 1.0 / shape) } else { 1.0 };
    let d = if shape < 1.0 { shape + 2.0 / 3.0 } else { shape - 1.0 / 3.0 };
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let (one, two): (f64, f64) = (random.random(), random.random());
        let normal = (-2.0 * ln(1.0 - one)).sqrt() * cos(std::f64::consts::TAU * two);
        let v = (1.0 + c * normal).powi(3);
        if v > 0.0 && ln(1.0 - random.random::<f64>()) < 0.5 * normal * normal + d - d * v + d * ln(v) {
            return boost * d * v;
        }
    }
}

/// One order line per purchase, for `pipelines/demo-shop.toml` and the like.
fn write_lines(purchases: &[Vec<u16>], path: &str) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
    writeln!(file, "customer,order,time,item,quantity,unit_price").expect("written");
    let start = day_of_civil(2026, 1, 1);
    let mut order = 0u64;
    for (customer, days) in purchases.iter().enumerate() {
        for day in days {
            order += 1;
            let time = patron::tables::Date::of_civil_seconds((start + i64::from(*day)) * DAY);
            let price = 5 + (customer * 7919 + order as usize * 104_729) % 60;
            writeln!(file, "c{customer},o{order},{time} 12:00:00,i{},1,{price}.50", order % 100).expect("written");
        }
    }
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(f64::NAN);
    // Fields 14 and 15 of the file, in hundredths of a second.
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
}
