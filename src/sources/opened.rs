//! What a file is, told from its first bytes and then its name, and the bytes inside its compression.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::SourceError;
use super::formats::{FORMATS, Family, FormatRow, TABLE, ZIP};
use super::settings::{Checked, Choice};
use crate::outside::Opening;

/// First bytes of what is not read, with a way out.
static REFUSED: &[(&[u8], &str, &str)] = &[
    (b"BZh", "bzip2 compression", "decompress it, or compress it with gzip or zstd instead"),
    (b"\xFD7zXZ", "xz compression", "decompress it, or compress it with gzip or zstd instead"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"%PDF", "a PDF document", "ask for the table as CSV, Parquet or XLSX"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV or Parquet"),
    (b"ORC", "an ORC file", "convert it to Parquet"),
    (b"Obj\x01", "an Avro file", "convert it to Parquet"),
    (b"ARROW1", "an Arrow IPC file", "convert it to Parquet"),
    (b"{\\rtf", "an RTF document", "ask for the table as CSV, Parquet or XLSX"),
];

/// Endings of names whose content is text but no table of records.
static REFUSED_ENDINGS: &[(&str, &str)] = &[
    ("json", "JSON"),
    ("geojson", "JSON"),
    ("ndjson", "JSON Lines"),
    ("jsonl", "JSON Lines"),
    ("sql", "SQL"),
    ("xml", "XML"),
    ("html", "HTML"),
    ("htm", "HTML"),
    ("dbf", "dBASE"),
    ("doc", "a document"),
    ("docx", "a document"),
    ("yaml", "YAML"),
    ("yml", "YAML"),
];

/// How the bytes of a table are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
    /// The only member of a zip archive: where its data begins, its packed size, whether it is deflated, its checksum.
    Zip {
        start: u64,
        size: u64,
        deflated: bool,
        crc: u32,
    },
}

impl Packing {
    /// The word that reports use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Packing::Plain => "none",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
            Packing::Zip { .. } => "zip",
        }
    }
}

/// A file whose format is known.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub format: &'static FormatRow,
    pub packing: Packing,
    /// Size on disk in bytes.
    pub bytes: u64,
}

/// Tells what a source is read as, or refuses it with a way out. `name` is how messages call it.
pub(crate) fn known(from: Opening, name: &str, settings: &Checked) -> Result<Opened, SourceError> {
    match (from, settings.format) {
        (Opening::File(path), _) => detect(path, name, settings),
        (Opening::Rows(_), Choice::Given(row)) => Err(SourceError::Format {
            file: name.to_owned(),
            found: format!("is {} and not {}", TABLE.meaning, row.meaning),
            advice: "leave `format` at auto".to_owned(),
        }),
        (Opening::Rows(_), _) => Ok(Opened { format: &TABLE, packing: Packing::Plain, bytes: 0 }),
    }
}

/// Tells the format of a file, or refuses it with a way out.
fn detect(path: &Path, name: &str, settings: &Checked) -> Result<Opened, SourceError> {
    let failed = |error: std::io::Error| SourceError::read(name, error);
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(SourceError::read(name, "it is a folder; name the files in it, for example with *.csv"));
    }
    let bytes = metadata.len();
    let start = head(&mut file, 512).map_err(failed)?;
    let ending = |name: &str| {
        Path::new(name).extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
    };
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let refused = |found: &str, advice: &str| SourceError::Format {
        file: name.to_owned(),
        found: format!("is {found}"),
        advice: advice.to_owned(),
    };

    let (packing, inner_name) = if start.starts_with(b"\x1F\x8B") {
        (Packing::Gzip, stem(&file_name))
    } else if start.starts_with(b"\x28\xB5\x2F\xFD") {
        (Packing::Zstd, stem(&file_name))
    } else if start.starts_with(ZIP) || start.starts_with(b"PK\x05\x06") {
        match zip_content(&mut file, name)? {
            ZipContent::Workbook(format) => return Ok(Opened { format: row(format), packing: Packing::Plain, bytes }),
            ZipContent::Member { name, packing } => (packing, name),
        }
    } else {
        (Packing::Plain, file_name)
    };
    let opened = Opened { format: row("csv"), packing, bytes };
    let inside = match packing {
        Packing::Plain => start,
        _ => head(&mut opened.unpack(path, name, None)?, 512).map_err(failed)?,
    };
    let ending = ending(&inner_name);
    let by_magic = FORMATS.iter().find(|row| !row.magic.is_empty() && inside.starts_with(row.magic));
    if let (Some(row), false) = (by_magic, packing == Packing::Plain) {
        return Err(refused(
            &format!("{} inside {} compression", row.meaning, packing.name()),
            "decompress it; it is compressed by itself",
        ));
    }
    if let Some(row) = by_magic {
        return Ok(Opened { format: row, ..opened });
    }
    if let Some((_, found, advice)) = REFUSED.iter().find(|(magic, ..)| inside.starts_with(magic)) {
        return Err(refused(found, advice));
    }
    if inside.get(257..262) == Some(b"ustar") {
        return Err(refused("a tar archive", "unpack it first and name its files"));
    }
    if let Choice::Given(row) = settings.format {
        return match row.family {
            Family::Delimited => Ok(Opened { format: row, ..opened }),
            _ => Err(refused(
                &format!("not {}", row.meaning),
                "leave `format` at auto, or deliver the file in that format",
            )),
        };
    }
    if let Some((_, found)) = REFUSED_ENDINGS.iter().find(|(refused, _)| *refused == ending) {
        return Err(refused(
            &format!("named as {found}"),
            "deliver it as CSV, Parquet or XLSX; if it is delimited text, set format = \"csv\"",
        ));
    }
    if looks_binary(&inside) {
        return Err(refused("not text", "the formats that are read are CSV, TSV, Parquet, XLSX, XLS and ODS"));
    }
    let by_name =
        FORMATS.iter().find(|row| row.family == Family::Delimited && row.extensions.contains(&ending.as_str()));
    Ok(Opened { format: by_name.unwrap_or(row("csv")), ..opened })
}

