//! Figures of the reference and of the literature, and identities on random shops.

use std::collections::BTreeMap;
use std::io::Read;

use proptest::prelude::*;

use super::odds::BANDS;
use super::*;
use crate::numeric::calendar::{DAY, day_of, day_of_civil, month_start};
use crate::orders::{AsOf, Lines, Orders, Returns};
use crate::real_data::shared;

/// Purchases of Online Retail II: no cancellation, quantity and price above zero, the nine days that both sheets hold taken from the
/// second; customers numbered by their ids.
fn online_retail() -> Option<Orders> {
    let file = std::fs::File::open(shared("data/online_retail_II/online_retail_II.csv.gz")?).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let (mut customers, mut orders) = (BTreeMap::new(), BTreeMap::new());
    let mut rows = Vec::new();
    let second = day_of_civil(2010, 12, 1);
    for (index, row) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
        let row = row.unwrap();
        let (quantity, price): (i64, f64) = (row[3].parse().unwrap(), row[5].parse().unwrap());
        let field = |range: std::ops::Range<usize>| row[4][range].parse::<i64>().unwrap();
        let day = day_of_civil(field(0..4), field(5..7) as u32, field(8..10) as u32);
        if row[6].is_empty()
            || row[0].starts_with('C')
            || quantity <= 0
            || price <= 0.0
            || (index < 525_461 && day >= second)
        {
            continue;
        }
        let customer = row[6].parse::<f64>().unwrap() as u32;
        customers.insert(customer, 0);
        orders.insert(row[0].to_owned(), 0);
        rows.push((customer, row[0].to_owned(), day * DAY, quantity, (price * 10_000.0).round() as i64));
    }
    customers.values_mut().zip(0..).for_each(|(id, place)| *id = place);
    orders.values_mut().zip(0..).for_each(|(id, place)| *id = place);
    let mut lines = Lines::default();
    for (customer, order, time, quantity, price) in rows {
        lines.customer.push(customers[&customer]);
        lines.order.push(orders[&order]);
        lines.item.push(0);
        lines.time.push(time);
        lines.quantity.push(quantity * 1000);
        lines.amount.push(quantity * price);
    }
    Some(Orders::new(customers.len(), lines, Returns::default()).unwrap())
}

/// The rules of the reference's tables: no time as returned, no hysteresis, no left edge.
fn plain() -> Rules {
    Rules { returned_days: 0, margin: 0.0, edge_days: Some(0), ..Rules::default() }
}

