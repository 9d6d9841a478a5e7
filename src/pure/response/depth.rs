//! How many to mail: profit by depth of the ranked list, the depth that pays most, and how sure both are.

use rand::RngExt;
use rayon::prelude::*;

use super::ResponseError;
use crate::numeric::quantile::quantile;
use crate::numeric::random::stream;

/// Draws of persons for an interval.
const DRAWS: usize = 400;

/// What a response brings and a contact costs, in one currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Money {
    /// Margin of a response.
    pub margin: f64,
    /// Cost of a contact, at least 0.
    pub cost: f64,
}

impl Money {
    /// Expected profit of contacting a person: probability × margin − cost.
    pub fn per_contact(&self, probability: f64) -> f64 {
        probability * self.margin - self.cost
    }
}

/// A value with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranged {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// One depth of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Depth {
    /// Share of all persons who are contacted, best scores first.
    pub share: f64,
    /// That many persons.
    pub contacts: f64,
    /// Those of them who responded; equal scores share their responders evenly.
    pub responders: f64,
    /// Profit that the scores promise.
    pub expected: f64,
    /// Profit by what the persons did.
    pub realised: Ranged,
    /// Whether it is the depth of greatest expected profit.
    pub best: bool,
}

/// Profit by depth on persons whose scores are out of fold.
#[derive(Clone, Debug, PartialEq)]
pub struct Depths {
    /// Equal steps of the share, and the depth of greatest expected profit in its place.
    pub list: Vec<Depth>,
    /// Share of greatest expected profit: persons whose probability × margin is above the cost. Its interval is that of the depth that pays
    /// most by what persons did, over draws of persons.
    pub best: Ranged,
    /// Realised profit of contacting everybody.
    pub everybody: Ranged,
}

impl Depths {
    /// The depth of greatest expected profit; nothing where no contact pays.
    pub fn best(&self) -> Option<&Depth> {
        self.list.iter().find(|depth| depth.best)
    }
}

/// Persons of one score.
#[derive(Clone, Copy, Default)]
struct Group {
    persons: f64,
    responders: f64,
}

