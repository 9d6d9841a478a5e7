//! How much of the value few customers bring: ABC classes, the Pareto curve and the Gini coefficient.

/// How a value is spread over customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Class of each customer, in the order given: 0 is A, 1 is B, …
    pub class: Vec<u8>,
    /// Customers per class.
    pub sizes: Vec<u64>,
    /// Value per class.
    pub values: Vec<f64>,
    /// Gini coefficient: 0 when all bring the same, towards 1 when one brings everything; NaN when nothing was brought.
    pub gini: f64,
    /// Share of the value that the best 0 %, 1 %, …, 100 % of the customers bring.
    pub pareto: Vec<f64>,
}

/// Ranks customers by `values` (not negative, e.g. money of a year) and parts them where the running share of the value
/// passes each of `limits`, ascending: with `[0.8, 0.95]`, A customers are those who together bring at most the first
/// 80 %, B the next 15 %, C the rest. Equal values are ranked in the order given; negative ones and NaN count as zero.
pub fn concentration(values: &[f64], limits: &[f64]) -> Concentration {
    let value = |row: usize| if values[row] > 0.0 { values[row] } else { 0.0 };
    let mut ranked: Vec<usize> = (0..values.len()).collect();
    ranked.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
    let total: f64 = ranked.iter().map(|&row| value(row)).sum();
    let mut class = vec![0u8; values.len()];
    let (mut sizes, mut class_values) = (vec![0; limits.len() + 1], vec![0.0; limits.len() + 1]);
    let (mut running, mut weighted) = (0.0, 0.0);
    let mut curve = vec![0.0; values.len() + 1];
    for (rank, &row) in ranked.iter().enumerate() {
        running += value(row);
        let place = limits.partition_point(|&limit| limit < running / total);
        class[row] = place as u8;
        sizes[place] += 1;
        class_values[place] += value(row);
        curve[rank + 1] = running / total;
        // rank from the lowest, as in the formula
        weighted += (values.len() - rank) as f64 * value(row);
    }
    let count = values.len() as f64;
    // C. Gini, 1912, in the form of sorted values: (2 Σ i·x_i) / (n Σ x_i) - (n + 1) / n
    let gini = 2.0 * weighted / (count * total) - (count + 1.0) / count;
    let best = |percent: usize| curve[(percent * values.len()).div_ceil(100)];
    Concentration { class, sizes, values: class_values, gini, pareto: (0..=100).map(best).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_gini_by_hand() {
        let found = concentration(&[5.0, 80.0, 0.0, 15.0], &[0.8, 0.95]);
        assert_eq!(found.class, [2, 0, 2, 1]);
        assert_eq!(found.sizes, [1, 1, 2]);
        assert_eq!(found.values, [80.0, 15.0, 5.0]);
        assert!((found.gini - (2.0 * (2.0 * 5.0 + 3.0 * 15.0 + 4.0 * 80.0) / 400.0 - 1.25)).abs() < 1e-12);
        assert_eq!((found.pareto[0], found.pareto[25], found.pareto[26], found.pareto[100]), (0.0, 0.8, 0.95, 1.0));
    }

    #[test]
    fn equal_and_absent_values() {
        assert!(concentration(&[3.0; 7], &[0.8, 0.95]).gini.abs() < 1e-12);
        assert!(concentration(&[0.0, 0.0], &[0.8, 0.95]).gini.is_nan());
        assert_eq!(concentration(&[], &[0.8]).sizes, [0, 0]);
    }
}
