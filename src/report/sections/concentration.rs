//! How much of the money few customers bring: Lorenz curve, Gini coefficient, ABC classes, and who stayed on top.

use super::curves::{Curve, Curves, plot};
use super::{Chapter, Language, Shown};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::{MONEY_SCALE, Unit};
use crate::report::page::svg::HALF;
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// The money of the last 365 days over customers.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Concentration {
    /// Share of the money that the first 0 %, 1 %, … 100 % of the customers bring, those who bring most first.
    pub shares: Vec<f64>,
    /// Gini coefficient, 0 to 1; NaN where nobody brought anything.
    pub gini: f64,
    pub classes: Vec<AbcClass>,
    /// Share of customers that counts as the top.
    pub top: f64,
    /// Customers who were on top in the year before, of them those who came back, and of these those on top again; nothing without
    /// two years of history.
    pub stayed: Option<[u64; 3]>,
}

/// An ABC class.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AbcClass {
    pub name: String,
    pub customers: u64,
    /// In currency units.
    pub money: f64,
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    x: &'static str,
    all_equal: &'static str,
    class: &'static str,
    gini: &'static str,
    stayed: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Concentration",
        title: "Share of the money",
        about: "Which share of the money of the last 365 days a share of the customers brings, those who bring most first.",
        x: "share of customers",
        all_equal: "all the same",
        class: "Class",
        gini: "Gini coefficient {gini}: 0 if all brought the same, 1 if one brought everything.",
        stayed: "Of the {top} customers in the first {share} a year ago, {gone} brought nothing in the last 365 days, and {again} of the others are in the first {share} again.",
    },
    simplified: Words {
        heading: "客户集中度",
        title: "金额占比",
        about: "按贡献从高到低排列，一定比例的客户带来了过去 365 天金额的多大比例。",
        x: "客户占比",
        all_equal: "完全平均",
        class: "等级",
        gini: "基尼系数 {gini}：0 表示每位客户贡献相同，1 表示全部来自一位客户。",
        stayed: "一年前位于前 {share} 的 {top} 位客户中，有 {gone} 在过去 365 天没有任何贡献，其余客户中有 {again} 仍位于前 {share}。",
    },
    traditional: Words {
        heading: "客戶集中度",
        title: "金額占比",
        about: "按貢獻從高到低排列，一定比例的客戶帶來了過去 365 天金額的多大比例。",
        x: "客戶占比",
        all_equal: "完全平均",
        class: "等級",
        gini: "吉尼係數 {gini}：0 表示每位客戶貢獻相同，1 表示全部來自一位客戶。",
        stayed: "一年前位於前 {share} 的 {top} 位客戶中，有 {gone} 在過去 365 天沒有任何貢獻，其餘客戶中有 {again} 仍位於前 {share}。",
    },
};

impl Shown for Concentration {
    fn chapter(&self) -> Chapter {
        Chapter::Customers
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        if self.classes.is_empty() || !self.gini.is_finite() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let last = (self.shares.len().max(2) - 1) as f64;
        let points = self.shares.iter().enumerate().map(|(at, share)| (at as f64 / last, *share)).collect();
        let curve = |name: &str, baseline, points| Curve { name: name.into(), baseline, points };
        let curves = Curves {
            x: w.x.into(),
            x_unit: Unit::Share,
            y: w.title.into(),
            y_unit: Unit::Share,
            curves: vec![
                curve(cx.words.customers, false, points),
                curve(w.all_equal, true, vec![(0.0, 0.0), (1.0, 1.0)]),
            ],
            marks: Vec::new(),
        };
        plot(m, cx, format!("{id}-lorenz"), (HALF, 300.0), (w.title, w.about), &curves, Some(()));
        m.leaf("p", &[], &fill(w.gini, &[("gini", cx.numbers.fixed(self.gini, 3))]));
        if let Some([top, returned, again]) = self.stayed.filter(|stayed| stayed[0] > 0) {
            let share = |part: u64, all: u64| cx.numbers.percent(part as f64 / all.max(1) as f64, 1);
            let values = [
                ("top", cx.numbers.count(top)),
                ("share", cx.numbers.percent(self.top, 0)),
                ("gone", share(top - returned, top)),
                ("again", share(again, returned)),
            ];
            m.leaf("p", &[], &fill(w.stayed, &values));
        }
        let mut table =
            Table { columns: [w.class, cx.words.customers].into_iter().map(Column::new).collect(), ..Table::default() };
        table.columns.push(Column::new(cx.with_currency(cx.words.value)));
        table.columns.push(Column::new(cx.words.share_of_value));
        let all: f64 = self.classes.iter().map(|class| class.money).sum();
        for class in &self.classes {
            table.push(vec![
                Cell::text(&class.name),
                Cell::Count(class.customers),
                Cell::Money((class.money * MONEY_SCALE) as i64),
                Cell::Number(class.money / all, Unit::Share),
            ]);
        }
        table.grid(m, cx);
    }
}

#[cfg(test)]
impl super::Sample for Concentration {
    fn sample(_: &mut super::Draw, _: super::Size) -> Concentration {
        let class = |name: &str, customers, money| AbcClass { name: name.into(), customers, money };
        Concentration {
            shares: (0..=100).map(|at| (f64::from(at) / 100.0).sqrt().sqrt()).collect(),
            gini: 0.7136,
            classes: vec![class("A", 1_122, 6.6e6), class("B", 1_441, 1.3e6), class("C", 1_701, 0.4e6)],
            top: 0.2,
            stayed: Some([850, 767, 514]),
        }
    }
}
