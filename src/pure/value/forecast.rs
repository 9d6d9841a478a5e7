//! Forecasts for all customers of a shop by one model, with predictive intervals.

use super::cells::{Cells, Ways, mixed};
use super::money::Money;
use super::outlook::{Purchases, Record, State, most};
use super::sums::{Count, Sums};

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

/// What is computed once for customers of the same history.
struct Cell {
    alive: f64,
    expected: [f64; HORIZONS],
    residual: f64,
    purchases: [u32; 2],
    wait: [f64; 2],
}

/// Forecasts all records.
///
/// # Panics
/// With more than six horizons.
pub fn forecast(model: &dyn Purchases, records: &[Record], money: Money, ahead: &Ahead) -> Forecasts {
    assert!(ahead.horizons.len() <= HORIZONS, "six horizons at most");
    let cells = Cells::new(model, records);
    let states = cells.states(model);
    let known: Vec<Known> = states.each(|state| Known::of(model, state, ahead));
    let (rows, counts): (Vec<Cell>, Vec<Count>) = cells
        .each(model, &states, |at, ways| {
            let tail = mixed(ways, |at| &known[at].tail);
            // Where customers have one state each, the shape of their money depends on it alone, not on how probable it is.
            let shape = if let [(_, state)] = ways { *state } else { at };
            (Cell::of(ways, &known, ahead, &tail), Count::of(&tail, shape as u32))
        })
        .into_iter()
        .unzip();
    let tail = |cell: u32| {
        let mut ways = Ways::default();
        states.ways(model, &cells.records[cell as usize], &mut ways);
        if let [(_, state)] = ways.1[..] { known[state].tail.clone() } else { mixed(&ways.1, |at| &known[at].tail) }
    };
    let sums = Sums::new(money, &cells.of, counts, tail, ahead.share);
    let column =
        |of: &dyn Fn(&Cell) -> f64| cells.of.iter().map(|&cell| of(&rows[cell as usize])).collect::<Vec<f64>>();
    Forecasts {
        alive: column(&|cell| cell.alive),
        none: sums.none(&cells.of),
        expected: (0..ahead.horizons.len()).map(|at| column(&|cell| cell.expected[at])).collect(),
        residual: column(&|cell| cell.residual),
        purchases: cells.of.iter().map(|&cell| rows[cell as usize].purchases).collect(),
        money: sums.intervals(&cells.of),
        wait: cells.of.iter().map(|&cell| rows[cell as usize].wait).collect(),
    }
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

impl Cell {
    fn of(ways: &[(f64, usize)], known: &[Known], ahead: &Ahead, tail: &[f64]) -> Cell {
        let sum = |of: &dyn Fn(&Known) -> f64| ways.iter().map(|(weight, at)| weight * of(&known[*at])).sum::<f64>();
        let mut waits = vec![0.0; ahead.waits.len()];
        for (weight, at) in ways {
            waits.iter_mut().zip(&known[*at].waits).for_each(|(sum, chance)| *sum += weight * chance);
        }
        let mut expected = [0.0; HORIZONS];
        (0..ahead.horizons.len()).for_each(|at| expected[at] = sum(&|known| known.expected[at]));
        let side = (1.0 - ahead.share) / 2.0;
        Cell {
            alive: ways.iter().map(|(weight, _)| weight).sum::<f64>().min(1.0),
            expected,
            residual: sum(&|known| known.residual),
            purchases: [most(tail, side), most(tail, 1.0 - side)],
            wait: [0.25, 0.75].map(|share| crossing(&ahead.waits, &waits, share)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::math::exp;
    use crate::numeric::random::stream;
    use crate::value::draws::{gamma, wait};
    use crate::value::{Credibility, Dropout, GammaGamma, Geometric, History, Own, Spend};
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
            spends.push(Spend { repeats: count, mean: seen / f64::from(count), share: 1.0 });
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
