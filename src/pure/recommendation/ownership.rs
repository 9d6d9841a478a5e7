//! Which items each customer ever bought, and which customers ever bought each item.

use super::purchases::Purchases;

/// Both sides of the customer × item table of ones and zeros, each list ascending.
#[derive(Debug, Default)]
pub struct Ownership {
    items_from: Vec<u32>,
    items: Vec<u32>,
    customers_from: Vec<u32>,
    customers: Vec<u32>,
}

impl Ownership {
    /// Gathers what each customer owns.
    pub fn new(purchases: &Purchases) -> Self {
        let mut of_customers = Ownership { items_from: vec![0], ..Ownership::default() };
        let mut own = Vec::new();
        for customer in 0..purchases.customers() {
            own.clear();
            purchases.baskets_of(customer).for_each(|(_, items)| own.extend_from_slice(items));
            own.sort_unstable();
            own.dedup();
            of_customers.items.extend_from_slice(&own);
            of_customers.items_from.push(of_customers.items.len() as u32);
        }
        let mut from = vec![0u32; purchases.items() as usize + 1];
        for &item in &of_customers.items {
            from[item as usize + 1] += 1;
        }
        for item in 1..from.len() {
            from[item] += from[item - 1];
        }
        let mut next = from.clone();
        let mut customers = vec![0; of_customers.items.len()];
        for customer in 0..purchases.customers() {
            for &item in of_customers.of(customer) {
                customers[next[item as usize] as usize] = customer;
                next[item as usize] += 1;
            }
        }
        Ownership { customers_from: from, customers, ..of_customers }
    }

    /// Distinct items of a customer, ascending.
    pub fn of(&self, customer: u32) -> &[u32] {
        &self.items[self.items_from[customer as usize] as usize..self.items_from[customer as usize + 1] as usize]
    }

    /// Customers who bought an item, ascending.
    pub fn buyers(&self, item: u32) -> &[u32] {
        &self.customers[self.customers_from[item as usize] as usize..self.customers_from[item as usize + 1] as usize]
    }

    /// Number of items, bought or not.
    pub fn items(&self) -> u32 {
        self.customers_from.len().saturating_sub(1) as u32
    }

    /// Counts, for one item, how many of its buyers own each other item, and calls `each` with the items met and the
    /// counts by item. `counts` holds zeros for all items before and after.
    pub fn meet(&self, item: u32, counts: &mut [u32], met: &mut Vec<u32>, each: impl FnOnce(&[u32], &[u32])) {
        met.clear();
        for &customer in self.buyers(item) {
            for &other in self.of(customer) {
                let count = &mut counts[other as usize];
                if *count == 0 {
                    met.push(other);
                }
                *count += 1;
            }
        }
        each(met, counts);
        for &other in met.iter() {
            counts[other as usize] = 0;
        }
    }
}
