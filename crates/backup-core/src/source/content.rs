//! Recognizes what a file contains by its first bytes, whatever its name is.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use memchr::memmem::find;

use crate::i18n::{Message, message};

/// The number of bytes that decide at most.
pub(super) const BEGINNING: u64 = 64 * 1024;

/// What a file contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Empty,
    Sqlite,
    /// A log or a journal of SQLite.
    SqliteLog,
    /// A ZIP file that is a document or a program: `.docx`, `.odt`, `.jar`.
    Package,
    /// A ZIP file that is a workbook: `.xlsx`, `.ods`.
    WorkbookPackage,
    /// Any other ZIP file.
    Zip,
    /// A compound file: a workbook, a document or a message of Microsoft Office.
    Compound,
    /// Metadata that an operating system wrote.
    System,
    /// A known format with data that this program does not read.
    Data(Format),
    /// Any other known format, such as PDF.
    Document(Format),
    /// Text without a known format.
    Text,
    Binary,
}

/// The format of a file that is not read as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// A format with the same name in every language.
    Named(&'static str),
    WebPage,
    /// The format of `pg_dump` that only `pg_restore` reads.
    PostgresCustom,
    /// A file that is named like a database and is none, so it may be encrypted.
    NoDatabase,
    /// A log or a journal without its database.
    SqliteLog,
    /// An office document that is not a workbook.
    Office,
    Workbook,
    /// A file whose name has the ending of a data format.
    ByName,
    /// Bytes of no known format, without an ending in the name.
    Unknown,
    /// What is left of a file whose blocks were never written.
    Zeros,
    /// Text that is divided like a table, but not regularly.
    Divided,
}

impl Format {
    pub(super) fn message(self) -> Message {
        match self {
            Self::Named(name) => message!("format-named", name = name),
            Self::WebPage => message!("format-web-page"),
            Self::PostgresCustom => message!("format-postgres-custom"),
            Self::NoDatabase => message!("format-no-database"),
            Self::SqliteLog => message!("format-sqlite-log"),
            Self::Office => message!("format-office"),
            Self::Workbook => message!("format-workbook"),
            Self::ByName => message!("format-by-name"),
            Self::Unknown => message!("format-unknown"),
            Self::Zeros => message!("format-zeros"),
            Self::Divided => message!("format-divided"),
        }
    }
}

/// The first bytes of formats, and the offset at which they are.
const DATA: [(usize, &[u8], &str); 26] = [
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"\x1f\x9d", "compress"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"MSCF\0\0\0\0", "CAB"),
    (257, b"ustar", "tar"),
    (4, b"Standard Jet DB", "Microsoft Access"),
    (4, b"Standard ACE DB", "Microsoft Access"),
    (0, b"PAR1", "Parquet"),
    (0, b"Obj\x01", "Avro"),
    (0, b"ORC\n", "ORC"),
    (0, b"ARROW1\0\0", "Arrow"),
    (0, b"FEA1", "Feather"),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5"),
    (0, b"TAPE\0\0", "SQL Server backup"),
    (0, b"PGDMP", "pg_dump"),
    (0, b"age-encryption.org/v1\n", "age"),
    (0, b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    (0, b"=ybegin ", "yEnc"),
    (0, b"(This file must be converted with BinHex", "BinHex"),
    (0, b"-----BEGIN PGP MESSAGE-----", "PGP"),
    (0, b"Salted__", "OpenSSL"),
    (0, b"$FL2@(#)", "SPSS"),
];

