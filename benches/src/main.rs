//! How fast a full cycle is, and how fast each layer is.
//!
//! ```text
//! benches/side-by-side                                        a round against the stock way
//! cargo run --release -p crm-backup-benches -- layers [MB]    each layer alone
//! cargo run --release -p crm-backup-benches -- generate DIR MB [SEED]    the data alone
//! ```

mod alone;
mod layers;
mod side_by_side;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const USAGE: &str = "usage: crm-backup-benches layers [MB]
       crm-backup-benches generate DIR MB [SEED]
       crm-backup-benches side-by-side --tool crm-backup […]; see benches/side-by-side --help";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["layers"] => layers::run(100),
        ["layers", megabytes] => number(megabytes).and_then(layers::run),
        ["generate", folder, megabytes] => generate(folder, megabytes, "1"),
        ["generate", folder, megabytes, seed] => generate(folder, megabytes, seed),
        ["side-by-side", options @ ..] => side_by_side::run(options),
        // What side-by-side runs in separate processes.
        ["zstd-alone", folder, level, threads] => alone::zstd(folder, level, threads),
        ["calamine-alone", workbook] => alone::calamine(workbook),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crm-backup-benches: {error}");
            ExitCode::FAILURE
        }
    }
}

fn number(text: &str) -> Result<u64> {
    text.parse().map_err(|_| format!("“{text}” is not a number").into())
}

fn generate(folder: &str, megabytes: &str, seed: &str) -> Result<()> {
    let bytes = number(megabytes)? * 1_000_000;
    crm_fixtures::write_large_csv(Path::new(folder), number(seed)?, bytes)?;
    Ok(())
}
