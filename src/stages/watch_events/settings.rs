//! What can be set, and what is wrong with that by itself.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stage::setting::{Amount, Choice, Chosen, Count, Number, Share, Span, SpanOr};
use crate::stage::{Finding, Known, Upstream};
use crate::tables::Date;
use crate::triggers::{CLASSES, ClassRow, ReEntry, Reads, Rule, TRIGGERS, Trigger};

/// Events in customers' lives that each start one contact, once. Its table has the contacts that this night starts, one per customer at most;
/// `select-targets` takes it as `scores` and `cause` among its `columns`, so that the ledger knows what was started.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WatchEvents {
    /// The `clean-orders` stage.
    pub(super) orders: Upstream,
    /// The first night of the schedule, such as 2025-01-01: the day on which the triggers are switched on. Leave it as it is; another start
    /// gives another schedule.
    pub(super) start: String,
    /// The triggers. Several may be of one kind, with a `name` each; among those of one priority the first goes first.
    pub(super) triggers: Vec<WatchedTrigger>,
    /// The ledger of contacts: a `keep-contacts` stage. Without it nothing is known of other lists, and contacts are started again every night until
    /// they expire.
    pub(super) contacts: Option<Upstream>,
    /// Days after a contact for which a customer gets none but service; contacts of all lists count.
    pub(super) cool_down: Option<Span>,
    /// Further caps; service is outside them, but counted.
    pub(super) caps: Vec<ContactCap>,
    /// Share, from 0 to 1, of customers who are held back under this salt. Events start for them too, marked as control, and count in their caps.
    pub(super) control: Share,
    /// Names the control group, as in `select-targets`.
    pub(super) salt: String,
    /// Models are fitted on the first day of each quarter to orders that are so old then; orders should arrive no later than that.
    pub(super) settled: Span,
    /// How much of the past triggers are tried on.
    pub(super) replay: Span,
}

impl Default for WatchEvents {
    fn default() -> WatchEvents {
        WatchEvents {
            orders: Upstream::default(),
            start: String::new(),
            triggers: Vec::new(),
            contacts: None,
            cool_down: Some(Span::of_days(3)),
            caps: Vec::new(),
            control: Number::of(0.1),
            salt: "control".to_owned(),
            settled: Span::of_days(7),
            replay: Span::of_days(365),
        }
    }
}

/// A trigger. What is not set is as its kind has it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WatchedTrigger {
    /// What happens.
    pub(super) on: Chosen<Trigger>,
    /// What it is called in tables and in the ledger: letters, digits, `_` and `-`; its kind if not given. No two triggers of the shop
    /// should share one, in whatever stage they are: a cause that one has started is done for the other. Do not change it once contacts were started.
    pub(super) name: Option<String>,
    /// For kinds that read a table: the stage with one row per customer and date.
    pub(super) from: Option<Upstream>,
    /// Its column with the date that the row is about, such as the day of birth, of the complaint or of the end of a contract.
    #[serde(default = "WatchedTrigger::date")]
    pub(super) date: String,
    /// Its column with the day on which the shop knew; `recorded` where there is one, otherwise the date itself (birthdays, ends of contracts and
    /// points: always known).
    pub(super) recorded: Option<String>,
    /// Its column with the day on which the cause ended, such as that on which a complaint was closed; `resolved` where there is one.
    pub(super) resolved: Option<String>,
    /// Its column with what the row is about: the item, the complaint, the stage.
    pub(super) subject: Option<String>,
    /// Of a rating or a score: its column.
    pub(super) value: Option<String>,
    /// Of a score: the column with its standard error.
    pub(super) error: Option<String>,
    /// Only rows about these subjects, such as the stages `slipping` and `returned`.
    #[serde(default)]
    pub(super) subjects: Vec<String>,
    /// Days from the cause until the contact may start.
    pub(super) wait: Option<Span>,
    /// What goes first where a customer has several on one day.
    pub(super) priority: Option<Chosen<ClassRow>>,
    /// When it may start again for a customer: `never`, `after_cause`, or where causes are so many days apart.
    pub(super) re_entry: Option<SpanOr<Again>>,
    /// Days for which the contact may wait.
    pub(super) expiry: Option<Span>,
    /// The channel of the contact, by which caps count.
    pub(super) channel: Option<String>,
    /// At which it starts: a probability, a rating, the share by which a price fell, standard errors; see the kind.
    pub(super) level: Option<Amount>,
    /// Least days of silence.
    pub(super) silent: Option<Span>,
    /// Days ahead that the probability is about.
    pub(super) horizon: Option<Span>,
    /// Least purchase days of a customer.
    pub(super) purchases: Option<Count<1, 10_000>>,
    /// Days before the date at which the contact may start.
    pub(super) ahead: Option<Span>,
}

