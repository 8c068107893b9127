//! The fourth layer: a BagIt bag (RFC 8493), its tag files written and read.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::model::FORMAT;
use crate::record::Digest;

pub(crate) const BAGIT: &str = "bagit.txt";
pub(crate) const README: &str = "README.txt";
pub(crate) const MANIFEST: &str = "manifest-sha256.txt";
pub(crate) const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
pub(crate) const BAG_INFO: &str = "bag-info.txt";

/// The whole of `bagit.txt`.
pub(crate) const BAGIT_TEXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

fn bad(member: &str, why: impl std::fmt::Display) -> crate::Error {
    Finding::failure(Code::Bag, format!("{member} {why}")).path(member).into()
}

/// What `bag-info.txt` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BagInfo {
    pub(crate) payload_bytes: u64,
    pub(crate) payload_files: u64,
    /// `YYYY-MM-DD`.
    pub(crate) date: String,
    pub(crate) agent: String,
    /// Where the tar header of the manifest stands in the tar.
    pub(crate) manifest_offset: u64,
}

impl BagInfo {
    pub(crate) fn to_text(&self) -> String {
        format!(
            "Payload-Oxum: {}.{}\nBagging-Date: {}\nBag-Software-Agent: {}\nBackup-Format: {FORMAT}\n\
             Manifest-Offset: {}\n",
            self.payload_bytes, self.payload_files, self.date, self.agent, self.manifest_offset
        )
    }

    /// Reads it; a format version that is not known is said before anything else is looked at.
    pub(crate) fn parse(text: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(text).map_err(|_| bad(BAG_INFO, "is not UTF-8"))?;
        let mut fields = BTreeMap::new();
        for line in text.lines() {
            let (label, value) =
                line.split_once(": ").ok_or_else(|| bad(BAG_INFO, "has a line without a label"))?;
            // BagIt does not tell the case of labels apart.
            if fields.insert(label.to_ascii_lowercase(), value).is_some() {
                return Err(bad(BAG_INFO, format_args!("says {label} twice")));
            }
        }
        let field = |label: &str| {
            let value = fields.get(&label.to_ascii_lowercase()).copied();
            value.ok_or_else(|| bad(BAG_INFO, format_args!("lacks {label}")))
        };
        let format = field("Backup-Format")?;
        if format != FORMAT.to_string() {
            return Err(Finding::failure(
                Code::Version,
                format!(
                    "the archive is of format version {format}; this program reads {FORMAT} only"
                ),
            )
            .path(BAG_INFO)
            .expected(FORMAT, format)
            .into());
        }
        let number = |label: &str, text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u64>()
                .ok()
                .filter(|_| plain)
                .ok_or_else(|| bad(BAG_INFO, format_args!("says a {label} that is no number")))
        };
        let oxum = field("Payload-Oxum")?;
        let (bytes, files) = oxum
            .split_once('.')
            .ok_or_else(|| bad(BAG_INFO, "says a Payload-Oxum that is not BYTES.FILES"))?;
        Ok(Self {
            payload_bytes: number("Payload-Oxum", bytes)?,
            payload_files: number("Payload-Oxum", files)?,
            date: field("Bagging-Date")?.to_owned(),
            agent: field("Bag-Software-Agent")?.to_owned(),
            manifest_offset: number("Manifest-Offset", field("Manifest-Offset")?)?,
        })
    }
}

/// Appends a line of a manifest, as `sha256sum` writes it.
pub(crate) fn push_manifest_line(digest: Digest, path: &str, out: &mut String) {
    use std::fmt::Write as _;
    writeln!(out, "{digest}  {path}").expect("a String takes every write");
}

/// Reads `manifest-sha256.txt` or `tagmanifest-sha256.txt`.
pub(crate) fn parse_manifest(member: &str, text: &[u8]) -> Result<BTreeMap<String, Digest>> {
    let malformed = || bad(member, "has a line that is not a digest, two spaces and a path");
    let text = std::str::from_utf8(text).map_err(|_| bad(member, "is not UTF-8"))?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(bad(member, "does not end with a line feed"));
    }
    let mut digests = BTreeMap::new();
    for line in text.split_terminator('\n') {
        let (digest, path) = line.split_once("  ").ok_or_else(malformed)?;
        let digest = digest.parse().map_err(|_| malformed())?;
        if digests.insert(path.to_owned(), digest).is_some() {
            return Err(bad(member, "names a member twice"));
        }
    }
    Ok(digests)
}

/// `README.txt`, for whoever finds the unpacked folder.
pub(crate) fn readme(created: &str, agent: &str) -> String {
    format!(
        "This folder is a backup of a CRM, made {created} by {agent}.\n\
         \n\
         It needs no special program. It is a BagIt bag (RFC 8493) that holds a Frictionless\n\
         Data Package.\n\
         \n\
         Check that it is whole:\n\
         \n\
         \x20   sha256sum -c manifest-sha256.txt\n\
         \x20   sha256sum -c tagmanifest-sha256.txt\n\
         \n\
         What is where:\n\
         \n\
         \x20   data/tables/NNNN-name/   a table each, as CSV: UTF-8, comma, LF; a table in several\n\
         \x20                            parts repeats its header line in each of them\n\
         \x20   data/files/              files as they were: attachments, original workbooks\n\
         \x20   data/schema/             a database's own definitions, as SQL\n\
         \x20   data/datapackage.json    the true names, the columns, the counts, the sources\n\
         \x20   data/contents.jsonl      a line for each table and file; its SHA-256 is the content id\n\
         \n\
         In a table, a cell with nothing in it is a missing value; \"\" is an empty text.\n\
         Where \"type\" in datapackage.json is \"any\", text is always in quotes, numbers never are,\n\
         and bytes are written as \\x and hexadecimal digits.\n\
         \n\
         Join the parts of a table:\n\
         \n\
         \x20   head -n 1 part-00000001.csv; for p in part-*.csv; do tail -n +2 \"$p\"; done\n"
    )
}
