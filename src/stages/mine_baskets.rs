//! `mine-baskets`: what is bought together, and which rules hold on later baskets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::history::civil;
use super::stage::{read_as, schema_of};
use super::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, Upstream};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::mining::{
    Baskets, Evidence, ItemsetSettings, Limits, ReadSettings, Rule, RuleSettings, Run, Support, Test, Validation,
    ValidationSettings, Verdict, adjust, collect_itemsets, corrections, estimate_itemsets, formats,
    general_confidences, itemset_kinds, measure, measures, mine_rules, p_value, productive, read_baskets, redundant,
    validate,
};
use crate::report::{self, Body, Section};
use crate::sources::plain::read_plain;
use crate::tables::baskets::ITEMSETS;
use crate::tables::orders::ORDERS;
use crate::tables::rules::RULES;
use crate::tables::{Batches, Date};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "mine-baskets",
    version: 1,
    meaning: "Finds items bought together and rules worth acting on, tested for chance and tried on later baskets.",
    example: r#"
[stage.lines]
kind = "ingest"
paths = ["orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.rules]
kind = "mine-baskets"
orders = "orders"
min_support = 0.005
min_confidence = 0.1
"#,
    read: read_as::<MineBaskets>,
    schema: schema_of::<MineBaskets>,
};

/// Itemsets and rules of baskets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MineBaskets {
    /// The stage with order lines; a basket is the distinct items of one order. Anonymous orders count too.
    #[serde(default)]
    orders: Option<Upstream>,
    /// Instead of `orders`: files with baskets in a form that other miners read.
    #[serde(default)]
    paths: Vec<String>,
    /// Form of these files: fimi, spmf, baskets-csv or long-csv.
    #[serde(default = "usual_format")]
    format: String,
    /// Least support of an itemset: below 1 a share of the baskets, otherwise a count.
    #[serde(default = "usual_support")]
    min_support: f64,
    /// Least confidence of a rule, 0 to 1.
    #[serde(default = "usual_confidence")]
    min_confidence: f64,
    /// Least rule lift.
    #[serde(default = "usual_lift")]
    min_lift: f64,
    /// Which itemsets the table of itemsets holds: all, closed, maximal or generators.
    #[serde(default = "usual_kind")]
    itemsets: String,
    /// Most items in an itemset or rule.
    #[serde(default = "usual_length")]
    max_length: usize,
    /// Most items in a consequent.
    #[serde(default = "one")]
    max_right: usize,
    /// Whether rules that a more general rule makes superfluous, or that chance could explain, are kept too.
    #[serde(default)]
    keep_all: bool,
    /// Level of significance after correction.
    #[serde(default = "usual_alpha")]
    alpha: f64,
    /// Correction for the number of rules tested: none, bonferroni, holm, bh or by.
    #[serde(default = "usual_correction")]
    correction: String,
    /// Days before the as-of date that rules are not mined from but tried on; 0 mines from all and tries nothing.
    #[serde(default = "usual_validation")]
    validate_days: u32,
    /// Further measures to add as columns; see `patron list measures`.
    #[serde(default)]
    measures: Vec<String>,
    /// Stops when more itemsets than this would be made.
    #[serde(default = "usual_budget")]
    max_itemsets: u64,
}

fn usual_format() -> String {
    "baskets-csv".to_owned()
}

fn usual_support() -> f64 {
    0.005
}

fn usual_confidence() -> f64 {
    0.1
}

fn usual_lift() -> f64 {
    1.0
}

fn usual_kind() -> String {
    "closed".to_owned()
}

fn usual_length() -> usize {
    5
}

fn one() -> usize {
    1
}

fn usual_alpha() -> f64 {
    0.05
}

fn usual_correction() -> String {
    "bh".to_owned()
}

fn usual_validation() -> u32 {
    90
}

fn usual_budget() -> u64 {
    5_000_000
}

/// Columns of the rules table that measures already have.
const BUILT_IN: [&str; 4] = ["count", "support", "confidence", "lift"];

/// Rules shown in the report.
const SHOWN: usize = 200;

impl Stage for MineBaskets {
    fn inputs(&self) -> Vec<Input> {
        self.orders.iter().map(|orders| orders.input("orders", Need::Table(&ORDERS))).collect()
    }

    fn output(&self) -> Output {
        Output::table(&RULES).and("itemsets", &ITEMSETS)
    }

