//! How many customers are active at a date, and how many were at best.

/// Customers with an order within some days before a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    /// At the date.
    pub now: usize,
    /// At the date up to now at which most were.
    pub most: usize,
}

/// Counts customers who ordered within `days` days before `as_of`, and within as many days before any earlier date.
/// `orders` are customers and calendar days, in any order; orders on or after `as_of` do not count.
pub fn active_customers(mut orders: Vec<(u32, i32)>, days: i32, as_of: i32) -> Active {
    orders.retain(|&(_, day)| day < as_of);
    orders.sort_unstable();
    orders.dedup();
    // A customer is active from the day after an order until so many days after it; spells that overlap are one.
    let mut changes: Vec<(i64, i64)> = Vec::new();
    for own in orders.chunk_by(|a, b| a.0 == b.0) {
        let mut until = i64::MIN;
        for &(_, day) in own {
            let day = i64::from(day);
            if day > until {
                if until > i64::MIN {
                    changes.push((until + 1, -1));
                }
                changes.push((day + 1, 1));
            }
            until = day + i64::from(days);
        }
        if until > i64::MIN {
            changes.push((until + 1, -1));
        }
    }
    changes.sort_unstable();
    let (mut now, mut most) = (0, 0);
    for (day, change) in changes {
        if day > i64::from(as_of) {
            break;
        }
        now += change;
        most = most.max(now);
    }
    Active { now: now as usize, most: most as usize }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_order_far_ahead_leaves_one_active() {
        let mut orders: Vec<(u32, i32)> = (0..100).map(|customer| (customer, customer as i32)).collect();
        assert_eq!(active_customers(orders.clone(), 365, 100), Active { now: 100, most: 100 });
        orders.push((7, 70_000));
        assert_eq!(active_customers(orders, 365, 70_001), Active { now: 1, most: 100 });
        assert_eq!(active_customers(Vec::new(), 365, 0), Active { now: 0, most: 0 });
    }

    proptest! {
        #[test]
        fn counts_are_those_by_hand(orders in prop::collection::vec((0..6u32, 0..60i32), 0..40), days in 1..20i32, as_of in 0..70i32) {
            let at = |date: i32| {
                let active = orders.iter().filter(|&&(_, day)| day < date && date - day <= days);
                active.map(|order| order.0).collect::<HashSet<u32>>().len()
            };
            let found = active_customers(orders.clone(), days, as_of);
            prop_assert_eq!(found.now, at(as_of));
            prop_assert_eq!(found.most, (0..=as_of).map(at).max().unwrap_or(0));
        }
    }
}
