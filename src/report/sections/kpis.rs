//! Key figures over time as small multiples: bars for amounts, lines for rates, each with its own scale.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, Figure, Scale, dot, figure, label, line, polyline, px, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Measures over the same periods.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Kpis {
    /// Labels in time order, such as `2011-03`.
    pub periods: Vec<String>,
    /// Whether the as-of date cuts the last period; it is then drawn pale and not compared.
    pub last_incomplete: bool,
    pub measures: Vec<Kpi>,
    /// Whether the page leaves them out where another stage has KPIs of its own.
    pub stands_in: bool,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Kpi {
    pub name: Text,
    /// What it counts, in words; may be empty.
    pub meaning: Text,
    pub unit: Unit,
    pub shape: Shape,
    /// One per period; NaN where there is none.
    pub values: Vec<f64>,
    /// The same measure a year before each period, drawn as a thin line; empty for none.
    pub year_before: Vec<f64>,
}

/// How a measure is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Shape {
    /// For amounts that add up over time.
    Bars,
    /// For rates and averages.
    Line,
}

struct Words {
    heading: &'static str,
    period: &'static str,
    year_before: &'static str,
    points: &'static str,
    incomplete: &'static str,
    about: &'static str,
    change: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Key figures",
        period: "Period",
        year_before: "a year before",
        points: "pts",
        incomplete: "{period} is incomplete, as the as-of date falls in it: it is shown pale and not compared.",
        about: "{name} from {first} to {last}. {meaning}",
        change: "{change} on {on}",
    },
    simplified: Words {
        heading: "关键指标",
        period: "时期",
        year_before: "去年同期",
        points: "个百分点",
        incomplete: "截止日期落在 {period} 之内，这一期尚不完整：以浅色显示，不作比较。",
        about: "{name}，从 {first} 到 {last}。{meaning}",
        change: "与{on}相比 {change}",
    },
    traditional: Words {
        heading: "關鍵指標",
        period: "期間",
        year_before: "去年同期",
        points: "個百分點",
        incomplete: "基準日落在 {period} 之內，這一期尚不完整：以淺色顯示，不作比較。",
        about: "{name}，從 {first} 到 {last}。{meaning}",
        change: "與{on}相比 {change}",
    },
};

impl Shown for Kpis {
    fn chapter(&self) -> Chapter {
        Chapter::Business
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn stands_in(&self) -> bool {
        self.stands_in
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        if self.periods.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        if self.last_incomplete {
            let last = self.periods.last().map_or("", String::as_str);
            m.leaf("p", &[("class", "quiet")], &fill(WORDS.of(cx.language).incomplete, &[("period", cx.date(last))]));
        }
        m.element("div", &[("class", "multiples")], |m| {
            for (i, measure) in self.measures.iter().enumerate() {
                self.panel(m, cx, measure, format!("{id}-{i}"));
            }
        });
    }
}

const WIDTH: f64 = 280.0;
const PLOT: (f64, f64) = (38.0, 112.0);

impl Kpis {
    fn panel(&self, m: &mut Markup, cx: Context, measure: &Kpi, id: String) {
        let (first, last) = (self.periods.first().map_or("", |p| p), self.periods.last().map_or("", |p| p));
        let (first, last) = (cx.date(first), cx.date(last));
        let (name, meaning) = (measure.name.shown(cx), measure.meaning.shown(cx));
        let values = [("name", &*name), ("first", &*first), ("last", &*last), ("meaning", &*meaning)];
        let about = fill(WORDS.of(cx.language).about, &values);
        let size = Figure { id, title: &name, about: about.trim(), width: WIDTH, height: 132.0 };
        figure(m, cx, &size, Some(&self.table(cx, measure)), |m| self.draw(m, cx, measure));
    }

