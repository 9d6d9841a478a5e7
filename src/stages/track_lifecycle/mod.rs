//! `track-lifecycle`: where each customer is in the life of a customer, how customers move, and what that is worth.
//!
//! [`settings`] has what can be set, [`periods`] the dates; [`contacts`] reads who was contacted; [`writing`] makes the tables and
//! [`showing`] the sections of the report.

mod contacts;
mod periods;
mod settings;
mod showing;
mod writing;

use self::contacts::Contacts;
use self::settings::TrackLifecycle;
use super::contracts::Read;
use super::examples;
use super::orders::{History, Wanted, orders};
use super::persons::Places;
use super::words::lifecycle as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::features::ContractsAsOf;
use crate::lifecycle::hidden::{Verdict, judge};
use crate::lifecycle::{
    Contact, Matrix, Odds, Rhythm, STAGES, Stage as LifeStage, Track, VERSION, Valued, migrations, rewards, track,
    track_contracts, two_step_gap,
};
use crate::numeric::calendar::{DAY, day_of};
use crate::numeric::random::fnv1a;
use crate::orders::AsOf;
use crate::report::{Unit, Value};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Stage, read_as, schema_of};
use crate::tables::Date;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::lifecycle::{HIDDEN_STATES, LIFE_STAGES, MIGRATIONS, STAGE_HISTORY, STAGE_VALUE};
use crate::tables::layouts::orders::ORDERS;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "track-lifecycle",
    version: 3,
    meaning: "Follows each customer through the stages of life: stage and time in it, who moved and which move changed, chances of the next stage, and what each stage is worth.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.life]
kind = "track-lifecycle"
orders = "orders"
"#,
    ],
    read: read_as::<TrackLifecycle>,
    schema: schema_of::<TrackLifecycle>,
};

/// Nobody can have a stage.
const NO_SOURCE: &str = "names neither `orders` nor `contracts`";
/// What stages and their value look at.
const WANTED: Wanted = Wanted {
    orders: false,
    items: false,
    names: false,
    categories: false,
    quantities: true,
    amounts: true,
    returns: true,
    anonymous: false,
};
/// Fewest customers of a row whose two steps are compared.
const LEAST_ROW: u64 = 100;

/// What a run found.
struct Life {
    /// Account ids by number, sorted.
    customers: Vec<String>,
    /// Stages at the ends of periods and, last, at the as-of date.
    track: Track,
    /// How many of its dates are ends of periods: all, or all but the last.
    over: usize,
    /// Moves between ends of periods.
    steps: Vec<Matrix>,
    /// Chances of the next stage.
    odds: Odds,
    /// Logarithmic losses of such chances with and without the time in the stage, on so many last steps.
    judged: Option<((f64, f64), usize)>,
    /// Steps that chances and values are learned from, as places of the dates that they end at.
    learned: std::ops::Range<usize>,
    /// What customers are worth by stage; nothing without orders or moves.
    worth: Vec<Valued>,
    /// Periods that value looks ahead; nothing for all to come.
    horizon: Option<usize>,
    /// Hidden states and whether they are better.
    hidden: Option<Verdict>,
    /// The season of the period that ends at each date.
    season: Vec<usize>,
    /// The season of the period after the last that is over.
    next_season: usize,
    /// Version of the rules and their settings.
    rules: String,
    /// Whether contracts decide.
    by_contract: bool,
}

impl Stage for TrackLifecycle {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs: Vec<Input> = self.contracts.iter().map(super::contracts::ContractTable::input).collect();
        inputs.extend(self.orders.iter().map(|stage| stage.input("orders", Need::Table(&ORDERS))));
        inputs.extend(self.contacts.iter().map(|table| table.from.input("contacts", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&LIFE_STAGES)
            .and("history", &STAGE_HISTORY)
            .and("migrations", &MIGRATIONS)
            .and("matrix_value", &STAGE_VALUE)
            .and("hidden", &HIDDEN_STATES)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.contracts.iter().flat_map(|contracts| contracts.check_columns(known, None)).collect();
        if let Some(table) = &self.contacts {
            let own = [&table.at, &table.control];
            findings.extend(own.into_iter().filter_map(|column| known.column("contacts", &table.from.0, column)));
        }
        findings
    }

    fn remembers(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = self.orders.as_ref().map(|stage| orders(cx, &stage.0, WANTED)).transpose()?;
        let read = match &self.contracts {
            Some(table) => Some(table.read(cx, None, &[])?),
            None => None,
        };
        let life = match (read, history) {
            (Some(read), history) => self.of_contracts(cx, read, history.as_ref())?,
            (None, Some(history)) => self.of_orders(cx, history)?,
            (None, None) => return Problem::new(&codes::BAD_VALUE, NO_SOURCE).err(),
        };
        life.write(cx)?;
        life.tell(cx)?;
        life.show(cx);
        Ok(())
    }
}

impl TrackLifecycle {
    /// Ends of the periods since the day `first` and the as-of date, and how many of them are ends.
    fn dates(&self, first: i64, as_of: i64) -> (Vec<i64>, usize) {
        let mut days = self.period.ends(first, as_of);
        let over = days.len();
        if days.last() != Some(&as_of) {
            days.push(as_of);
        }
        (days.iter().map(|day| day * DAY).collect(), over)
    }

