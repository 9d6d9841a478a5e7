//! What the room promises, shown on a generated shop over ninety nights and on small random cases against a plain simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use proptest::prelude::*;
use rand_chacha::rand_core::Rng;

use super::purchases::purchases;
use super::*;
use crate::demo::{FILES, File, Piece, ShopSettings, generate};
use crate::numeric::calendar::{DAY, day_of_civil};
use crate::numeric::random::{mix, stream};
use crate::orders::{AsOf, Lines, NONE, Orders, Returns, UNMATCHED};

const NIGHTS: i64 = 90;
/// No order arrives later than so many days.
const LATE: i64 = 5;

/// A generated shop: its order lines and returns with the days on which they arrive, and tables.
struct Demo {
    persons: usize,
    /// Person, order, item, time, quantity, amount, days until it arrives.
    lines: Vec<(u32, u32, u32, i64, i64, i64, i64)>,
    /// Person, item, time, quantity, amount, time of purchase.
    returns: Vec<(u32, u32, i64, i64, i64, i64)>,
    signups: Vec<DatedRow>,
    complaints: Vec<DatedRow>,
    end: i64,
}

fn day_of_text(text: &str) -> i64 {
    let part = |range: std::ops::Range<usize>| text[range].parse::<u32>().expect("a date of digits");
    day_of_civil(i64::from(part(0..4)), part(5..7), part(8..10))
}

fn demo() -> &'static Demo {
    static MADE: OnceLock<Demo> = OnceLock::new();
    MADE.get_or_init(|| {
        let end = day_of_civil(2025, 5, 20);
        let settings = ShopSettings { lines: 6_000, end, dirt: 0.0, ..ShopSettings::default() };
        let mut files = vec![Vec::new(); FILES.len()];
        let mut take = |piece: Piece<'_>| {
            files[piece.file as usize].extend_from_slice(piece.bytes);
            Ok(())
        };
        generate(&settings, &mut take, &|_| ()).expect("the settings are in range");
        let rows = |file: File| -> Vec<Vec<String>> {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&files[file as usize][..]);
            reader.records().map(|row| row.expect("well formed").iter().map(str::to_owned).collect()).collect()
        };
        let customers = rows(File::Customers);
        let persons: BTreeMap<String, u32> = customers.iter().map(|row| row[0].clone()).zip(0..).collect();
        let mut made = Demo {
            persons: persons.len(),
            lines: Vec::new(),
            returns: Vec::new(),
            signups: customers
                .iter()
                .map(|row| DatedRow { known: i64::MIN, ..DatedRow::new(persons[&row[0]], day_of_text(&row[6])) })
                .collect(),
            complaints: Vec::new(),
            end,
        };
        let (mut orders, mut items) = (BTreeMap::new(), BTreeMap::new());
        let mut bought: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        for row in rows(File::Orders) {
            let Some(&person) = persons.get(&row[1]) else { continue };
            let next = orders.len() as u32;
            let order = *orders.entry(row[0].clone()).or_insert(next);
            let next = items.len() as u32;
            let item = *items.entry(row[3].clone()).or_insert(next);
            let clock = |range: std::ops::Range<usize>| row[2][range].parse::<i64>().expect("a time");
            let time = day_of_text(&row[2]) * DAY + clock(11..13) * 3600 + clock(14..16) * 60;
            let (pieces, price): (i64, f64) = (row[6].parse().expect("pieces"), row[7].parse().expect("a price"));
            let amount = (pieces.abs() as f64 * price * 10_000.0).round() as i64;
            if pieces > 0 {
                // One order in three arrives up to five days late.
                let draw = mix(u64::from(order));
                let late = if draw.is_multiple_of(3) { 1 + (draw / 3 % LATE as u64) as i64 } else { 0 };
                made.lines.push((person, order, item, time, pieces * 1000, amount, late));
                bought.insert((person, item), time);
            } else {
                let from = bought.get(&(person, item)).copied().unwrap_or(UNMATCHED);
                made.returns.push((person, item, time, -pieces * 1000, amount, from));
            }
        }
        // The five items that most orders have cost less in the last weeks.
        let mut often: BTreeMap<u32, usize> = BTreeMap::new();
        made.lines.iter().for_each(|line| *often.entry(line.2).or_default() += 1);
        let mut often: Vec<(usize, u32)> = often.into_iter().map(|(item, lines)| (lines, item)).collect();
        often.sort_unstable();
        let cheaper: Vec<u32> = often.iter().rev().take(5).map(|row| row.1).collect();
        for line in made.lines.iter_mut().filter(|line| cheaper.contains(&line.2) && line.3 >= (end - 40) * DAY) {
            line.5 = line.5 * 7 / 10;
        }
        for (row, number) in rows(File::Complaints).iter().zip(0..) {
            if let Some(&person) = persons.get(&row[1]) {
                let ends = if row[5].is_empty() { NEVER } else { day_of_text(&row[5]) };
                made.complaints.push(DatedRow { subject: number, ends, ..DatedRow::new(person, day_of_text(&row[2])) });
            }
        }
        made
    })
}

