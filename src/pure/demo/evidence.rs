//! What is planted lies in the files: every kind of truth is looked for without the generator's help.

use super::customers::CAUSES;
use super::dirt::{DIRT, Dirt};
use super::files::FILES;
use super::{Piece, ShopSettings, Truth, generate};
use crate::numeric::random::fnv1a;
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) struct Made {
    pub files: Vec<String>,
    pub truth: Truth,
}

pub(super) fn made(settings: &ShopSettings) -> Made {
    let mut files = vec![Vec::new(); FILES.len()];
    let mut last_day = i64::MIN;
    let mut take = |piece: Piece<'_>| {
        assert!(piece.day >= last_day, "days come in order");
        last_day = piece.day;
        files[piece.file as usize].extend_from_slice(piece.bytes);
        Ok(())
    };
    let truth = generate(settings, &mut take, &|_| ()).expect("the settings are in range");
    let files = files.into_iter().map(|bytes| String::from_utf8(bytes).expect("files are UTF-8")).collect();
    Made { files, truth }
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("rows are well formed").iter().map(str::to_owned).collect()).collect()
}

/// One shop for the tests that read it: 120,000 lines.
fn large() -> &'static Made {
    static MADE: std::sync::OnceLock<Made> = std::sync::OnceLock::new();
    MADE.get_or_init(|| made(&ShopSettings { lines: 120_000, seed: 11, ..ShopSettings::default() }))
}

pub(super) fn day_of(text: &str) -> i64 {
    let part = |range: std::ops::Range<usize>| text[range].parse::<u32>().expect("a date of digits");
    crate::numeric::calendar::day_of_civil(i64::from(part(0..4)), part(5..7), part(8..10))
}

/// Pinned, so that a change of platform, compiler or dependency that moves one byte is seen.
#[test]
fn the_same_settings_give_the_same_bytes() {
    let shop = made(&ShopSettings { lines: 5_000, ..ShopSettings::default() });
    let again = made(&ShopSettings { lines: 5_000, ..ShopSettings::default() });
    assert_eq!(shop.files, again.files);
    assert_ne!(shop.files[0], made(&ShopSettings { lines: 5_000, seed: 8, ..ShopSettings::default() }).files[0]);
    assert_eq!(format!("{:016x}", fnv1a(shop.files.concat().as_bytes())), "d13a97b20555d211");
}

#[test]
fn a_shop_comes_near_the_wanted_size_and_says_how_near() {
    for lines in [1_000, 20_000, 400_000] {
        let shop = made(&ShopSettings { lines, ..ShopSettings::default() });
        assert_eq!(shop.files[0].lines().count() as u64, shop.truth.totals.lines);
        let off = shop.truth.totals.lines.abs_diff(lines) as f64 / lines as f64;
        assert!(off < if lines == 1_000 { 0.15 } else { 0.05 }, "{lines}: {}", shop.truth.totals.lines);
    }
    let fixed = made(&ShopSettings { customers: Some(77), ..ShopSettings::default() });
    assert_eq!(fixed.files[1].lines().count(), 77);
}

#[test]
fn every_row_of_every_file_has_its_columns() {
    for (row, text) in FILES.iter().zip(&large().files).filter(|(row, _)| !row.header.is_empty()) {
        let columns = row.header.split(',').count();
        assert!(rows(text).iter().all(|cells| cells.len() == columns), "{}", row.name);
    }
}

