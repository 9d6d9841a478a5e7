//! Offers and their trial are what counting everything says.

use super::super::data::{DAY, Sequences};
use super::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeSet;

const ITEMS: u32 = 4;

/// A customer's orders: day and items.
type Orders = Vec<(i64, Vec<u32>)>;

fn orders_of(data: &Sequences, customer: usize) -> Orders {
    data.elements_of(customer).map(|element| (data.day_of(element), data.items_of(element).to_vec())).collect()
}

/// The days on which these orders complete a pattern.
fn completed(orders: &[(i64, Vec<u32>)], prefix: &[Vec<u32>], step_days: Option<u32>) -> Vec<i64> {
    let (last, before) = prefix.split_last().expect("an element");
    let has = |items: &[u32]| last.iter().all(|item| items.contains(item));
    let reached = |at: usize| {
        let near = |day: &i64| step_days.is_none_or(|most| orders[at].0 - day <= i64::from(most));
        before.is_empty() || completed(&orders[..at], before, step_days).iter().any(near)
    };
    (0..orders.len()).filter(|&at| has(&orders[at].1) && reached(at)).map(|at| orders[at].0).collect()
}

fn offers(rules: &[NextRule], data: &Sequences, today: i64, merge_days: u32) -> Vec<NextOffer> {
    let history = merged(data.until(today * DAY), merge_days);
    let mut found: Vec<NextOffer> = Vec::new();
    for customer in 0..data.customers() {
        let orders = orders_of(&history, customer);
        let mut own: Vec<NextOffer> = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let Some(bought_day) = completed(&orders, &rule.prefix, rule.step_days).pop() else { continue };
            let since = today - bought_day;
            let window = i64::from(rule.send_from.max(1))..=i64::from(rule.send_to);
            if !window.contains(&since) || orders.iter().any(|(_, items)| items.contains(&rule.next)) {
                continue;
            }
            let by_then = rule.bought_by.get(since as usize - 1).copied().unwrap_or(rule.confidence);
            own.push(NextOffer {
                customer: customer as u32,
                item: rule.next,
                rule: number,
                bought_day,
                days_since: since as u32,
                from_day: bought_day + i64::from(rule.send_from),
                to_day: bought_day + i64::from(rule.send_to),
                chance_left: (rule.confidence - by_then) / (1.0 - by_then),
            });
        }
        own.sort_by(|a, b| b.chance_left.total_cmp(&a.chance_left).then((a.item, a.rule).cmp(&(b.item, b.rule))));
        let mut seen = BTreeSet::new();
        own.retain(|offer| seen.insert(offer.item));
        found.extend(own);
    }
    found
}

fn trial(rules: &[NextRule], data: &Sequences, settings: &TrialSettings<'_>) -> NextTrial {
    let left_out = |item: u32| settings.left_out.get(item as usize) == Some(&true);
    let rules: Vec<NextRule> = rules.iter().filter(|rule| !left_out(rule.next)).cloned().collect();
    let customers: Vec<Orders> = (0..data.customers()).map(|customer| orders_of(data, customer)).collect();
    let (first, end) = (settings.from / DAY, settings.until / DAY);
    let mut trial = NextTrial::default();
    let (mut made, mut made_popular) = (BTreeSet::new(), BTreeSet::new());
    for today in (first..end).step_by(7) {
        let days = |customer: usize, item: u32| -> Vec<i64> {
            customers[customer].iter().filter(|(_, items)| items.contains(&item)).map(|row| row.0).collect()
        };
        let has = |customer: usize, item: u32| days(customer, item).iter().any(|&day| day < today);
        let buys = |customer: usize, item: u32, to: i64| days(customer, item).iter().any(|d| (today..=to).contains(d));
        let owners = |item: u32| (0..customers.len()).filter(|&customer| has(customer, item)).count();
        let sold = |item: u32| {
            let within = i64::from(settings.sold_within_days);
            let lately = |&day: &i64| day < today && day >= today - within;
            within == 0 || (0..customers.len()).any(|customer| days(customer, item).iter().any(lately))
        };
        let mut popular: Vec<u32> =
            (0..data.item_count()).filter(|&item| owners(item) > 0 && !left_out(item) && sold(item)).collect();
        popular.sort_by_key(|&item| (Reverse(owners(item)), item));
        let due = offers(&rules, data, today, settings.merge_days);
        for of_customer in due.chunk_by(|a, b| a.customer == b.customer) {
            let customer = of_customer[0].customer as usize;
            for offer in of_customer.iter().filter(|offer| sold(offer.item)).take(settings.most) {
                if offer.to_day >= end || !made.insert((customer, offer.item)) {
                    continue;
                }
                trial.offers += 1;
                trial.bought += u64::from(buys(customer, offer.item, offer.to_day));
                let since = today - i64::from(rules[offer.rule].send_to);
                let pool: Vec<usize> = (0..customers.len())
                    .filter(|&other| customers[other].iter().any(|row| (since..today).contains(&row.0)))
                    .filter(|&other| !has(other, offer.item))
                    .collect();
                let bought = pool.iter().filter(|&&other| buys(other, offer.item, offer.to_day)).count();
                trial.usual += bought as f64 / pool.len().max(1) as f64;
                let fits = |&&item: &&u32| !has(customer, item) && !made_popular.contains(&(customer, item));
                if let Some(&item) = popular.iter().find(fits) {
                    made_popular.insert((customer, item));
                    trial.popular += u64::from(buys(customer, item, offer.to_day));
                }
            }
        }
    }
    trial.customers = made.iter().map(|row: &(usize, u32)| row.0).collect::<BTreeSet<_>>().len() as u64;
    trial
}

