//! The names on the shelves: categories, the words that ordinary items are called by, and the noise items.

use super::draws::mixed;

/// One item on sale.
#[derive(Debug)]
pub struct Item {
    /// Code, such as `KT1042`.
    pub id: String,
    /// Name, which may hold a comma or a quote.
    pub description: String,
    /// Index into [`CATEGORIES`].
    pub category: u8,
    /// Price on the first day, in hundredths of the currency unit.
    pub price: i64,
    /// First day on sale and first day off it, counted from the start of the history.
    pub sold: std::ops::Range<u32>,
}

/// Code prefix and name of each category. The last holds the noise items.
pub const CATEGORIES: [(&str, &str); 12] = [
    ("CF", "Coffee and tea"),
    ("KT", "Kitchen"),
    ("OF", "Office"),
    ("PR", "Printing"),
    ("GD", "Garden"),
    ("TY", "Toys"),
    ("PT", "Pets"),
    ("BT", "Bath"),
    ("LT", "Lighting"),
    ("GF", "Gifts"),
    ("SP", "Sport"),
    ("SN", "Sundries"),
];
/// Categories that customers have a taste for: all but the sundries.
pub const TASTES: u32 = CATEGORIES.len() as u32 - 1;
/// Items that appear in each basket by chance alone, whatever else is in it.
pub const NOISE: [&str; 20] = [
    "Rubber bands",
    "Safety pins",
    "Door stop",
    "Key ring",
    "Cable ties",
    "Sticky hooks",
    "Sewing kit",
    "Matchbox",
    "Shoe laces",
    "Clothes pegs",
    "Plasters",
    "String, 50 m",
    "Thumb tacks",
    "Felt pads",
    "Bottle opener",
    "Fly swatter",
    "Coat hanger",
    "Torch 9\" long",
    "Tape measure",
    "Lint roller",
];
const ADJECTIVES: [&str; 16] = [
    "Oak", "Copper", "Linen", "Striped", "Folding", "Vintage", "Blue", "Enamel", "Bamboo", "Glass", "Woven", "Slate",
    "Spotted", "Brass", "Rose", "Classic",
];
const SIZES: [&str; 4] = ["", ", large", ", small", ", set of 2"];
const NOUNS: [[&str; 14]; TASTES as usize] = [
    [
        "mug",
        "cafetiere",
        "tea caddy",
        "milk jug",
        "sugar bowl",
        "coaster",
        "tea towel",
        "tray",
        "espresso cup",
        "filter holder",
        "spoon rest",
        "tea strainer",
        "saucer",
        "coffee tin",
    ],
    [
        "chopping board",
        "whisk",
        "apron",
        "mixing bowl",
        "rolling pin",
        "pepper mill",
        "cake stand",
        "bread bin",
        "colander",
        "oven glove",
        "jar",
        "pie dish",
        "ladle",
        "grater",
    ],
    [
        "notebook",
        "pen pot",
        "desk lamp base",
        "letter rack",
        "file box",
        "stapler",
        "ruler",
        "desk mat",
        "calendar",
        "clipboard",
        "tape holder",
        "card index",
        "paper knife",
        "book end",
    ],
    [
        "photo paper",
        "label roll",
        "card stock",
        "envelope box",
        "sticker sheet",
        "toner shelf",
        "cable box",
        "print frame",
        "album",
        "stamp",
        "ink pad",
        "transfer sheet",
        "badge kit",
        "laminate pack",
    ],
    [
        "watering can",
        "trowel",
        "bird table",
        "planter",
        "wind chime",
        "kneeler",
        "hose holder",
        "lantern hook",
        "trellis",
        "plant label",
        "glove pair",
        "bird bath",
        "bulb basket",
        "sundial",
    ],
    [
        "puzzle",
        "spinning top",
        "kite",
        "doll",
        "train",
        "yo-yo",
        "skipping rope",
        "building blocks",
        "card game",
        "puppet",
        "marbles",
        "drum",
        "whistle",
        "money box",
    ],
    [
        "pet bed",
        "brush",
        "collar",
        "treat tin",
        "feeding mat",
        "scratching post",
        "toy mouse",
        "water fountain",
        "carrier",
        "blanket",
        "name tag",
        "hutch cover",
        "perch",
        "ball",
    ],
    [
        "towel",
        "soap dish",
        "bath mat",
        "toothbrush holder",
        "mirror",
        "sponge",
        "laundry bag",
        "shower curtain",
        "storage basket",
        "candle",
        "robe hook",
        "nail brush",
        "bath pillow",
        "wash bag",
    ],
    [
        "table lamp",
        "lampshade",
        "lantern",
        "fairy lights",
        "candlestick",
        "night light",
        "wall light",
        "pendant",
        "tealight holder",
        "desk light",
        "garden light",
        "torch stand",
        "light box",
        "dimmer",
    ],
    [
        "photo frame",
        "greeting card",
        "gift box",
        "ornament",
        "bunting",
        "keepsake tin",
        "garland",
        "vase",
        "snow globe",
        "trinket dish",
        "bauble",
        "advent calendar",
        "party hat",
        "cake candle",
    ],
    [
        "water bottle",
        "sports bag",
        "ball pump",
        "towel band",
        "jump rope",
        "gym mat",
        "wrist band",
        "bike bell",
        "swim cap",
        "racket grip",
        "tennis balls",
        "hand weight",
        "frisbee",
        "compass",
    ],
];

/// The ordinary item of a rank of popularity; `key` decides its price and when it is on sale in a history of `days`.
pub(super) fn ordinary_item(rank: u32, days: u32, key: u64) -> Item {
    let category = (rank % TASTES) as u8;
    let serial = (rank / TASTES) as usize;
    let adjective = ADJECTIVES[(serial + serial / 14) % 16];
    let size = SIZES[serial / (14 * 16) % 4];
    let edition = serial / (14 * 16 * 4);
    let mut description = format!("{adjective} {}{size}", NOUNS[usize::from(category)][serial % 14]);
    if edition > 0 {
        description.push_str(&format!(" no. {}", edition + 1));
    }
    let bits = mixed(key, u64::from(rank));
    // Prices end in 5 and lean to the cheap side: the smaller of two even draws.
    let price = 145
        + 10 * i64::from(((bits & 0xff) as u32).min((bits >> 8 & 0xff) as u32))
        + 10 * i64::from((bits >> 16 & 0x1f) as u32);
    let moment = (bits >> 32 & 0xffff) as u32 * days / 65_536;
    let sold = match bits >> 48 & 0xff {
        0..=25 => moment..u32::MAX,
        26..=45 => 0..moment.max(days / 4),
        _ => 0..u32::MAX,
    };
    let id = format!("{}{}", CATEGORIES[usize::from(category)].0, 1_001 + serial);
    Item { id, description, category, price, sold }
}
