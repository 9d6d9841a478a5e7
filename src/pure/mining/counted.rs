//! Numbers of patterns in words: what is too many to count, or to read digit by digit, is said as a power of ten.

/// Numbers up to this are written digit by digit.
const SPELLED: f64 = 1e15;

/// A count that stops at the largest number there is.
pub fn counted(count: u64) -> String {
    match count {
        u64::MAX => format!("more than {:.1e}", u64::MAX as f64),
        count => count.to_string(),
    }
}

/// An estimate, which may be of any size.
pub fn about(estimate: f64) -> String {
    if estimate.is_infinite() {
        format!("more than {:.1e}", f64::MAX)
    } else if estimate >= SPELLED {
        format!("{estimate:.1e}")
    } else {
        format!("{estimate:.0}")
    }
}

/// The numbers of patterns of each length, from 1 to the longest, as lines: at most `most`, the last of which sums up the rest.
pub fn by_length(per_length: &[u64], most: usize) -> Vec<String> {
    let longest = per_length.iter().rposition(|&count| count > 0).map_or(0, |at| at + 1);
    let per_length = &per_length[..longest];
    let single = if per_length.len() > most { most.saturating_sub(1) } else { per_length.len() };
    let mut lines: Vec<String> =
        per_length[..single].iter().zip(1..).map(|(&count, length)| format!("{length}: {}", counted(count))).collect();
    if single < per_length.len() {
        let rest = per_length[single..].iter().fold(0u64, |sum, &count| sum.saturating_add(count));
        lines.push(format!("{} to {}: {}", single + 1, per_length.len(), counted(rest)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_counted_is_said_so() {
        assert_eq!((counted(4_300), counted(u64::MAX)), ("4300".to_owned(), "more than 1.8e19".to_owned()));
        assert_eq!([12.4, 3.2e18, f64::INFINITY].map(about), ["12", "3.2e18", "more than 1.8e308"]);
        assert_eq!(by_length(&[5, 4, 3], 3), ["1: 5", "2: 4", "3: 3"]);
        assert_eq!(by_length(&[5, 4, u64::MAX, 7], 3), ["1: 5", "2: 4", "3 to 4: more than 1.8e19"]);
        assert_eq!(by_length(&[5, 0, 4, 0, 0], 3), ["1: 5", "2: 0", "3: 4"]);
        assert!(by_length(&[], 3).is_empty());
    }
}
