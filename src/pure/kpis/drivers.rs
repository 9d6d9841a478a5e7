//! What drove a change of revenue: customers, orders per customer, pieces per order, price per piece.

use crate::numeric::math::{ln, ln_1p};

/// What revenue is a product of, in one period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volumes {
    /// Customers with an order.
    pub customers: u64,
    /// Their orders.
    pub orders: u64,
    /// Pieces, in thousandths.
    pub units: i128,
    /// Money, in ten-thousandths of the currency unit.
    pub revenue: i128,
}

/// A row of the tree of drivers.
#[derive(Debug, PartialEq, Eq)]
pub struct Driver {
    /// How tables name it.
    pub name: &'static str,
    /// The driver whose effect it is a part of; `None` at the root.
    pub parent: Option<&'static str>,
    /// What it is, in words.
    pub meaning: &'static str,
    /// The leaves that it is made of, as a range of [`Volumes::factors`].
    leaves: (usize, usize),
}

/// The tree: `revenue = customers × revenue per customer`, `revenue per customer = orders per customer × value per order`,
/// `value per order = pieces per order × price per piece`. Effects of children add up to their parent's.
pub static DRIVERS: [Driver; 7] = [
    Driver { name: "revenue", parent: None, meaning: "the whole change of revenue", leaves: (0, 4) },
    Driver {
        name: "customers",
        parent: Some("revenue"),
        meaning: "more or fewer customers with an order",
        leaves: (0, 1),
    },
    Driver {
        name: "revenue_per_customer",
        parent: Some("revenue"),
        meaning: "more or less revenue from each customer",
        leaves: (1, 4),
    },
    Driver {
        name: "frequency",
        parent: Some("revenue_per_customer"),
        meaning: "more or fewer orders per customer",
        leaves: (1, 2),
    },
    Driver {
        name: "order_value",
        parent: Some("revenue_per_customer"),
        meaning: "more or less revenue per order",
        leaves: (2, 4),
    },
    Driver {
        name: "units_per_order",
        parent: Some("order_value"),
        meaning: "more or fewer pieces per order",
        leaves: (2, 3),
    },
    Driver {
        name: "price_per_unit",
        parent: Some("order_value"),
        meaning: "more or less revenue per piece: prices, and which items are bought (see price, volume and mix)",
        leaves: (3, 4),
    },
];

impl Volumes {
    /// Customers, orders per customer, pieces per order, money per piece: their product is the revenue.
    pub fn factors(&self) -> [f64; 4] {
        let (customers, orders) = (self.customers as f64, self.orders as f64);
        let (units, revenue) = (self.units as f64, self.revenue as f64);
        let ratio = |a: f64, b: f64| if b == 0.0 { 0.0 } else { a / b };
        [customers, ratio(orders, customers), ratio(units, orders), ratio(revenue, units)]
    }
}

/// The effect of each of [`DRIVERS`] on the change from one period to another, in ten-thousandths of the currency unit. The leaves add up
/// to the change exactly, as each parent's children do to the parent: rounding is given to the largest remainders.
pub fn effects(before: &Volumes, after: &Volumes) -> [i128; 7] {
    let change = after.revenue - before.revenue;
    let parts = lmdi(&before.factors(), &after.factors(), (before.revenue as f64, after.revenue as f64));
    let leaves = rounded(&parts, change);
    std::array::from_fn(|at| {
        let (from, to) = DRIVERS[at].leaves;
        leaves[from..to].iter().sum()
    })
}

/// The additive logarithmic mean Divisia index: `effect_k = L(R1, R0) · ln(f1_k / f0_k)` with the logarithmic mean
/// `L(a, b) = (a − b) / ln(a / b)`. The effects add up to the change, whatever the order of the factors.
///
/// B. W. Ang, "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33 (2005), equations 5 and 6. Where a
/// total is zero the limit is taken (B. W. Ang, N. Liu, "Handling zero values in the logarithmic mean Divisia index decomposition
/// approach", Energy Policy 35 (2007), table 2): the factor that comes from or goes to zero bears the whole change. Of several such
/// factors it is the first, since the others are not defined without it.
///
/// `totals` are the products before and after. Factors are not negative.
pub fn lmdi(before: &[f64], after: &[f64], totals: (f64, f64)) -> Vec<f64> {
    let change = totals.1 - totals.0;
    if totals.0 == 0.0 && totals.1 == 0.0 {
        return vec![0.0; before.len()];
    }
    if totals.0 <= 0.0 || totals.1 <= 0.0 {
        let empty = if totals.0 <= 0.0 { before } else { after };
        let bears = empty.iter().position(|factor| *factor <= 0.0).unwrap_or(0);
        return (0..before.len()).map(|k| if k == bears { change } else { 0.0 }).collect();
    }
    let mean = logarithmic_mean(totals.1, totals.0);
    before.iter().zip(after).map(|(f0, f1)| mean * ln(f1 / f0)).collect()
}

/// `(a − b) / ln(a / b)`, and `a` where both are equal; for numbers above zero.
fn logarithmic_mean(a: f64, b: f64) -> f64 {
    let growth = (a - b) / b;
    if growth == 0.0 { a } else { (a - b) / ln_1p(growth) }
}

