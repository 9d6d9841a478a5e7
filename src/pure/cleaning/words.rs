//! Words by which codes and descriptions say that an item is no goods, in the common languages.

/// What an item is that is no goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    /// Postage, fee, discount, voucher and so on.
    Service,
    /// A correction of the books.
    Adjustment,
}

/// One word or a few in a row, in capitals without accents.
struct Phrase {
    words: &'static [&'static str],
    sense: Sense,
    /// Whether goods have such a name too, so that a further sign is needed.
    weak: bool,
}

const fn service(words: &'static [&'static str]) -> Phrase {
    Phrase { words, sense: Sense::Service, weak: false }
}

const fn weak(words: &'static [&'static str]) -> Phrase {
    Phrase { words, sense: Sense::Service, weak: true }
}

const fn adjustment(words: &'static [&'static str]) -> Phrase {
    Phrase { words, sense: Sense::Adjustment, weak: false }
}

static PHRASES: [Phrase; 127] = [
    // English
    service(&["POSTAGE"]),
    service(&["SHIPPING"]),
    service(&["SHIPMENT"]),
    service(&["SHIP", "FEE"]),
    service(&["FREIGHT"]),
    service(&["DISCOUNT"]),
    service(&["DISCOUNTS"]),
    service(&["COUPON"]),
    service(&["PROMO", "CODE"]),
    service(&["VOUCHER"]),
    service(&["VOUCHERS"]),
    service(&["GIFT", "CARD"]),
    service(&["GIFT", "CARDS"]),
    service(&["GIFTCARD"]),
    service(&["GIFT", "VOUCHER"]),
    service(&["GIFT", "CERTIFICATE"]),
    service(&["GIFT", "WRAPPING"]),
    service(&["STORE", "CREDIT"]),
    weak(&["FEE"]),
    service(&["FEES"]),
    service(&["SURCHARGE"]),
    service(&["BANK", "CHARGE"]),
    service(&["BANK", "CHARGES"]),
    service(&["HANDLING", "CHARGE"]),
    service(&["DELIVERY", "CHARGE"]),
    service(&["DELIVERY", "CHARGES"]),
    service(&["DELIVERY", "COST"]),
    service(&["DELIVERY", "COSTS"]),
    service(&["HOME", "DELIVERY"]),
    service(&["EXPRESS", "DELIVERY"]),
    service(&["STANDARD", "DELIVERY"]),
    service(&["NEXT", "DAY", "DELIVERY"]),
    service(&["SALES", "TAX"]),
    service(&["GRATUITY"]),
    service(&["REFUND"]),
    service(&["REFUNDS"]),
    service(&["ROUNDING"]),
    adjustment(&["ADJUST"]),
    adjustment(&["ADJUSTMENT"]),
    adjustment(&["ADJUSTMENTS"]),
    adjustment(&["BAD", "DEBT"]),
    adjustment(&["WRITE", "OFF"]),
    weak(&["DELIVERY"]),
    weak(&["HANDLING"]),
    weak(&["CARRIAGE"]),
    weak(&["CHARGE"]),
    weak(&["CHARGES"]),
    weak(&["COMMISSION"]),
    weak(&["DEPOSIT"]),
    weak(&["DONATION"]),
    weak(&["INSURANCE"]),
    weak(&["MANUAL"]),
    weak(&["SAMPLE"]),
    weak(&["SAMPLES"]),
    weak(&["TEST"]),
    weak(&["TIP"]),
    weak(&["DEBT"]),
    weak(&["CREDIT"]),
    weak(&["TAX"]),
    weak(&["BANK"]),
    // German
    weak(&["PORTO"]),
    service(&["VERSAND"]),
    service(&["VERSANDKOSTEN"]),
    service(&["VERSANDKOSTENPAUSCHALE"]),
    service(&["LIEFERKOSTEN"]),
    service(&["FRACHT"]),
    service(&["FRACHTKOSTEN"]),
    service(&["RABATT"]),
    service(&["PREISNACHLASS"]),
    service(&["GUTSCHEIN"]),
    service(&["GESCHENKGUTSCHEIN"]),
    service(&["GESCHENKKARTE"]),
    service(&["GEBUHR"]),
    service(&["GEBUEHR"]),
    service(&["NACHNAHMEGEBUHR"]),
    service(&["BEARBEITUNGSGEBUHR"]),
    service(&["MINDERMENGENZUSCHLAG"]),
    adjustment(&["KORREKTUR"]),
    adjustment(&["KORREKTURBUCHUNG"]),
    weak(&["PFAND"]),
    weak(&["LIEFERUNG"]),
    weak(&["MUSTER"]),
    weak(&["SPENDE"]),
    // French
    service(&["FRAIS", "DE", "PORT"]),
    service(&["FRAIS", "DE", "LIVRAISON"]),
    service(&["FRAIS", "D", "ENVOI"]),
    service(&["FRAIS", "D", "EXPEDITION"]),
    weak(&["FRAIS"]),
    service(&["REMISE"]),
    service(&["CARTE", "CADEAU"]),
    service(&["BON", "D", "ACHAT"]),
    service(&["CHEQUE", "CADEAU"]),
    adjustment(&["AJUSTEMENT"]),
    weak(&["LIVRAISON"]),
    weak(&["AVOIR"]),
    weak(&["ECHANTILLON"]),
    // Spanish and Portuguese
    service(&["GASTOS", "DE", "ENVIO"]),
    service(&["COSTE", "DE", "ENVIO"]),
    service(&["COSTO", "DE", "ENVIO"]),
    service(&["PORTES"]),
    service(&["FLETE"]),
    service(&["FRETE"]),
    service(&["DESCUENTO"]),
    service(&["DESCONTO"]),
    service(&["TARJETA", "REGALO"]),
    service(&["CARTAO", "PRESENTE"]),
    service(&["CUPON"]),
    service(&["CUPOM"]),
    service(&["TAXA", "DE", "ENTREGA"]),
    adjustment(&["AJUSTE"]),
    weak(&["ENVIO"]),
    weak(&["VALE"]),
    weak(&["ENTREGA"]),
    weak(&["PROPINA"]),
    // Italian
    service(&["SPESE", "DI", "SPEDIZIONE"]),
    service(&["SPEDIZIONE"]),
    service(&["SCONTO"]),
    service(&["BUONO", "REGALO"]),
    service(&["CARTA", "REGALO"]),
    // Dutch and the north
    service(&["VERZENDKOSTEN"]),
    service(&["KORTING"]),
    service(&["CADEAUBON"]),
    service(&["FRAKT"]),
    service(&["FRAGT"]),
    service(&["PRESENTKORT"]),
    // Polish
    service(&["WYSYLKA"]),
    service(&["KOSZT", "WYSYLKI"]),
];

