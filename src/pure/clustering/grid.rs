//! Customers by their scores of recency and frequency: how many, how much money, which segment most.

use std::collections::BTreeMap;

use super::{Naming, RfmScore};

/// The customers of one pair of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridCell {
    /// Recency score, from 1.
    pub recency: u8,
    /// Frequency score, from 1.
    pub frequency: u8,
    /// Customers.
    pub customers: u64,
    /// The sum of their money.
    pub money: f64,
    /// The segment of most of them; of equals the first.
    pub segment: u32,
}

/// The cells with customers, by recency, then frequency; `money` is one value per score.
pub fn grid(scores: &[RfmScore], money: &[f64], naming: &Naming) -> Vec<GridCell> {
    let mut cells: BTreeMap<(u8, u8), (u64, f64, BTreeMap<u32, u64>)> = BTreeMap::new();
    for (score, money) in scores.iter().zip(money) {
        let cell = cells.entry((score.recency, score.frequency)).or_default();
        cell.0 += 1;
        cell.1 += money;
        *cell.2.entry(naming.segment(*score)).or_default() += 1;
    }
    let cell = |((recency, frequency), (customers, money, segments)): ((u8, u8), (u64, f64, BTreeMap<u32, u64>))| {
        let most = segments.iter().max_by_key(|(segment, count)| (**count, std::cmp::Reverse(**segment)));
        let segment = most.map_or(0, |(segment, _)| *segment);
        GridCell { recency, frequency, customers, money, segment }
    };
    cells.into_iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{SegmentRule, default_rules};
    use super::*;

    #[test]
    fn a_cell_counts_its_customers_and_names_the_segment_of_most() {
        let own = ["rich", "others"].map(|segment| SegmentRule {
            segment: segment.to_owned(),
            recency: 1..=9,
            frequency: 1..=9,
            monetary: if segment == "rich" { 5..=9 } else { 1..=9 },
        });
        let naming = Naming::new(&own, &default_rules(), 5).expect("all scores have a segment");
        let score = |recency, frequency, monetary| RfmScore { recency, frequency, monetary };
        let scores = [score(1, 1, 5), score(1, 1, 5), score(1, 1, 2), score(5, 1, 1)];
        let cells = grid(&scores, &[10.0, 20.0, 1.0, 2.0], &naming);
        let name = |cell: &GridCell| naming.names()[cell.segment as usize].as_str();
        assert_eq!(
            cells.iter().map(|c| (c.recency, c.customers, c.money)).collect::<Vec<_>>(),
            [(1, 3, 31.0), (5, 1, 2.0)]
        );
        assert_eq!((name(&cells[0]), name(&cells[1])), ("rich", "others"));
    }
}
