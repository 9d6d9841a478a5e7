//! Offers for every customer, each with what a reason in words needs.

use super::ownership::Ownership;
use super::purchases::Purchases;
use super::rankers::{Product, Ranker};
use super::rules::{OfferRule, RuleBook, Together};
use super::weights::{Dense, LEAST_BUYERS, NEIGHBOURS, Neighbours, RIDGE, SHRINK, Similarity};
use rayon::prelude::*;
use std::sync::Arc;

/// What the newest basket but one counts against the newest, in [`Ranker::CountDecay`].
pub const DECAY: f32 = 0.8;
/// Customers whose offers are made, and handed over, at a time.
const BATCH: u32 = 8_192;
/// Items that are told as the cause of one offer.
const CAUSES: usize = 2;
/// Neighbours per item whose common owners are kept to be told, more than are scored with.
const TOLD: usize = 200;

/// How offers are made.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferSettings {
    /// Offers per customer and product, at most.
    pub offers: usize,
    /// The ranker of each product; the backtest chooses well.
    pub repurchase: Ranker,
    pub cross_sell: Ranker,
    /// Neighbours kept per item, and the buyers by which similarities that rest on few are drawn to zero.
    pub neighbours: usize,
    pub shrink: f32,
    /// Regularisation of EASE^R, in buyers.
    pub ridge: f32,
    /// Items with fewer buyers have no part in EASE^R.
    pub least_buyers: usize,
    /// Items that are never offered (no longer sold, too cheap…): by item, true to leave out; empty leaves out none.
    pub left_out: Vec<bool>,
}

impl Default for OfferSettings {
    fn default() -> Self {
        OfferSettings {
            offers: 5,
            repurchase: Ranker::FrequencyRecencyPopularity,
            cross_sell: Ranker::CosineNeighbours,
            neighbours: NEIGHBOURS,
            shrink: SHRINK,
            ridge: RIDGE,
            least_buyers: LEAST_BUYERS,
            left_out: Vec::new(),
        }
    }
}

/// One offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub customer: u32,
    pub item: u32,
    /// Place among the customer's offers of the product, from 1.
    pub rank: u32,
    pub product: Product,
    /// The ranker's score: higher is better for the same customer and product, and means nothing else.
    pub score: f32,
    pub because: Because,
}

/// The figures behind an offer.
#[derive(Debug, Clone, PartialEq)]
pub enum Because {
    /// The customer bought it in `baskets` of their `of` baskets, last at `last` (civil seconds), usually every
    /// `cycle_days` (median gap between purchases on different days; `None` with fewer than two gaps).
    BoughtBefore { baskets: u32, of: u32, last: i64, cycle_days: Option<f64> },
    /// The customer owns this item, of whose owners so many own the offered one.
    Owns(Owned),
    /// The customer owns these items, the strongest first, which together speak for the offered one; how many own all is not counted.
    OwnsAll(Vec<u32>),
    /// A basket rule leads there from items that the customer owns: `baskets` of the `of` baskets with the antecedent hold it.
    Rule { antecedent: Vec<u32>, lift: f64, baskets: u32, of: u32 },
    /// Nothing personal: it lies in this many of all baskets.
    Popular { baskets: u32, of: u32 },
}

/// An owned item that speaks for the offered one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Owned {
    pub item: u32,
    /// Customers who own both items.
    pub both: u32,
    /// Customers who own this one.
    pub owners: u32,
}

/// What was learnt from all customers' purchases.
#[derive(Debug)]
pub struct Recommender {
    settings: OfferSettings,
    base: Arc<Base>,
    model: Model,
}

/// What every ranker needs: how popular items are, and which lie near each other.
#[derive(Debug)]
pub(super) struct Base {
    ownership: Ownership,
    popularity: Vec<u32>,
    /// Items by falling popularity, ties by number.
    pub(super) by_popularity: Vec<u32>,
    most: f32,
    baskets: u32,
    cosine: Neighbours,
}

