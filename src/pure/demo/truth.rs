//! What was planted in a demo shop, for tests that ask whether a pipeline finds it.

use super::catalogue::Catalogue;
use super::channels::CHANNELS;
use super::customers::{CAUSES, Customer, TYPES};
use super::dirt::{DIRT, Dirt};
use super::economy::Economy;
use super::files::push_date;
use super::goods::CATEGORIES;
use super::ledger::Ledger;
use super::mailings::Mailings;
use super::planted::Planted;
use super::responses::{FATIGUE, LISTS, MEDIA, OFFERS, RESPONSES, WINDOW};
use super::seasons::{GROWTH, HOURS, MONTHS, WEEKDAYS};
use super::settings::{DRIFT, ShopSettings};
use super::voices::{LATE_COMPLAINTS, PATHS, Voices, Wave};
use serde::Serialize;

/// Everything planted in a shop. Dates are `YYYY-MM-DD`, money is in the currency unit, shares are 0 to 1.
#[derive(Debug, Serialize)]
pub struct Truth {
    pub settings: Asked,
    pub totals: Totals,
    pub affinities: Vec<AffinityTruth>,
    /// Items that appear by chance alone.
    pub noise: Vec<NoiseTruth>,
    pub sequences: Vec<SequenceTruth>,
    pub cycles: Vec<CycleTruth>,
    pub types: Vec<TypeTruth>,
    pub causes: Vec<CauseTruth>,
    pub price_changes: Vec<PriceTruth>,
    /// Items that came on sale or went off it during the history.
    pub assortment: Vec<AssortmentTruth>,
    pub seasons: SeasonTruth,
    pub channels: Vec<ChannelTruth>,
    pub survey: SurveyTruth,
    pub complaints: ComplaintTruth,
    pub dirt: Vec<DirtTruth>,
    /// First and last day that the order file holds twice.
    pub overlap: Option<[String; 2]>,
    pub drift: Option<DriftTruth>,
    /// Where the shop contacts its customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaigns: Option<CampaignsTruth>,
}

/// The settings as used.
#[derive(Debug, Serialize)]
pub struct Asked {
    pub lines: u64,
    pub seed: u64,
    pub first_day: String,
    pub last_day: String,
    pub currency: String,
    pub dirt: f64,
}

/// What the files hold.
#[derive(Debug, Serialize)]
pub struct Totals {
    /// Rows of the order file, all kinds, repeated extract included.
    pub lines: u64,
    /// Orders of all kinds, each once.
    pub orders: u64,
    /// Orders of goods, of customers and guests, each once: the baskets that the shares below refer to.
    pub baskets: u64,
    pub customers: u64,
    pub customers_who_bought: u64,
    pub items: u64,
    /// Money on goods sold and on goods cancelled (with the mirrored outlier, without service lines), each once.
    pub sold: f64,
    pub cancelled: f64,
}

#[derive(Debug, Serialize)]
pub struct AffinityTruth {
    pub items: Vec<String>,
    pub descriptions: Vec<String>,
    /// Planted share of the baskets per item and for all together, and their rule lift (below 1: substitutes).
    pub shares: Vec<f64>,
    pub joint_share: f64,
    pub lift: f64,
    /// Baskets that came out with each item and with all.
    pub baskets: Vec<u64>,
    pub joint_baskets: u64,
}

#[derive(Debug, Serialize)]
pub struct NoiseTruth {
    pub item: String,
    pub share: f64,
    pub baskets: u64,
}

#[derive(Debug, Serialize)]
pub struct SequenceTruth {
    pub first: String,
    pub then: String,
    /// Planted chance to come back for it (while still a customer) and lag in days.
    pub share: f64,
    pub lag_days: f64,
    pub lag_spread_days: f64,
    /// How often it was begun by others than one-timers, and how many came back for it inside the history.
    pub begun: u64,
    pub followed: u64,
}

#[derive(Debug, Serialize)]
pub struct CycleTruth {
    pub item: String,
    pub description: String,
    pub mean_days: f64,
    pub spread_days: f64,
    pub customers: u64,
}

