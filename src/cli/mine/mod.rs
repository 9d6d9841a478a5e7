//! `patron mine`: the miners alone, on plain files, for those who come from other miners.

mod itemsets;
mod parquet;
mod rules;
mod sequence_input;
mod sequence_rules;
mod sequences;

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Done, Failure};
use crate::diagnostics::{Problem, codes, did_you_mean, io_problem};
use crate::mining::{
    Format, Read as ReadBaskets, ReadSettings, SetAside, Style, Support, by_length, counted, formats, read_baskets,
    styles,
};
use crate::orders::Names;
use crate::sources::plain::read_plain;

/// Mine itemsets, rules, sequences or their rules of a plain file.
#[derive(Args, Debug)]
pub struct Mine {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Itemsets(itemsets::Itemsets),
    Rules(rules::Rules),
    Sequences(sequences::Sequences),
    SequenceRules(sequence_rules::SequenceRules),
}

impl Mine {
    pub(super) fn run(self) -> Done {
        match self.what {
            What::Itemsets(command) => command.run(),
            What::Rules(command) => command.run(),
            What::Sequences(command) => command.run(),
            What::SequenceRules(command) => command.run(),
        }
    }
}

/// Arguments that all miners take.
#[derive(Args, Debug)]
struct Common {
    /// The file; plain, gzip or zstd.
    file: PathBuf,
    /// Least support: a share below 1, a count from 1 on.
    #[arg(short = 's', long, value_name = "S", value_parser = Support::parse)]
    support: Support,
    /// Where the lines go [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the numbers per length and the total only.
    #[arg(long)]
    count: bool,
    /// Form of the lines: fimi, spmf, csv or json. In csv the items of a field are divided by `,` (those of a rule's side by `;`); an item that
    /// begins with a quote, or holds that sign without a blank behind it, is written in double quotes inside the field, its own quotes doubled.
    /// Infinity is `inf` in csv and "Infinity" in json; what is not defined is empty, or null. json keeps items as they are.
    #[arg(long, value_name = "STYLE")]
    style: Option<String>,
    /// Threads [default: all cores].
    #[arg(long, value_name = "N", value_parser = super::run::thread_count)]
    threads: Option<usize>,
    /// Stop after this many patterns; where rules are mined, of itemsets or of rules.
    #[arg(long, value_name = "N")]
    budget: Option<u64>,
    /// Stop after so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    seconds: Option<Duration>,
    /// Say only what went wrong.
    #[arg(long)]
    quiet: bool,
}

/// Lines at most of the numbers per length.
const MOST_LENGTHS: usize = 40;

/// What a support is that fits a budget.
const FITS: &str = "fit the budget";

impl Common {
    /// How many threads to use, for work that starts its own.
    fn own_threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or(cores).max(1)
    }

    /// The same, and as many threads stand ready for what is done side by side elsewhere.
    fn threads(&self) -> Result<usize, Failure> {
        let threads = self.own_threads();
        super::run::use_threads(threads)?;
        Ok(threads)
    }

    fn style(&self, usual: Style) -> Result<Style, Failure> {
        let Some(name) = &self.style else { return Ok(usual) };
        let row = styles().iter().find(|row| row.name == name);
        row.map(|row| row.style).ok_or_else(|| unknown("style", name, styles().iter().map(|row| row.name).collect()))
    }

    /// Refuses lines that could be read in more than one way, items divided by `signs`.
    fn clear(&self, style: Style, names: &Names, signs: &[&str]) -> Result<(), Failure> {
        match style.unclear(names, signs).filter(|_| !self.count) {
            None => Ok(()),
            Some(unclear) => {
                let help = "write --style csv or json, which keep items as they are".to_owned();
                Err(Failure::One(Problem::new(&codes::BAD_CALL, unclear.to_string()).help(help).boxed()))
            }
        }
    }

    /// The whole file, unpacked.
    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        read_plain(&self.file).map_err(|e| Failure::One(Problem::new(&codes::BAD_SOURCE, e.to_string()).boxed()))
    }

    fn out(&self) -> Result<Box<dyn Write + Send>, Failure> {
        Ok(match &self.output {
            Some(path) => Box::new(File::create(path).map_err(|e| io_problem("create", path, &e))?),
            None => Box::new(std::io::stdout()),
        })
    }

    /// Whether nothing could be written because the reader has gone away (`| head`), which is not a problem.
    fn reader_gone(&self, error: &std::io::Error) -> bool {
        self.output.is_none() && error.kind() == std::io::ErrorKind::BrokenPipe
    }

    /// Writes the lines of all rules; `false` when the reader has gone away.
    fn write_rules(&self, text: &str) -> Result<bool, Failure> {
        match self.out()?.write_all(text.as_bytes()) {
            Err(error) if self.reader_gone(&error) => Ok(false),
            written => written.map(|()| true).map_err(|e| {
                let message = format!("the rules could not be written: {e}");
                Failure::One(Problem::new(&codes::FILE_TROUBLE, message).boxed())
            }),
        }
    }

    /// Stops when the time is used up.
    fn stop(&self) -> impl Fn() -> bool + Sync + use<> {
        let end = self.seconds.map(|seconds| Instant::now() + seconds);
        let over = AtomicBool::new(false);
        move || {
            if let Some(end) = end
                && Instant::now() > end
            {
                over.store(true, Ordering::Relaxed);
            }
            over.load(Ordering::Relaxed)
        }
    }

    fn bar(&self) -> ProgressBar {
        if self.quiet || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        ProgressBar::new(1000).with_style(
            ProgressStyle::with_template("{bar:40} {percent:>3}%  {elapsed}").expect("the template is ours"),
        )
    }

    /// Numbers per length, or a line on standard error about what was written.
    fn tell(&self, what: &str, per_length: &[u64], total: u64) -> Done {
        let total = counted(total);
        if self.count {
            let mut lines = by_length(per_length, MOST_LENGTHS);
            lines.push(format!("total: {total}"));
            return super::show::print(&lines.join("\n"));
        } else if !self.quiet {
            super::show::note(&format!("{total} {what}"));
        }
        Ok(())
    }

    /// A search that did not come to its end. `budget` is what would fit, in words.
    fn stopped(&self, what: &str, found: u64, completed: f64, fitting: Option<u64>, budget: &str) -> Failure {
        let help = match fitting {
            Some(count) => format!("a support of about {count} would {budget}"),
            None if self.budget.is_none() && self.seconds.is_none() => "raise --support".to_owned(),
            None => "raise --support, --budget or --seconds".to_owned(),
        };
        let found = counted(found);
        let message = format!("stopped after {found} {what}: about {:.0} % of the search is done", 100.0 * completed);
        Failure::One(Problem::new(&codes::BUDGET_REACHED, message).help(help).boxed())
    }
}

