//! Planted, shuffled and tried in every way.

use super::super::super::data::DAY;
use super::*;
use crate::mining::Support;
use crate::mining::sequences::FollowVerdict;
use crate::numeric::random::stream;
use proptest::collection::vec;
use proptest::prelude::*;
use rand::RngExt;

/// Orders of a customer: day and items.
type Orders = Vec<(i64, Vec<u32>)>;

fn built(customers: &[Orders], items: u32) -> Sequences {
    let mut built = Sequences::new(items);
    for orders in customers {
        for (day, items) in orders {
            built.push_element(day * DAY, items).unwrap();
        }
        built.end_customer();
    }
    built
}

/// Customers who buy single items of ten at random days; who has bought 0 and 1 within a month, in whatever order, often
/// buys 2 and 3 in the two weeks after. With `shuffled` the items are dealt out again over each customer's orders.
fn shop(customers: u32, shuffled: bool, seed: u64) -> Sequences {
    let mut rng = stream(seed, "partial rules test");
    let mut all = Vec::new();
    for _ in 0..customers {
        let mut orders: Orders = Vec::new();
        for _ in 0..2 + rng.random_range(0..6) {
            orders.push((rng.random_range(0..300), vec![rng.random_range(0..10)]));
        }
        if rng.random::<f64>() < 0.3 {
            let day = rng.random_range(0..250);
            let (one, other) = if rng.random::<bool>() { (0, 1) } else { (1, 0) };
            let second = day + rng.random_range(1..20);
            orders.extend([(day, vec![one]), (second, vec![other])]);
            if rng.random::<f64>() < 0.5 {
                orders.extend([(second + 6, vec![2]), (second + rng.random_range(8..14), vec![3])]);
            }
        }
        orders.sort_unstable();
        orders.dedup_by_key(|order| order.0);
        if shuffled {
            for at in (1..orders.len()).rev() {
                let other = rng.random_range(0..=at);
                let (one, two) = (orders[at].1.clone(), orders[other].1.clone());
                (orders[at].1, orders[other].1) = (two, one);
            }
        }
        all.push(orders);
    }
    built(&all, 10)
}

fn settings() -> FollowSettings {
    FollowSettings {
        as_of: 330 * DAY,
        horizon_days: 20,
        step_days: Some(30),
        support: Support::Count(30),
        min_lift: 1.5,
        ..FollowSettings::default()
    }
}

#[test]
fn a_planted_pair_is_found_with_its_days_in_whatever_order() {
    let data = shop(1500, false, 1);
    let found = mine_partial_follow_rules(&data, &settings(), true, &Run::threads(1)).unwrap();
    assert_eq!(found, mine_partial_follow_rules(&data, &settings(), true, &Run::threads(2)).unwrap());
    let rule = |right: &[u32]| found.rules.iter().find(|rule| rule.left == [0, 1] && rule.right == right).unwrap();
    let both = rule(&[2, 3]);
    assert!(both.evidence.figures.lift_low > 5.0 && (0.3..0.6).contains(&both.evidence.figures.confidence), "{both:?}");
    assert!(
        (8..14).contains(&both.evidence.timing.quartiles[1]) && rule(&[2]).evidence.timing.quartiles[1] == 6,
        "{both:?}"
    );
    // Nothing follows from items that have nothing to do with one another.
    let strange = |item: &u32| *item > 3;
    let made_up = |rule: &PartialFollowRule| rule.left.iter().any(strange) && rule.right.iter().any(strange);
    assert!(!found.rules.iter().any(made_up), "{:?}", found.rules);
    let cut = FollowSettings { as_of: 200 * DAY, support: Support::Count(15), ..settings() };
    let early = mine_partial_follow_rules(&data, &cut, true, &Run::threads(2)).unwrap();
    let later = validate_partial_follow_rules(&early, &data, 200 * DAY, 330 * DAY, &Run::threads(2));
    let at = early.rules.iter().position(|rule| rule.left == [0, 1] && rule.right == [2, 3]).unwrap();
    assert_eq!(later[at].verdict, FollowVerdict::Confirmed);
}

