//! The ledger of contacts: what can happen to a contact, by which key it is known, and which results belong to it.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::keys::key;

/// What can happen to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactEvent {
    /// The person got a place on a list, contacted or held back.
    Planned,
    /// The message left.
    Sent,
    /// It arrived.
    Delivered,
    /// It was opened.
    Opened,
    /// A link in it was followed.
    Clicked,
    /// The offer was used.
    Redeemed,
    /// It could not be delivered.
    Bounced,
    /// The person wants no more messages.
    Unsubscribed,
}

/// One row of the table of events.
#[derive(Debug, Clone, Copy)]
pub struct ContactEventRow {
    /// The event.
    pub event: ContactEvent,
    /// Its name in tables and settings.
    pub name: &'static str,
    /// What it says.
    pub meaning: &'static str,
}

/// All events of contacts.
pub static CONTACT_EVENTS: [ContactEventRow; 8] = [
    row(ContactEvent::Planned, "planned", "the person got a place on a list, contacted or held back"),
    row(ContactEvent::Sent, "sent", "the message left"),
    row(ContactEvent::Delivered, "delivered", "the message arrived"),
    row(ContactEvent::Opened, "opened", "the message was opened"),
    row(ContactEvent::Clicked, "clicked", "a link in the message was followed"),
    row(ContactEvent::Redeemed, "redeemed", "the offer was used"),
    row(ContactEvent::Bounced, "bounced", "the message could not be delivered"),
    row(ContactEvent::Unsubscribed, "unsubscribed", "the person wants no more messages"),
];

const fn row(event: ContactEvent, name: &'static str, meaning: &'static str) -> ContactEventRow {
    ContactEventRow { event, name, meaning }
}

impl ContactEvent {
    /// The event's row in the table.
    pub fn row(self) -> &'static ContactEventRow {
        &CONTACT_EVENTS[self as usize]
    }

    /// The event's name in tables and settings.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The event of a name.
    pub fn named(name: &str) -> Option<ContactEvent> {
        CONTACT_EVENTS.iter().find(|row| row.name == name).map(|row| row.event)
    }
}

/// The arm of those who are left alone.
pub const CONTROL_ARM: &str = "control";
/// The arm of those who are contacted.
pub const CONTACTED_ARM: &str = "contacted";

/// What tells one contact from another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContactParts<'a> {
    /// Name of the list.
    pub list: &'a str,
    /// First day on which the list is valid, days since 1970-01-01.
    pub date: i32,
    /// Account id, in any spelling.
    pub customer: &'a str,
    /// The arm that the person was drawn into.
    pub arm: &'a str,
    /// What is offered; empty without.
    pub offer: &'a str,
    /// By which channel; empty without.
    pub channel: &'a str,
    /// The event in the customer's life that caused it; empty without.
    pub cause: &'a str,
}

/// The key of a contact: 32 hexadecimal digits, the same in every run and for every spelling of the customer.
///
/// The first half of SHA-256 (FIPS 180-4) of the parts in their order, each followed by a zero byte, the date as text.
pub fn contact_key(parts: &ContactParts) -> String {
    let customer = key(parts.customer);
    let date = parts.date.to_string();
    let mut hash = Sha256::new();
    for part in [parts.list, &date, &customer, parts.arm, parts.offer, parts.channel, parts.cause] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A planned contact, as far as results are matched with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedContact {
    /// Its key.
    pub contact: String,
    /// First day on which its list is valid, days since 1970-01-01.
    pub date: i32,
    /// What is offered; empty without.
    pub offer: String,
    /// By which channel; empty without.
    pub channel: String,
}

/// Why a result belongs to no planned contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoContact {
    /// No contact of this list is planned at all: the list was made elsewhere.
    OtherList,
    /// The list has contacts, none of this person.
    NotOnList,
    /// The person's contacts all begin later.
    TooEarly,
}

/// The planned contacts of all lists, to match results with.
#[derive(Debug, Default)]
pub struct PlannedContacts {
    /// By list, then by the person's key; each person's by date.
    lists: BTreeMap<String, BTreeMap<String, Vec<PlannedContact>>>,
}

