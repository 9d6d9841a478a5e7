//! Dates that no order of this shop can have: a typing mistake, a till whose clock was wrong, a cell that means "never".
//!
//! What is looked at are the shop's orders by day, and nothing outside the data: not the clock, not the times of files.
//! Dates before 1970 or after 2100 are never an order's. Others are implausible when few orders lie beyond a pause that
//! this shop cannot have made. How long that is depends on the shop: on the longest pause it made before, on how many
//! orders tell so, on how many orders a usual day has, and on order numbers where they rise with time. An order at the
//! end whose number is smaller than those of orders long before it has a wrong date; one with the greatest number of all
//! is the first after a pause, or the newest order with a wrong date. Where such orders are few and the pause is far longer than any
//! before and than holidays, they wait until more follow, because the as-of date `latest` is the day after the last order.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::lines::Lines;
use super::settings::ImplausibleDates;
use crate::numeric::calendar::{civil_of_day, day_of_civil};
use crate::orders::{NONE, Names};

/// The calendar days, both inclusive, between which a shop's orders can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day, counted from 1970-01-01.
    pub from: i32,
    /// Last day, counted from 1970-01-01.
    pub until: i32,
    /// The last day with orders that need no others to follow; at most `until`.
    settled: i32,
}

/// One order on one day; an order whose rows have several days is several of them.
type Dated = (i32, u32);

/// Fewer orders than this say nothing of a shop's rhythm.
const FEWEST: usize = 10;
/// A year, in days.
const YEAR: i64 = 366;
/// A pause is implausible beyond this many times the longest one before it.
const PAUSES: f64 = 3.0;
/// The same for few orders: this many divided by the number of orders.
const PAUSES_OF_FEW: f64 = 300.0;
/// A shop that never paused for a week may do so, in days.
const SHORTEST_PAUSE: i64 = 7;
/// A shop may close for so many days, its longest holidays, in days.
const HOLIDAYS: i64 = 45;
/// A weekend is no pause, in days.
const WEEKEND: i64 = 3;
/// From so many orders a day on, a day with less than a tenth of them is thin.
const BUSY: u32 = 20;
/// Order numbers rise with time when at least this share of neighbours in time does.
const RISING: f64 = 0.9;

impl Span {
    /// What the calendar alone allows: 1970 to 2100.
    pub fn of_calendar() -> Span {
        let until = day_of_civil(2101, 1, 1) as i32 - 1;
        Span { from: 0, until, settled: until }
    }

    /// Whether a day lies within.
    pub fn holds(&self, day: i32) -> bool {
        self.from <= day && day <= self.until
    }

    /// Whether orders on this day are plausible, but too few to decide that the shop is open again.
    pub(super) fn waits(&self, day: i32) -> bool {
        self.settled < day && day <= self.until
    }

    /// What all lines say.
    pub fn of_all(lines: &Lines, orders: &Names, rule: ImplausibleDates) -> Span {
        let all: Vec<u32> = (0..lines.len() as u32).collect();
        Span::of(lines, &all, orders, rule)
    }

    /// What the orders of `history` (row numbers) say; the calendar alone where dates far from the others are to be kept.
    pub(super) fn of(lines: &Lines, history: &[u32], orders: &Names, rule: ImplausibleDates) -> Span {
        let calendar = Span::of_calendar();
        if rule == ImplausibleDates::Keep {
            return calendar;
        }
        let dated = |&row: &u32| (lines.day[row as usize], lines.order[row as usize]);
        let mut units: Vec<Dated> = history.par_iter().map(dated).filter(|unit| calendar.holds(unit.0)).collect();
        units.par_sort_unstable();
        units.dedup();
        let number = |order: u32| if order == NONE { None } else { number(orders.get(order)) };
        let (range, settled) = plausible(&units, &number);
        let mut span = calendar;
        if range.start > 0 {
            span.from = units[range.start].0;
        }
        if range.end < units.len() {
            span.until = units[range.end - 1].0;
            span.settled = span.until;
        }
        if settled < range.end {
            span.settled = units[settled - 1].0;
        }
        span
    }
}

