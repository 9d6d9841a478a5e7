//! Repurchase cycles: how long an item lasts, for everybody and for each customer, and when it is due again.

use super::data::{DAY, Sequences};
use crate::numeric::erf::normal_quantile;
use crate::numeric::kaplan_meier::KaplanMeier;
use crate::numeric::math::{exp, ln};

/// Settings of the cycles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CycleSettings {
    /// The as-of date, civil seconds: orders with `time < as_of` are history.
    pub as_of: i64,
    /// Least complete gaps between two purchases that an item must have.
    pub min_gaps: u64,
    /// Least share of an item's buyers that ever bought it again, 0..=1.
    pub min_repeat_share: f64,
    /// Most spread of ln(gap) within customers (between them where each has but one gap). Purchases at random times, with
    /// exponential gaps, have pi / sqrt(6) = 1.28.
    pub max_spread: f64,
    /// Customers who bought an item on fewer days have no cycle of their own and are left out; 1 gives them the item's.
    pub min_purchases: u32,
    /// A customer is overdue when only this share of the gaps would still be open, 0..=1.
    pub overdue_share: f64,
}

impl Default for CycleSettings {
    fn default() -> Self {
        CycleSettings {
            as_of: i64::MAX,
            min_gaps: 30,
            min_repeat_share: 0.1,
            max_spread: f64::INFINITY,
            min_purchases: 1,
            overdue_share: 0.25,
        }
    }
}

/// How long customers wait before they buy an item again.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemCycle {
    pub item: u32,
    /// Customers who bought it, and who bought it on two or more days.
    pub buyers: u64,
    pub repeaters: u64,
    /// Complete gaps.
    pub gaps: u64,
    /// Days by which a quarter, half and three quarters have bought again, with open gaps as censored; `None` when fewer
    /// ever do.
    pub quartiles: [Option<u32>; 3],
    /// Chance per day of buying again in each week since the last purchase, over half a year.
    pub weekly_hazard: Vec<f64>,
    /// Geometric mean of the complete gaps, days.
    pub typical_days: f64,
    /// Standard deviation of ln(gap) within customers and between their means.
    pub within: f64,
    pub between: f64,
}

/// One customer's cycle for one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CustomerCycle {
    pub customer: u32,
    pub item: u32,
    /// Days on which it was bought.
    pub purchases: u32,
    /// Civil day of the last purchase.
    pub last_day: i64,
    /// The customer's own typical gap, drawn towards the item's the more, the fewer gaps there are; days.
    pub cycle_days: f64,
    /// Civil days on which the next purchase is due and from which on it is overdue.
    pub due_day: i64,
    pub overdue_day: i64,
    /// Whether the as-of day has reached them.
    pub due: bool,
    pub overdue: bool,
}

