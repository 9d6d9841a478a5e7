//! What campaigns were planted to do lies in the files: the difference of the arms shows it, and nobody is contacted who must not be.

use std::sync::OnceLock;

use super::ShopSettings;
use super::evidence::{Made, day_of, file, made};
use super::responses::{LISTS, RESPONSES, WINDOW};
use rustc_hash::{FxHashMap, FxHashSet};

/// One shop for these tests: about 5,000 customers on the trial's list.
fn shop() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    let settings = ShopSettings { lines: 400_000, seed: 11, dirt: 0.0, campaigns: true, ..ShopSettings::default() };
    MADE.get_or_init(|| made(&settings))
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let settings = ShopSettings { lines: 5_000, campaigns: true, ..ShopSettings::default() };
    let (shop, again) = (made(&settings), made(&settings));
    assert_eq!(shop.files, again.files);
    let without = made(&ShopSettings { campaigns: false, ..settings });
    assert!(without.truth.campaigns.is_none() && without.files[11..].iter().all(String::is_empty));
    assert!(shop.files[11..].iter().all(|file| file.lines().count() > 100));
}

/// Orders by customer within the window after each list, per arm: count, sum, sum of squares, sum of planted effects, brought, prevented.
#[derive(Debug, Clone, Copy, Default)]
struct Arm {
    n: f64,
    sum: f64,
    squares: f64,
    planted: f64,
    brought: f64,
    prevented: f64,
}

impl Arm {
    fn mean(self) -> f64 {
        self.sum / self.n
    }

    fn variance_of_mean(self) -> f64 {
        (self.squares / self.n - self.mean() * self.mean()) / (self.n - 1.0)
    }

    fn with(self, other: Arm) -> Arm {
        Arm {
            n: self.n + other.n,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
            planted: self.planted + other.planted,
            brought: self.brought + other.brought,
            prevented: self.prevented + other.prevented,
        }
    }
}

/// By list and response: contacted and control.
fn arms(shop: &Made) -> Vec<Vec<[Arm; 2]>> {
    let mut orders: FxHashMap<String, FxHashSet<(String, i64)>> = FxHashMap::default();
    for cells in file(shop, "orders.csv").into_iter().filter(|cells| !cells[0].starts_with('C')) {
        let day = day_of(&cells[2]);
        orders.entry(cells[1].clone()).or_default().insert((cells[0].clone(), day));
    }
    let mut arms = vec![vec![[Arm::default(); 2]; RESPONSES.len()]; LISTS.len()];
    let number = |text: &str| text.parse::<f64>().expect("a number");
    for cells in file(shop, "truth-contacts.csv") {
        let list = LISTS.iter().position(|list| list.name == cells[1]).expect("a list");
        let response = RESPONSES.iter().position(|row| row.name == cells[4]).expect("a response");
        let day = day_of(&cells[2]);
        let within = |(_, other): &&(String, i64)| (day + 1..=day + i64::from(WINDOW)).contains(other);
        let count = orders.get(&cells[0]).map_or(0, |all| all.iter().filter(within).count()) as f64;
        let arm = &mut arms[list][response][usize::from(cells[3] == "control")];
        let (planted, brought, prevented) = (number(&cells[5]), number(&cells[6]), number(&cells[7]));
        *arm = arm.with(Arm { n: 1.0, sum: count, squares: count * count, planted, brought, prevented });
    }
    arms
}

#[test]
fn planted_effects_are_found_by_the_difference_of_the_arms() {
    let mut largest: f64 = 0.0;
    for (list, by_response) in LISTS.iter().zip(arms(shop())) {
        let mut whole = [Arm::default(); 2];
        for (response, [contacted, control]) in RESPONSES.iter().zip(by_response) {
            whole = [whole[0].with(contacted), whole[1].with(control)];
            if contacted.n < 30.0 || control.n < 30.0 {
                continue;
            }
            // Sleeping dogs lose the usual visits of the window, however many these are; nobody else loses any.
            let planted = if response.name == "sleeping dog" { -contacted.prevented } else { contacted.planted };
            let difference = contacted.mean() - control.mean();
            let se = (contacted.variance_of_mean() + control.variance_of_mean()).sqrt();
            let z = (difference - planted / contacted.n) / se;
            println!(
                "{:16} {:13} {:5} {:5} difference {difference:+.4} planted {:+.4} se {se:.4} z {z:+.2}",
                list.name,
                response.name,
                contacted.n,
                control.n,
                planted / contacted.n
            );
            largest = largest.max(z.abs());
            let persuadable = response.name == "persuadable";
            assert!(z.abs() < 3.0, "{} {}: {difference} for {planted} of {}", list.name, response.name, contacted.n);
            assert!(!persuadable || list.name != "trial" || difference > 3.0 * se, "{difference} ± {se}");
        }
        let [contacted, control] = whole;
        let (difference, caused) = (contacted.mean() - control.mean(), contacted.brought - contacted.prevented);
        let se = (contacted.variance_of_mean() + control.variance_of_mean()).sqrt();
        let z = (difference - caused / contacted.n) / se;
        println!(
            "{:16} all: difference {difference:+.4} came {:+.4} se {se:.4} z {z:+.2}",
            list.name,
            caused / contacted.n
        );
        assert!(z.abs() < 3.0 && control.brought + control.prevented == 0.0, "{} {z}", list.name);
    }
    assert!(largest > 0.5, "differences of arms are noisy");
}