/// Which of the orders, sorted by day, have plausible dates, and how many of all need no others to follow. `number` gives the number
/// in an order's name.
fn plausible(units: &[Dated], number: &dyn Fn(u32) -> Option<u128>) -> (std::ops::Range<usize>, usize) {
    let all = units.len();
    if all < FEWEST {
        return (0..all, all);
    }
    let shop = Shop::of(units, number);
    let mut longest = shop.longest;
    let (mut end, mut settled) = (all, all);
    for at in shop.core.end..all {
        let pause = gap(units, at);
        if pause > 0 && shop.ends_before(units, at, pause, longest) {
            end = at;
            break;
        }
        if settled == all && all - at <= shop.few && pause > shop.long(longest).max(HOLIDAYS) {
            settled = at;
        }
        longest = longest.max(pause);
    }
    let mut start = 0;
    for at in (1..=shop.core.start).rev() {
        let pause = gap(units, at);
        if pause > 0 && shop.begins_at(units, at, pause, longest) {
            start = at;
            break;
        }
        longest = longest.max(pause);
    }
    (start..end, settled.min(end))
}

/// Days between an order and the one before it.
fn gap(units: &[Dated], at: usize) -> i64 {
    i64::from(units[at].0) - i64::from(units[at - 1].0)
}

/// What the bulk of the orders says of the shop.
struct Shop<'a> {
    number: &'a dyn Fn(u32) -> Option<u128>,
    /// The orders in the middle, which no few wrong dates at an end can be among.
    core: std::ops::Range<usize>,
    /// Orders at an end that may be a mistake, and those that may be many mistakes.
    few: usize,
    many: usize,
    /// Longest pause among the core, in days.
    longest: i64,
    /// Pauses longer than this many times the longest are implausible.
    factor: f64,
    /// Orders on a usual day with orders.
    usual: u32,
    /// The numbers of the core, sorted, where numbers rise with time; made when first asked for.
    numbers: std::cell::OnceCell<Option<Vec<u128>>>,
}

