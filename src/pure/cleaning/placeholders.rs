//! Customer ids that stand for nobody: what a shop writes where it does not know who buys.
//!
//! A word that no customer has for an id (`GUEST`, `n/a`, `0`, `-`) is enough. A word that a customer may have (`X`, `TEST`, `CASH`)
//! needs a sign in the orders as well: more of them than any customer has, or again and again several on one day. Without such a
//! word nothing is changed, because a reseller has many orders too; what is far above everybody else is noted.

use super::fate::Fate;
use super::lines::Lines;
use super::notes::Note;
use super::pattern::marked;
use super::settings::CleaningSettings;
use super::spelling::Ids;
use crate::keys::{KeyKind, kind_of};
use crate::orders::NONE;

/// Words that no customer has for an id, in lower case.
const NOBODY: [&str; 58] = [
    // English, and what programs write
    "guest",
    "guest customer",
    "guest user",
    "guest account",
    "guest checkout",
    "anonymous",
    "anonymous customer",
    "anonymous user",
    "anon",
    "unknown",
    "unknown customer",
    "no customer",
    "no account",
    "not registered",
    "unregistered",
    "not available",
    "not applicable",
    "not given",
    "not set",
    "none",
    "null",
    "nil",
    "nan",
    "undefined",
    "n/a",
    "#n/a",
    "n.a.",
    "walk in",
    "walkin",
    "walk in customer",
    "cash customer",
    "cash sale",
    "counter sale",
    "default customer",
    "dummy customer",
    // German
    "gast",
    "gastkunde",
    "unbekannt",
    "anonym",
    "laufkundschaft",
    "laufkunde",
    "barverkauf",
    "barkunde",
    "kein kunde",
    // French
    "invité",
    "inconnu",
    "anonyme",
    "client de passage",
    "client comptoir",
    // Spanish, Portuguese, Italian
    "invitado",
    "desconocido",
    "consumidor final",
    "convidado",
    "desconhecido",
    "ospite",
    "sconosciuto",
    // Dutch and Polish
    "onbekend",
    "nieznany",
];

/// Words that a customer may have for an id, in lower case.
const PERHAPS: [&str; 29] = [
    "na",
    "empty",
    "blank",
    "missing",
    "cash",
    "counter",
    "retail",
    "default",
    "customer",
    "client",
    "user",
    "buyer",
    "kunde",
    "cliente",
    "klant",
    "test",
    "test customer",
    "test user",
    "dummy",
    "sample",
    "demo",
    "temp",
    "admin",
    "shop",
    "store",
    "web",
    "online",
    "misc",
    "other",
];

/// Customers below this number say nothing of how many orders a customer has.
const FEWEST: usize = 20;
/// Days with several orders, and their share of a customer's days with orders, that say that several persons buy.
const BUSY_DAYS: usize = 3;
const BUSY_SHARE: f64 = 0.25;
/// A customer with this share of all orders and this many times those of the next one is noted.
const CROWD_SHARE: f64 = 0.05;
const CROWD_FACTOR: u64 = 5;
/// Ids that a note names.
const EXAMPLES: usize = 5;

/// Whether an id is a word for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Nobody,
    Perhaps,
}

