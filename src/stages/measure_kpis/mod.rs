//! `measure-kpis`: how the shop does, per period and segment: KPIs with their intervals, bridges that close, drivers, prices and mix, cubes,
//! cohorts, and what the last run said otherwise.
//!
//! [`settings`] names the tables; [`divided`] makes periods, segments and the cube's dimensions of them; [`others`] reads what KPIs need
//! beside orders; [`judged`] compares figures and changes with the shop's past; [`ledger`] with the last run; [`lifted`] says what lists brought; [`writing`] makes the
//! tables and [`showing`] the report.

mod divided;
mod judged;
mod ledger;
mod lifted;
mod others;
mod settings;
mod showing;
mod writing;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::divided::Divided;
use self::judged::{Judge, Ways};
use self::settings::{
    AnswerTable, ComplaintTable, CostTable, Cube, ExpenseTable, OwnPeriods, ScoreTable, SegmentTable, SpendTable,
};
use super::contracts::ContractTable;
use super::examples;
use super::orders::{History, Wanted, orders};
use super::words::measure_kpis as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::kpis::{
    Figure, Grain, KPIS, MOST_DIMENSIONS, Need, ViewSettings, bridges, items, measure, of_customers, span,
};
use crate::numeric::calendar::DAY;
use crate::orders::AsOf;
use crate::report::Value;
use crate::stage::setting::{Chosen, Count, Number, Positive, Share, Span};
use crate::stage::{Context, Finding, Input, Kind, Known, Need as Needs, Output, Stage, Upstream, read_as, schema_of};
use crate::tables::layouts::campaign_results::CAMPAIGN_DAYS;
use crate::tables::layouts::kpis as layouts;
use crate::tables::layouts::orders::ORDERS;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "measure-kpis",
    version: 2,
    meaning: "Measures how the shop does per period and segment: every KPI with numerator, denominator and interval, bridges of customers and revenue that close to the cent, drivers, price, volume and mix, a cube, cohorts, and what the last run said otherwise.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.segments]
kind = "segment"
features = "features"

[stage.kpis]
kind = "measure-kpis"
orders = "orders"
segments = [{ from = "segments", columns = ["segment"] }]
cube = { by = ["quarter", "country", "segment"] }
"#,
    ],
    read: read_as::<MeasureKpis>,
    schema: schema_of::<MeasureKpis>,
};

/// KPIs of a shop. Its table has one row per period, segment and KPI.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MeasureKpis {
    /// The `clean-orders` stage.
    orders: Upstream,
    /// How time is divided; days are those of the run's zone.
    every: Vec<Chosen<Grain>>,
    /// The month, 1 to 12, with which the business year begins: quarters and years follow it. A year is named after the one in which it ends.
    year_begins: Count<1, 12>,
    /// The shop's own periods, beside those of `every`.
    calendar: Option<OwnPeriods>,
    /// Tables by whose columns customers are divided, such as `[{ from = "segments", columns = ["segment"] }]`.
    segments: Vec<SegmentTable>,
    /// Segments of a column, 1 to 1000, that are kept apart, the largest; the others are one.
    most_segments: Count<1, 1_000>,
    /// Who has not ordered for this span has defected, such as `180d` or `26w`.
    quiet: Span,
    /// Days, 0 to 366, after the end of a period in which late rows and returns are awaited: so long its values are provisional.
    wait_days: Count<0, 366>,
    /// Days, 0 to 3660, after the beginning of history in which customers look new who are not: so long, KPIs that look back are marked.
    edge_days: Count<0, 3_660>,
    /// Robust standard deviations beyond which a change is unusual; past changes of the shop set the limits.
    deviations: Positive,
    /// Smallest unusual change, 0 to 1, as a share of what was expected.
    least_change: Share,
    /// Days, 1 to 366, of a span of a cohort's age.
    cohort_days: Count<1, 366>,
    /// A cube of order lines for other tools.
    cube: Cube,
    /// Costs of items: contribution and profit.
    costs: Option<CostTable>,
    /// Whether goods that came back can be sold again, so that their cost comes back too.
    resold: bool,
    /// Further costs of customers, which `costs` are needed for.
    expenses: Option<ExpenseTable>,
    /// Money spent on acquisition: cost per new customer and, with `costs`, payback.
    spend: Option<SpendTable>,
    /// Answers to a survey: satisfaction.
    answers: Option<AnswerTable>,
    /// Complaints: rate and time to resolution.
    complaints: Option<ComplaintTable>,
    /// Contracts: customers under contract, and churn.
    contracts: Option<ContractTable>,
    /// A score of persistence, 0 to 1, per customer.
    loyalty: Option<ScoreTable>,
    /// A residual value per customer, in the shop's currency: customer equity.
    value: Option<ScoreTable>,
    /// The `measure-campaign` stage: what lists brought of each period's revenue by measurement against their control groups.
    campaigns: Option<Upstream>,
}

