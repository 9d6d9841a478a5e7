//! A straight line through a short series, and what it is worth beside those of others.

/// A line by least squares over the places 0, 1, 2, …
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Rise per place.
    pub slope: f64,
    /// Standard error of the slope, in its unit.
    pub error: f64,
    /// Values that it comes from, at least 3.
    pub values: usize,
}

/// The line of a series; nothing for fewer than 3 values, whose scatter around it is not known.
pub fn line(values: &[f64]) -> Option<Line> {
    if values.len() < 3 {
        return None;
    }
    let n = values.len() as f64;
    let (middle, mean) = ((n - 1.0) / 2.0, values.iter().sum::<f64>() / n);
    let off = |place: usize| place as f64 - middle;
    let slope =
        values.iter().enumerate().map(|(place, value)| off(place) * (value - mean)).sum::<f64>() / spread(values.len());
    let left = |(place, value): (usize, &f64)| value - mean - slope * off(place);
    let scatter: f64 = values.iter().enumerate().map(left).map(|rest| rest * rest).sum();
    Some(Line { slope, error: (scatter / (n - 2.0) / spread(values.len())).sqrt(), values: values.len() })
}

/// Sum of squared distances of so many places from their middle.
fn spread(values: usize) -> f64 {
    let n = values as f64;
    n * (n * n - 1.0) / 12.0
}

/// Degrees of freedom that the group's scatter counts for beside a series' own.
const PRIOR_FREEDOM: f64 = 4.0;

/// The lines with slopes shrunk towards the group's mean slope, each by how noisy it is: slope = mean + w·(own − mean), w = τ²/(τ² + error²), and
/// standard error √w·error of what is left to doubt. τ² is the variance between the slopes by moments (R. DerSimonian, N. Laird, "Meta-analysis in
/// clinical trials", Controlled Clinical Trials 7, 1986).
///
/// The scatter around a short line is itself uncertain, so it is first drawn towards the group's by degrees of freedom (G. Smyth, "Linear models
/// and empirical Bayes methods", Statistical Applications in Genetics and Molecular Biology 3, 2004, with a prior of 4).
pub fn shrunk(lines: &[Line]) -> Vec<Line> {
    let n = lines.len() as f64;
    let freedom = |line: &Line| line.values as f64 - 2.0;
    let own = |line: &Line| line.error * line.error * spread(line.values);
    let all: f64 = lines.iter().map(freedom).sum();
    let pooled = lines.iter().map(|line| freedom(line) * own(line)).sum::<f64>() / all;
    let scatter = |line: &Line| {
        (PRIOR_FREEDOM * pooled + freedom(line) * own(line)) / (PRIOR_FREEDOM + freedom(line)) / spread(line.values)
    };
    if pooled.is_nan() || pooled <= 0.0 {
        return lines.to_vec();
    }
    let mean = |weight: &dyn Fn(&Line) -> f64| {
        let total: f64 = lines.iter().map(weight).sum();
        lines.iter().map(|line| weight(line) * line.slope).sum::<f64>() / total
    };
    let precise = |line: &Line| 1.0 / scatter(line);
    let middle = mean(&precise);
    let apart: f64 = lines.iter().map(|line| precise(line) * (line.slope - middle) * (line.slope - middle)).sum();
    let (sum, squares) =
        lines.iter().map(precise).fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
    let room = sum - squares / sum;
    let between = if room > 0.0 { ((apart - (n - 1.0)) / room).max(0.0) } else { 0.0 };
    let mean = mean(&|line| 1.0 / (between + scatter(line)));
    let one = |line: &Line| {
        let noise = scatter(line);
        let share = between / (between + noise);
        Line { slope: mean + share * (line.slope - mean), error: (share * noise).sqrt(), ..*line }
    };
    lines.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn a_line_that_can_be_checked_by_hand() {
        // Rests of 1.1, 2.2, 3.3, 4.4: squares 2.7, over 2 degrees of freedom and a spread of 5.
        let found = line(&[1.0, 3.0, 2.0, 5.0]).unwrap();
        assert!((found.slope - 1.1).abs() < 1e-12 && (found.error - 0.27_f64.sqrt()).abs() < 1e-12, "{found:?}");
        assert_eq!(line(&[1.0, 2.0]), None);
    }

    #[test]
    fn shrinking_comes_nearer_to_planted_slopes_than_the_lines_themselves() {
        let mut random = stream(3, "slopes");
        let mut noise = |size: f64| (0..12).map(|_| random.random_range(-1.0..1.0)).sum::<f64>() / 2.0 * size;
        let planted: Vec<f64> = (0..2_000).map(|_| 0.05 + noise(0.05)).collect();
        let lines: Vec<Line> = planted
            .iter()
            .map(|slope| line(&(0..12).map(|t| slope * f64::from(t) + noise(1.0)).collect::<Vec<_>>()).unwrap())
            .collect();
        let found = shrunk(&lines);
        let far = |of: &[Line]| of.iter().zip(&planted).map(|(line, slope)| (line.slope - slope).abs()).sum::<f64>();
        assert!(far(&found) < 0.8 * far(&lines), "{} {}", far(&found), far(&lines));
        let mean = found.iter().map(|line| line.slope).sum::<f64>() / 2_000.0;
        assert!((mean - 0.05).abs() < 0.005, "{mean}");
        // Two standard errors hold the planted slope as often as they should.
        let held = found.iter().zip(&planted).filter(|(line, slope)| (line.slope - *slope).abs() < 2.0 * line.error);
        assert!((1_850..=1_990).contains(&held.clone().count()), "{}", held.count());
        assert!(shrunk(&[]).is_empty());
        let same = Line { slope: 1.0, error: 0.0, values: 9 };
        assert_eq!(shrunk(&[same, Line { slope: 3.0, ..same }])[1].slope, 3.0);
    }
}
