//! One arm of a list beside its control.

use super::drawn::{Drawn, Unit, window_days};
use super::outcomes::Did;
use super::reading::CONTROL;
use super::settings::{MeasureCampaign, Outcome};
use crate::experiments::{
    Arms, Bounds, Cap, Comparison, Delivered, DryRuns, LARGE_IMBALANCE, Lift, Method, Returned, SampleRatio,
    boundaries, compare, compare_ratios, delivered, detectable, discoveries, dry_runs, expected_counts, lift,
    per_arm_of_shares, returned, sample_ratio, sequence_margin, shuffled_p, smallest_share, standardised_difference,
};
use crate::numeric::shares::Z95;

/// Two-sided level of all tests.
const ALPHA: f64 = 0.05;
/// Chance with which a difference should be seen.
const POWER: f64 = 0.8;
/// Fewest persons of an arm: with fewer, means are not yet near a normal distribution, and intervals promise too much.
pub(super) const LEAST_PERSONS: u64 = 30;
/// Shuffles of the arms.
const SHUFFLES: u32 = 2_000;
/// Persons at which a band that holds at every look is narrowest.
const BEST_PERSONS: f64 = 5_000.0;

/// What an outcome is among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Primary,
    Secondary,
    Beside,
}

/// What to do with a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Repeat,
    Change,
    Stop,
    KeepRunning,
    CannotBeMeasured,
}

impl Decision {
    /// As the table writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Decision::Repeat => "repeat",
            Decision::Change => "change",
            Decision::Stop => "stop",
            Decision::KeepRunning => "keep_running",
            Decision::CannotBeMeasured => "cannot_be_measured",
        }
    }
}

/// One outcome of one arm.
pub(super) struct Measured {
    pub(super) outcome: Outcome,
    pub(super) role: Role,
    pub(super) method: &'static str,
    pub(super) found: Comparison,
    /// Whether it counts as real.
    pub(super) real: bool,
    pub(super) lift: Option<Lift>,
    pub(super) iroas: Option<Returned>,
    pub(super) delivered: Option<Delivered>,
    pub(super) detectable: f64,
    pub(super) smallest_share: Option<f64>,
    pub(super) needed: Option<f64>,
}

/// One arm of a list.
pub(super) struct Compared {
    pub(super) list: String,
    pub(super) arm: String,
    pub(super) closed: bool,
    pub(super) matured: f64,
    pub(super) outcomes: Vec<Measured>,
    pub(super) ratio: Option<SampleRatio>,
    /// Of days with enough persons: the day, its control persons and how they fit.
    pub(super) by_day: Vec<(i32, u64, SampleRatio)>,
    /// Earlier behaviour by its outcome: standardised difference.
    pub(super) balance: Vec<(Outcome, f64)>,
    pub(super) dry_runs: Option<DryRuns>,
    pub(super) control: u64,
    /// Windows of its contacted persons that are open on a day, by day.
    pub(super) window_days: Vec<(i32, u64)>,
    pub(super) decision: Decision,
}

impl Compared {
    /// Whether the arms are not as they should have been drawn.
    pub(super) fn is_broken(&self) -> bool {
        self.ratio.is_some_and(|ratio| ratio.broken())
    }

    /// Whether its result is final and may be used: by types, totals and what is learned from it.
    pub(super) fn is_sound(&self) -> bool {
        self.closed && !self.is_broken() && self.primary().is_some_and(|primary| enough(&primary.found))
    }

    /// The outcome that decides.
    pub(super) fn primary(&self) -> Option<&Measured> {
        self.outcomes.iter().find(|measured| measured.role == Role::Primary)
    }
}

/// How far a list is.
struct Standing {
    closed: bool,
    /// Units whose windows ended on this day or before are compared.
    until: i32,
    /// How many standard errors count as real at this look; the interval is as wide.
    wide: Wide,
}

enum Wide {
    /// A single look.
    Once,
    /// So many standard errors.
    Bound(f64),
    /// At every look.
    Always,
    /// No look yet.
    NotYet,
}

