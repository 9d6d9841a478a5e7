//! Contracts as a setting: a table of changes of status, or of contracts with their ends, as spells of customers with reasons.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::artifact::quoted;
use super::known::Known;
use super::rows::{column_of, instants};
use super::{Context, Finding, Input, MAIN, Need, Upstream};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::features::{Change, Contracts, ContractsError, Exit, NONE, Term};
use crate::keys::key;
use crate::tables::customers::CUSTOMERS;
use crate::tables::{Batches, Date};

/// Where contracts stand. Give `status` with `left` for a history of changes, or `until` for contracts with their ends.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractTable {
    /// The stage whose table has one row per change of a customer's status, or one per contract; `customer` is its account id.
    from: Upstream,
    /// The column with the date or time from which the status holds, or on which the contract began.
    #[serde(default = "usual_since")]
    since: String,
    /// For a history of changes: the column with the new status.
    #[serde(default)]
    status: Option<String>,
    /// The statuses of those who have left.
    #[serde(default)]
    left: Vec<String>,
    /// All other statuses, those of customers who stay. If given, a status that is in neither list is an error.
    #[serde(default)]
    staying: Vec<String>,
    /// For contracts with their ends: the column with the last day, or the time of the end; empty while the contract lasts. A contract that
    /// begins by the day after another ended goes on with it.
    #[serde(default)]
    until: Option<String>,
}

fn usual_since() -> String {
    "since".to_owned()
}

/// What stands for a reason where none is given.
pub const NO_REASON: &str = "not given";

/// Reasons of leaving.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    /// Sorted; [`NO_REASON`] comes last where it is needed.
    pub names: Vec<String>,
    /// Whether each counts as churn.
    pub churn: Vec<bool>,
}

/// Contracts as read.
pub struct Read {
    /// By customer number.
    pub contracts: Contracts,
    /// Account ids by number, sorted.
    pub customers: Vec<String>,
    /// What the reasons' numbers mean.
    pub reasons: Reasons,
}

impl Reasons {
    /// Whether leaving for a reason is churn.
    pub fn is_churn(&self, reason: u32) -> bool {
        self.churn.get(reason as usize).copied().unwrap_or(true)
    }

    /// A reason in words.
    pub fn name(&self, reason: u32) -> &str {
        self.names.get(reason as usize).map_or(NO_REASON, String::as_str)
    }

    /// From the cells of a column, with each row's number; an empty cell is a reason of its own where `empty` says so. Notes which of
    /// those that are not churn never occur.
    ///
    /// # Errors
    /// When one of `not_churn` never occurs and is close to one that does.
    pub fn of(
        cx: &mut Context,
        cells: &[Option<String>],
        not_churn: &[String],
        empty: impl Fn(usize) -> bool,
    ) -> Result<(Reasons, Vec<u32>)> {
        let word = |row: usize| cells[row].as_deref().map(str::trim).filter(|word| !word.is_empty());
        let mut names: Vec<String> = (0..cells.len()).filter_map(word).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| name != NO_REASON);
        let numbers = (0..cells.len())
            .map(|row| match word(row) {
                Some(NO_REASON) => names.len() as u32,
                Some(word) => {
                    names.binary_search_by(|name| name.as_str().cmp(word)).expect("all words are names") as u32
                }
                None if empty(row) => names.len() as u32,
                None => NONE,
            })
            .collect::<Vec<u32>>();
        if numbers.contains(&(names.len() as u32)) {
            names.push(NO_REASON.to_owned());
        }
        let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        known_words(cx, "not_churn", not_churn, &known, &[])?;
        let churn = names.iter().map(|name| !is_among(not_churn, name)).collect();
        Ok((Reasons { names, churn }, numbers))
    }
}

fn is_among(words: &[String], word: &str) -> bool {
    words.iter().any(|known| known.trim().eq_ignore_ascii_case(word.trim()))
}

/// Customers' ids of which those that mean one customer have one number, sorted; and how many spellings that took away.
fn of_one_form((mut ids, names): (Vec<u32>, Vec<String>)) -> (Vec<u32>, Vec<String>, usize) {
    let mut by_form: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    (0..names.len() as u32).for_each(|id| by_form.entry(key(&names[id as usize])).or_default().push(id));
    if by_form.len() == names.len() {
        return (ids, names, 0);
    }
    // The first spelling by its bytes stands for all.
    let mut groups: Vec<Vec<u32>> = by_form.into_values().collect();
    groups.sort_unstable();
    let mut to = vec![NONE; names.len()];
    for (new, group) in groups.iter().enumerate() {
        group.iter().for_each(|&old| to[old as usize] = new as u32);
    }
    ids.iter_mut().filter(|id| **id != NONE).for_each(|id| *id = to[*id as usize]);
    let respelled = names.len() - groups.len();
    (ids, groups.iter().map(|group| names[group[0] as usize].clone()).collect(), respelled)
}