    fn draw(&self, m: &mut Markup, cx: Context, measure: &Kpi) {
        let n = self.periods.len();
        let value = |i: usize| measure.values.get(i).copied().unwrap_or(f64::NAN);
        let complete = n - usize::from(self.last_incomplete && n > 0);
        self.headline(m, cx, measure, complete);
        let (top, bottom) = PLOT;
        let zero = (measure.shape == Shape::Bars).then_some(0.0);
        let all = measure.values.iter().chain(&measure.year_before).copied().chain(zero);
        let y = Scale::round(all, bottom, top);
        for tick in y.ticks(3) {
            line(m, (0.0, y.at(tick)), (WIDTH, y.at(tick)), "g");
            label(m, WIDTH, y.at(tick) - 3.0, "t", Anchor::End, &measure.unit.short(cx.numbers, tick));
        }
        // The right edge is kept free for the numbers of the grid.
        let slot = (WIDTH - 38.0) / n as f64;
        let centre = |i: usize| slot * (i as f64 + 0.5);
        match measure.shape {
            Shape::Bars => {
                let width = (slot - if n > 30 { 1.0 } else { 2.0 }).clamp(1.0, 40.0);
                for i in (0..n).filter(|&i| value(i).is_finite()) {
                    let (a, b) = (y.at(value(i)), y.at(0.0));
                    let class = if i < complete { "a" } else { "pale" };
                    rect(m, (centre(i) - width / 2.0, a.min(b)), (width, (a - b).abs()), class, "");
                }
            }
            Shape::Line => {
                polyline(m, (0..complete).map(|i| (centre(i), y.at(value(i)))), "al");
                if complete < n && complete > 0 {
                    polyline(m, (complete - 1..n).map(|i| (centre(i), y.at(value(i)))), "al dash");
                }
                for i in (0..n).filter(|&i| value(i).is_finite() && (n <= 24 || i + 1 == complete)) {
                    dot(m, (centre(i), y.at(value(i))), 2.2, if i < complete { "a" } else { "pale" }, "");
                }
            }
        }
        polyline(m, measure.year_before.iter().take(n).enumerate().map(|(i, v)| (centre(i), y.at(*v))), "bl");
        self.period_labels(m, &centre, slot);
        for i in 0..n {
            let tip = format!("{} · {}", cx.date(&self.periods[i]), measure.unit.full(cx.numbers, value(i)));
            rect(m, (slot * i as f64, top), (slot, bottom - top), "hit", &tip);
        }
    }

    /// The last complete value with its change against the period before.
    fn headline(&self, m: &mut Markup, cx: Context, measure: &Kpi, complete: usize) {
        let Some(last) = complete.checked_sub(1) else { return };
        let value = |i: usize| measure.values.get(i).copied().unwrap_or(f64::NAN);
        let text = measure.unit.short(cx.numbers, value(last));
        label(m, 0.0, 14.0, "big", Anchor::Start, &text);
        let year_before = measure.year_before.get(last).copied().filter(|v| v.is_finite());
        let (before, on) = match (year_before, last.checked_sub(1)) {
            (Some(v), _) => (v, WORDS.of(cx.language).year_before.into()),
            (None, Some(i)) => (value(i), cx.date(&self.periods[i])),
            (None, None) => return,
        };
        let change = match measure.unit {
            Unit::Share => value(last) - before,
            _ => value(last) / before - 1.0,
        };
        if !change.is_finite() {
            return;
        }
        let sign = if change > 0.0 { "+" } else { "" };
        let size = match measure.unit {
            Unit::Share => format!("{} {}", cx.numbers.fixed(change * 100.0, 1), WORDS.of(cx.language).points),
            _ => cx.numbers.percent(change, 1),
        };
        let text = fill(WORDS.of(cx.language).change, &[("change", format!("{sign}{size}").into()), ("on", on)]);
        label(m, WIDTH, 14.0, "t", Anchor::End, &text);
    }

