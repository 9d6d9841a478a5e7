//! Weights for those who answered, so that they stand for all who were customers.

use super::frozen::effective;
use crate::numeric::quantile::quantile;

/// What is known of all customers, answer or not.
#[derive(Debug, Clone, Copy)]
pub struct Population<'a> {
    /// Columns such as recency and value, a value per customer; NaN where not known.
    pub columns: &'a [Vec<f64>],
    /// Into how many groups of equally many customers each column is cut.
    pub bins: usize,
    /// Respondents that a cell needs; smaller cells are joined with the next one.
    pub least: usize,
    /// No weight is above this many times the mean weight; below 1 it counts as 1, which all weights can keep to.
    pub cap: f64,
}

/// Weights of respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseWeights {
    /// A weight per respondent, with mean 1.
    pub weights: Vec<f64>,
    /// Cells after joining: customers and respondents.
    pub cells: Vec<(usize, usize)>,
    /// Respondents that are not among the customers: they count as the mean.
    pub unknown: usize,
    /// Weights that are at the cap.
    pub capped: usize,
}

impl ResponseWeights {
    /// As many persons of equal weight tell as much.
    pub fn effective(&self) -> f64 {
        effective(self.weights.iter().copied())
    }
}

/// Post-stratification: in each cell of customers alike, a respondent stands for as many customers as there are per respondent (D. Holt,
/// T. Smith, "Post stratification", JRSS A 142(1), 1979; adjustment cells as in R. Little, "Survey nonresponse adjustments for estimates of
/// means", International Statistical Review 54(2), 1986). It corrects for what the cells tell, and for nothing else: who is
/// angry and silent within a cell stays unseen.
///
/// `respondents` are places among the customers. A column is cut at quantiles of the customers, equal values stay together, what is not known is a
/// group of its own; cells with fewer than `least` respondents are joined with the following ones in the order of the columns' groups.
pub fn respondent_weights(population: Population, respondents: &[Option<usize>]) -> ResponseWeights {
    let customers = population.columns.first().map_or(0, Vec::len);
    let groups: Vec<Vec<usize>> = population.columns.iter().map(|column| cut(column, population.bins)).collect();
    let cell = |customer: usize| groups.iter().fold(0, |cell, group| cell * (population.bins + 1) + group[customer]);
    let count = (population.bins + 1).pow(groups.len() as u32);
    let (mut of_customers, mut of_respondents) = (vec![0_usize; count], vec![0_usize; count]);
    (0..customers).for_each(|customer| of_customers[cell(customer)] += 1);
    let known: Vec<Option<usize>> = respondents.iter().map(|place| place.map(cell)).collect();
    known.iter().flatten().for_each(|&cell| of_respondents[cell] += 1);
    let (joined, cells) = join(&of_customers, &of_respondents, population.least.max(1));
    let answered = known.iter().flatten().count();
    let unknown = respondents.len() - answered;
    let weight = |cell: usize| {
        let (all, answering) = cells[joined[cell]];
        (all as f64 / customers as f64) / (answering as f64 / answered as f64)
    };
    let (weights, capped) =
        capped(known.iter().map(|cell| cell.map_or(1.0, weight)).collect(), population.cap.max(1.0));
    ResponseWeights { weights, cells, unknown, capped }
}

/// The weights, above 0, scaled to mean 1 with none above the cap, from 1 on, and how many are at it. What is cut off goes to the others
/// in proportion, which may bring more of them to the cap.
fn capped(mut weights: Vec<f64>, cap: f64) -> (Vec<f64>, usize) {
    let mut cut = vec![false; weights.len()];
    loop {
        let at_cap = cut.iter().filter(|cut| **cut).count();
        let free: f64 = weights.iter().zip(&cut).filter(|(_, cut)| !**cut).map(|(weight, _)| weight).sum();
        let scale = (weights.len() as f64 - at_cap as f64 * cap) / free;
        let above = |(weight, cut): (&f64, &bool)| !cut && weight * scale > cap;
        let more: Vec<usize> = (0..cut.len()).filter(|&n| above((&weights[n], &cut[n]))).collect();
        if more.is_empty() {
            for (weight, cut) in weights.iter_mut().zip(&cut) {
                *weight = if *cut { cap } else { *weight * scale };
            }
            return (weights, at_cap);
        }
        more.into_iter().for_each(|n| cut[n] = true);
    }
}

/// The group of each value: 0 to `bins` − 1 by quantiles, `bins` where not known.
fn cut(column: &[f64], bins: usize) -> Vec<usize> {
    let mut sorted: Vec<f64> = column.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let cuts: Vec<f64> = (1..bins).map(|n| quantile(&sorted, n as f64 / bins as f64)).collect();
    let group = |value: &f64| if value.is_nan() { bins } else { cuts.iter().filter(|cut| *value > **cut).count() };
    column.iter().map(group).collect()
}

