//! What is said of loyalty: the report's sections, remarks and figures.

use super::Loyalty;
use super::cells::Counted;
use super::say;
use crate::loyalty::{AXES, COMPONENTS, Cell as MatrixCell, MEASURES, Scored, Verdict};
use crate::numeric::quantile::quantile;
use crate::report::{Body, Cell, Chapter, Predicted, PredictedRow, Section, Table, Text, Unit, Value};
use crate::stage::Context;

/// Shape from which models of regular buyers are worth fitting.
const REGULAR: f64 = 1.5;

impl Loyalty {
    pub(super) fn show(&self, cx: &mut Context) {
        self.show_scores(cx);
        self.show_judged(cx);
        self.cells.iter().filter(|counted| counted.known > 0).for_each(|counted| show_matrix(cx, counted));
        self.show_series(cx);
    }

    /// Remarks and figures.
    pub(super) fn tell(&self, cx: &mut Context) {
        let scored = self.now.scored.iter().filter(|scored| scored.index.is_some()).count();
        cx.metric("scored", scored as f64);
        let enough = self.now.scored.iter().filter(|scored| scored.measures[0].is_some()).count() as u64;
        let too_little = self.customers.len() as u64 - enough;
        cx.metric("too_little_history", too_little as f64);
        if too_little > 0 {
            cx.note(say::WITHOUT_SCORE.with([("customers", too_little.into())]));
        }
        if self.categories == 0 {
            cx.note(&say::NO_CATEGORIES);
        }
        if let Some(found) = &self.regularity {
            cx.metric("regularity", found.shape);
            let words = if found.shape >= REGULAR { &say::REGULAR } else { &say::BY_CHANCE };
            let number = |value| Value::Number(value, Unit::Number(2));
            cx.note(words.with([
                ("customers", found.customers.into()),
                ("shape", number(found.shape)),
                ("low", number(found.low)),
                ("high", number(found.high)),
                ("spread", Value::Number(found.spread, Unit::Number(4))),
            ]));
        }
        if let Some(found) = &self.headroom {
            let coverage = found.coverage;
            cx.metric("headroom_coverage", coverage.share);
            let words = if coverage.holds { &say::HEADROOM_HOLDS } else { &say::HEADROOM_OFF };
            let share = |share| Value::Number(share, Unit::Share);
            cx.note(words.with([
                ("share", share(coverage.share)),
                ("low", share(coverage.low)),
                ("high", share(coverage.high)),
                ("customers", coverage.customers.into()),
            ]));
        }
        if let Some(shocks) = &self.now.measured.shocks {
            cx.metric("after_shocks", shocks.bought - shocks.matched);
            let share = |share| Value::Number(share, Unit::Share);
            cx.note(say::AFTER_SHOCKS.with([
                ("shocks", shocks.shocks.into()),
                ("bought", share(shocks.bought)),
                ("matched", share(shocks.matched)),
                ("error", share(shocks.error)),
            ]));
        }
        for judged in &self.judged {
            if let Some(found) = &judged.found {
                cx.metric(&format!("gain_{}", judged.name), found.gain.value);
            }
        }
        let of = |verdict: Verdict| -> Vec<Text> {
            self.judged.iter().filter(|judged| judged.verdict == verdict).map(|judged| name(judged.name)).collect()
        };
        let decorative = of(Verdict::Decorative);
        if !decorative.is_empty() {
            cx.note(say::DECORATIVE.with([("scores", decorative.as_slice().into())]));
        }
    }

    fn show_scores(&self, cx: &mut Context) {
        let heads = [&say::SCORE, &say::MEANING, &say::CUSTOMERS, &say::LOW, &say::MEDIAN, &say::HIGH, &say::WIDTH];
        let mut table = Table::with(&heads);
        let mut row = |name: Text, meaning: Text, of: &dyn Fn(&Scored, usize) -> Option<[f64; 3]>| {
            let numbers = self.now.scored.iter().enumerate();
            let found: Vec<[f64; 3]> = numbers.filter_map(|(customer, scored)| of(scored, customer)).collect();
            let point = |part: fn(&[f64; 3]) -> f64, share: f64| {
                let mut values: Vec<f64> = found.iter().map(part).collect();
                values.sort_unstable_by(f64::total_cmp);
                match values.is_empty() {
                    true => Cell::Missing,
                    false => Cell::Number(quantile(&values, share), Unit::Number(2)),
                }
            };
            table.push(vec![
                Cell::Phrase(name),
                Cell::Phrase(meaning),
                Cell::Count(found.len() as u64),
                point(|one| one[0], 0.1),
                point(|one| one[0], 0.5),
                point(|one| one[0], 0.9),
                point(|one| one[2] - one[1], 0.5),
            ]);
        };
        for (place, (measure, meaning)) in MEASURES.iter().enumerate() {
            let of = |scored: &Scored, _: usize| scored.measures[place].map(|one| [one.value, one.low, one.high]);
            row(name(measure), Text::term("loyalty-meaning", measure, *meaning), &of);
        }
        for (place, component) in COMPONENTS.iter().enumerate() {
            let of = |_: &Scored, customer: usize| {
                self.now.measured.components[customer][place].map(|one| [one.value, one.low, one.high])
            };
            row(name(component.name), Text::term("loyalty-meaning", component.name, component.meaning), &of);
        }
        let days = self.now.spending.span.days as u64;
        let lead = say::SCORES_LEAD.with([("days", days.into()), ("periods", self.now.spending.totals.len().into())]);
        let section = Section::new(cx.step, Body::Table(table)).heading(&say::SCORES).lead(lead);
        cx.section(section.chapter(Chapter::Customers));
    }

