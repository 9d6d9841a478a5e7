//! `patron mine rules`

use clap::Args;

use super::{BasketInput, Common, numbers_of, unknown};
use crate::cli::{Done, Failure};
use crate::diagnostics::{Problem, codes, did_you_mean};
use crate::mining::{
    AssociationRule, Constraints, Evidence, ExportColumn, Limits, Mined, Read, RuleError, RuleSettings, Run, Style,
    corrections, general_confidences, measure, measures, mine_rules, pmml, productive, redundant, rule_bases,
    rules_csv, rules_fimi, rules_json, rules_spmf, significance_tests, test_rules,
};
use crate::orders::Names;

/// Association rules of baskets, as CSV (or JSON, PMML, lines of FIMI and SPMF) with the measures asked for.
#[derive(Args, Debug)]
pub struct Rules {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    input: BasketInput,
    /// Least confidence, 0 to 1.
    #[arg(short, long, value_name = "C")]
    confidence: f64,
    /// Most items on the right.
    #[arg(long, value_name = "N", default_value_t = 1)]
    max_right: usize,
    /// Most items on the left.
    #[arg(long, value_name = "N")]
    max_left: Option<usize>,
    /// Most items on both sides together.
    #[arg(long, value_name = "N")]
    max_len: Option<usize>,
    /// Fewest items on both sides together; 1 lets the left side be empty.
    #[arg(long, value_name = "N", default_value_t = 2)]
    min_len: usize,
    /// Which itemsets to build from: all, closed or generators.
    #[arg(long, default_value = "all")]
    base: String,
    /// Measures to write; see `patron list measures`.
    #[arg(long, value_name = "NAME", value_delimiter = ',', default_value = "support,confidence,lift,count")]
    measures: Vec<String>,
    /// The measure that puts the best rule first [default: in order of their items].
    #[arg(long, value_name = "NAME")]
    rank_by: Option<String>,
    /// Only so many rules, the best ones by `--rank-by` or lift.
    #[arg(long, value_name = "K")]
    top: Option<usize>,
    /// Drop rules that chance could explain at this level, that a more general rule makes superfluous, or that have an
    /// item on the left which does not do its share.
    #[arg(long, value_name = "LEVEL")]
    alpha: Option<f64>,
    /// Test for `--alpha`: basket-size (chance keeps the sizes of baskets), fisher or chi-squared.
    #[arg(long, default_value = "basket-size")]
    test: String,
    /// Correction for the number of rules tested: none, bonferroni, holm, benjamini-hochberg or benjamini-yekutieli.
    #[arg(long, default_value = "benjamini-hochberg")]
    correction: String,
    /// Items that must be in the rule; may be given again.
    #[arg(long, value_name = "ITEM")]
    must: Vec<String>,
    /// Items that no rule may have.
    #[arg(long, value_name = "ITEM")]
    must_not: Vec<String>,
    /// Items that may stand on the left only.
    #[arg(long, value_name = "ITEM")]
    only_left: Vec<String>,
    /// Items that may stand on the right only.
    #[arg(long, value_name = "ITEM")]
    only_right: Vec<String>,
    /// Items of which at least one must be in the rule.
    #[arg(long, value_name = "ITEM")]
    one_of: Vec<String>,
    /// Write PMML, which R's arules and others read.
    #[arg(long)]
    pmml: bool,
}

/// Itemsets that rules are made of, and rules, unless `--budget` says otherwise: they are all kept, in some gigabytes.
const USUAL_BUDGET: u64 = 10_000_000;

impl Rules {
    pub(super) fn run(self) -> Done {
        let row = rule_bases().iter().find(|row| row.name == self.base);
        let base =
            row.ok_or_else(|| unknown("base", &self.base, rule_bases().iter().map(|row| row.name).collect()))?.base;
        self.check()?;
        let threads = self.common.threads()?;
        let style = self.common.style(Style::Csv)?;
        let read = self.input.read(&self.common)?;
        if !self.pmml {
            self.common.clear(style, &read.names, if style == Style::Fimi { &["<-"] } else { &["==>"] })?;
        }
        let settings = RuleSettings {
            base,
            min_length: self.min_len,
            max_length: self.max_len,
            max_left: self.max_left,
            max_right: self.max_right,
            constraints: self.constraints(&read.names)?,
            limits: Limits { itemsets: Some(self.common.budget.unwrap_or(USUAL_BUDGET)), memory: None },
            ..RuleSettings::new(self.common.support, self.confidence)
        };
        let bar = self.common.bar();
        let progress = |done: f64| bar.set_position((done * 1000.0) as u64);
        let stop = self.common.stop();
        let mined = mine_rules(&read.baskets, &settings, &Run { threads, progress: &progress, stop: &stop });
        bar.finish_and_clear();
        let mined = mined.map_err(|error| {
            let problem = |code| Problem::new(code, error.to_string());
            let problem = match error {
                RuleError::Mining(_) => problem(&codes::BAD_CALL),
                RuleError::Stopped { .. } => {
                    problem(&codes::BUDGET_REACHED).help("or raise --budget or --seconds".to_owned())
                }
                RuleError::TooMany(_) | RuleError::TooManyWays(_) => problem(&codes::BUDGET_REACHED)
                    .help("or raise --budget, which bounds itemsets and rules".to_owned()),
            };
            Failure::One(problem.boxed())
        })?;
        let rules = self.best(&read, mined);
        let mut per_length = Vec::new();
        for rule in &rules {
            let length = rule.0.left.len() + rule.0.right.len();
            if per_length.len() < length {
                per_length.resize(length, 0);
            }
            per_length[length - 1] += 1;
        }
        if !self.common.count {
            let text = self.text(&read, &rules, style);
            if !self.common.write_rules(&text)? {
                return Ok(());
            }
        }
        self.common.tell("rules", &per_length, rules.len() as u64)
    }

