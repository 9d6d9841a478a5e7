//! `mine-sequences`: what customers buy one after the other, how many days later, and when to write to them.

mod check;
mod reading;
pub(super) mod rules;
mod sections;
mod settings;
mod wording;
pub(super) mod writing;

use super::examples;
use super::words::mine_sequences as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::sequences::{
    Budget, CycleSettings, Distance, Emptied, JourneySettings, Lengths, PatternList, RollUp, SequenceError,
    SequenceSettings, Sequences, collect_sequences, estimate_sequences, journeys, judge_predictors, repurchase_cycles,
};
use crate::mining::{Run, Support, Taxonomy};
use crate::stage::setting::ShareOrCount;
use crate::stage::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::sequences::{
    CYCLES, DUE, JOURNEYS, PATTERNS, PREDICTORS, SEQUENCE_RULES, SEQUENCE_TIMING, WEIGHTS,
};
use crate::tables::{Batches, Date};
use reading::Shop;
use settings::{ItemLevel, MineSequences};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "mine-sequences",
    version: 5,
    meaning: "Finds what customers buy one after the other and how many days later, tested for chance and tried on later orders.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.next]
kind = "mine-sequences"
orders = "orders"
days = 60
"#,
    ],
    read: read_as::<MineSequences>,
    schema: schema_of::<MineSequences>,
};

/// Last items that a predictor looks at, and predictions that are judged.
const PREDICT: (usize, usize) = (3, 10);

/// Random descents that the number of patterns is estimated from.
const PROBES: usize = 50;

/// Most different antecedents.
const MOST_PREFIXES: u64 = 2_000_000;

impl Stage for MineSequences {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.orders.input("orders", Need::Table(&ORDERS))];
        inputs.extend(self.weights.iter().map(|weights| weights.input("weights", Need::AnyTable)));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&SEQUENCE_RULES)
            .and("timing", &SEQUENCE_TIMING)
            .and("patterns", &PATTERNS)
            .and("cycles", &CYCLES)
            .and("due", &DUE)
            .and("journeys", &JOURNEYS)
            .and("predictors", &PREDICTORS)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let shop = Shop::read(cx, self)?;
        cx.made.rows_in = cx.input(&self.orders.0).record.rows_out;
        cx.metric("customers", shop.bought.customers() as f64);
        cx.metric("orders", shop.bought.elements() as f64);
        if shop.bought.elements() == 0 {
            for (suffix, layout) in std::iter::once((MAIN, &SEQUENCE_RULES)).chain(self.output().also) {
                cx.write(suffix, layout, &[])?;
            }
            return Ok(());
        }
        let as_of = cx.as_of()?;
        let until = self.mined_before(cx, &shop.bought, as_of);
        let judged_apart = until < as_of;
        let mut mined = self.mined(&shop, judged_apart.then(|| until.midnight()), Emptied::Gone)?;
        let rules = self.rules(cx, &shop, &mined, until, as_of)?;
        writing::rules(cx, &shop, &rules)?;
        sections::rules(cx, &shop, &rules);
        if judged_apart && self.merge_days > 0 || self.counts_orders() && shop.whole.is_some() {
            mined = self.mined(&shop, None, Emptied::Kept)?;
        }
        if let Some(weights) = &self.weights {
            mined = mined.with_weights(weights_of(cx, &weights.0, &shop.customers)?).map_err(bad)?;
        }
        let patterns = self.patterns(cx, &shop, &mined)?;
        writing::patterns(cx, &shop, &patterns)?;
        (cx.progress)(0.8);
        let cycles = repurchase_cycles(&shop.bought, &self.cycle_settings(as_of));
        writing::cycles(cx, &shop, &cycles)?;
        sections::cycles(cx, &shop, &cycles.0);
        (cx.progress)(0.9);
        let labels = shop.labels(*self.journey_by)?;
        let ways = journeys(&shop.bought, &labels.of_element, &self.journey_settings(as_of));
        writing::journeys(cx, &labels.names, &ways)?;
        sections::journeys(cx, &labels, &ways);
        let main: Vec<Vec<u32>> = (0..shop.bought.customers())
            .map(|customer| shop.main_item[shop.bought.elements_of(customer)].to_vec())
            .collect();
        let scores = judge_predictors(&main, PREDICT.0, PREDICT.1);
        writing::predictors(cx, &scores)?;
        sections::predictors(cx, &scores);
        Ok(())
    }
}

impl MineSequences {
    /// What rules and patterns are mined from: merged, but not over `apart_at`, and rolled up as the settings say.
    fn mined(&self, shop: &Shop, apart_at: Option<i64>, emptied: Emptied) -> Result<Sequences> {
        let all = shop.whole.as_ref().unwrap_or(&shop.bought);
        let merged = match self.merge_days {
            0 => all.clone(),
            days => all.merged_within(days, apart_at),
        };
        let merged = if shop.whole.is_some() { merged.of_items(&shop.read, emptied) } else { merged };
        let how = match *self.level {
            ItemLevel::Item => return Ok(merged),
            ItemLevel::Category => RollUp::Replace,
            ItemLevel::Both => RollUp::Beside,
        };
        if shop.categories() == 0 {
            return Problem::new(&codes::BAD_DATA, "the orders have no categories to roll items up to")
                .help("give `ingest` a category column, or leave `level` at item".to_owned())
                .err();
        }
        merged.rolled_up(&taxonomy(shop), shop.codes.len() as u32, how).map_err(bad)
    }