/// `lifecycle-events.md`, section 3: eleven steps of 30 days from 2010-12-15. Its figures take one usual gap, that of the whole data, for all
/// dates; fixed here, since no date may know it.
#[test]
fn migrations_of_online_retail_ii() {
    let Some(orders) = online_retail() else { return };
    let start = day_of_civil(2010, 12, 15);
    let known: Vec<AsOf> = (0..12).map(|step| AsOf::new(&orders, (start + 30 * step) * DAY)).collect();
    let whole = Rhythm::of(AsOf::new(&orders, i64::MAX)).mean_ln_gap.unwrap();
    let usual = crate::numeric::math::exp(whole);
    assert!((usual - 28.45).abs() < 0.005, "{usual}");
    let found = track(&known, &Rules { usual_gap: Some(usual), ..plain() }, usize::MAX).unwrap();
    use Stage::*;
    let now = |stage: Stage| (0..found.customers() as u32).filter(|&c| found.of(c)[11].stage == stage).count();
    assert_eq!([Lost, Loyal, Dormant, Building, Slipping, New].map(now), [1371, 1332, 1048, 854, 722, 399]);
    let steps = migrations(&found);
    let whole = steps.iter().skip(1).fold(steps[0].clone(), |sum, step| sum.plus(step));
    let row =
        |from: Stage| [New, Building, Loyal, Slipping, Dormant, Lost].map(|to| whole.share(from as usize, to as usize));
    for (from, customers, shares) in [
        (New, 3_576, [0.572, 0.132, 0.001, 0.296, 0.0, 0.0]),
        (Building, 7_795, [0.0, 0.701, 0.062, 0.236, 0.001, 0.0]),
        (Loyal, 10_323, [0.0, 0.0, 0.829, 0.168, 0.002, 0.0]),
        (Slipping, 10_674, [0.0, 0.055, 0.104, 0.573, 0.268, 0.0]),
        (Dormant, 15_049, [0.0, 0.044, 0.038, 0.001, 0.819, 0.098]),
        (Lost, 6_042, [0.0, 0.030, 0.002, 0.0, 0.0, 0.968]),
    ] {
        assert_eq!(whole.starting(from as usize), customers, "{from:?}");
        for (found, expected) in row(from).into_iter().zip(shares) {
            assert!((found - expected).abs() < 0.000_6, "{from:?}: {:?}", row(from));
        }
    }
    let entered = [New, Building, Slipping].map(|to| whole.count(Prospect as usize, to as usize));
    assert_eq!(entered, [1_290, 110, 4]);
    let (from, to, expected, measured) = two_step_gap(&found, 100).unwrap();
    println!("two steps: {from:?} to {to:?}: {expected:.3} by the squared matrix, {measured:.3} measured");
    // Without the future, more are overdue: the usual gap of the first dates is shorter.
    let honest = track(&known, &plain(), usize::MAX).unwrap();
    let steps = migrations(&honest);
    let whole = steps.iter().skip(1).fold(steps[0].clone(), |sum, step| sum.plus(step));
    let rows = [New, Building, Loyal, Slipping, Dormant, Lost].map(|from| whole.starting(from as usize));
    assert_eq!(rows, [3_576, 7_433, 10_225, 10_708, 15_475, 6_042]);
}

/// `lifecycle-events.md`, section 3: quintiles of 365 days' spending before 2010-12-10 and before 2011-12-09, by ranks, ties by customer; 0 is
/// nothing ordered.
#[test]
fn migrations_between_quintiles_of_online_retail_ii() {
    let Some(orders) = online_retail() else { return };
    let classes = |year: i64, day: u32| {
        let until = day_of_civil(year, 12, day) * DAY;
        let known = AsOf::new(&orders, until);
        let spent = |customer| known.lines_since(customer, until - 365 * DAY).amount.iter().sum::<i64>();
        let mut active: Vec<(i64, u32)> = (0..orders.customers() as u32)
            .map(|customer| (spent(customer), customer))
            .filter(|row| !known.lines_since(row.1, until - 365 * DAY).is_empty())
            .collect();
        active.sort_unstable();
        let mut of = vec![0_usize; orders.customers()];
        // The quantiles of the ranks, as NumPy and R define them.
        for (rank, (_, customer)) in active.iter().enumerate() {
            of[*customer as usize] = (5 * rank).div_ceil(active.len() - 1).max(1);
        }
        of
    };
    let (before, after) = (classes(2010, 10), classes(2011, 9));
    let mut matrix = Matrix::new(6);
    before.iter().zip(&after).for_each(|(from, to)| matrix.add(*from, *to));
    let rows: Vec<Vec<u64>> = (1..6).map(|from| matrix.row(from).to_vec()).collect();
    let expected = [
        [569, 137, 75, 44, 16, 9],
        [423, 133, 121, 110, 52, 10],
        [289, 106, 154, 149, 117, 35],
        [191, 47, 109, 143, 225, 134],
        [83, 5, 30, 67, 150, 515],
    ];
    assert_eq!(rows, expected);
    assert_eq!(matrix.row(0)[1..], [427, 365, 342, 294, 152]);
    let mut both = Matrix::new(5);
    for (from, to) in before.iter().zip(&after).filter(|(from, to)| **from > 0 && **to > 0) {
        both.add(from - 1, to - 1);
    }
    for (class, expected) in [0.488, 0.284, 0.266, 0.342, 0.671].into_iter().enumerate() {
        assert!((both.share(class, class) - expected).abs() < 0.000_6);
    }
}

