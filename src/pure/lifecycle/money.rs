//! Money on a migration matrix (P. E. Pfeifer, R. L. Carraway, "Modeling customer relationships as Markov chains", Journal of Interactive
//! Marketing 14(2), 2000).

use thiserror::Error;

/// Why a matrix has no value.
#[derive(Debug, Error, PartialEq)]
pub enum MoneyError {
    /// Parts that do not fit together.
    #[error("{shares} shares and {rewards} rewards do not make a square matrix with one reward per state")]
    Shape { shares: usize, rewards: usize },
    /// A row that is no distribution.
    #[error("the shares of state {state} add up to {sum}; they must be at least 0 and add up to 1")]
    Row { state: usize, sum: f64 },
    /// Without discounting an endless sum has no value.
    #[error("a discount of {discount} per step gives no endless value; give a number above 0")]
    Discount { discount: f64 },
}

/// V = Σ (P/(1+d))^t R over the steps t = 0 to `steps` (equation 4 of the paper): the value of a customer who is in each state now,
/// with rewards at the beginning of each step. `shares` is P row by row, `discount` d per step, not per year.
///
/// # Errors
/// When P is no matrix of shares or does not fit R.
pub fn discounted(shares: &[f64], rewards: &[f64], discount: f64, steps: usize) -> Result<Vec<f64>, MoneyError> {
    check(shares, rewards)?;
    let mut value = rewards.to_vec();
    for _ in 0..steps {
        value = step(shares, rewards, &value, discount);
    }
    Ok(value)
}

/// V = (I − P/(1+d))⁻¹ R, the same without an end (equation 6).
///
/// # Errors
/// As [`discounted`], and when d is not above 0.
pub fn invested(shares: &[f64], rewards: &[f64], discount: f64) -> Result<Vec<f64>, MoneyError> {
    check(shares, rewards)?;
    let inverse = horizon(shares, rewards.len(), discount)?;
    Ok(inverse.chunks_exact(rewards.len()).map(|row| row.iter().zip(rewards).map(|(a, b)| a * b).sum()).collect())
}

/// (I − P/(1+d))⁻¹, row by row: how many discounted steps a customer spends in each state.
///
/// # Errors
/// When d is not above 0.
pub(super) fn horizon(shares: &[f64], size: usize, discount: f64) -> Result<Vec<f64>, MoneyError> {
    if discount.is_nan() || discount <= 0.0 {
        return Err(MoneyError::Discount { discount });
    }
    let factor = 1.0 / (1.0 + discount);
    let unit = |cell: usize| if cell.is_multiple_of(size + 1) { 1.0 } else { 0.0 };
    let mut left: Vec<f64> = (0..size * size).map(|cell| unit(cell) - factor * shares[cell]).collect();
    let mut inverse: Vec<f64> = (0..size * size).map(unit).collect();
    // The matrix is strictly diagonally dominant by rows, so that elimination needs no pivots (Golub and Van Loan, 4th ed., section 4.1).
    for pivot in 0..size {
        let scale = left[pivot * size + pivot];
        for column in 0..size {
            left[pivot * size + column] /= scale;
            inverse[pivot * size + column] /= scale;
        }
        for row in (0..size).filter(|&row| row != pivot) {
            let part = left[row * size + pivot];
            for column in 0..size {
                left[row * size + column] -= part * left[pivot * size + column];
                inverse[row * size + column] -= part * inverse[pivot * size + column];
            }
        }
    }
    Ok(inverse)
}

/// The value by state, without an end, if the best of several options is taken in each: policy iteration (R. A. Howard, "Dynamic
/// Programming and Markov Processes", 1960), from the first option on. An option is a matrix of shares and the rewards of each state; equal values keep the choice.
///
/// # Errors
/// As [`invested`].
pub fn best_policy(options: &[(Vec<f64>, Vec<f64>)], discount: f64) -> Result<Vec<f64>, MoneyError> {
    for (shares, rewards) in options {
        check(shares, rewards)?;
    }
    let size = options.first().map_or(0, |option| option.1.len());
    if let Some(other) = options.iter().find(|option| option.1.len() != size) {
        return Err(MoneyError::Shape { shares: other.0.len(), rewards: size });
    }
    let mut choice = vec![0; size];
    loop {
        let shares: Vec<f64> =
            (0..size).flat_map(|state| options[choice[state]].0[state * size..][..size].to_vec()).collect();
        let rewards: Vec<f64> = (0..size).map(|state| options[choice[state]].1[state]).collect();
        let value = invested(&shares, &rewards, discount)?;
        let tried: Vec<Vec<f64>> =
            options.iter().map(|(shares, rewards)| step(shares, rewards, &value, discount)).collect();
        let mut revised = false;
        for state in 0..size {
            let now = tried[choice[state]][state];
            let better =
                |best: usize, option: usize| if tried[option][state] > tried[best][state] { option } else { best };
            let best = (0..options.len()).fold(choice[state], better);
            if tried[best][state] > now + 1e-9 * (1.0 + now.abs()) {
                choice[state] = best;
                revised = true;
            }
        }
        if !revised {
            return Ok(value);
        }
    }
}

/// The best of several options in each state within `steps` steps, by backward induction (R. Bellman, 1957): the value of a customer who is
/// in each state now; 0 for no steps.
///
/// # Errors
/// As [`discounted`].
pub fn best_within(options: &[(Vec<f64>, Vec<f64>)], discount: f64, steps: usize) -> Result<Vec<f64>, MoneyError> {
    for (shares, rewards) in options {
        check(shares, rewards)?;
    }
    let size = options.first().map_or(0, |option| option.1.len());
    if let Some(other) = options.iter().find(|option| option.1.len() != size) {
        return Err(MoneyError::Shape { shares: other.0.len(), rewards: size });
    }
    let mut best = vec![0.0; size];
    for _ in 0..steps {
        let tried: Vec<Vec<f64>> =
            options.iter().map(|(shares, rewards)| step(shares, rewards, &best, discount)).collect();
        let most = |state: usize| tried.iter().map(|value| value[state]).fold(f64::NEG_INFINITY, f64::max);
        best = (0..size).map(most).collect();
    }
    Ok(best)
}

/// R + P V / (1+d).
fn step(shares: &[f64], rewards: &[f64], value: &[f64], discount: f64) -> Vec<f64> {
    let next = |row: &[f64]| row.iter().zip(value).map(|(p, v)| p * v).sum::<f64>() / (1.0 + discount);
    shares.chunks_exact(rewards.len().max(1)).zip(rewards).map(|(row, reward)| reward + next(row)).collect()
}

fn check(shares: &[f64], rewards: &[f64]) -> Result<(), MoneyError> {
    let size = rewards.len();
    if shares.len() != size * size {
        return Err(MoneyError::Shape { shares: shares.len(), rewards: size });
    }
    for (state, row) in shares.chunks_exact(size.max(1)).enumerate() {
        let sum: f64 = row.iter().sum();
        if row.iter().any(|share| share.is_nan() || *share < 0.0) || (sum - 1.0).abs() > 1e-9 {
            return Err(MoneyError::Row { state, sum });
        }
    }
    Ok(())
}
