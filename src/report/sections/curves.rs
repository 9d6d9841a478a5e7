//! Lines over a number that any stage can add: profit by depth, a criterion by number of clusters.

use super::{Chapter, Language, Shown};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, Scale, dot, figure, label, line, path, polyline, px, text_width};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::text::Text;
use crate::report::words::{Translated, fill};

/// Lines over one number.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Curves {
    /// What runs along the bottom, with its unit.
    pub x: Text,
    pub x_unit: Unit,
    pub y: Text,
    pub y_unit: Unit,
    pub curves: Vec<Curve>,
    /// Positions on the x axis to mark, with a word each, such as the chosen depth.
    pub marks: Vec<(f64, Text)>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Curve {
    pub name: Text,
    /// Drawn grey and dashed, as what the others are to be compared with.
    pub baseline: bool,
    /// In the order of x.
    pub points: Vec<(f64, f64)>,
}

struct Words {
    heading: &'static str,
    about: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words { heading: "Chart", about: "Lines of {y} over {x}: {names}." },
    simplified: Words { heading: "图表", about: "“{y}”随“{x}”变化的曲线：{names}。" },
    traditional: Words { heading: "圖表", about: "「{y}」隨「{x}」變化的曲線：{names}。" },
};

impl Shown for Curves {
    fn chapter(&self) -> Chapter {
        Chapter::More
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let names: Vec<_> = self.curves.iter().map(|c| c.name.shown(cx)).collect();
        let (x, y, names) = (self.x.shown(cx), self.y.shown(cx), names.join(cx.words.comma));
        let about = fill(WORDS.of(cx.language).about, &[("y", &*y), ("x", &*x), ("names", &names)]);
        plot(m, cx, format!("{id}-curves"), (FULL, 300.0), (&y, &about), self, None);
    }
}

/// Shared area of a plot: left, top, right, bottom.
pub(super) fn area(width: f64, height: f64) -> (f64, f64, f64, f64) {
    (46.0, 12.0, width - 20.0, height - 38.0)
}

/// Lines in a frame. With `unit_square`, both axes run from 0 to 1.
pub(super) fn plot(
    m: &mut Markup,
    cx: Context,
    id: String,
    (width, height): (f64, f64),
    (title, about): (&str, &str),
    curves: &Curves,
    unit_square: Option<()>,
) {
    let points = || curves.curves.iter().flat_map(|c| &c.points).filter(|(x, y)| x.is_finite() && y.is_finite());
    if points().next().is_none() {
        m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
        return;
    }
    let (left, top, right, bottom) = area(width, height);
    let (x, y) = match unit_square {
        Some(()) => {
            (Scale { low: 0.0, high: 1.0, from: left, to: right }, Scale { low: 0.0, high: 1.0, from: bottom, to: top })
        }
        None => {
            let (low, high) = points().fold((f64::MAX, f64::MIN), |(a, b), (x, _)| (a.min(*x), b.max(*x)));
            let high = if high > low { high } else { low + 1.0 };
            (Scale { low, high, from: left, to: right }, Scale::round(points().map(|p| p.1), bottom, top))
        }
    };
    let size = Figure { id, title, about, width, height };
    figure(m, cx, &size, Some(&curves.table(cx)), |m| {
        frame(m, cx, (x, curves.x_unit, &curves.x.shown(cx)), (y, curves.y_unit));
        for (at, word) in curves.marks.iter().filter(|(at, _)| (x.low..=x.high).contains(at)) {
            line(m, (x.at(*at), top), (x.at(*at), bottom), "markline");
            let (dx, anchor) =
                if x.at(*at) > (left + right) / 2.0 { (-5.0, Anchor::End) } else { (5.0, Anchor::Start) };
            label(m, x.at(*at) + dx, bottom - 6.0, "t halo", anchor, &word.shown(cx));
        }
        let places = lines(m, curves, x, y);
        names(m, cx, curves, &places, (top, right, bottom));
        for curve in curves.curves.iter().filter(|c| c.points.len() <= 120) {
            for &(vx, vy) in curve.points.iter().filter(|p| p.0.is_finite() && p.1.is_finite()) {
                let tip = format!(
                    "{} · {} → {}",
                    curve.name.shown(cx),
                    curves.x_unit.full(cx.numbers, vx),
                    curves.y_unit.full(cx.numbers, vy)
                );
                dot(m, (x.at(vx), y.at(vy)), 6.0, "hit", &tip);
            }
        }
    });
}

