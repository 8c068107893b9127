//! Secrets among the arguments, where every user of the machine can see them and the shell keeps them.
//! They are refused before anything else is done, in words that do not repeat them.

use std::ffi::OsString;
use std::path::Path;

use crate::exit::Failure;

/// How an age identity begins, in lower case.
const AGE: &str = "age-secret-key-";

/// What opens an archive.
const OPENING: &str = "Give the file that it is in with -i FILE, or a variable that holds it with \
                       --identity-env NAME. This one may have been seen already: make a new key.";

/// What an export takes: no secret at all.
const SEALING: &str = "An export needs no secret: give the public key, age1…, with -r, or a file of \
                       public keys with -R. It stands in the key's file, behind “public key:”. This \
                       secret may have been seen already: make a new key.";

/// How much of one has to follow where it stands within something else, as a file may be named
/// after it.
const SEEN_CHARACTERS: usize = 20;

/// Why the arguments cannot be taken, if one of them is a secret.
pub(crate) fn among(args: &[OsString]) -> Option<Failure> {
    if args.iter().any(|arg| holds_a_key(&arg.to_string_lossy())) {
        let message = "a secret key stands among the arguments, where others can see it";
        let hint = if args.iter().any(|arg| arg == "export") { SEALING } else { OPENING };
        return Some(Failure::usage(message, hint));
    }
    if no_variable(args) {
        let message = "what stands after --passphrase-env or --identity-env is no variable's name: is it the \
                       secret itself?";
        return Some(not_an_argument(message));
    }
    let options = args.iter().take_while(|arg| *arg != "--");
    let after_the_prompt = options
        .zip(args.iter().skip(1))
        .find(|(arg, _)| asks(&arg.to_string_lossy()))
        .map(|(_, next)| next);
    let lost = |next: &&OsString| {
        !next.to_string_lossy().starts_with('-') && Path::new(next).symlink_metadata().is_err()
    };
    after_the_prompt.filter(lost).map(|_| {
        let message = "what stands after -p is no file: is it the passphrase?";
        not_an_argument(message)
    })
}

/// Whether it is the flag that asks for a passphrase, alone or together with `-q`.
fn asks(arg: &str) -> bool {
    let short = arg.strip_prefix('-').filter(|short| short.contains('p'));
    arg == "--passphrase"
        || short.is_some_and(|short| short.bytes().all(|flag| b"pq".contains(&flag)))
}

/// Whether what is given as a variable's name cannot be one.
fn no_variable(args: &[OsString]) -> bool {
    let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let after = args.iter().zip(args.iter().skip(1)).take_while(|(arg, _)| *arg != "--");
    after.clone().any(|(flag, name)| VARIABLES.contains(&&**flag) && !may_name_a_variable(name))
        || after.map(|(arg, _)| arg).chain(args.last()).any(|arg| {
            let attached = arg.split_once('=').filter(|(flag, _)| VARIABLES.contains(flag));
            attached.is_some_and(|(_, name)| !may_name_a_variable(name))
        })
}

/// The flags that take a variable's name.
const VARIABLES: [&str; 2] = ["--passphrase-env", "--identity-env"];

fn may_name_a_variable(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether it is a variable's name beyond doubt, which may be repeated: `CRM_PASSPHRASE`. A passphrase
/// that was given in its place may be a name too.
pub(crate) fn names_a_variable(name: &str) -> bool {
    may_name_a_variable(name) && !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// The same, of arguments that were not understood: a passphrase that is attached to its flag.
pub(crate) fn attached(args: &[OsString]) -> Option<Failure> {
    let mut options = args.iter().take_while(|arg| *arg != "--").map(|arg| arg.to_string_lossy());
    let attached = options.any(|arg| {
        arg.starts_with("--passphrase=")
            || (arg.starts_with("-p") && arg.len() > 2)
            || (arg.starts_with('-') && !arg.starts_with("--") && arg.contains("p="))
    });
    attached.then(|| not_an_argument("-p takes no value"))
}

fn not_an_argument(message: &str) -> Failure {
    let hint = "A passphrase is never an argument, where others can see it: -p asks for it, and \
                --passphrase-file FILE or --passphrase-env NAME say where it is.";
    Failure::usage(message, hint)
}

fn holds_a_key(arg: &str) -> bool {
    let lower = arg.to_ascii_lowercase();
    let is_key = |(at, _): (usize, &str)| {
        let rest = lower[at + AGE.len()..].bytes();
        let of_key = rest.take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        of_key.count() >= SEEN_CHARACTERS
    };
    lower.trim_start().starts_with(AGE)
        || lower.match_indices(AGE).any(is_key)
        || lower.contains("private key-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ";

    #[test]
    fn a_key_is_seen_wherever_it_stands() {
        let lower = KEY.to_lowercase();
        let placed = [
            KEY.to_owned(),
            lower.clone(),
            format!(" {KEY}"),
            format!("-i{KEY}"),
            format!("--identity={lower}"),
            format!("backups/{KEY}"),
            "AGE-SECRET-KEY-".to_owned(),
            "AGE-SECRET-KEY-PQ-1QQ".to_owned(),
            "-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(),
        ];
        for arg in placed {
            assert!(holds_a_key(&arg), "{arg:?} is not taken for a key");
        }
        for arg in ["key.txt", "backups/age-secret-key-1.txt", "age1qqqq", "-i", ""] {
            assert!(!holds_a_key(arg), "{arg:?} is taken for a key");
        }
    }
}