/// Few items in many orders over some ten weeks, so that most are bought again.
fn shops() -> impl Strategy<Value = Sequences> {
    vec(vec((0u8..9, vec(0..ITEMS, 1..3)), 0..14), 1..8).prop_map(|customers| {
        let mut built = Sequences::new(ITEMS);
        for orders in customers {
            let mut day = 0;
            for (gap, items) in orders {
                day += i64::from(gap);
                built.push_element(day * DAY + 60, &items).unwrap();
            }
            built.end_customer();
        }
        built
    })
}

fn rules() -> impl Strategy<Value = Vec<NextRule>> {
    let element = || prop_oneof![3 => vec(0..ITEMS, 1), 1 => Just(vec![0, 1]), 1 => Just(vec![1, 2])];
    let rule = (vec(element(), 1..3), of(1u32..12), 0..ITEMS, 0u32..6, 0u32..16, 1u32..9).prop_map(
        |(prefix, step_days, next, send_from, longer, tenths)| {
            let confidence = f64::from(tenths) / 10.0;
            NextRule {
                prefix,
                step_days,
                next,
                confidence,
                lift: 2.0,
                send_from,
                send_to: send_from + longer,
                bought_by: (0..=10).map(|day| confidence * f64::from(day) / 10.0).collect(),
            }
        },
    );
    vec(rule, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn offers_are_what_looking_at_everybody_says(
        data in shops(), rules in rules(), today in 1i64..70, merge_days in prop_oneof![3 => Just(0u32), 1 => 1u32..5],
    ) {
        let found = next_after(&rules, &data, today * DAY, merge_days, &Run::threads(2));
        prop_assert_eq!(found, offers(&rules, &data, today, merge_days));
    }

    #[test]
    fn trials_are_what_counting_every_week_says(
        data in shops(), rules in rules(), from in 3i64..30, days in 1i64..45, most in 1usize..3,
        merge_days in prop_oneof![3 => Just(0u32), 1 => 1u32..5], sold_within_days in prop_oneof![Just(0u32), 1u32..15],
        left_out in of(0..ITEMS),
    ) {
        let left_out = [0, 1, 2, 3].map(|item| Some(item) == left_out);
        let settings = TrialSettings {
            from: from * DAY, until: (from + days) * DAY, most, merge_days, left_out: &left_out, sold_within_days,
        };
        let (found, expected) = (judge_next_after(&rules, &data, &settings, &Run::threads(2)), trial(&rules, &data, &settings));
        prop_assert!((found.usual - expected.usual).abs() < 1e-9, "{:?} {:?}", found, expected);
        prop_assert_eq!(NextTrial { usual: 0.0, ..found }, NextTrial { usual: 0.0, ..expected });
    }
}
