//! Which table is what: the one with the order lines, those of persons, and what is known of the whole.

use crate::profiling::{Column, Holds, Role, Table, holds, plain, zone_of_country, zone_of_name};

/// A table that was looked at, and how its file is read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as the pipeline writes it.
    pub path: String,
    /// What it holds.
    pub table: Table,
    /// The sheet, where a workbook has several.
    pub sheet: Option<String>,
    /// Whether its values have types of their own, as in Parquet and workbooks.
    pub typed: bool,
    /// Lines before the header.
    pub skip: u32,
    /// Whether it has no header.
    pub headerless: bool,
    /// Rows that could not be read.
    pub rejected: u64,
}

/// What a source holds.
pub fn holds_of(source: &Source) -> Holds {
    holds(&source.table)
}

/// The tables of a shop.
#[derive(Debug)]
pub struct Shop<'a> {
    /// Files with order lines, or with items of orders; all have the same columns.
    pub lines: Vec<&'a Source>,
    /// What they hold.
    pub holds: Holds,
    /// Files with the orders that items belong to.
    pub heads: Vec<&'a Source>,
    /// Persons with their addresses.
    pub persons: Vec<&'a Source>,
    /// Persons who must not be contacted.
    pub suppression: Vec<&'a Source>,
}

impl<'a> Shop<'a> {
    /// Sorts the tables.
    ///
    /// # Errors
    /// When none holds orders.
    pub fn of(sources: &'a [Source]) -> Result<Shop<'a>, String> {
        let of = |what: Holds| largest_group(sources.iter().filter(|source| holds_of(source) == what).collect());
        let (persons, suppression) = (of(Holds::Persons), of(Holds::Suppression));
        for what in [Holds::Lines, Holds::Orders] {
            let lines = of(what);
            if !lines.is_empty() {
                return Ok(Shop { lines, holds: what, heads: Vec::new(), persons, suppression });
            }
        }
        let (parts, heads) = (of(Holds::Parts), of(Holds::Heads));
        if !parts.is_empty() && !heads.is_empty() {
            return Ok(Shop { lines: parts, holds: Holds::Parts, heads, persons, suppression });
        }
        // Items with a date that nothing is said about: better than no orders.
        if parts.first().is_some_and(|source| source.table.roles.has(Role::Time)) {
            return Ok(Shop { lines: parts, holds: Holds::Lines, heads: Vec::new(), persons, suppression });
        }
        let found: Vec<String> = sources
            .iter()
            .map(|source| format!("{} looks like {}{}", source.table.name, holds_of(source).words(), lacks(source)))
            .collect();
        Err(format!("no file holds orders with their times: {}", found.join("; ")))
    }

    /// The sources that are not read.
    pub fn unused(&self, sources: &'a [Source]) -> Vec<&'a Source> {
        let groups = [&self.lines, &self.heads, &self.persons, &self.suppression];
        let used = |source: &Source| groups.iter().any(|group| group.iter().any(|one| std::ptr::eq(*one, source)));
        sources.iter().filter(|source| !used(source)).collect()
    }

    /// Whether customers are known, and whether items are.
    pub fn has_customers(&self) -> bool {
        match self.lines[0].table.export {
            Some(export) => export.customers,
            None => self.customer().is_some(),
        }
    }

    /// Whether lines name items.
    pub fn has_items(&self) -> bool {
        match self.lines[0].table.export {
            Some(export) => export.items,
            None => self.holds != Holds::Orders && self.has(Role::Item) | self.has(Role::Description),
        }
    }

    /// Whether the first table of lines has a role.
    pub fn has(&self, role: Role) -> bool {
        self.lines[0].table.roles.has(role)
    }

    fn customer(&self) -> Option<&'a Column> {
        let source = self.heads.first().unwrap_or(&self.lines[0]);
        source.table.customer()
    }

    /// The column with the customers' keys, in a known export by its header.
    pub fn customer_column(&self) -> Option<&'a Column> {
        self.column_of("customer").or_else(|| self.customer())
    }

    /// Whether customers are known by their e-mail addresses.
    pub fn by_address(&self) -> bool {
        self.customer_column().is_some_and(|column| column.email_share() >= 0.5)
    }

