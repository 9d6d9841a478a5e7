//! The words of `watch-events`.

use crate::report::Phrase;

// Reading
pub static NO_LEDGER: Phrase = Phrase::new(
    "watch_events.no-ledger",
    "no ledger of contacts is named with `contacts`: contacts are started again every night until they expire, and caps do not see other lists",
);
pub static STRANGERS: Phrase = Phrase::new(
    "watch_events.strangers",
    "{contacts} contacts of `{stage}` are with customers who have not ordered; they are not looked at",
);
pub static NO_FIT: Phrase = Phrase::new(
    "watch_events.no-fit",
    "on {date} the orders known then did not say when customers come back; until the next quarter nobody lapses by probability",
);
pub static NOT_STARTED: Phrase = Phrase::new(
    "watch_events.not-started",
    "the triggers are switched on on {start}, after this night: nothing starts",
);
pub static STARTED: Phrase = Phrase::new(
    "watch_events.started",
    "{started} contacts start this night, {control} of them with customers who are held back as control group; {waiting} occurrences wait",
);
pub static CAUGHT_UP: Phrase = Phrase::new(
    "watch_events.caught-up",
    "{late} contacts were to start on earlier nights, which were not run or not published",
);

// Reasons
pub static FIRST_ORDER: Phrase = Phrase::new("watch_events.first-order", "first order on {date}");
pub static SECOND_ORDER: Phrase = Phrase::new(
    "watch_events.second-order",
    "one order, on {date}; the chance of none within the next {days} days is {chance}",
);
pub static LAPSE: Phrase = Phrase::new(
    "watch_events.lapse",
    "last order on {date}; the chance of none within the next {days} days is {chance}",
);
pub static REPLENISHMENT: Phrase =
    Phrase::new("watch_events.replenishment", "bought {item} on {date}; it is usually bought again about now");
pub static BIG_BASKET: Phrase = Phrase::new("watch_events.big-basket", "bought much more than usual on {date}");
pub static BIRTHDAY: Phrase = Phrase::new("watch_events.birthday", "birthday on {date}");
pub static ANNIVERSARY: Phrase = Phrase::new("watch_events.anniversary", "a customer for whole years on {date}");
pub static COMPLAINT: Phrase = Phrase::new("watch_events.complaint", "complained on {date}");
pub static LOW_RATING: Phrase = Phrase::new("watch_events.low-rating", "gave a low rating on {date}");
pub static PRICE_DROP: Phrase =
    Phrase::new("watch_events.price-drop", "{item}, bought a short time ago, costs {share} less than usual on {date}");
pub static BACK_IN_STOCK: Phrase = Phrase::new("watch_events.back-in-stock", "{item} can be bought again since {date}");
pub static CONTRACT_END: Phrase = Phrase::new("watch_events.contract-end", "the contract ends on {date}");
pub static POINTS_EXPIRING: Phrase = Phrase::new("watch_events.points-expiring", "points are lost on {date}");
pub static STAGE_CHANGE: Phrase = Phrase::new("watch_events.stage-change", "entered the stage {stage} on {date}");
pub static LOYALTY_DROP: Phrase = Phrase::new("watch_events.loyalty-drop", "the loyalty score fell on {date}");
pub static VALUE_DROP: Phrase = Phrase::new("watch_events.value-drop", "the expected value fell on {date}");
pub static CONDITION: Phrase = Phrase::new("watch_events.condition", "{name} on {date}");

// Report
pub static REPLAY: Phrase = Phrase::new("watch_events.replay", "Triggers and what they would have found");
pub static REPLAY_LEAD: Phrase = Phrase::new(
    "watch_events.replay-lead",
    "Each trigger by itself, night by night from {from} to {until}, with what each night knew. Right is what came true afterwards; whether contacts change anything is measured against the control group.",
);
pub static TRIGGER: Phrase = Phrase::new("watch_events.trigger", "Trigger");
pub static TONIGHT: Phrase = Phrase::new("watch_events.tonight", "Tonight");
pub static WAITING: Phrase = Phrase::new("watch_events.waiting", "Waiting");
pub static FIRED: Phrase = Phrase::new("watch_events.fired", "Fired");
pub static A_NIGHT: Phrase = Phrase::new("watch_events.a-night", "A night");
pub static RIGHT_IF: Phrase = Phrase::new("watch_events.right-if", "Right if");
pub static JUDGED: Phrase = Phrase::new("watch_events.judged", "Judged");
pub static PRECISION: Phrase = Phrase::new("watch_events.precision", "Right");
pub static LOW: Phrase = Phrase::new("watch_events.low", "From");
pub static HIGH: Phrase = Phrase::new("watch_events.high", "To");
pub static LEAD_DAYS: Phrase = Phrase::new("watch_events.lead-days", "Days ahead");
pub static FACT: Phrase = Phrase::new("watch_events.fact", "a fact, not a forecast");
pub static SILENCE: Phrase = Phrase::new("watch_events.silence", "no order for {days} days more");
pub static BOUGHT_IN_TIME: Phrase =
    Phrase::new("watch_events.bought-in-time", "the item was bought before the reminder expired");
pub static BOUGHT: Phrase = Phrase::new("watch_events.bought", "the item was bought within {days} days");
pub static LEVELS: Phrase = Phrase::new("watch_events.levels", "Which silence is a lapse");
pub static LEVELS_LEAD: Phrase = Phrase::new(
    "watch_events.levels-lead",
    "What rules would have called a lapse from {from} to {until}. Choose the level of the trigger `lapse` from this table; `caught` is the share of silences of more than 180 days that the rule called a lapse in time.",
);
pub static RULE: Phrase = Phrase::new("watch_events.rule", "Rule");
pub static MEDIAN_SILENCE: Phrase = Phrase::new("watch_events.median-silence", "Median days of silence");
pub static CAUGHT: Phrase = Phrase::new("watch_events.caught", "Caught");
pub static BY_PROBABILITY: Phrase =
    Phrase::new("watch_events.by-probability", "chance of no order at least {level}, after {silent} days");
pub static BY_DAYS: Phrase = Phrase::new("watch_events.by-days", "{days} days");
pub static BY_MEDIAN: Phrase = Phrase::new("watch_events.by-median", "{times} times the own median gap");
pub static BY_MEAN: Phrase = Phrase::new("watch_events.by-mean", "{times} times the own mean gap");
pub static BY_DRAWN: Phrase =
    Phrase::new("watch_events.by-drawn", "{times} times the typical gap, drawn to the shop's");
