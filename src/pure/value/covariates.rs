//! Covariates that do not change over time, such as gender or channel of the first order.
//!
//! Pareto/NBD: α·e^(−γ·z) for purchases and β·e^(−γ'·z) for dropping out (P. Fader, B. Hardie, "Incorporating time-invariant
//! covariates into the Pareto/NBD and BG/NBD models", note 019, 2007). BG/NBD: the same for purchases, but for dropping out
//! logit(a / (a + b)) = c + γ'·z with one a + b: covariates that multiply a and b alike, as in that note, cannot move the mean chance to
//! drop out, only its spread.

use super::ValueError;
use super::fitting;
use super::geometric::{self, Dropout, Geometric};
use super::history::{Counted, aggregate};
use super::outlook::{Purchases, Record, State};
use super::pareto::Pareto;
use super::pareto_likelihood;
use crate::numeric::math::{exp, ln};

/// States of one class are numbered within this.
const PHASES: u32 = 1 << 10;
/// Customers that are fitted to at most, evenly taken from the records in their order.
const FITTED: usize = 20_000;

/// A model for each set of covariates.
#[derive(Clone, Debug, PartialEq)]
pub struct ByClass<Model> {
    /// The model of each class.
    pub classes: Vec<Model>,
    /// Effects on dropping out: on the logarithm of its rate, or on the logit of its mean chance.
    pub leaving: Vec<f64>,
    /// Effects on the logarithm of the purchase rate.
    pub buying: Vec<f64>,
    /// The log likelihood of the records it was fitted to.
    pub log_likelihood: f64,
    /// How many customers these were.
    pub fitted: usize,
}

/// A model that covariates can shift.
trait Shifted: Copy {
    /// Histories of a class as its likelihood needs them.
    type Sample;
    fn sample(rows: &[Counted]) -> Self::Sample;
    /// The logarithms of its parameters, or what else is searched.
    fn inner(&self) -> [f64; 4];
    /// The model of those with the effects of a class on buying and leaving.
    fn at(inner: &[f64], buying: f64, leaving: f64) -> Self;
    /// The mean negative log likelihood of a class with its gradient: by [`Shifted::inner`], and by the two effects.
    fn negative(&self, sample: &Self::Sample) -> (f64, [f64; 4], [f64; 2]);
}

impl Shifted for Pareto {
    type Sample = pareto_likelihood::Sample;

    fn sample(rows: &[Counted]) -> Self::Sample {
        pareto_likelihood::Sample::new(rows, 1.0)
    }

    fn inner(&self) -> [f64; 4] {
        [ln(self.r), ln(self.alpha), ln(self.s), ln(self.beta)]
    }

    fn at(inner: &[f64], buying: f64, leaving: f64) -> Pareto {
        Pareto::of_logs(&[inner[0], inner[1] - buying, inner[2], inner[3] - leaving])
    }

    fn negative(&self, sample: &Self::Sample) -> (f64, [f64; 4], [f64; 2]) {
        let (value, slopes) = sample.negative(self.parameters());
        (value, slopes, [-slopes[1], -slopes[3]])
    }
}

/// BG/NBD and MBG/NBD by their way of dropping out.
#[derive(Clone, Copy)]
struct Mean<const FIRST: bool>(Geometric);

impl<const FIRST: bool> Mean<FIRST> {
    const DROPOUT: Dropout = if FIRST { Dropout::AfterAny } else { Dropout::AfterRepeat };
}

impl<const FIRST: bool> Shifted for Mean<FIRST> {
    type Sample = geometric::Sample;

    fn sample(rows: &[Counted]) -> Self::Sample {
        geometric::Sample::new(rows, 1.0, Self::DROPOUT)
    }

    fn inner(&self) -> [f64; 4] {
        let Geometric { r, alpha, a, b, .. } = self.0;
        [ln(r), ln(alpha), ln(a / b), ln(a + b)]
    }

