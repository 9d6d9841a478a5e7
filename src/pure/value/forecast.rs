//! Forecasts for all customers of a shop by one model, with predictive intervals.

use rayon::prelude::*;

use super::credibility::{Credibility, Own};
use super::outlook::{Purchases, Record, State, chance};
use super::spend::{BetaPrime, GammaGamma, Spend};
use crate::numeric::erf::normal_quantile;
use crate::numeric::math::{exp, ln};

/// What is to be forecast. Times are in the unit of the histories.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// Horizons of expected purchases, ascending; six at most.
    pub horizons: Vec<f64>,
    /// The place among them of the horizon that intervals and the chance of no purchase are of.
    pub main: usize,
    /// Continuous discount per unit of time, above 0.
    pub discount: f64,
    /// Share of the interval, such as 0.9.
    pub share: f64,
    /// Times at which the wait for the next purchase is computed, ascending; between them it is interpolated.
    pub waits: Vec<f64>,
}

/// What customers' purchases bring.
#[derive(Clone, Copy)]
pub enum Money<'a> {
    /// Nothing is known of it.
    Unknown,
    /// By the gamma-gamma model.
    GammaGamma(&'a GammaGamma, &'a [Spend]),
    /// By credibility.
    Credible(&'a Credibility, &'a [Own]),
}

impl Money<'_> {
    /// The expected value of one purchase to come of a customer; NaN where nothing is known.
    pub fn each(&self, customer: usize) -> f64 {
        match self {
            Money::Unknown => f64::NAN,
            Money::GammaGamma(model, spends) => model.expected(&spends[customer]),
            Money::Credible(model, own) => model.expected(&own[customer]),
        }
    }
}

/// Forecasts by customer, in the order of the records.
#[derive(Clone, Debug, Default)]
pub struct Forecasts {
    /// P(not dropped out).
    pub alive: Vec<f64>,
    /// P(no purchase within the main horizon).
    pub none: Vec<f64>,
    /// Expected purchases by horizon.
    pub expected: Vec<Vec<f64>>,
    /// Expected purchases to come, discounted, without end.
    pub residual: Vec<f64>,
    /// Fewest and most purchases within the main horizon, an interval of at least the share asked for.
    pub purchases: Vec<[u32; 2]>,
    /// Lower and upper end of the interval of the money of the main horizon; NaN where nothing is known of money.
    pub money: Vec<[f64; 2]>,
    /// The quarter and the three quarters of the wait for the next purchase, if one comes; NaN where none does.
    pub wait: Vec<[f64; 2]>,
}

/// Horizons at most.
const HORIZONS: usize = 6;

/// What is computed once for a state.
struct Known {
    expected: Vec<f64>,
    residual: f64,
    tail: Vec<f64>,
    waits: Vec<f64>,
}

/// One customer's row.
struct Row {
    alive: f64,
    none: f64,
    expected: [f64; HORIZONS],
    residual: f64,
    purchases: [u32; 2],
    money: [f64; 2],
    wait: [f64; 2],
}

/// Forecasts all records.
///
/// # Panics
/// With more than six horizons.
pub fn forecast(model: &dyn Purchases, records: &[Record], money: Money, ahead: &Ahead) -> Forecasts {
    assert!(ahead.horizons.len() <= HORIZONS, "six horizons at most");
    let states = distinct_states(model, records);
    let known: Vec<Known> = states.par_iter().with_min_len(16).map(|state| Known::of(model, state, ahead)).collect();
    let place = |state: &State| states.binary_search_by(|other| other.key().cmp(&state.key())).expect("seen before");
    let totals = Totals::new(records, money, model, &known, &place);
    let rows: Vec<Vec<Row>> = records
        .par_chunks(1 << 10)
        .enumerate()
        .map(|(chunk, records)| {
            let (mut found, mut ways, mut buffers) = (Vec::new(), Vec::new(), (Vec::new(), Vec::new()));
            let row = |(at, record): (usize, &Record)| {
                found.clear();
                model.states(record, &mut found);
                ways.clear();
                ways.extend(found.iter().map(|(weight, state)| (*weight, place(state))));
                let money =
                    |gone: f64, tail: &[f64]| totals.interval((chunk << 10) + at, &ways, gone, tail, ahead.share);
                row(&ways, &known, ahead, &mut buffers, money)
            };
            records.iter().enumerate().map(row).collect()
        })
        .collect();
    let mut all = Forecasts { expected: vec![Vec::new(); ahead.horizons.len()], ..Forecasts::default() };
    for row in rows.into_iter().flatten() {
        all.alive.push(row.alive);
        all.none.push(row.none);
        all.expected.iter_mut().zip(row.expected).for_each(|(column, value)| column.push(value));
        all.residual.push(row.residual);
        all.purchases.push(row.purchases);
        all.money.push(row.money);
        all.wait.push(row.wait);
    }
    all
}