#[test]
fn orders_in_random_order_give_no_rules_beyond_the_level() {
    let settings = FollowSettings { min_lift: 0.0, min_confidence: 0.0, support: Support::Count(5), ..settings() };
    let with_rules = (0..20).filter(|&seed| {
        let found = mine_partial_follow_rules(&shop(600, true, 50 + seed), &settings, true, &Run::threads(1)).unwrap();
        assert!(found.tested > 50);
        !found.rules.is_empty()
    });
    // At a false discovery rate of 0.05 with nothing to discover, one run in twenty may report something.
    assert!(with_rules.count() <= 2);
}

/// The day on which X is complete and the orders of the horizon after it, by trying each order.
fn tried(orders: &Orders, left: &[u32], span: i64, horizon: i64) -> Option<(usize, Vec<usize>)> {
    let has = |from: usize, to: usize, item: u32| orders[from..=to].iter().any(|order| order.1.contains(&item));
    let complete = |&at: &usize| {
        (0..=at).any(|from| orders[at].0 - orders[from].0 <= span && left.iter().all(|&item| has(from, at, item)))
            && left.iter().any(|item| orders[at].1.contains(item))
    };
    let at = (0..orders.len()).find(complete)?;
    Some((at, (at + 1..orders.len()).filter(|&to| orders[to].0 - orders[at].0 <= horizon).collect()))
}

fn all_in(orders: &Orders, places: &[usize], items: &[u32]) -> bool {
    items.iter().all(|item| places.iter().any(|&place| orders[place].1.contains(item)))
}

/// The chance of a follower by dealing out the orders without X in every way.
fn dealt(orders: &Orders, left: &[u32], right: &[u32], span: i64, horizon: i64) -> f64 {
    let Some((_, later)) = tried(orders, left, span, horizon) else { return 0.0 };
    let free: Vec<usize> =
        (0..orders.len()).filter(|&at| !orders[at].1.iter().any(|item| left.contains(item))).collect();
    fn permute(places: &mut Vec<usize>, at: usize, each: &mut dyn FnMut(&[usize])) {
        if at == places.len() {
            return each(places);
        }
        for other in at..places.len() {
            places.swap(at, other);
            permute(places, at + 1, each);
            places.swap(at, other);
        }
    }
    let (mut all, mut good) = (0, 0);
    permute(&mut free.clone(), 0, &mut |order| {
        let mut dealt = orders.clone();
        for (&to, &from) in free.iter().zip(order) {
            dealt[to].1.clone_from(&orders[from].1);
        }
        all += 1;
        good += i32::from(all_in(&dealt, &later, right));
    });
    f64::from(good) / f64::from(all)
}

/// Followers to be expected by the share of all orders with the items, given the numbers of later orders: the orders span
/// less than the shortest period, so that one share holds for all.
fn usual(customers: &[Orders], right: &[u32], later: &[usize]) -> f64 {
    let all: Vec<&Vec<u32>> = customers.iter().flatten().map(|order| &order.1).collect();
    let share =
        |with: &dyn Fn(&Vec<u32>) -> bool| all.iter().filter(|order| with(order)).count() as f64 / all.len() as f64;
    let any = |with: &dyn Fn(&Vec<u32>) -> bool| -> f64 {
        later.iter().map(|&orders| 1.0 - (1.0 - share(with)).powi(orders as i32)).sum()
    };
    match *right {
        [item] => any(&|order| order.contains(&item)),
        [one, other] => {
            let either = any(&|order| order.contains(&one) || order.contains(&other));
            any(&|order| order.contains(&one)) + any(&|order| order.contains(&other)) - either
        }
        _ => unreachable!("one or two items"),
    }
}

