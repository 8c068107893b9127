//! Recipients of an archive, and keys that open one.

use std::path::PathBuf;

use backup_core::archive::MAX_WORK_FACTOR;
use clap::Args;
use clap::builder::RangedU64ValueParser;

/// The highest work factor that can be allowed: it takes a tebibyte.
const HIGHEST_WORK_FACTOR: u64 = 30;

/// The recipients of an archive.
#[derive(Debug, Args)]
#[command(next_help_heading = "heading-recipients")]
pub(crate) struct EncryptionArgs {
    #[arg(short, long = "recipient", value_name = "RECIPIENT")]
    pub(crate) recipients: Vec<String>,
    #[arg(short = 'R', long = "recipients-file", value_name = "FILE")]
    pub(crate) recipient_files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

/// The keys that open an archive.
#[derive(Debug, Args)]
#[command(next_help_heading = "heading-open")]
pub(crate) struct OpenArgs {
    #[arg(short, long = "identity", value_name = "IDENTITY")]
    pub(crate) identities: Vec<PathBuf>,
    #[arg(long = "identity-env", value_name = "NAME")]
    pub(crate) identity_variables: Vec<String>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
    #[arg(
        long,
        value_name = "N",
        default_value_t = MAX_WORK_FACTOR,
        value_parser = RangedU64ValueParser::<u8>::new().range(1..=HIGHEST_WORK_FACTOR),
    )]
    pub(crate) max_work_factor: u8,
}

/// Where a passphrase comes from. Never from an argument: other users could see it there.
#[derive(Debug, Args)]
#[group(id = "a_passphrase", multiple = false)]
pub(crate) struct PassphraseArgs {
    #[arg(short = 'p', long = "passphrase")]
    pub(crate) prompt: bool,
    #[arg(long = "passphrase-file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[arg(long = "passphrase-env", value_name = "NAME")]
    pub(crate) variable: Option<String>,
}

impl PassphraseArgs {
    /// Whether a passphrase is requested.
    pub(crate) fn is_given(&self) -> bool {
        self.prompt || self.file.is_some() || self.variable.is_some()
    }
}
