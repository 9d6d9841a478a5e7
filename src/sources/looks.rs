//! A look at the values of one column, whatever it is called: which of them are dates, and how these are written.

use super::dates::{self, DateFormat, LAYOUTS};
use super::facts::{Facts, LayoutChoice};
use super::numbers::NumberStyle;

/// What may follow a day in a format that is declared.
const CLOCKS: [&str; 14] = [
    "",
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "T%H:%M",
    " %H:%M:%S %z",
    "T%H:%M:%S%z",
    "T%H:%M:%S.%f%z",
    " %I:%M:%S %p",
    " %I:%M %p",
    ", %H:%M:%S",
    ", %H:%M",
    ", %I:%M:%S %p",
    ", %I:%M %p",
];

/// What is known of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// It is a day, with or without a time of day.
    pub dated: bool,
    /// It is a day with a time of day.
    pub timed: bool,
}

/// How the dates of a column are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatesFound {
    /// The layout of the day, such as `%d/%m/%Y`.
    pub layout: &'static str,
    /// The strptime format of the whole values, where one reads all of them.
    pub format: Option<String>,
    /// Layout and format with day and month exchanged, where the values fit both.
    pub exchanged: Option<(&'static str, Option<String>)>,
    /// First and last day, in days since 1970-01-01.
    pub days: (i32, i32),
    /// Whether values carry an offset from UTC.
    pub offset: bool,
}

/// The values of a column so far.
#[derive(Debug, Clone)]
pub struct ColumnLook {
    facts: Facts,
    /// First and last day by layout.
    days: Vec<Option<(i32, i32)>>,
    /// Formats that have read every date that their layout reads.
    formats: Vec<Vec<(&'static str, DateFormat)>>,
    offset: bool,
    line: u64,
}

impl Default for ColumnLook {
    fn default() -> ColumnLook {
        let of_layout = |name: &str| {
            let format =
                |clock: &&'static str| DateFormat::compile(&format!("{name}{clock}")).ok().map(|f| (*clock, f));
            CLOCKS.iter().filter_map(format).collect()
        };
        ColumnLook {
            facts: Facts::default(),
            days: vec![None; LAYOUTS.len()],
            formats: LAYOUTS.iter().map(|layout| of_layout(layout.name)).collect(),
            offset: false,
            line: 0,
        }
    }
}

impl ColumnLook {
    /// Takes in a value; it is trimmed and not empty.
    pub fn see(&mut self, text: &str) -> Look {
        let mut look = Look::default();
        if text.is_empty() {
            return look;
        }
        self.line += 1;
        let bytes = text.as_bytes();
        for &layout in dates::candidates(bytes) {
            // Day numbers of spreadsheets are told by what a column is called, not by their digits.
            if LAYOUTS[layout].name == dates::SINCE_1900 {
                continue;
            }
            let Some(moment) = LAYOUTS[layout].parse(bytes) else { continue };
            let plausible = (-36_525..=36_525).contains(&moment.day);
            look.dated |= plausible;
            look.timed |= moment.timed;
            self.offset |= moment.offset.is_some();
            let (first, last) = self.days[layout].unwrap_or((moment.day, moment.day));
            self.days[layout] = Some((first.min(moment.day), last.max(moment.day)));
            self.formats[layout].retain(|(_, format)| format.parse(bytes).is_some());
        }
        if look.dated {
            self.facts.see(text, self.line, POINT, &[]);
        }
        look
    }

    /// How its dates are written; none where it has none.
    pub fn dates(&self) -> Option<DatesFound> {
        if self.facts.values == 0 {
            return None;
        }
        let (layout, exchanged) = match self.facts.layout() {
            LayoutChoice::One(layout) => (layout, None),
            LayoutChoice::Ambiguous(first, second, _) => (first, Some(second)),
            LayoutChoice::Unknown(_) => return None,
        };
        let format = |layout: usize| {
            let reads_all = self.facts.fit(layout) == self.facts.values;
            self.formats[layout]
                .first()
                .filter(|_| reads_all)
                .map(|(clock, _)| format!("{}{clock}", LAYOUTS[layout].name))
        };
        Some(DatesFound {
            layout: LAYOUTS[layout].name,
            format: format(layout),
            exchanged: exchanged.map(|other| (LAYOUTS[other].name, format(other))),
            days: self.days[layout]?,
            offset: self.offset,
        })
    }
}

const POINT: NumberStyle = NumberStyle { decimal: b'.', thousands: None, spaced: false };

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[&str]) -> Option<DatesFound> {
        let mut look = ColumnLook::default();
        values.iter().for_each(|value| {
            look.see(value);
        });
        look.dates()
    }

    #[test]
    fn formats_are_those_that_read_every_value() {
        for (values, format) in [
            (&["2024-01-02 10:00:00", "2024-01-03 11:00:00"][..], Some("%Y-%m-%d %H:%M:%S")),
            (&["2024-01-02", "2024-01-03"], Some("%Y-%m-%d")),
            (&["2024-01-02 10:00:00", "2024-01-03"], None),
            (&["13.02.2024 10:00", "14.02.2024 11:00"], Some("%d.%m.%Y %H:%M")),
            (&["Jan-03-25", "Jan-12-25"], Some("%b-%d-%y")),
            (&["2025-02-01T22:59:30+00:00"], Some("%Y-%m-%dT%H:%M:%S%z")),
            (&["2024-01-05 10:11:12 -0500"], Some("%Y-%m-%d %H:%M:%S %z")),
        ] {
            assert_eq!(found(values).expect("dates").format.as_deref(), format, "{values:?}");
        }
        assert_eq!(found(&["TEA1", "85048", "3.50"]), None);
    }

    #[test]
    fn days_and_months_that_could_be_exchanged_are_told() {
        let both = found(&["01/02/25", "03/04/25"]).expect("dates");
        assert_eq!((both.layout, both.exchanged.map(|other| other.0)), ("%d/%m/%y", Some("%m/%d/%y")));
        let one = found(&["01/02/25", "12/31/24"]).expect("dates");
        assert_eq!((one.layout, one.exchanged), ("%m/%d/%y", None));
        assert_eq!(one.format.as_deref(), Some("%m/%d/%y"));
    }
}
