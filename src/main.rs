//! The program: parse, call, exit code.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(unix)]
    signals();
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

/// Ends at Ctrl-C with the exit code for a cancelled run, and takes a file-size limit for the full disk that it stands for.
///
/// Nothing has to be put in order first: what is half-made lies aside, and the lock is the system's own.
#[cfg(unix)]
fn signals() {
    extern "C" fn cancelled(_: libc::c_int) {
        // SAFETY: `_exit` may be called from a signal handler (POSIX.1-2017, 2.4.3).
        unsafe { libc::_exit(130) }
    }
    // SAFETY: the handler only calls `_exit`, and ignoring a signal runs no code.
    unsafe {
        libc::signal(libc::SIGINT, cancelled as extern "C" fn(libc::c_int) as libc::sighandler_t);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}