impl MeasureCampaign {
    /// Compares each arm of a list with its control, as of the day `today`.
    pub(super) fn compared(&self, drawn: &Drawn, today: i32, seed: u64) -> Vec<Compared> {
        drawn.arms.iter().map(|arm| self.arm(drawn, arm, today, seed)).collect()
    }

    fn arm(&self, drawn: &Drawn, arm: &str, today: i32, seed: u64) -> Compared {
        let mut compared = Compared {
            list: drawn.list.name.clone(),
            arm: arm.to_owned(),
            closed: false,
            matured: 0.0,
            outcomes: Vec::new(),
            ratio: None,
            by_day: Vec::new(),
            balance: Vec::new(),
            dry_runs: None,
            control: drawn.units.iter().filter(|unit| unit.arm == CONTROL).count() as u64,
            window_days: Vec::new(),
            decision: Decision::CannotBeMeasured,
        };
        let Some((all, chances)) = drawn.beside_control(arm) else { return compared };
        compared.ratio = fit(&all, &chances);
        compared.by_day = days(&all, &chances);
        let standing = self.standing(&drawn.list.name, &all, today);
        compared.closed = standing.closed;
        let places: Vec<usize> = (0..all.len()).filter(|place| all[*place].over <= standing.until).collect();
        compared.matured = places.len() as f64 / all.len() as f64;
        let units: Vec<&Unit> = places.iter().map(|place| all[*place]).collect();
        let treated = units.iter().map(|unit| unit.arm != CONTROL).collect();
        let mut levels: Vec<u64> = chances.iter().map(|chance| chance.to_bits()).collect();
        levels.sort_unstable();
        levels.dedup();
        let group = |place: &usize| levels.binary_search(&chances[*place].to_bits()).map_or(0, |group| group as u32);
        let arms = Arms::in_groups(treated, places.iter().map(group).collect());
        let column = |of: &dyn Fn(&Unit) -> f64| units.iter().map(|unit| of(unit)).collect::<Vec<f64>>();
        for outcome in [Outcome::Revenue, Outcome::Conversion, Outcome::Units] {
            let values = column(&|unit| unit.before.of(outcome));
            compared.balance.extend(standardised_difference(&values, &arms).map(|found| (outcome, found)));
        }
        compared.window_days = window_days(&units, &arms, &drawn.list.persons, self.window.days());
        compared.outcomes = self.outcomes(&units, &arms, &drawn.list.name, seed, drawn.list.delivery);
        self.judge(&mut compared, &standing);
        compared.dry_runs = self.dry(&all, arms.sizes(), seed);
        compared.decision = self.decide(&compared, &standing);
        compared
    }

    fn standing(&self, list: &str, units: &[&Unit], today: i32) -> Standing {
        let first = units.iter().map(|unit| unit.over).min().unwrap_or(today);
        let last = units.iter().map(|unit| unit.over).max().unwrap_or(today);
        let Some(end) = self.end_of(list) else {
            // Who all came on one day are read once; others were read before the last of them was over.
            let wide = if first == last && last <= today { Wide::Once } else { Wide::Always };
            return Standing { closed: last <= today, until: today, wide };
        };
        let looks = i64::from(self.looks.get());
        let (begin, end) = (i64::from(first), i64::from(end).max(i64::from(first)));
        let day_of = |look: i64| (begin + (end - begin) * look / looks) as i32;
        let passed = (1..=looks).filter(|look| day_of(*look) <= today).count() as i64;
        if passed == looks && looks == 1 {
            return Standing { closed: true, until: end as i32, wide: Wide::Once };
        }
        // Only looks that see more persons than those before count; the one that sees all is the last, whatever was planned after it.
        let (mut information, mut times, mut until) = (Vec::new(), Vec::new(), today);
        for look in 1..=passed {
            let known = units.iter().filter(|unit| unit.over <= day_of(look)).count();
            if information.last().is_some_and(|last| known as f64 <= *last) || known == 0 {
                continue;
            }
            information.push(known as f64);
            times.push(if known == units.len() { 1.0 } else { look as f64 / looks as f64 });
            until = day_of(look);
        }
        let closed = passed == looks || information.last() == Some(&(units.len() as f64));
        match boundaries(&information, &times, self.spending.shape, ALPHA).pop() {
            Some(bound) => Standing { closed, until, wide: Wide::Bound(bound) },
            None => Standing { closed, until: today, wide: Wide::NotYet },
        }
    }

