//! What a demo shop sells, and the patterns planted in what is bought together, next and again.

use super::draws::Alias;
use super::goods::{CATEGORIES, Item, NOISE, TASTES, ordinary_item};
use super::settings::ShopSettings;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde::Serialize;

/// The category whose prices rise on the day of the price rise.
pub const RISING: u8 = 1;

/// A planted item: description, category, price in hundredths.
type Planted = (&'static str, u8, i64);

/// Items whose place in a basket is planted: each one's share of all orders, and what is wanted of their joint share.
struct Affinity {
    items: &'static [(Planted, f64)],
    joint: Joint,
}

/// How often the items of an affinity meet.
enum Joint {
    /// A pair at this rule lift: below 1 for substitutes.
    Lift(f64),
    /// All in this share of the orders, otherwise independently.
    Share(f64),
}

const AFFINITIES: [Affinity; 13] = [
    Affinity {
        items: &[(("Pasta maker", 1, 3995), 0.020), (("Pasta drying rack", 1, 1495), 0.015)],
        joint: Joint::Lift(20.0),
    },
    Affinity {
        items: &[(("Wine glasses, set of 6", 1, 2450), 0.030), (("Corkscrew", 1, 995), 0.020)],
        joint: Joint::Lift(10.0),
    },
    Affinity {
        items: &[(("Picnic basket", 4, 3450), 0.025), (("Picnic blanket", 4, 1950), 0.025)],
        joint: Joint::Lift(12.0),
    },
    Affinity { items: &[(("Chess set", 5, 2995), 0.020), (("Chess clock", 5, 2495), 0.014)], joint: Joint::Lift(25.0) },
    Affinity { items: &[(("Teapot", 0, 1895), 0.030), (("Tea cosy", 0, 895), 0.020)], joint: Joint::Lift(11.0) },
    Affinity { items: &[(("Yoga mat", 10, 2195), 0.040), (("Yoga block", 10, 795), 0.030)], joint: Joint::Lift(6.0) },
    Affinity {
        items: &[(("Watercolour set", 5, 1650), 0.025), (("Canvas 30 x 40", 5, 695), 0.025)],
        joint: Joint::Lift(14.0),
    },
    Affinity { items: &[(("Dog lead", 6, 1295), 0.030), (("Dog bowl", 6, 950), 0.030)], joint: Joint::Lift(8.0) },
    Affinity {
        items: &[
            (("Fondue pot", 1, 3250), 0.015),
            (("Fondue forks", 1, 1150), 0.014),
            (("Melting chocolate", 9, 650), 0.022),
        ],
        joint: Joint::Share(0.008),
    },
    Affinity {
        items: &[
            (("Wrapping paper", 9, 350), 0.050),
            (("Satin ribbon", 9, 295), 0.045),
            (("Gift tags", 9, 225), 0.040),
        ],
        joint: Joint::Share(0.014),
    },
    Affinity {
        items: &[
            (("Seed tray", 4, 475), 0.022),
            (("Propagator", 4, 2350), 0.014),
            (("Potting compost", 4, 795), 0.030),
        ],
        joint: Joint::Share(0.008),
    },
    Affinity {
        items: &[(("Hand soap, lavender", 7, 450), 0.050), (("Hand soap, lemon", 7, 450), 0.050)],
        joint: Joint::Lift(0.2),
    },
    Affinity {
        items: &[(("Black pens, pack of 10", 2, 595), 0.055), (("Blue pens, pack of 10", 2, 595), 0.055)],
        joint: Joint::Lift(0.3),
    },
];

/// How many of the affinities the drift ends.
pub const FADING: usize = 3;

/// Share of the orders of the first noise item; each further one has a little more.
const NOISE_SHARE: f64 = 0.010;

/// A then B: whoever buys `first` comes back for `then` after a lag, with the given probability.
struct Sequence {
    first: (Planted, f64),
    then: (Planted, f64),
    share: f64,
    lag: f64,
    spread: f64,
}

const SEQUENCES: [Sequence; 5] = [
    Sequence {
        first: (("Inkjet printer", 3, 8900), 0.018),
        then: (("Ink cartridges", 3, 2450), 0.004),
        share: 0.60,
        lag: 30.0,
        spread: 5.0,
    },
    Sequence {
        first: (("Espresso machine", 0, 14900), 0.015),
        then: (("Descaler", 0, 895), 0.004),
        share: 0.55,
        lag: 45.0,
        spread: 7.0,
    },
    Sequence {
        first: (("Aquarium", 6, 7900), 0.015),
        then: (("Fish food", 6, 695), 0.004),
        share: 0.60,
        lag: 14.0,
        spread: 3.0,
    },
    Sequence {
        first: (("Seed starter kit", 4, 1995), 0.018),
        then: (("Plant pots, set of 5", 4, 1495), 0.005),
        share: 0.50,
        lag: 21.0,
        spread: 4.0,
    },
    Sequence {
        first: (("Camping stove", 10, 3995), 0.015),
        then: (("Gas canister", 10, 595), 0.004),
        share: 0.50,
        lag: 10.0,
        spread: 2.0,
    },
];

/// An item that some customers buy again and again: share of the customers who can have a cycle, mean and spread of it.
struct Cycle {
    item: (Planted, f64),
    share: f64,
    days: f64,
    spread: f64,
}

const CYCLES: [Cycle; 5] = [
    Cycle { item: (("Coffee beans, 1 kg", 0, 1495), 0.005), share: 0.14, days: 28.0, spread: 3.0 },
    Cycle { item: (("Cat food, 12 tins", 6, 1195), 0.004), share: 0.09, days: 21.0, spread: 2.0 },
    Cycle { item: (("Razor blades", 7, 1295), 0.004), share: 0.08, days: 42.0, spread: 4.0 },
    Cycle { item: (("Vitamin tablets", 7, 895), 0.004), share: 0.07, days: 30.0, spread: 3.0 },
    Cycle { item: (("Printer paper", 3, 2250), 0.005), share: 0.08, days: 60.0, spread: 6.0 },
];

/// Items planted together: what an order draws, as one cell of all combinations.
#[derive(Debug)]
pub struct Together {
    /// Items, at most three.
    pub items: Vec<u32>,
    /// Share of the orders that hold each item.
    pub shares: Vec<f64>,
    /// Share of the orders that hold all of them.
    pub joint: f64,
    /// `bounds[m]` is the chance of a combination (bit set of items) up to `m`.
    bounds: Vec<f64>,
}

/// An item that draws another after it.
#[derive(Debug, Clone, Serialize)]
pub struct Follow {
    pub first: u32,
    pub then: u32,
    /// Chance that a customer who still shops here comes back for it.
    pub share: f64,
    /// Mean and spread of the lag, in days.
    pub lag: f64,
    pub spread: f64,
    first_share: f64,
    then_share: f64,
}

/// An item bought again and again by some.
#[derive(Debug, Clone)]
pub struct Again {
    pub item: u32,
    /// Share of the customers with lasting habits who have this cycle.
    pub share: f64,
    /// Mean cycle over the customers, and its spread from one purchase to the next, in days.
    pub days: f64,
    pub spread: f64,
    casual_share: f64,
}

/// Everything a shop sells.
#[derive(Debug)]
pub struct Catalogue {
    /// All items: ordinary ones first.
    pub items: Vec<Item>,
    /// How many of them are ordinary, drawn by popularity and taste.
    pub ordinary: usize,
    pub together: Vec<Together>,
    pub follows: Vec<Follow>,
    pub again: Vec<Again>,
    /// The noise items with the share of the orders that hold each.
    pub noise: Vec<(u32, f64)>,
    /// Sold only before the history began: it comes back, but nobody buys it.
    pub bygone: u32,
    popularity: Alias,
    /// Per taste: the table over the ordinary items of that category, item = slot × TASTES + taste.
    by_taste: Vec<Alias>,
}

impl Catalogue {
    /// The catalogue of a shop; `key` decides prices and the assortment's changes.
    pub fn new(settings: &ShopSettings, key: u64) -> Self {
        let days = (settings.end - settings.start) as u32;
        let ordinary = settings.items.unwrap_or_else(|| (settings.lines / 120).clamp(150, 4_000) as u32).max(TASTES);
        let mut items: Vec<Item> = (0..ordinary).map(|rank| ordinary_item(rank, days, key)).collect();
        let mut plant = |(description, category, price): Planted| {
            let id = format!("{}{}", CATEGORIES[usize::from(category)].0, 90_001 + items.len() as u32 - ordinary);
            items.push(Item { id, description: description.to_owned(), category, price, sold: 0..u32::MAX });
            items.len() as u32 - 1
        };
        let together = AFFINITIES
            .iter()
            .map(|a| Together::new(a.items.iter().map(|&(item, _)| plant(item)).collect(), a))
            .collect();
        let follows = SEQUENCES
            .iter()
            .map(|s| Follow {
                first: plant(s.first.0),
                then: plant(s.then.0),
                share: s.share,
                lag: s.lag,
                spread: s.spread,
                first_share: s.first.1,
                then_share: s.then.1,
            })
            .collect();
        let again = CYCLES
            .iter()
            .map(|c| Again {
                item: plant(c.item.0),
                share: c.share,
                days: c.days,
                spread: c.spread,
                casual_share: c.item.1,
            })
            .collect();
        let noise = NOISE
            .iter()
            .enumerate()
            .map(|(i, name)| (plant((name, TASTES as u8, 125 + 35 * i as i64)), NOISE_SHARE + 0.0005 * i as f64))
            .collect();
        let bygone = plant(("Jubilee hamper", 9, 4500));
        let weights: Vec<f64> = (0..ordinary).map(|rank| 1.0 / f64::from(rank + 15)).collect();
        let by_taste = (0..TASTES as usize)
            .map(|taste| Alias::new(&weights.iter().copied().skip(taste).step_by(TASTES as usize).collect::<Vec<_>>()))
            .collect();
        let popularity = Alias::new(&weights);
        Catalogue { items, ordinary: ordinary as usize, together, follows, again, noise, bygone, popularity, by_taste }
    }

    /// An ordinary item by its popularity.
    pub fn popular(&self, bits: u64) -> u32 {
        self.popularity.pick(bits) as u32
    }

    /// An ordinary item of one taste, by its popularity.
    pub fn of_taste(&self, taste: u32, bits: u64) -> u32 {
        self.by_taste[taste as usize].pick(bits) as u32 * TASTES + taste
    }

    /// Whether an item is on sale on a day counted from the start.
    pub fn on_sale(&self, item: u32, day: usize) -> bool {
        self.items[item as usize].sold.contains(&(day as u32))
    }

    /// Draws what an order holds by plan: affinities, noise, at most one first item of a sequence, casual purchases of
    /// its second items and of cycle items. Counts the affinities met whole in `joint`, one place each. Returns the
    /// sequence that was begun.
    pub fn draw_planted(
        &self,
        rng: &mut ChaCha8Rng,
        faded: bool,
        basket: &mut Vec<u32>,
        joint: &mut [u64],
    ) -> Option<usize> {
        for (index, group) in self.together.iter().enumerate() {
            let before = basket.len();
            if faded && index < FADING {
                let each = group.items.iter().zip(&group.shares);
                basket.extend(each.filter(|&(_, &share)| super::draws::chance(rng, share)).map(|(&item, _)| item));
            } else {
                group.draw(super::draws::uniform(rng), basket);
            }
            joint[index] += u64::from(basket.len() - before == group.items.len());
        }
        for four in self.noise.chunks(4) {
            let mut bits = rng.next_u64();
            for &(item, share) in four {
                if (bits & 0xffff) as f64 * (1.0 / 65_536.0) < share {
                    basket.push(item);
                }
                bits >>= 16;
            }
        }
        let mut place = super::draws::uniform(rng);
        for again in &self.again {
            if place >= 0.0 && place < again.casual_share {
                basket.push(again.item);
            }
            place -= again.casual_share;
        }
        for follow in &self.follows {
            if place >= 0.0 && place < follow.then_share {
                basket.push(follow.then);
            }
            place -= follow.then_share;
        }
        for (index, follow) in self.follows.iter().enumerate() {
            if place >= 0.0 && place < follow.first_share {
                basket.push(follow.first);
                return Some(index);
            }
            place -= follow.first_share;
        }
        None
    }
}

impl Together {
    fn new(items: Vec<u32>, affinity: &Affinity) -> Self {
        let shares: Vec<f64> = affinity.items.iter().map(|&(_, share)| share).collect();
        let full = (1usize << items.len()) - 1;
        let mut cells = vec![0.0; full + 1];
        match affinity.joint {
            Joint::Lift(lift) => {
                let joint = lift * shares[0] * shares[1];
                cells[1] = shares[0] - joint;
                cells[2] = shares[1] - joint;
                cells[3] = joint;
                cells[0] = 1.0 - cells[1] - cells[2] - cells[3];
            }
            Joint::Share(together) => {
                // All at once in `together` of the orders; in the others each at the rate that keeps its own share.
                for (mask, cell) in cells.iter_mut().enumerate() {
                    *cell = 1.0 - together;
                    for (bit, share) in shares.iter().enumerate() {
                        let rest = (share - together) / (1.0 - together);
                        *cell *= if mask >> bit & 1 == 1 { rest } else { 1.0 - rest };
                    }
                }
                cells[full] += together;
            }
        }
        let bounds = cells.iter().scan(0.0, |sum, cell| {
            *sum += cell;
            Some(*sum)
        });
        Together { bounds: bounds.collect(), joint: cells[full], items, shares }
    }

    fn draw(&self, place: f64, basket: &mut Vec<u32>) {
        if place < self.bounds[0] {
            return;
        }
        let mask = self.bounds.iter().position(|&bound| place < bound).unwrap_or(0);
        basket.extend((0..self.items.len()).filter(|bit| mask >> bit & 1 == 1).map(|bit| self.items[bit]));
    }

    /// Planted rule lift: joint share over the product of the single shares.
    pub fn lift(&self) -> f64 {
        self.joint / self.shares.iter().product::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;

    #[test]
    fn planted_shares_and_lifts_come_out() {
        let catalogue = Catalogue::new(&ShopSettings::default(), 1);
        let mut rng = stream(3, "planted");
        let mut counts = vec![0u32; catalogue.items.len()];
        let mut joint = vec![0; catalogue.together.len()];
        let orders = 300_000;
        let mut basket = Vec::new();
        for _ in 0..orders {
            basket.clear();
            catalogue.draw_planted(&mut rng, false, &mut basket, &mut joint);
            for &item in &basket {
                counts[item as usize] += 1;
            }
        }
        for (group, &count) in catalogue.together.iter().zip(&joint) {
            let expected = group.joint * f64::from(orders);
            assert!((count as f64 - expected).abs() < 5.0 * expected.sqrt(), "{group:?} {count}");
            for (&item, &share) in group.items.iter().zip(&group.shares) {
                let expected = share * f64::from(orders);
                assert!((f64::from(counts[item as usize]) - expected).abs() < 5.0 * expected.sqrt());
            }
        }
        for &(item, share) in &catalogue.noise {
            let expected = share * f64::from(orders);
            assert!((f64::from(counts[item as usize]) - expected).abs() < 5.0 * expected.sqrt());
        }
    }

    #[test]
    fn codes_and_names_are_unique() {
        let catalogue = Catalogue::new(&ShopSettings { items: Some(50_000), ..ShopSettings::default() }, 1);
        let mut ids: Vec<&str> = catalogue.items.iter().map(|item| item.id.as_str()).collect();
        let mut names: Vec<&str> = catalogue.items.iter().map(|item| item.description.as_str()).collect();
        for all in [&mut ids, &mut names] {
            all.sort_unstable();
            assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }
}