/// What a cross-sell ranker learnt.
#[derive(Debug)]
enum Model {
    Popularity,
    /// Uses the cosine neighbours that every recommender has.
    Cosine,
    Jaccard(Neighbours),
    Rules(RuleBook, Together),
    Ease(Dense),
}

/// Room for one customer's scores.
#[derive(Debug)]
pub(super) struct Scratch {
    scores: Vec<f32>,
    touched: Vec<u32>,
    barred: Vec<bool>,
    own: Vec<(u32, f32)>,
}

impl Scratch {
    pub(super) fn new(items: usize) -> Self {
        Scratch { scores: vec![0.0; items], touched: Vec::new(), barred: vec![false; items], own: Vec::new() }
    }
}

/// Makes all customers' offers, in order of customer, product and rank, and hands them to `take` in batches. Customers
/// without a purchase get none.
pub fn recommend(
    purchases: &Purchases,
    recommender: &Recommender,
    take: &mut dyn FnMut(&[Offer]),
    progress: &(dyn Fn(f64) + Sync),
) {
    let ownership = recommender.base.ownership();
    let customers = purchases.customers();
    for start in (0..customers).step_by(BATCH as usize) {
        let end = (start + BATCH).min(customers);
        let offers: Vec<Vec<Offer>> = (start..end)
            .into_par_iter()
            .map_init(
                || Scratch::new(purchases.items() as usize),
                |scratch, customer| recommender.offers(purchases, ownership.of(customer), customer, scratch),
            )
            .collect();
        take(&offers.concat());
        progress(f64::from(end) / f64::from(customers));
    }
}

impl Base {
    pub(super) fn new(purchases: &Purchases, settings: &OfferSettings) -> Self {
        let ownership = Ownership::new(purchases);
        let popularity = purchases.popularity();
        let mut by_popularity: Vec<u32> = (0..purchases.items()).collect();
        by_popularity.sort_by_key(|&item| (std::cmp::Reverse(popularity[item as usize]), item));
        Base {
            most: popularity.iter().copied().max().unwrap_or(0).max(1) as f32,
            baskets: purchases.baskets() as u32,
            cosine: Neighbours::new(&ownership, Similarity::Cosine, settings.shrink, settings.neighbours.max(TOLD)),
            popularity,
            by_popularity,
            ownership,
        }
    }

    /// What each customer owns.
    pub(super) fn ownership(&self) -> &Ownership {
        &self.ownership
    }
}

impl Recommender {
    /// Learns from all purchases. `rules` serve the rule rankers only.
    pub fn new(purchases: &Purchases, rules: &[OfferRule], settings: OfferSettings) -> Self {
        Recommender::on(Arc::new(Base::new(purchases, &settings)), rules, settings)
    }

    /// Learns what its rankers need beyond the base, which must have been made with the same settings but for rankers.
    pub(super) fn on(base: Arc<Base>, rules: &[OfferRule], settings: OfferSettings) -> Self {
        let items = base.ownership.items();
        let model = match settings.cross_sell {
            Ranker::JaccardNeighbours => Model::Jaccard(Neighbours::new(
                &base.ownership,
                Similarity::Jaccard,
                settings.shrink,
                settings.neighbours,
            )),
            Ranker::RulesSum => Model::Rules(RuleBook::new(rules, items), Together::Sum),
            Ranker::RulesMax => Model::Rules(RuleBook::new(rules, items), Together::Max),
            Ranker::Ease => Model::Ease(Dense::ease(&base.ownership, settings.ridge, settings.least_buyers)),
            Ranker::Popularity => Model::Popularity,
            _ => Model::Cosine,
        };
        Recommender { settings, base, model }
    }