#[derive(Debug, Serialize)]
pub struct TypeTruth {
    pub name: &'static str,
    pub meaning: &'static str,
    pub customers: u64,
    pub orders: u64,
}

#[derive(Debug, Serialize)]
pub struct CauseTruth {
    /// Empty for those still there.
    pub name: &'static str,
    pub meaning: &'static str,
    pub customers: u64,
}

#[derive(Debug, Serialize)]
pub struct PriceTruth {
    pub date: String,
    /// `None`: all categories.
    pub category: Option<&'static str>,
    pub factor: f64,
}

#[derive(Debug, Serialize)]
pub struct AssortmentTruth {
    pub item: String,
    pub first_day: Option<String>,
    pub last_day: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct SeasonTruth {
    /// Busyness Monday to Sunday, January to December, and by hour.
    pub weekdays: [f64; 7],
    pub months: [f64; 12],
    pub hours: [f64; 24],
    pub growth_per_year: f64,
}

#[derive(Debug, Serialize)]
pub struct ChannelTruth {
    pub name: &'static str,
    /// What one customer costs on average, in the currency unit.
    pub cost: f64,
    /// Customers won during the history and the money spent on them.
    pub customers: u64,
    pub spent: f64,
}

#[derive(Debug, Serialize)]
pub struct SurveyTruth {
    pub paths: Vec<PathTruth>,
    pub waves: Vec<Wave>,
}

#[derive(Debug, Serialize)]
pub struct PathTruth {
    pub from: &'static str,
    pub to: &'static str,
    pub effect: f64,
}

#[derive(Debug, Serialize)]
pub struct ComplaintTruth {
    pub complaints: u64,
    pub resolved: u64,
    /// Late deliveries, those among them with a complaint, and the planted share. Complaining changes nothing in
    /// whether a customer leaves.
    pub late: u64,
    pub late_with_complaint: u64,
    pub late_share: f64,
}

#[derive(Debug, Serialize)]
pub struct DirtTruth {
    pub name: &'static str,
    pub meaning: &'static str,
    /// Rows of the order file.
    pub rows: u64,
}

#[derive(Debug, Serialize)]
pub struct DriftTruth {
    pub from: String,
    pub what: &'static str,
}

#[derive(Debug, Serialize)]
pub struct CampaignsTruth {
    /// Days for which a contact has an effect and tires, and what each contact of that time leaves of the next one's effect.
    pub window_days: u32,
    pub fatigue: f64,
    pub responses: Vec<ResponseTruth>,
    pub media: Vec<MediumTruth>,
    pub lists: Vec<ListTruth>,
}

#[derive(Debug, Serialize)]
pub struct ResponseTruth {
    pub name: &'static str,
    pub meaning: &'static str,
    pub customers: u64,
}

#[derive(Debug, Serialize)]
pub struct MediumTruth {
    pub name: &'static str,
    pub cost: f64,
    /// Share of wrong addresses or numbers.
    pub bounces: f64,
    /// Chance to bring an order from somebody persuadable, and to keep a sleeping dog away.
    pub persuades: f64,
    pub repels: f64,
}

#[derive(Debug, Serialize)]
pub struct ListTruth {
    pub name: &'static str,
    pub date: String,
    pub channel: &'static str,
    pub offer: &'static str,
    /// What the offer costs where it is redeemed.
    pub offer_cost: f64,
    pub control_share: f64,
    pub contacted: u64,
    pub control: u64,
    pub delivered: u64,
    pub redeemed: u64,
    pub unsubscribed: u64,
    /// Planted among those contacted: orders that the contacts bring on average, and persons whom they keep away.
    pub expected_caused: f64,
    pub expected_kept_away: f64,
    /// Orders that the contacts brought, and usual visits that they prevented.
    pub caused: u64,
    pub prevented: u64,
    /// Contacts and redeemed offers.
    pub cost: f64,
}

impl Truth {
    /// Rows of the order file under one rule.
    pub fn rows(&self, dirt: Dirt) -> u64 {
        self.dirt[dirt as usize].rows
    }
}

/// A shop whose last day is over.
pub(super) struct Closed<'a> {
    pub settings: &'a ShopSettings,
    pub catalogue: &'a Catalogue,
    pub customers: &'a [Customer],
    pub planted: &'a Planted,
    pub ledger: &'a Ledger,
    pub economy: &'a Economy,
    pub voices: &'a Voices,
    pub mailings: Option<&'a Mailings>,
}

