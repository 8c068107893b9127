//! The texts of `--help`, in a language: the derived command has only ids of messages.

use backup_core::render::Language;
use clap::{Arg, ArgAction, Command};

use crate::i18n::{fl, loader};

/// A command with its help in a language: the program's texts are the messages `help-main-…`, and those of a
/// command `help-NAME-…`.
pub(super) fn with_texts(command: Command, language: Language) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|it| it.get_name().into()).collect();
    let command = one(command, "main", language).after_help(fl!(language, "help-main-after"));
    let command = command
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading(fl!(language, "heading-commands"))
        .arg(flag("version", 'V', ArgAction::Version, fl!(language, "help-version"), language));
    names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |it| {
            let examples = it.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = format!("{}\n{examples}", fl!(language, "examples"));
            one(it, name, language).after_help(examples)
        })
    })
}

fn one(command: Command, name: &str, language: Language) -> Command {
    let about = text(&[&format!("help-{name}-about")], language);
    let long = text(&[&format!("help-{name}-long-about")], language);
    let help = flag("help", 'h', ArgAction::Help, fl!(language, "help-help"), language);
    let usage = fl!(language, "heading-usage");
    let template =
        format!("{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}");
    command
        .long_about(format!("{about}\n\n{long}"))
        .about(about)
        .help_template(template)
        .disable_help_flag(true)
        .mut_args(|arg| with_text(arg, name, language))
        .arg(help)
}

fn flag(
    name: &'static str,
    short: char,
    action: ArgAction,
    help: String,
    language: Language,
) -> Arg {
    let heading = fl!(language, "heading-options");
    Arg::new(name).short(short).long(name).action(action).help(help).help_heading(heading)
}

fn with_text(arg: Arg, name: &str, language: Language) -> Arg {
    let id = arg.get_id().as_str().replace('_', "-");
    let help = text(&[&format!("help-{name}-{id}"), &format!("help-{id}")], language);
    let heading = match arg.get_help_heading() {
        Some(heading) => text(&[heading], language),
        None if arg.is_positional() => fl!(language, "heading-arguments"),
        None => fl!(language, "heading-options"),
    };
    // clap's own words for values and defaults are English.
    let takes_values = arg.get_action().takes_values();
    let default = arg.get_default_values().first().and_then(|value| value.to_str());
    let default = default.filter(|_| takes_values);
    let default = default.map(|value| fl!(language, "help-default", value = value));
    let help = help + &default.unwrap_or_default();
    let arg = arg.help(help).help_heading(heading);
    if takes_values { arg.hide_default_value(true).hide_possible_values(true) } else { arg }
}

/// The first of these messages that exists.
fn text(ids: &[&str], language: Language) -> String {
    let loader = loader(language);
    ids.iter().find(|id| loader.has(id)).map(|id| loader.get(id)).unwrap_or_default()
}
