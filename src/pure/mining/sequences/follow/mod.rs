//! Rules "after A, customers buy B within N days": how many, how soon, and how many more than usual.
//!
//! One trial per customer: the first order that completes A. A trial is followed for N days or until observation ends,
//! so recent customers count for as long as they were seen (Kaplan-Meier), not as failures. What is usual is B's share
//! of the orders of the same weeks, over as many orders as each customer made in the time after A: a popular item follows
//! everything, a frequent buyer buys everything, and before Christmas everybody buys garlands. Whether the *order in time* matters is tested within customers: p is the chance of
//! as many followers if every customer had made the same orders on the same days in random order, which leaves tastes
//! and popularity as they are and takes away only what comes first.

mod base;
mod partial;
mod timing;
mod view;

use super::completion::Prefix;
use super::data::Sequences;
use super::errors::SequenceError;
use super::mine::{StopCause, collect_sequences};
use super::parallel::for_each_number;
use super::pattern::PatternList;
use super::settings::{Budget, Distance, Kind, Lengths, SequenceSettings};
use crate::mining::{Correction, Run, Support, Taxonomy, adjust};
pub use partial::{PartialFollowRule, PartialFollowRules, mine_partial_follow_rules, validate_partial_follow_rules};
use view::{Scratch, View};

/// Settings of the rules.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowSettings {
    /// The as-of date, civil seconds: orders with `time < as_of` are history.
    pub as_of: i64,
    /// N: how long after A a purchase of B counts, in days.
    pub horizon_days: u32,
    /// Least customers that buy B in time.
    pub support: Support,
    /// Least share of B after A, corrected for those not yet observed for N days; 0..=1.
    pub min_confidence: f64,
    /// Least ratio of followers to usual ones.
    pub min_lift: f64,
    /// Most elements and items of A.
    pub max_prefix_elements: u32,
    pub max_prefix_items: u32,
    /// Most different A that are tried; more are an error, which says at which support they would be few enough.
    pub max_prefixes: u64,
    /// Most days from one element of A to the next.
    pub step_days: Option<u32>,
    /// Whether B may be an item of A (a repeat purchase).
    pub repeats: bool,
    /// Items and their categories, where both are in the data: no element of A holds an item beside its own category, and
    /// B is neither a category of an item of A nor an item of a category of it.
    pub taxonomy: Option<Taxonomy>,
    /// How p-values are raised for the number of rules tested, and the level they are compared with.
    pub correction: Correction,
    pub level: f64,
    /// The send window is the shortest that holds this share of the followers; 0..=1.
    pub send_share: f64,
}

impl Default for FollowSettings {
    fn default() -> Self {
        FollowSettings {
            as_of: i64::MAX,
            horizon_days: 30,
            support: Support::Count(10),
            min_confidence: 0.02,
            min_lift: 1.2,
            max_prefix_elements: 2,
            max_prefix_items: 2,
            max_prefixes: 1_000_000,
            step_days: Some(90),
            repeats: false,
            taxonomy: None,
            correction: Correction::BenjaminiYekutieli,
            level: 0.05,
            send_share: 0.5,
        }
    }
}

/// How often B followed A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FollowFigures {
    /// Customers who completed A.
    pub customers: u64,
    /// Of these, who were seen to buy B within the horizon.
    pub followers: u64,
    /// Followers to be expected if each later order had B as often as all orders of the same weeks have.
    pub expected: f64,
    /// Share that buys B within the horizon, by Kaplan-Meier, with its 95 % interval.
    pub confidence: f64,
    pub confidence_low: f64,
    pub confidence_high: f64,
    /// The usual share under the same conditions: `confidence / lift`.
    pub base_rate: f64,
    /// `followers / expected`.
    pub lift: f64,
    /// Lower end of the 95 % interval of the lift (Byar's approximation: N. E. Breslow, N. E. Day, "Statistical Methods
    /// in Cancer Research" II, 1987, section 2.3).
    pub lift_low: f64,
    /// Its upper end; where nothing was to be expected, infinity.
    pub lift_high: f64,
}

/// How many days B comes after A.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowTiming {
    /// Days by which a quarter, half and three quarters of the followers within the horizon have bought, corrected for
    /// censoring.
    pub quartiles: [u32; 3],
    /// Chance per day, of those still without B, in each week after A.
    pub weekly_hazard: Vec<f64>,
    /// The send window: first and last day after A of the shortest time that holds the asked-for share of followers.
    pub send_from: u32,
    pub send_to: u32,
    /// Share that has bought by the end of day 0, 1, … up to the horizon.
    pub bought_by: Vec<f64>,
}

