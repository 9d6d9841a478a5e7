//! Whether hidden states predict the next period better than the stages by rules, on periods that neither was learned from.

use super::fit::Hidden;
use super::rates::{Rates, Tally};
use super::sequences::{Sequences, beginning, level};
use crate::lifecycle::odds::{BANDS, band_of};
use crate::lifecycle::stage::{STAGES, Stage};
use crate::lifecycle::track::Track;
use crate::numeric::math::ln;
use crate::numeric::shares::Z95;

/// Fewest periods and customers to learn hidden states from.
const LEAST_PERIODS: usize = 8;
const LEAST_CUSTOMERS: u64 = 200;
/// Most customers that states are learned from: a stride through all of them.
const MOST_CUSTOMERS: usize = 20_000;
/// Numbers of states that are tried.
const TRIED: [usize; 3] = [2, 3, 4];

/// What hidden states and rules said of later periods, and which is better.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The hidden states, fitted to all periods.
    pub hidden: Hidden,
    /// Customers and periods judged, each customer in each period counted.
    pub judged: u64,
    /// Mean logarithmic loss of the chance to buy in the next period: of the hidden states, and of stage and time in it.
    pub loss: (f64, f64),
    /// Hidden less rules, and its standard error; customers are the units.
    pub difference: (f64, f64),
    /// Whether the hidden states are better with the upper end of the 95 % interval of the difference.
    pub better: bool,
}

/// Fits hidden states to all but the last periods (a quarter, at most six) and compares their chances to buy in each of these with those of
/// the stage and the time in it, both with the same season. The number of states is the one with the best likelihood of every fifth
/// customer, fitted without these. Nothing where there are too few periods or customers.
pub fn judge(track: &Track, season: &[usize], seasons: usize) -> Option<Verdict> {
    let last = track.dates.len().checked_sub(1)?;
    let later = (last / 4).clamp(1, 6);
    let learned = last.checked_sub(later).filter(|learned| *learned >= LEAST_PERIODS)?;
    let stride = track.customers().div_ceil(MOST_CUSTOMERS).max(1);
    let taken = |customer: u32| (customer as usize).is_multiple_of(stride);
    let held = |customer: u32| taken(customer) && (customer as usize / stride).is_multiple_of(5);
    let all = Sequences::of(track, learned, taken);
    if all.customers() < LEAST_CUSTOMERS {
        return None;
    }
    let (inside, outside) = (
        Sequences::of(track, learned, |customer| taken(customer) && !held(customer)),
        Sequences::of(track, learned, held),
    );
    let mut best: Option<(f64, Hidden)> = None;
    for states in TRIED {
        let fitted = Hidden::fit(&inside, states, season, seasons).ok()?;
        let value = fitted.mean_ln_likelihood(&outside, season);
        if best.as_ref().is_none_or(|best| value > best.0) {
            best = Some((value, fitted));
        }
    }
    let hidden = best?.1.refitted(&all, season);
    let rules = by_rules(track, learned, season, seasons);
    let mut rows: Vec<(f64, f64, u64)> = Vec::new();
    for customer in 0..track.customers() as u32 {
        rows.extend(compared(track, customer, &hidden, &rules, season, learned));
    }
    let judged: u64 = rows.iter().map(|row| row.2).sum();
    if judged == 0 {
        return None;
    }
    let n = judged as f64;
    let loss = (rows.iter().map(|row| row.0).sum::<f64>() / n, rows.iter().map(|row| row.1).sum::<f64>() / n);
    let mean = loss.0 - loss.1;
    let spread: f64 = rows.iter().map(|row| row.0 - row.1 - row.2 as f64 * mean).map(|off| off * off).sum();
    let error = spread.sqrt() / n;
    let hidden = hidden.refitted(&Sequences::of(track, last, taken), season);
    Some(Verdict { hidden, judged, loss, difference: (mean, error), better: mean + Z95 * error < 0.0 })
}

/// The group of a customer by the rules: the stage and the time in it.
fn group(states: &[crate::lifecycle::track::State]) -> usize {
    states.last().map_or(0, |state| state.stage as usize * BANDS.len() + band_of(states))
}

/// Chances to buy in the next period by stage and time in it, from the periods up to `learned`.
fn by_rules(track: &Track, learned: usize, season: &[usize], seasons: usize) -> Rates {
    let mut tally = Tally::new(STAGES.len() * BANDS.len(), season.len());
    for customer in 0..track.customers() as u32 {
        let Some((first, _)) = beginning(track, customer) else { continue };
        let states = track.of(customer);
        for period in first..=learned {
            tally.add(group(&states[..period]), period, 1.0, states[period].bought > 0);
        }
    }
    tally.rates(season, seasons)
}

