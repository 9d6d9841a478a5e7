//! Rows with their labels, and which of them judge which.

use super::baseline::Baseline;
use super::purchases::{self, PurchaseModel};
use super::truth::{HorizonRow, ReasonCount};
use crate::learning::folds::{Origin, crossed, rolling};
use crate::learning::{LearningError, LearningSettings, Lesson, Matrix, fit};
use crate::numeric::calendar::DAY;
use crate::numeric::random::mix;

/// Parts of customers that judge each other where rows have no dates.
pub const FOLDS: usize = 5;

/// Rows with labels.
#[derive(Debug, Clone)]
pub struct Rows {
    /// What is known of each row, with its customer and, where rows have one, its date.
    pub matrix: Matrix,
    /// Whether each row's customer left.
    pub labels: Vec<bool>,
    /// Segment of each row, where one is named.
    pub segments: Option<Vec<String>>,
}

/// Rows with labels, and who judges whom.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// What is known of each row.
    pub matrix: Matrix,
    /// Whether each row's customer left.
    pub labels: Vec<bool>,
    /// Each judged part with all that may be learned from before it; nothing is held out.
    pub folds: Vec<Origin>,
    /// Seconds between a row's date and the day its label is known and used; 0 where rows have no dates.
    pub reach: i64,
    /// What any model must beat.
    pub baselines: Vec<Baseline>,
    /// The purchase model of the newest date, which scoring uses.
    pub purchase_model: Option<PurchaseModel>,
    /// Rows of the newest date, which have no label yet: what the model is about to be used on.
    pub current: Option<Matrix>,
    /// Segment of each row, where one is named.
    pub segments: Option<Vec<String>>,
    /// First and last date of the rows, civil seconds.
    pub window: Option<(i64, i64)>,
    /// Churn by horizon, where horizons were compared.
    pub horizons: Vec<HorizonRow>,
    /// Why customers left, where the data say it.
    pub reasons: Vec<ReasonCount>,
}

/// How dated rows are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// Days after a date within which customers leave or stay.
    pub horizon_days: i64,
    /// Days between the end of a training label and the judged date.
    pub gap_days: i64,
    /// The latest dates that are judged, at most.
    pub tests: usize,
}

/// Why rows cannot be judged.
#[derive(Debug, Clone, PartialEq)]
pub enum Unjudged {
    /// No date has an earlier one whose horizon had closed.
    NoOrigin(LearningError),
    /// On no date did some leave and others stay.
    OneSided,
    /// Too few customers for two folds with both labels.
    TooFew {
        /// Customers.
        customers: usize,
        /// Those of them who left.
        left: usize,
    },
    /// Rows that cannot be computed with.
    Learning(LearningError),
}

impl From<LearningError> for Unjudged {
    fn from(error: LearningError) -> Unjudged {
        Unjudged::Learning(error)
    }
}

impl Labelled {
    /// What a judged part is called.
    pub fn part(&self) -> &'static str {
        if self.reach > 0 { "date" } else { "fold" }
    }

    /// The fold that is judged last.
    pub fn newest(&self) -> &Origin {
        self.folds.last().expect("rows are labelled with one fold at least")
    }

    /// The labels of some rows.
    pub fn truth(&self, rows: &[u32]) -> Vec<bool> {
        rows.iter().map(|&row| self.labels[row as usize]).collect()
    }

    /// Whether some of these rows left and others stayed.
    pub fn both(&self, rows: &[u32]) -> bool {
        has_both(&self.labels, rows)
    }

    /// The scores that a model learned from some rows gives to others.
    ///
    /// # Errors
    /// As the model's own.
    pub fn fit_and_score(
        &self,
        settings: &LearningSettings,
        train: &[u32],
        test: &[u32],
        seed: u64,
    ) -> Result<Vec<f64>, LearningError> {
        let (matrix, truth) = (self.matrix.take(train), self.truth(train));
        let model = fit(settings, &Lesson::new(&matrix, &truth, seed))?;
        model.score(&self.matrix.take(test))
    }

    /// Without some columns, and without the baselines that need them; as it is where no column would remain.
    ///
    /// # Errors
    /// Never for columns of its own.
    pub fn leave_out(&mut self, names: &[&str]) -> Result<(), LearningError> {
        if names.len() < self.matrix.columns().len() {
            let matrix = std::mem::replace(&mut self.matrix, Matrix::new(Vec::new())?);
            self.matrix = matrix.without(names);
        }
        let matrix = &self.matrix;
        self.baselines.retain(|baseline| baseline.columns().iter().all(|name| matrix.column(name).is_some()));
        Ok(())
    }
}

