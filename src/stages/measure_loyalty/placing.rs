//! Where customers stand on the axes at a date, and in which cells.

use super::MeasureLoyalty;
use super::reading::{Answered, Said};
use super::settings::cut;
use crate::loyalty::{
    AXES, Axis, Cell, Estimate, MATRICES, Matrix, Measured, Reading, Side, Source, Spending, answered, cell, side,
};
use crate::numeric::quantile::quantile;
use crate::satisfaction::{Population, respondent_weights};

/// Brands from which suppliers are many.
const MANY: f64 = 2.0;
/// Groups that each column of a population is cut into, and fewest respondents of a cell.
const BINS: usize = 3;
const LEAST: usize = 5;

/// Customers on the axes at one date.
pub(super) struct Placed {
    /// By customer, in the order of [`AXES`].
    pub(super) readings: Vec<[Option<Reading>; AXES.len()]>,
    /// Where low and high part, by axis and source.
    cuts: Cuts,
    /// Whether a customer had bought by the date: only these are placed.
    pub(super) bought: Vec<bool>,
}

/// Where low and high part.
#[derive(Debug, Clone, Copy)]
struct Cuts {
    survey: f64,
    rating: f64,
    repeat: f64,
    /// Of the proxies of attitude and involvement.
    proxies: [f64; 2],
}

/// What a customer's purchases are worth as weights: each respondent stands for customers alike.
pub(super) struct Weighted {
    /// By customer; 0 for those of whom an axis is not known.
    pub(super) weights: Vec<f64>,
    /// Customers of whom both axes are known, and how many equally weighted ones tell as much.
    pub(super) known: u64,
    pub(super) effective: f64,
}

impl MeasureLoyalty {
    /// The median active share of customers with enough history.
    pub(super) fn usual_repeat(measured: &Measured) -> f64 {
        let shares = measured.persistence.iter().zip(&measured.components).filter(|row| row.1[0].is_some());
        let mut shares: Vec<f64> = shares.filter_map(|row| row.0.map(|own| own.share.value)).collect();
        shares.sort_unstable_by(f64::total_cmp);
        quantile(&shares, 0.5)
    }

    /// Readings of all customers from what was known at the date of `spending`; `repeat` is the active share that parts low from high.
    pub(super) fn placed(&self, spending: &Spending, measured: &Measured, said: &Said, repeat: f64) -> Placed {
        let customers = spending.customers();
        let (until, from) = (spending.until, spending.until - self.answer_days.days());
        let fresh = |day: i64| (from..until).contains(&day);
        let mut readings = vec![[None; AXES.len()]; customers];
        let bought: Vec<bool> = (0..customers as u32).map(|customer| !spending.days(customer).is_empty()).collect();
        for (axis, question) in [(Axis::Satisfaction, 0), (Axis::Attitude, 1), (Axis::Involvement, 2)] {
            let given = latest(&said.answers, question, &fresh);
            self.enter(&mut readings, axis, &given, Source::Survey);
        }
        let stars: Vec<(u32, f64, usize)> = means(&said.ratings, &fresh);
        self.enter(&mut readings, Axis::Attitude, &stars, Source::Rating);
        let mut proxies = [f64::NAN; 2];
        if said.heard {
            proxies[0] = without_complaint(&mut readings, spending, said, from);
        }
        proxies[1] = categories(&mut readings, measured);
        for (customer, own) in measured.persistence.iter().enumerate() {
            if let Some(own) = own.filter(|_| measured.has_history(customer as u32)) {
                let Estimate { value, low, high } = own.share;
                readings[customer][Axis::Repeat as usize] =
                    Some(Reading { value, low, high, source: Source::Behaviour });
            }
        }
        // The last survey of a customer comes last.
        for wallet in said.wallets.iter().filter(|wallet| fresh(wallet.day)) {
            let value = wallet.brands as f64;
            let reading = Reading { value, low: value, high: value, source: Source::Survey };
            readings[wallet.customer as usize][Axis::Suppliers as usize] = Some(reading);
        }
        let survey = self.answers.as_ref().map_or(f64::NAN, |answers| answers.cut());
        let cuts = Cuts { survey, rating: cut(self.rating_scale, None), repeat, proxies };
        Placed { readings, cuts, bought }
    }

