//! What is fitted to the shop's past, on the first day of each quarter: never on the day of a run, so that the nights on which
//! probabilities cross a level do not depend on which nights were run.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::occurrence::NEVER;
use super::purchases::{Purchase, by_item};
use crate::numeric::calendar::{month_of, month_start};
use crate::numeric::kaplan_meier::KaplanMeier;
use crate::numeric::math::{exp, ln};
use crate::numeric::quantile::quantile;
use crate::orders::AsOf;
use crate::value::{Dropout, Geometric, History};

/// An item with fewer gaps than this takes the gaps of all items.
const GAPS: usize = 30;
/// Days without a second order that are looked at.
const SECOND_DAYS: u32 = 730;

/// The gaps between purchases of an item, as logarithms of days for one piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaps {
    /// Their mean.
    pub mean: f64,
    /// The 40 % and the 70 % point.
    pub window: [f64; 2],
    /// The share of its buyers who bought it again.
    pub again: f64,
}

/// What was fitted on one day.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The first night that uses it.
    pub night: i64,
    /// When customers come back and drop out; nothing where the past did not say.
    pub buying: Option<Geometric>,
    /// How long it takes to the second order.
    pub second: Option<KaplanMeier>,
    /// How much longer more pieces last: gaps grow with this power of the pieces.
    pub power: f64,
    /// All items' gaps; nothing where nothing was bought twice.
    pub all: Option<Gaps>,
    /// The gaps of items that have many.
    pub items: FxHashMap<u32, Gaps>,
}

/// All fits, in the order of their nights.
#[derive(Debug, Clone, Default)]
pub struct Fits(Vec<Fit>);

/// What is needed of the past.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needed {
    /// When customers come back.
    pub buying: bool,
    /// How long items last.
    pub items: bool,
}

impl Fits {
    /// Fits on the first day of each quarter from that of `from` to `through`, to orders that are at least `settled` days old then, so
    /// that orders that arrive no later than that change nothing.
    pub(super) fn of(
        known: AsOf,
        people: &[Vec<Purchase>],
        from: i64,
        through: i64,
        settled: i64,
        needed: Needed,
    ) -> Fits {
        let first = month_of(from) - month_of(from).rem_euclid(3);
        let nights = (0..).map(|quarter| month_start(first + 3 * quarter)).take_while(|&night| night <= through);
        Fits(nights.map(|night| Fit::of(known, people, night, night - settled, needed)).collect())
    }

    /// One fit for all nights, to all orders before it.
    #[cfg(test)]
    pub(super) fn once(known: AsOf, people: &[Vec<Purchase>], night: i64) -> Fits {
        Fits(vec![Fit::of(known, people, night, night, Needed { buying: true, items: false })])
    }

    /// The newest fit that a night can use; the first for nights before all of them, to see what had happened before.
    pub(super) fn at(&self, night: i64) -> &Fit {
        let place = self.0.partition_point(|fit| fit.night <= night);
        &self.0[place.saturating_sub(1)]
    }

    /// The first night on or after this one with another fit; [`NEVER`] if there is none.
    pub(super) fn change_after(&self, night: i64) -> i64 {
        let place = self.0.partition_point(|fit| fit.night <= night);
        self.0.get(place.max(1)).map_or(NEVER, |fit| fit.night)
    }

    /// The nights on which nothing could be said of when customers come back.
    pub fn without_buying(&self) -> impl Iterator<Item = i64> {
        self.0.iter().filter(|fit| fit.buying.is_none()).map(|fit| fit.night)
    }
}

