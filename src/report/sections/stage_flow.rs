//! The flow between stages of life as a Sankey diagram: who went where from one date to the next.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, figure, fit, label, path, px, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Stages at a few dates, and the customers between them.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct StageFlow {
    /// The dates, at most four of which are drawn, the latest.
    pub dates: Vec<String>,
    /// Names of the stages in the order of a life.
    pub stages: Vec<Text>,
    /// The place from which on the stages are of silence.
    pub silent: usize,
    /// Between each date and the next: from, to (places among the stages) and customers.
    pub steps: Vec<Vec<(usize, usize, u64)>>,
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    tip: &'static str,
    node: &'static str,
    between: &'static str,
    from: &'static str,
    to: &'static str,
    share: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "How customers move",
        title: "Customers who moved between stages, from date to date",
        about: "One bar per date and stage, as high as its customers; bands show who went where, grey ones who stayed, red ones who went towards silence.",
        tip: "{from} to {to}: {customers} customers",
        node: "{stage}, {date}: {customers} customers",
        between: "Between",
        from: "From",
        to: "To",
        share: "Share of those from there",
    },
    simplified: Words {
        heading: "客户如何移动",
        title: "各日期之间在阶段间移动的客户",
        about: "每个日期的每个阶段是一根长条，高度为客户数；色带表示客户的去向，灰色为留在原阶段，红色为走向沉默。",
        tip: "从 {from} 到 {to}：{customers} 位客户",
        node: "{stage}，{date}：{customers} 位客户",
        between: "期间",
        from: "起点",
        to: "终点",
        share: "占起点的比例",
    },
    traditional: Words {
        heading: "客戶如何移動",
        title: "各日期之間在階段間移動的客戶",
        about: "每個日期的每個階段是一根長條，高度為客戶數；色帶表示客戶的去向，灰色為留在原階段，紅色為走向沉默。",
        tip: "從 {from} 到 {to}：{customers} 位客戶",
        node: "{stage}，{date}：{customers} 位客戶",
        between: "期間",
        from: "起點",
        to: "終點",
        share: "占起點的比例",
    },
};

/// Dates that one diagram holds.
const DRAWN: usize = 4;
const HIGH: f64 = 420.0;
const GAP: f64 = 8.0;
const BAR: f64 = 14.0;
const LEFT: f64 = 96.0;
const TOP: f64 = 24.0;

