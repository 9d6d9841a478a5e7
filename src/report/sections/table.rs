//! A table that any stage can add, under a heading of its own.

use super::{Chapter, Language, Shown};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::words::Translated;

pub use crate::report::page::table::{Cell, Column, Status, Table};

struct Words {
    heading: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words { heading: "Table" },
    simplified: Words { heading: "表格" },
    traditional: Words { heading: "表格" },
};

impl Shown for Table {
    fn chapter(&self) -> Chapter {
        Chapter::More
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, _: &str) {
        self.grid(m, cx);
    }
}

#[cfg(test)]
impl super::Sample for Table {
    fn sample(draw: &mut super::Draw, _: super::Size) -> Table {
        let mut table = Table::with(&["country", "customers", "sales", "share of sales"]);
        let names = [
            "United Kingdom",
            "Germany",
            "France",
            "EIRE",
            "Netherlands",
            "Spain",
            "Belgium",
            "Switzerland",
            "Portugal",
            "Australia",
            "Italy",
            "Norway",
            "Sweden",
            "Finland",
            "Japan",
            "Poland",
            "Austria",
            "Denmark",
        ];
        for (i, name) in names.iter().enumerate() {
            let sales = 14_700_000.0 * 0.4f64.powi(i as i32) * draw.between(0.9, 1.1);
            table.push(vec![
                Cell::text(*name),
                Cell::Count((5_400.0 * 0.5f64.powi(i as i32)) as u64 + 3),
                Cell::Money((sales * 1e4) as i64),
                Cell::Number(sales / 17_700_000.0, crate::report::Unit::Share),
            ]);
        }
        table
    }
}
