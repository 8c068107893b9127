//! How sources are read: from arguments to the core's options.

use std::path::PathBuf;

use backup_core::source::csv::{CsvOptions, Ragged};
use backup_core::source::workbook::WorkbookOptions;
use backup_core::source::{DiscoverOptions, ReadingRule, ZipLimits};

use crate::cli::{self, Given, ReadingArgs};
use crate::workbook;

/// The options; `reader` is the program that reads workbooks, if that is not this process.
pub(super) fn options(args: &ReadingArgs, reader: Option<PathBuf>) -> DiscoverOptions {
    let mut csv = CsvOptions::default();
    if args.ragged == cli::Ragged::Pad {
        csv = csv.ragged(Ragged::Pad);
    }
    let mut workbook = WorkbookOptions::default();
    if let Some(program) = reader {
        workbook = workbook.process(workbook::process(program, args.workbook_memory));
    }
    let mut zip =
        ZipLimits::default().ratio(args.zip_ratio).members(args.zip_members).depth(args.zip_depth);
    if let Some(bytes) = args.zip_bytes {
        zip = zip.plain_bytes(bytes);
    }
    let mut options = DiscoverOptions::default().csv(csv).workbook(workbook).zip(zip);
    for pattern in &args.as_file {
        options = options.as_file(pattern);
    }
    let all = ReadingRule::default;
    let rules = rules(&args.encoding, |name: &String| all().encoding(name))
        .chain(rules(&args.delimiter, |delimiter| all().delimiter(*delimiter)))
        .chain(rules(&args.header_row, |row| all().header_row(*row)));
    rules.fold(options, |options, (glob, rule)| options.rule(glob, rule))
}

/// What is given for all files comes first, so that what is given for some decides.
fn rules<'a, T>(
    given: &'a [Given<T>],
    rule: impl Fn(&T) -> ReadingRule + Copy + 'a,
) -> impl Iterator<Item = (&'a str, ReadingRule)> {
    let of = move |given: &'a Given<T>| (given.glob.as_deref().unwrap_or("*"), rule(&given.value));
    let (all, some): (Vec<_>, Vec<_>) = given.iter().partition(|given| given.glob.is_none());
    all.into_iter().chain(some).map(of)
}
