//! Time zones as far as a shop's export lets one guess them.

use crate::keys::country_code;

/// IANA zones of countries (ISO 3166-1) that have one, or whose people nearly all live in one.
const OF_COUNTRIES: [(&str, &str); 34] = [
    ("AT", "Europe/Vienna"),
    ("BE", "Europe/Brussels"),
    ("BR", "America/Sao_Paulo"),
    ("CH", "Europe/Zurich"),
    ("CN", "Asia/Shanghai"),
    ("CO", "America/Bogota"),
    ("CZ", "Europe/Prague"),
    ("DE", "Europe/Berlin"),
    ("DK", "Europe/Copenhagen"),
    ("ES", "Europe/Madrid"),
    ("FI", "Europe/Helsinki"),
    ("FR", "Europe/Paris"),
    ("GB", "Europe/London"),
    ("GR", "Europe/Athens"),
    ("HK", "Asia/Hong_Kong"),
    ("HU", "Europe/Budapest"),
    ("IE", "Europe/Dublin"),
    ("IN", "Asia/Kolkata"),
    ("IT", "Europe/Rome"),
    ("JP", "Asia/Tokyo"),
    ("KR", "Asia/Seoul"),
    ("MX", "America/Mexico_City"),
    ("NL", "Europe/Amsterdam"),
    ("NO", "Europe/Oslo"),
    ("NZ", "Pacific/Auckland"),
    ("PL", "Europe/Warsaw"),
    ("PT", "Europe/Lisbon"),
    ("RO", "Europe/Bucharest"),
    ("SE", "Europe/Stockholm"),
    ("SG", "Asia/Singapore"),
    ("TR", "Europe/Istanbul"),
    ("TW", "Asia/Taipei"),
    ("VN", "Asia/Ho_Chi_Minh"),
    ("ZA", "Africa/Johannesburg"),
];

/// Names of zones that tills write, with their IANA zones.
const NAMES: [(&str, &str); 12] = [
    ("Eastern Time (US & Canada)", "America/New_York"),
    ("Central Time (US & Canada)", "America/Chicago"),
    ("Mountain Time (US & Canada)", "America/Denver"),
    ("Arizona", "America/Phoenix"),
    ("Pacific Time (US & Canada)", "America/Los_Angeles"),
    ("Alaska", "America/Anchorage"),
    ("Hawaii", "Pacific/Honolulu"),
    ("London", "Europe/London"),
    ("Dublin", "Europe/Dublin"),
    ("Tokyo", "Asia/Tokyo"),
    ("Sydney", "Australia/Sydney"),
    ("Melbourne", "Australia/Melbourne"),
];

/// The zone of a country as people write it; `None` of countries with several.
pub fn zone_of_country(name: &str) -> Option<&'static str> {
    let code = country_code(name)?;
    OF_COUNTRIES.iter().find(|(country, _)| *country == code).map(|row| row.1)
}

/// The zone that a till calls by this name.
pub fn zone_of_name(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(zone, _)| *zone == name.trim()).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_of_countries_and_tills() {
        assert_eq!(zone_of_country("United Kingdom"), Some("Europe/London"));
        assert_eq!(zone_of_country("DE"), Some("Europe/Berlin"));
        assert_eq!(zone_of_country("United States"), None);
        assert_eq!(zone_of_name("Eastern Time (US & Canada)"), Some("America/New_York"));
    }
}
