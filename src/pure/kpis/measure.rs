//! The KPIs of customers, for every group and period, in one pass over the customers.

use rayon::prelude::*;

use super::definitions::{How, Interval, KPIS, Kpi, Need};
use super::drivers::Volumes;
use super::groups::Groups;
use super::periods::Periods;
use super::view::{Customer, View, ViewSettings};
use crate::numeric::calendar::DAY;
use crate::numeric::shares::{Z95, wilson};
use crate::orders::AsOf;

/// Sums over customers above and below a line: whole numbers, so that they add up in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratio {
    /// Above the line.
    pub above: i128,
    /// Below the line.
    pub below: i128,
    /// Customers (or answers) that add anything.
    pub count: u64,
    above_squared: i128,
    both: i128,
    below_squared: i128,
}

impl Ratio {
    /// Sums of which nothing more is known, so that they have no interval.
    pub fn of(above: i128, below: i128) -> Ratio {
        Ratio { above, below, ..Ratio::default() }
    }

    /// Adds what one customer brings.
    pub fn add(&mut self, above: i64, below: i64) {
        if (above, below) == (0, 0) {
            return;
        }
        let (above, below) = (i128::from(above), i128::from(below));
        self.above += above;
        self.below += below;
        self.count += 1;
        self.above_squared += above * above;
        self.both += above * below;
        self.below_squared += below * below;
    }

    /// Adds other sums.
    pub fn join(&mut self, other: &Ratio) {
        self.above += other.above;
        self.below += other.below;
        self.count += other.count;
        self.above_squared += other.above_squared;
        self.both += other.both;
        self.below_squared += other.below_squared;
    }

    /// The standard error of the ratio by linearisation, with customers as clusters: `n/(n−1) · Σ (y − R x)² / (Σ x)²`; NaN for fewer than
    /// two customers.
    ///
    /// W. G. Cochran, "Sampling Techniques", 3rd edition 1977, equation 6.13, without the correction for a finite population.
    pub fn standard_error(&self) -> f64 {
        if self.count < 2 || self.below == 0 {
            return f64::NAN;
        }
        let (n, below) = (self.count as f64, self.below as f64);
        let ratio = self.above as f64 / below;
        let squares =
            self.above_squared as f64 - 2.0 * ratio * self.both as f64 + ratio * ratio * self.below_squared as f64;
        (n / (n - 1.0) * squares.max(0.0)).sqrt() / below.abs()
    }

    /// The 95 % interval that a KPI states, in the units of its value; NaN where it has none.
    pub fn interval(&self, kpi: &Kpi) -> (f64, f64) {
        match kpi.interval {
            Interval::Wilson => {
                let (part, all) = (u64::try_from(self.above), u64::try_from(self.below));
                match (part, all) {
                    (Ok(part), Ok(all)) if all > 0 && part <= all => wilson(part, all, Z95),
                    _ => (f64::NAN, f64::NAN),
                }
            }
            Interval::Clustered => {
                let scale = kpi.measures.1.scale() / kpi.measures.0.scale();
                let (value, error) = (kpi.value(self.above, self.below), self.standard_error() * scale);
                (value - Z95 * error, value + Z95 * error)
            }
            Interval::None | Interval::Promoters | Interval::OrderStatistics => (f64::NAN, f64::NAN),
        }
    }
}

/// One KPI of one group in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Its place in [`KPIS`].
    pub kpi: usize,
    /// The group.
    pub group: usize,
    /// The period.
    pub period: usize,
    /// The value; NaN where there is nothing below the line.
    pub value: f64,
    /// What is above and below the line, in the KPI's measures.
    pub numerator: i128,
    pub denominator: i128,
    /// The 95 % interval; NaN where there is none.
    pub low: f64,
    pub high: f64,
}

impl Figure {
    /// The figure of sums.
    pub fn of(kpi: usize, group: usize, period: usize, sums: &Ratio) -> Figure {
        let row = &KPIS[kpi];
        let (low, high) = sums.interval(row);
        let value = row.value(sums.above, sums.below);
        Figure { kpi, group, period, value, numerator: sums.above, denominator: sums.below, low, high }
    }
}

