//! What holds for any input: one fate each, money that adds up, a past that does not change, matches as by hand.

use proptest::prelude::*;

use super::shop::{Shop, online_retail};
use super::*;

/// A small, dirty shop: few orders, customers and items, so that everything collides.
fn shops() -> impl Strategy<Value = Shop> {
    let row = (0..12usize, 0..4usize, 0..5usize, 0..40i64, -6..7i64, -1..4i64, 0..2u32);
    prop::collection::vec(row, 0..80).prop_map(|rows| {
        let orders = ["1", "2", "3", "4", "5", "6", "7", "C8", "c8 ", "C9", "A10", ""];
        let customers = ["x", "X ", "y", ""];
        let items = ["aa", "AA", "bb", "POST", ""];
        let mut shop = Shop::default();
        // Ordinary orders of a bystander keep the marks of the others from being usual.
        for order in &orders[..7] {
            shop.row(order, "z", "apple", 0, 1, 10_000);
        }
        for (order, customer, item, hours, pieces, price, source) in rows {
            shop.row(orders[order], customers[customer], items[item], hours * 3_600, pieces, price * 10_000);
            *shop.source.last_mut().expect("the row") = source;
        }
        shop.source.sort_unstable();
        shop
    })
}

fn settings() -> impl Strategy<Value = CleaningSettings> {
    let rule =
        prop_oneof![Just(Duplicates::None), Just(Duplicates::ExactInOrder), Just(Duplicates::OverlappingExtracts)];
    (rule, 0..200u32, any::<bool>(), any::<bool>()).prop_map(
        |(duplicates, undone_minutes, negative_is_return, keep)| CleaningSettings {
            duplicates,
            undone_minutes,
            undone_min_quantity: 3.0,
            negative_is_return,
            zero_price: if keep { ZeroPrice::Keep } else { ZeroPrice::SetAside },
            ..online_retail()
        },
    )
}

fn run(shop: &Shop, settings: &CleaningSettings, as_of: Option<i64>) -> Cleaned {
    clean(&shop.lines(), &shop.tables(), settings, as_of, &|_| {}).expect("fit columns")
}

/// The shop with its rows in another order.
fn reordered(shop: &Shop, rows: &[usize]) -> Shop {
    let mut new = shop.clone();
    for (to, &from) in rows.iter().enumerate() {
        new.order[to] = shop.order[from];
        new.customer[to] = shop.customer[from];
        new.item[to] = shop.item[from];
        new.description[to] = shop.description[from];
        new.time[to] = shop.time[from];
        new.day[to] = shop.day[from];
        new.quantity[to] = shop.quantity[from];
        new.unit_price[to] = shop.unit_price[from];
        new.source[to] = shop.source[from];
    }
    new
}

