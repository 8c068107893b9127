//! Determines the kind of a file, and matches names with patterns.
//!
//! The content decides, in both directions. The name decides what content cannot: whether text
//! without an evident format has to be a table, and whether bytes of an unknown format look like
//! data.

use std::io::{self, Read as _};

use super::shape::Shape;
use crate::error::{Error, ErrorKind, Result};
use crate::source::content::{
    BEGINNING, Content, Format, begins_like_bacpac, first_member, text_of,
};
use crate::source::dump::{Compression, Dialect, HEAD_BYTES};
use crate::source::location::FileLocation;
use crate::source::stable_file::StableFile;
use crate::source::zip::Directory;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Csv,
    Workbook,
    Sqlite,
    Bacpac,
    /// A dump of a database as SQL.
    Dump,
    Zip,
    /// It is named like a CSV file, and contains something else.
    Misnamed(Format),
    /// It looks like data, and is not parsed.
    Opaque(Format),
    /// An operating system wrote it.
    System,
    Other,
}

/// What the name of a file promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    Csv,
    Workbook,
    Sqlite,
    Bacpac,
    Zip,
    /// A database of an unknown kind.
    Database,
    /// Data of an unknown kind, perhaps a table as text.
    Data,
    /// Data in a format that is no table as text.
    OtherData,
    /// A document, a picture, a program.
    Document,
    /// Nothing: the name has no ending, or one that is not known.
    Nothing,
}

/// Endings that say that a file is a copy. The ending before them says of what.
const COPIES: &[&str] = &["bak", "old", "orig", "backup", "copy", "tmp", "part"];

const OTHER_DATA: &[&str] = &[
    "json", "jsonl", "ndjson", "geojson", "xml", "sql", "vcf", "gz", "tgz", "bz2", "xz", "zst",
    "lz4", "z", "7z", "rar", "tar", "cab", "parquet", "avro", "orc", "feather", "arrow", "h5",
    "mdb", "accdb", "dbf", "mdf", "ldf", "fdb", "gdb", "dacpac", "dmp", "fp7", "fmp12", "wk1",
    "wks", "numbers", "slk", "dif", "sav", "dta", "rds", "pst", "ost", "nsf", "ldif", "bson",
    "sas7bdat", "xpt", "rdata", "rda", "mat", "pkl", "pickle", "duckdb", "sdf", "edb", "frm",
    "myd", "ibd", "qbw", "qbb", "hyper", "tde", "qvd", "qvx", "pbix", "odb", "dmg", "gpg", "pgp",
    "enc", "aes", "crypt", "kdbx", "lzma", "br",
];

const DOCUMENTS: &[&str] = &[
    "pdf", "doc", "docx", "docm", "dotx", "ppt", "pptx", "pptm", "odt", "odp", "odg", "rtf", "htm",
    "html", "mht", "mhtml", "md", "rst", "tex", "log", "eml", "msg", "ics", "png", "jpg", "jpeg",
    "gif", "bmp", "tif", "tiff", "webp", "svg", "heic", "ico", "mp3", "mp4", "m4a", "wav", "mov",
    "avi", "mkv", "wmv", "flv", "aac", "amr", "jar", "apk", "epub", "kmz", "vsdx", "exe", "dll",
    "so", "ttf", "otf", "woff", "woff2", "p7s", "p7m", "js", "css", "py", "sh", "yaml", "yml",
    "toml", "ini", "conf", "pem",
];