/// Whole numbers that add up to `total` and are as near to `parts` as that allows (largest remainders; of equal ones the first).
pub fn rounded(parts: &[f64], total: i128) -> Vec<i128> {
    let mut whole: Vec<i128> = parts.iter().map(|part| part.floor() as i128).collect();
    let mut left = total - whole.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let remainder = |at: usize| parts[at] - parts[at].floor();
    order.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(&b)));
    if parts.is_empty() {
        return whole;
    }
    // Rounding of the parts may leave more than one unit for each.
    let each = left / parts.len() as i128;
    whole.iter_mut().for_each(|part| *part += each);
    left -= each * parts.len() as i128;
    let step = left.signum();
    order.iter().take(left.unsigned_abs() as usize).for_each(|&at| whole[at] += step);
    whole
}

/// A group's part in a change of the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The group, by its place in what was given.
    pub group: usize,
    /// Its own change.
    pub change: i128,
    /// Its change as a share of the whole change; may be above 1 or below 0.
    pub of_change: f64,
    /// Its share of the whole before.
    pub of_base: f64,
    /// How far the two are apart: 0 where the group changed as the whole did.
    pub surprise: f64,
    /// Whether it is among the largest that together make up 80 % of the change in its direction.
    pub explains: bool,
}

/// Groups by their part in a change, the largest in its direction first, then by place: `(before, after)` of each.
pub fn explained(groups: &[(i128, i128)]) -> Vec<Share> {
    let before: i128 = groups.iter().map(|group| group.0).sum();
    let change: i128 = groups.iter().map(|group| group.1 - group.0).sum();
    let direction = if change < 0 { -1 } else { 1 };
    let mut order: Vec<usize> = (0..groups.len()).collect();
    let moved = |at: usize| (groups[at].1 - groups[at].0) * direction;
    order.sort_by_key(|&at| (-moved(at), at));
    let along: i128 = (0..groups.len()).map(|at| moved(at).max(0)).sum();
    let mut so_far = 0;
    let share = |group: usize| {
        let explains = change != 0 && moved(group) > 0 && so_far * 10 < along * 8;
        so_far += moved(group).max(0);
        let own = groups[group].1 - groups[group].0;
        let of_change = if change == 0 { f64::NAN } else { own as f64 / change as f64 };
        let of_base = if before == 0 { f64::NAN } else { groups[group].0 as f64 / before as f64 };
        Share { group, change: own, of_change, of_base, surprise: (of_change - of_base).abs(), explains }
    };
    order.into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_go_to_the_factor_that_was_zero() {
        let some = Volumes { customers: 3, orders: 4, units: 9_000, revenue: 120_000 };
        assert_eq!(effects(&Volumes::default(), &some), [120_000, 120_000, 0, 0, 0, 0, 0]);
        assert_eq!(effects(&some, &Volumes::default()), [-120_000, -120_000, 0, 0, 0, 0, 0]);
        assert_eq!(effects(&Volumes::default(), &Volumes::default()), [0; 7]);
        // The same customers and orders, given away: the price bears it.
        let gift = Volumes { revenue: 0, ..some };
        assert_eq!(effects(&some, &gift), [-120_000, 0, -120_000, 0, -120_000, 0, -120_000]);
    }

    #[test]
    fn order_of_the_factors_does_not_matter() {
        let (before, after) = ([3.0, 1.5, 2.0], [4.0, 1.2, 2.5]);
        let forward = lmdi(&before, &after, (9.0, 12.0));
        let back = lmdi(&[2.0, 1.5, 3.0], &[2.5, 1.2, 4.0], (9.0, 12.0));
        assert_eq!(forward, [back[2], back[1], back[0]]);
        assert!((forward.iter().sum::<f64>() - 3.0).abs() < 1e-12);
        // Undone, the effects are the same with the other sign.
        let undone = lmdi(&after, &before, (12.0, 9.0));
        assert!(forward.iter().zip(&undone).all(|(a, b)| (a + b).abs() < 1e-12));
    }

    #[test]
    fn remainders_close_the_sum() {
        assert_eq!(rounded(&[0.4, 0.4, 0.2], 1), [1, 0, 0]);
        assert_eq!(rounded(&[-0.4, -0.6], -1), [0, -1]);
        assert_eq!(rounded(&[1.0, 2.0], 13), [6, 7]);
        assert_eq!(rounded(&[], 0), [0_i128; 0]);
    }

    #[test]
    fn groups_that_explain_a_change() {
        // Of a fall of 100, b bears 90 though it was a fifth of the base.
        let shares = explained(&[(400, 395), (100, 10), (0, 5), (0, -10)]);
        assert_eq!(shares.iter().map(|share| share.group).collect::<Vec<_>>(), [1, 3, 0, 2]);
        assert_eq!(shares.iter().map(|share| share.explains).collect::<Vec<_>>(), [true, false, false, false]);
        assert!((shares[0].of_change - 0.9).abs() < 1e-12 && (shares[0].of_base - 0.2).abs() < 1e-12);
        assert!((shares[0].surprise - 0.7).abs() < 1e-12);
        assert!(explained(&[(1, 1)])[0].of_change.is_nan());
    }
}