fn distinct_states(model: &dyn Purchases, records: &[Record]) -> Vec<State> {
    let parts: Vec<Vec<State>> = records
        .par_chunks(1 << 12)
        .map(|records| {
            let mut ways = Vec::new();
            let mut own: Vec<State> = Vec::new();
            for record in records {
                ways.clear();
                model.states(record, &mut ways);
                own.extend(ways.iter().map(|(_, state)| *state));
                if own.len() > 1 << 14 {
                    own.sort_unstable_by_key(State::key);
                    own.dedup();
                }
            }
            own.sort_unstable_by_key(State::key);
            own.dedup();
            own
        })
        .collect();
    let mut all = parts.concat();
    all.par_sort_unstable_by_key(State::key);
    all.dedup();
    all
}

impl Known {
    fn of(model: &dyn Purchases, state: &State, ahead: &Ahead) -> Known {
        Known {
            expected: ahead.horizons.iter().map(|&horizon| model.mean(state, horizon)).collect(),
            residual: model.residual(state, ahead.discount),
            tail: model.tail(state, ahead.horizons[ahead.main]),
            waits: ahead.waits.iter().map(|&time| model.first(state, time)).collect(),
        }
    }
}

fn row(
    ways: &[(f64, usize)],
    known: &[Known],
    ahead: &Ahead,
    (tail, waits): &mut (Vec<f64>, Vec<f64>),
    money: impl Fn(f64, &[f64]) -> [f64; 2],
) -> Row {
    let alive: f64 = ways.iter().map(|(weight, _)| weight).sum::<f64>().min(1.0);
    let sum = |of: &dyn Fn(&Known) -> f64| ways.iter().map(|(weight, state)| weight * of(&known[*state])).sum::<f64>();
    let longest = ways.iter().map(|(_, state)| known[*state].tail.len()).max().unwrap_or(0);
    tail.clear();
    tail.resize(longest, 0.0);
    for (weight, state) in ways {
        tail.iter_mut().zip(&known[*state].tail).for_each(|(sum, reached)| *sum += weight * reached);
    }
    let first = tail.first().copied().unwrap_or(0.0);
    let side = (1.0 - ahead.share) / 2.0;
    // The fewest n with P(at most n) of at least this.
    let most = |share: f64| tail.iter().position(|&above| 1.0 - above >= share).unwrap_or(tail.len()) as u32;
    waits.clear();
    waits.extend((0..ahead.waits.len()).map(|at| sum(&|known| known.waits[at])));
    let mut expected = [0.0; HORIZONS];
    (0..ahead.horizons.len()).for_each(|at| expected[at] = sum(&|known| known.expected[at]));
    Row {
        alive,
        none: 1.0 - first,
        expected,
        residual: sum(&|known| known.residual),
        purchases: [most(side), most(1.0 - side)],
        money: money(1.0 - first, tail),
        wait: [0.25, 0.75].map(|share| crossing(&ahead.waits, waits, share)),
    }
}

/// When the chance has grown to a share of its last value, interpolated.
fn crossing(times: &[f64], chances: &[f64], share: f64) -> f64 {
    let Some(&last) = chances.last().filter(|last| **last > 0.0) else { return f64::NAN };
    let wanted = share * last;
    let at = chances.iter().position(|&chance| chance >= wanted).unwrap_or(chances.len() - 1);
    let (before, begun) = if at == 0 { (0.0, 0.0) } else { (times[at - 1], chances[at - 1]) };
    let part = if chances[at] > begun { (wanted - begun) / (chances[at] - begun) } else { 1.0 };
    before + part.clamp(0.0, 1.0) * (times[at] - before)
}

