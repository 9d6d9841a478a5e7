//! Customers' stages at one date after the other, each from what was known at that date alone.

use rayon::prelude::*;

use super::contracts::ContractRules;
use super::rhythm::{Rhythm, purchase_days};
use super::rules::{Reading, Rules, RulesError};
use super::stage::{Change, Stage};
use crate::features::ContractsAsOf;
use crate::numeric::calendar::day_of;
use crate::orders::AsOf;

/// Where a customer is at a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// The stage.
    pub stage: Stage,
    /// The first day in it, since 1970-01-01; later than the date before where the stage is another. The date itself for prospects.
    pub since: i32,
    /// What has moved the customer since the date before.
    pub change: Change,
    /// Purchase days since the date before, at most 255; 0 for contracts.
    pub bought: u8,
    /// Whether earlier purchases may be missing, because the data begin too late.
    pub before: bool,
    /// The typical gap in days; NaN where there is none.
    pub gap: f32,
}

/// The stages of all customers at ascending dates.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// The dates, in civil seconds; each is the first instant that is not seen.
    pub dates: Vec<i64>,
    /// Customer by customer, each with one state per date.
    states: Vec<State>,
}

impl Track {
    /// Of states that are given, customer by customer.
    #[cfg(test)]
    pub(super) fn given(dates: Vec<i64>, states: Vec<State>) -> Track {
        Track { dates, states }
    }

    /// Number of customer ids.
    pub fn customers(&self) -> usize {
        self.states.len().checked_div(self.dates.len()).unwrap_or(0)
    }

    /// The same up to so many dates.
    pub fn until(&self, dates: usize) -> Track {
        let dates = dates.min(self.dates.len());
        let states = (0..self.customers() as u32).flat_map(|customer| &self.of(customer)[..dates]);
        Track { dates: self.dates[..dates].to_vec(), states: states.copied().collect() }
    }

    /// The states of a customer, by date.
    pub fn of(&self, customer: u32) -> &[State] {
        let dates = self.dates.len();
        &self.states[customer as usize * dates..(customer as usize + 1) * dates]
    }

    /// The stage before the present one of a customer, if there was another at an earlier date.
    pub fn previous(&self, customer: u32) -> Option<Stage> {
        let states = self.of(customer);
        let now = states.last()?.stage;
        states.iter().rev().map(|state| state.stage).find(|stage| *stage != now)
    }

    /// How many of 100 customers changed their stage and changed back within two dates without having bought, per date; nothing for
    /// fewer than three dates or without customers.
    pub fn flips(&self) -> Option<f64> {
        let steps = self.dates.len().checked_sub(2).filter(|steps| *steps > 0)?;
        let flip = |three: &&[State]| {
            let quiet = three[1].bought == 0 && three[2].bought == 0;
            quiet && three[0].stage == three[2].stage && three[0].stage != three[1].stage
        };
        let mut flips = 0;
        let mut present = 0;
        for customer in 0..self.customers() as u32 {
            let states = self.of(customer);
            flips += states.windows(3).filter(flip).count();
            present += states[..steps].iter().filter(|state| state.stage != Stage::Prospect).count();
        }
        (present > 0).then(|| 100.0 * flips as f64 / present as f64)
    }
}

/// The stages of all customers at each of the dates, which ascend, of one shop.
///
/// A customer leaves a stage because of a limit of own gaps only where the silence is beyond it by `margin` or at `patience` dates in a row;
/// orders, days and cancellations move at once. The whole past is walked through, so the first date should lie near the beginning of
/// the data and always be the same one; the last `keep` dates are kept.
///
/// # Errors
/// When the rules contradict each other, or dates do not ascend.
pub fn track(known: &[AsOf], rules: &Rules, keep: usize) -> Result<Track, RulesError> {
    rules.check()?;
    let dates: Vec<i64> = known.iter().map(AsOf::as_of).collect();
    let customers = known.first().map_or(0, AsOf::customers);
    ascending(&dates, |place| known[place].customers() == customers)?;
    let rhythms: Vec<Rhythm> = known.iter().map(|known| rules.rhythm(Rhythm::of(*known))).collect();
    let from = dates.len().saturating_sub(keep);
    let walk = |customer: u32| {
        let mut walk = Walk::default();
        let step = |(known, rhythm): (&AsOf, &Rhythm)| walk.step(rules, *known, rhythm, customer);
        known.iter().zip(&rhythms).map(step).collect::<Vec<State>>().split_off(from)
    };
    let states: Vec<Vec<State>> = (0..customers as u32).into_par_iter().with_min_len(256).map(walk).collect();
    Ok(Track { dates: dates[from..].to_vec(), states: states.concat() })
}

