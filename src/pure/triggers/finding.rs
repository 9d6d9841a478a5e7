//! All occurrences of rules, by whichever file finds those of each.

use rayon::prelude::*;

use super::ground::Ground;
use super::occurrence::Occurrence;
use super::rule::Rule;
use super::table::Finder;
use super::{baskets, dated, lapse, prices, replenishment, scores};

impl Ground<'_> {
    /// All occurrences of the rules that are due on or after the first night, by person, rule, day, cause and subject. Those that are due
    /// after the night of the run are among them, where their cause is known. What a night finds, later nights find too.
    pub fn occurrences(&self, rules: &[Rule]) -> Vec<Occurrence> {
        let people = 0..self.shop.people.len() as u32;
        people.into_par_iter().flat_map_iter(|person| self.of_person(rules, person)).collect()
    }

    fn of_person(&self, rules: &[Rule], person: u32) -> Vec<Occurrence> {
        let mut all = Vec::new();
        for (place, rule) in rules.iter().enumerate() {
            let begin = all.len();
            let find: fn(&Ground, &Rule, u32, &mut Vec<Occurrence>) = match rule.trigger.found_by {
                Finder::FirstBasket => baskets::first,
                Finder::BigBasket => baskets::big,
                Finder::NoOrder => lapse::find,
                Finder::NoSecondOrder => lapse::second_order,
                Finder::UsedUp => replenishment::find,
                Finder::CheaperItem => prices::find,
                Finder::Rows => dated::find,
                Finder::YearlyRows => dated::yearly,
                Finder::LowValue => scores::low,
                Finder::OtherSubject => scores::change,
                Finder::FallenValue => scores::fall,
            };
            find(self, rule, person, &mut all);
            all[begin..].iter_mut().for_each(|found| found.rule = place as u32);
        }
        all.retain(|found| found.due >= self.from && found.due <= found.expires && found.due < found.over);
        all.sort_by_key(|found| (found.rule, found.due, found.cause, found.subject, found.expires, found.over));
        all
    }
}
