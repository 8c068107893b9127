//! Keys and passphrases from files, variables and prompts. Secrets are never printed.

use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::Ordering;

use backup_core::archive::{Identity, Recipient, Secret};
use backup_core::render::Language;
use backup_core::{Error, ErrorKind};
use zeroize::Zeroizing;

use crate::cli::{EncryptionArgs, OpenArgs, PassphraseArgs};
use crate::exit::Failure;
use crate::i18n::{Text, fl, text};
use crate::secrets::names_a_variable;
use crate::session::Session;
use crate::waiting;

/// The maximum size of a file of keys.
const MAX_BYTES: usize = 1 << 20;

/// The recipients of an archive.
pub(crate) fn recipients(
    args: &EncryptionArgs,
    session: &mut Session<'_>,
) -> Result<Vec<Recipient>, Failure> {
    let keys = !args.recipients.is_empty() || !args.recipient_files.is_empty();
    if keys && args.passphrase.is_given() {
        let hint = text!("keys-and-passphrase-hint");
        return Err(Failure::usage(text!("keys-and-passphrase"), hint));
    }
    if let Some(passphrase) = new_passphrase(&args.passphrase, session)? {
        return Ok(vec![Recipient::passphrase(passphrase)]);
    }
    let (mut recipients, language) = (Vec::new(), session.language());
    for text in &args.recipients {
        recipients.push(recipient(text, language)?);
    }
    for path in &args.recipient_files {
        if let Some(key) = as_public_key(path) {
            let hint = text!("key-as-file-recipient-hint", key = key);
            return Err(Failure::error(text!("key-as-file", key = key), hint));
        }
        let bytes = read(path, &text!("input-recipients"), session)?;
        if let Some(failure) = opens_archives(&bytes, path, language) {
            return Err(failure);
        }
        recipients.extend(Recipient::parse_file_bytes(&bytes, &named(path, language))?);
    }
    if recipients.is_empty() {
        return Err(Failure::usage(text!("no-recipient"), text!("no-recipient-hint")));
    }
    Ok(recipients)
}

/// The failure if a file of public keys holds secrets instead.
fn opens_archives(bytes: &[u8], path: &Path, language: Language) -> Option<Failure> {
    let lines = || bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let secret = |line: &[u8]| {
        let age = b"AGE-SECRET-KEY-";
        line.get(..age.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(age))
            || line.starts_with(b"-----BEGIN ") && line.ends_with(b" PRIVATE KEY-----")
            || line.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
            || line.starts_with(b"age-encryption.org/v1")
    };
    if !lines().any(secret) {
        return None;
    }
    // The comment is repeated only if it is a public key.
    let public_line = lines().find_map(|line| line.strip_prefix(b"# public key: "));
    let public_line = public_line.and_then(|key| std::str::from_utf8(key).ok());
    let public = public_line.filter(|key| key.parse::<Recipient>().is_ok());
    let name = named(path, language);
    Some(Failure::error(
        text!("opens-archives", name = name.as_str()),
        match public {
            Some(key) => text!("opens-archives-hint", key = key),
            None => text!("opens-archives-hint-unknown"),
        },
    ))
}

fn recipient(text: &str, language: Language) -> Result<Recipient, Failure> {
    text.parse().map_err(|error: Error| {
        let path = Path::new(text);
        let Ok(metadata) = path.metadata() else { return error.into() };
        let is_small = metadata.is_file() && metadata.len() <= MAX_BYTES as u64;
        let file = is_small.then(|| std::fs::read(path).map(Zeroizing::new));
        let file = file.and_then(Result::ok);
        let secret = file.and_then(|bytes| opens_archives(&bytes, path, language));
        let hint = text!("recipient-file-hint", name = text);
        secret.unwrap_or_else(|| Failure::error(text!("recipient-file", name = text), hint))
    })
}

/// The identities that open an archive.
pub(crate) fn identities(
    args: &OpenArgs,
    session: &mut Session<'_>,
) -> Result<Vec<Identity>, Failure> {
    let (mut identities, language) = (Vec::new(), session.language());
    let most = args.max_work_factor;
    let mut add = |bytes: &[u8], name: &str, session: &mut Session<'_>| {
        let ask = session.ask_once();
        let found = Identity::parse_file_with_max_work_factor(bytes, name, &ask, most);
        let found = found.map_err(|error| session.or_interrupted(identity_failure(error)));
        found.map(|found| identities.extend(found))
    };
    for path in &args.identities {
        if let Some(key) = as_public_key(path) {
            let hint = text!("key-as-file-identity-hint");
            return Err(Failure::error(text!("key-as-file", key = key), hint));
        }
        add(&read(path, &text!("input-identity"), session)?, &named(path, language), session)?;
    }
    for name in &args.identity_variables {
        let text = variable(name, session)?;
        add(text.as_bytes(), &fl!(language, "the-variable", name = name.as_str()), session)?;
    }
    if let Some(passphrase) = passphrase(&args.passphrase, session)? {
        // A file with a byte order mark may hold the passphrase that another program wrote without
        // it.
        if let Some(plain) = passphrase.strip_prefix('\u{feff}') {
            identities.push(Identity::passphrase_with_max_work_factor(plain.into(), most));
        }
        identities.push(Identity::passphrase_with_max_work_factor(passphrase, most));
    }
    if identities.is_empty() {
        return Err(Failure::usage(text!("no-key"), text!("no-key-hint")));
    }
    Ok(identities)
}

