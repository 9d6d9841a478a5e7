//! Time into periods, customers into segments.

use std::collections::BTreeMap;

use super::MeasureKpis;
use super::settings::{OwnPeriods, SegmentTable};
use crate::diagnostics::{Problem, Result, codes};
use crate::kpis::{Dimension, Grain, Groups, Periods, span};
use crate::numeric::calendar::DAY;
use crate::orders::{AsOf, NONE};
use crate::stage::{Context, MAIN};
use crate::stages::orders::History;
use crate::stages::persons::Places;
use crate::stages::rows::{column_of, instants};
use crate::stages::words::measure_kpis as say;
use crate::tables::Batches;

/// Periods by way of dividing time, and groups of customers.
pub struct Divided {
    /// Those of `every`, then the shop's own.
    pub periods: Vec<Periods>,
    /// All customers and the segments of each column.
    pub groups: Groups,
}

/// A division of the calendar by its name.
pub fn grain(name: &str) -> Option<Grain> {
    [Grain::Week, Grain::Month, Grain::Quarter, Grain::Year].into_iter().find(|grain| grain.name() == name)
}

/// Days after the last order for which periods are still counted.
const AFTER: i64 = 366;

impl Divided {
    /// Reads what the settings name; history begins at `first` and ends at the as-of date (civil seconds).
    pub fn read(
        stage: &MeasureKpis,
        cx: &mut Context,
        history: &History,
        (first, as_of): (i64, i64),
    ) -> Result<Divided> {
        let last = span(AsOf::new(&history.orders, as_of)).map_or(first, |(_, last)| last);
        let until = as_of.min(last + AFTER * DAY);
        let mut periods: Vec<Periods> = Vec::new();
        for grain in &stage.every {
            if periods.iter().all(|known| known.grain() != **grain) {
                periods.push(Periods::calendar(**grain, stage.year_begins.get(), first, until));
            }
        }
        if let Some(own) = &stage.calendar {
            let all = own.read(cx)?.between(first, until);
            if all.list().is_empty() {
                return Problem::new(&codes::BAD_DATA, format!("no period of `{}` holds an order", own.from.0))
                    .help("give the periods from the first order to the as-of date".to_owned())
                    .err();
            }
            periods.push(all);
        }
        let mut dimensions = Vec::new();
        if !stage.segments.is_empty() {
            let places = Places::of(&history.customers.to_vec());
            for table in &stage.segments {
                dimensions.extend(table.read(cx, &places, history.customers.len(), stage.most_segments.get())?);
            }
        }
        Ok(Divided { periods, groups: Groups::of(dimensions) })
    }

    /// The periods of a division of time, where they are counted.
    pub fn of(&self, grain: Grain) -> Option<&Periods> {
        self.periods.iter().find(|periods| periods.grain() == grain)
    }
}

impl OwnPeriods {
    fn read(&self, cx: &Context) -> Result<Periods> {
        let stage = &self.from.0;
        let table = Batches::read(&cx.input(stage).table(MAIN)?, &[])?;
        for column in [&self.period, &self.starts, &self.ends] {
            column_of(&table, stage, column)?;
        }
        let names = table.texts(&self.period)?;
        let (starts, ends) = (instants(cx, &table, &self.starts)?, instants(cx, &table, &self.ends)?);
        let mut rows = Vec::new();
        for (row, name) in names.into_iter().enumerate() {
            match (name, starts[row], ends[row]) {
                (Some(name), Some(start), Some(end)) => rows.push((name, start, end)),
                _ => {
                    return Problem::new(
                        &codes::BAD_DATA,
                        format!("row {} of `{stage}` is not a whole period", row + 1),
                    )
                    .help(format!(
                        "fill in `{}`, `{}` and `{}`, or leave the row out",
                        self.period, self.starts, self.ends
                    ))
                    .err();
                }
            }
        }
        Periods::own(rows, self.a_year.get() as usize)
            .map_err(|e| Problem::new(&codes::BAD_DATA, format!("`{stage}`: {e}")).boxed())
    }
}

impl SegmentTable {
    /// A dimension for each column.
    fn read(&self, cx: &mut Context, places: &Places, customers: usize, most: u32) -> Result<Vec<Dimension>> {
        let stage = &self.from.0;
        let table = Batches::read(&cx.input(stage).table(MAIN)?, &[])?;
        column_of(&table, stage, "customer")?;
        let keys = table.texts("customer")?;
        let place: Vec<Option<usize>> = keys.iter().map(|key| places.get(key.as_deref()?)).collect();
        let mut row_of = vec![usize::MAX; customers];
        for (row, place) in place.iter().enumerate().filter_map(|(row, place)| Some((row, (*place)?))) {
            if row_of[place] != usize::MAX {
                let message = format!("`{stage}` has more than one row for a customer, so its segment is not known");
                return Problem::new(&codes::BAD_DATA, message)
                    .help("keep one row per customer, such as that of the as-of date, in an `sql` stage".to_owned())
                    .err();
            }
            row_of[place] = row;
        }
        let mut dimensions = Vec::new();
        for column in &self.columns {
            column_of(&table, stage, column)?;
            let values = table.texts(column)?;
            let value = |customer: usize| {
                let value = values.get(row_of[customer])?.as_deref().map(str::trim);
                value.filter(|value| !value.is_empty())
            };
            let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
            (0..customers).filter_map(value).for_each(|value| *sizes.entry(value).or_default() += 1);
            let mut kept: Vec<&str> = sizes.keys().copied().collect();
            kept.sort_by_key(|value| (std::cmp::Reverse(sizes[value]), *value));
            let others = kept.len().saturating_sub(most as usize);
            if others > 0 {
                // One place is the others'.
                kept.truncate(most as usize - 1);
                cx.note(say::OTHERS_NOTE.with([("column", column.as_str().into()), ("kept", kept.len().into())]));
            }
            kept.sort_unstable();
            let mut names: Vec<String> = kept.iter().map(|value| (*value).to_owned()).collect();
            if others > 0 {
                names.push(say::OTHERS.with([]).english());
            }
            let number = |value: &str| match kept.binary_search(&value) {
                Ok(at) => at as u32,
                Err(_) => kept.len() as u32,
            };
            let of: Vec<u32> = (0..customers).map(|customer| value(customer).map_or(NONE, number)).collect();
            let without = of.iter().filter(|segment| **segment == NONE).count();
            if without > 0 {
                let values = [
                    ("customers", without.into()),
                    ("column", column.as_str().into()),
                    ("stage", stage.as_str().into()),
                ];
                cx.note(say::NO_SEGMENT.with(values));
            }
            dimensions.push(Dimension { name: column.clone(), values: names, of });
        }
        Ok(dimensions)
    }
}
