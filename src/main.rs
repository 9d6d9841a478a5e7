//! The program: parse, call, exit code.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    small_pages();
    patron::cli::main()
}

/// Each piece of memory that the allocator takes would be rounded up to huge pages, and cleared: a third of all that `patron mine`
/// holds, and for a table of ten thousand columns, each with a compressor of its own, 7 GB in place of 0.5. Long pipelines take
/// no more time without (CONTRIBUTING.md).
fn small_pages() {
    #[cfg(target_os = "linux")]
    // SAFETY: the call sets a flag of this process and touches no memory.
    unsafe {
        libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0)
    };
}
