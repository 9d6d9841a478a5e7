//! The program: parse, call, exit code.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(unix)]
    signals();
    patron::cli::main()
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
