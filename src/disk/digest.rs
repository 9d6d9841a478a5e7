//! Digests of what is in a file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes read at once; large enough that a large file is hashed on all threads.
const PIECE: usize = 1 << 20;

/// How many bytes a file has, and their BLAKE3, hex.
pub fn digest(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    // A device or a pipe would never end.
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is not a plain file"));
    }
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hasher.finalize().to_hex().to_string()));
        }
        bytes += read as u64;
        hasher.update_rayon(&piece[..read]);
    }
}

/// BLAKE3 of bytes, hex.
pub fn text_digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
