//! The command line: one file per command, and the table of exit codes.
//!
//! Reads arguments, calls the run, shows what came of it. Knows how things look; decides nothing about data.

mod check;
mod completions;
mod draft;
mod exit;
mod explain;
mod generate;
mod init;
mod list;
mod listing;
mod look;
mod mine;
mod models;
mod pipeline;
mod plan;
mod profile;
mod progress;
mod query;
mod reference;
mod run;
mod runs;
mod schema;
mod show;
mod signals;

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Parser, Subcommand};

pub use exit::{EXITS, Exit};
pub use reference::reference;
pub use schema::pipeline_schema;

use crate::diagnostics::{Problem, SourceText, codes, render_all};

/// Turns a shop's order history into lists marketing can use: who may leave, what to offer, who is worth most.
#[derive(Parser, Debug)]
#[command(name = "patron", version, propagate_version = true, after_help = exit::help())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Init),
    Profile(profile::Profile),
    Check(check::Check),
    Plan(plan::PlanCommand),
    Run(run::Run),
    Query(query::Query),
    List(list::List),
    Explain(explain::Explain),
    Runs(runs::Runs),
    Models(models::Models),
    Mine(mine::Mine),
    Generate(generate::Generate),
    Schema(schema::SchemaCommand),
    Completions(completions::Completions),
}

/// What a command gives back instead of `Ok`.
#[derive(Debug)]
enum Failure {
    /// One problem without a pipeline file.
    One(Box<Problem>),
    /// Problems in a pipeline file.
    InFile(Vec<Problem>, SourceText),
    /// Printed already; only the exit code is left.
    Told(Exit),
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Failure {
        Failure::One(problem)
    }
}

type Done = Result<(), Failure>;

/// Stack of the thread that does the work, in bytes: reading and planning a query go as deep as it is nested.
const STACK: usize = 256 << 20;

/// Parses the arguments, does what they ask for, tells what went wrong, and gives the exit code.
pub fn main() -> std::process::ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misread(&error).into(),
    };
    let ending = Arc::new(signals::Ending::default());
    if let Err(error) = signals::listen(Arc::clone(&ending)) {
        show::note(&format!("an interrupted run will not be recorded: signals cannot be heard: {error}"));
    }
    let panicked: Arc<Mutex<String>> = Arc::default();
    let heard = Arc::clone(&panicked);
    std::panic::set_hook(Box::new(move |panic| {
        *heard.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    let work = {
        let ending = Arc::clone(&ending);
        move || carry_out(arguments.command, &ending)
    };
    let thread = std::thread::Builder::new().name("patron".to_owned()).stack_size(STACK).spawn(work);
    let done = match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => {
            let message = panicked.lock().unwrap_or_else(PoisonError::into_inner).replace('\n', " ");
            let problem = Problem::new(&codes::PATRON_FAULT, format!("patron failed: {message}"))
                .help("this is a fault of patron; please report it".to_owned());
            ending.interruption.fail(&problem);
            Err(Failure::One(problem.boxed()))
        }
        Err(error) => {
            let message = format!("a thread could not be started: {error}");
            Err(Failure::One(Problem::new(&codes::ENGINE_TROUBLE, message).boxed()))
        }
    };
    match done {
        Ok(()) => Exit::Done,
        Err(failure) => failure.tell(),
    }
    .into()
}

/// Shows help, the version or what is wrong with the call.
fn misread(error: &clap::Error) -> Exit {
    match error.print() {
        _ if error.use_stderr() => Exit::Call,
        printed => show::written(printed).map_or_else(Failure::tell, |()| Exit::Done),
    }
}

fn carry_out(command: Command, ending: &signals::Ending) -> Done {
    match command {
        Command::Init(command) => command.run(),
        Command::Profile(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Plan(command) => command.run(),
        Command::Run(command) => command.run(ending),
        Command::Query(command) => command.run(),
        Command::List(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Runs(command) => command.run(),
        Command::Models(command) => command.run(),
        Command::Mine(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Completions(command) => command.run(),
    }
}

impl Failure {
    /// Tells it, and gives the exit.
    fn tell(self) -> Exit {
        match self {
            Failure::Told(exit) => exit,
            Failure::One(problem) => {
                tell(std::slice::from_ref(&*problem), None);
                exit::of(problem.code.class)
            }
            Failure::InFile(problems, source) => {
                tell(&problems, Some(&source));
                Exit::Call
            }
        }
    }
}

fn tell(problems: &[Problem], source: Option<&SourceText>) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    show::note(&render_all(problems, source, colour));
}
