//! `patron generate`

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Done, Failure, show};
use crate::demo::{self, DemoError, Piece, ShopSettings};
use crate::diagnostics::{Problem, codes, io_problem};
use crate::tables::Date;

/// Make a demo shop: seeded order lines with the dirt of a real export, and the planted truth beside them.
#[derive(Args, Debug)]
pub struct Generate {
    /// Folder to write into; made if need be.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Order lines, 1000 to 100000000; the shop comes within a few percent.
    #[arg(long, default_value_t = ShopSettings::default().lines)]
    lines: u64,
    /// Seed: the same one makes the same shop.
    #[arg(long, default_value_t = ShopSettings::default().seed)]
    seed: u64,
    /// First day.
    #[arg(long, value_name = "DATE", default_value = "2024-01-01", value_parser = date)]
    from: Date,
    /// First day after the last.
    #[arg(long, value_name = "DATE", default_value = "2026-01-01", value_parser = date)]
    to: Date,
    /// Customer accounts [default: as many as the lines need].
    #[arg(long)]
    customers: Option<u32>,
    /// Ordinary items on sale [default: a number that suits the lines].
    #[arg(long)]
    items: Option<u32>,
    /// How dirty the export is: 0 is clean, 1 the usual mess, up to 5.
    #[arg(long, default_value_t = 1.0)]
    dirt: f64,
    /// From this day on customers behave otherwise.
    #[arg(long, value_name = "DATE", value_parser = date)]
    drift: Option<Date>,
    /// The shop contacts its customers: a ledger of contacts with control groups, and orders that contacts bring or prevent.
    #[arg(long)]
    campaigns: bool,
    /// One file of orders for each day, as a nightly export would give.
    #[arg(long)]
    nightly: bool,
}

fn date(text: &str) -> Result<Date, String> {
    text.parse()
}

impl Generate {
    pub(super) fn run(self) -> Done {
        let settings = ShopSettings {
            lines: self.lines,
            seed: self.seed,
            start: i64::from(self.from.days()),
            end: i64::from(self.to.days()),
            customers: self.customers,
            items: self.items,
            dirt: self.dirt,
            drift: self.drift.map(|day| i64::from(day.days())),
            campaigns: self.campaigns,
            ..ShopSettings::default()
        };
        let bar = ProgressBar::new(1000).with_style(
            ProgressStyle::with_template("{bar:40} {percent:>3}%  {elapsed}").expect("the template is ours"),
        );
        let lines =
            write_shop(&self.folder, &settings, self.nightly, &|done| bar.set_position((done * 1000.0) as u64))?;
        bar.finish_and_clear();
        show::print(&format!("{} order lines in {}", show::count(lines), self.folder.display()))
    }
}

/// Writes a shop's files into a folder; gives the number of order lines.
pub(super) fn write_shop(
    folder: &Path,
    settings: &ShopSettings,
    nightly: bool,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<u64, Failure> {
    fs::create_dir_all(folder).map_err(|e| io_problem("create", folder, &e))?;
    let mut files: BTreeMap<PathBuf, BufWriter<File>> = BTreeMap::new();
    let mut lines = 0;
    let mut write = |piece: Piece<'_>| -> std::io::Result<()> {
        let row = piece.file.row();
        let by_day = nightly && piece.file == demo::File::Orders;
        let name = if by_day {
            row.name.replace(".csv", &format!("-{}.csv", Date::from_days(piece.day as i32)))
        } else {
            row.name.to_owned()
        };
        if piece.file == demo::File::Orders {
            lines += memchr::memchr_iter(b'\n', piece.bytes).count() as u64;
        }
        let path = folder.join(name);
        if !files.contains_key(&path) {
            let mut writer = BufWriter::with_capacity(1 << 20, File::create(&path)?);
            if !row.header.is_empty() {
                writeln!(writer, "{}", row.header)?;
            }
            files.insert(path.clone(), writer);
        }
        files.get_mut(&path).expect("it was just opened").write_all(piece.bytes)
    };
    demo::generate(settings, &mut write, progress).map_err(|error| {
        let problem = match error {
            DemoError::Write(error) => return Failure::One(io_problem("write into", folder, &error)),
            other => Problem::new(&codes::BAD_CALL, other.to_string()),
        };
        Failure::One(problem.boxed())
    })?;
    for (path, mut file) in files {
        file.flush().map_err(|e| io_problem("write", &path, &e))?;
    }
    Ok(lines)
}
