//! The table of problem codes: one row per kind of trouble, the only place where its word is written.

/// Who has to act, which decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The pipeline file or the call is wrong.
    Call,
    /// The data or a stage failed.
    Data,
    /// A check held; nothing was published.
    Held,
    /// All was published; something is left for a person to look at.
    Published,
    /// Another run holds the lock.
    Locked,
    /// The user cancelled.
    Cancelled,
}

/// One row: a word to search for, what it means, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The word in brackets, lower case with hyphens.
    pub word: &'static str,
    /// Who has to act.
    pub class: Class,
    /// What it means, one sentence.
    pub meaning: &'static str,
    /// What to do, for `patron explain`.
    pub advice: &'static str,
}

macro_rules! codes {
    ($($name:ident $class:ident $word:literal $meaning:literal $advice:literal)+) => {
        $(#[doc = $meaning]
        pub static $name: Code = Code { word: $word, class: Class::$class, meaning: $meaning, advice: $advice };)+
        /// Every code, in the order in which `patron list codes` shows them.
        pub static CODES: &[&Code] = &[$(&$name),+];
    };
}

codes! {
    NOT_TOML Call "not-toml"
        "The pipeline file is not valid TOML."
        "Fix the syntax at the caret. Strings need quotes, tables look like [stage.NAME], and a key may appear only once in its table."
    UNKNOWN_KEY Call "unknown-key"
        "A key of the pipeline file has no meaning where it stands."
        "Look the stage's settings up in pipelines/REFERENCE.md or with `patron list stages`; a misspelt key is never ignored."
    UNKNOWN_KIND Call "unknown-kind"
        "A stage names a kind that does not exist."
        "`patron list stages` shows every kind with its meaning."
    UNKNOWN_STAGE Call "unknown-stage"
        "A stage reads another that is not in the file."
        "Write the upstream stage's name exactly as in its [stage.NAME] line."
    UNKNOWN_VARIABLE Call "unknown-variable"
        "A ${var:NAME} has neither a default in the table `vars` nor a --var NAME=VALUE."
        "Give the variable a default under [vars] in the pipeline file or a value on the command line."
    UNUSED_VARIABLE Call "unused-variable"
        "A --var NAME=VALUE names a variable that the pipeline does not use."
        "Write ${var:NAME} where the value belongs, or correct the name: a misspelt variable would leave the run on its default data."
    MISSING_SECRET Call "missing-secret"
        "A ${env:NAME} names an environment variable that is not set."
        "Set the variable in the environment of the run. Its value is never written to a log, a record, a table or a report."
    SECRET_SHOWN Data "secret-shown"
        "The rows of a query would hold the value of a ${env:NAME}, which is never written."
        "Leave the column out. If the value is no secret, give it as ${var:NAME} with --var NAME=VALUE."
    MISSING_KEY Call "missing-key"
        "A setting without a default was not given."
        "Add the key; the stage's example in pipelines/REFERENCE.md shows how."
    BAD_VALUE Call "bad-value"
        "A setting has the wrong type or a value outside its range."
        "The message names what is accepted; the reference gives unit and range."
    BAD_NAME Call "bad-name"
        "A stage's name cannot serve as the name of a table and a folder, or a pipeline's as the name of a folder."
        "Use a lower-case letter followed by lower-case letters, digits and underscores, at most 60 in all."
    CYCLE Call "cycle"
        "Stages read each other in a circle, so none of them can be first."
        "Break the circle named in the message."
    WRONG_INPUT Call "wrong-input"
        "A stage reads another whose output does not have what it needs."
        "The message names the columns that are missing or differ; put the stage that makes them in between."
    NO_STAGES Call "no-stages"
        "The pipeline file has no [stage.NAME] at all."
        "`patron init DIR` writes a pipeline that runs as it is."
    BAD_CALL Call "bad-call"
        "The command line asks for something that cannot be."
        "`patron help COMMAND` shows what each command takes."
    FOREIGN_FOLDER Call "foreign-folder"
        "The folder given for patron's output or models holds files of something else, and patron would write and remove files in it."
        "Give it a folder that is empty or not there yet. A folder of patron's is marked by the file `.patron` in it."
    NO_RUN Call "no-run"
        "There is no finished run to look at yet."
        "Run the pipeline first: `patron run PIPELINE`."
    BAD_QUERY Call "bad-query"
        "The SQL could not be understood or names something that is not there."
        "The tables are named after the stages; `SHOW TABLES` lists them and `DESCRIBE table` shows one."
    FILE_TROUBLE Data "file-trouble"
        "A file could not be read or written."
        "The message names the file and the system's reason. The last good lists are untouched."
    BAD_CLOCK Data "bad-clock"
        "The system's clock is before the year 1970 or beyond 9999, so a run cannot say when it began."
        "Set the clock."
    DISK_FULL Data "disk-full"
        "The disk has no room left, or a quota or size limit was reached."
        "Make room and run again: finished steps are kept, and the last good lists are untouched."
    NO_INPUT_FILES Data "no-input-files"
        "A path or pattern matches no file."
        "Check the path (relative paths start at the folder in which patron is called) and whether last night's delivery arrived."
    BAD_SOURCE Data "bad-source"
        "An input file cannot be read as what it is said to be."
        "The message says what was expected, what was found, and which setting declares it."
    TOO_MANY_REJECTS Data "too-many-rejects"
        "More rows were set aside than `max_reject_share` allows."
        "Look at the stage's rejects table (file, line, rule, text): `patron query PIPELINE \"SELECT * FROM STAGE_rejects\"` after raising the limit, or mend the mapping."
    BAD_TABLE Data "bad-table"
        "A table does not have the columns that the next stage needs."
        "The message names the column. If it comes from a `sql` stage, cast it there."
    TOO_LITTLE_DATA Data "too-little-data"
        "There is not enough data to do this honestly."
        "The message says how much there is and how much is needed."
    BAD_DATA Data "bad-data"
        "The data is not what the stage can work with."
        "The message says what was found and where."
    SEVERAL_CURRENCIES Data "several-currencies"
        "Order lines are in more than one currency, or not in the shop's, so their amounts cannot be summed."
        "Give `clean-orders` the shop's `currency` and a table of `rates` by day, or keep one currency with a `sql` stage before it."
    ENGINE_TROUBLE Data "engine-trouble"
        "The relational engine could not carry out a step."
        "If it ran out of memory, give it more with --memory; it spills to disk where it can."
    BUDGET_REACHED Data "budget-reached"
        "A mining run was stopped because it would have made more than its budget allows."
        "Raise the minimum support to the one named in the message, ask for closed or maximal itemsets, or raise the budget."
    BAD_MODEL Data "bad-model"
        "A saved model cannot be used here."
        "Train it again with this version, or go back to the version that wrote it."
    SUPPRESSION_MISSING Held "suppression-missing"
        "The suppression source is missing, empty, older than allowed, or names nobody of the list, so no list may go out."
        "Restore or refresh the suppression file, or give it the keys that the list has. The last good lists are still in place: nobody is written to who may have opted out."
    CONSENT_MISSING Held "consent-missing"
        "Who consents to a channel is not known, so no list may go out."
        "The message says what is missing. Name the column with each person's answer under `consent` in `select-targets`, or say with `lawful_basis` in `deliver` why the list needs none."
    KEYS_UNKNOWN Held "keys-unknown"
        "A table that should say more of the list's persons names none of them, so nothing was published."
        "Compare its column `customer` with that of the list: another system's ids, a wrong column or a wrong file."
    BROKEN_STORE Data "broken-store"
        "An artifact in the store is not what its record says."
        "Remove the folder named in the message and run again; it is rebuilt."
    BROKEN_LEDGER Data "broken-ledger"
        "The ledger of contacts is not what was written: a segment was changed, or one is missing."
        "Put the folder `ledger` of the output folder back from a backup. Contacts that are not known cannot be counted, so nothing is published without them."
    CHECK_HELD Held "check-held"
        "A check with level `error` did not pass, so nothing was published."
        "The report and the stage's checks table show the rows; the last good lists are still in place."
    IMPLAUSIBLE_DATES Held "implausible-dates"
        "More order lines than allowed are dated before 1970, after 2100, or far from the mass of the shop's dates; nothing was published."
        "Correct the dates in the source or say how they are written (`date_formats` of the ingest stage). `max_implausible_share` allows more of them; implausible_dates = \"keep\" takes all from 1970 to 2100 as they are."
    NOBODY_ACTIVE Held "nobody-active"
        "At the as-of date almost no customer has ordered within a year, so every list would be empty or wrong; nothing was published."
        "Correct the as-of date, or look whether the newest files have arrived. If the shop really is that quiet, write min_active = 0 in the `clean-orders` stage."
    GATE_HELD Published "gate-held"
        "The lists were published, but a new model did not pass the gate to take over."
        "`patron models compare` shows it beside the champion; `patron models promote` activates it all the same."
    AFTER_PUBLISHING Published "after-publishing"
        "The lists were published, but work that comes after publishing failed, such as tidying up or switching a model."
        "The message names the file. Remove its cause and run again: the next run does what is left."
    LOCKED Locked "locked"
        "Another run of this pipeline is under way in the same output folder."
        "Wait for it to end. The lock dies with its process, so there is nothing to remove by hand."
    CANCELLED Cancelled "cancelled"
        "The run was interrupted (Ctrl-C, SIGTERM or SIGHUP) before anything was published."
        "Run again: finished steps are kept, and the last good lists are untouched."
    PATRON_FAULT Data "patron-fault"
        "The program itself has a fault."
        "Please report the message. The last good lists are untouched."
}

/// The code with this word.
pub fn find(word: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|code| code.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_plain() {
        for (i, code) in CODES.iter().enumerate() {
            assert!(code.word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", code.word);
            assert!(CODES[..i].iter().all(|other| other.word != code.word), "{} stands twice", code.word);
            assert!(code.meaning.ends_with('.') && code.advice.ends_with('.'), "{}", code.word);
        }
        assert_eq!(find("cycle"), Some(&CYCLE));
        assert_eq!(find("no-such-code"), None);
    }
}
