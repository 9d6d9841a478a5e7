//! What every model of the table must do, whatever it is.

use rand::RngExt;

use super::matrix::Values;
use super::metrics::roc_auc;
use super::{Column, LearningError, LearningSettings, Lesson, MODELS, Matrix, ModelRow, fit, load, save};
use crate::numeric::math::exp;
use crate::numeric::random::stream;

/// Settings small enough for many tests.
fn quick(row: &ModelRow) -> LearningSettings {
    let settings = row.defaults();
    match row.name {
        "logistic" => settings,
        _ => settings.with("trees", 20.0).expect("in range"),
    }
}

/// Rows whose label depends on a number with gaps, a category and an interaction.
fn shop(rows: usize, seed: u64) -> (Matrix, Vec<bool>) {
    let mut random = stream(seed, "conformance");
    let mut draw = || random.random::<f64>();
    let (mut days, mut orders, mut plans, mut labels) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rows {
        let (day, order, plan) = (draw() * 100.0, (draw() * 10.0).floor(), (draw() * 5.0) as usize);
        let odds = day / 25.0 - 2.0 - order / 5.0 + if plan == 3 { 1.5 } else { 0.0 };
        labels.push(draw() < 1.0 / (1.0 + exp(-odds)));
        days.push(if draw() < 0.1 { f64::NAN } else { day });
        orders.push(order);
        plans.push(["basic", "silver", "gold", "loyal", ""][plan]);
    }
    let columns = vec![
        Column::numbers("days", days),
        Column::numbers("orders", orders),
        Column::words("plan", &plans),
        Column::numbers("constant", vec![3.0; rows]),
    ];
    (Matrix::new(columns).expect("a rectangle"), labels)
}

#[test]
fn same_seed_same_bytes_at_one_and_two_threads() {
    let (matrix, labels) = shop(3000, 1);
    for row in MODELS {
        let bytes = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| {
                let model = fit(&quick(row), &Lesson::new(&matrix, &labels, 7)).expect("both labels");
                (save(model.as_ref()), model.score(&matrix).expect("same columns"))
            })
        };
        let (one, two) = (bytes(1), bytes(2));
        assert!(one == two, "{} differs between 1 and 2 threads", row.name);
        assert!(one == bytes(1), "{} differs between runs", row.name);
    }
}

#[test]
fn saved_models_score_as_before_and_contributions_add_up() {
    let (matrix, labels) = shop(1000, 2);
    for row in MODELS {
        let model = fit(&quick(row), &Lesson::new(&matrix, &labels, 7)).expect("both labels");
        let back = load(&save(model.as_ref())).expect("whole");
        let scores = model.score(&matrix).expect("same columns");
        assert!(back.score(&matrix).expect("same columns") == scores, "{}", row.name);
        assert_eq!(back.name(), row.name);
        assert!(roc_auc(&labels, &scores).expect("both labels") > 0.7, "{}", row.name);
        let parts = model.contributions(&matrix).expect("same columns");
        for (index, score) in scores.iter().enumerate() {
            let sum = parts.base + parts.row(index).iter().sum::<f64>();
            let told = match parts.scale {
                super::Scale::LogOdds => 1.0 / (1.0 + exp(-sum)),
                super::Scale::Probability => sum,
            };
            assert!((told - score).abs() < 1e-9, "{} row {index}: {told} {score}", row.name);
        }
        assert!((0..1000).all(|index| parts.row(index)[3].abs() < 1e-12), "{}: a constant says nothing", row.name);
    }
}

#[test]
fn held_out_rows_score_alike_in_any_order_and_company() {
    let (matrix, labels) = shop(800, 3);
    for row in MODELS {
        let model = fit(&quick(row), &Lesson::new(&matrix, &labels, 7)).expect("both labels");
        let all = model.score(&matrix).expect("same columns");
        let chosen = [799, 3, 3, 64, 0];
        let some = model.score(&matrix.take(&chosen)).expect("same columns");
        assert!(chosen.iter().zip(&some).all(|(&index, score)| all[index as usize] == *score), "{}", row.name);
        assert_eq!(model.score(&matrix.take(&[])).expect("no row is no mistake"), Vec::<f64>::new());
    }
}

#[test]
fn unseen_words_and_infinities_have_a_score() {
    let (matrix, labels) = shop(500, 4);
    let strange = Matrix::new(vec![
        Column::words("plan", &["platinum", "", "loyal", "basic"]),
        Column::numbers("orders", vec![f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300]),
        Column::numbers("unknown to the model", vec![0.0; 4]),
        Column::numbers("constant", vec![f64::NAN; 4]),
        Column::numbers("days", vec![f64::NAN, f64::INFINITY, 0.0, 1.0]),
    ])
    .expect("a rectangle");
    for row in MODELS {
        let model = fit(&quick(row), &Lesson::new(&matrix, &labels, 7)).expect("both labels");
        let scores = model.score(&strange).expect("all columns");
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{}: {scores:?}", row.name);
        let infinite = Matrix::new(vec![Column::numbers(
            "x",
            (0..500).map(|i| [1.0, f64::INFINITY, f64::NAN, -2.0][i % 4]).collect(),
        )]);
        let infinite = infinite.expect("a rectangle");
        let truth: Vec<bool> = (0..500).map(|i| i % 4 == 1 || i % 12 == 0).collect();
        let model = fit(&quick(row), &Lesson::new(&infinite, &truth, 7)).expect("both labels");
        let scores = model.score(&infinite).expect("same columns");
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{}", row.name);
    }
}

