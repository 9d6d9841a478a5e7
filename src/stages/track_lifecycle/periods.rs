//! The periods at whose ends stages are read: of the calendar, so that they are the same whatever the as-of date is.

use crate::numeric::calendar::{month_of, month_start, weekday};
use crate::stage::setting::Choice;

/// A kind of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Month,
    Week,
    Quarter,
}

impl Choice for Period {
    const WHAT: &'static str = "period";

    fn rows() -> &'static [Period] {
        &[Period::Month, Period::Week, Period::Quarter]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Period::Month => ("month", "calendar months"),
            Period::Week => ("week", "weeks from Monday to Sunday"),
            Period::Quarter => ("quarter", "quarters of the calendar year"),
        }
    }
}

/// No horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endless;

impl Choice for Endless {
    const WHAT: &'static str = "horizon";

    fn rows() -> &'static [Endless] {
        &[Endless]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        ("endless", "all periods to come")
    }
}

impl Period {
    /// How many periods make so many days, to the nearest; at least one.
    pub fn within(self, days: i64) -> usize {
        let period = if self == Period::Week { 7.0 } else { 365.25 / self.a_year() as f64 };
        ((days as f64 / period).round() as usize).max(1)
    }

    /// How many make about a year.
    pub fn a_year(self) -> usize {
        match self {
            Period::Month => 12,
            Period::Week => 52,
            Period::Quarter => 4,
        }
    }

    /// The discount of one period, from that of a year.
    pub fn discount(self, a_year: f64) -> f64 {
        let years = if self == Period::Week { 7.0 / 365.25 } else { 1.0 / self.a_year() as f64 };
        crate::numeric::math::pow(1.0 + a_year, years) - 1.0
    }

    /// Number of seasons: months for weeks and months, quarters for quarters.
    pub fn seasons(self) -> usize {
        if self == Period::Quarter { 4 } else { 12 }
    }

    /// The season of the period that ends before the day `end`.
    pub fn season(self, end: i64) -> usize {
        let back = if self == Period::Week { 4 } else { 1 };
        let month = month_of(end - back).rem_euclid(12) as usize;
        if self == Period::Quarter { month / 3 } else { month }
    }

    /// The ends of all periods after the day `first` that are over on the day `today`: first days of the next period, ascending, as days
    /// since 1970-01-01.
    pub fn ends(self, first: i64, today: i64) -> Vec<i64> {
        let end = |place: i64| match self {
            Period::Month => month_start(month_of(first) + 1 + place),
            Period::Quarter => month_start((month_of(first).div_euclid(3) + 1 + place) * 3),
            Period::Week => first - weekday(first) as i64 + 7 * (1 + place),
        };
        (0..).map(end).take_while(|end| *end <= today).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::day_of_civil;

    #[test]
    fn ends_are_those_of_the_calendar() {
        let day = day_of_civil;
        let of = |period: Period, first, today| period.ends(first, today);
        let (first, today) = (day(2011, 11, 30), day(2012, 2, 1));
        assert_eq!(of(Period::Month, first, today), [day(2011, 12, 1), day(2012, 1, 1), day(2012, 2, 1)]);
        assert_eq!(of(Period::Quarter, first, today), [day(2012, 1, 1)]);
        let weeks = of(Period::Week, first, day(2011, 12, 12));
        assert_eq!(weeks, [day(2011, 12, 5), day(2011, 12, 12)], "Mondays");
        assert!(of(Period::Month, today, today).is_empty());
        // A later as-of date adds ends and changes none.
        assert_eq!(of(Period::Month, first, today + 40)[..3], of(Period::Month, first, today));
        assert_eq!((Period::Month.season(today), Period::Quarter.season(day(2012, 1, 1))), (0, 3));
        assert!((Period::Quarter.discount(0.4641) - 0.1).abs() < 1e-12);
        assert_eq!([Period::Month, Period::Week, Period::Quarter].map(|period| period.within(365)), [12, 52, 4]);
        assert_eq!(Period::Quarter.within(7), 1);
    }
}