/// Cycles of all items with enough repeat purchases, and of their buyers.
///
/// A customer's mean of ln(gap) is shrunk as in a one-way random-effects model (the best linear predictor: S. R. Searle,
/// G. Casella, C. E. McCulloch, "Variance Components", 1992, chapter 3): with n gaps it moves n / (n + within variance /
/// between variance) of the way from the item's mean to the customer's own. Customers with one purchase have the item's
/// cycle. Items and customers ascend.
pub fn repurchase_cycles(sequences: &Sequences, settings: &CycleSettings) -> (Vec<ItemCycle>, Vec<CustomerCycle>) {
    // Item, customer and day of each purchase, by item.
    let mut bought: Vec<(u32, u32, i64)> = Vec::with_capacity(sequences.lines());
    let mut last_seen = i64::MIN;
    for customer in 0..sequences.customers() {
        for element in sequences.elements_of(customer).filter(|&e| sequences.time_of(e) < settings.as_of) {
            let day = sequences.day_of(element);
            last_seen = last_seen.max(day);
            bought.extend(sequences.items_of(element).iter().map(|&item| (item, customer as u32, day)));
        }
    }
    bought.sort_unstable();
    bought.dedup();
    let today = if settings.as_of == i64::MAX { last_seen.saturating_add(1) } else { settings.as_of.div_euclid(DAY) };
    let z = normal_quantile((1.0 - settings.overdue_share).clamp(1e-6, 1.0 - 1e-6));
    let (mut items, mut customers) = (Vec::new(), Vec::new());
    let mut days = Vec::new();
    for of_item in bought.chunk_by(|a, b| a.0 == b.0) {
        days.clear();
        days.extend(of_item.iter().map(|row| row.2));
        let mut from = 0;
        let buyers: Vec<(u32, &[i64])> = of_item
            .chunk_by(|a, b| a.1 == b.1)
            .map(|of_customer| {
                let to = from + of_customer.len();
                let own = (of_customer[0].1, &days[from..to]);
                from = to;
                own
            })
            .collect();
        if let Some(cycle) = item_cycle(of_item[0].0, &buyers, today, settings) {
            let wanted = buyers.iter().filter(|(_, days)| days.len() as u32 >= settings.min_purchases);
            customers.extend(wanted.map(|(customer, days)| customer_cycle(&cycle, *customer, days, today, z)));
            items.push(cycle);
        }
    }
    (items, customers)
}

fn item_cycle(item: u32, buyers: &[(u32, &[i64])], today: i64, settings: &CycleSettings) -> Option<ItemCycle> {
    let repeaters = buyers.iter().filter(|(_, days)| days.len() > 1).count() as u64;
    let gaps: u64 = buyers.iter().map(|(_, days)| days.len() as u64 - 1).sum();
    if gaps < settings.min_gaps.max(1) || (repeaters as f64) < settings.min_repeat_share * buyers.len() as f64 {
        return None;
    }
    let mut observed = Vec::new();
    let (mut sum, mut within, mut squares) = (0.0, 0.0, 0.0);
    for (_, days) in buyers {
        observed.extend(days.windows(2).map(|pair| ((pair[1] - pair[0]) as u32, true)));
        observed.push(((today - 1 - days[days.len() - 1]).clamp(0, i64::from(u16::MAX)) as u32, false));
        let logs = log_gaps(days);
        let total: f64 = logs.iter().sum();
        sum += total;
        if !logs.is_empty() {
            let mean = total / logs.len() as f64;
            within += logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>();
            squares += (logs.len() as f64).powi(2);
        }
    }
    let (n, groups) = (gaps as f64, repeaters as f64);
    let mean = sum / n;
    // Analysis of variance estimators of the two components, unequal group sizes (Searle et al., section 3.6).
    let within_variance = if n > groups { within / (n - groups) } else { 0.0 };
    let spread: f64 = buyers
        .iter()
        .map(|(_, days)| log_gaps(days))
        .filter(|logs| !logs.is_empty())
        .map(|logs| logs.len() as f64 * (logs.iter().sum::<f64>() / logs.len() as f64 - mean).powi(2))
        .sum();
    let size = (n - squares / n) / (groups - 1.0).max(1.0);
    let between_variance =
        if groups > 1.0 && size > 0.0 { ((spread / (groups - 1.0) - within_variance) / size).max(0.0) } else { 0.0 };
    if (if n > groups { within_variance } else { between_variance }).sqrt() > settings.max_spread {
        return None;
    }
    let estimate = KaplanMeier::new(&observed);
    Some(ItemCycle {
        item,
        buyers: buyers.len() as u64,
        repeaters,
        gaps,
        quartiles: [0.25, 0.5, 0.75].map(|share| estimate.quantile(share)),
        weekly_hazard: estimate.hazard(7, 181),
        typical_days: exp(mean),
        within: within_variance.sqrt(),
        between: between_variance.sqrt(),
    })
}

