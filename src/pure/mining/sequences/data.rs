//! Customers' orders in time, packed into flat arrays.

use super::errors::SequenceError;
use crate::mining::Taxonomy;
pub use crate::numeric::calendar::DAY;

/// Item ids stay below this bound, because the miner marks the first item of an element in the highest bit.
pub const MAX_ITEMS: u32 = 1 << 30;

/// Customers' sequences of elements; an element is the set of items of one order (or of one day) with its time.
///
/// Compressed rows on two levels: customer `c` owns elements `first_element[c]..first_element[c + 1]`, element `e` owns
/// `items[first_item[e]..first_item[e + 1]]`, ascending and distinct. Times are civil seconds (see the room's page) and
/// never decrease within a customer; two elements of one customer may share a time only when they were pushed so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequences {
    item_count: u32,
    first_element: Vec<u32>,
    first_item: Vec<u32>,
    items: Vec<u32>,
    times: Vec<i64>,
    weights: Vec<u32>,
}

/// One order line as the miner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Dense customer id.
    pub customer: u32,
    /// Civil seconds.
    pub time: i64,
    /// Dense item id.
    pub item: u32,
}

/// What makes two order lines of a customer part of the same element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ElementBy {
    /// The same instant.
    Time,
    /// The same civil day.
    #[default]
    Day,
}