    /// The share of persons whose values count in full; nothing where an outcome is not capped.
    pub(super) fn cap_of(&self, outcome: Outcome) -> Option<f64> {
        self.method(outcome).cap
    }

    fn method(&self, outcome: Outcome) -> Method {
        match outcome {
            Outcome::Revenue | Outcome::Margin | Outcome::Units => {
                Method { cap: Some(self.cap.get()), adjustment: self.slopes.adjustment }
            }
            Outcome::Conversion | Outcome::OrderValue => Method::PLAIN,
        }
    }

    /// What outcomes are adjusted for: the same in the year before, and whether there was none.
    fn earlier(outcome: Outcome, before: &dyn Fn(usize) -> Did, units: usize) -> [Vec<f64>; 2] {
        let of = match outcome {
            Outcome::Units => Outcome::Units,
            _ => Outcome::Revenue,
        };
        let column = |of: &dyn Fn(Did) -> f64| (0..units).map(|unit| of(before(unit))).collect::<Vec<f64>>();
        [column(&|did| did.of(of)), column(&|did| f64::from(u8::from(did.orders == 0.0)))]
    }

    fn outcomes(&self, units: &[&Unit], arms: &Arms, list: &str, seed: u64, delivery: bool) -> Vec<Measured> {
        let sizes = arms.sizes();
        let (n, share) = ((sizes[0] + sizes[1]) as f64, sizes[1] as f64 / (sizes[0] + sizes[1]).max(1) as f64);
        let reached: Vec<bool> = units.iter().map(|unit| unit.reached).collect();
        let values = |outcome: Outcome| units.iter().map(|unit| unit.did.of(outcome)).collect::<Vec<f64>>();
        let mut wanted = vec![Outcome::Revenue, Outcome::Conversion, Outcome::Units];
        if self.has_margin() {
            wanted.push(Outcome::Margin);
        }
        let mut all = Vec::new();
        for outcome in wanted {
            let method = self.method(outcome);
            let before = Self::earlier(outcome, &|unit| units[unit].before, units.len());
            let prepared = method.prepared(&values(outcome), &before, arms);
            let Some(found) = compare(&prepared, arms, 1.0 - ALPHA) else { continue };
            let sd = deviation(&found);
            let hoped = self.hoped_lift.map(|lift| lift.get() * found.control.mean).filter(|hoped| *hoped > 0.0);
            let iroas = (outcome == Outcome::Margin).then(|| costs(units)).flatten();
            all.push(Measured {
                outcome,
                role: if self.primary.outcome == outcome { Role::Primary } else { Role::Secondary },
                method: if method == Method::PLAIN { "shares" } else { "capped_adjusted" },
                found,
                real: false,
                lift: lift(&found, Z95),
                iroas: iroas.and_then(|costs| returned(&prepared, &costs, arms, 1.0 - ALPHA)),
                delivered: if delivery { delivered(&prepared, &reached, arms) } else { None },
                detectable: detectable(sd, n, share, ALPHA, POWER),
                smallest_share: hoped.and_then(|hoped| smallest_share(sd, n, hoped, ALPHA, POWER)),
                needed: hoped
                    .filter(|hoped| outcome == Outcome::Conversion && found.control.mean + hoped < 1.0)
                    .map(|hoped| per_arm_of_shares(found.control.mean, found.control.mean + hoped, ALPHA, POWER)),
            });
        }
        let plain = |outcome, role, method, found: Comparison| Measured {
            outcome,
            role,
            method,
            found,
            real: false,
            lift: lift(&found, Z95),
            iroas: None,
            delivered: None,
            detectable: detectable(deviation(&found), n, share, ALPHA, POWER),
            smallest_share: None,
            needed: None,
        };
        let orders: Vec<f64> = units.iter().map(|unit| unit.did.orders).collect();
        if let Some(found) = compare_ratios(&values(Outcome::Revenue), &orders, arms, 1.0 - ALPHA) {
            all.push(plain(Outcome::OrderValue, Role::Secondary, "ratio", found));
        }
        let raw = values(Outcome::Revenue);
        let seed = seed ^ crate::numeric::random::fnv1a(list.as_bytes());
        if let (Some(found), Some(p)) = (compare(&raw, arms, 1.0 - ALPHA), shuffled_p(&raw, arms, SHUFFLES, seed)) {
            all.push(plain(Outcome::Revenue, Role::Beside, "shuffled", Comparison { p, ..found }));
        }
        all
    }