#[test]
fn the_expected_followers_of_a_pair_by_hand() {
    let customers: [Orders; 2] = [
        vec![(0, vec![0]), (1, vec![1]), (2, vec![2]), (3, vec![3])],
        vec![(0, vec![0, 1]), (1, vec![2, 3]), (2, vec![4])],
    ];
    let settings = FollowSettings { support: Support::Count(2), min_lift: 0.0, level: 1.0, ..settings() };
    let found = mine_partial_follow_rules(&built(&customers, 5), &settings, true, &Run::default()).unwrap();
    let rule = found.rules.iter().find(|rule| rule.left == [0, 1] && rule.right == [2, 3]).unwrap();
    // Both have two orders after 0 and 1. Of seven orders two have 2, two have 3, and three have either.
    let expected = 2.0 * ((1.0 - 25.0 / 49.0) + (1.0 - 25.0 / 49.0) - (1.0 - 16.0 / 49.0));
    let figures = rule.evidence.figures;
    assert_eq!((figures.customers, figures.followers), (2, 2));
    assert!(
        (figures.expected - expected).abs() < 1e-12 && (figures.lift - 2.0 / expected).abs() < 1e-12,
        "{figures:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn equals_trying_everything(
        customers in vec(vec((1i64..4, vec(0u32..5, 1..3)), 0..6), 1..6), span in 0i64..6, horizon in 1u32..8,
        support in 1u64..3,
    ) {
        let customers: Vec<Orders> = customers
            .into_iter()
            .map(|orders| orders.into_iter().scan(0, |day, (gap, items)| { *day += gap; Some((*day, items)) }).collect())
            .collect();
        let settings = FollowSettings {
            as_of: 100 * DAY, horizon_days: horizon, step_days: Some(span as u32), support: Support::Count(support),
            min_confidence: 0.0, min_lift: 0.0, level: 1.0, max_prefix_items: 3, ..FollowSettings::default()
        };
        let found = mine_partial_follow_rules(&built(&customers, 5), &settings, true, &Run::threads(2)).unwrap();
        let sets = |most: u32| {
            let of = |set: u32| (0..5u32).filter(|item| set >> item & 1 == 1).collect::<Vec<u32>>();
            (1u32..32).filter(move |set| set.count_ones() <= most).map(of)
        };
        let mut expected = Vec::new();
        for (left, right) in sets(3).flat_map(|left| sets(2).map(move |right| (left.clone(), right))) {
            if left.iter().any(|item| right.contains(item)) || left.len() + right.len() < 3 {
                continue;
            }
            let trials: Vec<&Orders> =
                customers.iter().filter(|orders| tried(orders, &left, span, i64::from(horizon)).is_some()).collect();
            let follows = |orders: &&&Orders| {
                let (_, later) = tried(orders, &left, span, i64::from(horizon)).unwrap();
                all_in(orders, &later, &right)
            };
            let followers = trials.iter().filter(follows).count() as u64;
            if followers >= support && trials.len() as u64 >= support {
                let chances: Vec<f64> =
                    trials.iter().map(|orders| dealt(orders, &left, &right, span, i64::from(horizon))).collect();
                let p = at_least(&chances, followers as usize, 1.0);
                let later: Vec<usize> = trials
                    .iter()
                    .map(|orders| tried(orders, &left, span, i64::from(horizon)).unwrap().1.len())
                    .collect();
                let usual = usual(&customers, &right, &later);
                expected.push((left, right, trials.len() as u64, followers, p, usual));
            }
        }
        expected.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        prop_assert_eq!(found.rules.len(), expected.len());
        // The same figures again, of all orders as if they were later ones.
        let again = validate_partial_follow_rules(&found, &built(&customers, 5), i64::MIN, settings.as_of, &Run::threads(2));
        for ((rule, (left, right, trials, followers, p, usual)), again) in found.rules.iter().zip(expected).zip(again) {
            let figures = rule.evidence.figures;
            prop_assert_eq!(again.figures, figures);
            prop_assert!((figures.expected - usual).abs() < 1e-9, "{:?} {}", rule, usual);
            prop_assert!(usual < 1e-9 || (figures.lift - followers as f64 / usual).abs() < 1e-9 * figures.lift, "{:?}", rule);
            prop_assert_eq!((&rule.left, &rule.right), (&left, &right));
            prop_assert_eq!((rule.evidence.figures.customers, rule.evidence.figures.followers), (trials, followers));
            prop_assert!((rule.evidence.p_value - p).abs() < 1e-9, "{:?} {}", rule, p);
        }
    }
}