    /// As many labels as there is room for; years only where months would crowd.
    fn period_labels(&self, m: &mut Markup, centre: &dyn Fn(usize) -> f64, slot: f64) {
        let n = self.periods.len();
        let year = |i: usize| self.periods[i].split('-').next().unwrap_or_default();
        let by_year = n > 14 && self.periods.iter().all(|p| p.len() == 7 && p.as_bytes()[4] == b'-');
        let y = PLOT.1 + 14.0;
        if by_year {
            // A first year of a month or two gives its room to the next.
            let second = (1..n).find(|&i| year(i) != year(i - 1)).unwrap_or(n);
            let mut free_from = if slot * (second as f64) < 32.0 && second < n { 1.0 } else { 0.0 };
            for i in (0..n).filter(|&i| i == 0 || year(i) != year(i - 1)) {
                let x = slot * i as f64;
                m.empty("path", &[("class", "axis"), ("d", &format!("M{} {}v4", px(x), px(PLOT.1)))]);
                if x >= free_from && x < WIDTH - 60.0 {
                    label(m, x + 2.0, y, "t", Anchor::Start, year(i));
                    free_from = x + 32.0;
                }
            }
        } else if n == 1 {
            label(m, centre(0), y, "t", Anchor::Middle, &self.periods[0]);
        } else {
            label(m, 0.0, y, "t", Anchor::Start, &self.periods[0]);
            label(m, slot * n as f64, y, "t", Anchor::End, &self.periods[n - 1]);
        }
    }

    fn table(&self, cx: Context, measure: &Kpi) -> Table {
        let mut table = Table {
            columns: vec![
                Column::new(WORDS.of(cx.language).period),
                match measure.unit {
                    Unit::Money => Column::new(cx.with_currency(&measure.name.shown(cx))),
                    _ => Column::new(&measure.name),
                },
            ],
            ..Table::default()
        };
        let before = !measure.year_before.is_empty();
        if before {
            table.columns.push(Column::new(WORDS.of(cx.language).year_before));
        }
        for (i, period) in self.periods.iter().enumerate() {
            let at = |values: &[f64]| match values.get(i) {
                Some(v) if v.is_finite() => Cell::Number(*v, measure.unit),
                _ => Cell::Missing,
            };
            let mut row = vec![Cell::text(period), at(&measure.values)];
            if before {
                row.push(at(&measure.year_before));
            }
            table.push(row);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Kpis {
    fn sample(draw: &mut super::Draw, size: super::Size) -> Kpis {
        let season = |i: usize| {
            1.0 + 0.45
                * crate::numeric::math::exp(
                    -(((i % 12) as f64 - 11.0).abs().min(((i % 12) as f64 + 1.0).abs())).powi(2) / 4.0,
                )
        };
        let mut series = |base: f64, noise: f64, growth: f64, seasonal: bool| -> Vec<f64> {
            (0..size.months)
                .map(|i| {
                    base * (1.0 + growth * i as f64)
                        * if seasonal { season(i) } else { 1.0 }
                        * (1.0 + noise * (draw.share() - 0.5))
                })
                .map(|v| if seasonal { v.round() } else { v })
                .collect()
        };
        let measure = |name: &str, unit, shape, values: Vec<f64>| {
            let year_before = (0..values.len()).map(|i| if i >= 12 { values[i - 12] } else { f64::NAN }).collect();
            Kpi { name: name.into(), meaning: Text::default(), unit, shape, values, year_before }
        };
        Kpis {
            stands_in: false,
            periods: (0..size.months).map(crate::report::sample::month).collect(),
            last_incomplete: size.months > 1,
            measures: vec![
                measure("Sales", Unit::Money, Shape::Bars, series(520_000.0 * 1e4, 0.2, 0.004, true)),
                measure("Orders", Unit::Count, Shape::Bars, series(1_450.0, 0.15, 0.004, true)),
                measure("Active customers", Unit::Count, Shape::Bars, series(960.0, 0.12, 0.005, true)),
                measure("New customers", Unit::Count, Shape::Bars, series(210.0, 0.5, -0.01, true)),
                measure("Value per order", Unit::Money, Shape::Line, series(362.0 * 1e4, 0.14, 0.001, false)),
                measure("Came back within 90 days", Unit::Share, Shape::Line, series(0.41, 0.12, 0.001, false)),
            ],
        }
    }
}
