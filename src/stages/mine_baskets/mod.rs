//! `mine-baskets`: what is bought together, and which rules hold on later baskets.

mod drift;
mod judge;
mod shop;
mod shown;
mod wanted;
mod write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::examples;
use super::rows::days;
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::{
    Baskets, Itemset, ItemsetKind, ItemsetSettings, Limits, MiningError, Outcome, Rule, RuleBase, RuleError,
    RuleSettings, Run, StopReason, Support, Test, affinity_matrix, bundles, collect_itemsets, corrections,
    estimate_itemsets, fitting_support, formats, itemset_kinds, measures, mine_rules, rule_bases, rules_of_itemsets,
    significance_tests, substitutes,
};
use crate::outside::{Gives, Outside};
use crate::stage::{Context, Finding, Input, Kind, Need, Output, Stage, Upstream, read_as, schema_of};
use crate::tables::Date;
use crate::tables::layouts::baskets::{AFFINITY, BUNDLES, HIGH_UTILITY, ITEMSETS, SUBSTITUTES};
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::rules::{RULE_DRIFT, RULES};
use judge::{BY_P_VALUE, BY_VALUE, Bench, margins};
use shop::Shop;
use wanted::ItemRules;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "mine-baskets",
    version: 6,
    meaning: "Finds items bought together and rules worth acting on, tested for chance and tried on later baskets.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.rules]
kind = "mine-baskets"
orders = "orders"
min_support = 0.005
min_confidence = 0.1
"#,
    ],
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
    /// Instead of `orders`: files with baskets in a form that other miners read. They have no times, so rules are tried on
    /// nothing later.
    #[serde(default)]
    paths: Vec<String>,
    /// Form of these files: fimi, spmf, baskets-csv or long-csv (the order in the first column, the item in the second).
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
    /// What rules are built from: all itemsets, closed ones, or generators (minimal non-redundant rules: the shortest
    /// antecedent, the longest consequent; give `max_right` room).
    #[serde(default = "usual_base")]
    base: String,
    /// Most items in an itemset or rule.
    #[serde(default = "usual_length")]
    max_length: usize,
    /// Most items in a consequent.
    #[serde(default = "one")]
    max_right: usize,
    /// What is mined: `items`, their `categories`, or `both` together (rules across levels; none of an item and its own
    /// category). Categories stand among the items as `category:NAME`.
    #[serde(default = "usual_levels")]
    levels: String,
    /// Which items a rule must, may and must not have, and on which side.
    #[serde(default)]
    items: ItemRules,
    /// What a basket weighs: `none` (each 1), `recency` (half as much every `half_life`) or `amount` (its money). Supports
    /// and measures are then shares of weight; p-values and later periods go by baskets.
    #[serde(default = "usual_weight")]
    weight: String,
    /// In which span a basket loses half of its weight.
    #[serde(default = "usual_half_life")]
    half_life: String,
    /// Whether rules that a more general rule makes superfluous, or that chance could explain, are kept too.
    #[serde(default)]
    keep_all: bool,
    /// Level of significance after correction.
    #[serde(default = "usual_alpha")]
    alpha: f64,
    /// What rules are tested against: `basket-size` (chance keeps the sizes of baskets; large baskets hold some of
    /// everything), fisher or chi-squared (each basket as likely as any other to hold an item). Later baskets, bundles,
    /// affinities and substitutes are judged by the same chance.
    #[serde(default = "usual_test")]
    test: String,
    /// Correction for the number of rules tested: none, bonferroni, holm, benjamini-hochberg or benjamini-yekutieli.
    #[serde(default = "usual_correction")]
    correction: String,
    /// Days before the as-of date that rules are not mined from but tried on; 0 mines from all and tries nothing.
    #[serde(default = "usual_validation")]
    validate_days: u32,
    /// Level of the intervals of the later period, such as 0.95.
    #[serde(default = "usual_level")]
    validate_level: f64,
    /// Further measures to add as columns; see `patron list measures`.
    #[serde(default)]
    measures: Vec<String>,
    /// What puts the best rule first: a measure, `expected_value` or `p_value`.
    #[serde(default = "usual_rank")]
    rank_by: String,
    /// Only so many rules, the best ones. Default: all.
    #[serde(default)]
    top: Option<usize>,
    /// The stage with a table of items and their `unit_cost`: gives rules an expected value.
    #[serde(default)]
    costs: Option<Upstream>,
    /// Instead of `costs`: the share of the price that is margin, the same for all items.
    #[serde(default)]
    margin: Option<f64>,
    /// Also finds the itemsets that earn at least this much: below 1 a share of all margin, otherwise money.
    #[serde(default)]
    min_utility: Option<f64>,
    /// How many of the most frequent items the tables of affinities and substitutes pair; 0 for none.
    #[serde(default = "usual_affinity")]
    affinity_items: usize,
    /// Most bundles to suggest; 0 for none.
    #[serde(default = "usual_bundles")]
    bundles: usize,
    /// Also writes the rules as files: csv, json, pmml.
    #[serde(default)]
    exports: Vec<String>,
    /// Stops when more itemsets, or more rules, than this would be made.
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
    "benjamini-hochberg".to_owned()
}

