//! Stages by rules on purchase days: the first rule that matches decides, from what was known at the date alone.

use thiserror::Error;

use super::rhythm::Rhythm;
use super::stage::Stage;
use crate::numeric::math::ln;

/// Version of the meaning of the rules; it grows whenever the same rules and orders would give other stages.
pub const VERSION: u32 = 2;

/// Where one stage ends and the next begins.
///
/// The typical gap g of a customer is the geometric mean of the own gaps between purchase days, drawn to the shop's
/// ([`Rhythm::typical_gap`]). Days of silence count from the last purchase day to the date.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Days for which a customer with one purchase day is new. Default 90.
    pub new_days: u32,
    /// Days of silence until which a one-time buyer is slipping. Default 180.
    pub one_time_days: u32,
    /// Purchase days from which a customer is loyal. Default 5.
    pub loyal_days: u32,
    /// Typical gaps of silence until which a customer is not overdue. Default 2.
    pub slipping_gaps: f64,
    /// Typical gaps of silence until which a customer is slipping. Default 4.
    pub dormant_gaps: f64,
    /// Days of silence until which a customer is dormant, unless slipping for longer. Default 365.
    pub lost_days: u32,
    /// Days for which a customer counts as returned after an order that ended a silence beyond the first limit; 0: there is no such
    /// stage. Default 60.
    pub returned_days: u32,
    /// Weight of the shop's usual gap against the customer's own, as a number of gaps. Default 2.
    pub prior_gaps: f64,
    /// The shop's usual gap in days where it is fixed; nothing: as known at each date. Default nothing.
    pub usual_gap: Option<f64>,
    /// How far beyond a limit of own gaps the silence must be to leave a stage at once, as a share of it; 0: not at all. Default 0.1.
    pub margin: f64,
    /// Dates in a row at which a customer must be beyond a limit to leave the stage whatever the margin. Default 2.
    pub patience: u32,
    /// Days from the first purchase of anybody within which a first purchase on record may not be the first; 0: there are none. Default nothing:
    /// `new_days`.
    pub edge_days: Option<u32>,
}

/// Why there can be no stages.
#[derive(Debug, Error, PartialEq)]
pub enum RulesError {
    /// Numbers that contradict each other.
    #[error("{smaller} ({low}) must be above 0 and not above {larger} ({high})")]
    Order { smaller: &'static str, larger: &'static str, low: f64, high: f64 },
    /// A number that has no meaning.
    #[error("{name} is {value}; it must be a number of at least {least}")]
    Low { name: &'static str, value: f64, least: f64 },
    /// Dates that do not ascend, or tables of dates of other customers.
    #[error("date {place} is not after the one before, or knows other customers; give ascending dates of one shop")]
    Dates { place: usize },
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            new_days: 90,
            one_time_days: 180,
            loyal_days: 5,
            slipping_gaps: 2.0,
            dormant_gaps: 4.0,
            lost_days: 365,
            returned_days: 60,
            prior_gaps: 2.0,
            usual_gap: None,
            margin: 0.1,
            patience: 2,
            edge_days: None,
        }
    }
}

/// What the rules say of a customer at a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The stage.
    pub stage: Stage,
    /// The day, since 1970-01-01, from which the rules say so; the date itself for prospects.
    pub since: i64,
    /// The typical gap in days; NaN for those who have bought on fewer than two days.
    pub gap: f64,
}

impl Rules {
    /// # Errors
    /// When numbers contradict each other or have no meaning.
    pub fn check(&self) -> Result<(), RulesError> {
        let order = |(smaller, low): (&'static str, f64), (larger, high): (&'static str, f64)| {
            let fits = low > 0.0 && low <= high && high.is_finite();
            if fits { Ok(()) } else { Err(RulesError::Order { smaller, larger, low, high }) }
        };
        let least = |name, value: f64, least: f64| {
            let fits = value.is_finite() && value >= least;
            if fits { Ok(()) } else { Err(RulesError::Low { name, value, least }) }
        };
        order(("new_days", self.new_days.into()), ("one_time_days", self.one_time_days.into()))?;
        order(("one_time_days", self.one_time_days.into()), ("lost_days", self.lost_days.into()))?;
        order(("slipping_gaps", self.slipping_gaps), ("dormant_gaps", self.dormant_gaps))?;
        least("loyal_days", self.loyal_days.into(), 2.0)?;
        least("prior_gaps", self.prior_gaps, 0.001)?;
        least("usual_gap", self.usual_gap.unwrap_or(1.0), 0.001)?;
        least("margin", self.margin, 0.0)?;
        least("patience", self.patience.into(), 1.0)
    }

