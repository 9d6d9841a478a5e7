//! Identities on random shops: bridges close, effects add up, cubes are their plain counts, and nothing depends on the order of rows.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::numeric::calendar::DAY;
use crate::orders::{AsOf, Lines, NONE, Orders, Returns};

const CUSTOMERS: u32 = 25;
const END: i64 = 500;

/// A line: customer, order of the customer, item, day, pieces, money.
type Row = (u32, u32, u32, i64, i64, i64);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..CUSTOMERS, 0..6_u32, 0..7_u32, 0..END, 1..9_i64, 0..99_999_i64), 1..120)
}

fn shop(rows: &[Row]) -> Orders {
    let mut lines = Lines { category: Some(Vec::new()), ..Lines::default() };
    for &(customer, order, item, day, pieces, money) in rows {
        lines.customer.push(customer);
        lines.order.push(customer * 6 + order);
        lines.item.push(item);
        lines.category.as_mut().unwrap().push(if item == 6 { NONE } else { item / 2 });
        lines.time.push(day * DAY + 3_600);
        lines.quantity.push(pieces * 1_000);
        lines.amount.push(money);
    }
    Orders::new(CUSTOMERS as usize, lines, Returns::default()).unwrap()
}

fn groups() -> Groups {
    let of = (0..CUSTOMERS).map(|customer| if customer % 5 == 4 { NONE } else { customer % 3 }).collect();
    let values = ["a", "b", "c"].map(str::to_owned).to_vec();
    Groups::of(vec![Dimension { name: "third".into(), values, of }])
}

fn quarters() -> Periods {
    Periods::calendar(Grain::Quarter, 1, 0, END * DAY)
}

