//! Basket rules as a network: items, and an arrow for each rule from what is in the basket to what comes with it.

use super::ShownRule;
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::svg::{Anchor, FULL, Figure, dot, figure, fit, label, path, px, text_width};
use crate::report::words::fill;

/// Rules drawn: more of them make a ball of wool.
const RULES: usize = 60;

const HEIGHT: f64 = 520.0;
const MARGIN: f64 = 40.0;

/// Rounds of the layout.
const ROUNDS: usize = 400;

/// Draws the network of the best rules that did not fail; nothing where there are fewer than three.
pub(super) fn render(m: &mut Markup, cx: Context, id: &str, rules: &[ShownRule]) {
    let drawn: Vec<&ShownRule> =
        rules.iter().filter(|rule| rule.holds != Some(false)).take(RULES.min(cx.rows)).collect();
    let mut items: Vec<&str> = Vec::new();
    let mut edges: Vec<(usize, usize, &ShownRule)> = Vec::new();
    for rule in &drawn {
        for (from, to) in rule.antecedent.iter().flat_map(|from| rule.consequent.iter().map(move |to| (from, to))) {
            let [from, to] = [from, to].map(|name| {
                items.iter().position(|item| item == name).unwrap_or_else(|| {
                    items.push(name);
                    items.len() - 1
                })
            });
            if from != to && !edges.iter().any(|edge| (edge.0, edge.1) == (from, to)) {
                edges.push((from, to, rule));
            }
        }
    }
    if edges.len() < 3 {
        return;
    }
    let size = Figure {
        id: format!("{id}-network"),
        title: super::WORDS.of(cx.language).network_title,
        about: super::WORDS.of(cx.language).network_about,
        width: FULL,
        height: HEIGHT,
    };
    let pairs: Vec<(usize, usize)> = edges.iter().map(|edge| (edge.0, edge.1)).collect();
    let places = fitted(&layout(items.len(), &pairs));
    figure(m, cx, &size, None, |m| draw(m, cx, &items, &edges, &places));
}

fn draw(m: &mut Markup, cx: Context, items: &[&str], edges: &[(usize, usize, &ShownRule)], places: &[(f64, f64)]) {
    let strongest = edges.iter().map(|edge| edge.2.confidence).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    for &(from, to, rule) in edges {
        let (a, b) = (places[from], places[to]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        // A wedge from the antecedent to the consequent: it points where it ends, and is as wide as the rule is certain.
        let wide = 1.0 + 3.5 * rule.confidence / strongest;
        let end = (b.0 - ux * 6.0, b.1 - uy * 6.0);
        let d = format!(
            "M{} {}L{} {}L{} {}Z",
            px(a.0 - uy * wide),
            px(a.1 + ux * wide),
            px(a.0 + uy * wide),
            px(a.1 - ux * wide),
            px(end.0),
            px(end.1)
        );
        let tip = fill(
            super::WORDS.of(cx.language).tip,
            &[
                ("from", &fit(&rule.antecedent.join(" + "), 400.0, 12.0)),
                ("to", &fit(&rule.consequent.join(" + "), 400.0, 12.0)),
                ("support", &cx.numbers.percent(rule.support, 2)),
                ("confidence", &cx.numbers.percent(rule.confidence, 1)),
                ("lift", &cx.numbers.fixed(rule.lift, 2)),
            ],
        );
        path(m, &d, "flow", &tip);
    }
    let mut rules = vec![0usize; items.len()];
    edges.iter().for_each(|edge| {
        rules[edge.0] += 1;
        rules[edge.1] += 1;
    });
    let mut taken: Vec<(f64, f64, f64)> = Vec::new();
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&item| (std::cmp::Reverse(rules[item]), item));
    for item in order {
        let (x, y) = places[item];
        dot(m, (x, y), 3.0 + (rules[item] as f64).sqrt(), "a ring", items[item]);
        let text = fit(items[item], 150.0, 11.0);
        let width = text_width(&text, 11.0);
        // A name stands on the side that has room, or only in the tip where none has.
        let free = |start: f64| {
            let clashes = |&(a, b, at): &(f64, f64, f64)| (at - y).abs() < 12.0 && start < b && start + width > a;
            start >= 0.0 && start + width <= FULL && !taken.iter().any(clashes)
        };
        let Some(start) = [x + 9.0, x - 9.0 - width].into_iter().find(|start| free(*start)) else { continue };
        taken.push((start, start + width, y));
        let (at, anchor) = if start > x { (start, Anchor::Start) } else { (x - 9.0, Anchor::End) };
        label(m, at, y + 4.0, "t halo", anchor, &text);
    }
}

