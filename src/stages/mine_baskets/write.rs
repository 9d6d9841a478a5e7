//! The tables and files that the stage leaves.

use super::settings::{BY_P_VALUE, BY_VALUE, Export, MineBaskets};
use super::shop::Shop;
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::{
    AffinityMatrix, AssociationRule, Baskets, Bundle, Counts, ExportColumn, Itemset, JudgedRule, Substitutes,
    UtilityError, UtilityItemset, Validation, high_utility_itemsets, measure, pmml, recount_bundles, rules_csv,
    rules_json,
};
use crate::orders::{NONE, Names};
use crate::stage::setting::Choice;
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::stages::words::mine_baskets as say;
use crate::tables::ColumnType;
use crate::tables::layouts::baskets::{AFFINITY, BUNDLES, HIGH_UTILITY, ITEMSETS, SUBSTITUTES};
use crate::tables::layouts::rules::RULES;

/// Columns of the rules table that measures already have.
const BUILT_IN: [&str; 4] = ["count", "support", "confidence", "lift"];

impl MineBaskets {
    pub(super) fn write_rules(&self, cx: &mut Context, shop: &Shop, judged: &[JudgedRule]) -> Result<()> {
        let counts = || judged.iter().map(|j| j.rule.counts);
        let mut columns = Columns::new();
        columns
            .text("antecedent", judged.iter().map(|j| shop.coded(&j.rule.left)))
            .text("consequent", judged.iter().map(|j| shop.coded(&j.rule.right)))
            .texts("antecedent_list", judged.iter().map(|j| shop.codes_of(&j.rule.left)))
            .texts("consequent_list", judged.iter().map(|j| shop.codes_of(&j.rule.right)))
            .text("antecedent_names", judged.iter().map(|j| shop.named(&j.rule.left)))
            .text("consequent_names", judged.iter().map(|j| shop.named(&j.rule.right)))
            .integer("count", counts().map(|c| c.both as i64))
            .number("support", counts().map(Counts::support))
            .number("confidence", counts().map(Counts::confidence))
            .number("lift", counts().map(Counts::lift))
            .number("p_value", judged.iter().map(|j| j.p_value))
            .maybe_integer("antecedent_count", counts().map(|c| Some(c.left as i64)))
            .maybe_integer("consequent_count", counts().map(|c| Some(c.right as i64)))
            .maybe_integer("baskets", counts().map(|c| Some(c.total as i64)))
            .maybe_number("expected_value", judged.iter().map(|j| j.value))
            .maybe_integer("later_count", judged.iter().map(|j| j.later.map(|v| v.counts.left as i64)));
        for (name, value) in LATER {
            let known = |j: &JudgedRule| j.later.as_ref().map_or(f64::NAN, value);
            columns.maybe_number(name, judged.iter().map(known).map(|v| if v.is_finite() { v } else { f64::NAN }));
        }
        columns
            .maybe_number("later_value", judged.iter().map(|j| j.later_value))
            .maybe_boolean("holds", judged.iter().map(JudgedRule::holds));
        for measure in self.measures.iter().filter(|measure| !BUILT_IN.contains(&measure.name)) {
            columns.maybe_number(measure.name, judged.iter().map(|j| measure.value(&j.evidence)));
        }
        cx.write(MAIN, &RULES, &[columns.batch()])
    }

    /// Files of the rules for other programs, items by their codes.
    pub(super) fn export(&self, cx: &mut Context, shop: &Shop, judged: &[JudgedRule], total: u64) -> Result<()> {
        if self.exports.is_empty() {
            return Ok(());
        }
        let rules: Vec<AssociationRule> = judged.iter().map(|j| j.rule.clone()).collect();
        let names: Names = shop.codes.iter().map(String::as_str).collect();
        let column = |name: &str, values: Vec<f64>| ExportColumn { name: name.to_owned(), values };
        let further = self.measures.iter().map(|measure| measure.0).filter(|measure| !BUILT_IN.contains(&measure.name));
        let mut columns: Vec<ExportColumn> = BUILT_IN
            .into_iter()
            .filter_map(measure)
            .chain(further)
            .map(|measure| column(measure.name, judged.iter().map(|j| measure.value(&j.evidence)).collect()))
            .collect();
        columns.push(column(BY_P_VALUE, judged.iter().map(|j| j.p_value).collect()));
        if self.knows_margins() {
            columns.push(column(BY_VALUE, judged.iter().map(|j| j.value).collect()));
        }
        if judged.iter().any(|j| j.later.is_some()) {
            for (name, value) in LATER {
                columns.push(column(name, judged.iter().map(|j| j.later.as_ref().map_or(f64::NAN, value)).collect()));
            }
            let sign = |j: &JudgedRule| j.holds().map_or(f64::NAN, |holds| f64::from(u8::from(holds)));
            columns.push(column("holds", judged.iter().map(sign).collect()));
        }
        for form in &self.exports {
            let text = match form.0 {
                Export::Csv => rules_csv(&rules, &names, &columns),
                Export::Json => rules_json(&rules, &names, &columns),
                Export::Pmml => {
                    let support = self.support().count(total) as f64 / total.max(1) as f64;
                    pmml(&rules, &names, total, support, self.min_confidence.get())
                }
            };
            cx.write_file(&format!("rules.{}", form.word()), text.as_bytes())?;
        }
        Ok(())
    }
}

