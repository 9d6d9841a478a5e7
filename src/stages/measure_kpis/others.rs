//! What KPIs need beside orders: costs, expenses, spend, answers, complaints, contracts, scores, orders without a customer.

use super::MeasureKpis;
use super::settings::{AnswerTable, ComplaintTable, ScoreTable, SpendTable};
use crate::diagnostics::{Problem, Result, codes};
use crate::kpis::{
    Answer, Complaint, Figure, Groups, Periods, Ratio, Spend, ViewSettings, acquisition, complaints, kpi_of, promoters,
    satisfaction, under_contract,
};
use crate::orders::{AsOf, NONE};
use crate::report::{self, Value};
use crate::stage::{Context, MAIN, Upstream};
use crate::stages::contracts::Read;
use crate::stages::orders::{History, civil};
use crate::stages::persons::Places;
use crate::stages::rows::{column_of, instants};
use crate::stages::words::measure_kpis as say;
use crate::tables::{Batches, ColumnType};

/// Ten-thousandths of the currency unit in one.
const UNIT: f64 = 10_000.0;

impl MeasureKpis {
    /// The cost of a piece of each item, in ten-thousandths; -1 where it is not known. Notes how much of revenue has a known cost.
    pub(super) fn read_costs(&self, cx: &mut Context, history: &History, known: AsOf) -> Result<Option<Vec<i64>>> {
        let Some(table) = &self.costs else { return Ok(None) };
        let rows = open(cx, &table.from, &[&table.item, &table.cost])?;
        let (items, costs) = (rows.texts(&table.item)?, money(&rows, &table.from.0, &table.cost)?);
        let mut found = vec![-1; history.items.len()];
        for (item, cost) in items.iter().zip(costs) {
            let (Some(item), Some(cost)) = (item.as_deref(), cost) else { continue };
            if cost < 0 {
                return Problem::new(&codes::BAD_DATA, format!("`{}` has a negative cost of an item", table.from.0))
                    .help("give what one piece costs the shop as a positive amount".to_owned())
                    .err();
            }
            let Some(at) = history.items.find(item.trim()).map(|at| at as usize) else { continue };
            if found[at] >= 0 && found[at] != cost {
                let message = format!("`{}` has two costs of the item `{}`", table.from.0, item.trim());
                return Problem::new(&codes::BAD_DATA, message)
                    .help("keep one row per item in an `sql` stage".to_owned())
                    .err();
            }
            found[at] = cost;
        }
        let (mut with, mut all) = (0_i128, 0_i128);
        for customer in 0..known.customers() as u32 {
            let lines = known.lines(customer);
            for (&item, &amount) in lines.item.iter().zip(lines.amount) {
                all += i128::from(amount);
                with += if found[item as usize] >= 0 { amount.into() } else { 0 };
            }
        }
        let share = with as f64 / all as f64;
        cx.metric("revenue_with_known_cost", share);
        cx.note(say::COSTS.with([("share", Value::Number(share, report::Unit::Share))]));
        Ok(Some(found))
    }