/// Intervals of money. Where customers have one state each, the shape of the sum depends on the state and the number of purchases that
/// the mean is of: its quantiles are computed once for these.
struct Totals<'a> {
    money: Money<'a>,
    /// By state and number of purchases, ascending.
    tables: Vec<((u32, u32), Table)>,
}

impl<'a> Totals<'a> {
    fn new(
        records: &[Record],
        money: Money<'a>,
        model: &dyn Purchases,
        known: &[Known],
        place: &(dyn Fn(&State) -> usize + Sync),
    ) -> Totals<'a> {
        let Money::GammaGamma(gamma, spends) = money else { return Totals { money, tables: Vec::new() } };
        let mut probe = Vec::new();
        if let Some(record) = records.first() {
            model.states(record, &mut probe);
        }
        if probe.len() != 1 {
            return Totals { money, tables: Vec::new() };
        }
        let parts: Vec<Vec<(u32, u32)>> = records
            .par_chunks(1 << 12)
            .zip(spends.par_chunks(1 << 12))
            .map(|(records, spends)| {
                let mut ways = Vec::new();
                let key = |(record, spend): (&Record, &Spend)| {
                    ways.clear();
                    model.states(record, &mut ways);
                    (place(&ways[0].1) as u32, spend.repeats)
                };
                let mut own: Vec<(u32, u32)> = records.iter().zip(spends).map(key).collect();
                own.sort_unstable();
                own.dedup();
                own
            })
            .collect();
        let mut keys = parts.concat();
        keys.par_sort_unstable();
        keys.dedup();
        let table = |key: (u32, u32)| {
            let unit = Spend { repeats: key.1, mean: 0.0 };
            // In units of the scale, which is each customer's own.
            let sums = |purchases: u32| BetaPrime { scale: 1.0, ..gamma.total(&unit, purchases) };
            (key, Table::new(&known[key.0 as usize].tail, &sums))
        };
        Totals { money, tables: keys.into_par_iter().map(table).collect() }
    }

    /// The interval of a customer's money, by the chance of no purchase and the tail of purchases.
    fn interval(&self, customer: usize, ways: &[(f64, usize)], none: f64, tail: &[f64], share: f64) -> [f64; 2] {
        let side = (1.0 - share) / 2.0;
        let within = |at: f64, quantile: &dyn Fn(f64) -> f64| {
            if at <= none || none >= 1.0 { 0.0 } else { quantile((at - none) / (1.0 - none)) }
        };
        match self.money {
            Money::Unknown => [f64::NAN; 2],
            Money::GammaGamma(model, spends) => {
                let spend = &spends[customer];
                let scale = model.total(spend, 1).scale;
                if self.tables.is_empty() {
                    let sums = |purchases: u32| BetaPrime { scale: 1.0, ..model.total(spend, purchases) };
                    let table = Table::new(tail, &sums);
                    return [side, 1.0 - side].map(|at| within(at, &|share| scale * table.quantile(share)));
                }
                let key = (ways[0].1 as u32, spend.repeats);
                let at = self.tables.binary_search_by_key(&key, |(key, _)| *key).expect("every key has a table");
                let table = &self.tables[at].1;
                [side, 1.0 - side].map(|at| within(at, &|share| scale * table.quantile(share)))
            }
            Money::Credible(model, own) => {
                let (mean, variance) = (model.expected(&own[customer]), model.variance(&own[customer]));
                // Moments of the number of purchases, given that there are some.
                let some = (1.0 - none).max(1e-12);
                let count: f64 = tail.iter().sum::<f64>() / some;
                let square = tail.iter().zip(1..).map(|(above, n)| above * f64::from(2 * n - 1)).sum::<f64>() / some;
                let spread = count * variance + (square - count * count).max(0.0) * mean * mean;
                [side, 1.0 - side]
                    .map(|at| within(at, &|share| matched(mean * count, spread, share.clamp(1e-6, 1.0 - 1e-6))))
            }
        }
    }
}

