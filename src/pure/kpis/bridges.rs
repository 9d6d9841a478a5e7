//! Bridges from one period to another, customer by customer: who was lost, who came, and what each did to revenue.
//!
//! `before − lost + new + returned = after` for customers and `before + expansion + contraction + lost + new + returned = after` for
//! money hold exactly: everything is counted in whole customers and whole ten-thousandths.

use rayon::prelude::*;

use super::groups::Groups;
use super::measure::years_after;
use super::periods::{Against, Periods};
use super::view::Customer;
use crate::orders::AsOf;

/// Customers and their money: of a level, or of a part of the change between two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// Customers.
    pub customers: u64,
    /// Ten-thousandths of the currency unit; negative for what was lost.
    pub money: i128,
}

/// One bridge of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bridge {
    /// Customers with an order in the first period, and their revenue in it.
    pub before: Part,
    /// Of those also in the second: customers who spent more, and by how much.
    pub expansion: Part,
    /// Customers who spent less, and by how much.
    pub contraction: Part,
    /// Customers who spent the same to the cent; no money moves.
    pub same: Part,
    /// Customers with no order in the second period.
    pub lost: Part,
    /// Customers of the second period whose first order came after the first period.
    pub new: Part,
    /// Customers of the second period who had ordered before the first, and not in it.
    pub returned: Part,
    /// Customers with an order in the second period.
    pub after: Part,
}

/// A step of a bridge, as tables and the report have it.
pub struct Step {
    /// How tables name it.
    pub name: &'static str,
    /// How people name it.
    pub title: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Whether it states what there is, instead of a change.
    pub is_level: bool,
    /// Its customers and money.
    pub of: fn(&Bridge) -> Part,
}

/// The steps of the bridge of revenue, in order; those of the bridge of customers are the ones without expansion and contraction, and with
/// the customers that were kept.
pub static STEPS: [Step; 9] = [
    Step {
        name: "before",
        title: "Before",
        meaning: "customers with an order in the period compared with",
        is_level: true,
        of: |bridge| bridge.before,
    },
    Step {
        name: "kept",
        title: "Kept",
        meaning: "customers with orders in both periods",
        is_level: true,
        of: |bridge| Part {
            customers: bridge.before.customers - bridge.lost.customers,
            money: bridge.before.money + bridge.lost.money + bridge.expansion.money + bridge.contraction.money,
        },
    },
    Step {
        name: "expansion",
        title: "Spent more",
        meaning: "customers of both periods who spent more than before",
        is_level: false,
        of: |bridge| bridge.expansion,
    },
    Step {
        name: "contraction",
        title: "Spent less",
        meaning: "customers of both periods who spent less than before",
        is_level: false,
        of: |bridge| bridge.contraction,
    },
    Step {
        name: "same",
        title: "Spent the same",
        meaning: "customers of both periods who spent the same to the cent",
        is_level: false,
        of: |bridge| bridge.same,
    },
    Step {
        name: "lost",
        title: "Lost",
        meaning: "customers of the period before without an order in this one",
        is_level: false,
        of: |bridge| bridge.lost,
    },
    Step {
        name: "new",
        title: "New",
        meaning: "customers whose first order came after the period compared with",
        is_level: false,
        of: |bridge| bridge.new,
    },
    Step {
        name: "returned",
        title: "Returned",
        meaning: "customers who had ordered before the period compared with, and not in it",
        is_level: false,
        of: |bridge| bridge.returned,
    },
    Step {
        name: "after",
        title: "After",
        meaning: "customers with an order in this period",
        is_level: true,
        of: |bridge| bridge.after,
    },
];

impl Bridge {
    fn parts(&mut self) -> [&mut Part; 8] {
        let Bridge { before, expansion, contraction, same, lost, new, returned, after } = self;
        [before, expansion, contraction, same, lost, new, returned, after]
    }

    fn join(&mut self, mut other: Bridge) {
        for (part, more) in self.parts().into_iter().zip(other.parts()) {
            part.customers += more.customers;
            part.money += more.money;
        }
    }