    /// Widens intervals to what may be read at this look, and says which differences count as real.
    fn judge(&self, compared: &mut Compared, standing: &Standing) {
        let of = |role: Role| move |measured: &&mut Measured| measured.role == role;
        for measured in &mut compared.outcomes {
            let found = &mut measured.found;
            let n = (found.treated.n + found.control.n) as f64;
            let margin = match standing.wide {
                Wide::Once => None,
                Wide::Bound(bound) => Some(bound),
                Wide::Always | Wide::NotYet => Some(n.sqrt() * sequence_margin(n, BEST_PERSONS, ALPHA)),
            };
            if let Some(margin) = margin {
                (found.low, found.high) = (found.difference - margin * found.se, found.difference + margin * found.se);
                if !standing.closed {
                    // Its interval is of a single look.
                    measured.iroas = None;
                }
                if let Some(lift) = &mut measured.lift {
                    (lift.low, lift.high) = (lift.value - margin * lift.se, lift.value + margin * lift.se);
                }
            }
        }
        let open = matches!(standing.wide, Wide::NotYet) || compared.is_broken();
        let outside = |found: &Comparison| enough(found) && (found.low > 0.0 || found.high < 0.0);
        compared.outcomes.iter_mut().filter(of(Role::Primary)).for_each(|measured| {
            measured.real = !open && outside(&measured.found);
        });
        compared.outcomes.iter_mut().filter(of(Role::Beside)).for_each(|measured| {
            measured.real = !open && measured.found.p < ALPHA && outside(&measured.found);
        });
        let chances: Vec<f64> =
            compared.outcomes.iter().filter(|m| m.role == Role::Secondary).map(|m| m.found.p).collect();
        let called = discoveries(&chances, ALPHA);
        for (measured, called) in compared.outcomes.iter_mut().filter(of(Role::Secondary)).zip(called) {
            measured.real = !open && called && outside(&measured.found);
        }
    }

    fn decide(&self, compared: &Compared, standing: &Standing) -> Decision {
        let running = if standing.closed { Decision::CannotBeMeasured } else { Decision::KeepRunning };
        // Without a control there never will be anything to read.
        if compared.control == 0 || compared.is_broken() {
            return Decision::CannotBeMeasured;
        }
        let Some(primary) = compared.primary() else { return running };
        if !enough(&primary.found) {
            return running;
        }
        let costs = compared.outcomes.iter().find_map(|measured| measured.iroas.as_ref());
        let pays = |returned: &Returned| match returned.bounds {
            Bounds::Between(low, high) => (low > 0.0, high < 0.0),
            Bounds::Any => (false, false),
        };
        match (primary.real, costs.map(pays)) {
            (true, _) if primary.found.high < 0.0 => Decision::Stop,
            // It works and costs more than it brings.
            (true, Some((_, true))) => Decision::Change,
            (true, _) => Decision::Repeat,
            (false, _) if !standing.closed => Decision::KeepRunning,
            (false, _) => {
                let hoped = self.hoped_lift.map(|lift| lift.get() * primary.found.control.mean);
                match hoped.is_some_and(|hoped| primary.detectable > hoped && primary.found.high >= hoped) {
                    true => Decision::CannotBeMeasured,
                    false => Decision::Change,
                }
            }
        }
    }

