//! The periods that a shop counts by: calendar months, quarters, years, ISO weeks, or its own.
//!
//! All arithmetic is by calendar keys (this month and the month before it), never by shifting days, and periods are half-open.

use thiserror::Error;

use crate::numeric::calendar::{DAY, civil_of_day, day_of, day_of_civil, month_of, month_start, weekday};

/// At most so many periods, the latest, are counted; what came earlier still counts as earlier.
pub const MOST_PERIODS: usize = 1_200;

/// A way to divide the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grain {
    /// ISO 8601 weeks, Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
    /// Three months, from the month in which the business year begins.
    Quarter,
    /// Twelve months, from the month in which the business year begins.
    Year,
    /// The shop's own periods.
    Own,
}

impl Grain {
    /// How settings, tables and the report name it.
    pub fn name(self) -> &'static str {
        match self {
            Grain::Week => "week",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Year => "year",
            Grain::Own => "own",
        }
    }
}

/// One period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Such as `2011-03`, `2011-Q1`, `2011-W09`, `2011`, or the shop's own name.
    pub name: String,
    /// Its first instant, in civil seconds.
    pub start: i64,
    /// The first instant after it, in civil seconds.
    pub end: i64,
    /// The period with the same place in the year before, by its number; `None` where there is none.
    pub year_before: Option<usize>,
}

/// Periods in time order that do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Periods {
    grain: Grain,
    list: Vec<Period>,
    /// Periods of one year; 0 where that is not known.
    season: usize,
}

/// With what a period is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    /// The period before it.
    Previous,
    /// The same period of the year before.
    YearBefore,
}

impl Against {
    /// Both, in the order in which they are shown.
    pub const BOTH: [Against; 2] = [Against::Previous, Against::YearBefore];

    /// How tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Against::Previous => "previous",
            Against::YearBefore => "year_before",
        }
    }

    /// The period with which one is compared.
    pub fn of(self, periods: &Periods, period: usize) -> Option<usize> {
        match self {
            Against::Previous => period.checked_sub(1),
            Against::YearBefore => periods.list()[period].year_before,
        }
    }
}

/// Why rows are not a shop's own periods.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PeriodsError {
    /// A period ends before it begins.
    #[error("the period `{name}` ends before it begins; give the first day after it as its end")]
    Backwards { name: String },
    /// Two periods share an instant.
    #[error("the periods `{first}` and `{second}` overlap; each must begin where the one before it ends, or later")]
    Overlap { first: String, second: String },
    /// Two periods have one name.
    #[error("two periods have the name `{name}`; give each its own, such as 2011-P03")]
    Twice { name: String },
}

impl Periods {
    /// The calendar's periods from the one that holds `first` to the one that holds the last instant before `until` (civil seconds);
    /// `year_begins` is the month, 1 to 12, with which the business year begins. [`Grain::Own`] has none.
    pub fn calendar(grain: Grain, year_begins: u32, first: i64, until: i64) -> Periods {
        let (first, last) = (key_of(grain, year_begins, first), key_of(grain, year_begins, until - 1));
        let first = first.max(last - (MOST_PERIODS as i64 - 1));
        let season = season_of(grain);
        let mut list: Vec<Period> = Vec::new();
        for key in first..=last {
            let start = start_of(grain, year_begins, key) * DAY;
            let end = start_of(grain, year_begins, key + 1) * DAY;
            let before = match grain {
                Grain::Week => week_of_year_before(key),
                _ => Some(key - season as i64),
            };
            let year_before = before.filter(|before| *before >= first).map(|before| (before - first) as usize);
            list.push(Period { name: name_of(grain, year_begins, key), start, end, year_before });
        }
        if grain == Grain::Own {
            list.clear();
        }
        Periods { grain, list, season }
    }

