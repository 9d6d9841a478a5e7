//! Which items a rule may, must and must not have, as people write it: by code, by name or by category.

use rustc_hash::FxHashMap;

use super::item_rules::ItemRules;
use super::shop::{CATEGORY, Shop};
use crate::diagnostics::did_you_mean;
use crate::mining::{AssociationRule, Constraints};
use crate::orders::NONE;
use crate::stage::{Context, Finding};
use crate::stages::words::mine_baskets as say;

impl ItemRules {
    /// What is wrong with them by themselves.
    pub(super) fn check(&self, knows_margins: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in &self.margins {
            let (least, most) = (rule.at_least.unwrap_or(f64::MIN), rule.at_most.unwrap_or(f64::MAX));
            if !(least.is_finite() && most.is_finite() && least <= most) {
                findings.push(Finding::at("items", "a margin has an amount of money as its least and its most"));
            }
        }
        if !self.margins.is_empty() && !knows_margins {
            let finding = Finding::at("items", "`margins` needs to know what items earn");
            findings.push(finding.help("add margin = 0.4 (a share of the price) or costs = \"STAGE\""));
        }
        findings
    }

    /// The same as item numbers, `margins` being what each item earns; entries that fit nothing are noted.
    pub(super) fn resolve(&self, cx: &mut Context, shop: &Shop, margins: &[f64]) -> Constraints {
        let known = Known::of(shop);
        let mut strangers: Vec<&String> = Vec::new();
        let mut group = |word: &'_ String| -> Vec<u32> { known.items(word) };
        let lists = [&self.must_not, &self.only_left, &self.only_right, &self.at_least_one_of, &self.left_one_of]
            .map(|list| list.iter().flat_map(&mut group).collect::<Vec<u32>>());
        let right =
            [&self.right_one_of, &self.right_among].map(|list| list.iter().flat_map(&mut group).collect::<Vec<u32>>());
        let one_of_each: Vec<Vec<u32>> = self.must.iter().map(&mut group).collect();
        strangers.extend(self.all().filter(|word| known.items(word).is_empty()));
        for word in strangers {
            let near = did_you_mean(word, shop.codes.iter().chain(&shop.names).map(String::as_str));
            let word = ("word", word.as_str().into());
            cx.note(match near {
                Some(near) => say::STRANGER_NEAR.with([word, ("near", near.into())]),
                None => say::STRANGER.with([word]),
            });
        }
        let [must_not, only_left, only_right, at_least_one_of, left_one_of] = lists.map(closed_to_all);
        let [right_one_of, right_among] = right.map(closed_to_all);
        // A list of words that do not exist must not turn into an empty list, which allows everything.
        let unless_empty = |wished: &[String], items: Vec<u32>| {
            if items.is_empty() && !wished.is_empty() { vec![NONE] } else { items }
        };
        Constraints {
            must: Vec::new(),
            must_not,
            only_left,
            only_right,
            at_least_one_of: unless_empty(&self.at_least_one_of, at_least_one_of),
            one_of_each,
            left_one_of: unless_empty(&self.left_one_of, left_one_of),
            right_one_of: unless_empty(&self.right_one_of, right_one_of),
            right_among: unless_empty(&self.right_among, right_among),
            values: self.margins.iter().map(|rule| rule.constraint(margins)).collect(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        [
            &self.must,
            &self.must_not,
            &self.only_left,
            &self.only_right,
            &self.at_least_one_of,
            &self.left_one_of,
            &self.right_one_of,
            &self.right_among,
        ]
        .into_iter()
        .flatten()
    }
}

fn closed_to_all(mut items: Vec<u32>) -> Vec<u32> {
    items.sort_unstable();
    items.dedup();
    items
}

/// Items by code and by name, categories by name.
struct Known<'a> {
    shop: &'a Shop,
    by_word: FxHashMap<&'a str, Vec<u32>>,
}

impl<'a> Known<'a> {
    fn of(shop: &'a Shop) -> Known<'a> {
        let mut by_word: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (item, name) in shop.names.iter().enumerate() {
            by_word.entry(name).or_default().push(item as u32);
        }
        // A code is one item, whatever else bears it as a name.
        for (item, code) in shop.codes.iter().enumerate() {
            by_word.insert(code, vec![item as u32]);
        }
        Known { shop, by_word }
    }

    fn items(&self, word: &str) -> Vec<u32> {
        let Some(category) = word.strip_prefix(CATEGORY) else {
            return self.by_word.get(word).cloned().unwrap_or_default();
        };
        let Ok(at) = self.shop.categories.binary_search_by(|name| name.as_str().cmp(category)) else {
            return Vec::new();
        };
        (0..self.shop.category.len() as u32).filter(|&item| self.shop.category[item as usize] == at as u32).collect()
    }
}

/// Whether an item is together with its own category.
pub(super) fn mixed(shop: &Shop, items: &[u32]) -> bool {
    items.iter().enumerate().any(|(at, &a)| items[at + 1..].iter().any(|&b| super::write::related(shop, a, b)))
}

/// Drops the rules that hold because an item is together with its own category.
pub(super) fn without_trivial(shop: &Shop, rules: &mut Vec<AssociationRule>) -> usize {
    let before = rules.len();
    if let Some(levels) = &shop.levels {
        rules.retain(|rule| !levels.trivial(rule));
    }
    before - rules.len()
}
