//! Settings that are read once: a value that does not fit is refused where it is written, with its range or its words, and what has been
//! read cannot be wrong.
//!
//! Each type serialises as it was written, so that fingerprints and cards stay, and tells the schema its range or its words. A refusal may
//! have a second line, which says what to do.

use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::diagnostics::did_you_mean;

/// A row of a table from which settings choose.
pub trait Choice: 'static {
    /// What is chosen, as in "there is no model `x`".
    const WHAT: &'static str;

    /// All rows, in the order in which they are offered.
    fn rows() -> &'static [Self]
    where
        Self: Sized;

    /// How users write it.
    fn word(&self) -> &'static str;

    /// What it is, in a few words.
    fn meaning(&self) -> &'static str;
}

/// A row chosen by its word.
pub struct Chosen<Row: Choice>(pub &'static Row);

impl<Row: Choice> Chosen<Row> {
    /// The row of a word.
    ///
    /// # Errors
    /// In words, with the nearest of those there are.
    pub fn named(word: &str) -> Result<Chosen<Row>, String> {
        let found = Row::rows().iter().find(|row| row.word() == word);
        found.map(Chosen).ok_or_else(|| {
            let help = meant(word, Row::rows().iter().map(Choice::word));
            format!("there is no {} `{word}`\n{help}", Row::WHAT)
        })
    }

    /// A default, by its word.
    ///
    /// # Panics
    /// When the table has no such row, which every test of the settings finds.
    pub fn usual(word: &str) -> Chosen<Row> {
        Chosen::named(word).expect("a default is a row of its table")
    }
}

/// What may have been meant by a word that is none of these.
fn meant(word: &str, words: impl Iterator<Item = &'static str> + Clone) -> String {
    match did_you_mean(word, words.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", words.collect::<Vec<_>>().join(", ")),
    }
}

impl<Row: Choice> Clone for Chosen<Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row: Choice> Copy for Chosen<Row> {}

impl<Row: Choice> fmt::Debug for Chosen<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.word())
    }
}

impl<Row: Choice> Deref for Chosen<Row> {
    type Target = Row;

    fn deref(&self) -> &Row {
        self.0
    }
}

impl<Row: Choice> PartialEq for Chosen<Row> {
    fn eq(&self, other: &Self) -> bool {
        self.0.word() == other.0.word()
    }
}

impl<Row: Choice> Eq for Chosen<Row> {}

impl<Row: Choice> Serialize for Chosen<Row> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, Row: Choice> Deserialize<'de> for Chosen<Row> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Chosen::named(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<Row: Choice> JsonSchema for Chosen<Row> {
    fn inline_schema() -> bool {
        // A long table is written once.
        Row::rows().len() <= FEW
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Row::WHAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"oneOf": words_of::<Row>()})
    }
}

/// So many words are offered within a setting.
const FEW: usize = 12;

fn words_of<Row: Choice>() -> Vec<Value> {
    let row = |row: &Row| json!({"const": row.word(), "description": row.meaning()});
    Row::rows().iter().map(row).collect()
}

/// A span of whole days, from 1 to 36500: `90d`, `12w`, or a number of days in quotes. Kept as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    written: String,
    days: i64,
}

impl Span {
    /// Reads a span.
    ///
    /// # Errors
    /// In words, with what to write.
    pub fn parse(text: &str) -> Result<Span, String> {
        let plain = text.trim();
        let (number, factor) = match plain.char_indices().last() {
            Some((at, 'd')) => (&plain[..at], 1),
            Some((at, 'w')) => (&plain[..at], 7),
            _ => (plain, 1),
        };
        match number.trim().parse::<i64>() {
            Ok(number @ 1..=36_500) => Ok(Span { written: text.to_owned(), days: number * factor }),
            _ => Err(format!("`{text}` is not a span of days\nwrite `90d` or `12w`")),
        }
    }

    /// A default.
    pub fn of_days(days: u16) -> Span {
        Span { written: format!("{days}d"), days: i64::from(days) }
    }

