//! Writes a copy of an ods that the library can read. It refuses white space, comments and unknown
//! elements between cells, encrypted parts, and packages without a type.

use quick_xml::Writer;
use quick_xml::events::Event;

use super::super::errors::{damaged, unreadable_part};
use super::repack::{MOST, Repack};
use super::xml::Xml;
use crate::error::Result;
use crate::i18n::message;

const MIMETYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
const MANIFEST: &[u8] =
    br#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;

/// Writes a package with this content.
pub(super) fn usual(content: &mut Xml<'_>) -> Result<Vec<u8>> {
    let mut copy = Repack::new();
    copy.write("mimetype", MIMETYPE)?;
    copy.write("META-INF/manifest.xml", MANIFEST)?;
    copy.write("content.xml", &without_gaps(content)?)?;
    copy.finish()
}

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Row,
    Cell,
    Other,
}

/// The content without anything between cells, and without white space between a cell and its
/// paragraphs.
fn without_gaps(content: &mut Xml<'_>) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    let mut open: Vec<Inside> = Vec::new();
    while let Some(event) = content.next()? {
        let within = open.last().copied().unwrap_or(Inside::Other);
        match &event {
            Event::Start(element) => {
                let next = match element.local_name().as_ref() {
                    "table-row" => Inside::Row,
                    "table-cell" | "covered-table-cell" => Inside::Cell,
                    _ if within == Inside::Row => {
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
        if writer.get_ref().len() > MOST {
            return Err(damaged(message!("damage-large-record")));
        }
    }
    Ok(writer.into_inner())
}