    fn offers(&self, purchases: &Purchases, own: &[u32], customer: u32, scratch: &mut Scratch) -> Vec<Offer> {
        if own.is_empty() {
            return Vec::new();
        }
        let wanted = self.settings.offers;
        let mut offers = Vec::with_capacity(2 * wanted);
        let again = self.rank_owned(purchases, customer, self.settings.repurchase, wanted, scratch);
        for (place, (item, score)) in again.into_iter().enumerate() {
            let because = bought_before(purchases, customer, item);
            offers.push(Offer { customer, item, rank: place as u32 + 1, product: Product::Repurchase, score, because });
        }
        let unseen = self.rank_unseen(own, wanted, scratch);
        for (place, (item, score)) in unseen.into_iter().enumerate() {
            let because = self.because(own, item);
            offers.push(Offer { customer, item, rank: place as u32 + 1, product: Product::CrossSell, score, because });
        }
        offers
    }

    /// The best `wanted` of the items that a customer bought before.
    pub(super) fn rank_owned(
        &self,
        purchases: &Purchases,
        customer: u32,
        ranker: Ranker,
        wanted: usize,
        scratch: &mut Scratch,
    ) -> Vec<(u32, f32)> {
        let baskets = purchases.baskets_of(customer);
        let count = baskets.len();
        scratch.touched.clear();
        for (place, (_, items)) in baskets.enumerate() {
            let value = match ranker {
                Ranker::CountDecay => (place + 1..count).fold(1.0, |value: f32, _| value * DECAY),
                _ => 1.0,
            };
            for &item in items {
                if scratch.scores[item as usize] == 0.0 {
                    scratch.touched.push(item);
                }
                scratch.scores[item as usize] += value;
            }
        }
        if ranker == Ranker::FrequencyRecencyPopularity {
            // From the newest basket back, so that each item is met first where it was bought last.
            let mut met = 0;
            for (back, (_, items)) in purchases.baskets_of(customer).rev().enumerate() {
                for &item in items {
                    if !scratch.barred[item as usize] {
                        scratch.barred[item as usize] = true;
                        met += 1;
                        let popular = self.base.popularity[item as usize] as f32 / self.base.most;
                        scratch.scores[item as usize] += 0.5 * (count - back) as f32 / count as f32 + 0.5 * popular;
                    }
                }
                if met == scratch.touched.len() {
                    break;
                }
            }
        }
        scratch.own.clear();
        for &item in &scratch.touched {
            if !self.left_out(item) {
                scratch.own.push((item, scratch.scores[item as usize]));
            }
            scratch.scores[item as usize] = 0.0;
            scratch.barred[item as usize] = false;
        }
        let ties_by_popularity = ranker != Ranker::Frequency;
        self.best(&mut scratch.own, wanted, ties_by_popularity);
        scratch.own.clone()
    }

    /// The best `wanted` of the items that a customer never bought; `own` is ascending.
    pub(super) fn rank_unseen(&self, own: &[u32], wanted: usize, scratch: &mut Scratch) -> Vec<(u32, f32)> {
        scratch.touched.clear();
        for &item in own {
            scratch.barred[item as usize] = true;
        }
        let mut add = |item: u32, weight: f32, together: Together| {
            let score = &mut scratch.scores[item as usize];
            if *score == 0.0 {
                scratch.touched.push(item);
            }
            *score = if together == Together::Sum { *score + weight } else { score.max(weight) };
        };
        match &self.model {
            Model::Popularity => {}
            Model::Cosine => own
                .iter()
                .flat_map(|&i| self.base.cosine.of(i).take(self.settings.neighbours))
                .for_each(|(item, w)| add(item, w, Together::Sum)),
            Model::Jaccard(near) => {
                own.iter().flat_map(|&i| near.of(i)).for_each(|(item, w)| add(item, w, Together::Sum))
            }
            Model::Rules(book, together) => {
                book.applying(own).for_each(|rule| add(rule.consequent, rule.confidence as f32, *together))
            }
            Model::Ease(dense) => {
                for row in own.iter().filter_map(|&i| dense.of(i)) {
                    for (score, weight) in scratch.scores.iter_mut().zip(row) {
                        *score += weight;
                    }
                }
                // The sums lie at the items' places among those with weights; from the last on they can move up in place.
                for (place, &item) in dense.items().iter().enumerate().rev() {
                    let score = std::mem::take(&mut scratch.scores[place]);
                    scratch.scores[item as usize] = score;
                }
                scratch.touched.extend_from_slice(dense.items());
            }
        }
        let mut unseen = std::mem::take(&mut scratch.own);
        unseen.clear();
        for &item in &scratch.touched {
            let score = std::mem::take(&mut scratch.scores[item as usize]);
            if !scratch.barred[item as usize] && !self.left_out(item) {
                unseen.push((item, score));
            }
        }
        self.best(&mut unseen, wanted, true);
        if unseen.len() < wanted {
            // What no owned item speaks for comes by popularity alone.
            let scored = unseen.len();
            for &item in &self.base.by_popularity {
                if unseen.len() == wanted {
                    break;
                }
                let there = unseen[..scored].iter().any(|&(other, _)| other == item);
                if !there
                    && !scratch.barred[item as usize]
                    && !self.left_out(item)
                    && self.base.popularity[item as usize] > 0
                {
                    unseen.push((item, 0.0));
                }
            }
        }
        for &item in own {
            scratch.barred[item as usize] = false;
        }
        scratch.own = unseen;
        scratch.own.clone()
    }