fn usual_validation() -> u32 {
    90
}

fn usual_budget() -> u64 {
    5_000_000
}

fn usual_base() -> String {
    "all".to_owned()
}

fn usual_levels() -> String {
    "items".to_owned()
}

fn usual_weight() -> String {
    "none".to_owned()
}

fn usual_half_life() -> String {
    "180d".to_owned()
}

fn usual_test() -> String {
    "basket-size".to_owned()
}

fn usual_level() -> f64 {
    0.95
}

/// What a rule adds beyond its consequent's own share, in baskets: the strong and frequent first.
fn usual_rank() -> String {
    "leverage".to_owned()
}

fn usual_affinity() -> usize {
    100
}

fn usual_bundles() -> usize {
    200
}

/// What may be mined.
const LEVELS: [&str; 3] = ["items", "categories", "both"];

/// What baskets may weigh.
const WEIGHTS: [&str; 3] = ["none", "recency", "amount"];

/// Longest itemsets that bundles are looked for in where rules do not need all itemsets anyway.
const BUNDLE_LENGTH: usize = 3;

/// Most days that may be kept back, a hundred years.
const LONGEST_DAYS: u32 = 36_500;

/// Most items whose pairs are counted: 400 MB of numbers.
const MOST_PAIRED: usize = 5_000;

/// How many times the budget the lower end of the estimate must be for the search not to be begun at all.
const HOPELESS: f64 = 4.0;

impl Stage for MineBaskets {
    fn inputs(&self) -> Vec<Input> {
        let orders = self.orders.iter().map(|orders| orders.input("orders", Need::Table(&ORDERS)));
        let costs = self.costs.iter().map(|costs| costs.input("costs", Need::AnyTable));
        orders.chain(costs).collect()
    }

    fn output(&self) -> Output {
        Output::table(&RULES)
            .and("itemsets", &ITEMSETS)
            .and("affinity", &AFFINITY)
            .and("substitutes", &SUBSTITUTES)
            .and("bundles", &BUNDLES)
            .and("utility", &HIGH_UTILITY)
            .and("drift", &RULE_DRIFT)
    }

    fn outside(&self) -> Vec<Outside> {
        Outside::all(&self.paths)
    }