impl PlannedContacts {
    /// Adds a contact.
    pub fn add(&mut self, list: &str, customer: &str, contact: PlannedContact) {
        let of = self.lists.entry(list.to_owned()).or_default().entry(key(customer)).or_default();
        let place = of.partition_point(|other| (other.date, &other.contact) <= (contact.date, &contact.contact));
        of.insert(place, contact);
    }

    /// The contact that a result of a person belongs to: the latest that began on or before the day and has the offer and the
    /// channel that the result names, where it names them.
    ///
    /// # Errors
    /// Why there is none.
    pub fn of(
        &self,
        list: &str,
        customer: &str,
        day: i32,
        offer: &str,
        channel: &str,
    ) -> Result<&PlannedContact, NoContact> {
        let persons = self.lists.get(list).ok_or(NoContact::OtherList)?;
        let contacts = persons.get(&key(customer)).ok_or(NoContact::NotOnList)?;
        let fits = |contact: &&PlannedContact| {
            (offer.is_empty() || contact.offer.is_empty() || contact.offer == offer)
                && (channel.is_empty() || contact.channel.is_empty() || contact.channel == channel)
        };
        let mut fitting = contacts.iter().filter(fits).peekable();
        if fitting.peek().is_none() {
            return Err(NoContact::NotOnList);
        }
        fitting.rfind(|contact| contact.date <= day).ok_or(NoContact::TooEarly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_stands_at_its_own_place_under_its_own_name() {
        for (place, row) in CONTACT_EVENTS.iter().enumerate() {
            assert_eq!(row.event as usize, place);
            assert_eq!(ContactEvent::named(row.name), Some(row.event));
        }
        assert_eq!(ContactEvent::named("Sent"), None);
    }

    #[test]
    fn a_key_is_that_of_any_sha_256_and_of_every_spelling() {
        // python3 -c 'import hashlib;print(hashlib.sha256(b"win_back\x0015000\x0013085\x00contacted\x00\x00mail\x00\x00").hexdigest()[:32])'
        let parts = ContactParts {
            list: "win_back",
            date: 15_000,
            customer: "13085",
            arm: CONTACTED_ARM,
            channel: "mail",
            ..ContactParts::default()
        };
        assert_eq!(contact_key(&parts), "952478c1c85357e97d7b8476d3c731a5");
        assert_eq!(contact_key(&ContactParts { customer: " 13085 ", ..parts }), contact_key(&parts));
        let others = [
            ContactParts { list: "win", ..parts },
            ContactParts { date: 15_001, ..parts },
            ContactParts { customer: "13086", ..parts },
            ContactParts { arm: CONTROL_ARM, ..parts },
            ContactParts { offer: "mail", channel: "", ..parts },
            ContactParts { cause: "lapse", ..parts },
        ];
        for other in others {
            assert_ne!(contact_key(&other), contact_key(&parts), "{other:?}");
        }
    }

    #[test]
    fn a_result_belongs_to_the_latest_contact_before_it() {
        let mut planned = PlannedContacts::default();
        let contact = |name: &str, date: i32, channel: &str| PlannedContact {
            contact: name.to_owned(),
            date,
            offer: String::new(),
            channel: channel.to_owned(),
        };
        planned.add("spring", "7", contact("second", 20, "mail"));
        planned.add("spring", "7", contact("first", 10, "mail"));
        planned.add("spring", "8", contact("other", 10, "letter"));
        let of = |list, customer, day, channel| {
            planned.of(list, customer, day, "", channel).map(|contact| contact.contact.as_str())
        };
        assert_eq!(of("spring", "7", 10, ""), Ok("first"));
        assert_eq!(of("spring", " 7", 19, "mail"), Ok("first"));
        assert_eq!(of("spring", "7", 90, "mail"), Ok("second"));
        assert_eq!(of("spring", "7", 9, ""), Err(NoContact::TooEarly));
        assert_eq!(of("spring", "8", 12, "mail"), Err(NoContact::NotOnList));
        assert_eq!(of("spring", "9", 12, ""), Err(NoContact::NotOnList));
        assert_eq!(of("summer", "7", 12, ""), Err(NoContact::OtherList));
    }
}
