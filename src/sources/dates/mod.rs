//! Dates and times: layouts told from a whole column, strptime formats given by the user, zones.
//!
//! Days and seconds are those of the proleptic Gregorian calendar.

mod formats;
mod layouts;
mod names;
mod parts;
mod serials;
mod zones;

pub(crate) use formats::DateFormat;
pub(crate) use layouts::{ISO, LAYOUTS, candidates, month_first, twin};
pub(crate) use serials::{SINCE_1900, SINCE_1904};
pub(crate) use zones::{Passage, Zone};

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

impl Moment {
    /// A moment of a day; `time` may be the end of the day, which is the beginning of the next one.
    fn of(day: i32, time: i64, offset: Option<i32>, timed: bool) -> Option<Moment> {
        match time {
            0..DAY => Some(Moment { day, time, offset, timed }),
            DAY if day < parts::LAST_DAY => Some(Moment { day: day + 1, time: 0, offset, timed }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parts::day_number;
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
        assert_eq!(day_number(9999, 12, 31), Some(parts::LAST_DAY));
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
        for (text, layout) in [
            ("9 déc. 2011 à 12:30:30", "%d %b %Y"),
            ("9 décembre 2011, 12:30:30", "%d %b %Y"),
            ("9. Dezember 2011 um 12:30:30 Uhr", "%d %b %Y"),
            ("Freitag, 9. Dez. 2011, 12:30:30", "%d %b %Y"),
            ("9 de diciembre de 2011, 12:30:30 p.\u{A0}m.", "%d %b %Y"),
            ("9 dic 2011 alle ore 12:30:30", "%d %b %Y"),
            ("9 gru 2011, 12:30:30", "%d %b %Y"),
            ("9. pro. 2011 12:30:30", "%d %b %Y"),
            ("9. joulukuuta 2011 klo 12.30.30", "%d %b %Y"),
            ("9. des. 2011 kl. 12:30:30", "%d %b %Y"),
            ("9 Aralık 2011 12:30:30", "%d %b %Y"),
            ("Fri, 09 Dec 2011 12:30:30 +0000", "%d %b %Y"),
            ("Dec 9, 2011, 12:30:30\u{202F}PM", "%b %d, %Y"),
            ("Dec-09-11 12:30:30", "%b-%d-%y"),
            ("9. 12. 2011 12:30:30", "%d.%m.%Y"),
            ("2011. 12. 09. 12:30:30", "%Y.%m.%d"),
            ("2011年12月9日 12:30:30", "%Y年%m月%d日"),
            ("2011年12月9日12時30分30秒", "%Y年%m月%d日"),
            ("2011년 12월 9일 오후 12:30:30", "%Y年%m月%d日"),
            ("2011/12/9 下午 12:30:30", "%Y/%m/%d"),
            ("40886.5211805556", "excel-1900"),
        ] {
            assert_eq!(micros_of(text, layout), expected, "{text}");
        }
        assert_eq!(micros_of("45658", "excel-1900"), micros_of("2025-01-01", "%Y-%m-%d"));
        let midnight = Some(15_318 * DAY);
        for (text, layout) in [
            ("2011-12-09 24:00:00", "%Y-%m-%d"),
            ("2011-12-09T24:00Z", "%Y-%m-%d"),
            ("09.12.2011 24:00", "%d.%m.%Y"),
            ("2011年12月9日24時00分", "%Y年%m月%d日"),
        ] {
            assert_eq!(micros_of(text, layout), midnight, "{text}");
        }
        for wrong in ["2011-12-09 24:00:01", "2011-12-09 24:00:00.5", "2011-12-09 24:01", "9999-12-31 24:00"] {
            assert_eq!(micros_of(wrong, "%Y-%m-%d"), None, "{wrong}");
        }
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
            "5 janv. 2025 à 22:12:33",
            "5. Januar 2025",
            "Sonntag, 5. Januar 2025",
            "Jan-05-25",
            "2025年1月6日",
            "45658.5",
            "5. 1. 2025",
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
        assert_eq!(read("%d %b %Y à %H:%M", "9 déc. 2011 à 12:00"), Some((noon, None)));
        assert_eq!(read("%d.%b.%Y %H:%M", "09.Dez.2011 12:00"), Some((noon, None)));
        assert_eq!(read("excel-1904", "39424.5"), Some((noon, None)));
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
