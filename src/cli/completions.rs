//! `patron completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, Done, show};

/// Write completions for a shell to standard output.
#[derive(Args, Debug)]
pub struct Completions {
    /// Which shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Done {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "patron", &mut script);
        show::write(&script)
    }
}
