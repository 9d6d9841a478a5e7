//! The CDNOW sample as the literature uses it: 2,357 customers of the first quarter of 1997, calibrated over 39 weeks.

use std::collections::BTreeMap;

use super::History;
use crate::real_data::shared;

/// Days since 1997-01-01 and dollars of each purchase, by customer; purchases of one day are one.
pub(super) fn purchases() -> Option<BTreeMap<u32, BTreeMap<i64, f64>>> {
    let text = std::fs::read_to_string(shared("data/cdnow/CDNOW_sample.txt")?).expect("a text");
    let mut all: BTreeMap<u32, BTreeMap<i64, f64>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        // Master id, sample id, date, discs, dollars.
        let cells: Vec<&str> = line.split_whitespace().collect();
        let date: i64 = cells[2].parse().expect("a date as yyyymmdd");
        let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month as usize - 1];
        let spent: f64 = cells[4].parse().expect("dollars");
        // 1997 and 1998 are no leap years.
        let days = (year - 1997) * 365 + before + day - 1;
        *all.entry(cells[1].parse().expect("an id")).or_default().entry(days).or_default() += spent;
    }
    Some(all)
}

/// The histories at the end of week 39 (day 272), in weeks of two decimals as the published summary has them.
pub(super) fn histories() -> Option<Vec<History>> {
    let weeks = |days: i64| (days as f64 / 7.0 * 100.0).round() / 100.0;
    let histories = purchases()?.into_values().map(|days| {
        let seen: Vec<i64> = days.into_keys().filter(|&day| day <= 272).collect();
        let (first, last) = (seen[0], seen[seen.len() - 1]);
        History { repeats: seen.len() as u32 - 1, recency: weeks(last - first), age: weeks(272 - first) }
    });
    Some(histories.collect())
}
