//! How a run looks while it works: bars on a terminal, one line per stage otherwise, JSON lines for machines.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::show;
use crate::diagnostics::Problem;
use crate::run::{RunRecord, Silent, StepRecord, StepStatus, Watch, written_now};

/// The watch for `--quiet`, `--log json` and whatever standard error is.
pub fn watch(quiet: bool, json: bool) -> Arc<dyn Watch> {
    match (quiet, json) {
        (_, true) => Arc::new(JsonLines { fraction: Mutex::new((String::new(), 0.0)) }),
        (true, false) => Arc::new(Silent),
        (false, false) => {
            let bar = std::io::stderr().is_terminal().then(|| {
                let style = ProgressStyle::with_template("{spinner} {msg:<24} {bar:30} {percent:>3}%  {elapsed}")
                    .expect("the template is ours");
                let bar = ProgressBar::new(1000).with_style(style);
                bar.enable_steady_tick(Duration::from_millis(120));
                bar
            });
            Arc::new(Lines { bar, begun: Instant::now() })
        }
    }
}

struct Lines {
    bar: Option<ProgressBar>,
    begun: Instant,
}

impl Lines {
    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| show::note(text)),
            None => show::note(text),
        }
    }
}

impl Watch for Lines {
    fn remark(&self, text: &str) {
        self.line(&format!("  note: {text}"));
    }

    fn begin(&self, pipeline: &str, steps: usize) {
        self.line(&format!("{pipeline}: {steps} stages"));
    }

    fn step_begins(&self, name: &str, _kind: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(0);
            bar.set_message(name.to_owned());
        }
    }

    fn fraction(&self, _name: &str, done: f64) {
        if let Some(bar) = &self.bar {
            bar.set_position((done.clamp(0.0, 1.0) * 1000.0) as u64);
        }
    }

    fn step_ends(&self, step: &StepRecord, _took: Duration) {
        let what = match step.status {
            StepStatus::Reused => "reused".to_owned(),
            _ => format!("{:>5.1} s  {:>7}", step.seconds, show::bytes(step.peak_memory_bytes)),
        };
        let mut line = format!("  {:<20} {:<15} {what:<17}", step.name, step.kind);
        if step.rows_out > 0 || step.outputs.contains_key("main") {
            line.push_str(&format!(" {:>12} rows", show::count(step.rows_out)));
        }
        if step.rejected > 0 {
            line.push_str(&format!(", {} set aside", show::count(step.rejected)));
        }
        self.line(line.trim_end());
        for note in &step.notes {
            self.line(&format!("    {note}"));
        }
    }

    fn step_fails(&self, name: &str, _problem: &Problem) {
        self.line(&format!("  {name:<20} failed"));
    }

    fn end(&self, run: &RunRecord) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let made = run.steps.iter().filter(|step| step.status == StepStatus::Ran).count();
        let reused = run.steps.iter().filter(|step| step.status == StepStatus::Reused).count();
        show::note(&format!("  {made} made, {reused} reused in {:.1} s", self.begun.elapsed().as_secs_f64()));
    }
}

struct JsonLines {
    fraction: Mutex<(String, f64)>,
}

/// One line: the event with the time at which it happened, UTC.
fn log(event: &serde_json::Value) {
    let mut line = serde_json::Map::new();
    line.insert("time".to_owned(), json!(written_now()));
    line.extend(event.as_object().cloned().unwrap_or_default());
    show::note(&serde_json::Value::Object(line).to_string());
}

impl Watch for JsonLines {
    fn remark(&self, text: &str) {
        log(&json!({"event": "note", "text": text}));
    }

    fn begin(&self, pipeline: &str, steps: usize) {
        log(&json!({"event": "begin", "pipeline": pipeline, "steps": steps}));
    }

    fn step_begins(&self, name: &str, kind: &str) {
        log(&json!({"event": "step-begins", "step": name, "kind": kind}));
    }

    fn fraction(&self, name: &str, done: f64) {
        let mut last = self.fraction.lock().expect("no holder panics");
        // Tenths are enough for a log.
        if last.0 != name || done >= last.1 + 0.1 {
            *last = (name.to_owned(), done);
            log(&json!({"event": "fraction", "step": name, "done": (done * 100.0).round() / 100.0}));
        }
    }

    fn step_ends(&self, step: &StepRecord, _took: Duration) {
        log(&json!({"event": "step-ends", "step": step}));
    }

    fn step_fails(&self, name: &str, problem: &Problem) {
        log(&json!({"event": "step-fails", "step": name, "code": problem.code.word, "message": problem.message}));
    }

    fn end(&self, run: &RunRecord) {
        log(&json!({"event": "end", "run": run.id, "status": run.status, "problem": run.problem}));
    }
}
