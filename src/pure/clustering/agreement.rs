//! How two segmentations of the same customers agree, and how many customers kept their segment.

use std::collections::BTreeMap;

/// The adjusted Rand index of two labellings, element by element: 1 for the same partition whatever the labels are
/// called, 0 on average for unrelated ones.
///
/// L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2, 1985. Two labellings that both put
/// everything together, or both keep everything apart, agree perfectly.
///
/// # Panics
/// When the labellings differ in length.
pub fn adjusted_rand_index(one: &[u32], other: &[u32]) -> f64 {
    assert_eq!(one.len(), other.len(), "labellings of the same elements");
    let pairs = |count: u64| (count as f64) * (count as f64 - 1.0) / 2.0;
    let mut cells: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for (&a, &b) in one.iter().zip(other) {
        *cells.entry((a, b)).or_default() += 1;
    }
    let (mut rows, mut columns): (BTreeMap<u32, u64>, BTreeMap<u32, u64>) = Default::default();
    for (&(a, b), count) in &cells {
        *rows.entry(a).or_default() += count;
        *columns.entry(b).or_default() += count;
    }
    let together: f64 = cells.values().map(|&count| pairs(count)).sum();
    let in_rows: f64 = rows.values().map(|&count| pairs(count)).sum();
    let in_columns: f64 = columns.values().map(|&count| pairs(count)).sum();
    let all = pairs(one.len() as u64);
    let expected = if all > 0.0 { in_rows * in_columns / all } else { 0.0 };
    let most = (in_rows + in_columns) / 2.0;
    if most == expected { 1.0 } else { (together - expected) / (most - expected) }
}

/// How the groups of two runs agree on the customers who are in both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// Share of these customers, 0 to 1, who are in a group of the same name.
    pub share: f64,
    /// Adjusted Rand index of the two groupings.
    pub agreement: f64,
}

/// Compares the name of each customer's group `before` with the group now: `labels` are places in `names`, one for each of `customers`.
/// Nothing where no customer is in both.
pub fn kept(before: &BTreeMap<String, String>, customers: &[String], names: &[String], labels: &[u32]) -> Option<Kept> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for (customer, label) in customers.iter().zip(labels) {
        let Some(group) = before.get(customer) else { continue };
        let place = names.iter().position(|name| name == group).unwrap_or_else(|| {
            names.push(group);
            names.len() - 1
        });
        old.push(place as u32);
        new.push(*label);
    }
    if old.is_empty() {
        return None;
    }
    let same = old.iter().zip(&new).filter(|(a, b)| a == b).count();
    Some(Kept { share: same as f64 / old.len() as f64, agreement: adjusted_rand_index(&old, &new) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusted_rand_index_of_known_examples() {
        let check = |one: &[u32], other: &[u32], expected: f64| {
            assert!((adjusted_rand_index(one, other) - expected).abs() < 1e-12);
        };
        check(&[0, 0, 1, 1], &[7, 7, 3, 3], 1.0);
        // the two examples in the documentation of scikit-learn's adjusted_rand_score
        check(&[0, 0, 1, 2], &[0, 0, 1, 1], 4.0 / 7.0);
        check(&[0, 0, 1, 1], &[0, 0, 1, 2], 4.0 / 7.0);
        check(&[0, 0, 0, 0], &[0, 1, 2, 3], 0.0);
        check(&[0, 0, 0], &[1, 1, 1], 1.0);
        check(&[], &[], 1.0);
    }

    #[test]
    fn customers_of_both_runs_are_compared_by_the_names_of_their_groups() {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        let before = texts(&["a", "b", "c", "d", "gone"]).into_iter();
        let before: BTreeMap<String, String> =
            before.zip(texts(&["loyal", "loyal", "new", "retired", "new"])).collect();
        let (customers, names) = (texts(&["a", "b", "c", "d", "fresh"]), texts(&["loyal", "new"]));
        let found = kept(&before, &customers, &names, &[0, 0, 1, 1, 0]).expect("four customers are in both");
        assert_eq!(found.share, 0.75);
        assert!(found.agreement > 0.0 && found.agreement < 1.0);
        let same = kept(&before, &customers[..3], &names, &[0, 0, 1]).expect("three customers are in both");
        assert_eq!(same, Kept { share: 1.0, agreement: 1.0 });
        assert_eq!(kept(&before, &texts(&["fresh"]), &names, &[0]), None);
    }
}
