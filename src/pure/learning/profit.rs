//! What a retention list is worth: expected maximum profit, profit by list depth, and the size of the list that pays.

use super::LearningError;
use super::metrics::{check, ranking, thresholds};
use crate::numeric::gamma::beta_share;

/// What a retention offer costs and brings, in one currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Campaign {
    /// Value of a customer who stays.
    pub customer_value: f64,
    /// Cost of the offer when it is taken up.
    pub offer_cost: f64,
    /// Cost of contacting a customer.
    pub contact_cost: f64,
    /// Share of would-be leavers who stay for the offer.
    pub success_rate: f64,
}

/// The profit of a list and the share of customers on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profit {
    /// Profit per customer of the whole base.
    pub per_customer: f64,
    /// Share of customers on the list.
    pub share: f64,
}

/// The expected maximum profit measure EMPC (T. Verbraken, W. Verbeke, B. Baesens, IEEE Transactions on Knowledge and Data
/// Engineering 25(5), 2013): the success rate is not known but beta distributed (`alpha`, `beta`; the paper takes 6 and 14), and
/// for each rate the list of greatest profit is taken. `campaign.success_rate` is not read.
///
/// # Errors
/// When there is no row, a score is NaN, all labels are the same or the campaign's numbers cannot be.
pub fn expected_maximum(
    labels: &[bool],
    scores: &[f64],
    campaign: &Campaign,
    alpha: f64,
    beta: f64,
) -> Result<Profit, LearningError> {
    let Curve { leavers, value, delta, phi, hull } = curve(labels, scores, campaign)?;
    if !(alpha > 0.0 && beta > 0.0 && alpha.is_finite() && beta.is_finite()) {
        let why = format!("the success rate has the shapes {alpha} and {beta}: both must be positive");
        return Err(LearningError::Undefined { what: "the expected maximum profit", why });
    }
    let stayers = 1.0 - leavers;
    let up_to = |shape: f64, rate: f64| if rate <= 0.0 { 0.0 } else { beta_share(shape, beta, rate.min(1.0)) };
    let (mut profit, mut share, mut low) = (0.0, 0.0, 0.0);
    for (place, &(caught, bothered)) in hull.iter().enumerate() {
        // The success rate from which the next corner of the hull is the better list.
        let high = hull.get(place + 1).map_or(1.0, |&(next_caught, next_bothered)| {
            let (more_caught, more_bothered) = (next_caught - caught, next_bothered - bothered);
            let gamma = (stayers * (delta + phi) * more_bothered + leavers * phi * more_caught)
                / (leavers * (1.0 - delta) * more_caught);
            if gamma.is_nan() { 1.0 } else { gamma.min(1.0) }
        });
        let chance = up_to(alpha, high) - up_to(alpha, low);
        let rate = alpha / (alpha + beta) * (up_to(alpha + 1.0, high) - up_to(alpha + 1.0, low));
        profit += value * (1.0 - delta) * leavers * caught * rate
            - value * (phi * leavers * caught + (delta + phi) * stayers * bothered) * chance;
        share += (leavers * caught + stayers * bothered) * chance;
        low = high;
        if high >= 1.0 {
            break;
        }
    }
    Ok(Profit { per_customer: profit, share })
}

/// The maximum profit MPC at the campaign's success rate (same paper): the best list among all depths, the empty one too.
///
/// # Errors
/// As [`expected_maximum`].
pub fn maximum(labels: &[bool], scores: &[f64], campaign: &Campaign) -> Result<Profit, LearningError> {
    let Curve { leavers, value, delta, phi, hull } = curve(labels, scores, campaign)?;
    let profit = |&(caught, bothered): &(f64, f64)| Profit {
        per_customer: value
            * ((campaign.success_rate * (1.0 - delta) - phi) * leavers * caught
                - (delta + phi) * (1.0 - leavers) * bothered),
        share: leavers * caught + (1.0 - leavers) * bothered,
    };
    let first = Profit { per_customer: 0.0, share: 0.0 };
    Ok(hull
        .iter()
        .map(profit)
        .fold(first, |best, next| if next.per_customer > best.per_customer { next } else { best }))
}

