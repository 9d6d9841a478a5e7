//! Basket rules: where they lie by support, confidence and rule lift, and the best of them by name.

mod matrix;
mod network;

use super::{Chapter, Language, Shown, Text};
use crate::numeric::math::{exp, ln, log10};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{
    Anchor, FULL, Figure, Scale, dot, figure, fit, label, line, rect, shade, shade_class, text_width,
};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Rules, best first.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Rules {
    /// The rules to show, best first; a few hundred at most are drawn.
    pub rules: Vec<ShownRule>,
    /// How many rules were found in all.
    pub found: u64,
    /// The table that holds all of them, for `patron query`; may be empty.
    pub whole: String,
    /// How many of all rules did not hold on the later data.
    pub failed: u64,
    /// What the later data is, such as `orders from 2011-10-01`; empty where rules were not judged on later data.
    pub later: Text,
}

/// One rule *antecedent → consequent*, with item names.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ShownRule {
    pub antecedent: Vec<String>,
    pub consequent: Vec<String>,
    /// Baskets that hold both sides.
    pub count: u64,
    /// Share 0..=1 of baskets that hold both sides.
    pub support: f64,
    /// Share 0..=1 of baskets with the antecedent that hold the consequent.
    pub confidence: f64,
    /// Confidence over the consequent's share of all baskets.
    pub lift: f64,
    /// The same confidence and rule lift on later baskets; NaN where not judged.
    pub later_confidence: f64,
    pub later_lift: f64,
    /// Whether the rule held on later baskets; nothing where not judged or too few can tell.
    pub holds: Option<bool>,
}

