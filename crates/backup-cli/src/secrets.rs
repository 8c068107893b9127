//! Refuses secrets among the arguments, where every user of the machine can see them, before
//! anything else runs. Messages do not repeat them.

use std::ffi::OsString;
use std::path::Path;

use backup_core::server::ServerAddress;
use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::exit::Failure;
use crate::i18n::{Text, text};

/// The beginning of an age identity, in lower case.
const AGE: &str = "age-secret-key-";

/// The minimum number of key characters after [`AGE`] if it is not at the beginning of an argument.
/// A path may contain this prefix too.
const SEEN_CHARACTERS: usize = 20;

/// The failure, if one of the arguments is a secret.
pub(crate) fn among(args: &[OsString]) -> Option<Failure> {
    if args.iter().any(|arg| holds_a_key(&arg.to_string_lossy())) {
        let hint = match args.iter().any(|arg| arg == "export") {
            true => text!("secret-key-export-hint"),
            false => text!("secret-key-opening-hint"),
        };
        return Some(Failure::usage(text!("secret-key"), hint));
    }
    if args.iter().any(|arg| is_address_with_password(&arg.to_string_lossy())) {
        return Some(Failure::usage(text!("secret-address"), text!("secret-address-hint")));
    }
    if no_variable(args) {
        return Some(not_an_argument(text!("secret-variable")));
    }
    let flags = Flags::of(Cli::command());
    let mut rest = args.iter().skip(1).map(|arg| arg.to_string_lossy());
    while let Some(arg) = rest.next().filter(|arg| arg != "--") {
        match flags.passphrase(&arg) {
            Rejected::Not => {}
            Rejected::WithValue => {
                return Some(not_an_argument(text!("secret-attached")));
            }
            Rejected::NoSuchFlag => return Some(not_an_argument(text!("secret-flag"))),
            Rejected::Alone => {
                let next = rest.clone().find(|next| next != "--");
                if next.is_some_and(|next| flags.is_lost(&next)) {
                    return Some(not_an_argument(text!("secret-after")));
                }
            }
        }
    }
    None
}

/// Whether an argument is, or contains as its value, the address of a database with a password.
fn is_address_with_password(arg: &str) -> bool {
    let Some((scheme, rest)) = arg.split_once("://") else { return false };
    let scheme = scheme.rsplit_once('=').map_or(scheme, |(_, scheme)| scheme);
    if !ServerAddress::is_address(&format!("{scheme}://")) {
        return false;
    }
    let parameters = rest.split_once('?').map_or("", |(_, parameters)| parameters);
    // A password may contain a slash or a question mark, too.
    let user = rest.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || parameters.split('&').any(|it| it.starts_with("password="))
}

/// How an argument requests a passphrase.
enum Rejected {
    Not,
    Alone,
    /// The attached value may be the passphrase.
    WithValue,
    /// A flag of other programs; the passphrase may be attached or follow.
    NoSuchFlag,
}

/// The flags of all commands.
struct Flags {
    long: Vec<String>,
    /// Letters of flags with a value, and of those without.
    valued: Vec<char>,
    alone: Vec<char>,
}

impl Flags {
    fn of(mut command: clap::Command) -> Self {
        command.build();
        let mut flags = Self { long: Vec::new(), valued: Vec::new(), alone: Vec::new() };
        let commands = || std::iter::once(&command).chain(command.get_subcommands());
        for arg in commands().flat_map(clap::Command::get_arguments) {
            flags.long.extend(arg.get_long().map(str::to_owned));
            match arg.get_action().takes_values() {
                true => flags.valued.extend(arg.get_short()),
                false => flags.alone.extend(arg.get_short()),
            }
        }
        flags
    }

