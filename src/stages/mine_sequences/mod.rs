//! `mine-sequences`: what customers buy one after the other, how many days later, and when to write to them.

mod check;
mod reading;
mod sections;
mod settings;
mod writing;

use super::examples;
use super::stage::{read_as, schema_of};
use super::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage};
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::sequences::{
    Budget, CycleSettings, Distance, FollowRules, FollowSettings, FollowVerdict, JourneySettings, LaterFollow, Lengths,
    PatternList, RollUp, SequenceError, Sequences, Settings, collect_sequences, estimate_sequences, journeys,
    judge_predictors, mine_follow_rules, repurchase_cycles, sequence_kinds, validate_follow_rules,
};
use crate::mining::{Run, Support, Taxonomy, corrections};
use crate::tables::Date;
use crate::tables::orders::ORDERS;
use crate::tables::sequences::{CYCLES, DUE, JOURNEYS, PATTERNS, PREDICTORS, SEQUENCE_RULES, SEQUENCE_TIMING};
use reading::Shop;
use settings::{ItemLevel, MineSequences};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "mine-sequences",
    version: 1,
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
        vec![self.orders.input("orders", Need::Table(&ORDERS))]
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
            for (suffix, contract) in std::iter::once((MAIN, &SEQUENCE_RULES)).chain(self.output().also) {
                cx.write(suffix, contract, &[])?;
            }
            return Ok(());
        }
        let as_of = cx.as_of()?;
        let mined = self.mined(&shop)?;
        let rules = self.rules(cx, &shop, &mined, as_of)?;
        writing::rules(cx, &shop, &rules)?;
        sections::rules(cx, &shop, &rules);
        let patterns = self.patterns(cx, &shop, &mined)?;
        writing::patterns(cx, &shop, &patterns)?;
        (cx.progress)(0.8);
        let cycles = repurchase_cycles(&shop.bought, &self.cycle_settings(as_of));
        writing::cycles(cx, &shop, &cycles)?;
        sections::cycles(cx, &shop, &cycles.0);
        (cx.progress)(0.9);
        let labels = shop.labels(self.journey_by);
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

/// The rules with what became of them later.
struct Rules {
    found: FollowRules,
    /// The strongest first: places in `found`.
    order: Vec<usize>,
    later: Option<Vec<LaterFollow>>,
    mined_before: Date,
    /// Customers with an order in the time mined from.
    customers: u64,
}

impl Rules {
    /// Whether a rule holds in the later period; nothing where too few can tell.
    fn holds(&self, rule: usize) -> Option<bool> {
        match self.later.as_ref()?[rule].verdict {
            FollowVerdict::Confirmed => Some(true),
            FollowVerdict::Failed => Some(false),
            FollowVerdict::Consistent | FollowVerdict::Untested => None,
        }
    }
}