struct Words {
    heading: &'static str,
    no_rules: &'static str,
    found: &'static str,
    later: &'static str,
    failed: &'static str,
    matrix_title: &'static str,
    matrix_about: &'static str,
    matrix_tip: &'static str,
    network_title: &'static str,
    network_about: &'static str,
    title: &'static str,
    about: &'static str,
    best: &'static str,
    tip: &'static str,
    rule_lift: &'static str,
    support: &'static str,
    confidence: &'static str,
    support_axis: &'static str,
    confidence_axis: &'static str,
    antecedent: &'static str,
    consequent: &'static str,
    baskets: &'static str,
    antecedent_meaning: &'static str,
    consequent_meaning: &'static str,
    support_meaning: &'static str,
    confidence_meaning: &'static str,
    lift_meaning: &'static str,
    later_confidence: &'static str,
    later_lift: &'static str,
    holds: &'static str,
    holds_meaning: &'static str,
    yes: &'static str,
    no: &'static str,
    unknown: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Bought together",
        no_rules: "No rule met the thresholds.",
        found: "{found} rules were found; the best {shown} are shown.",
        later: "Each rule is checked again on {later}, which the miner did not see.",
        failed: "{failed} did not hold there: they are hollow in the charts and left out of recommendations.",
        matrix_title: "Rules by what is in the basket and what comes with it",
        matrix_about: "One column per leading item of the antecedent, one row per consequent: larger dots have more support, darker ones more rule lift.",
        matrix_tip: "{rules} rules, {failed} of them did not hold; the strongest: {from} → {to} · support {support} · rule lift {lift}",
        network_title: "The best rules as a network of items",
        network_about: "Each wedge is a rule and points from what is in the basket to what comes with it; the wider, the more certain. Point at an item for its name.",
        title: "Rules by support, confidence and rule lift",
        about: "Each dot is a rule: further right applies to more baskets, higher is more certain, darker is further above chance (rule lift).",
        best: "Best rules",
        tip: "{from} → {to} · support {support} · confidence {confidence} · rule lift {lift}",
        rule_lift: "Rule lift",
        support: "Support, %",
        confidence: "Confidence",
        support_axis: "support (logarithmic) →",
        confidence_axis: "↑ confidence",
        antecedent: "If the basket contains",
        consequent: "then also",
        baskets: "Baskets",
        antecedent_meaning: "The antecedent: items that are in the basket",
        consequent_meaning: "The consequent: items that are then often there too",
        support_meaning: "Share of all baskets that contain both sides",
        confidence_meaning: "Share of the baskets with the antecedent that contain the consequent",
        lift_meaning: "Confidence over the consequent's share of all baskets; 1 is chance",
        later_confidence: "Later confidence",
        later_lift: "Later rule lift",
        holds: "Holds",
        holds_meaning: "Whether the rule holds on the later baskets",
        yes: "yes",
        no: "no",
        unknown: "too few baskets",
    },
    simplified: Words {
        heading: "购物篮分析：一起购买的商品",
        no_rules: "没有规则达到门槛。",
        found: "共发现 {found} 条关联规则，显示其中最好的 {shown} 条。",
        later: "每条规则都用{later}再次检验，这些数据挖掘时并未用到。",
        failed: "其中 {failed} 条未能成立：图中以空心表示，并且不用于推荐。",
        matrix_title: "关联规则：购物篮中有什么，会带来什么",
        matrix_about: "每列是前项的主要商品，每行是后项；圆点越大支持度越高，颜色越深规则提升度越高。",
        matrix_tip: "{rules} 条规则，其中 {failed} 条未能成立；最强的是：{from} → {to} · 支持度 {support} · 规则提升度 {lift}",
        network_title: "最佳规则构成的商品网络",
        network_about: "每个楔形是一条规则，由购物篮中已有的商品指向随之购买的商品；越宽越可靠。将指针移到商品上可看名称。",
        title: "关联规则的支持度、置信度和提升度",
        about: "每个点是一条规则：越靠右适用的购物篮越多，越靠上越可靠，颜色越深超出随机水平越多（规则提升度）。",
        best: "最佳规则",
        tip: "{from} → {to} · 支持度 {support} · 置信度 {confidence} · 规则提升度 {lift}",
        rule_lift: "规则提升度",
        support: "支持度，%",
        confidence: "置信度",
        support_axis: "支持度（对数刻度）→",
        confidence_axis: "↑ 置信度",
        antecedent: "若购物篮中有",
        consequent: "则还会有",
        baskets: "购物篮数",
        antecedent_meaning: "前项：购物篮中已有的商品",
        consequent_meaning: "后项：此时往往也会出现的商品",
        support_meaning: "同时包含两边商品的购物篮占全部购物篮的比例",
        confidence_meaning: "包含前项的购物篮中，也包含后项的比例",
        lift_meaning: "置信度除以后项在全部购物篮中的比例；1 表示随机水平",
        later_confidence: "后期置信度",
        later_lift: "后期规则提升度",
        holds: "是否成立",
        holds_meaning: "规则在后期的购物篮中是否成立",
        yes: "是",
        no: "否",
        unknown: "购物篮太少",
    },
    traditional: Words {
        heading: "購物籃分析：一起購買的商品",
        no_rules: "沒有規則達到門檻。",
        found: "共發現 {found} 條關聯規則，顯示其中最好的 {shown} 條。",
        later: "每條規則都用{later}再次檢驗，這些資料挖掘時並未用到。",
        failed: "其中 {failed} 條未能成立：圖中以空心表示，並且不用於推薦。",
        matrix_title: "關聯規則：購物籃中有什麼，會帶來什麼",
        matrix_about: "每欄是前項的主要商品，每列是後項；圓點越大支持度越高，顏色越深規則提升度越高。",
        matrix_tip: "{rules} 條規則，其中 {failed} 條未能成立；最強的是：{from} → {to} · 支持度 {support} · 規則提升度 {lift}",
        network_title: "最佳規則構成的商品網路",
        network_about: "每個楔形是一條規則，由購物籃中已有的商品指向隨之購買的商品；越寬越可靠。將游標移到商品上可看名稱。",
        title: "關聯規則的支持度、信賴度和提升度",
        about: "每個點是一條規則：越靠右適用的購物籃越多，越靠上越可靠，顏色越深超出隨機水準越多（規則提升度）。",
        best: "最佳規則",
        tip: "{from} → {to} · 支持度 {support} · 信賴度 {confidence} · 規則提升度 {lift}",
        rule_lift: "規則提升度",
        support: "支持度，%",
        confidence: "信賴度",
        support_axis: "支持度（對數刻度）→",
        confidence_axis: "↑ 信賴度",
        antecedent: "若購物籃中有",
        consequent: "則還會有",
        baskets: "購物籃數",
        antecedent_meaning: "前項：購物籃中已有的商品",
        consequent_meaning: "後項：此時往往也會出現的商品",
        support_meaning: "同時包含兩邊商品的購物籃占全部購物籃的比例",
        confidence_meaning: "包含前項的購物籃中，也包含後項的比例",
        lift_meaning: "信賴度除以後項在全部購物籃中的比例；1 表示隨機水準",
        later_confidence: "後期信賴度",
        later_lift: "後期規則提升度",
        holds: "是否成立",
        holds_meaning: "規則在後期的購物籃中是否成立",
        yes: "是",
        no: "否",
        unknown: "購物籃太少",
    },
};

