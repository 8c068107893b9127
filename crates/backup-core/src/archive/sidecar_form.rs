//! The names and forms of the files beside an archive, by which they are recognized.

use super::age_header::FIRST_LINE;
use crate::record::Digest;

/// The text of `NAME.README.txt`. Placeholders are in braces.
pub(crate) const README: &str = include_str!("sidecar-readme.txt");

/// The maximum size of a sidecar. They are much shorter.
pub(crate) const MAX_SIDECAR_BYTES: u64 = 64 << 10;

/// The names of the `.sha256` file and the README of an archive with this name.
pub(crate) fn sidecar_names(archive: &str) -> [String; 2] {
    let stem = archive.strip_suffix(".tar.zst.age").unwrap_or(archive);
    [format!("{archive}.sha256"), format!("{stem}.README.txt")]
}

/// Whether a file with this beginning is an age file of version 1.
pub(crate) fn is_age(begins: &[u8]) -> bool {
    begins.starts_with(FIRST_LINE)
}

/// Whether this is one line in the format of `sha256sum`.
pub(crate) fn is_checksum(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    let line = text.strip_prefix('\\').unwrap_or(&text);
    let digest = line.get(..64).is_some_and(|hex| hex.parse::<Digest>().is_ok());
    digest && line[64..].starts_with(' ') && line.trim_end_matches('\n').lines().count() == 1
}

/// Whether this is the README beside an archive.
pub(crate) fn is_readme(content: &[u8]) -> bool {
    let title = README.split("{NAME}").next().unwrap_or(README);
    content.starts_with(title.as_bytes())
}
