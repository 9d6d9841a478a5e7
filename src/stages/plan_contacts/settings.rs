//! What a plan can be asked for, and what is wrong with that by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::measured::MeasuredEffects;
use crate::planning::MOST_LIMITS;
use crate::stage::setting::{Amount, Count, Number, Share, Span};
use crate::stage::{Finding, Known, Upstream};
use crate::stages::contacts::is_ledger;
use crate::stages::holdouts::RotationSettings;

/// A plan of contacts: which customer gets which offer, by which channel and when, so that the value is largest within the limits.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlanContacts {
    /// The stage with one row per customer and option: `customer`, an offer and a value, as of scores, offers or `sql`.
    pub(super) candidates: Upstream,
    /// The column with what a contact is expected to bring in the currency, its cost and what would have come anyway subtracted. At most
    /// 100 million, either sign; rows without a value are set aside, unless `measured` gives them one.
    pub(super) value: String,
    /// Values for rows that have none, such as `{ from = "campaigns", types = { voucher = "discount" }, margin = 0.4 }`: what closed lists of the
    /// offer's type brought per person (per household where the ledger has households), as it should be expected of the next one, less the
    /// cost of the row. Rows with a value keep it.
    pub(super) measured: Option<MeasuredEffects>,
    /// The column with what is offered.
    pub(super) offer: String,
    /// The column with the channel.
    pub(super) channel: Option<String>,
    /// The column with the time at which the contact would be made, such as the week. A customer gets at most one contact in a slot.
    pub(super) slot: Option<String>,
    /// The column with the customer's segment.
    pub(super) segment: Option<String>,
    /// The column with the customer's household; rows without one are a household of their own.
    pub(super) household: Option<String>,
    /// The column with the cost of a contact in the currency, which budgets count, at least 0. Where costs are limited, rows without a cost
    /// are set aside; otherwise empty cells cost nothing.
    pub(super) cost: Option<String>,
    /// At most so many currency units for all contacts together.
    pub(super) budget: Option<Amount>,
    /// Further limits of the whole plan.
    pub(super) limits: Vec<PlanLimit>,
    /// Contacts that a customer gets at most, 1 to 100.
    pub(super) contacts_each: Count<1, 100>,
    /// Contacts that a household gets at most in all, those of `history` within `window` counted.
    pub(super) household_contacts: Option<Count<1, 10_000>>,
    /// Contacts made before, for `window_contacts`, `household_contacts` and `cool_down`. What is dated on the as-of date or later counts as made, and so does
    /// what has no date. The plan is refused when it is not known whom the rows mean.
    pub(super) history: Option<History>,
    /// Whether it may be empty; a broken export looks empty as well.
    pub(super) history_may_be_empty: bool,
    /// Contacts that a customer gets at most within `window`, those of `history` counted: the fatigue cap.
    pub(super) window_contacts: Option<Count<1, 1_000>>,
    /// Days before the as-of date whose contacts count.
    pub(super) window: Span,
    /// Customers who were contacted within so many days before the as-of date get nothing.
    pub(super) cool_down: Option<Span>,
    /// The stage with customers who must not be contacted; they are left out beforehand, so that they take no place. Its age,
    /// and addresses that persons share, are not looked at here: give the list that `select-targets` makes of the plan the same suppression,
    /// which does.
    pub(super) suppression: Option<Upstream>,
    /// Whether it may be empty; a broken export looks empty as well.
    pub(super) suppression_may_be_empty: bool,
    /// Share, from 0 to 1, of customers who are never contacted under this salt. They are left out beforehand: a control group drawn from a
    /// finished plan would leave capacity unused and break quotas.
    pub(super) control: Share,
    /// Names the control group, as in `select-targets`. It is drawn by `household` where that is given.
    pub(super) salt: String,
    /// How often the control group changes, such as `{ months = 12 }`.
    pub(super) rotation: Option<RotationSettings>,
}

impl Default for PlanContacts {
    fn default() -> PlanContacts {
        PlanContacts {
            candidates: Upstream::default(),
            value: "value".to_owned(),
            measured: None,
            offer: "offer".to_owned(),
            channel: None,
            slot: None,
            segment: None,
            household: None,
            cost: None,
            budget: None,
            limits: Vec::new(),
            contacts_each: Count::of(1),
            household_contacts: None,
            history: None,
            history_may_be_empty: false,
            window_contacts: None,
            window: Span::of_days(USUAL_WINDOW as u16),
            cool_down: None,
            suppression: None,
            suppression_may_be_empty: false,
            control: Number::of(0.1),
            salt: "control".to_owned(),
            rotation: None,
        }
    }
}

