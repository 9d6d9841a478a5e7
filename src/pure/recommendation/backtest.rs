//! Which ranker to trust: every customer's last basket is hidden, and each ranker has to find it.
//!
//! Repeat and exploration are judged apart, since their sum hides that one of them fails (M. Li et al., "A next basket
//! recommendation reality check", TOIS 2023).

use super::offers::{Base, OfferSettings, Recommender, Scratch};
use super::purchases::Purchases;
use super::rankers::{Product, RANKERS, Ranker};
use super::rules::pair_rules;
use super::weights::Dense;
use crate::numeric::math::log2;
use rayon::prelude::*;
use std::sync::Arc;

/// How the backtest is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Customers with fewer baskets are not tested.
    pub least_baskets: usize,
    /// Whether customers who are not tested help to learn.
    pub learn_from_all: bool,
    /// At most this many customers are tested, evenly spread.
    pub most_tested: usize,
    /// EASE^R is tried up to this many items with enough buyers: it takes items² × 4 bytes and items³ / 2 multiplications.
    pub ease_items: u32,
    /// Pair rules for the rule rankers rest on this many baskets or more.
    pub rule_baskets: u32,
}

impl Default for Test {
    fn default() -> Self {
        Test { least_baskets: 4, learn_from_all: true, most_tested: 20_000, ease_items: 6_000, rule_baskets: 5 }
    }
}

/// A mean over customers with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    pub mean: f64,
    pub error: f64,
}

/// How well lists agree with hidden baskets, over `customers` whose hidden basket has something to find.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Judged {
    pub customers: usize,
    /// Share of the items to find that are among the first 10 or 20 of the list.
    pub recall_10: Estimate,
    pub recall_20: Estimate,
    /// Share of the customers with at least one of them among the first 10.
    pub hit_10: Estimate,
    /// Normalised discounted cumulative gain of the first 10 (K. Järvelin, J. Kekäläinen, TOIS 2002).
    pub ndcg_10: Estimate,
}

/// One ranker's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    pub ranker: Ranker,
    /// On its own product: the part of the basket bought before, or the part never bought before.
    pub own: Judged,
    /// On the whole basket. A repurchase list goes on with popular items where it ends; a cross-sell list never holds
    /// what was bought before, so its recall here is the share of the whole basket that it adds.
    pub whole: Judged,
}

/// What the hidden baskets say.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    pub tested: usize,
    /// Mean share of a hidden basket that the customer had bought before.
    pub repeat_share: f64,
    /// The same popular list for everybody, on the whole basket and on its two parts: the yardstick.
    pub popular: Judged,
    pub popular_repeat: Judged,
    pub popular_explore: Judged,
    /// In the order of the table of rankers; EASE^R only where the items allow it.
    pub scores: Vec<Score>,
    /// The ranker to use per product: the first in the table that is not worse than the best by more than one
    /// standard error of their difference in recall among the first 10.
    pub repurchase: Ranker,
    pub cross_sell: Ranker,
}