    /// The rhythm that the rules use: the shop's with its usual gap, where that is fixed.
    pub fn rhythm(&self, mut of_shop: Rhythm) -> Rhythm {
        if let Some(gap) = self.usual_gap {
            of_shop.mean_ln_gap = Some(ln(gap));
        }
        of_shop
    }

    /// Days from the beginning of the data within which a first purchase may not be the first.
    ///
    /// The length of gaps says nothing more: at the date that first sees a customer, those known are no longer than the data. In Online Retail II
    /// their 90 % point, at last 147 days, passes 90 days in the ninth month, and marks none of 5,878 customers whom 90 days do not mark.
    pub fn edge_days(&self) -> u32 {
        self.edge_days.unwrap_or(self.new_days)
    }

    /// What the rules say of a customer with these purchase days (ascending, before `today`) on the day `today`. `before` says that
    /// earlier purchases may be missing; limits of own gaps are multiplied with `ease`.
    pub fn read(&self, days: &[i64], rhythm: &Rhythm, today: i64, before: bool, ease: f64) -> Reading {
        let [first, .., last] = *days else {
            let Some(&only) = days.first() else {
                return Reading { stage: Stage::Prospect, since: today, gap: f64::NAN };
            };
            return self.read_one(only, today, before);
        };
        debug_assert!(first <= last && last < today);
        let young = if before { Stage::Known } else { Stage::Building };
        // The last order that ended a silence beyond the first limit, by what was known of the customer before it.
        let (mut sum, mut back) = (0.0, None);
        for (before, pair) in days.windows(2).enumerate() {
            let gap = pair[1] - pair[0];
            let limit = match before {
                0 => i64::from(self.new_days),
                _ => rhythm
                    .typical_gap(sum, before, self.prior_gaps)
                    .map_or(i64::MAX, |typical| whole_days(self.slipping_gaps * typical)),
            };
            if gap > limit {
                back = Some(pair[1]);
            }
            sum += ln(gap as f64);
        }
        let gap = rhythm.typical_gap(sum, days.len() - 1, self.prior_gaps).unwrap_or(f64::NAN);
        let returned = i64::from(self.returned_days);
        if let Some(back) = back.filter(|back| today - back <= returned && returned > 0) {
            return Reading { stage: Stage::Returned, since: back, gap };
        }
        let silence = today - last;
        // Without anybody's gap nobody is overdue by gaps; whole days, so that a limit is a date.
        let limit = |gaps: f64| if gap.is_nan() { i64::MAX / 4 } else { whole_days(gaps * gap * ease) };
        let (overdue, long) = (limit(self.slipping_gaps), limit(self.dormant_gaps));
        let (stage, since) = if silence <= overdue {
            let loyal = days.len() >= self.loyal_days as usize;
            let reached = if loyal { days[self.loyal_days as usize - 1] } else { days[1] };
            let settled = back.map_or(i64::MIN, |back| if returned > 0 { back + returned + 1 } else { back });
            (if loyal { Stage::Loyal } else { young }, reached.max(settled))
        } else if silence <= long {
            (Stage::Slipping, last + overdue + 1)
        } else if silence <= self.lost_days.into() {
            (Stage::Dormant, last + long + 1)
        } else {
            (Stage::Lost, last + long.max(self.lost_days.into()) + 1)
        };
        Reading { stage, since, gap }
    }

    /// The same of a one-time buyer, whose limits are days.
    fn read_one(&self, only: i64, today: i64, before: bool) -> Reading {
        let silence = today - only;
        let [new, slipping, dormant] = [self.new_days, self.one_time_days, self.lost_days].map(i64::from);
        let (stage, since) = if silence <= new {
            (if before { Stage::Known } else { Stage::New }, only)
        } else if silence <= slipping {
            (Stage::Slipping, only + new + 1)
        } else if silence <= dormant {
            (Stage::Dormant, only + slipping + 1)
        } else {
            (Stage::Lost, only + dormant + 1)
        };
        Reading { stage, since, gap: f64::NAN }
    }
}

