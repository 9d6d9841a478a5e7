//! Many questions at once.

/// Which of many chances (p, 0 to 1) may be called discoveries so that at most `rate` of those called are false on average, in their order
/// (Y. Benjamini, Y. Hochberg, JRSS B 57, 1995).
pub fn discoveries(chances: &[f64], rate: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = chances.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let all = chances.len() as f64;
    let largest = sorted.iter().enumerate().rev().find(|(place, p)| **p <= rate * (place + 1) as f64 / all);
    let limit = largest.map_or(-1.0, |(_, p)| *p);
    chances.iter().map(|p| *p <= limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the paper, section 4.2: fifteen tests, four of which hold at 5 % (three by Bonferroni).
    #[test]
    fn the_papers_example() {
        let chances = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        assert_eq!(discoveries(&chances, 0.05).iter().filter(|found| **found).count(), 4);
        let turned: Vec<f64> = chances.into_iter().rev().collect();
        assert!(discoveries(&turned, 0.05)[11..].iter().all(|found| *found));
        assert!(discoveries(&[], 0.05).is_empty());
    }
}
