//! Stage counts over time: how many customers are in each stage of life at each date, how the last numbers came about, what they are worth.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, figure, fit, label, on_shade, rect, shade_class};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Stages in the order of a customer's life, at ascending dates.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct StageCounts {
    /// The dates.
    pub dates: Vec<String>,
    pub stages: Vec<StageCount>,
}

/// Customers in one stage of life.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StageCount {
    pub name: Text,
    /// Who is in it, in words; may be empty.
    pub meaning: Text,
    /// Customers at each date.
    pub customers: Vec<u64>,
    /// Who came from another stage and who went to another between the last two dates.
    pub entered: u64,
    pub left: u64,
    /// Discounted money that one customer in it is expected to bring, in ten-thousandths of the currency unit, with its 95 % interval; NaN
    /// where that is not known.
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    tip: &'static str,
    stage: &'static str,
    entered: &'static str,
    left: &'static str,
    value: &'static str,
    low: &'static str,
    high: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Stages of life",
        title: "Customers by stage at each date",
        about: "One column per date, divided by stage in the order of a customer's life from the bottom; the table has the numbers.",
        tip: "{stage}, {date}: {customers} customers, {share}",
        stage: "Stage",
        entered: "Entered",
        left: "Left",
        value: "Expected value each",
        low: "Value, low",
        high: "Value, high",
    },
    simplified: Words {
        heading: "客户生命周期阶段",
        title: "各日期的各阶段客户数",
        about: "每列是一个日期，由下往上按客户生命周期的顺序划分阶段；数字见表格。",
        tip: "{stage}，{date}：{customers} 位客户，{share}",
        stage: "阶段",
        entered: "进入",
        left: "离开",
        value: "每位预期价值",
        low: "价值，下限",
        high: "价值，上限",
    },
    traditional: Words {
        heading: "客戶生命週期階段",
        title: "各日期的各階段客戶數",
        about: "每欄是一個日期，由下往上按客戶生命週期的順序劃分階段；數字見表格。",
        tip: "{stage}，{date}：{customers} 位客戶，{share}",
        stage: "階段",
        entered: "進入",
        left: "離開",
        value: "每位預期價值",
        low: "價值，下限",
        high: "價值，上限",
    },
};

impl Shown for StageCounts {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        const LEFT: f64 = 120.0;
        const HIGH: f64 = 240.0;
        let w = WORDS.of(cx.language);
        if self.stages.is_empty() || self.dates.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let dates = self.dates.len();
        let width = ((FULL - LEFT) / dates as f64).min(90.0);
        let total = |date: usize| -> f64 { self.stages.iter().map(|s| s.at(date) as f64).sum() };
        let most = (0..dates).map(total).fold(1.0, f64::max);
        let size =
            Figure { id: format!("{id}-counts"), title: w.title, about: w.about, width: FULL, height: HIGH + 30.0 };
        figure(m, cx, &size, None, |m| {
            // Dates are written where there is room for them.
            let every = (74.0 / width).ceil().max(1.0) as usize;
            for (d, date) in self.dates.iter().enumerate() {
                let (x, mut y) = (LEFT + width * d as f64, HIGH + 6.0);
                let all = total(d).max(1.0);
                for (s, stage) in self.stages.iter().enumerate() {
                    let count = stage.at(d);
                    let height = count as f64 / most * HIGH;
                    y -= height;
                    let step = shade_of(s, self.stages.len());
                    let name = stage.name.shown(cx);
                    let values = [
                        ("stage", name.as_ref()),
                        ("date", &*cx.date(date)),
                        ("customers", &cx.numbers.count(count)),
                        ("share", &cx.numbers.percent(count as f64 / all, 1)),
                    ];
                    rect(m, (x, y), (width - 2.0, height), shade_class(step), &fill(w.tip, &values));
                    if height > 12.0 && width > 40.0 {
                        let class = format!("small {}", on_shade(step));
                        let text = cx.numbers.short(count as f64);
                        label(m, x + width / 2.0 - 1.0, y + height / 2.0 + 4.0, class.trim(), Anchor::Middle, &text);
                    }
                    if d == 0 && height > 10.0 {
                        let name = fit(&name, LEFT - 10.0, 12.0);
                        label(m, LEFT - 8.0, y + height / 2.0 + 4.0, "", Anchor::End, &name);
                    }
                }
                if (dates - 1 - d).is_multiple_of(every) {
                    label(m, x + width / 2.0, HIGH + 22.0, "t", Anchor::Middle, &fit(date, 74.0, 11.0));
                }
            }
        });
        self.table(cx).grid(m, cx);
    }
}

/// The shade of a stage among so many.
fn shade_of(stage: usize, stages: usize) -> usize {
    1 + stage * 7 / stages.max(2).saturating_sub(1)
}

impl StageCount {
    fn at(&self, date: usize) -> u64 {
        self.customers.get(date).copied().unwrap_or(0)
    }
}

impl StageCounts {
    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let mut table = Table::with(&[w.stage, cx.words.meaning]);
        table.columns.extend(self.dates.iter().rev().take(2).rev().map(Column::new));
        table.columns.extend([w.entered, w.left].map(Column::new));
        table.columns.extend([w.value, w.low, w.high].map(|head| Column::new(cx.with_currency(head))));
        for stage in &self.stages {
            let mut row = vec![Cell::text(&stage.name), Cell::text(&stage.meaning)];
            let last = self.dates.len().saturating_sub(2)..self.dates.len();
            row.extend(last.map(|date| Cell::Count(stage.at(date))));
            row.extend([Cell::Count(stage.entered), Cell::Count(stage.left)]);
            row.extend([stage.value, stage.low, stage.high].map(|value| Cell::Number(value, Unit::Money)));
            table.push(row);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for StageCounts {
    fn sample(draw: &mut super::Draw, _: super::Size) -> StageCounts {
        let dates: Vec<String> = (1..=12).map(|month| format!("2011-{month:02}-01")).collect();
        let names = ["new", "building", "loyal", "returned", "slipping", "dormant", "lost"];
        let stages = names.iter().enumerate().map(|(s, name)| StageCount {
            name: (*name).into(),
            meaning: "has ordered on many days and is not overdue".into(),
            customers: dates.iter().map(|_| draw.between(200.0, 1_500.0) as u64).collect(),
            entered: 120,
            left: 98,
            value: 2_000_000.0 / (s + 1) as f64,
            low: 1_800_000.0 / (s + 1) as f64,
            high: 2_200_000.0 / (s + 1) as f64,
        });
        StageCounts { stages: stages.collect(), dates }
    }
}
