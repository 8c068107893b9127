//! A second and much simpler look at a workbook, so that the reader need not be trusted.
//!
//! It counts the cells that hold anything, adds up hashes of their places, and says where they lie.
//! What the reader gives is counted the same way, and must come to the same. It looks first, streams,
//! and refuses what is known to make the reader hang or ask for too much memory: before the reader
//! opens the file what it takes in for that, and before it reads a sheet all sheets.

mod compound;
mod cost;
mod ods;
mod package;
mod plain;
mod records;
mod shared;
mod styles;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::thread;

use self::compound::Compound;
use self::package::Package;
pub(super) use self::xlsb::PassedOver;
use super::kind::{Container, container};
use super::layout::Layout;
use super::{Format, WorkbookOptions, damaged, protected, unreadable};
use crate::error::{Error, Result};
use crate::monitor::Monitor;
use crate::source::shared::SharedFile;
use crate::threads;

/// What a workbook holds by its own account.
#[derive(Debug)]
pub(super) struct CrossCheck {
    pub(super) format: Format,
    /// In the workbook's order.
    pub(super) sheets: Vec<SheetCount>,
    /// Texts whose spaces at the edges the file does not ask to keep.
    pub(super) outer_spaces: u64,
}

/// What a sheet holds by the file's own account.
#[derive(Debug, Clone)]
pub(super) struct SheetCount {
    pub(super) layout: Layout,
    pub(super) formulas: u64,
    pub(super) formulas_without_value: u64,
    /// Areas of merged cells.
    pub(super) merged: u64,
}

impl SheetCount {
    /// Of a sheet of which nothing was seen yet, and whose header is asked for in this row.
    fn new(header_row: Option<u64>) -> Self {
        Self { layout: Layout::new(header_row), formulas: 0, formulas_without_value: 0, merged: 0 }
    }

    fn formula(&mut self, cells: u64, has_value: bool) {
        self.formulas += cells;
        self.formulas_without_value += if has_value { 0 } else { cells };
    }
}

/// Looks at the whole workbook, and has the reader `open` it as soon as everything was looked at that
/// it takes in for that.
pub(super) fn look<B>(
    file: &SharedFile,
    options: &WorkbookOptions,
    monitor: &dyn Monitor,
    open: impl FnOnce(Format) -> Result<B>,
) -> Result<(CrossCheck, B)> {
    let blank = SheetCount::new(options.header_row);
    let (format, sheets) = match container(file)? {
        Container::Zip => {
            let mut package = Package::open(file, options.max_plain_bytes, monitor)?;
            if package.has("mimetype") && package.has("content.xml") {
                (Format::Ods, ods::count(&mut package, &blank, monitor)?)
            } else if package.has(xlsb::WORKBOOK) {
                (Format::Xlsb, xlsb::count(&mut package, &blank, monitor)?)
            } else {
                return look_at_xlsx(package, &blank, monitor, open);
            }
        }
        Container::Compound => {
            let mut compound = Compound::open(file)?;
            if compound.find("EncryptedPackage").is_some() {
                return Err(protected());
            }
            (Format::Xls, xls::count(&mut compound, &blank, monitor)?)
        }
    };
    Ok((CrossCheck { format, sheets, outer_spaces: 0 }, open(format)?))
}

/// The reader takes in the shared texts while the sheets are looked at: each takes about as long.
fn look_at_xlsx<B>(
    mut package: Package,
    blank: &SheetCount,
    monitor: &dyn Monitor,
    open: impl FnOnce(Format) -> Result<B>,
) -> Result<(CrossCheck, B)> {
    let outline = xlsx::outline(&mut package)?;
    let count = move || xlsx::count(&mut package, outline, blank, monitor);
    let (counted, book) = thread::scope(|scope| {
        let counting = match threads::spawn_scoped(scope, count, |count| count()) {
            Ok(counting) => counting,
            // One after the other.
            Err(refused) => return (Ok((*refused.state)()), open(Format::Xlsx)),
        };
        let book = open(Format::Xlsx);
        (counting.join(), book)
    });
    let (sheets, outer_spaces) =
        counted.map_err(|_| Error::panicked("looking at a workbook"))??;
    Ok((CrossCheck { format: Format::Xlsx, sheets, outer_spaces }, book?))
}

/// How many cells go by before the monitor is asked whether to go on.
const BETWEEN_ASKING: u64 = 65_536;
