//! Contracts as a setting: a table of changes of status, or of contracts with their ends, as spells of customers with reasons.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::persons::of_one_form;
use super::rows::{column_of, instants};
use super::words::contracts as say;
use crate::churn::Reasons;
use crate::churn::truth::is_among;
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::features::{Change, Contracts, ContractsError, Exit, Status, Term};
use crate::orders::NONE;
use crate::report::Text;
use crate::stage::{Context, Finding, Input, Known, MAIN, Need, Upstream, quoted};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::{Batches, Date};

/// The table of contracts. Give `status` with `left` for a history of changes, or `until` for contracts with their ends.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractTable {
    /// The stage whose table has one row per change of a customer's status, or one per contract; `customer` is its account id.
    from: Upstream,
    /// The column with the date or time from which the status holds, or on which the contract began.
    #[serde(default = "ContractTable::begin")]
    since: String,
    /// For a history of changes: the column with the new status.
    #[serde(default)]
    status: Option<String>,
    /// The statuses of those who have left.
    #[serde(default)]
    left: Vec<String>,
    /// The statuses of customers who stay; all others if not given. If given, a status that is in no list is an error.
    #[serde(default)]
    staying: Vec<String>,
    /// The statuses of people who are not customers yet, such as `["trialing", "incomplete"]`. People who had no other status before leaving
    /// were never under contract and are not a loss; a contract begins with the first status of those who stay. None if not given.
    #[serde(default)]
    not_yet: Vec<String>,
    /// For contracts with their ends: the column with the last day, or the time of the end; empty while the contract lasts. A contract that
    /// begins by the day after another ended continues it.
    #[serde(default)]
    until: Option<String>,
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

/// Reasons from the cells of a column, as [`Reasons::of`]. Notes which of those that are not churn never occur.
///
/// # Errors
/// When one of `not_churn` never occurs and is close to one that does.
pub fn reasons_of(
    cx: &mut Context,
    cells: &[Option<String>],
    not_churn: &[String],
    empty: impl Fn(usize) -> bool,
) -> Result<(Reasons, Vec<u32>)> {
    let (reasons, numbers) = Reasons::of(cells, not_churn, empty);
    let known: BTreeSet<&str> = reasons.names.iter().map(String::as_str).collect();
    known_words(cx, "not_churn", not_churn, &known, &[])?;
    Ok((reasons, numbers))
}

/// Beginnings of the words that billing systems have for those who do not pay yet.
const TRIALS: [&str; 8] = ["trial", "in_trial", "on_trial", "free_trial", "incomplete", "prospect", "lead", "invited"];

/// Whether a status reads like one from before being a customer.
fn reads_like_a_trial(word: &str) -> bool {
    let word = word.trim().to_lowercase().replace([' ', '-'], "_");
    TRIALS.iter().any(|known| word.starts_with(known))
        // What has expired or ended is over.
        && !["expired", "ended", "cancel"].iter().any(|over| word.contains(over))
}

/// Words of a setting that the data do not have: a misspelling is an error, other words are noted, since they may come later. A word of the
/// setting, or of `other`, the list beside it, is not taken for a misspelling of another.
fn known_words(cx: &mut Context, key: &str, words: &[String], known: &BTreeSet<&str>, other: &[String]) -> Result<()> {
    for word in words.iter().filter(|word| !known.iter().any(|known| known.eq_ignore_ascii_case(word.trim()))) {
        let others = known.iter().copied().filter(|known| !is_among(words, known) && !is_among(other, known));
        if let Some(near) = did_you_mean(word, others) {
            return Problem::new(&codes::BAD_VALUE, format!("`{word}` in `{key}` is not in the data"))
                .help(format!("did you mean `{near}`?"))
                .err();
        }
        cx.note(say::NOT_IN_DATA.with([("word", word.as_str().into()), ("setting", key.into())]));
    }
    Ok(())
}

/// Several words as alternatives.
fn either(words: impl Iterator<Item = String>) -> Text {
    let join = |one: Text, other: Text| say::EITHER.with([("one", one.into()), ("other", other.into())]);
    words.map(Text::from).reduce(join).unwrap_or_default()
}

