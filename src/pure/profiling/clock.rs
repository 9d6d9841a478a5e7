//! Times of day without a day.

/// How times of day are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    seconds: bool,
    half_days: bool,
}

impl Clock {
    /// As texts have it; none where they differ or are no times of day.
    pub fn of(texts: &[String]) -> Option<Clock> {
        let mut clocks = texts.iter().map(|text| clock(text));
        let first = clocks.next()??;
        clocks.all(|other| other == Some(first)).then_some(first)
    }

    /// As a strptime format.
    pub fn format(self) -> &'static str {
        match (self.half_days, self.seconds) {
            (true, true) => "%I:%M:%S %p",
            (true, false) => "%I:%M %p",
            (false, true) => "%H:%M:%S",
            (false, false) => "%H:%M",
        }
    }
}

/// How a text such as `9:05`, `23:55:10` or `11:55:10 PM` is written; none where it is no time of day.
pub(super) fn clock(text: &str) -> Option<Clock> {
    let upper = text.to_ascii_uppercase();
    let half = upper.strip_suffix("AM").or(upper.strip_suffix("PM"));
    let parts: Vec<&str> = half.unwrap_or(&upper).trim_end().split(':').collect();
    let below = |part: &str, limit: u32| {
        let digits = matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits && part.parse().is_ok_and(|value: u32| value < limit)
    };
    let fits = matches!(parts.len(), 2 | 3)
        && below(parts[0], 25)
        && parts[1..].iter().all(|part| part.len() == 2 && below(part, 60));
    fits.then_some(Clock { seconds: parts.len() == 3, half_days: half.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_told_from_their_form() {
        let format = |text: &str| clock(text).map(Clock::format);
        assert_eq!(format("23:55:10"), Some("%H:%M:%S"));
        assert_eq!(format("9:05"), Some("%H:%M"));
        assert_eq!(format("11:55:10 PM"), Some("%I:%M:%S %p"));
        for text in ["", "9", "25:61", "9:5", "2024-01-02 10:00", "a:bb"] {
            assert_eq!(format(text), None, "{text}");
        }
    }
}
