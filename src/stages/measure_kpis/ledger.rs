//! The ledger of restatements: this run's figures beside those of the last good run, with the rows that differ.

use std::collections::{BTreeMap, BTreeSet};

use super::MeasureKpis;
use super::divided::Divided;
use super::judged::{Judge, Ways};
use crate::diagnostics::Result;
use crate::kpis::{Evidence, KPIS, Need, Place, Restated, Rows, Said, State, kpi_of, restated};
use crate::numeric::calendar::{DAY, day_of};
use crate::orders::NONE;
use crate::stage::{Context, MAIN, Stored};
use crate::stages::columns::Columns;
use crate::stages::orders::civil;
use crate::stages::words::measure_kpis as say;
use crate::tables::layouts::kpis as layouts;
use crate::tables::{Batches, ColumnType};

/// The tables of `clean-orders` whose rows are watched: how evidence names them, and their suffix.
const WATCHED: [(&str, &str); 3] = [("orders", MAIN), ("returns", "returns"), ("anonymous", "anonymous")];

impl MeasureKpis {
    /// Writes evidence and restatements; gives those for the report.
    pub(super) fn write_ledger(
        &self,
        cx: &mut Context,
        all: &[Ways],
        divided: &Divided,
        judge: &Judge,
    ) -> Result<Vec<Restated>> {
        let evidence = evidence(cx, &self.orders.0, judge.as_of)?;
        write_evidence(cx, &evidence)?;
        let now = says(all, divided);
        let found = match cx.previous.clone() {
            Some(previous) if previous.record.tables.contains_key("evidence") => {
                let mut before = said(&previous)?;
                // What this run does not measure at all is not restated.
                let measured: BTreeSet<_> = now.keys().map(|own| (&own.0, &own.2, &own.4)).collect();
                before.retain(|place, _| measured.contains(&(&place.0, &place.2, &place.4)));
                restated(&before, &now, (&read_evidence(&previous)?, &evidence))
            }
            _ => Vec::new(),
        };
        if !found.is_empty() {
            let final_before = found.iter().filter(|row| row.was_final).count();
            cx.note(say::RESTATED.with([("values", found.len().into()), ("final", final_before.into())]));
        }
        cx.metric("restated", found.len() as f64);
        write_restated(cx, &found)?;
        Ok(found)
    }
}

/// What this run says.
fn says(all: &[Ways], divided: &Divided) -> BTreeMap<Place, Said> {
    let mut says = BTreeMap::new();
    for ways in all {
        for row in &ways.figures {
            let (figure, kpi) = (&row.figure, &KPIS[row.figure.kpi]);
            let period = &ways.periods.list()[figure.period];
            let (by, segment) = divided.groups.name(figure.group).unwrap_or(("", ""));
            let place = [ways.periods.grain().name(), &period.name, by, segment, kpi.name].map(str::to_owned);
            let said = Said {
                value: figure.value,
                numerator: figure.numerator as f64 / kpi.measures.0.scale(),
                denominator: match kpi.is_total() {
                    true => f64::NAN,
                    false => figure.denominator as f64 / kpi.measures.1.scale(),
                },
                definition: kpi.definition.into(),
                over: row.state != State::Open,
                mature: row.state == State::Final,
                span: (period.start, period.end),
                of_orders: is_of_orders(kpi.need),
            };
            says.insert(place.into(), said);
        }
    }
    says
}

fn is_of_orders(need: Need) -> bool {
    matches!(need, Need::Orders | Need::Anonymous)
}

/// What the last good run said.
fn said(previous: &Stored) -> Result<BTreeMap<Place, Said>> {
    let table = Batches::read(&previous.table(MAIN)?, &[])?;
    let text = |name: &str| -> Result<Vec<String>> {
        Ok(table.texts(name)?.into_iter().map(Option::unwrap_or_default).collect())
    };
    let names = ["grain", "period", "dimension", "segment", "kpi"].map(text);
    let [grain, period, by, segment, kpi] = names;
    let (grain, period, by, segment, kpi) = (grain?, period?, by?, segment?, kpi?);
    let (value, numerator, denominator) =
        (table.numbers("value")?, table.numbers("numerator")?, table.numbers("denominator")?);
    let (definition, mature) = (table.integers("definition")?, table.booleans("mature")?);
    let (state, starts, ends) = (text("state")?, table.dates("starts")?, table.dates("ends")?);
    let midnight = |day: Option<i32>| i64::from(day.unwrap_or_default()) * DAY;
    let row = |at: usize| {
        let place = [&grain, &period, &by, &segment, &kpi].map(|column| column[at].clone());
        let need = kpi_of(&kpi[at]).map(|kpi| KPIS[kpi].need);
        let said = Said {
            value: value[at],
            numerator: numerator[at],
            denominator: denominator[at],
            definition: definition[at].unwrap_or_default(),
            over: state[at] != State::Open.name(),
            mature: mature[at].unwrap_or_default(),
            span: (midnight(starts[at]), midnight(ends[at])),
            of_orders: need.is_some_and(is_of_orders),
        };
        (place.into(), said)
    };
    Ok((0..table.rows()).map(row).collect())
}

