//! How well the items of a construct measure it, and whether constructs can be told apart. Findings warn and explain; they refuse
//! nothing, because the data set of the textbooks breaks the textbooks' rules, too (shared/reference/satisfaction.md §2).

use super::SatisfactionError;
use super::answers::Answers;
use super::correlation::Correlations;
use super::model::{Arrow, Block, Mode, PathModel};
use super::pls::{Pls, PlsSettings, estimate};
use crate::numeric::linear::solve_symmetric;

/// From here on a block is reliable enough (J. Nunnally, "Psychometric theory", 2nd ed. 1978, p. 245).
pub const RELIABLE: f64 = 0.7;
/// From here on items have more in common with their construct than with errors (C. Fornell, D. Larcker, Journal of Marketing Research
/// 18(1), 1981).
pub const COMMON: f64 = 0.5;
/// From here on an item loads: half of its variance is the construct's.
pub const LOADS: f64 = 0.7;
/// From here on two constructs are not told apart (J. Henseler, C. Ringle, M. Sarstedt, Journal of the Academy of Marketing Science 43(1),
/// 2015).
pub const ALIKE: f64 = 0.9;
/// From here on the items of a formative block say too much the same (J. Hair and others, "A primer on PLS-SEM", 3rd ed. 2022, chapter 5).
pub const INFLATED: f64 = 5.0;

/// Measures of one construct's items. Those of reliability are for two items or more under mode A, and NaN otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockQuality {
    /// The construct's place.
    pub construct: usize,
    /// Cronbach's α of the items in points: k/(k − 1) · (1 − Σs² / s² of the sum).
    pub alpha: f64,
    /// Cronbach's α of the standardised items.
    pub alpha_standardised: f64,
    /// Composite reliability ρ_C (also Dillon and Goldstein's ρ): (Σλ)² / ((Σλ)² + Σ(1 − λ²)).
    pub rho_c: f64,
    /// ρ_A of T. Dijkstra and J. Henseler, "Consistent partial least squares path modeling", MIS Quarterly 39(2), 2015, equation 3.
    pub rho_a: f64,
    /// Average variance extracted: the mean of λ².
    pub ave: f64,
    /// The largest variance inflation factor among the items; 1 for a single one.
    pub largest_vif: f64,
    /// The item that loads least, by its place, with its loading.
    pub weakest: (usize, f64),
}

/// Heterotrait-monotrait ratio of two constructs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discriminant {
    /// The places of the two.
    pub pair: (usize, usize),
    /// Mean absolute correlation of items across them over the geometric mean of those within.
    pub htmt: f64,
}

/// What may be wrong with a block or a pair.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// α below `RELIABLE`.
    Unreliable { construct: usize, alpha: f64 },
    /// AVE below `COMMON`.
    LittleInCommon { construct: usize, ave: f64 },
    /// A loading below `LOADS`; with what AVE would be without the item, where two items are left and the model can be estimated.
    Weak { item: usize, construct: usize, loading: f64, ave: f64, ave_without: Option<f64> },
    /// HTMT from `ALIKE` on.
    Alike { pair: (usize, usize), htmt: f64 },
    /// A weight below 0 although the item correlates the other way: a mean with a negative part.
    Negative { item: usize, construct: usize },
    /// VIF from `INFLATED` on in a formative block.
    Inflated { construct: usize, vif: f64 },
}

/// Measures of all blocks and pairs, and what they warn of, in the model's order.
pub fn quality(
    model: &PathModel,
    pls: &Pls,
    data: &Correlations,
    answers: &Answers,
    settings: &PlsSettings,
) -> (Vec<BlockQuality>, Vec<Discriminant>, Vec<Warning>) {
    let blocks: Vec<BlockQuality> = (0..model.blocks().len()).map(|j| block_quality(model, pls, data, j)).collect();
    let pairs = discriminants(model, data);
    let mut warnings = Vec::new();
    for block in &blocks {
        let construct = block.construct;
        let items = model.blocks()[construct].items.clone();
        if block.alpha < RELIABLE {
            warnings.push(Warning::Unreliable { construct, alpha: block.alpha });
        }
        if block.ave < COMMON {
            warnings.push(Warning::LittleInCommon { construct, ave: block.ave });
        }
        if model.blocks()[construct].mode == Mode::B {
            if block.largest_vif >= INFLATED {
                warnings.push(Warning::Inflated { construct, vif: block.largest_vif });
            }
        } else if items.len() > 1 {
            for item in items.clone().filter(|&item| pls.loadings[item] < LOADS) {
                let ave_without = without(model, answers, item, settings).ok().filter(|ave| !ave.is_nan());
                let (loading, ave) = (pls.loadings[item], block.ave);
                warnings.push(Warning::Weak { item, construct, loading, ave, ave_without });
            }
        }
        let negative = items.filter(|&item| pls.weights[item] < 0.0);
        warnings.extend(negative.map(|item| Warning::Negative { item, construct }));
    }
    let alike = pairs.iter().filter(|pair| pair.htmt >= ALIKE);
    warnings.extend(alike.map(|pair| Warning::Alike { pair: pair.pair, htmt: pair.htmt }));
    (blocks, pairs, warnings)
}