    /// Its length in days.
    pub fn days(&self) -> i64 {
        self.days
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Span::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

const SPAN: &str = "^ *[0-9]+ *[dw]? *$";

impl JsonSchema for Span {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": SPAN})
    }
}

/// A span, or one of some words instead.
pub enum SpanOr<Row: Choice> {
    /// A span.
    Span(Span),
    /// A word.
    Word(Chosen<Row>),
}

impl<Row: Choice> SpanOr<Row> {
    /// The span, where one is given.
    pub fn span(&self) -> Option<&Span> {
        match self {
            SpanOr::Span(span) => Some(span),
            SpanOr::Word(_) => None,
        }
    }
}

impl<Row: Choice> Clone for SpanOr<Row> {
    fn clone(&self) -> Self {
        match self {
            SpanOr::Span(span) => SpanOr::Span(span.clone()),
            SpanOr::Word(word) => SpanOr::Word(*word),
        }
    }
}

impl<Row: Choice> fmt::Debug for SpanOr<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpanOr::Span(span) => span.fmt(f),
            SpanOr::Word(word) => word.fmt(f),
        }
    }
}

impl<Row: Choice> Serialize for SpanOr<Row> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            SpanOr::Span(span) => span.serialize(serializer),
            SpanOr::Word(word) => word.serialize(serializer),
        }
    }
}

impl<'de, Row: Choice> Deserialize<'de> for SpanOr<Row> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if let Ok(word) = Chosen::named(&text) {
            return Ok(SpanOr::Word(word));
        }
        Span::parse(&text).map(SpanOr::Span).map_err(|_| {
            let words = Row::rows().iter().map(Choice::word);
            let help = match did_you_mean(&text, words.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let words = words.map(|word| format!(", or `{word}`")).collect::<String>();
                    format!("write `90d` or `12w`{words}")
                }
            };
            D::Error::custom(format!("`{text}` is not a span of days\n{help}"))
        })
    }
}

impl<Row: Choice> JsonSchema for SpanOr<Row> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Row::WHAT.into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut options = words_of::<Row>();
        options.push(Span::json_schema(generator).to_value());
        json_schema!({"oneOf": options})
    }
}

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Count<const LEAST: u32, const MOST: u32>(u32);

impl<const LEAST: u32, const MOST: u32> Count<LEAST, MOST> {
    /// A default; a number out of range does not compile in a constant.
    pub const fn of(number: u32) -> Self {
        assert!(LEAST <= number && number <= MOST, "a default is within its range");
        Count(number)
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl<const LEAST: u32, const MOST: u32> fmt::Display for Count<LEAST, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, const LEAST: u32, const MOST: u32> Deserialize<'de> for Count<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let range = match MOST {
            u32::MAX => format!("a whole number from {LEAST}"),
            _ => format!("a whole number from {LEAST} to {MOST}"),
        };
        let whole = |number: f64| number.fract() == 0.0 && (f64::from(LEAST)..=f64::from(MOST)).contains(&number);
        number(deserializer, &range, whole).map(|number| Count(number as u32))
    }
}

impl<const LEAST: u32, const MOST: u32> JsonSchema for Count<LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("count_{LEAST}_{MOST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        match MOST {
            u32::MAX => json_schema!({"type": "integer", "minimum": LEAST}),
            _ => json_schema!({"type": "integer", "minimum": LEAST, "maximum": MOST}),
        }
    }
}

/// What kind of number a [`Number`] is.
pub trait Range: fmt::Debug + Clone + Copy + PartialEq + 'static {
    /// In words, as in "1.5 is not a share from 0 to 1".
    const WORDS: &'static str;

    /// Whether a finite number is in it.
    fn holds(number: f64) -> bool;

    /// Its bounds, as keywords of the JSON schema.
    fn schema() -> Value;
}

/// A number within a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number<R: Range>(f64, std::marker::PhantomData<R>);

