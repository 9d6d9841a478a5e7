//! Reasons for scores as texts, which the report and the lists show in the language of the run.

use super::words::reasons as say;
use crate::churn::reasons::Reason;
use crate::features::{DAY_PARTS, Unit};
use crate::mining::sets::listed;
use crate::report::{Text, Value};

/// A reason in words.
pub(super) fn reason(reason: &Reason) -> Text {
    match reason {
        Reason::Orders { feature, value, usual } => {
            let words = match value >= usual {
                true => Text::term("feature-high", feature.name, feature.high),
                false => Text::term("feature-low", feature.name, feature.low),
            };
            let (value, usual) = (amount(feature.unit, *value), amount(feature.unit, *usual));
            say::COMPARED.with([("words", words.into()), ("value", value), ("usual", usual)])
        }
        Reason::Events { stage, feature, value, usual } => {
            let words = match value >= usual || usual.is_nan() {
                true => Text::term("event-feature-high", feature.name, feature.high),
                false => Text::term("event-feature-low", feature.name, feature.low),
            };
            let (value, usual) = (amount(feature.unit, *value), amount(feature.unit, *usual));
            let stage = ("stage", stage.as_str().into());
            say::OF_EVENTS.with([stage, ("words", words.into()), ("value", value), ("usual", usual)])
        }
        Reason::Silence { value, usual } => {
            let percent = |share: f64| Value::from(format!("{:.0} %", 100.0 * share));
            say::SILENCE.with([("value", percent(*value)), ("usual", percent(*usual))])
        }
        Reason::NotKnown { column } => say::NOT_KNOWN.with([("column", column.as_str().into())]),
        Reason::Number { column, value, usual } => {
            let column = ("column", column.as_str().into());
            say::NUMBER.with([column, ("value", short(*value).into()), ("usual", short(*usual).into())])
        }
        Reason::Word { column, word } => {
            say::WORD.with([("column", column.as_str().into()), ("word", word.as_str().into())])
        }
    }
}

/// Items that belong together, by their names.
pub(super) fn items<'a>(names: impl Iterator<Item = &'a str>) -> Text {
    let names = names.map(|name| Text::from(listed(std::iter::once(name))));
    let both = |before: Text, after: Text| say::AND.with([("before", before.into()), ("after", after.into())]);
    names.reduce(both).unwrap_or_default()
}

/// A number of days.
pub(super) fn days(days: f64) -> Value {
    amount(Unit::Days, days)
}

/// A value with its unit, which other languages know by `unit`, and its number by the place `{n}`.
fn amount(unit: Unit, value: f64) -> Value {
    let said = unit.say(value);
    let counted = match unit {
        _ if !value.is_finite() => "unknown",
        Unit::Days => "days",
        Unit::Months => "months",
        Unit::Orders => "orders",
        Unit::Events => "events",
        Unit::Lines => "lines",
        Unit::Items => "items",
        Unit::Pieces => "pieces",
        Unit::Weekday => return Text::term("weekday", &said, &*said).into(),
        Unit::DayPart if DAY_PARTS.contains(&said.as_str()) => return Text::term("day-part", &said, &*said).into(),
        _ => return said.into(),
    };
    let number = said.split(' ').next().unwrap_or_default().to_owned();
    Text::Phrase { key: format!("unit.{counted}"), english: said, values: vec![("n".to_owned(), number.into())] }.into()
}

/// Whole numbers without decimals, others with two.
fn short(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{ORDER_FEATURES, event_feature_of, index_of};
    use crate::report::Language;
    use crate::stages::speech;

    fn recency() -> Reason {
        let feature = &ORDER_FEATURES[index_of("recency_days").expect("a feature")];
        Reason::Orders { feature, value: 142.0, usual: 20.0 }
    }

    #[test]
    fn a_feature_speaks_in_its_own_words() {
        let words = ORDER_FEATURES[index_of("recency_days").expect("a feature")].high;
        assert_eq!(reason(&recency()).english(), format!("{words} (142 days; typically 20 days)"));
        let (_, feature) = event_feature_of("complaints_events_90d").expect("a feature");
        let complaints = Reason::Events { stage: "complaints".to_owned(), feature, value: 3.0, usual: 0.0 };
        let words = reason(&complaints).english();
        assert_eq!(words, "complaints: several in the last 90 days (3 events; typically 0 events)");
        let plan = Reason::NotKnown { column: "plan".to_owned() };
        assert_eq!(reason(&plan).english(), "plan is not known");
        let charges = Reason::Number { column: "charges".to_owned(), value: 18.25, usual: 29.0 };
        assert_eq!(reason(&charges).english(), "charges is 18.25 (typically 29)");
    }

    #[test]
    fn a_feature_speaks_chinese() {
        let words = |language| speech(language).in_words(&reason(&recency()));
        assert_eq!(words(Language::SimplifiedChinese), "很久没有购买（142 天；通常为 20 天）");
        assert_eq!(words(Language::TraditionalChinese), "很久沒有購買（142 天；通常為 20 天）");
    }
}
