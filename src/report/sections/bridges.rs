//! Bridges from one amount to another as waterfalls; says so itself when one does not close.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::{MONEY_SCALE, Unit};
use crate::report::page::svg::{Anchor, Figure, HALF, Scale, figure, fit, label, line, rect, text_width};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Bridges beside each other.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Bridges {
    pub bridges: Vec<Bridge>,
}

/// One bridge.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bridge {
    /// From what to what.
    pub title: Text,
    /// What the steps come from, such as customers or items.
    pub what: Text,
    /// Begins and ends with a level.
    pub steps: Vec<BridgeStep>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BridgeStep {
    pub name: Text,
    pub meaning: Text,
    /// Whether it states what there is, instead of a change.
    pub is_level: bool,
    /// Ten-thousandths of the currency unit; a change has its sign.
    pub money: i64,
    /// How many customers or items it comes from, where that is known.
    pub count: Option<u64>,
    /// Whether it is unusual for this shop.
    pub is_unusual: bool,
}

struct Words {
    heading: &'static str,
    about: &'static str,
    step: &'static str,
    money: &'static str,
    unusual: &'static str,
    yes: &'static str,
    gap: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "From period to period",
        about: "{title}: full bars are totals, floating bars are what was added or taken away.",
        step: "Step",
        money: "Money",
        unusual: "Unusual",
        yes: "unusual",
        gap: "Does not close: {money} are missing between the first and the last step.",
    },
    simplified: Words {
        heading: "各期之间的变化",
        about: "{title}：实心长条为总额，悬浮长条为增加或减少的金额。",
        step: "步骤",
        money: "金额",
        unusual: "异常",
        yes: "异常",
        gap: "前后对不上：首尾两步之间差 {money}。",
    },
    traditional: Words {
        heading: "各期之間的變化",
        about: "{title}：實心長條為總額，懸浮長條為增加或減少的金額。",
        step: "步驟",
        money: "金額",
        unusual: "異常",
        yes: "異常",
        gap: "前後對不上：首尾兩步之間差 {money}。",
    },
};

impl Shown for Bridges {
    fn chapter(&self) -> Chapter {
        Chapter::Business
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        if self.bridges.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        for bridge in &self.bridges {
            let gap = bridge.gap();
            if gap != 0 {
                let money = cx.numbers.fixed(gap as f64 / MONEY_SCALE, 4);
                m.leaf("p", &[("class", "verdict bad")], &fill(WORDS.of(cx.language).gap, &[("money", &money)]));
            }
        }
        m.element("div", &[("class", "pair")], |m| {
            for (at, bridge) in self.bridges.iter().enumerate() {
                bridge.panel(m, cx, format!("{id}-{at}"));
            }
        });
    }
}

impl Bridge {
    /// What the last level has more than the first and the changes between.
    fn gap(&self) -> i128 {
        let mut at: i128 = 0;
        let mut gap = 0;
        for (place, step) in self.steps.iter().enumerate() {
            match step.is_level {
                true => {
                    gap += if place > 0 { i128::from(step.money) - at } else { 0 };
                    at = step.money.into();
                }
                false => at += i128::from(step.money),
            }
        }
        gap
    }