/// Arguments of the miners of baskets.
#[derive(Args, Debug)]
struct BasketInput {
    /// Form of the file: fimi, spmf, baskets-csv, long-csv or parquet [default: by its name].
    #[arg(long)]
    format: Option<String>,
    /// Order column of a long CSV or Parquet file [default: the first].
    #[arg(long, value_name = "COLUMN")]
    order_column: Option<String>,
    /// Item column of a long CSV or Parquet file [default: the second].
    #[arg(long, value_name = "COLUMN")]
    item_column: Option<String>,
}

impl BasketInput {
    fn read(&self, common: &Common) -> Result<ReadBaskets, Failure> {
        let read = self.read_again(common)?;
        tell_set_aside(&read.set_aside, read.set_aside_lines);
        Ok(read)
    }

    /// The same without a word about lines set aside.
    fn read_again(&self, common: &Common) -> Result<ReadBaskets, Failure> {
        let name = self.format.clone().unwrap_or_else(|| by_name(&common.file).to_owned());
        if name == parquet::FORMAT {
            return parquet::read_baskets(&common.file, self.order_column.as_deref(), self.item_column.as_deref());
        }
        let format = format_named(&name)?;
        let settings = ReadSettings {
            format,
            delimiter: None,
            order_column: self.order_column.clone(),
            item_column: self.item_column.clone(),
        };
        read_baskets(&common.bytes()?, &settings).map_err(|e| {
            let problem = Problem::new(&codes::BAD_SOURCE, format!("{}: {e}", common.file.display()));
            Failure::One(problem.help("name the form of the file with --format".to_owned()).boxed())
        })
    }
}

/// Says how many lines were set aside, and why the first was.
fn tell_set_aside(aside: &[SetAside], lines: u64) {
    if lines > 0 {
        let first = aside.first().map(|s| format!("; line {}: {}", s.line, s.reason)).unwrap_or_default();
        super::show::note(&format!("{lines} lines set aside{first}"));
    }
}

/// A time to stop after, as people write it.
fn seconds(text: &str) -> Result<Duration, String> {
    // Some thirty years: more would not fit behind every clock.
    let in_range = |seconds: &f64| (0.0..=1e9).contains(seconds);
    let number = text.parse::<f64>().ok().filter(in_range);
    number.map(Duration::from_secs_f64).ok_or_else(|| "a number of seconds from 0 to 1000000000 is needed".to_owned())
}

/// The numbers of items that the caller names.
fn numbers_of(words: &[String], names: &Names) -> Result<Vec<u32>, Failure> {
    let strange = |word: &String| {
        let near = did_you_mean(word, names.iter()).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| "items are written as in the file".to_owned());
        Failure::One(Problem::new(&codes::BAD_CALL, format!("the file has no item `{word}`")).help(help).boxed())
    };
    words.iter().map(|word| names.find(word).ok_or_else(|| strange(word))).collect()
}

fn format_named(name: &str) -> Result<Format, Failure> {
    let row = formats().iter().find(|row| row.name == name);
    row.map(|row| row.format).ok_or_else(|| {
        let names = formats().iter().map(|row| row.name).chain([parquet::FORMAT]).collect();
        unknown("format", name, names)
    })
}

/// What a file's name says of its form.
fn by_name(path: &Path) -> &'static str {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if name.ends_with(".parquet") {
        parquet::FORMAT
    } else if name.contains(".csv") {
        "baskets-csv"
    } else {
        "fimi"
    }
}

fn unknown(what: &str, name: &str, names: Vec<&str>) -> Failure {
    let near = did_you_mean(name, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let all = format!("there are {}", names.join(", "));
    Failure::One(
        Problem::new(&codes::BAD_CALL, format!("there is no {what} `{name}`")).help(near.unwrap_or(all)).boxed(),
    )
}
