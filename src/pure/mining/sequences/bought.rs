//! Who bought what in which order, item by item.

use super::data::Sequences;

/// Customer and element of each item's occurrences, ascending; item `i` owns `first_of[i]..first_of[i + 1]`.
pub(super) struct Bought {
    rows: Vec<(u32, u32)>,
    first_of: Vec<u32>,
}

impl Bought {
    pub fn new(sequences: &Sequences) -> Self {
        let mut first_of = vec![0u32; sequences.item_count() as usize + 1];
        for element in 0..sequences.elements() {
            for &item in sequences.items_of(element) {
                first_of[item as usize + 1] += 1;
            }
        }
        for item in 1..first_of.len() {
            first_of[item] += first_of[item - 1];
        }
        let mut next = first_of.clone();
        let mut rows = vec![(0, 0); sequences.lines()];
        for customer in 0..sequences.customers() {
            for element in sequences.elements_of(customer) {
                for &item in sequences.items_of(element) {
                    rows[next[item as usize] as usize] = (customer as u32, element as u32);
                    next[item as usize] += 1;
                }
            }
        }
        Bought { rows, first_of }
    }

    /// The occurrences of an item.
    pub fn of(&self, item: u32) -> &[(u32, u32)] {
        &self.rows[self.first_of[item as usize] as usize..self.first_of[item as usize + 1] as usize]
    }

    /// The occurrences of an item, customer by customer.
    pub fn by_customer(&self, item: u32) -> impl Iterator<Item = &[(u32, u32)]> {
        self.of(item).chunk_by(|a, b| a.0 == b.0)
    }

    /// The first occurrence of an item with one customer.
    pub fn first_of_both(&self, item: u32, customer: u32) -> Option<u32> {
        let all = self.of(item);
        all.get(all.partition_point(|row| row.0 < customer)).filter(|row| row.0 == customer).map(|row| row.1)
    }

    /// The occurrences of an item with one customer.
    pub fn of_both(&self, item: u32, customer: u32) -> &[(u32, u32)] {
        let all = self.of(item);
        let from = all.partition_point(|row| row.0 < customer);
        let to = from + all[from..].partition_point(|row| row.0 == customer);
        &all[from..to]
    }
}
