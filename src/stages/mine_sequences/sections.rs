//! What was found, for the report.

use super::reading::{Labels, Shop};
use super::rules::{ORDERED, Rules};
use crate::mining::sequences::{ItemCycle, JourneyStep, Journeys, PredictBy, PredictScore, predictors as known};
use crate::report::{
    Body, Cell, Chapter, Column, Curve, Curves, Estimate, Link, Method, Node, Paths, Recommendation, Recommendations,
    Section, Table, Text, Unit,
};
use crate::stage::{Context, table_name};
use crate::stages::words::mine_sequences as say;

/// Rows of a table in the report.
const SHOWN: usize = 100;

/// Rules whose days are drawn.
const DRAWN: usize = 4;

pub(super) fn rules(cx: &mut Context, shop: &Shop, rules: &Rules) {
    let partial = rules.rows.partition_point(|row| row.rule.kind() == ORDERED);
    let days = ("days", u64::from(rules.settings.horizon_days).into());
    let lead = match rules.tried {
        true => say::RULES_TRIED.with([days, ("date", rules.mined_before.to_string().into())]),
        false => say::RULES_LEAD.with([days]),
    };
    cx.section(
        Section::new(cx.step, Body::Table(table_of(cx, shop, rules, 0..partial)))
            .chapter(Chapter::Items)
            .heading(&say::RULES)
            .lead(lead),
    );
    if partial < rules.rows.len() {
        let lead = say::PARTIAL_LEAD.with([("days", u64::from(rules.partial_days).into())]);
        cx.section(
            Section::new(cx.step, Body::Table(table_of(cx, shop, rules, partial..rules.rows.len())))
                .chapter(Chapter::Items)
                .heading(&say::PARTIAL)
                .lead(lead),
        );
    }
    let curves: Vec<Curve> = rules.rows[..partial.min(DRAWN)]
        .iter()
        .map(|row| Curve {
            name: row.rule.sides(&shop.names).join(" → ").into(),
            baseline: false,
            points: row.rule.timing().bought_by.iter().enumerate().map(|(day, &share)| (day as f64, share)).collect(),
        })
        .collect();
    if !curves.is_empty() {
        let body = Curves {
            x: (&say::DAYS_AFTER).into(),
            x_unit: Unit::Count,
            y: (&say::SHARE_BOUGHT).into(),
            y_unit: Unit::Share,
            curves,
            marks: Vec::new(),
        };
        cx.section(Section::new(cx.step, Body::Curves(body)).chapter(Chapter::Items).heading(&say::SOON));
    }
}

