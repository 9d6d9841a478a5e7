//! Dates and times: layouts told from a whole column, strptime formats given by the user, zones.
//!
//! Days and seconds are those of the proleptic Gregorian calendar; the day number follows H. Hinnant, "chrono-compatible
//! low-level date algorithms" (2013).

use jiff::tz::{AmbiguousOffset, TimeZone};

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// A day and a time of day as written, with the offset where one was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since 1970-01-01 on the wall clock.
    pub day: i32,
    /// Microseconds since midnight.
    pub time: i64,
    /// Seconds east of Greenwich, where written.
    pub offset: Option<i32>,
    /// Whether a time of day was written.
    pub timed: bool,
}

/// The order of the parts of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

/// One row of the table of date layouts that are told from the values themselves.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The layout as a strptime format; a time of day may follow.
    pub name: &'static str,
    order: Order,
    separator: u8,
    year_digits: u8,
    month_name: bool,
}

const fn layout(name: &'static str, order: Order, separator: u8, year_digits: u8, month_name: bool) -> Layout {
    Layout { name, order, separator, year_digits, month_name }
}

/// All layouts. Where two differ by the order of day and month only, the day-first one is followed by its month-first twin.
pub(crate) static LAYOUTS: [Layout; 22] = [
    layout("%Y-%m-%d", Order::YearMonthDay, b'-', 4, false),
    layout("%Y/%m/%d", Order::YearMonthDay, b'/', 4, false),
    layout("%Y.%m.%d", Order::YearMonthDay, b'.', 4, false),
    layout("%Y%m%d", Order::YearMonthDay, 0, 4, false),
    layout("%d/%m/%Y", Order::DayMonthYear, b'/', 4, false),
    layout("%m/%d/%Y", Order::MonthDayYear, b'/', 4, false),
    layout("%d-%m-%Y", Order::DayMonthYear, b'-', 4, false),
    layout("%m-%d-%Y", Order::MonthDayYear, b'-', 4, false),
    layout("%d.%m.%Y", Order::DayMonthYear, b'.', 4, false),
    layout("%m.%d.%Y", Order::MonthDayYear, b'.', 4, false),
    layout("%d/%m/%y", Order::DayMonthYear, b'/', 2, false),
    layout("%m/%d/%y", Order::MonthDayYear, b'/', 2, false),
    layout("%d-%m-%y", Order::DayMonthYear, b'-', 2, false),
    layout("%m-%d-%y", Order::MonthDayYear, b'-', 2, false),
    layout("%d.%m.%y", Order::DayMonthYear, b'.', 2, false),
    layout("%m.%d.%y", Order::MonthDayYear, b'.', 2, false),
    layout("%d %b %Y", Order::DayMonthYear, b' ', 4, true),
    layout("%d-%b-%Y", Order::DayMonthYear, b'-', 4, true),
    layout("%d-%b-%y", Order::DayMonthYear, b'-', 2, true),
    layout("%b %d, %Y", Order::MonthDayYear, b' ', 4, true),
    layout("%d/%b/%Y", Order::DayMonthYear, b'/', 4, true),
    layout("%d %b %y", Order::DayMonthYear, b' ', 2, true),
];

/// The layout that workbooks and typed files hand over their dates in.
pub(crate) const ISO: usize = 0;

/// Which layouts could fit a text, judged by its first separator. At most four.
pub(crate) fn candidates(text: &[u8]) -> &'static [usize] {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let named = text.get(digits + 1).is_some_and(u8::is_ascii_alphabetic);
    match (digits, text.get(digits)) {
        (4, Some(b'-')) => &[0],
        (4, Some(b'/')) => &[1],
        (4, Some(b'.')) => &[2],
        (8, None | Some(b' ' | b'T')) => &[3],
        (1 | 2, Some(b'/')) if named => &[20],
        (1 | 2, Some(b'/')) => &[4, 5, 10, 11],
        (1 | 2, Some(b'-')) if named => &[17, 18],
        (1 | 2, Some(b'-')) => &[6, 7, 12, 13],
        (1 | 2, Some(b'.')) => &[8, 9, 14, 15],
        (1 | 2, Some(b' ')) => &[16, 21],
        (0, Some(byte)) if byte.is_ascii_alphabetic() => &[19],
        _ => &[],
    }
}