    /// Further costs by customer and time.
    pub(super) fn read_expenses(&self, cx: &mut Context, history: &History) -> Result<Vec<(u32, i64, i64)>> {
        let Some(table) = &self.expenses else { return Ok(Vec::new()) };
        let rows = open(cx, &table.from, &["customer", &table.time, &table.amount])?;
        let customers = customers(cx, &rows, history, &table.from.0)?;
        let times = instants(cx, &rows, &table.time)?;
        let amounts = money(&rows, &table.from.0, &table.amount)?;
        let all = customers.into_iter().zip(times).zip(amounts);
        let mut found: Vec<(u32, i64, i64)> =
            all.filter_map(|((customer, time), amount)| Some((customer?, time?, amount?))).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The figures of all tables beside orders that the settings name.
    #[expect(clippy::too_many_arguments, reason = "the one caller has them all at hand")]
    pub(super) fn others(
        &self,
        cx: &mut Context,
        history: &History,
        known: AsOf,
        periods: &Periods,
        groups: &Groups,
        views: &ViewSettings,
        contracts: Option<&Read>,
    ) -> Result<Vec<Figure>> {
        let mut figures = self.anonymous(cx, known, periods)?;
        if let Some(table) = &self.spend {
            figures.extend(acquisition(known, &table.read(cx, groups)?, periods, groups, views));
        }
        if let Some(table) = &self.answers {
            figures.extend(table.figures(cx, history, known, periods, groups)?);
        }
        if let Some(table) = &self.complaints {
            let rows = table.read(cx, &self.orders, history)?;
            let has = |figure: &Figure| table.resolved.is_some() || figure.kpi == kpi("complaint_rate");
            figures.extend(complaints(known, &rows, periods, groups).into_iter().filter(has));
        }
        if let Some(read) = contracts {
            let places = Places::of(&history.customers.to_vec());
            let of = |holder: u32| places.get(&read.customers[holder as usize]).map(|place| place as u32);
            let contracts = read.contracts.as_of(known.as_of());
            figures.extend(under_contract(contracts, periods, groups, of, |exit| read.reasons.is_churn(exit.reason)));
        }
        // A score is as of now: it has no past.
        let last = periods.list().len() - 1;
        if let Some(table) = &self.loyalty {
            let persistent = |score: f64| (i64::from(score >= 0.5), 1);
            figures.extend(table.figures(cx, history, groups, last, "persistent_share", &persistent)?);
        }
        if let Some(table) = &self.value {
            let worth = |score: f64| ((score * UNIT).round() as i64, 0);
            figures.extend(table.figures(cx, history, groups, last, "customer_equity", &worth)?);
        }
        Ok(figures)
    }

    /// Money and orders of buyers who are not known.
    fn anonymous(&self, cx: &Context, known: AsOf, periods: &Periods) -> Result<Vec<Figure>> {
        let stored = cx.input(&self.orders.0);
        if !stored.record.tables.contains_key("anonymous") {
            return Ok(Vec::new());
        }
        let table = Batches::read(&stored.table("anonymous")?, &["order", "time", "amount"])?;
        let (order, names) = table.ids("order")?;
        let (times, amounts) = (civil(cx, &table, "time")?, table.decimals("amount", 0)?);
        // An order is where its first line is, as those of known customers are.
        let mut first = vec![i64::MAX; names.len()];
        let mut sums = vec![0_i128; names.len()];
        for row in 0..order.len() {
            if order[row] == NONE || times[row] >= known.as_of() {
                continue;
            }
            let order = order[row] as usize;
            first[order] = first[order].min(times[row]);
            sums[order] += i128::from(amounts[row]);
        }
        let mut cells = vec![(0_i128, 0_i128); periods.list().len()];
        for (first, sum) in first.iter().zip(&sums).filter(|(first, _)| **first < i64::MAX) {
            if let Some(period) = periods.of(*first) {
                cells[period] = (cells[period].0 + 1, cells[period].1 + sum);
            }
        }
        let figure = |name, period, above| Figure::of(kpi(name), 0, period, &Ratio::of(above, 0));
        Ok(cells
            .into_iter()
            .enumerate()
            .flat_map(|(period, (orders, revenue))| {
                [figure("anonymous_revenue", period, revenue), figure("anonymous_orders", period, orders)]
            })
            .collect())
    }
}

impl SpendTable {
    /// Spend on all customers, and on those of a channel where customers are divided by it.
    fn read(&self, cx: &Context, groups: &Groups) -> Result<Vec<Spend>> {
        let columns: Vec<&str> =
            [self.period.as_str(), &self.amount].into_iter().chain(self.channel.as_deref()).collect();
        let rows = open(cx, &self.from, &columns)?;
        let times = self.times(cx, &rows)?;
        let amounts = money(&rows, &self.from.0, &self.amount)?;
        let channels = match &self.channel {
            Some(channel) => rows.texts(channel)?,
            None => vec![None; rows.rows()],
        };
        let by = self.channel.as_deref().unwrap_or_default();
        let group = |channel: &str| (1..groups.len()).find(|&group| groups.name(group) == Some((by, channel)));
        let mut all = Vec::new();
        for row in 0..rows.rows() {
            let (Some(time), Some(amount)) = (times[row], amounts[row]) else { continue };
            let amount = i128::from(amount);
            all.push(Spend { group: 0, time, amount });
            all.extend(channels[row].as_deref().and_then(|c| group(c.trim())).map(|group| Spend {
                group,
                time,
                amount,
            }));
        }
        Ok(all)
    }

