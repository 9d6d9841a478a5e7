//! Where rows and money went, from the source to the list; says so itself when it does not add up.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::MONEY_SCALE;
use crate::report::page::svg::{Anchor, Figure, HALF, Scale, figure, fit, label, line, rect, text_width};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Steps from the first amount to the last.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Waterfall {
    /// Begins with a [`Effect::Level`].
    pub steps: Vec<Step>,
}

/// One amount of rows and money.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    pub name: Text,
    /// What the rule means, in words; may be empty.
    pub meaning: Text,
    pub effect: Effect,
    pub rows: u64,
    /// Ten-thousandths of the currency unit. Taking out cancellations takes out negative money.
    pub money: i64,
}

/// What a step does to the amount before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Effect {
    /// States what there is at this point: raw, clean, listed.
    Level,
    /// Takes rows and their money out.
    Out,
    /// Puts rows and their money in.
    In,
}

struct Words {
    heading: &'static str,
    money: &'static str,
    step: &'static str,
    about: &'static str,
    adds_up: &'static str,
    gap: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "From raw rows to clean rows",
        money: "Money",
        step: "Step",
        about: "{what} at each step: full bars are totals, floating bars are what a rule took out or put back.",
        adds_up: "Rows and money add up at every step.",
        gap: "Does not add up: at “{step}” there are {rows} rows and {money} of money more than the steps before leave.",
    },
    simplified: Words {
        heading: "从原始行到干净行",
        money: "金额",
        step: "步骤",
        about: "每一步的{what}：实心长条为总数，悬浮长条为某条规则剔除或补回的数量。",
        adds_up: "每一步的行数和金额都对得上。",
        gap: "数量对不上：“{step}”比前面各步骤留下的多出 {rows} 行、金额 {money}。",
    },
    traditional: Words {
        heading: "從原始列到乾淨列",
        money: "金額",
        step: "步驟",
        about: "每一步的{what}：實心長條為總數，懸浮長條為某條規則剔除或補回的數量。",
        adds_up: "每一步的列數和金額都對得上。",
        gap: "數量對不上：「{step}」比前面各步驟留下的多出 {rows} 筆、金額 {money}。",
    },
};

impl Shown for Waterfall {
    fn chapter(&self) -> Chapter {
        Chapter::Data
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        match self.discrepancy() {
            None => m.leaf("p", &[("class", "verdict ok")], w.adds_up),
            Some((name, rows, money)) => {
                let values = [
                    ("step", &*name.shown(cx)),
                    ("rows", &cx.numbers.fixed(rows as f64, 0)),
                    ("money", &cx.numbers.fixed(money as f64 / MONEY_SCALE, 2)),
                ];
                m.leaf("p", &[("class", "verdict bad")], &fill(w.gap, &values));
            }
        }
        m.element("div", &[("class", "pair")], |m| {
            let rows = |step: &Step| (step.rows as f64, cx.numbers.short(step.rows as f64));
            self.panel(m, cx, &format!("{id}-rows"), cx.words.rows, &rows);
            let money = |step: &Step| {
                let units = step.money as f64 / MONEY_SCALE;
                (units, cx.numbers.short(units))
            };
            self.panel(m, cx, &format!("{id}-money"), &cx.with_currency(w.money), &money);
        });
    }
}

impl Waterfall {
    /// The first level that differs from what the steps before it leave: its name, rows and money missing.
    pub fn discrepancy(&self) -> Option<(&Text, i128, i128)> {
        let (mut rows, mut money) = (0i128, 0i128);
        for (i, step) in self.steps.iter().enumerate() {
            let (r, v) = (i128::from(step.rows), i128::from(step.money));
            match step.effect {
                Effect::Out => (rows, money) = (rows - r, money - v),
                Effect::In => (rows, money) = (rows + r, money + v),
                Effect::Level => {
                    if i > 0 && (rows, money) != (r, v) {
                        return Some((&step.name, r - rows, v - money));
                    }
                    (rows, money) = (r, v);
                }
            }
        }
        None
    }

