//! Why a customer has a score, in plain words: what raises it most, beside what is typical.

use std::collections::BTreeMap;

use super::purchases::NO_PURCHASE;
use super::watch::Typical;
use crate::features::{ORDER_FEATURES, event_feature_of, index_of};
use crate::learning::{Column, Contributions, LearningError, MISSING_WORD, Matrix, Model, Values};

/// Reasons given to a customer at most.
pub const REASONS: usize = 3;

/// Rows that are explained at once: contributions of all columns of all rows would be as large as the table.
const PART: usize = 1 << 14;

/// The reasons of each row, as [`reasons`], by parts.
///
/// # Errors
/// When the rows lack a column that the model needs.
pub fn all_reasons(
    model: &dyn Model,
    rows: &Matrix,
    typical: &BTreeMap<String, Typical>,
) -> Result<Vec<Vec<String>>, LearningError> {
    let all: Vec<u32> = (0..rows.rows() as u32).collect();
    let mut why = Vec::with_capacity(all.len());
    for part in all.chunks(PART) {
        let rows = rows.take(part);
        why.extend(reasons(&rows, &model.contributions(&rows)?, typical));
    }
    Ok(why)
}

/// For each row what raises its score most, in words: the families of features that raise it most as a whole, each by the column
/// that does most in it.
pub fn reasons(rows: &Matrix, contributions: &Contributions, typical: &BTreeMap<String, Typical>) -> Vec<Vec<String>> {
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
                order.into_iter().find_map(|i| phrase(columns[i]?, row, typical))
            };
            raised.into_iter().filter_map(|(_, members)| reason(members)).take(REASONS).collect()
        })
        .collect()
}

/// What a column's value says of a row, compared with what is typical.
fn phrase(column: &Column, row: usize, typical: &BTreeMap<String, Typical>) -> Option<String> {
    let typical = typical.get(&column.name)?;
    let feature = index_of(&column.name).map(|index| &ORDER_FEATURES[index]);
    match (&column.values, typical) {
        (Values::Numbers(numbers), Typical::Number(usual)) => {
            let value = numbers[row];
            match feature {
                Some(_) if value.is_nan() => None,
                // What is as usual explains nothing.
                Some(feature) if feature.unit.say(value) == feature.unit.say(*usual) => None,
                Some(feature) => {
                    let words = if value >= *usual { feature.high } else { feature.low };
                    Some(format!("{words} ({}; typically {})", feature.unit.say(value), feature.unit.say(*usual)))
                }
                None if event_feature_of(&column.name).is_some() => {
                    let (stage, feature) = event_feature_of(&column.name).filter(|_| !value.is_nan())?;
                    let (said, usually) = (feature.unit.say(value), feature.unit.say(*usual));
                    let words = if value >= *usual || usual.is_nan() { feature.high } else { feature.low };
                    (said != usually).then(|| format!("{}: {words} ({said}; typically {usually})", plain(stage)))
                }
                None if column.name == NO_PURCHASE => (value > *usual).then(|| {
                    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
                    format!("own rhythm makes silence likely ({}; typically {})", percent(value), percent(*usual))
                }),
                None if value.is_nan() => Some(format!("{} is not known", plain(&column.name))),
                None => Some(format!("{} is {} (typically {})", plain(&column.name), short(value), short(*usual))),
            }
        }
        (Values::Words { codes, words }, _) => {
            let name = plain(&column.name);
            match codes[row] {
                MISSING_WORD => Some(format!("{name} is not known")),
                code => Some(format!("{name}: {}", words[code as usize])),
            }
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

fn short(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value:.2}") }
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
        assert_eq!(told, [["c is 5 (typically 1)", "d is 5 (typically 1)", "a is 5 (typically 1)"]]);
    }

    #[test]
    fn a_feature_speaks_in_its_own_words_and_what_is_as_usual_says_nothing() {
        let column = Column::numbers("recency_days", vec![142.0, 20.0]);
        let usual = typical(&[("recency_days", 20.0)]);
        let feature = &ORDER_FEATURES[index_of("recency_days").expect("a feature")];
        let told = phrase(&column, 0, &usual).expect("far from typical");
        assert_eq!(told, format!("{} (142 days; typically 20 days)", feature.high));
        assert_eq!(phrase(&column, 1, &usual), None);
        let complaints = Column::numbers("complaints_events_90d", vec![3.0, f64::NAN]);
        let usual = typical(&[("complaints_events_90d", 0.0)]);
        let told = phrase(&complaints, 0, &usual).expect("far from typical");
        assert_eq!(told, "complaints: several in the last 90 days (3 events; typically 0 events)");
        assert_eq!(phrase(&complaints, 1, &usual), None);
        let words = Column::words("plan", &["basic".to_owned(), String::new()]);
        let usual = BTreeMap::from([("plan".to_owned(), Typical::Word("plus".to_owned()))]);
        assert_eq!(phrase(&words, 0, &usual).as_deref(), Some("plan: basic"));
        assert_eq!(phrase(&words, 1, &usual).as_deref(), Some("plan is not known"));
    }

    #[test]
    fn column_names_as_people_write_them() {
        assert_eq!(plain("MonthlyCharges"), "monthly charges");
        assert_eq!(plain("number_customer_service_calls"), "number customer service calls");
        assert_eq!(short(29.0), "29");
        assert_eq!(short(18.25), "18.25");
    }
}
