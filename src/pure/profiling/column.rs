//! What the values of a column have in common.

use super::amount::amount;
use super::clock::clock;
use super::distinct::Distinct;
use crate::keys::{KeyKind, country_code, email, kind_of};

/// Values that are kept as examples.
const EXAMPLES: usize = 3;
/// Values whose spelling is looked at in ways that cost time (addresses, countries); the others are like them.
const CLOSELY: u64 = 20_000;
/// Share of a column's values that must be of a kind for the column to be of it.
const MOST: f64 = 0.95;

/// What a column holds, as found from its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Empty,
    /// Two words or figures for yes and no.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers, amounts of money among them.
    Number,
    /// Days.
    Date,
    /// Days with a time of day.
    Time,
    /// Times of day without a day.
    Clock,
    /// E-mail addresses.
    Email,
    /// Telephone numbers.
    Telephone,
    /// Codes without blanks that name something.
    Id,
    /// Any other text.
    Text,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Empty => "empty",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::Time => "date and time",
            Kind::Clock => "time of day",
            Kind::Email => "e-mail",
            Kind::Telephone => "telephone",
            Kind::Id => "id",
            Kind::Text => "text",
        }
    }
}

/// What the caller can read a text as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// A day, with or without a time of day.
    pub dated: bool,
    /// With a time of day.
    pub timed: bool,
}

/// What the caller knows of a column of dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dates {
    /// How they are written, day and month for instance as `%d.%m.%Y`.
    pub layout: String,
    /// The strptime format that every value has as a whole, where there is one.
    pub format: Option<String>,
    /// The same with day and month exchanged, where the values do not show which comes first.
    pub exchanged: Option<(String, Option<String>)>,
    /// First and last day, in days since 1970-01-01.
    pub days: (i32, i32),
    /// Whether the values carry their offset from UTC.
    pub offset: bool,
}

/// A column, value by value.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// Values, and cells without one.
    pub filled: u64,
    pub missing: u64,
    /// Different values.
    pub distinct: Distinct,
    /// The first different values.
    pub examples: Vec<String>,
    /// Smallest and greatest of the values that are numbers.
    pub numbers: Option<(f64, f64)>,
    /// Shortest and longest value, in characters.
    pub lengths: Option<(usize, usize)>,
    /// What the caller knows of its dates; none where it holds no dates.
    pub dates: Option<Dates>,
    amounts: u64,
    fractions: u64,
    negatives: u64,
    padded: u64,
    worded: u64,
    coded: u64,
    lettered: u64,
    dated: u64,
    timed: u64,
    clocks: u64,
    answers: u64,
    close: u64,
    emails: u64,
    telephones: u64,
    dialled: u64,
    countries: u64,
    currencies: u64,
}

/// Words for yes and no.
const ANSWERS: [&str; 22] = [
    "yes",
    "no",
    "true",
    "false",
    "y",
    "n",
    "t",
    "f",
    "ja",
    "nein",
    "oui",
    "non",
    "sí",
    "si",
    "sim",
    "não",
    "是",
    "否",
    "opted_in",
    "opted_out",
    "subscribed",
    "unsubscribed",
];

impl Column {
    /// A column of this name without values.
    pub fn new(name: &str) -> Column {
        Column { name: name.to_owned(), ..Column::default() }
    }

