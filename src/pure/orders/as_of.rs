//! What was known at a date, and what came after it: two types, so that one cannot be read as the other.

use thiserror::Error;

use super::lines::{FURTHEST, LinesOf, Orders, ReturnsOf};
use crate::numeric::calendar::DAY;

/// Orders as they were known at an as-of date: the only form in which orders reach a feature.
///
/// The as-of date is the first instant that is not seen: a line is known when `time < as_of`, a return when it came back
/// before `as_of`, whenever it had been bought. There is no other way to make one, and no way back to the whole:
///
/// ```
/// use patron_pure::orders::{AsOf, Lines, Orders, Returns};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// assert_eq!(AsOf::new(&orders, 86_400).as_of(), 86_400);
/// ```
/// ```compile_fail,E0451
/// use patron_pure::orders::{AsOf, Lines, Orders, Returns};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// let everything = AsOf { orders: &orders, as_of: i64::MAX };
/// ```
/// ```compile_fail,E0308
/// use patron_pure::features::{Settings, compute};
/// use patron_pure::orders::{Lines, Orders, Returns};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// compute(&orders, &Settings::default(), &|_| {}).unwrap();
/// ```
/// ```compile_fail,E0308
/// use patron_pure::features::{Settings, compute};
/// use patron_pure::orders::{After, Lines, Orders, Returns};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// compute(After::new(&orders, 0, 1, 86_400).unwrap(), &Settings::default(), &|_| {}).unwrap();
/// ```
/// ```compile_fail,E0624
/// use patron_pure::orders::{Lines, Orders, Returns};
/// let orders = Orders::new(1, Lines::default(), Returns::default()).unwrap();
/// orders.lines_between(0, i64::MIN, i64::MAX);
/// ```
///
/// The same holds for what is mined and offered: baskets are made of lines by order, which are cut at the date, and sequences
/// and purchases take the cut orders themselves.
///
/// ```
/// use patron_pure::mining::{Baskets, sequences::{Elements, Sequences}};
/// use patron_pure::orders::{AsOf, ByOrder, Lines, Orders, Returns};
/// use patron_pure::recommendation::{Grouping, Purchases};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// let known = AsOf::new(&orders, 86_400);
/// assert!(Baskets::of(&ByOrder::of(known), 5).is_empty());
/// assert_eq!(Sequences::of(known, 5, Elements::Day).unwrap().elements(), 0);
/// assert_eq!(Purchases::of(known, 5, Grouping::Day).unwrap().baskets(), 0);
/// ```
/// ```compile_fail,E0308
/// use patron_pure::mining::Baskets;
/// use patron_pure::orders::{Lines, Orders, Returns};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// Baskets::of(&orders, 5);
/// ```
/// ```compile_fail,E0308
/// use patron_pure::orders::{ByOrder, Lines, Orders, Returns};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// ByOrder::of(&orders);
/// ```
/// ```compile_fail,E0308
/// use patron_pure::mining::sequences::{Elements, Sequences};
/// use patron_pure::orders::{Lines, Orders, Returns};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// Sequences::of(&orders, 5, Elements::Day).unwrap();
/// ```
/// ```compile_fail,E0308
/// use patron_pure::orders::{After, Lines, Orders, Returns};
/// use patron_pure::recommendation::{Grouping, Purchases};
/// let orders = Orders::new(0, Lines::default(), Returns::default()).unwrap();
/// Purchases::of(After::new(&orders, 0, 1, 86_400).unwrap(), 5, Grouping::Day).unwrap();
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AsOf<'a> {
    orders: &'a Orders,
    as_of: i64,
}

impl<'a> AsOf<'a> {
    /// Cuts `orders` at `as_of` (civil seconds, as a rule a midnight). Dates further away than any order can be are
    /// moved to 400 billion seconds before or after 1970.
    pub fn new(orders: &'a Orders, as_of: i64) -> AsOf<'a> {
        AsOf { orders, as_of: as_of.clamp(-FURTHEST, FURTHEST) }
    }

    /// The first instant that is not seen, in civil seconds.
    pub fn as_of(&self) -> i64 {
        self.as_of
    }

    /// Number of customer ids, with those who had not bought by the date.
    pub fn customers(&self) -> usize {
        self.orders.customers()
    }

    /// Lines of a customer, oldest first; empty for an id that is not known.
    pub fn lines(&self, customer: u32) -> LinesOf<'a> {
        self.orders.lines_between(customer, i64::MIN, self.as_of)
    }

    /// Lines of a customer from `from` (civil seconds) on, oldest first.
    pub fn lines_since(&self, customer: u32, from: i64) -> LinesOf<'a> {
        self.orders.lines_between(customer, from, self.as_of)
    }

    /// Lines of customers who are not known, oldest first.
    pub fn anonymous(&self) -> LinesOf<'a> {
        self.orders.anonymous_between(i64::MIN, self.as_of)
    }

    /// Returns of a customer, oldest first.
    pub fn returns(&self, customer: u32) -> ReturnsOf<'a> {
        self.orders.returns_between(customer, i64::MIN, self.as_of)
    }
}

/// What happened in a horizon after an as-of date: the only form in which orders reach a label.
#[derive(Debug, Clone, Copy)]
pub struct After<'a> {
    orders: &'a Orders,
    as_of: i64,
    until: i64,
}

