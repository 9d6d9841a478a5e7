//! Why a customer has a score: what raises it most, beside what is typical. What is said of it is for a language to say.

use std::collections::BTreeMap;

use super::purchases::NO_PURCHASE;
use super::watch::Typical;
use crate::features::{EventFeature, Feature, ORDER_FEATURES, event_feature_of, index_of};
use crate::learning::{Column, Contributions, LearningError, MISSING_WORD, Matrix, Model, Values};

/// Reasons given to a customer at most.
pub const REASONS: usize = 3;

/// Rows that are explained at once: contributions of all columns of all rows would be as large as the table.
const PART: usize = 1 << 14;

/// What a column's value says of a row.
#[derive(Clone)]
pub enum Reason {
    /// A feature of orders lies above or below what is typical.
    Orders { feature: &'static Feature, value: f64, usual: f64 },
    /// A feature of the events of a stage does.
    Events { stage: String, feature: &'static EventFeature, value: f64, usual: f64 },
    /// The own rhythm makes silence likelier than is typical.
    Silence { value: f64, usual: f64 },
    /// A column has no value.
    NotKnown { column: String },
    /// A number, and what is typical.
    Number { column: String, value: f64, usual: f64 },
    /// A word.
    Word { column: String, word: String },
}

/// The reasons of each row, as [`reasons`], by parts and as `tell` says them.
///
/// # Errors
/// When the rows lack a column that the model needs.
pub fn all_reasons(
    model: &dyn Model,
    rows: &Matrix,
    typical: &BTreeMap<String, Typical>,
    tell: impl Fn(&Reason) -> String,
) -> Result<Vec<Vec<String>>, LearningError> {
    let all: Vec<u32> = (0..rows.rows() as u32).collect();
    let mut why = Vec::with_capacity(all.len());
    for part in all.chunks(PART) {
        let rows = rows.take(part);
        let found = reasons(&rows, &model.contributions(&rows)?, typical);
        why.extend(found.iter().map(|reasons| reasons.iter().map(&tell).collect::<Vec<_>>()));
    }
    Ok(why)
}

/// For each row what raises its score most: the families of features that raise it most as a whole, each by the column
/// that does most in it.
pub fn reasons(rows: &Matrix, contributions: &Contributions, typical: &BTreeMap<String, Typical>) -> Vec<Vec<Reason>> {
    let columns: Vec<Option<&Column>> = contributions.columns.iter().map(|name| rows.column(name)).collect();
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, column) in columns.iter().enumerate() {
        if let Some(column) = column {
            families.entry(&column.family).or_default().push(i);
        }
    }
    (0..rows.rows())
        .map(|row| {
            let values = contributions.row(row);
            let total: f64 = values.iter().map(|v| v.abs()).sum();
            // A column whose own family takes back what it adds is no reason.
            let mut raised: Vec<(f64, &Vec<usize>)> =
                families.values().map(|members| (members.iter().map(|&i| values[i]).sum::<f64>(), members)).collect();
            raised.retain(|(sum, _)| *sum > 0.02 * total);
            raised.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1[0].cmp(&b.1[0])));
            let reason = |members: &Vec<usize>| {
                let mut order: Vec<usize> = members.iter().copied().filter(|&i| values[i] > 0.02 * total).collect();
                order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
                order.into_iter().find_map(|i| reason_of(columns[i]?, row, typical))
            };
            raised.into_iter().filter_map(|(_, members)| reason(members)).take(REASONS).collect()
        })
        .collect()
}