    /// Takes in a cell; blank ones are missing.
    pub fn see(&mut self, text: &str, seen: Seen) {
        let text = text.trim();
        if text.is_empty() {
            self.missing += 1;
            return;
        }
        self.filled += 1;
        if self.distinct.see(text) && self.examples.len() < EXAMPLES {
            self.examples.push(text.to_owned());
        }
        let length = text.chars().count();
        let (shortest, longest) = self.lengths.unwrap_or((length, length));
        self.lengths = Some((shortest.min(length), longest.max(length)));
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if seen.dated && !plain { None } else { amount(text) };
        if let Some(value) = number {
            self.amounts += 1;
            self.fractions += u64::from(value.fract() != 0.0);
            self.negatives += u64::from(value < 0.0);
            let (least, greatest) = self.numbers.unwrap_or((value, value));
            self.numbers = Some((least.min(value), greatest.max(value)));
        }
        self.padded += u64::from(plain && text.len() > 1 && text.starts_with('0'));
        self.worded += u64::from(text.contains(char::is_whitespace));
        let digit = text.chars().any(|letter| letter.is_ascii_digit());
        self.lettered += u64::from(text.chars().any(char::is_alphabetic));
        self.coded += u64::from(digit && !text.contains(char::is_whitespace) && length <= 64);
        self.dated += u64::from(seen.dated);
        self.timed += u64::from(seen.timed);
        self.clocks += u64::from(clock(text).is_some());
        self.answers += u64::from(length <= 12 && ANSWERS.contains(&text.to_lowercase().as_str()));
        if self.close < CLOSELY {
            self.close += 1;
            self.emails += u64::from(text.contains('@') && email(text).is_ok());
            let telephone = is_telephone(text, seen.dated);
            self.telephones += u64::from(telephone);
            self.dialled += u64::from(telephone && (text.starts_with(['+', '0', '('])));
            self.countries += u64::from(!digit && country_code(text).is_some());
            self.currencies += u64::from(text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()));
        }
    }

    /// Cells.
    pub fn rows(&self) -> u64 {
        self.filled + self.missing
    }

    /// Share of cells without a value, 0 to 1.
    pub fn missing_share(&self) -> f64 {
        self.missing as f64 / self.rows().max(1) as f64
    }

    fn share(&self, count: u64) -> f64 {
        count as f64 / self.filled.max(1) as f64
    }

    fn close_share(&self, count: u64) -> f64 {
        count as f64 / self.close.max(1) as f64
    }

    /// Share of the values that are numbers, 0 to 1; the others below are alike.
    pub fn number_share(&self) -> f64 {
        self.share(self.amounts)
    }

    /// That are numbers with something behind the point.
    pub fn fraction_share(&self) -> f64 {
        self.share(self.fractions)
    }

    /// That are negative numbers.
    pub fn negative_share(&self) -> f64 {
        self.share(self.negatives)
    }

    /// That are dates.
    pub fn date_share(&self) -> f64 {
        self.share(self.dated)
    }

    /// That are times of day without a day.
    pub fn clock_share(&self) -> f64 {
        self.share(self.clocks)
    }

    /// That hold a letter.
    pub fn letter_share(&self) -> f64 {
        self.share(self.lettered)
    }

    /// That hold a blank.
    pub fn worded_share(&self) -> f64 {
        self.share(self.worded)
    }

    /// That are e-mail addresses.
    pub fn email_share(&self) -> f64 {
        self.close_share(self.emails)
    }

    /// That are telephone numbers, or could be.
    pub fn telephone_share(&self) -> f64 {
        self.close_share(self.telephones)
    }

    /// That are countries.
    pub fn country_share(&self) -> f64 {
        self.close_share(self.countries)
    }

    /// That could be codes of currencies.
    pub fn currency_share(&self) -> f64 {
        self.close_share(self.currencies)
    }

    /// That say yes or no, or 1 or 0 where there are no other figures.
    pub fn answer_share(&self) -> f64 {
        let bits = self.distinct.count() <= 2 && self.numbers.is_some_and(|(least, most)| least >= 0.0 && most <= 1.0);
        if bits && self.fractions == 0 { self.share(self.amounts) } else { self.share(self.answers) }
    }

    /// Whether every row has a value of its own, as a key has; not said of an estimate.
    pub fn is_key(&self) -> bool {
        self.filled > 1 && self.missing == 0 && self.distinct.is_exact() && self.distinct.count() == self.filled
    }

    /// What it holds.
    pub fn kind(&self) -> Kind {
        let dated =
            self.date_share() >= MOST && (self.lettered > 0 || self.amounts < self.filled || self.all_eight_digits());
        match self.filled {
            0 => Kind::Empty,
            _ if self.email_share() >= MOST => Kind::Email,
            _ if self.clock_share() >= MOST => Kind::Clock,
            _ if dated && self.timed > 0 => Kind::Time,
            _ if dated => Kind::Date,
            _ if self.answer_share() >= 1.0 && self.distinct.count() <= 2 && self.lettered > 0 => Kind::Boolean,
            _ if self.telephone_share() >= MOST && self.close_share(self.dialled) > 0.5 && self.padded == 0 => {
                Kind::Telephone
            }
            _ if self.padded > 0 && self.number_share() >= MOST => Kind::Id,
            _ if self.number_share() >= MOST && self.fractions == 0 => Kind::Integer,
            _ if self.number_share() >= MOST => Kind::Number,
            _ if self.share(self.coded) >= 0.8 => Kind::Id,
            _ => Kind::Text,
        }
    }

    /// Whether all values are eight digits, as dates without separators are.
    fn all_eight_digits(&self) -> bool {
        self.lengths == Some((8, 8)) && self.date_share() >= 1.0
    }
}

/// With a calling code, or seven to fifteen digits with the signs that stand in numbers.
fn is_telephone(text: &str, dated: bool) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let signs =
        text.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | ' ' | '(' | ')' | '-' | '/' | '.'));
    !dated && (7..=15).contains(&digits) && signs && (!text.contains('.') || kind_of(text) == KeyKind::Phone)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What a caller would know of dates in the forms of these tests.
    pub fn seen(text: &str) -> Seen {
        let parts: Vec<&str> = text.split([' ', 'T']).collect();
        let pieces: Vec<&str> = parts[0].split(['-', '/', '.']).collect();
        let dated = pieces.len() == 3 && pieces.iter().all(|piece| piece.parse::<u32>().is_ok());
        Seen { dated, timed: dated && parts.len() > 1 }
    }

    /// A column of these values.
    pub fn column(name: &str, values: &[&str]) -> Column {
        let mut column = Column::new(name);
        values.iter().for_each(|value| column.see(value, seen(value)));
        column
    }

    #[test]
    fn kinds_are_told_from_values() {
        for (values, kind) in [
            (&["1", "2", "3"][..], Kind::Integer),
            (&["17850.0", "13047.0"], Kind::Integer),
            (&["$1.50", "($2.00)"], Kind::Number),
            (&["000012", "000013"], Kind::Id),
            (&["85123A", "71053"], Kind::Id),
            (&["a@example.com", "b@example.com"], Kind::Email),
            (&["+44 20 7946 0018", "+49 30 901820"], Kind::Telephone),
            (&["2024-01-02", "2024-01-03"], Kind::Date),
            (&["2024-01-02 10:00:00", "2024-01-03 09:00:00"], Kind::Time),
            (&["10:05", "9:15:30 PM"], Kind::Clock),
            (&["yes", "no", "yes"], Kind::Boolean),
            (&["White lantern", "Red mug"], Kind::Text),
            (&["", " "], Kind::Empty),
        ] {
            assert_eq!(column("x", values).kind(), kind, "{values:?}");
        }
    }

    #[test]
    fn what_is_counted_adds_up() {
        let found = column("x", &["a", "b", "", "b", "c", "d"]);
        assert_eq!((found.filled, found.missing, found.distinct.count()), (5, 1, 4));
        assert_eq!(found.examples, ["a", "b", "c"]);
        assert!(!found.is_key());
        assert!(column("x", &["a", "b"]).is_key());
    }
}