    fn at(inner: &[f64], buying: f64, leaving: f64) -> Self {
        let (mean, both) = (1.0 / (1.0 + exp(-inner[2] - leaving)), exp(inner[3]));
        Mean(Geometric {
            dropout: Self::DROPOUT,
            r: exp(inner[0]),
            alpha: exp(inner[1] - buying),
            a: mean * both,
            b: (1.0 - mean) * both,
            log_likelihood: 0.0,
        })
    }

    fn negative(&self, sample: &Self::Sample) -> (f64, [f64; 4], [f64; 2]) {
        let Geometric { r, alpha, a, b, .. } = self.0;
        let (value, slopes) = sample.negative(&[ln(r), ln(alpha), ln(a), ln(b)]);
        // a = m·n and b = (1 − m)·n, of which the logit of m and the logarithm of n are searched.
        let mean = a / (a + b);
        let by_mean = (1.0 - mean) * slopes[2] - mean * slopes[3];
        (value, [slopes[0], slopes[1], by_mean, slopes[2] + slopes[3]], [-slopes[1], by_mean])
    }
}

impl ByClass<Pareto> {
    /// Fits Pareto/NBD by maximum likelihood; `covariates` has the values of each class, of which a record's `class` is the number.
    ///
    /// # Errors
    /// When the model without covariates cannot be fitted, or the search does not converge.
    pub fn pareto(records: &[Record], covariates: &[Vec<f64>]) -> Result<ByClass<Pareto>, ValueError> {
        let few = few(records);
        let plain = Pareto::fit(&few.iter().map(|record| record.history).collect::<Vec<_>>())?;
        let (classes, effects, log_likelihood) = fit(&few, covariates, plain)?;
        Ok(ByClass { classes, leaving: effects.0, buying: effects.1, log_likelihood, fitted: few.len() })
    }
}

impl ByClass<Geometric> {
    /// Fits BG/NBD or MBG/NBD by maximum likelihood, as [`ByClass::pareto`].
    ///
    /// # Errors
    /// As [`ByClass::pareto`].
    pub fn geometric(
        records: &[Record],
        covariates: &[Vec<f64>],
        dropout: Dropout,
    ) -> Result<ByClass<Geometric>, ValueError> {
        let few = few(records);
        let plain = Geometric::fit(&few.iter().map(|record| record.history).collect::<Vec<_>>(), dropout)?;
        let (classes, effects, log_likelihood) = match dropout {
            Dropout::AfterAny => unwrapped(fit(&few, covariates, Mean::<true>(plain))?),
            Dropout::AfterRepeat => unwrapped(fit(&few, covariates, Mean::<false>(plain))?),
        };
        Ok(ByClass { classes, leaving: effects.0, buying: effects.1, log_likelihood, fitted: few.len() })
    }
}

type Found<Model> = (Vec<Model>, (Vec<f64>, Vec<f64>), f64);

fn unwrapped<const FIRST: bool>((classes, effects, fit): Found<Mean<FIRST>>) -> Found<Geometric> {
    (classes.into_iter().map(|class| class.0).collect(), effects, fit)
}

fn few(records: &[Record]) -> Vec<Record> {
    records.iter().step_by(records.len().div_ceil(FITTED).max(1)).copied().collect()
}

