//! strptime formats given by the user.

use super::parts::*;
use super::{Moment, serials};

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
    /// Days since a first day, as spreadsheets count them.
    Serial(i32),
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
        if let Some(first) = serials::first_day(text) {
            return Ok(DateFormat { text: text.to_owned(), pieces: vec![Piece::Serial(first)] });
        }
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
        for (at, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Serial(first) => return serials::moment(text, *first),
                Piece::Literal(byte) => literal(&mut rest, *byte)?,
                Piece::Blanks => skip_blanks(&mut rest),
                Piece::Year => year = Some(digits(&mut rest, 4, 4)?),
                Piece::ShortYear => year = Some(full_year(digits(&mut rest, 2, 2)?)),
                Piece::Month => month = Some(digits(&mut rest, 1, 2)?),
                Piece::MonthName | Piece::Weekday => {
                    match piece {
                        Piece::MonthName => month = Some(month_name(&mut rest)?),
                        _ => weekday_name(&mut rest)?,
                    }
                    // The point of a short name, unless the format has it.
                    if self.pieces.get(at + 1) != Some(&Piece::Literal(b'.')) {
                        let _point = literal(&mut rest, b'.');
                    }
                }
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
        Moment::of(day, time, offset, timed)
    }
}
