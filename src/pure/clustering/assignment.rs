//! The cheapest one-to-one assignment.

/// Gives each row a column of its own so that the sum of costs is least; rows beyond the number of columns get `None`.
///
/// `cost[row][column]`, finite, every row equally long. The Hungarian method with potentials and shortest augmenting
/// paths (H. W. Kuhn, Naval Research Logistics Quarterly 2, 1955; R. Jonker and A. Volgenant, Computing 38, 1987), time
/// proportional to rows² × columns.
pub fn assign_cheapest(cost: &[Vec<f64>]) -> Vec<Option<usize>> {
    let rows = cost.len();
    let columns = cost.first().map_or(0, Vec::len);
    if rows > columns {
        let turned: Vec<Vec<f64>> = (0..columns).map(|c| cost.iter().map(|row| row[c]).collect()).collect();
        let mut assigned = vec![None; rows];
        for (column, row) in assign_cheapest(&turned).into_iter().enumerate() {
            assigned[row.expect("the shorter side is assigned whole")] = Some(column);
        }
        return assigned;
    }
    // Rows and columns count from 1; column 0 stands for the row that is being placed.
    let mut row_potential = vec![0.0; rows + 1];
    let mut column_potential = vec![0.0; columns + 1];
    let mut row_of = vec![0; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut slack = vec![f64::INFINITY; columns + 1];
        let mut came_from = vec![0; columns + 1];
        let mut visited = vec![false; columns + 1];
        let mut here = 0;
        while row_of[here] != 0 {
            visited[here] = true;
            let (mut step, mut next) = (f64::INFINITY, 0);
            for column in (1..=columns).filter(|&column| !visited[column]) {
                let reduced =
                    cost[row_of[here] - 1][column - 1] - row_potential[row_of[here]] - column_potential[column];
                if reduced < slack[column] {
                    (slack[column], came_from[column]) = (reduced, here);
                }
                if slack[column] < step {
                    (step, next) = (slack[column], column);
                }
            }
            for column in 0..=columns {
                if visited[column] {
                    row_potential[row_of[column]] += step;
                    column_potential[column] -= step;
                } else {
                    slack[column] -= step;
                }
            }
            here = next;
        }
        while here != 0 {
            row_of[here] = row_of[came_from[here]];
            here = came_from[here];
        }
    }
    let mut assigned = vec![None; rows];
    for column in 1..=columns {
        if row_of[column] != 0 {
            assigned[row_of[column] - 1] = Some(column - 1);
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(cost: &[Vec<f64>], assigned: &[Option<usize>]) -> f64 {
        assigned.iter().enumerate().filter_map(|(row, column)| column.map(|column| cost[row][column])).sum()
    }

    /// Tries every assignment of the shorter side.
    fn cheapest(cost: &[Vec<f64>], row: usize, taken: &mut Vec<bool>, skips: usize) -> f64 {
        if row == cost.len() {
            return 0.0;
        }
        let mut best = f64::INFINITY;
        if skips > 0 {
            best = cheapest(cost, row + 1, taken, skips - 1);
        }
        for column in 0..taken.len() {
            if !taken[column] {
                taken[column] = true;
                best = best.min(cost[row][column] + cheapest(cost, row + 1, taken, skips));
                taken[column] = false;
            }
        }
        best
    }

    #[test]
    fn small_examples() {
        let cost = vec![vec![4.0, 1.0, 3.0], vec![2.0, 0.0, 5.0], vec![3.0, 2.0, 2.0]];
        assert_eq!(assign_cheapest(&cost), [Some(1), Some(0), Some(2)]);
        assert_eq!(assign_cheapest(&[vec![1.0], vec![0.5], vec![2.0]]), [None, Some(0), None]);
        assert_eq!(assign_cheapest(&[]), []);
    }

    proptest! {
        #[test]
        fn as_cheap_as_trying_everything(
            rows in 1usize..6,
            columns in 1usize..6,
            values in prop::collection::vec(-20i32..20, 36),
        ) {
            let cost: Vec<Vec<f64>> =
                (0..rows).map(|r| (0..columns).map(|c| f64::from(values[r * 6 + c])).collect()).collect();
            let assigned = assign_cheapest(&cost);
            let mut used: Vec<usize> = assigned.iter().flatten().copied().collect();
            prop_assert_eq!(used.len(), rows.min(columns));
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), rows.min(columns));
            let least = cheapest(&cost, 0, &mut vec![false; columns], rows.saturating_sub(columns));
            prop_assert_eq!(total(&cost, &assigned), least);
        }
    }
}
