//! Countries as people write them.

use super::normal;

/// Countries by their names in English and at home, and by three letters (ISO 3166-1), in the form of [`normal`].
static NAMES: &[(&str, &[&str])] = &[
    ("AE", &["UNITED ARAB EMIRATES", "UAE", "ARE"]),
    ("AR", &["ARGENTINA", "ARG"]),
    ("AT", &["AUSTRIA", "ÖSTERREICH", "AUT"]),
    ("AU", &["AUSTRALIA", "AUS"]),
    ("BE", &["BELGIUM", "BELGIË", "BELGIQUE", "BEL"]),
    ("BG", &["BULGARIA", "BGR"]),
    ("BR", &["BRAZIL", "BRASIL", "BRA"]),
    ("CA", &["CANADA", "CAN"]),
    ("CH", &["SWITZERLAND", "SCHWEIZ", "SUISSE", "SVIZZERA", "CHE"]),
    ("CL", &["CHILE", "CHL"]),
    ("CN", &["CHINA", "CHN"]),
    ("CO", &["COLOMBIA", "COL"]),
    ("CY", &["CYPRUS", "CYP"]),
    ("CZ", &["CZECHIA", "CZECH REPUBLIC", "ČESKO", "CZE"]),
    ("DE", &["GERMANY", "DEUTSCHLAND", "DEU"]),
    ("DK", &["DENMARK", "DANMARK", "DNK"]),
    ("EE", &["ESTONIA", "EESTI", "EST"]),
    ("ES", &["SPAIN", "ESPAÑA", "ESP"]),
    ("FI", &["FINLAND", "SUOMI", "FIN"]),
    ("FR", &["FRANCE", "FRA"]),
    ("GB", &["UK", "UNITED KINGDOM", "GREAT BRITAIN", "ENGLAND", "SCOTLAND", "WALES", "NORTHERN IRELAND", "GBR"]),
    ("GG", &["GUERNSEY", "GGY"]),
    ("GR", &["GREECE", "GRC"]),
    ("HK", &["HONG KONG", "HKG"]),
    ("HR", &["CROATIA", "HRVATSKA", "HRV"]),
    ("HU", &["HUNGARY", "MAGYARORSZÁG", "HUN"]),
    ("ID", &["INDONESIA", "IDN"]),
    ("IE", &["IRELAND", "EIRE", "REPUBLIC OF IRELAND", "IRL"]),
    ("IL", &["ISRAEL", "ISR"]),
    ("IM", &["ISLE OF MAN", "IMN"]),
    ("IN", &["INDIA", "IND"]),
    ("IS", &["ICELAND", "ÍSLAND", "ISL"]),
    ("IT", &["ITALY", "ITALIA", "ITA"]),
    ("JE", &["JERSEY", "JEY"]),
    ("JP", &["JAPAN", "JPN"]),
    ("KR", &["SOUTH KOREA", "KOREA, REPUBLIC OF", "KOR"]),
    ("LT", &["LITHUANIA", "LIETUVA", "LTU"]),
    ("LU", &["LUXEMBOURG", "LUX"]),
    ("LV", &["LATVIA", "LATVIJA", "LVA"]),
    ("MT", &["MALTA", "MLT"]),
    ("MX", &["MEXICO", "MÉXICO", "MEX"]),
    ("MY", &["MALAYSIA", "MYS"]),
    ("NL", &["NETHERLANDS", "THE NETHERLANDS", "NEDERLAND", "HOLLAND", "NLD"]),
    ("NO", &["NORWAY", "NORGE", "NOR"]),
    ("NZ", &["NEW ZEALAND", "NZL"]),
    ("PH", &["PHILIPPINES", "PHL"]),
    ("PL", &["POLAND", "POLSKA", "POL"]),
    ("PT", &["PORTUGAL", "PRT"]),
    ("RO", &["ROMANIA", "ROMÂNIA", "ROU"]),
    ("RU", &["RUSSIA", "RUSSIAN FEDERATION", "RUS"]),
    ("SA", &["SAUDI ARABIA", "SAU"]),
    ("SE", &["SWEDEN", "SVERIGE", "SWE"]),
    ("SG", &["SINGAPORE", "SGP"]),
    ("SI", &["SLOVENIA", "SLOVENIJA", "SVN"]),
    ("SK", &["SLOVAKIA", "SLOVENSKO", "SVK"]),
    ("TH", &["THAILAND", "THA"]),
    ("TR", &["TURKEY", "TÜRKIYE", "TUR"]),
    ("TW", &["TAIWAN", "TWN"]),
    ("UA", &["UKRAINE", "UKR"]),
    ("US", &["UNITED STATES", "UNITED STATES OF AMERICA", "USA", "U.S.A."]),
    ("VN", &["VIETNAM", "VIET NAM", "VNM"]),
    ("ZA", &["SOUTH AFRICA", "ZAF"]),
];

/// The two letters (ISO 3166-1) of a country as people write it: those letters themselves, three letters, or a name in English or
/// at home. `None` of what is not known.
pub fn country_code(text: &str) -> Option<String> {
    let text = normal(text);
    if let Some((code, _)) = NAMES.iter().find(|(_, names)| names.contains(&text.as_ref())) {
        return Some((*code).to_owned());
    }
    let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    two.then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes() {
        for (text, code) in
            [("gb", "GB"), (" UK", "GB"), ("United Kingdom", "GB"), ("deutschland", "DE"), ("USA", "US"), ("fr", "FR")]
        {
            assert_eq!(country_code(text).as_deref(), Some(code), "{text}");
        }
        for text in ["", "Atlantis", "G8"] {
            assert_eq!(country_code(text), None, "{text}");
        }
    }

    #[test]
    fn each_name_means_one_country_and_is_in_the_form_that_is_compared() {
        let mut names: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        assert!(names.iter().all(|name| normal(name) == *name));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
