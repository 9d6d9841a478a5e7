//! Names of months and weekdays, words for the halves of a day, and words between date and time, in common languages: English,
//! German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish, Danish, Norwegian, Finnish, Czech, Hungarian,
//! Romanian, Turkish, Russian; Chinese, Japanese and Korean write numbers.
//!
//! Words stand here in lower case and without accents, as [`folded`] makes them; where two languages disagree about a short form
//! it is left out.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Names of the months in order, in full and short.
const MONTHS: [&str; 12] = [
    "january jan januar janner januari janvier janv enero ene gennaio gen janeiro stycznia styczen sty tammikuu tammikuuta tammi \
     tammik ledna leden led januara ianuarie ian ocak oca январь января янв",
    "february feb febr februar februari fevrier fevr fev febrero febbraio fevereiro lutego luty lut helmikuu helmikuuta helmi \
     helmik unora unor uno februarie subat sub февраль февраля фев февр",
    "march mar marz mrz marts mars maart mrt marzo marco marca marzec maaliskuu maaliskuuta maalis maalisk brezna brezen bre \
     marcius marc martie mart март марта мар",
    "april apr avril avr abril abr aprile kwietnia kwiecien kwi huhtikuu huhtikuuta huhti huhtik dubna duben dub aprilis aprilie \
     nisan nis апрель апреля апр",
    "may mai mei maj mayo maggio mag maio maja toukokuu toukokuuta touko toukok kvetna kveten kve majus mayis май мая",
    "june jun juni juin junio giugno giu junho czerwca czerwiec cze kesakuu kesakuuta kesa kesak cervna cerven cvn junius iunie \
     iun haziran haz июнь июня июн",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec lip heinakuu heinakuuta heina heinak cervence cervenec cvc \
     julius iulie iul temmuz tem июль июля июл",
    "august aug augusti aout aou agosto ago augustus sierpnia sierpien sie elokuu elokuuta elo elok srpna srpen srp augusztus \
     agustos agu август августа авг",
    "september sep sept septembre septiembre settembre set sett setembro wrzesnia wrzesien wrz syyskuu syyskuuta syys syysk zari \
     zar szeptember szept septembrie eylul eyl сентябрь сентября сен сент",
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik paz lokakuu lokakuuta loka lokak \
     rijna rijen rij octombrie ekim eki октябрь октября окт",
    "november nov novembre noviembre novembro listopada listopad lis marraskuu marraskuuta marras marrask noiembrie noi kasim kas \
     ноябрь ноября ноя нояб",
    "december dec dezember dez decembre diciembre dic dicembre dezembro desember des grudnia grudzien gru joulukuu joulukuuta joulu \
     jouluk prosince prosinec pro decembrie aralik ara декабрь декабря дек",
];

const WEEKDAYS: &str = "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun \
    montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sa sonnabend sonntag so \
    lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim \
    lunes martes miercoles mie jueves jue viernes vie sabado sab domingo dom \
    lunedi martedi mercoledi giovedi gio venerdi sabato domenica \
    maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo \
    poniedzialek pon wtorek wt sroda sr czwartek czw piatek pt sobota sob niedziela niedz ndz nd \
    segunda seg terca ter quarta qua quinta qui sexta sex \
    mandag man tisdag tis tirsdag tir onsdag ons torsdag tor tors fredag fre lordag lor sondag son \
    maanantai tiistai ti keskiviikko ke torstai to perjantai pe lauantai la sunnuntai su \
    pondeli po utery ut streda st ctvrtek ct patek nedele ne \
    pazartesi pzt sali sal carsamba car persembe cuma cum cumartesi cmt pazar \
    понедельник пн вторник вт среда ср четверг чт пятница пт суббота сб воскресенье вс";

/// Words for the first and the second half of a day.
const HALVES: [(&str, bool); 20] = [
    ("a.m.", false),
    ("p.m.", true),
    ("a. m.", false),
    ("p. m.", true),
    ("am", false),
    ("pm", true),
    ("a.m", false),
    ("p.m", true),
    ("上午", false),
    ("下午", true),
    ("午前", false),
    ("午後", true),
    ("오전", false),
    ("오후", true),
    ("oo", false),
    ("os", true),
    ("fm", false),
    ("em", true),
    ("π.μ.", false),
    ("μ.μ.", true),
];

/// Words between a date and its time of day, points taken off.
const BETWEEN: &str = "a alle ore um at kl klo o godz v om as saat в - – | @ ·";