#[test]
fn what_contacts_brought_is_what_was_planted_less_those_who_left() {
    for list in &shop().truth.campaigns.as_ref().expect("campaigns").lists {
        let short = 1.0 - list.caused as f64 / list.expected_caused;
        let noise = 3.0 / list.expected_caused.sqrt();
        assert!(short > -noise && short < 0.06 + noise, "{list:?}");
        assert!(list.contacted > 0 && list.delivered < list.contacted, "{list:?}");
        assert!((list.redeemed > 0) == (list.offer == "voucher"), "{list:?}");
        let share = list.control as f64 / (list.control + list.contacted) as f64;
        let spread = (list.control_share * (1.0 - list.control_share) / (list.control + list.contacted) as f64).sqrt();
        assert!((share - list.control_share).abs() < 3.0 * spread, "{list:?}");
    }
}

#[test]
fn a_second_contact_within_the_window_brings_less() {
    let shop = shop();
    let campaigns = shop.truth.campaigns.as_ref().expect("campaigns");
    let mut effects: FxHashMap<(String, String), FxHashSet<String>> = FxHashMap::default();
    for cells in file(shop, "truth-contacts.csv") {
        effects.entry((cells[1].clone(), cells[4].clone())).or_default().insert(cells[5].clone());
    }
    let of = |list: &str| {
        let mut all: Vec<f64> = effects[&(list.to_owned(), "persuadable".to_owned())]
            .iter()
            .map(|e| e.parse().expect("a number"))
            .collect();
        all.sort_by(f64::total_cmp);
        all
    };
    assert_eq!(of("trial"), [0.0, 0.16]);
    assert_eq!(of("spring reminder"), [0.0, 0.096, 0.16]);
    assert_eq!(campaigns.fatigue, 0.6);
    assert!(effects[&("trial".to_owned(), "lost cause".to_owned())].iter().all(|effect| effect == "0.0000"));
}

#[test]
fn the_ledger_keeps_its_promises() {
    let shop = shop();
    let consents: FxHashSet<String> =
        file(shop, "customers.csv").iter().filter(|c| c[5] == "yes").map(|c| c[0].clone()).collect();
    let suppressed: FxHashMap<String, i64> =
        file(shop, "suppressions.csv").iter().map(|c| (c[0].clone(), day_of(&c[1]))).collect();
    let truth: FxHashMap<(String, String), String> =
        file(shop, "truth-contacts.csv").iter().map(|c| ((c[0].clone(), c[1].clone()), c[3].clone())).collect();
    let mut planned: FxHashMap<String, (i64, String)> = FxHashMap::default();
    let mut seen: FxHashSet<(String, String)> = FxHashSet::default();
    let mut gone: FxHashMap<String, i64> = FxHashMap::default();
    let mut last = i64::MIN;
    let mut counts: FxHashMap<String, u64> = FxHashMap::default();
    for cells in file(shop, "contacts.csv") {
        let (contact, customer, event, day) = (&cells[0], &cells[1], &cells[2], day_of(&cells[3]));
        assert!(day >= last && seen.insert((contact.clone(), event.clone())), "{cells:?}");
        last = day;
        *counts.entry(event.clone()).or_default() += 1;
        let chance: f64 = cells[6].parse().expect("a number");
        assert!(chance > 0.0 && chance < 1.0);
        if event == "planned" {
            assert!(
                consents.contains(customer) && suppressed.get(customer).is_none_or(|&since| since > day),
                "{cells:?}"
            );
            assert!(gone.get(customer).is_none_or(|&since| since > day), "{cells:?}");
            assert_eq!(truth[&(customer.clone(), cells[4].clone())], cells[5]);
            assert_eq!(cells[12].is_empty(), cells[5] == "control");
            planned.insert(contact.clone(), (day, cells[5].clone()));
        } else {
            let (from, arm) = &planned[contact];
            assert!(arm == "contacted" && *from <= day, "{cells:?}");
        }
        if event == "delivered" {
            assert!(!seen.contains(&(contact.clone(), "bounced".to_owned())), "{cells:?}");
        }
        if event == "unsubscribed" {
            gone.insert(customer.clone(), day + 1);
        }
    }
    assert_eq!(planned.len(), truth.len());
    for event in ["planned", "sent", "delivered", "opened", "clicked", "redeemed", "bounced", "unsubscribed"] {
        assert!(counts[event] > 10, "{event}");
    }
    assert_eq!(counts["sent"], counts["delivered"] + counts["bounced"]);
}
