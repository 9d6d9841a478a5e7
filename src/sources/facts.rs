//! What all values of a column have in common, from which its type and the layout of its dates follow.

use serde::{Deserialize, Serialize};

use super::column_type::Stored;
use super::dates::{self, LAYOUTS};
use super::example::Example;
use super::number_facts::NumberFacts;
use super::numbers::{self, NumberStyle};
use super::personal::is_personal;
use super::values::same_word;

/// Share of the best layout's values at which its day-and-month twin is too good to be passed over.
const RIVAL: f64 = 0.95;

/// Counts over the values of one column that are not null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub values: u64,
    pub nulls: u64,
    integers: u64,
    numbers: u64,
    booleans: u64,
    /// Values that each layout fits.
    layouts: Vec<u64>,
    /// Values with a time of day.
    timed: u64,
    /// Values that a layout and its twin read as different days.
    ambiguous: u64,
    /// How numbers are written.
    pub numbers_written: NumberFacts,
    /// Numbers with a point and three digits behind it, which could part thousands, and numbers with other points.
    thirds: u64,
    other_points: u64,
    /// Numbers in scientific notation without all their digits.
    scientific: u64,
    first_third: Option<Example>,
    first_scientific: Option<Example>,
    first: Option<Example>,
    first_ambiguous: Option<Example>,
    first_no_integer: Option<Example>,
    first_no_number: Option<Example>,
    first_no_date: Option<Example>,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            values: 0,
            nulls: 0,
            integers: 0,
            numbers: 0,
            booleans: 0,
            layouts: vec![0; LAYOUTS.len()],
            timed: 0,
            ambiguous: 0,
            numbers_written: NumberFacts::default(),
            thirds: 0,
            other_points: 0,
            scientific: 0,
            first_third: None,
            first_scientific: None,
            first: None,
            first_ambiguous: None,
            first_no_integer: None,
            first_no_number: None,
            first_no_date: None,
        }
    }
}

/// How dates of a column are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LayoutChoice {
    /// By this layout.
    One(usize),
    /// Day and month could be exchanged: the two layouts, and a value that both fit.
    Ambiguous(usize, usize, Example),
    /// No layout fits any value.
    Unknown(Example),
}

