//! `patron mine rules`

use clap::Args;

use super::{BasketInput, Common, unknown};
use crate::cli::{Done, Failure};
use crate::diagnostics::{Problem, codes, did_you_mean};
use crate::mining::{
    Evidence, ExportColumn, Limits, RuleError, RuleSettings, Run, Style, general_confidences, measure, measures,
    mine_rules, pmml, rule_bases, rules_csv, rules_json,
};

/// Association rules of baskets, as CSV (or JSON, PMML) with the measures asked for.
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
    /// Write PMML, which R's arules and others read.
    #[arg(long)]
    pmml: bool,
}

impl Rules {
    pub(super) fn run(self) -> Done {
        let row = rule_bases().iter().find(|row| row.name == self.base);
        let base =
            row.ok_or_else(|| unknown("base", &self.base, rule_bases().iter().map(|row| row.name).collect()))?.base;
        for name in &self.measures {
            if measure(name).is_none() {
                let near =
                    did_you_mean(name, measures().iter().map(|m| m.name)).map(|n| format!("did you mean `{n}`?"));
                let help = near.unwrap_or_else(|| "`patron list measures` shows them".to_owned());
                return Ok(Problem::new(&codes::BAD_CALL, format!("there is no measure `{name}`")).help(help).err()?);
            }
        }
        let settings = RuleSettings {
            base,
            min_length: self.min_len,
            max_length: self.max_len,
            max_right: self.max_right,
            limits: Limits { itemsets: self.common.budget, memory: None },
            ..RuleSettings::new(self.common.support, self.confidence)
        };
        let threads = self.common.threads()?;
        let style = self.common.style(Style::Csv)?;
        let read = self.input.read(&self.common)?;
        let bar = self.common.bar();
        let progress = |done: f64| bar.set_position((done * 1000.0) as u64);
        let stop = self.common.stop();
        let rules = mine_rules(&read.baskets, &settings, &Run { threads, progress: &progress, stop: &stop });
        bar.finish_and_clear();
        let rules = rules.map_err(|error| {
            let code = match error {
                RuleError::Stopped { .. } => &codes::BUDGET_REACHED,
                RuleError::Mining(_) => &codes::BAD_CALL,
            };
            Failure::One(Problem::new(code, error.to_string()).boxed())
        })?;
        let mut per_length = Vec::new();
        for rule in &rules {
            let length = rule.left.len() + rule.right.len();
            if per_length.len() < length {
                per_length.resize(length, 0);
            }
            per_length[length - 1] += 1;
        }
        if !self.common.count {
            let general = general_confidences(&rules);
            let total = read.baskets.total_weight();
            let min_support = self.common.support.count(total) as f64 / total.max(1) as f64;
            let evidence = |at: usize| Evidence {
                counts: rules[at].counts,
                general_confidence: general[at],
                min_support,
                min_confidence: self.confidence,
            };
            let columns: Vec<ExportColumn> = self
                .measures
                .iter()
                .map(|name| {
                    let measure = measure(name).expect("checked above");
                    ExportColumn {
                        name: measure.name.to_owned(),
                        values: (0..rules.len()).map(|at| measure.value(&evidence(at))).collect(),
                    }
                })
                .collect();
            let text = match (self.pmml, style) {
                (true, _) => pmml(&rules, &read.names, total, min_support, self.confidence),
                (false, Style::Json) => rules_json(&rules, &read.names, &columns),
                (false, _) => rules_csv(&rules, &read.names, &columns),
            };
            let written = self.common.out()?.write_all(text.as_bytes());
            written.map_err(|e| {
                Failure::One(Problem::new(&codes::FILE_TROUBLE, format!("the rules could not be written: {e}")).boxed())
            })?;
        }
        self.common.tell("rules", &per_length, rules.len() as u64);
        Ok(())
    }
}