/// A list of the best-ranked customers and what it is expected to bring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Depth {
    /// Customers on the list.
    pub customers: usize,
    /// Share of all customers.
    pub share: f64,
    /// Leavers expected among them: the sum of their probabilities.
    pub leavers: f64,
    /// Expected profit.
    pub profit: f64,
    /// The profit by what they did; NaN where that is not known.
    pub realised: f64,
}

/// Expected profit by depth of a list of customers with calibrated probabilities to leave and values of their own (or one for
/// all): a leaver is saved with the success rate and then brings the value less the offer, a stayer takes the offer, everybody
/// costs a contact. Ranked by expected profit; the result has `steps` depths of equal distance and, last, the one of maximum profit.
/// With the `truth` of who left, each depth also has what it would have brought.
///
/// # Errors
/// When probabilities, values and truth do not agree in number or the campaign's numbers cannot be.
pub fn by_depth(
    probabilities: &[f64],
    values: Option<&[f64]>,
    campaign: &Campaign,
    steps: usize,
    truth: Option<&[bool]>,
) -> Result<Vec<Depth>, LearningError> {
    sound(campaign)?;
    if let Some(truth) = truth
        && truth.len() != probabilities.len()
    {
        return Err(LearningError::RowCount { what: "labels", rows: probabilities.len(), found: truth.len() });
    }
    if let Some(values) = values
        && values.len() != probabilities.len()
    {
        return Err(LearningError::RowCount { what: "values", rows: probabilities.len(), found: values.len() });
    }
    let Campaign { customer_value, offer_cost, contact_cost, success_rate } = *campaign;
    let gain = |row: usize, p: f64| {
        let value = values.map_or(customer_value, |values| values[row]);
        p * success_rate * (value - offer_cost) - (1.0 - p) * offer_cost - contact_cost
    };
    let gains: Vec<f64> = (0..probabilities.len()).map(|row| gain(row, probabilities[row])).collect();
    let order = ranking(&gains);
    let all = order.len();
    let marks: Vec<usize> = (0..=steps).map(|step| (step * all).div_ceil(steps.max(1))).collect();
    let mut depths = Vec::with_capacity(steps + 2);
    let realised = if truth.is_some() { 0.0 } else { f64::NAN };
    let mut here = Depth { customers: 0, share: 0.0, leavers: 0.0, profit: 0.0, realised };
    let mut best = here;
    for count in 0..=all {
        if count > 0 {
            let row = order[count - 1] as usize;
            here.customers = count;
            here.share = count as f64 / all as f64;
            here.leavers += probabilities[row];
            here.profit += gains[row];
            here.realised += truth.map_or(f64::NAN, |truth| gain(row, f64::from(truth[row])));
        }
        if here.profit > best.profit {
            best = here;
        }
        if marks.binary_search(&count).is_ok() {
            depths.push(here);
        }
    }
    depths.push(best);
    Ok(depths)
}

/// The hull of the ROC curve, with the campaign in units of the customer's value.
struct Curve {
    leavers: f64,
    value: f64,
    delta: f64,
    phi: f64,
    /// Shares of leavers and of stayers on the list, from the empty list to all.
    hull: Vec<(f64, f64)>,
}

fn sound(campaign: &Campaign) -> Result<(), LearningError> {
    let Campaign { customer_value, offer_cost, contact_cost, success_rate } = *campaign;
    let fine = customer_value > 0.0
        && customer_value.is_finite()
        && (0.0..customer_value).contains(&offer_cost)
        && (0.0..customer_value).contains(&contact_cost)
        && (0.0..=1.0).contains(&success_rate);
    if fine {
        return Ok(());
    }
    let why = format!(
        "customer value {customer_value}, offer cost {offer_cost}, contact cost {contact_cost}, success rate {success_rate}: costs lie \
         between 0 and the value, the rate between 0 and 1"
    );
    Err(LearningError::Undefined { what: "a campaign's profit", why })
}

