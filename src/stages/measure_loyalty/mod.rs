//! `measure-loyalty`: persistence, firmness and stability of each customer, what these scores predicted in this shop, matrices of attitude and
//! behaviour, headroom and share of wallet.
//!
//! The work is in the pure rooms `loyalty` and `series`. In reading order: [`settings`]; [`reading`] has what customers said and what happened to them;
//! [`placing`] puts customers on axes and in cells, [`cells`] counts these; [`origins`] judges the scores on later data; [`taken_apart`] splits
//! the series of shop and segments; [`writing`] makes the tables and [`showing`] fills the report.

mod cells;
mod origins;
mod placing;
mod reading;
mod settings;
mod showing;
mod taken_apart;
mod writing;

use std::collections::BTreeSet;

use self::cells::Counted;
use self::placing::Placed;
use self::reading::Said;
use self::settings::MeasureLoyalty;
use self::taken_apart::Group;
use super::examples;
use super::orders::{History, Wanted, orders};
use super::persons::Places;
use super::words::measure_loyalty as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::loyalty::{
    Headroom, Judged, Measured, Regularity, Scored, Shock, Spending, headroom, measure, scores, wheat_morrison,
};
use crate::numeric::calendar::{DAY, day_of};
use crate::orders::{AsOf, NONE};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::loyalty::{
    LOYALTY, LOYALTY_AXES, LOYALTY_CELLS, LOYALTY_JUDGED, LOYALTY_MOVES, LOYALTY_PARTS, LOYALTY_SERIES,
};
use crate::tables::layouts::orders::ORDERS;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "measure-loyalty",
    version: 2,
    meaning: "Measures how loyal customers are: persistence, firmness and stability with intervals and a reason, what each score predicted on later data, matrices of attitude and behaviour, headroom and share of wallet.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.surveys]
kind = "ingest"
paths = ["surveys.csv"]

[stage.complaints]
kind = "ingest"
paths = ["complaints.csv"]

[stage.loyalty]
kind = "measure-loyalty"
orders = "orders"
answers = { from = "surveys", satisfaction = "s1", attitude = "recommend", scale = [0, 10] }
complaints = "complaints"
"#,
    ],
    read: read_as::<MeasureLoyalty>,
    schema: schema_of::<MeasureLoyalty>,
};

/// What loyalty looks at.
const WANTED: Wanted = Wanted {
    orders: false,
    items: false,
    names: false,
    categories: true,
    quantities: true,
    amounts: true,
    returns: true,
    anonymous: false,
};

/// Customers at one date.
struct Date {
    spending: Spending,
    measured: Measured,
    scored: Vec<Scored>,
}

/// What a run found.
struct Loyalty {
    /// Account ids by number, sorted.
    customers: Vec<String>,
    /// The as-of date.
    now: Date,
    /// Whether each customer's purchases are clumpier than those of random days; nothing without two purchases in the periods.
    clumpy: Vec<Option<bool>>,
    /// Different categories of the shop; 0 without categories.
    categories: usize,
    /// How regularly the shop's customers buy.
    regularity: Option<Regularity>,
    /// What customers alike spend; nothing where too few bought.
    headroom: Option<Headroom>,
    /// What each score predicted.
    judged: Vec<Judged>,
    /// Share of wallet by customer; NaN where nothing is known.
    wallets: Vec<f64>,
    placed: Placed,
    /// By matrix.
    cells: Vec<Counted>,
    /// The series of shop and segments.
    groups: Vec<Group>,
    /// Periods that make a year.
    season: usize,
}