impl Demo {
    /// The orders that had arrived before a night; all of them, where `late` is not set.
    fn orders(&self, night: i64, late: bool) -> Orders {
        let mut lines = Lines::default();
        for &(person, order, item, time, quantity, amount, delay) in &self.lines {
            if late && time.div_euclid(DAY) + delay >= night {
                continue;
            }
            lines.customer.push(person);
            lines.order.push(order);
            lines.item.push(item);
            lines.time.push(time);
            lines.quantity.push(quantity);
            lines.amount.push(amount);
        }
        let mut returns = Returns::default();
        for &(person, item, time, quantity, amount, bought) in &self.returns {
            returns.customer.push(person);
            returns.item.push(item);
            returns.time.push(time);
            returns.quantity.push(quantity);
            returns.amount.push(amount);
            returns.bought.push(bought);
        }
        Orders::new(self.persons, lines, returns).expect("sound")
    }

    fn tables(&self) -> Vec<Vec<DatedRow>> {
        vec![self.signups.clone(), self.complaints.clone()]
    }

    /// Mails of other lists: each person has one every few weeks.
    fn contacts(&self) -> Vec<Contact> {
        let day = |person: u32, number: i64| self.end - 120 + number * 30 + (mix(u64::from(person)) % 30) as i64;
        let of = |person: u32| (0..4).map(move |number| Contact { person, day: day(person, number), channel: 0 });
        (0..self.persons as u32).flat_map(of).collect()
    }

    fn late_persons(&self) -> BTreeSet<u32> {
        self.lines.iter().filter(|line| line.6 > 0).map(|line| line.0).collect()
    }
}

fn rules(names: &[&str]) -> Vec<Rule> {
    let rule = |name: &&str| {
        let mut rule = Rule::usual(name).expect("a trigger");
        rule.table = match *name {
            "anniversary" => Some(0),
            "complaint" => Some(1),
            _ => None,
        };
        rule.channel = 0;
        rule
    };
    names.iter().map(rule).collect()
}

const ALL: [&str; 8] =
    ["first_order", "second_order", "lapse", "replenishment", "big_basket", "anniversary", "complaint", "price_drop"];
const CAPS: [Cap; 2] = [Cap { channel: NONE, most: 1, days: 2 }, Cap { channel: 0, most: 4, days: 14 }];

/// The schedule as a night works it out.
fn schedule_of(rules: &[Rule], night: i64, late: bool) -> Schedule {
    let demo = demo();
    let orders = demo.orders(night, late);
    let shop = Shop::new(AsOf::new(&orders, night * DAY), demo.tables(), rules, 7);
    let start = demo.end - NIGHTS;
    let ground = shop.ground(rules, start);
    let contacts: Vec<Contact> = demo.contacts().into_iter().filter(|contact| contact.day < night).collect();
    schedule(rules, &CAPS, &ground.occurrences(rules), &contacts, &blocks(&ground, rules), start, night)
}

fn nights() -> std::ops::RangeInclusive<i64> {
    demo().end - NIGHTS + 1..=demo().end
}

fn schedules(rules: &[Rule], late: bool) -> BTreeMap<i64, Schedule> {
    nights().map(|night| (night, schedule_of(rules, night, late))).collect()
}

fn subject(number: u32) -> Option<String> {
    (number != NONE).then(|| number.to_string())
}

/// What the schedule has of winners, without what later nights learn of them.
fn names(rules: &[Rule], winners: &[Winner]) -> Vec<(u32, String, i64)> {
    let name = |winner: &Winner| {
        let one = &winner.occurrence;
        (one.person, key(&rules[one.rule as usize], subject(one.subject).as_deref(), one.cause), winner.day)
    };
    winners.iter().map(name).collect()
}