    fn passphrase(&self, arg: &str) -> Rejected {
        if let Some(long) = arg.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            let lower = name.to_lowercase();
            return match name {
                "passphrase" if value.is_some() => Rejected::WithValue,
                "passphrase" => Rejected::Alone,
                _ if self.long.iter().any(|long| long == name) => Rejected::Not,
                _ if lower.starts_with("pass") || lower.starts_with("pw") => Rejected::NoSuchFlag,
                _ => Rejected::Not,
            };
        }
        let Some(letters) = arg.strip_prefix('-') else { return Rejected::Not };
        let mut is_known = true;
        for (at, letter) in letters.char_indices() {
            match letter {
                'p' | 'P' => return self.behind(&letters[at + 1..], is_known),
                // The rest is its value.
                valued if self.valued.contains(&valued) => return Rejected::Not,
                other => is_known &= self.alone.contains(&other),
            }
        }
        Rejected::Not
    }

    /// What follows `-p` in the same argument: other letters, the last of which may take a value,
    /// or a passphrase. `-h` and `-V` end the run without reading the rest, so they are not meant
    /// there.
    fn behind(&self, letters: &str, is_known: bool) -> Rejected {
        let mut letters = letters.chars();
        let last = letters.next_back();
        let ends = |letter: char| matches!(letter, 'h' | 'V') || !self.alone.contains(&letter);
        match last {
            _ if letters.any(ends) => Rejected::WithValue,
            Some(valued) if self.valued.contains(&valued) => Rejected::Not,
            Some(last) if ends(last) => Rejected::WithValue,
            // As in -help.
            _ if !is_known => Rejected::Not,
            _ => Rejected::Alone,
        }
    }

    /// Whether it is neither a file nor a known flag.
    fn is_lost(&self, arg: &str) -> bool {
        let Some(flag) = arg.strip_prefix('-') else {
            return Path::new(arg).symlink_metadata().is_err();
        };
        if let Some(long) = flag.strip_prefix('-') {
            let name = long.split_once('=').map_or(long, |(name, _)| name);
            return !self.long.iter().any(|long| long == name);
        }
        let is_valued = |letter: &char| self.valued.contains(letter);
        let mut letters = flag.chars().take_while(|letter| !is_valued(letter));
        !letters.all(|letter| self.alone.contains(&letter))
    }
}

/// The arguments as they were given, for reports. A variable's name is left out if it may be the
/// secret itself: [`among`] has refused every other secret.
pub(crate) fn without(args: &[OsString]) -> Vec<String> {
    let mut is_name = false;
    let shown = |arg: &OsString| {
        let arg = arg.to_string_lossy().into_owned();
        if std::mem::replace(&mut is_name, VARIABLES.contains(&arg.as_str())) {
            return if names_a_variable(&arg) { arg } else { "NAME".into() };
        }
        match arg.split_once('=') {
            Some((flag, name)) if VARIABLES.contains(&flag) && !names_a_variable(name) => {
                format!("{flag}=NAME")
            }
            _ => arg,
        }
    };
    args.iter().skip(1).map(shown).collect()
}

/// Whether the value of a flag that takes a variable's name cannot be one.
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

/// Whether it is certainly a variable's name, such as `CRM_PASSPHRASE`, and may be printed. A
/// passphrase in its place may look like a name too.
pub(crate) fn names_a_variable(name: &str) -> bool {
    may_name_a_variable(name) && !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn not_an_argument(message: Text) -> Failure {
    Failure::usage(message, text!("secret-hint"))
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
    fn a_secret_given_as_a_variable_name_is_not_printed() {
        let given = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(Into::into).collect();
            without(&args).join(" ")
        };
        let named = "verify a.age --passphrase-env CRM_PASS --identity-env=KEY -q";
        assert_eq!(given(&format!("crm-backup {named}")), named);
        let hidden = "crm-backup verify --passphrase-env swordfish --identity-env=secret";
        assert_eq!(given(hidden), "verify --passphrase-env NAME --identity-env=NAME");
    }

    #[test]
    fn a_secret_key_is_found_anywhere_in_an_argument() {
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
            assert!(holds_a_key(&arg), "{arg:?} is not recognized as a key");
        }
        for arg in ["key.txt", "backups/age-secret-key-1.txt", "age1qqqq", "-i", ""] {
            assert!(!holds_a_key(arg), "{arg:?} is recognized as a key");
        }
    }
}
