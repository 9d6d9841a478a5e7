//! Journeys: the commonest ways from a customer's first order to where they are now, as rows for a table or a flow chart.

use super::data::{DAY, Sequences};
use std::collections::BTreeMap;

/// Settings of the journeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JourneySettings {
    /// The as-of date, civil seconds: orders with `time < as_of` are history.
    pub as_of: i64,
    /// Most orders of a journey; later ones are summed up as [`JourneyStep::More`].
    pub max_orders: usize,
    /// A customer without an order for so many days before the as-of date has lapsed.
    pub lapse_days: u32,
    /// Whether equal neighbouring labels count as one step.
    pub merge_repeats: bool,
    /// Only the so many commonest paths are listed; nodes and edges count all.
    pub paths: usize,
}

impl Default for JourneySettings {
    fn default() -> Self {
        JourneySettings { as_of: i64::MAX, max_orders: 4, lapse_days: 180, merge_repeats: true, paths: 100 }
    }
}

/// A step of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JourneyStep {
    /// An order with this label.
    Order(u32),
    /// Further orders.
    More,
    /// Nothing for longer than the lapse time.
    Lapsed,
    /// Still within the lapse time of the last order.
    Active,
}

/// A path with the customers who went it.
#[derive(Clone, Debug, PartialEq)]
pub struct JourneyPath {
    /// From the first order to lapsed or active.
    pub steps: Vec<JourneyStep>,
    pub customers: u64,
    /// Share of all customers with an order.
    pub share: f64,
    /// Mean days from the first to the last order.
    pub mean_days: f64,
}

/// A step at a place of the journey (0 is the first order) and how many customers stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JourneyNode {
    pub place: u32,
    pub step: JourneyStep,
    pub customers: u64,
}

/// How many customers went from one step to the next, and after how many days in the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JourneyEdge {
    /// Places in [`Journeys::nodes`].
    pub from: u32,
    pub to: u32,
    pub customers: u64,
    pub mean_days: f64,
}

/// All journeys.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Journeys {
    /// The commonest first; equals by their steps.
    pub paths: Vec<JourneyPath>,
    /// By place and step.
    pub nodes: Vec<JourneyNode>,
    /// By from and to.
    pub edges: Vec<JourneyEdge>,
    /// Customers with an order.
    pub customers: u64,
}

