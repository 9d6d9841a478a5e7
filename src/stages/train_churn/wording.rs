//! Facts of the practice in words.

use crate::churn::succession::Overlap;
use crate::churn::{HowChosen, Labelled, NO_PURCHASE, Shown, Trials};
use crate::features::{ORDER_FEATURES, event_feature_of, index_of};
use crate::report::{Text, Value};
pub(super) use crate::stages::succession::{number, share};
use crate::stages::words::train_churn as say;
use crate::tables::Date;

/// A date out of civil seconds.
pub(super) fn date(time: i64) -> Value {
    Date::of_civil_seconds(time).to_string().into()
}

/// Why figures may be too good.
pub(super) fn overlapping(overlap: &Overlap) -> Text {
    match *overlap {
        Overlap::SameRows => (&say::SAME_ROWS).into(),
        Overlap::Outcome { newest, trained } => {
            say::OVERLAP.with([("newest", date(newest)), ("trained", date(trained))])
        }
    }
}

/// How settings were chosen.
pub fn how_chosen(trials: &Trials) -> Text {
    match trials.search {
        None => (&say::SETTINGS_KEPT).into(),
        Some(HowChosen::Given) => (&say::SETTINGS_GIVEN).into(),
        Some(HowChosen::Defaults) => (&say::SETTINGS_USUAL).into(),
        Some(HowChosen::HeldOut { by_date, folds, of_folds, rows, learned }) => {
            let phrase = if by_date { &say::SETTINGS_BY_DATE } else { &say::SETTINGS_BY_FOLD };
            phrase.with([
                ("folds", folds.into()),
                ("all", of_folds.into()),
                ("rows", rows.into()),
                ("learned", learned.into()),
            ])
        }
    }
}

/// What a judged part is called.
pub(super) fn part(data: &Labelled) -> Value {
    Value::from(if data.reach > 0 { &say::DATE } else { &say::FOLD })
}

/// A measure's name.
pub(super) fn measure(shown: &Shown) -> Text {
    Text::term("measure", shown.key, shown.name)
}

/// A column's name as people write it.
pub(super) fn column(name: &str) -> Text {
    let plain = name.replace('_', " ");
    if index_of(name).is_some() { Text::term("feature", name, plain) } else { plain.into() }
}

/// What a column is.
pub fn meaning(name: &str) -> Text {
    match index_of(name) {
        Some(index) => {
            let meaning = ORDER_FEATURES[index].meaning.split_whitespace().collect::<Vec<_>>().join(" ");
            Text::term("feature-meaning", name, meaning)
        }
        None if name == NO_PURCHASE => (&say::NO_PURCHASE).into(),
        None => match event_feature_of(name) {
            Some((stage, feature)) => {
                let meaning = Text::term("event-feature-meaning", feature.name, feature.meaning);
                say::OF_EVENTS.with([("stage", stage.into()), ("meaning", meaning.into())])
            }
            None => (&say::AS_IN_DATA).into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_that_may_be_too_good_are_told() {
        // 2025-03-01 is day 20148.
        let newest = 20_148 * 86_400;
        let text = overlapping(&Overlap::Outcome { newest, trained: newest + 86_400 }).english();
        assert!(text.contains("before 2025-03-02") && text.contains("(2025-03-01)"), "{text}");
        assert!(overlapping(&Overlap::SameRows).english().contains("learned from the rows"));
    }
}
