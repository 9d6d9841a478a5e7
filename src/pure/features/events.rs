//! What happened to customers besides orders: complaints, returns with a reason, ratings. A typed history, cut at a date, and the features
//! of it.

use rayon::prelude::*;
use thiserror::Error;

use super::table::Unit;
use crate::numeric::calendar::DAY;
use crate::numeric::quantile::quantile;

/// A time that did not come.
pub const NEVER: i64 = i64::MAX;

/// The length of the three windows in which events are counted, in days.
const WINDOWS: [i64; 3] = [30, 90, 365];

/// A rating up to this one is low: one or two of five stars.
const LOW_RATING: f64 = 2.0;

/// So many orders does the shop's own rate weigh in a customer's rate.
const PRIOR_ORDERS: f64 = 10.0;

/// Events as they come, a column each and all of one length.
#[derive(Debug, Clone, Default)]
pub struct EventLines {
    /// Customer numbers.
    pub customer: Vec<u32>,
    /// When it happened, in civil seconds.
    pub time: Vec<i64>,
    /// When the shop knew, in civil seconds; an event that is entered late is not known before.
    pub recorded: Vec<i64>,
    /// When it was resolved, in civil seconds; [`NEVER`] while it is open. `None` for events that have no resolution, such as reviews: none of them is
    /// open.
    pub resolved: Option<Vec<i64>>,
    /// The rating that came with it; NaN without one.
    pub rating: Vec<f64>,
}

/// Why events cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum EventsError {
    /// Columns of different lengths.
    #[error("the columns of the events differ in length")]
    Ragged,
    /// A customer without a place.
    #[error("customer number {0} is beyond the {1} customers there are")]
    NoCustomer(u32, usize),
}

/// A history of events of one sort, by customer and time.
#[derive(Debug, Clone)]
pub struct Events {
    starts: Vec<usize>,
    events: Vec<Event>,
    /// Whether events are resolved at all.
    resolvable: bool,
}

#[derive(Debug, Clone, Copy)]
struct Event {
    time: i64,
    known: i64,
    resolved: i64,
    rating: f64,
}

impl Events {
    /// Sorts events of so many customers; events of one time in the order of their other values, so that no order of lines matters.
    ///
    /// # Errors
    /// When columns differ in length or a customer's number is too high.
    pub fn new(customers: usize, lines: &EventLines) -> Result<Events, EventsError> {
        let rows = lines.customer.len();
        let resolved = lines.resolved.as_ref();
        let lengths = [lines.time.len(), lines.recorded.len(), resolved.map_or(rows, Vec::len), lines.rating.len()];
        if lengths != [rows; 4] {
            return Err(EventsError::Ragged);
        }
        if let Some(&beyond) = lines.customer.iter().find(|&&customer| customer as usize >= customers) {
            return Err(EventsError::NoCustomer(beyond, customers));
        }
        let event = |row: usize| Event {
            time: lines.time[row],
            known: lines.recorded[row].max(lines.time[row]),
            resolved: resolved.map_or(NEVER, |resolved| resolved[row]),
            rating: lines.rating[row],
        };
        let mut order: Vec<(u32, Event)> = (0..rows).map(|row| (lines.customer[row], event(row))).collect();
        order.sort_unstable_by(|(a, x), (b, y)| {
            let of = |event: &Event| (event.time, event.known, event.resolved);
            a.cmp(b).then(of(x).cmp(&of(y))).then(x.rating.total_cmp(&y.rating))
        });
        let mut starts = vec![0; customers + 1];
        order.iter().for_each(|(customer, _)| starts[*customer as usize + 1] += 1);
        (0..customers).for_each(|customer| starts[customer + 1] += starts[customer]);
        let events = order.into_iter().map(|(_, event)| event).collect();
        Ok(Events { starts, events, resolvable: resolved.is_some() })
    }
}

/// Events as they were known at a date: the only form in which they reach a feature.
///
/// An event is seen when it had happened and was recorded before the date, its resolution when it came before the date. A score dated at or after
/// the start of a label therefore cannot be a feature of it.
///
/// ```compile_fail,E0451
/// use patron_pure::features::{EventLines, Events, EventsAsOf};
/// let events = Events::new(0, &EventLines::default()).unwrap();
/// let everything = EventsAsOf { events: &events, as_of: i64::MAX };
/// ```
#[derive(Debug, Clone, Copy)]
pub struct EventsAsOf<'a> {
    events: &'a Events,
    as_of: i64,
}

