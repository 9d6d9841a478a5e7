//! A whole file in memory, unpacked: for formats that have readers of their own.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::SourceError;

/// The content of a file, unpacked where it is gzip or zstd.
///
/// # Errors
/// When it cannot be read or its compression is broken.
pub fn read_plain(path: &Path) -> Result<Vec<u8>, SourceError> {
    let failed =
        |error: std::io::Error| SourceError::Read { file: path.display().to_string(), reason: error.to_string() };
    let mut file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::with_capacity(file.metadata().map_or(0, |data| data.len() as usize + 1));
    file.read_to_end(&mut bytes).map_err(failed)?;
    let mut unpacked = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).map_err(failed)?;
        return Ok(unpacked);
    }
    if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        zstd::stream::copy_decode(&bytes[..], &mut unpacked).map_err(failed)?;
        return Ok(unpacked);
    }
    Ok(bytes)
}