/// Matching as one would do it by hand: returns in time order, each looking through all purchases.
fn matches_by_hand(shop: &Shop, cleaned: &Cleaned) -> Vec<Match> {
    let sold = |row: &usize| cleaned.fates[*row] == Fate::OrderLine;
    let mut left: Vec<(usize, i64)> = (0..shop.order.len()).filter(sold).map(|row| (row, shop.quantity[row])).collect();
    left.sort_by_key(|&(row, _)| (shop.time[row], row));
    let back =
        |row: &usize| cleaned.fates[*row].group() == Group::Return && cleaned.fates[*row] != Fate::ReturnAnonymous;
    let mut returns: Vec<usize> = (0..shop.order.len()).filter(back).collect();
    returns.sort_by_key(|&row| (shop.time[row], row));
    let mut matches = Vec::new();
    for back in returns {
        let same = |row: usize| {
            cleaned.customers.get(shop.customer[row]) == cleaned.customers.get(shop.customer[back])
                && cleaned.items.get(shop.item[row]) == cleaned.items.get(shop.item[back])
                && shop.time[row] <= shop.time[back]
        };
        let mut open = -shop.quantity[back];
        let mut take = |purchase: &mut (usize, i64), quantity: i64, kind| {
            purchase.1 -= quantity;
            matches.push(Match {
                return_row: back as u32,
                purchase_row: purchase.0 as u32,
                quantity,
                time: shop.time[back],
                kind,
            });
        };
        let whole =
            left.iter_mut().rev().find(|(row, rest)| same(*row) && *rest == open && *rest == shop.quantity[*row]);
        if let Some(purchase) = whole {
            take(purchase, open, MatchKind::Exact);
            continue;
        }
        for purchase in left.iter_mut().filter(|(row, rest)| same(*row) && *rest > 0) {
            let quantity = open.min(purchase.1);
            if quantity > 0 {
                take(purchase, quantity, MatchKind::ByItem);
                open -= quantity;
            }
        }
    }
    matches.sort_unstable();
    matches
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_row_has_one_fate_and_money_adds_up(shop in shops(), settings in settings(), as_of in prop::option::of(0..150_000i64)) {
        let cleaned = run(&shop, &settings, as_of);
        prop_assert_eq!(cleaned.fates.len(), shop.order.len());
        prop_assert!(cleaned.waterfall.adds_up());
        prop_assert_eq!(cleaned.waterfall.rows as usize, shop.order.len());
        for (row, fate) in cleaned.fates.iter().enumerate() {
            prop_assert_eq!(as_of.is_some_and(|as_of| shop.time[row] >= as_of), *fate == Fate::Later);
        }
        // Nobody gives back more than they bought, and each return is matched as far as its fate says.
        let mut bought = shop.quantity.clone();
        let mut back = vec![0; shop.order.len()];
        for found in &cleaned.matches {
            bought[found.purchase_row as usize] -= found.quantity;
            back[found.return_row as usize] += found.quantity;
            prop_assert!(found.quantity > 0 && bought[found.purchase_row as usize] >= 0);
            prop_assert!(shop.time[found.purchase_row as usize] <= found.time);
        }
        for (row, fate) in cleaned.fates.iter().enumerate() {
            let matched = match fate {
                Fate::ReturnExact | Fate::ReturnByItem => back[row] == -shop.quantity[row],
                Fate::ReturnInPart => 0 < back[row] && back[row] < -shop.quantity[row],
                _ => back[row] == 0,
            };
            prop_assert!(matched, "row {row} {fate:?}");
        }
    }

    #[test]
    fn the_future_changes_no_fate_of_the_past(shop in shops(), settings in settings(), as_of in 0..150_000i64, seed in any::<u64>()) {
        let before = run(&shop, &settings, Some(as_of));
        // The later rows change places with one another and their contents change.
        let later: Vec<usize> = (0..shop.order.len()).filter(|&row| shop.time[row] >= as_of).collect();
        let mut order: Vec<usize> = (0..shop.order.len()).collect();
        for (n, &row) in later.iter().enumerate() {
            order.swap(row, later[(seed as usize % 97 + n * 7) % later.len()]);
        }
        let mut other = reordered(&shop, &order);
        other.source = shop.source.clone();
        for &row in &later {
            other.quantity[row] *= -3;
            other.customer[row] = (seed % 3) as u32 % shop.customers.len() as u32;
        }
        let after = run(&other, &settings, Some(as_of));
        prop_assert_eq!(&before.fates, &after.fates);
        prop_assert_eq!(&before.matches, &after.matches);
        prop_assert_eq!(&before.undone, &after.undone);
        prop_assert_eq!(&before.customers.of, &after.customers.of);
        prop_assert!(before.items.names.iter().eq(after.items.names.iter()));
    }

    #[test]
    fn matches_known_at_a_midnight_are_those_made_before_it(shop in shops(), settings in settings()) {
        // Overlaps between extracts are found from all known rows, so only the other rules promise this.
        let settings = CleaningSettings { duplicates: Duplicates::None, ..settings };
        let whole = run(&shop, &settings, None);
        let then = run(&shop, &settings, Some(86_400));
        let known: Vec<Match> = whole.matches.iter().filter(|found| found.time < 86_400).copied().collect();
        prop_assert_eq!(known, then.matches);
        for (row, fate) in then.fates.iter().enumerate() {
            prop_assert!(*fate == Fate::Later || *fate == whole.fates[row]);
        }
    }

    #[test]
    fn matching_is_as_by_hand(shop in shops(), settings in settings()) {
        let settings = CleaningSettings { undone_minutes: 0, ..settings };
        let cleaned = run(&shop, &settings, None);
        prop_assert_eq!(&cleaned.matches, &matches_by_hand(&shop, &cleaned));
    }
}