    /// The ends that are kept, and the as-of date after them.
    fn kept(&self, dates: usize, over: usize) -> usize {
        (self.periods.get() as usize).min(over) + (dates - over)
    }

    fn of_orders(&self, cx: &mut Context, history: History) -> Result<Life> {
        cx.made.rows_in = history.orders.lines() as u64;
        let as_of = cx.as_of()?.midnight();
        let Some(first) = Rhythm::of(AsOf::new(&history.orders, as_of)).begins else {
            return Problem::new(&codes::TOO_LITTLE_DATA, "no customer has ordered before the as-of date")
                .help("check the as-of date and what `clean-orders` set aside".to_owned())
                .err();
        };
        let (dates, over) = self.dates(first, day_of(as_of));
        let known: Vec<AsOf> = dates.iter().map(|date| AsOf::new(&history.orders, *date)).collect();
        let rules = self.rules.by_orders();
        let keep = self.kept(dates.len(), over);
        let track = track(&known, &rules, keep).map_err(bad)?;
        let known = &known[known.len() - keep..];
        let over = over - (dates.len() - keep);
        let names = history.customers.to_vec();
        let places = Places::of(&names);
        let contacts = self.contacts(cx, &places, &track)?;
        let worth = self.worth(cx, &track, over, Some((known, &Some)), &contacts)?;
        let season: Vec<usize> = track.dates.iter().map(|date| self.period.season(day_of(*date))).collect();
        let hidden = judge(&track.until(over), &season[..over], self.period.seasons());
        Ok(self.life(names, track, over, worth, (hidden, season), (format!("{rules:?}"), false)))
    }

    fn of_contracts(&self, cx: &mut Context, read: Read, history: Option<&History>) -> Result<Life> {
        let as_of = cx.as_of()?.midnight();
        let now = read.contracts.as_of(as_of);
        cx.made.rows_in = now.customers() as u64;
        let first_of = |customer: u32| {
            let begun = now.spells(customer).next().map(|spell| spell.from);
            begun.into_iter().chain(now.end_alone(customer).map(|exit| exit.time)).min()
        };
        let Some(first) = (0..now.customers() as u32).filter_map(first_of).min() else {
            return Problem::new(&codes::TOO_LITTLE_DATA, "no contract has begun before the as-of date")
                .help("check the as-of date and the column of `since`".to_owned())
                .err();
        };
        let (dates, over) = self.dates(day_of(first), day_of(as_of));
        let known: Vec<ContractsAsOf> = dates.iter().map(|date| read.contracts.as_of(*date)).collect();
        let rules = self.rules.by_contracts();
        let keep = self.kept(dates.len(), over);
        let track = track_contracts(&known, &rules, keep).map_err(bad)?;
        let over = over - (dates.len() - keep);
        let contacts = self.contacts(cx, &Places::of(&read.customers), &track)?;
        let worth = match history {
            Some(history) => {
                let orders: Vec<AsOf> = track.dates.iter().map(|date| AsOf::new(&history.orders, *date)).collect();
                let places = Places::of(&history.customers.to_vec());
                let place: Vec<Option<u32>> =
                    read.customers.iter().map(|name| places.get(name).map(|place| place as u32)).collect();
                self.worth(cx, &track, over, Some((&orders, &|customer: u32| place[customer as usize])), &contacts)?
            }
            None => self.worth(cx, &track, over, None, &contacts)?,
        };
        let season = track.dates.iter().map(|date| self.period.season(day_of(*date))).collect();
        Ok(self.life(read.customers, track, over, worth, (None, season), (format!("{rules:?}"), true)))
    }

    /// Periods that value looks ahead; nothing for all to come.
    fn horizon(&self) -> Option<usize> {
        self.horizon.span().map(|span| self.period.within(span.days()))
    }

    /// Steps that chances and values are learned from: those of about a year.
    fn learned(&self, over: usize) -> std::ops::Range<usize> {
        over.saturating_sub(self.period.a_year()).max(1)..over.max(1)
    }

    fn contacts(&self, cx: &mut Context, places: &Places, track: &Track) -> Result<Option<Contacts>> {
        self.contacts.as_ref().map(|table| Contacts::read(cx, table, places, track)).transpose()
    }