#[test]
fn dirt_is_counted_as_it_lies_in_the_file() {
    let shop = large();
    let lines = rows(&shop.files[0]);
    let count = |test: &dyn Fn(&[String]) -> bool| lines.iter().filter(|cells| test(cells)).count() as u64;
    let check = |dirt: Dirt, found: u64| {
        assert!(found > 0, "{}", DIRT[dirt as usize].name);
        assert_eq!(found, shop.truth.rows(dirt), "{}", DIRT[dirt as usize].name);
    };
    let services = ["POST", "M", "D", "BANK CHARGES", "B"];
    check(Dirt::Postage, count(&|c| c[3] == "POST"));
    check(Dirt::Manual, count(&|c| c[3] == "M"));
    check(Dirt::Discount, count(&|c| c[3] == "D"));
    check(Dirt::BankCharge, count(&|c| c[3] == "BANK CHARGES"));
    check(Dirt::Adjustment, count(&|c| c[0].starts_with('A')));
    check(Dirt::WriteOff, count(&|c| c[7] == "0.00" && c[6].starts_with('-')));
    check(Dirt::MirroredOutlier, count(&|c| c[6].trim_start_matches('-') == "74215"));
    check(Dirt::UnmatchedReturn, count(&|c| c[4] == "Jubilee hamper"));
    check(Dirt::MissingDescription, count(&|c| c[4].is_empty()));
    check(Dirt::DescriptionBlanks, count(&|c| c[4].ends_with(' ')));
    check(Dirt::ItemCase, count(&|c| c[3] != c[3].to_uppercase()));
    check(Dirt::ItemBlank, count(&|c| c[3] != c[3].trim()));
    check(Dirt::CustomerBlank, count(&|c| c[1].ends_with(' ')));
    check(Dirt::BadDate, count(&|c| c[2].len() != 19 || c[2] == "2025-02-30 10:00:00" || c[2].starts_with("2025-13")));
    check(Dirt::BadQuantity, count(&|c| c[6].parse::<i64>().is_err()));
    check(Dirt::BadPrice, count(&|c| c[7].parse::<f64>().is_err()));
    let cancelled = count(&|c| c[0].starts_with('C') && !services.contains(&c[3].as_str()) && c[6] != "-74215");
    let returns = [Dirt::Return, Dirt::PartialReturn, Dirt::UnmatchedReturn].map(|dirt| shop.truth.rows(dirt));
    assert_eq!(cancelled, returns.iter().sum::<u64>());
    // A guest's line may have its order number repeated by the second extract like any other.
    let guests = count(&|c| c[1].is_empty() && !c[0].starts_with(['A', 'C']) && c[7] != "0.00");
    check(Dirt::Guest, guests);
}

#[test]
fn the_second_extract_repeats_three_days_and_all_else_is_in_order() {
    let shop = large();
    let [first, last] = shop.truth.overlap.as_ref().expect("this shop is dirty").clone();
    let days: Vec<(usize, i64)> = rows(&shop.files[0])
        .iter()
        .enumerate()
        .filter(|(_, cells)| cells[2].len() == 19 && !["2025-02-30", "2025-13-01"].contains(&&cells[2][..10]))
        .map(|(row, cells)| (row, day_of(&cells[2])))
        .collect();
    let back: Vec<usize> = (1..days.len()).filter(|&i| days[i].1 < days[i - 1].1).collect();
    assert_eq!(back.len(), 1);
    assert_eq!((days[back[0]].1, days[back[0] - 1].1), (day_of(&first), day_of(&last)));
    let lines: Vec<&str> = shop.files[0].lines().collect();
    let overlap = shop.truth.rows(Dirt::OverlapLine) as usize;
    let copies = lines.windows(overlap * 2).filter(|all| all[..overlap] == all[overlap..]).count();
    assert_eq!(copies, 1);
}

#[test]
fn whole_and_partial_returns_match_an_earlier_line() {
    let shop = large();
    let mut bought: FxHashMap<(String, String), Vec<i64>> = FxHashMap::default();
    let (mut whole, mut part) = (0, 0);
    for cells in rows(&shop.files[0]) {
        let (Ok(quantity), item) = (cells[6].parse::<i64>(), cells[3].trim().to_uppercase()) else { continue };
        let key = (cells[1].trim().to_owned(), item);
        if cells[0].starts_with('C') && cells[4] != "Jubilee hamper" && key.1.len() > 5 && !key.1.contains(' ') {
            // The purchase itself may be one of the few lines with a spoilt quantity.
            if let Some(lines) = bought.get(&key) {
                whole += u64::from(lines.contains(&-quantity));
                part += u64::from(!lines.contains(&-quantity) && lines.iter().any(|&line| line > -quantity));
            }
        } else {
            bought.entry(key).or_default().push(quantity);
        }
    }
    let planted = shop.truth.rows(Dirt::Return) + shop.truth.rows(Dirt::PartialReturn);
    assert!(whole + part >= planted - planted / 50, "{whole} + {part} of {planted}");
    assert!(whole >= shop.truth.rows(Dirt::Return) * 49 / 50);
}

