//! `keygen`: a new key, in a file that only its owner can read.

use backup_core::archive::KeyPair;
use backup_core::render::Label;
use backup_core::{Draft, ErrorKind, Monitor as _, Notice};

use super::{NewKey, Outcome};
use crate::cli::KeygenArgs;
use crate::exit::Failure;
use crate::said::Both;
use crate::session::Session;

pub(crate) fn run(args: &KeygenArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    if args.output.is_none() && session.settings.json {
        return Err(Failure::usage(
            "--json prints a report, and there the key must not stand",
            "Say -o FILE, so that the key is written there.",
        ));
    }
    let pair = KeyPair::generate();
    let identity = pair.identity_file(std::time::SystemTime::now());
    let public = pair.recipient();
    let Some(path) = &args.output else {
        session.note(&told(session, &public));
        return Ok(Outcome::Key(NewKey { public, file: None, identity: Some(identity) }));
    };
    Draft::sweep(path, &*session.watch);
    let unsupported = Draft::write(path, false, identity.as_bytes()).map_err(|error| {
        let exists = matches!(error.kind(), ErrorKind::Exists { .. });
        let hint = Both(
            "Choose another name: a key is never replaced, as archives may need it.",
            "请换用其他名称：密钥从不覆盖，因为可能有归档需要它。",
        );
        Failure::from(error).never_replacing(exists, hint)
    })?;
    for unsupported in unsupported {
        session.watch.notice(&Notice::Unsupported(&unsupported));
    }
    session.note(&told(session, &public));
    let path = path.display();
    session.note(&session.language().of(
        format!(
            "Keep {path} apart from the archives, in more than one place: whoever has it can read them, \
             and without it nobody can."
        ),
        format!(
            "请将 {path} 与归档分开存放，并多处保管：持有者即可读取归档，丢失则无人能够读取。"
        ),
    ));
    Ok(Outcome::Key(NewKey { public, file: args.output.clone(), identity: None }))
}

/// What scripts look for stands in every language: the key begins with age1.
fn told(session: &Session<'_>, public: &str) -> String {
    let language = session.language();
    format!("{}{}{public}", Label::PublicKey.text(language), language.of(": ", "："))
}
