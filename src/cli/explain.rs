//! `patron explain`

use clap::Args;

use super::{Done, show};
use crate::diagnostics::{Problem, codes, did_you_mean};

/// Say more about a problem code, such as `unknown-kind`.
#[derive(Args, Debug)]
pub struct Explain {
    /// The word in brackets after `error`.
    code: String,
}

impl Explain {
    pub(super) fn run(self) -> Done {
        match codes::find(&self.code) {
            Some(code) => show::print(&format!("{}\n\n{}\n{}", code.word, code.meaning, code.advice)),
            None => {
                let near = did_you_mean(&self.code, codes::CODES.iter().map(|code| code.word));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                let all = "`patron list codes` shows them all".to_owned();
                Problem::new(&codes::BAD_CALL, format!("there is no problem code `{}`", self.code))
                    .help(help.unwrap_or(all))
                    .err()?
            }
        }
    }
}