/// Words that may stand beside those above without making goods of it.
static BESIDE: [&str; 76] = [
    "A",
    "AN",
    "THE",
    "OF",
    "FOR",
    "TO",
    "AND",
    "IN",
    "BY",
    "PER",
    "WITH",
    "ON",
    "YOUR",
    "ORDER",
    "ORDERS",
    "ONLINE",
    "SHOP",
    "STORE",
    "CUSTOMER",
    "COST",
    "COSTS",
    "RATE",
    "FLAT",
    "STANDARD",
    "EXPRESS",
    "PRIORITY",
    "ECONOMY",
    "INTERNATIONAL",
    "DOMESTIC",
    "WORLDWIDE",
    "OVERNIGHT",
    "NEXT",
    "SAME",
    "DAY",
    "FREE",
    "FIRST",
    "SECOND",
    "CLASS",
    "TRACKED",
    "SIGNED",
    "UK",
    "EU",
    "US",
    "USA",
    "DE",
    "DI",
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "EURO",
    "EUROS",
    "DHL",
    "UPS",
    "DPD",
    "GLS",
    "FEDEX",
    "HERMES",
    "USPS",
    "ROYAL",
    "MAIL",
    "POST",
    "AMAZON",
    "EBAY",
    "PAYPAL",
    "FUR",
    "UND",
    "NACH",
    "POUR",
    "ET",
    "PARA",
    "VAT",
    "INCL",
    "EXCL",
    "PERCENT",
    "OFF",
];

