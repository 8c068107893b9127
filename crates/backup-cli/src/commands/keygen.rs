//! `keygen`: a new key, in a file that only its owner can read.

use backup_core::archive::KeyPair;
use backup_core::{Draft, ErrorKind, Monitor as _, Notice};

use crate::cli::KeygenArgs;
use crate::exit::Failure;
use crate::i18n::{fl, text};
use crate::outcome::{NewKey, Outcome};
use crate::session::Session;

pub(crate) fn run(args: &KeygenArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    let output = args.output.as_ref().filter(|path| path.as_os_str() != "-");
    if output.is_none() && session.settings.json {
        return Err(Failure::usage(text!("keygen-json"), text!("keygen-json-hint")));
    }
    let pair = KeyPair::generate();
    let identity = pair.identity_file(std::time::SystemTime::now());
    let public = pair.recipient();
    let Some(path) = output else {
        if session.context.stdout_exposed {
            session.warn(&fl!(session.language(), "keygen-exposed"));
        }
        session.note(&public_key(session, &public));
        return Ok(Outcome::Key(NewKey { public, file: None, identity: Some(identity) }));
    };
    Draft::sweep(path, &*session.watch);
    let unsupported = Draft::write(path, false, identity.as_bytes()).map_err(|error| {
        let exists = matches!(error.kind(), ErrorKind::Exists { .. });
        Failure::from(error).never_replacing(exists, text!("keygen-new-hint"))
    })?;
    for unsupported in unsupported {
        session.watch.notice(&Notice::Unsupported(&unsupported));
    }
    session.note(&public_key(session, &public));
    let path = path.display().to_string();
    session.note(&fl!(session.language(), "keep-key", path = path));
    Ok(Outcome::Key(NewKey { public, file: args.output.clone(), identity: None }))
}

/// Scripts search for the line with age1, which is the same in every language.
fn public_key(session: &Session<'_>, public: &str) -> String {
    fl!(session.language(), "public-key", key = public)
}
