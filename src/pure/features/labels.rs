//! What customers did after the as-of date: the truth that models are trained towards and judged by.

use crate::orders::After;

/// Whether each customer stayed away: no order line within the horizon. `None` for an id that is not known.
pub fn churned(after: After, customers: &[u32]) -> Vec<Option<bool>> {
    customers.iter().map(|&customer| is_known(after, customer).then(|| after.lines(customer).is_empty())).collect()
}

/// Money each customer spent within the horizon, in currency units, returns not subtracted; NaN for an id that is not
/// known.
pub fn spent(after: After, customers: &[u32]) -> Vec<f64> {
    let sum = |customer| after.lines(customer).amount.iter().map(|&amount| i128::from(amount)).sum::<i128>();
    let money = |&customer: &u32| {
        if is_known(after, customer) { sum(customer) as f64 / 10_000.0 } else { f64::NAN }
    };
    customers.iter().map(money).collect()
}

/// Orders each customer placed within the horizon; NaN for an id that is not known.
pub fn ordered(after: After, customers: &[u32]) -> Vec<f64> {
    let count = |&customer: &u32| {
        if is_known(after, customer) { after.lines(customer).orders() as f64 } else { f64::NAN }
    };
    customers.iter().map(count).collect()
}

fn is_known(after: After, customer: u32) -> bool {
    (customer as usize) < after.customers()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn labels_of_three_customers() {
        let lines = Lines {
            customer: vec![0, 0, 0, 1, 1],
            order: vec![0, 1, 1, 2, 3],
            item: vec![0; 5],
            category: None,
            time: vec![0, 5 * DAY, 5 * DAY, DAY, 12 * DAY],
            quantity: vec![1000; 5],
            amount: vec![10_000, 20_000, 5_000, 70_000, 80_000],
        };
        let orders = Orders::new(3, lines, Returns::default()).unwrap();
        let after = After::new(&orders, 2 * DAY, 10, 13 * DAY).unwrap();
        let customers = [0, 1, 2, 3];
        assert_eq!(churned(after, &customers), [Some(false), Some(true), Some(true), None]);
        assert_eq!(spent(after, &customers)[..3], [2.5, 0.0, 0.0]);
        assert_eq!(ordered(after, &customers)[..3], [1.0, 0.0, 0.0]);
        assert!(spent(after, &customers)[3].is_nan() && ordered(after, &customers)[3].is_nan());
    }
}