/// The same for contracts, whose dates decide; the last `keep` dates are kept.
///
/// # Errors
/// When dates do not ascend.
pub fn track_contracts(known: &[ContractsAsOf], rules: &ContractRules, keep: usize) -> Result<Track, RulesError> {
    let dates: Vec<i64> = known.iter().map(ContractsAsOf::as_of).collect();
    let customers = known.first().map_or(0, ContractsAsOf::customers);
    ascending(&dates, |place| known[place].customers() == customers)?;
    let from = dates.len().saturating_sub(keep);
    let walk = |customer: u32| {
        let mut held: Option<(i64, State)> = None;
        let step = |known: &ContractsAsOf| {
            let today = day_of(known.as_of());
            let read = rules.read(*known, customer);
            let change = match (held.map(|held| held.1.stage), read.stage) {
                (from, to) if from == Some(to) => Change::Nothing,
                (None, Stage::Prospect) => Change::Nothing,
                (_, Stage::Lost) => Change::Left,
                (_, Stage::Returned) | (Some(Stage::Lost), _) => Change::CameBack,
                (None | Some(Stage::Prospect), _) => Change::Began,
                _ => Change::Time,
            };
            let since = since(held, read, today, change);
            let state = State { stage: read.stage, since, change, bought: 0, before: false, gap: f32::NAN };
            held = Some((today, state));
            state
        };
        known.iter().map(step).collect::<Vec<State>>().split_off(from)
    };
    let states: Vec<Vec<State>> = (0..customers as u32).into_par_iter().with_min_len(256).map(walk).collect();
    Ok(Track { dates: dates[from..].to_vec(), states: states.concat() })
}

fn ascending(dates: &[i64], same_shop: impl Fn(usize) -> bool) -> Result<(), RulesError> {
    let fault = (0..dates.len()).find(|&place| (place > 0 && dates[place] <= dates[place - 1]) || !same_shop(place));
    fault.map_or(Ok(()), |place| Err(RulesError::Dates { place }))
}

/// The first day in the stage: what the rules say, but not before the date at which the customer was in another. An order on the day
/// of a date is the first thing that the date does not see.
fn since(held: Option<(i64, State)>, read: Reading, today: i64, change: Change) -> i32 {
    let day = match held {
        _ if read.stage == Stage::Prospect => today,
        Some((_, held)) if held.stage == read.stage => i64::from(held.since),
        Some((date, _)) => {
            let by_time = matches!(change, Change::Silence | Change::Time | Change::Cancelled);
            read.since.clamp((date + i64::from(by_time)).min(today), today)
        }
        None => read.since,
    };
    i32::try_from(day).unwrap_or(i32::MAX)
}

/// How far a stage is from buying: limits of silence lie between one number and the next.
fn silence(stage: Stage) -> u8 {
    match stage {
        Stage::Slipping => 1,
        Stage::Dormant => 2,
        Stage::Lost => 3,
        _ => 0,
    }
}

/// A customer on the way through the dates.
#[derive(Default)]
struct Walk {
    /// Day of the date before and the state there.
    held: Option<(i64, State)>,
    /// Purchase days that the date before knew.
    count: usize,
    /// Dates in a row beyond a limit that the customer has not been moved by.
    beyond: u32,
    /// Whether earlier purchases may be missing, decided at the first date that sees the customer.
    before: Option<bool>,
}