    fn show_judged(&self, cx: &mut Context) {
        if self.judged.is_empty() {
            return;
        }
        let meaning = |score: &str| {
            let component = COMPONENTS.iter().find(|one| one.name == score).map(|one| one.meaning);
            let measure = MEASURES.iter().find(|one| one.0 == score).map(|one| one.1);
            component.or(measure).map_or_else(
                || Text::from(&say::INDEX_MEANING),
                |meaning| Text::term("loyalty-meaning", score, meaning),
            )
        };
        let none = [f64::NAN; 3];
        let row = |judged: &crate::loyalty::Judged| {
            let found = judged.found.as_ref();
            PredictedRow {
                name: name(judged.name),
                meaning: meaning(judged.name),
                customers: judged.customers,
                gain: found.map_or(none, |found| [found.gain.value, found.gain.low, found.gain.high]),
                loss: found.map_or(f64::NAN, |found| found.loss.0),
                auc: found.map_or(none, |found| [found.auc.value, found.auc.low, found.auc.high]),
                lift: found.map_or(f64::NAN, |found| found.lift),
            }
        };
        let shown = Predicted { rows: self.judged.iter().map(row).collect() };
        cx.section(Section::new(cx.step, Body::Predicted(shown)).lead(&say::JUDGED_LEAD));
    }

    fn show_series(&self, cx: &mut Context) {
        if self.groups.is_empty() {
            return;
        }
        let heads = [&say::GROUP, &say::PERIODS, &say::TREND, &say::SEASON, &say::HIGHEST, &say::LOWEST];
        let mut table = Table::with(&heads);
        for group in &self.groups {
            let by = |better: fn(f64, f64) -> bool| {
                let place =
                    (0..group.season.len()).reduce(|a, b| if better(group.season[b], group.season[a]) { b } else { a });
                // The last time that the season was at this place.
                let last = place.and_then(|place| (place..group.begins.len()).step_by(group.season.len()).next_back());
                last.map_or(Cell::Missing, |last| {
                    let date = crate::tables::Date::from_days(group.begins[last]).to_string();
                    Cell::Phrase(say::FROM.with([("date", date.into())]))
                })
            };
            table.push(vec![
                Cell::text(&group.name),
                Cell::Count(group.spent.len() as u64),
                Cell::Number(group.strength.trend, Unit::Number(2)),
                Cell::Number(group.strength.season, Unit::Number(2)),
                by(|a, b| a > b),
                by(|a, b| a < b),
            ]);
        }
        let section = Section::new(cx.step, Body::Table(table)).heading(&say::SERIES).lead(&say::SERIES_LEAD);
        cx.section(section.chapter(Chapter::Business));
    }
}

fn show_matrix(cx: &mut Context, counted: &Counted) {
    let heads = [
        &say::CELL,
        &say::MEANING,
        &say::ACTION,
        &say::CUSTOMERS,
        &say::SHARE,
        &say::WEIGHTED,
        &say::VALUE,
        &say::BY_PROXY,
        &say::BEFORE,
        &say::CHURN,
    ];
    let mut table = Table::with(&heads);
    let share = |share: f64| match share.is_nan() {
        true => Cell::Missing,
        false => Cell::Number(share, Unit::Share),
    };
    for count in &counted.cells {
        let MatrixCell { name, meaning, action } = count.cell;
        let churn = if count.before > 0 { count.left as f64 / count.before as f64 } else { f64::NAN };
        table.push(vec![
            Cell::Phrase(Text::term("loyalty-cell", name, *name)),
            Cell::Phrase(Text::term("loyalty-cell-meaning", name, *meaning)),
            Cell::Phrase(Text::term("loyalty-cell-action", name, *action)),
            Cell::Count(count.customers),
            share(count.share),
            share(count.weighted),
            share(count.value),
            Cell::Count(count.by_proxy),
            Cell::Count(count.before),
            share(churn),
        ]);
    }
    let moved: u64 = counted.moves.iter().filter(|(cells, _)| cells.0 != cells.1).map(|(_, customers)| customers).sum();
    let proxies: u64 = counted.cells.iter().map(|count| count.by_proxy).sum();
    let axes = counted
        .matrix
        .axes
        .map(|axis| Text::term("loyalty-axis", AXES[axis as usize].name, AXES[axis as usize].meaning));
    let lead = say::MATRIX_LEAD.with([
        ("rows", axes[0].clone().into()),
        ("columns", axes[1].clone().into()),
        ("known", counted.known.into()),
        ("effective", Value::Number(counted.effective, Unit::Number(0))),
        ("moved", moved.into()),
        ("proxies", proxies.into()),
    ]);
    let heading = match counted.matrix.name {
        "dick_basu" => &say::DICK_BASU,
        "jones_sasser" => &say::JONES_SASSER,
        _ => &say::KNOX,
    };
    let section = Section::new(cx.step, Body::Table(table)).heading(heading).lead(lead);
    cx.section(section.chapter(Chapter::Customers));
}

/// A score as the report names it.
fn name(score: &str) -> Text {
    Text::term("loyalty-score", score, score.replace('_', " "))
}
