//! Prices of several currencies in one: by a table of rates by day, never by adding unlike things.

/// How many units of the shop's currency one unit of another was worth on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The currency, by a number of the caller's.
    pub currency: u32,
    /// Calendar day, counted from 1970-01-01.
    pub day: i32,
    /// Units of the shop's currency for one unit; above 0.
    pub rate: f64,
}

/// Rates by currency and day.
#[derive(Debug, Clone, Default)]
pub struct Rates(Vec<Rate>);

/// A rate is kept to twelve places, so that a price and a rate give the same on every processor.
const PLACES: f64 = 1e12;

impl Rates {
    /// Rates in any order.
    ///
    /// # Errors
    /// The rate at fault, where a rate is not above 0, or a currency has two different rates on one day.
    pub fn new(mut rates: Vec<Rate>) -> Result<Rates, Rate> {
        if let Some(bad) = rates.iter().find(|rate| !(rate.rate > 0.0 && rate.rate < 1e15)) {
            return Err(*bad);
        }
        rates.sort_by(|a, b| (a.currency, a.day).cmp(&(b.currency, b.day)).then(a.rate.total_cmp(&b.rate)));
        let same_day = |pair: &&[Rate]| (pair[0].currency, pair[0].day) == (pair[1].currency, pair[1].day);
        if let Some(pair) = rates.windows(2).filter(same_day).find(|pair| pair[0].rate != pair[1].rate) {
            return Err(pair[1]);
        }
        rates.dedup();
        Ok(Rates(rates))
    }

    /// The rate of the day, or the last one before it that is at most `oldest` days old.
    pub fn at(&self, currency: u32, day: i32, oldest: i32) -> Option<f64> {
        let until = self.0.partition_point(|rate| (rate.currency, rate.day) <= (currency, day));
        let found = self.0[..until].last()?;
        let near = found.currency == currency && i64::from(day) - i64::from(found.day) <= i64::from(oldest);
        near.then_some(found.rate)
    }
}

/// A price in ten-thousandths at a rate, rounded half away from zero; `None` where it is beyond what can be counted in.
pub fn converted(price: i64, rate: f64) -> Option<i64> {
    let whole = i128::from(price).checked_mul((rate * PLACES).round() as i128)?;
    let places = PLACES as i128;
    let (quotient, rest) = (whole / places, whole % places);
    i64::try_from(quotient + if rest.abs() * 2 >= places { rest.signum() } else { 0 }).ok()
}

/// Signs and words of currencies with the code they stand for, where they stand for one alone.
static SIGNS: [(&str, &str); 12] = [
    ("€", "EUR"),
    ("EURO", "EUR"),
    ("EUROS", "EUR"),
    ("£", "GBP"),
    ("US$", "USD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("A$", "AUD"),
    ("₹", "INR"),
    ("₺", "TRY"),
    ("ZŁ", "PLN"),
    ("R$", "BRL"),
];

/// One form of a currency's name: the code in capitals, also for a sign that stands for one currency alone; nothing for
/// blanks.
pub fn code_of(text: &str) -> Option<String> {
    let text = text.trim().to_uppercase();
    if text.is_empty() {
        return None;
    }
    let code = SIGNS.iter().find(|(sign, _)| *sign == text).map(|(_, code)| (*code).to_owned());
    Some(code.unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_of_the_day_or_the_last_before_it() {
        let rate = |currency, day, rate| Rate { currency, day, rate };
        let rates = Rates::new(vec![rate(1, 20, 0.9), rate(0, 10, 2.0), rate(0, 13, 3.0), rate(0, 13, 3.0)]).unwrap();
        assert_eq!(rates.at(0, 9, 31), None, "no rate was known yet");
        assert_eq!((rates.at(0, 10, 31), rates.at(0, 12, 31), rates.at(0, 13, 31)), (Some(2.0), Some(2.0), Some(3.0)));
        assert_eq!((rates.at(0, 44, 31), rates.at(0, 45, 31)), (Some(3.0), None));
        assert_eq!((rates.at(1, 19, 31), rates.at(2, 20, 31)), (None, None));
        assert_eq!(Rates::new(vec![rate(0, 1, 2.0), rate(0, 1, 3.0)]).unwrap_err(), rate(0, 1, 3.0));
        assert!(Rates::new(vec![rate(0, 1, 0.0)]).is_err() && Rates::new(vec![rate(0, 1, f64::NAN)]).is_err());
    }

    #[test]
    fn prices_are_rounded_half_away_from_zero() {
        assert_eq!(converted(16_000_000, 0.0061), Some(97_600));
        assert_eq!((converted(5, 0.1), converted(-5, 0.1), converted(4, 0.1)), (Some(1), Some(-1), Some(0)));
        assert_eq!(converted(i64::MAX, 2.0), None);
        assert_eq!(converted(123_456, 1.0), Some(123_456));
    }

    #[test]
    fn one_form_of_a_currency() {
        let codes: Vec<Option<String>> = ["eur ", "€", "EUR", " ", "US$", "$"].into_iter().map(code_of).collect();
        let eur = || Some("EUR".to_owned());
        assert_eq!(codes, [eur(), eur(), eur(), None, Some("USD".to_owned()), Some("$".to_owned())]);
    }
}
