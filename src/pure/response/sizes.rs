//! How large a trial must be: so that its response rate is known well enough, and so that a model can be told from chance.

use crate::numeric::erf::normal_quantile;
use crate::numeric::shares::Z95;

/// Chance to find what is there.
pub const POWER: f64 = 0.8;
/// Beyond so many contacts there is no trial.
const MOST: u64 = 1 << 40;

/// Contacts so that the 95 % Wilson interval of a response rate near `rate` reaches `within` (above 0) to each side of its middle: the
/// interval's half-width solved for the number of contacts (W. Piegorsch, "Sample sizes for improved binomial confidence intervals",
/// Computational Statistics & Data Analysis 46, 2004). `rate` is from 0 to 1.
pub fn contacts_for_rate(rate: f64, within: f64) -> u64 {
    let (spread, z2, w2) = (rate * (1.0 - rate), Z95 * Z95, within * within);
    let root = (spread * spread + w2 * (1.0 - 4.0 * spread)).sqrt();
    let exact = z2 * (spread - 2.0 * w2 + root) / (2.0 * w2);
    (exact.max(1.0) - 1e-9).ceil() as u64
}

/// How far the 95 % Wilson interval reaches to each side of its middle.
pub fn half_width(rate: f64, contacts: u64) -> f64 {
    let n = contacts.max(1) as f64;
    Z95 / (1.0 + Z95 * Z95 / n) * (rate * (1.0 - rate) / n + Z95 * Z95 / (4.0 * n * n)).sqrt()
}

/// The standard error of an area under the ROC curve with so many responders and others (J. Hanley, B. McNeil, Radiology 143, 1982,
/// equation 1); at an area of 0.5 it is that of the Wilcoxon test.
fn area_error(area: f64, responders: f64, others: f64) -> f64 {
    let (q1, q2) = (area / (2.0 - area), 2.0 * area * area / (1.0 + area));
    let square = area * area;
    let sum = area * (1.0 - area) + (responders - 1.0) * (q1 - square) + (others - 1.0) * (q2 - square);
    (sum / (responders * others)).sqrt()
}

/// Contacts so that a model whose area under the ROC curve is `area` (above 0.5) is shown to be better than chance with [`POWER`], two-sided at 5 %, when a
/// share `rate` responds. Nothing where no trial is large enough.
pub fn contacts_for_area(area: f64, rate: f64) -> Option<u64> {
    let enough = |contacts: u64| tells(area, rate, contacts);
    let mut high = 4;
    while !enough(high) {
        high *= 2;
        if high > MOST {
            return None;
        }
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// The least area that a trial of so many contacts tells from chance; nothing where it tells none.
pub fn least_area(rate: f64, contacts: u64) -> Option<f64> {
    let (mut low, mut high) = (0.5, 0.999);
    if !tells(high, rate, contacts) {
        return None;
    }
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if tells(middle, rate, contacts) { high = middle } else { low = middle }
    }
    Some(high)
}

fn tells(area: f64, rate: f64, contacts: u64) -> bool {
    let responders = rate * contacts as f64;
    let others = contacts as f64 - responders;
    // Fewer have no error to speak of.
    if responders < 2.0 || others < 2.0 {
        return false;
    }
    let by_chance = Z95 * area_error(0.5, responders, others);
    area - 0.5 >= by_chance + normal_quantile(POWER) * area_error(area, responders, others)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::learning::metrics::roc_auc;
    use crate::numeric::random::stream;
    use crate::numeric::shares::wilson_of;

    #[test]
    fn error_of_hanley_and_mcneil_1982() {
        // Their example: 51 abnormal and 58 normal images, area 0.893, standard error 0.032.
        let error = area_error(0.893, 51.0, 58.0);
        assert!((error - 0.0325).abs() < 5e-5, "{error}");
        // Wilcoxon's variance by chance: (m + n + 1) / (12 m n).
        assert!((area_error(0.5, 51.0, 58.0).powi(2) - 110.0 / (12.0 * 51.0 * 58.0)).abs() < 1e-15);
    }

    #[test]
    fn newcombe_1998_backwards() {
        // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263 has .2553 to .3662, 15 of 148 .0624 to .1605.
        for (part, all, low, high) in [(81.0, 263u64, 0.2553, 0.3662), (15.0, 148, 0.0624, 0.1605)] {
            let (rate, half) = (part / all as f64, (high - low) / 2.0);
            assert!((half_width(rate, all) - half).abs() < 6e-5);
            assert!(contacts_for_rate(rate, half).abs_diff(all) <= 1, "{}", contacts_for_rate(rate, half));
        }
        // The textbook's 385 of p = ½ within five points by the plain formula are 384.15; Wilson's interval needs z² = 3.84 fewer.
        assert_eq!(contacts_for_rate(0.5, 0.05), 381);
    }

    #[test]
    fn the_smallest_number_is_found() {
        for rate in [0.0, 0.004, 0.02, 0.117, 0.5, 0.9] {
            for within in [0.002, 0.01, 0.03, 0.1] {
                let contacts = contacts_for_rate(rate, within);
                assert!(half_width(rate, contacts) <= within + 1e-12, "{rate} {within} {contacts}");
                assert!(contacts == 1 || half_width(rate, contacts - 1) > within, "{rate} {within} {contacts}");
                let (low, high) = wilson_of(rate, contacts as f64, Z95);
                assert!((high - low) / 2.0 <= within + 1e-12);
            }
        }
        let contacts = contacts_for_area(0.6, 0.05).expect("there is one");
        let least = least_area(0.05, contacts).expect("it tells some");
        assert!((least - 0.6).abs() < 5e-4, "{least}");
        assert!(least_area(0.05, contacts - 1).expect("it tells some") > least);
        assert_eq!((contacts_for_area(0.5, 0.1), least_area(0.0, 1000)), (None, None));
    }

    #[test]
    fn the_power_is_what_was_asked_for() {
        // Normal scores whose means differ by √2 Φ⁻¹(0.65) have an area of 0.65.
        let (area, rate) = (0.65, 0.1);
        let contacts = contacts_for_area(area, rate).expect("there is one");
        let shift = 2.0f64.sqrt() * normal_quantile(area);
        let responders = (rate * contacts as f64).round() as usize;
        let labels: Vec<bool> = (0..contacts as usize).map(|row| row < responders).collect();
        let by_chance = Z95 * area_error(0.5, responders as f64, (contacts as usize - responders) as f64);
        let found = (0..1000)
            .filter(|trial| {
                let mut random = stream(*trial, "power");
                let scores: Vec<f64> = labels
                    .iter()
                    .map(|label| normal_quantile(random.random_range(1e-12..1.0)) + if *label { shift } else { 0.0 })
                    .collect();
                roc_auc(&labels, &scores).expect("both labels") - 0.5 >= by_chance
            })
            .count();
        assert!((770..=850).contains(&found), "{found} of 1000 with {contacts} contacts");
    }
}