/// The layout that differs from this one by the order of day and month only.
pub(crate) fn twin(layout: usize) -> Option<usize> {
    match layout {
        4..=15 => Some(layout ^ 1),
        _ => None,
    }
}

impl Layout {
    /// The moment that a text stands for in this layout, a time of day and an offset following or not.
    pub(crate) fn parse(&self, text: &[u8]) -> Option<Moment> {
        let mut rest = text;
        let (year, month, day) = match self.order {
            Order::YearMonthDay if self.separator == 0 => {
                let year = digits(&mut rest, 4, 4)?;
                if !(1000..3000).contains(&year) {
                    return None;
                }
                (year, digits(&mut rest, 2, 2)?, digits(&mut rest, 2, 2)?)
            }
            Order::YearMonthDay => {
                let year = digits(&mut rest, 4, 4)?;
                literal(&mut rest, self.separator)?;
                let month = digits(&mut rest, 1, 2)?;
                literal(&mut rest, self.separator)?;
                (year, month, digits(&mut rest, 1, 2)?)
            }
            Order::DayMonthYear => {
                let day = digits(&mut rest, 1, 2)?;
                literal(&mut rest, self.separator)?;
                let month = if self.month_name { month_name(&mut rest)? } else { digits(&mut rest, 1, 2)? };
                literal(&mut rest, self.separator)?;
                (self.year(&mut rest)?, month, day)
            }
            Order::MonthDayYear => {
                let month = if self.month_name { month_name(&mut rest)? } else { digits(&mut rest, 1, 2)? };
                literal(&mut rest, self.separator)?;
                let day = digits(&mut rest, 1, 2)?;
                if self.month_name {
                    let _comma = literal(&mut rest, b',');
                }
                literal(&mut rest, self.separator)?;
                (self.year(&mut rest)?, month, day)
            }
        };
        let day = day_number(year, month, day)?;
        let (time, offset, timed) = time_of_day(rest)?;
        Some(Moment { day, time, offset, timed })
    }

    fn year(&self, rest: &mut &[u8]) -> Option<u32> {
        let width = usize::from(self.year_digits);
        let year = digits(rest, width, width)?;
        (!rest.first().is_some_and(u8::is_ascii_digit)).then_some(if width == 2 { full_year(year) } else { year })
    }
}

/// One piece of a strptime format.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(u8),
    Blanks,
    Year,
    ShortYear,
    Month,
    MonthName,
    Weekday,
    Day,
    DayOfYear,
    Hour,
    HalfHour,
    Minute,
    Second,
    Fraction,
    HalfDay,
    Offset,
    UnixSeconds,
}

/// A strptime format in the form that values are read with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateFormat {
    /// As written.
    pub text: String,
    pieces: Vec<Piece>,
}

/// The conversions of a format that are understood.
const DIRECTIVES: &str = "%Y %y %m %b %B %d %e %j %H %k %I %l %M %S %f %.f %p %z %Z %a %A %T %R %F %D %s %n %t %%";