const DOCUMENTS: [(usize, &[u8], &str); 19] = [
    (0, b"%PDF-", "PDF"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"{\\rtf", "RTF"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (4, b"ftyp", "MP4"),
    (0, b"RIFF", "RIFF"),
    (0, b"OggS", "Ogg"),
    (0, b"fLaC", "FLAC"),
    (0, b"ID3", "MP3"),
    (0, b"\xff\xfb", "MP3"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska"),
    (0, b"\0\0\x01\0", "ICO"),
    (0, b"\x7fELF", "ELF"),
    (0, b"MZ", "EXE"),
    (0, b"8BPS", "PSD"),
    (0, b"AC10", "DWG"),
];

const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const LOGS: [&[u8]; 3] =
    [b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"];
const APPLE_DOUBLE: &[u8] = b"\0\x05\x16\x07";
const DS_STORE: &[u8] = b"\0\0\0\x01Bud1";

/// The beginnings of web pages, of which a login page is one.
const PAGES: [&str; 9] =
    ["<html", "<!doctype html", "<head", "<body", "<table", "<meta", "<style", "<div", "<script"];

/// The beginnings of formats that consist of text, in lower case: those of data, and others.
const TEXTS: [(&str, &str); 13] = [
    ("begin:vcard", "vCard"),
    ("begin:vcalendar", "iCalendar"),
    ("begin 644 ", "uuencode"),
    ("begin 666 ", "uuencode"),
    ("begin 600 ", "uuencode"),
    ("begin-base64 ", "uuencode"),
    ("dn: ", "LDIF"),
    ("version: 1\ndn: ", "LDIF"),
    ("mime-version:", "MHTML"),
    ("!type:", "QIF"),
    ("ofxheader:", "OFX"),
    ("id;pwxl", "SYLK"),
    ("version https://git-lfs.github.com/spec/", "Git LFS"),
];
const PLAIN: [(&str, &str); 15] = [
    ("-----begin ", "PEM"),
    ("%!ps", "PostScript"),
    ("http/1.0 ", "HTTP"),
    ("http/1.1 ", "HTTP"),
    ("http/2 ", "HTTP"),
    ("return-path: ", "MIME"),
    ("received: from ", "MIME"),
    ("#!/", "script"),
    ("<?php", "PHP"),
    ("#include <", "C"),
    ("#include \"", "C"),
    ("\\documentclass", "LaTeX"),
    ("diff --git ", "diff"),
    ("windows registry editor version", "REG"),
    ("%yaml ", "YAML"),
];

/// The comments that begin dumps, in lower case.
const DUMPS: [&str; 5] = [
    "-- mysql dump",
    "-- mariadb dump",
    "-- phpmyadmin sql dump",
    "-- postgresql database dump",
    "/*!40",
];

/// The first statements of dumps, in lower case.
const STATEMENTS: [&str; 12] = [
    "create table ",
    "create database ",
    "insert into ",
    "replace into ",
    "drop table ",
    "drop database ",
    "alter table ",
    "lock tables ",
    "pragma foreign_keys",
    "begin transaction;",
    "start transaction;",
    "set names ",
];

impl Content {
    /// The format, if this is certainly not the text of a table.
    pub(super) fn other_than_text(self) -> Option<Format> {
        match self {
            Self::Data(format) | Self::Document(format) => Some(format),
            Self::Sqlite => Some(Format::Named("SQLite")),
            Self::Zip => Some(Format::Named("ZIP")),
            Self::WorkbookPackage | Self::Compound => Some(Format::Workbook),
            Self::Package => Some(Format::Office),
            _ => None,
        }
    }

    /// Recognizes a file by its first bytes.
    pub(super) fn of(begins: &[u8]) -> Self {
        if begins.is_empty() {
            return Self::Empty;
        }
        let starts = |with: &[u8]| begins.starts_with(with);
        if starts(b"SQLite format 3\0") {
            return Self::Sqlite;
        } else if LOGS.into_iter().any(starts) {
            return Self::SqliteLog;
        } else if starts(APPLE_DOUBLE) || starts(DS_STORE) {
            return Self::System;
        } else if starts(COMPOUND) {
            return Self::Compound;
        } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
            return of_zip(begins);
        } else if starts(b"BZh") && begins.get(4..10) == Some(b"1AY&SY") {
            return Self::Data(Format::Named("bzip2"));
        }
        let text = text_of(begins);
        // A header of a table may begin like a mark that consists of letters.
        let is_word = |mark: &[u8]| {
            mark.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\n'))
        };
        let is_at = |(at, mark, _): &&(usize, &[u8], &str)| {
            let is_here = begins.get(*at..).is_some_and(|rest| rest.starts_with(mark));
            is_here && !(text.is_some() && is_word(mark))
        };
        if let Some((_, _, name)) = DATA.iter().find(is_at) {
            return Self::Data(match *name {
                "pg_dump" => Format::PostgresCustom,
                name => Format::Named(name),
            });
        }
        if let Some((_, _, name)) = DOCUMENTS.iter().find(is_at) {
            return Self::Document(Format::Named(name));
        }
        if begins.iter().all(|byte| *byte == 0) {
            return Self::Document(Format::Zeros);
        }
        match text {
            Some(text) => of_text(&text),
            None => Self::Binary,
        }
    }
}

/// Office writes a list of parts, or the type, as the first member. The names of the others decide
/// what the package is. A nested file may contain the same names, so only names of members count.
fn of_zip(begins: &[u8]) -> Content {
    const COMMON: [&[u8]; 5] =
        [b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"mimetype"];
    let first = first_member(begins);
    let is_sheet = |name: &[u8]| name.starts_with(b"xl/") || name.starts_with(b"xl\\");
    if !COMMON.iter().any(|part| first.starts_with(part)) && !is_sheet(first) {
        return if first.starts_with(b"META-INF/") { Content::Package } else { Content::Zip };
    }
    if first == b"mimetype" {
        return match find(begins, b"opendocument.spreadsheet") {
            Some(_) => Content::WorkbookPackage,
            None => Content::Package,
        };
    }
    let mut names = members(begins);
    let decisive = names.find(|name| !COMMON.iter().any(|part| name.starts_with(part)));
    match decisive.is_some_and(is_sheet) {
        true => Content::WorkbookPackage,
        false => Content::Package,
    }
}

/// The name of the first member of a ZIP file.
pub(super) fn first_member(begins: &[u8]) -> &[u8] {
    members(begins).next().unwrap_or_default()
}

/// Whether the first members of a ZIP file are those of an export of SQL Server.
pub(super) fn begins_like_bacpac(begins: &[u8]) -> bool {
    members(begins).any(|name| {
        [&b"model.xml"[..], b"Origin.xml", b"DacMetadata.xml"].contains(&name)
            || name.starts_with(b"Data/") && name.ends_with(b".BCP")
    })
}

/// The names in the headers of the members of a ZIP file, as far as they are known. If the size of
/// a member follows its data, the next header is searched for.
fn members(begins: &[u8]) -> impl Iterator<Item = &[u8]> {
    const HEADER: &[u8] = b"PK\x03\x04";
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + find(begins.get(at..)?, HEADER)?;
        let number = |at: usize, bytes: usize| {
            let bytes = begins.get(start + at..start + at + bytes)?.iter().rev();
            Some(bytes.fold(0, |number, byte| number << 8 | usize::from(*byte)))
        };
        let (flags, size, name, extra) =
            (number(6, 2)?, number(18, 4)?, number(26, 2)?, number(28, 2)?);
        let size = if flags & 8 == 0 { size } else { 0 };
        at = start + 30 + name + extra + size;
        begins.get(start + 30..start + 30 + name)
    })
}

