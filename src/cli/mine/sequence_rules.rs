//! `patron mine sequence-rules`

use clap::Args;

use super::Common;
use super::sequence_input::{SequenceInput, refused};
use crate::cli::{Done, Failure};
use crate::diagnostics::{Problem, codes};
use crate::mining::sequences::{Distance, PartialRuleSettings, StopCause, mine_partial_rules, partial_rule_lines};
use crate::mining::{Run, Style, counted};

/// Partially ordered rules of customers' orders, as RuleGrowth and ERMiner find them: who has bought all of the left side,
/// in whatever order, buys all of the right side later. One a line, SPMF style. All rules are written, or none.
#[derive(Args, Debug)]
#[command(mut_arg("budget", |arg| arg.help("Most rules; where there are more, none are written")))]
#[command(mut_arg("seconds", |arg| arg.help("Stop after so many seconds; what is not done by then writes no rules")))]
pub struct SequenceRules {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    input: SequenceInput,
    /// Least share of those with the left side who buy the right side later, 0 to 1.
    #[arg(short = 'c', long, value_name = "C", default_value_t = 0.5)]
    confidence: f64,
    /// Most items on the left.
    #[arg(long, value_name = "N")]
    max_left: Option<usize>,
    /// Most items on the right.
    #[arg(long, value_name = "N")]
    max_right: Option<usize>,
    /// Most distance from the first order of the left side to the last of the right: days, or orders with an `o` behind.
    #[arg(long, value_name = "N")]
    window: Option<Distance>,
}

impl SequenceRules {
    pub(super) fn run(self) -> Done {
        let threads = self.common.threads()?;
        let style = self.common.style(Style::Spmf)?;
        let data = self.input.read(&self.common)?;
        self.common.clear(style, &data.names, if style == Style::Fimi { &["=>"] } else { &[",", "==>"] })?;
        let usual = PartialRuleSettings::default();
        let settings = PartialRuleSettings {
            support: self.common.support,
            min_confidence: self.confidence,
            max_left: self.max_left.unwrap_or(usual.max_left),
            max_right: self.max_right.unwrap_or(usual.max_right),
            window: self.window,
            taxonomy: data.taxonomy,
            max_rules: self.common.budget.or(usual.max_rules),
        };
        let bar = self.common.bar();
        let progress = |done: f64| bar.set_position((done * 1000.0) as u64);
        let stop = self.common.stop();
        let run = Run { threads, progress: &progress, stop: &stop };
        let found = mine_partial_rules(&data.sequences, &settings, &run);
        bar.finish_and_clear();
        let found = found.map_err(|error| refused(&error))?;
        if let Some(cause) = found.stopped {
            let (message, flag) = match cause {
                StopCause::Asked => ("stopped before all rules were found; none are written".to_owned(), "--seconds"),
                _ => {
                    let most = settings.max_rules.unwrap_or(u64::MAX);
                    let most = counted(most);
                    (format!("stopped: there are more than {most} rules; none are written"), "--budget")
                }
            };
            let help = format!("raise --support, --confidence or {flag}");
            return Err(Failure::One(Problem::new(&codes::BUDGET_REACHED, message).help(help).boxed()));
        }
        let mut per_length = Vec::new();
        for rule in &found.rules {
            let length = rule.left.len() + rule.right.len();
            per_length.resize(per_length.len().max(length), 0);
            per_length[length - 1] += 1;
        }
        if !self.common.count {
            let text = partial_rule_lines(&found.rules, &data.names, style, data.sequences.total_weight());
            if !self.common.write_rules(&text)? {
                return Ok(());
            }
        }
        self.common.tell("rules", &per_length, found.rules.len() as u64)
    }
}
