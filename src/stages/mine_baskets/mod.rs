//! `mine-baskets`: what is bought together, and which rules hold on later baskets.

mod drift;
mod item_rules;
mod judge;
mod settings;
mod shop;
mod shown;
mod wanted;
mod write;

use super::examples;
use super::words::mine_baskets as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::mining::{
    AssociationRule, Baskets, Hypotheses, Itemset, ItemsetKind, ItemsetSettings, JudgedOn, Limits, MiningError,
    Outcome, RuleBase, RuleError, RuleSettings, Run, StopReason, Support, Test, affinity_matrix, bundles,
    collect_itemsets, estimate_itemsets, fitting_support, mean_margins, mine_rules, rules_of_itemsets, substitutes,
};
use crate::outside::{Gives, Outside};
use crate::stage::setting::{Choice, Chosen};
use crate::stage::{Context, Finding, Input, Kind, Need, Output, Stage, read_as, schema_of};
use crate::tables::Date;
use crate::tables::layouts::baskets::{AFFINITY, BUNDLES, HIGH_UTILITY, ITEMSETS, SUBSTITUTES};
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::rules::{RULE_DRIFT, RULES};
use settings::{Levels, MineBaskets, Rank, Weight};
use shop::Shop;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "mine-baskets",
    version: 7,
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

/// Longest itemsets that bundles are looked for in where rules do not need all itemsets anyway.
const BUNDLE_LENGTH: usize = 3;

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
        let twice = [("measures", repeated(&self.measures)), ("exports", repeated(&self.exports))];
        for (key, name) in twice.into_iter().filter_map(|(key, name)| Some((key, name?))) {
            findings.push(Finding::at(key, format!("`{name}` is named twice")));
        }
        self.check_money(&mut findings);
        findings.extend(self.items.check(self.knows_margins()));
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let mut shop = match &self.orders {
            Some(orders) => Shop::of_orders(cx, self, &orders.0)?,
            None => Shop::of_files(cx, self.format.format)?,
        };
        shop.take_levels(*self.levels)?;
        if shop.uncosted > 0 {
            cx.note(say::NO_COST.with([("lines", shop.uncosted.into())]));
        }
        cx.made.rows_in = shop.baskets.len() as u64;
        cx.metric("baskets", shop.baskets.len() as f64);
        let (mined, later) = self.split(cx, &mut shop)?;
        let margins = shop.earned.as_ref().map(|all| mean_margins(all, shop.levels.as_ref(), shop.codes.len()));
        let margins = margins.unwrap_or_default();
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

        let on = JudgedOn { mined: &mined, later: later.as_ref(), tests: &tests, margins: &margins };
        let judged = self.judge(cx, &on, rules);
        (cx.progress)(0.85);
        self.write_rules(cx, &shop, &judged)?;
        self.export(cx, &shop, &judged, total)?;
        self.show(cx, &shop, &judged, later.is_some());

        let moved = drift::compare(cx, &shop, &judged, self.alpha.get(), mined.usual_weight())?;
        drift::write(cx, &moved)?;
        shown::drift(cx, &moved);
        drop(judged);

        let plain = mined.unweighted();
        // Chance is judged by baskets, so where they have weights they are mined once more without.
        let weighted = mined.weights().is_some();
        let all = if weighted && self.bundles > 0 { self.search(cx, &plain, self.short_itemsets())?.0 } else { all };
        let least = self.support().count(plain.len() as u64);
        let mut found =
            if self.bundles > 0 { bundles(&all, &plain, self.test(), self.alpha.get(), least) } else { Vec::new() };
        found.retain(|bundle| !wanted::mixed(&shop, &bundle.items));
        found.truncate(self.bundles);
        self.write_bundles(cx, &shop, &found, &margins, later.as_ref())?;
        shown::bundles(cx, &shop, &found, &margins);
        let matrix = affinity_matrix(&plain, self.affinity_items.get() as usize, self.test());
        write::affinity(cx, &shop, &matrix)?;
        let mut apart = substitutes(&matrix, self.alpha.get());
        apart.retain(|pair| !write::related(&shop, pair.a, pair.b));
        write::substitutes(cx, &shop, &apart)?;
        shown::substitutes(cx, &shop, &apart);
        self.write_utility(cx, &shop)
    }
}

impl MineBaskets {
    fn support(&self) -> Support {
        match self.min_support.get() {
            share if share < 1.0 => Support::Share(share),
            count => Support::Count(count as u64),
        }
    }

    fn test(&self) -> Test {
        self.test.test
    }

    /// Whether it is known what items earn.
    fn knows_margins(&self) -> bool {
        self.margin.is_some() || self.costs.is_some()
    }