impl Sequences {
    /// An empty collection over items `0..item_count`.
    pub fn new(item_count: u32) -> Self {
        Sequences {
            item_count,
            first_element: vec![0],
            first_item: vec![0],
            items: Vec::new(),
            times: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// Sequences of the events of customers `0..customers`, in any order; repeated lines count once.
    ///
    /// Customers without events keep an empty sequence, so that ids and shares stay those of the caller. With
    /// [`ElementBy::Day`] an element carries the time of its first line. Errors: an id outside its range, or more than
    /// `u32::MAX` lines.
    pub fn from_events(
        mut events: Vec<Event>,
        customers: u32,
        item_count: u32,
        by: ElementBy,
    ) -> Result<Self, SequenceError> {
        if events.len() >= u32::MAX as usize {
            return Err(SequenceError::TooLarge { what: "order lines", limit: u64::from(u32::MAX) });
        }
        if let Some(event) = events.iter().find(|e| e.customer >= customers) {
            return Err(SequenceError::UnknownId { what: "customer", id: event.customer, count: customers });
        }
        if by == ElementBy::Day {
            events.sort_unstable();
            let mut day_start = None;
            for event in &mut events {
                let day = (event.customer, event.time.div_euclid(DAY));
                match day_start {
                    Some((seen, time)) if seen == day => event.time = time,
                    _ => day_start = Some((day, event.time)),
                }
            }
        }
        events.sort_unstable();
        events.dedup();
        let mut sequences = Sequences::new(item_count);
        let mut element: Vec<u32> = Vec::new();
        let mut next = events.iter().peekable();
        for customer in 0..customers {
            while let Some(event) = next.next_if(|e| e.customer == customer) {
                element.push(event.item);
                if next.peek().is_none_or(|n| (n.customer, n.time) != (customer, event.time)) {
                    sequences.push_element(event.time, &element)?;
                    element.clear();
                }
            }
            sequences.end_customer();
        }
        Ok(sequences)
    }

    /// Adds an element to the customer being built; items in any order, repeats ignored, an empty set skipped.
    pub fn push_element(&mut self, time: i64, items: &[u32]) -> Result<(), SequenceError> {
        if let Some(&id) = items.iter().find(|&&item| item >= self.item_count) {
            return Err(SequenceError::UnknownId { what: "item", id, count: self.item_count });
        }
        if self.item_count > MAX_ITEMS {
            return Err(SequenceError::TooLarge { what: "items", limit: u64::from(MAX_ITEMS) });
        }
        if self.items.len() + items.len() >= u32::MAX as usize {
            return Err(SequenceError::TooLarge { what: "order lines", limit: u64::from(u32::MAX) });
        }
        let customer_start = self.first_element[self.first_element.len() - 1] as usize;
        if self.times[customer_start..].last().is_some_and(|&last| last > time) {
            return Err(SequenceError::TimesGoBack { customer: self.customers() as u32 });
        }
        if items.is_empty() {
            return Ok(());
        }
        let start = self.items.len();
        self.items.extend_from_slice(items);
        if !items.is_sorted_by(|a, b| a < b) {
            self.items[start..].sort_unstable();
            let mut kept = start;
            for read in start..self.items.len() {
                if kept == start || self.items[kept - 1] != self.items[read] {
                    self.items[kept] = self.items[read];
                    kept += 1;
                }
            }
            self.items.truncate(kept);
        }
        self.end_element(time);
        Ok(())
    }

    fn end_element(&mut self, time: i64) {
        self.first_item.push(self.items.len() as u32);
        self.times.push(time);
    }

    /// Ends the customer being built.
    pub fn end_customer(&mut self) {
        self.first_element.push(self.times.len() as u32);
    }

    /// Adds further customers, all of weight 1, after those that are here. Their item `i` is item `to[i]` here; `to` ascends, so
    /// that an element stays in order.
    pub fn append(&mut self, more: &Sequences, to: &[u32]) -> Result<(), SequenceError> {
        if self.items.len() + more.items.len() >= u32::MAX as usize {
            return Err(SequenceError::TooLarge { what: "order lines", limit: u64::from(u32::MAX) });
        }
        let (elements, items) = (self.times.len() as u32, self.items.len() as u32);
        self.times.extend_from_slice(&more.times);
        self.items.extend(more.items.iter().map(|&item| to[item as usize]));
        // Where the last range ends the next begins.
        self.first_element.extend(more.first_element[1..].iter().map(|from| from + elements));
        self.first_item.extend(more.first_item[1..].iter().map(|from| from + items));
        Ok(())
    }

    /// Gives every customer a weight; supports are then sums of weights.
    pub fn with_weights(mut self, weights: Vec<u32>) -> Result<Self, SequenceError> {
        if weights.len() != self.customers() {
            return Err(SequenceError::WrongLength {
                what: "customer weights",
                found: weights.len(),
                expected: self.customers(),
            });
        }
        self.weights = weights;
        Ok(self)
    }

    /// Number of customers, those without elements included.
    pub fn customers(&self) -> usize {
        self.first_element.len() - 1
    }

    /// Number of elements of all customers.
    pub fn elements(&self) -> usize {
        self.times.len()
    }

    /// Number of (element, item) pairs.
    pub fn lines(&self) -> usize {
        self.items.len()
    }

    /// Number of item ids.
    pub fn item_count(&self) -> u32 {
        self.item_count
    }

    /// The customers, those with the fewest lines first.
    ///
    /// A kernel that lays them out so asks short sequences first whether an item can be inserted into a pattern: they have
    /// the fewest candidates to begin with, and rule out the most.
    pub(super) fn shortest_first(&self) -> Vec<usize> {
        let first_item = |customer: usize| self.first_item[self.first_element[customer] as usize];
        let mut customers: Vec<usize> = (0..self.customers()).collect();
        customers.sort_by_key(|&customer| first_item(customer + 1) - first_item(customer));
        customers
    }

    /// The range of element numbers of a customer.
    pub fn elements_of(&self, customer: usize) -> std::ops::Range<usize> {
        self.first_element[customer] as usize..self.first_element[customer + 1] as usize
    }

    /// The items of an element, ascending.
    pub fn items_of(&self, element: usize) -> &[u32] {
        &self.items[self.first_item[element] as usize..self.first_item[element + 1] as usize]
    }

    /// The time of an element, civil seconds.
    pub fn time_of(&self, element: usize) -> i64 {
        self.times[element]
    }

    /// The civil day of an element, days since 1970-01-01.
    pub fn day_of(&self, element: usize) -> i64 {
        self.times[element].div_euclid(DAY)
    }

    /// The weight of a customer; 1 unless weights were given.
    pub fn weight_of(&self, customer: usize) -> u32 {
        if self.weights.is_empty() { 1 } else { self.weights[customer] }
    }

    /// The sum of all customers' weights: what a support share is a share of.
    pub fn total_weight(&self) -> u64 {
        if self.weights.is_empty() {
            self.customers() as u64
        } else {
            self.weights.iter().map(|&weight| u64::from(weight)).sum()
        }
    }

    /// Whether customers carry weights.
    pub fn is_weighted(&self) -> bool {
        !self.weights.is_empty()
    }

    /// The sequences as seen at `as_of`: elements with `time < as_of` only; all customers stay.
    pub fn until(&self, as_of: i64) -> Self {
        self.between(i64::MIN, as_of)
    }

    /// Elements with `from <= time < to` only; all customers stay, with an empty sequence if nothing is left.
    pub fn between(&self, from: i64, to: i64) -> Self {
        let mut cut = Sequences::new(self.item_count);
        cut.weights.clone_from(&self.weights);
        for customer in 0..self.customers() {
            for element in self.elements_of(customer) {
                if (from..to).contains(&self.times[element]) {
                    cut.items.extend_from_slice(self.items_of(element));
                    cut.end_element(self.times[element]);
                }
            }
            cut.end_customer();
        }
        cut
    }

    /// Merges elements into one while they lie within `days` of the first of them: one errand, several orders.
    ///
    /// `days = 0` merges the orders of a civil day. The merged element carries its first order's time. Unlike the
    /// sliding window of the mining settings this fixes the partition once, from the customer's first order on. Orders
    /// before `apart_at` (civil seconds) and from then on are never merged, so that the earlier ones hold nothing of the
    /// later ones.
    pub fn merged_within(&self, days: u32, apart_at: Option<i64>) -> Self {
        let mut merged = Sequences::new(self.item_count);
        merged.weights.clone_from(&self.weights);
        let mut items = Vec::new();
        for customer in 0..self.customers() {
            let mut elements = self.elements_of(customer).peekable();
            while let Some(first) = elements.next() {
                items.clear();
                items.extend_from_slice(self.items_of(first));
                let apart = |e: usize| apart_at.is_some_and(|at| (self.times[first] < at) != (self.times[e] < at));
                let near = |e: usize| self.day_of(e) - self.day_of(first) <= i64::from(days);
                while let Some(next) = elements.next_if(|&e| near(e) && !apart(e)) {
                    items.extend_from_slice(self.items_of(next));
                }
                merged.push_element(self.times[first], &items).expect("items and times come from checked sequences");
            }
            merged.end_customer();
        }
        merged
    }

    /// Only the items that `read` has; all customers stay, and of the elements without any those that `emptied` keeps: a
    /// distance in orders counts them.
    pub fn of_items(&self, read: &[bool], emptied: Emptied) -> Self {
        let mut kept = Sequences::new(self.item_count);
        kept.weights.clone_from(&self.weights);
        for customer in 0..self.customers() {
            for element in self.elements_of(customer) {
                let start = kept.items.len();
                kept.items.extend(self.items_of(element).iter().filter(|&&item| read[item as usize]));
                if emptied == Emptied::Kept || kept.items.len() > start {
                    kept.end_element(self.times[element]);
                }
            }
            kept.end_customer();
        }
        kept
    }

    /// The sequences with every item replaced by its group, or with its groups beside it; ids are those of the taxonomy,
    /// of which there are `ids` (at least [`Sequences::item_count`]).
    pub fn rolled_up(&self, taxonomy: &Taxonomy, ids: u32, how: RollUp) -> Result<Self, SequenceError> {
        let mut rolled = Sequences::new(ids.max(self.item_count));
        rolled.weights.clone_from(&self.weights);
        let mut items = Vec::new();
        for customer in 0..self.customers() {
            for element in self.elements_of(customer) {
                items.clear();
                for &item in self.items_of(element) {
                    items.push(how.mined_as(taxonomy, item));
                    if how == RollUp::Beside {
                        items.extend(taxonomy.ancestors(item));
                    }
                }
                match items.is_empty() {
                    true => rolled.end_element(self.times[element]),
                    false => rolled.push_element(self.times[element], &items)?,
                }
            }
            rolled.end_customer();
        }
        Ok(rolled)
    }
}

/// What becomes of elements of which no item is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emptied {
    Kept,
    Gone,
}

/// How items are rolled up a taxonomy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollUp {
    /// By the topmost category.
    Replace,
    /// By the next category above.
    ReplaceByParent,
    /// The item stays and all its categories stand beside it (Srikant & Agrawal, EDBT 1996, section 4).
    Beside,
}