/// The nights that complaints block.
fn complaints() -> Vec<Block> {
    let until = |row: &DatedRow| if row.ends == NEVER { NEVER } else { row.ends + 14 };
    demo().complaints.iter().map(|row| Block { person: row.person, from: row.day + 1, until: until(row) }).collect()
}

/// A ledger as nights fill it.
#[derive(Default)]
struct Ledger(Vec<(u32, String, i64)>);

impl Ledger {
    /// Runs a night; the list is entered unless the run is killed before.
    fn run(&mut self, rules: &[Rule], schedule: &Schedule, night: i64, killed: bool) -> Vec<(u32, String)> {
        let sent = Sent::new(self.0.iter().cloned(), night);
        let (handed, _) = tonight(schedule, rules, subject, &sent, &complaints(), night);
        let list: Vec<(u32, String)> =
            names(rules, &handed).into_iter().map(|(person, key, _)| (person, key)).collect();
        let persons: BTreeSet<u32> = list.iter().map(|row| row.0).collect();
        assert_eq!(persons.len(), list.len(), "one contact for each person and night");
        if !killed {
            for (person, key) in &list {
                // The same contact of a list that is made again is one contact.
                let row = (*person, key.clone(), night);
                if !self.0.contains(&row) {
                    self.0.push(row);
                }
            }
        }
        list
    }

    fn keys(&self) -> BTreeSet<(u32, String)> {
        let all: BTreeSet<(u32, String)> = self.0.iter().map(|(person, key, _)| (*person, key.clone())).collect();
        assert_eq!(all.len(), self.0.len(), "no key twice");
        all
    }
}

fn shuffled(seed: u64) -> Vec<i64> {
    let mut all: Vec<i64> = nights().collect();
    let mut rng = stream(seed, "nights");
    for place in (1..all.len()).rev() {
        all.swap(place, (rng.next_u64() % (place as u64 + 1)) as usize);
    }
    all
}

#[test]
fn ninety_nights_send_the_same_in_any_order_with_gaps_and_kills() {
    let rules = rules(&ALL);
    let schedules = schedules(&rules, false);
    let last = *nights().end();
    let all = names(&rules, &schedules[&last].winners);
    let whole: BTreeSet<(u32, String)> = all.iter().map(|(person, key, _)| (*person, key.clone())).collect();
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    whole.iter().for_each(|(_, key)| *by_rule.entry(key.split(':').next().expect("a name")).or_default() += 1);
    println!("{} winners of {} persons: {by_rule:?}", whole.len(), demo().persons);
    println!("{:?}", schedules[&last].fates);
    assert_eq!(whole.len(), all.len(), "no key wins twice");
    assert!(ALL.iter().all(|name| by_rule.contains_key(name)), "every trigger is tried: {by_rule:?}");
    // Each night has worked out the same for all nights until then.
    for (night, schedule) in &schedules {
        let until: Vec<_> = all.iter().filter(|row| row.2 <= *night).cloned().collect();
        assert_eq!(names(&rules, &schedule.winners), until, "night {night}");
    }
    let mut in_order = Ledger::default();
    let mut lists = BTreeMap::new();
    for night in nights() {
        lists.insert(night, in_order.run(&rules, &schedules[&night], night, false));
    }
    assert_eq!(in_order.keys(), whole);
    // A night that is run again, right away or after all others, makes the same list.
    for night in nights() {
        assert_eq!(in_order.run(&rules, &schedules[&night], night, false), lists[&night]);
    }
    assert_eq!(in_order.keys(), whole);
    for seed in 0..8 {
        let order = shuffled(seed);
        // Any order.
        let mut any = Ledger::default();
        order.iter().for_each(|night| drop(any.run(&rules, &schedules[night], *night, false)));
        assert_eq!(any.keys(), whole, "order {seed}");
        // A third of the runs are killed before the ledger has their list, and are run again at the end; or at once.
        let killed = |night: i64| mix(seed * 1_000 + night as u64).is_multiple_of(3);
        for at_once in [false, true] {
            let mut kills = Ledger::default();
            for &night in &order {
                kills.run(&rules, &schedules[&night], night, killed(night));
                if at_once && killed(night) {
                    kills.run(&rules, &schedules[&night], night, false);
                }
            }
            order
                .iter()
                .filter(|night| killed(**night))
                .for_each(|night| drop(kills.run(&rules, &schedules[night], *night, false)));
            assert_eq!(kills.keys(), whole, "kills {seed}");
        }
        // Nights that are missed and run after the others.
        let mut caught_up = Ledger::default();
        nights()
            .filter(|&night| !killed(night))
            .for_each(|night| drop(caught_up.run(&rules, &schedules[&night], night, false)));
        nights()
            .filter(|&night| killed(night))
            .for_each(|night| drop(caught_up.run(&rules, &schedules[&night], night, false)));
        assert_eq!(caught_up.keys(), whole, "missed and caught up {seed}");
    }
}

