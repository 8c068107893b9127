//! The value of a cell of ods: its attributes and its paragraphs, as LibreOffice shows them.
//!
//! The library takes the first attribute with a value, whatever the type of the cell, and all text
//! in it, even of shapes and between the paragraphs, but no CDATA.

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use super::super::errors::{damaged, unreadable};
use super::super::value::CellValue;
use super::counts::{MOST_TEXT, fault_of};
use super::digits::{self, Written};
use super::xml::{self, Xml, number, resolve};
use crate::error::Result;
use crate::i18n::message;
use crate::ledger_code::LedgerCode;

/// What the names of errors contain besides capital letters.
const MARKS: [char; 8] = ['/', '0', '_', '!', '?', '¡', '¿', '.'];

/// The attributes of a cell that state its value and its places.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) is_formula: bool,
    /// The number of columns that contain the cell.
    pub(super) repeated: u64,
    pub(super) is_merged: bool,
    /// The type: `float`, `string` and so on.
    kind: String,
    /// Whether an extension says that the value is an error.
    is_error: bool,
    /// The values in the order of the attributes.
    values: Vec<(Attribute, String)>,
    /// Whether the library reads another text in an attribute.
    is_misread: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Number,
    Text,
    Date,
    Time,
    Bool,
}

/// The value of a cell.
#[derive(Debug)]
pub(super) enum Value {
    Digits(String, Written),
    Other {
        value: CellValue<Arc<str>>,
        /// Whether the library returns another value.
        is_corrected: bool,
        fault: Option<LedgerCode>,
    },
}

impl Value {
    /// A value of which the library returns another one if it is misread.
    fn other(value: CellValue<&str>, is_misread: bool) -> Self {
        let fault = is_misread.then(|| fault_of(&value));
        Self::Other { value: value.kept(), is_corrected: is_misread, fault }
    }

    /// A number with digits that a double does not hold.
    fn exact(value: CellValue<&str>) -> Self {
        let fault = Some(LedgerCode::ExactDigits);
        Self::Other { value: value.kept(), is_corrected: true, fault }
    }

    /// The length of its text.
    pub(super) fn text_bytes(&self) -> u64 {
        match self {
            Self::Digits(..) => 0,
            Self::Other { value, .. } => value.text().map_or(0, str::len) as u64,
        }
    }
}

impl Attributes {
    pub(super) fn read(cell: &BytesStart<'_>) -> Result<Self> {
        let mut read = Self { repeated: 1, ..Self::default() };
        for raw in cell.attributes().with_checks(false) {
            let raw = raw.map_err(|error| unreadable(&error))?;
            let value = || xml::value(&raw).map(Cow::into_owned);
            let what = match raw.key.local_name().as_ref() {
                "value-type" if raw.key.as_ref().starts_with("calcext:") => {
                    read.is_error = &*raw.value == "error";
                    continue;
                }
                "value-type" => {
                    read.kind = value()?;
                    continue;
                }
                "formula" => {
                    read.is_formula |= !raw.value.is_empty();
                    continue;
                }
                "number-columns-repeated" => {
                    read.repeated = xml::parsed(&value()?, "number-columns-repeated")?;
                    continue;
                }
                "number-columns-spanned" | "number-rows-spanned" => {
                    read.is_merged |= raw.value.trim().parse().is_ok_and(|span: u64| span > 1);
                    continue;
                }
                "value" => Attribute::Number,
                "string-value" => Attribute::Text,
                "date-value" => Attribute::Date,
                "time-value" => Attribute::Time,
                "boolean-value" => Attribute::Bool,
                _ => continue,
            };
            // The library does not replace line ends by spaces.
            read.is_misread |= raw.value.contains(['\t', '\n', '\r']);
            read.values.push((what, value()?));
        }
        Ok(read)
    }

