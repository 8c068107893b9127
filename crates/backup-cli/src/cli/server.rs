//! Options for databases on servers.

use std::path::PathBuf;

use backup_core::server::ServerAddress;
use clap::Args;

use crate::i18n::{Text, text};

/// How databases on servers are opened.
#[derive(Debug, Args)]
#[command(next_help_heading = "heading-servers")]
pub(crate) struct ServerArgs {
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// Where the scratch database is.
#[derive(Debug, Clone)]
pub(crate) enum ScratchPlace {
    Memory,
    Disk,
    Server(Box<ServerAddress>),
}

/// `memory`, `disk`, or the address of a server.
pub(super) fn scratch(text: &str) -> Result<ScratchPlace, Text> {
    match text {
        "memory" => Ok(ScratchPlace::Memory),
        "disk" => Ok(ScratchPlace::Disk),
        _ if ServerAddress::is_address(text) => {
            let address = text.parse::<ServerAddress>();
            let address = address.map_err(|error| Text::of(|language| error.text(language)))?;
            Ok(ScratchPlace::Server(Box::new(address)))
        }
        _ => Err(text!("value-scratch")),
    }
}