/// Places of the items: edges pull, all items push (Fruchterman and Reingold, "Graph drawing by force-directed placement",
/// 1991), from a lattice, without chance.
fn layout(items: usize, edges: &[(usize, usize)]) -> Vec<(f64, f64)> {
    let across = (items as f64).sqrt().ceil().max(1.0) as usize;
    // Rows of the lattice are shifted, so that no three items lie on one line and push along it only.
    let start = |at: usize| ((at % across) as f64 + 0.37 * (at / across % 3) as f64, (at / across) as f64);
    let mut places: Vec<(f64, f64)> = (0..items).map(start).collect();
    let ideal = 1.0;
    let mut moved = vec![(0.0, 0.0); items];
    for round in 0..ROUNDS {
        moved.fill((0.0, 0.0));
        for a in 0..items {
            for b in a + 1..items {
                let (dx, dy) = (places[a].0 - places[b].0, places[a].1 - places[b].1);
                let square = (dx * dx + dy * dy).max(1e-4);
                let push = ideal * ideal / square;
                moved[a] = (moved[a].0 + dx * push, moved[a].1 + dy * push);
                moved[b] = (moved[b].0 - dx * push, moved[b].1 - dy * push);
            }
        }
        for &(a, b) in edges {
            let (dx, dy) = (places[a].0 - places[b].0, places[a].1 - places[b].1);
            let pull = (dx * dx + dy * dy).sqrt() / ideal;
            moved[a] = (moved[a].0 - dx * pull, moved[a].1 - dy * pull);
            moved[b] = (moved[b].0 + dx * pull, moved[b].1 + dy * pull);
        }
        let middle = (across as f64 / 2.0, items as f64 / across as f64 / 2.0);
        let heat = 0.3 * (1.0 - round as f64 / ROUNDS as f64);
        for (place, moved) in places.iter_mut().zip(&moved) {
            // Without a pull to the middle, what has no edge in common drifts apart without end.
            let (x, y) = (moved.0 - 0.25 * (place.0 - middle.0), moved.1 - 0.25 * (place.1 - middle.1));
            let length = (x * x + y * y).sqrt().max(1e-9);
            let step = length.min(heat) / length;
            *place = (place.0 + x * step, place.1 + y * step);
        }
    }
    places
}

/// The places stretched to the picture.
fn fitted(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let range = |of: fn(&(f64, f64)) -> f64| {
        let low = places.iter().map(of).fold(f64::INFINITY, f64::min);
        let high = places.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        (low, (high - low).max(1e-9))
    };
    let ((left, wide), (top, tall)) = (range(|p| p.0), range(|p| p.1));
    let inside = |(x, y): &(f64, f64)| {
        let across = MARGIN * 2.0 + (FULL - MARGIN * 4.0) * (x - left) / wide;
        (across, MARGIN / 2.0 + (HEIGHT - MARGIN) * (y - top) / tall)
    };
    places.iter().map(inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_lies_closer_than_what_is_not() {
        // Two triangles.
        let places = layout(6, &[(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]);
        let apart = |a: usize, b: usize| {
            let (dx, dy): (f64, f64) = (places[a].0 - places[b].0, places[a].1 - places[b].1);
            (dx * dx + dy * dy).sqrt()
        };
        assert!(places.iter().all(|place| place.0.is_finite() && place.1.is_finite()));
        assert!(apart(0, 1) < apart(0, 4) && apart(3, 5) < apart(2, 5));
        for (x, y) in fitted(&places) {
            assert!((0.0..=FULL).contains(&x) && (0.0..=HEIGHT).contains(&y));
        }
    }
}