/// Columns of the later period.
const LATER: [(&str, fn(&Validation) -> f64); 7] = [
    ("later_support", |v| v.support),
    ("later_confidence", |v| v.confidence),
    ("later_low", |v| v.confidence_interval.0),
    ("later_high", |v| v.confidence_interval.1),
    ("later_lift", |v| v.lift),
    ("later_lift_low", |v| v.lift_interval.0),
    ("later_lift_high", |v| v.lift_interval.1),
];

pub(super) fn itemsets(cx: &mut Context, shop: &Shop, itemsets: &[Itemset], total: u64) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .text("items", itemsets.iter().map(|set| shop.coded(&set.items)))
        .texts("items_list", itemsets.iter().map(|set| shop.codes_of(&set.items)))
        .text("names", itemsets.iter().map(|set| shop.named(&set.items)))
        .integer("length", itemsets.iter().map(|set| set.items.len() as i64))
        .integer("count", itemsets.iter().map(|set| i64::from(set.support)))
        .number("support", itemsets.iter().map(|set| f64::from(set.support) / total.max(1) as f64));
    cx.metric("itemsets", itemsets.len() as f64);
    cx.write("itemsets", &ITEMSETS, &[columns.batch()])
}

/// Two items, their counts, and the baskets that chance is expected to put both into.
type Pair = (u32, u32, Counts, f64);

/// Adds the columns that every table of pairs begins with.
fn pairs(columns: &mut Columns, shop: &Shop, pairs: &[Pair]) {
    columns
        .text("a", pairs.iter().map(|pair| &shop.codes[pair.0 as usize]))
        .text("b", pairs.iter().map(|pair| &shop.codes[pair.1 as usize]))
        .text("a_name", pairs.iter().map(|pair| &shop.names[pair.0 as usize]))
        .text("b_name", pairs.iter().map(|pair| &shop.names[pair.1 as usize]))
        .integer("a_count", pairs.iter().map(|pair| pair.2.left as i64))
        .integer("b_count", pairs.iter().map(|pair| pair.2.right as i64))
        .integer("both", pairs.iter().map(|pair| pair.2.both as i64))
        .number("expected", pairs.iter().map(|pair| pair.3))
        .maybe_number("lift", pairs.iter().map(|pair| times(pair.2.both, pair.3)));
}

/// How many times more often than expected; nothing where nothing is expected.
pub(super) fn times(both: u64, expected: f64) -> f64 {
    if expected > 0.0 { both as f64 / expected } else { f64::NAN }
}

pub(super) fn affinity(cx: &mut Context, shop: &Shop, matrix: &AffinityMatrix) -> Result<()> {
    let size = matrix.items.len();
    let all: Vec<Pair> = (0..size)
        .flat_map(|a| (a + 1..size).map(move |b| (a, b)))
        .map(|(a, b)| (matrix.items[a], matrix.items[b], matrix.counts(a, b), matrix.expected(a, b)))
        // An item beside its own category says nothing.
        .filter(|&(a, b, ..)| !related(shop, a, b))
        .collect();
    let phi = |c: Counts| {
        let [n, l, r] = [c.total, c.left, c.right].map(|count| count as f64);
        (c.both as f64 * n - l * r) / (l * r * (n - l) * (n - r)).sqrt()
    };
    let mut columns = Columns::new();
    pairs(&mut columns, shop, &all);
    columns.maybe_number("phi", all.iter().map(|pair| phi(pair.2)));
    cx.write("affinity", &AFFINITY, &[columns.batch()])
}