fn curve(labels: &[bool], scores: &[f64], campaign: &Campaign) -> Result<Curve, LearningError> {
    sound(campaign)?;
    check(labels, scores)?;
    let every = labels.iter().filter(|label| **label).count();
    let (positives, negatives) = (every as f64, (labels.len() - every) as f64);
    let mut hull: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    thresholds(labels, scores, &ranking(scores), |positive, negative| {
        let point = (positive as f64 / positives, negative as f64 / negatives);
        while let [.., before, last] = hull[..] {
            let turn = (last.1 - before.1) * (point.0 - before.0) - (last.0 - before.0) * (point.1 - before.1);
            if turn < 0.0 {
                break;
            }
            hull.pop();
        }
        hull.push(point);
    });
    let value = campaign.customer_value;
    Ok(Curve {
        leavers: positives / labels.len() as f64,
        value,
        delta: campaign.offer_cost / value,
        phi: campaign.contact_cost / value,
        hull,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMPAIGN: Campaign =
        Campaign { customer_value: 200.0, offer_cost: 10.0, contact_cost: 1.0, success_rate: 0.3 };

    fn labels(drawn: &str) -> Vec<bool> {
        drawn.chars().map(|label| label == '1').collect()
    }

    #[test]
    fn matches_verbraken_2013_as_the_r_package_emp_computes_it() {
        let check = |drawn: &str, scores: &[f64], profit: f64, share: Option<f64>, fixed: Option<f64>| {
            let truth = labels(drawn);
            let found = expected_maximum(&truth, scores, &CAMPAIGN, 6.0, 14.0).expect("both labels");
            assert!((found.per_customer - profit).abs() < 1e-12, "{found:?} is not {profit}");
            assert!(share.is_none_or(|share| (found.share - share).abs() < 1e-12), "{found:?}");
            let found = maximum(&truth, scores, &CAMPAIGN).expect("both labels").per_customer;
            assert!(fixed.is_none_or(|fixed| (found - fixed).abs() < 1e-12), "{found}");
        };
        let scores = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.35];
        check("01010101", &scores, 26.62519780614213, Some(0.6247900252683013), Some(26.625));
        let scores: Vec<f64> = (0..20).map(|i| 0.95 - 0.05 * f64::from(i)).collect();
        check("11010110000010000000", &scores, 13.306541206560878, Some(0.498209214244112), Some(12.95));
        let scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9];
        check("01010101", &scores, 23.875593418348124, None, None);
    }

    #[test]
    fn the_best_list_is_where_the_next_customer_no_longer_pays() {
        let probabilities = [0.9, 0.5, 0.2, 0.05, 0.01];
        let depths =
            by_depth(&probabilities, None, &CAMPAIGN, 5, Some(&[true, false, true, false, false])).expect("sound");
        assert_eq!(depths.len(), 7);
        // 0.3·190·p − 10·(1 − p) − 1 is positive above p = 11/67.
        assert_eq!(depths[6].customers, 3);
        assert!((depths[1].profit - (0.9 * 57.0 - 1.0 - 1.0)).abs() < 1e-12);
        // One is saved by chance 0.3 for 190, less a contact; the next takes the offer and a contact for nothing.
        assert!((depths[1].realised - 56.0).abs() < 1e-12 && (depths[2].realised - 45.0).abs() < 1e-12);
        let poor = by_depth(&[0.1], Some(&[20.0]), &CAMPAIGN, 1, Some(&[false])).expect("sound");
        assert_eq!(poor[2], Depth { customers: 0, share: 0.0, leavers: 0.0, profit: 0.0, realised: 0.0 });
        assert!(by_depth(&[0.1], None, &Campaign { success_rate: 1.5, ..CAMPAIGN }, 1, None).is_err());
    }
}
