//! What triggers look at: the shop as it is known, what was fitted to its past, and the nights that are looked at.

use rayon::prelude::*;

use super::drops::{Drops, drops};
use super::fits::{Fits, Needed};
use super::occurrence::NEVER;
use super::purchases::{Purchase, purchases};
use super::rule::Rule;
use super::table::Needs;
use crate::numeric::calendar::day_of;
use crate::orders::{AsOf, NONE};

/// A dated row of a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DatedRow {
    /// The person's number.
    pub person: u32,
    /// The day that it is about.
    pub day: i64,
    /// The day on which the shop knew, which later nights know; `i64::MIN` where it was always known.
    pub known: i64,
    /// What it is about, by number; [`NONE`] where about nothing.
    pub subject: u32,
    /// The day on which it ended, such as that on which a complaint was closed; [`NEVER`] while it is open.
    pub ends: i64,
    /// A rating or score; NaN without.
    pub value: f64,
    /// The standard error of the score; NaN without.
    pub error: f64,
}

impl DatedRow {
    /// A row that is known on its own day.
    pub fn new(person: u32, day: i64) -> DatedRow {
        DatedRow { person, day, known: day, subject: NONE, ends: NEVER, value: f64::NAN, error: f64::NAN }
    }
}

/// The shop, for a run of triggers.
pub struct Shop<'a> {
    pub(super) known: AsOf<'a>,
    pub(super) people: Vec<Vec<Purchase>>,
    tables: Vec<Vec<DatedRow>>,
    pub(super) drops: Drops,
    settled: i64,
}

/// The shop with what was fitted for a stretch of nights.
pub struct Ground<'a> {
    pub(super) shop: &'a Shop<'a>,
    pub(super) fits: Fits,
    /// The first night that may fire.
    pub(super) from: i64,
    /// The last night: that of the run.
    pub(super) through: i64,
}

impl<'a> Shop<'a> {
    /// The orders as they are known at the midnight of the run, and tables of dated rows in any order. Models are fitted to orders that are
    /// `settled` days old, which orders that arrive late should not be.
    pub fn new(known: AsOf<'a>, mut tables: Vec<Vec<DatedRow>>, rules: &[Rule], settled: i64) -> Shop<'a> {
        let people = (0..known.customers() as u32).into_par_iter().map(|person| purchases(known, person)).collect();
        for rows in &mut tables {
            rows.sort_by(|a, b| {
                let key = |row: &DatedRow| (row.person, row.day, row.subject, row.known, row.ends);
                key(a).cmp(&key(b)).then(a.value.total_cmp(&b.value)).then(a.error.total_cmp(&b.error))
            });
        }
        let wanted = rules.iter().any(|rule| rule.trigger.name == "price_drop");
        let drops = if wanted { drops(known) } else { Drops::default() };
        Shop { known, people, tables, drops, settled }
    }

    /// The night of the run.
    pub fn night(&self) -> i64 {
        day_of(self.known.as_of())
    }

    /// The rows of a person in the table of a rule.
    pub(super) fn rows(&self, rule: &Rule, person: u32) -> &[DatedRow] {
        let Some(rows) = rule.table.and_then(|table| self.tables.get(table)) else { return &[] };
        let from = rows.partition_point(|row| row.person < person);
        let until = rows.partition_point(|row| row.person <= person);
        &rows[from..until]
    }

    /// The ground on which rules are tried from a night to that of the run.
    pub fn ground(&'a self, rules: &[Rule], from: i64) -> Ground<'a> {
        let any = |needs: Needs| rules.iter().any(|rule| rule.trigger.needs == needs);
        let needed = Needed { buying: any(Needs::Buying), items: any(Needs::Items) };
        let through = self.night();
        let fits = Fits::of(self.known, &self.people, from.min(through), through, self.settled, needed);
        Ground { shop: self, fits, from, through }
    }
}

impl Ground<'_> {
    /// What was fitted.
    pub fn fits(&self) -> &Fits {
        &self.fits
    }
}
