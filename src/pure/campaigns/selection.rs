//! From scored candidates to who is listed, who is held back as control, and what became of everybody else.
//!
//! Candidates are taken in the order of their score. Whoever passes the rules, finds a place and can be paid for is asked
//! about last: a suppressed person, or one who has not consented, gets neither a place on the list nor one in the control group (whom one must not
//! contact, one cannot measure by leaving alone), costs nothing, and the next in rank moves up. No step follows that could
//! bring the person back.

use super::contacts::Contacts;
use super::holdout::Drawn;
use super::outcome::{OUTCOMES, Outcome};
use super::settings::{SelectionSettings, SettingError};
use super::suppression::Suppression;
use crate::keys::key as normal;

/// Somebody who could be put on the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    /// The person's key, the same in every run.
    pub key: &'a str,
    /// The normal form of the key of who is contacted together, such as a household, or of the person: control groups are drawn and contacts
    /// counted by it.
    pub unit: &'a str,
    /// Higher comes first; NaN for a person without a score.
    pub score: f64,
    /// What `per_group` counts by, such as the segment or the offer.
    pub group: Option<&'a str>,
    /// The exclusion that leaves the person out, if one does.
    pub exclusion: Option<&'a str>,
    /// Whether the person consents to one of the list's channels, or the list asks for no consent.
    pub consents: bool,
    /// Cost of one contact, ten-thousandths of the currency unit, 0 or more.
    pub cost: i64,
    /// Whether the person is held back as control, where that was decided before; otherwise the draw decides.
    pub held: Option<bool>,
}

/// What became of one candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// Place among the candidates with a score who are not excluded, from 1; 0 for the others.
    pub rank: u32,
    /// Tenth of that ranking, 1 (highest scores) to 10; 0 for those without a rank.
    pub decile: u8,
    /// The exclusion's or the suppression's own words, where there are some.
    pub detail: Option<String>,
}

/// A target list with its control group and the account of every candidate.
///
/// Made by [`select`] alone, and so never without a suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    verdicts: Vec<Verdict>,
    listed: Vec<usize>,
    control: Vec<usize>,
    cost: i128,
}

impl Selection {
    /// What became of each candidate, in the order in which they were given.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The candidates on the list, by rank.
    pub fn listed(&self) -> &[usize] {
        &self.listed
    }

    /// The candidates held back as control, by rank.
    pub fn control(&self) -> &[usize] {
        &self.control
    }

    /// What the list's contacts cost, ten-thousandths of the currency unit.
    pub fn cost(&self) -> i128 {
        self.cost
    }

    /// How many candidates had each outcome, in the order of [`OUTCOMES`]; they sum to the candidates given.
    pub fn counts(&self) -> [(Outcome, u64); OUTCOMES.len()] {
        let mut counts = std::array::from_fn(|place| (OUTCOMES[place].outcome, 0));
        for verdict in &self.verdicts {
            counts[verdict.outcome as usize].1 += 1;
        }
        counts
    }
}

