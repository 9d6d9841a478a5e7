//! Wall-clock times into instants.

use jiff::tz::{AmbiguousOffset, TimeZone};

use super::{DAY, Moment};

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