    fn left_out(&self, item: u32) -> bool {
        self.settings.left_out.get(item as usize).copied().unwrap_or(false)
    }

    /// Keeps the `wanted` highest scores in falling order; ties by falling popularity or not, then by item.
    fn best(&self, scored: &mut Vec<(u32, f32)>, wanted: usize, ties_by_popularity: bool) {
        let popularity = |item: u32| if ties_by_popularity { self.base.popularity[item as usize] } else { 0 };
        let order = |a: &(u32, f32), b: &(u32, f32)| {
            b.1.total_cmp(&a.1).then_with(|| popularity(b.0).cmp(&popularity(a.0))).then(a.0.cmp(&b.0))
        };
        if scored.len() > wanted && wanted > 0 {
            scored.select_nth_unstable_by(wanted, order);
        }
        scored.truncate(wanted);
        scored.sort_unstable_by(order);
    }

    /// What speaks for an item that the customer never bought.
    fn because(&self, own: &[u32], item: u32) -> Because {
        let causes: Vec<u32> = match &self.model {
            Model::Popularity => Vec::new(),
            Model::Cosine => causes_among(&self.base.cosine, self.settings.neighbours, own, item),
            Model::Jaccard(near) => causes_among(near, self.settings.neighbours, own, item),
            Model::Rules(book, _) => {
                let leading = book.applying(own).filter(|rule| rule.consequent == item);
                if let Some(rule) = leading.max_by(|a, b| a.confidence.total_cmp(&b.confidence)) {
                    return Because::Rule {
                        antecedent: rule.antecedent.clone(),
                        lift: rule.lift,
                        baskets: rule.baskets,
                        of: rule.of,
                    };
                }
                Vec::new()
            }
            Model::Ease(dense) => {
                let mut weighed: Vec<(u32, f32)> = own.iter().map(|&i| (i, dense.weight(i, item))).collect();
                weighed.retain(|&(_, weight)| weight > 0.0);
                weighed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                weighed.into_iter().take(CAUSES).map(|(i, _)| i).collect()
            }
        };
        if causes.is_empty() {
            return Because::Popular { baskets: self.base.popularity[item as usize], of: self.base.baskets };
        }
        // Counts are of one item: where there are some, the strongest is told alone.
        let both = |cause: u32| self.base.cosine.both(item, cause).or_else(|| self.base.cosine.both(cause, item));
        match both(causes[0]) {
            Some(both) => {
                let owners = self.base.ownership.buyers(causes[0]).len() as u32;
                Because::Owns(Owned { item: causes[0], both, owners })
            }
            None => Because::OwnsAll(causes),
        }
    }
}