/// The mail-order case of Pfeifer and Carraway (2000), recomputed in `lifecycle-events.md`, section 3.
#[test]
fn pfeifer_and_carraway_2000() {
    let bought = [0.3, 0.2, 0.15, 0.05, 0.0];
    // Recency 1 to 4 and gone; mailing costs 4, an order brings 40.
    let mailed_until = |recency: usize| {
        let mut shares = vec![0.0; 25];
        for state in 0..5 {
            let buys = if state < recency { bought[state] } else { 0.0 };
            shares[state * 5] += buys;
            let next = if state < recency { (state + 1).min(4) } else { 4 };
            shares[state * 5 + next] += 1.0 - buys;
        }
        let reward = |state: usize| if state == 0 { 40.0 } else { 0.0 } - if state < recency { 4.0 } else { 0.0 };
        (shares, (0..5).map(reward).collect::<Vec<f64>>())
    };
    let near = |found: &[f64], expected: [f64; 5]| {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 5.1e-5, "{found} {expected}");
        }
    };
    let (shares, rewards) = mailed_until(4);
    assert_eq!(rewards, [36.0, -4.0, -4.0, -4.0, 0.0]);
    near(&discounted(&shares, &rewards, 0.2, 4).unwrap(), [50.1150, 4.2199, 0.5921, -1.9801, 0.0]);
    near(&invested(&shares, &rewards, 0.2).unwrap(), [52.3196, 5.5538, 1.2508, -1.8200, 0.0]);
    let options = [mailed_until(4), mailed_until(3)];
    near(&invested(&options[1].0, &options[1].1, 0.2).unwrap(), [53.1494, 6.6207, 2.6437, 0.0, 0.0]);
    let (shares, rewards) = mailed_until(2);
    near(&invested(&shares, &rewards, 0.2).unwrap(), [51.5745, 4.5957, 0.0, 0.0, 0.0]);
    let best = best_policy(&options, 0.2).unwrap();
    near(&best, [53.1494, 6.6207, 2.6437, 0.0, 0.0]);
    assert_eq!(best_within(&options, 0.2, 0).unwrap(), [0.0; 5]);
    near(&best_within(&options, 0.2, 400).unwrap(), [53.1494, 6.6207, 2.6437, 0.0, 0.0]);
    // Long sums and the inverse agree; what makes no sense is refused.
    let long = discounted(&shares, &rewards, 0.2, 400).unwrap();
    assert!(long.iter().zip(invested(&shares, &rewards, 0.2).unwrap()).all(|(a, b)| (a - b).abs() < 1e-9));
    assert_eq!(invested(&shares, &rewards, 0.0), Err(MoneyError::Discount { discount: 0.0 }));
    assert_eq!(invested(&shares, &rewards[1..], 0.1), Err(MoneyError::Shape { shares: 25, rewards: 4 }));
    assert_eq!(invested(&[0.5], &[1.0], 0.1), Err(MoneyError::Row { state: 0, sum: 0.5 }));
}