impl Facts {
    /// Takes in a value. It is trimmed and not empty.
    pub(crate) fn see(&mut self, text: &str, line: u64, style: NumberStyle, nulls: &[String]) {
        let example = |place: &mut Option<Example>| {
            if place.is_none() {
                *place = Some(Example::new(text, line));
            }
        };
        let first = text.as_bytes()[0];
        let may_be_number = first.is_ascii_digit() || first == b'-' || first == style.decimal;
        let integer = may_be_number && numbers::is_plain_integer(text);
        let number = integer || (may_be_number && numbers::is_plain_number(text, style));
        if number && !integer {
            if numbers::is_cut_short(text) {
                self.scientific += 1;
                example(&mut self.first_scientific);
            } else if numbers::could_be_thousands(text) {
                self.thirds += 1;
                example(&mut self.first_third);
            } else {
                self.other_points += 1;
            }
        }
        let mut dated = false;
        for &layout in dates::candidates(text.as_bytes()) {
            let Some(moment) = LAYOUTS[layout].parse(text.as_bytes()) else { continue };
            self.layouts[layout] += 1;
            if !dated {
                self.timed += u64::from(moment.timed);
            }
            dated = true;
            if let Some(twin) = dates::twin(layout)
                && twin < layout
                && LAYOUTS[twin].parse(text.as_bytes()).is_some_and(|other| other.day != moment.day)
            {
                self.ambiguous += 1;
                example(&mut self.first_ambiguous);
            }
        }
        if !number && !dated && nulls.iter().any(|word| same_word(word, text)) {
            self.nulls += 1;
            return;
        }
        self.values += 1;
        self.integers += u64::from(integer);
        self.numbers += u64::from(number);
        self.booleans += u64::from(text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"));
        example(&mut self.first);
        if !integer {
            example(&mut self.first_no_integer);
        }
        if !number {
            example(&mut self.first_no_number);
        }
        if !dated {
            example(&mut self.first_no_date);
        }
    }

    /// Adds what was seen further down, or in another file.
    pub(crate) fn add(&mut self, other: &Facts) {
        self.values += other.values;
        self.nulls += other.nulls;
        self.integers += other.integers;
        self.numbers += other.numbers;
        self.booleans += other.booleans;
        self.layouts.iter_mut().zip(&other.layouts).for_each(|(mine, theirs)| *mine += theirs);
        self.timed += other.timed;
        self.ambiguous += other.ambiguous;
        self.numbers_written.add(&other.numbers_written);
        self.thirds += other.thirds;
        self.other_points += other.other_points;
        self.scientific += other.scientific;
        let keep = |mine: &mut Option<Example>, theirs: &Option<Example>| {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        };
        keep(&mut self.first, &other.first);
        keep(&mut self.first_ambiguous, &other.first_ambiguous);
        keep(&mut self.first_third, &other.first_third);
        keep(&mut self.first_scientific, &other.first_scientific);
        keep(&mut self.first_no_integer, &other.first_no_integer);
        keep(&mut self.first_no_number, &other.first_no_number);
        keep(&mut self.first_no_date, &other.first_no_date);
    }

    /// The narrowest type that holds every value: integer, number, date or timestamp, boolean, text.
    pub(crate) fn narrowest(&self) -> Stored {
        let all = |count: u64| self.values > 0 && count == self.values;
        if all(self.integers) {
            Stored::Integer
        } else if all(self.numbers) {
            Stored::Number
        } else if all(self.layouts.iter().copied().max().unwrap_or(0)) && matches!(self.layout(), LayoutChoice::One(_))
        {
            if self.timed > 0 { Stored::Timestamp } else { Stored::Date }
        } else if all(self.booleans) {
            Stored::Boolean
        } else {
            Stored::Text
        }
    }

    /// Whether there are numbers whose digits a spreadsheet has cut off.
    pub(crate) fn holds_cut_short(&self) -> bool {
        self.scientific > 0
    }

    /// How dates of the column are to be read.
    pub(crate) fn layout(&self) -> LayoutChoice {
        let best =
            (0..self.layouts.len()).rev().max_by_key(|&at| self.layouts[at]).expect("the table of layouts has rows");
        let hits = self.layouts[best];
        match (hits, &self.first) {
            (0, Some(example)) => return LayoutChoice::Unknown(example.clone()),
            (0, None) => return LayoutChoice::One(dates::ISO),
            _ => {}
        }
        match (dates::twin(best), &self.first_ambiguous) {
            (Some(twin), Some(example)) if self.ambiguous > 0 && self.layouts[twin] as f64 >= RIVAL * hits as f64 => {
                LayoutChoice::Ambiguous(best.min(twin), best.max(twin), example.clone())
            }
            _ => LayoutChoice::One(best),
        }
    }

    /// How many values a layout fits.
    pub(crate) fn fit(&self, layout: usize) -> u64 {
        self.layouts[layout]
    }

    /// Remarks on a column whose type was told: text for the sake of a few values, ids that a spreadsheet cut short, points that
    /// may part thousands.
    pub(crate) fn remarks(&self, name: &str, stored: Stored) -> Vec<String> {
        let personal = is_personal(name);
        let mut remarks = Vec::new();
        if let (Some(example), true) = (&self.first_scientific, self.scientific > 0) {
            remarks.push(format!(
                "column `{name}`: {} values are in scientific notation ({}): where these are ids or telephone numbers, a spreadsheet has \
                 cut off their digits; export them again as text",
                self.scientific,
                example.shown(personal)
            ));
        }
        if let (Some(example), Stored::Number, 0) = (&self.first_third, stored, self.other_points) {
            remarks.push(format!(
                "column `{name}`: every point has three digits behind it ({}) and is read as a decimal point; if it parts \
                 thousands, set thousands = \".\"",
                example.shown(personal)
            ));
        }
        remarks.extend(self.text_remark(name, stored, personal));
        remarks
    }

    fn text_remark(&self, name: &str, stored: Stored, personal: bool) -> Option<String> {
        if stored != Stored::Text || self.values < 100 {
            return None;
        }
        if let LayoutChoice::Ambiguous(first, second, example) = self.layout() {
            return Some(format!(
                "column `{name}` is text because its dates can be read as {} and as {} ({}); declare date_formats",
                LAYOUTS[first].name,
                LAYOUTS[second].name,
                example.shown(personal)
            ));
        }
        let dates = self.layouts.iter().copied().max().unwrap_or(0);
        let kinds = [
            ("a whole number", self.integers, &self.first_no_integer),
            ("a number", self.numbers, &self.first_no_number),
            ("a date", dates, &self.first_no_date),
        ];
        let (kind, count, example) = kinds.into_iter().find(|(_, count, _)| *count * 100 >= self.values * 99)?;
        Some(format!(
            "column `{name}` is text because {} of its {} values are not {kind} ({})",
            self.values - count,
            self.values,
            example.as_ref()?.shown(personal)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: NumberStyle = NumberStyle { decimal: b'.', thousands: None, spaced: false };

    fn seen(values: &[&str]) -> Facts {
        let mut facts = Facts::default();
        let nulls = ["na".to_owned()];
        values.iter().enumerate().for_each(|(at, value)| facts.see(value, at as u64 + 2, STYLE, &nulls));
        facts
    }

    #[test]
    fn the_narrowest_type_wins() {
        let check = |values: &[&str], expected: Stored| assert_eq!(seen(values).narrowest(), expected, "{values:?}");
        check(&["1", "-2", "NA"], Stored::Integer);
        check(&["1", "2.5"], Stored::Number);
        check(&["13085.0"], Stored::Number);
        check(&["08123", "10115"], Stored::Text);
        check(&["2009-12-01 07:45:00", "2009-12-02"], Stored::Timestamp);
        check(&["31/12/2009", "1/1/2010"], Stored::Date);
        check(&["1/2/2010", "3/4/2010"], Stored::Text);
        check(&["4/4/2010"], Stored::Date);
        check(&["true", "FALSE"], Stored::Boolean);
        check(&["yes", "no"], Stored::Text);
        check(&[], Stored::Text);
        check(&["NA"], Stored::Text);
        check(&["1", "x"], Stored::Text);
    }

    #[test]
    fn day_and_month_are_told_from_the_whole_column() {
        let name = |at: usize| LAYOUTS[at].name;
        assert!(matches!(seen(&["1/2/2010", "13/2/2010"]).layout(), LayoutChoice::One(at) if name(at) == "%d/%m/%Y"));
        assert!(matches!(seen(&["1/2/2010", "2/13/2010"]).layout(), LayoutChoice::One(at) if name(at) == "%m/%d/%Y"));
        assert!(
            matches!(seen(&["4/4/2010", "1/2/2010"]).layout(), LayoutChoice::Ambiguous(first, second, Example { line: 3, .. })
            if name(first) == "%d/%m/%Y" && name(second) == "%m/%d/%Y")
        );
        assert!(matches!(seen(&["soon"]).layout(), LayoutChoice::Unknown(Example { line: 2, .. })));
    }
}
