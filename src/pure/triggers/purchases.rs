//! What a person had bought, as every night knew it: an order counts until the night that knows that all of it came back.

use super::occurrence::NEVER;
use crate::numeric::calendar::day_of;
use crate::orders::{AsOf, UNMATCHED};

/// What was bought on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purchase {
    /// The day, since 1970-01-01.
    pub day: i64,
    /// Thousandths of a piece, of what has not come back.
    pub quantity: i64,
    /// Ten-thousandths of the currency unit, before anything came back.
    pub amount: i64,
    /// The day on which the last of it came back; [`NEVER`] where some was kept.
    pub back: i64,
}

/// A person's purchase days, ascending.
pub(super) fn purchases(known: AsOf, person: u32) -> Vec<Purchase> {
    let lines = known.lines(person);
    let mut all: Vec<Purchase> = Vec::new();
    for (row, &time) in lines.time.iter().enumerate() {
        let amount = lines.amount.get(row).copied().unwrap_or(0);
        add(&mut all, day_of(time), lines.quantity[row], amount);
    }
    let returns = known.returns(person);
    for (row, &bought) in returns.bought.iter().enumerate().filter(|(_, bought)| **bought != UNMATCHED) {
        take_back(&mut all, day_of(bought), returns.quantity[row], day_of(returns.time[row]));
    }
    all
}

/// The same for each item that a person bought, by item.
pub(super) fn by_item(known: AsOf, person: u32) -> Vec<(u32, Vec<Purchase>)> {
    let lines = known.lines(person);
    let mut rows: Vec<usize> = (0..lines.item.len()).collect();
    // Lines ascend by time already.
    rows.sort_by_key(|&row| lines.item[row]);
    let mut items: Vec<(u32, Vec<Purchase>)> = Vec::new();
    for row in rows {
        let item = lines.item[row];
        if items.last().is_none_or(|last| last.0 != item) {
            items.push((item, Vec::new()));
        }
        let all = &mut items.last_mut().expect("it was added").1;
        add(all, day_of(lines.time[row]), lines.quantity[row], lines.amount.get(row).copied().unwrap_or(0));
    }
    let returns = known.returns(person);
    for (row, &bought) in returns.bought.iter().enumerate().filter(|(_, bought)| **bought != UNMATCHED) {
        if let Ok(place) = items.binary_search_by_key(&returns.item[row], |item| item.0) {
            take_back(&mut items[place].1, day_of(bought), returns.quantity[row], day_of(returns.time[row]));
        }
    }
    items
}

fn add(all: &mut Vec<Purchase>, day: i64, quantity: i64, amount: i64) {
    match all.last_mut() {
        Some(last) if last.day == day => {
            last.quantity = last.quantity.saturating_add(quantity);
            last.amount = last.amount.saturating_add(amount);
        }
        _ => all.push(Purchase { day, quantity, amount, back: NEVER }),
    }
}

/// Returns come in the order of their time.
fn take_back(all: &mut [Purchase], bought: i64, quantity: i64, day: i64) {
    if let Ok(place) = all.binary_search_by_key(&bought, |purchase| purchase.day) {
        let purchase = &mut all[place];
        purchase.quantity = purchase.quantity.saturating_sub(quantity);
        if purchase.quantity <= 0 {
            purchase.back = purchase.back.min(day);
        }
    }
}

/// Hands over, for each stretch of nights that know the same purchases, its first night, the first night after it ([`NEVER`] for the last
/// stretch) and the purchases that count, which are never none. `through` is the last night.
pub(super) fn stretches(purchases: &[Purchase], through: i64, mut each: impl FnMut(i64, i64, &[Purchase])) {
    let mut changes: Vec<i64> = purchases.iter().map(|purchase| purchase.day + 1).collect();
    changes.extend(purchases.iter().filter(|purchase| purchase.back != NEVER).map(|purchase| purchase.back + 1));
    changes.retain(|&night| night <= through);
    changes.sort_unstable();
    changes.dedup();
    let all_kept = purchases.iter().all(|purchase| purchase.back == NEVER);
    for (place, &night) in changes.iter().enumerate() {
        let until = changes.get(place + 1).copied().unwrap_or(NEVER);
        if all_kept {
            each(night, until, &purchases[..=place]);
            continue;
        }
        let counting: Vec<Purchase> =
            purchases.iter().filter(|purchase| purchase.day < night && purchase.back >= night).copied().collect();
        if !counting.is_empty() {
            each(night, until, &counting);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn every_night_knows_what_counted_then() {
        let lines = Lines {
            customer: vec![0; 4],
            order: vec![0, 1, 2, 2],
            item: vec![0, 1, 0, 1],
            category: None,
            time: vec![0, 10 * DAY, 30 * DAY + 5, 30 * DAY + 9],
            quantity: vec![1000, 2000, 1000, 1000],
            amount: vec![1; 4],
        };
        let returns = Returns {
            customer: vec![0; 3],
            item: vec![1, 1, 0],
            time: vec![12 * DAY, 20 * DAY, 31 * DAY],
            quantity: vec![1500, 500, 1000],
            amount: vec![1; 3],
            bought: vec![10 * DAY, 10 * DAY, 30 * DAY],
        };
        let orders = Orders::new(1, lines, returns).expect("sound");
        let known = AsOf::new(&orders, 50 * DAY);
        let all = purchases(known, 0);
        assert_eq!(all.iter().map(|p| (p.day, p.back)).collect::<Vec<_>>(), [(0, NEVER), (10, 20), (30, NEVER)]);
        let mut found = Vec::new();
        stretches(&all, 50, |from, until, counting| {
            found.push((from, until, counting.iter().map(|purchase| purchase.day).collect::<Vec<_>>()));
        });
        let expected = vec![(1, 11, vec![0]), (11, 21, vec![0, 10]), (21, 31, vec![0]), (31, NEVER, vec![0, 30])];
        assert_eq!(found, expected);
        // The first item of day 30 came back, the second was kept.
        let items = by_item(known, 0);
        assert_eq!(items[0].1.iter().map(|p| (p.day, p.back)).collect::<Vec<_>>(), [(0, NEVER), (30, 31)]);
        assert_eq!(items[1].1.iter().map(|p| (p.day, p.back)).collect::<Vec<_>>(), [(10, 20), (30, NEVER)]);
        // Each night by itself.
        for night in 0..=50 {
            let then = purchases(AsOf::new(&orders, night * DAY), 0);
            let days: Vec<i64> = then.iter().filter(|p| p.back == NEVER).map(|p| p.day).collect();
            let stretch = found.iter().find(|(from, until, _)| *from <= night && night < *until);
            assert_eq!(stretch.map_or(&[][..], |stretch| &stretch.2), days, "night {night}");
        }
    }
}
