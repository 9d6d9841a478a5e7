//! The candidates of a plan, and who is left out of it beforehand.

use std::collections::BTreeMap;

use super::settings::{History, PlanContacts};
use crate::campaigns::Drawn;
use crate::diagnostics::{Code, Problem, Result, codes};
use crate::keys::{Directory, key};
use crate::numeric::calendar::DAY;
use crate::orders::{NONE, Names};
use crate::planning::Persons;
use crate::stage::{Context, MAIN};
use crate::stages::contacts::{is_ledger, made as contacts_made};
use crate::stages::holdouts::{global, holdout, unit_of};
use crate::stages::persons::{Named, of_one_form};
use crate::stages::rows::{column_of, instants};
use crate::stages::select_targets::all_read;
use crate::stages::words::plan_contacts as say;
use crate::tables::{Batches, Date, read_schema};

/// Ten-thousandths of a currency unit.
pub(super) const UNIT: f64 = 10_000.0;
/// Largest value or cost of a contact, in the currency.
const LARGEST: f64 = 1e8;

/// Why a customer is left out beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    Suppressed,
    GlobalControl,
    WashingOut,
    Control,
    CoolDown,
    ContactLimit,
}

impl LeftOut {
    pub(super) const ALL: [LeftOut; 6] = [
        LeftOut::Suppressed,
        LeftOut::GlobalControl,
        LeftOut::WashingOut,
        LeftOut::Control,
        LeftOut::CoolDown,
        LeftOut::ContactLimit,
    ];

    /// The outcome as the table has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            LeftOut::Suppressed => "suppressed",
            LeftOut::GlobalControl => "global_control",
            LeftOut::WashingOut => "washing_out",
            LeftOut::Control => "control",
            LeftOut::CoolDown => "cool_down",
            LeftOut::ContactLimit => "contact_limit",
        }
    }
}

/// A column of texts: a number for each row, and the texts by number, sorted; the first is the empty text.
pub(super) struct Texts {
    pub(super) of: Vec<u32>,
    pub(super) names: Vec<String>,
}

impl Texts {
    /// The column, or one of empty texts.
    fn read(table: &Batches, column: Option<&str>) -> Result<Texts> {
        let Some(column) = column else {
            return Ok(Texts { of: vec![0; table.rows()], names: vec![String::new()] });
        };
        let (ids, names) = table.ids(column)?;
        let mut all = Names::new();
        all.intern("");
        let to: Vec<u32> = names.iter().map(|name| all.intern(name)).collect();
        let (sorted, place) = all.sorted();
        let number = |id: &u32| if *id == NONE { place[0] } else { place[to[*id as usize] as usize] };
        Ok(Texts { of: ids.iter().map(number).collect(), names: sorted.to_vec() })
    }

    /// The text of a row; nothing where it is empty.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        Some(self.names[self.of[row] as usize].as_str()).filter(|text| !text.is_empty())
    }
}

/// The candidates as read.
pub(super) struct Read {
    /// Account ids, sorted.
    pub(super) customers: Vec<String>,
    /// The customer of each row; rows without one, or without a value, are not here.
    pub(super) person: Vec<u32>,
    /// The rows of the other columns.
    pub(super) row: Vec<u32>,
    pub(super) offer: Texts,
    pub(super) channel: Texts,
    pub(super) slot: Texts,
    pub(super) segment: Texts,
    pub(super) household: Texts,
    /// Ten-thousandths of the currency unit, as `row` counts.
    pub(super) value: Vec<i64>,
    pub(super) cost: Vec<i64>,
    /// By customer.
    pub(super) left_out: Vec<Option<LeftOut>>,
    pub(super) persons: Persons,
    /// Room of those who are held back as control and would have some otherwise, by customer.
    pub(super) held_back: Vec<u16>,
}

