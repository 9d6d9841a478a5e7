//! Hillstrom's e-mail trial, for tests: control 0, men's mail 1, women's mail 2.

use std::io::Read;

use super::{Rows, Trial};
use crate::learning::{Column, Matrix};
use crate::real_data::shared;

pub(super) struct Set {
    header: Vec<String>,
    cells: Vec<Vec<String>>,
}

/// The trial, or nothing where it is not there.
pub(super) fn read() -> Option<Set> {
    let packed = std::fs::File::open(shared("data/hillstrom/hillstrom.csv.gz")?).expect("a file");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("a text");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let cells = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
    Some(Set { header, cells })
}

impl Set {
    pub(super) fn rows(&self) -> usize {
        self.cells.len()
    }

    fn column(&self, name: &str) -> impl Iterator<Item = &str> {
        let at = self.header.iter().position(|known| known == name).expect("a column");
        self.cells.iter().map(move |row| row[at].as_str())
    }

    pub(super) fn numbers(&self, name: &str) -> Vec<f64> {
        self.column(name).map(|cell| cell.parse().expect("a number")).collect()
    }

    pub(super) fn flag(&self, name: &str) -> Vec<bool> {
        self.column(name).map(|cell| cell == "1").collect()
    }

    fn arm(&self) -> Vec<u32> {
        let code = |cell: &str| match cell {
            "No E-Mail" => 0,
            "Mens E-Mail" => 1,
            _ => 2,
        };
        self.column("segment").map(code).collect()
    }

    /// The trial with control and some of the arms, which become 1, 2…; a person is the place of its row in the file.
    pub(super) fn trial(&self, outcome: &str, arms: &[u32]) -> Trial {
        let number = |name: &str| Column::numbers(name, self.numbers(name));
        let word = |name: &str| Column::words(name, &self.column(name).collect::<Vec<_>>());
        let features = Matrix::new(vec![
            number("recency"),
            number("history"),
            number("mens"),
            number("womens"),
            number("newbie"),
            word("zip_code"),
            word("channel"),
            word("history_segment"),
        ])
        .expect("columns of one length");
        let all = self.arm();
        let code =
            |arm: u32| if arm == 0 { Some(0) } else { Some(arms.iter().position(|&own| own == arm)? as u32 + 1) };
        let kept: Vec<u32> = (0..all.len() as u32).filter(|&row| code(all[row as usize]).is_some()).collect();
        let arm: Vec<u32> = kept.iter().filter_map(|&row| code(all[row as usize])).collect();
        let outcomes = self.numbers(outcome);
        let share: Vec<f64> = (0..=arms.len() as u32)
            .map(|own| arm.iter().filter(|&&other| other == own).count() as f64 / kept.len() as f64)
            .collect();
        let rows = Rows {
            features: features.take(&kept),
            trial: vec![0; kept.len()],
            // As the reference has it: the chance of an arm is its share.
            probability: arm.iter().map(|&own| share[own as usize]).collect(),
            outcome: kept.iter().map(|&row| outcomes[row as usize]).collect(),
            redeemed: None,
            arm,
        };
        Trial::new(rows, arms.len() as u32, 100).expect("a sound trial").0
    }

    /// Some rows of a trial as one of their own.
    pub(super) fn part(&self, trial: &Trial, kept: &[u32]) -> Trial {
        Trial::new(trial.rows().take(kept), trial.arms(), 1).expect("a sound trial").0
    }
}
