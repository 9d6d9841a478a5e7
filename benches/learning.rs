//! Learning and scoring at scale: patron's models, then its peers on the same files in the same run.
//!
//! `cargo bench --bench learning -- [rows] [test rows]`, by default 1,000,000 and 200,000 rows of 50 columns with 7 % positives.
//! Set `PATRON_PYTHON` to a Python with numpy, lightgbm, xgboost and scikit-learn to have `benches/peers/learning.py` run on the
//! same data. Read CPU seconds; wall time says how busy the machine was.

use patron::numeric::math::{cos, exp, ln, ln_1p};
use std::io::Write;
use std::time::Instant;

use patron::learning::{Column, LearningSettings, Lesson, Matrix, fit, metrics, model_row};
use patron::numeric::random::stream;
use rand::RngExt;

const COLUMNS: usize = 50;

fn main() {
    let mut asked = std::env::args().skip(1).filter_map(|word| word.replace('_', "").parse::<usize>().ok());
    let (rows, test_rows) = (asked.next().unwrap_or(1_000_000), asked.next().unwrap_or(200_000));
    let (train, labels) = generate(rows, 42);
    let (test, truth) = generate(test_rows, 43);
    let matrix = |values: &[f32]| {
        let column = |index: usize| {
            let cells = values.iter().skip(index).step_by(COLUMNS).map(|x| f64::from(*x)).collect();
            Column::numbers(&format!("x{index}"), cells)
        };
        Matrix::new((0..COLUMNS).map(column).collect()).expect("a rectangle")
    };
    let (lesson, question) = (matrix(&train), matrix(&test));
    let some: Vec<u32> = (0..test_rows.min(20_000) as u32).collect();
    let asked = question.take(&some);
    println!(
        "{:22} {:>9} {:>9} {:>16} {:>8} {:>16}",
        "model", "fit CPU s", "wall s", "rows/CPU s", "AUC", "reasons/CPU s"
    );
    for (name, settings) in runs() {
        let (began, cpu) = (Instant::now(), cpu_seconds());
        let model = fit(&settings, &Lesson::new(&lesson, &labels, 1)).expect("both labels");
        let (wall, spent) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let cpu = cpu_seconds();
        let scores = model.score(&question).expect("same columns");
        let rate = test_rows as f64 / (cpu_seconds() - cpu);
        let auc = metrics::roc_auc(&truth, &scores).expect("both labels");
        // A forest of deep trees takes minutes.
        let reasons = (name != "random-forest").then(|| {
            let cpu = cpu_seconds();
            model.contributions(&asked).expect("same columns");
            format!("{:.0}", some.len() as f64 / (cpu_seconds() - cpu))
        });
        println!("{name:22} {spent:9.2} {wall:9.2} {rate:16.0} {auc:8.5} {:>16}", reasons.unwrap_or_default());
    }
    if let Ok(python) = std::env::var("PATRON_PYTHON") {
        let folder = std::env::temp_dir().join("patron-learning-bench");
        std::fs::create_dir_all(&folder).expect("a writable temporary folder");
        for (name, values, labels) in [("train", &train, &labels), ("test", &test, &truth)] {
            let mut file = std::fs::File::create(folder.join(name)).expect("a writable folder");
            let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
            file.write_all(&bytes).expect("room on the disk");
            let bytes: Vec<u8> = labels.iter().map(|label| u8::from(*label)).collect();
            std::fs::write(folder.join(format!("{name}-labels")), bytes).expect("room on the disk");
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/learning.py");
        let status = std::process::Command::new(python).arg(script).arg(&folder).status();
        println!("peers: {}", status.map_or_else(|error| error.to_string(), |status| status.to_string()));
    }
}

/// What is run: the booster as the peers are set (100 trees of depth 6, learning rate 0.1), and all by default.
fn runs() -> Vec<(&'static str, LearningSettings)> {
    let with = |name: &str, changes: &[(&str, f64)]| {
        changes.iter().fold(model_row(name).expect("listed").defaults(), |settings, (name, value)| {
            settings.with(name, *value).expect("in range")
        })
    };
    let booster =
        [("trees", 100.0), ("learning_rate", 0.1), ("depth", 6.0), ("leaves", 63.0), ("l2", 0.0), ("patience", 0.0)];
    let forest = [("trees", 100.0), ("depth", 12.0), ("min_leaf_rows", 20.0), ("row_share", 0.2)];
    vec![
        ("gradient-boosting", with("gradient-boosting", &booster)),
        ("booster, default", with("gradient-boosting", &[])),
        ("logistic", with("logistic", &[])),
        ("random-forest", with("random-forest", &forest)),
    ]
}

/// 30 normal, 10 log-normal and 10 whole columns, row by row, and labels with main effects, interactions and a set.
fn generate(rows: usize, seed: u64) -> (Vec<f32>, Vec<bool>) {
    let mut random = stream(seed, "learning-bench");
    let mut values = Vec::with_capacity(rows * COLUMNS);
    let mut labels = Vec::with_capacity(rows);
    for _ in 0..rows {
        let first = values.len();
        for column in 0..COLUMNS {
            // Box and Muller, 1958.
            let mut normal = || {
                let (u, v): (f64, f64) = (random.random(), random.random());
                (-2.0 * ln(1.0 - u)).sqrt() * cos(std::f64::consts::TAU * v)
            };
            values.push(match column {
                0..30 => normal() as f32,
                30..40 => exp(normal()) as f32,
                _ => f32::from(random.random_range(0..10u8)),
            });
        }
        let x = |column: usize| f64::from(values[first + column]);
        let flag = |condition: bool| f64::from(condition);
        let odds = -2.9 + 0.8 * x(0) - 0.6 * x(1) + 0.5 * x(2) * x(3) + 0.7 * flag(x(4) > 1.0) - 0.5 * ln_1p(x(30))
            + 0.6 * flag([2.0, 5.0, 7.0].contains(&x(40)))
            - 0.3 * x(5) * x(5) * flag(x(31) > 1.0)
            + 0.2 * x(6);
        labels.push(random.random::<f64>() < 1.0 / (1.0 + exp(-odds)));
    }
    (values, labels)
}

/// User and system seconds of this process.
fn cpu_seconds() -> f64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the call fills the struct that it is given.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