impl PlanContacts {
    pub(super) fn read(&self, cx: &mut Context) -> Result<Read> {
        let stage = self.candidates.0.as_str();
        let path = cx.input(stage).table(MAIN)?;
        let mut columns = vec!["customer"];
        for (_, column) in self.columns() {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let shape = Batches { schema: read_schema(&path)?, batches: Vec::new() };
        for column in &columns {
            column_of(&shape, stage, column)?;
        }
        let table = Batches::read_coded(&path, &columns)?;
        cx.made.rows_in = table.rows() as u64;
        let (ids, names) = table.ids("customer")?;
        let (names, place) = names.sorted();
        let of = |id: &u32| if *id == NONE { NONE } else { place[*id as usize] };
        let (ids, customers) = of_one_form(cx, stage, (ids.iter().map(of).collect(), names.to_vec()));
        let (values, costs) = (table.numbers(&self.value)?, self.cost.as_ref().map(|cost| table.numbers(cost)));
        let costs = costs.transpose()?;
        let amount = |what: &str, row: usize, number: f64| -> Result<i64> {
            if number.abs() > LARGEST || (what == "cost" && number < 0.0) {
                let least = if what == "cost" { 0.0 } else { -LARGEST };
                let found =
                    format!("row {} of `{stage}` has a {what} of {number}; it is from {least} to {LARGEST}", row + 1);
                return Problem::new(&codes::BAD_DATA, found).err();
            }
            Ok((number * UNIT).round() as i64)
        };
        let mut read = Read {
            customers,
            person: Vec::with_capacity(ids.len()),
            row: Vec::with_capacity(ids.len()),
            offer: Texts::read(&table, Some(&self.offer))?,
            channel: Texts::read(&table, self.channel.as_deref())?,
            slot: Texts::read(&table, self.slot.as_deref())?,
            segment: Texts::read(&table, self.segment.as_deref())?,
            household: Texts::read(&table, self.household.as_deref())?,
            value: Vec::with_capacity(ids.len()),
            cost: Vec::with_capacity(ids.len()),
            left_out: Vec::new(),
            persons: Persons { household: Vec::new(), room: Vec::new(), household_room: Vec::new() },
            held_back: Vec::new(),
        };
        let (mut aside, mut tiny, mut no_cost) = (0u64, 0u64, 0u64);
        let costs_count = self.budget.is_some() || self.limits.iter().any(|limit| limit.costs);
        let mut measured = self.measured.as_ref().map(|of| of.read(cx, &read.offer.names)).transpose()?;
        for (row, id) in ids.iter().enumerate() {
            let Some(offer) = read.offer.get(row).filter(|_| *id != NONE) else {
                aside += 1;
                continue;
            };
            let cost = costs.as_ref().map_or(0.0, |costs| costs[row]);
            // What costs nobody knows what would get around the budget.
            let unknown_cost = cost.is_nan() && costs_count;
            let value = match (values[row], &mut measured) {
                (own, Some(measured)) if own.is_nan() && !unknown_cost => measured.value(offer, cost),
                (own, _) => Some(own).filter(|own| own.is_finite()),
            };
            let Some(value) = value else {
                aside += 1;
                continue;
            };
            if unknown_cost {
                no_cost += 1;
                continue;
            }
            read.person.push(*id);
            read.row.push(row as u32);
            let counted = amount("value", row, value)?;
            tiny += u64::from(counted == 0 && value > 0.0);
            read.value.push(counted);
            read.cost.push(if cost.is_nan() { 0 } else { amount("cost", row, cost)? });
        }
        if let Some(measured) = &measured {
            measured.tell(cx, stage);
        }
        if aside > 0 {
            cx.note(say::SET_ASIDE.with([("rows", aside.into()), ("stage", stage.into())]));
        }
        if no_cost > 0 {
            cx.note(say::NO_COST.with([("rows", no_cost.into()), ("stage", stage.into())]));
        }
        cx.metric("set_aside", (aside + no_cost) as f64);
        if tiny > 0 {
            cx.note(say::TINY.with([("rows", tiny.into()), ("stage", stage.into())]));
        }
        self.leave_out(cx, &mut read)?;
        Ok(read)
    }

    /// Finds who is left out, and how many contacts everybody else may get.
    fn leave_out(&self, cx: &mut Context, read: &mut Read) -> Result<()> {
        let count = read.customers.len();
        let directory = Directory::of(read.customers.iter().cloned());
        let suppressed = self.suppressed(cx, &read.customers, &directory)?;
        let (recent, latest) = match &self.history {
            Some(history) => self.earlier(cx, history, &read.customers, &directory)?,
            None => (vec![0; count], vec![None; count]),
        };
        let begin = match &self.cool_down {
            Some(span) => Some(cx.as_of()?.midnight() - span.days() * DAY),
            None => None,
        };
        let cooling = |person: usize| begin.zip(latest[person]).is_some_and(|(begin, latest)| latest >= begin);
        let each = self.contacts_each.get();
        let room = |person: usize| match self.window_contacts {
            Some(most) => most.get().saturating_sub(recent[person]).min(each),
            None => each,
        };
        read.persons.household = households(read);
        let units = units(read);
        let day = cx.as_of().map_or(0, Date::days);
        let draw = holdout(self.control, &self.salt, self.rotation.as_ref()).on(day);
        let global = global(cx).map(|all| all.on(day));
        let is_global = |customer: &str| global.as_ref().is_some_and(|draw| draw.of(&key(customer)) == Drawn::HeldBack);
        let drawn: Vec<Drawn> = units.iter().map(|unit| draw.of(unit)).collect();
        read.left_out = (0..count)
            .map(|person| match () {
                () if suppressed[person] => Some(LeftOut::Suppressed),
                () if is_global(&read.customers[person]) => Some(LeftOut::GlobalControl),
                () if drawn[person] == Drawn::WashingOut => Some(LeftOut::WashingOut),
                () if drawn[person] == Drawn::HeldBack => Some(LeftOut::Control),
                () if cooling(person) => Some(LeftOut::CoolDown),
                () if room(person) == 0 => Some(LeftOut::ContactLimit),
                () => None,
            })
            .collect();
        let of = |person: usize| room(person) as u16;
        let free = |person: usize| read.left_out[person].is_none();
        read.persons.room = (0..count).map(|person| if free(person) { of(person) } else { 0 }).collect();
        let held = |person: usize| read.left_out[person] == Some(LeftOut::Control) && !cooling(person);
        read.held_back = (0..count).map(|person| if held(person) { of(person) } else { 0 }).collect();
        // What one of a household was sent within the window, the household was sent.
        let mut sent = vec![0_u32; count];
        for (home, recent) in read.persons.household.iter().zip(&recent) {
            sent[*home as usize] = sent[*home as usize].saturating_add(*recent);
        }
        let left = |home: &u32| {
            self.household_contacts.map_or(u32::MAX, |most| most.get().saturating_sub(sent[*home as usize]))
        };
        read.persons.household_room = read.persons.household.iter().map(left).collect();
        for (person, out) in read.left_out.iter_mut().enumerate() {
            if read.persons.household_room[person] == 0 {
                out.get_or_insert(LeftOut::ContactLimit);
            }
        }
        Ok(())
    }

    /// Whom the suppression means, by customer.
    fn suppressed(&self, cx: &mut Context, customers: &[String], directory: &Directory) -> Result<Vec<bool>> {
        let mut suppressed = vec![false; customers.len()];
        let Some(stage) = &self.suppression else {
            cx.note(&say::NO_SUPPRESSION);
            return Ok(suppressed);
        };
        all_read(cx, &stage.0, &codes::SUPPRESSION_MISSING, "suppression")?;
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &["customer"])?;
        let keys = table.texts("customer")?;
        if keys.is_empty() && !self.suppression_may_be_empty {
            return Problem::new(&codes::SUPPRESSION_MISSING, format!("the suppression `{}` is empty", stage.0))
                .help(
                    "a broken export looks empty as well; if it may be empty, say suppression_may_be_empty = true"
                        .to_owned(),
                )
                .err();
        }
        all_have_keys("suppression", &stage.0, &codes::SUPPRESSION_MISSING, &keys)?;
        let named = Named::forbidden(&stage.0, &keys, directory);
        named.tell(cx, "suppression");
        named.trust(&codes::SUPPRESSION_MISSING, "suppression", &keys, (directory, false))?;
        let mut forbidden = vec![false; directory.names().len()];
        for text in keys.iter().flatten() {
            directory.all(text).into_iter().for_each(|person| forbidden[person as usize] = true);
        }
        for (place, customer) in customers.iter().enumerate() {
            suppressed[place] = directory.place(customer).is_some_and(|person| forbidden[person as usize]);
        }
        Ok(suppressed)
    }