/// Sums of every KPI, group and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    wanted: Vec<usize>,
    periods: usize,
    /// By group, period and place in `wanted`.
    sums: Vec<Ratio>,
    /// By group and period.
    volumes: Vec<Volumes>,
}

impl Measured {
    /// The sums of a KPI, if it was wanted.
    pub fn sums(&self, kpi: usize, group: usize, period: usize) -> Option<&Ratio> {
        let at = self.wanted.iter().position(|wanted| *wanted == kpi)?;
        self.sums.get((group * self.periods + period) * self.wanted.len() + at)
    }

    /// What revenue is a product of.
    pub fn volumes(&self, group: usize, period: usize) -> Volumes {
        self.volumes[group * self.periods + period]
    }

    /// All figures, by group, period and KPI. What compares with a period that is not there is left out.
    pub fn figures(&self, periods: &Periods) -> Vec<Figure> {
        let mut figures = Vec::with_capacity(self.sums.len());
        for (cell, sums) in self.sums.chunks(self.wanted.len().max(1)).enumerate() {
            let (group, period) = (cell / self.periods, cell % self.periods);
            for (kpi, sums) in self.wanted.iter().zip(sums) {
                let has = KPIS[*kpi].compares.is_none_or(|against| against.of(periods, period).is_some());
                if has {
                    figures.push(Figure::of(*kpi, group, period, sums));
                }
            }
        }
        figures
    }
}

/// The KPIs of customers that orders alone give, with those of costs where costs are known.
pub fn of_customers(settings: &ViewSettings) -> Vec<usize> {
    let wanted = |kpi: &Kpi| match (kpi.how, kpi.need) {
        (How::Customers(_), Need::Costs) => settings.costs.is_some(),
        (How::Customers(_), _) => true,
        (How::Table, _) => false,
    };
    (0..KPIS.len()).filter(|&kpi| wanted(&KPIS[kpi])).collect()
}

/// The wanted KPIs (places in [`KPIS`]; those of other tables are left out) for every group and period.
pub fn measure(
    known: AsOf,
    periods: &Periods,
    groups: &Groups,
    settings: &ViewSettings,
    wanted: &[usize],
    progress: &(dyn Fn(f64) + Sync),
) -> Measured {
    type Work = (Vec<Ratio>, Vec<Volumes>, Customer, Vec<usize>);
    let of: Vec<(usize, fn(&View) -> (i64, i64))> = wanted
        .iter()
        .filter_map(|&kpi| match KPIS[kpi].how {
            How::Customers(of) => Some((kpi, of)),
            How::Table => None,
        })
        .collect();
    let wanted: Vec<usize> = of.iter().map(|row| row.0).collect();
    let lasting = wanted.iter().any(|&kpi| KPIS[kpi].lasting);
    let count = periods.list().len();
    let years_after = years_after(periods);
    let start = || -> Work {
        let cells = groups.len() * count;
        (vec![Ratio::default(); cells * of.len()], vec![Volumes::default(); cells], Customer::default(), Vec::new())
    };
    let customers = known.customers();
    // Few and large parts: each holds sums of its own.
    let part = customers.div_ceil(4 * rayon::current_num_threads()).max(1_024);
    let done = std::sync::atomic::AtomicUsize::new(0);
    let parts = (0..customers as u32).into_par_iter().with_min_len(part).fold(
        start,
        |(mut sums, mut volumes, mut one, mut busy), customer| {
            one.collect(known, customer);
            busy_periods(&one, known, customer, periods, settings, &years_after, lasting, &mut busy);
            for &period in &busy {
                let view = one.view(known, customer, periods, period, settings);
                for group in groups.of_customer(customer) {
                    let cell = group * count + period;
                    let own = &mut sums[cell * of.len()..(cell + 1) * of.len()];
                    for (sum, (_, of)) in own.iter_mut().zip(&of) {
                        let (above, below) = of(&view);
                        sum.add(above, below);
                    }
                    let volume = &mut volumes[cell];
                    volume.customers += u64::from(view.orders > 0);
                    volume.orders += view.orders as u64;
                    volume.units += i128::from(view.units);
                    volume.revenue += i128::from(view.revenue);
                }
            }
            let so_far = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if so_far.is_multiple_of(8_192) {
                progress(so_far as f64 / customers as f64);
            }
            (sums, volumes, one, busy)
        },
    );
    let (sums, volumes, ..) = parts.reduce(start, |mut one, other| {
        one.0.iter_mut().zip(&other.0).for_each(|(sum, more)| sum.join(more));
        for (volume, more) in one.1.iter_mut().zip(&other.1) {
            volume.customers += more.customers;
            volume.orders += more.orders;
            volume.units += more.units;
            volume.revenue += more.revenue;
        }
        one
    });
    Measured { wanted, periods: count, sums, volumes }
}