    /// What customers of each stage are worth. `money` has the orders at the dates of the track, and a customer's number among them.
    fn worth(
        &self,
        cx: &mut Context,
        track: &Track,
        over: usize,
        money: Option<(&[AsOf], &(dyn Fn(u32) -> Option<u32> + Sync))>,
        contacts: &Option<Contacts>,
    ) -> Result<Vec<Valued>> {
        let learned = self.learned(over);
        let Some((known, customer_of)) = money.filter(|_| !learned.is_empty()) else { return Ok(Vec::new()) };
        let contact = |customer: u32, end: usize| {
            contacts.as_ref().map_or(Contact::Unknown, |contacts| contacts.between(customer, end))
        };
        let sums = rewards(track, known, learned, customer_of, &contact);
        let discount = self.period.discount(self.discount.get());
        let worth = sums
            .value(discount, self.margin.get(), self.contact_cost.get(), self.horizon())
            .map_err(|error| Problem::new(&codes::BAD_DATA, error.to_string()).boxed())?;
        if contacts.is_some() && worth.iter().all(|row| row.gain.is_nan()) {
            cx.note(&say::NO_CONTROLS);
        }
        Ok(worth)
    }

    fn life(
        &self,
        customers: Vec<String>,
        track: Track,
        over: usize,
        worth: Vec<Valued>,
        (hidden, season): (Option<Verdict>, Vec<usize>),
        (rules, by_contract): (String, bool),
    ) -> Life {
        let steps = migrations(&track).into_iter().take(over.saturating_sub(1)).collect();
        let learned = self.learned(over);
        let later = (over / 4).clamp(1, 6);
        let judged = if over >= 8 { Odds::judge(&track, 1..over - later, over - later..over) } else { None };
        let odds = Odds::learn(&track, learned.clone());
        let odds = if judged.is_some_and(|(with, without)| with > without) { odds.without_time() } else { odds };
        let (judged, horizon) = (judged.map(|losses| (losses, later)), self.horizon());
        let rules = format!("{VERSION}-{:08x}", fnv1a(rules.as_bytes()) as u32);
        let end = track.dates[..over].last().or(track.dates.last()).map_or(0, |date| day_of(*date));
        let next_season = self.period.ends(end, end + 100).first().map_or(0, |end| self.period.season(*end));
        Life {
            customers,
            track,
            over,
            steps,
            odds,
            judged,
            learned,
            worth,
            horizon,
            hidden,
            season,
            next_season,
            rules,
            by_contract,
        }
    }
}

fn bad(error: crate::lifecycle::RulesError) -> Box<Problem> {
    Problem::new(&codes::BAD_VALUE, error.to_string()).boxed()
}

impl Life {
    /// A date of the track.
    fn date(&self, place: usize) -> Date {
        Date::of_civil_seconds(self.track.dates[place])
    }

    /// Customers in a stage at a date.
    fn count(&self, place: usize, stage: LifeStage) -> u64 {
        (0..self.customers.len() as u32).filter(|&c| self.track.of(c)[place].stage == stage).count() as u64
    }

    /// Figures and remarks for people.
    fn tell(&self, cx: &mut Context) -> Result<()> {
        for row in STAGES.iter().filter(|row| row.stage != LifeStage::Prospect) {
            cx.metric(&format!("stage_{}", row.name), self.count(self.track.dates.len() - 1, row.stage) as f64);
        }
        if self.steps.is_empty() {
            cx.note(&say::SHORT);
        }
        if let Some(flips) = self.track.until(self.over).flips() {
            cx.metric("flips", flips);
            cx.note(say::FLIPS.with([("flips", Value::Number(flips, Unit::Number(2)))]));
        }
        if let Some(((with, without), later)) = self.judged {
            cx.metric("next_stage_loss", with);
            cx.metric("next_stage_loss_without_time", without);
            let loss = |value| Value::Number(value, Unit::Number(4));
            let said = if with > without { &say::ODDS_WITHOUT } else { &say::ODDS };
            cx.note(said.with([("with", loss(with)), ("without", loss(without)), ("steps", later.into())]));
        }
        match &self.hidden {
            None if self.by_contract => {}
            None => cx.note(&say::HIDDEN_NONE),
            Some(verdict) => {
                let loss = |value| Value::Number(value, Unit::Number(4));
                cx.metric("hidden_loss", verdict.loss.0);
                cx.metric("hidden_loss_rules", verdict.loss.1);
                let said = if verdict.better { &say::HIDDEN_BETTER } else { &say::HIDDEN_WORSE };
                cx.note(said.with([
                    ("states", verdict.hidden.chain.states().into()),
                    ("loss", loss(verdict.loss.0)),
                    ("rules", loss(verdict.loss.1)),
                ]));
                if !verdict.hidden.converged {
                    cx.note(&say::HIDDEN_UNSETTLED);
                }
            }
        }
        self.tell_restated(cx)
    }

    /// Where two steps differ most from one step done twice, if they do.
    fn memory(&self) -> Option<(LifeStage, LifeStage, f64, f64)> {
        two_step_gap(&self.track.until(self.over), LEAST_ROW)
    }
}