impl Shown for Rules {
    fn chapter(&self) -> Chapter {
        Chapter::Items
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let w = WORDS.of(cx.language);
        if self.rules.is_empty() {
            m.leaf("p", &[("class", "quiet")], w.no_rules);
            return;
        }
        let found = cx.numbers.count(self.found.max(self.rules.len() as u64));
        let shown = cx.numbers.count(self.rules.len().min(cx.rows) as u64);
        m.leaf("p", &[("class", "quiet")], &fill(w.found, &[("found", &found), ("shown", &shown)]));
        if !self.later.is_empty() {
            m.leaf("p", &[("class", "quiet")], &fill(w.later, &[("later", &self.later.shown(cx))]));
            if self.failed > 0 {
                let failed = cx.numbers.count(self.failed);
                m.leaf("p", &[("class", "quiet")], &fill(w.failed, &[("failed", &failed)]));
            }
        }
        let size =
            Figure { id: format!("{id}-scatter"), title: w.title, about: w.about, width: FULL, height: PLOT.3 + 40.0 };
        figure(m, cx, &size, None, |m| self.scatter(m, cx));
        let drawn = &self.rules[..self.rules.len().min(cx.rows)];
        matrix::render(m, cx, id, drawn);
        network::render(m, cx, id, drawn);
        m.leaf("h4", &[], w.best);
        self.table(cx).grid(m, cx);
    }
}

impl ShownRule {
    fn sides(&self) -> (String, String) {
        (self.antecedent.join(" + "), self.consequent.join(" + "))
    }
}

const PLOT: (f64, f64, f64, f64) = (52.0, 14.0, FULL - 14.0, 330.0);

/// Names written into the chart.
const NAMED: usize = 5;

