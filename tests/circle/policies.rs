//! Policies that know the planted world: the best of all plans, and what shops do that do not ask whom a contact changes.

use super::world::{BUDGET, CHANNELS, World};

/// Who gets a contact by which channel.
pub type Contacts = Vec<Option<usize>>;

/// Steps of a search for a price: each halves what is not known of it.
const HALVINGS: u32 = 30;
/// No place and no currency unit is worth more than this.
const HIGHEST: f64 = 1_000.0;

/// What contacts use: money, and contacts by channel.
pub fn used(contacts: &Contacts) -> (f64, [usize; 2]) {
    let by = std::array::from_fn(|channel| contacts.iter().filter(|contact| **contact == Some(channel)).count());
    ((0..2).map(|channel| by[channel] as f64 * CHANNELS[channel].cost).sum(), by)
}

/// Whether contacts keep within budget and capacities.
pub fn holds(contacts: &Contacts) -> bool {
    let (cost, by) = used(contacts);
    let most = |share: f64| share * contacts.len() as f64;
    cost <= most(BUDGET) && (0..2).all(|channel| by[channel] as f64 <= most(CHANNELS[channel].capacity))
}

/// The plan that brings most in this turn by the planted effects: each customer gets what is worth most at the lowest prices of money and of letters at
/// which the limits hold. What it leaves free is less than a contact.
pub fn optimum(world: &World) -> Contacts {
    let at = |money: f64, letter: f64| -> Contacts {
        let gain = |customer: usize, channel: usize| {
            world.worth(customer, channel) - money * CHANNELS[channel].cost - if channel == 1 { letter } else { 0.0 }
        };
        let best = |customer: usize| {
            let open = (0..2).filter(|channel| world.is_reachable(customer, *channel));
            let gains = open.map(|channel| (gain(customer, channel), channel)).filter(|(gain, _)| *gain > 0.0);
            gains.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, channel)| channel)
        };
        (0..world.customers()).map(best).collect()
    };
    let letters = CHANNELS[1].capacity * world.customers() as f64;
    let with_letters_priced = |money: f64| {
        let price = lowest(|letter| used(&at(money, letter)).1[1] as f64 <= letters);
        at(money, price)
    };
    with_letters_priced(lowest(|money| holds(&with_letters_priced(money))))
}

/// The lowest price at which something holds; it holds at all higher ones.
fn lowest(holds: impl Fn(f64) -> bool) -> f64 {
    if holds(0.0) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, HIGHEST);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}

/// An e-mail to everybody who can be reached.
pub fn everybody(world: &World) -> Contacts {
    (0..world.customers()).map(|customer| world.is_reachable(customer, 0).then_some(0)).collect()
}

/// Those who order least come first: the highest churn scores there are.
pub fn by_churn(world: &World) -> Contacts {
    by_score(world, &|customer, _| -world.base(customer))
}

/// Those most likely to order when contacted come first: the best model of responses there is.
pub fn by_response(world: &World) -> Contacts {
    by_score(world, &|customer, channel| world.base(customer) + world.effect(customer, channel))
}

/// The list by a perfect score, with the channel and the length that bring most, as if the shop knew.
fn by_score(world: &World, score: &dyn Fn(usize, usize) -> f64) -> Contacts {
    let mut best = (f64::NEG_INFINITY, vec![None; world.customers()]);
    for channel in 0..2 {
        let open = (0..world.customers()).filter(|customer| world.is_reachable(*customer, channel));
        let mut order: Vec<(f64, usize)> = open.map(|customer| (score(customer, channel), customer)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for share in [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0] {
            let n = world.customers() as f64;
            let most = (share * n).min(CHANNELS[channel].capacity * n).min(BUDGET * n / CHANNELS[channel].cost);
            let chosen = &order[..order.len().min(most as usize)];
            let profit = chosen.iter().map(|(_, customer)| world.worth(*customer, channel)).sum();
            if profit > best.0 {
                let mut contacts = vec![None; world.customers()];
                chosen.iter().for_each(|(_, customer)| contacts[*customer] = Some(channel));
                best = (profit, contacts);
            }
        }
    }
    best.1
}