impl<'a> EventsAsOf<'a> {
    /// Cuts a history at a date, in civil seconds.
    pub fn new(events: &'a Events, as_of: i64) -> EventsAsOf<'a> {
        EventsAsOf { events, as_of }
    }

    /// How many events of the whole shop are known.
    fn count(&self) -> f64 {
        self.events.events.iter().filter(|event| event.known < self.as_of).count() as f64
    }

    /// What is known of one customer, who has placed so many orders.
    fn summary(&self, customer: u32, orders: f64) -> EventSummary {
        let (from, to) = (self.events.starts[customer as usize], self.events.starts[customer as usize + 1]);
        let seen: Vec<&Event> = self.events.events[from..to].iter().filter(|event| event.known < self.as_of).collect();
        let days = |span: i64| span.div_euclid(DAY) as f64;
        let count = |of: &dyn Fn(&Event) -> bool| seen.iter().filter(|event| of(event)).count() as f64;
        let resolvable = self.events.resolvable;
        let open = |event: &Event| resolvable && event.resolved >= self.as_of;
        let within = |event: &Event, window: i64| event.time >= self.as_of - window * DAY;
        let ratings: Vec<f64> = seen.iter().map(|event| event.rating).filter(|rating| !rating.is_nan()).collect();
        let mut waits: Vec<f64> = seen
            .iter()
            .filter(|event| resolvable && !open(event))
            .map(|event| days((event.resolved - event.time).max(0)))
            .collect();
        waits.sort_unstable_by(f64::total_cmp);
        EventSummary {
            counts: WINDOWS.map(|window| count(&|event| within(event, window))),
            all: seen.len() as f64,
            since: seen.last().map_or(f64::NAN, |event| days(self.as_of - event.time)),
            open: if resolvable { count(&open) } else { f64::NAN },
            open_since: seen.iter().find(|event| open(event)).map_or(f64::NAN, |event| days(self.as_of - event.time)),
            resolution: quantile(&waits, 0.5),
            lowest: ratings.iter().copied().fold(f64::NAN, f64::min),
            last: ratings.last().copied().unwrap_or(f64::NAN),
            mean: ratings.iter().sum::<f64>() / ratings.len() as f64,
            low: count(&|event| event.rating <= LOW_RATING && within(event, WINDOWS[2])),
            orders,
            prior: f64::NAN,
        }
    }
}

/// What is known of one customer's events at a date.
#[derive(Debug, Clone)]
pub struct EventSummary {
    /// In the windows.
    counts: [f64; 3],
    all: f64,
    since: f64,
    open: f64,
    open_since: f64,
    resolution: f64,
    lowest: f64,
    last: f64,
    mean: f64,
    low: f64,
    orders: f64,
    /// Events per order in the whole shop.
    prior: f64,
}

/// One feature of events. Its column is called after the stage that holds the events: `complaints_events_90d`.
#[derive(Debug)]
pub struct EventFeature {
    /// What follows the stage's name and `_` in the column's name.
    pub name: &'static str,
    /// What one unit of it is.
    pub unit: Unit,
    /// Meaning, and when the value is missing (NaN).
    pub meaning: &'static str,
    /// What is said of a customer for whom it is high, after the stage's name.
    pub high: &'static str,
    /// What is said of a customer for whom it is low, after the stage's name.
    pub low: &'static str,
    /// The value for one customer.
    pub value: fn(&EventSummary) -> f64,
}

/// Every feature of events, in the order of their columns. Silence says nothing: who has no event has counts of 0 and no other value. Where events
/// have no resolution, nothing is said of one.
pub static EVENT_FEATURES: &[EventFeature] = &[
    EventFeature {
        name: "events_30d",
        unit: Unit::Events,
        meaning: "events in the last 30 days",
        high: "several in the last 30 days",
        low: "few in the last 30 days",
        value: |s| s.counts[0],
    },
    EventFeature {
        name: "events_90d",
        unit: Unit::Events,
        meaning: "events in the last 90 days",
        high: "several in the last 90 days",
        low: "few in the last 90 days",
        value: |s| s.counts[1],
    },
    EventFeature {
        name: "events_365d",
        unit: Unit::Events,
        meaning: "events in the last 365 days",
        high: "several in the last year",
        low: "few in the last year",
        value: |s| s.counts[2],
    },
    EventFeature {
        name: "events_lifetime",
        unit: Unit::Events,
        meaning: "all events on record",
        high: "many on record",
        low: "few on record",
        value: |s| s.all,
    },
    EventFeature {
        name: "event_days_since",
        unit: Unit::Days,
        meaning: "whole days since the last event; missing without one",
        high: "the last one is long ago",
        low: "the last one is recent",
        value: |s| s.since,
    },
    EventFeature {
        name: "events_per_order",
        unit: Unit::Ratio,
        meaning: "events per order, drawn to the shop's own rate as by ten orders more (the mean of a gamma or beta posterior)",
        high: "many for the number of orders",
        low: "few for the number of orders",
        value: |s| (s.all + PRIOR_ORDERS * s.prior) / (s.orders + PRIOR_ORDERS),
    },
    EventFeature {
        name: "events_open",
        unit: Unit::Events,
        meaning: "events that had not been resolved by the date; missing where events have no resolution",
        high: "one or more are not resolved",
        low: "none is waiting",
        value: |s| s.open,
    },
    EventFeature {
        name: "event_open_days",
        unit: Unit::Days,
        meaning: "whole days since the oldest event that is not resolved; missing where none is waiting",
        high: "one has waited long",
        low: "one waits, but not long",
        value: |s| s.open_since,
    },
    EventFeature {
        name: "event_resolved_share",
        unit: Unit::Share,
        meaning: "events that were resolved by the date over all; missing without one, and where events have no resolution",
        high: "most were resolved",
        low: "most were not resolved",
        value: |s| (s.all - s.open) / s.all,
    },
    EventFeature {
        name: "event_resolution_days",
        unit: Unit::Days,
        meaning: "median of the whole days from an event to its resolution; missing where none was resolved",
        high: "slow to be resolved",
        low: "quick to be resolved",
        value: |s| s.resolution,
    },
    EventFeature {
        name: "event_rating_lowest",
        unit: Unit::Ratio,
        meaning: "the lowest rating; missing without one",
        high: "no low rating",
        low: "gave a low rating",
        value: |s| s.lowest,
    },
    EventFeature {
        name: "event_rating_last",
        unit: Unit::Ratio,
        meaning: "the last rating; missing without one",
        high: "the last rating was high",
        low: "the last rating was low",
        value: |s| s.last,
    },
    EventFeature {
        name: "event_rating_mean",
        unit: Unit::Ratio,
        meaning: "the mean rating; missing without one",
        high: "rates high",
        low: "rates low",
        value: |s| s.mean,
    },
    EventFeature {
        name: "events_low_rated_365d",
        unit: Unit::Events,
        meaning: "ratings of 1 or 2 in the last 365 days: complaints that nobody made aloud",
        high: "low ratings in the last year",
        low: "no low rating in the last year",
        value: |s| s.low,
    },
];

/// The column of a feature of the events of a stage.
pub fn event_column(stage: &str, feature: &EventFeature) -> String {
    format!("{stage}_{}", feature.name)
}

/// The stage and the feature that a column is of.
pub fn event_feature_of(column: &str) -> Option<(&str, &'static EventFeature)> {
    EVENT_FEATURES.iter().find_map(|feature| {
        let stage = column.strip_suffix(feature.name)?.strip_suffix('_')?;
        (!stage.is_empty()).then_some((stage, feature))
    })
}

/// Every feature of the events of some customers, who have placed so many `orders` each: a column per row of [`EVENT_FEATURES`], each as long
/// as `customers`; missing values are NaN. `placed` is the number of orders of the whole shop by that date, from which and from all its events the
/// shop's own rate comes, so that a customer's value does not depend on who else is asked for.
pub fn compute_events(known: EventsAsOf, customers: &[u32], orders: &[f64], placed: f64) -> Vec<Vec<f64>> {
    let prior = if placed > 0.0 { known.count() / placed } else { 0.0 };
    let of = |(&customer, &orders): (&u32, &f64)| EventSummary { prior, ..known.summary(customer, orders) };
    let summaries: Vec<EventSummary> = customers.par_iter().zip(orders).map(of).collect();
    EVENT_FEATURES.iter().map(|feature| summaries.iter().map(feature.value).collect()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn history(events: &[(u32, i64, i64, i64, f64)]) -> Events {
        let lines = EventLines {
            customer: events.iter().map(|e| e.0).collect(),
            time: events.iter().map(|e| e.1).collect(),
            recorded: events.iter().map(|e| e.2).collect(),
            resolved: Some(events.iter().map(|e| e.3).collect()),
            rating: events.iter().map(|e| e.4).collect(),
        };
        Events::new(3, &lines).unwrap()
    }

    fn value(events: &Events, as_of: i64, name: &str) -> f64 {
        let place = EVENT_FEATURES.iter().position(|feature| feature.name == name).expect("a feature");
        compute_events(EventsAsOf::new(events, as_of), &[1], &[5.0], 15.0)[place][0]
    }

    #[test]
    fn a_complaint_from_its_day_to_its_resolution() {
        let no = f64::NAN;
        let events = history(&[
            (1, 10 * DAY, 12 * DAY, 20 * DAY, no),
            (1, 40 * DAY, 40 * DAY, NEVER, 1.0),
            (2, 0, 0, NEVER, no),
        ]);
        let at = |day: i64, name: &str| value(&events, day * DAY, name);
        // Entered on day 12, it is not known on day 12 at midnight, and is a second later.
        assert_eq!((at(12, "events_lifetime"), value(&events, 12 * DAY + 1, "events_lifetime")), (0.0, 1.0));
        assert!(at(12, "event_days_since").is_nan());
        assert_eq!((at(20, "events_open"), at(20, "event_open_days")), (1.0, 10.0), "resolved on day 20, not before");
        assert_eq!((at(21, "events_open"), at(21, "event_resolution_days")), (0.0, 10.0));
        assert!(at(21, "event_open_days").is_nan() && at(21, "event_rating_lowest").is_nan());
        assert_eq!((at(50, "events_30d"), at(50, "events_90d")), (1.0, 2.0));
        assert_eq!((at(50, "event_resolved_share"), at(50, "event_rating_last")), (0.5, 1.0));
        assert_eq!((at(50, "events_low_rated_365d"), at(500, "events_low_rated_365d")), (1.0, 0.0));
        // Two events, five orders; the shop has three events and fifteen orders.
        assert_eq!(at(50, "events_per_order"), (2.0 + 10.0 * (3.0 / 15.0)) / 15.0);
    }

    #[test]
    fn a_review_is_not_open() {
        let lines = EventLines {
            customer: vec![1],
            time: vec![10 * DAY],
            recorded: vec![10 * DAY],
            resolved: None,
            rating: vec![2.0],
        };
        let reviews = Events::new(3, &lines).unwrap();
        for name in ["events_open", "event_open_days", "event_resolved_share", "event_resolution_days"] {
            assert!(value(&reviews, 50 * DAY, name).is_nan(), "{name}");
        }
        assert_eq!(
            (value(&reviews, 50 * DAY, "events_90d"), value(&reviews, 50 * DAY, "event_rating_last")),
            (1.0, 2.0)
        );
    }

    #[test]
    fn columns_are_known_by_their_stage_and_name() {
        for feature in EVENT_FEATURES {
            let column = event_column("late_orders", feature);
            let (stage, found) = event_feature_of(&column).expect("known");
            assert_eq!((stage, found.name), ("late_orders", feature.name));
            assert!(super::super::table::index_of(&column).is_none());
        }
        assert!(event_feature_of("events_90d").is_none() && event_feature_of("recency_days").is_none());
    }

    #[test]
    fn what_makes_no_history_is_refused() {
        let mut lines = EventLines { customer: vec![3], ..EventLines::default() };
        assert_eq!(Events::new(3, &lines).unwrap_err(), EventsError::Ragged);
        (lines.time, lines.recorded, lines.rating) = (vec![0], vec![0], vec![0.0]);
        lines.resolved = Some(Vec::new());
        assert_eq!(Events::new(3, &lines).unwrap_err(), EventsError::Ragged);
        lines.resolved = None;
        assert_eq!(Events::new(3, &lines).unwrap_err(), EventsError::NoCustomer(3, 3));
    }

    type Drawn = Vec<(u32, i64, i64, i64, f64)>;

    fn drawn() -> impl Strategy<Value = Drawn> {
        let day = || 0..200_i64;
        let event = (0..3_u32, day(), day(), prop::option::of(day()), prop::option::of(1..6_u8));
        let line = |(customer, time, late, resolved, rating): (u32, i64, i64, Option<i64>, Option<u8>)| {
            let resolved = resolved.map_or(NEVER, |days| (time + days) * DAY);
            (customer, time * DAY, (time + late / 20) * DAY, resolved, rating.map_or(f64::NAN, f64::from))
        };
        prop::collection::vec(event.prop_map(line), 0..30)
    }

    proptest! {
        #[test]
        fn the_future_and_the_order_of_lines_change_no_feature(events in drawn(), day in 0..250_i64) {
            let as_of = day * DAY;
            let bits = |events: &Drawn| -> Vec<Vec<u64>> {
                let found = compute_events(EventsAsOf::new(&history(events), as_of), &[0, 1, 2], &[1.0, 4.0, 9.0], 14.0);
                found.iter().map(|column| column.iter().map(|v| v.to_bits()).collect()).collect()
            };
            let mut turned = events.clone();
            turned.reverse();
            prop_assert_eq!(bits(&events), bits(&turned));
            // Without what came later: no event, no resolution.
            let past: Drawn = events
                .iter()
                .filter(|e| e.1.max(e.2) < as_of)
                .map(|&(c, t, r, resolved, rating)| (c, t, r, if resolved < as_of { resolved } else { NEVER }, rating))
                .collect();
            prop_assert_eq!(bits(&events), bits(&past));
        }
    }
}