/// One limit: what it counts, and one bound.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlanLimit {
    /// What reports call it; what it counts and its bound if not given.
    pub(super) name: Option<String>,
    /// Only contacts with this offer.
    pub(super) offer: Option<String>,
    /// Only contacts by this channel.
    pub(super) channel: Option<String>,
    /// Only contacts in this slot.
    pub(super) slot: Option<String>,
    /// Only contacts with customers of this segment.
    pub(super) segment: Option<String>,
    /// Whether `at_most` and `at_least` count costs in the currency instead of contacts.
    pub(super) costs: bool,
    /// The maximum.
    pub(super) at_most: Option<Amount>,
    /// The minimum. If no plan can meet it, the plan misses it by as little as it can and says so; maximums hold whatever happens.
    pub(super) at_least: Option<Amount>,
    /// The largest share of all contacts.
    pub(super) share_at_most: Option<Share>,
    /// The least share of all contacts.
    pub(super) share_at_least: Option<Share>,
}

/// Contacts made before, one row per customer and contact, such as the tables of `select-targets` kept over time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The stage whose table has the contacts; `customer` is the account id. Of a `keep-contacts` stage each contact counts once, by its first
    /// event, that of a person who was held back too.
    pub(super) from: Upstream,
    /// The column with the date of the contact; not needed of a `keep-contacts` stage.
    #[serde(default = "History::at")]
    pub(super) at: String,
}

impl History {
    fn at() -> String {
        "valid_from".to_owned()
    }
}

/// The bound of a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    AtMost(f64),
    AtLeast(f64),
    ShareAtMost(f64),
    ShareAtLeast(f64),
}

impl PlanLimit {
    /// Its bounds; one, if the settings are sound.
    pub(super) fn bounds(&self) -> Vec<Bound> {
        let all = [
            self.at_most.map(|bound| Bound::AtMost(bound.get())),
            self.at_least.map(|bound| Bound::AtLeast(bound.get())),
            self.share_at_most.map(|bound| Bound::ShareAtMost(bound.get())),
            self.share_at_least.map(|bound| Bound::ShareAtLeast(bound.get())),
        ];
        all.into_iter().flatten().collect()
    }

    /// What it counts, by part: the key and the value that contacts must have.
    pub(super) fn filters(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("offer", self.offer.as_deref()),
            ("channel", self.channel.as_deref()),
            ("slot", self.slot.as_deref()),
            ("segment", self.segment.as_deref()),
        ]
    }
}

impl PlanContacts {
    /// The columns that are read, with the settings that name them.
    pub(super) fn columns(&self) -> Vec<(&'static str, &str)> {
        let mut columns = vec![("value", self.value.as_str()), ("offer", self.offer.as_str())];
        let others = [
            ("channel", &self.channel),
            ("slot", &self.slot),
            ("segment", &self.segment),
            ("household", &self.household),
            ("cost", &self.cost),
        ];
        columns.extend(others.into_iter().filter_map(|(key, column)| Some((key, column.as_deref()?))));
        columns
    }