impl Shown for StageFlow {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        let first = self.steps.len().saturating_sub(DRAWN - 1);
        let steps = &self.steps[first..];
        if steps.iter().all(Vec::is_empty) || self.dates.len() != self.steps.len() + 1 {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let dates = &self.dates[first..];
        let n = self.stages.len();
        // Customers at each date and stage: those who leave from it, and who arrive in it where that is more.
        let mut nodes = vec![vec![0_u64; n]; dates.len()];
        for (s, step) in steps.iter().enumerate() {
            let (mut out, mut into) = (vec![0; n], vec![0; n]);
            for &(from, to, customers) in self.known(step) {
                out[from] += customers;
                into[to] += customers;
            }
            (0..n).for_each(|stage| nodes[s][stage] = nodes[s][stage].max(out[stage]));
            (0..n).for_each(|stage| nodes[s + 1][stage] = nodes[s + 1][stage].max(into[stage]));
        }
        let most = nodes.iter().map(|column| column.iter().sum::<u64>()).max().unwrap_or(0).max(1) as f64;
        let scale = (HIGH - GAP * n as f64) / most;
        let height = |customers: u64| customers as f64 * scale;
        let tops: Vec<Vec<f64>> = nodes
            .iter()
            .map(|column| {
                let mut y = TOP;
                column
                    .iter()
                    .map(|&customers| {
                        let top = y;
                        y += if customers > 0 { height(customers) + GAP } else { 0.0 };
                        top
                    })
                    .collect()
            })
            .collect();
        let apart = (FULL - 2.0 * LEFT - BAR) / (dates.len() - 1) as f64;
        let x = |date: usize| LEFT + apart * date as f64;
        let size =
            Figure { id: format!("{id}-flow"), title: w.title, about: w.about, width: FULL, height: HIGH + TOP + 8.0 };
        figure(m, cx, &size, Some(&self.table(cx, first)), |m| {
            for (s, step) in steps.iter().enumerate() {
                let (mut out, mut into) = (tops[s].clone(), tops[s + 1].clone());
                let mut bands: Vec<(usize, usize, u64)> = self.known(step).copied().collect();
                bands.sort_unstable();
                for (from, to, customers) in bands {
                    let (h, a, b) = (height(customers), out[from], into[to]);
                    (out[from], into[to]) = (a + h, b + h);
                    let class = match to.cmp(&from) {
                        std::cmp::Ordering::Equal => "track",
                        std::cmp::Ordering::Greater if to >= self.silent => "downsoft",
                        _ => "soft",
                    };
                    let (left, right) = (x(s) + BAR, x(s + 1));
                    let middle = (left + right) / 2.0;
                    let curve = |from: f64, to: f64, at: (f64, f64)| {
                        format!("C{} {} {} {} {} {}", px(middle), px(from), px(middle), px(to), px(at.0), px(at.1))
                    };
                    let d = format!(
                        "M{} {}{}V{}{}z",
                        px(left),
                        px(a),
                        curve(a, b, (right, b)),
                        px(b + h),
                        curve(b + h, a + h, (left, a + h))
                    );
                    let names = [self.stages[from].shown(cx), self.stages[to].shown(cx)];
                    let values =
                        [("from", names[0].as_ref()), ("to", &names[1]), ("customers", &cx.numbers.count(customers))];
                    path(m, &d, class, &fill(w.tip, &values));
                }
            }
            for (d, column) in nodes.iter().enumerate() {
                label(m, x(d) + BAR / 2.0, 12.0, "t", Anchor::Middle, &dates[d]);
                let date = cx.date(&dates[d]);
                for (stage, &customers) in column.iter().enumerate().filter(|(_, customers)| **customers > 0) {
                    let (y, h) = (tops[d][stage], height(customers));
                    let name = self.stages[stage].shown(cx);
                    let count = cx.numbers.count(customers);
                    let values = [("stage", name.as_ref()), ("date", &*date), ("customers", &count)];
                    rect(m, (x(d), y), (BAR, h.max(1.0)), "a", &fill(w.node, &values));
                    let text = fit(&format!("{name} · {count}"), LEFT - 8.0, 11.0);
                    if d == 0 {
                        label(m, x(d) - 6.0, y + h / 2.0 + 4.0, "small", Anchor::End, &text);
                    } else if d + 1 == nodes.len() {
                        label(m, x(d) + BAR + 6.0, y + h / 2.0 + 4.0, "small", Anchor::Start, &text);
                    }
                }
            }
        });
    }
}

impl StageFlow {
    /// The flows of a step whose stages there are, and which somebody took.
    fn known<'a>(&self, step: &'a [(usize, usize, u64)]) -> impl Iterator<Item = &'a (usize, usize, u64)> + use<'a> {
        let n = self.stages.len();
        step.iter().filter(move |(from, to, customers)| *from < n && *to < n && *customers > 0)
    }

    fn table(&self, cx: Context, first: usize) -> Table {
        let w = WORDS.of(cx.language);
        let columns = [w.between, w.from, w.to, cx.words.customers, w.share];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        for (s, step) in self.steps.iter().enumerate().skip(first) {
            for &(from, to, customers) in self.known(step) {
                let all: u64 = self.known(step).filter(|flow| flow.0 == from).map(|flow| flow.2).sum();
                table.push(vec![
                    Cell::Text(format!("{} – {}", self.dates[s], self.dates[s + 1])),
                    Cell::text(&self.stages[from]),
                    Cell::text(&self.stages[to]),
                    Cell::Count(customers),
                    Cell::Number(customers as f64 / all as f64, Unit::Share),
                ]);
            }
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for StageFlow {
    fn sample(draw: &mut super::Draw, _: super::Size) -> StageFlow {
        let names = ["prospect", "new", "building", "loyal", "returned", "slipping", "dormant", "lost"];
        // As the rules of life stages allow: one stays, goes a stage on, slips, or returns.
        let goes = |&(from, to): &(usize, usize)| {
            to == from || to == from + 1 || (from < 5 && to == 5) || (from >= 5 && to == 4)
        };
        let mut step = || {
            let cells = (0..names.len()).flat_map(|from| (1..names.len()).map(move |to| (from, to))).filter(goes);
            cells
                .map(|(from, to)| (from, to, draw.between(0.0, if from == to { 900.0 } else { 120.0 }) as u64))
                .collect()
        };
        StageFlow {
            dates: ["2011-08-01", "2011-09-01", "2011-10-01", "2011-11-01", "2011-12-01"].map(str::to_owned).to_vec(),
            stages: names.map(Text::from).to_vec(),
            silent: 5,
            steps: (0..4).map(|_| step()).collect(),
        }
    }
}
