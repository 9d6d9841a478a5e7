//! A shop of the planted world: its files, its runs of the real binary, and the lists that these publish.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::world::{CHANNELS, FEATURES, Lived, World};
use crate::program::{root, run_into};

/// Days of a turn.
const DAYS: i64 = 28;
/// Turns before the first contact, in which the shop comes to know its customers.
const HISTORY: usize = 3;
/// Share of the price that is margin, as in the pipeline.
const MARGIN: f64 = 0.4;

/// A list that was published.
pub struct List {
    pub name: String,
    pub channel: usize,
    pub contacted: Vec<usize>,
    pub held_back: Vec<usize>,
}

/// The shop.
pub struct Shop {
    folder: tempfile::TempDir,
    /// Its customers.
    pub world: World,
    /// Turns that are over.
    turn: usize,
    orders: String,
    results: String,
}

/// The pipeline, the model of how a shop closes the loop.
pub fn pipeline() -> PathBuf {
    root().join("tests/circle/closed-loop.toml")
}

/// A world in which everybody has ordered once and the turns of the history have passed.
pub fn after_history(seed: u64, customers: usize) -> (World, Vec<Lived>) {
    let mut world = World::new(seed, customers);
    let lived = (0..HISTORY).map(|_| world.live(&vec![None; customers])).collect();
    (world, lived)
}

impl Shop {
    pub fn new(seed: u64, customers: usize) -> Shop {
        let (world, history) = after_history(seed, customers);
        let mut people = format!("customer,{}\n", FEATURES.join(","));
        for customer in 0..customers {
            let cells: Vec<String> = world.features(customer).iter().map(|value| format!("{value:.3}")).collect();
            writeln!(people, "{},{}", name(customer), cells.join(",")).expect("memory");
        }
        let mut shop = Shop {
            folder: tempfile::tempdir().expect("a folder"),
            world,
            turn: 0,
            orders: "customer,order,time,item,quantity,unit_price\n".to_owned(),
            results: "customer,event,date,list\n".to_owned(),
        };
        std::fs::write(shop.at().join("people.csv"), people).expect("written");
        // Everybody's first order, before the turns.
        for customer in 0..customers {
            shop.order(customer, shop.first_day(0) - 20.days(), shop.world.margin(customer));
        }
        for lived in history {
            shop.enter(&lived, &BTreeMap::new());
        }
        shop.write();
        shop
    }

    pub fn at(&self) -> &Path {
        self.folder.path()
    }

    /// The first day of the turn that is to come.
    pub fn today(&self) -> Date {
        self.first_day(self.turn)
    }

    fn first_day(&self, turn: usize) -> Date {
        date(2025, 1, 1) + (DAYS * turn as i64).days()
    }

    /// Runs the pipeline for today: some of its stages and what they need.
    pub fn run(&self, select: &[&str], more: &[&str]) {
        let (data, day) = (format!("data={}", self.at().display()), format!("day={}", self.today()));
        let mut arguments = vec!["--quiet", "--var", &data, "--var", &day];
        select.iter().for_each(|stage| arguments.extend(["--select", stage]));
        arguments.extend(more);
        let gave = run_into(&pipeline(), self.at(), &arguments);
        assert_eq!(gave.code, 0, "{}: {}", self.today(), gave.err);
    }

    /// The lists with persons that today's run published.
    pub fn lists(&self) -> Vec<List> {
        let mut lists = Vec::new();
        for (channel, about) in CHANNELS.iter().enumerate() {
            for before in ["", "trial-"] {
                let name = format!("{before}{}-{}", about.name, self.today());
                let folder = self.at().join("out/lists").join(&name);
                let of = |file: &str| persons(&folder.join(file));
                let (contacted, held_back) = (of(&format!("{name}.csv")), of(&format!("{name}-control.csv")));
                // A plan may have nobody for a channel.
                if !contacted.is_empty() {
                    lists.push(List { name, channel, contacted, held_back });
                }
            }
        }
        lists
    }

    /// Contacts everybody on the lists, lets the turn pass, and writes what the shop knows then. Gives the expected profit of the contacts.
    pub fn pass(&mut self, lists: &[List]) -> f64 {
        let mut contacts = vec![None; self.world.customers()];
        let mut list_of = BTreeMap::new();
        for list in lists {
            for &customer in &list.contacted {
                assert!(contacts[customer].replace(list.channel).is_none(), "{} is on two lists", name(customer));
                list_of.insert(customer, list.name.clone());
            }
        }
        let lived = self.world.live(&contacts);
        self.enter(&lived, &list_of);
        self.write();
        lived.profit
    }

    /// Takes down what a turn brought, in the words of the shop's tools.
    fn enter(&mut self, lived: &Lived, list_of: &BTreeMap<usize, String>) {
        let first = self.today();
        for (customer, margin) in lived.orders.iter().enumerate() {
            if let Some(margin) = margin {
                self.order(customer, first + (customer as i64 % DAYS).days(), *margin);
            }
        }
        for (customer, event) in &lived.results {
            let (word, days) = match *event {
                "bounced" => ("undeliverable", 1),
                "delivered" => ("delivered", 1),
                "unsubscribed" => ("unsubscribed", 3),
                other => (other, 0),
            };
            let (who, day, list) = (name(*customer), first + days.days(), &list_of[customer]);
            writeln!(self.results, "{who},{word},{day},{list}").expect("memory");
        }
        self.turn += 1;
    }

    fn order(&mut self, customer: usize, day: Date, margin: f64) {
        let (who, order) = (name(customer), self.orders.lines().count());
        writeln!(self.orders, "{who},{order},{day} 10:00:00,TEA,1,{:.2}", margin / MARGIN).expect("memory");
    }

    fn write(&self) {
        let gone = (0..self.world.customers()).filter(|customer| self.world.is_gone(*customer));
        let gone: String = gone.map(|customer| format!("{},wants no contacts\n", name(customer))).collect();
        for (file, text) in [
            ("orders.csv", &self.orders),
            ("results.csv", &self.results),
            ("suppressions.csv", &format!("customer,reason\n{gone}")),
        ] {
            std::fs::write(self.at().join(file), text).expect("written");
        }
    }
}

/// The account id of a customer.
pub fn name(customer: usize) -> String {
    format!("k{customer:04}")
}

/// The customers of a list file; nobody where there is none.
fn persons(path: &Path) -> Vec<usize> {
    let Ok(mut reader) = csv::Reader::from_path(path) else { return Vec::new() };
    let place = reader.headers().expect("a header").iter().position(|column| column == "customer").expect("customers");
    let number = |record: csv::StringRecord| record[place].trim_start_matches('k').parse().expect("a customer");
    reader.records().map(|record| number(record.expect("a record"))).collect()
}