/// At most so many contacts within some days.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactCap {
    /// Only contacts by this channel; all if not given.
    pub(super) channel: Option<String>,
    /// How many contacts a customer gets at most, 1 to 1000.
    pub(super) most: Count<1, 1_000>,
    /// Within how many days.
    pub(super) within: Span,
}

/// Words for re-entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    Never,
    AfterCause,
}

impl Choice for Again {
    const WHAT: &'static str = "re-entry";

    fn rows() -> &'static [Again] {
        &[Again::Never, Again::AfterCause]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Again::Never => ("never", "once in a lifetime; once for each subject, where it is about one"),
            Again::AfterCause => ("after_cause", "once for each cause"),
        }
    }
}

impl Choice for Trigger {
    const WHAT: &'static str = "trigger";

    fn rows() -> &'static [Trigger] {
        &TRIGGERS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Choice for ClassRow {
    const WHAT: &'static str = "priority";

    fn rows() -> &'static [ClassRow] {
        &CLASSES
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl WatchedTrigger {
    fn date() -> String {
        "date".to_owned()
    }

    /// What it is called.
    pub(super) fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(self.on.0.name)
    }

    /// The rule, without the numbers of its channel, its table and its subjects.
    pub(super) fn rule(&self) -> Rule {
        let mut rule = Rule::of(self.on.0);
        rule.name = self.called().to_owned();
        let days = |span: &Option<Span>, usual: i64| span.as_ref().map_or(usual, Span::days);
        rule.wait = days(&self.wait, rule.wait);
        rule.expiry = days(&self.expiry, rule.expiry);
        rule.silent = days(&self.silent, rule.silent);
        rule.horizon = days(&self.horizon, rule.horizon);
        rule.ahead = days(&self.ahead, rule.ahead);
        rule.class = self.priority.map_or(rule.class, |row| row.0.class);
        rule.level = self.level.map_or(rule.level, Amount::get);
        rule.purchases = self.purchases.map_or(rule.purchases, |count| count.get() as usize);
        rule.re_entry = match &self.re_entry {
            None => rule.re_entry,
            Some(SpanOr::Span(span)) => ReEntry::After(span.days()),
            Some(SpanOr::Word(word)) => match **word {
                Again::Never => ReEntry::Never,
                Again::AfterCause => ReEntry::AfterCause,
            },
        };
        rule
    }

    /// The settings of its rule that are given, by their names.
    fn set(&self) -> Vec<&'static str> {
        let given = [
            ("wait", self.wait.is_some()),
            ("expiry", self.expiry.is_some()),
            ("level", self.level.is_some()),
            ("silent", self.silent.is_some()),
            ("horizon", self.horizon.is_some()),
            ("purchases", self.purchases.is_some()),
            ("ahead", self.ahead.is_some()),
            ("subjects", !self.subjects.is_empty()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }

    /// The columns that it names, with their settings.
    pub(super) fn columns(&self) -> Vec<(&'static str, &str)> {
        let own = [
            ("recorded", &self.recorded),
            ("resolved", &self.resolved),
            ("subject", &self.subject),
            ("value", &self.value),
            ("error", &self.error),
        ];
        let mut columns = vec![("date", self.date.as_str())];
        columns.extend(own.into_iter().filter_map(|(key, column)| Some((key, column.as_deref()?))));
        columns
    }
}

/// Kinds that need further columns.
fn needed(trigger: &Trigger) -> &'static [&'static str] {
    match trigger.name {
        "low_rating" => &["value"],
        "loyalty_drop" | "value_drop" => &["value", "error"],
        "stage_change" | "back_in_stock" => &["subject"],
        _ => &[],
    }
}

impl WatchEvents {
    /// The first night; checked before anything runs.
    pub(super) fn first_night(&self) -> Option<Date> {
        self.start.parse().ok()
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Err(error) = self.start.parse::<Date>() {
            findings.push(Finding::at("start", error).help("it stays the same from night to night"));
        }
        if self.triggers.is_empty() {
            findings.push(
                Finding::at("triggers", "names no trigger")
                    .help("such as triggers = [{ on = \"lapse\", level = 0.4 }]"),
            );
        }
        let mut names = BTreeSet::new();
        for (n, watched) in self.triggers.iter().enumerate() {
            let key = format!("triggers.{}", n + 1);
            let trigger = watched.on.0;
            let called = watched.called();
            let sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if called.is_empty() || !called.chars().all(sound) {
                let what = format!("`{called}` is no name for a trigger");
                findings.push(Finding::at(format!("{key}.name"), what).help("letters, digits, `_` and `-`"));
            }
            if !names.insert(called) {
                findings.push(
                    Finding::at(&key, format!("`{called}` is there twice")).help("give one of them another `name`"),
                );
            }
            let reads = trigger.reads == Reads::Table;
            if reads != watched.from.is_some() {
                let (what, help) = match reads {
                    true => ("reads a table of dates, and none is named", "name its stage with `from`"),
                    false => ("reads orders alone", "leave `from` out"),
                };
                findings.push(Finding::at(&key, format!("`{}` {what}", trigger.name)).help(help));
            }
            let named: Vec<&str> = watched.columns().into_iter().map(|(key, _)| key).collect();
            for column in needed(trigger).iter().filter(|column| !named.contains(column)) {
                let what = format!("`{}` needs the column of its {column}", trigger.name);
                findings.push(Finding::at(&key, what).help(format!("name it with `{column}`")));
            }
            if !watched.subjects.is_empty() && watched.subject.is_none() {
                findings.push(Finding::at(
                    format!("{key}.subjects"),
                    "no column says what a row is about: name it with `subject`",
                ));
            }
            let rule = watched.rule();
            let without = rule.without_effect();
            for setting in watched.set().into_iter().filter(|setting| without.contains(setting)) {
                findings.push(
                    Finding::at(format!("{key}.{setting}"), format!("has no effect on `{}`", trigger.name))
                        .help("leave it out"),
                );
            }
            let chance = matches!(trigger.name, "lapse" | "second_order" | "price_drop");
            if chance && !(rule.level > 0.0 && rule.level < 1.0) {
                findings
                    .push(Finding::at(format!("{key}.level"), format!("{} is not above 0 and below 1", rule.level)));
            }
        }
        findings
    }

