//! Basket rules as a ranker: given from outside, or mined here as pairs for the backtest.

use super::purchases::Purchases;
use rayon::prelude::*;

/// Whoever has the antecedent in the basket takes the consequent too.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferRule {
    /// Distinct items, ascending.
    pub antecedent: Vec<u32>,
    pub consequent: u32,
    /// Share of the baskets with the antecedent that hold the consequent.
    pub confidence: f64,
    /// Confidence over the share of all baskets that hold the consequent.
    pub lift: f64,
    /// Baskets that hold both sides.
    pub baskets: u32,
    /// Baskets that hold the antecedent.
    pub of: u32,
    /// Whether the rule was found again on later baskets; the others are not used.
    pub holds: bool,
}

/// How the rules that lead to one item are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    Sum,
    Max,
}

/// Rules that hold, found by the items that a customer owns.
#[derive(Debug, Clone, Default)]
pub struct RuleBook {
    rules: Vec<OfferRule>,
    /// Per item, the rules whose first antecedent item it is.
    from: Vec<u32>,
}

impl RuleBook {
    /// Takes the rules that hold and raise the chance of their consequent (lift above 1). Items are below `items`;
    /// rules that name others are left out.
    pub fn new(rules: &[OfferRule], items: u32) -> Self {
        let known = |rule: &&OfferRule| {
            rule.holds
                && rule.lift > 1.0
                && !rule.antecedent.is_empty()
                && rule.consequent < items
                && rule.antecedent.iter().all(|&item| item < items)
        };
        let mut rules: Vec<OfferRule> = rules.iter().filter(known).cloned().collect();
        for rule in &mut rules {
            rule.antecedent.sort_unstable();
        }
        rules.sort_by(|a, b| (&a.antecedent, a.consequent).cmp(&(&b.antecedent, b.consequent)));
        let mut from = vec![0u32; items as usize + 1];
        for rule in &rules {
            from[rule.antecedent[0] as usize + 1] += 1;
        }
        for item in 1..from.len() {
            from[item] += from[item - 1];
        }
        RuleBook { rules, from }
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules whose antecedent a customer owns; `own` is ascending.
    pub fn applying<'a>(&'a self, own: &'a [u32]) -> impl Iterator<Item = &'a OfferRule> {
        own.iter()
            .flat_map(|&item| &self.rules[self.from[item as usize] as usize..self.from[item as usize + 1] as usize])
            .filter(|rule| rule.antecedent[1..].iter().all(|item| own.binary_search(item).is_ok()))
    }
}

/// All rules from one item to one other that `least` baskets or more support and whose lift is above 1, by counting; in
/// order of items.
pub fn pair_rules(purchases: &Purchases, least: u32) -> Vec<OfferRule> {
    let popularity = purchases.popularity();
    let baskets: Vec<&[u32]> =
        (0..purchases.customers()).flat_map(|c| purchases.baskets_of(c).map(|(_, items)| items)).collect();
    let mut holding: Vec<Vec<u32>> = popularity.iter().map(|&count| Vec::with_capacity(count as usize)).collect();
    for (basket, items) in baskets.iter().enumerate() {
        for &item in *items {
            holding[item as usize].push(basket as u32);
        }
    }
    let rows: Vec<Vec<OfferRule>> = holding
        .par_iter()
        .enumerate()
        .map_init(
            || (vec![0u32; popularity.len()], Vec::new()),
            |(counts, met), (item, holding)| {
                for &basket in holding {
                    for &other in baskets[basket as usize] {
                        if counts[other as usize] == 0 {
                            met.push(other);
                        }
                        counts[other as usize] += 1;
                    }
                }
                met.sort_unstable();
                let mut rules = Vec::new();
                for &other in met.iter() {
                    let both = std::mem::take(&mut counts[other as usize]);
                    if other as usize == item || both < least.max(1) {
                        continue;
                    }
                    let confidence = f64::from(both) / f64::from(popularity[item]);
                    let base = f64::from(popularity[other as usize]) / baskets.len() as f64;
                    if confidence > base {
                        rules.push(OfferRule {
                            antecedent: vec![item as u32],
                            consequent: other,
                            confidence,
                            lift: confidence / base,
                            baskets: both,
                            of: popularity[item],
                            holds: true,
                        });
                    }
                }
                met.clear();
                rules
            },
        )
        .collect();
    rows.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::super::purchases::{Grouping, Line};
    use super::*;

    #[test]
    fn pairs_are_counted_per_basket() {
        let baskets: [&[u32]; 4] = [&[0, 1], &[0, 1, 2], &[0], &[2]];
        let lines = baskets
            .iter()
            .enumerate()
            .flat_map(|(t, items)| items.iter().map(move |&item| Line { customer: 0, time: t as i64, item }));
        let purchases = Purchases::of_lines(1, 3, &lines.collect::<Vec<Line>>(), Grouping::Order);
        let rules = pair_rules(&purchases, 2);
        assert_eq!(rules.len(), 2);
        assert_eq!((&rules[0].antecedent[..], rules[0].consequent, rules[0].baskets, rules[0].of), (&[0][..], 1, 2, 3));
        assert!((rules[0].confidence - 2.0 / 3.0).abs() < 1e-12 && (rules[0].lift - 4.0 / 3.0).abs() < 1e-12);
        assert!((rules[1].confidence - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_rule_applies_to_those_who_own_its_whole_antecedent() {
        let rule = |antecedent: &[u32], consequent, holds| OfferRule {
            antecedent: antecedent.to_vec(),
            consequent,
            confidence: 0.5,
            lift: 2.0,
            baskets: 9,
            of: 18,
            holds,
        };
        let all = [rule(&[3, 1], 4, true), rule(&[1], 2, false), rule(&[2], 0, true), rule(&[9], 0, true)];
        let book = RuleBook::new(&all, 5);
        let applying = |own: &[u32]| book.applying(own).map(|rule| rule.consequent).collect::<Vec<_>>();
        assert_eq!(applying(&[1, 3]), [4]);
        assert_eq!(applying(&[1, 2]), [0]);
        assert_eq!(applying(&[3]), [0u32; 0]);
    }
}
