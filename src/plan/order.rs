//! Order from references: each step after those it reads, file order breaking ties.

/// Sorts `count` steps so that each comes after its `reads`; among those that are ready, the earliest in the file first.
///
/// # Errors
/// The members of a circle, in the order in which they read each other.
pub(super) fn order(count: usize, reads: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut done = vec![false; count];
    let mut sorted = Vec::with_capacity(count);
    while sorted.len() < count {
        match (0..count).find(|&i| !done[i] && reads[i].iter().all(|&r| done[r])) {
            Some(i) => {
                done[i] = true;
                sorted.push(i);
            }
            None => return Err(circle(reads, &done)),
        }
    }
    Ok(sorted)
}

fn circle(reads: &[Vec<usize>], done: &[bool]) -> Vec<usize> {
    let mut path: Vec<usize> = Vec::new();
    let mut at = (0..done.len()).find(|&i| !done[i]).expect("a circle has members");
    loop {
        if let Some(start) = path.iter().position(|&p| p == at) {
            return path[start..].to_vec();
        }
        path.push(at);
        at = *reads[at].iter().find(|&&r| !done[r]).expect("a step that is not ready waits for another");
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn file_order_breaks_ties() {
        assert_eq!(order(4, &[vec![2], vec![], vec![], vec![0, 1]]), Ok(vec![1, 2, 0, 3]));
        assert_eq!(order(0, &[]), Ok(vec![]));
    }

    #[test]
    fn a_circle_is_told_by_its_members() {
        assert_eq!(order(4, &[vec![], vec![2], vec![3], vec![1]]), Err(vec![1, 2, 3]));
        assert_eq!(order(1, &[vec![0]]), Err(vec![0]));
    }
}
