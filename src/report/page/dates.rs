//! How a language writes dates and periods.

use std::borrow::Cow;

use crate::report::words::fill;

/// Ways to write a day, a month, a quarter and an ISO week; empty to leave them as they are.
///
/// Places are `{y}`, `{m}`, `{d}`, `{q}` and `{w}`.
pub(crate) struct Dates {
    pub day: &'static str,
    pub month: &'static str,
    pub quarter: &'static str,
    pub week: &'static str,
}

/// As they are stored.
pub(crate) const ISO: Dates = Dates { day: "", month: "", quarter: "", week: "" };

impl Dates {
    /// `2011-11-09`, `2011-11`, `2011-Q4` or `2011-W45` as the language writes it; any other text stays as it is.
    pub fn written<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let number = |part: &str, digits: usize| {
            let plain = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<u16>().ok().filter(|_| plain)
        };
        let Some((year, rest)) = text.split_once('-').filter(|(year, _)| number(year, 4).is_some()) else {
            return text.into();
        };
        let (form, place, value, day) = match (rest.strip_prefix('Q'), rest.strip_prefix('W'), rest.split_once('-')) {
            (Some(quarter), ..) => (self.quarter, "q", number(quarter, 1), None),
            (_, Some(week), _) => (self.week, "w", number(week, 2), None),
            (.., Some((month, day))) => (self.day, "m", number(month, 2), Some(number(day, 2))),
            _ => (self.month, "m", number(rest, 2), None),
        };
        match (form, value, day) {
            ("", ..) | (_, None, _) | (_, _, Some(None)) => text.into(),
            (form, Some(value), day) => {
                let day = day.flatten().unwrap_or_default();
                let values = [("y", year.to_owned()), (place, value.to_string()), ("d", day.to_string())];
                fill(form, &values).into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::page::words::WORDS;
    use crate::report::words::Language;

    #[test]
    fn periods_are_written_as_readers_expect_them_and_names_stay() {
        let chinese = &WORDS.of(Language::SimplifiedChinese).dates;
        for (text, written) in [
            ("2011-11-09", "2011年11月9日"),
            ("2011-11", "2011年11月"),
            ("2011-Q4", "2011年第4季度"),
            ("2011-W05", "2011年第5周"),
            ("2011", "2011"),
            ("2011-11-x", "2011-11-x"),
            ("2011-1", "2011-1"),
            ("2011-", "2011-"),
            ("85123-45", "85123-45"),
        ] {
            assert_eq!(chinese.written(text), written);
        }
        assert_eq!(WORDS.of(Language::English).dates.written("2011-11-09"), "2011-11-09");
        assert_eq!(WORDS.of(Language::TraditionalChinese).dates.written("2011-Q4"), "2011年第4季");
    }
}
