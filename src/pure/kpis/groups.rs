//! The groups for which KPIs are counted: all customers, and the segments of each dimension.

use crate::orders::NONE;

/// A way to divide customers, such as their segment or country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// What the division is called.
    pub name: String,
    /// Its segments.
    pub values: Vec<String>,
    /// The segment of each customer, by number; [`NONE`] where it is not known.
    pub of: Vec<u32>,
}

/// All customers as group 0, then the segments of each dimension one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    dimensions: Vec<Dimension>,
    /// The number of each dimension's first segment.
    first: Vec<usize>,
    count: usize,
}

impl Groups {
    /// Groups by these dimensions.
    pub fn of(dimensions: Vec<Dimension>) -> Groups {
        let mut count = 1;
        let first = dimensions.iter().map(|dimension| {
            let first = count;
            count += dimension.values.len();
            first
        });
        Groups { first: first.collect(), count, dimensions }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no group, which never is.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The groups of a dimension, by their numbers.
    pub fn of_dimension(&self, dimension: usize) -> std::ops::Range<usize> {
        self.first[dimension]..self.first[dimension] + self.dimensions[dimension].values.len()
    }

    /// The groups of a customer.
    pub fn of_customer(&self, customer: u32) -> impl Iterator<Item = usize> + '_ {
        let segments = self.dimensions.iter().zip(&self.first).filter_map(move |(dimension, first)| {
            let segment = dimension.of.get(customer as usize).copied().filter(|segment| *segment != NONE)?;
            Some(first + segment as usize)
        });
        std::iter::once(0).chain(segments)
    }

    /// Dimension and segment of a group; `None` for all customers.
    pub fn name(&self, group: usize) -> Option<(&str, &str)> {
        let at = self.first.partition_point(|first| *first <= group).checked_sub(1)?;
        let dimension = &self.dimensions[at];
        Some((&dimension.name, &dimension.values[group - self.first[at]]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_in_all_and_in_their_segments() {
        let dimension = |name: &str, values: &[&str], of: &[u32]| Dimension {
            name: name.into(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            of: of.to_vec(),
        };
        let groups =
            Groups::of(vec![dimension("country", &["EIRE", "UK"], &[1, NONE]), dimension("size", &["big"], &[0, 0])]);
        assert_eq!(groups.of_customer(0).collect::<Vec<_>>(), [0, 2, 3]);
        assert_eq!(groups.of_customer(1).collect::<Vec<_>>(), [0, 3]);
        assert_eq!(
            (0..groups.len()).map(|group| groups.name(group)).collect::<Vec<_>>(),
            [None, Some(("country", "EIRE")), Some(("country", "UK")), Some(("size", "big"))]
        );
        assert_eq!(groups.of_dimension(1), 3..4);
    }
}
