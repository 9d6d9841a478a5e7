//! Planning contacts in memory: time, memory and the proven gap, as one JSON line.
//!
//! ```sh
//! cargo bench --bench plan                                             # 1 million customers × 6 options × 5 limits
//! cargo bench --bench plan -- --customers 10000000 --wide              # 12 options × 10 limits
//! cargo bench --bench plan -- --customers 20000 --csv plan.csv && python benches/peers/plan.py plan.csv
//! ```
//! With `--csv` it writes the candidates, and `peers/plan.py` solves the same plan by HiGHS. CPU seconds are the number to compare on a
//! machine that does other work too.

use std::io::Write;
use std::time::Instant;

use patron::numeric::math::{cos, ln};
use patron::numeric::random::mix;
use patron::planning::{Candidates, Choices, Limit, Measure, Persons, Sense, Standing, plan};

/// Ten-thousandths of a currency unit.
const UNIT: i64 = 10_000;
/// Costs of e-mails, short messages and a letter; the wide shop has each at two times.
const COSTS: [i64; 6] = [100, 500, 2_000, 800, 3_000, 9_000];
const SEGMENTS: usize = 3;

fn main() {
    let option = |name: &str| std::env::args().skip_while(|given| given != name).nth(1);
    let customers = option("--customers").map_or(1_000_000, |given| given.parse().expect("--customers takes a number"));
    let options = if std::env::args().any(|given| given == "--wide") { 12 } else { 6 };
    let candidates = candidates(customers, options);
    let limits = limits(customers, options);
    if let Some(path) = option("--csv") {
        write_csv(&candidates, &path);
    }
    let persons = Persons {
        household: (0..customers as u32).collect(),
        room: vec![1; customers],
        household_room: vec![1; customers],
    };
    let generated = peak_bytes();
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let choices = Choices::new(candidates, &persons, options * SEGMENTS).expect("generated columns fit");
    let found = plan(&choices, &limits).expect("the limits make sense");
    let (planned, planned_cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    assert_eq!(found.standing, Standing::Meets);
    let changes = (0..limits.len()).map(|place| {
        let bound = limits[place].bound;
        found.with_bounds(&choices, &limits, place, &[bound * 9 / 10, bound * 11 / 10]).expect("limits that can be")
    });
    let changes: Vec<String> =
        changes.map(|c| format!("[{:.4}, {:.4}]", money(c[0].expected), money(c[1].expected))).collect();
    let without = found.without(&choices).len();
    println!(
        "{{\"customers\": {customers}, \"options\": {options}, \"limits\": {}, \"contacts\": {}, \"value\": {:.4}, \
         \"bound\": {:.4}, \"gap\": {:.3e}, \"passes\": {}, \"wall_s\": {planned:.3}, \"cpu_s\": {planned_cpu:.3}, \
         \"with_changes_and_reasons_s\": {:.3}, \"without\": {without}, \"input_peak_mb\": {}, \"peak_mb\": {}, \
         \"prices\": {:?}, \"changes_10_percent\": [{}]}}",
        limits.len(),
        found.chosen.len(),
        money(found.value as f64),
        money(found.bound as f64),
        found.gap(),
        found.passes,
        wall.elapsed().as_secs_f64(),
        generated >> 20,
        peak_bytes() >> 20,
        found.uses.iter().map(|used| used.price).collect::<Vec<_>>(),
        changes.join(", "),
    );
}

fn money(amount: f64) -> f64 {
    amount / UNIT as f64
}

/// Customers with a size drawn from gamma(2), and for each option size × normal(0.6, 1), not below minus the size.
fn candidates(customers: usize, options: usize) -> Candidates {
    let uniform = |n: u64| (mix(11 ^ mix(n)) >> 11) as f64 / (1u64 << 53) as f64;
    let log = |n| ln(1.0 - uniform(n));
    let mut candidates = Candidates::default();
    for person in 0..customers as u64 {
        let base = person * 100;
        let segment = (uniform(base) * SEGMENTS as f64) as usize;
        let size = -log(base + 1) - log(base + 2);
        for option in 0..options {
            let angle = cos(std::f64::consts::TAU * uniform(base + 10 + option as u64));
            let normal = 0.6 + (-2.0 * log(base + 40 + option as u64)).sqrt() * angle;
            candidates.person.push(person as u32);
            candidates.kind.push((option * SEGMENTS + segment) as u16);
            candidates.slot.push(0);
            candidates.value.push((normal.max(-1.0) * size * UNIT as f64).round() as i64);
            candidates.cost.push(COSTS[option % COSTS.len()]);
        }
    }
    candidates
}

/// Budget, short messages, letters, e-mails, and a third of the contacts to the last segment; the wide shop also limits each time and
/// segment.
fn limits(customers: usize, options: usize) -> Vec<Limit> {
    let n = customers as i64;
    let kinds = options * SEGMENTS;
    let marked =
        |test: &dyn Fn(usize, usize) -> bool| (0..kinds).map(|kind| test(kind / SEGMENTS, kind % SEGMENTS)).collect();
    let contacts = |kinds: Vec<bool>, sense, bound| Limit { measure: Measure::Contacts, kinds, sense, bound };
    let mut limits = vec![
        Limit { measure: Measure::Costs, kinds: vec![true; kinds], sense: Sense::AtMost, bound: n * UNIT / 10 },
        contacts(marked(&|option, _| (3..5).contains(&(option % 6))), Sense::AtMost, n * 15 / 100),
        contacts(marked(&|option, _| option % 6 == 5), Sense::AtMost, n * 5 / 100),
        contacts(marked(&|option, _| option % 6 < 3), Sense::AtMost, n * 55 / 100),
        contacts(marked(&|_, segment| segment == 2), Sense::AtLeast, n * 32 / 100),
    ];
    if options > 6 {
        limits.extend([
            contacts(marked(&|option, _| option < 6), Sense::AtMost, n * 30 / 100),
            contacts(marked(&|option, _| option >= 6), Sense::AtMost, n * 42 / 100),
            contacts(marked(&|option, segment| option % 6 == 5 && segment == 0), Sense::AtLeast, n / 50),
            contacts(marked(&|option, _| option == 3), Sense::AtMost, n * 4 / 100),
            Limit {
                measure: Measure::Share(vec![true; kinds]),
                kinds: marked(&|_, segment| segment == 1),
                sense: Sense::AtLeast,
                bound: 280_000,
            },
        ]);
    }
    limits
}

fn write_csv(candidates: &Candidates, path: &str) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
    writeln!(out, "person,kind,value,cost").expect("written");
    for row in 0..candidates.person.len() {
        let (person, kind) = (candidates.person[row], candidates.kind[row]);
        writeln!(out, "{person},{kind},{},{}", candidates.value[row], candidates.cost[row]).expect("written");
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