impl Fit {
    fn of(known: AsOf, people: &[Vec<Purchase>], night: i64, before: i64, needed: Needed) -> Fit {
        let mut fit = Fit { night, buying: None, second: None, power: 0.0, all: None, items: FxHashMap::default() };
        if needed.buying {
            let days = |person: &Vec<Purchase>| -> Vec<i64> {
                let counts = |p: &&Purchase| p.day < before && p.back >= before;
                person.iter().filter(counts).map(|p| p.day).collect()
            };
            let bought: Vec<Vec<i64>> = people.par_iter().map(days).filter(|days| !days.is_empty()).collect();
            let histories: Vec<History> = bought.iter().map(|days| history(days, before)).collect();
            fit.buying = Geometric::fit(&histories, Dropout::AfterRepeat).ok();
            let second = |days: &Vec<i64>| match days[..] {
                [first, second, ..] => (whole(second - first), true),
                [first] => (whole(before - first), false),
                [] => (0, false),
            };
            let waited: Vec<(u32, bool)> = bought.iter().map(second).collect();
            fit.second = waited.iter().any(|(_, came)| *came).then(|| KaplanMeier::new(&waited));
        }
        if needed.items {
            fit.fit_items(known, before);
        }
        fit
    }

    /// The gaps of items: first how they grow with the pieces bought, within items; then their points, for one piece.
    fn fit_items(&mut self, known: AsOf, before: i64) {
        let of_person = |person: u32| -> Vec<(u32, Vec<(f64, f64)>)> {
            let gaps = |(item, all): (u32, Vec<Purchase>)| {
                let days: Vec<&Purchase> = all.iter().filter(|p| p.day < before && p.back >= before).collect();
                let pairs = days.windows(2).map(|pair| (ln_pieces(pair[0].quantity), ln_gap(pair[0].day, pair[1].day)));
                (!days.is_empty()).then(|| (item, pairs.collect()))
            };
            by_item(known, person).into_iter().filter_map(gaps).collect()
        };
        let mut rows: Vec<(u32, Vec<(f64, f64)>)> =
            (0..known.customers() as u32).into_par_iter().flat_map_iter(of_person).collect();
        // A stable sort: within an item in the order of persons, whatever the threads did.
        rows.sort_by_key(|row| row.0);
        let items: Vec<(u32, usize, usize, Vec<(f64, f64)>)> = rows
            .chunk_by(|a, b| a.0 == b.0)
            .map(|same| {
                let again = same.iter().filter(|row| !row.1.is_empty()).count();
                (same[0].0, same.len(), again, same.iter().flat_map(|row| row.1.iter().copied()).collect())
            })
            .collect();
        let (mut together, mut spread) = (0.0, 0.0);
        for (_, _, _, gaps) in &items {
            let n = gaps.len() as f64;
            let mean = |of: fn(&(f64, f64)) -> f64| gaps.iter().map(of).sum::<f64>() / n;
            let (pieces, days) = (mean(|gap| gap.0), mean(|gap| gap.1));
            together += gaps.iter().map(|gap| (gap.0 - pieces) * (gap.1 - days)).sum::<f64>();
            spread += gaps.iter().map(|gap| (gap.0 - pieces) * (gap.0 - pieces)).sum::<f64>();
        }
        self.power = if spread > 0.0 { (together / spread).clamp(0.0, 1.0) } else { 0.0 };
        let power = self.power;
        let points = |gaps: &[(f64, f64)], again: f64| {
            let mut logs: Vec<f64> = gaps.iter().map(|gap| gap.1 - power * gap.0).collect();
            logs.sort_by(f64::total_cmp);
            let mean = logs.iter().sum::<f64>() / logs.len() as f64;
            Gaps { mean, window: [quantile(&logs, 0.4), quantile(&logs, 0.7)], again }
        };
        let all: Vec<(f64, f64)> = items.iter().flat_map(|item| item.3.iter().copied()).collect();
        let (buyers, again) = items.iter().fold((0, 0), |sum, item| (sum.0 + item.1, sum.1 + item.2));
        self.all = (!all.is_empty()).then(|| points(&all, again as f64 / buyers as f64));
        let many = items.iter().filter(|(_, _, again, gaps)| *again >= GAPS && gaps.len() >= GAPS);
        self.items =
            many.map(|(item, buyers, again, gaps)| (*item, points(gaps, *again as f64 / *buyers as f64))).collect();
    }