/// Words of a setting that the data do not have: a slip of the pen is an error, what may come yet is told. A word that stands in the
/// setting, or in `other`, the list beside it, is no slip for another.
fn known_words(cx: &mut Context, key: &str, words: &[String], known: &BTreeSet<&str>, other: &[String]) -> Result<()> {
    for word in words.iter().filter(|word| !known.iter().any(|known| known.eq_ignore_ascii_case(word.trim()))) {
        let others = known.iter().copied().filter(|known| !is_among(words, known) && !is_among(other, known));
        if let Some(near) = did_you_mean(word, others) {
            return Problem::new(&codes::BAD_VALUE, format!("`{word}` in `{key}` is not in the data"))
                .help(format!("did you mean `{near}`?"))
                .err();
        }
        cx.note(format!("`{word}` in `{key}` is not in the data"));
    }
    Ok(())
}

impl ContractTable {
    /// The stage that is read.
    pub fn input(&self) -> Input {
        self.from.input("contracts", Need::Table(&CUSTOMERS))
    }

    /// What is wrong with the settings.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match (&self.status, &self.until) {
            (Some(_), Some(_)) | (None, None) => findings.push(Finding::at(
                "contracts",
                "give `status` with `left` for a history of changes, or `until` for contracts with their ends",
            )),
            (Some(_), None) if self.left.is_empty() => {
                findings.push(
                    Finding::at("contracts", "`left` does not say which statuses mean that a customer has left")
                        .help("such as left = [\"cancelled\", \"expired\"]"),
                );
            }
            (None, Some(_)) if !(self.left.is_empty() && self.staying.is_empty()) => {
                findings.push(Finding::at("contracts", "`left` and `staying` are statuses: `until` needs none"));
            }
            _ => {}
        }
        if let Some(word) = self.left.iter().find(|word| is_among(&self.staying, word)) {
            findings.push(Finding::at("contracts", format!("`{word}` is in `left` and in `staying`")));
        }
        findings
    }

    /// The columns that are named and cannot be there, by what is known of the table.
    pub fn check_columns(&self, known: &Known, reason: Option<&str>) -> Vec<Finding> {
        let own = [Some(&self.since), self.status.as_ref(), self.until.as_ref()].into_iter().flatten();
        let mut findings: Vec<Finding> =
            own.filter_map(|column| known.column("contracts", &self.from.0, column)).collect();
        findings.extend(reason.and_then(|column| known.column("reason", &self.from.0, column)));
        findings
    }

    /// What is predicted, in words.
    pub fn meaning(&self) -> String {
        match &self.until {
            Some(_) => "contract ends".to_owned(),
            None => format!("status becomes {}", self.left.join(" or ")),
        }
    }

    /// Reads the table: who was under contract when, and why contracts ended.
    ///
    /// # Errors
    /// When columns or cells are missing, when a status or a reason is not known, and when two statuses begin at one time.
    pub fn read(&self, cx: &mut Context, reason: Option<&str>, not_churn: &[String]) -> Result<Read> {
        let stage = &self.from.0;
        let table = Batches::read(&cx.input(stage).table(MAIN)?, &[])?;
        for column in ["customer", &self.since]
            .into_iter()
            .chain(self.status.as_deref())
            .chain(self.until.as_deref())
            .chain(reason)
        {
            column_of(&table, stage, column)?;
        }
        let (ids, customers, respelled) = of_one_form(table.sorted_ids("customer")?);
        if respelled > 0 {
            cx.note(format!(
                "{respelled} ids of `{stage}` are other spellings of a customer's id and count as the same customer"
            ));
        }
        let since = instants(cx, &table, &self.since)?;
        let full = |column: &str, empty: usize| -> Result<()> {
            if empty == 0 {
                return Ok(());
            }
            Problem::new(&codes::BAD_DATA, format!("{empty} of {} rows of `{stage}` have no `{column}`", table.rows()))
                .help(format!("leave them out, or fill them in, in the stage `{stage}`"))
                .err()
        };
        full("customer", ids.iter().filter(|id| **id == NONE).count())?;
        full(&self.since, since.iter().filter(|time| time.is_none()).count())?;
        let time = |row: usize| since[row].unwrap_or_default();
        let cells = match reason {
            Some(column) => table.texts(column)?,
            None => vec![None; table.rows()],
        };
        let (contracts, reasons) = match (&self.status, &self.until) {
            (Some(column), _) => {
                let statuses = table.texts(column)?;
                let word = |row: usize| statuses[row].as_deref().map(str::trim).unwrap_or_default();
                full(column, (0..table.rows()).filter(|&row| word(row).is_empty()).count())?;
                let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                (0..table.rows()).for_each(|row| *counts.entry(word(row)).or_default() += 1);
                self.check_statuses(cx, &counts)?;
                let places: BTreeMap<&str, u32> = counts.keys().zip(0..).map(|(word, place)| (*word, place)).collect();
                let left: Vec<bool> = (0..table.rows()).map(|row| is_among(&self.left, word(row))).collect();
                let (reasons, numbers) = Reasons::of(cx, &cells, not_churn, |row| left[row])?;
                let change = |row: usize| Change {
                    customer: ids[row],
                    time: time(row),
                    status: places[word(row)],
                    left: left[row],
                    reason: if left[row] { numbers[row] } else { NONE },
                };
                let changes = (0..table.rows()).map(change).collect();
                (Contracts::of_changes(customers.len(), changes).map(|contracts| (contracts, 0)), reasons)
            }
            (None, until) => {
                let until = instants(cx, &table, until.as_deref().unwrap_or_default())?;
                let (reasons, numbers) = Reasons::of(cx, &cells, not_churn, |row| until[row].is_some())?;
                let term = |row: usize| Term {
                    customer: ids[row],
                    from: time(row),
                    exit: until[row].map(|time| Exit { time, reason: numbers[row] }),
                };
                (Contracts::of_terms(customers.len(), (0..table.rows()).map(term).collect()), reasons)
            }
        };
        let (contracts, renewed) = contracts.map_err(|error| self.sorted_out(&error))?;
        if renewed > 0 {
            cx.note(format!("{renewed} contracts of `{stage}` begin on the day after another ended and go on with it"));
        }
        let as_of = cx.as_of()?;
        let known = contracts.as_of(as_of.midnight());
        let alone = (0..customers.len() as u32).filter(|&customer| known.end_alone(customer).is_some()).count();
        if alone > 0 {
            cx.note(format!(
                "{alone} of {} customers of `{stage}` are first heard of as having left: how long they had stayed is not known",
                customers.len()
            ));
        }
        let ahead = since.iter().flatten().filter(|time| **time >= as_of.midnight()).count();
        if ahead > 0 {
            cx.note(format!("{ahead} rows of `{stage}` begin on {as_of} or later and are not looked at"));
        }
        Ok(Read { contracts, customers, reasons })
    }

    /// What contracts cannot be made from, for the person who can act.
    fn sorted_out(&self, error: &ContractsError) -> Box<Problem> {
        let (stage, since) = (&self.from.0, &self.since);
        let (table, column) = (quoted(stage), quoted(since));
        let (time, help) = match error {
            ContractsError::TwoAtOnce { time, .. } => (
                time,
                format!(
                    "which of them holds? give `{since}` with the time of day, or keep one of the rows, in the stage `{stage}`; they are \
                     SELECT customer, {column} FROM {table} GROUP BY 1, 2 HAVING count(*) > 1"
                ),
            ),
            ContractsError::Backwards { time, .. } => {
                (time, format!("mend or leave out such rows in the stage `{stage}`"))
            }
        };
        // The account is not named: it may be an address.
        let what = format!("{error}, such as on {}", Date::of_civil_seconds(*time));
        Problem::new(&codes::BAD_DATA, what).help(help).boxed()
    }

    /// Statuses that nobody has, and statuses that nobody declared.
    fn check_statuses(&self, cx: &mut Context, counts: &BTreeMap<&str, usize>) -> Result<()> {
        let known: BTreeSet<&str> = counts.keys().copied().collect();
        let list = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        known_words(cx, "left", &self.left, &known, &self.staying)?;
        known_words(cx, "staying", &self.staying, &known, &self.left)?;
        let others: Vec<&str> = known.iter().copied().filter(|word| !is_among(&self.left, word)).collect();
        if !counts.is_empty() && others.len() == known.len() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "nobody has a status of `left`")
                .help(format!("the statuses are {}", list(&others)))
                .err();
        }
        if self.staying.is_empty() {
            if !others.is_empty() {
                cx.note(format!("customers with the status {} count as staying", list(&others)));
            }
            return Ok(());
        }
        let unknown: Vec<String> = others
            .iter()
            .filter(|word| !is_among(&self.staying, word))
            .map(|word| format!("`{word}` ({} rows)", counts[word]))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Problem::new(&codes::BAD_DATA, format!("statuses that are not known: {}", unknown.join(", ")))
            .help("add them to `left` or to `staying`".to_owned())
            .err()
    }
}
