//! The words of `measure-campaign`.

use crate::report::Phrase;

// Notes
pub static SET_ASIDE: Phrase = Phrase::new("measure_campaign.set-aside", "list `{list}`: {rows} {why}");
pub static BROKEN: Phrase = Phrase::new(
    "measure_campaign.broken",
    "list `{list}`, arm `{arm}`: the control group has not the size that was drawn, so something after the draw removed persons of one arm; the result is not used",
);
pub static NO_CONTROL: Phrase = Phrase::new(
    "measure_campaign.no-control",
    "list `{list}` has no control group, so what it was worth cannot be measured",
);
pub static CONTAMINATED: Phrase = Phrase::new(
    "measure_campaign.contaminated",
    "list `{list}`: {count} of the control group were contacted all the same; they stay in their arm, so the effect is understated",
);
pub static OVERLAP: Phrase = Phrase::new(
    "measure_campaign.overlap",
    "lists `{first}` and `{second}` share {count} persons at the same time; their effects are taken apart in the table of overlaps",
);

// Rules by which rows are set aside
pub static INCOMPLETE: Phrase = Phrase::new(
    "measure_campaign.incomplete",
    "rows lack the contact, customer, event, date, list or arm and are not used",
);
pub static UNKNOWN_EVENT: Phrase =
    Phrase::new("measure_campaign.unknown-event", "rows have an event that no contact has and are not used");
pub static CHANCE: Phrase = Phrase::new(
    "measure_campaign.chance",
    "planned rows have a probability that is not above 0 and at most 1 and are not used",
);
pub static NO_PLAN: Phrase =
    Phrase::new("measure_campaign.no-plan", "results belong to contacts that were never planned and are not used");
pub static TOO_EARLY: Phrase =
    Phrase::new("measure_campaign.too-early", "results are dated before their contact and are not used");
pub static TWO_ARMS: Phrase =
    Phrase::new("measure_campaign.two-arms", "rows are of persons in two arms of the list, who are not compared");
pub static TWO_ARMS_IN_UNIT: Phrase = Phrase::new(
    "measure_campaign.two-arms-in-unit",
    "persons live in households with two arms of the list and are not compared",
);
pub static COST: Phrase = Phrase::new(
    "measure_campaign.cost",
    "rows have a negative cost, which is taken as not known; their persons are compared",
);
pub static UNKNOWN_PERSON: Phrase = Phrase::new(
    "measure_campaign.unknown-person",
    "persons had no order before the list's date and are not compared; `prospects = true` compares them too",
);

// Outcomes
pub static REVENUE: Phrase = Phrase::new("measure_campaign.revenue", "revenue");
pub static CONVERSION: Phrase = Phrase::new("measure_campaign.conversion", "the share of persons who ordered");
pub static MARGIN: Phrase = Phrase::new("measure_campaign.margin", "margin");
pub static UNITS: Phrase = Phrase::new("measure_campaign.units", "pieces");
pub static ORDER_VALUE: Phrase = Phrase::new("measure_campaign.order-value", "money per order");

// What lists earned
pub static HEADING: Phrase = Phrase::new("measure_campaign.heading", "What lists earned beside their control groups");
pub static LEAD: Phrase = Phrase::new(
    "measure_campaign.lead",
    "Everybody who was drawn counts in the arm of the draw, whatever became of the contact. What comes next is decided by {outcome}; intervals of 95 % hold however often they are read.",
);
pub static LIST: Phrase = Phrase::new("measure_campaign.list", "List");
pub static ARM: Phrase = Phrase::new("measure_campaign.arm", "Arm");
pub static WERE_CONTACTED: Phrase = Phrase::new("measure_campaign.were-contacted", "Contacted");
pub static LEFT_ALONE: Phrase = Phrase::new("measure_campaign.left-alone", "Control");
pub static MATURED: Phrase = Phrase::new("measure_campaign.matured", "Window over");
pub static LIFT: Phrase = Phrase::new("measure_campaign.lift", "Lift");
pub static EARNED: Phrase = Phrase::new("measure_campaign.earned", "Earned");
pub static BETWEEN: Phrase = Phrase::new("measure_campaign.between", "Between");
pub static NEXT: Phrase = Phrase::new("measure_campaign.next", "What next");
pub static TO: Phrase = Phrase::new("measure_campaign.to", "{low} to {high}");
pub static REPEAT: Phrase = Phrase::new("measure_campaign.repeat", "repeat it: it works");
pub static REPEAT_FEW: Phrase = Phrase::new(
    "measure_campaign.repeat-few",
    "repeat it, with care: without a cap the difference has the other sign, so few persons drive it",
);
pub static CHANGE_IT: Phrase =
    Phrase::new("measure_campaign.change-it", "change it: an effect was not found at this size");