impl<'a> Shop<'a> {
    fn of(units: &[Dated], number: &'a dyn Fn(u32) -> Option<u128>) -> Shop<'a> {
        let all = units.len();
        let (few, many) = ((all / 100).max(2), (all / 5).max(2));
        let core = many..all - many;
        let longest = core.clone().skip(1).map(|at| gap(units, at)).max().unwrap_or(0);
        let mut counts: FxHashMap<i32, u32> = FxHashMap::default();
        for unit in &units[core.clone()] {
            *counts.entry(unit.0).or_default() += 1;
        }
        let mut counts: Vec<u32> = counts.into_values().collect();
        counts.sort_unstable();
        Shop {
            number,
            few,
            many,
            longest,
            factor: (PAUSES_OF_FEW / all as f64).max(PAUSES),
            usual: counts[counts.len() / 2],
            core,
            numbers: std::cell::OnceCell::new(),
        }
    }

    /// The pause that needs no further reason to be implausible, in days.
    fn long(&self, longest: i64) -> i64 {
        (self.factor * longest.max(SHORTEST_PAUSE) as f64) as i64
    }

    /// Whether the orders from `at` on, after a pause, are wrong.
    fn ends_before(&self, units: &[Dated], at: usize, pause: i64, longest: i64) -> bool {
        let beyond = &units[at..];
        if beyond.len() > self.many || pause <= longest.max(WEEKEND) {
            return false;
        }
        let long = self.long(longest);
        if beyond.len() > self.few {
            return pause > long.max(2 * YEAR);
        }
        match self.said_by_numbers(units, beyond, |own, other| own < other) {
            Some(true) => true,
            Some(false) => pause > long.max(2 * YEAR),
            None => {
                let seen = i64::from(units[at - 1].0) - i64::from(units[self.few].0);
                pause > long || (self.is_thin(beyond) && (seen >= YEAR || pause > 2 * SHORTEST_PAUSE))
            }
        }
    }

    /// Whether the orders before `at`, before a pause, are wrong. They move no as-of date, so more is asked.
    fn begins_at(&self, units: &[Dated], at: usize, pause: i64, longest: i64) -> bool {
        let beyond = &units[..at];
        if beyond.len() > self.few || pause <= longest.max(31) {
            return false;
        }
        let long = self.long(longest);
        match self.said_by_numbers(units, beyond, |own, other| own > other) {
            Some(true) => true,
            Some(false) => pause > long.max(10 * YEAR),
            None => pause > long.max(3 * YEAR),
        }
    }

    /// Whether days have far fewer orders than this shop's days have.
    fn is_thin(&self, beyond: &[Dated]) -> bool {
        let days = 1 + beyond.windows(2).filter(|pair| pair[0].0 != pair[1].0).count();
        self.usual >= BUSY && beyond.len() * 10 <= days * self.usual as usize
    }

    /// Whether the numbers of all these orders are those of orders on the other side of a pause: `Some(true)` if so,
    /// `Some(false)` if their numbers lie where their dates do, `None` if numbers say nothing.
    fn said_by_numbers(
        &self,
        units: &[Dated],
        beyond: &[Dated],
        passed_by: impl Fn(u128, u128) -> bool,
    ) -> Option<bool> {
        let known = self.numbers.get_or_init(|| self.rising(units)).as_ref()?;
        let enough = (known.len() / 100).max(3);
        let passed = |own: u128| known.iter().filter(|&&other| passed_by(own, other)).count();
        let counts: Vec<usize> =
            beyond.iter().map(|unit| Some(passed((self.number)(unit.1)?))).collect::<Option<_>>()?;
        if counts.iter().all(|&count| count >= enough) {
            return Some(true);
        }
        counts.iter().all(|&count| count == 0).then_some(false)
    }

    /// The numbers of the core if they rise with time.
    fn rising(&self, units: &[Dated]) -> Option<Vec<u128>> {
        let core = &units[self.core.clone()];
        let mut known: Vec<(i32, u128)> =
            core.iter().filter_map(|unit| Some((unit.0, (self.number)(unit.1)?))).collect();
        if known.len() * 10 < core.len() * 9 {
            return None;
        }
        known.sort_unstable();
        let pairs = known.windows(2).filter(|pair| pair[0].0 != pair[1].0);
        let (pairs, rising) = pairs.fold((0, 0), |(all, up), pair| (all + 1, up + usize::from(pair[0].1 < pair[1].1)));
        if pairs < FEWEST / 2 || (rising as f64) < RISING * pairs as f64 {
            return None;
        }
        Some(known.into_iter().map(|(_, number)| number).collect())
    }
}

/// All digits of an order's name as one number: `A-2025-00123` is 202500123.
fn number(name: &str) -> Option<u128> {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || digits.len() > 30 { None } else { digits.parse().ok() }
}

/// A day as `2011-12-09`.
pub(super) fn written(day: i32) -> String {
    let (year, month, of_month) = civil_of_day(i64::from(day));
    format!("{year:04}-{month:02}-{of_month:02}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: i32 = 19_000;

    /// Which orders of a shop with these days are wrong, by the days; orders are numbered as they come in `days`.
    fn wrong(days: &[i32], numbered: bool) -> Vec<i32> {
        let mut units: Vec<Dated> = days.iter().enumerate().map(|(at, &day)| (day, at as u32)).collect();
        units.sort_unstable();
        let number = |order: u32| numbered.then_some(u128::from(order) + 1000);
        let (range, _) = plausible(&units, &number);
        units.iter().enumerate().filter(|(at, _)| !range.contains(at)).map(|(_, unit)| unit.0).collect()
    }

    /// How many of the last orders wait.
    fn waiting(days: &[i32]) -> usize {
        let mut units: Vec<Dated> = days.iter().enumerate().map(|(at, &day)| (day, at as u32)).collect();
        units.sort_unstable();
        let (range, settled) = plausible(&units, &|order| Some(u128::from(order) + 1000));
        range.end - settled
    }

    /// A stream of pauses that does not depend on a library: Knuth's linear congruential numbers, upper bits.
    fn draws(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        }
    }

    /// Days of `orders` orders with pauses from 0 to twice the mean.
    fn shop(orders: usize, mean: u64, seed: u64) -> Vec<i32> {
        let mut draw = draws(seed);
        let mut day = START;
        (0..orders)
            .map(|_| {
                day += draw(2 * mean + 1) as i32;
                day
            })
            .collect()
    }

    #[test]
    fn one_order_of_another_century_or_year() {
        for far in [START + 65_000, START + 40_000, START + 3_650] {
            let mut days = shop(670, 1, 1);
            days.push(far);
            assert_eq!(wrong(&days, false), [far]);
            // Even the newest number does not make it plausible.
            assert_eq!(wrong(&days, true), [far]);
        }
        let mut days = shop(670, 1, 2);
        days.insert(0, START - 7_305);
        assert_eq!(wrong(&days, false), [START - 7_305]);
    }

    #[test]
    fn a_month_typed_wrong_in_a_shop_that_sells_daily() {
        let mut days = shop(670, 1, 3);
        let last = days[669];
        days[400] = last + 30;
        assert_eq!(wrong(&days, false), [last + 30], "a month without an order is three times any pause before");
        days[400] = last + 6;
        assert_eq!(wrong(&days, true), [last + 6], "its number is that of an order long before");
        assert_eq!(wrong(&days, false), [0; 0], "without numbers six days may be a holiday");
    }

    #[test]
    fn a_lonely_order_in_a_busy_shop() {
        // 50 orders on each of 400 days, then one order five days later.
        let mut days: Vec<i32> = (0..400).flat_map(|day| [START + day; 50]).collect();
        days.push(START + 404);
        assert_eq!(wrong(&days, false), [START + 404]);
        days.extend([START + 404; 20]);
        assert_eq!(wrong(&days, false), [0; 0], "a morning's worth of orders is the shop open again");
    }

    #[test]
    fn the_first_order_after_a_pause_is_kept() {
        // A shop for Christmas: 300 orders in 60 days, then the next season begins.
        let mut days: Vec<i32> = (0..300).map(|order| START + order / 5).collect();
        days.push(START + 330);
        assert_eq!(wrong(&days, true), [0; 0], "its number goes on");
        days.extend([START + 330, START + 331, START + 331]);
        assert_eq!(wrong(&days, false), [0; 0], "four orders of a season are no typing mistake");
    }

    #[test]
    fn the_newest_order_waits_after_a_pause_that_the_shop_never_made() {
        let mut days = shop(670, 1, 6);
        let last = days[669];
        days.push(last + 31);
        assert_eq!((wrong(&days, true), waiting(&days)), (vec![], 0), "a month may be holidays");
        days.pop();
        days.push(last + 200);
        assert_eq!((wrong(&days, true), waiting(&days)), (vec![], 1), "its number is the greatest");
        days.extend([last + 200; 5]);
        assert_eq!(waiting(&days), 6);
        days.push(last + 201);
        assert_eq!(waiting(&days), 0, "more than a hundredth of the orders is the shop open again");
        assert_eq!(waiting(&shop(670, 1, 6)), 0);
    }

    #[test]
    fn a_tenth_of_the_orders_years_ahead_is_no_season() {
        let mut days = shop(300, 1, 4);
        days.extend([START + 10_000; 30]);
        assert_eq!(wrong(&days, false).len(), 30);
        // A third is the shop.
        days.extend([START + 10_000; 100]);
        assert_eq!(wrong(&days, false), [0; 0]);
    }

    #[test]
    fn numbers_in_names() {
        assert_eq!(number("A-2025-00123"), Some(202_500_123));
        assert_eq!((number("C536379"), number("none"), number("")), (Some(536_379), None, None));
        assert_eq!(written(-719_162), "0001-01-01");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        // A shop loses no order for being small or slow.
        #[test]
        fn orders_of_a_steady_shop_are_all_kept(orders in 1..400usize, mean in 0..60u64, seed in any::<u64>(), numbered in any::<bool>()) {
            prop_assert_eq!(wrong(&shop(orders, mean, seed), numbered), [0; 0]);
        }

        // Nor for pausing up to twice as long as ever, before its last orders.
        #[test]
        fn a_pause_twice_as_long_is_kept(orders in 10..400usize, mean in 1..60u64, seed in any::<u64>(), numbered in any::<bool>()) {
            let mut days = shop(orders, mean, seed);
            let longest = days.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
            days.push(days[orders - 1] + 2 * longest);
            prop_assert_eq!(wrong(&days, numbered), [0; 0]);
        }

        // One order of thousands of days ahead or behind is found in every shop, and nothing else is.
        #[test]
        fn far_dates_are_found(orders in 40..400usize, mean in 0..30u64, seed in any::<u64>(), far in 20_000..60_000i32, ahead in any::<bool>(), numbered in any::<bool>()) {
            let mut days = shop(orders, mean, seed);
            let place = days[orders / 2] + if ahead { far } else { -far };
            days[orders / 2] = place;
            prop_assert_eq!(wrong(&days, numbered), [place]);
        }
    }
}