    /// What is wrong with the settings by themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let named = |key: &str| self.columns().iter().any(|(named, _)| *named == key);
        if self.limits.len() >= MOST_LIMITS {
            findings.push(Finding::at("limits", format!("a plan has at most {} limits", MOST_LIMITS - 1)));
        }
        for (n, limit) in self.limits.iter().enumerate() {
            let key = format!("limits.{}", n + 1);
            match limit.bounds().as_slice() {
                [Bound::AtMost(bound) | Bound::AtLeast(bound)] if *bound > LARGEST => {
                    findings.push(Finding::at(&key, format!("{bound} is too large; a bound is at most {LARGEST}")));
                }
                [Bound::ShareAtMost(_) | Bound::ShareAtLeast(_)] if limit.costs => {
                    findings.push(Finding::at(&key, "shares count contacts, not costs").help("leave `costs` out"));
                }
                [Bound::ShareAtMost(_) | Bound::ShareAtLeast(_)]
                    if limit.filters().iter().all(|(_, of)| of.is_none()) =>
                {
                    findings.push(
                        Finding::at(&key, "is a share of all contacts, which is always 1")
                            .help("say of which contacts with `offer`, `channel`, `slot` or `segment`"),
                    );
                }
                [_] => {}
                [] => findings.push(
                    Finding::at(&key, "has no bound")
                        .help("give one of `at_most`, `at_least`, `share_at_most`, `share_at_least`"),
                ),
                _ => findings.push(Finding::at(&key, "has several bounds").help("write one limit for each")),
            }
            for (part, _) in limit.filters().into_iter().filter(|(part, value)| value.is_some() && !named(part)) {
                findings.push(
                    Finding::at(format!("{key}.{part}"), format!("no column says which contact has which {part}"))
                        .help(format!("name it with `{part}` of the stage")),
                );
            }
            if limit.costs && self.cost.is_none() {
                findings.push(Finding::at(format!("{key}.costs"), "no column has costs: name it with `cost`"));
            }
        }
        if self.budget.is_some() && self.cost.is_none() {
            findings.push(Finding::at("budget", "no column has costs: name it with `cost`"));
        }
        if self.budget.is_some_and(|budget| budget.get() > LARGEST) {
            findings.push(Finding::at("budget", format!("a budget is at most {LARGEST}")));
        }
        if self.contacts_each.get() > 1 && self.slot.is_none() {
            findings.push(
                Finding::at("contacts_each", "a customer gets at most one contact in a slot, and no column has slots")
                    .help("name it with `slot`"),
            );
        }
        let needs = [("window_contacts", self.window_contacts.is_some()), ("cool_down", self.cool_down.is_some())];
        for (key, _) in needs.into_iter().filter(|(_, given)| *given && self.history.is_none()) {
            findings.push(Finding::at(key, "looks at contacts made before: name them with `history`"));
        }
        if self.household_contacts.is_some() && self.household.is_none() {
            findings.push(
                Finding::at("household_contacts", "no column says who lives together").help("name it with `household`"),
            );
        }
        let looks_back =
            self.window_contacts.is_some() || self.cool_down.is_some() || self.household_contacts.is_some();
        if self.history.is_some() && !looks_back {
            findings.push(Finding::at(
                "history",
                "has no effect without `window_contacts`, `cool_down` or `household_contacts`",
            ));
        }
        let partners = [
            ("suppression_may_be_empty", self.suppression_may_be_empty, "suppression", self.suppression.is_some()),
            ("history_may_be_empty", self.history_may_be_empty, "history", self.history.is_some()),
        ];
        for (key, _, partner, _) in partners.into_iter().filter(|(_, given, _, has)| *given && !has) {
            findings.push(Finding::at(key, format!("has no effect without `{partner}`")));
        }
        let caps = self.window_contacts.is_some() || (self.household_contacts.is_some() && self.history.is_some());
        if self.window.days() != USUAL_WINDOW && !caps {
            findings.push(Finding::at(
                "window",
                "has no effect without `window_contacts`, or `household_contacts` with `history`",
            ));
        }
        findings.extend(self.measured.iter().flat_map(MeasuredEffects::findings));
        if self.salt.is_empty() {
            findings.push(Finding::at("salt", "is empty; the control group needs a name"));
        }
        findings
    }

    /// What is wrong with the columns that settings name.
    pub(super) fn column_findings(&self, known: &Known) -> Vec<Finding> {
        let own = self.columns();
        let own = own.iter().filter_map(|(key, column)| known.column(key, &self.candidates.0, column));
        let of_history = |history: &History| {
            let has = |column: &str| known.column("history", &history.from.0, column).is_none();
            if is_ledger(has) { None } else { known.column("history.at", &history.from.0, &history.at) }
        };
        own.chain(self.history.iter().filter_map(of_history)).collect()
    }
}

/// Days of the window if none is given.
const USUAL_WINDOW: i64 = 30;

/// Largest bound of a limit, in contacts or currency units.
const LARGEST: f64 = 1e11;

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<String> {
        let settings: PlanContacts = toml::from_str(text).expect("settings");
        settings.findings().into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn a_limit_has_one_bound_and_counts_what_columns_say() {
        assert_eq!(
            wrong("cost = 'cost'\nbudget = 5\nchannel = 'channel'\nlimits = [{ channel = 'mail', at_most = 5 }]").len(),
            0
        );
        assert_eq!(wrong("limits = [{ at_most = 5, at_least = 3 }, {}]"), ["limits.1", "limits.2"]);
        assert_eq!(wrong("limits = [{ segment = 'a', at_most = 5 }]"), ["limits.1.segment"]);
        assert_eq!(wrong("limits = [{ costs = true, share_at_most = 0.5 }]"), ["limits.1", "limits.1.costs"]);
        assert_eq!(wrong("limits = [{ share_at_most = 0.5 }]"), ["limits.1"], "of all contacts it is always 1");
        assert_eq!(wrong("history = { from = 'sent', at = 'sent' }"), ["history"], "nothing looks at it");
        assert_eq!(wrong("budget = 5"), ["budget"]);
    }

    #[test]
    fn settings_without_effect_are_told() {
        assert_eq!(wrong("household_contacts = 1"), ["household_contacts"]);
        assert_eq!(
            wrong("suppression_may_be_empty = true\nhistory_may_be_empty = true\nwindow = '60d'"),
            ["suppression_may_be_empty", "history_may_be_empty", "window"]
        );
    }

    #[test]
    fn measured_effects_name_offers_and_a_margin() {
        assert_eq!(
            wrong("measured = { from = 'worth', types = {}, margin = 0 }"),
            ["measured.types", "measured.margin"]
        );
        assert_eq!(wrong("measured = { from = 'worth', types = { mail = ' ' } }"), ["measured.types"]);
        assert!(wrong("measured = { from = 'worth', types = { mail = 'letter' }, margin = 0.4 }").is_empty());
    }

    #[test]
    fn what_looks_back_needs_a_history() {
        assert_eq!(wrong("cool_down = '7d'\nwindow_contacts = 2"), ["window_contacts", "cool_down"]);
        assert_eq!(wrong("contacts_each = 2"), ["contacts_each"]);
        assert_eq!(wrong("salt = ''"), ["salt"]);
        assert!(wrong("cool_down = '7d'\nhistory = { from = 'sent' }").is_empty());
    }
}