    fn check_money(&self, findings: &mut Vec<Finding>) {
        if self.margin.is_some() && self.costs.is_some() {
            findings.push(Finding::at("margin", "give either `margin` or `costs`"));
        }
        if !self.knows_margins() {
            for (key, asked) in
                [("rank_by", matches!(*self.rank_by, Rank::Value)), ("min_utility", self.min_utility.is_some())]
            {
                if asked {
                    let finding = Finding::at(key, "this needs to know what items earn");
                    findings.push(finding.help("add margin = 0.4 (a share of the price) or costs = \"STAGE\""));
                }
            }
        }
        for (key, asked) in [
            ("levels", *self.levels != Levels::Items),
            ("weight", *self.weight != Weight::None),
            ("margin", self.margin.is_some()),
            ("costs", self.costs.is_some()),
        ] {
            if asked && self.orders.is_none() {
                findings.push(Finding::at(key, "this needs `orders`: files of baskets have items only"));
            }
        }
        if *self.weight != Weight::None && self.min_support.get() >= 1.0 {
            findings.push(Finding::at("min_support", "with weights the support is a share, below 1"));
        }
    }

    fn itemset_settings(&self, kind: ItemsetKind) -> ItemsetSettings {
        ItemsetSettings {
            kind,
            support: self.support(),
            max_length: Some(self.max_length.get() as usize),
            limits: Limits { itemsets: Some(self.max_itemsets), memory: None },
            ..ItemsetSettings::default()
        }
    }

    fn short_itemsets(&self) -> ItemsetSettings {
        let most = (self.max_length.get() as usize).min(BUNDLE_LENGTH);
        ItemsetSettings { max_length: Some(most), ..self.itemset_settings(ItemsetKind::All) }
    }

    fn rule_settings(&self) -> RuleSettings {
        RuleSettings {
            base: self.base.base,
            max_length: Some(self.max_length.get() as usize),
            max_right: self.max_right.get() as usize,
            limits: Limits { itemsets: Some(self.max_itemsets), memory: None },
            ..RuleSettings::new(self.support(), self.min_confidence.get())
        }
    }

    /// Rules of the base asked for, the itemsets that bundles come from, and how many rules could have been made.
    fn mine(
        &self,
        cx: &mut Context,
        mined: &Baskets,
        settings: RuleSettings,
    ) -> Result<(Vec<AssociationRule>, Vec<Itemset>, Hypotheses)> {
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
            return Ok((made.rules, all, made.tests));
        }
        let progress = |done: f64| (cx.progress)(0.2 + 0.3 * done);
        let run = Run { threads: rayon::current_num_threads(), progress: &progress, ..Run::default() };
        let made = mine_rules(mined, &settings, &run).map_err(|e| self.no_rules(e))?;
        let (all, _) =
            if self.bundles > 0 { self.search(cx, mined, self.short_itemsets())? } else { Default::default() };
        Ok((made.rules, all, made.tests))
    }

    /// The itemsets of the kind asked for.
    fn itemsets_to_show(&self, cx: &Context, mined: &Baskets, all: &[Itemset]) -> Result<Vec<Itemset>> {
        let kind = self.itemsets.kind;
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
            Some(times) if self.validate_days.get() > 0 && !times.is_empty() => times,
            None if self.validate_days.get() > 0 && !self.paths.is_empty() => {
                cx.note(&say::NO_TIMES);
                return Ok(whole(shop));
            }
            _ => return Ok(whole(shop)),
        };
        let cut = cx.as_of()?.plus(-(self.validate_days.get() as i32)).midnight();
        let before = times.iter().filter(|time| **time < cut).count();
        if before * 2 < times.len() || before == times.len() {
            let days = ("days", u64::from(self.validate_days.get()).into());
            cx.note(say::TOO_FEW_OLDER.with([("older", before.into()), ("all", times.len().into()), days]));
            return Ok(whole(shop));
        }
        let (mined, later) = shop.baskets.split_at(cut).expect("the baskets have times");
        shop.baskets = Baskets::default();
        cx.metric("later_baskets", later.len() as f64);
        let date = ("date", Date::of_civil_seconds(cut).to_string().into());
        cx.note(say::TRIED.with([("mined", mined.len().into()), date, ("later", later.len().into())]));
        Ok((mined, Some(later)))
    }
}

fn bad_mining(error: MiningError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}

/// The first that is named a second time.
fn repeated<Row: Choice>(chosen: &[Chosen<Row>]) -> Option<&'static str> {
    let again = chosen.iter().enumerate().find(|(at, row)| chosen[..*at].contains(row));
    again.map(|(_, row)| row.0.word())
}
