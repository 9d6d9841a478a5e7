//! The stages behind the cleaned orders, as far as the history is long enough for each.

use super::lines::has_prices;
use super::people::{self, People};
use super::shop::Shop;
use super::text::{Page, foreign, quoted};

/// Days of history and customers from which churn is learned, with the horizon of a year of orders and of more.
const SHORT_DAYS: i64 = 300;
const LONG_DAYS: i64 = 540;
const CUSTOMERS: u64 = 150;
/// Days between the snapshots of features.
const STEP: i64 = 30;
/// Orders below which rules need a number of baskets and not a share of them.
const FEW_ORDERS: u64 = 1000;
/// Days of history from which rules are tried on the last 90.
const TRIED_DAYS: i64 = 270;

/// Writes them.
pub fn write(page: &mut Page, shop: &Shop, title: &str) {
    let (days, customers, orders) = (shop.days(), shop.customers(), shop.orders());
    let people = people::of(shop);
    let baskets = shop.has_items() && shop.rows() as f64 > 1.05 * orders as f64;
    if !shop.has_customers() {
        rules(page, baskets, orders, days);
        page.blank();
        page.comment("There are no customers, so there are no features, segments, offers or lists.");
        return report(page, title);
    }
    let churn = churn_horizon(days, customers, orders);
    let snapshots = churn.map_or(0, |horizon| ((days - horizon) / STEP - 1).clamp(6, 12));
    page.stage(
        "features",
        &[("kind", quoted("build-features")), ("orders", quoted("orders")), ("snapshots", snapshots.to_string())],
    );
    let mut segments = vec![("kind", quoted("segment")), ("features", quoted("features"))];
    if customers < CUSTOMERS {
        segments.push(("clusters", "[]".to_owned()));
    }
    page.stage("segments", &segments);
    page.stage("life", &[("kind", quoted("track-lifecycle")), ("orders", quoted("orders"))]);
    rules(page, baskets, orders, days);
    match churn {
        Some(horizon) => {
            page.stage(
                "churn",
                &[
                    ("kind", quoted("train-churn")),
                    ("features", quoted("features")),
                    ("orders", quoted("orders")),
                    ("horizon", quoted(&format!("{horizon}d"))),
                ],
            );
            page.stage(
                "at_risk",
                &[("kind", quoted("score-churn")), ("model", quoted("churn")), ("features", quoted("features"))],
            );
        }
        None => {
            page.blank();
            page.comment(&format!(
                "Nothing is learned about who leaves: that needs about {SHORT_DAYS} days of orders, {CUSTOMERS} customers and customers who come back; \
                 there are {days} days, {customers} customers and {orders} orders. See train-churn and score-churn."
            ));
        }
    }
    if shop.has_items() {
        let mut offers = vec![("kind", quoted("recommend")), ("orders", quoted("orders"))];
        if baskets {
            offers.push(("rules", quoted("rules")));
        }
        page.stage("offers", &offers);
    }
    lists(page, shop, &people, churn.is_some(), customers);
    report(page, title);
}

/// The days after which a customer who has not ordered has left, where the history is long enough to learn that.
fn churn_horizon(days: i64, customers: u64, orders: u64) -> Option<i64> {
    let return_often = orders as f64 >= 1.3 * customers as f64;
    match days {
        _ if customers < CUSTOMERS || !return_often => None,
        LONG_DAYS.. => Some(90),
        SHORT_DAYS.. => Some(60),
        _ => None,
    }
}

fn rules(page: &mut Page, baskets: bool, orders: u64, days: i64) {
    if !baskets {
        page.blank();
        page.comment("Orders have one item each, or no items: there are no rules of what is bought together.");
        return;
    }
    let support = if orders < FEW_ORDERS {
        "5                 # baskets".to_owned()
    } else {
        "0.005             # share of all baskets".to_owned()
    };
    let mut settings = vec![("kind", quoted("mine-baskets")), ("orders", quoted("orders")), ("min_support", support)];
    if days < TRIED_DAYS {
        settings.push((
            "validate_days",
            "0                 # the history is too short to try rules on its last 90 days".to_owned(),
        ));
    }
    page.stage("rules", &settings);
}