    fn patterns(&self, cx: &mut Context, shop: &Shop, mined: &Sequences) -> Result<(PatternList, u64)> {
        let settings = SequenceSettings {
            kind: self.patterns.kind,
            support: support_of(self.min_support),
            top: (self.top > 0).then_some(self.top),
            items: Lengths { min: 1, max: Some(self.max_items.get()) },
            elements: Lengths { min: self.min_orders.get(), max: Some(self.max_orders) },
            min_gap: self.min_gap.distance(),
            max_gap: self.max_gap.distance(),
            max_span: self.max_span.distance(),
            window_days: (self.window_days > 0).then_some(self.window_days),
            begins_with: shop.with_items_of(&self.begins_with),
            ends_with: shop.with_items_of(&self.ends_with),
            contains: shop.with_items_of(&self.contains),
            repeats: self.pattern_repeats,
            taxonomy: self.taxonomy(shop),
            budget: Budget { patterns: Some(self.max_patterns), ..Budget::default() },
        };
        let estimate = estimate_sequences(mined, &settings, PROBES, cx.seed).map_err(bad)?;
        cx.metric("patterns_expected", estimate.patterns);
        let progress = |done: f64| (cx.progress)(0.55 + 0.25 * done);
        let run = Run { threads: rayon::current_num_threads(), progress: &progress, ..Run::default() };
        let (patterns, outcome) = collect_sequences(mined, &settings, &run).map_err(bad)?;
        if let Some(stopped) = outcome.stopped {
            let message = format!("more than {} sequences are that frequent", self.max_patterns);
            let help = match stopped.fitting_count {
                Some(count) => format!("raise min_support to about {count} customers, or raise max_patterns"),
                None => "raise min_support or max_patterns".to_owned(),
            };
            return Problem::new(&codes::BUDGET_REACHED, message).help(help).err();
        }
        cx.metric("patterns", patterns.len() as f64);
        Ok((patterns, outcome.total))
    }

    fn cycle_settings(&self, as_of: Date) -> CycleSettings {
        CycleSettings {
            as_of: as_of.midnight(),
            min_gaps: self.min_gaps,
            min_repeat_share: self.min_repeat_share.get(),
            max_spread: self.max_spread.get(),
            min_purchases: self.due_purchases.get(),
            overdue_share: self.overdue_share.get(),
        }
    }

    fn journey_settings(&self, as_of: Date) -> JourneySettings {
        JourneySettings {
            as_of: as_of.midnight(),
            max_orders: self.journey_orders.get() as usize,
            lapse_days: self.lapse_days.get(),
            merge_repeats: self.merge_steps,
            paths: self.journeys,
        }
    }

    /// Whether a distance between orders of patterns is counted in orders.
    fn counts_orders(&self) -> bool {
        let gaps = [&self.min_gap, &self.max_gap, &self.max_span];
        gaps.into_iter().any(|gap| matches!(gap.distance(), Some(Distance::Orders(_))))
    }

    /// Items and their categories, where both are mined side by side.
    fn taxonomy(&self, shop: &Shop) -> Option<Taxonomy> {
        (*self.level == ItemLevel::Both).then(|| taxonomy(shop))
    }
}

fn support_of(support: ShareOrCount) -> Support {
    match support.get() {
        share if share < 1.0 => Support::Share(share),
        count => Support::Count(count as u64),
    }
}

fn taxonomy(shop: &Shop) -> Taxonomy {
    let parent = |item: u32| shop.category_of(item).unwrap_or(crate::mining::NO_PARENT);
    Taxonomy::new((0..shop.codes.len() as u32).map(parent).collect()).expect("categories have no parents")
}

/// The weights of the customers as whole numbers; 0 where the table does not say, the largest where it says several.
fn weights_of(cx: &mut Context, stage: &str, customers: &[String]) -> Result<Vec<u32>> {
    let path = cx.input(stage).table(MAIN)?;
    let names: Vec<&str> = WEIGHTS.columns.iter().map(|column| column.name).collect();
    let table = Batches::read(&path, &names).map_err(|p| Box::new(p.within(stage)))?;
    let mut weights = vec![None; customers.len()];
    let mut several = vec![false; customers.len()];
    for (customer, weight) in table.texts("customer")?.into_iter().zip(table.numbers("weight")?) {
        if weight.is_nan() {
            continue;
        }
        if let Some(at) = customer.and_then(|customer| customers.binary_search(&customer).ok()) {
            let known: &mut Option<f64> = &mut weights[at];
            several[at] |= known.is_some_and(|known| known != weight);
            *known = Some(known.map_or(weight, |known| known.max(weight)));
        }
    }
    let several = several.into_iter().filter(|several| *several).count();
    let weighed = weights.iter().flatten().filter(|weight| **weight >= 0.0).count();
    if weighed < customers.len() {
        let without = customers.len() - weighed;
        cx.note(say::NO_WEIGHT.with([("customers", without.into()), ("stage", stage.into())]));
    }
    let lost = weights.iter().flatten().filter(|weight| (0.0..0.5).contains(*weight) && **weight > 0.0).count();
    if lost > 0 {
        cx.note(say::SMALL_WEIGHT.with([("customers", lost.into()), ("stage", stage.into())]));
    }
    if several > 0 {
        cx.note(say::SEVERAL_WEIGHTS.with([("customers", several.into()), ("stage", stage.into())]));
    }
    // `as` takes what is not a number, or below 0, for 0.
    Ok(weights.into_iter().map(|weight| weight.unwrap_or(0.0).round() as u32).collect())
}

fn bad(error: SequenceError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}