pub(super) fn substitutes(cx: &mut Context, shop: &Shop, found: &[Substitutes]) -> Result<()> {
    let all: Vec<Pair> = found.iter().map(|pair| (pair.a, pair.b, pair.counts, pair.expected)).collect();
    let category = |item: u32| shop.category[item as usize];
    let same = |pair: &Substitutes| {
        let (a, b) = (category(pair.a), category(pair.b));
        (a != NONE && b != NONE).then_some(a == b)
    };
    let mut columns = Columns::new();
    pairs(&mut columns, shop, &all);
    columns
        .number("p_value", found.iter().map(|pair| pair.p_value))
        .maybe_boolean("same_category", found.iter().map(same));
    cx.metric("substitutes", found.len() as f64);
    cx.write("substitutes", &SUBSTITUTES, &[columns.batch()])
}

/// Whether one is a category of the other.
pub(super) fn related(shop: &Shop, a: u32, b: u32) -> bool {
    shop.levels
        .as_ref()
        .is_some_and(|levels| levels.ancestors(a).any(|g| g == b) || levels.ancestors(b).any(|g| g == a))
}

impl MineBaskets {
    pub(super) fn write_bundles(
        &self,
        cx: &mut Context,
        shop: &Shop,
        found: &[Bundle],
        margins: &[f64],
        later: Option<&Baskets>,
    ) -> Result<()> {
        let later = later.map(|later| recount_bundles(found, &later.unweighted(), self.test()));
        let later_of = |at: usize| later.as_ref().map(|splits| splits[at]);
        let margin = |bundle: &Bundle| -> f64 {
            bundle.items.iter().map(|&item| margins.get(item as usize).copied().unwrap_or(f64::NAN)).sum()
        };
        let mut columns = Columns::new();
        columns
            .text("items", found.iter().map(|bundle| shop.coded(&bundle.items)))
            .texts("items_list", found.iter().map(|bundle| shop.codes_of(&bundle.items)))
            .text("names", found.iter().map(|bundle| shop.named(&bundle.items)))
            .integer("length", found.iter().map(|bundle| bundle.items.len() as i64))
            .integer("count", found.iter().map(|bundle| bundle.split.counts.both as i64))
            .number("support", found.iter().map(|bundle| bundle.split.counts.support()))
            .number("all_confidence", found.iter().map(|bundle| bundle.all_confidence))
            .number("extra", found.iter().map(|bundle| bundle.split.extra()))
            .number("p_value", found.iter().map(|bundle| bundle.p_value))
            .maybe_number("extra_value", found.iter().map(|bundle| margin(bundle) * bundle.split.extra()))
            .maybe_integer("later_count", (0..found.len()).map(|at| later_of(at).map(|s| s.counts.both as i64)))
            .maybe_number("later_extra", (0..found.len()).map(|at| later_of(at).map_or(f64::NAN, |s| s.extra())));
        cx.metric("bundles", found.len() as f64);
        cx.write("bundles", &BUNDLES, &[columns.batch()])
    }

    /// The itemsets that earn the most; an empty table where nobody asked.
    pub(super) fn write_utility(&self, cx: &mut Context, shop: &Shop) -> Result<()> {
        let mut found: Vec<UtilityItemset> = Vec::new();
        let mut all = 0.0;
        if let (Some(least), Some(earned)) = (self.min_utility, &shop.earned) {
            all = (0..earned.len()).flat_map(|at| earned.basket(at)).map(|cell| cell.1 as f64).sum();
            let least = least.get();
            let least = if least < 1.0 { least * all } else { least * 1e4 };
            let most = usize::try_from(self.max_itemsets).unwrap_or(usize::MAX).min(1 << 20);
            if all <= 0.0 {
                cx.note(&say::NOTHING_EARNED);
            } else {
                let found_or =
                    high_utility_itemsets(earned, (least.round() as i64).max(1), self.max_length.get() as usize, most);
                found = found_or.map_err(|error| {
                    let code = match error {
                        UtilityError::NotPositive(_) => &codes::BAD_VALUE,
                        UtilityError::TooMany(_) => &codes::BUDGET_REACHED,
                    };
                    Problem::new(code, error.to_string()).help("raise min_utility or max_itemsets".to_owned()).boxed()
                })?;
            }
            cx.metric("high_utility_itemsets", found.len() as f64);
        }
        let mut columns = Columns::new();
        columns
            .text("items", found.iter().map(|set| shop.coded(&set.items)))
            .texts("items_list", found.iter().map(|set| shop.codes_of(&set.items)))
            .text("names", found.iter().map(|set| shop.named(&set.items)))
            .integer("length", found.iter().map(|set| set.items.len() as i64))
            .integer("count", found.iter().map(|set| i64::from(set.support)))
            .decimal("utility", ColumnType::Money, found.iter().map(|set| i128::from(set.utility)))
            .number("share", found.iter().map(|set| set.utility as f64 / all));
        cx.write("utility", &HIGH_UTILITY, &[columns.batch()])
    }
}
