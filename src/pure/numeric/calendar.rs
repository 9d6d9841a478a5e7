//! Days since 1970-01-01 and the proleptic Gregorian calendar, both ways.

/// Seconds of a civil day.
pub const DAY: i64 = 86_400;

/// Year, month (1-12) and day of month (1-31) of a day counted from 1970-01-01.
///
/// Source: H. Hinnant, "chrono-compatible low-level date algorithms", 2013 (`civil_from_days`).
pub fn civil_of_day(day: i64) -> (i64, u32, u32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_month)
}

/// The day counted from 1970-01-01 of a year, month (1-12) and day of month (1-31).
///
/// Source: as [`civil_of_day`] (`days_from_civil`).
#[inline]
pub fn day_of_civil(year: i64, month: u32, day_of_month: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day_of_month) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Day of the week, Monday 0 to Sunday 6, of a day counted from 1970-01-01 (a Thursday).
pub fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// The day, counted from 1970-01-01, of a time in civil seconds.
pub fn day_of(time: i64) -> i64 {
    time.div_euclid(DAY)
}

/// The hour, 0 to 23, of a time in civil seconds.
pub fn hour_of(time: i64) -> usize {
    (time.rem_euclid(DAY) / 3_600) as usize
}

/// The month, counted from January 1970, of a day counted from 1970-01-01.
pub fn month_of(day: i64) -> i64 {
    let (year, month, _) = civil_of_day(day);
    (year - 1970) * 12 + i64::from(month) - 1
}

/// The first day, counted from 1970-01-01, of a month counted from January 1970.
pub fn month_start(month: i64) -> i64 {
    day_of_civil(1970 + month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        assert_eq!(day_of_civil(1970, 1, 1), 0);
        assert_eq!(day_of_civil(2000, 2, 29), 11_016);
        assert_eq!(day_of_civil(1969, 12, 31), -1);
        assert_eq!(civil_of_day(11_017), (2000, 3, 1));
        assert_eq!(weekday(day_of_civil(2024, 1, 1)), 0);
    }

    #[test]
    fn days_hours_and_months_of_a_time() {
        assert_eq!((day_of(-1), hour_of(-1)), (-1, 23));
        let day = day_of_civil(2011, 12, 10);
        assert_eq!(weekday(day), 5);
        assert_eq!(month_of(day), 41 * 12 + 11);
        assert_eq!(month_start(month_of(day)), day - 9);
        assert_eq!(month_start(-1), -31);
    }

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        for day in -146_097..146_097 {
            let (year, month, day_of_month) = civil_of_day(day);
            assert_eq!(day_of_civil(year, month, day_of_month), day);
        }
    }
}