    /// The column of a name of the export's.
    fn column_of(&self, name: &str) -> Option<&'a Column> {
        let table = &self.lines[0].table;
        let wanted = table.export?.columns.iter().find(|column| column.name == name)?;
        wanted
            .headers
            .iter()
            .find_map(|header| table.columns.iter().find(|column| plain(&column.name) == plain(header)))
    }

    /// The column of the time of orders.
    pub fn time_column(&self) -> Option<&'a Column> {
        self.column_of("created")
            .or_else(|| self.column_of("time"))
            .or_else(|| self.heads.first().unwrap_or(&self.lines[0]).table.column(Role::Time))
    }

    /// Days from the first order to the last one.
    pub fn days(&self) -> i64 {
        let all = if self.heads.is_empty() { &self.lines } else { &self.heads };
        let name = self.time_column().map(|column| column.name.clone()).unwrap_or_default();
        let spans = all
            .iter()
            .filter_map(|source| source.table.columns.iter().find(|column| column.name == name)?.dates.as_ref());
        let (first, last) =
            spans.fold((i32::MAX, i32::MIN), |(first, last), dates| (first.min(dates.days.0), last.max(dates.days.1)));
        (i64::from(last) - i64::from(first)).max(0)
    }

    /// Customers; of several files those of the largest.
    pub fn customers(&self) -> u64 {
        self.customer_column().map_or(0, |column| column.distinct.count())
    }

    /// Orders, in all files together.
    pub fn orders(&self) -> u64 {
        let name = self
            .column_of("order")
            .or_else(|| self.lines[0].table.column(Role::Order))
            .map(|column| column.name.as_str());
        let count = |source: &&Source| {
            let column = source.table.columns.iter().find(|column| Some(column.name.as_str()) == name);
            column.map_or(source.table.rows, |column| column.distinct.count())
        };
        self.lines.iter().map(count).sum()
    }

    /// Rows of all files of lines.
    pub fn rows(&self) -> u64 {
        self.lines.iter().map(|source| source.table.rows).sum()
    }

    /// Whether times carry their offset.
    pub fn times_have_offsets(&self) -> bool {
        self.time_column().and_then(|column| column.dates.as_ref()).is_some_and(|dates| dates.offset)
    }

    /// The zone to write, where it is from, and whether that is sure.
    pub fn zone(&self) -> (String, String, bool) {
        let table = &self.lines[0].table;
        let named = table.export.and_then(|export| export.zone);
        let till = named.and_then(|header| table.columns.iter().find(|column| plain(&column.name) == plain(header)));
        if let Some(zone) = till.and_then(|column| column.examples.first()).and_then(|name| zone_of_name(name)) {
            return (zone.to_owned(), "the zone of the till in the export".to_owned(), true);
        }
        let country = self.column_of("country").or_else(|| table.column(Role::Country));
        if let Some(name) = country.and_then(|column| column.examples.first())
            && let Some(zone) = zone_of_country(name)
        {
            return (
                zone.to_owned(),
                format!("it is guessed from the first country, {name}; write the shop's own"),
                false,
            );
        }
        ("UTC".to_owned(), "write the shop's own, such as \"Europe/London\"".to_owned(), false)
    }
}

/// What a table with times lacks to be one of orders.
fn lacks(source: &Source) -> &'static str {
    let table = &source.table;
    let goods = table.roles.has(Role::Item) || table.roles.has(Role::Description);
    match (table.roles.has(Role::Time), table.customer().is_some(), goods) {
        (true, false, false) => " (it has times, and no column that names customers or items)",
        (true, true, false) => " (it has times and customers, and no column with items or money)",
        _ => "",
    }
}

/// The sources with the same columns that have the most rows together.
fn largest_group(sources: Vec<&Source>) -> Vec<&Source> {
    let key = |source: &Source| {
        let mut names: Vec<String> = source.table.columns.iter().map(|column| plain(&column.name)).collect();
        names.sort();
        (names, source.sheet.clone(), source.skip, source.headerless)
    };
    let mut groups: Vec<Vec<&Source>> = Vec::new();
    for source in sources {
        match groups.iter_mut().find(|group| key(group[0]) == key(source)) {
            Some(group) => group.push(source),
            None => groups.push(vec![source]),
        }
    }
    let rows = |group: &[&Source]| group.iter().map(|source| source.table.rows).sum::<u64>();
    let mut best: Vec<&Source> = Vec::new();
    for group in groups {
        if best.is_empty() || rows(&group) > rows(&best) {
            best = group;
        }
    }
    best
}
