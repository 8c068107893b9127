//! Whom an archive is sealed to, and what opens one.

use std::path::PathBuf;

use backup_core::archive::MAX_WORK_FACTOR;
use clap::Args;
use clap::builder::RangedU64ValueParser;

/// The highest work factor that can be allowed: it takes a tebibyte.
const HIGHEST_WORK_FACTOR: u64 = 30;

/// Whom an archive is sealed to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Who may read it")]
pub(crate) struct SealArgs {
    /// A public key, age1… or "ssh-ed25519 …"; may be said several times
    #[arg(short, long = "recipient", value_name = "RECIPIENT")]
    pub(crate) recipients: Vec<String>,
    /// A file of public keys, one a line; - is standard input
    #[arg(short = 'R', long = "recipients-file", value_name = "FILE")]
    pub(crate) recipient_files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

/// What opens an archive.
#[derive(Debug, Args)]
#[command(next_help_heading = "What opens it")]
pub(crate) struct OpenArgs {
    /// An identity file: from keygen or age-keygen, or an SSH private key; - is standard input. May be
    /// a pipe, as in -i <(pass show key), which is waited for a minute
    #[arg(short, long = "identity", value_name = "IDENTITY")]
    pub(crate) identities: Vec<PathBuf>,
    /// Take the text of an identity file from this variable of the environment
    #[arg(long = "identity-env", value_name = "NAME")]
    pub(crate) identity_variables: Vec<String>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
    /// Do not try a passphrase that takes more than 2^N KiB of memory, as the header says
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
    /// Ask for a passphrase
    #[arg(short = 'p', long = "passphrase")]
    pub(crate) prompt: bool,
    /// Take the first line of this file as the passphrase
    #[arg(long = "passphrase-file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Take the passphrase from this variable of the environment
    #[arg(long = "passphrase-env", value_name = "NAME")]
    pub(crate) variable: Option<String>,
}

impl PassphraseArgs {
    /// Whether there is to be a passphrase.
    pub(crate) fn is_given(&self) -> bool {
        self.prompt || self.file.is_some() || self.variable.is_some()
    }
}
