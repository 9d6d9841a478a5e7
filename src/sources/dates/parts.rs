//! The parts of which written dates and times are made.

use crate::numeric::calendar::day_of_civil;

/// The day number of a date, if there is such a date in the years 1 to 9999.
pub(super) fn day_number(year: u32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = LENGTHS.get(month.wrapping_sub(1) as usize)? + u32::from(month == 2 && is_leap(year));
    if day == 0 || day > length || year == 0 || year > 9999 {
        return None;
    }
    Some(day_of_civil(i64::from(year), month, day) as i32)
}

pub(super) fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// A year of two digits: 69 to 99 lie in the last century, as POSIX strptime has it.
pub(super) fn full_year(year: u32) -> u32 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

pub(super) fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60).then(|| i64::from(hour * 3600 + minute * 60 + second) * 1_000_000)
}

/// What may follow a date: nothing, or a time of day with or without an offset.
pub(super) fn time_of_day(mut rest: &[u8]) -> Option<(i64, Option<i32>, bool)> {
    match rest {
        [] => return Some((0, None, false)),
        [b' ' | b'T' | b't', after @ ..] => rest = after.trim_ascii_start(),
        [b',', b' ', after @ ..] => rest = after,
        _ => return None,
    }
    let mut hour = digits(&mut rest, 1, 2)?;
    literal(&mut rest, b':')?;
    let minute = digits(&mut rest, 2, 2)?;
    let mut second = 0;
    let mut fraction = 0;
    if literal(&mut rest, b':').is_some() {
        second = digits(&mut rest, 2, 2)?;
        if literal(&mut rest, b'.').is_some() || literal(&mut rest, b',').is_some() {
            fraction = micros(&mut rest)?;
        }
    }
    if rest.is_empty() {
        return Some((clock(hour, minute, second)? + fraction, None, true));
    }
    rest = rest.trim_ascii_start();
    if matches!(rest, [b'A' | b'a' | b'P' | b'p', ..]) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if afternoon(&mut rest)? { 12 } else { 0 };
        rest = rest.trim_ascii_start();
    }
    let offset = if rest.is_empty() { None } else { Some(utc_offset(&mut rest)?) };
    rest.is_empty().then_some((clock(hour, minute, second)? + fraction, offset, true))
}

pub(super) fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<u32> {
    let mut value = 0;
    let mut count = 0;
    while count < most
        && let Some(byte) = rest.get(count)
        && byte.is_ascii_digit()
    {
        value = value * 10 + u32::from(byte - b'0');
        count += 1;
    }
    *rest = &rest[count..];
    (count >= least).then_some(value)
}

pub(super) fn literal(rest: &mut &[u8], byte: u8) -> Option<()> {
    match rest {
        [first, after @ ..] if *first == byte => {
            *rest = after;
            Some(())
        }
        _ => None,
    }
}

/// A fraction of a second in microseconds; digits beyond are cut off.
pub(super) fn micros(rest: &mut &[u8]) -> Option<i64> {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 || count > 9 {
        return None;
    }
    let value = (0..6).fold(0, |value, at| value * 10 + if at < count { i64::from(rest[at] - b'0') } else { 0 });
    *rest = &rest[count..];
    Some(value)
}

pub(super) fn afternoon(rest: &mut &[u8]) -> Option<bool> {
    let afternoon = match rest.first()? {
        b'a' | b'A' => false,
        b'p' | b'P' => true,
        _ => return None,
    };
    *rest = &rest[1..];
    let _point = literal(rest, b'.');
    match rest {
        [b'm' | b'M', after @ ..] => *rest = after,
        _ => return None,
    }
    let _point = literal(rest, b'.');
    Some(afternoon)
}

pub(super) fn utc_offset(rest: &mut &[u8]) -> Option<i32> {
    if let Some(after) =
        rest.strip_prefix(b"UTC").or_else(|| rest.strip_prefix(b"GMT")).or_else(|| rest.strip_prefix(b"Z"))
    {
        *rest = after;
        return Some(0);
    }
    let sign = match rest.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    *rest = &rest[1..];
    let hours = digits(rest, 2, 2)?;
    let _colon = literal(rest, b':');
    let minutes = if rest.first().is_some_and(u8::is_ascii_digit) { digits(rest, 2, 2)? } else { 0 };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60) as i32)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

pub(super) fn month_name(rest: &mut &[u8]) -> Option<u32> {
    name(rest, &MONTHS).map(|at| at as u32 + 1)
}

pub(super) fn weekday_name(rest: &mut &[u8]) -> Option<()> {
    name(rest, &WEEKDAYS).map(|_| ())
}

/// An English name in full or by its first three letters.
pub(super) fn name(rest: &mut &[u8], names: &[&str]) -> Option<usize> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &rest[..length];
    let fits =
        |name: &&str| word.eq_ignore_ascii_case(name.as_bytes()) || word.eq_ignore_ascii_case(&name.as_bytes()[..3]);
    let at = names.iter().position(fits)?;
    *rest = &rest[length..];
    Some(at)
}