/// Profit by depth. Labels and scores are of the same persons, one each; `steps` is how many equal steps there are. Intervals are percentiles
/// over draws of as many persons with replacement.
///
/// # Errors
/// When an amount is not finite or the cost is negative.
pub fn by_depth(
    labels: &[bool],
    scores: &[f64],
    money: Money,
    steps: usize,
    seed: u64,
) -> Result<Depths, ResponseError> {
    if !(money.margin.is_finite() && money.cost.is_finite() && money.cost >= 0.0) {
        return Err(ResponseError::Money { margin: money.margin, cost: money.cost });
    }
    let rows = labels.len();
    let mut order: Vec<u32> = (0..rows as u32).collect();
    order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    let mut group_of = vec![0u32; rows];
    let (mut groups, mut of_group): (Vec<Group>, Vec<f64>) = (Vec::new(), Vec::new());
    for same in order.chunk_by(|&a, &b| scores[a as usize] == scores[b as usize]) {
        let mut group = Group::default();
        for &row in same {
            group_of[row as usize] = groups.len() as u32;
            group.persons += 1.0;
            group.responders += f64::from(labels[row as usize]);
        }
        of_group.push(scores[same[0] as usize]);
        groups.push(group);
    }
    let paying: f64 =
        groups.iter().zip(&of_group).filter(|(_, s)| money.per_contact(**s) > 0.0).map(|(g, _)| g.persons).sum();
    let best = paying / rows.max(1) as f64;
    let mut shares: Vec<(f64, bool)> = (1..=steps).map(|step| (step as f64 / steps as f64, false)).collect();
    if best > 0.0 {
        shares.retain(|(share, _)| (share - best).abs() > 1e-12);
        shares.push((best, true));
        shares.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let at: Vec<f64> = shares.iter().map(|(share, _)| *share).collect();
    let drawn: Vec<(Vec<f64>, f64)> = (0..DRAWS)
        .into_par_iter()
        .map(|draw| {
            let mut random = stream(seed, &format!("depth-{draw}"));
            let mut own = vec![Group::default(); groups.len()];
            for _ in 0..rows {
                let row = random.random_range(0..rows);
                let group = &mut own[group_of[row] as usize];
                group.persons += 1.0;
                group.responders += f64::from(labels[row]);
            }
            let profit = |(persons, responders): (f64, f64)| money.margin * responders - money.cost * persons;
            (down_to(&own, &at).into_iter().map(profit).collect(), most_profitable(&own, money))
        })
        .collect();
    let ranged = |value: f64, mut found: Vec<f64>| {
        found.sort_unstable_by(f64::total_cmp);
        let (low, high) = (quantile(&found, 0.025), quantile(&found, 0.975));
        Ranged { value, low: low.min(value), high: high.max(value) }
    };
    let promised: Vec<Group> = groups
        .iter()
        .zip(&of_group)
        .map(|(g, score)| Group { persons: g.persons, responders: g.persons * score })
        .collect();
    let (found, expected) = (down_to(&groups, &at), down_to(&promised, &at));
    let list: Vec<Depth> = (0..at.len())
        .map(|place| {
            let (contacts, responders) = found[place];
            let realised = money.margin * responders - money.cost * contacts;
            Depth {
                share: at[place],
                contacts,
                responders,
                expected: money.margin * expected[place].1 - money.cost * contacts,
                realised: ranged(realised, drawn.iter().map(|draw| draw.0[place]).collect()),
                best: shares[place].1,
            }
        })
        .collect();
    let everybody = list.last().map_or(Ranged { value: 0.0, low: 0.0, high: 0.0 }, |depth| depth.realised);
    Ok(Depths { list, best: ranged(best, drawn.iter().map(|draw| draw.1).collect()), everybody })
}

/// Persons and responders down to each of some ascending shares; within a group evenly.
fn down_to(groups: &[Group], shares: &[f64]) -> Vec<(f64, f64)> {
    let all: f64 = groups.iter().map(|group| group.persons).sum();
    let (mut persons, mut responders, mut next) = (0.0, 0.0, 0);
    shares
        .iter()
        .map(|share| {
            let wanted = share * all;
            while next < groups.len() && persons + groups[next].persons <= wanted + 1e-9 {
                persons += groups[next].persons;
                responders += groups[next].responders;
                next += 1;
            }
            let part = groups.get(next).filter(|group| group.persons > 0.0);
            let part = part.map_or(0.0, |group| group.responders * ((wanted - persons) / group.persons).max(0.0));
            (wanted, responders + part)
        })
        .collect()
}

/// The share whose profit by what persons did is greatest; the smallest of equals.
fn most_profitable(groups: &[Group], money: Money) -> f64 {
    let all: f64 = groups.iter().map(|group| group.persons).sum();
    let (mut persons, mut responders) = (0.0, 0.0);
    let (mut most, mut share) = (0.0, 0.0);
    for group in groups {
        persons += group.persons;
        responders += group.responders;
        let profit = money.margin * responders - money.cost * persons;
        if profit > most {
            (most, share) = (profit, persons / all);
        }
    }
    share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::math::logistic;

    #[test]
    fn by_hand_on_ten_persons() {
        let labels = [true, true, false, true, false, false, false, false, false, false];
        let scores = [0.9, 0.8, 0.7, 0.6, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1];
        let found = by_depth(&labels, &scores, Money { margin: 10.0, cost: 4.0 }, 5, 1).expect("amounts");
        let best = found.best().expect("four pay");
        // 0.6 × 10 is above 4, 0.3 × 10 is not.
        assert_eq!((best.share, best.contacts, best.responders), (0.4, 4.0, 3.0));
        assert!((best.realised.value - 14.0).abs() < 1e-9 && (best.expected - 14.0).abs() < 1e-9, "{best:?}");
        assert_eq!(found.list.len(), 5);
        assert!((found.everybody.value - (30.0 - 40.0)).abs() < 1e-9);
        // Those of one score are one group: half of it has half of its responders.
        let same = by_depth(&labels, &[0.3; 10], Money { margin: 10.0, cost: 4.0 }, 2, 1).expect("amounts");
        assert_eq!((same.list[0].responders, same.best().is_none(), same.best.value), (1.5, true, 0.0));
        assert!(by_depth(&labels, &scores, Money { margin: 10.0, cost: -1.0 }, 2, 1).is_err());
    }

    #[test]
    fn the_order_of_rows_moves_no_value() {
        let labels: Vec<bool> = (0..200).map(|row| row % 7 == 0).collect();
        let scores: Vec<f64> = (0..200).map(|row| f64::from(row * 31 % 50) / 100.0).collect();
        let money = Money { margin: 5.0, cost: 1.0 };
        let one = by_depth(&labels, &scores, money, 10, 1).expect("amounts");
        let turn = |row: usize| (row + 77) % 200;
        let (labels, scores): (Vec<bool>, Vec<f64>) =
            (0..200).map(|row| (labels[turn(row)], scores[turn(row)])).unzip();
        let other = by_depth(&labels, &scores, money, 10, 1).expect("amounts");
        let values = |depths: &Depths| depths.list.iter().map(|d| (d.share, d.realised.value)).collect::<Vec<_>>();
        assert_eq!(values(&one), values(&other));
    }

    #[test]
    fn intervals_of_profit_and_of_the_best_depth_cover_what_was_planted() {
        // Chances are known, so the true best share is where the chance is cost over margin.
        let money = Money { margin: 20.0, cost: 2.0 };
        let chance = |u: f64| logistic(-4.0 + 4.0 * u);
        let grid: Vec<f64> = (0..100_000).map(|i| chance((f64::from(i) + 0.5) / 100_000.0)).collect();
        let truth = grid.iter().filter(|p| money.per_contact(**p) > 0.0).count() as f64 / 1e5;
        let (mut depth, mut profit) = (0, 0);
        let trials = 100;
        for trial in 0..trials {
            let mut random = stream(trial, "depth-test");
            let scores: Vec<f64> = (0..800).map(|_| chance(random.random::<f64>())).collect();
            let labels: Vec<bool> = scores.iter().map(|p| random.random::<f64>() < *p).collect();
            let found = by_depth(&labels, &scores, money, 4, trial).expect("amounts");
            depth += usize::from(found.best.low <= truth && truth <= found.best.high);
            // Half of all, the best ones: its true profit.
            let half = found.list.iter().find(|d| (d.share - 0.5).abs() < 1e-9).expect("a step");
            let mut sorted = grid.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            let mean = sorted[..50_000].iter().sum::<f64>() / 50_000.0;
            let true_profit = 400.0 * money.per_contact(mean);
            profit += usize::from(half.realised.low <= true_profit && true_profit <= half.realised.high);
        }
        assert!(depth >= 90 && (88..=100).contains(&profit), "depth {depth}, profit {profit} of {trials}");
    }
}