    fn remembers(&self) -> bool {
        true
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.orders.is_some() != self.paths.is_empty() {
            findings.push(Finding::at("orders", "give either `orders` or `paths`"));
        }
        findings.extend(Finding::of_sources("paths", &self.outside(), &[Gives::Bytes]));
        let mut named = |key: &str, name: &str, names: Vec<&'static str>| {
            findings.extend(Finding::of_name(key, name, &names));
        };
        let ranks = || measures().iter().map(|row| row.name);
        named("format", &self.format, formats().iter().map(|row| row.name).collect());
        named("itemsets", &self.itemsets, itemset_kinds().iter().map(|row| row.name).collect());
        named("base", &self.base, rule_bases().iter().map(|row| row.name).collect());
        named("levels", &self.levels, LEVELS.to_vec());
        named("weight", &self.weight, WEIGHTS.to_vec());
        named("test", &self.test, significance_tests().iter().map(|row| row.name).collect());
        named("correction", &self.correction, corrections().iter().map(|row| row.name).collect());
        named("rank_by", &self.rank_by, ranks().chain([BY_VALUE, BY_P_VALUE]).collect());
        self.measures.iter().for_each(|name| named("measures", name, ranks().collect()));
        self.exports.iter().for_each(|name| named("exports", name, write::EXPORTS.to_vec()));
        if let Err(error) = self.support() {
            findings.push(Finding::at("min_support", error));
        }
        findings.extend(Finding::of_share("min_confidence", self.min_confidence));
        findings.extend(Finding::of_share("alpha", self.alpha));
        if !(0.5..1.0).contains(&self.validate_level) {
            findings.push(Finding::at("validate_level", format!("{} is not from 0.5 to below 1", self.validate_level)));
        }
        for (key, wrong) in [("max_length", self.max_length < 2), ("max_right", self.max_right == 0)] {
            if wrong {
                findings.push(Finding::at(key, "a rule has at least one item on either side"));
            }
        }
        if !(self.min_lift >= 0.0 && self.min_lift.is_finite()) {
            findings
                .push(Finding::at("min_lift", format!("{} is no rule lift: give a number from 0 on", self.min_lift)));
        }
        if self.validate_days > LONGEST_DAYS {
            findings.push(Finding::at("validate_days", format!("give at most {LONGEST_DAYS} days")));
        }
        if self.affinity_items > MOST_PAIRED {
            let finding =
                Finding::at("affinity_items", format!("the pairs of {} items are too many", self.affinity_items));
            findings.push(finding.help(format!("give at most {MOST_PAIRED}")));
        }
        for (key, names) in [("measures", &self.measures), ("exports", &self.exports)] {
            if let Some(name) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
                findings.push(Finding::at(key, format!("`{}` is named twice", name.1)));
            }
        }
        if self.top == Some(0) {
            findings.push(Finding::at("top", "give at least 1, or leave it out for all rules"));
        }
        if let Err(error) = days(&self.half_life) {
            findings.push(Finding::at("half_life", error));
        }
        self.check_money(&mut findings);
        findings.extend(self.items.check(self.knows_margins()));
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let mut shop = match &self.orders {
            Some(orders) => Shop::of_orders(cx, self, &orders.0)?,
            None => Shop::of_files(cx, &self.format)?,
        };
        shop.take_levels(&self.levels)?;
        if shop.uncosted > 0 {
            cx.note(format!(
                "{} order lines are of items without a unit_cost; their margin counts as 0",
                shop.uncosted
            ));
        }
        cx.made.rows_in = shop.baskets.len() as u64;
        cx.metric("baskets", shop.baskets.len() as f64);
        let (mined, later) = self.split(cx, &mut shop)?;
        let margins = margins(&shop);
        let constraints = self.items.resolve(cx, &shop, &margins);
        let total = mined.total_weight();
        (cx.progress)(0.15);

        let (mut rules, all, tests) = self.mine(cx, &mined, RuleSettings { constraints, ..self.rule_settings() })?;
        let trivial = wanted::without_trivial(&shop, &mut rules);
        if trivial > 0 {
            cx.metric("rules_trivial", trivial as f64);
        }
        let mut sets = self.itemsets_to_show(cx, &mined, &all)?;
        if shop.levels.is_some() {
            sets.retain(|set| !wanted::mixed(&shop, &set.items));
        }
        write::itemsets(cx, &shop, &sets, total)?;
        drop(sets);
        (cx.progress)(0.7);

        let bench = Bench { mined: &mined, later: later.as_ref(), tests, margins: &margins };
        let judged = self.judge(cx, &bench, rules);
        (cx.progress)(0.85);
        self.write_rules(cx, &shop, &judged)?;
        self.export(cx, &shop, &judged, total)?;
        self.show(cx, &shop, &judged, later.is_some());

        let moved = drift::compare(cx, &shop, &judged, self.alpha, mined.usual_weight())?;
        drift::write(cx, &moved)?;
        shown::drift(cx, &moved);
        drop(judged);

        let plain = mined.unweighted();
        // Chance is judged by baskets, so where they have weights they are mined once more without.
        let weighted = mined.weights().is_some();
        let all = if weighted && self.bundles > 0 { self.search(cx, &plain, self.short_itemsets())?.0 } else { all };
        let mut found = if self.bundles > 0 { bundles(&all, &plain, self.test(), self.alpha) } else { Vec::new() };
        found.retain(|bundle| !wanted::mixed(&shop, &bundle.items));
        found.truncate(self.bundles);
        self.write_bundles(cx, &shop, &found, &margins, later.as_ref())?;
        shown::bundles(cx, &shop, &found, &margins);
        let matrix = affinity_matrix(&plain, self.affinity_items, self.test());
        write::affinity(cx, &shop, &matrix)?;
        let mut apart = substitutes(&matrix, self.alpha);
        apart.retain(|pair| !write::related(&shop, pair.a, pair.b));
        write::substitutes(cx, &shop, &apart)?;
        shown::substitutes(cx, &shop, &apart);
        self.write_utility(cx, &shop)
    }
}

