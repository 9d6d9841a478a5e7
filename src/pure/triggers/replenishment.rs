//! Items that are about to be used up.

use super::fits::{ln_gap, ln_pieces};
use super::ground::Ground;
use super::occurrence::Occurrence;
use super::purchases::{by_item, stretches};
use super::rule::Rule;

/// From the 40 % to the 70 % point of the gaps after the last purchase of an item that the person bought twice or that many bought again;
/// over when the person buys it.
pub(super) fn find(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    for (item, all) in by_item(ground.shop.known, person) {
        stretches(&all, ground.through, |from, until, days| {
            let last = days[days.len() - 1];
            let fit = ground.fits.at(last.day + 1);
            // Before the first fit nothing is known of gaps.
            if fit.night > last.day + 1 && fit.night > ground.from {
                return;
            }
            let many = fit.items.get(&item);
            let Some(gaps) = many.or(fit.all.as_ref()).filter(|_| many.is_some() || days.len() >= 2) else { return };
            let own: Vec<f64> = days
                .windows(2)
                .map(|pair| ln_gap(pair[0].day, pair[1].day) - fit.power * ln_pieces(pair[0].quantity))
                .collect();
            let (begin, end) = gaps.window_of(&own, ln_pieces(last.quantity), fit.power);
            let due = from.max(last.day + begin + rule.wait);
            let expires = last.day + end.max(begin) + rule.wait;
            let cause = last.day;
            found.push(Occurrence {
                rule: 0,
                person,
                subject: item,
                cause,
                due,
                expires,
                over: until,
                score: gaps.again,
            });
        });
    }
}