#[test]
fn nobody_buys_after_leaving_and_causes_precede_it() {
    let shop = large();
    let mut left: FxHashMap<String, (i64, String)> = FxHashMap::default();
    for cells in rows(&shop.files[4]) {
        if !cells[4].is_empty() {
            left.insert(cells[0].clone(), (day_of(&cells[4]), cells[5].clone()));
        }
    }
    assert!(left.len() > 300);
    for cells in rows(&shop.files[0]) {
        let spoilt = cells[2].len() != 19 || ["2025-02-30", "2025-13-01"].contains(&&cells[2][..10]);
        if !spoilt
            && !cells[0].starts_with('C')
            && let Some((day, _)) = left.get(cells[1].trim())
        {
            assert!(day_of(&cells[2]) < *day, "{cells:?}");
        }
    }
    let events: FxHashSet<(String, i64, String)> =
        rows(&shop.files[2]).iter().map(|c| (c[0].clone(), day_of(&c[1]), c[2].clone())).collect();
    let mut by_cause: FxHashMap<&str, u32> = FxHashMap::default();
    for (customer, (day, cause)) in &left {
        *by_cause.entry(cause).or_default() += 1;
        if ["late_delivery", "complaint"].contains(&cause.as_str()) {
            assert!(events.contains(&(customer.clone(), *day, cause.clone())), "{customer} {cause}");
        }
    }
    assert_eq!(by_cause.len(), CAUSES.len() - 1, "{by_cause:?}");
}

#[test]
fn sequences_and_cycles_come_out_with_their_lag() {
    let shop = large();
    let mut dates: FxHashMap<(String, String), Vec<i64>> = FxHashMap::default();
    for cells in
        rows(&shop.files[0]).into_iter().filter(|c| !c[0].starts_with('C') && !c[1].is_empty() && c[2].len() == 19)
    {
        dates.entry((cells[1].trim().to_owned(), cells[3].trim().to_uppercase())).or_default().push(day_of(&cells[2]));
    }
    for sequence in &shop.truth.sequences {
        assert!(sequence.followed * 10 > sequence.begun * 3, "{sequence:?}");
        let window =
            (sequence.lag_days - 2.0 * sequence.lag_spread_days, sequence.lag_days + 2.0 * sequence.lag_spread_days);
        let mut lags = Vec::new();
        for ((customer, _), firsts) in dates.iter().filter(|((_, item), _)| *item == sequence.first) {
            for first in firsts {
                let thens = dates.get(&(customer.clone(), sequence.then.clone())).map_or(&[][..], Vec::as_slice);
                lags.extend(
                    thens.iter().map(|then| (then - first) as f64).filter(|lag| *lag >= window.0 && *lag <= window.1),
                );
            }
        }
        let mean = lags.iter().sum::<f64>() / lags.len() as f64;
        assert!((mean - sequence.lag_days).abs() < 2.0, "{sequence:?} {mean} of {}", lags.len());
    }
    for cells in rows(&shop.files[4]).iter().filter(|cells| !cells[6].is_empty()) {
        let Some(days) = dates.get(&(cells[0].clone(), cells[6].clone())) else { continue };
        let cycle: f64 = cells[7].parse().expect("a number of days");
        let mut gaps: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        if gaps.len() >= 9 {
            let median = gaps[gaps.len() / 2] as f64;
            assert!((median - cycle).abs() < 0.25 * cycle + 2.0, "{cells:?} {gaps:?}");
        }
    }
}

