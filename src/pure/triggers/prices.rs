//! Items bought a short time ago that cost less now.

use super::ground::Ground;
use super::occurrence::{NEVER, Occurrence};
use super::purchases::stretches;
use super::rule::Rule;
use crate::numeric::calendar::day_of;

/// Purchase days whose items count.
const RECENT: usize = 3;

/// An item of the last three purchase days costs less; of several the one whose price fell most. What was bought on that very day has been
/// bought at that price.
pub(super) fn find(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    let lines = ground.shop.known.lines(person);
    let place = |day: i64| lines.time.partition_point(|&time| day_of(time) < day);
    stretches(&ground.shop.people[person as usize], ground.through, |from, until, days| {
        let recent = &days[days.len().saturating_sub(RECENT)..];
        let mut falls: Vec<(i64, u32, f64)> = Vec::new();
        for purchase in recent {
            for &item in &lines.item[place(purchase.day)..place(purchase.day + 1)] {
                let Some(drops) = ground.shop.drops.get(&item) else { continue };
                let begin = drops.partition_point(|drop| drop.0 + 1 < from);
                let those = drops[begin..].iter().take_while(|drop| drop.0 + 1 < until.min(ground.through + 1));
                falls.extend(those.filter(|drop| drop.1 >= rule.level).map(|drop| (drop.0, item, drop.1)));
            }
        }
        falls.sort_by_key(|fall| (fall.0, fall.1));
        falls.dedup_by_key(|fall| (fall.0, fall.1));
        let bought = |day: i64, item: u32| lines.item[place(day)..place(day + 1)].contains(&item);
        for same in falls.chunk_by(|a, b| a.0 == b.0) {
            let open = same.iter().filter(|fall| !bought(fall.0, fall.1));
            // The first of several that fell as much.
            let most = open.reduce(|best, fall| if fall.2 > best.2 { fall } else { best });
            if let Some(&(cause, subject, score)) = most {
                let due = cause + rule.wait.max(1);
                found.push(Occurrence {
                    rule: 0,
                    person,
                    subject,
                    cause,
                    due,
                    expires: due + rule.expiry,
                    over: NEVER,
                    score,
                });
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::small::{days, found as find, orders};

    #[test]
    fn who_bought_it_a_short_time_ago_is_told_unless_it_was_bought_that_day() {
        let mut rows = vec![(0, 7, 1, 1, 10), (1, 7, 5, 1, 10), (2, 7, 9, 1, 10), (3, 8, 9, 1, 10), (1, 7, 20, 1, 8)];
        let rule = Rule::usual("price_drop").expect("a trigger");
        let all = find(&rule, &orders(4, &rows), Vec::new(), 0, 30);
        assert_eq!(all.iter().map(|one| (one.person, one.subject)).collect::<Vec<_>>(), [(0, 7), (2, 7)]);
        assert_eq!(days(&all), [(20, 21, 28); 2]);
        assert!((all[0].score - 0.2).abs() < 1e-12);
        // Three purchase days of other items later it is forgotten.
        rows.extend([(0, 9, 10, 1, 1), (0, 9, 11, 1, 1), (0, 9, 12, 1, 1)]);
        assert_eq!(find(&rule, &orders(4, &rows), Vec::new(), 0, 30).len(), 1);
    }
}