impl Walk {
    fn step(&mut self, rules: &Rules, known: AsOf, rhythm: &Rhythm, customer: u32) -> State {
        let (days, today) = (purchase_days(known, customer), day_of(known.as_of()));
        let earlier = self.held.map_or(0, |(date, _)| days.partition_point(|&day| day < date));
        let (bought, cancelled) = (days.len() - earlier, earlier < self.count);
        self.before = days.first().map(|first| {
            let from_start = rhythm.begins.map_or(0, |begins| first - begins);
            self.before.unwrap_or(from_start < i64::from(rules.edge_days()))
        });
        let before = self.before.unwrap_or(false);
        let mut read = rules.read(&days, rhythm, today, before, 1.0);
        if let Some((_, held)) = self.held.filter(|_| bought == 0 && !cancelled) {
            let (from, to) = (silence(held.stage), silence(read.stage));
            let ease = if to > from { 1.0 + rules.margin } else { 1.0 / (1.0 + rules.margin) };
            let eased = rules.read(&days, rhythm, today, before, if to == from { 1.0 } else { ease });
            self.beyond = if to != from && silence(eased.stage) == from { self.beyond + 1 } else { 0 };
            if (1..rules.patience).contains(&self.beyond) {
                read = eased;
            } else {
                self.beyond = 0;
            }
        } else {
            self.beyond = 0;
        }
        let change = match self.held.map(|held| held.1.stage) {
            from if from == Some(read.stage) => Change::Nothing,
            None | Some(Stage::Prospect) if read.stage == Stage::Prospect => Change::Nothing,
            None | Some(Stage::Prospect) => Change::Began,
            Some(_) if cancelled && bought == 0 => Change::Cancelled,
            Some(_) if read.stage == Stage::Returned => Change::CameBack,
            Some(from) if silence(read.stage) > silence(from) => Change::Silence,
            Some(from) if bought > 0 && silence(from) > 0 && silence(read.stage) == 0 => Change::CameBack,
            Some(_) if bought > 0 => Change::Ordered,
            Some(_) => Change::Time,
        };
        let state = State {
            stage: read.stage,
            since: since(self.held, read, today, change),
            change,
            bought: u8::try_from(bought).unwrap_or(u8::MAX),
            before,
            gap: read.gap as f32,
        };
        (self.held, self.count) = (Some((today, state)), days.len());
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Contracts, Exit, Term};
    use crate::numeric::calendar::DAY;
    use crate::orders::{Lines, NONE, Orders, Returns};

    fn shop(days: &[&[i64]], returns: Returns) -> Orders {
        let mut lines = Lines::default();
        for (customer, days) in days.iter().enumerate() {
            for day in *days {
                lines.customer.push(customer as u32);
                lines.order.push(lines.order.len() as u32);
                lines.time.push(day * DAY + 60);
            }
        }
        let rows = lines.order.len();
        (lines.item, lines.quantity, lines.amount) = (vec![0; rows], vec![1000; rows], vec![1; rows]);
        Orders::new(days.len(), lines, returns).unwrap()
    }

    fn tracked(orders: &Orders, dates: &[i64], rules: &Rules) -> Track {
        let known: Vec<AsOf> = dates.iter().map(|day| AsOf::new(orders, day * DAY)).collect();
        track(&known, rules, usize::MAX).unwrap()
    }

    #[test]
    fn a_life_from_the_first_order_to_the_last() {
        use Stage::*;
        let orders = shop(&[&[0, 20, 40, 60, 80, 300], &[95]], Returns::default());
        let fixed = Rules { usual_gap: Some(20.0), edge_days: Some(0), ..Rules::default() };
        let dates = [10, 30, 90, 125, 150, 200, 310, 400, 900];
        let life = tracked(&orders, &dates, &fixed);
        let row: Vec<(Stage, i32, Change)> = life.of(0).iter().map(|s| (s.stage, s.since, s.change)).collect();
        assert_eq!(
            row,
            [
                (New, 0, Change::Began),
                (Building, 20, Change::Ordered),
                (Loyal, 80, Change::Ordered),
                (Slipping, 121, Change::Silence),
                (Slipping, 121, Change::Nothing),
                (Dormant, 161, Change::Silence),
                (Returned, 300, Change::CameBack),
                (Slipping, 357, Change::Silence),
                (Lost, 666, Change::Silence),
            ]
        );
        assert_eq!((life.previous(0), life.previous(1)), (Some(Slipping), Some(Dormant)));
        assert_eq!(life.of(0).iter().map(|s| s.bought).collect::<Vec<_>>(), [1, 1, 3, 0, 0, 0, 1, 0, 0]);
        assert_eq!(life.of(1)[0].stage, Prospect);
    }

