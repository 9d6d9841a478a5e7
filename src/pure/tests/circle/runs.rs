//! Every policy lives through the same year.

use patron_pure::experiments::{Arms, compare_rates};

use crate::learned::{Assigned, Learned};
use crate::plans::{Means, best, by_score};
use crate::world::{CHANNELS, MONTHS, Seen, World};

pub const POLICIES: [&str; 6] =
    ["planted optimum", "best by the features", "learned", "everybody", "highest churn score", "highest response"];

/// The lift of the list of one month, as the shop reports it and as it was planted: on the chance to order.
#[derive(Debug, Clone, Copy)]
pub struct ReportedLift {
    pub month: usize,
    pub contacted: u64,
    pub control: u64,
    pub difference: f64,
    pub low: f64,
    pub high: f64,
    pub planted: f64,
}

impl ReportedLift {
    pub fn covers(&self) -> bool {
        self.low <= self.planted && self.planted <= self.high
    }
}

pub struct Year {
    /// By policy and month, in the order of [`POLICIES`].
    pub profits: Vec<Vec<f64>>,
    pub lifts: Vec<ReportedLift>,
}

/// A year of all policies. The naive ones get perfect scores and the channel and number of contacts that bring most each month, as if they knew.
pub fn year(seed: u64, customers: usize) -> Year {
    let means = Means::of(customers);
    let follow = |choose: &dyn Fn(&World, &[Seen]) -> Vec<Option<usize>>| {
        let mut world = World::new(seed, customers);
        let month = |_| {
            let arms = choose(&world, &world.seen());
            assert!(means.holds(&arms), "{:?} of {means:?}", Means::used(&arms));
            world.live(&arms).profit
        };
        (0..MONTHS).map(month).collect::<Vec<f64>>()
    };
    let (learned, lifts) = learned(seed, customers);
    let profits = vec![
        follow(&|world, seen| best(seen, &means, &|i, channel| world.effect(i, channel) * seen[i].margin)),
        follow(&|world, seen| best(seen, &means, &|i, channel| world.effect_by_features(i, channel) * seen[i].margin)),
        learned,
        follow(&|_, seen| seen.iter().map(|row| row.reachable[0].then_some(0)).collect()),
        follow(&|world, seen| hindsight(world, seen, &means, &|i, _| 1.0 - world.base(i))),
        follow(&|world, seen| hindsight(world, seen, &means, &|i, channel| world.base(i) + world.effect(i, channel))),
    ];
    Year { profits, lifts }
}

/// The list by a score with the channel and size that bring most.
fn hindsight(world: &World, seen: &[Seen], means: &Means, score: &dyn Fn(usize, usize) -> f64) -> Vec<Option<usize>> {
    let mut best = (f64::NEG_INFINITY, Vec::new());
    for channel in 0..3 {
        for share in [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0] {
            let arms = by_score(seen, means, &|i| score(i, channel), channel, share * seen.len() as f64);
            let contacted = (0..arms.len()).filter(|i| arms[*i].is_some());
            let profit: f64 =
                contacted.map(|i| world.effect(i, channel) * seen[i].margin - CHANNELS[channel].cost).sum();
            if profit > best.0 {
                best = (profit, arms);
            }
        }
    }
    best.1
}

fn learned(seed: u64, customers: usize) -> (Vec<f64>, Vec<ReportedLift>) {
    let mut world = World::new(seed, customers);
    let mut policy = Learned::new(seed);
    let (mut profits, mut lifts) = (Vec::new(), Vec::new());
    for month in 0..MONTHS {
        let seen = world.seen();
        let assigned = policy.assign(&seen);
        assert!(Means::of(customers).holds(&assigned.arms), "{:?}", Means::used(&assigned.arms));
        let planted: Vec<[f64; 3]> =
            (0..customers).map(|i| std::array::from_fn(|channel| world.effect(i, channel))).collect();
        let lived = world.live(&assigned.arms);
        profits.push(lived.profit);
        lifts.push(reported(month, &assigned, &lived.ordered, &planted));
        policy.learn(&seen, &assigned, &lived.ordered);
    }
    (profits, lifts)
}

/// The lift of the month's list: those whom the plan had on it, contacted or drawn to be left alone, by channel; who was drawn to get a random
/// arm was not on the list. In the month of the trial everybody is on the list of the trial, of whom those contacted by any channel are
/// compared with those left alone.
fn reported(month: usize, assigned: &Assigned, ordered: &[bool], planted: &[[f64; 3]]) -> ReportedLift {
    let trial = month == 0;
    let channel = |i: usize| if trial { assigned.arms[i] } else { assigned.planned[i] };
    let listed =
        |i: &usize| assigned.probability[*i] > 0.0 && (trial || assigned.planned[*i].is_some() && !assigned.drawn[*i]);
    let persons: Vec<usize> = (0..ordered.len()).filter(listed).collect();
    let treated: Vec<bool> = persons.iter().map(|i| assigned.arms[*i].is_some()).collect();
    let groups = persons.iter().map(|i| if trial { 0 } else { channel(*i).unwrap_or(0) as u32 }).collect();
    let had: Vec<bool> = persons.iter().map(|i| ordered[*i]).collect();
    let arms = Arms::in_groups(treated, groups);
    let [contacted, control] = arms.sizes();
    let found = compare_rates(&had, &arms, 0.95).expect("two arms");
    let effects: Vec<f64> = persons.iter().filter_map(|i| channel(*i).map(|channel| planted[*i][channel])).collect();
    let planted = effects.iter().sum::<f64>() / effects.len() as f64;
    ReportedLift { month, contacted, control, difference: found.difference, low: found.low, high: found.high, planted }
}