fn block_quality(model: &PathModel, pls: &Pls, data: &Correlations, construct: usize) -> BlockQuality {
    let block = &model.blocks()[construct];
    let items: Vec<usize> = block.items.clone().collect();
    let weakest = items.iter().map(|&item| (item, pls.loadings[item]));
    let weakest = weakest.min_by(|a, b| a.1.total_cmp(&b.1)).expect("a block has items");
    let largest_vif = largest_vif(data, &items);
    if items.len() < 2 || block.mode == Mode::B {
        let [alpha, alpha_standardised, rho_c, rho_a, ave] = [f64::NAN; 5];
        return BlockQuality { construct, alpha, alpha_standardised, rho_c, rho_a, ave, largest_vif, weakest };
    }
    let loadings: Vec<f64> = items.iter().map(|&item| pls.loadings[item]).collect();
    let squares: f64 = loadings.iter().map(|l| l * l).sum();
    let sum: f64 = loadings.iter().sum();
    let k = items.len() as f64;
    BlockQuality {
        construct,
        alpha: alpha(data, &items, |item| data.deviations[item]),
        alpha_standardised: alpha(data, &items, |_| 1.0),
        rho_c: sum * sum / (sum * sum + k - squares),
        rho_a: rho_a(pls, data, &items),
        ave: squares / k,
        largest_vif,
        weakest,
    }
}

/// Cronbach's α (L. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16, 1951).
fn alpha(data: &Correlations, items: &[usize], deviation: impl Fn(usize) -> f64) -> f64 {
    let k = items.len() as f64;
    let parts: f64 = items.iter().map(|&item| deviation(item).powi(2)).sum();
    let row = |&a: &usize| items.iter().map(|&b| deviation(a) * deviation(b) * data.at(a, b)).sum::<f64>();
    let whole: f64 = items.iter().map(row).sum();
    k / (k - 1.0) * (1.0 - parts / whole)
}

/// (w'w)² · w'(S − diag S)w / w'(ww' − diag ww')w.
fn rho_a(pls: &Pls, data: &Correlations, items: &[usize]) -> f64 {
    let w = |item: usize| pls.weights[item];
    let squares: f64 = items.iter().map(|&item| w(item).powi(2)).sum();
    let (mut with, mut of_weights) = (0.0, 0.0);
    for &a in items {
        for &b in items.iter().filter(|&&b| b != a) {
            with += w(a) * w(b) * data.at(a, b);
            of_weights += (w(a) * w(b)).powi(2);
        }
    }
    squares * squares * with / of_weights
}

/// The largest diagonal element of the inverse of the items' correlations; infinite where they depend on each other.
fn largest_vif(data: &Correlations, items: &[usize]) -> f64 {
    let among: Vec<f64> = items.iter().flat_map(|&a| items.iter().map(move |&b| data.at(a, b))).collect();
    let vif = |place: usize| {
        let mut unit = vec![0.0; items.len()];
        unit[place] = 1.0;
        solve_symmetric(&among, &unit).map_or(f64::INFINITY, |column| column[place])
    };
    (0..items.len()).map(vif).fold(1.0, f64::max)
}

/// Of all pairs of constructs with two items or more under mode A.
fn discriminants(model: &PathModel, data: &Correlations) -> Vec<Discriminant> {
    let mean = |pairs: &mut dyn Iterator<Item = (usize, usize)>| {
        let (sum, count) = pairs.fold((0.0, 0), |(sum, count), (a, b)| (sum + data.at(a, b).abs(), count + 1));
        sum / f64::from(count)
    };
    let within = |j: usize| {
        let items = model.blocks()[j].items.clone();
        mean(&mut items.clone().flat_map(|a| (a + 1..items.end).map(move |b| (a, b))))
    };
    let reflective: Vec<usize> = (0..model.blocks().len())
        .filter(|&j| model.blocks()[j].items.len() > 1 && model.blocks()[j].mode == Mode::A)
        .collect();
    let mut pairs = Vec::new();
    for (n, &a) in reflective.iter().enumerate() {
        for &b in &reflective[n + 1..] {
            let (of_a, of_b) = (model.blocks()[a].items.clone(), model.blocks()[b].items.clone());
            let across = mean(&mut of_a.flat_map(|i| of_b.clone().map(move |j| (i, j))));
            pairs.push(Discriminant { pair: (a, b), htmt: across / (within(a) * within(b)).sqrt() });
        }
    }
    pairs
}

/// AVE of an item's construct when the model is estimated without the item.
fn without(
    model: &PathModel,
    answers: &Answers,
    item: usize,
    settings: &PlsSettings,
) -> Result<f64, SatisfactionError> {
    let name = &model.items()[item];
    let block = |construct: &super::model::Construct| Block {
        name: construct.name.clone(),
        items: model.items()[construct.items.clone()].iter().filter(|other| *other != name).cloned().collect(),
        mode: construct.mode,
    };
    let blocks: Vec<Block> = model.blocks().iter().map(block).collect();
    let arrow = |to: usize, from: &usize| Arrow { from: blocks[*from].name.clone(), to: blocks[to].name.clone() };
    let arrows: Vec<Arrow> =
        (0..blocks.len()).flat_map(|to| model.predecessors(to).iter().map(move |from| arrow(to, from))).collect();
    let smaller = PathModel::new(&blocks, &arrows)?;
    let mut columns = answers.columns.clone();
    columns.remove(item);
    let answers = Answers { persons: answers.persons.clone(), columns, ..Answers::default() };
    let data = Correlations::of(&smaller, &answers)?;
    let pls = estimate(&smaller, &data, settings)?;
    let construct = model.blocks().iter().position(|block| block.items.contains(&item)).expect("an item has a block");
    Ok(block_quality(&smaller, &pls, &data, construct).ave)
}
