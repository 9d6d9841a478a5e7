//! Dates as spreadsheets keep them: days since a first day, the time of day as a fraction.

use super::{DAY, Moment};

/// The usual count, in which 45658 is 2025-01-01.
pub(crate) const SINCE_1900: &str = "excel-1900";
/// The count of workbooks that began on an old Mac, four years and a day less.
pub(crate) const SINCE_1904: &str = "excel-1904";
/// Day 0 of the usual count, 1899-12-30, in days since 1970.
pub(super) const FIRST_1900: i32 = -25_569;
/// Day 0 of the other count, 1904-01-01.
const FIRST_1904: i32 = FIRST_1900 + 1462;

/// Day 0 of a count by its name.
pub(super) fn first_day(name: &str) -> Option<i32> {
    match name {
        SINCE_1900 => Some(FIRST_1900),
        SINCE_1904 => Some(FIRST_1904),
        _ => None,
    }
}

/// The moment of a day number of five digits (1927 to 2173), to the millisecond.
pub(super) fn moment(text: &[u8], first: i32) -> Option<Moment> {
    let (whole, fraction) = match text.iter().position(|byte| matches!(byte, b'.' | b',')) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[][..]),
    };
    if whole.len() != 5
        || whole[0] == b'0'
        || fraction.len() > 17
        || !whole.iter().chain(fraction).all(u8::is_ascii_digit)
    {
        return None;
    }
    let number = |digits: &[u8]| digits.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    let share = number(fraction) as f64 / 10_f64.powi(fraction.len() as i32);
    let millis = (share * 86_400_000.0).round() as i64;
    let day = first + number(whole) as i32 + (millis / 86_400_000) as i32;
    Some(Moment { day, time: millis * 1000 % DAY, offset: None, timed: !fraction.is_empty() })
}
