//! What Ctrl-C, SIGTERM and SIGHUP do: a run leaves its record in order, and the program ends with the exit code for it.

use std::sync::{Arc, OnceLock};

use super::exit::{Exit, number};
use super::show;
use crate::run::{Ended, Interruption, Watch};

/// What has to be put in order when a signal comes.
#[derive(Default)]
pub struct Ending {
    /// The run, once one is under way.
    pub interruption: Arc<Interruption>,
    /// Who hears of its end.
    pub watch: OnceLock<Arc<dyn Watch>>,
}

impl Ending {
    /// Whether the program is to end now.
    fn ends(&self) -> bool {
        match self.interruption.interrupt() {
            Ended::NothingUnderWay => show::note("interrupted"),
            Ended::Recorded { folder, record } => {
                if let Some(watch) = self.watch.get() {
                    watch.end(&record);
                }
                show::note(&format!(
                    "interrupted: nothing was published, the last good lists are untouched, and finished steps are kept for the \
                     next run\nthe record of this run is {}",
                    folder.join("run.json").display()
                ));
            }
            Ended::Already => return false,
        }
        true
    }
}

/// Ends the program in order at the first signal, and at once at the second.
#[cfg(unix)]
pub fn listen(ending: Arc<Ending>) -> std::io::Result<()> {
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

    // A handler that does nothing: writing past a size limit then fails with an error that names the file.
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    let again = Arc::new(AtomicBool::new(false));
    // Who started patron may have asked it to live on: `nohup`, or `&` in a script.
    let wanted: Vec<i32> = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)).collect();
    for signal in &wanted {
        signal_hook::flag::register_conditional_shutdown(*signal, number(Exit::Cancelled).into(), Arc::clone(&again))?;
    }
    let mut signals = signal_hook::iterator::Signals::new(wanted)?;
    std::thread::Builder::new().name("patron-signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            again.store(true, Ordering::SeqCst);
            if ending.ends() {
                // At once: other threads are in the middle of their work, and it lies aside.
                signal_hook::low_level::exit(number(Exit::Cancelled).into());
            }
        }
    })?;
    Ok(())
}

/// On other systems the system's own way of ending is kept.
#[cfg(not(unix))]
pub fn listen(_: Arc<Ending>) -> std::io::Result<()> {
    Ok(())
}

/// Whether the caller had a signal ignored, as far as the system says (Linux, proc(5), `SigIgn`).
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