    /// Reads the current cell to its end. Returns its value, if it has one.
    pub(super) fn value(&self, xml: &mut Xml<'_>) -> Result<Option<Value>> {
        let content = Paragraphs::read(xml)?;
        let theirs = self.values.first().map(|(what, _)| *what);
        if let Some(error) = self.error(&content) {
            // The library returns the same text, unless it returns a number.
            let fault = (theirs == Some(Attribute::Number)).then_some(LedgerCode::CorrectedError);
            let value = CellValue::Error(error).kept();
            return Ok(Some(Value::Other { value, is_corrected: true, fault }));
        }
        let expected = match self.kind.as_str() {
            "float" | "percentage" | "currency" => Some(Attribute::Number),
            "string" => Some(Attribute::Text),
            "date" => Some(Attribute::Date),
            "time" => Some(Attribute::Time),
            "boolean" => Some(Attribute::Bool),
            _ => None,
        };
        let ours = self.values.iter().find(|(what, _)| Some(*what) == expected);
        if self.kind == "string" && ours.is_none() {
            return Ok(Some(self.paragraphs(&content)));
        }
        let Some((what, text)) = ours.or(self.values.first()) else {
            // Text without a type, which is a text. The library does not return it.
            let value = || Value::other(CellValue::Text(&content.text), true);
            return Ok((!content.text.is_empty()).then(value));
        };
        let is_same = theirs == Some(*what);
        let is_misread = !is_same || self.is_misread;
        Ok(Some(match what {
            Attribute::Number => match digits::read(text) {
                Some(number) if is_same => Value::Digits(text.clone(), number),
                Some(Written::Double(number) | Written::Whole(number, _)) => {
                    Value::other(CellValue::Number(number), is_misread)
                }
                Some(Written::Integer(number)) => Value::exact(CellValue::Integer(number)),
                Some(Written::TooLong) => Value::exact(CellValue::Text(text)),
                // The library refuses it.
                None => Value::other(CellValue::Text(text), false),
            },
            Attribute::Text => Value::other(CellValue::Text(text), is_misread),
            Attribute::Date | Attribute::Time => Value::other(CellValue::Iso(text), is_misread),
            Attribute::Bool => {
                let is_true = matches!(text.as_str(), "true" | "TRUE");
                Value::other(CellValue::Bool(is_true), is_misread)
            }
        }))
    }

    /// The value of a text without an attribute for it.
    fn paragraphs(&self, content: &Paragraphs) -> Value {
        let stated = self.values.first().map(|(_, text)| text.as_str());
        let text = match stated {
            Some(stated) if content.text.is_empty() => stated,
            _ => &content.text,
        };
        let is_misread = stated.is_some() || content.is_misread;
        Value::other(CellValue::Text(text), is_misread)
    }

    /// The error in the cell, if it contains one. Excel and old versions of LibreOffice write
    /// errors as the number 0, with the name of the error as text.
    fn error<'a>(&'a self, content: &'a Paragraphs) -> Option<&'a str> {
        let stated = self.values.iter().find(|(_, text)| !text.is_empty());
        if self.is_error {
            let text = stated.filter(|(what, _)| *what == Attribute::Text);
            return Some(text.map_or(content.text.as_str(), |(_, text)| text.as_str()));
        }
        let is_zero = stated.is_some_and(|(what, text)| {
            *what == Attribute::Number && text.parse::<f64>().is_ok_and(|number| number == 0.0)
        });
        (is_zero && is_error_name(&content.text)).then_some(content.text.as_str())
    }
}

/// Whether this is how a spreadsheet shows an error, in any language: `#NAME?`, `Err:502`.
fn is_error_name(text: &str) -> bool {
    if let Some(number) = text.strip_prefix("Err:") {
        return !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    }
    // Names in other languages have other marks: `#NV`, `#DZIEL/0!`, `#¿NOMBRE?`.
    text.strip_prefix('#').is_some_and(|name| {
        name.chars().all(|c| c.is_uppercase() || MARKS.contains(&c))
            && name.chars().filter(|c| c.is_uppercase()).count() > 1
    })
}

/// The text of a cell.
#[derive(Debug, Default)]
struct Paragraphs {
    text: String,
    /// Whether the library reads another text.
    is_misread: bool,
    /// The offset of the current paragraph, and the depth of its element.
    paragraph: Option<(usize, u32)>,
    paragraphs: u32,
}