    #[test]
    fn a_limit_must_be_crossed_clearly_or_twice() {
        use Stage::*;
        // g = 20: overdue after 40 days of silence, beyond the margin after 44.
        let orders = shop(&[&[0, 20, 40]], Returns::default());
        let rules = Rules { usual_gap: Some(20.0), edge_days: Some(0), ..Rules::default() };
        let of = |dates: &[i64], rules: &Rules| {
            tracked(&orders, dates, rules).of(0).iter().map(|s| (s.stage, s.since)).collect::<Vec<_>>()
        };
        assert_eq!(of(&[50, 82, 84], &rules), [(Building, 20), (Building, 20), (Slipping, 83)]);
        assert_eq!(of(&[50, 85], &rules), [(Building, 20), (Slipping, 81)]);
        let plain = Rules { margin: 0.0, ..rules.clone() };
        assert_eq!(of(&[50, 82, 84], &plain), [(Building, 20), (Slipping, 81), (Slipping, 81)]);
        let calm = tracked(&orders, &[50, 82, 84], &rules);
        assert_eq!(calm.flips(), Some(0.0));
    }

    #[test]
    fn the_beginning_of_the_data_makes_nobody_new() {
        use Stage::*;
        let orders = shop(&[&[0], &[80, 100], &[101]], Returns::default());
        let life = tracked(&orders, &[105], &Rules::default());
        let stages: Vec<Stage> = (0..3).map(|customer| life.of(customer)[0].stage).collect();
        assert_eq!(stages, [Slipping, Known, New]);
        assert_eq!((life.of(0)[0].before, life.of(2)[0].before), (true, false));
    }

    #[test]
    fn a_cancelled_order_moves_back_from_its_cancellation_on() {
        use Stage::*;
        let back = Returns {
            customer: vec![0],
            item: vec![0],
            time: vec![50 * DAY],
            quantity: vec![1000],
            amount: vec![1],
            bought: vec![30 * DAY + 60],
        };
        let orders = shop(&[&[0, 30]], back);
        let rules = Rules { edge_days: Some(0), ..Rules::default() };
        let life = tracked(&orders, &[20, 40, 60], &rules);
        let row: Vec<(Stage, Change)> = life.of(0).iter().map(|s| (s.stage, s.change)).collect();
        assert_eq!(row, [(New, Change::Began), (Building, Change::Ordered), (New, Change::Cancelled)]);
    }

    #[test]
    fn contracts_move_by_their_dates() {
        use Stage::*;
        let term = |from: i64, to: Option<i64>| Term {
            customer: 0,
            from: from * DAY,
            exit: to.map(|day| Exit { time: day * DAY, reason: NONE }),
        };
        let (contracts, _) = Contracts::of_terms(1, vec![term(10, Some(300)), term(400, None)]).expect("sound");
        let known: Vec<ContractsAsOf> = [5, 50, 200, 320, 410, 500].map(|day| contracts.as_of(day * DAY)).to_vec();
        let life = track_contracts(&known, &ContractRules::default(), 99).unwrap();
        let row: Vec<(Stage, i32, Change)> = life.of(0).iter().map(|s| (s.stage, s.since, s.change)).collect();
        assert_eq!(
            row,
            [
                (Prospect, 5, Change::Nothing),
                (New, 10, Change::Began),
                (Building, 101, Change::Time),
                (Lost, 300, Change::Left),
                (Returned, 400, Change::CameBack),
                (Building, 461, Change::Time),
            ]
        );
        let backwards = [contracts.as_of(5), contracts.as_of(5)];
        assert_eq!(track_contracts(&backwards, &ContractRules::default(), 99), Err(RulesError::Dates { place: 1 }));
    }
}
