//! The ledger of restatements: what the last run said of a period, what this one says, and because of which rows.

use std::collections::BTreeMap;

use crate::numeric::calendar::DAY;

/// Where a value belongs: how the calendar is divided, period, dimension and segment (both empty for all customers), KPI.
pub type Place = (String, String, String, String, String);

/// What one run says of a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The value; NaN where there is none.
    pub value: f64,
    /// Above and below the line.
    pub numerator: f64,
    pub denominator: f64,
    /// The version of the definition.
    pub definition: i64,
    /// Whether the period was over.
    pub over: bool,
    /// Whether the value was final.
    pub mature: bool,
    /// First instant of the period and first instant after it, in civil seconds.
    pub span: (i64, i64),
    /// Whether orders alone give it.
    pub of_orders: bool,
}

/// Rows of one table that one file gave to one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rows {
    /// How many.
    pub count: u64,
    /// Their money, in ten-thousandths of the currency unit.
    pub money: i128,
    /// A sum of digests of the rows, whatever their order.
    pub digest: u64,
    /// First and last line in the file.
    pub lines: (i64, i64),
}

/// Rows by table, day since 1970-01-01, and file.
pub type Evidence = BTreeMap<(String, i64, String), Rows>;

/// Why a value is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its definition changed.
    Definition,
    /// Rows of the period itself came, went or changed.
    Rows,
    /// Rows of an earlier day changed.
    EarlierRows,
    /// Rows of a later day are there now that decide it, such as returns.
    LaterRows,
    /// Customers are in other segments.
    Segment,
    /// Another table than orders changed.
    OtherTable,
    /// More time has passed: the same rows say more.
    Time,
}

impl Reason {
    /// How tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Definition => "definition",
            Reason::Rows => "rows",
            Reason::EarlierRows => "earlier rows",
            Reason::LaterRows => "later rows",
            Reason::Segment => "segment",
            Reason::OtherTable => "other table",
            Reason::Time => "time",
        }
    }
}

/// A value that is not what the last run said.
#[derive(Debug, Clone, PartialEq)]
pub struct Restated {
    /// Where it belongs.
    pub place: Place,
    /// What the last run said; NaN where it had none.
    pub said: f64,
    /// What this one says; NaN where it has none.
    pub says: f64,
    /// Whether the last run called it final.
    pub was_final: bool,
    /// Why.
    pub reason: Reason,
    /// Rows more (or, negative, fewer), and their money.
    pub rows: i64,
    pub money: i128,
    /// The files that they stand in, sorted, and the first and last line among them where it is one file.
    pub files: Vec<String>,
    pub lines: Option<(i64, i64)>,
}

/// What differs between two runs, in the order of places. Periods that were not over at the last run are not restated: they went on.
pub fn restated(
    before: &BTreeMap<Place, Said>,
    now: &BTreeMap<Place, Said>,
    evidence: (&Evidence, &Evidence),
) -> Vec<Restated> {
    let changes = changes(evidence.0, evidence.1);
    let mut found = Vec::new();
    for (place, was) in before.iter().filter(|(_, was)| was.over) {
        let is = now.get(place);
        let says = is.map_or(f64::NAN, |is| is.value);
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        let is_same = is.is_some_and(|is| {
            same(is.value, was.value) && same(is.numerator, was.numerator) && same(is.denominator, was.denominator)
        });
        if is_same {
            continue;
        }
        let within = |from: i64, until: i64| {
            let some: Vec<&Change> =
                changes.iter().filter(|change| (from..until).contains(&(change.day * DAY))).collect();
            (!some.is_empty()).then_some(some)
        };
        let (start, end) = was.span;
        let rows = |reason: Reason, from: i64, until: i64| within(from, until).map(|rows| (reason, rows));
        let (reason, rows) = match is {
            Some(is) if is.definition != was.definition => (Reason::Definition, Vec::new()),
            _ if !was.of_orders => (Reason::OtherTable, Vec::new()),
            _ => rows(Reason::Rows, start, end)
                .or_else(|| rows(Reason::EarlierRows, i64::MIN, start))
                .or_else(|| rows(Reason::LaterRows, end, i64::MAX))
                .unwrap_or((if place.2.is_empty() { Reason::Time } else { Reason::Segment }, Vec::new())),
        };
        let mut files: Vec<String> = rows.iter().map(|change| change.file.clone()).collect();
        files.sort();
        files.dedup();
        let lines = match files[..] {
            [_] => Some((
                rows.iter().map(|change| change.lines.0).min().unwrap_or_default(),
                rows.iter().map(|change| change.lines.1).max().unwrap_or_default(),
            )),
            _ => None,
        };
        found.push(Restated {
            place: place.clone(),
            said: was.value,
            says,
            was_final: was.mature,
            reason,
            rows: rows.iter().map(|change| change.rows).sum(),
            money: rows.iter().map(|change| change.money).sum(),
            files,
            lines,
        });
    }
    found
}

