//! What the report shows of the ledger: each list with what came of it.

use std::collections::{BTreeMap, BTreeSet};

use super::results::Row;
use super::say;
use crate::campaigns::{CONTROL_ARM, ContactEvent};
use crate::report::{Body, Cell, Chapter, Section, Table};
use crate::stage::Context;
use crate::tables::Date;

/// Lists that the report shows.
const SHOWN: usize = 20;

/// The contacts of one list.
#[derive(Default)]
struct List<'a> {
    days: Option<(i32, i32)>,
    control: BTreeSet<&'a str>,
    /// Contacts by what happened to them, those held back not counted.
    events: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// Adds the section, where there are contacts.
pub(super) fn show(cx: &mut Context, rows: &[Row], as_of: Date) {
    let mut lists: BTreeMap<&str, List> = BTreeMap::new();
    for row in rows {
        let list = lists.entry(&row.list).or_default();
        let (first, last) = list.days.unwrap_or((row.date, row.date));
        list.days = Some((first.min(row.date), last.max(row.date)));
        if row.is_planned() && row.arm == CONTROL_ARM {
            list.control.insert(&row.contact);
        } else {
            list.events.entry(&row.event).or_default().insert(&row.contact);
        }
    }
    if lists.is_empty() {
        return;
    }
    let mut lists: Vec<(&str, List)> = lists.into_iter().collect();
    lists.sort_by_key(|(name, list)| (std::cmp::Reverse(list.days.map(|days| days.1)), *name));
    let heads = [
        &say::LIST,
        &say::SINCE,
        &say::LATEST,
        &say::CONTACTED,
        &say::CONTROL,
        &say::SENT,
        &say::DELIVERED,
        &say::OPENED,
        &say::REDEEMED,
        &say::BOUNCED,
        &say::UNSUBSCRIBED,
    ];
    let mut table = Table::with(&heads);
    for (name, list) in lists.iter().take(SHOWN) {
        let (first, last) = list.days.expect("a list has rows");
        let of = |event: ContactEvent| match list.events.get(event.name()) {
            Some(contacts) => Cell::Count(contacts.len() as u64),
            None => Cell::Missing,
        };
        let day = |day: i32| Cell::Text(Date::from_days(day).to_string());
        table.push(vec![
            Cell::Text((*name).to_owned()),
            day(first),
            day(last),
            of(ContactEvent::Planned),
            Cell::Count(list.control.len() as u64),
            of(ContactEvent::Sent),
            of(ContactEvent::Delivered),
            of(ContactEvent::Opened),
            of(ContactEvent::Redeemed),
            of(ContactEvent::Bounced),
            of(ContactEvent::Unsubscribed),
        ]);
    }
    let lead = say::LEAD.with([("date", as_of.to_string().into())]);
    cx.section(Section::new(cx.step, Body::Table(table)).heading(&say::HEADING).lead(lead).chapter(Chapter::Lists));
}