/// Nights that are never run: their contacts go on the next nights. What is not sent had ended, or its last night had passed, or another
/// contact of the person went on every night that was left.
#[test]
fn nights_that_are_never_run_lose_only_what_had_ended() {
    let rules = rules(&ALL);
    let schedules = schedules(&rules, false);
    let last = *nights().end();
    for seed in 0..10 {
        // Up to four nights in a row are missing; not the last one.
        let missing = |night: i64| night / 4 % 2 == 0 && mix(seed * 77 + night as u64 / 4).is_multiple_of(2);
        let runs: Vec<i64> = nights().filter(|&night| night == last || !missing(night)).collect();
        let mut gaps = Ledger::default();
        runs.iter().for_each(|night| drop(gaps.run(&rules, &schedules[night], *night, false)));
        let (sent, mut ended, mut busy) = (gaps.keys(), 0, 0);
        let whole = schedules[&last].winners.len();
        for winner in &schedules[&last].winners {
            let one = &winner.occurrence;
            let name = names(&rules, std::slice::from_ref(winner)).remove(0);
            if sent.contains(&(name.0, name.1.clone())) {
                continue;
            }
            let blocked = |night: i64| {
                let all = complaints();
                all.iter().any(|block| block.person == one.person && (block.from..=block.until).contains(&night))
            };
            let open = |night: &i64| *night >= winner.day && one.is_open(*night) && !blocked(*night);
            let left: Vec<i64> = runs.iter().copied().filter(open).collect();
            let went = |night: &i64| gaps.0.iter().any(|row| row.0 == one.person && row.2 == *night);
            assert!(left.iter().all(went), "seed {seed}: {name:?} could have gone on {left:?}");
            if left.is_empty() { ended += 1 } else { busy += 1 }
        }
        println!(
            "{} nights run: {} of {} sent, {ended} had ended, {busy} had no night left",
            runs.len(),
            sent.len(),
            whole
        );
        assert_eq!(sent.len() + ended + busy, whole);
        assert!(busy * 20 < whole && ended * 10 < whole);
    }
}

/// Orders that arrive up to five days late: nobody gets a contact twice, persons without a late order get the same, and the others get all that
/// the complete data have, apart from what had ended by the time it was known.
#[test]
fn late_orders_send_nothing_twice_and_lose_nothing() {
    // What an item cost depends on the orders of others, which may be late.
    let rules = rules(&ALL[..7]);
    let (late, complete) = (schedules(&rules, true), schedule_of(&rules, *nights().end(), false));
    let mut ledger = Ledger::default();
    nights().for_each(|night| drop(ledger.run(&rules, &late[&night], night, false)));
    let sent = ledger.keys();
    let persons = demo().late_persons();
    let last = *nights().end();
    let (mut missing, mut checked) = (0, 0);
    for winner in complete.winners.iter().filter(|winner| winner.day + LATE < last) {
        let one = &winner.occurrence;
        let name = names(&rules, std::slice::from_ref(winner)).remove(0);
        checked += 1;
        if !sent.contains(&(name.0, name.1.clone())) {
            missing += 1;
            let rule = &rules[one.rule as usize];
            assert!(persons.contains(&one.person), "{name:?} has no late order");
            // Gone before the night that knows everything before the winner's day, or too near to what was sent before it was known.
            let near = |row: &&(u32, String)| row.0 == one.person && row.1.starts_with(&rule.name);
            assert!(!one.is_open(winner.day + LATE) || sent.iter().any(|row| near(&row)), "{name:?}");
        }
    }
    let expected: BTreeSet<(u32, String)> =
        names(&rules, &complete.winners).into_iter().map(|(person, key, _)| (person, key)).collect();
    let more: Vec<_> = sent.difference(&expected).collect();
    assert!(more.iter().all(|row| persons.contains(&row.0)), "only what was right by the orders known then");
    println!("{} of {} persons have a late order", persons.len(), demo().persons);
    println!("{checked} winners, {missing} ended before they were known; {} more by what was known then", more.len());
    assert!(missing * 20 < checked);
    // Once the data are complete, the nights in any order add the same, and still nothing twice.
    let final_nights: BTreeMap<i64, Schedule> = schedules(&rules, false);
    let mut unions = BTreeSet::new();
    for seed in 0..5 {
        let mut again = Ledger(ledger.0.clone());
        for night in shuffled(seed) {
            again.run(&rules, &final_nights[&night], night, false);
        }
        let keys: BTreeSet<(u32, String)> = again.0.iter().map(|row| (row.0, row.1.clone())).collect();
        unions.insert(keys);
    }
    assert_eq!(unions.len(), 1);
}

