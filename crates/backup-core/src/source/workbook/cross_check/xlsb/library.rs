//! The xlsb file for the library: the same sheets and shared texts, under the names that the
//! library expects, with a list of sheets and number formats that it understands.

use super::super::number_formats::NumberFormat;
use super::super::repack::Repack;
use super::outline::{STYLES, WORKBOOK, Workbook};
use crate::error::Result;

/// The name of the part of the worksheet with this index in the workbook.
pub(super) fn sheet_part(index: usize) -> String {
    format!("xl/worksheets/sheet{index}.bin")
}

/// The file with everything but the sheets and shared texts.
pub(super) fn begin(workbook: &Workbook, formats: &[NumberFormat]) -> Result<Repack> {
    let mut records = Vec::new();
    append_record(&mut records, 0x83, &[]);
    append_record(&mut records, 0x99, &[u8::from(workbook.is_1904), 0, 0, 0, 0, 0, 0, 0]);
    append_record(&mut records, 0x8f, &[]);
    let mut relations = String::from("<Relationships>");
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        let folder = if sheet.part.is_some() { "worksheets" } else { "chartsheets" };
        let (id, number) = (format!("r{index}"), (index as u32 + 1).to_le_bytes());
        let sheet = [&sheet.state.to_le_bytes(), &number, &wide(&id)[..], &wide(&sheet.name)];
        append_record(&mut records, 0x9c, &sheet.concat());
        let target = format!("{folder}/sheet{index}.bin");
        relations += &format!(r#"<Relationship Id="{id}" Target="{target}"/>"#);
    }
    append_record(&mut records, 0x90, &[]);
    append_record(&mut records, 0x84, &[]);
    relations += "</Relationships>";
    let mut package = Repack::new();
    package.write(WORKBOOK, &records)?;
    package.write("xl/_rels/workbook.bin.rels", relations.as_bytes())?;
    package.write(STYLES, &styles(formats))?;
    Ok(package)
}

/// A list of cell formats. The library takes any byte before it for the beginning of a list.
fn styles(formats: &[NumberFormat]) -> Vec<u8> {
    let mut records = Vec::new();
    append_record(&mut records, 0x269, &(formats.len() as u32).to_le_bytes());
    for format in formats {
        let [low, high] = format.otherwise().builtin_format().to_le_bytes();
        append_record(&mut records, 0x2f, &[0, 0, low, high, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    append_record(&mut records, 0x26a, &[]);
    records
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&(units.len() as u32 / 2).to_le_bytes(), &units[..]].concat()
}

/// Appends a record: its type, its length and its data.
pub(super) fn append_record(part: &mut Vec<u8>, kind: u16, data: &[u8]) {
    if kind < 0x80 {
        part.push(kind as u8);
    } else {
        part.extend([(kind & 0x7f) as u8 | 0x80, (kind >> 7) as u8]);
    }
    let mut length = data.len();
    while length >= 0x80 {
        part.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    part.push(length as u8);
    part.extend_from_slice(data);
}