/// What an id says by itself.
fn word(id: &str) -> Option<Word> {
    let plain: String = id.to_lowercase().replace(['_', '-'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.trim_matches(|c| matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | '"' | '\'' | '*'));
    if NOBODY.contains(&plain) {
        return Some(Word::Nobody);
    }
    let mut said = id.chars().filter(|c| c.is_alphanumeric()).peekable();
    if said.peek().is_none() || said.all(|c| c == '0') || id.trim() == "-1" {
        return Some(Word::Nobody);
    }
    let only = |wanted: char| plain.chars().all(|c| c == wanted);
    let local = id.split_once('@').map(|(local, _)| local.to_lowercase());
    let address = local.is_some_and(|local| {
        let local = local.replace(['_', '-', '.'], " ");
        NOBODY.contains(&local.as_str()) || ["noreply", "no reply", "noemail", "no email"].contains(&local.as_str())
    });
    (PERHAPS.contains(&plain) || only('x') || (only('9') && plain.len() > 1) || address).then_some(Word::Perhaps)
}

/// Which canonical customers stand for nobody, and what is noted of them and of customers who could.
pub(super) fn found(lines: &Lines, history: &[u32], ids: &Ids, settings: &CleaningSettings) -> (Vec<bool>, Vec<Note>) {
    let customers = &ids.customers;
    if let Some(patterns) = &settings.placeholder_customers {
        let nobody = marked(patterns, customers);
        let notes = note(lines, history, ids, &nobody).into_iter().collect();
        return (nobody, notes);
    }
    let words: Vec<Option<Word>> = customers.names.iter().map(word).collect();
    let orders = orders(lines, history, ids);
    let mut counts = vec![0_u64; words.len()];
    orders.iter().for_each(|order| counts[order.customer as usize] += 1);
    let buyers = counts.iter().filter(|count| **count > 0).count();
    let plain = |customer: &usize| words[*customer].is_none();
    let most = (0..counts.len()).filter(plain).map(|customer| counts[customer]).max().unwrap_or(0);
    let nobody: Vec<bool> = (0..words.len())
        .map(|customer| match words[customer] {
            Some(Word::Nobody) => true,
            Some(Word::Perhaps) => {
                (buyers >= FEWEST && counts[customer] > most) || several_a_day(&orders, customer as u32)
            }
            None => false,
        })
        .collect();
    let mut notes: Vec<Note> = note(lines, history, ids, &nobody).into_iter().collect();
    let mut rest: Vec<(u64, usize)> = (0..counts.len()).filter(plain).map(|c| (counts[c], c)).collect();
    rest.sort_unstable_by(|a, b| b.cmp(a));
    if let [(first, customer), (second, _), ..] = rest[..]
        && buyers >= FEWEST
        && first as f64 >= CROWD_SHARE * orders.len() as f64
        && first >= CROWD_FACTOR * second
    {
        let row = history.iter().find(|&&row| customers.get(lines.customer[row as usize]) == customer as u32);
        // The id is not given: it may be an address or a name.
        notes.push(Note {
            name: "crowded-customer",
            meaning: format!(
                "orders have one and the same customer, {} times as many as any other; if the id stands for many buyers, name it \
                 under `placeholder_customers`",
                first / second.max(1)
            ),
            count: first,
            first_row: row.copied(),
            fate: None,
            examples: Vec::new(),
        });
    }
    (nobody, notes)
}

/// An order with the customer and the day of its first row.
struct Order {
    customer: u32,
    day: i32,
}

fn orders(lines: &Lines, history: &[u32], ids: &Ids) -> Vec<Order> {
    let mut seen = vec![false; ids.orders.names.len()];
    let mut orders = Vec::new();
    for &row in history {
        let row = row as usize;
        let (order, customer) = (ids.orders.get(lines.order[row]), ids.customers.get(lines.customer[row]));
        if order == NONE
            || customer == NONE
            || lines.quantity[row] <= 0
            || std::mem::replace(&mut seen[order as usize], true)
        {
            continue;
        }
        orders.push(Order { customer, day: lines.day[row] });
    }
    orders
}

/// Whether a customer has several orders on many of the days.
fn several_a_day(orders: &[Order], customer: u32) -> bool {
    let mut days: Vec<i32> = orders.iter().filter(|order| order.customer == customer).map(|order| order.day).collect();
    days.sort_unstable();
    let busy = days.chunk_by(|a, b| a == b).filter(|day| day.len() > 1).count();
    let all = days.chunk_by(|a, b| a == b).count();
    busy >= BUSY_DAYS && busy as f64 >= BUSY_SHARE * all as f64
}

/// Whose lines count as anonymous.
fn note(lines: &Lines, history: &[u32], ids: &Ids, nobody: &[bool]) -> Option<Note> {
    if !nobody.contains(&true) {
        return None;
    }
    let mut counts = vec![0_u64; nobody.len()];
    let mut first = None;
    for &row in history {
        let customer = ids.customers.get(lines.customer[row as usize]);
        if customer != NONE && nobody[customer as usize] {
            counts[customer as usize] += 1;
            first = first.or(Some(row));
        }
    }
    let mut found: Vec<(u64, u32)> = (0..counts.len()).map(|id| (counts[id], id as u32)).filter(|f| f.0 > 0).collect();
    found.sort_unstable_by_key(|&(rows, id)| (std::cmp::Reverse(rows), id));
    let name = |id: u32| ids.customers.names.get(id);
    let named = found.iter().filter(|(_, id)| kind_of(name(*id)) == KeyKind::Id).take(EXAMPLES);
    Some(Note {
        name: "placeholder-customers",
        meaning: format!(
            "lines have a customer id that stands for nobody, and count as {}; give `placeholder_customers` to decide yourself",
            Fate::Anonymous.name()
        ),
        count: counts.iter().sum(),
        first_row: first,
        fate: Some(Fate::Anonymous),
        examples: named.map(|(rows, id)| format!("{} {rows}", name(*id))).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::shop::Shop;
    use super::super::{Cleaned, clean};
    use super::*;

    const DAY: i64 = 86_400;

    /// A shop of 30 customers with two orders each, and one more customer with these orders, by day.
    fn shop(id: &str, days: &[i64]) -> Shop {
        let mut shop = Shop::default();
        for order in 0..60 {
            shop.row(&format!("A{order}"), &format!("{}", 100 + order % 30), "tea", order * 3 * DAY, 1, 10_000);
        }
        for (order, day) in days.iter().enumerate() {
            shop.row(&format!("B{order}"), id, "tea", day * DAY, 1, 10_000);
        }
        shop
    }

    fn cleaned(shop: &Shop, settings: &CleaningSettings) -> Cleaned {
        clean(&shop.lines(), &shop.tables(), settings, None, &|_| {}).expect("fit columns")
    }

    /// How many lines have no customer, and the names of the notes.
    fn anonymous(shop: &Shop, settings: &CleaningSettings) -> (usize, Vec<&'static str>) {
        let cleaned = cleaned(shop, settings);
        let count = cleaned.fates.iter().filter(|fate| **fate == Fate::Anonymous).count();
        (
            count,
            cleaned
                .notes
                .iter()
                .map(|note| note.name)
                .filter(|name| name.ends_with("customers") || name.starts_with("crowded"))
                .collect(),
        )
    }

    #[test]
    fn a_word_for_nobody_is_enough() {
        let settings = CleaningSettings::default();
        for id in [
            "GUEST",
            "guest_customer",
            "Guest-User",
            "n/a",
            "#N/A",
            "null",
            "0",
            "000",
            "0.0",
            "-",
            "--",
            "?",
            "-1",
            "(none)",
            "Laufkundschaft",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(anonymous(&shop(id, &[5]), &settings), (1, vec!["placeholder-customers"]), "{id}");
        }
        let cleaned = cleaned(&shop("Guest", &[5, 6]), &settings);
        let note = cleaned.notes.iter().find(|note| note.name == "placeholder-customers").expect("a note");
        assert_eq!(
            (note.count, note.first_row, note.examples.as_slice()),
            (2, Some(60), ["Guest 2".to_owned()].as_slice())
        );
    }

    #[test]
    fn a_word_that_a_customer_may_have_needs_orders_of_many() {
        let settings = CleaningSettings::default();
        // Four orders where others have two; six, of which three days have two.
        for id in ["X", "xxx", "TEST", "Cash", "9999", "NA", "noreply@shop.example"] {
            assert_eq!(anonymous(&shop(id, &[1, 2, 3, 4]), &settings).0, 4, "{id}");
            assert_eq!(anonymous(&shop(id, &[5, 9]), &settings), (0, vec![]), "{id} with the orders of a customer");
        }
        let mut few = Shop::default();
        for (order, day) in [1, 1, 2, 2, 3, 3].into_iter().enumerate() {
            few.row(&format!("{order}"), "X", "tea", day * DAY, 1, 10_000);
        }
        assert_eq!(anonymous(&few, &settings).0, 6);
        let note = cleaned(&shop("noreply@shop.example", &[1, 2, 3, 4]), &settings).notes;
        assert!(note.iter().all(|note| note.examples.is_empty()), "no address is named");
    }

    #[test]
    fn a_reseller_stays_and_is_noted_where_far_above_all() {
        let settings = CleaningSettings::default();
        let often: Vec<i64> = (0..40).map(|order| order / 2).collect();
        for id in ["4711", "HARRODS", "guestling", "X1", "10", "N0"] {
            assert_eq!(anonymous(&shop(id, &often), &settings), (0, vec!["crowded-customer"]), "{id}");
            assert_eq!(anonymous(&shop(id, &often[..8]), &settings), (0, vec![]), "{id}");
        }
    }

    #[test]
    fn the_settings_have_the_last_word() {
        let own = |patterns: &[&str]| CleaningSettings {
            placeholder_customers: Some(patterns.iter().map(|pattern| (*pattern).to_owned()).collect()),
            ..CleaningSettings::default()
        };
        let often: Vec<i64> = (0..40).collect();
        assert_eq!(anonymous(&shop("GUEST", &often), &own(&[])), (0, vec![]));
        assert_eq!(anonymous(&shop("HOUSE-1", &often), &own(&["house-#"])), (40, vec!["placeholder-customers"]));
    }

    #[test]
    fn returns_of_nobody_are_matched_with_nothing() {
        let mut shop = shop("GUEST", &[1]);
        shop.row("R1", "GUEST", "tea", 2 * DAY, -1, 10_000);
        let cleaned = cleaned(&shop, &CleaningSettings::default());
        assert_eq!(cleaned.fates[60..], [Fate::Anonymous, Fate::ReturnAnonymous]);
        assert!(cleaned.waterfall.adds_up());
    }
}
