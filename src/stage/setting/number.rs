//! Numbers within a range.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

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
            u32::MAX => format!("a whole number of at least {LEAST}"),
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

    /// Whether `inf` may be written, for no bound.
    const ENDLESS: bool = false;

    /// Whether a number is in it.
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

/// Below 1 a share, above 0; from 1 on a whole count.
pub type ShareOrCount = Number<ShareBelowOne>;

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

/// See [`ShareOrCount`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareBelowOne;

impl Range for ShareBelowOne {
    const WORDS: &'static str = "a share above 0 and below 1, or a whole count of at least 1";

    fn holds(number: f64) -> bool {
        0.0 < number && number < 1.0 || number >= 1.0 && number.fract() == 0.0 && number <= 9e15
    }

    fn schema() -> Value {
        json!({"exclusiveMinimum": 0})
    }
}

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
    const WORDS: &'static str = "a number of at least 0";

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
        assert!(Self::holds(number), "a default is within its range");
        Number(number, std::marker::PhantomData)
    }

    fn holds(number: f64) -> bool {
        (number.is_finite() || R::ENDLESS) && R::holds(number)
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Default for Share {
    fn default() -> Share {
        Number::of(0.0)
    }
}

impl Default for Amount {
    fn default() -> Amount {
        Number::of(0.0)
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
        number(deserializer, R::WORDS, Self::holds).map(|number| Number(number, std::marker::PhantomData))
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
            match (self.1)(number) {
                true => Ok(number),
                false => Err(E::custom(format!("{number} is not {}", self.0))),
            }
        }
    }
    deserializer.deserialize_any(Reader(range, holds))
}
