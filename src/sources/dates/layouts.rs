//! Layouts of dates that are told from the values themselves.

use super::Moment;
use super::parts::{day_number, digits, full_year, literal, month_name, skip_blanks, time_of_day};
use super::{names, serials};

/// The order of the parts of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
    /// Year, month and day, each with the Chinese, Japanese or Korean word behind it.
    Worded,
    /// Days since the first of spreadsheets.
    Serial,
}

/// One row of the table of date layouts that are told from the values themselves.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The layout as a strptime format; a time of day may follow.
    pub name: &'static str,
    pub(super) order: Order,
    pub(super) separator: u8,
    pub(super) year_digits: u8,
    month_name: bool,
}

const fn layout(name: &'static str, order: Order, separator: u8, year_digits: u8, month_name: bool) -> Layout {
    Layout { name, order, separator, year_digits, month_name }
}

/// All layouts. Where two differ by the order of day and month only, the day-first one is followed by its month-first twin.
pub(crate) static LAYOUTS: [Layout; 27] = [
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
    layout("%b-%d-%y", Order::MonthDayYear, b'-', 2, true),
    layout("%b-%d-%Y", Order::MonthDayYear, b'-', 4, true),
    layout("%Y-%b-%d", Order::YearMonthDay, b'-', 4, true),
    layout("%Y年%m月%d日", Order::Worded, 0, 4, false),
    layout(serials::SINCE_1900, Order::Serial, 0, 0, false),
];

/// The layout that workbooks and typed files hand over their dates in.
pub(crate) const ISO: usize = 0;

/// Which layouts could fit a text, judged by its first separator.
pub(crate) fn candidates(text: &[u8]) -> &'static [usize] {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let named = text.get(digits + 1).is_some_and(letter);
    match (digits, text.get(digits)) {
        (4, Some(b'-')) if named => &[24],
        (4, Some(b'-')) => &[0],
        (4, Some(b'/')) => &[1],
        (4, Some(b'.')) => &[2],
        (4, Some(0xE5 | 0xEB)) => &[25],
        (5, None | Some(b'.' | b',')) => &[26],
        (8, None | Some(b' ' | b'T')) => &[3],
        (1 | 2, Some(b'/')) if named => &[20],
        (1 | 2, Some(b'/')) => &[4, 5, 10, 11],
        (1 | 2, Some(b'-')) if named => &[17, 18],
        (1 | 2, Some(b'-')) => &[6, 7, 12, 13],
        (1 | 2, Some(b'.'))
            if named || (text.get(digits + 1) == Some(&b' ') && text.get(digits + 2).is_some_and(letter)) =>
        {
            &[16, 21]
        }
        (1 | 2, Some(b'.')) => &[8, 9, 14, 15],
        (1 | 2, Some(byte)) if *byte == b' ' || letter(byte) => &[16, 21],
        (0, Some(byte)) if letter(byte) && text.len() <= 64 => {
            // A name, a point, a comma, a hyphen or blanks, and a number; after a weekday another name may stand between.
            let name = text.iter().take_while(|byte| letter(byte)).count();
            let rest = &text[name..];
            let gap = rest.iter().take_while(|byte| matches!(byte, b'.' | b',' | b' ' | b'-')).count();
            match rest.get(gap) {
                Some(b'0'..=b'9') if gap > 0 || !text[..name].is_ascii() => match after_weekday(text) {
                    Some(_) => &[16, 17, 18, 19, 20, 21],
                    None => &[19, 22, 23],
                },
                Some(byte) if gap > 0 && letter(byte) && text.iter().any(u8::is_ascii_digit) => {
                    if after_weekday(text).is_some() { &[19] } else { &[] }
                }
                _ => &[],
            }
        }
        _ => &[],
    }
}

/// The text after the name of a weekday, where it begins with one that is no month.
fn after_weekday(text: &[u8]) -> Option<&[u8]> {
    if !text.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80) || names::month(text).is_some() {
        return None;
    }
    let mut rest = &text[names::weekday(text)?..];
    let _point = literal(&mut rest, b'.');
    let _comma = literal(&mut rest, b',');
    skip_blanks(&mut rest);
    Some(rest)
}

/// Takes one of the words that may stand within a date, with a blank behind it.
fn word(rest: &mut &[u8], words: &[&str]) {
    for word in words {
        if let Some(after) = rest.strip_prefix(word.as_bytes()) {
            *rest = after;
            skip_blanks(rest);
            return;
        }
    }
}

/// The layout that differs from this one by the order of day and month only.
pub(crate) fn twin(layout: usize) -> Option<usize> {
    match layout {
        4..=15 => Some(layout ^ 1),
        _ => None,
    }
}

/// Whether the month comes before the day in a layout that has a twin.
pub(crate) fn month_first(layout: usize) -> bool {
    LAYOUTS[layout].order == Order::MonthDayYear
}

