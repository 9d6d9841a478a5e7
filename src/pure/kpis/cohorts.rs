//! What becomes of the customers who came in the same period.

use rayon::prelude::*;

use super::periods::Periods;
use super::view::Customer;
use crate::numeric::calendar::DAY;
use crate::orders::AsOf;

/// By what the age of a customer is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Spans of so many days after each customer's own first order: all customers of an age have had equally long.
    Own { days: i64 },
    /// The periods after the one of the first order: an age of one month is then 1 to 61 days.
    Calendar,
}

/// The customers whose first order on record fell into one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// The period.
    pub period: usize,
    /// Customers in it.
    pub customers: u64,
    /// By age 0, 1, 2, …: the first span begins with the first order.
    pub ages: Vec<Age>,
}

/// A cohort at one age.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Age {
    /// Customers for whom the span was over at the as-of date; by the calendar, all of them.
    pub seen: u64,
    /// Of those, customers with an order in the span.
    pub active: u64,
    /// Of those, customers with an order in the span or later (unbounded retention).
    pub later: u64,
    /// Money of their orders in the span, in ten-thousandths of the currency unit.
    pub revenue: i128,
}

impl Age {
    /// Share of those seen with an order in the span; NaN where nobody was seen.
    pub fn retention(&self) -> f64 {
        self.active as f64 / self.seen as f64
    }
}

/// At most so many ages are counted.
pub const MOST_AGES: usize = 120;

/// The cohort of every period in which a customer came, in time order, with its ages up to the as-of date.
pub fn cohorts(known: AsOf, periods: &Periods, clock: Clock) -> Vec<Cohort> {
    let count = periods.list().len();
    let start = || (vec![(0_u64, Vec::<Age>::new()); count], Customer::default());
    let (all, _) = (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(4_096)
        .fold(start, |(mut all, mut one), customer| {
            one.collect(known, customer);
            let Some(first) = one.first() else { return (all, one) };
            let Some(period) = periods.of(first) else { return (all, one) };
            let (customers, ages) = &mut all[period];
            *customers += 1;
            add(ages, &one, first, period, known.as_of(), periods, clock);
            (all, one)
        })
        .reduce(start, |mut one, other| {
            for ((customers, ages), (more, others)) in one.0.iter_mut().zip(other.0) {
                *customers += more;
                ages.resize(ages.len().max(others.len()), Age::default());
                for (age, more) in ages.iter_mut().zip(others) {
                    age.seen += more.seen;
                    age.active += more.active;
                    age.later += more.later;
                    age.revenue += more.revenue;
                }
            }
            one
        });
    let cohort = |(period, (customers, ages)): (usize, (u64, Vec<Age>))| Cohort { period, customers, ages };
    all.into_iter().enumerate().filter(|(_, cohort)| cohort.0 > 0).map(cohort).collect()
}

/// Adds one customer's ages.
fn add(ages: &mut Vec<Age>, one: &Customer, first: i64, period: usize, as_of: i64, periods: &Periods, clock: Clock) {
    let over = match clock {
        Clock::Own { days } => ((as_of - first).div_euclid(days * DAY)).max(0) as usize,
        Clock::Calendar => periods.list().len() - period,
    };
    let over = over.min(MOST_AGES);
    if ages.len() < over {
        ages.resize(over, Age::default());
    }
    let mut last = None;
    let mut oldest = None;
    for (time, amount) in one.orders() {
        let age = match clock {
            Clock::Own { days } => Some(((time - first) / (days * DAY)) as usize),
            Clock::Calendar => periods.of(time).map(|at| at - period),
        };
        let Some(age) = age else { continue };
        oldest = Some(age);
        if age < over {
            ages[age].revenue += i128::from(amount);
            ages[age].active += u64::from(last != Some(age));
        }
        last = Some(age);
    }
    for age in &mut ages[..over] {
        age.seen += 1;
    }
    let later = oldest.map_or(0, |oldest| (oldest + 1).min(over));
    for age in &mut ages[..later] {
        age.later += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::periods::Grain;
    use super::*;
    use crate::numeric::calendar::day_of_civil;
    use crate::orders::{Lines, Orders, Returns};

    fn at(month: u32, day: u32) -> i64 {
        day_of_civil(2024, month, day) * DAY
    }

    fn orders() -> Orders {
        let lines = Lines {
            customer: vec![0, 0, 0, 1, 2],
            order: vec![0, 1, 2, 3, 4],
            item: vec![0; 5],
            category: None,
            time: vec![at(1, 5), at(3, 1), at(3, 2), at(1, 31), at(3, 29)],
            quantity: vec![1000; 5],
            amount: vec![10_000; 5],
        };
        Orders::new(4, lines, Returns::default()).unwrap()
    }

    fn triangle(clock: Clock) -> Vec<Cohort> {
        let orders = orders();
        let periods = Periods::calendar(Grain::Month, 1, at(1, 5), at(3, 30));
        cohorts(AsOf::new(&orders, at(3, 30)), &periods, clock)
    }

    #[test]
    fn by_the_calendar() {
        let found = triangle(Clock::Calendar);
        let of = |cohort: &Cohort| cohort.ages.iter().map(|age| (age.active, age.later)).collect::<Vec<_>>();
        assert_eq!(of(&found[0]), [(2, 2), (0, 1), (1, 1)]);
        assert_eq!((found[1].period, of(&found[1])), (2, vec![(1, 1)]));
        assert_eq!(found[0].ages.iter().map(|age| age.revenue).collect::<Vec<_>>(), [20_000, 0, 20_000]);
    }

    #[test]
    fn by_own_age_only_those_who_could_be_seen_count() {
        let found = triangle(Clock::Own { days: 30 });
        let of = |cohort: &Cohort| cohort.ages.iter().map(|age| (age.seen, age.active, age.later)).collect::<Vec<_>>();
        // The first customer has had 85 days, the second 59: of the second span only the first is over. It came on day 56 and 57.
        assert_eq!((found[0].customers, of(&found[0])), (2, vec![(2, 2, 2), (1, 1, 1)]));
        // The last came a day before the as-of date: no span is over.
        assert_eq!((found[1].customers, of(&found[1])), (1, vec![]));
    }
}