fn of_text(text: &str) -> Content {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let start: String = text.chars().take(4096).collect::<String>().to_lowercase();
    let begins = |with: &str| start.starts_with(with);
    let is_page = PAGES.into_iter().any(begins);
    if is_page || (begins("<?xml") || begins("<!--")) && start.contains("<html") {
        Content::Data(Format::WebPage)
    } else if begins("<?xml") || is_element(&start) {
        Content::Data(Format::Named("XML"))
    } else if is_json(&start) {
        Content::Data(Format::Named("JSON"))
    } else if is_dump(&start) {
        Content::Data(Format::Named("SQL"))
    } else if is_yaml(&start) {
        Content::Document(Format::Named("YAML"))
    } else if let Some((_, name)) = TEXTS.into_iter().find(|(mark, _)| begins(mark)) {
        Content::Data(Format::Named(name))
    } else if let Some((_, name)) = PLAIN.into_iter().find(|(mark, _)| begins(mark)) {
        Content::Document(Format::Named(name))
    } else if text.starts_with("UEsDB") {
        Content::Data(Format::Named("Base64"))
    } else {
        Content::Text
    }
}

/// Whether a text begins like a document of YAML: a mark above a key or an item.
fn is_yaml(start: &str) -> bool {
    let mut lines =
        start.lines().map(str::trim_end).skip_while(|line| line.starts_with(['%', '#']));
    let is_content = |line: &str| {
        line.starts_with("- ") || line.ends_with(':') || line.contains(": ") && !line.contains(',')
    };
    lines.next() == Some("---") && lines.next().is_some_and(is_content)
}

