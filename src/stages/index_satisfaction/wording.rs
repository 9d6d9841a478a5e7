//! The words of warnings and advice, and what they are about.

use super::waves::Estimated;
use crate::report::{Phrase, Text, Unit, Value};
use crate::satisfaction::{Importance, PathModel, Warning};
use crate::stages::words::index_satisfaction as say;

/// What to do about a construct: high importance is at or above the mean of all on the map, and so is performance.
pub(super) fn advice(rows: &[Importance], row: &Importance) -> &'static Phrase {
    let constructs: Vec<&Importance> = rows.iter().filter(|row| row.item.is_none()).collect();
    let mean = |of: fn(&Importance) -> f64| constructs.iter().map(|row| of(row)).sum::<f64>() / constructs.len() as f64;
    match (row.points >= mean(|row| row.points), row.performance >= mean(|row| row.performance)) {
        (true, false) => &say::ACT,
        (true, true) => &say::KEEP,
        (false, false) => &say::LOW_PRIORITY,
        (false, true) => &say::MORE_THAN_NEEDED,
    }
}

/// A warning in words: what was found, what it means, what to do.
pub(super) fn sentence(model: &PathModel, warning: &Warning) -> Text {
    let construct = |place: usize| Value::from(model.blocks()[place].name.replace('_', " "));
    let item = |place: usize| Value::from(model.items()[place].as_str());
    let number = |value: f64| Value::Number(value, Unit::Number(2));
    match *warning {
        Warning::Unreliable { construct: of, alpha } => {
            say::UNRELIABLE.with([("construct", construct(of)), ("alpha", number(alpha))])
        }
        Warning::LittleInCommon { construct: of, ave } => {
            say::LITTLE_IN_COMMON.with([("construct", construct(of)), ("ave", number(ave))])
        }
        Warning::Weak { item: of, construct: block, loading, ave, ave_without } => {
            let weak = [("item", item(of)), ("construct", construct(block)), ("loading", number(loading))];
            match ave_without {
                Some(without) => {
                    let [item, construct, loading] = weak;
                    say::WEAK.with([item, construct, loading, ("ave", number(ave)), ("without", number(without))])
                }
                None => say::WEAK_ALONE.with(weak),
            }
        }
        Warning::Alike { pair, htmt } => {
            say::ALIKE.with([("one", construct(pair.0)), ("other", construct(pair.1)), ("htmt", number(htmt))])
        }
        Warning::Negative { item: of, construct: block } => {
            say::NEGATIVE.with([("item", item(of)), ("construct", construct(block))])
        }
        Warning::Inflated { construct: of, vif } => {
            say::INFLATED.with([("construct", construct(of)), ("vif", number(vif))])
        }
    }
}

/// The construct that is hardest to tell from another, with the ratio.
pub(super) fn nearest(wave: &Estimated, construct: usize) -> Option<(usize, f64)> {
    let other = |pair: (usize, usize)| if pair.0 == construct { pair.1 } else { pair.0 };
    let own = wave.pairs.iter().filter(|pair| pair.pair.0 == construct || pair.pair.1 == construct);
    own.map(|pair| (other(pair.pair), pair.htmt)).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Whether a warning is about a construct.
pub(super) fn is_about(warning: &Warning, construct: usize) -> bool {
    match warning {
        Warning::Alike { pair, .. } => pair.0 == construct || pair.1 == construct,
        Warning::Unreliable { construct: of, .. }
        | Warning::LittleInCommon { construct: of, .. }
        | Warning::Weak { construct: of, .. }
        | Warning::Negative { construct: of, .. }
        | Warning::Inflated { construct: of, .. } => *of == construct,
    }
}