/// Times (civil seconds) of the earliest and the latest order line known; `None` without any.
pub fn span(known: AsOf) -> Option<(i64, i64)> {
    let ends = |customer| {
        let times = known.lines(customer).time;
        Some((*times.first()?, *times.last()?))
    };
    let widest = |one: (i64, i64), other: (i64, i64)| (one.0.min(other.0), one.1.max(other.1));
    (0..known.customers() as u32).into_par_iter().with_min_len(1_024).filter_map(ends).reduce_with(widest)
}

/// The periods that compare with each as their year before.
pub(super) fn years_after(periods: &Periods) -> Vec<Vec<usize>> {
    let mut after = vec![Vec::new(); periods.list().len()];
    for (at, period) in periods.list().iter().enumerate() {
        if let Some(before) = period.year_before {
            after[before].push(at);
        }
    }
    after
}

/// The periods in which a customer can add to anything, ascending.
#[expect(clippy::too_many_arguments, reason = "all of them are borrowed from the one caller's pass")]
fn busy_periods(
    one: &Customer,
    known: AsOf,
    customer: u32,
    periods: &Periods,
    settings: &ViewSettings,
    years_after: &[Vec<usize>],
    lasting: bool,
    busy: &mut Vec<usize>,
) {
    busy.clear();
    let count = periods.list().len();
    let mut last = None;
    for (time, _) in one.orders() {
        let Some(period) = periods.of(time) else { continue };
        if last != Some(period) {
            busy.push(period);
            busy.extend((period + 1 < count).then_some(period + 1));
            busy.extend(&years_after[period]);
            last = Some(period);
        }
    }
    let returns = known.returns(customer);
    busy.extend(returns.time.iter().chain(returns.bought).filter_map(|&time| periods.of(time)));
    busy.extend(settings.expenses_of(customer).iter().filter_map(|row| periods.of(row.1)));
    if lasting && let Some(first) = one.first() {
        busy.extend(periods.list().partition_point(|period| period.end <= first)..count);
    }
    busy.sort_unstable();
    busy.dedup();
}

/// How far a figure can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is missing any more.
    Final,
    /// The period is over; late rows, returns or the time that the KPI itself takes may still change it.
    Provisional,
    /// The as-of date falls into the period.
    Open,
    /// The period begins too soon after history does for a KPI that asks what came before.
    Edge,
}