/// The quantile of a distribution of this mean and variance: gamma, by E. Wilson and M. Hilferty's cube (PNAS 17, 1931), or normal where
/// the mean is not positive.
fn matched(mean: f64, variance: f64, share: f64) -> f64 {
    let z = normal_quantile(share);
    if mean <= 0.0 || variance <= 0.0 {
        return mean + z * variance.max(0.0).sqrt();
    }
    let shape = mean * mean / variance;
    let part = 1.0 / (9.0 * shape);
    let root = 1.0 - part + z * part.sqrt();
    if shape < 0.3 { (mean + z * variance.sqrt()).max(0.0) } else { mean * root.max(0.0).powi(3) }
}

/// Quantiles of a sum of purchases, given that there is one, as points between which they are interpolated on a log scale.
struct Table {
    /// Logarithms of values, and the shares at most these on the logit scale, ascending.
    points: Vec<(f64, f64)>,
}

impl Table {
    fn new(tail: &[f64], sums: &dyn Fn(u32) -> BetaPrime) -> Table {
        const POINTS: i32 = 24;
        let some = tail.first().copied().unwrap_or(0.0);
        if some <= 0.0 {
            return Table { points: Vec::new() };
        }
        let chances: Vec<(f64, BetaPrime)> = (1..=tail.len() as u32)
            .map(|n| (chance(tail, n) / some, sums(n)))
            .filter(|(chance, _)| *chance > 1e-5)
            .collect();
        let all: f64 = chances.iter().map(|(chance, _)| chance).sum();
        let middle = chances.iter().map(|(chance, sum)| chance * ln(sum.first / sum.second)).sum::<f64>() / all;
        let point = |at: i32| {
            let log = middle + 0.19 * f64::from(at);
            let value = exp(log);
            let share = chances.iter().map(|(chance, sum)| chance * sum.share(value)).sum::<f64>() / all;
            (log, ln(share / (1.0 - share)))
        };
        let points = (-POINTS..=POINTS).map(point).filter(|(_, logit)| logit.is_finite() && logit.abs() < 12.0);
        let mut points: Vec<(f64, f64)> = points.collect();
        points.dedup_by(|next, last| next.1 <= last.1);
        Table { points }
    }