/// Every night by itself, on the orders as they were known then: the first on which the probability reaches the level.
#[test]
fn lapses_are_found_as_by_looking_on_every_night() {
    let demo = demo();
    let orders = demo.orders(demo.end, false);
    let rules = rules(&["lapse"]);
    let shop = Shop::new(AsOf::new(&orders, demo.end * DAY), Vec::new(), &rules, 7);
    let from = demo.end - 200;
    let ground = shop.ground(&rules, from);
    let found: BTreeSet<(u32, i64, i64)> =
        ground.occurrences(&rules).iter().map(|one| (one.person, one.cause, one.due)).collect();
    let mut expected = BTreeSet::new();
    for person in 0..demo.persons as u32 {
        let mut crossed = BTreeSet::new();
        let mut on = BTreeSet::new();
        for night in from - 400..=demo.end {
            let known = purchases(AsOf::new(&orders, night * DAY), person);
            let days: Vec<_> = known.into_iter().filter(|p| p.back == NEVER).collect();
            let Some(last) = days.last().filter(|_| days.len() >= 2) else { continue };
            let chance = ground.fits().at(night).no_order(&days, night, 90).unwrap_or(0.0);
            if night - 1 - last.day >= 30 && chance >= 0.4 {
                // Once for each stretch of nights with the same orders.
                let stretch = (last.day, days.len(), days[0].day);
                if crossed.insert(stretch) && night >= from {
                    on.insert((person, last.day, night));
                }
            }
        }
        expected.extend(on);
    }
    assert!(expected.len() > 30, "{}", expected.len());
    assert_eq!(found, expected);
}

/// The same bytes at any number of threads.
#[test]
fn threads_do_not_matter() {
    let rules = rules(&ALL);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| schedule_of(&rules, demo().end, false))
    };
    assert_eq!(with(1), with(2));
}