/// From 0 to 1.
pub type Share = Number<FromZeroToOne>;
/// Above 0 and below 1.
pub type Chance = Number<BetweenZeroAndOne>;
/// Above 0.
pub type Positive = Number<AboveZero>;
/// At least 0.
pub type Amount = Number<FromZero>;

/// See [`Share`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FromZeroToOne;

/// See [`Chance`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetweenZeroAndOne;

/// See [`Positive`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AboveZero;

/// See [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FromZero;

impl Range for FromZeroToOne {
    const WORDS: &'static str = "a number from 0 to 1";

    fn holds(number: f64) -> bool {
        (0.0..=1.0).contains(&number)
    }

    fn schema() -> Value {
        json!({"minimum": 0, "maximum": 1})
    }
}

impl Range for BetweenZeroAndOne {
    const WORDS: &'static str = "a number above 0 and below 1";

    fn holds(number: f64) -> bool {
        0.0 < number && number < 1.0
    }

    fn schema() -> Value {
        json!({"exclusiveMinimum": 0, "exclusiveMaximum": 1})
    }
}

impl Range for AboveZero {
    const WORDS: &'static str = "a number above 0";

    fn holds(number: f64) -> bool {
        number > 0.0
    }

    fn schema() -> Value {
        json!({"exclusiveMinimum": 0})
    }
}

impl Range for FromZero {
    const WORDS: &'static str = "a number from 0";

    fn holds(number: f64) -> bool {
        number >= 0.0
    }

    fn schema() -> Value {
        json!({"minimum": 0})
    }
}

impl<R: Range> Number<R> {
    /// A default.
    ///
    /// # Panics
    /// When it is out of range, which a test of the defaults finds.
    pub fn of(number: f64) -> Self {
        assert!(number.is_finite() && R::holds(number), "a default is within its range");
        Number(number, std::marker::PhantomData)
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<R: Range> fmt::Display for Number<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<R: Range> Serialize for Number<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de, R: Range> Deserialize<'de> for Number<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        number(deserializer, R::WORDS, R::holds).map(|number| Number(number, std::marker::PhantomData))
    }
}

impl<R: Range> JsonSchema for Number<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        R::WORDS.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = R::schema();
        schema["type"] = "number".into();
        schema.try_into().expect("it is an object")
    }
}