impl Promise {
    fn of(name: &str) -> Self {
        let mut name = last(name).trim_end_matches('~').to_ascii_lowercase();
        let mut is_copy = false;
        loop {
            let Some((stem, ending)) = name.rsplit_once('.') else {
                return if is_copy { Self::Data } else { Self::Nothing };
            };
            let is_number = !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_digit());
            if !is_number && !COPIES.contains(&ending) {
                return Self::of_ending(ending, is_copy);
            }
            is_copy |= !is_number;
            name.truncate(stem.len());
        }
    }

    fn of_ending(ending: &str, is_copy: bool) -> Self {
        match ending {
            "csv" | "tsv" | "tab" | "psv" => Self::Csv,
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" | "xltx" | "xltm" | "xlt" | "ots" | "et"
            | "ett" => Self::Workbook,
            "sqlite" | "sqlite3" | "db3" => Self::Sqlite,
            "bacpac" => Self::Bacpac,
            "zip" => Self::Zip,
            "db" => Self::Database,
            "dump" | "data" => Self::Data,
            _ if OTHER_DATA.contains(&ending) => Self::OtherData,
            _ if DOCUMENTS.contains(&ending) => Self::Document,
            _ if is_copy => Self::Data,
            _ => Self::Nothing,
        }
    }

    /// The kind of a file whose content is not evident.
    fn kind(self) -> FileKind {
        match self {
            Self::Csv => FileKind::Csv,
            Self::Workbook => FileKind::Workbook,
            Self::Sqlite => FileKind::Sqlite,
            Self::Bacpac => FileKind::Bacpac,
            Self::Zip => FileKind::Zip,
            Self::Database => FileKind::Opaque(Format::NoDatabase),
            Self::Data | Self::OtherData => FileKind::Opaque(Format::ByName),
            Self::Document | Self::Nothing => FileKind::Other,
        }
    }

    /// The kind of a file with this format, which is not read.
    fn unless_read(self, format: Format, is_data: bool) -> FileKind {
        match self {
            Self::Csv => FileKind::Misnamed(format),
            // Their readers name what they find.
            Self::Workbook | Self::Sqlite | Self::Bacpac | Self::Zip => self.kind(),
            // Its reader reports it.
            _ if format == Format::Named("age") => FileKind::Other,
            Self::Document => FileKind::Other,
            _ if is_data => FileKind::Opaque(format),
            Self::Database => FileKind::Opaque(Format::NoDatabase),
            _ => FileKind::Other,
        }
    }
}

impl FileKind {
    /// Decides by the content, and by the name where that is not enough.
    pub(super) fn of(name: &str, location: &FileLocation) -> Result<Self> {
        let promise = Promise::of(name);
        match kind(name, promise, location) {
            Err(error) => {
                let is_unread = matches!(error.kind(), ErrorKind::Source { .. });
                let has_reader = matches!(
                    promise,
                    Promise::Csv
                        | Promise::Workbook
                        | Promise::Sqlite
                        | Promise::Bacpac
                        | Promise::Zip
                );
                // Reading the file will return this error.
                if has_reader {
                    Ok(promise.kind())
                } else if is_unread {
                    Ok(Self::Other)
                } else {
                    Err(error)
                }
            }
            kind => kind,
        }
    }
}

fn kind(name: &str, promise: Promise, location: &FileLocation) -> Result<FileKind> {
    let own = last(name).to_ascii_lowercase();
    let file = StableFile::at(location)?;
    let mut begins = file.begins(FIRST)?;
    if file.bytes > FIRST && needs_more(promise, &begins) {
        begins = file.begins(BEGINNING)?;
    }
    if is_dump(promise, &begins, &file)? {
        return Ok(FileKind::Dump);
    }
    let shape = || Shape::of(&begins, file.bytes <= begins.len() as u64);
    Ok(match Content::of(&begins) {
        Content::Empty => match promise.kind() {
            FileKind::Opaque(_) => FileKind::Other,
            kind => kind,
        },
        Content::Sqlite => FileKind::Sqlite,
        Content::SqliteLog => FileKind::Opaque(Format::SqliteLog),
        Content::System => FileKind::System,
        _ if own == "desktop.ini" => FileKind::System,
        Content::Compound if ["thumbs.db", "ehthumbs.db"].contains(&&*own) => FileKind::System,
        Content::WorkbookPackage => FileKind::Workbook,
        Content::Package | Content::Zip if is_bacpac(promise, &begins, location)? => {
            FileKind::Bacpac
        }
        Content::Package => promise.unless_read(Format::Office, false),
        Content::Zip => match promise {
            Promise::Workbook if !holds_tables(&begins) => FileKind::Workbook,
            Promise::Bacpac => FileKind::Bacpac,
            Promise::OtherData => FileKind::Opaque(Format::ByName),
            Promise::Document => FileKind::Other,
            _ => FileKind::Zip,
        },
        Content::Compound => match promise {
            Promise::Workbook => FileKind::Workbook,
            Promise::Document => FileKind::Other,
            _ if is_workbook(&file, &begins)? => FileKind::Workbook,
            _ => promise.unless_read(Format::Office, false),
        },
        Content::Data(format) => promise.unless_read(format, true),
        Content::Document(format) => promise.unless_read(format, false),
        Content::Text => match promise {
            Promise::Csv => FileKind::Csv,
            Promise::Sqlite | Promise::Bacpac | Promise::OtherData | Promise::Document => {
                promise.kind()
            }
            _ => match shape() {
                Shape::Table => FileKind::Csv,
                Shape::Divided if promise == Promise::Nothing => FileKind::Opaque(Format::Divided),
                Shape::Divided | Shape::Other => promise.kind(),
            },
        },
        Content::Binary if promise == Promise::Nothing => FileKind::Opaque(Format::Unknown),
        Content::Binary => promise.kind(),
    })
}

