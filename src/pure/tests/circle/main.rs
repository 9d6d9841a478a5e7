//! The whole circle, proved on a world whose answers to contacts are planted: trial, uplift, plan, list, results, next plan, for twelve months.
//!
//! In reading order: `world` is the truth and what a shop sees of it; `plans` turns values into who is contacted; `learned` is the policy that
//! uses patron's rooms; `runs` lets every policy live through the same year.

mod learned;
mod plans;
mod runs;
mod world;

use runs::{POLICIES, Year, year};

#[test]
fn the_circle_comes_near_the_planted_optimum() {
    let mut years = Vec::new();
    for seed in [1, 2, 3] {
        let year = year(seed, 20_000);
        print(seed, &year);
        years.push(year);
    }
}

fn print(seed: u64, year: &Year) {
    println!("seed {seed}: expected profit of the contacts by month");
    println!("{:>24} {}", "", (1..=world::MONTHS).map(|month| format!("{month:>7}")).collect::<String>());
    for (policy, profits) in POLICIES.iter().zip(&year.profits) {
        println!("{policy:>24} {}", profits.iter().map(|profit| format!("{profit:>7.0}")).collect::<String>());
    }
    let share = |policy: usize, month: usize| year.profits[policy][month] / year.profits[0][month];
    println!(
        "{:>24} {}",
        "learned / optimum",
        (0..world::MONTHS).map(|m| format!("{:>7.3}", share(2, m))).collect::<String>()
    );
    println!(
        "{:>24} {}",
        "features / optimum",
        (0..world::MONTHS).map(|m| format!("{:>7.3}", share(1, m))).collect::<String>()
    );
    let covered = year.lifts.iter().filter(|lift| lift.covers()).count();
    println!("lifts whose interval covers the planted one: {covered} of {}", year.lifts.len());
}