    /// The probability of no order within `horizon` days, on a night, of somebody with these purchase days.
    pub(super) fn no_order(&self, days: &[Purchase], night: i64, horizon: i64) -> Option<f64> {
        let (first, last) = (days.first()?.day, days.last()?.day);
        let history =
            History { repeats: days.len() as u32 - 1, recency: (last - first) as f64, age: (night - first) as f64 };
        Some(self.buying?.no_purchase(&history, horizon as f64))
    }

    /// The same of a one-time buyer after so many days, by how long others waited; the share who had none after them among those who had
    /// none until then.
    pub(super) fn no_second(&self, silent: i64, horizon: i64) -> Option<f64> {
        let second = self.second.as_ref()?;
        let silent = whole(silent).min(SECOND_DAYS);
        let until = second.survival_at(silent);
        (until > 0.0).then(|| second.survival_at(silent + whole(horizon)) / until)
    }
}

fn history(days: &[i64], night: i64) -> History {
    let (first, last) = (days[0], days[days.len() - 1]);
    History { repeats: days.len() as u32 - 1, recency: (last - first) as f64, age: (night - first) as f64 }
}

fn whole(days: i64) -> u32 {
    u32::try_from(days).unwrap_or(0)
}

/// The logarithm of the pieces that thousandths are; of one piece where there are none.
pub(super) fn ln_pieces(quantity: i64) -> f64 {
    if quantity > 0 { ln(quantity as f64 / 1_000.0) } else { 0.0 }
}

/// The logarithm of the days between two purchases.
pub(super) fn ln_gap(earlier: i64, later: i64) -> f64 {
    ln((later - earlier) as f64)
}

impl Gaps {
    /// The days after a purchase of `pieces` (logarithm) from which and until which the next is due, for somebody whose own gaps of the
    /// item, for one piece, were these: the item's points, moved by how the own gaps differ from its mean, drawn to it by the weight of two.
    pub(super) fn window_of(&self, own: &[f64], pieces: f64, power: f64) -> (i64, i64) {
        const WEIGHT: f64 = 2.0;
        let moved = own.iter().map(|gap| gap - self.mean).sum::<f64>() / (own.len() as f64 + WEIGHT);
        let days = |point: f64| (exp((point + moved + power * pieces).min(10.0)) + 0.5).floor() as i64;
        (days(self.window[0]).max(1), days(self.window[1]).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::triggers::small::orders;

    #[test]
    fn gaps_that_grow_with_the_pieces_are_taken_for_one_piece() {
        // Ten days a piece: one, two and four pieces.
        let rows: Vec<(u32, u32, i64, i64, i64)> = (0..40)
            .flat_map(|person| [(0, 1), (10, 2), (30, 4), (70, 1)].map(|(day, pieces)| (person, 5, day, pieces, 1)))
            .collect();
        let orders = orders(41, &[&rows[..], &[(40, 5, 3, 1, 1)]].concat());
        let fits = Fits::of(AsOf::new(&orders, 100 * DAY), &[], 90, 100, 0, Needed { items: true, buying: false });
        let fit = fits.at(95);
        assert!((fit.power - 1.0).abs() < 1e-12, "{}", fit.power);
        let gaps = fit.items[&5];
        assert!((gaps.mean - ln(10.0)).abs() < 1e-12 && (gaps.again - 40.0 / 41.0).abs() < 1e-12);
        assert_eq!(gaps.window_of(&[], 0.0, fit.power), (10, 10));
        assert_eq!(gaps.window_of(&[], ln(3.0), fit.power), (30, 30));
        assert_eq!(fits.at(0).night, 90, "the first serves nights before it");
        assert_eq!((fits.change_after(0), fits.change_after(90)), (NEVER, NEVER));
    }

    #[test]
    fn own_gaps_move_the_window_as_one_of_three() {
        let gaps = Gaps { mean: ln(30.0), window: [ln(28.0), ln(35.0)], again: 0.5 };
        // Once 60 days where others take 30: a third of the way on the scale of logarithms, 28 · 2^(1/3) and 35 · 2^(1/3).
        assert_eq!(gaps.window_of(&[ln(60.0)], 0.0, 0.0), (35, 44));
        assert_eq!(gaps.window_of(&[ln(60.0)], ln(2.0), 1.0), (71, 88));
    }
}