impl DateFormat {
    /// The format in usable form, or what is wrong with it.
    pub(crate) fn compile(text: &str) -> Result<DateFormat, String> {
        let expanded =
            text.replace("%T", "%H:%M:%S").replace("%R", "%H:%M").replace("%F", "%Y-%m-%d").replace("%D", "%m/%d/%y");
        let mut pieces = Vec::new();
        let mut bytes = expanded.bytes();
        while let Some(byte) = bytes.next() {
            let piece = match byte {
                b'%' => match bytes.next() {
                    Some(b'Y') => Piece::Year,
                    Some(b'y') => Piece::ShortYear,
                    Some(b'm') => Piece::Month,
                    Some(b'b' | b'B' | b'h') => Piece::MonthName,
                    Some(b'a' | b'A') => Piece::Weekday,
                    Some(b'd' | b'e') => Piece::Day,
                    Some(b'j') => Piece::DayOfYear,
                    Some(b'H' | b'k') => Piece::Hour,
                    Some(b'I' | b'l') => Piece::HalfHour,
                    Some(b'M') => Piece::Minute,
                    Some(b'S') => Piece::Second,
                    Some(b'f') => Piece::Fraction,
                    Some(b'.') if bytes.next() == Some(b'f') => {
                        pieces.push(Piece::Literal(b'.'));
                        Piece::Fraction
                    }
                    Some(b'p' | b'P') => Piece::HalfDay,
                    Some(b'z' | b'Z') => Piece::Offset,
                    Some(b's') => Piece::UnixSeconds,
                    Some(b'n' | b't') => Piece::Blanks,
                    Some(b'%') => Piece::Literal(b'%'),
                    _ => {
                        return Err(format!(
                            "date format `{text}` has a conversion that is not known; known are {DIRECTIVES}"
                        ));
                    }
                },
                b' ' => Piece::Blanks,
                byte => Piece::Literal(byte),
            };
            pieces.push(piece);
        }
        let has = |piece: Piece| pieces.contains(&piece);
        let year = has(Piece::Year) || has(Piece::ShortYear);
        let day = has(Piece::DayOfYear) || ((has(Piece::Month) || has(Piece::MonthName)) && has(Piece::Day));
        match has(Piece::UnixSeconds) || (year && day) {
            true => Ok(DateFormat { text: text.to_owned(), pieces }),
            false => Err(format!("date format `{text}` does not say year, month and day")),
        }
    }

    /// The moment that a whole text stands for.
    pub(crate) fn parse(&self, text: &[u8]) -> Option<Moment> {
        let mut rest = text;
        let (mut year, mut month, mut day, mut day_of_year) = (None, None, None, None);
        let (mut hour, mut minute, mut second, mut fraction) = (0, 0, 0, 0);
        let (mut half_day, mut offset, mut timed) = (None, None, false);
        for piece in &self.pieces {
            match piece {
                Piece::Literal(byte) => literal(&mut rest, *byte)?,
                Piece::Blanks => rest = rest.trim_ascii_start(),
                Piece::Year => year = Some(digits(&mut rest, 4, 4)?),
                Piece::ShortYear => year = Some(full_year(digits(&mut rest, 2, 2)?)),
                Piece::Month => month = Some(digits(&mut rest, 1, 2)?),
                Piece::MonthName => month = Some(month_name(&mut rest)?),
                Piece::Weekday => weekday_name(&mut rest)?,
                Piece::Day => {
                    rest = rest.trim_ascii_start();
                    day = Some(digits(&mut rest, 1, 2)?);
                }
                Piece::DayOfYear => day_of_year = Some(digits(&mut rest, 1, 3)?),
                Piece::Hour | Piece::HalfHour => {
                    rest = rest.trim_ascii_start();
                    hour = digits(&mut rest, 1, 2)?;
                    timed = true;
                    if *piece == Piece::HalfHour && !(1..=12).contains(&hour) {
                        return None;
                    }
                }
                Piece::Minute => minute = digits(&mut rest, 1, 2)?,
                Piece::Second => second = digits(&mut rest, 1, 2)?,
                Piece::Fraction => fraction = micros(&mut rest)?,
                Piece::HalfDay => half_day = Some(afternoon(&mut rest)?),
                Piece::Offset => offset = Some(utc_offset(&mut rest)?),
                Piece::UnixSeconds => {
                    let negative = literal(&mut rest, b'-').is_some();
                    let seconds = i64::from(digits(&mut rest, 1, 9)?);
                    let more = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                    let mut seconds = seconds;
                    for byte in &rest[..more.min(2)] {
                        seconds = seconds * 10 + i64::from(byte - b'0');
                    }
                    rest = &rest[more.min(2)..];
                    let seconds = if negative { -seconds } else { seconds };
                    let day = i32::try_from(seconds.div_euclid(86_400)).ok()?;
                    let time = seconds.rem_euclid(86_400) * 1_000_000;
                    return rest.is_empty().then_some(Moment { day, time, offset: Some(0), timed: true });
                }
            }
        }
        if !rest.is_empty() {
            return None;
        }
        let hour = match half_day {
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
            None => hour,
        };
        let time = clock(hour, minute, second)? + fraction;
        let day = match day_of_year {
            Some(number) => {
                let year = year?;
                let length = if is_leap(year) { 366 } else { 365 };
                (1..=length).contains(&number).then_some(())?;
                day_number(year, 1, 1)? + number as i32 - 1
            }
            None => day_number(year?, month?, day?)?,
        };
        Some(Moment { day, time, offset, timed })
    }
}