impl MineSequences {
    /// What rules and patterns are mined from: merged and rolled up as the settings say.
    fn mined(&self, shop: &Shop) -> Result<Sequences> {
        let merged = match self.merge_days {
            0 => shop.bought.clone(),
            days => shop.bought.merged_within(days),
        };
        let how = match self.level {
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

    fn rules(&self, cx: &mut Context, shop: &Shop, mined: &Sequences, as_of: Date) -> Result<Rules> {
        let until = self.mined_before(cx, mined, as_of);
        let settings = self.follow_settings(mined, until);
        let run = |from: f64, share: f64| move |done: f64| from + share * done;
        let place = run(0.1, 0.45);
        let progress = |done: f64| (cx.progress)(place(done));
        let threads = rayon::current_num_threads();
        let mut found = mine_follow_rules(mined, &settings, &Run { threads, progress: &progress, ..Run::default() })
            .map_err(bad)?;
        if self.level == ItemLevel::Both {
            // Whoever buys an item again buys its category: no news.
            found.rules.retain(|rule| {
                let kin =
                    |item: u32| shop.category_of(item) == Some(rule.next) || shop.category_of(rule.next) == Some(item);
                !rule.prefix.iter().flatten().any(|&item| kin(item))
            });
        }
        let later = (until < as_of)
            .then(|| validate_follow_rules(&found, mined, until.midnight(), as_of.midnight(), &Run::threads(threads)));
        // What a rule adds to the usual, in customers: the strongest and most frequent first.
        let mut order: Vec<usize> = (0..found.rules.len()).collect();
        let worth = |rule: usize| found.rules[rule].figures.followers as f64 - found.rules[rule].figures.expected;
        order.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)).then(a.cmp(&b)));
        let before = mined.until(until.midnight());
        let customers = (0..before.customers()).filter(|&customer| !before.elements_of(customer).is_empty()).count();
        let rules = Rules { order, later, mined_before: until, customers: customers as u64, found };
        cx.metric("rules", rules.found.rules.len() as f64);
        cx.metric("rules_tested", rules.found.tested as f64);
        cx.metric("rules_not_significant", rules.found.not_significant as f64);
        if rules.later.is_some() {
            let holds = (0..rules.order.len()).filter(|&rule| rules.holds(rule) == Some(true)).count();
            let fails = (0..rules.order.len()).filter(|&rule| rules.holds(rule) == Some(false)).count();
            cx.metric("rules_that_hold", holds as f64);
            cx.metric("rules_that_fail", fails as f64);
        }
        Ok(rules)
    }

    /// The first day that rules are not mined from.
    fn mined_before(&self, cx: &mut Context, mined: &Sequences, as_of: Date) -> Date {
        let cut = as_of.plus(-(self.validate_days as i32));
        let all = mined.elements();
        let before = (0..all).filter(|&element| mined.time_of(element) < cut.midnight()).count();
        if self.validate_days == 0 {
            return as_of;
        }
        if before * 2 < all || before == all {
            cx.note(format!(
                "rules were not tried on later orders: {before} of {all} are older than {} days",
                self.validate_days
            ));
            return as_of;
        }
        cx.note(format!("rules were mined from {before} orders before {cut} and tried on {} after", all - before));
        cut
    }

    fn follow_settings(&self, mined: &Sequences, until: Date) -> FollowSettings {
        let least = self.support_of(self.rule_support).count(mined.total_weight()).max(self.min_followers);
        FollowSettings {
            as_of: until.midnight(),
            horizon_days: self.days,
            support: Support::Count(least),
            min_confidence: self.min_confidence,
            min_lift: self.min_lift,
            max_prefix_elements: self.antecedent_orders,
            max_prefix_items: self.antecedent_items,
            max_prefixes: MOST_PREFIXES,
            step_days: (self.antecedent_orders > 1).then_some(self.step_days),
            repeats: self.repeats,
            correction: corrections().iter().find(|row| row.name == self.correction).expect("checked").correction,
            level: self.alpha,
            send_share: self.send_share,
        }
    }

    fn patterns(&self, cx: &mut Context, shop: &Shop, mined: &Sequences) -> Result<(PatternList, u64)> {
        let named = |names: &[String]| shop.named(names).0;
        let settings = Settings {
            kind: sequence_kinds().iter().find(|row| row.name == self.patterns).expect("checked").kind,
            support: self.support_of(self.min_support),
            top: (self.top > 0).then_some(self.top),
            items: Lengths { min: 1, max: Some(self.max_items) },
            elements: Lengths { min: self.min_orders, max: Some(self.max_orders) },
            min_gap: distance(&self.min_gap).expect("checked"),
            max_gap: distance(&self.max_gap).expect("checked"),
            max_span: distance(&self.max_span).expect("checked"),
            window_days: (self.window_days > 0).then_some(self.window_days),
            begins_with: named(&self.begins_with),
            ends_with: named(&self.ends_with),
            contains: named(&self.contains),
            taxonomy: (self.level == ItemLevel::Both).then(|| taxonomy(shop)),
            budget: Budget { patterns: Some(self.max_patterns), ..Budget::default() },
            ..Settings::default()
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
            min_repeat_share: self.min_repeat_share,
            max_spread: self.max_spread,
            min_purchases: self.due_purchases,
            overdue_share: self.overdue_share,
        }
    }

    fn journey_settings(&self, as_of: Date) -> JourneySettings {
        JourneySettings {
            as_of: as_of.midnight(),
            max_orders: self.journey_orders,
            lapse_days: self.lapse_days,
            merge_repeats: self.merge_steps,
            paths: self.journeys,
        }
    }

    fn support_of(&self, support: f64) -> Support {
        if support >= 1.0 { Support::Count(support.round() as u64) } else { Support::Share(support) }
    }
}

fn taxonomy(shop: &Shop) -> Taxonomy {
    let parent = |item: u32| shop.category_of(item).unwrap_or(crate::mining::NO_PARENT);
    Taxonomy::new((0..shop.codes.len() as u32).map(parent).collect()).expect("categories have no parents")
}

/// A distance as written; nothing for an empty text.
fn distance(text: &str) -> std::result::Result<Option<Distance>, String> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn bad(error: SequenceError) -> Box<Problem> {
    let code = match error {
        SequenceError::TooManyPrefixes { .. } => &codes::BUDGET_REACHED,
        _ => &codes::BAD_DATA,
    };
    Problem::new(code, error.to_string()).boxed()
}