/// What speaks for a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowEvidence {
    pub figures: FollowFigures,
    pub timing: FollowTiming,
    /// Chance of so many followers under random order within customers.
    pub p_value: f64,
    /// The same, raised for the number of rules tested.
    pub adjusted_p: f64,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowRule {
    /// A: elements in order, items ascending.
    pub prefix: Vec<Vec<u32>>,
    /// B.
    pub next: u32,
    pub evidence: FollowEvidence,
}

/// The rules found.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowRules<R = FollowRule> {
    /// Ordered by A and B; all significant at the level asked for.
    pub rules: Vec<R>,
    /// Pairs (A, B) that had a chance to be reported, for which p-values were raised.
    pub tested: usize,
    /// Rules that met all thresholds but were not significant.
    pub not_significant: usize,
    /// The settings they were found with.
    pub settings: FollowSettings,
}

/// Finds the rules. Errors: settings out of range, more antecedents than [`FollowSettings::max_prefixes`].
pub fn mine_follow_rules(
    sequences: &Sequences,
    settings: &FollowSettings,
    run: &Run<'_>,
) -> Result<FollowRules, SequenceError> {
    check(settings)?;
    let history = sequences.until(settings.as_of);
    let prefixes = prefixes(&history, settings, run)?;
    let view = View::new(&history, settings.as_of, settings);
    let logs = view.logs();
    let found = for_each_number(
        run.threads,
        prefixes.len(),
        || Scratch::new(history.item_count()),
        |own, number| {
            if (run.stop)() {
                return (Vec::new(), 0);
            }
            view.rules_of(own, &Prefix::new(prefixes.get(number).elements(), settings.step_days), &logs)
        },
        |done| (run.progress)(done as f64 / prefixes.len() as f64),
    );
    let tested = found.iter().map(|(_, tested)| tested).sum();
    let rules = found.into_iter().flat_map(|(rules, _)| rules).collect();
    let mut found = FollowRules::significant(rules, settings, tested, |rule: &mut FollowRule| &mut rule.evidence);
    found.rules.sort_by(|a, b| (&a.prefix, a.next).cmp(&(&b.prefix, b.next)));
    Ok(found)
}

impl<R> FollowRules<R> {
    /// The rules that are significant once their p-values are raised for the number tested.
    ///
    /// A p-value above the level may be any number above it: no correction lowers a p-value, and none lets a larger one
    /// lower what a smaller one is raised to, below itself.
    fn significant(
        mut rules: Vec<R>,
        settings: &FollowSettings,
        tested: usize,
        evidence: impl Fn(&mut R) -> &mut FollowEvidence,
    ) -> Self {
        let raw: Vec<f64> = rules.iter_mut().map(|rule| evidence(rule).p_value).collect();
        for (rule, adjusted) in rules.iter_mut().zip(adjust(&raw, settings.correction, tested)) {
            evidence(rule).adjusted_p = adjusted;
        }
        let meeting = rules.len();
        rules.retain_mut(|rule| evidence(rule).adjusted_p <= settings.level);
        FollowRules { not_significant: meeting - rules.len(), rules, tested, settings: settings.clone() }
    }
}

/// What became of a rule in a later period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaterFollow {
    pub figures: FollowFigures,
    pub verdict: FollowVerdict,
}

/// Whether a rule held on later data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowVerdict {
    /// The lift's interval lies above 1.
    Confirmed,
    /// The lift is above 1, but chance could do that.
    Consistent,
    /// The lift is at most 1, and the upper end of its interval below the lift that was mined.
    Failed,
    /// Nobody completed A, nothing was to be expected, or the lift is at most 1 but its interval still holds the one that was
    /// mined: too little was seen to tell.
    Untested,
}

impl FollowVerdict {
    /// Of what was seen later of a rule with this mined lift.
    fn new(mined_lift: f64, later: &FollowFigures) -> Self {
        match later {
            later if later.customers == 0 || later.expected <= 0.0 => FollowVerdict::Untested,
            later if later.lift_low > 1.0 => FollowVerdict::Confirmed,
            later if later.lift > 1.0 => FollowVerdict::Consistent,
            later if later.lift_high < mined_lift => FollowVerdict::Failed,
            _ => FollowVerdict::Untested,
        }
    }