/// Whether a text begins with an element of XML that declares a namespace or holds another element.
/// A header such as `<id>,<name>` does not.
fn is_element(start: &str) -> bool {
    let name = start.strip_prefix('<').filter(|rest| rest.starts_with(char::is_alphabetic));
    let Some((tag, after)) = name.and_then(|rest| rest.split_once('>')) else { return false };
    tag.contains(" xmlns") || after.trim_start().starts_with('<') && start.contains("</")
}

/// Whether a text begins like a dump of a database, perhaps after comments.
fn is_dump(start: &str) -> bool {
    let comments = start.lines().map(str::trim).take_while(|line| line.starts_with("--"));
    let mut text = start.trim_start();
    while let Some(comment) = text.strip_prefix("--") {
        text = comment.split_once('\n').map_or("", |(_, after)| after.trim_start());
    }
    let mut begins = comments.chain([text]);
    begins.any(|line| DUMPS.into_iter().any(|dump| line.starts_with(dump)))
        || STATEMENTS.into_iter().any(|statement| text.starts_with(statement))
}

/// Whether a text begins like JSON. A header in brackets, such as `[id],[name]`, is not.
fn is_json(start: &str) -> bool {
    let after = |bracket: char| start.strip_prefix(bracket).map(str::trim_start);
    let is_object = |rest: &str| {
        let key = rest.strip_prefix('"').and_then(|key| key.split_once('"'));
        rest.starts_with('}') || key.is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
    };
    let is_list = |rest: &str| {
        let first = rest.split([',', ']']).next().unwrap_or_default();
        let is_text = first.len() > 1 && first.starts_with('"') && first.trim_end().ends_with('"');
        let is_value = is_text
            || first.starts_with(['-', '['])
            || first.starts_with(|c: char| c.is_ascii_digit())
            || ["true", "false", "null"].contains(&first.trim_end());
        is_value && rest[first.len()..].starts_with(',')
    };
    after('{').is_some_and(is_object)
        || after('[').is_some_and(|rest| {
            let object = rest.strip_prefix('{').map(str::trim_start);
            rest.trim_end() == "]" || is_list(rest) || object.is_some_and(is_object)
        })
}

/// The text that begins with these bytes; `None` if they are not text. Letters beyond ASCII are
/// right only in Unicode, which is enough to find a format or delimiters.
pub(super) fn text_of(begins: &[u8]) -> Option<String> {
    if let Some((encoding, mark)) = Encoding::for_bom(begins) {
        let (text, _) = encoding.decode_without_bom_handling(&begins[mark..]);
        return (!text.contains('\0')).then(|| text.into_owned());
    }
    if begins.contains(&0) {
        return utf16_of(begins);
    }
    // Some tables are delimited with 1.
    let is_control = |byte: &u8| matches!(byte, 2..=8 | 11 | 14..=25 | 28..=31);
    if begins.iter().any(is_control) {
        return None;
    }
    Some(match std::str::from_utf8(begins) {
        Ok(text) => text.to_owned(),
        // The last character may be cut.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&begins[..error.valid_up_to()]).into_owned()
        }
        Err(_) => begins.iter().map(|byte| char::from(*byte)).collect(),
    })
}

/// UTF-16 text without a byte order mark: it has characters of ASCII, and no controls.
fn utf16_of(begins: &[u8]) -> Option<String> {
    let decode = |encoding: &'static Encoding| {
        // The last character may be cut.
        let (text, _) = encoding.decode_without_bom_handling(&begins[..begins.len() & !1]);
        let ascii = text.chars().filter(char::is_ascii).count();
        let is_odd = |c: char| {
            c.is_control() && !c.is_ascii_whitespace() || matches!(c, '\u{e000}'..='\u{f8ff}')
        };
        (ascii * 8 > text.chars().count() && !text.contains(is_odd)).then(|| text.into_owned())
    };
    [UTF_16LE, UTF_16BE].into_iter().find_map(decode)
}