/// The truth about a shop whose last day is over.
pub(super) fn of(shop: &Closed) -> Truth {
    let Closed { settings, catalogue, customers, planted, ledger, economy, voices, mailings } = shop;
    let id = |item: u32| catalogue.items[item as usize].id.clone();
    let description = |item: u32| catalogue.items[item as usize].description.clone();
    let here = |left: u32| settings.start + i64::from(left) >= settings.end;
    let affinities = catalogue.together.iter().zip(&planted.by_affinity).map(|(group, &joint_baskets)| AffinityTruth {
        items: group.items.iter().map(|&item| id(item)).collect(),
        descriptions: group.items.iter().map(|&item| description(item)).collect(),
        shares: group.shares.clone(),
        joint_share: rounded(group.joint),
        lift: rounded(group.lift()),
        baskets: group.items.iter().map(|&item| planted.by_item[item as usize]).collect(),
        joint_baskets,
    });
    let noise = catalogue.noise.iter().map(|&(item, share)| NoiseTruth {
        item: id(item),
        share: rounded(share),
        baskets: planted.by_item[item as usize],
    });
    let sequences = catalogue.follows.iter().enumerate().map(|(place, follow)| SequenceTruth {
        first: id(follow.first),
        then: id(follow.then),
        share: follow.share,
        lag_days: follow.lag,
        lag_spread_days: follow.spread,
        begun: planted.begun[place],
        followed: planted.followed[place],
    });
    let cycles = catalogue.again.iter().enumerate().map(|(place, again)| CycleTruth {
        item: id(again.item),
        description: description(again.item),
        mean_days: again.days,
        spread_days: again.spread,
        customers: customers.iter().filter(|c| usize::from(c.cycle) == place).count() as u64,
    });
    let types = TYPES.iter().enumerate().map(|(place, row)| {
        let of_type = || customers.iter().filter(move |c| usize::from(c.kind) == place);
        TypeTruth {
            name: row.name,
            meaning: row.meaning,
            customers: of_type().count() as u64,
            orders: of_type().map(|c| u64::from(c.orders)).sum(),
        }
    });
    let causes = CAUSES.iter().enumerate().map(|(place, &(name, meaning))| CauseTruth {
        name,
        meaning,
        customers: customers
            .iter()
            .filter(|c| if here(c.left) { place == 0 } else { usize::from(c.cause) == place })
            .count() as u64,
    });
    let assortment = catalogue.items[..catalogue.ordinary].iter().filter_map(|item| {
        let first_day = (item.sold.start > 0).then(|| date(settings.start + i64::from(item.sold.start)));
        let last_day = (item.sold.end != u32::MAX).then(|| date(settings.start + i64::from(item.sold.end) - 1));
        (first_day.is_some() || last_day.is_some()).then(|| AssortmentTruth {
            item: item.id.clone(),
            first_day,
            last_day,
        })
    });
    Truth {
        settings: Asked {
            lines: settings.lines,
            seed: settings.seed,
            first_day: date(settings.start),
            last_day: date(settings.end - 1),
            currency: settings.currency.clone(),
            dirt: settings.dirt,
        },
        totals: Totals {
            lines: ledger.lines,
            orders: ledger.orders,
            baskets: planted.orders,
            customers: customers.len() as u64,
            customers_who_bought: customers.iter().filter(|c| c.orders > 0).count() as u64,
            items: catalogue.items.len() as u64,
            sold: ledger.sold as f64 / 100.0,
            cancelled: ledger.returned as f64 / 100.0,
        },
        affinities: affinities.collect(),
        noise: noise.collect(),
        sequences: sequences.collect(),
        cycles: cycles.collect(),
        types: types.collect(),
        causes: causes.collect(),
        price_changes: planted
            .prices
            .iter()
            .map(|&(day, category, factor)| PriceTruth {
                date: date(day),
                category: category.map(|c| CATEGORIES[usize::from(c)].1),
                factor: factor as f64 / 1_000.0,
            })
            .collect(),
        assortment: assortment.collect(),
        seasons: SeasonTruth { weekdays: WEEKDAYS, months: MONTHS, hours: HOURS, growth_per_year: GROWTH },
        channels: CHANNELS
            .iter()
            .enumerate()
            .map(|(place, &(name, _, cost))| ChannelTruth {
                name,
                cost: cost as f64 / 100.0,
                customers: economy.acquired[place],
                spent: economy.spent[place] as f64 / 100.0,
            })
            .collect(),
        survey: SurveyTruth {
            paths: PATHS.iter().map(|&(from, to, effect)| PathTruth { from, to, effect }).collect(),
            waves: voices
                .waves
                .iter()
                .map(|wave| Wave {
                    wave: wave.wave.clone(),
                    satisfaction_of_asked: rounded(wave.satisfaction_of_asked),
                    satisfaction_of_answered: rounded(wave.satisfaction_of_answered),
                    ..*wave
                })
                .collect(),
        },
        complaints: ComplaintTruth {
            complaints: voices.complaints(),
            resolved: voices.resolved,
            late: voices.late,
            late_with_complaint: voices.late_with_complaint,
            late_share: LATE_COMPLAINTS,
        },
        dirt: DIRT
            .iter()
            .map(|row| DirtTruth { name: row.name, meaning: row.meaning, rows: ledger.counts.of(row.dirt) })
            .collect(),
        overlap: planted.overlap.map(|(first, last)| [date(first), date(last)]),
        drift: settings.drift.map(|day| DriftTruth { from: date(day), what: DRIFT }),
        campaigns: mailings.map(|mailings| campaigns(mailings, customers, settings.start)),
    }
}

