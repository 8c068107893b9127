//! `restore`: writes the data into a new folder or a new SQLite database.

use std::path::Path;

use backup_core::{ErrorKind, RestoreOptions, restore_database, restore_folder, restore_server};

use super::opening::not_opened;
use super::shared::{refuse_stream, verify_options};
use crate::cli::RestoreArgs;
use crate::exit::Failure;
use crate::i18n::text;
use crate::keys;
use crate::outcome::{Outcome, ReportView};
use crate::servers;
use crate::session::Session;

pub(crate) fn run(args: &RestoreArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    refuse_stream(std::slice::from_ref(&args.archive))?;
    let about = session.about(&args.archive);
    if args.output.as_os_str() == "-" || is_other_file(&args.output) {
        let path = args.output.display().to_string();
        let message = text!("restore-to-a-file", path = path.as_str());
        return Err(Failure::usage(message, text!("restore-to-a-file-hint")));
    }
    let address = servers::address_in(&args.output);
    let database = is_database(&args.output) || address.is_some();
    if database && args.originals {
        let hint = text!("originals-database-hint");
        return Err(Failure::usage(text!("originals-database"), hint));
    }
    if database && args.salvage {
        return Err(Failure::usage(text!("salvage-database"), text!("salvage-database-hint")));
    }
    let identities = keys::identities(&args.open, session)?;
    let mut options = RestoreOptions::default()
        .originals(args.originals)
        .salvage(args.salvage)
        .verify(verify_options(args.expect_id, session));
    for table in &args.tables {
        options = options.table(table);
    }
    let watch = session.watch.clone();
    let restored = if let Some(address) = address {
        let address = servers::with_password(address.parse()?, &args.server, session)?;
        restore_server(&args.archive, &identities, &address, &options, &*watch)
    } else if database {
        restore_database(&args.archive, &identities, &args.output, &options, &*watch)
    } else {
        restore_folder(&args.archive, &identities, &args.output, &options, &*watch)
    };
    let report = restored.map_err(|error| {
        let exists = matches!(error.kind(), ErrorKind::Exists { .. });
        about(not_opened(error, &args.archive, &*watch))
            .never_replacing(exists, text!("restore-new-hint"))
    })?;
    Ok(Outcome::Report(Box::new(ReportView { salvaged: args.salvage, ..ReportView::new(report) })))
}

fn is_database(path: &Path) -> bool {
    has_extension(path, &["sqlite", "sqlite3", "db", "db3"])
}

/// Whether a new path has the name of a file that a restore cannot write. It would become a folder.
fn is_other_file(path: &Path) -> bool {
    const TABLES: [&str; 7] = ["csv", "tsv", "txt", "xls", "xlsx", "xlsm", "ods"];
    const OTHERS: [&str; 8] = ["json", "jsonl", "sql", "xml", "html", "zip", "tar", "age"];
    !path.exists() && (has_extension(path, &TABLES) || has_extension(path, &OTHERS))
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    known.iter().any(|known| extension.eq_ignore_ascii_case(known))
}
