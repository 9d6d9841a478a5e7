//! The words of reasons for scores, which several stages give.

use crate::report::Phrase;

pub static COMPARED: Phrase = Phrase::new("reasons.compared", "{words} ({value}; typically {usual})");
pub static OF_EVENTS: Phrase = Phrase::new("reasons.of-events", "{stage}: {words} ({value}; typically {usual})");
pub static SILENCE: Phrase =
    Phrase::new("reasons.silence", "own rhythm makes silence likely ({value}; typically {usual})");
pub static NOT_KNOWN: Phrase = Phrase::new("reasons.not-known", "{column} is not known");
pub static NUMBER: Phrase = Phrase::new("reasons.number", "{column} is {value} (typically {usual})");
pub static WORD: Phrase = Phrase::new("reasons.word", "{column}: {word}");
pub static BOUGHT_BEFORE: Phrase =
    Phrase::new("reasons.bought-before", "bought in {baskets} of {of} orders, last on {last}");
pub static BOUGHT_IN_TURN: Phrase = Phrase::new(
    "reasons.bought-in-turn",
    "bought in {baskets} of {of} orders, last on {last}, usually every {days} days",
);
pub static BOUGHT_ON_DAYS: Phrase =
    Phrase::new("reasons.bought-on-days", "bought on {baskets} of {of} days with an order, last on {last}");
pub static BOUGHT_ON_DAYS_IN_TURN: Phrase = Phrase::new(
    "reasons.bought-on-days-in-turn",
    "bought on {baskets} of {of} days with an order, last on {last}, usually every {days} days",
);
pub static OWNED_BY_BOTH: Phrase =
    Phrase::new("reasons.owned-by-both", "bought {item}; {both} of {owners} customers who did also bought this");
pub static OWNED: Phrase = Phrase::new("reasons.owned", "bought {items}, which goes with this");
pub static OWNED_TOGETHER: Phrase =
    Phrase::new("reasons.owned-together", "bought {items}, which together go with this");
pub static RULE: Phrase = Phrase::new(
    "reasons.rule",
    "bought {items}; {baskets} of {of} baskets with it also hold this, {lift} times the usual",
);
pub static RULE_OF_TWO: Phrase = Phrase::new(
    "reasons.rule-of-two",
    "bought {items}; {baskets} of {of} baskets with both also hold this, {lift} times the usual",
);
pub static RULE_OF_ALL: Phrase = Phrase::new(
    "reasons.rule-of-all",
    "bought {items}; {baskets} of {of} baskets with all of them also hold this, {lift} times the usual",
);
pub static POPULAR: Phrase =
    Phrase::new("reasons.popular", "popular: bought in {baskets} of {of} orders of all customers");
pub static POPULAR_BY_DAYS: Phrase =
    Phrase::new("reasons.popular-by-days", "popular: bought on {baskets} of {of} days with an order of all customers");
pub static NEXT: Phrase = Phrase::new(
    "reasons.next",
    "bought {items} {ago} ago; {share} buy {item} within {days} days, {lift} times the usual",
);
pub static THEN: Phrase = Phrase::new("reasons.then", "{before}, then {after}");
pub static AND: Phrase = Phrase::new("reasons.and", "{before} and {after}");