    /// Contacts within the window, and the time of the latest contact, by customer; an error when that cannot be known.
    fn earlier(
        &self,
        cx: &mut Context,
        history: &History,
        customers: &[String],
        directory: &Directory,
    ) -> Result<(Vec<u32>, Vec<Option<i64>>)> {
        let stage = &history.from.0;
        all_read(cx, stage, &codes::BAD_DATA, "history")?;
        let path = cx.input(stage).table(MAIN)?;
        let shape = Batches { schema: read_schema(&path)?, batches: Vec::new() };
        // The ledger is whole by itself: its segments are compared with their names, and an empty one is a first night.
        let of_ledger = is_ledger(|column| shape.has(column));
        let (keys, times): (Vec<Option<String>>, Vec<Option<i64>>) = if of_ledger {
            let midnight = |day: i32| Some(Date::from_days(day).midnight());
            contacts_made(cx, stage)?.into_iter().map(|made| (Some(made.customer), midnight(made.day))).unzip()
        } else {
            for column in ["customer", &history.at] {
                column_of(&shape, stage, column)?;
            }
            let table = Batches::read(&path, &["customer", &history.at])?;
            (table.texts("customer")?, instants(cx, &table, &history.at)?)
        };
        if keys.is_empty() && !self.history_may_be_empty && !of_ledger {
            return Problem::new(&codes::BAD_DATA, format!("the history `{stage}` is empty"))
                .help(
                    "a broken export looks empty as well; if it may be empty, say history_may_be_empty = true"
                        .to_owned(),
                )
                .err();
        }
        all_have_keys("history", stage, &codes::BAD_DATA, &keys)?;
        let named = Named::forbidden(stage, &keys, directory);
        named.tell(cx, "history");
        if !of_ledger {
            named.trust(&codes::BAD_DATA, "history", &keys, (directory, false))?;
        }
        let today = cx.as_of()?.midnight();
        let rows = keys.iter().zip(times);
        let made = rows.map(|(key, time)| (directory.all(key.as_deref().unwrap_or_default()), time));
        let contacts = Contacts::of(made, directory.names().len(), today - self.window.days() * DAY, today);
        if contacts.undated > 0 {
            cx.note(say::UNDATED.with([("rows", contacts.undated.into()), ("stage", stage.as_str().into())]));
        }
        let of = |customer: &String| directory.place(customer).map(|person| person as usize);
        let recent = customers.iter().map(|customer| of(customer).map_or(0, |person| contacts.recent[person]));
        let latest = customers.iter().map(|customer| contacts.latest[of(customer)?]);
        Ok((recent.collect(), latest.collect()))
    }
}