/// What a column's value says of a row, compared with what is typical.
fn reason_of(column: &Column, row: usize, typical: &BTreeMap<String, Typical>) -> Option<Reason> {
    let typical = typical.get(&column.name)?;
    let feature = index_of(&column.name).map(|index| &ORDER_FEATURES[index]);
    match (&column.values, typical) {
        (Values::Numbers(numbers), Typical::Number(usual)) => {
            let (value, usual) = (numbers[row], *usual);
            match feature {
                Some(_) if value.is_nan() => None,
                // What is as usual explains nothing.
                Some(feature) if feature.unit.say(value) == feature.unit.say(usual) => None,
                Some(feature) => Some(Reason::Orders { feature, value, usual }),
                None if event_feature_of(&column.name).is_some() => {
                    let (stage, feature) = event_feature_of(&column.name).filter(|_| !value.is_nan())?;
                    let differs = feature.unit.say(value) != feature.unit.say(usual);
                    differs.then(|| Reason::Events { stage: plain(stage), feature, value, usual })
                }
                None if column.name == NO_PURCHASE => (value > usual).then_some(Reason::Silence { value, usual }),
                None if value.is_nan() => Some(Reason::NotKnown { column: plain(&column.name) }),
                None => Some(Reason::Number { column: plain(&column.name), value, usual }),
            }
        }
        (Values::Words { codes, words }, _) => {
            let column = plain(&column.name);
            Some(match codes[row] {
                MISSING_WORD => Reason::NotKnown { column },
                code => Reason::Word { column, word: words[code as usize].clone() },
            })
        }
        _ => None,
    }
}

/// `MonthlyCharges` and `monthly_charges` as people write them: `monthly charges`.
fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c == '_' || c == '-' {
            out.push(' ');
        } else {
            if c.is_uppercase() && before.is_lowercase() {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Scale;

    fn typical(values: &[(&str, f64)]) -> BTreeMap<String, Typical> {
        values.iter().map(|(name, value)| ((*name).to_owned(), Typical::Number(*value))).collect()
    }

    #[test]
    fn a_family_is_a_reason_by_its_sum() {
        let column = |name: &str, family: &str| Column::numbers(name, vec![5.0]).in_family(family);
        let matrix =
            Matrix::new(vec![column("a", "one"), column("b", "one"), column("c", "two"), column("d", "three")]);
        let contributions = Contributions {
            scale: Scale::LogOdds,
            base: 0.0,
            columns: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
            values: vec![0.9, -0.8, 0.4, 0.2],
        };
        let usual = typical(&[("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)]);
        let told = reasons(&matrix.expect("a row"), &contributions, &usual);
        let columns = told[0].iter().map(|reason| match reason {
            Reason::Number { column, value, usual } if (*value, *usual) == (5.0, 1.0) => column.as_str(),
            _ => "another",
        });
        assert_eq!(columns.collect::<Vec<_>>(), ["c", "d", "a"]);
    }

    #[test]
    fn what_is_as_usual_says_nothing() {
        let column = Column::numbers("recency_days", vec![142.0, 20.0]);
        let usual = typical(&[("recency_days", 20.0)]);
        assert!(matches!(reason_of(&column, 0, &usual), Some(Reason::Orders { value: 142.0, usual: 20.0, .. })));
        assert!(reason_of(&column, 1, &usual).is_none());
        let complaints = Column::numbers("complaints_events_90d", vec![3.0, f64::NAN]);
        let usual = typical(&[("complaints_events_90d", 0.0)]);
        let told = reason_of(&complaints, 0, &usual);
        assert!(matches!(told, Some(Reason::Events { stage, value: 3.0, .. }) if stage == "complaints"));
        assert!(reason_of(&complaints, 1, &usual).is_none());
        let words = Column::words("plan", &["basic".to_owned(), String::new()]);
        let usual = BTreeMap::from([("plan".to_owned(), Typical::Word("plus".to_owned()))]);
        assert!(matches!(reason_of(&words, 0, &usual), Some(Reason::Word { word, .. }) if word == "basic"));
        assert!(matches!(reason_of(&words, 1, &usual), Some(Reason::NotKnown { column }) if column == "plan"));
    }

    #[test]
    fn column_names_as_people_write_them() {
        assert_eq!(plain("MonthlyCharges"), "monthly charges");
        assert_eq!(plain("number_customer_service_calls"), "number customer service calls");
    }
}
