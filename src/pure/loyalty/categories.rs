//! Which categories a customer buys, and whether the customer keeps to them.

use super::estimate::Estimate;
use crate::numeric::calendar::{DAY, day_of};
use crate::orders::{AsOf, NONE};

/// The categories of one customer in a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    /// Categories of the earlier half, ascending.
    pub earlier: Vec<u32>,
    /// Categories of the later half, ascending.
    pub later: Vec<u32>,
}

impl Bought {
    /// How many different ones in all.
    pub fn different(&self) -> usize {
        self.earlier.len() + self.later.iter().filter(|one| self.earlier.binary_search(one).is_err()).count()
    }
}

/// The categories that a customer bought in the last `days` days before the date, in halves; nothing where the shop has no categories.
pub fn bought_categories(known: AsOf, customer: u32, days: i64) -> Option<Bought> {
    let until = day_of(known.as_of());
    let lines = known.lines_since(customer, (until - days) * DAY);
    let middle = (until - days) * DAY + days * DAY / 2;
    let half = lines.time.partition_point(|time| *time < middle);
    let categories = lines.category?;
    let sorted = |part: &[u32]| {
        let mut part: Vec<u32> = part.iter().copied().filter(|category| *category != NONE).collect();
        part.sort_unstable();
        part.dedup();
        part
    };
    Some(Bought { earlier: sorted(&categories[..half]), later: sorted(&categories[half..]) })
}

/// Share of the categories of the earlier half that were bought in the later half again, 0 to 1, with half a category of belief in 50 %
/// to each side (Jeffreys); nothing where there were none.
pub fn kept_share(bought: &Bought) -> Option<Estimate> {
    let kept = bought.earlier.iter().filter(|one| bought.later.binary_search(one).is_ok()).count();
    (!bought.earlier.is_empty()).then(|| Estimate::share(kept as f64, bought.earlier.len() as f64, 0.5, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn halves_meet_in_the_middle() {
        let rows = [(0, 0, 7), (0, 2, 3), (0, 4, 5), (0, 5, 3), (0, 9, 8), (0, 9, NONE)];
        let lines = Lines {
            customer: rows.iter().map(|row| row.0).collect(),
            time: rows.iter().map(|row| row.1 * DAY).collect(),
            category: Some(rows.iter().map(|row| row.2).collect()),
            ..Lines::default()
        };
        let orders = Orders::new(1, lines, Returns::default()).unwrap();
        let found = bought_categories(AsOf::new(&orders, 10 * DAY), 0, 10).unwrap();
        assert_eq!((&found.earlier[..], &found.later[..], found.different()), (&[3, 5, 7][..], &[3, 8][..], 4));
        assert_eq!(kept_share(&found).unwrap().value, 1.5 / 4.0);
        let later = bought_categories(AsOf::new(&orders, 10 * DAY), 0, 2).unwrap();
        assert_eq!(kept_share(&later), None);
        let none = Orders::new(1, Lines::default(), Returns::default()).unwrap();
        assert_eq!(bought_categories(AsOf::new(&none, 0), 0, 5), None);
    }
}
