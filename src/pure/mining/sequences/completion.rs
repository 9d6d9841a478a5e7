//! Where in a customer's history a pattern is completed.

use super::data::Sequences;

/// A pattern to be completed, with the most days from one of its elements to the next.
pub(super) struct Prefix {
    elements: Vec<Vec<u32>>,
    step_days: Option<u32>,
}

impl Prefix {
    /// Elements in order, items ascending within each.
    pub fn new(elements: Vec<Vec<u32>>, step_days: Option<u32>) -> Self {
        Prefix { elements, step_days }
    }

    pub fn elements(&self) -> &[Vec<u32>] {
        &self.elements
    }

    pub fn items(&self) -> impl Iterator<Item = u32> + '_ {
        self.elements.iter().flatten().copied()
    }

    /// The items of the last element.
    pub fn last_items(&self) -> &[u32] {
        &self.elements[self.elements.len() - 1]
    }

    /// The item, where the pattern is but one.
    pub fn single_item(&self) -> Option<u32> {
        match &self.elements[..] {
            [element] if element.len() == 1 => Some(element[0]),
            _ => None,
        }
    }

    pub fn is_single(&self) -> bool {
        self.elements.len() == 1
    }

    /// Whether an order holds the last element.
    pub fn last_in(&self, history: &Sequences, element: usize) -> bool {
        holds(history.items_of(element), self.last_items())
    }

    /// The first order with `time >= from` that completes the pattern.
    pub fn first_completion(&self, history: &Sequences, customer: usize, from: i64) -> Option<usize> {
        self.completions(history, customer).into_iter().find(|&element| history.time_of(element) >= from)
    }

    /// The last order with `time < until` that completes the pattern.
    pub fn last_completion(&self, history: &Sequences, customer: usize, until: i64) -> Option<usize> {
        self.completions(history, customer).into_iter().rfind(|&element| history.time_of(element) < until)
    }

    /// The orders of one embedding that ends at `end`, the latest possible ones.
    pub fn embedding(&self, history: &Sequences, customer: usize, end: usize) -> Vec<usize> {
        let levels = self.levels(history, customer);
        let mut used = vec![end];
        for level in levels.iter().rev().skip(1) {
            let next = used[used.len() - 1];
            let fits = |&&element: &&usize| element < next && self.near(history, element, next);
            used.extend(level.iter().rev().find(fits));
        }
        used
    }

    fn completions(&self, history: &Sequences, customer: usize) -> Vec<usize> {
        self.levels(history, customer).pop().unwrap_or_default()
    }

    /// Per element of the pattern the orders at which it can end an embedding of the pattern so far, ascending.
    fn levels(&self, history: &Sequences, customer: usize) -> Vec<Vec<usize>> {
        let mut levels: Vec<Vec<usize>> = Vec::with_capacity(self.elements.len());
        for wanted in &self.elements {
            let mut level = Vec::new();
            // The latest end before an order is the nearest in time, so it alone decides about the step.
            let mut before: Option<usize> = None;
            let mut at = 0;
            for element in history.elements_of(customer) {
                if let Some(previous) = levels.last() {
                    while at < previous.len() && previous[at] < element {
                        before = Some(previous[at]);
                        at += 1;
                    }
                }
                let reached = levels.is_empty() || before.is_some_and(|before| self.near(history, before, element));
                if reached && holds(history.items_of(element), wanted) {
                    level.push(element);
                }
            }
            levels.push(level);
        }
        levels
    }

    fn near(&self, history: &Sequences, from: usize, to: usize) -> bool {
        self.step_days.is_none_or(|days| history.day_of(to) - history.day_of(from) <= i64::from(days))
    }
}

/// Whether all of `wanted` is among `items`, both ascending.
fn holds(items: &[u32], wanted: &[u32]) -> bool {
    let mut left = items.iter();
    wanted.iter().all(|item| left.any(|other| other == item))
}

#[cfg(test)]
mod tests {
    use super::super::data::DAY;
    use super::*;

    #[test]
    fn later_beginnings_save_what_the_first_cannot_reach() {
        let mut history = Sequences::new(3);
        for (day, item) in [(0, 0), (50, 0), (60, 1), (61, 2), (200, 1)] {
            history.push_element(day * DAY, &[item]).unwrap();
        }
        history.end_customer();
        let prefix = Prefix::new(vec![vec![0], vec![1]], Some(20));
        assert_eq!(prefix.first_completion(&history, 0, 0), Some(2));
        assert_eq!(prefix.last_completion(&history, 0, i64::MAX), Some(2));
        assert_eq!(prefix.embedding(&history, 0, 2), [2, 1]);
        let any = Prefix::new(vec![vec![0], vec![1]], None);
        assert_eq!(
            (any.last_completion(&history, 0, i64::MAX), any.last_completion(&history, 0, 200 * DAY)),
            (Some(4), Some(2))
        );
        assert_eq!(prefix.first_completion(&history, 0, 61 * DAY), None);
    }
}