impl Paragraphs {
    /// Reads to the end of the current cell.
    fn read(xml: &mut Xml<'_>) -> Result<Self> {
        let (inside, mut read) = (xml.depth(), Self::default());
        loop {
            let event = xml.must()?;
            match &event {
                Event::Start(element) => {
                    let name = element.local_name().as_ref().to_owned();
                    let is_drawn = element.name().as_ref().starts_with("draw:");
                    let spaces = match name.as_str() {
                        "s" => number(element, "c")?.unwrap_or(1),
                        _ => 0,
                    };
                    read.element(xml, &name, is_drawn, spaces)?;
                }
                Event::Text(text) => read.append(&text.xml10_content()),
                Event::CData(text) => {
                    read.is_misread |= !text.is_empty();
                    read.append(&text.xml10_content());
                }
                Event::GeneralRef(reference) => read.append(&resolve(reference)?),
                Event::End(_) => {
                    let depth = xml.depth();
                    read.end(depth);
                    if depth < inside {
                        return Ok(read);
                    }
                }
                _ => {}
            }
            if read.text.len() as u64 > MOST_TEXT {
                return Err(damaged(message!("damage-long-text")));
            }
        }
    }

    /// Reads the start of an element, or all of it if it is no part of the text.
    fn element(
        &mut self,
        xml: &mut Xml<'_>,
        name: &str,
        is_drawn: bool,
        spaces: u64,
    ) -> Result<()> {
        let is_inside = self.paragraph.is_some();
        match name {
            "annotation" => return xml.skip(),
            "p" if !is_inside => {
                if self.paragraphs > 0 {
                    self.text.push('\n');
                }
                self.paragraphs += 1;
                self.paragraph = Some((self.text.len(), xml.depth()));
            }
            "s" if is_inside => {
                // LibreOffice shows at least one.
                self.is_misread |= spaces == 0;
                let spaces = spaces.max(1);
                if spaces > MOST_TEXT - self.text.len() as u64 {
                    return Err(damaged(message!("damage-long-text")));
                }
                self.append(&" ".repeat(spaces as usize));
            }
            "tab" if is_inside => self.append("\t"),
            "line-break" if is_inside => self.append("\n"),
            "ruby-text" | "note" => self.is_misread |= has_text(xml)?,
            _ if is_drawn || !is_inside => self.is_misread |= has_text(xml)?,
            _ => {}
        }
        Ok(())
    }

    /// Appends text as it is, with its white space. Between paragraphs, only the library reads it.
    fn append(&mut self, text: &str) {
        match self.paragraph {
            Some(_) => self.text += text,
            None => self.is_misread |= !text.is_empty(),
        }
    }

    /// Ends the paragraph if its element has ended.
    fn end(&mut self, depth: u32) {
        if self.paragraph.is_some_and(|(_, inside)| depth < inside) {
            self.paragraph = None;
        }
    }
}

/// Reads the current element to its end. Returns whether it contains text, even white space.
fn has_text(xml: &mut Xml<'_>) -> Result<bool> {
    let (inside, mut is_any) = (xml.depth(), false);
    while xml.depth() >= inside {
        is_any |= match xml.must()? {
            Event::Text(text) => !text.is_empty(),
            Event::CData(_) | Event::GeneralRef(_) => true,
            Event::Start(element) => {
                matches!(element.local_name().as_ref(), "p" | "s" | "tab" | "line-break")
            }
            _ => false,
        };
    }
    Ok(is_any)
}

#[cfg(test)]
mod tests {
    use super::is_error_name;

    #[test]
    fn names_of_errors_are_distinguished_from_other_text() {
        for (text, expected) in [
            ("#N/A", true),
            ("#DIV/0!", true),
            ("#NAME?", true),
            ("#SPILL!", true),
            ("#WERT!", true),
            ("#Н/Д", true),
            ("Err:502", true),
            ("#GETTING_DATA", true),
            ("#NV", true),
            ("#YOK", true),
            ("#DEEL/0!", true),
            ("#DZIEL/0!", true),
            ("#ДЕЛ/0!", true),
            ("#JAKO/0!", true),
            ("#¡VALOR!", true),
            ("#¡DIV/0!", true),
            ("#¿NOMBRE?", true),
            ("#NENÍ_K_DISPOZICI", true),
            ("#ÉRTÉK!", true),
            ("#0", false),
            ("#", false),
            ("#!", false),
            ("#a!", false),
            ("# NAME!", false),
            ("#A", false),
            ("#A0", false),
            ("#12", false),
            ("#AB1", false),
            ("#Ab", false),
            ("Err:", false),
            ("Err:x", false),
            ("0", false),
            ("", false),
        ] {
            assert_eq!(is_error_name(text), expected, "{text:?}");
        }
    }
}