fn fit<Model: Shifted>(few: &[Record], covariates: &[Vec<f64>], plain: Model) -> Result<Found<Model>, ValueError> {
    let width = covariates.first().map_or(0, Vec::len);
    let class = |class: usize| {
        let own: Vec<_> = few.iter().filter(|row| row.class as usize == class).map(|row| row.history).collect();
        let counted = if own.is_empty() { Vec::new() } else { aggregate(&own)? };
        Ok((own.len() as f64, Model::sample(&counted)))
    };
    let classes = (0..covariates.len()).map(class).collect::<Result<Vec<_>, ValueError>>()?;
    let start = plain.inner();
    let customers = few.len() as f64;
    let model = |at: &[f64], class: usize| {
        let effect = |from: usize| -> f64 {
            covariates[class].iter().zip(&at[from..from + width]).map(|(z, effect)| z * effect).sum()
        };
        Model::at(&at[..4], effect(4), effect(4 + width))
    };
    let negative = |at: &[f64]| -> (f64, Vec<f64>) {
        let mut slopes = vec![0.0; at.len()];
        // Beyond this the likelihood is flat: a search that runs there has no finite optimum.
        if at[..4].iter().zip(start).any(|(at, start)| at.is_nan() || (at - start).abs() > 12.0)
            || at[4..].iter().any(|effect| effect.is_nan() || effect.abs() > 12.0)
        {
            return (f64::INFINITY, slopes);
        }
        let mut sum = 0.0;
        for (class, (own, sample)) in classes.iter().enumerate().filter(|(_, (own, _))| *own > 0.0) {
            let (value, inner, [buying, leaving]) = model(at, class).negative(sample);
            let share = own / customers;
            sum += share * value;
            slopes.iter_mut().zip(inner).for_each(|(slope, own)| *slope += share * own);
            for (column, z) in covariates[class].iter().enumerate() {
                slopes[4 + column] += share * z * buying;
                slopes[4 + width + column] += share * z * leaving;
            }
        }
        (sum, slopes)
    };
    let mut at = start.to_vec();
    at.resize(4 + 2 * width, 0.0);
    let best = fitting::search(&at, customers, negative)?;
    let found = (0..covariates.len()).map(|class| model(&best, class)).collect();
    let (buying, leaving) = best[4..].split_at(width);
    Ok((found, (leaving.to_vec(), buying.to_vec()), -negative(&best).0 * customers))
}

impl<Model: Purchases> Purchases for ByClass<Model> {
    fn states(&self, record: &Record, states: &mut Vec<(f64, State)>) {
        let from = states.len();
        self.classes[record.class as usize].states(record, states);
        states[from..].iter_mut().for_each(|(_, state)| state.phase += record.class * PHASES);
    }

    fn reads_gaps(&self) -> bool {
        self.classes.iter().any(Model::reads_gaps)
    }

    fn first(&self, state: &State, time: f64) -> f64 {
        self.of(state).0.first(&self.of(state).1, time)
    }

    fn tail(&self, state: &State, horizon: f64) -> Vec<f64> {
        self.of(state).0.tail(&self.of(state).1, horizon)
    }

    fn mean(&self, state: &State, horizon: f64) -> f64 {
        self.of(state).0.mean(&self.of(state).1, horizon)
    }

    fn residual(&self, state: &State, discount: f64) -> f64 {
        self.of(state).0.residual(&self.of(state).1, discount)
    }
}