/// The zone of wall-clock times that carry no offset.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    // None is UTC, where nothing needs to be looked up.
    zone: Option<TimeZone>,
}

/// What became of a wall-clock time on its way to UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// There is one such instant.
    Once,
    /// The clock passed this time twice; the first is taken.
    Twice,
    /// The clock jumped over this time; the offset before the jump is used.
    Never,
}

impl Zone {
    /// The zone of an IANA name.
    pub(crate) fn named(name: &str) -> Result<Zone, String> {
        match name {
            "UTC" | "Etc/UTC" | "Z" => Ok(Zone::utc()),
            name => match TimeZone::get(name) {
                Ok(zone) => Ok(Zone { zone: Some(zone) }),
                Err(_) => Err(format!("`{name}` is not a zone of the IANA database, such as Europe/London")),
            },
        }
    }

    /// Universal time.
    pub(crate) fn utc() -> Zone {
        Zone { zone: None }
    }

    /// A converter that remembers the last day it was asked for.
    pub(crate) fn clock(&self) -> ZoneClock<'_> {
        ZoneClock { zone: self.zone.as_ref(), day: i32::MIN, offset: 0 }
    }
}

/// Turns wall-clock moments into instants. Orders come in order of time, so one remembered day answers nearly all.
pub(crate) struct ZoneClock<'a> {
    zone: Option<&'a TimeZone>,
    // A day whose offset is the same from its first to its last instant.
    day: i32,
    offset: i64,
}

impl ZoneClock<'_> {
    /// Microseconds since 1970-01-01T00:00Z of a moment.
    pub(crate) fn instant(&mut self, moment: Moment) -> (i64, Passage) {
        let local = i64::from(moment.day) * DAY + moment.time;
        if let Some(offset) = moment.offset {
            return (local - i64::from(offset) * 1_000_000, Passage::Once);
        }
        let Some(zone) = self.zone else { return (local, Passage::Once) };
        if moment.day == self.day {
            return (local - self.offset, Passage::Once);
        }
        let steady = |time| match offset_at(zone, moment.day, time) {
            Some(AmbiguousOffset::Unambiguous { offset }) => Some(i64::from(offset.seconds()) * 1_000_000),
            _ => None,
        };
        if let (Some(first), Some(last)) = (steady(0), steady(DAY - 1))
            && first == last
        {
            (self.day, self.offset) = (moment.day, first);
            return (local - first, Passage::Once);
        }
        let (offset, passage) = match offset_at(zone, moment.day, moment.time) {
            Some(AmbiguousOffset::Unambiguous { offset }) => (offset.seconds(), Passage::Once),
            Some(AmbiguousOffset::Fold { before, .. }) => (before.seconds(), Passage::Twice),
            Some(AmbiguousOffset::Gap { before, .. }) => (before.seconds(), Passage::Never),
            None => (0, Passage::Once),
        };
        (local - i64::from(offset) * 1_000_000, passage)
    }
}