    /// Enters answers as readings where there is none yet.
    fn enter(
        &self,
        readings: &mut [[Option<Reading>; AXES.len()]],
        axis: Axis,
        given: &[(u32, f64, usize)],
        source: Source,
    ) {
        let n = given.len() as f64;
        let mean = given.iter().map(|row| row.1).sum::<f64>() / n;
        let spread = (given.iter().map(|row| (row.1 - mean) * (row.1 - mean)).sum::<f64>() / n).sqrt();
        for &(customer, points, answers) in given {
            let reading = answered(points, answers, spread, self.reliability.get(), source);
            readings[customer as usize][axis as usize].get_or_insert(reading);
        }
    }

    /// Weights by which the customers of whom both axes of a matrix are known stand for all who had bought, by recency, frequency and money.
    pub(super) fn weighted(&self, placed: &Placed, spending: &Spending, matrix: &'static Matrix) -> Weighted {
        let all: Vec<u32> = (0..spending.customers() as u32).filter(|&c| placed.bought[c as usize]).collect();
        let recency =
            |&c: &u32| spending.days(c).last().map_or(f64::NAN, |day| (spending.until - i64::from(*day)) as f64);
        let columns: [Vec<f64>; 3] = [
            all.iter().map(recency).collect(),
            all.iter().map(|&c| spending.days(c).len() as f64).collect(),
            all.iter().map(|&c| spending.spent(c).iter().sum()).collect(),
        ];
        let known: Vec<usize> =
            (0..all.len()).filter(|&place| placed.cell(matrix, all[place]).name != "unknown").collect();
        let respondents: Vec<Option<usize>> = known.iter().map(|&place| Some(place)).collect();
        let population = Population { columns: &columns, bins: BINS, least: LEAST, cap: self.max_weight.get() };
        let found = respondent_weights(population, &respondents);
        let mut weights = vec![0.0; spending.customers()];
        known.iter().zip(&found.weights).for_each(|(&place, weight)| weights[all[place] as usize] = *weight);
        let effective = if known.is_empty() { 0.0 } else { found.effective() };
        Weighted { weights, known: known.len() as u64, effective }
    }
}

impl Placed {
    /// Where low and high part on an axis for a reading from this source.
    pub(super) fn cut(&self, axis: Axis, source: Source) -> f64 {
        match (axis, source) {
            (Axis::Repeat, _) => self.cuts.repeat,
            (Axis::Suppliers, _) => MANY,
            (Axis::Attitude, Source::Proxy) => self.cuts.proxies[0],
            (_, Source::Proxy) => self.cuts.proxies[1],
            (_, Source::Rating) => self.cuts.rating,
            _ => self.cuts.survey,
        }
    }

    /// The side of a customer on an axis.
    pub(super) fn side(&self, axis: Axis, customer: u32) -> Side {
        let reading = self.readings[customer as usize][axis as usize].as_ref();
        side(reading, reading.map_or(f64::NAN, |reading| self.cut(axis, reading.source)))
    }