impl Layout {
    /// The moment that a text stands for in this layout, a time of day and an offset following or not.
    pub(crate) fn parse(&self, text: &[u8]) -> Option<Moment> {
        let mut rest = if self.month_name { after_weekday(text).unwrap_or(text) } else { text };
        let (year, month, day) = match self.order {
            Order::Serial => return serials::moment(text, serials::FIRST_1900),
            Order::Worded => {
                let mut part = |least, most, words: [&str; 2]| {
                    let number = digits(&mut rest, least, most)?;
                    let after = words.iter().find_map(|word| rest.strip_prefix(word.as_bytes()))?;
                    rest = after;
                    skip_blanks(&mut rest);
                    Some(number)
                };
                let date = (part(4, 4, ["年", "년"])?, part(1, 2, ["月", "월"])?, part(1, 2, ["日", "일"])?);
                // Blanks before the time of day were taken; give it the one that it begins with.
                let day = day_number(date.0, date.1, date.2)?;
                if rest.is_empty() {
                    return Some(Moment { day, time: 0, offset: None, timed: false });
                }
                let (time, offset, timed) = time_of_day(&[b" ", rest].concat())?;
                return Moment::of(day, time, offset, timed);
            }
            Order::YearMonthDay if self.separator == 0 => {
                let year = digits(&mut rest, 4, 4)?;
                if !(1000..3000).contains(&year) {
                    return None;
                }
                (year, digits(&mut rest, 2, 2)?, digits(&mut rest, 2, 2)?)
            }
            Order::YearMonthDay => {
                let year = digits(&mut rest, 4, 4)?;
                self.part(&mut rest)?;
                let month = if self.month_name { month_name(&mut rest)? } else { digits(&mut rest, 1, 2)? };
                self.part(&mut rest)?;
                let date = (year, month, digits(&mut rest, 1, 2)?);
                self.ended(&mut rest);
                date
            }
            Order::DayMonthYear => {
                let day = digits(&mut rest, 1, 2)?;
                if self.separator == b' ' {
                    word(&mut rest, &[".", "er", "st", "nd", "rd", "th", "º", "°", "ª"]);
                    skip_blanks(&mut rest);
                    word(&mut rest, &["de ", "d'", "d’", "of "]);
                } else {
                    self.part(&mut rest)?;
                }
                let month = if self.month_name { month_name(&mut rest)? } else { digits(&mut rest, 1, 2)? };
                if self.month_name {
                    let _point = literal(&mut rest, b'.');
                }
                if self.separator == b' ' {
                    let _comma = literal(&mut rest, b',');
                    let before = rest.len();
                    skip_blanks(&mut rest);
                    (rest.len() < before).then_some(())?;
                    word(&mut rest, &["de ", "del "]);
                } else {
                    self.part(&mut rest)?;
                }
                let date = (self.year(&mut rest)?, month, day);
                self.ended(&mut rest);
                date
            }
            Order::MonthDayYear => {
                let month = if self.month_name { month_name(&mut rest)? } else { digits(&mut rest, 1, 2)? };
                if self.month_name {
                    let _point = literal(&mut rest, b'.');
                }
                self.part(&mut rest)?;
                let day = digits(&mut rest, 1, 2)?;
                if self.month_name {
                    word(&mut rest, &["st", "nd", "rd", "th"]);
                    let _comma = literal(&mut rest, b',');
                }
                self.part(&mut rest)?;
                let date = (self.year(&mut rest)?, month, day);
                self.ended(&mut rest);
                date
            }
        };
        let day = day_number(year, month, day)?;
        let (time, offset, timed) = time_of_day(rest)?;
        Moment::of(day, time, offset, timed)
    }

    /// Takes what parts day, month and year; a blank may follow a point, and blanks are of any width and number.
    fn part(&self, rest: &mut &[u8]) -> Option<()> {
        if self.separator == b' ' {
            let before = rest.len();
            skip_blanks(rest);
            return (rest.len() < before).then_some(());
        }
        literal(rest, self.separator)?;
        if self.separator == b'.' {
            skip_blanks(rest);
        }
        Some(())
    }

    /// Takes the point that some languages write behind a date.
    fn ended(&self, rest: &mut &[u8]) {
        if self.separator == b'.' && matches!(rest, [b'.'] | [b'.', b' ', ..]) {
            *rest = &rest[1..];
        } else if self.separator == b' ' {
            word(rest, &[" г."]);
        }
    }

    fn year(&self, rest: &mut &[u8]) -> Option<u32> {
        let width = usize::from(self.year_digits);
        let year = digits(rest, width, width)?;
        (!rest.first().is_some_and(u8::is_ascii_digit)).then_some(if width == 2 { full_year(year) } else { year })
    }
}