/// Chooses who is listed and who is held back. Adds one contact of its unit to `contacts` for each person who is listed or held back.
///
/// Equal scores go by the key, so the order of the candidates does not matter; of equal keys too, the first one given
/// goes first.
///
/// # Errors
/// All settings that cannot be.
pub fn select(
    candidates: &[Candidate],
    settings: &SelectionSettings,
    suppression: &Suppression,
    contacts: &mut Contacts,
) -> Result<Selection, Vec<SettingError>> {
    let errors = settings.check();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut verdicts: Vec<Verdict> = candidates
        .iter()
        .map(|candidate| {
            let (outcome, detail) = match candidate.exclusion {
                Some(exclusion) => (Outcome::Excluded, Some(exclusion.to_owned())),
                None => (Outcome::Unscored, None),
            };
            Verdict { outcome, rank: 0, decile: 0, detail }
        })
        .collect();
    let ranking = ranking(candidates, &mut verdicts);
    for (place, &candidate) in ranking.iter().enumerate() {
        verdicts[candidate].rank = place as u32 + 1;
        verdicts[candidate].decile = (place * 10 / ranking.len()) as u8 + 1;
    }

    let mut open = Open::of(settings, ranking.len());
    let (draw, global) = (settings.control.on(settings.day), settings.global.as_ref().map(|all| all.on(settings.day)));
    // By the person, whatever the unit: so that everybody whom the orders know can be told apart.
    let is_global = |key: &str| global.as_ref().is_some_and(|draw| draw.of(&normal(key)) == Drawn::HeldBack);
    let (mut listed, mut control, mut cost) = (Vec::new(), Vec::new(), 0i128);
    for candidate in ranking {
        let Candidate { key, unit, score, group, consents, cost: price, held, .. } = candidates[candidate];
        let drawn = || match held {
            Some(true) => Drawn::HeldBack,
            Some(false) => Drawn::Open,
            None => draw.of(unit),
        };
        let verdict = &mut verdicts[candidate];
        verdict.outcome = if settings.min_score.is_some_and(|least| score < least) {
            Outcome::BelowScore
        } else if settings.contact_limit.is_some_and(|limit| contacts.of(unit) >= limit) {
            Outcome::ContactLimit
        } else if open.places == 0 {
            Outcome::Capped
        } else if open.group_is_full(group) {
            Outcome::GroupCapped
        } else if i128::from(price) > open.budget {
            Outcome::OutOfBudget
        } else if let Some(reason) = suppression.reason(key) {
            verdict.detail = Some(reason.to_owned());
            Outcome::Suppressed
        } else if !consents {
            Outcome::NoConsent
        } else if is_global(key) {
            Outcome::GlobalControl
        } else {
            let drawn = drawn();
            if drawn == Drawn::WashingOut {
                Outcome::WashingOut
            } else {
                open.take(group);
                // Who is held back uses up a contact as well: otherwise later lists would find them less tired than the others.
                contacts.add(unit, 1);
                if drawn == Drawn::HeldBack {
                    control.push(candidate);
                    Outcome::Control
                } else {
                    open.budget -= i128::from(price);
                    cost += i128::from(price);
                    listed.push(candidate);
                    Outcome::Listed
                }
            }
        };
    }
    Ok(Selection { verdicts, listed, control, cost })
}

/// Candidates with a score and without an exclusion, best first, one for each person; further rows of a person are marked.
fn ranking(candidates: &[Candidate], verdicts: &mut [Verdict]) -> Vec<usize> {
    let eligible = |&place: &usize| candidates[place].exclusion.is_none() && !candidates[place].score.is_nan();
    let mut ranking: Vec<usize> = (0..candidates.len()).filter(eligible).collect();
    // Adding zero makes -0 equal to 0.
    let score = |place: usize| candidates[place].score + 0.0;
    ranking.sort_by(|&a, &b| {
        score(b).total_cmp(&score(a)).then_with(|| candidates[a].key.cmp(candidates[b].key)).then(a.cmp(&b))
    });
    let mut seen = std::collections::HashSet::with_capacity(ranking.len());
    ranking.retain(|&place| {
        let first = seen.insert(candidates[place].key);
        if !first {
            verdicts[place].outcome = Outcome::Repeated;
        }
        first
    });
    ranking
}

/// What can still be given away.
struct Open<'a> {
    places: u64,
    per_group: Option<u32>,
    taken: std::collections::HashMap<Option<&'a str>, u32>,
    /// Ten-thousandths of the currency unit.
    budget: i128,
}

impl<'a> Open<'a> {
    fn of(settings: &SelectionSettings, ranked: usize) -> Self {
        let top = settings.top.map_or(u64::MAX, u64::from);
        // A product a hair below a whole number, as 0.07 * 100 is not, still means that number.
        let share = settings.share.map_or(u64::MAX, |share| (share * ranked as f64 + 1e-9) as u64);
        let budget = settings.budget.map_or(i128::MAX, |budget| (budget * 10_000.0).round() as i128);
        Self { places: top.min(share), per_group: settings.per_group, taken: std::collections::HashMap::new(), budget }
    }