    /// False alarms of the primary outcome's method on the same persons before the list, split by chance with the list's own share of control.
    fn dry(&self, units: &[&Unit], sizes: [u64; 2], seed: u64) -> Option<DryRuns> {
        let outcome = self.primary.outcome;
        let values: Vec<f64> = units.iter().map(|unit| unit.past.of(outcome)).collect();
        let before = Self::earlier(outcome, &|unit| units[unit].before_past, units.len());
        let share = sizes[1] as f64 / (sizes[0] + sizes[1]).max(1) as f64;
        // Who bought nothing before the list cannot be told apart, whatever the split.
        if values.iter().all(|value| *value == 0.0) {
            return None;
        }
        dry_runs(&values, &before, share, self.method(outcome), (self.dry_runs.get(), ALPHA), seed)
    }

    /// The primary outcome of the matured units of one arm and the control, raw and capped as they are compared; by place in `units`.
    pub(super) fn capped(&self, units: &[&Unit]) -> Vec<(f64, f64)> {
        let outcome = self.primary.outcome;
        let raw: Vec<f64> = units.iter().map(|unit| unit.did.of(outcome)).collect();
        let capped = match self.method(outcome).cap {
            Some(share) => Cap::of(&raw, share).apply(&raw),
            None => raw.clone(),
        };
        raw.into_iter().zip(capped).collect()
    }
}

/// Persons whose money a difference is of; nothing for what is not money, or is an average.
pub(super) fn money(measured: &Measured) -> Option<f64> {
    measured.outcome.is_money().then_some(measured.found.treated.n as f64)
}

/// Whether both arms have enough persons to say anything.
pub(super) fn enough(found: &Comparison) -> bool {
    found.treated.n >= LEAST_PERSONS && found.control.n >= LEAST_PERSONS
}

/// The standard deviation of one unit that both arms have in common, from the error of their difference.
fn deviation(found: &Comparison) -> f64 {
    found.se / (1.0 / found.treated.n as f64 + 1.0 / found.control.n as f64).sqrt()
}

/// Costs by unit: where one is not known, the mean of those that are; nothing where none is.
fn costs(units: &[&Unit]) -> Option<Vec<f64>> {
    let known: Vec<f64> = units.iter().filter(|unit| unit.arm != CONTROL).filter_map(|unit| unit.cost).collect();
    let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)?;
    Some(units.iter().map(|unit| unit.cost.unwrap_or(mean)).collect())
}

fn fit(units: &[&Unit], chances: &[f64]) -> Option<SampleRatio> {
    let control = units.iter().filter(|unit| unit.arm == CONTROL).count() as u64;
    sample_ratio(&[units.len() as u64 - control, control], &expected_counts(chances))
}

/// The fit of each day on which five or more of either arm were expected, where there are several such days.
fn days(units: &[&Unit], chances: &[f64]) -> Vec<(i32, u64, SampleRatio)> {
    let mut by_day: std::collections::BTreeMap<i32, (Vec<&Unit>, Vec<f64>)> = std::collections::BTreeMap::new();
    for (unit, chance) in units.iter().zip(chances) {
        let (units, chances) = by_day.entry(unit.date).or_default();
        units.push(unit);
        chances.push(*chance);
    }
    let enough = |(_, chances): &(Vec<&Unit>, Vec<f64>)| expected_counts(chances).iter().all(|count| *count >= 5.0);
    let days: Vec<_> = by_day.into_iter().filter(|(_, day)| enough(day)).collect();
    if days.len() < 2 {
        return Vec::new();
    }
    let of = |(day, (units, chances)): (i32, (Vec<&Unit>, Vec<f64>))| {
        let control = units.iter().filter(|unit| unit.arm == CONTROL).count() as u64;
        Some((day, control, fit(&units, &chances)?))
    };
    days.into_iter().filter_map(of).collect()
}

/// Whether an earlier difference of the arms is too large to be overlooked.
pub(super) fn is_unbalanced(difference: f64) -> bool {
    difference.abs() > LARGE_IMBALANCE
}