/// What was planted in the campaigns and what came of them.
fn campaigns(mailings: &Mailings, customers: &[Customer], start: i64) -> CampaignsTruth {
    let mut counts = [0; RESPONSES.len()];
    for (index, customer) in customers.iter().enumerate() {
        counts[usize::from(mailings.response(index as u32, customer.kind))] += 1;
    }
    let lists = LISTS.iter().zip(&mailings.sums).map(|(list, sums)| ListTruth {
        name: list.name,
        date: date(start + mailings.day_of(list) as i64),
        channel: MEDIA[usize::from(list.medium)].name,
        offer: OFFERS[usize::from(list.offer)].0,
        offer_cost: OFFERS[usize::from(list.offer)].1 as f64 / 100.0,
        control_share: f64::from(list.control) / 100.0,
        contacted: sums.contacted,
        control: sums.control,
        delivered: sums.delivered,
        redeemed: sums.redeemed,
        unsubscribed: sums.unsubscribed,
        expected_caused: rounded(sums.expected),
        expected_kept_away: rounded(sums.repelled),
        caused: sums.caused,
        prevented: sums.prevented,
        cost: sums.cost as f64 / 100.0,
    });
    CampaignsTruth {
        window_days: WINDOW,
        fatigue: FATIGUE,
        responses: RESPONSES
            .iter()
            .zip(counts)
            .map(|(row, customers)| ResponseTruth { name: row.name, meaning: row.meaning, customers })
            .collect(),
        media: MEDIA
            .iter()
            .map(|row| MediumTruth {
                name: row.name,
                cost: row.cost as f64 / 100.0,
                bounces: row.bounces,
                persuades: row.persuades,
                repels: row.repels,
            })
            .collect(),
        lists: lists.collect(),
    }
}

/// To six places, so that the file shows 0.0075 rather than the nearest binary fraction's digits.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn date(day: i64) -> String {
    let mut out = Vec::new();
    push_date(&mut out, day);
    String::from_utf8(out).expect("a date is ASCII")
}