fn customer_cycle(cycle: &ItemCycle, customer: u32, days: &[i64], today: i64, z: f64) -> CustomerCycle {
    let logs = log_gaps(days);
    let (item_mean, n) = (ln(cycle.typical_days), logs.len() as f64);
    let (within, between) = (cycle.within.powi(2), cycle.between.powi(2));
    let weight = if between > 0.0 { n / (n + within / between) } else { 0.0 };
    let own = if logs.is_empty() { item_mean } else { logs.iter().sum::<f64>() / n };
    let mean = item_mean + weight * (own - item_mean);
    // The next gap varies within the customer and by what is not known of the customer.
    let deviation = (within + between * (1.0 - weight)).sqrt();
    let last_day = days[days.len() - 1];
    let due_day = last_day + exp(mean).round().max(1.0) as i64;
    let overdue_day = (last_day + exp(mean + z * deviation).round().clamp(1.0, 36_525.0) as i64).max(due_day);
    CustomerCycle {
        customer,
        item: cycle.item,
        purchases: days.len() as u32,
        last_day,
        cycle_days: exp(mean),
        due_day,
        overdue_day,
        due: today >= due_day,
        overdue: today >= overdue_day,
    }
}

fn log_gaps(days: &[i64]) -> Vec<f64> {
    days.windows(2).map(|pair| ln((pair[1] - pair[0]) as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bought(customers: &[&[i64]]) -> Sequences {
        let mut built = Sequences::new(1);
        for days in customers {
            for &day in *days {
                built.push_element(day * DAY, &[0]).unwrap();
            }
            built.end_customer();
        }
        built
    }

    #[test]
    fn few_gaps_lean_on_the_item_and_many_on_the_customer() {
        let often: Vec<i64> = (0..30).map(|n| n * 10).collect();
        let seldom: Vec<i64> = (0..8).map(|n| n * 40 + n % 2).collect();
        let data = bought(&[&often, &seldom, &[200], &[250, 257]]);
        let settings = CycleSettings { as_of: 300 * DAY, min_gaps: 5, ..CycleSettings::default() };
        let (items, customers) = repurchase_cycles(&data, &settings);
        assert_eq!((items.len(), items[0].buyers, items[0].repeaters, items[0].gaps), (1, 4, 3, 37));
        assert_eq!(items[0].quartiles[1], Some(10));
        let days: Vec<f64> = customers.iter().map(|cycle| cycle.cycle_days).collect();
        assert!((days[0] - 10.0).abs() < 0.5 && (35.0..40.5).contains(&days[1]), "{days:?}");
        assert!((days[2] - items[0].typical_days).abs() < 1e-9);
        assert!(days[3] > 7.0 && days[3] < items[0].typical_days.max(10.0), "{days:?}");
        assert_eq!((customers[0].due_day, customers[0].due), (300, true));
        assert!(customers[3].overdue && !customers[1].overdue, "{customers:?}");
        let twice = CycleSettings { min_purchases: 2, max_spread: 1.0, ..settings };
        assert_eq!(repurchase_cycles(&data, &twice).1.len(), 3);
        assert!(repurchase_cycles(&data, &CycleSettings { max_spread: 0.001, ..settings }).0.is_empty());
    }

    #[test]
    fn items_hardly_bought_again_have_no_cycle() {
        let data = bought(&[&[1], &[2], &[3, 9]]);
        assert!(repurchase_cycles(&data, &CycleSettings { as_of: 20 * DAY, ..CycleSettings::default() }).0.is_empty());
        // With no gap asked for, an item bought once by everybody has none, rather than one of no length.
        let any = CycleSettings { as_of: 20 * DAY, min_gaps: 0, min_repeat_share: 0.0, ..CycleSettings::default() };
        assert!(repurchase_cycles(&bought(&[&[1], &[2]]), &any).0.is_empty());
        assert!(repurchase_cycles(&Sequences::new(0), &CycleSettings::default()).1.is_empty());
    }
}