impl Stage for MeasureLoyalty {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.orders.input("orders", Need::Table(&ORDERS))];
        inputs.extend(self.segments.iter().map(|stage| stage.input("segments", Need::Table(&CUSTOMERS))));
        inputs.extend(self.answers.iter().map(|table| table.from.input("answers", Need::Table(&CUSTOMERS))));
        inputs.extend(self.ratings.iter().map(|stage| stage.input("ratings", Need::Table(&CUSTOMERS))));
        inputs.extend(self.brands.iter().map(|table| table.from.input("brands", Need::Table(&CUSTOMERS))));
        inputs.extend(self.complaints.iter().map(|stage| stage.input("complaints", Need::Table(&CUSTOMERS))));
        inputs.extend(self.failures.iter().map(|stage| stage.input("failures", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&LOYALTY)
            .and("parts", &LOYALTY_PARTS)
            .and("series", &LOYALTY_SERIES)
            .and("axes", &LOYALTY_AXES)
            .and("cells", &LOYALTY_CELLS)
            .and("moves", &LOYALTY_MOVES)
            .and("judged", &LOYALTY_JUDGED)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.column_findings(known)
    }

    fn speaks(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = orders(cx, &self.orders.0, WANTED)?;
        cx.made.rows_in = history.orders.lines() as u64;
        let as_of = cx.as_of()?.midnight();
        let names = history.customers.to_vec();
        let said = self.said(cx, &Places::of(&names), day_of(as_of))?;
        let now = self.at(&history, as_of, &said);
        if now.spending.totals.is_empty() {
            return Problem::new(
                &codes::TOO_LITTLE_DATA,
                "no customer has bought one whole period before the as-of date",
            )
            .help("check the as-of date, `period` and what `clean-orders` set aside".to_owned())
            .err();
        }
        (cx.progress)(0.2);
        let judged = self.judged(cx, &history, as_of, &said)?;
        (cx.progress)(0.7);
        let found = self.found(cx, &history, (as_of, names), (now, said), judged)?;
        found.write(cx)?;
        found.tell(cx);
        found.show(cx);
        Ok(())
    }
}

impl MeasureLoyalty {
    /// Measures and scores all customers from what was known at a date, in civil seconds.
    fn at(&self, history: &History, date: i64, said: &Said) -> Date {
        let known = AsOf::new(&history.orders, date);
        let spending = Spending::of(known, self.span());
        let shocks: Vec<Shock> = said.shocks.iter().copied().filter(|shock| shock.day < spending.until).collect();
        let measured = measure(known, &spending, &shocks);
        let scored = scores(&measured.components, self.score_weights());
        Date { spending, measured, scored }
    }

    /// Everything else about the as-of date.
    fn found(
        &self,
        cx: &mut Context,
        history: &History,
        (as_of, customers): (i64, Vec<String>),
        (now, said): (Date, Said),
        judged: Vec<Judged>,
    ) -> Result<Loyalty> {
        // One horizon ago: where customers were, and what the cut of repeating is taken from.
        let before = self.at(history, as_of - self.horizon.days() * DAY, &said);
        let repeat = self.repeat_cut.map_or_else(|| MeasureLoyalty::usual_repeat(&before.measured), |cut| cut.get());
        // A shop younger than that has no earlier median.
        let repeat = if repeat.is_nan() { MeasureLoyalty::usual_repeat(&now.measured) } else { repeat };
        let placed = self.placed(&now.spending, &now.measured, &said, repeat);
        let placed_before = self.placed(&before.spending, &before.measured, &said, repeat);
        let cells = self.counted(&placed, &placed_before, &now.spending);
        let headroom = match headroom(&now.spending, self.headroom_periods.get() as usize, self.headroom_share.get()) {
            Ok(found) => Some(found),
            Err(error) => {
                cx.note(say::NO_HEADROOM.with([("why", error.to_string().into())]));
                None
            }
        };
        let mut wallets = vec![f64::NAN; customers.len()];
        let from = now.spending.until - self.answer_days.days();
        for wallet in said.wallets.iter().filter(|wallet| wallet.day >= from) {
            wallets[wallet.customer as usize] = wallet.share;
        }
        let spending = &now.spending;
        let regularity = wheat_morrison(|customer| spending.days(customer), spending.customers() as u32);
        let clumpy = cells::clumpy(spending, &now.measured, cx.seed);
        let groups = self.groups(cx, history, as_of)?;
        Ok(Loyalty {
            clumpy,
            categories: categories(AsOf::new(&history.orders, as_of)),
            regularity,
            headroom,
            judged,
            wallets,
            placed,
            cells,
            groups,
            season: self.season(),
            customers,
            now,
        })
    }
}

/// Different categories that anybody had bought by a date.
fn categories(known: AsOf) -> usize {
    let lines = (0..known.customers() as u32).filter_map(|customer| known.lines(customer).category);
    let bought: BTreeSet<u32> = lines.flatten().copied().filter(|category| *category != NONE).collect();
    bought.len()
}