impl MineBaskets {
    fn support(&self) -> std::result::Result<Support, String> {
        Support::parse(&self.min_support.to_string()).map_err(|e| e.to_string())
    }

    fn test(&self) -> Test {
        significance_tests().iter().find(|row| row.name == self.test).expect("checked").test
    }

    /// Whether it is known what items earn.
    fn knows_margins(&self) -> bool {
        self.margin.is_some() || self.costs.is_some()
    }

    fn half_life_days(&self) -> f64 {
        days(&self.half_life).expect("checked") as f64
    }

    fn check_money(&self, findings: &mut Vec<Finding>) {
        if self.margin.is_some() && self.costs.is_some() {
            findings.push(Finding::at("margin", "give either `margin` or `costs`"));
        }
        if self.margin.is_some_and(|margin| !(margin > 0.0 && margin <= 1.0)) {
            findings.push(Finding::at("margin", "the margin is a share of the price, above 0 and at most 1"));
        }
        if !self.knows_margins() {
            for (key, asked) in [("rank_by", self.rank_by == BY_VALUE), ("min_utility", self.min_utility.is_some())] {
                if asked {
                    let finding = Finding::at(key, "this needs to know what items earn");
                    findings.push(finding.help("add margin = 0.4 (a share of the price) or costs = \"STAGE\""));
                }
            }
        }
        if self.min_utility.is_some_and(|least| !(least > 0.0 && least.is_finite())) {
            findings.push(Finding::at("min_utility", "give a share of all margin below 1, or an amount of money"));
        }
        for (key, asked) in [
            ("levels", self.levels != "items"),
            ("weight", self.weight != "none"),
            ("margin", self.margin.is_some()),
            ("costs", self.costs.is_some()),
        ] {
            if asked && self.orders.is_none() {
                findings.push(Finding::at(key, "this needs `orders`: files of baskets have items only"));
            }
        }
        if self.weight != "none" && self.min_support >= 1.0 {
            findings.push(Finding::at("min_support", "with weights the support is a share, below 1"));
        }
    }

    fn itemset_settings(&self, kind: ItemsetKind) -> ItemsetSettings {
        ItemsetSettings {
            kind,
            support: self.support().expect("checked"),
            max_length: Some(self.max_length),
            limits: Limits { itemsets: Some(self.max_itemsets), memory: None },
            ..ItemsetSettings::default()
        }
    }

    fn short_itemsets(&self) -> ItemsetSettings {
        let most = self.max_length.min(BUNDLE_LENGTH);
        ItemsetSettings { max_length: Some(most), ..self.itemset_settings(ItemsetKind::All) }
    }

    fn rule_settings(&self) -> RuleSettings {
        RuleSettings {
            base: rule_bases().iter().find(|row| row.name == self.base).expect("checked").base,
            max_length: Some(self.max_length),
            max_right: self.max_right,
            limits: Limits { itemsets: Some(self.max_itemsets), memory: None },
            ..RuleSettings::new(self.support().expect("checked"), self.min_confidence)
        }
    }

