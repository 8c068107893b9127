//! ods: the cells of `content.xml`, repeated ones as often as they are repeated.

use std::io::BufRead;

use super::super::book::Spot;
use super::super::layout::Extent;
use super::cost::{Cost, MOST_TEXT};
use super::package::{Package, Part};
use super::xml::{Next, Xml, attribute, number};
use super::{BETWEEN_ASKING, SheetCount, damaged};
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

pub(super) fn count(
    package: &mut Package,
    blank: &SheetCount,
    monitor: &dyn Monitor,
) -> Result<Vec<SheetCount>> {
    if package.has("META-INF/manifest.xml") {
        let mut manifest = package.xml("META-INF/manifest.xml")?;
        while let Some(event) = manifest.next()? {
            if event.start("encryption-data").is_some() {
                return Err(super::protected());
            }
        }
    }
    let mut content: Xml<Part<'_>> = package.xml("content.xml")?;
    let mut sheets = Vec::new();
    let mut cost = Cost::default();
    while let Some(event) = content.next()? {
        let Some(table) = event.start("table") else { continue };
        if attribute(table, "name")?.is_some() {
            sheets.push(Table::new(blank).read(&mut content, &mut cost, monitor)?);
        }
    }
    Ok(sheets)
}

/// A sheet while it is read.
struct Table {
    sheet: SheetCount,
    row: u64,
    extent: Option<Extent>,
    seen: u64,
}

/// A run of equal cells in a row.
struct Run {
    column: u64,
    cells: u64,
    holds: bool,
    is_formula: bool,
}

impl Table {
    fn new(blank: &SheetCount) -> Self {
        Self { sheet: blank.clone(), row: 0, extent: None, seen: 0 }
    }

    fn read(
        mut self,
        xml: &mut Xml<impl BufRead>,
        cost: &mut Cost,
        monitor: &dyn Monitor,
    ) -> Result<SheetCount> {
        let inside = xml.depth();
        while xml.depth() >= inside {
            let event = xml.must()?;
            let Some(row) = event.start("table-row") else { continue };
            let repeated = number(row, "number-rows-repeated")?.unwrap_or(1);
            self.read_row(xml, repeated, cost, monitor)?;
            self.row = self.row.saturating_add(repeated);
        }
        cost.rectangle(self.extent)?;
        Ok(self.sheet)
    }

    fn read_row(
        &mut self,
        xml: &mut Xml<impl BufRead>,
        repeated: u64,
        cost: &mut Cost,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let inside = xml.depth();
        let (mut column, mut width) = (0u64, 0u64);
        while xml.depth() >= inside {
            let event = xml.must()?;
            let Next::Start(cell) = &event else { continue };
            if !matches!(cell.local_name().as_ref(), "table-cell" | "covered-table-cell") {
                continue;
            }
            let cells = number(cell, "number-columns-repeated")?.unwrap_or(1);
            let is_formula = attribute(cell, "formula")?.is_some_and(|formula| !formula.is_empty());
            let is_said = says_value(cell)?;
            let spans = ["number-columns-spanned", "number-rows-spanned"];
            let spans = spans.map(|name| number(cell, name));
            let is_merged = spans.into_iter().any(|span| matches!(span, Ok(Some(2..))));
            let text = Text::read(xml)?;
            if is_said && text.has_shapes {
                return Err(shapes_in_text());
            }
            let holds = is_said || text.bytes > 0;
            if holds || is_formula {
                let all = cells.saturating_mul(repeated);
                cost.add(all, text.bytes.saturating_mul(all))?;
                self.place(&Run { column, cells, holds, is_formula }, repeated)?;
                width = column.saturating_add(cells);
            }
            self.sheet.merged += u64::from(is_merged).saturating_mul(repeated);
            column = column.saturating_add(cells);
            self.seen += 1;
            if self.seen.is_multiple_of(BETWEEN_ASKING) {
                checkpoint(monitor)?;
            }
        }
        cost.add(width, 0)
    }

    /// Counts a run in each of the rows that are equal; `Cost` has seen to their number.
    fn place(&mut self, run: &Run, repeated: u64) -> Result<()> {
        let (row_end, column_end) =
            (self.row.saturating_add(repeated), run.column.saturating_add(run.cells));
        let far = |end: u64| u32::try_from(end).map_err(|_| damaged("a cell lies too far away"));
        let (row_end, column_end) = (far(row_end)?, far(column_end)?);
        let (row, column) = (far(self.row)?, far(run.column)?);
        if run.is_formula {
            self.sheet.formula(run.cells * repeated, run.holds);
        }
        if !run.holds {
            return Ok(());
        }
        for row in row..row_end {
            for column in column..column_end {
                self.sheet.layout.add(Spot { row, column });
                self.extent = Some(Extent::around(self.extent, Spot { row, column }));
            }
        }
        Ok(())
    }
}

/// Whether a cell's own attributes say that it has a value.
fn says_value(cell: &quick_xml::events::BytesStart<'_>) -> Result<bool> {
    for name in ["value", "string-value", "date-value", "time-value", "boolean-value"] {
        if attribute(cell, name)?.is_some() {
            return Ok(true);
        }
    }
    // Two attributes are called so, in two namespaces; either will do.
    Ok(attribute(cell, "value-type")?.is_some_and(|kind| kind == "string"))
}

/// The reader would take the text of shapes in a cell for the cell's own.
fn shapes_in_text() -> Error {
    Error::source(
        "a cell with text holds shapes that have text as well, which cannot be told apart",
        super::super::SAVE_AGAIN,
    )
}

/// What stands in a cell.
#[derive(Default)]
struct Text {
    /// How much text there is in its own paragraphs.
    bytes: u64,
    /// Whether anything but paragraphs and notes has text.
    has_shapes: bool,
}

impl Text {
    /// Reads up to the end of the cell that was begun.
    fn read(xml: &mut Xml<impl BufRead>) -> Result<Self> {
        let inside = xml.depth();
        let mut text = Self::default();
        loop {
            let event = xml.must()?;
            if event.start("p").is_some() {
                text.bytes = text.bytes.saturating_add(piece(xml)?);
            } else if event.start("annotation").is_some() {
                xml.skip()?;
            } else if matches!(event, Next::Start(_)) {
                text.has_shapes |= piece(xml)? > 0;
            } else if xml.depth() < inside {
                return Ok(text);
            }
        }
    }
}

/// How much text there is in the element that was begun, up to its end.
fn piece(xml: &mut Xml<impl BufRead>) -> Result<u64> {
    let inside = xml.depth();
    let mut bytes = 0u64;
    while xml.depth() >= inside {
        let event = xml.must()?;
        let more = match &event {
            Next::Start(element) if element.local_name().as_ref() == "s" => {
                number(element, "c")?.unwrap_or(1)
            }
            Next::Text(text) | Next::CData(text) => text.trim_ascii().len() as u64,
            Next::Reference => 1,
            _ => 0,
        };
        bytes = bytes.saturating_add(more);
        if bytes > MOST_TEXT {
            return Err(damaged("a text is longer than a cell can hold"));
        }
    }
    Ok(bytes)
}