    fn files(&self) -> Vec<String> {
        self.paths.clone()
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.orders.is_some() != self.paths.is_empty() {
            findings.push(Finding::at("orders", "give either `orders` or `paths`"));
        }
        let mut named = |key: &str, name: &str, names: Vec<&'static str>| {
            if !names.contains(&name) {
                let help = match did_you_mean(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", names.join(", ")),
                };
                findings.push(Finding::at(key, format!("there is no `{name}`")).help(help));
            }
        };
        named("format", &self.format, formats().iter().map(|row| row.name).collect());
        named("itemsets", &self.itemsets, itemset_kinds().iter().map(|row| row.name).collect());
        named("correction", &self.correction, corrections().iter().map(|row| row.name).collect());
        for name in &self.measures {
            named("measures", name, measures().iter().map(|row| row.name).collect());
        }
        if let Err(error) = self.support() {
            findings.push(Finding::at("min_support", error));
        }
        for (key, value) in [("min_confidence", self.min_confidence), ("alpha", self.alpha)] {
            if !(0.0..=1.0).contains(&value) {
                findings.push(Finding::at(key, format!("{value} is not from 0 to 1")));
            }
        }
        if self.max_right == 0 || self.max_length < 2 {
            findings.push(Finding::at("max_length", "a rule has at least one item on either side"));
        }
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let shop = match &self.orders {
            Some(orders) => Shop::of_orders(cx, &orders.0)?,
            None => Shop::of_files(cx, &self.format)?,
        };
        cx.made.rows_in = shop.baskets.len() as u64;
        cx.metric("baskets", shop.baskets.len() as f64);
        let (mined, later) = self.split(cx, &shop)?;
        let threads = rayon::current_num_threads();
        let progress = |done: f64| (cx.progress)(0.1 + 0.8 * done);
        let run = Run { threads, progress: &progress, ..Run::default() };
        let settings = self.itemset_settings();
        let estimate = estimate_itemsets(&mined, &settings, 2_000, cx.seed).map_err(bad_mining)?;
        cx.metric("itemsets_expected", estimate.itemsets);
        let (itemsets, outcome) = collect_itemsets(&mined, &settings, &run).map_err(bad_mining)?;
        if let Some(stopped) = outcome.stopped {
            return Err(self.over_budget(stopped.fitting_count));
        }
        let rules = mine_rules(&mined, &self.rule_settings(), &run).map_err(|error| match error {
            crate::mining::RuleError::Stopped { fitting, .. } => self.over_budget(fitting),
            other => Problem::new(&codes::BAD_DATA, other.to_string()).boxed(),
        })?;
        write_itemsets(cx, &shop, &itemsets, outcome.total)?;
        // Every way to split a frequent itemset with one item on the right was open to be tested.
        let tests: u64 = outcome.per_length.iter().enumerate().skip(1).map(|(n, count)| (n as u64 + 1) * count).sum();
        let judged = self.judge(cx, &mined, later.as_ref(), rules, tests as usize);
        self.write_rules(cx, &shop, &judged, later.as_ref())
    }
}

/// Baskets with the codes and names of their items.
struct Shop {
    baskets: Baskets,
    codes: Vec<String>,
    names: Vec<String>,
}

/// A rule with what is known of it.
struct Judged {
    rule: Rule,
    p_value: f64,
    evidence: Evidence,
    later: Option<Validation>,
}

impl MineBaskets {
    fn support(&self) -> std::result::Result<Support, String> {
        let support = if self.min_support >= 1.0 {
            Support::Count(self.min_support.round() as u64)
        } else {
            Support::Share(self.min_support)
        };
        support.checked().map_err(|e| e.to_string())
    }

    fn itemset_settings(&self) -> ItemsetSettings {
        let kind = itemset_kinds().iter().find(|row| row.name == self.itemsets).expect("checked").kind;
        ItemsetSettings {
            kind,
            support: self.support().expect("checked"),
            max_length: Some(self.max_length),
            limits: Limits { itemsets: Some(self.max_itemsets), memory: None },
            ..ItemsetSettings::default()
        }
    }

    fn rule_settings(&self) -> RuleSettings {
        RuleSettings {
            max_length: Some(self.max_length),
            max_right: self.max_right,
            limits: Limits { itemsets: Some(self.max_itemsets), memory: None },
            ..RuleSettings::new(self.support().expect("checked"), self.min_confidence)
        }
    }

