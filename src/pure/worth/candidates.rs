//! The models of purchases that a shop's history may be described by: one row each.

use super::challenger::{TWO_PART, TWO_PART_MEANING};
use crate::value::{
    ByClass, Dropout, Geometric, MixedRegularity, Opportunities, Pareto, Purchases, Record, Regular, ValueError,
};

/// What a model is fitted to.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The customers.
    pub records: &'a [Record],
    /// Values of the covariates by class; empty without covariates.
    pub covariates: &'a [Vec<f64>],
    /// How regular purchases are, where that could be estimated.
    pub regularity: Option<f64>,
    /// Whether the records are of opportunities.
    pub opportunities: bool,
}

/// When a model is worth trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// Always, where purchases can come at any time.
    Times,
    /// Where purchases are more regular than chance.
    Regular,
    /// Where there are covariates.
    Covariates,
    /// Where purchases come at opportunities.
    Opportunities,
    /// Learned from features, not fitted to records: see [`super::challenger`].
    Features,
}

/// From this regularity on models of regular buyers are tried.
pub const REGULAR: f64 = 1.5;
/// The highest k of Erlang-k times that is tried.
const MOST_REGULAR: u32 = 8;

/// A row of the table of models.
pub struct Candidate {
    /// How users write it.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// When it is tried.
    pub wants: Wants,
    /// Whether it is quick enough to be fitted to all customers in the end, not to a sample.
    pub whole: bool,
    fit: Option<fn(&Material) -> Result<Fitted, ValueError>>,
}

/// A fitted model with what it is made of.
pub struct Fitted {
    /// Its name in [`CANDIDATES`].
    pub name: &'static str,
    /// The model.
    pub model: Box<dyn Purchases + Send>,
    /// Its parameters by name; times in weeks.
    pub parameters: Vec<(&'static str, f64)>,
    /// The log likelihood of what it was fitted to.
    pub log_likelihood: f64,
}

impl Candidate {
    /// Fits it; nothing for what is learned from features.
    ///
    /// # Errors
    /// As the model's own fit.
    pub fn fit(&self, material: &Material) -> Option<Result<Fitted, ValueError>> {
        self.fit.map(|fit| fit(material))
    }

