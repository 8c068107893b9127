//! Reads the number formats of xlsx, which distinguish dates from numbers.

use std::collections::HashMap;

use super::number_formats::NumberFormat;
use super::xml::{Xml, attribute, ends, number, start};
use crate::error::Result;

/// The number format of each style of cells, by its index.
pub(super) fn read(xml: &mut Xml<'_>) -> Result<Vec<NumberFormat>> {
    let (mut codes, mut ids) = (HashMap::new(), Vec::new());
    let (mut in_formats, mut in_styles) = (false, false);
    while let Some(event) = xml.next()? {
        if start(&event, "numFmts").is_some() || ends(&event, "numFmts") {
            in_formats = !in_formats;
        } else if start(&event, "cellXfs").is_some() || ends(&event, "cellXfs") {
            in_styles = !in_styles;
        } else if let Some(format) = start(&event, "numFmt").filter(|_| in_formats) {
            if let (Some(id), Some(code)) =
                (number(format, "numFmtId")?, attribute(format, "formatCode")?)
            {
                codes.insert(id, NumberFormat::of_code(&code));
            }
        } else if let Some(style) = start(&event, "xf").filter(|_| in_styles) {
            ids.push(number(style, "numFmtId")?.unwrap_or(0));
        }
    }
    Ok(ids.into_iter().map(|id| NumberFormat::of_id(id, &codes)).collect())
}
