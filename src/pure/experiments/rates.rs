//! Two arms and the difference of their rates: how many bought, where one arm is small and few did.

use super::arms::{Arms, Comparison, Mean};

/// Compares the share of persons with an outcome between the arms, with an interval at `level` (above 0, below 1).
///
/// Each arm gets a person more who had the outcome and one who had not (A. Agresti, B. Caffo, "Simple and effective confidence intervals for
/// proportions and differences of proportions result from adding two successes and two failures", The American Statistician 54, 2000): with a
/// control group in which seven persons buy, the plain interval is too narrow whenever by luck fewer do. With several groups these two are
/// shared out by the sizes of the groups, and the difference is that of each group, weighted by its persons of both arms; groups with fewer
/// than two persons of either arm are left out. Nothing where no group has two persons of either arm.
pub fn compare_rates(had: &[bool], arms: &Arms, level: f64) -> Option<Comparison> {
    let [treated, control] = arms.sizes();
    let all = (treated + control) as f64;
    if treated == 0 {
        return None;
    }
    let groups = arms.groups().iter().max().map_or(0, |last| *last as usize + 1);
    let mut counts = vec![[[0.0; 2]; 2]; groups];
    for (person, had) in had.iter().enumerate().filter(|(person, _)| arms.counts(*person)) {
        let arm = usize::from(!arms.treated()[person]);
        counts[arms.groups()[person] as usize][arm][usize::from(*had)] += 1.0;
    }
    let mut both = [Mean { n: treated, mean: 0.0, variance: 0.0 }, Mean { n: control, mean: 0.0, variance: 0.0 }];
    let mut fourth = 0.0;
    for group in counts {
        let weight = group.iter().flatten().sum::<f64>() / all;
        if weight == 0.0 {
            continue;
        }
        for (mean, [without, with]) in both.iter_mut().zip(group) {
            let persons = with + without + 2.0 * weight;
            let rate = (with + weight) / persons;
            let variance = weight * weight * rate * (1.0 - rate) / persons;
            mean.mean += weight * rate;
            mean.variance += variance;
            fourth += variance * variance / persons;
        }
    }
    let [treated, control] = both;
    Some(Comparison::of(treated, control, fourth, level))
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn counts_by_hand() {
        // 7 of 10 and 2 of 8: (8/12)·(4/12)/12 and (3/10)·(7/10)/10.
        let treated: Vec<bool> = (0..18).map(|person| person < 10).collect();
        let had: Vec<bool> = (0..18).map(|person| !(7..16).contains(&person)).collect();
        let found = compare_rates(&had, &Arms::new(treated), 0.95).expect("two arms");
        assert!((found.difference - (8.0 / 12.0 - 0.3)).abs() < 1e-12, "{found:?}");
        assert!((found.se * found.se - (2.0 / 9.0 / 12.0 + 0.021)).abs() < 1e-12, "{found:?}");
        assert_eq!(compare_rates(&[true], &Arms::new(vec![true]), 0.95), None);
    }

    /// 3,000 contacted of whom 13 % buy, 100 left alone of whom 5 % do, in two groups: 95 % intervals of rates cover the lift in about 95 % of
    /// draws, those of means less often.
    #[test]
    fn small_control_groups_are_covered() {
        let mut random = stream(7, "rates");
        let (runs, mut covered) = (2_000, [0; 2]);
        for _ in 0..runs {
            let treated: Vec<bool> = (0..3_100).map(|person| person >= 100).collect();
            let group: Vec<u32> = (0..3_100).map(|person| u32::from(person % 10 == 0)).collect();
            let arms = Arms::in_groups(treated, group);
            let had: Vec<bool> = arms
                .treated()
                .iter()
                .map(|treated| random.random::<f64>() < if *treated { 0.13 } else { 0.05 })
                .collect();
            let values: Vec<f64> = had.iter().map(|had| f64::from(u8::from(*had))).collect();
            let found = [compare_rates(&had, &arms, 0.95), compare(&values, &arms, 0.95)];
            for (covered, found) in covered.iter_mut().zip(found) {
                let found = found.expect("two arms");
                *covered += i32::from(found.low <= 0.08 && 0.08 <= found.high);
            }
        }
        let [rates, means] = covered.map(|covered| f64::from(covered) / f64::from(runs));
        println!("covered by rates {rates}, by means {means}");
        assert!((0.935..0.98).contains(&rates) && means < rates - 0.01, "{rates} {means}");
    }
}