/// The public key that was given where the name of a file belongs.
fn as_public_key(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.parse::<Recipient>().is_ok() && !path.exists())
}

fn identity_failure(error: Error) -> Failure {
    if matches!(error.kind(), ErrorKind::WorkFactor { .. }) {
        return error.into();
    }
    Failure { hint: Some(text!("identity-hint")), ..error.into() }
}

/// A passphrase, if one is requested.
fn passphrase(args: &PassphraseArgs, session: &mut Session<'_>) -> Result<Option<Secret>, Failure> {
    let found = if args.prompt {
        ask(session, &text!("ask-passphrase"))?
    } else if let Some(path) = &args.file {
        first_line(path, session)?
    } else if let Some(name) = &args.variable {
        variable(name, session)?
    } else {
        return Ok(None);
    };
    if found.is_empty() {
        return Err(Failure::error(text!("passphrase-empty"), text!("passphrase-empty-hint")));
    }
    Ok(Some(found))
}

/// A passphrase for a new archive. A typed one must be typed twice.
fn new_passphrase(
    args: &PassphraseArgs,
    session: &mut Session<'_>,
) -> Result<Option<Secret>, Failure> {
    let Some(first) = passphrase(args, session)? else { return Ok(None) };
    if first.starts_with('\u{feff}') {
        return Err(Failure::error(text!("passphrase-bom"), text!("passphrase-file-hint")));
    }
    if args.prompt && ask(session, &text!("ask-passphrase-again"))? != first {
        return Err(Failure::error(text!("passphrase-differs"), text!("passphrase-differs-hint")));
    }
    Ok(Some(first))
}

fn ask(session: &mut Session<'_>, what: &Text) -> Result<Secret, Failure> {
    let answer = session.ask(what.text(session.language()));
    answer.ok_or_else(|| {
        session.or_interrupted(Failure::error(text!("no-terminal"), text!("no-terminal-hint")))
    })
}

fn first_line(path: &Path, session: &mut Session<'_>) -> Result<Secret, Failure> {
    let bytes = read(path, &text!("input-passphrase"), session)?;
    let unusable = || {
        let path = path.display().to_string();
        Failure::error(
            text!("passphrase-file", path = path.as_str()),
            text!("passphrase-file-hint"),
        )
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| unusable())?;
    Ok(text.lines().next().unwrap_or_default().into())
}

/// The password of a database, which is the first line of a file.
pub(crate) fn password(path: &Path, session: &mut Session<'_>) -> Result<Secret, Failure> {
    first_line(path, session)
}

fn variable(name: &str, session: &Session<'_>) -> Result<Secret, Failure> {
    (session.context.variable)(name).map(Secret::from).ok_or_else(|| {
        let message = match names_a_variable(name) {
            true => text!("no-variable", name = name),
            false => text!("no-variable-unnamed"),
        };
        Failure::error(message, text!("no-variable-hint"))
    })
}

/// The name of a file in messages.
fn named(path: &Path, language: Language) -> String {
    match path == Path::new("-") {
        true => fl!(language, "standard-input"),
        false => path.display().to_string(),
    }
}

/// A small file, or standard input; the buffer is wiped when it is dropped.
fn read(
    path: &Path,
    what: &Text,
    session: &mut Session<'_>,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let name = named(path, session.language());
    let failed = |error| Error::reading(&name, error);
    let cancel = session.context.cancel.clone();
    let mut source: Box<dyn Read> = if path == Path::new("-") {
        session.take_stdin(what)?
    } else {
        waiting::open(path, session).map_err(failed)?
    };
    // A buffer that grows leaves copies of its contents behind.
    let mut bytes = Zeroizing::new(vec![0; MAX_BYTES + 1]);
    let mut length = 0;
    while length < bytes.len() {
        match source.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) if cancel.load(Ordering::SeqCst) => return Err(Failure::interrupted()),
            Err(error) => return Err(failed(error).into()),
        }
    }
    if length > MAX_BYTES {
        let message = Text::of(|language| {
            fl!(language, "too-large", name = name.as_str(), what = what.text(language))
        });
        return Err(Failure::error(message, text!("too-large-hint")));
    }
    bytes.truncate(length);
    Ok(bytes)
}