    /// The cell of a customer.
    pub(super) fn cell(&self, matrix: &'static Matrix, customer: u32) -> &'static Cell {
        cell(matrix, matrix.axes.map(|axis| self.side(axis, customer)))
    }

    /// Whether an axis of a matrix comes from a proxy for a customer.
    pub(super) fn by_proxy(&self, matrix: &'static Matrix, customer: u32) -> bool {
        let readings = &self.readings[customer as usize];
        matrix.axes.iter().any(|axis| readings[*axis as usize].is_some_and(|reading| reading.source == Source::Proxy))
    }

    /// The cells of a customer by matrix; nothing for one who had not bought.
    pub(super) fn cells(&self, customer: u32) -> Option<[&'static Cell; MATRICES.len()]> {
        self.bought[customer as usize].then(|| std::array::from_fn(|matrix| self.cell(&MATRICES[matrix], customer)))
    }
}

/// The latest answer of each customer to a question, as one answer; answers are sorted by customer and day.
fn latest(answers: &[Answered], question: usize, fresh: &impl Fn(i64) -> bool) -> Vec<(u32, f64, usize)> {
    let given: Vec<&Answered> =
        answers.iter().filter(|answer| fresh(answer.day) && !answer.points[question].is_nan()).collect();
    // Of several answers of one day the mean counts.
    let of = |own: &[&Answered]| {
        let last: Vec<f64> =
            own.iter().filter(|a| a.day == own[own.len() - 1].day).map(|a| a.points[question]).collect();
        (own[0].customer, last.iter().sum::<f64>() / last.len() as f64, 1)
    };
    given.chunk_by(|a, b| a.customer == b.customer).map(of).collect()
}

/// The mean of each customer's stars, and of how many.
fn means(ratings: &[Answered], fresh: &impl Fn(i64) -> bool) -> Vec<(u32, f64, usize)> {
    let given: Vec<&Answered> = ratings.iter().filter(|rating| fresh(rating.day)).collect();
    let of = |own: &[&Answered]| {
        (own[0].customer, own.iter().map(|rating| rating.points[0]).sum::<f64>() / own.len() as f64, own.len())
    };
    given.chunk_by(|a, b| a.customer == b.customer).map(of).collect()
}

/// Enters the share of purchase days without a complaint as a proxy of attitude where nothing better is there; gives the shop's share, which parts low from
/// high.
fn without_complaint(
    readings: &mut [[Option<Reading>; AXES.len()]],
    spending: &Spending,
    said: &Said,
    from: i64,
) -> f64 {
    let customers = spending.customers();
    let (mut complaints, mut days) = (vec![0_usize; customers], vec![0_usize; customers]);
    for shock in said.complaints.iter().filter(|shock| (from..spending.until).contains(&shock.day)) {
        complaints[shock.customer as usize] += 1;
    }
    for customer in 0..customers as u32 {
        days[customer as usize] = spending.days(customer).iter().filter(|day| i64::from(**day) >= from).count();
    }
    let without = |customer: usize| days[customer].saturating_sub(complaints[customer]) as f64;
    let all: usize = days.iter().sum();
    let usual = (0..customers).map(without).sum::<f64>() / all as f64;
    for customer in (0..customers).filter(|&customer| days[customer] > 0) {
        // Half a day of belief to each side: that nothing was heard says little of few days.
        let Estimate { value, low, high } = Estimate::share(without(customer), days[customer] as f64, 0.5, 1.0);
        let reading = Reading { value, low, high, source: Source::Proxy };
        readings[customer][Axis::Attitude as usize].get_or_insert(reading);
    }
    usual
}

/// Enters the number of different categories as a proxy of involvement where no answer is there; gives their median, which parts low from high.
fn categories(readings: &mut [[Option<Reading>; AXES.len()]], measured: &Measured) -> f64 {
    let count = |own: &Option<crate::loyalty::Bought>| own.as_ref().map(|own| own.different() as f64);
    let mut counts: Vec<f64> = measured.categories.iter().filter_map(count).collect();
    counts.sort_unstable_by(f64::total_cmp);
    for (readings, own) in readings.iter_mut().zip(&measured.categories) {
        if let Some(value) = count(own) {
            let reading = Reading { value, low: value, high: value, source: Source::Proxy };
            readings[Axis::Involvement as usize].get_or_insert(reading);
        }
    }
    quantile(&counts, 0.5)
}
