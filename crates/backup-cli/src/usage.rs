//! What clap says about wrong arguments, in other languages than English, which is clap's own.

use std::ffi::OsString;

use backup_core::render::Language;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::Failure;
use crate::i18n::{Text, fl, text};

/// The failure for wrong arguments; `None` if clap prints help instead.
pub(crate) fn failure(error: &clap::Error, args: &[OsString]) -> Option<Failure> {
    let prints_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    sentence(error, Language::English).filter(|_| !prints_help)?;
    let hint = swallowed(error, args).unwrap_or_else(|| text!("usage-hint"));
    Some(Failure::usage(message(error), hint))
}

/// What is wrong with the arguments.
pub(crate) fn message(error: &clap::Error) -> Text {
    let plain = error.render().to_string();
    let first = plain.lines().next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    let sentences = Language::ALL.map(|language| (language, sentence(error, language)));
    Text::of(move |language| match language {
        Language::English => first.clone(),
        _ => {
            let own = sentences.iter().find(|(other, _)| *other == language);
            own.and_then(|(_, sentence)| sentence.clone()).unwrap_or_else(|| first.clone())
        }
    })
}

/// The hint if `--against` has taken the archive as one of its sources.
pub(crate) fn swallowed(error: &clap::Error, args: &[OsString]) -> Option<Text> {
    let is_missing = error.kind() == ErrorKind::MissingRequiredArgument;
    let against = args.iter().any(|arg| arg == "--against");
    (is_missing && against && names(error, ContextKind::InvalidArg)?.contains("<ARCHIVE>"))
        .then(|| text!("against-takes-all"))
}

/// The names of one kind in an error.
fn names(error: &clap::Error, kind: ContextKind) -> Option<String> {
    Some(match error.get(kind)? {
        ContextValue::String(name) => name.clone(),
        ContextValue::Strings(names) => names.join(", "),
        other => other.to_string(),
    })
}

fn sentence(error: &clap::Error, language: Language) -> Option<String> {
    let name = |kind| names(error, kind).unwrap_or_default();
    let argument = name(ContextKind::InvalidArg);
    let value = name(ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            fl!(language, "usage-missing", arguments = argument)
        }
        ErrorKind::UnknownArgument => match names(error, ContextKind::SuggestedArg) {
            Some(known) => {
                fl!(language, "usage-unknown-near", argument = argument, known = known)
            }
            None => fl!(language, "usage-unknown", argument = argument),
        },
        ErrorKind::InvalidSubcommand => {
            fl!(language, "usage-command", command = name(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            fl!(language, "usage-no-value", argument = argument)
        }
        ErrorKind::InvalidValue => {
            let choices = name(ContextKind::ValidValue);
            fl!(language, "usage-choices", argument = argument, value = value, choices = choices)
        }
        ErrorKind::ValueValidation => {
            fl!(language, "usage-value", argument = argument, value = value)
        }
        ErrorKind::ArgumentConflict => {
            let other = name(ContextKind::PriorArg);
            match other == argument || other.is_empty() {
                true => fl!(language, "usage-twice", argument = argument),
                false => fl!(language, "usage-conflict", argument = argument, other = other),
            }
        }
        ErrorKind::TooManyValues
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues
        | ErrorKind::NoEquals => fl!(language, "usage-values", argument = argument),
        ErrorKind::InvalidUtf8 => fl!(language, "usage-utf8"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            fl!(language, "usage-no-command")
        }
        _ => return None,
    })
}