/// A day's rows of a file that are not what they were.
struct Change {
    day: i64,
    file: String,
    rows: i64,
    money: i128,
    lines: (i64, i64),
}

fn changes(before: &Evidence, now: &Evidence) -> Vec<Change> {
    let mut keys: Vec<&(String, i64, String)> = before.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    let of = |evidence: &Evidence, key: &(String, i64, String)| evidence.get(key).copied().unwrap_or_default();
    let change = |key: &(String, i64, String)| {
        let (was, is) = (of(before, key), of(now, key));
        let lines = if is.count == 0 {
            was.lines
        } else if was.count == 0 || was.lines == is.lines {
            is.lines
        } else {
            (was.lines.0.min(is.lines.0), was.lines.1.max(is.lines.1))
        };
        (was != is).then(|| Change {
            day: key.1,
            file: key.2.clone(),
            rows: is.count as i64 - was.count as i64,
            money: is.money - was.money,
            lines,
        })
    };
    keys.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(period: &str, segment: &str) -> Place {
        let by = if segment.is_empty() { "" } else { "segment" };
        ("month".into(), period.into(), by.into(), segment.into(), "revenue".into())
    }

    fn said(value: f64, month: i64) -> Said {
        Said {
            value,
            numerator: value,
            denominator: f64::NAN,
            definition: 1,
            over: true,
            mature: false,
            span: (month * 30 * DAY, (month + 1) * 30 * DAY),
            of_orders: true,
        }
    }

    fn rows(count: u64, money: i128, lines: (i64, i64)) -> Rows {
        Rows { count, money, digest: count * 7, lines }
    }

    #[test]
    fn a_late_row_is_named_with_its_file() {
        let before = BTreeMap::from([(place("0", ""), said(10.0, 0)), (place("1", ""), said(20.0, 1))]);
        let now = BTreeMap::from([(place("0", ""), said(10.0, 0)), (place("1", ""), said(25.0, 1))]);
        let day = |day: i64, file: &str| ("orders".to_owned(), day, file.to_owned());
        let was = Evidence::from([(day(3, "a.csv"), rows(2, 100, (1, 2)))]);
        let mut is = was.clone();
        is.insert(day(40, "b.csv"), rows(1, 50_000, (9, 9)));
        let found = restated(&before, &now, (&was, &is));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].said, found[0].says, found[0].reason), (20.0, 25.0, Reason::Rows));
        assert_eq!((found[0].rows, found[0].money, found[0].lines), (1, 50_000, Some((9, 9))));
        assert_eq!(found[0].files, ["b.csv"]);
    }

    #[test]
    fn reasons_in_their_order() {
        let reason = |change: &dyn Fn(&mut Said), segment: &str, day: Option<i64>| {
            let before = BTreeMap::from([(place("1", segment), said(20.0, 1))]);
            let mut is = said(21.0, 1);
            change(&mut is);
            let rows = day.map(|day| (("returns".to_owned(), day, "r.csv".to_owned()), rows(1, 1, (1, 1))));
            let is = BTreeMap::from([(place("1", segment), is)]);
            restated(&before, &is, (&Evidence::new(), &rows.into_iter().collect()))[0].reason
        };
        let nothing = |_: &mut Said| {};
        assert_eq!(reason(&|is| is.definition = 2, "", Some(31)), Reason::Definition);
        assert_eq!(reason(&nothing, "", Some(29)), Reason::EarlierRows);
        assert_eq!(reason(&nothing, "", Some(60)), Reason::LaterRows);
        assert_eq!(reason(&nothing, "", None), Reason::Time);
        assert_eq!(reason(&nothing, "loyal", None), Reason::Segment);
    }

    #[test]
    fn what_was_not_over_goes_on_and_what_is_gone_is_told() {
        let open = Said { over: false, ..said(20.0, 1) };
        let before = BTreeMap::from([(place("1", ""), open), (place("0", ""), said(5.0, 0))]);
        let found = restated(&before, &BTreeMap::new(), (&Evidence::new(), &Evidence::new()));
        assert_eq!(found.len(), 1);
        assert!(found[0].says.is_nan() && found[0].place == place("0", ""));
    }
}