    /// Civil seconds of dates and times, and of months such as `2011-03`.
    fn times(&self, cx: &Context, rows: &Batches) -> Result<Vec<Option<i64>>> {
        if rows.kind(&self.period) != Some(ColumnType::Text) {
            return instants(cx, rows, &self.period);
        }
        let texts = rows.texts(&self.period)?;
        let month = |text: &str| {
            let (year, month) = text.trim().split_once('-')?;
            let (year, number): (i64, u32) = (year.parse().ok()?, month.parse().ok()?);
            (month.len() == 2 && (1..=12).contains(&number))
                .then(|| crate::numeric::calendar::day_of_civil(year, number, 1) * crate::numeric::calendar::DAY)
        };
        let months: Vec<Option<i64>> = texts.iter().map(|text| month(text.as_deref()?)).collect();
        let is_month = |(text, month): (&Option<String>, &Option<i64>)| month.is_some() || text.is_none();
        if texts.iter().zip(&months).all(is_month) { Ok(months) } else { instants(cx, rows, &self.period) }
    }
}

impl AnswerTable {
    fn figures(
        &self,
        cx: &mut Context,
        history: &History,
        known: AsOf,
        periods: &Periods,
        groups: &Groups,
    ) -> Result<Vec<Figure>> {
        let columns = ["customer", self.time.as_str()];
        let columns: Vec<&str> =
            columns.into_iter().chain(self.satisfaction.as_deref()).chain(self.recommend.as_deref()).collect();
        let rows = open(cx, &self.from, &columns)?;
        let customers = customers(cx, &rows, history, &self.from.0)?;
        let times = instants(cx, &rows, &self.time)?;
        let mut figures = Vec::new();
        let read = |column: &str, scale: (f64, f64)| -> Result<Vec<Answer>> {
            let scores = rows.numbers(column)?;
            let outside = scores.iter().filter(|score| **score < scale.0 || **score > scale.1).count();
            if outside > 0 {
                let message = format!(
                    "{outside} answers in `{column}` of `{}` are not from {} to {}",
                    self.from.0, scale.0, scale.1
                );
                return Problem::new(&codes::BAD_DATA, message)
                    .help("a score on another scale is another measure: give its `scale`, or convert it in an `sql` stage".to_owned())
                    .err();
            }
            let answer = |row: usize| {
                let time = times[row].filter(|time| *time < known.as_of())?;
                Some(Answer { customer: customers[row], time, score: scores[row] })
            };
            Ok((0..scores.len()).filter_map(answer).collect())
        };
        if let Some(column) = &self.satisfaction {
            let scale = (self.scale[0], self.scale[1]);
            figures.extend(satisfaction(&read(column, scale)?, scale, self.asked, periods, groups));
        }
        if let Some(column) = &self.recommend {
            figures.extend(promoters(&read(column, (0.0, 10.0))?, periods, groups));
        }
        Ok(figures)
    }
}

impl ComplaintTable {
    fn read(&self, cx: &mut Context, orders: &Upstream, history: &History) -> Result<Vec<Complaint>> {
        let columns = ["customer", self.time.as_str()];
        let columns: Vec<&str> =
            columns.into_iter().chain(self.order.as_deref()).chain(self.resolved.as_deref()).collect();
        let rows = open(cx, &self.from, &columns)?;
        let customers = customers(cx, &rows, history, &self.from.0)?;
        let times = instants(cx, &rows, &self.time)?;
        let resolved = match &self.resolved {
            Some(column) => instants(cx, &rows, column)?,
            None => vec![None; rows.rows()],
        };
        let ordered = match &self.order {
            Some(column) => {
                let table = Batches::read(&cx.input(&orders.0).table(MAIN)?, &["order", "time"])?;
                let (order, names) = table.sorted_ids("order")?;
                let mut first = vec![i64::MAX; names.len()];
                for (order, time) in order.iter().zip(civil(cx, &table, "time")?) {
                    first[*order as usize] = first[*order as usize].min(time);
                }
                let time = |name: &Option<String>| {
                    let at = names.find(name.as_deref()?.trim())?;
                    Some(first[at as usize])
                };
                rows.texts(column)?.iter().map(time).collect()
            }
            None => vec![None; rows.rows()],
        };
        let complaint = |row: usize| {
            Some(Complaint {
                customer: customers[row],
                time: times[row]?,
                ordered: ordered[row],
                resolved: resolved[row],
            })
        };
        Ok((0..rows.rows()).filter_map(complaint).collect())
    }
}

impl ScoreTable {
    fn figures(
        &self,
        cx: &mut Context,
        history: &History,
        groups: &Groups,
        period: usize,
        name: &str,
        of: &dyn Fn(f64) -> (i64, i64),
    ) -> Result<Vec<Figure>> {
        let rows = open(cx, &self.from, &["customer", &self.column])?;
        let customers = customers(cx, &rows, history, &self.from.0)?;
        let mut sums = vec![Ratio::default(); groups.len()];
        for (customer, score) in customers.into_iter().zip(rows.numbers(&self.column)?) {
            let Some(customer) = customer.filter(|_| score.is_finite()) else { continue };
            let (above, below) = of(score);
            groups.of_customer(customer).for_each(|group| sums[group].add(above, below));
        }
        let some = sums.iter().enumerate().filter(|(_, sums)| sums.count > 0);
        Ok(some.map(|(group, sums)| Figure::of(kpi(name), group, period, sums)).collect())
    }
}

fn kpi(name: &str) -> usize {
    kpi_of(name).expect("the name is a row of the table of KPIs")
}

/// The main table of a stage, which has these columns.
fn open(cx: &Context, from: &Upstream, columns: &[&str]) -> Result<Batches> {
    let table = Batches::read(&cx.input(&from.0).table(MAIN)?, &[])?;
    columns.iter().try_for_each(|column| column_of(&table, &from.0, column))?;
    Ok(table)
}

/// The customer of each row by number, however the table writes the id; notes rows of nobody.
fn customers(cx: &mut Context, table: &Batches, history: &History, stage: &str) -> Result<Vec<Option<u32>>> {
    let places = Places::of(&history.customers.to_vec());
    let found = table.texts("customer")?.into_iter();
    let found: Vec<Option<u32>> = found.map(|text| Some(places.get(text.as_deref()?)? as u32)).collect();
    let nobody = found.iter().filter(|customer| customer.is_none()).count();
    let note = say::NOBODY.with([("rows", nobody.into()), ("stage", stage.into())]);
    if nobody > 0 && !cx.made.notes.contains(&note.english()) {
        cx.note(note);
    }
    Ok(found)
}

/// Money of a column in ten-thousandths; `None` where it is empty.
fn money(table: &Batches, stage: &str, column: &str) -> Result<Vec<Option<i64>>> {
    if table.kind(column) == Some(ColumnType::Money) {
        let empty = i64::MIN;
        return Ok(table.decimals(column, empty)?.into_iter().map(|value| (value != empty).then_some(value)).collect());
    }
    if table.kind(column) == Some(ColumnType::Text) {
        let texts = table.texts(column)?;
        let value = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(exact);
        let values: Vec<Option<Option<i64>>> = texts.iter().map(value).collect();
        if let Some(row) = values.iter().position(|value| *value == Some(None)) {
            let message = format!("row {} of `{stage}` has no amount of money in `{column}`", row + 1);
            return Problem::new(&codes::BAD_DATA, message).help("write it as 1234.50".to_owned()).err();
        }
        return Ok(values.into_iter().map(Option::flatten).collect());
    }
    Ok(table.numbers(column)?.into_iter().map(|v| (v.is_finite()).then_some((v * UNIT).round() as i64)).collect())
}

/// Money written with at most four decimals, in ten-thousandths.
fn exact(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || fraction.len() > 4 || !(whole.to_owned() + fraction).bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<4}").parse().ok()?;
    Some(sign * (whole.checked_mul(10_000)?.checked_add(fraction)?))
}

#[cfg(test)]
mod tests {
    use super::exact;

    #[test]
    fn money_is_read_exactly() {
        assert_eq!([exact("12.5"), exact("-0.07"), exact("3")], [Some(125_000), Some(-700), Some(30_000)]);
        assert_eq!([exact("1,5"), exact(""), exact("1.23456"), exact(".5")], [None; 4]);
    }
}
