//! `plan-contacts`: which customer gets which offer, by which channel and when, within budget, capacities, quotas and shares.
//!
//! [`settings`] has what can be set; [`reading`] reads the candidates and leaves out who must not or cannot be contacted; [`measured`] values rows by what lists brought; [`limits`] turns
//! settings into limits; [`writing`] makes the tables and [`showing`] the section of the report.

mod limits;
mod measured;
mod reading;
mod settings;
mod showing;
mod writing;

use self::limits::{Kinds, NamedLimit};
use self::reading::Read;
use self::settings::PlanContacts;
use super::examples;
use super::select_targets::CONTROL_SHARE;
use super::words::plan_contacts as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::planning::{Candidates, Change, Choices, Limit, Persons, Plan, PlanError, Why, plan};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::campaign_results::CAMPAIGN_TYPES;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::plan::{PLAN_CERTIFICATE, PLAN_LIMITS, PLAN_OUTCOMES, PLANNED_CONTACTS};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "plan-contacts",
    version: 3,
    meaning: "Plans who gets which offer, by which channel and when: most value within budget, capacities, quotas and shares, with a proven bound, prices of limits and a reason for everybody who gets nothing.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.options]
kind = "sql"
inputs = ["features"]
query = "SELECT customer, 'mail' AS offer, 0.02 * money_365d - 0.9 AS value, 0.9 AS cost FROM features UNION ALL SELECT customer, 'news', 0.005 * money_365d, 0.01 FROM features ORDER BY customer, offer"
columns = { customer = "text", offer = "text", value = "number", cost = "number" }

[stage.contact_plan]
kind = "plan-contacts"
candidates = "options"
cost = "cost"
budget = 500
limits = [{ offer = "mail", at_most = 300 }]
"#,
    ],
    read: read_as::<PlanContacts>,
    schema: schema_of::<PlanContacts>,
};

/// What a run found.
struct Planned {
    read: Read,
    choices: Choices,
    limits: Vec<NamedLimit>,
    plan: Plan,
    /// Of each limit, its bounds 10 % lower and higher; nothing where a bound cannot move.
    changes: Vec<[Option<Change>; 2]>,
    /// Customers with candidates and without a contact, by number.
    without: Vec<(u32, Why)>,
    /// The rows, as they were read, that persons held back would have got at the plan's prices.
    ghosts: Vec<usize>,
}

impl Stage for PlanContacts {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.candidates.input("candidates", Need::Table(&CUSTOMERS))];
        inputs.extend(self.history.iter().map(|history| history.from.input("history", Need::Table(&CUSTOMERS))));
        let pooled = Need::Also("pooled", &CAMPAIGN_TYPES);
        inputs.extend(self.measured.iter().map(|measured| measured.from.input("measured", pooled)));
        inputs.extend(self.suppression.iter().map(|stage| stage.input("suppression", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&PLANNED_CONTACTS)
            .and("outcomes", &PLAN_OUTCOMES)
            .and("limits", &PLAN_LIMITS)
            .and("certificate", &PLAN_CERTIFICATE)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.column_findings(known)
    }

    fn leaves_out_global(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let read = self.read(cx)?;
        self.check_names(cx, &read)?;
        let kinds = Kinds::of(&read)?;
        let limits = self.named_limits(&kinds, &read);
        let candidates = Candidates {
            person: read.person.clone(),
            kind: kinds.of,
            slot: kinds.slot,
            value: read.value.clone(),
            cost: read.cost.clone(),
        };
        let of_held = read.held_back.iter().any(|room| *room > 0).then(|| candidates.clone());
        let choices = Choices::new(candidates, &read.persons, kinds.parts.len()).map_err(refused)?;
        let pure: Vec<Limit> = limits.iter().map(|limit| limit.limit.clone()).collect();
        let plan = plan(&choices, &pure).map_err(refused)?;
        let mut changes = Vec::with_capacity(limits.len());
        for (place, limit) in limits.iter().enumerate() {
            let others = limit.ten_percent();
            let bounds: Vec<i64> = others.iter().flatten().copied().collect();
            let mut found = plan.with_bounds(&choices, &pure, place, &bounds).map_err(refused)?.into_iter();
            changes.push(others.map(|other| other.and_then(|_| found.next())));
        }
        let without = plan.without(&choices);
        let ghosts = match of_held {
            Some(candidates) => {
                let persons = Persons { room: read.held_back.clone(), ..read.persons.clone() };
                let held = Choices::new(candidates, &persons, kinds.parts.len()).map_err(refused)?;
                plan.at_prices(&held).into_iter().map(|ghost| held.row(ghost)).collect()
            }
            None => Vec::new(),
        };
        let planned = Planned { read, choices, limits, plan, changes, without, ghosts };
        cx.metric(CONTROL_SHARE, self.control.get());
        planned.write(cx)?;
        planned.tell(cx);
        planned.show(cx);
        Ok(())
    }
}

fn refused(error: PlanError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}