    /// A shop's own periods as `(name, first instant, first instant after it)` in any order. With `season` periods a year, the one as many
    /// places before a period is the same of the year before; 0 where years are not compared.
    ///
    /// # Errors
    /// When a period ends before it begins, two overlap, or two have one name.
    pub fn own(rows: Vec<(String, i64, i64)>, season: usize) -> Result<Periods, PeriodsError> {
        let mut rows = rows;
        rows.sort_by(|a, b| (a.1, a.2, &a.0).cmp(&(b.1, b.2, &b.0)));
        if let Some((name, ..)) = rows.iter().find(|(_, start, end)| end <= start) {
            return Err(PeriodsError::Backwards { name: name.clone() });
        }
        if let Some(pair) = rows.windows(2).find(|pair| pair[1].1 < pair[0].2) {
            return Err(PeriodsError::Overlap { first: pair[0].0.clone(), second: pair[1].0.clone() });
        }
        let mut names: Vec<&String> = rows.iter().map(|row| &row.0).collect();
        names.sort();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(PeriodsError::Twice { name: pair[0].clone() });
        }
        let skipped = rows.len().saturating_sub(MOST_PERIODS);
        let list = rows.into_iter().skip(skipped).enumerate().map(|(at, (name, start, end))| {
            let year_before = if season > 0 { at.checked_sub(season) } else { None };
            Period { name, start, end, year_before }
        });
        Ok(Periods { grain: Grain::Own, list: list.collect(), season })
    }

    /// The same, without those that begin at `until` (civil seconds) or later, or end at `from` or earlier.
    pub fn between(mut self, from: i64, until: i64) -> Periods {
        self.list.retain(|period| period.start < until);
        let gone = self.list.iter().take_while(|period| period.end <= from).count();
        self.list.drain(..gone);
        for period in &mut self.list {
            period.year_before = period.year_before.and_then(|before| before.checked_sub(gone));
        }
        self
    }

    /// How the calendar is divided.
    pub fn grain(&self) -> Grain {
        self.grain
    }

    /// The periods, in time order.
    pub fn list(&self) -> &[Period] {
        &self.list
    }

    /// Periods of one year; 0 where that is not known.
    pub fn season(&self) -> usize {
        self.season
    }

    /// The number of the period that holds an instant (civil seconds).
    pub fn of(&self, time: i64) -> Option<usize> {
        let after = self.list.partition_point(|period| period.start <= time);
        after.checked_sub(1).filter(|&at| time < self.list[at].end)
    }
}

/// Weekdays, Monday to Friday, from one instant to another (civil seconds): the trading-day index of a period.
pub fn weekdays(start: i64, end: i64) -> u64 {
    (day_of(start)..day_of(end)).filter(|&day| weekday(day) < 5).count() as u64
}

fn season_of(grain: Grain) -> usize {
    match grain {
        Grain::Week => 52,
        Grain::Month => 12,
        Grain::Quarter => 4,
        Grain::Year => 1,
        Grain::Own => 0,
    }
}

/// The number of the period that holds an instant.
fn key_of(grain: Grain, year_begins: u32, time: i64) -> i64 {
    let day = day_of(time);
    // Months since the first business year of 1970.
    let month = month_of(day) - (i64::from(year_begins) - 1);
    match grain {
        Grain::Week => (day + 3).div_euclid(7),
        Grain::Month | Grain::Own => month_of(day),
        Grain::Quarter => month.div_euclid(3),
        Grain::Year => month.div_euclid(12),
    }
}

/// The first day of a period by its number.
fn start_of(grain: Grain, year_begins: u32, key: i64) -> i64 {
    let shift = i64::from(year_begins) - 1;
    match grain {
        Grain::Week => key * 7 - 3,
        Grain::Month | Grain::Own => month_start(key),
        Grain::Quarter => month_start(key * 3 + shift),
        Grain::Year => month_start(key * 12 + shift),
    }
}

fn name_of(grain: Grain, year_begins: u32, key: i64) -> String {
    // A business year that does not begin in January is named after the year in which it ends.
    let ends = i64::from(year_begins > 1);
    match grain {
        Grain::Week => {
            let (year, week) = iso_week(key);
            format!("{year:04}-W{week:02}")
        }
        Grain::Month | Grain::Own => format!("{:04}-{:02}", 1970 + key.div_euclid(12), key.rem_euclid(12) + 1),
        Grain::Quarter => format!("{:04}-Q{}", 1970 + key.div_euclid(4) + ends, key.rem_euclid(4) + 1),
        Grain::Year => format!("{:04}", 1970 + key + ends),
    }
}

/// ISO year and week of a week by its number: the year is that of its Thursday.
fn iso_week(key: i64) -> (i64, i64) {
    let thursday = key * 7;
    let year = civil_of_day(thursday).0;
    (year, (thursday - day_of_civil(year, 1, 1)) / 7 + 1)
}

