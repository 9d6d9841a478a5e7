//! Peak memory of this process, as the system counts it.

/// Starts a new count of the peak, where the system can (Linux); otherwise the peak is that of the whole process.
pub fn restart_peak() {
    // Writing 5 resets the peak resident set size (Linux, proc(5), /proc/pid/clear_refs).
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The largest resident set since the last restart, in bytes; 0 where the system does not tell.
pub fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.map_or_else(peak_of_process, |kb| kb * 1024)
}

fn peak_of_process() -> u64 {
    // SAFETY: `getrusage` fills the struct it is given, which is plain data and valid when zeroed.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::getrusage(libc::RUSAGE_SELF, &mut usage) != 0 {
            return 0;
        }
        usage
    };
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    usage.ru_maxrss as u64 * unit
}
