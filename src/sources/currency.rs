//! Currency signs, words and codes as they stand beside an amount.

/// Signs and words, lower case and without a point behind, with the currency that they mean: an ISO 4217 code, or a word that
/// several currencies share (`$`, `kr`, `¥`, `Rs`, `Fr`).
const WORDS: &[(&str, &str)] = &[
    ("$", "$"),
    ("＄", "$"),
    ("us$", "USD"),
    ("us $", "USD"),
    ("u$s", "USD"),
    ("a$", "AUD"),
    ("au$", "AUD"),
    ("au $", "AUD"),
    ("c$", "CAD"),
    ("ca$", "CAD"),
    ("ca $", "CAD"),
    ("can$", "CAD"),
    ("nz$", "NZD"),
    ("nz $", "NZD"),
    ("hk$", "HKD"),
    ("s$", "SGD"),
    ("sg$", "SGD"),
    ("nt$", "TWD"),
    ("mx$", "MXN"),
    ("ar$", "ARS"),
    ("clp$", "CLP"),
    ("col$", "COP"),
    ("r$", "BRL"),
    ("dollar", "$"),
    ("dollars", "$"),
    ("€", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("£", "GBP"),
    ("￡", "GBP"),
    ("¥", "¥"),
    ("￥", "¥"),
    ("jp¥", "JPY"),
    ("cn¥", "CNY"),
    ("円", "JPY"),
    ("元", "CNY"),
    ("rmb", "CNY"),
    ("₹", "INR"),
    ("rs", "Rs"),
    ("₨", "Rs"),
    ("₩", "KRW"),
    ("원", "KRW"),
    ("₽", "RUB"),
    ("руб", "RUB"),
    ("р", "RUB"),
    ("₺", "TRY"),
    ("tl", "TRY"),
    ("฿", "THB"),
    ("₫", "VND"),
    ("đ", "VND"),
    ("₴", "UAH"),
    ("грн", "UAH"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("₪", "ILS"),
    ("₡", "CRC"),
    ("₲", "PYG"),
    ("₵", "GHS"),
    ("₸", "KZT"),
    ("₼", "AZN"),
    ("₾", "GEL"),
    ("zł", "PLN"),
    ("zl", "PLN"),
    ("kč", "CZK"),
    ("kc", "CZK"),
    ("ft", "HUF"),
    ("lei", "RON"),
    ("лв", "BGN"),
    ("kr", "kr"),
    ("skr", "SEK"),
    ("nkr", "NOK"),
    ("dkr", "DKK"),
    ("fr", "Fr"),
    ("sfr", "CHF"),
    ("rm", "MYR"),
    ("rp", "IDR"),
    ("r", "ZAR"),
    ("s/", "PEN"),
    ("din", "RSD"),
    ("дин", "RSD"),
    ("km", "BAM"),
    ("dm", "DEM"),
    ("¤", "¤"),
];

/// ISO 4217 codes of currencies in use, and of some that old data hold.
const CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC",
    "CUP", "CVE", "CZK", "DEM", "DJF", "DKK", "DOP", "DZD", "EEK", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "FRF",
    "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR",
    "IQD", "IRR", "ISK", "ITL", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KRW", "KWD", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "LTL", "LVL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NLG", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
    "SKK", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER",
    "ZAR", "ZMW", "ZWL",
];

/// No mark is longer, in bytes.
const LONGEST: usize = 12;

/// Words that several currencies share, with those currencies.
const SHARED: &[(&str, &[&str])] = &[
    (
        "$",
        &[
            "USD", "AUD", "CAD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "BSD", "BBD", "BZD", "BND",
            "FJD", "JMD", "TTD", "XCD", "UYU", "DOP",
        ],
    ),
    ("kr", &["SEK", "NOK", "DKK", "ISK", "EEK"]),
    ("¥", &["JPY", "CNY"]),
    ("Rs", &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"]),
    ("Fr", &["CHF", "FRF", "XOF", "XAF", "XPF"]),
    ("GBP", &["EGP", "FKP", "GIP", "SHP", "LBP"]),
];

/// The currency that a piece of text beside an amount means; none where it means no currency.
pub(crate) fn currency(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST {
        return None;
    }
    // A point behind a word shortens it (`Rs.`); behind a sign it belongs to the number (`$.50`).
    let word = match text.strip_suffix('.') {
        Some(word) if word.ends_with(char::is_alphabetic) || word.ends_with('/') => word,
        _ => text,
    };
    if let Some(code) = CODES.iter().find(|code| code.eq_ignore_ascii_case(word)) {
        return Some(code);
    }
    let lower = word.to_lowercase();
    let known = |word: &str| WORDS.iter().find(|(known, _)| *known == word).map(|(_, means)| *means);
    known(&lower).or_else(|| {
        // A sign with its code: `€ EUR`, `$USD`, `USD $`.
        let (first, last) = (lower.chars().next()?, lower.chars().next_back()?);
        let (sign, code) = match (first.is_alphabetic(), last.is_alphabetic()) {
            (false, true) => (first, lower[first.len_utf8()..].trim_start()),
            (true, false) => (last, lower[..lower.len() - last.len_utf8()].trim_end()),
            _ => return None,
        };
        let sign = known(sign.encode_utf8(&mut [0; 4]))?;
        let code = CODES.iter().find(|known| known.eq_ignore_ascii_case(code))?;
        together(sign, code)
    })
}

/// The currency that two marks mean together: the more exact of the two where one may stand for the other.
pub(crate) fn together<'a>(one: &'a str, other: &'a str) -> Option<&'a str> {
    let may_mean = |shared: &str, code: &str| {
        shared == "¤" || SHARED.iter().any(|(word, codes)| *word == shared && codes.contains(&code))
    };
    if one == other || may_mean(one, other) {
        Some(other)
    } else if may_mean(other, one) {
        Some(one)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_words_and_codes_are_known() {
        for (text, means) in [
            ("EUR", "EUR"),
            ("chf", "CHF"),
            ("zł", "PLN"),
            ("Kč", "CZK"),
            ("Rs.", "Rs"),
            ("AU$", "AUD"),
            ("US$", "USD"),
            ("kr.", "kr"),
            ("€", "EUR"),
            ("R$", "BRL"),
            ("$ USD", "USD"),
            ("USD$", "USD"),
        ] {
            assert_eq!(currency(text), Some(means), "{text}");
        }
        for text in ["CR", "DR", "x", "pcs", "%", "¢", "€ USD", "$.", "€.", ""] {
            assert_eq!(currency(text), None, "{text}");
        }
    }

    #[test]
    fn a_shared_sign_goes_with_each_of_its_currencies() {
        assert_eq!(together("$", "AUD"), Some("AUD"));
        assert_eq!(together("NOK", "kr"), Some("NOK"));
        assert_eq!(together("$", "EUR"), None);
        assert_eq!(together("USD", "AUD"), None);
        for (_, codes) in SHARED {
            assert!(codes.iter().all(|code| CODES.contains(code)));
        }
        for (word, _) in WORDS {
            assert_eq!(word.to_lowercase(), *word);
        }
    }
}
