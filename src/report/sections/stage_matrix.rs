//! The migration matrix: which share of each stage went where in the last step, with intervals and the arrows that changed.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{
    Anchor, FULL, Figure, figure, fit, label, on_shade, path, px, rect, shade, shade_class,
};
use crate::report::page::table::{Cell, Column, Status, Table};
use crate::report::words::{Translated, fill};

/// Moves between two dates.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct StageMatrix {
    /// Names of the stages in the order of a life.
    pub stages: Vec<Text>,
    /// Cells with customers, by row.
    pub cells: Vec<StageMove>,
}

/// A cell of the matrix.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StageMove {
    /// Places among the stages.
    pub from: usize,
    pub to: usize,
    pub customers: u64,
    /// Share of the customers of `from`, with its 95 % interval.
    pub share: f64,
    pub low: f64,
    pub high: f64,
    /// The share in the step before; NaN where there is none.
    pub before: f64,
    /// Whether it differs from the step before by more than chance; `None` where that was not tested.
    pub changed: Option<bool>,
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    tip: &'static str,
    from: &'static str,
    to: &'static str,
    share: &'static str,
    low: &'static str,
    high: &'static str,
    before: &'static str,
    changed: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "From stage to stage",
        title: "Share of each stage that went where in the last step",
        about: "One row per stage before, one column per stage after; darker is a larger share of the row, a triangle marks a share that changed by more than chance since the step before.",
        tip: "{from} to {to}: {share} ({low} to {high}), {customers} customers; before {before}",
        from: "From",
        to: "To",
        share: "Share",
        low: "Share, low",
        high: "Share, high",
        before: "Share before",
        changed: "Changed",
    },
    simplified: Words {
        heading: "从阶段到阶段",
        title: "最近一步中各阶段客户去向的比例",
        about: "每行是之前的阶段，每列是之后的阶段；颜色越深占该行的比例越高，三角表示与上一步相比的变化超出随机波动。",
        tip: "从 {from} 到 {to}：{share}（{low} 至 {high}），{customers} 位客户；之前为 {before}",
        from: "起点",
        to: "终点",
        share: "比例",
        low: "比例，下限",
        high: "比例，上限",
        before: "之前的比例",
        changed: "有变化",
    },
    traditional: Words {
        heading: "從階段到階段",
        title: "最近一步中各階段客戶去向的比例",
        about: "每列是之前的階段，每欄是之後的階段；顏色越深占該列的比例越高，三角表示與上一步相比的變化超出隨機波動。",
        tip: "從 {from} 到 {to}：{share}（{low} 至 {high}），{customers} 位客戶；之前為 {before}",
        from: "起點",
        to: "終點",
        share: "比例",
        low: "比例，下限",
        high: "比例，上限",
        before: "之前的比例",
        changed: "有變化",
    },
};

const LEFT: f64 = 104.0;
const TOP: f64 = 24.0;
const ROW: f64 = 34.0;

impl Shown for StageMatrix {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        let n = self.stages.len();
        if self.cells.is_empty() || n == 0 {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let wide = ((FULL - LEFT) / n as f64).min(96.0);
        let size = Figure {
            id: format!("{id}-matrix"),
            title: w.title,
            about: w.about,
            width: LEFT + wide * n as f64,
            height: TOP + ROW * n as f64 + 4.0,
        };
        let percent = |share: f64| cx.numbers.percent(share, 1);
        figure(m, cx, &size, Some(&self.table(cx)), |m| {
            for (at, stage) in self.stages.iter().enumerate() {
                let name = stage.shown(cx);
                let x = LEFT + wide * (at as f64 + 0.5);
                label(m, x, 14.0, "t", Anchor::Middle, &fit(&name, wide - 4.0, 11.0));
                let y = TOP + ROW * (at as f64 + 0.5) + 4.0;
                label(m, LEFT - 8.0, y, "", Anchor::End, &fit(&name, LEFT - 10.0, 12.0));
            }
            for cell in self.cells.iter().filter(|cell| cell.from < n && cell.to < n) {
                let (x, y) = (LEFT + wide * cell.to as f64, TOP + ROW * cell.from as f64);
                let step = shade(cell.share);
                let names = [&self.stages[cell.from], &self.stages[cell.to]].map(|stage| stage.shown(cx));
                let values = [
                    ("from", names[0].as_ref()),
                    ("to", names[1].as_ref()),
                    ("share", &percent(cell.share)),
                    ("low", &percent(cell.low)),
                    ("high", &percent(cell.high)),
                    ("customers", &cx.numbers.count(cell.customers)),
                    ("before", &percent(cell.before)),
                ];
                rect(m, (x, y), (wide - 2.0, ROW - 2.0), shade_class(step), &fill(w.tip, &values));
                let text = percent(cell.share);
                label(m, x + wide / 2.0 - 1.0, y + 20.0, on_shade(step), Anchor::Middle, &text);
                if cell.changed == Some(true) {
                    let rises = cell.share >= cell.before;
                    let (tip, foot) = if rises { (4.0, 11.0) } else { (11.0, 4.0) };
                    let (left, right) = (x + wide - 14.0, x + wide - 5.0);
                    let d = format!(
                        "M{} {}L{} {}L{} {}z",
                        px(left),
                        px(y + foot),
                        px(right),
                        px(y + foot),
                        px((left + right) / 2.0),
                        px(y + tip)
                    );
                    path(m, &d, if rises { "up" } else { "down" }, "");
                }
            }
        });
    }
}

impl StageMatrix {
    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let columns = [w.from, w.to, cx.words.customers, w.share, w.low, w.high, w.before, w.changed];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        for cell in self.cells.iter().filter(|cell| cell.from < self.stages.len() && cell.to < self.stages.len()) {
            table.push(vec![
                Cell::text(&self.stages[cell.from]),
                Cell::text(&self.stages[cell.to]),
                Cell::Count(cell.customers),
                Cell::Number(cell.share, Unit::Share),
                Cell::Number(cell.low, Unit::Share),
                Cell::Number(cell.high, Unit::Share),
                Cell::Number(cell.before, Unit::Share),
                match cell.changed {
                    Some(true) => Cell::Status(Status::Warned),
                    Some(false) => Cell::Missing,
                    None => Cell::Status(Status::Skipped),
                },
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for StageMatrix {
    fn sample(draw: &mut super::Draw, _: super::Size) -> StageMatrix {
        let names = ["new", "building", "loyal", "returned", "slipping", "dormant", "lost"];
        let cells = (0..names.len() * names.len()).map(|cell| {
            let share = draw.between(0.0, 0.3);
            StageMove {
                from: cell / names.len(),
                to: cell % names.len(),
                customers: (share * 900.0) as u64,
                share,
                low: share * 0.9,
                high: share * 1.1,
                before: share * draw.between(0.7, 1.2),
                changed: [None, Some(false), Some(true)][cell % 3],
            }
        });
        StageMatrix { cells: cells.collect(), stages: names.map(Text::from).to_vec() }
    }
}
