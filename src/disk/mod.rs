//! Files and folders as patron leaves them: readable by their owner only, flushed, replaced and removed as a whole, and with
//! digests that show when somebody or something changed them.
//!
//! Everything below `out/` and `models/` is made here; a test holds the list of the few other places that create files.

mod cause;
mod digest;
mod make;
mod remove;
mod seal;

pub use cause::io_kind;
pub use digest::{digest, text_digest};
pub use make::{
    copy, flush_folder, make_folder, make_folders, new_file, own_umask, replace_file, tighten, tighten_all, write_new,
};
pub use remove::{ASIDE, entries, move_away, name_of, put_in_place, remove};
pub use seal::{Seal, check_seal, sealed};
