//! The cohort triangle: of those who first bought in a period, how many bought again in each period after.

use super::{Chapter, Language, Shown};
use crate::report::page::markup::Markup;
use crate::report::page::svg::{
    Anchor, FULL, Figure, HALF, figure, fit, label, on_shade, path, px, rect, shade, shade_class,
};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::page::{Context, numbers::Unit};
use crate::report::words::{Translated, fill};

/// Cohorts in time order.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Cohorts {
    pub cohorts: Vec<Cohort>,
    /// Whether the page leaves them out where another stage has cohorts of its own.
    pub stands_in: bool,
}

/// Customers who began in the same period.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cohort {
    /// The period, such as `2011-03`.
    pub period: String,
    pub customers: u64,
    /// Share 0..=1 of them active in the 1st, 2nd, … span of age after the first; that one itself is left out, as it is 1. NaN where no
    /// customer has had the span.
    pub active: Vec<f64>,
}

struct Words {
    heading: &'static str,
    cohort: &'static str,
    title: &'static str,
    about: &'static str,
    tip: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Who comes back",
        cohort: "First order in",
        title: "Share of each cohort that ordered again, by time since each customer's own first order",
        about: "One row per period of first order, one column per span of age, counted from each customer's own first order; darker is a larger share active in that span, of the customers who have had it.",
        tip: "{period}, +{n}: {share} ordered",
    },
    simplified: Words {
        heading: "谁会回来",
        cohort: "首次下单时间",
        title: "各客户群再次下单的比例，按距各自首单的时间划分",
        about: "每行是首单落在同一时期的客户群，每列是距各自首单的一段时间；颜色越深，表示已经历这段时间的客户中，在此期间下单的比例越高。",
        tip: "{period}，第 {n} 段：{share} 的客户下了单",
    },
    traditional: Words {
        heading: "誰會回來",
        cohort: "首次下單時間",
        title: "各客戶群再次下單的比例，按距各自首單的時間劃分",
        about: "每列是首單落在同一期間的客戶群，每欄是距各自首單的一段時間；顏色越深，表示已經歷這段時間的客戶中，在此期間下單的比例越高。",
        tip: "{period}，第 {n} 段：{share} 的客戶下了單",
    },
};

impl Shown for Cohorts {
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
        let columns = self.cohorts.iter().map(|c| c.active.len()).max().unwrap_or(0);
        if columns == 0 {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let cell = ((FULL - LEFT) / columns as f64).clamp(11.0, 52.0);
        let row = cell.clamp(11.0, 26.0);
        let written = cell >= 30.0;
        let width = (LEFT + cell * columns as f64).max(HALF);
        let figure_of = Figure {
            id: format!("{id}-triangle"),
            title: WORDS.of(cx.language).title,
            about: WORDS.of(cx.language).about,
            width,
            height: TOP + row * self.cohorts.len() as f64 + 4.0,
        };
        let finite = || self.cohorts.iter().flat_map(|c| &c.active).copied().filter(|v| v.is_finite());
        let largest = finite().fold(0.0, f64::max);
        let tips = finite().count() <= MOST_TIPS;
        figure(m, cx, &figure_of, Some(&self.table(cx, columns)), |m| {
            label(m, LEFT - 6.0, 12.0, "t", Anchor::End, cx.words.customers);
            let every = if written { 1 } else { (24.0 / cell).ceil() as usize };
            for c in (0..columns).filter(|c| c % every == 0) {
                let text = cx.numbers.count(c as u64 + 1);
                label(m, LEFT + cell * (c as f64 + 0.5), 12.0, "t", Anchor::Middle, &text);
            }
            let mut by_shade: [String; 9] = Default::default();
            for (r, cohort) in self.cohorts.iter().enumerate() {
                let y = TOP + row * r as f64;
                let size = if row < 13.0 { "t tiny" } else { "t" };
                label(m, 0.0, y + row / 2.0 + 4.0, size, Anchor::Start, &fit(&cohort.period, 58.0, 11.0));
                label(m, LEFT - 6.0, y + row / 2.0 + 4.0, size, Anchor::End, &cx.numbers.count(cohort.customers));
                for (c, share) in cohort.active.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                    let x = LEFT + cell * c as f64;
                    let step = if largest > 0.0 { shade(share / largest) } else { 0 };
                    if !tips {
                        let (w, h) = (px(cell - 1.0), px(row - 1.0));
                        by_shade[step].push_str(&format!("M{} {}h{w}v{h}h-{w}z", px(x), px(y)));
                        continue;
                    }
                    let values = [
                        ("period", &*cx.date(&cohort.period)),
                        ("n", &cx.numbers.count(c as u64 + 1)),
                        ("share", &cx.numbers.percent(*share, 1)),
                    ];
                    let tip = fill(WORDS.of(cx.language).tip, &values);
                    rect(m, (x, y), (cell - 1.0, row - 1.0), shade_class(step), &tip);
                    if written {
                        let text = cx.numbers.percent(*share, 0);
                        let class = format!("small {}", on_shade(step));
                        label(m, x + cell / 2.0 - 0.5, y + row / 2.0 + 3.5, class.trim(), Anchor::Middle, &text);
                    }
                }
            }
            for (step, d) in by_shade.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
                path(m, d, shade_class(step), "");
            }
        });
    }
}

const LEFT: f64 = 112.0;
const TOP: f64 = 20.0;

/// Beyond this many cells they are drawn without single tips, or the page would grow by a hundred bytes each.
const MOST_TIPS: usize = 700;

impl Cohorts {
    fn table(&self, cx: Context, columns: usize) -> Table {
        let w = WORDS.of(cx.language);
        let mut table = Table::with(&[w.cohort, cx.words.customers]);
        table.columns.extend((1..=columns).map(|c| Column::new(format!("+{c}"))));
        for cohort in &self.cohorts {
            let mut row = vec![Cell::text(&cohort.period), Cell::Count(cohort.customers)];
            row.extend(cohort.active.iter().map(|v| match v.is_finite() {
                true => Cell::Number(*v, Unit::Share),
                false => Cell::Missing,
            }));
            table.push(row);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Cohorts {
    fn sample(draw: &mut super::Draw, size: super::Size) -> Cohorts {
        let cohorts = (0..size.months)
            .map(|c| Cohort {
                period: crate::report::sample::month(c),
                customers: draw.between(80.0, 950.0) as u64,
                active: (1..size.months - c)
                    .map(|age| {
                        (0.16 + 0.24 * crate::numeric::math::exp(-(age as f64) / 4.0)) * draw.between(0.75, 1.25)
                    })
                    .collect(),
            })
            .collect();
        Cohorts { cohorts, stands_in: false }
    }
}
