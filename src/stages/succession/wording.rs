//! Why a model is trained or not, in words.

use crate::churn::succession::{Drift, Misfit, REST, Why};
use crate::report::{Phrase, Text, Unit, Value};
use crate::response::unseen::{OF_EACH, PERSONS};
use crate::stages::words::succession as say;

/// A number with so many decimals.
pub fn number(value: f64, decimals: u8) -> Value {
    Value::Number(value, Unit::Number(decimals))
}

/// A share in per cent.
pub fn share(value: f64) -> Value {
    Value::Number(value, Unit::Share)
}

fn days(days: i64) -> Value {
    (days.max(0) as u64).into()
}

/// Why a model is trained or not. `promise` says what share was `{promised}` and what came true.
pub fn why(why: &Why, promise: &'static Phrase) -> Text {
    match why {
        Why::OtherSettings => (&say::OTHER_SETTINGS).into(),
        Why::Misfit(Misfit::Missing(name)) => say::MISSING_COLUMN.with([("column", name.as_str().into())]),
        Why::Misfit(Misfit::Changed(name)) => say::CHANGED_COLUMN.with([("column", name.as_str().into())]),
        Why::Never => (&say::NEVER).into(),
        Why::ByHand => (&say::BY_HAND).into(),
        Why::SameData => (&say::SAME_DATA).into(),
        Why::OtherData => (&say::OTHER_DATA).into(),
        Why::NothingClosed => (&say::NOTHING_CLOSED).into(),
        Why::SameOutcomes => (&say::SAME_OUTCOMES).into(),
        Why::FewUnseen { persons, positives } => {
            let (least, each) = (("least", PERSONS.into()), ("each", OF_EACH.into()));
            say::FEW_UNSEEN.with([("persons", (*persons).into()), ("positives", (*positives).into()), least, each])
        }
        Why::Always => (&say::ALWAYS).into(),
        Why::Drifted(drift) => drifted(drift, promise),
        Why::Resting(drift) => say::RESTING.with([("drift", drifted(drift, promise).into()), ("days", days(REST))]),
        Why::NoDrift => (&say::NO_DRIFT).into(),
        Why::Young(age, span) => say::YOUNG.with([("days", days(*age)), ("span", days(*span))]),
        Why::Old(span) => say::OLD.with([("days", days(*span))]),
    }
}

fn drifted(drift: &Drift, promise: &'static Phrase) -> Text {
    match *drift {
        Drift::Scores(psi) => say::SCORES_DRIFTED.with([("psi", number(psi, 2))]),
        Drift::Promise { promised, left } => promise.with([("promised", share(promised)), ("came", share(left))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::words::{find_customers, train_churn};

    #[test]
    fn reasons_for_training_are_sentences() {
        let drift = Drift::Promise { promised: 0.5, left: 0.3 };
        assert_eq!(
            why(&Why::Resting(drift), &train_churn::PROMISE).english(),
            "it predicted that 50.0% leave, and 30.0% did, but the last training is less than 7 days old"
        );
        assert_eq!(
            why(&Why::Drifted(drift), &find_customers::PROMISE).english(),
            "it predicted that 50.0% respond, and 30.0% did"
        );
        let young = why(&Why::Young(10, 30), &train_churn::PROMISE).english();
        assert_eq!(young, "the last training is 10 days old, the next is due after 30");
    }
}
