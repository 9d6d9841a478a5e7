//! What was found, for the report.

use super::reading::{Labels, Shop};
use super::rules::{ORDERED, Rules};
use super::writing::step;
use crate::mining::sequences::{ItemCycle, Journeys, PredictBy, PredictScore, predictors as known};
use crate::report::{
    Body, Cell, Chapter, Column, Curve, Curves, Estimate, Link, Method, Node, Paths, Recommendation, Recommendations,
    Section, Table, Unit,
};
use crate::stage::Context;

/// Rows of a table in the report.
const SHOWN: usize = 100;

/// Rules whose days are drawn.
const DRAWN: usize = 4;

pub(super) fn rules(cx: &mut Context, shop: &Shop, rules: &Rules) {
    let partial = rules.rows.partition_point(|row| row.rule.kind() == ORDERED);
    let lead = match rules.tried {
        true => format!(
            "Purchases within {} days, more often than usual in the same weeks; mined from orders before {}, judged again on those from then on.",
            rules.settings.horizon_days, rules.mined_before
        ),
        false => {
            format!("Purchases within {} days, more often than usual in the same weeks.", rules.settings.horizon_days)
        }
    };
    cx.section(
        Section::new(cx.step, Body::Table(table_of(cx, shop, rules, 0..partial)))
            .chapter(Chapter::Items)
            .heading("Bought one after the other, and when to write")
            .lead(lead),
    );
    if partial < rules.rows.len() {
        let lead = format!(
            "After all of these were bought within {} days of each other, in one order or several, whichever came first.",
            rules.partial_days
        );
        cx.section(
            Section::new(cx.step, Body::Table(table_of(cx, shop, rules, partial..rules.rows.len())))
                .chapter(Chapter::Items)
                .heading("Bought after several others, in whatever order")
                .lead(lead),
        );
    }
    let curves: Vec<Curve> = rules.rows[..partial.min(DRAWN)]
        .iter()
        .map(|row| Curve {
            name: row.rule.sides(&shop.names).join(" → "),
            baseline: false,
            points: row.rule.timing().bought_by.iter().enumerate().map(|(day, &share)| (day as f64, share)).collect(),
        })
        .collect();
    if !curves.is_empty() {
        let body = Curves {
            x: "days after the first purchase".into(),
            x_unit: Unit::Count,
            y: "share that has bought the second".into(),
            y_unit: Unit::Share,
            curves,
            marks: Vec::new(),
        };
        cx.section(
            Section::new(cx.step, Body::Curves(body))
                .chapter(Chapter::Items)
                .heading("How soon the next purchase comes"),
        );
    }
}

fn table_of(cx: &Context, shop: &Shop, rules: &Rules, rows: std::ops::Range<usize>) -> Table {
    let after = match rules.rows.get(rows.start).map(|row| row.rule.kind()) {
        None | Some(ORDERED) => "what was bought first; orders in their sequence",
        Some(_) => "what was bought first, in whatever order; days count from the purchase that made it complete",
    };
    let mut table = Table {
        columns: vec![
            Column::new("#"),
            Column::new("After").meaning(after),
            Column::new("Customers buy"),
            Column::new("Customers").meaning("who bought the first"),
            Column::new("Of these")
                .meaning("share that buys the second in time; recent customers count for as long as they were seen"),
            Column::new("Rule lift").meaning("that share over the usual one of as many orders in the same weeks"),
            Column::new("Half by").meaning("days by which half of the followers have bought"),
            Column::new("Write on days")
                .meaning("first and last day after the first purchase in which followers are densest"),
        ],
        total_rows: Some(rows.len() as u64),
        whole: Some(cx.step.to_owned()),
        ..Table::default()
    };
    if rules.tried {
        table
            .columns
            .push(Column::new("Later rule lift").meaning("the same on later orders that the miner did not see"));
        table.columns.push(Column::new("Holds"));
    }
    for place in rows.take(SHOWN) {
        let found = &rules.rows[place];
        let (figures, timing) = (found.rule.figures(), found.rule.timing());
        let [left, right] = found.rule.sides(&shop.names);
        let mut row = vec![
            Cell::Count(place as u64 + 1),
            Cell::text(left),
            Cell::text(right),
            Cell::Count(figures.customers),
            Cell::Number(figures.confidence, Unit::Share),
            Cell::Number(figures.lift, Unit::Number(2)),
            Cell::Count(u64::from(timing.quartiles[1])),
            Cell::text(format!("{}–{}", timing.send_from, timing.send_to)),
        ];
        if let Some(later) = &found.later {
            row.push(Cell::Number(later.figures.lift, Unit::Number(2)));
            row.push(Cell::text(match found.holds() {
                Some(true) => "yes",
                Some(false) => "no",
                None => "too few to tell",
            }));
        }
        table.push(row);
    }
    table
}