impl Rules {
    fn scatter(&self, m: &mut Markup, cx: Context) {
        let (left, top, right, bottom) = PLOT;
        let drawn = &self.rules[..self.rules.len().min(cx.rows)];
        let support = || drawn.iter().map(|r| r.support).filter(|s| *s > 0.0);
        let (low, high) = (support().fold(1.0, f64::min), support().fold(0.0, f64::max));
        // Support spans orders of magnitude: its logarithm spreads the crowd at the threshold.
        let margin = (ln(high.max(low) / low) * 0.05).max(0.15);
        let x = Scale { low: ln(low) - margin, high: ln(high.max(low)) + margin, from: left, to: right };
        let y = Scale::round(drawn.iter().map(|r| r.confidence), bottom, top);
        for tick in y.ticks(5) {
            line(m, (left, y.at(tick)), (right, y.at(tick)), "g");
            label(m, left - 8.0, y.at(tick) + 4.0, "t", Anchor::End, &Unit::Share.short(cx.numbers, tick));
        }
        let mut free_from = left;
        for tick in log_ticks(exp(x.low), exp(x.high)) {
            let at = x.at(ln(tick));
            let text = cx.numbers.short(tick * 100.0) + "%";
            if at - text_width(&text, 11.0) / 2.0 >= free_from {
                line(m, (at, bottom), (at, bottom + 4.0), "axis");
                label(m, at, bottom + 17.0, "t", Anchor::Middle, &text);
                free_from = at + text_width(&text, 11.0) / 2.0 + 10.0;
            }
        }
        line(m, (left, bottom), (right, bottom), "axis");
        label(m, right, bottom + 34.0, "t", Anchor::End, WORDS.of(cx.language).support_axis);
        label(m, left, bottom + 34.0, "t", Anchor::Start, WORDS.of(cx.language).confidence_axis);
        let lifts = || drawn.iter().map(|r| ln(r.lift.max(f64::MIN_POSITIVE)));
        let (weak, strong) = (lifts().fold(f64::INFINITY, f64::min), lifts().fold(f64::NEG_INFINITY, f64::max));
        let step = |lift: f64| {
            let span = strong - weak;
            let share = if span > 0.0 { (ln(lift.max(f64::MIN_POSITIVE)) - weak) / span } else { 1.0 };
            shade(share * 0.75 + 0.25)
        };
        // Best last, so that it lies on top.
        for rule in drawn.iter().rev() {
            let (from, to) = rule.sides();
            let tip = fill(
                WORDS.of(cx.language).tip,
                &[
                    ("from", &fit(&from, 400.0, 12.0)),
                    ("to", &fit(&to, 400.0, 12.0)),
                    ("support", &cx.numbers.percent(rule.support, 2)),
                    ("confidence", &cx.numbers.percent(rule.confidence, 1)),
                    ("lift", &cx.numbers.fixed(rule.lift, 2)),
                ],
            );
            let at = (x.at(ln(rule.support.max(low))), y.at(rule.confidence));
            let class = match rule.holds {
                Some(false) => "hollow".to_owned(),
                _ => format!("{} ring", shade_class(step(rule.lift))),
            };
            dot(m, at, 4.5, &class, &tip);
        }
        self.names(m, drawn, &|r| (x.at(ln(r.support.max(low))), y.at(r.confidence)));
        self.legend(m, cx, exp(weak), exp(strong));
    }

    /// Names of the best rules, on the side of their dot where they hide least; none where they would hide a crowd.
    fn names(&self, m: &mut Markup, drawn: &[ShownRule], place: &dyn Fn(&ShownRule) -> (f64, f64)) {
        let dots: Vec<(f64, f64)> = drawn.iter().map(place).collect();
        let mut taken: Vec<(f64, f64, f64)> = Vec::new();
        for (rule, &(x, y)) in drawn.iter().zip(&dots).take(NAMED * 4) {
            if taken.len() == NAMED {
                break;
            }
            let (from, to) = rule.sides();
            let text = format!("{} → {}", fit(&from, 150.0, 11.0), fit(&to, 150.0, 11.0));
            let width = text_width(&text, 11.0);
            let hidden = |start: f64| {
                let inside = |&&(a, b): &&(f64, f64)| (b - y).abs() < 9.0 && a > start - 4.0 && a < start + width + 4.0;
                dots.iter().filter(inside).count()
            };
            let free = |start: f64| {
                let clashes = |&(a, b, at): &(f64, f64, f64)| (at - y).abs() < 14.0 && start < b && start + width > a;
                start >= PLOT.0 && start + width <= PLOT.2 && !taken.iter().any(clashes) && hidden(start) <= 1
            };
            let sides = [x + 9.0, x - 9.0 - width];
            let Some(start) = sides.into_iter().filter(|s| free(*s)).min_by_key(|s| hidden(*s)) else { continue };
            taken.push((start, start + width, y));
            let (at, anchor) = if start > x { (start, Anchor::Start) } else { (x - 9.0, Anchor::End) };
            label(m, at, y + 4.0, "t halo", anchor, &text);
        }
    }

    fn legend(&self, m: &mut Markup, cx: Context, weak: f64, strong: f64) {
        let y = PLOT.3 + 26.0;
        let x = PLOT.0 + 330.0;
        let low = cx.numbers.short(weak);
        label(m, x, y + 8.0, "t", Anchor::End, &format!("{} {low}", WORDS.of(cx.language).rule_lift));
        for step in 2..=8 {
            rect(m, (x + 6.0 + 14.0 * (step - 2) as f64, y), (14.0, 9.0), shade_class(step), "");
        }
        label(m, x + 6.0 + 14.0 * 7.0 + 6.0, y + 8.0, "t", Anchor::Start, &cx.numbers.short(strong));
    }

