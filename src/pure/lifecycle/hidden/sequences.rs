//! What customers did, period by period, since their first order: the sequences that hidden states are learned from.

use super::chain::Start;
use crate::lifecycle::stage::{Change, Stage};
use crate::lifecycle::track::Track;

/// Kinds of periods: no purchase day, one, two, three or more.
pub const LEVELS: usize = 4;

/// Sequences of customers, equal ones together.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequences {
    /// Each once.
    pub distinct: Vec<Sequence>,
}

/// What some customers did.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// The period of its first element.
    pub first: usize,
    /// Where that is in the life of the customers.
    pub start: Start,
    /// Kinds of the periods from there on.
    pub levels: Vec<u8>,
    /// Customers who did that.
    pub customers: u64,
}

/// The kind of a period with so many purchase days.
pub(super) fn level(bought: u8) -> u8 {
    bought.min(LEVELS as u8 - 1)
}

impl Sequences {
    /// Of the customers whom `chosen` takes, the periods from the one after their first order up to the one that ends at the date number
    /// `until`. The period of the first order is left out: it is there by definition.
    pub fn of(track: &Track, until: usize, chosen: impl Fn(u32) -> bool) -> Sequences {
        let mut all: Vec<(usize, Start, Vec<u8>)> = Vec::new();
        for customer in (0..track.customers() as u32).filter(|&customer| chosen(customer)) {
            if let Some((first, start)) = beginning(track, customer).filter(|(first, _)| *first <= until) {
                let levels = track.of(customer)[first..=until].iter().map(|state| level(state.bought));
                all.push((first, start, levels.collect()));
            }
        }
        all.sort_unstable();
        let sequence = |same: &[(usize, Start, Vec<u8>)]| {
            let (first, start, levels) = same[0].clone();
            Sequence { first, start, levels, customers: same.len() as u64 }
        };
        Sequences { distinct: all.chunk_by(|a, b| a == b).map(sequence).collect() }
    }

    /// Customers in all.
    pub fn customers(&self) -> u64 {
        self.distinct.iter().map(|sequence| sequence.customers).sum()
    }
}

/// The first period of a customer's sequence, which may still be to come, and where it is in the customer's life; nothing for prospects.
///
/// The dates of a track may begin when a customer has long been one, and data when a customer already was: neither has just begun.
pub(super) fn beginning(track: &Track, customer: u32) -> Option<(usize, Start)> {
    let states = track.of(customer);
    let seen = states.iter().position(|state| state.stage != Stage::Prospect)?;
    let new = states[seen].change == Change::Began && !states[seen].before;
    Some((seen + 1, if new { Start::First } else { Start::Later }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Rules, track};
    use crate::numeric::calendar::DAY;
    use crate::orders::{AsOf, Lines, Orders, Returns};

    #[test]
    fn who_was_a_customer_before_has_not_just_begun() {
        // Orders of the data's first day, of a month later than any edge, and of the last month.
        let days: [&[i64]; 3] = [&[0, 400], &[200, 400], &[410]];
        let mut lines = Lines::default();
        for (customer, days) in days.iter().enumerate() {
            for day in *days {
                lines.customer.push(customer as u32);
                lines.order.push(lines.order.len() as u32);
                lines.time.push(day * DAY);
            }
        }
        let rows = lines.order.len();
        (lines.item, lines.quantity, lines.amount) = (vec![0; rows], vec![1000; rows], vec![1; rows]);
        let orders = Orders::new(3, lines, Returns::default()).unwrap();
        let known: Vec<AsOf> = (1..16).map(|step| AsOf::new(&orders, 30 * step * DAY)).collect();
        let of = |keep: usize| {
            let track = track(&known, &Rules::default(), keep).unwrap();
            [0, 1, 2].map(|customer| beginning(&track, customer).unwrap())
        };
        assert_eq!(of(15), [(1, Start::Later), (7, Start::First), (14, Start::First)]);
        // Of the last five dates alone, the second customer was there before the first of them.
        assert_eq!(of(5), [(1, Start::Later), (1, Start::Later), (4, Start::First)]);
        let whole = track(&known, &Rules::default(), 15).unwrap();
        let all = Sequences::of(&whole, 14, |_| true);
        assert_eq!((all.customers(), all.distinct.len(), all.distinct[1].levels.len()), (3, 3, 8));
    }
}
