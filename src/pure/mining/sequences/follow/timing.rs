//! How many days B comes after A, and when to write.

use super::{FollowSettings, FollowTiming};
use crate::numeric::kaplan_meier::KaplanMeier;

/// Timing of the followers within the horizon.
pub(super) fn timing(estimate: &KaplanMeier, settings: &FollowSettings) -> FollowTiming {
    let last = settings.horizon_days;
    let bought_by: Vec<f64> = (0..=last).map(|day| 1.0 - estimate.survival_at(day)).collect();
    let all = bought_by[last as usize];
    let by = |share: f64| bought_by.iter().position(|&bought| bought >= share * all - 1e-12).unwrap_or(0) as u32;
    let (send_from, send_to) = shortest_window(&bought_by, settings.send_share * all);
    FollowTiming {
        quartiles: [by(0.25), by(0.5), by(0.75)],
        weekly_hazard: estimate.hazard(7, last),
        send_from,
        send_to,
        bought_by,
    }
}

/// The shortest run of days in which the cumulated share rises by `need`; the earliest of equally short ones.
pub(super) fn shortest_window(cumulated: &[f64], need: f64) -> (u32, u32) {
    let before = |day: usize| if day == 0 { 0.0 } else { cumulated[day - 1] };
    let mut best = (0, cumulated.len() - 1);
    let mut to = 0;
    for from in 0..cumulated.len() {
        to = to.max(from);
        while to < cumulated.len() && cumulated[to] - before(from) < need - 1e-12 {
            to += 1;
        }
        if to == cumulated.len() {
            break;
        }
        if to - from < best.1 - best.0 {
            best = (from, to);
        }
    }
    (best.0 as u32, best.1 as u32)
}
