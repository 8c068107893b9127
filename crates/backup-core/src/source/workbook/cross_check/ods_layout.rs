//! Writes a copy of an ods that the library can read. It refuses white space, comments and unknown
//! elements between cells and between names of ranges, encrypted parts, and packages without a
//! type.

use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::Event;

use super::super::errors::unreadable_part;
use super::repack::Repack;
use super::xml::Xml;
use crate::error::Result;

const MIMETYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
const MANIFEST: &[u8] =
    br#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;

/// Writes a package with this content.
pub(super) fn usual(content: &mut Xml<'_>) -> Result<Vec<u8>> {
    let mut copy = Repack::new();
    copy.write("mimetype", MIMETYPE)?;
    copy.write("META-INF/manifest.xml", MANIFEST)?;
    without_gaps(content, copy.begin("content.xml")?)?;
    copy.finish()
}

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Row,
    Cell,
    Other,
}

/// Writes the content without names of ranges, without anything between cells, and without white
/// space between a cell and its paragraphs.
fn without_gaps(content: &mut Xml<'_>, out: &mut impl Write) -> Result<()> {
    let mut writer = Writer::new(out);
    let mut open: Vec<Inside> = Vec::new();
    while let Some(event) = content.next()? {
        let within = open.last().copied().unwrap_or(Inside::Other);
        match &event {
            Event::Start(element) => {
                let next = match element.local_name().as_ref() {
                    "table-row" => Inside::Row,
                    "table-cell" | "covered-table-cell" => Inside::Cell,
                    name if within == Inside::Row || name == "named-expressions" => {
                        content.skip()?;
                        continue;
                    }
                    _ => Inside::Other,
                };
                open.push(next);
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if within == Inside::Other => {}
            _ => continue,
        }
        writer.write_event(event).map_err(unreadable_part)?;
    }
    Ok(())
}
