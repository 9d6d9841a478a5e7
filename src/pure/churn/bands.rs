//! Where a score puts a customer: the place by falling score, the tenth, the band.

/// The limits between the bands of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    /// Scores from here on are high.
    pub high: f64,
    /// Scores below this are low.
    pub low: f64,
}

impl Bands {
    /// The name of a score's band.
    pub fn of(&self, score: f64) -> &'static str {
        match score {
            s if s >= self.high => "high",
            s if s < self.low => "low",
            _ => "medium",
        }
    }
}

/// Rows by falling score; equal scores by customer.
pub fn by_score(customers: &[String], scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..customers.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then_with(|| customers[a].cmp(&customers[b])));
    order
}

/// The tenth (1 to 10, 1 the highest) of a place among `all`.
pub fn tenth(place: usize, all: usize) -> usize {
    place * 10 / all.max(1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_fall_and_equal_ones_go_by_customer() {
        let names = ["c", "b", "a"].map(str::to_owned);
        assert_eq!(by_score(&names, &[0.5, 0.9, 0.5]), [1, 2, 0]);
        assert_eq!([0, 1, 2].map(|place| tenth(place, 3)), [1, 4, 7]);
        assert_eq!((tenth(0, 0), tenth(999, 1000)), (1, 10));
    }

    #[test]
    fn a_limit_belongs_to_the_band_above_it() {
        let bands = Bands { high: 0.66, low: 0.33 };
        assert_eq!([0.66, 0.5, 0.33, 0.32].map(|score| bands.of(score)), ["high", "medium", "medium", "low"]);
    }
}