    fn quantile(&self, share: f64) -> f64 {
        let logit = ln(share / (1.0 - share));
        let above = self.points.partition_point(|(_, point)| *point < logit).clamp(1, self.points.len().max(2) - 1);
        let (Some(&(low, from)), Some(&(high, to))) = (self.points.get(above - 1), self.points.get(above)) else {
            return self.points.first().map_or(0.0, |point| exp(point.0));
        };
        exp(low + (logit - from) / (to - from) * (high - low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use crate::value::draws::{gamma, wait};
    use crate::value::{Dropout, Geometric, History, Own};
    use rand::RngExt;

    const BUYERS: Geometric =
        Geometric { dropout: Dropout::AfterAny, r: 3.0, alpha: 4.0, a: 0.3, b: 12.0, log_likelihood: 0.0 };
    const MONEY: GammaGamma = GammaGamma { p: 6.25, q: 3.74, gamma: 15.44, log_likelihood: 0.0, correlation: 0.0 };
    const AGE: f64 = 30.0;
    const HORIZON: f64 = 26.0;

    /// Customers of both models: what is known at week 30, and purchases and money of the 26 weeks after it.
    fn drawn(customers: usize) -> (Vec<Record>, Vec<Spend>, Vec<(u32, f64)>) {
        let mut random = stream(3, "forecast");
        let (mut records, mut spends, mut later) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..customers {
            let rate = gamma(&mut random, BUYERS.r) / BUYERS.alpha;
            let (one, two) = (gamma(&mut random, BUYERS.a), gamma(&mut random, BUYERS.b));
            let leave = one / (one + two);
            let scale = gamma(&mut random, MONEY.q) / MONEY.gamma;
            let (mut times, mut seen, mut came) = (vec![0.0], 0.0, (0u32, 0.0));
            let mut now = 0.0;
            seen += gamma(&mut random, MONEY.p) / scale;
            while random.random::<f64>() >= leave {
                now += wait(&mut random) / rate;
                if now > AGE + HORIZON {
                    break;
                }
                let money = gamma(&mut random, MONEY.p) / scale;
                if now <= AGE {
                    times.push(now);
                    seen += money;
                } else {
                    came = (came.0 + 1, came.1 + money);
                }
            }
            let count = times.len() as u32;
            records.push(Record::from(History { repeats: count - 1, recency: times[times.len() - 1], age: AGE }));
            spends.push(Spend { repeats: count, mean: seen / f64::from(count) });
            later.push(came);
        }
        (records, spends, later)
    }

    fn ahead() -> Ahead {
        let waits = (0..30).map(|at| 0.1 * exp(0.3 * f64::from(at))).collect();
        Ahead { horizons: vec![4.0, HORIZON], main: 1, discount: 0.003, share: 0.9, waits }
    }

    #[test]
    fn intervals_cover_what_they_say_in_simulation() {
        let (records, spends, later) = drawn(8000);
        let all = forecast(&BUYERS, &records, Money::GammaGamma(&MONEY, &spends), &ahead());
        let (mut counts, mut continuous, mut money) = (0.0, 0.0, 0.0);
        for (at, (purchases, spent)) in later.iter().enumerate() {
            let [low, high] = all.purchases[at];
            counts += f64::from(u8::from((low..=high).contains(purchases)));
            // Where silence is less probable than a side of the interval, money is continuous at both ends.
            if all.none[at] < 0.04 {
                continuous += 1.0;
                money += f64::from(u8::from((all.money[at][0]..=all.money[at][1]).contains(spent)));
            }
        }
        let (counts, share) = (counts / records.len() as f64, money / continuous);
        assert!(continuous > 2000.0, "{continuous}");
        assert!((0.88..0.92).contains(&share), "money within its interval: {share} of {continuous}");
        // Counts come in whole numbers, so that their intervals hold somewhat more.
        assert!((0.90..0.96).contains(&counts), "purchases within their interval: {counts}");
        let expected: f64 = all.expected[1].iter().sum();
        let came: f64 = later.iter().map(|row| f64::from(row.0)).sum();
        assert!((expected / came - 1.0).abs() < 0.02, "{expected} {came}");
        // Half of those who come again wait between the two quartiles.
        assert!(all.wait.iter().all(|wait| wait[0] <= wait[1]));
    }

    #[test]
    fn one_forecast_is_as_good_as_many() {
        let (records, spends, _) = drawn(300);
        let money = Money::GammaGamma(&MONEY, &spends);
        let all = forecast(&BUYERS, &records, money, &ahead());
        for at in [0, 17, 299] {
            let one = forecast(&BUYERS, &records[at..=at], Money::GammaGamma(&MONEY, &spends[at..=at]), &ahead());
            assert_eq!((one.none[0], one.residual[0], one.money[0]), (all.none[at], all.residual[at], all.money[at]));
            assert!((all.none[at] - BUYERS.no_purchase(&records[at].history, HORIZON)).abs() < 1e-9);
        }
    }

    #[test]
    fn money_by_credibility_has_intervals_around_its_mean() {
        let (records, spends, later) = drawn(4000);
        let own: Vec<Own> = spends
            .iter()
            .map(|spend| Own {
                orders: spend.repeats,
                mean: spend.mean,
                squares: 0.16 * spend.mean.powi(2) * f64::from(spend.repeats - 1),
            })
            .collect();
        let model = Credibility::fit(&own).expect("customers");
        let all = forecast(&BUYERS, &records, Money::Credible(&model, &own), &ahead());
        let inside = all.money.iter().zip(&later).filter(|(ends, came)| (ends[0]..=ends[1]).contains(&came.1)).count();
        assert!((0.85..0.98).contains(&(inside as f64 / 4000.0)), "{inside}");
        let none = forecast(&BUYERS, &records[..3], Money::Unknown, &ahead());
        assert!(none.money.iter().all(|ends| ends[0].is_nan()));
        assert!(forecast(&BUYERS, &[], Money::Unknown, &ahead()).alive.is_empty());
    }
}
