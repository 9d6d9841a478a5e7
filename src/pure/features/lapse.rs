//! How long customers take to come back: after how many quiet days is one as good as gone?

use rayon::prelude::*;

use crate::numeric::calendar::day_of;
use crate::orders::AsOf;

/// One step of the lapse curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LapsePoint {
    /// Days since a purchase day.
    pub days: u32,
    /// Purchases not followed by another within fewer days, and still watched.
    pub at_risk: u64,
    /// Purchases followed by the next one after exactly this many days.
    pub returned: u64,
    /// Estimated share of purchases that are not followed by another within this many days, 1 to 0.
    pub waiting: f64,
}

/// The purchase lapse curve: the Kaplan-Meier estimate of the time from a purchase day to the next one (E. L. Kaplan and
/// P. Meier, JASA 53, 1958). The last purchase day of each customer counts as watched until the as-of date and not as
/// gone. One point per number of days at which somebody came back, ascending, up to `longest` days.
pub fn lapse(known: AsOf, longest: u32) -> Vec<LapsePoint> {
    let end = day_of(known.as_of() - 1);
    let length = longest as usize + 2; // the last place collects what is longer
    let place = |days: i64| (days as usize).min(length - 1);
    let empty = || (vec![0u64; length], vec![0u64; length]);
    let (returned, watched) = (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(4096)
        .fold(empty, |(mut returned, mut watched), customer| {
            let mut previous = None;
            for &time in known.lines(customer).time {
                let day = day_of(time);
                if let Some(previous) = previous.replace(day)
                    && previous != day
                {
                    returned[place(day - previous)] += 1;
                }
            }
            if let Some(last) = previous {
                watched[place(end - last)] += 1;
            }
            (returned, watched)
        })
        .reduce(empty, |one, other| (sum(one.0, &other.0), sum(one.1, &other.1)));
    let mut at_risk: u64 = returned.iter().sum::<u64>() + watched.iter().sum::<u64>();
    let mut waiting = 1.0;
    let mut points = Vec::new();
    for days in 0..length - 1 {
        if returned[days] > 0 {
            waiting *= 1.0 - returned[days] as f64 / at_risk as f64;
            points.push(LapsePoint { days: days as u32, at_risk, returned: returned[days], waiting });
        }
        // who was watched for so many days was still waiting at their end
        at_risk -= returned[days] + watched[days];
    }
    points
}

/// Fewest days within which `share` of the purchases that are ever followed by another within the curve have been; `None`
/// for an empty curve. With 0.9, the days after which silence means something.
pub fn usual_return(curve: &[LapsePoint], share: f64) -> Option<u32> {
    let come_back = 1.0 - curve.last()?.waiting;
    curve.iter().find(|point| 1.0 - point.waiting >= share * come_back).map(|point| point.days)
}

fn sum(mut one: Vec<u64>, other: &[u64]) -> Vec<u64> {
    one.iter_mut().zip(other).for_each(|(a, b)| *a += b);
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn a_curve_by_hand() {
        // purchase days 0, 10, 30 | 0 | 25; seen up to day 40
        let days = [0, 10, 30, 0, 25];
        let lines = Lines {
            customer: vec![0, 0, 0, 1, 2],
            order: vec![0, 1, 2, 3, 4],
            item: vec![0; 5],
            category: None,
            time: days.iter().map(|day| day * DAY).collect(),
            quantity: vec![1000; 5],
            amount: vec![10_000; 5],
        };
        let orders = Orders::new(3, lines, Returns::default()).unwrap();
        let curve = lapse(AsOf::new(&orders, 41 * DAY), 365);
        // spells: 10 and 20 ended; 10 (from day 30), 40 and 15 watched
        let point = |days, at_risk, returned, waiting| LapsePoint { days, at_risk, returned, waiting };
        assert_eq!(curve, [point(10, 5, 1, 0.8), point(20, 2, 1, 0.4)]);
        assert_eq!(usual_return(&curve, 0.5), Some(20));
        assert_eq!(usual_return(&curve, 0.3), Some(10));
        assert_eq!(usual_return(&[], 0.5), None);
        assert_eq!(lapse(AsOf::new(&orders, 41 * DAY), 15).len(), 1);
    }
}
