//! Which rows of a mailing count: those who were contacted, whose outcome is known and of whom something else is known too.

/// One row of a trial.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mailed {
    /// The person's row in the table of features; nothing where it has none.
    pub row: Option<u32>,
    /// Whether the person was left out on purpose.
    pub control: bool,
    /// Whether the person responded; nothing where it is not known.
    pub outcome: Option<bool>,
}

/// Rows of a trial that are not learned from, by the first reason that holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Aside {
    /// Persons of whom the table of features has no row.
    pub unknown: usize,
    /// Control rows: nobody contacted them, so they cannot have responded.
    pub control: usize,
    /// Rows without an outcome.
    pub no_outcome: usize,
    /// Further rows of a person; the person responded if one of the rows says so.
    pub repeated: usize,
}

/// The rows to learn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    /// Rows of the table of features, ascending.
    pub rows: Vec<u32>,
    /// Whether each responded.
    pub responded: Vec<bool>,
    /// Rows of everybody in the trial, control and outcome not known among them, ascending: they are no candidates.
    pub everybody: Vec<u32>,
    /// What was set aside.
    pub aside: Aside,
}

impl Trial {
    /// Of a mailing's rows, in any order. A person with rows of both arms is taken as contacted.
    pub fn of(mailing: &[Mailed]) -> Trial {
        let mut trial = Trial::default();
        let mut known: Vec<(u32, bool)> = Vec::new();
        for mailed in mailing {
            let Some(row) = mailed.row else {
                trial.aside.unknown += 1;
                continue;
            };
            trial.everybody.push(row);
            match mailed.outcome {
                _ if mailed.control => trial.aside.control += 1,
                None => trial.aside.no_outcome += 1,
                Some(outcome) => known.push((row, outcome)),
            }
        }
        trial.everybody.sort_unstable();
        trial.everybody.dedup();
        known.sort_unstable();
        for same in known.chunk_by(|a, b| a.0 == b.0) {
            trial.rows.push(same[0].0);
            trial.responded.push(same.iter().any(|(_, outcome)| *outcome));
            trial.aside.repeated += same.len() - 1;
        }
        trial
    }

    /// Those who responded.
    pub fn responders(&self) -> usize {
        self.responded.iter().filter(|responded| **responded).count()
    }
}

/// The rows of `all` that are not in `some`, which ascends.
pub fn others(all: usize, some: &[u32]) -> Vec<u32> {
    (0..all as u32).filter(|row| some.binary_search(row).is_err()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_set_aside_by_reason_and_every_row_is_counted() {
        let mailed = |row, control, outcome| Mailed { row, control, outcome };
        let mailing = [
            mailed(Some(4), false, Some(true)),
            mailed(Some(1), false, Some(false)),
            mailed(Some(1), false, Some(true)),
            mailed(Some(2), true, Some(true)),
            mailed(Some(3), false, None),
            mailed(None, false, Some(true)),
            mailed(Some(0), false, Some(false)),
        ];
        let trial = Trial::of(&mailing);
        assert_eq!((trial.rows.as_slice(), trial.responded.as_slice()), (&[0, 1, 4][..], &[false, true, true][..]));
        assert_eq!(trial.aside, Aside { unknown: 1, control: 1, no_outcome: 1, repeated: 1 });
        assert_eq!(trial.everybody, [0, 1, 2, 3, 4]);
        assert_eq!(others(7, &trial.everybody), [5, 6]);
        let Aside { unknown, control, no_outcome, repeated } = trial.aside;
        assert_eq!(trial.rows.len() + unknown + control + no_outcome + repeated, mailing.len());
        let mut backwards = mailing;
        backwards.reverse();
        assert_eq!(Trial::of(&backwards), trial);
    }
}
