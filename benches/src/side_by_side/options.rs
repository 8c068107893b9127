//! The options of side-by-side.

use std::path::PathBuf;

use crate::{Result, number};

pub(super) struct Options {
    /// The program that is measured.
    pub(super) tool: PathBuf,
    /// The folder for the data.
    pub(super) folder: PathBuf,
    /// How much CSV, in bytes.
    pub(super) bytes: u64,
    pub(super) rounds: u64,
    pub(super) threads: u64,
    pub(super) quick: bool,
    /// Whether ten times the data is measured as well.
    pub(super) ten_times: bool,
}

const MB: u64 = 1_000_000;

impl Options {
    pub(super) fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self {
            tool: PathBuf::from("target/release/crm-backup"),
            folder: PathBuf::from("/dev/shm"),
            bytes: 668 * MB,
            rounds: 5,
            threads: 2,
            quick: arguments.contains(&"--quick"),
            ten_times: false,
        };
        if options.quick {
            (options.bytes, options.rounds) = (40 * MB, 2);
        }
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match *argument {
                "--quick" => {}
                "--ten-times" => options.ten_times = true,
                "--tool" => options.tool = value()?.into(),
                "--folder" => options.folder = value()?.into(),
                "--size" => options.bytes = number(value()?)?.max(1) * MB,
                "--rounds" => options.rounds = number(value()?)?.max(1),
                "--threads" => options.threads = number(value()?)?.max(1),
                _ => return Err(format!("unknown option {argument}; see --help").into()),
            }
        }
        options.tool = std::path::absolute(&options.tool)?;
        Ok(options)
    }
}
