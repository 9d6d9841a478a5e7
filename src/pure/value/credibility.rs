//! What a customer's order brings where the gamma-gamma model must not be used: the own mean, drawn towards that of all as far as it is
//! not to be believed.
//!
//! H. Bühlmann, E. Straub, "Glaubwürdigkeit für Schadensätze", 1970, with the estimators of their structural parameters as in
//! H. Bühlmann, A. Gisler, "A course in credibility theory and its applications", 2005, §4.8. It asks for no distribution, so that
//! margins may be negative.

use super::ValueError;

/// Orders of a customer: number, mean, and the sum of squared distances from the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Own {
    /// Orders, at least 1.
    pub orders: u32,
    /// Their mean.
    pub mean: f64,
    /// Σ (order − mean)².
    pub squares: f64,
}

/// What was estimated of all customers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Credibility {
    /// The mean of all, each customer weighted by credibility.
    pub mean: f64,
    /// The variance of a customer's orders around the customer's mean.
    pub within: f64,
    /// The variance of customers' means; 0 where they do not differ by more than chance.
    pub between: f64,
}

impl Credibility {
    /// Estimates the two variances.
    ///
    /// # Errors
    /// When there is no customer with orders, or a mean is not finite.
    pub fn fit(customers: &[Own]) -> Result<Credibility, ValueError> {
        let known: Vec<Own> = customers.iter().copied().filter(|own| own.orders > 0).collect();
        if known.is_empty() {
            return Err(ValueError::NoCustomers);
        }
        if let Some(row) = customers.iter().position(|own| own.orders > 0 && !own.mean.is_finite()) {
            return Err(ValueError::Money { row, money: customers[row].mean });
        }
        let weight = |own: &Own| f64::from(own.orders);
        let all: f64 = known.iter().map(weight).sum();
        let freedom = all - known.len() as f64;
        let within = if freedom > 0.0 { known.iter().map(|own| own.squares).sum::<f64>() / freedom } else { 0.0 };
        let mean = known.iter().map(|own| weight(own) * own.mean).sum::<f64>() / all;
        let spread: f64 = known.iter().map(|own| weight(own) * (own.mean - mean).powi(2)).sum();
        let divisor = all - known.iter().map(|own| weight(own).powi(2)).sum::<f64>() / all;
        let between =
            if divisor > 0.0 { ((spread - (known.len() as f64 - 1.0) * within) / divisor).max(0.0) } else { 0.0 };
        let mut model = Credibility { mean, within, between };
        let shares: f64 = known.iter().map(|own| model.share(own.orders)).sum();
        if shares > 0.0 {
            model.mean = known.iter().map(|own| model.share(own.orders) * own.mean).sum::<f64>() / shares;
        }
        Ok(model)
    }

    /// How far a mean of so many orders is believed, 0 to 1.
    pub fn share(&self, orders: u32) -> f64 {
        let n = f64::from(orders);
        let both = n * self.between + self.within;
        if both > 0.0 { n * self.between / both } else { 0.0 }
    }

    /// The expected value of the customer's orders to come.
    pub fn expected(&self, own: &Own) -> f64 {
        let share = self.share(own.orders);
        if own.orders == 0 { self.mean } else { share * own.mean + (1.0 - share) * self.mean }
    }

    /// The variance of one order to come: around the customer's mean, and of what is not known of that mean.
    pub fn variance(&self, own: &Own) -> f64 {
        self.within + (1.0 - self.share(own.orders)) * self.between
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_customers_by_hand() {
        // Orders 8, 12 and 18, 22, 20: within (8 + 8) / 3, means 10 and 20.
        let customers = [Own { orders: 2, mean: 10.0, squares: 8.0 }, Own { orders: 3, mean: 20.0, squares: 8.0 }];
        let model = Credibility::fit(&customers).expect("customers");
        let within = 16.0 / 3.0;
        assert!((model.within - within).abs() < 1e-12);
        // Σ n (mean − 16)² = 72 + 48, less within, over 5 − 13/5.
        let between = (120.0 - within) / 2.4;
        assert!((model.between - between).abs() < 1e-12);
        let share = |n: f64| n * between / (n * between + within);
        let mean = (share(2.0) * 10.0 + share(3.0) * 20.0) / (share(2.0) + share(3.0));
        assert!((model.mean - mean).abs() < 1e-12);
        assert!((model.expected(&customers[0]) - (share(2.0) * 10.0 + (1.0 - share(2.0)) * mean)).abs() < 1e-12);
        assert_eq!(model.expected(&Own { orders: 0, mean: 0.0, squares: 0.0 }), model.mean);
    }

    #[test]
    fn clear_outcomes_of_one_customer_equal_ones_and_negative_money() {
        let one = Credibility::fit(&[Own { orders: 1, mean: -3.0, squares: 0.0 }]).expect("a customer");
        assert_eq!(
            (one.mean, one.between, one.expected(&Own { orders: 1, mean: -3.0, squares: 0.0 })),
            (-3.0, 0.0, -3.0)
        );
        let same = Credibility::fit(&[Own { orders: 2, mean: 5.0, squares: 0.0 }; 4]).expect("customers");
        assert_eq!((same.mean, same.between), (5.0, 0.0));
        assert_eq!(Credibility::fit(&[]), Err(ValueError::NoCustomers));
    }
}
