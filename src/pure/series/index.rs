//! What all customers of a shop share: season and the course of business.

/// The shared index of each period: the shop's total in it ÷ the mean of all, so that figures divided by it are free of season and business
/// trend alike. Periods in which the shop sold nothing, or took more back than it sold, have index 1: nothing can be divided by them.
pub fn shared_index(totals: &[f64]) -> Vec<f64> {
    let sold: Vec<f64> = totals.iter().copied().filter(|total| *total > 0.0).collect();
    let mean = sold.iter().sum::<f64>() / sold.len() as f64;
    totals.iter().map(|total| if *total > 0.0 { total / mean } else { 1.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::shared_index;

    #[test]
    fn the_mean_of_a_shop_that_sold_in_all_periods_is_1() {
        assert_eq!(shared_index(&[10.0, 30.0, 20.0]), [0.5, 1.5, 1.0]);
        assert_eq!(shared_index(&[10.0, 0.0, 30.0, -2.0]), [0.5, 1.0, 1.5, 1.0]);
        assert_eq!(shared_index(&[0.0]), [1.0]);
        assert!(shared_index(&[]).is_empty());
    }
}
