//! The character set in which a dump writes text.

use encoding_rs::Encoding;

use super::errors::refused;
use crate::error::Result;
use crate::i18n::message;
use crate::record::Record;

/// A character set of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8, which is not checked. Text that is not valid is stored as it is, as from SQLite.
    Utf8,
    /// ISO-8859-1 itself, which the WHATWG standard does not have.
    Latin1,
    Other(&'static Encoding),
    /// Its name.
    Unknown(String),
}

impl Charset {
    /// A character set of MySQL, by its name in lower case. Its `latin1` is windows-1252.
    pub(super) fn mysql(name: &str) -> Self {
        let label = match name {
            "utf8" | "utf8mb3" | "utf8mb4" | "binary" | "ascii" | "default" => return Self::Utf8,
            "latin1" | "cp1252" => "windows-1252",
            "latin2" => "iso-8859-2",
            "greek" => "iso-8859-7",
            "hebrew" => "iso-8859-8",
            "latin7" => "iso-8859-13",
            "koi8r" => "koi8-r",
            "koi8u" => "koi8-u",
            "cp1250" | "cp1251" | "cp1256" | "cp1257" => &format!("windows-{}", &name[2..]),
            "tis620" => "windows-874",
            "gb2312" | "gbk" => "gbk",
            "gb18030" => "gb18030",
            "big5" => "big5",
            "sjis" | "cp932" => "shift_jis",
            "ujis" | "eucjpms" => "euc-jp",
            "euckr" => "euc-kr",
            _ => return Self::Unknown(name.to_owned()),
        };
        Self::labelled(label)
    }

    /// A character set of PostgreSQL, by its name. `SQL_ASCII` means that the server does not know.
    pub(super) fn postgres(name: &str) -> Self {
        let name = name.to_ascii_lowercase().replace(['-', '_', ' '], "");
        let label = match name.as_str() {
            "utf8" | "unicode" | "sqlascii" => return Self::Utf8,
            "latin1" | "iso88591" => return Self::Latin1,
            "latin2" | "iso88592" => "iso-8859-2",
            "latin3" | "iso88593" => "iso-8859-3",
            "latin4" | "iso88594" => "iso-8859-4",
            "latin9" | "iso885915" => "iso-8859-15",
            "iso88595" => "iso-8859-5",
            "iso88596" => "iso-8859-6",
            "iso88597" => "iso-8859-7",
            "iso88598" => "iso-8859-8",
            "win1250" | "win1251" | "win1252" | "win1253" | "win1254" | "win1255" | "win1256"
            | "win1257" | "win1258" => &format!("windows-{}", &name[3..]),
            "win866" => "ibm866",
            "win874" => "windows-874",
            "koi8" | "koi8r" => "koi8-r",
            "koi8u" => "koi8-u",
            "euccn" | "gbk" => "gbk",
            "gb18030" => "gb18030",
            "big5" => "big5",
            "sjis" | "shiftjis" => "shift_jis",
            "eucjp" => "euc-jp",
            "euckr" | "uhc" => "euc-kr",
            _ => return Self::Unknown(name),
        };
        Self::labelled(label)
    }

    fn labelled(label: &str) -> Self {
        match Encoding::for_label(label.as_bytes()) {
            Some(encoding) => Self::Other(encoding),
            None => Self::Unknown(label.to_owned()),
        }
    }

    /// Whether a byte begins a character whose next byte may look like one of ASCII, a backslash
    /// too.
    pub(super) fn is_lead(&self, byte: u8) -> bool {
        let Self::Other(encoding) = self else { return false };
        match encoding.name() {
            "GBK" | "gb18030" | "Big5" | "EUC-KR" => matches!(byte, 0x81..=0xfe),
            "Shift_JIS" => matches!(byte, 0x81..=0x9f | 0xe0..=0xfc),
            _ => false,
        }
    }

    /// Whether [`is_lead`](Self::is_lead) is true of any byte.
    pub(super) fn has_leads(&self) -> bool {
        self.is_lead(0x81)
    }

    /// Appends text to a record.
    pub(super) fn push(&self, record: &mut Record, bytes: &[u8]) -> Result<()> {
        if bytes.is_ascii() {
            record.push_utf8(bytes);
            return Ok(());
        }
        match self {
            Self::Utf8 => record.push_text_bytes(bytes),
            Self::Latin1 => record.push_text(&encoding_rs::mem::decode_latin1(bytes)),
            Self::Other(encoding) => {
                let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
                let name = encoding.name();
                let invalid = || refused(message!("dump-invalid-text", charset = name));
                record.push_text(&decoded.ok_or_else(invalid)?);
            }
            Self::Unknown(name) => {
                return Err(refused(message!("dump-unknown-charset", charset = &**name)));
            }
        }
        Ok(())
    }

    /// A name of a table or column. Definitions may be in UTF-8 even if the records are not.
    pub(super) fn name(&self, bytes: &[u8]) -> String {
        match (std::str::from_utf8(bytes), self) {
            (Ok(name), _) => name.to_owned(),
            (Err(_), Self::Other(encoding)) => {
                encoding.decode_without_bom_handling(bytes).0.into_owned()
            }
            (Err(_), Self::Latin1) => encoding_rs::mem::decode_latin1(bytes).into_owned(),
            (Err(_), _) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// The name, for people.
    pub(super) fn label(&self) -> &str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Latin1 => "ISO-8859-1",
            Self::Other(encoding) => encoding.name(),
            Self::Unknown(name) => name,
        }
    }
}
