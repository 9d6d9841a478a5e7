//! Every policy lives through the same year.

use patron_pure::numeric::shares::wilson;

use crate::learned::{Assigned, Learned};
use crate::plans::{Means, best, by_score};
use crate::world::{MONTHS, Seen, World};

pub const POLICIES: [&str; 6] =
    ["planted optimum", "best by the features", "learned", "everybody", "highest churn score", "highest response"];

/// The lift of one list, as the shop reports it and as it was planted: on the chance to order.
#[derive(Debug, Clone, Copy)]
pub struct ReportedLift {
    pub month: usize,
    pub channel: usize,
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

/// A year of all policies. The naive ones get perfect scores: what they want to know, they know.
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
        follow(&|world, seen| by_score(seen, &means, &|i| 1.0 - world.base(i))),
        follow(&|world, seen| by_score(seen, &means, &|i| world.base(i) + world.effect(i, 1))),
    ];
    Year { profits, lifts }
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
        lifts.extend(reported(month, &assigned, &lived.ordered, &planted));
        policy.learn(&seen, &assigned, &lived.ordered);
    }
    (profits, lifts)
}

/// The lifts of a month's lists. In the month of the trial everybody is on each list; later those are whom the plan had on it.
fn reported(month: usize, assigned: &Assigned, ordered: &[bool], planted: &[[f64; 3]]) -> Vec<ReportedLift> {
    let mut lifts = Vec::new();
    for channel in 0..3 {
        let listed =
            |i: &usize| assigned.probability[*i] > 0.0 && (month == 0 || assigned.planned[*i] == Some(channel));
        let in_arm = |arm: Option<usize>| (0..ordered.len()).filter(listed).filter(move |i| assigned.arms[*i] == arm);
        let count = |arm| (in_arm(arm).filter(|i| ordered[*i]).count() as u64, in_arm(arm).count() as u64);
        let ((x, n), (y, m)) = (count(Some(channel)), count(None));
        if n < 20 || m < 20 {
            continue;
        }
        let (treated, control) = (x as f64 / n as f64, y as f64 / m as f64);
        let ((treated_low, treated_high), (control_low, control_high)) = (wilson(x, n, 1.96), wilson(y, m, 1.96));
        let square = |a: f64, b: f64| (a * a + b * b).sqrt();
        let planted = in_arm(Some(channel)).map(|i| planted[i][channel]).sum::<f64>() / n as f64;
        let difference = treated - control;
        lifts.push(ReportedLift {
            month,
            channel,
            contacted: n,
            control: m,
            difference,
            low: difference - square(treated - treated_low, control_high - control),
            high: difference + square(treated_high - treated, control - control_low),
            planted,
        });
    }
    lifts
}
