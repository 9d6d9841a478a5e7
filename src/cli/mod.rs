//! The command line: one file per command, and the table of exit codes.
//!
//! Reads arguments, calls the run, shows what came of it. Knows how things look; decides nothing about data.

mod check;
mod completions;
mod exit;
mod explain;
mod generate;
mod init;
mod list;
mod listing;
mod mine;
mod models;
mod pipeline;
mod plan;
mod progress;
mod query;
mod reference;
mod run;
mod runs;
mod schema;
mod show;

use std::io::IsTerminal;

use clap::{Parser, Subcommand};

pub use exit::{EXITS, Exit};
pub use reference::reference;
pub use schema::pipeline_schema;

use crate::diagnostics::{Problem, SourceText, render_all};

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
    /// Already told; only the exit code is left.
    Told(Exit),
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Failure {
        Failure::One(problem)
    }
}

type Done = Result<(), Failure>;

/// Parses the arguments, does what they ask for, tells what went wrong, and gives the exit code.
pub fn main() -> std::process::ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Call } else { Exit::Done };
            // A closed pipe while showing help is not worth a message.
            let _ = error.print();
            return exit.into();
        }
    };
    let done = match arguments.command {
        Command::Init(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Plan(command) => command.run(),
        Command::Run(command) => command.run(),
        Command::Query(command) => command.run(),
        Command::List(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Runs(command) => command.run(),
        Command::Models(command) => command.run(),
        Command::Mine(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Completions(command) => command.run(),
    };
    let exit = match done {
        Ok(()) => Exit::Done,
        Err(Failure::Told(exit)) => exit,
        Err(Failure::One(problem)) => {
            tell(std::slice::from_ref(&*problem), None);
            exit::of(problem.code.class)
        }
        Err(Failure::InFile(problems, source)) => {
            tell(&problems, Some(&source));
            Exit::Call
        }
    };
    exit.into()
}

fn tell(problems: &[Problem], source: Option<&SourceText>) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    eprintln!("{}", render_all(problems, source, colour));
}
