//! The parts of which written dates and times are made.

use super::names;
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

/// 9999-12-31.
pub(super) const LAST_DAY: i32 = 2_932_896;

pub(super) fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// A year of two digits: 69 to 99 lie in the last century, as POSIX strptime has it.
pub(super) fn full_year(year: u32) -> u32 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

/// Microseconds since midnight; 24:00:00 is the end of the day (ISO 8601:2004, 4.2.3).
pub(super) fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    let ends = (hour, minute, second) == (24, 0, 0);
    (hour < 24 && minute < 60 && second < 60 || ends).then(|| i64::from(hour * 3600 + minute * 60 + second) * 1_000_000)
}

/// Takes white space of all kinds off the front.
pub(super) fn skip_blanks(rest: &mut &[u8]) {
    loop {
        match rest {
            [b' ' | b'\t', after @ ..] => *rest = after,
            // No-break spaces, narrow or not, and thin ones.
            [0xC2, 0xA0, after @ ..]
            | [0xE2, 0x80, 0x80..=0x8A | 0xAF, after @ ..]
            | [0xE3, 0x80, 0x80, after @ ..] => *rest = after,
            _ => return,
        }
    }
}

/// What may follow a date: nothing, or a time of day with or without an offset.
pub(super) fn time_of_day(mut rest: &[u8]) -> Option<(i64, Option<i32>, bool)> {
    match rest {
        [] => return Some((0, None, false)),
        [b'T' | b't', after @ ..] => rest = after,
        [b',', after @ ..] => {
            rest = after;
            skip_blanks(&mut rest);
        }
        _ => {
            let all = rest;
            skip_blanks(&mut rest);
            // Chinese, Japanese and Korean need no blank.
            if rest.len() == all.len() && !matches!(rest, [0xE0..=0xFF, ..]) {
                return None;
            }
        }
    }
    let mut half_day = None;
    if !rest.first()?.is_ascii_digit() {
        if let Some((afternoon, length)) = names::half(rest) {
            half_day = Some(afternoon);
            rest = &rest[length..];
            skip_blanks(&mut rest);
        } else {
            rest = &rest[names::between(rest)?..];
        }
    }
    let mut hour = digits(&mut rest, 1, 2)?;
    let separator = time_separator(&mut rest)?;
    let minute = digits(&mut rest, 2, 2)?;
    let mut second = 0;
    let mut fraction = 0;
    if literal(&mut rest, separator).is_some() || separator != b':' && separator != b'.' && after_minutes(&mut rest) {
        if !rest.is_empty() {
            second = digits(&mut rest, 2, 2)?;
        }
        if literal(&mut rest, b'.').is_some() || literal(&mut rest, b',').is_some() {
            fraction = micros(&mut rest)?;
        }
        let _unit =
            rest.strip_prefix("秒".as_bytes()).or_else(|| rest.strip_prefix("초".as_bytes())).map(|after| rest = after);
    }
    if rest.is_empty() && half_day.is_none() {
        return Some((clock(hour, minute, second)? + fraction, None, true));
    }
    skip_blanks(&mut rest);
    let may_be_word = matches!(rest, [b'A' | b'a' | b'P' | b'p' | b'F' | b'f' | b'E' | b'e' | 0x80..=0xFF, ..]);
    if half_day.is_none()
        && may_be_word
        && let Some((afternoon, length)) = names::half(rest)
    {
        half_day = Some(afternoon);
        rest = &rest[length..];
        skip_blanks(&mut rest);
    }
    for word in ["Uhr", "uhr", "uur", "hrs", "h"] {
        if let Some(after) = rest.strip_prefix(word.as_bytes()) {
            rest = after;
            skip_blanks(&mut rest);
            break;
        }
    }
    if let Some(afternoon) = half_day {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let offset = if rest.is_empty() { None } else { Some(utc_offset(&mut rest)?) };
    rest.is_empty().then_some((clock(hour, minute, second)? + fraction, offset, true))
}

/// What stands between hours and minutes: a colon, a point, an h, or a word for hours.
fn time_separator(rest: &mut &[u8]) -> Option<u8> {
    let first = *rest.first()?;
    if matches!(first, b':' | b'.' | b'h' | b'H') {
        *rest = &rest[1..];
        return Some(first);
    }
    for word in ["时", "時", "点", "點", "시"] {
        if let Some(after) = rest.strip_prefix(word.as_bytes()) {
            *rest = after;
            skip_blanks(rest);
            return Some(0);
        }
    }
    None
}

/// Takes what stands between minutes and seconds where hours and minutes are parted by words.
fn after_minutes(rest: &mut &[u8]) -> bool {
    for word in ["m", "分", "분"] {
        if let Some(after) = rest.strip_prefix(word.as_bytes()) {
            *rest = after;
            skip_blanks(rest);
            return true;
        }
    }
    false
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

/// Takes a word for a half of the day: whether it is the second.
pub(super) fn afternoon(rest: &mut &[u8]) -> Option<bool> {
    let (afternoon, length) = names::half(rest)?;
    *rest = &rest[length..];
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

const MONTHS: [&[u8; 3]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// Takes the name of a month, in full or short, in one of many languages; the point of a short name stays.
pub(super) fn month_name(rest: &mut &[u8]) -> Option<u32> {
    // The usual: three English letters.
    if let [a, b, c, after @ ..] = rest
        && !matches!(after, [b'a'..=b'z' | b'A'..=b'Z' | 0x80..=0xFF, ..])
        && let Some(at) = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(&[*a, *b, *c]))
    {
        *rest = after;
        return Some(at as u32 + 1);
    }
    let (month, length) = names::month(rest)?;
    *rest = &rest[length..];
    Some(month)
}

/// Takes the name of a weekday.
pub(super) fn weekday_name(rest: &mut &[u8]) -> Option<()> {
    *rest = &rest[names::weekday(rest)?..];
    Some(())
}