impl ContractTable {
    fn begin() -> String {
        "since".to_owned()
    }

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
            (None, Some(_)) if self.lists().iter().any(|(_, words)| !words.is_empty()) => {
                findings
                    .push(Finding::at("contracts", "`left`, `staying` and `not_yet` are statuses: `until` needs none"));
            }
            _ => {}
        }
        let lists = self.lists();
        for (at, (list, words)) in lists.iter().enumerate() {
            for (other, among) in &lists[at + 1..] {
                if let Some(word) = words.iter().find(|word| is_among(among, word)) {
                    findings.push(Finding::at("contracts", format!("`{word}` is in `{list}` and in `{other}`")));
                }
            }
        }
        findings
    }

    /// The lists of statuses, by the names of their settings.
    fn lists(&self) -> [(&'static str, &[String]); 3] {
        [("left", &self.left), ("staying", &self.staying), ("not_yet", &self.not_yet)]
    }

    /// What a status says; a status in no list says that a customer stays.
    fn says(&self, word: &str) -> Status {
        match (is_among(&self.left, word), is_among(&self.not_yet, word)) {
            (true, _) => Status::Left,
            (_, true) => Status::NotYet,
            _ => Status::Staying,
        }
    }

    /// The columns that are named and cannot be there, by what is known of the table.
    pub fn check_columns(&self, known: &Known, reason: Option<&str>) -> Vec<Finding> {
        let own = [Some(&self.since), self.status.as_ref(), self.until.as_ref()].into_iter().flatten();
        let mut findings: Vec<Finding> =
            own.filter_map(|column| known.column("contracts", &self.from.0, column)).collect();
        findings.extend(reason.and_then(|column| known.column("reason", &self.from.0, column)));
        findings
    }

    /// What is predicted.
    pub fn meaning(&self) -> Text {
        match &self.until {
            Some(_) => (&say::ENDS).into(),
            None => say::BECOMES.with([("statuses", either(self.left.iter().cloned()).into())]),
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
        let (ids, customers) = table.sorted_ids("customer")?;
        let (ids, customers) = of_one_form(cx, stage, (ids, customers.to_vec()));
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
                let says: Vec<Status> = (0..table.rows()).map(|row| self.says(word(row))).collect();
                let left = |row: usize| says[row] == Status::Left;
                let (reasons, numbers) = reasons_of(cx, &cells, not_churn, left)?;
                let change = |row: usize| Change {
                    customer: ids[row],
                    time: time(row),
                    status: places[word(row)],
                    says: says[row],
                    reason: if left(row) { numbers[row] } else { NONE },
                };
                let changes: Vec<Change> = (0..table.rows()).map(change).collect();
                let words: Vec<&str> = counts.keys().copied().collect();
                self.note_trials(cx, &words, &changes);
                (Contracts::of_changes(customers.len(), changes).map(|contracts| (contracts, 0)), reasons)
            }
            (None, until) => {
                let until = instants(cx, &table, until.as_deref().unwrap_or_default())?;
                let (reasons, numbers) = reasons_of(cx, &cells, not_churn, |row| until[row].is_some())?;
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
            cx.note(say::RENEWED.with([("contracts", renewed.into()), ("stage", stage.as_str().into())]));
        }
        let as_of = cx.as_of()?;
        let known = contracts.as_of(as_of.midnight());
        let alone = (0..customers.len() as u32).filter(|&customer| known.end_alone(customer).is_some()).count();
        if alone > 0 {
            let all = customers.len();
            let values = [("customers", alone.into()), ("all", all.into()), ("stage", stage.as_str().into())];
            cx.note(say::ALONE.with(values));
        }
        let ahead = since.iter().flatten().filter(|time| **time >= as_of.midnight()).count();
        if ahead > 0 {
            let date = ("date", as_of.to_string().into());
            cx.note(say::AHEAD.with([("rows", ahead.into()), ("stage", stage.as_str().into()), date]));
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
                (time, format!("correct or leave out such rows in the stage `{stage}`"))
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
        let lists = self.lists();
        let listed: Vec<String> = lists.iter().flat_map(|(_, words)| words.iter().cloned()).collect();
        for (list, words) in lists {
            known_words(cx, list, words, &known, &listed)?;
        }
        let others: Vec<&str> = known.iter().copied().filter(|word| !is_among(&self.left, word)).collect();
        if !counts.is_empty() && others.len() == known.len() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "nobody has a status of `left`")
                .help(format!("the statuses are {}", list(&others)))
                .err();
        }
        let unlisted: Vec<&str> = others.iter().copied().filter(|word| !is_among(&listed, word)).collect();
        if self.staying.is_empty() {
            if !unlisted.is_empty() {
                cx.note(say::STAYING.with([("statuses", list(&unlisted).into())]));
            }
            return Ok(());
        }
        let unknown: Vec<String> = unlisted.iter().map(|word| format!("`{word}` ({} rows)", counts[word])).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Problem::new(&codes::BAD_DATA, format!("statuses that are not known: {}", unknown.join(", ")))
            .help("add them to `left`, to `staying`, or to `not_yet` if such people are no customers yet".to_owned())
            .err()
    }

    /// Notes how many count as lost who never had another status than one that reads like a trial.
    fn note_trials(&self, cx: &mut Context, words: &[&str], changes: &[Change]) {
        let tries: Vec<bool> =
            words.iter().map(|word| !is_among(&self.not_yet, word) && reads_like_a_trial(word)).collect();
        // By customer: whether there was such a status, another of those who stay, and an end.
        let mut seen: BTreeMap<u32, (bool, bool, bool)> = BTreeMap::new();
        for change in changes {
            let seen = seen.entry(change.customer).or_default();
            let tries = tries[change.status as usize];
            seen.0 |= tries;
            seen.1 |= !tries && change.says == Status::Staying;
            seen.2 |= change.says == Status::Left;
        }
        let lost = seen.values().filter(|(tried, stayed, left)| *tried && !stayed && *left).count();
        if lost > 0 {
            let named: Vec<&str> =
                words.iter().zip(&tries).filter(|(_, tries)| **tries).map(|(word, _)| *word).collect();
            let quoted = |quote: char| named.iter().map(move |word| format!("{quote}{word}{quote}"));
            let words = quoted('"').collect::<Vec<_>>().join(", ");
            let values =
                [("customers", lost.into()), ("statuses", either(quoted('`')).into()), ("words", words.into())];
            cx.note(say::TRIALS.with(values));
        }
    }
}