    fn group_is_full(&self, group: Option<&str>) -> bool {
        self.per_group.is_some_and(|most| self.taken.get(&group).copied().unwrap_or(0) >= most)
    }

    fn take(&mut self, group: Option<&'a str>) {
        self.places -= 1;
        *self.taken.entry(group).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::campaigns::{Holdout, Rotation, SuppressionTable, in_control};

    fn suppression(keys: &[&str]) -> Suppression {
        let entries = keys.iter().map(|key| ((*key).to_owned(), "objection".to_owned())).collect();
        Suppression::new(Some(SuppressionTable { entries, updated: Some(0) }), 0, 1, true).expect("fresh")
    }

    fn candidate(key: &str, score: f64) -> Candidate<'_> {
        Candidate { key, unit: key, score, group: None, exclusion: None, consents: true, cost: 10_000, held: None }
    }

    fn held(share: f64) -> Holdout {
        Holdout { share, salt: "control".to_owned(), rotation: None }
    }

    /// No control group, so that tests can be read without hashing.
    fn all_listed() -> SelectionSettings {
        SelectionSettings { control: held(0.0), ..SelectionSettings::default() }
    }

    fn names(selection: &Selection) -> Vec<&'static str> {
        selection.verdicts().iter().map(|verdict| verdict.outcome.name()).collect()
    }

    #[test]
    fn ties_go_by_key_and_suppression_wins_over_score() {
        let candidates = [candidate("b", 0.5), candidate("a", 0.5), candidate("best", 0.9), candidate("c", 0.1)];
        let settings = SelectionSettings { top: Some(2), ..all_listed() };
        let selection =
            select(&candidates, &settings, &suppression(&["best"]), &mut Contacts::new()).expect("settings");
        assert_eq!(names(&selection), ["listed", "listed", "suppressed", "capped"]);
        assert_eq!(selection.listed(), [1, 0]);
        assert_eq!(selection.verdicts()[2].detail.as_deref(), Some("objection"));
        assert_eq!(selection.verdicts().iter().map(|verdict| verdict.rank).collect::<Vec<_>>(), [3, 2, 1, 4]);
    }

    #[test]
    fn each_rule_names_whom_it_stopped() {
        let group = |key, score, group| Candidate { group: Some(group), ..candidate(key, score) };
        let candidates = [
            group("a", 0.9, "x"),
            group("b", 0.8, "x"),
            group("c", 0.7, "y"),
            candidate("tired", 0.65),
            Candidate { cost: 50_000, ..candidate("dear", 0.6) },
            candidate("e", 0.5),
            candidate("f", f64::NAN),
            Candidate { exclusion: Some("staff"), ..candidate("g", 1.0) },
            candidate("a", 0.3),
            candidate("low", 0.01),
        ];
        let settings = SelectionSettings {
            per_group: Some(1),
            budget: Some(3.0),
            contact_limit: Some(2),
            min_score: Some(0.1),
            ..all_listed()
        };
        let mut contacts = Contacts::new();
        contacts.add("tired", 2);
        let selection = select(&candidates, &settings, &suppression(&[]), &mut contacts).expect("settings");
        let silent = [Candidate { consents: false, ..candidate("silent", 0.9) }, candidate("next", 0.1)];
        let one = SelectionSettings { top: Some(1), ..all_listed() };
        let selection_of_one = select(&silent, &one, &suppression(&[]), &mut Contacts::new()).expect("settings");
        assert_eq!(names(&selection_of_one), ["no-consent", "listed"]);
        let expected = [
            "listed",
            "group-capped",
            "listed",
            "contact-limit",
            "out-of-budget",
            "listed",
            "unscored",
            "excluded",
            "repeated",
            "below-score",
        ];
        assert_eq!(names(&selection), expected);
        assert_eq!(selection.cost(), 30_000);
        assert_eq!((contacts.of("a"), contacts.of("b")), (1, 0));

        // The next list finds them contacted once, and may do so once more.
        let again = select(&candidates, &settings, &suppression(&[]), &mut contacts).expect("settings");
        assert_eq!(names(&again), expected);
        let third = select(&candidates, &settings, &suppression(&[]), &mut contacts).expect("settings");
        assert_eq!(names(&third)[..3], ["contact-limit", "listed", "contact-limit"]);
    }

    #[test]
    fn who_was_held_back_before_stays_so_and_uses_up_a_contact() {
        let decided = |key, held| Candidate { held: Some(held), ..candidate(key, 1.0) };
        let candidates = [decided("a", true), decided("b", false), decided("c", true)];
        let mut contacts = Contacts::new();
        let settings = SelectionSettings { control: held(1.0), contact_limit: Some(1), ..SelectionSettings::default() };
        let selection = select(&candidates, &settings, &suppression(&[]), &mut contacts).expect("settings");
        assert_eq!(names(&selection), ["control", "listed", "control"]);
        assert_eq!(["a", "b", "c"].map(|key| contacts.of(key)), [1; 3]);
        let later = select(&candidates, &settings, &suppression(&[]), &mut contacts).expect("settings");
        assert_eq!(names(&later), ["contact-limit"; 3]);
    }

    #[test]
    fn households_are_drawn_and_capped_as_one() {
        let keys: Vec<String> = (0..400).map(|n| format!("{n:03}")).collect();
        let homes: Vec<String> = (0..400).map(|n| format!("home {}", n / 2)).collect();
        let of_home = |(key, unit): (&'static str, &'static str)| Candidate { unit, ..candidate(key, 1.0) };
        let candidates: Vec<Candidate> =
            keys.iter().zip(&homes).map(|(key, unit)| Candidate { unit, ..candidate(key, 1.0) }).collect();
        let settings = SelectionSettings { control: held(0.3), ..SelectionSettings::default() };
        let selection = select(&candidates, &settings, &suppression(&[]), &mut Contacts::new()).expect("settings");
        for pair in selection.verdicts().chunks(2) {
            assert_eq!(pair[0].outcome, pair[1].outcome);
        }
        assert!((30..90).contains(&(selection.control().len() / 2)));
        let two = [("a", "home"), ("b", "home"), ("c", "c")].map(of_home);
        let settings = SelectionSettings { contact_limit: Some(1), ..all_listed() };
        let selection = select(&two, &settings, &suppression(&[]), &mut Contacts::new()).expect("settings");
        assert_eq!(names(&selection), ["listed", "contact-limit", "listed"]);
    }

    #[test]
    fn nobody_of_the_global_group_is_listed_or_held_back() {
        let keys: Vec<String> = (0..1_000).map(|n| format!("{n:04}")).collect();
        let candidates: Vec<Candidate> = keys.iter().map(|key| candidate(key, 1.0)).collect();
        let global = Holdout { share: 0.05, salt: "global".to_owned(), rotation: None };
        let rotation = Some(Rotation { months: 12, wash_out: 20 });
        let control = Holdout { rotation, ..held(0.1) };
        // The first of January 1971, with the group of 1970 still washed out.
        let settings = SelectionSettings {
            control,
            global: Some(global),
            day: 365,
            top: Some(500),
            ..SelectionSettings::default()
        };
        let selection = select(&candidates, &settings, &suppression(&[]), &mut Contacts::new()).expect("settings");
        for verdict in selection.verdicts().iter().zip(&keys).filter(|(_, key)| in_control(key, "global", 0.05)) {
            assert!([Outcome::GlobalControl, Outcome::Capped].contains(&verdict.0.outcome));
        }
        for row in selection.listed().iter().chain(selection.control()) {
            assert!(!in_control(&keys[*row], "control 1970-01", 0.1) && !in_control(&keys[*row], "global", 0.05));
        }
        assert_eq!(selection.listed().len() + selection.control().len(), 500, "the next in rank moved up");
        let count = |outcome| selection.verdicts().iter().filter(|verdict| verdict.outcome == outcome).count();
        assert!(count(Outcome::GlobalControl) > 10 && count(Outcome::WashingOut) > 30);
    }

    #[test]
    fn deciles_are_tenths_of_the_ranking() {
        let keys: Vec<String> = (0..25).map(|n| format!("{n:02}")).collect();
        let candidates: Vec<Candidate> = keys.iter().map(|key| candidate(key, 1.0)).collect();
        let settings = SelectionSettings { share: Some(0.28), ..all_listed() };
        let selection = select(&candidates, &settings, &suppression(&[]), &mut Contacts::new()).expect("settings");
        let deciles: Vec<u8> = selection.verdicts().iter().map(|verdict| verdict.decile).collect();
        assert_eq!(deciles, [1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 7, 8, 8, 9, 9, 9, 10, 10]);
        assert_eq!(selection.listed().len(), 7);
    }

    proptest! {
        #[test]
        fn everybody_is_accounted_for(
            scores in prop::collection::vec((0..60u32, 0..9u8, 0..4u8, 0..30_000i64), 0..120),
            suppressed in prop::collection::vec(0..60u32, 0..20),
            top in prop::option::of(0..60u32),
            per_group in prop::option::of(0..20u32),
            budget in prop::option::of(0..60u32),
            control in 0..=100u32,
            turn in 0..120usize,
        ) {
            let keys: Vec<String> = scores.iter().map(|row| format!("person {}", row.0)).collect();
            let candidates: Vec<Candidate> = scores
                .iter()
                .zip(&keys)
                .map(|(&(_, score, group, cost), key)| Candidate {
                    key,
                    unit: key,
                    score: if score == 8 { f64::NAN } else { f64::from(score) },
                    group: Some(["a", "b", "c", "d"][usize::from(group)]),
                    exclusion: (cost % 7 == 0).then_some("rule"),
                    consents: cost % 5 != 0,
                    cost,
                    held: None,
                })
                .collect();
            let suppressed: Vec<String> = suppressed.iter().map(|n| format!("person {n}")).collect();
            let suppressed: Vec<&str> = suppressed.iter().map(String::as_str).collect();
            let settings = SelectionSettings {
                top,
                per_group,
                budget: budget.map(f64::from),
                control: held(f64::from(control) / 100.0),
                ..SelectionSettings::default()
            };
            let run = |candidates: &[Candidate]| {
                select(candidates, &settings, &suppression(&suppressed), &mut Contacts::new()).expect("settings")
            };
            let selection = run(&candidates);
            prop_assert_eq!(selection.counts().iter().map(|count| count.1).sum::<u64>() as usize, candidates.len());
            prop_assert_eq!(selection.counts()[0].1 as usize, selection.listed().len());
            prop_assert_eq!(selection.counts()[1].1 as usize, selection.control().len());
            let places = selection.listed().len() + selection.control().len();
            prop_assert!(top.is_none_or(|top| places <= top as usize));
            prop_assert!(budget.is_none_or(|budget| selection.cost() <= i128::from(budget) * 10_000));
            let mut persons = HashSet::new();
            for &place in selection.listed().iter().chain(selection.control()) {
                prop_assert!(persons.insert(candidates[place].key));
                prop_assert!(!suppressed.contains(&candidates[place].key));
                prop_assert!(candidates[place].consents);
            }
            for &place in selection.listed() {
                prop_assert!(!in_control(candidates[place].key, &settings.control.salt, settings.control.share));
            }

            // The order in which candidates are given does not matter. Rows that differ in no way but their place may swap.
            let mut turned = candidates.clone();
            let by = turn % turned.len().max(1);
            turned.rotate_left(by);
            let unique = |selection: &Selection, candidates: &[Candidate]| {
                let scored = |place: &usize| (candidates[*place].key.to_owned(), candidates[*place].score.to_bits());
                selection.listed().iter().map(scored).collect::<Vec<_>>()
            };
            let rows: HashSet<_> = candidates.iter().map(|row| (row.key, row.score.to_bits())).collect();
            if rows.len() == candidates.len() {
                prop_assert_eq!(unique(&run(&turned), &turned), unique(&selection, &candidates));
            }
        }
    }
}
