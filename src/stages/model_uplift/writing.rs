//! The tables of effects, judgements and verdicts.

use super::{Found, UPLIFT, UPLIFT_CHOICE, UPLIFT_DECILES, UPLIFT_JUDGED, UPLIFT_VERDICT, refused, say};
use crate::diagnostics::Result;
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::uplift::judging::{Areas, Judged, Scorer};
use crate::uplift::policy::Estimate;
use crate::uplift::rate::Rate;
use crate::uplift::shrinking::Shrunk;

/// Rows of equal weight below which a note says that an arm's verdict rests on few.
const FEW: f64 = 1_000.0;

impl Found {
    pub(super) fn write(&self, cx: &mut Context, control: &str) -> Result<()> {
        self.write_effects(cx, control)?;
        self.write_judged(cx)?;
        self.write_verdicts(cx)?;
        self.write_choice(cx)?;
        self.write_deciles(cx)
    }

    fn write_effects(&self, cx: &mut Context, control: &str) -> Result<()> {
        let (customers, arms) = (self.scored.customers.len(), self.read.offers.len());
        let mut said = Vec::with_capacity(arms);
        for arm in 1..=arms as u32 {
            let found = self.crossed.said(arm, &self.scored.matrix, &self.scored.known);
            said.push(found.map_err(|error| refused(error, control, &self.read.offers))?);
        }
        let rows = || (0..customers).flat_map(move |row| (0..arms).map(move |arm| (row, arm)));
        let shrunk: Vec<Shrunk> = rows().map(|(row, arm)| self.shrinkage[arm].of(said[arm].0[row])).collect();
        let redeem = |(row, arm): (usize, usize)| said[arm].1[row];
        let mut columns = Columns::new();
        columns
            .text("customer", rows().map(|(row, _)| &self.scored.customers[row]))
            .text("offer", rows().map(|(_, arm)| &self.read.offers[arm]))
            .number("effect", rows().map(|(row, arm)| said[arm].0[row]))
            .number("effect_shrunk", shrunk.iter().map(|shrunk| shrunk.effect))
            .number("effect_low", shrunk.iter().map(|shrunk| shrunk.low))
            .number("effect_high", shrunk.iter().map(|shrunk| shrunk.high))
            .number("value", rows().zip(&shrunk).map(|(at, shrunk)| self.money.gain(shrunk.effect, redeem(at))))
            .number("cost", rows().map(|at| self.money.cost(redeem(at))));
        cx.write(MAIN, &UPLIFT, &[columns.batch()])
    }

    /// Kind and name of what was judged.
    pub(super) fn name(&self, scorer: Scorer) -> (&'static str, &str) {
        match scorer {
            Scorer::Learner(place) => ("learner", self.learners[place]),
            Scorer::Rule(column) => ("column", &self.read.trial.rows().features.columns()[column].name),
            Scorer::Response => ("response", "response"),
            Scorer::Everybody => ("everybody", "everybody"),
            Scorer::Nobody => ("nobody", "nobody"),
        }
    }

    fn write_judged(&self, cx: &mut Context) -> Result<()> {
        let rows: Vec<(&String, &Judged)> = self
            .read
            .offers
            .iter()
            .zip(&self.judged)
            .flat_map(|(offer, all)| all.iter().map(move |row| (offer, row)))
            .collect();
        let area = |of: fn(&Areas) -> f64| rows.iter().map(move |(_, row)| row.areas.as_ref().map_or(f64::NAN, of));
        let rate = |of: fn(&Rate) -> f64| rows.iter().map(move |(_, row)| row.rate.as_ref().map_or(f64::NAN, of));
        let money = |of: fn(&Judged) -> &Estimate| rows.iter().map(move |(_, row)| of(row));
        let value = |of: fn(&Judged) -> &Estimate| money(of).map(|estimate| estimate.value);
        let se = |of: fn(&Judged) -> &Estimate| money(of).map(Estimate::se);
        let mut columns = Columns::new();
        columns
            .text("offer", rows.iter().map(|(offer, _)| offer))
            .text("kind", rows.iter().map(|(_, row)| self.name(row.scorer).0))
            .text("name", rows.iter().map(|(_, row)| self.name(row.scorer).1))
            .boolean("used", rows.iter().map(|(_, row)| row.scorer == Scorer::Learner(0)))
            .maybe_number("qini", area(|areas| areas.qini))
            .maybe_number("qini_se", area(|areas| areas.qini_se))
            .maybe_number("auuc", area(|areas| areas.auuc))
            .maybe_number("auuc_se", area(|areas| areas.auuc_se))
            .maybe_number("autoc", rate(|rate| rate.autoc))
            .maybe_number("autoc_se", rate(|rate| rate.autoc_se))
            .maybe_number("rate_qini", rate(|rate| rate.qini))
            .maybe_number("rate_qini_se", rate(|rate| rate.qini_se))
            .number("share", rows.iter().map(|(_, row)| row.share))
            .number("value", value(|row| &row.value))
            .number("value_se", se(|row| &row.value))
            .number("gain", value(|row| &row.gain))
            .number("gain_se", se(|row| &row.gain))
            .number("over_chance", value(|row| &row.over_chance))
            .number("over_chance_se", se(|row| &row.over_chance))
            .number("over_everybody", value(|row| &row.over_everybody))
            .number("over_everybody_se", se(|row| &row.over_everybody));
        cx.write("judged", &UPLIFT_JUDGED, &[columns.batch()])
    }