/// Why there can be no labels.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AfterError {
    /// The horizon ends after the last instant that was recorded.
    #[error(
        "the horizon of {horizon} days is not over: data would be needed for {missing} days more; \
         take an earlier as-of date or a shorter horizon"
    )]
    NotObserved { horizon: i64, missing: i64 },
    /// Features were computed at a later date than the one from which labels look ahead.
    #[error(
        "the features know {days} days of the horizon that they are to predict; compute them at the date at which the \
         horizon begins, or earlier"
    )]
    FeaturesKnowIt { days: i64 },
    /// The horizon is empty or too long to be a date.
    #[error("a horizon of {horizon} days cannot be observed; give a whole number of days from 1 to 36,500")]
    Horizon { horizon: i64 },
}

impl<'a> After<'a> {
    /// The window `as_of <= time < as_of + horizon` (`horizon` in days), where all before `observed_until` (civil
    /// seconds) has been recorded.
    ///
    /// # Errors
    /// When the horizon is not from 1 to 36,500 days, or is not fully observed: who has not bought *yet* is not a churner.
    pub fn new(orders: &'a Orders, as_of: i64, horizon: i64, observed_until: i64) -> Result<After<'a>, AfterError> {
        let until = window(as_of, horizon, observed_until)?;
        Ok(After { orders, as_of, until })
    }

    /// Whether features computed as of `features_as_of` (civil seconds) may be labelled with what is seen here.
    ///
    /// # Errors
    /// When they saw a part of the window, however small: the two classic mistakes, recency up to the end of the data and
    /// a label read from the window that the features describe, both end here.
    pub fn follows(&self, features_as_of: i64) -> Result<(), AfterError> {
        let known = features_as_of.saturating_sub(self.as_of);
        if known > 0 { Err(AfterError::FeaturesKnowIt { days: known.saturating_add(DAY - 1) / DAY }) } else { Ok(()) }
    }

    /// First instant of the window, in civil seconds.
    pub fn as_of(&self) -> i64 {
        self.as_of
    }

    /// First instant after the window, in civil seconds.
    pub fn until(&self) -> i64 {
        self.until
    }

    /// Number of customer ids.
    pub fn customers(&self) -> usize {
        self.orders.customers()
    }

    /// Lines of a customer within the window, oldest first.
    pub fn lines(&self, customer: u32) -> LinesOf<'a> {
        self.orders.lines_between(customer, self.as_of, self.until)
    }

    /// Returns of a customer within the window, oldest first.
    pub fn returns(&self, customer: u32) -> ReturnsOf<'a> {
        self.orders.returns_between(customer, self.as_of, self.until)
    }
}

/// The first instant after a horizon of so many days.
pub(crate) fn window(as_of: i64, horizon: i64, observed_until: i64) -> Result<i64, AfterError> {
    if !(1..=36_500).contains(&horizon) {
        return Err(AfterError::Horizon { horizon });
    }
    let until = as_of.saturating_add(horizon * DAY);
    if until > observed_until {
        let missing = until.saturating_sub(observed_until).saturating_add(DAY - 1) / DAY;
        return Err(AfterError::NotObserved { horizon, missing });
    }
    Ok(until)
}

#[cfg(test)]
mod tests {
    use super::super::lines::{Lines, Returns, UNMATCHED};
    use super::*;

    fn orders() -> Orders {
        let lines = Lines {
            customer: vec![0, 0, 0],
            order: vec![0, 1, 2],
            item: vec![0, 0, 0],
            category: None,
            time: vec![DAY - 1, DAY, 2 * DAY],
            quantity: vec![1000; 3],
            amount: vec![10_000; 3],
        };
        let returns = Returns {
            customer: vec![0],
            item: vec![0],
            time: vec![2 * DAY],
            quantity: vec![1000],
            amount: vec![10_000],
            bought: vec![UNMATCHED],
        };
        Orders::new(1, lines, returns).unwrap()
    }

    #[test]
    fn the_date_itself_is_not_seen_but_labelled() {
        let orders = orders();
        let known = AsOf::new(&orders, DAY);
        assert_eq!(known.lines(0).order, [0]);
        assert!(known.returns(0).time.is_empty());
        let after = After::new(&orders, DAY, 1, 2 * DAY).unwrap();
        assert_eq!(after.lines(0).order, [1]);
        assert_eq!(AsOf::new(&orders, 2 * DAY + 1).returns(0).time, [2 * DAY]);
    }

    #[test]
    fn refuses_a_horizon_that_is_not_over() {
        let orders = orders();
        let error = After::new(&orders, DAY, 2, 2 * DAY).unwrap_err();
        assert_eq!(error, AfterError::NotObserved { horizon: 2, missing: 1 });
        let after = After::new(&orders, DAY, 1, 2 * DAY).unwrap();
        assert_eq!((after.follows(0), after.follows(DAY)), (Ok(()), Ok(())));
        assert_eq!(after.follows(DAY + 1), Err(AfterError::FeaturesKnowIt { days: 1 }));
        assert_eq!(After::new(&orders, DAY, 0, 2 * DAY).unwrap_err(), AfterError::Horizon { horizon: 0 });
    }
}