    fn panel(&self, m: &mut Markup, cx: Context, id: &str, title: &str, amount: &dyn Fn(&Step) -> (f64, String)) {
        const ROW: f64 = 36.0;
        const BAR: f64 = 13.0;
        let ends = self.ends(amount);
        let (low, high) = ends.iter().fold((0f64, 0f64), |(l, h), (a, b)| (l.min(*a).min(*b), h.max(*a).max(*b)));
        let scale = Scale { low, high: if high > low { high } else { low + 1.0 }, from: 0.0, to: HALF };
        let about = fill(WORDS.of(cx.language).about, &[("what", title)]);
        let height = ROW * self.steps.len().max(1) as f64 + 4.0;
        let figure_of = Figure { id: id.to_owned(), title, about: &about, width: HALF, height };
        figure(m, cx, &figure_of, Some(&self.table(cx)), |m| {
            for (i, (step, &(from, to))) in self.steps.iter().zip(&ends).enumerate() {
                let y = ROW * i as f64;
                let (value, short) = amount(step);
                let (class, sign) = match step.effect {
                    Effect::Level => ("a", ""),
                    Effect::Out if value < 0.0 => ("up", "+"),
                    Effect::Out if value > 0.0 => ("down", "−"),
                    Effect::Out => ("down", ""),
                    Effect::In => ("up", "+"),
                };
                let text = match step.effect {
                    Effect::Level => short,
                    Effect::Out | Effect::In => format!("{sign}{}", short.trim_start_matches('−')),
                };
                let name_class = if step.effect == Effect::Level { "strong" } else { "" };
                let room = HALF - text_width(&text, 12.0) - 16.0;
                label(m, 0.0, y + 13.0, name_class, Anchor::Start, &fit(&step.name.shown(cx), room, 12.0));
                label(m, HALF, y + 13.0, name_class, Anchor::End, &text);
                let (left, right) = (scale.at(from.min(to)), scale.at(from.max(to)));
                // A removal of a handful of rows among a million is still to be seen.
                let width = if value == 0.0 { 0.0 } else { (right - left).max(1.5) };
                let tip = if step.meaning.is_empty() { &step.name } else { &step.meaning }.shown(cx);
                rect(m, (0.0, y + 18.0), (HALF, BAR), "track", "");
                rect(m, (left.min(HALF - width), y + 18.0), (width, BAR), class, &tip);
                if i + 1 < self.steps.len() {
                    let x = scale.at(to);
                    line(m, (x, y + 18.0 + BAR), (x, y + ROW + 18.0), "joint");
                }
            }
            if scale.low < 0.0 {
                let x = scale.at(0.0);
                line(m, (x, 18.0), (x, height), "axis");
            }
        });
    }

    /// Where each bar begins and ends.
    fn ends(&self, amount: &dyn Fn(&Step) -> (f64, String)) -> Vec<(f64, f64)> {
        let mut at = 0.0;
        self.steps
            .iter()
            .map(|step| {
                let value = amount(step).0;
                let (from, to) = match step.effect {
                    Effect::Level => (0.0, value),
                    Effect::Out => (at, at - value),
                    Effect::In => (at, at + value),
                };
                at = to;
                (from, to)
            })
            .collect()
    }

    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let mut table = Table {
            columns: vec![
                Column::new(w.step),
                Column::new(cx.words.rows),
                Column::new(cx.with_currency(w.money)),
                Column::new(cx.words.meaning),
            ],
            ..Table::default()
        };
        for step in &self.steps {
            let sign = match step.effect {
                Effect::Out => "−\u{a0}",
                Effect::In => "+\u{a0}",
                Effect::Level => "",
            };
            table.push(vec![
                Cell::Text(format!("{sign}{}", step.name.shown(cx))),
                Cell::Count(step.rows),
                Cell::Money(step.money),
                Cell::text(&step.meaning),
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Waterfall {
    fn sample(_: &mut super::Draw, _: super::Size) -> Waterfall {
        let mut steps = Vec::new();
        let (mut rows, mut money) = (1_067_370u64, 192_874_503_000i64);
        steps.push(Step { name: "Raw lines".into(), meaning: Text::default(), effect: Effect::Level, rows, money });
        for (name, meaning, out, value) in [
            ("Exact duplicates of overlapping sheets", "The same line stands in both extracts", 22_523, 4_121_339_000),
            ("Unreadable rows", "A date, number or id that does not parse; kept in rejects", 1_284, 12_000_000),
            (
                "Cancellations",
                "Invoices that begin with C, matched to their purchase where there is one",
                19_104,
                -14_112_873_000,
            ),
            ("Write-offs", "Negative quantities without a customer or price", 3_457, -1_204_000_000),
            ("Service items", "Postage, bank charges, manual entries, samples", 5_926, 3_930_112_500),
            ("Mirrored outliers", "Huge quantities cancelled within minutes", 8, 491_000_000),
        ] {
            steps.push(Step {
                name: name.into(),
                meaning: meaning.into(),
                effect: Effect::Out,
                rows: out,
                money: value,
            });
            rows -= out;
            money -= value;
        }
        steps.push(Step { name: "Clean lines".into(), meaning: Text::default(), effect: Effect::Level, rows, money });
        let (anonymous, value) = (231_904, 26_713_220_700);
        steps.push(Step {
            name: "Anonymous baskets".into(),
            meaning: "No customer id: kept for rules, out of the customer tables".into(),
            effect: Effect::Out,
            rows: anonymous,
            money: value,
        });
        steps.push(Step {
            name: "Lines of known customers".into(),
            meaning: Text::default(),
            effect: Effect::Level,
            rows: rows - anonymous,
            money: money - value,
        });
        Waterfall { steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, effect: Effect, rows: u64, money: i64) -> Step {
        Step { name: name.into(), meaning: Text::default(), effect, rows, money }
    }

    #[test]
    fn says_when_it_does_not_add_up() {
        let mut waterfall = Waterfall {
            steps: vec![
                step("raw", Effect::Level, 10, 1_000),
                step("cancelled", Effect::Out, 2, -300),
                step("clean", Effect::Level, 8, 1_300),
            ],
        };
        assert_eq!(waterfall.discrepancy(), None);
        waterfall.steps[2].rows = 7;
        assert_eq!(waterfall.discrepancy(), Some((&"clean".into(), -1, 0)));
        assert_eq!(Waterfall::default().discrepancy(), None);
    }
}