    fn over_budget(&self, fitting: Option<u64>) -> Box<Problem> {
        let help = match fitting {
            Some(count) => format!("raise min_support to about {count} baskets, or raise max_itemsets"),
            None => "raise min_support or max_itemsets".to_owned(),
        };
        let message = format!("more than {} itemsets are that frequent", self.max_itemsets);
        Problem::new(&codes::BUDGET_REACHED, message).help(help).boxed()
    }

    /// The baskets to mine and the later ones to try the rules on.
    fn split(&self, cx: &mut Context, shop: &Shop) -> Result<(Baskets, Option<Baskets>)> {
        let times = match shop.baskets.times() {
            Some(times) if self.validate_days > 0 && !times.is_empty() => times,
            _ => return Ok((shop.baskets.clone(), None)),
        };
        let cut = cx.as_of()?.plus(-(self.validate_days as i32)).midnight();
        let before = times.iter().filter(|time| **time < cut).count();
        if before * 2 < times.len() || before == times.len() {
            cx.note(format!(
                "rules were not tried on later baskets: {before} of {} baskets are older than {} days",
                times.len(),
                self.validate_days
            ));
            return Ok((shop.baskets.clone(), None));
        }
        let (mined, later) = shop.baskets.split_at(cut).expect("the baskets have times");
        cx.metric("later_baskets", later.len() as f64);
        cx.note(format!(
            "mined from {} baskets before {}, tried on {} after",
            mined.len(),
            Date::of_civil_seconds(cut),
            later.len()
        ));
        Ok((mined, Some(later)))
    }

    /// Tests the rules, thins them, and tries what is left on later baskets.
    fn judge(
        &self,
        cx: &mut Context,
        mined: &Baskets,
        later: Option<&Baskets>,
        rules: Vec<Rule>,
        tests: usize,
    ) -> Vec<Judged> {
        let found = rules.len();
        let correction = corrections().iter().find(|row| row.name == self.correction).expect("checked").correction;
        let raw: Vec<f64> = rules.iter().map(|rule| p_value(rule.counts, Test::Fisher)).collect();
        let p_values = adjust(&raw, correction, tests.max(raw.len()));
        let general = general_confidences(&rules);
        let superfluous = redundant(&rules);
        let own_share = productive(&rules, mined, self.alpha);
        let min_support =
            self.support().map_or(0.0, |s| s.count(mined.total_weight()) as f64 / mined.total_weight().max(1) as f64);
        let mut kept: Vec<Judged> = rules
            .into_iter()
            .enumerate()
            .filter(|(i, rule)| {
                let fits = rule.counts.lift() >= self.min_lift;
                fits && (self.keep_all || (p_values[*i] <= self.alpha && !superfluous[*i] && own_share[*i]))
            })
            .map(|(i, rule)| {
                let evidence = Evidence {
                    counts: rule.counts,
                    general_confidence: general[i],
                    min_support,
                    min_confidence: self.min_confidence,
                };
                Judged { rule, p_value: p_values[i], evidence, later: None }
            })
            .collect();
        if let Some(later) = later {
            let rules: Vec<Rule> = kept.iter().map(|judged| judged.rule.clone()).collect();
            for (judged, validation) in kept.iter_mut().zip(validate(&rules, later, ValidationSettings::default())) {
                judged.later = Some(validation);
            }
            let holds = kept.iter().filter(|j| j.later.is_some_and(|v| v.verdict == Verdict::Holds)).count();
            cx.metric("rules_that_hold", holds as f64);
        }
        // What a rule adds beyond its consequent's own share, in baskets: the strongest and most frequent first.
        kept.sort_by(|a, b| {
            let worth = |j: &Judged| j.rule.counts.leverage();
            worth(b)
                .total_cmp(&worth(a))
                .then_with(|| (&a.rule.left, &a.rule.right).cmp(&(&b.rule.left, &b.rule.right)))
        });
        cx.metric("rules_found", found as f64);
        cx.metric("rules", kept.len() as f64);
        kept
    }