/// Losses of a customer over the periods after `learned`: of the hidden states, of the rules, and how many periods.
fn compared(
    track: &Track,
    customer: u32,
    hidden: &Hidden,
    rules: &Rates,
    season: &[usize],
    learned: usize,
) -> Option<(f64, f64, u64)> {
    let (first, _) = beginning(track, customer)?;
    let states = track.of(customer);
    let chances = hidden.chances(track, customer, season)?;
    let (mut of_hidden, mut of_rules, mut n) = (0.0, 0.0, 0);
    for period in first.max(learned + 1)..states.len() {
        let bought = states[period].bought > 0;
        let loss = |chance: f64| -ln(if bought { chance } else { 1.0 - chance }.max(1e-9));
        of_hidden += loss(chances[period - first]);
        of_rules += loss(rules.chance(group(&states[..period]), season[period]));
        n += 1;
    }
    (n > 0).then_some((of_hidden, of_rules, n))
}

impl Hidden {
    /// The chance to buy in each period of a customer's sequence, each from the periods before it.
    fn chances(&self, track: &Track, customer: u32, season: &[usize]) -> Option<Vec<f64>> {
        let (first, filtered) = self.followed(track, customer, track.dates.len(), season)?;
        let mut expected = self.chain.at(beginning(track, customer)?.1).to_vec();
        let mut all = Vec::new();
        for (period, now) in (first..).zip(filtered.chunks_exact(expected.len())) {
            all.push(self.buying(&expected, season[period]));
            expected = self.chain.next(now);
        }
        Some(all)
    }

    /// The chance to buy in a season with these chances of the states.
    fn buying(&self, states: &[f64], season: usize) -> f64 {
        states.iter().enumerate().map(|(state, share)| share * self.buys.chance(state, season)).sum()
    }

    /// The first period of a customer's sequence, and the chance of each state in each period given the periods up to it.
    fn followed(&self, track: &Track, customer: u32, until: usize, season: &[usize]) -> Option<(usize, Vec<f64>)> {
        let (first, start) = beginning(track, customer).filter(|(first, _)| *first < until)?;
        let levels: Vec<u8> = track.of(customer)[first..until].iter().map(|state| level(state.bought)).collect();
        Some((first, self.chain.filter(start, &self.likelihood(first, &levels, season)).0))
    }

    /// The chance of each state at the last of the first `until` dates, from the past alone. Customers without a period after their first
    /// order have the chances of the period to come, their first; prospects have none, and nobody has any without dates.
    pub fn now(&self, track: &Track, customer: u32, until: usize, season: &[usize]) -> Option<Vec<f64>> {
        let last = track.of(customer)[..until].last()?;
        if last.stage == Stage::Prospect {
            return None;
        }
        Some(match self.followed(track, customer, until, season) {
            Some((_, filtered)) => filtered[filtered.len() - self.chain.states()..].to_vec(),
            None => self.chain.at(beginning(track, customer)?.1).to_vec(),
        })
    }

    /// The chance to buy in the period after the first `until` dates, which is of the season `next`, from the past alone; nothing as
    /// above.
    pub fn buys_next(&self, track: &Track, customer: u32, until: usize, season: &[usize], next: usize) -> Option<f64> {
        let now = self.now(track, customer, until, season)?;
        let (first, _) = beginning(track, customer)?;
        Some(self.buying(&if first < until { self.chain.next(&now) } else { now }, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Rules, track};
    use crate::numeric::calendar::DAY;
    use crate::orders::{AsOf, Lines, Orders, Returns};

    #[test]
    fn the_next_period_of_newcomers_is_their_first() {
        // Customers who come all through the time and buy at paces of their own.
        let mut lines = Lines::default();
        for customer in 0..300_u32 {
            let (from, pace) = (i64::from(customer) * 2, 9 + i64::from(customer % 80));
            for n in 0..12 {
                lines.customer.push(customer);
                lines.order.push(lines.order.len() as u32);
                lines.time.push((from + n * pace) * DAY);
            }
        }
        let rows = lines.order.len();
        (lines.item, lines.quantity, lines.amount) = (vec![0; rows], vec![1000; rows], vec![1; rows]);
        let orders = Orders::new(300, lines, Returns::default()).unwrap();
        let known: Vec<AsOf> = (1..25).map(|step| AsOf::new(&orders, 30 * step * DAY)).collect();
        let track = track(&known, &Rules::default(), usize::MAX).unwrap();
        let season: Vec<usize> = (0..24).map(|period| period % 12).collect();
        let hidden = Hidden::fit(&Sequences::of(&track, 23, |_| true), 2, &season, 12).unwrap();
        let mut newcomers = 0;
        for customer in 0..300 {
            let (first, _) = beginning(&track, customer).unwrap();
            let Some(chances) = hidden.chances(&track, customer, &season) else { continue };
            for (until, chance) in (first..).zip(chances) {
                let said = hidden.buys_next(&track, customer, until, &season, season[until]).unwrap();
                assert!((said - chance).abs() < 1e-12, "{customer} at {until}: {said} {chance}");
                newcomers += usize::from(until == first);
            }
            assert_eq!(hidden.buys_next(&track, customer, first - 1, &season, 0), None, "not a customer yet");
        }
        assert!(newcomers > 250, "{newcomers}");
    }
}
