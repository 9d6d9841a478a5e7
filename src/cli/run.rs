//! `patron run`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::pipeline::PipelineFile;
use super::signals::Ending;
use super::{Done, Failure, exit, progress, show};
use crate::diagnostics::{Problem, codes};
use crate::disk::own_umask;
use crate::run::{LISTS, Options, RunRecord, execute, forecast};

/// Run a pipeline: reuse what is known, make the rest, publish the lists when all is well.
#[derive(Args, Debug)]
pub struct Run {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// Where the run leaves what it makes [default: out/<pipeline>].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where models go [default: models/<pipeline>].
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Run only these stages and what they need.
    #[arg(long, value_name = "STAGE", num_args = 1..)]
    select: Vec<String>,
    /// Rerun this stage and everything downstream.
    #[arg(long, value_name = "STAGE")]
    from: Option<String>,
    /// Threads, 1 to 1024 [default: all cores].
    #[arg(long, value_name = "N", value_parser = thread_count)]
    threads: Option<usize>,
    /// Memory that the relational engine may hold before it spills to disk, such as 2GB.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
    /// Make everything again.
    #[arg(long)]
    force: bool,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Form of the log on standard error.
    #[arg(long, value_enum, default_value_t = Log::Text)]
    log: Log,
    /// Say only what went wrong.
    #[arg(long)]
    quiet: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Log {
    Text,
    Json,
}

impl Run {
    pub(super) fn run(self, ending: &Ending) -> Done {
        let plan = self.pipeline.compile()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.unwrap_or(cores).max(1);
        let options = Options {
            out: self.out.unwrap_or_else(|| plan.default_out()),
            models: self.models.unwrap_or_else(|| plan.default_models()),
            select: self.select,
            from: self.from,
            force: self.force,
            threads,
            memory: self.memory,
            interruption: Arc::clone(&ending.interruption),
        };
        if self.dry_run {
            return show::print(&super::plan::text(&forecast(&plan, &options)?));
        }
        own_umask();
        use_threads(threads)?;
        let watch = progress::watch(self.quiet, self.log == Log::Json);
        // Set once: there is one run in a process.
        let _ = ending.watch.set(Arc::clone(&watch));
        let outcome = execute(&plan, &options, &*watch)?;
        if self.quiet && self.log == Log::Text {
            // Something went wrong, although all is well again.
            outcome.record.notes.iter().for_each(|note| show::note(&format!("note: {note}")));
        }
        match outcome.problem {
            None => {
                if !self.quiet
                    && let Err(Failure::One(problem)) =
                        show::print(&summary(&options.out, &outcome.folder, &outcome.record))
                {
                    // All is published: where the summary cannot be read, the exit code says so.
                    show::note(&problem.to_string());
                }
                Ok(())
            }
            Some(problem) => {
                let exit = exit::of(problem.code.class);
                super::tell(std::slice::from_ref(&*problem), None);
                show::note(&format!("the record of this run is {}", outcome.folder.join("run.json").display()));
                Err(Failure::Told(exit))
            }
        }
    }
}

/// Sizes our own thread pool; the engine's is sized by the options.
pub(super) fn use_threads(threads: usize) -> Result<(), Failure> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20).build_global().map_err(|e| {
        Failure::One(Problem::new(&codes::BAD_CALL, format!("{threads} threads could not be started: {e}")).boxed())
    })
}

fn summary(out: &Path, folder: &Path, record: &RunRecord) -> String {
    let mut lines = Vec::new();
    if folder.join("report.html").exists() {
        lines.push(format!("report  {}", folder.join("report.html").display()));
    }
    let lists = out.join(LISTS);
    for list in std::fs::read_dir(&lists).into_iter().flatten().flatten() {
        lines.push(format!("list    {}", list.path().display()));
    }
    lines.sort();
    lines.push(format!("record  {}", folder.join("run.json").display()));
    if let Some(as_of) = &record.as_of {
        lines.push(format!("as of   {as_of}"));
    }
    lines.join("\n")
}

/// More threads than any machine has cores are a slip, and starting them would take all memory.
const MOST_THREADS: usize = 1024;

/// A number of threads.
pub(super) fn thread_count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=MOST_THREADS).contains(count));
    count.ok_or_else(|| format!("give a number from 1 to {MOST_THREADS}"))
}

/// Bytes from `512MB`, `4GB`, `2GiB` or a plain number.
fn size(text: &str) -> Result<usize, String> {
    let plain = text.trim();
    let digits = plain.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(plain.len());
    let (number, unit) = plain.split_at(digits);
    let factor: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(format!("`{unit}` is not a unit; write 512MB or 4GB")),
    };
    let number: f64 = number.parse().map_err(|_| format!("`{text}` is not a size; write 512MB or 4GB"))?;
    let bytes = number * factor;
    if (16e6..1e15).contains(&bytes) { Ok(bytes as usize) } else { Err("give it at least 16MB".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::{size, thread_count};

    #[test]
    fn threads() {
        assert_eq!(thread_count("16"), Ok(16));
        for text in ["0", "1025", "-1", "many"] {
            assert!(thread_count(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("512MB"), Ok(512_000_000));
        assert_eq!(size("1.5 GiB"), Ok(1_610_612_736));
        assert!(size("12").is_err());
        assert!(size("4 pounds").is_err());
        assert!(size("GB").is_err());
    }
}