impl State {
    /// How tables name it.
    pub fn name(self) -> &'static str {
        match self {
            State::Final => "final",
            State::Provisional => "provisional",
            State::Open => "open",
            State::Edge => "edge",
        }
    }

    /// The state of a KPI in a period (both in civil seconds): a shop waits `wait` days for late rows and returns, and its history begins at
    /// `begins`, so that KPIs that look back need `edge` days of it.
    pub fn of(kpi: &Kpi, (start, end): (i64, i64), as_of: i64, begins: i64, wait: i64, edge: i64) -> State {
        if end > as_of {
            State::Open
        } else if kpi.looks_back && start < begins + edge * DAY {
            State::Edge
        } else if end + (kpi.matures.max(wait)) * DAY > as_of {
            State::Provisional
        } else {
            State::Final
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::definitions::kpi_of;
    use super::super::periods::Grain;
    use super::*;
    use crate::numeric::calendar::day_of_civil;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn figures_of_four_months() {
        let at = |month, day| day_of_civil(2024, month, day) * DAY + 3600;
        let lines = Lines {
            customer: vec![0, 0, 0, 1, 1, 2],
            order: vec![0, 0, 1, 2, 3, 4],
            item: vec![0; 6],
            category: None,
            time: vec![at(1, 5), at(1, 5), at(2, 1), at(1, 31), at(4, 1), at(2, 29)],
            quantity: vec![1000; 6],
            amount: vec![10_000, 20_000, 30_000, 40_000, 50_000, 60_000],
        };
        let returns = Returns {
            customer: vec![1],
            item: vec![0],
            time: vec![at(3, 3)],
            quantity: vec![1000],
            amount: vec![40_000],
            bought: vec![at(1, 31)],
        };
        let orders = Orders::new(4, lines, returns).unwrap();
        let known = AsOf::new(&orders, at(4, 10));
        assert_eq!(span(known), Some((at(1, 5), at(4, 1))));
        let months = Periods::calendar(Grain::Month, 1, at(1, 5), at(4, 10));
        let settings = ViewSettings::of_silence(40);
        let measured = measure(known, &months, &Groups::of(vec![]), &settings, &of_customers(&settings), &|_| {});
        let row = |name: &str| {
            let sums = |month| *measured.sums(kpi_of(name).unwrap(), 0, month).unwrap();
            (0..4).map(|month| (sums(month).above, sums(month).below)).collect::<Vec<_>>()
        };
        assert_eq!(row("orders"), [(2, 0), (2, 0), (0, 0), (1, 0)]);
        assert_eq!(row("active"), [(2, 0), (2, 0), (0, 0), (1, 0)]);
        assert_eq!(row("acquired"), [(2, 0), (1, 0), (0, 0), (0, 0)]);
        assert_eq!(row("revenue"), [(70_000, 0), (90_000, 0), (0, 0), (50_000, 0)]);
        assert_eq!(row("returned"), [(0, 0), (0, 0), (40_000, 0), (0, 0)]);
        assert_eq!(row("returned_of_orders"), [(40_000, 0), (0, 0), (0, 0), (0, 0)]);
        assert_eq!(row("retention"), [(0, 0), (1, 2), (0, 2), (0, 0)]);
        assert_eq!(row("reactivated"), [(0, 0), (0, 0), (0, 0), (1, 0)]);
        // 40 days after 1 February and 31 January both are silent, on 12 and 11 March; the second comes back on 1 April. The third
        // reaches the limit on 9 April.
        assert_eq!(row("defection"), [(0, 0), (0, 2), (2, 3), (1, 2)]);
        assert_eq!(row("defection_reversed")[2], (1, 2));
        // Of the new customers of January only the first has had 90 days.
        assert_eq!(row("second_order_90d"), [(1, 1), (0, 0), (0, 0), (0, 0)]);
        let of = |name: &str| {
            let found = measured.figures(&months).into_iter().filter(|f| KPIS[f.kpi].name == name);
            found.map(|figure| figure.value).collect::<Vec<f64>>()
        };
        assert_eq!(of("order_value")[0], 3.5);
        // January has no month before it, and none has a year before.
        assert_eq!((of("retention").len(), of("nrr_year").len()), (3, 0));
    }

    #[test]
    fn the_error_of_a_ratio_by_hand() {
        let mut sums = Ratio::default();
        [(10, 2), (0, 1), (9, 3)].into_iter().for_each(|(above, below)| sums.add(above, below));
        // R = 19/6; residuals 10 − 38/6, −19/6, 9 − 57/6: 121/9 + 361/36 + 1/4 = 854/36.
        let expected = (1.5_f64 * 854.0 / 36.0).sqrt() / 6.0;
        assert!((sums.standard_error() - expected).abs() < 1e-12);
        assert!(Ratio::default().standard_error().is_nan());
    }

    #[test]
    fn states_follow_the_calendar_and_the_kpi() {
        let of = |name: &str, start: i64, end: i64| {
            State::of(&KPIS[kpi_of(name).unwrap()], (start * DAY, end * DAY), 1_000 * DAY, 0, 30, 365)
        };
        assert_eq!(of("revenue", 980, 1_001), State::Open);
        assert_eq!(of("revenue", 950, 980), State::Provisional);
        assert_eq!(of("revenue", 940, 970), State::Final);
        assert_eq!(of("second_order_90d", 940, 970), State::Provisional);
        assert_eq!(of("revenue", 0, 30), State::Final);
        assert_eq!(of("acquired", 0, 30), State::Edge);
    }
}