/// Grid, ticks and the name of the x axis.
pub(super) fn frame(m: &mut Markup, cx: Context, (x, x_unit, name): (Scale, Unit, &str), (y, y_unit): (Scale, Unit)) {
    for tick in y.ticks(4) {
        line(m, (x.from, y.at(tick)), (x.to, y.at(tick)), "g");
        label(m, x.from - 8.0, y.at(tick) + 4.0, "t", Anchor::End, &y_unit.short(cx.numbers, tick));
    }
    for tick in x.ticks(5) {
        line(m, (x.at(tick), y.from), (x.at(tick), y.from + 4.0), "axis");
        label(m, x.at(tick), y.from + 17.0, "t", Anchor::Middle, &x_unit.short(cx.numbers, tick));
    }
    line(m, (x.from, y.from), (x.to, y.from), "axis");
    label(m, x.to, y.from + 34.0, "t", Anchor::End, name);
}

/// Draws the lines and returns the place of each one's name.
fn lines(m: &mut Markup, curves: &Curves, x: Scale, y: Scale) -> Vec<Option<(f64, f64)>> {
    let mut coloured = 0;
    curves
        .curves
        .iter()
        .map(|curve| {
            let class = match curve.baseline {
                true => "bl".to_owned(),
                false => {
                    coloured += 1;
                    format!("cl c{}", (coloured - 1) % 4)
                }
            };
            let place = |p: &(f64, f64)| (x.at(p.0), y.at(p.1));
            polyline(m, curve.points.iter().map(place), &class);
            if let [only] = curve.points[..] {
                path(m, &format!("M{} {}h0", px(x.at(only.0)), px(y.at(only.1))), &class, "");
            }
            // Two fifths along keeps clear of the corners in which lines meet.
            let (first, last) = (curve.points.first()?, curve.points.last()?);
            let x_name = first.0 + (last.0 - first.0) * 0.4;
            let y_name = at(&curve.points, x_name)?;
            Some(place(&(x_name, y_name)))
        })
        .collect()
}

/// The line's height at `x`, between its points.
fn at(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let next = points.iter().position(|p| p.0 >= x)?;
    let (x1, y1) = points[next];
    let (x0, y0) = points[next.saturating_sub(1)];
    let y = if x1 > x0 { y0 + (y1 - y0) * (x - x0) / (x1 - x0) } else { y1 };
    y.is_finite().then_some(y)
}

/// Writes names beside their lines: the uppermost above, the others below, moved apart where they would overlap.
fn names(
    m: &mut Markup,
    cx: Context,
    curves: &Curves,
    places: &[Option<(f64, f64)>],
    (top, right, bottom): (f64, f64, f64),
) {
    let highest = places.iter().flatten().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let mut taken: Vec<f64> = Vec::new();
    let mut coloured = 0;
    for (curve, place) in curves.curves.iter().zip(places) {
        let class = match curve.baseline {
            true => "t halo".to_owned(),
            false => {
                coloured += 1;
                format!("t halo n{}", (coloured - 1) % 4)
            }
        };
        let Some((px, py)) = *place else { continue };
        let name = curve.name.shown(cx);
        if py == highest && py - 8.0 > top && taken.is_empty() {
            label(m, px - 7.0, py - 5.0, &class, Anchor::End, &name);
            continue;
        }
        let mut y = (py + 15.0).clamp(top + 10.0, bottom - 4.0);
        for _ in 0..taken.len() {
            if taken.iter().any(|t| (t - y).abs() < 13.0) {
                y = if y + 14.0 < bottom { y + 14.0 } else { y - 14.0 };
            }
        }
        taken.push(y);
        let width = text_width(&name, 11.0);
        label(m, (px + 7.0).min(right - width), y, &class, Anchor::Start, &name);
    }
}

impl Curves {
    fn table(&self, _: Context) -> Table {
        let mut xs: Vec<f64> =
            self.curves.iter().flat_map(|c| &c.points).map(|p| p.0).filter(|x| x.is_finite()).collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        let mut table = Table { columns: vec![Column::new(&self.x)], ..Table::default() };
        table.columns.extend(self.curves.iter().map(|c| Column::new(&c.name)));
        for x in xs {
            let mut row = vec![Cell::Number(x, self.x_unit)];
            row.extend(self.curves.iter().map(|curve| {
                let at = curve.points.iter().find(|p| p.0 == x);
                at.map_or(Cell::Missing, |p| Cell::Number(p.1, self.y_unit))
            }));
            table.push(row);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Curves {
    fn sample(_: &mut super::Draw, _: super::Size) -> Curves {
        let points = |top: f64, at: f64| {
            (0..=20).map(|i| i as f64 / 20.0).map(|x| (x, top * 1e4 * (1.0 - ((x - at) / at).powi(2)))).collect()
        };
        Curves {
            x: "share of customers contacted".into(),
            x_unit: Unit::Share,
            y: "Expected profit".into(),
            y_unit: Unit::Money,
            curves: vec![
                Curve { name: "churn model".into(), baseline: false, points: points(12_400.0, 0.35) },
                Curve { name: "recency".into(), baseline: true, points: points(9_300.0, 0.33) },
            ],
            marks: vec![(0.35, "chosen depth".into())],
        }
    }
}