impl Default for MeasureKpis {
    fn default() -> MeasureKpis {
        MeasureKpis {
            orders: Upstream::default(),
            every: ["month", "quarter"].map(Chosen::usual).to_vec(),
            year_begins: Count::of(1),
            calendar: None,
            segments: Vec::new(),
            most_segments: Count::of(50),
            quiet: Span::of_days(180),
            wait_days: Count::of(30),
            edge_days: Count::of(365),
            deviations: Number::of(3.5),
            least_change: Number::of(0.05),
            cohort_days: Count::of(30),
            cube: Cube::default(),
            costs: None,
            resold: true,
            expenses: None,
            spend: None,
            answers: None,
            complaints: None,
            contracts: None,
            loyalty: None,
            value: None,
            campaigns: None,
        }
    }
}

impl Stage for MeasureKpis {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.orders.input("orders", Needs::Table(&ORDERS))];
        inputs.extend(self.tables().iter().map(settings::Table::input));
        inputs.extend(self.contracts.iter().map(ContractTable::input));
        let days = Needs::Also("days", &CAMPAIGN_DAYS);
        inputs.extend(self.campaigns.iter().map(|stage| stage.input("campaigns", days)));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&layouts::KPIS)
            .and("definitions", &layouts::DEFINITIONS)
            .and("customer_bridge", &layouts::CUSTOMER_BRIDGE)
            .and("revenue_bridge", &layouts::REVENUE_BRIDGE)
            .and("measured_lift", &layouts::MEASURED_LIFT)
            .and("drivers", &layouts::DRIVERS)
            .and("price_volume_mix", &layouts::PRICE_VOLUME_MIX)
            .and("item_changes", &layouts::ITEM_CHANGES)
            .and("cube", &layouts::CUBE)
            .and("cohorts", &layouts::COHORTS)
            .and("restated", &layouts::RESTATED)
            .and("evidence", &layouts::EVIDENCE)
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.every.is_empty() && self.calendar.is_none() {
            findings.push(Finding::at("every", "names no division of time; write every = [\"month\"]"));
        }
        let mut columns: Vec<&str> = self.segments.iter().flat_map(|t| &t.columns).map(String::as_str).collect();
        columns.sort_unstable();
        if let Some(pair) = columns.windows(2).find(|pair| pair[0] == pair[1]) {
            findings.push(
                Finding::at("segments", format!("two tables divide customers by `{}`", pair[0]))
                    .help("rename one of the columns with an `sql` stage"),
            );
        }
        findings.extend(self.check_cube(&columns));
        if let Some(answers) = &self.answers {
            if answers.satisfaction.is_none() && answers.recommend.is_none() {
                findings.push(Finding::at("answers", "name the column of the answers: `satisfaction` or `recommend`"));
            }
            let [worst, best] = answers.scale;
            if !(worst < best && worst.is_finite() && best.is_finite()) {
                findings.push(Finding::at("answers", "`scale` must be the worst and then the best answer"));
            }
        }
        if self.expenses.is_some() && self.costs.is_none() {
            findings
                .push(Finding::at("expenses", "further costs belong to contribution, which needs `costs` of items"));
        }
        findings.extend(self.contracts.iter().flat_map(ContractTable::findings));
        findings
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.tables().iter().flat_map(|table| table.check_columns(known)).collect();
        findings.extend(self.contracts.iter().flat_map(|contracts| contracts.check_columns(known, None)));
        findings
    }

    fn remembers(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = orders(cx, &self.orders.0, Wanted { names: true, ..Wanted::HISTORY })?;
        cx.made.rows_in = history.orders.lines() as u64;
        let as_of = cx.as_of()?.midnight();
        let known = AsOf::new(&history.orders, as_of);
        let Some((first, _)) = span(known) else {
            return Problem::new(&codes::TOO_LITTLE_DATA, "there is no order before the as-of date to measure")
                .help("check the as-of date under [run] and the stage `clean-orders`".to_owned())
                .err();
        };
        let divided = Divided::read(self, cx, &history, (first, as_of))?;
        let views = self.views(cx, &history, known)?;
        let judge = Judge::of(self, as_of, first);
        let wanted = of_customers(&views);
        let contracts = self.contracts.as_ref().map(|table| table.read(cx, None, &[])).transpose()?;
        let mut all: Vec<Ways> = Vec::new();
        for (at, periods) in divided.periods.iter().enumerate() {
            let progress = |done: f64| (cx.progress)((at as f64 + done) / (divided.periods.len() + 1) as f64);
            let measured = measure(known, periods, &divided.groups, &views, &wanted, &progress);
            let mut figures = measured.figures(periods);
            figures.extend(self.others(cx, &history, known, periods, &divided.groups, &views, contracts.as_ref())?);
            figures.sort_by_key(|figure| (figure.group, figure.period, figure.kpi));
            let bridges = bridges(known, periods, &divided.groups);
            let sold = items(known, periods);
            all.push(judge.ways(periods, &divided.groups, &measured, figures, bridges, sold));
        }
        let figures: Vec<&Figure> =
            all.iter().flat_map(|ways| ways.figures.iter().map(|judged| &judged.figure)).collect();
        let measured: Vec<bool> = (0..KPIS.len()).map(|kpi| figures.iter().any(|figure| figure.kpi == kpi)).collect();
        self.tell_absent(cx, &measured);
        writing::kpis(cx, &all, &divided)?;
        writing::definitions(cx, &measured, self.wait_days.get().into())?;
        writing::bridges(cx, &all, &divided)?;
        let lift = self.write_lift(cx, &all)?;
        writing::drivers(cx, &all, &divided)?;
        writing::prices(cx, &all, &history)?;
        self.write_cube(cx, &history, known, &divided)?;
        let cohorts = self.write_cohorts(cx, known, &divided)?;
        let restated = self.write_ledger(cx, &all, &divided, &judge)?;
        let found = showing::Found { lift, cohorts, restated };
        showing::show(cx, self, known, &all, &divided, found);
        Ok(())
    }
}

