//! `keygen`: a new key, in a file that only its owner can read.

use backup_core::ErrorKind;
use backup_core::archive::KeyPair;
use backup_core::archive::publish::Draft;

use super::{NewKey, Outcome};
use crate::cli::KeygenArgs;
use crate::exit::Failure;
use crate::session::Session;

pub(crate) fn run(args: &KeygenArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    if args.output.is_none() && session.settings.json {
        return Err(Failure::usage(
            "--json prints a report, and there the key must not stand",
            "Say -o FILE, so that the key is written there.",
        ));
    }
    let pair = KeyPair::generate();
    let seconds = jiff::Timestamp::now().as_second();
    let created = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    let identity = pair.identity_file(&created.to_string());
    let public = pair.recipient();
    let Some(path) = &args.output else {
        session.note(&format!("Public key: {public}"));
        return Ok(Outcome::Key(NewKey { public, file: None, identity: Some(identity) }));
    };
    Draft::write(path, false, identity.as_bytes()).map_err(|error| {
        let exists = matches!(error.kind(), ErrorKind::Exists { .. });
        let hint = "Choose another name: a key is never replaced, as archives may need it.";
        Failure::from(error).never_replacing(exists, hint)
    })?;
    for left in Draft::sweep(path) {
        session.note(&format!("Removed {}, which a run left that was stopped.", left.display()));
    }
    session.note(&format!("Public key: {public}"));
    session.note(&format!(
        "Keep {} apart from the archives, in more than one place: whoever has it can read them, \
         and without it nobody can.",
        path.display()
    ));
    Ok(Outcome::Key(NewKey { public, file: args.output.clone(), identity: None }))
}
