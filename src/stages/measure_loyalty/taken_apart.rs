//! The series of the shop and of segments as trend, season and irregular part.

use std::collections::BTreeMap;

use super::MeasureLoyalty;
use super::say;
use crate::diagnostics::Result;
use crate::loyalty::group_totals;
use crate::numeric::calendar::day_of;
use crate::numeric::math::ln;
use crate::orders::AsOf;
use crate::series::{Classical, Form, SeriesError, Stl, StlSettings, Strength, classical, stl};
use crate::stage::Context;
use crate::stages::events::columns_of_stage;
use crate::stages::orders::History;
use crate::stages::persons::Places;

/// The name of all customers together.
const ALL: &str = "all";

/// The series of the shop or a segment.
pub(super) struct Group {
    pub(super) name: String,
    /// Days since 1970-01-01 on which periods begin.
    pub(super) begins: Vec<i32>,
    /// Net spending in the currency.
    pub(super) spent: Vec<f64>,
    /// Whether parts are of logarithms.
    pub(super) in_logs: bool,
    pub(super) values: Vec<f64>,
    pub(super) parts: Stl,
    pub(super) strength: Strength,
    /// The index of each place in the season, the first period's first.
    pub(super) season: Vec<f64>,
}

impl MeasureLoyalty {
    /// Takes apart the shop and each segment; none where the data hold less than two seasons.
    ///
    /// # Errors
    /// When the table of segments lacks a column.
    pub(super) fn groups(&self, cx: &mut Context, history: &History, as_of: i64) -> Result<Vec<Group>> {
        let mut names = vec![ALL.to_owned()];
        let mut own = vec![None; history.customers.len()];
        if let Some(stage) = &self.segments {
            let column = self.segment_column.as_str();
            let table = columns_of_stage(cx, &stage.0, &["customer", column], &[])?;
            let places = Places::of(&history.customers.to_vec());
            let mut of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (customer, group) in table.texts("customer")?.into_iter().zip(table.texts(column)?) {
                let place = customer.as_deref().and_then(|customer| places.get(customer));
                if let (Some(place), Some(group)) = (place, group) {
                    of.entry(group).or_default().push(place);
                }
            }
            for (group, customers) in of {
                customers.into_iter().for_each(|customer| own[customer] = Some(names.len()));
                names.push(group);
            }
        }
        let known = AsOf::new(&history.orders, as_of);
        let days = self.period.days();
        let of = |customer: u32| [0].into_iter().chain(own[customer as usize]).collect();
        let totals = group_totals(known, days, names.len(), of);
        let periods = totals[0].len() as i64;
        let begins: Vec<i32> = (0..periods)
            .map(|period| i32::try_from(day_of(as_of) - (periods - period) * days).unwrap_or(i32::MIN))
            .collect();
        let mut groups = Vec::new();
        for (name, spent) in names.into_iter().zip(totals) {
            match apart(name.clone(), begins.clone(), spent, self.season()) {
                Ok(group) => groups.push(group),
                Err(error) => cx.note(say::NO_SEASON.with([("group", name.into()), ("why", error.to_string().into())])),
            }
        }
        Ok(groups)
    }
}

fn apart(name: String, begins: Vec<i32>, spent: Vec<f64>, season: usize) -> std::result::Result<Group, SeriesError> {
    let in_logs = spent.iter().all(|spent| *spent > 0.0);
    let values: Vec<f64> = if in_logs { spent.iter().map(|spent| ln(*spent)).collect() } else { spent.clone() };
    let parts = stl(&values, season, StlSettings::default())?;
    let form = if in_logs { Form::Multiplied } else { Form::Added };
    let Classical { season, .. } = classical(&spent, season, form)?;
    let strength = Strength::of(&parts);
    Ok(Group { name, begins, spent, in_logs, values, parts, strength, season })
}
