//! Layouts of dates that are told from the values themselves.

use super::Moment;
use super::parts::{day_number, digits, full_year, literal, month_name, time_of_day};

/// The order of the parts of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
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