/// Hides the last baskets, learns from the rest and judges all rankers, each with what `settings` say of it (which
/// rankers they name does not matter). `None` when no customer has enough baskets.
pub fn backtest(
    purchases: &Purchases,
    settings: &OfferSettings,
    test: &Test,
    progress: &(dyn Fn(f64) + Sync),
) -> Option<Backtest> {
    let (history, hidden) = purchases.without_last(test.least_baskets, test.learn_from_all);
    let mut cases: Vec<(u32, &[u32])> =
        hidden.iter().enumerate().filter_map(|(customer, last)| last.map(|items| (customer as u32, items))).collect();
    let every = cases.len().div_ceil(test.most_tested.max(1)).max(1);
    cases = cases.into_iter().step_by(every).collect();
    if cases.is_empty() {
        return None;
    }
    let base = Arc::new(Base::new(&history, settings));
    let ownership = base.ownership();
    let rules = pair_rules(&history, test.rule_baskets);
    let with_weights = Dense::candidates(ownership, settings.least_buyers).len();
    let rankers =
        || RANKERS.iter().filter(|row| row.ranker != Ranker::Ease || with_weights <= test.ease_items as usize);
    let mut judged: Vec<(Ranker, Vec<Case>)> = Vec::new();
    let top = &base.by_popularity[..20.min(base.by_popularity.len())];
    let popular: Vec<Case> =
        cases.iter().map(|&(customer, basket)| Case::new(top, basket, ownership.of(customer))).collect();
    let steps = rankers().count();
    for row in rankers() {
        // Repurchase needs nothing learnt but popularity.
        let cross_sell = match row.product {
            Product::Repurchase => Ranker::Popularity,
            Product::CrossSell => row.ranker,
        };
        let learnt = Recommender::on(Arc::clone(&base), &rules, OfferSettings { cross_sell, ..settings.clone() });
        let found: Vec<Case> = cases
            .par_iter()
            .map_init(
                || Scratch::new(history.items() as usize),
                |scratch, &(customer, basket)| {
                    let own = ownership.of(customer);
                    let list = match row.product {
                        Product::Repurchase => {
                            let mut list = numbers(learnt.rank_owned(&history, customer, row.ranker, 20, scratch));
                            if list.len() < 20 {
                                let more = numbers(learnt.rank_unseen(own, 20 - list.len(), scratch));
                                list.extend(more);
                            }
                            list
                        }
                        Product::CrossSell => numbers(learnt.rank_unseen(own, 20, scratch)),
                    };
                    Case::new(&list, basket, own)
                },
            )
            .collect();
        judged.push((row.ranker, found));
        progress(judged.len() as f64 / steps as f64);
    }
    let scores = judged
        .iter()
        .map(|(ranker, found)| Score {
            ranker: *ranker,
            own: judge(found, |case| part_of(case, ranker.row().product)),
            whole: judge(found, |case| &case.whole),
        })
        .collect();
    let chosen = |product: Product| {
        let of_product: Vec<&(Ranker, Vec<Case>)> = judged.iter().filter(|(r, _)| r.row().product == product).collect();
        choose(&of_product, product)
    };
    Some(Backtest {
        tested: cases.len(),
        repeat_share: popular.iter().map(|case| case.repeat.of as f64 / case.whole.of as f64).sum::<f64>()
            / cases.len() as f64,
        popular: judge(&popular, |case| &case.whole),
        popular_repeat: judge(&popular, |case| &case.repeat),
        popular_explore: judge(&popular, |case| &case.explore),
        repurchase: chosen(Product::Repurchase),
        cross_sell: chosen(Product::CrossSell),
        scores,
    })
}

/// What one list finds of one hidden basket, or of a part of it.
#[derive(Debug, Default)]
struct Found {
    /// Items to find.
    of: usize,
    in_10: usize,
    in_20: usize,
    ndcg_10: f64,
}

#[derive(Debug)]
struct Case {
    whole: Found,
    repeat: Found,
    explore: Found,
}

impl Case {
    fn new(list: &[u32], basket: &[u32], own: &[u32]) -> Self {
        let (repeat, explore): (Vec<u32>, Vec<u32>) = basket.iter().partition(|item| own.binary_search(item).is_ok());
        Case { whole: Found::new(list, basket), repeat: Found::new(list, &repeat), explore: Found::new(list, &explore) }
    }
}

impl Found {
    /// `wanted` is ascending.
    fn new(list: &[u32], wanted: &[u32]) -> Self {
        let hits: Vec<usize> =
            (0..list.len().min(20)).filter(|&place| wanted.binary_search(&list[place]).is_ok()).collect();
        let gain = |place: usize| 1.0 / log2((place + 2) as f64);
        let ideal: f64 = (0..wanted.len().min(10)).map(gain).sum();
        let in_10 = hits.iter().filter(|&&place| place < 10).count();
        Found {
            of: wanted.len(),
            in_10,
            in_20: hits.len(),
            ndcg_10: hits[..in_10].iter().map(|&place| gain(place)).sum::<f64>() / ideal.max(1e-300),
        }
    }