    fn write_verdicts(&self, cx: &mut Context) -> Result<()> {
        let customers = self.read.trial.customers_by_arm();
        for (offer, verdict) in
            self.read.offers.iter().zip(&self.verdicts).filter(|(_, verdict)| verdict.effective < FEW)
        {
            cx.note(
                say::FEW.with([("offer", offer.as_str().into()), ("rows", (verdict.effective.round() as u64).into())]),
            );
        }
        let (all, shrinkage) = (&self.verdicts, &self.shrinkage);
        let mut columns = Columns::new();
        columns
            .text("offer", &self.read.offers)
            .text("advice", all.iter().map(|verdict| verdict.advice.name()))
            .integer("customers", customers[1..].iter().map(|&count| count as i64))
            .integer("control", all.iter().map(|_| customers[0] as i64))
            .number("effective", all.iter().map(|verdict| verdict.effective))
            .number("effect", shrinkage.iter().map(|shrinkage| shrinkage.mean))
            .number("effect_se", shrinkage.iter().map(|shrinkage| shrinkage.mean_se))
            .number("everybody", all.iter().map(|verdict| verdict.everybody.value))
            .number("everybody_low", all.iter().map(|verdict| verdict.everybody.low))
            .number("everybody_high", all.iter().map(|verdict| verdict.everybody.high))
            .number("ranking", all.iter().map(|verdict| verdict.ranking.value))
            .number("ranking_low", all.iter().map(|verdict| verdict.ranking.low))
            .number("ranking_high", all.iter().map(|verdict| verdict.ranking.high))
            .number("last_fifth", all.iter().map(|verdict| verdict.last_fifth.value))
            .number("last_fifth_low", all.iter().map(|verdict| verdict.last_fifth.low))
            .number("last_fifth_high", all.iter().map(|verdict| verdict.last_fifth.high))
            .number("share", all.iter().map(|verdict| verdict.share))
            .number("targeted", all.iter().map(|verdict| verdict.targeted.value))
            .number("targeted_low", all.iter().map(|verdict| verdict.targeted.low))
            .number("targeted_high", all.iter().map(|verdict| verdict.targeted.high))
            .number("promised_mean", shrinkage.iter().map(|shrinkage| shrinkage.of_mean))
            .number("promised_differences", shrinkage.iter().map(|shrinkage| shrinkage.of_differences));
        cx.write("verdict", &UPLIFT_VERDICT, &[columns.batch()])
    }

    fn write_choice(&self, cx: &mut Context) -> Result<()> {
        let rows = || self.choice.iter();
        let mut columns = Columns::new();
        columns
            .text("best", rows().map(|choice| &self.read.offers[choice.best as usize - 1]))
            .number("gain", rows().map(|choice| choice.gain.value))
            .number("gain_low", rows().map(|choice| choice.gain.low))
            .number("gain_high", rows().map(|choice| choice.gain.high))
            .boolean("shown", rows().map(|choice| choice.shown));
        cx.write("choice", &UPLIFT_CHOICE, &[columns.batch()])
    }

    fn write_deciles(&self, cx: &mut Context) -> Result<()> {
        let rows: Vec<_> = self
            .read
            .offers
            .iter()
            .zip(&self.deciles)
            .flat_map(|(offer, all)| all.iter().map(move |row| (offer, row)))
            .collect();
        let mut columns = Columns::new();
        columns
            .text("offer", rows.iter().map(|(offer, _)| offer))
            .integer("decile", rows.iter().map(|(_, row)| i64::from(row.decile)))
            .integer("rows", rows.iter().map(|(_, row)| row.rows as i64))
            .number("estimated", rows.iter().map(|(_, row)| row.estimated))
            .number("promised", rows.iter().map(|(_, row)| row.promised))
            .number("realised", rows.iter().map(|(_, row)| row.realised))
            .number("realised_se", rows.iter().map(|(_, row)| row.realised_se));
        cx.write("deciles", &UPLIFT_DECILES, &[columns.batch()])
    }
}