    /// Rules of the base asked for, the itemsets that bundles come from, and how many rules could have been made.
    fn mine(
        &self,
        cx: &mut Context,
        mined: &Baskets,
        settings: RuleSettings,
    ) -> Result<(Vec<Rule>, Vec<Itemset>, u64)> {
        let estimate =
            estimate_itemsets(mined, &self.itemset_settings(ItemsetKind::All), 1_000, cx.seed).map_err(bad_mining)?;
        cx.metric("itemsets_expected", estimate.itemsets);
        if settings.base == RuleBase::All && estimate.low > HOPELESS * self.max_itemsets as f64 {
            let settings = self.itemset_settings(ItemsetKind::All);
            return Err(self.over_budget(fitting_support(mined, &settings, StopReason::Itemsets, 0)));
        }
        (cx.progress)(0.2);
        if settings.base == RuleBase::All {
            let (all, _) = self.search(cx, mined, self.itemset_settings(ItemsetKind::All))?;
            let made = rules_of_itemsets(&all, mined.total_weight(), &settings).map_err(|e| self.no_rules(e))?;
            return Ok((made.rules, all, made.candidates));
        }
        let progress = |done: f64| (cx.progress)(0.2 + 0.3 * done);
        let run = Run { threads: rayon::current_num_threads(), progress: &progress, ..Run::default() };
        let made = mine_rules(mined, &settings, &run).map_err(|e| self.no_rules(e))?;
        let (all, _) =
            if self.bundles > 0 { self.search(cx, mined, self.short_itemsets())? } else { Default::default() };
        Ok((made.rules, all, made.candidates))
    }

    /// The itemsets of the kind asked for.
    fn itemsets_to_show(&self, cx: &Context, mined: &Baskets, all: &[Itemset]) -> Result<Vec<Itemset>> {
        let kind = itemset_kinds().iter().find(|row| row.name == self.itemsets).expect("checked").kind;
        if kind == ItemsetKind::All && self.rule_settings().base == RuleBase::All {
            return Ok(all.to_vec());
        }
        Ok(self.search(cx, mined, self.itemset_settings(kind))?.0)
    }

    /// Itemsets within the budget.
    fn search(&self, cx: &Context, mined: &Baskets, settings: ItemsetSettings) -> Result<(Vec<Itemset>, Outcome)> {
        let progress = |done: f64| (cx.progress)(0.2 + 0.3 * done);
        let run = Run { threads: rayon::current_num_threads(), progress: &progress, ..Run::default() };
        let (sets, outcome) = collect_itemsets(mined, &settings, &run).map_err(bad_mining)?;
        match outcome.stopped {
            Some(stopped) => Err(self.over_budget(fitting_support(mined, &settings, stopped.reason, outcome.itemsets))),
            None => Ok((sets, outcome)),
        }
    }

    fn no_rules(&self, error: RuleError) -> Box<Problem> {
        match error {
            RuleError::Stopped { fitting, .. } => self.over_budget(fitting),
            RuleError::Mining(error) => bad_mining(error),
            RuleError::TooMany(_) | RuleError::TooManyWays(_) => {
                Problem::new(&codes::BUDGET_REACHED, error.to_string())
                    .help("or raise max_itemsets, which bounds the rules, too".to_owned())
                    .boxed()
            }
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

    /// The baskets to mine and the later ones to try the rules on; what items earned stays with the shop.
    fn split(&self, cx: &mut Context, shop: &mut Shop) -> Result<(Baskets, Option<Baskets>)> {
        let whole = |shop: &mut Shop| (std::mem::take(&mut shop.baskets), None);
        let times = match shop.baskets.times() {
            Some(times) if self.validate_days > 0 && !times.is_empty() => times,
            None if self.validate_days > 0 && !self.paths.is_empty() => {
                cx.note("rules were not tried on later baskets: files of baskets have no times");
                return Ok(whole(shop));
            }
            _ => return Ok(whole(shop)),
        };
        let cut = cx.as_of()?.plus(-(self.validate_days as i32)).midnight();
        let before = times.iter().filter(|time| **time < cut).count();
        if before * 2 < times.len() || before == times.len() {
            cx.note(format!(
                "rules were not tried on later baskets: {before} of {} baskets are older than {} days",
                times.len(),
                self.validate_days
            ));
            return Ok(whole(shop));
        }
        let (mined, later) = shop.baskets.split_at(cut).expect("the baskets have times");
        shop.baskets = Baskets::default();
        cx.metric("later_baskets", later.len() as f64);
        cx.note(format!(
            "mined from {} baskets before {}, tried on {} after",
            mined.len(),
            Date::of_civil_seconds(cut),
            later.len()
        ));
        Ok((mined, Some(later)))
    }
}

fn bad_mining(error: MiningError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}