#[test]
fn refuses_what_cannot_be_learned() {
    let (matrix, labels) = shop(50, 5);
    for row in MODELS {
        let refused = |matrix: &Matrix, labels: &[bool]| fit(&quick(row), &Lesson::new(matrix, labels, 7)).err();
        assert_eq!(refused(&matrix, &[true; 50]), Some(LearningError::OneClass { label: true, rows: 50 }));
        assert_eq!(refused(&matrix.take(&[]), &[]), Some(LearningError::NoRows));
        assert_eq!(refused(&Matrix::new(vec![]).expect("empty"), &[]), Some(LearningError::NoColumns));
        assert!(matches!(refused(&matrix, &labels[1..]), Some(LearningError::RowCount { .. })));
        let model = fit(&quick(row), &Lesson::new(&matrix, &labels, 7)).expect("both labels");
        let fewer = matrix.clone().without(&["days"]);
        assert!(matches!(model.score(&fewer), Err(LearningError::ColumnAbsent { .. })));
        let other = Matrix::new(vec![
            Column::words("days", &["a"]),
            Column::numbers("orders", vec![1.0]),
            Column::words("plan", &["basic"]),
            Column::numbers("constant", vec![1.0]),
        ]);
        assert!(matches!(model.score(&other.expect("a rectangle")), Err(LearningError::ColumnKind { .. })));
    }
}

#[test]
fn learns_from_ten_rows_and_from_ten_thousand_columns() {
    let (matrix, mut labels) = shop(10, 6);
    (labels[0], labels[1]) = (true, false);
    let mut random = stream(1, "wide");
    let wide: Vec<Column> = (0..10_000)
        .map(|index| Column::numbers(&format!("c{index}"), (0..60).map(|_| random.random::<f64>()).collect()))
        .collect();
    let wide = Matrix::new(wide).expect("a rectangle");
    let Values::Numbers(first) = &wide.columns()[0].values else { panic!("numbers") };
    let truth: Vec<bool> = first.iter().map(|x| *x > 0.5).collect();
    for row in MODELS {
        let model = fit(&quick(row), &Lesson::new(&matrix, &labels, 7)).expect("both labels");
        assert_eq!(model.score(&matrix).expect("same columns").len(), 10);
        let model = fit(&quick(row), &Lesson::new(&wide, &truth, 7)).expect("both labels");
        assert!(
            roc_auc(&truth, &model.score(&wide).expect("same columns")).expect("both labels") > 0.9,
            "{}",
            row.name
        );
    }
}

#[test]
fn a_row_of_weight_two_is_a_row_twice() {
    let (matrix, labels) = shop(400, 8);
    let twice: Vec<u32> = (0..400).chain(0..200).collect();
    let repeated = matrix.take(&twice);
    let truth: Vec<bool> = twice.iter().map(|&row| labels[row as usize]).collect();
    let weighted = matrix
        .clone()
        .with_weights((0..400).map(|row| if row < 200 { 2.0 } else { 1.0 }).collect())
        .expect("one per row");
    for row in MODELS.iter().filter(|row| row.name == "logistic" || row.name == "gradient-boosting") {
        let settings = if row.name == "logistic" {
            quick(row)
        } else {
            // Rows drawn by chance would not be the same rows.
            let settings = quick(row).with("min_leaf_rows", 1.0).and_then(|s| s.with("row_share", 1.0));
            settings.expect("in range")
        };
        let scores = |matrix: &Matrix, labels: &[bool]| {
            fit(&settings, &Lesson::new(matrix, labels, 7))
                .expect("both labels")
                .score(&weighted)
                .expect("same columns")
        };
        let (a, b) = (scores(&repeated, &truth), scores(&weighted, &labels));
        let apart = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 400.0;
        assert!(apart < 0.02, "{} {apart}", row.name);
    }
}

#[test]
fn held_out_rows_stop_the_booster_early() {
    let (matrix, labels) = shop(600, 9);
    let (later, truth) = shop(400, 10);
    let settings = super::model_row("gradient-boosting").expect("listed").defaults();
    let settings =
        settings.with("learning_rate", 0.3).and_then(|settings| settings.with("patience", 10.0)).expect("in range");
    let lesson = Lesson { held_out: Some((&later, &truth)), ..Lesson::new(&matrix, &labels, 7) };
    let model = fit(&settings, &lesson).expect("both labels");
    let trees = model.parts().get_counts("tree_sizes").expect("stored").len();
    assert!((2..100).contains(&trees), "{trees}");
}