/// The owned items whose `keep` nearest hold the offered one, the nearest first.
fn causes_among(near: &Neighbours, keep: usize, own: &[u32], item: u32) -> Vec<u32> {
    let weight = |i: u32| near.of(i).take(keep).find(|&(other, _)| other == item).map(|(_, weight)| (i, weight));
    let mut weighed: Vec<(u32, f32)> = own.iter().filter_map(|&i| weight(i)).collect();
    weighed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    weighed.into_iter().take(CAUSES).map(|(i, _)| i).collect()
}

fn bought_before(purchases: &Purchases, customer: u32, item: u32) -> Because {
    let (mut baskets, mut last, mut gaps) = (0, i64::MIN, Vec::new());
    for (time, items) in purchases.baskets_of(customer) {
        if items.binary_search(&item).is_ok() {
            let gap = time.div_euclid(86_400) - last.div_euclid(86_400);
            if baskets > 0 && gap > 0 {
                gaps.push(gap);
            }
            baskets += 1;
            last = time;
        }
    }
    gaps.sort_unstable();
    let middle = gaps.len() / 2;
    let cycle_days = match gaps.len() {
        0 | 1 => None,
        count if count % 2 == 1 => Some(gaps[middle] as f64),
        _ => Some((gaps[middle - 1] + gaps[middle]) as f64 / 2.0),
    };
    Because::BoughtBefore { baskets, of: purchases.baskets_of(customer).len() as u32, last, cycle_days }
}

#[cfg(test)]
mod tests {
    use super::super::purchases::{Grouping, Line};
    use super::super::rules::pair_rules;
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;

    fn purchases(lines: &[(u32, i64, u32)], customers: u32, items: u32) -> Purchases {
        let line = |&(customer, day, item): &(u32, i64, u32)| Line { customer, time: day * DAY, item };
        Purchases::of_lines(customers, items, &lines.iter().map(line).collect::<Vec<Line>>(), Grouping::Order)
    }

    fn all(purchases: &Purchases, rules: &[OfferRule], settings: OfferSettings) -> Vec<Offer> {
        let recommender = Recommender::new(purchases, rules, settings);
        let mut offers = Vec::new();
        recommend(purchases, &recommender, &mut |batch| offers.extend_from_slice(batch), &|_| ());
        offers
    }

    #[test]
    fn an_item_bought_every_four_weeks_says_so() {
        let shop = purchases(&[(0, 0, 1), (0, 28, 1), (0, 30, 2), (0, 57, 1), (1, 3, 0), (1, 3, 1)], 2, 3);
        let offers = all(&shop, &[], OfferSettings::default());
        assert_eq!((offers[0].item, offers[0].rank, offers[0].product), (1, 1, Product::Repurchase));
        let expected = Because::BoughtBefore { baskets: 3, of: 4, last: 57 * DAY, cycle_days: Some(28.5) };
        assert_eq!(offers[0].because, expected);
        let cross: Vec<&Offer> = offers.iter().filter(|o| o.customer == 0 && o.product == Product::CrossSell).collect();
        assert_eq!(cross[0].item, 0);
        assert_eq!(cross[0].because, Because::Owns(Owned { item: 1, both: 1, owners: 2 }));
    }

    #[test]
    fn a_rule_is_told_with_its_figures_and_left_out_items_are_not_offered() {
        let shop = purchases(&[(0, 0, 0), (1, 0, 1), (2, 0, 2), (3, 0, 3)], 4, 4);
        let rule = |antecedent: &[u32], consequent, confidence| OfferRule {
            antecedent: antecedent.to_vec(),
            consequent,
            confidence,
            lift: 2.0,
            baskets: 7,
            of: 14,
            holds: true,
        };
        let rules = [rule(&[0], 2, 0.3), rule(&[0], 3, 0.6)];
        let settings = OfferSettings { cross_sell: Ranker::RulesMax, offers: 1, ..OfferSettings::default() };
        let first = |settings: OfferSettings| {
            let offers = all(&shop, &rules, settings);
            offers.into_iter().find(|o| o.customer == 0 && o.product == Product::CrossSell).expect("an offer is made")
        };
        let offer = first(settings.clone());
        assert_eq!(offer.item, 3);
        assert_eq!(offer.because, Because::Rule { antecedent: vec![0], lift: 2.0, baskets: 7, of: 14 });
        assert_eq!(first(OfferSettings { left_out: vec![false, false, false, true], ..settings }).item, 2);
    }