    fn recall_10(&self) -> f64 {
        self.in_10 as f64 / self.of as f64
    }
}

fn part_of(case: &Case, product: Product) -> &Found {
    match product {
        Product::Repurchase => &case.repeat,
        Product::CrossSell => &case.explore,
    }
}

fn numbers(ranked: Vec<(u32, f32)>) -> Vec<u32> {
    ranked.into_iter().map(|(item, _)| item).collect()
}

fn judge<'a>(cases: &'a [Case], part: impl Fn(&'a Case) -> &'a Found) -> Judged {
    let found: Vec<&Found> = cases.iter().map(part).filter(|found| found.of > 0).collect();
    let mean = |value: &dyn Fn(&Found) -> f64| estimate(&found.iter().map(|found| value(found)).collect::<Vec<_>>());
    Judged {
        customers: found.len(),
        recall_10: mean(&Found::recall_10),
        recall_20: mean(&|found| found.in_20 as f64 / found.of as f64),
        hit_10: mean(&|found| f64::from(u8::from(found.in_10 > 0))),
        ndcg_10: mean(&|found| found.ndcg_10),
    }
}

fn estimate(values: &[f64]) -> Estimate {
    let count = values.len() as f64;
    if values.is_empty() {
        return Estimate { mean: f64::NAN, error: f64::NAN };
    }
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0).max(1.0);
    Estimate { mean, error: (variance / count).sqrt() }
}

/// The first ranker whose recall is within one standard error, of the difference customer by customer, of the best.
fn choose(judged: &[&(Ranker, Vec<Case>)], product: Product) -> Ranker {
    let recalls = |cases: &[Case]| -> Vec<f64> {
        cases.iter().map(|case| part_of(case, product)).filter(|found| found.of > 0).map(Found::recall_10).collect()
    };
    let all: Vec<(Ranker, Vec<f64>)> = judged.iter().map(|(ranker, cases)| (*ranker, recalls(cases))).collect();
    let total = |values: &[f64]| values.iter().sum::<f64>();
    let mut best = &all[0];
    for candidate in &all[1..] {
        if total(&candidate.1) > total(&best.1) {
            best = candidate;
        }
    }
    let near = all.iter().find(|(_, values)| {
        let difference: Vec<f64> = best.1.iter().zip(values).map(|(b, v)| b - v).collect();
        let lead = estimate(&difference);
        difference.is_empty() || lead.mean <= lead.error
    });
    near.map_or(best.0, |(ranker, _)| *ranker)
}

#[cfg(test)]
mod tests {
    use super::super::purchases::{Grouping, Line};
    use super::*;

    #[test]
    fn figures_of_one_list_by_hand() {
        let list: Vec<u32> = (0..20).collect();
        let found = Found::new(&list, &[0, 2, 15, 99]);
        assert_eq!((found.of, found.in_10, found.in_20), (4, 2, 3));
        let gain = |place: f64| 1.0 / log2(place);
        let expected = (gain(2.0) + gain(4.0)) / (gain(2.0) + gain(3.0) + gain(4.0) + gain(5.0));
        assert!((found.ndcg_10 - expected).abs() < 1e-12);
        let case = Case::new(&list, &[0, 2, 15, 99], &[2, 99]);
        assert_eq!((case.repeat.of, case.repeat.in_10, case.explore.of, case.explore.in_20), (2, 1, 2, 2));
    }

    #[test]
    fn estimates_have_the_textbook_error() {
        let found = estimate(&[1.0, 2.0, 3.0, 4.0]);
        assert!((found.mean - 2.5).abs() < 1e-12 && (found.error - (5.0f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn too_few_baskets_give_no_figures() {
        let purchases = Purchases::of_lines(1, 1, &[Line { customer: 0, time: 0, item: 0 }], Grouping::Order);
        assert_eq!(backtest(&purchases, &OfferSettings::default(), &Test::default(), &|_| ()), None);
    }
}