/// Follows every customer; `labels[element]` says what each order stands for (a category, a price class, …).
///
/// # Panics
/// When `labels` is shorter than the number of elements.
pub fn journeys(sequences: &Sequences, labels: &[u32], settings: &JourneySettings) -> Journeys {
    assert!(labels.len() >= sequences.elements(), "every element needs a label");
    let in_time = |&element: &usize| sequences.time_of(element) < settings.as_of;
    let last_seen = (0..sequences.elements()).filter(in_time).map(|element| sequences.day_of(element)).max();
    let today = match (settings.as_of, last_seen) {
        (i64::MAX, Some(day)) => day + 1,
        (as_of, _) => as_of.div_euclid(DAY),
    };
    let mut paths: BTreeMap<Vec<JourneyStep>, (u64, i64)> = BTreeMap::new();
    let mut nodes: BTreeMap<(u32, JourneyStep), u64> = BTreeMap::new();
    let mut edges: BTreeMap<[(u32, JourneyStep); 2], (u64, i64)> = BTreeMap::new();
    let mut customers = 0;
    for customer in 0..sequences.customers() {
        let mut steps: Vec<(JourneyStep, i64)> = Vec::new();
        let (mut first, mut last) = (None, 0);
        for element in sequences.elements_of(customer).filter(in_time) {
            let day = sequences.day_of(element);
            first = first.or(Some(day));
            last = day;
            let step = JourneyStep::Order(labels[element]);
            let repeats = settings.merge_repeats && steps.last().is_some_and(|&(before, _)| before == step);
            if repeats || steps.last().is_some_and(|&(before, _)| before == JourneyStep::More) {
                continue;
            }
            steps.push(if steps.len() < settings.max_orders { (step, day) } else { (JourneyStep::More, day) });
        }
        let Some(first) = first else { continue };
        customers += 1;
        let lapsed = today - last > i64::from(settings.lapse_days);
        let end = if lapsed {
            (JourneyStep::Lapsed, last + i64::from(settings.lapse_days))
        } else {
            (JourneyStep::Active, today)
        };
        steps.push(end);
        let path = paths.entry(steps.iter().map(|&(step, _)| step).collect()).or_default();
        path.0 += 1;
        path.1 += last - first;
        for (place, &(step, _)) in steps.iter().enumerate() {
            *nodes.entry((place as u32, step)).or_default() += 1;
        }
        for (place, pair) in steps.windows(2).enumerate() {
            let edge = edges.entry([(place as u32, pair[0].0), (place as u32 + 1, pair[1].0)]).or_default();
            edge.0 += 1;
            edge.1 += pair[1].1 - pair[0].1;
        }
    }
    let places: BTreeMap<(u32, JourneyStep), u32> = nodes.keys().zip(0..).map(|(&key, at)| (key, at)).collect();
    let mut rows: Vec<JourneyPath> = paths
        .into_iter()
        .map(|(steps, (count, days))| JourneyPath {
            steps,
            customers: count,
            share: count as f64 / customers as f64,
            mean_days: days as f64 / count as f64,
        })
        .collect();
    rows.sort_by(|a, b| b.customers.cmp(&a.customers).then_with(|| a.steps.cmp(&b.steps)));
    rows.truncate(settings.paths);
    Journeys {
        paths: rows,
        nodes: nodes.into_iter().map(|((place, step), customers)| JourneyNode { place, step, customers }).collect(),
        edges: edges
            .into_iter()
            .map(|([from, to], (count, days))| JourneyEdge {
                from: places[&from],
                to: places[&to],
                customers: count,
                mean_days: days as f64 / count as f64,
            })
            .collect(),
        customers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use JourneyStep::{Active, Lapsed, More, Order};

    #[test]
    fn paths_nodes_and_edges_agree() {
        let mut data = Sequences::new(3);
        for orders in [
            &[(0, 0), (10, 1)][..],
            &[(0, 0), (20, 1)],
            &[(0, 0), (5, 0), (390, 1)],
            &[(1, 2), (2, 0), (3, 1), (399, 2)],
            &[],
        ] {
            for &(day, item) in orders {
                data.push_element(day * DAY, &[item]).unwrap();
            }
            data.end_customer();
        }
        let labels: Vec<u32> = (0..data.elements()).map(|element| data.items_of(element)[0]).collect();
        let settings = JourneySettings { as_of: 400 * DAY, max_orders: 2, ..JourneySettings::default() };
        let found = journeys(&data, &labels, &settings);
        assert_eq!(found.customers, 4);
        assert_eq!(found.paths[0].steps, [Order(0), Order(1), Lapsed]);
        assert_eq!((found.paths[0].customers, found.paths[0].share, found.paths[0].mean_days), (2, 0.5, 15.0));
        assert_eq!(found.paths[1].steps, [Order(0), Order(1), Active]);
        assert_eq!(found.paths[2].steps, [Order(2), Order(0), More, Active]);
        assert_eq!(found.nodes[0], JourneyNode { place: 0, step: Order(0), customers: 3 });
        let into =
            |place: u32| found.nodes.iter().filter(|node| node.place == place).map(|node| node.customers).sum::<u64>();
        assert_eq!((into(0), into(1), into(3)), (4, 4, 1));
        let first = found.edges.iter().find(|edge| edge.from == 0).unwrap();
        assert_eq!((found.nodes[first.to as usize].step, first.customers), (Order(1), 3));
        assert!((first.mean_days - 420.0 / 3.0).abs() < 1e-12);
    }
}