/// Whether the hidden states or the rules predict the next month of Online Retail II better.
#[test]
fn the_verdict_on_online_retail_ii_is_sound() {
    let Some(orders) = online_retail() else { return };
    let first = crate::numeric::calendar::month_of(day_of_civil(2010, 1, 1));
    let known: Vec<AsOf> = (first..first + 24).map(|month| AsOf::new(&orders, month_start(month) * DAY)).collect();
    let found = track(&known, &Rules::default(), usize::MAX).unwrap();
    let season: Vec<usize> = (0..24).map(|place| (first + place - 1).rem_euclid(12) as usize).collect();
    let verdict = hidden::judge(&found, &season, 12).unwrap();
    println!(
        "hidden {:?} rules; {:?}; {:?}; better: {}; converged: {}",
        verdict.loss, verdict.difference, verdict.hidden.buys.group, verdict.better, verdict.hidden.converged
    );
    let odds = Odds::judge(&found, 1..18, 18..24).unwrap();
    println!("next stage: {odds:?}; flips per 100: {:?}", found.flips());
    assert!(verdict.judged > 20_000 && verdict.loss.0 > 0.0 && verdict.loss.0 < 0.69);
    assert!(verdict.hidden.buys.group.is_sorted());
    assert_eq!(verdict.better, verdict.difference.0 + crate::numeric::shares::Z95 * verdict.difference.1 < 0.0);
    assert!(odds.0 < odds.1, "the time in a stage says something of the next: {odds:?}");
    let now = verdict.hidden.now(&found, 0, 24, &season).unwrap();
    assert!((now.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

/// Days on which up to 12 customers bought, within two years.
fn shops() -> impl Strategy<Value = Vec<Vec<i64>>> {
    prop::collection::vec(prop::collection::vec(0_i64..730, 0..12), 1..12)
}

fn orders_of(days: &[Vec<i64>], until: i64) -> Orders {
    let mut lines = Lines::default();
    for (customer, days) in days.iter().enumerate() {
        for (at, day) in days.iter().enumerate().filter(|(_, day)| **day < until) {
            lines.customer.push(customer as u32);
            lines.order.push(at as u32);
            lines.time.push(day * DAY + 3600);
            lines.amount.push(10_000 * (1 + day % 7));
        }
    }
    let rows = lines.order.len();
    (lines.item, lines.quantity) = (vec![0; rows], vec![1000; rows]);
    Orders::new(days.len(), lines, Returns::default()).unwrap()
}

fn states(track: &Track) -> Vec<String> {
    (0..track.customers() as u32).map(|customer| format!("{:?}", track.of(customer))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn stages_partition_customers_and_bridges_close(days in shops()) {
        let orders = orders_of(&days, 731);
        let known: Vec<AsOf> = (1..25).map(|step| AsOf::new(&orders, 31 * step * DAY)).collect();
        let found = track(&known, &Rules::default(), usize::MAX).unwrap();
        let steps = migrations(&found);
        let count = |date: usize, stage: usize| {
            (0..days.len() as u32).filter(|&c| found.of(c)[date].stage as usize == stage).count() as u64
        };
        for (step, matrix) in steps.iter().enumerate() {
            for stage in 0..STAGES.len() {
                let bridge = matrix.bridge(stage);
                prop_assert_eq!(bridge.start + bridge.entered - bridge.left, bridge.end);
                if stage != Stage::Prospect as usize {
                    prop_assert_eq!((bridge.start, bridge.end), (count(step, stage), count(step + 1, stage)));
                }
                for to in 0..STAGES.len() {
                    let possible = STAGES[to].stage.can_follow(STAGES[stage].stage);
                    prop_assert!(possible || matrix.count(stage, to) == 0, "{stage} {to}");
                    let (low, high) = matrix.interval(stage, to);
                    let share = matrix.share(stage, to);
                    prop_assert!(share.is_nan() || (low <= share && share <= high));
                }
            }
            for row in matrix.shares().chunks_exact(STAGES.len()) {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
        let odds = Odds::learn(&found, 12..24);
        for row in &STAGES {
            for band in 0..BANDS.len() {
                let Some(chances) = odds.of(row.stage, band) else { continue };
                prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{chances:?}");
            }
        }
        let worth = rewards(&found, &known, 12..24, &Some, &|_, _| Contact::Unknown).value(0.01, 0.5, 0.0, Some(12)).unwrap();
        prop_assert!(worth.iter().all(|row| row.value.is_nan() == (row.customers[0] == 0)));
        prop_assert!(worth.iter().all(|row| row.gain.is_nan() && !row.error.is_infinite()));
    }

    #[test]
    fn a_customers_stages_cover_the_time_without_gaps(days in shops()) {
        let orders = orders_of(&days, 731);
        let dates: Vec<i64> = (1..25).map(|step| 31 * step).collect();
        let known: Vec<AsOf> = dates.iter().map(|day| AsOf::new(&orders, day * DAY)).collect();
        let found = track(&known, &Rules::default(), usize::MAX).unwrap();
        for customer in 0..days.len() as u32 {
            let states = found.of(customer);
            for (place, state) in states.iter().enumerate() {
                prop_assert!(i64::from(state.since) <= dates[place]);
                let Some(before) = place.checked_sub(1).map(|place| states[place]) else { continue };
                if before.stage == state.stage {
                    prop_assert!(state.since == before.since || state.stage == Stage::Prospect);
                    prop_assert_eq!(state.change, Change::Nothing);
                } else {
                    // The next stage begins where the one before was last seen, or later, and before it is seen.
                    prop_assert!(i64::from(state.since) >= dates[place - 1], "{:?} {:?}", before, state);
                    prop_assert!(state.change != Change::Nothing);
                }
            }
        }
    }

    #[test]
    fn what_was_said_of_a_date_never_changes(days in shops(), cut in 2_usize..24) {
        let dates: Vec<i64> = (1..25).map(|step| 31 * step).collect();
        let (then, now) = (orders_of(&days, dates[cut - 1]), orders_of(&days, 731));
        let tracked = |orders: &Orders, dates: &[i64]| {
            let known: Vec<AsOf> = dates.iter().map(|day| AsOf::new(orders, day * DAY)).collect();
            track(&known, &Rules::default(), usize::MAX).unwrap()
        };
        let (past, whole) = (tracked(&then, &dates[..cut]), tracked(&now, &dates));
        for customer in 0..days.len() as u32 {
            let cut_off = format!("{:?}", &whole.of(customer)[..cut]);
            prop_assert_eq!(format!("{:?}", past.of(customer)), cut_off);
        }
    }

    #[test]
    fn threads_and_order_of_rows_change_nothing(days in shops()) {
        let known = |orders: &Orders| -> (Vec<String>, String) {
            let known: Vec<AsOf> = (1..25).map(|step| AsOf::new(orders, 31 * step * DAY)).collect();
            let found = track(&known, &Rules::default(), usize::MAX).unwrap();
            let worth = rewards(&found, &known, 12..24, &Some, &|_, _| Contact::Unknown).value(0.01, 1.0, 0.0, None).unwrap();
            (states(&found), format!("{worth:?}"))
        };
        let backwards: Vec<Vec<i64>> = days.iter().map(|days| days.iter().rev().copied().collect()).collect();
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let orders = orders_of(&days, 731);
        let one = pool(1).install(|| known(&orders));
        prop_assert_eq!(&one, &pool(2).install(|| known(&orders)));
        prop_assert_eq!(one, known(&orders_of(&backwards, 731)));
    }
}

/// Hidden states are the same at one and two threads.
#[test]
fn hidden_states_do_not_depend_on_threads() {
    let days: Vec<Vec<i64>> =
        (0..600_i64).map(|c| (0..14).map(|n| (c * 37 + n * (13 + c % 90)) % 730).collect()).collect();
    let orders = orders_of(&days, 731);
    let known: Vec<AsOf> = (1..25).map(|step| AsOf::new(&orders, 31 * step * DAY)).collect();
    let found = track(&known, &Rules::default(), usize::MAX).unwrap();
    let season: Vec<usize> = (0..24).map(|place| place % 12).collect();
    let judged = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        format!("{:?}", pool.install(|| hidden::judge(&found, &season, 12)).unwrap())
    };
    assert_eq!(judged(1), judged(2));
    assert!(hidden::judge(&track(&known[..5], &Rules::default(), usize::MAX).unwrap(), &season[..5], 12).is_none());
}

/// Contacts add what they add: customers contacted buy with chance 0.5 for 30, the others with 0.2.
#[test]
fn contact_and_control_give_the_value_of_a_contact() {
    // Every customer orders on day 0 and is in one stage from then on but for buying; two dates a step apart, ten thousand customers.
    let customers = 10_000_u32;
    let mut lines = Lines::default();
    let mut line = |customer: u32, day: i64, amount: i64| {
        lines.customer.push(customer);
        lines.order.push(lines.order.len() as u32);
        lines.item.push(0);
        lines.time.push(day * DAY);
        lines.quantity.push(1000);
        lines.amount.push(amount);
    };
    for customer in 0..customers {
        (0..6).for_each(|day| line(customer, day, 10_000));
        let buys = if customer % 2 == 0 { customer % 20 < 10 } else { customer % 10 < 2 };
        if buys {
            line(customer, 25, 300_000);
        }
    }
    let orders = Orders::new(customers as usize, lines, Returns::default()).unwrap();
    let known = [AsOf::new(&orders, 20 * DAY), AsOf::new(&orders, 40 * DAY)];
    // A usual gap of years that weighs much: loyal customers stay loyal, whatever they do.
    let rules = Rules { usual_gap: Some(4000.0), prior_gaps: 50.0, edge_days: Some(0), ..Rules::default() };
    let found = track(&known, &rules, usize::MAX).unwrap();
    let contact = |customer: u32, _: usize| if customer.is_multiple_of(2) { Contact::Made } else { Contact::Withheld };
    let sums = rewards(&found, &known, 1..2, &Some, &contact);
    let loyal = sums.value(0.25, 0.5, 2.0, None).unwrap()[Stage::Loyal as usize];
    let shares = [0, 1].map(|group: u32| {
        let own = (0..customers).filter(|c| c % 2 == group);
        own.filter(|c| if group == 0 { c % 20 < 10 } else { c % 10 < 2 }).count() as f64 / 5000.0
    });
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found} {expected} {loyal:?}");
    near(loyal.next[1], 30.0 * shares[0]);
    near(loyal.next[2], 30.0 * shares[1]);
    // Everybody stays loyal: a step brings 0.5 · 30 · share / 1.25 less 2, and all steps five times that.
    near(loyal.contacted, 5.0 * (0.4 * 30.0 * shares[0] - 2.0));
    near(loyal.left_alone, 5.0 * 0.4 * 30.0 * shares[1]);
    near(loyal.gain, 0.4 * 30.0 * (shares[0] - shares[1]) - 2.0);
    let spread = |p: f64| 0.4_f64.powi(2) * 900.0 * p * (1.0 - p) / 4999.0;
    near(loyal.gain_error, (spread(shares[0]) + spread(shares[1])).sqrt());
    assert_eq!(loyal.customers, [10_000, 5_000, 5_000]);
    assert_eq!(day_of(found.dates[1]), 40);
    // Within two steps: what a step brings, and eight tenths of it.
    let two = sums.value(0.25, 0.5, 2.0, Some(2)).unwrap()[Stage::Loyal as usize];
    near(two.contacted, 1.8 * (0.4 * 30.0 * shares[0] - 2.0));
    near(two.left_alone, 1.8 * 0.4 * 30.0 * shares[1]);
    near(two.gain, loyal.gain);
    let long = sums.value(0.25, 0.5, 2.0, Some(300)).unwrap()[Stage::Loyal as usize];
    near(long.value, loyal.value);
    near(long.error, loyal.error);
    // Without a control group no gain is claimed.
    let none = rewards(&found, &known, 1..2, &Some, &|_, _| Contact::Made).value(0.25, 0.5, 2.0, None).unwrap();
    assert!(none[Stage::Loyal as usize].gain.is_nan());
}
