//! Figures and changes with their state, and whether they are unusual for this shop.

use super::MeasureKpis;
use crate::kpis::{
    Against, Bridge, Bridges, Figure, Groups, Items, Judged, KPIS, Measured, Periods, PriceVolumeMix, STEPS, Share,
    State, Unit, UnusualSettings, effects, explained, judge, judge_effect, kpi_of, price_volume_mix,
};

/// Past comparisons with which an effect is compared.
const LIKE: usize = 8;

/// By what states and limits are found.
pub struct Judge {
    pub as_of: i64,
    begins: i64,
    wait: i64,
    edge: i64,
    settings: UnusualSettings,
}

/// A figure with its state and limits.
pub struct JudgedFigure {
    pub figure: Figure,
    pub state: State,
    pub judged: Judged,
}

/// Something that changed from one period to another, with its parts and their limits.
pub struct Compared<T> {
    pub group: usize,
    pub period: usize,
    pub against: Against,
    pub before: usize,
    pub state: State,
    pub what: T,
    /// By part, as shares of the revenue before.
    pub judged: Vec<Judged>,
}

/// The drivers of a change of revenue.
pub struct Driven {
    /// By the rows of [`DRIVERS`](crate::kpis::DRIVERS).
    pub effects: [i128; 7],
    /// The revenue before.
    pub before: i128,
}

/// The parts of a change of revenue over items.
pub static PARTS: [PricePart; 7] = [
    PricePart { name: "before", is_level: true, of: |p| p.before, items: |_| None },
    PricePart { name: "price", is_level: false, of: |p| p.price, items: |p| Some(p.items[0]) },
    PricePart { name: "volume", is_level: false, of: |p| p.volume, items: |p| Some(p.items[0]) },
    PricePart { name: "mix", is_level: false, of: |p| p.mix, items: |p| Some(p.items[0]) },
    PricePart { name: "new", is_level: false, of: |p| p.new, items: |p| Some(p.items[1]) },
    PricePart { name: "discontinued", is_level: false, of: |p| p.discontinued, items: |p| Some(p.items[2]) },
    PricePart { name: "after", is_level: true, of: |p| p.after, items: |_| None },
];

/// A row of [`PARTS`].
pub struct PricePart {
    pub name: &'static str,
    pub is_level: bool,
    pub of: fn(&PriceVolumeMix) -> i128,
    pub items: fn(&PriceVolumeMix) -> Option<u64>,
}

/// All that is found with one way to divide time.
pub struct Ways {
    pub periods: Periods,
    pub figures: Vec<JudgedFigure>,
    pub bridges: Vec<Compared<Bridge>>,
    pub drivers: Vec<Compared<Driven>>,
    /// Segments' parts in the change, by the group that they are.
    pub shares: Vec<(Against, usize, Share)>,
    pub prices: Vec<Compared<PriceVolumeMix>>,
    /// What was sold, by period.
    pub sold: Vec<Items>,
}

impl Judge {
    /// By the settings; history begins at `begins` (civil seconds).
    pub fn of(stage: &MeasureKpis, as_of: i64, begins: i64) -> Judge {
        let settings = UnusualSettings {
            deviations: stage.deviations.get(),
            least_change: stage.least_change.get(),
            ..UnusualSettings::default()
        };
        let (wait, edge) = (stage.wait_days.get().into(), stage.edge_days.get().into());
        Judge { as_of, begins, wait, edge, settings }
    }

    fn state(&self, kpi: usize, periods: &Periods, period: usize) -> State {
        let period = &periods.list()[period];
        State::of(&KPIS[kpi], (period.start, period.end), self.as_of, self.begins, self.wait, self.edge)
    }

    /// Judges all that was found with one way to divide time.
    pub fn ways(
        &self,
        periods: &Periods,
        groups: &Groups,
        measured: &Measured,
        figures: Vec<Figure>,
        bridges: Bridges,
        sold: Vec<Items>,
    ) -> Ways {
        let (drivers, shares) = self.drivers(periods, groups, measured);
        Ways {
            figures: self.figures(periods, groups, figures),
            bridges: self.bridges(periods, groups, &bridges),
            drivers,
            shares,
            prices: self.prices(periods, &sold),
            periods: periods.clone(),
            sold,
        }
    }