fn has_both(labels: &[bool], rows: &[u32]) -> bool {
    rows.iter().any(|&row| labels[row as usize]) && rows.iter().any(|&row| !labels[row as usize])
}

/// Dated rows, each date judged by what was known before it. `fresh` are the newest date's rows, which have no label yet; `purchases` says
/// whether a purchase model is fitted. The caller adds horizons and reasons.
///
/// # Errors
/// When no date can be judged.
pub fn by_date(rows: Rows, fresh: Matrix, dates: Dates, purchases: bool) -> Result<Labelled, Unjudged> {
    let (horizon, gap) = (dates.horizon_days * DAY, dates.gap_days * DAY);
    let Rows { matrix: all, labels, segments } = rows;
    let origins = rolling(&all, horizon, gap, dates.tests).map_err(Unjudged::NoOrigin)?;
    // Those who are judged on one label only cannot be judged.
    let folds: Vec<Origin> = origins
        .into_iter()
        .map(|o| Origin { train: [o.train, o.held_out].concat(), held_out: Vec::new(), ..o })
        .filter(|o| has_both(&labels, &o.train) && has_both(&labels, &o.test))
        .collect();
    if folds.is_empty() {
        return Err(Unjudged::OneSided);
    }
    let (matrix, model) = if purchases { purchases::add(all, dates.horizon_days)? } else { (all, None) };
    // The newest date's customers have no label: the purchase model looks at them, and the base rate is forecast for them.
    let (current, purchase_model) = match model {
        Some(before) => match purchases::add(fresh, dates.horizon_days)? {
            (current, Some(model)) => (Some(current), Some(model)),
            (current, None) => match before.column(&current) {
                Some(column) => (Some(current.with_column(column)?), Some(before)),
                None => (None, Some(before)),
            },
        },
        None => (Some(fresh), None),
    };
    let baselines = Baseline::of(&matrix, purchase_model.is_some());
    let window = matrix.snapshots().iter().fold((i64::MAX, i64::MIN), |(a, b), &date| (a.min(date), b.max(date)));
    Ok(Labelled {
        matrix,
        labels,
        folds,
        reach: horizon + gap,
        baselines,
        purchase_model,
        current,
        segments,
        window: Some(window),
        horizons: Vec::new(),
        reasons: Vec::new(),
    })
}

/// Rows without dates, the customers of each of five parts judged by those of the others. The caller adds reasons.
///
/// # Errors
/// When there are too few customers.
pub fn by_customer(rows: Rows, seed: u64) -> Result<Labelled, Unjudged> {
    let Rows { matrix, labels, segments } = rows;
    let folds: Vec<Origin> = crossed(&matrix, FOLDS, seed)
        .unwrap_or_default()
        .into_iter()
        .filter(|o| has_both(&labels, &o.train) && has_both(&labels, &o.test))
        .collect();
    if folds.len() < 2 {
        let left = labels.iter().filter(|left| **left).count();
        return Err(Unjudged::TooFew { customers: labels.len(), left });
    }
    Ok(Labelled {
        matrix,
        labels,
        folds,
        reach: 0,
        baselines: vec![Baseline::BaseRate],
        purchase_model: None,
        current: None,
        segments,
        window: None,
        horizons: Vec::new(),
        reasons: Vec::new(),
    })
}

impl Rows {
    /// The rows of a matrix whose label is known, `segments` being one per row; nothing where none is.
    pub fn with_labels(matrix: &Matrix, labels: &[Option<bool>], segments: Option<Vec<String>>) -> Option<Rows> {
        let kept: Vec<u32> = (0..matrix.rows() as u32).filter(|&row| labels[row as usize].is_some()).collect();
        if kept.is_empty() {
            return None;
        }
        Some(Rows {
            matrix: matrix.take(&kept),
            labels: labels.iter().copied().flatten().collect(),
            segments: segments.map(|all| kept.iter().map(|&row| all[row as usize].clone()).collect()),
        })
    }

    /// The same rows with customers numbered by their names in order: folds keep a customer's rows together and do not depend on other rows.
    ///
    /// # Errors
    /// When there are not as many names as rows.
    pub fn named(self, names: &[&str]) -> Result<Rows, LearningError> {
        let mut known = names.to_vec();
        known.sort_unstable();
        known.dedup();
        let number = |name: &&str| known.binary_search(name).expect("all names are known") as u32;
        let matrix = self.matrix.with_customers(names.iter().map(number).collect())?;
        Ok(Rows { matrix, ..self })
    }