    fn write_rules(&self, cx: &mut Context, shop: &Shop, judged: &[Judged], later: Option<&Baskets>) -> Result<()> {
        let side = |items: &[u32], words: &[String]| {
            items.iter().map(|&item| words[item as usize].as_str()).collect::<Vec<_>>().join(" + ")
        };
        let counts = || judged.iter().map(|j| j.rule.counts);
        let mut columns = Columns::new();
        columns
            .text("antecedent", judged.iter().map(|j| side(&j.rule.left, &shop.codes)))
            .text("consequent", judged.iter().map(|j| side(&j.rule.right, &shop.codes)))
            .text("antecedent_names", judged.iter().map(|j| side(&j.rule.left, &shop.names)))
            .text("consequent_names", judged.iter().map(|j| side(&j.rule.right, &shop.names)))
            .integer("count", counts().map(|c| c.both as i64))
            .number("support", counts().map(|c| c.support()))
            .number("confidence", counts().map(|c| c.confidence()))
            .number("lift", counts().map(|c| c.lift()))
            .number("p_value", judged.iter().map(|j| j.p_value))
            .maybe_integer("later_count", judged.iter().map(|j| j.later.map(|v| v.counts.left as i64)));
        let of_later = |value: fn(&Validation) -> f64| {
            judged
                .iter()
                .map(move |j| j.later.as_ref().map_or(f64::NAN, value))
                .map(|v| if v.is_finite() { v } else { f64::NAN })
        };
        columns
            .maybe_number("later_confidence", of_later(|v| v.confidence))
            .maybe_number("later_low", of_later(|v| v.confidence_interval.0))
            .maybe_number("later_high", of_later(|v| v.confidence_interval.1))
            .maybe_number("later_lift", of_later(|v| v.lift))
            .maybe_boolean("holds", judged.iter().map(|j| holds(j.later.as_ref())));
        for name in self.measures.iter().filter(|name| !BUILT_IN.contains(&name.as_str())) {
            let measure = measure(name).expect("checked");
            columns.maybe_number(name, judged.iter().map(|j| measure.value(&j.evidence)));
        }
        cx.write(MAIN, &RULES, &[columns.batch()])?;
        let shown = judged.iter().take(SHOWN).map(|j| report::Rule {
            antecedent: j.rule.left.iter().map(|&item| shop.names[item as usize].clone()).collect(),
            consequent: j.rule.right.iter().map(|&item| shop.names[item as usize].clone()).collect(),
            count: j.rule.counts.both,
            support: j.rule.counts.support(),
            confidence: j.rule.counts.confidence(),
            lift: j.rule.counts.lift(),
            later_confidence: j.later.map_or(f64::NAN, |v| v.confidence),
            later_lift: j.later.map_or(f64::NAN, |v| v.lift),
        });
        let rules = report::Rules {
            rules: shown.collect(),
            found: judged.len() as u64,
            whole: cx.step.to_owned(),
            later: match (later, cx.made.as_of.as_deref().and_then(|d| d.parse::<Date>().ok())) {
                (Some(_), Some(as_of)) => format!("orders from {}", as_of.plus(-(self.validate_days as i32))),
                _ => String::new(),
            },
        };
        cx.section(Section::new(cx.step, Body::Rules(rules)));
        Ok(())
    }
}

/// Whether a rule holds in the later period; nothing where too few baskets can tell.
fn holds(later: Option<&Validation>) -> Option<bool> {
    match later?.verdict {
        Verdict::Holds => Some(true),
        Verdict::Fails => Some(false),
        Verdict::TooFew => None,
    }
}

fn bad_mining(error: crate::mining::MiningError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}

fn write_itemsets(cx: &mut Context, shop: &Shop, itemsets: &[crate::mining::Itemset], total: u64) -> Result<()> {
    let joined = |items: &[u32], words: &[String]| {
        items.iter().map(|&item| words[item as usize].as_str()).collect::<Vec<_>>().join(" + ")
    };
    let mut columns = Columns::new();
    columns
        .text("items", itemsets.iter().map(|set| joined(&set.items, &shop.codes)))
        .text("names", itemsets.iter().map(|set| joined(&set.items, &shop.names)))
        .integer("length", itemsets.iter().map(|set| set.items.len() as i64))
        .integer("count", itemsets.iter().map(|set| i64::from(set.support)))
        .number("support", itemsets.iter().map(|set| f64::from(set.support) / total.max(1) as f64));
    cx.metric("itemsets", itemsets.len() as f64);
    cx.write("itemsets", &ITEMSETS, &[columns.batch()])
}