impl MeasureKpis {
    /// What looking at customers takes.
    fn views(&self, cx: &mut Context, history: &History, known: AsOf) -> Result<ViewSettings> {
        Ok(ViewSettings {
            quiet: self.quiet.days() * DAY,
            costs: self.read_costs(cx, history, known)?,
            resold: self.resold,
            expenses: self.read_expenses(cx, history)?,
        })
    }

    /// Whether the settings give what a KPI needs.
    fn gives(&self, need: Need) -> bool {
        match need {
            Need::Orders | Need::Anonymous => true,
            Need::Costs => self.costs.is_some(),
            Need::Spend => self.spend.is_some(),
            Need::SpendAndCosts => self.spend.is_some() && self.costs.is_some(),
            Need::Answers => self.answers.is_some(),
            Need::Invited => self.answers.as_ref().is_some_and(|answers| answers.asked),
            Need::Complaints => self.complaints.is_some(),
            Need::Contracts => self.contracts.is_some(),
            Need::Loyalty => self.loyalty.is_some(),
            Need::Value => self.value.is_some(),
        }
    }

    /// Notes the KPIs that a table would be needed for, by setting.
    fn tell_absent(&self, cx: &mut Context, measured: &[bool]) {
        let mut needs: Vec<Need> = KPIS.iter().map(|kpi| kpi.need).filter(|need| !self.gives(*need)).collect();
        needs.sort_unstable();
        needs.dedup();
        for need in needs {
            let names: Vec<&str> = KPIS.iter().filter(|kpi| kpi.need == need).map(|kpi| kpi.name).collect();
            cx.note(say::ABSENT.with([("setting", need.setting().into()), ("kpis", Value::from(&names[..]))]));
        }
        cx.metric("kpis", measured.iter().filter(|measured| **measured).count() as f64);
    }

    fn check_cube(&self, columns: &[&str]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.cube.by.len() > MOST_DIMENSIONS {
            findings.push(Finding::at("cube", format!("has {} dimensions; 6 are allowed", self.cube.by.len())));
        }
        for (at, name) in self.cube.by.iter().enumerate() {
            let known = divided::grain(name).is_some() || ["country", "category"].contains(&name.as_str());
            if !known && !columns.contains(&name.as_str()) {
                findings.push(Finding::at("cube", format!("there is no dimension `{name}`")).help(
                    "there are week, month, quarter, year, country, category and the columns of `segments`".to_owned(),
                ));
            }
            if layouts::CUBE.columns.iter().any(|column| column.name == name) {
                findings.push(
                    Finding::at("cube", format!("the cube has a column `{name}` of its own"))
                        .help("rename the segments' column with an `sql` stage".to_owned()),
                );
            }
            if self.cube.by[..at].contains(name) {
                findings.push(Finding::at("cube", format!("`{name}` stands twice among the dimensions")));
            }
        }
        for name in self.cube.sets.iter().flatten().filter(|name| !self.cube.by.contains(name)) {
            findings.push(Finding::at("cube", format!("`{name}` of `sets` is not among the dimensions of `by`")));
        }
        findings
    }
}