#[test]
fn the_drift_changes_what_comes_after_it_only() {
    let settings = ShopSettings { lines: 60_000, customers: Some(1_500), ..ShopSettings::default() };
    let drift = settings.start + 500;
    let (plain, drifted) = (made(&settings), made(&ShopSettings { drift: Some(drift), ..settings.clone() }));
    let same = plain.files[0].lines().zip(drifted.files[0].lines()).take_while(|(a, b)| a == b).count();
    let first_other = rows(&plain.files[0])[same][2].clone();
    assert_eq!(day_of(&first_other), drift);
    let after = |shop: &Made| shop.files[0].lines().count() - same;
    assert!(after(&drifted) * 10 < after(&plain) * 9, "{} {}", after(&drifted), after(&plain));
    assert!(drifted.truth.drift.is_some());
}

#[test]
fn a_clean_shop_has_no_dirt_but_returns_and_guests() {
    let shop = made(&ShopSettings { dirt: 0.0, ..ShopSettings::default() });
    for row in DIRT.iter().filter(|row| row.scaled) {
        assert_eq!(shop.truth.rows(row.dirt), 0, "{}", row.name);
    }
    assert!(shop.truth.rows(Dirt::Return) > 0 && shop.truth.rows(Dirt::Guest) > 0 && shop.truth.overlap.is_none());
}

pub(super) fn file<'a>(shop: &'a Made, name: &str) -> Vec<Vec<String>> {
    let place = FILES.iter().position(|row| row.name == name).expect("the file has a row");
    let made: &'a str = &shop.files[place];
    rows(made)
}

#[test]
fn spent_and_margin_are_what_orders_and_costs_give() {
    let shop = made(&ShopSettings { dirt: 0.0, ..ShopSettings::default() });
    let cents = |text: &str| (text.parse::<f64>().expect("an amount") * 100.0).round() as i64;
    let costs: FxHashMap<String, i64> = file(&shop, "costs.csv").iter().map(|c| (c[0].clone(), cents(&c[1]))).collect();
    let mut sums: FxHashMap<String, (i64, i64)> = FxHashMap::default();
    for cells in file(&shop, "orders.csv").iter().filter(|cells| !cells[1].is_empty()) {
        let Some(cost) = costs.get(&cells[3]) else { continue };
        let (quantity, price) = (cells[6].parse::<i64>().expect("a clean file"), cents(&cells[7]));
        let sum = sums.entry(cells[1].clone()).or_default();
        sum.0 += quantity * price;
        sum.1 += quantity * (price - cost);
    }
    let mut customers = 0;
    for cells in file(&shop, "truth-customers.csv") {
        let sum = sums.get(&cells[0]).copied().unwrap_or_default();
        assert_eq!((cents(&cells[12]), cents(&cells[13])), sum, "{cells:?}");
        customers += u64::from(sum.0 > 0);
    }
    assert!(customers > 300);
}

#[test]
fn acquisition_referrals_and_spending_agree() {
    let shop = large();
    let mut left: FxHashMap<String, i64> = FxHashMap::default();
    for cells in file(shop, "truth-customers.csv").iter().filter(|cells| !cells[4].is_empty()) {
        left.insert(cells[0].clone(), day_of(&cells[4]));
    }
    let first = day_of("2024-01-01");
    let mut won: FxHashMap<String, u64> = FxHashMap::default();
    let mut referred = FxHashSet::default();
    for cells in file(shop, "customers.csv").iter().filter(|cells| day_of(&cells[6]) >= first) {
        *won.entry(cells[7].clone()).or_default() += 1;
        if cells[7] == "referral" {
            referred.insert(cells[0].clone());
        }
    }
    let referrals = file(shop, "referrals.csv");
    assert_eq!(referrals.len(), referred.len());
    for cells in &referrals {
        assert!(referred.contains(&cells[1]));
        assert!(left.get(&cells[0]).is_none_or(|&day| day > day_of(&cells[2])), "{cells:?}");
    }
    let spend = file(shop, "spend.csv");
    for channel in &shop.truth.channels {
        let spent: f64 =
            spend.iter().filter(|c| c[1] == channel.name).map(|c| c[2].parse::<f64>().expect("an amount")).sum();
        assert!((spent - channel.spent).abs() < 0.005, "{channel:?} {spent}");
        assert_eq!(won.get(channel.name).copied().unwrap_or(0), channel.customers, "{channel:?}");
        let each = spent / channel.customers as f64;
        assert!(channel.customers > 100 && (each - channel.cost).abs() <= 0.1 * channel.cost, "{channel:?} {each}");
    }
}