    /// Each KPI of each group as a series over the periods; what is open or at the edge of history is no part of it.
    fn figures(&self, periods: &Periods, groups: &Groups, figures: Vec<Figure>) -> Vec<JudgedFigure> {
        let count = periods.list().len();
        let mut series = vec![f64::NAN; groups.len() * KPIS.len() * count];
        let place = |figure: &Figure| (figure.group * KPIS.len() + figure.kpi) * count + figure.period;
        let mut states = Vec::with_capacity(figures.len());
        for figure in &figures {
            let state = self.state(figure.kpi, periods, figure.period);
            if !matches!(state, State::Open | State::Edge) {
                series[place(figure)] = figure.value;
            }
            states.push(state);
        }
        let mut judged = Vec::with_capacity(series.len());
        for (at, values) in series.chunks(count.max(1)).enumerate() {
            let relative = !matches!(KPIS[at % KPIS.len()].unit, Unit::Share | Unit::Points);
            judged.extend(judge(values, periods.season(), relative, &self.settings));
        }
        let with = |(figure, state): (Figure, State)| JudgedFigure { judged: judged[place(&figure)], figure, state };
        figures.into_iter().zip(states).map(with).collect()
    }

    /// What is found of every comparison of every group, with the limits of each of its parts.
    fn compared<T>(
        &self,
        periods: &Periods,
        groups: usize,
        find: impl Fn(Against, usize, usize, usize) -> Option<T>,
        parts: impl Fn(&T) -> Vec<i128>,
        base: impl Fn(&T) -> i128,
    ) -> Vec<Compared<T>> {
        let revenue = kpi_of("revenue").expect("a row of the table");
        let mut all = Vec::new();
        for against in Against::BOTH {
            for group in 0..groups {
                // Shares of the revenue before, by part, of the comparisons so far.
                let mut past: Vec<Vec<f64>> = Vec::new();
                for period in 0..periods.list().len() {
                    let Some(before) = against.of(periods, period) else { continue };
                    let Some(what) = find(against, group, period, before) else { continue };
                    let state = self.state(revenue, periods, period);
                    let own = parts(&what);
                    past.resize(own.len(), Vec::new());
                    let mut judged = Vec::with_capacity(own.len());
                    for (series, part) in past.iter_mut().zip(&own) {
                        let share = *part as f64 / base(&what) as f64;
                        series.push(if state == State::Open { f64::NAN } else { share });
                        judged.push(judge_effect(series, LIKE, &self.settings));
                    }
                    all.push(Compared { group, period, against, before, state, what, judged });
                }
            }
        }
        all
    }

    fn bridges(&self, periods: &Periods, groups: &Groups, bridges: &Bridges) -> Vec<Compared<Bridge>> {
        let find = |against, group, period, _| {
            let bridge = bridges.get(against, group, period, periods).copied()?;
            (bridge != Bridge::default()).then_some(bridge)
        };
        let parts = |bridge: &Bridge| STEPS.iter().map(|step| (step.of)(bridge).money).collect();
        self.compared(periods, groups.len(), find, parts, |bridge| bridge.before.money)
    }

    /// Drivers of every group, and what each segment has to do with the change of all.
    fn drivers(
        &self,
        periods: &Periods,
        groups: &Groups,
        measured: &Measured,
    ) -> (Vec<Compared<Driven>>, Vec<(Against, usize, Share)>) {
        let find = |_, group, period, before| {
            let (before, after) = (measured.volumes(group, before), measured.volumes(group, period));
            let has_any = before.orders + after.orders > 0;
            has_any.then(|| Driven { effects: effects(&before, &after), before: before.revenue })
        };
        let all = self.compared(periods, groups.len(), find, |found| found.effects.to_vec(), |found| found.before);
        let mut shares = Vec::new();
        for against in Against::BOTH {
            for period in 0..periods.list().len() {
                let Some(before) = against.of(periods, period) else { continue };
                for dimension in 0..groups.dimensions().len() {
                    let own = groups.of_dimension(dimension);
                    let revenue = |group, period| measured.volumes(group, period).revenue;
                    let pairs: Vec<(i128, i128)> =
                        own.clone().map(|group| (revenue(group, before), revenue(group, period))).collect();
                    shares.extend(
                        explained(&pairs)
                            .into_iter()
                            .map(|share| (against, period, Share { group: own.start + share.group, ..share })),
                    );
                }
            }
        }
        (all, shares)
    }

    fn prices(&self, periods: &Periods, sold: &[Items]) -> Vec<Compared<PriceVolumeMix>> {
        let find = |_, _, period: usize, before: usize| {
            let (found, _) = price_volume_mix(&sold[before], &sold[period]);
            (found != PriceVolumeMix::default()).then_some(found)
        };
        let parts = |found: &PriceVolumeMix| PARTS.iter().map(|part| (part.of)(found)).collect();
        self.compared(periods, 1, find, parts, |found| found.before)
    }
}