/// Refuses a source one of whose rows does not say whom it means.
fn all_have_keys(what: &str, stage: &str, code: &'static Code, keys: &[Option<String>]) -> Result<()> {
    let blank = |key: &Option<String>| key.as_deref().is_none_or(|key| key.trim().is_empty());
    match keys.iter().position(blank) {
        None => Ok(()),
        Some(row) => Problem::new(code, format!("row {} of the {what} `{stage}` has no customer", row + 1))
            .help("whom it means is not known, so nobody is planned: correct the row or take it out".to_owned())
            .err(),
    }
}

/// Contacts made before, by person.
struct Contacts {
    /// Those within the window.
    recent: Vec<u32>,
    /// The time of the latest one.
    latest: Vec<Option<i64>>,
    /// Rows without a date.
    undated: u64,
}

impl Contacts {
    /// Counts rows, each with all whom it could mean. What is dated today or later counts as made: it is on its way. What has no date may be
    /// of today.
    fn of(rows: impl Iterator<Item = (Vec<u32>, Option<i64>)>, persons: usize, begin: i64, today: i64) -> Contacts {
        let mut made = Contacts { recent: vec![0; persons], latest: vec![None; persons], undated: 0 };
        for (meant, time) in rows {
            made.undated += u64::from(time.is_none());
            let time = time.unwrap_or(today);
            for person in meant {
                let person = person as usize;
                made.recent[person] += u32::from(time >= begin);
                made.latest[person] = made.latest[person].max(Some(time));
            }
        }
        made
    }
}

/// Each customer's household, numbered by its first customer; of several households the first by name counts. Names that differ in spelling alone,
/// such as `H1` and ` h1`, are one household.
fn households(read: &Read) -> Vec<u32> {
    let mut forms: BTreeMap<String, u32> = BTreeMap::new();
    let mut form = |name: &String| {
        let next = forms.len() as u32;
        *forms.entry(key(name)).or_insert(next)
    };
    let form: Vec<u32> = read.household.names.iter().map(&mut form).collect();
    let count = read.customers.len();
    let mut named = vec![NONE; count];
    for (person, row) in read.person.iter().zip(&read.row) {
        let (named, home) = (&mut named[*person as usize], read.household.of[*row as usize]);
        let given = !read.household.names[home as usize].is_empty();
        // The smallest name, so that the order of the rows does not matter.
        if given && (*named == NONE || home < *named) {
            *named = home;
        }
    }
    let mut first = vec![NONE; read.household.names.len()];
    let of = |(person, home): (usize, u32)| match home {
        NONE => person as u32,
        home => {
            let first = &mut first[form[home as usize] as usize];
            *first = (*first).min(person as u32);
            *first
        }
    };
    named.into_iter().enumerate().map(of).collect()
}

/// Whom the control group is drawn by: each customer's household, or the customer.
fn units(read: &Read) -> Vec<String> {
    let mut names: BTreeMap<u32, &str> = BTreeMap::new();
    for (person, row) in read.person.iter().zip(&read.row) {
        if let Some(name) = read.household.get(*row as usize) {
            let name_of = names.entry(read.persons.household[*person as usize]).or_insert(name);
            *name_of = (*name_of).min(name);
        }
    }
    let of = |(customer, home): (&String, &u32)| unit_of(customer, names.get(home).copied());
    read.customers.iter().zip(&read.persons.household).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_without_a_date_and_of_later_days_count() {
        let rows =
            [(vec![0], Some(5)), (vec![0], Some(95)), (vec![1, 2], None), (vec![3], Some(120)), (vec![], Some(99))];
        let made = Contacts::of(rows.into_iter(), 5, 90, 100);
        assert_eq!((made.recent, made.undated), (vec![1, 1, 1, 1, 0], 1));
        assert_eq!(made.latest, [Some(95), Some(100), Some(100), Some(120), None]);
    }
}