/// Reads a number that `holds`, which `range` says in words.
fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
    range: &str,
    holds: impl Fn(f64) -> bool,
) -> Result<f64, D::Error> {
    struct Reader<'a, H>(&'a str, H);
    impl<H: Fn(f64) -> bool> Visitor<'_> for Reader<'_, H> {
        type Value = f64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
            match (self.1)(number as f64) {
                true => Ok(number as f64),
                false => Err(E::custom(format!("{number} is not {}", self.0))),
            }
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
            i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
            self.visit_i64(number as i64)
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
            match number.is_finite() && (self.1)(number) {
                true => Ok(number),
                false => Err(E::custom(format!("{number} is not {}", self.0))),
            }
        }
    }
    deserializer.deserialize_any(Reader(range, holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Colour {
        Red,
        Green,
    }

    impl Choice for Colour {
        const WHAT: &'static str = "colour";

        fn rows() -> &'static [Colour] {
            &[Colour::Red, Colour::Green]
        }

        fn word(&self) -> &'static str {
            match self {
                Colour::Red => "red",
                Colour::Green => "green",
            }
        }

        fn meaning(&self) -> &'static str {
            "a colour of light"
        }
    }

    #[derive(Debug, Deserialize, Serialize, JsonSchema)]
    #[serde(default)]
    struct Settings {
        colours: Vec<Chosen<Colour>>,
        every: SpanOr<Colour>,
        span: Span,
        share: Share,
        chance: Chance,
        limit: Positive,
        cost: Amount,
        tries: Count<1, 50>,
        rows: Count<1000, { u32::MAX }>,
    }

    impl Default for Settings {
        fn default() -> Self {
            Settings {
                colours: vec![Chosen::usual("green")],
                every: SpanOr::Span(Span::of_days(84)),
                span: Span::of_days(90),
                share: Number::of(0.5),
                chance: Number::of(0.5),
                limit: Number::of(0.25),
                cost: Number::of(0.0),
                tries: Count::of(2),
                rows: Count::of(1000),
            }
        }
    }

    /// The message and the text that the caret stands under.
    fn refused(text: &str) -> (String, String) {
        let error = toml::from_str::<Settings>(text).expect_err(text);
        let place = error.span().expect("a place");
        (error.message().to_owned(), text[place].to_owned())
    }

    #[test]
    fn what_is_written_is_kept_as_it_is_written() {
        let settings: Settings =
            toml::from_str("colours = ['red']\nspan = ' 2w'\nevery = 'green'\nshare = 1\ntries = 50").expect("settings");
        assert_eq!(settings.span.days(), 14);
        assert!(matches!(*settings.colours[0], Colour::Red) && settings.every.span().is_none());
        let json = serde_json::to_string(&settings).expect("plain data");
        assert!(json.starts_with(r#"{"colours":["red"],"every":"green","span":" 2w","share":1.0,"#), "{json}");
        assert!(json.ends_with(r#""tries":50,"rows":1000}"#), "{json}");
        assert_eq!(Span::parse("30").map(|span| span.days()), Ok(30));
    }

    #[test]
    fn a_refusal_stands_on_the_value_and_says_what_to_write() {
        let of = |text: &str, message: &str, place: &str| assert_eq!(refused(text), (message.to_owned(), place.to_owned()));
        of("colours = ['red', 'grene']", "there is no colour `grene`\ndid you mean `green`?", "'grene'");
        of("colours = ['mauve']", "there is no colour `mauve`\nthere are red, green", "'mauve'");
        of("span = '0d'", "`0d` is not a span of days\nwrite `90d` or `12w`", "'0d'");
        of("span = 'soon'", "`soon` is not a span of days\nwrite `90d` or `12w`", "'soon'");
        of("every = 'rad'", "`rad` is not a span of days\ndid you mean `red`?", "'rad'");
        of("every = 'never'", "`never` is not a span of days\nwrite `90d` or `12w`, or `red`, or `green`", "'never'");
        of("share = 1.5", "1.5 is not a number from 0 to 1", "1.5");
        of("share = nan", "NaN is not a number from 0 to 1", "nan");
        of("chance = 1", "1 is not a number above 0 and below 1", "1");
        of("limit = 0", "0 is not a number above 0", "0");
        of("cost = -0.5", "-0.5 is not a number from 0", "-0.5");
        of("cost = inf", "inf is not a number from 0", "inf");
        of("tries = 0", "0 is not a whole number from 1 to 50", "0");
        of("tries = 2.5", "2.5 is not a whole number from 1 to 50", "2.5");
        of("rows = 3", "3 is not a whole number from 1000", "3");
        of("tries = 'two'", "invalid type: string \"two\", expected a whole number from 1 to 50", "'two'");
    }

    #[test]
    fn the_schema_tells_words_and_ranges_with_their_defaults() {
        let schema = schemars::schema_for!(Settings).to_value();
        let of = |key: &str| schema["properties"][key].clone();
        let green = json!({"const": "green", "description": "a colour of light"});
        assert_eq!(of("colours")["items"]["oneOf"][1], green);
        assert_eq!(of("colours")["default"], json!(["green"]));
        assert_eq!(of("every")["oneOf"].as_array().map(Vec::len), Some(3));
        assert_eq!(of("span"), json!({"type": "string", "pattern": SPAN, "default": "90d"}));
        assert_eq!(of("share"), json!({"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}));
        assert_eq!(of("tries"), json!({"type": "integer", "minimum": 1, "maximum": 50, "default": 2}));
        assert_eq!(of("rows"), json!({"type": "integer", "minimum": 1000, "default": 1000}));
    }
}