/// What a text says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    /// The words that say so, as they stand in the table.
    pub words: &'static [&'static str],
    /// What the item is by that word.
    pub sense: Sense,
    /// Whether the text says nothing else, so that it is the name of a service and not of goods.
    pub alone: bool,
    /// Whether goods have such a name too.
    pub weak: bool,
}

/// What a code or a description says of an item; `None` where it has none of the words. Numbers and single letters say
/// nothing.
pub(super) fn said(text: &str) -> Option<Said> {
    let words = words(text);
    let (mut at, mut found, mut alone) = (0, None::<&Phrase>, true);
    while at < words.len() {
        let here = PHRASES.iter().filter(|phrase| starts(&words[at..], phrase.words));
        // A phrase of more words says more: GIFT CARD before GIFT.
        let Some(phrase) = here.max_by_key(|phrase| phrase.words.len()) else {
            alone &= BESIDE.contains(&words[at].as_str());
            at += 1;
            continue;
        };
        let stronger = |held: &Phrase| (held.weak, held.sense) > (phrase.weak, phrase.sense);
        if found.is_none_or(stronger) {
            found = Some(phrase);
        }
        at += phrase.words.len();
    }
    let found = found?;
    Some(Said { words: found.words, sense: found.sense, alone, weak: found.weak })
}

fn starts(words: &[String], phrase: &[&str]) -> bool {
    words.len() >= phrase.len() && words.iter().zip(phrase).all(|(word, own)| word == own)
}

/// The words of a text in capitals without accents; digits end a word.
fn words(text: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect::<String>().to_uppercase();
    let parts = plain.split(|c: char| !c.is_alphabetic());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services_and_of_goods() {
        for text in [
            "POSTAGE",
            "Shipping (Standard)",
            "Gift Card 50 EUR",
            "DISCOUNT10",
            "GIFTCARD_25",
            "Versandkosten DHL",
            "Bearbeitungsgebühr",
            "Frais de port",
            "Gastos de envío",
            "Spese di spedizione",
            "Bank Charges",
            "Next day delivery",
            "SHIP-FEE",
        ] {
            let said = said(text).unwrap_or_else(|| panic!("{text} says nothing"));
            assert!(said.alone && !said.weak && said.sense == Sense::Service, "{text}: {said:?}");
        }
        for text in [
            "Gift card holder",
            "Freight train",
            "Coupon wallet",
            "Postage stamp",
            "Test tube rack",
            "Rabatt Oxford shirt",
        ] {
            assert!(!said(text).is_some_and(|said| said.alone), "{text}");
        }
        for text in ["S", "M", "D", "POST", "B", "MUG-1", "POSTER", "12", "", "Feeder"] {
            assert_eq!(said(text), None, "{text}");
        }
        assert_eq!(said("Adjust bad debt").map(|said| (said.sense, said.alone)), Some((Sense::Adjustment, true)));
        assert_eq!(said("Manual").map(|said| (said.weak, said.alone)), Some((true, true)));
    }

    #[test]
    fn each_phrase_is_there_once_in_plain_capitals() {
        for (at, phrase) in PHRASES.iter().enumerate() {
            assert!(PHRASES[..at].iter().all(|other| other.words != phrase.words), "{:?}", phrase.words);
            assert_eq!(words(&phrase.words.join(" ")), phrase.words);
        }
    }
}