impl RollUp {
    /// What stands in the place of an item.
    pub fn mined_as(self, taxonomy: &Taxonomy, item: u32) -> u32 {
        let above = match self {
            RollUp::Replace => taxonomy.ancestors(item).last(),
            RollUp::ReplaceByParent => taxonomy.ancestors(item).next(),
            RollUp::Beside => None,
        };
        above.unwrap_or(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mining::NO_PARENT;

    fn event(customer: u32, time: i64, item: u32) -> Event {
        Event { customer, time, item }
    }

    #[test]
    fn a_day_is_one_element() {
        let events = vec![event(1, DAY + 50, 2), event(1, DAY + 10, 1), event(1, DAY + 10, 1), event(1, 3 * DAY, 0)];
        let sequences = Sequences::from_events(events.clone(), 3, 3, ElementBy::Day).unwrap();
        assert_eq!((sequences.customers(), sequences.elements(), sequences.lines()), (3, 2, 3));
        assert_eq!((sequences.items_of(0), sequences.time_of(0)), (&[1, 2][..], DAY + 10));
        assert_eq!(Sequences::from_events(events, 3, 3, ElementBy::Time).unwrap().elements(), 3);
    }

    #[test]
    fn customers_are_added_part_by_part() {
        let events = vec![event(0, 10, 2), event(1, 5, 4), event(1, 5, 0), event(3, DAY, 2), event(3, 9 * DAY, 4)];
        let of = |events: &[Event], customers, items| {
            Sequences::from_events(events.to_vec(), customers, items, ElementBy::Time).unwrap()
        };
        // The second part knows items 2 and 4 only.
        let rest = [event(1, DAY, 0), event(1, 9 * DAY, 1)];
        let mut parts = Sequences::new(5);
        parts.append(&of(&events[..3], 2, 5), &[0, 1, 2, 3, 4]).unwrap();
        parts.append(&of(&rest, 3, 2), &[2, 4]).unwrap();
        assert_eq!(parts, of(&events, 5, 5));
    }

    #[test]
    fn cuts_and_merges() {
        let mut sequences = Sequences::new(4);
        for (day, item) in [(0, 0), (2, 1), (3, 2), (9, 3)] {
            sequences.push_element(day * DAY, &[item]).unwrap();
        }
        sequences.end_customer();
        assert_eq!(sequences.until(3 * DAY).elements(), 2);
        let merged = sequences.merged_within(2, None);
        assert_eq!((merged.items_of(0), merged.items_of(1), merged.items_of(2)), (&[0, 1][..], &[2][..], &[3][..]));
        // Cut at day 2, the orders before it are those of the cut history merged.
        let apart = sequences.merged_within(2, Some(2 * DAY));
        assert_eq!((apart.items_of(0), apart.items_of(1), apart.elements()), (&[0][..], &[1, 2][..], 3));
        assert_eq!(apart.until(2 * DAY), sequences.until(2 * DAY).merged_within(2, None));
        let some = merged.of_items(&[false, true, false, true], Emptied::Gone);
        assert_eq!((some.items_of(0), some.items_of(1), some.customers()), (&[1][..], &[3][..], 1));
        assert_eq!((some.time_of(0), some.time_of(1)), (0, 9 * DAY));
        let kept = merged.of_items(&[false, true, false, true], Emptied::Kept);
        let rolled = kept.rolled_up(&Taxonomy::new(vec![NO_PARENT; 4]).unwrap(), 4, RollUp::Replace).unwrap();
        assert_eq!((rolled.elements(), rolled.items_of(1), rolled.time_of(1)), (3, &[][..], 3 * DAY));
        assert_eq!(rolled, kept);
    }

    #[test]
    fn rolls_up() {
        let mut sequences = Sequences::new(4);
        sequences.push_element(0, &[0, 1]).unwrap();
        sequences.end_customer();
        let taxonomy = Taxonomy::new(vec![2, 2, 3, NO_PARENT]).unwrap();
        let items = |how| sequences.rolled_up(&taxonomy, 4, how).unwrap().items_of(0).to_vec();
        assert_eq!(items(RollUp::Replace), [3]);
        assert_eq!(items(RollUp::ReplaceByParent), [2]);
        assert_eq!(items(RollUp::Beside), [0, 1, 2, 3]);
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        let mut sequences = Sequences::new(2);
        assert!(sequences.push_element(0, &[2]).is_err());
        sequences.push_element(5, &[1]).unwrap();
        assert!(sequences.push_element(4, &[1]).is_err());
    }
}