fn offset_at(zone: &TimeZone, day: i32, time: i64) -> Option<AmbiguousOffset> {
    let seconds = time / 1_000_000;
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()?;
    let time = date.at((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, 0);
    Some(zone.to_ambiguous_timestamp(time).offset())
}

/// The day number of a date, if there is such a date in the years 1 to 9999.
pub(crate) fn day_number(year: u32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = LENGTHS.get(month.wrapping_sub(1) as usize)? + u32::from(month == 2 && is_leap(year));
    if day == 0 || day > length || year == 0 || year > 9999 {
        return None;
    }
    let year = year as i32 - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// A year of two digits: 69 to 99 lie in the last century, as POSIX strptime has it.
fn full_year(year: u32) -> u32 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60).then(|| i64::from(hour * 3600 + minute * 60 + second) * 1_000_000)
}

/// What may follow a date: nothing, or a time of day with or without an offset.
fn time_of_day(mut rest: &[u8]) -> Option<(i64, Option<i32>, bool)> {
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

fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<u32> {
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

fn literal(rest: &mut &[u8], byte: u8) -> Option<()> {
    match rest {
        [first, after @ ..] if *first == byte => {
            *rest = after;
            Some(())
        }
        _ => None,
    }
}

/// A fraction of a second in microseconds; digits beyond are cut off.
fn micros(rest: &mut &[u8]) -> Option<i64> {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 || count > 9 {
        return None;
    }
    let value = (0..6).fold(0, |value, at| value * 10 + if at < count { i64::from(rest[at] - b'0') } else { 0 });
    *rest = &rest[count..];
    Some(value)
}

fn afternoon(rest: &mut &[u8]) -> Option<bool> {
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

fn utc_offset(rest: &mut &[u8]) -> Option<i32> {
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

fn month_name(rest: &mut &[u8]) -> Option<u32> {
    name(rest, &MONTHS).map(|at| at as u32 + 1)
}

fn weekday_name(rest: &mut &[u8]) -> Option<()> {
    name(rest, &WEEKDAYS).map(|_| ())
}

/// An English name in full or by its first three letters.
fn name(rest: &mut &[u8], names: &[&str]) -> Option<usize> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &rest[..length];
    let fits =
        |name: &&str| word.eq_ignore_ascii_case(name.as_bytes()) || word.eq_ignore_ascii_case(&name.as_bytes()[..3]);
    let at = names.iter().position(fits)?;
    *rest = &rest[length..];
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros_of(text: &str, layout: &str) -> Option<i64> {
        let layout = LAYOUTS.iter().find(|row| row.name == layout).expect(layout);
        layout.parse(text.as_bytes()).map(|moment| i64::from(moment.day) * DAY + moment.time)
    }

    #[test]
    fn days_agree_with_the_calendar() {
        assert_eq!(day_number(1970, 1, 1), Some(0));
        assert_eq!(day_number(2000, 2, 29), Some(11_016));
        assert_eq!(day_number(2011, 12, 9), Some(15_317));
        assert_eq!(day_number(1, 1, 1), Some(-719_162));
        for (year, month, day) in [(1900, 2, 29), (2011, 4, 31), (2011, 13, 1), (2011, 0, 1), (2011, 1, 0), (0, 1, 1)] {
            assert_eq!(day_number(year, month, day), None);
        }
        let mut date = jiff::civil::date(1, 1, 1);
        for number in -719_162.. {
            assert_eq!(day_number(date.year() as u32, date.month() as u32, date.day() as u32), Some(number));
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
    }

    #[test]
    fn layouts_read_what_they_name() {
        let expected = Some(15_317 * DAY + 45_000_000_000 + 30_000_000);
        assert_eq!(micros_of("2011-12-09 12:30:30", "%Y-%m-%d"), expected);
        assert_eq!(micros_of("2011-12-09T12:30:30Z", "%Y-%m-%d"), expected);
        assert_eq!(micros_of("9/12/2011 12:30:30 PM", "%d/%m/%Y"), expected);
        assert_eq!(micros_of("12/09/11 12:30:30", "%m/%d/%y"), expected);
        assert_eq!(micros_of("20111209 12:30:30.0", "%Y%m%d"), expected);
        assert_eq!(micros_of("09-Dec-2011 12:30:30", "%d-%b-%Y"), expected);
        assert_eq!(micros_of("December 9, 2011, 12:30:30", "%b %d, %Y"), expected);
        for wrong in
            ["2011-13-09", "2011-12-09x", "2011-12-09 25:00", "2011-12-09 12", "2011-12", "", "2011-12-09 12:60"]
        {
            assert_eq!(micros_of(wrong, "%Y-%m-%d"), None, "{wrong}");
        }
    }

    #[test]
    fn candidates_hold_every_layout_that_fits() {
        for text in [
            "2011-12-09",
            "2011/1/2",
            "2011.01.02",
            "20110102",
            "20110102T10:00",
            "1/2/2011",
            "1-2-11",
            "31.12.99",
            "9 Dec 2011",
            "09-DEC-11",
            "9/dec/2011",
            "Dec 9, 2011",
            "9 Dec 11",
            "March 1 2012",
        ] {
            let fits: Vec<usize> =
                (0..LAYOUTS.len()).filter(|&at| LAYOUTS[at].parse(text.as_bytes()).is_some()).collect();
            assert!(!fits.is_empty(), "{text}");
            assert!(fits.iter().all(|at| candidates(text.as_bytes()).contains(at)), "{text}");
        }
        for (at, layout) in LAYOUTS.iter().enumerate() {
            if let Some(twin) = twin(at) {
                assert_eq!(
                    (layout.separator, layout.year_digits),
                    (LAYOUTS[twin].separator, LAYOUTS[twin].year_digits)
                );
                assert_ne!(layout.order, LAYOUTS[twin].order);
            }
        }
    }

    #[test]
    fn formats_read_as_strptime_does() {
        let read = |format: &str, text: &str| {
            let format = DateFormat::compile(format).expect(format);
            format.parse(text.as_bytes()).map(|moment| (i64::from(moment.day) * DAY + moment.time, moment.offset))
        };
        let noon = 15_317 * DAY + 43_200_000_000;
        assert_eq!(read("%d.%m.%Y %H:%M", "09.12.2011 12:00"), Some((noon, None)));
        assert_eq!(read("%A, %d %B %Y %I:%M %p", "Friday, 9 December 2011 12:00 PM"), Some((noon, None)));
        assert_eq!(read("%FT%T%.f%z", "2011-12-09T12:00:00.000+01:00"), Some((noon, Some(3600))));
        assert_eq!(read("%Y %j", "2011 343"), Some((15_317 * DAY, None)));
        assert_eq!(read("%s", "1323432000"), Some((noon, Some(0))));
        assert_eq!(read("%d/%m/%Y", "09/12/2011 12:00"), None);
        assert!(DateFormat::compile("%Q").is_err());
        assert!(DateFormat::compile("%H:%M").expect_err("no day").contains("year, month and day"));
    }

    #[test]
    fn the_clock_change_is_counted() {
        let zone = Zone::named("Europe/London").expect("a zone of the database");
        let mut clock = zone.clock();
        let mut utc = |text: &str| {
            let (micros, passage) = clock.instant(LAYOUTS[ISO].parse(text.as_bytes()).expect(text));
            (
                micros - LAYOUTS[ISO].parse(text.as_bytes()).map(|at| i64::from(at.day) * DAY + at.time).expect(text),
                passage,
            )
        };
        const HOUR: i64 = 3_600_000_000;
        assert_eq!(utc("2011-01-10 12:00"), (0, Passage::Once));
        assert_eq!(utc("2011-07-10 12:00"), (-HOUR, Passage::Once));
        assert_eq!(utc("2011-03-27 00:59:59"), (0, Passage::Once));
        assert_eq!(utc("2011-03-27 01:30"), (0, Passage::Never));
        assert_eq!(utc("2011-03-27 02:00"), (-HOUR, Passage::Once));
        assert_eq!(utc("2011-10-30 01:30"), (-HOUR, Passage::Twice));
        assert_eq!(utc("2011-10-30 02:00"), (0, Passage::Once));
        assert_eq!(utc("2011-07-10 12:00+05:30"), (-5 * HOUR - HOUR / 2, Passage::Once));
        assert!(Zone::named("Europe/Londn").is_err());
    }
}
