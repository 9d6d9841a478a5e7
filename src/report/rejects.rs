//! Rows set aside, by the rule that set them aside.

use super::bars::{Bar, Bars, horizontal};
use super::markup::Markup;
use super::numbers::Unit;
use super::svg::FULL;
use super::table::{Cell, Column, Table};
use super::{Context, fill};

#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Rejects {
    /// Rows read in all.
    pub read: u64,
    /// Most frequent first.
    pub rules: Vec<Reject>,
    /// The table that holds every rejected row; may be empty.
    pub whole: String,
}

/// What one rule set aside.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reject {
    /// The rule's name, such as `bad-date`.
    pub rule: String,
    pub meaning: String,
    pub rows: u64,
    /// Where the first one is, such as `orders.csv:1832`; may be empty.
    pub first: String,
}

impl Rejects {
    pub(super) fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = cx.words;
        let rejected: u64 = self.rules.iter().map(|r| r.rows).sum();
        if rejected == 0 {
            m.leaf("p", &[("class", "verdict ok")], &fill(w.no_rejects, &[("read", &cx.numbers.count(self.read))]));
            return;
        }
        let values = [
            ("rejected", cx.numbers.count(rejected)),
            ("read", cx.numbers.count(self.read)),
            ("share", cx.numbers.percent(rejected as f64 / self.read as f64, 2)),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        m.leaf("p", &[("class", "quiet")], &fill(w.rejects_intro, &values));
        let bars = Bars {
            what: w.rule.into(),
            measure: w.rows.into(),
            unit: Unit::Count,
            bars: self.rules.iter().map(|r| Bar { name: r.rule.clone(), value: r.rows as f64 }).collect(),
        };
        horizontal(m, cx, &format!("{id}-rules"), FULL, (w.rejects_title, w.rejects_about), (&bars, false));
        let columns = [w.rule, w.meaning, w.rows, w.first_place];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        for reject in &self.rules {
            table.push(vec![
                Cell::text(&reject.rule),
                Cell::text(&reject.meaning),
                Cell::Count(reject.rows),
                Cell::text(&reject.first),
            ]);
        }
        table.grid(m, cx);
        if !self.whole.is_empty() {
            m.leaf("p", &[("class", "quiet")], &fill(w.rejects_whole, &[("whole", &self.whole)]));
        }
    }
}