    fn shops() -> impl Strategy<Value = Purchases> {
        prop::collection::vec((0u32..6, 0i64..5, 0u32..8), 0..60).prop_map(|lines| purchases(&lines, 6, 8))
    }

    proptest! {
        /// Scores by the words of the table, without any of the machinery.
        #[test]
        fn rankings_equal_brute_force(shop in shops(), wanted in 1usize..10) {
            let popularity: Vec<f32> = (0..8).map(|item| {
                (0..6).flat_map(|c| shop.baskets_of(c)).filter(|(_, items)| items.contains(&item)).count() as f32
            }).collect();
            let most = popularity.iter().fold(1f32, |a, &b| a.max(b));
            let owns = |c: u32, item: u32| shop.baskets_of(c).any(|(_, items)| items.contains(&item));
            let owners = |test: &dyn Fn(u32) -> bool| (0..6).filter(|&c| test(c)).count() as f32;
            let rules = pair_rules(&shop, 1);
            for (repurchase, cross_sell) in [
                (Ranker::Frequency, Ranker::Popularity),
                (Ranker::FrequencyRecencyPopularity, Ranker::CosineNeighbours),
                (Ranker::CountDecay, Ranker::JaccardNeighbours),
                (Ranker::CountDecay, Ranker::RulesSum),
                (Ranker::CountDecay, Ranker::RulesMax),
            ] {
                let settings = OfferSettings { offers: wanted, repurchase, cross_sell, ..OfferSettings::default() };
                let offers = all(&shop, &rules, settings);
                for c in 0..6 {
                    let baskets: Vec<&[u32]> = shop.baskets_of(c).map(|(_, items)| items).collect();
                    let n = baskets.len();
                    let own: Vec<u32> = (0..8).filter(|&item| owns(c, item)).collect();
                    let mut again: Vec<(u32, f32)> = own.iter().map(|&item| {
                        let held: Vec<usize> = (0..n).filter(|&b| baskets[b].contains(&item)).collect();
                        let last = *held.last().expect("an owned item lies in a basket");
                        (item, match repurchase {
                            Ranker::Frequency => held.len() as f32,
                            Ranker::CountDecay => held.iter().map(|&b| DECAY.powi((n - 1 - b) as i32)).sum(),
                            _ => held.len() as f32 + 0.5 * (last + 1) as f32 / n as f32 + 0.5 * popularity[item as usize] / most,
                        })
                    }).collect();
                    let unseen: Vec<(u32, f32)> = (0..8).filter(|item| !own.contains(item)).map(|item| {
                        let weights = own.iter().map(|&i| {
                            let both = owners(&|x| owns(x, i) && owns(x, item));
                            let (a, b) = (owners(&|x| owns(x, i)), owners(&|x| owns(x, item)));
                            let rule = rules.iter().find(|r| r.antecedent == [i] && r.consequent == item && r.lift > 1.0);
                            match cross_sell {
                                Ranker::CosineNeighbours => both / ((a * b).sqrt() + SHRINK),
                                Ranker::JaccardNeighbours => both / (a + b - both + SHRINK),
                                Ranker::Popularity => 0.0,
                                _ => rule.map_or(0.0, |r| r.confidence as f32),
                            }
                        });
                        (item, if cross_sell == Ranker::RulesMax { weights.fold(0.0, f32::max) } else { weights.sum() })
                    }).filter(|&(item, _)| popularity[item as usize] > 0.0).collect();
                    let found = |product| offers.iter().filter(|o| o.customer == c && o.product == product).collect::<Vec<_>>();
                    let near = |a: f32, b: f32| (a - b).abs() < 1e-5 * b.abs().max(1.0);
                    again.sort_by(|a, b| b.1.total_cmp(&a.1));
                    let got = found(Product::Repurchase);
                    prop_assert_eq!(got.len(), again.len().min(wanted));
                    for (offer, &(_, score)) in got.iter().zip(&again) {
                        prop_assert!(near(offer.score, score), "{:?} {}", offer, score);
                        prop_assert!(near(again.iter().find(|a| a.0 == offer.item).expect("owned").1, score));
                    }
                    let mut unseen = if own.is_empty() { Vec::new() } else { unseen };
                    unseen.sort_by(|a, b| b.1.total_cmp(&a.1));
                    let got = found(Product::CrossSell);
                    prop_assert_eq!(got.len(), unseen.len().min(wanted));
                    for (offer, &(_, score)) in got.iter().zip(&unseen) {
                        prop_assert!(near(offer.score, score), "{:?} {:?} {}", cross_sell, offer, score);
                        prop_assert!(near(unseen.iter().find(|a| a.0 == offer.item).expect("unseen").1, score));
                    }
                }
            }
        }

        /// What an offer says of its cause is what counting says.
        #[test]
        fn reasons_equal_brute_force(shop in shops()) {
            let owns = |c: u32, item: u32| shop.baskets_of(c).any(|(_, items)| items.contains(&item));
            let count = |test: &dyn Fn(u32) -> bool| (0..6).filter(|&c| test(c)).count() as u32;
            let holding = |all: &[u32]| {
                let baskets = (0..6).flat_map(|c| shop.baskets_of(c));
                baskets.filter(|(_, items)| all.iter().all(|item| items.contains(item))).count() as u32
            };
            let rules = pair_rules(&shop, 1);
            for cross_sell in [Ranker::CosineNeighbours, Ranker::JaccardNeighbours, Ranker::RulesMax, Ranker::Ease] {
                for offer in all(&shop, &rules, OfferSettings { cross_sell, least_buyers: 1, ..OfferSettings::default() }) {
                    match offer.because {
                        Because::BoughtBefore { baskets, of, .. } => {
                            let own: Vec<&[u32]> = shop.baskets_of(offer.customer).map(|(_, items)| items).collect();
                            prop_assert_eq!(of as usize, own.len());
                            prop_assert_eq!(baskets as usize, own.iter().filter(|b| b.contains(&offer.item)).count());
                        }
                        Because::Owns(cause) => {
                            prop_assert!(owns(offer.customer, cause.item) && !owns(offer.customer, offer.item));
                            prop_assert_eq!(cause.owners, count(&|c| owns(c, cause.item)));
                            prop_assert_eq!(cause.both, count(&|c| owns(c, cause.item) && owns(c, offer.item)));
                        }
                        Because::OwnsAll(causes) => {
                            prop_assert!(causes.iter().all(|&cause| owns(offer.customer, cause)));
                        }
                        Because::Rule { antecedent, baskets, of, .. } => {
                            prop_assert!(antecedent.iter().all(|&item| owns(offer.customer, item)));
                            prop_assert_eq!(of, holding(&antecedent));
                            let both: Vec<u32> = antecedent.iter().copied().chain([offer.item]).collect();
                            prop_assert_eq!(baskets, holding(&both));
                        }
                        Because::Popular { baskets, of } => {
                            prop_assert_eq!((baskets, of), (holding(&[offer.item]), holding(&[])));
                        }
                    }
                }
            }
        }

        #[test]
        fn threads_change_nothing(shop in shops()) {
            for cross_sell in [Ranker::CosineNeighbours, Ranker::Ease] {
                let with = |threads| {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be made");
                    pool.install(|| all(&shop, &[], OfferSettings { cross_sell, least_buyers: 1, ..OfferSettings::default() }))
                };
                prop_assert_eq!(with(1), with(2));
            }
        }
    }
}