    fn table(&self, cx: Context) -> Table {
        let w = WORDS.of(cx.language);
        let mut table = Table {
            columns: vec![
                Column::new("#"),
                Column::new(w.antecedent).meaning(w.antecedent_meaning),
                Column::new(w.consequent).meaning(w.consequent_meaning),
                Column::new(w.baskets),
                Column::new(w.support).meaning(w.support_meaning),
                Column::new(w.confidence).meaning(w.confidence_meaning),
                Column::new(w.rule_lift).meaning(w.lift_meaning),
            ],
            total_rows: Some(self.found),
            whole: (!self.whole.is_empty()).then(|| self.whole.clone()),
            ..Table::default()
        };
        let judged = !self.later.is_empty();
        if judged {
            table.columns.push(Column::new(w.later_confidence));
            table.columns.push(Column::new(w.later_lift));
            table.columns.push(Column::new(w.holds).meaning(w.holds_meaning));
        }
        for (i, rule) in self.rules.iter().enumerate() {
            let (from, to) = rule.sides();
            let mut row = vec![
                Cell::Count(i as u64 + 1),
                Cell::Text(from),
                Cell::Text(to),
                Cell::Count(rule.count),
                Cell::Number(rule.support * 100.0, Unit::Number(2)),
                Cell::Number(rule.confidence, Unit::Share),
                Cell::Number(rule.lift, Unit::Number(2)),
            ];
            if judged {
                row.push(Cell::Number(rule.later_confidence, Unit::Share));
                row.push(Cell::Number(rule.later_lift, Unit::Number(2)));
                let word = match rule.holds {
                    Some(true) => w.yes,
                    Some(false) => w.no,
                    None => w.unknown,
                };
                row.push(Cell::Text(word.to_owned()));
            }
            table.push(row);
        }
        table
    }
}

/// 1, 2 and 5 times powers of ten between two shares.
fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    let first = log10(low).floor() as i32;
    let last = log10(high).ceil() as i32;
    (first..=last)
        .flat_map(|power| [1.0, 2.0, 5.0].map(|f| f * 10f64.powi(power)))
        .filter(|t| (low..=high).contains(t))
        .collect()
}

#[cfg(test)]
impl super::Sample for Rules {
    fn sample(draw: &mut super::Draw, size: super::Size) -> Rules {
        let mut rules: Vec<ShownRule> = (0..size.rules)
            .map(|_| {
                let baskets = (180.0 * exp(draw.share() * 2.2)) as u64;
                let lift = exp(draw.share() * 3.4) * 1.1;
                let confidence = draw.between(0.2, 0.55) + lift / 90.0;
                let mut antecedent = vec![draw.one_of(crate::report::sample::ITEMS)];
                if draw.share() > 0.6 {
                    antecedent.push(draw.one_of(crate::report::sample::ITEMS));
                }
                ShownRule {
                    antecedent,
                    consequent: vec![draw.one_of(crate::report::sample::ITEMS)],
                    count: baskets,
                    support: baskets as f64 / 38_000.0,
                    confidence,
                    lift,
                    later_confidence: confidence * draw.between(0.7, 1.05),
                    later_lift: lift * draw.between(0.7, 1.05),
                    holds: [Some(true), Some(true), Some(true), Some(false), None][(baskets % 5) as usize],
                }
            })
            .collect();
        rules.sort_by(|a, b| b.lift.total_cmp(&a.lift));
        let failed = rules.iter().filter(|rule| rule.holds == Some(false)).count() as u64;
        let found = size.rules as u64 * 23;
        Rules { rules, found, failed, whole: "rules".into(), later: "orders from 2011-10-01".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_ticks_lie_inside() {
        let ticks: Vec<String> = log_ticks(0.004, 0.03).iter().map(|t| format!("{t:.3}")).collect();
        assert_eq!(ticks, ["0.005", "0.010", "0.020"]);
    }
}