pub(super) fn cycles(cx: &mut Context, shop: &Shop, items: &[ItemCycle]) {
    let mut best: Vec<&ItemCycle> = items.iter().collect();
    best.sort_by_key(|cycle| (std::cmp::Reverse(cycle.repeaters), cycle.item));
    let mut table = Table {
        columns: vec![
            Column::new("Item"),
            Column::new("Buyers"),
            Column::new("Bought again").meaning("share of the buyers who bought it on two or more days"),
            Column::new("Typical days").meaning("geometric mean of the days from one purchase to the next"),
            Column::new("A quarter by").meaning("days by which a quarter of all buyers has bought again"),
            Column::new("Half by")
                .meaning("days by which half of all buyers has bought again; a dash if fewer ever do"),
        ],
        total_rows: Some(items.len() as u64),
        whole: Some(format!("{}_cycles", cx.step)),
        ..Table::default()
    };
    let days = |days: Option<u32>| days.map_or(Cell::Missing, |days| Cell::Count(u64::from(days)));
    for cycle in best.into_iter().take(SHOWN) {
        table.push(vec![
            Cell::text(&shop.names[cycle.item as usize]),
            Cell::Count(cycle.buyers),
            Cell::Number(cycle.repeaters as f64 / cycle.buyers.max(1) as f64, Unit::Share),
            Cell::Number(cycle.typical_days, Unit::Days),
            days(cycle.quartiles[0]),
            days(cycle.quartiles[1]),
        ]);
    }
    let lead = format!("Who is due to buy what again stands in the table {}_due.", cx.step);
    cx.section(
        Section::new(cx.step, Body::Table(table)).chapter(Chapter::Items).heading("Repurchase cycles").lead(lead),
    );
}

pub(super) fn journeys(cx: &mut Context, labels: &Labels, ways: &Journeys) {
    let last = ways.nodes.iter().map(|node| node.place as usize).max().unwrap_or(0);
    let paths = Paths {
        columns: (0..=last)
            .map(|place| match place {
                0 => "first order".to_owned(),
                place if place == last => "now".to_owned(),
                place => format!("step {}", place + 1),
            })
            .collect(),
        nodes: ways
            .nodes
            .iter()
            .map(|node| Node { name: step(node.step, &labels.names).to_owned(), column: node.place as usize })
            .collect(),
        links: ways
            .edges
            .iter()
            .map(|edge| Link { from: edge.from as usize, to: edge.to as usize, customers: edge.customers })
            .collect(),
    };
    cx.section(Section::new(cx.step, Body::Paths(paths)).heading("Journeys from the first order on").lead(labels.what));
    let mut table = Table {
        columns: vec![
            Column::new("Path"),
            Column::new("Now"),
            Column::new("Customers"),
            Column::new("Share"),
            Column::new("Days").meaning("mean days from the first to the last order"),
        ],
        whole: Some(format!("{}_journeys", cx.step)),
        ..Table::default()
    };
    for path in ways.paths.iter().take(SHOWN / 2) {
        let (end, orders) = path.steps.split_last().expect("a path has an end");
        let orders: Vec<&str> = orders.iter().map(|&one| step(one, &labels.names)).collect();
        table.push(vec![
            Cell::text(orders.join(" → ")),
            Cell::text(step(*end, &labels.names)),
            Cell::Count(path.customers),
            Cell::Number(path.share, Unit::Share),
            Cell::Number(path.mean_days, Unit::Days),
        ]);
    }
    cx.section(Section::new(cx.step, Body::Table(table)).chapter(Chapter::Items).heading("The most common journeys"));
}

pub(super) fn predictors(cx: &mut Context, scores: &[PredictScore]) {
    let customers = scores.first().map_or(0, |score| score.judged);
    if customers == 0 {
        return;
    }
    let method = |score: &PredictScore| {
        let half = 1.96 * (score.among * (1.0 - score.among) / customers as f64).sqrt();
        Method {
            name: known().iter().find(|row| row.by == score.by).expect("every predictor has a row").about.to_owned(),
            baseline: score.by == PredictBy::Popular,
            result: Estimate {
                value: score.among,
                low: (score.among - half).max(0.0),
                high: (score.among + half).min(1.0),
            },
        }
    };
    let task = Recommendation {
        name: "The main item of the next order".to_owned(),
        measure: "share of hidden last orders whose main item is among ten predicted".to_owned(),
        customers,
        methods: scores.iter().map(method).collect(),
    };
    cx.section(
        Section::new(cx.step, Body::Recommendations(Recommendations { tasks: vec![task] }))
            .heading("How well the next order can be told"),
    );
}