impl Opened {
    /// The bytes inside the compression. `read` counts the bytes taken from the disk.
    pub(crate) fn unpack(
        &self,
        path: &Path,
        name: &str,
        read: Option<Arc<AtomicU64>>,
    ) -> Result<Box<dyn Read + Send>, SourceError> {
        let failed = |error: std::io::Error| SourceError::read(name, error);
        let mut file = File::open(path).map_err(failed)?;
        let counted = |file: File| Counted { inner: file, read: read.clone().unwrap_or_default() };
        Ok(match self.packing {
            Packing::Plain => Box::new(counted(file)),
            Packing::Gzip => {
                Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 18, counted(file))))
            }
            Packing::Zstd => {
                let mut decoder = zstd::Decoder::new(counted(file)).map_err(failed)?;
                decoder.window_log_max(31).map_err(failed)?;
                Box::new(decoder)
            }
            Packing::Zip { start, size, deflated, crc } => {
                file.seek(SeekFrom::Start(start)).map_err(failed)?;
                let packed = BufReader::with_capacity(1 << 18, counted(file).take(size));
                let inner: Box<dyn Read + Send> =
                    if deflated { Box::new(flate2::bufread::DeflateDecoder::new(packed)) } else { Box::new(packed) };
                Box::new(Checksummed { inner, seen: flate2::Crc::new(), wanted: crc })
            }
        })
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Compares the checksum of a zip member once it is read to its end.
struct Checksummed<R> {
    inner: R,
    seen: flate2::Crc,
    wanted: u32,
}

impl<R: Read> Read for Checksummed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.seen.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.seen.sum() != self.wanted {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "the checksum of the zip member is wrong",
            ));
        }
        Ok(count)
    }
}

enum ZipContent {
    Workbook(&'static str),
    Member { name: String, packing: Packing },
}

fn zip_content(file: &mut File, name: &str) -> Result<ZipContent, SourceError> {
    file.rewind().map_err(|error| SourceError::read(name, error))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| SourceError::read(name, error))?;
    let refused =
        |found: String, advice: &str| SourceError::Format { file: name.to_owned(), found, advice: advice.to_owned() };
    let mut names: Vec<String> = Vec::with_capacity(archive.len());
    for at in 0..archive.len() {
        let member = archive.by_index_raw(at).map_err(|error| SourceError::read(name, error))?;
        names.push(member.name().map(|name| name.into_owned()).unwrap_or_else(|_| format!("#{}", at + 1)));
    }
    if names.iter().any(|member| member.starts_with("xl/")) {
        return Ok(ZipContent::Workbook("xlsx"));
    }
    if names.iter().any(|member| member == "content.xml") {
        return Ok(ZipContent::Workbook("ods"));
    }
    let mut members: Vec<(usize, String)> = Vec::new();
    for (at, member_name) in names.into_iter().enumerate() {
        let member = archive.by_index_raw(at).map_err(|error| SourceError::read(name, error))?;
        let hidden = member_name.starts_with("__MACOSX/") || member_name.ends_with(".DS_Store");
        if !member.is_dir() && !hidden {
            members.push((at, member_name));
        }
    }
    let [(at, member_name)] = members.as_slice() else {
        let found = match members.is_empty() {
            true => "is a zip archive without files".to_owned(),
            false => {
                let shown: Vec<&str> = members.iter().take(5).map(|(_, name)| name.as_str()).collect();
                format!(
                    "is a zip archive of {} files ({}{})",
                    members.len(),
                    shown.join(", "),
                    if members.len() > 5 { ", …" } else { "" }
                )
            }
        };
        return Err(refused(found, "unpack it and name the wanted files; an archive of one file is read as it is"));
    };
    let member = archive.by_index_raw(*at).map_err(|error| SourceError::read(name, error))?;
    if member.encrypted() {
        return Err(refused("is an encrypted zip archive".into(), "unpack it with its password first"));
    }
    let deflated = match member.compression() {
        zip::CompressionMethod::Stored => false,
        zip::CompressionMethod::Deflated => true,
        method => {
            return Err(refused(
                format!("is a zip archive packed with {method}"),
                "unpack it, or pack it with deflate, gzip or zstd",
            ));
        }
    };
    let Some(start) = member.data_start() else {
        return Err(refused("is a zip archive whose member cannot be found".into(), "pack it again"));
    };
    let packing = Packing::Zip { start, size: member.compressed_size(), deflated, crc: member.crc32() };
    Ok(ZipContent::Member { name: member_name.clone(), packing })
}

fn row(name: &str) -> &'static FormatRow {
    FORMATS.iter().find(|row| row.name == name).expect("the name is one of the table's")
}

/// The name without the ending that compression gave it.
fn stem(name: &str) -> String {
    Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn head(reader: &mut dyn Read, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    reader.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether bytes are neither text in an encoding of bytes nor UTF-16: control characters that no text has, in number.
fn looks_binary(bytes: &[u8]) -> bool {
    if super::encoding::looks_utf16(bytes).is_some() || bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")
    {
        return false;
    }
    let control = bytes.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    control * 10 > bytes.len()
}

/// The whole file in memory, for the formats that are read by their end.
pub(crate) fn whole(path: &Path, name: &str) -> Result<Cursor<Vec<u8>>, SourceError> {
    std::fs::read(path).map(Cursor::new).map_err(|error| SourceError::read(name, error))
}