    /// At most `keep` of them, drawn by customer.
    pub fn thinned(self, keep: usize, seed: u64) -> Rows {
        if self.matrix.rows() <= keep {
            return self;
        }
        let mut order: Vec<u32> = (0..self.matrix.rows() as u32).collect();
        order.sort_by_key(|&row| (mix(seed ^ u64::from(self.matrix.customers()[row as usize])), row));
        order.truncate(keep);
        order.sort_unstable();
        Rows {
            matrix: self.matrix.take(&order),
            labels: order.iter().map(|&row| self.labels[row as usize]).collect(),
            segments: self.segments.map(|all| order.iter().map(|&row| all[row as usize].clone()).collect()),
        }
    }
}

/// The greatest hash of those who are drawn, when a share of all is drawn by hash; all for a share from 1 on.
pub fn part_below(share: f64) -> u64 {
    if share >= 1.0 { u64::MAX } else { (share * u64::MAX as f64) as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Column;

    fn rows(count: u32, dated: bool) -> Rows {
        let x = (0..count).map(f64::from).collect();
        let matrix = Matrix::new(vec![Column::numbers("recency_days", x)]).expect("a column");
        let matrix = matrix.with_customers((0..count).map(|row| row % 10).collect()).expect("one per row");
        let matrix = match dated {
            true => matrix
                .with_snapshots((0..count).map(|row| i64::from(row / 10) * 30 * DAY).collect())
                .expect("one per row"),
            false => matrix,
        };
        Rows { matrix, labels: (0..count).map(|row| row % 3 == 0).collect(), segments: None }
    }

    #[test]
    fn a_date_is_judged_by_what_was_known_before_it() {
        let dates = Dates { horizon_days: 90, gap_days: 0, tests: 3 };
        let data = by_date(rows(120, true), rows(10, false).matrix, dates, true).expect("far enough apart");
        assert_eq!((data.folds.len(), data.part(), data.reach), (3, "date", 90 * DAY));
        assert_eq!(data.window, Some((0, 11 * 30 * DAY)));
        // Without the columns of a purchase history there is no purchase model.
        assert_eq!(
            (data.baselines.as_slice(), data.purchase_model),
            (&[Baseline::BaseRate, Baseline::Recency][..], None)
        );
        for fold in &data.folds {
            let date = |row: &u32| data.matrix.snapshots()[*row as usize];
            assert!(fold.train.iter().all(|row| date(row) + data.reach <= fold.snapshot) && fold.held_out.is_empty());
        }
        let short = by_date(rows(30, true), rows(10, false).matrix, dates, true);
        assert!(matches!(short, Err(Unjudged::NoOrigin(_))));
        let mut same = rows(120, true);
        same.labels.fill(true);
        assert_eq!(by_date(same, rows(10, false).matrix, dates, false).err(), Some(Unjudged::OneSided));
    }

    #[test]
    fn too_few_customers_are_counted() {
        let mut few = rows(10, false);
        few.labels.fill(false);
        few.labels[0] = true;
        assert_eq!(by_customer(few, 1).err(), Some(Unjudged::TooFew { customers: 10, left: 1 }));
    }

    #[test]
    fn rows_without_a_label_go_with_their_segments_and_names_decide_numbers() {
        let all = rows(4, false).matrix;
        let segments = Some(["a", "b", "c", "d"].map(str::to_owned).to_vec());
        let known = Rows::with_labels(&all, &[None, Some(true), None, Some(false)], segments).expect("two labels");
        assert_eq!((known.labels.as_slice(), known.matrix.customers()), (&[true, false][..], &[1, 3][..]));
        assert_eq!(known.segments.as_deref(), Some(&["b".to_owned(), "d".to_owned()][..]));
        assert_eq!(known.named(&["zoe", "ann"]).expect("two names").matrix.customers(), [1, 0]);
        assert!(Rows::with_labels(&all, &[None; 4], None).is_none());
    }

    #[test]
    fn drawing_keeps_the_order_of_rows_and_a_column_left_out_takes_its_baseline_with_it() {
        let thin = rows(100, false).thinned(20, 7);
        assert_eq!((thin.matrix.rows(), thin.labels.len()), (20, 20));
        assert!(thin.matrix.customers().len() == 20);
        assert_eq!(rows(20, false).thinned(20, 7).matrix.rows(), 20);
        let dates = Dates { horizon_days: 90, gap_days: 0, tests: 3 };
        let mut rows = rows(120, true);
        rows.matrix = rows.matrix.with_column(Column::numbers("y", vec![1.0; 120])).expect("as long");
        let mut data = by_date(rows.clone(), rows.matrix.take(&[0]), dates, false).expect("far enough apart");
        data.leave_out(&["recency_days"]).expect("its own column");
        assert_eq!((data.baselines.len(), data.matrix.columns().len()), (1, 1));
        data.leave_out(&["y"]).expect("its own column");
        assert_eq!(data.matrix.columns().len(), 1, "the last column stays");
    }
}
