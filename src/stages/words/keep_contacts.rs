//! The words of `keep-contacts`.

use crate::report::Phrase;

pub static HEADING: Phrase = Phrase::new("keep_contacts.heading", "Contacts so far");
pub static LEAD: Phrase = Phrase::new(
    "keep_contacts.lead",
    "What was planned before {date} and what is known of it, by list, newest first. Persons held back are planned and not contacted.",
);
pub static LIST: Phrase = Phrase::new("keep_contacts.list", "List");
pub static SINCE: Phrase = Phrase::new("keep_contacts.since", "First day");
pub static LATEST: Phrase = Phrase::new("keep_contacts.latest", "Latest day");
pub static CONTACTED: Phrase = Phrase::new("keep_contacts.contacted", "Planned");
pub static CONTROL: Phrase = Phrase::new("keep_contacts.control", "Held back");
pub static SENT: Phrase = Phrase::new("keep_contacts.sent", "Sent");
pub static DELIVERED: Phrase = Phrase::new("keep_contacts.delivered", "Delivered");
pub static OPENED: Phrase = Phrase::new("keep_contacts.opened", "Opened");
pub static REDEEMED: Phrase = Phrase::new("keep_contacts.redeemed", "Redeemed");
pub static BOUNCED: Phrase = Phrase::new("keep_contacts.bounced", "Bounced");
pub static UNSUBSCRIBED: Phrase = Phrase::new("keep_contacts.unsubscribed", "Unsubscribed");
pub static SET_ASIDE: Phrase = Phrase::new(
    "keep_contacts.set-aside",
    "{rows} rows of results are set aside ({rules}); `{stage}_rejects` has them with the reason",
);
pub static RULE: Phrase = Phrase::new("keep_contacts.rule", "{rows} {rule}");
pub static LATER: Phrase = Phrase::new(
    "keep_contacts.later",
    "{rows} rows of results are of {date} or later and are read when their day is over",
);
pub static ELSEWHERE: Phrase = Phrase::new(
    "keep_contacts.elsewhere",
    "{rows} rows of results are of lists that this pipeline did not make; they count as contacts, but no control group is known for them",
);
pub static CONTAMINATED: Phrase = Phrase::new(
    "keep_contacts.contaminated",
    "{persons} persons who were to be left alone were sent something by {lists}; effects of these lists are understated",
);