/// A schedule worked out without any shortcut: every day, every occurrence, every cap by counting days.
fn plainly(
    rules: &[Rule],
    caps: &[Cap],
    all: &[Occurrence],
    contacts: &[Contact],
    blocks: &[Block],
    start: i64,
    through: i64,
) -> Vec<(u32, u32, u32, i64, i64)> {
    let persons: BTreeSet<u32> = all.iter().map(|one| one.person).collect();
    let mut found = Vec::new();
    for person in persons {
        let mut won: Vec<(Occurrence, i64)> = Vec::new();
        for day in start..=through {
            let mut best: Option<Occurrence> = None;
            for one in all.iter().filter(|one| one.person == person && one.due >= start) {
                let rule = &rules[one.rule as usize];
                let again = won.iter().any(|(other, _)| {
                    let same = other.rule == one.rule && (other.subject == one.subject || !rule.trigger.by_subject);
                    let equal = other.rule == one.rule && other.subject == one.subject && other.cause == one.cause;
                    match rule.re_entry {
                        ReEntry::Never => same,
                        ReEntry::AfterCause => equal,
                        ReEntry::After(days) => equal || same && (one.cause - other.cause).abs() < days,
                    }
                });
                let blocked =
                    blocks.iter().any(|block| block.person == person && (block.from..=block.until).contains(&day));
                let full = caps.iter().any(|cap| {
                    let counted = |channel: u32| cap.channel == NONE || channel == NONE || channel == cap.channel;
                    let mut days: Vec<i64> = Vec::new();
                    for contact in
                        contacts.iter().filter(|contact| contact.person == person && counted(contact.channel))
                    {
                        days.push(contact.day);
                    }
                    for (other, at) in won.iter().filter(|(other, _)| counted(rules[other.rule as usize].channel)) {
                        assert!(other.person == person);
                        days.push(*at);
                    }
                    let within =
                        (1..cap.days).map(|back| days.iter().filter(|&&at| at == day - back).count()).sum::<usize>();
                    counted(rule.channel) && within >= cap.most
                });
                let open = one.due <= day && day <= one.expires && day < one.over;
                if !open || again || rule.class != Class::Service && (blocked || full) {
                    continue;
                }
                let goes_first = |other: &Occurrence| {
                    let class = |one: &Occurrence| (rules[one.rule as usize].class, one.rule);
                    let tail = |one: &Occurrence| (one.cause, one.subject, one.due, one.expires, one.over);
                    class(one) < class(other)
                        || class(one) == class(other)
                            && (one.score > other.score || one.score == other.score && tail(one) < tail(other))
                };
                if best.as_ref().is_none_or(goes_first) {
                    best = Some(*one);
                }
            }
            won.extend(best.map(|one| (one, day)));
        }
        found.extend(won.iter().map(|(one, day)| (one.person, one.rule, one.subject, one.cause, *day)));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Small random schedules against the plain simulation; and every deferred occurrence has a reason and a later date.
    #[test]
    fn equals_a_plain_simulation(
        kinds in prop::collection::vec((0usize..5, 0usize..3, 1i64..9, 0u32..2, prop::bool::ANY), 1..4),
        rows in prop::collection::vec((0u32..3, 0u32..2, 0u32..3, -5i64..18, 0i64..6, 0i64..8, prop::option::of(0i64..12), 0u32..3), 0..30),
        contacts in prop::collection::vec((0u32..2, -5i64..20, prop::option::of(0u32..2)), 0..8),
        blocks in prop::collection::vec((0u32..2, 0i64..15, 0i64..8), 0..3),
        caps in prop::collection::vec((prop::option::of(0u32..2), 1usize..3, 1i64..7), 0..3),
        through in 5i64..20,
    ) {
        let rules: Vec<Rule> = kinds.iter().map(|&(class, entry, days, channel, by_subject)| Rule {
            class: CLASSES[class].class,
            re_entry: [ReEntry::Never, ReEntry::AfterCause, ReEntry::After(days)][entry],
            channel,
            ..Rule::usual(if by_subject { "condition" } else { "lapse" }).expect("a trigger")
        }).collect();
        let all: Vec<Occurrence> = rows.iter().map(|&(rule, person, subject, cause, wait, long, over, score)| Occurrence {
            rule: rule % rules.len() as u32, person, subject, cause, due: cause + wait, expires: cause + wait + long,
            over: over.map_or(NEVER, |days| cause + wait + 1 + days), score: f64::from(score),
        }).collect();
        let contacts: Vec<Contact> = contacts.iter().map(|&(person, day, channel)| Contact { person, day, channel: channel.unwrap_or(NONE) }).collect();
        let blocks: Vec<Block> = blocks.iter().map(|&(person, from, long)| Block { person, from, until: from + long }).collect();
        let caps: Vec<Cap> = caps.iter().map(|&(channel, most, days)| Cap { channel: channel.unwrap_or(NONE), most, days }).collect();
        let found = schedule(&rules, &caps, &all, &contacts, &blocks, 0, through);
        let winners: Vec<_> = found.winners.iter().map(|w| (w.occurrence.person, w.occurrence.rule, w.occurrence.subject, w.occurrence.cause, w.day)).collect();
        prop_assert_eq!(winners, plainly(&rules, &caps, &all, &contacts, &blocks, 0, through));
        for waiting in &found.waiting {
            prop_assert!(waiting.next > through && waiting.occurrence.over > through);
            if waiting.why != Why::NotDue {
                prop_assert!(waiting.occurrence.is_open(through));
            }
        }
        // Every occurrence that was looked at has one fate.
        let fates: u64 = found.fates.iter().map(|f| f.won + f.waiting + f.over + f.expired + f.repeated).sum();
        prop_assert!(fates <= all.iter().filter(|one| one.due >= 0).count() as u64);
        // Rows in another order change nothing.
        let mut turned = all.clone();
        turned.reverse();
        prop_assert_eq!(&schedule(&rules, &caps, &turned, &contacts, &blocks, 0, through).winners, &found.winners);
    }
}
