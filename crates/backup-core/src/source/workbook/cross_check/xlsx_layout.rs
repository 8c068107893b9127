//! Where the parts of an xlsx are. Relations name them, so that they may be anywhere. The library
//! expects some of them in their usual places, and refuses sheets of other kinds than it knows.

use quick_xml::escape::escape;

use super::counts::check_sheets;
use super::package::{Package, Relation, Relations, check_parts, normal};
use super::repack::Repack;
use super::xml::{attribute, start};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::monitor::Monitor;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// The parts of a workbook.
#[derive(Debug, Default)]
pub(super) struct Layout {
    sheets: Vec<Sheet>,
    is_1904: bool,
    pub(super) shared_texts: Option<String>,
    pub(super) styles: Option<String>,
    /// Whether the library finds all parts, and knows the kind of each sheet.
    is_usual: bool,
}

#[derive(Debug)]
struct Sheet {
    name: String,
    state: String,
    /// The part of the sheet; `None` if it is not a worksheet.
    part: Option<String>,
}

impl Layout {
    pub(super) fn read(package: &mut Package) -> Result<Self> {
        let relations = package.relations("")?;
        let workbook = relations.of_kind("officeDocument");
        let Some(workbook) = workbook.filter(|workbook| package.has(&workbook.part)) else {
            return Err(Error::source(message!("no-workbook-zip"), message!("hint-unpack")));
        };
        let relations = package.relations(&workbook.part)?;
        let folder = workbook.part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut layout = Self { is_usual: workbook.is_direct, ..Self::default() };
        layout.shared_texts = layout.part(package, &relations, folder, "sharedStrings");
        layout.styles = layout.part(package, &relations, folder, "styles");
        layout.read_workbook(package, &workbook.part, &relations)?;
        check_parts(layout.sheets.iter().filter_map(|sheet| sheet.part.as_ref()))?;
        Ok(layout)
    }

    /// The part of this kind, which the library expects in the folder of the workbook.
    fn part(
        &mut self,
        package: &Package,
        relations: &Relations,
        folder: &str,
        kind: &str,
    ) -> Option<String> {
        let usual = format!("{folder}/{kind}.xml").trim_start_matches('/').to_owned();
        let named = relations.of_kind(kind).filter(|named| package.has(&named.part));
        self.is_usual &= named.is_none_or(|named| normal(&named.part) == normal(&usual));
        named.map(|named| named.part.clone()).or_else(|| package.has(&usual).then_some(usual))
    }

    fn read_workbook(
        &mut self,
        package: &mut Package,
        workbook: &str,
        relations: &Relations,
    ) -> Result<()> {
        let mut xml = package.xml(workbook)?;
        while let Some(event) = xml.next()? {
            if let Some(properties) = start(&event, "workbookPr") {
                if let Some(value) = attribute(properties, "date1904")? {
                    self.is_1904 = matches!(value.trim(), "1" | "true" | "on");
                    self.is_usual &= matches!(&*value, "0" | "1" | "true" | "false");
                }
            } else if let Some(sheet) = start(&event, "sheet") {
                let value =
                    |name| Ok::<_, Error>(attribute(sheet, name)?.map(|id| id.into_owned()));
                let state = value("state")?.unwrap_or_else(|| "visible".into());
                let relation = relations.of_sheet(&value("id")?.unwrap_or_default())?;
                self.is_usual &= matches!(&*state, "visible" | "hidden" | "veryHidden")
                    && relation.is_some_and(|relation| {
                        let kinds = ["worksheet", "chartsheet", "dialogsheet"];
                        relation.is_direct && kinds.contains(&&*relation.kind)
                    });
                let part = relation.and_then(Relation::worksheet);
                check_sheets(self.sheets.len() + 1)?;
                self.sheets.push(Sheet { name: value("name")?.unwrap_or_default(), state, part });
            }
        }
        Ok(())
    }

    /// The part of each sheet; `None` for a sheet that is not a worksheet.
    pub(super) fn parts(&self) -> Vec<Option<String>> {
        self.sheets.iter().map(|sheet| sheet.part.clone()).collect()
    }
}

/// A copy of the workbook with its sheets, texts and styles in their usual places; `None` if they
/// are there.
pub(super) fn usual(package: &mut Package, monitor: &dyn Monitor) -> Result<Option<Vec<u8>>> {
    let layout = Layout::read(package)?;
    if layout.is_usual {
        package.forget();
        return Ok(None);
    }
    let mut copy = Repack::new();
    let (mut sheets, mut relations) = (String::new(), String::new());
    let mut copied = Vec::new();
    for (sheet, n) in layout.sheets.iter().zip(1..) {
        let name = attribute_text(&sheet.name);
        // Any state that is not known is one that hides the sheet.
        let state = if sheet.state == "visible" { "visible" } else { "hidden" };
        let kind = if sheet.part.is_some() { "worksheet" } else { "chartsheet" };
        let target = format!("worksheets/sheet{n}.xml");
        sheets += &format!(r#"<sheet name="{name}" sheetId="{n}" state="{state}" r:id="r{n}"/>"#);
        relations += &relation(&format!("r{n}"), kind, &target);
        if let Some(part) = &sheet.part {
            copied.push((part, format!("xl/{target}")));
        }
    }
    copied.extend(layout.shared_texts.as_ref().map(|part| (part, "xl/sharedStrings.xml".into())));
    copied.extend(layout.styles.as_ref().map(|part| (part, "xl/styles.xml".into())));
    let is_1904 = u8::from(layout.is_1904);
    let workbook = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{is_1904}"/><sheets>{sheets}</sheets></workbook>"#
    );
    let root = relation("r0", "officeDocument", "xl/workbook.xml");
    copy.write("_rels/.rels", relations_part(&root).as_bytes())?;
    copy.write("xl/_rels/workbook.xml.rels", relations_part(&relations).as_bytes())?;
    copy.write("xl/workbook.xml", workbook.as_bytes())?;
    for (part, name) in &copied {
        copy.copy(package, part, name)?;
    }
    // The checksums of the copied parts are checked when the copy is read.
    let later: Vec<&str> = copied.iter().map(|(part, _)| part.as_str()).collect();
    package.unpack_others(&later, monitor)?;
    copy.finish().map(Some)
}

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
}

fn relations_part(relations: &str) -> String {
    format!(r#"<Relationships xmlns="{PACKAGE}">{relations}</Relationships>"#)
}

fn attribute_text(text: &str) -> String {
    let text = escape(text).replace('\t', "&#9;").replace('\n', "&#10;");
    text.replace('\r', "&#13;")
}