    fn check(&self) -> Result<(), Failure> {
        for name in self.measures.iter().chain(&self.rank_by) {
            if measure(name).is_none() {
                let near =
                    did_you_mean(name, measures().iter().map(|m| m.name)).map(|n| format!("did you mean `{n}`?"));
                let help = near.unwrap_or_else(|| "`patron list measures` shows them".to_owned());
                let problem = Problem::new(&codes::BAD_CALL, format!("there is no measure `{name}`")).help(help);
                return Err(Failure::One(problem.boxed()));
            }
        }
        if !corrections().iter().any(|row| row.name == self.correction) {
            return Err(unknown("correction", &self.correction, corrections().iter().map(|row| row.name).collect()));
        }
        if !significance_tests().iter().any(|row| row.name == self.test) {
            return Err(unknown("test", &self.test, significance_tests().iter().map(|row| row.name).collect()));
        }
        if let Some(alpha) = self.alpha.filter(|alpha| !(0.0..=1.0).contains(alpha)) {
            let message = format!("--alpha is {alpha}, but must be from 0 to 1");
            return Err(Failure::One(Problem::new(&codes::BAD_CALL, message).boxed()));
        }
        Ok(())
    }

    fn constraints(&self, names: &Names) -> Result<Constraints, Failure> {
        let numbers = |words: &[String]| numbers_of(words, names);
        Ok(Constraints {
            must: numbers(&self.must)?,
            must_not: numbers(&self.must_not)?,
            only_left: numbers(&self.only_left)?,
            only_right: numbers(&self.only_right)?,
            at_least_one_of: numbers(&self.one_of)?,
            ..Constraints::default()
        })
    }

    /// The rules that are left and in order, each with what its measures need.
    fn best(&self, read: &Read, Mined { rules, tests }: Mined) -> Vec<(AssociationRule, Evidence)> {
        let asks = |name: &String| measure(name).expect("checked").asks_general_rules();
        let general = if self.alpha.is_some() || self.measures.iter().chain(&self.rank_by).any(asks) {
            general_confidences(&rules)
        } else {
            vec![f64::NAN; rules.len()]
        };
        let total = read.baskets.total_weight();
        let min_support = self.common.support.count(total) as f64 / total.max(1) as f64;
        let mut keep = vec![true; rules.len()];
        if let Some(alpha) = self.alpha {
            let test = significance_tests().iter().find(|row| row.name == self.test).expect("checked").test;
            let row = corrections().iter().find(|row| row.name == self.correction).expect("checked");
            let raw = test_rules(&rules, &read.baskets, test, self.common.support.count(total));
            // Every rule whose sides are frequent enough was open to be tested, whether or not its confidence was enough.
            let lengths: Vec<usize> = rules.iter().map(|rule| rule.left.len() + rule.right.len()).collect();
            let adjusted = tests.adjust(&raw, &lengths, row.correction);
            let (superfluous, own_share) =
                (redundant(&rules, &general), productive(&rules, &read.baskets, alpha, test));
            keep = (0..rules.len()).map(|at| adjusted[at] <= alpha && !superfluous[at] && own_share[at]).collect();
        }
        let judged = rules.into_iter().zip(general).zip(keep).filter(|(_, keep)| *keep).map(|((rule, general), _)| {
            let evidence = Evidence {
                counts: rule.counts,
                general_confidence: general,
                min_support,
                min_confidence: self.confidence,
            };
            (rule, evidence)
        });
        let mut judged: Vec<(AssociationRule, Evidence)> = judged.collect();
        let rank = self.rank_by.as_deref().or(self.top.map(|_| "lift"));
        if let Some(rank) = rank.map(|name| measure(name).expect("checked")) {
            let key = |evidence: &Evidence| Some(rank.value(evidence)).filter(|v| !v.is_nan()).unwrap_or(f64::MIN);
            judged.sort_by(|a, b| key(&b.1).total_cmp(&key(&a.1)));
        }
        judged.truncate(self.top.unwrap_or(usize::MAX));
        judged
    }

    fn text(&self, read: &Read, judged: &[(AssociationRule, Evidence)], style: Style) -> String {
        let rules: Vec<AssociationRule> = judged.iter().map(|judged| judged.0.clone()).collect();
        let columns: Vec<ExportColumn> = self
            .measures
            .iter()
            .map(|name| {
                let measure = measure(name).expect("checked");
                let values = judged.iter().map(|judged| measure.value(&judged.1)).collect();
                ExportColumn { name: measure.name.to_owned(), values }
            })
            .collect();
        let total = read.baskets.total_weight();
        let min_support = self.common.support.count(total) as f64 / total.max(1) as f64;
        match (self.pmml, style) {
            (true, _) => pmml(&rules, &read.names, total, min_support, self.confidence),
            (false, Style::Json) => rules_json(&rules, &read.names, &columns),
            (false, Style::Csv) => rules_csv(&rules, &read.names, &columns),
            (false, Style::Fimi) => rules_fimi(&rules, &read.names),
            (false, Style::Spmf) => rules_spmf(&rules, &read.names),
        }
    }
}
