//! A pipeline written from what files hold: which stages there can be, with their columns and formats, and what it is unsure of as comments.
//!
//! Gets tables that were looked at and gives a text. Opens no file, and decides nothing that the text does not show.
//!
//! Reading order: `shop` (which table is what), `text` (TOML), `ingest` (a table read from files), `lines` (order lines out of it), `people`
//! (contacts, consent, suppression), `stages` (the rest).

mod ingest;
mod lines;
mod people;
mod shop;
mod stages;
mod text;

pub use shop::Source;

use shop::Shop;
use text::{Page, foreign, quoted};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The pipeline.
    pub text: String,
    /// What a person should look at, one line each; the text has them as comments too.
    pub unsure: Vec<String>,
}

/// Writes a pipeline over these tables.
///
/// # Errors
/// When no table holds orders; the text says what was found instead.
pub fn draft(sources: &[Source], title: &str, folder: Option<&str>) -> Result<Draft, String> {
    let shop = Shop::of(sources)?;
    let mut page = Page::default();
    page.comment(&format!(
        "{title}: written by `patron init --from` from what the files hold. Read the comments with UNSURE, then run it."
    ));
    page.line("# Every setting: pipelines/REFERENCE.md of patron, or `patron list kinds`.");
    page.blank();
    page.line("[run]");
    page.line("as_of = \"latest\"              # or a date; nothing on or after it is ever read as history");
    page.line("seed  = 7");
    let (zone, why, sure) = shop.zone();
    let from = if sure { format!("   # {why}") } else { String::new() };
    page.line(&format!("zone  = {}{from}", quoted(&zone)));
    match shop.times_have_offsets() {
        _ if sure => {}
        true => page.comment(&format!("Times have their offsets; the zone says when a day begins: {why}.")),
        false => page.unsure(&format!("the zone in which times are written is not in the files: {why}")),
    }
    if let Some(folder) = folder {
        page.blank();
        page.line("[vars]");
        page.line(&format!("data = {}", foreign(folder)));
    }
    lines::write(&mut page, &shop);
    people::write(&mut page, &shop);
    stages::write(&mut page, &shop, title);
    for source in shop.unused(sources) {
        page.blank();
        page.line(&format!("# Not used: {} ({}).", source.table.name, shop::holds_of(source).words()));
    }
    let (text, unsure) = page.finish();
    Ok(Draft { text, unsure })
}

#[cfg(test)]
mod tests;
