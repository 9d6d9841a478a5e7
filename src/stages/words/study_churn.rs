//! The words of `study-churn`.

use crate::report::Phrase;

pub static HAVE_LEFT: Phrase = Phrase::new("study_churn.have-left", "{lost} of {all} customers have left");
pub static SILENT: Phrase =
    Phrase::new("study_churn.silent", "{lost} of {all} customers have not ordered for {days} days or more");
pub static DIFFERING: Phrase = Phrase::new(
    "study_churn.differing",
    "{customers} customers have several rows in `{stage}` that differ in `{column}`: they count as `{several}`",
);

pub static MONTHS: Phrase = Phrase::new("study_churn.months", "Lost customers by month");
pub static MONTHS_SILENT: Phrase = Phrase::new(
    "study_churn.months-silent",
    "A customer is lost after {days} days without an order. The value is what the customer spent in the year up to the last order. Customers lost recently have had less time to come back.",
);
pub static MONTHS_ENDED: Phrase = Phrase::new(
    "study_churn.months-ended",
    "A customer is lost when the contract ends. Customers lost recently have had less time to come back.",
);
pub static MONTHS_ENDED_VALUE: Phrase = Phrase::new(
    "study_churn.months-ended-value",
    "A customer is lost when the contract ends. The value is what the customer spent in the year before. Customers lost recently have had less time to come back.",
);
pub static MONTH: Phrase = Phrase::new("study_churn.month", "month");
pub static LOST: Phrase = Phrase::new("study_churn.lost", "lost");
pub static VALUE: Phrase = Phrase::new("study_churn.value", "value lost");
pub static CAME_BACK: Phrase = Phrase::new("study_churn.came-back", "came back");
pub static SHARE_BACK: Phrase = Phrase::new("study_churn.share-back", "share that came back");

pub static STAYS: Phrase = Phrase::new("study_churn.stays", "How long customers stay, by quarter of arrival");
pub static STAYS_SILENT: Phrase = Phrase::new(
    "study_churn.stays-silent",
    "Time to the first loss, by Kaplan-Meier. Customers who were never lost count as observed until now.",
);
pub static STAYS_ENDED: Phrase = Phrase::new(
    "study_churn.stays-ended",
    "Time to the first end that counts as churn, by Kaplan-Meier. Customers who are still there, or left for another reason, count as observed until then.",
);
pub static SINCE_ORDER: Phrase = Phrase::new("study_churn.since-order", "days since the first order");
pub static SINCE_START: Phrase = Phrase::new("study_churn.since-start", "days since the start of the first contract");
pub static STAYING: Phrase = Phrase::new("study_churn.staying", "share that still stays");

pub static WHY_ENDED: Phrase = Phrase::new("study_churn.why-ended", "Why contracts ended");
pub static REASON: Phrase = Phrase::new("study_churn.reason", "reason");
pub static ENDED: Phrase = Phrase::new("study_churn.ended", "first contracts ended");
pub static SHARE: Phrase = Phrase::new("study_churn.share", "share");
pub static INTERVAL: Phrase = Phrase::new("study_churn.interval", "95% interval");
pub static IS_CHURN: Phrase = Phrase::new("study_churn.is-churn", "counts as churn");
pub static YES: Phrase = Phrase::new("study_churn.yes", "yes");
pub static NO: Phrase = Phrase::new("study_churn.no", "no");
pub static BY_WHEN: Phrase = Phrase::new("study_churn.by-when", "How many have left for which reason");
pub static BY_WHEN_LEAD: Phrase = Phrase::new(
    "study_churn.by-when-lead",
    "Cumulative incidence by Aalen-Johansen: the shares of all reasons and of the customers who stay add up to all customers.",
);
pub static SHARE_LEFT: Phrase = Phrase::new("study_churn.share-left", "share that has left for it");

pub static LAST_ITEMS: Phrase =
    Phrase::new("study_churn.last-items", "What was in the last order of customers who left");
pub static LAST_ITEMS_LEAD: Phrase = Phrase::new(
    "study_churn.last-items-lead",
    "An item may drive customers away, or be bought by customers who come once. This is a reason to look, not a proof.",
);
pub static LAST_ITEM: Phrase = Phrase::new("study_churn.last-item", "item in the last order");
pub static LAST_EVENTS: Phrase = Phrase::new("study_churn.last-events", "What last happened to customers who left");
pub static LAST_EVENTS_LEAD: Phrase = Phrase::new(
    "study_churn.last-events-lead",
    "For customers who left, the last event before they left; for the others, the last event until now. What is frequent among customers who left is a reason to look, not a proof.",
);
pub static LAST_EVENT: Phrase = Phrase::new("study_churn.last-event", "last event");
pub static RATIO: Phrase = Phrase::new("study_churn.ratio", "times as frequent among lost customers as among others");
pub static BAR: Phrase = Phrase::new("study_churn.bar", "{what} ({lost} lost)");

pub static GROUPS: Phrase = Phrase::new("study_churn.groups", "Customers who left, by {column}");
pub static CUSTOMERS: Phrase = Phrase::new("study_churn.customers", "customers");
pub static SHARE_LOST: Phrase = Phrase::new("study_churn.share-lost", "share lost");
