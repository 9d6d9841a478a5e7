//! Where each customer stands in the life of a customer, by the customer's own rhythm.

use rayon::prelude::*;
use thiserror::Error;

use crate::numeric::calendar::day_of;
use crate::orders::AsOf;

/// Stages of a customer's life with the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifeStage {
    /// Known, but has never ordered.
    Prospect,
    /// Orders, within the usual gap.
    Trading,
    /// Orders within the usual gap, and has done so many times.
    Loyal,
    /// Overdue.
    Lapsing,
    /// Overdue beyond hope.
    Lost,
}

/// A life stage as people meet it.
#[derive(Debug)]
pub struct LifeStageRow {
    /// The stage.
    pub stage: LifeStage,
    /// Name in tables and lists.
    pub name: &'static str,
    /// Who is in it.
    pub meaning: &'static str,
}

/// All stages, in the order of a life.
pub static LIFE_STAGES: [LifeStageRow; 5] = [
    LifeStageRow { stage: LifeStage::Prospect, name: "prospect", meaning: "known, but has never ordered" },
    LifeStageRow { stage: LifeStage::Trading, name: "trading", meaning: "orders, and is not overdue" },
    LifeStageRow { stage: LifeStage::Loyal, name: "loyal", meaning: "has ordered on many days, and is not overdue" },
    LifeStageRow { stage: LifeStage::Lapsing, name: "lapsing", meaning: "away for longer than twice the expected gap" },
    LifeStageRow { stage: LifeStage::Lost, name: "lost", meaning: "away for longer than four times the expected gap" },
];

/// Where one stage ends and the next begins.
#[derive(Debug, Clone, PartialEq)]
pub struct LifecycleSettings {
    /// Purchase days from which a customer is loyal. Default 5.
    pub loyal_days: u32,
    /// Expected gaps after which a customer is lapsing. Default 2.
    pub lapsing_gaps: f64,
    /// Expected gaps after which a customer is lost. Default 4.
    pub lost_gaps: f64,
    /// Weight of the shop's usual gap against the customer's own, as a number of gaps. Default 2: who has bought twice in
    /// two days is not yet expected every day.
    pub prior_gaps: f64,
}

/// Why stages cannot be told.
#[derive(Debug, Error, PartialEq)]
#[error(
    "lapsing after {lapsing} and lost after {lost} expected gaps with a weight of {prior} make no sense; \
     give numbers above 0, the second not below the first"
)]
pub struct LifecycleError {
    lapsing: f64,
    lost: f64,
    prior: f64,
}

impl Default for LifecycleSettings {
    fn default() -> LifecycleSettings {
        LifecycleSettings { loyal_days: 5, lapsing_gaps: 2.0, lost_gaps: 4.0, prior_gaps: 2.0 }
    }
}

impl LifeStage {
    /// Name and meaning.
    pub fn row(self) -> &'static LifeStageRow {
        &LIFE_STAGES[self as usize]
    }
}

/// First, last and number of purchase days.
#[derive(Clone, Copy)]
struct Days {
    first: i64,
    last: i64,
    count: u32,
}

/// The stage of every customer id.
///
/// The expected gap of a customer is the mean of the own gaps between purchase days and of `prior_gaps` times the shop's
/// usual gap, which is the median over customers of their mean gaps. Where nobody has bought twice, nobody is overdue.
///
/// # Errors
/// When the settings make no sense.
pub fn lifecycle(known: AsOf, settings: &LifecycleSettings) -> Result<Vec<LifeStage>, LifecycleError> {
    let LifecycleSettings { lapsing_gaps: lapsing, lost_gaps: lost, prior_gaps: prior, .. } = *settings;
    if !(lapsing > 0.0 && lost >= lapsing && prior > 0.0) {
        return Err(LifecycleError { lapsing, lost, prior });
    }
    let days: Vec<Option<Days>> =
        (0..known.customers() as u32).into_par_iter().with_min_len(4096).map(|id| purchase_days(known, id)).collect();
    let mut gaps: Vec<f64> = days.iter().flatten().filter(|days| days.count > 1).map(Days::mean_gap).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let usual = crate::numeric::quantile::quantile(&gaps, 0.5);
    let today = day_of(known.as_of() - 1);
    let stage = |days: &Option<Days>| {
        let Some(days) = days else { return LifeStage::Prospect };
        let own = f64::from(days.count - 1);
        let expected = ((days.last - days.first) as f64 + prior * usual) / (own + prior);
        let overdue = (today - days.last) as f64 / expected;
        if overdue > lost {
            LifeStage::Lost
        } else if overdue > lapsing {
            LifeStage::Lapsing
        } else if days.count >= settings.loyal_days {
            LifeStage::Loyal
        } else {
            LifeStage::Trading
        }
    };
    Ok(days.iter().map(stage).collect())
}

impl Days {
    fn mean_gap(&self) -> f64 {
        (self.last - self.first) as f64 / f64::from(self.count - 1)
    }
}

fn purchase_days(known: AsOf, customer: u32) -> Option<Days> {
    let times = known.lines(customer).time;
    let first = day_of(*times.first()?);
    let mut days = Days { first, last: first, count: 1 };
    for &time in times {
        let day = day_of(time);
        days.count += u32::from(day != days.last);
        days.last = day;
    }
    Some(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::DAY;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn stages_follow_the_own_rhythm() {
        let histories: [&[i64]; 6] = [&[], &[95], &[0, 20, 40, 60, 80], &[0, 10, 20, 30, 40], &[0, 1], &[0, 30, 60]];
        let mut lines = Lines::default();
        for (customer, days) in histories.iter().enumerate() {
            for day in *days {
                lines.customer.push(customer as u32);
                lines.order.push(lines.order.len() as u32);
                lines.time.push(day * DAY + 7);
            }
        }
        let rows = lines.order.len();
        (lines.item, lines.quantity, lines.amount) = (vec![0; rows], vec![1000; rows], vec![1; rows]);
        let orders = Orders::new(6, lines, Returns::default()).unwrap();
        let stages = lifecycle(AsOf::new(&orders, 101 * DAY), &LifecycleSettings::default()).unwrap();
        // usual gap: the median of 20, 10, 1 and 30, which is 15
        use LifeStage::*;
        assert_eq!(stages, [Prospect, Trading, Loyal, Lost, Lost, Trading]);
        let earlier = lifecycle(AsOf::new(&orders, 66 * DAY), &LifecycleSettings::default()).unwrap();
        assert_eq!(earlier, [Prospect, Prospect, Trading, Lapsing, Lost, Trading]);
        let error = LifecycleSettings { lost_gaps: 1.0, ..LifecycleSettings::default() };
        assert!(lifecycle(AsOf::new(&orders, 0), &error).is_err());
    }

    #[test]
    fn rows_stand_at_their_stage() {
        for row in &LIFE_STAGES {
            assert_eq!(row.stage.row().name, row.name);
        }
    }
}
