//! Settings that are read once: a value that does not fit is refused where it is written, with its range or its words, and what has been
//! read cannot be wrong.
//!
//! Each type serialises as it was written, so that fingerprints and cards stay, and tells the schema its range or its words. A refusal may
//! have a second line, which says what to do. [`Chosen`] takes a row of a table, [`Span`] days, [`Count`] and [`Number`] a number in a range.

mod choice;
mod number;
mod span;

pub use choice::{Choice, Chosen, text};
pub use number::{Amount, Chance, Count, Number, Positive, Range, Share, ShareOrCount};
pub use span::{Span, SpanOr};

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

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

        fn entry(&self) -> (&'static str, &'static str) {
            match self {
                Colour::Red => ("red", "a colour of light"),
                Colour::Green => ("green", "a colour of light"),
            }
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
            toml::from_str("colours = ['red']\nspan = ' 2w'\nevery = 'green'\nshare = 1\ntries = 50")
                .expect("settings");
        assert_eq!(settings.span.days(), 14);
        assert!(matches!(*settings.colours[0], Colour::Red) && settings.every.span().is_none());
        let json = serde_json::to_string(&settings).expect("plain data");
        assert!(json.starts_with(r#"{"colours":["red"],"every":"green","span":" 2w","share":1.0,"#), "{json}");
        assert!(json.ends_with(r#""tries":50,"rows":1000}"#), "{json}");
        assert_eq!(Span::parse("30").map(|span| span.days()), Ok(30));
    }

    #[test]
    fn a_refusal_stands_on_the_value_and_says_what_to_write() {
        let of =
            |text: &str, message: &str, place: &str| assert_eq!(refused(text), (message.to_owned(), place.to_owned()));
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
        of("cost = -0.5", "-0.5 is not a number of at least 0", "-0.5");
        of("cost = inf", "inf is not a number of at least 0", "inf");
        of("tries = 0", "0 is not a whole number from 1 to 50", "0");
        of("tries = 2.5", "2.5 is not a whole number from 1 to 50", "2.5");
        of("rows = 3", "3 is not a whole number of at least 1000", "3");
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
        assert_eq!(of("span"), json!({"type": "string", "pattern": span::PATTERN, "default": "90d"}));
        assert_eq!(of("share"), json!({"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}));
        assert_eq!(of("tries"), json!({"type": "integer", "minimum": 1, "maximum": 50, "default": 2}));
        assert_eq!(of("rows"), json!({"type": "integer", "minimum": 1000, "default": 1000}));
    }
}