/// What each file gave to each day before the as-of date.
fn evidence(cx: &Context, orders: &str, as_of: i64) -> Result<Evidence> {
    let mut evidence = Evidence::new();
    let stored = cx.input(orders);
    for (name, suffix) in WATCHED {
        if !stored.record.tables.contains_key(suffix) {
            continue;
        }
        let columns = ["customer", "order", "item", "time", "quantity", "amount", "source_file", "source_line"];
        let table = Batches::read(&stored.table(suffix)?, &columns)?;
        let digests = |column: &str| -> Result<Vec<u64>> {
            let (ids, names) = table.ids(column)?;
            let of: Vec<u64> = names.iter().map(|name| digest_of(name.bytes().map(u64::from))).collect();
            Ok(ids.into_iter().map(|id| of.get(id as usize).copied().unwrap_or_default()).collect())
        };
        let (customer, order, item) = (digests("customer")?, digests("order")?, digests("item")?);
        let (files, file_names) = table.ids("source_file")?;
        let (times, lines) = (civil(cx, &table, "time")?, table.integers("source_line")?);
        let (quantity, amount) = (table.decimals("quantity", 0)?, table.decimals("amount", 0)?);
        for row in (0..table.rows()).filter(|&row| times[row] < as_of) {
            let file = if files[row] == NONE { String::new() } else { file_names.get(files[row]).to_owned() };
            let line = lines[row].unwrap_or_default();
            let rows = evidence
                .entry((name.to_owned(), day_of(times[row]), file))
                .or_insert(Rows { lines: (line, line), ..Rows::default() });
            rows.count += 1;
            rows.money += i128::from(amount[row]);
            let fields =
                [customer[row], order[row], item[row], times[row] as u64, quantity[row] as u64, amount[row] as u64];
            rows.digest = rows.digest.wrapping_add(digest_of(fields.into_iter()));
            rows.lines = (rows.lines.0.min(line), rows.lines.1.max(line));
        }
    }
    Ok(evidence)
}

/// A digest of some numbers, by the steps of FNV-1a on 64 bits with a last mixing (splitmix64), so that sums of digests tell rows apart.
fn digest_of(fields: impl Iterator<Item = u64>) -> u64 {
    let mut hash =
        fields.fold(0xcbf2_9ce4_8422_2325_u64, |hash, field| (hash ^ field).wrapping_mul(0x0000_0100_0000_01b3));
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

fn write_evidence(cx: &mut Context, evidence: &Evidence) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .text("source", evidence.keys().map(|key| &key.0))
        .date("day", evidence.keys().map(|key| i32::try_from(key.1).unwrap_or_default()))
        .text("file", evidence.keys().map(|key| &key.2))
        .integer("rows", evidence.values().map(|rows| rows.count as i64))
        .decimal("money", ColumnType::Money, evidence.values().map(|rows| rows.money))
        .integer("digest", evidence.values().map(|rows| rows.digest as i64))
        .integer("first_line", evidence.values().map(|rows| rows.lines.0))
        .integer("last_line", evidence.values().map(|rows| rows.lines.1));
    cx.write("evidence", &layouts::EVIDENCE, &[columns.batch()])
}

fn read_evidence(previous: &Stored) -> Result<Evidence> {
    let table = Batches::read(&previous.table("evidence")?, &[])?;
    let (names, files) = (table.texts("source")?, table.texts("file")?);
    let (days, money) = (table.dates("day")?, table.decimals("money", 0)?);
    let integers = ["rows", "digest", "first_line", "last_line"].map(|name| table.integers(name));
    let [rows, digest, first, last] = integers;
    let (rows, digest, first, last) = (rows?, digest?, first?, last?);
    let whole = |column: &[Option<i64>], at: usize| column[at].unwrap_or_default();
    let row = |at: usize| {
        let key = (names[at].clone()?, days[at]?.into(), files[at].clone()?);
        let rows = Rows {
            count: whole(&rows, at) as u64,
            money: money[at].into(),
            digest: whole(&digest, at) as u64,
            lines: (whole(&first, at), whole(&last, at)),
        };
        Some((key, rows))
    };
    Ok((0..table.rows()).filter_map(row).collect())
}

fn write_restated(cx: &mut Context, found: &[Restated]) -> Result<()> {
    let maybe = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut columns = Columns::new();
    columns
        .text("grain", found.iter().map(|row| &row.place.0))
        .text("period", found.iter().map(|row| &row.place.1))
        .maybe_text("dimension", found.iter().map(|row| maybe(&row.place.2)))
        .maybe_text("segment", found.iter().map(|row| maybe(&row.place.3)))
        .text("kpi", found.iter().map(|row| &row.place.4))
        .maybe_number("said", found.iter().map(|row| row.said))
        .maybe_number("says", found.iter().map(|row| row.says))
        .boolean("was_final", found.iter().map(|row| row.was_final))
        .text("reason", found.iter().map(|row| row.reason.name()))
        .integer("rows", found.iter().map(|row| row.rows))
        .decimal("money", ColumnType::Money, found.iter().map(|row| row.money))
        .maybe_text("files", found.iter().map(|row| maybe(&row.files.join(", "))))
        .maybe_integer("first_line", found.iter().map(|row| row.lines.map(|lines| lines.0)))
        .maybe_integer("last_line", found.iter().map(|row| row.lines.map(|lines| lines.1)));
    cx.write("restated", &layouts::RESTATED, &[columns.batch()])
}