impl Shop {
    fn of_orders(cx: &Context, stage: &str) -> Result<Shop> {
        let stored = cx.input(stage);
        let mut parts = vec![cx.read(stage, MAIN, &ORDERS)?];
        if stored.record.tables.contains_key("anonymous") {
            parts.push(cx.read(stage, "anonymous", &ORDERS)?);
        }
        // Items in the order of their codes, so that results do not depend on the order of the lines.
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut lines: Vec<(Vec<u32>, Vec<String>, Vec<u32>, Vec<String>, Vec<i64>)> = Vec::new();
        for part in &parts {
            let (order, orders) = part.ids("order")?;
            let (item, items) = part.ids("item")?;
            names_of(part, &item, &items, &mut names)?;
            lines.push((order, orders, item, items, civil(cx, part, "time")?));
        }
        let codes: Vec<String> = names.keys().cloned().collect();
        let place: BTreeMap<&str, u32> = codes.iter().enumerate().map(|(i, code)| (code.as_str(), i as u32)).collect();
        let mut rows: Vec<(i64, String, Vec<u32>)> = Vec::new();
        for (order, orders, item, items, time) in &lines {
            let to: Vec<u32> = items.iter().map(|code| place[code.as_str()]).collect();
            let mut of_order: Vec<(i64, Vec<u32>)> = vec![(i64::MAX, Vec::new()); orders.len()];
            for row in 0..order.len() {
                let basket = &mut of_order[order[row] as usize];
                basket.0 = basket.0.min(time[row]);
                basket.1.push(to[item[row] as usize]);
            }
            rows.extend(of_order.into_iter().zip(orders).map(|((time, items), order)| (time, order.clone(), items)));
        }
        rows.sort_unstable();
        // An order may have lines of a known and of an unknown customer; it is still one basket.
        let mut baskets = Baskets::new(codes.len() as u32);
        let mut times = Vec::with_capacity(rows.len());
        let mut merged: Vec<(i64, String, Vec<u32>)> = Vec::with_capacity(rows.len());
        rows.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        for row in rows {
            match merged.last_mut() {
                Some(last) if last.1 == row.1 => last.2.extend(row.2),
                _ => merged.push(row),
            }
        }
        merged.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        for (time, _, items) in &merged {
            baskets.push(items);
            times.push(*time);
        }
        let baskets = baskets.with_times(times).map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
        Ok(Shop { baskets, names: names.into_values().collect(), codes })
    }

    fn of_files(cx: &mut Context, format: &str) -> Result<Shop> {
        let format = formats().iter().find(|row| row.name == format).expect("checked").format;
        let [file] = cx.files else {
            return Problem::new(&codes::BAD_VALUE, format!("`paths` names {} files; give one", cx.files.len())).err();
        };
        let bytes = read_plain(&file.path).map_err(|e| Problem::new(&codes::BAD_SOURCE, e.to_string()).boxed())?;
        let read = read_baskets(&bytes, &ReadSettings { format, ..ReadSettings::default() })
            .map_err(|e| Problem::new(&codes::BAD_SOURCE, format!("{}: {e}", file.path.display())).boxed())?;
        if read.set_aside_lines > 0 {
            let first = read.set_aside.first().map(|s| format!("; line {}: {}", s.line, s.reason)).unwrap_or_default();
            cx.note(format!("{} lines were set aside{first}", read.set_aside_lines));
            cx.made.rejected = read.set_aside_lines;
        }
        let codes: Vec<String> = read.names.iter().map(str::to_owned).collect();
        Ok(Shop { baskets: read.baskets, names: codes.clone(), codes })
    }
}

/// Enters the name of each item, its code where it has none.
fn names_of(part: &Batches, item: &[u32], items: &[String], names: &mut BTreeMap<String, String>) -> Result<()> {
    let mut first: Vec<Option<u32>> = vec![None; items.len()];
    if part.has("description") {
        let (description, words) = part.ids("description")?;
        for (row, &item) in item.iter().enumerate() {
            let slot = &mut first[item as usize];
            if slot.is_none() && description[row] != u32::MAX {
                *slot = Some(description[row]);
            }
        }
        for (code, word) in items.iter().zip(&first) {
            let name = word.map_or_else(|| code.clone(), |word| words[word as usize].clone());
            names.entry(code.clone()).or_insert(name);
        }
    }
    for code in items {
        names.entry(code.clone()).or_insert_with(|| code.clone());
    }
    Ok(())
}