    /// Whether it closes: customers and money before and after differ by what the steps between say.
    pub fn closes(&self) -> bool {
        let kept = self.expansion.customers + self.contraction.customers + self.same.customers;
        let customers = self.before.customers == kept + self.lost.customers
            && self.after.customers == kept + self.new.customers + self.returned.customers;
        let change = self.expansion.money
            + self.contraction.money
            + self.same.money
            + self.lost.money
            + self.new.money
            + self.returned.money;
        customers && self.before.money + change == self.after.money
    }
}

/// The bridges to every period of every group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridges {
    periods: usize,
    /// By way of comparison, group and period.
    all: Vec<Bridge>,
    groups: usize,
}

impl Bridges {
    /// The bridge to a period; `None` where it is compared with nothing.
    pub fn get(&self, against: Against, group: usize, period: usize, periods: &Periods) -> Option<&Bridge> {
        against.of(periods, period)?;
        self.all.get((against as usize * self.groups + group) * self.periods + period)
    }
}

/// The bridges to every period of every group, from the period before it and from the same of the year before.
pub fn bridges(known: AsOf, periods: &Periods, groups: &Groups) -> Bridges {
    let count = periods.list().len();
    let years_after = years_after(periods);
    let start =
        || (vec![Bridge::default(); Against::BOTH.len() * groups.len() * count], Customer::default(), Vec::new());
    let part = known.customers().div_ceil(4 * rayon::current_num_threads()).max(1_024);
    let (all, ..) = (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(part)
        .fold(start, |(mut all, mut one, mut spent), customer| {
            one.collect(known, customer);
            let first = one.first().unwrap_or(i64::MAX);
            spend(&one, periods, &mut spent);
            let mut add = |against: Against, period: usize, bridge: Bridge| {
                for group in groups.of_customer(customer) {
                    all[(against as usize * groups.len() + group) * count + period].join(bridge);
                }
            };
            let of = |period: usize| spent.binary_search_by_key(&period, |row| row.0).ok().map(|at| spent[at].1);
            for against in Against::BOTH {
                for &(period, money) in &spent {
                    if let Some(before) = against.of(periods, period) {
                        let is_new = first >= periods.list()[before].start;
                        add(against, period, of_one(of(before), Some(money), is_new));
                    }
                    // Whom the next period does not see is lost in it.
                    let next: &[usize] = match against {
                        Against::Previous if period + 1 < count => &[period + 1],
                        Against::Previous => &[],
                        Against::YearBefore => &years_after[period],
                    };
                    for &after in next.iter().filter(|after| of(**after).is_none()) {
                        add(against, after, of_one(Some(money), None, false));
                    }
                }
            }
            (all, one, spent)
        })
        .reduce(start, |mut one, other| {
            one.0.iter_mut().zip(other.0).for_each(|(bridge, more)| bridge.join(more));
            one
        });
    Bridges { periods: count, all, groups: groups.len() }
}

/// Money of a customer by period, of periods with an order.
fn spend(one: &Customer, periods: &Periods, spent: &mut Vec<(usize, i128)>) {
    spent.clear();
    for (time, amount) in one.orders() {
        let Some(period) = periods.of(time) else { continue };
        match spent.last_mut() {
            Some(last) if last.0 == period => last.1 += i128::from(amount),
            _ => spent.push((period, amount.into())),
        }
    }
}

/// The bridge of one customer.
fn of_one(before: Option<i128>, after: Option<i128>, is_new: bool) -> Bridge {
    let mut bridge = Bridge::default();
    let part = |money: i128| Part { customers: 1, money };
    if let Some(money) = before {
        bridge.before = part(money);
    }
    if let Some(money) = after {
        bridge.after = part(money);
    }
    match (before, after) {
        (Some(before), Some(after)) if after > before => bridge.expansion = part(after - before),
        (Some(before), Some(after)) if after < before => bridge.contraction = part(after - before),
        (Some(_), Some(_)) => bridge.same = part(0),
        (Some(before), None) => bridge.lost = part(-before),
        (None, Some(after)) if is_new => bridge.new = part(after),
        (None, Some(after)) => bridge.returned = part(after),
        (None, None) => {}
    }
    bridge
}
