//! Zones and calendar days: from UTC instants to the shop's own wall clock.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

const SECONDS_A_DAY: i64 = 86_400;
/// -9999-01-01 and 9999-12-31, the first and the last day that can be written, counted from 1970-01-01.
const FIRST_DAY: i32 = -4_371_587;
const LAST_DAY: i32 = 2_932_896;

/// A time zone with its offsets laid out, so that a million conversions cost next to nothing.
#[derive(Clone)]
pub struct Zone {
    name: String,
    /// UTC second from which an offset (seconds east) holds; the first holds from the beginning of time.
    offsets: Vec<(i64, i64)>,
}

impl Zone {
    /// The zone with this IANA name (`UTC`, `Europe/London`); the zone data is part of the program.
    pub fn named(name: &str) -> Option<Zone> {
        let zone = TimeZone::get(name).ok()?;
        let start = Timestamp::from_second(-2_208_988_800).expect("1900 is a time");
        let end = Timestamp::from_second(7_258_118_400).expect("2200 is a time");
        let east = |offset: Offset| i64::from(offset.seconds());
        let mut offsets = vec![(i64::MIN, east(zone.to_offset(start)))];
        for transition in zone.following(start).take_while(|t| t.timestamp() < end) {
            offsets.push((transition.timestamp().as_second(), east(transition.offset())));
        }
        Some(Zone { name: name.to_owned(), offsets })
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Civil seconds (seconds since 1970-01-01T00:00 on the shop's wall clock) of a UTC instant in microseconds.
    pub fn civil_seconds(&self, utc_micros: i64) -> i64 {
        let utc = utc_micros.div_euclid(1_000_000);
        utc + self.offsets[self.offsets.partition_point(|&(from, _)| from <= utc) - 1].1
    }

    /// The first UTC instant, in microseconds, that shows these civil seconds or later on the wall clock.
    ///
    /// In a spring gap that is the moment the clocks jump; in an autumn fold the earlier of the two.
    pub fn utc_micros(&self, civil_seconds: i64) -> i64 {
        let found = self.offsets.iter().enumerate().find_map(|(i, &(from, east))| {
            let until = self.offsets.get(i + 1).map_or(i64::MAX, |next| next.0);
            let utc = civil_seconds.saturating_sub(east).max(from);
            (utc < until).then_some(utc)
        });
        found.unwrap_or(civil_seconds).saturating_mul(1_000_000)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

/// A calendar day, from the year -9999 to 9999 once a stage has made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The day that many days after 1970-01-01.
    pub fn from_days(days: i32) -> Date {
        Date(days)
    }

    /// The day that holds these civil seconds.
    pub fn of_civil_seconds(seconds: i64) -> Date {
        let day = seconds.div_euclid(SECONDS_A_DAY);
        Date(i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i32 {
        self.0
    }

    /// Civil seconds of its midnight.
    pub fn midnight(self) -> i64 {
        i64::from(self.0) * SECONDS_A_DAY
    }

    /// The day `days` later; the first or last day that can be written where that is beyond it.
    pub fn plus(self, days: i32) -> Date {
        Date(self.0.saturating_add(days).clamp(FIRST_DAY, LAST_DAY))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let epoch = civil::date(1970, 1, 1);
        match epoch.checked_add(SignedDuration::from_hours(24 * i64::from(self.0))) {
            Ok(date) => write!(f, "{date}"),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Date, String> {
        let date: civil::Date = text.parse().map_err(|_| format!("`{text}` is not a date; write it as 2011-12-10"))?;
        let days = civil::date(1970, 1, 1).until(date).map_err(|e| e.to_string())?.get_days();
        Ok(Date(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_round_trip() {
        for text in ["1970-01-01", "2011-12-10", "2000-02-29", "1969-12-31"] {
            assert_eq!(text.parse::<Date>().expect(text).to_string(), text);
        }
        assert_eq!("2011-12-10".parse::<Date>().expect("a date").days(), 15_318);
        assert!("10.12.2011".parse::<Date>().is_err());
    }

    #[test]
    fn days_at_the_ends_of_the_calendar_can_be_written() {
        for text in ["-009999-01-01", "9999-12-31", "0001-01-01"] {
            let date: Date = text.parse().expect(text);
            assert_eq!(date.to_string(), text);
            for near in [date.plus(1), date.plus(-1), date.plus(i32::MAX), date.plus(i32::MIN)] {
                assert_eq!(near.to_string().parse::<Date>(), Ok(near));
            }
        }
        assert_eq!(Date::of_civil_seconds(i64::MAX).days(), i32::MAX);
        let london = Zone::named("Europe/London").expect("a zone");
        for seconds in [i64::MIN, i64::MAX] {
            let day = Date::of_civil_seconds(london.civil_seconds(london.utc_micros(seconds)));
            assert_eq!(day.days() < 0, seconds < 0);
        }
    }

    #[test]
    fn london_changes_its_clocks() {
        let london = Zone::named("Europe/London").expect("a zone");
        let utc = |text: &str| text.parse::<Timestamp>().expect("a time").as_microsecond();
        let civil = |text: &str| utc(text) / 1_000_000;
        assert_eq!(london.civil_seconds(utc("2011-01-10T12:00:00Z")), civil("2011-01-10T12:00:00Z"));
        assert_eq!(london.civil_seconds(utc("2011-07-10T12:00:00Z")), civil("2011-07-10T13:00:00Z"));
        assert_eq!(london.utc_micros(civil("2011-07-10T13:00:00Z")), utc("2011-07-10T12:00:00Z"));
        let gap = civil("2011-03-27T01:30:00Z");
        assert_eq!(london.utc_micros(gap), utc("2011-03-27T01:00:00Z"));
        let fold = civil("2011-10-30T01:30:00Z");
        assert_eq!(london.utc_micros(fold), utc("2011-10-30T00:30:00Z"));
        assert!(Zone::named("Mars/Olympus").is_none());
    }
}