#[test]
fn surveys_are_answered_by_the_content() {
    let shop = large();
    let kinds: FxHashMap<String, String> =
        file(shop, "truth-customers.csv").iter().map(|c| (c[0].clone(), c[1].clone())).collect();
    let surveys = file(shop, "surveys.csv");
    let of = |wave: &str| surveys.iter().filter(move |c| c[2] == wave).collect::<Vec<_>>();
    assert_eq!(shop.truth.survey.waves.len(), 8);
    for wave in &shop.truth.survey.waves {
        let sent = of(&wave.wave);
        assert_eq!(sent.len() as u64, wave.asked, "{wave:?}");
        assert_eq!(sent.iter().filter(|c| !c[3].is_empty()).count() as u64, wave.answered, "{wave:?}");
    }
    let waves = &shop.truth.survey.waves;
    let mean = |of: &dyn Fn(&super::voices::Wave) -> f64| waves.iter().map(of).sum::<f64>() / waves.len() as f64;
    let (asked, answered) = (mean(&|w| w.satisfaction_of_asked), mean(&|w| w.satisfaction_of_answered));
    assert!(answered > asked + 0.05, "{asked} {answered}");
    for (kind, share) in super::customers::TYPES.iter().zip(super::voices::ANSWERS) {
        let sent = surveys.iter().filter(|c| kinds[&c[0]] == kind.name);
        let (asked, answered) =
            sent.fold((0.0, 0.0), |sum, c| (sum.0 + 1.0, sum.1 + f64::from(u8::from(!c[3].is_empty()))));
        assert!(asked > 50.0 && f64::abs(answered / asked - share) < 0.12, "{} {answered} of {asked}", kind.name);
    }
    for cells in surveys.iter().filter(|cells| !cells[3].is_empty()) {
        for answer in cells[4..18].iter().filter(|answer| !answer.is_empty()) {
            assert!((1..=10).contains(&answer.parse::<i64>().expect("a whole number")));
        }
        assert!(cells[18].is_empty() || (0..=10).contains(&cells[18].parse::<i64>().expect("a whole number")));
        assert!(cells[19].is_empty() || (1..=7).contains(&cells[19].parse::<i64>().expect("a whole number")));
    }
}

#[test]
fn complaints_belong_to_orders_of_the_same_customer() {
    let shop = large();
    let events: FxHashSet<(String, String)> =
        file(shop, "service.csv").iter().map(|c| (c[0].clone(), c[3].clone())).collect();
    let complaints = file(shop, "complaints.csv");
    let truth = &shop.truth.complaints;
    assert_eq!(complaints.len() as u64, truth.complaints);
    for cells in &complaints {
        assert!(events.contains(&(cells[1].clone(), cells[3].clone())), "{cells:?}");
        assert!(cells[5].is_empty() || day_of(&cells[5]) > day_of(&cells[2]));
    }
    let late = complaints.iter().filter(|c| c[4] == "late").count() as f64;
    assert!((late / truth.late as f64 - truth.late_share).abs() < 0.05, "{late} of {}", truth.late);
    assert_eq!(complaints.iter().filter(|c| !c[5].is_empty()).count() as u64, truth.resolved);
}