/// The first bytes decide for most files, of which a folder may have very many.
const FIRST: u64 = 4096;

/// Whether more bytes are needed: the names of the members of a ZIP file, or the records of a text.
fn needs_more(promise: Promise, begins: &[u8]) -> bool {
    let may_be_table = !matches!(
        promise,
        Promise::Csv | Promise::Sqlite | Promise::Bacpac | Promise::OtherData | Promise::Document
    );
    begins.starts_with(b"PK") || may_be_table && text_of(begins).is_some()
}

/// Whether a file is a dump as SQL, perhaps compressed, of a database whose SQL is known.
fn is_dump(promise: Promise, begins: &[u8], file: &StableFile) -> Result<bool> {
    let compression = Compression::of(begins);
    let head = match compression {
        _ if promise == Promise::Document => return Ok(false),
        Compression::None => begins,
        _ => &compression.beginning(file.open()?, HEAD_BYTES),
    };
    Ok(Dialect::of(head).is_some())
}

/// Whether a ZIP file is an export of SQL Server. Its directory is read if the name or the first
/// members say so.
fn is_bacpac(promise: Promise, begins: &[u8], location: &FileLocation) -> Result<bool> {
    let may_be = promise == Promise::Bacpac || begins_like_bacpac(begins);
    Ok(may_be && Directory::holds(location, &["model.xml", "Origin.xml"])?)
}

/// Whether the first member of a ZIP file is named like a table.
fn holds_tables(begins: &[u8]) -> bool {
    let promise = Promise::of(&String::from_utf8_lossy(first_member(begins)));
    matches!(promise, Promise::Csv | Promise::Workbook | Promise::Sqlite)
}

/// Whether the directory of a compound file lists the stream of a workbook. A workbook with a
/// password has another stream. Writers put the directory into consecutive sectors.
fn is_workbook(file: &StableFile, begins: &[u8]) -> Result<bool> {
    const STREAMS: [&str; 3] = ["workbook", "book", "encryptedpackage"];
    let number = |at: usize, bytes: usize| {
        let bytes = begins.get(at..at + bytes).unwrap_or_default().iter().rev();
        bytes.fold(0u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let sector = if number(30, 2) == 12 { 4096 } else { 512 };
    let start = (number(48, 4) + 1) * sector;
    if start >= file.bytes {
        return Ok(false);
    }
    let failed = |error| Error::read(error, Some(file.path()));
    let (mut content, mut directory) = (file.open()?, Vec::new());
    io::copy(&mut content.by_ref().take(start), &mut io::sink()).map_err(failed)?;
    content.take(4096).read_to_end(&mut directory).map_err(failed)?;
    let names = directory.chunks_exact(128).map(|entry| {
        let units = entry[..64].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
        let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        String::from_utf16_lossy(&units).to_ascii_lowercase()
    });
    Ok(names.into_iter().any(|name| STREAMS.contains(&&*name)))
}

/// The last part of a path.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether a pattern matches the whole name of a file, or its last part.
pub(super) fn names(pattern: &str, name: &str) -> bool {
    matches(pattern, name) || matches(pattern, last(name))
}

/// Whether `name` matches a pattern with `*` and `?`.
pub(in crate::source) fn matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    // The lengths of the prefixes of `name` that match the pattern so far.
    let mut matching = vec![false; name.len() + 1];
    matching[0] = true;
    for c in pattern.chars() {
        if c == '*' {
            let first = matching.iter().position(|matches| *matches).unwrap_or(matching.len());
            matching[first..].fill(true);
        } else {
            for end in (1..=name.len()).rev() {
                matching[end] = matching[end - 1] && (c == '?' || c == name[end - 1]);
            }
            matching[0] = false;
        }
    }
    matching[name.len()]
}

#[cfg(test)]
mod tests {
    use super::Promise;

    #[test]
    fn the_ending_of_a_copy_is_the_one_before_it() {
        for (name, promise) in [
            ("a/accounts.csv", Promise::Csv),
            ("accounts.CSV.bak", Promise::Csv),
            ("accounts.csv.1", Promise::Csv),
            ("accounts.csv~", Promise::Csv),
            ("crm.bak", Promise::Data),
            ("crm.xyz.old", Promise::Data),
            ("crm", Promise::Nothing),
            (".csv", Promise::Csv),
            (".DS_Store", Promise::Nothing),
            ("v1.2", Promise::Nothing),
            ("crm.db", Promise::Database),
            ("crm.sql.gz", Promise::OtherData),
        ] {
            assert_eq!(Promise::of(name), promise, "{name}");
        }
    }
}
