//! A second, much simpler reader of workbooks, so that the library does not have to be trusted.
//!
//! The reader of each format (`xlsx`, `xlsb`, `xls`, `ods`) sends every cell that is not empty to
//! [`CellCounter`]. It counts the cells that have a value, adds up hashes of their places and
//! values, and determines the rectangle around them in each sheet. The cells of the library are
//! counted in the same way, and must agree. Where a reader knows that the library is wrong, it
//! sends a correction.
//!
//! These readers run before the library. They stream, and refuse structures that make the library
//! hang or allocate too much memory. The parts that the library reads when it opens the file are
//! checked before it does, and all sheets are checked before it reads one.

mod compound;
mod container;
mod counts;
mod digits;
mod member;
mod number_formats;
mod ods;
mod ods_cell;
mod ods_layout;
mod package;
mod plain;
mod records;
mod repack;
mod xls;
mod xlsb;
mod xlsx;
mod xlsx_layout;
mod xlsx_shared;
mod xlsx_styles;
mod xlsx_text;
mod xml;

use std::thread;

use self::container::is_zip;
use self::counts::CellCounter;
pub(super) use self::counts::{Correction, CrossCheck, MOST_TEXT, SheetCount, too_many_repeated};
pub(super) use self::number_formats::NumberFormat;
use self::package::Package;
use super::input::Input;
use super::options::WorkbookOptions;
use crate::error::{Error, Result};
use crate::monitor::Monitor;
use crate::source::shared::SharedFile;
use crate::threads;

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// Checks the whole workbook. Calls `open`, with which the library opens the workbook, after the
/// parts that it needs were checked. It gets the file itself, or a copy in a layout that it reads.
pub(super) fn check<B>(
    file: &SharedFile,
    options: &WorkbookOptions,
    monitor: &dyn Monitor,
    open: impl FnOnce(Input, Format) -> Result<B>,
) -> Result<(CrossCheck, B)> {
    let mut counter = CellCounter::new(options.header_row, monitor);
    let input = Input::File(file.again());
    if !is_zip(file)? {
        let bytes = xls::read(&compound::workbook(file)?, &mut counter)?;
        return Ok((counter.finish(), open(Input::bytes(bytes), Format::Xls)?));
    }
    let most = options.max_plain_bytes;
    let mut package = Package::open(input, most)?;
    if let Some(bytes) = repack::in_utf8(&mut package, monitor)? {
        package = Package::open(Input::bytes(bytes), most)?;
    }
    if ods::is_ods(&mut package)? {
        let input = ods::read(&mut package, &mut counter)?;
        package.unpack_others(&[], monitor)?;
        Ok((counter.finish(), open(input, Format::Ods)?))
    } else if let Some(main) = xlsb::main_part(&mut package)? {
        let bytes = xlsb::read(&mut package, &main, &mut counter)?;
        package.unpack_others(&[], monitor)?;
        Ok((counter.finish(), open(Input::bytes(bytes), Format::Xlsb)?))
    } else {
        if let Some(bytes) = xlsx_layout::usual(&mut package, monitor)? {
            package = Package::open(Input::bytes(bytes), most)?;
        }
        check_xlsx(package, counter, open)
    }
}

/// The library reads the shared texts while the sheets are checked. Both take about the same time.
fn check_xlsx<B>(
    mut package: Package,
    mut counter: CellCounter<'_>,
    open: impl FnOnce(Input, Format) -> Result<B>,
) -> Result<(CrossCheck, B)> {
    let outline = xlsx::outline(&mut package, &mut counter)?;
    let input = package.input();
    let count = move || {
        xlsx::read(&mut package, &outline, &mut counter)?;
        Ok::<_, Error>(counter.finish())
    };
    let (counted, book) = thread::scope(|scope| {
        let counting = match threads::spawn_scoped(scope, count, |count| count()) {
            Ok(counting) => counting,
            // Without a second thread, one is done after the other.
            Err(refused) => return (Ok((*refused.state)()), open(input, Format::Xlsx)),
        };
        let book = open(input, Format::Xlsx);
        (counting.join(), book)
    });
    let counted = counted.map_err(|_| Error::panicked("looking at a workbook"))?;
    Ok((counted?, book?))
}
