//! What candidates without a value are worth by measurement: what closed lists of their offer's type brought.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say;
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::report::{Unit, Value};
use crate::stage::setting::Share;
use crate::stage::{Context, Finding, MAIN, Upstream};
use crate::tables::layouts::campaign_results::{CAMPAIGN_RESULTS, CAMPAIGN_TYPES};

/// Closed lists that a type has at least: of one list nobody knows how much lists of the type differ.
const LEAST_LISTS: i64 = 2;

/// Effects that were measured, for candidates without a value.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasuredEffects {
    /// The `measure-campaign` stage; its primary outcome is revenue or margin.
    pub(super) from: Upstream,
    /// The type of campaign of each offer, as `types` of that stage has it, such as `{ voucher = "discount" }`. Types with fewer than two
    /// closed lists give no value.
    pub(super) types: BTreeMap<String, String>,
    /// The margin as a share of revenue, above 0 and up to 1, where the primary outcome is revenue.
    #[serde(default)]
    pub(super) margin: Option<Share>,
}

/// What a contact of a type is expected to bring.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Expected {
    /// In the currency, before the contact's cost.
    worth: f64,
    lists: i64,
}

/// The values of rows without one, by offer.
pub(super) struct MeasuredValues<'a> {
    settings: &'a MeasuredEffects,
    of_type: BTreeMap<String, Expected>,
    /// Rows without a value, by offer.
    rows: BTreeMap<String, u64>,
}

impl MeasuredEffects {
    /// What is wrong with the settings by themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.types.is_empty() {
            findings.push(
                Finding::at("measured.types", "names no offer, so `measured` has no effect")
                    .help("name the type of each offer, such as { voucher = \"discount\" }"),
            );
        }
        let blank = |(offer, of): &(&String, &String)| offer.trim().is_empty() || of.trim().is_empty();
        if self.types.iter().any(|row| blank(&row)) {
            findings.push(Finding::at("measured.types", "an offer or a type is empty"));
        }
        if self.margin.is_some_and(|margin| margin.get() == 0.0) {
            findings.push(
                Finding::at("measured.margin", "is 0, so no contact could be worth its cost")
                    .help("give the margin as a share of revenue, such as 0.4"),
            );
        }
        findings
    }

    /// Reads what lists of each type brought; `offers` are those that rows have.
    ///
    /// # Errors
    /// When the effects are no money, or revenue without a margin; when an offer is written almost as one that rows have.
    pub(super) fn read(&self, cx: &mut Context, offers: &[String]) -> Result<MeasuredValues<'_>> {
        self.check_offers(cx, offers)?;
        let share = self.share(cx)?;
        let table = cx.read(&self.from.0, "pooled", &CAMPAIGN_TYPES)?;
        let (types, lists) = (table.texts("type")?, table.integers("lists")?);
        let expected = table.numbers("expected")?;
        let of_type = (0..types.len()).filter_map(|row| {
            let expected = Expected { worth: expected[row] * share, lists: lists[row]? };
            Some((types[row].clone()?, expected))
        });
        let of_type = of_type.collect();
        Ok(MeasuredValues { settings: self, of_type, rows: BTreeMap::new() })
    }

    /// What of an effect is margin.
    fn share(&self, cx: &mut Context) -> Result<f64> {
        let stage = self.from.0.as_str();
        let results = cx.read(stage, MAIN, &CAMPAIGN_RESULTS)?;
        let (outcomes, roles) = (results.texts("outcome")?, results.texts("role")?);
        let primary = roles.iter().position(|role| role.as_deref() == Some("primary"));
        let outcome = primary.and_then(|row| outcomes[row].as_deref());
        let refused = |found: String, help: &str| Problem::new(&codes::BAD_DATA, found).help(help.to_owned()).err();
        match (outcome, self.margin) {
            (Some("revenue"), None) => refused(
                format!("the primary outcome of `{stage}` is revenue, and what of it is margin is not known"),
                "give `margin` in `measured`, such as margin = 0.4, or measure with primary = \"margin\"",
            ),
            (Some("margin"), margin) => {
                if margin.is_some() {
                    cx.note(say::MARGIN_UNUSED.with([("stage", stage.into())]));
                }
                Ok(1.0)
            }
            // Without any result there is no effect either.
            (Some("revenue") | None, margin) => Ok(margin.map_or(1.0, Share::get)),
            (Some(outcome), _) => refused(
                format!("the primary outcome of `{stage}` is {outcome}, which is no money"),
                "set its `primary` to \"revenue\" or \"margin\", or leave `measured` out",
            ),
        }
    }

    /// Refuses an offer that no row has and that is written almost as one that rows have; what is not there at all is noted.
    fn check_offers(&self, cx: &mut Context, offers: &[String]) -> Result<()> {
        let names = || offers.iter().map(String::as_str).filter(|name| !name.is_empty());
        for offer in self.types.keys().filter(|offer| names().all(|name| name != offer.as_str())) {
            if let Some(near) = did_you_mean(offer, names().filter(|name| !self.types.contains_key(*name))) {
                let found = format!("`measured` names the offer `{offer}`, which no row has");
                return Problem::new(&codes::BAD_DATA, found).help(format!("did you mean `{near}`?")).err();
            }
            cx.note(say::NO_SUCH_OFFER.with([("offer", offer.as_str().into())]));
        }
        Ok(())
    }
}

impl MeasuredValues<'_> {
    /// The value of a row without one, by its offer and cost; nothing where no effect was measured.
    pub(super) fn value(&mut self, offer: &str, cost: f64) -> Option<f64> {
        let of = self.settings.types.get(offer)?;
        *self.rows.entry(offer.to_owned()).or_default() += 1;
        // What costs nothing that is known costs nothing, as in limits.
        let cost = if cost.is_nan() { 0.0 } else { cost };
        Some(self.usable(of)?.worth - cost)
    }

    fn usable(&self, of: &str) -> Option<Expected> {
        self.of_type.get(of).copied().filter(|expected| expected.lists >= LEAST_LISTS)
    }

    /// Says which rows got a value, by offer, and which did not.
    pub(super) fn tell(&self, cx: &mut Context, stage: &str) {
        let mut given = 0;
        for (offer, rows) in &self.rows {
            let of = &self.settings.types[offer];
            let count = ("rows", Value::from(*rows));
            let (named, of_type) = (("offer", offer.as_str().into()), ("type", of.as_str().into()));
            if let Some(expected) = self.usable(of) {
                given += rows;
                let worth = ("value", Value::Number(expected.worth, Unit::Number(4)));
                cx.note(say::MEASURED.with([count, named, of_type, worth, ("lists", (expected.lists as u64).into())]));
                continue;
            }
            let others = self.of_type.keys().map(String::as_str);
            let near = if self.of_type.contains_key(of) { None } else { did_you_mean(of, others) };
            cx.note(match near {
                Some(near) => say::UNKNOWN_TYPE.with([count, named, of_type, ("near", near.into())]),
                None => say::FEW_LISTS.with([count, named, of_type]),
            });
        }
        if self.rows.is_empty() {
            cx.note(say::ALL_VALUED.with([("stage", stage.into())]));
        }
        cx.metric("measured", given as f64);
    }
}