/// Money and customers of a period, from the rows as they are; an order counts where its first line is.
fn plain(rows: &[Row], periods: &Periods, period: usize, of: impl Fn(u32) -> bool) -> (BTreeSet<u32>, i128) {
    let mut first: BTreeMap<(u32, u32), i64> = BTreeMap::new();
    for row in rows {
        let day = first.entry((row.0, row.1)).or_insert(row.3);
        *day = (*day).min(row.3);
    }
    let inside =
        rows.iter().filter(|row| of(row.0) && periods.of(first[&(row.0, row.1)] * DAY + 3_600) == Some(period));
    let mut sums = (BTreeSet::new(), 0);
    for row in inside {
        sums.0.insert(row.0);
        sums.1 += i128::from(row.5);
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bridges_close_and_agree_with_plain_counts(rows in rows()) {
        let (orders, periods, groups) = (shop(&rows), quarters(), groups());
        let found = bridges(AsOf::new(&orders, END * DAY), &periods, &groups);
        for period in 0..periods.list().len() {
            for against in Against::BOTH {
                let Some(before) = against.of(&periods, period) else {
                    prop_assert!(found.get(against, 0, period, &periods).is_none());
                    continue;
                };
                for group in 0..groups.len() {
                    let bridge = found.get(against, group, period, &periods).unwrap();
                    prop_assert!(bridge.closes(), "{bridge:?}");
                    let of = |customer: u32| groups.of_customer(customer).any(|own| own == group);
                    let (was, money) = plain(&rows, &periods, before, of);
                    let (is, later) = plain(&rows, &periods, period, of);
                    prop_assert_eq!((bridge.before.customers, bridge.before.money), (was.len() as u64, money));
                    prop_assert_eq!((bridge.after.customers, bridge.after.money), (is.len() as u64, later));
                    prop_assert_eq!(bridge.lost.customers, was.difference(&is).count() as u64);
                }
                // Segments and those in none add up to all.
                let all = found.get(against, 0, period, &periods).unwrap();
                let in_segments: i128 =
                    (1..groups.len()).map(|group| found.get(against, group, period, &periods).unwrap().new.money).sum();
                prop_assert!(in_segments <= all.new.money);
            }
        }
    }

    #[test]
    fn effects_add_up_to_the_change(rows in rows()) {
        let (orders, periods, groups) = (shop(&rows), quarters(), groups());
        let settings = ViewSettings::of_silence(90);
        let wanted = of_customers(&settings);
        let known = AsOf::new(&orders, END * DAY);
        let measured = measure(known, &periods, &groups, &settings, &wanted, &|_| {});
        for group in 0..groups.len() {
            for (before, after) in (0..periods.list().len()).flat_map(|a| (0..periods.list().len()).map(move |b| (a, b))) {
                let (before, after) = (measured.volumes(group, before), measured.volumes(group, after));
                let effects = effects(&before, &after);
                prop_assert_eq!(effects[0], after.revenue - before.revenue);
                for (at, driver) in DRIVERS.iter().enumerate() {
                    let children = DRIVERS.iter().zip(&effects).filter(|(child, _)| child.parent == Some(driver.name));
                    let (count, sum) = children.fold((0, 0), |sum, child| (sum.0 + 1, sum.1 + child.1));
                    prop_assert!(count == 0 || sum == effects[at], "{} of {effects:?}", driver.name);
                }
            }
        }
    }

    #[test]
    fn price_volume_and_mix_add_up(rows in rows()) {
        let (orders, periods) = (shop(&rows), quarters());
        let sold = items(AsOf::new(&orders, END * DAY), &periods);
        for (before, after) in sold.iter().zip(&sold[1..]) {
            let (found, each) = price_volume_mix(before, after);
            let parts = found.price + found.volume + found.mix + found.new + found.discontinued;
            prop_assert_eq!(parts, found.after - found.before);
            prop_assert_eq!(each.iter().map(|item| item.price).sum::<i128>(), found.price);
            prop_assert_eq!(each.iter().map(|item| item.quantity).sum::<i128>(), found.volume + found.mix);
            prop_assert_eq!(found.after, after.values().map(|cell| cell.1).sum::<i128>());
        }
    }

    #[test]
    fn a_cube_is_its_plain_counts(rows in rows(), sets in prop::collection::vec(0..16_u32, 1..6)) {
        let (orders, periods) = (shop(&rows), quarters());
        let third: Vec<u32> = (0..CUSTOMERS).map(|customer| if customer % 5 == 4 { NONE } else { customer % 3 }).collect();
        let of_order: Vec<u32> = (0..CUSTOMERS * 6).map(|order| order % 4).collect();
        let by = [By::Period(&periods), By::Customer(&third), By::Order(&of_order), By::Category];
        let found = cube(AsOf::new(&orders, END * DAY), &by, &sets);
        // Every grouping alone, counted with sets.
        type Counted = (BTreeSet<u32>, BTreeSet<u32>, u64, i128, i128);
        let mut expected: BTreeMap<(usize, [u32; MOST_DIMENSIONS]), Counted> = BTreeMap::new();
        for (place, set) in sets.iter().enumerate().filter(|(place, set)| !sets[..*place].contains(set)) {
            for &(customer, order, item, day, pieces, money) in &rows {
                let value = |value: u32| if value == NONE { UNKNOWN } else { value };
                let order = customer * 6 + order;
                let whole = [
                    periods.of(day * DAY + 3_600).unwrap() as u32,
                    value(third[customer as usize]),
                    order % 4,
                    value(if item == 6 { NONE } else { item / 2 }),
                    ALL,
                    ALL,
                ];
                let key = std::array::from_fn(|at| if set >> at & 1 == 1 { whole[at] } else { ALL });
                let cell = expected.entry((place, key)).or_default();
                cell.0.insert(customer);
                cell.1.insert(order);
                cell.2 += 1;
                cell.3 += i128::from(pieces * 1_000);
                cell.4 += i128::from(money);
            }
        }
        let counted: Vec<_> = expected
            .into_iter()
            .map(|((set, key), c)| (set, key, c.0.len() as u64, c.1.len() as u64, c.2, c.3, c.4))
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|c| (c.set, c.key, c.customers, c.orders, c.lines, c.units, c.revenue))
            .collect();
        prop_assert_eq!(found, counted);
    }

    #[test]
    fn no_hidden_cell_follows_from_the_shown_ones(rows in rows(), least in 2..6_u64) {
        let (orders, periods) = (shop(&rows), quarters());
        let third: Vec<u32> = (0..CUSTOMERS).map(|customer| customer % 3).collect();
        let by = [By::Period(&periods), By::Customer(&third), By::Category];
        let sets = [0b111, 0b011, 0b101, 0b001, 0b010, 0b100, 0];
        let mut cells = cube(AsOf::new(&orders, END * DAY), &by, &sets);
        suppress(&mut cells, &sets, least);
        prop_assert!(cells.iter().all(|cell| cell.hidden != Hidden::No || cell.customers >= least));
        // An attacker takes every total that is shown less the parts that are shown: never one cell, never a small group.
        for (coarse, of_total) in sets.iter().enumerate() {
            for (fine, of_parts) in sets.iter().enumerate().filter(|(_, of)| *of & of_total == *of_total && *of != of_total) {
                for total in cells.iter().filter(|cell| cell.set == coarse && cell.hidden == Hidden::No) {
                    let parts = cells.iter().filter(|cell| {
                        cell.set == fine && (0..3).all(|d| of_total >> d & 1 == 0 || cell.key[d] == total.key[d])
                    });
                    let hidden: Vec<u64> = parts.filter(|cell| cell.hidden != Hidden::No).map(|cell| cell.customers).collect();
                    let told = hidden.is_empty() || hidden.len() > 1 && hidden.iter().sum::<u64>() >= least;
                    prop_assert!(told, "{of_total:b} in {of_parts:b}: {hidden:?}");
                }
            }
        }
    }

    #[test]
    fn the_order_of_rows_and_the_number_of_threads_change_nothing(rows in rows(), turn in 0..100_usize) {
        let mut other = rows.clone();
        other.rotate_left(turn % rows.len());
        other.reverse();
        let (periods, groups, settings) = (quarters(), groups(), ViewSettings::of_silence(90));
        let of = |rows: &[Row]| {
            let orders = shop(rows);
            let known = AsOf::new(&orders, (END - 20) * DAY);
            let measured = measure(known, &periods, &groups, &settings, &of_customers(&settings), &|_| {});
            (measured, bridges(known, &periods, &groups), cohorts(known, &periods, Clock::Own { days: 30 }))
        };
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(of(&rows), alone.install(|| of(&other)));
    }

    #[test]
    fn a_period_says_the_same_whatever_comes_later(rows in rows()) {
        // Revenue, customers and retention of quarters that are over do not change with later rows.
        let (periods, groups, settings) = (quarters(), groups(), ViewSettings::of_silence(90));
        let third = periods.list()[2].end;
        let of = |until: i64| {
            let orders = shop(&rows);
            let measured =
                measure(AsOf::new(&orders, until), &periods, &groups, &settings, &of_customers(&settings), &|_| {});
            let names = ["revenue", "active", "retention", "acquired", "frequency", "repeat_365", "nrr"];
            let sums = |name: &str, period: usize| *measured.sums(kpi_of(name).unwrap(), 0, period).unwrap();
            names.map(|name| (0..3).map(|period| sums(name, period)).collect::<Vec<_>>())
        };
        // Lines of an order that began before are part of it, so only orders that were whole by then are compared.
        let split = rows.iter().any(|row| rows.iter().any(|other| {
            (row.0, row.1) == (other.0, other.1) && row.3 * DAY < third && other.3 * DAY >= third
        }));
        prop_assume!(!split);
        prop_assert_eq!(of(third), of(END * DAY));
    }
}