impl<Model> ByClass<Model> {
    /// The class's model and its own state.
    fn of(&self, state: &State) -> (&Model, State) {
        (&self.classes[(state.phase / PHASES) as usize], State { phase: state.phase % PHASES, ..*state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use crate::real_data::shared;
    use crate::value::History;
    use rand::seq::SliceRandom;
    use std::collections::{BTreeMap, BTreeSet};

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    /// The customers of the apparel shop at week 104, their class (gender and channel), and their purchase days after it.
    fn apparel() -> Option<(Vec<Record>, Vec<u32>, Vec<Vec<f64>>)> {
        let read = |name: &str| {
            let place = shared(&format!("data/apparel/{name}"))?;
            let text = std::fs::read_to_string(place).expect("a text");
            Some(text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>())
        };
        let (customers, purchases) = (read("apparel_customers.csv")?, read("apparel_transactions.csv")?);
        let mut days: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for line in purchases {
            let cells: Vec<&str> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
            let part = |from: usize, to: usize| cells[1][from..to].parse::<i64>().expect("a date");
            let day = crate::numeric::calendar::day_of_civil(part(0, 4), part(5, 7) as u32, part(8, 10) as u32);
            days.entry(cells[0].to_owned()).or_default().insert(day);
        }
        let first = days.values().flatten().min().copied().expect("purchases");
        let split = first + 104 * 7;
        let weeks = |days: i64| days as f64 / 7.0;
        let (mut records, mut later) = (Vec::new(), Vec::new());
        for line in customers {
            let cells: Vec<&str> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
            let (gender, channel) = (cells[1] == "1", cells[2] == "1");
            let own = &days[cells[0]];
            let seen: Vec<i64> = own.iter().copied().filter(|&day| day <= split).collect();
            let (start, last) = (seen[0], seen[seen.len() - 1]);
            let history =
                History { repeats: seen.len() as u32 - 1, recency: weeks(last - start), age: weeks(split - start) };
            records.push(Record { history, log_gaps: 0.0, class: u32::from(gender) * 2 + u32::from(channel) });
            later.push((own.len() - seen.len()) as u32);
        }
        let classes = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]].map(|z| z.to_vec());
        Some((records, later, classes.to_vec()))
    }

    #[test]
    fn pareto_matches_the_recomputed_figures_of_the_apparel_shop() {
        let Some((records, later, classes)) = apparel() else { return };
        let histories: Vec<_> = records.iter().map(|record| record.history).collect();
        assert_eq!((records.len(), later.iter().sum::<u32>()), (600, 1317));
        let plain = Pareto::fit(&histories).expect("converges");
        // CLVTools' value.
        near(plain.log_likelihood, -5848.0978, 1e-3);
        let model = ByClass::pareto(&records, &classes).expect("converges");
        near(model.log_likelihood, -5821.06269, 1e-3);
        for (found, expected) in
            model.leaving.iter().chain(&model.buying).zip([-0.641868, 0.789759, 0.286135, 0.623930])
        {
            near(*found, expected, 2e-3);
        }
        let base = &model.classes[0];
        for (found, expected) in [(base.r, 1.83897), (base.alpha, 92.96296), (base.s, 0.5913), (base.beta, 49.5131)] {
            near(found / expected, 1.0, 2e-3);
        }
        let expected = |model: &dyn Purchases, record: &Record| {
            let mut states = Vec::new();
            model.states(record, &mut states);
            states.iter().map(|(weight, state)| weight * model.mean(state, 207.14)).sum::<f64>()
        };
        let error = |model: &dyn Purchases| {
            let all = records.iter().zip(&later);
            all.map(|(record, later)| (expected(model, record) - f64::from(*later)).abs()).sum::<f64>() / 600.0
        };
        let total = |model: &dyn Purchases| records.iter().map(|record| expected(model, record)).sum::<f64>();
        near(total(&plain), 1455.52, 0.2);
        near(total(&model), 1453.73, 0.2);
        near(error(&plain), 2.0396, 1e-3);
        near(error(&model), 2.0070, 1e-3);
    }

    #[test]
    fn bg_with_covariates_on_the_mean_drop_out_has_a_finite_optimum_on_the_apparel_shop() {
        let Some((records, _, classes)) = apparel() else { return };
        let model = ByClass::geometric(&records, &classes, Dropout::AfterRepeat).expect("converges");
        near(model.log_likelihood, -5838.964, 2e-3);
        for (found, expected) in model.leaving.iter().chain(&model.buying).zip([-0.62643, 0.03203, 0.38909, 0.59640]) {
            near(*found, expected, 5e-3);
        }
        let base = &model.classes[0];
        near(base.r, 0.66626, 1e-3);
        near(base.alpha, 37.06567, 0.05);
        near(base.a + base.b, 10.25626, 0.05);
    }

    #[test]
    fn shuffled_covariates_explain_nothing() {
        let Some((mut records, _, classes)) = apparel() else { return };
        let histories: Vec<_> = records.iter().map(|record| record.history).collect();
        let plain = Pareto::fit(&histories).expect("converges").log_likelihood;
        let mut shuffled: Vec<u32> = records.iter().map(|record| record.class).collect();
        shuffled.shuffle(&mut stream(3, "covariates"));
        records.iter_mut().zip(shuffled).for_each(|(record, class)| record.class = class);
        let ratio = 2.0 * (ByClass::pareto(&records, &classes).expect("converges").log_likelihood - plain);
        // Of four degrees of freedom; the true covariates have 54.07. 18.5 is exceeded once in a thousand.
        assert!((0.0..18.5).contains(&ratio), "{ratio}");
    }
}