/// A letter in lower case and without its accent; none for an accent that stands by itself.
fn plain(letter: char) -> Option<char> {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    Some(match lower {
        '\u{300}'..='\u{36F}' => return None,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'į' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => 'o',
        'ř' => 'r',
        'š' | 'ś' | 'ş' | 'ș' => 's',
        'ţ' | 'ț' | 'ť' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => 'u',
        'ý' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        'ё' => 'е',
        lower => lower,
    })
}

fn folded(text: &str) -> String {
    text.chars().filter_map(plain).collect()
}

/// The word that a text begins with, folded, and its length in bytes.
fn word(text: &[u8]) -> Option<(String, usize)> {
    let text = std::str::from_utf8(text).ok()?;
    let is_part = |letter: char| letter.is_alphabetic() || matches!(letter, '\u{300}'..='\u{36F}');
    let length = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    (1..=24).contains(&length).then(|| (folded(&text[..length]), length))
}

/// The month, from 1, that a text begins with the name of, and the length of the name in bytes.
pub(super) fn month(text: &[u8]) -> Option<(u32, usize)> {
    static NUMBERS: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
        let numbered = MONTHS.iter().zip(1..);
        numbered.flat_map(|(names, number)| names.split_whitespace().map(move |name| (name, number))).collect()
    });
    let (word, length) = word(text)?;
    Some((*NUMBERS.get(word.as_str())?, length))
}

/// The length in bytes of the weekday that a text begins with the name of.
pub(super) fn weekday(text: &[u8]) -> Option<usize> {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| WEEKDAYS.split_whitespace().collect());
    let (word, length) = word(text)?;
    NAMES.contains(word.as_str()).then_some(length)
}

/// Whether a text begins with a word for the second half of a day or one for the first, and its length in bytes.
pub(super) fn half(text: &[u8]) -> Option<(bool, usize)> {
    let text = std::str::from_utf8(text).ok()?;
    let mut longest = None;
    for (name, afternoon) in HALVES {
        let mut rest = text;
        let fits = name.chars().all(|wanted| {
            let Some(letter) = rest.chars().next() else { return false };
            rest = &rest[letter.len_utf8()..];
            plain(letter) == Some(wanted) || (wanted == ' ' && letter.is_whitespace())
        });
        let length = text.len() - rest.len();
        // A word ends where no letter follows, unless its language writes no blanks.
        let ends = !name.is_ascii() || !rest.starts_with(char::is_alphabetic);
        if fits && ends && longest.is_none_or(|(_, other)| length > other) {
            longest = Some((afternoon, length));
        }
    }
    longest
}

/// The length in bytes of a word between date and time that a text begins with: what stands before the first digit.
pub(super) fn between(text: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(text).ok()?;
    let length = text.find(|letter: char| letter.is_ascii_digit()).filter(|length| *length <= 16)?;
    let words = folded(&text[..length]);
    let words = words.trim_matches(|letter: char| letter.is_whitespace() || letter == '.');
    let known = BETWEEN.split(' ').any(|name| name == words) || matches!(words, "a las" | "alle ore" | "o godz" | "as");
    known.then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_months() {
        let mut all: Vec<&str> = MONTHS.iter().flat_map(|names| names.split_whitespace()).collect();
        assert!(all.iter().all(|name| folded(name) == *name));
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count, "a name stands twice");
    }

    #[test]
    fn months_are_known_in_many_languages() {
        for (name, number) in [
            ("janv.", 1),
            ("Févr", 2),
            ("März", 3),
            ("août", 8),
            ("aou\u{302}t", 8),
            ("paź", 10),
            ("Ağustos", 8),
            ("syyskuuta", 9),
            ("DICIEMBRE", 12),
            ("zář", 9),
            ("мая", 5),
            ("Sept", 9),
        ] {
            assert_eq!(month(name.as_bytes()).map(|(number, _)| number), Some(number), "{name}");
        }
        for name in ["xyz", "", "5", "mardi", "a"] {
            assert_eq!(month(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn halves_of_the_day_are_known() {
        for (text, expected) in [
            ("PM", Some(true)),
            ("a.m.", Some(false)),
            ("p.\u{A0}m.", Some(true)),
            ("下午3:05", Some(true)),
            ("午前", Some(false)),
            ("ÖS", Some(true)),
            ("amber", None),
            ("UTC", None),
        ] {
            assert_eq!(half(text.as_bytes()).map(|(afternoon, _)| afternoon), expected, "{text}");
        }
    }
}
