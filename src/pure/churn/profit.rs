//! What a list of likely leavers is worth: expected and true profit by depth, and the size of the list that pays.

use super::judgement::Judgement;
use crate::learning::LearningError;
use crate::learning::profit::{Campaign, Depth, by_depth, expected_maximum};

/// How sure one is of the success rate: as if so many offers had been watched (20 in T. Verbraken et al., 2013).
const WATCHED: f64 = 20.0;
/// Depths of the table and the curve.
const STEPS: usize = 20;

/// What keeping a customer costs, and how often it works; amounts in the shop's currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// Of the offer when it is taken up.
    pub offer: f64,
    /// Of contacting a customer.
    pub contact: f64,
    /// Share of would-be leavers whom the offer keeps, between 0 and 1.
    pub success_rate: f64,
}

/// What lists by the newest judged scores would have brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    /// By depth of the list of the reported scores; the last is the depth that pays most.
    pub depths: Vec<Depth>,
    /// The same of the baseline's list.
    pub baseline_depths: Vec<Depth>,
    /// Expected maximum profit per customer of the reported scores and of the baseline's.
    pub empc: [f64; 2],
}

impl Priced {
    /// The list that pays most.
    pub fn best(&self) -> &Depth {
        self.depths.last().expect("the best is the last")
    }
}

/// Profit by depth on the newest judged rows, and the expected maximum profit, by the reported scores and by the baseline's. `values` are what
/// the judged customers are worth; `value` is what each is worth where there are none.
///
/// # Errors
/// When the amounts cannot be.
pub fn price(
    judgement: &Judgement,
    costs: &Costs,
    values: Option<&[f64]>,
    value: f64,
) -> Result<Priced, LearningError> {
    let campaign = Campaign {
        customer_value: values.map_or(value, |all| all.iter().sum::<f64>() / all.len().max(1) as f64),
        offer_cost: costs.offer,
        contact_cost: costs.contact,
        success_rate: costs.success_rate,
    };
    let (labels, scores) = &judgement.newest;
    let depths = |scores: &[f64]| by_depth(scores, values, &campaign, STEPS, Some(labels));
    let (alpha, beta) = (WATCHED * costs.success_rate, WATCHED * (1.0 - costs.success_rate));
    let empc = |scores: &[f64]| Ok(expected_maximum(labels, scores, &campaign, alpha, beta)?.per_customer);
    Ok(Priced {
        depths: depths(scores)?,
        baseline_depths: depths(&judgement.baseline_scores)?,
        empc: [empc(scores)?, empc(&judgement.baseline_scores)?],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_that_pays_stops_where_an_offer_costs_more_than_it_saves() {
        // Four of twenty leave for sure, the others stay: an offer saves 0.5 x 100 and costs 10.
        let labels: Vec<bool> = (0..20).map(|row| row < 4).collect();
        let scores: Vec<f64> = labels.iter().map(|left| if *left { 0.95 } else { 0.01 }).collect();
        let judgement = Judgement {
            list: Vec::new(),
            chosen: 0,
            reported: 0,
            baseline: 0,
            newest: (labels, scores),
            baseline_scores: vec![0.2; 20],
            lift: Vec::new(),
            baseline_lift: Vec::new(),
            segments: Vec::new(),
            empc: None,
        };
        let costs = Costs { offer: 10.0, contact: 1.0, success_rate: 0.5 };
        let priced = price(&judgement, &costs, None, 100.0).expect("amounts that can be");
        assert_eq!(priced.best().customers, 4);
        // Each of the four costs one contact, and every second one takes the offer and stays: 4 x (0.5 x (100 - 10) - 1).
        assert!((priced.best().realised - 176.0).abs() < 1e-9, "{:?}", priced.best());
        assert!(priced.empc[0] > priced.empc[1]);
        let same = price(&judgement, &costs, Some(&[100.0; 20]), 0.0).expect("amounts that can be");
        assert_eq!(same, priced, "what everybody is worth may stand in a column");
    }
}