/// The week of the same number in the ISO year before; a week 53 mostly has none.
fn week_of_year_before(key: i64) -> Option<i64> {
    let (year, week) = iso_week(key);
    [key - 52, key - 53].into_iter().find(|&before| iso_week(before) == (year - 1, week))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: i64, month: u32, day: u32) -> i64 {
        day_of_civil(year, month, day) * DAY
    }

    fn names(periods: &Periods) -> Vec<&str> {
        periods.list().iter().map(|period| period.name.as_str()).collect()
    }

    #[test]
    fn months_keep_their_ends_and_leap_days() {
        let months = Periods::calendar(Grain::Month, 1, at(2023, 12, 31), at(2024, 4, 1));
        assert_eq!(names(&months), ["2023-12", "2024-01", "2024-02", "2024-03"]);
        // The 31st of March has no counterpart in February, and belongs to March all the same.
        assert_eq!(months.of(at(2024, 3, 31) + DAY - 1), Some(3));
        assert_eq!(months.of(at(2024, 2, 29)), Some(2));
        assert_eq!(months.of(at(2024, 4, 1)), None);
        let long = Periods::calendar(Grain::Month, 1, at(2022, 2, 1), at(2024, 3, 1));
        let leap = &long.list()[24];
        assert_eq!((leap.name.as_str(), leap.end - leap.start), ("2024-02", 29 * DAY));
        assert_eq!(leap.year_before.map(|at| long.list()[at].name.as_str()), Some("2023-02"));
        assert_eq!(long.list()[11].year_before, None);
    }

    #[test]
    fn quarters_and_years_of_a_business_year() {
        let quarters = Periods::calendar(Grain::Quarter, 1, at(2009, 12, 1), at(2010, 7, 1));
        assert_eq!(names(&quarters), ["2009-Q4", "2010-Q1", "2010-Q2"]);
        // A year from April 2010 to March 2011 is 2011, as in the accounts of companies.
        let own = Periods::calendar(Grain::Quarter, 4, at(2010, 4, 1), at(2011, 4, 1));
        assert_eq!(names(&own), ["2011-Q1", "2011-Q2", "2011-Q3", "2011-Q4"]);
        let years = Periods::calendar(Grain::Year, 4, at(2010, 3, 31), at(2010, 4, 2));
        assert_eq!(names(&years), ["2010", "2011"]);
        assert_eq!((years.list()[1].start, years.list()[1].end), (at(2010, 4, 1), at(2011, 4, 1)));
    }

    #[test]
    fn weeks_by_iso_8601() {
        // ISO 8601: 2009 had 53 weeks, 2010-01-03 is the Sunday of the last.
        let weeks = Periods::calendar(Grain::Week, 1, at(2009, 12, 28), at(2010, 1, 5));
        assert_eq!(names(&weeks), ["2009-W53", "2010-W01"]);
        assert_eq!(weeks.list()[1].start, at(2010, 1, 4));
        let long = Periods::calendar(Grain::Week, 1, at(2008, 1, 1), at(2010, 1, 5));
        let before = |name: &str| {
            let at = names(&long).iter().position(|found| *found == name).unwrap();
            long.list()[at].year_before.map(|before| names(&long)[before])
        };
        assert_eq!(before("2009-W53"), None);
        assert_eq!(before("2010-W01"), Some("2009-W01"));
        assert_eq!(before("2009-W52"), Some("2008-W52"));
    }

    #[test]
    fn own_periods_are_checked() {
        let row = |name: &str, start, end| (name.to_owned(), at(2024, 1, start), at(2024, 1, end));
        let own = Periods::own(vec![row("b", 8, 15), row("a", 1, 8)], 1).unwrap();
        assert_eq!((names(&own), own.list()[1].year_before), (vec!["a", "b"], Some(0)));
        assert_eq!(own.of(at(2024, 1, 15)), None);
        let overlap = Periods::own(vec![row("a", 1, 9), row("b", 8, 15)], 0);
        assert_eq!(overlap, Err(PeriodsError::Overlap { first: "a".into(), second: "b".into() }));
        assert_eq!(Periods::own(vec![row("a", 9, 9)], 0), Err(PeriodsError::Backwards { name: "a".into() }));
        let twice = Periods::own(vec![row("a", 1, 2), row("a", 3, 4)], 0);
        assert_eq!(twice, Err(PeriodsError::Twice { name: "a".into() }));
        let later = own.between(at(2024, 1, 8), at(2024, 2, 1));
        assert_eq!((names(&later), later.list()[0].year_before), (vec!["b"], None));
    }

    #[test]
    fn a_thousand_years_are_not_counted_week_by_week() {
        let weeks = Periods::calendar(Grain::Week, 1, at(1000, 1, 1), at(2024, 1, 1));
        assert_eq!(weeks.list().len(), MOST_PERIODS);
        assert_eq!(weeks.list().last().unwrap().name, "2023-W52");
        assert_eq!(weekdays(at(2024, 2, 1), at(2024, 3, 1)), 21);
    }
}