fn table_of(cx: &Context, shop: &Shop, rules: &Rules, rows: std::ops::Range<usize>) -> Table {
    let after = match rules.rows.get(rows.start).map(|row| row.rule.kind()) {
        None | Some(ORDERED) => &say::AFTER_ORDERED,
        Some(_) => &say::AFTER_PARTIAL,
    };
    let mut table = Table {
        columns: vec![
            Column::new(&say::PLACE),
            Column::new(&say::AFTER).meaning(after),
            Column::new(&say::BUY),
            Column::new(&say::CUSTOMERS).meaning(&say::CUSTOMERS_MEANING),
            Column::new(&say::OF_THESE).meaning(&say::OF_THESE_MEANING),
            Column::new(&say::LIFT).meaning(&say::LIFT_MEANING),
            Column::new(&say::HALF).meaning(&say::HALF_MEANING),
            Column::new(&say::WRITE).meaning(&say::WRITE_MEANING),
        ],
        total_rows: Some(rows.len() as u64),
        whole: Some(cx.step.to_owned()),
        ..Table::default()
    };
    if rules.tried {
        table.columns.push(Column::new(&say::LATER).meaning(&say::LATER_MEANING));
        table.columns.push(Column::new(&say::HOLDS));
    }
    for place in rows.take(SHOWN) {
        let found = &rules.rows[place];
        let (figures, timing) = (found.rule.figures(), found.rule.timing());
        let [left, right] = found.rule.sides(&shop.names);
        let window = format!("{}–{}", timing.send_from, timing.send_to);
        let mut row = vec![
            Cell::Count(place as u64 + 1),
            Cell::text(left),
            Cell::text(right),
            Cell::Count(figures.customers),
            Cell::Number(figures.confidence, Unit::Share),
            Cell::Number(figures.lift, Unit::Number(2)),
            Cell::Count(u64::from(timing.quartiles[1])),
            Cell::text(window),
        ];
        if let Some(later) = &found.later {
            row.push(Cell::Number(later.figures.lift, Unit::Number(2)));
            row.push(Cell::text(match found.holds() {
                Some(true) => &say::YES,
                Some(false) => &say::NO,
                None => &say::TOO_FEW,
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
            Column::new(&say::ITEM),
            Column::new(&say::BUYERS),
            Column::new(&say::AGAIN).meaning(&say::AGAIN_MEANING),
            Column::new(&say::TYPICAL).meaning(&say::TYPICAL_MEANING),
            Column::new(&say::QUARTER).meaning(&say::QUARTER_MEANING),
            Column::new(&say::HALF).meaning(&say::HALF_AGAIN),
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
    let lead = say::CYCLES_LEAD.with([("table", table_name(cx.step, "due").into())]);
    cx.section(Section::new(cx.step, Body::Table(table)).chapter(Chapter::Items).heading(&say::CYCLES).lead(lead));
}

pub(super) fn journeys(cx: &mut Context, labels: &Labels, ways: &Journeys) {
    let last = ways.nodes.iter().map(|node| node.place as usize).max().unwrap_or(0);
    let paths = Paths {
        columns: (0..=last)
            .map(|place| match place {
                0 => (&say::FIRST_ORDER).into(),
                place if place == last => (&say::NOW).into(),
                place => say::STEP.with([("place", (place + 1).into())]),
            })
            .collect(),
        nodes: ways
            .nodes
            .iter()
            .map(|node| Node { name: shown(node.step, labels), column: node.place as usize })
            .collect(),
        links: ways
            .edges
            .iter()
            .map(|edge| Link { from: edge.from as usize, to: edge.to as usize, customers: edge.customers })
            .collect(),
    };
    cx.section(Section::new(cx.step, Body::Paths(paths)).heading(&say::JOURNEYS).lead(labels.what));
    let mut table = Table {
        columns: vec![
            Column::new(&say::PATH),
            Column::new(&say::END),
            Column::new(&say::CUSTOMERS),
            Column::new(&say::SHARE),
            Column::new(&say::DAYS).meaning(&say::DAYS_MEANING),
        ],
        whole: Some(format!("{}_journeys", cx.step)),
        ..Table::default()
    };
    for path in ways.paths.iter().take(SHOWN / 2) {
        let (end, orders) = path.steps.split_last().expect("a path has an end");
        let orders = orders.iter().map(|&one| shown(one, labels));
        let then = |before: Text, after: Text| say::THEN.with([("before", before.into()), ("after", after.into())]);
        table.push(vec![
            Cell::text(orders.reduce(then).unwrap_or_default()),
            Cell::text(shown(*end, labels)),
            Cell::Count(path.customers),
            Cell::Number(path.share, Unit::Share),
            Cell::Number(path.mean_days, Unit::Days),
        ]);
    }
    cx.section(Section::new(cx.step, Body::Table(table)).chapter(Chapter::Items).heading(&say::COMMON));
}

/// A step as the report shows it: a name from the data, or a word.
fn shown(step: JourneyStep, labels: &Labels) -> Text {
    match step {
        JourneyStep::Order(label) if labels.other == Some(label) => (&say::OTHER).into(),
        JourneyStep::Order(label) => labels.names[label as usize].as_str().into(),
        JourneyStep::More => (&say::MORE_ORDERS).into(),
        JourneyStep::Lapsed => (&say::LAPSED).into(),
        JourneyStep::Active => (&say::ACTIVE).into(),
    }
}

pub(super) fn predictors(cx: &mut Context, scores: &[PredictScore]) {
    let customers = scores.first().map_or(0, |score| score.judged);
    if customers == 0 {
        return;
    }
    let method = |score: &PredictScore| {
        let half = 1.96 * (score.among * (1.0 - score.among) / customers as f64).sqrt();
        Method {
            name: predictor(score.by),
            baseline: score.by == PredictBy::Popular,
            result: Estimate {
                value: score.among,
                low: (score.among - half).max(0.0),
                high: (score.among + half).min(1.0),
            },
        }
    };
    let task = Recommendation {
        name: (&say::MAIN_ITEM).into(),
        measure: (&say::AMONG_TEN).into(),
        customers,
        methods: scores.iter().map(method).collect(),
    };
    cx.section(
        Section::new(cx.step, Body::Recommendations(Recommendations { tasks: vec![task] })).heading(&say::PREDICTED),
    );
}

/// A predictor as the report names it.
fn predictor(by: PredictBy) -> Text {
    let row = known().iter().find(|row| row.by == by).expect("every predictor has a row");
    Text::term("predictor", row.name, row.about)
}
