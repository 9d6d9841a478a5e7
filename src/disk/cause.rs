//! The system's error behind the error of a library.

use std::error::Error;
use std::io::{self, ErrorKind};

/// The kind of the system's error that an error comes from, where it carries one.
pub fn io_kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    match error.downcast_ref::<io::Error>() {
        // What an `io::Error` holds is not its source, but the source of that.
        Some(io) => io.get_ref().and_then(|held| io_kind(held)).or(Some(io.kind())),
        None => error.source().and_then(io_kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_kept_by_what_wraps_the_error() {
        let full = || io::Error::from(ErrorKind::StorageFull);
        assert_eq!(io_kind(&full()), Some(ErrorKind::StorageFull));
        assert_eq!(io_kind(&io::Error::other(full())), Some(ErrorKind::StorageFull));
        let parquet = parquet::errors::ParquetError::from(full());
        assert_eq!(io_kind(&parquet), Some(ErrorKind::StorageFull));
        assert_eq!(io_kind(&io::Error::other(parquet)), Some(ErrorKind::StorageFull));
        let zip = rust_xlsxwriter::XlsxError::from(zip::result::ZipError::Io(full()));
        assert_eq!(io_kind(&zip), Some(ErrorKind::StorageFull));
        // Words alone are no proof.
        assert_eq!(io_kind(&parquet::errors::ParquetError::General("No space left".to_owned())), None);
    }
}
