//! Rows for learning: tables of features or customers as named columns of numbers and words.

use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::features::{ORDER_FEATURES, event_feature_of, index_of};
use crate::learning::{Column, Matrix};
use crate::sources::dates::{DAY, ISO, LAYOUTS};
use crate::stage::Context;
use crate::tables::{Batches, ColumnType, Date, Zone};

/// Columns that say who and when, not what; never learned from.
const KEYS: [&str; 4] = ["customer", "as_of", "source_file", "source_line"];

/// The columns of a table that can be learned from, less those excluded.
///
/// Numbers, decimals, integers and booleans become numbers, texts become words. Dates, times and codes of items are left
/// out: a model would learn the calendar or the catalogue by heart.
pub fn matrix(table: &Batches, exclude: &[String]) -> Result<Matrix> {
    let mut columns = Vec::new();
    for field in table.schema.fields() {
        let name = field.name().as_str();
        if KEYS.contains(&name) || exclude.iter().any(|e| e == name) {
            continue;
        }
        let feature = index_of(name).map(|index| &ORDER_FEATURES[index]);
        if feature.is_some_and(|feature| feature.unit.is_code()) {
            continue;
        }
        let column = match table.kind(name) {
            Some(ColumnType::Text) => Some(words(table, name)?),
            Some(ColumnType::Date | ColumnType::Time) | None => None,
            Some(_) => Some(Column::numbers(name, table.numbers(name)?)),
        };
        // Features of events are of one family per stage that holds them.
        let other = || event_feature_of(name).map_or(name, |(stage, _)| stage);
        let family = feature.map_or_else(other, |feature| feature.family.name());
        columns.extend(column.map(|column| column.in_family(family)));
    }
    Matrix::new(columns).map_err(bad)
}

fn words(table: &Batches, name: &str) -> Result<Column> {
    let values: Vec<String> = table.texts(name)?.into_iter().map(Option::unwrap_or_default).collect();
    Ok(Column::words(name, &values))
}

/// Refuses a table of the stage `stage` that lacks a column.
pub fn column_of(table: &Batches, stage: &str, column: &str) -> Result<()> {
    if table.has(column) {
        return Ok(());
    }
    let names: Vec<&str> = table.schema.fields().iter().map(|f| f.name().as_str()).collect();
    let near = did_you_mean(column, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let help = near.unwrap_or_else(|| format!("there are {}", names.join(", ")));
    Problem::new(&codes::BAD_TABLE, format!("`{stage}` has no column `{column}`")).help(help).err()
}

/// Civil seconds of a column of dates, of times, or of texts such as `2025-12-31` or `2025-12-31 15:30`; nothing where it is empty.
///
/// # Errors
/// When a text is neither a date nor a time, or the column is of another type.
pub fn instants(cx: &Context, table: &Batches, column: &str) -> Result<Vec<Option<i64>>> {
    match table.kind(column) {
        Some(ColumnType::Date) => {
            Ok(table.dates(column)?.into_iter().map(|day| day.map(|day| Date::from_days(day).midnight())).collect())
        }
        Some(ColumnType::Time) => {
            Ok(table.times(column)?.into_iter().map(|time| time.map(|time| cx.zone.civil_seconds(time))).collect())
        }
        _ => {
            let texts = table.texts(column)?;
            let text = |row: usize| texts[row].as_deref().map(str::trim).filter(|text| !text.is_empty());
            let times: Vec<Option<i64>> =
                (0..texts.len()).map(|row| text(row).and_then(|text| written(cx.zone, text))).collect();
            let wrong: Vec<usize> =
                (0..texts.len()).filter(|&row| text(row).is_some() && times[row].is_none()).collect();
            let Some(first) = wrong.first() else { return Ok(times) };
            // What stands there is not told: it may be about a person.
            let what = format!(
                "{} of {} rows have no date in `{column}`, the first is row {}",
                wrong.len(),
                texts.len(),
                first + 1
            );
            Problem::new(&codes::BAD_DATA, what)
                .help(
                    "make the column a date or a time, or write it as 2025-12-31 or 2025-12-31 15:30; leave it empty where there is none"
                        .to_owned(),
                )
                .err()
        }
    }
}

/// Civil seconds of a date with or without a time of day; the shop's, where the text says how far from Greenwich it is.
fn written(zone: &Zone, text: &str) -> Option<i64> {
    let moment = LAYOUTS[ISO].parse(text.as_bytes())?;
    let micros = i64::from(moment.day) * DAY + moment.time;
    Some(match moment.offset {
        Some(east) => zone.civil_seconds(micros - i64::from(east) * 1_000_000),
        None => micros.div_euclid(1_000_000),
    })
}

/// A learning error as a problem with the data.
pub fn bad(error: crate::learning::LearningError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::tables::Zone;

    #[test]
    fn texts_keep_their_time_of_day() {
        let zone = Zone::named("Europe/London").expect("a zone of the database");
        let of = |text: &str| written(&zone, text);
        let midnight = 19_905 * 86_400;
        assert_eq!(of("2024-07-01"), Some(midnight));
        assert_eq!(of("2024-07-01 09:00"), Some(midnight + 9 * 3600));
        assert_eq!(of("2024-07-01T15:30:10.5"), Some(midnight + 15 * 3600 + 1810));
        // An hour before Greenwich in summer.
        assert_eq!(of("2024-07-01T09:00:00Z"), Some(midnight + 10 * 3600));
        assert_eq!(of("2024-07-01 09:00+02:00"), Some(midnight + 8 * 3600));
        for wrong in ["2024-07-01garbage", "2024-07-01 25:00", "2024-07-32", "soon", "01.07.2024"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