    fn panel(&self, m: &mut Markup, cx: Context, id: String) {
        const ROW: f64 = 36.0;
        const BAR: f64 = 13.0;
        let w = WORDS.of(cx.language);
        let ends = self.ends();
        let (low, high) = ends.iter().fold((0f64, 0f64), |(l, h), (a, b)| (l.min(*a).min(*b), h.max(*a).max(*b)));
        let scale = Scale { low, high: if high > low { high } else { low + 1.0 }, from: 0.0, to: HALF };
        let title = self.title.shown(cx);
        let about = fill(w.about, &[("title", &*title)]);
        let height = ROW * self.steps.len().max(1) as f64 + 4.0;
        let size = Figure { id, title: &title, about: &about, width: HALF, height };
        figure(m, cx, &size, Some(&self.table(cx)), |m| {
            for (at, (step, &(from, to))) in self.steps.iter().zip(&ends).enumerate() {
                let y = ROW * at as f64;
                let units = step.money as f64 / MONEY_SCALE;
                let short = cx.numbers.short(units);
                let text = if !step.is_level && step.money > 0 { format!("+{short}") } else { short };
                let class = match step.is_level {
                    true => "a",
                    false if step.money < 0 => "down",
                    false => "up",
                };
                let strong = if step.is_level || step.is_unusual { "strong" } else { "" };
                let name = match step.is_unusual {
                    true => format!("{} · {}", step.name.shown(cx), w.yes),
                    false => step.name.shown(cx).into_owned(),
                };
                let room = HALF - text_width(&text, 12.0) - 16.0;
                label(m, 0.0, y + 13.0, strong, Anchor::Start, &fit(&name, room, 12.0));
                label(m, HALF, y + 13.0, strong, Anchor::End, &text);
                let (left, right) = (scale.at(from.min(to)), scale.at(from.max(to)));
                let width = if step.money == 0 { 0.0 } else { (right - left).max(1.5) };
                rect(m, (0.0, y + 18.0), (HALF, BAR), "track", "");
                rect(m, (left.min(HALF - width), y + 18.0), (width, BAR), class, &step.meaning.shown(cx));
                if at + 1 < self.steps.len() {
                    let x = scale.at(to);
                    line(m, (x, y + 18.0 + BAR), (x, y + ROW + 18.0), "joint");
                }
            }
        });
    }

    /// Where each bar begins and ends.
    fn ends(&self) -> Vec<(f64, f64)> {
        let mut at = 0.0;
        let end = |step: &BridgeStep| {
            let value = step.money as f64 / MONEY_SCALE;
            let (from, to) = if step.is_level { (0.0, value) } else { (at, at + value) };
            at = to;
            (from, to)
        };
        self.steps.iter().map(end).collect()
    }

    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let mut table = Table {
            columns: vec![
                Column::new(w.step),
                Column::new(cx.with_currency(w.money)),
                Column::new(&self.what),
                Column::new(w.unusual),
                Column::new(cx.words.meaning),
            ],
            ..Table::default()
        };
        for step in &self.steps {
            table.push(vec![
                Cell::text(&step.name),
                Cell::Money(step.money),
                step.count.map_or(Cell::Missing, |count| Cell::Number(count as f64, Unit::Count)),
                if step.is_unusual { Cell::text(w.yes) } else { Cell::Missing },
                Cell::text(&step.meaning),
            ]);
        }
        table
    }
}

#[cfg(test)]
impl super::Sample for Bridges {
    fn sample(_: &mut super::Draw, _: super::Size) -> Bridges {
        // Online Retail II, third quarters of 2010 and 2011.
        let step = |name: &str, is_level, money, count| BridgeStep {
            name: name.into(),
            meaning: "customers of both periods who spent more than before".into(),
            is_level,
            money,
            count: Some(count),
            is_unusual: name == "Spent more",
        };
        let steps = vec![
            step("Before", true, 20_274_943_910, 2_060),
            step("Spent more", false, 4_541_911_200, 512),
            step("Spent less", false, -3_715_646_590, 549),
            step("Lost", false, -5_483_140_700, 999),
            step("New", false, 4_820_549_510, 819),
            step("Returned", false, 1_544_115_600, 281),
            step("After", true, 21_982_732_930, 2_161),
        ];
        Bridges { bridges: vec![Bridge { title: "2010-Q3 to 2011-Q3".into(), what: "customers".into(), steps }] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_that_does_not_close_says_so() {
        let mut sample = <Bridges as super::super::Sample>::sample(
            &mut crate::report::sample::Draw::for_test(),
            crate::report::sample::USUAL,
        );
        let html = |bridges: &Bridges| {
            let mut m = Markup::default();
            bridges.render(&mut m, Context::for_test(), "b");
            m.finish()
        };
        assert_eq!(sample.bridges[0].gap(), 0);
        assert!(!html(&sample).contains("verdict"));
        sample.bridges[0].steps[1].money -= 25_000;
        assert_eq!(sample.bridges[0].gap(), 25_000);
        assert!(html(&sample).contains("2.5000 are missing"), "{}", html(&sample));
    }
}
