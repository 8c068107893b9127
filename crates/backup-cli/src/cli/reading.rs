//! Options for reading sources, where detection is not enough.

use backup_core::source::ZipLimits;
use backup_core::source::csv::Delimiter;
use clap::Args;

use super::values::{Given, delimiter, encoding, escape, given, name_encoding, number, size};

/// Options for reading sources.
#[derive(Debug, Args)]
#[command(next_help_heading = "heading-reading")]
pub(crate) struct ReadingArgs {
    #[arg(long, value_name = "GLOB")]
    pub(crate) as_file: Vec<String>,
    #[arg(long, value_name = "[GLOB=]NAME", value_parser = |text: &str| given(text, encoding))]
    pub(crate) encoding: Vec<Given<String>>,
    #[arg(long, value_name = "[GLOB=]CHAR", value_parser = |text: &str| given(text, delimiter))]
    pub(crate) delimiter: Vec<Given<Delimiter>>,
    #[arg(long, value_name = "[GLOB=]CHAR", value_parser = |text: &str| given(text, escape))]
    pub(crate) escape: Vec<Given<u8>>,
    #[arg(long, value_name = "[GLOB=]N", value_parser = |text: &str| given(text, number))]
    pub(crate) header_row: Vec<Given<u64>>,
    #[arg(long, value_enum, default_value_t = Ragged::Refuse, value_name = "HOW")]
    pub(crate) ragged: Ragged,
    #[arg(long, value_name = "BYTES", default_value = "2GiB", value_parser = size)]
    pub(crate) workbook_memory: u64,
    #[arg(long, value_name = "ENCODING", value_parser = name_encoding)]
    pub(crate) zip_names: Option<String>,
    #[arg(long, value_name = "N", default_value_t = ZipLimits::default().ratio)]
    pub(crate) zip_ratio: u64,
    #[arg(long, value_name = "BYTES", value_parser = size)]
    pub(crate) zip_bytes: Option<u64>,
    #[arg(long, value_name = "N", default_value_t = ZipLimits::default().members)]
    pub(crate) zip_members: u64,
    #[arg(long, value_name = "N", default_value_t = ZipLimits::default().depth)]
    pub(crate) zip_depth: u32,
}

/// How to treat records that are longer or shorter than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Ragged {
    Refuse,
    Pad,
}