    /// The word for tables.
    pub fn name(self) -> &'static str {
        match self {
            FollowVerdict::Confirmed => "confirmed",
            FollowVerdict::Consistent => "consistent",
            FollowVerdict::Failed => "failed",
            FollowVerdict::Untested => "untested",
        }
    }
}

/// The figures of each rule among orders with `from <= time < until`, from which it was not mined.
///
/// A trial is the first order of the period that completes A, of which earlier elements may lie before the period.
pub fn validate_follow_rules(
    found: &FollowRules,
    sequences: &Sequences,
    from: i64,
    until: i64,
    run: &Run<'_>,
) -> Vec<LaterFollow> {
    let period = Later { sequences, settings: &found.settings, from, until };
    period.tried(&found.rules, run, |view, own, rule| {
        let prefix = Prefix::new(rule.prefix.clone(), found.settings.step_days);
        (rule.evidence.figures.lift, view.figures(own, &prefix, rule.next))
    })
}

/// Orders of a period that rules were not mined from.
struct Later<'a> {
    sequences: &'a Sequences,
    settings: &'a FollowSettings,
    from: i64,
    until: i64,
}

impl Later<'_> {
    /// What becomes of each rule in the period; `judge` gives its lift as it was mined and its figures there.
    fn tried<R: Sync>(
        &self,
        rules: &[R],
        run: &Run<'_>,
        judge: impl Fn(&View, &mut Scratch, &R) -> (f64, FollowFigures) + Sync,
    ) -> Vec<LaterFollow> {
        let seen = self.sequences.until(self.until);
        let view = View::new(&seen, self.until, self.settings).starting(self.from);
        for_each_number(
            run.threads,
            rules.len(),
            || Scratch::new(seen.item_count()),
            |own, number| {
                let (mined, figures) = judge(&view, own, &rules[number]);
                LaterFollow { verdict: FollowVerdict::new(mined, &figures), figures }
            },
            |done| (run.progress)(done as f64 / rules.len() as f64),
        )
    }
}

fn check(settings: &FollowSettings) -> Result<(), SequenceError> {
    let problem = |setting, value: String, why| Err(SequenceError::Setting { setting, value, why });
    if settings.support.checked().is_err() {
        let why = "must be a share above 0 and at most 1, or a count of at least 1";
        return problem("support", format!("{:?}", settings.support), why);
    }
    if settings.horizon_days == 0 || settings.horizon_days > 3660 {
        return problem("horizon_days", settings.horizon_days.to_string(), "must be between 1 and 3660 days");
    }
    for (setting, value) in
        [("min_confidence", settings.min_confidence), ("level", settings.level), ("send_share", settings.send_share)]
    {
        if !(0.0..=1.0).contains(&value) {
            return problem(setting, value.to_string(), "must be between 0 and 1");
        }
    }
    if !(0.0..).contains(&settings.min_lift) {
        return problem("min_lift", settings.min_lift.to_string(), "must be a number of at least 0");
    }
    if settings.max_prefix_elements == 0 || settings.max_prefix_items == 0 {
        return problem("max_prefix", "0".into(), "leaves no room for what comes first; give at least 1");
    }
    Ok(())
}

fn prefixes(history: &Sequences, settings: &FollowSettings, run: &Run<'_>) -> Result<PatternList, SequenceError> {
    let search = SequenceSettings {
        kind: Kind::All,
        support: settings.support,
        items: Lengths { min: 1, max: Some(settings.max_prefix_items) },
        elements: Lengths { min: 1, max: Some(settings.max_prefix_elements) },
        taxonomy: settings.taxonomy.clone(),
        max_gap: settings.step_days.filter(|_| settings.max_prefix_elements > 1).map(Distance::Days),
        budget: Budget { patterns: Some(settings.max_prefixes), ..Budget::default() },
        ..SequenceSettings::default()
    };
    let quiet = Run { progress: &|_| (), ..*run };
    let (prefixes, outcome) = collect_sequences(history, &search, &quiet)?;
    match outcome.stopped {
        Some(stopped) if stopped.reason != StopCause::Asked => {
            Err(SequenceError::TooManyPrefixes { limit: settings.max_prefixes, fitting: stopped.fitting_count })
        }
        _ => Ok(prefixes),
    }
}

#[cfg(test)]
mod tests;