/// Whole days of a limit. Twice twenty days are forty, though a mean of logarithms may end a little below.
fn whole_days(limit: f64) -> i64 {
    (limit * (1.0 + 1e-12)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rhythm() -> Rhythm {
        Rhythm { mean_ln_gap: Some(ln(20.0)), begins: Some(0) }
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let rules = Rules::default();
        let of = |days: &[i64], today| {
            let read = rules.read(days, &rhythm(), today, false, 1.0);
            (read.stage, read.since)
        };
        use Stage::*;
        assert_eq!(of(&[], 9), (Prospect, 9));
        // One-time buyers: 90, 180 and 365 days.
        assert_eq!(
            [90, 91, 180, 181, 365, 366].map(|day| of(&[0], day)),
            [(New, 0), (Slipping, 91), (Slipping, 91), (Dormant, 181), (Dormant, 181), (Lost, 366)]
        );
        // Two gaps of 20 days and the shop's 20: g = 20, limits 40 and 80 days after day 40.
        let three = [0, 20, 40];
        assert_eq!(
            [80, 81, 120, 121, 405, 406].map(|day| of(&three, day)),
            [(Building, 20), (Slipping, 81), (Slipping, 81), (Dormant, 121), (Dormant, 121), (Lost, 406)]
        );
        assert_eq!(of(&[0, 20, 40, 60, 80], 120), (Loyal, 80));
        // Silent for 100 days with g = 20 (limit 40): returned for 60 days, then what the orders say.
        let back = [0, 20, 40, 140];
        assert_eq!((of(&back, 141), of(&back, 200)), ((Returned, 140), (Returned, 140)));
        let settled = rules.read(&[0, 20, 40, 140, 160], &rhythm(), 201, false, 1.0);
        assert_eq!((settled.stage, settled.since), (Loyal, 201));
        let one = [0, 91];
        assert_eq!(of(&one, 100), (Returned, 91), "a one-time buyer is overdue after 90 days");
        assert_eq!(of(&[0, 90], 100), (Building, 90));
        // Who may have bought before is neither new nor building, but everything else.
        let edge = |days: &[i64], today| rules.read(days, &rhythm(), today, true, 1.0).stage;
        assert_eq!([edge(&[0], 9), edge(&three, 50), edge(&[0, 20, 40, 60, 80], 120)], [Known, Known, Loyal]);
        assert_eq!(edge(&[0], 100), Slipping);
    }

    #[test]
    fn slow_buyers_are_slipping_beyond_the_days_of_dormancy() {
        let rules = Rules { returned_days: 0, ..Rules::default() };
        let slow = Rhythm { mean_ln_gap: Some(ln(300.0)), ..rhythm() };
        let read = |today| rules.read(&[0, 300], &slow, today, false, 1.0);
        assert_eq!((read(900).stage, read(901).stage), (Stage::Building, Stage::Slipping));
        assert_eq!((read(1501).stage, read(1501).since), (Stage::Lost, 1501));
        assert!((read(900).gap - 300.0).abs() < 1e-9);
        // Without the gap of anybody nobody is overdue by gaps.
        let none = Rhythm { mean_ln_gap: None, begins: Some(0) };
        assert_eq!(rules.read(&[0, 300], &none, 5000, false, 1.0).stage, Stage::Building);
    }

    #[test]
    fn rules_that_contradict_each_other_are_refused() {
        let of = |change: fn(&mut Rules)| {
            let mut rules = Rules::default();
            change(&mut rules);
            rules.check().map_err(|error| error.to_string())
        };
        assert_eq!(of(|_| {}), Ok(()));
        assert!(of(|r| r.new_days = 0).unwrap_err().contains("new_days (0) must be above 0"));
        assert!(of(|r| r.lost_days = 100).unwrap_err().contains("one_time_days (180)"));
        assert!(of(|r| r.dormant_gaps = 1.0).unwrap_err().contains("not above dormant_gaps (1)"));
        assert!(of(|r| r.slipping_gaps = f64::NAN).is_err());
        assert!(of(|r| r.loyal_days = 1).unwrap_err().contains("loyal_days is 1"));
        assert!(of(|r| r.patience = 0).is_err());
        assert!(of(|r| r.usual_gap = Some(0.0)).is_err());
        assert!(of(|r| r.margin = -0.1).is_err());
        let usual = Rules::default();
        assert_eq!((usual.edge_days(), Rules { edge_days: Some(0), ..usual }.edge_days()), (90, 0));
    }
}