    pub(super) fn column_findings(&self, known: &Known) -> Vec<Finding> {
        let each =
            self.triggers.iter().enumerate().filter_map(|(n, watched)| Some((n, watched, watched.from.as_ref()?)));
        each.flat_map(|(n, watched, from)| {
            let of = move |(key, column): (&'static str, &str)| {
                known.column(&format!("triggers.{}.{key}", n + 1), &from.0, column)
            };
            watched.columns().into_iter().filter_map(of).collect::<Vec<_>>()
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::Class;

    fn settings(text: &str) -> WatchEvents {
        toml::from_str(text).expect("settings")
    }

    #[test]
    fn what_contradicts_itself_is_told() {
        let of = |triggers: &str| {
            let read = settings(&format!("orders = 'orders'\nstart = '2025-01-01'\ntriggers = [{triggers}]"));
            read.findings().into_iter().map(|finding| finding.message).collect::<Vec<_>>()
        };
        assert_eq!(of("{ on = 'lapse' }, { on = 'birthday', from = 'people', date = 'born' }"), [""; 0]);
        assert!(of("{ on = 'lapse' }, { on = 'lapse', level = 0.6 }")[0].contains("is there twice"));
        assert!(of("{ on = 'birthday' }")[0].contains("reads a table"));
        assert!(of("{ on = 'lapse', from = 'x' }")[0].contains("orders alone"));
        assert!(of("{ on = 'value_drop', from = 'x', value = 'v' }")[0].contains("error"));
        assert!(of("{ on = 'lapse', name = 'a:b' }")[0].contains("no name"));
        assert!(of("{ on = 'lapse', level = 4 }")[0].contains("below 1"));
        assert_eq!(of("{ on = 'replenishment', expiry = '3d' }"), ["has no effect on `replenishment`"]);
        assert!(settings("orders = 'o'\nstart = 'soon'").findings().len() == 2);
    }

    #[test]
    fn what_is_not_set_is_as_the_kind_has_it() {
        let read = settings(
            "triggers = [{ on = 'lapse' }, { on = 'condition', name = 'vip', from = 'x', wait = '2d', re_entry = '30d', priority = 'date', expiry = '1w', channel = 'email' }, { on = 'big_basket', re_entry = 'never' }]",
        );
        assert_eq!(read.triggers[0].rule(), Rule::usual("lapse").expect("a trigger"));
        let rule = read.triggers[1].rule();
        assert_eq!((rule.name.as_str(), rule.wait, rule.expiry), ("vip", 2, 7));
        assert_eq!((rule.re_entry, rule.class), (ReEntry::After(30), Class::Date));
        assert_eq!(read.triggers[2].rule().re_entry, ReEntry::Never);
    }
}