fn lists(page: &mut Page, shop: &Shop, people: &People, churn: bool, customers: u64) {
    let top = (customers / 10).clamp(10, 500);
    let mut lawful: Vec<(&str, String)> = Vec::new();
    if people.suppression {
        lawful.push(("suppression", quoted("suppressions")));
        if people.reason {
            lawful.push(("suppression_reason", quoted("reason")));
        }
        if people.empty {
            lawful.push((
                "suppression_may_be_empty",
                "true   # it is empty today; false is safer once it is not".to_owned(),
            ));
        }
        if people.by_address && people.known {
            lawful.push(("contacts", quoted("customers")));
        }
    }
    if people.consent {
        lawful.push(("consent", "{ from = \"customers\", email = \"consent\" }".to_owned()));
    }
    let money = has_prices(shop);
    let mut all = Vec::new();
    let mut best = vec![("kind", quoted("select-targets"))];
    match churn {
        true => best.extend([
            ("scores", quoted("at_risk")),
            ("with", "[\"features\", \"segments\"]".to_owned()),
            ("where", quoted("band <> 'low'")),
            ("rank_by", quoted(if money { "score * money_365d" } else { "score" })),
        ]),
        false => best.extend([
            ("scores", quoted("features")),
            ("with", "[\"segments\"]".to_owned()),
            ("rank_by", quoted(if money { "features.money_lifetime" } else { "features.orders_lifetime" })),
            ("reason", quoted("'in the segment ' || segment")),
        ]),
    }
    if shop.has_items() {
        best.push(("offers", quoted("offers")));
    }
    best.extend([
        ("columns", "[\"segment\"]".to_owned()),
        ("top", top.to_string()),
        ("control", "0.1                    # share held back, to see what the list was worth".to_owned()),
    ]);
    best.extend(lawful.iter().cloned());
    all.push((if churn { "win_back" } else { "best" }, best));
    if shop.has_items() {
        let mut cross = vec![
            ("kind", quoted("select-targets")),
            ("scores", quoted(if churn { "at_risk" } else { "features" })),
            ("with", if churn { "[\"features\"]".to_owned() } else { "[\"segments\"]".to_owned() }),
            ("rank_by", quoted(ranked_by(churn, money))),
            ("offers", quoted("offers")),
            ("offer_product", quoted("cross-sell")),
            ("must_have_offer", "true".to_owned()),
            ("top", top.to_string()),
            ("control", "0.1".to_owned()),
        ];
        if !churn {
            cross.insert(4, ("reason", quoted("'in the segment ' || segment")));
        }
        cross.extend(lawful.iter().cloned());
        all.push(("cross_sell", cross));
    }
    for (name, settings) in &all {
        page.stage(name, settings);
    }
    for (name, _) in &all {
        let mut settings =
            vec![("kind", quoted("deliver")), ("targets", quoted(name)), ("formats", "[\"csv\", \"xlsx\"]".to_owned())];
        if !people.contacts.is_empty() {
            settings.push(("contacts", quoted("customers")));
            let columns: Vec<String> = people.contacts.iter().map(|column| quoted(column)).collect();
            settings.push(("contact_columns", format!("[{}]", columns.join(", "))));
        }
        page.stage(&format!("{name}_list"), &settings);
    }
}

/// What cross-sells are ranked by.
fn ranked_by(churn: bool, money: bool) -> &'static str {
    match (churn, money) {
        (true, true) => "money_365d",
        (true, false) => "orders_365d",
        (false, true) => "features.money_lifetime",
        (false, false) => "features.orders_lifetime",
    }
}

fn report(page: &mut Page, title: &str) {
    page.stage("report", &[("kind", quoted("report")), ("title", foreign(title))]);
}
