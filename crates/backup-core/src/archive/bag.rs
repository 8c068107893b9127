//! The fourth layer: writes and parses the tag files of a BagIt bag (RFC 8493).

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{FORMAT, Manifest};
use crate::record::Digest;

pub(crate) const BAGIT: &str = "bagit.txt";
pub(crate) const README: &str = "README.txt";
pub(crate) const MANIFEST: &str = "manifest-sha256.txt";
pub(crate) const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
pub(crate) const BAG_INFO: &str = "bag-info.txt";
pub(crate) const PACKAGE: &str = "data/datapackage.json";
pub(crate) const CONTENTS: &str = "data/contents.jsonl";

/// The content of `bagit.txt`.
pub(crate) const BAGIT_TEXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// The finding that a tag file of the bag is invalid.
pub(super) fn bad_finding(member: &str, why: Message) -> Finding {
    Finding::failure(Code::Bag, message!("archive-bag", why = why)).path(member)
}

pub(super) fn bad(member: &str, why: Message) -> Error {
    bad_finding(member, why).into()
}

/// The total length of the tables and files of a manifest, in bytes.
pub(super) fn content_bytes(manifest: &Manifest) -> u64 {
    let parts = manifest.resources.iter().flat_map(|resource| &resource.backup.parts);
    let files = manifest.backup.files.iter().map(|file| file.bytes);
    parts.map(|part| part.bytes).chain(files).fold(0, u64::saturating_add)
}

/// The fields of `bag-info.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BagInfo {
    pub(crate) payload_bytes: u64,
    pub(crate) payload_files: u64,
    /// `YYYY-MM-DD`.
    pub(crate) date: String,
    pub(crate) agent: String,
    /// The offset of the manifest's tar header in the tar.
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

    /// Parses the text. Checks the format version before everything else.
    pub(crate) fn parse(text: &[u8]) -> Result<Self> {
        let bad = |why| bad(BAG_INFO, why);
        let text = std::str::from_utf8(text).map_err(|_| bad(message!("bag-utf8")))?;
        let mut fields = BTreeMap::new();
        for line in text.lines() {
            let (label, value) =
                line.split_once(": ").ok_or_else(|| bad(message!("bag-no-label")))?;
            // The labels of BagIt are not case-sensitive.
            if fields.insert(label.to_ascii_lowercase(), value).is_some() {
                return Err(bad(message!("bag-label-twice", label = label)));
            }
        }
        let field = |label: &str| {
            let value = fields.get(&label.to_ascii_lowercase()).copied();
            value.ok_or_else(|| bad(message!("bag-label-missing", label = label)))
        };
        let format = field("Backup-Format")?;
        if format != FORMAT.to_string() {
            let message = message!("archive-version", format = format, known = FORMAT.to_string());
            let finding = Finding::failure(Code::Version, message);
            return Err(finding.path(BAG_INFO).expected(FORMAT, format).into());
        }
        let number = |label: &str, text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse::<u64>().ok().filter(|_| is_plain);
            number.ok_or_else(|| bad(message!("bag-number", label = label)))
        };
        let oxum = field("Payload-Oxum")?.split_once('.');
        let (bytes, files) = oxum.ok_or_else(|| bad(message!("bag-oxum")))?;
        Ok(Self {
            payload_bytes: number("Payload-Oxum", bytes)?,
            payload_files: number("Payload-Oxum", files)?,
            date: field("Bagging-Date")?.to_owned(),
            agent: field("Bag-Software-Agent")?.to_owned(),
            manifest_offset: number("Manifest-Offset", field("Manifest-Offset")?)?,
        })
    }
}

/// Appends a line in the format of `sha256sum`.
pub(crate) fn push_manifest_line(digest: Digest, path: &str, out: &mut String) {
    use std::fmt::Write as _;
    writeln!(out, "{digest}  {path}").expect("a String takes every write");
}

/// Parses `manifest-sha256.txt` or `tagmanifest-sha256.txt`.
pub(crate) fn parse_manifest(member: &str, text: &[u8]) -> Result<BTreeMap<String, Digest>> {
    let malformed = || bad(member, message!("bag-line"));
    let text = std::str::from_utf8(text).map_err(|_| bad(member, message!("bag-utf8")))?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(bad(member, message!("bag-line-feed")));
    }
    let mut digests = BTreeMap::new();
    for line in text.split_terminator('\n') {
        let (digest, path) = line.split_once("  ").ok_or_else(malformed)?;
        let digest = digest.parse().map_err(|_| malformed())?;
        if digests.insert(path.to_owned(), digest).is_some() {
            return Err(bad(member, message!("bag-member-twice")));
        }
    }
    Ok(digests)
}

/// The text of `README.txt`, for people who find the unpacked folder.
pub(crate) fn readme(created: &str, agent: &str) -> String {
    include_str!("bag-readme.txt").replace("{CREATED}", created).replace("{TOOL}", agent)
}