pub static CHANGE_COSTS: Phrase =
    Phrase::new("measure_campaign.change-costs", "change it: it works, and costs more than it brings");
pub static STOP: Phrase = Phrase::new("measure_campaign.stop", "stop it: it does harm");
pub static KEEP_RUNNING: Phrase = Phrase::new("measure_campaign.keep-running", "let it run: it is too early to say");
pub static NO_CONTROL_NEXT: Phrase =
    Phrase::new("measure_campaign.no-control-next", "cannot be measured: leave some persons alone next time");
pub static BROKEN_NEXT: Phrase = Phrase::new(
    "measure_campaign.broken-next",
    "cannot be measured: the arms have not the sizes that were drawn; find out where persons were lost",
);
pub static NOT_ALIKE: Phrase = Phrase::new(
    "measure_campaign.not-alike",
    "cannot be measured: an arm has too few persons, or the chances of the arms changed while the list was sent",
);
pub static UNKNOWN_LISTS: Phrase =
    Phrase::new("measure_campaign.unknown-lists", "the settings name {lists}, of which the ledger has no contact yet");
pub static COSTS: Phrase = Phrase::new(
    "measure_campaign.costs",
    "items with a known cost make up {share} of revenue; where no cost is known the margin of an item counts as 0",
);
pub static FEW: Phrase = Phrase::new(
    "measure_campaign.few",
    "cannot be measured: an arm has fewer than {persons} persons; make the list or its control share larger",
);
pub static TOO_SMALL: Phrase = Phrase::new(
    "measure_campaign.too-small",
    "cannot be measured alone: no control share shows the lift that is hoped for; read it with others of its type",
);
pub static TOO_SMALL_SHARE: Phrase = Phrase::new(
    "measure_campaign.too-small-share",
    "cannot be measured: leave {share} alone next time to see the lift that is hoped for",
);

// Dry runs
pub static DRY_HEADING: Phrase =
    Phrase::new("measure_campaign.dry-heading", "False alarms of the method on the lists' own past");
pub static DRY_LEAD: Phrase = Phrase::new(
    "measure_campaign.dry-lead",
    "The same persons before the list, split at random without any contact: how often the method would have called a difference real. It promises 5.0 %.",
);
pub static SPLITS: Phrase = Phrase::new("measure_campaign.splits", "Splits");
pub static ALARMS: Phrase = Phrase::new("measure_campaign.alarms", "False alarms");
pub static ALARMS_BETWEEN: Phrase = Phrase::new("measure_campaign.alarms-between", "Between");
pub static TOTAL: Phrase = Phrase::new(
    "measure_campaign.total",
    "all lists together brought {money} ({low} to {high}) since the first contact, by comparison with {persons} persons whom no list contacts; the lists one by one add up to {single}, which need not be the same",
);
pub static TOTAL_CONTACTED: Phrase = Phrase::new(
    "measure_campaign.total-contacted",
    "{persons} of the persons whom no list should contact were contacted, by what the ledger says: the effect of all lists is understated",
);
pub static NO_TOTAL: Phrase = Phrase::new(
    "measure_campaign.no-total",
    "what all lists together brought cannot be said: there is no contact yet, or fewer than {persons} active customers belong to those whom no list contacts",
);