    /// Whether it is worth trying on this.
    pub fn suits(&self, material: &Material) -> bool {
        match self.wants {
            Wants::Times => !material.opportunities,
            Wants::Regular => !material.opportunities && material.regularity.is_some_and(|k| k >= REGULAR),
            Wants::Covariates => !material.opportunities && !material.covariates.is_empty(),
            Wants::Opportunities => material.opportunities,
            Wants::Features => false,
        }
    }
}

/// All models, the simplest first.
pub static CANDIDATES: &[Candidate] = &[
    Candidate {
        name: "bg-nbd",
        meaning: "BG/NBD: customers may drop out after each repeat purchase",
        wants: Wants::Times,
        whole: true,
        fit: Some(|material| geometric("bg-nbd", material, Dropout::AfterRepeat)),
    },
    Candidate {
        name: "mbg-nbd",
        meaning: "MBG/NBD: customers may drop out after each purchase, the first too",
        wants: Wants::Times,
        whole: true,
        fit: Some(|material| geometric("mbg-nbd", material, Dropout::AfterAny)),
    },
    Candidate {
        name: "pareto-nbd",
        meaning: "Pareto/NBD: customers may drop out at any time",
        wants: Wants::Times,
        whole: false,
        fit: Some(pareto),
    },
    Candidate {
        name: "bg-cnbd-k",
        meaning: "BG/CNBD-k: BG/NBD for customers who buy more regularly than chance",
        wants: Wants::Regular,
        whole: false,
        fit: Some(|material| regular("bg-cnbd-k", material, Dropout::AfterRepeat)),
    },
    Candidate {
        name: "mbg-cnbd-k",
        meaning: "MBG/CNBD-k: MBG/NBD for customers who buy more regularly than chance",
        wants: Wants::Regular,
        whole: false,
        fit: Some(|material| regular("mbg-cnbd-k", material, Dropout::AfterAny)),
    },
    Candidate {
        name: "pareto-ggg",
        meaning: "Pareto/GGG: every customer has a regularity, a purchase rate and a drop-out rate",
        wants: Wants::Regular,
        whole: false,
        fit: Some(mixed),
    },
    Candidate {
        name: "bg-nbd-covariates",
        meaning: "BG/NBD with covariates on the purchase rate and on the mean chance to drop out",
        wants: Wants::Covariates,
        whole: false,
        fit: Some(|material| {
            let model = ByClass::geometric(material.records, material.covariates, Dropout::AfterRepeat)?;
            let Geometric { r, alpha, a, b, .. } = model.classes[0];
            let parameters = vec![("r", r), ("alpha", alpha), ("a", a), ("b", b)];
            Ok(Fitted {
                name: "bg-nbd-covariates",
                log_likelihood: model.log_likelihood,
                parameters,
                model: Box::new(model),
            })
        }),
    },
    Candidate {
        name: "pareto-nbd-covariates",
        meaning: "Pareto/NBD with covariates on the purchase rate and on the drop-out rate",
        wants: Wants::Covariates,
        whole: false,
        fit: Some(|material| {
            let model = ByClass::pareto(material.records, material.covariates)?;
            let Pareto { r, alpha, s, beta, .. } = model.classes[0];
            let parameters = vec![("r", r), ("alpha", alpha), ("s", s), ("beta", beta)];
            Ok(Fitted {
                name: "pareto-nbd-covariates",
                log_likelihood: model.log_likelihood,
                parameters,
                model: Box::new(model),
            })
        }),
    },
    Candidate {
        name: "bg-bb",
        meaning: "BG/BB: customers may buy at opportunities that come for all at the same times",
        wants: Wants::Opportunities,
        whole: false,
        fit: Some(opportunities),
    },
    Candidate { name: TWO_PART, meaning: TWO_PART_MEANING, wants: Wants::Features, whole: false, fit: None },
];

fn histories(material: &Material) -> Vec<crate::value::History> {
    material.records.iter().map(|record| record.history).collect()
}

fn geometric(name: &'static str, material: &Material, dropout: Dropout) -> Result<Fitted, ValueError> {
    let model = Geometric::fit(&histories(material), dropout)?;
    let Geometric { r, alpha, a, b, log_likelihood, .. } = model;
    Ok(Fitted {
        name,
        model: Box::new(model),
        parameters: vec![("r", r), ("alpha", alpha), ("a", a), ("b", b)],
        log_likelihood,
    })
}

fn pareto(material: &Material) -> Result<Fitted, ValueError> {
    let model = Pareto::fit(&histories(material))?;
    let Pareto { r, alpha, s, beta, log_likelihood } = model;
    let parameters = vec![("r", r), ("alpha", alpha), ("s", s), ("beta", beta)];
    Ok(Fitted { name: "pareto-nbd", model: Box::new(model), parameters, log_likelihood })
}

fn regular(name: &'static str, material: &Material, dropout: Dropout) -> Result<Fitted, ValueError> {
    let model = Regular::fit_any(material.records, dropout, MOST_REGULAR)?;
    let Regular { k, r, alpha, a, b, log_likelihood, .. } = model;
    Ok(Fitted {
        name,
        model: Box::new(model),
        parameters: vec![("k", f64::from(k)), ("r", r), ("alpha", alpha), ("a", a), ("b", b)],
        log_likelihood,
    })
}

fn mixed(material: &Material) -> Result<Fitted, ValueError> {
    let model = MixedRegularity::fit(material.records)?;
    let ([t, gamma], [r, alpha], [s, beta]) = (model.regularity, model.rate, model.leaving);
    Ok(Fitted {
        name: "pareto-ggg",
        log_likelihood: model.log_likelihood,
        parameters: vec![("t", t), ("gamma", gamma), ("r", r), ("alpha", alpha), ("s", s), ("beta", beta)],
        model: Box::new(model),
    })
}

fn opportunities(material: &Material) -> Result<Fitted, ValueError> {
    let model = Opportunities::fit(&histories(material))?;
    let Opportunities { alpha, beta, gamma, delta, log_likelihood } = model;
    Ok(Fitted {
        name: "bg-bb",
        model: Box::new(model),
        parameters: vec![("alpha", alpha), ("beta", beta), ("gamma", gamma), ("delta", delta)],
        log_likelihood,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_its_own_name_and_says_it_of_itself() {
        // Regular buyers with two classes of covariates, to which every model can be fitted.
        let record = |at: u32| {
            let repeats = at % 5;
            let recency = f64::from(repeats) * (3.0 + f64::from(at % 3) * 0.5);
            let history = crate::value::History { repeats, recency, age: 30.0 + f64::from(at % 7) };
            let gap = if repeats > 0 { recency / f64::from(repeats) } else { 1.0 };
            Record { history, log_gaps: f64::from(repeats) * crate::numeric::math::ln(gap), class: at % 2 }
        };
        let records: Vec<Record> = (0..80).map(record).collect();
        let covariates = [vec![0.0], vec![1.0]];
        let mut fitted = 0;
        for (at, candidate) in CANDIDATES.iter().enumerate() {
            assert!(CANDIDATES[..at].iter().all(|other| other.name != candidate.name));
            let opportunities = candidate.wants == Wants::Opportunities;
            let whole: Vec<Record> = records
                .iter()
                .map(|record| {
                    let h = record.history;
                    let history = crate::value::History { repeats: h.repeats, recency: h.recency.ceil(), age: h.age };
                    Record { history, ..*record }
                })
                .collect();
            let records = if opportunities { &whole } else { &records };
            let material = Material { records, covariates: &covariates, regularity: Some(3.0), opportunities };
            assert_eq!(candidate.suits(&material), candidate.fit(&material).is_some(), "{}", candidate.name);
            if let Some(Ok(found)) = candidate.fit(&material) {
                assert_eq!(found.name, candidate.name);
                assert!(found.log_likelihood.is_finite() && found.parameters.iter().all(|(_, value)| *value > 0.0));
                fitted += 1;
            }
        }
        assert!(fitted >= 5, "only {fitted} models could be fitted");
    }

    /// Shops of which little can be learned: for each, records that models may refuse but not choke on.
    fn odd_shops() -> Vec<(&'static str, Vec<Record>)> {
        let record = |repeats: u32, recency: f64, age: f64| {
            let gaps = if repeats > 0 { crate::numeric::math::ln(recency / f64::from(repeats)) } else { 0.0 };
            let history = crate::value::History { repeats, recency, age };
            Record { history, log_gaps: f64::from(repeats) * gaps, class: 0 }
        };
        let many = |of: &dyn Fn(u32) -> Record| (0..40).map(of).collect::<Vec<_>>();
        let scaled = |scale: f64| many(&|at| record(at % 4, f64::from(at % 4) * 5.0 * scale, 40.0 * scale));
        vec![
            ("one customer", vec![record(3, 20.0, 30.0)]),
            ("one repeat", many(&|at| if at == 0 { record(1, 4.0, 30.0) } else { record(0, 0.0, 30.0) })),
            ("all the same and still there", many(&|_| record(12, 48.0, 49.0))),
            ("all the same and gone", many(&|_| record(12, 12.0, 300.0))),
            ("back on the last day", many(&|_| record(1, 30.0, 30.0))),
            ("very many purchases", many(&|at| record(2000 + at, 700.0, 700.0 + f64::from(at)))),
            (
                "one of thousands",
                many(&|at| {
                    if at == 0 { record(5000, 99.0, 100.0) } else { record(at % 2, 3.0 * f64::from(at % 2), 100.0) }
                }),
            ),
            ("in billions of years", scaled(1e-12)),
            ("in nanoseconds", scaled(1e15)),
        ]
    }

    #[test]
    fn odd_shops_have_a_clear_outcome() {
        for (name, records) in odd_shops() {
            let material = Material { records: &records, covariates: &[], regularity: Some(3.0), opportunities: false };
            let age = records[0].history.age;
            for candidate in CANDIDATES.iter().filter(|candidate| candidate.suits(&material)) {
                let Some(Ok(found)) = candidate.fit(&material) else { continue };
                let ahead = crate::value::Ahead {
                    horizons: vec![0.1 * age, age],
                    main: 0,
                    discount: 0.1 / age,
                    share: 0.9,
                    waits: vec![0.01 * age, 0.1 * age, age],
                };
                let all = crate::value::forecast(&*found.model, &records, crate::value::Money::Unknown, &ahead);
                let whole = |values: &[f64]| values.iter().all(|value| value.is_finite() && *value >= 0.0);
                assert!(
                    all.expected.iter().all(|values| whole(values)),
                    "{name}, {}: {:?}",
                    found.name,
                    found.parameters
                );
                assert!(whole(&all.residual), "{name}, {}: {:?}", found.name, &all.residual[..1]);
                assert!(
                    all.alive.iter().chain(&all.none).all(|chance| (-1e-9..=1.0 + 1e-9).contains(chance)),
                    "{name}"
                );
            }
        }
    }
}