/// Cells joined so that each has enough respondents: the new number of each, and customers and respondents by new number.
fn join(customers: &[usize], respondents: &[usize], least: usize) -> (Vec<usize>, Vec<(usize, usize)>) {
    let mut cells: Vec<(usize, usize)> = vec![(0, 0)];
    let mut to = Vec::with_capacity(customers.len());
    for (&all, &answering) in customers.iter().zip(respondents) {
        let open = cells.last_mut().expect("there is one");
        if open.1 >= least && all > 0 {
            cells.push((0, 0));
        }
        let open = cells.last_mut().expect("there is one");
        *open = (open.0 + all, open.1 + answering);
        to.push(cells.len() - 1);
    }
    if cells.len() > 1 && cells.last().is_some_and(|cell| cell.1 < least) {
        let last = cells.pop().expect("there are two");
        let before = cells.last_mut().expect("there was another");
        *before = (before.0 + last.0, before.1 + last.1);
        let most = cells.len() - 1;
        to.iter_mut().for_each(|cell| *cell = (*cell).min(most));
    }
    (to, cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn a_respondent_stands_for_the_customers_of_the_cell() {
        // Six customers of low value, two of high; one low and one high answered.
        let value = vec![1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0, 9.0];
        let population = Population { columns: &[value], bins: 4, least: 1, cap: 10.0 };
        let found = respondent_weights(population, &[Some(0), Some(7)]);
        assert_eq!(found.weights, [1.5, 0.5]);
        assert_eq!(found.cells, [(6, 1), (2, 1)]);
        assert!((found.effective() - 1.6).abs() < 1e-12);
        // With two respondents to a cell there is one cell, and no correction.
        let joined = respondent_weights(Population { least: 2, ..population }, &[Some(0), Some(7)]);
        assert_eq!((joined.weights, joined.cells), (vec![1.0, 1.0], vec![(8, 2)]));
        let capped = respondent_weights(Population { cap: 1.2, ..population }, &[Some(0), Some(7)]);
        assert_eq!((capped.capped, &capped.weights[..]), (1, &[1.2, 0.8][..]));
        let unknown = respondent_weights(population, &[Some(0), Some(7), None]);
        assert_eq!((unknown.weights[2], unknown.unknown), (1.0, 1));
        assert!(respondent_weights(population, &[]).weights.is_empty());
    }

    #[test]
    fn no_weight_is_above_the_cap() {
        // 2.5, .5, .5 and .5: what is cut off at 2 goes to the three others, and at 1 nobody weighs more than another.
        assert_eq!(capped(vec![5.0, 1.0, 1.0, 1.0], 2.0), (vec![2.0, 2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0], 1));
        let (equal, _) = capped(vec![5.0, 1.0, 3.0], 1.0);
        assert!(equal.iter().all(|weight| (weight - 1.0).abs() < 1e-12), "{equal:?}");
        assert_eq!(capped(Vec::new(), 3.0), (Vec::new(), 0));
        let mut random = stream(7, "caps");
        for _ in 0..200 {
            let some: Vec<f64> = (0..30).map(|_| 1.0 / random.random_range(0.01..1.0_f64)).collect();
            let cap = random.random_range(1.0..4.0);
            let (weights, _) = capped(some, cap);
            let mean = weights.iter().sum::<f64>() / 30.0;
            assert!((mean - 1.0).abs() < 1e-12 && weights.iter().all(|weight| *weight <= cap), "{cap}: {weights:?}");
        }
    }

    #[test]
    fn weights_undo_a_response_that_depends_on_value() {
        // Contentment and response both rise with value: the plain mean is too high, the weighted one is not.
        let mut random = stream(5, "response");
        let customers = 40_000;
        let value: Vec<f64> = (0..customers).map(|_| random.random_range(0.0..1.0)).collect();
        let content: Vec<f64> = value.iter().map(|v| 40.0 + 40.0 * v + random.random_range(-10.0..10.0)).collect();
        let answered: Vec<usize> =
            (0..customers).filter(|&c| random.random_range(0.0..1.0) < 0.1 + 0.5 * value[c]).collect();
        let truth = content.iter().sum::<f64>() / customers as f64;
        let places: Vec<Option<usize>> = answered.iter().map(|&c| Some(c)).collect();
        let population = Population { columns: &[value], bins: 10, least: 5, cap: 10.0 };
        let found = respondent_weights(population, &places);
        let scores: Vec<f64> = answered.iter().map(|&c| content[c]).collect();
        let plain = scores.iter().sum::<f64>() / scores.len() as f64;
        let weighted = super::super::mean_index(&scores, &found.weights);
        assert!(plain - truth > 3.0 && (weighted - truth).abs() < 0.4, "{truth} {plain} {weighted}");
        assert!(found.effective() < scores.len() as f64);
    }
}
